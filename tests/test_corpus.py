"""The corpus: selections against brute force over its own tables."""

import random
from dataclasses import replace

import pandas as pd
import pytest

import brute
from readerlib.corpus import Corpus
from readerlib.datasets import load
from readerlib.errors import SelectionError
from readerlib.selection import Link, Place, Selection

CALLS = load("calls")


@pytest.mark.parametrize("seed", range(300))
def test_counts_and_turns_equal_brute_force(seed):
    selection = brute.random_selection(random.Random(seed))
    corpus = CALLS.select(selection)
    assert list(corpus.turns["turn_id"]) == brute.selected(selection.where)
    for row in corpus.facets().itertuples():
        assert row.turns == brute.count(row.facet, row.value, selection.where)


@pytest.mark.parametrize("seed", range(50))
def test_selecting_twice_is_selecting_what_both_accept(seed):
    rng = random.Random(seed)
    a, b = brute.random_selection(rng), brute.random_selection(rng)
    assert CALLS.select(a).select(b).turns.equals(CALLS.select(a & b).turns)


def test_every_facet_of_the_calls_is_checked_by_brute_force():
    assert {facet.name for facet in CALLS.descriptor.facets} == set(brute.VALUES)


def test_a_record_tells_the_labels_of_its_turn():
    by_hand = dict(brute.TURNS)
    for record in CALLS.records():
        values = by_hand[record["turn_id"]]
        assert set(record["themes"]) == values["theme"]
        assert set(record["notices"]) == values["notice"]
        assert record["evidence"] == next(iter(values["evidence"]), None)


def test_labels_stand_in_the_order_of_their_closed_list():
    closed = [row["value"] for row in brute.table("labels") if row["layer"] == "theme"]
    facets = CALLS.facets()
    assert list(facets.loc[facets["facet"] == "theme", "value"]) == closed


def test_runs_cover_each_shown_conversation_once():
    corpus = CALLS.select(speaker="Olya")
    rows = [i for run in corpus.runs() for i in range(run.first, run.last)]
    assert len(rows) == len(set(rows)) == 14
    assert sum(run.last - run.first for run in corpus.runs() if not run.hidden) == 4


def test_a_wrong_value_is_an_error_with_a_suggestion():
    with pytest.raises(SelectionError, match='Did you mean "Mother"'):
        CALLS.select(speaker="Mohter")
    with pytest.raises(SelectionError, match='Did you mean "speaker"'):
        CALLS.select("speker=Mother")


@pytest.mark.parametrize("seed", range(60))
def test_around_a_place_are_its_neighbours_in_the_conversation(seed):
    rng = random.Random(seed)
    rows = brute.table("turns")
    first = rng.randrange(len(rows))
    last = min(first + rng.choice([0, 0, 1, 5]), len(rows) - 1)
    before, after = rng.choice([(2, 2), (0, 0), (1, 3), (50, 50)])
    ends = {rows[first]["conversation_id"], rows[last]["conversation_id"]}
    by_hand = [
        row["turn_id"]
        for i, row in enumerate(rows)
        if first <= i <= last
        or (
            first - before <= i < first and row["conversation_id"] == rows[first]["conversation_id"]
        )
        or (last < i <= last + after and row["conversation_id"] == rows[last]["conversation_id"])
    ]
    place = Place(rows[first]["turn_id"], last=rows[last]["turn_id"])
    found = CALLS.select(speaker="Olya").around(place, before, after)
    assert list(found["turn_id"]) == by_hand
    assert len(ends) <= 2


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("leonid-9-99", "no turn"),
        ("ivan-2-05..ivan-2-01", "ivan-2-01..ivan-2-05"),
        ("ivan-2-01:0-99999", "goes beyond its turn"),
        ("ivan-2-01..ivan-2-99", "no turn"),
    ],
)
def test_a_place_that_is_not_there_is_refused(place, told):
    for ask in (CALLS.around, CALLS.link):
        with pytest.raises(SelectionError, match=told):
            ask(place)


