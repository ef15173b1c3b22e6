"""The tables of a corpus: what each must hold, and every check of their cells.

A check yields problems and changes nothing.  It knows the place of a cell, not where the
table came from: a file, a script or a notebook.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from typing import NamedTuple

import regex

from readerlib.errors import Problem, listed, quoted, suggestion
from readerlib.text import SHORTEST_FINGERPRINT, plain, tokens

KINDS = ("speech", "quoted", "statement", "document", "narration", "cut")
"""What a turn can be."""

ASKED = ("choice", "order", "line", "evidence", "short", "open")
"""What a question can be."""

MOST_OPTIONS = 50
"""Options of a question."""

MOST_ASKED_ABOUT = 200
"""Turns of the passage that a question is about."""

LONGEST_ASKED = 2_000
"""Signs of a question, an option or a feedback."""

LONGEST_WHY = 1_000
"""Signs of the reason why a step of a route comes where it does."""

KEYS = {
    "turns": "turn_id",
    "conversations": "conversation_id",
    "speakers": "speaker_id",
    "sources": "source_id",
    "claims": "claim_id",
    "glossary": "term_id",
    "events": "event_id",
    "questions": "question_id",
}
"""Table → the column that names its rows."""

MOST_PROBLEMS = 10_000
"""Of one table; where there are more, one last problem says so."""

_CORE = ("turns", "conversations", "speakers")
NEEDED = {
    "turns": ("turn_id", "conversation_id", "position", "speaker_id", "kind"),
    "conversations": ("conversation_id",),
    "speakers": ("speaker_id", "name"),
    "sources": ("source_id",),
    "annotations": ("turn_id", "layer", "value"),
    "labels": ("layer", "value", "description"),
    "claims": ("claim_id",),
    "glossary": ("term_id", "term"),
    "events": ("event_id",),
    "questions": (),
    "options": ("question_id", "option"),
    "route": ("step_id", "conversation_id"),
}
"""Table → the columns that it cannot do without."""

_ASKING = ("question_id", "turn_id", "kind", "question")
"""Those of questions that can be answered; older packages have a list of questions only."""

_OPTIONAL = {
    "turns": "addressee_id lang text gist words fingerprint start end",
    "conversations": "title date place channel source_id",
    "speakers": "role",
    "sources": "title author publisher date url method rights",
    "annotations": "start end note source_id",
    "labels": "",
    "claims": "claimant_id source_id",
    "glossary": "explanation source_id",
    "events": "date place latitude longitude event source_id",
    "questions": "question_id conversation_id turn_id last_turn_id kind level question feedback "
    "source_id",
    "options": "text key turn_id feedback",
    "route": "why",
}
POINTS_AT = {
    **{KEYS[table]: table for table in ("turns", "conversations", "speakers", "sources")},
    "addressee_id": "speakers",
    "claimant_id": "speakers",
    "last_turn_id": "turns",
    "question_id": "questions",
}
"""Column → the table whose rows its cells name."""

_NAMES = {("speakers", "name"), ("glossary", "term")}
_CODES = {(table, column) for table in ("annotations", "labels") for column in ("layer", "value")}
_CODES |= {("options", "option"), ("route", "step_id")}

_FILL = "Fill the cell in, or take the row out."

_WHOLE = (r"\d{1,9}", "Whole numbers from 0 stand here, in the digits 0 to 9.")
_SECONDS = (r"-?\d{1,9}(\.\d{1,9})?", "Seconds stand here, with a point before the decimals: 47.5.")
FORMS = {
    ("turns", "words"): _WHOLE,
    ("turns", "start"): _SECONDS,
    ("turns", "end"): _SECONDS,
    ("turns", "fingerprint"): (
        "[0-9a-f]{32}",
        "A fingerprint is 32 signs, each of 0 to 9 or a to f, as readerlib makes it.",
    ),
    ("annotations", "start"): _WHOLE,
    ("annotations", "end"): _WHOLE,
    ("sources", "url"): (
        r"(https?://|doi:|urn:)\S+",
        "An address that a browser opens stands here: https://….",
    ),
    ("events", "latitude"): (
        r"-?(90(\.0{1,12})?|[1-8]?\d(\.\d{1,12})?)",
        "Degrees from -90 to 90 stand here, with a point before the decimals: 50.45.",
    ),
    ("events", "longitude"): (
        r"-?(180(\.0{1,12})?|(1[0-7]\d|[1-9]?\d)(\.\d{1,12})?)",
        "Degrees from -180 to 180 stand here, with a point before the decimals: 30.52.",
    ),
    ("questions", "level"): (
        "[123]",
        "Levels: 1 (what is said), 2 (how it hangs together), 3 (how we know).",
    ),
}
"""Table and column → the form of a cell that is not empty, and what is said of another one."""


# Signs that nobody sees: in an identifier all but the plain space; in a name the wide space
# of Japanese, the joiners that Persian and Indic spelling needs, and those of emoji are right.
_BLANK = r"\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u2800\u034f"
_JOINED = r"(?<=[\p{L}\p{M}--[\p{Latin}\p{Cyrillic}\p{Greek}\p{Hebrew}]])[\u200c\u200d]"
_EMOJI = r"(?<=[\p{Extended_Pictographic}\ufe0f\p{Emoji_Modifier}])\u200d"
_UNSEEN_IN_CODE = regex.compile(rf"[[{_BLANK}\p{{Zs}}]--[ ]]", regex.V1)
_UNSEEN_IN_NAME = regex.compile(rf"(?!{_JOINED}|{_EMOJI})[[{_BLANK}\p{{Zs}}]--[ \u3000]]", regex.V1)
_UNSEEN_IN_VALUE = regex.compile(rf"(?!{_JOINED}|{_EMOJI})[{_BLANK}]", regex.V1)
_NEVER = regex.compile(r"[\x00\p{Cs}]")
_MIXED = regex.compile(
    r"\p{Latin}\p{M}*+(?P<letter>\p{Cyrillic})|(?P<letter>\p{Cyrillic})\p{M}*+\p{Latin}"
)
_END_OF_WORD = regex.compile(r"[\p{L}\p{M}]{0,60}")
_BEGINNING_OF_WORD = regex.compile(r"(?r)[\p{L}\p{M}]{0,60}")
# Cyrillic and Greek letters that are drawn as a Latin one; Unicode's own list
# (https://www.unicode.org/reports/tr39/) has many more that only resemble each other.
_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУХҮԌԚԜаеѕіјорсухԁԛԝһӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲν",
    "ABESIJKMHOPCTYXYGQWaesijopcyxdqwhlABEZHIKMNOPTYXocv",
)


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a table in columns, and where they stand in which file.

    Parameters
    ----------
    path : str
        The file, as the person named it.
    columns : mapping of str to sequence of str
        All of one length; a missing value is an empty string.
    rows : sequence of int
        The row of each, as a spreadsheet counts: the header is row 1.
    damaged : collection of int
        Rows with too few or too many cells.  They are told already, so nothing is said of
        their cells.

    Examples
    --------
    >>> Table("speakers.csv", {"speaker_id": ["irena"]}, [2]).rows
    [2]
    """

    path: str
    columns: Mapping[str, Sequence[str]]
    rows: Sequence[int]
    damaged: Collection[int] = frozenset()

    def problem(
        self, at: int | None, column: str | None, wrong: str, expected: str, remedy: str
    ) -> Problem:
        """What is wrong with the cell at the place `at` of the column."""
        row = self.rows[at] if at is not None else 1 if column is not None else None
        return Problem(wrong, expected, remedy, self.path, row, column=column and brief(column))

    def cells(self, column: str) -> Iterator[tuple[int, str]]:
        """The cells of the column that can be trusted to be there, each with its place."""
        every = enumerate(self.columns[column])
        if not self.damaged:
            return every
        return ((at, value) for at, value in every if self.rows[at] not in self.damaged)


