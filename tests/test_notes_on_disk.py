"""Nothing that was called saved is lost: kills, power cuts, full disks, flipped bits, purges."""

from __future__ import annotations

import contextlib
import errno
import functools
import json
import os
import resource
import select
import shutil
import signal
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crashing import Disk, laid_out
from readerlib.datasets import load
from readerlib.errors import ReaderError
from readerlib.notes import Notes, NotSavedError, Revision, anchor
from readerlib.notes import segments as segments_room
from readerlib.notes.segments import Segments, line

DEMO = load("demo")
TURNS = list(DEMO.turns["turn_id"])

Revisions = dict[str, Revision]


@pytest.fixture(autouse=True, scope="module")
def anchored() -> Iterator[None]:
    """Make the anchor of a place once: it takes longer than all the rest of a write."""
    real = functools.cache(lambda place, layer: anchor(DEMO, place, layer))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "readerlib.notes.notes.anchor", lambda corpus, place, layer: real(place, layer)
        )
        yield


def revisions(notes: Notes) -> Revisions:
    """Every state that is known."""
    return {rev: r for thing in notes._things.values() for rev, r in thing.known.items()}


def texts(notes: Notes) -> set[str]:
    """Every text that is shown, both sides of a conflict too."""
    return {side.text for note in notes.select() for side in (note, *note.others)}


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def write(notes: Notes, text: str, turn: str = "frost-1-02", **more: Any) -> str:
    return notes.write(DEMO, turn, text, **more).note_id


# Killed -------------------------------------------------------------------------


def goes_on_writing(folder: Path, out: int, seed: int) -> None:
    """Write, edit and delete, on what the other one wrote too, and tell what was called saved."""
    random = Random(seed)
    notes = Notes(folder)
    while True:
        notes.refresh()
        there = notes.select()[:20]
        text = f"{seed}-{random.random()}"
        if there and random.random() < 0.5:
            note_id = random.choice(there).note_id
            if random.random() < 0.1:
                notes.delete(note_id)
                continue
            notes.edit(note_id, text=text)
        else:
            note_id = write(notes, text, random.choice(TURNS))
        heads = notes._things[f"note:{note_id}"].heads
        rev = next(rev for rev, head in heads.items() if head.value and head.value["text"] == text)
        os.write(out, f"{rev} {text}\n".encode())


def killed(folder: Path, times: int, seed: int = 0, longest: float = 0.03) -> tuple[int, int, int]:
    """Kill two writers again and again: how much was acknowledged, lost, and damaged."""
    random = Random(seed)
    acknowledged: dict[str, str] = {}
    for round_ in range(times):
        begin, end = os.pipe()
        children = []
        for which in (1, 2):
            child = os.fork()
            if child == 0:
                with contextlib.suppress(BaseException):
                    os.close(begin)
                    goes_on_writing(folder, end, seed * 10**6 + round_ * 10 + which)
                os._exit(1)
            children.append(child)
        os.close(end)
        if round_ % 5:
            # Else they may be killed before they have begun.
            select.select([begin], [], [], 10)
        time.sleep(random.uniform(0, longest))
        for child in children:
            os.kill(child, signal.SIGKILL)
        for child in children:
            os.waitpid(child, 0)
        with os.fdopen(begin, "rb") as stream:
            said = stream.read()
        for each in said[: said.rfind(b"\n") + 1].decode().splitlines():
            rev, text = each.split(" ")
            acknowledged[rev] = text
    notes = Notes(folder)
    here = revisions(notes)
    lost = [
        rev
        for rev, text in acknowledged.items()
        if rev not in here or (here[rev].value or {}).get("text") != text
    ]
    return len(acknowledged), len(lost), len(notes.troubles)


def test_nothing_acknowledged_is_lost_when_two_writers_are_killed(tmp_path: Path):
    acknowledged, lost, damaged = killed(tmp_path / "notes", 20)
    assert acknowledged > 20
    assert (lost, damaged) == (0, 0)


