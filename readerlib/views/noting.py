"""The notes of a reader as the views work with them: what is shown where, and what is asked."""

from __future__ import annotations

import datetime
import os
import secrets
import threading
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from readerlib import render
from readerlib.corpus import Corpus
from readerlib.errors import Problem, ReaderError, SelectionError
from readerlib.notes import Anchor, Note, Notes, NotSavedError, Standing, anchor, standing
from readerlib.notices import notice_line
from readerlib.selection import Place
from readerlib.text import tokens

AGAIN = 2.0
"""Seconds after which it is looked whether another window has saved something."""

LOOKED_OVER = 2_000
"""Notes up to which it is looked, too, whether a cell of the notebook has written any."""

MOST_WORDS = 12_000
"""Characters of a turn up to which its words can be chosen one by one."""

_NOWHERE = -1
"""Stands for the row of a turn that the corpus has not, or not any more."""

_own: dict[str, Notes] = {}
_begun: WeakKeyDictionary[Notes, dict[str, dict[str, render.Draft]]] = WeakKeyDictionary()

Veiled = Callable[[Sequence[int]], Mapping[int, Sequence[str]]]
"""The turns among some rows that a notice keeps back, and on what topics."""


def own_notes() -> Notes:
    """The reader's own notes, the same for all views of a notebook.

    No file and no folder is made before something is written.

    Examples
    --------
    >>> own_notes() is own_notes()
    True
    """
    folder = os.environ.get("READERLIB_DATA", "")
    if folder not in _own:
        _own[folder] = Notes()
    return _own[folder]


class Kept(NamedTuple):
    """A note, and where it stands now.

    Examples
    --------
    >>> note = Note("a", "demo", Anchor(Place("t1"), "text", ""), "Why?")
    >>> Kept(note, Standing("orphan", None)).standing.state
    'orphan'
    """

    note: Note
    standing: Standing


