"""The formulas of keyness, over arrays of counts."""

from __future__ import annotations

from math import erfc, sqrt

import numpy as np

from readerlib.index import Array


def log_ratio(a: Array, b: Array, c: int, d: int) -> Array:
    """Hardie's log ratio: how many times a word doubles from the second text to the first.

    Parameters
    ----------
    a, b : array of int
        How often each word is said in the first text, and in the second.
    c, d : int
        How many words the first text has, and the second.

    Returns
    -------
    array of float
        The binary logarithm of (a / c) / (b / d); a count of 0 is taken as 0.5.

    Notes
    -----
    Hardie 2014, "Log Ratio: an informal introduction", ESRC Centre for Corpus Approaches to
    Social Science.

    Examples
    --------
    >>> log_ratio(np.array([8, 1]), np.array([2, 0]), 1000, 1000).tolist()
    [2.0, 1.0]
    """
    ratio: Array = np.log2(np.maximum(a, 0.5) / c) - np.log2(np.maximum(b, 0.5) / d)
    return ratio


def log_likelihood(a: Array, b: Array, c: int, d: int) -> Array:
    """The log-likelihood statistic G² of counts in two texts, in its two-term form.

    Parameters
    ----------
    a, b, c, d
        As in :func:`log_ratio`.

    Returns
    -------
    array of float
        2 (a ln(a / E1) + b ln(b / E2)), with E1 = c (a + b) / (c + d) and E2 = d (a + b) /
        (c + d); 0 ln 0 is 0.  Not below 0.

    Notes
    -----
    Dunning 1993, "Accurate methods for the statistics of surprise and coincidence",
    Computational Linguistics 19:1; in this form Rayson and Garside 2000, "Comparing corpora
    using frequency profiling", Workshop on Comparing Corpora, section 3.

    Examples
    --------
    >>> log_likelihood(np.array([10]), np.array([10]), 1000, 1000).tolist()
    [0.0]
    """
    both = a + b
    statistic = np.zeros(len(both))
    for said, size in ((a, c), (b, d)):
        some = said > 0
        expected = size * both[some] / (c + d)
        statistic[some] += 2 * said[some] * np.log(said[some] / expected)
    return np.maximum(statistic, 0)


def chance(squares: Array) -> Array:
    """How likely the square of a standard normal number is at least as large: p of chi-squared.

    Examples
    --------
    >>> chance(np.array([0, 3.841459])).round(4).tolist()
    [1.0, 0.05]
    """
    return np.array([erfc(sqrt(square / 2)) for square in squares.tolist()], float)


def for_all(chances: Array) -> Array:
    """The chances, corrected for how many there are: Holm's, so that the level is of them all.

    Notes
    -----
    Holm 1979, "A simple sequentially rejective multiple test procedure", Scandinavian Journal
    of Statistics 6:2.

    Examples
    --------
    >>> for_all(np.array([0.01, 0.04, 0.03])).round(6).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(chances, kind="stable")
    steps = np.arange(len(chances), 0, -1)
    corrected = np.empty(len(chances))
    corrected[order] = np.minimum(np.maximum.accumulate(chances[order] * steps), 1)
    return corrected
