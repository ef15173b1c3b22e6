"""The Reader for everybody: without a mouse, without colours, without room, without end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

import brute
from lab import Troubles, in_lab, run_afresh, run_below
from seen import Seen

ASKING = """from readerlib import load, Reader
reader = Reader(load("calls"), "soldier=Leonid&chapter=3")
reader"""
THEMES = ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"]

# What is written, and with what contrast to what lies below; and the edges of what is used.
FAINT = """() => {
    const parsed = colour => {
        const [r, g, b, a = 1] = colour.match(/^rgba?\\((.*)\\)$/)[1].split(/[, /]+/).map(Number);
        return [r, g, b, a];
    };
    const over = ([r, g, b, a], below) =>
        [r, g, b].map((part, i) => part * a + below[i] * (1 - a)).concat(1);
    const light = colour => {
        const [r, g, b] = colour.slice(0, 3).map(part => part / 255)
            .map(part => part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
    };
    const contrast = (one, other) => {
        const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
        return (high + .05) / (low + .05);
    };
    const ground = node => {
        if (!node) return [255, 255, 255, 1];
        const colour = parsed(getComputedStyle(node).backgroundColor);
        return colour[3] === 1 ? colour : over(colour, ground(node.parentElement));
    };
    const opacity = node =>
        node ? Number(getComputedStyle(node).opacity) * opacity(node.parentElement) : 1;
    const faint = new Map();
    const note = (node, what, one, other, least) => {
        const ratio = contrast(one, other);
        if (ratio < least)
            faint.set(`${what} of ${node.localName}.${node.className}: ${ratio.toFixed(2)}`, 1);
    };
    let looked = 0;
    for (const node of document.querySelectorAll('section.readerlib, section.readerlib *')) {
        if (!node.checkVisibility() || node.disabled || node.localName === 'option') continue;
        const style = getComputedStyle(node);
        const below = ground(node);
        const [r, g, b, a] = parsed(style.color);
        const text = [...node.childNodes].some(n => n.nodeType === 3 && n.data.trim());
        if (text || /input|textarea|select/.test(node.localName)) {
            const size = parseFloat(style.fontSize);
            const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
            const ink = over([r, g, b, a * opacity(node)], below);
            note(node, 'text', ink, below, large ? 3 : 4.5);
            looked += 1;
        }
        if (node.matches('button, select, textarea, [type=search]')) {
            const around = ground(node.parentElement);
            note(node, 'edge', over(parsed(style.borderTopColor), around), around, 3);
        }
    }
    return {looked, faint: [...faint.keys()]};
}"""


def states(seen: Seen) -> Iterator[str]:
    """Bring the Reader into one state after the other, and say which it is."""
    page, root = seen.page, seen.root
    button = root.get_by_role
    yield "as opened"
    seen.find("mother*")
    expect(root.locator("mark").first).to_be_visible()
    yield "with a search"
    button("button", name="Lines").click()
    expect(root.locator(".lines tr").first).to_be_visible()
    yield "as lines"
    seen.find("")
    expect(seen.status).to_have_text("258 of 258 turns")
    filters = button("button", name="Filters")
    if filters.is_visible():
        filters.click()
    seen.choose("soldier", "Ivan")
    seen.choose("chapter", "2")
    seen.choose("speaker", "Olya")
    expect(root.locator(".gap").first).to_be_visible()
    yield "with filters and gaps"
    for name in ("Display", "Help"):
        button("button", name=name, exact=True).click()
    if not root.locator(".about").is_visible():
        button("button", name="About this turn").click()
    expect(root.locator(".about")).to_be_visible()
    yield "with the display, the help and the turn explained"
    root.locator(".about").get_by_role("button", name="Cite", exact=True).click()
    expect(root.get_by_label("What was copied")).to_be_visible()
    yield "with a citation"
    button("button", name="Published words…", exact=True).click()
    expect(page.locator("section.attaching")).to_be_visible()
    yield "with the panel for a copy"
    button("button", name="Close", exact=True).click()
    expect(page.locator("section.attaching")).to_have_count(0)
    root.get_by_label("one turn at a time").check()
    expect(root.get_by_role("button", name="Next turn")).to_be_visible()
    button("button", name="Next turn").click()
    yield "for a projector"
    button("button", name="Leave the projector").click()
    run_below(page, ASKING)
    expect(root.locator(".veil").first).to_be_visible()
    yield "with notices"
    root.locator(".veil summary").first.click()
    yield "with a notice's choices"
    root.locator(".veil button").first.click()
    expect(root.get_by_role("button", name="Hide", exact=True).first).to_be_visible()
    yield "with a turn shown"
    run_below(page, "from readerlib import Ledger; Ledger(load('calls'))")
    expect(page.locator("section.ledger tbody tr").first).to_be_visible()
    yield "with the ledger"


def look(page: Page, theme: str) -> None:
    """Show the page as it looks in a theme of JupyterLab."""
    change = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
    in_lab(page, change, theme)
    page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=theme)


@pytest.fixture
def plain(seen: Seen) -> Iterator[Seen]:
    """The Reader, and after the test no forced colours."""
    yield seen
    seen.page.emulate_media(forced_colors="none")


class TestAxe:
    """In every state it finds nothing to object to, and where it leaves contrast open we count."""

    @pytest.mark.parametrize("theme", THEMES)
    def test_finds_no_fault_in_any_state_nor_with_forced_colours(self, plain: Seen, theme: str):
        page, first, colours = plain.page, theme == THEMES[0], {"runOnly": ["cat.color"]}
        look(page, theme)
        for state in states(plain):
            # Nothing but colours depends on the theme.
            self.assert_faultless(page, {} if first else colours, state)
            if first:
                # Colours that the system forces come over those of any theme.
                page.emulate_media(forced_colors="active")
                self.assert_faultless(page, colours, f"{state}, with forced colours")
                page.emulate_media(forced_colors="none")

    def assert_faultless(self, page: Page, rules: dict[str, object], state: str) -> None:
        assert faults(page, rules) == [], state
        seen_now = page.evaluate(FAINT)
        assert seen_now["looked"] > 20, state
        assert seen_now["faint"] == [], state


def faults(page: Page, options: dict[str, object]) -> list[str]:
    """What axe objects to in our regions, each with where."""
    wanted = {"resultTypes": ["violations"], **options}
    # Its half megabyte is read once by a page.
    there = page.evaluate("typeof axe === 'object'")
    found = Axe("" if there else AXE_SCRIPT).run(page, "section.readerlib", wanted).response
    return [
        f"{fault['id']}: {node['target']} {node['html'][:200]}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("width", [320])
def test_a_narrow_window_needs_no_sideways_scrolling_in_any_state(seen: Seen, width: int):
    seen.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    expect(seen.page.locator("#jp-left-stack")).to_be_hidden()
    seen.page.set_viewport_size({"width": width, "height": 800})
    expect(seen.root.get_by_role("button", name="Filters")).to_be_visible()
    targets = {"rules": {"target-size": {"enabled": True}}}
    for state in states(seen):
        assert seen.page.evaluate(SIDEWAYS) == [], state
        assert faults(seen.page, targets) == [], state


SIDEWAYS = """() => {
    const found = [];
    for (const root of document.querySelectorAll('section.readerlib')) {
        const edge = root.getBoundingClientRect();
        if (edge.left < 0 || edge.right > innerWidth) found.push('the section itself');
        for (const node of [root, ...root.querySelectorAll('*')]) {
            if (!node.checkVisibility() || /^(input|select|option|textarea)$/.test(node.localName))
                continue;
            const style = getComputedStyle(node);
            const box = node.getBoundingClientRect();
            const name = `${node.localName}.${node.className}`;
            const cut = style.overflowX === 'hidden' && style.textOverflow === 'ellipsis';
            if (node.scrollWidth > node.clientWidth + 1 && style.overflowX !== 'visible' && !cut
                && node.clientWidth > 1)
                found.push(`${name} is ${node.scrollWidth} wide in ${node.clientWidth}`);
            if (!node.closest('.left, .right') && (box.right > edge.right + 1
                || box.left < edge.left - 1) && box.width > 1)
                found.push(`${name} reaches from ${box.left} to ${box.right}`);
        }
    }
    return [...new Set(found)];
}"""


class TestALongDay:
    """The same cell run again and again: what one run leaves is what all leave."""

    CELL = "Reader(corpus)"
    LEFT = """async () => {
        const panel = window.jupyterapp.shell.currentWidget;
        const shown = [];
        const walk = widget => {
            if (widget._manager) shown.push(widget);
            for (const child of widget.widgets ?? widget.children?.() ?? []) walk(child);
        };
        for (const cell of panel.content.widgets) walk(cell);
        const manager = await shown[0]._manager.promise;
        return {
            views: shown.length,
            sections: document.querySelectorAll('section.readerlib').length,
            models: Object.keys(manager._models).length,
            comms: panel.sessionContext.session.kernel._comms.size,
            watched: window.watched,
        };
    }"""

    @pytest.fixture(autouse=True)
    def hurried(self, opened: tuple[Page, Troubles], notebook: Page) -> Iterator[None]:
        """Of a model that is closed while it begins, anywidget complains two seconds later.

        Run again within some milliseconds, a cell closes its former view (``cells.take_over``)
        while the page still imports that view's module.  anywidget 0.11 then stops without settling
        the promise that the model is ready, and a timer rejects it after two seconds: an
        unhandled rejection in the browser's console, and one for each message that waited.  The
        view is gone from the page by then and nothing of it is shown, so a reader sees nothing.
        To close the former view later would leave one behind where no page ever shows it.
        """
        yield
        errors = opened[1].errors
        errors[:] = [error for error in errors if "Failed to initialize model" not in error]

    def test_two_hundred_runs_leave_one_reader(self, seen: Seen):
        page = seen.page
        page.evaluate(
            """() => {
                const Observer = window.ResizeObserver;
                window.watched = 0;
                window.ResizeObserver = class extends Observer {
                    ours = 0;
                    observe(node, how) {
                        super.observe(node, how);
                        if (!node.closest('section.readerlib')) return;
                        window.watched += 1;
                        this.ours += 1;
                    }
                    disconnect() {
                        super.disconnect();
                        window.watched -= this.ours;
                        this.ours = 0;
                    }
                };
            }"""
        )
        count = "from ipywidgets.widgets.widget import _instances; print(len(_instances))"
        run_afresh(page, 'from readerlib import load, Reader\ncorpus = load("demo")')
        run_below(page, self.CELL)

        def left() -> dict[str, int]:
            expect(seen.status).to_have_text(re.compile(r"^(\d+) of \1 turns$"))
            return in_lab(page, self.LEFT)

        run_below(page, count)
        widgets = page.locator(".jp-OutputArea-output pre").last
        many = widgets.inner_text()
        in_lab(page, AGAIN, [1, 1])
        before = left()
        for _ in range(4):
            in_lab(page, AGAIN, [50, 10])
        end = time.monotonic() + 10
        while left() != before and time.monotonic() < end:
            page.wait_for_timeout(100)
        assert left() == before
        assert before["sections"] == before["views"] == before["watched"] == 1
        run_below(page, count)
        expect(widgets).to_have_text(many.strip())

    def test_a_closed_reader_leaves_no_elements_behind(self, seen: Seen):
        page = seen.page
        run_afresh(page, 'from readerlib import load, Reader\ncorpus = load("demo")')
        run_below(page, self.CELL)
        memory = page.context.new_cdp_session(page)
        memory.send("HeapProfiler.enable")

        def nodes() -> int:
            memory.send("HeapProfiler.collectGarbage")
            return memory.send("Memory.getDOMCounters")["nodes"]

        in_lab(page, AGAIN, [2, 1])
        before = nodes()
        in_lab(page, AGAIN, [10, 1])
        of_one = seen.root.evaluate("root => root.querySelectorAll('*').length")
        # One or two of the ten may wait to be swept up.
        assert nodes() - before < 3 * of_one
        memory.detach()


AGAIN = """async ([times, drawn]) => {
    const {commands, shell} = window.jupyterapp;
    for (let i = 1; i <= times; i++) {
        shell.currentWidget.content.activeCellIndex = 1;
        await commands.execute('notebook:run-cell');
        // Some runs are drawn to the end before the next one, most are not.
        const turn = () => document.querySelector('section.readerlib .turn');
        while (i % drawn === 0 && !turn()) await new Promise(resolve => setTimeout(resolve, 5));
    }
}"""


CELLS = """() => {
    const {model, activeCellIndex, mode} = window.jupyterapp.shell.currentWidget.content;
    const cells = [...model.cells].map(cell =>
        [cell.id, cell.type, cell.sharedModel.getSource(), cell.executionCount]);
    return JSON.stringify([cells, activeCellIndex, mode]);
}"""


# What the cells are now; and the focus is inside the Reader again, for the next keys.
CELLS_AND_FOCUS = f"""inside => {{
    const cells = ({CELLS})();
    document.querySelector('section.readerlib').querySelector(inside).focus();
    return cells;
}}"""


def pressed(keys: str) -> str:
    """A combination of keys as Playwright spells it."""
    *held, key = keys.split(" ")
    names = {"Ctrl": "Control"}
    return "+".join([names.get(h, h) for h in held] + [key.lower() if len(key) == 1 else key])


def test_no_key_of_the_notebook_does_anything_to_it_inside_the_reader(seen: Seen):
    page = seen.page
    # A cell above and a cell below, so that each move and each merge would show.
    run_below(page, "'below'")
    in_lab(page, "() => window.jupyterapp.commands.execute('notebook:move-cell-up')")
    run_below(page, "'last'")
    in_lab(page, "() => window.jupyterapp.commands.execute('notebook:enter-command-mode')")
    bindings = page.evaluate(
        "() => window.jupyterapp.commands.keyBindings.map(({selector, keys}) => [selector, keys])"
    )
    # Those of the whole window belong to JupyterLab wherever the focus is.
    chords = {tuple(keys) for selector, keys in bindings if selector != "body"}
    assert {("D", "D"), ("0", "0"), ("Shift J",), ("Ctrl Enter",), ("1",)} <= chords
    session = page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.id")
    for inside in (
        ".turn[tabindex='0']",
        "input[data-facet]:enabled",
        ".search",
        "button[data-do='help']",
    ):
        # To come into an output makes its cell the active one.
        seen.root.locator(inside).first.focus()
        before = page.evaluate(CELLS_AND_FOCUS, inside)
        for chord in sorted(chords):
            for keys in chord:
                page.keyboard.press(pressed(keys))
            assert page.evaluate(CELLS_AND_FOCUS, inside) == before, f"{chord} in {inside}"
    assert session == page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.id"
    )
    # The same keys do something outside of it.
    in_lab(page, "() => window.jupyterapp.commands.execute('notebook:enter-command-mode')")
    page.locator(".jp-Notebook .jp-Cell.jp-mod-active").focus()
    page.keyboard.press("b")
    assert page.evaluate(CELLS) != before


STOP = """() => {
    const node = document.activeElement;
    const style = getComputedStyle(node);
    const labels = [...(node.labels ?? [])].map(label => label.innerText).join(' ');
    const name = node.getAttribute('aria-label') || labels || node.innerText || node.title || '';
    return {
        inside: node.closest('section.readerlib') !== null,
        is: `${node.localName}.${node.className}`,
        name: name.trim(),
        ring: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
        data: {...node.dataset},
        turn: node.classList.contains('turn') || node.classList.contains('veil'),
    };
}"""


class Keys:
    """A person with a keyboard and no mouse; at every stop they see where they are."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def at(self) -> dict:
        return self.page.evaluate(STOP)

    def tab(self, wanted: Callable[[dict], bool], key: str = "Tab") -> dict:
        """Go from stop to stop until one is as wanted."""
        passed = []
        for _ in range(120):
            self.press(key)
            stop = self.at()
            passed.append(stop["name"] or stop["is"])
            if stop["inside"]:
                assert stop["name"], stop
                assert stop["ring"] > 0, stop
                if wanted(stop):
                    return stop
        raise AssertionError(f"not among the stops: {passed}")

    def back(self, wanted: Callable[[dict], bool]) -> dict:
        return self.tab(wanted, "Shift+Tab")


def named(name: str) -> Callable[[dict], bool]:
    return lambda stop: stop["name"] == name


def a_turn(stop: dict) -> bool:
    return stop["turn"]


def test_all_turns_are_one_stop_of_the_tab_key(seen: Seen):
    run_below(seen.page, ASKING)
    expect(seen.root.locator(".veil").first).to_be_visible()
    stops = (
        seen.root.nth(1)
        .locator(".page")
        .evaluate(
            """page => [...page.querySelectorAll('.turn:not([tabindex="0"]) :is(button, summary)')]
            .filter(node => node.tabIndex >= 0).length"""
        )
    )
    assert stops == 0


def test_the_keyboard_alone_does_all_tasks(seen: Seen):
    page, root, keys = seen.page, seen.root, Keys(seen.page)
    run_afresh(page, "from readerlib import load, Reader")
    run_below(page, 'Reader(load("calls"))')
    in_lab(page, "() => window.jupyterapp.commands.execute('notebook:enter-command-mode')")

    # Open it: run the cell, and go into what it shows.
    keys.press("ArrowDown", "ArrowUp", "ArrowDown", "Control+Enter")
    expect(seen.status).to_have_text("258 of 258 turns")
    assert keys.tab(lambda stop: True)["name"] == "Search words"

    # Search.
    page.keyboard.type("mother*")
    keys.press("Enter")
    expect(seen.status).to_contain_text("hit")
    expect(seen.search).to_be_focused()
    keys.tab(named("Next hit"))
    keys.press("Enter")
    expect(root.locator("mark.current")).to_be_in_viewport()
    keys.back(named("Search words"))
    keys.press("Control+a", "Delete")
    expect(seen.status).to_have_text("258 of 258 turns")

    # Have the turns explained beside them.
    about = root.locator(".about")
    keys.tab(named("About this turn"))
    if not about.is_visible():
        keys.press("Enter")
    expect(about).to_be_visible()

    # Filter.
    keys.tab(lambda stop: stop["data"].items() >= {"facet": "soldier", "value": "Leonid"}.items())
    keys.press("Space")
    expect(seen.box("soldier", "Leonid")).to_be_checked()
    leonid = len(brute.selected({"soldier": ["Leonid"]}))
    expect(seen.status).to_have_text(f"{leonid} of 258 turns")
    expect(seen.box("soldier", "Leonid")).to_be_focused()

    # Move among the turns, which are one stop.
    keys.tab(a_turn)
    first = keys.at()["data"]["turn"]
    keys.press("ArrowDown", "ArrowDown")
    assert keys.at()["data"]["turn"] == seen.ids()[seen.ids().index(first) + 2]
    keys.press("Home")
    expect(root.locator(f'[data-turn="{seen.ids()[0]}"]')).to_be_focused()

    # Read a turn that stands behind a notice.
    for _ in range(leonid):
        if "veil" in keys.at()["is"]:
            break
        keys.press("ArrowDown")
    behind = keys.at()["data"]["turn"]
    keys.press("Enter")
    shown = root.locator(f'.turn:not(.veil)[data-turn="{behind}"]')
    expect(shown).to_be_focused()
    assert keys.at()["ring"] > 0

    # Take a range of turns, and cite it.
    keys.press("End", "Shift+ArrowUp", "Shift+ArrowUp")
    expect(root.locator(".turn.within")).to_have_count(3)
    first, last = seen.ids()[-3], seen.ids()[-1]
    expect(about).to_contain_text(first)
    keys.tab(named("Link"))
    keys.press("Enter")
    copied = root.get_by_label("What was copied")
    expect(copied).to_have_value(re.compile(f"#{first}..{last}$"))
    keys.tab(named("Cite"))
    keys.press("Enter")
    expect(copied).to_have_value(re.compile("Associated Press"))

    # One turn at a time, for a projector, and back.
    keys.back(named("Display"))
    keys.press("Enter")
    keys.tab(lambda stop: stop["data"].get("display") == "projector")
    keys.press("Space")
    # The one where one was before all these keys, and the one before it, paler.
    expect(root.locator(".turn:visible")).to_have_count(2)
    keys.tab(a_turn)
    on = seen.ids().index(keys.at()["data"]["turn"])
    keys.press("ArrowLeft")
    expect(root.locator(".turn:visible")).to_have_count(2)
    expect(root.locator(f'[data-turn="{seen.ids()[on - 1]}"]')).to_be_focused()
    keys.press("Escape")
    expect(root.locator(".side")).to_be_visible()
