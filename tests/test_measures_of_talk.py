"""Shares, answers, lengths, questions, back-channels and labels, against counts by hand."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import brute
import published
from invented import corpus_of
from readerlib.datasets import load
from readerlib.errors import SelectionError, TextMissing
from readerlib.measures import (
    BACK_CHANNELS,
    answers,
    back_channels,
    labels_by,
    questions,
    speech_share,
    turn_lengths,
)
from readerlib.measures.signs import asked

CALLS = load("calls", attached=False)
DEMO = load("demo")
ROWS = brute.table("turns")
PEOPLE = {row["speaker_id"]: row["name"] for row in brute.table("speakers")}
ROLES = {row["speaker_id"]: row["role"] for row in brute.table("speakers")}

KINDS = st.sampled_from(["speech", "speech", "quoted", "narration", "cut"])
TURNS = st.lists(
    st.tuples(st.sampled_from("cd"), st.sampled_from("abx"), KINDS, st.just("one two")),
    min_size=1,
    max_size=12,
).map(lambda turns: sorted(turns, key=lambda turn: turn[0]))


class TestSpeechShare:
    def test_the_calls_are_counted_without_their_words(self):
        spoken = [row for row in ROWS if row["kind"] != "cut"]
        names = [PEOPLE[row["speaker_id"]] for row in spoken]
        table = speech_share(CALLS)
        assert table["speaker"].tolist() == list(dict.fromkeys(names))
        assert table.set_index("speaker")["turns"].to_dict() == Counter(names)
        words = Counter()
        for name, row in zip(names, spoken, strict=True):
            words[name] += int(row["words"])
        assert table.set_index("speaker")["words"].to_dict() == words
        total = sum(words.values())
        assert table["word_share"].tolist() == [words[n] / total for n in table["speaker"]]
        assert table["turn_share"].tolist() == [n / len(spoken) for n in table["turns"]]

    def test_the_labelled_turns_of_the_first_article_are_as_they_were_counted(self):
        # 122 turns, by label: Mother 43, Leonid 24, Maxim 18, Ivan 17, Wife 16, Olya 4.
        table = speech_share(CALLS.select(kind="speech", source="ap-2023-02"))
        counts = table.set_index("speaker")["turns"].to_dict()
        expected = {"Mother": 43, "Leonid": 24, "Maxim": 18, "Ivan": 17, "Wife": 16, "Olya": 4}
        assert counts == expected

    @pytest.mark.parametrize("by", ["speaker", "role", "soldier", "conversation_id", "speaker_id"])
    def test_shares_add_up_whatever_they_are_of(self, by):
        for corpus in (CALLS, CALLS.select(kind="speech"), CALLS.select(theme="fear and strain")):
            table = speech_share(corpus, by)
            assert list(table.columns) == [by, "turns", "words", "turn_share", "word_share"]
            assert table["turn_share"].sum() == pytest.approx(1)
            assert table["word_share"].sum() == pytest.approx(1)
            assert table["turns"].sum() == len(corpus) - len(corpus.select(kind="cut"))

    def test_turns_without_a_value_have_a_row_in_which_it_is_missing(self):
        table = speech_share(CALLS, "soldier")
        without = [v for _, v in brute.TURNS if not v["soldier"] and v["kind"] != {"cut"}]
        assert table.loc[table["soldier"].isna(), "turns"].tolist() == [len(without)]

    def test_people_of_one_name_have_one_row_and_by_their_ids_one_each(self):
        corpus = CALLS.select(kind="speech", speaker="Mother")
        assert speech_share(corpus)["turns"].tolist() == [43]
        ids = speech_share(corpus, "speaker_id")["speaker_id"].tolist()
        assert ids == ["leonid-mother", "ivan-mother", "maxim-mother"]

    def test_where_no_length_is_published_the_words_are_counted(self):
        turns = [("c", "a", "speech", "One two three."), ("c", "b", "speech", "Don’t!")]
        assert speech_share(corpus_of(turns))["words"].tolist() == [3, 1]
        assert speech_share(corpus_of(turns, words=["", "7"]))["words"].tolist() == [3, 7]

    def test_where_no_length_is_known_it_is_told(self):
        turns = [("c", "a", "speech", "One."), ("c", "b", "speech", ""), ("c", "b", "cut", "")]
        with pytest.raises(TextMissing, match="of 1 of 2 turns it is not known"):
            speech_share(corpus_of(turns))

    def test_nothing_selected_gives_no_row(self):
        assert speech_share(CALLS.select(speaker=[])).empty
        assert turn_lengths(CALLS.select(kind="cut")).empty

    @pytest.mark.parametrize("measure", [speech_share, turn_lengths, answers])
    def test_an_unknown_facet_and_one_of_several_values_are_told(self, measure):
        with pytest.raises(SelectionError, match='Did you mean "speaker"'):
            measure(CALLS, "speakr")
        with pytest.raises(SelectionError, match="several values"):
            measure(CALLS, by="theme")

    def test_a_speaker_is_known_where_no_facet_is_declared(self):
        corpus = corpus_of([("c", "a", "speech", "One.")], {"a": "Irena"})
        bare = type(corpus)(corpus.tables(), type(corpus.descriptor)("bare", "Bare"))
        assert speech_share(bare)["speaker"].tolist() == ["Irena"]


class TestTurnLengths:
    @pytest.mark.parametrize("by", ["speaker", "role"])
    def test_lengths_are_those_of_the_table(self, by):
        of = PEOPLE if by == "speaker" else ROLES
        lengths: dict[str, dict[str, int]] = {}
        for row in ROWS:
            if row["kind"] != "cut":
                told = lengths.setdefault(of[row["speaker_id"]], {})
                told[row["turn_id"]] = int(row["words"])
        table = turn_lengths(CALLS, by)
        assert table[by].tolist() == list(lengths)
        for row in table.to_dict("records"):
            mine = pd.Series(lengths[row[by]])
            assert row["turns"] == len(mine)
            assert row["words"] == mine.sum()
            assert row["mean"] == pytest.approx(mine.mean())
            assert row["median"] == sorted([*mine, *mine])[len(mine)] / 2 + (
                sorted([*mine, *mine])[len(mine) - 1] / 2
            )
            assert (row["shortest"], row["longest"]) == (min(mine), max(mine))
            assert row["longest_turn"] == mine.idxmax()


class TestAnswers:
    def test_a_short_call_as_counted_by_hand(self):
        said = ["mother", "son", "mother", "mother", "son", "narrator", "son", "cut", "mother"]
        kinds = {"narrator": "narration", "cut": "cut"}
        turns = [("c", who, kinds.get(who, "speech"), "." * (who != "cut")) for who in said]
        table = answers(corpus_of(turns))
        # The son answers twice, the mother once; behind narration and cut nobody answers.
        assert table.to_numpy().tolist() == [["son", "mother", 2], ["mother", "son", 1]]

    @given(TURNS)
    @settings(deadline=None)
    def test_pairs_are_those_of_a_walk_through_the_turns(self, turns):
        names = {"a": "Mother", "b": "Son", "x": "Mother"}
        turns = [turn if turn[2] != "cut" else (*turn[:3], "") for turn in turns]
        pairs = Counter()
        for first, second in pairwise(turns):
            both = {first[2], second[2]} <= {"speech", "quoted"}
            if both and first[0] == second[0] and first[1] != second[1]:
                pairs[names[second[1]], names[first[1]]] += 1
        table = answers(corpus_of(turns, names))
        found = {(row.speaker, row.answered): row.turns for row in table.itertuples()}
        assert found == dict(pairs)
        assert list(found) == list(pairs)

    def test_three_mothers_are_three_people(self):
        table = answers(CALLS.select(kind="speech"), "speaker_id")
        mothers = {who for who in table["speaker_id"] if who.endswith("-mother")}
        assert mothers == {"leonid-mother", "ivan-mother", "maxim-mother"}
        assert not (table["speaker_id"] == table["answered"]).any()

    def test_a_turn_that_is_not_selected_parts_its_neighbours(self):
        turns = [("c", who, "speech", "Yes.") for who in "abab"]
        corpus = corpus_of(turns)
        assert answers(corpus)["turns"].sum() == 3
        assert answers(corpus.select(speaker="a")).empty
        assert list(answers(corpus.select(speaker="a")).columns) == ["speaker", "answered", "turns"]


class TestQuestions:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("Where are you?", 1),
            ("What?! Where… who??? No!?", 3),
            ("Ты где? Мама?", 2),
            ("Τι κάνεις; Καλά. Εσύ;", 2),
            ("“Τι κάνεις;”", 1),
            ("Pears; plums.", 0),
            ("أين أنت؟ نعم.", 1),
            ("你在哪里？在家。", 1),
            ("Ո՞ւր ես։", 1),
            ("He said Izyum (?), or [?].", 0),
            ("Really (laughs)?", 1),
            ("", 0),
            ("No.", 0),
        ],
    )
    def test_marks_of_every_script_count_and_a_run_of_them_once(self, text, number):
        assert asked(text) == number

    def test_a_row_says_where_and_who_and_no_word(self):
        turns = [
            ("c", "a", "speech", "Where? When?"),
            ("c", "b", "speech", "Here."),
            ("d", "a", "narration", "Who knows?"),
            ("d", "b", "cut", ""),
        ]
        table = questions(corpus_of(turns, {"a": "Irena", "b": "Tomas"}))
        assert list(table.columns) == ["turn_id", "conversation_id", "speaker", "questions"]
        assert table.to_numpy().tolist() == [["t0", "c", "Irena", 2], ["t2", "d", "Irena", 1]]

    def test_a_summary_asks_nothing(self):
        with pytest.raises(TextMissing, match="come without their words"):
            questions(CALLS)
        assert questions(CALLS.select(kind="cut")).empty

    def test_the_questions_of_the_calls_are_their_runs_of_marks(self, articles):
        words = published.texts(articles)
        table = questions(CALLS.with_text(words))
        expected = {turn: len(re.findall(r"\?+", text)) for turn, text in words.items()}
        found = dict(zip(table["turn_id"], table["questions"], strict=True))
        assert found == {turn: n for turn, n in expected.items() if n}


def said(*texts: str) -> list[tuple[str, str]]:
    """What of these turns, said by turns, is listed: id and what it is."""
    turns = [("c", "ab"[i % 2], "speech", text) for i, text in enumerate(texts)]
    table = back_channels(corpus_of(turns))
    return list(zip(table["turn_id"], table["what"], strict=True))


class TestBackChannels:
    @pytest.mark.parametrize(
        "text",
        [
            "Mhm.",
            "Mm-hmm",
            "UH-HUH, uh-huh!",
            "Mmmmmm…",
            "Ага",
            "Угу, угу.",
            "Агааа",
            "М-гм",
            "Гм…",
            "(laughs)",
            "Mhm (laughs).",
            "[сміється]",
            "Ох.",
            "Mmmm-hm",
        ],
    )
    def test_a_turn_of_nothing_but_sounds_is_a_back_channel(self, text):
        assert said("I am home.", text) == [("t1", "back-channel")]

    @pytest.mark.parametrize(
        "text", ["…", "...", "[silence]", "(pause)", "(Молчит)", "(тиша) …", "( long pause )"]
    )
    def test_a_turn_of_nothing_at_all_is_a_silence(self, text):
        assert said("I am home.", text) == [("t1", "silence")]

    @pytest.mark.parametrize(
        "text",
        [
            "Yes.",
            "Да.",
            "Okay",
            "Hm?",
            "Mhm, I know.",
            "M———",
            "***",
            "—",
            "(cries)",
            "Oh f———",
            "Mhm (cries)",
            "Uh",
            "Гм, да",
            "(laughs) No.",
            "[…]",
            "Mama",
        ],
    )
    def test_an_answer_a_question_a_mask_and_any_other_word_are_neither(self, text):
        assert said("I am home.", text) == []

    def test_a_list_of_ones_own_takes_the_place_of_ours(self):
        turns = [
            ("c", "ab"[i % 2], "speech", t) for i, t in enumerate(["Mhm", "YES!", "of course"])
        ]
        corpus = corpus_of(turns)
        assert back_channels(corpus, words=["yes"])["turn_id"].tolist() == ["t1"]
        both = back_channels(corpus, words=[*BACK_CHANNELS, "Yes", "of course"])
        assert both["turn_id"].tolist() == ["t0", "t1", "t2"]
        with pytest.raises(SelectionError, match="holds no letter"):
            back_channels(corpus, words=["…"])

    def test_a_row_says_what_it_follows_and_whether_that_asks(self):
        turns = [
            ("c", "a", "speech", "Mhm."),
            ("c", "b", "speech", "Are you home?"),
            ("c", "a", "speech", "Mhm."),
            ("c", "a", "speech", "…"),
            ("c", "n", "narration", "They are silent."),
            ("c", "b", "speech", "[silence]"),
            ("c", "n", "narration", "…"),
            ("d", "b", "quoted", "Come home."),
            ("d", "a", "quoted", "Ага."),
        ]
        table = back_channels(corpus_of(turns))
        assert table["turn_id"].tolist() == ["t0", "t2", "t3", "t5", "t8"]
        assert table["after"].fillna("").tolist() == ["", "t1", "", "", "t7"]
        assert table["asked"].tolist() == [False, True, False, False, False]
        assert list(table.columns[:3]) == ["turn_id", "conversation_id", "speaker"]

    def test_only_the_turns_that_are_looked_at_need_their_words(self):
        with pytest.raises(TextMissing):
            back_channels(CALLS)
        assert back_channels(CALLS.select(kind="narration")).empty

    @given(st.lists(st.text("mhu -…()?аг", min_size=1, max_size=6), min_size=1, max_size=4))
    @settings(deadline=None, max_examples=50)
    def test_no_turn_is_passed_over_because_of_its_neighbours(self, texts):
        alone = [what for i, text in enumerate(texts) for what in said(text)]
        assert [what for _, what in said(*texts)] == [what for _, what in alone]


class TestLabelsBy:
    @pytest.mark.parametrize("by", ["conversation_id", "soldier", "speaker"])
    @pytest.mark.parametrize("layer", ["theme", "notice", "evidence"])
    def test_counts_are_those_of_the_annotations(self, layer, by):
        talks = {row["conversation_id"]: row for row in brute.table("conversations")}
        values = dict(brute.TURNS)
        parts: list[str | None] = []
        of: Counter[str | None] = Counter()
        turns: Counter[tuple[str | None, str]] = Counter()
        for row in ROWS:
            told = {
                "conversation_id": row["conversation_id"],
                "soldier": talks[row["conversation_id"]]["soldier"] or None,
                "speaker": PEOPLE[row["speaker_id"]],
            }
            part = told[by]
            parts.append(part)
            of[part] += 1
            turns.update((part, label) for label in values[row["turn_id"]][layer])
        table = labels_by(CALLS, layer, by)
        found = {
            (None if pd.isna(row[by]) else row[by], row["label"]): row
            for row in table.to_dict("records")
        }
        assert {key: row["turns"] for key, row in found.items()} == turns
        assert all(row["of"] == of[part] for (part, _), row in found.items())
        assert all(row["share"] == row["turns"] / row["of"] for row in found.values())
        order = list(dict.fromkeys(parts))
        assert [part for part, _ in found] == sorted((p for p, _ in found), key=order.index)

    def test_a_chapter_has_its_heading_and_labels_stand_as_in_the_list(self):
        table = labels_by(CALLS.select(soldier="Leonid", chapter="3"))
        assert set(table["heading"]) == {"Leonid · 3 The enemy is everybody"}
        listed = [row["value"] for row in brute.table("labels") if row["layer"] == "theme"]
        assert table["label"].tolist() == [
            label for label in listed if label in set(table["label"])
        ]

    def test_an_unknown_layer_is_told(self):
        with pytest.raises(SelectionError, match='Did you mean "theme"'):
            labels_by(CALLS, "themes")
        with pytest.raises(SelectionError, match="several values"):
            labels_by(CALLS, by="notice")

    def test_nothing_selected_gives_no_row(self):
        assert labels_by(CALLS.select(speaker=[])).empty
