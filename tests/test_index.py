"""The index, against the scan of every text that it stands for."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerlib.index import Cells, Words
from readerlib.search import holds, matches, wanted
from readerlib.text import tokens

# Letters of several scripts, signs that hide in words, and every kind of white space.
SIGNS = "abAB éÉ'’-.,12 \u00ad\u200b\u0301\n\t\u00a0\u2028\x1c\u3000 ёЁйжї 家ิกさシ ﬁＡ ӓ"
texts = st.lists(st.text(SIGNS, max_size=14) | st.text(max_size=6), max_size=8)
words = st.text(SIGNS, min_size=1, max_size=3)
terms = st.lists(words | words.map("{}*".format), min_size=1, max_size=3).map(" ".join)
plain_texts = st.lists(
    st.lists(st.sampled_from(["ab", "b", "ba", "abba"]), max_size=6).map(" ".join), max_size=8
)
plain_terms = st.lists(
    st.sampled_from(["a", "a*", "ab", "ab*", "b", "ba", "b*", "abba", "c"]), min_size=1, max_size=4
).map(" ".join)


def in_parts(every: list[str]) -> list[list[str]]:
    """The texts in several parts, as a large corpus hands them over."""
    return [every[:3], every[3:]]


@given(texts, st.lists(terms, max_size=3))
def test_any_search_finds_what_a_scan_finds(every, find):
    every = [text.encode("utf-8", "ignore").decode() for text in every]
    found = Words.of(in_parts(every)).mask(find)
    assert found.tolist() == [holds(tokens(text), find) for text in every]


@given(plain_texts, st.lists(plain_terms, max_size=3))
def test_phrases_and_open_endings_find_what_a_scan_finds(every, find):
    found = Words.of(in_parts(every)).mask(find)
    assert found.tolist() == [holds(tokens(text), find) for text in every]


@given(plain_texts, plain_terms)
def test_hits_stand_where_a_scan_finds_them(every, term):
    rows, places = Words.of(in_parts(every)).hits(term)
    by_hand = []
    for row, text in enumerate(every):
        said = tokens(text)
        starts = [run[0].start for run in matches(said, wanted(term))]
        by_hand += [(row, place) for place, word in enumerate(said) if word.start in starts]
    assert sorted(zip(rows.tolist(), places.tolist(), strict=True)) == by_hand


def test_no_phrase_reaches_into_the_next_turn():
    index = Words.of([["come", "home"], ["come home"]])
    assert index.mask(["come home"]).tolist() == [False, False, True]


def test_no_texts_hold_nothing():
    assert Words.of([]).mask(["come home"]).tolist() == []
    assert Words.of([["", ""]]).mask(["*", "a*"]).tolist() == [False, False]


def test_more_words_than_fit_in_two_bytes():
    every = [f"word{i} and word{i + 1}" for i in range(70_000)]
    index = Words.of([every[:60_000], every[60_000:]])
    assert np.flatnonzero(index.mask(["word66000"])).tolist() == [65_999, 66_000]
    assert np.flatnonzero(index.mask(["word66000 and word66001"])).tolist() == [66_000]
    assert index.mask(["word6999*"]).sum() == 13


@pytest.mark.parametrize("seed", range(20))
def test_cells_give_every_turn_its_values_back(seed):
    rng = random.Random(seed)
    size = rng.randrange(1, 200)
    columns = [np.array([rng.randrange(-1, most) for _ in range(size)]) for most in (1, 3, 20)]
    cells = Cells.of(columns, size)
    for column, codes in zip(columns, cells.codes, strict=True):
        assert (codes[cells.cell] - 1).tolist() == column.tolist()
    assert cells.sizes.tolist() == np.bincount(cells.cell).tolist()
    assert len(cells) == len(set(zip(*(c.tolist() for c in columns), strict=True)))


def test_without_columns_there_is_one_cell():
    assert Cells.of([], 3).sizes.tolist() == [3]
