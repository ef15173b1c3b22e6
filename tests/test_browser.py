"""The Reader in the real JupyterLab, used as a person would use it."""

from __future__ import annotations

import random
import re
import time

import pytest
from playwright.sync_api import expect

import brute
from lab import in_lab, run_afresh, run_below
from readerlib.text import tokens
from seen import Seen


def test_ivan_then_chapter_two_then_olya(seen, screenshots):
    seen.page.screenshot(path=screenshots / "reader-1280.png")
    seen.choose("soldier", "Ivan")
    seen.choose("chapter", "2")
    expect(seen.status).to_have_text("14 of 258 turns")
    seen.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    expect(seen.page.locator("#jp-left-stack")).to_be_hidden()
    seen.page.screenshot(path=screenshots / "reader-ivan-2.png")
    seen.choose("speaker", "Olya")
    expect(seen.status).to_have_text("4 of 258 turns")
    assert seen.ids() == ["ivan-2-02", "ivan-2-04", "ivan-2-06", "ivan-2-09"]
    expect(seen.box("speaker", "Wife")).to_be_disabled()
    assert seen.counts()["speaker", "Ivan"] == 6
    gap = seen.root.locator(".gap")
    expect(gap.first).to_contain_text("3 turns hidden by the filter")
    seen.page.screenshot(path=screenshots / "reader-olya.png")
    gap.first.get_by_role("button").click()
    expect(seen.turns).to_have_count(7)
    assert seen.ids()[:4] == ["ivan-2-n01", "ivan-2-n02", "ivan-2-01", "ivan-2-02"]
    expect(seen.turns.first).to_be_focused()


def test_a_search_finds_and_marks_and_a_hit_opens_in_context(seen, screenshots):
    seen.find("gold")
    expect(seen.status).to_contain_text("hits in")
    marks = seen.root.locator("mark")
    assert {text.casefold() for text in marks.all_inner_texts()} == {"gold"}
    seen.page.screenshot(path=screenshots / "reader-search.png")
    seen.root.get_by_role("button", name="Next hit").click()
    expect(seen.root.locator("mark.current")).to_have_count(1)
    turn = seen.root.locator('.turn[data-turn="maxim-1-01"]')
    turn.get_by_role("button", name="In context").click()
    expect(seen.root.locator('.turn[data-turn^="maxim-1-"]')).to_have_count(26)
    expect(turn).to_be_focused()
    expect(turn.locator("mark")).to_be_in_viewport()
    neighbours = seen.ids()
    at = neighbours.index("maxim-1-01")
    assert neighbours[at - 2 : at + 3] == [
        "maxim-1-q03",
        "maxim-1-n05",
        "maxim-1-01",
        "maxim-1-02",
        "maxim-1-03",
    ]
    # The cross of the search field, or an empty search, brings everything back.
    seen.search.fill("")
    expect(seen.status).to_have_text("258 of 258 turns")


def test_twenty_random_states_agree_with_a_brute_force_count(seen):
    rng = random.Random(2022)
    chosen: dict[str, list[str]] = {}
    for _ in range(20):
        counts = seen.counts()
        possible = [
            key for key, n in sorted(counts.items()) if n and key[1] not in chosen.get(key[0], [])
        ]
        if sum(map(len, chosen.values())) >= 4 or not possible:
            seen.root.get_by_role("button", name="Show all 258").click()
            chosen = {}
        else:
            facet, value = rng.choice(possible)
            seen.choose(facet, value)
            chosen.setdefault(facet, []).append(value)
        expected = brute.selected(chosen)
        by_hand = {key: brute.count(*key, chosen) for key in counts}
        end = time.monotonic() + 10
        while seen.counts() != by_hand and time.monotonic() < end:
            time.sleep(0.02)
        assert seen.counts() == by_hand, chosen
        assert seen.ids() == expected
        expect(seen.status).to_have_text(f"{len(expected)} of 258 turns")


