"""Questions: which there are, what is refused of them, and what is said to an answer."""

from __future__ import annotations

import json
import math
import pickle
from itertools import combinations, permutations
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import asked
from asked import KEYED, OPTIONS, QUESTIONS, ferry
from readerlib import load
from readerlib.errors import FormatError, ReaderError, SelectionError
from readerlib.formats import read
from readerlib.questions import (
    LEVELS,
    NEAR,
    STATES,
    Option,
    Question,
    answered,
    explained,
    judge,
    placed,
    questions,
)
from readerlib.text import tokens

FERRY = ferry()
EVERY = {question.question_id: question for question in questions(FERRY)}
DATA = Path(__file__).parent.parent / "data"


def ids(*given: object, **more: object) -> list[str]:
    return [question.question_id for question in questions(*given, **more)]


class TestWhichThereAre:
    def test_they_come_in_the_order_of_the_conversations_and_of_the_table(self):
        assert ids(FERRY) == [row[0] for row in QUESTIONS]
        turned = ferry({"questions": {}}).table("questions")[::-1].reset_index(drop=True)
        corpus = ferry({"questions": {column: turned[column] for column in turned}})
        assert ids(corpus)[:2] == ["seen", "weight"]
        assert ids(corpus)[-2:] == ["think", "many"]

    def test_a_selection_takes_those_whose_passage_or_whole_conversation_is_selected(self):
        assert ids(FERRY, "chapter=2") == ["many", "think"]
        # Ada has turns in the passages of these; of no conversation she has all.
        alone = [name for name in EVERY if name not in ("sure", "many")]
        assert ids(FERRY, "speaker=Ada") == alone
        assert ids(FERRY.select("chapter=2"), "speaker=Ada") == ["think"]
        assert ids(FERRY, "speaker=Ada&speaker=Bo") == list(EVERY)

    def test_a_question_can_be_asked_after_another_conversation_than_that_of_its_passage(self):
        corpus = ferry({"questions": {"conversation_id": "ferry-2"}})
        assert ids(corpus, "chapter=2") == list(EVERY)

    def test_a_level_takes_those_of_that_level(self):
        for level in LEVELS:
            expected = [row[0] for row in QUESTIONS if row[5] == str(level)]
            assert ids(FERRY, level=level) == expected
        with pytest.raises(ReaderError, match="there is no level"):
            questions(FERRY, level=4)

    def test_what_is_not_in_the_corpus_is_refused(self):
        with pytest.raises(SelectionError):
            questions(FERRY, "chapter=9")

    def test_each_knows_its_passage_and_its_conversation(self):
        for name, talk, first, last, kind, level, text in QUESTIONS:
            question = EVERY[name]
            turns = [f"f{n}" for n in range(int(first[1:]), int((last or first)[1:]) + 1)]
            assert list(question.passage) == turns
            assert str(question.place) == (f"{first}..{last}" if last else first)
            told = (question.conversation_id, question.kind, question.level, question.text)
            assert told == (talk, kind, int(level), text)
            mine = [row[1] for row in OPTIONS if row[0] == name]
            assert [option.option for option in question.options] == mine

    def test_a_list_of_an_older_package_gives_open_questions(self, tmp_path: Path):
        corpus = ferry()
        tables = dict(corpus.tables())
        del tables["options"]
        older = tables["questions"][["question_id", "turn_id", "question"]]
        made = type(corpus)({**tables, "questions": older}, corpus.descriptor)
        assert [(q.kind, q.level) for q in questions(made)] == [("open", None)] * len(EVERY)
        nothing = type(corpus)({**tables, "questions": older[["question"]]}, corpus.descriptor)
        assert questions(nothing) == ()
        del tables["questions"]
        assert questions(type(corpus)(tables, corpus.descriptor)) == ()

    def test_the_shipped_corpora_load_with_theirs(self):
        for path in sorted(DATA.glob("*/datapackage.json")):
            for question in questions(load(path.parent.name)):
                assert question.passage
                assert question.kind in ("choice", "order", "line", "evidence", "short", "open")


