"""The Reader on a page of JupyterLab, by what a person looks for on it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

CELL = """from readerlib import load, Reader
reader = Reader(load("calls"), notices="show")
reader"""
WIDE = {"width": 1280, "height": 800}


class Seen:
    """The Reader on a page, by what a person looks for on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.locator("section.readerlib")
        self.turns = self.root.locator(".turn")
        self.status = self.root.get_by_role("status")
        self.search = self.root.get_by_label("Search words")
        self.chapters = self.root.get_by_role("combobox", name="Chapter")

    def box(self, facet: str, value: str) -> Locator:
        return self.root.locator(f'input[data-facet="{facet}"][data-value="{value}"]')

    def choose(self, facet: str, value: str) -> None:
        group = self.root.locator(f'details[data-group="{facet}"]')
        if group.get_attribute("open") is None:
            group.locator("summary").click()
        self.box(facet, value).click()

    def find(self, query: str) -> None:
        self.search.fill(query)
        self.search.press("Enter")

    def ids(self) -> list[str]:
        return self.turns.evaluate_all("turns => turns.map(turn => turn.dataset.turn)")

    def counts(self) -> dict[tuple[str, str], int]:
        found = self.root.locator("input[data-facet]").evaluate_all(
            "boxes => boxes.map(b => [b.dataset.facet, b.dataset.value,"
            " b.closest('label').querySelector('.n').textContent])"
        )
        return {(facet, value): int(n) for facet, value, n in found}

    def at_top(self) -> str:
        """The id of the turn or conversation at the upper edge of the page."""
        return self.root.evaluate(
            """root => {
                const edge = root.querySelector('.page').getBoundingClientRect().top + 40;
                const all = [...root.querySelectorAll('.turn, .heading')];
                const at = all.filter(e => e.getBoundingClientRect().top <= edge).pop() ?? all[0];
                return at.dataset.turn ?? at.dataset.conversation;
            }"""
        )
