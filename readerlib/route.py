"""A way through a corpus in steps, how long each takes to read, and which have been read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from typing import Literal

import numpy as np

from readerlib.corpus import Corpus
from readerlib.index import Array
from readerlib.selection import Selection

WORDS_A_MINUTE = 200
"""How fast a step is read, pauses included; :func:`minutes` says where it comes from."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is read in one go: a conversation, or several that belong together.

    Attributes
    ----------
    number : int
        From 1.
    step_id : str
    title : str
        What the conversation is called that the step is about.
    conversations : tuple of str
        Their ids, in reading order.
    turns, words : int
        How many there are in it.
    minutes : int
        About how long it takes to read, see :func:`minutes`.
    why : str
        What to look out for, and why it comes here; empty where nobody has said.
    notices : tuple of str
        The topics of its content notices, those that a Reader shows unasked left out.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> route(load("demo"))[1].title
    'Spring · 2 The late frost'
    """

    number: int
    step_id: str
    title: str
    conversations: tuple[str, ...]
    turns: int
    words: int
    minutes: int
    why: str = ""
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a step has been read: a state and a place, and no measure of time.

    Attributes
    ----------
    state : "not begun", "begun" or "read"
    turn_id : str
        Where to go on, or to begin.
    at, of : int
        Which turn of its conversation that is, and how many the conversation has.
    talk : str
        What that conversation is called.

    Examples
    --------
    >>> Reached("begun", "frost-1-02", 2, 5, "Spring · 1 White on the slope").at
    2
    """

    state: Literal["not begun", "begun", "read"]
    turn_id: str
    at: int
    of: int
    talk: str


