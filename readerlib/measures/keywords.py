"""Words that are typical: of one selection against another, or of what stands near a term."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from readerlib.corpus import Corpus
from readerlib.errors import Problem, SelectionError, quoted
from readerlib.index import Array
from readerlib.measures.counting import among, with_words
from readerlib.measures.formulas import chance, drawn, for_all, log_likelihood, log_ratio
from readerlib.measures.spread import literal
from readerlib.search import wanted

EXPECTED = 5
"""Words that would be expected less often on either side are not listed."""

LEVEL = 0.05
"""The level of the whole list: as often something stands out at most where nothing differs."""


def keyness(target: Corpus, reference: Corpus) -> pd.DataFrame:
    """Which words are typical of one selection, and which of another.

    Parameters
    ----------
    target, reference : Corpus
        Two selections of one corpus, or two corpora; each selected turn with its words, cuts
        passed over.  They may overlap, and a turn that is in both then counts on both sides:
        that makes them more alike, never less.

    Returns
    -------
    DataFrame
        One row per word that would be expected at least five times on either side if there
        were no difference; rarer ones are not listed.  Those that stand out first, then by the
        size of the difference, the largest first, whichever side it is on; equal ones by G²,
        then by code point.  Index ``word``.

        ``target``, ``reference`` : int, occurrences on either side
        ``target_turns``, ``reference_turns`` : int, how many turns hold the word
        ``log_ratio`` : float, how many times its frequency doubles from reference to target;
            negative where it is typical of the reference
        ``log_likelihood`` : float, G²
        ``p`` : float, how likely one of all words listed differs so much by chance
        ``stands_out`` : bool, whether ``p`` is below 0.05

    Raises
    ------
    TextMissing
        If a selected turn has a summary and no words.
    SelectionError
        If one of the two has no word at all.

    Notes
    -----
    Log ratio as in Hardie 2014, G² in two terms as in Rayson and Garside 2000: see
    :mod:`readerlib.measures.formulas`.

    G² takes each word for a draw of its own, but people repeat themselves within a turn, and
    so it finds differences where there are none (Lijffijt et al. 2016, "Significance testing
    of word frequencies in corpora", Digital Scholarship in the Humanities 31:2).  ``p`` is
    therefore the largest of three chances: that of G²; that of as many target turns holding
    the word if the turns had been dealt out at random (hypergeometric, exact, one tail
    doubled); and that of the difference between what each turn holds of the word and what its
    length lets expect (a score test with the turn as its unit, the larger of its variances
    under dealing out and by side).  It is then corrected for all words listed (Holm 1979).
    If who speaks is shuffled over the turns, the second alone keeps the level; the tests of
    this function shuffle it 1,000 times.

    The turns of a call hang together, and those of excerpts were chosen: what stands out here
    is typical of what was published.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> demo = load("demo")
    >>> table = keyness(demo.select(part="Spring"), demo.select(part="Autumn"))
    >>> table[["target", "reference", "target_turns", "log_ratio", "stands_out"]].round(2)
          target  reference  target_turns  log_ratio  stands_out
    word
    the       15          4             8       0.49       False
    """
    one, other = _held(target), _held(reference)
    for side, counted in (("target", one), ("reference", other)):
        if not counted.words:
            raise SelectionError(
                Problem(
                    f"the {side} has no word",
                    f"It has {counted.turns} turns.",
                    "Select turns with words on both sides.",
                )
            )
    words, (a, b) = _together(one, other)
    every = one.words + other.words
    listed = np.minimum(one.words, other.words) * (a.said + b.said) >= EXPECTED * every
    a, b = (Sums(*(part[listed] for part in side)) for side in (a, b))
    words = [word for word, kept in zip(words, listed.tolist(), strict=True) if kept]
    effect = log_ratio(a.said, b.said, one.words, other.words)
    likelihood = log_likelihood(a.said, b.said, one.words, other.words)
    turns = drawn(a.turns, a.turns + b.turns, one.turns, one.turns + other.turns, more=effect >= 0)
    score = _score(a, b, one, other)
    single = np.maximum.reduce([chance(likelihood), chance(score), np.minimum(2 * turns, 1)])
    p = for_all(single)
    table = pd.DataFrame(
        {
            "target": a.said,
            "reference": b.said,
            "target_turns": a.turns,
            "reference_turns": b.turns,
            "log_ratio": effect,
            "log_likelihood": likelihood,
            "p": p,
            "stands_out": p < LEVEL,
        },
        index=pd.Index(words, name="word", dtype=str),
    )
    return table.iloc[np.lexsort((-likelihood, -np.abs(effect), p >= LEVEL))]


class Sums(NamedTuple):
    """Of each word on one side: occurrences, turns, and two sums over these turns.

    ``squares``: the occurrences in each turn, squared.  ``lengths``: the occurrences in each
    turn times its length.

    Examples
    --------
    >>> Sums(np.array([3]), np.array([2]), np.array([5]), np.array([40])).turns.tolist()
    [2]
    """

    said: Array
    turns: Array
    squares: Array
    lengths: Array


class _Side(NamedTuple):
    """One side: its words with their sums, how many words and turns, the lengths squared."""

    numbers: Array
    spelt: list[str]
    sums: Sums
    words: int
    turns: int
    squares: int


def _held(corpus: Corpus) -> _Side:
    """What one side holds."""
    rows = with_words(corpus)
    index = corpus.word_index
    sizes = index.sizes()
    number, row, count = index.pairs(among(corpus, rows))
    first = np.flatnonzero(np.diff(number, prepend=-1))
    parts = (count, np.ones(len(count), np.int64), count * count, count * sizes[row])
    sums = Sums(*(np.add.reduceat(part, first) if len(first) else part for part in parts))
    mine = sizes[rows]
    numbers = number[first]
    spelt = index.vocabulary(numbers.tolist())
    return _Side(numbers, spelt, sums, int(mine.sum()), len(rows), int((mine * mine).sum()))


def _together(one: _Side, other: _Side) -> tuple[list[str], tuple[Sums, Sums]]:
    """The words of either side in the order of code points, and the sums of each on both."""
    words = sorted({*one.spelt, *other.spelt})
    place = {word: i for i, word in enumerate(words)}
    found = []
    for side in (one, other):
        at = np.fromiter((place[word] for word in side.spelt), np.intp, len(side.spelt))
        wide = np.zeros((len(Sums._fields), len(words)), np.int64)
        for row, part in zip(wide, side.sums, strict=True):
            row[at] = part
        found.append(Sums(*wide))
    return words, (found[0], found[1])


def _score(a: Sums, b: Sums, one: _Side, other: _Side) -> Array:
    """The squared score of each word, with the turn as the unit that is drawn."""
    words = one.words + other.words
    rate = (a.said + b.said) / words
    share = one.words / words
    dealt = one.turns / (one.turns + other.turns)
    # A turn's surplus is what it holds of the word beyond what its length lets expect.
    first, second = (
        part.squares - 2 * rate * part.lengths + rate * rate * side.squares
        for part, side in ((a, one), (b, other))
    )
    spread = np.maximum(
        (1 - share) ** 2 * first + share**2 * second, dealt * (1 - dealt) * (first + second)
    )
    surplus = a.said - rate * one.words
    score: Array = surplus**2 / np.maximum(spread, 1e-12)
    return score


def collocates(corpus: Corpus, term: str, window: int = 5) -> pd.DataFrame:
    """Which words stand near a term more often than elsewhere.

    Parameters
    ----------
    corpus : Corpus
        Each selected turn with its words; a cut has none and is passed over.
    term : str
        A word, a phrase, or ``com*``, as :func:`readerlib.measures.kwic` finds them.
    window : int
        How many words on either side of a hit are near it, inside the same turn.

    Returns
    -------
    DataFrame
        One row per word that would be expected at least five times near the term, and five
        times elsewhere, if it made no difference; rarer ones are not listed.  The largest log
        ratio first, equal ones by G², then by code point.  Index ``word``.

        ``near`` : int, occurrences near a hit; ``left`` and ``right`` of it, together as many
        ``count`` : int, occurrences in all selected turns
        ``log_ratio`` : float, how many times its frequency doubles near the term; negative
            where it stands there less often
        ``log_likelihood`` : float, G², against all words that are neither near nor of a hit

    Raises
    ------
    TextMissing
        If a selected turn has a summary and no words.
    SelectionError
        If the term is a pattern or no word, or the window is less than one word.

    Notes
    -----
    Each place counts once, for the nearest hit, and for the one before it where two are as
    near.  The words of the hits are not counted as near.  The formulas are those of
    :func:`keyness`; here no level is stated, for words that stand near each other are of the
    same few turns.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> collocates(load("demo"), "count*", window=3).columns.tolist()
    ['near', 'left', 'right', 'count', 'log_ratio', 'log_likelihood']
    """
    if window < 1:
        raise SelectionError(
            Problem(
                f"a window of {quoted(window)} words holds none",
                "It is how many words on either side of a hit are near it.",
                "Give 1 or more; 5 is usual.",
            )
        )
    index, width = corpus.word_index, len(wanted(literal(term)))
    mask = among(corpus, with_words(corpus))
    counts, _ = index.counts(mask)
    said, begun = index.arrays["said"], index.arrays["begun"]
    rows, first = index.hits(term)
    kept = mask[rows]
    rows, first = rows[kept].astype(np.intp), first[kept].astype(np.int64)
    starts = np.sort(begun[rows].astype(np.int64) + first)
    place, right = _near(starts, width, window, begun.astype(np.int64))
    own = np.unique(starts[:, None] + np.arange(width))
    outside = ~np.isin(place, own, kind="sort")
    place, right = place[outside], right[outside]
    number = said[place].astype(np.int64) - 1
    size = len(counts)
    near = np.bincount(number, minlength=size)
    after = np.bincount(number[right], minlength=size)
    rest = counts - near - np.bincount(said[own].astype(np.int64) - 1, minlength=size)
    nearby, elsewhere = len(place), int(rest.sum())
    listed = np.flatnonzero(
        min(nearby, elsewhere) * (near + rest) >= EXPECTED * max(nearby + elsewhere, 1)
    )
    near, after, rest = near[listed], after[listed], rest[listed]
    effect = log_ratio(near, rest, max(nearby, 1), max(elsewhere, 1))
    likelihood = log_likelihood(near, rest, nearby, elsewhere)
    table = pd.DataFrame(
        {
            "near": near,
            "left": near - after,
            "right": after,
            "count": counts[listed],
            "log_ratio": effect,
            "log_likelihood": likelihood,
        },
        index=pd.Index(index.vocabulary(listed.tolist()), name="word", dtype=str),
    )
    return table.iloc[np.lexsort((-likelihood, -effect))]


def _near(starts: Array, width: int, window: int, begun: Array) -> tuple[Array, Array]:
    """The places near hits, each once, and whether each stands right of its nearest hit."""
    offsets = np.arange(1, window + 1)
    places = np.concatenate(
        [(starts[:, None] + width - 1 + offsets).ravel(), (starts[:, None] - offsets).ravel()]
    )
    far = np.tile(np.tile(offsets, len(starts)), 2)
    right = np.repeat([True, False], len(starts) * window)
    turn = np.searchsorted(begun, starts, side="right") - 1
    home = np.tile(np.repeat(turn, window), 2)
    # Behind its last word a turn has one free place.
    inside = (places >= begun[home]) & (places < begun[home + 1] - 1)
    places, far, right = places[inside], far[inside], right[inside]
    order = np.lexsort((~right, far, places))
    places, right = places[order], right[order]
    once = np.diff(places, prepend=-1) > 0
    return places[once], right[once]