def faults(
    tables: Mapping[str, Table],
    *,
    shown: Collection[tuple[str, str]] = (),
    unread: Collection[str] = (),
) -> list[Problem]:
    """What keeps the tables from being a corpus; none if nothing does.

    Parameters
    ----------
    tables : mapping of str to Table
        A table that is not one of a corpus's is not looked into.
    shown : collection of (table, column)
        Columns that the person chooses values of: the facets.
    unread : collection of str
        Tables that are there and could not be read: told elsewhere, and nothing that
        points at them is called dangling.

    Returns
    -------
    list of Problem
        Table by table in the order given, row by row.

    Examples
    --------
    >>> print(faults({}, unread=["conversations", "speakers"])[0])
    turns.csv: the table is missing.
      A corpus has the tables turns, conversations and speakers.
      Add it, with the columns turn_id, conversation_id, position, speaker_id, kind.
    """
    found = [
        Problem(
            "the table is missing",
            "A corpus has the tables turns, conversations and speakers.",
            f"Add it, with the columns {', '.join(NEEDED[name])}.",
            path=f"{name}.csv",
        )
        for name in _CORE
        if name not in tables and name not in unread
    ]
    known = _known(tables, unread)
    for name, table in tables.items():
        if name in NEEDED:
            found += _ordered(table, _faults_of(name, tables, known, set(shown)))
            if name == "questions" and "options" not in unread:
                found += _ordered(table, _unanswerable(table, tables))
    return found


def brief(name: str) -> str:
    """The name of a column or file as a message can show it, cut and without hidden signs.

    Examples
    --------
    >>> brief("turn\\u200b_id")
    'turn\\\\u200b_id'
    """
    return quoted(name)[1:-1]


def mixed(value: str) -> tuple[str, str]:
    """The first word of `value` that mixes Latin and Cyrillic letters, and a Cyrillic one of it.

    Both empty if there is none.

    Examples
    --------
    >>> mixed("Aunt Irеna")
    ('Irеna', 'е')
    """
    found = _MIXED.search(value)
    if not found:
        return "", ""
    before = _BEGINNING_OF_WORD.match(value, 0, found.start())
    after = _END_OF_WORD.match(value, found.start())
    return (before[0] if before else "") + (after[0] if after else ""), found["letter"]


