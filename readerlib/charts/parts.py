"""Which turns a part of a corpus has, as a selection or as a place."""

from __future__ import annotations

from collections.abc import Iterable

from readerlib.charts.chart import narrowed_by
from readerlib.corpus import Corpus
from readerlib.selection import Place, Selection


def behind_part(corpus: Corpus, by: str, value: str) -> tuple[str, str]:
    """The selection of a part's turns; where none can say it, the first of the turns.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> behind_part(load("demo"), "speaker", "Irena")
    ('speaker=Irena', '')
    >>> behind_part(load("demo"), "conversation_id", "frost-2")
    ('chapter=2&part=Spring', '')
    """
    if not value:
        return "", ""
    if by in {facet.name for facet in corpus.descriptor.facets}:
        return narrowed_by(corpus.selection, {by: value}), ""
    turns = corpus.whole.turns
    mine = turns[turns[by] == value]
    if by == "conversation_id" and (said := said_by_path(corpus, value)) is not None:
        return str(corpus.selection & said), ""
    # The corpus's own rows: what is selected of the part comes first in it.
    for turn_id in mine["turn_id"].tolist():
        if corpus.gap(corpus.row(turn_id)) is None:
            return "", str(Place(turn_id))
    return "", ""


def said_by_path(corpus: Corpus, conversation_id: str) -> Selection | None:
    """The selection of one conversation by the facets of the path; None if they say others too.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> print(said_by_path(load("calls"), "leonid-3"))
    chapter=3&soldier=Leonid
    >>> said_by_path(load("calls"), "leonid-0") is None
    True
    """
    whole = corpus.whole
    turns = whole.turns
    mine = turns.index[turns["conversation_id"] == conversation_id]
    first = whole.records_of([int(mine[0])])[0]
    where: dict[str, str | Iterable[str]] = {
        facet: first[facet] for facet in corpus.descriptor.path if first[facet]
    }
    if not where:
        return None
    said = Selection.of(where)
    return said if len(whole.select(said)) == len(mine) else None
