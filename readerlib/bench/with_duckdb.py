"""DuckDB: SQL over one flat table; its index of words would be fetched from the network."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from readerlib.bench.clock import FACETS, STATE, TERMS, WINDOW, Clock, main, pattern
from readerlib.bench.flat import flat


def prepare(folder: Path) -> None:
    """A database file with the flat table."""
    pq.write_table(flat(folder), folder / "duck.parquet")
    with duckdb.connect(str(folder / "archive.duckdb")) as base:
        base.execute(f"create table turns as select * from '{folder / 'duck.parquet'}'")


def count_of(facet: str) -> str:
    """The query that counts the values of a facet, leaving out its own choice."""
    chosen = [
        f"{other} in ({', '.join(repr(value) for value in values)})"
        for other, values in STATE.items()
        if other != facet
    ]
    return f"select {facet}, count(*) from turns where {' and '.join(chosen)} group by {facet}"


def measure(folder: Path, clock: Clock) -> None:
    """All that is asked."""
    file = str(folder / "archive.duckdb")
    clock.time("open", lambda: duckdb.connect(file).close())
    base = duckdb.connect(file)

    def one(query: str) -> int:
        found = base.execute(query).fetchone()
        return int(found[0]) if found else 0

    size = one("select count(*) from turns")
    middle = f"select * from turns where kind = 'speech' and rowid >= {size // 2} limit {WINDOW}"
    clock.time("window", lambda: len(base.execute(middle).fetchall()))
    clock.time(
        "facets",
        lambda: sum(int(n) for f in FACETS for _, n in base.execute(count_of(f)).fetchall()),
    )
    for name, term in TERMS.items():
        query = f"select count(*) from turns where regexp_matches(text, '{pattern(term)}')"
        clock.time(name, lambda query=query: one(query))  # type: ignore[misc]


if __name__ == "__main__":
    main(prepare, measure)
