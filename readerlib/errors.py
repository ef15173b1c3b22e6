"""What a problem is, and how it is written so that a person can mend it.

The tree::

    ReaderError            anything a person can put right; a ValueError
    ├── FormatError        a file or a table does not say what it should
    ├── SelectionError     a selection, place or link names what is not there
    ├── TextMissing        the published words are needed and not attached
    └── AlignmentError     a copy is not the article, or not enough of it

Every message has the shape **where: what is wrong. / what was expected or found. /
what to do.**  A programmer's mistake stays a plain ``TypeError``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

SHOWN = 20
"""How many problems one message spells out; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where it stands, what it is, what was expected, what to do.

    Parameters
    ----------
    wrong : str
        What is wrong, as a clause: "the cell is empty".
    expected : str
        What was expected, or what was found.
    remedy : str
        What the person can do about it.
    path : str
        The file, as the person named it; empty where there is none.
    row : int or None
        Row as a spreadsheet shows it: the header is row 1.
    line : int or None
        Line of a text file; the first is 1.
    column : str or None
        Name of the column.

    Examples
    --------
    >>> print(Problem("the cell is empty", "Every turn needs a speaker.",
    ...               'If the speaker is not known, write "unknown".',
    ...               path="turns.csv", row=214, column="speaker_id"))
    turns.csv, row 214, column "speaker_id": the cell is empty.
      Every turn needs a speaker.
      If the speaker is not known, write "unknown".
    """

    wrong: str
    expected: str = ""
    remedy: str = ""
    path: str = ""
    row: int | None = None
    line: int | None = None
    column: str | None = None

    @property
    def where(self) -> str:
        """The place in words: file, row or line, column."""
        parts = [self.path] if self.path else []
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.column is not None:
            parts.append(f'column "{self.column}"')
        return ", ".join(parts)

    def __str__(self) -> str:
        """The message: first line where and what, then expected and remedy, indented."""
        first = f"{self.where}: {self.wrong}" if self.where else self.wrong
        lines = [first if first.endswith((".", "?", "!")) else first + "."]
        lines += [f"  {part}" for part in (self.expected, self.remedy) if part]
        return "\n".join(lines)


class ReaderError(ValueError):
    """Something a person can put right, with every problem found, not just the first.

    Parameters
    ----------
    problems : Problem or iterable of Problem
        At least one.

    Attributes
    ----------
    problems : tuple of Problem
    path, row, column
        Those of the first problem.

    Examples
    --------
    >>> error = ReaderError(Problem("no corpus of this name", remedy="Try “demo”."))
    >>> error.problems[0].remedy
    'Try “demo”.'
    """

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__(written(self.problems))

    def __reduce__(self) -> tuple[type[Self], tuple[tuple[Problem, ...]]]:
        """Pickle by the problems, since the message alone does not rebuild the error."""
        return type(self), (self.problems,)

    @property
    def path(self) -> str:
        """The file of the first problem."""
        return self.problems[0].path

    @property
    def row(self) -> int | None:
        """The row of the first problem."""
        return self.problems[0].row

    @property
    def column(self) -> str | None:
        """The column of the first problem."""
        return self.problems[0].column


class FormatError(ReaderError):
    """A file or a table does not say what it should.

    Examples
    --------
    >>> FormatError(Problem("it is empty", path="turns.csv")).path
    'turns.csv'
    """


class SelectionError(ReaderError):
    """A selection, a place or a link names something that is not there.

    Examples
    --------
    >>> isinstance(SelectionError(Problem("no such facet")), ValueError)
    True
    """


class TextMissing(ReaderError):  # noqa: N818 - what is missing reads better than an Error
    """The published words are needed here and are not attached.

    Examples
    --------
    >>> isinstance(TextMissing(Problem("no words")), ReaderError)
    True
    """


class AlignmentError(ReaderError):
    """A copy is not the article it is offered as, or not enough of it to be attached.

    Examples
    --------
    >>> isinstance(AlignmentError(Problem("another text")), ReaderError)
    True
    """


def written(problems: Sequence[Problem]) -> str:
    """The problems as one message: at most 20 in full, the rest counted.

    Examples
    --------
    >>> print(written([Problem(f"fault {i}") for i in range(22)]).splitlines()[-1])
    and 2 more problems of 22.
    """
    lines = [str(problem) for problem in problems[:SHOWN]]
    if len(problems) > SHOWN:
        lines.append(f"and {len(problems) - SHOWN} more problems of {len(problems)}.")
    return "\n".join(lines)


def quoted(value: object) -> str:
    """The offending value as a person may recognise it: in quotes, cut at 60 characters.

    Examples
    --------
    >>> quoted("a" * 100)[-5:]
    'aaa…"'
    """
    text = "".join(
        c if c.isprintable() else c.encode("unicode_escape", "replace").decode()
        for c in str(value)[:80]
    )
    return f'"{text[:60]}…"' if len(text) > 60 or len(str(value)) > 80 else f'"{text}"'


def suggestion(value: str, known: Iterable[str]) -> str:
    """A question that names the nearest real value, or an empty string if none is near.

    Examples
    --------
    >>> suggestion("mohter", ["mother", "wife"])
    'Did you mean "mother"?'
    """
    by_folded = {name.casefold(): name for name in known}
    word = value.casefold()
    if len(word) > 200:
        return ""
    close = difflib.get_close_matches(word, by_folded, n=1, cutoff=0.6)
    if not close:
        close = [name for name in by_folded if word and (word in name or name in word)][:1]
    return f"Did you mean {quoted(by_folded[close[0]])}?" if close else ""


def listed(values: Iterable[str], most: int = 12) -> str:
    """The values, separated by commas; where there are many, the first ones and a count.

    Examples
    --------
    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    every = list(values)
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"


def plural(number: int, what: str) -> str:
    """A number with what it is a number of.

    Examples
    --------
    >>> plural(1, "turn"), plural(1200, "turn")
    ('1 turn', '1,200 turns')
    """
    return f"{number:,} {what}{'s' * (number != 1)}"
