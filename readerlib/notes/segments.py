"""Lines on disk that outlive a crash: each session appends to a file of its own.

A line is ``{"crc": "8 hex digits", "record": {…}}``, the checksum (CRC-32) taken over the
record's bytes as they stand.  A line whose checksum does not fit is never believed.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import secrets
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from readerlib.errors import Problem, ReaderError, quoted

ENDING = ".jsonl"
"""How the name of a segment ends."""

_HEAD = b'{"crc": "'
_MIDDLE = b'", "record": '


class NotSavedError(ReaderError):
    """What could not be written to disk; it is kept in memory, and can be tried again.

    Examples
    --------
    >>> issubclass(NotSavedError, ReaderError)
    True
    """


class Damage(NamedTuple):
    """A line that cannot be believed.

    Examples
    --------
    >>> Damage("2026-11-26-ab12.jsonl", 3).line
    3
    """

    file: str
    line: int


class Segments:
    """The files of a folder, read together, and one of them to append to.

    Parameters
    ----------
    folder : Path
        Made, for its owner alone, when the first line is written.

    Attributes
    ----------
    damaged : list of Damage
        Lines in the middle of a file whose checksum does not fit.  A torn line at the end of
        a file is what a killed process leaves behind: it was never called saved.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.damaged: list[Damage] = []
        self._seen: dict[str, int] = {}
        self._file = -1
        self._length = 0
        self._owner = 0
        self._lock = threading.RLock()

    def append(self, records: list[dict[str, Any]]) -> None:
        """Write records and return once they are on the disk.

        Raises
        ------
        NotSavedError
            If they are not; nothing of them is left in the file then.
        """
        with self._lock:
            lines = b"".join(line(record) for record in records)
            try:
                if self._file < 0 or self._owner != os.getpid():
                    self._begin()
                self._write(lines)
            except OSError as error:
                raise NotSavedError(_not_writable(self.folder, error)) from None

    def news(self) -> Iterator[dict[str, Any]]:
        """The records that have come since the last call, whoever wrote them."""
        with self._lock:
            try:
                names = sorted(file.name for file in self.folder.iterdir() if file.suffix == ENDING)
            except OSError:
                return
            for name in names:
                yield from self._news_of(name)

    def _news_of(self, name: str) -> Iterator[dict[str, Any]]:
        begin = self._seen.get(name, 0)
        try:
            with open(self.folder / name, "rb") as stream:  # noqa: PTH123
                stream.seek(begin)
                data = stream.read()
        except OSError:
            return
        whole = data.rfind(b"\n") + 1
        self._seen[name] = begin + whole
        for number, raw in enumerate(data[:whole].split(b"\n")[:-1], 1):
            record = believed(raw)
            if record is None:
                self.damaged.append(Damage(name, number))
            else:
                yield record

    def _begin(self) -> None:
        """Make a segment of this session's own."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stamp = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d")
        name = f"{stamp}-{secrets.token_hex(8)}{ENDING}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        self._file = os.open(self.folder / name, flags, 0o600)
        self._length, self._owner = 0, os.getpid()
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _write(self, lines: bytes) -> None:
        try:
            done = 0
            while done < len(lines):
                done += os.write(self._file, lines[done:])
            os.fsync(self._file)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._length)
            with contextlib.suppress(OSError):
                os.close(self._file)
            self._file = -1
            raise
        self._length += len(lines)

    def close(self) -> None:
        """Close the session's file."""
        with self._lock:
            if self._file >= 0 and self._owner == os.getpid():
                os.close(self._file)
            self._file = -1


def line(record: dict[str, Any]) -> bytes:
    """A record as a line, with its checksum.

    Examples
    --------
    >>> line({"of": "note"})
    b'{"crc": "1e518886", "record": {"of": "note"}}\\n'
    """
    body = json.dumps(record, ensure_ascii=True).encode("ascii")
    return b"".join([_HEAD, b"%08x" % zlib.crc32(body), _MIDDLE, body, b"}\n"])


def believed(raw: bytes) -> dict[str, Any] | None:
    """The record of a line, or None if the line is not as it was written.

    Examples
    --------
    >>> believed(line({"of": "note"}).strip())
    {'of': 'note'}
    >>> believed(line({"of": "note"}).replace(b"note", b"nose").strip()) is None
    True
    """
    at = len(_HEAD) + 8
    body = raw[at + len(_MIDDLE) : -1]
    framed = raw.startswith(_HEAD) and raw[at:].startswith(_MIDDLE) and raw.endswith(b"}")
    if not framed or raw[len(_HEAD) : at] != b"%08x" % zlib.crc32(body):
        return None
    try:
        record = json.loads(body)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _not_writable(folder: Path, error: OSError) -> Problem:
    return Problem(
        f"this is not saved: the folder {quoted(folder)} cannot be written "
        f"({error.strerror or error})",
        "What you wrote is kept here until it can be saved.",
        "Make room or allow writing there, then save again; or copy it out.",
    )
