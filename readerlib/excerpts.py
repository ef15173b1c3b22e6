"""Turns as plain text to copy: never without speaker, place, source and what was left out."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

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
    first, last = corpus.span(place)
    veiled = corpus.veiled(corpus.asked(notices), range(first, last))
    records = corpus.whole.records(first, last)
    headings = corpus.headings()
    around = list(corpus.around(place, 1, 1).index)
    lines = [LEFT_OUT if around[0] < first else "[The conversation begins.]"]
    talk = records[0]["conversation_id"]
    for row, record in enumerate(records, first):
        if record["conversation_id"] != talk:
            talk = record["conversation_id"]
            lines += ["", str(headings[talk])]
        if row in veiled:
            lines.append(not_shown([record], veiled[row]))
        else:
            lines.append(_line(record, place))
    lines.append(LEFT_OUT if around[-1] >= last else "[The conversation ends.]")
    return "\n".join([*lines, "", corpus.cite(place, accessed=accessed)])


def _line(record: Mapping[str, Any], place: Place) -> str:
    """Who speaks and how, then what is said."""
    if record["kind"] == "cut":
        return "[Here something is left out by the publisher.]"
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
    return f"{named}{manner}: {said}".rstrip()
