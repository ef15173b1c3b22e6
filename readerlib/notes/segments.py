"""Lines on disk that outlive a crash: each session appends to files of its own.

A line is ``{"crc": "8 hex digits", "record": {…}}``, the checksum (CRC-32) taken over the
record's bytes as they stand.  A line whose checksum does not fit is never believed.  A record
has an id of its own, ``rev``: to write it twice does no harm.

All that reaches the disk goes through functions of ``os``, looked up when they are called, so
that a test can let any of them fail, or forget what was not synced.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import json
import os
import re
import secrets
import stat
import threading
import weakref
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from readerlib.errors import Problem, ReaderError, listed, quoted

ENDING = ".jsonl"
"""How the name of a segment ends."""

LONGEST_LINE = 1 << 23
"""Bytes of a line; nothing that is kept comes near it, and a longer one is not looked into."""

LARGEST_FILE = 1 << 28
"""Bytes of a file; a larger one is not ours, since a session begins another one long before."""

_ENOUGH = 1 << 26
_TRIES = 5
_HEAD = b'{"crc": "'
_MIDDLE = b'", "record": '
_HEADS = re.compile(re.escape(_HEAD))
_UNSYNCABLE = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}

Record = dict[str, Any]


class NotSavedError(ReaderError):
    """What could not be written to disk; it is kept in memory, and can be tried again.

    Examples
    --------
    >>> issubclass(NotSavedError, ReaderError)
    True
    """


class Damage(NamedTuple):
    """A line that cannot be believed; the first of a file is line 1.

    Examples
    --------
    >>> Damage("2026-11-26-ab12.jsonl", 3).line
    3
    """

    file: str
    line: int


class Found(NamedTuple):
    """A record, and where it was read.

    Examples
    --------
    >>> Found("2026-11-26-ab12.jsonl", 3, {"rev": "b"})
    <Found in 2026-11-26-ab12.jsonl, line 3>
    """

    file: str
    line: int
    record: Record

    def __repr__(self) -> str:
        """Where it was read, without a word of it: a repr ends up in saved notebooks."""
        return f"<Found in {self.file}, line {self.line}>"


class _Look(NamedTuple):
    """How a file was when it was looked at last, and how much of it is done with."""

    inode: int
    size: int
    moment: int
    bytes: int
    lines: int


@dataclass(slots=True)
class _Own:
    """The file that a session appends to; ``length`` is what was called saved of it."""

    file: int
    path: Path
    length: int = 0


class Segments:
    """The files of a folder, read together, and one of them to append to.

    Parameters
    ----------
    folder : Path
        Made, for its owner alone, when the first line is written.  The rights of a folder
        that is there already stay as they are; the files are their owner's in any case.

    Attributes
    ----------
    damaged : list of Damage
        Lines whose checksum does not fit, each once.  A torn line at the end of a file is not
        among them: it is what a killed process leaves behind, and was never called saved.

    Notes
    -----
    A file system that cannot sync a folder (it says EINVAL or ENOTSUP, as some network homes
    do) is trusted with the file alone: that is all it offers, and to refuse it would mean to
    keep nothing.  On Windows folders are not synced, and there is no ``O_NOFOLLOW``.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> Segments(folder).append([{"rev": "a"}])
    >>> [found.record for found in Segments(folder).news()]
    [{'rev': 'a'}]
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.damaged: list[Damage] = []
        self._told: dict[str, str] = {}
        self._looks: dict[str, _Look] = {}
        self._own: _Own | None = None
        self._process = os.getpid()
        self._mine: list[Record] = []
        self._again: list[Record] = []
        self._unsynced: set[Path] = set()
        self._lock = threading.RLock()
        _alive.add(self)

    @property
    def troubles(self) -> tuple[str, ...]:
        """What could not be read, and what became of the folder: a sentence or two on each."""
        with self._lock:
            lines: dict[str, list[int]] = {}
            for file, line_number in self.damaged:
                lines.setdefault(file, []).append(line_number)
            return (*self._told.values(), *(_damage(file, lines[file]) for file in lines))

    # Writing ----------------------------------------------------------------

    def append(self, records: list[Record]) -> None:
        """Write records and return once they are on the disk, under their path.

        Where the file has gone from its path (the folder was moved or deleted, or another
        session has put the files together), another one is begun, and whatever this session
        wrote that is not in the folder now is written again.

        Raises
        ------
        NotSavedError
            If they are not on the disk.
        """
        with self._lock:
            try:
                for _ in range(_TRIES):
                    if self._appended(records):
                        self._mine += records
                        return
                    self._lost()
            except OSError as error:
                reason = error.strerror or str(error)
                raise NotSavedError(_not_writable(self.folder, reason)) from None
            raise NotSavedError(_not_writable(self.folder, "it changes all the time"))

    def _appended(self, records: list[Record]) -> bool:
        """Write, sync, and look whether that is in the folder."""
        # Put back only if all went well: an interruption anywhere leaves a file that is
        # never written to again.
        own, self._own = self._own, None
        if own is not None and own.length > _ENOUGH:
            _close(own.file)
            own = None
        if own is None and self._mine and not self.folder.exists():
            self._lost()
        lines = b"".join(line(record) for record in [*self._again, *records])
        if own is None:
            if not lines:
                return True
            own = self._begun()
        if lines:
            self._write(own, lines)
        if not _is_at(own):
            _close(own.file)
            return False
        self._again = []
        self._own = own
        return True

    def _write(self, own: _Own, lines: bytes) -> None:
        try:
            done = 0
            while done < len(lines):
                done += os.write(own.file, lines[done:])
        except OSError:
            self._take_back(own)
            raise
        try:
            os.fsync(own.file)
        except OSError:
            # What the disk holds of this file is not known any more, be it old or new.
            self._again = list(self._mine)
            with contextlib.suppress(OSError):
                os.ftruncate(own.file, own.length)
            _close(own.file)
            raise
        own.length += len(lines)

    def _take_back(self, own: _Own) -> None:
        """Cut off what was written halfway; a file where that fails is left alone."""
        try:
            os.ftruncate(own.file, own.length)
        except OSError:
            _close(own.file)
        else:
            self._own = own

    def _begun(self) -> _Own:
        """A new file of this session's own, in a folder that is on the disk."""
        folders = self._made()
        stamp = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d")
        path = self.folder / f"{stamp}-{secrets.token_hex(8)}{ENDING}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        own = _Own(os.open(path, flags, 0o600), path)
        try:
            _only_for_its_owner(path, 0o600)
            for folder in folders:
                _sync(folder, must=folder == self.folder)
            self._unsynced.clear()
        except BaseException:
            _close(own.file)
            with contextlib.suppress(OSError):
                path.unlink()
            raise
        return own

    def _made(self) -> list[Path]:
        """Make the folder if it is not there; all folders whose entries must be on the disk.

        One more than those that were made: a process may have been killed between making a
        folder and syncing the one that it stands in.
        """
        missing = []
        there = self.folder
        while not there.exists() and there != there.parent:
            missing.append(there)
            there = there.parent
        for folder in reversed(missing):
            self._unsynced.add(folder.parent)
            try:
                folder.mkdir(mode=0o700)
                _only_for_its_owner(folder, 0o700)
            except FileExistsError:
                if not folder.is_dir():
                    raise
        # Kept until all went well, or a second try would sync only the last of them.
        self._unsynced |= {self.folder, self.folder.parent, there.parent}
        return sorted(self._unsynced, reverse=True)

    def _lost(self) -> None:
        """Find out what this session wrote that is not in the folder any more."""
        here = {found.record.get("rev") for found in self._all()}
        here -= {record["rev"] for record in self._again}
        self._again = [record for record in self._mine if record["rev"] not in here]
        if self._again:
            self._told["lost"] = (
                f"The folder {quoted(self.folder)} was moved or emptied while it was in use. "
                "What was written since it was opened here has been written there again; what "
                "is older lies where the folder went. Copy the files of both into one folder, "
                "and they are read as one."
            )

    def close(self) -> None:
        """Close the session's file; another write begins another one."""
        with self._lock:
            own, self._own = self._own, None
            if own is not None:
                _close(own.file)

    def __del__(self) -> None:
        own = getattr(self, "_own", None)
        if own is not None:
            _close(own.file)

    def _in_child(self) -> None:
        """Begin afresh in a process that was forked off: the file is its parent's."""
        self._lock = threading.RLock()
        own, self._own = self._own, None
        if own is not None:
            _close(own.file)
        self._mine, self._again = [], []

    # Reading ----------------------------------------------------------------

    def news(self) -> list[Found]:
        """The records that have come since the last call, whoever wrote them.

        Only what was added to a file is read.  Files that are no segments, or cannot be read,
        are told of in :attr:`troubles`; none of them is waited for.
        """
        with self._lock:
            found: list[Found] = []
            for _ in range(_TRIES):
                files = self._files()
                for name, status in files.items():
                    found += self._news_of(name, status)
                # Files may be put together by another session just now: look again until
                # none has come or gone.
                if self._files().keys() == files.keys():
                    break
            return found

    def _all(self) -> Iterator[Found]:
        """Every record that is in the folder now."""
        others = Segments(self.folder)
        yield from others.news()

    def _files(self) -> dict[str, os.stat_result]:
        """What there is by the name of a segment, in order."""
        try:
            with os.scandir(self.folder) as entries:
                names = sorted(entry.name for entry in entries if entry.name.endswith(ENDING))
        except FileNotFoundError:
            names = []
        except OSError as error:
            self._told["folder"] = _unread(str(self.folder), error.strerror or str(error))
            return {}
        self._told.pop("folder", None)
        found = {}
        for name in names:
            with contextlib.suppress(OSError):
                found[name] = (self.folder / name).stat(follow_symlinks=False)
        return found

    def _news_of(self, name: str, status: os.stat_result) -> list[Found]:
        look = self._looks.get(name)
        if look is not None and look[:3] == (status.st_ino, status.st_size, status.st_mtime_ns):
            return []
        if look is None or look.inode != status.st_ino or status.st_size < look.bytes:
            look = _Look(status.st_ino, 0, 0, 0, 0)
            self.damaged = [damage for damage in self.damaged if damage.file != name]
        try:
            data = _read(self.folder / name, look.bytes)
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            self._told[name] = _unread(name, getattr(error, "strerror", None) or str(error))
            return []
        self._told.pop(name, None)
        *whole, tail = data.split(b"\n")
        found, damaged = _records(name, whole, look.lines)
        self.damaged += damaged
        self._looks[name] = _Look(
            status.st_ino,
            status.st_size,
            status.st_mtime_ns,
            look.bytes + len(data) - len(tail),
            look.lines + len(whole),
        )
        # The end may be whole but for its newline.  It is read again when more has come.
        number = look.lines + len(whole) + 1
        return found + [Found(name, number, record) for record in rescued(tail)]

    # Putting together -------------------------------------------------------

    def rewrite(self, changed: Callable[[list[Found]], Iterable[Record]]) -> None:
        """Put all files together into one new one, with other records in it.

        Safe against a crash at any moment and against sessions that go on writing: first each
        file gets another name, which is read as well, and by which a session that still writes
        to it sees that its file has gone; then it is read; only when the new file is on the
        disk are they deleted.  Lines that are not believed are taken over as they stand.

        Parameters
        ----------
        changed : callable
            Is given all that was found and says what the new file is to hold.

        Raises
        ------
        NotSavedError
            If the new file could not be written; then all is as it was.
        """
        with self._lock:
            self.close()
            try:
                old = [self._renamed(name) for name in self._rewritable()]
                files = [path for path in old if path is not None]
                if files:
                    self._replace(files, changed)
            except OSError as error:
                reason = error.strerror or str(error)
                raise NotSavedError(_not_writable(self.folder, reason)) from None

    def _rewritable(self) -> list[str]:
        files = self._files().items()
        return [
            name
            for name, status in files
            if stat.S_ISREG(status.st_mode) and status.st_size <= LARGEST_FILE
        ]

    def _renamed(self, name: str) -> Path | None:
        """The path of a file under another name; None if it cannot be renamed (Windows)."""
        path = self.folder / name
        other = self.folder / f"{name.partition('.')[0]}.{secrets.token_hex(4)}{ENDING}"
        try:
            path.rename(other)
        except OSError:
            return None
        return other

    def _replace(
        self, files: list[Path], changed: Callable[[list[Found]], Iterable[Record]]
    ) -> None:
        found: list[Found] = []
        alien: list[bytes] = []
        read = []
        for path in files:
            try:
                *whole, tail = _read(path, 0).split(b"\n")
            except (OSError, ValueError):
                continue
            read.append(path)
            alien += [raw for raw in whole if believed(raw) is None and not rescued(raw)]
            found += _records(path.name, whole, 0)[0]
            found += [Found(path.name, len(whole) + 1, record) for record in rescued(tail)]
        lines = dict.fromkeys(
            [*(line(record) for record in changed(found)), *(raw + b"\n" for raw in alien)]
        )
        own = self._begun()
        try:
            self._write(own, b"".join(lines))
            if not _is_at(own):
                raise OSError(errno.ESTALE, "another session is putting the files together")
        except BaseException:
            with contextlib.suppress(OSError):
                own.path.unlink()
            raise
        finally:
            self._own = None
            _close(own.file)
        for path in read:
            with contextlib.suppress(OSError):
                path.unlink()
        _sync(self.folder, must=True)
        self.damaged = []
        self._looks = {}

    def change_own(self, changed: Callable[[Record], Record]) -> None:
        """Change what would be written again if the folder went."""
        with self._lock:
            self._mine = [changed(record) for record in self._mine]
            self._again = [changed(record) for record in self._again]


