"""pandas: categoricals for facets, and a pattern for each search."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from readerlib.bench.clock import FACETS, STATE, TERMS, WINDOW, Clock, main, pattern
from readerlib.bench.flat import flat


def prepare(folder: Path) -> None:
    """One flat table."""
    pq.write_table(flat(folder), folder / "flat.parquet")


def opened(folder: Path) -> pd.DataFrame:
    """The flat table with its facets as categoricals."""
    table = pd.read_parquet(folder / "flat.parquet")
    return table.astype(dict.fromkeys(FACETS, "category"))


def counted(table: pd.DataFrame) -> int:
    """All counts of the state, each leaving out the choice of its own facet."""
    masks = {facet: table[facet].isin(values) for facet, values in STATE.items()}
    total = 0
    for facet in FACETS:
        rest = pd.Series(True, index=table.index)
        for other, mask in masks.items():
            if other != facet:
                rest &= mask
        total += int(table.loc[rest, facet].value_counts().sum())
    return total


def window(table: pd.DataFrame) -> int:
    """How many records there are in a window in the middle of a selection."""
    chosen = table[table["kind"] == "speech"]
    return len(chosen.loc[len(table) // 2 :].head(WINDOW).to_dict("records"))


def measure(folder: Path, clock: Clock) -> None:
    """All that is asked."""
    table = clock.time("open", lambda: opened(folder))
    clock.time("window", lambda: window(table))
    clock.time("facets", lambda: counted(table))
    for name, term in TERMS.items():
        clock.time(
            name,
            lambda term=term: int(table["text"].str.contains(pattern(term)).sum()),  # type: ignore[misc]
        )


if __name__ == "__main__":
    main(prepare, measure)
