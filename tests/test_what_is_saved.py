"""What a reader writes stands in their own folder: in no notebook, no log, no other file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbclient
import nbformat
import pytest

from asked import KEYED, ferry
from readerlib.cli import main
from readerlib.datasets import load
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

# As pages do it: everything asked for, every key told, every answer shown.
USED = """import logging
logging.basicConfig(level=logging.DEBUG, filename={log!r}, force=True)
logging.debug("This is heard.")
from readerlib.views.view import View
sent = []
def send(self, content, buffers=None, send=View.send):
    sent.append(content)
    send(self, content, buffers)
View.send = send
said = notes.select()[0].text
def ask(view, do, **more):
    data = {{"method": "custom", "content": {{"do": do, **more}}}}
    view.comm.handle_msg({{"content": {{"data": data}}, "buffers": []}})
for view in (reader, listed, quiz):
    ask(view, "ready")
ask(reader, "note", place="f1")
ask(reader, "note-draft", key="f1", place="f1", text=said, tags=said)
ask(reader, "note-save", key="f1", place="f1", text=said, tags=said, on="turn")
ask(reader, "note-draft", key="f3", place="f3", text=said + " (begun)", tags=said)
ask(listed, "note-label", colour="rose", meaning=said)
for form in ("markdown", "csv", "jsonld"):
    ask(listed, "export", form=form)
for number, value in enumerate([[0], [0, 1], [0, 1, 2], 30, 70, ["f2"], said, said]):
    ask(quiz, "draft", number=number, value=value)
    ask(quiz, "check", number=number, value=value)
    ask(quiz, "why", number=number)
    ask(quiz, "change", number=number)
from asked import KEYED
assert said in str(sent) and KEYED in str(sent)
assert len(notes.answers(corpus)) == 8 and len(notes.select()) == 4
assert not (reader.last_error or listed.last_error or quiz.last_error)
print(notes, notes.select(), notes.answers(corpus), reader, listed, quiz, quiz.questions)
notes.select()[0], notes.answers(corpus)["think"], notes.select()[0].anchor"""

# As where there is no page: no view says a word unasked.
ALONE = """said = notes.select()[0].text
def ask(view, do, **more):
    view._handle_custom_msg({{"do": do, **more}}, [])
notes.edit(notes.select()[0].note_id, text=said + said)
notes.answer(corpus, "think", said + said)
print(notes, notes.select(), notes.answers(corpus), reader, listed, quiz, quiz.questions)"""

# Something fails, with the words at hand: in callbacks of views, and in cells to their end.
FAILING = [
    """def broken(records):
    raise RuntimeError("deep in the store")
notes._segments.append = broken
ask(reader, "note-save", key="f3", place="f3", text=said, tags=said, on="turn")
ask(quiz, "check", number=7, value=said + " again")
assert "deep in the store" in reader.last_error and "deep in the store" in quiz.last_error
ask(quiz, "check", number=6, value={"an": said})
notes.write(corpus, "f1", said, tags=[said])""",
    """from readerlib.errors import Problem
from readerlib.notes import NotSavedError
def refuse(records):
    raise NotSavedError(Problem("the disk is full"))
notes._segments.append = refuse
ask(reader, "note-save", key="f3", place="f3", text=said, tags=said, on="turn")
print(notes.trouble, notes.unsaved, notes)
notes.answer(corpus, "think", said)""",
    "vars(notes._segments).pop('append', 0); notes.save(); notes.write(corpus, 'nowhere', said)",
    "notes.write(corpus, 'f1', said, tags=[said * 20])",
    "notes.label('rose', said * 20)",
    "notes.answer(corpus, 'think', {said})",
]


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
    # As a database of a browser or of a kernel's history may hold it, too.
    for word in (SECRET, SECRET.replace(" ", "\\u0020"), SECRET.replace(" ", "%20"), KEYED):
        assert word.encode() not in raw
        assert word.encode("utf-16-le") not in raw


ERRORS = ["RuntimeError", "NotSavedError", "SelectionError", *["ReaderError"] * 3]


def unexecuted(*cells: str, failing: list[str]) -> nbformat.NotebookNode:
    """A notebook, some of whose cells end in an error."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in cells])
    fails = {"tags": ["raises-exception"]}
    made.cells += [nbformat.v4.new_code_cell(code, metadata=fails) for code in failing]
    return made


