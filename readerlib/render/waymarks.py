"""A way through a corpus: its steps, what each holds, how far each has been read."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from readerlib.errors import plural
from readerlib.render.around import QUIET, UNSAVED


class Stage(NamedTuple):
    """A step as it stands in the list.

    Examples
    --------
    >>> Stage(1, "Spring", 4, 1, "", (), "begun", "turn 2 of 4").state
    'begun'
    """

    number: int
    title: str
    turns: int
    minutes: int
    why: str
    notices: tuple[str, ...]
    state: str
    """not begun, begun, read, or left out."""
    at: str
    """Where one goes on, of a step that was begun."""


def way_frame(title: str) -> str:
    """The view with nothing in it yet."""
    return (
        f"{UNSAVED}<header><h2>{escape(title)}</h2>"
        '<span role="status" class="status" data-part="status"></span></header>'
        '<p class="trouble" role="alert" hidden></p>'
        f"{QUIET}"
        '<div data-part="bar"></div>'
        '<div data-part="list"></div>'
        '<div class="slot" hidden></div>'
        '<div data-part="after"></div>'
    )


def way_list(stages: Sequence[Stage], suggested: int | None, about: str) -> str:
    """All steps in their order; the one to go on with is the first in sight."""
    items = "".join(_stage(stage, stage.number == suggested) for stage in stages)
    forget = (
        '<details class="forget"><summary>Forget what I have read</summary>'
        "<p>Then no step is begun or read any more, and it is not known where you stopped. Notes "
        'and answers stay.</p><button data-do="forget">Forget it</button></details>'
    )
    some = any(stage.state in ("begun", "read") for stage in stages)
    return (
        f'<p class="lead">{escape(about)}</p><ol class="way">{items}</ol>{forget if some else ""}'
    )


def way_bar(stage: Stage, of: int, *, asking: bool) -> str:
    """What stands above a step that is open."""
    stop = '<button data-do="stop" class="stop">Stop here</button>' if asking else ""
    text = '<button data-do="text">Back to the text</button>' if asking else ""
    return (
        '<div class="bar"><button data-do="list">‹ All steps</button>'
        f"<p><b>Step {stage.number} of {of}: {escape(stage.title)}</b> "
        f"<span>{_measures(stage)}</span></p>{text}{stop}</div>"
    )


def way_after(questions: int, following: Stage | None, *, asking: bool, read: bool = False) -> str:
    """What is offered below a step: its questions, and the next one; neither has to be taken."""
    done = "" if read else '<button data-do="done">I have read it</button>'
    asked = (
        f'<button data-do="ask">{plural(questions, "question")} on this step</button>'
        if questions and not asking
        else ""
    )
    nearest = (
        f'<button data-do="open" data-step="{following.number}">Next: {escape(following.title)}'
        f"</button><span>The next one: {_measures(following)}{_topics(following)}</span>"
        if following
        else "<span>This was the last step.</span>"
    )
    return f'<div class="after"><h3>Afterwards</h3>{done}{asked}{nearest}</div>'


def _stage(stage: Stage, suggested: bool) -> str:
    said = {"read": "read", "begun": f"begun, {stage.at}", "left out": "left out"}
    state = f'<span class="state">{escape(said[stage.state])}</span>' if stage.state in said else ""
    what = {"begun": "Go on", "read": "Read again"}.get(stage.state, "Begin")
    nearest = '<span class="next">Next</span>' if suggested else ""
    classes = " ".join(
        filter(None, ["suggested" if suggested else "", stage.state.replace(" ", "-")])
    )
    out = ""
    if stage.notices and stage.state in ("not begun", "begun"):
        out = (
            f'<button data-do="leave" data-step="{stage.number}" class="plain" '
            f'aria-label="Leave out: {escape(stage.title)}">Leave it out</button>'
        )
    elif stage.state == "read":
        out = (
            f'<button data-do="not-read" data-step="{stage.number}" class="plain" '
            f'aria-label="Not read: {escape(stage.title)}">Not read</button>'
        )
    elif stage.state == "left out":
        out = (
            f'<button data-do="take-in" data-step="{stage.number}" class="plain" '
            f'aria-label="Take in again: {escape(stage.title)}">Take it in again</button>'
        )
    why = f"<p>{escape(stage.why)}</p>" if stage.why else ""
    return (
        f'<li class="{classes}"><div class="head"><h3><small>Step {stage.number}</small> '
        f"{escape(stage.title)}</h3>{nearest}{state}</div>{why}"
        f'<p class="measures">{_measures(stage)}{_topics(stage)}</p>'
        f'<p class="doing"><button data-do="open" data-step="{stage.number}"'
        f'{" class=main" if suggested else ""} aria-label="{what}: {escape(stage.title)}">{what}'
        f"</button>{out}</p></li>"
    )


def _measures(stage: Stage) -> str:
    return f"{plural(stage.turns, 'turn')}, about {plural(stage.minutes, 'minute')}"


def _topics(stage: Stage) -> str:
    return f" · Notices: {escape(', '.join(stage.notices))}" if stage.notices else ""
