"""An interactive reader, in Jupyter, for recorded conversations that matter."""

from readerlib.corpus import Corpus
from readerlib.datasets import load
from readerlib.errors import ReaderError
from readerlib.formats import read
from readerlib.measures import frequencies, kwic
from readerlib.selection import Place, Selection
from readerlib.views import AttachPanel, Ledger, Reader, RetellingPanel

__all__ = [
    "AttachPanel",
    "Corpus",
    "Ledger",
    "Place",
    "Reader",
    "ReaderError",
    "RetellingPanel",
    "Selection",
    "frequencies",
    "kwic",
    "load",
    "read",
]
