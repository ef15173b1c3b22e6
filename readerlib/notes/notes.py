"""Notes, answers and progress of one reader: values, and the folder that keeps them."""

from __future__ import annotations

import contextlib
import datetime
import functools
import hashlib
import json
import os
import secrets
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import platformdirs

from readerlib.corpus import Corpus
from readerlib.errors import Problem, ReaderError, SelectionError, quoted
from readerlib.notes.anchoring import Anchor, Standing, anchor, standings
from readerlib.notes.segments import Found, NotSavedError, Record, Segments
from readerlib.selection import Place
from readerlib.text import fold, plain, tokens

COLOURS = {
    "yellow": "Worth remembering",
    "blue": "A question",
    "rose": "A doubt",
    "green": "A link to elsewhere",
    "violet": "How it is said",
}
"""Colour of a highlight → what it means, until the reader names it otherwise."""

FORMAT = 1
"""Version of the records; one of a later version is left where it is, and told."""

LONGEST_TEXT = 100_000
MOST_TAGS = 50
LONGEST_TAG = 100
LONGEST_ANSWER = 1_000_000
LONGEST_ID = 200

_Things = dict[str, "_Thing"]
_anchors: dict[str, Anchor] = {}
"""Anchors by the spelling of their records: many notes stand on few places."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of one thing that is kept, and which states it replaces.

    ``value`` is None where the thing was deleted, or the words of a former state were purged.

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

    def __repr__(self) -> str:
        """What it is a state of, without a word of it."""
        return f"<Revision {self.rev} of {self.of}>"

    def as_record(self) -> Record:
        """What a line of a segment holds."""
        return {
            "format": FORMAT,
            "of": self.of,
            "rev": self.rev,
            "after": list(self.after),
            "at": self.at,
            "corpus": self.corpus,
            "value": self.value,
        }

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Revision:
        """The revision that a line holds.

        Raises
        ------
        ValueError, TypeError, KeyError
            If it holds something else.
        """
        found = cls(
            record["of"],
            record["rev"],
            tuple(record["after"]),
            record["at"],
            record["corpus"],
            record["value"],
        )
        names = (found.of, found.rev, found.at, found.corpus, *found.after)
        if not all(isinstance(name, str) for name in names) or found.rev in found.after:
            raise ValueError("a name is not one")
        if found.value is not None:
            _check_value(found.of.partition(":")[0], found.value)
        return found


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

    Examples
    --------
    >>> Note("ab", "demo", Anchor(Place("frost-1-02"), "text", ""), "Why twice?")
    <Note ab on frost-1-02: 10 characters>
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

    Attributes
    ----------
    question_id : str
    value : str, number or list
        What the question's kind asks for: text, ids of options or turns, a number.
    changed : str
        The moment, as ISO 8601 in UTC.
    saved : bool
        Whether it is on the disk.
    others : tuple of Answer
        What was answered in another window meanwhile, the newest first.

    Examples
    --------
    >>> Answer("frost-1", ["a"], "2026-11-26T10:00:00+00:00")
    <Answer to frost-1>
    """

    question_id: str
    value: Any
    changed: str
    saved: bool = True
    others: tuple[Answer, ...] = field(default=(), repr=False)

    def __repr__(self) -> str:
        """Which question, without the answer: a repr ends up in saved notebooks."""
        return f"<Answer to {self.question_id}>"


class Taken(NamedTuple):
    """What became of notes that came from elsewhere: ids of each kind, in their order.

    Attributes
    ----------
    new : tuple of str
        There was no such note here, or it had been deleted.
    same : tuple of str
        What came is here already.
    changed : tuple of str
        The note is here and says something else; both are kept, see :attr:`Note.others`.

    Examples
    --------
    >>> len(Taken(("a", "b"), (), ("c",)).new)
    2
    """

    new: tuple[str, ...]
    same: tuple[str, ...]
    changed: tuple[str, ...]


class _Thing:
    """All states of one thing, and which of them nothing replaces, in whatever order they came."""

    __slots__ = ("heads", "known", "replaced")

    def __init__(self) -> None:
        self.known: dict[str, Revision] = {}
        self.replaced: set[str] = set()
        self.heads: dict[str, Revision] = {}

    def take(self, revision: Revision) -> bool:
        """Take in a state; whether it says anything new."""
        known = self.known.get(revision.rev)
        if known is not None:
            if known == revision:
                return False
            # The same state, but the words of one were purged: that one stays.
            revision = min(known, revision, key=_purged_first)
            if revision is known:
                return False
        self.known[revision.rev] = revision
        for rev in revision.after:
            self.replaced.add(rev)
            self.heads.pop(rev, None)
        if revision.rev not in self.replaced:
            self.heads[revision.rev] = revision
        return True

    def newest(self) -> list[Revision]:
        """The states that nothing replaces: what is said before what is deleted, newest first."""
        return sorted(
            self.heads.values(), key=lambda r: (r.value is not None, r.at, r.rev), reverse=True
        )


