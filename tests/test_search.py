"""Search terms and where they match, against a scan that shares no code with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerlib.search import holds, stretches, terms, typed
from readerlib.text import tokens

letters = st.text(alphabet="abc", min_size=1, max_size=3)


@given(st.lists(letters, max_size=12), st.lists(letters, min_size=1, max_size=3))
def test_phrase_hits_equal_a_scan_of_the_split_text(said, phrase):
    text = " ".join(said)
    by_hand = [i for i in range(len(said)) if said[i : i + len(phrase)] == phrase]
    assert len(stretches(text, [" ".join(phrase)])) == len(by_hand)
    assert holds(tokens(text), [" ".join(phrase)]) == bool(by_hand)


@given(st.lists(letters, max_size=12), letters)
def test_open_ended_hits_equal_words_that_begin_so(said, start):
    hits = stretches(" ".join(said), [f"{start}*"])
    assert len(hits) == sum(word.startswith(start) for word in said)


@pytest.mark.parametrize("query", ["(", "*", "\\", "?", "[", "", "…"])
def test_a_term_without_a_word_matches_nothing_and_harms_nothing(query):
    assert stretches("(what?) * \\ [x] …", [query]) == []


def test_case_accents_and_hidden_signs_do_not_matter():
    assert stretches("Сёстры cafe\u0301 ap\u00adple", ["СЕСТРЫ"]) == [(0, 6)]
    assert stretches("Сёстры cafe\u0301 ap\u00adple", ["café"]) == [(7, 12)]
    assert stretches("Сёстры cafe\u0301 ap\u00adple", ["apple"]) == [(13, 19)]


@given(st.lists(st.lists(letters, min_size=1, max_size=2).map(" ".join), max_size=3, unique=True))
def test_terms_come_back_as_typed(find):
    assert list(terms(typed(find))) == find