def test_chapters_are_gone_through_one_by_one_and_by_name(seen):
    onward = seen.root.get_by_role("button", name="Next chapter")
    expect(seen.root.get_by_role("button", name="Previous chapter")).to_be_disabled()
    visited = [seen.chapters.input_value()]
    while onward.is_enabled():
        onward.click()
        visited.append(seen.chapters.input_value())
        assert seen.at_top() == visited[-1] or onward.is_disabled()
    talks = [row["conversation_id"] for row in brute.table("conversations")]
    assert visited == talks
    seen.chapters.select_option("ivan-2")
    assert seen.at_top() == "ivan-2"
    expect(seen.root.locator(".where")).to_have_text("turn 1 of 14")


def test_the_place_follows_the_scrolling_and_is_known_in_code(seen, lab):
    page = seen.root.locator(".page")
    page.evaluate(
        "page => page.scrollTop = page.querySelector('[data-turn=\"ivan-2-01\"]').offsetTop"
    )
    expect(seen.chapters).to_have_value("ivan-2")
    expect(seen.root.locator(".where")).to_have_text(re.compile("turn [34] of 14"))
    run_below(seen.page, "print(reader.place)")
    output = seen.page.locator(".jp-OutputArea-output pre").last
    expect(output).to_have_text(re.compile("ivan-2-0[12]"))


def test_code_moves_the_view(seen):
    run_below(seen.page, 'reader.selection = "role=mother&soldier=Andrei"')
    expect(seen.status).to_have_text("2 of 258 turns")
    run_below(seen.page, 'reader.selection = ""; reader.place = "maxim-4-q01"')
    expect(seen.root.locator('.turn[data-turn="maxim-4-q01"]')).to_be_in_viewport()
    expect(seen.chapters).to_have_value("maxim-4")


def test_the_keyboard_alone_reads_searches_and_leaves(seen):
    keyboard = seen.page.keyboard
    seen.search.focus()
    keyboard.type("Kyiv")
    keyboard.press("Enter")
    expect(seen.root.locator("mark").first).to_be_visible()
    seen.root.locator('.turn[tabindex="0"]').focus()
    first = seen.root.locator(".turn:focus").get_attribute("data-turn")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowUp")
    assert seen.root.locator(".turn:focus").get_attribute("data-turn") == first
    few = seen.turns.count()
    keyboard.press("Enter")
    # The whole conversation has come, and not only the neighbours of the hit.
    expect(seen.turns).not_to_have_count(few)
    expect(seen.root.locator(f'.turn[data-turn="{first}"]')).to_be_focused()
    keyboard.press("End")
    expect(seen.root.locator(".turn").last).to_be_focused()
    expect(seen.root.locator(".turn").last).to_be_in_viewport()
    # One stop of the tab key among all turns.
    assert seen.root.locator('.turn[tabindex="0"]').count() == 1
    keyboard.press("Escape")
    expect(seen.root.locator(".turn:focus")).to_have_count(0)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_a_narrow_window_has_no_sideways_scrolling_and_keeps_the_place(seen, screenshots, theme):
    page = seen.page
    in_lab(
        page, "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme
    )
    seen.chapters.select_option("leonid-3")
    expect(page.locator("#jupyterlab-splash")).to_have_count(0)
    page.screenshot(path=screenshots / f"reader-{theme[11:].lower()}.png")
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    page.set_viewport_size({"width": 400, "height": 800})
    expect(seen.root.get_by_role("button", name="Filters")).to_be_visible()
    expect(seen.chapters).to_have_value("leonid-3")
    for width in (400, 320):
        page.set_viewport_size({"width": width, "height": 800})
        wide = seen.root.evaluate(
            """root => [root, root.querySelector('.page')].filter(
                e => e.scrollWidth > e.clientWidth + 1).map(e => e.className)"""
        )
        assert wide == []
    page.set_viewport_size({"width": 400, "height": 800})
    page.screenshot(path=screenshots / f"reader-400-{theme[11:].lower()}.png")
    seen.root.get_by_role("button", name="Filters").click()
    seen.choose("soldier", "Ivan")
    expect(seen.root.get_by_role("button", name="Filters (1)")).to_be_visible()
    page.screenshot(path=screenshots / f"reader-400-filters-{theme[11:].lower()}.png")