def minutes(words: int) -> int:
    """About how long it takes to read some words: whole minutes, rounded up.

    Parameters
    ----------
    words : int

    Notes
    -----
    ``ceil(words / 200)``, and one minute at least.  Adults read English non-fiction silently
    at 238 words a minute on average, most of them at 175 to 300: Brysbaert (2019), *How many
    words do we read per minute?*, doi 10.1016/j.jml.2019.104047.  The 200 here are a sixth
    below that average, so that of six minutes one is left for looking up and going back, and
    whoever reads in a second language or slowly is not told a time that makes them hurry.
    It is a span to plan with; nobody is timed.

    Examples
    --------
    >>> minutes(1), minutes(200), minutes(201)
    (1, 1, 2)
    """
    return max(1, -(-words // WORDS_A_MINUTE))


def route(corpus: Corpus) -> tuple[Step, ...]:
    """The steps of the suggested way through a corpus, whatever its selection.

    They are those of its table ``route`` (``step_id``, ``conversation_id``, ``why``; rows of
    one step stand together), or of a corpus without one each conversation in reading order.

    Words are counted as they were published, in the turns' column ``words``; where it says
    nothing, as they stand in the text, or else in the summary.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> for step in route(load("demo")):
    ...     print(step.number, step.title, step.words, step.minutes)
    1 Spring · 1 White on the slope 71 1
    2 Spring · 2 The late frost 79 1
    3 Autumn · 3 Two baskets 56 1
    """
    sizes = _Sizes(corpus.whole)
    steps: list[Step] = []
    for step_id, talks, why in _planned(corpus.whole):
        there = tuple(talk for talk in talks if talk in sizes.numbers)
        if there:
            steps.append(sizes.step(len(steps) + 1, step_id, there, why))
    return tuple(steps)


def opened(corpus: Corpus, step: Step) -> Corpus:
    """The corpus with exactly the turns of a step selected, whatever its selection.

    They are selected by the facets of its path, or where these cannot say it by one facet
    more, the step.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> demo = load("demo")
    >>> print(opened(demo, route(demo)[0]).selection)
    chapter=1&part=Spring
    """
    whole = corpus.whole
    records = whole.records_of([first for first, _ in _spans(whole, step.conversations)])
    where = {name: {record[name] for record in records} for name in whole.descriptor.path}
    known = {name: sorted(values) for name, values in where.items() if None not in values}
    if known:
        found = whole.select(Selection.of(known))
        if set(found.turns["conversation_id"]) == set(step.conversations):
            return found
    taken = {facet.name for facet in whole.descriptor.facets} | set(whole.conversations)
    name = next(name for name in (f"step{'_' * n}" for n in count()) if name not in taken)
    marked = whole.with_facet(name, "Step", dict.fromkeys(step.conversations, step.title))
    return marked.select(Selection.of({name: [step.title]}))


def progress(
    corpus: Corpus, steps: Sequence[Step], kept: Mapping[str, tuple[str, bool]]
) -> tuple[Reached, ...]:
    """How far each step has been read.

    A step is read when each of its conversations is, begun when something of it was read.
    One goes on in the last of its conversations that was begun and not finished, or else at
    the beginning of the first that is not read.  What was kept of a conversation that is
    not in the corpus any more is passed over; where a turn is gone, its conversation is
    begun anew.

    Parameters
    ----------
    corpus : Corpus
    steps : sequence of Step
    kept : mapping of str to (str, bool)
        Conversation → the turn where the reader stopped, and whether it is read, as
        :meth:`readerlib.notes.Notes.progress` gives it.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> demo = load("demo")
    >>> kept = {"frost-1": ("frost-1-02", False)}
    >>> [reached.state for reached in progress(demo, route(demo), kept)]
    ['begun', 'not begun', 'not begun']
    """
    return tuple(_reached(corpus.whole, step, kept) for step in steps)


def suggested(
    steps: Sequence[Step], reached: Sequence[Reached], left_out: Collection[str] = ()
) -> Step | None:
    """The step to go on with; None where nothing is left.

    It is the last one that was begun; or else the first unread one after the last that was
    read, since what was passed over was passed over for a reason; or else the first unread.

    Parameters
    ----------
    steps : sequence of Step
    reached : sequence of Reached
        As :func:`progress` gives it.
    left_out : collection of str
        Ids of steps that the reader wants to leave out.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> demo = load("demo")
    >>> steps = route(demo)
    >>> suggested(steps, progress(demo, steps, {"frost-1": ("frost-1-05", True)})).number
    2
    """
    states = [at.state for _, at in zip(steps, reached, strict=True)]
    left = [
        number
        for number, step in enumerate(steps)
        if states[number] != "read" and step.step_id not in left_out
    ]
    begun = [number for number in left if states[number] == "begun"]
    if begun:
        return steps[begun[-1]]
    last = max((n for n, state in enumerate(states) if state == "read"), default=-1)
    return next((steps[n] for n in [*(n for n in left if n > last), *left]), None)


def _planned(whole: Corpus) -> Iterator[tuple[str, list[str], str]]:
    """Each step's id, conversations and reason, as the corpus plans them."""
    table = whole.table("route")
    if table.empty:
        yield from ((talk, [talk], "") for talk in whole.headings())
        return
    for step_id, rows in groupby(table.to_dict("records"), lambda row: str(row["step_id"])):
        mine = list(rows)
        why = next((str(row["why"]) for row in mine if row.get("why")), "")
        yield step_id, [str(row["conversation_id"]) for row in mine], why


class _Sizes:
    """How long the conversations of a corpus are, and what they carry."""

    def __init__(self, whole: Corpus) -> None:
        parts = whole.parts("conversation_id")
        self.numbers = {name: number for number, name in enumerate(parts.names)}
        self.headings = whole.headings()
        size = len(parts.names)
        self.turns = np.bincount(parts.codes, minlength=size)
        self.words = np.bincount(parts.codes, weights=_lengths(whole), minlength=size).astype(int)
        self.notices: dict[int, dict[str, None]] = {}
        asked = whole.asked("ask")
        for row, topics in whole.veiled(asked).items():
            self.notices.setdefault(int(parts.codes[row]), {}).update(dict.fromkeys(topics))

    def step(self, number: int, step_id: str, talks: tuple[str, ...], why: str) -> Step:
        """The step of some conversations."""
        talks = tuple(sorted(talks, key=self.numbers.__getitem__))
        at = [self.numbers[talk] for talk in talks]
        words = int(self.words[at].sum())
        return Step(
            number,
            step_id,
            str(self.headings[self._main(step_id, talks)]),
            talks,
            int(self.turns[at].sum()),
            words,
            minutes(words),
            why,
            tuple(dict.fromkeys(topic for talk in at for topic in self.notices.get(talk, ()))),
        )

    def _main(self, step_id: str, talks: Sequence[str]) -> str:
        """The conversation that a step is about: it names the step, has a number, or is longest."""
        if step_id in talks:
            return step_id
        numbered = [talk for talk in talks if self.headings[talk].number]
        return max(numbered or talks, key=lambda talk: self.words[self.numbers[talk]])


def _lengths(whole: Corpus) -> Array:
    """How many words each turn has: as published, or else as there are to read."""
    table = whole.tables()["turns"]
    if "words" not in table:
        return whole.word_index.sizes()
    told = table["words"].astype("float64").to_numpy()
    missing = np.isnan(told)
    return np.where(missing, whole.word_index.sizes(), told) if missing.any() else told


def _spans(whole: Corpus, talks: Sequence[str]) -> list[tuple[int, int]]:
    """The rows of each of some conversations, the last ones excluded."""
    ids = whole.tables()["turns"]["conversation_id"]
    found = {}
    for talk in talks:
        first = int((ids == talk).to_numpy().argmax())
        found[talk] = (first, whole.talk(first).last)
    return [found[talk] for talk in talks]


def _reached(whole: Corpus, step: Step, kept: Mapping[str, tuple[str, bool]]) -> Reached:
    begun = [talk for talk in step.conversations if talk in kept and not kept[talk][1]]
    unread = [talk for talk in step.conversations if not kept.get(talk, ("", False))[1]]
    some = any(talk in kept for talk in step.conversations)
    state: Literal["not begun", "begun", "read"] = (
        "not begun" if not some else "begun" if unread else "read"
    )
    talk_id = begun[-1] if begun else unread[0] if unread else step.conversations[0]
    [(first, last)] = _spans(whole, [talk_id])
    row = first
    if begun:
        stopped = kept[talk_id][0]
        row = next((r for r in range(first, last) if whole.turn_id(r) == stopped), first)
    heading = str(whole.talk(first).heading)
    return Reached(state, whole.turn_id(row), row - first + 1, last - first, heading)
