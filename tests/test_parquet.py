"""Parquet in a data package: the same corpus as from CSV, and nothing trusted more."""

from __future__ import annotations

import datetime
import json
import resource
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from readerlib.errors import FormatError
from readerlib.formats import parquet, read

DATA = Path(__file__).parent.parent / "data"


def as_parquet(source: Path, folder: Path) -> Path:
    """A package with every table in Parquet."""
    about = json.loads((source / "datapackage.json").read_text("utf-8"))
    for given in about["resources"]:
        table = pd.read_csv(source / given["path"], dtype=str, keep_default_na=False)
        given |= {"path": f"{given['name']}.parquet", "format": "parquet"}
        pq.write_table(pa.Table.from_pandas(table), folder / given["path"])
    (folder / "datapackage.json").write_text(json.dumps(about), "utf-8")
    return folder


@pytest.mark.parametrize("name", ["calls", "demo"])
def test_is_the_same_corpus_as_from_csv(name: str, tmp_path: Path):
    first, again = read(DATA / name), read(as_parquet(DATA / name, tmp_path))
    assert again.descriptor == first.descriptor
    assert again.records() == first.records()
    assert again.facets().equals(first.facets())
    for table, cells in first.tables().items():
        assert again.tables()[table].equals(cells), table


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return as_parquet(DATA / "demo", tmp_path)


def refused(package: Path) -> str:
    with pytest.raises(FormatError) as caught:
        read(package)
    return str(caught.value)


def turns(package: Path) -> pd.DataFrame:
    return pq.read_table(package / "turns.parquet").to_pandas()


def test_the_same_faults_are_told_as_of_csv(package: Path):
    table = turns(package)
    table.loc[3, "kind"] = "spech"
    pq.write_table(pa.Table.from_pandas(table), package / "turns.parquet")
    assert refused(package).startswith(
        'turns.parquet, row 5, column "kind": the kind "spech" is unknown.'
    )


def test_numbers_dates_and_missing_cells_become_text(package: Path):
    table = turns(package)
    table["position"] = table["position"].astype(int)
    table["said_on"] = datetime.date(2022, 3, 5)
    table["text"] = table["text"].astype(object).where(table.index > 0, None)
    pq.write_table(pa.Table.from_pandas(table), package / "turns.parquet")
    found = read(package).turns
    assert found["said_on"].iat[0] == "2022-03-05"
    assert found["text"].iat[0] == ""
    assert list(found["position"]) == list(read(DATA / "demo").turns["position"])


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (pa.array([["a"], ["b"]]), 'column "text": its cells are of the type "list<'),
        (pa.array([b"a", b"b"]), 'column "text": its cells are of the type "binary"'),
        (pa.array([{"a": 1}, None]), 'column "text": its cells are of the type "struct<'),
    ],
)
def test_cells_that_are_no_text_are_told(package: Path, cells: pa.Array, said: str):
    pq.write_table(pa.table({"turn_id": ["a", "b"], "text": cells}), package / "turns.parquet")
    assert said in refused(package)


def test_a_small_file_that_unpacks_to_gigabytes_is_refused_before_it_does(package: Path):
    cell = "x" * 1_000_000
    codes = pa.array([0] * 100_000, pa.int32())
    bomb = pa.table({"text": pa.DictionaryArray.from_arrays(codes, pa.array([cell]))})
    pq.write_table(bomb, package / "turns.parquet")
    assert (package / "turns.parquet").stat().st_size < 100_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "turns.parquet: it unpacks to more than 8,000 MB." in refused(package)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000


def test_a_cell_of_megabytes_is_refused(package: Path):
    pq.write_table(pa.table({"text": ["x" * 5_000_000]}), package / "turns.parquet")
    assert 'column "text": a cell is longer than 4,000,000 bytes' in refused(package)


def test_too_many_rows_or_columns_are_refused(package: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parquet, "_MOST_ROWS", 3)
    assert "turns.parquet: it has more than 3 rows" in refused(package)
    monkeypatch.setattr(parquet, "_MOST_COLUMNS", 3)
    columns = len(turns(package).columns)
    assert f"turns.parquet: it has {columns} columns" in refused(package)
    monkeypatch.setattr(parquet, "LARGEST", 10)
    assert "turns.parquet: it is larger than" in refused(package)


def test_columns_of_one_name_or_of_none_are_told(package: Path):
    cells = pa.array(["a"])
    pq.write_table(pa.table([cells, cells], names=["a", "a"]), package / "turns.parquet")
    assert 'column "a": the column "a" stands twice' in refused(package)


def test_text_that_is_not_utf8_is_told(package: Path):
    broken = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")]
    )
    pq.write_table(pa.table({"turn_id": broken}), package / "turns.parquet")
    assert "turns.parquet: it cannot be unpacked" in refused(package)


def test_any_damage_is_an_answer(package: Path):
    file = package / "turns.parquet"
    raw = file.read_bytes()
    for at in range(4, len(raw), max(1, len(raw) // 150)):
        for spoilt in (raw[:at], raw[:at] + bytes([raw[at] ^ 0x55]) + raw[at + 1 :]):
            file.write_bytes(spoilt)
            with suppress(FormatError):
                read(package)


def test_a_resource_outside_the_package_is_not_opened(package: Path, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "turns.parquet"
    outside.write_bytes((package / "turns.parquet").read_bytes())
    (package / "turns.parquet").unlink()
    (package / "turns.parquet").symlink_to(outside)
    assert "leads out of it" in refused(package)


def test_a_csv_that_is_called_parquet_is_told(package: Path):
    (package / "turns.parquet").write_text("turn_id\na\n")
    assert "turns.parquet: it is no Parquet file." in refused(package)