_alive: weakref.WeakSet[Segments] = weakref.WeakSet()


def _in_child() -> None:
    for segments in list(_alive):
        segments._in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)


def line(record: Record) -> bytes:
    """A record as a line, with its checksum.

    Examples
    --------
    >>> line({"of": "note"})
    b'{"crc": "1e518886", "record": {"of": "note"}}\\n'
    """
    body = json.dumps(record, ensure_ascii=True).encode("ascii")
    # Inside a record nothing looks like the beginning of a line, see :func:`rescued`.
    body = body.replace(b'{"crc"', b'{"\\u0063rc"')
    return b"".join([_HEAD, b"%08x" % zlib.crc32(body), _MIDDLE, body, b"}\n"])


def believed(raw: bytes) -> Record | None:
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
    if not framed or len(raw) > LONGEST_LINE:
        return None
    if raw[len(_HEAD) : at] != b"%08x" % zlib.crc32(body):
        return None
    try:
        record = json.loads(body.decode("ascii"))
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def rescued(raw: bytes) -> list[Record]:
    """The records in what is not a line as it was written: two in one, or with a sign behind.

    Examples
    --------
    >>> rescued(line({"of": "a"}).replace(b"\\n", b"K") + line({"of": "b"}).strip())
    [{'of': 'a'}, {'of': 'b'}]
    """
    begins = [match.start() for match in _HEADS.finditer(raw)]
    found = []
    for begin, end in pairwise([*begins, len(raw)]):
        piece = raw[begin:end]
        record = believed(piece) or believed(piece[:-1])
        found += [record] if record is not None else []
    return found


