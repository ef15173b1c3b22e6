"""Which words texts share, and which each has alone."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations, groupby
from typing import NamedTuple

from readerlib.text import Token, tokens

Stretch = tuple[int, int]
"""Where words stand in a text: first code point and one after the last."""

_PAIRS = 200_000
"""Pairs of equal words of two texts among which the longest common order is looked for."""


class Wording(NamedTuple):
    """The words of a text that stand in another one too, and those that do not.

    Both are stretches of whole words, in code points of the text; neighbouring words are
    one stretch.

    Examples
    --------
    >>> Wording(shared=((0, 4),), different=((5, 9),)).shared
    ((0, 4),)
    """

    shared: tuple[Stretch, ...]
    different: tuple[Stretch, ...]


def differences(texts: Sequence[str | None], *, in_order: bool) -> list[Wording]:
    """What each text shares with at least one of the others, and what it has alone.

    Parameters
    ----------
    texts : sequence of str or None
        Those of one row, one for each side; None where nothing stands.
    in_order : bool
        Whether the texts say the same, so that only words in the same order are shared: those
        of a longest common subsequence of each two texts.  Otherwise, every word that
        another text has.

    Returns
    -------
    list of Wording
        One for each text.  A text with no other beside it is different throughout.

    Notes
    -----
    Words are those of :func:`readerlib.text.tokens`, so case and accents make no difference.
    Hunt & Szymanski (1977) find the common subsequence; where texts repeat their words so
    much that 200,000 pairs of them are equal, the commonest words are left out of it.

    Examples
    --------
    >>> differences(["He came home late.", "She came late"], in_order=True)[0]
    Wording(shared=((3, 7), (13, 17)), different=((0, 2), (8, 12)))
    >>> differences(["late he came", "He came late."], in_order=False)[0].different
    ()
    """
    said = [tokens(text or "") for text in texts]
    shared: list[set[int]] = [set() for _ in said]
    for a, b in combinations(range(len(said)), 2):
        words = [[token.word for token in said[k]] for k in (a, b)]
        if in_order:
            pairs = _common(*words)
            shared[a] |= {i for i, _ in pairs}
            shared[b] |= {j for _, j in pairs}
        else:
            both = set(words[0]) & set(words[1])
            for k, own in zip((a, b), words, strict=True):
                shared[k] |= {i for i, word in enumerate(own) if word in both}
    return [
        Wording(_joined(own, kept, True), _joined(own, kept, False))
        for own, kept in zip(said, shared, strict=True)
    ]


def _joined(said: Sequence[Token], kept: set[int], wanted: bool) -> tuple[Stretch, ...]:
    """The words that are kept, or the ones that are not, neighbours as one stretch."""
    runs = groupby(enumerate(said), lambda item: item[0] in kept)
    parts = [[token for _, token in run] for is_kept, run in runs if is_kept is wanted]
    return tuple((part[0].start, part[-1].end) for part in parts)


def _common(one: list[str], other: list[str]) -> list[tuple[int, int]]:
    """Places of a longest common subsequence, the same ones whichever comes first."""
    if one > other:
        return [(i, j) for j, i in _common(other, one)]
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    first = [(k, k) for k in range(start)]
    last = [(len(one) - k, len(other) - k) for k in range(end, 0, -1)]
    return [*first, *_middle(one, other, start, end), *last]


def _middle(one: list[str], other: list[str], start: int, end: int) -> list[tuple[int, int]]:
    """Hunt and Szymanski's common subsequence of what lies between start and end."""
    counts = [Counter(words[start : len(words) - end]) for words in (one, other)]
    left = _PAIRS
    places: dict[str, list[int]] = defaultdict(list)
    allowed = set()
    for size, word in sorted((count * counts[1][word], word) for word, count in counts[0].items()):
        left -= size
        if size and left >= 0:
            allowed.add(word)
    for j in range(len(other) - end - 1, start - 1, -1):
        if other[j] in allowed:
            places[other[j]].append(j)
    # For each length, where a common subsequence of it ends first; and the way back.
    ends: list[int] = []
    links: list[tuple[int, int, int]] = []
    at: list[int] = []
    for i in range(start, len(one) - end):
        for j in places.get(one[i], ()):
            length = bisect_left(ends, j)
            links.append((i, j, at[length - 1] if length else -1))
            if length == len(ends):
                ends.append(j)
                at.append(len(links) - 1)
            else:
                ends[length] = j
                at[length] = len(links) - 1
    found = []
    link = at[-1] if at else -1
    while link >= 0:
        i, j, link = links[link]
        found.append((i, j))
    return found[::-1]
