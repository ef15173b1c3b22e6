"""Questions on a passage: how each kind is asked, and what is said to an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, NamedTuple

from readerlib.notices import notice_line
from readerlib.render.marking import action
from readerlib.render.page import TALK, turn, veil

VERDICTS = {
    "right": ("●", "Right"),
    "partly": ("◐", "Partly"),
    "not yet": ("○", "Not yet"),
    "open": ("", ""),
}
"""State of an answer → its sign and its word; an open question has neither."""

_UNJUDGED = '<p class="hint">No answer is right or wrong here.</p>'

_PLACES = (
    (4, "at “{a}”"),
    (24, "close to “{a}”"),
    (44, "nearer to “{a}”"),
    (55, "in the middle"),
    (75, "nearer to “{b}”"),
    (95, "close to “{b}”"),
    (100, "at “{b}”"),
)
"""Up to which place of a line, of 100, and how that is said."""


class Asked(NamedTuple):
    """A turn of a passage, as a question shows it.

    Examples
    --------
    >>> Asked(3, {"speaker": "Irena", "position": 4}, size=6).name
    'Irena, turn 4'
    """

    row: int
    record: Mapping[str, Any]
    size: int
    """Turns of its conversation."""
    side: str = "other"
    topics: Sequence[str] = ()
    """What it is kept back for; then nothing of it is shown."""
    revealed: bool = False
    """Whether it was asked for, and can be hidden again."""

    @property
    def name(self) -> str:
        """Who speaks, and where it stands in its conversation."""
        return f"{self.record['speaker']}, turn {self.record['position']}"


@dataclass(frozen=True, slots=True)
class Card:
    """A question as a page shows it: nothing of its key.

    Parameters
    ----------
    number : int
        Its number among the questions, from 0.
    kind, text : str
    level, where : str
        What it asks about, and where its passage stands, in words.
    options : sequence of str
        What there is to choose from or to put in order, as it is shown.
    many : bool
        Whether several options can be chosen.
    judged : bool
        Whether an answer can be right: of an open question none can, and not of every line.
    ends : pair of str
        The words at the two ends of a line.
    turns : sequence of Asked
        The passage.
    value : object
        The answer there is: numbers of options, a place on a line, turns, or text; or None.
    explains : bool
        Whether there is something that can be shown without answering.
    note : str
        What there is to say of an earlier answer.
    """

    number: int
    kind: str
    text: str
    level: str = ""
    where: str = ""
    options: Sequence[str] = ()
    many: bool = False
    judged: bool = True
    ends: tuple[str, str] = ("", "")
    turns: Sequence[Asked] = ()
    value: Any = None
    explains: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said to an answer.

    Parameters
    ----------
    state : str
    remarks : mapping of int or str to str
        Number of an option, or a turn, → what is said to it.
    said : sequence of str
        What is said besides.
    turns : sequence of Asked
        The turns to read again.
    kept : str
        Whether the answer is on the disk, in words.
    others : sequence of str
        What was answered in another window meanwhile.
    """

    state: str
    remarks: Mapping[Any, str] = field(default_factory=dict)
    said: Sequence[str] = ()
    turns: Sequence[Asked] = ()
    kept: str = ""
    others: Sequence[str] = ()


