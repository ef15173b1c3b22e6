"""Another account, pasted in JupyterLab and set against its source."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from lab import Lab

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
