"""The Quiz without a browser: what it sends, what it keeps, and what it never lets out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from asked import KEYED, OPTIONS, QUESTIONS, ferry
from readerlib import ReaderError, load
from readerlib.notes import Notes, NotSavedError
from readerlib.questions import Option, Question, judge, questions
from readerlib.views import Quiz

FERRY = ferry()
NUMBER = {row[0]: number for number, row in enumerate(QUESTIONS)}
CANARY = "canary-XQV"
ANSWERS: dict[str, Any] = {
    "evening": ["right-one"],
    "doubts": ["a", "c"],
    "course": ["b", "a", "c"],
    "sure": 45,
    "weight": 70,
    "seen": ["f1", "f2"],
    "many": f"eleven {CANARY}",
    "think": f"Who told him. {CANARY}",
}


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    return Notes(tmp_path / "notes")


class Told(Quiz):
    """A Quiz that remembers what it sent."""

    def __init__(self, *given: Any, **more: Any) -> None:
        self.sent: list[dict[str, Any]] = []
        super().__init__(*given, **more)

    def send(self, content: Any, buffers: Any = None) -> None:
        self.sent.append(content)

    def ask(self, do: str, name: str = "", **more: Any) -> list[dict[str, Any]]:
        """What the page would ask, and what comes back."""
        before = len(self.sent)
        number = {"number": NUMBER[name]} if name else {}
        self._heard(self, {"do": do, **number, **more}, [])
        return self.sent[before:]

    def card(self, name: str) -> str:
        """The newest state of a question on the page."""
        number = str(NUMBER[name])
        return next(s["cards"][number] for s in reversed(self.sent) if number in s.get("cards", {}))

    def check(self, name: str, value: Any = None) -> str:
        """Answer as the page does, and give the question's new state."""
        value = ANSWERS[name] if value is None else value
        self.ask("check", name, value=self.shown(name, value))
        return self.card(name)

    def shown(self, name: str, value: Any) -> Any:
        """An answer in the numbers that the page has for options."""
        kind = next(row[4] for row in QUESTIONS if row[0] == name)
        if kind not in ("choice", "order"):
            return value
        labels = self.labels(name)
        texts = {row[1]: row[2] for row in OPTIONS if row[0] == name}
        return [labels.index(texts[option]) for option in value]

    def labels(self, name: str) -> list[str]:
        """The options of a question, by their numbers on the page."""
        html = next(s["cards"][str(NUMBER[name])] for s in self.sent if "cards" in s)
        pairs = re.findall(r'value="(\d)"[^>]*><span dir="auto">([^<]*)', html)
        pairs += re.findall(r'data-option="(\d)"><span dir="auto">([^<]*)', html)
        return [unescape(text) for _, text in sorted(pairs)]


@pytest.fixture
def quiz(notes: Notes) -> Iterator[Told]:
    made = Told(FERRY, notes=notes)
    made.ask("ready")
    yield made
    made.close()


def text(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]*>", " ", html)).split())