def quiz_frame(
    title: str,
    headings: Mapping[str, str],
    talks: Sequence[str],
    levels: Mapping[int, str],
) -> str:
    """The questions' page without its questions.

    Parameters
    ----------
    title : str
    headings : mapping of str to str
        Conversation → its heading, of those that questions are asked after.
    talks : sequence of str
        The conversation of each question, in order.
    levels : mapping of int to str
        The levels that there are questions of, and what they ask about.
    """
    items = []
    before = None
    for number, talk in enumerate(talks):
        if talk != before:
            items.append(
                f'<li class="after" data-after="{escape(talk)}" hidden>'
                f"<h3>{escape(headings[talk])}</h3></li>"
            )
            before = talk
        items.append(f'<li class="card" data-number="{number}" hidden></li>')
    options = "".join(
        f'<option value="{escape(talk)}">{escape(heading)}</option>'
        for talk, heading in headings.items()
    )
    after = (
        f'<label>Questions on <select data-choose="after"><option value="">all parts</option>'
        f"{options}</select></label>"
        if len(headings) > 1
        else ""
    )
    choices = "".join(f'<option value="{n}">{escape(said)}</option>' for n, said in levels.items())
    level = (
        f'<label>Asking <select data-choose="level"><option value="0">everything</option>'
        f"{choices}</select></label>"
        if len(levels) > 1
        else ""
    )
    return (
        f"<header><h2>{escape(title)}: questions</h2>"
        '<span class="status" role="status" data-part="status"></span></header>'
        + (f'<div class="choosers">{after}{level}</div>' if after or level else "")
        + '<div data-part="banner" role="alert"></div>'
        + '<p class="trouble" role="alert" hidden></p>'
        + '<p class="waiting" role="alert" hidden>The notebook has not answered yet. It may be '
        "busy; or run its cell again. What you wrote is still here.</p>"
        + '<p class="unseen" role="status" data-part="spoken"></p>'
        + f'<ol class="cards">{"".join(items)}</ol>'
        + '<footer data-part="foot"></footer>'
    )


def quiz_none() -> str:
    """What stands where there is no question."""
    return "<p>There is no question on these turns.</p>"


def quiz_foot(folder: bool) -> str:
    """What becomes of the answers."""
    if not folder:
        return "Answers are not kept: they are gone when the notebook is closed."
    return (
        "Your answers are kept on this machine, in your own folder, and not in the notebook. "
        "No one counts them."
    )


def quiz_banner(trouble: str) -> str:
    """What is shown while an answer could not be saved; nothing if all is."""
    if not trouble:
        return ""
    return (
        '<div class="unsaved"><p><b>Not saved yet.</b> What you answered is still here, and not '
        f"on the disk. {escape(trouble)}</p>"
        '<button data-do="save">Try again</button></div>'
    )


def quiz_status(answered: int, of: int) -> str:
    """How many of the questions in view have an answer."""
    return f"{answered} of {of} answered"


def quiz_ask(card: Card, of: int, *, again: bool = False) -> str:
    """A question with what answers it.

    Parameters
    ----------
    card : Card
    of : int
        How many questions there are.
    again : bool
        Whether there is an answer that can be left as it is.
    """
    control = {
        "choice": _choice,
        "order": _order,
        "line": _line,
        "evidence": _evidence,
        "short": _short,
        "open": _open,
    }[card.kind](card)
    keep = "Check" if card.judged else "Keep"
    leave = '<button class="quiet" data-do="leave">Leave it as it was</button>' if again else ""
    note = f'<p class="others">{escape(card.note)}</p>' if card.note else ""
    return (
        f'<article data-kind="{card.kind}" aria-label="Question {card.number + 1} of {of}">'
        f"{_above(card)}<fieldset><legend>{_asked(card.text)}</legend>{control}</fieldset>"
        f"{note}"
        f'<p class="amiss" role="alert" hidden></p>'
        f'<div class="do"><button class="check" data-do="check">{keep}</button>{leave}'
        f'{_why(card)}{_read(card)}<span class="draft" hidden>Not kept yet</span></div>'
        '<div data-slot="why"></div><div data-slot="passage"></div></article>'
    )


