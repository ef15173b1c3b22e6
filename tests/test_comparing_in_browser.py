"""Side by side in the real JupyterLab: rows that do not drift, choosers, notices, keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

import brute
from lab import Troubles, in_lab, run_afresh, run_below
from test_access_in_browser import CELLS, FAINT, SIDEWAYS, faults, look
from test_hostile_in_browser import OURS

SEEN = """from readerlib import Comparison, load
calls, demo = load("calls"), load("demo")
seen = Comparison(calls, "soldier=Ivan&chapter=2", "soldier=Leonid&chapter=3")
seen"""
LONG = """long = demo.with_text({"frost-1-02": "The whole slope is white. " * 130})
seen = Comparison(demo, long, demo)
seen"""
RANGES = """root => [...root.querySelectorAll('.row')].map(row =>
    [...row.querySelectorAll('.cell')].map(cell => {
        const [box, turn] = [cell, cell.querySelector('.turn') ?? cell]
            .map(node => node.getBoundingClientRect());
        const words = cell.querySelector('.words');
        const line = words ? parseFloat(getComputedStyle(words).lineHeight) : 1;
        const lines = words ? Math.round(words.getBoundingClientRect().height / line) : 0;
        return {top: box.top, turn: turn.top, left: box.left, right: box.right, lines};
    }))"""


class Beside:
    """A comparison on a page, by what a person looks for on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.box = page.locator(".comparing")
        self.root = page.locator("section.comparison")
        self.rows = self.root.locator(".row")
        self.heads = self.root.locator(".head")
        self.status = self.root.get_by_role("status")

    def choose(self, side: int, label: str, value: str) -> None:
        """Choose in a side's chooser, which is unfolded if it is not in sight."""
        row = self.box.locator(".side-choosers").nth(side)
        chooser = row.get_by_label(label, exact=True)
        if not chooser.is_visible():
            self.root.get_by_label("Choosers").select_option("all")
        # Stock controls write their labels with spaces that do not break.
        labels = [t.replace("\xa0", " ") for t in chooser.locator("option").all_inner_texts()]
        (found,) = [i for i, label in enumerate(labels) if label.split(" (")[0] == value]
        chooser.select_option(index=found)

    def ids(self, side: int) -> list[str]:
        return self.root.locator(f'.cell[data-side="{side}"] .turn').evaluate_all(
            "turns => turns.map(turn => turn.dataset.turn)"
        )

    def turn(self, side: int, turn_id: str) -> Locator:
        return self.root.locator(f'.cell[data-side="{side}"] .turn[data-turn="{turn_id}"]')

    def expect_heads(self, *titles: str) -> None:
        expect(self.root.locator(".head b")).to_have_text(list(titles))


@pytest.fixture
def beside(opened: tuple[Page, Troubles]) -> Iterator[Beside]:
    page, troubles = opened
    page.set_viewport_size({"width": 1280, "height": 800})
    run_afresh(page, SEEN)
    found = Beside(page)
    expect(found.status).to_contain_text("21 rows", timeout=30_000)
    yield found
    assert not troubles.errors
    assert not troubles.outside


def test_both_sides_of_a_row_begin_at_one_height_and_stack_where_it_is_narrow(
    beside: Beside, screenshots
):
    page, root = beside.page, beside.root
    page.screenshot(path=screenshots / "comparison.png")
    run_below(page, LONG)
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    beside.root = root = page.locator("section.comparison").nth(1)
    expect(root.get_by_role("status")).to_contain_text("14 rows")
    measured = root.evaluate(RANGES)
    assert max(cell["lines"] for row in measured for cell in row) >= 40
    assert measured[1][1]["lines"] <= 3
    for left, right in measured:
        assert abs(left["top"] - right["top"]) <= 1
        assert abs(left["turn"] - right["turn"]) <= 1
        assert left["right"] <= right["left"] + 1
    for above, below in pairwise(measured):
        assert above[0]["top"] < below[0]["top"]
    page.set_viewport_size({"width": 400, "height": 800})
    expect(root.locator(".on").first).to_be_visible()
    for left, right in root.evaluate(RANGES):
        assert right["top"] > left["top"]
        assert abs(left["left"] - right["left"]) <= 1
    assert root.locator(".row").nth(1).locator(".on").all_inner_texts() == [
        "text 1 of The late frost",
        "text 2 of The late frost",
    ]
    assert page.evaluate(SIDEWAYS) == []
    page.screenshot(path=screenshots / "comparison-narrow.png")


