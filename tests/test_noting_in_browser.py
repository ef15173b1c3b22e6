"""Notes in JupyterLab, written with the mouse and by keys alone, listed, found again, kept."""

from __future__ import annotations

import json
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Locator, Page, expect

from lab import Troubles, run_afresh, run_below, saved_both_ways
from readerlib import load
from readerlib.notes import Notes
from seen import WIDE
from test_access_in_browser import CELLS, FAINT, SIDEWAYS, faults, look
from test_hostile_in_browser import assert_only_ours, strings

DEMO = """from readerlib import Reader, load
from readerlib.notes import Notes
notes = Notes({folder!r})
reader = Reader(load("demo"), notices="show", notes=notes)
reader"""

SAID = "🙂🙂 Мама сказала: «Возвращайся домой» — не плачь, d--- it, e\u0301t alors 👩‍👧 и всё."
SCRIPTS = """import pandas as pd
from readerlib import Corpus, Reader
from readerlib.descriptor import Descriptor
from readerlib.notes import Notes
turns = [dict(turn_id=f"t{{n}}", conversation_id="c", position=str(n), speaker_id="p",
              kind="speech", text=text) for n, text in enumerate([{said!r}, "Да."], 1)]
corpus = Corpus({{"turns": pd.DataFrame(turns),
    "conversations": pd.DataFrame({{"conversation_id": ["c"]}}),
    "speakers": pd.DataFrame({{"speaker_id": ["p"], "name": ["P"]}})}}, Descriptor("scripts", "S"))
reader = Reader(corpus, notes=Notes({folder!r}))
reader.display = "mask=1" if {mask} else ""
reader"""