def quiz_answered(card: Card, reply: Reply, of: int) -> str:
    """A question with the answer to it and what is said to that."""
    sign, word = VERDICTS[reply.state]
    verdict = (
        f'<p class="verdict"><span class="sign" aria-hidden="true">{sign}</span> <b>{word}</b></p>'
        if word
        else ""
    )
    said = "".join(f"<p>{escape(line)}</p>" for line in reply.said)
    if said and not card.judged:
        said = f'<div class="look"><b>To look at again</b>{said}</div>'
    others = "".join(
        f'<p class="others">In another window you answered: <span dir="auto">{escape(other)}'
        "</span> Both answers are kept.</p>"
        for other in reply.others
    )
    # Of what explains a right answer all has been said.
    why = _why(card) if reply.state in ("partly", "not yet") else ""
    state = reply.state.replace(" ", "-")
    return (
        f'<article data-kind="{card.kind}" aria-label="Question {card.number + 1} of {of}">'
        f'{_above(card)}<div class="asks">{_asked(card.text)}</div>'
        f'<div class="reply {state}" data-slot="reply" tabindex="-1" role="group" '
        f'aria-label="Your answer, and what is said to it">'
        f"{verdict}{_given(card, reply)}{said}{others}"
        f'<p class="again">{_again(reply.turns)}</p></div>'
        f'<div class="do"><button data-do="change">Change my answer</button>{why}'
        f'{_read(card)}<button class="quiet" data-do="forget">Take it back</button>'
        f'<span class="kept">{escape(reply.kept)}</span></div>'
        '<p class="amiss" role="alert" hidden></p>'
        '<div data-slot="why"></div><div data-slot="passage"></div></article>'
    )


def quiz_spoken(reply: Reply) -> str:
    """The verdict and what is said, in plain words for who does not see them."""
    verdict = VERDICTS[reply.state][1] or "Kept"
    every = [verdict, *filter(None, reply.remarks.values()), *reply.said, reply.kept]
    return escape(" ".join(said if said.endswith((".", "?")) else f"{said}." for said in every))


def quiz_why(
    said: Iterable[str], reasons: Iterable[tuple[str, str]], turns: Sequence[Asked]
) -> str:
    """What speaks for the answer; of each reason first what it is a reason for, if that is said."""
    lines = "".join(f"<p>{escape(line)}</p>" for line in said)
    lines += "".join(
        f'<p dir="auto">{f"<b>{escape(of)}:</b> " if of else ""}{escape(reason)}</p>'
        for of, reason in reasons
    )
    return f'<div class="why" tabindex="-1">{lines}<p class="again">{_again(turns)}</p></div>'


def quiz_passage(turns: Sequence[Asked]) -> str:
    """The turns of a passage to read, with a way to put them away."""
    items = "".join(
        f'<li data-row="{asked.row}">{quiz_turn(asked, picking=False)}</li>' for asked in turns
    )
    return (
        f'<div class="passage" tabindex="-1" role="group" aria-label="The passage">'
        f'<ol>{items}</ol><button data-do="away">Put the passage away</button></div>'
    )


def quiz_turn(asked: Asked, *, picking: bool, picked: bool = False) -> str:
    """A turn of a passage; if it can be picked, with the box that does it."""
    record = asked.record
    if asked.topics:
        # It can be picked all the same: nobody has to look at it to answer.
        place = f"turn {record['position']} of {asked.size}"
        box = veil([asked.row], [record], asked.topics, place=place, ways=False)
    else:
        box = _turn(asked)
    if not picking or record["kind"] == "cut":
        return box
    checked = " checked" if picked else ""
    return (
        f'{box}<label class="pick"><input type="checkbox" value="{escape(record["turn_id"])}"'
        f'{checked}>supports it<span class="unseen"> ({escape(asked.name)})</span>'
        "</label>"
    )


def _turn(asked: Asked) -> str:
    """What a turn says; if it was kept back before, with the way to hide it again."""
    record = asked.record
    said = record["text"] if record["text"] is not None else record["gist"] or ""
    hide = action("veil", "Hide", row=asked.row) if asked.revealed else ""
    return turn(
        record,
        escape(str(said)) + hide,
        row=asked.row,
        place=f"turn {record['position']} of {asked.size}",
        gist=record["text"] is None,
        side=asked.side,
        to=str(record["addressee"] or "") if record["kind"] in TALK else "",
    )


