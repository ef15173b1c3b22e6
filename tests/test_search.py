"""Search terms and where they match, against scans that share no code with them."""

import contextlib
import re
import unicodedata
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerlib.datasets import load
from readerlib.errors import SelectionError
from readerlib.render import marked
from readerlib.search import holds, is_pattern, stretches, terms, typed
from readerlib.selection import Selection
from readerlib.text import tokens

CALLS = load("calls")
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


WORDS = {
    # As written in a text → the spellings under which a search finds it.
    "what": ["what?", "What", "(what)", "wha*", "what\\"],
    "don’t": ["don't", "DON’T", "don‘t"],
    "ёж": ["еж", "ЁЖ", "е\u0308ж"],
    "Інна": ["інна", "ІННА", "інн*"],
    "Inna": ["inna", "INNA"],
    "or\u00adchard": ["orchard", "orch*", "or\u00adchard"],
    "cafe\u0301": ["café", "CAFE", "cafe\u0301"],
    "pear": ["pear", "*pear", "pear."],
    "\u200bplum": ["plum"],
}
JOINTS = [" ", ", ", "? ", " (", ") ", " * ", "\\ ", " — ", "\n", " … "]


@given(
    st.lists(st.sampled_from(sorted(WORDS)), max_size=30),
    st.lists(st.sampled_from(JOINTS), min_size=30, max_size=30),
    st.sampled_from(sorted((word, query) for word, queries in WORDS.items() for query in queries)),
)
def test_hits_stand_where_the_words_were_put(said, joints, wanted):
    """The scan by hand knows the places because it wrote the words there."""
    word, query = wanted
    text, by_hand = "", []
    for each, joint in zip(said, joints, strict=False):
        visible = len(each) - len(each.lstrip("\u200b"))
        if each == word:
            by_hand.append((len(text) + visible, len(text) + len(each)))
        text += each + joint
    assert stretches(text, [query]) == by_hand


def test_ten_thousand_characters_and_none_are_searched_alike():
    text = "the row of pears, " * 600
    assert stretches(text, ["pears"]) == [(m.start(), m.end()) for m in re.finditer("pears", text)]
    assert len(stretches(text, [text])) == 1
    assert stretches("", ["pears"]) == []
    assert stretches("", ["/pears?/"]) == []
    assert stretches(text, [""]) == []


words = st.lists(st.lists(letters, min_size=1, max_size=2).map(" ".join), max_size=3, unique=True)
patterns = st.text("ab|.?( )", min_size=1, max_size=6).map("".join).map("/{}/".format)


@given(words, st.lists(patterns.filter(lambda p: " ".join(p.split()) == p), max_size=2))
def test_terms_come_back_as_typed(find, more):
    find = list(dict.fromkeys([*find, *more]))
    assert list(terms(typed(find))) == find


