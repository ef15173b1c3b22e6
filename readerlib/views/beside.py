"""What the rows of a comparison show: which fit on a page, what is kept back, what is marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from readerlib import alignment, render
from readerlib.alignment import Row, Side
from readerlib.corpus import Corpus
from readerlib.notices import Notices
from readerlib.views.choosers import reading, titled

WINDOW = 100
"""Rows on a page at most."""

NODES = 480
"""Turns and empty cells on a page at most."""

CELL = NODES // render.MOST_SIDES
"""Turns of a cell at most: what is more stands in a further row."""

Back = dict[int, Sequence[str]]
"""Rows of turns that are kept back, and on what topics."""


def parted(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows, with one that has more turns than a page can hold in several parts.

    Examples
    --------
    >>> [len(row.cells[0]) for row in parted([Row((tuple(range(150)), (7,)))])]
    [120, 30]
    """
    if not isinstance(rows, list) or all(len(c) <= CELL for row in rows for c in row.cells):
        return rows
    return [
        Row(tuple(cell[at : at + CELL] for cell in row.cells), row.heading)
        for row in rows
        for at in range(0, max(map(len, row.cells)), CELL)
    ]


def page_around(rows: Sequence[Row], number: int) -> range:
    """The numbers of the rows that stand on the page with one of them.

    Examples
    --------
    >>> page_around([Row(((1,), (2,)))] * 1000, 500)
    range(480, 580)
    """
    first = max(0, min(number - WINDOW // 5, len(rows) - WINDOW))
    last, nodes = first, 0
    for row in rows[first : first + WINDOW]:
        nodes += _nodes(row)
        if nodes > NODES and last > number:
            break
        while nodes > NODES and first < number:
            nodes -= _nodes(rows[first])
            first += 1
        last += 1
    return range(first, last)


def stands_in(sought: Sequence[int | None], row: Row) -> bool:
    """Whether a turn stands in a row.

    Parameters
    ----------
    sought : sequence of int or None
        The turn's row in the corpus of each side; None where that has no such turn.
    row : Row

    Examples
    --------
    >>> stands_in([3, None], Row(((3,), ()))), stands_in([3, None], Row(((), (3,))))
    (True, False)
    """
    return any(turn in cell for turn, cell in zip(sought, row.cells, strict=True))


def row_of(
    sides: Sequence[Side], rows: Sequence[Row], sought: Sequence[int | None], *, by: str
) -> int | None:
    """The number of the first row in which a turn stands; None if it stands in none.

    Parameters
    ----------
    sides : sequence of Side
    rows : sequence of Row
        As they were made of the sides.
    sought : sequence of int or None
        As in :func:`stands_in`.
    by : str
        How they were made.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> sides = [Side.parse(load("demo"), "speaker=Tomas"), Side(load("demo"))]
    >>> row_of(sides, alignment.rows(sides, "position"), [3, 3], by="position")
    1
    """
    of = [side.corpus.rows for side in sides]
    at = [
        int(np.searchsorted(own, turn))
        for own, turn in zip(of, sought, strict=True)
        if turn is not None and turn in own
    ]
    if not at:
        return None
    if by == "position":
        # By its number on the side on which it comes first.
        return min(at)
    if by == "place" and len({id(side.corpus.whole) for side in sides}) == 1:
        turn = next(turn for turn in sought if turn is not None)
        before = np.zeros(turn, bool)
        for own in of:
            before[own[own < turn]] = True
        return int(np.count_nonzero(before))
    return next((i for i, row in enumerate(rows) if stands_in(sought, row)), None)


def _nodes(row: Row) -> int:
    return sum(len(cell) or 1 for cell in row.cells)


class Keeping:
    """Which turns are kept back: what is asked about, and what was shown or hidden one by one.

    Parameters
    ----------
    corpus : Corpus
        A profile of notices speaks of its topics.
    notices : "ask", "show" or mapping of str to either

    Raises
    ------
    ReaderError
        If the profile cannot be read.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> demo = load("demo")
    >>> keeping = Keeping(demo, "ask")
    >>> keeping.back([Side(demo)], [Row(((7,),))], by="position")
    [{7: ['injury']}]
    """

    def __init__(self, corpus: Corpus, notices: Notices) -> None:
        corpus.asked(notices)
        self._own = corpus.descriptor.name
        self._notices = notices
        self.asking = notices != "show"
        self.revealed: frozenset[str] = frozenset()
        self.hidden: frozenset[str] = frozenset()

    def switch(self) -> None:
        """Ask, or no longer; what was shown or hidden one by one is forgotten."""
        self.asking = not self.asking
        self.revealed = self.hidden = frozenset()

    def reveal(self, turns: Iterable[str]) -> None:
        """Show these turns, on every side."""
        self.revealed |= frozenset(turns)
        self.hidden -= frozenset(turns)

    def hide(self, turn: str) -> None:
        """Put a turn back, on every side."""
        self.revealed -= {turn}
        self.hidden |= {turn}

    def back(self, sides: Sequence[Side], rows: Sequence[Row], *, by: str) -> list[Back]:
        """For each side the turns in these rows that are kept back, and on what topics."""
        found: list[Back] = []
        for i, side in enumerate(sides):
            whole = side.corpus.whole
            asked = self._asked(whole)
            behind: Back = {}
            for row, topics in whole.veiled(whole.asked({}), on_page(rows, i)).items():
                turn = whole.turn_id(row)
                asking = [topic for topic in topics if topic in asked] if self.asking else []
                if turn in self.hidden:
                    behind[row] = asking or topics
                elif asking and turn not in self.revealed:
                    behind[row] = asking
            found.append(behind)
        if by == "place" and len({id(side.corpus.whole) for side in sides}) > 1:
            self._same_turns(rows, found)
        return found

    def _same_turns(self, rows: Sequence[Row], found: Sequence[Back]) -> None:
        """Keep a turn back on every side, also where only one of the corpora has the notice."""
        for each in rows:
            behind = [
                topic
                for cell, back in zip(each.cells, found, strict=True)
                for row in cell
                for topic in back.get(row, ())
            ]
            for cell, back in zip(each.cells, found, strict=True):
                for row in cell if behind else ():
                    back.setdefault(row, list(dict.fromkeys(behind)))

    def _asked(self, whole: Corpus) -> frozenset[str]:
        """The topics that are asked about in one of the corpora."""
        if isinstance(self._notices, str) or whole.descriptor.name == self._own:
            return whole.asked(self._notices)
        # A profile speaks of the topics of the first corpus; another one has its own as well.
        every = whole.asked({})
        return frozenset(t for t in every if self._notices.get(t, "ask") == "ask")


def on_page(rows: Sequence[Row], number: int) -> list[int]:
    """The turns that stand in these rows on one side, each once, in order.

    Examples
    --------
    >>> on_page([Row(((3, 1), ())), Row(((1,), (5,)))], 0)
    [1, 3]
    """
    return sorted({row for each in rows for row in each.cells[number]})


def columns(
    sides: Sequence[Side],
    rows: Sequence[Row],
    keeping: Keeping,
    *,
    by: str,
    marks: str = "",
    covering: bool = False,
) -> list[render.Column]:
    """The sides as a page shows them; nothing is read of a turn that is kept back.

    Parameters
    ----------
    sides : sequence of Side
    rows : sequence of Row
        Those on the page.
    keeping : Keeping
    by : str
        How the rows were made.
    marks : "", "shared" or "different"
        Which words are marked.
    covering : bool
        Whether masked strong language is covered wholly.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> demo = load("demo")
    >>> sides = [Side.parse(demo, "part=Spring"), Side.parse(demo, "part=Autumn")]
    >>> keeping = Keeping(demo, "ask")
    >>> columns(sides, alignment.rows(sides, "position"), keeping, by="position")[1].title
    'Part: Autumn'
    """
    veiled = keeping.back(sides, rows, by=by)
    texts: list[dict[int, str | None]] = []
    for i, side in enumerate(sides):
        seen = [row for row in on_page(rows, i) if row not in veiled[i]]
        said = (t and render.covered(t) if covering else t for t in side.texts(seen))
        texts.append(dict(zip(seen, said, strict=True)))
    spans = _spans(rows, texts, marks=marks, in_order=by == "place")
    titles = titled(sides)
    return [
        render.Column(
            side.corpus,
            titles[i],
            reading(side),
            texts[i],
            gists=_summaries(side, texts[i]),
            langs=_langs(side, texts[i]),
            spans=spans[i],
            veiled=veiled[i],
            revealed={
                row for row in texts[i] if side.corpus.whole.turn_id(row) in keeping.revealed
            },
        )
        for i, side in enumerate(sides)
    ]


Spans = dict[tuple[int, int], list[tuple[int, int]]]
"""Number of a row and turn in it → the stretches of its text that are marked."""


def _spans(
    rows: Sequence[Row],
    texts: Sequence[Mapping[int, str | None]],
    *,
    marks: str,
    in_order: bool,
) -> list[Spans]:
    """For each side the stretches that are marked; a turn can stand in several rows."""
    found: list[Spans] = [{} for _ in texts]
    for number, each in enumerate(rows if marks else ()):
        said = [
            [(row, text) for row in cell if (text := of.get(row)) is not None]
            for cell, of in zip(each.cells, texts, strict=True)
        ]
        if sum(map(bool, said)) < 2:
            # Beside nothing there is nothing to share, and nothing to differ from.
            continue
        whole = ["\n".join(text for _, text in cell) or None for cell in said]
        worded = alignment.differences(whole, in_order=in_order)
        for cell, wording, own in zip(said, worded, found, strict=True):
            stretches = wording.shared if marks == "shared" else wording.different
            begin = 0
            for row, text in cell:
                # A stretch may go from one turn of the cell on into the next.
                own[number, row] = [
                    (max(first - begin, 0), min(last - begin, len(text)))
                    for first, last in stretches
                    if first < begin + len(text) and last > begin
                ]
                begin += len(text) + 1
    return found


def _summaries(side: Side, rows: Iterable[int]) -> set[int]:
    """The rows of which the side shows a summary."""
    every = list(rows)
    if side.layer:
        return set(every if side.layer == "gist" else ())
    turns = side.corpus.tables()["turns"]
    if "text" not in turns:
        return set(every)
    return {row for row, text in zip(every, turns["text"].iloc[every], strict=True) if not text}


def _langs(side: Side, rows: Iterable[int]) -> dict[int, str]:
    """The language of the text that the side shows of each row, where it is known."""
    every = list(rows)
    if side.layer.startswith("text_"):
        return dict.fromkeys(every, side.layer.removeprefix("text_"))
    turns = side.corpus.tables()["turns"]
    if side.layer == "gist" or "lang" not in turns:
        return {}
    summaries = _summaries(side, every)
    langs = zip(every, turns["lang"].iloc[every], strict=True)
    return {row: str(lang) for row, lang in langs if lang and row not in summaries}