# Select from one sign to another of a turn's words, as a hand with a mouse would.
DRAG = """([turn, first, last]) => {
    const words = document.querySelector(`.turn[data-turn="${turn}"] .words`);
    const walk = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
    const at = sought => {
        walk.currentNode = words;
        while (walk.nextNode()) {
            const found = walk.currentNode.data.indexOf(sought);
            if (found >= 0) return [walk.currentNode, found];
        }
    };
    const range = document.createRange();
    const [to, end] = at(last);
    range.setStart(...at(first));
    range.setEnd(to, end + last.length);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "notes"


@pytest.fixture
def root(notebook: Page, folder: Path) -> Locator:
    run_afresh(notebook, DEMO.format(folder=str(folder)))
    notebook.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    found = notebook.locator("section.readerlib").first
    expect(found.locator(".turn").first).to_be_visible(timeout=30_000)
    return found


def kept(folder: Path, find: str = "") -> list[tuple[str, str, str]]:
    """What is on the disk: place, text and colour, the newest first."""
    return [
        (str(note.anchor.place), note.text, note.colour) for note in Notes(folder).select(find=find)
    ]


def turn(root: Locator, turn_id: str) -> Locator:
    return root.locator(f'.turn[data-turn="{turn_id}"]')


def write(root: Locator, turn_id: str, text: str) -> None:
    """Write a note on a turn, with the mouse."""
    turn(root, turn_id).locator(".who").click()
    root.get_by_role("button", name="Write a note").click()
    root.get_by_label("Note", exact=True).fill(text)
    root.get_by_role("button", name="Save", exact=True).click()
    expect(root.locator(".noting .note", has_text=text[:20])).to_be_visible()


def test_a_note_is_written_edited_deleted_and_brought_back_with_the_mouse(
    root: Locator, folder: Path, screenshots: Path
):
    write(root, "frost-1-02", "Why does she ask?")
    note = root.locator(".noting .note")
    expect(root.get_by_text("Saved.")).to_be_visible()
    assert kept(folder) == [("frost-1-02", "Why does she ask?", "")]
    expect(turn(root, "frost-1-02")).to_be_focused()
    expect(turn(root, "frost-1-02").get_by_label("1 note on this turn")).to_be_visible()
    note.get_by_role("button", name="Edit").click()
    root.get_by_label("Note", exact=True).fill("Why does she ask twice?")
    root.get_by_role("textbox", name="Tags").fill("question, listening")
    root.get_by_label("A question").check()
    root.get_by_label("quote these words in my portfolio").check()
    root.get_by_role("button", name="Save", exact=True).click()
    expect(note).to_contain_text("Why does she ask twice?")
    expect(note.locator(".tag")).to_have_text(["listening", "question"])
    expect(note).to_contain_text("A question")
    # A tag that was used is offered, and taken with a click.
    turn(root, "frost-1-03").locator(".who").click()
    root.get_by_role("button", name="Write a note").click()
    root.get_by_role("textbox", name="Tags").fill("lis")
    root.get_by_role("button", name="listening", exact=True).click()
    expect(root.get_by_role("textbox", name="Tags")).to_have_value("listening, ")
    root.page.screenshot(path=screenshots / "noting-editor.png")
    root.get_by_label("Note", exact=True).fill("Given up")
    root.get_by_role("button", name="Cancel", exact=True).click()
    expect(root.locator(".editor")).to_have_count(0)
    expect(root.get_by_text("Not kept.")).to_be_visible()
    turn(root, "frost-1-02").locator(".who").click()
    note.get_by_role("button", name="Delete").click()
    expect(note).to_have_count(0)
    undo = root.get_by_role("button", name="Undo")
    # The button that was clicked is gone; the focus has not fallen out of the Reader.
    expect(undo).to_be_focused()
    assert kept(folder) == []
    turn(root, "frost-2-02").locator(".who").click()
    expect(undo).to_be_visible()
    undo.click()
    expect(root.get_by_text("It is back.")).to_be_visible()
    turn(root, "frost-1-02").get_by_label("1 note on this turn").click()
    expect(note).to_be_focused()
    assert kept(folder) == [("frost-1-02", "Why does she ask twice?", "blue")]


def test_by_keys_alone_a_note_is_written_on_words_of_a_turn(root: Locator, folder: Path):
    page, keyboard = root.page, root.page.keyboard
    cells = page.evaluate(CELLS)
    root.get_by_role("combobox", name="Chapter").focus()
    for _ in range(60):
        keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('turn')"):
            break
    keyboard.press("ArrowDown")
    expect(turn(root, "frost-1-02")).to_be_focused()
    keyboard.press("Tab")
    expect(turn(root, "frost-1-02").get_by_label("Note on this turn")).to_be_focused()
    keyboard.press("Enter")
    expect(root.get_by_label("Note", exact=True)).to_be_focused()
    keyboard.insert_text("b d d x")
    keyboard.press("Tab")
    expect(root.get_by_label("this turn", exact=True)).to_be_focused()
    keyboard.press("ArrowDown")
    expect(root.get_by_label("words of it")).to_be_focused()
    keyboard.press("Tab")
    options = root.locator(".words-of").get_by_role("option")
    expect(options.first).to_be_focused()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown"):
        keyboard.press(key)
    text = load("demo").records(1, 2)[0]["text"]
    words = [options.nth(i).inner_text().strip() for i in (2, 3, 4)]
    # A screen reader hears what is chosen.
    told = root.locator(".picked[aria-live=polite]")
    expect(told).to_have_text(f"Chosen: {' '.join(words)}")
    assert options.evaluate_all("all => all.filter(o => o.tabIndex === 0).length") == 1
    assert " ".join(words) in text
    for key in ("b", "d", "d", "x", "Enter"):
        keyboard.press(key)
    keyboard.press("Control+Enter")
    expect(root.get_by_text("Saved.")).to_be_visible()
    expect(turn(root, "frost-1-02")).to_be_focused()
    expect(turn(root, "frost-1-02").locator("mark.noted")).to_have_text(
        " ".join(words).rstrip(",.")
    )
    start = text.index(words[0])
    end = start + len(" ".join(words).rstrip(",."))
    assert kept(folder) == [(f"frost-1-02:{start}-{end}", "b d d x", "")]
    # From the turn to the note and back.
    keyboard.press("Tab")
    expect(turn(root, "frost-1-02").get_by_label("1 note on this turn")).to_be_focused()
    keyboard.press("Enter")
    expect(root.locator(".noting .note")).to_be_focused()
    for key in ("b", "d", "d", "x"):
        keyboard.press(key)
    keyboard.press("Tab")
    expect(root.get_by_role("button", name="Edit")).to_be_focused()
    keyboard.press("Enter")
    expect(root.get_by_label("Note", exact=True)).to_be_focused()
    keyboard.press("End")
    keyboard.insert_text(", and more")
    keyboard.press("Escape")
    expect(turn(root, "frost-1-02")).to_be_focused()
    expect(root.get_by_text("Begun, not saved:")).to_be_visible()
    expect(root.locator(".editor")).to_have_count(0)
    root.get_by_role("button", name="Go on writing").focus()
    keyboard.press("Enter")
    expect(root.get_by_label("Note", exact=True)).to_have_value("b d d x, and more")
    keyboard.press("Control+Enter")
    expect(root.locator(".noting .note")).to_contain_text("b d d x, and more")
    assert page.evaluate(CELLS) == cells


@pytest.mark.parametrize("mask", [False, True])
def test_words_that_are_selected_are_noted_in_code_points(notebook: Page, folder: Path, mask: bool):
    run_afresh(notebook, SCRIPTS.format(said=SAID, folder=str(folder), mask=mask))
    root = notebook.locator("section.readerlib").first
    expect(root.locator(".turn").first).to_be_visible(timeout=30_000)
    wanted = [("Возвращайся", "домой"), ("alors", "👩‍👧"), ("плачь", "сё")]
    for number, (first, last) in enumerate(wanted):
        notebook.evaluate(DRAG, ["t1", first, last])
        button = root.get_by_role("button", name="Note on these words")
        expect(button).to_be_visible()
        # It takes no focus away.
        expect(button).not_to_be_focused()
        button.click()
        root.get_by_label("Note", exact=True).fill(f"Note {number}")
        notebook.keyboard.press("Control+Enter")
        expect(root.get_by_label(f"{number + 1} note")).to_be_visible()
        place, text, colour = kept(folder)[0]
        start, end = map(int, place.removeprefix("t1:").split("-"))
        begin = SAID.index(first)
        whole = SAID[begin : SAID.index(last, begin) + len(last)]
        assert (SAID[start:end], text, colour) == (whole, f"Note {number}", "yellow")
    if mask:
        assert "d---" not in root.inner_html()
    # The newest lies above: what is marked of it is its words.
    (newest,) = Notes(folder).select(find="Note 0")
    marked = root.locator(f'.turn mark[data-notes~="{newest.note_id}"]').all_inner_texts()
    assert "".join(marked) == "Возвращайся домой"


def test_the_list_is_searched_filtered_and_leads_to_the_turn_through_a_filter(
    root: Locator, folder: Path, screenshots: Path
):
    page = root.page
    run_below(
        page,
        """for i, turn in enumerate(["frost-1-02", "frost-2-03", "frost-3-01", "frost-3-02"]):
    n = notes.write(load("demo"), turn, f"Note {i} on {turn}", tags=["odd"] * (i % 2))