class TestByTheMouseAlone:
    """From one comparison to every kind of them, through the choosers."""

    def test_of_the_calls(self, beside: Beside):
        root, choose = beside.root, beside.choose
        by = root.get_by_label("Rows by")

        # Chapter and chapter is where it begins; soldier and soldier.
        beside.expect_heads("Soldier: Ivan · Chapter: 2", "Soldier: Leonid · Chapter: 3")
        choose(0, "Chapter", "any")
        choose(1, "Chapter", "any")
        by.select_option("theme")
        beside.expect_heads("Soldier: Ivan", "Soldier: Leonid")
        expect(root.locator("h3").first).to_have_text("Theme fear and strain")

        # A theme across three men.
        choose(0, "Theme", "looting")
        choose(1, "Theme", "looting")
        root.get_by_role("button", name="Add a column").click()
        expect(beside.heads).to_have_count(3)
        choose(2, "Soldier", "Maxim")
        by.select_option("chapter")
        beside.expect_heads(
            *[f"Soldier: {m} · Theme: looting" for m in ("Ivan", "Leonid", "Maxim")]
        )
        looting = brute.selected({"soldier": ["Maxim"], "theme": ["looting"]})
        expect(beside.heads.nth(2)).to_contain_text(f"{len(looting)} turns")
        root.get_by_role("button", name="Take away column 3").click()
        expect(beside.heads).to_have_count(2)

        # Mothers and soldiers; speaker and speaker.
        for side, role in enumerate(["mother", "soldier"]):
            choose(side, "Soldier", "any")
            choose(side, "Theme", "any")
            choose(side, "Role", role)
        beside.expect_heads("Role: mother", "Role: soldier")
        for side, speaker in enumerate(["Mother", "Leonid"]):
            choose(side, "Role", "any")
            choose(side, "Speaker", speaker)
        beside.expect_heads("Speaker: Mother", "Speaker: Leonid")

        # Said on the phone and said to the reporters.
        for side, kind in enumerate(["speech", "statement"]):
            choose(side, "Speaker", "any")
            choose(side, "Kind", kind)
        by.select_option("soldier")
        beside.expect_heads("Kind: speech", "Kind: statement")
        expect(root.locator("h3").first).to_have_text("Soldier Leonid")

        # What both say of one thing.
        for side in (0, 1):
            words = beside.page.locator(".side-choosers").nth(side).get_by_label("Search")
            words.fill("war")
            words.press("Enter")
            expect(beside.heads.nth(side)).to_contain_text("with “war”")
        expect(root.locator("mark").first).to_have_text("war")
        for side, kind in enumerate(["speech", "statement"]):
            words = beside.page.locator(".side-choosers").nth(side).get_by_label("Search")
            words.fill("")
            words.press("Enter")
            expect(beside.heads.nth(side).locator("b")).to_have_text(f"Kind: {kind}")

        # A source and its retelling.
        for side, source in enumerate(["ap-2023-02", "militarynews-2023"]):
            choose(side, "Kind", "any")
            choose(side, "Source", source)
        by.select_option("")
        expect(by.locator("option:checked")).to_have_text("what fits (what is retold)")
        beside.expect_heads("Source: ap-2023-02", "Source: militarynews-2023")
        expect(root.locator(".along")).to_contain_text("1 of 193")
        for last in ("181", "194"):
            root.get_by_role("button", name="Later rows").click()
            expect(root.locator(".row").last).to_have_attribute("aria-rowindex", last)
        expect(root.get_by_role("button", name="Later rows")).to_be_disabled()

        # The summary and the published words, which are to be attached.
        for side, layer in enumerate(["summaries", "words"]):
            choose(side, "Source", "any")
            choose(side, "Text", layer)
        expect(root.locator(".attach")).to_contain_text("With your own copy of an article")
        expect(root.get_by_text("No text in this layer.").first).to_be_visible()
        root.get_by_role("button", name="Attach the published words…").click()
        panel = beside.page.locator("section.attaching")
        expect(panel).to_be_visible()
        root.get_by_role("button", name="Published words…", exact=True).click()
        expect(panel).to_have_count(0)

    def test_of_languages_and_of_versions(self, beside: Beside, screenshots):
        page = beside.page
        run_afresh(page, SEEN.replace("seen = Comp", "first = Comp").replace("\nseen", "\n") + LONG)
        root, choose = beside.root, beside.choose
        expect(beside.status).to_contain_text("14 rows")
        # Two versions of one text, and back to one of them.
        beside.expect_heads("text 1 of The late frost", "text 2 of The late frost")
        root.get_by_label("Mark words").select_option("different")
        expect(root.locator("mark.different").first).to_be_visible()
        expect(root.locator(".legend")).to_contain_text("words that stand on no other side")
        choose(0, "Corpus", "text 2 of The late frost")
        expect(root.locator(".page mark")).to_have_count(0)
        # Two languages of the same turns.
        choose(0, "Text", "words")
        choose(1, "Text", "in English")
        last = beside.rows.last.locator(".words")
        expect(last.first).to_have_attribute("lang", "uk")
        expect(last.last).to_have_attribute("lang", "en")
        root.get_by_role("button", name="Swap").click()
        expect(last.first).to_have_attribute("lang", "en")
        # The summary and the words.
        choose(1, "Text", "words")
        choose(0, "Text", "summaries")
        root.get_by_label("Mark words").select_option("shared")
        expect(root.locator(".legend")).to_contain_text("says nothing of what was said")
        page.screenshot(path=screenshots / "comparison-marks.png")


