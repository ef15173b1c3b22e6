"""A way through in JupyterLab: by keys alone, stopped and gone on with, for everybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from lab import Lab, in_lab, run_afresh, saved_both_ways
from readerlib import load
from readerlib.notes import Notes
from seen import WIDE
from test_access_in_browser import CELLS, FAINT, SIDEWAYS, faults, look

CELL = """from readerlib import Reader, load
from readerlib.notes import Notes
from readerlib.views import Route
notes = Notes({folder!r})
{made}"""
WAY = 'way = Route(load("calls"), notes)\nway'
READER = 'reader = Reader(load("calls"), notes=notes)\nreader'
RESTART = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
IN_SIGHT = """node => {
    const box = node.getBoundingClientRect();
    const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return box.height >= 24 && box.width >= 24 && (at === node || node.contains(at));
}"""


def opened(page: Page, folder: Path, made: str = WAY) -> Locator:
    run_afresh(page, CELL.format(folder=str(folder), made=made))
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    found = page.locator("section.readerlib").first
    expect(found.locator(".turn, .way > li").first).to_be_visible(timeout=30_000)
    return found


def press(page: Page, key: str, times: int = 1) -> None:
    for _ in range(times):
        page.keyboard.press(key)


def tab_to(page: Page, wanted: Locator, most: int = 60) -> None:
    """Go on with the tab key until something has the focus."""
    for _ in range(most):
        press(page, "Tab")
        if wanted.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"not reached: {wanted}")


def test_by_keys_alone_a_step_is_opened_read_stopped_and_gone_on_with_after_a_restart(
    notebook: Page, lab: Lab, tmp_path: Path, screenshots: Path
):
    page, folder = notebook, tmp_path / "notes"
    way = opened(page, folder)
    page.screenshot(path=screenshots / "route.png")
    cells = page.evaluate(CELLS)
    page.locator("section.route").focus()
    tab_to(page, way.get_by_role("button", name="Begin: Ivan · 2 Love and fear"))
    press(page, "Enter")
    reader = page.locator("section.route section.readerlib")
    expect(reader.locator(".turn").first).to_be_visible(timeout=30_000)
    expect(way.get_by_role("button", name="All steps")).to_be_focused()
    page.screenshot(path=screenshots / "route-step.png")
    tab_to(page, reader.locator(".turn").first)
    press(page, "ArrowDown", 4)
    expect(reader.locator(".turn").nth(4)).to_be_focused()
    stop = reader.get_by_role("button", name="Stop here")
    for _ in range(60):
        press(page, "Shift+Tab")
        if stop.evaluate("node => node === document.activeElement"):
            break
    press(page, "Enter")
    expect(reader.get_by_text("You stopped at Ivan · 2 Love and fear, turn 5.")).to_be_visible()
    expect(way.get_by_role("button", name="All steps")).to_be_hidden()
    page.screenshot(path=screenshots / "route-stopped.png")
    turn = load("calls").turn_id(load("calls").row("ivan-2-n01") + 4)
    assert str(Notes(folder).stopped(load("calls"))) == turn
    tab_to(page, reader.get_by_role("button", name="Go on reading"), 2)
    press(page, "Enter")
    expect(reader.locator(".turn").nth(4)).to_be_focused()
    press(page, "End")
    expect(reader.locator("select[data-part=contents]")).to_contain_text("Love and fear · read")
    # Nothing of it is in the notebook, nor have keys changed the notebook.
    assert page.evaluate(CELLS) == cells
    for saved in saved_both_ways(page, lab.folder / "reader.ipynb"):
        assert "Route(load" in saved
        assert "Love and fear" not in saved
    in_lab(page, RESTART)
    way = opened(page, folder)
    done = way.locator(".way > li", has_text="Love and fear")
    expect(done.locator(".state")).to_have_text("read")
    expect(way.locator(".way > li.suggested")).to_contain_text("Ivan · 3")
    expect(way.get_by_role("status")).to_have_text("1 of 16 steps read")
    way.get_by_text("Forget what I have read").click()
    way.get_by_role("button", name="Forget it").click()
    expect(way.locator(".state")).to_have_count(0)
    assert Notes(folder).progress(load("calls")) == {}


def test_the_next_reader_says_where_one_stopped_and_leads_there_only_if_asked(
    notebook: Page, tmp_path: Path
):
    folder = tmp_path / "notes"
    reader = opened(notebook, folder, READER)
    expect(reader.locator(".turn").first).to_be_visible(timeout=30_000)
    assert not folder.exists()
    reader.get_by_role("combobox", name="Chapter").select_option("maxim-2")
    reader.locator('.turn[data-turn="maxim-2-04"]').click()
    reader.get_by_role("button", name="Stop here").click()
    expect(reader.get_by_text("You stopped at Maxim · 2 Propaganda")).to_be_visible()
    in_lab(notebook, RESTART)
    reader = opened(notebook, folder, READER)
    line = reader.locator(".resume")
    expect(line).to_contain_text("You stopped at Maxim · 2 Propaganda", timeout=30_000)
    expect(reader.locator(".turn[aria-current]")).not_to_have_attribute("data-turn", "maxim-2-04")
    line.get_by_role("button", name="Go on there").click()
    expect(reader.locator('.turn[data-turn="maxim-2-04"]')).to_be_focused()
    expect(line).to_be_empty()


@pytest.mark.parametrize("width", [1280, 400, 320])
def test_stop_here_is_in_sight_in_every_width_behind_a_notice_and_on_the_projector(
    notebook: Page, tmp_path: Path, screenshots: Path, width: int
):
    notebook.set_viewport_size({"width": width, "height": 800})
    reader = opened(notebook, tmp_path / "notes", READER)
    expect(reader.locator(".turn").first).to_be_visible(timeout=30_000)
    stop = reader.get_by_role("button", name="Stop here")
    reader.evaluate("node => node.scrollIntoView()")
    assert stop.evaluate(IN_SIGHT)
    reader.get_by_role("combobox", name="Chapter").select_option("leonid-3")
    reader.locator(".page").evaluate("node => node.scrollBy(0, 600)")
    assert reader.locator(".veil").count()
    assert stop.evaluate(IN_SIGHT)
    notebook.screenshot(path=screenshots / f"stop-{width}.png")
    run_in_kernel = "reader.display = 'projector=1'"
    in_lab(
        notebook,
        """code => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel
            .requestExecute({code}).done.then(() => null)""",
        run_in_kernel,
    )
    expect(reader.get_by_role("button", name="Leave the projector")).to_be_visible()
    reader.evaluate("node => node.scrollIntoView()")
    assert stop.evaluate(IN_SIGHT)
    notebook.screenshot(path=screenshots / f"stop-projector-{width}.png")


def test_for_everybody_in_both_themes_and_in_a_narrow_window(
    notebook: Page, tmp_path: Path, screenshots: Path
):
    way = opened(notebook, tmp_path / "notes")
    way.get_by_role("button", name="Leave out: Leonid · 3").click()
    expect(way.locator(".state")).to_have_text("left out")
    states = {
        "list": lambda: None,
        "step": lambda: way.get_by_role("button", name="Begin: Ivan · 2").click(),
        "questions": lambda: way.get_by_role("button", name="questions on this step").click(),
        "stopped": lambda: way.get_by_role("button", name="Stop here").click(),
    }
    for name, reach in states.items():
        reach()
        notebook.wait_for_timeout(800)
        for theme in ("JupyterLab Dark", "JupyterLab Light"):
            look(notebook, theme)
            assert faults(notebook, {}) == [], (name, theme)
            contrast = notebook.evaluate(FAINT)
            assert contrast["faint"] == [], (name, theme)
            notebook.screenshot(path=screenshots / f"route-{name}-{theme.split()[1].lower()}.png")
        notebook.set_viewport_size({"width": 320, "height": 800})
        notebook.wait_for_timeout(300)
        assert notebook.evaluate(SIDEWAYS) == [], name
        notebook.screenshot(path=screenshots / f"route-{name}-narrow.png")
        notebook.set_viewport_size(WIDE)
