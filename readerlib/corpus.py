"""A corpus: checked tables of turns, and the selection through which they are seen."""

from __future__ import annotations

import datetime
import hashlib
from bisect import bisect_left
from calendar import month_name
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from readerlib.citations import (
    MANUALS,
    aside,
    bibtex,
    csl_json,
    entry,
    item,
    known_style,
)
from readerlib.columns import Column, coded
from readerlib.descriptor import Descriptor, Facet, faults
from readerlib.errors import FormatError, Problem, SelectionError, listed, quoted, suggestion
from readerlib.index import CHUNK, Array, Cells, Make, Mask, Words, in_memory
from readerlib.notices import Notices, asked
from readerlib.search import apart, is_pattern, pattern, scanned, stretches
from readerlib.selection import FIND, Link, Place, Selection
from readerlib.tables import KEYS as KEYS
from readerlib.tables import KINDS as KINDS
from readerlib.text import plain

_LABELLED = ("theme", "notice", "evidence")
"""The layers of annotations that go with every record of a turn."""

_COMPARED = 20_000
"""Names among which one like a wrong one is looked for: more would take seconds."""


@dataclass(frozen=True)
class _Values:
    """The values of a facet or a layer, and where it is found which turn has which.

    ``column`` is the facet's one among the cells; None where a turn can have several values,
    and then ``rows`` and ``codes`` are the pairs of a turn and a value, sorted.
    """

    names: list[str]
    column: int | None
    rows: Array
    codes: Array

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Value → its number."""
        return {name: i for i, name in enumerate(self.names)}

    def labels(self, first: int, last: int) -> dict[int, list[str]]:
        """The turns of these rows that have values: row → values."""
        begin, end = np.searchsorted(self.rows, [first, last])
        found: dict[int, list[str]] = {}
        for row, code in zip(
            self.rows[begin:end].tolist(), self.codes[begin:end].tolist(), strict=True
        ):
            found.setdefault(row, []).append(self.names[code])
        return found

    def labels_at(self, rows: Array) -> dict[int, list[str]]:
        """The turns among some sorted rows that have values: row → values."""
        begin, end = (np.searchsorted(self.rows, rows, side) for side in ("left", "right"))
        names = self.names
        return {
            int(rows[i]): [names[code] for code in self.codes[begin[i] : end[i]].tolist()]
            for i in np.flatnonzero(end > begin)
        }


class _Chosen(NamedTuple):
    """The choices of a selection: facet → which cells, layer or search → which turns."""

    cells: dict[str, Mask]
    rows: dict[str, Mask]

    def left(self, but: str = "") -> tuple[Mask | None, Mask | None]:
        """What all choices but one accept; None where that is everything."""
        kept = ([mask for name, mask in part.items() if name != but] for part in self)
        cells, rows = (reduce(np.logical_and, masks) if masks else None for masks in kept)
        return cells, rows


class Run(NamedTuple):
    """Turns of one conversation that stand together and are all shown, or all hidden.

    ``first`` and ``last`` are row numbers of the whole corpus's turns, ``last`` excluded.
    ``beside``: a gap that was opened, so that its turns are shown all the same.

    Examples
    --------
    >>> Run("leonid-1", 0, 5, hidden=False).last
    5
    """

    conversation_id: str
    first: int
    last: int
    hidden: bool
    beside: bool = False


class Window(NamedTuple):
    """Some of the shown turns in reading order, with the gaps between them.

    ``before`` and ``after`` say how many more turns are shown before the window and after it.

    Examples
    --------
    >>> Window((Run("leonid-1", 0, 5, hidden=False),), before=0, after=3).after
    3
    """

    runs: tuple[Run, ...]
    before: int
    after: int


class Heading(NamedTuple):
    """What a conversation is called: the path that leads to it, its number and its title.

    Each part may be empty, and nothing is said twice; ``str`` gives them as one line.

    Examples
    --------
    >>> print(Heading(("Leonid",), "3", "The enemy is everybody"))
    Leonid · 3 The enemy is everybody
    """

    above: tuple[str, ...]
    number: str
    title: str

    def __str__(self) -> str:
        """The parts as one line."""
        return " · ".join([*self.above, self.own] if self.own else self.above)

    @property
    def own(self) -> str:
        """Number and title, without the path."""
        return " ".join(part for part in (self.number, self.title) if part)


class Talk(NamedTuple):
    """One conversation: where its turns stand, what it is called, and its row.

    ``number`` counts conversations in reading order from 0; ``turns`` how many of its turns
    are selected; ``about`` is its row in the table of conversations.

    Examples
    --------
    >>> Talk("leonid-1", 0, 0, 29, 12, Heading(("Leonid",), "1", ""), {}).last
    29
    """

    conversation_id: str
    number: int
    first: int
    last: int
    turns: int
    heading: Heading
    about: dict[str, Any]


class Readings(NamedTuple):
    """How many turns have their words, and how many only a summary; a cut has neither.

    Examples
    --------
    >>> Readings(words=14, summaries=0).summaries
    0
    """

    words: int
    summaries: int


class Parts(NamedTuple):
    """Which part of a corpus each of some turns belongs to.

    ``codes`` are numbers into ``names``, one for each turn; -1 where a turn has no value.

    Examples
    --------
    >>> Parts(["Irena", "Tomas"], np.array([1, 0, 1])).names
    ['Irena', 'Tomas']
    """

    names: list[str]
    codes: Array


class Labels(NamedTuple):
    """The labels of a layer: ``rows`` of turns, sorted, with ``codes``, numbers into ``names``.

    Examples
    --------
    >>> Labels(["weather"], np.array([3]), np.array([0])).rows.tolist()
    [3]
    """

    names: list[str]
    rows: Array
    codes: Array


class Followed(NamedTuple):
    """Where a link leads: the corpus with its selection, the place, and what has changed.

    ``changes`` are sentences; none means that the link shows what it showed when it was made.

    Examples
    --------
    >>> Followed(corpus=None, place=None).changes
    ()
    """

    corpus: Corpus
    place: Place | None
    changes: tuple[str, ...] = ()


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
    >>> from readerlib.descriptor import Facet
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
        self._tables = {name: _in_strings(table) for name, table in tables.items()}
        turns = self._tables["turns"].copy()
        for column in ("position", "words"):
            if column in turns:
                turns[column] = _whole_numbers(turns[column])
        self._tables["turns"] = turns
        self._see_all(descriptor)

    @classmethod
    def restored(
        cls,
        tables: Mapping[str, pd.DataFrame],
        descriptor: Descriptor,
        arrays: Mapping[str, Array],
        names: Mapping[str, Mapping[str, list[str]]],
    ) -> Corpus:
        """A corpus from its tables and from what :meth:`prepared` once made of them.

        Nothing is checked again: `tables` are those of a corpus that has been.
        """
        made = object.__new__(cls)
        made._tables = dict(tables)
        made._see_all(descriptor)
        none = np.empty(0, np.intp)
        for name in ("begins", "talk_rows", "by_id"):
            made.__dict__[f"_{name}"] = arrays[name]
        made._cells = Cells(_part("cells", arrays))
        made._words = Words(_part("words", arrays))
        made._layers = {
            layer: _Values(values, None, arrays[f"rows.{i}"], arrays[f"codes.{i}"])
            for i, (layer, values) in enumerate(names["layers"].items())
        }
        made._columns = {name: (none, values) for name, values in names["facets"].items()}
        if "annotations" in made._tables:
            made._annotations = made._tables["annotations"].assign(row=arrays["annotated"])
        return made

    def prepared(
        self, make: Make, progress: Callable[[int], object]
    ) -> tuple[dict[str, Array], dict[str, dict[str, list[str]]]]:
        """What is worked out of the tables once: arrays, and the names that they number.

        :meth:`restored` takes both.

        Parameters
        ----------
        make : callable
            Makes the arrays that grow with the words.
        progress : callable
            Called with a number of turns now and then; in all, with twice those of the corpus.
        """
        whole = self._whole
        arrays = {"begins": whole._begins, "talk_rows": whole._talk_rows, "by_id": whole._by_id}
        arrays["annotated"] = whole._annotations["row"].to_numpy()
        for i, have in enumerate(whole._layers.values()):
            arrays |= {f"rows.{i}": have.rows, f"codes.{i}": have.codes}
        arrays |= {f"cells.{name}": array for name, array in whole._cells.arrays.items()}
        words = whole._made_words(lambda name, *kind: make(f"words.{name}", *kind), progress)
        arrays |= {f"words.{name}": array for name, array in words.arrays.items()}
        names = {
            "facets": {name: values for name, (_, values) in whole._columns.items()},
            "layers": {name: have.names for name, have in whole._layers.items()},
        }
        return arrays, names

    def tables(self) -> Mapping[str, pd.DataFrame]:
        """All tables of the whole corpus, by name; not to be changed."""
        return MappingProxyType(self._tables)

    def move(self, tables: Mapping[str, pd.DataFrame]) -> None:
        """Take the same tables from where they are mapped, so that memory is free of them."""
        self._tables = dict(tables)

    def _see_all(self, descriptor: Descriptor) -> None:
        self.descriptor = descriptor
        self.selection = Selection()
        self._whole = self
        self._chosen = _Chosen({}, {})

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
        made._see_all(self.descriptor)
        return made.select(self.selection)

    def with_facet(self, name: str, label: str, values: Mapping[str, str]) -> Corpus:
        """The whole corpus with one facet more, of which conversations have these values.

        It stands in no link, since nobody else's corpus has it.

        Parameters
        ----------
        name, label : str
        values : mapping of str to str
            Conversation → its value; one that is left out has none.

        Examples
        --------
        >>> from readerlib.datasets import load
        >>> season = load("demo").with_facet("cold", "Cold", {"frost-2": "yes"})
        >>> len(season.select(cold="yes"))
        6
        """
        talks = self._tables["conversations"]
        told = talks["conversation_id"].map(values).fillna("").astype("str")
        made = object.__new__(Corpus)
        made._tables = {**self._tables, "conversations": talks.assign(**{name: told})}
        facet = Facet(name, label, f"conversations.{name}", linked=False)
        made._see_all(replace(self.descriptor, facets=(*self.descriptor.facets, facet)))
        return made

    def table(self, name: str) -> pd.DataFrame:
        """A table of the package by its name, such as ``sources``; empty if it has none."""
        return self._tables[name].copy() if name in self._tables else pd.DataFrame()

    @property
    def turns(self) -> pd.DataFrame:
        """The selected turns, in reading order; indexed by row of the whole corpus."""
        if self._chosen == ({}, {}):
            return self._tables["turns"].copy()
        return self._tables["turns"].iloc[self._rows]

    @property
    def conversations(self) -> pd.DataFrame:
        """All conversations."""
        return self._tables["conversations"].copy()

    @property
    def speakers(self) -> pd.DataFrame:
        """All speakers."""
        return self._tables["speakers"].copy()

    @property
    def sources(self) -> pd.DataFrame:
        """All sources; without a row where the corpus names none."""
        return self._tables.get("sources", pd.DataFrame(columns=["source_id"])).copy()

    def __len__(self) -> int:
        """How many turns are selected."""
        cells, rows = self._chosen.left()
        sizes = self._whole._cells.sizes
        return (
            int((sizes if cells is None else sizes[cells]).sum())
            if rows is None
            else int(np.count_nonzero(self._shown))
        )

    def __repr__(self) -> str:
        """Name and size, without a word of any turn."""
        return f"<Corpus {self.descriptor.name}: {len(self)} of {len(self._whole)} turns>"

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
        if not asked:
            # What was worked out of all turns is there already.
            return whole
        whole._require_known(asked)
        return whole._through(asked, whole._masks(asked))

    def fresh(self) -> Corpus:
        """The same corpus, without what was worked out of it meanwhile: it takes less memory."""
        whole = self._whole
        return whole if self is whole else whole._through(self.selection, self._chosen)

    def _through(self, selection: Selection, chosen: _Chosen) -> Corpus:
        """The whole corpus, seen through a selection."""
        made = object.__new__(Corpus)
        made._tables = self._tables
        made.descriptor = self.descriptor
        made.selection = selection
        made._whole = self
        made._chosen = chosen
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
        cells = whole._cells
        _, rows = self._chosen.left()
        # With no search and no layer a cell counts with all its turns.
        sizes = cells.sizes if rows is None else np.bincount(cells.cell[rows], minlength=len(cells))
        counts, chosen = [], []
        for name, have in whole._facet_values.items():
            kept, rows = self._chosen.left(but=name)
            if have.column is None:
                pairs = np.ones(len(have.rows), bool) if rows is None else rows[have.rows]
                if kept is not None:
                    pairs &= kept[cells.cell[have.rows]]
                counts.append(np.bincount(have.codes[pairs], minlength=len(have.names)))
            else:
                counts.append(cells.counts(have.column, kept, sizes, len(have.names)))
            mine = np.zeros(len(have.names), bool)
            mine[[have.numbers[value] for value in self.selection.where.get(name, ())]] = True
            chosen.append(mine)
        return whole._facet_frame.assign(
            turns=np.concatenate([*counts, []]).astype(np.int64),
            chosen=np.concatenate([*chosen, np.empty(0, bool)]),
        )

    @cached_property
    def _facet_frame(self) -> pd.DataFrame:
        """Every value of every facet."""
        names = [name for name, have in self._facet_values.items() for _ in have.names]
        values = [value for have in self._facet_values.values() for value in have.names]
        return pd.DataFrame({"facet": names, "value": values}, dtype=str)

    def runs(self) -> Iterator[Run]:
        """The selected turns and the gaps between them, conversation by conversation.

        A conversation of which no turn is selected gives no run at all.  Where there are
        many turns, :meth:`window` gives the ones around a place without passing the others.
        """
        shown, begins = self._shown, self._whole._begins
        edges = np.flatnonzero(shown[1:] != shown[:-1]) + 1
        every = np.unique(np.concatenate([begins, edges]))
        talks = np.searchsorted(begins, every[:-1], side="right") - 1
        some = self._turns_by_talk[talks] > 0
        # All at once: to ask the table for one name after the other takes most of the time.
        names = self._tables["turns"]["conversation_id"].iloc[begins[talks[some]]].tolist()
        firsts, lasts = every[:-1][some], every[1:][some]
        hidden = ~shown[firsts]
        for name, first, last, gap in zip(
            names, firsts.tolist(), lasts.tolist(), hidden.tolist(), strict=True
        ):
            yield Run(name, first, last, hidden=gap)

    def window(
        self, near: int = 0, size: int = 200, *, before: int = 0, opened: Iterable[int] = ()
    ) -> Window:
        """The shown turns around a row, with the gaps between them.

        A shown turn brings the gap before it, in its conversation; the last one of a
        conversation brings the gap behind it too.  So windows that follow each other give
        all of :meth:`runs` and nothing twice.

        Parameters
        ----------
        near : int
            A row of the whole corpus.  The window begins `before` shown turns before the
            first shown one from there on, or earlier if it would not be full.
        size : int
            How many turns are shown, where there are so many.
        before : int
        opened : iterable of int
            First rows of gaps whose turns are shown all the same; they count as shown.
        """
        visible = self._visible(frozenset(opened))
        shown, begins = self._shown, self._whole._begins
        at = int(np.searchsorted(visible, near))
        at = max(0, min(at - before, len(visible) - size))
        end = min(at + size, len(visible))
        runs: list[Run] = []
        if at == end:
            return Window((), at, 0)
        first_talk, last_talk = (self._talk_number(visible[i]) for i in (at, end - 1))
        bounds = begins[first_talk : last_talk + 2].tolist()
        # With its neighbours a turn tells whether a gap is before it, and behind it.
        lead = int(visible[at - 1]) if at else -1
        follow = int(visible[end]) if end < len(visible) else len(shown)
        rows = [*visible[at:end].tolist(), follow]
        hidden = (~shown[rows[:-1]]).tolist()
        talk = 0
        for row, after, beside in zip(rows, rows[1:], hidden, strict=False):
            while row >= bounds[talk + 1]:
                talk += 1
            run = runs[-1] if runs and runs[-1].first >= bounds[talk] else None
            name = run.conversation_id if run else self._talk_id(first_talk + talk)
            gap = max(lead + 1, bounds[talk])
            if gap < row:
                runs.append(Run(name, gap, row, hidden=True))
            if run and gap == row and run[3:] == (beside, beside):
                runs[-1] = run._replace(last=row + 1)
            else:
                runs.append(Run(name, row, row + 1, hidden=beside, beside=beside))
            if after >= bounds[talk + 1] > row + 1:
                runs.append(Run(name, row + 1, bounds[talk + 1], hidden=True))
            lead = row
        return Window(tuple(runs), at, len(visible) - end)

    def _visible(self, opened: frozenset[int]) -> Array:
        """The rows that are selected or stand in one of the opened gaps."""
        if not opened:
            return self._rows
        spans = [span for row in opened if (span := self.gap(row))]
        gaps = [np.arange(first, last) for first, last in spans]
        return np.unique(np.concatenate([self._rows, *gaps]))

    def gap(self, row: int) -> tuple[int, int] | None:
        """The rows of the gap in which a row stands, the last excluded; None if it is selected."""
        if self._shown[row]:
            return None
        talk = self._talk_number(row)
        first, last = self._whole._begins[talk : talk + 2].tolist()
        at = int(np.searchsorted(self._rows, row))
        if at:
            first = max(first, int(self._rows[at - 1]) + 1)
        return first, min(last, int(self._rows[at])) if at < len(self._rows) else last

    def gaps(self, row: int) -> list[int]:
        """The first rows of all gaps of the conversation in which a row stands."""
        talk = self._talk_number(row)
        first, last = self._whole._begins[talk : talk + 2].tolist()
        hidden = ~self._shown[first:last]
        begins = np.flatnonzero(hidden & ~np.concatenate([[False], hidden[:-1]]))
        return [first + int(begin) for begin in begins]

    def nearest(self, row: int) -> int | None:
        """The first selected row from `row` on, or else the last one; None if none is."""
        if not len(self._rows):
            return None
        return int(self._rows[min(self.before(row), len(self._rows) - 1)])

    def before(self, row: int) -> int:
        """How many selected turns stand before a row of the whole corpus."""
        return int(np.searchsorted(self._rows, row))

    def nth(self, number: int) -> int:
        """The row of a selected turn, counted from 0; the other way round than :meth:`before`."""
        return int(self._rows[number])

    def talk(self, row: int) -> Talk:
        """The conversation in which a row of the whole corpus stands."""
        return self._talks([self._talk_number(row)])[0]

    def talks(self, near: int = 0, size: int = 20) -> list[Talk]:
        """Conversations with selected turns around a row, in reading order.

        Half of them before the one of the row where there are so many; as many as there are,
        up to `size`.
        """
        number = self.before(int(self._whole._begins[self._talk_number(near)]))
        back = self._talks_on(number - 1, -1, size)
        on = self._talks_on(number, 1, size)
        # Where there are too few on one side there are more on the other.
        on = on[: size - min(len(back), size // 2)]
        back = back[: size - len(on)]
        return self._talks([*reversed(back), *on])

    def _talks_on(self, number: int, step: int, size: int) -> list[int]:
        """The conversations of selected turns, from one turn's number on or back."""
        found: list[int] = []
        while 0 <= number < len(self._rows) and len(found) < size:
            talk = self._talk_number(self.nth(number))
            found.append(talk)
            first, last = self._whole._begins[talk : talk + 2].tolist()
            number = self.before(last) if step > 0 else self.before(first) - 1
        return found

    def talks_of(self, rows: Iterable[int]) -> list[Talk]:
        """The conversations in which some rows stand, each once, in reading order."""
        return self._talks(sorted({self._talk_number(row) for row in rows}))

    def _talks(self, numbers: list[int]) -> list[Talk]:
        whole = self._whole
        rows = whole._talk_rows[numbers]
        about = self._tables["conversations"].iloc[rows].to_dict("records")
        return [
            Talk(
                self._talk_id(number),
                number,
                int(whole._begins[number]),
                int(whole._begins[number + 1]),
                self.before(int(whole._begins[number + 1]))
                - self.before(int(whole._begins[number])),
                heading,
                {str(column): cell for column, cell in row.items()},
            )
            for number, heading, row in zip(
                numbers, whole._headings_of(numbers), about, strict=True
            )
        ]

    def _talk_number(self, row: int) -> int:
        """The number of the conversation in which a row stands."""
        return int(np.searchsorted(self._whole._begins, row, side="right")) - 1

    def _talk_id(self, number: int) -> str:
        return str(self._tables["turns"]["conversation_id"].iat[self._whole._begins[number]])

    @cached_property
    def _turns_by_talk(self) -> Array:
        """How many selected turns each conversation has."""
        begins = self._whole._begins
        if self._chosen == ({}, {}):
            return np.diff(begins)
        return np.add.reduceat(self._shown, begins[:-1], dtype=np.int64)

    @cached_property
    def _shown(self) -> Mask:
        """Which turns are selected."""
        cells, rows = self._chosen.left()
        every = self._whole._cells.cell
        if cells is None:
            return np.ones(len(every), bool) if rows is None else rows
        shown: Mask = cells[every]
        return shown if rows is None else shown & rows

    @cached_property
    def _rows(self) -> Array:
        """The rows of the selected turns."""
        return np.flatnonzero(self._shown)

    @property
    def readings(self) -> Readings:
        """How many turns of the whole corpus have words, and how many only a summary."""
        return self._whole._readings

    @cached_property
    def _readings(self) -> Readings:
        turns = self._tables["turns"]
        said, told = (
            np.asarray(turns[column] != "") if column in turns else np.zeros(len(turns), bool)
            for column in ("text", "gist")
        )
        if told.any():
            told = told & ~said & np.asarray(turns["kind"] != "cut")
        return Readings(int(np.count_nonzero(said)), int(np.count_nonzero(told)))

    def spoken(self) -> int:
        """How many of the selected turns are speech."""
        speech = self._whole._speech
        everything = self._chosen == ({}, {})
        return int(np.count_nonzero(speech if everything else speech & self._shown))

    @cached_property
    def _speech(self) -> Mask:
        """Which turns are speech."""
        kinds = Column(self._tables["turns"]["kind"]).cells
        speech: Mask = pc.equal(kinds, "speech").to_numpy(zero_copy_only=False)
        return speech

    @property
    def rows(self) -> Array:
        """The rows of the selected turns among all turns of the whole corpus, in order."""
        return self._rows.copy()

    def valued(self, facet: str) -> tuple[list[str], Array, Array]:
        """Which selected turns have which values of a facet.

        Parameters
        ----------
        facet : str
            One of the descriptor's.

        Returns
        -------
        tuple
            The values, in the facet's order; and of each pair of a turn and a value the
            turn's row and the value's number, in the order of the rows.
        """
        whole = self._whole
        have = whole._facet_values[facet]
        if have.column is None:
            kept = self._shown[have.rows]
            return have.names, have.rows[kept], have.codes[kept]
        codes = whole._cells.codes[have.column][whole._cells.cell[self._rows]].astype(np.intp)
        return have.names, self._rows[codes > 0], codes[codes > 0] - 1

    @property
    def word_index(self) -> Words:
        """Where each word stands that there is to read, in all turns of the whole corpus.

        It is made when it is first asked for, unless the corpus came with it.
        """
        return self._whole._words

    def parts(self, by: str) -> Parts:
        """Which part each selected turn belongs to.

        Parameters
        ----------
        by : str
            A facet of which a turn has one value at most; or ``conversation_id``,
            ``speaker_id``, or ``speaker``, the name of who speaks.

        Raises
        ------
        SelectionError
            If there is no such facet, with a suggestion, or if a turn can have several values
            of it.

        Examples
        --------
        >>> turns = pd.DataFrame({"turn_id": ["a"], "conversation_id": ["c"], "position": ["1"],
        ...     "speaker_id": ["s"], "kind": ["speech"], "text": ["Good morning."]})
        >>> corpus = Corpus({"turns": turns,
        ...     "conversations": pd.DataFrame({"conversation_id": ["c"]}),
        ...     "speakers": pd.DataFrame({"speaker_id": ["s"], "name": ["Irena"]})},
        ...     Descriptor("small", "Small"))
        >>> corpus.parts("speaker").names
        ['Irena']
        """
        whole, rows = self._whole, self._rows
        have = whole._facet_values.get(by)
        if have is not None and have.column is not None:
            cells = whole._cells
            return Parts(list(have.names), cells.codes[have.column][cells.cell[rows]] - 1)
        if have is None and by == "conversation_id":
            ids = self._tables["turns"]["conversation_id"].iloc[whole._begins[:-1]]
            talks = np.searchsorted(whole._begins, rows, side="right") - 1
            return Parts(list(map(str, ids)), talks)
        if have is None and by in ("speaker_id", "speaker"):
            codes, values = coded(self._tables["turns"]["speaker_id"].iloc[rows])
            names: list[Any] = values.to_pylist()
            if by == "speaker":
                cells_of = self._looked_up("speakers", "name", names)
                told = [plain(str(cell or "")) or None for cell in cells_of]
                numbers, different = pd.factorize(np.array(told, dtype=object))
                codes, names = numbers[codes], [str(name) for name in different]
            return Parts(names, codes)
        known = [name for name, values in whole._facet_values.items() if values.column is not None]
        known += [
            name for name in ("speaker", "speaker_id", "conversation_id") if name not in known
        ]
        wrong = f"no facet {quoted(by)} in the corpus {quoted(self.descriptor.name)}"
        if have is not None:
            wrong = f"a turn can have several values of {quoted(by)}"
        raise SelectionError(
            Problem(
                wrong,
                f"Each turn has one value, or none, of: {listed(known)}.",
                suggestion(str(by), known) or "Name one of these.",
            )
        )

    def labelled(self, layer: str) -> Labels:
        """The labels of one layer that the selected turns carry.

        Raises
        ------
        SelectionError
            If there is no such layer, with a suggestion.
        """
        have = self._whole._layers.get(layer)
        if have is None:
            known = list(self._whole._layers)
            raise SelectionError(
                Problem(
                    f"no layer {quoted(layer)} in the corpus {quoted(self.descriptor.name)}",
                    f"Layers: {listed(known) or 'none'}.",
                    (suggestion(str(layer), known) or "Name one of these.")
                    if known
                    else "Labels stand in the table annotations: turn_id, layer, value.",
                )
            )
        kept = self._shown[have.rows]
        return Labels(list(have.names), have.rows[kept], have.codes[kept])

    def hits(self, but: Iterable[int] = ()) -> int:
        """How many stretches of the selected turns the search matches, as they are marked.

        Stretches that overlap count one by one; one that lies in another does not.

        Parameters
        ----------
        but : iterable of int
            Rows that are left out.

        Raises
        ------
        SelectionError
            If the patterns of the search take too long.
        """
        find = self.selection.find
        if not find:
            return 0
        but = list(but)
        counted = self._shown.copy()
        counted[but] = False
        if any(map(is_pattern, find)):
            texts = self._texts(np.flatnonzero(counted))
            return sum(len(apart(stretches(said, find))) for said in texts)
        words = self._whole._words
        if len(find) == 1 and not self.selection.where and not but:
            return words.count(find[0])
        return words.marks(find, counted)

    def headings(self) -> dict[str, Heading]:
        """What each conversation that has turns is called, in reading order.

        The last facet of the corpus's path gives the number, the ones before it what
        stands above.
        """
        return dict(self._whole._headings)

    @cached_property
    def _headings(self) -> dict[str, Heading]:
        names = self._tables["turns"]["conversation_id"].iloc[self._begins[:-1]]
        return dict(zip(map(str, names), self._headings_of(range(len(names))), strict=True))

    def _headings_of(self, talks: Iterable[int]) -> list[Heading]:
        """What conversations are called, by their numbers."""
        rows = self._begins[list(talks)]
        names = self._tables["turns"]["conversation_id"].iloc[rows]
        path = [self._first_values(facet, rows) for facet in self.descriptor.path]
        found = []
        for name, title, *values in zip(
            map(str, names), self._of_talks("title", rows), *path, strict=True
        ):
            above = tuple(value for value in values[:-1] if value)
            number = (values[-1] if values else None) or ""
            title = "" if title in (*above, number) else title or ""
            found.append(Heading(above, number, title or ("" if above or number else name)))
        return found

    def row(self, turn_id: str) -> int:
        """The row of a turn among all turns of the whole corpus, selected or not.

        Raises
        ------
        SelectionError
            If there is no such turn, with a suggestion.
        """
        row = self._row_of(turn_id)
        if row is None:
            whole = self._whole
            ids, at = whole._tables["turns"]["turn_id"], whole._sorted_at(turn_id)
            # Of many turns only the ones that stand beside it in the alphabet are compared.
            span = slice(None) if len(ids) <= _COMPARED else slice(max(at - 200, 0), at + 200)
            near = ids.iloc[np.sort(whole._by_id[span])]
            raise SelectionError(
                Problem(
                    f"no turn {quoted(turn_id)} in the corpus {quoted(self.descriptor.name)}",
                    f"It has {len(ids)} turns, from {quoted(ids.iat[0] if len(ids) else '')} on.",
                    suggestion(turn_id, near) or "Look the turn up in corpus.turns.",
                )
            )
        return row

    def _row_of(self, turn_id: str) -> int | None:
        """The row of a turn; None if there is no such turn."""
        ids, order = self._tables["turns"]["turn_id"], self._whole._by_id
        at = self._whole._sorted_at(turn_id)
        found = at < len(order) and ids.iat[order[at]] == turn_id
        return int(order[at]) if found else None

    def _sorted_at(self, turn_id: str) -> int:
        """Where in the alphabetical order the turn is, or would be."""
        ids = self._tables["turns"]["turn_id"]
        return bisect_left(self._by_id, turn_id, key=lambda row: str(ids.iat[row]))

    def turn_id(self, row: int) -> str:
        """The id of the turn in a row of the whole corpus; the other way round than :meth:`row`."""
        return str(self._tables["turns"]["turn_id"].iat[row])

    def span(self, place: Place | str) -> tuple[int, int]:
        """The rows of a place among all turns of the whole corpus, the last one excluded.

        Raises
        ------
        SelectionError
            If a turn is not there, the turns stand in the other order, or the stretch goes
            beyond what there is to read.
        """
        place = Place.parse(place) if isinstance(place, str) else place
        first = self.row(place.turn_id)
        last = first if place.last is None else self.row(place.last)
        if last < first:
            raise SelectionError(
                Problem(
                    f"the place {quoted(place)} ends before it begins",
                    "The turn that is read first comes first.",
                    f"Write {quoted(Place(str(place.last), last=place.turn_id))}.",
                )
            )
        length = self._length(first)
        if place.end is not None and place.end > length:
            raise SelectionError(
                Problem(
                    f"the place {quoted(place)} goes beyond its turn",
                    f"What there is to read of it has {length} characters.",
                    "Shorten the stretch, or name the turn alone.",
                )
            )
        return first, last + 1

    def around(self, place: Place | str, before: int = 2, after: int = 2) -> pd.DataFrame:
        """The turns of a place and their neighbours in the same conversation, selected or not.

        Returns
        -------
        DataFrame
            Rows of ``turns``, in reading order; fewer neighbours where the conversation
            begins or ends.

        Raises
        ------
        SelectionError
            If the place is not in the corpus.
        """
        first, last = self.span(place)
        turns = self._tables["turns"]
        talks = turns["conversation_id"]
        begin, end = max(first - max(before, 0), 0), min(last + max(after, 0), len(turns))
        rows = [
            row
            for row in range(begin, end)
            if first <= row < last
            or (row < first and talks[row] == talks[first])
            or (row >= last and talks[row] == talks[last - 1])
        ]
        return turns.iloc[rows].copy()

    def whereabouts(self, place: Place | str) -> str:
        """A place in words: conversation, number and name of its turns, and who speaks.

        Raises
        ------
        SelectionError
            If the place is not in the corpus.
        """
        place = Place.parse(place) if isinstance(place, str) else place
        first, last = self.span(place)
        records = self._whole.records(first, last)
        begin, end = records[0], records[-1]
        told = [str(self.talk(row).heading) for row in (first, last - 1)]
        names = begin["turn_id"]
        if place.end is not None:
            of = "summary" if begin["text"] is None else "words"
            names += f", characters {place.start}–{place.end} of the {of}"
        if begin["turn_id"] == end["turn_id"]:
            where = f"{told[0]}, turn {begin['position']} ({names})"
        elif begin["conversation_id"] == end["conversation_id"]:
            where = f"{told[0]}, turns {begin['position']}–{end['position']}"
            where += f" ({begin['turn_id']} to {end['turn_id']})"
        else:
            where = f"{told[0]}, turn {begin['position']} ({begin['turn_id']}), to "
            where += f"{told[1]}, turn {end['position']} ({end['turn_id']})"
        speakers = dict.fromkeys(r["speaker"] for r in records if r["kind"] != "cut")
        return f"{where}; speaking: {', '.join(speakers)}" if speakers else where

    def cite(
        self,
        place: Place | str,
        style: str = "chicago",
        *,
        accessed: datetime.date | None = None,
    ) -> str:
        """A citation of a turn, a stretch or several turns: the source, and the place in it.

        Parameters
        ----------
        place : Place or str
        style : str
            ``chicago`` (18th edition, bibliography), ``mla`` (9th), ``apa`` (7th), ``bibtex``
            or ``csl-json``.
        accessed : date, optional
            When the address was seen; left out, today.

        Returns
        -------
        str
            The source's entry as the style has it, and below it where in the source: the
            conversation, the first and the last turn, who speaks; how the words were edited;
            whether it is a summary that was read, which is never to be quoted as somebody's
            words; and a link.  For ``bibtex`` and ``csl-json`` the second part is the note.
            Where the turns have several sources there is an entry for each.

        Raises
        ------
        SelectionError
            If the place is not in the corpus, or the style is none of these.

        Notes
        -----
        Of ``sources`` the columns that :func:`readerlib.citations.item` names are used, and
        ``editing``: what the publisher says of how it edited the words.
        """
        style = known_style(style)
        place = Place.parse(place) if isinstance(place, str) else place
        accessed = accessed or datetime.date.today()
        records = self._whole.records(*self.span(place))
        sources = self._cited(records)
        items = [item(source, accessed) for source in sources]
        notes = [f"{self.whereabouts(place)}.", *self.provenance(place)]
        online = [made for made in items if "URL" in made]
        silent = style not in MANUALS or any(
            entry(made, style) == entry({**made, "accessed": {}}, style) for made in online
        )
        if online and silent:
            notes.append(f"Accessed {accessed.day} {month_name[accessed.month]} {accessed.year}.")
        note = " ".join([*notes, self._whole.link(place)])
        if style in MANUALS:
            return "\n".join([*(entry(made, style) for made in items), note])
        noted = [{**made, "note": note} for made in items]
        return csl_json(noted) if style == "csl-json" else "\n\n".join(map(bibtex, noted))

    def provenance(self, place: Place | str) -> list[str]:
        """What must be said with the words of a place: edited how, a summary, named by whom.

        Raises
        ------
        SelectionError
            If the place is not in the corpus.
        """
        records = self._whole.records(*self.span(place))
        told = []
        for source in self._cited(records):
            known_by = aside(str(source.get("author") or ""))[1]
            told += [f"The author is {known_by}." if known_by else ""]
            told += [f"{source['editing']}." if source.get("editing") else ""]
        spoken = [record for record in records if record["kind"] != "cut"]
        summaries = sum(record["text"] is None for record in spoken)
        if summaries:
            which = "A summary" if summaries == len(spoken) else "In part a summary"
            told.append(f"{which} by “{self.descriptor.title}”, not the words; not to be quoted.")
        return [sentence for sentence in dict.fromkeys(told) if sentence]

    def _cited(self, records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The sources of the records; the corpus itself where none is named."""
        rows = {str(row["source_id"]): row for row in self.sources.to_dict("records")}
        found = {r["source_id"]: rows[r["source_id"]] for r in records if r["source_id"] in rows}
        about = self.descriptor
        unnamed = {"source_id": about.name, "title": about.title}
        return [{str(k): v for k, v in row.items()} for row in found.values()] or [unnamed]

    def link(self, place: Place | str | None = None) -> str:
        """A link to this selection and to a place: text that :meth:`follow` reads.

        Parameters
        ----------
        place : Place or str, optional
            A turn, a stretch of it, or several turns; selected or not.

        Returns
        -------
        str
            ``readerlib:name@version~marks?selection#place``.  The marks are short hashes by
            which a later version of the corpus notices that something has changed.  Where the
            corpus has fingerprints they are made of these, of facts and of summaries, never
            of words: of a turn too short for a fingerprint they know length and summary only.

        Raises
        ------
        SelectionError
            If the place is not in the corpus.
        """
        place = Place.parse(place) if isinstance(place, str) else place
        if place:
            self.span(place)
        chosen = self.selection
        for facet in self.descriptor.facets:
            chosen = chosen if facet.linked else chosen.with_facet(facet.name, None)
        marked = self if chosen == self.selection else self._whole.select(chosen)
        return str(
            Link(
                self.descriptor.name,
                self.descriptor.version,
                chosen,
                place,
                self._seen(place) if place else "",
                self._mark(marked.turns["turn_id"]) if chosen else "",
            )
        )

    def follow(self, link: Link | str) -> Followed:
        """Where a link leads in this corpus, and what has changed since it was made.

        A link that was made on another version leads as far as it can: what is no longer
        there is left out and named.  Nothing is different in silence.

        Returns
        -------
        Followed
            ``corpus``, with the link's selection; ``place`` or None; ``changes``, a sentence
            for each difference.

        Raises
        ------
        SelectionError
            If the link cannot be read, belongs to another corpus, or was made on this
            version and names what is not in it.
        """
        asked = Link.parse(link) if isinstance(link, str) else link
        about, whole = self.descriptor, self._whole
        if asked.corpus != about.name:
            raise SelectionError(
                Problem(
                    f"the link is for the corpus {quoted(asked.corpus)}",
                    f"This is the corpus {quoted(about.name)}.",
                    f"Follow it there: load({quoted(asked.corpus)}).follow(…).",
                )
            )
        then = f"version {asked.version}"
        other_version = asked.version != about.version
        selection, place = asked.selection, asked.place
        gone: list[str] = []
        if other_version:
            selection, values_gone = whole._known(selection)
            place, turns_gone = whole._found(place)
            gone = [f"{what} in version {about.version}." for what in [*values_gone, *turns_gone]]
        corpus = whole.select(selection)
        changes = list(gone)
        if place is not None and place == asked.place:
            place, told = whole._compared(place, asked)
            changes += [f"The link was made on {then}: {sentence}" for sentence in told]
        here = f"here it shows {len(corpus)}."
        if asked.shown and asked.shown != self._mark(corpus.turns["turn_id"]):
            changes.append(
                f"The selection does not show the turns that it showed in {then}; {here}"
            )
            if selection.find:
                changes.append("A search looks into the words where they are attached.")
        elif selection and not asked.shown and other_version:
            changes.append(f"The link does not tell which turns it showed in {then}; {here}")
        return Followed(corpus, place, tuple(changes))

    def _known(self, selection: Selection) -> tuple[Selection, list[str]]:
        """The selection without the facets and values that are not there, and which these are."""
        where: dict[str, tuple[str, ...]] = {}
        gone = []
        for name, wanted in selection.where.items():
            if name not in self._facet_values:
                gone.append(f"There is no facet {quoted(name)}")
                continue
            names = self._facet_values[name].names
            kept = tuple(value for value in wanted if value in names)
            gone += [
                f"There is no value {quoted(value)} of {quoted(name)}"
                for value in wanted
                if value not in kept
            ]
            # A facet none of whose values is left is left free; the reader is told.
            if kept or not wanted:
                where[name] = kept
        return Selection.of(where, selection.find), gone

    def _found(self, place: Place | None) -> tuple[Place | None, list[str]]:
        """The place without the turns that are not there, and which these are."""
        ends = [turn_id for turn_id in (place.turn_id, place.last) if turn_id] if place else []
        there = [turn_id for turn_id in ends if self._row_of(turn_id) is not None]
        gone = [f"There is no turn {quoted(name)}" for name in ends if name not in there]
        if place and there == ends and self.row(ends[0]) > self.row(ends[-1]):
            return Place(ends[0]), [f"The turns of {quoted(place)} stand in another order"]
        return place if there == ends else Place(there[0]) if there else None, gone

    def _compared(self, place: Place, asked: Link) -> tuple[Place, list[str]]:
        """The place, without its stretch where that is no longer sure, and what is other."""
        if not asked.seen and asked.version == self.descriptor.version:
            self.span(place)
            return place, []
        whole_turn = Place(place.turn_id, last=place.last)
        too_long = place.end is not None and place.end > self._length(self.row(place.turn_id))
        if not too_long and asked.seen == self._seen(place):
            return place, []
        if not too_long and not asked.seen:
            return place, [f"it does not tell what stood at {quoted(place)}; compare it."]
        lost = "" if place.end is None else " The place is the whole turn."
        if place.end is not None and asked.seen == self._seen(place, other_layer=True):
            return whole_turn, [
                f"the stretch {quoted(place)} was marked in the summary or in the words, and "
                f"here the other of the two is read.{lost}"
            ]
        return whole_turn, [
            f"at {quoted(place)} the turns, who speaks, the words or the summary have "
            f"changed since.{lost}"
        ]

    def _seen(self, place: Place, *, other_layer: bool = False) -> str:
        """A mark of what stands at a place, the same whether words are attached or not."""
        whole = self._whole
        first, last = whole.span(Place(place.turn_id, last=place.last))
        turns = whole._tables["turns"].iloc[first:last]
        # Where turns have fingerprints the words are somebody's, and only those may be told.
        said = ("fingerprint", "words") if "fingerprint" in turns else ("text",)
        facts = ["turn_id", "speaker_id", "kind", *said, "gist"]
        told = [turns[column].astype(str) for column in facts if column in turns]
        layer = ""
        if place.end is not None:
            in_words = bool("text" in turns and turns["text"].iloc[0])
            layer = "words" if in_words != other_layer else "summary"
        return self._mark([layer, *(cell for row in zip(*told, strict=True) for cell in row)])

    def _mark(self, parts: Iterable[str]) -> str:
        """Six hexadecimal digits that two lists of strings share by chance once in 16 million."""
        digest = hashlib.blake2b(digest_size=3, key=self.descriptor.fingerprint_salt.encode()[:64])
        for part in parts:
            raw = str(part).encode("utf-8", "surrogatepass")
            digest.update(len(raw).to_bytes(8, "big") + raw)
        return digest.hexdigest()

    @cached_property
    def _by_id(self) -> Array:
        """The rows in the order of their turns' ids."""
        ids = Column(self._tables["turns"]["turn_id"])
        order: Array = pc.sort_indices(ids.cells).to_numpy().astype(np.uint32)
        return order

    def noticed(self, first: int = 0, last: int | None = None) -> dict[int, tuple[str, ...]]:
        """The turns of the whole corpus that carry notices: row → topics.

        Parameters
        ----------
        first, last : int, optional
            Only in these rows, ``last`` excluded.
        """
        return {row: tuple(topics) for row, topics in self._labels("notice", first, last).items()}

    def asked(self, notices: Notices = "ask") -> frozenset[str]:
        """The topics of the corpus that a profile of notices asks about.

        Parameters
        ----------
        notices : "ask", "show" or mapping of str to either
            As in :func:`readerlib.notices.asked`.

        Raises
        ------
        ReaderError
            If the profile cannot be read.
        """
        have = self._whole._layers.get("notice")
        return asked(notices, have.names if have else [], self.descriptor.shown_notices)

    def veiled(
        self, topics: Container[str], rows: Iterable[int] | None = None
    ) -> dict[int, tuple[str, ...]]:
        """The turns of the whole corpus that carry some of the topics: row → which of them.

        Parameters
        ----------
        topics : container of str
            As :meth:`asked` gives them.
        rows : iterable of int, optional
            Only among these rows, which stand in order.
        """
        have = self._whole._layers.get("notice")
        if have is None:
            return {}
        carried = self.noticed() if rows is None else have.labels_at(np.fromiter(rows, np.intp))
        some = {row: tuple(t for t in has if t in topics) for row, has in carried.items()}
        return {row: has for row, has in some.items() if has}

    def carrying(self, topics: Iterable[str]) -> Array:
        """The rows of the selected turns that carry one of the notices, in order."""
        have = self._whole._layers.get("notice")
        if have is None:
            return np.empty(0, np.intp)
        numbers = [have.numbers[topic] for topic in topics]
        rows = np.unique(have.rows[np.isin(have.codes, numbers)])
        carrying: Array = rows[self._shown[rows]]
        return carrying

    def _labels(self, layer: str, first: int = 0, last: int | None = None) -> dict[int, list[str]]:
        """The labels of one layer in these rows: row → values."""
        have = self._whole._layers.get(layer)
        return have.labels(first, len(self._whole) if last is None else last) if have else {}

    def about(self, turn_id: str) -> dict[str, Any]:
        """What is known about a turn besides its words.

        Returns
        -------
        dict
            ``turn`` : its record, as :meth:`records` gives it.
            ``evidence`` : ``value``, ``note`` (why) and ``description``; None without one.
            ``ladder`` : the evidence values there are, the weakest first.
            ``claims``, ``terms`` : rows of the tables ``claims`` and ``glossary``.
            ``retells``, ``retold_by`` : pairs of a turn's id and a note on what differs.
            ``source``, ``conversation`` : their rows.

        Raises
        ------
        SelectionError
            If there is no such turn.
        """
        row = self.row(turn_id)
        turn = self._whole.records(row, row + 1)[0]
        labels = self._whole._annotations
        mine = labels[labels["row"] == row]
        evidence = None
        closed = self._whole._closed("evidence")
        for label in mine[mine["layer"] == "evidence"].to_dict("records"):
            value = plain(str(label["value"]))
            description = closed.get(value, "")
            evidence = {"value": value, "note": label.get("note", ""), "description": description}
        retold = labels[(labels["layer"] == "retells") & (labels["value"] == turn_id)]
        told = mine[mine["layer"] == "retells"]
        return {
            "turn": turn,
            "evidence": evidence,
            "ladder": list(closed),
            "claims": self._named("claims", mine.loc[mine["layer"] == "claim", "value"]),
            "terms": self._named("glossary", mine.loc[mine["layer"] == "term", "value"]),
            "retells": list(zip(told["value"], told["note"], strict=True)) if len(told) else [],
            "retold_by": list(zip(retold["turn_id"], retold["note"], strict=True))
            if len(retold)
            else [],
            "source": next(iter(self._named("sources", [turn["source_id"]])), {}),
            "conversation": self.talk(row).about,
        }

    def _named(self, table: str, ids: Iterable[Any]) -> list[dict[Any, Any]]:
        """The rows of a table that the ids name, in their order."""
        if table not in self._tables:
            return []
        rows = pd.Index(self._tables[table][KEYS[table]]).get_indexer(
            pd.Index(list(ids), dtype=str)
        )
        named: list[dict[Any, Any]] = self._tables[table].iloc[rows[rows >= 0]].to_dict("records")
        return named

    def _closed(self, layer: str) -> dict[str, str]:
        """The closed list of a layer: value → when it applies."""
        labels = self._tables.get("labels")
        if labels is None:
            return {}
        mine = labels[labels["layer"] == layer]
        return {plain(v): d for v, d in zip(mine["value"], mine["description"], strict=True)}

    def claims(self) -> pd.DataFrame:
        """The evidence ledger: every claim, who makes it, and the turns it rests on.

        Returns
        -------
        DataFrame
            The columns of the table ``claims``; with them ``claimant`` : str, the name of
            who makes it; ``turns`` : str, ids in reading order, parted by spaces; ``story``
            : str, the value of the path's first facet where its turns have just one.
        """
        if "claims" not in self._tables:
            return pd.DataFrame(columns=["claim_id", "claim", "claimant", "turns", "story"])
        table = self._tables["claims"].copy()
        for column in ("claim", "status"):
            if column not in table:
                table[column] = ""
        claimants = table["claimant_id"] if "claimant_id" in table else [""] * len(table)
        table["claimant"] = [n or "" for n in self._looked_up("speakers", "name", claimants)]
        labels = self._whole._annotations
        labels = labels[labels["layer"] == "claim"].sort_values("row", kind="stable")
        turns: dict[str, list[str]] = {}
        stories: dict[str, set[str]] = {}
        for claim_id, turn_id, row in zip(
            labels["value"], labels["turn_id"], labels["row"], strict=True
        ):
            turns.setdefault(claim_id, []).append(turn_id)
            for facet in self.descriptor.path[:1]:
                story = self._first_values(facet, np.array([row], dtype=np.intp))[0]
                stories.setdefault(claim_id, set()).update([story] if story else [])
        table["turns"] = [" ".join(turns.get(claim_id, [])) for claim_id in table["claim_id"]]
        told = [stories.get(claim_id, set()) for claim_id in table["claim_id"]]
        table["story"] = [next(iter(names)) if len(names) == 1 else "" for names in told]
        return table

    def records(self, first: int = 0, last: int | None = None) -> list[dict[str, Any]]:
        """The selected turns as plain records, each joined with what belongs to it.

        Keys: ``turn_id``, ``conversation_id``, the facets of the corpus's path, ``position``,
        ``speaker``, ``speaker_id``, ``role``, ``addressee``, ``kind``, ``words``, ``gist``,
        ``text``, ``source_id``; ``themes`` and ``notices``, lists of labels; ``evidence``.
        What is missing is None.

        Parameters
        ----------
        first, last : int, optional
            Only turns in these rows of the whole corpus, ``last`` excluded.
        """
        return self.records_of(np.flatnonzero(self._shown[first:last]) + first)

    def records_of(self, rows: Iterable[int]) -> list[dict[str, Any]]:
        """Turns as :meth:`records` gives them, by their rows in order, selected or not."""
        shown = np.fromiter(rows, np.intp)
        turns = self._tables["turns"].iloc[shown].astype(object)
        nothing = [""] * len(turns)
        columns: dict[str, Iterable[Any]] = {
            "turn_id": turns["turn_id"],
            "conversation_id": turns["conversation_id"],
        }
        for facet in self.descriptor.path:
            columns[facet] = self._first_values(facet, shown)
        columns["position"] = turns["position"]
        columns["speaker"] = self._looked_up("speakers", "name", turns["speaker_id"])
        columns["speaker_id"] = turns["speaker_id"]
        columns["role"] = self._looked_up("speakers", "role", turns["speaker_id"])
        columns["addressee"] = self._looked_up(
            "speakers", "name", turns.get("addressee_id", nothing)
        )
        for column in ("kind", "words", "gist", "text"):
            columns[column] = turns.get(column, nothing)
        columns["source_id"] = self._of_talks("source_id", shown)
        layers = self._whole._layers
        labels = {
            name: layers[name].labels_at(shown) if name in layers else {} for name in _LABELLED
        }
        records = []
        for row, cells in zip(shown.tolist(), zip(*columns.values(), strict=True), strict=True):
            record = {
                key: None if pd.isna(value) or value == "" else value
                for key, value in zip(columns, cells, strict=True)
            }
            record["themes"] = list(labels["theme"].get(row, ()))
            record["notices"] = list(labels["notice"].get(row, ()))
            record["evidence"] = next(iter(labels["evidence"].get(row, ())), None)
            records.append(record)
        return records

    @cached_property
    def _columns(self) -> dict[str, tuple[Array, list[str]]]:
        """The facets of which a turn has one value at most: codes of the turns, and values."""
        turns = self._tables["turns"]
        found = {}
        for facet in self.descriptor.facets:
            table, _, column = facet.column.partition(".")
            if table == "annotations":
                continue
            key = column if table == "turns" else KEYS[table]
            numbers, different = coded(turns[key])
            cells: list[Any] = different.to_pylist()
            cells = cells if table == "turns" else self._looked_up(table, column, cells)
            values = [plain(str(cell or "")) or None for cell in cells]
            codes, names = pd.factorize(np.array(values, dtype=object))
            found[facet.name] = (codes[numbers], [str(n) for n in names])
        return found

    @cached_property
    def _cells(self) -> Cells:
        columns = (codes for codes, _ in self._columns.values())
        return Cells.of(columns, len(self._tables["turns"]))

    @cached_property
    def _facet_values(self) -> dict[str, _Values]:
        none = np.empty(0, np.intp)
        alone = {
            name: _Values(names, i, none, none)
            for i, (name, (_, names)) in enumerate(self._columns.items())
        }
        return {
            facet.name: alone[facet.name]
            if facet.name in alone
            else self._layers[facet.column.partition(".")[2]]
            for facet in self.descriptor.facets
        }

    @cached_property
    def _layers(self) -> dict[str, _Values]:
        """The annotations, layer by layer."""
        table = self._annotations
        asked = [f.column.partition(".")[::2] for f in self.descriptor.facets]
        layers = [*pd.unique(table["layer"]), *(c for t, c in asked if t == "annotations")]
        return {layer: self._layer(layer) for layer in dict.fromkeys(map(str, layers))}

    def _layer(self, layer: str) -> _Values:
        """The turns' labels of one layer, in the order of the closed list where there is one."""
        table = self._annotations
        table = table[(table["layer"] == layer) & (table["row"] >= 0)]
        values = [plain(v) for v in table["value"]]
        names = list(dict.fromkeys([*self._closed(layer), *values]))
        number = {name: i for i, name in enumerate(names)}
        pairs = sorted({(row, number[v]) for row, v in zip(table["row"], values, strict=True)})
        rows, codes = (np.array([p[k] for p in pairs], dtype=np.intp) for k in (0, 1))
        return _Values(names, None, rows, codes)

    @cached_property
    def _annotations(self) -> pd.DataFrame:
        """The annotations, each with the row of its turn."""
        empty = pd.DataFrame({"turn_id": [], "layer": [], "value": []}, dtype=str)
        table = self._tables.get("annotations", empty)
        if not len(table):
            return table.assign(row=np.empty(0, np.intp))
        row = pd.Index(self._tables["turns"]["turn_id"]).get_indexer(pd.Index(table["turn_id"]))
        return table.assign(row=row)

    @cached_property
    def _begins(self) -> Array:
        """The row with which each conversation begins, and one after the last row."""
        numbers, _ = coded(self._tables["turns"]["conversation_id"])
        return np.concatenate([[0], np.flatnonzero(np.diff(numbers)) + 1, [len(numbers)]])

    @cached_property
    def _talk_rows(self) -> Array:
        """The row of each conversation in their table."""
        names = self._tables["turns"]["conversation_id"].iloc[self._begins[:-1]]
        every = pd.Index(self._tables["conversations"]["conversation_id"])
        rows: Array = every.get_indexer(pd.Index(names))
        return rows

    def _of_talks(self, column: str, rows: Array) -> list[str | None]:
        """The cells of a column of the conversations in which the rows stand."""
        table = self._tables["conversations"]
        if column not in table:
            return [None for _ in rows]
        whole = self._whole
        talks = whole._talk_rows[np.searchsorted(whole._begins, rows, side="right") - 1]
        return table[column].iloc[talks].tolist()

    def _first_values(self, facet: str, rows: Array) -> list[str | None]:
        """The value of a facet for each of the rows; None where a turn has none."""
        have = self._whole._facet_values[facet]
        if have.column is None:
            labels = {row: have.labels(row, row + 1).get(row, [None])[0] for row in rows.tolist()}
            return list(labels.values())
        cells = self._whole._cells
        codes = cells.codes[have.column][cells.cell[rows]]
        return [have.names[code - 1] if code else None for code in codes.tolist()]

    def _looked_up(self, table: str, column: str, ids: Iterable[Any]) -> list[str | None]:
        """The cells of `column` in the rows of `table` that the ids name; None where none is."""
        if table not in self._tables or column not in self._tables[table]:
            return [None for _ in ids]
        cells = self._whole._cells_by_id
        if (table, column) not in cells:
            rows = self._tables[table]
            cells[table, column] = dict(zip(rows[KEYS[table]], rows[column], strict=True))
        return list(map(cells[table, column].get, ids))

    @cached_property
    def _cells_by_id(self) -> dict[tuple[str, str], dict[Any, Any]]:
        """Table and column → the name of a row → its cell, for those that were looked up."""
        return {}

    def _texts(self, rows: Array) -> Iterator[str]:
        """What there is to read of the turns, one after the other."""
        for first in range(0, len(rows), CHUNK):
            yield from self._said(rows[first : first + CHUNK]).tolist()

    def _length(self, row: int) -> int:
        """How many characters there are to read of a turn."""
        return len(str(self._said(slice(row, row + 1)).iat[0]))

    def _said(self, rows: slice | Array) -> pd.Series[str]:
        """What there is to read of the turns in these rows: the words, or else the gist."""
        turns = self._tables["turns"].iloc[rows]
        layers = [turns[column] for column in ("text", "gist") if column in turns]
        if not layers:
            return pd.Series("", index=turns.index, dtype=str)
        return layers[0].where(layers[0] != "", layers[-1])

    @cached_property
    def _words(self) -> Words:
        return self._made_words(in_memory, lambda turns: None)

    def _made_words(self, make: Make, progress: Callable[[int], object]) -> Words:
        starts = range(0, len(self._tables["turns"]), CHUNK)
        return Words.of((self._said(slice(at, at + CHUNK)) for at in starts), make, progress)

    def _masks(self, selection: Selection) -> _Chosen:
        chosen = _Chosen({}, {})
        for name, wanted in selection.where.items():
            have = self._facet_values[name]
            numbers = [have.numbers[value] for value in wanted]
            if have.column is not None:
                chosen.cells[name] = self._cells.having(have.column, numbers)
            else:
                chosen.rows[name] = np.zeros(len(self), bool)
                chosen.rows[name][have.rows[np.isin(have.codes, numbers)]] = True
        if selection.find:
            literal = [term for term in selection.find if not is_pattern(term)]
            held = chosen.rows[FIND] = self._words.mask(literal)
            if len(literal) < len(selection.find):
                rows = np.flatnonzero(held)
                spans = scanned(self._texts(rows), filter(is_pattern, selection.find))
                held[rows] = np.fromiter(map(all, spans), bool, len(rows))
        return chosen

    def _require_known(self, selection: Selection) -> None:
        problems: list[Problem] = []
        for term in filter(is_pattern, selection.find):
            try:
                pattern(term)
            except SelectionError as error:
                problems += error.problems
        for name, wanted in selection.where.items():
            if name not in self._facet_values:
                problems.append(
                    Problem(
                        f"no facet {quoted(name)} in the corpus {quoted(self.descriptor.name)}",
                        f"Facets: {listed(self._facet_values)}.",
                        suggestion(name, self._facet_values) or "Name one of these.",
                    )
                )
                continue
            have = self._facet_values[name]
            problems += [
                Problem(
                    f"no value {quoted(value)} in facet {quoted(name)}",
                    f"Values: {listed(have.names)}.",
                    suggestion(value, have.names[:_COMPARED]) or "Name one of these.",
                )
                for value in wanted
                if value not in have.numbers
            ]
        if problems:
            raise SelectionError(problems)


def _part(part: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """The arrays of one part, without its name before theirs."""
    return {
        name.removeprefix(f"{part}."): array
        for name, array in arrays.items()
        if name.startswith(f"{part}.")
    }


def _in_strings(table: pd.DataFrame) -> pd.DataFrame:
    """The table with rows counted from 0, and nothing but strings in it."""
    table = table.reset_index(drop=True)
    return table if all(kind == "str" for kind in table.dtypes) else table.astype("str")


def _whole_numbers(cells: pd.Series[str]) -> pd.Series[int]:
    """Whole numbers in digits as numbers; missing where the cell is empty."""
    given = Column(cells).cells
    numbers = pc.cast(pc.if_else(pc.equal(given, ""), None, given), pa.int64())
    as_ours = {pa.int64(): pd.Int64Dtype()}
    return pd.Series(numbers.to_pandas(types_mapper=as_ours.get), dtype="Int64")
