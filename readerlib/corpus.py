"""A corpus: checked tables of turns, and the selection through which they are seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from readerlib.errors import FormatError, Problem, SelectionError, listed, quoted, suggestion
from readerlib.search import holds
from readerlib.selection import FIND, Selection
from readerlib.text import Token, plain, tokens

KINDS = ("speech", "quoted", "statement", "document", "narration", "cut")
"""What a turn can be."""

KEYS = {
    "turns": "turn_id",
    "conversations": "conversation_id",
    "speakers": "speaker_id",
    "sources": "source_id",
}
"""Table → the column that names its rows."""

_REQUIRED = {
    "turns": ("turn_id", "conversation_id", "position", "speaker_id", "kind"),
    "conversations": ("conversation_id",),
    "speakers": ("speaker_id", "name"),
}
_REFERENCES = (
    ("turns", "conversation_id", "conversations"),
    ("turns", "speaker_id", "speakers"),
    ("turns", "addressee_id", "speakers"),
    ("conversations", "source_id", "sources"),
)


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


class Run(NamedTuple):
    """Turns of one conversation that stand together and are all shown, or all hidden.

    ``first`` and ``last`` are row numbers of the whole corpus's turns, ``last`` excluded.

    Examples
    --------
    >>> Run("leonid-1", 0, 5, hidden=False).last
    5
    """

    conversation_id: str
    first: int
    last: int
    hidden: bool


class Corpus:
    """Turns, conversations, speakers and sources, checked once and never changed.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``turns``, ``conversations`` and ``speakers`` at least, in strings; a missing value
        is an empty string.  Turns stand in reading order.
    descriptor : Descriptor

    Raises
    ------
    FormatError
        With every problem found.

    Examples
    --------
    >>> turns = pd.DataFrame({"turn_id": ["a"], "conversation_id": ["c"], "position": ["1"],
    ...     "speaker_id": ["s"], "kind": ["speech"], "text": ["Good morning."]})
    >>> corpus = Corpus({"turns": turns, "conversations": pd.DataFrame({"conversation_id": ["c"]}),
    ...     "speakers": pd.DataFrame({"speaker_id": ["s"], "name": ["Irena"]})},
    ...     Descriptor("small", "Small", facets=(Facet("speaker", "Speaker", "speakers.name"),)))
    >>> len(corpus.select(speaker="Irena", find="good"))
    1
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame], descriptor: Descriptor) -> None:
        problems = faults(tables, descriptor)
        if problems:
            raise FormatError(problems)
        self._tables = {name: table.reset_index(drop=True) for name, table in tables.items()}
        turns = self._tables["turns"].copy()
        for column in ("position", "words"):
            if column in turns:
                turns[column] = pd.to_numeric(turns[column].replace("", None)).astype("Int64")
        self._tables["turns"] = turns
        self.descriptor = descriptor
        self.selection = Selection()
        self._whole = self
        self._shown: npt.NDArray[np.bool_] = np.ones(len(turns), dtype=bool)

    @property
    def whole(self) -> Corpus:
        """The corpus without its selection."""
        return self._whole

    def with_text(self, texts: Mapping[str, str]) -> Corpus:
        """A corpus that differs only in the words of the turns in `texts`, by ``turn_id``."""
        turns = self._tables["turns"].copy()
        had = turns["text"] if "text" in turns else pd.Series("", index=turns.index)
        turns["text"] = turns["turn_id"].map(texts).fillna(had).astype(had.dtype)
        made = object.__new__(Corpus)
        made._tables = {**self._tables, "turns": turns}
        made.descriptor = self.descriptor
        made.selection = Selection()
        made._whole = made
        made._shown = np.ones(len(turns), dtype=bool)
        return made.select(self.selection)

    def table(self, name: str) -> pd.DataFrame:
        """A table of the package by its name, such as ``sources``; empty if it has none."""
        return self._tables[name].copy() if name in self._tables else pd.DataFrame()

    @property
    def turns(self) -> pd.DataFrame:
        """The selected turns, in reading order; indexed by row of the whole corpus."""
        return self._tables["turns"][self._shown].copy()

    @property
    def conversations(self) -> pd.DataFrame:
        """All conversations."""
        return self._tables["conversations"].copy()

    @property
    def speakers(self) -> pd.DataFrame:
        """All speakers."""
        return self._tables["speakers"].copy()

    def __len__(self) -> int:
        """How many turns are selected."""
        return int(self._shown.sum())

    def __repr__(self) -> str:
        """Name and size, without a word of any turn."""
        return f"<Corpus {self.descriptor.name}: {len(self)} of {len(self._shown)} turns>"

    def select(
        self,
        selection: Selection | str = "",
        /,
        *,
        find: str | Iterable[str] = (),
        **where: str | Iterable[str],
    ) -> Corpus:
        """The corpus seen through `selection` as well as the selection it already has.

        Raises
        ------
        SelectionError
            If a facet or a value is not one of the corpus's, with a suggestion.
        """
        asked = Selection.parse(selection) if isinstance(selection, str) else selection
        asked = self.selection & asked & Selection.of(where, find)
        whole = self._whole
        whole._require_known(asked)
        shown = np.ones(len(whole._shown), dtype=bool)
        for mask in whole._masks(asked).values():
            shown &= mask
        made = object.__new__(Corpus)
        made._tables = whole._tables
        made.descriptor = whole.descriptor
        made.selection = asked
        made._whole = whole
        made._shown = shown
        return made

    def facets(self) -> pd.DataFrame:
        """Every value of every facet with its live count.

        Returns
        -------
        DataFrame
            ``facet``, ``value`` : str, in the order of first appearance.
            ``turns`` : int, how many turns have the value under the selection, leaving out
            the selection's own choice in this facet.
            ``chosen`` : bool
        """
        whole = self._whole
        masks = whole._masks(self.selection)
        rows: list[dict[str, Any]] = []
        for name, (codes, values) in whole._facet_codes.items():
            rest = np.ones(len(whole._shown), dtype=bool)
            for key, mask in masks.items():
                if key != name:
                    rest &= mask
            kept = codes[rest]
            counts = np.bincount(kept[kept >= 0], minlength=len(values))
            chosen = self.selection.where.get(name, ())
            rows += [
                {"facet": name, "value": value, "turns": int(n), "chosen": value in chosen}
                for value, n in zip(values, counts, strict=True)
            ]
        return pd.DataFrame(rows, columns=["facet", "value", "turns", "chosen"])

    def runs(self) -> Iterator[Run]:
        """The selected turns and the gaps between them, conversation by conversation.

        A conversation of which no turn is selected gives no run at all.
        """
        ids = self._tables["turns"]["conversation_id"].to_numpy()
        for conversation in pd.unique(ids):
            rows = np.flatnonzero(ids == conversation)
            shown = self._shown[rows]
            if not shown.any():
                continue
            edges = np.flatnonzero(np.diff(shown)) + 1
            for part in np.split(np.arange(len(rows)), edges):
                first, last = int(rows[part[0]]), int(rows[part[-1]]) + 1
                yield Run(str(conversation), first, last, hidden=not shown[part[0]])

    def records(self) -> list[dict[str, Any]]:
        """The selected turns as plain records, each joined with its conversation and speaker.

        Keys: ``turn_id``, the facets of the corpus's path, ``position``, ``speaker``,
        ``speaker_id``, ``role``, ``kind``, ``words``, ``gist``, ``text``, ``source_id``.
        What is missing is None.
        """
        turns = self._tables["turns"]
        table = pd.DataFrame({"turn_id": turns["turn_id"]})
        for facet in self.descriptor.path:
            codes, values = self._whole._facet_codes[facet]
            table[facet] = [values[code] if code >= 0 else None for code in codes]
        people, talks = self._joined("speakers"), self._joined("conversations")
        table["position"] = turns["position"]
        table["speaker"] = people["name"].to_numpy()
        table["speaker_id"] = turns["speaker_id"]
        table["role"] = people["role"].to_numpy() if "role" in people else None
        for column in ("kind", "words", "gist", "text"):
            table[column] = turns.get(column)
        table["source_id"] = talks["source_id"].to_numpy() if "source_id" in talks else None
        return [
            {str(k): None if pd.isna(value) or value == "" else value for k, value in row.items()}
            for row in table[self._shown].astype(object).to_dict("records")
        ]

    @cached_property
    def _facet_codes(self) -> dict[str, tuple[npt.NDArray[np.intp], list[str]]]:
        turns = self._tables["turns"]
        found = {}
        for facet in self.descriptor.facets:
            table, _, column = facet.column.partition(".")
            series = turns[column] if table == "turns" else self._joined(table)[column]
            values = [plain(str(v)) or None for v in series]
            codes, names = pd.factorize(np.array(values, dtype=object))
            found[facet.name] = (np.asarray(codes), [str(n) for n in names])
        return found

    def _joined(self, table: str) -> pd.DataFrame:
        key = KEYS[table]
        return self._tables[table].set_index(key).reindex(self._tables["turns"][key])

    @cached_property
    def _said(self) -> list[list[Token]]:
        turns = self._tables["turns"]
        blank = pd.Series("", index=turns.index)
        text, gist = turns.get("text", blank), turns.get("gist", blank)
        return [tokens(str(t) or str(g)) for t, g in zip(text, gist, strict=True)]

    def _masks(self, selection: Selection) -> dict[str, npt.NDArray[np.bool_]]:
        masks: dict[str, npt.NDArray[np.bool_]] = {}
        for name, wanted in selection.where.items():
            codes, values = self._facet_codes[name]
            masks[name] = np.isin(codes, [i for i, v in enumerate(values) if v in wanted])
        if selection.find:
            hits = (holds(said, selection.find) for said in self._said)
            masks[FIND] = np.fromiter(hits, dtype=bool, count=len(self._said))
        return masks

    def _require_known(self, selection: Selection) -> None:
        problems = []
        for name, wanted in selection.where.items():
            if name not in self._facet_codes:
                problems.append(
                    Problem(
                        f"no facet {quoted(name)} in the corpus {quoted(self.descriptor.name)}",
                        f"Facets: {listed(self._facet_codes)}.",
                        suggestion(name, self._facet_codes) or "Name one of these.",
                    )
                )
                continue
            values = self._facet_codes[name][1]
            problems += [
                Problem(
                    f"no value {quoted(value)} in facet {quoted(name)}",
                    f"Values: {listed(values)}.",
                    suggestion(value, values) or "Name one of these.",
                )
                for value in wanted
                if value not in values
            ]
        if problems:
            raise SelectionError(problems)


