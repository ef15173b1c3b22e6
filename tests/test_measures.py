"""What is counted and listed, against counts by hand."""

from __future__ import annotations

import re
from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import brute
from readerlib.corpus import Corpus
from readerlib.datasets import load
from readerlib.descriptor import Descriptor, Facet
from readerlib.errors import ReaderError, SelectionError, TextMissing
from readerlib.measures import frequencies, kwic
from readerlib.render import marked
from readerlib.search import stretches
from readerlib.text import fold

CALLS = load("calls")
GISTS = [(row["turn_id"], row["gist"]) for row in brute.table("turns")]
COLUMNS = ["turn_id", "conversation_id", "soldier", "chapter", "position", "speaker", "role"]
COLUMNS += ["kind", "of", "left", "hit", "right", "start", "end", "notice"]


def talk(said: list[str], gists: list[str] | None = None) -> Corpus:
    """A conversation in which two people say this by turns."""
    n = len(said)
    turns = {
        "turn_id": [f"t{i}" for i in range(n)],
        "conversation_id": ["c"] * n,
        "position": [str(i + 1) for i in range(n)],
        "speaker_id": ["ab"[i % 2] for i in range(n)],
        "kind": ["speech"] * n,
        "text": said,
        "gist": gists or [""] * n,
    }
    speakers = {"speaker_id": ["a", "b"], "name": ["Irena", "Tomas"], "role": ["", "son"]}
    return Corpus(
        {
            "turns": pd.DataFrame(turns),
            "conversations": pd.DataFrame({"conversation_id": ["c"]}),
            "speakers": pd.DataFrame(speakers),
        },
        Descriptor("talk", "Talk", facets=(Facet("speaker", "Speaker", "speakers.name"),)),
    )


PLACED = COLUMNS[: COLUMNS.index("left")]
"""What a row says of its turn, kept back or not."""


def by_hand(texts: list[tuple[str, str]], wanted: re.Pattern[str]) -> list[tuple[str, int, int]]:
    """The hits of a pattern of another engine, text by text."""
    return [(name, *m.span()) for name, text in texts for m in wanted.finditer(text)]


def hits(table: pd.DataFrame) -> list[tuple[str, int, int]]:
    return list(zip(table["turn_id"], table["start"], table["end"], strict=True))


