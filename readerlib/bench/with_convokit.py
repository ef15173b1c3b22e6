"""ConvoKit: an object for every turn."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from convokit import Corpus, Speaker, Utterance

from readerlib.bench.clock import FACETS, STATE, TERMS, WINDOW, Clock, main, pattern
from readerlib.bench.flat import flat


def prepare(folder: Path) -> None:
    """The corpus in ConvoKit's own files."""
    rows = flat(folder).to_pylist()
    people = {row["speaker_id"]: Speaker(id=row["speaker_id"]) for row in rows}
    said = [
        Utterance(
            id=row["turn_id"],
            speaker=people[row["speaker_id"]],
            conversation_id=row["conversation_id"],
            text=row["text"],
            meta={facet: row[facet] for facet in FACETS},
        )
        for row in rows
    ]
    Corpus(utterances=said).dump("convokit", base_path=str(folder))


def counted(corpus: Any) -> int:
    """All counts of the state, each leaving out the choice of its own facet."""
    counts: Counter[tuple[str, str]] = Counter()
    for said in corpus.iter_utterances():
        values = said.meta
        wrong = [facet for facet, wanted in STATE.items() if values[facet] not in wanted]
        if len(wrong) < 2:
            counts.update((f, values[f]) for f in FACETS if not wrong or wrong == [f])
    return counts.total()


def window(corpus: Any) -> int:
    """How many records there are in a window in the middle of a selection."""
    chosen = [u for u in corpus.iter_utterances() if u.meta["kind"] == "speech"]
    half = len(chosen) // 2
    return len([(u.id, u.speaker.id, u.text) for u in chosen[half : half + WINDOW]])


def measure(folder: Path, clock: Clock) -> None:
    """All that is asked."""
    corpus = clock.time("open", lambda: Corpus(filename=str(folder / "convokit")))
    clock.time("window", lambda: window(corpus))
    clock.time("facets", lambda: counted(corpus))
    for name, term in TERMS.items():
        compiled = re.compile(pattern(term))
        clock.time(
            name,
            lambda compiled=compiled: sum(  # type: ignore[misc]
                bool(compiled.search(u.text)) for u in corpus.iter_utterances()
            ),
        )


if __name__ == "__main__":
    main(prepare, measure)
