"""Two to four sides of one or several corpora, turn beside turn, with the choosers of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets
import traitlets

from readerlib import alignment, render
from readerlib.alignment import Row, Side
from readerlib.corpus import Corpus
from readerlib.errors import Problem, ReaderError, SelectionError, quoted, suggestion
from readerlib.notices import Notices
from readerlib.selection import FIND, Place, Selection
from readerlib.views import cells, display
from readerlib.views.attach_panel import AttachPanel
from readerlib.views.beside import Keeping, columns, page_around, parted, row_of, stands_in
from readerlib.views.choosers import CORPUS, Choosers
from readerlib.views.view import View, script, style, with_fallback

_COUNTED = 5_000
"""Rows up to which those with an empty cell are counted."""

WAYS = {
    "place": "the same turn",
    "position": "position",
    "retells": "what is retold",
    "match": "best match",
}
"""Ways of making rows, besides facets, and what they are called."""

Given = str | Selection | Side | Corpus
"""What says which turns stand on a side."""


class _Pane(View):
    """The rows of a comparison; what happens in them is answered by the whole."""

    _esm = script("comparison")
    _css = style("comparison")
    called = "the comparison"
    place = traitlets.Unicode("").tag(sync=True)
    display = traitlets.Unicode("").tag(sync=True)

    def __init__(self, answer: Callable[[dict[str, Any]], None]) -> None:
        self._answers = answer
        super().__init__(name="comparison")

    def __repr__(self) -> str:
        """Name only."""
        return "<The rows of a comparison>"

    def _answer(self, content: dict[str, Any], buffers: list[Any]) -> None:
        self._answers(content)


class Comparison(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """Turns beside turns: what one chooses on the left, what one chooses on the right.

    Each side is any selection of the corpus, in any of its text layers, or another corpus;
    there can be four.  Above the rows stand the choosers of each side, for whoever writes
    no code.

    Parameters
    ----------
    corpus : Corpus
        If it has a selection, sides that are spelt are of its turns.
    left, right, *more : str, Selection, Side or Corpus
        Each a spelling such as ``"soldier=Ivan"``, ``"layer=gist"`` or
        ``"soldier=Leonid&layer=text"``, or another corpus with its selection: another
        version of the text, a retelling of one's own.
    by : str, optional
        How rows are made: a way of :func:`readerlib.alignment.rows`.  Left out, what fits.
    notices : "ask", "show" or mapping of str to either
        As in :class:`Reader`.  A turn that is kept back is kept back on every side.
    then : callable, optional
        Is given the id of a turn that was chosen: ``reader.go``, say.

    Attributes
    ----------
    sides : list of str
        The spelling of each side.  Set it, and the view follows.
    by : str
        How rows are made; empty for what fits.
    marks : str
        ``shared`` or ``different`` to mark those words of a row; empty for none.
    place : str
        The spelling of the place of the row in view: one of its turns.
    display : str
        How it looks, as in :class:`Reader`; ``size`` and ``mask`` count here.
    panel : AttachPanel or None
        The open panel for the reader's own copy of an article.
    last_error : str
        The traceback of the last failure that was ours, which no notebook shows.

    Raises
    ------
    SelectionError
        If a side names what is not in its corpus, or `by` is no way of making rows.
    ReaderError
        If there are more than four sides, or the profile of notices cannot be read.

    Notes
    -----
    Rendered text travels in messages only, never in a synced trait, so that a saved
    notebook holds none of it.  Each row is a grid of its own: both sides of it begin at the
    same height, however long they are, and there is one scroll for all sides.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> comparison = Comparison(load("calls"), "soldier=Ivan&chapter=2", "soldier=Leonid")
    >>> comparison.sides
    ['chapter=2&soldier=Ivan', 'soldier=Leonid']
    >>> comparison.swap()
    >>> comparison
    <Comparison in calls: 80 beside 14 turns>
    """

    sides = traitlets.List(traitlets.Unicode()).tag(sync=True)
    by = traitlets.Unicode("").tag(sync=True)
    marks = traitlets.Unicode("").tag(sync=True)
    place = traitlets.Unicode("").tag(sync=True)
    display = traitlets.Unicode("").tag(sync=True)
    panel: AttachPanel | None = None
    _made: Sequence[_Pane | Choosers] = ()

    def __init__(
        self,
        corpus: Corpus,
        left: Given,
        right: Given,
        *more: Given,
        by: str | None = None,
        notices: Notices = "ask",
        then: Callable[[str], object] | None = None,
    ) -> None:
        self._whole = corpus.whole
        self._keeping = Keeping(self._whole, notices)
        self._then = then
        self._window = range(0)
        self._rows: Sequence[Row] = []
        self._told: dict[str, str] = {}
        sides = [_side(corpus, given) for given in (left, right, *more)]
        self._corpora = list(
            {id(whole): whole for whole in (side.corpus.whole for side in sides)}.values()
        )
        self._take(sides, by or "")
        self._pane = _Pane(self._answer)
        self._choosers = Choosers(self._corpora, self._choose)
        super().__init__(
            children=[self._choosers.box, self._pane],
            sides=list(map(str, sides)),
            by=by or "",
            layout=ipywidgets.Layout(width="100%", min_width="0"),
        )
        self._made = (self._pane, self._choosers)
        self.add_class("readerlib")
        self.add_class("comparing")
        self._choosers.show(self._sides)
        traitlets.link((self, "place"), (self._pane, "place"))
        traitlets.link((self, "display"), (self._pane, "display"))
        self.observe(self._changed, ["sides", "by", "marks", "display"])
        self.observe(self._gone, "place")
        cells.take_over(self)

    def __repr__(self) -> str:
        """Names and sizes, without a word of any turn."""
        sizes = " beside ".join(f"{len(side.corpus)}" for side in self._sides)
        return f"<Comparison in {self._whole.descriptor.name}: {sizes} turns>"

    @property
    def last_error(self) -> str:
        """The traceback of the last failure that was ours."""
        return self._pane.last_error

    @property
    def rows(self) -> Sequence[Row]:
        """All rows, also those that are not on the page."""
        return self._rows

    def swap(self) -> None:
        """Exchange left and right; of several sides, turn their order round."""
        self._arrange(list(reversed(self._sides)))

    # What is set

    @traitlets.validate("sides")
    def _spell_sides(self, proposal: Any) -> list[str]:
        wholes = [side.corpus.whole for side in self._sides]
        wanted = list(proposal["value"])
        if wanted != list(map(str, self._sides)):
            # A side that comes along is of the first corpus.
            wholes += [self._whole] * (len(wanted) - len(wholes))
            pairs = zip(wholes[: len(wanted)], wanted, strict=True)
            self._take([Side.parse(whole, spelling) for whole, spelling in pairs], self.by)
        return list(map(str, self._sides))

    @traitlets.validate("by")
    def _know_way(self, proposal: Any) -> str:
        by = str(proposal["value"])
        if by != self._by:
            self._take(self._sides, by)
        return by

    @traitlets.validate("marks")
    def _know_marks(self, proposal: Any) -> str:
        if proposal["value"] not in render.MARKS:
            raise ReaderError(
                Problem(
                    f"the marked words cannot be {quoted(proposal['value'])}",
                    'They can be "shared", "different", or "" for none.',
                    suggestion(proposal["value"], filter(None, render.MARKS))
                    or "Write one of these.",
                    path="marks",
                )
            )
        return str(proposal["value"])

    @traitlets.validate("place")
    def _know_place(self, proposal: Any) -> str:
        if not proposal["value"]:
            return ""
        place = Place.parse(str(proposal["value"]))
        if not any(_holds(side.corpus.whole, place) for side in self._sides):
            self._whole.span(place)
        return str(place)

    @traitlets.validate("display")
    def _spell_display(self, proposal: Any) -> str:
        return display.spelt(str(proposal["value"]))

    def _take(self, sides: Sequence[Side], by: str) -> None:
        """Make these the sides and align them; nothing changes if that cannot be done."""
        if not 2 <= len(sides) <= render.MOST_SIDES:
            raise ReaderError(
                Problem(
                    f"a comparison of {len(sides)} side{'s' * (len(sides) != 1)}",
                    f"It has 2 to {render.MOST_SIDES}.",
                    "Leave some out." if len(sides) > 2 else "Name another one.",
                )
            )
        ways = alignment.ways(sides)
        way = by or ways[0]
        rows = parted(alignment.rows(sides, way))
        # Who has not gone anywhere yet sees the beginning of other rows too.
        self._moved = bool(self._rows) and bool(self._row_of(self.place))
        self._sides, self._rows = list(sides), rows
        self._by, self._way, self._known = by, way, ways

    def _arrange(self, sides: Sequence[Side]) -> None:
        """Show other sides, which may be of other corpora."""
        with self._choosers.lock:
            self._take(sides, self.by)
            spelt = list(map(str, sides))
            if spelt == self.sides:
                self._changed(None)
            else:
                self.sides = spelt

    def _changed(self, change: Any) -> None:
        with self._choosers.lock:
            if change is not None and change["name"] in ("marks", "display"):
                self._show(hold=True)
            else:
                self._choosers.show(self._sides)
                self._show((self._moved and self._row_of(self.place)) or 0)

    def _gone(self, change: Any) -> None:
        if not self.place:
            return
        number = self._row_of(self.place)
        if number is None:
            self._pane.post({"trouble": f"The turn {self.place} is in none of these rows."})
        elif number not in self._window:
            self._show(number)

    # What the page asks

    def _choose(self, number: int, facet: str, values: tuple[str, ...]) -> None:
        """Follow a chooser, as if the page had asked, so that a failure is told in place."""
        wanted = {"do": "choose", "side": number, "facet": facet, "values": values}
        self._pane._heard(self._pane, wanted, [])

    def _answer(self, content: dict[str, Any]) -> None:
        # Messages of the page and of the choosers may be handled in several threads.
        with self._choosers.lock:
            try:
                self._follow(content)
            except ReaderError:
                # What was chosen in vain is not shown as chosen.
                self._choosers.show(self._sides)
                raise

    def _follow(self, content: dict[str, Any]) -> None:
        match content.get("do"):
            case "ready":
                title = self._whole.descriptor.title
                frame = render.compared_frame(title, linked=self._then is not None)
                self._pane.post({"frame": frame})
                self._told = {}
                self._show(self._row_of(self.place) or 0)
            case "choose":
                self._narrow(int(content["side"]), content["facet"], content["values"])
            case "set":
                self._set(str(content["name"]), str(content["value"]))
            case "swap":
                self.swap()
            case "add":
                self._arrange([*self._sides, Side(self._sides[-1].corpus, self._sides[-1].layer)])
            case "remove":
                gone = int(content["side"])
                self._arrange([side for i, side in enumerate(self._sides) if i != gone])
            case "reset":
                at = int(content["side"])
                side = self._sides[at]
                self._exchange(at, Side(side.corpus.whole, side.layer))
            case "window":
                self._show(int(content["number"]), at=self._target(content))
            case "reveal":
                self._reveal(content)
            case "veil":
                self._keeping.hide(str(content["turn"]))
                self._show(hold=True, at=self._target(content))
            case "notices":
                self._keeping.switch()
                self._show(hold=True)
            case "turn" if self._then is not None:
                self._then(str(content["turn"]))
            case "attach":
                self._open_panel()

    def _set(self, name: str, value: str) -> None:
        match name:
            case "by":
                self.by = value
            case "marks":
                self.marks = value
            case "size":
                self.display = f"{self.display}&size={value}".strip("&")
            case "choosers":
                self._choosers.reach(value)
                self._show(hold=True)

    def _narrow(self, number: int, facet: str, values: Sequence[str]) -> None:
        side = self._sides[number]
        if facet == CORPUS:
            # What was chosen of one corpus need not be in another; of two versions it mostly is.
            whole = self._corpora[int(values[0])]
            chosen = _kept(side.corpus.selection, whole)
            layer = side.layer if side.layer in alignment.layers(whole) else ""
            self._exchange(number, Side(whole.select(chosen), layer))
        elif facet == alignment.layer_key(side.corpus):
            self._exchange(number, Side(side.corpus, values[0] if values else ""))
        elif facet == FIND:
            chosen = side.corpus.selection.with_find(values)
            self._exchange(number, Side(side.corpus.whole.select(chosen), side.layer))
        else:
            chosen = side.corpus.selection.with_facet(facet, values or None)
            self._exchange(number, Side(side.corpus.whole.select(chosen), side.layer))

    def _exchange(self, number: int, side: Side) -> None:
        self._arrange([side if i == number else old for i, old in enumerate(self._sides)])

    def _reveal(self, content: Mapping[str, Any]) -> None:
        """Show turns of one cell that a notice kept back; the same ones on every side."""
        side = int(content["side"])
        first, last = int(content["row"]), int(content["last"])
        cell = self._rows[int(content["number"])].cells[side]
        whole = self._sides[side].corpus.whole
        self._keeping.reveal(whole.turn_id(row) for row in cell if first <= row <= last)
        self._show(hold=True, at=self._target(content))

    def _target(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Where the focus goes: a side, and a turn of it where one is named."""
        return {key: content[key] for key in ("side", "turn", "focus", "end") if key in content}

    def _open_panel(self) -> None:
        """Open the panel for the reader's own copy, or close it."""
        before, self.panel = self.panel, None
        if before is None:
            self.panel = AttachPanel(self._whole, then=self._attached)
        self.children = [w for w in (self._choosers.box, self.panel, self._pane) if w is not None]
        if before is not None:
            before.close()

    def _attached(self, corpus: Corpus) -> None:
        """Show another state of the corpus, with words attached or forgotten."""
        old, self._whole = self._whole, corpus.whole
        # In place: the choosers know the list.
        self._corpora[:] = [self._whole if each is old else each for each in self._corpora]
        self._arrange(
            [
                Side(self._whole.select(side.corpus.selection), side.layer)
                if side.corpus.whole is old
                else side
                for side in self._sides
            ]
        )

    # What is shown

    def _row_of(self, spelling: str) -> int | None:
        """The number of the row in which a turn stands; None if it stands in none."""
        if not spelling:
            return None
        place = Place.parse(spelling)
        wholes = [side.corpus.whole for side in self._sides]
        rows = {id(w): w.span(place)[0] for w in wholes if _holds(w, place)}
        sought = [rows.get(id(whole)) for whole in wholes]
        here = range(self._window.start, min(self._window.stop, len(self._rows)))
        for number in here:
            if stands_in(sought, self._rows[number]):
                return number
        return row_of(self._sides, self._rows, sought, by=self._way)

    def _show(
        self,
        number: int | None = None,
        *,
        hold: bool = False,
        at: Mapping[str, Any] | None = None,
    ) -> None:
        """Send the rows around one of them, or the same ones anew.

        Parameters
        ----------
        number : int, optional
            Left out, the page stays the one that it is.
        hold : bool
            The page stays at the row that is at its upper edge.
        at : mapping, optional
            Where the focus goes.
        """
        if number is None and not self._window:
            number = 0
        if number is not None:
            self._window = page_around(self._rows, number)
        rows = self._rows[self._window.start : self._window.stop]
        drawn = columns(
            self._sides,
            rows,
            self._keeping,
            by=self._way,
            marks=self.marks,
            covering=display.setting(self.display, "mask") == "1",
        )
        parts = {
            "page": render.compared(
                drawn,
                rows,
                first=self._window.start,
                of=len(self._rows),
                label=self._facets().get(self._way, ""),
                marks=self.marks,
                linked=self._then is not None,
            ),
            "ways": render.compared_ways(self._ways(), self.by),
            "legend": render.compared_legend(
                self.marks, gists=any(map(_reads_summaries, self._sides))
            ),
            "attach": render.compared_attach(any(map(_lacks_words, self._sides))),
            "notices": render.notices(self._whole, asking=self._keeping.asking),
            "status": self._status(),
            "foot": render.compared_foot(drawn),
        }
        news = {name: part for name, part in parts.items() if self._told.get(name) != part}
        self._told = parts
        self._pane.post(
            {
                "parts": news,
                "first": self._window.start,
                "of": len(self._rows),
                "number": self._window.start if number is None else number,
                "sides": len(self._sides),
                "most": render.MOST_SIDES,
                "marks": self.marks,
                "choosers": self._choosers.shown,
                "noticed": bool(parts["notices"]),
                "hold": hold,
                **(at or {}),
            }
        )

    def _ways(self) -> dict[str, str]:
        """The ways of making rows, and what they are called."""
        named = {name: label.lower() for name, label in self._facets().items()} | WAYS
        way = named.get(self._way, self._way)
        every = [*self._known, self.by] if self.by and self.by not in self._known else self._known
        return {"": f"what fits ({way})" if not self.by else "what fits"} | {
            name: named.get(name, name) for name in every
        }

    def _facets(self) -> dict[str, str]:
        """The facets as ways of making rows, and what they are called."""
        return {
            alignment.way_of(facet.name): f"{facet.label} (facet)"
            if facet.label.lower() in WAYS.values()
            else facet.label
            for facet in self._whole.descriptor.facets
        }

    def _status(self) -> str:
        """How many rows there are, and how many of them have an empty cell."""
        size = len(self._rows)
        said = f"{size:,} row{'s' * (size != 1)}"
        if 0 < size <= _COUNTED:
            lone = sum(not all(row.cells) for row in self._rows)
            said += (
                f", {lone:,} of them with an empty cell" if lone else ", none with an empty cell"
            )
        return said

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The widget, and for a page without a kernel how to start it."""
        return with_fallback(super()._repr_mimebundle_(**kwargs), repr(self), "the comparison")

    def close(self) -> None:
        """Close the comparison, and all that belongs to it."""
        if self.panel is not None:
            self.panel.close()
        # Of one that could not be made there is nothing to close.
        for each in self._made:
            each.close()
        self.layout.close()
        super().close()


def _side(corpus: Corpus, given: Given) -> Side:
    """What was given as a side; a spelling is one of `corpus`."""
    if isinstance(given, Side):
        return given
    return Side(given) if isinstance(given, Corpus) else Side.parse(corpus, str(given))


def _kept(selection: Selection, whole: Corpus) -> Selection:
    """What of a selection can be said of another corpus."""
    table = whole.facets()
    known = set(zip(table["facet"], table["value"], strict=True))
    where = {
        name: values
        for name, values in selection.where.items()
        if all((name, value) in known for value in values)
    }
    return Selection.of(where, selection.find)


def _holds(whole: Corpus, place: Place) -> bool:
    try:
        whole.span(place)
    except SelectionError:
        return False
    return True


def _reads_summaries(side: Side) -> bool:
    """Whether summaries may stand on the side."""
    return side.layer == "gist" or (not side.layer and side.corpus.readings.summaries > 0)


def _lacks_words(side: Side) -> bool:
    """Whether words are wanted that are not attached."""
    return side.layer == "text" and side.corpus.readings.summaries > 0
