"""The command line: what it prints, and its exit code."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from readerlib import kwic, load
from readerlib.citations import STYLES
from readerlib.cli import main

KEYS = [
    "turn_id",
    "soldier",
    "chapter",
    "position",
    "speaker",
    "speaker_id",
    "role",
    "kind",
    "words",
    "gist",
    "text",
    "source_id",
    "themes",
    "notices",
    "evidence",
]


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
    assert "Ivan · 2 Love and fear" in out
    assert "3 turns hidden by the selection" in out
    assert "4 of 258 turns" in out


def test_a_wrong_selection_exits_2_with_a_suggestion(capsys):
    assert main(["show", "calls", "soldier=Ivn"]) == 2
    assert 'Did you mean "Ivan"?' in capsys.readouterr().err
    assert main(["show", "cals"]) == 2
    assert 'Did you mean "calls"?' in capsys.readouterr().err
    assert main(["show", "calls", "nonsense"]) == 2
    assert "facet=value" in capsys.readouterr().err


def test_json_has_its_keys_in_one_order_and_its_numbers_as_numbers(capsys):
    assert main(["show", "calls", "--json"]) == 0
    for line in capsys.readouterr().out.splitlines():
        turn = json.loads(line)
        assert list(turn) == KEYS
        assert isinstance(turn["position"], int)
        assert turn["words"] is None or isinstance(turn["words"], int)
        assert isinstance(turn["themes"], list)
        assert isinstance(turn["notices"], list)


def test_json_and_text_tell_the_same_turns_as_the_library(capsys):
    for selection in ["", "chapter=3", "speaker=Mother&soldier=Leonid", "find=fear*"]:
        expected = list(load("calls").select(selection).turns["turn_id"])
        main(["show", "calls", selection, "--json"])
        lines = capsys.readouterr().out.splitlines()
        assert [json.loads(line)["turn_id"] for line in lines] == expected
        main(["show", "calls", selection])
        assert f"{len(expected)} of 258 turns" in capsys.readouterr().out.splitlines()[-1]


def test_the_text_says_once_that_it_is_summaries(capsys):
    main(["show", "calls", "soldier=Maxim"])
    assert capsys.readouterr().out.count("Summaries in our own words") == 1


def test_the_text_tells_account_quotation_and_cut_from_speech(capsys):
    main(["show", "calls", "soldier=Ivan&soldier=Leonid"])
    out = capsys.readouterr().out
    assert "\nThe AP, reporter [account]\n  | " in out
    assert "\nOlya, girlfriend\n    Laughs" in out
    assert "[quoted]" in out
    assert "\n[cut: " in out


def test_a_wrong_path_exits_2_and_names_what_is_missing(capsys, tmp_path: Path):
    assert main(["show", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("readerlib: datapackage.json: the file is missing.\n")


TURNS = "turn_id,conversation_id,position,speaker_id,kind,text,gist\n"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A data package of somebody's own, with other facets, and with what a terminal obeys."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "turns.csv").write_text(
        TURNS
        + 'h-1,h,1,ghost,speech,"Здравствуй, \x1b[31mпринц — шёпот",\n'
        + "h-2,h,2,prince,speech,,Is silent.\n",
        "utf-8",
    )
    (folder / "conversations.csv").write_text("conversation_id,act\nh,1\n", "utf-8")
    (folder / "speakers.csv").write_text("speaker_id,name\nghost,Призрак\nprince,Prince\n", "utf-8")
    names = ["turns", "conversations", "speakers"]
    about = {
        "name": "own",
        "title": "A play",
        "version": "1",
        "resources": [{"name": name, "path": f"{name}.csv"} for name in names],
        "readerlib": {
            "facets": [{"name": "act", "label": "Act", "column": "conversations.act"}],
            "path": ["act"],
        },
    }
    (folder / "datapackage.json").write_text(json.dumps(about), "utf-8")
    return folder


def test_another_corpus_has_its_own_facets_in_the_place_of_ours(capsys, package: Path):
    assert main(["show", str(package), "--json"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert list(first) == ["turn_id", "act", *KEYS[3:]]
    assert (first["act"], first["text"]) == ("1", "Здравствуй, \x1b[31mпринц — шёпот")
    assert (second["text"], second["role"], second["source_id"]) == (None, None, None)


def test_where_only_some_words_are_there_a_summary_is_marked(capsys, package: Path):
    main(["show", str(package)])
    assert "    Summary: Is silent." in capsys.readouterr().out


def test_what_would_steer_the_terminal_is_not_sent_to_it(capsys, package: Path):
    main(["show", str(package)])
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "Здравствуй, \ufffd[31mпринц — шёпот" in out


def readerlib(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "readerlib", *arguments]
    return subprocess.run(command, capture_output=True, **options)  # type: ignore[call-overload]


def test_the_output_is_utf_8_whatever_the_terminal_says_of_itself(package: Path):
    environ = dict(os.environ, PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0")
    done = readerlib("show", str(package), env=environ)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Призрак" in done.stdout.decode("utf-8")


@pytest.mark.skipif(os.name != "posix", reason="pipes end otherwise elsewhere")
def test_a_reader_of_the_pipe_that_leaves_early_is_no_error():
    source, drain = os.pipe()
    os.close(source)
    command = [sys.executable, "-m", "readerlib", "show", "calls", "--json"]
    done = subprocess.run(command, stdout=drain, stderr=subprocess.PIPE)
    os.close(drain)
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_empty_folder_name_is_refused(capsys):
    assert main(["--folder", ""]) == 2
    assert capsys.readouterr().err.startswith("readerlib: --folder: the name is empty.\n")


class TestKwic:
    def test_json_gives_the_rows_of_the_library(self, capsys):
        for arguments, selection, options in [
            (["gold"], "", {}),
            (["kill*", "soldier=Maxim", "--sort", "left"], "soldier=Maxim", {"sort": "left"}),
            (
                ["/wom[ae]n/", "--sort", "right", "--window", "2"],
                "",
                {"sort": "right", "window": 2},
            ),
            (["what?"], "", {}),
            (["("], "", {}),
        ]:
            assert main(["kwic", "calls", *arguments, "--json"]) == 0
            lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
            table = kwic(load("calls").select(selection), arguments[0], **options)
            expected = table.astype(object).where(table.notna(), None).to_dict("records")
            assert lines == expected

    def test_the_text_has_the_turn_and_the_speaker_beside_every_hit(self, capsys, monkeypatch):
        monkeypatch.setenv("COLUMNS", "80")
        assert main(["kwic", "calls", "kill*"]) == 0
        out = capsys.readouterr().out
        assert max(map(len, out.splitlines())) <= 80
        table = kwic(load("calls"), "kill*")
        hits = [line for line in out.splitlines() if "[kill" in line]
        assert len({line.index("[kill") for line in hits}) == 1
        for line, row in zip(hits, table.itertuples(), strict=True):
            assert line.startswith(f"{row.turn_id} ")
            assert row.speaker[:10] in line.partition("[")[0]
            assert f"[{row.hit}]" in line

    def test_the_text_says_that_the_hits_are_in_summaries_and_of_what_it_counts(self, capsys):
        main(["kwic", "calls", "gold", "soldier=Maxim"])
        out = " ".join(capsys.readouterr().out.split())
        assert "Hits in summaries in our own words" in out
        assert '3 hits for "gold" in 3 of 71 turns, chosen and edited by the reporters' in out

    def test_where_only_some_words_are_there_a_summary_is_marked(self, capsys, package: Path):
        main(["kwic", str(package), "/./"])
        out = capsys.readouterr().out
        assert "else in a summary, marked S." in out
        marked = [line for line in out.splitlines() if " S " in line]
        assert marked
        assert all(line.startswith("h-2 ") for line in marked)

    def test_what_would_steer_the_terminal_is_not_sent_to_it(self, capsys, package: Path):
        main(["kwic", str(package), "/./", "--window", "3"])
        assert "\x1b" not in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["calls", "/(/"], "sign 2"),
            (["calls", "gold", "--sort", "lft"], 'Did you mean "left"?'),
            (["calls", "gold", "--window", "-1"], "--window"),
            (["calls", "gold", "soldier=Maxm"], 'Did you mean "Maxim"?'),
            (["cals", "gold"], 'Did you mean "calls"?'),
        ],
    )
    def test_what_is_wrong_exits_2_in_words(self, capsys, arguments: list[str], told: str):
        assert main(["kwic", *arguments]) == 2
        said = capsys.readouterr()
        assert (said.out, told in said.err) == ("", True)


class TestFacets:
    @pytest.mark.parametrize(
        "selection", ["", "soldier=Ivan", "theme=looting&role=wife", "find=gold"]
    )
    def test_json_gives_the_counts_of_the_library(self, capsys, selection: str):
        assert main(["facets", "calls", selection, "--json"]) == 0
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert lines == load("calls").select(selection).facets().to_dict("records")

    def test_the_text_marks_what_is_chosen_and_keeps_zero_counts(self, capsys):
        assert main(["facets", "calls", "soldier=Ivan"]) == 0
        out = capsys.readouterr().out
        assert "\n  x 49 Ivan\n" in out
        assert "\n     0 Wife\n" in out
        assert "\nSpeaker (speaker=…)\n" in out
        assert "49 of 258 turns, chosen and edited" in out

    def test_a_wrong_selection_exits_2_with_a_suggestion(self, capsys):
        assert main(["facets", "calls", "soldier=Ivn"]) == 2
        assert 'Did you mean "Ivan"?' in capsys.readouterr().err


class TestCite:
    @pytest.mark.parametrize("style", STYLES)
    def test_gives_the_citation_of_the_library(self, capsys, style: str):
        place = "ivan-2-02..ivan-2-04"
        arguments = ["cite", "calls", place, "--style", style, "--accessed", "2026-11-25"]
        assert main(arguments) == 0
        expected = load("calls").cite(place, style, accessed=datetime.date(2026, 11, 25))
        assert capsys.readouterr().out == f"{expected}\n"

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["leonid-3-4"], "Did you mean"),
            (["leonid-3-04:9"], "cannot be read"),
            (["leonid-3-04", "--style", "ap"], 'Did you mean "apa"?'),
            (["leonid-3-04", "--accessed", "today"], "year-month-day"),
            (["ivan-2-04..ivan-2-02"], "ivan-2-02..ivan-2-04"),
        ],
    )
    def test_what_is_wrong_exits_2_in_words(self, capsys, arguments: list[str], told: str):
        assert main(["cite", "calls", *arguments]) == 2
        assert told in capsys.readouterr().err


COMMANDS = ["show", "kwic", "facets", "cite", "attach", "forget"]


@pytest.mark.parametrize("arguments", [[], *([command] for command in COMMANDS)])
def test_every_command_has_help(capsys, arguments: list[str]):
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("usage: readerlib")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of this test's own."""
    monkeypatch.setenv("READERLIB_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_a_copy_that_is_no_article_is_refused_and_the_report_printed_all_the_same(
    capsys, tmp_path: Path, data: Path
):
    file = tmp_path / "other.txt"
    file.write_text("Nothing of the kind was ever published anywhere. " * 30, "utf-8")
    assert main(["attach", str(file), "--json"]) == 2
    said = capsys.readouterr()
    record = json.loads(said.out)
    assert list(record) == ["accepted", "reason", "source_id", "turns"]
    assert (record["accepted"], record["source_id"], record["turns"]) == (False, None, [])
    assert said.err == ""
    assert main(["attach", str(file), "--source", "ap-2023-02", "--json"]) == 2
    record = json.loads(capsys.readouterr().out)
    assert len(record["turns"]) == 207
    assert {turn["status"] for turn in record["turns"]} == {"missing"}
    assert main(["attach", str(file)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "this copy is not attached" in said.err
    assert "published anywhere" not in said.err
    assert not data.exists()


def test_a_file_that_cannot_be_read_is_a_refusal_with_its_reason(capsys, data: Path):
    assert main(["attach", "no-such-file.pdf", "--json"]) == 2
    record = json.loads(capsys.readouterr().out)
    assert record["reason"].startswith("no-such-file.pdf: there is no such file.")
    assert main(["attach", "no-such-file.pdf"]) == 2
    assert "no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["attach"], "no copy is named"),
        (["attach", "a.html", "--fetch"], "a file and --fetch are named"),
        (["attach", "--fetch", "--json"], "--json reports on one source"),
        (["attach", "--fetch", "--source", "ap"], "no address is listed for it"),
        (["attach", os.devnull, "--source", "ap-2023-2"], 'Did you mean "ap-2023-02"?'),
        (["attach", os.devnull, "--corpus", "cals"], 'Did you mean "calls"?'),
    ],
)
def test_what_is_asked_wrongly_is_told(capsys, arguments: list[str], said: str, data: Path):
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_attaching_shows_the_words_and_forgetting_deletes_them(capsys, articles: Path, data: Path):
    file = str(articles / "ap-2023-11-die-in-this-pit.txt")
    assert main(["attach", file, "--dry-run"]) == 0
    assert "Nothing was kept" in capsys.readouterr().out
    assert not data.exists()
    assert main(["attach", file]) == 0
    said = capsys.readouterr().out
    assert "20 of 20 other passages found and checked." in said
    assert str(data) in said
    main(["show", "calls", "soldier=Roman", "--json"])
    turns = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert turns
    assert all(turn["text"] for turn in turns)
    assert main(["forget", "--corpus", "calls"]) == 0
    assert capsys.readouterr().out == "Deleted 1 file of attached words.\n"
    assert main(["forget"]) == 0
    assert capsys.readouterr().out == "There were no attached words.\n"
    assert not [f for f in data.rglob("*") if f.is_file()]


def test_a_copy_is_read_from_a_pipe(articles: Path, data: Path):
    raw = (articles / "ap-2023-11-die-in-this-pit.txt").read_bytes()
    done = readerlib("attach", "-", "--dry-run", "--json", input=raw)
    assert done.returncode == 0
    assert json.loads(done.stdout)["source_id"] == "ap-2023-11"
