"""An interactive reader, in Jupyter, for recorded conversations that matter."""

from readerlib.corpus import Corpus
from readerlib.datasets import load
from readerlib.errors import ReaderError
from readerlib.formats import read
from readerlib.measures import dispersion, frequencies, keyness, kwic, speech_share
from readerlib.selection import Place, Selection
from readerlib.views import AttachPanel, ChartView, Comparison, Ledger, Reader, RetellingPanel

__all__ = [
    "AttachPanel",
    "ChartView",
    "Comparison",
    "Corpus",
    "Ledger",
    "Place",
    "Reader",
    "ReaderError",
    "RetellingPanel",
    "Selection",
    "dispersion",
    "frequencies",
    "keyness",
    "kwic",
    "load",
    "read",
    "speech_share",
]
