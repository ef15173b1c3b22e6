"""Which turns of two texts say the same: the best match in order, or each by itself."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from readerlib.text import tokens

Array = npt.NDArray[Any]
Group = tuple[tuple[int, ...], tuple[int, ...]]
"""Turns of one text that stand beside turns of the other, by their numbers; one may be empty."""

LIMIT = 50_000_000
"""Pairs of turns that are compared at most: some 7,000 turns with as many."""

_ROUNDS = 5
_BAND = 1_000_000
"""From so many pairs on, only what is near the way found first is looked at again."""
_SHARES = 4_000_000
"""Pairs of turns that share a word, at most, over all words; the rarest words come first."""

_BLOCK = 500
"""Turns of one side that are compared with all of the other at a time."""
_LIKE = 0.15
"""Turns less like each other say nothing of the order of the sides."""

# How often turns go together in which number.  Gale & Church (1993) found 0.89 of sentences
# to go one to one; turns are taken apart less often than sentences, and left out more often.
_MOVES = ((1, 0, 0.05), (0, 1, 0.05), (1, 1, 0.88), (2, 1, 0.01), (1, 2, 0.01))


@dataclass(frozen=True)
class Told:
    """What is known of the turns of one side, one entry for each.

    Parameters
    ----------
    texts : sequence of str
        Empty where nothing stands.
    speakers, kinds : sequence of str
    """

    texts: Sequence[str]
    speakers: Sequence[str]
    kinds: Sequence[str]


class Parts(NamedTuple):
    """What of the turns is looked at.

    Examples
    --------
    >>> Parts(words=False).speakers
    True
    """

    speakers: bool = True
    kinds: bool = True
    words: bool = True
    learned: bool = True
    sounds: bool = True


EVERY = Parts()
"""All of it."""

_CYRILLIC = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфыэіґўј", "abvgdeziiklmnoprstufyeigui", strict=True)),
        **{"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu"},
        **{"я": "ia", "є": "ie", "ї": "i", "ъ": "", "ь": "", "ё": "e"},
    }
)
_ALIKE = (("shch", "s"), ("kh", "h"), ("ph", "f"), ("th", "t"), ("sh", "s"), ("ch", "c"))
_LETTERS = str.maketrans("cqwxzg", "kkvksh")
_VOWELS = str.maketrans("", "", "aeiouyj'")


def _sound(word: str) -> str:
    """The consonants of a word, in Latin letters, so that a name is alike in two scripts."""
    if word.isdigit():
        return ""
    latin = word.translate(_CYRILLIC)
    if not latin.isascii():
        return ""
    for signs, one in _ALIKE:
        latin = latin.replace(signs, one)
    bones = latin.translate(_LETTERS).translate(_VOWELS)
    bones = "".join(
        sign for sign, before in zip(bones, " " + bones, strict=False) if sign != before
    )
    return f"~{bones}" if len(bones) >= 3 else ""


def _cyrillic(words: Sequence[set[str]]) -> float:
    """The share of words that are Cyrillic."""
    every = [word for some in words for word in some if not word.isdigit()]
    return sum("\u0400" <= word[0] <= "\u052f" for word in every) / max(len(every), 1)


class _Vocabulary:
    """The words of one side, numbered, and the turns in which each stands."""

    def __init__(self, said: Sequence[set[str]]) -> None:
        self.names = sorted({word for words in said for word in words})
        number = {word: k for k, word in enumerate(self.names)}
        self.number = number
        self.turns = [np.array(sorted(number[w] for w in words), np.int64) for words in said]
        self.sizes = np.array([len(words) for words in self.turns], np.int64)
        every = np.concatenate([*self.turns, np.empty(0, np.int64)])
        of = np.repeat(np.arange(len(said)), self.sizes)
        order = np.argsort(every, kind="stable")
        self.rows = of[order]
        self.begun = np.searchsorted(every[order], np.arange(len(self.names) + 1))
        self.counts = np.diff(self.begun)

    def having(self, word: int) -> Array:
        """The turns in which a word stands."""
        return self.rows[self.begun[word] : self.begun[word + 1]]


class _Links(NamedTuple):
    """Words that stand for each other: their numbers, and how often both do where one does."""

    left: Array
    right: Array
    kept: Array


class Matching:
    """The best match of two texts in their order, and what was learned on the way.

    Attributes
    ----------
    groups : list of Group
        Every turn of both, once, in order.
    """

    def __init__(self, left: Told, right: Told, parts: Parts = EVERY) -> None:
        self.n, self.m = len(left.texts), len(right.texts)
        self.parts = parts
        said = _said(left, right, parts.sounds)
        self.words = [_Vocabulary(side) for side in said]
        self.lengths = [np.array([len(text) for text in told.texts]) for told in (left, right)]
        self.single, self.double = _standardized(self.lengths[0]), _standardized(self.lengths[1])
        self.codes, self.tables = [], []
        for name, used in (("speakers", parts.speakers), ("kinds", parts.kinds)):
            names = [list(dict.fromkeys(getattr(told, name))) for told in (left, right)]
            codes = [
                np.array([own.index(v) for v in getattr(told, name)], np.int64)
                for own, told in zip(names, (left, right), strict=True)
            ]
            alike = np.array([[_alike(a, b) for b in names[1]] for a in names[0]], float)
            self.codes.append(codes)
            self.tables.append((2.0 if used else 0.0) * alike.reshape(len(names[0]), len(names[1])))
        self.agreement = 0.7
        self.links = self._same()
        self.in_order = True
        self.groups: list[Group] = []
        band: Array | None = None
        for _ in range(_ROUNDS):
            groups = self._path(band)
            if groups == self.groups:
                break
            self.groups = groups
            self._learn()
            if self.n * self.m > _BAND:
                band = _near(groups, self.n, self.m)

    def _same(self) -> _Links:
        """Words spelt alike, and a first guess of how often they are kept."""
        left, right = self.words
        both = [(k, right.number[w]) for k, w in enumerate(left.names) if w in right.number]
        a, b = (np.array([pair[k] for pair in both], np.int64) for k in (0, 1))
        share = min(
            left.counts[a].sum() / max(left.counts.sum(), 1),
            right.counts[b].sum() / max(right.counts.sum(), 1),
        )
        return _Links(a, b, np.full(len(both), np.clip(0.7 * share, 0.02, 0.9)))

    def _learn(self) -> None:
        """What the match that was found says of lengths, speakers and words."""
        pairs = np.array([(a[0], b[0]) for a, b in self.groups if len(a) == len(b) == 1], np.int64)
        if len(pairs) < 4:
            return
        left, right = pairs.T
        u, v = self.single.one[left], self.double.one[right]
        self.agreement = float(
            np.clip(np.mean(u * v) / max(np.mean(u * u + v * v) / 2, 1e-9), 0.3, 0.95)
        )
        for k, used in enumerate((self.parts.speakers, self.parts.kinds)):
            if used:
                self.tables[k] = _learned(
                    self.codes[k][0], self.codes[k][1], pairs, self.tables[k].shape
                )
        if self.parts.words:
            self.links = self._relinked(left, right)

    def _relinked(self, left: Array, right: Array) -> _Links:
        """Words that stand together in matched turns: one for one, the surest first."""
        a, b = self.words
        width = len(b.names)
        crossed = [
            (a.turns[i][:, None] * width + b.turns[j][None, :]).ravel()
            for i, j in zip(left.tolist(), right.tolist(), strict=True)
            if len(a.turns[i]) * len(b.turns[j]) <= 10_000
        ]
        codes, together = np.unique(
            np.concatenate([*crossed, np.empty(0, np.int64)]), return_counts=True
        )
        one, other = codes // max(width, 1), codes % max(width, 1)
        in_left = np.bincount(np.concatenate([a.turns[i] for i in left]), minlength=len(a.names))
        in_right = np.bincount(np.concatenate([b.turns[j] for j in right]), minlength=width)
        x, y, total = in_left[one], in_right[other], len(left)
        twin = np.full(len(a.names), -1)
        same = self._same()
        twin[same.left] = same.right
        alike = twin[one] == other
        sure = _evidence(together, x, y, total)
        overall = together[alike].sum() / max((in_left.sum() + in_right.sum()) / 2, 1)
        kept = (together + 2 * overall) / ((x + y) / 2 + 2)
        taken = alike
        if self.parts.learned:
            taken = alike | ((together >= 3) & (sure > 10.83))
        order = np.flatnonzero(taken)
        order = order[np.lexsort((other[order], one[order], -sure[order] - 1e6 * alike[order]))]
        free_left, free_right = np.ones(len(a.names), bool), np.ones(width, bool)
        chosen = []
        for k in order.tolist():
            if free_left[one[k]] and free_right[other[k]]:
                free_left[one[k]] = free_right[other[k]] = False
                chosen.append(k)
        # A word that is spelt alike and never stood in matched turns together may yet.
        rest = free_left[same.left] & free_right[same.right]
        low = 2 * overall / ((in_left[same.left] + in_right[same.right]) / 2 + 2)
        return _Links(
            np.concatenate([one[chosen], same.left[rest]]),
            np.concatenate([other[chosen], same.right[rest]]),
            np.clip(np.concatenate([kept[chosen], low[rest]]), 0.01, 0.95),
        )

    def _weighed(self) -> tuple[Array, Array, Array, list[Array], list[Array]]:
        """The gain of pairs of turns that share words, by diagonal; and what each turn owes.

        A shared word is evidence by ``log(kept / frequency)``, one that is not shared by
        ``log((1 - kept) / (1 - frequency))``.
        """
        a, b = self.words
        owed = [np.zeros(self.n), np.zeros(self.m)]
        most = [np.zeros(self.n), np.zeros(self.m)]
        links = self.links
        if not self.parts.words or not len(links.left):
            return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), owed, most
        x, y = a.counts[links.left], b.counts[links.right]
        frequency = np.clip((x / self.n + y / self.m) / 2, 1e-6, 0.98)
        gain = np.log(links.kept / frequency)
        loss = np.log((1 - links.kept) / (1 - frequency))
        order = np.argsort(x * y, kind="stable")
        order = order[(np.cumsum((x * y)[order]) <= _SHARES) & (gain[order] > loss[order])]
        lefts, rights, gains = [], [], []
        for k in order.tolist():
            i, j = a.having(int(links.left[k])), b.having(int(links.right[k]))
            lefts.append(np.repeat(i, len(j)))
            rights.append(np.tile(j, len(i)))
            gains.append(np.full(len(i) * len(j), gain[k] - 2 * loss[k]))
            owed[0][i] += loss[k]
            owed[1][j] += loss[k]
            most[0][i] += gain[k] - 2 * loss[k]
            most[1][j] += gain[k] - 2 * loss[k]
        if not lefts:
            return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), owed, most
        i, j, g = np.concatenate(lefts), np.concatenate(rights), np.concatenate(gains)
        code = (i + j) * self.n + i
        codes, which = np.unique(code, return_inverse=True)
        return codes // self.n, codes % self.n, np.bincount(which, g), owed, most

    def _path(self, band: Array | None) -> list[Group]:
        """The best way through both texts, by dynamic programming over their diagonals."""
        n, m = self.n, self.m
        diagonal, at, gains, owed, most = self._weighed()
        starts = np.searchsorted(diagonal, np.arange(n + m + 1))
        codes, tables = self.codes, self.tables
        costs = {(a, b): float(np.log(share)) for a, b, share in _MOVES}
        r = self.agreement
        base, square, product = -0.5 * np.log(1 - r * r), r * r / (2 * (1 - r * r)), r / (1 - r * r)

        def fits(u: Array, v: Array) -> Array:
            fit: Array = base - square * (u * u + v * v) + product * u * v
            return np.maximum(fit, -6.0)

        one, other = self.single, self.double
        debts = owed
        worst = -1e18
        scores = [np.full(n + 5, worst) for _ in range(5)]
        words = [np.zeros(n + 5) for _ in range(3)]
        who = [np.zeros(n + 5) for _ in range(3)]
        back: list[tuple[int, Array]] = []
        for d in range(n + m + 1):
            low, high = max(0, d - m), min(n, d)
            if band is not None:
                low, high = max(low, int(band[d, 0])), min(high, int(band[d, 1]))
            best = scores[d % 5]
            best.fill(worst)
            # The pairs whose numbers add to d - 2: those that end at this diagonal.
            w, c = words[d % 3], who[d % 3]
            w.fill(0)
            c.fill(0)
            first, last = max(0, d - 2 - (m - 1), low - 3), min(n - 1, d - 2, high + 1)
            if first <= last:
                k = slice(starts[d - 2], starts[d - 1])
                w[at[k] + 2] = gains[k]
                i = np.arange(first, last + 1)
                j = d - 2 - i
                c[first + 2 : last + 3] = sum(
                    table[code[0][i], code[1][j]] for table, code in zip(tables, codes, strict=True)
                )
            if d == 0:
                best[2] = 0.0
                back.append((0, np.zeros(1, np.int8)))
                continue
            i = np.arange(low, high + 1)
            j = d - i
            size = len(i)
            found = np.full(size, worst)
            move = np.zeros(size, np.int8)

            step = scores[(d - 1) % 5]
            found[:] = step[low + 1 : high + 2] + costs[1, 0]
            alone = np.where(j > 0, step[low + 2 : high + 3], worst) + costs[0, 1]
            move[alone > found] = 1
            np.maximum(found, alone, out=found)
            for number, (a, b, _) in enumerate(_MOVES[2:], 2):
                begin, end = max(low, a), min(high, d - b)
                if begin > end:
                    continue
                p, q = np.arange(begin - 1, end), d - 1 - np.arange(begin, end + 1)
                u = (one.one if a == 1 else one.two)[p]
                v = (other.one if b == 1 else other.two)[q]
                fit = fits(u, v)
                people = c[begin + 1 : end + 2].copy()
                shared = w[begin + 1 : end + 2].copy()
                debt = debts[0][p] + debts[1][q]
                c1, w1 = who[(d - 1) % 3], words[(d - 1) % 3]
                if a == 2:
                    people += c1[begin : end + 1]
                    shared += w1[begin : end + 1]
                    shared = np.minimum(shared, most[1][q])
                    debt = debt + debts[0][p - 1]
                if b == 2:
                    people += c1[begin + 1 : end + 2]
                    shared += w1[begin + 1 : end + 2]
                    shared = np.minimum(shared, most[0][p])
                    debt = debt + debts[1][q - 1]
                value = (
                    scores[(d - a - b) % 5][begin - a + 2 : end - a + 3]
                    + costs[a, b]
                    + fit
                    + people / (a * b)
                    + np.maximum(shared + debt, -12.0)
                )
                part = slice(begin - low, end - low + 1)
                move[part][value > found[part]] = number
                np.maximum(found[part], value, out=found[part])
            best[low + 2 : high + 3] = found
            back.append((low, move))
        groups: list[Group] = []
        i_, j_ = n, m
        while i_ or j_:
            low, move = back[i_ + j_]
            a, b, _ = _MOVES[int(move[i_ - low])]
            groups.append((tuple(range(i_ - a, i_)), tuple(range(j_ - b, j_))))
            i_, j_ = i_ - a, j_ - b
        return groups[::-1]


class _Lengths(NamedTuple):
    """Logarithms of lengths, standardized: of each turn, and of each with the one before it."""

    one: Array
    two: Array


def _standardized(lengths: Array) -> _Lengths:
    """The lengths as distances from their mean, in standard deviations."""
    logs = np.log(lengths + 3.0)
    mean, deviation = (float(logs.mean()), float(logs.std())) if len(logs) else (0.0, 1.0)
    deviation = max(deviation, 0.1)
    two = np.log(lengths + np.concatenate([[0], lengths[:-1]]) + 3.0)
    return _Lengths((logs - mean) / deviation, (two - mean) / deviation)


def _alike(one: str, other: str) -> float:
    """Whether two names are the same, in whatever script: 1, or 0."""
    if one == other:
        return 1.0
    names = [{t.word for t in tokens(name)} for name in (one, other)]
    if all(names) and names[0] == names[1]:
        return 1.0
    sounds = [{_sound(word) for word in words} - {""} for words in names]
    return 1.0 if sounds[0] & sounds[1] else 0.0


def _learned(left: Array, right: Array, pairs: Array, shape: tuple[int, ...]) -> Array:
    """How much more often two values stand in matched turns than by chance, in logarithms."""
    a, b = left[pairs[:, 0]], right[pairs[:, 1]]
    together = np.bincount(a * shape[1] + b, minlength=shape[0] * shape[1]).reshape(shape)
    x = (np.bincount(left, minlength=shape[0]) + 0.5) / (len(left) + 0.5 * shape[0])
    y = (np.bincount(right, minlength=shape[1]) + 0.5) / (len(right) + 0.5 * shape[1])
    by_chance = x[:, None] * y[None, :]
    weight = 5.0
    found: Array = np.log((together + weight * by_chance) / ((len(pairs) + weight) * by_chance))
    return found


def _evidence(together: Array, x: Array, y: Array, total: int) -> Array:
    """Dunning's G2 of two words in matched turns; 0 if chance would bring them together more."""

    def part(observed: Array, expected: Array) -> Array:
        return np.where(
            observed > 0,
            observed * np.log(np.maximum(observed, 1e-9) / np.maximum(expected, 1e-9)),
            0.0,
        )

    cells = (
        (together, x * y),
        (x - together, x * (total - y)),
        (y - together, (total - x) * y),
        (total - x - y + together, (total - x) * (total - y)),
    )
    value = 2 * sum((part(seen, expected / total) for seen, expected in cells), np.zeros(()))
    return np.where(together * total > x * y, value, 0.0)


