"""An interactive reader, in Jupyter, for recorded conversations that matter."""

from readerlib.errors import ReaderError
from readerlib.selection import Place, Selection

__all__ = ["Place", "ReaderError", "Selection"]
