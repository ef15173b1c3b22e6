"""What is said to an answer: right, partly, not yet, or, where nothing is right, what to look at.

The key is looked at here and nowhere else; what comes out names only what was picked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, NoReturn

from readerlib.errors import Problem, ReaderError, listed, quoted
from readerlib.questions.asking import Question
from readerlib.text import tokens

STATES = ("right", "partly", "not yet", "open")
"""What an answer can be."""

NEAR = 10
"""How far from the stretch that is right a place on a line is near it, of 100."""

LONGEST = {"short": 500, "open": 20_000}
"""Signs of an answer in words."""

_UNEXPECTED = (
    "This is not one of the answers we expected. Compare it with the passage yourself: words "
    "are compared here, not what is meant, so an answer in other words can be as good."
)
_NOT_FOUND = "We found nothing in this turn that supports it."
_FOUND = "This turn supports it."


class Remark(NamedTuple):
    """What is said to one thing that was picked.

    Examples
    --------
    >>> Remark("a", "frost-1-03", "She answers at once.", True).right
    True
    """

    option: str
    """The option; empty where a turn was picked that is none."""
    turn_id: str
    """Where to look, or which turn was picked; may be empty."""
    says: str
    right: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said to an answer.

    Attributes
    ----------
    state : str
        One of :data:`STATES`.
    said : str
        In sentences, a line to each thing that was picked.
    turns : tuple of str
        The turns to read again.
    remarks : tuple of Remark
        Of these sentences the ones about each thing that was picked.
    besides : tuple of str
        The others.

    Examples
    --------
    >>> Judgement("open", "Look at who is asked.", ("frost-1-03",))
    <Judgement: open>
    """

    state: str
    said: str
    turns: tuple[str, ...]
    remarks: tuple[Remark, ...] = ()
    besides: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """The state only: a repr ends up in saved notebooks."""
        return f"<Judgement: {self.state}>"


def judge(question: Question, value: Any) -> Judgement:
    """What is said to an answer.

    Parameters
    ----------
    question : Question
    value : list of str, int, float or str
        What the kind asks for: of a choice the options that were chosen, of an order all
        options, of a line a number from 0 to 100, of evidence the turns, else the text.

    Returns
    -------
    Judgement
        ``right``, ``partly`` or ``not yet``; ``open`` where no answer is right.

    Raises
    ------
    ReaderError
        If the value is no answer to the question.

    Notes
    -----
    A choice is right if just the right options are chosen, and partly if some of them are.
    Evidence is right if every turn that was picked supports it: one suffices; partly if some
    do.  An order is partly right if more pairs stand the right way round than the other.  On a
    line a place up to 10 beside the stretch is near, and partly right.  Short answers are
    compared by their words, case and accents aside, and an answer may stand in a longer one.
    That is a weak judge of free text, and what it says of an answer that it does not know is
    no more than that.

    Examples
    --------
    >>> from readerlib.questions import Option
    >>> asked = Question("baskets", "short", "How many baskets?", place="frost-3-04",
    ...     options=[Option("a", "two", key=True)], feedback="Irena tells how many.")
    >>> judge(asked, "Two baskets.").state, judge(asked, "a cartload").state
    ('right', 'not yet')
    """
    value = answered(question, value)
    match question.kind:
        case "choice":
            return _chosen(question, value)
        case "order":
            return _ordered(question, value)
        case "line":
            return _pointed(question, value)
        case "evidence":
            return _evidenced(question, value)
        case "short":
            return _worded(question, value)
    return _undecided(question)


def answered(question: Question, value: Any) -> Any:
    """The one form of an answer: what was picked, each once, in the question's order.

    Raises
    ------
    ReaderError
        If it is no answer to the question.

    Examples
    --------
    >>> from readerlib.questions import Option
    >>> asked = Question("who", "choice", "Who speaks?", place="frost-1-02", feedback="Tomas.",
    ...     options=[Option("a", "Tomas", key=True), Option("b", "Irena")])
    >>> answered(asked, ["b", "a", "b"])
    ['a', 'b']
    """
    match question.kind:
        case "choice":
            names = [option.option for option in question.options]
            return _picked(question, value, names)
        case "order":
            names = [option.option for option in question.options]
            _picked(question, value, names)
            if len(value) != len(names) or len(set(value)) != len(names):
                _refuse(question, "the order does not hold every option once", listed(names))
            return list(value)
        case "evidence":
            return _picked(question, value, question.passage)
        case "line":
            return _number(question, value)
    return _text(question, value)