reader.selection = "chapter=1\"""",
    )
    expect(root.locator(".status").first).to_have_text("4 of 14 turns")
    opener = root.get_by_role("button", name="Notes")
    opener.first.click()
    panel = page.get_by_role("region", name="Your notes")
    expect(panel.get_by_role("status")).to_have_text("4 of 4 notes")
    expect(opener.first).to_have_attribute("aria-expanded", "true")
    panel.get_by_label("Find").fill("frost-3")
    expect(panel.get_by_role("status")).to_have_text("2 of 4 notes")
    panel.get_by_label("Tag").focus()
    panel.get_by_label("Tag").select_option("odd")
    expect(panel.get_by_role("status")).to_have_text("1 of 4 notes")
    expect(panel.get_by_label("Tag")).to_be_focused()
    page.screenshot(path=screenshots / "notes-list.png")
    cells = page.evaluate(CELLS)
    for inside in (panel.locator(".note"), panel.get_by_role("button", name="Edit")):
        inside.focus()
        for key in ("b", "d", "d", "x", "0", "0", "Shift+J"):
            page.keyboard.press(key)
    assert page.evaluate(CELLS) == cells
    panel.get_by_role("button", name="Edit").click()
    panel.get_by_label("Note", exact=True).fill("Changed in the list")
    page.keyboard.press("Control+Enter")
    expect(panel.get_by_text("Saved.")).to_be_visible()
    expect(panel.get_by_text("No note fits these filters.")).to_be_visible()
    panel.get_by_role("button", name="Show all").click()
    expect(panel.locator(".note").first).to_contain_text("Changed in the list")
    expect(panel.get_by_label("Find")).to_have_value("")
    panel.locator(".note").first.get_by_role("button", name="turn").click()
    expect(turn(root, "frost-3-02")).to_be_focused()
    expect(root.locator(".status").first).to_have_text("14 of 14 turns")
    expect(root.locator(".noting .note")).to_contain_text("Changed in the list")
    panel.locator(".note", has_text="Note 0").get_by_role("button", name="Delete").click()
    expect(panel.get_by_role("status").first).to_have_text("3 of 3 notes")
    panel.get_by_role("button", name="Undo").click()
    expect(panel.get_by_role("status").first).to_have_text("4 of 4 notes")
    panel.get_by_text("What the colours mean").click()
    panel.get_by_label("What blue means").fill("Ask Irena")
    page.keyboard.press("Tab")
    expect(panel.get_by_text("Saved.")).to_be_visible()
    assert Notes(folder).labels["blue"] == "Ask Irena"
    root.get_by_role("button", name="Close", exact=True).click()
    expect(opener.first).to_be_focused()
    assert len(kept(folder)) == 4