def quiz_words(card: Card, value: object) -> str:
    """An answer in words, as far as words can hold it.

    Examples
    --------
    >>> quiz_words(Card(0, "line", "How sure?", ends=("a guess", "certain")), 70)
    'nearer to “certain”'
    """
    match card.kind:
        case "line" if isinstance(value, int | float):
            return next(said for upto, said in _words(card.ends) if value <= upto)
        case "choice" | "order" if isinstance(value, list):
            return "; ".join(card.options[int(number)] for number in value)
        case "evidence" if isinstance(value, list):
            names = {asked.record["turn_id"]: asked.name for asked in card.turns}
            return "; ".join(names.get(turn_id, str(turn_id)) for turn_id in value)
    return str(value)


def _words(ends: tuple[str, str]) -> list[tuple[int, str]]:
    return [(upto, said.replace("{a}", ends[0]).replace("{b}", ends[1])) for upto, said in _PLACES]


def _asked(text: str) -> str:
    return f'<span class="question" dir="auto">{escape(text)}</span>'


def _above(card: Card) -> str:
    parts = " · ".join(escape(part) for part in (card.level, card.where) if part)
    return f'<p class="sub">{parts}</p>' if parts else ""


def _why(card: Card) -> str:
    if not card.explains:
        return ""
    label = "Show what speaks for it" if card.judged else "What to look at"
    return f'<button class="quiet" data-do="why">{label}</button>'


def _read(card: Card) -> str:
    return '<button class="quiet" data-do="passage">Read the passage</button>'


def _again(turns: Sequence[Asked]) -> str:
    return " ".join(
        f'<button class="quiet" data-do="turn" data-turn="{escape(asked.record["turn_id"])}">'
        f"Read {escape(asked.name)} again</button>"
        for asked in turns
    )


def _choice(card: Card) -> str:
    """Options to choose from: one, or several."""
    kind = "checkbox" if card.many else "radio"
    chosen = card.value if isinstance(card.value, list) else []
    name = f"choice-{card.number}"
    hint = '<p class="hint">Several can be right.</p>' if card.many else ""
    return hint + "".join(
        f'<label class="option"><input type="{kind}" name="{name}" value="{number}"'
        f'{" checked" if number in chosen else ""}><span dir="auto">{escape(text)}</span></label>'
        for number, text in enumerate(card.options)
    )


def _order(card: Card) -> str:
    """Options to put in order."""
    order = card.value if isinstance(card.value, list) else range(len(card.options))
    items = "".join(
        f'<li data-option="{number}"><span dir="auto">{escape(card.options[number])}</span>'
        f'<button data-do="move" data-step="-1">↑<span class="unseen"> Move up: '
        f"{escape(card.options[number])}</span></button>"
        f'<button data-do="move" data-step="1">↓<span class="unseen"> Move down: '
        f"{escape(card.options[number])}</span></button></li>"
        for number in order
    )
    return (
        '<p class="hint">What comes first stands at the top. Alt with an arrow key moves an '
        f'item, too.</p><ol class="ordering">{items}</ol>'
        '<span class="unseen" role="status" data-slot="moved"></span>'
    )


def _line(card: Card) -> str:
    """A place between two ends."""
    value = card.value if isinstance(card.value, int | float) else 50
    words = "".join(
        f'<li data-upto="{upto}">{escape(said)}</li>' for upto, said in _words(card.ends)
    )
    return (
        f"{'' if card.judged else _UNJUDGED}{_ruler(card, value, shut=False)}"
        f'<p class="at" dir="auto">{escape(quiz_words(card, value))}</p>'
        f'<ul class="places" hidden>{words}</ul>'
    )


