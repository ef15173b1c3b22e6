"""Notes, answers and progress of one reader: values, and the folder that keeps them."""

from __future__ import annotations

import datetime
import os
import secrets
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import platformdirs

from readerlib.corpus import Corpus
from readerlib.errors import Problem, ReaderError, SelectionError, quoted
from readerlib.notes.anchoring import Anchor, Standing, anchor, standing
from readerlib.notes.segments import NotSavedError, Segments
from readerlib.selection import Place
from readerlib.text import fold, plain

COLOURS = {
    "yellow": "Worth remembering",
    "blue": "A question",
    "rose": "A doubt",
    "green": "A link to elsewhere",
    "violet": "How it is said",
}
"""Colour of a highlight → what it means, until the reader names it otherwise."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of one thing that is kept, and which states it replaces.

    ``value`` is None where the thing was deleted.

    Examples
    --------
    >>> Revision("note:1", "b", ("a",), "2026-11-26T10:00:00+00:00", "calls", None).after
    ('a',)
    """

    of: str
    rev: str
    after: tuple[str, ...]
    at: str
    corpus: str
    value: Mapping[str, Any] | None

    def as_record(self) -> dict[str, Any]:
        """What a line of a segment holds."""
        return {
            "of": self.of,
            "rev": self.rev,
            "after": list(self.after),
            "at": self.at,
            "corpus": self.corpus,
            "value": self.value,
        }


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader wrote or marked at a place.

    Attributes
    ----------
    note_id : str
    corpus : str
        Name of the corpus.
    anchor : Anchor
        The place as it was when the note was made.
    text : str
        Empty for a mere highlight.
    tags : tuple of str
    colour : str
        A key of :data:`COLOURS`, or empty.
    quoted : bool
        Whether the reader wants the words of the place in the portfolio.
    made, changed : str
        Moments, as ISO 8601 in UTC.
    saved : bool
        Whether it is on the disk.
    others : tuple of Note
        What was written of the same note in another window meanwhile; both are kept.
    """

    note_id: str
    corpus: str
    anchor: Anchor
    text: str
    tags: tuple[str, ...] = ()
    colour: str = ""
    quoted: bool = False
    made: str = ""
    changed: str = ""
    saved: bool = True
    others: tuple[Note, ...] = field(default=(), repr=False)

    def __repr__(self) -> str:
        """Where it is and how long, without a word of it: a repr ends up in saved notebooks."""
        return f"<Note {self.note_id} on {self.anchor.place}: {len(self.text)} characters>"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader answered to a question.

    ``value`` is what the question's kind asks for: text, ids of options or turns, a number.
    """

    question_id: str
    value: Any
    changed: str
    saved: bool = True
    others: tuple[Answer, ...] = field(default=(), repr=False)

    def __repr__(self) -> str:
        """Which question, without the answer: a repr ends up in saved notebooks."""
        return f"<Answer to {self.question_id}>"


