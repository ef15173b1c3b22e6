"""How many rows of a comparison are right, what each kind of evidence adds, and how long it takes.

    READERLIB_CASES=… [READERLIB_ARTICLES=…] python benchmarks/rows.py

Vostok 1 in Russian and English is held against the times printed in it, which the matching does
not see.  Where more than that is planted — turns left out, merged, split, put in, edited — the
truth is known turn by turn; figures are means of ten random versions.  With ``nltk`` installed,
its Gale–Church aligner is measured too.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from readerlib import load, read
from readerlib.alignment import Side, rows
from readerlib.alignment.matching import Group, Matching, Parts, Told
from readerlib.bench import archive
from versions import (
    Changes,
    Version,
    against,
    by_time,
    changed,
    gists,
    numbered,
    one_by_one,
    pairs_of,
    vostok,
)

try:
    from nltk.translate.gale_church import align_blocks
except ImportError:
    align_blocks = None

VERSIONS = 10
MANY = 400_000
ROUGH = Changes(dropped=0.1, merged=0.05, split=0.05)
ROUGHER = Changes(dropped=0.25, merged=0.05, split=0.05, renamed=True)
EDITION = Changes(dropped=0.1, added=0.05, edited=0.05, renamed=True)
PARTS = {
    "all": Parts(),
    "without learned words": Parts(learned=False),
    "without sounds": Parts(sounds=False),
    "without words": Parts(words=False),
    "without speakers": Parts(speakers=False),
    "lengths only": Parts(speakers=False, words=False),
}


def by_position(left: Told, right: Told) -> list[Group]:
    """The first beside the first."""
    return [((k,), (k,)) for k in range(min(len(left.texts), len(right.texts)))]


def gale_church(left: Told, right: Told) -> list[Group]:
    """What NLTK's Gale–Church aligner finds: chains of links, as groups."""
    links = align_blocks(*([len(text) for text in told.texts] for told in (left, right)))
    groups: list[tuple[set[int], set[int]]] = []
    for i, j in sorted(links):
        if groups and (i in groups[-1][0] or j in groups[-1][1]):
            groups[-1][0].add(i)
            groups[-1][1].add(j)
        else:
            groups.append(({i}, {j}))
    return [(tuple(sorted(a)), tuple(sorted(b))) for a, b in groups]


METHODS: dict[str, Callable[[Told, Told], list[Group]]] = {
    **{
        name: lambda left, right, parts=parts: Matching(left, right, parts).groups()
        for name, parts in PARTS.items()
    },
    "by position": by_position,
    **({"Gale–Church (NLTK)": gale_church} if align_blocks else {}),
}


def planted(
    left: Version, right: Version, first: Changes, second: Changes
) -> list[tuple[Version, Version]]:
    """Ten random versions of both."""
    return [
        (changed(left, first, Random(f"{k} 0")), changed(right, second, Random(f"{k} 1")))
        for k in range(VERSIONS)
    ]


def main(cases: Path, articles: Path | None) -> None:
    """Print all tables."""
    ru, en = vostok(cases)
    print(f"Vostok 1: {len(ru.times)} turns in Russian, {len(en.times)} in English")
    print(f"  {'':24} {'rows right by time':24} {'one by one':24} turns matched")
    for name, method in METHODS.items():
        groups = method(ru.told, en.told)
        matched = [sum(len(g[k]) for g in groups if g[0] and g[1]) for k in (0, 1)]
        print(
            f"  {name:24} {by_time(groups, ru.times, en.times)!s:24} "
            f"{one_by_one(groups, ru, en)!s:24} {matched[0]} and {matched[1]}"
        )
    made = numbered(rows([ru.side, en.side], "match"), ru.side, en.side)
    print(f"  as rows of a comparison: {by_time(made, ru.times, en.times)}")
    parallel = pairs_of(ru, en)
    sets = {
        "Russian and English, roughened": planted(*parallel, ROUGH, ROUGH),
        "the same, rougher": planted(*parallel, ROUGHER, ROUGHER),
        "English and a second edition": planted(
            parallel[1], parallel[1], Changes(dropped=0), EDITION
        ),
    }
    if articles:
        sets["words and gists, roughened"] = planted(*gists(articles), ROUGH, ROUGHER)
    for title, versions in sets.items():
        print(f"{title}: rows right, links right, links found")
        for name, method in METHODS.items():
            found = np.mean([against(method(a.told, b.told), a, b) for a, b in versions], axis=0)
            print(f"  {name:24} " + "  ".join(f"{100 * share:5.1f} %" for share in found))
    retelling()
    size()


def retelling() -> None:
    """A retelling beside its source, by gists alone, against the links made by hand."""
    calls = load("calls", attached=False)
    told = Side(calls.select(source="militarynews-2023"))
    source = Side(calls.select(source=["ap-2023-02", "ap-2023-11"]))
    links = calls.table("annotations").query("layer == 'retells'")
    truth = {
        (calls.row(a), calls.row(b)) for a, b in zip(links["turn_id"], links["value"], strict=True)
    }
    made = [row.cells for row in rows([told, source], "match") if all(row.cells)]
    right = sum((a[0], b[0]) in truth for a, b in made)
    print(f"A retelling: {len(made)} of {len(told.corpus)} turns matched, {right} rightly")


def size() -> None:
    """How long invented texts take."""
    rng = Random(1)
    spelt = [f"w{k}" for k in range(20_000)]
    weights = np.cumsum(1 / np.arange(1, 20_001)).tolist()
    for turns in (500, 5_000):
        texts = [
            " ".join(rng.choices(spelt, cum_weights=weights, k=rng.randint(2, 40)))
            for _ in range(turns)
        ]
        one = Version(
            Told(texts, [rng.choice("abcdefgh") for _ in texts]),
            [frozenset({k}) for k in range(turns)],
        )
        other = changed(one, EDITION, rng)
        begun, used = time.perf_counter(), time.process_time()
        matching = Matching(one.told, other.told)
        assert matching.in_order
        groups = matching.groups()
        print(
            f"{turns} turns with {len(other.renders)}: {time.perf_counter() - begun:.1f} s of the "
            f"clock, {time.process_time() - used:.1f} s of work, "
            f"{100 * against(groups, one, other).rows:.1f} % of rows right"
        )
    with TemporaryDirectory() as folder:
        archive.write(MANY, Path(folder))
        corpus = read(Path(folder))
    part = corpus.select(kind="speech")
    for by in ("place", "position", "theme"):
        sides = [Side(corpus), Side(part)]
        begun = time.perf_counter()
        made = rows(sides, by)
        print(
            f"{len(corpus)} turns with {len(part)} of them, by {by}: {len(made)} rows, "
            f"{time.perf_counter() - begun:.2f} s of the clock"
        )


if __name__ == "__main__":
    folder = os.environ.get("READERLIB_ARTICLES")
    main(Path(os.environ["READERLIB_CASES"]), Path(folder) if folder else None)
