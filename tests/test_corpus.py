"""The corpus: selections against brute force over its own tables."""

import random

import pytest

import brute
from readerlib.datasets import load
from readerlib.errors import ReaderError, SelectionError
from readerlib.formats import read

CALLS = load("calls")
FOLDER = brute.FOLDER
TABLES = sorted(path.name for path in FOLDER.glob("*.csv"))


def table(name):
    return (FOLDER / name).read_bytes()


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
    for name in TABLES:
        (tmp_path / name).write_bytes(table(name))
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
    for name in TABLES:
        (tmp_path / name).write_bytes(change(table(name)))
    (tmp_path / "datapackage.json").write_bytes(table("datapackage.json"))
    assert read(tmp_path).turns.equals(CALLS.turns)
