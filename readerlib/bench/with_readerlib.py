"""This library, as a person calls it."""

from __future__ import annotations

from pathlib import Path

from readerlib.bench.clock import STATE, TERMS, WINDOW, Clock, main
from readerlib.corpus import Corpus
from readerlib.formats import read
from readerlib.selection import Selection


def counted(corpus: Corpus) -> int:
    """The sum of all counts of a state, so that there is something to compare."""
    table = corpus.select(Selection.of(STATE)).facets()
    return int(table.loc[table["facet"] != "theme", "turns"].sum())


def window(corpus: Corpus) -> int:
    """How many records there are in a window in the middle of a selection."""
    chosen = corpus.select(kind="speech")
    shown = chosen.window(len(corpus) // 2, WINDOW)
    return len(chosen.records(shown.runs[0].first, shown.runs[-1].last))


def measure(folder: Path, clock: Clock) -> None:
    """All that is asked."""
    corpus = clock.time("open", lambda: read(folder))
    clock.time("window", lambda: window(corpus))
    clock.time("facets", lambda: counted(corpus))
    for name, term in TERMS.items():
        clock.time(name, lambda term=term: len(corpus.select(find=term)))  # type: ignore[misc]


if __name__ == "__main__":
    main(read, measure)
