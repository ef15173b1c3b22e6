"""The published words: aligned turn by turn with the reader's own copy, kept, and forgotten.

``align`` tells what a copy has and keeps nothing; ``attach`` does both; ``forget`` deletes.
"""

from __future__ import annotations

from pathlib import Path

from readerlib.attach.aligning import Progress, align, checks, opened
from readerlib.attach.kept import Kept, Words, attached, folder, forget, keep, kept, refused
from readerlib.attach.report import AlignmentReport, TurnReport
from readerlib.corpus import Corpus
from readerlib.documents import Document

__all__ = [
    "AlignmentReport",
    "Kept",
    "Progress",
    "TurnReport",
    "Words",
    "align",
    "attach",
    "attached",
    "checks",
    "folder",
    "forget",
    "keep",
    "kept",
    "opened",
    "refused",
]


def attach(
    corpus: Corpus,
    article: Document | Path | str,
    *,
    source_id: str | None = None,
    progress: Progress | None = None,
) -> Corpus:
    """`corpus` with the published words from the reader's copy, which are kept for next time.

    Parameters are those of :func:`align`.

    Raises
    ------
    AlignmentError
        If the copy is not the article; nothing is kept then.
    ReaderError
        If the copy cannot be read, or the reader's data folder cannot be written.

    Examples
    --------
    >>> from readerlib.formats import read
    >>> attach(read("data/calls"), "Something else altogether.")
    Traceback (most recent call last):
    readerlib.errors.AlignmentError: this copy is not attached.
      No passage of any source of this corpus was found in it.
      Nothing was changed. align(corpus, article) tells what was found of every turn.
    """
    report = align(corpus, article, source_id=source_id, progress=progress)
    keep(corpus, report)
    return attached(corpus)
