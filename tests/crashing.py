"""A disk that writes down what reaches it, can refuse, and knows what a power cut may leave.

The rules are those of POSIX, read strictly: what was written to a file lasts once the file was
synced; a name lasts once its folder was synced; until then any part of it may be there, in any
order, page by page, with zeros where a page is missing.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

PAGE = 64
"""Bytes of a page: small, so that a line has several."""

FOLDER = -1


class Step(NamedTuple):
    """One thing that reached the disk, or that was called saved (``ack``)."""

    what: str
    file: int = 0
    at: int = 0
    data: bytes = b""
    names: tuple[tuple[str, int | None], ...] = ()
    said: Any = None


class Disk:
    """Stands between ``os`` and a folder.

    Parameters
    ----------
    root : Path
        The folder that is there and on the disk.
    refuse : callable, optional
        Given the name of a call and how many of that name came before, an OSError to raise,
        a number of bytes to write at most, or None.
    """

    def __init__(
        self,
        root: Path,
        refuse: Callable[[str, int], OSError | int | None] = lambda name, count: None,
    ) -> None:
        self.root = root
        self.steps: list[Step] = []
        self.refuse = refuse
        self.calls: dict[str, int] = {}
        self._files: dict[int, tuple[int, str]] = {}
        self._names: dict[str, int] = {}
        self._lengths: dict[int, int] = {}
        self._patch = pytest.MonkeyPatch()

    def __enter__(self) -> Disk:
        self._real = {name: getattr(os, name) for name in CALLS}
        for name in CALLS:
            self._patch.setattr(os, name, getattr(self, f"_{name}"))
        return self

    def __exit__(self, *about: object) -> None:
        self._patch.undo()

    def ack(self, said: Any) -> None:
        """Note down that something was called saved."""
        self.steps.append(Step("ack", said=said))

    def _asked(self, name: str) -> int | None:
        count = self.calls.get(name, 0)
        self.calls[name] = count + 1
        answer = self.refuse(name, count)
        if isinstance(answer, OSError):
            raise answer
        return answer

    def _inside(self, path: Any) -> str | None:
        path = Path(path)
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else None

    def _open(self, path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        name = self._inside(path) if isinstance(path, str | Path) else None
        if name is None:
            return self._real["open"](path, flags, mode, **more)
        if flags & os.O_CREAT:
            self._asked("open")
        file = self._real["open"](path, flags, mode, **more)
        if flags & os.O_CREAT:
            number = len(self._lengths) + 1
            self._lengths[number] = 0
            self._names[name] = number
            self._files[file] = (number, name)
            self.steps.append(Step("names", names=((name, number),)))
        elif Path(path).is_dir():
            self._files[file] = (FOLDER, name)
        return file

    def _write(self, file: int, data: bytes) -> int:
        if file not in self._files:
            return self._real["write"](file, data)
        most = self._asked("write")
        done = self._real["write"](file, data if most is None else data[:most])
        number = self._files[file][0]
        self.steps.append(Step("write", number, self._lengths[number], bytes(data[:done])))
        self._lengths[number] += done
        return done

    def _ftruncate(self, file: int, length: int) -> None:
        if file in self._files:
            self._asked("ftruncate")
            number = self._files[file][0]
            self.steps.append(Step("cut", number, length))
            self._lengths[number] = length
        self._real["ftruncate"](file, length)

    def _fsync(self, file: int) -> None:
        if file in self._files:
            number, name = self._files[file]
            self._asked("fsync" if number != FOLDER else "fsync of a folder")
            self.steps.append(Step("sync", number, names=((name, None),)))
        # What lasts is said by the model; the real disk need not be waited for.

    def _close(self, file: int) -> None:
        self._files.pop(file, None)
        self._real["close"](file)

    def _mkdir(self, path: Any, mode: int = 0o777, **more: Any) -> None:
        name = self._inside(path)
        if name is not None:
            self._asked("mkdir")
        self._real["mkdir"](path, mode, **more)
        if name is not None:
            self.steps.append(Step("names", names=((name, FOLDER),)))

    def _rename(self, old: Any, new: Any, **more: Any) -> None:
        self._asked("rename")
        self._real["rename"](old, new, **more)
        before, after = self._inside(old), self._inside(new)
        if before is not None and after is not None:
            number = self._names.pop(before)
            self._names[after] = number
            self.steps.append(Step("names", names=((before, None), (after, number))))

    def _unlink(self, path: Any, **more: Any) -> None:
        self._asked("unlink")
        self._real["unlink"](path, **more)
        name = self._inside(path)
        if name is not None:
            self._names.pop(name, None)
            self.steps.append(Step("names", names=((name, None),)))

    # What may be left ---------------------------------------------------------

    def left(self, steps: int, every: int = 1, random: Random | None = None) -> Iterator[State]:
        """What a power cut after so many steps may leave: path → bytes, or None for a folder.

        Parameters
        ----------
        every : int
            A write is torn at every so many bytes.
        random : Random, optional
            Draw pages out of those that are too many to try.
        """
        lasting: dict[int, bytes] = {}
        pending: dict[int, list[Step]] = {}
        names: dict[str, int] = {}
        unsynced: list[tuple[tuple[str, int | None], ...]] = []
        for step in self.steps[:steps]:
            if step.what in ("write", "cut"):
                pending.setdefault(step.file, []).append(step)
            elif step.what == "names":
                unsynced.append(step.names)
            elif step.what == "sync" and step.file != FOLDER:
                lasting[step.file] = _done(lasting.get(step.file, b""), pending.pop(step.file, []))
            elif step.what == "sync":
                folder = step.names[0][0]
                for change in [c for c in unsynced if _parent(c[0][0]) == folder]:
                    _rename_in(names, change)
                    unsynced.remove(change)
        kinds = {
            number: list(_contents(lasting.get(number, b""), steps_, every, random))
            for number, steps_ in pending.items()
        }
        for chosen in _some(unsynced):
            there = dict(names)
            for change in chosen:
                _rename_in(there, change)
            there = {name: number for name, number in there.items() if _reached(name, there)}
            open_ = [number for number in kinds if number in there.values()]
            for contents in itertools.product(*(kinds[number] for number in open_)):
                held = lasting | dict(zip(open_, contents, strict=True))
                yield {
                    name: None if number == FOLDER else held.get(number, b"")
                    for name, number in there.items()
                }


State = dict[str, bytes | None]
CALLS = ("open", "write", "fsync", "ftruncate", "close", "mkdir", "rename", "unlink")


def laid_out(state: State, folder: Path) -> None:
    """Put what is left into a folder that is empty or was laid out before."""
    for file in sorted(folder.rglob("*"), reverse=True):
        if file.is_dir():
            file.rmdir()
        else:
            file.unlink()
    for name, data in sorted(state.items()):
        if data is None:
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(data)


def _parent(name: str) -> str:
    return str(Path(name).parent)


def _reached(name: str, names: dict[str, int]) -> bool:
    above = [str(path) for path in Path(name).parents if str(path) != "."]
    return all(names.get(folder) == FOLDER for folder in above)


def _rename_in(names: dict[str, int], change: Iterable[tuple[str, int | None]]) -> None:
    for name, number in change:
        if number is None:
            names.pop(name, None)
        else:
            names[name] = number


def _some(changes: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Every choice of changes, in their order."""
    for size in range(len(changes) + 1):
        yield from itertools.combinations(changes, size)