def _known(
    tables: Mapping[str, Table], unread: Collection[str]
) -> dict[str, frozenset[str] | None]:
    """The names of the rows of each table that others point at; None where they are unknown."""
    found: dict[str, frozenset[str] | None] = {}
    for name in set(POINTS_AT.values()):
        table = tables.get(name)
        if table is None:
            found[name] = None if name in unread or name in _CORE else frozenset()
        else:
            names = table.columns.get(KEYS[name])
            told = names is None or (name in _CORE and not names)
            found[name] = None if told or names is None else frozenset(names)
    return found


def _ordered(table: Table, problems: Iterator[Problem]) -> list[Problem]:
    """The problems by row and column, and no more of them than a person can use."""
    every = list(islice(problems, MOST_PROBLEMS + 1))
    column = {brief(name): at for at, name in enumerate(table.columns)}
    every.sort(key=lambda p: (p.row or 0, column.get(p.column or "", -1)))
    if len(every) > MOST_PROBLEMS:
        every[MOST_PROBLEMS:] = [
            Problem(
                f"there are more than {MOST_PROBLEMS:,} problems in this table",
                "The others were not counted.",
                "Put these right and read it again.",
                path=table.path,
            )
        ]
    return every


def _faults_of(
    name: str,
    tables: Mapping[str, Table],
    known: Mapping[str, frozenset[str] | None],
    shown: Collection[tuple[str, str]],
) -> Iterator[Problem]:
    """Every problem of one table, in no order."""
    table = tables[name]
    needed = _ASKING if name == "questions" and _asks(tables) else NEEDED[name]
    missing = [column for column in needed if column not in table.columns]
    yield from (_missing(table, column) for column in missing)
    yield from _misspelt(name, table)
    if name in _CORE and not table.rows and not missing:
        yield table.problem(
            None,
            None,
            "the table has no rows",
            f"Row 1 names the columns; a corpus has at least one row of {name} below it.",
            "Add the rows, or look whether the right file was saved.",
        )
    for column in table.columns:
        if column in needed:
            yield from _empty(name, table, column)
        yield from _unprintable(table, column)
        if column == KEYS.get(name) or (name, column) in _CODES:
            yield from _misleading(table, column, _CODE)
        elif (name, column) in _NAMES:
            yield from _misleading(table, column, _NAME)
        elif (name, column) in shown and column not in POINTS_AT:
            yield from _misleading(table, column, _CHOICE)
        if (name, column) in FORMS:
            yield from _misshapen(table, column, *FORMS[name, column])
        if column in POINTS_AT and column != KEYS.get(name):
            yield from _dangling(table, column, tables, known[POINTS_AT[column]])
    if KEYS.get(name) in table.columns:
        yield from _repeated(table, KEYS[name])
    if missing:
        return
    if name == "turns":
        yield from chain(
            _disorder(table), _unknown_kinds(table), _backwards(table), _guessable(table)
        )
    elif name == "speakers":
        yield from _look_alikes(table)
    elif name == "labels":
        yield from _repeated_labels(table)
    elif name == "annotations":
        yield from chain(_stretches(table, tables), _unlisted(table, tables))
    elif name == "questions" and _asks(tables):
        yield from chain(_unknown_questions(table), _unplaced(table, tables), _too_long(table))
    elif name == "options":
        yield from chain(_repeated_options(table), _misused(table, tables), _too_long(table))
    elif name == "route":
        yield from _astray(table)


def _missing(table: Table, column: str) -> Problem:
    near = suggestion(column, table.columns)
    return table.problem(
        None,
        column,
        "the column is missing",
        f"Columns found: {listed(map(quoted, table.columns)) or 'none'}.",
        f"{near} Then rename it." if near else "Add it.",
    )


def _misspelt(name: str, table: Table) -> Iterator[Problem]:
    """Columns that are known under another spelling, and would be passed over in silence."""
    known = _OPTIONAL[name].split()
    for column in table.columns:
        meant = "_".join(regex.split(r"[\s_-]+", column.casefold()))
        if meant in known and meant not in table.columns:
            yield table.problem(
                None,
                column,
                f"the column is called {quoted(meant)}",
                "Under another spelling it would not be found.",
                f"Rename it to {quoted(meant)}.",
            )


def _empty(name: str, table: Table, column: str) -> Iterator[Problem]:
    spoken = (name, column) == ("turns", "speaker_id")
    talks = table.columns.get("conversation_id") if spoken else None
    expected, remedy = f"Every row of {name} needs a {column}.", _FILL
    if spoken:
        expected = "Every turn needs a speaker."
        remedy = 'If the speaker is not known, write "unknown", and add that row to the speakers.'
    for at, value in table.cells(column):
        if not value.strip():
            wrong = "the cell holds nothing but white space" if value else "the cell is empty"
            if talks is not None:
                expected = f"Every turn needs a speaker; this one is of {quoted(talks[at])}."
            yield table.problem(at, column, wrong, expected, remedy)


class _Seen(NamedTuple):
    """What a value must be made of: the signs it may not hold, and what it is called."""

    unseen: regex.Pattern[str]
    noun: str
    spaces_count: bool


_CODE = _Seen(_UNSEEN_IN_CODE, "An identifier", True)
_NAME = _Seen(_UNSEEN_IN_NAME, "A name", True)
_CHOICE = _Seen(_UNSEEN_IN_VALUE, "What one can choose by", False)