class TestAsking:
    def test_each_question_stands_once_below_the_heading_of_its_conversation(self, quiz: Told):
        frame = quiz.sent[0]["frame"]
        order = re.findall(r'data-(?:after|number)="([^"]*)"', frame)
        assert order == ["ferry-1", *"012345", "ferry-2", *"67"]
        assert quiz.sent[-1]["show"] == list(range(8))
        for name, *_, asked in QUESTIONS:
            assert asked in text(quiz.card(name))

    def test_options_are_mixed_the_same_way_each_time_and_never_stand_in_order(self, quiz: Told):
        again = Told(FERRY, notes=False)
        again.ask("ready")
        for name in ("evening", "doubts", "course"):
            assert quiz.labels(name) == again.labels(name)
        for number in range(60):
            options = [Option(f"o{rank}", f"Item {rank}", key=rank) for rank in (1, 2, 3)]
            asked = Question(
                f"q{number}", "order", "?", options=options, place="f1", feedback="So."
            )
            made = Told(FERRY, [asked], notes=False)
            made.ask("ready")
            items = re.findall(r"Move up: (Item \d)", made.sent[1]["cards"]["0"])
            assert sorted(items) == ["Item 1", "Item 2", "Item 3"]
            assert items != sorted(items)

    def test_levels_and_conversations_narrow_what_is_shown(self, quiz: Told):
        quiz.level = 3
        assert quiz.sent[-1]["show"] == [3, 4, 5, 7]
        quiz.after = "ferry-2"
        assert quiz.sent[-1]["show"] == [7]
        assert quiz.sent[-1]["parts"]["status"] == "0 of 1 answered"
        for name, value in (("level", 4), ("after", "ferry-9")):
            with pytest.raises(ReaderError):
                setattr(quiz, name, value)

    def test_of_many_questions_those_on_one_conversation_come_first(self, notes: Notes):
        asked = [
            Question(f"q{n}", "open", f"Question {n}", place=f"f{n % 2 * 5}") for n in range(14)
        ]
        quiz = Told(FERRY, sorted(asked, key=lambda q: str(q.place)), notes=notes)
        quiz.ask("ready")
        assert quiz.after == "ferry-1"
        assert [len(s["cards"]) for s in quiz.sent if "cards" in s] == [7]
        quiz.after = ""
        assert sum(len(s["cards"]) for s in quiz.sent if "cards" in s) == 14

    def test_questions_of_ones_own_need_names_of_their_own_and_turns_that_are_there(self):
        one = Question("q", "open", "Why?", place="f1")
        with pytest.raises(ReaderError, match="two questions are called"):
            Quiz(FERRY, [one, one], notes=False)
        with pytest.raises(ReaderError):
            Quiz(FERRY, [Question("q", "open", "Why?", place="g1")], notes=False)

    def test_a_corpus_without_questions_says_so(self):
        empty = Told(FERRY, [], notes=False)
        empty.ask("ready")
        assert "There is no question" in empty.sent[0]["frame"]

    def test_a_turn_behind_a_notice_is_not_sent_until_it_is_asked_for(self, quiz: Told):
        assert "cut his finger" not in str(quiz.sent)
        assert "One turn by Bo: injury" in text(quiz.card("seen"))
        quiz.ask("passage", "course")
        assert "cut his finger" not in str(quiz.sent)
        # It can be picked all the same, by whoever does not want to see it.
        quiz.check("seen", ["f2", "f4"])
        assert "cut his finger" not in str(quiz.sent)
        quiz.ask("change", "seen")
        assert re.search(r'value="f4" checked>supports it', quiz.card("seen"))
        quiz.ask("leave", "seen")
        shown = quiz.ask("reveal", row=4)
        assert "cut his finger" in shown[0]["turn"]["pick"]
        assert "cut his finger" in quiz.card("seen")
        hidden = quiz.ask("veil", row=4)
        assert "cut his finger" not in str(hidden)
        shown = Told(FERRY, notes=False, notices="show")
        shown.ask("ready")
        assert "cut his finger" in shown.card("seen")