class TestWritingOne:
    def test_by_hand_it_is_the_same_as_from_the_tables(self):
        for question in EVERY.values():
            made = Question(
                question.question_id,
                question.kind,
                question.text,
                options=[
                    Option(o.option, o.text, key=o.key, turn_id=o.turn_id, feedback=o.feedback)
                    for o in question.options
                ],
                place=str(question.place),
                feedback=question.feedback,
                level=question.level,
            )
            assert placed(FERRY, made) == question
            assert pickle.loads(pickle.dumps(question)) == question
            assert len({made, made}) == 1

    def test_a_key_can_be_said_in_the_ways_that_come_to_mind(self):
        assert [Option("a", key=key).key for key in (True, 1, "1")] == ["1"] * 3
        assert [Option("a", key=key).key for key in (False, None, "")] == [""] * 3
        assert Option("a", key=3).key == "3"

    def test_every_fault_of_it_is_told_at_once(self):
        with pytest.raises(ReaderError) as caught:
            Question("q", "chioce", "", place="f1", level=7, options=[Option("a"), Option("a")])
        told = str(caught.value)
        for piece in ('Did you mean "choice"?', "text", "level", "stands twice"):
            assert piece in told
        with pytest.raises(ReaderError, match="no options"):
            Question("q", "choice", "Who?", place="f1", feedback="Ada.")

    def test_its_passage_must_be_in_the_corpus_and_its_turns_in_the_passage(self):
        with pytest.raises(SelectionError):
            placed(FERRY, Question("q", "open", "Why?", place="nowhere"))
        picks = [Option("a", key=True, turn_id="f5")]
        outside = Question("q", "evidence", "So", options=picks, place="f0..f4", feedback="So.")
        with pytest.raises(ReaderError, match='"f5" is not in the passage'):
            placed(FERRY, outside)

    def test_no_repr_holds_the_words_or_the_key(self):
        for question in EVERY.values():
            value = right(question)
            every = [question, *question.options, judge(question, value), explained(question)]
            shown = " ".join(map(repr, [*every, every]))
            assert KEYED not in shown
            assert question.text not in shown
            assert not any(o.text and o.text in shown for o in question.options)
            assert not any(f"key={o.key!r}" in shown for o in question.options)


def right(question: Question) -> object:
    """An answer that is right by the table, or some answer where none is."""
    rows = [row for row in OPTIONS if row[0] == question.question_id]
    match question.kind:
        case "choice":
            return [row[1] for row in rows if row[3] == "1"]
        case "order":
            return [row[1] for row in sorted(rows, key=lambda row: int(row[3]))]
        case "line":
            keys = [row[3] for row in rows if row[1] == "key"]
            return int(keys[0].split("-")[0]) if keys else 50
        case "evidence":
            return [row[4] for row in rows if row[3] == "1"]
        case "short":
            return next(row[2] for row in rows if row[3] == "1")
    return "I should ask who told him."


SETS = [list(c) for n in range(1, 4) for c in combinations("abc", n)]


BAD = {
    "evening": [[], ["nobody"], "right-one", None, 3, [1], ["right-one"] * 2000, {"a": 1}],
    "course": [["a", "b"], ["a", "b", "c", "c"], ["a", "b", "d"], "abc", []],
    "sure": [True, "12", -1, 101, math.nan, math.inf, None, [], 10**400],
    "seen": [["f5"], ["f0", "nowhere"], [], "f0", ["x" * 10_000_000], [["f0"]]],
    "many": ["", "  \n", 11, None, "x" * 10_000_000, "\ud800", ["eleven"]],
    "think": ["", "x" * 10_000_000, "half \udfff", 0, b"bytes"],
}
"""Question → what is no answer to it."""