def _near(groups: Sequence[Group], n: int, m: int) -> Array:
    """For each diagonal the first and last turn of the left side that is near the way found."""
    at = np.cumsum([(0, 0)] + [(len(a), len(b)) for a, b in groups], axis=0)
    middle = np.interp(np.arange(n + m + 1), at.sum(axis=1), at[:, 0])
    width = 100
    return np.stack([np.floor(middle) - width, np.ceil(middle) + width], axis=1).astype(np.int64)


def nearest(left: Told, right: Told) -> dict[int, int]:
    """For each turn of one side the turn of the other that is most like it in its words.

    Those that share no word with any are left out.

    Notes
    -----
    Cosine of the two sets of words, each word weighed by how rare it is.

    Examples
    --------
    >>> one, other = ["A cold night.", "Two baskets"], ["baskets, two", "the night", "Oh"]
    >>> nearest(*(Told(said, [""] * len(said), [""] * len(said)) for said in (one, other)))
    {0: 1, 1: 0}
    """
    there, _, likeness = _nearest(left, right)
    return {i: j for i, j in enumerate(there.tolist()) if likeness[i] > 0}


def in_order(left: Told, right: Told) -> bool:
    """Whether two sides run in parallel, as versions and translations do.

    They do not if of the turns that are most like each other, each among all of the other
    side, less than two thirds stand in the same order.  Fewer than eight such pairs say nothing.
    """
    there, back, likeness = _nearest(left, right)
    if not len(there) or not len(back):
        return True
    mutual = (back[there] == np.arange(len(there))) & (likeness >= _LIKE)
    pairs = int(np.count_nonzero(mutual))
    return pairs < 8 or len(rising(there[mutual])) * 3 >= 2 * pairs


