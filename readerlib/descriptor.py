"""What a corpus says of itself, and whether its tables bear it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow.compute as pc

from readerlib.columns import Column, proven
from readerlib.errors import Problem, listed, quoted, suggestion
from readerlib.selection import FIND
from readerlib.tables import KEYS, POINTS_AT, Table
from readerlib.tables import faults as tables_faults
from readerlib.text import plain

_LOOKED_AT = 5_000
"""Turns that are looked at cell by cell; more are first tried to be proven right as a whole."""


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow a corpus: a name, a label and the column that holds its values.

    Examples
    --------
    >>> Facet("speaker", "Speaker", "speakers.name").column
    'speakers.name'
    """

    name: str
    label: str
    column: str
    linked: bool = True
    """Whether it stands in links: one that was put in for a while means nothing to others."""


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What a corpus says of itself besides its tables.

    Examples
    --------
    >>> Descriptor("demo", "A demonstration").version
    1
    """

    name: str
    title: str
    version: int = 1
    population: str = ""
    fingerprint_salt: str = ""
    facets: tuple[Facet, ...] = ()
    path: tuple[str, ...] = ()
    shown_notices: tuple[str, ...] = ()


def faults(tables: Mapping[str, pd.DataFrame], descriptor: Descriptor) -> list[Problem]:
    """What keeps the tables from being a corpus; none if nothing does.

    Examples
    --------
    >>> print(faults({}, Descriptor("empty", "Empty"))[0])
    turns.csv: the table is missing.
      A corpus has the tables turns, conversations and speakers.
      Add it, with the columns turn_id, conversation_id, position, speaker_id, kind.
    """
    right = _proven(tables, descriptor)
    cells = {
        name: Table(f"{name}.csv", _cells_of(table), range(2, len(table) + 2))
        for name, table in tables.items()
        if table.columns.is_unique and not (right and name == "turns")
    }
    found = [
        Problem(
            "two columns have one name",
            f"Columns: {listed(map(quoted, table.columns))}.",
            "Rename one of them.",
            path=f"{name}.csv",
        )
        for name, table in tables.items()
        if not table.columns.is_unique
    ]
    unread = tables.keys() - cells.keys()
    found += tables_faults(cells, shown=facet_columns(descriptor), unread=unread)
    if {"turns", "conversations", "speakers"} <= cells.keys() | ({"turns"} if right else set()):
        found += _unknown_facets(tables, descriptor) + _unknown_path(descriptor)
        found += _unknown_notices(tables, descriptor)
    return found


def _cells_of(table: pd.DataFrame) -> dict[str, Sequence[str]]:
    """The cells as strings; where there are many, each when it is looked at."""
    if len(table) > _LOOKED_AT and all(kind == "str" for kind in table.dtypes):
        return {str(column): Column(table[column]) for column in table}
    return {str(column): list(map(str, table[column].tolist())) for column in table}


def _proven(tables: Mapping[str, pd.DataFrame], descriptor: Descriptor) -> bool:
    """Whether the turns are many and can be proven right without looking at every cell."""
    named = {name: tables.get(name, pd.DataFrame()) for name in (*KEYS, "annotations")}
    turns = named["turns"]
    if len(turns) <= _LOOKED_AT or not all(
        table.columns.is_unique and all(kind == "str" for kind in table.dtypes)
        for table in named.values()
    ):
        return False
    stretches = [c for c in ("start", "end") if c in named["annotations"]]
    if any((named["annotations"][column] != "").any() for column in stretches):
        return False
    if "options" in tables or "kind" in named["questions"]:
        # Which turns a question is about can only be said with the order of all.
        return False
    known = {
        column: named[table][KEYS[table]].tolist()
        for column, table in POINTS_AT.items()
        if table != "turns" and KEYS[table] in named[table]
    }
    shown = [column for table, column in facet_columns(descriptor) if table == "turns"]
    if not proven({str(name): turns[name] for name in turns}, known, shown):
        return False
    ids = Column(turns["turn_id"]).cells
    return all(
        pc.all(pc.is_in(Column(table["turn_id"]).cells, value_set=ids), min_count=0).as_py()
        for name, table in named.items()
        if name != "turns" and "turn_id" in table
    )


def facet_columns(descriptor: Descriptor) -> list[tuple[str, str]]:
    """The table and the column that each facet is made of.

    Examples
    --------
    >>> facet_columns(Descriptor("a", "A", facets=(Facet("who", "Who", "speakers.name"),)))
    [('speakers', 'name')]
    """
    return [
        (table, column) for table, _, column in (f.column.partition(".") for f in descriptor.facets)
    ]


def _unknown_facets(tables: Mapping[str, pd.DataFrame], descriptor: Descriptor) -> list[Problem]:
    found = []
    layers = {
        str(layer)
        for name in ("annotations", "labels")
        if name in tables and "layer" in tables[name]
        for layer in tables[name]["layer"].tolist()
    }
    for facet in descriptor.facets:
        table, _, column = facet.column.partition(".")
        known = table in ("turns", "conversations", "speakers") and column in tables[table]
        known |= table == "annotations" and table in tables and column in layers - {""}
        if not known or facet.name == FIND:
            found.append(
                Problem(
                    f"the facet {quoted(facet.name)} cannot be made of {quoted(facet.column)}",
                    'A facet has a column, written "table.column", of turns, conversations or '
                    'speakers, or a layer, written "annotations.layer"; and another name than '
                    f'"{FIND}".',
                    "Correct the facet, or add the column.",
                    path="datapackage.json",
                )
            )
    return found


def _unknown_path(descriptor: Descriptor) -> list[Problem]:
    names = [facet.name for facet in descriptor.facets]
    return [
        Problem(
            f"the path names {quoted(name)}, which is no facet",
            f"Facets: {listed(map(quoted, names)) or 'none'}.",
            suggestion(name, names) or "Name facets in the path, or leave it out.",
            path="datapackage.json",
        )
        for name in descriptor.path
        if name not in names
    ] + [
        Problem(
            f"the facet {quoted(name)} stands twice",
            "Each facet has a name of its own.",
            "Rename one of the two.",
            path="datapackage.json",
        )
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]


def _unknown_notices(tables: Mapping[str, pd.DataFrame], descriptor: Descriptor) -> list[Problem]:
    known = {
        plain(str(value))
        for name in ("labels", "annotations")
        if name in tables and {"layer", "value"} <= set(tables[name])
        for layer, value in zip(
            *(tables[name][column].tolist() for column in ("layer", "value")), strict=True
        )
        if layer == "notice"
    }
    return [
        Problem(
            f"{quoted(topic)} of the shown notices is no notice",
            f"Notices: {listed(map(quoted, sorted(known))) or 'none'}.",
            suggestion(topic, known) or "Name notices, or leave it out.",
            path="datapackage.json",
        )
        for topic in descriptor.shown_notices
        if plain(topic) not in known
    ]
