"""A large corpus, from Parquet through the store: against brute force that shares no code."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache, reduce
from operator import and_
from pathlib import Path

import numpy as np
import pytest

from readerlib.bench import archive
from readerlib.corpus import Corpus, Run
from readerlib.errors import SelectionError
from readerlib.formats import read, store
from readerlib.selection import Selection

TURNS = 20_000


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive.write(TURNS, tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def corpus(package: Path) -> Corpus:
    """The second time it is opened, so that it comes from the store."""
    read(package)
    opened = read(package)
    assert "_words" in vars(opened)
    return opened


class Brute:
    """Which turns have which value, each as a whole number with a bit for every turn."""

    def __init__(self) -> None:
        tables = {name: table.to_pylist() for name, table in archive.tables(TURNS).items()}
        talks = {row["conversation_id"]: row for row in tables["conversations"]}
        people = {row["speaker_id"]: row for row in tables["speakers"]}
        self.turns = tables["turns"]
        self.talk = [turn["conversation_id"] for turn in self.turns]
        self.said = [" " + turn["text"].strip(".").replace(",", "") + " " for turn in self.turns]
        self.have: dict[tuple[str, str], int] = {}
        self.of_talk: dict[str, int] = {}
        number = {turn["turn_id"]: row for row, turn in enumerate(self.turns)}
        for row, turn in enumerate(self.turns):
            talk = talks[turn["conversation_id"]]
            at = turn["conversation_id"]
            self.of_talk[at] = self.of_talk.get(at, 0) | 1 << row
            self._add("soldier", talk["soldier"], row)
            self._add("chapter", talk["chapter"], row)
            self._add("role", people[turn["speaker_id"]]["role"], row)
            self._add("kind", turn["kind"], row)
            self._add("lang", turn["lang"], row)
        for label in tables["annotations"]:
            self._add("theme", label["value"], number[label["turn_id"]])

    def _add(self, facet: str, value: str, row: int) -> None:
        self.have[facet, value] = self.have.get((facet, value), 0) | 1 << row

    @cache  # noqa: B019 - there is one, and it lives as long as the module
    def holding(self, term: str) -> int:
        sought = f" {term[:-1]}" if term.endswith("*") else f" {term} "
        return sum(1 << row for row, said in enumerate(self.said) if sought in said)

    def rows(self, selection: Selection, but: str = "") -> int:
        parts = [
            reduce(lambda a, b: a | b, (self.have[facet, value] for value in values), 0)
            for facet, values in selection.where.items()
            if facet != but
        ]
        parts += [self.holding(term) for term in selection.find]
        return reduce(and_, parts, (1 << TURNS) - 1)


@pytest.fixture(scope="module")
def brute() -> Brute:
    return Brute()


def random_selection(rng: random.Random, brute: Brute) -> Selection:
    values: dict[str, list[str]] = {}
    for facet, value in brute.have:
        values.setdefault(facet, []).append(value)
    where = {
        facet: rng.sample(values[facet], min(len(values[facet]), rng.randrange(1, 9)))
        for facet in rng.sample(sorted(values), rng.randrange(4))
    }
    terms = ["ba", "ke li", "nu*", "mo ba", "ba to*", f"{archive.word(rng.randrange(300))}*"]
    return Selection.of(where, rng.sample(terms, rng.choice([0, 0, 0, 1, 1, 2])))


@pytest.mark.parametrize("seed", range(500))
def test_every_count_equals_brute_force(corpus: Corpus, brute: Brute, seed: int):
    selection = random_selection(random.Random(seed), brute)
    chosen = corpus.select(selection)
    right = brute.rows(selection)
    assert len(chosen) == right.bit_count()
    mask = np.zeros(TURNS, bool)
    mask[chosen.turns.index] = True
    assert mask.tolist() == bits(right)
    rest = {facet: brute.rows(selection, facet) for facet, _ in brute.have}
    table = chosen.facets()
    assert sorted(zip(table["facet"], table["value"], strict=True)) == sorted(brute.have)
    for facet, value, turns, on in table.itertuples(index=False):
        # The choice in a facet does not count for its own values.
        assert turns == (brute.have[facet, value] & rest[facet]).bit_count()
        assert on == (value in selection.where.get(facet, ()))
    # What is shown and what is hidden are all turns of the conversations that are shown.
    sizes = {True: 0, False: 0}
    for run in chosen.runs():
        sizes[run.hidden] += run.last - run.first
    every = sum(rows.bit_count() for rows in brute.of_talk.values() if rows & right)
    assert sizes == {False: right.bit_count(), True: every - right.bit_count()}


def bits(rows: int) -> list[bool]:
    """For each turn, whether it is one of the rows."""
    return [bit == "1" for bit in f"{rows:0{TURNS}b}"[::-1]]


def runs_by_hand(brute: Brute, rows: int, opened: set[int]) -> Iterator[Run]:
    """All runs, turn by turn; the gaps that were opened are told apart."""
    size = len(brute.turns)
    shown = bits(rows)
    begin = 0
    while begin < size:
        end = begin
        while end < size and brute.talk[end] == brute.talk[begin]:
            end += 1
        first = begin
        if any(shown[begin:end]):
            for row in range(begin + 1, end + 1):
                if row == end or shown[row] != shown[first]:
                    hidden = not shown[first]
                    yield Run(brute.talk[first], first, row, hidden, hidden and first in opened)
                    first = row
        begin = end


@pytest.mark.parametrize("seed", range(60))
def test_windows_one_after_the_other_give_all_runs(corpus: Corpus, brute: Brute, seed: int):
    rng = random.Random(seed)
    selection = random_selection(rng, brute)
    chosen = corpus.select(selection)
    shown = brute.rows(selection)
    every = list(runs_by_hand(brute, shown, set()))
    assert list(chosen.runs()) == every
    gaps = [run.first for run in every if run.hidden]
    opened = set(rng.sample(gaps, min(len(gaps), rng.choice([0, 0, 3]))))
    right = list(runs_by_hand(brute, shown, opened))
    seen = sum(run.last - run.first for run in right if not run.hidden or run.beside)
    got: list[Run] = []
    near = 0
    size = rng.choice([7, 100, 1000, 30_000])
    while True:
        window = chosen.window(near, size, opened=opened)
        assert window.before + window.after + visible(window.runs) == seen
        # The last window goes back to be full; what came before stands in `got` already.
        cut = got[-1].last if got else 0
        got += [run._replace(first=max(run.first, cut)) for run in window.runs if run.last > cut]
        if not window.after:
            break
        near = window.runs[-1].last
    assert joined(got) == joined(right)


def visible(runs: tuple[Run, ...]) -> int:
    return sum(run.last - run.first for run in runs if not run.hidden or run.beside)


def joined(runs: list[Run]) -> list[Run]:
    """The runs, with those that a window's edge has cut put together again."""
    found: list[Run] = []
    for run in runs:
        last = found[-1] if found else None
        same = last and last[3:] == run[3:] and last.conversation_id == run.conversation_id
        if last and same and last.last == run.first:
            found[-1] = last._replace(last=run.last)
        else:
            found.append(run)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_places_among_the_selected_equal_brute_force(corpus: Corpus, brute: Brute, seed: int):
    rng = random.Random(seed)
    selection = random_selection(rng, brute)
    chosen = corpus.select(selection)
    rows = [row for row, on in enumerate(bits(brute.rows(selection))) if on]
    some = list(dict.fromkeys(brute.talk[r] for r in rows))
    headings = chosen.headings()
    for row in [0, TURNS - 1, *(rng.randrange(TURNS) for _ in range(10))]:
        assert chosen.before(row) == sum(r < row for r in rows)
        after = [r for r in rows if r >= row] or rows[-1:]
        assert chosen.nearest(row) == (after[0] if after else None)
        talk = chosen.talk(row)
        assert talk.conversation_id == brute.talk[row] == talk.about["conversation_id"]
        assert (talk.first, talk.last) == (
            brute.talk.index(brute.talk[row]),
            TURNS - brute.talk[::-1].index(brute.talk[row]),
        )
        assert talk.turns == sum(talk.first <= r < talk.last for r in rows)
        assert talk.heading == headings[talk.conversation_id]
        near = chosen.talks(row, 6)
        assert len(near) == min(6, len(some))
        assert (
            [t.conversation_id for t in near]
            == [t for t in some if near[0].first <= brute.talk.index(t) < near[-1].last]
            if near
            else not some
        )
    for number in rng.sample(range(len(rows)), min(len(rows), 20)):
        assert chosen.nth(number) == rows[number]


