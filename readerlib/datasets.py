"""What we ship, and where it lies."""

from __future__ import annotations

from pathlib import Path

from readerlib import attach
from readerlib.corpus import Corpus
from readerlib.documents import Document
from readerlib.errors import Problem, ReaderError, listed, quoted, suggestion
from readerlib.formats import read

_HERE = Path(__file__).resolve().parent


def load(
    name: str, *, article: Document | Path | str | None = None, attached: bool = True
) -> Corpus:
    """The shipped corpus called `name`, with the published words that the reader attached.

    Parameters
    ----------
    name : str
    article : Document, path or str, optional
        The reader's copy of an article: its words are attached first, as by
        :func:`readerlib.attach.attach`, and kept for next time.
    attached : bool, optional
        Whether to put the attached words in; without them a corpus has its summaries only.

    Raises
    ------
    ReaderError
        If no such corpus is shipped, or the copy cannot be read.
    AlignmentError
        If the copy is not an article of the corpus.

    Examples
    --------
    >>> corpus = load("calls")
    >>> len(corpus.select(kind="speech"))
    122
    """
    data = next(d for d in (_HERE / "data", _HERE.parent / "data") if d.is_dir())
    shipped = sorted(p.parent.name for p in data.glob("*/datapackage.json"))
    if name not in shipped:
        raise ReaderError(
            Problem(
                f"no corpus {quoted(name)} is shipped",
                f"Shipped: {listed(shipped)}.",
                suggestion(name, shipped) or "Name one of these, or use read with a folder.",
            )
        )
    corpus = read(data / name)
    if article is not None:
        return attach.attach(corpus, article)
    return attach.attached(corpus) if attached else corpus
