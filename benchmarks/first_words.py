"""How long the first words take: loading in Python, and from the cell's run to the screen.

    python benchmarks/first_words.py [--runs 9]

Prints medians.  The browser part needs a Chromium; it starts JupyterLab as ``readerlib`` does,
on loopback, and runs one cell that imports the library, loads the calls and shows a Reader,
each time in a new kernel.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from lab import lab_in_browser

CELL = 'from readerlib import load, Reader\nReader(load("calls"))'
LOAD = """
import time
begun = time.perf_counter()
from readerlib import Reader, load
imported = time.perf_counter()
load("calls")
print(imported - begun, time.perf_counter() - imported)
"""
# The page itself takes the time, at the first frame painted with a turn in it.
WATCH = """() => new Promise(done => {
  const begun = performance.now();
  const look = () => document.querySelector('.readerlib .turn')
    ? requestAnimationFrame(() => done(performance.now() - begun))
    : requestAnimationFrame(look);
  window.jupyterapp.commands.execute('notebook:run-all-cells');
  look();
})"""


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--runs", type=int, default=9)
    runs = ask.parse_args().runs
    pairs = []
    for _ in range(runs):
        done = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True)
        pairs.append([float(part) for part in done.stdout.split()])
    print(f"import readerlib   {statistics.median(p[0] for p in pairs):6.3f} s")
    print(f'load("calls")      {statistics.median(p[1] for p in pairs):6.3f} s')
    shown = []
    with lab_in_browser() as (lab, browser):
        lab.write_notebook("first.ipynb", [CELL])
        for _ in range(runs):
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            page = context.new_page()
            lab.open_notebook(page, "first.ipynb")
            shown.append(page.evaluate(WATCH) / 1000)
            context.close()
            lab.end_kernels()
            time.sleep(0.5)
    print(f"cell to first turn {statistics.median(shown):6.3f} s (from {min(shown):.3f} to", end="")
    print(f" {max(shown):.3f}, imports included, {runs} new kernels)")


if __name__ == "__main__":
    main()
