"""Which turns of two texts say the same: the best match in order, or each by itself."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
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
_SETTLED = 0.995
"""The share of groups that stay the same from which no further round is made."""
_BAND = 1_000_000
"""From so many pairs on, only what is near the turns that are surely the same is looked at."""
_WIDTH = 100
"""How far from them, in turns."""
_SHARES = 2_000_000
"""Pairs of turns that share a word, at most, over all words; the rarest words come first."""
_LIKE = 0.15
"""Turns less like each other are not taken for the same."""
_SURE = 0.5
"""Turns that are so like each other are taken for the same."""
_WORST = -1e18

_MOVES = ((1, 0, 0.05), (0, 1, 0.05), (1, 1, 0.888), (2, 1, 0.006), (1, 2, 0.006))
"""How many turns stand beside how many, and how often.

Gale & Church (1993) found 0.89 of sentences to go one to one and 0.09 two to one; turns are
taken apart less often than sentences, since somebody else speaks, and left out more often.
"""


@dataclass(frozen=True)
class Told:
    """What is known of the turns of one side, one entry for each.

    Parameters
    ----------
    texts : sequence of str
        Empty where nothing stands.
    speakers : sequence of str
        Their names.
    """

    texts: Sequence[str]
    speakers: Sequence[str]


class Parts(NamedTuple):
    """What is looked at besides lengths; all of it, unless its worth is to be measured.

    ``speakers``; ``words`` spelt alike; ``sounds``: words that sound alike in another script;
    ``learned``: words that stand together in matched turns.

    Examples
    --------
    >>> Parts(learned=False).words
    True
    """

    speakers: bool = True
    words: bool = True
    sounds: bool = True
    learned: bool = True


EVERY = Parts()

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
    spelt = latin.translate(_LETTERS)
    single = "".join(sign for sign, last in zip(spelt, " " + spelt, strict=False) if sign != last)
    bones = single.translate(_VOWELS)
    return f"~{bones}" if len(bones) >= 3 else ""


def _cyrillic(words: Sequence[set[str]]) -> float:
    """The share of words that are Cyrillic."""
    every = [word for some in words for word in some if not word.isdigit()]
    return sum("\u0400" <= word[0] <= "\u052f" for word in every) / max(len(every), 1)


class _Vocabulary:
    """The words of one side, numbered, and the turns in which each stands."""

    def __init__(self, said: Sequence[set[str]]) -> None:
        self.names = sorted({word for words in said for word in words})
        self.number = {word: k for k, word in enumerate(self.names)}
        self.turns = [np.array(sorted(self.number[w] for w in ws), np.int64) for ws in said]
        every = np.concatenate([*self.turns, np.empty(0, np.int64)])
        order = np.argsort(every, kind="stable")
        self.rows = np.repeat(np.arange(len(said)), [len(turn) for turn in self.turns])[order]
        self.begun = np.searchsorted(every[order], np.arange(len(self.names)))
        self.counts = np.bincount(every, minlength=len(self.names))

    def within(self, turns: Array) -> Array:
        """In how many of some turns each word stands."""
        every = np.concatenate([*(self.turns[k] for k in turns.tolist()), np.empty(0, np.int64)])
        return np.bincount(every, minlength=len(self.names))

    def summed(self, worth: Array) -> Array:
        """For each turn the worth of its words."""
        return np.array([worth[turn].sum() for turn in self.turns])


class _Links(NamedTuple):
    """Words of both sides that stand for each other, and how often both do where one does.

    Before anything is matched, every second time.
    """

    left: Array
    right: Array
    kept: Array


class _Shared(NamedTuple):
    """Pairs of turns that share a word: their numbers, and which link it is."""

    left: Array
    right: Array
    link: Array


class _Words:
    """The words of both sides, and what they have in common."""

    def __init__(self, left: Told, right: Told, *, sounds: bool) -> None:
        said = [[{t.word for t in tokens(text)} for text in told.texts] for told in (left, right)]
        shares = [_cyrillic(words) for words in said]
        if sounds and max(shares) > 0.5 > min(shares):
            said = [[ws | {_sound(word) for word in ws} - {""} for ws in side] for side in said]
        self.left, self.right = (_Vocabulary(side) for side in said)
        number = self.right.number
        same = [(k, number[word]) for k, word in enumerate(self.left.names) if word in number]
        pairs = np.array(same, np.int64).reshape(-1, 2)
        self.same = _Links(pairs[:, 0], pairs[:, 1], np.full(len(pairs), 0.5))

    def shared(self, links: _Links) -> _Shared:
        """Pairs of turns that share a linked word, the rarest words first; not all, if many."""
        x, y = self.left.counts[links.left], self.right.counts[links.right]
        order = np.argsort(x * y, kind="stable")
        order = order[np.cumsum((x * y)[order]) <= _SHARES]
        x, y = x[order], y[order]
        block = np.repeat(np.arange(len(order)), x * y)
        within = np.arange(len(block)) - np.repeat(np.cumsum(x * y) - x * y, x * y)
        begun = self.left.begun[links.left[order]], self.right.begun[links.right[order]]
        return _Shared(
            self.left.rows[begun[0][block] + within // y[block]],
            self.right.rows[begun[1][block] + within % y[block]],
            order[block],
        )

    def learned(self, left: Array, right: Array, *, new: bool) -> _Links:
        """Words for words, from turns that are matched; the surest first, each once.

        Parameters
        ----------
        left, right : array
            Turns that stand beside each other.
        new : bool
            Whether words that are not spelt alike count: those that stand together three
            times at least, and with p < 0.001 not by chance (G2 of 10.83).
        """
        a, b = self.left, self.right
        width = max(len(b.names), 1)
        crossed = [
            (a.turns[i][:, None] * width + b.turns[j][None, :]).ravel()
            for i, j in zip(left.tolist(), right.tolist(), strict=True)
            if len(a.turns[i]) * len(b.turns[j]) <= 10_000
        ]
        codes, together = np.unique(
            np.concatenate([*crossed, np.empty(0, np.int64)]), return_counts=True
        )
        one, other = codes // width, codes % width
        in_left, in_right = a.within(left), b.within(right)
        x, y = in_left[one], in_right[other]
        twin = np.full(len(a.names), -1)
        twin[self.same.left] = self.same.right
        alike = twin[one] == other
        seen = in_left[self.same.left].sum() + in_right[self.same.right].sum()
        overall = together[alike].sum() / max(seen / 2, 1)
        sure = _evidence(together, x, y, len(left))
        order = np.flatnonzero(alike | (new & (together >= 3) & (sure > 10.83)))
        order = order[np.lexsort((codes[order], -sure[order], ~alike[order]))]
        free_left, free_right = np.ones(len(a.names), bool), np.ones(len(b.names), bool)
        chosen = []
        for k in order.tolist():
            if free_left[one[k]] and free_right[other[k]]:
                free_left[one[k]] = free_right[other[k]] = False
                chosen.append(k)
        # A word that is spelt alike and never stood in matched turns together may yet.
        rest = free_left[self.same.left] & free_right[self.same.right]
        lefts = np.concatenate([one[chosen], self.same.left[rest]])
        rights = np.concatenate([other[chosen], self.same.right[rest]])
        both = np.concatenate([together[chosen], np.zeros(np.count_nonzero(rest))])
        # As if each had been seen twice more, and kept as often as all that are spelt alike.
        kept = (both + 2 * overall) / ((in_left[lefts] + in_right[rights]) / 2 + 2)
        return _Links(lefts, rights, np.clip(kept, 0.01, 0.95))


def _evidence(together: Array, x: Array, y: Array, total: int) -> Array:
    """Dunning's G2 of two words in matched turns; 0 if chance would bring them together more."""

    def part(seen: Array, expected: Array) -> Array:
        share: Array = seen / np.maximum(expected, 1e-9)
        return seen * np.log(np.maximum(share, 1e-12))

    cells = (
        (together, x * y),
        (x - together, x * (total - y)),
        (y - together, (total - x) * y),
        (total - x - y + together, (total - x) * (total - y)),
    )
    value: Array = np.zeros(len(together))
    for seen, product in cells:
        value = value + 2 * part(seen, product / max(total, 1))
    return np.where(together * total > x * y, value, 0.0)