def faults(tables: Mapping[str, pd.DataFrame], descriptor: Descriptor) -> list[Problem]:
    """What keeps the tables from being a corpus; none if nothing does.

    Examples
    --------
    >>> print(faults({}, Descriptor("empty", "Empty"))[0])
    turns.csv: the table is missing.
      A corpus has the tables turns, conversations and speakers.
      Add it, with the columns turn_id, conversation_id, position, speaker_id, kind.
    """
    found: list[Problem] = []
    for name, columns in _REQUIRED.items():
        if name not in tables:
            found.append(
                Problem(
                    "the table is missing",
                    "A corpus has the tables turns, conversations and speakers.",
                    f"Add it, with the columns {', '.join(columns)}.",
                    path=f"{name}.csv",
                )
            )
            continue
        found += [
            Problem(
                "the column is missing",
                f"Columns found: {listed(map(str, tables[name].columns))}.",
                suggestion(column, map(str, tables[name].columns)) or "Add it.",
                path=f"{name}.csv",
                row=1,
                column=column,
            )
            for column in columns
            if column not in tables[name]
        ]
    if found:
        return found
    for name, columns in _REQUIRED.items():
        for column in columns:
            found += _empty(name, column, tables[name])
    for name, key in KEYS.items():
        if name in tables and key in tables[name]:
            found += _repeated(name, key, tables[name])
    found += _dangling(tables) + _disorder(tables["turns"]) + _unknown_facets(tables, descriptor)
    return found


