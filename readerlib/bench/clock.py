"""What every engine is asked, and how its answers are timed and handed back."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeVar

from readerlib.bench.archive import word

T = TypeVar("T")

STATE = {"soldier": ["Soldier 003", "Soldier 017"], "role": ["mother", "wife"], "kind": ["speech"]}
"""The choices under which all values are counted: facet → values."""

FACETS = ("soldier", "chapter", "role", "kind", "lang")

TERMS = {
    "word": word(300),
    "frequent": word(3),
    "phrase": f"{word(5)} {word(8)}",
    "prefix": f"{word(300)[:-1]}*",
}
"""What is searched for: a word in some turns of a thousand, one in every third turn, …"""


def pattern(term: str) -> str:
    """The term for an engine that scans: whatever stands between two words does not count.

    Examples
    --------
    >>> pattern("ke li"), pattern("nu*")
    ('\\\\bke\\\\W+li\\\\b', '\\\\bnu')
    """
    words = rf"\b{term.removesuffix('*')}".replace(" ", r"\W+")
    return words if term.endswith("*") else rf"{words}\b"


WINDOW = 200
_TIMES = 9
_SECONDS = 4.0


class Clock:
    """Medians in milliseconds, and the answers that were timed.

    Examples
    --------
    >>> clock = Clock()
    >>> clock.time("sum", lambda: 2 + 2)
    4
    >>> clock.answers
    {'sum': 4}
    """

    def __init__(self) -> None:
        self.times: dict[str, float] = {}
        self.answers: dict[str, int] = {}

    def time(self, name: str, what: Callable[[], T]) -> T:
        """What `what` gives; it is called nine times, or fewer if that takes seconds."""
        taken: list[float] = []
        while True:
            begun = perf_counter()
            answer = what()
            taken.append(perf_counter() - begun)
            if len(taken) == _TIMES or sum(taken) > _SECONDS:
                break
        self.times[name] = 1000 * median(taken)
        if isinstance(answer, int):
            self.answers[name] = answer
        return answer


def resident() -> float:
    """Megabytes that the process has in memory, mapped files included; 0 where nobody says."""
    status = Path("/proc/self/status")
    lines = status.read_text("ascii").splitlines() if status.exists() else []
    return sum(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS"))


def main(prepare: Callable[[Path], object], measure: Callable[[Path, Clock], object]) -> None:
    """One step of one engine in this process: ``prepare`` or ``measure``, folder, result."""
    step, folder, result = sys.argv[1:]
    clock = Clock()
    begun = perf_counter()
    if step == "prepare":
        prepare(Path(folder))
        clock.times["first"] = 1000 * (perf_counter() - begun)
    else:
        measure(Path(folder), clock)
    told = {"times": clock.times, "answers": clock.answers, "memory": resident()}
    Path(result).write_text(json.dumps(told), "utf-8")
