"""Charts in JupyterLab, in Voila, and on a page that is only a file, with the network cut off."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from lab import SECONDS, Lab, Troubles, environment, in_lab, run_afresh, run_below
from readerlib import charts
from readerlib.charts import Chart
from readerlib.datasets import load
from test_access_in_browser import FAINT

NAMES = [
    "speech_share",
    "dispersion",
    "ribbon",
    "themes",
    "keyness",
    "timeline",
    "places",
]
CELL = """from IPython.display import display
from readerlib import ChartView, Reader, charts, load
calls, demo = load("calls"), load("demo")
reader = Reader(calls, notices="show")
display(reader)
shown = [charts.speech_share(calls), charts.dispersion(calls, "fear*"),
    charts.ribbon(calls.select(soldier="Ivan")), charts.themes(calls),
    charts.keyness(demo.select(part="Spring"), demo.select(part="Autumn")),
    charts.timeline(calls), charts.places(calls)]
for chart in shown:
    display(ChartView(chart, reader))
display(shown[0])
"""
# Every drawing that is displayed: how large it is, and how large its smallest letters are.
SIZES = """section => [...section.querySelectorAll('svg')]
    .filter(svg => svg.checkVisibility() && svg.getBoundingClientRect().width)
    .map(svg => {
        const box = svg.getBoundingClientRect();
        const scale = box.width / svg.viewBox.baseVal.width;
        const letters = [...svg.querySelectorAll('text')].map(
            text => parseFloat(getComputedStyle(text).fontSize) * scale);
        const beyond = [...svg.querySelectorAll('text, rect, path, circle')].filter(shape => {
            const at = shape.getBoundingClientRect();
            return at.width && (at.right > box.right + 4 || at.left < box.left - 4);
        }).map(shape => shape.outerHTML.slice(0, 120));
        return {width: box.width, height: box.height, least: Math.min(...letters), beyond};
    })"""


# Whether a turn is within the part of the Reader's page that is shown.
SHOWN = """turn => {
    const page = turn.closest('.page').getBoundingClientRect();
    const at = turn.getBoundingClientRect();
    return at.bottom > page.top && at.top < page.bottom;
}"""


class Drawn:
    """The charts on a page, in the order of NAMES, and the Reader that they are linked to."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.reader = page.locator("section.readerlib:not(.readerlib-view)")
        self.views = page.locator("section.readerlib-view")

    def view(self, name: str) -> Locator:
        return self.views.nth(NAMES.index(name))

    def mark(self, name: str, label: str) -> Locator:
        found = self.view(name).locator('svg:visible .mark[role="button"]')
        return found.and_(self.page.get_by_label(label)).first

    def reader_says(self, text: str | re.Pattern[str]) -> None:
        expect(self.reader.locator('.status[role="status"]')).to_have_text(text)


@pytest.fixture(scope="module")
def drawn(opened: tuple[Page, Troubles]) -> Drawn:
    """All charts below one Reader; to draw them takes longer than to look at them."""
    page, _ = opened
    run_afresh(page, CELL)
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    found = Drawn(page)
    expect(found.views).to_have_count(len(NAMES), timeout=30_000)
    expect(found.views.last.locator("svg:visible")).to_be_visible()
    return found


@pytest.fixture(autouse=True)
def untroubled(opened: tuple[Page, Troubles]) -> Iterator[None]:
    """No page reports an error, or asks for anything beyond this machine."""
    yield
    assert not opened[1].errors
    assert not opened[1].outside


def sizes(drawn: Drawn) -> None:
    """Each chart is drawn once, wholly within its sheet, in letters that can be read."""
    for name in NAMES:
        seen = drawn.view(name).evaluate(SIZES)
        assert len(seen) == 1, name
        assert seen[0]["width"] > 230, name
        assert seen[0]["height"] > 30, name
        assert seen[0]["least"] >= 11, name
        assert seen[0]["beyond"] == [], name


def picture(drawn: Drawn, screenshots: Path, name: str) -> None:
    """For eyes, where somebody wants to look: to take them takes seconds."""
    if "READERLIB_SCREENSHOTS" not in os.environ:
        return
    for chart in NAMES:
        drawn.view(chart).screenshot(path=screenshots / f"chart-{chart}-{name}.png")


