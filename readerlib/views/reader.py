"""The Reader: facets, the turns in reading order, and a search, in one widget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import ipywidgets
import traitlets

from readerlib import attach, render
from readerlib.corpus import Corpus
from readerlib.errors import Problem, ReaderError, listed, quoted, suggestion
from readerlib.excerpts import excerpt
from readerlib.measures import SORTS, kwic
from readerlib.search import terms, typed
from readerlib.selection import Place, Selection
from readerlib.views import display
from readerlib.views.attach_panel import AttachPanel
from readerlib.views.view import STATIC, View

Notices = Literal["ask", "show"] | Mapping[str, Literal["ask", "show"]]
"""What is done with turns that carry a notice: for all topics, or topic by topic."""


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
    panel : AttachPanel or None
        The open panel for the reader's own copy of an article.
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

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> reader = Reader(load("calls"), "soldier=Ivan&chapter=2")
    >>> len(reader.corpus.select(speaker="Olya"))
    4
    >>> reader.place
    'ivan-2-n01'
    """

    _esm = (STATIC / "reader.js").read_text("utf8")
    called = "the Reader"
    selection = _Spelt("").tag(sync=True)
    place = _Spelt("").tag(sync=True)
    display = traitlets.Unicode("").tag(sync=True)
    panel = traitlets.Instance(AttachPanel, allow_none=True).tag(
        sync=True, **ipywidgets.widget_serialization
    )

    def __init__(
        self,
        corpus: Corpus,
        selection: Selection | str | None = None,
        *,
        notices: Notices = "ask",
    ) -> None:
        self._whole = corpus.whole
        self._notices = _checked(notices, corpus)
        self._asking = notices != "show"
        self._revealed: frozenset[int] = frozenset()
        self._hidden: frozenset[int] = frozenset()
        self.corpus = self._whole.select(corpus.selection if selection is None else selection)
        self._kept = attach.kept(self._whole)
        self._opened: frozenset[int] = frozenset()
        self._order: Literal["", "text", "left", "right"] = ""
        self._history = [str(self.corpus.selection)]
        self._step = 0
        self._stepping = False
        super().__init__(
            selection=str(self.corpus.selection),
            place=self._nearest(0),
            # Beside a stock control in a box the Reader takes the room that is left.
            layout=ipywidgets.Layout(flex="1 1 0%", min_width="0"),
        )

    def __repr__(self) -> str:
        """Name and size, without a word of any turn."""
        return f"<Reader of {self._whole.descriptor.name}: {len(self._whole)} turns>"

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
        self.place = self._nearest(self._row)
        self._show(self._row)

    @traitlets.validate("place")
    def _go(self, proposal: Any) -> str:
        if not proposal["value"]:
            return ""
        place = Place.parse(str(proposal["value"]))
        self._whole.span(place)
        return str(place)

    @traitlets.observe("place")
    def _gone(self, change: Any) -> None:
        hidden = self._gap(self._row) - self._opened
        if hidden:
            self._opened |= hidden
            self._show(self._row)
        else:
            self.send({"parts": {"about": self._about()}})

    def show(self, corpus: Corpus) -> None:
        """Show another state of the corpus, with words attached or forgotten, at the same place."""
        self._whole = corpus.whole
        self.corpus = self._whole.select(self.selection)
        self._kept = attach.kept(self._whole)
        self._show(self._row)

    def go(self, place: Place | str) -> None:
        """Go to a place; a filter that does not show it is taken off.

        Raises
        ------
        SelectionError
            If the place is not in the corpus.
        """
        row, _ = self._whole.span(place)
        if row not in self.corpus.turns.index and not self._gap(row):
            self.selection = ""
        self.place = str(place)
        self._show(row, focus=True)

    def close(self) -> None:
        """Close the view, and all that belongs to it."""
        if self.panel is not None:
            self.panel.close()
        super().close()

    def _answer(self, content: dict[str, Any], buffers: list[Any]) -> None:
        chosen = self.corpus.selection
        match content.get("do"):
            case "ready":
                self.send({"frame": render.frame(self._whole)})
                self._show(self._row)
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
                self._opened |= self._gap(row, of_conversation=True)
                self._show(row, focus=True)
            case "copy":
                self._copy(str(content["what"]))
            case "reset":
                self.selection = ""
            case "attach":
                before, self.panel = self.panel, None
                if before is None:
                    self.panel = AttachPanel(self._whole, then=self.show)
                else:
                    before.close()
            case "open":
                row = int(content["row"])
                self._opened |= {row}
                self._show(row, focus=True)
            case "context":
                row = self._whole.row(str(content["turn"]))
                self._opened |= self._gap(row, of_conversation=True)
                self._show(row, focus=True)
            case "to":
                self.go(Place(str(content["turn"])))
            case "reveal":
                row = int(content["row"])
                self._reveal(range(row, int(content["last"]) + 1), row)
            case "reveal-chapter":
                row = int(content["row"])
                run = next(r for r in self._whole.runs() if r.first <= row < r.last)
                self._reveal(range(run.first, run.last), row)
            case "reveal-topic":
                topic = str(content["topic"])
                rows = [row for row, topics in self._whole.noticed().items() if topic in topics]
                self._reveal(rows, int(content["row"]))
            case "veil":
                row = int(content["row"])
                self._revealed -= {row}
                self._hidden |= {row}
                self._show(row, focus=True)
            case "notices":
                self._asking = not self._asking
                self._revealed = self._hidden = frozenset()
                self._show(self._row)
            case "go":
                talk = str(content["conversation"])
                runs = (run for run in self.corpus.runs() if run.conversation_id == talk)
                self._show(next(runs).first, heading=talk)

    def _find(self, query: str) -> None:
        """Search for what was typed; a link that was typed or pasted is followed."""
        if query.strip().startswith("readerlib:"):
            followed = self._whole.follow(query.strip())
            self.selection = str(followed.corpus.selection)
            if followed.place is not None:
                self.place = str(followed.place)
            self._show(self._row, focus=True)
            if followed.changes:
                self.send({"trouble": "\n".join(followed.changes)})
        else:
            self.selection = str(self.corpus.selection.with_find(terms(query)))

    def _copy(self, what: str) -> None:
        """Send what is to be copied of the place: the turns with their source, or a citation."""
        if what == "excerpt":
            first, last = self._whole.span(self.place)
            if not self._veiled().keys().isdisjoint(range(first, last)):
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
        self.send({"copy": text})

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
            self._show(self._row)

    def _reveal(self, rows: Iterable[int], row: int) -> None:
        """Show turns that a notice kept back, and go to the first of them."""
        self._revealed |= frozenset(rows)
        self._hidden -= frozenset(rows)
        self._show(row, focus=True)

    def _veiled(self) -> dict[int, list[str]]:
        """The turns that a notice keeps back now, and on what topics."""
        found: dict[int, list[str]] = {}
        for row, topics in self._whole.noticed().items():
            asked = [topic for topic in topics if self._asks(topic)] if self._asking else []
            if row in self._hidden:
                found[row] = asked or list(topics)
            elif asked and row not in self._revealed:
                found[row] = asked
        return found

    def _about(self) -> str:
        """What is known about the turn at the place."""
        if not self.place:
            return ""
        turn_id = self._turn_id(self._row)
        words = (here.words.get(turn_id) for here in self._kept.values())
        copy = next((found.status for found in words if found), "")
        veiled = self._row in self._veiled()
        return render.about(self._whole, turn_id, veiled=veiled, copy=copy)

    def _asks(self, topic: str) -> bool:
        """Whether turns on a topic are asked about."""
        if isinstance(self._notices, str):
            return topic not in self._whole.descriptor.shown_notices
        return self._notices.get(topic, "ask") == "ask"

    @property
    def _row(self) -> int:
        """The row of the place, or of its first turn."""
        return self._whole.span(self.place)[0] if self.place else 0

    def _nearest(self, row: int) -> str:
        """The first selected turn from `row` on, or else the last one; empty if none is."""
        turns = self.corpus.turns["turn_id"]
        if not len(turns):
            return ""
        after = turns[turns.index >= row]
        return str(Place(str(after.iloc[0] if len(after) else turns.iloc[-1])))

    def _gap(self, row: int, *, of_conversation: bool = False) -> frozenset[int]:
        """The first row of the gap that hides `row`, or of all gaps of its conversation."""
        runs = list(self.corpus.runs())
        talk = next((r.conversation_id for r in runs if r.first <= row < r.last), None)
        return frozenset(
            run.first
            for run in runs
            if run.hidden
            and run.conversation_id == talk
            and (of_conversation or run.first <= row < run.last)
        )

    def _show(self, row: int, *, heading: str = "", focus: bool = False) -> None:
        """Send the page that holds `row`, and where in it the reader is to be."""
        selection = self.corpus.selection
        veiled = self._veiled()
        showing = render.Showing(
            opened=self._opened,
            veiled=veiled,
            revealed=self._revealed,
            differing={t: d for here in self._kept.values() for t, d in here.differing.items()},
            mask=display.setting(self.display, "mask") == "1",
        )
        page = render.page(self.corpus, showing, near=row)
        hits, html = page.hits, page.html
        if self._order and selection.find:
            found = kwic(self.corpus, selection.find, sort=self._order, notices="show")
            html = render.lines(self.corpus, found, self._order, veiled)
        self.send(
            {
                "parts": {
                    "facets": render.facets(self.corpus),
                    "contents": render.contents(self.corpus),
                    "chips": render.chips(
                        self.corpus,
                        back=self._step > 0,
                        forward=self._step < len(self._history) - 1,
                    ),
                    "attach": render.attach_line(self.corpus),
                    "page": html,
                    "about": self._about(),
                    "status": render.status(self.corpus, hits, veiled),
                    "notices": render.notices(self._whole, asking=self._asking),
                    "foot": render.foot(self.corpus),
                },
                "find": typed(selection.find),
                "chosen": sum(map(len, selection.where.values())),
                "earlier": page.earlier,
                "later": page.later,
                "turn": self._turn_id(row),
                "heading": heading,
                "focus": focus,
                "lines": bool(self._order and selection.find),
            }
        )

    def _turn_id(self, row: int) -> str:
        return next((str(r["turn_id"]) for r in self._whole.records(row, row + 1)), "")


def _checked(notices: Notices, corpus: Corpus) -> Notices:
    """The profile, if it speaks of topics that the corpus has."""
    known = sorted({topic for topics in corpus.noticed().values() for topic in topics})
    given = {"every topic": notices} if isinstance(notices, str) else dict(notices)
    problems = [
        Problem(
            f"no notice {quoted(topic)} in the corpus {quoted(corpus.descriptor.name)}",
            f"Topics: {listed(known, 20)}.",
            suggestion(topic, known) or "Name one of these.",
        )
        for topic in given
        if not isinstance(notices, str) and topic not in known
    ]
    problems += [
        Problem(
            f"the notices are to be {quoted(value)} for {topic}",
            'They can be "ask" or "show".',
            suggestion(str(value), ["ask", "show"]) or "Write one of the two.",
        )
        for topic, value in given.items()
        if value not in ("ask", "show")
    ]
    if problems:
        raise ReaderError(problems)
    return notices
