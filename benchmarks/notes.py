"""What notes bear, in full numbers: ``python benchmarks/notes.py --kills 200``.

Prints a table: two kernels and two bare processes killed at random moments, a power cut at every
call, a disk that is really full, two windows that contradict each other, and how long 10,000
notes take.  Times are those of the processor: a busy machine does not change them, and waiting
for the disk is not among them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from jupyter_client.manager import KernelManager

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import test_notes_on_disk as on_disk
from readerlib import load
from readerlib.notes import Notes
from readerlib.notes.notes import Revision
from readerlib.notes.segments import line

HOW_MANY = 10_000

IN_KERNEL = """
import os, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
import test_notes_on_disk as on_disk
said = os.open({said!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
on_disk.goes_on_writing(Path({folder!r}), said, {seed})
"""


@contextmanager
def scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="notes-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def row(what: str, told: object) -> None:
    print(f"{what:58} {told}", flush=True)


def kernels(folder: Path, times: int) -> tuple[int, int, int]:
    """Kill two real kernels again and again: how much was acknowledged, lost, and damaged."""
    random = Random(1)
    acknowledged: dict[str, str] = {}
    for round_ in range(times):
        running = []
        for which in (1, 2):
            manager = KernelManager(kernel_name="python3")
            manager.start_kernel(stderr=subprocess.DEVNULL)
            client = manager.client()
            client.start_channels()
            said = folder / f"said-{which}"
            said.unlink(missing_ok=True)
            running.append((manager, client, said))
        for which, (_, client, said) in enumerate(running):
            client.wait_for_ready(timeout=60)
            client.execute(
                IN_KERNEL.format(
                    tests=str(Path(on_disk.__file__).parent),
                    folder=str(folder / "notes"),
                    said=str(said),
                    seed=round_ * 10 + which,
                )
            )
        limit = time.monotonic() + 60
        while not any(said.exists() and said.stat().st_size for *_, said in running):
            if time.monotonic() > limit:
                raise SystemExit("no kernel has begun to write")
            time.sleep(0.005)
        time.sleep(random.uniform(0, 0.3))
        for manager, _, _ in running:
            os.kill(manager.provisioner.pid, signal.SIGKILL)
        for manager, client, said in running:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
            if said.exists():
                data = said.read_bytes()
                for each in data[: data.rfind(b"\n") + 1].decode().splitlines():
                    rev, text = each.split(" ")
                    acknowledged[rev] = text
    notes = Notes(folder / "notes")
    here = on_disk.revisions(notes)
    lost = [
        rev
        for rev, text in acknowledged.items()
        if rev not in here or (here[rev].value or {}).get("text") != text
    ]
    return len(acknowledged), len(lost), len(notes.troubles)


def power_cuts(folder: Path) -> int:
    """Every state after every call of a session, torn at every byte."""
    session = on_disk.Session(folder / "disk")
    session.root.mkdir()
    names = (
        "write",
        "edit",
        "write",
        "delete",
        "undo",
        "answer",
        "purge",
        "write",
        "close",
        "edit",
    )
    session.run([on_disk.DOINGS[name] for name in names])
    return session.check(folder / "left", every=1)


FULL = """
import pathlib, sys
from readerlib import load
from readerlib.notes import Notes, NotSavedError
demo = load("demo")
folder = pathlib.Path(sys.argv[1])
filler = folder / "filler"
filler.write_bytes(b"x" * 40_000)
notes, acknowledged, refused = Notes(folder / "notes"), set(), 0
def here():
    return {note.text for note in Notes(folder / "notes").select()}
for number in range(200):
    try:
        acknowledged.add(notes.write(demo, "frost-1-02", f"note {number}").text)
    except NotSavedError:
        refused += 1
        assert notes.trouble and f"note {number}" in notes.unsaved_words()
        assert acknowledged <= here()
filler.unlink()
notes.save()
assert not notes.trouble
left = len({f"note {n}" for n in range(200)} - here())
print(f"{refused} of 200 writes refused, {left} lost, {len(Notes(notes.path).troubles)} unreadable")
"""


def full(folder: Path) -> str:
    """Write to a file system of 96 KB until nothing fits, then make room."""
    mounted = 'mount -t tmpfs -o size=96k none "$1" && exec "$2" -c "$3" "$1"'
    words = ["unshare", "-rm", "sh", "-c", mounted, "sh", str(folder), sys.executable, FULL]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout.strip() or f"not tried here: {done.stderr.strip()[-200:]}"


def best(work: Callable[[], object], rounds: int = 5) -> str:
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return f"{min(times) * 1000:.1f} ms"


def many(folder: Path) -> None:
    """Write 10,000 notes in ten sessions, a tenth of them edited."""
    demo = load("demo")
    notes = Notes(folder / "one")
    note = notes.write(demo, "frost-1-02", "a", tags=["t"])
    (head,) = notes._things[f"note:{note.note_id}"].heads.values()
    turns = list(demo.turns["turn_id"])
    for session in range(10):
        lines = []
        for number in range(HOW_MANY // 10):
            of = f"note:{session:02d}{number:06d}"
            place = {**head.value["anchor"], "place": turns[number % len(turns)]}
            value = {**head.value, "anchor": place, "text": "Why does she ask twice? " * 4}
            lines.append(line(Revision(of, of + "a", (), head.at, "demo", value).as_record()))
            if number % 10 == 0:
                value = {**value, "text": "Because nobody answers."}
                new = Revision(of, of + "b", (of + "a",), head.at, "demo", value)
                lines.append(line(new.as_record()))
        (folder / "many").mkdir(exist_ok=True)
        (folder / "many" / f"{session}.jsonl").write_bytes(b"".join(lines))


def speed(folder: Path) -> None:
    demo = load("demo")
    many(folder)
    row(f"{HOW_MANY:,} notes: Notes(path)", best(lambda: Notes(folder / "many")))
    opened = [Notes(folder / "many") for _ in range(4)]
    row("first select(corpus)", best(lambda: opened.pop().select(demo), 3))
    notes = opened.pop()
    row("select(corpus) again", best(lambda: notes.select(demo)))
    begun = time.process_time()
    found = len(notes.select(demo, find="because"))
    row(f"first select(find=…), {found:,} found", f"{(time.process_time() - begun) * 1000:.1f} ms")
    row("select(find=…) again", best(lambda: notes.select(demo, find="because")))
    row("select(on=…)", best(lambda: notes.select(demo, on="frost-1-02")))
    begun = time.process_time()
    notes.standings(demo)
    row("first standings", f"{(time.process_time() - begun) * 1000:.1f} ms")
    row("standings again", best(lambda: notes.standings(demo)))
    row("refresh, nothing new", best(notes.refresh))
    row("write, with fsync", best(lambda: notes.write(demo, "frost-1-02", "x"), 50))
    row("label, with fsync", best(lambda: notes.label("blue", "x"), 50))
    row("purge", best(notes.purge, 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--kernels", type=int, default=20)
    parser.add_argument("--only", default="")
    chosen = parser.parse_args()

    def wanted(name: str) -> bool:
        return not chosen.only or name in chosen.only.split(",")

    if wanted("speed"):
        with scratch() as folder:
            speed(folder)
    if wanted("kills"):
        with scratch() as folder:
            told = "{:,} acknowledged, {} lost, {} unreadable".format(
                *on_disk.killed(folder / "notes", chosen.kills, seed=1, longest=0.2)
            )
            row(f"{chosen.kills} kills -9 of two processes", told)
    if wanted("kernels"):
        with scratch() as folder:
            told = "{:,} acknowledged, {} lost, {} unreadable".format(
                *kernels(folder, chosen.kernels)
            )
            row(f"{chosen.kernels} kills -9 of two Jupyter kernels", told)
    if wanted("power"):
        with scratch() as folder:
            row("a power cut at every call", f"{power_cuts(folder):,} states, 0 lost")
    if wanted("full"):
        with scratch() as folder:
            row("a disk of 96 KB", full(folder))
    if wanted("conflicts"):
        with scratch() as folder:
            said = on_disk.conflicts(folder, 1000)
            here = on_disk.texts(Notes(folder))
            row(
                "two windows × 1,000 notes and edits that contradict",
                f"{len(said):,} written, {len(said - here)} lost",
            )


if __name__ == "__main__":
    main()
