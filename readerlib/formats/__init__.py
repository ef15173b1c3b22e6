"""The formats a corpus can be read from, and the guess which one a file is in."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from readerlib.corpus import Corpus
from readerlib.errors import FormatError, Problem, ReaderError, listed, quoted, suggestion
from readerlib.formats import datapackage, script
from readerlib.tables import brief

__all__ = ["FORMATS", "Format", "read"]


@dataclass(frozen=True, slots=True)
class Format:
    """One way in which conversations are written down.

    Parameters
    ----------
    name : str
        As `read` takes it.
    title : str
        As a person calls it.
    recognises : callable
        Whether a path looks like this format, by its content rather than its name.
    read : callable
        The corpus at a path; a :class:`~readerlib.errors.FormatError` if it is none.

    Examples
    --------
    >>> [format.name for format in FORMATS]
    ['datapackage', 'script']
    """

    name: str
    title: str
    recognises: Callable[[Path], bool]
    read: Callable[[Path], Corpus]


FORMATS = (
    Format("datapackage", "a folder of tables", datapackage.recognises, datapackage.read),
    Format("script", "a text with names before what is said", script.recognises, script.read),
)
"""Every format, in the order in which a path is tried."""


def read(path: str | Path, format: str | None = None) -> Corpus:
    """The corpus at `path`, in the format that its content looks like.

    A folder, or its ``datapackage.json``, is a data package; any other text is a script,
    with a name and a colon before what each person says.  Nothing is fetched from anywhere.
    What is worked out of a large package once, 20,000 turns or more, is kept in the user's
    cache folder, or in the one that the environment variable ``READERLIB_CACHE`` names; it
    can be deleted at any time.

    Parameters
    ----------
    path : str or Path
    format : str, optional
        ``"datapackage"`` or ``"script"``, where the guess would be wrong.

    Raises
    ------
    FormatError
        With every problem found: file, row or line, what was expected, what to do.
    ReaderError
        If there is no format of that name.

    Examples
    --------
    >>> read("no/such/folder")
    Traceback (most recent call last):
    readerlib.errors.FormatError: no/such/folder: there is no such file or folder.
      A corpus is a folder with a datapackage.json, or a text with a name before each turn.
      Correct the path, or name a shipped corpus such as "calls" for load.
    """
    if format is not None:
        return _named(format).read(Path(path))
    path = Path(path)
    if not os.path.lexists(str(path).replace("\0", "")):
        raise FormatError(
            Problem(
                "there is no such file or folder",
                f"A corpus is a folder with a {datapackage.NAME}, or a text with a name before "
                "each turn.",
                'Correct the path, or name a shipped corpus such as "calls" for load.',
                path=brief(str(path)),
            )
        )
    for known in FORMATS:
        if known.recognises(path):
            return known.read(path)
    raise FormatError(
        Problem(
            "it is in no format that can be read",
            f"Formats: {listed(f'{known.name} ({known.title})' for known in FORMATS)}.",
            f"For a table, name the folder with its {datapackage.NAME}; for any other text, "
            'try format="script", or copy its text into a plain text file.',
            path=brief(path.name),
        )
    )


def _named(name: str) -> Format:
    for known in FORMATS:
        if known.name == name:
            return known
    names = [known.name for known in FORMATS]
    raise ReaderError(
        Problem(
            f"there is no format {quoted(name)}",
            f"Formats: {listed(names)}.",
            suggestion(name, names) or "Name one of these, or leave it out.",
        )
    )
