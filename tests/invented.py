"""Invented corpora: turns as tuples, and talk in which people repeat themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from readerlib.corpus import Corpus
from readerlib.descriptor import Descriptor, Facet

Turn = tuple[str, str, str, str]
"""Conversation, speaker's id, kind, and words."""


def corpus_of(
    turns: Sequence[Turn], names: dict[str, str] | None = None, words: Sequence[str] = ()
) -> Corpus:
    """A corpus of these turns, which have the ids t0, t1, ….

    ``names``: who has another name than the id.  ``words``: the published lengths.
    """
    talks = list(dict.fromkeys(turn[0] for turn in turns))
    people = list(dict.fromkeys(turn[1] for turn in turns))
    places = {talk: iter(range(1, len(turns) + 1)) for talk in talks}
    table = {
        "turn_id": [f"t{i}" for i in range(len(turns))],
        "conversation_id": [turn[0] for turn in turns],
        "position": [str(next(places[turn[0]])) for turn in turns],
        "speaker_id": [turn[1] for turn in turns],
        "kind": [turn[2] for turn in turns],
        "text": [turn[3] for turn in turns],
    }
    if words:
        table["words"] = list(words)
    return Corpus(
        {
            "turns": pd.DataFrame(table),
            "conversations": pd.DataFrame({"conversation_id": talks}),
            "speakers": pd.DataFrame(
                {"speaker_id": people, "name": [(names or {}).get(who, who) for who in people]}
            ),
        },
        Descriptor(
            "invented",
            "Invented",
            facets=(
                Facet("speaker", "Speaker", "speakers.name"),
                Facet("kind", "Kind", "turns.kind"),
            ),
        ),
    )


def repetitive(rng: np.random.Generator, lengths: Sequence[int], words: int = 400) -> list[str]:
    """Turns of these lengths in which every third word is one of those before it in the turn.

    How often a word begins follows Zipf's law, whoever speaks.
    """
    share = 1 / np.arange(1, words + 1)
    new = rng.choice(words, int(np.sum(lengths)), p=share / share.sum())
    again = rng.random(len(new)) < 0.35
    back = rng.random(len(new))
    texts = []
    at = 0
    for length in lengths:
        said: list[int] = []
        for i in range(at, at + length):
            said.append(said[int(back[i] * len(said))] if said and again[i] else int(new[i]))
        texts.append(" ".join(f"w{number}" for number in said))
        at += length
    return texts
