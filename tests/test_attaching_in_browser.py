"""The reader's own copy, given in JupyterLab; and what a saved notebook then holds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

import docx
import nbclient
import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect

import published
from lab import Troubles, run_afresh, saved_both_ways
from readerlib.attach import forget
from readerlib.text import tokens

CELL = """from readerlib import Reader, load
reader = Reader(load("calls"), "soldier=Ivan&chapter=2", notices="show")
reader"""
SOURCE = "ap-2023-02"
HEADINGS = re.compile(r"^[A-Z]+: .{3,60}$")


def saved_page(paragraphs: list[str]) -> str:
    """A page as a browser saves it: the story amid some 300 KB of other things."""
    links = "".join(
        f'<li><a href="/section/{i}">Section {i} of the site, with a headline</a></li>'
        for i in range(2500)
    )
    script = (
        f"<script>window.state = {json.dumps({f'key{i}': 'x' * 40 for i in range(2000)})}</script>"
    )
    story = []
    for i, paragraph in enumerate(paragraphs):
        story.append(f"<p>{escape(paragraph)}</p>")
        if i % 9 == 4:
            story.append('<div class="ad"><p>Advertisement</p></div>')
        if i % 20 == 10:
            story.append(
                "<figure><img src='a.jpg'><figcaption>A photo of a road.</figcaption></figure>"
            )
        if i % 30 == 15:
            story.append("<aside><h4>Read more</h4><p>Ten things to know this week.</p></aside>")
    return (
        f"<!doctype html><html><head><title>A story</title>{script}</head><body>"
        f"<nav><ul>{links}</ul></nav><main><article>{''.join(story)}</article></main>"
        f"<footer><ul>{links}</ul></footer></body></html>"
    )


@pytest.fixture(scope="module")
def copies(
    articles: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The article as a saved page, a PDF in two columns and a DOCX."""
    folder = tmp_path_factory.mktemp("copies")
    paragraphs = published.paragraphs(articles, SOURCE)
    made = {kind: folder / f"copy.{kind}" for kind in ("html", "pdf", "docx")}
    made["html"].write_text(saved_page(paragraphs), "utf8")
    assert made["html"].stat().st_size > 300_000
    columns = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    page = browser.new_page()
    page.set_content(
        "<!doctype html><html lang=en>"
        "<style>div{columns:2;font:10pt serif;text-align:justify;hyphens:auto}</style>"
        f"<body><div>{columns}</div></body></html>"
    )
    page.pdf(path=made["pdf"], format="A4", display_header_footer=True)
    page.close()
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(str(made["docx"]))
    return made


@pytest.fixture(scope="module")
def words(articles: Path) -> dict[str, str]:
    return published.texts(articles)


@pytest.fixture(scope="module")
def reading(opened: tuple[Page, Troubles]) -> Iterator[tuple[Page, Troubles]]:
    page, troubles = opened
    page.set_viewport_size({"width": 1280, "height": 900})
    run_afresh(page, CELL)
    yield page, troubles
    forget()


def give(page: Page, copy: Path) -> None:
    """Open the Reader's panel and give it the file."""
    if not page.locator("section.attaching").count():
        page.get_by_role("button", name="Attach the published words…").click()
    page.get_by_label("Your copy of the article").set_input_files(copy)
    expect(page.locator(".report")).to_contain_text("labelled turns", timeout=60_000)


@pytest.mark.parametrize("kind", ["html", "pdf", "docx"])
def test_a_copy_of_any_form_is_attached_from_the_panel_and_forgotten(
    reading, copies, words, kind, screenshots
):
    page, troubles = reading
    give(page, copies[kind])
    expect(page.locator(".report")).to_contain_text("122 of 122 labelled turns")
    page.screenshot(path=screenshots / f"attach-{kind}.png")
    turn = page.locator('.turn[data-turn="ivan-2-03"] .words')
    expect(turn).not_to_have_class(re.compile("gist"))
    said = [token.word for token in tokens(turn.inner_text())]
    assert said == [token.word for token in tokens(words["ivan-2-03"])]
    page.locator(".turn").nth(2).scroll_into_view_if_needed()
    page.screenshot(path=screenshots / f"attached-{kind}.png")
    page.get_by_role("button", name="Forget all attached words").click()
    expect(page.locator("section.attaching")).to_contain_text("not attached")
    expect(turn).to_have_class(re.compile("gist"))
    assert not troubles.errors
    assert not troubles.outside


def test_pasted_text_of_another_story_is_refused_on_the_page(reading, screenshots):
    page, troubles = reading
    if not page.locator("section.attaching").count():
        page.get_by_role("button", name="Attach the published words…").click()
    page.get_by_label("The text of the article").fill("A story of something else. " * 40)
    page.get_by_role("button", name="Check this text").click()
    expect(page.locator(".report.refused")).to_contain_text("Not accepted")
    expect(page.get_by_label("The text of the article")).to_have_value("")
    page.screenshot(path=screenshots / "attach-refused.png")
    assert not troubles.errors


def runs_of_eight(text: str) -> set[tuple[str, ...]]:
    said = [token.word for token in tokens(text)]
    return {tuple(said[i : i + 8]) for i in range(len(said) - 7)}


@pytest.fixture(scope="module")
def attached(reading, copies) -> Page:
    """The page, with the words attached and read."""
    page, _ = reading
    give(page, copies["html"])
    expect(page.locator(".report")).to_contain_text("122 of 122 labelled turns")
    expect(page.locator('.turn[data-turn="ivan-2-03"] .words')).not_to_have_class(
        re.compile("gist")
    )
    return page


class TestASavedNotebookHoldsNoWordOfTheArticle:
    """After attaching and reading, in each way in which a notebook is saved."""

    def assert_clean(self, saved: str, words: dict[str, str]) -> None:
        # As text, not as JSON writes it.
        plain = saved.encode("utf8").decode("unicode_escape", "replace") + saved
        assert not runs_of_eight(plain) & runs_of_eight("\n".join(words.values()))

    def test_saved_in_jupyterlab_with_the_state_of_widgets_and_without(self, attached, lab, words):
        for saved in saved_both_ways(attached, lab.folder / "reader.ipynb"):
            self.assert_clean(saved, words)
            assert "soldier=Ivan&chapter=2" in saved

    def test_executed_by_nbclient(self, attached, words, tmp_path):
        notebook = nbformat.v4.new_notebook(
            cells=[
                nbformat.v4.new_code_cell(CELL),
                nbformat.v4.new_code_cell("assert reader.corpus.records()[4]['text']"),
            ]
        )
        client = nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3")
        client.execute()
        nbformat.write(notebook, tmp_path / "ran.ipynb")
        saved = (tmp_path / "ran.ipynb").read_text("utf8")
        self.assert_clean(saved, words)
        assert "widget-state" in saved

    def test_executed_by_nbconvert(self, attached, words, tmp_path):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
        nbformat.write(notebook, tmp_path / "run.ipynb")
        command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace"]
        subprocess.run(
            [*command, str(tmp_path / "run.ipynb")],
            env=dict(os.environ),
            check=True,
            timeout=120,
            capture_output=True,
        )
        saved = (tmp_path / "run.ipynb").read_text("utf8")
        self.assert_clean(saved, words)
        assert "widget-state" in saved
