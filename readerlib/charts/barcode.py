"""Where a term stands in each part of a corpus: a barcode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from readerlib import measures, render
from readerlib.charts.chart import NARROW, WIDE, Chart, Mark, empty, population
from readerlib.charts.parts import behind_parts
from readerlib.corpus import Corpus
from readerlib.errors import plural
from readerlib.selection import Place, Selection

PARTS = 40
"""Parts that are drawn at most."""

Row = Mapping[Any, Any]
"""A row of the table."""

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
    table, part = _with_all_parts(corpus, measures.occurrences(corpus, term, by), by)
    if not len(table):
        return empty(corpus, "dispersion", title, "No turn is selected.")
    counts = np.bincount(part, table["turn_id"] != "").astype(np.int64)
    groups = _grouped(table[part < PARTS].to_dict("records"), part)
    hits = [row for group in groups for row in group if row["turn_id"]]
    if len(hits) <= TICKS:
        marks = [
            Mark(
                f"{row['turn_id']} · word {row['at'] + 1:,} of {row['of']:,}",
                place=str(Place(row["turn_id"])),
            )
            for row in hits
        ]
    else:
        told = [str(group[0][by]) for group in groups if group[0][by] and group[0]["turn_id"]]
        behind = behind_parts(corpus.select(Selection(find=term)), by, told)
        marks = [
            Mark(
                f"{group[0]['heading']}: {plural(_count(group), 'hit')}",
                *behind.get(group[0][by], ("", "")),
            )
            for group in groups
        ]
    total, most = int(counts.sum()), int(counts.max())
    fullest = table["heading"].iloc[int(np.flatnonzero(part == counts.argmax())[0])]
    notes = []
    if len(counts) > PARTS:
        notes.append(f"Drawn are the first {PARTS} of {len(counts):,} parts.")
    if len(counts) < 2:
        notes.append("There is only one part, so nothing can be compared.")
    return Chart(
        name=f"dispersion of {corpus.descriptor.name}",
        title=title,
        population=population(corpus, _searched(table)),
        alt=f"{plural(total, 'hit')} in {int((counts > 0).sum()):,} of "
        f"{plural(len(counts), 'part')}"
        + (f"; the most, {most:,}, in {fullest}." if most > 1 else "."),
        drawings=tuple(_drawn(groups, marks, width) for width in (WIDE, NARROW)),
        marks=tuple(marks),
        notes=(*notes, "A line is as long as its part has words; a tick stands where the hit is."),
        numbers=table,
    )


def _searched(table: pd.DataFrame) -> str:
    read = set(table.loc[table["turn_id"] != "", "read"])
    if read == {"words", "summary"}:
        return "Counted are hits in the words, and in summaries where the words are not attached."
    if read == {"summary"}:
        return "Counted are hits in our summaries; the published words are not attached."
    return "Counted are hits in the words, or in summaries where the words are not attached."


def _with_all_parts(
    corpus: Corpus, hits: pd.DataFrame, by: str
) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """The hits in the order of the parts, each row with its part's number.

    A part without a hit has a row too.
    """
    names, codes = corpus.parts(by)
    lengths = corpus.word_index.sizes()[corpus.rows]
    sizes = np.bincount(codes + 1, lengths, minlength=len(names) + 1).astype(np.int64)
    present, first = np.unique(codes + 1, return_index=True)
    present = present[np.argsort(first)]
    place = np.zeros(len(names) + 1, np.int64)
    place[present] = np.arange(len(present))
    of_hits = codes[np.searchsorted(corpus.rows, hits["row"])] + 1
    without = np.setdiff1d(present, of_hits)
    part = np.concatenate([of_hits, without])
    order = np.lexsort((np.concatenate([hits["row"], np.zeros(len(without), int)]), place[part]))
    called = corpus.headings() if by == "conversation_id" else {}
    told: list[str | None] = [None, *names]
    blank = pd.DataFrame({"turn_id": "", "of": sizes[without], "read": ""})
    table = pd.concat([hits.drop(columns=by), blank], ignore_index=True)
    table[["row", "at"]] = table[["row", "at"]].astype("Int64")
    table.insert(0, by, pd.Series([told[n] for n in part.tolist()], dtype=object))
    # The order of hits in one turn is that of their words.
    table = table.iloc[order].reset_index(drop=True)
    table["heading"] = [str(called.get(name, name or "not told")) for name in table[by].tolist()]
    return table[[by, "heading", "turn_id", "row", "at", "of", "read"]], place[part][order]


def _grouped(rows: Sequence[Row], part: npt.NDArray[np.int64]) -> list[list[Row]]:
    """The rows of each part, the parts in their order."""
    found: dict[int, list[Row]] = {}
    for row, number in zip(rows, part.tolist(), strict=False):
        found.setdefault(number, []).append(row)
    return list(found.values())


def _count(group: Sequence[Row]) -> int:
    """How many hits a part has."""
    return sum(bool(row["turn_id"]) for row in group)


def _drawn(groups: Sequence[Sequence[Row]], marks: Sequence[Mark], width: float) -> render.Drawing:
    wide = width >= WIDE
    size = 13.0 if wide else 12.0
    left = 236.0 if wide else 2.0
    room = width - left - 66
    longest = max([group[0]["of"] for group in groups] + [1])
    singly = len(marks) == sum(map(_count, groups))
    parts: list[str] = []
    y = 4.0
    number = 0
    for place, group in enumerate(groups):
        head, count = group[0], _count(group)
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
        xs = [left + row["at"] / longest * room for row in group if row["turn_id"]]
        if singly:
            parts += [label, frame, said]
            for x in xs:
                shape = render.line(x, top - 2, x, top + HIGH + 2, "tick")
                box = (x - 4.0, top - 3, 8.0, HIGH + 6)
                parts.append(render.mark(number, marks[number].label, shape, box))
                number += 1
        else:
            # Nobody can tell ticks apart that are nearer than a quarter of a pixel.
            apart = sorted({round(4 * x) / 4 for x in xs})
            d = "".join(f"M{render.num(x)} {render.num(top - 2)}v{HIGH + 4:g}" for x in apart)
            shapes = label + frame + said + (render.path(d, "tick") if d else "")
            box = (1.0, y + 1, width - 2, high - 2)
            parts.append(render.mark(place, marks[place].label, shapes, box))
        y += high
    return render.Drawing(width, y + 4, "".join(parts))