class TestAnswering:
    @pytest.mark.parametrize("name", ANSWERS)
    def test_an_answer_is_judged_kept_and_there_again(self, quiz: Told, notes: Notes, name: str):
        said = text(quiz.check(name))
        judged = judge(quiz.questions[NUMBER[name]], ANSWERS[name])
        word = {"right": "Right", "partly": "Partly", "not yet": "Not yet", "open": ""}
        assert word[judged.state] in said
        assert "Saved" in said
        for line in judged.said.splitlines():
            assert line in said
        assert quiz.sent[-1]["parts"]["status"] == "1 of 8 answered"
        later = Told(FERRY, notes=Notes(notes.path))
        later.ask("ready")
        assert text(later.card(name)) == said
        assert later._notes.answers(FERRY)[name].value == ANSWERS[name]

    def test_an_open_question_has_neither_verdict_nor_score(self, quiz: Told):
        html = quiz.check("think")
        assert not re.search("Right|Partly|Not yet|●|◐|○", text(html))
        assert 'class="reply open"' in html

    def test_where_nothing_is_given_the_question_says_so_and_nothing_is_kept(self, quiz: Told):
        for name, value in (("evening", []), ("seen", []), ("many", " "), ("think", "")):
            (told,) = quiz.ask("check", name, value=value)
            assert told["number"] == NUMBER[name]
            assert told["amiss"].endswith(".")
        assert not quiz._notes.answers(FERRY)

    @pytest.mark.parametrize(
        "value",
        [
            None,
            True,
            "right-one",
            [9],
            [-1],
            ["right-one"],
            {"a": 1},
            "x" * 10_000_000,
            [[]],
            1e400,
        ],
    )
    @pytest.mark.parametrize("name", ["evening", "course", "sure", "seen", "think"])
    def test_what_no_page_would_send_is_answered_in_words(self, quiz: Told, name: str, value: Any):
        told = quiz.ask("check", name, value=value)
        assert len(str(told)) < 20_000
        assert not quiz.last_error
        for content in (
            {"do": "check", "number": 99},
            {"do": "why", "number": "x"},
            {"do": None},
            {"do": "reveal", "row": -1},
        ):
            quiz._heard(quiz, content, [])
        assert not quiz.last_error

    def test_an_answer_can_be_changed_left_and_taken_back(self, quiz: Told, notes: Notes):
        quiz.check("many", "an hour")
        quiz.ask("change", "many")
        assert 'value="an hour"' in quiz.card("many")
        quiz.ask("leave", "many")
        assert "That is how late it was." in quiz.card("many")
        quiz.ask("change", "many")
        assert "Right" in quiz.check("many", "eleven")
        assert notes.answers(FERRY)["many"].value == "eleven"
        quiz.ask("forget", "many")
        # It stands there once more, in case that was a mistake.
        assert 'value="eleven"' in quiz.card("many")
        assert not Notes(notes.path).answers(FERRY)

    def test_what_was_answered_in_another_window_is_shown(self, quiz: Told, notes: Notes):
        Notes(notes.path).answer(FERRY, "many", "an hour")
        Notes(notes.path).answer(FERRY, "evening", ["wrong-one"])
        quiz.ask("change", "evening")
        before = quiz.card("evening")
        (news,) = quiz.ask("refresh")
        assert "That is how late it was." in quiz.card("many")
        # Somebody is answering this one just now.
        assert quiz.card("evening") == before
        assert news["renew"] == "gently"
        assert quiz.ask("refresh") == []

    def test_an_answer_that_does_not_fit_the_question_any_more_is_said_to_be_kept(
        self, notes: Notes
    ):
        notes.answer(FERRY, "evening", ["an option of last year"])
        quiz = Told(FERRY, notes=notes)
        quiz.ask("ready")
        assert "An earlier answer of yours does not fit" in quiz.card("evening")
        assert "Right" in quiz.check("evening")

    def test_not_saved_is_shown_until_it_is_saved(self, quiz: Told, notes: Notes, monkeypatch):
        def refuse(*_: Any) -> None:
            raise NotSavedError(error.problems)

        with pytest.raises(ReaderError) as caught:
            load("no such corpus")
        error = caught.value
        with monkeypatch.context() as patch:
            patch.setattr(notes._segments, "append", refuse)
            assert "Not saved yet" in quiz.check("many")
            assert "Try again" in quiz.sent[-1]["parts"]["banner"]
            quiz.ask("save")
            assert "Try again" in quiz.sent[-1]["parts"]["banner"]
        quiz.ask("save")
        assert not quiz.sent[-1]["parts"]["banner"]
        assert "Saved" in text(quiz.card("many"))
        assert Notes(notes.path).answers(FERRY)["many"].value == ANSWERS["many"]

    def test_what_is_written_to_an_open_question_is_kept_while_it_is_written(
        self, quiz: Told, notes: Notes
    ):
        (told,) = quiz.ask("draft", "think", value="Half a th")
        assert (told["drafted"], told["said"]) == (NUMBER["think"], "Saved")
        assert Notes(notes.path).answers(FERRY)["think"].value == "Half a th"
        quiz.ask("draft", "think", value="  ")
        assert notes.answers(FERRY)["think"].value == "Half a th"
        quiz.ask("draft", "many", value="eleven")
        assert list(notes.answers(FERRY)) == ["think"]
        # What is changed and left again is as it was.
        quiz.check("think", "A thought.")
        quiz.ask("change", "think")
        quiz.ask("draft", "think", value="Another")
        quiz.ask("leave", "think")
        assert Notes(notes.path).answers(FERRY)["think"].value == "A thought."
        assert "A thought." in text(quiz.card("think"))

    @pytest.mark.parametrize("name", ["think", "many", "evening"])
    def test_what_two_windows_answered_is_shown_both_until_one_is_given_anew(
        self, quiz: Told, notes: Notes, name: str
    ):
        there = {"think": "Whether he saw her.", "many": "an hour", "evening": ["wrong-one"]}[name]
        seen = {"evening": "Who the captain is"}.get(name, there)
        window = Notes(notes.path)  # knows nothing of what follows
        quiz.check(name)
        window.answer(FERRY, name, there)
        kept = Notes(notes.path).answers(FERRY)[name]
        assert [kept.value, *(other.value for other in kept.others)] == [there, ANSWERS[name]]
        quiz.ask("refresh")
        # The answer that was given last stands there as the answer, the other one below.
        said = text(quiz.card(name))
        assert str(seen) in said
        assert said.count("In another window you answered:") == 1
        assert "Both answers are kept." in said
        later = Told(FERRY, notes=Notes(notes.path))
        later.ask("ready")
        assert text(later.card(name)) == said
        quiz.ask("change", name)
        assert "In another window" not in text(quiz.check(name))
        assert Notes(notes.path).answers(FERRY)[name].others == ()

    def test_an_answer_that_fits_is_shown_though_another_window_gave_a_newer_one_that_does_not(
        self, quiz: Told, notes: Notes
    ):
        window = Notes(notes.path)
        quiz.check("think", "Who told him.")
        window.answer(FERRY, "think", 7)
        notes.refresh()
        quiz.ask("refresh")
        assert len(Notes(notes.path).answers(FERRY)["think"].others) == 1
        said = text(quiz.card("think"))
        assert "Who told him." in said
        assert "In another window" not in said

    def test_without_notes_it_says_that_nothing_is_kept(self):
        quiz = Told(FERRY, notes=False)
        quiz.ask("ready")
        assert "not kept" in quiz.sent[-1]["parts"]["foot"]
        assert "Not kept" in quiz.check("many")
        assert quiz.sent[-1]["parts"]["status"] == "1 of 8 answered"

    def test_turns_are_read_where_it_is_asked_for(self, quiz: Told):
        (passage,) = quiz.ask("passage", "many")
        assert "eleven people" in passage["slot"]["html"]
        (turn,) = quiz.ask("turn", "many", turn="f1")
        assert "radio said" in turn["slot"]["html"]
        gone: list[str] = []
        linked = Told(FERRY, notes=False, then=gone.append)
        linked.ask("passage", "seen")
        linked.ask("turn", "seen", turn="f2")
        assert gone == ["f0", "f2"]
        assert linked.ask("turn", "seen", turn="nowhere")[0]["trouble"]