class Noting:
    """The notes on one corpus, with what is being written, for all views that show them.

    Parameters
    ----------
    corpus : Corpus
    notes : Notes or bool
        True: the reader's own, opened when they are needed first.  False: none.
    veiled : callable, optional
        Which turns a notice keeps back now; left out, those that are asked about.
    place : callable, optional
        The place where the reader is.

    Examples
    --------
    >>> import tempfile
    >>> from readerlib.datasets import load
    >>> noting = Noting(load("demo"), Notes(tempfile.mkdtemp()))
    >>> _ = noting.answer({"do": "note-save", "place": "frost-1-02", "text": "Why twice?"})
    >>> [kept.note.text for kept in noting.on([1])[1]]
    ['Why twice?']
    """

    def __init__(
        self,
        corpus: Corpus,
        notes: Notes | bool = True,
        *,
        veiled: Veiled | None = None,
        place: Callable[[], str] = str,
    ) -> None:
        self.corpus = corpus.whole
        self.wanted = notes is not False
        self.place = place
        self.mask = False
        self.watchers: list[Callable[[set[int]], None]] = []
        self.said = ""
        self.copied = ""
        self._notes = notes if isinstance(notes, Notes) else None
        self._veiled = veiled
        self._all: dict[str, Note] | None = None
        self._index: dict[int, list[Note]] | None = None
        self._heads: dict[int, tuple[str, int]] = {}
        self._records: dict[int, Mapping[str, Any]] = {}
        self._stand: dict[Anchor, Standing] = {}
        self._rows: dict[str, int | None] = {}
        self._opened = ""
        self._back: Callable[[], set[int]] | None = None
        self._shown: set[str] = set()
        self._looked = 0.0
        self._lock = threading.RLock()
        self._colour = "yellow"
        self._name = f"note-{secrets.token_hex(3)}"

    # What there is ----------------------------------------------------------

    @property
    def notes(self) -> Notes:
        """The notes, opened if they were not yet."""
        if self._notes is None:
            self._notes = own_notes()
        return self._notes

    @property
    def _drafts(self) -> dict[str, render.Draft]:
        """What is being written: as long as the notes are open, whatever cell is run again."""
        return _begun.setdefault(self.notes, {}).setdefault(self.corpus.descriptor.name, {})

    def all(self) -> Mapping[str, Note]:
        """Every note on the corpus by its id."""
        found = self._all
        if found is None:
            found = {note.note_id: note for note in self.notes.select(self.corpus)}
            self._all, self._index = found, None
        return found

    def show(self, corpus: Corpus) -> None:
        """Take another state of the corpus, with words attached or forgotten."""
        self.corpus = corpus.whole
        self._stand, self._rows, self._heads, self._records = {}, {}, {}, {}
        self._index = None

    def refresh(self, *, now: bool = False) -> set[int]:
        """Take in what was written elsewhere; the turns on which something has changed.

        That is another window, or a cell of this notebook.
        """
        if not now and time.monotonic() - self._looked < AGAIN:
            return set()
        self._looked = time.monotonic()
        news = self.notes.refresh()
        before = self._all
        if before is None or not (news or len(before) <= LOOKED_OVER):
            return set()
        self._all = None
        return self._between(before, self.all())

    def _between(self, before: Mapping[str, Note], after: Mapping[str, Note]) -> set[int]:
        """The turns of which notes have changed from one state to another."""
        changed = [
            note
            for note_id in before.keys() | after.keys()
            if (was := before.get(note_id)) is not (now := after.get(note_id)) and was != now
            for note in (was, now)
            if note is not None
        ]
        return {row for note in changed for row in self._span(self.standing(note).place)}

    def standing(self, note: Note) -> Standing:
        """Where a note stands now."""
        found = self._stand.get(note.anchor)
        if found is None:
            found = self._stand[note.anchor] = standing(self.corpus, note.anchor)
            if found.place != note.anchor.place:
                self._index = None
        return found

    def row(self, turn_id: str) -> int | None:
        """The row of a turn; None if the corpus has it not."""
        if turn_id not in self._rows:
            self._rows[turn_id] = None
            with suppress(SelectionError):
                self._rows[turn_id] = self.corpus.row(turn_id)
        return self._rows[turn_id]

    def on(self, rows: Sequence[int]) -> dict[int, list[Kept]]:
        """The notes on each of these turns, and of those that lead there, the newest first."""
        wanted = set(rows)
        found: dict[int, list[Kept]] = {}
        for note in self._near(wanted):
            stands = self.standing(note)
            for row in self._span(stands.place):
                if row in wanted:
                    found.setdefault(row, []).append(Kept(note, stands))
        return found

    def behind_hand(self, rows: Sequence[int]) -> int:
        """For how many notes near these turns it is not known yet where they stand."""
        near = {note.anchor for note in self._near(set(rows))}
        return len(near - self._stand.keys())

    def _near(self, rows: set[int]) -> list[Note]:
        """The notes that may stand on these turns, the newest first."""
        index = self._by_row()
        some = index.keys() & rows if len(index) < len(rows) else rows & index.keys()
        near = {note.note_id: note for row in [*some, _NOWHERE] for note in index.get(row, ())}
        return sorted(near.values(), key=_newest, reverse=True)

    def _by_row(self) -> dict[int, list[Note]]:
        """Row → the notes that stand there, or stood there when they were made."""
        index = self._index
        if index is None:
            index = {}
            for note in self.all().values():
                known = self._stand.get(note.anchor)
                place = known.place if known else note.anchor.place
                for row in self._span(place) or ([] if place is None else [_NOWHERE]):
                    index.setdefault(row, []).append(note)
            self._index = index
        return index

    def _span(self, place: Place | None) -> range:
        """The rows of a place; none, if the corpus has it not."""
        if place is None:
            return range(0)
        row, last = self.row(place.turn_id), self.row(place.last or place.turn_id)
        return range(0) if row is None or last is None else range(row, last + 1)

    # What is shown of it ----------------------------------------------------

    def marks(self, rows: Sequence[int]) -> dict[int, render.Noted]:
        """What the page shows at each of these turns."""
        if not self.wanted:
            return {}
        on = self.on(rows)
        whole = dict(zip(on, self.corpus.records_of(list(on)), strict=True))
        found = {}
        for row, kept in on.items():
            layer = "gist" if whole[row]["text"] is None else "text"
            spans = [self._span(one.standing.place) for one in kept]
            begin = [span for span in spans if span.start == row]
            long = [span for span in spans if len(span) > 1]
            found[row] = render.Noted(
                # The newest last, so that it lies above the others.
                tuple(
                    render.Stretch(place.start, place.end, note.colour, note.note_id)
                    for note, stands in reversed(kept)
                    if (place := stands.place) is not None
                    and place.start is not None
                    and place.end is not None
                    and note.anchor.layer == layer
                ),
                len(begin),
                max(map(len, begin), default=1),
                _within(row, long),
                next((one.note.note_id for one in kept if self._begins(one, row)), ""),
            )
        return found

    def _begins(self, kept: Kept, row: int) -> bool:
        return self._span(kept.standing.place).start == row

    def beside(self, place: str) -> str:
        """The notes on the turns at a place, as HTML, with what was begun there."""
        if not place:
            return ""
        span = self.corpus.span(place)
        rows = range(*span)
        veiled = self.veiled(rows)
        kept = {one.note.note_id: one for found in self.on(rows).values() for one in found}
        shown = [one for one in kept.values() if not self.veiled(self._span(one.standing.place))]
        drafts = [
            draft
            for key, draft in self._drafts.items()
            if key != self._opened
            and self._is_news(draft)
            and self._key_rows(key) & set(rows)
            and not veiled
        ]
        return render.noting(
            [self.slip(one) for one in shown],
            kept_back=len(kept) - len(shown),
            drafts=drafts,
            turns=0 if veiled else len(rows),
        )

    def veiled(self, rows: Sequence[int]) -> Mapping[int, Sequence[str]]:
        """The turns among these rows that a notice keeps back, and on what topics."""
        if self._veiled is not None:
            return self._veiled(rows)
        return self.corpus.veiled(self.corpus.asked("ask"), rows)

    def behind(self, kept: Kept) -> str:
        """The line of the notice behind which a note stands; empty if it can be seen."""
        rows = self._span(kept.standing.place)
        veiled = self.veiled(rows) if kept.note.note_id not in self._shown else {}
        if not veiled:
            return ""
        topics = list(dict.fromkeys(topic for row in veiled for topic in veiled[row]))
        return notice_line(self.corpus.records_of(list(veiled)), topics)

    def slip(self, kept: Kept, *, whole: bool = False) -> render.Slip:
        """A note as it is shown: beside its turn, or as one of all."""
        note, stands = kept
        place = stands.place
        on, words = self._described(note, stands, whole=whole)
        made = render.Slip(
            note.note_id,
            note.text,
            note.tags,
            note.colour,
            self.notes.labels.get(note.colour, ""),
            on,
            words,
            moment(note.changed),
            note.changed,
            stands.state,
            stands.said,
            place.turn_id if place else "",
            note.saved,
            note.quoted,
        )
        sides = [self.slip(Kept(replace(side, others=()), stands)) for side in note.others]
        return replace(made, sides=sides, behind=self.behind(kept) if whole else "")

    def _described(self, note: Note, stands: Standing, *, whole: bool) -> tuple[str, str]:
        """What a note is on, in words, and the words themselves where it is on a stretch."""
        place = stands.place
        if place is None:
            return f"was on {note.anchor.place}", ""
        rows = self._span(place)
        words = ""
        if place.end is not None:
            said = str(self._record(rows.start)[note.anchor.layer] or "")
            words = said[place.start : place.end]
            words = render.covered(words) if self.mask else words
        if whole:
            heading, begin = self._head(rows.start)
            first = rows.start - begin + 1
            on = f"{heading}, turn {first}"
            if len(rows) > 1:
                on = f"{heading}, turns {first}–{first + len(rows) - 1}"
            return on, words
        if len(rows) > 1:
            return f"{len(rows)} turns, {place.turn_id} to {place.last}", words
        of = " of the summary" if note.anchor.layer == "gist" else ""
        return (f"these words{of}:" if words else "this turn"), words

    def slips(self, notes: Sequence[Note]) -> list[render.Slip]:
        """Notes as they are shown in a list of all, what is said of their turns looked up once."""
        kept = [Kept(note, self.standing(note)) for note in notes]
        self._look_up([span.start for one in kept if (span := self._span(one.standing.place))])
        return [self.slip(one, whole=True) for one in kept]

    def _look_up(self, rows: Iterable[int]) -> None:
        """Remember what turns say, and what their conversations are called."""
        new = sorted(set(rows) - self._heads.keys())
        if not new:
            return
        self._records |= zip(new, self.corpus.records_of(new), strict=True)
        talks = sorted(self.corpus.talks_of(new), key=lambda talk: talk.first)
        begins = [talk.first for talk in talks]
        for row in new:
            talk = talks[bisect_right(begins, row) - 1]
            self._heads[row] = (str(talk.heading), talk.first)

    def _record(self, row: int) -> Mapping[str, Any]:
        self._look_up([row])
        return self._records[row]

    def _head(self, row: int) -> tuple[str, int]:
        self._look_up([row])
        return self._heads[row]

    def parts(self, place: str) -> dict[str, str]:
        """What a Reader shows of notes at a place."""
        if not self.wanted:
            return {}
        count = len(self.all())
        return {
            "noting": self.beside(place),
            "notes": f"Notes ({count:,})" if count else "Notes",
            **self.told(),
        }

    def told(self) -> dict[str, str]:
        """What was done last, and the banner for what is not saved."""
        trouble = self._notes.trouble if self._notes else ""
        return {
            "said-of-notes": render.said_of_notes(self.said, undo=self._back is not None),
            "unsaved": render.unsaved(trouble, self.copied if trouble else ""),
        }

    # What is asked ----------------------------------------------------------

    def answer(self, content: Mapping[str, Any]) -> dict[str, Any] | None:
        """Do what a message of a page asks; what is to be sent back, if anything."""
        # Messages of the page may be handled in another thread than cells.
        with self._lock:
            return self._follow(content)

    def _follow(self, content: Mapping[str, Any]) -> dict[str, Any] | None:
        what = str(content.get("do"))
        note_id, key = str(content.get("note") or ""), str(content.get("key") or "")
        match what:
            case "note":
                return self._write(Place.parse(str(content["place"])))
            case "note-open":
                return self._open(self._drafts[key]) if key in self._drafts else None
            case "note-edit":
                return self._open(self._drafts.get(f"note:{note_id}") or self._draft_of(note_id))
            case "note-draft":
                self._keep_draft(content)
            case "note-save":
                return self._save(content)
            case "note-cancel" | "note-drop":
                self._drop(key, self._filled(content))
            case "note-delete":
                self._delete(note_id)
            case "note-undo":
                self._undo()
            case "note-keep":
                self._keep(note_id, str(content["stamp"]))
            case "note-put":
                self._put(note_id)
            case "note-show":
                self._shown.add(note_id)
                self._tell(set())
            case "notes-try":
                with suppress(NotSavedError):
                    self.notes.save()
                    self._all = None
                    self._say("Saved.")
                self._tell(None)
            case "notes-copy":
                self.copied = self.notes.unsaved_words()
                self._tell(set())
            case "note-label":
                self._label(str(content["colour"]), str(content["meaning"]))
        return None

    def _write(self, place: Place) -> dict[str, Any]:
        """Open the editor for a new note."""
        span = self.corpus.span(place)
        if self.veiled(range(*span)):
            raise ReaderError(
                Problem(
                    "a turn of this place stands behind a notice",
                    "A note is written on what was shown.",
                    "Show the turn first.",
                )
            )
        whole = Place(place.turn_id, last=place.last)
        begun = self._drafts.get(str(whole))
        draft = begun or render.Draft(str(whole), str(whole), "New note")
        if begun is None and place.end is not None:
            draft = replace(draft, colour=self._colour)
        return self._open(self._placed(draft, place))

    def _placed(self, draft: render.Draft, place: Place) -> render.Draft:
        """A draft on a place, with all that it could be on instead."""
        row, after = self.corpus.span(place)
        turn = str(Place(place.turn_id))
        if after - row > 1:
            several = f"{after - row} turns: {place.turn_id} to {place.last}"
            choices = [("range", str(place), several), ("turn", turn, f"{place.turn_id} alone")]
            return replace(
                draft, place=str(place), where=several, choices=choices, on="range", said=""
            )
        record = self.corpus.records_of([row])[0]
        said = str((record["gist"] if record["text"] is None else record["text"]) or "")
        of = "of the summary" if record["text"] is None else "of it"
        if place.start is not None and place.end is not None:
            place = Place(place.turn_id, *whole_words(said, place.start, place.end))
        stretch = str(place) if place.end is not None else ""
        choices = [("turn", turn, "this turn")]
        if said and len(said) <= MOST_WORDS:
            choices.append(("words", stretch, f"words {of}"))
        return replace(
            draft,
            place=str(place),
            where=place.turn_id,
            choices=choices,
            on="words" if stretch else "turn",
            said=said if len(choices) > 1 else "",
            mask=self.mask,
        )

    def _draft_of(self, note_id: str) -> render.Draft:
        """A kept note as it is edited; of two sides of a conflict, both texts."""
        note = self.notes[note_id]
        texts = dict.fromkeys([note.text, *(side.text for side in note.others)])
        tags = dict.fromkeys(tag for side in (note, *note.others) for tag in side.tags)
        place = self.standing(note).place
        return render.Draft(
            f"note:{note_id}",
            str(place or ""),
            "Edit note",
            where=self._described(note, self.standing(note), whole=False)[0].rstrip(":"),
            text="\n\n".join(filter(None, texts)),
            tags=", ".join(tags),
            colour=note.colour,
            quoted=note.quoted,
        )

    def _open(self, draft: render.Draft) -> dict[str, Any]:
        """The editor with a draft."""
        self._opened = draft.key
        self._drafts[draft.key] = draft
        counted = Counter(tag for note in self.all().values() for tag in note.tags)
        used = [tag for tag, _ in counted.most_common(render.SUGGESTED)]
        html = render.editor(draft, self.notes.labels, used, self._name)
        return {"parts": {"editor": html}, "write": draft.key}

    def reopened(self) -> dict[str, str]:
        """The editor as it was open on another page."""
        if self._opened not in self._drafts:
            return {}
        return dict(self._open(self._drafts[self._opened])["parts"])

    def _filled(self, content: Mapping[str, Any]) -> render.Draft:
        """The draft of which a message tells, with what its fields hold now."""
        key = str(content.get("key") or "")
        draft = self._drafts.get(key) or render.Draft(
            key, str(content.get("place") or ""), "New note"
        )
        if "text" not in content:
            return draft
        return replace(
            draft,
            text=str(content.get("text") or ""),
            tags=str(content.get("tags") or ""),
            colour=str(content.get("colour") or ""),
            quoted=bool(content.get("quoted")),
            place=str(content.get("place") or draft.place),
            on=str(content.get("on") or draft.on),
        )

    def _keep_draft(self, content: Mapping[str, Any]) -> None:
        """Keep what is being written, here and nowhere else."""
        draft = self._filled(content)
        if content.get("closed"):
            self._opened = ""
        self._drafts[draft.key] = draft
        if content.get("closed"):
            if not self._is_news(draft):
                del self._drafts[draft.key]
            self._say("")
            self._tell(set())

    def _is_news(self, draft: render.Draft) -> bool:
        """Whether a draft holds more than what is kept already, or than nothing."""
        if draft.key.startswith("note:"):
            with suppress(ReaderError):
                was = self._draft_of(draft.key.removeprefix("note:"))
                fields = ("text", "tags", "colour", "quoted")
                return any(getattr(was, name) != getattr(draft, name) for name in fields)
        return bool(draft.text.strip() or draft.tags.strip())

    def _save(self, content: Mapping[str, Any]) -> dict[str, Any] | None:
        """Write what the editor holds."""
        draft = self._filled(content)
        place = str(content.get("place") or "")
        tags = [tag for tag in draft.tags.split(",") if tag.strip()]
        note_id = draft.key.removeprefix("note:") if draft.key.startswith("note:") else ""
        if not place and not note_id:
            return {"refused": "Choose the words first, or put the note on the whole turn."}
        if not (draft.text.strip() or tags or draft.colour):
            return {"refused": "Write something, or give it a colour or a tag."}
        if note_id:
            change = self._changing(
                lambda: self.notes.edit(
                    note_id,
                    text=draft.text,
                    tags=tags,
                    colour=draft.colour,
                    quoted=draft.quoted,
                )
            )
        else:
            change = self._changing(
                lambda: self.notes.write(
                    self.corpus,
                    place,
                    draft.text,
                    tags=tags,
                    colour=draft.colour,
                    quoted=draft.quoted,
                )
            )
            self._colour = draft.colour or self._colour
        self._drafts.pop(draft.key, None)
        self._opened = ""
        self._say("Saved." if change.saved else "")
        self._tell(change.rows)
        return {"parts": {"editor": ""}, "wrote": True}

    def _changing(self, change: Callable[[], Note | None], note_id: str = "") -> _Changed:
        """Make a change of a note, and say which turns it is on and whether it is saved."""
        before = self.all()
        whole = not self.notes.trouble and not self.notes.refresh()
        saved = True
        note = None
        try:
            note = change()
        except NotSavedError:
            saved = whole = False
        # Of many notes only the one that has changed is read again.
        after = {key: kept for key, kept in before.items() if key != note_id}
        if note is not None:
            after[note.note_id] = note
        self._all, self._index = (after if whole else None), None
        return _Changed(self._between(before, self.all()), saved)

    def _delete(self, note_id: str) -> None:
        change = self._changing(lambda: self._gone(note_id), note_id)
        # What was begun in it would have nothing to go into.
        self._drafts.pop(f"note:{note_id}", None)
        back = self._changing
        undo = self.notes.undo
        self._say("Deleted.", lambda: back(undo).rows)
        self._tell(change.rows)

    def _gone(self, note_id: str) -> None:
        self.notes.delete(note_id)

    def _undo(self) -> None:
        back, self._back = self._back, None
        if back is not None:
            rows = back()
            self._say("It is back.")
            self._tell(rows)

    def _drop(self, key: str, draft: render.Draft) -> None:
        """Close the editor, or leave a draft; there is a way back if something was in it."""
        self._drafts.pop(key, None)
        self._opened = "" if self._opened == key else self._opened

        def back() -> set[int]:
            self._drafts[key] = draft
            return set()

        if self._is_news(draft):
            self._say("Not kept.", back)
        else:
            self._say("")
        self._tell(set())

    def _keep(self, note_id: str, stamp: str) -> None:
        """Keep one side of a conflict."""
        note = self.notes[note_id]
        side = next((one for one in (note, *note.others) if one.changed == stamp), None)
        if side is not None:
            change = self._changing(
                lambda: self.notes.edit(
                    note_id,
                    text=side.text,
                    tags=side.tags,
                    colour=side.colour,
                    quoted=side.quoted,
                    anchor=side.anchor,
                )
            )
            self._say("Saved." if change.saved else "")
            self._tell(change.rows)

    def take(self, notes: Sequence[Note]) -> None:
        """Take in notes from elsewhere."""
        before = self.all()
        saved = True
        try:
            self.notes.take(notes)
        except NotSavedError:
            saved = False
        self._all = self._index = None
        self._say(f"Saved: {len(notes):,} note{'s' * (len(notes) != 1)} came in." if saved else "")
        self._tell(self._between(before, self.all()))

    def _put(self, note_id: str) -> None:
        """Put a note that has lost its place on the turn where the reader is."""
        place = Place.parse(self.place())
        made = anchor(self.corpus, Place(place.turn_id, last=place.last))
        change = self._changing(lambda: self.notes.edit(note_id, anchor=made))
        self._say("Saved." if change.saved else "")
        self._tell(change.rows)

    def _label(self, colour: str, meaning: str) -> None:
        saved = True
        try:
            self.notes.label(colour, meaning)
        except NotSavedError:
            saved = False
        self._say("Saved." if saved else "")
        self._tell(set())

    def _key_rows(self, key: str) -> set[int]:
        """The turns that a draft is on."""
        with suppress(ReaderError):
            if key.startswith("note:"):
                return set(self._span(self.standing(self.notes[key[5:]]).place))
            return set(self._span(Place.parse(key)))
        return set()

    def say_no_more(self) -> None:
        """What was done last is not told again."""
        self._say("")

    def _say(self, said: str, back: Callable[[], set[int]] | None = None) -> None:
        self.said, self._back = said, back
        if not self.notes.trouble:
            self.copied = ""

    def _tell(self, rows: set[int] | None) -> None:
        """Let every view show what has changed on these turns; on all of them if None."""
        every = set(range(len(self.corpus))) if rows is None else rows
        for watcher in list(self.watchers):
            watcher(every)

    # All of them ------------------------------------------------------------

    def talks(self, most: int) -> list[tuple[int, str, str]]:
        """The conversations as first row, id and heading; none where there are too many."""
        if len(self.corpus.tables()["conversations"]) > most:
            return []
        talks = self.corpus.talks(size=most)
        return sorted((talk.first, talk.conversation_id, str(talk.heading)) for talk in talks)

    def rows_of(self, notes: Iterable[Note]) -> dict[str, int]:
        """Note id → the row where it stands, or stood; -1 for one that has no turn."""
        found = {}
        for note in notes:
            known = self._stand.get(note.anchor)
            place = known.place if known else note.anchor.place
            row = self.row(place.turn_id) if place else None
            found[note.note_id] = -1 if row is None else row
        return found


