"""Notes as CSV: a row for each, to be opened, and changed, in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence

from readerlib.corpus import Corpus
from readerlib.errors import Problem, ReaderError, listed, quoted, suggestion
from readerlib.notes.exchange.records import (
    Placed,
    Side,
    Sites,
    Where,
    fresh,
    parsed,
    record,
    seen,
    side_of,
    sides,
)
from readerlib.notes.notes import COLOURS, Note

COLUMNS = (
    "note_id",
    "place",
    "where",
    "state",
    "text",
    "tags",
    "colour",
    "meaning",
    "quoted",
    "made",
    "changed",
    "link",
    "record",
)
"""The columns: text, tags, colour and quoted may be changed; the rest says where the note is."""

EDITED = ("text", "tags", "colour", "quoted")
"""The columns that are read again; everything else comes from ``record``."""

_NEUTRAL = "'"
_FORMULA = "=+-@＝＋－＠"
_LONGEST_CELL = 10_000_000
_YES = ("yes", "true", "1", "x")


def written(notes: Sequence[Placed], sites: Sites, labels: Mapping[str, str]) -> str:
    """The table, with the mark by which spreadsheets know UTF-8."""
    out = io.StringIO(newline="")
    out.write("\ufeff")
    rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for here in notes:
        for side in sides([here.note]):
            rows.writerow(map(neutral, _row(here, side, sites, labels)))
    return out.getvalue()


def _row(here: Placed, side: Side, sites: Sites, labels: Mapping[str, str]) -> list[str]:
    note = side.note
    shown = _cells(note)
    state = "in place" if here.place == here.note.anchor.place else "moved"
    state = state if here.place else here.said
    if side.of > 1:
        state += f"; version {side.number} of {side.of}"
    cells = {
        "note_id": note.note_id,
        "place": str(here.place or note.anchor.place),
        "where": sites.where(here.place) if here.place else "",
        "state": state,
        "meaning": labels.get(note.colour, ""),
        "made": note.made,
        "changed": note.changed,
        "link": sites.link(here),
        "record": record(side, _told(shown)),
    }
    return [seen((cells | shown)[column]) for column in COLUMNS]


def _cells(note: Note) -> dict[str, str]:
    """What is shown of the fields that may be changed."""
    joined = ", ".join(note.tags)
    return {
        "text": seen(note.text),
        "tags": seen(joined if _tags(joined) == list(note.tags) else json.dumps(list(note.tags))),
        "colour": note.colour,
        "quoted": "yes" if note.quoted else "",
    }


def _told(cells: Mapping[str, str]) -> dict[str, object]:
    """What the cells that may be changed say."""
    return {
        "text": cells["text"].replace("\r\n", "\n").replace("\r", "\n"),
        "tags": _tags(cells["tags"]),
        "colour": cells["colour"].strip(),
        "quoted": cells["quoted"].strip().casefold() in _YES,
    }


def _tags(cell: str) -> list[str]:
    if cell.startswith("["):
        try:
            told = json.loads(cell)
        except (ValueError, RecursionError):
            told = None
        if isinstance(told, list) and all(isinstance(tag, str) for tag in told):
            return told
    return [tag.strip() for tag in cell.split(",") if tag.strip()]


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula.

    Examples
    --------
    >>> neutral("=1+1"), neutral("'tis"), neutral("a = b")
    ("'=1+1", "''tis", 'a = b')
    """
    risky = cell.lstrip()[:1] in tuple(_FORMULA) or cell[:1] in ("\t", "\n", "\r", _NEUTRAL)
    return _NEUTRAL + cell if risky else cell


def restored(cell: str) -> str:
    """The cell as it was before :func:`neutral`; an apostrophe that it did not set stays.

    Examples
    --------
    >>> restored(neutral("=1+1")), restored(neutral("'tis")), restored("'tis")
    ('=1+1', "'tis", "'tis")
    """
    return cell[1:] if neutral(cell[1:]) == cell else cell