def test_what_leaves_is_looked_at_first_and_comes_back_into_another_folder(
    root: Locator, folder: Path, tmp_path: Path, screenshots: Path
):
    page = root.page
    write(root, "frost-1-02", "Тихо, 🙂\n=1+1")
    write(root, "frost-1-03", "Second")
    root.get_by_role("button", name="Notes").first.click()
    panel = page.get_by_role("region", name="Your notes")
    for form in ("CSV", "Markdown", "JSON-LD"):
        panel.get_by_role("button", name=f"{form}…").click()
        preview = panel.get_by_role("group", name="What would leave")
        expect(preview).to_contain_text("2 notes on 1 conversation")
        expect(preview).to_be_focused()
        shown = preview.get_by_label("Exactly what would leave").input_value()
        with page.expect_download() as begun:
            preview.get_by_role("button", name="Save as file").click()
        file = tmp_path / begun.value.suggested_filename
        begun.value.save_as(file)
        # A field shows each end of a line as one sign.
        assert file.read_bytes().decode().replace("\r\n", "\n") == shown
        page.screenshot(path=screenshots / f"notes-leaving-{form}.png")
        for theme in ("JupyterLab Dark", "JupyterLab Light"):
            look(page, theme)
            assert faults(page, {}) == []
            assert page.evaluate(FAINT)["faint"] == []
        preview.get_by_role("button", name="Close").click()
    other = tmp_path / "other"
    cell = "from readerlib.views import NotesPanel\nfrom readerlib import load\n"
    cell += f"from readerlib.notes import Notes\nNotesPanel(load('demo'), Notes({str(other)!r}))"
    run_afresh(page, cell)
    expect(panel.get_by_role("status")).to_have_text("0 of 0 notes", timeout=30_000)
    panel.get_by_label("Take notes in from a file").set_input_files(file)
    expect(panel.get_by_role("group", name="What would come in")).to_contain_text("2 new")
    assert kept(other) == []
    panel.get_by_role("button", name="Take in 2 notes").click()
    expect(panel.get_by_text("Saved: 2 notes came in.")).to_be_visible()
    expect(panel.locator(".note")).to_have_count(2)
    assert kept(other) == kept(folder)
    page.screenshot(path=screenshots / "notes-arrived.png")


def test_a_page_to_take_away_is_looked_at_first_and_saved_in_either_form(
    root: Locator, folder: Path, tmp_path: Path, screenshots: Path
):
    page = root.page
    demo = load("demo")
    window = Notes(folder)
    window.write(demo, "frost-1-02", "Мой вопрос, <b>kept</b>", quoted=True)
    window.write(demo, "frost-2-04", "Behind a notice")
    root.get_by_role("button", name="Notes").first.click()
    listed = page.get_by_role("region", name="Your notes")
    for form in ("HTML", "DOCX"):
        listed.get_by_role("button", name=f"{form}…").click()
        shown = page.frame_locator('iframe[title="The page to take away"]')
        expect(shown.get_by_text("Мой вопрос, <b>kept</b>")).to_be_visible()
        expect(shown.get_by_text("Oh, you should see it.")).to_be_visible()
        page.screenshot(path=screenshots / f"notes-page-{form}.png")
        with page.expect_download() as waiting:
            listed.get_by_role("button", name="Save as file").click()
        file = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(file)
        assert file.name == f"portfolio-demo.{form.lower()}"
        said = (
            file.read_text("utf8")
            if form == "HTML"
            else "\n".join(paragraph.text for paragraph in docx.Document(str(file)).paragraphs)
        )
        assert "Мой вопрос" in said
        assert "Oh, you should see it." in said
        assert "Cut it again" not in said  # nobody chose to quote it
    assert faults(page, {}) == []
    listed.get_by_role("button", name="Close").last.click()
    expect(page.locator("iframe")).to_have_count(0)


