"""The Reader over a corpus that does not fit on one page, used as a person would use it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from lab import Troubles, run_afresh
from readerlib.bench import archive
from seen import WIDE

TURNS = 8_000
CELL = """from readerlib import Reader, read
reader = Reader(read({folder!r}))
reader"""


@pytest.fixture(scope="module")
def root(
    opened: tuple[Page, Troubles], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Locator]:
    folder = archive.write(TURNS, tmp_path_factory.mktemp("archive"))
    page, troubles = opened
    page.set_viewport_size(WIDE)
    run_afresh(page, CELL.format(folder=str(folder)))
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    found = page.locator("section.readerlib")
    expect(found.locator(".status")).to_have_text("8,000 of 8,000 turns", timeout=30_000)
    yield found
    assert not troubles.errors
    assert not troubles.outside


def rows(root: Locator) -> list[int]:
    return root.locator(".turn").evaluate_all("turns => turns.map(turn => +turn.dataset.row)")


def at_edge(root: Locator) -> tuple[int, float]:
    """The row of the turn at the upper edge of the page, and how far from the edge it is."""
    row, away = root.evaluate(
        """root => {
            const edge = root.querySelector('.page').getBoundingClientRect().top;
            const turns = [...root.querySelectorAll('.turn')];
            const at = turns.find(turn => turn.getBoundingClientRect().bottom > edge);
            return [+at.dataset.row, at.getBoundingClientRect().top - edge];
        }"""
    )
    return row, away


def jump(root: Locator, number: int) -> None:
    # First elsewhere: where the place is there already, nothing would show that the page has come,
    # and it would come later, amid the test.
    for to in (number - 1_000, number):
        root.get_by_label("Where in all turns").evaluate(
            """(rail, number) => {
                rail.value = number;
                rail.dispatchEvent(new Event('change', {bubbles: true}));
            }""",
            to,
        )
        expect(root.locator(f'.turn[data-row="{to}"][aria-current]')).to_be_in_viewport()


def test_the_rail_leads_anywhere_and_the_place_follows(root):
    jump(root, 4_000)
    assert len(rows(root)) <= 500
    expect(root.locator(".along span")).to_have_text("4,001 of 8,000")
    expect(root.locator(".about")).to_contain_text("t0004000")


def test_scrolling_goes_on_past_the_ends_of_a_page_and_leaves_no_turn_out(root):
    jump(root, 4_000)
    page, seen = root.locator(".page"), set(rows(root))
    last = max(seen)
    while max(seen) < last + 200:
        before = at_edge(root)
        page.evaluate("page => page.scrollBy(0, 300)")
        root.page.wait_for_timeout(30)
        assert at_edge(root)[0] >= before[0]
        now = rows(root)
        assert now == list(range(now[0], now[-1] + 1))
        assert now[0] <= max(seen) + 1
        seen.update(now)
        assert len(now) <= 500


def test_a_page_that_is_exchanged_leaves_the_turn_where_it_was(root):
    jump(root, 4_000)
    root.locator(".page").evaluate("page => page.scrollTop = page.scrollHeight / 2")
    root.page.wait_for_timeout(100)
    row, away = at_edge(root)
    first = rows(root)[0]
    root.locator(".page").evaluate(
        "page => page.scrollTop = page.scrollHeight - 2 * page.clientHeight + 20"
    )
    row, away = at_edge(root)
    expect(root.locator(f'.turn[data-row="{first}"]')).to_have_count(0)
    assert at_edge(root) == (row, pytest.approx(away, abs=1))


def test_keys_go_from_the_first_turn_to_the_last(root):
    root.locator('.turn[tabindex="0"]').focus()
    root.page.keyboard.press("End")
    expect(root.locator(".turn").last).to_be_focused()
    assert rows(root)[-1] == TURNS - 1
    root.page.keyboard.press("Home")
    expect(root.locator('.turn[data-row="0"]')).to_be_focused()
    for _ in range(13):
        focused = int(root.locator(".turn:focus").get_attribute("data-row"))
        root.page.keyboard.press("PageDown")
        root.locator(f'.turn:focus:not([data-row="{focused}"])').wait_for()
    # Ten turns each time, wherever a page ended.
    focused = int(root.locator(".turn:focus").get_attribute("data-row"))
    assert focused == 130
    root.page.keyboard.press("ArrowUp")
    expect(root.locator(f'.turn[data-row="{focused - 1}"]')).to_be_focused()
    expect(root.locator(".along span")).to_have_text(f"{focused:,} of 8,000")


def test_a_range_goes_on_past_the_end_of_the_page(root):
    jump(root, 4_000)
    last = rows(root)[-1]
    root.locator(".turn").last.evaluate("turn => turn.click()")
    root.locator(".turn").last.focus()
    root.page.keyboard.press("Shift+ArrowDown")
    expect(root.locator(f'.turn[data-row="{last + 1}"]')).to_be_focused()
    root.get_by_role("button", name="Link").click()
    value = root.locator(".taken textarea")
    expect(value).to_be_visible()
    assert f"#t{last:07}..t{last + 1:07}" in value.input_value()


def test_hits_are_counted_and_walked_through_past_the_end_of_the_page(root):
    search = root.get_by_label("Search words")
    search.fill("kenu")
    search.press("Enter")
    expect(root.locator(".status")).to_contain_text("hits in")
    onward = root.get_by_role("button", name="Next hit")
    visited: list[int] = []
    for _ in range(30):
        onward.click()
        hit = root.locator("mark.current:not([data-visited])")
        hit.wait_for()
        hit.evaluate("mark => mark.dataset.visited = ''")
        current = root.locator(".turn:has(mark.current)")
        expect(current).to_have_count(1, timeout=2000)
        visited.append(int(current.get_attribute("data-row") or -1))
    assert visited == sorted(visited)
    assert len(set(visited)) > 25
    search.fill("")
    expect(root.locator(".status")).to_have_text("8,000 of 8,000 turns")


def test_of_a_search_the_lines_say_how_many_turns_they_leave_out(root):
    search = root.get_by_label("Search words")
    search.fill("ba")
    search.press("Enter")
    expect(root.locator(".status")).to_contain_text("hits in")
    root.get_by_role("button", name="Lines").click()
    expect(root.locator(".lines p")).to_contain_text("of the first 500 of")
    root.get_by_role("button", name="Back to reading").click()
    search.fill("")
    expect(root.locator(".status")).to_have_text("8,000 of 8,000 turns")


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_no_fault_and_nothing_is_wider_than_the_window(root, width):
    root.page.set_viewport_size({"width": width, "height": 800})
    expect(root.get_by_label("Where in all turns")).to_be_visible()
    found = Axe().run(root.page, context={"include": [["section.readerlib"]]})
    assert found.response["violations"] == []
    assert found.response["passes"]
    wider = root.evaluate(
        """root => [root, ...root.querySelectorAll('.page, .chapters, .tools')]
            .filter(node => node.scrollWidth > node.clientWidth).map(node => node.className)"""
    )
    root.page.set_viewport_size({"width": 1280, "height": 800})
    assert wider == []