# Power cut ----------------------------------------------------------------------


class Session:
    """Writes on a disk that is watched, and knows all that it ever wrote."""

    def __init__(self, root: Path, refuse: Callable[..., Any] = lambda name, count: None) -> None:
        self.root = root
        self.disk = Disk(root, refuse)
        self.written: Revisions = {}

    def run(self, doings: list[Callable[[Notes], object]]) -> None:
        with self.disk:
            notes = Notes(self.root / "data" / "notes")
            for do in doings:
                with contextlib.suppress(NotSavedError):
                    do(notes)
                waiting = {revision.rev for revision in notes.unsaved}
                self.written = revisions(notes) | self.written
                self.disk.ack(frozenset(self.written.keys() - waiting))
            notes.close()

    def check(self, folder: Path, every: int, random: Random | None = None) -> int:
        """Lay out whatever a power cut at any step may leave, and read it; how many states."""
        saved: frozenset[str] = frozenset()
        seen: set[int] = set()
        folder.mkdir()
        for count in range(len(self.disk.steps) + 1):
            if count and self.disk.steps[count - 1].what == "ack":
                saved = self.disk.steps[count - 1].said
                seen.clear()
            for state in self.disk.left(count, every, random):
                known = hash(tuple(sorted(state.items())))
                if known not in seen:
                    seen.add(known)
                    laid_out(state, folder)
                    self.holds(Notes(folder / "data" / "notes"), saved)
                    self.states = getattr(self, "states", 0) + 1
        return self.states

    def holds(self, notes: Notes, saved: frozenset[str]) -> None:
        here = revisions(notes)
        assert saved <= here.keys()
        for rev, revision in here.items():
            wrote = self.written[rev]
            if revision != wrote:
                # Purged: nothing but its words has gone, and something replaces it.
                assert revision.as_record() == {**wrote.as_record(), "value": None}
                assert rev in notes._things[revision.of].replaced


def latest(notes: Notes) -> str:
    return notes.select()[0].note_id


DOINGS: dict[str, Callable[[Notes], object]] = {
    "write": lambda notes: write(notes, "w" * 40),
    "edit": lambda notes: notes.select() and notes.edit(latest(notes), text="ed\nited"),
    "delete": lambda notes: notes.select() and notes.delete(latest(notes)),
    "undo": lambda notes: notes.undo(),
    "answer": lambda notes: notes.answer(DEMO, "q1", ["a"]),
    "purge": lambda notes: notes.purge(),
    "close": lambda notes: notes.close(),
    "save": lambda notes: notes.save(),
}


def test_nothing_acknowledged_is_lost_in_a_power_cut_at_any_call(tmp_path: Path):
    session = Session(tmp_path / "disk")
    session.root.mkdir()
    names = ("write", "edit", "delete", "purge", "write")
    session.run([DOINGS[name] for name in names])
    assert session.check(tmp_path / "left", every=9) > 300


FAULTS = [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT]


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    names=st.lists(st.sampled_from(sorted(DOINGS)), min_size=3, max_size=9),
    seed=st.integers(0, 2**30),
    fails=st.floats(0, 0.3),
)
def test_nor_in_longer_sessions_in_which_the_disk_refuses_now_and_then(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], seed: int, fails: float
):
    random = Random(seed)

    def refuse(name: str, count: int) -> OSError | int | None:
        if random.random() > fails:
            return None
        if name == "write" and random.random() < 0.5:
            return random.randrange(1, 200)
        return OSError(random.choice(FAULTS), "refused")

    folder = tmp_path_factory.mktemp("disk")
    session = Session(folder / "disk", refuse)
    session.root.mkdir()
    session.run([DOINGS[name] for name in names])
    session.check(folder / "left", every=37, random=random)
    shutil.rmtree(folder)


