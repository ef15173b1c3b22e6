"""The Reader: facets, the turns in reading order, and a search, in one widget."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import ipywidgets
import traitlets

from readerlib import attach, render
from readerlib.corpus import Corpus
from readerlib.errors import Problem, ReaderError
from readerlib.excerpts import excerpt
from readerlib.measures import SORTS, kwic
from readerlib.notes import Notes
from readerlib.notices import Notices
from readerlib.search import terms, typed
from readerlib.selection import Place, Selection
from readerlib.views import display
from readerlib.views.attach_panel import AttachPanel
from readerlib.views.notes_panel import NotesPanel
from readerlib.views.noting import Noting
from readerlib.views.reading import Reading, marks
from readerlib.views.view import View, script, style

_LOOKED_THROUGH = 10_000
"""Turns behind notices that the way to the next hit passes at most."""

_LATE = 20
"""Notes of which it must be looked up where they stand before they are shown after the page."""


class _Spelt(traitlets.Unicode[str, Any]):
    """A trait that keeps the spelling of a selection or a place, and takes either."""

    def validate(self, obj: Any, value: Any) -> Any:
        return super().validate(obj, str(value) if isinstance(value, Selection | Place) else value)


class Reader(View):
    """A corpus to read, narrowed by facets and search.

    Parameters
    ----------
    corpus : Corpus
    selection : Selection or str, optional
        Left out, the selection that `corpus` has.
    notices : "ask", "show" or mapping of str to either
        What is done with turns that carry a content notice.  "ask": a line stands for them
        that names the topic, and nothing of them is in the page until they are asked for.
        "show": they are shown.  A mapping says it topic by topic; a topic that it leaves
        out is asked about.
    notes : bool or Notes
        True: the reader's own notes, opened when they are needed; nothing is written to disk
        before the first note.  False: none are shown, and none can be written.  Or
        :class:`~readerlib.notes.Notes` of a folder of one's own.

    Attributes
    ----------
    selection : str
        The spelling of what is shown.  Set it, to a spelling or a :class:`Selection`, or
        link it to another widget, and the view follows.
    place : str
        The spelling of the :class:`Place` where the reader is: a turn, or several.  Set it,
        and the view goes there, through a gap if it must.
    display : str
        How it looks, as ``setting=value`` pairs: ``size`` 0 to 3, ``width`` normal, narrow or
        wide, ``letters`` serif, sans or easy, ``mask`` 1 to cover masked strong language
        wholly, ``projector`` 1 for one turn at a time.
    panel : AttachPanel, NotesPanel or None
        The open panel: for the reader's own copy of an article, or with all notes.
    notes : Notes or None
        What the reader writes.  It is no trait: nothing of it is synced or saved with the
        notebook.
    corpus : Corpus
        What the reader sees: the corpus with the selection.
    last_error : str
        The traceback of the last failure that was ours, which no notebook shows.

    Raises
    ------
    SelectionError
        If the selection names what is not in the corpus.

    Notes
    -----
    Rendered text travels in messages only, never in a synced trait, so that a saved
    notebook holds none of it.

    Of a corpus of more than 2,000 turns the page holds those around the place: a hundred, or
    25 hits with two neighbours on either side.  Scrolling and keys go on past its ends, and
    a rail leads anywhere.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> reader = Reader(load("calls"), "soldier=Ivan&chapter=2")
    >>> len(reader.corpus.select(speaker="Olya"))
    4
    >>> reader.place
    'ivan-2-n01'
    """

    _esm = script("form", "reader")
    _css = style("notes")
    called = "the Reader"
    selection = _Spelt("").tag(sync=True)
    place = _Spelt("").tag(sync=True)
    display = traitlets.Unicode("").tag(sync=True)
    panel = traitlets.Instance(View, allow_none=True).tag(
        sync=True, **ipywidgets.widget_serialization
    )

    def __init__(
        self,
        corpus: Corpus,
        selection: Selection | str | None = None,
        *,
        notices: Notices = "ask",
        notes: Notes | bool = True,
    ) -> None:
        self._whole = corpus.whole
        self._asked = corpus.asked(notices)
        self._asking = notices != "show"
        self._forget_reveals()
        self.corpus = self._whole.select(corpus.selection if selection is None else selection)
        self._kept = attach.kept(self._whole)
        self._opened: frozenset[int] = frozenset()
        self._on_page: frozenset[int] = frozenset()
        self._told: dict[str, str] = {}
        self._hits: dict[tuple[str, int], int] = {}
        self._order: Literal["", "text", "left", "right"] = ""
        self._history = [str(self.corpus.selection)]
        self._step = 0
        self._stepping = self._moving = self._told_by_page = False
        self._stood = ""
        self._pages = 0
        self._replaced: tuple[frozenset[int], ...] = ()
        self._at = ("", 0)
        self._list: NotesPanel | None = None
        self._reading: Reading | None = None
        self._again = True  # whether it is still said where the reader stopped the last time
        self._seen = False  # before a page shows it, no note is looked up
        self._window = render.window(self.corpus)
        self._noting = Noting(
            self._whole, notes, veiled=self._veiled, place=lambda: str(self.place)
        )
        self._noting.watchers.append(self._noted)
        super().__init__(
            selection=str(self.corpus.selection),
            place=self._nearest(0),
            # Beside a stock control in a box the Reader takes the room that is left.
            layout=ipywidgets.Layout(flex="1 1 0%", min_width="0"),
        )

    def __repr__(self) -> str:
        """Name and size, without a word of any turn."""
        return f"<Reader of {self._whole.descriptor.name}: {len(self._whole)} turns>"

    @property
    def notes(self) -> Notes | None:
        """What the reader writes; None in a Reader without notes."""
        return self._noting.notes if self._noting.wanted else None

    @traitlets.validate("selection")
    def _select(self, proposal: Any) -> str:
        self.corpus = self._whole.select(str(proposal["value"]))
        return str(self.corpus.selection)

    @traitlets.validate("display")
    def _spell(self, proposal: Any) -> str:
        return display.spelt(str(proposal["value"]))

    @traitlets.observe("display")
    def _displayed(self, change: Any) -> None:
        if display.setting(change["old"], "mask") != display.setting(self.display, "mask"):
            self._show(self._row)

    @traitlets.observe("selection")
    def _selected(self, change: Any) -> None:
        if not self._stepping and self.selection != self._history[self._step]:
            self._history = [*self._history[: self._step + 1], self.selection]
            self._step = len(self._history) - 1
        self._opened = frozenset()
        self._moving = True
        try:
            self.place = self._nearest(self._row)
        finally:
            self._moving = False
        self._show(self._row)

    @traitlets.validate("place")
    def _go(self, proposal: Any) -> str:
        if not proposal["value"]:
            return ""
        place = Place.parse(str(proposal["value"]))
        row, after = self._whole.span(place)
        if self._told_by_page and not self._moving and self._replaced_meanwhile(row, after - 1):
            return self._stood
        return str(place)

    def _read(self) -> Reading | None:
        """How far the reader has come; None in a Reader without notes."""
        if self._noting.wanted and self._reading is None:
            self._reading = Reading(self._noting.notes)
        return self._reading

    def _tell_read(self) -> None:
        """Show what has been read, and what of it could not be saved."""
        self._told |= (parts := {"contents": self._contents(), **self._noting.told()})
        self.post({"parts": parts})

    def _contents(self) -> str:
        """The conversations to choose from, with what has been read of them."""
        reading = self._read() if self._seen else None
        return render.contents(
            self.corpus, self._row, marks(reading.read(self._whole)) if reading else {}
        )

    def _where(self, place: Place) -> str:
        """A place in words: its conversation, and which turn of it."""
        row, _ = self._whole.span(place)
        talk = self._whole.talk(row)
        return f"{talk.heading}, turn {row - talk.first + 1}"

    def _stop(self, place: str) -> None:
        """Keep where the reader is, and show nothing more until they go on."""
        where, kept = "the beginning", "Nothing is kept: this Reader has no notes."
        if place:
            where = self._where(Place.parse(place))
        if (reading := self._read()) is not None and place:
            reading.stop(self._whole, place)
            kept = "The place is saved on this machine; you can close everything."
            if reading.notes.trouble:
                kept = "The place could not be saved yet; it is kept as long as this stays open."
        self._again = False
        self._tell_read()
        self.post({"parts": {"quiet": render.stopped(where, kept), "again": ""}, "stopped": True})

    def said_where_stopped(self) -> None:
        """Leave out the line on where the reader stopped: whoever shows this Reader says it."""
        self._again = False

    def _where_stopped(self) -> str:
        """The line that leads back; empty if one is there, or never stopped."""
        reading = self._read() if self._again else None
        place = reading.notes.stopped(self._whole) if reading is not None else None
        if place is None or str(place) == self.place:
            return ""
        return render.again(self._where(place))

    def _replaced_meanwhile(self, first: int, last: int) -> bool:
        """Whether turns are none of this page, but of one of the two before.

        Widgets hold back what they tell until the kernel is idle: the reader stood there before
        the page was replaced, and a jump must not be undone by that.
        """
        left = any(first in rows for rows in self._replaced)
        return left and self._on_page.isdisjoint((first, last))

    def set_state(self, sync_data: Any) -> None:
        """Take what the page has changed."""
        self._told_by_page, self._stood = True, self.place
        try:
            super().set_state(sync_data)
        finally:
            self._told_by_page = False

    @traitlets.observe("place")
    def _gone(self, change: Any) -> None:
        if self._moving or change["old"] == change["new"]:
            return
        reading = self._read() if self._told_by_page and self.place else None
        if reading is not None and reading.went(self._whole, self._row):
            self._tell_read()
        # A range that was drawn on the page may have begun on another one.
        ends = (self._row, self._whole.span(self.place)[1] - 1) if self.place else ()
        drawn = self._told_by_page and not self._on_page.isdisjoint(ends)
        if self._row not in self._on_page and not drawn:
            self._opened |= self._gap(self._row)
            self._show(self._row)
        else:
            parts = self._beside()
            self._told |= parts
            self.post({"parts": parts})
            if self._noting.wanted and self._seen and (changed := self._noting.refresh()):
                self._noted(changed)

    def show(self, corpus: Corpus) -> None:
        """Show another state of the corpus, with words attached or forgotten, at the same place."""
        self._whole = corpus.whole
        self.corpus = self._whole.select(self.selection)
        self._hits = {}
        self._kept = attach.kept(self._whole)
        self._noting.show(self._whole)
        self._show(self._row)

    def go(self, place: Place | str) -> None:
        """Go to a place; a filter that does not show it is taken off.

        Raises
        ------
        SelectionError
            If the place is not in the corpus.
        """
        row, _ = self._whole.span(place)
        if not self.corpus.talk(row).turns:
            self.selection = ""
        self.place = str(place)
        self._show(row, focus=True)

    def close(self) -> None:
        """Close the view, and all that belongs to it."""
        for panel in (self.panel, vars(self).get("_list")):
            if panel is not None:
                panel.close()
        if "_noting" in vars(self):
            self._noting.watchers.clear()
        # A notebook remembers what its cells have shown; of this one only the selection is left.
        # One that was refused when it was made has none.
        if "corpus" in vars(self):
            self.corpus = self.corpus.fresh()
        super().close()

    def _answer(self, content: dict[str, Any], buffers: list[Any]) -> None:
        chosen = self.corpus.selection
        match content.get("do"):
            case "ready":
                # Another page may have come: it has nothing yet.
                self._told, self._seen = {}, True
                self.post({"frame": render.frame(self._whole, notes=self._noting.wanted)})
                self._show(self._row)
                if line := self._where_stopped():
                    self.post({"parts": {"again": line}})
                if self._noting.wanted and (writing := self._noting.reopened()):
                    self.post({"parts": writing})
                if self._noting.wanted and self.panel is None and self._noting.all():
                    self._list = self._all_notes()
                    self._list.prepare()
            case "toggle":
                facet, value = str(content["facet"]), str(content["value"])
                values = set(chosen.where.get(facet, ())) ^ {value}
                self.selection = str(chosen.with_facet(facet, values or None))
            case "without":
                terms_left = [t for t in chosen.find if t != str(content["term"])]
                self.selection = str(chosen.with_find(terms_left))
            case "step":
                self._walk(int(content["step"]))
            case "find":
                self._find(str(content["query"]))
            case "lines":
                order = content["sort"]
                self._order = order if order in SORTS else ""
                self._show(self._row)
            case "line":
                self._order = ""
                row = self._whole.row(str(content["turn"]))
                self._opened |= frozenset(self.corpus.gaps(row))
                self._show(row, focus=True)
            case "copy":
                self._copy(str(content["what"]))
            case "reset":
                self.selection = ""
            case "attach":
                if not isinstance(self._without_panel(), AttachPanel):
                    self.panel = AttachPanel(self._whole, then=self.show)
            case "notes":
                if self._noting.wanted and not isinstance(self._without_panel(), NotesPanel):
                    self.panel, self._list = self._all_notes(), None
                    # What is long goes off at once, and takes along the short ones before it.
                    self.post({"parts": {}})
            case "close":
                self._without_panel()
            case "open":
                row = int(content["row"])
                self._opened |= {row}
                self._show(row, focus=True)
            case "context":
                row = self._whole.row(str(content["turn"]))
                self._opened |= frozenset(self.corpus.gaps(row))
                self._show(row, focus=True)
            case "to":
                self.go(Place(str(content["turn"])))
            case "reveal":
                row = int(content["row"])
                self._reveal(range(row, int(content["last"]) + 1), row)
            case "reveal-chapter":
                row = int(content["row"])
                talk = self._whole.talk(row)
                self._reveal(range(talk.first, talk.last), row)
            case "reveal-topic":
                topic, row = str(content["topic"]), int(content["row"])
                self._shown_topics |= {topic}
                self._hidden -= self._whole.veiled({topic}).keys()
                self._show(row, focus=True)
            case "veil":
                row = int(content["row"])
                self._revealed -= {row}
                self._hidden |= {row}
                self._show(row, focus=True)
            case "notices":
                self._asking = not self._asking
                self._forget_reveals()
                self._show(self._row)
            case "go":
                talk = self._whole.talk(int(content["row"]))
                if (first := self.corpus.nearest(talk.first)) is not None:
                    self._show(first, heading=talk.conversation_id)
            case "window":
                # Asked on a page that another has replaced meanwhile, it would undo a jump.
                if content.get("number") == self._pages:
                    self._show(int(content["row"]), hold=True)
            case "seen":
                self._saw_end(int(content["row"]))
            case "stop":
                self._stop(str(content.get("place") or self.place))
            case "go-on":
                self.post({"parts": {"quiet": ""}, "stopped": False})
            case "again":
                self._again = False
                reading = self._read()
                place = reading.notes.stopped(self._whole) if reading is not None else None
                self.post({"parts": {"again": ""}})
                if place is not None:
                    self.go(place)
            case "again-close":
                self._again = False
                self.post({"parts": {"again": ""}})
            case "nth":
                self._pass_to(int(content["number"]), focus=bool(content.get("focus")))
            case "beyond":
                row, step = int(content["row"]), int(content["step"])
                # The next turn is the first one from the next row on.
                number = self.corpus.before(row + 1) - 1 if step < 0 else self.corpus.before(row)
                self._pass_to(number + step, focus=True, extend=bool(content.get("extend")))
            case "hit":
                self._next_hit(int(content["row"]), int(content["step"]))
            case "narrow":
                facet, begun = str(content["facet"]), str(content["typed"])
                html = render.values(self.corpus, facet, begun)
                self.post({"parts": {f"values {facet}": html}})
            case _ if self._noting.wanted:
                if reply := self._noting.answer(content):
                    self.post(reply)

    def _saw_end(self, row: int) -> None:
        """Take in that the last turn that is shown of a conversation was seen."""
        talk = self.corpus.talk(row)
        # Of a conversation of which turns are filtered out, not all was there to be read.
        reading = self._read() if talk.turns == talk.last - talk.first else None
        if reading is not None and reading.ended(self._whole, row):
            self._tell_read()

    def _without_panel(self) -> View | None:
        """Close the open panel; which one it was."""
        before, self.panel = self.panel, None
        if before is not None:
            before.close()
        if isinstance(before, NotesPanel):
            self._list = self._all_notes()
        return before

    def _all_notes(self) -> NotesPanel:
        """The list of all notes, made before it is asked for: a page takes its time to take one."""
        return self._list or NotesPanel(self._whole, self._noting, then=self.go)

    def _pass_to(self, number: int, *, focus: bool = False, extend: bool = False) -> None:
        """Go to a selected turn by its number among them, the last one at most."""
        if len(self.corpus):
            row = self.corpus.nth(max(0, min(number, len(self.corpus) - 1)))
            self._show(row, focus=focus, go=True, extend=extend)

    def _next_hit(self, row: int, step: int) -> None:
        """Go to the next selected turn that can be seen, before or behind a row, round the end."""
        size = len(self.corpus)
        number = self.corpus.before(row) + (step if step < 0 else 0)
        for _ in range(min(size, _LOOKED_THROUGH)):
            found = self.corpus.nth(number % size)
            if not self._veiled([found]):
                self._show(found, hit=step, go=True)
                return
            number += step

    def _find(self, query: str) -> None:
        """Search for what was typed; a link that was typed or pasted is followed."""
        if query.strip().startswith("readerlib:"):
            followed = self._whole.follow(query.strip())
            self.selection = str(followed.corpus.selection)
            if followed.place is not None:
                self.place = str(followed.place)
            self._show(self._row, focus=True)
            if followed.changes:
                self.post({"trouble": "\n".join(followed.changes)})
        else:
            self.selection = str(self.corpus.selection.with_find(terms(query)))

    def _copy(self, what: str) -> None:
        """Send what is to be copied of the place: the turns with their source, or a citation."""
        if what == "excerpt":
            first, last = self._whole.span(self.place)
            if self._veiled(range(first, last)):
                raise ReaderError(
                    Problem(
                        "a turn of this place stands behind a notice",
                        "What was not shown is not copied.",
                        "Show the turn first.",
                    )
                )
            text = excerpt(self._whole, self.place, notices="show")
        elif what == "link":
            text = self.corpus.link(self.place)
        else:
            text = self._whole.cite(self.place, what)
        self.post({"copy": text})

    def _walk(self, step: int) -> None:
        """Go back or forward among the selections there have been."""
        to = self._step + step
        if 0 <= to < len(self._history):
            self._stepping = True
            try:
                self._step = to
                self.selection = self._history[to]
            finally:
                self._stepping = False

    def _reveal(self, rows: Iterable[int], row: int) -> None:
        """Show turns that a notice kept back, and go to the first of them."""
        self._revealed |= frozenset(rows)
        self._hidden -= frozenset(rows)
        self._show(row, focus=True)

    def _forget_reveals(self) -> None:
        """Put all back behind its notices that was shown one by one, or hidden."""
        self._revealed: frozenset[int] = frozenset()
        self._shown_topics: frozenset[str] = frozenset()
        self._hidden: frozenset[int] = frozenset()

    def _veiled(self, rows: Sequence[int]) -> dict[int, Sequence[str]]:
        """The turns among these rows that a notice keeps back now, and on what topics."""
        every = self._whole.veiled(self._whole.asked({}), rows)
        found: dict[int, Sequence[str]] = {}
        for row, topics in every.items():
            asked = [topic for topic in topics if topic in self._asked] if self._asking else []
            if row in self._hidden:
                found[row] = asked or topics
            elif asked and row not in self._revealed and self._shown_topics.isdisjoint(topics):
                found[row] = asked
        return found

    def _behind(self) -> set[int]:
        """The selected turns that a notice keeps back now."""
        asked = set(self.corpus.carrying(self._asked).tolist()) if self._asking else set()
        shown = set(self.corpus.carrying(self._shown_topics).tolist()) | self._revealed
        return (asked - shown) | {row for row in self._hidden if not self.corpus.gap(row)}

    def _beside(self, *, notes: bool = True) -> dict[str, str]:
        """What stands beside the turn at the place: its notes, and what is known about it."""
        title = ""
        if self.place:
            turn = self._whole.records_of([self._row])[0]
            title = render.about_title(turn["turn_id"], turn["kind"])
        return {
            "title": title,
            **(self._noting.parts(self.place) if self._seen and notes else {}),
            "about": self._about(),
        }

    def _noted(self, rows: set[int]) -> None:
        """Show what has changed of the notes on these turns."""
        if not self._seen:
            return
        shown = [row for row in render.rows(self._window) if row in rows]
        noted = render.words(self.corpus, self._window, set(shown), self._showing(shown))
        parts = self._noting.parts(self.place)
        self._told |= parts
        self.post({"parts": parts, "noted": noted})

    def _showing(self, shown: Sequence[int], *, noted: bool = True) -> render.Showing:
        """What of these turns is kept back, and what is shown besides their words."""
        return render.Showing(
            veiled=self._veiled(shown),
            revealed=self._shown_again(shown),
            differing={t: d for here in self._kept.values() for t, d in here.differing.items()},
            mask=self._noting.mask,
            noted=self._noting.marks(shown) if noted else {},
        )

    def _about(self) -> str:
        """What is known about the turn at the place."""
        if not self.place:
            return ""
        turn_id = self._whole.turn_id(self._row)
        words = (here.words.get(turn_id) for here in self._kept.values())
        copy = next((found.status for found in words if found), "")
        veiled = bool(self._veiled([self._row]))
        return render.about(self._whole, turn_id, veiled=veiled, copy=copy)

    @property
    def _row(self) -> int:
        """The row of the place, or of its first turn."""
        if self._at[0] != self.place:
            self._at = (self.place, self._whole.span(self.place)[0] if self.place else 0)
        return self._at[1]

    def _nearest(self, row: int) -> str:
        """The first selected turn from `row` on, or else the last one; empty if none is."""
        found = self.corpus.nearest(row)
        return "" if found is None else str(Place(self._whole.turn_id(found)))

    def _gap(self, row: int) -> frozenset[int]:
        """The first row of the gap that hides `row`, if any of its conversation is selected."""
        gap = self.corpus.gap(row)
        return frozenset([gap[0]] if gap and self.corpus.talk(row).turns else [])

    def _show(
        self,
        row: int,
        *,
        heading: str = "",
        focus: bool = False,
        go: bool = False,
        extend: bool = False,
        hit: int = 0,
        hold: bool = False,
    ) -> None:
        """Send the page that holds `row`, and where in it the reader is to be.

        Parameters
        ----------
        row : int
        heading : str
            The conversation to whose head the page goes.
        focus : bool
            Whether the turn gets the focus.
        go : bool
            Whether the turn becomes the place.
        extend : bool
            Whether the place then reaches from where it began to the turn.
        hit : int
            1 or -1: the page goes to the first or the last hit of the turn.
        hold : bool
            The page stays at the turn that is at its upper edge.
        """
        corpus, selection = self.corpus, self.corpus.selection
        self._window = window = render.window(corpus, row, self._opened)
        shown = render.rows(window)
        self._noting.mask = display.setting(self.display, "mask") == "1"
        noting = self._noting.wanted and self._seen
        late = noting and self._noting.behind_hand(shown) > _LATE
        self._replaced = (*self._replaced[-1:], self._on_page)
        self._on_page = frozenset(shown)
        page = render.page(corpus, window, self._showing(shown, noted=noting and not late))
        behind = self._behind() if selection.find else set()
        whole = not page.before and not page.after
        html = page.html
        if self._order and selection.find:
            found = kwic(
                corpus, selection.find, sort=self._order, notices="show", most=render.LINES
            )
            html = render.lines(corpus, found, self._order, behind)
        parts = {
            "facets": render.facets(corpus),
            "contents": self._contents(),
            "chips": render.chips(
                corpus, back=self._step > 0, forward=self._step < len(self._history) - 1
            ),
            "attach": render.attach_line(corpus),
            "page": html,
            **self._beside(notes=not late),
            "notices": render.notices(self._whole, asking=self._asking),
            "foot": render.foot(corpus),
        }
        if whole or not selection.find:
            hits: int | None = page.hits
        else:
            hits = self._hits.get((self.selection, len(behind)))
        parts["status"] = render.status(corpus, hits, len(behind))
        # What the page has already is not sent again.
        news = {name: part for name, part in parts.items() if self._told.get(name) != part}
        self._told |= parts
        self._pages += 1
        self.post(
            {
                "number": self._pages,
                "parts": news | {"page": html},
                "find": typed(selection.find),
                "chosen": sum(map(len, selection.where.values())),
                "noticed": bool(parts["notices"]),
                "earlier": page.earlier,
                "later": page.later,
                "before": page.before,
                "after": page.after,
                "first": corpus.before(window.runs[0].first) if window.runs else 0,
                "of": len(corpus),
                "turn": self._whole.turn_id(row) if len(corpus) else "",
                "heading": heading,
                "focus": focus,
                "go": go,
                "extend": extend,
                "hit": hit,
                "hold": hold,
                "lines": bool(self._order and selection.find),
            }
        )
        if hits is None:
            # The turns are there before the hits in millions of turns are counted.
            hits = corpus.hits(but=behind)
            self._hits = {(self.selection, len(behind)): hits}
            self._told["status"] = status = render.status(corpus, hits, len(behind))
            self.post({"parts": {"status": status}})
        if late:
            self._noted(set(shown))

    def _shown_again(self, rows: Sequence[int]) -> set[int]:
        """The turns among these rows that were asked for and can be hidden again."""
        by_topic = self._whole.veiled(self._shown_topics, rows).keys()
        return {row for row in rows if row in self._revealed or row in by_topic}