class TestKwic:
    @pytest.mark.parametrize(
        ("query", "scan"),
        [
            ("gold", r"\bgold\b"),
            ("what?", r"\bwhat\b"),
            ("kill*", r"\bkill\w*"),
            ("does not", r"\bdoes\W+not\b"),
            ("his mother", r"\bhis\W+mother\b"),
            ("the", r"\bthe\b"),
            ("/he (says|said)/", r"he (says|said)"),
            (r"/\d+/", r"\d+"),
        ],
    )
    def test_hits_equal_a_scan_of_the_table_by_another_engine(self, query, scan):
        # The gists hold no accents and no hidden signs, so the scan need not fold any;
        # an apostrophe between letters belongs to the word.
        words = re.compile(rf"(?<!['’]){scan}(?!['’]\w)", re.IGNORECASE)
        found = re.compile(scan, re.IGNORECASE) if query.startswith("/") else words
        assert hits(kwic(CALLS, query, notices="show")) == by_hand(GISTS, found)

    @pytest.mark.parametrize("query", ["(", "*", "\\", "?", "", "…", "zebra"])
    def test_a_query_without_a_word_or_a_hit_gives_no_row_but_every_column(self, query):
        table = kwic(CALLS, query)
        assert (len(table), list(table.columns)) == (0, COLUMNS)

    def test_no_turn_selected_gives_no_row(self):
        assert len(kwic(CALLS.select(speaker=[]), "the")) == 0

    def test_of_several_terms_a_turn_holds_all_and_each_hit_is_a_row(self):
        table = kwic(CALLS, ["mother", "war"], notices="show")
        assert set(table["turn_id"]) == set(CALLS.select(find=["mother", "war"]).turns["turn_id"])
        assert set(map(fold, table["hit"])) == {"mother", "war"}

    def test_rows_are_the_marks_of_the_reader(self):
        for query in ("kill*", "his mother", "/com(e|ing)/"):
            marks = [
                (row.turn_id, mark)
                for row in CALLS.select(find=query).turns.itertuples()
                for mark in re.findall("<mark>(.*?)</mark>", marked(row.gist, [query]))
            ]
            table = kwic(CALLS, query, notices="show")
            assert list(zip(table["turn_id"], table["hit"], strict=True)) == marks

    def test_only_selected_turns_are_searched(self):
        ivan = kwic(CALLS.select(soldier="Ivan"), "the")
        everything = kwic(CALLS, "the")
        assert ivan.equals(everything[everything["soldier"] == "Ivan"].reset_index(drop=True))

    def test_speaker_role_kind_and_place_are_those_of_the_turn(self):
        turns = {row["turn_id"]: row for row in CALLS.records()}
        for row in kwic(CALLS, "fear*").to_dict("records"):
            turn = turns[row["turn_id"]]
            for name in COLUMNS[:8]:
                assert row[name] == turn[name] or (pd.isna(row[name]) and turn[name] is None)

    @given(
        st.lists(st.text("ab 'é\u0301\u00ad.ё\n(", max_size=40), min_size=1, max_size=4),
        st.sampled_from(["a", "b*", "a b", "ё", "é", "/a/", "/[ab]+/", r"/\(/"]),
        st.integers(0, 5),
    )
    def test_context_and_hit_are_a_stretch_of_the_turn_cut_between_words(self, said, query, window):
        table = kwic(talk(said), query, window=window)
        assert hits(table) == [
            (f"t{i}", *span) for i, text in enumerate(said) for span in stretches(text, [query])
        ]
        for row in table.itertuples():
            text = said[int(row.turn_id[1:])]
            assert text[row.start : row.end] == row.hit
            begin, end = row.start - len(row.left), row.end + len(row.right)
            assert text[begin:end] == row.left + row.hit + row.right
            if window:
                # No cut goes through a word, unless the hit of a pattern does.
                for cut in {begin, end} - {row.start, row.end}:
                    assert not re.fullmatch(r"\w\w", text[max(cut - 1, 0) : cut + 1])

    def test_the_window_counts_words_and_not_characters(self):
        said = ["one, two; three – FOUR five. Six, seven eight"]
        row = kwic(talk(said), "four", window=2).iloc[0]
        assert (row["left"], row["hit"], row["right"]) == ("two; three – ", "FOUR", " five. Six")
        row = kwic(talk(said), "four", window=9).iloc[0]
        assert row["left"] + row["hit"] + row["right"] == said[0]
        row = kwic(talk(said), "four", window=0).iloc[0]
        assert (row["left"], row["right"]) == ("", "")

    def test_the_context_stays_within_the_turn(self):
        table = kwic(talk(["before", "here", "after"]), "here")
        assert list(table[["left", "hit", "right"]].iloc[0]) == ["", "here", ""]

    @given(st.lists(st.text("abc x", max_size=20), min_size=1, max_size=5))
    def test_sorted_by_context_word_by_word_outward_from_the_hit(self, said):
        corpus = talk(said)
        in_text = kwic(corpus, "x")
        for side in ("left", "right"):
            rows = []
            for row in in_text.itertuples():
                text = said[int(row.turn_id[1:])]
                words = (
                    text[: row.start].split()[::-1] if side == "left" else text[row.end :].split()
                )
                rows.append((words, int(row.turn_id[1:]), row.start))
            expected = [(f"t{turn}", start) for _, turn, start in sorted(rows)]
            table = kwic(corpus, "x", sort=side)
            assert list(zip(table["turn_id"], table["start"], strict=True)) == expected

    def test_an_unknown_order_is_an_error_with_a_suggestion(self):
        with pytest.raises(SelectionError, match='Did you mean "left"'):
            kwic(CALLS, "gold", sort="lft")

    def test_a_row_says_whether_it_is_of_words_or_of_a_summary(self):
        corpus = talk(["They pick pears.", ""], ["", "Says that pears are ripe."])
        assert list(kwic(corpus, "pears")["of"]) == ["words", "summary"]
        assert set(kwic(CALLS, "the")["of"]) == {"summary"}

    def test_every_type_is_the_same_whatever_is_kept_back(self):
        types = {
            tuple(map(str, kwic(CALLS.select(where), query, notices=notices).dtypes[len(PLACED) :]))
            for query, where in [("kill*", ""), ("zebra", ""), ("gold", "chapter=2")]
            for notices in ("ask", "show")
        }
        assert types == {("str", "str", "str", "Int64", "Int64", "str")}

    def test_every_hit_has_its_neighbours_at_hand(self):
        for turn_id in kwic(CALLS, "gold")["turn_id"]:
            beside = list(CALLS.around(turn_id, 2, 2)["turn_id"])
            position = CALLS.whole.turns.set_index("turn_id")["position"][turn_id]
            assert beside.index(turn_id) == min(2, position - 1)


KEPT, THEIRS = brute.kept_back(lambda has: bool(has - {"strong language", "conspiracy claims"}))
SAMPLE = sorted(
    {
        w
        for row in brute.table("turns")
        if row["turn_id"] in KEPT
        for w in re.findall("[a-z]+", row["gist"].casefold())
    }
)[::9]
TOPICS = brute.VALUES["notice"]


def told(table: pd.DataFrame) -> set[tuple[str, ...]]:
    """What the rows of a concordance say, in fours."""
    cells = table[["left", "hit", "right"]].fillna("").to_numpy()
    return set().union(*(brute.runs("".join(row)) for row in cells))