def test_a_large_size_for_the_back_row(seen, screenshots):
    seen.page.set_viewport_size({"width": 1920, "height": 1080})
    seen.chapters.select_option("ivan-1")
    before = seen.root.locator(".words").first.evaluate("e => getComputedStyle(e).fontSize")
    seen.root.get_by_role("button", name="Display").click()
    seen.root.get_by_label("large", exact=True).check()
    after = seen.root.locator(".words").first.evaluate("e => getComputedStyle(e).fontSize")
    assert float(after[:-2]) == pytest.approx(1.5 * float(before[:-2]))
    expect(seen.chapters).to_have_value("ivan-1")
    seen.page.screenshot(path=screenshots / "reader-large.png")
    run_below(seen.page, "print(reader.display)")
    expect(seen.page.locator(".jp-OutputArea-output pre").last).to_have_text("size=2")


def test_a_projector_shows_one_exchange_at_a_time(seen, screenshots):
    seen.page.set_viewport_size({"width": 1920, "height": 1080})
    seen.chapters.select_option("ivan-1")
    seen.root.get_by_role("button", name="Display").click()
    seen.root.get_by_label("one turn at a time").check()
    visible = seen.root.locator(".turn:visible")
    expect(visible).to_have_count(1)
    for _ in range(5):
        seen.root.get_by_role("button", name="Next turn").click()
    expect(visible).to_have_count(2)
    assert visible.evaluate_all("t => t.map(e => e.dataset.turn)") == ["ivan-1-02", "ivan-1-03"]
    seen.page.keyboard.press("ArrowRight")
    expect(seen.root.locator('.turn[data-turn="ivan-1-04"]')).to_be_focused()
    seen.page.screenshot(path=screenshots / "reader-projector.png")
    seen.page.keyboard.press("Escape")
    expect(seen.root.locator(".side")).to_be_visible()
    expect(seen.root.locator('.turn[data-turn="ivan-1-04"]')).to_be_in_viewport()


def test_what_is_chosen_stands_as_chips_and_can_be_gone_back_to(seen):
    seen.choose("soldier", "Ivan")
    seen.find("kill*")
    chips = seen.root.locator(".chips .chip")
    expect(chips).to_have_count(2)
    hits = len(brute.selected({"soldier": ["Ivan"]}))
    seen.root.get_by_role("button", name="Without the search for kill*").click()
    expect(seen.status).to_have_text(f"{hits} of 258 turns")
    seen.root.get_by_role("button", name="Back to the selection before").click()
    expect(seen.search).to_have_value("kill*")
    seen.root.get_by_role("button", name="Back to the selection before").click()
    seen.root.get_by_role("button", name="Back to the selection before").click()
    expect(seen.status).to_have_text("258 of 258 turns")
    expect(seen.root.get_by_role("button", name="Back to the selection before")).to_be_disabled()
    seen.root.get_by_role("button", name="Forward again").click()
    expect(seen.status).to_have_text(f"{hits} of 258 turns")


def test_a_long_list_of_values_can_be_searched_in(seen):
    seen.root.get_by_label("Find speaker").fill("mo")
    labels = seen.root.locator('details[data-group="speaker"] label:visible')
    expect(labels).to_have_count(1)
    expect(labels).to_contain_text("Mother")


def test_beside_a_stock_dropdown_in_one_box(notebook, screenshots):
    run_afresh(
        notebook,
        """import ipywidgets
from readerlib import load, Reader
reader = Reader(load("calls"))
chooser = ipywidgets.Dropdown(options={"everyone": "", "mothers": "role=mother"})
ipywidgets.link((chooser, "value"), (reader, "selection"))
ipywidgets.HBox([chooser, reader])""",
    )
    seen = Seen(notebook)
    expect(seen.status).to_have_text("258 of 258 turns")
    notebook.locator(".widget-dropdown select").select_option("mothers")
    mothers = len(brute.selected({"role": ["mother"]}))
    expect(seen.status).to_have_text(f"{mothers} of 258 turns")
    seen.root.get_by_role("button", name="Filters").click()
    seen.root.get_by_role("button", name="Show all 258").click()
    expect(notebook.locator(".widget-dropdown select")).to_have_value("everyone")
    box = seen.root.bounding_box()
    assert box is not None
    assert box["width"] > 450
    notebook.screenshot(path=screenshots / "reader-box.png")


