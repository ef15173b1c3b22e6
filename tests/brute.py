"""The calls as their files say them, and what a selection must give, by looking at every turn."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from readerlib.selection import Selection

FOLDER = Path(__file__).parent.parent / "data" / "calls"
LAYERS = ("theme", "notice", "evidence", "place", "event")


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))


def turns() -> list[tuple[str, dict[str, set[str]]]]:
    """Every turn's id and its values of each facet, in reading order."""
    talks = {row["conversation_id"]: row for row in table("conversations")}
    people = {row["speaker_id"]: row for row in table("speakers")}
    labels: dict[tuple[str, str], set[str]] = {}
    for row in table("annotations"):
        labels.setdefault((row["turn_id"], row["layer"]), set()).add(row["value"])
    found = []
    for turn in table("turns"):
        talk, person = talks[turn["conversation_id"]], people[turn["speaker_id"]]
        values = {
            "soldier": {talk["soldier"]} - {""},
            "chapter": {talk["chapter"]} - {""},
            "speaker": {person["name"]},
            "role": {person["role"]},
            "kind": {turn["kind"]},
            "source": {talk["source_id"]},
        }
        values |= {layer: labels.get((turn["turn_id"], layer), set()) for layer in LAYERS}
        found.append((turn["turn_id"], values))
    return found


TURNS = turns()
VALUES = {name: sorted(set().union(*(v[name] for _, v in TURNS))) for name in TURNS[0][1]}


def agrees(values: Mapping[str, set[str]], where: Mapping[str, Sequence[str]]) -> bool:
    return all(values[facet] & set(wanted) for facet, wanted in where.items())


def selected(where: Mapping[str, Sequence[str]]) -> list[str]:
    """The turns that a choice of values selects."""
    return [turn_id for turn_id, values in TURNS if agrees(values, where)]


def count(facet: str, value: str, where: Mapping[str, Sequence[str]]) -> int:
    """The number beside a value: its turns under the choices in all other facets."""
    others = {name: wanted for name, wanted in where.items() if name != facet}
    return sum(value in values[facet] and agrees(values, others) for _, values in TURNS)


def random_selection(rng: random.Random) -> Selection:
    facets = rng.sample(sorted(VALUES), rng.randint(0, 4))
    return Selection.of({f: rng.sample(VALUES[f], rng.randint(1, 2)) for f in facets})


def runs(text: str) -> set[tuple[str, ...]]:
    """Every four words that stand beside one another."""
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[i : i + 4]) for i in range(len(words) - 3)}


def kept_back(asked: Callable[[set[str]], bool]) -> tuple[set[str], set[tuple[str, ...]]]:
    """The turns of the calls whose topics are asked about, and what only their summaries say."""
    topics: dict[str, set[str]] = {}
    for row in table("annotations"):
        if row["layer"] == "notice":
            topics.setdefault(row["turn_id"], set()).add(row["value"])
    kept = {turn_id for turn_id, has in topics.items() if asked(has)}
    said = {row["turn_id"]: runs(row["gist"]) for row in table("turns")}
    others = set().union(*(found for turn_id, found in said.items() if turn_id not in kept))
    return kept, set().union(*(said[turn_id] for turn_id in kept)) - others