def test_every_chart_draws_in_a_notebook(drawn: Drawn, screenshots: Path):
    sizes(drawn)
    picture(drawn, screenshots, "wide")
    static = drawn.page.locator(".jp-RenderedHTML figure.readerlib-chart")
    expect(static).to_have_count(1)
    assert len(static.evaluate(SIZES)) == 1
    expect(static.get_by_role("img")).to_have_count(1)
    expect(static.get_by_role("button")).to_have_count(0)


def test_a_click_selects_the_turns_behind_a_bar(drawn: Drawn):
    drawn.mark("speech_share", "Leonid: 30 turns, 451 words").click()
    drawn.reader_says("30 of 258 turns")
    said = drawn.view("speech_share").get_by_role("status")
    expect(said).to_have_text("Selected in the Reader: Leonid: 30 turns, 451 words.")
    chosen = drawn.view("speech_share").locator('svg:visible [aria-pressed="true"]')
    expect(chosen).to_have_attribute("aria-label", "Leonid: 30 turns, 451 words")
    drawn.reader.get_by_role("button", name="Show all 258").click()
    drawn.reader_says("258 of 258 turns")
    expect(chosen).to_have_count(0)


def test_the_keyboard_reaches_every_mark_and_enter_chooses_it(drawn: Drawn):
    view = drawn.view("themes")
    marks = view.locator('svg:visible .mark[role="button"]')
    stops = view.locator('svg:visible .mark[tabindex="0"]')
    assert stops.count() == 1
    marks.first.focus()
    drawn.page.keyboard.press("End")
    expect(marks.last).to_be_focused()
    drawn.page.keyboard.press("Home")
    drawn.page.keyboard.press("ArrowRight")
    expect(marks.nth(1)).to_be_focused()
    assert stops.count() == 1
    cell = drawn.mark(
        "themes", "killing and death, Leonid · 3 The enemy is everybody: 15 turns of 21"
    )
    cell.focus()
    drawn.page.keyboard.press("Enter")
    drawn.reader_says("15 of 258 turns")
    drawn.reader.get_by_role("button", name="Show all 258").click()
    drawn.reader_says("258 of 258 turns")


def test_a_turn_of_a_ribbon_and_a_tick_of_a_barcode_lead_to_their_turns(drawn: Drawn):
    for name, turn in (("ribbon", "ivan-2-01"), ("dispersion", "leonid-1-01")):
        mark = drawn.view(name).locator("svg:visible .mark").filter(has_text=turn)
        mark.first.focus()
        drawn.page.keyboard.press("Enter")
        at = drawn.reader.locator(f'.turn[data-turn="{turn}"]')
        expect(at).to_have_attribute("aria-current", "true")
        expect(mark.first).to_have_attribute("aria-pressed", "true")
        expect(mark.first).to_be_focused()
        assert at.evaluate(SHOWN)


def test_an_event_and_a_place_select_the_turns_that_tell_of_them(drawn: Drawn):
    drawn.mark("timeline", "crossing · 24 February 2022 · Belarus · 2 turns").click()
    drawn.reader_says("2 of 258 turns")
    drawn.mark("places", "Bucha: 3 events, 5 turns").click()
    drawn.reader_says("5 of 258 turns")
    # Of the day on which an article appeared no turn tells: nothing can be chosen.
    published = drawn.view("timeline").locator("svg:visible .mark").filter(has_text="first-article")
    expect(published).not_to_have_attribute("role", "button")
    drawn.reader.get_by_role("button", name="Show all 258").click()
    drawn.reader_says("258 of 258 turns")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_no_fault_in_either_theme(drawn: Drawn, theme: str, screenshots: Path):
    change = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
    in_lab(drawn.page, change, theme)
    try:
        expect(drawn.page.locator("body")).to_have_attribute("data-jp-theme-name", theme)
        # Nothing but colours depends on the theme.
        rules = {"runOnly": ["cat.color"]} if theme.endswith("Dark") else {}
        found = Axe().run(drawn.page, "section.readerlib-view", rules).response
        assert [
            (fault["id"], node["html"][:200])
            for fault in found["violations"]
            for node in fault["nodes"]
        ] == []
        assert drawn.page.evaluate(FAINT)["faint"] == []
        if theme.endswith("Dark"):
            picture(drawn, screenshots, "dark")
    finally:
        in_lab(drawn.page, change, "JupyterLab Light")


