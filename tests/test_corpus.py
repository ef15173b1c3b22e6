"""The corpus: selections against brute force over its own tables."""

import random
from pathlib import Path

import pytest

from readerlib.datasets import load
from readerlib.errors import ReaderError, SelectionError
from readerlib.formats import read
from readerlib.selection import Selection

CALLS = load("calls")
FOLDER = Path(__file__).parent.parent / "data" / "calls"
SPEAKERS = CALLS.speakers.set_index("speaker_id")
CONVERSATIONS = CALLS.conversations.set_index("conversation_id")


def table(name):
    return (FOLDER / name).read_bytes()


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


@pytest.mark.parametrize(
    ("file", "change", "place"),
    [
        ("turns.csv", lambda b: b.replace(b"leonid-1-02,", b"leonid-1-01,", 1), "turn_id"),
        ("turns.csv", lambda b: b.replace(b",speech,", b",speach,", 1), '"speech"'),
        ("turns.csv", lambda b: b.replace(b"leonid-1,2,", b"leonid-1,7,", 1), "position"),
        ("turns.csv", lambda b: b.replace(b",leonid-mother,", b",,", 1), "speaker_id"),
        ("turns.csv", lambda b: b.replace(b"kind", b"sort", 1), 'column "kind"'),
        ("turns.csv", lambda b: b + "é".encode("latin-1"), "UTF-8"),
        ("turns.csv", lambda b: b"", "empty"),
        ("turns.csv", lambda b: b + b'"open', "cannot be read"),
        ("turns.csv", lambda b: b + b"one,two\n", "cells"),
        ("speakers.csv", lambda b: b.replace(b"olya,", b"olga,", 1), "olya"),
        ("datapackage.json", lambda b: b"[1", "JSON"),
        ("datapackage.json", lambda b: b"[]", "package"),
        ("datapackage.json", lambda b: b.replace(b"turns.csv", b"../turns.csv"), "inside"),
        ("datapackage.json", lambda b: b.replace(b"turns.csv", b"/etc/passwd"), "inside"),
        ("datapackage.json", lambda b: b.replace(b"turns.csv", b"http://a/t.csv"), "inside"),
        ("datapackage.json", lambda b: b.replace(b'"1"', b'"one"'), "whole number"),
    ],
)
def test_a_planted_fault_is_named_with_its_place(tmp_path, file, change, place):
    for name in ("turns", "conversations", "speakers", "sources"):
        (tmp_path / f"{name}.csv").write_bytes(table(f"{name}.csv"))
    (tmp_path / "datapackage.json").write_bytes(table("datapackage.json"))
    (tmp_path / file).write_bytes(change(table(file)))
    with pytest.raises(ReaderError) as caught:
        read(tmp_path)
    assert place in str(caught.value)
    assert all(problem.path and problem.remedy for problem in caught.value.problems)


@pytest.mark.parametrize(
    "change",
    [lambda b: b"\xef\xbb\xbf" + b, lambda b: b.replace(b"\n", b"\r\n")],
    ids=["a byte-order mark", "Windows line ends"],
)
def test_what_a_spreadsheet_saves_is_read_as_it_is(tmp_path, change):
    for name in ("turns.csv", "conversations.csv", "speakers.csv", "sources.csv", "checks.csv"):
        (tmp_path / name).write_bytes(change(table(name)))
    (tmp_path / "datapackage.json").write_bytes(table("datapackage.json"))
    assert read(tmp_path).turns.equals(CALLS.turns)