class TestKwicBehindNotices:
    @pytest.mark.parametrize("sort", ["text", "left", "right"])
    def test_nothing_of_a_turn_behind_a_notice_is_in_any_row(self, sort):
        for query in [*SAMPLE, "the", "/.+/"]:
            table = kwic(CALLS, query, sort=sort, window=30)
            assert not told(table) & THEIRS, query
            kept = table[table["turn_id"].isin(KEPT)]
            assert kept[["left", "hit", "right", "start", "end"]].isna().all(axis=None)
            assert kept["notice"].notna().all()
            read = table[~table["turn_id"].isin(KEPT)]
            assert read[["left", "hit", "right", "start", "end"]].notna().all(axis=None)
            assert read["notice"].isna().all()

    def test_all_of_it_is_there_when_asked_for(self):
        table = kwic(CALLS, "/.+/", notices="show")
        assert told(table) >= THEIRS
        assert table["notice"].isna().all()

    @pytest.mark.parametrize("topic", TOPICS)
    def test_a_topic_that_is_shown_shows_the_turns_that_carry_no_other(self, topic):
        table = kwic(CALLS, "/.+/", notices={topic: "show"})
        kept, theirs = brute.kept_back(lambda has: bool(has - {topic}))
        assert set(table.loc[table["notice"].notna(), "turn_id"]) == kept
        assert not told(table) & theirs

    @given(
        st.sampled_from([*SAMPLE, "the", "kill*", "/he (says|said)/"]),
        st.just("ask") | st.dictionaries(st.sampled_from(TOPICS), st.sampled_from(["ask", "show"])),
        st.sampled_from(["text", "left", "right"]),
    )
    @settings(deadline=None, max_examples=60)
    def test_hits_are_as_many_in_the_same_turns_under_any_profile(self, query, notices, sort):
        table = kwic(CALLS, query, notices=notices, sort=sort)
        every = kwic(CALLS, query, notices="show", sort=sort)
        assert Counter(table["turn_id"]) == Counter(every["turn_id"])
        key = ["turn_id", "position", "speaker", "kind", "of"]
        assert table[key].value_counts().to_dict() == every[key].value_counts().to_dict()

    @pytest.mark.parametrize("sort", ["left", "right"])
    def test_by_context_they_come_last_as_read_and_the_others_keep_their_order(self, sort):
        table = kwic(CALLS, "the", sort=sort)
        behind = table["notice"].notna()
        assert behind.is_monotonic_increasing
        assert behind.any()
        as_read = [i for i in kwic(CALLS, "the")["turn_id"] if i in KEPT]
        assert list(table.loc[behind, "turn_id"]) == as_read
        every = kwic(CALLS, "the", sort=sort, notices="show")
        others = every[~every["turn_id"].isin(KEPT)]
        assert hits(table[~behind]) == hits(others)

    def test_a_row_names_all_topics_that_are_asked_about(self):
        row = kwic(CALLS, "kill*", notices={"killing in combat": "show"}).iloc[0]
        every = kwic(CALLS, "kill*").iloc[0]
        assert row["turn_id"] == every["turn_id"]
        assert every["notice"] == "killing of civilians, killing in combat"
        assert row["notice"] == "killing of civilians"

    def test_a_profile_that_cannot_be_read_is_told_though_nothing_is_found(self):
        with pytest.raises(ReaderError, match='Did you mean "show"'):
            kwic(CALLS, "", notices="shw")


@given(
    st.lists(st.lists(st.sampled_from(["ab", "ac", "b", "c"]), min_size=1), min_size=1, max_size=5)
)
@settings(deadline=None)
def test_frequencies_equal_a_count_of_the_split_words(said):
    corpus = talk([" ".join(words) for words in said])
    table = frequencies(corpus)
    counted = Counter(word for words in said for word in words)
    assert dict(table["count"]) == counted
    assert list(table["count"]) == sorted(counted.values(), reverse=True)
    assert dict(table["turns"]) == Counter(word for words in said for word in set(words))
    assert table["per_thousand"].sum() == pytest.approx(1000, abs=0.05)


def test_words_of_summaries_are_not_counted():
    with pytest.raises(TextMissing, match="254 of 254 turns come without their words") as caught:
        frequencies(load("calls", attached=False))
    assert "readerlib attach FILE" in str(caught.value)
    assert len(frequencies(load("calls", attached=False).select(kind="cut"))) == 0
    # Whoever has one of the articles is told which other one is wanted.
    with pytest.raises(TextMissing, match='were published in "ap-2023-11"'):
        frequencies(load("calls", attached=False).select(role="mother", source="ap-2023-11"))


def test_of_too_many_hits_those_of_the_first_turns_are_taken():
    every = kwic(CALLS, "the", notices="show")
    first = list(dict.fromkeys(every["turn_id"]))[:5]
    some = kwic(CALLS, "the", notices="show", most=5)
    told = ["turn_id", "left", "hit", "right", "start", "end"]
    right = every[every["turn_id"].isin(first)]
    assert some[told].to_numpy().tolist() == right[told].to_numpy().tolist()
    assert kwic(CALLS, "the", most=0).empty
    assert len(kwic(CALLS, "the", most=10**6)) == len(every)
