"""The list of all notes on a corpus: to search, to go to the turns, to change, to take along."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from readerlib import render
from readerlib.corpus import Corpus
from readerlib.notes import COLOURS, Note, Notes
from readerlib.text import fold, plain
from readerlib.views.exchanging import FORMS, PAGES, Exchanging
from readerlib.views.noting import Noting, talk_of
from readerlib.views.view import View, script, style

LISTED = 100
"""Notes that are listed at once."""

TALKS = 300
"""Conversations up to which one can be chosen."""

TAGS = 300
"""Tags that can be chosen, the most used ones."""

PATIENCE = 0.5
"""Seconds for which it is looked, after the list is there, where the other notes stand."""

WISHES = ("find", "tag", "colour", "talk", "state", "order")


class NotesPanel(View):
    """The reader's notes on a corpus: search, filters, every note with the way to its turn.

    Notes that have lost their place are listed with what is known of them.  No word of a note
    is synced or saved with the notebook.

    Parameters
    ----------
    corpus : Corpus
    notes : Notes, optional
        Left out, the reader's own.
    then : callable, optional
        Is given the id of a turn that was chosen: ``reader.go``, say.

    Attributes
    ----------
    last_error : str
        The traceback of the last failure that was ours.

    Examples
    --------
    >>> import tempfile
    >>> from readerlib.datasets import load
    >>> from readerlib.notes import Notes
    >>> NotesPanel(load("demo"), Notes(tempfile.mkdtemp()))
    <NotesPanel of demo>
    """

    _esm = script("files", "form", "notes")
    _css = style("notes")
    called = "the list of your notes"

    def __init__(
        self,
        corpus: Corpus,
        notes: Notes | Noting | None = None,
        then: Callable[[str], object] | None = None,
    ) -> None:
        self._noting = (
            notes if isinstance(notes, Noting) else Noting(corpus, True if notes is None else notes)
        )
        self._then = then
        self._wishes = dict.fromkeys(WISHES, "")
        self._listed = LISTED
        self._folded: dict[tuple[str, str], str] = {}
        self._told: dict[str, str] = {}
        self._exchanging = Exchanging(self._noting)
        super().__init__()

    def __repr__(self) -> str:
        """Name only, without a word of any note."""
        return f"<NotesPanel of {self._noting.corpus.descriptor.name}>"

    def close(self) -> None:
        """Close the panel; it is not told of changes any more."""
        if "_noting" in vars(self) and self._changed in self._noting.watchers:
            self._noting.watchers.remove(self._changed)
        super().close()

    def prepare(self) -> None:
        """Look up what the list will show, before it is asked for."""
        self._message()

    def _answer(self, content: dict[str, Any], buffers: list[Any]) -> None:
        noting = self._noting
        match content.get("do"):
            case "ready":
                self._told = {}
                # Before a page shows it there is nobody to tell of changes.
                if self._changed not in noting.watchers:
                    noting.watchers.append(self._changed)
                noting.refresh(now=True)
                noting.say_no_more()
                title = noting.corpus.descriptor.title
                self.post({"frame": render.notes_frame(title)} | self._message())
                self._look()
            case "wish":
                self._wishes |= {
                    name: str(value)
                    for name, value in dict(content["wishes"]).items()
                    if name in WISHES
                }
                self._listed = LISTED
                self._tell()
            case "notes-all":
                self._wishes = dict.fromkeys(WISHES, "") | {"order": self._wishes["order"]}
                self._tell(everything=True)
            case "notes-more":
                self._listed += LISTED
                self._tell()
            case "export":
                for message in self._exchanging.out(self._fit(), str(content["form"])):
                    self.post(message)
            case "page":
                for message in self._exchanging.page(str(content["form"])):
                    self.post(message)
            case "import":
                if come := self._exchanging.receive(content, buffers):
                    self.post(come)
            case "import-take":
                self._exchanging.take_in()
            case "note-go":
                if self._then is not None:
                    self._then(str(content["turn"]))
            case _:
                reply = noting.answer(content)
                if reply:
                    self.post(reply)

    def _changed(self, rows: set[int]) -> None:
        """Show what has changed, here or in another view."""
        self._tell()

    def _tell(self, *, everything: bool = False) -> None:
        self.post(self._message(everything=everything))

    def _message(self, *, everything: bool = False) -> dict[str, Any]:
        """The list as it is wanted, with what has changed around it."""
        noting = self._noting
        fit = self._fit()
        every = len(noting.all())
        shown = fit[: self._listed]
        leads = self._then is not None
        tags = Counter(tag for note in noting.all().values() for tag in note.tags)
        talks = [(talk_id, heading) for _, talk_id, heading in noting.talks(TALKS)]
        labels = noting.notes.labels
        parts = {
            "list": render.notes_list(
                noting.slips(shown),
                left=len(fit) - len(shown),
                every=every,
                here=bool(noting.place()),
                leads=leads,
            ),
            "count": render.notes_counted(len(fit), every),
            "filters": render.notes_filters(
                self._wishes, tags.most_common(TAGS), labels, talks if every else []
            ),
            "colours": render.colours_form(labels, COLOURS),
            "exchange": render.exchange_form(FORMS, len(fit), PAGES if self._some() else {}),
            **noting.told(),
        }
        news = {name: part for name, part in parts.items() if self._told.get(name) != part}
        self._told |= parts
        return {"parts": news} | ({"find": self._wishes["find"]} if everything else {})

    def _some(self) -> bool:
        """Whether there is anything to make a page of."""
        noting = self._noting
        return bool(noting.all() or noting.notes.answers(noting.corpus))

    def _fit(self) -> Sequence[Note]:
        """The notes that are wanted, in the order that is wanted."""
        noting, wish = self._noting, self._wishes
        words = fold(plain(wish["find"])).split()
        talks = noting.talks(TALKS) if wish["talk"] else []
        notes = list(noting.all().values())
        rows = noting.rows_of(notes) if wish["talk"] or wish["order"] == "reading" else {}
        found = [
            note
            for note in notes
            if (not wish["tag"] or wish["tag"] in note.tags)
            and (not wish["colour"] or wish["colour"] == note.colour)
            and (not wish["talk"] or talk_of(rows[note.note_id], talks) == wish["talk"])
            and all(word in self._said(note) for word in words)
            and self._is(note, wish["state"])
        ]
        if wish["order"] == "reading":
            end = len(noting.corpus)
            return sorted(found, key=lambda note: (rows[note.note_id] % (end + 1), note.made))
        return sorted(found, key=lambda note: (note.changed, note.note_id), reverse=True)

    def _is(self, note: Note, state: str) -> bool:
        """Whether a note is in a state."""
        match state:
            case "":
                return True
            case "conflict":
                return bool(note.others)
            case "unsaved":
                return not note.saved
        return self._noting.standing(note).state == state

    def _said(self, note: Note) -> str:
        """Text and tags of a note as they are searched."""
        key = (note.note_id, note.changed)
        if key not in self._folded:
            self._folded[key] = fold(" ".join([note.text, *note.tags]))
        return self._folded[key]

    def _look(self) -> None:
        """Say how many notes have moved or lost their place, once the list is there."""
        counted: Counter[str] = Counter()
        end = time.monotonic() + PATIENCE
        for note in self._noting.all().values():
            counted[self._noting.standing(note).state] += 1
            if time.monotonic() > end:
                return
        said = [
            f"{counted[state]:,} {what}"
            for state, what in (("orphan", "without a place"), ("moved", "moved"))
            if counted[state]
        ]
        if said:
            self.post({"parts": {"states": f"After a change of the corpus: {', '.join(said)}."}})