def test_records_and_rows_are_those_of_the_tables(corpus: Corpus, brute: Brute):
    for row in (0, 777, TURNS - 1):
        (record,) = corpus.records(row, row + 1)
        turn = brute.turns[row]
        assert corpus.row(turn["turn_id"]) == row
        assert {key: record[key] for key in ("turn_id", "text", "kind", "speaker_id")} == {
            key: turn[key] for key in ("turn_id", "text", "kind", "speaker_id")
        }
        assert (record["position"], record["words"]) == (int(turn["position"]), int(turn["words"]))
        assert set(record["themes"]) == {
            value for (f, value), rows in brute.have.items() if f == "theme" and rows >> row & 1
        }
    with pytest.raises(SelectionError, match="Did you mean"):
        corpus.row("t00000a1")


def test_what_is_opened_again_is_what_was_read(package: Path, corpus: Corpus):
    store_of = os.environ.pop("READERLIB_CACHE")
    try:
        os.environ["READERLIB_CACHE"] = os.devnull  # There nothing can be kept.
        fresh = read(package)
    finally:
        os.environ["READERLIB_CACHE"] = store_of
    assert "_words" not in vars(fresh)
    assert fresh.descriptor == corpus.descriptor
    for name in ("turns", "conversations", "speakers"):
        again, first = getattr(corpus, name), getattr(fresh, name)
        assert again.dtypes.equals(first.dtypes)
        assert again.equals(first)
    for selection in ("", "kind=cut&find=ba ke", "theme=food&soldier=Soldier 003"):
        assert corpus.select(selection).facets().equals(fresh.select(selection).facets())
        assert corpus.select(selection).records() == fresh.select(selection).records()
    assert corpus.about("t0000777") == fresh.about("t0000777")


