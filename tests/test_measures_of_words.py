"""Keyness, dispersion, occurrences and collocates, against published figures and brute force."""

from __future__ import annotations

import math
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import published
from invented import corpus_of, repetitive
from readerlib import read
from readerlib.corpus import Corpus
from readerlib.datasets import load
from readerlib.errors import SelectionError, TextMissing
from readerlib.index import Words
from readerlib.measures import collocates, dispersion, frequencies, keyness, kwic, occurrences
from readerlib.measures import spread as spread_of_words
from readerlib.measures.formulas import chance, for_all, log_likelihood, log_ratio
from readerlib.measures.keywords import LEVEL, Side, compared

DEMO = load("demo")

# Conc 0.1.3, API reference, keyness: Mansfield's "The Garden Party" against the Brown Corpus:
# occurrences in 63,311 and in 980,144 words, log ratio, log-likelihood.
CONC = """laura 86 14 6.57 402.74
jug 30 6 6.27 136.44
grandma 73 15 6.24 330.64
meadows 33 7 6.19 148.73
con 27 7 5.90 117.62
bye 25 7 5.79 107.37
velvet 14 5 5.44 57.19
shone 13 5 5.33 52.21
queer 15 6 5.27 59.69
gloves 17 7 5.23 67.18
cried 59 26 5.13 229.24
faintly 14 7 4.95 52.61
darling 36 18 4.95 135.27
sandy 11 6 4.83 40.33
alice 21 13 4.64 74.09
oh 149 93 4.63 524.30
handkerchief 14 9 4.59 48.80
charlotte 22 15 4.51 75.22
dear 78 54 4.48 265.31
breathed 13 9 4.48 44.22"""


class TestFormulas:
    def test_log_ratio_and_log_likelihood_are_those_that_conc_documents(self):
        rows = [line.split()[1:] for line in CONC.splitlines()]
        a, b, ratio, likelihood = np.array(rows, float).T
        np.testing.assert_allclose(log_ratio(a, b, 63_311, 980_144), ratio, atol=0.005)
        np.testing.assert_allclose(log_likelihood(a, b, 63_311, 980_144), likelihood, atol=0.005)

    def test_log_likelihood_is_what_rayson_works_out_for_the_lemma_keep(self):
        # P. Rayson, "Corpora: statistics in learner English", Corpora list, 18 January 2002:
        # learners against native speakers, a million words each, rounded to whole numbers.
        learners = np.array([392, 348, 15, 9, 21])
        natives = np.array([170, 99, 14, 32, 25])
        found = log_likelihood(learners, natives, 10**6, 10**6).round().tolist()
        assert found == [90, 147, 0, 14, 0]

    def test_words_are_ranked_as_quanteda_documents(self):
        # quanteda.textstats, test "basic textstat_keyness lr works on two rows", no correction:
        # two documents, their features by signed G² over all four cells of the table.
        one, other = list("aaabbccccccdefghh"), list("aabccddddefh")
        features = sorted({*one, *other})
        a, b = (np.array([side.count(f) for f in features]) for side in (one, other))
        c, d = len(one), len(other)
        # Our two terms are the cells of the word; the other two are those of all other words.
        cells = log_likelihood(a, b, c, d) + log_likelihood(c - a, d - b, c, d)
        order = np.argsort(-np.sign(log_ratio(a, b, c, d)) * cells, kind="stable")
        ranked = [features[n] for n in order]
        assert ranked == ["c", "g", "b", "h", "a", "e", "f", "d"]

    def test_log_ratio_is_what_hardie_explains(self):
        # A. Hardie, "Log Ratio: an informal introduction", 28 April 2014: as often is 0, twice
        # as often 1, four times 2; half as often -1; where a word is not said it counts 0.5.
        a, b = np.array([5, 10, 20, 5, 8, 0]), np.array([5, 5, 5, 10, 0, 8])
        assert log_ratio(a, b, 1000, 1000).tolist() == [0, 1, 2, -1, 4, -4]

    def test_chance_meets_the_critical_values_of_the_tables(self):
        # Rayson's log-likelihood wizard gives these for 5, 1, 0.1 and 0.01 %.
        critical = chance(np.array([3.84, 6.63, 10.83, 15.13]))
        np.testing.assert_allclose(critical, [0.05, 0.01, 0.001, 0.0001], rtol=0.01)

    def test_holms_correction_is_that_of_his_rule(self):
        # The smallest times their number, the next times one fewer, …, never falling.
        assert for_all(np.array([0.02, 0.01, 0.5, 0.04])).tolist() == [0.06, 0.04, 0.5, 0.08]
        assert for_all(np.array([])).tolist() == []