def test_a_purge_leaves_no_word_of_what_was_deleted_on_the_disk(tmp_path: Path):
    session = Session(tmp_path / "disk")
    session.root.mkdir()
    session.run(
        [
            lambda notes: write(notes, "canary"),
            lambda notes: notes.delete(latest(notes)),
            lambda notes: write(notes, "stays"),
            lambda notes: notes.purge(),
        ]
    )
    for state in session.disk.left(len(session.disk.steps)):
        assert not any(b"canary" in data for data in state.values() if data)
        assert any(b"stays" in data for data in state.values() if data)


# The disk refuses ---------------------------------------------------------------


def refused(name: str, first: int, times: int, error: int | None, most: int = 5) -> Any:
    """Refuse some calls of a name; without an error, write a little and then no more."""

    def refuse(called: str, count: int) -> OSError | int | None:
        if called == "ftruncate" and name == "write and ftruncate" and first >= 0:
            return OSError(errno.EIO, "refused")
        if called != name.split(" and ")[0] or not first <= count < first + times:
            return None
        if error is None:
            return most if count == first else OSError(errno.ENOSPC, "No space left on device")
        return OSError(error, os.strerror(error))

    return refuse


KINDS = {
    "the disk is full": ("write", errno.ENOSPC),
    "the disk is full after some bytes": ("write", None),
    "neither writing nor cutting back works": ("write and ftruncate", None),
    "the disk is read-only": ("write", errno.EROFS),
    "the disk fails": ("write", errno.EIO),
    "syncing fails": ("fsync", errno.EIO),
}


@pytest.mark.parametrize("kind", KINDS)
def test_at_each_of_the_first_fifty_writes_nothing_is_lost_if(tmp_path: Path, kind: str):
    name, error = KINDS[kind]
    for first in range(50):
        folder = tmp_path / str(first)
        with Disk(folder, refused(name, first, 2, error)):
            notes = Notes(folder)
            refusals = 0
            for number in range(first + 4):
                try:
                    write(notes, f"note {number}")
                    assert not notes.trouble
                    assert not notes.unsaved
                except NotSavedError:
                    refusals += 1
                    assert "cannot be written" in notes.trouble
                    assert f"note {number}" in notes.unsaved_words()
                    mine = next(n for n in notes.select() if n.text == f"note {number}")
                    assert not mine.saved
                    assert {f"note {n}" for n in range(first)} <= texts(Notes(folder))
            assert 1 <= refusals <= 2
            assert all(note.saved for note in notes.select())
        again = Notes(folder)
        assert texts(again) == {f"note {n}" for n in range(first + 4)}
        assert again.troubles == ()
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["mkdir", "open", "fsync of a folder"])
@pytest.mark.parametrize("error", [errno.EROFS, errno.EACCES, errno.EIO])
def test_a_folder_that_cannot_be_made_is_made_when_it_can_be(tmp_path: Path, name: str, error: int):
    with Disk(tmp_path, refused(name, 0, 1, error)):
        notes = Notes(tmp_path / "deep" / "notes")
        if name == "fsync of a folder" and error == errno.EACCES:
            error = errno.EIO
        with pytest.raises(NotSavedError, match="this is not saved"):
            write(notes, "first")
        assert [revision.of for revision in notes.unsaved]
        notes.save()
        assert notes.trouble == ""
    assert texts(Notes(notes.path)) == {"first"}


def test_a_file_system_that_cannot_sync_folders_is_good_enough(tmp_path: Path):
    with Disk(tmp_path, refused("fsync of a folder", 0, 99, errno.EINVAL)):
        write(Notes(tmp_path / "notes"), "first")
    assert texts(Notes(tmp_path / "notes")) == {"first"}


