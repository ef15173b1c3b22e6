"""Conversations turn by turn: how long each turn is, and whose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from readerlib import render
from readerlib.charts.chart import NARROW, WIDE, Chart, Mark, empty, population
from readerlib.corpus import Corpus
from readerlib.errors import plural
from readerlib.notices import Notices
from readerlib.selection import Place
from readerlib.text import count

TURNS = 2_000
"""Turns that are drawn at most."""

SHORTEST = 5.0
"""Pixels that a turn of few words has at least."""

HIGH = 22.0
_NEXT = 30.0
_ASIDE = {"statement": 14.0, "document": 14.0}
"""How high a turn is drawn that was not said on the call."""

_APART = 1.5
"""Pixels between two turns."""

_KEPT = 4.0
"""How far below a turn its notice is marked."""


def ribbon(corpus: Corpus, *, notices: Notices = "ask") -> Chart:
    """A conversation as a ribbon: one piece a turn, as wide as it has words, by speaker.

    Read a call at a glance: who has the long turns, who only acknowledges, where the
    reporters' account comes between, and where something was cut.  Turns that the selection
    leaves out are dots; a turn behind a notice is drawn by its length, and underlined.

    Parameters
    ----------
    corpus : Corpus
        One conversation or several; the first 2,000 of its turns are drawn.
    notices : "ask", "show" or mapping of str to either
        As in :func:`readerlib.notices.asked`; a turn that is asked about is underlined.

    Returns
    -------
    Chart
        Its table, one row per selected turn: ``turn_id``, ``conversation_id`` : str;
        ``position`` : int; ``speaker``, ``kind`` : str; ``words`` : int, the length of the
        published turn, or else of what the corpus has of it; ``pattern`` : str, how it is
        drawn; ``notice`` : str, for what it is kept back.

    Raises
    ------
    ReaderError
        If the profile of notices cannot be read.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> chart = ribbon(load("demo").select(chapter="1"))
    >>> chart.table[["turn_id", "speaker", "words", "pattern"]]
          turn_id   speaker  words  pattern
    0  frost-1-01  Narrator     18  account
    1  frost-1-02     Tomas     23    solid
    2  frost-1-03     Irena     20   rising
    3  frost-1-04     Tomas     10    solid
    """
    title = "Turn by turn: each piece is a turn, as wide as it has words"
    records = corpus.records(0, corpus.nth(TURNS) if len(corpus) > TURNS else None)
    if not records:
        return empty(corpus, "ribbon", title, "No turn is selected.")
    rows = [corpus.row(record["turn_id"]) for record in records]
    kept = corpus.veiled(corpus.asked(notices), rows)
    table = pd.DataFrame(
        {
            "turn_id": [record["turn_id"] for record in records],
            "conversation_id": [record["conversation_id"] for record in records],
            "position": [int(record["position"]) for record in records],
            "speaker": [record["speaker"] or record["speaker_id"] for record in records],
            "kind": [record["kind"] for record in records],
            "words": [_length(record) for record in records],
        }
    )
    styles = _styles(table)
    table["pattern"] = [
        kind if kind == "cut" else "account" if kind == "narration" else styles[speaker].pattern
        for kind, speaker in zip(table["kind"], table["speaker"], strict=True)
    ]
    table["notice"] = [", ".join(kept.get(row, ())) for row in rows]
    marks = [
        Mark(
            " · ".join(
                [
                    row["turn_id"],
                    row["speaker"] if row["kind"] != "cut" else "cut",
                    *([render.SAID[row["kind"]]] if row["kind"] in render.SAID else []),
                    plural(row["words"], "word"),
                    *([f"notice: {row['notice']}"] if row["notice"] else []),
                ]
            ),
            place=str(Place(row["turn_id"])),
        )
        for row in table.to_dict("records")
    ]
    talks = {talk.conversation_id: str(talk.heading) for talk in corpus.talks_of(rows)}
    pieces = list(zip(table.to_dict("records"), rows, strict=True))
    notes = []
    if len(table) < len(corpus):
        notes.append(f"Drawn are the first {len(table):,} of {len(corpus):,} turns.")
    if table["speaker"].nunique() < 2:
        notes.append("Only one speaker is selected, so nothing can be compared.")
    notes.append(
        f"A turn of few words is drawn {SHORTEST:g} pixels wide, so that it can be seen and chosen."
    )
    return Chart(
        name=f"ribbon of {corpus.descriptor.name}",
        title=title,
        population=population(corpus, "Counted are the words of the published turns."),
        alt=_gist(table),
        drawings=tuple(_drawn(pieces, (talks, styles), marks, width) for width in (WIDE, NARROW)),
        marks=tuple(marks),
        notes=tuple(notes),
        numbers=table,
    )


def _length(record: Mapping[Any, Any]) -> int:
    """How many words a turn has: as published, or else of its words here, or of its summary."""
    if record["words"] is not None:
        return int(record["words"])
    return count(str(record["text"] or record["gist"] or ""))


def _styles(table: pd.DataFrame) -> dict[str, render.Style]:
    """The eight speakers with the most words have a style each, the others share one."""
    voices = table[~table["kind"].isin(["narration", "cut"])]
    order = (
        voices.groupby("speaker", sort=False)["words"]
        .sum()
        .sort_values(ascending=False, kind="stable")
    )
    names = [str(name) for name in order.index]
    return {
        name: render.STYLES[i] if i < len(render.STYLES) else render.OTHERS
        for i, name in enumerate(names)
    }


def _gist(table: pd.DataFrame) -> str:
    voices = table[~table["kind"].isin(["narration", "cut"])]
    by = voices.groupby("speaker", sort=False)["words"].agg(["size", "sum"])
    by = by.sort_values("sum", ascending=False, kind="stable")
    said = [
        f"{name} has {plural(int(size), 'turn')} with {plural(int(words), 'word')}"
        for name, size, words in zip(by.index[:3], by["size"][:3], by["sum"][:3], strict=True)
    ]
    rest = f"; {plural(len(by) - 3, 'more speaker')}" if len(by) > 3 else ""
    told = int((table["kind"] == "narration").sum())
    longest = table.iloc[int(table["words"].to_numpy().argmax())]
    talks = plural(table["conversation_id"].nunique(), "conversation")
    return (
        f"{plural(len(table), 'turn')} in {talks}"
        f": {', '.join(said) or 'nobody speaks'}{rest}. {plural(told, 'turn')} of the reporters' "
        f"account. The longest turn is {longest['turn_id']} with "
        f"{plural(int(longest['words']), 'word')}."
    )


def scale(talks: Sequence[Sequence[int]], width: float) -> float:
    """Pixels that stand for a word: as many as leave each conversation a line, from 0.8 to 4.

    Parameters
    ----------
    talks : sequence of sequence of int
        How many words each turn of each conversation has.
    width : float

    Examples
    --------
    >>> scale([[20, 4]], 720)
    4.0
    >>> scale([[9_000]], 720)
    0.8
    >>> 1.7 < scale([[100, 300, 1], [10]], 720) < 1.8
    True
    """
    low, high = 0.8, 4.0
    if _longest(talks, high) <= width:
        return high
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if _longest(talks, middle) <= width else (low, middle)
    return low


def _longest(talks: Sequence[Sequence[int]], each: float) -> float:
    """How long the longest conversation is where a word is so many pixels."""
    return max(sum(max(words * each, SHORTEST) + _APART for words in talk) for talk in talks)


def _drawn(
    pieces: Sequence[tuple[Mapping[Any, Any], int]],
    named: tuple[Mapping[str, str], Mapping[str, render.Style]],
    marks: Sequence[Mark],
    width: float,
) -> render.Drawing:
    talks, styles = named
    size = 13.0 if width >= WIDE else 12.0
    lengths: dict[str, list[int]] = {}
    for row, _ in pieces:
        lengths.setdefault(row["conversation_id"], []).append(row["words"])
    each = scale(list(lengths.values()), width)
    drawn, height = render.legend(_legend(pieces, styles), width, size)
    parts = [drawn]
    x, y = 0.0, height
    talk, last = "", -1
    for number, (row, at) in enumerate(pieces):
        if row["conversation_id"] != talk:
            talk = row["conversation_id"]
            y += (HIGH + 14 if number else 0) + 18
            heading = render.shortened(talks[talk] or talk, width, size * 1.06)
            parts.append(render.text(0, y - 6, heading, "strong"))
            x = 0.0
        elif at != last + 1:
            parts.append(render.line(x + 2, y + HIGH / 2, x + 12, y + HIGH / 2, "gap"))
            x += 14
        last = at
        left = max(row["words"] * each, SHORTEST)
        first = True
        shapes, box = "", (x, y, 0.0, 0.0)
        # A turn that is longer than what is left of a line goes on in the next one.
        while first or left > 0:
            if x >= width - SHORTEST:
                x, y = 0.0, y + _NEXT
            wide = min(left, width - x)
            if left - wide < 0.01:
                left = wide
            shapes += _piece(row, styles, (x, y, wide))
            if first or wide > box[2]:
                box = (x, y, wide, HIGH)
            x += wide
            left -= wide
            first = False
        x += _APART
        parts.append(render.mark(number, marks[number].label, shapes, box))
    return render.Drawing(width, y + HIGH + 12, "".join(parts))


def _piece(
    row: Mapping[Any, Any], styles: Mapping[str, render.Style], at: tuple[float, float, float]
) -> str:
    x, y, wide = at
    if row["kind"] == "cut":
        return render.line(x + wide / 2, y - 2, x + wide / 2, y + HIGH + 2, "cut")
    if row["kind"] == "narration":
        middle = y + HIGH / 2
        shape = render.rect(x, middle - 3, wide, 6, "account")
    else:
        high = _ASIDE.get(row["kind"], HIGH)
        shape = render.filled(x, y + HIGH - high, wide, high, styles[row["speaker"]])
    if row["notice"]:
        shape += render.line(x, y + HIGH + _KEPT, x + wide, y + HIGH + _KEPT, "kept")
    return shape


def _legend(
    pieces: Sequence[tuple[Mapping[Any, Any], int]], styles: Mapping[str, render.Style]
) -> list[tuple[str, str]]:
    kinds = {row["kind"] for row, _ in pieces}
    items = [
        (render.filled(1, 0, 20, 14, style), name)
        for name, style in styles.items()
        if style is not render.OTHERS
    ]
    rest = len(styles) - len(items)
    if rest:
        items.append((render.filled(1, 0, 20, 14, render.OTHERS), plural(rest, "other speaker")))
    if "narration" in kinds:
        items.append((render.rect(1, 4, 20, 6, "account"), "reporters' account"))
    if kinds & _ASIDE.keys():
        items.append((render.filled(1, 5, 20, 9, render.OTHERS), "lower: not said on the call"))
    if "cut" in kinds:
        items.append((render.line(11, -2, 11, 16, "cut"), "cut"))
    if any(row["notice"] for row, _ in pieces):
        items.append((render.line(1, 12, 21, 12, "kept"), "behind a notice"))
    gaps = any(
        here[1] != before[1] + 1 and here[0]["conversation_id"] == before[0]["conversation_id"]
        for before, here in pairwise(pieces)
    )
    if gaps:
        items.append((render.line(2, 7, 20, 7, "gap"), "turns not selected"))
    return items
