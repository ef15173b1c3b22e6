"""The measure of facets: numpy over codes, with nothing around it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from readerlib.bench.clock import FACETS, STATE, Clock, main
from readerlib.bench.flat import flat


def prepare(folder: Path) -> None:
    """The codes of every facet on the disk."""
    table = flat(folder)
    for facet in FACETS:
        coded = table[facet].combine_chunks().dictionary_encode()
        np.save(folder / f"{facet}.codes.npy", coded.indices.to_numpy().astype(np.uint8))
        np.save(folder / f"{facet}.names.npy", np.array(coded.dictionary.to_pylist()))


def counted(codes: dict[str, npt.NDArray[Any]], names: dict[str, list[str]]) -> int:
    """All counts of the state, each leaving out the choice of its own facet."""
    masks = {}
    for facet, values in STATE.items():
        wanted = np.array([name in values for name in names[facet]])
        masks[facet] = wanted[codes[facet]]
    total = 0
    for facet in FACETS:
        rest = np.ones(len(codes[facet]), bool)
        for other, mask in masks.items():
            if other != facet:
                rest &= mask
        counts = np.bincount(codes[facet][rest], minlength=len(names[facet]))
        total += int(counts.sum())
    return total


def measure(folder: Path, clock: Clock) -> None:
    """Facets only."""
    codes = clock.time(
        "open", lambda: {facet: np.load(folder / f"{facet}.codes.npy") for facet in FACETS}
    )
    names = {facet: np.load(folder / f"{facet}.names.npy").tolist() for facet in FACETS}
    clock.time("facets", lambda: counted(codes, names))


if __name__ == "__main__":
    main(prepare, measure)
