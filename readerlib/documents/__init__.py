"""A reader's file, address or pasted text → paragraphs, whatever its format.

Foreign files are parsed in a child process with limits of its own: a file that makes a
library hang, crash or swell ends in a message, not in a dead kernel.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readerlib.errors import Problem, ReaderError

__all__ = ["Document", "from_bytes", "pasted", "read"]

MOST_BYTES = 64_000_000
"""The largest file that is read."""
MOST_SECONDS = 30
"""How long reading a file may take."""

_EXTRACT = Path(__file__).with_name("extract.py")
_MARKUP = re.compile(r"<(?:!doctype|html|body|div|p|br|span|article)\b[^<>]*>", re.IGNORECASE)

_SAVE_OTHERWISE = "Save it as a web page, PDF, DOCX or text, or paste its text."
_WHY = {
    "archive": ("it is an archive, and none of a word processor", "", _SAVE_OTHERWISE),
    "binary": ("it holds no text", "Its content is not a document's.", _SAVE_OTHERWISE),
    "damaged": (
        "it is damaged or cut off",
        "Its beginning says what it is, but it cannot be read to its end.",
        "Save or download it again.",
    ),
    "locked": (
        "it asks for a password",
        "A locked PDF cannot be read.",
        "Open it in a viewer and print it into a new PDF, or copy its text and paste it.",
    ),
    "long": ("it holds more text than any article", "", "Save the article's own page alone."),
    "memory": (
        "it takes more memory than reading an article may",
        "",
        "Copy its text and paste it.",
    ),
    "old_office": (
        "it is a document of an old Word",
        "Files ending in .doc cannot be read.",
        "Open it and save it as DOCX or text.",
    ),
    "pages": ("it has more pages than any article", "", "Print the article's own pages alone."),
    "picture": (
        "it is a picture",
        "Words in a picture are not read.",
        "Save the page itself, or copy its text and paste it.",
    ),
    "rtf": ("it is rich text (RTF)", "", "Open it and save it as DOCX or text."),
    "scan": (
        "the PDF has pictures of pages and no text",
        "Words in a picture are not read.",
        "Print the page itself into a PDF, or copy its text and paste it.",
    ),
    "unpacked": (
        "it is far larger unpacked than any article",
        "",
        "Copy its text and paste it.",
    ),
}


@dataclass(frozen=True, slots=True)
class Document:
    """A document's paragraphs in their order, and its title if it has one.

    Examples
    --------
    >>> Document(("One.", "Two.")).text
    'One.\\n\\nTwo.'
    """

    paragraphs: tuple[str, ...]
    title: str = ""

    @property
    def text(self) -> str:
        """The paragraphs, with a blank line between each two."""
        return "\n\n".join(self.paragraphs)

    def __repr__(self) -> str:
        """Its size, without a word of it."""
        return f"<Document of {len(self.paragraphs)} paragraphs>"


def read(path: Path) -> Document:
    """The document in the file at `path`: HTML, PDF, DOCX, ODT, MHTML, mail, JSON or text.

    Raises
    ------
    ReaderError
        If there is no such file, or it cannot be read within the limits.

    Examples
    --------
    >>> read(Path("no-such-file.html"))
    Traceback (most recent call last):
    readerlib.errors.ReaderError: no-such-file.html: there is no such file.
      Name the file as it lies on this machine, with its folder.
    """
    if path.is_dir():
        raise ReaderError(
            Problem(
                "it is a folder",
                "A browser saves a page as one file and a folder of pictures.",
                "Name the file beside the folder.",
                path=path.name,
            )
        )
    if not path.exists():
        raise ReaderError(
            Problem(
                "there is no such file",
                remedy="Name the file as it lies on this machine, with its folder.",
                path=str(path),
            )
        )
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ReaderError(
            Problem(
                f"the file cannot be opened ({error.strerror})",
                remedy="Copy it to a folder of your own and name it there.",
                path=str(path),
            )
        ) from None
    return from_bytes(data, path.name)


def from_bytes(data: bytes, name: str = "the file") -> Document:
    """The document in `data`; its kind is told by its content, `name` is for messages.

    Raises
    ------
    ReaderError
        If it cannot be read within the limits.

    Examples
    --------
    >>> from_bytes(b"<html><p>Good morning.</p><p>Good night.</p></html>").paragraphs
    ('Good morning.', 'Good night.')
    """
    if len(data) > MOST_BYTES:
        raise ReaderError(
            Problem(
                f"the file is larger than {MOST_BYTES // 1_000_000} MB",
                "An article's page has a few megabytes at most.",
                "Save the page alone, or copy its text and paste it.",
                path=name,
            )
        )
    try:
        done = subprocess.run(
            # -P: the folder of the child's own file is not a place to import from.
            [sys.executable, "-P", str(_EXTRACT)],
            input=data,
            capture_output=True,
            timeout=MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ReaderError(
            Problem(
                f"reading it took longer than {MOST_SECONDS} seconds",
                "An article is read in a second or two.",
                "Copy its text and paste it.",
                path=name,
            )
        ) from None
    answer = _answer(done.stdout)
    if "paragraphs" not in answer:
        wrong, expected, remedy = _WHY.get(
            str(answer.get("error")),
            (
                f"reading it failed (code {done.returncode})",
                "The file is broken, or takes more memory or time than an article may.",
                "Copy its text and paste it.",
            ),
        )
        raise ReaderError(Problem(wrong, expected, remedy, path=name))
    return Document(tuple(map(str, answer["paragraphs"])), str(answer.get("title", "")))


def pasted(text: str) -> Document:
    """The document in a text that the reader pasted; the source of a page is read as one.

    Examples
    --------
    >>> pasted("Good morning.\\n\\nGood night.").paragraphs
    ('Good morning.', 'Good night.')
    """
    if len(text) > MOST_BYTES // 4:
        raise ReaderError(
            Problem("the text is longer than any article", remedy="Paste the article alone.")
        )
    if len(_MARKUP.findall(text[:200_000])) >= 3:
        return from_bytes(text.encode("utf-8", "replace"), "the pasted text")
    parts = re.split(r"\n[ \t\u00a0]*\n\s*", text.replace("\r\n", "\n").replace("\r", "\n"))
    return Document(tuple(part for part in parts if part.strip()))


def _answer(raw: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(raw)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
