"""Text as HTML: the only place that marks what a search matches."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterable
from html import escape

from readerlib.search import apart, stretches

MASKED = re.compile(r"(?:\w+[-‐-―—–*]{2,}\w*)|\[(?:expletive|obscenity)\]", re.IGNORECASE)
"""A word of strong language as publishers mask it."""


def covered(text: str) -> str:
    """`text` with every masked word of strong language covered wholly.

    Examples
    --------
    >>> covered("What the d--- is this?")
    'What the ▒▒▒ is this?'
    """
    return MASKED.sub("▒▒▒", text)


def marked(text: str, find: Iterable[str] = ()) -> str:
    """`text` escaped, with what the search terms match in ``<mark>``.

    Examples
    --------
    >>> marked("<b>Come home</b>", ["home"])
    '&lt;b&gt;Come <mark>home</mark>&lt;/b&gt;'
    """
    if not find:
        return escape(text)
    parts: list[str] = []
    at = 0
    for start, end in apart(stretches(text, find)):
        parts += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
        at = end
    return "".join([*parts, escape(text[at:])])


def underlined(text: str, spans: Iterable[tuple[int, int]], name: str) -> str:
    """`text` escaped, with these stretches of it in ``<mark>``, of a class of its own.

    Examples
    --------
    >>> underlined("<b>Come home</b>", [(3, 7)], "shared")
    '&lt;b&gt;<mark class="shared">Come</mark> home&lt;/b&gt;'
    """
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts += [escape(text[at:start]), f'<mark class="{escape(name)}">']
        parts += [escape(text[start:end]), "</mark>"]
        at = end
    return "".join([*parts, escape(text[at:])])


def day(date: str) -> str:
    """A date of the form year-month-day, or its beginning, in words; another text as it is.

    Examples
    --------
    >>> day("2022-03-05"), day("2022-03"), day("2022")
    ('5 March 2022', 'March 2022', '2022')
    """
    found = re.fullmatch(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(\d\d))?)?", date, re.ASCII)
    if not found or not found[2]:
        return date
    named = f"{month_name[int(found[2])]} {found[1]}"
    return f"{int(found[3])} {named}" if found[3] else named


def action(what: str, label: str, **data: object) -> str:
    """A small button beside a turn."""
    more = "".join(f' data-{name}="{escape(str(value))}"' for name, value in data.items())
    return f' <button class="more" data-do="{what}"{more}>{escape(label)}</button>'


SAID = {
    "quoted": "quoted",
    "statement": "to the reporters",
    "document": "document",
    "narration": "account",
    "cut": "cut",
}
"""How a turn that is no speech came to be said."""
