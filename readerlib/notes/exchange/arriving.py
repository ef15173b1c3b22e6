"""Notes in: from a file of one of the three forms, whoever wrote it, with all that is wrong."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from pathlib import Path

from readerlib.corpus import Corpus
from readerlib.errors import Problem, ReaderError
from readerlib.notes.exchange import jsonld, markdown, table
from readerlib.notes.exchange.records import MOST, Side, Where, regrouped
from readerlib.notes.notes import Note

LARGEST = 10_000_000
"""Bytes of a file at most."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a file holds, before any of it is kept.

    Attributes
    ----------
    form : "markdown", "csv" or "jsonld"
    notes : tuple of Note
        What could be read, in the order of the file.
    problems : tuple of Problem
        What could not, each with its row, line or pointer.
    """

    form: str
    notes: tuple[Note, ...] = field(repr=False)
    problems: tuple[Problem, ...] = field(repr=False)


def imported(source: str | Path, corpus: Corpus | None = None) -> list[Note]:
    """The notes of a file, or of its text, if nothing is wrong with any of them.

    Parameters
    ----------
    source : str or Path
        A text as :func:`export` makes it or a text from elsewhere; or, as a Path, its file.
    corpus : Corpus, optional
        What notes are anchored in that do not come from readerlib: a table with columns
        ``place`` and ``text``, annotations of other programs on our links.

    Raises
    ------
    ReaderError
        With everything that is wrong.

    Examples
    --------
    >>> import tempfile
    >>> from readerlib.datasets import load
    >>> from readerlib.notes import Notes
    >>> from readerlib.notes.exchange import export
    >>> demo, notes = load("demo"), Notes(tempfile.mkdtemp())
    >>> note = notes.write(demo, "frost-1-02", "Why does she ask twice?")
    >>> imported(export([note], demo, "csv").text) == [note]
    True
    """
    found = arrived(source, corpus)
    if found.problems:
        raise ReaderError(found.problems)
    return list(found.notes)


def arrived(source: str | Path, corpus: Corpus | None = None) -> Arrived:
    """The same, with what can be read beside what cannot.

    Raises
    ------
    ReaderError
        If the file cannot be opened, is too large, or is of none of the three forms.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> told = arrived("place,text\\nfrost-1-02,Why?\\nfrost-9-99,Where?\\n", load("demo"))
    >>> [note.text for note in told.notes], [problem.row for problem in told.problems]
    (['Why?'], [3])
    """
    path = source.name if isinstance(source, Path) else ""
    text = _text(source, path) if isinstance(source, Path) else source
    if len(text) > LARGEST:
        raise ReaderError(_too_large(path))
    text = text.removeprefix("\ufeff")
    form = guessed(text)
    if form == "jsonld":
        found = jsonld.read(text, path, corpus)
    elif form == "csv":
        found = table.read(text, path, corpus)
    elif form == "markdown":
        found = markdown.read(text, path)
    else:
        raise ReaderError(
            Problem(
                "no notes were found in it",
                "Notes come as Markdown that readerlib wrote, as CSV with a line of headings, or "
                "as annotations in JSON-LD.",
                "Export them again, or name the right file.",
                path=path,
            )
        )
    sides: list[tuple[Side, Where]] = []
    problems: list[Problem] = []
    for each in found:
        if isinstance(each, ReaderError):
            problems += each.problems
        else:
            sides.append(each)
        if len(sides) > MOST or len(problems) > MOST:
            problems.append(Problem(f"there are more than {MOST:,} notes in it", path=path))
            break
    notes, more = regrouped(sides)
    return Arrived(form, tuple(notes), (*problems, *more))


def guessed(text: str) -> str:
    """Which of the three forms a text has; nothing if it has none of them.

    Examples
    --------
    >>> guessed("[]"), guessed("note_id,text"), guessed("Dear diary")
    ('jsonld', 'csv', '')
    """
    begin = text.removeprefix("\ufeff").lstrip()
    if begin[:1] in ("{", "[") and begin:
        return "jsonld"
    if markdown.MARK in text and begin[:1] != '"':
        return "markdown"
    first = begin.split("\n", 1)[0].casefold()
    names = {cell.strip(' "\r') for sign in ",;\t" for cell in first.split(sign)}
    if "record" in names or {"place", "text"} & names:
        return "csv"
    return "markdown" if begin.startswith("# Notes on ") else ""


def _text(file: Path, path: str) -> str:
    """The text of an ordinary file, of at most 10 MB, in UTF-8."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise ReaderError(Problem("it is no ordinary file", remedy="Name a file.", path=path))
        with file.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, ReaderError):
            raise
        reason = getattr(error, "strerror", None) or "no file can have this name"
        raise ReaderError(
            Problem(f"it cannot be opened ({reason})", remedy="Correct the name.", path=path)
        ) from None
    if len(raw) > LARGEST:
        raise ReaderError(_too_large(path))
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ReaderError(
            Problem(
                "this is not UTF-8",
                "Letters beyond English would be read wrongly.",
                "Save it again as UTF-8; in a spreadsheet, as CSV UTF-8.",
                path=path,
                line=line,
            )
        ) from None


def _too_large(path: str) -> Problem:
    return Problem(
        f"it is larger than {LARGEST // 1_000_000} MB",
        "That is no file of notes of one person.",
        "Divide it.",
        path=path,
    )
