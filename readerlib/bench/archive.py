"""An archive of invented conversations, as large as asked and the same every time.

Words follow Zipf's law as those of a language do; nobody said any of it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

SEED = 4
WORDS = 50_000
TURNS_OF_TALK = 20
WORDS_OF_TURN = 13
AT_A_TIME = 200_000

SYLLABLES = ("ba", "ke", "li", "mo", "nu", "ra", "si", "to", "va", "ze")
KINDS = ("speech", "speech", "speech", "speech", "quoted", "statement", "narration", "cut")
ROLES = ("soldier", "mother", "wife", "friend", "brother", "reporter")
THEMES = ("weather", "food", "money", "the road", "health", "holidays", "work", "the garden")
FACETS = (
    ("soldier", "Soldier", "conversations.soldier"),
    ("chapter", "Chapter", "conversations.chapter"),
    ("role", "Role", "speakers.role"),
    ("kind", "Kind", "turns.kind"),
    ("lang", "Language", "turns.lang"),
    ("theme", "Theme", "annotations.theme"),
)


def word(number: int) -> str:
    """The invented word of a number; the smaller, the more frequent.

    Examples
    --------
    >>> word(0), word(42), word(43)
    ('ba', 'nuli', 'numo')
    """
    return "".join(SYLLABLES[int(digit)] for digit in str(number))


def tables(turns: int) -> dict[str, pa.Table]:
    """The tables of an archive of so many turns.

    Examples
    --------
    >>> tables(50)["turns"]["turn_id"][49].as_py()
    't0000049'
    """
    rng = np.random.default_rng(SEED)
    talks = -(-turns // TURNS_OF_TALK)
    people = max(20, turns // 2000)
    talk = np.sort(np.concatenate([np.arange(talks), rng.integers(0, talks, turns - talks)]))
    starts = np.flatnonzero(np.diff(talk, prepend=-1))
    position = np.arange(turns) - starts[talk] + 1
    # Two people to a conversation, by turns; now and then somebody else.
    pair = rng.integers(0, people, (talks, 2))
    who = pair[talk, position % 2]
    other = rng.random(turns) < 0.03
    who[other] = rng.integers(0, people, int(other.sum()))
    said = [_texts(rng, min(AT_A_TIME, turns - at)) for at in range(0, turns, AT_A_TIME)]
    counts, texts = zip(*said, strict=True)
    labelled = np.flatnonzero(rng.random(turns) < 0.04)
    soldier = np.arange(talks) * min(talks, 200) // talks
    return {
        "turns": pa.table(
            {
                "turn_id": _named("t", 7, np.arange(turns)),
                "conversation_id": _named("c", 6, talk),
                "position": _strings(position),
                "speaker_id": _named("p", 5, who),
                "kind": _picked(KINDS, rng.integers(0, len(KINDS), turns)),
                "lang": _picked(("en", "ru", "uk"), rng.integers(0, 3, talks)[talk]),
                "words": _strings(np.concatenate(counts)),
                "text": pa.chunked_array(texts),
            }
        ),
        "conversations": pa.table(
            {
                "conversation_id": _named("c", 6, np.arange(talks)),
                "soldier": _named("Soldier ", 3, soldier),
                "chapter": _strings(np.arange(talks) % 12 + 1),
                "title": _named("Call ", 6, np.arange(talks)),
            }
        ),
        "speakers": pa.table(
            {
                "speaker_id": _named("p", 5, np.arange(people)),
                "name": _named("Person ", 5, np.arange(people)),
                "role": _picked(ROLES, rng.integers(0, len(ROLES), people)),
            }
        ),
        "annotations": pa.table(
            {
                "turn_id": _named("t", 7, labelled),
                "layer": _picked(("theme",), np.zeros(len(labelled), np.int64)),
                "value": _picked(THEMES, rng.integers(0, len(THEMES), len(labelled))),
            }
        ),
    }


def write(turns: int, folder: Path) -> Path:
    """The archive as a data package in a folder; where it lies."""
    for name, table in tables(turns).items():
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")
    about: dict[str, Any] = {
        "name": f"archive-{turns}",
        "title": "An invented archive",
        "version": "1",
        "resources": [
            {"name": path.stem, "path": path.name, "format": "parquet"}
            for path in sorted(folder.glob("*.parquet"))
        ],
        "readerlib": {
            "population": "invented turns, to measure with",
            "facets": [
                {"name": name, "label": label, "column": column} for name, label, column in FACETS
            ],
            "path": ["soldier", "chapter"],
        },
    }
    (folder / "datapackage.json").write_text(json.dumps(about, indent=1), "utf-8")
    return folder


def _texts(rng: np.random.Generator, turns: int) -> tuple[Any, pa.Array]:
    """How many words each of some turns has, and the texts."""
    share = 1 / np.arange(1, WORDS + 1) ** 1.05
    bounds = np.cumsum(share / share.sum())
    counts = np.maximum(1, rng.poisson(WORDS_OF_TURN, turns))
    numbers = np.searchsorted(bounds[:-1], rng.random(int(counts.sum())), side="right")
    numbers[rng.random(len(numbers)) < 0.08] += WORDS
    known = [word(i) for i in range(WORDS)]
    spelt = pa.array([*known, *(f"{w}," for w in known)])
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    words = pa.ListArray.from_arrays(pa.array(ends), spelt.take(pa.array(numbers)))
    return counts, pc.binary_join_element_wise(pc.binary_join(words, " "), ".", "")


def _named(prefix: str, width: int, numbers: Any) -> pa.Array:
    """The numbers as names."""
    padded = pc.utf8_lpad(_strings(numbers), width, "0")
    return pc.binary_join_element_wise(prefix, padded, "")


def _strings(numbers: Any) -> pa.Array:
    return pc.cast(pa.array(numbers), pa.string())


def _picked(values: tuple[str, ...], numbers: Any) -> pa.Array:
    return pa.array(values).take(pa.array(numbers))
