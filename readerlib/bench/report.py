"""All engines side by side on one archive, and what they took as a table and a picture."""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from html import escape
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

from readerlib.bench import archive
from readerlib.bench.clock import TERMS

ENGINES = {
    "readerlib": ("this library", "jupyter-readerlib"),
    "numpy": ("numpy over codes", "numpy"),
    "pandas": ("pandas", "pandas"),
    "duckdb": ("DuckDB", "duckdb"),
    "fts5": ("SQLite FTS5", ""),
    "convokit": ("ConvoKit", "convokit"),
}
"""Module → what it is called, and the package whose version counts."""

MOST_OBJECTS = 1_000_000
"""Turns up to which ConvoKit is asked: it takes some 2 GB for every 400,000."""

ROWS = {
    "first": "opened the first time, index and all (s)",
    "open": "opened again",
    "facets": "all facet counts of one state",
    "word": f"a word, “{TERMS['word']}”",
    "frequent": f"a frequent word, “{TERMS['frequent']}”",
    "phrase": f"a phrase, “{TERMS['phrase']}”",
    "prefix": f"a beginning, “{TERMS['prefix']}”",
    "window": "select, and 200 records from the middle",
    "memory": "memory after all that (MB)",
}

_DRAWN = ("open", "facets", "word", "phrase", "prefix", "window")


def measured(turns: int, say: Callable[[str], object]) -> dict[str, Any]:
    """What every engine that is installed takes for an archive of so many turns."""
    found: dict[str, Any] = {"turns": turns, "engines": {}, "skipped": {}}
    with tempfile.TemporaryDirectory(prefix="readerlib-bench-") as name:
        folder = Path(name)
        begun = perf_counter()
        archive.write(turns, folder)
        say(f"{turns:,} turns invented in {perf_counter() - begun:.0f} s.")
        for engine, (title, _) in ENGINES.items():
            installed = engine in ("readerlib", "fts5") or importlib.util.find_spec(engine)
            if not installed or (engine == "convokit" and turns > MOST_OBJECTS):
                found["skipped"][engine] = "too many turns for it" if installed else "not installed"
                say(f"{title}: skipped, {found['skipped'][engine]}.")
                continue
            told = [_step(engine, step, folder) for step in ("prepare", "measure")]
            times = told[0]["times"] | told[1]["times"]
            found["engines"][engine] = {**told[1], "times": times}
            say(f"{title}: " + ", ".join(f"{k} {v:.3g}" for k, v in times.items()) + " (ms)")
    return found


def _step(engine: str, step: str, folder: Path) -> dict[str, Any]:
    """One step of an engine, in a process of its own."""
    result = folder / f"{engine}-{step}.json"
    module = f"readerlib.bench.with_{engine}"
    command = [sys.executable, "-m", module, step, str(folder), str(result)]
    # A home of its own, since ConvoKit writes settings into it when it is imported.
    env = {**os.environ, "READERLIB_CACHE": str(folder / "cache"), "HOME": str(folder)}
    subprocess.run(command, check=True, env=env)
    told: dict[str, Any] = json.loads(result.read_text("utf-8"))
    return told


def machine() -> str:
    """What it was measured on, without its name."""
    pages = (
        os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
    )
    parts = [
        f"{os.cpu_count()} cores ({platform.machine()})",
        f"{pages / 2**30:.0f} GB" if pages else "",
        platform.system(),
        f"Python {platform.python_version()}",
        *(
            f"{title} {version(package)}"
            for engine, (title, package) in ENGINES.items()
            if package and importlib.util.find_spec(engine)
        ),
    ]
    return ", ".join(part for part in parts if part)


def disagreements(found: Mapping[str, Any]) -> list[str]:
    """Answers in which an engine differs from this library; none if all agree."""
    ours = found["engines"]["readerlib"]["answers"]
    return [
        f"{engine}: {name} {answer}, not {ours[name]}"
        for engine, told in found["engines"].items()
        for name, answer in told["answers"].items()
        if answer != ours.get(name)
    ]


def page(every: Iterable[Mapping[str, Any]]) -> str:
    """The page of measurements, in Markdown."""
    lines = [
        "# Benchmarks",
        "",
        "Made by `readerlib bench`: an archive of invented conversations (words by Zipf's law, a "
        "fixed seed), and each engine in a process of its own, one after the other in one run. "
        "Milliseconds, medians of nine (fewer where a call takes seconds), files in the disk "
        "cache; every engine gave the same counts. The state has choices in three facets; five "
        "facets are counted, each leaving out its own choice, and by this library a sixth that "
        "is a layer of annotations. DuckDB and pandas search by scanning, since DuckDB's index "
        "of words is fetched from the network.",
        "",
        f"Measured on: {machine()}. The machine had other work to do meanwhile, so compare "
        "within a table.",
        "",
        "![The same as a picture](benchmarks.svg)",
    ]
    for found in every:
        engines = found["engines"]
        titles = [ENGINES[engine][0] for engine in engines]
        lines += ["", f"## {found['turns']:,} turns", ""]
        lines += ["| | " + " | ".join(titles) + " |", "|---" + "|---:" * len(titles) + "|"]
        for name, title in ROWS.items():
            cells = [_cell(engines[engine], name) for engine in engines]
            lines.append(f"| {title} | " + " | ".join(cells) + " |")
        lines += [
            "",
            *(f"{ENGINES[engine][0]}: {why}." for engine, why in found["skipped"].items()),
            *(f"Different answer: {text}." for text in disagreements(found)),
        ]
    return "\n".join(lines).rstrip() + "\n"


def _cell(told: Mapping[str, Any], name: str) -> str:
    if name == "memory":
        return f"{told['memory']:,.0f}"
    if name not in told["times"]:
        return "–"
    value = told["times"][name] / (1000 if name == "first" else 1)
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def picture(every: Iterable[Mapping[str, Any]]) -> str:
    """The same as bars, in SVG: one block for each size, one group for each question."""
    colours = ("#1b5e8c", "#8a8a8a", "#b35c00", "#5f7d1a", "#7a4b94", "#a33b3b")
    parts: list[str] = []
    y = 30
    for found in every:
        parts.append(f'<text x="10" y="{y}" class="h">{found["turns"]:,} turns</text>')
        y += 12
        for name in _DRAWN:
            asked = [e for e in ENGINES if name in found["engines"].get(e, {}).get("times", {})]
            parts.append(f'<text x="10" y="{y + 12}">{escape(ROWS[name])}</text>')
            for engine in asked:
                value = max(found["engines"][engine]["times"][name], 0.001)
                width = _scaled(value)
                colour = colours[list(ENGINES).index(engine)]
                parts.append(
                    f'<rect x="300" y="{y + 3}" width="{width:.0f}" height="10" fill="{colour}"/>'
                    f'<text x="{306 + width:.0f}" y="{y + 12}" class="v">'
                    f"{escape(ENGINES[engine][0])} {value:.3g} ms</text>"
                )
                y += 14
            y += 8
        y += 26
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="820" height="{y}" role="img" '
        'aria-label="Milliseconds by engine and question, on a logarithmic scale">'
        "<style>text{font:12px sans-serif}.h{font-weight:bold;font-size:14px}.v{font-size:11px}"
        "</style>"
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _scaled(milliseconds: float) -> float:
    """The length of a bar: 50 pixels for every factor of ten above a microsecond."""
    power = 0.0
    while milliseconds > 0.001 * 10 ** (power + 0.02):
        power += 0.02
    return 2 + 50 * power
