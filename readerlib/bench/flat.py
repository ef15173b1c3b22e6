"""The archive as one table, for engines that do not join."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from readerlib.bench.clock import FACETS

KEYS = {
    "soldier": ("conversations", "conversation_id"),
    "chapter": ("conversations", "conversation_id"),
    "role": ("speakers", "speaker_id"),
}


def flat(folder: Path) -> pa.Table:
    """The turns with a column for every facet."""
    tables = {
        name: pq.read_table(folder / f"{name}.parquet")
        for name in ("turns", "conversations", "speakers")
    }
    turns = tables["turns"]
    for facet in FACETS:
        if facet in KEYS:
            table, key = KEYS[facet]
            other = tables[table]
            at = pc.index_in(turns[key], value_set=other[key].combine_chunks())
            turns = turns.append_column(facet, other[facet].take(at))
    return turns
