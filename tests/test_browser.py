"""The Reader in the real JupyterLab."""

from playwright.sync_api import expect

CELL = """from readerlib import load, Reader
reader = Reader(load("calls"))
reader"""


def box(view, facet, value):
    return view.locator(f'input[data-facet="{facet}"][data-value="{value}"]')


def test_a_person_narrows_searches_and_fills_a_gap(lab, page, troubles, screenshots):
    lab.write_notebook("reader.ipynb", [CELL])
    lab.open_notebook(page, "reader.ipynb")
    lab.run_all(page)
    view = page.locator("section.readerlib")
    expect(view.locator(".status")).to_have_text("258 of 258 turns")
    page.screenshot(path=screenshots / "reader-1280.png")
    box(view, "soldier", "Ivan").click()
    box(view, "chapter", "2").click()
    expect(view.locator(".status")).to_have_text("14 of 258 turns")
    box(view, "speaker", "Olya").click()
    expect(view.locator(".status")).to_have_text("4 of 258 turns")
    assert view.locator(".turn").count() == 4
    expect(box(view, "speaker", "Wife")).to_be_disabled()
    page.screenshot(path=screenshots / "reader-olya.png")
    view.locator(".gap button").first.click()
    expect(view.locator(".turn")).to_have_count(7)
    view.get_by_role("button", name="Show all").click()
    view.get_by_label("Search words").fill("gold")
    view.get_by_label("Search words").press("Enter")
    expect(view.locator("mark").first).to_have_text("gold")
    page.set_viewport_size({"width": 400, "height": 800})
    page.screenshot(path=screenshots / "reader-400.png")
    assert not troubles.errors


def test_markup_in_every_field_stays_text(lab, page, troubles):
    lab.write_notebook(
        "markup.ipynb",
        [
            """import pandas as pd
from readerlib import Corpus, Reader
from readerlib.corpus import Descriptor, Facet
bad = "<img src=x onerror=\\"document.title='run'\\"><b>'&amp;"
turns = pd.DataFrame({"turn_id": [bad], "conversation_id": [bad], "position": ["1"],
    "speaker_id": [bad], "kind": ["speech"], "text": [bad], "gist": [bad]})
talks = pd.DataFrame({"conversation_id": [bad], "title": [bad], "part": [bad]})
people = pd.DataFrame({"speaker_id": [bad], "name": [bad], "role": [bad]})
Reader(Corpus({"turns": turns, "conversations": talks, "speakers": people}, Descriptor(bad, bad,
    population=bad, facets=(Facet(bad, bad, "conversations.part"),), path=(bad,))))"""
        ],
    )
    lab.open_notebook(page, "markup.ipynb")
    lab.run_all(page)
    view = page.locator("section.readerlib")
    expect(view.locator(".words")).to_contain_text("<img src=x onerror=")
    assert view.locator("img, b").count() == 0
    assert page.title() != "run"
    assert not troubles.errors
