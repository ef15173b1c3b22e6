"""Another account, given in JupyterLab and set against its source; and what is then saved."""

from __future__ import annotations

import re
from pathlib import Path

import nbclient
import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

import published
from lab import run_afresh
from readerlib import load
from readerlib.text import tokens
from test_access_in_browser import CELLS, FAINT, SIDEWAYS, faults, look
from test_hostile_in_browser import assert_only_ours, strings

CELL = """from readerlib import RetellingPanel, load
RetellingPanel(load("demo"))"""
ACCOUNT = "“Don’t count the apples yet,” Tomas said.\n\nThe neighbour: “It bleeds a little.”"


@pytest.fixture
def panel(notebook: Page) -> Locator:
    run_afresh(notebook, CELL)
    found = notebook.get_by_role("region", name="A retelling against its source").first
    expect(found.get_by_label("The text of the account")).to_be_enabled(timeout=30_000)
    return found


def compare(panel: Locator, account: str) -> Locator:
    """Paste an account, and wait for the items of the report."""
    panel.get_by_label("The text of the account").fill(account)
    panel.get_by_role("button", name="Compare this text").click()
    expect(panel.get_by_role("status")).to_contain_text("Compared: ", timeout=30_000)
    return panel.locator("li.item")


def test_every_quotation_stands_beside_its_source_and_what_is_kept_back_waits(
    panel: Locator, screenshots: Path
):
    page = panel.page
    items = compare(panel, ACCOUNT)
    expect(items).to_have_count(2)
    expect(items.first).to_contain_text("≠ wrong speaker")
    expect(items.first).to_contain_text("not of Tomas")
    expect(items.nth(1)).to_contain_text("Not shown. One turn by Neighbour")
    assert "Cut it again" not in page.content()
    page.screenshot(path=screenshots / "retelling.png")
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        look(page, theme)
        assert faults(page, {}) == []
        contrast = page.evaluate(FAINT)
        assert contrast["looked"] > 20
        assert contrast["faint"] == []
        page.screenshot(path=screenshots / f"retelling-{theme.split()[1].lower()}.png")
    panel.get_by_role("button", name="behind a notice").click()
    expect(items.nth(1)).to_contain_text("Cut it again on the wire")
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    expect(page.locator("#jp-left-stack")).to_be_hidden()
    page.set_viewport_size({"width": 400, "height": 900})
    # JupyterLab lays itself out anew some frames later.
    page.wait_for_function(
        "() => document.querySelector('section.attaching').getBoundingClientRect().right <= 400"
    )
    assert page.evaluate(SIDEWAYS) == []
    page.screenshot(path=screenshots / "retelling-narrow.png")
    panel.get_by_role("button", name="back again").click()
    expect(items.nth(1)).not_to_contain_text("Cut it again on the wire")


def test_by_keys_alone_an_account_is_given_and_its_report_reached(panel: Locator):
    keyboard = panel.page.keyboard
    cells = panel.page.evaluate(CELLS)
    panel.get_by_label("The account", exact=True).focus()
    keyboard.press("Tab")
    expect(panel.get_by_label("The text of the account")).to_be_focused()
    keyboard.insert_text(ACCOUNT)
    keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Compare this text")).to_be_focused()
    keyboard.press("Enter")
    expect(panel.get_by_role("status")).to_have_text(
        "Compared: 2 quotations and 0 claims; 1 trimmed, 1 wrong speaker.", timeout=30_000
    )
    expect(panel.get_by_role("group", name="The report")).to_be_focused()
    # What is looked at has the focus: no key does anything to the notebook.
    for key in ("b", "d", "d", "x", "Shift+Tab"):
        keyboard.press(key)
    show = panel.get_by_role("button", name="Show the 1 turn behind a notice")
    expect(show).to_be_focused()
    keyboard.press("Enter")
    expect(panel.locator("li.item").nth(1)).to_contain_text("Cut it again")
    expect(panel.get_by_role("group", name="The report")).to_be_focused()
    assert panel.page.evaluate(CELLS) == cells
    panel.get_by_label("The text of the account").focus()
    keyboard.insert_text("…")
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(panel.get_by_role("alert")).to_contain_text("no sentence and no quotation")
    expect(panel.get_by_role("button", name="Compare this text")).to_be_focused()


def test_markup_other_scripts_and_a_megabyte_are_answered_in_words(panel: Locator):
    page = panel.page
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    # What looks like the source of a page is read as one, by a parser of its own.
    bads = [bad for bad in strings() if not re.search(r"<(html|body|div|p|br|span)\b", bad)]
    assert len(bads) > 20
    quoted = "\n\n".join(f"“{bad}” {bad} said. {bad}: “{bad}”" for bad in bads)
    items = compare(panel, f"{quoted}\n\n“שלום לך ‮ואמר‬,” said מרים.")
    expect(items.last).to_contain_text("שלום לך")
    assert_only_ours(page)
    assert page.evaluate(SIDEWAYS) == []
    text = panel.get_by_label("The text of the account")
    for long, told in (
        ("It was cold that night. " * 42_000, "At most 500,000 are compared at a time."),
        ("“Cold.”\n\n" * 10_001, "At most 10,000 are compared at a time."),
    ):
        text.evaluate("(area, long) => { area.value = long; }", long)
        panel.get_by_role("button", name="Compare this text").click()
        expect(panel.get_by_role("alert")).to_contain_text(told, timeout=30_000)
        expect(items.last).to_contain_text("שלום לך")
    assert not dialogs
    assert page.evaluate("window.ran === undefined")


def runs_of_eight(text: str) -> set[tuple[str, ...]]:
    said = [token.word for token in tokens(text)]
    return {tuple(said[i : i + 8]) for i in range(len(said) - 7)}


EXECUTED = [
    """import os, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import published
from readerlib import RetellingPanel, compare, load
calls = load("calls").with_text(published.texts(Path(os.environ["READERLIB_ARTICLES"])))""",
    'found = compare.retelling(calls, Path({account!r}), notices="show")\nfound',
    "found.items",
    "RetellingPanel(calls, Path({account!r}))",
]


def test_an_executed_notebook_holds_no_sentence_of_the_article_nor_of_the_account(
    articles: Path, tmp_path: Path
):
    words = published.texts(articles)
    account = tmp_path / "account.txt"
    quoted = [f"He said: “{text}”" for text in words.values()]
    account.write_text("\n\n".join([*quoted, *words.values()]), "utf8")
    cells = [
        nbformat.v4.new_code_cell(
            cell.format(tests=str(Path(__file__).parent), account=str(account))
        )
        for cell in EXECUTED
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    path = tmp_path / "ran.ipynb"
    nbformat.write(notebook, path)
    saved = path.read_text("utf8")
    plain = saved.encode("utf8").decode("unicode_escape", "replace") + saved
    gists = [turn["gist"] for turn in load("calls").records() if turn["gist"]]
    assert "verbatim" in saved
    assert "widget-state" in saved
    # A count, so that a failure prints none of them either.
    leaked = len(runs_of_eight(plain) & runs_of_eight("\n".join([*words.values(), *gists])))
    assert leaked == 0