def errors(saved: str) -> list[str]:
    """Of which type the errors are that a saved notebook shows."""
    shown = [out for cell in json.loads(saved)["cells"] for out in cell.get("outputs", [])]
    return [out["ename"] for out in shown if "ename" in out]


def test_executed_by_nbclient_a_notebook_in_which_all_was_used_and_much_failed_holds_no_word(
    tmp_path: Path,
):
    folder, log = tmp_path / "notes", tmp_path / "kernel.log"
    filled(folder)
    used = USED.format(log=str(log))
    made = unexecuted(CELL.format(here=HERE, folder=str(folder)), used, failing=FAILING)
    nbclient.NotebookClient(made, timeout=60, kernel_name="python3").execute()
    nbformat.write(made, tmp_path / "ran.ipynb")
    saved = (tmp_path / "ran.ipynb").read_text("utf8")
    assert "widget-state" in saved
    assert errors(saved) == ERRORS
    # What a page said was logged, and only that it said something.
    assert b"This is heard." in log.read_bytes()
    assert log.read_bytes().count(b"DEBUG:Comm:handle_msg") > 30
    assert_silent(everything(tmp_path, but=folder))
    # What failed is kept all the same, once the disk lets it.
    assert len([note for note in Notes(folder).select() if SECRET in note.text]) >= 6


def test_executed_by_nbconvert_a_notebook_and_a_log_of_every_message_hold_no_word(tmp_path: Path):
    folder, file = tmp_path / "notes", tmp_path / "run.ipynb"
    filled(folder)
    cells = [CELL.format(here=HERE, folder=str(folder)), ALONE.format()]
    nbformat.write(unexecuted(*cells, failing=FAILING[2:]), file)
    command = "-m nbconvert --to notebook --execute --inplace --log-level=DEBUG"
    ran = subprocess.run(
        [sys.executable, *command.split(), str(file)],
        env=dict(os.environ),
        capture_output=True,
        check=True,
        timeout=120,
    )
    assert b"comm_open" in ran.stderr
    assert_silent(ran.stdout + ran.stderr)
    saved = file.read_text("utf8")
    assert "widget-state" in saved
    assert errors(saved) == ERRORS[2:]
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
    passages = portfolio(corpus, notes, parts=["passages"], questions=questions(corpus)).as_html()
    assert_silent(passages)


def test_in_a_terminal_only_what_is_asked_for_is_told_and_only_that_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folder, demo = tmp_path / "notes", load("demo")
    notes = Notes(folder)
    notes.write(demo, "frost-1-02", "Of this one only")
    notes.write(demo, "frost-1-03", f"Not of this, {SECRET}", tags=[SECRET], colour="blue")
    notes.label("blue", f"Blue, {SECRET}")
    notes.answer(demo, questions(demo)[0].question_id, SECRET)
    where = ["--corpus", "demo", "--notes", str(folder)]
    assert main(["notes", *where, "--find", "one only"]) == 0
    assert main(["notes", *where, "--find", "one only", "--json"]) == 0
    for name in ("mine.md", "mine.csv", "mine.jsonld"):
        out = ["notes", "export", str(tmp_path / name), *where, "--find", "one only"]
        assert main([*out, "--dry-run"]) == 0
        assert not (tmp_path / name).exists()
        assert main(out) == 0
        assert main(out) != 0  # it is there already
        assert b"Of this one only" in (tmp_path / name).read_bytes()
    told = capsys.readouterr()
    assert "Of this one only" in told.out
    assert_silent(told.out + told.err)
    files = {file for file in tmp_path.rglob("*") if not file.is_relative_to(folder)}
    assert {file.name for file in files} == {"mine.md", "mine.csv", "mine.jsonld"}
    assert_silent(everything(tmp_path, but=folder))


