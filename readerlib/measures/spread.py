"""How evenly a word is spread over the parts of a corpus, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from readerlib.corpus import Corpus
from readerlib.errors import Problem, SelectionError, quoted
from readerlib.index import Array
from readerlib.measures.counting import among, with_words
from readerlib.search import is_pattern, wanted

_AT_A_TIME = 1 << 18

RARE = 5
"""Words said less often are not listed: however they are spread, it says nothing."""


def dispersion(
    corpus: Corpus, words: str | Iterable[str] | None = None, parts: str = "conversation_id"
) -> pd.DataFrame:
    """How evenly words are spread over the parts of the selected turns.

    Told are counts, never a passage, so that no notice keeps a word back.

    Parameters
    ----------
    corpus : Corpus
        Each selected turn with its words; a cut has none and is passed over.
    words : str or iterable of str, optional
        Words, phrases, or ``com*``, as :func:`readerlib.measures.kwic` finds them; left out,
        every word that is said at least five times.
    parts : str
        What makes a part, as ``by`` in :func:`readerlib.measures.speech_share`.  Turns without
        a value are a part of their own; a part without a word is none.

    Returns
    -------
    DataFrame
        One row per word; those asked for in their order, or else the most frequent first,
        equal ones by code point.  Index ``word``.

        ``count`` : int, occurrences
        ``parts`` : int, in how many parts
        ``dp`` : float, 0 as evenly as the parts are large, towards 1 all in a small part
        ``dp_norm`` : float, the same stretched so that 1 is reached
        ``juilland_d`` : float, 1 evenly, 0 all in one part: it runs the other way

        The last three are missing where there is nothing to compare: a word that is not said,
        or a single part.

    Raises
    ------
    TextMissing
        If a selected turn has a summary and no words.
    SelectionError
        If there is no such facet, a turn can have several values of it, or something asked
        for is a pattern or no word.

    Notes
    -----
    With s the share of all words that a part has and v the share of the word's occurrences,
    DP is half the sum of abs(v - s) over the parts (Gries 2008, "Dispersions and adjusted
    frequencies in corpora", International Journal of Corpus Linguistics 13:4).  ``dp_norm`` is
    DP / (1 - the smallest s) (Lijffijt and Gries 2012, the same journal 17:1).  Juilland's D
    is 1 - V / sqrt(n - 1), V the standard deviation of the word's frequencies per word in the
    n parts, divided by their mean (Juilland and Chang-Rodríguez 1964, as Gries 2008 gives it
    for parts that differ in size).

    A word that is said n times can be in n parts at most, so a rare word looks uneven: compare
    words that are about as frequent.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> dispersion(load("demo"), ["the", "apples"]).round(2)
            count  parts    dp  dp_norm  juilland_d
    word
    the        19      3  0.14     0.20        0.79
    apples      2      2  0.38     0.53        0.49
    """
    rows = with_words(corpus)
    index = corpus.word_index
    part = _part_of(corpus, rows, parts)
    sizes = np.bincount(part[rows], index.sizes()[rows], minlength=1).astype(np.int64)
    mask = among(corpus, rows)
    if words is None:
        number, row, count = index.pairs(mask)
        # The first one gives the columns where no word is said.
        tables = [_spread(number[:0], part[:0], count[:0], 0, sizes)]
        for some in _stretches(number):
            first, last = (int(n) for n in (number[some.start], number[some.stop - 1]))
            told = number[some] - first, part[row[some]], count[some]
            tables.append(_spread(*told, last + 1 - first, sizes).set_axis(range(first, last + 1)))
        table = pd.concat(tables)
        table = table[table["count"] >= RARE]
        table = table.iloc[np.argsort(-table["count"].to_numpy(), kind="stable")]
        return _named(table, index.vocabulary(table.index.tolist()))
    terms = [words] if isinstance(words, str) else list(words)
    hits = [index.hits(literal(term))[0] for term in terms]
    hits = [found[mask[found]] for found in hits]
    number = np.repeat(np.arange(len(terms)), [len(found) for found in hits])
    where = part[np.concatenate([*hits, np.empty(0, np.intp)]).astype(np.intp)]
    return _named(_spread(number, where, np.ones_like(number), len(terms), sizes), terms)


def occurrences(corpus: Corpus, term: str, by: str | None = None) -> pd.DataFrame:
    """Where a term stands in the selected turns, counted in words: the marks of a barcode.

    The hits are those of :func:`readerlib.measures.kwic`: where a turn's words are not
    attached its summary is searched and its words are counted, and the row says so.  No word of
    a turn is told, so that no notice keeps a hit back.

    Parameters
    ----------
    corpus : Corpus
        Its selected turns are searched, and the words of all of them counted.
    term : str
        A word, a phrase, or ``com*``.
    by : str, optional
        What makes a part, as in :func:`readerlib.measures.speech_share`; left out, there is
        one, all selected turns.

    Returns
    -------
    DataFrame
        One row per hit, in reading order.

        a column named as `by` : str, or missing; only where it is given
        ``turn_id`` : str
        ``row`` : int, the turn's row in the whole corpus
        ``at`` : int, how many words of the part's selected turns stand before the hit
        ``of`` : int, how many words they have
        ``read`` : str, ``words`` if the turn's words were searched, ``summary`` if its gist

    Raises
    ------
    SelectionError
        If the term is a pattern or no word, or there is no such facet.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> occurrences(load("demo"), "basket")
          turn_id  row   at   of   read
    0  frost-1-03    2   60  217  words
    1  frost-1-04    3   63  217  words
    2  frost-3-01   10  178  217  words
    """
    index, rows = corpus.word_index, corpus.rows
    found, first = index.hits(literal(term))
    kept = among(corpus, rows)[found]
    found, first = found[kept].astype(np.intp), first[kept].astype(np.int64)
    order = np.lexsort((first, found))
    found, first = found[order], first[order]
    names, codes = corpus.parts(by) if by else ([], np.full(len(rows), -1))
    sizes = index.sizes()[rows]
    # Turns part by part, each in reading order: how many words stand before each.
    together = np.argsort(codes, kind="stable")
    ends = np.cumsum(sizes[together])
    totals = np.bincount(codes + 1, sizes, minlength=len(names) + 1).astype(np.int64)
    before = np.empty(len(rows), np.int64)
    before[together] = ends - sizes[together]
    before -= (np.cumsum(totals) - totals)[codes + 1]
    at = np.searchsorted(rows, found)
    # Column by column: a row for each hit would hold its turn's words as often as it is hit.
    turns = corpus.turns
    said = np.asarray(turns["text"] != "") if "text" in turns else np.zeros(len(turns), bool)
    table = pd.DataFrame(
        {
            "turn_id": pd.Series(turns["turn_id"].iloc[at].tolist(), dtype=str),
            "row": found,
            "at": before[at] + first,
            "of": totals[codes[at] + 1],
            "read": pd.Series(np.where(said[at], "words", "summary"), dtype=str),
        }
    )
    if by:
        told: list[str | None] = [None, *names]
        table.insert(0, by, pd.Series([told[n + 1] for n in codes[at].tolist()], dtype=str))
    return table


def _named(table: pd.DataFrame, words: list[str]) -> pd.DataFrame:
    """The table with words as its index."""
    return table.set_axis(pd.Index(words, name="word", dtype=str))


def _part_of(corpus: Corpus, rows: Array, by: str) -> Array:
    """For every row of the whole corpus the part of it, numbered from 0; of others, nothing."""
    _, codes = corpus.parts(by)
    codes = codes[np.searchsorted(corpus.rows, rows)]
    _, numbers = np.unique(codes, return_inverse=True)
    part = np.zeros(len(corpus.whole), np.intp)
    part[rows] = numbers
    return part


def literal(term: str) -> str:
    """The term, if it can be counted."""
    if is_pattern(term) or not wanted(term):
        what = "is a pattern" if is_pattern(term) else "holds no letter and no digit"
        raise SelectionError(
            Problem(
                f"{quoted(term)} {what}",
                "Counted are words, phrases, and words with an open ending, such as com*.",
                "Write it as one of these; kwic finds patterns, too.",
            )
        )
    return term


def _spread(number: Array, where: Array, count: Array, words: int, sizes: Array) -> pd.DataFrame:
    """Counts and dispersion of words, from pairs of a word and a part.

    Parameters
    ----------
    number, where, count : array
        A word, a part, and how often; the same pair may come several times.
    words : int
        How many words there are.
    sizes : array
        How many words each part has.
    """
    filled = np.cumsum(sizes > 0) - 1
    where, sizes = filled[where], sizes[sizes > 0].astype(float)
    n, total = len(sizes), sizes.sum()
    share = sizes / total if n else sizes
    number, where, count = _joined(number, where, count, n)

    def added(parts: Array | None = None) -> Array:
        return np.bincount(number, parts, minlength=words)

    counts, held = added(count), added()
    of, here, often = count / counts[number], share[where], count / sizes[where]
    dp = (added(np.abs(of - here) - here) + 1) / 2
    mean = added(often) / max(n, 1)
    # Parts without the word differ from the mean by all of it.
    square = (added((often - mean[number]) ** 2) + (n - held) * mean**2) / max(n, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        vary = np.sqrt(square) / mean
        even = 1 - vary / np.sqrt(n - 1) if n > 1 else np.full(words, np.nan)
    dp[(counts == 0) | (n < 2)] = np.nan
    return pd.DataFrame(
        {
            "count": counts.astype(np.int64),
            "parts": held,
            "dp": np.maximum(dp, 0),
            "dp_norm": np.maximum(dp, 0) / (1 - share.min()) if n > 1 else dp,
            "juilland_d": np.where(counts > 0, np.maximum(even, 0), np.nan),
        }
    )


def _stretches(number: Array) -> Iterator[slice]:
    """Pairs that stand by word, some at a time, so that those of a word stay together."""
    at = 0
    while at < len(number):
        last = number[min(at + _AT_A_TIME, len(number)) - 1]
        end = int(np.searchsorted(number, last, side="right"))
        yield slice(at, end)
        at = end


def _joined(number: Array, where: Array, count: Array, parts: int) -> tuple[Array, Array, Array]:
    """The pairs, each once, with how often in all."""
    both = number * np.int64(parts) + where
    if (both[1:] < both[:-1]).any():
        order = np.argsort(both, kind="stable")
        number, where, count, both = number[order], where[order], count[order], both[order]
    again = np.zeros(len(both), bool)
    np.equal(both[1:], both[:-1], out=again[1:])
    more = np.flatnonzero(again)
    first = ~again
    joined = count[first]
    np.add.at(joined, more - np.arange(1, len(more) + 1), count[more])
    return number[first], where[first], joined
