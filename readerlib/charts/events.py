"""The events of a corpus: when each took place, where, and on which turns it rests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import pandas as pd

from readerlib.corpus import Corpus
from readerlib.notices import Notices
from readerlib.selection import Place
from readerlib.text import plain

COLUMNS = [
    "event_id",
    "date",
    "precision",
    "first",
    "last",
    "place",
    "latitude",
    "longitude",
    "event",
    "notice",
    "turns",
    "turn_ids",
]


class Span(NamedTuple):
    """The days that a date leaves open, both included, and how precise it is.

    Examples
    --------
    >>> Span(date(2022, 3, 1), date(2022, 3, 31), "month").precision
    'month'
    """

    first: date
    last: date
    precision: str


def span(written: str) -> Span | None:
    """What a date of the form year, year-month or year-month-day leaves open; else None.

    Examples
    --------
    >>> span("2024-02").last
    datetime.date(2024, 2, 29)
    >>> span("about 1860") is None
    True
    """
    found = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", written.strip(), re.ASCII)
    if not found:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        if day:
            return Span(date(year, month, day), date(year, month, day), "day")
        if found[2]:
            first = date(year, month, 1)
            after = (first + timedelta(31)).replace(day=1) if (year, month) != (9999, 12) else None
            return Span(first, after - timedelta(1) if after else date.max, "month")
        return Span(date(year, 1, 1), date(year, 12, 31), "year")
    except ValueError:
        return None


def events(corpus: Corpus, notices: Notices = "ask") -> pd.DataFrame:
    """The events that the selected turns tell, dated ones first, in their order.

    An event of which a turn stands behind a notice keeps its date and place, and has no
    description.

    Returns
    -------
    DataFrame
        ``event_id``, ``date`` as written, ``precision`` (day, month, year or empty),
        ``first`` and ``last`` day that the date leaves open, ``place``, ``latitude``,
        ``longitude``, ``event``, ``notice`` : str; ``turns`` : int, how many of the selected
        turns it rests on; ``turn_ids`` : str, parted by spaces.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> found = events(load("calls").select(soldier="Leonid"))
    >>> found[["date", "event_id", "turns"]].head(2)
             date  event_id  turns
    0  2022-02-24  crossing      1
    1     2022-05  leonid-return  1
    """
    shown = turns_told(corpus)
    every = _all_turns(corpus)
    topics = corpus.asked(notices)
    rows = []
    for number, record in enumerate(corpus.table("events").fillna("").to_dict("records")):
        event = plain(str(record["event_id"]))
        turns = shown.get(event, [])
        if corpus.selection and not turns:
            continue
        behind = corpus.veiled(topics, sorted(map(corpus.row, every.get(event, []))))
        kept = list(dict.fromkeys(topic for has in behind.values() for topic in has))
        when = span(str(record.get("date", "")))
        rows.append(
            {
                "event_id": event,
                "date": record.get("date", ""),
                "precision": when.precision if when else "",
                "first": when.first.isoformat() if when else "",
                "last": when.last.isoformat() if when else "",
                "place": record.get("place", ""),
                "latitude": record.get("latitude", ""),
                "longitude": record.get("longitude", ""),
                "event": "" if kept else record.get("event", ""),
                "notice": ", ".join(kept),
                "turns": len(turns),
                "turn_ids": " ".join(turns),
                "order": (when is None, when or (date.max, date.max, ""), number),
            }
        )
    rows.sort(key=_order)
    return pd.DataFrame(rows, columns=COLUMNS)


def _order(row: Mapping[Any, Any]) -> Any:
    return row["order"]


def turns_told(corpus: Corpus) -> dict[str, list[str]]:
    """The selected turns on which each event rests, by the layer ``event`` of the annotations.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> turns_told(load("calls").select(soldier="Ivan"))["crossing"]
    ['ivan-0-n02']
    """
    shown = {
        event: [turn for turn in turns if corpus.gap(corpus.row(turn)) is None]
        for event, turns in _all_turns(corpus).items()
    }
    return {event: turns for event, turns in shown.items() if turns}


def _all_turns(corpus: Corpus) -> dict[str, list[str]]:
    """The turns on which each event rests, selected or not."""
    table = corpus.table("annotations")
    found: dict[str, list[str]] = {}
    if "layer" in table:
        mine = table[table["layer"] == "event"]
        for turn_id, event in zip(mine["turn_id"], mine["value"], strict=True):
            if turn_id not in found.setdefault(plain(str(event)), []):
                found[plain(str(event))].append(str(turn_id))
    return found


def behind(corpus: Corpus, ids: list[str], told: Mapping[str, list[str]]) -> tuple[str, str]:
    """The selection of the turns on which some events rest, or else the first such turn."""
    some = [event for event in ids if event in told]
    if not some:
        return "", ""
    for facet in corpus.descriptor.facets:
        if facet.column == "annotations.event":
            return str(corpus.selection.with_facet(facet.name, some)), ""
    return "", str(Place(told[some[0]][0]))