def test_swapping_mirrors_every_row(beside: Beside):
    before = [beside.ids(0), beside.ids(1)]
    assert before[0] != before[1]
    beside.root.get_by_role("button", name="Swap").click()
    beside.expect_heads("Soldier: Leonid · Chapter: 3", "Soldier: Ivan · Chapter: 2")
    assert [beside.ids(1), beside.ids(0)] == before


def test_what_carries_a_notice_is_nowhere_until_it_is_asked_for_and_then_on_all_sides(
    beside: Beside,
):
    page, root = beside.page, beside.root
    beside.choose(0, "Soldier", "Leonid")
    beside.choose(0, "Chapter", "3")
    beside.choose(0, "Text", "summaries")
    gist = next(row["gist"] for row in brute.table("turns") if row["turn_id"] == "leonid-3-14")
    beside.expect_heads("Soldier: Leonid · Chapter: 3", "Soldier: Leonid · Chapter: 3")

    def everywhere() -> str:
        return beside.box.evaluate("box => box.outerHTML") + beside.box.aria_snapshot()

    assert gist[:40] not in everywhere()
    beside.turn(1, "leonid-3-14").focus()
    page.keyboard.press("Enter")
    for side in (0, 1):
        expect(beside.turn(side, "leonid-3-14")).to_contain_text(gist[:40])
    expect(beside.turn(1, "leonid-3-14")).to_be_focused()
    beside.turn(0, "leonid-3-14").get_by_role("button", name="Hide").click()
    expect(beside.turn(0, "leonid-3-14")).to_be_focused()
    assert gist[:40] not in everywhere()
    root.get_by_role("button", name="Notices: ask").click()
    expect(root.locator(".veil")).to_have_count(0)


def test_the_rows_are_one_stop_of_the_tab_key_and_arrows_move_in_them(beside: Beside):
    page, root = beside.page, beside.root
    run_below(
        page, "reader = __import__('readerlib').Reader(calls); seen._then = reader.go; reader"
    )
    stops = root.locator(".page").evaluate(
        "page => [...page.querySelectorAll('.row *')].filter(n => n.tabIndex >= 0).length"
    )
    assert stops <= 2
    here = root.locator(".page :focus")

    def at() -> tuple[int, int]:
        return tuple(
            here.evaluate(
                "n => [Number(n.closest('.row').dataset.number),"
                " Number(n.closest('.cell').dataset.side)]"
            )
        )

    root.locator('.page [tabindex="0"]').first.focus()
    assert at() == (0, 0)
    for key, place in (
        ("ArrowDown", (1, 0)),
        ("ArrowRight", (1, 1)),
        ("PageDown", (11, 1)),
        ("End", (20, 1)),
        ("ArrowLeft", (20, 0)),
        ("ArrowUp", (19, 0)),
        ("Home", (0, 0)),
    ):
        page.keyboard.press(key)
        assert at() == place, key
    page.keyboard.press("End")
    assert here.get_attribute("aria-label") == "Nothing here, left"
    expect(here).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(here).to_have_count(0)
    # The place in view is known to code, and code moves the view.
    told = page.locator(".jp-OutputArea-output pre").last
    for _ in range(20):
        # A busy kernel is told of the last move a little later.
        run_below(page, "print(seen.place)")
        if told.inner_text().strip() == "leonid-3-17":
            break
    expect(told).to_have_text("leonid-3-17")
    run_below(page, "seen.place = 'leonid-3-12'")
    expect(beside.turn(1, "leonid-3-12")).to_have_attribute("aria-current", "true")


