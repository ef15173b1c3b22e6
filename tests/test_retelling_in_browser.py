"""Another account, pasted in JupyterLab and set against its source."""

from __future__ import annotations

from pathlib import Path

import nbclient
import nbformat
from playwright.sync_api import expect

import published
from lab import Lab
from readerlib import load
from readerlib.text import tokens

CELL = """from readerlib import RetellingPanel, load
RetellingPanel(load("demo"))"""
ACCOUNT = "“Don’t count the apples yet,” Tomas said.\n\nThe neighbour: “It bleeds a little.”"


def test_an_account_is_pasted_and_every_quotation_stands_beside_its_source(
    lab: Lab, page, screenshots: Path
):
    lab.write_notebook("retelling.ipynb", [CELL])
    lab.open_notebook(page, "retelling.ipynb")
    lab.run_all(page)
    panel = page.get_by_role("region", name="A retelling against its source").first
    panel.get_by_label("The text of the account").fill(ACCOUNT)
    panel.get_by_role("button", name="Compare this text").click()
    items = panel.locator("li.item")
    expect(items).to_have_count(2, timeout=30_000)
    expect(items.first).to_contain_text("≠ wrong speaker")
    expect(items.first).to_contain_text("not of Tomas")
    expect(items.nth(1)).to_contain_text("Not shown. One turn by Neighbour")
    page.screenshot(path=screenshots / "retelling.png")
    panel.get_by_role("button", name="behind a notice").click()
    expect(items.nth(1)).to_contain_text("Cut it again on the wire")
    page.set_viewport_size({"width": 500, "height": 900})
    page.screenshot(path=screenshots / "retelling-narrow.png")
    wide = panel.evaluate("(el) => el.scrollWidth - el.clientWidth")
    assert wide <= 1


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
