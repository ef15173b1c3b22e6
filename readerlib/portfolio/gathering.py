"""From notes, answers and chosen passages to a page: the same blocks for HTML and for DOCX."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from readerlib.corpus import Corpus
from readerlib.errors import (
    Problem,
    ReaderError,
    SelectionError,
    listed,
    plural,
    quoted,
    suggestion,
)
from readerlib.excerpts import parts as excerpt_parts
from readerlib.notes import Answer, Note, Notes
from readerlib.notes.exchange.leaving import saved
from readerlib.notes.exchange.records import Placed, Sites, sides
from readerlib.notices import notice_line
from readerlib.portfolio.word import document
from readerlib.render import Block, carried_page, day, printable
from readerlib.selection import Place

PARTS = ("notes", "answers", "passages")
"""What a portfolio can hold: own words, answers, and the passages chosen to be quoted."""


class Asked(Protocol):
    """A question, as far as it is shown."""

    @property
    def question_id(self) -> str:
        """Its id."""

    @property
    def kind(self) -> str:
        """How it is answered."""

    @property
    def text(self) -> str:
        """What is asked."""

    @property
    def place(self) -> Place:
        """The passage it is about."""

    @property
    def conversation_id(self) -> str:
        """The conversation after which it is asked."""

    @property
    def options(self) -> Sequence[Any]:
        """Each with the attributes ``option`` and ``text``."""


@dataclass(frozen=True, slots=True)
class Portfolio:
    """A page of what a reader thought, that can be looked at before it is saved.

    Attributes
    ----------
    title : str
    blocks : tuple of Block
        Its paragraphs, in order.
    """

    title: str
    blocks: tuple[Block, ...] = field(repr=False)

    def as_html(self) -> str:
        """The page as HTML that needs nothing else."""
        return carried_page(self.title, self.blocks)

    def as_docx(self) -> bytes:
        """The page as a DOCX document, without a trace of who made it or when."""
        return document(self.title, self.blocks)

    def save(self, path: str | Path, *, replacing: bool = False) -> Path:
        """Write it as a file; the name's ending says which kind.

        Parameters
        ----------
        path : str or Path
            Ends with ``.html`` or ``.docx``.
        replacing : bool
            Whether a file that is there may be replaced.

        Raises
        ------
        ReaderError
            If the ending is another, there is such a file, or it cannot be written.
        """
        ending = Path(path).suffix.casefold()
        if ending not in (".html", ".docx"):
            raise ReaderError(
                Problem(
                    f"{quoted(ending)} is no ending of a portfolio",
                    "A portfolio is a page, .html, or a document, .docx.",
                    "Give the file one of these endings.",
                    path=str(path),
                )
            )
        raw = self.as_html().encode("utf-8") if ending == ".html" else self.as_docx()
        return saved(raw, path, replacing=replacing)


def portfolio(
    corpus: Corpus,
    notes: Notes,
    *,
    title: str = "",
    name: str = "",
    parts: Collection[str] = PARTS,
    questions: Sequence[Asked] = (),
    accessed: datetime.date | None = None,
) -> Portfolio:
    """A page from a reader's notes, answers and chosen passages, with citations.

    Words of others stand in it only where a note is marked to be quoted: as an excerpt with
    who speaks, what was left out, its source, and how the words were edited; a passage behind
    a notice begins with its notice.  Notes stand below their conversation, in the order of
    reading; those whose place is not there any more are listed with what is known of them.

    Parameters
    ----------
    corpus : Corpus
    notes : Notes
    title : str, optional
    name : str, optional
        Of whoever wrote it.  Left out, the page names nobody.
    parts : collection of str
        Of :data:`PARTS` those that are wanted.
    questions : sequence, optional
        Those whose answers are shown, as ``readerlib.questions`` has them.
    accessed : date, optional
        When the sources were seen, and the page made; left out, today.

    Raises
    ------
    ReaderError
        If there is no such part.

    Examples
    --------
    >>> import tempfile
    >>> from readerlib.datasets import load
    >>> demo, notes = load("demo"), Notes(tempfile.mkdtemp())
    >>> note = notes.write(demo, "frost-1-04", "He laughs at himself.", quoted=True)
    >>> made = portfolio(demo, notes, accessed=datetime.date(2026, 11, 26))
    >>> [block.whole for block in made.blocks if block.kind == "said"]
    ['Tomas, orchardist: (laughs) One basket, and forty years of hearing about it.']
    """
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise ReaderError(
            Problem(
                f"a portfolio has no part {quoted(unknown[0])}",
                f"It has {listed(PARTS)}.",
                suggestion(unknown[0], PARTS) or "Name some of these.",
            )
        )
    made = _Gathering(corpus, notes, parts, questions, accessed or datetime.date.today())
    title = title or f"Notes on {corpus.descriptor.title}"
    blocks = (block for block in made.blocks(title, name) if block.text or block.who)
    clean = (
        block._replace(text=printable(block.text), who=printable(block.who)) for block in blocks
    )
    return Portfolio(printable(title), tuple(clean))


class _Gathering:
    """What goes into one portfolio."""

    def __init__(
        self,
        corpus: Corpus,
        notes: Notes,
        parts: Collection[str],
        questions: Sequence[Asked],
        accessed: datetime.date,
    ) -> None:
        self.corpus, self.parts, self.accessed = corpus, parts, accessed
        self.sites = Sites(corpus)
        self.labels = notes.labels
        kept = notes.select(corpus) if {"notes", "passages"} & set(parts) else []
        if "notes" not in parts:
            kept = [note for note in kept if note.quoted]
        self.notes = self.sites.placed(kept)
        self.answers = notes.answers(corpus) if "answers" in parts else {}
        self.questions = [one for one in questions if one.question_id in self.answers]
        self.cited: dict[str, Place] = {}

    def blocks(self, title: str, name: str) -> Iterator[Block]:
        """The whole page."""
        yield Block("h1", title)
        yield Block("about", f"By {name}." if name else "")
        yield Block("about", self._what())
        headings = self.corpus.headings()
        by_talk: dict[str, list[Placed]] = {}
        for here in self.notes:
            if here.place:
                by_talk.setdefault(self._talk(here.place), []).append(here)
        asked: dict[str, list[Asked]] = {}
        for question in self.questions:
            asked.setdefault(question.conversation_id, []).append(question)
        for talk, heading in headings.items():
            if talk in by_talk or talk in asked:
                yield Block("h2", str(heading))
                for here in by_talk.get(talk, []):
                    yield from self._note(here, f"{heading}, ")
                for question in asked.get(talk, []):
                    yield from self._answer(question)
        yield from self._lost(headings)
        yield from self._sources()

    def _what(self) -> str:
        """What the page is made of, and when."""
        quoted_ones = sum(here.note.quoted and here.place is not None for here in self.notes)
        counts = [
            plural(len(self.notes), "note"),
            plural(len(self.answers), "answer"),
            plural(quoted_ones if "passages" in self.parts else 0, "quoted passage"),
        ]
        told = ", ".join(count for count in counts if not count.startswith("0 "))
        about = self.corpus.descriptor
        whole = plural(len(self.corpus.whole), "turn")
        whole += f", {about.population}" if about.population else ""
        made = f"Made on {day(self.accessed.isoformat())}."
        return f"{told or 'Nothing yet'}, on “{about.title}” ({whole}). {made}"

    def _talk(self, place: Place) -> str:
        return self.corpus.talk(self.corpus.row(place.turn_id)).conversation_id

    # A note -------------------------------------------------------------------

    def _note(self, here: Placed, heading: str) -> Iterator[Block]:
        place = here.place
        if place is None:
            return
        self._cite(place)
        where = self.sites.where(place).removeprefix(heading)
        yield Block("h3", where[:1].upper() + where[1:])
        if here.note.quoted and "passages" in self.parts:
            yield from self._passage(place)
        yield from self._own(here)

    def _own(self, here: Placed) -> Iterator[Block]:
        """The reader's words, those of a conflict too, and what they are said of."""
        shown = sides([here.note]) if "notes" in self.parts else []
        for side in shown:
            if side.number > 1:
                yield Block(
                    "about",
                    f"Another version of this note, from another window ({side.number} of "
                    f"{side.of}):",
                )
            yield Block("own", side.note.text, colour=side.note.colour)
            yield Block("about", self._told(side.note))
        yield Block("about", here.said)

    def _told(self, note: Note) -> str:
        """Colour, tags and when."""
        meaning = self.labels.get(note.colour, "")
        changed = day(note.changed[:10]) if note.changed[:10] != note.made[:10] else ""
        told = [
            f"{meaning} ({note.colour})" if note.colour else "",
            f"Tags: {', '.join(note.tags)}" if note.tags else "",
            f"Written {day(note.made[:10])}" if note.made else "",
            f"Changed {changed}" if changed else "",
        ]
        return " · ".join(part for part in told if part)

    def _passage(self, place: Place) -> Iterator[Block]:
        """The words of a place with who says them, their notice, and their source."""
        first, last = self.corpus.span(place)
        rows = range(first, last)
        veiled = self.corpus.veiled(self.corpus.asked("ask"), rows)
        if veiled:
            records = self.corpus.whole.records_of(sorted(veiled))
            topics = dict.fromkeys(topic for has in veiled.values() for topic in has)
            yield Block("notice", f"Content notice. {notice_line(records, list(topics))}")
        turns = self.corpus.table("turns")
        for part in excerpt_parts(self.corpus, place, notices="show"):
            lang = ""
            if part.row is not None and "lang" in turns and part.of == "words":
                lang = str(turns["lang"].iat[part.row] or "")
            kind = "said" if part.who else "gap"
            yield Block(kind, part.text, part.who, lang)
        told = [f"{self._titles(place)}{self.sites.where(place)}."]
        told += [*self.corpus.provenance(place), self.corpus.whole.link(place)]
        yield Block("source", " ".join(told))

    def _titles(self, place: Place) -> str:
        """What the sources of a place are called; the list at the end says all of them."""
        records = self.corpus.whole.records_of(range(*self.corpus.span(place)))
        ids = dict.fromkeys(str(record["source_id"] or "") for record in records)
        rows = {str(row["source_id"]): row for row in self.corpus.sources.to_dict("records")}
        titles = [str(rows[one]["title"]) for one in ids if one in rows]
        return f"From {' and '.join(f'“{title}”' for title in titles)}: " if titles else ""

    # An answer ----------------------------------------------------------------

    def _answer(self, question: Asked) -> Iterator[Block]:
        try:
            where = self.sites.where(question.place)
            self._cite(question.place)
        except SelectionError:
            where = ""
        yield Block("h3", f"Question: {question.text}")
        yield Block("about", f"On {where}." if where else "")
        yield from self._answered(self.answers[question.question_id], question)

    def _answered(self, answer: Answer, question: Asked | None) -> Iterator[Block]:
        for number, side in enumerate((answer, *answer.others)):
            yield Block("about", "Another answer, from another window:" if number else "")
            yield Block("own", self._in_words(side.value, question))
            yield Block("about", f"Answered {day(side.changed[:10])}" if side.changed else "")

    def _in_words(self, value: Any, question: Asked | None) -> str:
        """An answer as its question's kind has it; as JSON, if it is not of that kind."""
        kind = question.kind if question else ""
        options = question.options if question else ()
        offered: dict[str, str] = {str(one.option): str(one.text) for one in options}
        if isinstance(value, str):
            return value
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            if kind == "order":
                named = [offered.get(one, one) for one in value]
                return "\n".join(f"{number}. {one}" for number, one in enumerate(named, 1))
            if kind == "evidence":
                return "\n".join(map(self._turn, value))
            return "\n".join(offered.get(str(one), str(one)) for one in value)
        if kind == "line" and isinstance(value, int | float):
            ends = " to ".join(f"“{offered[end]}”" for end in ("from", "to") if end in offered)
            return f"{value} of 100{f', from {ends}' if ends else ''}"
        return json.dumps(value, ensure_ascii=False)

    def _turn(self, turn_id: str) -> str:
        try:
            return self.sites.where(Place(turn_id))
        except SelectionError:
            return f"{turn_id}, which is not in the corpus any more"

    # What has no place, and the sources -----------------------------------------

    def _lost(self, headings: Mapping[str, object]) -> Iterator[Block]:
        lost = [here for here in self.notes if here.place is None]
        if lost:
            yield Block("h2", "Notes whose place was not found")
        for here in lost:
            yield Block("h3", f"It stood at {here.note.anchor.place}")
            yield from self._own(here)
        shown = {one.question_id for one in self.questions if one.conversation_id in headings}
        rest = {key: answer for key, answer in self.answers.items() if key not in shown}
        if rest:
            yield Block("h2", "Answers to questions that are not here")
        for question_id, answer in sorted(rest.items()):
            yield Block("h3", f"Question {question_id}")
            yield from self._answered(answer, None)

    def _cite(self, place: Place) -> None:
        """Remember that a source is cited, by one turn of it."""
        rows = range(*self.corpus.span(place))
        for record in self.corpus.whole.records_of(rows):
            self.cited.setdefault(str(record["source_id"] or ""), Place(record["turn_id"]))

    def _sources(self) -> Iterator[Block]:
        """Every source that is cited, once."""
        if not self.cited:
            return
        yield Block("h2", "Sources")
        entries: dict[str, None] = {}
        for place in self.cited.values():
            cited = self.corpus.cite(place, accessed=self.accessed)
            entries.setdefault(cited.rpartition("\n")[0].replace("\n", " "))
        for entry in entries:
            yield Block("item", entry)
        yield Block("about", f"Seen on {day(self.accessed.isoformat())}.")
