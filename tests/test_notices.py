"""The topics of content notices that are asked about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerlib import load
from readerlib.errors import ReaderError
from readerlib.notices import asked, notice_line

TOPICS = ("killing", "torture", "strong language")


def test_ask_keeps_back_every_topic_but_those_that_the_corpus_shows():
    assert asked("ask", TOPICS, ["strong language"]) == {"killing", "torture"}


def test_show_keeps_nothing_back():
    assert asked("show", TOPICS) == frozenset()


def test_a_mapping_asks_about_every_topic_that_it_leaves_out():
    assert asked({"killing": "show"}, TOPICS, ["torture"]) == {"torture", "strong language"}


def test_all_that_is_wrong_in_a_profile_is_told_at_once():
    with pytest.raises(ReaderError) as caught:
        asked({"kiling": "ask", "torture": "hide"}, TOPICS)
    assert 'no notice "kiling"' in str(caught.value)
    assert 'Did you mean "killing"?' in str(caught.value)
    assert '"hide" for torture' in str(caught.value)


def test_a_corpus_says_which_turns_stand_behind_which_topics():
    corpus = load("calls")
    topics = corpus.asked()
    veiled = corpus.veiled(topics)
    expected = {
        row: tuple(topic for topic in carried if topic in topics)
        for row, carried in corpus.noticed().items()
        if topics & set(carried)
    }
    assert veiled == expected
    assert corpus.carrying(topics).tolist() == sorted(expected)
    ivan = corpus.select(soldier="Ivan")
    assert ivan.carrying(topics).tolist() == sorted(set(expected) & set(ivan.turns.index))
    assert not corpus.veiled(corpus.asked("show"))


@given(
    st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=9), min_size=1, max_size=4),
    st.lists(st.lists(st.sampled_from("xyz"), min_size=1, max_size=20), min_size=1, max_size=4),
    st.sampled_from([13, 15]),
)
def test_the_line_for_turns_behind_a_notice_is_never_longer_than_asked(names, topics, most):
    records = [{"speaker": " ".join(name), "words": 3} for name in names]
    line = notice_line(records, [" ".join(topic) for topic in topics], most=most)
    assert len(line.split()) <= most
    assert f"{3 * len(records)} words: " in line


def test_one_topic_is_not_counted_as_one_and_none_more():
    name = "The third secretary of the committee for the affairs of the orchard"
    line = notice_line([{"speaker": name, "words": 9}], ["injury"])
    assert line == "One turn, 9 words: injury"
