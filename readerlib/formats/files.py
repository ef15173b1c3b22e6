"""Files that a person names: opened without waiting, read up to a limit, every failure told."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from readerlib.errors import FormatError, Problem, suggestion
from readerlib.tables import brief

LARGEST = 200_000_000
"""Bytes of a file that is read; a larger one is a problem, not a wait."""

_PACKED = {
    b"\x1f\x8b": "a compressed file (gzip)",
    b"BZh": "a compressed file (bzip2)",
    b"\xfd7zXZ": "a compressed file (xz)",
    b"(\xb5/\xfd": "a compressed file (zstd)",
    b"PK\x03\x04": "a ZIP archive, as spreadsheets (.xlsx) and documents (.docx) are",
    b"\xd0\xcf\x11\xe0": "an old Office file (.xls or .doc)",
    b"%PDF-": "a PDF file",
    b"PAR1": "a Parquet file",
}


def contents(file: Path, shown: str, most: int = LARGEST) -> bytes:
    """The bytes of an ordinary file.

    Nothing but an ordinary file is opened, since a device or a pipe may never end.

    Parameters
    ----------
    file : Path
    shown : str
        The name that messages use.
    most : int
        Bytes at most.

    Raises
    ------
    FormatError

    Examples
    --------
    >>> contents(Path(__file__).parent, "formats")
    Traceback (most recent call last):
    readerlib.errors.FormatError: formats: it is a folder, not a file.
      A file was expected here.
      Name a file in the folder.
    """
    raw = _first_bytes(file, shown, most + 1)
    if len(raw) > most:
        raise FormatError(
            Problem(
                f"it is larger than {most // 1_000_000:,} MB",
                "A larger file is not read: it would take the memory of the whole machine.",
                "Divide it, or take out what is not needed.",
                path=brief(shown),
            )
        )
    return raw


def beginning(file: Path, shown: str) -> bytes:
    """The first bytes of an ordinary file, enough to tell what it is; else as :func:`contents`.

    Examples
    --------
    >>> b"Files that a person names" in beginning(Path(__file__), "files.py")
    True
    """
    return _first_bytes(file, shown, 4096)


def _first_bytes(file: Path, shown: str, most: int) -> bytes:
    try:
        mode = file.stat().st_mode
        if stat.S_ISREG(mode):
            with file.open("rb") as opened:
                return opened.read(most)
        expected = "A file was expected here."
        if stat.S_ISDIR(mode):
            wrong, remedy = "it is a folder, not a file", "Name a file in the folder."
        else:
            wrong = "it is no ordinary file but a device or a pipe"
            remedy = "Copy what it gives into a file, and name that."
    except (FileNotFoundError, NotADirectoryError):
        wrong, expected = "the file is missing", _neighbour(file)
        remedy = "Put it there, or correct the name."
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else "no reason was given"
        wrong = f"it cannot be opened ({reason})"
        expected = "The file has to be there, and you need the right to read it."
        remedy = "Copy it to a folder of yours under a plain, short name."
    except ValueError:
        wrong, expected = "no file can have this name", "It holds a sign that names do not have."
        remedy = "Correct the name."
    raise FormatError(Problem(wrong, expected, remedy, path=brief(shown)))


def packed(raw: bytes) -> str:
    """What the bytes are if they are no text but a well-known kind of file; else nothing.

    Examples
    --------
    >>> packed(b"%PDF-1.7")
    'a PDF file'
    """
    return next((what for magic, what in _PACKED.items() if raw.startswith(magic)), "")


def _neighbour(file: Path) -> str:
    """A sentence that names the file beside which may be meant."""
    try:
        names = sorted(entry.name for entry in os.scandir(file.parent))[:1000]
    except OSError:
        return "There is not even the folder."
    return suggestion(file.name, names) or "There is no file of this name."