def test_no_word_of_a_note_is_in_the_notebook_that_is_saved(root: Locator, lab, folder: Path):
    page = root.page
    secret = "canary-5d1c"
    write(root, "frost-1-02", f"Kept {secret}")
    root.get_by_role("button", name="Write a note").click()
    root.get_by_label("Note", exact=True).fill(f"Begun {secret}")
    root.get_by_role("textbox", name="Tags").fill(secret)
    root.get_by_role("button", name="Notes").first.click()
    expect(page.get_by_role("region", name="Your notes").locator(".note")).to_have_count(1)
    for saved in saved_both_ways(page, lab.folder / "reader.ipynb"):
        assert str(folder) in saved
        assert secret not in saved
    assert kept(folder) == [("frost-1-02", f"Kept {secret}", "")]


def test_what_cannot_be_saved_is_told_until_it_is(notebook: Page, tmp_path: Path):
    file = tmp_path / "file"
    file.write_text("", "utf8")
    run_afresh(notebook, DEMO.format(folder=str(file / "notes")))
    notebook.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    root = notebook.locator("section.readerlib").first
    expect(root.locator(".turn").first).to_be_visible(timeout=30_000)
    write(root, "frost-1-02", "Kept all the same")
    banner = root.locator(".unsaved[role=alert]")
    expect(banner).to_contain_text("Not saved:")
    expect(root.get_by_text("Saved.", exact=True)).to_have_count(0)
    turn(root, "frost-1-03").locator(".who").click()
    banner.get_by_role("button", name="Try again").click()
    expect(banner).to_be_visible()
    banner.get_by_role("button", name="Copy what is not saved").click()
    expect(banner.get_by_label("What is not saved")).to_contain_text("Kept all the same")
    assert faults(notebook, {}) == []
    assert notebook.evaluate(FAINT)["faint"] == []
    file.unlink()
    banner.get_by_role("button", name="Try again").click()
    expect(banner).to_be_hidden()
    expect(root.get_by_text("Saved.", exact=True)).to_be_visible()
    assert kept(file / "notes") == [("frost-1-02", "Kept all the same", "")]


FULL = """import errno, os
import readerlib.notes.segments as segments
class Full:
    room = 40
    def __getattr__(self, name):
        return getattr(os, name)
    def write(self, file, data):
        if self.room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        done = os.write(file, data[: self.room])
        self.room -= done
        return done
segments.os = full = Full()"""


def test_on_a_full_disk_the_words_stay_on_the_page_until_there_is_room(root: Locator, folder: Path):
    page = root.page
    write(root, "frost-1-02", "Before it was full")
    run_below(page, FULL)
    write(root, "frost-1-02", "When it was full")
    banner = root.locator(".unsaved[role=alert]")
    expect(banner).to_contain_text("No space left on device")
    assert [text for _, text, _ in kept(folder)] == ["Before it was full"]
    note = root.locator(".noting .note", has_text="When it was full")
    note.get_by_role("button", name="Edit").click()
    expect(root.get_by_label("Note", exact=True)).to_have_value("When it was full")
    root.get_by_label("Note", exact=True).fill("When it was full, and later")
    root.get_by_role("button", name="Save", exact=True).click()
    expect(root.locator(".noting .note", has_text="full, and later")).to_be_visible()
    expect(banner).to_be_visible()
    run_below(page, "full.room = 10**9")
    expect(banner).to_be_visible()
    banner.get_by_role("button", name="Try again").click()
    expect(banner).to_be_hidden()
    # The store is good: what was torn off is gone, and nothing is told of damage.
    again = Notes(folder)
    assert [note.text for note in again.select()] == [
        "When it was full, and later",
        "Before it was full",
    ]
    assert again.troubles == ()