class TestWhatNeverGetsOut:
    """The key stays in the kernel until somebody asks; answers travel in messages alone."""

    def test_nothing_of_a_key_is_sent_before_an_answer(self, quiz: Told):
        for what in ("passage", "change", "leave"):
            for name in NUMBER:
                quiz.ask(what, name)
        quiz.level = 3
        quiz.ask("refresh")
        sent = json.dumps(quiz.sent)
        assert KEYED not in sent
        assert "right-one" not in sent
        assert "10-40" not in sent

    def test_after_an_answer_only_what_is_said_to_what_was_picked(self, quiz: Told):
        quiz.check("evening", ["wrong-one"])
        quiz.check("course")
        quiz.check("sure")
        quiz.check("seen", ["f1"])
        quiz.check("many", "a lot")
        assert KEYED not in json.dumps(quiz.sent)
        quiz.check("doubts")
        said = json.dumps(quiz.sent)
        assert f"He says so {KEYED}" in said
        assert f"He says that too {KEYED}" not in said

    def test_what_explains_it_is_sent_if_it_is_asked_for(self, quiz: Told):
        (why,) = quiz.ask("why", "seen")
        said = text(why["slot"]["html"])
        assert f"Bo, turn 3: He looked for the captain himself {KEYED}." in said
        assert "Read Bo, turn 5 again" in said

    def test_neither_keys_nor_answers_are_in_what_a_notebook_saves(self, quiz: Told):
        for name in ANSWERS:
            quiz.check(name)
        quiz.ask("why", "seen")
        state = quiz.get_state()
        del state["_esm"], state["_css"]
        saved = f"{state!r}{quiz!r}{quiz._repr_mimebundle_()!r}{quiz.keys}{quiz.questions!r}"
        assert KEYED not in saved
        assert CANARY not in saved
        assert "right-one" not in saved
        assert not any(row[-1] in saved for row in QUESTIONS)
        assert len(repr(state)) < 4096

    def test_markup_in_every_field_stays_text(self, notes: Notes):
        bad = "<img src=x onerror=window.ran=1>\"'&amp;</textarea></fieldset>"
        table, options = FERRY.table("questions"), FERRY.table("options")
        marks = [f"{bad} {number}" for number in range(len(options))]
        texts = [m if t else "" for m, t in zip(marks, options["text"], strict=True)]
        corpus = ferry(
            {
                "questions": {"question": bad, "feedback": bad},
                "options": {"text": texts, "feedback": bad},
                "turns": {"text": bad},
                "speakers": {"name": [f"{bad} a", f"{bad} b"]},
                "conversations": {"title": bad},
            }
        )
        quiz = Told(corpus, notes=notes)
        quiz.ask("ready")
        for question in quiz.questions:
            name, number = question.question_id, NUMBER[question.question_id]
            value = {
                "choice": [0],
                "order": list(range(len(question.options))),
                "line": 3,
                "evidence": ["f1"],
            }.get(question.kind, f"{bad}\n{bad}")
            quiz.ask("why", name)
            quiz.ask("passage", name)
            quiz.ask("check", name, value=value)
            assert 'class="reply' in quiz.sent[-1]["cards"][str(number)]
            quiz.ask("change", name)
        assert len(table) == len(quiz.questions)
        assert "&lt;img" in str(quiz.sent)
        assert "<img" not in str(quiz.sent)
        assert "</textarea></fieldset>\"'" not in str(quiz.sent)


def test_the_questions_of_the_shipped_corpora_can_be_asked(notes: Notes):
    for name in ("demo", "calls"):
        quiz = Told(load(name), notes=notes)
        assert len(quiz.questions) == len(questions(load(name)))
        quiz.ask("ready")
        assert not quiz.last_error
