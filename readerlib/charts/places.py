"""Where the events took place: a map whose outlines come with the package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import cos, hypot, pi, radians, sin
from typing import Any, NamedTuple

import pandas as pd

from readerlib import render
from readerlib.charts.chart import NARROW, WIDE, Chart, Mark, empty, population
from readerlib.charts.events import behind, events, turns_told
from readerlib.corpus import Corpus
from readerlib.errors import plural

KILOMETRES = 111.32
"""Of a degree of latitude."""

ROOM = 6.0
"""Degrees that a map shows beside its places, at least: with less nobody would see where it is."""

LISTED = 60
"""Places that are drawn, or listed below the map, at most."""

NAMES = 10
"""States that are named at most, and half as many on a narrow map."""

_PIN = 5.0


class View(NamedTuple):
    """Which part of the earth a map shows, and how large: equirectangular, true at its middle.

    Examples
    --------
    >>> View(render.Frame(20, 40, 30, 50), 100).height > 141
    True
    """

    frame: render.Frame
    width: float

    @property
    def across(self) -> float:
        """Pixels of a degree of longitude."""
        return self.width / (self.frame.east - self.frame.west)

    @property
    def down(self) -> float:
        """Pixels of a degree of latitude."""
        return self.across / _squeeze((self.frame.north + self.frame.south) / 2)

    @property
    def height(self) -> float:
        """Of the map, in pixels."""
        return self.down * (self.frame.north - self.frame.south)

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where on the map a point of the earth is."""
        return (longitude - self.frame.west) * self.across, (
            self.frame.north - latitude
        ) * self.down


def places(corpus: Corpus) -> Chart:
    """Where the events took place that the selected turns tell.

    A pin is the town that is named, not the spot; places without coordinates, and events
    without a place, stand below the map.

    Parameters
    ----------
    corpus : Corpus
        With a table ``events``; the layer ``event`` of its annotations says on which turns
        each rests.

    Returns
    -------
    Chart
        Its table: ``place`` : str, empty for events without one; ``latitude``, ``longitude`` :
        float, or missing; ``events`` : int; ``turns`` : int, how many turns they rest on;
        ``event_ids`` : str, parted by spaces.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> places(load("calls")).table.iloc[:2, :4]
        place  latitude  longitude  events
    0    Kyiv     50.45      30.52       5
    1   Bucha     50.54      30.21       3
    """
    title = "Where the events took place that the turns tell"
    found = events(corpus, "show")
    if not len(found):
        return empty(corpus, "places", title, "There is no event in these turns.")
    told = turns_told(corpus)
    table, ids = _by_place(found, told)
    marks = []
    for row in table.to_dict("records"):
        name = row["place"] or "No place told"
        counts = f"{plural(row['events'], 'event')}, {plural(row['turns'], 'turn')}"
        marks.append(Mark(f"{name}: {counts}", *behind(corpus, ids[row["place"]], told)))
    located = table["latitude"].notna()
    drawn = table[located].head(LISTED)
    notes = []
    if located.sum() > LISTED:
        notes.append(f"Drawn are the {LISTED} places with the most events, of {located.sum():,}.")
    if located.any():
        notes += ["A pin is the town that is named; an event may have been near it.", render.CREDIT]
    return Chart(
        name=f"places of {corpus.descriptor.name}",
        title=title,
        population=population(
            corpus, f"Counted are {plural(len(found), 'event')}, by the place that is told."
        ),
        alt=_gist(table),
        drawings=tuple(_drawn(table, len(drawn), marks, width) for width in (WIDE, NARROW)),
        marks=tuple(marks),
        notes=tuple(notes),
        numbers=table,
    )


def _gist(table: pd.DataFrame) -> str:
    located = table["latitude"].notna()
    first = table.iloc[0]
    most = f", the most events, {first['events']}, in {first['place']}" if located.any() else ""
    without = int((~located & (table["place"] != "")).sum())
    return (
        f"{plural(int(located.sum()), 'place')} on the map{most}; "
        f"{plural(without, 'place')} without coordinates."
    )