class TestJudging:
    @pytest.mark.parametrize("name", EVERY)
    def test_the_keys_own_answer_is_right_and_explained(self, name: str):
        judged = judge(EVERY[name], right(EVERY[name]))
        judgeable = name not in ("weight", "think")
        assert judged.state == ("right" if judgeable else "open")
        assert EVERY[name].feedback in judged.said
        assert judged.turns

    def test_a_choice_is_right_if_just_what_is_right_is_chosen(self):
        for chosen in SETS:
            wanted = {"a", "b"}
            expected = "right" if set(chosen) == wanted else "partly" if wanted & {*chosen} else ""
            judged = judge(EVERY["doubts"], chosen)
            assert judged.state == (expected or "not yet")
            mine = [row for row in OPTIONS if row[0] == "doubts"]
            said = {row[1]: row[5] for row in mine}
            for option, text in said.items():
                assert (text in judged.said) == (option in chosen)
            # What explains all is told to whoever has found all.
            assert (EVERY["doubts"].feedback in judged.said) == (expected == "right")

    @given(st.lists(st.sampled_from("abc"), min_size=1, max_size=6))
    def test_a_choice_is_a_set(self, chosen: list[str]):
        asked_for = EVERY["doubts"]
        assert judge(asked_for, chosen) == judge(asked_for, sorted(set(chosen)))
        assert judge(asked_for, tuple(chosen[::-1])) == judge(asked_for, chosen)

    def test_an_order_is_right_if_no_two_neighbours_stand_the_other_way_round(self):
        text = {row[1]: row[2] for row in OPTIONS if row[0] == "course"}
        for order in permutations("abc"):
            wrong = [pair for pair in combinations(order, 2) if pair[0] > pair[1]]
            expected = ["right", "partly", "not yet", "not yet"][len(wrong)]
            judged = judge(EVERY["course"], list(order))
            assert judged.state == expected
            for i in range(2):
                both = f"“{text[order[i]]}” and “{text[order[i + 1]]}”"
                assert (both in judged.said) == (order[i] > order[i + 1])

    @given(st.lists(st.integers(1, 3), min_size=2, max_size=6), st.randoms())
    def test_of_one_rank_any_order_is_right(self, ranks: list[int], chance):
        ranks = [sorted(set(ranks)).index(rank) + 1 for rank in ranks]
        assume(len(set(ranks)) > 1)
        options = [Option(f"o{i}", f"Item {i}", key=rank) for i, rank in enumerate(ranks)]
        question = Question("q", "order", "?", options=options, place="f1", feedback="So.")
        order = list(range(len(ranks)))
        chance.shuffle(order)
        given_ranks = [ranks[i] for i in order]
        judged = judge(question, [f"o{i}" for i in order])
        assert (judged.state == "right") == (given_ranks == sorted(ranks))
        order.sort(key=ranks.__getitem__)
        assert judge(question, [f"o{i}" for i in order]).state == "right"

    @given(st.floats(0, 100) | st.integers(0, 100))
    def test_a_place_on_a_line_is_right_within_and_partly_near(self, at: float):
        low, high = 10, 40
        distance = max(low - at, at - high, 0)
        expected = "right" if distance == 0 else "partly" if distance <= NEAR else "not yet"
        judged = judge(EVERY["sure"], at)
        assert judged.state == expected
        if distance:
            end = "he guesses" if at > high else "he knows"
            assert f"nearer to “{end}”" in judged.said
            assert KEYED not in judged.said
        assert judge(EVERY["weight"], at).state == "open"

    @given(st.lists(st.sampled_from([f"f{n}" for n in range(5)]), min_size=1, max_size=8))
    def test_evidence_is_judged_by_sets_of_turns(self, picked: list[str]):
        supporting = {row[4] for row in OPTIONS if row[0] == "seen" and row[3] == "1"}
        hit = set(picked) & supporting
        expected = "not yet" if not hit else "right" if set(picked) <= supporting else "partly"
        judged = judge(EVERY["seen"], picked)
        assert judged.state == expected
        assert judged == judge(EVERY["seen"], sorted(set(picked), reverse=True))
        # For each pick it says why, and of no other turn anything.
        assert [remark.turn_id for remark in judged.remarks] == sorted(set(picked))
        assert all(remark.says for remark in judged.remarks)
        assert judged.turns == tuple(sorted(set(picked)))

    WORDS = st.lists(
        st.sampled_from(["eleven", "Eleven", "11", "an", "hour", "people", "Án", "…", "not"]),
        min_size=1,
        max_size=7,
    )

    @given(WORDS)
    def test_a_short_answer_is_found_among_words_case_and_accents_aside(self, words: list[str]):
        said = " ".join(words)
        judged = judge(EVERY["many"], said)
        # A second judge, by folded strings with a border on either side.
        folded = f" {' '.join(token.word for token in tokens(said))} "
        good = any(f" {text} " in folded for text in ("eleven", "11"))
        bad = " an hour " in folded
        expected = "partly" if good and bad else "right" if good else "not yet"
        assert judged.state == expected
        assert ("That is how late it was." in judged.said) == bad
        assert ("not one of the answers we expected" in judged.said) == (not good and not bad)

    def test_an_answer_that_stands_in_another_one_is_not_said_for_itself(self):
        options = [
            Option("a", "mother", key=True, feedback="Hers."),
            Option("b", "mother in law", feedback="Another one."),
            Option("c", "two", feedback="More."),
            Option("d", "two baskets", key=True),
        ]
        question = Question("q", "short", "?", options=options, place="f1", feedback="So.")
        assert judge(question, "his mother-in-law").state == "not yet"
        assert judge(question, "his mother").state == "right"
        assert judge(question, "Two baskets!").state == "right"
        assert judge(question, "two").said == "More."

    @given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=200))
    def test_an_open_answer_is_never_judged(self, text: str):
        judged = judge(EVERY["think"], text)
        assert (judged.state, judged.said) == ("open", EVERY["think"].feedback)

    def test_what_explains_it_can_be_had_without_answering(self):
        for question in EVERY.values():
            told = explained(question)
            assert question.feedback in told.said
            assert told.turns
        assert set(explained(EVERY["seen"]).turns) == {"f2", "f4"}
        assert explained(EVERY["course"]).said == EVERY["course"].feedback

    @pytest.mark.parametrize("name", EVERY)
    @settings(max_examples=40, deadline=None)
    @given(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=30)
        | st.lists(st.integers() | st.text(max_size=3) | st.sampled_from("abc"), max_size=5)
        | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2)
    )
    def test_any_value_is_judged_or_refused_in_words(self, name: str, value: object):
        try:
            judged = judge(EVERY[name], value)
        except ReaderError:
            return
        assert judged.state in STATES
        kept = answered(EVERY[name], value)
        assert judge(EVERY[name], kept) == judged
        assert answered(EVERY[name], json.loads(json.dumps(kept))) == kept

    @pytest.mark.parametrize("name", BAD)
    def test_what_is_no_answer_is_refused(self, name: str):
        for value in BAD[name]:
            with pytest.raises(ReaderError) as caught:
                judge(EVERY[name], value)
            assert len(str(caught.value)) < 1000
            assert caught.value.problems[0].remedy


