"""How notes leave a list and come into it: a look first, then a file, or what is in one."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from readerlib import render
from readerlib.errors import Problem, ReaderError
from readerlib.notes import Note
from readerlib.notes.exchange import Arrived, arrived, export
from readerlib.portfolio import portfolio
from readerlib.questions import questions
from readerlib.views.noting import Noting

LARGEST = 10_000_000
"""Bytes of a file at most."""

FORMS = {"markdown": "Markdown…", "csv": "CSV…", "jsonld": "JSON-LD…"}
"""Form and what its button is called."""

TYPES = {"markdown": "text/markdown", "csv": "text/csv", "jsonld": "application/ld+json"}

PAGES = {"html": "HTML…", "docx": "DOCX…"}
"""Form of the page to take away, and what its button is called."""

_AT_ONCE = 300_000
"""Signs of a text that one message holds: at most four bytes each, they are a megabyte."""


class Exchanging:
    """What leaves a list of notes, and what comes in.

    Parameters
    ----------
    noting : Noting

    Examples
    --------
    >>> import tempfile
    >>> from readerlib.datasets import load
    >>> from readerlib.notes import Notes
    >>> noting = Noting(load("demo"), Notes(tempfile.mkdtemp()))
    >>> _ = noting.answer({"do": "note-save", "place": "frost-1-02", "text": "Why twice?"})
    >>> next(Exchanging(noting).out(list(noting.all().values()), "csv"))["file"]["name"]
    'notes-demo.csv'
    """

    def __init__(self, noting: Noting) -> None:
        self._noting = noting
        self._received: list[bytes] = []
        self._come: Arrived | None = None

    def out(self, notes: Sequence[Note], form: str) -> Iterator[dict[str, Any]]:
        """The messages that show what would leave, the text in parts."""
        if form not in FORMS:
            return
        made = export(notes, self._noting.corpus, form, labels=self._noting.notes.labels)  # type: ignore[arg-type]
        for at in range(0, max(1, len(made.text)), _AT_ONCE):
            first = {"parts": {"moving": render.leaving(made.summary, made.name)}} if not at else {}
            file = {"name": made.name, "type": TYPES[form], "text": made.text[at : at + _AT_ONCE]}
            yield {**first, "file": file, "first": not at, "last": at + _AT_ONCE >= len(made.text)}

    def page(self, form: str) -> Iterator[dict[str, Any]]:
        """The messages that show the page to take away, and bring its file, in parts."""
        if form not in PAGES:
            return
        corpus = self._noting.corpus
        made = portfolio(corpus, self._noting.notes, questions=questions(corpus))
        page = made.as_html()
        name, kind = f"portfolio-{corpus.descriptor.name}.{form}", "text/html"
        text, more = page, {}
        if form == "docx":
            text, more = base64.b64encode(made.as_docx()).decode("ascii"), {"base64": True}
            kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        yield {"parts": {"moving": render.leaving_page(made.blocks[1].whole, name)}}
        for at in range(0, len(page), _AT_ONCE):
            yield {"page": page[at : at + _AT_ONCE], "first": not at}
        for at in range(0, len(text), _AT_ONCE):
            file = {"name": name, "type": kind, "text": text[at : at + _AT_ONCE], **more}
            yield {"file": file, "first": not at, "last": at + _AT_ONCE >= len(text)}

    def receive(self, content: Mapping[str, Any], buffers: Sequence[Any]) -> dict[str, Any] | None:
        """Take a part of a file; once it is whole, what is in it.

        Raises
        ------
        ReaderError
            If it is too large, or cannot be read.
        """
        name, size = str(content["name"]), int(content["size"])
        if content.get("first"):
            self._received = []
        if size > LARGEST:
            raise ReaderError(
                Problem(
                    f"it has {size / 1e6:,.0f} MB",
                    f"Notes of one person have {LARGEST / 1e6:,.0f} MB at most.",
                    "Divide it.",
                    path=name,
                )
            )
        self._received += [bytes(buffer) for buffer in buffers]
        if sum(map(len, self._received)) < size:
            return None
        raw, self._received = b"".join(self._received), []
        self._come = arrived(_decoded(raw, name), self._noting.corpus)
        compared = self._noting.notes.compared(self._come.notes)
        counts = {kind: len(ids) for kind, ids in compared._asdict().items()}
        problems = [str(ReaderError(problem)) for problem in self._come.problems]
        return {"parts": {"moving": render.arriving(name, counts, problems)}, "come": True}

    def take_in(self) -> None:
        """Keep what was looked at."""
        come, self._come = self._come, None
        if come is not None:
            self._noting.take(come.notes)


def _decoded(raw: bytes, name: str) -> str:
    """The text of a file in UTF-8, or in UTF-16 that says so."""
    try:
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return raw.decode("utf-16")
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise ReaderError(
            Problem(
                "this is not UTF-8",
                "Letters beyond English would be read wrongly.",
                "Save it again as UTF-8; in a spreadsheet, as CSV UTF-8.",
                path=name,
            )
        ) from None
