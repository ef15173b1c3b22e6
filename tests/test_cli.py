"""The command line: what it prints, and its exit code."""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import brute
from readerlib import cli, kwic, load
from readerlib.citations import STYLES
from readerlib.cli import main
from readerlib.corpus import Corpus
from readerlib.descriptor import Descriptor, Facet
from readerlib.notes import Notes
from readerlib.notes.exchange import FIELDS, export

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
    "notice",
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
        assert f"\n\n{len(expected)} of 258 turns" in capsys.readouterr().out


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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_a_full_disk_behind_the_output_is_told_without_a_traceback():
    command = [sys.executable, "-m", "readerlib", "show", "demo"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr == b"readerlib: the disk is full, and not all could be written.\n"


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
            table = table.astype(object)
            expected = table.where(table.notna(), None).to_dict("records")
            assert lines == expected

    def test_the_text_has_the_turn_and_the_speaker_beside_every_hit(self, capsys, monkeypatch):
        monkeypatch.setenv("COLUMNS", "80")
        assert main(["kwic", "calls", "kill*", "--notices", "show"]) == 0
        out = capsys.readouterr().out
        assert max(map(len, out.splitlines())) <= 80
        table = kwic(load("calls"), "kill*", notices="show")
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


KEPT, THEIRS = brute.kept_back(lambda has: bool(has - {"strong language", "conspiracy claims"}))
EVERYTHING = ["/.+/", "--window", "30"]


class TestNotices:
    """What stands behind a notice is not in the terminal, nor for a program."""

    @pytest.mark.parametrize("form", [[], ["--json"]])
    def test_nothing_of_it_is_printed_until_it_is_asked_for(self, capsys, form: list[str]):
        commands = [["show", "calls"], ["show", "calls", "find=kill*"]]
        commands += [["kwic", "calls", *EVERYTHING, "--sort", s] for s in ("text", "left", "right")]
        commands += [["kwic", "calls", "kill*"], ["facets", "calls"]]
        commands += [["cite", "calls", sorted(KEPT)[0]]] if not form else []
        for arguments in commands:
            assert main([*arguments, *form]) == 0
            said = capsys.readouterr()
            assert not brute.runs(said.out + said.err) & THEIRS, arguments

    def test_all_of_it_is_printed_when_it_is_asked_for(self, capsys):
        for arguments in (["show", "calls"], ["kwic", "calls", *EVERYTHING]):
            for form in ([], ["--json"]):
                main([*arguments, *form, "--notices", "show"])
                said = capsys.readouterr()
                # In a narrow line of text a hit is cut; in JSON nothing is.
                if form or arguments[0] == "show":
                    assert brute.runs(said.out) >= THEIRS
                assert "not shown" not in (said.out + said.err).casefold()

    def test_a_line_stands_for_the_turns_and_the_last_one_counts_them(self, capsys):
        main(["show", "calls", "soldier=Leonid&chapter=3"])
        out = capsys.readouterr().out
        lines = out.replace("\n", " ").split("[Not shown. ")[1:]
        assert len(lines) == 8
        for line in lines:
            assert len(line.partition("]")[0].split()) <= 13
        kept = sum(turn_id.startswith("leonid-3-") for turn_id in KEPT)
        last = f"{kept} turns not shown because of a content notice; --notices show prints them."
        assert out.splitlines()[-1] == last

    def test_in_json_a_turn_has_its_reason_and_the_count_stands_beside(self, capsys):
        main(["show", "calls", "--json"])
        said = capsys.readouterr()
        turns = [json.loads(line) for line in said.out.splitlines()]
        assert {turn["turn_id"] for turn in turns if turn["notice"]} == KEPT
        for turn in turns:
            assert (turn["gist"] is None) == (turn["turn_id"] in KEPT)
        assert said.err.startswith(f"{len(KEPT)} turns not shown ")
        main(["kwic", "calls", "kill*", "--json"])
        said = capsys.readouterr()
        behind = {json.loads(line)["turn_id"] for line in said.out.splitlines()} & KEPT
        assert said.err.startswith(f"{len(behind)} turns not shown ")

    def test_hits_are_counted_whether_they_are_shown_or_not(self, capsys, monkeypatch):
        monkeypatch.setenv("COLUMNS", "80")
        counts = []
        for notices in ("ask", "show"):
            main(["kwic", "calls", "kill*", "--notices", notices])
            out = capsys.readouterr().out
            assert max(map(len, out.splitlines())) <= 80
            counts.append(next(line for line in out.splitlines() if " hits for " in line))
        assert counts[0] == counts[1]

    def test_nothing_is_said_where_nothing_is_kept_back(self, capsys):
        for arguments in (["show", "demo", "speaker=Tomas"], ["kwic", "demo", "zebra", "--json"]):
            main(arguments)
            said = capsys.readouterr()
            assert ("notice" in said.out + said.err) is False

    @pytest.mark.parametrize("command", [["show", "calls"], ["kwic", "calls", "gold"]])
    def test_a_wrong_word_exits_2_with_a_suggestion(self, capsys, command: list[str]):
        assert main([*command, "--notices", "shw"]) == 2
        assert 'Did you mean "show"?' in capsys.readouterr().err


HOSTILE = ["\x1b[2J", "\x1b]0;title\x07", "\x1b]52;c;eA==\x1b\\", "\x9b31m", "\x08\x08"]
HOSTILE += ["\r", "\x7f", "\x85", "\u2028", "\u202eabc", "\u2066abc"]
"""What a terminal obeys: clearing, titles, the clipboard, overwriting, other directions."""
STEERS = re.compile(
    "[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]"
)


@pytest.mark.parametrize("sign", HOSTILE, ids=ascii)
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_no_sign_in_the_data_steers_the_terminal(capsys, monkeypatch, sign: str, form: list[str]):
    tables = {
        "turns": [
            {"turn_id": "t1", "conversation_id": "c", "position": "1", "speaker_id": "a"}
            | {"kind": "speech", "text": f"pears {sign} and plums", "gist": ""},
            {"turn_id": "t2", "conversation_id": "c", "position": "2", "speaker_id": "a"}
            | {"kind": "speech", "text": "", "gist": f"Speaks of {sign} pears."},
        ],
        "conversations": [{"conversation_id": "c"}],
        "speakers": [{"speaker_id": "a", "name": "Irena", "role": f"aunt{sign}X"}],
        "annotations": [{"turn_id": "t2", "layer": "notice", "value": "injury"}],
    }
    corpus = Corpus(
        {name: pd.DataFrame(rows) for name, rows in tables.items()},
        Descriptor("own", f"A play {sign}", facets=(Facet("speaker", "Speaker", "speakers.name"),)),
    )
    monkeypatch.setattr(cli, "_corpus", lambda named: corpus)
    show = ["--notices", "show"]
    hits = ["kwic", "own", "pears"]
    for arguments in (["show", "own"], ["show", "own", *show], hits, [*hits, *show]):
        assert main([*arguments, *form]) == 0
        said = capsys.readouterr()
        assert not STEERS.search(said.out + said.err)
        if form:
            assert {json.loads(line)["turn_id"] for line in said.out.splitlines()} == {"t1", "t2"}
    main(["facets", "own", *form])
    assert not STEERS.search(capsys.readouterr().out)


def test_json_gives_back_every_sign(capsys, package: Path):
    file = package / "turns.csv"
    signs = "\x9b31m \u202e \u2066 \x7f"
    file.write_text(TURNS + f'h-1,h,1,ghost,speech,"pears {signs} plums",\n', "utf-8")
    main(["show", str(package), "--json"])
    out = capsys.readouterr().out
    assert not STEERS.search(out)
    assert json.loads(out)["text"] == f"pears {signs} plums"


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


COMMANDS = ["show", "kwic", "facets", "cite", "retelling", "attach", "forget"]


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
    main(["show", "calls", "soldier=Roman", "--json", "--notices", "show"])
    turns = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert turns
    assert all(turn["text"] for turn in turns)
    main(["show", "calls", "soldier=Roman", "--json"])
    again = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for turn, shown in zip(again, turns, strict=True):
        assert turn["text"] == (None if turn["notice"] else shown["text"])
    main(["attach", file, "--dry-run", "--json"])
    report = json.loads(capsys.readouterr().out)["turns"]
    assert {turn["turn_id"] for turn in report if turn["notice"]} <= KEPT
    assert all((turn["text"] is None) == bool(turn["notice"]) for turn in report)
    assert any(turn["notice"] for turn in report)
    main(["attach", file, "--dry-run", "--json", "--notices", "show"])
    assert all(turn["text"] for turn in json.loads(capsys.readouterr().out)["turns"])
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


class TestRetelling:
    """``readerlib retelling``."""

    ACCOUNT = (
        "“Don’t count the apples yet,” Irena told her son. Then the neighbour said, "
        "“It bleeds a little, it is nothing.”\n\nThe lighthouse was painted green.\n"
    )

    def test_every_item_has_its_class_both_sides_and_its_neighbours(self, capsys, tmp_path):
        path = tmp_path / "essay.txt"
        path.write_text(self.ACCOUNT, "utf-8")
        assert main(["retelling", str(path), "--corpus", "demo"]) == 0
        printed = capsys.readouterr().out
        assert "= VERBATIM  quotation 1, given to Irena" in printed
        assert "before:    Tomas (frost-1-02): Oh, you should see it." in printed
        assert "∅ NOT FOUND  claim 3" in printed
        assert "Not heard here: Tomas (frost-1-02, frost-1-04)." in printed
        assert "2 quotations and 1 claim: 2 verbatim, 1 not found." in printed

    def test_what_is_kept_back_is_printed_only_when_asked_for(self, capsys, tmp_path):
        path = tmp_path / "essay.txt"
        path.write_text(self.ACCOUNT, "utf-8")
        for arguments in ([], ["--json"]):
            main(["retelling", str(path), "--corpus", "demo", *arguments])
            seen = capsys.readouterr()
            assert "on the wire" not in seen.out
            assert "--notices show" in seen.out + seen.err
            main(["retelling", str(path), "--corpus", "demo", "--notices", "show", *arguments])
            assert "on the wire" in capsys.readouterr().out

    def test_json_is_one_object_and_steers_no_terminal(self, capsys, tmp_path):
        path = tmp_path / "essay.txt"
        path.write_text(f"{self.ACCOUNT} Say \x1b[2J\x9b or \u202e so it is.", "utf-8")
        assert main(["retelling", str(path), "--corpus", "demo", "--json"]) == 0
        printed = capsys.readouterr().out
        record = json.loads(printed)
        assert [item["class"] for item in record["items"][:2]] == ["verbatim", "verbatim"]
        assert record["items"][0]["source"][0]["turn_id"] == "frost-1-03"
        main(["retelling", str(path), "--corpus", "demo"])
        assert not re.search(
            "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", printed + capsys.readouterr().out
        )

    def test_without_a_file_the_corpus_s_own_retelling_is_taken(self, capsys):
        assert main(["retelling", "--source", "source=ap-2023-02"]) == 0
        printed = capsys.readouterr().out
        assert "0 quotations and 27 claims" in printed
        assert "No words are attached" in printed

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["no-such-file.txt"], "there is no such file"),
            (["--corpus", "demo"], "holds no retelling of its own"),
            (["--source", "soldier=Olga"], "no value"),
            (["--notices", "maybe"], '"maybe"'),
        ],
    )
    def test_a_mistake_is_told_and_ends_with_2(self, capsys, arguments, said):
        assert main(["retelling", *arguments]) == 2
        assert said in capsys.readouterr().err


