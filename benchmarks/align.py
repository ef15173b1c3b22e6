"""How long aligning takes: ``python benchmarks/align.py FOLDER`` with the articles' folder."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from readerlib import load
from readerlib.attach import align
from readerlib.documents import from_bytes, pasted

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from test_documents import WRAPPED, page, pdf
from variants import original, variant

ROUNDS = 5


def best(work: Callable[[], object]) -> float:
    """The fastest of some rounds, in seconds of the clock."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def main(folder: Path) -> None:
    """Print the time of reading and of aligning for copies of several kinds."""
    corpus = load("calls", attached=False)
    base = original(folder, "ap-2023-02")
    text = base.text(Random(0))
    lines = text.split("\n\n")
    print(f"{'load':40} {best(lambda: load('calls')):.3f} s")
    for name, raw in (
        ("page with 300 KB of other HTML", page(lines, WRAPPED["paragraphs"], Random(1), 450)),
        ("PDF in two columns", pdf(lines, 2)),
    ):
        document = from_bytes(raw)
        print(f"{name + ', reading':40} {best(lambda raw=raw: from_bytes(raw)):.3f} s")
        print(f"{name + ', aligning':40} {best(lambda d=document: align(corpus, d)):.3f} s")
    for kind in ("unchanged", "masks_as_expletive", "noise_inside", "pages", "words_changed"):
        copy = pasted(variant(base, kind, Random(kind)).text(Random(kind)))
        print(f"{kind:40} {best(lambda c=copy: align(corpus, c)):.3f} s")
    other = (folder / "militarynews-2023-retelling.txt").read_text("utf-8")
    refused = best(lambda: align(corpus, pasted(other), source_id="ap-2023-02"))
    print(f"{'another text, refused':40} {refused:.3f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
