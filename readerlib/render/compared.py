"""Turns beside turns: the rows of a comparison, its heads, and what stands around them."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

from readerlib.corpus import Corpus, Talk
from readerlib.render.marking import action, marked, underlined
from readerlib.render.page import TALK, credited, turn, veil

MARKS = {
    "": "none",
    "shared": "shared",
    "different": "different",
}
"""Which words of a row are marked, and what that is called."""

SIZES = {"0": "as here", "1": "larger", "2": "large", "3": "for the back row"}
"""Size of the text and what it is called."""

CHOOSERS = {"some": "usual", "all": "all", "none": "none"}
"""Which choosers stand above the columns, and what that is called."""

MOST_SIDES = 4
"""Columns that stand side by side at most."""

KEYS_HELP = (
    ("Tab", "from the choosers to the rows and on"),
    ("↓ ↑", "next and previous turn of the column"),
    ("→ ←", "the same row of the next or the previous column"),
    ("Page Down, Page Up", "ten rows on or back"),
    ("Home, End", "first and last row"),
    ("Enter", "show a turn behind its notice"),
    ("Esc", "leave the rows"),
)
"""Key and what it does, as the help lists them."""


@dataclass(frozen=True, slots=True)
class Column:
    """One side of a comparison, as a page of it is shown.

    Parameters
    ----------
    corpus : Corpus
        Its selected turns are the side's.
    title : str
        Which turns these are, in words.
    reading : str
        What one reads of them, in words: the words, summaries, a translation.
    texts : mapping of int to str or None
        Row → what stands there; None where the turn has nothing in this layer.
    gists : container of int
        The rows whose text is a summary in our words.
    langs : mapping of int to str
        Row → the language of its text, where that is known.
    spans : mapping of pairs of int to sequence of pairs of int
        Number of a row of the page and turn in it → the stretches of its text that are
        marked there.
    veiled : mapping of int to sequence of str
        Rows that a notice keeps back, and their topics; these have no text.
    revealed : container of int
        Rows that were asked for and can be hidden again.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> column = Column(load("demo").select(part="Autumn"), "Part: Autumn", "words", {11: "Ah."})
    >>> column.texts[11]
    'Ah.'
    """

    corpus: Corpus
    title: str
    reading: str
    texts: Mapping[int, str | None]
    gists: Container[int] = ()
    langs: Mapping[int, str] = field(default_factory=dict)
    spans: Mapping[tuple[int, int], Sequence[tuple[int, int]]] = field(default_factory=dict)
    veiled: Mapping[int, Sequence[str]] = field(default_factory=dict)
    revealed: Container[int] = ()


Cells = Sequence[Sequence[int]]
"""For each column the turns of a row, by their rows in its corpus."""


def compared_frame(title: str, *, linked: bool = False) -> str:
    """What stands still around the rows: title, how they are made, what is marked, help."""
    keys = "".join(
        f"<dt><kbd>{escape(key)}</kbd></dt><dd>{escape(does)}</dd>" for key, does in KEYS_HELP
    )
    if linked:
        keys += "<dt>In the Reader</dt><dd>reads the turn there, in its conversation</dd>"
    return (
        f"<header><h2>Side by side: {escape(title)}</h2>"
        '<span role="status" class="status" data-part="status"></span>'
        '<button class="ask" data-do="help" aria-expanded="false" aria-label="Help" title="Help">?'
        "</button></header>"
        '<div class="how" role="group" aria-label="How they are compared">'
        '<label>Rows by <select data-set="by" data-part="ways"></select></label>'
        '<button data-do="swap">Swap</button><button data-do="add">Add a column</button>'
        f"<label>Mark words {_chooser('marks', MARKS)}</label>"
        f"<label>Size {_chooser('size', SIZES)}</label>"
        f"<label>Choosers {_chooser('choosers', CHOOSERS)}</label>"
        '<button class="notices" data-do="notices" data-part="notices" hidden></button></div>'
        f'<div class="help" hidden><dl>{keys}</dl></div>'
        '<p class="trouble" role="alert" hidden></p>'
        '<div class="legend" data-part="legend"></div>'
        '<div class="along" hidden><button data-do="page" data-step="-1">‹ Earlier rows</button>'
        '<input type="range" class="rail" min="0" step="1" aria-label="Where in all rows">'
        '<span></span><button data-do="page" data-step="1">Later rows ›</button></div>'
        '<div class="page"><div data-part="attach"></div><div data-part="page"></div></div>'
        '<footer><span data-part="foot"></span>'
        '<button data-do="attach">Published words…</button></footer>'
    )


def _chooser(name: str, values: Mapping[str, str]) -> str:
    return f'<select data-set="{name}">{compared_ways(values, "")}</select>'


def compared_ways(ways: Mapping[str, str], chosen: str) -> str:
    """Ways of making rows as the options of a chooser: name → what it is called.

    Examples
    --------
    >>> compared_ways({"position": "position"}, "position")
    '<option value="position" selected>position</option>'
    """
    return "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>'
        f"{escape(label)}</option>"
        for value, label in ways.items()
    )


def sides_named(count: int) -> list[str]:
    """What the columns are called, for who does not see them.

    Examples
    --------
    >>> sides_named(2), sides_named(3)
    (['left', 'right'], ['column 1', 'column 2', 'column 3'])
    """
    return ["left", "right"] if count == 2 else [f"column {i + 1}" for i in range(count)]


def compared(
    columns: Sequence[Column],
    rows: Sequence[tuple[Cells, str]],
    *,
    first: int = 0,
    of: int = 0,
    label: str = "",
    marks: str = "",
    linked: bool = False,
) -> str:
    """Rows of a comparison as a table: each row a grid of its own, so that no side drifts.

    Parameters
    ----------
    columns : sequence of Column
    rows : sequence of pairs
        The cells of a row, and what its turns have in common, said where it changes.
    first : int
        The number of the first of these rows among all, from 0.
    of : int
        How many rows there are in all.
    label : str
        What that is a value of; empty where rows are not made so.
    marks : "", "shared" or "different"
        What the marked stretches are.
    linked : bool
        Whether a turn can be read in a Reader.
    """
    names = sides_named(len(columns))
    heads = "".join(_head(column, i, names, len(columns)) for i, column in enumerate(columns))
    drawn = [_Drawn(column, names[i], rows, i) for i, column in enumerate(columns)]
    body = []
    before: str | None = None
    for number, (cells, heading) in enumerate(rows, first):
        if label and heading != before:
            named = escape(heading) if heading else "<i>none</i>"
            body.append(
                '<div role="row" class="group"><div role="rowheader" '
                f'aria-colspan="{len(columns)}"><h3><small>{escape(label)}</small> {named}</h3>'
                "</div></div>"
            )
        before = heading
        boxes = "".join(
            each.cell(i, cell, number - first, marks, linked=linked)
            for i, (each, cell) in enumerate(zip(drawn, cells, strict=True))
        )
        body.append(
            f'<div role="row" class="row" data-number="{number}" aria-rowindex="{number + 2}">'
            f"{boxes}</div>"
        )
    if not rows:
        body.append(
            '<div role="row" class="none"><div role="cell">There is nothing to set side by side: '
            "no turn fits these choices.</div></div>"
        )
    return (
        f'<div role="table" aria-label="Turns side by side" class="rows" '
        f'data-columns="{len(columns)}" aria-rowcount="{of + 1}" aria-colcount="{len(columns)}">'
        f'<div role="rowgroup" class="heads"><div role="row" aria-rowindex="1">{heads}</div></div>'
        f'<div role="rowgroup">{"".join(body)}</div></div>'
    )


def _head(column: Column, number: int, names: Sequence[str], count: int) -> str:
    """The head of a column: which turns, how many, and what one reads of them."""
    size = len(column.corpus)
    out = (
        f'<button data-do="remove" data-side="{number}" '
        f'aria-label="Take away {names[number]}" title="Take this column away">✕</button>'
        if count > 2
        else ""
    )
    empty = (
        '<p class="nothing">No turn fits these choices. '
        f'<button data-do="reset" data-side="{number}">Show all turns here</button></p>'
        if not size
        else ""
    )
    return (
        f'<div role="columnheader" class="head" data-side="{number}"><b>{escape(column.title)}</b> '
        f'<span class="n">{size:,} turn{"s" * (size != 1)}</span> '
        f"<small>{escape(column.reading)}</small>{out}{empty}</div>"
    )


class _Drawn:
    """A column while its cells are drawn from above to below."""

    def __init__(
        self, column: Column, name: str, rows: Sequence[tuple[Cells, str]], number: int
    ) -> None:
        self._column = column
        self._name = name
        whole = column.corpus.whole
        every = sorted({row for cells, _ in rows for row in cells[number]})
        self._records = dict(zip(every, whole.records_of(every), strict=True))
        self._talks = {talk.conversation_id: talk for talk in whole.talks_of(every)}
        sources = whole.sources
        self._sources = {str(row["source_id"]): row for row in sources.to_dict("records")}
        self._talk = ""
        self._last = -1
        self._between: set[object] = set()

    def cell(self, number: int, rows: Sequence[int], at: int, marks: str, *, linked: bool) -> str:
        """The turns of one cell, or that there is none."""
        on = f'<p class="on" aria-hidden="true">{escape(self._column.title)}</p>'
        if not rows:
            return (
                f'<div role="cell" class="cell empty" data-side="{number}" tabindex="-1" '
                f'aria-label="Nothing here, {self._name}">{on}'
                '<span aria-hidden="true">–</span></div>'
            )
        parts = []
        for is_veiled, group in groupby(rows, self._column.veiled.__contains__):
            shown = list(group)
            if is_veiled:
                parts.append(self._veil(shown))
            else:
                parts += [self._turn(row, at, marks, linked=linked) for row in shown]
        return f'<div role="cell" class="cell" data-side="{number}">{on}{"".join(parts)}</div>'

    def _veil(self, rows: Sequence[int]) -> str:
        records = [self._records[row] for row in rows]
        topics = list(dict.fromkeys(t for row in rows for t in self._column.veiled[row]))
        self._talk, self._last = str(records[-1]["conversation_id"]), rows[-1]
        place = f"turn {records[0]['position']}"
        # In a table a line has no room for more than the one way to see it.
        return veil(rows, records, topics, place=place, ways=False, where=self._name)

    def _turn(self, row: int, number: int, marks: str, *, linked: bool) -> str:
        column, record = self._column, self._records[row]
        talk = self._talks[str(record["conversation_id"])]
        text = column.texts.get(row)
        if text is None:
            words = '<span class="nothing">No text in this layer.</span>'
        elif marks:
            words = underlined(text, column.spans.get((number, row), ()), marks)
        else:
            words = marked(text, column.corpus.selection.find)
        if row in column.revealed:
            words += action("veil", "Hide", row=row)
        if linked:
            words += '<button class="go" data-do="turn">In the Reader</button>'
        pair = {record["speaker"], record["addressee"]}
        to = record["addressee"] if pair != self._between and record["kind"] in TALK else None
        self._between = pair if record["kind"] in TALK else self._between
        place = f"turn {record['position']}"
        at = place if talk.conversation_id == self._talk else f"{_called(talk)} · {place}"
        if talk.conversation_id == self._talk and row != self._last + 1:
            # What stands between them is not shown here.
            at = f"⋯ {place}"
        self._talk, self._last = talk.conversation_id, row
        source = self._sources.get(str(talk.about.get("source_id")), {})
        return turn(
            record,
            words,
            row=row,
            place=f"{place} of {talk.last - talk.first}",
            gist=row in column.gists,
            side="one" if record["speaker"] in talk.heading.above else "other",
            to=str(to or ""),
            lang=column.langs.get(row, ""),
            where=self._name,
            at=at,
            credit=credited(talk, source),
        )


def _called(talk: Talk) -> str:
    """A conversation in the fewest words."""
    heading = talk.heading
    own = heading.number or ("" if heading.above else heading.title)
    return " · ".join([*heading.above, own] if own else heading.above)


def compared_legend(marks: str, *, gists: bool) -> str:
    """What the marked words are; empty where none are marked.

    Parameters
    ----------
    marks : "", "shared" or "different"
    gists : bool
        Whether a side shows summaries.
    """
    if not marks:
        return ""
    said = {
        "shared": "words that stand on another side of the same row too",
        "different": "words that stand on no other side of the same row",
    }[marks]
    note = (
        " Where a side shows summaries these are our words: that they are shared, or differ, says "
        "nothing of what was said."
        if gists
        else ""
    )
    return f'<p><mark class="{marks}">Marked like this</mark>: {said}.{note}</p>'


def compared_attach(lacking: bool) -> str:
    """How to attach words that a side is to show; empty where none are lacking."""
    if not lacking:
        return ""
    return (
        '<div class="attach"><p>A side shows words, and not every turn has its words here. With '
        'your own copy of an article you read them as published.</p><button data-do="attach">'
        "Attach the published words…</button></div>"
    )


def compared_foot(columns: Sequence[Column]) -> str:
    """What the numbers are numbers of."""
    wholes: dict[int, list[Column]] = {}
    for column in columns:
        wholes.setdefault(id(column.corpus.whole), []).append(column)
    parts = []
    for group in wholes.values():
        whole = group[0].corpus.whole
        sizes = " and ".join(f"{len(column.corpus):,}" for column in group)
        line = f"{sizes} of {len(whole):,} turns"
        if whole.descriptor.population:
            line += f", {escape(whole.descriptor.population)}"
        parts.append(line)
    return "; ".join(parts) + "."
