"""How long notes take: the Reader with them and without, the list from the click, a note saved.

    python benchmarks/notes_list.py [--notes 10000] [--runs 7]

Prints medians, of a corpus of 258 turns.  The browser part needs a Chromium; it starts
JupyterLab as ``readerlib`` does, on loopback.  Limit: the list of 10,000 notes opens in 200 ms.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from playwright.sync_api import Page

from lab import lab_in_browser, run_afresh
from readerlib import Reader, load
from readerlib.notes import Notes

CELL = """from readerlib import load, Reader
from readerlib.notes import Notes
reader = Reader(load("calls"), notices="show", notes=Notes({folder!r}))
reader"""
# From the click to the second frame that is painted after it is there.
UNTIL = """([click, there]) => new Promise(done => {
  const begun = performance.now();
  document.querySelector(click).click();
  const painted = () => requestAnimationFrame(() => done(performance.now() - begun));
  const look = () => requestAnimationFrame(document.querySelector(there) ? painted : look);
  look();
})"""


def fill(folder: str, many: int) -> None:
    """Write notes on turns, words and ranges; the disk need not be waited for here."""
    calls = load("calls")
    notes = Notes(folder)
    turns = calls.turns["turn_id"].tolist()
    chosen = random.Random(6)
    with mock.patch.object(os, "fsync"):
        for number in range(many):
            at = chosen.randrange(len(turns) - 3)
            place = (turns[at], f"{turns[at]}:0-3", f"{turns[at]}..{turns[at + 2]}")
            notes.write(
                calls,
                place[0 if number % 3 else chosen.randrange(3)],
                f"Note {number}, of about as many words as a note has that is written in passing.",
                tags=[f"tag {number % 40}"],
                colour=chosen.choice(["", "yellow", "blue"]),
            )


class Timed(Reader):
    """A Reader that notes when its first page is sent."""

    first = 0.0

    def send(self, content: dict[str, object], buffers: object = None) -> None:
        if "number" in content and not self.first:
            self.first = time.perf_counter()


def opened(notes: Notes | bool) -> tuple[float, float]:
    """Milliseconds until the first page of a Reader is sent, and until all notes are on it."""
    calls = load("calls")
    begun = time.perf_counter()
    reader = Timed(calls, notices="show", notes=notes)
    reader.first = 0.0
    reader._handle_custom_msg({"do": "ready"}, [])
    done = time.perf_counter()
    reader.close()
    return (reader.first - begun) * 1000, (done - begun) * 1000


def clicked(page: Page, runs: int) -> list[float]:
    """Milliseconds from the click on the list to its rows on the screen."""
    taken = []
    for _ in range(runs):
        taken.append(page.evaluate(UNTIL, ['[data-do="notes"]', ".remembered .note"]))
        page.wait_for_timeout(800)
        page.locator('[data-do="close"]').click()
        page.wait_for_timeout(400)
    return taken


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--notes", type=int, default=10_000)
    ask.add_argument("--runs", type=int, default=7)
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fill(folder, asked.notes)
        begun = time.perf_counter()
        notes = Notes(folder)
        print(f"opening {asked.notes:,} notes   {(time.perf_counter() - begun) * 1000:6.0f} ms")
        for told, given in (("without notes", False), ("with them", notes)):
            page_ms, notes_ms = zip(*(opened(given) for _ in range(asked.runs)), strict=True)
            print(f"Reader {told:20} {statistics.median(page_ms):6.0f} ms to its page", end=", ")
            print(f"{statistics.median(notes_ms):.0f} ms until all is on it")
        with lab_in_browser() as (lab, browser):
            page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
            lab.write_notebook("notes.ipynb", [CELL.format(folder=folder)])
            lab.open_notebook(page, "notes.ipynb")
            run_afresh(page, CELL.format(folder=folder))
            page.wait_for_selector(".noted-here", timeout=60_000)
            page.wait_for_timeout(1000)
            taken = clicked(page, asked.runs)
            print(f"list, first time       {taken[0]:9.0f} ms")
            print(f"list, median           {statistics.median(taken):9.0f} ms")


if __name__ == "__main__":
    main()