class _Lengths:
    """Logarithms of lengths, standardized: of each turn, and of each with the one before it."""

    def __init__(self, texts: Sequence[str]) -> None:
        lengths = np.array([len(text) for text in texts], float)
        logs = np.log(lengths + 3)
        mean, deviation = (float(logs.mean()), max(float(logs.std()), 0.1)) if len(logs) else (0, 1)
        before = np.concatenate([[0], lengths[:-1]])[: len(lengths)]
        self.one = (logs - mean) / deviation
        self.two = (np.log(lengths + before + 3) - mean) / deviation


class _Said(NamedTuple):
    """The evidence of words: of pairs of turns by diagonal, and of each turn.

    ``starts``: where the pairs of each diagonal begin; ``left``: the left turn of each;
    ``gains``: how much likelier the words they share make it that they are the same.
    ``owed``: what the words of each turn count against it as long as they are not shared;
    ``most``: all that they could gain.
    """

    starts: Array
    left: Array
    gains: Array
    owed: tuple[Array, Array]
    most: tuple[Array, Array]


class Matching:
    """Two sides, and which of their turns say the same.

    Parameters
    ----------
    left, right : Told
    parts : Parts

    Examples
    --------
    >>> one = Told(["A cold night.", "Yes.", "Two baskets?"], ["Anna", "Jan", "Anna"])
    >>> other = Told(["The night is cold.", "Two baskets"], ["A.", "A."])
    >>> Matching(one, other).groups()
    [((0,), (0,)), ((1,), ()), ((2,), (1,))]
    """

    def __init__(self, left: Told, right: Told, parts: Parts = EVERY) -> None:
        self.parts = parts
        self.n, self.m = len(left.texts), len(right.texts)
        self.words = _Words(left, right, sounds=parts.sounds)
        self._lengths = _Lengths(left.texts), _Lengths(right.texts)
        self._speakers = left.speakers, right.speakers

    def nearest(self) -> dict[int, int]:
        """For each turn on the left the one on the right that is most like it in its words.

        Those that are hardly like any, with a cosine below 0.15, are left out.

        Notes
        -----
        Cosine of the two sets of words, each word weighed by the logarithm of how rare it is.
        """
        there, _, likeness = self._nearest
        return {i: j for i, j in enumerate(there.tolist()) if likeness[i] >= _LIKE}

    @property
    def in_order(self) -> bool:
        """Whether the sides run in parallel, as versions and translations do.

        They do not if of the turns that are most like each other, each among all of the
        other side, less than two thirds stand in the same order.  Fewer than eight such
        pairs say nothing.
        """
        lefts, rights = self._alike(_LIKE)
        return len(lefts) < 8 or len(rising(rights)) * 3 >= 2 * len(lefts)

    def _alike(self, least: float) -> tuple[Array, Array]:
        """Turns that are most like each other, each among all of the other side."""
        there, back, likeness = self._nearest
        lefts = np.flatnonzero(likeness >= least)
        lefts = lefts[back[there[lefts]] == lefts]
        return lefts, there[lefts]

    @cached_property
    def _nearest(self) -> tuple[Array, Array, Array]:
        """For each turn the nearest of the other side, and how like each on the left is it."""
        a, b, links = self.words.left, self.words.right, self.words.same
        in_all = [a.counts.astype(float), b.counts.astype(float)]
        in_all[0][links.left] += b.counts[links.right]
        in_all[1][links.right] += a.counts[links.left]
        worth = [np.log((self.n + self.m) / count) ** 2 for count in in_all]
        norms = [np.sqrt(np.maximum(v.summed(w), 1e-9)) for v, w in zip((a, b), worth, strict=True)]
        shared = self.words.shared(links)
        pairs, which = np.unique(shared.left * self.m + shared.right, return_inverse=True)
        i, j = pairs // max(self.m, 1), pairs % max(self.m, 1)
        score = np.bincount(which, worth[0][links.left][shared.link]) / (norms[0][i] * norms[1][j])
        there, back = np.zeros(self.n, np.int64), np.zeros(self.m, np.int64)
        likeness = np.zeros(self.n)
        # The last that is written stays: the best, and of equals the first.
        order = np.lexsort((-j, -i, score))
        there[i[order]], back[j[order]], likeness[i[order]] = j[order], i[order], score[order]
        return there, back, likeness

    def groups(self) -> list[Group]:
        """The likeliest way through both sides: every turn of both once, in order."""
        names = [list(dict.fromkeys(names)) for names in self._speakers]
        numbers = [{name: k for k, name in enumerate(own)} for own in names]
        people = [
            np.array([number[name] for name in own], np.int64)
            for number, own in zip(numbers, self._speakers, strict=True)
        ]
        table = np.array([[_alike(one, other) for other in names[1]] for one in names[0]], float)
        table = table.reshape(len(names[0]), len(names[1]))
        if not self.parts.speakers:
            table[:] = 0
        links, agreement = self.words.same, 0.7
        large = self.n * self.m > _BAND
        band = self._around(*self._sure()) if large else None
        groups: list[Group] = []
        for _ in range(_ROUNDS):
            said = self._said(links, band)
            found = self._way(said, (people[0], people[1], table), agreement, band)
            settled = len(set(found) & set(groups)) >= _SETTLED * len(found)
            groups = found
            pairs = [(a[0], b[0]) for a, b in groups if len(a) == len(b) == 1]
            if settled or len(pairs) < 4:
                break
            left, right = np.array(pairs, np.int64).T
            u, v = self._lengths[0].one[left], self._lengths[1].one[right]
            spread = max(float(np.mean(u * u + v * v)) / 2, 1e-9)
            agreement = float(np.clip(np.mean(u * v) / spread, 0.3, 0.95))
            if self.parts.speakers:
                table = _learned(people[0], people[1], left, right, table.shape)
            if self.parts.words:
                links = self.words.learned(left, right, new=self.parts.learned)
            if large:
                band = self._around(left, right)
        return groups

    def _sure(self) -> tuple[Array, Array]:
        """Turns that are surely the same, in order."""
        lefts, rights = self._alike(_SURE)
        kept = rising(rights)
        return lefts[kept], rights[kept]

    def _around(self, left: Array, right: Array) -> Array:
        """For each diagonal the first and the last place on the left that is looked at.

        All that lies between two pairs of turns that belong together, and a little around.
        """
        ends = np.concatenate([[[0, 0]], np.stack([left, right], 1), [[self.n, self.m]]])
        diagonals = np.arange(self.n + self.m + 1)
        after = np.searchsorted(ends.sum(axis=1), diagonals, side="right").clip(1, len(ends) - 1)
        (i, j), (k, m) = ends[after - 1].T, ends[after].T
        first = np.maximum(i, diagonals - m) - _WIDTH
        last = np.minimum(k, diagonals - j) + _WIDTH
        return np.stack([first, last], axis=1)

    def _said(self, links: _Links, band: Array | None) -> _Said:
        """The evidence of the words, as logarithms of likelihood ratios.

        A shared word counts ``log(kept / frequency)``, one that is not shared
        ``log((1 - kept) / (1 - frequency))``, where frequency is its share of all turns.
        """
        n, m = self.n, self.m
        a, b = self.words.left, self.words.right
        if not self.parts.words:
            links = _Links(links.left[:0], links.right[:0], links.kept[:0])
        x, y = a.counts[links.left] - 0.5, b.counts[links.right] - 0.5
        frequency = (x / max(n, 1) + y / max(m, 1)) / 2
        frequency = np.clip(frequency, 1e-6, 0.98)
        gain = np.log(links.kept / frequency)
        loss = np.log((1 - links.kept) / (1 - frequency))
        telling = gain > loss
        links, gain, loss = _Links(*(part[telling] for part in links)), gain[telling], loss[telling]
        shared = self.words.shared(links)
        counted = np.zeros(len(links.left), bool)
        counted[shared.link] = True
        full = np.where(counted, gain - 2 * loss, 0.0)
        debts: list[Array] = []
        mosts: list[Array] = []
        for own, words in ((a, links.left), (b, links.right)):
            for worth, into in ((np.where(counted, loss, 0.0), debts), (full, mosts)):
                by_word = np.zeros(len(own.names))
                by_word[words] = worth
                into.append(own.summed(by_word))
        left, diagonal, link = shared.left, shared.left + shared.right, shared.link
        if band is not None:
            near = (left >= band[diagonal, 0] - 3) & (left <= band[diagonal, 1] + 3)
            left, diagonal, link = left[near], diagonal[near], link[near]
        codes, which = np.unique(diagonal * n + left, return_inverse=True)
        starts = np.searchsorted(codes, np.arange(n + m + 1) * n)
        gains = np.bincount(which, full[link])
        return _Said(starts, codes % max(n, 1), gains, (debts[0], debts[1]), (mosts[0], mosts[1]))

    def _way(
        self,
        said: _Said,
        people: tuple[Array, Array, Array],
        agreement: float,
        band: Array | None,
    ) -> list[Group]:
        """The likeliest way through both sides, by dynamic programming over their diagonals.

        On diagonal ``d`` stand the places ``(i, d - i)``: `i` turns of the left side are
        behind them, and ``d - i`` of the right one.  Arrays over `i` have two cells of margin.
        """
        n, m = self.n, self.m
        one, other = self._lengths
        costs = [float(np.log(share)) for _, _, share in _MOVES]
        scores = [np.full(n + 4, _WORST) for _ in range(4)]
        # What words and speakers say of the pairs that end at a diagonal, and at the one before.
        words, who = ([np.zeros(n + 4) for _ in range(2)] for _ in range(2))
        back: list[tuple[int, Array]] = [(0, np.zeros(1, np.int8))]
        scores[0][2] = 0.0
        for d in range(1, n + m + 1):
            low, high = max(0, d - m), min(n, d)
            if band is not None:
                low, high = max(low, int(band[d, 0])), min(high, int(band[d, 1]))
            w, c = words[d % 2], who[d % 2]
            w[:] = 0.0
            first, last = max(0, d - 1 - m, low - 3), min(n - 1, d - 2, high + 1)
            if first <= last:
                pairs = slice(said.starts[d - 2], said.starts[d - 1])
                w[said.left[pairs] + 2] = said.gains[pairs]
                c[first + 2 : last + 3] = people[2][
                    people[0][first : last + 1], people[1][d - 2 - last : d - 1 - first][::-1]
                ]
            before = scores[(d - 1) % 4]
            found = before[low + 1 : high + 2] + costs[0]
            alone = before[low + 2 : high + 3] + costs[1]
            move = (alone > found).astype(np.int8)
            found = np.maximum(found, alone)
            for number, (a, b, _) in enumerate(_MOVES[2:], 2):
                begin, end = max(low, a), min(high, d - b)
                if begin > end:
                    continue
                lefts = slice(begin - 1, end)
                rights = slice(d - end - 1, d - begin)
                u = (one.one if a == 1 else one.two)[lefts]
                v = (other.one if b == 1 else other.two)[rights][::-1]
                value = w[begin + 1 : end + 2]
                debt = said.owed[0][lefts] + said.owed[1][rights][::-1]
                met = c[begin + 1 : end + 2]
                if a == 2:
                    value = value + words[(d - 1) % 2][begin : end + 1]
                    value = np.minimum(value, said.most[1][rights][::-1])
                    debt = debt + said.owed[0][begin - 2 : end - 1]
                    met = (met + who[(d - 1) % 2][begin : end + 1]) / 2
                if b == 2:
                    value = value + words[(d - 1) % 2][begin + 1 : end + 2]
                    value = np.minimum(value, said.most[0][lefts])
                    debt = debt + said.owed[1][d - end - 2 : d - begin - 1][::-1]
                    met = (met + who[(d - 1) % 2][begin + 1 : end + 2]) / 2
                value = np.maximum(value + debt, -12.0) + met + costs[number]
                value += _fit(u, v, agreement)
                value += scores[(d - a - b) % 4][begin - a + 2 : end - a + 3]
                part = slice(begin - low, end - low + 1)
                move[part][value > found[part]] = number
                np.maximum(found[part], value, out=found[part])
            best = scores[d % 4]
            best[:] = _WORST
            best[low + 2 : high + 3] = found
            back.append((low, move))
        groups: list[Group] = []
        i, j = n, m
        while i or j:
            low, move = back[i + j]
            a, b, _ = _MOVES[int(move[i - low])]
            groups.append((tuple(range(i - a, i)), tuple(range(j - b, j))))
            i, j = i - a, j - b
        return groups[::-1]


