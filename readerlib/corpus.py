"""A corpus: checked tables of turns, and the selection through which they are seen."""

from __future__ import annotations

import datetime
import hashlib
from calendar import month_name
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from readerlib.citations import (
    MANUALS,
    aside,
    bibtex,
    csl_json,
    entry,
    item,
    known_style,
)
from readerlib.errors import FormatError, Problem, SelectionError, listed, quoted, suggestion
from readerlib.search import holds, is_pattern, pattern, scanned
from readerlib.selection import FIND, Link, Place, Selection
from readerlib.tables import KEYS as KEYS
from readerlib.tables import KINDS as KINDS
from readerlib.tables import Table
from readerlib.tables import faults as tables_faults
from readerlib.text import Token, plain, tokens

_LABELLED = ("theme", "notice", "evidence")
"""The layers of annotations that go with every record of a turn."""


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
    shown_notices: tuple[str, ...] = ()


class _Values(NamedTuple):
    """Who has which value of a facet, as pairs of a row of turns and a value's number."""

    rows: npt.NDArray[np.intp]
    codes: npt.NDArray[np.intp]
    names: list[str]

    def mask(self, wanted: Iterable[str], size: int) -> npt.NDArray[np.bool_]:
        """The turns that have one of the wanted values."""
        numbers = [i for i, name in enumerate(self.names) if name in set(wanted)]
        shown = np.zeros(size, dtype=bool)
        shown[self.rows[np.isin(self.codes, numbers)]] = True
        return shown


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

    @property
    def sources(self) -> pd.DataFrame:
        """All sources; without a row where the corpus names none."""
        return self._tables.get("sources", pd.DataFrame(columns=["source_id"])).copy()

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
        for name, have in whole._facet_values.items():
            rest = np.ones(len(whole._shown), dtype=bool)
            for key, mask in masks.items():
                if key != name:
                    rest &= mask
            counts = np.bincount(have.codes[rest[have.rows]], minlength=len(have.names))
            chosen = self.selection.where.get(name, ())
            rows += [
                {"facet": name, "value": value, "turns": int(n), "chosen": value in chosen}
                for value, n in zip(have.names, counts, strict=True)
            ]
        return pd.DataFrame(rows, columns=["facet", "value", "turns", "chosen"])

    def runs(self) -> Iterator[Run]:
        """The selected turns and the gaps between them, conversation by conversation.

        A conversation of which no turn is selected gives no run at all.
        """
        ids = self._tables["turns"]["conversation_id"].to_numpy()
        ends = [*(np.flatnonzero(ids[1:] != ids[:-1]) + 1), len(ids)] if len(ids) else []
        begin = 0
        for end in ends:
            shown = self._shown[begin:end]
            if shown.any():
                edges = np.flatnonzero(np.diff(shown)) + 1
                for first, last in pairwise([0, *edges, end - begin]):
                    yield Run(
                        str(ids[begin]),
                        int(begin + first),
                        int(begin + last),
                        hidden=not shown[first],
                    )
            begin = end

    def headings(self) -> dict[str, Heading]:
        """What each conversation that has turns is called, in reading order.

        The last facet of the corpus's path gives the number, the ones before it what
        stands above.
        """
        return dict(self._whole._headings)

    @cached_property
    def _headings(self) -> dict[str, Heading]:
        ids = self._tables["turns"]["conversation_id"]
        names = [str(name) for name in pd.unique(ids)]
        rows = np.flatnonzero(~ids.duplicated())
        path = [self._first_values(facet, rows) for facet in self.descriptor.path]
        found = {}
        for name, title, *values in zip(
            names, self._looked_up("conversations", "title", names), *path, strict=True
        ):
            above = tuple(value for value in values[:-1] if value)
            number = (values[-1] if values else None) or ""
            title = "" if title in (*above, number) else title or ""
            found[name] = Heading(above, number, title or ("" if above or number else name))
        return found

    def row(self, turn_id: str) -> int:
        """The row of a turn among all turns of the whole corpus, selected or not.

        Raises
        ------
        SelectionError
            If there is no such turn, with a suggestion.
        """
        rows = self._whole._rows
        if turn_id not in rows:
            raise SelectionError(
                Problem(
                    f"no turn {quoted(turn_id)} in the corpus {quoted(self.descriptor.name)}",
                    f"It has {len(rows)} turns, from {quoted(next(iter(rows), ''))} on.",
                    suggestion(turn_id, rows) or "Look the turn up in corpus.turns.",
                )
            )
        return rows[turn_id]

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
        length = len(self._whole._read[first])
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
        headings = self._whole._headings
        told = [str(headings[record["conversation_id"]]) for record in (begin, end)]
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
        return str(
            Link(
                self.descriptor.name,
                self.descriptor.version,
                self.selection,
                place,
                self._seen(place) if place else "",
                self._mark(self.turns["turn_id"]) if self.selection else "",
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
        there = [turn_id for turn_id in ends if turn_id in self._rows]
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
        too_long = place.end is not None and place.end > len(self._read[self.row(place.turn_id)])
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
    def _rows(self) -> dict[str, int]:
        return {str(turn_id): i for i, turn_id in enumerate(self._tables["turns"]["turn_id"])}

    def noticed(self) -> dict[int, tuple[str, ...]]:
        """The turns of the whole corpus that carry notices: row → topics."""
        return {row: tuple(topics) for row, topics in self._whole._labels.get("notice", {}).items()}

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
            "conversation": next(iter(self._named("conversations", [turn["conversation_id"]]))),
        }

    def _named(self, table: str, ids: Iterable[Any]) -> list[dict[Any, Any]]:
        """The rows of a table that the ids name, in their order."""
        if table not in self._tables:
            return []
        rows = {r[KEYS[table]]: r for r in self._tables[table].to_dict("records")}
        return [rows[i] for i in ids if i in rows]

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
        shown = np.flatnonzero(self._shown[first:last]) + first
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
        columns["source_id"] = self._looked_up(
            "conversations", "source_id", turns["conversation_id"]
        )
        labels = {name: self._whole._labels.get(name, {}) for name in _LABELLED}
        records = []
        for row, cells in zip(shown, zip(*columns.values(), strict=True), strict=True):
            record = {
                key: None if pd.isna(value) or value == "" else value
                for key, value in zip(columns, cells, strict=True)
            }
            record["themes"] = list(labels["theme"].get(int(row), ()))
            record["notices"] = list(labels["notice"].get(int(row), ()))
            record["evidence"] = next(iter(labels["evidence"].get(int(row), ())), None)
            records.append(record)
        return records

    @cached_property
    def _facet_values(self) -> dict[str, _Values]:
        turns = self._tables["turns"]
        found = {}
        for facet in self.descriptor.facets:
            table, _, column = facet.column.partition(".")
            if table == "annotations":
                found[facet.name] = self._layer(column)
                continue
            cells: Iterable[Any] = (
                turns[column]
                if table == "turns"
                else self._looked_up(table, column, turns[KEYS[table]])
            )
            values = [plain(str(cell or "")) or None for cell in cells]
            codes, names = pd.factorize(np.array(values, dtype=object))
            rows = np.flatnonzero(codes >= 0)
            found[facet.name] = _Values(rows, codes[rows], [str(n) for n in names])
        return found

    def _layer(self, layer: str) -> _Values:
        """The turns' labels of one layer, in the order of the closed list where there is one."""
        table = self._annotations
        table = table[(table["layer"] == layer) & (table["row"] >= 0)]
        values = [plain(v) for v in table["value"]]
        names = list(dict.fromkeys([*self._closed(layer), *values]))
        number = {name: i for i, name in enumerate(names)}
        pairs = sorted({(row, number[v]) for row, v in zip(table["row"], values, strict=True)})
        rows, codes = (np.array([p[k] for p in pairs], dtype=np.intp) for k in (0, 1))
        return _Values(rows, codes, names)

    @cached_property
    def _annotations(self) -> pd.DataFrame:
        """The annotations, each with the row of its turn."""
        empty = pd.DataFrame({"turn_id": [], "layer": [], "value": []}, dtype=str)
        table = self._tables.get("annotations", empty)
        row = pd.Index(self._tables["turns"]["turn_id"]).get_indexer(pd.Index(table["turn_id"]))
        return table.assign(row=row)

    @cached_property
    def _labels(self) -> dict[str, dict[int, list[str]]]:
        """Layer → row of a turn → its labels."""
        found: dict[str, dict[int, list[str]]] = {}
        for layer in pd.unique(self._annotations["layer"]):
            have = self._layer(layer)
            by_row = found.setdefault(str(layer), {})
            for row, code in zip(have.rows, have.codes, strict=True):
                by_row.setdefault(int(row), []).append(have.names[code])
        return found

    def _first_values(self, facet: str, rows: npt.NDArray[np.intp]) -> list[str | None]:
        """The value of a facet for each of the rows; None where a turn has none."""
        have = self._whole._facet_values[facet]
        codes = np.full(len(self._shown), -1, dtype=np.intp)
        codes[have.rows[::-1]] = have.codes[::-1]
        return [have.names[code] if code >= 0 else None for code in codes[rows]]

    def _looked_up(self, table: str, column: str, ids: Iterable[str]) -> list[str | None]:
        """The cells of `column` in the rows of `table` that the ids name; None where none is."""
        if table not in self._tables or column not in self._tables[table]:
            return [None for _ in ids]
        rows = self._tables[table]
        cells = dict(zip(rows[KEYS[table]], rows[column], strict=True))
        return [cells.get(key) for key in ids]

    @cached_property
    def _read(self) -> list[str]:
        """What there is to read of each turn: its words, or else its gist."""
        turns = self._tables["turns"]
        blank = pd.Series("", index=turns.index)
        text, gist = turns.get("text", blank), turns.get("gist", blank)
        return [str(t) or str(g) for t, g in zip(text, gist, strict=True)]

    @cached_property
    def _said(self) -> list[list[Token]]:
        return [tokens(text) for text in self._read]

    def _masks(self, selection: Selection) -> dict[str, npt.NDArray[np.bool_]]:
        masks: dict[str, npt.NDArray[np.bool_]] = {}
        for name, wanted in selection.where.items():
            masks[name] = self._facet_values[name].mask(wanted, len(self._shown))
        if selection.find:
            literal = [term for term in selection.find if not is_pattern(term)]
            hits = (holds(said, literal) for said in self._said)
            mask = np.fromiter(hits, dtype=bool, count=len(self._said))
            spans = scanned(self._read, filter(is_pattern, selection.find))
            for row, found in enumerate(spans):
                mask[row] &= all(found)
            masks[FIND] = mask
        return masks

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
            values = self._facet_values[name].names
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
    cells = {
        name: Table(
            f"{name}.csv",
            {str(column): list(map(str, table[column].tolist())) for column in table},
            range(2, len(table) + 2),
        )
        for name, table in tables.items()
        if table.columns.is_unique
    }
    found = [
        Problem(
            "two columns have one name",
            f"Columns: {listed(map(quoted, table.columns))}.",
            "Rename one of them.",
            path=f"{name}.csv",
        )
        for name, table in tables.items()
        if name not in cells
    ]
    unread = tables.keys() - cells.keys()
    found += tables_faults(cells, shown=facet_columns(descriptor), unread=unread)
    if {"turns", "conversations", "speakers"} <= cells.keys():
        found += _unknown_facets(tables, descriptor) + _unknown_path(descriptor)
        found += _unknown_notices(tables, descriptor)
    return found


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
        for layer in tables[name]["layer"]
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
        for layer, value in zip(tables[name]["layer"], tables[name]["value"], strict=True)
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