def _misleading(table: Table, column: str, rule: _Seen) -> Iterator[Problem]:
    """Values that look like another value, or like nothing."""
    for at, value in table.cells(column):
        outer = value != value.strip()
        if not value.strip() or (value.isascii() and value.isprintable() and not outer):
            continue
        if _NEVER.search(value):
            continue
        sign = rule.unseen.search(value)
        word, letter = mixed(value)
        if sign:
            yield table.problem(
                at,
                column,
                f"{quoted(value)} holds a sign that one cannot see: {_called(sign[0])}",
                f"{rule.noun} is made of signs that one can see; otherwise nobody finds it again.",
                "Delete the cell and type it anew.",
            )
        elif outer and rule.spaces_count:
            yield table.problem(
                at,
                column,
                f"{quoted(value)} begins or ends with a space",
                f"{rule.noun} begins and ends with a sign that one can see.",
                "Delete the space.",
            )
        if word:
            yield table.problem(
                at,
                column,
                f"{quoted(word)} mixes Latin and Cyrillic letters",
                f"{quoted(letter)} is Cyrillic and looks like a Latin letter; "
                "the same name typed anew would be another one.",
                "Delete the word and type it anew, with one keyboard.",
            )


def _unprintable(table: Table, column: str) -> Iterator[Problem]:
    if not _NEVER.search("\n".join(table.columns[column])):
        return
    for at, value in table.cells(column):
        sign = _NEVER.search(value)
        if sign:
            what = "half a character" if sign[0] != "\0" else "the zero character"
            yield table.problem(
                at,
                column,
                f"the cell {quoted(value)} holds {what} ({_called(sign[0])})",
                "That is no text; a program or a broken disk left it there.",
                "Delete it, or take the cell from the original again.",
            )


def _called(sign: str) -> str:
    """The number and name of a sign."""
    name = unicodedata.name(sign, "")
    return f"U+{ord(sign):04X}" + (f", {name.lower()}" if name else "")


def _misshapen(table: Table, column: str, form: str, expected: str) -> Iterator[Problem]:
    pattern = regex.compile(form, regex.ASCII)
    for at, value in table.cells(column):
        if value and not pattern.fullmatch(value):
            yield table.problem(
                at,
                column,
                f"the {column} is {quoted(value)}",
                expected,
                "Correct the cell, or leave it empty if it is not known.",
            )