class TestStore:
    @pytest.fixture
    def package(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("READERLIB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(store, "WORTH", 1)
        folder = tmp_path / "archive"
        folder.mkdir()
        return archive.write(300, folder)

    def kept(self, package: Path) -> Path:
        return store.place(package)

    def test_is_open_to_nobody_else(self, package: Path):
        read(package)
        assert self.kept(package).stat().st_mode & 0o777 == 0o700

    def test_is_not_used_for_a_small_corpus(self, package: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(store, "WORTH", 301)
        read(package)
        assert not self.kept(package).parent.exists()

    def test_is_made_again_when_the_package_has_changed(self, package: Path):
        read(package)
        about = json.loads((package / "datapackage.json").read_text("utf-8"))
        about["title"] = "Another title"
        (package / "datapackage.json").write_text(json.dumps(about), "utf-8")
        assert read(package).descriptor.title == "Another title"
        for file in package.glob("*.parquet"):
            file.unlink()
        archive.write(200, package)
        assert len(read(package)) == len(read(package)) == 200
        assert [p.name for p in self.kept(package).parent.iterdir()] == [self.kept(package).name]

    def test_tells_a_package_that_is_no_longer_right(self, package: Path):
        read(package)
        (package / "speakers.parquet").write_bytes(b"PAR1 and nothing else")
        with pytest.raises(ValueError, match=r"speakers\.parquet: it cannot be unpacked"):
            read(package)

    @pytest.mark.parametrize("damage", ["cut", "empty", "noise", "missing", "folder"])
    def test_is_made_again_whatever_file_is_damaged(self, package: Path, damage: str):
        right = read(package).select(find="ba ke").records()
        where = self.kept(package)
        for name in sorted(file.name for file in where.iterdir()):
            file = where / name
            raw = file.read_bytes()
            file.unlink()
            if damage == "folder":
                file.mkdir()
            elif damage != "missing":
                spoilt = {"cut": raw[: len(raw) // 2], "empty": b"", "noise": os.urandom(len(raw))}
                file.write_bytes(spoilt[damage])
            assert read(package).select(find="ba ke").records() == right, name
            assert (where / name).is_file()

    def test_is_not_opened_when_others_could_have_written_it(self, package: Path):
        read(package)
        self.kept(package).chmod(0o777)
        assert store.opened(self.kept(package), "", read(package).descriptor) is None

    def test_does_without_a_disk_that_is_full(self, package: Path, monkeypatch: pytest.MonkeyPatch):
        def full(*arguments: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "posix_fallocate", full)
        assert len(read(package).select(find="ba")) > 0
        assert not list(self.kept(package).parent.iterdir())

    def test_sweeps_away_what_a_program_left_that_was_killed(self, package: Path):
        code = (
            "import sys; from readerlib.formats import read, store; from readerlib import index;"
            "store.WORTH = 1\n"
            "def stop(*a): print('building', flush=True); import time; time.sleep(60)\n"
            "index._sorted = stop; read(sys.argv[1])"
        )
        running = subprocess.Popen(
            [sys.executable, "-c", code, str(package)], stdout=subprocess.PIPE, text=True
        )
        assert running.stdout is not None
        assert running.stdout.readline() == "building\n"
        running.send_signal(signal.SIGKILL)
        running.wait()
        running.stdout.close()
        root = self.kept(package).parent
        (left,) = root.iterdir()
        assert left.name.startswith(".building-")
        assert len(read(package).select(find="ba")) > 0
        assert left.exists(), "it may belong to a program that is still building"
        os.utime(left, (time.time() - 7200,) * 2)
        (package / "datapackage.json").touch()
        read(package)
        assert [p.name for p in root.iterdir()] == [self.kept(package).name]

    def test_attached_words_never_come_into_it(self, package: Path):
        whole = read(package)
        turns = whole.turns
        turns["text"] = "canary " + turns["text"]
        tables = {**whole.tables(), "turns": turns.astype("str").replace("<NA>", "")}
        attached = Corpus(tables, whole.descriptor)
        assert len(attached.select(find="canary")) == 300
        for file in self.kept(package).rglob("*"):
            assert b"canary" not in file.read_bytes()


def test_a_large_corpus_is_selected_and_read_in_a_moment(corpus: Corpus):
    taken = []
    for row in np.linspace(0, TURNS - 300, 9).astype(int).tolist():
        begun = time.perf_counter()
        chosen = corpus.select("kind=speech&find=ba")
        window = chosen.window(row, 200)
        corpus.records(window.runs[0].first, window.runs[-1].last)
        taken.append(time.perf_counter() - begun)
    assert sorted(taken)[4] < 0.1