def _fit(u: Array, v: Array, r: float) -> Array:
    """How much likelier two lengths are in one row than by chance, in logarithms.

    Both are standardized logarithms, taken for normally distributed with correlation `r`.
    """
    rest = 1 - r * r
    fit: Array = (r / rest) * u * v - (r * r / (2 * rest)) * (u * u + v * v) - 0.5 * np.log(rest)
    return np.maximum(fit, -6.0)


def _alike(one: str, other: str) -> float:
    """What is given for two names that are the same, in whatever script, before any match."""
    names = [{t.word for t in tokens(name)} for name in (one, other)]
    sounds = [{_sound(word) for word in words} - {""} for words in names]
    return (
        2.0 if one == other or (names[0] and names[0] == names[1]) or sounds[0] & sounds[1] else 0.0
    )


def _learned(
    people: Array, others: Array, left: Array, right: Array, shape: tuple[int, ...]
) -> Array:
    """How much more often two people speak in matched turns than by chance, in logarithms."""
    codes = people[left] * shape[1] + others[right]
    together = np.bincount(codes, minlength=shape[0] * shape[1]).reshape(shape)
    x = (np.bincount(people, minlength=shape[0]) + 0.5) / (len(people) + 0.5 * shape[0])
    y = (np.bincount(others, minlength=shape[1]) + 0.5) / (len(others) + 0.5 * shape[1])
    by_chance = x[:, None] * y[None, :]
    # As if five more pairs had been seen, of people who met by chance.
    found: Array = np.log((together + 5 * by_chance) / ((len(left) + 5) * by_chance))
    return found


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
