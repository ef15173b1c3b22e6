"""Who speaks how much, as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from readerlib import measures, render
from readerlib.charts.chart import NARROW, WIDE, Chart, Mark, empty, narrowed_by, population
from readerlib.charts.parts import behind_parts
from readerlib.corpus import Corpus
from readerlib.errors import plural
from readerlib.selection import Selection

PARTS = 30
"""Parts that are drawn at most."""

BAR = 13.0
_TURNS, _WORDS = render.STYLES[0], render.STYLES[1]


def speech_share(corpus: Corpus, by: str = "speaker") -> Chart:
    """How much of the talk is whose: a bar of turns and a bar of words for each.

    Parameters
    ----------
    corpus : Corpus
        Its selected turns are counted, but no cut.
    by : str
        As in :func:`readerlib.measures.speech_share`.

    Returns
    -------
    Chart
        Its table is that of :func:`readerlib.measures.speech_share`, the most words first.

    Raises
    ------
    SelectionError
        If there is no such facet, or a turn can have several values of it.
    TextMissing
        If it is not known of a turn how many words it has.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> chart = speech_share(load("demo").select(kind="speech"))
    >>> chart.table[["speaker", "turns", "words"]]
         speaker  turns  words
    0      Tomas      5     81
    1  Neighbour      3     48
    2      Irena      2     30
    >>> chart.marks[0].selection
    'kind=speech&speaker=Tomas'
    """
    label = next((f.label.lower() for f in corpus.descriptor.facets if f.name == by), by)
    title = f"Turns and words by {label}"
    table = measures.speech_share(corpus, by)
    if not len(table):
        return empty(corpus, "speech_share", title, "No turn is selected that has words.")
    table = table.sort_values(["words", "turns"], ascending=False, kind="stable")
    table = table.reset_index(drop=True)
    rows = table.head(PARTS).to_dict("records")
    names = ["" if pd.isna(row[by]) else str(row[by]) for row in rows]
    behind = behind_parts(corpus, by, filter(None, names))
    marks = []
    for row, name in zip(rows, names, strict=True):
        counts = f"{plural(row['turns'], 'turn')}, {plural(row['words'], 'word')}"
        selection, place = behind.get(name, ("", ""))
        selection = _without_cuts(corpus, selection, row["turns"])
        marks.append(Mark(f"{name or 'not told'}: {counts}", selection, place))
    notes = []
    if len(table) < 2:
        notes.append("There is only one bar, so nothing can be compared.")
    if len(table) > PARTS:
        notes.append(f"Drawn are the {PARTS} with the most words, of {len(table):,}.")
    first = rows[0]
    gist = "; ".join(mark.label for mark in marks[:4])
    rest = f"; and {len(table) - 4:,} more" if len(table) > 4 else ""
    return Chart(
        name=f"speech_share of {corpus.descriptor.name}",
        title=title,
        population=population(corpus, "Counted are turns and the words of the published turns."),
        alt=f"{gist}{rest}. The first has {first['turn_share']:.0%} of the turns and "
        f"{first['word_share']:.0%} of the words.",
        drawings=tuple(_drawn(rows, by, marks, width) for width in (WIDE, NARROW)),
        marks=tuple(marks),
        notes=tuple(notes),
        numbers=table,
    )


def _without_cuts(corpus: Corpus, selection: str, turns: int) -> str:
    """A selection of so many turns: where it has cuts, which are not counted, without them."""
    if not selection or len(corpus.whole.select(selection)) == turns:
        return selection
    kinds = {facet.name for facet in corpus.descriptor.facets if facet.column == "turns.kind"}
    every = set(corpus.whole.select(selection).turns["kind"])
    where = {name: every - {"cut"} for name in kinds}
    return narrowed_by(Selection.parse(selection), where)


def _drawn(
    rows: Sequence[Mapping[Any, Any]], by: str, marks: Sequence[Mark], width: float
) -> render.Drawing:
    wide = width >= WIDE
    size = 13.0 if wide else 12.0
    column = 170.0 if wide else 0.0
    room = width - column - 150
    most = max(max(row["turn_share"], row["word_share"]) for row in rows) or 1.0
    samples = [
        (render.filled(1, 1, 20, 12, _TURNS), "turns"),
        (render.filled(1, 1, 20, 12, _WORDS), "words"),
    ]
    drawn, y = render.legend(samples, width, size)
    parts = [drawn]
    for number, row in enumerate(rows):
        name = "not told" if pd.isna(row[by]) else str(row[by])
        above = 0.0
        if wide:
            lines = render.wrapped(name, column - 14, size * 1.06, 2)
            begin = y + 24 - 8 * (len(lines) - 1)
        else:
            lines = render.wrapped(name, width, size * 1.06, 2)
            begin = y + 14
            above = 16.0 * len(lines)
        shapes = "".join(
            render.text(0 if not wide else 4, begin + 16 * i, line, "strong")
            for i, line in enumerate(lines)
        )
        for k, (what, share, style) in enumerate(
            (("turn", "turn_share", _TURNS), ("word", "word_share", _WORDS))
        ):
            at = y + above + 4 + (BAR + 3) * k
            long = row[share] / most * room
            shapes += render.filled(column, at, long, BAR, style)
            said = f"{plural(row[what + 's'], what)} · {_percent(row[share])}"
            shapes += render.text(column + long + 7, at + 11, said, "small")
        foot = y + above + 2 * BAR + 9
        shapes += render.line(column, y + above + 2, column, foot, "axis")
        high = above + 2 * BAR + 12
        box = (1, y + 1, width - 2, high - 1)
        parts.append(render.mark(number, marks[number].label, shapes, box))
        y += high
    return render.Drawing(width, y + 4, "".join(parts))


def _percent(share: float) -> str:
    """A share in whole percent; below one percent with a digit more."""
    return f"{share:.1%}" if 0 < share < 0.01 else f"{share:.0%}"