@given(st.lists(st.tuples(st.text("ab c", max_size=9), st.booleans()), max_size=8))
@settings(deadline=None)
def test_counts_of_the_index_are_those_of_the_split_words(turns):
    index = Words.of([[text for text, _ in turns]])
    among = np.array([chosen for _, chosen in turns], bool)
    words = index.vocabulary(range(len(index.arrays["spelt"]) - 1))
    assert words == sorted({word for text, _ in turns for word in text.split()})
    said = {row: Counter(text.split()) for row, (text, chosen) in enumerate(turns) if chosen}
    expected = [(w, row, held[w]) for w in words for row, held in said.items() if held[w]]
    pairs = zip(*(part.tolist() for part in index.pairs(among)), strict=True)
    assert [(words[number], row, count) for number, row, count in pairs] == expected
    for number, word in enumerate(words):
        counts = [held[word] for held in said.values() if held[word]]
        lengths = [held[word] * held.total() for held in said.values()]
        assert [part[number] for part in index.counts(among)] == [sum(counts), len(counts)]
        assert index.surplus(among)[number] == sum(n * n - n for n in counts)
        assert index.beside(among)[number] == sum(lengths)


def by_hand(one: list[list[str]], other: list[list[str]]) -> dict[str, tuple]:
    """Keyness of turns given as lists of words, worked out turn by turn."""
    a, b = (Counter(word for turn in side for word in turn) for side in (one, other))
    c, d = sum(a.values()), sum(b.values())
    found = {}
    for word in a.keys() | b.keys():
        both = a[word] + b[word]
        e1, e2 = c * both / (c + d), d * both / (c + d)
        if min(e1, e2) < 5:
            continue
        g2 = 2 * sum(n * math.log(n / e) for n, e in ((a[word], e1), (b[word], e2)) if n)
        surplus = [
            [turn.count(word) - len(turn) * both / (c + d) for turn in side]
            for side in (one, other)
        ]
        share = c / (c + d)
        squares = [sum(x * x for x in side) for side in surplus]
        own = (1 - share) ** 2 * squares[0] + share**2 * squares[1]
        spread = max(own, share * (1 - share) * sum(squares))
        score = sum(surplus[0]) ** 2 / spread if spread > 1e-12 else 0
        ratio = math.log2(max(a[word], 0.5) / c / (max(b[word], 0.5) / d))
        p = max(math.erfc(math.sqrt(x / 2)) for x in (max(g2, 0), score))
        held = [sum(word in turn for turn in side) for side in (one, other)]
        found[word] = (a[word], b[word], *held, ratio, g2, p)
    return found


SAID = st.lists(st.sampled_from(["da", "ne", "to", "ja"]), max_size=12)


