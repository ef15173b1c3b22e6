"""What a reader writes stands in their own folder: in no notebook, no log, no other file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbclient
import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect

from asked import KEYED, ferry
from lab import Lab, in_lab, run_afresh, saved_both_ways
from readerlib.notes import Notes
from readerlib.notes.exchange import export
from readerlib.portfolio import portfolio
from readerlib.questions import questions

HERE = str(Path(__file__).parent)
SECRET = "canary 5d1c"
"""Stands in all that the reader writes, and nowhere else."""

CELL = """import sys
sys.path.insert(0, {here!r})
from asked import ferry
from readerlib import Reader
from readerlib.notes import Notes
from readerlib.views import NotesPanel, Quiz
corpus, notes = ferry(), Notes({folder!r})
reader, listed = Reader(corpus, notices="show", notes=notes), NotesPanel(corpus, notes)
quiz = Quiz(corpus, notes=notes)
from IPython.display import display
display(reader, listed, quiz)"""

# As pages do it: everything asked for, every key told, every answer shown, something failing.
USED = """import logging
logging.basicConfig(level=logging.DEBUG, filename={log!r}, force=True)
for view in (reader, listed, quiz):
    view._handle_custom_msg({{"do": "ready"}}, [])
reader._handle_custom_msg({{"do": "notes"}}, [])
reader._handle_custom_msg({{"do": "note-new", "place": "f1"}}, [])
reader._handle_custom_msg({{"do": "note-draft", "place": "f2", "text": notes.select()[0].text}}, [])
listed._handle_custom_msg({{"do": "notes-all"}}, [])
listed._handle_custom_msg({{"do": "export", "form": "csv"}}, [])
for number in range(8):
    quiz._handle_custom_msg({{"do": "why", "number": number}}, [])
try:
    notes.write(corpus, "nowhere", notes.select()[0].text)
except Exception as error:
    print(error, repr(error))
print(notes, notes.select(), notes.answers(corpus), reader, listed, quiz, quiz.questions)
notes.select()[0], notes.answers(corpus)["think"], notes.select()[0].anchor"""

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


def filled(folder: Path) -> Notes:
    """Notes and answers of every kind that hold words, each with the secret."""
    notes, corpus = Notes(folder), ferry()
    notes.write(corpus, "f1", f"On a turn, {SECRET}", tags=[SECRET], colour="blue")
    notes.write(corpus, "f2:2-6", f"On words, {SECRET}", quoted=True)
    notes.write(corpus, "f2..f4", f"On several, {SECRET}")
    notes.label("blue", f"Blue, {SECRET}")
    notes.answer(corpus, "many", f"eleven {SECRET}")
    notes.answer(corpus, "think", f"Who says so? {SECRET}")
    return notes


def everything(folder: Path, *, but: Path) -> bytes:
    """All files below a folder, but for those of the notes."""
    files = [file for file in folder.rglob("*") if file.is_file() and not file.is_relative_to(but)]
    return b"\n".join(file.read_bytes() for file in files)


def assert_silent(said: str | bytes) -> None:
    """Neither the reader's words nor the key, however they are written."""
    raw = said.encode("utf-8", "replace") if isinstance(said, str) else said
    for word in (SECRET, SECRET.replace(" ", "\\u0020"), KEYED):
        assert word.encode() not in raw


def test_in_jupyterlab_nothing_that_is_written_is_saved_with_the_notebook_or_left_in_the_browser(
    notebook: Page, lab: Lab, tmp_path: Path
):
    folder = tmp_path / "notes"
    run_afresh(notebook, CELL.format(here=HERE, folder=str(folder)))
    notebook.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    root = notebook.locator("section.readerlib").first
    expect(root.locator(".turn").first).to_be_visible(timeout=30_000)
    root.locator('.turn[data-turn="f1"] .who').click()
    root.get_by_role("button", name="Write a note").click()
    root.get_by_label("Note", exact=True).fill(f"Kept, {SECRET}")
    root.get_by_role("textbox", name="Tags").fill(SECRET)
    root.get_by_role("button", name="Save", exact=True).click()
    expect(root.get_by_text("Saved.")).to_be_visible()
    root.get_by_role("button", name="Write a note").click()
    root.get_by_label("Note", exact=True).fill(f"Only begun, {SECRET}")
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
    # Whatever JupyterLab and the kernel keep: checkpoints, workspaces, histories, connections.
    assert_silent(everything(lab.folder.parent, but=folder))
    notes = Notes(folder)
    assert [note.text for note in notes.select()] == [f"Kept, {SECRET}"]
    assert {answer.value for answer in notes.answers(ferry()).values()} == {f"eleven {SECRET}"}


@pytest.mark.parametrize("way", ["nbclient", "nbconvert"])
def test_an_executed_notebook_and_its_log_hold_neither_note_nor_answer_nor_key(
    tmp_path: Path, way: str
):
    folder, log, file = tmp_path / "notes", tmp_path / "kernel.log", tmp_path / "run.ipynb"
    filled(folder)
    cells = [CELL.format(here=HERE, folder=str(folder)), USED.format(log=str(log))]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in cells])
    if way == "nbclient":
        nbclient.NotebookClient(made, timeout=60, kernel_name="python3").execute()
        nbformat.write(made, file)
    else:
        nbformat.write(made, file)
        command = "-m nbconvert --to notebook --execute --inplace"
        ran = subprocess.run(
            [sys.executable, *command.split(), str(file)],
            env=dict(os.environ),
            capture_output=True,
            check=True,
            timeout=120,
        )
        assert_silent(ran.stdout + ran.stderr)
    saved = file.read_text("utf8")
    assert "widget-state" in saved
    assert "There is no turn" in saved or "nowhere" in saved
    assert_silent(saved)
    assert_silent(log.read_bytes())
    assert_silent(everything(tmp_path, but=folder))


