"""Words that are typical of one side, as bars to the left and to the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from readerlib import measures, render
from readerlib.charts.chart import NARROW, WIDE, Chart, Mark, empty, population, spoken
from readerlib.corpus import Corpus
from readerlib.errors import plural

WORDS = 30
"""Words that are drawn at most."""

OTHER_WORDS = 12
"""Words that do not stand out and are drawn all the same, at most."""

HIGH = 13.0


def keyness(target: Corpus, reference: Corpus) -> Chart:
    """Which words are typical of one selection, and which of another.

    To the right what the target says more often, to the left what the reference does; a word
    twice as frequent has a bar of length 1, four times one of length 2.  Only words that stand
    out by :func:`readerlib.measures.keyness` are filled in.

    Parameters
    ----------
    target, reference : Corpus
        Two selections with words.

    Returns
    -------
    Chart
        Its table has the rows that are drawn of :func:`readerlib.measures.keyness`, with
        ``word`` as a column.

    Raises
    ------
    TextMissing
        If a selected turn has a summary and no words.
    SelectionError
        If one of the two has no word at all.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> demo = load("demo")
    >>> chart = keyness(demo.select(part="Spring"), demo.select(part="Autumn"))
    >>> chart.table[["word", "target", "reference", "stands_out"]]
      word  target  reference  stands_out
    0  the      15          4       False
    >>> chart.notes[0]
    'No word stands out: differences like these can come by chance.'
    """
    sides = _named(target, reference), _named(reference, target)
    title = f"Words of {sides[0]} against {sides[1]}: how often each side says them"
    every = measures.keyness(target, reference)
    if not len(every):
        return empty(
            target,
            "keyness",
            title,
            "No word is frequent enough to be compared: each would be expected fewer than five "
            "times on one side.",
        )
    out = every[every["stands_out"]].head(WORDS)
    rest = every[~every["stands_out"]].head(min(OTHER_WORDS, WORDS - len(out)))
    table = pd.concat([out, rest]).sort_values("log_ratio", ascending=False, kind="stable")
    table = table.reset_index()
    marks = []
    for row in table.to_dict("records"):
        side = target if row["log_ratio"] >= 0 else reference
        said = side.selection.with_find({*side.selection.find, row["word"]})
        label = f"{row['word']}: {row['target']:,} against {row['reference']:,}"
        marks.append(Mark(f"{label}{', stands out' if row['stands_out'] else ''}", str(said)))
    count = int(every["stands_out"].sum())
    notes = [
        f"{plural(count, 'word')} of {len(every):,} compared stand{'s' * (count == 1)} out; the "
        "others, drawn hollow, may differ by chance or by a turn or two."
        if count
        else "No word stands out: differences like these can come by chance."
    ]
    if len(table) < len(every):
        notes.append(f"Drawn are {len(table)} of {len(every):,} words that were compared.")
    more, less = (
        [row["word"] for row in table.to_dict("records") if row["stands_out"] and right(row)]
        for right in (_more, _less)
    )
    gist = "; ".join(
        f"typical of {side}: {', '.join(words[:8])}"
        for side, words in zip(sides, (more, less[::-1]), strict=True)
        if words
    )
    return Chart(
        name=f"keyness of {target.descriptor.name}",
        title=title,
        population=population(
            target,
            f"Against {plural(len(reference), 'turn')} of {spoken(reference) or sides[1]}. "
            "Counted are the words as attached, never those of summaries.",
        ),
        alt=f"{gist[0].upper()}{gist[1:]}." if gist else notes[0],
        drawings=tuple(
            _drawn(table.to_dict("records"), sides, marks, width) for width in (WIDE, NARROW)
        ),
        marks=tuple(marks),
        notes=tuple(notes),
        numbers=table,
    )


def _more(row: Mapping[Any, Any]) -> bool:
    return bool(row["log_ratio"] >= 0)


def _less(row: Mapping[Any, Any]) -> bool:
    return not _more(row)


def _named(corpus: Corpus, other: Corpus) -> str:
    """What a side is called, without what is said of the other one too."""
    chosen, its = corpus.selection, other.selection
    for facet, values in corpus.selection.where.items():
        if its.where.get(facet) == values:
            chosen = chosen.with_facet(facet, None)
    if chosen.find == its.find:
        chosen = chosen.with_find(())
    return spoken(corpus.whole.select(chosen)) or corpus.descriptor.title


def _drawn(
    rows: Sequence[Mapping[Any, Any]],
    sides: tuple[str, str],
    marks: Sequence[Mark],
    width: float,
) -> render.Drawing:
    wide = width >= WIDE
    size = 13.0 if wide else 12.0
    left, right = (150.0, 90.0) if wide else (92.0, 62.0)
    room = (width - left - right) / 2
    middle = left + room
    most = max([abs(row["log_ratio"]) for row in rows] + [1.0])
    parts: list[str] = []
    heads = [
        render.wrapped(
            f"{'◂ ' if side else ''}more in {name}{'' if side else ' ▸'}", width / 2 - 12, 12, 2
        )
        for side, name in ((0, sides[0]), (1, sides[1]))
    ]
    deep = 15.0 * max(map(len, heads))
    for i, said in enumerate(heads[0]):
        parts.append(render.text(width, 13 + 15 * i, said, "small strong", anchor="end"))
    for i, said in enumerate(heads[1]):
        parts.append(render.text(0, 13 + 15 * i, said, "small strong"))
    y = deep + 26
    top = y
    step = max(1, -(-int(most) // (4 if wide else 2)))
    steps = int(most) // step
    bottom = top + len(rows) * 22 + 4
    for at in range(-steps * step, steps * step + 1, step):
        x = middle + at / most * room
        parts.append(render.line(x, top - 4, x, bottom, "grid" if at else "axis"))
        said = f"{2 ** abs(at)}×" if at else "equal"
        parts.append(render.text(x, top - 9, said, "small quiet", anchor="middle"))
    for number, row in enumerate(rows):
        long = abs(row["log_ratio"]) / most * room
        more = _more(row)
        style = render.OTHERS
        if row["stands_out"]:
            style = render.STYLES[0] if more else render.STYLES[1]
        shapes = render.filled(middle if more else middle - long, y + 4, long, HIGH, style)
        word = render.shortened(row["word"], left - 12, size)
        shapes += render.text(4, y + 15, word, "strong" if row["stands_out"] else "quiet")
        counts = f"{row['target']:,} : {row['reference']:,}"
        shapes += render.text(width - 2, y + 15, counts, "small", anchor="end")
        box = (1, y, width - 2, 21)
        parts.append(render.mark(number, marks[number].label, shapes, box))
        y += 22
    return render.Drawing(width, bottom + 4, "".join(parts))
