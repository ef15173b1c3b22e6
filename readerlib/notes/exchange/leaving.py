"""Notes out: the exact text of a file before it is one, and what is in it in words."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from readerlib.corpus import Corpus
from readerlib.errors import Problem, ReaderError, plural, quoted, suggestion
from readerlib.notes.exchange import jsonld, markdown, table
from readerlib.notes.exchange.records import FIELDS, Placed, Sites, sides
from readerlib.notes.notes import COLOURS, Note

Form = Literal["markdown", "csv", "jsonld"]
"""What notes can leave as."""

_Writer = Callable[[Sequence[Placed], Sites, Mapping[str, str]], str]

FORMS: dict[Form, tuple[str, str, _Writer]] = {
    "markdown": (".md", "Markdown, a page to read", markdown.written),
    "csv": (".csv", "CSV, a table for a spreadsheet", table.written),
    "jsonld": (".jsonld", "JSON-LD, annotations as the W3C describes them", jsonld.written),
}
"""Form → how its files end, what it is, and who writes it."""


@dataclass(frozen=True, slots=True)
class Export:
    """Notes as a text that has not left yet.

    Attributes
    ----------
    form : "markdown", "csv" or "jsonld"
    name : str
        What the file may be called.
    text : str
        What leaves, exactly: in UTF-8 it is the file, byte by byte.
    notes : tuple of Note
        What is in it, in its order: as it is read, then what has no place.
    fields : tuple of str
        What of each note leaves.
    summary : str
        The same in words, for whoever is about to send it.
    """

    form: Form
    name: str
    text: str = field(repr=False)
    notes: tuple[Note, ...] = field(repr=False)
    fields: tuple[str, ...]
    summary: str = field(repr=False)

    def save(self, path: str | Path, *, replacing: bool = False) -> Path:
        """Write the file, wholly or not at all.

        Parameters
        ----------
        path : str or Path
        replacing : bool
            Whether a file that is there may be replaced.

        Raises
        ------
        ReaderError
            If there is such a file and `replacing` was not said, or it cannot be written.
        """
        return saved(self.text.encode("utf-8"), path, replacing=replacing)


def export(
    notes: Sequence[Note],
    corpus: Corpus,
    form: Form,
    *,
    labels: Mapping[str, str] | None = None,
) -> Export:
    """Notes as Markdown, CSV or JSON-LD, to be looked at before they leave.

    No words of others are in it: neither of the turns nor of the summaries, even where a note
    is marked to be quoted.  A place is told by the ids of its turns, who speaks, a link, and
    a fingerprint.

    Parameters
    ----------
    notes : sequence of Note
        In any order.
    corpus : Corpus
        What they are on.  Notes on another corpus go along; they come last.
    form : "markdown", "csv" or "jsonld"
    labels : mapping of str to str, optional
        Colour → what it means, as :attr:`Notes.labels` has it.

    Raises
    ------
    ReaderError
        If the form is none of these.

    Examples
    --------
    >>> import tempfile
    >>> from readerlib.datasets import load
    >>> from readerlib.notes import Notes
    >>> demo, notes = load("demo"), Notes(tempfile.mkdtemp())
    >>> note = notes.write(demo, "frost-1-02", "Why does she ask twice?")
    >>> print(export(notes.select(demo), demo, "markdown").text.splitlines()[6])
    ### Turn 2 (frost-1-02); speaking: Tomas
    """
    if form not in FORMS:
        raise ReaderError(
            Problem(
                f"there is no form {quoted(form)}",
                f"Notes leave as {', '.join(FORMS)}.",
                suggestion(form, FORMS) or "Name one of these.",
            )
        )
    ending, what, writer = FORMS[form]
    sites = Sites(corpus)
    here = sites.placed(notes)
    text = writer(here, sites, {**COLOURS, **(labels or {})})
    return Export(
        form,
        f"notes-{corpus.descriptor.name}{ending}",
        text,
        tuple(each.note for each in here),
        FIELDS,
        _summary(here, corpus, what, text),
    )


def _summary(here: Sequence[Placed], corpus: Corpus, what: str, text: str) -> str:
    """What leaves, in words."""
    at = [corpus.row(each.place.turn_id) for each in here if each.place]
    talks = len({talk.conversation_id for talk in corpus.talks_of(at)})
    lost = sum(each.place is None for each in here)
    versions = len(sides(each.note for each in here)) - len(here)
    own = sum(len(side.note.text) for side in sides(each.note for each in here))
    parts = [
        f"{plural(len(here), 'note')} on {plural(talks, 'conversation')} of "
        f"“{corpus.descriptor.title}”"
    ]
    parts += [f"{plural(versions, 'other version')} of them"] if versions else []
    parts += [f"{lost} of them without a place in it"] if lost else []
    size = f"{len(text.encode('utf-8')):,} bytes, as {what}"
    return (
        f"{', '.join(parts)}; {size}. Of each note: {', '.join(FIELDS)}. "
        f"{own:,} characters of your own; no words of others, only fingerprints of them."
    )


def saved(raw: bytes, path: str | Path, *, replacing: bool = False) -> Path:
    """Write bytes into a file beside it, and put that in its place.

    Raises
    ------
    ReaderError
        As :meth:`Export.save`.
    """
    file = Path(path)
    if file.exists() and not replacing:
        raise ReaderError(
            Problem(
                "there is such a file already",
                "It was not touched.",
                "Choose another name, or say that it may be replaced.",
                path=str(file),
            )
        )
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=".readerlib-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(raw)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file can have this name"
        raise ReaderError(
            Problem(
                f"it cannot be written ({reason})",
                "Nothing was changed.",
                "Choose a folder of yours, with room.",
                path=str(file),
            )
        ) from None
    return file
