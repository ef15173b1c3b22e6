"""Data packages: a ``datapackage.json`` and CSV tables beside it.

Every path is resolved inside the package's own folder before anything is opened, and
nothing is ever fetched: not a table, not a schema, not a profile.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd
import regex

from readerlib.columns import Column
from readerlib.corpus import Corpus
from readerlib.descriptor import Descriptor, Facet, facet_columns, faults
from readerlib.errors import FormatError, Problem, quoted, suggestion
from readerlib.formats import parquet, store
from readerlib.formats.files import contents, packed
from readerlib.tables import KEYS, Table, brief
from readerlib.tables import faults as faults_of_tables
from readerlib.text import plain

NAME = "datapackage.json"

_LARGEST_DESCRIPTION = 10_000_000
_LONGEST_CELL = 1_000_000
_LONGEST_LINE = 20_000_000
_MOST_RESOURCES = 100
_MOST_FACETS = 100
_MOST_COLUMNS = 1_000
_MOST_ROWS = 1_000_000
_MOST_TOLD = 1_000
_CORE = {"turns", "conversations", "speakers"}
_TABLES = {*KEYS, "annotations", "labels", "options"}
_SUFFIXES = {"", ".csv", ".tsv", ".tab", ".txt", ".parquet"}
_ENCODING = regex.compile(
    r"ascii|utf-(8|16|32)(-sig|-[bl]e)?|iso8859-\d+|cp125\d|cp8\d\d|koi8-[rtu]|mac-\w+"
    r"|gb2312|gbk|gb18030|big5|shift_jis|euc_(jp|kr)|hkscs|tis-620"
)
_SEPARATORS = {";": '";"', "\t": "a tab", "|": '"|"'}
_DIALECT = {"delimiter": ",", "quoteChar": '"', "escapeChar": None}
_DIALECT_FLAGS = {"doubleQuote": True, "skipInitialSpace": False, "header": True}
_DIALECT_IGNORED = {"lineTerminator", "csvddfVersion", "caseSensitiveHeader", "$schema"}


@dataclass(frozen=True, slots=True)
class _Resource:
    """A table of the package: where it lies and how it is written."""

    name: str
    path: str
    is_parquet: bool = False
    encoding: str = "utf-8"
    dialect: dict[str, Any] = field(default_factory=dict)

    def problem(self, wrong: str, expected: str, remedy: str, **place: Any) -> FormatError:
        """What is wrong with the file."""
        return FormatError(Problem(wrong, expected, remedy, path=brief(self.path), **place))

    @property
    def separator(self) -> str:
        """The sign between two cells."""
        return str(self.dialect.get("delimiter", ","))


def recognises(path: Path) -> bool:
    """Whether the path is that of a data package.

    Examples
    --------
    >>> recognises(Path("data/calls/datapackage.json"))
    True
    """
    return path.name == NAME or path.is_dir()


def read(path: Path) -> Corpus:
    """The corpus in the package; see :func:`readerlib.formats.read`.

    Tables are CSV in UTF-8, with commas, unless ``encoding`` or ``dialect`` of a resource
    say otherwise, or Parquet by ``format`` or by name.  A large corpus is kept as
    :mod:`readerlib.formats.store` says, and opened from there the next time.

    Tables that are not a corpus's are kept as they are; other files are
    left alone.

    Examples
    --------
    >>> read(Path("no/such/folder"))
    Traceback (most recent call last):
    readerlib.errors.FormatError: datapackage.json: the file is missing.
      A data package is a folder with a datapackage.json.
      Name such a folder, or a shipped corpus such as "calls".
    """
    folder = path.parent if path.name == NAME else path
    problems: list[Problem] = []
    about = _description(folder, problems)
    described = _described(about, problems)
    resources = _resources(folder, about, problems)
    files = [folder / name for name in (NAME, *(resource.path for resource in resources))]
    where = store.place(folder)
    marked = "" if problems else store.mark(files)
    if marked and (known := store.opened(where, marked, described)):
        return known
    tables: dict[str, Table] = {}
    for resource in resources:
        try:
            tables[resource.name] = _table(folder, resource, problems)
        except FormatError as error:
            problems += error.problems
    frames = {name: _frame(table) for name, table in tables.items()}
    if not problems:
        try:
            corpus = Corpus(frames, described)
            if not marked or len(corpus) < store.WORTH:
                return corpus
            # What only the check has needed would be gigabytes beside the index.
            frames, tables = {}, {}
            return store.kept(corpus, where, marked)
        except FormatError:
            pass  # The same problems, told below with the files and rows they stand in.
    named = [r.get("name") for r in about["resources"] if isinstance(r, dict)]
    unread = {name for name in named if isinstance(name, str)} - tables.keys()
    problems += _unnamed(unread | tables.keys())
    problems += faults_of_tables(tables, shown=facet_columns(described), unread={*unread, *_CORE})
    if tables.keys() >= _CORE:
        problems += [p for p in faults(frames, described) if p.path == NAME]
    order = {NAME: 0, **{brief(r.path): i for i, r in enumerate(resources, 1)}}
    problems.sort(key=lambda p: (order.get(p.path, 0), p.row or 0, p.line or 0))
    raise FormatError(problems)


def _unnamed(named: set[str]) -> Iterator[Problem]:
    for name in sorted(_CORE - named):
        yield Problem(
            f"no resource is called {quoted(name)}",
            "A corpus has the tables turns, conversations and speakers.",
            suggestion(name, named - _TABLES) or "Add the table, and name it under resources.",
            path=NAME,
        )


def _description(folder: Path, problems: list[Problem]) -> dict[str, Any]:
    """What datapackage.json says, as far as a package can be read by it."""
    if not os.path.lexists(folder / NAME):
        raise FormatError(
            Problem(
                "the file is missing",
                f"A data package is a folder with a {NAME}.",
                'Name such a folder, or a shipped corpus such as "calls".',
                path=NAME,
            )
        )
    if not _is_inside(folder, NAME):
        raise FormatError(
            Problem(
                "it is a link to a file outside",
                "All files of a package lie inside the package's own folder.",
                "Copy the file into the folder in place of the link.",
                path=NAME,
            )
        )
    about = _parsed(contents(folder / NAME, NAME, _LARGEST_DESCRIPTION), problems)
    if not isinstance(about, dict):
        raise FormatError(
            Problem(
                "it does not describe a package",
                f"A package is an object: {{…}}; here is {_kind_of(about)}.",
                "Compare it with the one of the demo corpus.",
                path=NAME,
            )
        )
    if not isinstance(about.get("resources"), list):
        found = _kind_of(about["resources"]) if "resources" in about else "nothing"
        raise FormatError(
            [
                *problems,
                Problem(
                    'it does not describe a package: "resources" is no list',
                    'A package names its tables in a list "resources", '
                    f'each with "name" and "path"; here is {found}.',
                    "Compare it with the one of the demo corpus.",
                    path=NAME,
                ),
            ]
        )
    return about


def _parsed(raw: bytes, problems: list[Problem]) -> object:
    """The JSON, with every key that stands twice as a problem."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        problems.extend(
            Problem(
                f"the key {quoted(key)} stands twice in one object",
                "Only one of the two could count.",
                "Take one of them out.",
                path=NAME,
            )
            for key, times in islice(Counter(keys).items(), _MOST_TOLD)
            if times > 1
        )
        return dict(pairs)

    def refuse(constant: str) -> NoReturn:
        raise ValueError(constant)

    wrong, line = "it is not JSON in UTF-8", None
    try:
        text = raw.decode("utf-8-sig")
        about: object = json.loads(text, object_pairs_hook=once, parse_constant=refuse)
        # A half of a surrogate pair is valid JSON and no text: nothing could write it again.
        json.dumps(about, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        line, expected = error.lineno, f"Something else should stand there ({error.msg})."
    except UnicodeEncodeError:
        expected = r"It holds half a character (as in \ud800)."
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        expected = f"The byte {raw[error.start]:#04x} is not UTF-8."
    except RecursionError:
        expected = "Its brackets are nested too deep."
    except ValueError as error:
        constant = str(error) in ("NaN", "Infinity", "-Infinity")
        expected = f"{error} is no number of JSON." if constant else "A number has too many digits."
    else:
        return about
    remedy = "Correct the line, or save the file as UTF-8." if line else "Correct the file."
    raise FormatError(Problem(wrong, expected, remedy, path=NAME, line=line))


def _kind_of(value: object) -> str:
    """What JSON calls the value."""
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return kinds.get(type(value), "nothing" if value is None else "a number")


def _described(about: dict[str, Any], problems: list[Problem]) -> Descriptor:
    """The corpus's description; what is wrong in it is told, and left out."""

    def told(wrong: str, expected: str, remedy: str = "") -> None:
        remedy = remedy or "Compare it with the one of the demo corpus."
        problems.append(Problem(wrong, expected, remedy, path=NAME))

    def text(whole: dict[str, Any], key: str, default: str = "") -> str:
        value = whole.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            told(f"{quoted(key)} is {_kind_of(value)}", "A text in quotation marks was expected.")
            return default
        return value

    name = about.get("name")
    if not (isinstance(name, str) and regex.fullmatch(r"[\p{L}\p{M}\p{N}._-]{1,100}", name)):
        found = (quoted(name) if name else "empty") if isinstance(name, str) else _kind_of(name)
        told(
            f'the "name" is {found}',
            "A package has a short name of letters, digits, points and hyphens, without spaces.",
            'Write one, such as "name": "orchard".',
        )
        name = "unnamed"
    version = about.get("version", 1)
    if isinstance(version, bool) or not regex.fullmatch("[1-9][0-9]{0,8}", str(version)):
        told(
            f'the "version" is {quoted(version)}',
            "It is a whole number from 1, as a text or a number, since links name it.",
            'Write "version": "1", and count it up when turns change.',
        )
        version = 1
    ours = about.get("readerlib")
    if not isinstance(ours, dict | None):
        told(f'"readerlib" is {_kind_of(ours)}', "An object was expected: {…}.")
        ours = None
    ours = ours or {}

    def texts(key: str, expected: str) -> list[str]:
        value = ours.get(key, [])
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return value
        told(f"the {quoted(key)} is no list of texts", expected)
        return []

    path = texts("path", "It lists names of facets, the widest first.")
    if len(set(path)) < len(path):
        told('the "path" names a facet twice', "It lists names of facets, the widest first.")
        path = []
    given = ours.get("facets", [])
    if not isinstance(given, list):
        told(f'"facets" is {_kind_of(given)}', "A list of objects was expected.")
        given, path = [], []
    if len(given) > _MOST_FACETS:
        told(f"it names {len(given):,} facets", f"A corpus has at most {_MOST_FACETS}.")
        given, path = [], []
    facets = []
    for i, facet in enumerate(given, 1):
        if not isinstance(facet, dict) or not all(
            isinstance(facet.get(key), str) and facet[key].isprintable() and facet[key].strip()
            for key in ("name", "column")
        ):
            told(
                f"facet {i} has no name or no column",
                'A facet is an object with "name" and "column", such as '
                '{"name": "speaker", "label": "Speaker", "column": "speakers.name"}.',
            )
            continue
        facets.append(
            Facet(plain(facet["name"]), text(facet, "label", facet["name"]), facet["column"])
        )
    return Descriptor(
        name=name,
        title=text(about, "title") or name,
        version=int(version),
        population=text(ours, "population"),
        fingerprint_salt=text(ours, "fingerprint_salt"),
        facets=tuple(facets),
        path=() if len(facets) < len(given) else tuple(map(plain, path)),
        shown_notices=tuple(texts("shown_notices", "It lists notices that hide nothing.")),
    )


def _resources(folder: Path, about: dict[str, Any], problems: list[Problem]) -> list[_Resource]:
    """The tables that can be opened; what is wrong with the others is told."""
    found: list[_Resource] = []
    names: dict[str, int] = {}
    places: dict[str, int] = {}
    if len(about["resources"]) > _MOST_RESOURCES:
        raise _refused(
            f"it names {len(about['resources']):,} resources",
            f"A package has at most {_MOST_RESOURCES}.",
            "Divide it into several packages.",
        )
    for i, given in enumerate(about["resources"], 1):
        try:
            resource = _resource(folder, given, i)
            before = names.setdefault(str(given["name"]).casefold(), i)
            if before != i:
                raise _refused(
                    f"two resources, {before} and {i}, are called {quoted(given['name'])}",
                    "Each has a name of its own.",
                    "Rename one, or take it out.",
                )
            other = places.setdefault(resource.path, i) if resource else i
            if other != i:
                raise _refused(
                    f"two resources, {other} and {i}, lie at {quoted(given['path'])}",
                    "Each is a file of its own.",
                    "Correct the path of one, or take it out.",
                )
        except FormatError as error:
            problems += error.problems
        else:
            found += [resource] if resource else []
    return found


def _refused(wrong: str, expected: str, remedy: str) -> FormatError:
    return FormatError(Problem(wrong, expected, remedy, path=NAME))


def _resource(folder: Path, given: object, i: int) -> _Resource | None:
    """The resource, or None if it is no table and none of ours."""
    if not isinstance(given, dict):
        raise _refused(
            f"resource {i} is {_kind_of(given)}",
            'It does not describe a package: a resource is an object with "name" and "path".',
            "Compare it with the one of the demo corpus.",
        )
    name, path = given.get("name"), given.get("path")
    if not (isinstance(name, str) and name.strip() and name.isprintable()):
        raise _refused(
            f"resource {i} has no name, or one that cannot be read",
            "A resource is called by its table: turns, conversations, speakers, ….",
            'Add "name" to it.',
        )
    if "data" in given and path is None:
        raise _refused(
            f"the resource {quoted(name)} holds its data in {NAME}",
            "A table is a CSV file beside it, so that a spreadsheet can open it.",
            'Save the data as a CSV file, and name it as "path".',
        )
    if not isinstance(path, str):
        raise _refused(
            f"the resource {quoted(name)} has {_kind_of(path)} as its path",
            "A resource is one file inside the package's own folder.",
            'Join the files into one, and name it: "path": "turns.csv".'
            if isinstance(path, list)
            else 'Name the file: "path": "turns.csv".',
        )
    _require_inside(folder, name, path)
    suffix = Path(path).suffix.casefold()
    form = str(given.get("format") or "").casefold()
    if name not in _TABLES and suffix not in _SUFFIXES and form not in ("csv", "tsv", "parquet"):
        return None
    if form == "parquet" or (suffix == ".parquet" and not form):
        # How its cells are written, and packed, a Parquet file says itself.
        return _Resource(name, path, is_parquet=True)
    if given.get("compression") not in (None, "", "no"):
        raise _refused(
            f"the resource {quoted(name)} is compressed ({quoted(given['compression'])})",
            "A table is a plain CSV file, so that a spreadsheet can open it.",
            'Unpack the file, and take "compression" out.',
        )
    tabbed = suffix in (".tsv", ".tab") or form == "tsv"
    return _Resource(
        name,
        path,
        False,
        _encoding(given.get("encoding"), name),
        {"delimiter": "\t" if tabbed else ",", **_dialect(given.get("dialect"), name)},
    )


def _require_inside(folder: Path, name: str, path: str) -> None:
    """Refuse a path that could lead out of the package's folder."""
    inside = "A resource is one file inside the package's own folder"
    remedy = "Copy the file into the package and name it there; nothing is fetched."
    if not path.strip():
        wrong, expected = "has an empty path", f"{inside}."
    elif not path.isprintable():
        wrong = f"lies at {quoted(path)}"
        expected = f"{inside}; its path holds a sign that no name of a file has."
    elif regex.match(r"[A-Za-z][A-Za-z0-9+.-]+:|//", path):
        wrong, expected = f"lies at {quoted(path)}", f"{inside}; this is an address."
    elif path.startswith("/") or regex.match("[A-Za-z]:", path):
        wrong = f"lies at {quoted(path)}"
        expected = f"{inside}; this path begins at the root of a disk."
    elif "\\" in path:
        wrong = f"lies at {quoted(path)}"
        expected = f"{inside}; folders are divided by /, as in data/turns.csv."
        remedy = "Write / in place of the backslash."
    elif ".." in path.split("/"):
        wrong, expected = f"lies at {quoted(path)}", f"{inside}; this path leads up (..)."
    elif not _is_inside(folder, path):
        wrong = f"lies at {quoted(path)}"
        expected = f"{inside}; this is a link that leads out of it."
    else:
        return
    raise _refused(f"the resource {quoted(name)} {wrong}", expected, remedy)


def _is_inside(folder: Path, path: str) -> bool:
    """Whether the file, all links followed, lies in the folder."""
    real = Path(os.path.realpath(folder / path))
    return real.is_relative_to(os.path.realpath(folder))


def _encoding(given: object, name: str) -> str:
    """The encoding's name as Python knows it."""
    if given in (None, ""):
        return "utf-8"
    try:
        named = isinstance(given, str) and regex.fullmatch(r"[A-Za-z0-9._ -]{1,40}", given)
        known = codecs.lookup(str(given)).name if named else ""
    except LookupError:
        known = ""
    if not _ENCODING.fullmatch(known):
        raise _refused(
            f"the resource {quoted(name)} has the encoding {quoted(given)}, which is unknown",
            'Tables are in "utf-8"; "windows-1252", "windows-1251", "utf-16" and the like '
            "can be read.",
            'Save the table as "CSV UTF-8", and write "encoding": "utf-8".',
        )
    return known


def _dialect(given: object, name: str) -> dict[str, Any]:
    """How the table is written, as far as it says so."""
    if given is None:
        return {}
    wrong = ""
    if not isinstance(given, dict):
        wrong = f"is {_kind_of(given)}"
        given = {}
    for key, value in given.items():
        single = isinstance(value, str) and len(value) == 1 and value not in "\r\n\0"
        if key in _DIALECT:
            right = single or (value is None and key == "escapeChar")
        elif key in _DIALECT_FLAGS:
            right = isinstance(value, bool) and not (key == "header" and not value)
        else:
            right = key in _DIALECT_IGNORED
        if not right:
            wrong = f"says {quoted(key)}: {brief(json.dumps(value, ensure_ascii=False)[:100])}"
    every = {**_DIALECT, **_DIALECT_FLAGS, **given}
    signs = [every[key] for key in _DIALECT if every[key]]
    if not wrong and (len(set(signs)) < len(signs) or (every["skipInitialSpace"] and " " in signs)):
        wrong = "uses one sign for two things"
    if wrong:
        raise _refused(
            f"the dialect of the resource {quoted(name)} {wrong}",
            'A dialect is an object that may name "delimiter", "quoteChar", "escapeChar" '
            '(one sign each), "doubleQuote" and "skipInitialSpace"; row 1 names the columns.',
            "Save the table with commas, and take the dialect out.",
        )
    return {key: every[key] for key in given if key not in _DIALECT_IGNORED | {"header"}}


def _table(folder: Path, resource: _Resource, problems: list[Problem]) -> Table:
    """The cells of the table, with the rows a spreadsheet shows them in.

    Rows with too many or too few cells are told, kept and marked as damaged.

    Raises
    ------
    FormatError
        If the table cannot be read at all.
    """
    if resource.is_parquet:
        columns = parquet.columns(folder / resource.path, resource.path)
        _named_columns([name for name, _ in columns], resource)
        size = len(columns[0][1]) if columns else 0
        return Table(brief(resource.path), dict(columns), range(2, size + 2))
    raw = contents(folder / resource.path, resource.path)
    if not raw.removeprefix(codecs.BOM_UTF8).strip():
        raise resource.problem(
            "the file is empty",
            "Row 1 names the columns, and the rows follow below it.",
            "Look whether the right file was saved.",
        )
    if packed(raw):
        raise resource.problem(
            f"it is {packed(raw)}, not a table",
            "A table is a plain CSV file.",
            'Unpack it, or open it in a spreadsheet and save it as "CSV UTF-8".',
        )
    text = _text(raw, resource)
    if len(text) > _LONGEST_LINE and max(map(len, text.splitlines())) > _LONGEST_LINE:
        raise resource.problem(
            f"it has a line of more than {_LONGEST_LINE:,} characters",
            "A table has a line for each row.",
            "Look whether the lines of the file end as they should.",
        )
    rows = _records(text, resource)
    header = _header(next(rows, []), resource)
    cells: list[list[str]] = []
    numbers: list[int] = []
    uneven: dict[int, list[str]] = {}
    for number, row in enumerate(rows, 2):
        if number > _MOST_ROWS:
            raise resource.problem(
                f"it has more than {_MOST_ROWS:,} rows",
                "No spreadsheet shows that many.",
                "Divide the corpus into several packages.",
            )
        if not any(row):
            continue
        if len(row) != len(header):
            uneven[number] = row[: len(header) + 1]
            row = [*row, *[""] * len(header)][: len(header)]
        cells.append(row)
        numbers.append(number)
    problems += _uneven(uneven, len(header), len(cells), resource)
    found: dict[str, list[str]] = {}
    for i, name in enumerate(header):
        column = [row[i] for row in cells]
        if name:
            found[name] = column
        elif any(column):
            at = next(at for at, value in enumerate(column) if value)
            problems += resource.problem(
                f"{quoted(column[at])} stands in a column without a name",
                f"Row 1 names every column; the name of column {i + 1} is empty.",
                "Name the column, or empty it.",
                row=numbers[at],
            ).problems
    return Table(brief(resource.path), found, numbers, frozenset(uneven))


def _frame(table: Table) -> pd.DataFrame:
    """The table as pandas has it; what Arrow has read stays where it is."""
    columns = {
        name: pd.array(column.cells, dtype="str") if isinstance(column, Column) else column
        for name, column in table.columns.items()
    }
    return pd.DataFrame(columns, dtype=str)


def _uneven(
    rows: dict[int, list[str]], expected: int, every: int, resource: _Resource
) -> Iterator[Problem]:
    """Rows with too few or too many cells."""
    if len(rows) == every > 1:
        raise resource.problem(
            f"it names {expected} columns, and every row below has another number of cells",
            f"Row {min(rows)} begins with {quoted(rows[min(rows)][0])}.",
            "Look whether the name of a column was added or lost, or the separator is another one.",
            row=1,
        )
    for number, row in islice(rows.items(), _MOST_TOLD):
        count = f"more than {expected}" if len(row) > expected else str(len(row))
        yield from resource.problem(
            f"the row has {count} cell{'s' * (count != '1')}",
            f"Row 1 names {expected} columns; this row begins with {quoted(row[0])}.",
            f"Look for a separator too {'many' if len(row) > expected else 'few'}; "
            "put text that has one in it in quotation marks.",
            row=number,
        ).problems
    if len(rows) > _MOST_TOLD:
        yield from resource.problem(
            f"{len(rows) - _MOST_TOLD:,} more rows have too few or too many cells",
            f"Row 1 names {expected} columns.",
            "Look whether the table was saved with the right separator.",
        ).problems


def _text(raw: bytes, resource: _Resource) -> str:
    """The table as text."""
    encoding = resource.encoding
    marked = raw.startswith(codecs.BOM_UTF8)
    if marked:
        encoding = "utf-8-sig"
    wide = raw[:1000].count(0) > len(raw[:1000]) // 4
    if not encoding.startswith(("utf-16", "utf-32")) and (
        wide or raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    ):
        raise resource.problem(
            "it is UTF-16 or UTF-32, as some programs save what they call Unicode",
            "Tables are UTF-8, unless the resource names another encoding.",
            'Save the table as "CSV UTF-8".',
        )
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        begun = raw[: error.start].decode(encoding, "replace") + "?"
        last, before = [""], 0
        for before, last in enumerate(_loose(begun, resource)):  # noqa: B007 - the last one
            pass
        header = next(_loose(begun, resource), [])
        whole = raw.decode(encoding, "replace").count("\ufffd")
        declared = resource.encoding != "utf-8"
        others = f" (and {whole - 1} more)" if whole > 1 else ""
        raise resource.problem(
            f"the byte {raw[error.start]:#04x}{others} is not {encoding.upper()}",
            f"{NAME} says that it is {encoding.upper()}."
            if declared
            else "Tables are UTF-8; this looks like an older encoding, such as windows-1252 "
            "or windows-1251.",
            'Save the table as "CSV UTF-8".',
            row=before + 1,
            column=brief(header[len(last) - 1])
            if 0 < len(last) <= len(header) and before
            else None,
        ) from None


def _reader(text: str, resource: _Resource, strict: bool) -> Iterator[list[str]]:
    csv.field_size_limit(_LONGEST_CELL)
    dialect = resource.dialect
    return csv.reader(
        io.StringIO(text, newline=""),
        strict=strict,
        delimiter=resource.separator,
        quotechar=dialect.get("quoteChar", '"'),
        escapechar=dialect.get("escapeChar"),
        doublequote=dialect.get("doubleQuote", True),
        skipinitialspace=dialect.get("skipInitialSpace", False),
    )


def _loose(text: str, resource: _Resource) -> Iterator[list[str]]:
    """The records as far as they can be told apart, whatever is wrong."""
    try:
        yield from _reader(text, resource, strict=False)
    except csv.Error:
        return


def _records(text: str, resource: _Resource) -> Iterator[list[str]]:
    """The records of the table, blank ones as empty lists: a spreadsheet counts them too."""
    number = 0
    try:
        for row in _reader(text, resource, strict=True):
            number += 1
            yield row
    except csv.Error as error:
        row = next((r for i, r in enumerate(_loose(text, resource), 1) if i > number), [])
        if "limit" in str(error):
            wrong = f"a cell is longer than {_LONGEST_CELL:,} characters"
            expected = "Or a quotation mark in this row is never closed, so that the rest "
            expected += "of the file seems to be one cell."
        elif "unexpected end" in str(error):
            wrong = "a quotation mark opens a cell in this row and is never closed"
            expected = f"The cell begins {quoted(row[-1] if row else '')}, and the rest of the "
            expected += "file would be part of it."
        else:
            wrong = "the quotation marks of this row do not match"
            expected = "A quotation mark inside a quoted cell is written twice: "
            expected += f'"He said ""no"""; this row begins with {quoted(row[0] if row else "")}.'
        raise resource.problem(
            wrong,
            expected,
            "Correct the row, or open the table in a spreadsheet and save it as CSV again.",
            row=number + 1,
        ) from None


def _header(row: list[str], resource: _Resource) -> list[str]:
    """The names of the columns, as far as they have one."""
    header = [cell.strip() for cell in row]
    if not any(header):
        raise resource.problem(
            "the row is empty",
            "Row 1 names the columns.",
            "Take the row out if the names stand below it; else add them.",
            row=1,
        )
    if len(header) > _MOST_COLUMNS:
        raise resource.problem(
            f"it has {len(header):,} columns",
            f"A table has at most {_MOST_COLUMNS:,}.",
            "Look whether the lines of the file end as they should.",
            row=1,
        )
    _require_separated(row, resource)
    return _named_columns(header, resource)


def _named_columns(header: list[str], resource: _Resource) -> list[str]:
    """The names, if each names one column and can be seen."""
    twice = [n for n in dict.fromkeys(header) if n and header.count(n) > 1]
    hidden = [n for n in header if not n.isprintable()]
    found = [
        (f"the column {quoted(n)} stands twice", "Columns have different names.", "Rename one.", n)
        for n in twice
    ] + [
        (
            f"the column's name {quoted(n)} holds a sign that one cannot see",
            "Names of columns are made of signs that one can see.",
            "Delete the cell and type it anew.",
            n,
        )
        for n in hidden
    ]
    if found:
        raise FormatError(
            Problem(wrong, expected, remedy, brief(resource.path), 1, column=brief(n))
            for wrong, expected, remedy, n in found
        )
    return header


def _require_separated(row: list[str], resource: _Resource) -> None:
    """Refuse a table whose header looks divided by another sign than the declared one."""
    mine = resource.separator
    line = mine.join(row)
    if line.casefold().startswith("sep="):
        raise resource.problem(
            f"row 1 is {quoted(line)}",
            "Row 1 names the columns; this line is for one spreadsheet program only.",
            f"Take the line out; the table also looks separated by {quoted(line[4:])}: save it "
            "with commas."
            if line[4:].strip(mine)
            else "Take the line out.",
            row=1,
        )
    others = {sign: line.count(sign) for sign in (",", *_SEPARATORS) if sign != mine}
    other = max(others, key=lambda sign: others[sign])
    if others[other] >= len(row):
        signs = {",": "commas", **_SEPARATORS}
        dialect = f'"dialect": {{"delimiter": {json.dumps(other)}}}'
        raise resource.problem(
            f"the table looks separated by {signs[other]}",
            f"By {NAME} or its own name it is separated by {signs.get(mine, quoted(mine))}; "
            f"row 1 is {quoted(line)}."
            if mine != ","
            else "Tables are separated by commas, unless the resource names another sign; "
            f"row 1 is {quoted(line)}.",
            f"Save it again with the right sign, or write this for the resource: {dialect}.",
            row=1,
        )