def test_what_is_taken_out_holds_what_was_asked_for_and_nothing_else(tmp_path: Path):
    notes, corpus = Notes(tmp_path), ferry()
    chosen = notes.write(corpus, "f1", "Of this one only")
    filled(tmp_path)
    notes.refresh()
    for form in ("markdown", "csv", "jsonld"):
        made = export([chosen], corpus, form, labels=notes.labels)
        assert "Of this one only" in made.text
        assert_silent(made.text)
    whole = portfolio(corpus, notes, parts=["notes"], questions=questions(corpus)).as_html()
    assert f"On a turn, {SECRET}" in whole
    assert "Who says so?" not in whole
    answers = portfolio(corpus, notes, parts=["answers"], questions=questions(corpus)).as_html()
    assert "Who says so?" in answers
    assert "On a turn" not in answers


QUIET = """import json, os, sys
told = []
def heard(event, args):
    if event.startswith("socket.") or event in ("subprocess.Popen", "os.system", "urllib.Request"):
        told.append([event, repr(args)])
    elif event == "open" and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        told.append(["write", str(args[0])])
    elif event in ("os.rename", "os.mkdir", "os.link", "os.symlink"):
        told.append([event, str(args[0])])
sys.path.insert(0, {here!r})
sys.dont_write_bytecode = True
from asked import ferry
from readerlib.notes import Notes
from readerlib.notes.exchange import export
from readerlib.portfolio import portfolio
from readerlib.questions import questions
from readerlib.views import NotesPanel, Quiz
from readerlib import Reader
from test_what_is_saved_in_browser import filled
from pathlib import Path
corpus = ferry()
Quiz(corpus, notes=False), Reader(corpus, notes=False)
sys.addaudithook(heard)
notes = filled(Path({folder!r}))
reader, listed = Reader(corpus, notes=notes), NotesPanel(corpus, notes)
quiz = Quiz(corpus, notes=notes)
for view in (reader, listed, quiz):
    view._handle_custom_msg({{"do": "ready"}}, [])
quiz._handle_custom_msg({{"do": "answer", "number": 7, "value": "A thought."}}, [])
export(notes.select(), corpus, "csv", labels=notes.labels)
portfolio(corpus, notes, questions=questions(corpus)).as_docx()
print(json.dumps(told))"""


def test_no_connection_is_opened_and_no_file_written_outside_the_folder(tmp_path: Path):
    folder = tmp_path / "notes"
    ran = subprocess.run(
        [sys.executable, "-c", QUIET.format(here=HERE, folder=str(folder))],
        env=dict(os.environ, PYTHONPATH=os.pathsep.join([HERE, *sys.path])),
        capture_output=True,
        check=True,
        timeout=120,
        text=True,
    )
    told = json.loads(ran.stdout.splitlines()[-1])
    assert [
        event for event, _ in told if event.startswith(("socket", "subprocess", "urllib"))
    ] == []
    outside = [where for _, where in told if not where.startswith((str(folder), "/dev/"))]
    assert outside == []
    assert any(event == "write" for event, _ in told)


def test_fifty_notes_are_back_after_a_new_kernel_a_closed_browser_and_a_moved_folder(
    notebook: Page, browser: Browser, lab: Lab, tmp_path: Path
):
    folder = tmp_path / "notes"
    run_afresh(notebook, CELL.format(here=HERE, folder=str(folder)))
    notebook.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    root = notebook.locator("section.readerlib").first
    expect(root.locator(".turn").first).to_be_visible(timeout=30_000)
    root.locator('.turn[data-turn="f1"] .who').click()
    for number in range(3):
        root.get_by_role("button", name="Write a note").click()
        root.get_by_label("Note", exact=True).fill(f"Note {number} of fifty")
        root.get_by_role("button", name="Save", exact=True).click()
        expect(root.locator(".noting .note", has_text=f"Note {number} of")).to_be_visible()
    window = Notes(folder)  # another one writes, too
    for number in range(3, 50):
        window.write(ferry(), f"f{number % 7}", f"Note {number} of fifty", tags=["many"])
    in_lab(
        notebook,
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()",
    )
    moved = tmp_path / "elsewhere" / "Заметки"
    moved.parent.mkdir()
    shutil.move(folder, moved)
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    others = lab.sessions()
    page = context.new_page()
    lab.write_notebook("fifty.ipynb", [CELL.format(here=HERE, folder=str(moved))])
    lab.open_notebook(page, "fifty.ipynb")
    lab.run_all(page)
    again = page.locator("section.readerlib").first
    expect(again.get_by_role("button", name="Notes (50)")).to_be_visible(timeout=30_000)
    listed = page.get_by_role("region", name="Your notes")
    expect(listed).to_contain_text("50 of 50 notes")
    context.close()
    lab.end_kernels(keep=others)
    assert {n.text for n in Notes(moved).select()} == {f"Note {n} of fifty" for n in range(50)}