def _by_place(
    found: pd.DataFrame, told: Mapping[str, list[str]]
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """The places, those on the map first, the most events first; and the events of each."""
    rows: dict[str, dict[str, Any]] = {}
    ids: dict[str, list[str]] = {}
    for event in found.to_dict("records"):
        name = event["place"]
        row = rows.setdefault(
            name, {"place": name, "latitude": None, "longitude": None, "turns": set()}
        )
        ids.setdefault(name, []).append(event["event_id"])
        row["turns"].update(told.get(event["event_id"], ()))
        if event["latitude"] and event["longitude"]:
            row["latitude"], row["longitude"] = float(event["latitude"]), float(event["longitude"])
        row["events"] = len(ids[name])
    ordered = sorted(rows.values(), key=_rank)
    table = pd.DataFrame(
        {
            "place": [row["place"] for row in ordered],
            "latitude": pd.array([row["latitude"] for row in ordered], dtype="Float64"),
            "longitude": pd.array([row["longitude"] for row in ordered], dtype="Float64"),
            "events": [row["events"] for row in ordered],
            "turns": [len(row["turns"]) for row in ordered],
            "event_ids": [" ".join(ids[row["place"]]) for row in ordered],
        }
    )
    return table, ids


def _rank(row: Mapping[str, Any]) -> tuple[bool, bool, int]:
    return row["latitude"] is None, row["place"] == "", -row["events"]


def view(points: Sequence[tuple[float, float]], width: float) -> View:
    """The part of the earth that shows some points, given by longitude and latitude.

    Examples
    --------
    >>> view([(30.52, 50.45), (38.0, 48.59)], 720).frame.west < 30
    True
    >>> view([(179.0, -17.0), (-179.0, -16.0)], 720).frame.east > 180
    True
    """
    xs = sorted(x for x, _ in points)
    # The widest stretch without a point is left out, so that the map does not go round.
    breaks = [b - a for a, b in zip(xs, [*xs[1:], xs[0] + 360], strict=True)]
    start = (breaks.index(max(breaks)) + 1) % len(xs)
    west = xs[start]
    east = west + (360 - max(breaks))
    south, north = min(y for _, y in points), max(y for _, y in points)
    squeeze = _squeeze((south + north) / 2)
    # With room on every side, and not taller or flatter than fits.
    tall = north - south + max((north - south) * 0.9, ROOM)
    broad = (east - west) * squeeze
    broad += max(broad * 0.6, ROOM)
    least, most = (0.5, 0.62) if width >= WIDE else (0.75, 0.95)
    broad = max(broad, tall / most)
    tall = min(max(tall, broad * least), 180.0)
    middle = min(max((south + north) / 2, -90 + tall / 2), 90 - tall / 2)
    half = min(broad / squeeze, 360.0) / 2
    centre = (west + east) / 2
    frame = render.Frame(centre - half, middle - tall / 2, centre + half, middle + tall / 2)
    return View(frame, width)


def _squeeze(latitude: float) -> float:
    """How much shorter a degree of longitude is there; near the poles no longer true."""
    return cos(radians(min(abs(latitude), 75.0)))


def _drawn(
    table: pd.DataFrame, located: int, marks: Sequence[Mark], width: float
) -> render.Drawing:
    wide = width >= WIDE
    size = 13.0 if wide else 12.0
    rows = table.to_dict("records")
    parts: list[str] = []
    y = 0.0
    if located:
        shown = rows[:located]
        map_of = view([(row["longitude"], row["latitude"]) for row in shown], width)
        parts += _map(map_of, shown, marks, size)
        y = map_of.height + 8
    below = [(number, row) for number, row in enumerate(rows) if number >= located][:LISTED]
    if below:
        y += 18
        parts.append(render.text(0, y, "Not on the map", "strong"))
        y += 6
    for number, row in below:
        name = row["place"] or "No place told"
        said = f"{name} · {plural(row['events'], 'event')}"
        lines = render.wrapped(said, width - 12, size, 2)
        high = 17.0 * len(lines) + 8
        shapes = "".join(render.text(4, y + 16 + 17 * i, line) for i, line in enumerate(lines))
        box = (1, y + 1, width - 2, high - 2)
        parts.append(render.mark(number, marks[number].label, shapes, box))
        y += high
    return render.Drawing(width, y + 6, "".join(parts))


def _map(
    map_of: View, shown: Sequence[Mapping[Any, Any]], marks: Sequence[Mark], size: float
) -> list[str]:
    width, height = map_of.width, map_of.height
    found = render.outlines(map_of.frame)
    parts = [render.rect(0, 0, width, height, "sea")]
    land = "".join(f"{_way(map_of, ring)}z" for ring in found.land)
    if land:
        parts.append(render.path(land, "land"))
    borders = "".join(_way(map_of, line) for line in found.borders)
    if borders:
        parts.append(render.path(borders, "border"))
    # East of the line where the date changes, a map that crosses it goes on counting.
    pins = [
        map_of.at((row["longitude"] - map_of.frame.west) % 360 + map_of.frame.west, row["latitude"])
        for row in shown
    ]
    taken = [(x - _PIN, y - _PIN, x + _PIN, y + _PIN) for x, y in pins]
    labels = []
    for (x, y), row in zip(pins, shown, strict=True):
        said = f"{row['place']} · {row['events']:,}"
        said = render.shortened(said, width * 0.6, size)
        labels.append(
            (said, _room(x, y, (render.breadth(said, size) + 4, size + 5), taken, map_of))
        )
        taken.append(labels[-1][1])
    # On a map of half the earth a length is true at no more than one latitude.
    if map_of.frame.north - map_of.frame.south < 40:
        parts += _scale(map_of, taken)
    parts += _countries(map_of, found.names, taken)
    for number, ((x, y), (said, box)) in enumerate(zip(pins, labels, strict=True)):
        x1, y1, x2, y2 = box
        near_x, near_y = min(max(x, x1), x2), min(max(y, y1), y2)
        shapes = ""
        if hypot(near_x - x, near_y - y) > 12:
            shapes = render.line(x, y, near_x, near_y, "lead")
        shapes += render.circle(x, y, _PIN, "pin")
        shapes += render.text(x1 + 2, y2 - 5, said, "halo strong")
        parts.append(render.mark(number, marks[number].label, shapes, (x1, y1, x2 - x1, y2 - y1)))
    parts.append(render.rect(0.5, 0.5, width - 1, height - 1, "axis"))
    return parts


def _way(map_of: View, line: Any) -> str:
    points = [map_of.at(x, y) for x, y in line.tolist()]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


Box = tuple[float, float, float, float]


def _room(x: float, y: float, size: tuple[float, float], taken: Sequence[Box], map_of: View) -> Box:
    """Where a label beside a point covers nothing else, as near to it as there is room."""
    wide, high = size
    best: tuple[float, Box] | None = None
    for far, turn in _tries():
        x1 = x + far * cos(turn) - (wide / 2 - wide / 2 * cos(turn))
        y1 = y - far * sin(turn) - (high / 2 + high / 2 * sin(turn))
        box = (x1, y1, x1 + wide, y1 + high)
        out = x1 < 2 or y1 < 2 or box[2] > map_of.width - 2 or box[3] > map_of.height - 2
        cost = sum(_common(box, other) for other in taken) + (1e6 if out else 0)
        if best is None or cost < best[0]:
            best = (cost, box)
        if cost == 0:
            break
    return best[1] if best else (x, y, x + wide, y + high)


def _tries() -> Iterator[tuple[float, float]]:
    """How far and in which direction from a point a label is tried, the best first."""
    for far in (8.0, 22.0, 40.0, 64.0, 96.0):
        for eighth in (0, 4, 1, 7, 3, 5, 2, 6):
            yield far, eighth * pi / 4


def _common(one: Box, other: Box) -> float:
    """The area that two boxes share."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def _countries(map_of: View, names: Mapping[str, Any], taken: list[Box]) -> list[str]:
    """The names of the largest states, each at the place of its own furthest from all else."""
    parts: list[str] = []
    # A large state has many places for its name.
    sizes = {name: len(places) for name, places in names.items()}
    if map_of.frame.east - map_of.frame.west > 40:
        sizes = {name: size for name, size in sizes.items() if size > 5}
    for name in sorted(sizes, key=sizes.__getitem__, reverse=True):
        if len(parts) == (NAMES if map_of.width >= WIDE else NAMES // 2):
            break
        wide = render.breadth(name, 12) * 1.25
        best: tuple[float, Box] | None = None
        for longitude, latitude in names[name].tolist():
            x, y = map_of.at(longitude, latitude)
            box = (x - wide / 2, y - 9, x + wide / 2, y + 6)
            inside = box[0] > 6 and box[2] < map_of.width - 6
            inside = inside and box[1] > 6 and box[3] < map_of.height - 6
            if not inside or any(_common(box, other) for other in taken):
                continue
            free = min(
                [hypot((a + c) / 2 - x, (b + d) / 2 - y) for a, b, c, d in taken]
                + [x, map_of.width - x, y, map_of.height - y]
            )
            if best is None or free > best[0]:
                best = (free, box)
        if best:
            x1, _, x2, y2 = best[1]
            taken.append(best[1])
            middle = (x1 + x2) / 2
            parts.append(render.text(middle, y2 - 4, name, "country small", anchor="middle"))
    return parts


def _scale(map_of: View, taken: list[Box]) -> list[str]:
    """A bar of a round length, in the corner where the least else is."""
    pixels = map_of.down / KILOMETRES
    long = _round_length(map_of.width * 0.22 / pixels)
    wide = long * pixels
    high = map_of.height
    corners = [(12.0, high - 12), (map_of.width - wide - 12, high - 12), (12.0, 30.0)]
    boxes = [(x - 4, y - 20, x + wide + 4, y + 6) for x, y in corners]
    costs = [sum(_common(box, other) for other in taken) for box in boxes]
    at = costs.index(min(costs))
    x, y = corners[at]
    taken.append(boxes[at])
    bar = f"M{x:.1f} {y - 5:.1f}v5h{wide:.1f}v-5"
    return [
        render.path(bar, "lead scale"),
        render.text(x + wide / 2, y - 4, f"{long:,} km", "halo small", anchor="middle"),
    ]


def _round_length(most: float) -> int:
    """The largest of 1, 2, 5, 10, 20, 50 and so on kilometres that is not more.

    Examples
    --------
    >>> _round_length(349.0)
    200
    """
    found = 1
    for power in range(5):
        for first in (1, 2, 5):
            if first * 10**power <= most:
                found = first * 10**power
    return found