def random_place(rng: random.Random, corpus: Corpus = CALLS) -> Place:
    turns = corpus.whole.turns
    row = rng.randrange(len(turns))
    turn_id, length = turns["turn_id"].iloc[row], len(turns["gist"].iloc[row])
    match rng.randrange(3):
        case 0:
            return Place(turn_id)
        case 1:
            return Place(turn_id, *sorted((rng.randint(0, length), rng.randint(0, length))))
        case _:
            last = min(row + rng.randint(0, 9), len(turns) - 1)
            return Place(turn_id, last=turns["turn_id"].iloc[last])


def test_a_thousand_random_states_come_back_from_their_links():
    rng = random.Random(4)
    for _ in range(1000):
        selection = brute.random_selection(rng)
        if rng.random() < 0.3:
            selection = selection.with_find(rng.choice(["fear", "com*", "/kill(s|ed)?/", "a & b"]))
        corpus = CALLS.select(selection)
        place = random_place(rng) if rng.random() < 0.8 else None
        back = CALLS.follow(corpus.link(place))
        assert back.corpus.selection == corpus.selection
        assert back.corpus.turns.equals(corpus.turns)
        assert (back.place, back.changes) == (place, ())


def changed(version: int = 2, **columns: object) -> Corpus:
    """The calls with other tables: each of `columns` is a function of the table of turns."""
    tables = {
        file.stem: pd.read_csv(file, dtype=str, na_filter=False)
        for file in brute.FOLDER.glob("*.csv")
    }
    for name, change in columns.items():
        tables[name] = change(tables[name])
    # What was said about a turn goes with it.
    there, said = set(tables["turns"]["turn_id"]), tables["annotations"]
    gone = (said["layer"] == "retells") & ~said["value"].isin(there)
    tables["annotations"] = said[said["turn_id"].isin(there) & ~gone]
    del tables["questions"], tables["options"]
    return Corpus(tables, replace(CALLS.descriptor, version=version))


def without(turn_id):
    def taken_out(turns):
        turns = turns[turns["turn_id"] != turn_id].copy()
        turns["position"] = (turns.groupby("conversation_id").cumcount() + 1).astype(str)
        return turns

    return taken_out


def with_cell(column, turn_id, value):
    return lambda turns: turns.assign(
        **{column: turns[column].where(turns["turn_id"] != turn_id, value)}
    )


class TestALinkMadeOnVersion1:
    LINK = CALLS.select(soldier="Ivan", chapter="2").link("ivan-2-02..ivan-2-04")

    def test_leads_to_the_same_on_version_2_if_nothing_has_changed(self):
        followed = changed().follow(self.LINK)
        assert followed.place == Place("ivan-2-02", last="ivan-2-04")
        assert followed.changes == ()

    def test_says_that_a_turn_is_gone_and_leads_to_the_rest(self):
        followed = changed(turns=without("ivan-2-04")).follow(self.LINK)
        assert followed.place == Place("ivan-2-02")
        assert len(followed.corpus) == len(CALLS.select(soldier="Ivan", chapter="2")) - 1
        assert followed.changes[0] == 'There is no turn "ivan-2-04" in version 2.'
        assert any("does not show the turns that it showed" in c for c in followed.changes)

    def test_leads_to_no_place_if_its_turn_is_gone(self):
        followed = changed(turns=without("ivan-2-04")).follow(CALLS.link("ivan-2-04"))
        assert (followed.place, len(followed.changes)) == (None, 1)

    @pytest.mark.parametrize("column", ["fingerprint", "gist", "speaker_id", "words", "kind"])
    def test_says_that_a_turn_within_has_changed(self, column):
        value = {
            "fingerprint": "0" * 32,
            "speaker_id": "leonid",
            "words": "99",
            "kind": "quoted",
        }.get(column, "other")
        followed = changed(turns=with_cell(column, "ivan-2-03", value)).follow(self.LINK)
        assert followed.place == Place("ivan-2-02", last="ivan-2-04")
        assert "have changed since" in followed.changes[0]

    def test_says_so_even_if_nobody_changed_the_number_of_the_version(self):
        same = changed(1, turns=with_cell("gist", "ivan-2-03", "Other."))
        assert "have changed since" in same.follow(self.LINK).changes[0]

    def test_says_which_values_and_facets_are_gone(self):
        link = CALLS.select(theme=["faith", "looting"], speaker="Olya").link()
        newer = changed(
            annotations=lambda a: a[a["value"] != "faith"],
            labels=lambda t: t[t["value"] != "faith"],
        )
        followed = newer.follow(link)
        assert followed.corpus.selection == Selection(theme="looting", speaker="Olya")
        assert followed.changes[0] == 'There is no value "faith" of "theme" in version 2.'
        tables = replace(newer.descriptor, facets=newer.descriptor.facets[:3], version=3)
        bare = Corpus(newer.whole._tables, tables).follow(link)
        assert bare.corpus.selection == Selection(speaker="Olya")
        assert bare.changes[0] == 'There is no facet "theme" in version 3.'

    def test_loses_its_stretch_where_the_turn_has_changed(self):
        newer = changed(turns=with_cell("gist", "ivan-2-03", "Says something else altogether."))
        followed = newer.follow(CALLS.link("ivan-2-03:0-9"))
        assert followed.place == Place("ivan-2-03")
        assert followed.changes[0].endswith("The place is the whole turn.")

    def test_says_that_it_cannot_tell_where_it_carries_no_marks(self):
        bare = Link("calls", 1, Selection(soldier="Ivan"), Place("ivan-2-02"))
        assert len(changed().follow(bare).changes) == 2
        assert CALLS.follow(bare).changes == ()