class TestAPattern:
    @pytest.mark.parametrize("term", ["/a/", "/a b/", r"/and\/or/", r"/\//", "/./"])
    def test_is_a_term_between_slashes(self, term):
        assert is_pattern(term)

    @pytest.mark.parametrize("term", ["a/b", "/usr/bin/", "/", "//", "///", "/a", "a/", r"/a\/"])
    def test_is_nothing_else_so_that_other_slashes_stay_literal(self, term):
        assert not is_pattern(term)
        found = [(1, 4)] if "usr" in term else []
        assert stretches("/usr bin", [term.replace("bin/", "")])[:1] == found

    def test_finds_a_slash_and_other_signs_that_are_no_words(self):
        assert stretches("and/or (no)", [r"/\//"]) == [(3, 4)]
        assert stretches("and/or (no)", [r"/\(no\)/"]) == [(7, 11)]

    @given(
        st.text("abB ёЁіІIi’'(\n", max_size=60),
        st.lists(
            st.sampled_from(["a", "b", "ё", "і", "I", "[abё]", ".", "’", r"\(", " "]), max_size=4
        ),
        st.sampled_from(["", "+", "{2}"]),
    )
    def test_matches_where_another_engine_does(self, text, parts, repeat):
        inner = "".join(parts) + repeat if parts else "a"
        term = f"/{inner}/"
        by_hand = [m.span() for m in re.finditer(inner, text, re.IGNORECASE)]
        assert stretches(text, [term]) == by_hand

    @given(st.text("aeу\u0301\u0308\u0306 иe", max_size=30), st.sampled_from("éёиaйу"))
    def test_tells_its_stretches_in_code_points_of_the_text_as_given(self, text, sign):
        composed = unicodedata.normalize("NFC", text)
        assert len(stretches(text, [f"/{sign}/"])) == composed.count(sign)
        for start, end in stretches(text, [f"/{sign}/"]):
            # Letters with more marks than one are not parted.
            assert sign in unicodedata.normalize("NFC", text[start:end])

    def test_knows_every_script_and_no_case(self):
        assert stretches("Был дом. БЫЛ!", [r"/\bбыл\b/"]) == [(0, 3), (9, 12)]
        assert stretches("İnna і Інна", [r"/\w+нна/"]) == [(7, 11)]

    def test_leaves_empty_matches_out(self):
        assert stretches("bcab", ["/a*/"]) == [(2, 3)]

    @pytest.mark.parametrize(
        ("term", "place"),
        [("/home(/", "sign 6"), ("/[/", "sign 2"), ("/*/", "sign 1"), (r"/\p{foo}/", "sign 8")],
    )
    def test_that_cannot_be_read_is_refused_with_the_place(self, term, place):
        with pytest.raises(SelectionError, match=place):
            CALLS.select(find=term)

    @pytest.mark.parametrize(
        "term", ["/(a+)+$/", "/(a|aa)+$/", "/(?:a(?=.*b)|a)+c/", "/((a?){99}){99}$/"]
    )
    def test_that_would_never_end_is_an_error_in_a_second(self, term):
        begun = process_time()
        with pytest.raises(SelectionError, match="too long"):
            stretches("a" * 3000 + "!" + "a" * 100_000, [term, "/a/"])
        # Of this process: others may use the machine, too.
        assert process_time() - begun < 2

    def test_has_the_same_second_for_all_turns_together(self):
        begun = process_time()
        with pytest.raises(SelectionError, match="fewer repeats"):
            CALLS.select(find=r"/(\w|\w\w|\W|\w\W)+[!;]$/")
        assert process_time() - begun < 2

    @pytest.mark.parametrize(
        "term", ["/(?R)/", "/(a(?1)?)b/", "/(?<x>a(?&x))/", "/" + "a" * 301 + "/"]
    )
    def test_that_calls_itself_or_is_a_program_is_refused(self, term):
        with pytest.raises(SelectionError):
            stretches("aaa", [term])

    @given(st.text(min_size=1, max_size=12))
    def test_of_any_text_matches_or_is_a_selection_error(self, inner):
        with contextlib.suppress(SelectionError):
            stretches("any text (a, b) — 1", [f"/{inner}/"])

    @pytest.mark.parametrize("term", ["/kill(s|ed)?/", "/fear|afraid/", r"/\bsh[a-z]+ed\b/", "/,/"])
    def test_selects_and_marks_the_same_turns(self, term):
        inner = term[1:-1]
        by_hand = [
            row["turn_id"] for row in CALLS.records() if re.search(inner, row["gist"] or "", re.I)
        ]
        corpus = CALLS.select(find=term)
        assert list(corpus.turns["turn_id"]) == by_hand
        assert all("<mark>" in marked(gist, [term]) for gist in corpus.turns["gist"])
        assert CALLS.select(str(Selection(find=term))).turns.equals(corpus.turns)

    def test_and_a_word_must_both_hold(self):
        both = CALLS.select(find=["/fear|afraid/", "mother"])
        one, other = CALLS.select(find="/fear|afraid/"), CALLS.select(find="mother")
        assert set(both.turns.index) == set(one.turns.index) & set(other.turns.index)