def test_markup_in_every_field_stays_text(notebook):
    run_afresh(
        notebook,
        """import pandas as pd
from readerlib import Corpus, Reader
from readerlib.descriptor import Descriptor, Facet
bad = "<img src=x onerror=\\"document.title='run'\\"><b>'&amp;</option></script>"
turns = pd.DataFrame({"turn_id": [bad, "2"], "conversation_id": [bad, bad], "position": ["1", "2"],
    "speaker_id": [bad, bad], "addressee_id": [bad, bad], "kind": ["speech", "quoted"],
    "text": [bad, bad], "gist": [bad, bad]})
talks = pd.DataFrame({"conversation_id": [bad], "title": [bad + "!"], "part": [bad], "date": [bad],
    "place": [bad], "channel": [bad], "source_id": [bad]})
people = pd.DataFrame({"speaker_id": [bad], "name": [bad], "role": [bad]})
sources = pd.DataFrame({"source_id": [bad], "publisher": [bad], "date": [bad]})
labels = pd.DataFrame({"turn_id": [bad], "layer": ["theme"], "value": [bad], "source_id": [bad],
    "start": [""], "end": [""], "note": [bad]})
facets = (Facet(bad, bad, "conversations.part"), Facet("theme", bad, "annotations.theme"),
    Facet("speaker", bad, "speakers.name"))
reader = Reader(Corpus({"turns": turns, "conversations": talks, "speakers": people,
    "sources": sources, "annotations": labels},
    Descriptor(bad, bad, population=bad, facets=facets, path=(bad,))))
reader""",
    )
    seen = Seen(notebook)
    expect(seen.turns.first.locator(".words")).to_contain_text("<img src=x onerror=")
    seen.find("<img onerror=")
    expect(seen.root.locator("mark").first).to_be_visible()
    seen.root.locator("input[data-facet]").first.click()
    expect(seen.root.locator("input[data-facet]").first).to_be_checked()
    assert seen.root.locator("img, b, script").count() == 0
    assert notebook.title() != "run"


def test_what_carries_a_notice_is_nowhere_on_the_page_until_it_is_asked_for(seen, screenshots):
    page = seen.page
    run_below(page, 'reader = Reader(load("calls"), "soldier=Leonid&chapter=3"); reader')
    asking = Seen(page)
    asking.root = page.locator("section.readerlib").nth(1)
    gist = next(row["gist"] for row in brute.table("turns") if row["turn_id"] == "leonid-3-14")
    veil = asking.root.locator(".veil")
    expect(veil.first).to_be_visible()

    def everywhere() -> str:
        shown = asking.root.evaluate("root => root.outerHTML")
        return shown + asking.root.aria_snapshot()

    assert gist[:40] not in everywhere()
    veil.last.scroll_into_view_if_needed()
    page.screenshot(path=screenshots / "reader-notices.png")
    asking.root.locator('.veil[data-turn="leonid-3-14"]').focus()
    page.keyboard.press("Enter")
    turn = asking.root.locator('.turn[data-turn="leonid-3-14"]')
    expect(turn).to_contain_text(gist[:40])
    expect(turn).to_be_focused()
    page.screenshot(path=screenshots / "reader-revealed.png")
    turn.get_by_role("button", name="Hide").click()
    expect(asking.root.locator('.veil[data-turn="leonid-3-14"]')).to_be_focused()
    assert gist[:40] not in everywhere()
    asking.root.get_by_role("button", name="Notices: ask").click()
    expect(asking.root.locator(".veil")).to_have_count(0)
    expect(asking.root.get_by_role("button", name="Notices: off")).to_be_visible()


