"""Turns beside turns: the sides of a comparison, which of their turns stand in one row, and
which of their words they share.

:mod:`~readerlib.alignment.sides` says what a side is, :mod:`~readerlib.alignment.pairing` how
rows are made, :mod:`~readerlib.alignment.matching` which turns fit best, and
:mod:`~readerlib.alignment.wording` which words are the same.
"""

from readerlib.alignment.pairing import WAYS, Row, fitting, rows, way_of, ways
from readerlib.alignment.sides import LAYER, Side, layer_key, layers
from readerlib.alignment.wording import Wording, differences

__all__ = [
    "LAYER",
    "WAYS",
    "Row",
    "Side",
    "Wording",
    "differences",
    "fitting",
    "layer_key",
    "layers",
    "rows",
    "way_of",
    "ways",
]
