"""Where words of a retelling stand in the source: word for word, or not at all.

Equal is what a fingerprint calls equal: the same words in their bare form.  Whatever differs
in one word is another text, and goes to :mod:`readerlib.compare.likeness`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from readerlib.compare import quoting
from readerlib.text import bare, digest, tokens

Ints = npt.NDArray[np.intp]

MOST_TURNS = 40
"""Turns among which the parts of a quotation are looked for at once."""
MOST_PLACES = 4_000
"""Places of a pair of words that are looked at: a commoner pair tells nothing."""

_STOP = regex.compile(r"[.!?…。！？]")
_BROKEN = regex.compile(r"…|\.\s?\.\s?\.|\[\s*\]|\[\s*(?:…|\.{3})\s*\]")
_EDGE = regex.compile(r"[\n“”„«»\"]")
_CAPITAL = regex.compile(r"\[(\p{L})\](?=\p{L})")
_SIC = regex.compile(r"(?i)[\[(]\s*sic\s*[!.]?\s*[\])]")
"""The reteller's mark that it stands so in the source: no word that is added."""
_ASIDE = regex.compile(r"\([^()]*\)|\[[^\[\]]*\]")

_JUMP, _BACK, _AWAY, _AWAY_BACK, _FAR, _MARKED, _CLEAN = 1.0, 1.7, 1.4, 1.9, 0.4, 0.6, 0.3


class Words(NamedTuple):
    """Bare words with their places, and what stands between them.

    ``begins`` and ``ends``: a sentence, or what one person says, begins or ends here.
    ``aside``: not among what the speaker says: a stage direction, or the account around it.
    ``inner``: quoted by the speaker from somebody else.
    """

    words: list[str]
    starts: list[int]
    ends_at: list[int]
    begins: list[bool]
    ends: list[bool]
    aside: list[bool]
    inner: list[bool]


class Piece(NamedTuple):
    """Words of a quotation that stand together in a turn.

    ``first`` and ``last`` count words of the quotation, ``begin`` and ``end`` words of the
    turn; the last ones excluded.

    Examples
    --------
    >>> Piece(0, 3, turn=4, begin=2, end=5).turn
    4
    """

    first: int
    last: int
    turn: int
    begin: int
    end: int


def read(text: str, *, account: bool) -> Words:
    """The words of a published turn.

    Parameters
    ----------
    text : str
    account : bool
        Whether the speaker's words may stand in quotation marks amid the account of another.
    """
    found = tokens(text)
    n = len(found)
    marked = [part for part, closed in quoting.quoted(text, 0, len(text)) if closed]
    inside = [False] * n
    inner = [False] * n
    aside = [False] * n
    for part in marked:
        nested = [p for p, closed in quoting.quoted(text, part.start, part.end) if closed]
        for i, token in enumerate(found):
            if part.start <= token.start < part.end:
                inside[i] = True
                inner[i] = any(p.start <= token.start < p.end for p in nested)
    if account and any(inside) and not all(inside):
        aside = [not is_in for is_in in inside]
    outside = list(aside)
    # A direction, (laughs), is no word of the speaker's, nor is an explanation, (100 feet).
    for hidden in _ASIDE.finditer(text):
        for i, token in enumerate(found):
            if hidden.start() <= token.start < hidden.end():
                aside[i] = True
    if all(aside):
        aside = [False] * n
    if not n:
        return Words([], [], [], [], [], [], [])
    begins, ends = [False] * n, [False] * n
    own = [i for i in range(n) if not aside[i]]
    begins[own[0]] = ends[own[-1]] = True
    for i in range(n + 1):
        gap = text[found[i - 1].end if i else 0 : found[i].start if i < n else len(text)]
        edge = (
            i in (0, n)
            or bool(_EDGE.search(gap))
            or outside[i - 1] != outside[i]
            or inner[i - 1] != inner[i]
        )
        following = text[found[i].start] if i < n else "A"
        whole = bool(_STOP.search(gap)) and not following.islower() and any(map(str.isspace, gap))
        if edge or whole:
            if i:
                ends[i - 1] = True
            if i < n:
                begins[i] = True
    return Words(
        [bare(token.word) for token in found],
        [token.start for token in found],
        [token.end for token in found],
        begins,
        ends,
        aside,
        inner,
    )