QUIET = """import json, os, sys
told = []
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
OTHER = ("subprocess.Popen", "os.system", "os.posix_spawn", "os.exec", "urllib.Request",
         "webbrowser.open", "sqlite3.connect", "ftplib.connect", "smtplib.connect")
CHANGES = ("os.rename", "os.mkdir", "os.link", "os.symlink", "os.remove", "os.rmdir",
           "os.truncate", "os.chmod")
def heard(event, args):
    if event.startswith("socket.") or event in OTHER:
        told.append(["outside", event, repr(args)])
    elif event == "open" and isinstance(args[2], int) and args[2] & WRITES:
        told.append(["file", event, str(args[0])])
    elif event in CHANGES:
        for path in args[: 1 + event.endswith(("rename", "link"))]:
            told.append(["file", event, str(path)])
sys.path.insert(0, {here!r})
sys.dont_write_bytecode = True
from asked import ferry
from readerlib.notes import Notes
from readerlib.notes.exchange import arrived, export
from readerlib.portfolio import portfolio
from readerlib.questions import questions
from readerlib.views import NotesPanel, Quiz
from readerlib import Reader
from test_what_is_saved import filled
from pathlib import Path
corpus = ferry()
Quiz(corpus, notes=False), Reader(corpus, notes=False)
sys.addaudithook(heard)
notes = filled(Path({folder!r}))
reader, listed = Reader(corpus, notes=notes), NotesPanel(corpus, notes)
quiz = Quiz(corpus, notes=notes)
def ask(view, do, **more):
    view._handle_custom_msg({{"do": do, **more}}, [])
for view in (reader, listed, quiz):
    ask(view, "ready")
ask(reader, "note", place="f1")
ask(reader, "note-save", key="f1", place="f1", text="By the page", on="turn")
for number, value in enumerate([[0], [0, 1], [0, 1, 2], 30, 70, ["f2"], "eleven", "A thought."]):
    ask(quiz, "check", number=number, value=value)
assert len(Notes({folder!r}).answers(corpus)) == 8
assert notes.select(find="by the page")
for form in ("markdown", "csv", "jsonld"):
    ask(listed, "export", form=form)
    notes.take(arrived(export(notes.select(), corpus, form, labels=notes.labels).text).notes)
note = notes.select()[0]
notes.edit(note.note_id, text="Another text")
notes.delete(note.note_id)
notes.undo()
notes.delete(note.note_id)
notes.purge()
notes.read_to(corpus, "f3")
notes.stop(corpus, "f3")
notes.table(corpus)
assert not (reader.last_error or listed.last_error or quiz.last_error)
made = portfolio(corpus, notes, questions=questions(corpus))
made.as_html(), made.as_docx()
quiet = list(told)
# And now what must be heard, for the silence to mean something.
import socket
socket.socket().close()
open({outside!r}, "w").close()
os.rename({outside!r}, {outside!r} + "2")
print(json.dumps([quiet, told[len(quiet):]]))"""


def test_no_connection_is_opened_and_no_file_written_outside_the_folder(tmp_path: Path):
    folder, outside = tmp_path / "notes", str(tmp_path / "outside")
    ran = subprocess.run(
        [sys.executable, "-c", QUIET.format(here=HERE, folder=str(folder), outside=outside)],
        env=dict(os.environ, PYTHONPATH=os.pathsep.join([HERE, *sys.path])),
        capture_output=True,
        check=True,
        timeout=120,
        text=True,
    )
    quiet, loud = json.loads(ran.stdout.splitlines()[-1])
    assert [told for told in quiet if told[0] == "outside"] == []
    files = [where for kind, _, where in quiet if kind == "file"]
    assert [where for where in files if not where.startswith((str(folder), os.devnull))] == []
    assert sum(where.startswith(str(folder)) for where in files) > 10
    assert {(kind, event) for kind, event, _ in loud} >= {
        ("outside", "socket.__new__"),
        ("file", "open"),
        ("file", "os.rename"),
    }
    assert_silent(ran.stdout + ran.stderr)