def _done(data: bytes, steps: Iterable[Step]) -> bytes:
    for step in steps:
        if step.what == "cut":
            data = data[: step.at].ljust(step.at, b"\0")
        else:
            data = (
                data[: step.at].ljust(step.at, b"\0") + step.data + data[step.at + len(step.data) :]
            )
    return data


def _contents(
    before: bytes, steps: list[Step], every: int, random: Random | None
) -> Iterator[bytes]:
    """What a file may hold of which some steps were not synced."""
    states = [_done(before, steps[:count]) for count in range(len(steps) + 1)]
    found = dict.fromkeys(states)
    for state, step in zip(states, steps, strict=False):
        for cut in range(0, len(step.data), every):
            found[_done(state, [step._replace(data=step.data[:cut])])] = None
    first = min(map(len, states)) // PAGE
    most = max(map(len, states))
    pages = range(first, -(-most // PAGE))
    # Of each page there may be any state, and of the length.
    if len(states) == 2 and len(pages) <= 8:
        choices: Iterable[tuple[int, ...]] = itertools.product((0, 1), repeat=len(pages))
    else:
        random = random or Random(len(states))
        choices = [tuple(random.choices(range(len(states)), k=len(pages))) for _ in range(40)]
    lengths = sorted({len(state) for state in states})
    for choice in choices:
        for length in lengths:
            data = states[0][: first * PAGE]
            for page, state in zip(pages, choice, strict=True):
                data += states[state][page * PAGE : (page + 1) * PAGE].ljust(PAGE, b"\0")
            found[data[:length]] = None
    return iter(found)
