"""A suggested way through a corpus, step by step, at whatever pace its reader takes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import ipywidgets
import traitlets

from readerlib import render
from readerlib.corpus import Corpus
from readerlib.notes import Notes, NotSavedError
from readerlib.notices import Notices
from readerlib.questions import Question, questions
from readerlib.render import Stage
from readerlib.route import Reached, Step, opened, progress, route, suggested
from readerlib.views.noting import own_notes
from readerlib.views.quiz import Quiz
from readerlib.views.reader import Reader
from readerlib.views.reading import Reading
from readerlib.views.view import View, script, style


class Route(View):
    """A way through a corpus in steps, with what has been read and where to go on.

    Each step says what to look out for, how many turns it has, about how many minutes they
    take to read, and on what topics it has notices.  All steps are open at any time, and any
    can be left out.  A step opens in a :class:`Reader`; its questions wait behind it.

    Parameters
    ----------
    corpus : Corpus
        One with a table ``route``; of another one each conversation is a step.
    notes : Notes, optional
        Where it is kept what has been read; left out, the reader's own.
    then : callable, optional
        Is given the Reader of each step that is opened.
    notices : "ask", "show" or a mapping
        As a :class:`Reader` takes it.

    Attributes
    ----------
    steps : tuple of Step
    step : Step or None
        The one that is open.
    last_error : str
        The traceback of the last failure that was ours.

    Notes
    -----
    The minutes are those of the published words at 200 a minute, see
    :func:`readerlib.route.minutes`.  Nothing measures how long anybody takes.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> way = Route(load("calls"))
    >>> way
    <Route through calls: 16 steps>
    >>> way.steps[0].title, way.step
    ('Ivan · 1 Ivan’s road to war', None)
    """

    _esm = script("route")
    _css = style("notes", "route")
    called = "the way through"
    panel = traitlets.Instance(View, allow_none=True).tag(
        sync=True, **ipywidgets.widget_serialization
    )

    def __init__(
        self,
        corpus: Corpus,
        notes: Notes | None = None,
        then: Callable[[Reader], object] | None = None,
        *,
        notices: Notices = "ask",
    ) -> None:
        self._corpus = corpus.whole
        self._notes = notes if notes is not None else own_notes()
        self._then = then
        self._notices = notices
        self._out: set[str] = set()
        self.steps = route(corpus)
        self.step: Step | None = None
        self._reader: Reader | None = None
        self._quiz: Quiz | None = None
        super().__init__()

    def __repr__(self) -> str:
        """Name and size, without a word of any turn."""
        return f"<Route through {self._corpus.descriptor.name}: {len(self.steps)} steps>"

    def close(self) -> None:
        """Close the view, and all that belongs to it."""
        if "_reader" in vars(self):
            self._leave()
        super().close()

    def _answer(self, content: dict[str, Any], buffers: list[Any]) -> None:
        match content.get("do"):
            case "ready":
                self.post({"frame": render.way_frame(f"A way through: {self._title}")})
                self._show()
            case "list":
                self._leave()
                self._show(focus="list")
            case "open":
                self._open(self.steps[int(content["step"]) - 1])
            case "ask":
                self._ask()
            case "text":
                self._without_quiz()
                self.panel = self._reader
                self._show(focus="bar")
            case "done" if self.step is not None:
                self._have_read(self.step)
            case "not-read":
                step = self.steps[int(content["step"]) - 1]
                with suppress(NotSavedError):
                    self._notes.forget_read(self._corpus, step.conversations)
                self._show(focus="list", at=step.number)
            case "leave" | "take-in":
                step = self.steps[int(content["step"]) - 1]
                if content["do"] == "leave":
                    self._out.add(step.step_id)
                else:
                    self._out.discard(step.step_id)
                self._show(focus="list", at=step.number)
            case "stop":
                self._stop()
            case "go-on":
                self.post({"parts": {"quiet": ""}, "stopped": False})
            case "forget":
                with suppress(NotSavedError):
                    self._notes.forget_read(self._corpus)
                self._show(focus="list")
            case "notes-try":
                with suppress(NotSavedError):
                    self._notes.save()
                self._show()
            case "notes-copy":
                self._show(copied=self._notes.unsaved_words())

    @property
    def _title(self) -> str:
        return self._corpus.descriptor.title

    def _reached(self) -> tuple[Reached, ...]:
        self._notes.refresh()
        return progress(self._corpus, self.steps, self._notes.progress(self._corpus))

    def _open(self, step: Step) -> None:
        """Open a step where it was left."""
        self._leave()
        self.step = step
        self._out.discard(step.step_id)
        reached = self._reached()[step.number - 1]
        reader = Reader(opened(self._corpus, step), notices=self._notices, notes=self._notes)
        if reached.state == "begun":
            reader.place = reached.turn_id
        reader.said_where_stopped()
        self._reader = self.panel = reader
        if self._then is not None:
            self._then(reader)
        self._show(focus="bar")

    def _have_read(self, step: Step) -> None:
        """Keep that all of a step is read, as its reader says."""
        for talk in step.conversations:
            with suppress(NotSavedError):
                self._notes.read_to(self._corpus, self._last_turn(talk), done=True)
        self._show(focus="after")

    def _last_turn(self, talk: str) -> str:
        ids = self._corpus.turns["turn_id"][self._corpus.turns["conversation_id"] == talk]
        return str(ids.iloc[-1])

    def _asked(self) -> tuple[Question, ...]:
        """The questions that are asked after the conversations of the step."""
        if self.step is None:
            return ()
        return tuple(
            question
            for question in questions(self._corpus)
            if question.conversation_id in self.step.conversations
        )

    def _ask(self) -> None:
        if asked := self._asked():
            self._quiz = self.panel = Quiz(
                self._corpus, asked, notes=self._notes, notices=self._notices
            )
            self._show(focus="bar")

    def _stop(self) -> None:
        """Keep where the reader is, and show nothing more until they go on."""
        assert self._reader is not None
        assert self.step is not None
        Reading(self._notes).stop(self._corpus, self._reader.place)
        kept = "The place and your answers are saved on this machine; you can close everything."
        if self._notes.trouble:
            kept = "It could not be saved yet; it is kept as long as this stays open."
        where = f"the questions on {self.step.title}"
        self._show()
        self.post({"parts": {"quiet": render.stopped(where, kept)}, "stopped": True})

    def _leave(self) -> None:
        """Close the step that is open."""
        self.panel = None
        self._without_quiz()
        if self._reader is not None:
            self._reader.close()
        self._reader = self.step = None

    def _without_quiz(self) -> None:
        if self._quiz is not None:
            self._quiz.close()
        self._quiz = None

    def _show(self, *, focus: str = "", at: int = 0, copied: str = "") -> None:
        reached = self._reached()
        stages = [self._stage(step, at) for step, at in zip(self.steps, reached, strict=True)]
        following = suggested(self.steps, reached, self._out)
        asking = self._quiz is not None
        parts = {"bar": "", "list": "", "after": ""}
        if self.step is None:
            read = sum(stage.state == "read" for stage in stages)
            parts["list"] = render.way_list(
                stages, following.number if following else None, self._about()
            )
            status = f"{read} of {len(stages)} steps read" if read else f"{len(stages)} steps"
        else:
            number = self.step.number
            after = next((s for s in stages[number:] if s.state not in ("read", "left out")), None)
            parts["bar"] = render.way_bar(stages[number - 1], len(stages), asking=asking)
            parts["after"] = render.way_after(
                len(self._asked()),
                after,
                asking=asking,
                read=stages[number - 1].state == "read",
            )
            status = ""
        parts["status"] = status
        trouble = self._notes.trouble
        parts["unsaved"] = render.unsaved(trouble, copied if trouble else "")
        self.post({"parts": parts, "focus": focus, "at": at})

    def _stage(self, step: Step, reached: Reached) -> Stage:
        state = reached.state
        out = step.step_id in self._out and state != "read"
        return Stage(
            step.number,
            step.title,
            step.turns,
            step.minutes,
            step.why,
            step.notices,
            "left out" if out else state,
            f"{reached.talk}, turn {reached.at}" if state == "begun" else "",
        )

    def _about(self) -> str:
        total = sum(step.minutes for step in self.steps)
        return (
            f"{len(self.steps)} steps, about {total} minutes of reading in all, at 200 words a "
            "minute; nobody counts how long you take. Go in this order or in any other, leave "
            "out what you like, and stop whenever you want."
        )