def _ruler(card: Card, value: float, *, shut: bool) -> str:
    a, b = map(escape, card.ends)
    return (
        f'<div class="line"><span class="end" dir="auto">{a}</span>'
        f'<input type="range" min="0" max="100" step="1" value="{value}" '
        f'aria-label="Place between “{a}” and “{b}”" '
        f'aria-valuetext="{escape(quiz_words(card, value))}"{" disabled" if shut else ""}>'
        f'<span class="end" dir="auto">{b}</span></div>'
    )


def _evidence(card: Card) -> str:
    """The turns of the passage, each to be picked."""
    picked = card.value if isinstance(card.value, list) else []
    items = "".join(
        f'<li class="pickable" data-row="{asked.row}">'
        f"{quiz_turn(asked, picking=True, picked=asked.record['turn_id'] in picked)}</li>"
        for asked in card.turns
    )
    return (
        '<p class="hint">Pick every turn that supports it. Arrow keys go from turn to turn, '
        f'the space bar picks.</p><ol class="picking">{items}</ol>'
    )


def _short(card: Card) -> str:
    value = escape(str(card.value or ""))
    return (
        f'<input type="text" class="words" aria-label="Your answer, in some words" maxlength="500" '
        f'autocomplete="off" value="{value}">'
    )


def _open(card: Card) -> str:
    value = escape(str(card.value or ""))
    return (
        f"{_UNJUDGED}"
        # A line break that begins a textarea is dropped by the browser.
        f'<textarea rows="4" aria-label="Your answer" maxlength="20000">\n{value}</textarea>'
    )


def _given(card: Card, reply: Reply) -> str:
    """The answer, and beside each thing that was picked what is said to it."""
    match card.kind:
        case "choice":
            return f"<ul>{''.join(_option(card, reply, n) for n in range(len(card.options)))}</ul>"
        case "order":
            items = "".join(f'<li dir="auto">{escape(card.options[n])}</li>' for n in card.value)
            return f'<ol class="given">{items}</ol>'
        case "line":
            at = f'<p class="at" dir="auto">{escape(quiz_words(card, card.value))}</p>'
            return f"{_ruler(card, card.value, shut=True)}{at}{_remarks(reply)}"
        case "evidence":
            return f"<ul>{''.join(_pick(card, reply, turn_id) for turn_id in card.value)}</ul>"
    return f'<p class="own" dir="auto">{escape(str(card.value))}</p>{_remarks(reply)}'


def _remarks(reply: Reply) -> str:
    return "".join(f"<p>{escape(says)}</p>" for says in reply.remarks.values() if says)


def _option(card: Card, reply: Reply, number: int) -> str:
    chosen = number in card.value
    says = reply.remarks.get(number, "")
    mark = "☑" if chosen else "☐"
    said = f'<span class="says" dir="auto">{escape(says)}</span>' if says else ""
    name = '<span class="unseen">Chosen: </span>' if chosen else ""
    return (
        f'<li class="{"chosen" if chosen else "other"}"><span aria-hidden="true">{mark}</span>'
        f'<div>{name}<span dir="auto">{escape(card.options[number])}</span>{said}</div></li>'
    )


def _pick(card: Card, reply: Reply, turn_id: str) -> str:
    asked = next((each for each in card.turns if each.record["turn_id"] == turn_id), None)
    if asked is None:
        return ""
    record = asked.record
    words = record["text"] if record["text"] is not None else record["gist"] or ""
    # What is kept back is not in the page, though it was picked.
    said = notice_line([record], asked.topics) if asked.topics else _shortened(str(words))
    return (
        f'<li class="chosen"><span aria-hidden="true">☑</span><div><b>{escape(asked.name)}</b>'
        f'<span class="excerpt" dir="auto">{escape(said)}</span>'
        f'<span class="says" dir="auto">{escape(reply.remarks.get(turn_id, ""))}</span></div></li>'
    )


def _shortened(text: str, most: int = 160) -> str:
    """The beginning of a text, up to the end of a word."""
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"