def _repeated(table: Table, key: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    folded: dict[str, int] = {}
    values = table.columns[key]
    for at, value in table.cells(key):
        if not value.strip():
            continue
        if value in first:
            yield table.problem(
                at,
                key,
                f"{quoted(value)} stands twice",
                f"It names row {table.rows[first[value]]} already, "
                "and an identifier belongs to one row.",
                "Give one of the two another one.",
            )
            continue
        first[value] = at
        before = folded.setdefault(_skeleton(value).casefold(), at)
        if before != at:
            same = values[before].casefold() == value.casefold()
            yield table.problem(
                at,
                key,
                f"{quoted(value)} looks like {quoted(values[before])} of row {table.rows[before]}",
                "They differ only by capital letters."
                if same
                else "They are written with other characters that look the same.",
                "Give one of the two another identifier, or make them one row.",
            )


def _skeleton(value: str) -> str:
    """What the eye sees of a name: letters that look alike are one, hidden signs none."""
    if value.isascii():
        return plain(value)
    seen = unicodedata.normalize("NFKC", _UNSEEN_IN_VALUE.sub("", value))
    return plain(seen.translate(_ALIKE))


def _look_alikes(table: Table) -> Iterator[Problem]:
    first: dict[str, tuple[int, str]] = {}
    for at, value in table.cells("name"):
        name = plain(value)
        before, other = first.setdefault(_skeleton(value), (at, name))
        if name and other != name:
            yield table.problem(
                at,
                "name",
                f"{quoted(value)} looks like the name of row {table.rows[before]}",
                "The two are written with different letters that look the same, "
                "so that they would stand in the list as two people of one name.",
                "Write both with the letters of one alphabet.",
            )


def _nearest(known: Collection[str]) -> Callable[[str], str]:
    """A function that suggests names, and stops before many wrong ones cost minutes."""
    names = [name for name in known if 0 < len(name) <= 80]
    told: dict[str, str] = {}

    def near(value: str) -> str:
        if value not in told:
            affordable = len(names) * (len(told) + 1) <= 20_000 and len(value) <= 80
            told[value] = suggestion(value, names) if affordable else ""
        return told[value]

    return near


def _dangling(
    table: Table, column: str, tables: Mapping[str, Table], known: frozenset[str] | None
) -> Iterator[Problem]:
    """Cells that name a row which is not there."""
    if known is None:
        return
    target = POINTS_AT[column]
    key, file = KEYS[target], tables[target].path if target in tables else f"{target}.csv"
    near, seen = _nearest(known), cache(lambda: {_skeleton(name): name for name in known})
    for at, value in table.cells(column):
        if not value.strip() or value in known:
            continue
        expected = f"It should be a {key} of {file}."
        remedy = near(value) or f"Correct it, or add the row to {file}."
        twin = seen().get(_skeleton(value))
        if twin is not None:
            expected = f"{file} has {quoted(twin)}, which looks the same"
            expected += " and is written with other characters."
            remedy = f"Copy it from {file}."
        elif target not in tables:
            expected = f"It should be a {key} of {file}, and there is no such table."
            remedy = "Add the table, or leave the whole column empty."
        yield table.problem(at, column, f"{quoted(value)} is not in {file}", expected, remedy)
        if target not in tables:
            return


def _disorder(table: Table) -> Iterator[Problem]:
    """Positions that do not count from 1, and conversations that are interrupted.

    After a wrong position the count goes on from either of the two, so that one row in the
    wrong place is not told again with every row below it.
    """
    counted: dict[str, int] = {}
    given_last: dict[str, int] = {}
    before: str | None = None
    positions, damaged = table.columns["position"], False
    for at, conversation in enumerate(table.columns["conversation_id"]):
        if table.rows[at] in table.damaged:
            damaged = True
            continue
        given = positions[at]
        whole = given.isascii() and given.isdigit() and len(given) < 10
        expected = counted.get(conversation, 0) + 1
        if damaged and whole:
            expected = max(int(given), 1)
        counted[conversation] = expected
        after = given_last.get(conversation)
        follows = given == str(expected) or (after is not None and given == str(after + 1))
        if whole:
            given_last[conversation] = int(given)
        if expected > 1 and before != conversation and conversation.strip() and not damaged:
            yield table.problem(
                at,
                "conversation_id",
                f"the conversation {quoted(conversation)} goes on after another has begun",
                "The turns of a conversation stand together.",
                "Move the row to the others of its conversation.",
            )
        elif given.strip() and not follows:
            yield table.problem(
                at,
                "position",
                f"the position is {quoted(given)}",
                f"Row by row, the positions of {quoted(conversation)} count from 1; "
                f"here {expected} is next.",
                "Put the rows in reading order and number them."
                if whole
                else f"Write {expected}, if the rows stand in reading order.",
            )
        before, damaged = conversation, False


def _unknown_kinds(table: Table) -> Iterator[Problem]:
    near = _nearest(KINDS)
    for at, kind in table.cells("kind"):
        if kind.strip() and kind not in KINDS:
            yield table.problem(
                at,
                "kind",
                f"the kind {quoted(kind)} is unknown",
                f"Kinds: {', '.join(KINDS)}.",
                near(kind) or "Write one of these.",
            )


def _backwards(table: Table) -> Iterator[Problem]:
    """Turns that end before they begin."""
    if "start" not in table.columns or "end" not in table.columns:
        return
    ends = table.columns["end"]
    pattern = regex.compile(_SECONDS[0], regex.ASCII)
    for at, start in table.cells("start"):
        if not (pattern.fullmatch(start) and pattern.fullmatch(ends[at])):
            continue
        if float(ends[at]) < float(start):
            yield table.problem(
                at,
                "end",
                f"the turn ends at {ends[at]}, before it starts at {start}",
                "Both are seconds from the beginning of the recording.",
                "Correct one of the two, or leave both empty.",
            )


def _guessable(table: Table) -> Iterator[Problem]:
    """Fingerprints of turns so short that their words could be found by trying."""
    if not {"words", "fingerprint"} <= set(table.columns):
        return
    words = table.columns["words"]
    texts = table.columns.get("text")
    for at, mark in table.cells("fingerprint"):
        count = words[at]
        short = count.isascii() and count.isdigit() and int(count[:9]) < SHORTEST_FINGERPRINT
        if mark and short and not (texts and texts[at]):
            yield table.problem(
                at,
                "fingerprint",
                f"a turn of {count} word{'s' * (count != '1')} has a fingerprint",
                f"The words of a turn shorter than {SHORTEST_FINGERPRINT} words could be guessed "
                "from it.",
                "Empty the cell.",
            )


def _repeated_labels(table: Table) -> Iterator[Problem]:
    first: dict[tuple[str, str], int] = {}
    layers = table.columns["layer"]
    for at, value in table.cells("value"):
        before = first.setdefault((layers[at], value), at)
        if before != at and value.strip():
            yield table.problem(
                at,
                "value",
                f"{quoted(value)} of the layer {quoted(layers[at])} stands twice",
                f"Row {table.rows[before]} describes it already.",
                "Take one of the two rows out.",
            )


def _unlisted(table: Table, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Values that are not in the closed list of their layer, where it has one."""
    labels = tables.get("labels")
    if labels is None or not {"layer", "value"} <= set(labels.columns):
        return
    lists: dict[str, list[str]] = {}
    for layer, value in zip(labels.columns["layer"], labels.columns["value"], strict=True):
        lists.setdefault(layer, []).append(value)
    known = {
        layer: (frozenset(values), _nearest(values), listed(map(quoted, values)))
        for layer, values in lists.items()
    }
    folded = {_skeleton(layer).casefold(): layer for layer in lists}
    layers = table.columns["layer"]
    for at, value in table.cells("value"):
        meant = folded.get(_skeleton(layers[at]).casefold(), layers[at])
        if meant != layers[at]:
            yield table.problem(
                at,
                "layer",
                f"the layer {quoted(layers[at])} is called {quoted(meant)} in {labels.path}",
                "A layer has one spelling.",
                f"Write {quoted(meant)}.",
            )
        if layers[at] not in known or not value.strip():
            continue
        values, near, written = known[layers[at]]
        if value not in values:
            yield table.problem(
                at,
                "value",
                f"{quoted(value)} is not a label of the layer {quoted(layers[at])}",
                f"{labels.path} lists: {written}.",
                near(value) or f"Write one of these, or add and describe it in {labels.path}.",
            )


def _stretches(table: Table, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Annotations of a stretch that is none: half of it, backwards, or beyond the words."""
    if "start" not in table.columns and "end" not in table.columns:
        return
    blank = [""] * len(table.rows)
    starts, ends = table.columns.get("start", blank), table.columns.get("end", blank)
    turns = tables.get("turns")
    texts: dict[str, str] = {}
    if turns is not None and {"turn_id", "text"} <= set(turns.columns):
        texts = {turns.columns["turn_id"][at]: text for at, text in turns.cells("text")}
    pattern = regex.compile(_WHOLE[0], regex.ASCII)
    for at, turn_id in table.cells("turn_id"):
        start, end = starts[at], ends[at]
        if bool(start.strip()) != bool(end.strip()):
            there, lacking = ("start", "end") if start.strip() else ("end", "start")
            yield table.problem(
                at,
                lacking if lacking in table.columns else there,
                f"there is a {there} and no {lacking}",
                "A stretch has both; the whole turn has neither.",
                "Fill both in, or leave both empty.",
            )
        if not (pattern.fullmatch(start) and pattern.fullmatch(end)):
            continue
        text = texts.get(turn_id, "")
        if int(start) >= int(end):
            yield table.problem(
                at,
                "end",
                f"the stretch from {start} to {end} holds no character",
                "The end is the count of characters up to it, so it is greater than the start.",
                "Correct one of the two, or leave both empty for the whole turn.",
            )
        elif text and int(end) > len(text):
            yield table.problem(
                at,
                "end",
                f"the stretch ends at {end}, beyond the text",
                f"The text of {quoted(turn_id)} has {len(text)} characters.",
                "Correct the stretch, or leave both ends empty for the whole turn.",
            )


class _Asked(NamedTuple):
    """A question of the tables: what it is, which turns it is about, and its options."""

    at: int
    kind: str
    first: str
    last: str
    options: list[int]


def _asks(tables: Mapping[str, Table]) -> bool:
    """Whether the questions can be answered, and are not a mere list."""
    questions = tables.get("questions")
    return questions is not None and ("kind" in questions.columns or "options" in tables)


def _questions(tables: Mapping[str, Table]) -> dict[str, _Asked]:
    """The questions that are well named, each with the places of its options."""
    table, options = tables.get("questions"), tables.get("options")
    if table is None or not set(_ASKING) <= set(table.columns):
        return {}
    columns = table.columns
    lasts = columns.get("last_turn_id", columns["turn_id"])
    found: dict[str, _Asked] = {}
    for at, name in table.cells("question_id"):
        first, last = columns["turn_id"][at], lasts[at]
        found.setdefault(name, _Asked(at, columns["kind"][at], first, last or first, []))
    if options is not None and "question_id" in options.columns:
        for at, name in options.cells("question_id"):
            if name in found:
                found[name].options.append(at)
    return found


def _order_of_turns(tables: Mapping[str, Table]) -> dict[str, int]:
    """Each turn's place in reading order; empty where the turns are not known."""
    turns = tables.get("turns")
    if turns is None or "turn_id" not in turns.columns:
        return {}
    return {turn: at for at, turn in enumerate(turns.columns["turn_id"])}


def _unknown_questions(table: Table) -> Iterator[Problem]:
    """Questions of a kind that there is not, and questions from which nothing is learnt."""
    near = _nearest(ASKED)
    silent = [""] * len(table.rows)
    feedback = table.columns.get("feedback", silent)
    for at, kind in table.cells("kind"):
        if kind.strip() and kind not in ASKED:
            yield table.problem(
                at,
                "kind",
                f"the kind {quoted(kind)} is unknown",
                f"Kinds: {', '.join(ASKED)}.",
                near(kind) or "Write one of these.",
            )
        elif kind in ASKED and kind != "open" and not feedback[at].strip():
            yield table.problem(
                at,
                "feedback",
                "there is no feedback",
                "Whoever has answered wants to know why; only an open question can do without.",
                "Say what speaks for the answer, in your own words.",
            )


def _unplaced(table: Table, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Passages that end before they begin, or are too long to be asked about."""
    order = _order_of_turns(tables)
    if "last_turn_id" not in table.columns:
        return
    for at, last in table.cells("last_turn_id"):
        first = table.columns["turn_id"][at]
        if first not in order or last not in order:
            continue
        size = order[last] - order[first] + 1
        if size < 1:
            yield table.problem(
                at,
                "last_turn_id",
                f"the passage ends with {quoted(last)}, before it begins",
                f"It begins with {quoted(first)}, which is read later.",
                "Exchange the two, or leave the last one empty for a single turn.",
            )
        elif size > MOST_ASKED_ABOUT:
            yield table.problem(
                at,
                "last_turn_id",
                f"the passage has {size:,} turns",
                f"A question is about {MOST_ASKED_ABOUT} turns at most.",
                "Name the turns that one has to read for it.",
            )


def _too_long(table: Table) -> Iterator[Problem]:
    for column in ("question", "text", "feedback"):
        for at, value in table.cells(column) if column in table.columns else ():
            if len(value) > LONGEST_ASKED:
                yield table.problem(
                    at,
                    column,
                    f"the cell holds {len(value):,} signs",
                    f"It can hold {LONGEST_ASKED:,}: a question is read beside its passage.",
                    "Shorten it, or make two questions of it.",
                )


def _astray(table: Table) -> Iterator[Problem]:
    """Steps of a route that are interrupted, conversations in two places, reasons too long."""
    steps, talks = table.columns["step_id"], table.columns["conversation_id"]
    first: dict[str, int] = {}
    begun: dict[str, int] = {}
    before = ""
    for at, step in table.cells("step_id"):
        talk = talks[at]
        if step.strip() and step != before and step in begun:
            yield table.problem(
                at,
                "step_id",
                f"the step {quoted(step)} goes on after another has begun",
                "The rows of a step stand together.",
                f"Move the row to row {table.rows[begun[step]]}, or name another step.",
            )
        begun.setdefault(step, at)
        before = step
        if talk.strip() and first.setdefault(talk, at) != at:
            yield table.problem(
                at,
                "conversation_id",
                f"{quoted(talk)} is in the route twice",
                f"Row {table.rows[first[talk]]} has it in the step {quoted(steps[first[talk]])}, "
                "and what was read there would be read here, too.",
                "Take one of the two rows out.",
            )
    for at, why in table.cells("why") if "why" in table.columns else ():
        if len(why) > LONGEST_WHY:
            yield table.problem(
                at,
                "why",
                f"the cell holds {len(why):,} signs",
                f"It can hold {LONGEST_WHY:,}: it is read before the step, not in its place.",
                "Say it in one or two sentences.",
            )


def _unanswerable(table: Table, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Questions whose options do not make up an answer."""
    options = tables.get("options")
    if options is not None and (
        options.damaged or not set(NEEDED["options"]) <= set(options.columns)
    ):
        return
    for name, asked in _questions(tables).items():
        told = _lacking(asked, options)
        if told:
            wrong, expected, remedy = told
            yield table.problem(asked.at, "kind", f"{quoted(name)} {wrong}", expected, remedy)


def _lacking(asked: _Asked, options: Table | None) -> tuple[str, str, str] | None:
    """What the options of a question lack: what is wrong, what was expected, what to do."""
    names, keys = (
        [options.columns[column][at] for at in asked.options]
        if options is not None and column in options.columns
        else []
        for column in ("option", "key")
    )
    right = sum(bool(key.strip()) for key in keys)
    size = len(asked.options)
    if size > MOST_OPTIONS:
        wrong = f"has {size:,} options"
        return wrong, f"There can be {MOST_OPTIONS}.", "Leave out those that ask for little."
    if asked.kind == "open" and size:
        wrong = f"is open and has {size} option{'s' * (size != 1)}"
        return wrong, "An open question has no answer that is right.", "Take the options out."
    if asked.kind in ("choice", "order") and size < 2:
        wrong = f"has {size or 'no'} option{'s' * (size != 1)}"
        expected = f"A question of the kind {asked.kind} has two at least, in options.csv."
        return wrong, expected, "Add the options, or make it an open question."
    if asked.kind == "choice" and not right:
        return (
            "has no option that is right",
            "One option at least has the key 1.",
            "Write 1 as the key of what is right, or make it an open question.",
        )
    if asked.kind == "evidence" and not right:
        return (
            "has no turn that supports it",
            "One option at least names a turn of the passage and has the key 1.",
            "Add the turn to options.csv.",
        )
    if asked.kind == "short" and not right:
        return (
            "has no answer that is accepted",
            "One option at least has an answer as its text and the key 1.",
            "Add the answers to options.csv, or make it an open question.",
        )
    if asked.kind == "line" and not {"from", "to"} <= set(names):
        return (
            "lacks an end of its line",
            'The options "from" and "to" have the words at the two ends as their text.',
            "Add both to options.csv.",
        )
    if asked.kind == "order":
        return _unranked(keys)
    return None


def _unranked(keys: Sequence[str]) -> tuple[str, str, str] | None:
    """What is wrong with the ranks of an order."""
    if any(not regex.fullmatch(r"[1-9]\d?", key, regex.ASCII) for key in keys) or not keys:
        return None if keys else ("has no ranks", "The key is the rank.", "Number the options.")
    ranks = sorted(set(map(int, keys)))
    if ranks == list(range(1, len(ranks) + 1)) and len(ranks) > 1:
        return None
    return (
        f"has the ranks {listed(map(str, ranks))}",
        "They count from 1 to 2 at least, without a gap; options of one rank can change places.",
        "Number the options anew.",
    )


def _repeated_options(table: Table) -> Iterator[Problem]:
    first: dict[tuple[str, str], int] = {}
    names = table.columns["question_id"]
    for at, option in table.cells("option"):
        before = first.setdefault((names[at], _skeleton(option).casefold()), at)
        if before != at and option.strip():
            yield table.problem(
                at,
                "option",
                f"the option {quoted(option)} of {quoted(names[at])} stands twice",
                f"Row {table.rows[before]} has it already.",
                "Give one of the two another name, or take it out.",
            )


_RANGE = regex.compile(r"(\d{1,3})-(\d{1,3})", regex.ASCII)


def span_of(key: str) -> tuple[int, int] | None:
    """The two ends of a stretch of a line from 0 to 100, as a key spells it; None if it is none.

    Examples
    --------
    >>> span_of("60-85"), span_of("85-60")
    ((60, 85), None)
    """
    found = _RANGE.fullmatch(key)
    ends = (int(found[1]), int(found[2])) if found else (1, 0)
    return ends if ends[0] <= ends[1] <= 100 else None


def _misused(table: Table, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Options that their question can make nothing of."""
    order = _order_of_turns(tables)
    for asked in _questions(tables).values():
        if asked.kind == "open":
            continue
        seen: dict[str, int] = {}
        for at in asked.options:
            yield from _misused_option(table, asked, at)
            if asked.kind == "evidence":
                yield from _outside(table, asked, at, order)
            same = _same_option(table, asked.kind, at)
            before = seen.setdefault(same, at)
            if same and before != at:
                column = "turn_id" if asked.kind == "evidence" else "text"
                yield table.problem(
                    at,
                    column,
                    "the option reads like another one of its question",
                    f"Row {table.rows[before]} says the same.",
                    "Take one of the two out, or say what sets them apart.",
                )


_KEYED = {
    "choice": (r"1?", "The key is 1 if the option is right, and empty if it is not."),
    "evidence": (r"1?", "The key is 1 if the turn supports it, and empty if it does not."),
    "short": (r"1?", "The key is 1 if the answer is accepted, and empty if it is not."),
    "order": (r"[1-9]\d?", "The key is the rank: a whole number from 1."),
    "line": ("", "Only the option that is called “key” has one."),
}
"""Kind of a question → the form of an option's key, and what is said of another one."""


def _misused_option(table: Table, asked: _Asked, at: int) -> Iterator[Problem]:
    """What is wrong with one option for itself."""
    columns = table.columns
    option = columns["option"][at]
    key = columns["key"][at] if "key" in columns else ""
    text = columns["text"][at] if "text" in columns else ""
    marks = asked.kind == "line" and option == "key"
    form, expected = _KEYED.get(asked.kind, ("(?s:.*)", ""))
    if marks and span_of(key) is None:
        yield table.problem(
            at,
            "key",
            f"the key is {quoted(key)}",
            "The key of a line is a stretch of it, from 0 to 100: 60-85.",
            "Write where it begins and where it ends, or take the row out if no place is right.",
        )
    elif not marks and not regex.fullmatch(form, key, regex.ASCII):
        remedy = "Correct the key." if asked.kind != "line" else "Empty the cell."
        yield table.problem(at, "key", f"the key is {quoted(key)}", expected, remedy)
    if asked.kind == "line" and option.strip() and option not in ("from", "to", "key"):
        yield table.problem(
            at,
            "option",
            f"a line has no option {quoted(option)}",
            "Options of a line: from, to, key.",
            suggestion(option, ("from", "to", "key")) or "Write one of these.",
        )
    if asked.kind in ("choice", "order", "short", "line") and not marks and not text.strip():
        yield table.problem(
            at,
            "text" if "text" in columns else "option",
            "the option has no text",
            f"An option of the kind {asked.kind} is read.",
            "Write what it says, or take the row out.",
        )
    elif asked.kind == "short" and text.strip() and not tokens(text):
        yield table.problem(
            at,
            "text",
            f"the answer {quoted(text)} has no word",
            "Answers are compared word by word.",
            "Write it in words.",
        )


def _outside(table: Table, asked: _Asked, at: int, order: Mapping[str, int]) -> Iterator[Problem]:
    """An option of an evidence question that is no turn of its passage."""
    turn = table.columns["turn_id"][at] if "turn_id" in table.columns else ""
    passage = quoted(asked.first)
    if asked.last != asked.first:
        passage += f" to {quoted(asked.last)}"
    if not turn.strip():
        yield table.problem(
            at,
            "turn_id" if "turn_id" in table.columns else "option",
            "the option names no turn",
            f"To pick evidence is to pick a turn of the passage: {passage}.",
            "Name the turn.",
        )
    elif {turn, asked.first, asked.last} <= order.keys() and not (
        order[asked.first] <= order[turn] <= order[asked.last]
    ):
        yield table.problem(
            at,
            "turn_id",
            f"{quoted(turn)} is not in the passage",
            f"The question is about {passage}; only a turn of it can be picked.",
            "Name one of these turns, or make the passage longer.",
        )


def _same_option(table: Table, kind: str, at: int) -> str:
    """What two options of a question cannot have in common."""
    column = "turn_id" if kind == "evidence" else "text"
    cell = table.columns[column][at] if column in table.columns else ""
    return cell if kind == "evidence" else " ".join(token.word for token in tokens(cell))
