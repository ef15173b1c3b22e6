"""Columns of text as Arrow keeps them: read one cell at a time, and proven right as a whole.

:mod:`readerlib.tables` looks at every cell as Python's own string, which takes minutes and
gigabytes where there are millions.  What can be proven here of a table need not be looked at
there; a proof that fails says nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from readerlib.tables import FORMS, KEYS, KINDS, NEEDED, POINTS_AT, Table, faults
from readerlib.text import SHORTEST_FINGERPRINT

_AT_A_TIME = 1 << 16
_HEAD = 1000
_PLAIN = "^[!-~]([ -~]*[!-~])?$"


class Column(Sequence[str]):
    """The cells of a column, each made a string when it is asked for.

    Parameters
    ----------
    cells : sequence of str, or what Arrow takes for one

    Examples
    --------
    >>> column = Column(["come", "home"])
    >>> column[1], list(column)
    ('home', ['come', 'home'])
    """

    def __init__(self, cells: Any) -> None:
        kind = pa.large_string()
        # To Arrow's own arrays `pa.array` would look cell by cell.
        ours = isinstance(cells, pa.Array | pa.ChunkedArray)
        made = cells if ours else pa.array(cells, kind)
        if isinstance(made, pa.ChunkedArray):
            made = pa.concat_arrays(made.chunks) if made.num_chunks else pa.array([], kind)
        self.cells = made.cast(kind)

    def __len__(self) -> int:
        """How many cells there are."""
        return len(self.cells)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Column: ...
    def __getitem__(self, at: int | slice) -> str | Column:
        """One cell, or the column of some of them."""
        return Column(self.cells[at]) if isinstance(at, slice) else str(self.cells[at].as_py())

    def __iter__(self) -> Iterator[str]:
        """The cells, some at a time."""
        for first in range(0, len(self.cells), _AT_A_TIME):
            yield from self.cells.slice(first, _AT_A_TIME).to_pylist()


def coded(cells: Any) -> tuple[np.ndarray[Any, Any], pa.Array]:
    """The different values in the order in which they appear, and which one each cell is.

    Examples
    --------
    >>> codes, values = coded(["b", "a", "b"])
    >>> codes.tolist(), values.to_pylist()
    ([0, 1, 0], ['b', 'a'])
    """
    found = Column(cells).cells.dictionary_encode()
    return found.indices.to_numpy(), found.dictionary


def proven(
    turns: Mapping[str, Any],
    known: Mapping[str, Collection[str]],
    shown: Collection[str] = (),
) -> bool:
    """Whether the table of turns is surely without a fault.

    Parameters
    ----------
    turns : mapping of str to column
    known : mapping of str to collection of str
        For each column that points at another table, what it can name.
    shown : collection of str
        Columns that are facets.

    Returns
    -------
    bool
        True only if :func:`readerlib.tables.faults` would find nothing.  False where it
        would, and where values are of a kind that it has to look at one by one.

    Examples
    --------
    >>> turns = {"turn_id": ["a"], "conversation_id": ["c"], "position": ["1"],
    ...     "speaker_id": ["s"], "kind": ["speech"]}
    >>> proven(turns, {"conversation_id": ["c"], "speaker_id": ["s"]})
    True
    >>> proven(turns, {"conversation_id": ["c"], "speaker_id": []})
    False
    """
    columns = {name: Column(cells) for name, cells in turns.items()}
    size = len(next(iter(columns.values()), ()))
    head = {name: list(column[:_HEAD]) for name, column in columns.items()}
    beginning = Table("turns", head, range(2, min(size, _HEAD) + 2))
    others = set(POINTS_AT.values()) - {"turns"}
    pairs = [("turns", name) for name in shown]
    if not size or faults({"turns": beginning}, shown=pairs, unread=others):
        return False
    for name, column in columns.items():
        if _any(pc.match_substring(column.cells, "\0")):
            return False
        if (
            name in NEEDED["turns"]
            or name in shown
            or name in POINTS_AT
            or ("turns", name) in FORMS
        ):
            _, values = coded(column.cells)
            if not _right(name, values, known, shown):
                return False
    cells = {name: column.cells for name, column in columns.items()}
    return _different(cells["turn_id"]) and _in_order(cells) and _fitting(cells)


def _any(mask: Any) -> bool:
    return bool(pc.any(mask).as_py())


def _right(
    name: str, values: pa.Array, known: Mapping[str, Collection[str]], shown: Collection[str]
) -> bool:
    """Whether each of the values of a column is right by itself."""
    empty = pc.equal(values, "")
    if name in NEEDED["turns"] and _any(empty):
        return False
    if name in POINTS_AT and name != KEYS["turns"]:
        among = pa.array(list(known.get(name, ())), pa.large_string())
        right = pc.is_in(values, value_set=among)
    elif name == "kind":
        right = pc.is_in(values, value_set=pa.array(KINDS, pa.large_string()))
    elif ("turns", name) in FORMS:
        right = pc.match_substring_regex(values, f"^({FORMS['turns', name][0]})$")
    else:
        right = pc.match_substring_regex(values, _PLAIN)
    if name in shown and name not in POINTS_AT:
        right = pc.and_(right, pc.or_(pc.match_substring_regex(values, _PLAIN), empty))
    return not _any(pc.invert(pc.or_(right, empty)))


def _different(ids: pa.Array) -> bool:
    """Whether no two ids are, or look, the same: told of ids without spaces only."""
    folded = pc.ascii_lower(ids)
    spaced = _any(pc.match_substring(ids, " "))
    return not spaced and int(pc.count_distinct(folded).as_py()) == len(ids)


def _in_order(cells: Mapping[str, pa.Array]) -> bool:
    """Whether each conversation stands together and its positions count from 1."""
    codes, talks = coded(cells["conversation_id"])
    begins = np.flatnonzero(np.diff(codes, prepend=-1))
    if len(begins) != len(talks):
        return False
    counted = np.arange(len(codes)) - begins[codes] + 1
    return bool(cells["position"].equals(pc.cast(pa.array(counted), pa.large_string())))


def _fitting(cells: Mapping[str, pa.Array]) -> bool:
    """Whether no turn ends before it begins, and no short one has a fingerprint."""
    number = {
        name: pc.cast(pc.if_else(pc.equal(cells[name], ""), None, cells[name]), pa.float64())
        for name in ("start", "end", "words")
        if name in cells
    }
    if {"start", "end"} <= cells.keys() and _any(pc.less(number["end"], number["start"])):
        return False
    if not {"words", "fingerprint"} <= cells.keys():
        return True
    short = pc.less(number["words"], float(SHORTEST_FINGERPRINT))
    return not _any(pc.and_(short, pc.not_equal(cells["fingerprint"], "")))
