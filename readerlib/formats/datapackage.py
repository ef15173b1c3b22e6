"""Data packages: a ``datapackage.json`` and CSV tables beside it.

Every path is resolved inside the package's own folder before anything is opened, and
nothing is ever fetched.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd

from readerlib.corpus import Corpus, Descriptor, Facet, faults
from readerlib.errors import FormatError, Problem, quoted

_NAME = "datapackage.json"
_LONGEST_CELL = 16_000_000


def read(path: Path) -> Corpus:
    """The corpus in the package; see :func:`readerlib.formats.read`."""
    folder = path.parent if path.name == _NAME else path
    about = _descriptor(folder)
    problems: list[Problem] = []
    tables: dict[str, pd.DataFrame] = {}
    for resource in about.get("resources") or []:
        table = _table(folder, resource, problems)
        if table is not None:
            tables[str(resource["name"])] = table
    described = _described(about, problems)
    broken = {p.path for p in problems}
    problems += [p for p in faults(tables, described) if p.path not in broken]
    if problems:
        raise FormatError(problems)
    return Corpus(tables, described)


def _descriptor(folder: Path) -> dict[str, Any]:
    file = folder / _NAME
    if not file.is_file():
        raise FormatError(
            Problem(
                "the file is missing",
                f"A data package is a folder with a {_NAME}.",
                'Name such a folder, or a shipped corpus such as "calls".',
                path=_NAME,
            )
        )
    try:
        about = json.loads(file.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise FormatError(
            Problem(
                "it is not JSON in UTF-8",
                "",
                "Correct the line, or save the file as UTF-8.",
                path=_NAME,
                line=line,
            )
        ) from None
    ok = isinstance(about, dict) and isinstance(about.get("resources", []), list)
    if not ok or not all(isinstance(r, dict) for r in about.get("resources", [])):
        raise FormatError(
            Problem(
                "it does not describe a package",
                'A package is an object with a list "resources" of objects.',
                "Compare it with the one of the demo corpus.",
                path=_NAME,
            )
        )
    return dict(about)


def _described(about: dict[str, Any], problems: list[Problem]) -> Descriptor:
    ours = about.get("readerlib") or {}
    try:
        return Descriptor(
            name=str(about["name"]),
            title=str(about.get("title") or about["name"]),
            version=int(about.get("version") or 1),
            population=str(ours.get("population", "")),
            fingerprint_salt=str(ours.get("fingerprint_salt", "")),
            facets=tuple(
                Facet(str(f["name"]), str(f.get("label", f["name"])), str(f["column"]))
                for f in ours.get("facets", [])
            ),
            path=tuple(map(str, ours.get("path", []))),
            shown_notices=tuple(map(str, ours.get("shown_notices", []))),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        problems.append(
            Problem(
                f"the description is incomplete: {quoted(error)}",
                'It needs a "name", a whole number as "version", and facets that are objects '
                'with "name" and "column".',
                "Compare it with the one of the demo corpus.",
                path=_NAME,
            )
        )
        return Descriptor("", "")


def _table(folder: Path, resource: dict[str, Any], problems: list[Problem]) -> pd.DataFrame | None:
    name, given = resource.get("name"), resource.get("path")
    inside = isinstance(given, str) and isinstance(name, str) and "\0" not in given
    file = (folder / str(given)) if inside else folder
    if not inside or "://" in str(given) or not file.resolve().is_relative_to(folder.resolve()):
        problems.append(
            Problem(
                f"the resource {quoted(name)} lies at {quoted(given)}",
                "A resource has a name and one path inside the package's own folder.",
                "Copy the file into the package and name it there; nothing is fetched.",
                path=_NAME,
            )
        )
        return None
    if not file.is_file():
        problems.append(
            Problem(
                "the file is missing",
                f"{_NAME} names it as the resource {quoted(name)}.",
                f"Put it there, or take it out of {_NAME}.",
                path=str(given),
            )
        )
        return None
    raw = file.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(
            Problem(
                f"the byte {raw[error.start]:#04x} is not UTF-8",
                "Tables are UTF-8.",
                'Save the table as "CSV UTF-8".',
                path=str(given),
                row=raw[: error.start].count(b"\n") + 1,
            )
        )
        return None
    return _rows(text, str(given), problems)


def _rows(text: str, path: str, problems: list[Problem]) -> pd.DataFrame | None:
    csv.field_size_limit(_LONGEST_CELL)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        problems.append(
            Problem(
                f"the table cannot be read ({error})",
                "A cell with commas, quotation marks or line breaks stands in quotation marks.",
                "Open it in a spreadsheet and save it as CSV again.",
                path=path,
            )
        )
        return None
    if not lines:
        problems.append(Problem("it is empty", "Row 1 names the columns.", "Add them.", path=path))
        return None
    header = [cell.strip() for cell in lines[0]]
    start = len(problems)
    problems += [
        Problem(
            f"the column {quoted(name)} stands twice",
            "Columns have different names.",
            "Rename one.",
            path=path,
            row=1,
            column=name,
        )
        for name in dict.fromkeys(header)
        if header.count(name) > 1
    ]
    problems += [
        Problem(
            f"the row has {len(cells)} cells",
            f"Row 1 names {len(header)} columns.",
            "Look for a comma too many or too few; put text with commas in quotation marks.",
            path=path,
            row=i,
        )
        for i, cells in enumerate(lines[1:], 2)
        if cells and len(cells) != len(header)
    ]
    if len(problems) > start:
        return None
    return pd.DataFrame([c for c in lines[1:] if c], columns=header, dtype=str)