class TestNotes:
    """What a reader wrote: listed, taken out and in, and made a page of."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> str:
        notes = Notes(tmp_path / "notes")
        notes.write(load("demo"), "frost-3-04", "She counts.\x1b[31m", tags=["end"], colour="blue")
        notes.write(load("demo"), "frost-1-02", "Why the bees?", quoted=True)
        notes.write(load("calls"), "leonid-1-01", "Another corpus.")
        return str(tmp_path / "notes")

    def test_are_listed_in_the_order_of_reading(self, folder: str, capsys):
        assert main(["notes", "demo", "--notes", folder]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith("Spring · 1 White on the slope, turn 2 (frost-1-02)")
        assert "    Why the bees?" in lines
        assert "    She counts.\ufffd[31m" in lines
        assert any("A question (blue); tags: end" in line for line in lines)
        assert lines[-1] == f"2 notes, in {folder}."

    def test_what_could_not_be_read_of_them_is_told(self, folder: str, tmp_path: Path, capsys):
        (Path(folder) / "2030.jsonl").write_text("not a note\n", "utf-8")
        file, made = tmp_path / "mine.md", tmp_path / "mine.html"
        file.write_text(export([], load("demo"), "markdown").text, "utf-8")
        for order in (
            ["notes", "demo"],
            ["notes", "export", str(file), "--force", "--corpus", "demo"],
            ["notes", "import", str(file), "--corpus", "demo"],
            ["portfolio", str(made), "--corpus", "demo"],
        ):
            assert main([*order, "--notes", folder]) == 0
            assert 'In "2030.jsonl" line 1 is not as written' in capsys.readouterr().err
        file.touch()
        assert main(["notes", "demo", "--notes", str(file)]) == 0
        assert "was not read" in capsys.readouterr().err

    def test_can_be_searched_and_come_as_json(self, folder: str, capsys):
        assert main(["notes", "demo", "--find", "BEES", "--json", "--notes", folder]) == 0
        (note,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert (note["place"], note["state"]) == ("frost-1-02", "anchored")
        assert note["text"] == "Why the bees?"
        assert set(note) == {*FIELDS, "place", "state", "others"} - {"anchor"}

    @pytest.mark.parametrize("ending", ["md", "csv", "jsonld"])
    def test_leave_and_come_back(self, folder: str, tmp_path: Path, capsys, ending: str):
        file, there = tmp_path / f"mine.{ending}", str(tmp_path / "there")
        assert main(["notes", "export", str(file), "--corpus", "demo", "--notes", folder]) == 0
        assert "2 notes on 2 conversations of “The late frost”" in capsys.readouterr().out
        again = ["notes", "import", str(file), "--corpus", "demo", "--notes", there]
        assert main([*again, "--dry-run"]) == 0
        out = capsys.readouterr().out
        assert "2 new, 0 that are here already" in out
        assert "Nothing was taken in" in out
        assert not Notes(there).select()
        assert main(again) == 0
        assert Notes(there).select() == Notes(folder).select(load("demo"))
        capsys.readouterr()
        assert main(again) == 0
        assert "0 new, 2 that are here already" in capsys.readouterr().out

    def test_that_are_on_another_corpus_are_told(self, folder: str, tmp_path: Path, capsys):
        file, there = str(tmp_path / "mine.csv"), str(tmp_path / "there")
        main(["notes", "export", file, "--corpus", "demo", "--notes", folder])
        capsys.readouterr()
        assert main(["notes", "import", file, "--notes", there]) == 0
        assert "There are notes on another corpus among them: demo." in capsys.readouterr().out

    def test_a_dry_run_prints_exactly_what_would_leave(self, folder: str, tmp_path: Path, capsys):
        file = tmp_path / "mine.md"
        order = ["notes", "export", str(file), "--corpus", "demo", "--notes", folder]
        assert main([*order, "--dry-run"]) == 0
        shown = capsys.readouterr()
        assert "Nothing has left" in shown.err
        assert "no words of others" in shown.err
        assert not file.exists()
        assert main(order) == 0
        assert file.read_text("utf-8") == shown.out

    def test_no_file_is_replaced_unasked(self, folder: str, tmp_path: Path, capsys):
        file = tmp_path / "mine.html"
        file.write_text("mine", "utf-8")
        order = ["portfolio", str(file), "--corpus", "demo", "--notes", folder]
        assert main(order) == 2
        assert "there is such a file already" in capsys.readouterr().err
        assert file.read_text("utf-8") == "mine"
        assert main([*order, "--force", "--title", "What I heard"]) == 0
        assert "<h1>What I heard</h1>" in file.read_text("utf-8")
        assert main([*order[:1], str(tmp_path / "mine.docx"), *order[2:]]) == 0

    def test_what_is_wrong_with_a_file_is_told_and_nothing_is_taken(
        self, folder: str, tmp_path: Path, capsys
    ):
        file, there = tmp_path / "by-hand.csv", str(tmp_path / "there")
        file.write_text("place,text\nfrost-1-02,A\nfrost-9-99,B\n", "utf-8")
        order = ["notes", "import", str(file), "--corpus", "demo", "--notes", there]
        assert main(order) == 2
        assert "by-hand.csv, row 3: no turn" in capsys.readouterr().err
        assert not Notes(there).select()
        assert main([*order, "--partly"]) == 2
        assert [note.text for note in Notes(there).select()] == ["A"]

    @pytest.mark.parametrize(
        ("order", "said"),
        [
            (["notes", "export"], "one file is wanted"),
            (["notes", "export", "x.txt"], "no ending of exported notes"),
            (["notes", "import", "none.md"], "cannot be opened"),
            (["notes", "demo", "calls"], "more than one corpus"),
            (["portfolio", "x.pdf", "--corpus", "demo"], "no ending of a portfolio"),
        ],
    )
    def test_mistakes_are_told(self, order: list[str], said: str, capsys):
        assert main(order) == 2
        assert said in capsys.readouterr().err