def in_a_child(do: Callable[[], None]) -> bool:
    """Whether something goes well in a process of its own."""
    child = os.fork()
    if child == 0:
        code = 1
        with contextlib.suppress(BaseException):
            do()
            code = 0
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_file_may_grow_no_more_and_another_limit_is_set_later(tmp_path: Path):
    def do() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))
        notes = Notes(tmp_path)
        saved = set()
        for number in range(40):
            try:
                write(notes, f"note {number}")
                saved |= {note.text for note in notes.select() if note.saved}
            except NotSavedError:
                pass
            assert saved <= texts(Notes(tmp_path))
        assert notes.trouble
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        notes.save()

    assert in_a_child(do)
    assert texts(Notes(tmp_path)) == {f"note {number}" for number in range(40)}


def test_an_interruption_in_the_middle_of_a_write_costs_nothing(tmp_path: Path):
    notes = Notes(tmp_path)
    write(notes, "before")
    with pytest.MonkeyPatch.context() as patch:
        real = os.write

        def interrupted(file: int, data: bytes) -> int:
            real(file, data[:30])
            raise KeyboardInterrupt

        patch.setattr(os, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write(notes, "meanwhile")
    write(notes, "after")
    assert texts(Notes(tmp_path)) == {"before", "meanwhile", "after"}
    assert Notes(tmp_path).troubles == ()


# Bits ---------------------------------------------------------------------------


def test_a_thousand_flipped_bits_and_bursts_let_no_wrong_note_in(tmp_path: Path):
    random = Random(6)
    for _ in range(3):
        notes = Notes(tmp_path)
        for number in range(8):
            write(notes, f"note {random.random()}", random.choice(TURNS), tags=[f"t{number}"])
    right = revisions(Notes(tmp_path))
    files = {file: file.read_bytes() for file in segments(tmp_path)}
    for trial in range(1000):
        file, data = random.choice(list(files.items()))
        at = random.randrange(len(data))
        burst = 1 if trial % 2 else random.randrange(1, 33)
        changed = int.from_bytes(data, "big") ^ (
            (random.getrandbits(burst) | 1) << min(at * 8 + random.randrange(8), len(data) * 8 - 33)
        )
        raw = changed.to_bytes(len(data), "big")
        file.write_bytes(raw)
        again = Notes(tmp_path)
        here = revisions(again)
        assert here.items() <= right.items()
        assert unhurt(data, raw) <= here.keys() | set()
        # Nothing goes in silence, but for a file's last newline, which costs nothing.
        assert again.troubles or here == right
        file.write_bytes(data)


def unhurt(data: bytes, raw: bytes) -> set[str]:
    """The revisions in a file's lines that have not changed, nor the newline before them."""
    found = set()
    begin = 0
    for one in data.splitlines(keepends=True):
        end = begin + len(one)
        near = slice(max(begin - 1, 0), end)
        if data[near] == raw[near]:
            found.add(json.loads(one)["record"]["rev"])
        begin = end
    return found


def test_a_newline_that_has_flipped_costs_neither_of_its_lines(tmp_path: Path):
    notes = Notes(tmp_path)
    for number in range(4):
        write(notes, f"note {number}")
    (file,) = segments(tmp_path)
    lines = file.read_bytes().splitlines()
    file.write_bytes(lines[0] + b"\n" + lines[1] + b"\x4a" + lines[2] + b"\n" + lines[3] + b"\n")
    again = Notes(tmp_path)
    assert texts(again) == {f"note {number}" for number in range(4)}
    assert again._segments.damaged == [(file.name, 2)]


def test_the_number_of_a_damaged_line_is_right_and_told_once(tmp_path: Path):
    notes = Notes(tmp_path)
    write(notes, "first")
    other = Notes(tmp_path)
    (file,) = segments(tmp_path)
    with file.open("ab") as stream:
        stream.write(b"nonsense\n" + line({"rev": "x"})[:30])
    assert not other.refresh()
    assert not other.refresh()
    with file.open("ab") as stream:
        stream.write(b"...\n")
    other.refresh()
    assert other._segments.damaged == [(file.name, 2), (file.name, 3)]
    assert "lines 2, 3 are not as written" in other.troubles[0]


# What lies in the folder --------------------------------------------------------


def test_what_is_no_segment_is_told_of_and_never_waited_for(tmp_path: Path):
    notes = Notes(tmp_path)
    write(notes, "first")
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "link.jsonl").symlink_to("/etc/passwd")
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "image.png").write_bytes(b"\x89PNG")
    (tmp_path / "long.jsonl").write_bytes(b"x" * 10_000_000)
    with (tmp_path / "huge.jsonl").open("wb") as stream:
        stream.truncate(1 << 40)
    (tmp_path / "deep.jsonl").write_bytes(line({"rev": "x"}).replace(b"x", b"[" * 99999))
    again = Notes(tmp_path)
    assert texts(again) == {"first"}
    told = "\n".join(again.troubles)
    for name in ("pipe.jsonl", "link.jsonl", "folder.jsonl", "huge.jsonl", "deep.jsonl"):
        assert name in told
    assert "image.png" not in told
    write(again, "second")
    assert again.purge() == 0
    assert texts(Notes(tmp_path)) == {"first", "second"}
    assert (tmp_path / "link.jsonl").is_symlink()


