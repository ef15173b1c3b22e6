"""Themes by chapter: a matrix with the number of turns in each cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from readerlib import measures, render
from readerlib.charts.chart import NARROW, WIDE, Chart, Mark, empty, narrowed_by, population
from readerlib.charts.parts import behind_parts
from readerlib.corpus import Corpus
from readerlib.errors import plural
from readerlib.selection import Place, Selection

CHAPTERS = 60
"""Conversations that are drawn at most."""

_SHADES = 4


def themes(corpus: Corpus, layer: str = "theme") -> Chart:
    """Which themes stand in which chapter, and in how many turns.

    Parameters
    ----------
    corpus : Corpus
        Its selected turns are counted; no words are needed.
    layer : str
        Another layer of labels, such as ``evidence``.

    Returns
    -------
    Chart
        Its table is that of :func:`readerlib.measures.labels_by`: a cell that is not in it is
        empty.

    Raises
    ------
    SelectionError
        If there is no such layer.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> chart = themes(load("demo"))
    >>> chart.table[["conversation_id", "label", "turns"]].head(2)
      conversation_id    label  turns
    0         frost-1  weather      1
    1         frost-1   family      2
    >>> chart.marks[0].selection
    'chapter=1&part=Spring&theme=weather'
    """
    names = {f.column: (f.name, f.label) for f in corpus.descriptor.facets}
    facet, called = names.get(f"annotations.{layer}", ("", layer.capitalize()))
    title = f"{called} by chapter: in how many turns each stands"
    table = measures.labels_by(corpus, layer)
    if not len(table):
        return empty(corpus, "themes", title, f"No selected turn has a label of the layer {layer}.")
    chapters = list(dict.fromkeys(table["conversation_id"]))
    shown = table[table["conversation_id"].isin(chapters[:CHAPTERS])]
    firsts = _firsts(corpus, layer)
    parts = behind_parts(corpus, "conversation_id", chapters[:CHAPTERS])
    marks = []
    for row in shown.to_dict("records"):
        selection, place = parts[row["conversation_id"]]
        if selection and facet:
            chosen = {facet: str(row["label"])}
            selection, place = narrowed_by(Selection.parse(selection), chosen), ""
        else:
            first = firsts[row["conversation_id"], row["label"]]
            selection, place = "", str(Place(corpus.turn_id(first)))
        label = f"{row['label']}, {row['heading']}: {plural(row['turns'], 'turn')} of {row['of']:,}"
        marks.append(Mark(label, selection, place))
    totals = table.groupby("label", sort=False)["turns"].sum().sort_values(ascending=False)
    notes = ["A turn can carry several labels; a cell without a number is a chapter without it."]
    if len(chapters) > CHAPTERS:
        notes.append(f"Drawn are the first {CHAPTERS} of {len(chapters):,} chapters.")
    if len(chapters) < 2:
        notes.append("It is a single chapter, so nothing can be compared.")
    most = table.iloc[int(table["turns"].to_numpy().argmax())]
    return Chart(
        name=f"themes of {corpus.descriptor.name}",
        title=title,
        population=population(corpus, "Counted are turns, by the labels given to them on reading."),
        alt=f"{plural(len(totals), 'label')} in {plural(len(chapters), 'chapter')}. The most "
        f"frequent is {totals.index[0]} with {plural(int(totals.iloc[0]), 'turn')}; the fullest "
        f"cell {most['label']} in {most['heading']} with {plural(int(most['turns']), 'turn')}.",
        drawings=tuple(
            _drawn(corpus.labelled(layer).names, shown, marks, width) for width in (WIDE, NARROW)
        ),
        marks=tuple(marks),
        notes=tuple(notes),
        numbers=table,
    )


def _firsts(corpus: Corpus, layer: str) -> dict[tuple[str, str], int]:
    """For each conversation and label the row of the first selected turn that carries it."""
    labelled = corpus.labelled(layer)
    names, codes = corpus.parts("conversation_id")
    talks = codes[np.searchsorted(corpus.rows, labelled.rows)]
    width = max(len(labelled.names), 1)
    pairs, at = np.unique(talks * width + labelled.codes, return_index=True)
    # The labels stand in the order of their turns.
    return {
        (names[pair // width], labelled.names[pair % width]): row
        for pair, row in zip(pairs.tolist(), labelled.rows[at].tolist(), strict=True)
    }


def shade(turns: int, most: int) -> int:
    """How dark a cell is, from 1 to 4, by its part of the fullest one.

    Examples
    --------
    >>> shade(1, 12), shade(7, 12), shade(12, 12)
    (1, 3, 4)
    """
    return -(-turns * _SHADES // most)


def _drawn(
    order: Sequence[str], table: pd.DataFrame, marks: Sequence[Mark], width: float
) -> render.Drawing:
    wide = width >= WIDE
    size = 13.0 if wide else 12.0
    left = 166.0 if wide else 106.0
    labels = [name for name in order if name in set(table["label"])]
    chapters = list(dict.fromkeys(table["conversation_id"]))
    headings = dict(zip(table["conversation_id"], table["heading"], strict=True))
    cells = {
        (row["conversation_id"], row["label"]): (number, row["turns"])
        for number, row in enumerate(table.to_dict("records"))
    }
    most = int(table["turns"].max())
    cell = 26.0 if wide else 25.0
    fit = max(int((width - left) / cell), 1)
    panels = -(-len(chapters) // fit)
    each = -(-len(chapters) // panels)
    high = 24.0 if wide else 30.0
    parts: list[str] = []
    y = 0.0
    for panel in range(panels):
        columns = chapters[panel * each : (panel + 1) * each]
        names = [render.shortened(headings[chapter], 150, 12) for chapter in columns]
        deep = max(render.breadth(name, 12) for name in names) * 0.95 + 8
        y += deep
        parts += [
            render.turned(left + cell * i + cell / 2 + 4, y - 6, name, "small")
            for i, name in enumerate(names)
        ]
        for label in labels:
            lines = render.wrapped(label, left - 8, size, 2)
            begin = y + high / 2 + 4.5 - 7 * (len(lines) - 1)
            parts += [
                render.text(0, begin + 14 * i, line, "" if wide else "small")
                for i, line in enumerate(lines)
            ]
            for i, chapter in enumerate(columns):
                x = left + cell * i
                if (chapter, label) not in cells:
                    parts.append(render.rect(x, y, cell, high, "cell m0"))
                    continue
                number, turns = cells[chapter, label]
                tone = shade(turns, most)
                shapes = render.rect(x, y, cell, high, f"cell m{tone}")
                shapes += render.text(
                    x + cell / 2, y + high / 2 + 4.5, str(turns), f"over{tone}", anchor="middle"
                )
                box = (x + 1, y + 1, cell - 2, high - 2)
                parts.append(render.mark(number, marks[number].label, shapes, box))
            y += high
        y += 14
    return render.Drawing(width, y, "".join(parts))
