"""How far the reader of a Reader has come: kept now and then, and when they stop."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from readerlib.corpus import Corpus
from readerlib.notes import Notes, NotSavedError
from readerlib.selection import Place

SPARINGLY = 15
"""Turns after which it is kept anew how far a conversation has been read."""


class Reading:
    """What has been read of one corpus, in notes that others may keep, too.

    Nothing is written before the reader has gone somewhere, and little then: when a
    conversation is left, when its end has been seen, after each fifteen turns, and when the
    reader stops.  What cannot be saved is told by the notes themselves.

    Parameters
    ----------
    notes : Notes

    Examples
    --------
    >>> import tempfile
    >>> from readerlib.datasets import load
    >>> demo, reading = load("demo"), Reading(Notes(tempfile.mkdtemp()))
    >>> reading.went(demo, 1), reading.ended(demo, 3)
    (False, True)
    >>> reading.read(demo)
    {'frost-1': True}
    """

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self._talk = ""
        self._row = -1
        self._kept = -1
        self._since = 0

    def read(self, corpus: Corpus) -> dict[str, bool]:
        """Conversation that was begun → whether it is read."""
        return {talk: done for talk, (_, done) in self.notes.progress(corpus).items()}

    def went(self, corpus: Corpus, row: int) -> bool:
        """Take in that the reader is at a turn now; whether anything was kept."""
        talk = corpus.talk(row)
        left = self._row if talk.conversation_id != self._talk else -1
        if left >= 0 and left != self._kept:
            self._keep(corpus, left)
        if talk.conversation_id != self._talk:
            self._talk, self._kept, self._since = talk.conversation_id, -1, row
        self._row = row
        if abs(row - self._since) >= SPARINGLY:
            self._keep(corpus, row)
            return True
        return left >= 0

    def ended(self, corpus: Corpus, row: int) -> bool:
        """Take in that the end of a conversation was seen; whether that is new."""
        talk = corpus.talk(row)
        if row != talk.last - 1 or self.read(corpus).get(talk.conversation_id):
            return False
        self._keep(corpus, row, done=True)
        return True

    def stop(self, corpus: Corpus, place: Place | str) -> None:
        """Keep that the reader stops at a place."""
        row, _ = corpus.span(place)
        self._keep(corpus, row)
        with suppress(NotSavedError):
            self.notes.stop(corpus, place)

    def _keep(self, corpus: Corpus, row: int, *, done: bool = False) -> None:
        talk = corpus.talk(row).conversation_id
        done = done or self.read(corpus).get(talk, False)
        self._kept = self._since = row
        with suppress(NotSavedError):
            self.notes.read_to(corpus, corpus.turn_id(row), done=done)


def marks(read: Mapping[str, bool]) -> dict[str, str]:
    """What is said of each conversation in a list of all.

    Examples
    --------
    >>> marks({"frost-1": True, "frost-2": False})
    {'frost-1': 'read', 'frost-2': 'begun'}
    """
    return {talk: "read" if done else "begun" for talk, done in read.items()}
