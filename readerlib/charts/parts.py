"""Which turns the parts of a corpus have, as selections or as places."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from readerlib.corpus import Corpus
from readerlib.selection import Place, Selection


def behind_parts(corpus: Corpus, by: str, values: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The selection of each part's turns; where none can say it, the first of them.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> behind_parts(load("demo"), "speaker", ["Irena"])
    {'Irena': ('speaker=Irena', '')}
    >>> behind_parts(load("demo"), "conversation_id", ["frost-2"])
    {'frost-2': ('chapter=2&part=Spring', '')}
    """
    if by in {facet.name for facet in corpus.descriptor.facets}:
        chosen = corpus.selection
        return {value: (str(chosen.with_facet(by, value)), "") for value in values}
    (names, codes), rows = corpus.parts(by), corpus.rows
    different, at = np.unique(codes, return_index=True)
    # Turns without a value have the code -1.
    first = {
        names[code]: int(rows[i])
        for code, i in zip(different.tolist(), at.tolist(), strict=True)
        if code >= 0
    }
    found = {}
    for value in values:
        row = first[value]
        said = said_by_path(corpus, row) if by == "conversation_id" else None
        place = str(Place(corpus.turn_id(row)))
        found[value] = ("", place) if said is None else (str(corpus.selection & said), "")
    return found


def said_by_path(corpus: Corpus, row: int) -> Selection | None:
    """The selection of the conversation of a row by the path's facets; None if others have them.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> calls = load("calls")
    >>> print(said_by_path(calls, calls.row("leonid-3-01")))
    chapter=3&soldier=Leonid
    >>> said_by_path(calls, calls.row("leonid-0-s01")) is None
    True
    """
    record = corpus.whole.records_of([row])[0]
    where: dict[str, str | Iterable[str]] = {
        facet: record[facet] for facet in corpus.descriptor.path if record[facet]
    }
    if not where:
        return None
    said = Selection.of(where)
    talk = corpus.whole.talk(row)
    return said if len(corpus.whole.select(said)) == talk.last - talk.first else None
