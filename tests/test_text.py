"""What a word is."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from readerlib.text import count, fingerprint, fold, tokens


@given(st.text())
def test_words_stand_in_order_and_do_not_overlap(text):
    end = 0
    for token in tokens(text):
        assert end <= token.start < token.end <= len(text)
        end = token.end
    assert count(text) == len(tokens(text))


@given(st.text())
def test_folding_a_word_twice_is_folding_it_once(text):
    for token in tokens(text):
        assert fold(token.word) == token.word


@given(st.text(alphabet="абвгдеёжзийклїўєіґ éüñ'", max_size=40))
def test_composed_and_decomposed_letters_are_the_same_words(text):
    composed = [t.word for t in tokens(unicodedata.normalize("NFC", text))]
    assert composed == [t.word for t in tokens(unicodedata.normalize("NFD", text))]


def test_counts_agree_with_a_hand_count_in_three_languages():
    assert count("It’s a quarter past nine, isn't it?") == 7
    assert count("Да, конечно. Всё ещё здесь!") == 5
    assert count("П’ять яблук і об'єкт.") == 4


def test_a_masked_word_is_its_letters_however_it_is_masked():
    for mask in ("———", "---", "***", "—-"):
        assert [t.word for t in tokens(f"the f{mask} fog")] == ["the", "f", "fog"]


def test_a_soft_hyphen_does_not_part_a_word():
    assert [t.word for t in tokens("apple\u00adtree")] == ["appletree"]


def test_a_fingerprint_ignores_spelling_and_notices_one_other_word():
    said = "“The low rows weren’t spared — not one.”"
    assert fingerprint(said, "s") == fingerprint('"the low rows weren\'t spared - NOT one"', "s")
    assert fingerprint(said, "s") != fingerprint(said.replace("low", "top"), "s")
    assert fingerprint(said, "s") != fingerprint(said, "other salt")
    assert fingerprint("only five words are here", "s") is None