def options(question_id: str, option: str, column: str, cell: str) -> dict[str, dict[str, object]]:
    """The change of one cell of the options."""
    table = asked.options()
    there = (table["question_id"] == question_id) & (table["option"] == option)
    assert there.sum() == 1
    return {"options": {column: table[column].mask(there, cell)}}


def of(question_id: str, column: str, cell: str) -> dict[str, dict[str, object]]:
    """The change of one cell of the questions."""
    table = asked.questions()
    assert (table["question_id"] == question_id).sum() == 1
    return {"questions": {column: table[column].mask(table["question_id"] == question_id, cell)}}


FAULTS = {
    "an unknown kind": (
        of("evening", "kind", "chioce"),
        """
questions.csv, row 2, column "kind": the kind "chioce" is unknown.
  Kinds: choice, order, line, evidence, short, open.
  Did you mean "choice"?""",
    ),
    "an unknown level": (
        of("evening", "level", "4"),
        """
questions.csv, row 2, column "level": the level is "4".
  Levels: 1 (what is said), 2 (how it hangs together), 3 (how we know).
  Correct the cell, or leave it empty if it is not known.""",
    ),
    "a question without words": (
        of("evening", "question", " "),
        """
questions.csv, row 2, column "question": the cell holds nothing but white space.
  Every row of questions needs a question.
  Fill the cell in, or take the row out.""",
    ),
    "no feedback": (
        of("evening", "feedback", ""),
        """
questions.csv, row 2, column "feedback": there is no feedback.
  Whoever has answered wants to know why; only an open question can do without.
  Say what speaks for the answer, in your own words.""",
    ),
    "a question that is too long": (
        of("think", "question", "x" * 2001),
        """
questions.csv, row 9, column "question": the cell holds 2,001 signs.
  It can hold 2,000: a question is read beside its passage.
  Shorten it, or make two questions of it.""",
    ),
    "a passage that ends before it begins": (
        of("doubts", "last_turn_id", "f1"),
        """
questions.csv, row 3, column "last_turn_id": the passage ends with "f1", before it begins.
  It begins with "f2", which is read later.
  Exchange the two, or leave the last one empty for a single turn.""",
    ),
    "a last turn that is not there": (
        of("doubts", "last_turn_id", "f33"),
        """
questions.csv, row 3, column "last_turn_id": "f33" is not in turns.csv.
  It should be a turn_id of turns.csv.
  Did you mean "f3"?""",
    ),
    "a conversation that is not there": (
        of("doubts", "conversation_id", "fery-1"),
        """
questions.csv, row 3, column "conversation_id": "fery-1" is not in conversations.csv.
  It should be a conversation_id of conversations.csv.
  Did you mean "ferry-1"?""",
    ),
    "an open question with options": (
        of("evening", "kind", "open"),
        """
questions.csv, row 2, column "kind": "evening" is open and has 3 options.
  An open question has no answer that is right.
  Take the options out.""",
    ),
    "a choice with nothing right": (
        options("evening", "right-one", "key", ""),
        """
questions.csv, row 2, column "kind": "evening" has no option that is right.
  One option at least has the key 1.
  Write 1 as the key of what is right, or make it an open question.""",
    ),
    "a choice without options": (
        of("think", "kind", "choice"),
        """
questions.csv, row 9, column "kind": "think" has no options.
  A question of the kind choice has two at least, in options.csv.
  Add the options, or make it an open question.""",
    ),
    "ranks with a gap": (
        options("course", "c", "key", "4"),
        """
questions.csv, row 4, column "kind": "course" has the ranks 1, 2, 4.
  They count from 1 to 2 at least, without a gap; options of one rank can change places.
  Number the options anew.""",
    ),
    "a rank that is none": (
        options("course", "c", "key", "third"),
        """
options.csv, row 10, column "key": the key is "third".
  The key is the rank: a whole number from 1.
  Correct the key.""",
    ),
    "a stretch that is none": (
        options("sure", "key", "key", "40-10"),
        """
options.csv, row 13, column "key": the key is "40-10".
  The key of a line is a stretch of it, from 0 to 100: 60-85.
  Write where it begins and where it ends, or take the row out if no place is right.""",
    ),
    "a stretch beyond the line": (
        options("sure", "key", "key", "40-101"),
        """
options.csv, row 13, column "key": the key is "40-101".
  The key of a line is a stretch of it, from 0 to 100: 60-85.
  Write where it begins and where it ends, or take the row out if no place is right.""",
    ),
    "an end of a line that has a key": (
        options("sure", "from", "key", "1"),
        """
options.csv, row 11, column "key": the key is "1".
  Only the option that is called “key” has one.
  Empty the cell.""",
    ),
    "a line without an end": (
        options("weight", "to", "option", "till"),
        """
questions.csv, row 6, column "kind": "weight" lacks an end of its line.
  The options "from" and "to" have the words at the two ends as their text.
  Add both to options.csv.
options.csv, row 15, column "option": a line has no option "till".
  Options of a line: from, to, key.
  Write one of these.""",
    ),
    "evidence outside the passage": (
        options("seen", "a", "turn_id", "f5"),
        """
options.csv, row 16, column "turn_id": "f5" is not in the passage.
  The question is about "f0" to "f4"; only a turn of it can be picked.
  Name one of these turns, or make the passage longer.""",
    ),
    "evidence that is no turn": (
        options("seen", "a", "turn_id", ""),
        """
options.csv, row 16, column "turn_id": the option names no turn.
  To pick evidence is to pick a turn of the passage: "f0" to "f4".
  Name the turn.""",
    ),
    "a turn that is named twice": (
        options("seen", "a", "turn_id", "f1"),
        """
options.csv, row 18, column "turn_id": the option reads like another one of its question.
  Row 16 says the same.
  Take one of the two out, or say what sets them apart.""",
    ),
    "nothing that is accepted": (
        {
            "options": {
                "key": asked.options()["key"].mask(asked.options()["question_id"] == "many", "")
            }
        },
        """
questions.csv, row 8, column "kind": "many" has no answer that is accepted.
  One option at least has an answer as its text and the key 1.
  Add the answers to options.csv, or make it an open question.""",
    ),
    "nothing that supports it": (
        {
            "options": {
                "key": asked.options()["key"].mask(asked.options()["question_id"] == "seen", "")
            }
        },
        """
questions.csv, row 7, column "kind": "seen" has no turn that supports it.
  One option at least names a turn of the passage and has the key 1.
  Add the turn to options.csv.""",
    ),
    "a key that is another word": (
        options("evening", "right-one", "key", "yes"),
        """
options.csv, row 2, column "key": the key is "yes".
  The key is 1 if the option is right, and empty if it is not.
  Correct the key.""",
    ),
    "an option without words": (
        options("evening", "wrong-one", "text", ""),
        """
options.csv, row 3, column "text": the option has no text.
  An option of the kind choice is read.
  Write what it says, or take the row out.""",
    ),
    "an answer without a word": (
        options("many", "c", "text", "…"),
        """
options.csv, row 21, column "text": the answer "…" has no word.
  Answers are compared word by word.
  Write it in words.""",
    ),
    "two answers of the same words": (
        options("many", "c", "text", "ELEVEN!"),
        """
options.csv, row 21, column "text": the option reads like another one of its question.
  Row 19 says the same.
  Take one of the two out, or say what sets them apart.""",
    ),
    "an option that stands twice": (
        options("doubts", "c", "option", "A"),
        """
options.csv, row 7, column "option": the option "A" of "doubts" stands twice.
  Row 5 has it already.
  Give one of the two another name, or take it out.""",
    ),
    "a question that is not there": (
        options("doubts", "c", "question_id", "doubt"),
        """
options.csv, row 7, column "question_id": "doubt" is not in questions.csv.
  It should be a question_id of questions.csv.
  Did you mean "doubts"?""",
    ),
    "a turn that is not there": (
        options("doubts", "c", "turn_id", "f11"),
        """
options.csv, row 7, column "turn_id": "f11" is not in turns.csv.
  It should be a turn_id of turns.csv.
  Did you mean "f1"?""",
    ),
    "a feedback that is too long": (
        options("doubts", "c", "feedback", "x" * 3000),
        """
options.csv, row 7, column "feedback": the cell holds 3,000 signs.
  It can hold 2,000: a question is read beside its passage.
  Shorten it, or make two questions of it.""",
    ),
    "a name with a sign that nobody sees": (
        options("doubts", "c", "option", "c\u200b"),
        """
options.csv, row 7, column "option": "c\\u200b" holds a sign that one cannot see: U+200B, \
zero width space.
  An identifier is made of signs that one can see; otherwise nobody finds it again.
  Delete the cell and type it anew.""",
    ),
}


