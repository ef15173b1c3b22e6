"""What a reader keeps: notes, answers and progress, on their own disk and nowhere else."""

from readerlib.notes.anchoring import Anchor, Standing, anchor, standing, standings
from readerlib.notes.notes import COLOURS, Answer, Note, Notes, Revision, Taken
from readerlib.notes.segments import NotSavedError

__all__ = [
    "COLOURS",
    "Anchor",
    "Answer",
    "NotSavedError",
    "Note",
    "Notes",
    "Revision",
    "Standing",
    "Taken",
    "anchor",
    "standing",
    "standings",
]