def test_no_key_of_the_notebook_does_anything_to_it_from_inside(beside: Beside):
    page = beside.page
    before = page.evaluate(CELLS)
    for node in (
        beside.box.locator(".side-choosers select").first,
        beside.root.get_by_role("button", name="Swap"),
        beside.root.locator('.page [tabindex="0"]').first,
    ):
        node.focus()
        for key in ("b", "d", "d", "x", "a", "m", "0", "0"):
            page.keyboard.press(key)
        assert page.evaluate(CELLS).replace('"command"', '"edit"') == before.replace(
            '"command"', '"edit"'
        )


def test_copied_words_take_their_place_along(beside: Beside):
    page = beside.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    words = beside.turn(0, "ivan-2-02").locator(".words")
    words.click()
    words.evaluate("node => node.ownerDocument.getSelection().selectAllChildren(node)")
    page.keyboard.press("Control+c")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"— Olya.* \(a summary, not the words\)\. Ivan · 2 Love and fear", copied)
    assert copied.endswith("(ivan-2-02)")


HOSTILE = """import json, pandas as pd
from readerlib import Comparison, Corpus
from readerlib.descriptor import Descriptor, Facet
bad = json.loads(%r)
n = range(len(bad))
c, s = [f"c{i}" for i in n], [f"s{i}" for i in n]
turns = pd.DataFrame({"turn_id": [f"t{i}" for i in n], "conversation_id": c, "position": "1",
    "speaker_id": s, "addressee_id": s, "kind": "speech", "text": bad, "gist": bad, "text_en": bad})
talks = pd.DataFrame({"conversation_id": c, "title": bad, "part": bad})
people = pd.DataFrame({"speaker_id": s, "name": [f"{b} {i}" for i, b in enumerate(bad)]})
labels = pd.DataFrame([{"turn_id": f"t{i}", "layer": layer, "value": bad[i]}
    for i in n for layer in ("theme", "notice")])
corpus = Corpus({"turns": turns, "conversations": talks, "speakers": people,
    "annotations": labels}, Descriptor("hostile", bad[0], population=bad[1], path=("part",),
    facets=(Facet("part", bad[2], "conversations.part"), Facet("theme", bad[3],
    "annotations.theme"), Facet("speaker", bad[4], "speakers.name"))))
seen = Comparison(corpus, "", corpus.select(part=bad[5]), "layer=text_en", notices="show")
seen.by, seen.marks = "theme", "shared"
Comparison(corpus, "", "layer=gist", by="part")"""


def test_markup_in_every_field_stays_text(beside: Beside):
    page = beside.page
    run_afresh(page, HOSTILE % json.dumps(OURS))
    run_below(page, "seen")
    shown = page.locator("section.comparison .cell .words")
    expect(shown.first).to_contain_text(OURS[0])
    expect(page.locator(".side-choosers option", has_text="<script>").first).to_be_attached()
    strange = ".comparing :is(script, img, svg, iframe, a, style, link, base, form, i, x, math)"
    assert page.locator(strange).count() == 0
    assert page.evaluate("window.ran") is None


@pytest.mark.parametrize(
    "name", ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"]
)
def test_axe_finds_no_fault_and_all_can_be_read(beside: Beside, name: str, screenshots):
    page, root = beside.page, beside.root
    look(page, name)
    root.get_by_role("button", name="Add a column").click()
    root.get_by_label("Mark words").select_option("different")
    root.get_by_label("Choosers").select_option("all")
    root.get_by_role("button", name="Help").click()
    expect(root.locator("mark.different").first).to_be_visible()
    page.screenshot(path=screenshots / f"comparison-{name.split()[-1].lower()}.png")
    targets = {"rules": {"target-size": {"enabled": True}}}
    assert faults(page, targets) == []
    # The choosers are stock controls, and clean all the same.
    found = Axe().run(page, ".comparing", {"resultTypes": ["violations"], **targets}).response
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []
    found = page.evaluate(FAINT)
    assert found["looked"] > 20
    assert found["faint"] == []
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    page.set_viewport_size({"width": 320, "height": 800})
    expect(root.locator(".on").first).to_be_visible()
    assert page.evaluate(SIDEWAYS) == []
    in_lab(page, "() => window.jupyterapp.commands.execute('notebook:enter-command-mode')")