def test_for_everybody_in_both_themes_and_in_a_narrow_window(
    root: Locator, folder: Path, screenshots: Path
):
    page = root.page
    write(root, "frost-1-02", "A note with some words, and more of them.")
    run_below(
        page,
        """demo = load("demo")
for colour, turn in zip(notes.labels, ["frost-1-02:0-7", "frost-1-03:6-20", "frost-1-04:2-9",
                                      "frost-2-02:0-9", "frost-2-03:4-19"]):
    n = notes.write(demo, turn, f"It is {colour}.", colour=colour, tags=["seen"])
n = notes.write(demo, "frost-1-03..frost-1-04", "On two turns.")
other = Notes(notes.path)
n = other.edit(n.note_id, text="There")
n = notes.edit(n.note_id, text="Here")
reader._noting._looked = 0; reader.place = "frost-1-03"; reader.selection = "find=the"
""",
    )
    expect(root.locator(".noting .side-of")).to_have_count(2)
    root.get_by_role("button", name="Notes").first.click()
    panel = page.get_by_role("region", name="Your notes")
    expect(panel.locator(".note")).to_have_count(7)
    panel.get_by_text("What the colours mean").click()
    turn(root, "frost-1-03").locator(".who").click()
    root.get_by_role("button", name="Write a note").click()
    root.get_by_label("words of it").check()
    root.locator(".words-of").get_by_role("option").nth(2).click()
    targets = {"rules": {"target-size": {"enabled": True}}}
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        look(page, theme)
        assert faults(page, targets) == []
        seen = page.evaluate(FAINT)
        assert seen["looked"] > 60
        assert seen["faint"] == []
        page.screenshot(path=screenshots / f"noting-{theme.split()[1].lower()}.png")
    page.emulate_media(forced_colors="active")
    assert faults(page, {"runOnly": ["cat.color"]}) == []
    page.emulate_media(forced_colors="none")
    page.set_viewport_size({"width": 320, "height": 800})
    expect(root.get_by_role("button", name="Filters")).to_be_visible()
    assert page.evaluate(SIDEWAYS) == []
    assert faults(page, targets) == []
    root.get_by_role("button", name="Cancel", exact=True).click()
    # Where there is no room beside the turns, a note is one step away all the same.
    root.get_by_role("button", name="Close", exact=True).click()
    turn(root, "frost-1-04").locator(".who").click()
    turn(root, "frost-1-04").get_by_label("Note on this turn", exact=True).click()
    expect(root.get_by_label("Note", exact=True)).to_be_focused()
    assert page.evaluate(SIDEWAYS) == []
    page.screenshot(path=screenshots / "noting-narrow.png")


def test_hostile_strings_stay_text_in_every_note(
    opened: tuple[Page, Troubles], root: Locator, folder: Path, lab
):
    page, troubles = opened
    bad = strings()
    (lab.folder / "hostile-notes.json").write_text(json.dumps(bad), "utf8")
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    run_below(
        page,
        """import json
demo = load("demo")
for bad in json.load(open("hostile-notes.json")):
    n = notes.write(demo, "frost-1-02:0-9", bad, tags=[bad.replace(",", ";")[:90]], colour="rose")
notes.label("rose", bad)
reader.place = "frost-1-03"; reader._noting._looked = 0; reader.place = "frost-1-02\"""",
    )
    shown = root.locator(".noting .note .text")
    expect(shown).to_have_count(len(bad))
    assert {" ".join(text.split()) for text in shown.all_inner_texts()} == set(bad)
    root.get_by_role("button", name="Notes").first.click()
    panel = page.get_by_role("region", name="Your notes")
    expect(panel.locator(".note").first).to_be_visible()
    for edit in (root.locator(".noting"), panel):
        edit.get_by_role("button", name="Edit").nth(1).click()
        expect(root.locator(".editor textarea").first).to_be_visible()
        assert_only_ours(page)
        page.keyboard.press("Escape")
    assert not dialogs
    assert page.evaluate("window.ran === undefined")
    assert not troubles.outside
    page.set_viewport_size(WIDE)