@pytest.mark.parametrize(("but", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_a_planted_fault_is_told_word_for_word(but: dict[str, dict[str, object]], message: str):
    with pytest.raises(FormatError) as caught:
        ferry(but)
    assert str(caught.value) == message.strip()


def write(corpus, folder: Path, without: str = "") -> Path:
    """A data package of the corpus."""
    for name, table in corpus.tables().items():
        if name != without:
            table.to_csv(folder / f"{name}.csv", index=False)
    resources = [{"name": path.stem, "path": path.name} for path in sorted(folder.glob("*.csv"))]
    about = {"name": "ferry", "title": "The ferry", "version": "1", "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(about), "utf8")
    return folder


class TestAPackage:
    def test_is_read_with_its_questions(self, tmp_path: Path):
        assert questions(read(write(FERRY, tmp_path))) == tuple(EVERY.values())

    def test_without_options_has_questions_that_nobody_can_answer(self, tmp_path: Path):
        with pytest.raises(FormatError) as caught:
            read(write(FERRY, tmp_path, without="options"))
        assert '"evening" has no options' in str(caught.value)

    def test_whose_options_cannot_be_read_is_told_of_those_only(self, tmp_path: Path):
        write(FERRY, tmp_path)
        (tmp_path / "options.csv").write_bytes(b"PK\x03\x04")
        with pytest.raises(FormatError) as caught:
            read(tmp_path)
        assert [problem.path for problem in caught.value.problems] == ["options.csv"]

    def test_with_options_needs_the_columns_that_answering_needs(self, tmp_path: Path):
        write(FERRY, tmp_path)
        pd.read_csv(tmp_path / "questions.csv", dtype=str).drop(columns="kind").to_csv(
            tmp_path / "questions.csv", index=False
        )
        with pytest.raises(FormatError, match='column "kind": the column is missing'):
            read(tmp_path)

    def test_of_many_turns_is_looked_at_all_the_same(self):
        talk = [(f"f{n}", "ferry-1", str(n + 1), "ada", "speech", "Yes.") for n in range(6_000)]
        columns = ["turn_id", "conversation_id", "position", "speaker_id", "kind", "text"]
        tables = {**ferry().tables(), "turns": pd.DataFrame(talk, columns=columns, dtype=str)}
        made = type(FERRY)(tables, FERRY.descriptor)
        assert ids(made) == list(EVERY)
        table = tables["options"]
        tables["options"] = table.assign(turn_id=table["turn_id"].replace("f5", "f9999"))
        with pytest.raises(FormatError, match='"f9999" is not in'):
            type(FERRY)(tables, FERRY.descriptor)
