"""Every hit of a search with the words around it: the concordance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import pandas as pd

from readerlib.corpus import Corpus
from readerlib.errors import Problem, SelectionError, quoted, suggestion
from readerlib.notices import Notices
from readerlib.search import stretches
from readerlib.text import tokens

SORTS = ("text", "left", "right")
"""In which orders a concordance can stand."""


def kwic(
    corpus: Corpus,
    query: str | Iterable[str],
    *,
    window: int = 8,
    sort: Literal["text", "left", "right"] = "text",
    notices: Notices = "ask",
    most: int | None = None,
) -> pd.DataFrame:
    """Every hit of a search with the words around it: a concordance.

    See how a word is used, by whom, and beside which other words.  The hits are those of
    ``corpus.select(find=query)``: same turns, same stretches, same marks in the Reader.
    Where a turn's words are not attached its summary is searched, and the row says so.

    Parameters
    ----------
    corpus : Corpus
        Its selected turns are searched.
    query : str or iterable of str
        As ``find`` of :class:`Selection`: a word, a phrase, ``com*``, or a ``/pattern/``;
        of several, a turn must hold all.
    window : int
        How many words at most on either side of the hit.  The context is cut between words
        and never leaves the turn; :meth:`Corpus.around` gives the turns beside it.
    sort : {"text", "left", "right"}
        Reading order; or by the words before the hit, the nearest first; or by those after
        it.  Words are compared folded, by code point; equal ones stand in reading order.
        By context, hits that are kept back come last, in reading order.
    notices : "ask", "show" or mapping of str to either
        As in :func:`readerlib.notices.asked`.  A hit in a turn that is asked about is a row
        like any other, so that counts hold, but without its words.  :attr:`Corpus.turns` and
        :meth:`Corpus.records` are the data as they are, and keep nothing back.
    most : int, optional
        How many turns at most, the first ones in reading order; left out, all.  A frequent
        word in millions of turns has more lines than memory holds.

    Returns
    -------
    DataFrame
        One row per hit; without a hit, no row.

        ``turn_id``, ``conversation_id`` : str
        the facets of the corpus's path, such as ``soldier`` and ``chapter`` : str, or missing
        ``position`` : int, the turn's place in its conversation, from 1
        ``speaker`` : str; ``role`` : str, or missing; ``kind`` : str
        ``of`` : str, ``words`` if the turn's words were searched, ``summary`` if its gist
        ``left``, ``hit``, ``right`` : str, as they stand; joined they are a stretch of the
            turn; missing where the turn is kept back
        ``start``, ``end`` : int, the hit in code points of what was searched, or missing
        ``notice`` : str, the topics for which the turn is kept back, or missing

    Raises
    ------
    SelectionError
        If a pattern cannot be read or takes too long, or `sort` is none of the three.
    ReaderError
        If the profile of notices cannot be read.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> lines = kwic(load("demo"), "apples", window=2)
    >>> lines[["turn_id", "speaker", "of", "left", "hit", "right"]]
          turn_id    speaker     of        left     hit       right
    0  frost-1-03      Irena  words  count the   apples   yet. Your
    1  frost-3-02  Neighbour  words  these the   apples   that were
    """
    if sort not in SORTS:
        raise SelectionError(
            Problem(
                f"no order {quoted(sort)}",
                f"Orders: {', '.join(SORTS)}.",
                suggestion(str(sort), SORTS) or "Name one of these.",
            )
        )
    terms = [query] if isinstance(query, str) else list(query)
    path = corpus.descriptor.path
    columns = ["turn_id", "conversation_id", *path, "position", "speaker", "role", "kind", "of"]
    columns += ["left", "hit", "right", "start", "end", "notice"]
    topics = corpus.asked(notices)
    # No term at all would select every turn, and mark nothing in any.
    found = corpus.select(find=terms) if any(terms) else None
    lines: list[dict[str, Any]] = []
    keys: list[tuple[bool, list[str]]] = []
    last = None
    if found is not None and most is not None and most < len(found):
        last = found.nth(most - 1) + 1 if most > 0 else 0
    for record in found.records(0, last) if found is not None and len(found) else ():
        in_words = record["text"] is not None
        said = str(record["text"] if in_words else record["gist"] or "")
        told = {name: record[name] for name in columns if name in record}
        told["of"] = "words" if in_words else "summary"
        kept = [topic for topic in record["notices"] if topic in topics]
        if kept:
            behind = [told | {"notice": ", ".join(kept)}] * len(stretches(said, terms))
            lines += behind
            # Not sorted by the words around: their order would tell something of them.
            keys += [(True, []) for _ in behind] if sort != "text" else []
            continue
        words = tokens(said)
        for start, end in stretches(said, terms):
            # A pattern may begin or end inside a word, whose rest is then context.
            before = [word for word in words if word.start < start]
            after = [word for word in words if word.end > end]
            shown = max(window, 0)
            first = before[-shown].start if 0 < shown <= len(before) else 0 if shown else start
            last = after[shown - 1].end if 0 < shown <= len(after) else len(said) if shown else end
            lines.append(
                told
                | {"left": said[first:start], "hit": said[start:end], "right": said[end:last]}
                | {"start": start, "end": end}
            )
            if sort == "left":
                keys.append((False, [word.word for word in reversed(tokens(said[:start]))]))
            elif sort == "right":
                keys.append((False, [word.word for word in tokens(said[end:])]))
    order = sorted(range(len(lines)), key=keys.__getitem__) if keys else range(len(lines))
    table = pd.DataFrame([lines[i] for i in order], columns=columns)
    # The same whatever is kept back, nothing or all.
    types = dict.fromkeys(["left", "hit", "right", "notice"], "str")
    return table.astype(types | {"start": "Int64", "end": "Int64"})