def explained(question: Question) -> Judgement:
    """What speaks for the answer, and where: for whoever asks before, or instead of, answering.

    Examples
    --------
    >>> asked = Question("why", "open", "Why does he ring?", place="frost-1-01",
    ...     feedback="Look at the first sentence.")
    >>> explained(asked).said
    'Look at the first sentence.'
    """
    right = [option for option in question.options if option.right and question.kind != "order"]
    reasons = tuple(
        Remark(option.option, option.turn_id, option.feedback, True)
        for option in right
        if option.feedback and question.kind != "short"
    )
    besides = (question.feedback,) if question.feedback else ()
    said = "\n".join([*besides, *(remark.says for remark in reasons)])
    where = _where(question, (option.turn_id for option in right))
    return Judgement("open", said, where, reasons, besides)


# What can be an answer


def _refuse(question: Question, wrong: str, known: str = "") -> NoReturn:
    expected, remedy = _EXPECTED[question.kind]
    if known:
        expected += f" It can be: {known}."
    raise ReaderError(
        Problem(wrong, expected, remedy, path=f"answer to {quoted(question.question_id)}")
    )


_EXPECTED = {
    "choice": ("The answer is a list of options.", "Choose one at least."),
    "order": ("The answer is a list of all options, each once.", "Put every option in order."),
    "line": ("The answer is a number from 0 to 100.", "Give the place on the line."),
    "evidence": ("The answer is a list of turns of the passage.", "Pick one turn at least."),
    "short": ("The answer is a text.", "Write some words."),
    "open": ("The answer is a text.", "Write some words."),
}


def _picked(question: Question, value: Any, known: Sequence[str]) -> list[str]:
    """What was picked, each once, in the order of what is known."""
    if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
        _refuse(question, f"{quoted(_kind(value))} is no answer")
    if not value:
        _refuse(question, "nothing is picked")
    if len(value) > 1_000:
        _refuse(question, f"{len(value):,} things are picked")
    strange = [name for name in value if known and name not in known]
    if strange:
        _refuse(question, f"there is no {quoted(strange[0])} to pick", listed(known))
    order = {name: at for at, name in enumerate(known)}
    return sorted(set(value), key=lambda name: (order.get(name, 0), name))


