"""Questions on passages, one beside the other: answered, judged in the kernel, and kept."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import traitlets

from readerlib import questions as asking
from readerlib import render
from readerlib.corpus import Corpus
from readerlib.errors import Problem, ReaderError, listed, quoted, suggestion
from readerlib.notes import Answer, Notes, NotSavedError
from readerlib.notices import Notices
from readerlib.questions import LEVELS, Question, Remark
from readerlib.selection import Selection
from readerlib.views.noting import own_notes
from readerlib.views.view import View, script, style

_AT_ONCE = 12
"""Questions that are shown together; of more those on one conversation."""

_MESSAGE = 500_000
"""Signs of a message that brings questions."""


class Quiz(View):
    """Questions on passages, each answered for itself; nothing is counted or compared.

    An answer is judged in the kernel: the page, and a saved notebook, never hold what is right,
    only what is said to what was picked.  Open questions are kept and not judged.

    Parameters
    ----------
    corpus : Corpus
    questions : str, Selection or sequence of Question
        Which questions of the corpus, as :func:`readerlib.questions.questions` has them, or
        questions of one's own.
    notes : Notes or bool, optional
        Where answers are kept; left out, in the reader's own folder.  False: not at all.
    then : callable, optional
        Is given the id of a turn that is to be read again: ``reader.go``, say.  Left out, the
        turn is shown below the question.
    notices : "ask", "show" or mapping of str to either
        As in :class:`Reader`.

    Attributes
    ----------
    level : int
        Of which level questions are shown, 1 to 3; 0 for all.
    after : str
        The conversation on which questions are shown; empty for all.
    questions : tuple of Question
    last_error : str
        The traceback of the last failure that was ours, which no notebook shows.

    Raises
    ------
    SelectionError
        If the selection names what is not in the corpus.
    ReaderError
        If a question of one's own does not fit the corpus.

    Notes
    -----
    Questions, answers and what is said to them travel in messages only.  Options stand in an
    order of their own, which is the same each time.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> from readerlib.questions import Option, Question
    >>> asked = Question("baskets", "short", "How many baskets were there in autumn?",
    ...     options=[Option("a", "two", key=True)], place="frost-3-04",
    ...     feedback="Irena tells how many.")
    >>> Quiz(load("demo"), [asked], notes=False)
    <Quiz on demo: 1 question>
    """

    _esm = script("quiz")
    _css = style("quiz")
    called = "the questions"
    level = traitlets.Int(0).tag(sync=True)
    after = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        corpus: Corpus,
        questions: str | Selection | Sequence[Question] = "",
        *,
        notes: Notes | bool | None = None,
        then: Callable[[str], object] | None = None,
        notices: Notices = "ask",
    ) -> None:
        self._corpus = corpus.whole
        self._topics = corpus.asked(notices)
        self.questions = _asked(corpus, questions)
        self._mixed = [_mixed(question) for question in self.questions]
        self._notes = notes if isinstance(notes, Notes) else None if notes is False else own_notes()
        self._then = then
        self._revealed: frozenset[str] = frozenset()
        self._answers: dict[str, Answer] = {}
        self._unsaved: set[int] = set()
        self._editing: set[int] = set()
        self._before: dict[int, Any] = {}
        self._sent: set[int] = set()
        self._begun = False
        self._take()
        super().__init__(after=self._beginning())

    def __repr__(self) -> str:
        """Name and size, without a word of a question."""
        size = len(self.questions)
        return f"<Quiz on {self._corpus.descriptor.name}: {size} question{'s' * (size != 1)}>"

    def refresh(self) -> None:
        """Show what was answered in another window since."""
        with self._lock:
            self._refresh()

    def _refresh(self) -> None:
        before = self._answers
        if self._notes is not None:
            self._notes.refresh()
        self._take()
        news = [
            number
            for number, question in enumerate(self.questions)
            if _differ(before.get(question.question_id), self._answers.get(question.question_id))
        ]
        if news:
            # What somebody is writing just now stays as it is.
            self._renew([n for n in news if n not in self._editing], gently=True)

    @traitlets.validate("level")
    def _know_level(self, proposal: Any) -> int:
        level = proposal["value"]
        if level and level not in LEVELS:
            raise ReaderError(
                Problem(
                    f"there is no level {quoted(level)}",
                    f"Levels: {listed(map(str, LEVELS))}, or 0 for all.",
                    "Set one of these.",
                )
            )
        return int(level)

    @traitlets.validate("after")
    def _know_after(self, proposal: Any) -> str:
        after = str(proposal["value"])
        if after and after not in self._headings:
            raise ReaderError(
                Problem(
                    f"there is no question on {quoted(after)}",
                    f"There are on: {listed(self._headings)}.",
                    suggestion(after, self._headings) or "Name one of these.",
                )
            )
        return after

    @traitlets.observe("level", "after")
    def _chosen(self, change: Any) -> None:
        with self._lock:
            if self._begun:
                self._show()

    # What the page asks

    def _answer(self, content: dict[str, Any], buffers: list[Any]) -> None:
        number = content.get("number")
        if number is not None and not (
            isinstance(number, int) and 0 <= number < len(self.questions)
        ):
            raise ReaderError(Problem(f"there is no question {quoted(number)}"))
        match content.get("do"):
            case "ready":
                self._begin()
            case "refresh":
                self.refresh()
            case "save":
                self._save()
            case "reveal" | "veil" as do:
                self._veil(int(content["row"]), hide=do == "veil")
            case _ if number is not None:
                self._handle(number, content)

    def _handle(self, number: int, content: Mapping[str, Any]) -> None:
        """Do what is asked of one question."""
        match content.get("do"):
            case "check":
                self._check(number, content.get("value"))
            case "change":
                self._editing.add(number)
                self._before[number] = self._value(number)
                self._renew([number], focus="ask")
            case "leave":
                self._leave(number)
            case "draft":
                self._draft(number, content.get("value"))
            case "forget":
                self._forget(number)
            case "why":
                said = asking.explained(self.questions[number])
                reasons = [(self._named(number, each), each.says) for each in said.remarks]
                html = render.quiz_why(said.besides, reasons, self._turns(said.turns))
                self.post({"slot": {"number": number, "name": "why", "html": html}})
            case "passage":
                self._read(number, self.questions[number].passage)
            case "turn":
                self._read(number, [self._corpus.turn_id(self._corpus.row(str(content["turn"])))])

    def _check(self, number: int, raw: Any) -> None:
        """Judge and keep an answer; where it is none, say so beside the question."""
        question = self.questions[number]
        try:
            value = asking.answered(question, self._value_of(number, raw))
        except ReaderError as error:
            problem = error.problems[0]
            wrong = f"{problem.wrong[:1].upper()}{problem.wrong[1:]}. {problem.remedy}"
            self.post({"amiss": wrong, "number": number})
            return
        self._editing.discard(number)
        self._before.pop(number, None)
        self._keep(number, value)
        self._renew([number], focus="reply")

    def _draft(self, number: int, raw: Any) -> None:
        """Keep what is being written to an open question, so that it cannot be lost."""
        question = self.questions[number]
        if question.kind != "open":
            return
        try:
            value = asking.answered(question, raw)
        except ReaderError:
            return
        self._editing.add(number)
        if value != self._value(number):
            self._keep(number, value)
        self.post({"drafted": number, "said": self._kept(number), "parts": self._parts()})

    def _leave(self, number: int) -> None:
        """Leave an answer as it was before it was changed."""
        self._editing.discard(number)
        before = self._before.pop(number, None)
        if before is not None and before != self._value(number):
            self._keep(number, before)
        self._renew([number], focus="reply")

    def _forget(self, number: int) -> None:
        """Take an answer back; it stands in the form once more, in case that was a mistake."""
        value = self._value(number)
        self._keep(number, None)
        self._renew([number], focus="ask", value=value)

    def _keep(self, number: int, value: Any) -> None:
        question_id = self.questions[number].question_id
        if self._notes is None:
            self._answers.pop(question_id, None)
            if value is not None:
                self._answers[question_id] = Answer(question_id, value, "")
            return
        self._unsaved.discard(number)
        try:
            self._notes.answer(self._corpus, question_id, value)
        except NotSavedError:
            self._unsaved.add(number)
        except KeyError:
            # Of one that was taken back there is none.
            pass
        self._take()

    def _save(self) -> None:
        """Try again to save."""
        unsaved = sorted(self._unsaved)
        if self._notes is not None:
            try:
                self._notes.save()
            except NotSavedError:
                self.post({"parts": self._parts()})
                return
        self._unsaved.clear()
        self._take()
        self._renew([n for n in unsaved if n not in self._editing])

    def _read(self, number: int, turns: Sequence[str]) -> None:
        """Show turns: elsewhere, or below the question."""
        if self._then is not None:
            self._then(turns[0])
            return
        html = render.quiz_passage(self._turns(turns))
        self.post({"slot": {"number": number, "name": "passage", "html": html}})

    def _veil(self, row: int, *, hide: bool) -> None:
        """Show a turn that is kept back wherever it stands, or hide it again."""
        if not 0 <= row < len(self._corpus):
            raise ReaderError(Problem(f"there is no turn in row {row}"))
        turn = self._corpus.turn_id(row)
        self._revealed = self._revealed - {turn} if hide else self._revealed | {turn}
        (asked,) = self._turns([turn])
        forms = [render.quiz_turn(asked, picking=picking) for picking in (False, True)]
        self.post({"turn": {"row": row, "plain": forms[0], "pick": forms[1]}})
        quoting = [
            number
            for number, question in enumerate(self.questions)
            if question.kind == "evidence" and turn in (self._value(number) or ())
        ]
        self._renew([n for n in quoting if n in self._sent and n not in self._editing], gently=True)

    # What the page is told

    def _begin(self) -> None:
        """Send everything: another page may have come, and it has nothing yet."""
        self._sent, self._begun = set(), True
        title = self._corpus.descriptor.title
        talks = [question.conversation_id for question in self.questions]
        levels = {question.level for question in self.questions}
        self.post(
            {
                "frame": render.quiz_frame(
                    title,
                    self._headings,
                    talks,
                    {level: said for level, said in LEVELS.items() if level in levels},
                )
                if self.questions
                else render.quiz_none()
            }
        )
        self._show()

    def _show(self) -> None:
        """Show the questions that are chosen; those that the page lacks are sent along."""
        shown = list(self._shown())
        for cards in self._batches(n for n in shown if n not in self._sent):
            self.post({"cards": cards})
        self._sent.update(shown)
        self.post({"show": shown, "level": self.level, "after": self.after, "parts": self._parts()})

    def _shown(self) -> Iterator[int]:
        for number, question in enumerate(self.questions):
            if (not self.level or question.level == self.level) and (
                not self.after or question.conversation_id == self.after
            ):
                yield number

    def _batches(self, numbers: Iterable[int]) -> Iterator[dict[str, str]]:
        """The questions as HTML, a few in a message."""
        cards: dict[str, str] = {}
        for number in numbers:
            cards[str(number)] = self._html(number)
            if sum(map(len, cards.values())) > _MESSAGE:
                yield cards
                cards = {}
        if cards:
            yield cards

    def _renew(
        self, numbers: Sequence[int], *, focus: str = "", gently: bool = False, value: Any = None
    ) -> None:
        """Send questions anew; gently: not where somebody is answering."""
        parts = self._parts()
        if focus == "reply":
            reply = self._reply(numbers[0])
            parts["spoken"] = render.quiz_spoken(reply) if reply else ""
        self.post(
            {
                "cards": {str(number): self._html(number, value) for number in numbers},
                "renew": "gently" if gently else "all",
                "focus": focus,
                "parts": parts,
            }
        )

    def _parts(self) -> dict[str, str]:
        shown = list(self._shown())
        done = sum(self._value(number) is not None for number in shown)
        trouble = self._notes.trouble if self._notes is not None else ""
        return {
            "status": render.quiz_status(done, len(shown)),
            "banner": render.quiz_banner(trouble),
            "foot": render.quiz_foot(self._notes is not None),
        }

    def _html(self, number: int, value: Any = None) -> str:
        """A question as it stands: with its answer, or to be answered."""
        reply = None if number in self._editing else self._reply(number)
        card = self._card(number, value)
        if reply is None:
            again = self._before.get(number) is not None
            return render.quiz_ask(card, len(self.questions), again=again)
        return render.quiz_answered(card, reply, len(self.questions))

    def _card(self, number: int, value: Any = None) -> render.Card:
        question = self.questions[number]
        texts = {option.option: option.text for option in question.options}
        picks = question.kind in ("choice", "order")
        value = self._value(number) if value is None else value
        stale = value is None and question.question_id in self._answers
        return render.Card(
            number,
            question.kind,
            question.text,
            level=LEVELS.get(question.level or 0, ""),
            where=self._where(question),
            options=[question.options[at].text for at in self._mixed[number]] if picks else (),
            many=sum(option.right for option in question.options) > 1,
            judged=question.kind != "open" and (question.kind != "line" or bool(question.stretch)),
            ends=(texts["from"], texts["to"]) if question.kind == "line" else ("", ""),
            turns=self._turns(question.passage) if question.kind == "evidence" else (),
            value=self._on_page(number, value),
            explains=bool(question.feedback),
            note="An earlier answer of yours does not fit the question as it is now; it is kept."
            if stale
            else "",
        )

    def _reply(self, number: int) -> render.Reply | None:
        """What is said to the answer there is; None without one."""
        question, value = self.questions[number], self._value(number)
        if value is None:
            return None
        judged = asking.judge(question, value)
        remarks = {self._remarked(number, r.option, r.turn_id): r.says for r in judged.remarks}
        card = self._card(number)
        return render.Reply(
            judged.state,
            remarks,
            judged.besides,
            self._turns(judged.turns),
            self._kept(number),
            [
                render.quiz_words(card, self._on_page(number, other))
                for other in self._given(number)[1:]
            ],
        )

    def _kept(self, number: int) -> str:
        if self._notes is None:
            return "Not kept"
        saved = self._answers[self.questions[number].question_id].saved
        return "Saved" if saved and number not in self._unsaved else "Not saved yet"

    # What is known

    def _take(self) -> None:
        """Take the answers from where they are kept."""
        if self._notes is not None:
            known = {question.question_id for question in self.questions}
            every = self._notes.answers(self._corpus)
            self._answers = {name: answer for name, answer in every.items() if name in known}

    def _value(self, number: int) -> Any:
        """The answer to a question; None without one, or where it does not fit any more."""
        return next(iter(self._given(number)), None)

    def _given(self, number: int) -> list[Any]:
        """What was answered in any window and fits the question, the newest first."""
        question = self.questions[number]
        answer = self._answers.get(question.question_id)
        given = [answer, *answer.others] if answer else []
        fits = [_fitting(question, one.value) for one in given]
        return [value for value in fits if value is not None]

    def _value_of(self, number: int, raw: Any) -> Any:
        """What the page says, in the names of the question's options."""
        question = self.questions[number]
        if question.kind not in ("choice", "order") or not isinstance(raw, list):
            return raw
        order = self._mixed[number]
        if not all(isinstance(at, int) and 0 <= at < len(order) for at in raw):
            raise ReaderError(Problem("there is no such option", remedy="Choose another one."))
        return [question.options[order[at]].option for at in raw]

    def _on_page(self, number: int, value: Any) -> Any:
        """An answer in the numbers of the page."""
        question = self.questions[number]
        if value is None or question.kind not in ("choice", "order"):
            return value
        return [self._remarked(number, name, "") for name in value]

    def _remarked(self, number: int, option: str, turn_id: str) -> int | str:
        """What something was picked by on the page."""
        question = self.questions[number]
        if question.kind == "evidence":
            return turn_id
        names = [each.option for each in question.options]
        return self._mixed[number].index(names.index(option))

    def _named(self, number: int, remark: Remark) -> str:
        """What a remark is about, in words; empty where it is about all."""
        question = self.questions[number]
        if question.kind == "evidence":
            return self._turns([remark.turn_id])[0].name
        texts = {option.option: option.text for option in question.options}
        return texts[remark.option]

    def _turns(self, ids: Iterable[str]) -> list[render.Asked]:
        rows = sorted({self._corpus.row(turn_id) for turn_id in ids})
        veiled = self._corpus.veiled(self._topics, rows)
        records = self._corpus.records_of(rows)
        found = []
        for row, record in zip(rows, records, strict=True):
            talk = self._corpus.talk(row)
            turn, behind = record["turn_id"], row in veiled
            found.append(
                render.Asked(
                    row,
                    record,
                    talk.last - talk.first,
                    "one" if record["speaker"] in talk.heading.above else "other",
                    veiled[row] if behind and turn not in self._revealed else (),
                    behind and turn in self._revealed,
                )
            )
        return found

    @cached_property
    def _headings(self) -> dict[str, str]:
        """The conversations that questions are asked after, and their headings."""
        every = self._corpus.headings()
        talks = dict.fromkeys(question.conversation_id for question in self.questions)
        return {talk: str(every.get(talk, talk)) for talk in talks}

    def _where(self, question: Question) -> str:
        """Where the passage stands, in words."""
        rows = [self._corpus.row(question.passage[at]) for at in (0, -1)]
        talks = [self._corpus.talk(row) for row in rows]
        first, last = (row - talk.first + 1 for row, talk in zip(rows, talks, strict=True))
        own = talks[0].conversation_id == question.conversation_id
        where = "" if own else f"{talks[0].heading}, "
        if talks[0].conversation_id != talks[1].conversation_id:
            return f"{where}turn {first}, to {talks[1].heading}, turn {last}"
        return where + (f"turn {first}" if first == last else f"turns {first} to {last}")

    def _beginning(self) -> str:
        """The conversation whose questions come first, where there are many."""
        if len(self.questions) <= _AT_ONCE or len(self._headings) < 2:
            return ""
        return next(
            (q.conversation_id for n, q in enumerate(self.questions) if self._value(n) is None),
            self.questions[0].conversation_id,
        )


