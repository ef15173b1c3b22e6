"""What a question is: a value that can be written by hand or read from a corpus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from readerlib.corpus import Corpus
from readerlib.errors import Problem, ReaderError, listed, quoted
from readerlib.selection import Place, Selection
from readerlib.tables import MOST_ASKED_ABOUT, Table, faults, span_of

LEVELS = {1: "What is said", 2: "How it hangs together", 3: "How we know"}
"""Level of a question → what it asks about."""

_MESSAGE = {"question": "text", "turn_id": "place"}
"""Column of the tables → what the attribute is called."""


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Option:
    """One of the options of a question.

    Parameters
    ----------
    option : str
        Its name within the question, such as ``"a"``; of a line ``"from"``, ``"to"``, ``"key"``.
    text : str
        What it says.  Of evidence nothing: the turn speaks.
    key : str, int or bool
        What is right: ``True`` or ``"1"`` for an option that is; the rank in an order, from 1;
        the stretch of a line, as ``"60-85"``.  Empty for what is not right.
    turn_id : str
        Where to look; of evidence the turn that is meant.
    feedback : str
        What is said to whoever picks it.

    Notes
    -----
    Its repr holds nothing, since a repr ends up in saved notebooks and a name can be telling.

    Examples
    --------
    >>> Option("a", "She did not hear him.", feedback="She answers at once.")
    <Option>
    >>> Option("b", "She doubts it.", key=True).right
    True
    """

    option: str
    text: str
    key: str
    turn_id: str
    feedback: str

    def __init__(
        self,
        option: str,
        text: str = "",
        *,
        key: str | int | bool | None = "",
        turn_id: str = "",
        feedback: str = "",
    ) -> None:
        spelt = str(key) if isinstance(key, str | int) and not isinstance(key, bool) else ""
        spelt = "1" if key is True else spelt
        for name, value in (
            ("option", option),
            ("text", text),
            ("key", spelt),
            ("turn_id", turn_id),
            ("feedback", feedback),
        ):
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        """Neither what it says nor whether it is right; nor its name, which may be telling."""
        return "<Option>"

    @property
    def right(self) -> bool:
        """Whether it is right, of a question where an option can be."""
        return bool(self.key)


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Question:
    """A question on a passage.

    Parameters
    ----------
    question_id : str
    kind : str
        ``choice`` (one or several options are right), ``order`` (options are put in order),
        ``line`` (a place between two ends), ``evidence`` (turns that support what the question
        says are picked), ``short`` (some words) or ``open`` (no answer is right or wrong).
    text : str
        What is asked.
    options : sequence of Option
    place : Place or str
        The passage: a turn, or several as ``"ivan-2-01..ivan-2-05"``.
    feedback : str
        What explains the answer; may be empty for an open question only.
    level : int, optional
        One of :data:`LEVELS`.
    conversation_id : str
        After which conversation it is asked; left out, that of the passage.

    Attributes
    ----------
    passage : tuple of str
        The ids of the passage's turns, once it is known in which corpus: see :func:`placed`.

    Raises
    ------
    ReaderError
        If the question cannot be answered as it stands, with every problem.

    Examples
    --------
    >>> Question("baskets", "short", "How many baskets were there in autumn?",
    ...     options=[Option("a", "two", key=True)], place="frost-3-04",
    ...     feedback="Irena tells how many.")
    <Question baskets: short, on frost-3-04>
    >>> Question("baskets", "choice", "How many?", place="frost-3-04", feedback="Irena tells.")
    Traceback (most recent call last):
    readerlib.errors.ReaderError: question "baskets", kind: "baskets" has no options.
      A question of the kind choice has two at least, in options.csv.
      Add the options, or make it an open question.
    """

    question_id: str
    kind: str
    text: str
    options: tuple[Option, ...]
    place: Place
    feedback: str
    level: int | None
    conversation_id: str
    passage: tuple[str, ...] = field(compare=False)

    def __init__(
        self,
        question_id: str,
        kind: str,
        text: str,
        *,
        options: Iterable[Option] = (),
        place: Place | str,
        feedback: str = "",
        level: int | None = None,
        conversation_id: str = "",
        passage: Iterable[str] = (),
    ) -> None:
        for name, value in (
            ("question_id", question_id),
            ("kind", kind),
            ("text", text),
            ("options", tuple(options)),
            ("place", Place.parse(place) if isinstance(place, str) else place),
            ("feedback", feedback),
            ("level", level),
            ("conversation_id", conversation_id),
            ("passage", tuple(passage)),
        ):
            object.__setattr__(self, name, value)
        problems = _problems(self)
        if problems:
            raise ReaderError(problems)

    def __repr__(self) -> str:
        """What it is and where: neither its words nor its key."""
        return f"<Question {self.question_id}: {self.kind}, on {self.place}>"

    @property
    def stretch(self) -> tuple[int, int] | None:
        """Of a line the stretch that is right; None where no place is, and of other kinds."""
        if self.kind != "line":
            return None
        return next((span_of(o.key) for o in self.options if o.option == "key"), None)


def _problems(question: Question) -> list[Problem]:
    """What is wrong with a question for itself, as the tables would tell it."""
    last = question.place.last or ""
    level = "" if question.level is None else str(question.level)
    asked = {
        "question_id": question.question_id,
        "turn_id": question.place.turn_id,
        "last_turn_id": last,
        "kind": question.kind,
        "level": level,
        "question": question.text,
        "feedback": question.feedback,
    }
    columns = ("option", "text", "key", "turn_id", "feedback")
    offered: dict[str, list[str]] = {
        column: [getattr(option, column) for option in question.options] for column in columns
    }
    offered["question_id"] = [question.question_id] * len(question.options)
    name = f"question {quoted(question.question_id)}"
    tables = {
        "questions": Table(name, {key: [value] for key, value in asked.items()}, [2]),
        "options": Table("options", offered, range(1, len(question.options) + 1)),
    }
    found = []
    for problem in faults(tables, unread=["turns", "conversations", "speakers", "sources"]):
        where = name
        if problem.path == "options" and problem.row is not None:
            where += f", option {quoted(question.options[problem.row - 1].option)}"
        column = _MESSAGE.get(problem.column or "", problem.column or "")
        where += f", {column}" if column else ""
        found.append(replace(problem, path=where, row=None, column=None))
    return found


def placed(corpus: Corpus, question: Question) -> Question:
    """The question with the turns of its passage, and the conversation it is asked after.

    Raises
    ------
    ReaderError
        If the passage is not in the corpus, or an option names a turn that is not in it.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> asked = Question("why", "open", "Why does he ring?", place="frost-1-01..frost-1-02")
    >>> placed(load("demo"), asked).passage
    ('frost-1-01', 'frost-1-02')
    """
    first, last = corpus.span(question.place)
    turns = tuple(corpus.turn_id(row) for row in range(first, min(last, first + MOST_ASKED_ABOUT)))
    name = f"question {quoted(question.question_id)}"
    problems = []
    if last - first > MOST_ASKED_ABOUT:
        problems.append(
            Problem(
                f"the passage has {last - first:,} turns",
                f"A question is about {MOST_ASKED_ABOUT} turns at most.",
                "Name the turns that one has to read for it.",
                path=f"{name}, place",
            )
        )
    for option in question.options:
        if question.kind == "evidence" and option.turn_id not in turns:
            problems.append(
                Problem(
                    f"{quoted(option.turn_id)} is not in the passage",
                    f"Its turns: {listed(turns)}.",
                    "Name one of these turns, or make the passage longer.",
                    path=f"{name}, option {quoted(option.option)}, turn_id",
                )
            )
        elif option.turn_id:
            corpus.row(option.turn_id)
    if problems:
        raise ReaderError(problems)
    talk = question.conversation_id or corpus.talk(first).conversation_id
    return _remade(question, talk, turns)


def _remade(question: Question, talk: str, turns: tuple[str, ...]) -> Question:
    """The same question elsewhere; nothing of it is checked again."""
    made = object.__new__(Question)
    for name in Question.__dataclass_fields__:
        object.__setattr__(made, name, getattr(question, name))
    object.__setattr__(made, "conversation_id", talk)
    object.__setattr__(made, "passage", turns)
    return made


def questions(
    corpus: Corpus, selection: Selection | str = "", level: int | None = None
) -> tuple[Question, ...]:
    """The questions of a corpus, in the order in which it is read.

    Parameters
    ----------
    corpus : Corpus
        If it has a selection, questions on its turns.
    selection : Selection or str, optional
        Questions whose passage has one of the selected turns, or that are asked after a
        conversation of which every turn is selected.
    level : int, optional
        Only these: one of :data:`LEVELS`.

    Returns
    -------
    tuple of Question
        Conversation by conversation, and of one conversation as the table has them.  An older
        package that has a list of questions without kinds gives open questions.

    Raises
    ------
    SelectionError
        If the selection names what is not in the corpus.
    ReaderError
        If there is no such level.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> len(questions(load("demo"), "chapter=1"))
    0
    """
    if level is not None and level not in LEVELS:
        raise ReaderError(
            Problem(
                f"there is no level {quoted(level)}",
                f"Levels: {', '.join(f'{n} ({said.lower()})' for n, said in LEVELS.items())}.",
                "Name one of these, or leave it out.",
            )
        )
    table = corpus.table("questions")
    if not {"question_id", "turn_id"} <= set(table):
        return ()
    chosen = corpus.select(selection)
    selected = None if chosen.whole is chosen else set(chosen.rows.tolist())
    options = _options(corpus)
    talks = _talks(corpus, set(table.get("conversation_id", ())))
    found: list[tuple[int, int, Question]] = []
    for row in table.to_dict("records"):
        record = {str(column): str(cell) for column, cell in row.items()}
        if not record["turn_id"] or (level is not None and record.get("level") != str(level)):
            continue
        first, last = corpus.span(_place(record))
        own = corpus.talk(first)
        talk = record.get("conversation_id") or own.conversation_id
        begin, end = talks.get(talk, (own.first, own.last))
        # Of most corpora all is selected, and nothing has to be looked at.
        if selected is not None and not (
            any(at in selected for at in range(first, last))
            or all(at in selected for at in range(begin, end))
        ):
            continue
        turns = tuple(corpus.turn_id(at) for at in range(first, last))
        made = _of(record, options.get(record["question_id"], ()), talk, turns)
        found.append((begin, len(found), made))
    return tuple(question for *_, question in sorted(found, key=lambda each: each[:2]))


def _place(record: Mapping[str, str]) -> Place:
    return Place(record["turn_id"], last=record.get("last_turn_id") or None)


def _talks(corpus: Corpus, ids: set[str]) -> dict[str, tuple[int, int]]:
    """The rows of these conversations, as far as they have turns: first, and behind the last."""
    named = corpus.whole.turns["conversation_id"]
    rows = named[named.isin(ids)]
    found: dict[str, tuple[int, int]] = {}
    for row, talk in zip(rows.index.tolist(), rows.tolist(), strict=True):
        found[talk] = (found.get(talk, (row, row))[0], row + 1)
    return found


def _options(corpus: Corpus) -> dict[str, list[Option]]:
    """The options of each question."""
    found: dict[str, list[Option]] = {}
    for row in corpus.table("options").to_dict("records"):
        cells = {str(column): str(cell) for column, cell in row.items()}
        found.setdefault(cells["question_id"], []).append(
            Option(
                cells["option"],
                cells.get("text", ""),
                key=cells.get("key", ""),
                turn_id=cells.get("turn_id", ""),
                feedback=cells.get("feedback", ""),
            )
        )
    return found


def _of(
    record: Mapping[str, str], options: Sequence[Option], talk: str, turns: tuple[str, ...]
) -> Question:
    """The question of a row; the corpus has been checked, so nothing is looked at again."""
    made = object.__new__(Question)
    level = record.get("level", "")
    for name, value in (
        ("question_id", record["question_id"]),
        ("kind", record.get("kind") or "open"),
        ("text", record.get("question", "")),
        ("options", tuple(options)),
        ("place", _place(record)),
        ("feedback", record.get("feedback", "")),
        ("level", int(level) if level else None),
        ("conversation_id", talk),
        ("passage", turns),
    ):
        object.__setattr__(made, name, value)
    return made
