"""Texts beside texts of which it is known what belongs to what, to measure how rows are made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from readerlib import load, read
from readerlib.alignment import Row, Side
from readerlib.alignment.matching import Group, Told
from readerlib.attach import align
from readerlib.documents import pasted

SPEAKERS = {
    "Кедр": "Cedar",
    "Заря 1 (Королев)": "Dawn 1 (Korolev)",
    "Заря 1 (Каманин)": "Dawn 1 (Kamanin)",
    "Заря 1 (Попович)": "Dawn 1 (Popovych)",
    "Заря 1 (Быков)": "Dawn 1 (Bykov)",
    "Заря 1 (Руднев)": "Dawn 1 (Rudnev)",
    "Заря 1 (Галай)": "Dawn 1 (Galay)",
    "Заря 2 (Селезнев)": "Dawn 2 (Seleznev)",
    "Заря 2 (Титарев)": "Dawn 2 (Titarev)",
    "Заря 3 (Карпенко)": "Dawn 3 (Karpenko)",
    "Весна (Кадушкин)": "Vesna (Kadushkin)",
    "Весна (Хорошилов)": "Vesna (Horoshylov)",
}


class Version(NamedTuple):
    """Turns, and for each which passages of the work it renders."""

    told: Told
    renders: list[frozenset[Hashable]]


class Rendered(NamedTuple):
    """A side that is spoken, and for each of its turns the time under which it is printed."""

    side: Side
    times: list[str]
    told: Told


class Share(NamedTuple):
    """How many of how many."""

    right: int
    of: int

    def __float__(self) -> float:
        return self.right / max(self.of, 1)

    def __str__(self) -> str:
        return f"{self.right} of {self.of} ({100 * float(self):.1f} %)"


def vostok(cases: Path) -> tuple[Rendered, Rendered]:
    """Vostok 1 in Russian and in English."""
    made = []
    for language in ("ru", "en"):
        corpus = read(cases / "radio_txt" / f"vostok1-{language}.txt")
        turns = corpus.turns
        times = turns["start"].where(turns["start"] != "").ffill()
        side = Side.parse(corpus, "kind=speech")
        names = dict(zip(corpus.speakers["speaker_id"], corpus.speakers["name"], strict=True))
        spoken = side.corpus.turns
        told = Told(spoken["text"].tolist(), [names[who] for who in spoken["speaker_id"]])
        made.append(Rendered(side, times[spoken.index].tolist(), told))
    return made[0], made[1]


def by_time(groups: Iterable[Group], left: Sequence[str], right: Sequence[str]) -> Share:
    """Of the rows with turns of both, those whose turns are all printed under one time."""
    times = [{left[i] for i in a} | {right[j] for j in b} for a, b in groups if a and b]
    return Share(sum(len(found) == 1 for found in times), len(times))


def sure(left: Rendered, right: Rendered) -> list[tuple[int, int]]:
    """Turns that belong together: those under a time at which the same people speak in order."""
    under: tuple[dict[str, list[int]], ...] = (defaultdict(list), defaultdict(list))
    for some, version in zip(under, (left, right), strict=True):
        for k, time in enumerate(version.times):
            some[time].append(k)
    found = []
    for time, own in under[0].items():
        others = under[1].get(time, [])
        people = [SPEAKERS[left.told.speakers[i]] for i in own]
        if people == [right.told.speakers[j] for j in others]:
            found += list(zip(own, others, strict=True))
    return found


def one_by_one(groups: Iterable[Group], left: Rendered, right: Rendered) -> Share:
    """Of the turns that surely belong together, those that stand in a row with nothing else."""
    truth = {((i,), (j,)) for i, j in sure(left, right)}
    return Share(len(truth & set(groups)), len(truth))


def numbered(made: Sequence[Row], left: Side, right: Side) -> list[Group]:
    """Rows of two sides with each turn's number on its side in place of its row."""
    return [
        (
            tuple(left.corpus.before(row) for row in made_row.cells[0]),
            tuple(right.corpus.before(row) for row in made_row.cells[1]),
        )
        for made_row in made
    ]