def _empty(name: str, column: str, table: pd.DataFrame) -> list[Problem]:
    return [
        Problem(
            "the cell is empty",
            f"Every row of {name} needs a {column}.",
            'If the speaker is not known, write "unknown".'
            if column == "speaker_id"
            else "Fill the cell in, or take the row out.",
            path=f"{name}.csv",
            row=i + 2,
            column=column,
        )
        for i, value in enumerate(table[column])
        if not str(value).strip()
    ]


def _repeated(name: str, key: str, table: pd.DataFrame) -> list[Problem]:
    first: dict[str, int] = {}
    found = []
    for i, value in enumerate(map(str, table[key])):
        if value and value in first:
            found.append(
                Problem(
                    f"{quoted(value)} stands twice",
                    f"It names row {first[value]} already, and a name belongs to one row.",
                    "Give one of the two another name.",
                    path=f"{name}.csv",
                    row=i + 2,
                    column=key,
                )
            )
        first.setdefault(value, i + 2)
    return found


def _dangling(tables: Mapping[str, pd.DataFrame]) -> list[Problem]:
    found = []
    for name, column, target in _REFERENCES:
        if column not in tables[name]:
            continue
        known = set(map(str, tables[target][KEYS[target]])) if target in tables else set()
        found += [
            Problem(
                f"{quoted(value)} is not in {target}.csv",
                f"It should be a {KEYS[target]} of {target}.csv.",
                suggestion(value, known) or f"Correct it, or add the row to {target}.csv.",
                path=f"{name}.csv",
                row=i + 2,
                column=column,
            )
            for i, value in enumerate(map(str, tables[name][column]))
            if value.strip() and value not in known
        ]
    return found


