"""Where a term stands in each part of a corpus: a barcode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from readerlib import measures, render
from readerlib.charts.chart import NARROW, WIDE, Chart, Mark, empty, plural, population
from readerlib.charts.parts import behind_parts
from readerlib.corpus import Corpus
from readerlib.selection import Place, Selection

PARTS = 40
"""Parts that are drawn at most."""

TICKS = 600
"""Hits that can be chosen one by one; of more, the part is chosen."""

HIGH = 16.0


def dispersion(corpus: Corpus, term: str, by: str = "conversation_id") -> Chart:
    """Where a term is said: a line for each part, and a tick for each hit.

    Parameters
    ----------
    corpus : Corpus
        Its selected turns are searched: their words, or else their summaries.
    term : str
        A word, a phrase, or ``com*``.
    by : str
        What makes a part, as in :func:`readerlib.measures.speech_share`.

    Returns
    -------
    Chart
        Its table is that of :func:`readerlib.measures.occurrences`, with ``heading`` : str, what
        the part is called.  A part without a hit has a row without ``turn_id``.

    Raises
    ------
    SelectionError
        If the term is a pattern or no word, or there is no such facet.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> chart = dispersion(load("demo"), "basket", by="part")
    >>> chart.table[["part", "turn_id", "at", "of"]]
         part     turn_id  at   of
    0  Spring  frost-1-03  60  161
    1  Spring  frost-1-04  63  161
    2  Autumn  frost-3-01  17   56
    """
    title = f"Where “{term[:200]}” stands"
    table = _with_all_parts(corpus, measures.occurrences(corpus, term, by), by)
    if not len(table):
        return empty(corpus, "dispersion", title, "No turn is selected.")
    table["heading"] = _headings(corpus, by, table[by])
    names = list(dict.fromkeys(table[by].tolist()))
    rows = table[table[by].isin(names[:PARTS])].to_dict("records")
    hits = [row for row in rows if row["turn_id"]]
    singly = len(hits) <= TICKS
    if singly:
        marks = [
            Mark(
                f"{row['turn_id']} · word {row['at'] + 1:,} of {row['of']:,}",
                place=str(Place(row["turn_id"])),
            )
            for row in hits
        ]
    else:
        told = [str(row[by]) for row, count in _counted(rows, by) if row[by] and count]
        behind = behind_parts(corpus.select(Selection(find=term)), by, told)
        marks = [
            Mark(f"{row['heading']}: {plural(count, 'hit')}", *behind.get(row[by], ("", "")))
            for row, count in _counted(rows, by)
        ]
    total = int((table["turn_id"] != "").sum())
    with_hits = table.loc[table["turn_id"] != "", by].nunique(dropna=False)
    notes = []
    if len(names) > PARTS:
        notes.append(f"Drawn are the first {PARTS} of {len(names):,} parts.")
    if len(names) < 2:
        notes.append("There is only one part, so nothing can be compared.")
    most = max(_counted(rows, by), key=_second)
    return Chart(
        name=f"dispersion of {corpus.descriptor.name}",
        title=title,
        population=population(corpus, _searched(table)),
        alt=f"{plural(total, 'hit')} in {with_hits} of {plural(len(names), 'part')}"
        + (f"; the most, {most[1]:,}, in {most[0]['heading']}." if most[1] > 1 else "."),
        drawings=tuple(_drawn(rows, by, marks, width) for width in (WIDE, NARROW)),
        marks=tuple(marks),
        notes=(*notes, "A line is as long as its part has words; a tick stands where the hit is."),
        numbers=table,
    )


def _second(pair: tuple[Any, int]) -> int:
    return pair[1]


def _searched(table: pd.DataFrame) -> str:
    read = set(table.loc[table["turn_id"] != "", "read"])
    if read == {"words", "summary"}:
        return "Counted are hits in the words, and in summaries where the words are not attached."
    if read == {"summary"}:
        return "Counted are hits in our summaries; the published words are not attached."
    return "Counted are hits in the words, or in summaries where the words are not attached."


def _with_all_parts(corpus: Corpus, hits: pd.DataFrame, by: str) -> pd.DataFrame:
    """The hits part by part, in the order of the parts; one without a hit has a row too."""
    names, codes = corpus.parts(by)
    told = [None, *names]
    sizes = np.bincount(
        codes + 1, corpus.word_index.sizes()[corpus.rows], minlength=len(told)
    ).astype(np.int64)
    present, first = np.unique(codes + 1, return_index=True)
    order = {told[code]: i for i, code in enumerate(present[np.argsort(first)].tolist())}
    rows: list[dict[Any, Any]] = [
        {str(key): cell for key, cell in row.items()} for row in hits.to_dict("records")
    ]
    for row in rows:
        row[by] = None if pd.isna(row[by]) else str(row[by])
    have = {row[by] for row in rows}
    rows += [
        {by: part, "turn_id": "", "row": None, "at": None, "of": int(sizes[told.index(part)])}
        | {"read": ""}
        for part in order
        if part not in have
    ]
    rows.sort(key=_in_order_of(order, by))
    table = pd.DataFrame(rows, columns=[by, "turn_id", "row", "at", "of", "read"])
    table[["row", "at"]] = table[["row", "at"]].astype("Int64")
    table[by] = pd.Series([row[by] for row in rows], dtype=object)
    return table


def _in_order_of(order: Mapping[str | None, int], by: str) -> Any:
    def place(row: Mapping[str, Any]) -> tuple[int, int]:
        return order[row[by]], row["row"] or 0

    return place


def _headings(corpus: Corpus, by: str, parts: pd.Series[Any]) -> list[str]:
    called = corpus.headings() if by == "conversation_id" else {}
    return [str(called.get(part, part or "not told")) for part in parts.tolist()]


def _counted(rows: Sequence[Mapping[Any, Any]], by: str) -> list[tuple[Mapping[Any, Any], int]]:
    """The parts in their order, each with its number of hits."""
    found: dict[Any, list[Mapping[Any, Any]]] = {}
    for row in rows:
        found.setdefault(row[by], []).append(row)
    return [(mine[0], sum(bool(row["turn_id"]) for row in mine)) for mine in found.values()]


def _drawn(
    rows: Sequence[Mapping[Any, Any]], by: str, marks: Sequence[Mark], width: float
) -> render.Drawing:
    wide = width >= WIDE
    size = 13.0 if wide else 12.0
    left = 236.0 if wide else 2.0
    room = width - left - 66
    longest = max([row["of"] for row in rows] + [1])
    singly = len(marks) == sum(bool(row["turn_id"]) for row in rows)
    parts: list[str] = []
    y = 4.0
    number = 0
    for place, (head, count) in enumerate(_counted(rows, by)):
        lines = render.wrapped(head["heading"], (left - 16) if wide else width - 6, size, 2)
        above = 0.0 if wide else 15.0 * len(lines) + 3
        begin = y + (18 - 7.5 * (len(lines) - 1) if wide else 12)
        label = "".join(render.text(2, begin + 15 * i, line) for i, line in enumerate(lines))
        top = y + above + (5 if wide else 1)
        long = head["of"] / longest * room
        frame = render.rect(left, top, max(long, 1), HIGH, "track")
        count_at = left + long + 8
        said = render.text(count_at, top + 12.5, f"{plural(count, 'hit')}", "small quiet")
        high = max(30.0, 15 * len(lines) + 8) if wide else above + HIGH + 10
        mine = [row for row in rows if row[by] == head[by] and row["turn_id"]]
        xs = [left + row["at"] / longest * room for row in mine]
        if singly:
            parts += [label, frame, said]
            for x in xs:
                shape = render.line(x, top - 2, x, top + HIGH + 2, "tick")
                box = (x - 4.0, top - 3, 8.0, HIGH + 6)
                parts.append(render.mark(number, marks[number].label, shape, box))
                number += 1
        else:
            d = "".join(f"M{render.num(x)} {render.num(top - 2)}v{HIGH + 4:g}" for x in xs)
            shapes = label + frame + said + (render.path(d, "tick") if d else "")
            box = (1.0, y + 1, width - 2, high - 2)
            parts.append(render.mark(place, marks[place].label, shapes, box))
        y += high
    return render.Drawing(width, y + 4, "".join(parts))