STRANGE = [
    {"format": 2, "of": "note:1", "something": "else"},
    {"of": "note:1", "rev": "r", "after": [], "at": "", "corpus": "demo", "value": {"text": 1}},
    {"of": "note:1", "rev": "r", "after": ["r"], "at": "", "corpus": "demo", "value": None},
    {"of": 5, "rev": [], "after": 7, "at": None, "corpus": {}, "value": 3},
    {"rev": "r"},
]


@pytest.mark.parametrize("record", STRANGE)
def test_a_record_of_another_shape_is_told_of_and_kept_by_a_purge(
    tmp_path: Path, record: dict[str, Any]
):
    raw = line(record)
    (tmp_path / "later.jsonl").write_bytes(raw)
    notes = Notes(tmp_path)
    assert notes.select() == []
    assert "later.jsonl" in notes.troubles[0]
    write(notes, "first")
    notes.purge()
    assert raw in b"".join(file.read_bytes() for file in segments(tmp_path))
    assert texts(Notes(tmp_path)) == {"first"}


@pytest.mark.parametrize("path", ["", "a\0b", "\ud800", "~nobody-of-this-name/notes"])
def test_a_path_that_no_folder_can_have_is_refused(path: str):
    with pytest.raises(ReaderError, match="no folder can have the path"):
        Notes(path)


def test_after_a_purge_what_is_not_understood_is_told_of_where_it_is_now(tmp_path: Path):
    notes = Notes(tmp_path)
    (tmp_path / "2030.jsonl").write_bytes(line({"format": 2}) + line({"of": "?"}))
    notes.refresh()
    assert len(notes.troubles) == 2
    notes.purge()
    assert len(notes.troubles) == 2
    assert all(segments(tmp_path)[0].name in said for said in notes.troubles)


def test_a_path_that_is_a_file_is_told_of(tmp_path: Path):
    (tmp_path / "notes").touch()
    notes = Notes(tmp_path / "notes")
    assert "was not read" in notes.troubles[0]
    with pytest.raises(NotSavedError):
        write(notes, "first")


def test_files_and_folders_are_for_their_owner_alone_whatever_the_umask(tmp_path: Path):
    for umask in (0o000, 0o777):
        before = os.umask(umask)
        try:
            write(Notes(tmp_path / f"{umask}" / "notes"), "first")
        finally:
            os.umask(before)
        for folder in (tmp_path / f"{umask}", tmp_path / f"{umask}" / "notes"):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (file,) = segments(tmp_path / f"{umask}" / "notes")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_looking_makes_no_file(tmp_path: Path):
    Notes(tmp_path / "notes").select()
    assert not (tmp_path / "notes").exists()


# Moved, deleted, put together ---------------------------------------------------


