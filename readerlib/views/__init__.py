"""Views: widgets that show a corpus in a notebook."""

from readerlib.views.reader import Reader

__all__ = ["Reader"]