def test_a_range_is_extended_by_keyboard_and_mouse_and_copied_with_its_source(seen):
    page = seen.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    seen.chapters.select_option("ivan-2")
    seen.root.locator('.turn[data-turn="ivan-2-02"]').click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(seen.root.locator(".turn.within")).to_have_count(3)
    seen.root.get_by_role("button", name="About this turn").click()
    seen.root.get_by_role("button", name="Link").click()
    expect(seen.root.get_by_label("What was copied")).to_have_value(
        re.compile("#ivan-2-02..ivan-2-04$")
    )
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("#ivan-2-02..ivan-2-04")
    seen.root.locator('.turn[data-turn="ivan-2-05"]').click(modifiers=["Shift"])
    expect(seen.root.locator(".turn.within")).to_have_count(4)
    seen.root.get_by_label("Style of the citation").select_option("apa")
    seen.root.get_by_role("button", name="Cite", exact=True).click()
    expect(seen.root.get_by_label("What was copied")).to_have_value(re.compile("Associated Press"))
    # A link that is pasted leads back.
    seen.find("kill*")
    seen.find(link)
    expect(seen.root.locator(".turn.within")).to_have_count(3)


def test_words_copied_by_hand_take_their_place_along(seen):
    page = seen.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    seen.chapters.select_option("ivan-2")
    turn = seen.root.locator('.turn[data-turn="ivan-2-02"]')
    turn.click()
    turn.locator(".words").evaluate(
        "node => node.ownerDocument.getSelection().selectAllChildren(node)"
    )
    page.keyboard.press("Control+c")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "— Olya" in copied
    assert "a summary, not the words" in copied
    assert "Ivan · 2 Love and fear" in copied
    assert "ivan-2-02" in copied


def test_a_concordance_is_sorted_and_leads_to_the_turn(seen, screenshots):
    seen.find("mother*")
    seen.root.get_by_role("button", name="Lines").click()
    rows = seen.root.locator(".lines tr")
    expect(rows.first).to_be_visible()
    count = rows.count()
    expect(seen.root.locator(".lines p")).to_contain_text(f"{count} lines")
    seen.root.get_by_role("button", name="by what follows").click()
    expect(seen.root.locator('.lines [aria-pressed="true"]')).to_have_text("by what follows")
    right = seen.root.locator(".lines .right").all_inner_texts()
    keys = [[token.word for token in tokens(text)] for text in right]
    assert keys == sorted(keys)
    seen.page.screenshot(path=screenshots / "reader-lines.png")
    rows.nth(3).get_by_role("button").click()
    expect(seen.turns.first).to_be_visible()
    expect(seen.root.locator(".turn:focus mark").first).to_be_in_viewport()


def test_the_ledger_is_filtered_and_leads_into_the_reader(seen, screenshots):
    page = seen.page
    run_below(page, "from readerlib import Ledger; Ledger(load('calls'), then=reader.go)")
    ledger = page.locator("section.ledger")
    rows = ledger.locator("tbody tr:visible")
    claims = brute.table("claims")
    expect(rows).to_have_count(len(claims))
    page.screenshot(path=screenshots / "ledger.png")
    ledger.get_by_label("Status").select_option("denied")
    denied = [row for row in claims if row["status"] == "denied"]
    expect(rows).to_have_count(len(denied))
    expect(ledger.get_by_role("status")).to_have_text(f"{len(denied)} of {len(claims)} claims")
    ledger.get_by_label("Status").select_option("")
    ledger.get_by_label("Find").fill("prisoner")
    ledger.get_by_role("button", name="leonid-3-14").click()
    expect(seen.root.first.locator('.turn[data-turn="leonid-3-14"]')).to_be_focused()


def test_a_failure_in_a_callback_is_told_on_the_page(seen):
    run_below(
        seen.page,
        "import readerlib.render as r; was = r.facets; r.facets = lambda corpus: 1 / 0",
    )
    seen.choose("soldier", "Ivan")
    expect(seen.root.get_by_role("alert")).to_contain_text("reader.last_error")
    run_below(seen.page, "r.facets = was")
