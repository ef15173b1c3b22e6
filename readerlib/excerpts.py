"""Turns as plain text to copy: never without speaker, place, source and what was left out."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

from readerlib.corpus import Corpus
from readerlib.notices import Notices, not_shown
from readerlib.selection import Place

LEFT_OUT = "[…]"
"""Stands where more is said than is copied."""


def excerpt(
    corpus: Corpus,
    place: Place | str,
    *,
    accessed: datetime.date | None = None,
    notices: Notices = "ask",
) -> str:
    """A turn, a stretch of it, or several turns as text that can go anywhere.

    Who speaks stands before every turn, ``[…]`` where the conversation goes on before or
    after, and below it the citation with how the words were edited.  A summary is called
    one, and has no quotation marks.  For a turn behind a notice stands a line with its topic,
    speaker and length.

    Parameters
    ----------
    corpus : Corpus
        Whether the turns are selected does not matter.
    place : Place or str
    accessed : date, optional
        As in :meth:`Corpus.cite`.
    notices : "ask", "show" or mapping of str to either
        As in :func:`readerlib.notices.asked`; "show" copies every turn.

    Raises
    ------
    SelectionError
        If the place is not in the corpus.
    ReaderError
        If the profile of notices cannot be read.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> lines = excerpt(load("calls"), "ivan-2-02..ivan-2-04").splitlines()
    >>> [line.partition(":")[0] for line in lines[:5]]
    ['[…]', 'Olya, girlfriend (summary)', 'Ivan, soldier (summary)',
     'Olya, girlfriend (summary)', '[…]']
    >>> excerpt(load("demo"), "frost-2-04").splitlines()[1]
    '[Not shown. One turn by Neighbour, 14 words: injury]'
    """
    place = Place.parse(place) if isinstance(place, str) else place
    lines: list[str] = []
    for part in parts(corpus, place, notices=notices):
        lines += ["", part.text] if part.of == "heading" else [str(part)]
    return "\n".join([*lines, "", corpus.cite(place, accessed=accessed)])


class Part(NamedTuple):
    """One turn of an excerpt, or what stands between turns.

    ``who`` says it and how, empty where nobody speaks; ``row`` is that of the turn; ``of`` says
    what ``text`` is: words, summary, notice, cut, heading or gap.

    Examples
    --------
    >>> print(Part("Irena, mother", "Two baskets.", 13, "words"))
    Irena, mother: Two baskets.
    """

    who: str
    text: str
    row: int | None
    of: str

    def __str__(self) -> str:
        """The part as a line."""
        return f"{self.who}: {self.text}".rstrip() if self.who else self.text


def parts(corpus: Corpus, place: Place | str, *, notices: Notices = "ask") -> list[Part]:
    """The same excerpt, turn by turn and without its citation.

    Raises
    ------
    SelectionError
        If the place is not in the corpus.
    ReaderError
        If the profile of notices cannot be read.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> [part.of for part in parts(load("demo"), "frost-2-03..frost-2-05")]
    ['gap', 'words', 'notice', 'cut', 'gap']
    """
    place = Place.parse(place) if isinstance(place, str) else place
    first, last = corpus.span(place)
    veiled = corpus.veiled(corpus.asked(notices), range(first, last))
    records = corpus.whole.records(first, last)
    headings = corpus.headings()
    around = list(corpus.around(place, 1, 1).index)
    found = [Part("", LEFT_OUT if around[0] < first else "[The conversation begins.]", None, "gap")]
    talk = records[0]["conversation_id"]
    for row, record in enumerate(records, first):
        if record["conversation_id"] != talk:
            talk = record["conversation_id"]
            found.append(Part("", str(headings[talk]), None, "heading"))
        if row in veiled:
            found.append(Part("", not_shown([record], veiled[row]), row, "notice"))
        else:
            found.append(_part(record, place, row))
    end = LEFT_OUT if around[-1] >= last else "[The conversation ends.]"
    return [*found, Part("", end, None, "gap")]


def _part(record: Mapping[str, Any], place: Place, row: int) -> Part:
    """Who speaks and how, and what is said."""
    if record["kind"] == "cut":
        return Part("", "[Here something is left out by the publisher.]", row, "cut")
    speaker, role = str(record["speaker"]), str(record["role"] or "")
    named = f"{speaker}, {role}" if role and role.casefold() != speaker.casefold() else speaker
    how = [record["kind"]] if record["kind"] != "speech" else []
    said = record["text"]
    if said is None:
        said = record["gist"] or ""
        how.append("summary" if said else "no words, no summary")
    if place.end is not None:
        before = f"{LEFT_OUT} " if place.start else ""
        after = f" {LEFT_OUT}" if place.end < len(said) else ""
        said = f"{before}{said[place.start : place.end].strip()}{after}"
    manner = f" ({'; '.join(how)})" if how else ""
    of = "words" if record["text"] is not None else "summary"
    return Part(f"{named}{manner}", said, row, of)
