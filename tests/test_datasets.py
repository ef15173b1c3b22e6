"""What is shipped, and loading it with and without the words that the reader attached."""

from __future__ import annotations

from pathlib import Path

import pytest

from published import ARTICLES
from readerlib import load
from readerlib.errors import AlignmentError, ReaderError


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("READERLIB_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_a_name_that_is_not_shipped_is_an_error_with_a_suggestion():
    with pytest.raises(ReaderError, match='Did you mean "calls"'):
        load("cals")


def test_without_attached_words_there_are_none_and_nothing_is_written(data: Path):
    assert "text" not in load("calls").turns
    assert not data.exists()


def test_a_copy_that_is_no_article_of_the_corpus_is_refused(tmp_path: Path, data: Path):
    file = tmp_path / "other.txt"
    file.write_text("Something else altogether. " * 30, "utf-8")
    with pytest.raises(AlignmentError, match="not attached"):
        load("calls", article=file)
    assert not data.exists()


def test_an_article_is_attached_in_one_go_and_found_again(articles: Path):
    file = articles / ARTICLES["ap-2023-11"][0]
    here = load("calls", article=file)
    again = load("calls")
    assert (here.turns["text"] != "").sum() == (again.turns["text"] != "").sum() == 20
    assert "text" not in load("calls", attached=False).turns


def test_search_finds_the_words_where_they_are_attached_and_else_the_summaries(articles: Path):
    load("calls", article=articles / ARTICLES["ap-2023-11"][0])
    assert len(load("calls").select(find="dugout", source="ap-2023-11")) == 1