def read(text: str, path: str, corpus: Corpus | None) -> Iterator[tuple[Side, Where] | ReaderError]:
    """The notes of a table, each with its row, or what is wrong with it."""
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    first = text.removeprefix("\ufeff").split("\n", 1)[0]
    parting = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=parting)
    try:
        columns = [name.strip() for name in next(lines, [])]
        missing = {"place", "text"} - set(columns) if "record" not in columns else set()
        twice = {name for name in columns if name and columns.count(name) > 1}
        if missing or twice:
            yield ReaderError(_bad_columns(Where(path, row=1), columns, missing, twice))
            return
        for number, cells in enumerate(lines, 2):
            row = dict(zip(columns, cells, strict=False))
            if "record" in columns and _is_broken_off(row):
                yield ReaderError(_broken_off(Where(path, number)))
            elif any(cell.strip() for cell in cells):
                yield _of(
                    dict(zip(columns, map(restored, cells), strict=False)),
                    Where(path, number),
                    corpus,
                )
    except csv.Error as error:
        yield ReaderError(
            Where(path, line=lines.line_num).problem(
                f"this is no row of a table ({error})", remedy="Save it again as CSV."
            )
        )


def _is_broken_off(row: Mapping[str, str]) -> bool:
    """Whether it is the beginning of a row that readerlib wrote; of these each has a record."""
    return bool(row.get("note_id", "").strip()) and not row.get("record", "").strip()


def _broken_off(where: Where) -> Problem:
    return where.problem(
        "the row is broken off",
        "It has a note_id and no record.",
        "Export the notes again; of a note by hand leave note_id empty.",
    )


def _bad_columns(
    where: Where, columns: list[str], missing: set[str], twice: set[str]
) -> list[Problem]:
    found = [
        where.problem(
            f"there is no column {quoted(name)}",
            f"The columns are {listed(map(quoted, columns))}.",
            suggestion(name, columns) or "A table of notes has at least place and text.",
        )
        for name in sorted(missing)
    ]
    return found + [
        where.problem(f"there are two columns {quoted(name)}", remedy="Take one of them out.")
        for name in sorted(twice)
    ]


def _of(
    row: Mapping[str, str], where: Where, corpus: Corpus | None
) -> tuple[Side, Where] | ReaderError:
    """The note of a row."""
    try:
        cells = {column: row.get(column, "") for column in EDITED}
        told = _told(cells)
        if not row.get("record", "").strip():
            if told["colour"] and told["colour"] not in COLOURS:
                told["colour"] = _colour(str(told["colour"]), where)
            place = row.get("place", "").strip()
            known = row.get("note_id", "") or json.dumps([place, cells])
            return fresh(corpus, place, told, known_as=known, where=where), where
        kept = parsed(row["record"], where)
        if isinstance(kept, dict):
            for column in EDITED:
                if column in row and not _as_was(column, cells[column], kept):
                    kept[column] = told[column]
        return side_of(kept, where), where
    except ReaderError as error:
        return error


def _as_was(column: str, cell: str, kept: Mapping[str, object]) -> bool:
    """Whether the cell still shows what the record holds exactly."""
    exact = kept.get(column)
    if column == "text" and isinstance(exact, str):
        return seen(exact) == seen(cell)
    if column == "tags" and isinstance(exact, list) and all(isinstance(t, str) for t in exact):
        joined = ", ".join(exact)
        return cell in (seen(joined), seen(json.dumps(exact)))
    return False


def _colour(colour: str, where: Where) -> str:
    folded = {name.casefold(): name for name in COLOURS}
    if colour.casefold() in folded:
        return folded[colour.casefold()]
    raise ReaderError(
        where.problem(
            f"there is no colour {quoted(colour)}",
            f"A highlight is {', '.join(COLOURS)}, or has no colour.",
            suggestion(colour, COLOURS) or "Name one of them.",
        )
    )
