"""SQLite's FTS5: search only."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pyarrow.parquet as pq

from readerlib.bench.clock import TERMS, Clock, main


def prepare(folder: Path) -> None:
    """An index of the texts, without a second copy of them."""
    with sqlite3.connect(folder / "fts5.sqlite") as base:
        base.execute("pragma journal_mode = off")
        base.execute("create virtual table said using fts5(text, content='')")
        at = 0
        for batch in pq.ParquetFile(folder / "turns.parquet").iter_batches(columns=["text"]):
            texts = batch.column(0).to_pylist()
            rows = zip(range(at + 1, at + len(texts) + 1), texts, strict=True)
            base.executemany("insert into said(rowid, text) values (?, ?)", rows)
            at += len(texts)
        base.execute("insert into said(said) values ('optimize')")


def measure(folder: Path, clock: Clock) -> None:
    """Search only."""
    base = clock.time("open", lambda: sqlite3.connect(folder / "fts5.sqlite"))
    for name, term in TERMS.items():
        query = term if term.endswith("*") else f'"{term}"'
        clock.time(
            name,
            lambda query=query: int(  # type: ignore[misc]
                base.execute("select count(*) from said where said match ?", [query]).fetchone()[0]
            ),
        )


if __name__ == "__main__":
    main(prepare, measure)