def _nearest(left: Told, right: Told) -> tuple[Array, Array, Array]:
    """The nearest turn of the other side for each turn of both, and how like the left's is."""
    said = _said(left, right)
    a, b = (_Vocabulary(side) for side in said)
    n, m = len(said[0]), len(said[1])
    both = np.array([(k, b.number[w]) for k, w in enumerate(a.names) if w in b.number], np.int64)
    one, other = both.reshape(-1, 2).T
    counts = [own.counts.astype(float) for own in (a, b)]
    in_all = [counts[0].copy(), counts[1].copy()]
    in_all[0][one] += counts[1][other]
    in_all[1][other] += counts[0][one]
    weights = [np.log((n + m) / count) ** 2 for count in in_all]
    norms = [
        np.array([np.sqrt(weight[turn].sum()) for turn in own.turns])
        for own, weight in zip((a, b), weights, strict=True)
    ]
    # Words that stand nearly everywhere weigh nothing and would take the most time.
    some = counts[0][one] * counts[1][other] <= max(_BAND, n * m // 50)
    pairs = list(zip(one[some].tolist(), other[some].tolist(), strict=True))
    there, likeness = np.zeros(n, np.int64), np.zeros(n)
    back, best = np.zeros(m, np.int64), np.zeros(m)
    for first in range(0, n if m else 0, _BLOCK):
        last = min(first + _BLOCK, n)
        score = np.zeros((last - first, m))
        for x, y in pairs:
            turns = a.having(x)
            begin, end = np.searchsorted(turns, [first, last])
            if begin < end:
                score[np.ix_(turns[begin:end] - first, b.having(y))] += weights[0][x]
        score /= np.maximum(np.outer(norms[0][first:last], norms[1]), 1e-9)
        there[first:last] = score.argmax(axis=1)
        likeness[first:last] = score.max(axis=1)
        better = score.max(axis=0) > best
        back[better] = first + score.argmax(axis=0)[better]
        best = np.maximum(best, score.max(axis=0))
    return there, back, likeness


def rising(numbers: Array) -> Array:
    """The places of a longest rising run among numbers of which none comes twice.

    Examples
    --------
    >>> rising(np.array([2, 9, 4, 5, 1])).tolist()
    [0, 2, 3]
    """
    if len(numbers) < 2 or (np.diff(numbers) > 0).all():
        return np.arange(len(numbers))
    ends: list[int] = []
    at: list[int] = []
    before = []
    for k, number in enumerate(numbers.tolist()):
        length = bisect_left(ends, number)
        before.append(at[length - 1] if length else -1)
        ends[length : length + 1] = [number]
        at[length : length + 1] = [k]
    chain = []
    k = at[-1]
    while k >= 0:
        chain.append(k)
        k = before[k]
    return np.array(chain[::-1])


def _said(left: Told, right: Told, sounds: bool = True) -> list[list[set[str]]]:
    """The words of each turn of both sides; where their scripts differ, also how they sound."""
    said = [[{t.word for t in tokens(text)} for text in told.texts] for told in (left, right)]
    shares = [_cyrillic(words) for words in said]
    if sounds and max(shares) > 0.5 > min(shares):
        said = [
            [words | {_sound(word) for word in words} - {""} for words in side] for side in said
        ]
    return said
