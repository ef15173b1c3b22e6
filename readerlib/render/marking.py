"""Text as HTML: the only place that marks what a search matches, and what a reader noted."""

from __future__ import annotations

import re
from bisect import bisect_right
from calendar import month_name
from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

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
    return painted(text, hits=apart(stretches(text, find))) if find else escape(text)


class Stretch(NamedTuple):
    """Words of a turn that a note is on, in code points.

    Examples
    --------
    >>> Stretch(0, 4, "yellow", "a1").colour
    'yellow'
    """

    start: int
    end: int
    colour: str
    note_id: str


def masks(text: str) -> list[tuple[int, int]]:
    """Where masked strong language stands.

    Examples
    --------
    >>> masks("What the d--- is this?")
    [(9, 13)]
    """
    return [found.span() for found in MASKED.finditer(text)]


def painted(
    text: str,
    *,
    hits: Sequence[tuple[int, int]] = (),
    noted: Sequence[Stretch] = (),
    covered: Sequence[tuple[int, int]] = (),
    within: tuple[int, int] | None = None,
) -> str:
    """`text` escaped, with stretches of several kinds marked at once; they may overlap.

    Parameters
    ----------
    text : str
    hits : sequence of (int, int)
        What a search matches, in order and apart: each one plain ``<mark>``.
    noted : sequence of Stretch
        What notes are on: ``<mark class="noted …">``, cut where a hit begins or ends, within
        the hit's own mark.
    covered : sequence of (int, int)
        What is covered, in order and apart.  It keeps its length for who counts the code
        points, and a stretch that begins or ends in it takes it in wholly.
    within : (int, int), optional
        Only this part of the text.

    Examples
    --------
    >>> painted("Come home", hits=[(5, 9)])
    'Come <mark>home</mark>'
    >>> painted("ab", hits=[(0, 1)], noted=[Stretch(0, 2, "blue", "n")]).count("noted blue")
    2
    >>> painted("d--- it", covered=[(0, 4)])
    '<span class="masked" data-length="4">▒▒▒</span> it'
    """
    first, last = within or (0, len(text))
    hits = apart(sorted(_grown(start, end, covered) for start, end in hits))
    noted = [
        one._replace(start=start, end=end)
        for one in noted
        for start, end in [_grown(one.start, min(one.end, len(text)), covered)]
        if start < end
    ]
    edges = {first, last}
    for start, end in [*hits, *((one.start, one.end) for one in noted), *covered]:
        edges |= {max(first, min(start, last)), max(first, min(end, last))}
    begun = {start for start, _ in hits}
    ended = {end for _, end in hits}
    parts = []
    for start, end in pairwise(sorted(edges)):
        piece = escape(text[start:end])
        if any(a <= start < b for a, b in covered):
            piece = f'<span class="masked" data-length="{end - start}">▒▒▒</span>'
        on = [one for one in noted if one.start <= start and end <= one.end]
        if on:
            ids = escape(" ".join(dict.fromkeys(one.note_id for one in on)))
            look = escape(on[-1].colour or "plain") + " several" * (len(on) > 1)
            piece = f'<mark class="noted {look}" data-notes="{ids}">{piece}</mark>'
        parts += ["<mark>" * (start in begun), piece, "</mark>" * (end in ended)]
    return "".join(parts)


def _grown(start: int, end: int, covered: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """A stretch that takes in wholly what is covered at its ends."""
    begins = [one[0] for one in covered]

    def over(at: int) -> tuple[int, int] | None:
        number = bisect_right(begins, at) - 1
        found = covered[number] if number >= 0 else None
        return found if found and found[0] < at < found[1] else None

    at_start, at_end = over(start), over(end)
    return (at_start[0] if at_start else start, at_end[1] if at_end else end)


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
