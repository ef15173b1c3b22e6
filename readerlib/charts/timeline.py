"""Dated events as spans of time: a month is as long as a month, for nobody knows the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from readerlib import render
from readerlib.charts.chart import NARROW, WIDE, Chart, Mark, empty, population
from readerlib.charts.events import behind, events, turns_told
from readerlib.corpus import Corpus
from readerlib.errors import plural
from readerlib.notices import Notices

EVENTS = 60
"""Events that are drawn at most."""

_LINE = 17.0
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def timeline(corpus: Corpus, *, notices: Notices = "ask") -> Chart:
    """When the events of a corpus took place, as precisely as the source says.

    A day is a diamond, a month or a year a bar as long as it; events without a date stand
    below.  With a selection, the events that its turns tell.

    Parameters
    ----------
    corpus : Corpus
        With a table ``events``; the layer ``event`` of its annotations says on which turns
        each rests.
    notices : "ask", "show" or mapping of str to either
        An event that rests on a turn behind a notice is drawn without its description.

    Returns
    -------
    Chart
        Its table: ``event_id``, ``date``, ``precision``, ``first``, ``last``, ``place``,
        ``event``, ``notice`` : str; ``turns`` : int; ``turn_ids`` : str.

    Raises
    ------
    ReaderError
        If the profile of notices cannot be read.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> chart = timeline(load("calls"))
    >>> chart.table.iloc[0][["event_id", "precision", "first", "last"]].tolist()
    ['telegram-message', 'month', '2022-02-01', '2022-02-28']
    """
    title = "When the events took place that the turns tell"
    table = events(corpus, notices).drop(columns=["latitude", "longitude"])
    if not len(table):
        return empty(corpus, "timeline", title, "There is no event in these turns.")
    dated = int((table["first"] != "").sum())
    told = turns_told(corpus)
    marks = []
    for row in table.to_dict("records"):
        selection, place = behind(corpus, [row["event_id"]], told)
        parts = [row["event_id"], render.day(row["date"]), row["place"]]
        label = " · ".join([*filter(None, parts), plural(row["turns"], "turn")])
        marks.append(Mark(label, selection, place))
    shown = table.head(EVENTS)
    notes = []
    if len(table) > EVENTS:
        notes.append(f"Drawn are the first {EVENTS:,} of {len(table):,} events.")
    if (table["notice"] != "").any():
        notes.append(
            "What is not shown rests on a turn with a content notice; "
            'timeline(corpus, notices="show") shows it.'
        )
    return Chart(
        name=f"timeline of {corpus.descriptor.name}",
        title=title,
        population=population(
            corpus, f"Counted are {plural(len(table), 'event')}, as the sources date them."
        ),
        alt=_gist(table, dated),
        drawings=tuple(_drawn(shown, marks, width) for width in (WIDE, NARROW)),
        marks=tuple(marks),
        notes=tuple(notes),
        numbers=table,
    )


def _gist(table: pd.DataFrame, dated: int) -> str:
    undated = len(table) - dated
    if not dated:
        return f"{plural(undated, 'event')}, none with a date."
    days, months, years = (
        int((table["precision"] == unit).sum()) for unit in ("day", "month", "year")
    )
    first, last = table["date"].iloc[0], table["date"].iloc[dated - 1]
    return (
        f"{plural(dated, 'dated event')} from {render.day(first)} to {render.day(last)}: {days} to "
        f"the day, {months} to the month, {years} to the year. {plural(undated, 'event')} "
        "without a date."
    )


def _drawn(table: pd.DataFrame, marks: Sequence[Mark], width: float) -> render.Drawing:
    rows = table.to_dict("records")
    dated = [row for row in rows if row["first"]]
    wide = width >= WIDE
    size = 13.0 if wide else 12.0
    long, told = (290.0, 312.0) if wide else (width - 12, 0.0)
    room = width - told
    parts: list[str] = []
    y = 0.0
    if dated:
        samples = [
            (_diamond(11, 7), "a day"),
            (render.filled(2, 2, 18, 10, render.STYLES[4]), "a month or a year, no day told"),
        ]
        drawn, height = render.legend(samples, width, size)
        parts.append(drawn)
        y = height + 16
        begin = min(date.fromisoformat(row["first"]) for row in dated).toordinal()
        end = max(date.fromisoformat(row["last"]) for row in dated).toordinal() + 1
        scale = long / (end - begin)
        top = y
        ruled = ticks(begin, end, 4)
        start = date.fromordinal(begin)
        if not ruled or (ruled[0][0] - begin) * scale > 62:
            ruled.insert(0, (begin, f"{_MONTHS[start.month - 1]} {start.year}"))
        for day, label in ruled:
            x = 6 + (day - begin) * scale
            breadth = render.breadth(label, 12)
            parts.append(render.text(min(x, width - breadth), y - 5, label, "small quiet"))
            parts.append(f"@{render.num(x)}")
        y += 4
    for number, row in enumerate(rows):
        if not row["first"] and (number == 0 or rows[number - 1]["first"]):
            if dated:
                parts = _ruled(parts, top, y)
            y += 22
            parts.append(render.text(0, y, "Without a date", "strong"))
            y += 10
        where = told if row["first"] else 0.0
        lines = _lines(row, room if row["first"] else width, size)
        # Where there is no room beside it the bar stands above its text.
        above = 0 if wide or not row["first"] else 22
        high = _LINE * len(lines) + above + (10 if above else 8)
        shapes = ""
        if row["first"]:
            x1 = 6 + (date.fromisoformat(row["first"]).toordinal() - begin) * scale
            x2 = 6 + (date.fromisoformat(row["last"]).toordinal() + 1 - begin) * scale
            middle = y + (16 if above else 12)
            if row["precision"] == "day":
                shapes = _diamond((x1 + x2) / 2, middle)
            else:
                shapes = render.filled(x1, middle - 6, x2 - x1, 12, render.STYLES[4])
        at = y + 16 + above
        for i, (line, kind) in enumerate(lines):
            shapes += render.text(where + 4, at + _LINE * i, line, kind)
        box = (1, y + 1, width - 2, high - 1)
        parts.append(render.mark(number, marks[number].label, shapes, box))
        y += high
    if dated and len(dated) == len(rows):
        parts = _ruled(parts, top, y)
    return render.Drawing(width, y + 6, "".join(parts))


def _ruled(parts: list[str], top: float, bottom: float) -> list[str]:
    """The lines of the axis, down to where the dated events end."""
    return [
        render.line(float(part[1:]), top, float(part[1:]), bottom, "grid")
        if part.startswith("@")
        else part
        for part in parts
    ]


def _diamond(x: float, y: float) -> str:
    d = f"M{render.num(x)} {render.num(y - 6.5)}l6.5 6.5l-6.5 6.5l-6.5-6.5z"
    return render.path(d, "fill s0")


def _lines(row: Mapping[Any, Any], room: float, size: float) -> list[tuple[str, str]]:
    """What stands beside an event: date and place, then what it is."""
    when = " · ".join(filter(None, [render.day(row["date"]), row["place"]]))
    said = row["event"] or row["event_id"]
    kind = ""
    if row["notice"]:
        said, kind = f"Not shown: {row['notice']}", "quiet"
    heads = render.wrapped(when, room - 12, size * 1.06, 2) if when else []
    return [(line, "strong") for line in heads] + [
        (line, kind) for line in render.wrapped(said, room - 12, size, 5)
    ]


def ticks(begin: int, end: int, most: int) -> list[tuple[int, str]]:
    """Days at which an axis of time is ruled, with what stands there.

    Parameters
    ----------
    begin, end : int
        Days, as :meth:`datetime.date.toordinal` counts them; `end` excluded.
    most : int
        How many at most.

    Examples
    --------
    >>> begin, end = date(2022, 2, 1).toordinal(), date(2023, 12, 1).toordinal()
    >>> [label for _, label in ticks(begin, end, 4)]
    ['Jul 2022', 'Jan 2023', 'Jul 2023']
    """
    last = date.fromordinal(end - 1)
    first = date.fromordinal(begin)
    for step in (1, 2, 7, 14):
        if (end - begin - 1) // step + 1 <= most:
            days = [date.fromordinal(day) for day in range(begin, end, step)]
            return [
                (day.toordinal(), f"{day.day} {_MONTHS[day.month - 1]} {day.year}") for day in days
            ]
    found: list[tuple[int, str]] = []
    for step in (1, 2, 3, 6):
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        days = [date(month // 12, month % 12 + 1, 1) for month in months if month % step == 0]
        found = [
            (day.toordinal(), f"{_MONTHS[day.month - 1]} {day.year}")
            for day in days
            if day.toordinal() >= begin
        ]
        if len(found) <= most:
            return found
    for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000):
        years = [year for year in range(first.year, last.year + 1) if year % step == 0]
        found = [(date(year, 1, 1).toordinal(), str(year)) for year in years]
        found = [(day, label) for day, label in found if day >= begin]
        if len(found) <= most:
            break
    return found