class Notes:
    """The notes, answers and progress of one reader, in a folder of their own.

    Nothing in it goes anywhere: there is no account, and no network is used.

    Several windows, kernels and threads may write to one folder at the same time.  Whatever is
    kept is a set of states, each of which says which states it replaces; the ones that nobody
    replaces are what holds.  Where two windows change one thing without knowing of each other
    there are two of these: both are kept, the newer one is shown, with the other one in
    ``others``, and the next change replaces both.  A change beats a deletion of which its
    writer did not know.  Each session appends to files of its own; it calls a thing saved when
    the disk has said so and the file still stands in its folder.

    Parameters
    ----------
    path : str or Path, optional
        A folder; made when something is written.  Left out, ``notes`` in the reader's data
        folder, or in the one that ``READERLIB_DATA`` names.

    Attributes
    ----------
    path : Path
    trouble : str
        Why something could not be saved; empty if all is.

    Raises
    ------
    ReaderError
        If no folder can have this path.

    Examples
    --------
    >>> import tempfile
    >>> from readerlib.datasets import load
    >>> demo = load("demo")
    >>> notes = Notes(path=tempfile.mkdtemp())
    >>> note = notes.write(demo, "frost-1-02", "Why does she ask twice?", tags=["question"])
    >>> [note.text for note in Notes(notes.path).select(demo)]
    ['Why does she ask twice?']
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = _whole(_folder() if path is None else path)
        self.trouble = ""
        self._segments = Segments(self.path)
        self._things: _Things = {}
        self._unsaved: dict[str, Revision] = {}
        self._shown: dict[str, Note | None] = {}
        self._said: dict[str, str] = {}
        self._sorted: list[Note] | None = None
        self._stood: tuple[Corpus, dict[Anchor, Standing]] | None = None
        self._deleted: list[Revision] = []
        self._strange: dict[str, str] = {}
        self._locks: tuple[int, threading.RLock] = (os.getpid(), threading.RLock())
        self.refresh()

    def __repr__(self) -> str:
        """How much there is, without a word of it."""
        return f"<Notes: {len(self._notes())} kept>"

    @property
    def _lock(self) -> threading.RLock:
        # In a process that was forked off, the thread that held the lock is not there.
        if self._locks[0] != os.getpid():
            self._locks = (os.getpid(), threading.RLock())
        return self._locks[1]

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

        Parameters
        ----------
        corpus : Corpus
        place : Place or str
        text : str
            At most 100,000 signs; empty for a mere highlight.
        tags : iterable of str
            At most 50, of 100 signs at most.
        colour : str
            A key of :data:`COLOURS`.
        layer : "text" or "gist", optional
            What a stretch counts; see :func:`readerlib.notes.anchor`.
        quoted : bool
            Whether the words of the place are wanted in the portfolio.

        Raises
        ------
        SelectionError
            If the place is not in the corpus.
        ReaderError
            If the colour is none, or there is too much of something.
        NotSavedError
            If the disk refuses.  The note is in the list, and :meth:`save` tries again.

        Examples
        --------
        >>> import tempfile
        >>> from readerlib.datasets import load
        >>> notes = Notes(tempfile.mkdtemp())
        >>> notes.write(load("demo"), "frost-1-02:0-4", "A sigh", colour="violet").saved
        True
        """
        value = {
            "anchor": anchor(corpus, place, layer).as_record(),
            "text": _text(text),
            "tags": _tags(tags),
            "colour": _colour(colour),
            "quoted": bool(quoted),
            "made": _now(),
        }
        note_id = secrets.token_hex(8)
        with self._lock:
            self._put(f"note:{note_id}", corpus.descriptor.name, value, at=str(value["made"]))
            return self[note_id]

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
            If there is no such note, or as in :meth:`write`.
        NotSavedError
            As in :meth:`write`.

        Examples
        --------
        >>> import tempfile
        >>> from readerlib.datasets import load
        >>> notes = Notes(tempfile.mkdtemp())
        >>> note = notes.write(load("demo"), "frost-1-02", "Why?")
        >>> notes.edit(note.note_id, tags=["question"]).text
        'Why?'
        """
        with self._lock:
            note = self[note_id]
            value = {
                "anchor": (anchor or note.anchor).as_record(),
                "text": note.text if text is None else _text(text),
                "tags": list(note.tags) if tags is None else _tags(tags),
                "colour": note.colour if colour is None else _colour(colour),
                "quoted": note.quoted if quoted is None else bool(quoted),
                "made": note.made,
            }
            self._put(f"note:{note_id}", note.corpus, value)
            return self[note_id]

    def delete(self, note_id: str) -> None:
        """Delete a note; :meth:`undo` brings it back.

        Its words stay on the disk until :meth:`purge`.

        Raises
        ------
        ReaderError
            If there is no such note.
        NotSavedError
            As in :meth:`write`.

        Examples
        --------
        >>> import tempfile
        >>> from readerlib.datasets import load
        >>> notes = Notes(tempfile.mkdtemp())
        >>> notes.delete(notes.write(load("demo"), "frost-1-02", "Why?").note_id)
        >>> notes.select()
        []
        >>> notes.undo().text
        'Why?'
        """
        with self._lock:
            note = self[note_id]
            revision = self._next(f"note:{note_id}", note.corpus, None)
            self._deleted.append(revision)
            self._keep([revision])

    def undo(self) -> Note | None:
        """Bring back the note that was deleted last, in this session; None if there is none.

        Called again, the one before.  Both sides of a conflict come back as they were, and
        what another window has made of the note meanwhile stays beside them.
        """
        with self._lock:
            while self._deleted:
                deletion = self._deleted.pop()
                thing = self._things[deletion.of]
                before = [thing.known.get(rev) for rev in deletion.after]
                sides = [side for side in before if side is not None and side.value is not None]
                if deletion.rev in thing.heads and sides:
                    self._keep(
                        [
                            replace(side, rev=secrets.token_hex(8), after=(deletion.rev,))
                            for side in sides
                        ]
                    )
                    return self[deletion.of.removeprefix("note:")]
            return None

    def __getitem__(self, note_id: str) -> Note:
        """The note of this id.

        Raises
        ------
        ReaderError
            If there is none, or it was deleted.
        """
        with self._lock:
            note = self._note(f"note:{note_id}")
        if note is None:
            raise ReaderError(
                Problem(
                    f"there is no note {quoted(note_id)}",
                    "It was deleted, or is in another folder.",
                    "Look into the list of notes for those that there are.",
                )
            )
        return note

    def select(
        self,
        corpus: Corpus | None = None,
        *,
        find: str = "",
        tag: str = "",
        colour: str = "",
        on: Place | str | None = None,
    ) -> list[Note]:
        """The notes on a corpus, or all; the newest first.

        A note with a conflict is found by either side.

        Parameters
        ----------
        corpus : Corpus, optional
        find : str
            Words with whose beginnings the words of text and tags must agree, all of them;
            case and accents aside.
        tag, colour : str
        on : Place or str, optional
            Turns that the note must touch; with a corpus, in any part of a range.

        Examples
        --------
        >>> import tempfile
        >>> from readerlib.datasets import load
        >>> demo, notes = load("demo"), Notes(tempfile.mkdtemp())
        >>> note = notes.write(demo, "frost-1-02..frost-1-04", "Why twice?")
        >>> len(notes.select(demo, find="why", on="frost-1-03"))
        1
        """
        words = [token.word for token in tokens(find)]
        signs = "" if words else fold(plain(find))
        tag = plain(tag)
        with self._lock:
            found = [
                note
                for note in self._notes()
                if (corpus is None or note.corpus == corpus.descriptor.name)
                and (not tag or any(tag in side.tags for side in _sides(note)))
                and (not colour or any(colour == side.colour for side in _sides(note)))
                and (not words or all(f" {word}" in self._words_of(note) for word in words))
                and (not signs or any(signs in fold(side.text) for side in _sides(note)))
            ]
        return found if on is None else _touching(found, corpus, on)

    def standings(self, corpus: Corpus) -> dict[str, Standing]:
        """Where each note on a corpus stands now: note id → standing."""
        with self._lock:
            if self._stood is None or self._stood[0] is not corpus.whole:
                self._stood = (corpus.whole, {})
            known = self._stood[1]
            notes = self.select(corpus)
            new = list(dict.fromkeys(n.anchor for n in notes if n.anchor not in known))
            known.update(zip(new, standings(corpus, new), strict=True))
            return {note.note_id: known[note.anchor] for note in notes}

    def table(self, corpus: Corpus) -> pd.DataFrame:
        """The notes as a table: note_id, state, place, text, tags, colour, made, changed.

        Both sides of a conflict have a row.
        """
        stand = self.standings(corpus)
        rows = [
            (
                side.note_id,
                stand[note.note_id].state,
                str(stand[note.note_id].place or ""),
                side.text,
                ", ".join(side.tags),
                side.colour,
                side.made,
                side.changed,
            )
            for note in self.select(corpus)
            if note.note_id in stand
            for side in _sides(note)
        ]
        columns = ["note_id", "state", "place", "text", "tags", "colour", "made", "changed"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def labels(self) -> dict[str, str]:
        """Colour → what it means to this reader."""
        found = dict(COLOURS)
        with self._lock:
            for colour in COLOURS:
                heads = self._heads(f"label:{colour}")
                if heads and heads[0].value:
                    found[colour] = str(heads[0].value["is"])
        return found

    def label(self, colour: str, meaning: str) -> None:
        """Say what a colour means; an empty meaning brings back the one it had at first.

        Raises
        ------
        ReaderError
            If the colour is none, or the meaning has more than 100 signs.
        NotSavedError
            As in :meth:`write`.

        Examples
        --------
        >>> import tempfile
        >>> notes = Notes(tempfile.mkdtemp())
        >>> notes.label("blue", "To ask in class")
        >>> notes.labels["blue"]
        'To ask in class'
        """
        meaning = plain(meaning)
        if len(meaning) > LONGEST_TAG:
            raise _too_much("the meaning", len(meaning), LONGEST_TAG)
        self._put(f"label:{_named(colour)}", "", {"is": meaning} if meaning else None)

    def take(self, notes: Iterable[Note]) -> Taken:
        """Take in notes that come from elsewhere, as from a file; nothing of what is here is lost.

        An id that is not here becomes a note with that id and its moments.  What is here
        already stays as it is.  Where a note of that id says something else, what came is
        kept beside it, in :attr:`Note.others`.

        Raises
        ------
        ReaderError
            If any of them could not have been written here; then none is taken.
        NotSavedError
            As in :meth:`write`.

        Examples
        --------
        >>> import tempfile
        >>> from readerlib.datasets import load
        >>> here, there = Notes(tempfile.mkdtemp()), Notes(tempfile.mkdtemp())
        >>> note = there.write(load("demo"), "frost-1-02", "Why?")
        >>> len(here.take(there.select()).new), len(here.take(there.select()).same)
        (1, 1)
        """
        with self._lock:
            taken, revisions = self._arriving(notes)
            if revisions:
                self._keep(revisions)
            return taken

    def compared(self, notes: Iterable[Note]) -> Taken:
        """What :meth:`take` would do, for a look beforehand; nothing is taken."""
        with self._lock:
            return self._arriving(notes)[0]

    def _arriving(self, notes: Iterable[Note]) -> tuple[Taken, list[Revision]]:
        sides = [side for note in notes for side in _sides(note)]
        problems = [problem for side in sides for problem in _faults(side)]
        if problems:
            raise ReaderError(problems)
        kinds: dict[str, list[str]] = {kind: [] for kind in Taken._fields}
        said: dict[str, set[bytes]] = {}
        revisions = []
        for side in sides:
            here = self._note(f"note:{side.note_id}")
            known = said.setdefault(
                side.note_id, {_content(each) for each in _sides(here)} if here else set()
            )
            content = _content(side)
            kind = "same" if content in known else "changed" if known else "new"
            if kind != "same":
                known.add(content)
                revisions.append(self._arrived(side, content))
            kinds[kind].append(side.note_id)
        once = {kind: tuple(dict.fromkeys(ids)) for kind, ids in kinds.items()}
        return Taken(**once), revisions

    def _arrived(self, note: Note, content: bytes) -> Revision:
        # Taken in by two windows it is one state; taken in again after it was replaced, another.
        thing = self._things.get(f"note:{note.note_id}") or _Thing()
        rev = hashlib.blake2b(content, digest_size=8).hexdigest()
        value = {
            "anchor": note.anchor.as_record(),
            "text": note.text,
            "tags": list(note.tags),
            "colour": note.colour,
            "quoted": note.quoted,
            "made": _moment(note.made),
        }
        return Revision(
            f"note:{note.note_id}",
            secrets.token_hex(8) if rev in thing.known or rev in thing.replaced else rev,
            (),
            _moment(note.changed or note.made),
            note.corpus,
            value,
        )

    # Answers ----------------------------------------------------------------

    def answer(self, corpus: Corpus, question_id: str, value: Any) -> Answer | None:
        """Keep an answer; None takes it back.

        Parameters
        ----------
        corpus : Corpus
        question_id : str
        value : str, number, or list of them

        Raises
        ------
        ReaderError
            If the answer cannot be kept as text, or is too long.
        NotSavedError
            As in :meth:`write`.

        Examples
        --------
        >>> import tempfile
        >>> from readerlib.datasets import load
        >>> demo, notes = load("demo"), Notes(tempfile.mkdtemp())
        >>> notes.answer(demo, "frost-q1", ["a", "c"]).value
        ['a', 'c']
        """
        name = corpus.descriptor.name
        kept = None if value is None else {"is": _answer(value)}
        with self._lock:
            self._put(f"answer:{name}/{_id(question_id)}", name, kept)
            return self.answers(corpus).get(question_id)

    def answers(self, corpus: Corpus) -> dict[str, Answer]:
        """The answers on a corpus: question id → answer.

        Answers of two windows that knew nothing of each other are both kept: the newer one,
        with the other one in ``others``.
        """
        found = {}
        with self._lock:
            for question_id, heads in self._of("answer", corpus):
                said = [head for head in heads if head.value and head.value["is"] is not None]
                sides = [
                    Answer(question_id, head.value["is"], head.at, head.rev not in self._unsaved)
                    for head in said
                    if head.value
                ]
                if sides:
                    found[question_id] = replace(sides[0], others=tuple(sides[1:]))
        return found

    # Progress ---------------------------------------------------------------

    def read_to(self, corpus: Corpus, turn_id: str, *, done: bool = False) -> None:
        """Keep that a conversation has been read as far as a turn, or to its end.

        Raises
        ------
        SelectionError
            If there is no such turn.
        NotSavedError
            As in :meth:`write`.
        """
        talk = corpus.talk(corpus.row(turn_id)).conversation_id
        name = corpus.descriptor.name
        self._set(f"read:{name}/{talk}", name, {"turn": turn_id, "done": bool(done)})

    def progress(self, corpus: Corpus) -> dict[str, tuple[str, bool]]:
        """Conversation id → the turn where its reader stopped, and whether it is read.

        Of two windows the newer one says where, and either of them that it is read.
        """
        found = {}
        with self._lock:
            for talk, heads in self._of("read", corpus):
                values = [head.value for head in heads if head.value]
                if values:
                    done = any(value["done"] for value in values)
                    found[talk] = (str(values[0]["turn"]), done)
        return found

    def stop(self, corpus: Corpus, place: Place | str) -> None:
        """Keep where the reader stopped, for :meth:`stopped`.

        Raises
        ------
        SelectionError
            If the place is not in the corpus.
        NotSavedError
            As in :meth:`write`.
        """
        corpus.span(place)
        name = corpus.descriptor.name
        self._set(f"stopped:{name}", name, {"place": str(place)})

    def stopped(self, corpus: Corpus) -> Place | None:
        """Where the reader stopped last in a corpus; None if never, or the turn is gone."""
        with self._lock:
            heads = self._heads(f"stopped:{corpus.descriptor.name}")
        if not heads or not heads[0].value:
            return None
        try:
            place = Place.parse(heads[0].value["place"])
            corpus.span(place)
        except SelectionError:
            return None
        return place

    def forget_read(self, corpus: Corpus, talks: Iterable[str] | None = None) -> None:
        """Forget that conversations have been read, as if they never had been begun.

        Parameters
        ----------
        corpus : Corpus
        talks : iterable of str, optional
            Ids of conversations.  Left out, all of them, and where the reader stopped, too.

        Raises
        ------
        NotSavedError
            As in :meth:`write`.

        Examples
        --------
        >>> import tempfile
        >>> from readerlib.datasets import load
        >>> demo, notes = load("demo"), Notes(tempfile.mkdtemp())
        >>> notes.read_to(demo, "frost-1-02")
        >>> notes.forget_read(demo)
        >>> notes.progress(demo)
        {}
        """
        name = corpus.descriptor.name
        with self._lock:
            known = [f"read:{name}/{talk}" for talk, _ in self._of("read", corpus)]
            if talks is None:
                gone = [*known, f"stopped:{name}"]
            else:
                wanted = {f"read:{name}/{talk}" for talk in talks}
                gone = [of for of in known if of in wanted]
            told = [of for of in gone if any(head.value for head in self._heads(of))]
            if told:
                self._keep([self._next(of, name, None) for of in told])

    # What is kept -----------------------------------------------------------

    @property
    def unsaved(self) -> tuple[Revision, ...]:
        """What waits to be saved, the oldest first; empty if all is on the disk."""
        with self._lock:
            return tuple(self._unsaved.values())

    def unsaved_words(self) -> str:
        """What waits to be saved as text, to be copied out; empty if all is on the disk.

        Examples
        --------
        >>> import tempfile
        >>> from readerlib.datasets import load
        >>> notes = Notes(Path(tempfile.mkdtemp()) / "file" / "notes")
        >>> notes.path.parent.touch()
        >>> try:
        ...     note = notes.write(load("demo"), "frost-1-02", "Why?")
        ... except NotSavedError:
        ...     print(notes.unsaved_words())
        Note on frost-1-02 (demo):
        Why?
        """
        newest = {revision.of: revision for revision in self.unsaved}
        return "\n\n".join(filter(None, map(_in_words, newest.values())))

    @property
    def troubles(self) -> tuple[str, ...]:
        """What in the folder could not be read, or is not believed: a sentence or two on each.

        Examples
        --------
        >>> import tempfile
        >>> notes = Notes(tempfile.mkdtemp())
        >>> (notes.path / "2026.jsonl").write_text("not a note\\n")
        11
        >>> notes.refresh(), notes.troubles[0][:36]
        (False, 'In "2026.jsonl" line 1 is not as wri')
        """
        with self._lock:
            return (*self._segments.troubles, *self._strange.values())

    def save(self) -> None:
        """Try again to save what could not be saved, and look that the rest is where it was.

        Raises
        ------
        NotSavedError
            If the disk still refuses.
        """
        with self._lock:
            waiting = list(self._unsaved.values())
            try:
                self._segments.append([revision.as_record() for revision in waiting])
            except NotSavedError as error:
                self.trouble = str(error)
                raise
            self._unsaved = {}
            self.trouble = ""
            for revision in waiting:
                self._forget_shown(revision.of)

    def refresh(self) -> bool:
        """Take in what other windows have saved since; whether there was anything.

        Reads only what was added to the files, and nothing if nothing was.
        """
        with self._lock:
            news = False
            for found in self._segments.news():
                news |= self._take_in(found)
            return news

    def purge(self) -> int:
        """Delete from the disk what was deleted or replaced; how many states lost their words.

        What holds stays, both sides of a conflict too.  Of the rest there remains that there
        was something: its id, when it was changed, and the name of the corpus.  Lines that
        were damaged stay as they are.  A window that is open elsewhere still has the words in
        its memory until it is closed, and after a purge nothing can be undone.  What a disk
        keeps of deleted files, and what was copied, is not in our hands.

        Raises
        ------
        NotSavedError
            If the disk refuses; then all is as it was.

        Examples
        --------
        >>> import tempfile
        >>> from readerlib.datasets import load
        >>> notes = Notes(tempfile.mkdtemp())
        >>> note = notes.write(load("demo"), "frost-1-02", "Why?")
        >>> notes.delete(note.note_id)
        >>> notes.purge()
        1
        """
        with self._lock:
            self.save()
            self.refresh()
            gone: set[str] = set()

            def stripped(record: Record) -> Record:
                of, rev = record.get("of"), record.get("rev")
                thing = self._things.get(of) if isinstance(of, str) else None
                # What is not understood is not changed.
                if thing is None or not isinstance(rev, str) or rev not in thing.known:
                    return record
                if rev not in thing.replaced or record["value"] is None:
                    return record
                gone.add(rev)
                return {**record, "value": None}

            def kept(found: list[Found]) -> list[Record]:
                for each in found:
                    self._take_in(each)
                return [stripped(each.record) for each in found]

            try:
                self._segments.rewrite(kept)
            except NotSavedError as error:
                self.trouble = str(error)
                raise
            self._segments.change_own(stripped)
            self._deleted = []
            # They lie in other files and lines now, where they are found again.
            self._strange = {}
            for thing in self._things.values():
                for rev in thing.replaced & thing.known.keys():
                    thing.known[rev] = replace(thing.known[rev], value=None)
            self.refresh()
            return len(gone)

    def close(self) -> None:
        """Close the file that this session writes to; another write begins another one."""
        with self._lock:
            self._segments.close()

    def _take_in(self, found: Found) -> bool:
        """Take in a record of a file; whether it says anything new."""
        if not _is_ours(found.record):
            self._strange.setdefault(
                found.file,
                f"In {quoted(found.file)} there is something that a later readerlib wrote. It "
                "stays as it is; the newer version shows it.",
            )
            return False
        try:
            revision = Revision.of_record(found.record)
        except (KeyError, TypeError, ValueError, AttributeError):
            self._strange.setdefault(
                f"{found.file} {found.line}",
                f"In {quoted(found.file)} line {found.line} is none that readerlib wrote. It "
                "stays as it is.",
            )
            return False
        return self._add(revision)

    def _add(self, revision: Revision) -> bool:
        thing = self._things.get(revision.of)
        if thing is None:
            thing = self._things[revision.of] = _Thing()
        news = thing.take(revision)
        if news:
            self._forget_shown(revision.of)
        return news

    def _forget_shown(self, of: str) -> None:
        if of.startswith("note:"):
            self._shown.pop(of, None)
            self._said.pop(of, None)
            self._sorted = None

    def _next(
        self, of: str, corpus: str, value: Mapping[str, Any] | None, at: str = ""
    ) -> Revision:
        """A state that replaces what there is."""
        heads = tuple(sorted((self._things.get(of) or _Thing()).heads))
        return Revision(of, secrets.token_hex(8), heads, at or _now(), corpus, value)

    def _put(self, of: str, corpus: str, value: Mapping[str, Any] | None, at: str = "") -> None:
        with self._lock:
            self._keep([self._next(of, corpus, value, at)])

    def _set(self, of: str, corpus: str, value: Mapping[str, Any]) -> None:
        """Put a value if it is not what holds already, on the disk."""
        with self._lock:
            heads = self._heads(of)
            if len(heads) != 1 or heads[0].value != value or self._unsaved:
                self._put(of, corpus, value)

    def _keep(self, revisions: list[Revision]) -> None:
        for revision in revisions:
            self._unsaved[revision.rev] = revision
            self._add(revision)
        self.save()

    def _heads(self, of: str) -> list[Revision]:
        thing = self._things.get(of)
        return thing.newest() if thing else []

    def _of(self, kind: str, corpus: Corpus) -> Iterator[tuple[str, list[Revision]]]:
        """What is kept of a kind on a corpus: its id, and what holds of it."""
        name = corpus.descriptor.name
        begin = f"{kind}:{name}/"
        for of in self._things:
            if of.startswith(begin):
                heads = self._heads(of)
                if heads and heads[0].corpus == name:
                    yield of.removeprefix(begin), heads

    def _notes(self) -> list[Note]:
        """All notes, the newest first."""
        with self._lock:
            if self._sorted is None:
                shown = [self._note(of) for of in self._things if of.startswith("note:")]
                notes = [note for note in shown if note is not None]
                self._sorted = sorted(notes, key=lambda n: (n.changed, n.note_id), reverse=True)
            return self._sorted

    def _note(self, of: str) -> Note | None:
        if of not in self._shown:
            thing = self._things.get(of)
            if thing is None:
                return None
            said = [revision for revision in thing.newest() if revision.value is not None]
            sides = [self._side(revision) for revision in said]
            whole = sides[0] if sides else None
            self._shown[of] = replace(sides[0], others=tuple(sides[1:])) if sides[1:] else whole
        return self._shown[of]

    def _side(self, revision: Revision) -> Note:
        value = revision.value or {}
        return Note(
            revision.of.removeprefix("note:"),
            revision.corpus,
            _anchor_of(value["anchor"]),
            value["text"],
            tuple(value["tags"]),
            value["colour"] if value["colour"] in COLOURS else "",
            value["quoted"],
            value["made"],
            revision.at,
            revision.rev not in self._unsaved,
        )

    def _words_of(self, note: Note) -> str:
        """The words of a note, each behind a space."""
        of = f"note:{note.note_id}"
        if of not in self._said:
            parts = [part for side in _sides(note) for part in (side.text, *side.tags)]
            self._said[of] = "".join(f" {t.word}" for part in parts for t in tokens(part))
        return self._said[of]


def _folder() -> Path:
    named = os.environ.get("READERLIB_DATA")
    home = Path(named) if named else platformdirs.user_data_path("readerlib", appauthor=False)
    return home / "notes"


def _whole(path: str | Path) -> Path:
    """The path from the root on: a change of the working folder does not move the notes."""
    with contextlib.suppress(RuntimeError, ValueError):
        whole = Path(path).expanduser().absolute()
        # No path is no folder, be it the one in which one works just now.
        if path != "" and b"\0" not in os.fsencode(whole):
            return whole
    raise ReaderError(
        Problem(
            f"no folder can have the path {quoted(path)}",
            "It is empty, names a home that is not there, or has a sign that no path can have.",
            "Name another folder for the notes.",
        )
    )


_last = [datetime.datetime.min.replace(tzinfo=datetime.UTC)]
"""The moment that was given last."""


def _now() -> str:
    """A moment after the one before: of two notes in one tick of the clock one is the newer."""
    now = datetime.datetime.now(datetime.UTC)
    now -= datetime.timedelta(microseconds=now.microsecond % 1000)
    # A clock that was set back by more is obeyed.
    if datetime.timedelta(0) <= _last[0] - now < datetime.timedelta(seconds=1):
        now = _last[0] + datetime.timedelta(microseconds=1)
    _last[0] = now
    return now.isoformat(timespec="microseconds" if now.microsecond % 1000 else "milliseconds")


def _moment(value: str) -> str:
    """A moment in UTC; now, if there is none."""
    if not value:
        return _now()
    moment = datetime.datetime.fromisoformat(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    as_ours = value.endswith("+00:00")
    return (
        value
        if as_ours
        else moment.astimezone(datetime.UTC).isoformat(
            timespec="microseconds" if moment.microsecond % 1000 else "milliseconds"
        )
    )


def _sides(note: Note) -> tuple[Note, ...]:
    return (note, *note.others)


def _content(note: Note) -> bytes:
    """What a note says and where, without its moments."""
    said = [
        note.note_id,
        note.corpus,
        note.anchor.as_record(),
        note.text,
        list(note.tags),
        note.colour,
        note.quoted,
    ]
    return json.dumps(said, sort_keys=True).encode("ascii")


def _touching(notes: list[Note], corpus: Corpus | None, on: Place | str) -> list[Note]:
    """The notes that touch the turns of a place."""
    place = Place.parse(on) if isinstance(on, str) else on
    if corpus is None:
        wanted = {place.turn_id, place.last or place.turn_id}
        return [
            note
            for note in notes
            if wanted & {note.anchor.place.turn_id, note.anchor.place.last or ""}
        ]
    first, last = corpus.span(place)
    row = functools.cache(corpus.row)
    found = []
    for note in notes:
        there = note.anchor.place
        try:
            begin = row(there.turn_id)
            end = row(there.last) if there.last is not None else begin
        except SelectionError:
            continue
        if begin < last and first <= end:
            found.append(note)
    return found


def _anchor_of(record: Mapping[str, Any]) -> Anchor:
    key = repr(record)
    found = _anchors.get(key)
    if found is None:
        if len(_anchors) > 50_000:
            _anchors.clear()
        found = _anchors[key] = Anchor.of(record)
    return found


def _purged_first(revision: Revision) -> tuple[bool, str]:
    return revision.value is not None, json.dumps(revision.as_record(), sort_keys=True)


def _is_ours(record: Mapping[str, Any]) -> bool:
    """Whether a record is of a version that is known here."""
    version = record.get("format", 1)
    return isinstance(version, int) and version <= FORMAT


def _check_value(kind: str, value: Any) -> None:
    """Refuse a value that is not what its kind holds, by a KeyError, TypeError or ValueError."""
    if not isinstance(value, dict):
        raise TypeError("a value has parts")
    if kind == "note":
        _anchor_of(value["anchor"])
        strings = [value["text"], value["colour"], value["made"], *value["tags"]]
        if not all(isinstance(string, str) for string in strings):
            raise TypeError("a text is not one")
        if not isinstance(value["tags"], list) or not isinstance(value["quoted"], bool):
            raise TypeError("a part is of another kind")
    elif kind in ("answer", "label"):
        value["is"]
    elif kind == "read":
        if not isinstance(value["turn"], str) or not isinstance(value["done"], bool):
            raise TypeError("a part is of another kind")
    elif kind == "stopped":
        Place.parse(value["place"])


def _in_words(revision: Revision) -> str:
    kind, _, name = revision.of.partition(":")
    value = revision.value
    if value is None:
        return ""
    if kind == "note":
        first = f"Note on {value['anchor']['place']} ({revision.corpus}):"
        tags = f"Tags: {', '.join(value['tags'])}" if value["tags"] else ""
        return "\n".join(filter(None, [first, value["text"] or "(highlighted)", tags]))
    if kind == "answer":
        said = value["is"] if isinstance(value["is"], str) else json.dumps(value["is"])
        return f"Answer to {name.rpartition('/')[2]} ({revision.corpus}):\n{said}"
    if kind == "label":
        return f"The colour {name} means: {value['is']}"
    return ""


def _faults(note: Note) -> list[Problem]:
    """Why a note from elsewhere cannot be one of ours."""
    found: list[Problem] = []
    for check in (
        lambda: _id(note.note_id),
        lambda: _text(note.text),
        lambda: _tags(note.tags),
        lambda: _colour(note.colour),
    ):
        try:
            check()
        except ReaderError as error:
            found += error.problems
    for value in (note.made, note.changed):
        try:
            _moment(value)
        except (ValueError, OverflowError):
            found.append(Problem(f"{quoted(value)} is no moment", "Ours are ISO 8601 in UTC."))
    return found


def _id(name: str) -> str:
    if not isinstance(name, str) or not name or len(name) > LONGEST_ID:
        raise ReaderError(
            Problem(
                f"the id {quoted(name)} is none",
                f"An id has 1 to {LONGEST_ID} signs.",
                "Give it another one.",
            )
        )
    return name


def _text(text: str) -> str:
    if not isinstance(text, str):
        raise TypeError(f"the text of a note is a str, not {type(text).__name__}")
    if len(text) > LONGEST_TEXT:
        raise _too_much("the note", len(text), LONGEST_TEXT)
    return text


def _answer(value: Any) -> Any:
    try:
        said = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise ReaderError(
            Problem(
                f"an answer of type {type(value).__name__} cannot be kept",
                "An answer is a text, a number, or a list of them.",
            )
        ) from None
    if len(said) > LONGEST_ANSWER:
        raise _too_much("the answer", len(said), LONGEST_ANSWER)
    return json.loads(said)


def _tags(tags: Iterable[str]) -> list[str]:
    tags = (tags,) if isinstance(tags, str) else tags
    found = sorted({plain(tag) for tag in tags} - {""})
    if len(found) > MOST_TAGS:
        raise ReaderError(
            Problem(
                f"the note has {len(found)} tags",
                f"It can have {MOST_TAGS}.",
                "Leave some out.",
            )
        )
    for tag in found:
        if len(tag) > LONGEST_TAG:
            raise _too_much("a tag", len(tag), LONGEST_TAG)
    return found


def _too_much(what: str, length: int, most: int) -> ReaderError:
    return ReaderError(
        Problem(
            f"{what} has {length:,} signs",
            f"It can have {most:,}. Nothing was kept or changed.",
            "Shorten it, or divide it.",
        )
    )


def _named(colour: str) -> str:
    if not colour:
        raise ReaderError(Problem("no colour is named", f"There are {', '.join(COLOURS)}."))
    return _colour(colour)


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