def pairs_of(left: Rendered, right: Rendered) -> tuple[Version, Version]:
    """Both texts, with what surely belongs together as renderings of the same."""
    renders: list[frozenset[Hashable]]
    renders = [frozenset({("right", j)}) for j in range(len(right.times))]
    for i, j in sure(left, right):
        renders[j] = frozenset({i})
    own: list[frozenset[Hashable]] = [frozenset({i}) for i in range(len(left.times))]
    return Version(left.told, own), Version(right.told, renders)


def gists(articles: Path) -> tuple[Version, Version]:
    """What the calls' turns say in their published words, and in ours."""
    corpus = load("calls", attached=False)
    words = {}
    for name in ("ap-2023-02-never-saw-such-hell", "ap-2023-11-die-in-this-pit"):
        report = align(corpus, pasted((articles / f"{name}.txt").read_text("utf-8")))
        words |= {turn.turn_id: turn.text for turn in report.turns if turn.text}
    turns = corpus.turns
    turns = turns[turns["turn_id"].isin(list(words))]
    people = turns["speaker_id"].tolist()
    renders: list[frozenset[Hashable]] = [frozenset({k}) for k in range(len(turns))]
    said = Told([words[name] for name in turns["turn_id"]], people)
    return Version(said, renders), Version(Told(turns["gist"].tolist(), people), renders)


class Changes(NamedTuple):
    """How much of a version is changed: shares of its turns, and whether people are renamed."""

    dropped: float = 0.1
    merged: float = 0.0
    split: float = 0.0
    added: float = 0.0
    edited: float = 0.0
    renamed: bool = False


def changed(version: Version, changes: Changes, rng: Random) -> Version:
    """Another version: turns left out, put together, taken apart, put in, or with other words.

    Of a turn that is edited two words in five are others.
    """
    told = version.told
    vocabulary = [word for text in told.texts for word in text.split()]
    texts: list[str] = []
    people: list[str] = []
    renders: list[frozenset[Hashable]] = []

    def put(text: str, speaker: str, rendered: frozenset[Hashable]) -> None:
        texts.append(text)
        people.append(speaker)
        renders.append(rendered)

    k = 0
    while k < len(told.texts):
        text, speaker, rendered = told.texts[k], told.speakers[k], version.renders[k]
        said = text.split()
        if rng.random() < changes.added:
            new = " ".join(rng.choices(vocabulary, k=rng.randint(3, 20)))
            put(new, rng.choice(told.speakers), frozenset({("new", k, rng.random())}))
        lot = rng.random()
        k += 1
        if lot < changes.dropped:
            continue
        lot -= changes.dropped
        if lot < changes.merged and k < len(told.texts):
            put(f"{text} {told.texts[k]}", speaker, rendered | version.renders[k])
            k += 1
            continue
        lot -= changes.merged
        if lot < changes.split and len(said) >= 4:
            cut = rng.randint(1, len(said) - 1)
            put(" ".join(said[:cut]), speaker, rendered)
            put(" ".join(said[cut:]), speaker, rendered)
            continue
        if rng.random() < changes.edited:
            said = [rng.choice(vocabulary) if rng.random() < 0.4 else word for word in said]
            text = " ".join(said)
        put(text, speaker, rendered)
    if changes.renamed:
        names = sorted(set(people))
        rng.shuffle(names)
        people = [f"Voice {names.index(name)}" for name in people]
    return Version(Told(texts, people), renders)


class Found(NamedTuple):
    """Shares that are right: of rows with turns of both, of links made, and of links to make.

    A row is right if each of its turns renders something that the other side's turns of the
    row render.
    """

    rows: float
    precision: float
    recall: float


def against(groups: Iterable[Group], left: Version, right: Version) -> Found:
    """How right rows are."""
    renderings: dict[Hashable, set[int]] = defaultdict(set)
    for j, rendered in enumerate(right.renders):
        for passage in rendered:
            renderings[passage].add(j)
    truth = {
        (i, j)
        for i, rendered in enumerate(left.renders)
        for passage in rendered
        for j in renderings.get(passage, ())
    }
    both = [(a, b) for a, b in groups if a and b]
    made = {(i, j) for a, b in both for i in a for j in b}
    right_rows = sum(
        all(any((i, j) in truth for j in b) for i in a)
        and all(any((i, j) in truth for i in a) for j in b)
        for a, b in both
    )
    good = len(truth & made)
    return Found(
        right_rows / max(len(both), 1), good / max(len(made), 1), good / max(len(truth), 1)
    )
