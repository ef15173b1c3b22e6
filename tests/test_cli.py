"""The command line: what it prints, and its exit code."""

import json

from readerlib.cli import main


def test_json_gives_one_object_a_turn(capsys):
    assert main(["show", "calls", "soldier=Ivan&chapter=2&kind=speech", "--json"]) == 0
    turns = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [turn["turn_id"] for turn in turns] == [f"ivan-2-{n:02}" for n in range(1, 11)]
    assert [turn["turn_id"] for turn in turns if turn["speaker"] == "Olya"] == [
        "ivan-2-02",
        "ivan-2-04",
        "ivan-2-06",
        "ivan-2-09",
    ]
    assert turns[0]["soldier"] == "Ivan"
    assert turns[0]["chapter"] == "2"
    assert turns[0]["text"] is None


def test_no_selection_means_the_whole_corpus(capsys):
    assert main(["show", "calls", "--json"]) == 0
    kinds = [json.loads(line)["kind"] for line in capsys.readouterr().out.splitlines()]
    assert kinds.count("speech") == 122


def test_the_text_shows_its_gaps_and_counts(capsys):
    assert main(["show", "calls", "speaker=Olya"]) == 0
    out = capsys.readouterr().out
    assert "Ivan · 2 · Love and fear" in out
    assert "3 turns hidden by the selection" in out
    assert "4 of 258 turns" in out


def test_a_wrong_selection_exits_2_with_a_suggestion(capsys):
    assert main(["show", "calls", "soldier=Ivn"]) == 2
    assert 'Did you mean "Ivan"?' in capsys.readouterr().err
    assert main(["show", "cals"]) == 2
    assert 'Did you mean "calls"?' in capsys.readouterr().err
    assert main(["show", "calls", "nonsense"]) == 2
    assert "facet=value" in capsys.readouterr().err
