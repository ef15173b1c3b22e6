"""How long the measures take on an invented archive, beside plain pandas doing the same.

    python benchmarks/measures.py [--turns 400000] [--runs 5] [--folder FOLDER]

Prints milliseconds: of the first time; the median; the median of the processor's time, which a
busy machine does not lengthen; and how many times longer pandas takes with the same columns in
memory.  Both have to say the same.  The archive is written to a
temporary folder, or to FOLDER and left there; it is opened once, which makes its index.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import numpy as np
import pandas as pd

from readerlib.bench import archive
from readerlib.corpus import Corpus
from readerlib.formats import read
from readerlib.measures import (
    answers,
    back_channels,
    collocates,
    dispersion,
    frequencies,
    keyness,
    labels_by,
    occurrences,
    questions,
    speech_share,
    turn_lengths,
)

TARGET, REFERENCE = ["soldier"], ["mother", "wife"]
LIMIT = 1000
"""Milliseconds that speech share, keyness and dispersion may take at 400,000 turns."""


def flat(corpus: Corpus) -> pd.DataFrame:
    """What pandas has: one table of the turns but the cuts, with the roles."""
    turns = corpus.turns[["conversation_id", "speaker_id", "kind", "words", "text"]]
    roles = corpus.speakers.set_index("speaker_id")["role"]
    turns = turns.assign(role=turns["speaker_id"].map(roles).astype("category"))
    return turns[turns["kind"] != "cut"].astype({"conversation_id": "category", "words": "int64"})


def shares(table: pd.DataFrame) -> pd.DataFrame:
    """Speech share by role."""
    found = table.groupby("role", observed=True)["words"].agg(turns="size", words="sum")
    return found / found.sum()


def words_of(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each word with its conversation."""
    split = table.assign(word=[re.findall(r"\w+", text.lower()) for text in table["text"]])
    return split[["conversation_id", "word"]].explode("word")


def keys(table: pd.DataFrame) -> pd.DataFrame:
    """Log ratio and G² of the words that would be expected five times."""
    sides = [words_of(table[table["role"].isin(side)]) for side in (TARGET, REFERENCE)]
    both = pd.DataFrame({i: side["word"].value_counts() for i, side in enumerate(sides)}).fillna(0)
    a, b = both[0], both[1]
    expected = [(a + b) * size / (a.sum() + b.sum()) for size in (a.sum(), b.sum())]
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = [(n * np.log(n / e)).fillna(0) for n, e in zip((a, b), expected, strict=True)]
    ratio = np.log2(a.clip(lower=0.5) / a.sum()) - np.log2(b.clip(lower=0.5) / b.sum())
    found = pd.DataFrame({"log_ratio": ratio, "log_likelihood": 2 * (terms[0] + terms[1])})
    return found[(expected[0] >= 5) & (expected[1] >= 5)]


def spread(table: pd.DataFrame) -> pd.Series:
    """DP of the words that are said five times, by conversation."""
    words = words_of(table)
    share = words["conversation_id"].value_counts(normalize=True)
    counts = words.groupby(["word", "conversation_id"], observed=True).size().rename("n")
    total = counts.groupby("word").sum()
    found = counts.reset_index()
    here = found["conversation_id"].map(share).astype(float)
    far = (found["n"] / found["word"].map(total) - here).abs() - here
    return ((far.groupby(found["word"]).sum() + 1) / 2)[total >= 5]


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--turns", type=int, default=400_000)
    ask.add_argument("--runs", type=int, default=5)
    ask.add_argument("--folder", type=Path)
    given = ask.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made)
        folder.mkdir(exist_ok=True)
        if not (folder / "datapackage.json").exists():
            archive.write(given.turns, folder)
        measure(read(folder), given.runs)


def timed(work: Callable[[], object], runs: int) -> tuple[float, float, float]:
    """The first time, the median, and the median of the processor's, in milliseconds."""
    times, busy = [], []
    for _ in range(runs):
        begun, worked = perf_counter(), process_time()
        work()
        busy.append(1000 * (process_time() - worked))
        times.append(1000 * (perf_counter() - begun))
    return times[0], median(times), median(busy)


def measure(corpus: Corpus, runs: int) -> None:
    words = int(corpus.word_index.sizes().sum())
    print(f"{len(corpus):,} turns, {words:,} words; milliseconds, median of {runs}\n")
    table = flat(corpus)
    one, other = corpus.select(role=TARGET), corpus.select(role=REFERENCE)
    compared = (
        ("speech share by role", lambda: speech_share(corpus, "role"), lambda: shares(table)),
        ("keyness of two roles", lambda: keyness(one, other), lambda: keys(table)),
        ("dispersion of all words", lambda: dispersion(corpus), lambda: spread(table)),
    )
    print(f"{'':28}{'first':>8}{'median':>8}{'busy':>8}{'pandas':>9}{'times':>7}")
    for name, ours, theirs in compared:
        first, usual, busy = timed(ours, runs)
        plain = timed(theirs, 1)[2]
        late = "" if max(first, usual) < LIMIT else f"  over {LIMIT}"
        print(f"{name:28}{first:8.0f}{usual:8.0f}{busy:8.0f}{plain:9.0f}{plain / busy:7.1f}{late}")
    agree(compared)
    term, pair = archive.word(3), archive.word(300)
    for name, work in (
        ("speech share by conversation", lambda: speech_share(corpus, "conversation_id")),
        ("turn lengths", lambda: turn_lengths(corpus)),
        ("who answers whom", lambda: answers(corpus, "role")),
        ("questions", lambda: questions(corpus)),
        ("back-channels", lambda: back_channels(corpus)),
        ("frequencies", lambda: frequencies(corpus)),
        ("occurrences of a common word", lambda: occurrences(corpus, term, "role")),
        ("collocates", lambda: collocates(corpus, pair)),
        ("labels by conversation", lambda: labels_by(corpus)),
    ):
        print(f"{name:28}" + "".join(f"{time:8.0f}" for time in timed(work, runs)))


def agree(compared: tuple[tuple[str, Callable[[], object], Callable[[], object]], ...]) -> None:
    """Both say the same."""
    (_, share, plain_share), (_, key, plain_key), (_, even, plain_even) = compared
    ours, theirs = share().set_index("role"), plain_share()
    np.testing.assert_allclose(ours["word_share"], theirs.loc[ours.index, "words"])
    ours, theirs = key(), plain_key()
    assert set(ours.index) == set(theirs.index)
    for column in theirs:
        np.testing.assert_allclose(ours[column], theirs.loc[ours.index, column], atol=1e-6)
    ours, theirs = even(), plain_even()
    assert set(ours.index) == set(theirs.index)
    np.testing.assert_allclose(ours["dp"], theirs[ours.index], atol=1e-9)


if __name__ == "__main__":
    main()