def _number(question: Question, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        _refuse(question, f"{quoted(_kind(value))} is no place on the line")
    if not 0 <= value <= 100:
        _refuse(question, "the place is not on the line")
    return int(value) if value == int(value) else float(value)


def _text(question: Question, value: Any) -> str:
    if not isinstance(value, str):
        _refuse(question, f"{quoted(_kind(value))} is no text")
    most = LONGEST[question.kind]
    if len(value) > most:
        _refuse(question, f"the answer has {len(value):,} signs; it can have {most:,}")
    if any("\ud800" <= sign <= "\udfff" for sign in value):
        _refuse(question, "the answer holds half a character, which cannot be kept")
    if not value.strip():
        _refuse(question, "nothing is written")
    return value


def _kind(value: Any) -> str:
    """What a value is, without a word of it: a message may end up in a saved notebook."""
    return "nothing" if value is None else f"a {type(value).__name__}"


# The kinds


def _chosen(question: Question, value: Sequence[str]) -> Judgement:
    remarks = [
        Remark(option.option, option.turn_id, option.feedback, option.right)
        for option in question.options
        if option.option in value
    ]
    right = sum(option.right for option in question.options)
    hit = sum(remark.right for remark in remarks)
    if hit == right == len(remarks):
        return _judged(question, "right", remarks)
    more = ["Something else is right as well."] if 0 < hit == len(remarks) else []
    return _judged(question, "partly" if hit else "not yet", remarks, more)


def _ordered(question: Question, value: Sequence[str]) -> Judgement:
    rank = {option.option: int(option.key) for option in question.options}
    text = {option.option: option.text for option in question.options}
    turned = [(a, b) for a, b in pairwise(value) if rank[a] > rank[b]]
    if not turned:
        return _judged(question, "right", ())
    pairs = [(rank[a], rank[b]) for i, a in enumerate(value) for b in value[i + 1 :]]
    fit, other = sum(a < b for a, b in pairs), sum(a > b for a, b in pairs)
    said = [f"These two stand the other way round: “{text[a]}” and “{text[b]}”." for a, b in turned]
    # Where to look is no key: these are the turns of what was named, in the order given.
    named = {name for pair in turned for name in pair}
    turns = [o.turn_id for o in question.options if o.option in named]
    return _judged(question, "partly" if fit > other else "not yet", (), said, turns)


def _pointed(question: Question, value: float) -> Judgement:
    right = question.stretch
    if right is None:
        return _undecided(question)
    key = next(option for option in question.options if option.option == "key")
    low, high = right
    if low <= value <= high:
        return _judged(question, "right", [Remark("key", key.turn_id, key.feedback, True)])
    towards = "from" if value > high else "to"
    end = next(option.text for option in question.options if option.option == towards)
    near = low - NEAR <= value <= high + NEAR
    said = [f"We would put it {'a little ' * near}nearer to “{end}”."]
    return _judged(question, "partly" if near else "not yet", (), said, [key.turn_id])


def _evidenced(question: Question, value: Sequence[str]) -> Judgement:
    named = {option.turn_id: option for option in question.options}
    remarks = []
    for turn in value:
        option = named.get(turn)
        right = option is not None and option.right
        says = (option.feedback if option else "") or (_FOUND if right else _NOT_FOUND)
        remarks.append(Remark(option.option if option else "", turn, says, right))
    hit = sum(remark.right for remark in remarks)
    state = "right" if hit == len(remarks) else "partly" if hit else "not yet"
    return _judged(question, state, remarks)


def _worded(question: Question, value: str) -> Judgement:
    words = [token.word for token in tokens(value)]
    known = [(option, [token.word for token in tokens(option.text)]) for option in question.options]
    found = [(option, phrase) for option, phrase in known if _holds(words, phrase)]
    # An answer that stands in another one that was found is not said for itself.
    meant = [
        option
        for option, phrase in found
        if not any(len(other) > len(phrase) and _holds(other, phrase) for _, other in found)
    ]
    remarks = [Remark(o.option, o.turn_id, o.feedback, o.right) for o in meant]
    hit = sum(remark.right for remark in remarks)
    if not meant:
        return _judged(question, "not yet", (), [_UNEXPECTED])
    state = "right" if hit == len(remarks) else "partly" if hit else "not yet"
    return _judged(question, state, remarks)


def _holds(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """Whether a phrase stands in the words, one word after the other."""
    size = len(phrase)
    return any(words[at : at + size] == phrase for at in range(len(words) - size + 1))


def _judged(
    question: Question,
    state: str,
    remarks: Sequence[Remark],
    more: Sequence[str] = (),
    turns: Iterable[str] = (),
) -> Judgement:
    """The judgement; what explains the answer is told to whoever has found it."""
    told = [remark.says for remark in remarks if remark.says]
    besides = [*more, *([question.feedback] if state == "right" and question.feedback else ())]
    where = _where(question, [*(remark.turn_id for remark in remarks), *turns])
    said = "\n".join([*told, *besides])
    return Judgement(state, said, where, tuple(remarks), tuple(besides))


def _undecided(question: Question) -> Judgement:
    """What is said where no answer is right."""
    said = question.feedback
    return Judgement("open", said, _where(question, ()), besides=(said,) if said else ())


def _where(question: Question, turns: Iterable[str]) -> tuple[str, ...]:
    return _turns(turns) or question.passage[:1] or (question.place.turn_id,)


def _turns(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, ids)))
