"""The corpus: selections against brute force over its own tables."""

import random

import pytest

import brute
from readerlib.datasets import load
from readerlib.errors import SelectionError

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
