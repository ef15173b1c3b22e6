"""The formats a corpus can be read from."""

from __future__ import annotations

from pathlib import Path

from readerlib.corpus import Corpus
from readerlib.formats import datapackage

__all__ = ["read"]


def read(path: str | Path) -> Corpus:
    """The corpus in the data package at `path`: a folder, or its ``datapackage.json``.

    Raises
    ------
    FormatError
        With every problem found: file, row, column, what was expected, what to do.

    Examples
    --------
    >>> read("no/such/folder")
    Traceback (most recent call last):
    readerlib.errors.FormatError: datapackage.json: the file is missing.
      A data package is a folder with a datapackage.json.
      Name such a folder, or a shipped corpus such as "calls".
    """
    return datapackage.read(Path(path))
