"""Words that are typical: of one selection against another, or of what stands near a term."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from readerlib.corpus import Corpus
from readerlib.errors import Problem, SelectionError, quoted
from readerlib.index import Array, Words
from readerlib.measures.counting import among, with_words
from readerlib.measures.formulas import chance, for_all, log_likelihood, log_ratio
from readerlib.measures.spread import literal
from readerlib.search import wanted

EXPECTED = 5
"""Words that would be expected less often on either side are not listed."""

LEVEL = 0.05
"""Where nothing differs at most this share of lists has a word that stands out."""


def keyness(target: Corpus, reference: Corpus) -> pd.DataFrame:
    """Which words are typical of one selection, and which of another.

    Told are counts, never a passage, so that no notice keeps a word back.

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

    G² takes each word for a draw of its own.  But people repeat themselves, and within a turn
    above all, so that by G² alone differences stand out where there are none (Lijffijt et al.
    2016, "Significance testing of word frequencies in corpora", Digital Scholarship in the
    Humanities 31:2).  ``p`` is therefore the larger of two chances: that of G², and that of a
    score test whose unit is the turn.  Its score is how often the word is said in the target
    beyond what the length of the target's turns lets expect; its variance is that of the turns'
    surpluses, once each side's own and once as if both sides varied alike, whichever is larger.
    So neither a turn that says a word twenty times nor one side's longer turns make a word
    stand out.  The larger of the two chances is then corrected for all the words listed (Holm
    1979, see :mod:`readerlib.measures.formulas`).

    Where nothing differs a word stands out in at most one list of twenty.  The tests of this
    function shuffle 1,000 times who speaks, and let one side speak in far longer turns, in texts
    full of repetition: G² alone then finds something in most lists.

    The turns of a call hang together, and those of excerpts were chosen: what stands out here
    is typical of what was published.  The level holds where turns could as well stand on the
    other side, as in a shuffle of who speaks.  Where whole calls are dealt out to two sides, a
    word of what a call is about stands out more often: with the shipped calls, in 86 of 1,000
    deals.

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
    sides = []
    for side, corpus in (("target", target), ("reference", reference)):
        held = Side.of(corpus.word_index, with_words(corpus))
        if not held.words:
            raise SelectionError(
                Problem(
                    f"the {side} has no word",
                    f"It has {len(corpus):,} turns.",
                    "Select turns with words on both sides.",
                )
            )
        sides.append(held)
    return compared(*sides)


def compared(one: Side, other: Side) -> pd.DataFrame:
    """The table of :func:`keyness` for two sides that both have words."""
    words, a, b = _listed(one, other)
    effect = log_ratio(a.said, b.said, one.words, other.words)
    likelihood = log_likelihood(a.said, b.said, one.words, other.words)
    single = np.maximum(chance(likelihood), chance(_score(a, b, one, other)))
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

    def at(self, numbers: Array) -> Sums:
        """Those of some words; of a word with a negative number, nothing."""
        return Sums(*(np.where(numbers < 0, 0, part[numbers]) for part in self))


class Side(NamedTuple):
    """One side of a comparison.

    ``among``: the index of whose words it is; ``sums``: those of each word of the index;
    ``words`` and ``turns``: how many it has; ``squares``: the lengths of its turns, squared and
    added up.

    Examples
    --------
    >>> side = Side.of(Words.of([["Come home.", "Home, sweet home!"]]), np.array([1]))
    >>> side.sums.said.tolist(), side.words
    ([0, 2, 1], 3)
    """

    among: Words
    sums: Sums
    words: int
    turns: int
    squares: int

    @classmethod
    def of(cls, index: Words, rows: Array) -> Side:
        """What the turns in these rows hold."""
        mask = np.zeros(len(index), bool)
        mask[rows] = True
        said, turns = index.counts(mask)
        sums = Sums(said, turns, said + index.surplus(mask), index.beside(mask))
        sizes = index.sizes()[rows]
        return cls(index, sums, int(sizes.sum()), len(rows), int((sizes * sizes).sum()))


def _listed(one: Side, other: Side) -> tuple[list[str], Sums, Sums]:
    """The words that are listed, in the order of code points, and the sums of each side."""

    def often_enough(said: Array) -> Array:
        least = EXPECTED * (one.words + other.words)
        enough: Array = np.flatnonzero(min(one.words, other.words) * said >= least)
        return enough

    if one.among is other.among:
        numbers = often_enough(one.sums.said + other.sums.said)
        words = one.among.vocabulary(numbers.tolist())
        return words, one.sums.at(numbers), other.sums.at(numbers)
    own = []
    for side in (one, other):
        some = np.flatnonzero(side.sums.said).tolist()
        own.append(dict(zip(side.among.vocabulary(some), some, strict=True)))
    words = sorted(own[0].keys() | own[1].keys())
    a, b = (
        side.sums.at(np.array([numbers.get(word, -1) for word in words], np.intp))
        for side, numbers in zip((one, other), own, strict=True)
    )
    enough = often_enough(a.said + b.said)
    return [words[n] for n in enough.tolist()], a.at(enough), b.at(enough)


def _score(a: Sums, b: Sums, one: Side, other: Side) -> Array:
    """The squared score of each word, with the turn as the unit that is drawn."""
    words = one.words + other.words
    rate = (a.said + b.said) / words
    share = one.words / words
    # A turn's surplus is how often it says the word beyond what its length lets expect.  The
    # score adds those of the target; those of both sides together come to nothing.
    first, second = (
        part.squares - 2 * rate * part.lengths + rate**2 * side.squares
        for part, side in ((a, one), (b, other))
    )
    own = (1 - share) ** 2 * first + share**2 * second
    alike = share * (1 - share) * (first + second)
    score: Array = (a.said - rate * one.words) ** 2 / np.maximum(np.maximum(own, alike), 1e-12)
    return score


def collocates(corpus: Corpus, term: str, window: int = 5) -> pd.DataFrame:
    """Which words stand near a term more often than elsewhere.

    Told are counts, never a passage, so that no notice keeps a word back.

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
