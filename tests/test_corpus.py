"""The corpus: selections against brute force over its own tables."""

import random

import pytest

from readerlib.datasets import load
from readerlib.errors import SelectionError
from readerlib.selection import Selection

CALLS = load("calls")
SPEAKERS = CALLS.speakers.set_index("speaker_id")
CONVERSATIONS = CALLS.conversations.set_index("conversation_id")


def values_of(turn):
    conversation = CONVERSATIONS.loc[turn.conversation_id]
    return {
        "soldier": conversation["soldier"],
        "chapter": conversation["chapter"],
        "speaker": SPEAKERS.loc[turn.speaker_id, "name"],
        "role": SPEAKERS.loc[turn.speaker_id, "role"],
        "kind": turn.kind,
        "source": conversation["source_id"],
    }


TURNS = [(turn.turn_id, values_of(turn)) for turn in CALLS.turns.itertuples()]
VALUES = {name: sorted({v[name] for _, v in TURNS} - {""}) for name in TURNS[0][1]}


def random_selection(rng):
    facets = rng.sample(sorted(VALUES), rng.randint(0, 4))
    return Selection.of({f: rng.sample(VALUES[f], rng.randint(1, 2)) for f in facets})


def agrees(values, where):
    return all(values[facet] in wanted for facet, wanted in where.items())


@pytest.mark.parametrize("seed", range(200))
def test_counts_and_turns_equal_brute_force(seed):
    selection = random_selection(random.Random(seed))
    corpus = CALLS.select(selection)
    assert list(corpus.turns["turn_id"]) == [t for t, v in TURNS if agrees(v, selection.where)]
    for row in corpus.facets().itertuples():
        others = {f: w for f, w in selection.where.items() if f != row.facet}
        by_hand = sum(v[row.facet] == row.value and agrees(v, others) for _, v in TURNS)
        assert row.turns == by_hand


@pytest.mark.parametrize("seed", range(50))
def test_selecting_twice_is_selecting_what_both_accept(seed):
    rng = random.Random(seed)
    a, b = random_selection(rng), random_selection(rng)
    assert CALLS.select(a).select(b).turns.equals(CALLS.select(a & b).turns)


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