@dataclass
class Asked:
    """The words of a quotation: in bare form, with the gaps that it marks itself.

    ``every`` holds all words from the first to the last, directions and attributions with
    them; ``broken`` the numbers of the words before which something is marked as left out;
    ``added`` the words in square brackets, which are the reteller's.
    """

    words: list[str]
    starts: list[int]
    ends: list[int]
    broken: set[int] = field(default_factory=set)
    added: list[str] = field(default_factory=list)
    every: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.words)


def asked(text: str, parts: Sequence[quoting.Part]) -> Asked:
    """The words in some parts of a retelling, as they are looked for.

    Examples
    --------
    >>> from readerlib.compare.quoting import Part
    >>> found = asked("They left [...] at five [in the morning].", [Part(0, 41)])
    >>> found.words, found.broken, found.added
    (['they', 'left', 'at', 'five'], {2}, ['in', 'the', 'morning'])
    """
    made = Asked([], [], [])
    whole = text[parts[0].start : parts[-1].end]
    made.every = [bare(token.word) for token in tokens(whole)]
    for part in parts:
        # "[T]hey" is a word of which the reteller changed the first letter's case.
        said = _CAPITAL.sub(r"  \1", text[part.start : part.end])
        said = _SIC.sub(lambda found: " " * len(found[0]), said)
        brackets = [m.span() for m in regex.finditer(r"\[[^\[\]]*\]", said)]
        directions = [
            m.span()
            for m in regex.finditer(r"\([^()]*\)", said)
            if not said[: m.start()].strip(' “"') or not said[m.end() :].strip(' .!?”"')
        ]
        at = 0
        for token in tokens(said):
            if any(a <= token.start < b for a, b in brackets):
                made.added.append(said[token.start : token.end])
                at = max(at, token.end)
                continue
            if any(a <= token.start < b for a, b in directions) and len(tokens(said)) > 3:
                at = max(at, token.end)
                continue
            if _BROKEN.search(said[at : token.start]):
                made.broken.add(len(made.words))
            made.words.append(bare(token.word))
            made.starts.append(part.start + token.start)
            made.ends.append(part.start + token.end)
            at = token.end
        if _BROKEN.search(said[at:]):
            made.broken.add(len(made.words))
    return made


