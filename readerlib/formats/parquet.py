"""Parquet files: tables of columns, read in parts, each checked before it is unpacked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from tqdm.auto import tqdm

from readerlib.columns import Column
from readerlib.errors import FormatError, Problem, quoted
from readerlib.formats.files import beginning
from readerlib.tables import brief

MAGIC = b"PAR1"

LARGEST = 4_000_000_000
"""Bytes of a file that is read."""

_MOST_ROWS = 20_000_000
_MOST_COLUMNS = 1_000
_MOST_UNPACKED = 8_000_000_000
_LONGEST_CELL = 4_000_000
_MOST_OF_NAMES = 10_000_000
_ROWS_AT_A_TIME = 1 << 18


def columns(file: Path, shown: str) -> list[tuple[str, Column]]:
    """The columns of a Parquet file by name, as text; a missing cell is an empty one.

    Nothing is unpacked that the limits do not allow, whatever the file says of itself: a
    value that stands a million times is kept once until all of them have been counted.

    Parameters
    ----------
    file : Path
        It lies where it may be read from: that is for the caller to see to.
    shown : str
        The name that messages use.

    Raises
    ------
    FormatError

    Examples
    --------
    >>> columns(Path(__file__), "parquet.py")
    Traceback (most recent call last):
    readerlib.errors.FormatError: parquet.py: it is no Parquet file.
      By its name or its "format" it should be one.
      Save the table as Parquet again, or as CSV.
    """
    if not beginning(file, shown).startswith(MAGIC):
        raise _problem(
            shown, "it is no Parquet file", 'By its name or its "format" it should be one.'
        )
    if file.stat().st_size > LARGEST:
        raise _problem(
            shown,
            f"it is larger than {LARGEST // 1_000_000:,} MB",
            "A larger file is not read.",
            "Divide the corpus into several packages.",
        )
    try:
        with pa.OSFile(str(file)) as opened:
            return _columns(opened, shown)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        # Arrow's messages may quote cells and folders; their kind is enough.
        raise _problem(
            shown,
            "it cannot be unpacked",
            f"The file is damaged, or of a kind that is not known here ({type(error).__name__}).",
        ) from None


def _problem(
    shown: str,
    wrong: str,
    expected: str,
    remedy: str = "Save the table as Parquet again, or as CSV.",
    column: str | None = None,
) -> FormatError:
    return FormatError(Problem(wrong, expected, remedy, path=brief(shown), column=column))


def _columns(opened: Any, shown: str) -> list[tuple[str, Column]]:
    limits = {
        "thrift_string_size_limit": _MOST_OF_NAMES,
        "thrift_container_size_limit": _MOST_OF_NAMES,
    }
    about = pq.ParquetFile(opened, **limits)
    _require_bounded(about.metadata, shown)
    schema = about.schema_arrow
    for field in schema:
        if not _is_text(field.type) and not _is_written(field.type):
            raise _problem(
                shown,
                f"its cells are of the type {quoted(field.type)}",
                "A cell holds a text, a number, a date or true and false; no list, no bytes.",
                "Save the column as text.",
                column=brief(field.name),
            )
    texts = [field.name for field in schema if _is_text(field.type)]
    file = pq.ParquetFile(opened, read_dictionary=texts, **limits)
    parts: list[list[pa.Array]] = [[] for _ in schema]
    unpacked = 0
    with tqdm(
        total=about.metadata.num_rows, desc=f"Reading {brief(shown)}", delay=1, leave=False
    ) as bar:
        for batch in file.iter_batches(_ROWS_AT_A_TIME):
            for field, part, cells in zip(schema, parts, batch.columns, strict=True):
                cells.validate(full=True)
                unpacked += _unpacked(cells, shown, field.name)
                if unpacked > _MOST_UNPACKED:
                    raise _too_large(shown)
                part.append(pc.fill_null(pc.cast(cells, pa.large_string()), ""))
            bar.update(batch.num_rows)
    found = []
    for field in schema:
        column = Column(pa.chunked_array(parts.pop(0), pa.large_string()))
        column.cells.validate(full=True)
        found.append((field.name, column))
    return found


def _require_bounded(about: Any, shown: str) -> None:
    """Refuse a file that is too large by what it says of itself."""
    if about.num_columns > _MOST_COLUMNS:
        raise _problem(
            shown,
            f"it has {about.num_columns:,} columns",
            f"A table has at most {_MOST_COLUMNS:,}.",
            "Leave out what is not needed.",
        )
    if about.num_rows > _MOST_ROWS:
        raise _problem(
            shown,
            f"it has more than {_MOST_ROWS:,} rows",
            f"It says {about.num_rows:,}.",
            "Divide the corpus into several packages.",
        )
    sizes = (about.row_group(i).total_byte_size for i in range(about.num_row_groups))
    if sum(sizes) > _MOST_UNPACKED:
        raise _too_large(shown)


def _too_large(shown: str) -> FormatError:
    return _problem(
        shown,
        f"it unpacks to more than {_MOST_UNPACKED // 1_000_000:,} MB",
        "That would take the memory of the whole machine.",
        "Divide the corpus into several packages.",
    )


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_written(kind: pa.DataType) -> bool:
    """Whether cells of this type have one way to be written as text."""
    types = pa.types
    tests = (types.is_integer, types.is_floating, types.is_boolean, types.is_date, types.is_null)
    return any(test(kind) for test in tests)


def _unpacked(cells: pa.Array, shown: str, name: str) -> int:
    """How many bytes the cells take as text."""
    if not pa.types.is_dictionary(cells.type):
        return int(cells.nbytes)
    sizes = pc.binary_length(cells.dictionary)
    if (pc.max(sizes).as_py() or 0) > _LONGEST_CELL:
        raise _problem(
            shown,
            f"a cell is longer than {_LONGEST_CELL:,} bytes",
            "That is more than a person reads of one turn.",
            "Divide it.",
            column=brief(name),
        )
    return int(pc.sum(sizes.take(cells.indices)).as_py() or 0)
