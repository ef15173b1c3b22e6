"""Make readerlib/render/outlines.txt: land, borders of states, and where their names can stand.

Run as ``python benchmarks/outlines.py countries-50m.json``.  The file is that of the package
world-atlas 2.0.2, which holds Natural Earth 4.1 at 1:50,000,000 as TopoJSON.  Natural Earth is
in the public domain.  What is changed: curves are simplified by 0.03 degrees and written in
hundredths of a degree, the line that it draws between Crimea and the rest of Ukraine is left
out, and only members and observers of the United Nations have names.
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np

TOLERANCE = 0.03
OUT = Path(__file__).parent.parent / "readerlib" / "render" / "outlines.txt"
PEREKOP = ((33.0, 45.5), (36.0, 46.5))
"""West, south; east, north: the line in it is no border of a state."""
CRIMEA = ((32.0, 44.0), (37.0, 46.5))
GRID = 3.5
INLAND = 0.7
"""Names stand on points of a grid that lie so many degrees within their state."""

SPELT = {
    "Bosnia and Herz.": "Bosnia and Herzegovina",
    "Central African Rep.": "Central African Republic",
    "Dem. Rep. Congo": "Democratic Republic of the Congo",
    "Dominican Rep.": "Dominican Republic",
    "Eq. Guinea": "Equatorial Guinea",
    "Macedonia": "North Macedonia",
    "S. Sudan": "South Sudan",
    "Solomon Is.": "Solomon Islands",
    "Turkey": "Türkiye",
    "eSwatini": "Eswatini",
}
UNNAMED = {
    "Antarctica",
    "Falkland Is.",
    "Fr. S. Antarctic Lands",
    "Greenland",
    "Kosovo",
    "N. Cyprus",
    "New Caledonia",
    "Puerto Rico",
    "S. Geo. and the Is.",
    "Siachen Glacier",
    "Somaliland",
    "Taiwan",
    "W. Sahara",
}
"""Neither members nor observers of the United Nations, of those large enough for a name."""


def simplified(line: np.ndarray) -> np.ndarray:
    """The line by Douglas and Peucker's way: no point left out lies further off."""
    kept = np.zeros(len(line), bool)
    kept[[0, -1]] = True
    stack = [(0, len(line) - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        start, along = line[first], line[last] - line[first]
        between = line[first + 1 : last] - start
        length = float(np.hypot(*along))
        if length:
            away = np.abs(along[0] * between[:, 1] - along[1] * between[:, 0]) / length
        else:
            away = np.hypot(between[:, 0], between[:, 1])
        at = int(away.argmax())
        if away[at] > TOLERANCE:
            kept[first + 1 + at] = True
            stack += [(first, first + 1 + at), (first + 1 + at, last)]
    return line[kept]


def written(kind: str, line: np.ndarray) -> str:
    """One line of the file: the first point, then the step to each next one."""
    points = np.round(line * 100).astype(int)
    steps = np.diff(points, axis=0, prepend=np.zeros((1, 2), int))
    steps = np.concatenate([steps[:1], steps[1:][np.any(steps[1:] != 0, axis=1)]])
    return f"{kind} " + " ".join(map(str, steps.ravel()))


def within(point: tuple[float, float], box: tuple[tuple[float, float], ...]) -> bool:
    return box[0][0] <= point[0] <= box[1][0] and box[0][1] <= point[1] <= box[1][1]


def inside(points: np.ndarray, rings: list[np.ndarray]) -> np.ndarray:
    """Which points lie in the rings, by how often a ray crosses them."""
    found = np.zeros(len(points), bool)
    for ring in rings:
        for (x1, y1), (x2, y2) in pairwise(ring.tolist()):
            crosses = (y1 > points[:, 1]) != (y2 > points[:, 1])
            if y1 != y2:
                found ^= crosses & (points[:, 0] < (x2 - x1) * (points[:, 1] - y1) / (y2 - y1) + x1)
    return found


def unrolled(ring: np.ndarray) -> np.ndarray:
    """A ring that crosses the line of dates, or goes round a pole, without leaps."""
    steps = np.diff(ring[:, 0], prepend=ring[0, 0])
    turns = np.cumsum((steps < -180).astype(int) - (steps > 180).astype(int))
    ring = ring + np.stack([360.0 * turns, np.zeros(len(ring))], axis=1)
    if turns[-1]:
        pole = np.copysign(90.0, ring[:, 1].mean())
        ring = np.concatenate([ring, [[ring[-1, 0], pole], [ring[0, 0], pole], ring[0]]])
    return ring


def main(path: str) -> None:
    atlas = json.loads(Path(path).read_text("utf8"))
    scale, move = atlas["transform"]["scale"], atlas["transform"]["translate"]
    whole = [np.cumsum(np.array(arc), axis=0) * scale + move for arc in atlas["arcs"]]
    short = [simplified(arc) for arc in whole]

    def ring(numbers: list[int], arcs: list[np.ndarray]) -> np.ndarray:
        parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
        whole = np.concatenate([part if i == 0 else part[1:] for i, part in enumerate(parts)])
        return unrolled(whole)

    def rings(shape: dict, arcs: list[np.ndarray]) -> list[np.ndarray]:
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        return [ring(numbers, arcs) for polygon in polygons for numbers in polygon]

    lines = []
    for land in atlas["objects"]["land"]["geometries"]:
        for outline in rings(land, short):
            if len(outline) > 3:
                lines.append(written("land", outline))

    states = atlas["objects"]["countries"]["geometries"]
    of: dict[int, set[str]] = {}
    for state in states:
        polygons = state["arcs"] if state["type"] == "MultiPolygon" else [state["arcs"]]
        for numbers in (n for polygon in polygons for ring_ in polygon for n in ring_):
            of.setdefault(numbers if numbers >= 0 else ~numbers, set()).add(
                state["properties"]["name"]
            )
    left_out = 0
    for number, names in sorted(of.items()):
        if len(names) < 2:
            continue
        ends = [tuple(whole[number].min(axis=0)), tuple(whole[number].max(axis=0))]
        if names == {"Russia", "Ukraine"} and all(within(end, PEREKOP) for end in ends):
            left_out += 1
            continue
        lines.append(written("border", unrolled(short[number])))
    if left_out != 1:
        raise SystemExit(f"{left_out} lines at the isthmus of Perekop instead of one")

    for state in sorted(states, key=lambda state: state["properties"]["name"]):
        name = state["properties"]["name"]
        outlines = rings(state, whole)
        largest = max(outlines, key=lambda o: float(np.ptp(o[:, 0]) * np.ptp(o[:, 1])))
        if name in UNNAMED or np.ptp(largest[:, 0]) * np.ptp(largest[:, 1]) < 3:
            continue
        low = np.concatenate(outlines).min(axis=0)
        high = np.concatenate(outlines).max(axis=0)
        step = max(0.5, min(GRID, float(np.ptp(largest, axis=0).min()) / 4))
        xs, ys = (np.arange(low[k], high[k], step) for k in (0, 1))
        grid = np.array([(x, y) for x in xs for y in ys])
        grid = grid[inside(grid, outlines)]
        edge = np.concatenate(outlines)
        if not len(grid):
            continue
        distance = np.array([np.hypot(*(edge - point).T).min() for point in grid])
        kept = grid[distance > INLAND] if (distance > INLAND).any() else grid[[distance.argmax()]]
        kept = np.array([p for p in kept.tolist() if not within(p, CRIMEA)]).reshape(-1, 2)
        if len(kept):
            spelt = SPELT.get(name, name).replace(" ", "_")
            lines.append(written(f"name {spelt}", kept))

    told = (__doc__ or "").split("\n\n")
    head = [f"# {line}" for line in f"{told[0]}\n{told[1]}".splitlines()]
    OUT.write_text("\n".join([*head, *lines]) + "\n", "utf8")
    sys.stdout.write(f"{OUT.stat().st_size:,} bytes, {len(lines):,} lines\n")


if __name__ == "__main__":
    main(sys.argv[1])