class Stream:
    """All words of the source in one row, to be searched."""

    def __init__(self, turns: Sequence[Words], *, asides: bool) -> None:
        numbers: dict[str, int] = {}
        codes: list[int] = []
        turn_of: list[int] = []
        token_of: list[int] = []
        for t, turn in enumerate(turns):
            for i, word in enumerate(turn.words):
                if asides or not turn.aside[i]:
                    codes.append(numbers.setdefault(word, len(numbers)))
                    turn_of.append(t)
                    token_of.append(i)
        self.turns = turns
        self.numbers = numbers
        self.codes = np.array(codes, dtype=np.intp)
        self.turn_of = np.array(turn_of, dtype=np.intp)
        self.token_of = np.array(token_of, dtype=np.intp)
        self._order = np.argsort(self.codes, kind="stable")
        self._bounds = np.searchsorted(self.codes[self._order], np.arange(len(numbers) + 1))
        self._first = np.searchsorted(self.turn_of, np.arange(len(turns) + 1))
        # A turn of one or two words has no pair to be found by.
        self.short: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for t in range(len(turns)):
            begin, end = self._first[t], self._first[t + 1]
            if 0 < end - begin <= 2:
                name = tuple(turns[t].words[self.token_of[p]] for p in range(begin, end))
                self.short[name].append(t)

    def places(self, code: int) -> Ints:
        """Where a word stands."""
        return self._order[self._bounds[code] : self._bounds[code + 1]]

    def frequency(self, word: str) -> int:
        """How often a word stands."""
        code = self.numbers.get(word)
        return 0 if code is None else int(self._bounds[code + 1] - self._bounds[code])

    def together(self, words: Sequence[str]) -> list[Piece]:
        """Everywhere that the words stand one after the other in one turn."""
        n = len(words)
        codes = [self.numbers.get(word, -1) for word in words]
        if not n or min(codes) < 0 or n > len(self.codes):
            return []
        rarest = min(range(n), key=lambda k: self._bounds[codes[k] + 1] - self._bounds[codes[k]])
        at = self.places(codes[rarest]) - rarest
        at = at[(at >= 0) & (at + n <= len(self.codes))]
        for k, code in enumerate(codes):
            at = at[self.codes[at + k] == code]
        at = at[self.turn_of[at] == self.turn_of[at + n - 1]]
        return [self._piece(0, n, int(p), int(p) + n) for p in at]

    def _piece(self, first: int, last: int, begin: int, end: int) -> Piece:
        return Piece(
            first,
            last,
            int(self.turn_of[begin]),
            int(self.token_of[begin]),
            int(self.token_of[end - 1]) + 1,
        )

    def candidates(self, words: Sequence[str], most: int = MOST_TURNS) -> list[int]:
        """The turns that share most with the words: pairs of words, and rare ones alone."""
        weights: dict[int, float] = defaultdict(float)
        n = max(len(self.codes), 1)
        codes = [self.numbers.get(word, -1) for word in words]
        for a, b in pairwise(codes):
            if a < 0 or b < 0:
                continue
            if len(self.places(a)) <= len(self.places(b)):
                at = self.places(a)[:MOST_PLACES]
                at = at[at + 1 < len(self.codes)]
                at = at[self.codes[at + 1] == b]
            else:
                at = self.places(b)[:MOST_PLACES] - 1
                at = at[at >= 0]
                at = at[self.codes[at] == a]
            at = at[self.turn_of[at] == self.turn_of[np.minimum(at + 1, len(self.codes) - 1)]]
            if len(at):
                for turn in np.unique(self.turn_of[at]).tolist():
                    weights[turn] += log(1 + n / len(at))
        for code in set(codes) - {-1}:
            at = self.places(code)
            if len(at) <= 50:
                for turn in np.unique(self.turn_of[at]).tolist():
                    weights[turn] += 0.3 * log(1 + n / len(at))
        best = sorted(weights, key=lambda turn: (-weights[turn], turn))[:most]
        short: list[int] = []
        for size in (1, 2):
            for i in range(len(words) - size + 1):
                short += self.short.get(tuple(words[i : i + size]), ())[:6]
        return sorted({*best, *short[:20]})

    def tiled(self, quote: Asked, turns: Sequence[int], talk_of: Sequence[int]) -> list[Piece]:
        """The words as pieces of these turns, as few and as much in order as can be.

        Empty where some word stands in none of them.
        """
        where: dict[str, list[int]] = defaultdict(list)
        for t in turns:
            for p in range(int(self._first[t]), int(self._first[t + 1])):
                where[self.turns[t].words[self.token_of[p]]].append(p)
        turn_of, back = self.turn_of, []
        before: dict[int, float] = {}
        for i, word in enumerate(quote.words):
            places = where.get(word)
            if not places:
                return []
            marked = i in quote.broken
            here: dict[int, float] = {}
            came: dict[int, int] = {}
            if i == 0:
                before = dict.fromkeys(places, 0.0)
                back.append(came)
                continue
            jumps = _Jumps(before, turn_of, talk_of)
            for p in places:
                cost, origin = jumps.to(p)
                turn = self.turns[int(turn_of[p])]
                cost -= _MARKED if marked else 0.0
                cost -= _CLEAN if turn.begins[int(self.token_of[p])] else 0.0
                cost = max(cost, 0.05 + jumps.least)
                on = before.get(p - 1)
                if on is not None and turn_of[p - 1] == turn_of[p] and on <= cost:
                    cost, origin = on, p - 1
                here[p], came[p] = cost, origin
            before = here
            back.append(came)
        p = min(before, key=lambda place: (before[place], place))
        path = [p]
        for came in reversed(back[1:]):
            p = came[p]
            path.append(p)
        path.reverse()
        pieces = []
        begun = 0
        for i in range(1, len(path) + 1):
            if (
                i == len(path)
                or path[i] != path[i - 1] + 1
                or turn_of[path[i]] != turn_of[path[i - 1]]
            ):
                pieces.append(self._piece(begun, i, path[begun], path[i - 1] + 1))
                begun = i
        return pieces


