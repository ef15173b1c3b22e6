"""The measurements: that they run, that all engines agree, and that the archive stays the same."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from readerlib.bench import archive, report
from readerlib.cli import main


def test_the_archive_is_the_same_every_time():
    said = "\n".join(archive.tables(2000)["turns"]["text"].to_pylist())
    again = "\n".join(archive.tables(2000)["turns"]["text"].to_pylist())
    assert said == again


def test_engines_agree_and_are_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    some = {name: report.ENGINES[name] for name in ("readerlib", "numpy", "fts5")}
    monkeypatch.setattr(report, "ENGINES", some)
    assert main(["bench", "--turns", "1000", "--out", str(tmp_path)]) == 0
    assert "SQLite FTS5: first" in capsys.readouterr().out
    page = (tmp_path / "benchmarks.md").read_text("utf-8")
    assert "## 1,000 turns" in page
    assert "Different answer" not in page
    ET.parse(tmp_path / "benchmarks.svg")


def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch):
    some = {"readerlib": ("this library", ""), "no_such_engine": ("Another", "")}
    monkeypatch.setattr(report, "ENGINES", some)
    found = report.measured(1000, lambda line: None)
    assert found["skipped"] == {"no_such_engine": "not installed"}
    assert set(found["engines"]) == {"readerlib"}


def test_too_few_turns_are_told(capsys: pytest.CaptureFixture[str]):
    assert main(["bench", "--turns", "5"]) == 2
    assert "--turns: 5 turns are too few to measure." in capsys.readouterr().err