def test_charts_can_be_read_and_used_at_400_pixels(drawn: Drawn, screenshots: Path):
    drawn.page.set_viewport_size({"width": 400, "height": 800})
    try:
        expect(drawn.view("ribbon").locator(".at-narrow svg")).to_be_visible()
        sizes(drawn)
        picture(drawn, screenshots, "narrow")
        drawn.mark("speech_share", "Olya: 4 turns, 10 words").click()
        drawn.reader_says("4 of 258 turns")
    finally:
        drawn.page.set_viewport_size({"width": 1280, "height": 800})
    drawn.reader.get_by_role("button", name="Show all 258").click()


def all_charts() -> list[Chart]:
    calls, demo = load("calls"), load("demo")
    return [
        charts.speech_share(calls),
        charts.dispersion(calls, "fear*"),
        charts.ribbon(calls.select(soldier="Leonid")),
        charts.themes(calls),
        charts.keyness(demo.select(part="Spring"), demo.select(part="Autumn")),
        charts.timeline(calls),
        charts.places(calls),
    ]


def test_every_chart_draws_on_a_page_that_is_a_file(browser: Browser, tmp_path: Path):
    figures = "".join(chart.html() for chart in all_charts())
    (tmp_path / "page.html").write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Charts</title><body>'
        f"<main><h1>Charts</h1>{figures}</main></body></html>",
        "utf8",
    )
    (tmp_path / "alone.svg").write_text(all_charts()[2].svg, "utf8")
    asked: list[str] = []
    for width, scheme in ((1280, "light"), (400, "light"), (1280, "dark")):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True
        )
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto((tmp_path / "page.html").as_uri())
        seen = page.locator("main").evaluate(SIZES)
        assert len(seen) == len(NAMES)
        assert all(svg["least"] >= 11 and not svg["beyond"] for svg in seen)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        if width == 1280 and scheme == "light":
            found = Axe().run(page, "figure").response
            assert [fault["id"] for fault in found["violations"]] == []
        page.goto((tmp_path / "alone.svg").as_uri())
        assert page.evaluate("() => document.documentElement.getBBox().width") > 300
        context.close()
    assert all(address.startswith("file:") for address in asked)


def test_a_chart_without_a_reader_has_nothing_to_choose(drawn: Drawn):
    run_below(drawn.page, "ChartView(shown[0])")
    view = drawn.views.nth(len(NAMES))
    expect(view.get_by_role("img")).to_be_visible()
    expect(view.get_by_role("button")).to_have_count(0)


VOILA = """from IPython.display import display
from readerlib import ChartView, Reader, charts, load
calls = load("calls")
reader = Reader(calls)
display(reader, ChartView(charts.places(calls), reader), charts.timeline(calls))
"""


@pytest.fixture
def voila(lab: Lab) -> Iterator[str]:
    """The address of a page that Voila makes of a notebook."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    notebook = lab.write_notebook("voila.ipynb", [VOILA])
    server = subprocess.Popen(
        [sys.executable, "-m", "voila", str(notebook), "--no-browser", f"--port={port}"],
        env=environment(lab.folder.parent),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(30)


def test_charts_draw_and_lead_to_their_turns_in_voila(browser: Browser, voila: str):
    """Voila's own page asks for the letters of its buttons elsewhere; that is cut off, too."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.route(re.compile(f"^(?!{voila}|data:|blob:)"), lambda route: route.abort())
    page.goto(voila, timeout=SECONDS * 1000)
    view = page.locator("section.readerlib-view")
    expect(view.locator("svg:visible")).to_have_count(1, timeout=SECONDS * 1000)
    expect(page.locator("figure.readerlib-chart svg:visible")).to_have_count(2)
    assert all(svg["height"] > 100 for svg in page.locator("body").evaluate(SIZES))
    view.get_by_role("button", name="Bucha: 3 events, 5 turns").click()
    reader = page.locator("section.readerlib:not(.readerlib-view)")
    expect(reader.locator('.status[role="status"]')).to_have_text("5 of 258 turns")
    context.close()
