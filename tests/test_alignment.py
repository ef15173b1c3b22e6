"""Rows of a comparison: what stands beside what, whichever side comes first."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from itertools import permutations, product
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from readerlib import Corpus, load
from readerlib.alignment import WAYS, Row, Side, differences, fitting, pairing, rows, ways
from readerlib.alignment.matching import Matching, Told
from readerlib.descriptor import Descriptor, Facet
from readerlib.errors import ReaderError, SelectionError
from readerlib.text import tokens
from versions import (
    Changes,
    Found,
    Rendered,
    Version,
    against,
    by_time,
    changed,
    gists,
    numbered,
    one_by_one,
    pairs_of,
    vostok,
)

DEMO = load("demo")
CALLS = load("calls", attached=False)
WORDS = ["roger", "yes", "how", "do", "you", "read", "me", "orchard", "frost", "12", "count"]


def corpus(name: str, ids: Sequence[str], said: Sequence[str] = (), who: str = "ab") -> Corpus:
    """A small corpus of one conversation; turns take turns to speak."""
    said = said or [f"what {turn} says" for turn in ids]
    turns = pd.DataFrame(
        {
            "turn_id": list(ids),
            "conversation_id": "c",
            "position": [str(k + 1) for k in range(len(ids))],
            "speaker_id": [who[k % len(who)] for k in range(len(ids))],
            "kind": "speech",
            "text": list(said),
        },
        dtype=str,
    )
    people = pd.DataFrame({"speaker_id": list(who), "name": [f"Speaker {one}" for one in who]})
    tables = {
        "turns": turns,
        "conversations": pd.DataFrame({"conversation_id": ["c"] if len(ids) else []}, dtype=str),
        "speakers": people,
    }
    facets = (Facet("speaker", "Speaker", "speakers.name"), Facet("kind", "Kind", "turns.kind"))
    return Corpus(tables, Descriptor(name, name, facets=facets))


@st.composite
def small(draw: st.DrawFn) -> Corpus:
    """A version of a text: some turns of a few, in some order, that say this or that."""
    ids = draw(st.lists(st.sampled_from("abcdefghijkl"), min_size=1, max_size=8, unique=True))
    line = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
    said = draw(st.lists(line, min_size=len(ids), max_size=len(ids)))
    return corpus(
        draw(st.sampled_from(["one", "other"])), ids, said, draw(st.sampled_from(["xy", "yz"]))
    )


SPELLINGS = [
    "",
    "speaker=Tomas",
    "speaker=Irena",
    "part=Spring",
    "part=Autumn",
    "layer=gist",
    "layer=text_en",
    "theme=weather",
    "chapter=1&chapter=2",
    "find=basket",
]
demos = st.lists(st.sampled_from(SPELLINGS), min_size=2, max_size=4).map(
    lambda spellings: [Side.parse(DEMO, spelling) for spelling in spellings]
)
versions = st.lists(small().map(Side), min_size=2, max_size=4)
sides = st.one_of(demos, versions)


def mirrored(made: Sequence[Row], order: Sequence[int]) -> list[Row]:
    """The rows with their cells in another order."""
    return [Row(tuple(row.cells[k] for k in order), row.heading) for row in made]


def every_way(some: Sequence[Side]) -> list[str]:
    return [*WAYS, *(way for way in ways(some) if way not in WAYS)]


class TestEveryWay:
    @given(sides, st.data())
    @settings(max_examples=25, deadline=None)
    def test_gives_the_same_rows_whichever_side_comes_first(
        self, some: list[Side], data: st.DataObject
    ):
        order = data.draw(st.permutations(range(len(some))))
        for by in every_way(some):
            made = rows(some, by)
            assert list(rows([some[k] for k in order], by)) == mirrored(made, order)
            assert list(rows(some[::-1], by)) == mirrored(made, range(len(some))[::-1])

    @given(sides)
    @settings(max_examples=20, deadline=None)
    def test_shows_each_selected_turn_and_no_other(self, some: list[Side]):
        for by in every_way(some):
            made = rows(some, by)
            for k, side in enumerate(some):
                shown = [row for made_row in made for row in made_row.cells[k]]
                assert set(shown) == set(side.corpus.turns.index)
                if by in ("place", "position"):
                    assert len(shown) == len(set(shown))
            assert all(any(row.cells) for row in made)

    @given(sides)
    @settings(max_examples=15, deadline=None)
    def test_is_what_fits_or_is_allowed(self, some: list[Side]):
        assert fitting(some) == ways(some)[0]
        assert len(set(ways(some))) == len(ways(some))

    @given(versions)
    @settings(max_examples=15, deadline=None)
    def test_can_be_counted_indexed_and_sliced(self, some: list[Side]):
        for by in every_way(some):
            made = rows(some, by)
            assert [made[k] for k in range(len(made))] == list(made)
            assert list(made[1:3]) == list(made)[1:3]
            assert made[-1] == list(made)[-1]

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_parts_beside_the_whole_stand_in_their_places(self, order: tuple[int, ...]):
        calls = load("calls", attached=False)
        spelt = ["soldier=Ivan", "source=militarynews-2023", ""]
        some = [Side.parse(calls, spelt[k]) for k in order]
        assert fitting(some) == "place"
        assert len(rows(some, "place")) == len(calls)
        # Without the whole, what is retold fits.
        assert fitting([side for side in some if side.corpus.selection]) == "retells"

    def test_a_facet_called_like_another_way_can_be_told_from_it(self):
        calls = load("calls", attached=False)
        some = [Side.parse(calls, f"soldier={who}") for who in ("Ivan", "Leonid")]
        assert ways(some).count("place") == ways(some).count("facet:place") == 1
        by_value = rows(some, "facet:place")
        assert {row.heading for row in by_value} == {
            "",
            "Belarus",
            "Bucha",
            "Chernobyl",
            "Kyiv",
            "Siberia",
        }
        with pytest.raises(SelectionError, match='no way "facet:plaec"'):
            rows(some, "facet:plaec")

    def test_needs_two_sides_and_takes_four(self):
        side = Side(DEMO)
        for count in (0, 1, 5):
            with pytest.raises(ReaderError, match=f"a comparison of {count} sides"):
                rows([side] * count, "place")

    def test_is_named_where_it_is_not_known(self):
        with pytest.raises(SelectionError, match='Did you mean "theme"') as caught:
            rows([Side(DEMO), Side(DEMO, "gist")], "tehme")
        assert len(caught.value.problems) == 1
        with pytest.raises(SelectionError, match=r'no way "soldier" .* "demo"'):
            rows([Side(CALLS), Side(DEMO)], "soldier")


class TestByPlace:
    def test_layers_of_one_corpus_stand_turn_by_turn(self):
        made = rows([Side(DEMO, "text"), Side(DEMO, "gist")], "place")
        assert list(made) == [Row(((k,), (k,))) for k in range(len(DEMO))]

    def test_a_part_stands_in_its_place_in_the_whole(self):
        part = Side.parse(DEMO, "speaker=Irena")
        made = rows([part, Side(DEMO)], "place")
        shown = set(part.corpus.turns.index)
        assert list(made) == [Row(((k,) if k in shown else (), (k,))) for k in range(len(DEMO))]

    def test_two_speakers_alternate_in_reading_order(self):
        some = [Side.parse(DEMO, f"speaker={name}") for name in ("Tomas", "Irena")]
        order = [row for made in rows(some, "place") for cell in made.cells for row in cell]
        assert order == sorted(order)

    def test_what_one_version_adds_stands_behind_what_it_follows(self):
        one, other = Side(corpus("a", "pqrs")), Side(corpus("b", "pxqrys"))
        made = [row.cells for row in rows([one, other], "place")]
        assert made == [
            ((0,), (0,)),
            ((), (1,)),
            ((1,), (2,)),
            ((2,), (3,)),
            ((), (4,)),
            ((3,), (5,)),
        ]

    def test_what_two_versions_have_in_another_order_stands_beside_itself(self):
        one, other = Side(corpus("a", "pqr")), Side(corpus("b", "rpq"))
        made = {row.cells for row in rows([one, other], "place")}
        assert made == {((0,), (1,)), ((1,), (2,)), ((2,), (0,))}

    def test_many_turns_are_put_in_rows_when_they_are_asked_for(self):
        ids = [f"t{k}" for k in range(20_000)]
        one, other = corpus("a", ids), corpus("b", [*ids[:500], "new", *ids[500:]])
        for some in ([Side(one), Side(one, "text")], [Side(one), Side(other)]):
            fitting(some)
            begun = time.process_time()
            made = rows(some, "place")
            assert made[-1] == Row(((19_999,), (len(some[1].corpus) - 1,)))
            assert time.process_time() - begun < 0.5


class TestByFacet:
    def test_each_value_has_a_row_in_the_order_of_the_facet(self):
        some = [Side.parse(CALLS, f"soldier={name}") for name in ("Leonid", "Ivan")]
        made = rows(some, "theme")
        facets = CALLS.facets()
        order = facets[facets["facet"] == "theme"]["value"].tolist()
        named = [row.heading for row in made if row.heading]
        assert named == [value for value in order if value in named]
        for row in made:
            for side, cell in zip(some, row.cells, strict=True):
                if row.heading:
                    assert list(cell) == side.corpus.select(theme=row.heading).turns.index.tolist()
                else:
                    themes = [r["themes"] for r in side.corpus.records()]
                    turns = side.corpus.turns.index.tolist()
                    bare = [turn for turn, has in zip(turns, themes, strict=True) if not has]
                    assert list(cell) == bare

    def test_a_value_that_nothing_selected_has_gets_no_row(self):
        some = [Side.parse(DEMO, "part=Spring"), Side.parse(DEMO, "part=Spring&speaker=Irena")]
        assert [row.heading for row in rows(some, "part")] == ["Spring"]


class TestARetelling:
    def test_stands_beside_what_its_links_name(self):
        retelling = Side(CALLS.select(source="militarynews-2023"))
        teller = retelling.corpus.rows.tolist()
        labels = CALLS.table("annotations")
        labels = labels[labels["layer"] == "retells"]
        links = {
            (CALLS.row(a), CALLS.row(b))
            for a, b in zip(labels["turn_id"], labels["value"], strict=True)
        }
        both = [retelling, Side(CALLS)]
        assert "retells" in ways(both)
        made = rows(both, "retells")
        assert list(rows(both[::-1], "retells")) == mirrored(made, (1, 0))
        assert [row.cells[0][0] for row in made if row.cells[0]] == teller
        found = {(a, b) for row in made for a in row.cells[0] for b in row.cells[1]}
        assert found == links
        # What is left out stands behind the turn it follows.
        alone = [row.cells[1] for row in made if not row.cells[0]]
        assert all(len(cell) == 1 for cell in alone)
        assert len(alone) == len(CALLS) - len({b for _, b in links})


@pytest.fixture(scope="module")
def cases() -> Path:
    named = os.environ.get("READERLIB_CASES")
    if not named:
        pytest.skip("the cases are not at hand; READERLIB_CASES names their folder")
    return Path(named)


@pytest.fixture(scope="module")
def russian_and_english(cases: Path) -> tuple[Rendered, Rendered]:
    return vostok(cases)


ROUGH = Changes(dropped=0.1, merged=0.05, split=0.05, renamed=True)
EDITION = Changes(dropped=0.1, added=0.05, edited=0.05, renamed=True)


def found_in(left: Version, right: Version, first: Changes, second: Changes) -> Found:
    """The mean of three random versions."""
    found = []
    for seed in range(3):
        one, other = changed(left, first, Random(seed)), changed(right, second, Random(seed + 9))
        found.append(against(Matching(one.told, other.told).groups(), one, other))
    return Found(*(sum(shares) / len(shares) for shares in zip(*found, strict=True)))


class TestTheBestMatch:
    """Floors lie a little below what ``benchmarks/rows.py`` measures."""

    def test_of_vostok_in_two_languages_is_right_by_the_times_printed_in_it(
        self, russian_and_english: tuple[Rendered, Rendered]
    ):
        ru, en = russian_and_english
        assert fitting([ru.side, en.side]) == "match"
        made = rows([ru.side, en.side], "match")
        groups = numbered(made, ru.side, en.side)
        assert float(by_time(groups, ru.times, en.times)) >= 0.99
        assert float(one_by_one(groups, ru, en)) >= 0.98
        assert sum(len(own) for own, others in groups if others) >= 0.98 * len(ru.times)
        back = rows([en.side, ru.side], "match")
        assert list(back) == mirrored(made, (1, 0))

    def test_finds_what_stands_where_turns_are_left_out_merged_and_split(
        self, russian_and_english: tuple[Rendered, Rendered]
    ):
        found = found_in(*pairs_of(*russian_and_english), ROUGH, ROUGH)
        assert found.rows >= 0.91
        assert found.recall >= 0.85

    def test_finds_an_edition_again_whose_people_have_other_names(
        self, russian_and_english: tuple[Rendered, Rendered]
    ):
        told = russian_and_english[1].told
        text = Version(told, [frozenset({k}) for k in range(len(told.texts))])
        found = found_in(text, text, Changes(dropped=0), EDITION)
        assert found.rows >= 0.98
        assert found.recall >= 0.97

    def test_finds_the_gist_of_a_turn(self, articles: Path):
        found = found_in(*gists(articles), ROUGH, ROUGH)
        assert found.rows >= 0.88
        assert found.recall >= 0.88

    def test_of_a_retelling_is_half_as_good_as_links_made_by_hand(self):
        told = Side(CALLS.select(source="militarynews-2023"))
        source = Side(CALLS.select(source=["ap-2023-02", "ap-2023-11"]))
        made = rows([source, told], "match")
        links = CALLS.table("annotations").query("layer == 'retells'")
        truth = set(zip(links["turn_id"], links["value"], strict=True))
        met = [row.cells for row in made if all(row.cells)]
        right = sum((CALLS.turn_id(b[0]), CALLS.turn_id(a[0])) in truth for a, b in met)
        assert right >= 13
        assert right >= 0.5 * len(met)
        assert list(rows([told, source], "match")) == mirrored(made, (1, 0))
        # It tells in an order of its own, and keeps it.
        tellers = [row.cells[1][0] for row in made if row.cells[1]]
        assert tellers == sorted(tellers)

    def test_puts_a_name_beside_itself_in_another_script(self):
        names = {
            4: ("Где Каманин", "Kamanin?"),
            9: ("Хрущёв", "Khrushchev"),
            13: ("Весна", "Vesna"),
        }
        said = [names.get(k, ("так и есть", ""))[0] for k in range(16)]
        heard = ["so it is", *(latin for _, latin in names.values()), "so it was"]
        one = Side(corpus("a", "abcdefghijklmnop", said, "x"))
        other = Side(corpus("b", "vwxyz", heard, "x"))
        met = {(i, j) for row in rows([one, other], "match") for i, j in product(*row.cells)}
        assert {(4, 1), (9, 2), (13, 3)} <= met

    def test_of_three_sides_puts_one_turn_of_each_in_a_row(self):
        said = [f"word{k} again{k} third{k}" for k in range(9)]
        texts = [said, said[1:], [*said[:4], *said[5:]]]
        some = [Side(corpus(f"v{k}", "abcdefghi"[: len(t)], t)) for k, t in enumerate(texts)]
        made = [row.cells for row in rows(some, "match")]
        assert made[0] == ((0,), (), (0,))
        assert made[3] == ((3,), (2,), (3,))
        assert made[4] == ((4,), (3,), ())
        assert made[8] == ((8,), (7,), (7,))

    def test_is_refused_where_there_is_too_much_of_it(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(pairing, "LIMIT", 100)
        some = [Side(DEMO, "text"), Side(DEMO, "gist")]
        with pytest.raises(ReaderError, match="Narrow the sides"):
            rows(some, "match")
        assert "match" not in ways(some)

    def test_of_many_turns_takes_a_moment(self):
        rng = Random(1)
        spelt = [f"w{k}" for k in range(5_000)]
        texts = [" ".join(rng.choices(spelt, k=12)) for _ in range(1_500)]
        told = Told(texts, [rng.choice("abcd") for _ in texts])
        one = Version(told, [frozenset({k}) for k in range(len(texts))])
        other = changed(one, EDITION, rng)
        begun = time.process_time()
        found = against(Matching(one.told, other.told).groups(), one, other)
        assert time.process_time() - begun < 6
        assert found.rows > 0.99


class TestDifferences:
    texts = st.lists(
        st.one_of(
            st.none(),
            st.lists(st.sampled_from([*WORDS, "—", "Как", "слышите", "don’t"])).map(" ".join),
            st.text(max_size=30),
        ),
        min_size=1,
        max_size=4,
    )

    @given(texts, st.booleans())
    def test_are_whole_words_and_all_of_them(self, texts: list[str | None], in_order: bool):
        for text, found in zip(texts, differences(texts, in_order=in_order), strict=True):
            said = tokens(text or "")
            stretches = sorted([*found.shared, *found.different])
            assert {s for s, _ in stretches} <= {token.start for token in said}
            assert {e for _, e in stretches} <= {token.end for token in said}
            covered = [t for t in said if any(s <= t.start and t.end <= e for s, e in stretches)]
            assert covered == said
            flat = [point for stretch in stretches for point in stretch]
            assert flat == sorted(flat)
            assert len(set(flat)) == len(flat) or all(s < e for s, e in stretches)

    @given(texts, st.booleans(), st.randoms())
    def test_do_not_depend_on_the_order_of_the_texts(
        self, texts: list[str | None], in_order: bool, rng: Random
    ):
        order = list(range(len(texts)))
        rng.shuffle(order)
        found = differences(texts, in_order=in_order)
        assert differences([texts[k] for k in order], in_order=in_order) == [
            found[k] for k in order
        ]

    @given(st.text(), st.booleans())
    @example("a b a", True)
    def test_are_none_between_the_same_texts(self, text: str, in_order: bool):
        assert not any(found.different for found in differences([text, text], in_order=in_order))

    @given(
        st.lists(st.sampled_from("abcd"), max_size=9), st.lists(st.sampled_from("abcd"), max_size=9)
    )
    def test_in_order_are_as_few_as_can_be(self, one: list[str], other: list[str]):
        lengths = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
        for i, a in enumerate(one):
            for j, b in enumerate(other):
                lengths[i + 1][j + 1] = (
                    lengths[i][j] + 1 if a == b else max(lengths[i][j + 1], lengths[i + 1][j])
                )
        texts = [" ".join(one), " ".join(other)]
        for text, found in zip(texts, differences(texts, in_order=True), strict=True):
            assert sum(len(tokens(text[s:e])) for s, e in found.shared) == lengths[-1][-1]

    def test_of_a_single_text_are_all_its_words(self):
        assert differences(["So it is.", None], in_order=True)[0].different == ((0, 8),)

    def test_of_long_texts_are_found_in_a_moment(self):
        rng = Random(1)
        texts = [" ".join(rng.choices(WORDS, k=20_000)) for _ in range(2)]
        begun = time.perf_counter()
        differences(texts, in_order=True)
        assert time.perf_counter() - begun < 3
