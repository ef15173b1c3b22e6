"""An interactive reader, in Jupyter, for recorded conversations that matter."""

from readerlib.corpus import Corpus
from readerlib.datasets import load
from readerlib.errors import ReaderError
from readerlib.formats import read
from readerlib.measures import dispersion, frequencies, keyness, kwic, speech_share
from readerlib.notes import Notes
from readerlib.portfolio import portfolio
from readerlib.questions import Option, Question
from readerlib.selection import Place, Selection
from readerlib.views import (
    AttachPanel,
    ChartView,
    Comparison,
    Ledger,
    NotesPanel,
    Quiz,
    Reader,
    RetellingPanel,
    Route,
)

__all__ = [
    "AttachPanel",
    "ChartView",
    "Comparison",
    "Corpus",
    "Ledger",
    "Notes",
    "NotesPanel",
    "Option",
    "Place",
    "Question",
    "Quiz",
    "Reader",
    "ReaderError",
    "RetellingPanel",
    "Route",
    "Selection",
    "dispersion",
    "frequencies",
    "keyness",
    "kwic",
    "load",
    "portfolio",
    "read",
    "speech_share",
]
