"""What a reader writes in JupyterLab: not in its notebook, its logs, its browser; and not lost."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from asked import ferry
from lab import Lab, in_lab, run_afresh, run_below, saved_both_ways
from readerlib.notes import Notes
from test_what_is_saved import CELL, HERE, SECRET, assert_silent, everything

STORED = """async () => {
    const found = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
    for (const {name} of await indexedDB.databases()) {
        const base = await new Promise((done, fail) => {
            const asked = indexedDB.open(name);
            asked.onsuccess = () => done(asked.result);
            asked.onerror = fail;
        });
        for (const store of base.objectStoreNames) {
            found.push(JSON.stringify(await new Promise((done, fail) => {
                const asked = base.transaction(store).objectStore(store).getAll();
                asked.onsuccess = () => done(asked.result);
                asked.onerror = fail;
            })));
        }
        base.close();
    }
    return found.join(' ');
}"""


LEFT = """() => new Promise((done, fail) => {
    localStorage.left = sessionStorage.left = 'This is found.';
    const asked = indexedDB.open('left');
    asked.onupgradeneeded = () => asked.result.createObjectStore('any').add('This is found.', 1);
    asked.onsuccess = () => { asked.result.close(); done(); };
    asked.onerror = fail;
})"""

DEBUG = """import logging
logging.basicConfig(level=logging.DEBUG, filename={log!r}, force=True)
logging.debug("This is heard.")"""

# The notes of the data folder, as a reader has them who names none.
OWN = """import os
os.environ["READERLIB_DATA"] = {data!r}
{cell}
assert str(notes.path).startswith({data!r})"""


def test_in_jupyterlab_nothing_that_is_written_is_saved_with_the_notebook_or_left_in_the_browser(
    notebook: Page, lab: Lab, tmp_path: Path
):
    folder, home = tmp_path / "notes", lab.folder.parent
    log = home / "kernel-debug.log"
    run_afresh(notebook, CELL.format(here=HERE, folder=str(folder)))
    run_below(notebook, DEBUG.format(log=str(log)))
    notebook.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    root = notebook.locator("section.readerlib").first
    expect(root.locator(".turn").first).to_be_visible(timeout=30_000)
    root.locator('.turn[data-turn="f1"] .who').click()
    root.get_by_role("button", name="Write a note").click()
    root.get_by_label("Note", exact=True).fill(f"Kept, {SECRET}")
    root.get_by_role("textbox", name="Tags").fill(SECRET)
    root.get_by_label("A question").check()
    root.get_by_role("button", name="Save", exact=True).click()
    expect(root.get_by_text("Saved.")).to_be_visible()
    root.get_by_role("button", name="Write a note").click()
    root.get_by_label("Note", exact=True).fill(f"Only begun, {SECRET}")
    listed = notebook.get_by_role("region", name="Your notes")
    listed.get_by_text("What the colours mean").click()
    listed.get_by_label("What blue means").fill(f"Blue, {SECRET}")
    notebook.keyboard.press("Tab")
    expect(listed.get_by_text("Saved.")).to_be_visible()
    quiz = notebook.locator("section.quiz")
    for number in (6, 7):
        card = quiz.locator(f'.card[data-number="{number}"]')
        card.get_by_role("textbox").fill(f"eleven {SECRET}")
        card.get_by_role("button").first.click()
    expect(quiz.locator('[data-part="status"]')).to_have_text("2 of 8 answered")
    for saved in saved_both_ways(notebook, lab.folder / "reader.ipynb"):
        assert "Quiz(corpus" in saved
        assert_silent(saved)
    assert SECRET in notebook.locator("body").inner_text()
    assert_silent(str(notebook.evaluate(STORED)))
    # It would have been found, in any of the three places.
    notebook.evaluate(LEFT)
    assert str(notebook.evaluate(STORED)).count("This is found.") == 3
    # Whatever JupyterLab and the kernel keep: logs, checkpoints, workspaces, histories.
    assert b"This is heard." in log.read_bytes()
    # A server that finds its port taken begins anew, with a log of its own.
    assert any(b"[D " in served.read_bytes() for served in home.glob("tmp/**/server.log"))
    assert_silent(everything(home, but=folder))
    notes = Notes(folder)
    assert [note.text for note in notes.select()] == [f"Kept, {SECRET}"]
    assert notes.labels["blue"] == f"Blue, {SECRET}"
    assert {answer.value for answer in notes.answers(ferry()).values()} == {f"eleven {SECRET}"}


def test_fifty_notes_are_back_after_a_new_kernel_a_closed_browser_and_a_moved_folder(
    notebook: Page, browser: Browser, lab: Lab, tmp_path: Path
):
    data = tmp_path / "data"
    mine = CELL.format(here=HERE, folder="").replace("Notes('')", "Notes()")
    run_afresh(notebook, OWN.format(data=str(data), cell=mine))
    notebook.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    root = notebook.locator("section.readerlib").first
    expect(root.locator(".turn").first).to_be_visible(timeout=30_000)
    root.locator('.turn[data-turn="f1"] .who').click()
    for number in range(3):
        root.get_by_role("button", name="Write a note").click()
        root.get_by_label("Note", exact=True).fill(f"Note {number} of fifty")
        root.get_by_role("button", name="Save", exact=True).click()
        expect(root.locator(".noting .note", has_text=f"Note {number} of")).to_be_visible()
    run_below(
        notebook,
        """for number in range(3, 30):
    n = notes.write(corpus, f"f{number % 4}", f"Note {number} of fifty", tags=["many"])""",
    )
    window = Notes(data / "notes")  # another program writes, too
    for number in range(30, 50):
        window.write(ferry(), f"f{number % 4}", f"Note {number} of fifty")
    in_lab(
        notebook,
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()",
    )
    moved = tmp_path / "elsewhere" / "Данные"
    moved.parent.mkdir()
    shutil.move(data, moved)
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    others = lab.sessions()
    page = context.new_page()
    # The data folder that went elsewhere; then only the notes' own folder, named.
    lab.write_notebook("fifty.ipynb", [OWN.format(data=str(moved), cell=mine)])
    lab.open_notebook(page, "fifty.ipynb")
    lab.run_all(page)
    assert_all_fifty_are_shown(page)
    shutil.move(moved / "notes", tmp_path / "Мои заметки")
    run_afresh(page, CELL.format(here=HERE, folder=str(tmp_path / "Мои заметки")))
    assert_all_fifty_are_shown(page)
    context.close()
    lab.end_kernels(keep=others)
    back = Notes(tmp_path / "Мои заметки")
    assert sorted(n.text for n in back.select()) == sorted(f"Note {n} of fifty" for n in range(50))
    assert not data.exists()


def assert_all_fifty_are_shown(page: Page) -> None:
    """In the list, each with its text; and counted in the Reader."""
    root = page.locator("section.readerlib").first
    expect(root.get_by_role("button", name="Notes (50)")).to_be_visible(timeout=30_000)
    listed = page.get_by_role("region", name="Your notes")
    expect(listed).to_contain_text("50 of 50 notes")
    expect(listed.locator(".note .text")).to_have_count(50)
    shown = listed.locator(".note .text").all_text_contents()
    assert sorted(shown) == sorted(f"Note {number} of fifty" for number in range(50))