def _disorder(turns: pd.DataFrame) -> list[Problem]:
    found = []
    last: dict[str, int] = {}
    before = None
    for i, (conversation, position, kind) in enumerate(
        zip(turns["conversation_id"], turns["position"], turns["kind"], strict=True)
    ):
        expected = last.get(conversation, 0) + 1
        last[conversation] = expected
        if str(position) != str(expected) and str(position).strip():
            found.append(
                Problem(
                    f"the position is {quoted(position)}",
                    f"Row by row, the positions of {quoted(conversation)} count from 1; "
                    f"here {expected} is next.",
                    "Put the rows in reading order and number them.",
                    path="turns.csv",
                    row=i + 2,
                    column="position",
                )
            )
        if expected > 1 and before != conversation:
            found.append(
                Problem(
                    f"the conversation {quoted(conversation)} goes on after another has begun",
                    "The turns of a conversation stand together.",
                    "Move the row to the others of its conversation.",
                    path="turns.csv",
                    row=i + 2,
                    column="conversation_id",
                )
            )
        before = conversation
        if str(kind).strip() and kind not in KINDS:
            found.append(
                Problem(
                    f"the kind {quoted(kind)} is unknown",
                    f"Kinds: {', '.join(KINDS)}.",
                    suggestion(str(kind), KINDS) or "Write one of these.",
                    path="turns.csv",
                    row=i + 2,
                    column="kind",
                )
            )
    return found


def _unknown_facets(tables: Mapping[str, pd.DataFrame], descriptor: Descriptor) -> list[Problem]:
    found = []
    for facet in descriptor.facets:
        table, _, column = facet.column.partition(".")
        known = table in ("turns", "conversations", "speakers") and column in tables[table]
        if not known or facet.name == FIND:
            found.append(
                Problem(
                    f"the facet {quoted(facet.name)} cannot be made of {quoted(facet.column)}",
                    'A facet has a column, written "table.column", of turns, conversations or '
                    f'speakers, and another name than "{FIND}".',
                    "Correct the facet, or add the column.",
                    path="datapackage.json",
                )
            )
    return found