def _asked(corpus: Corpus, given: str | Selection | Sequence[Question]) -> tuple[Question, ...]:
    """The questions that were asked for; those of one's own with their passages."""
    if isinstance(given, str | Selection):
        return asking.questions(corpus, given)
    every = tuple(asking.placed(corpus.whole, question) for question in given)
    names = [question.question_id for question in every]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ReaderError(
            Problem(
                f"two questions are called {quoted(twice)}",
                "An answer is kept under the name of its question.",
                "Give one of the two another name.",
            )
        )
    return every


def _mixed(question: Question) -> tuple[int, ...]:
    """The order in which options are shown: mixed by the question's name, the same each time.

    What is to be put in order does not stand so at the beginning.
    """
    order = list(range(len(question.options)))
    chance = random.Random(question.question_id)
    chance.shuffle(order)
    if question.kind == "order":
        keys = [int(option.key) for option in question.options]
        while [keys[at] for at in order] == sorted(keys):
            chance.shuffle(order)
    return tuple(order)


def _fitting(question: Question, value: Any) -> Any:
    """An answer as it was kept; None if it does not fit the question any more."""
    try:
        return asking.answered(question, value)
    except ReaderError:
        return None


def _differ(one: Answer | None, other: Answer | None) -> bool:
    """Whether two answers are not the same."""
    told = [
        answer and (answer.value, answer.saved, [each.value for each in answer.others])
        for answer in (one, other)
    ]
    return told[0] != told[1]
