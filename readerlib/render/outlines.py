"""Outlines of land and of states, from the file beside this module, cut to a part of the earth."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""Pairs of longitude and latitude, in degrees."""

CREDIT = (
    "Outlines: Natural Earth, public domain, at 1:50 million, so an outline may be some kilometres "
    "off. Thin lines are borders of states as that collection draws them, save that Crimea is "
    "drawn as part of Ukraine; the map takes no side on any other one."
)
"""What is said below a map of its outlines."""


class Frame(NamedTuple):
    """A part of the earth, in degrees; east may be more than 180.

    Examples
    --------
    >>> Frame(170, -10, 190, 10).east
    190
    """

    west: float
    south: float
    east: float
    north: float


class Outlines(NamedTuple):
    """What of the earth lies in a frame.

    Examples
    --------
    >>> Outlines([], [], {}).names
    {}
    """

    land: list[Points]
    borders: list[Points]
    names: dict[str, Points]


def outlines(frame: Frame) -> Outlines:
    """Land, borders and places for the names of states in a part of the earth.

    Examples
    --------
    >>> found = outlines(Frame(26, 46, 40, 54))
    >>> "Ukraine" in found.names, "Japan" in found.names
    (True, False)
    """
    land, borders, names = _all()
    found = Outlines([], [], {})
    # The earth is round: what lies in the frame may be written one turn further west.
    for turn in (-360.0, 0.0, 360.0):
        part = Frame(frame.west - turn, frame.south, frame.east - turn, frame.north)
        move = np.array([turn, 0.0])
        for ring in land:
            if _touches(ring, part) and len(kept := _cut(ring, part)) > 2:
                found.land.append(kept + move)
        for line in borders:
            if _touches(line, part):
                found.borders.extend(kept + move for kept in _runs(line, part))
        for name, points in names.items():
            x, y = points.T
            inside = points[(part.west < x) & (x < part.east) & (part.south < y) & (y < part.north)]
            if len(inside):
                have = found.names.get(name, np.empty((0, 2)))
                found.names[name] = np.concatenate([have, inside + move])
    return found


@cache
def _all() -> Outlines:
    found = Outlines([], [], {})
    file = Path(__file__).parent / "outlines.txt"
    for line in file.read_text("utf8").splitlines():
        kind, _, rest = line.partition(" ")
        name, _, numbers = rest.partition(" ") if kind == "name" else ("", "", rest)
        if kind == "#" or not numbers:
            continue
        points = np.cumsum(np.array(numbers.split(), dtype=np.int64).reshape(-1, 2), axis=0) / 100
        match kind:
            case "land":
                found.land.append(points)
            case "border":
                found.borders.append(points)
            case "name":
                found.names[name.replace("_", " ")] = points
    return found


def _touches(line: Points, frame: Frame) -> bool:
    (west, south), (east, north) = line.min(axis=0), line.max(axis=0)
    apart = east < frame.west or west > frame.east or north < frame.south or south > frame.north
    return not apart


def _cut(ring: Points, frame: Frame) -> Points:
    """The part of a ring that lies in the frame, by Sutherland and Hodgman's way."""
    for axis, edge, sign in (
        (0, frame.west, 1),
        (0, frame.east, -1),
        (1, frame.south, 1),
        (1, frame.north, -1),
    ):
        if not len(ring):
            break
        inside = sign * (ring[:, axis] - edge) >= 0
        if inside.all():
            continue
        kept: list[Any] = []
        for i in range(len(ring)):
            here, before = ring[i], ring[i - 1]
            if inside[i] != inside[i - 1]:
                part = (edge - before[axis]) / (here[axis] - before[axis])
                kept.append(before + part * (here - before))
            if inside[i]:
                kept.append(here)
        ring = np.array(kept).reshape(-1, 2)
    return ring


def _runs(line: Points, frame: Frame) -> list[Points]:
    """The parts of a line that lie in the frame, by Liang and Barsky's way."""
    runs: list[list[Any]] = []
    low, high = np.array([frame.west, frame.south]), np.array([frame.east, frame.north])
    for here, there in pairwise(line):
        step = there - here
        first, last = 0.0, 1.0
        for axis in (0, 1):
            if step[axis] == 0:
                if not low[axis] <= here[axis] <= high[axis]:
                    last = -1.0
                continue
            edges = sorted((edge[axis] - here[axis]) / step[axis] for edge in (low, high))
            first, last = max(first, edges[0]), min(last, edges[1])
        if first >= last:
            continue
        if first > 0 or not runs or not np.array_equal(runs[-1][-1], here):
            runs.append([here + first * step])
        runs[-1].append(there if last == 1 else here + last * step)
    return [np.array(run) for run in runs]
