"""What we ship, and where it lies."""

from __future__ import annotations

from pathlib import Path

from readerlib.corpus import Corpus
from readerlib.errors import Problem, ReaderError, listed, quoted, suggestion
from readerlib.formats import read

_HERE = Path(__file__).resolve().parent


def load(name: str) -> Corpus:
    """The shipped corpus called `name`.

    Raises
    ------
    ReaderError
        If no such corpus is shipped.

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
    return read(data / name)