class Notes:
    """The notes, answers and progress of one reader, in a folder of their own.

    Nothing in it goes anywhere: there is no account, and no network is used.

    Parameters
    ----------
    path : str or Path, optional
        A folder.  Left out, ``notes`` in the reader's data folder.

    Attributes
    ----------
    path : Path
    trouble : str
        Why something could not be saved; empty if all is.

    Examples
    --------
    >>> import tempfile
    >>> from readerlib.datasets import load
    >>> demo = load("demo")
    >>> notes = Notes(tempfile.mkdtemp())
    >>> note = notes.write(demo, "frost-1-02", "Why does she ask twice?", tags=["question"])
    >>> [note.text for note in Notes(notes.path).select(demo)]
    ['Why does she ask twice?']
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = _folder() if path is None else Path(path)
        self.trouble = ""
        self._segments = Segments(self.path)
        self._revisions: dict[str, dict[str, Revision]] = {}
        self._unsaved: list[Revision] = []
        self._lock = threading.RLock()
        self._deleted: list[str] = []
        self.refresh()

    def __repr__(self) -> str:
        """How much there is, without a word of it."""
        return f"<Notes: {sum(1 for of in self._revisions if of.startswith('note:'))} kept>"

    # Notes ------------------------------------------------------------------

    def write(
        self,
        corpus: Corpus,
        place: Place | str,
        text: str = "",
        *,
        tags: Iterable[str] = (),
        colour: str = "",
        layer: str = "",
        quoted: bool = False,
    ) -> Note:
        """Write a note on a turn, a stretch of it, or several turns; it is saved on return.

        Raises
        ------
        SelectionError
            If the place is not in the corpus.
        ReaderError
            If the colour is none.
        NotSavedError
            If the disk refuses.  The note is in the list, and :meth:`save` tries again.
        """
        value = {
            "anchor": anchor(corpus, place, layer).as_record(),
            "text": text,
            "tags": _tags(tags),
            "colour": _colour(colour),
            "quoted": bool(quoted),
        }
        of = f"note:{secrets.token_hex(8)}"
        self._put(of, corpus.descriptor.name, value | {"made": _now()})
        return self[of.removeprefix("note:")]

    def edit(
        self,
        note_id: str,
        *,
        text: str | None = None,
        tags: Iterable[str] | None = None,
        colour: str | None = None,
        quoted: bool | None = None,
        anchor: Anchor | None = None,
    ) -> Note:
        """Change a note; what is left out stays.  Of two sides of a conflict this replaces both.

        Raises
        ------
        ReaderError
            If there is no such note, or the colour is none.
        NotSavedError
            As in :meth:`write`.
        """
        note = self[note_id]
        value = {
            "anchor": (anchor or note.anchor).as_record(),
            "text": note.text if text is None else text,
            "tags": list(note.tags) if tags is None else _tags(tags),
            "colour": note.colour if colour is None else _colour(colour),
            "quoted": note.quoted if quoted is None else bool(quoted),
            "made": note.made,
        }
        self._put(f"note:{note_id}", note.corpus, value)
        return self[note_id]

    def delete(self, note_id: str) -> None:
        """Delete a note; :meth:`undo` brings it back."""
        note = self[note_id]
        self._deleted.append(note_id)
        self._put(f"note:{note_id}", note.corpus, None)

    def undo(self) -> Note | None:
        """Bring back the note that was deleted last, in this session; None if there is none."""
        if not self._deleted:
            return None
        note_id = self._deleted.pop()
        of = f"note:{note_id}"
        before = self._heads(of)[0].after
        last = max((self._revisions[of][rev] for rev in before), key=lambda r: (r.at, r.rev))
        self._put(of, last.corpus, last.value)
        return self[note_id]

    def __getitem__(self, note_id: str) -> Note:
        """The note of this id.

        Raises
        ------
        ReaderError
            If there is none, or it was deleted.
        """
        note = self._note(f"note:{note_id}")
        if note is None:
            raise ReaderError(Problem(f"there is no note {quoted(note_id)}"))
        return note

    def select(
        self,
        corpus: Corpus | None = None,
        *,
        find: str = "",
        tag: str = "",
        colour: str = "",
    ) -> list[Note]:
        """The notes on a corpus, or all; the newest first.

        Parameters
        ----------
        corpus : Corpus, optional
        find : str
            Words that the text or a tag must all have, case and accents aside.
        tag, colour : str
        """
        found = []
        wanted = fold(plain(find)).split()
        for of in self._revisions:
            note = self._note(of) if of.startswith("note:") else None
            if note is None or (corpus is not None and note.corpus != corpus.descriptor.name):
                continue
            if (tag and tag not in note.tags) or (colour and colour != note.colour):
                continue
            said = fold(" ".join([note.text, *note.tags]))
            if all(word in said for word in wanted):
                found.append(note)
        return sorted(found, key=lambda note: (note.changed, note.note_id), reverse=True)

    def standings(self, corpus: Corpus) -> dict[str, Standing]:
        """Where each note on a corpus stands now: note id → standing."""
        return {note.note_id: standing(corpus, note.anchor) for note in self.select(corpus)}

    def table(self, corpus: Corpus) -> pd.DataFrame:
        """The notes as a table: note_id, state, place, text, tags, colour, made, changed."""
        stand = self.standings(corpus)
        rows = [
            (
                note.note_id,
                stand[note.note_id].state,
                str(stand[note.note_id].place or ""),
                note.text,
                ", ".join(note.tags),
                note.colour,
                note.made,
                note.changed,
            )
            for note in self.select(corpus)
        ]
        columns = ["note_id", "state", "place", "text", "tags", "colour", "made", "changed"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def labels(self) -> dict[str, str]:
        """Colour → what it means to this reader."""
        found = dict(COLOURS)
        for colour in COLOURS:
            heads = self._heads(f"label:{colour}")
            if heads and heads[0].value:
                found[colour] = heads[0].value["is"]
        return found

    def label(self, colour: str, meaning: str) -> None:
        """Say what a colour means; an empty meaning brings back the one it had at first."""
        self._put(f"label:{_colour(colour)}", "", {"is": plain(meaning)} if meaning else None)

    # Answers ----------------------------------------------------------------

    def answer(self, corpus: Corpus, question_id: str, value: Any) -> Answer:
        """Keep an answer; None takes it back."""
        self._put(
            f"answer:{corpus.descriptor.name}/{question_id}", corpus.descriptor.name, {"is": value}
        )
        return self.answers(corpus)[question_id]

    def answers(self, corpus: Corpus) -> dict[str, Answer]:
        """The answers on a corpus: question id → answer."""
        begin = f"answer:{corpus.descriptor.name}/"
        found = {}
        for of in self._revisions:
            if of.startswith(begin):
                head = self._heads(of)[0]
                if head.value is not None and head.value["is"] is not None:
                    question = of.removeprefix(begin)
                    found[question] = Answer(question, head.value["is"], head.at)
        return found

    # Progress ---------------------------------------------------------------

    def read_to(self, corpus: Corpus, turn_id: str, *, done: bool = False) -> None:
        """Keep that a conversation has been read as far as a turn, or to its end."""
        talk = corpus.talk(corpus.row(turn_id)).conversation_id
        name = corpus.descriptor.name
        self._put(f"read:{name}/{talk}", name, {"turn": turn_id, "done": done})

    def progress(self, corpus: Corpus) -> dict[str, tuple[str, bool]]:
        """Conversation id → the turn where its reader stopped, and whether it is read."""
        begin = f"read:{corpus.descriptor.name}/"
        found = {}
        for of in self._revisions:
            if of.startswith(begin):
                values = [head.value for head in self._heads(of) if head.value]
                if values:
                    done = any(value["done"] for value in values)
                    found[of.removeprefix(begin)] = (str(values[0]["turn"]), done)
        return found

    def stop(self, corpus: Corpus, place: Place | str) -> None:
        """Keep where the reader stopped, for :meth:`stopped`."""
        corpus.span(place)
        name = corpus.descriptor.name
        self._put(f"stopped:{name}", name, {"place": str(place)})

    def stopped(self, corpus: Corpus) -> Place | None:
        """Where the reader stopped last in a corpus; None if never, or the turn is gone."""
        heads = self._heads(f"stopped:{corpus.descriptor.name}")
        if not heads or not heads[0].value:
            return None
        place = Place.parse(heads[0].value["place"])
        try:
            corpus.span(place)
        except SelectionError:
            return None
        return place

    # What is kept -----------------------------------------------------------

    def save(self) -> None:
        """Try again to save what could not be saved.

        Raises
        ------
        NotSavedError
            If the disk still refuses.
        """
        with self._lock:
            if self._unsaved:
                try:
                    self._segments.append([r.as_record() for r in self._unsaved])
                except NotSavedError as error:
                    self.trouble = str(error)
                    raise
                self._unsaved = []
            self.trouble = ""

    def refresh(self) -> bool:
        """Take in what other windows have saved since; whether there was anything."""
        with self._lock:
            news = False
            for record in self._segments.news():
                try:
                    revision = Revision(**{**record, "after": tuple(record["after"])})
                except (KeyError, TypeError):
                    continue
                known = self._revisions.setdefault(revision.of, {})
                news |= revision.rev not in known
                known[revision.rev] = revision
            return news

    def _put(self, of: str, corpus: str, value: Mapping[str, Any] | None) -> None:
        with self._lock:
            after = tuple(revision.rev for revision in self._heads(of))
            revision = Revision(of, secrets.token_hex(8), after, _now(), corpus, value)
            self._revisions.setdefault(of, {})[revision.rev] = revision
            self._unsaved.append(revision)
            self.save()

    def _heads(self, of: str) -> list[Revision]:
        """The states of a thing that no other state replaces, the newest first."""
        known = self._revisions.get(of, {})
        replaced = {rev for revision in known.values() for rev in revision.after}
        heads = [revision for rev, revision in known.items() if rev not in replaced]
        return sorted(heads, key=lambda r: (r.value is not None, r.at, r.rev), reverse=True)

    def _note(self, of: str) -> Note | None:
        heads = [revision for revision in self._heads(of) if revision.value is not None]
        notes = [self._note_of(revision) for revision in heads]
        return replace(notes[0], others=tuple(notes[1:])) if notes else None

    def _note_of(self, revision: Revision) -> Note:
        value = revision.value or {}
        return Note(
            revision.of.removeprefix("note:"),
            revision.corpus,
            Anchor.of(value["anchor"]),
            value["text"],
            tuple(value["tags"]),
            value["colour"],
            value["quoted"],
            value["made"],
            revision.at,
            revision not in self._unsaved,
        )


def _folder() -> Path:
    named = os.environ.get("READERLIB_DATA")
    home = Path(named) if named else platformdirs.user_data_path("readerlib", appauthor=False)
    return home / "notes"


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


def _tags(tags: Iterable[str]) -> list[str]:
    return sorted({plain(tag) for tag in tags} - {""})


def _colour(colour: str) -> str:
    if colour and colour not in COLOURS:
        raise ReaderError(
            Problem(
                f"there is no colour {quoted(colour)}",
                f"A highlight is {', '.join(COLOURS)}, or has no colour.",
                "Name one of them.",
            )
        )
    return colour