def test_fifty_notes_are_back_when_the_folder_was_moved(tmp_path: Path):
    notes = Notes(tmp_path / "notes")
    for number in range(50):
        write(notes, f"note {number}")
    (tmp_path / "notes").rename(tmp_path / "elsewhere")
    assert len(Notes(tmp_path / "elsewhere").select()) == 50


@pytest.mark.parametrize("moved", [True, False])
def test_what_was_saved_is_saved_again_where_its_folder_went_away(tmp_path: Path, moved: bool):
    write(Notes(tmp_path / "notes"), "long ago")
    notes = Notes(tmp_path / "notes")
    write(notes, "before")
    if moved:
        (tmp_path / "notes").rename(tmp_path / "elsewhere")
    else:
        shutil.rmtree(tmp_path / "notes")
    write(notes, "after")
    assert texts(Notes(tmp_path / "notes")) == {"before", "after"}
    assert "was moved or emptied" in notes.troubles[0]
    if moved:
        for file in segments(tmp_path / "elsewhere"):
            shutil.copy(file, tmp_path / "notes")
        assert texts(Notes(tmp_path / "notes")) == {"long ago", "before", "after"}


def test_saving_looks_that_all_is_where_it_was(tmp_path: Path):
    notes = Notes(tmp_path / "notes")
    write(notes, "before")
    shutil.rmtree(tmp_path / "notes")
    notes.save()
    assert texts(Notes(tmp_path / "notes")) == {"before"}


def test_a_purge_brings_back_nothing_through_a_window_that_is_still_open(tmp_path: Path):
    one, two = Notes(tmp_path), Notes(tmp_path)
    deleted = write(one, "canary")
    kept = write(one, "first draft, canary too")
    two.refresh()
    two.delete(deleted)
    two.edit(kept, text="stays")
    assert two.purge() == 2
    write(one, "later")
    data = b"".join(file.read_bytes() for file in segments(tmp_path))
    assert b"canary" not in data
    assert texts(Notes(tmp_path)) == {"stays", "later"}
    assert len(segments(tmp_path)) == 2


def test_a_window_that_opens_during_a_purge_sees_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    notes = Notes(tmp_path)
    write(notes, "first")
    real = segments_room._read
    once = iter([notes.purge])

    def read(path: Path, begin: int) -> bytes:
        for purge in once:
            purge()
        return real(path, begin)

    monkeypatch.setattr(segments_room, "_read", read)
    assert texts(Notes(tmp_path)) == {"first"}


def test_a_purge_keeps_both_sides_of_a_conflict(tmp_path: Path):
    one, two = Notes(tmp_path), Notes(tmp_path)
    note_id = write(one, "draft")
    two.refresh()
    one.edit(note_id, text="one")
    two.edit(note_id, text="two")
    one.purge()
    assert texts(Notes(tmp_path)) == {"one", "two"}
    two.refresh()
    two.edit(note_id, text="both")
    assert texts(Notes(tmp_path)) == {"both"}


def test_purges_and_writers_at_the_same_time_lose_nothing(tmp_path: Path):
    def do(which: int) -> Callable[[], None]:
        def doing() -> None:
            notes = Notes(tmp_path)
            for number in range(60):
                write(notes, f"{which}-{number}")
                if number % 10 == which:
                    with contextlib.suppress(NotSavedError):
                        notes.purge()

        return doing

    children = []
    for which in range(3):
        child = os.fork()
        if child == 0:
            code = 1
            with contextlib.suppress(BaseException):
                do(which)()
                code = 0
            os._exit(code)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    again = Notes(tmp_path)
    assert texts(again) == {f"{which}-{number}" for which in range(3) for number in range(60)}
    assert again.troubles == ()


# Threads and processes ----------------------------------------------------------


def test_threads_may_share_one_notes(tmp_path: Path):
    notes = Notes(tmp_path)

    def do(which: int) -> None:
        for number in range(30):
            write(notes, f"{which}-{number}")
            notes.select(find="nothing")

    threads = [threading.Thread(target=do, args=(which,)) for which in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts(Notes(tmp_path))) == 120