def _records(name: str, whole: list[bytes], before: int) -> tuple[list[Found], list[Damage]]:
    """What is believed of some lines, and which are not; `before` counts those above them."""
    found: list[Found] = []
    damaged: list[Damage] = []
    for number, raw in enumerate(whole, before + 1):
        record = believed(raw)
        if record is not None:
            found.append(Found(name, number, record))
        else:
            damaged.append(Damage(name, number))
            found += [Found(name, number, record) for record in rescued(raw)]
    return found, damaged


def _read(path: Path, begin: int) -> bytes:
    """The bytes of a regular file from `begin` on; no link is followed, no pipe waited for."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    # Of a pipe or a device even the opening can do something.
    if not stat.S_ISREG(path.stat(follow_symlinks=False).st_mode):
        raise ValueError("it is not a file but a link, a folder or a pipe")
    with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("it is not a file but a link, a folder or a pipe")
        if status.st_size > LARGEST_FILE:
            raise ValueError(f"it has {status.st_size:,} bytes, and notes never have so many")
        stream.seek(begin)
        return stream.read(LARGEST_FILE)


def _is_at(own: _Own) -> bool:
    """Whether a file that is open is the one that stands at its path."""
    try:
        there = own.path.stat(follow_symlinks=False)
    except (FileNotFoundError, NotADirectoryError):
        return False
    here = os.fstat(own.file)
    return (there.st_ino, there.st_dev) == (here.st_ino, here.st_dev)


def _sync(folder: Path, must: bool) -> None:
    """Make the entries of a folder last; one above ours, that we may not read, is let be."""
    if os.name == "nt":
        return
    try:
        file = os.open(folder, os.O_RDONLY)
    except OSError:
        if must:
            raise
        return
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno not in _UNSYNCABLE:
            raise
    finally:
        os.close(file)


def _only_for_its_owner(path: Path, mode: int) -> None:
    """Set the rights whatever the umask is; a file system without rights is let be."""
    with contextlib.suppress(OSError):
        path.chmod(mode)


def _close(file: int) -> None:
    with contextlib.suppress(OSError):
        os.close(file)


def _not_writable(folder: Path, reason: str) -> Problem:
    return Problem(
        f"this is not saved: the folder {quoted(folder)} cannot be written ({reason})",
        "What you wrote is kept here until it can be saved.",
        "Make room or allow writing there, then save again; or copy it out.",
    )


def _unread(name: str, reason: str) -> str:
    return f"{quoted(name)} was not read: {reason}."


def _damage(file: str, lines: list[int]) -> str:
    which = f"line {lines[0]} is" if len(lines) == 1 else f"lines {listed(map(str, lines))} are"
    return (
        f"In {quoted(file)} {which} not as written, and not believed; all other lines were read. "
        "A copy of the file from before, put beside it, brings them back."
    )