class _Jumps:
    """From all places of the word before: the cheapest way to a place of the next."""

    def __init__(self, costs: Mapping[int, float], turn_of: Ints, talk_of: Sequence[int]) -> None:
        self._turn_of, self._talk_of = turn_of, talk_of
        by_turn: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for p in sorted(costs):
            by_turn[int(turn_of[p])].append((p, costs[p]))
        self.least = min(costs.values())
        self._within = {}
        for turn, pairs in by_turn.items():
            forward: list[tuple[float, int]] = []
            backward: list[tuple[float, int]] = []
            for p, cost in pairs:
                forward.append(min((cost, p), forward[-1]) if forward else (cost, p))
            for p, cost in reversed(pairs):
                backward.append(min((cost, p), backward[-1]) if backward else (cost, p))
            backward.reverse()
            self._within[turn] = ([p for p, _ in pairs], forward, backward)
        self._turns = sorted(by_turn)
        best = [min((cost, p) for p, cost in by_turn[turn]) for turn in self._turns]
        self._best = best
        self._up = list(best)
        for i in range(1, len(best)):
            self._up[i] = min(self._up[i - 1], best[i])
        self._down = list(best)
        for i in range(len(best) - 2, -1, -1):
            self._down[i] = min(self._down[i + 1], best[i])

    def to(self, p: int) -> tuple[float, int]:
        turn = int(self._turn_of[p])
        options = []
        if turn in self._within:
            places, forward, backward = self._within[turn]
            i = bisect_left(places, p)
            if i:
                options.append((forward[i - 1][0] + _JUMP, forward[i - 1][1]))
            if i < len(places):
                options.append((backward[i][0] + _BACK, backward[i][1]))
        i = bisect_left(self._turns, turn)
        j = bisect_right(self._turns, turn)
        if i:
            options.append(self._away(self._up[i - 1], turn, _AWAY))
            # The turn right before is worth looking at even where another is as cheap.
            options.append(self._away(self._best[i - 1], turn, _AWAY))
        if j < len(self._turns):
            options.append(self._away(self._down[j], turn, _AWAY_BACK))
        return min(options)

    def _away(self, origin: tuple[float, int], turn: int, price: float) -> tuple[float, int]:
        cost, p = origin
        far = self._talk_of[int(self._turn_of[p])] != self._talk_of[turn]
        return cost + price + (_FAR if far else 0.0), p


def whole_turns(
    words: Sequence[str], proofs: Mapping[int, Mapping[bytes, int]], salt: str
) -> list[Piece]:
    """Whole turns that stand in the quotation, proven by their fingerprints alone.

    Parameters
    ----------
    words : sequence of str
    proofs : mapping
        Length in words → fingerprint → number of the turn.
    salt : str
    """
    found: list[Piece] = []
    n = len(words)
    for length in sorted(proofs, reverse=True):
        for i in range(n - length + 1):
            joined = " ".join(words[i : i + length]).encode()
            turn = proofs[length].get(digest(joined, salt))
            if turn is not None and not any(p.first < i + length and i < p.last for p in found):
                found.append(Piece(i, i + length, turn, 0, length))
    return sorted(found)