@pytest.mark.parametrize("seed", range(150))
def test_whatever_a_new_version_changes_a_link_tells_if_and_only_if_it_shows(seed):
    rng = random.Random(seed)
    chosen = CALLS.select(brute.random_selection(rng))
    place = random_place(rng)
    link = chosen.link(place)
    turn_id = rng.choice(
        [*CALLS.around(place, 0, 0)["turn_id"], *chosen.turns["turn_id"], "maxim-2-03"]
    )
    label = rng.choice(brute.VALUES["theme"])
    newer = changed(
        **rng.choice(
            [
                {},
                {"turns": without(turn_id)},
                {"turns": with_cell("gist", turn_id, "Something else is said.")},
                {"turns": with_cell("speaker_id", turn_id, "olya")},
                {"annotations": lambda a: a[a["value"] != label]},
                {"annotations": lambda a: a[(a["turn_id"] != turn_id) | (a["layer"] != "theme")]},
            ]
        )
    )
    followed = newer.follow(link)

    def shown(corpus, where):
        facts = ["turn_id", "speaker_id", "kind", "fingerprint", "words", "gist"]
        seen = corpus.around(where, 0, 0)[facts].to_numpy().tolist() if where else None
        return seen, list(corpus.turns["turn_id"]) if corpus.selection else None

    same = (followed.place, shown(followed.corpus, followed.place)) == (place, shown(chosen, place))
    assert bool(followed.changes) != same or (
        # A value that is gone is told even where it would have added no turn.
        same and followed.corpus.selection != chosen.selection
    )


def test_a_link_is_the_same_whether_the_words_are_attached_or_not():
    attached = changed(
        1, turns=lambda t: t.assign(text="These words stand for the published ones.")
    )
    assert attached.link("ivan-2-02..ivan-2-04") == CALLS.link("ivan-2-02..ivan-2-04")
    followed = attached.follow(CALLS.link("ivan-2-02:0-5"))
    assert followed.place == Place("ivan-2-02")
    assert "marked in the summary or in the words" in followed.changes[0]
    searched = CALLS.select(find="fear*").link()
    assert "A search looks into the words" in attached.follow(searched).changes[1]


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("readerlib:plays@1", "for the corpus"),
        ("readerlib:calls@1?speaker=Mohter", 'Did you mean "Mother"'),
        ("readerlib:calls@1#ivan-2-00", "no turn"),
        ("readerlib:calls@1#ivan-2-01:0-99999", "goes beyond"),
        ("readerlib:calls@1#ivan-2-03..ivan-2-01", "ends before it begins"),
        ("calls", "cannot be read"),
    ],
)
def test_a_link_that_never_led_anywhere_is_an_error(link, told):
    with pytest.raises(SelectionError, match=told):
        CALLS.follow(link)


def test_a_fresh_corpus_is_the_same_corpus():
    chosen = CALLS.select("soldier=Ivan&find=home")
    fresh = chosen.fresh()
    assert fresh.selection == chosen.selection
    assert fresh.turns.equals(chosen.turns)
    assert fresh.whole is chosen.whole
    assert CALLS.fresh() is CALLS
    assert CALLS.select() is CALLS