def _newest(note: Note) -> tuple[str, str]:
    """What notes are sorted by."""
    return (note.changed, note.note_id)


def _within(row: int, long: Sequence[range]) -> str:
    """Where a turn stands among the turns of notes on several: first, middle or last."""
    if not long:
        return ""
    if all(span.start == row for span in long):
        return "first"
    return "last" if all(span.stop - 1 == row for span in long) else "middle"


class _Changed(NamedTuple):
    """Which turns a change of notes is on, and whether it is saved."""

    rows: set[int]
    saved: bool


def whole_words(said: str, start: int, end: int) -> tuple[int, int]:
    """A stretch of a text that cuts no word: one that it begins or ends in belongs to it.

    Examples
    --------
    >>> whole_words("Come home, Tomas", 2, 7)
    (0, 9)
    """
    for word in tokens(said):
        start = word.start if word.start < start < word.end else start
        end = word.end if word.start < end < word.end else end
    return start, end


def talk_of(row: int, talks: Sequence[tuple[int, str, str]]) -> str:
    """The conversation of a row among those that begin at these rows.

    Examples
    --------
    >>> talk_of(3, [(0, "a", ""), (3, "b", "")]), talk_of(-1, [(0, "a", "")])
    ('b', '')
    """
    at = bisect_right([talk[0] for talk in talks], row) - 1
    return talks[at][1] if row >= 0 and at >= 0 else ""


def moment(stamp: str) -> str:
    """A moment in words, in the time of this machine; another text as it is.

    Examples
    --------
    >>> moment("")
    ''
    """
    try:
        when = datetime.datetime.fromisoformat(stamp).astimezone()
    except ValueError:
        return stamp
    return f"{render.day(when.date().isoformat())}, {when:%H:%M}"