class TestKeyness:
    @given(st.lists(SAID, min_size=1, max_size=15), st.lists(SAID, min_size=1, max_size=15))
    @settings(deadline=None)
    def test_every_number_is_that_of_a_count_turn_by_turn(self, one, other):
        one, other = [*one, ["da"] * 4], [*other, ["ne"] * 3]
        turns = [
            ("c", who, "speech", " ".join(t)) for who, s in (("a", one), ("b", other)) for t in s
        ]
        corpus = corpus_of([turn for turn in turns if turn[3]])
        one, other = ([turn for turn in side if turn] for side in (one, other))
        table = keyness(corpus.select(speaker="a"), corpus.select(speaker="b"))
        expected = by_hand(one, other)
        assert set(table.index) == set(expected)
        for word, row in zip(table.index, table.to_numpy().tolist(), strict=True):
            assert row[:6] == pytest.approx(expected[word][:6], abs=1e-9)
        single = np.array([expected[word][6] for word in table.index])
        assert table["p"].tolist() == pytest.approx(for_all(single).tolist())

    def test_those_that_stand_out_come_first_and_then_the_largest_difference(self):
        rng = np.random.default_rng(3)
        texts = repetitive(rng, rng.geometric(1 / 14, 300))
        texts = [text + " pear" * (i % 3 < i // 150) for i, text in enumerate(texts)]
        corpus = corpus_of([("c", "ab"[i // 150], "speech", text) for i, text in enumerate(texts)])
        table = keyness(corpus.select(speaker="b"), corpus.select(speaker="a"))
        assert table.index[table["stands_out"]].tolist() == ["pear"]
        assert table.index[0] == "pear"
        assert table["log_ratio"].iloc[1:].abs().is_monotonic_decreasing
        assert (table["stands_out"] == (table["p"] < LEVEL)).all()

    def test_swapping_the_sides_turns_the_sign_and_nothing_else(self):
        corpus = corpus_of(
            [("c", "a", "speech", "pear plum pear")] * 9
            + [("c", "b", "speech", "plum plum pear")] * 7
        )
        one, other = corpus.select(speaker="a"), corpus.select(speaker="b")
        there, back = keyness(one, other), keyness(other, one)
        assert there["log_ratio"].tolist() == pytest.approx((-back["log_ratio"]).tolist())
        assert there["p"].tolist() == pytest.approx(back["p"].tolist())
        assert there["target_turns"].tolist() == back["reference_turns"].tolist()

    def test_two_corpora_compare_as_two_parts_of_one_do(self):
        turns = [
            ("c", "ab"[i % 2], "speech", f"pear plum {'pear' * (i % 2)} fig") for i in range(40)
        ]
        whole = corpus_of(turns)
        a, b = corpus_of(turns[::2]), corpus_of(turns[1::2])
        within = keyness(whole.select(speaker="a"), whole.select(speaker="b"))
        pd.testing.assert_frame_equal(keyness(a, b), within)

    def test_turns_on_both_sides_count_on_both_and_make_them_more_alike(self):
        corpus = corpus_of(
            [("c", "a", "speech", "pear plum pear")] * 30
            + [("c", "b", "speech", "plum plum fig")] * 30
        )
        apart = keyness(corpus.select(speaker="a"), corpus.select(speaker="b"))
        within = keyness(corpus.select(speaker="a"), corpus)
        assert within.loc["pear", "reference"] == apart.loc["pear", "target"] == 60
        assert (within["p"] >= apart["p"][within.index]).all()

    def test_a_word_that_one_turn_repeats_does_not_stand_out(self):
        turns = [("c", "ab"[i % 2], "speech", "they pick the ripe pears") for i in range(40)]
        turns.append(("c", "a", "speech", "boom " * 30))
        corpus = corpus_of(turns)
        row = keyness(corpus.select(speaker="a"), corpus.select(speaker="b")).loc["boom"]
        assert row["log_likelihood"] > 20
        assert not row["stands_out"]

    def test_no_word_is_listed_that_would_be_expected_less_than_five_times(self):
        turns = [("c", "ab"[i % 2], "speech", f"pear pear hapax{i}") for i in range(30)]
        corpus = corpus_of(turns)
        assert keyness(corpus.select(speaker="a"), corpus.select(speaker="b")).index.tolist() == [
            "pear"
        ]

    def test_summaries_are_not_compared_and_a_side_without_a_word_is_told(self):
        calls = load("calls", attached=False)
        with pytest.raises(TextMissing):
            keyness(calls.select(soldier="Ivan"), calls.select(soldier="Leonid"))
        with pytest.raises(SelectionError, match="the reference has no word"):
            keyness(DEMO, DEMO.select(kind="cut"))
        with pytest.raises(SelectionError, match="the target has no word"):
            keyness(DEMO.select(kind=[]), DEMO)


def flags(table: pd.DataFrame) -> tuple[bool, int, int, bool]:
    """Whether any word stands out, how many do, of how many, and whether any would by G² alone."""
    alone = for_all(chance(table["log_likelihood"].to_numpy()))
    stands_out = int(table["stands_out"].sum())
    return stands_out > 0, stands_out, len(table), bool((alone < LEVEL).any())


def shuffled(index: Words, rows: np.ndarray, first: int, times: int = 1000) -> np.ndarray:
    """The flags of each time that who speaks is dealt out anew, `first` turns to the target."""
    rng = np.random.default_rng(5)
    found = []
    for _ in range(times):
        dealt = rng.permutation(rows)
        sides = (Side.of(index, np.sort(part)) for part in (dealt[:first], dealt[first:]))
        found.append(flags(compared(*sides)))
    return np.array(found, float)


def holds_its_level(found: np.ndarray) -> bool:
    """At most 5 % of the lists have a word that stands out, and at most 5 % of words do."""
    return found[:, 0].mean() <= LEVEL and found[:, 1].sum() <= LEVEL * found[:, 2].sum()


class TestNullData:
    @pytest.mark.parametrize("first", [150, 30])
    def test_shuffled_speakers_make_nothing_stand_out(self, first):
        rng = np.random.default_rng(4)
        texts = repetitive(rng, rng.geometric(1 / 14, 300))
        found = shuffled(Words.of([texts]), np.arange(300), first)
        assert holds_its_level(found)
        # It is no easy case: by G² alone a word stands out in half of the lists or more.
        assert found[:, 2].mean() > 10
        assert found[:, 3].mean() > 0.4

    @pytest.mark.parametrize(("one", "other"), [(40, 6), (6, 40)])
    def test_longer_turns_alone_make_nothing_stand_out(self, one, other):
        rng = np.random.default_rng(6)
        found = []
        for _ in range(60):
            lengths = np.concatenate([rng.geometric(1 / one, 100), rng.geometric(1 / other, 150)])
            index = Words.of([repetitive(rng, lengths)])
            found.append(
                flags(compared(*(Side.of(index, r) for r in (range(100), range(100, 250)))))
            )
        assert holds_its_level(np.array(found, float))
        assert np.array(found, float)[:, 3].mean() > 0.4

    @pytest.mark.parametrize(("one", "other"), [(14, 14), (6, 40), (40, 6)])
    def test_a_word_planted_on_one_side_is_found(self, one, other):
        rng = np.random.default_rng(7)
        found = 0
        for _ in range(20):
            lengths = np.concatenate([rng.geometric(1 / one, 150), rng.geometric(1 / other, 150)])
            texts = [
                f"{text}{' planted' * rng.binomial(length, 0.04 if i < 150 else 0.01)}"
                for i, (text, length) in enumerate(
                    zip(repetitive(rng, lengths), lengths, strict=True)
                )
            ]
            index = Words.of([texts])
            table = compared(*(Side.of(index, rows) for rows in (range(150), range(150, 300))))
            found += bool(table.loc["planted", "stands_out"])
        assert found >= 16

    def test_shuffled_speakers_make_nothing_stand_out_in_the_calls(self, articles):
        calls = load("calls", attached=False).with_text(published.texts(articles))
        speech = calls.select(kind="speech")
        soldiers = speech.select(role="soldier")
        found = shuffled(calls.word_index, speech.rows, len(soldiers))
        assert holds_its_level(found)
        assert found[:, 2].mean() > 10
        # What is shuffled is what keyness compares.
        others = speech.select(role=["mother", "wife", "girlfriend"])
        sides = (Side.of(calls.word_index, side.rows) for side in (soldiers, others))
        pd.testing.assert_frame_equal(keyness(soldiers, others), compared(*sides))


# S. Th. Gries 2020, "Analyzing dispersion", in A Practical Handbook of Corpus Linguistics:
# the corpus of five parts and fifty words, section 5.2; first in Gries 2008.
GRIES = [
    "b a m n i b e u p",
    "b a s a t b e w q n",
    "b c a g a b e s t a",
    "b a g h a b e a a t",
    "b a h a a b e a x a t",
]


def in_parts(texts: list[str]) -> Corpus:
    return corpus_of([(f"c{i}", "a", "speech", text) for i, text in enumerate(texts)])


def spread(counts: list[int], sizes: list[int]) -> pd.Series:
    """The dispersion of a word that is said so often in parts of such sizes."""
    texts = ["x " * n + "y " * (size - n) for n, size in zip(counts, sizes, strict=True)]
    return dispersion(in_parts(texts), "x").loc["x"]


class TestDispersion:
    def test_figures_are_those_of_gries(self):
        # The figures of his table for b, i, q and x; those of a are worked through in his text.
        table = dispersion(in_parts(GRIES), ["a", "b", "i", "q", "x"]).round(3)
        assert table["count"].tolist() == [15, 10, 1, 1, 1]
        assert table["parts"].tolist() == [5, 5, 1, 1, 1]
        assert table["juilland_d"].tolist() == [0.785, 0.968, 0, 0, 0]
        assert table["dp"].tolist() == [0.18, 0.02, 0.82, 0.8, 0.78]
        assert table["dp_norm"].tolist() == [0.22, 0.024, 1, 0.976, 0.951]

    def test_figures_are_those_of_lijffijt_and_gries_and_of_carroll(self):
        # Lijffijt and Gries 2012, page 148: three equal parts with 2, 1 and 0.
        assert spread([2, 1, 0], [9, 9, 9])["dp_norm"] == pytest.approx(0.5)
        # Carroll 1970, "An alternative to Juilland's usage coefficient", page 14.
        assert round(spread([0, 4, 3, 2, 1], [9] * 5)["juilland_d"], 4) == 0.6464

    def test_figures_are_those_that_tlda_documents(self):
        # tlda, README, section "Usage": the lemma ALLEMAND in ten parts of Lyne 1985.
        sizes = [8143, 8058, 8271, 8125, 7959, 7941, 8146, 8001, 8003, 7930]
        row = spread([2, 0, 1, 1, 3, 0, 3, 0, 0, 0], sizes)
        assert round(row["juilland_d"], 7) == 0.6038797
        assert round(row["dp"], 7) == 0.4990705

    @given(st.lists(st.lists(st.sampled_from("abc"), min_size=1), min_size=2, max_size=5))
    @settings(deadline=None)
    def test_figures_are_those_of_a_count_part_by_part(self, said):
        corpus = in_parts([" ".join(part) for part in said])
        table = dispersion(corpus, ["a", "b", "c"])
        total, n = sum(map(len, said)), len(said)
        share = [len(part) / total for part in said]
        for word, row in table.iterrows():
            counts = [part.count(word) for part in said]
            count = sum(counts)
            assert row["count"] == count
            assert row["parts"] == sum(map(bool, counts))
            if not count:
                assert row[["dp", "dp_norm", "juilland_d"]].isna().all()
                continue
            dp = sum(abs(c / count - s) for c, s in zip(counts, share, strict=True)) / 2
            often = [c / len(part) for c, part in zip(counts, said, strict=True)]
            vary = np.std(often) / np.mean(often)
            assert row["dp"] == pytest.approx(dp, abs=1e-12)
            assert row["dp_norm"] == pytest.approx(dp / (1 - min(share)), abs=1e-12)
            assert row["juilland_d"] == pytest.approx(1 - vary / math.sqrt(n - 1), abs=1e-9)

    @given(st.lists(st.text("ab ", min_size=1, max_size=12), min_size=1, max_size=6), st.data())
    @settings(deadline=None, max_examples=50)
    def test_parts_may_be_scattered_and_terms_may_be_phrases(self, said, data):
        people = [data.draw(st.sampled_from("xyz")) for _ in said]
        corpus = corpus_of(
            [("c", who, "speech", text) for who, text in zip(people, said, strict=True)]
        )
        together = [
            " . ".join(t for p, t in zip(people, said, strict=True) if p == who) for who in "xyz"
        ]
        scattered = dispersion(corpus, ["a", "a*", "a b"], parts="speaker")
        hits = [len(kwic(corpus, term)) for term in scattered.index]
        assert scattered["count"].tolist() == hits
        joined = dispersion(in_parts([text for text in together if text]), ["a", "a*"])
        pd.testing.assert_frame_equal(scattered.iloc[:2], joined)

    def test_left_out_words_are_all_that_are_said_five_times(self):
        table = dispersion(DEMO)
        counts = frequencies(DEMO)["count"]
        assert table["count"].to_dict() == counts[counts >= 5].to_dict()
        assert table.index.tolist() == counts[counts >= 5].index.tolist()
        pd.testing.assert_frame_equal(table, dispersion(DEMO, list(table.index)))

    @pytest.mark.parametrize("some", [1, 7, 100])
    def test_pairs_are_taken_some_at_a_time_and_no_word_is_parted(self, some, monkeypatch):
        rng = np.random.default_rng(8)
        corpus = in_parts(repetitive(rng, rng.geometric(1 / 14, 60), 40))
        at_once = dispersion(corpus)
        monkeypatch.setattr(spread_of_words, "_AT_A_TIME", some)
        pd.testing.assert_frame_equal(dispersion(corpus), at_once)
        pd.testing.assert_frame_equal(dispersion(corpus, list(at_once.index)), at_once)

    def test_one_part_compares_with_nothing(self):
        row = dispersion(DEMO.select(chapter="1"), "the").loc["the"]
        assert row["count"] > 0
        assert row[["dp", "dp_norm", "juilland_d"]].isna().all()

    @pytest.mark.parametrize("term", ["/a/", "!", ""])
    def test_what_is_no_term_is_told(self, term):
        with pytest.raises(SelectionError, match="Counted are words, phrases"):
            dispersion(DEMO, [term])

    def test_an_unknown_part_is_told(self):
        with pytest.raises(SelectionError, match='Did you mean "speaker"'):
            dispersion(DEMO, "the", parts="speeker")


class TestOccurrences:
    @pytest.mark.parametrize("term", ["the", "com*", "his mother", "zebra"])
    def test_hits_are_those_of_the_concordance(self, term):
        calls = load("calls", attached=False)
        for corpus in (calls, calls.select(soldier="Leonid"), DEMO):
            table = occurrences(corpus, term)
            lines = kwic(corpus, term, notices="show")
            assert table["turn_id"].tolist() == lines["turn_id"].tolist()
            assert table["read"].tolist() == lines["of"].tolist()
            assert len(table) == corpus.select(find=term).hits()
            assert [corpus.turn_id(row) for row in table["row"]] == table["turn_id"].tolist()

    @given(st.lists(st.lists(st.sampled_from("abc")), min_size=1, max_size=6), st.data())
    @settings(deadline=None)
    def test_a_place_counts_the_words_before_it_in_its_part(self, said, data):
        people = [data.draw(st.sampled_from("xy")) for _ in said]
        turns = [("c", who, "speech", " ".join(t)) for who, t in zip(people, said, strict=True)]
        corpus = corpus_of(turns)
        expected, before = [], {"x": 0, "y": 0}
        sizes = {
            who: sum(len(t) for p, t in zip(people, said, strict=True) if p == who) for who in "xy"
        }
        for i, (who, turn) in enumerate(zip(people, said, strict=True)):
            expected += [
                (who, f"t{i}", i, before[who] + k, sizes[who])
                for k, w in enumerate(turn)
                if w == "a"
            ]
            before[who] += len(turn)
        table = occurrences(corpus, "a", by="speaker")
        columns = ["speaker", "turn_id", "row", "at", "of"]
        assert list(table[columns].itertuples(index=False, name=None)) == expected
        flat = [word for turn in said for word in turn]
        places = occurrences(corpus, "a")["at"].tolist()
        assert places == [i for i, word in enumerate(flat) if word == "a"]

    def test_a_pattern_is_refused(self):
        with pytest.raises(SelectionError, match="is a pattern"):
            occurrences(DEMO, "/the/")

    def test_of_a_very_long_turn_do_not_repeat_its_words(self):
        # With its turn's words each hit would take 120 kB: 2.4 GB in all.
        corpus = corpus_of([("c", "a", "speech", "mhm well " * 20_000)])
        pool = pyarrow.default_memory_pool()
        before = pool.max_memory()
        table = occurrences(corpus, "mhm")
        assert table["at"].tolist() == list(range(0, 40_000, 2))
        assert pool.max_memory() - before < 50_000_000


class TestCollocates:
    @given(
        st.lists(
            st.lists(st.sampled_from("abcd"), min_size=1, max_size=30), min_size=1, max_size=5
        ),
        st.sampled_from(["a", "a b", "z"]),
        st.integers(1, 4),
    )
    @settings(deadline=None)
    def test_counts_are_those_of_every_place_and_its_nearest_hit(self, said, term, window):
        width = len(term.split())
        near: Counter[str] = Counter()
        left: Counter[str] = Counter()
        rest: Counter[str] = Counter()
        for turn in said:
            starts = [i for i in range(len(turn)) if turn[i : i + width] == term.split()]
            own = {start + k for start in starts for k in range(width)}
            for i, word in enumerate(turn):
                if i in own:
                    continue
                # The hit before is asked first, so that it has the place if both are as near.
                away = [(i - start - width + 1, False) for start in starts if start < i]
                away += [(start - i, True) for start in starts if start > i]
                distance, is_left = min(away, default=(window + 1, False))
                if distance <= window:
                    near[word] += 1
                    left[word] += is_left
                else:
                    rest[word] += 1
        table = collocates(in_parts([" ".join(turn) for turn in said]), term, window)
        n, m = sum(near.values()), sum(rest.values())
        listed = [w for w in "abcd" if min(n, m) * (near[w] + rest[w]) >= 5 * max(n + m, 1)]
        assert sorted(table.index) == listed
        for word, row in table.iterrows():
            assert row["near"] == near[word] == row["left"] + row["right"]
            assert row["left"] == left[word]
            assert row["count"] == sum(turn.count(word) for turn in said)
            pair = np.array([near[word]]), np.array([rest[word]])
            assert row["log_ratio"] == pytest.approx(log_ratio(*pair, n, m)[0])
            assert row["log_likelihood"] == pytest.approx(log_likelihood(*pair, n, m)[0])

    def test_a_companion_comes_first(self):
        said = [
            "ripe pears fall down in the wet grass at night",
            "they pick the red plums and figs",
        ]
        table = collocates(in_parts(said * 50), "pears", window=2)
        assert table.index[0] in {"ripe", "fall", "down"}
        assert table["log_ratio"].is_monotonic_decreasing

    def test_a_window_of_nothing_and_a_summary_are_refused(self):
        with pytest.raises(SelectionError, match="holds none"):
            collocates(DEMO, "the", window=0)
        with pytest.raises(TextMissing):
            collocates(load("calls", attached=False), "mother")


# Counted by hand, word by word: our own turns, with what is hard about a word.
HAND = {
    "en": [
        ("Don’t! I don't know.", 4),
        ("My mother-in-law’s f——— cat", 6),
        ("(laughs) 30,000? Thirty thousand.", 4),
        ("[…] so…", 1),
        ("Café, cafe, CAFÉ", 3),
        ("At 7:30, on the 2nd of May", 8),
    ],
    "ru": [
        ("Ещё раз? — Ещё.", 3),
        ("Мой… мои!", 2),
        ("Кто-то звонил в 12.30.", 5),
        ("Х*** его знает, 100 000 рублей", 6),
        ("Ну, всё-таки", 3),
        ("(пауза) Алло?..", 2),
    ],
    "uk": [
        ("Алло, мамо!", 2),
        ("Ти де? Чому не дзвониш?", 5),
        ("Зв'язку не було. П'ять днів.", 5),
        ("П’ять?! А я рахувала: шість.", 5),
        ("Ну-ну.", 2),
        ("Їжа є, тепло є; о 7:30 нас годують.", 9),
        ("Скільки коштує? 1,5 чи 2.000?", 5),
        ("Угу", 1),
        ("(сміється) Ґудзик… ґудзик загубив", 4),
        ("…", 0),
        ("Приїдь, синку, у кінці жовтня — я спечу щось із сиром.", 10),
        ("Е-е… не знаю. Б*** його знає!", 7),
    ],
}
TOLD = {
    "en": {"don't": 2, "cafe": 3, "30,000": 1, "law's": 1, "f": 1, "2nd": 1, "so": 1},
    "ru": {"еще": 2, "мой": 1, "мои": 1, "все": 1, "12.30": 1, "100": 1, "000": 1, "х": 1},
    "uk": {"не": 3, "п'ять": 2, "я": 2, "є": 2, "ґудзик": 2, "ну": 2, "зв'язку": 1, "1,5": 1},
}
# The first thirty turns of Vostok 1, counted by hand in both languages.
VOSTOK = {
    "ru": "3 2 3 3 7 11 2 3 8 7 8 6 19 5 8 6 11 5 12 16 5 2 14 8 13 19 7 10 4 3",
    "en": "4 4 4 4 9 13 2 4 7 8 10 8 24 7 12 7 13 5 10 16 4 1 16 10 13 22 7 12 5 4",
}


class TestHandCounts:
    @pytest.mark.parametrize("language", HAND)
    def test_words_and_frequencies_are_those_counted_by_hand(self, language):
        corpus = corpus_of([("c", "a", "speech", text) for text, _ in HAND[language]])
        assert corpus.word_index.sizes().tolist() == [n for _, n in HAND[language]]
        table = frequencies(corpus)
        assert table["count"].sum() == sum(n for _, n in HAND[language])
        assert {word: table.loc[word, "count"] for word in TOLD[language]} == TOLD[language]

    @pytest.mark.parametrize("language", VOSTOK)
    def test_the_words_of_vostok_are_those_counted_by_hand(self, language):
        folder = os.environ.get("READERLIB_CASES")
        if not folder:
            pytest.skip("the case files are not at hand; READERLIB_CASES names their folder")
        speech = read(Path(folder) / "radio_txt" / f"vostok1-{language}.txt").select(kind="speech")
        sizes = speech.word_index.sizes()[speech.rows[:30]]
        assert sizes.tolist() == [int(n) for n in VOSTOK[language].split()]