def test_a_process_that_was_forked_off_writes_to_a_file_of_its_own(tmp_path: Path):
    notes = Notes(tmp_path)
    write(notes, "parent")
    assert in_a_child(lambda: write(notes, "child") and None)
    write(notes, "parent again")
    assert texts(Notes(tmp_path)) == {"parent", "child", "parent again"}
    assert len(segments(tmp_path)) == 2


def conflicts(folder: Path, count: int) -> set[str]:
    """Two windows that change the same notes without looking; all that was written last."""
    one, two = Notes(folder), Notes(folder)
    ids = [write(one, f"start {number}") for number in range(count)]
    two.refresh()
    said = set()
    for number, note_id in enumerate(ids):
        for name, notes in (("one", one), ("two", two)):
            said.add(notes.edit(note_id, text=f"{name} {number}").text)
            said.add(notes.write(DEMO, "frost-1-03", f"{name} own {number}").text)
    return said


def test_two_windows_that_contradict_each_other_lose_nothing(tmp_path: Path):
    said = conflicts(tmp_path, 50)
    notes = Notes(tmp_path)
    assert texts(notes) == said
    assert sum(len(note.others) for note in notes.select()) == 50


def state(notes: Notes) -> Any:
    return notes.select(), notes.labels, notes.answers(DEMO), notes.progress(DEMO)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Lines of three windows that contradict each other in everything."""
    folder = tmp_path_factory.mktemp("lines")
    three = [Notes(folder / str(number)) for number in range(3)]
    ids = [write(three[0], f"note {number}") for number in range(3)]
    for file in segments(folder / "0"):
        for number in (1, 2):
            (folder / str(number)).mkdir()
            shutil.copy(file, folder / str(number) / "copy.jsonl")
    for number, notes in enumerate(three):
        notes.refresh()
        notes.edit(ids[0], text=f"{number}")
        notes.answer(DEMO, "q", number)
        notes.label("blue", f"{number}")
        notes.read_to(DEMO, TURNS[number], done=number == 1)
    three[0].delete(ids[0])
    three[1].delete(ids[1])
    three[2].edit(ids[1], text="beats the deletion")
    found = [raw for path in folder.rglob("*.jsonl") for raw in path.read_bytes().splitlines(True)]
    purged = Notes(folder / "1")
    purged.purge()
    return found + [
        raw for path in segments(folder / "1") for raw in path.read_bytes().splitlines(True)
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_in_whatever_order_and_how_often_lines_are_read_the_state_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], data: st.DataObject
):
    folder = tmp_path_factory.mktemp("order")
    (folder / "whole").mkdir()
    (folder / "whole" / "all.jsonl").write_bytes(b"".join(lines))
    mixed = data.draw(st.permutations(lines + data.draw(st.lists(st.sampled_from(lines)))))
    (folder / "mixed").mkdir()
    notes = Notes(folder / "mixed")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(mixed)), max_size=4)))
    for number, (begin, end) in enumerate(zip([0, *cuts], [*cuts, len(mixed)], strict=True)):
        name = f"{data.draw(st.integers(0, 9))}-{number}.jsonl"
        (folder / "mixed" / name).write_bytes(b"".join(mixed[begin:end]))
        notes.refresh()
    whole = Notes(folder / "whole")
    assert state(notes) == state(whole) == state(Notes(folder / "mixed"))
    shutil.rmtree(folder)


def test_only_what_was_added_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    one, two = Notes(tmp_path), Notes(tmp_path)
    write(one, "first")
    assert two.refresh()
    seen: list[Any] = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda path, *more: seen.append(path) or real(path, *more))
    assert not two.refresh()
    assert seen == []


def test_segments_can_be_read_without_notes(tmp_path: Path):
    write(Notes(tmp_path), "first")
    (found,) = Segments(tmp_path).news()
    assert (found.line, found.record["format"]) == (1, 1)
