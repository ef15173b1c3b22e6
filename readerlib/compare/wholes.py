"""What a retelling is as a whole: a copy, a copy in other words, a translation, or an account.

Single sentences do not tell it.  A text whose sentences follow those of the source one by one,
in its order and of the same lengths, was made from it sentence by sentence, whatever its words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from readerlib.compare import quoting
from readerlib.compare.likeness import altered
from readerlib.compare.source import Source
from readerlib.text import bare, tokens

Sort = Literal["copy", "synonyms", "translation", "account", "unrelated", "too little"]
Floats = npt.NDArray[np.float64]

RUN = 5
"""Words in a row that are looked for to see how much of a text is copied."""
FOUND = 0.25
"""Share of a text that is like the source by chance: with less, the two are unrelated."""
COPIED = 0.8
"""Share of such runs that makes a copy."""
THE_SAME = 0.95
"""Median share of words of a sentence that makes a copy of a text whose sentences follow."""
FEWEST = 6
"""Sentences a text needs for its order to tell anything."""
FOLLOWED = 0.7
"""Share of its sentences that must follow the source's for a text to follow it."""
FOLLOWED_SHAPES = 0.55
"""The same where only lengths, numbers and marks can be compared."""
FOLLOWED_TURNS = 0.4
"""The same for paragraphs and turns, of which several may stand in one paragraph."""
ALIKE = 0.7
"""How far the lengths of sentences that follow each other must run together."""
BEYOND_CHANCE = 5.5
"""Standard deviations above shuffled sentences from which on an order is no chance."""
STRETCHES = (-0.4, -0.2, 0.0, 0.2, 0.4)
"""Logarithms of how much longer the source's language may be than the text's."""
PROVEN = 0.4
"""Share of a text's words proven by fingerprints that makes a copy."""
LIKE_WORDS = 0.25
"""Share of words in order that two sentences must have in common to be one in other words."""
KNOWN_WORDS = 0.3
"""A text with a smaller share of the source's words is not in its language."""
MOST_CELLS = 4_000_000
"""Pairs of sentences that are compared at most."""

GAP = 0.2
"""What it costs to leave a sentence out."""

_SHUFFLES = 12
_NUMBER = regex.compile(r"\p{Nd}+(?:[.,]\p{Nd}+)*")
_SCRIPTS = {
    "Latin": regex.compile(r"\p{Latin}"),
    "Cyrillic": regex.compile(r"\p{Cyrillic}"),
    "Greek": regex.compile(r"\p{Greek}"),
    "Hebrew": regex.compile(r"\p{Hebrew}"),
    "Arabic": regex.compile(r"\p{Arabic}"),
    "Han": regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"),
}


@dataclass(frozen=True)
class Whole:
    """What a text is to its source, with the numbers that say so.

    Attributes
    ----------
    sort : str
        ``copy``; ``synonyms``: the source sentence by sentence in other words, whether swapped
        one by one or by a machine's translation there and back; ``translation``: the same in
        another language; ``account``: told in an order and in words of its own;
        ``unrelated``: hardly anything of it is in the source; ``too little`` to tell.
    says : str
        The finding in a sentence or two.
    facts : mapping of str to float
        ``sentences``: how many were looked at.  ``copied``: share of its runs of five words
        that stand in the source.  ``known``: share of its words that the source has at all.
        ``followed``: share of its sentences that follow the source's in its order, most of
        them one by one.  ``shared``: of these, the median share of words in the same order.
        ``lengths``: of these, how their lengths run together (correlation of logarithms).
        ``chance``: how far above shuffled sentences this is, in standard deviations.

    Examples
    --------
    >>> Whole("account", "It retells.").sort
    'account'
    """

    sort: Sort
    says: str
    facts: Mapping[str, float] = field(default_factory=dict)


class _Unit(NamedTuple):
    """A sentence, or a turn of which only a summary is known."""

    words: tuple[str, ...]
    size: int
    numbers: frozenset[str]
    marks: tuple[bool, bool, bool]


class _Chain(NamedTuple):
    """Sentences of both sides that go together, in the order of both."""

    pairs: list[tuple[int, int]]
    score: float


def whole_of(
    source: Source,
    text: str,
    told: Sequence[tuple[int, int]],
    *,
    found: float,
    proven: int,
) -> Whole:
    """What a text is as a whole.

    Parameters
    ----------
    source : Source
    text : str
    told : sequence of (int, int)
        Its paragraphs that have quotations or claims: headings and a page's menus have none.
    found : float
        Share of its quotations and claims that something was found for.
    proven : int
        How many of its words are proven by fingerprints alone.
    """
    paragraphs = [_without_label(text, quoting.Part(*part)) for part in told]
    units = [
        _unit(text[part.start : part.end])
        for paragraph in paragraphs
        for part in quoting.sentences(text, paragraph.start, paragraph.end)
    ]
    units = [unit for unit in units if unit.words]
    words = sum(len(unit.words) for unit in units)
    facts: dict[str, float] = {"sentences": len(units)}
    by_turn = source.with_words * 2 < len(source)
    said = "\n".join(text[part.start : part.end] for part in paragraphs)
    copied = proven / max(words, 1) if by_turn else _copied(source, said)
    facts["copied"] = round(copied, 3)
    # Short turns and what interrupts a quotation have no fingerprint of their own.
    if copied >= (PROVEN if by_turn else COPIED) and words >= 4 * RUN:
        return Whole("copy", _SAYS["copy"].format(copied=_percent(copied)), facts)
    if len(units) < FEWEST:
        return Whole("too little", _SAYS["too little"], facts)
    theirs = _units_of(source, by_turn=by_turn)
    if by_turn:
        # Of turns without words the lengths are known: a paragraph stands for a turn.
        units = [_unit(text[part.start : part.end]) for part in paragraphs]
        units = [unit._replace(size=len(unit.words)) for unit in units if unit.words]
    known = _known(units, theirs)
    facts["known"] = round(known, 3)
    ours = " ".join(part or "" for part in (*source.texts[:400], *source.gists[:400]))
    foreign = known < KNOWN_WORDS or _script(text) != _script(ours)
    if _followed(units, theirs, facts, foreign=foreign, by_turn=by_turn):
        if facts.get("shared", 0.0) >= THE_SAME:
            return Whole("copy", _SAYS["copy"].format(copied=_percent(facts["shared"])), facts)
        said = _SAYS["translation" if foreign else "synonyms"].format(
            followed=_percent(facts["followed"]),
            unit="paragraph" if by_turn else "sentence",
            same=f", and {_percent(facts['shared'])} of the words of such a sentence are the same"
            if "shared" in facts
            else "",
        )
        return Whole("translation" if foreign else "synonyms", said, facts)
    if found < FOUND or foreign:
        return Whole("unrelated", _SAYS["unrelated"], facts)
    return Whole("account", _SAYS["account"], facts)


_SAYS = {
    "copy": "A copy of its source: {copied} of its words stand there in the same order.",
    "synonyms": "It follows its source {unit} by {unit} in other words, as a text does in which "
    "synonyms were swapped, or that a machine translated: {followed} of its {unit}s come in the "
    "source's order and length{same}.",
    "translation": "It follows its source {unit} by {unit} in another language, as a translation "
    "does: {followed} of its {unit}s come in the source's order and length, with its numbers and "
    "marks. Its words cannot be compared with those of this copy.",
    "account": "An account of its own: it does not follow its source sentence by sentence.",
    "unrelated": "Hardly anything of it was found in this copy.",
    "too little": "Too little text to say more of it as a whole.",
}


def _without_label(text: str, paragraph: quoting.Part) -> quoting.Part:
    """A paragraph without the speaker's name before a colon, which is none of the words."""
    label = quoting.LABEL.match(text[paragraph.start : paragraph.end])
    if label and quoting.words_in(label["label"]) <= 3:
        return quoting.Part(paragraph.start + label.end(), paragraph.end)
    return paragraph


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _unit(said: str) -> _Unit:
    words = tuple(bare(token.word) for token in tokens(said))
    ends = said.rstrip("\"”»’') ")[-1:]
    marks = (ends in "?？؟" and bool(ends), ends == "!", bool(regex.search(r"[\"“”„«»]", said)))
    numbers = frozenset(bare(number) for number in _NUMBER.findall(said))
    return _Unit(words, len(said), numbers, marks)


def _units_of(source: Source, *, by_turn: bool) -> list[_Unit]:
    """The sentences of the source; or its turns, by their summaries and lengths."""
    found = []
    for text, gist, size, kind in zip(
        source.texts, source.gists, source.sizes, source.kinds, strict=True
    ):
        if by_turn:
            unit = _unit(text or gist or "")
            marks = (*unit.marks[:2], kind in ("speech", "quoted", "statement"))
            found.append(unit._replace(size=size or len(unit.words), marks=marks))
        elif text is not None:
            parts = quoting.sentences(text, 0, len(text))
            found += [_unit(text[part.start : part.end]) for part in parts]
    return [unit for unit in found if unit.size and (unit.words or by_turn)]


def _copied(source: Source, text: str) -> float:
    """The share of a text's words that stand in runs of the source."""
    words = [bare(token.word) for token in tokens(text)]
    if len(words) < RUN:
        return 0.0
    runs = source.runs(RUN)
    inside = [False] * len(words)
    for i in range(len(words) - RUN + 1):
        if tuple(words[i : i + RUN]) in runs:
            inside[i : i + RUN] = [True] * RUN
    return sum(inside) / len(words)


def _known(units: Iterable[_Unit], theirs: Iterable[_Unit]) -> float:
    """The share of words, numbers aside, that the source has."""
    vocabulary = {word for unit in theirs for word in unit.words}
    every = [word for unit in units for word in unit.words if not word.isdigit()]
    return sum(word in vocabulary for word in every) / len(every) if every else 0.0


def _script(text: str) -> str:
    """The script that most of a text is in."""
    sample = text[:20_000]
    return max(_SCRIPTS, key=lambda name: len(_SCRIPTS[name].findall(sample)))


def _followed(
    units: Sequence[_Unit],
    theirs: Sequence[_Unit],
    facts: dict[str, float],
    *,
    foreign: bool,
    by_turn: bool,
) -> bool:
    """Whether the sentences follow those of the source, in its words or in others."""
    facts["followed"] = 0.0
    if not units or not theirs or len(units) * len(theirs) > MOST_CELLS:
        return False
    lexical = _lexical(units, theirs)
    if not foreign and not by_turn:
        chain = _chained(2.5 * lexical + 0.4 * _lengths(units, theirs, 0.0) - 0.9, 0.12)
        pairs = [
            (i, j, shared)
            for i, j in chain.pairs
            if (shared := _in_order(units[i], theirs[j])) >= LIKE_WORDS
        ]
        _measured(units, theirs, [(i, j) for i, j, _ in pairs], facts)
        if len(pairs) >= FEWEST:
            facts["shared"] = round(float(np.median([shared for _, _, shared in pairs])), 3)
        return facts["followed"] >= FOLLOWED and facts.get("lengths", 0.0) >= ALIKE
    shape = 0.35 * _marked(units, theirs) + _numbered(units, theirs) + lexical - 0.7
    # One language takes more room than another to say the same.
    stretched = [
        shape + 1.1 * _lengths(units, theirs, log_ratio)
        for log_ratio in (STRETCHES if foreign else (0.0,))
    ]
    shape = max(stretched, key=lambda score: _chained(score, path=False).score)
    chain = _chained(shape)
    other: dict[str, float] = {}
    _measured(units, theirs, chain.pairs, other)
    dice = np.random.default_rng(len(units))
    chance = [
        _chained(shape[dice.permutation(len(units))], path=False).score for _ in range(_SHUFFLES)
    ]
    spread = max(float(np.std(chance)), 0.05 * float(np.mean(chance)), 0.5)
    other["chance"] = round((chain.score - float(np.mean(chance))) / spread, 1)
    enough = FOLLOWED_TURNS if by_turn else FOLLOWED_SHAPES
    if other["chance"] < BEYOND_CHANCE:
        # Whatever the best order is, shuffled sentences have one that is as good.
        facts["chance"] = other["chance"]
        return False
    facts.update(other)
    return facts["followed"] >= enough and facts.get("lengths", 0.0) >= ALIKE


def _measured(
    units: Sequence[_Unit],
    theirs: Sequence[_Unit],
    pairs: Sequence[tuple[int, int]],
    facts: dict[str, float],
) -> None:
    """How many sentences follow the source's one by one, and how their lengths run together."""
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(pairs)]
    near = sum(1 for i, j in steps if i <= 2 and j <= 2)
    one_by_one = near / len(steps) if steps else 0.0
    followed = len(pairs) / len(units)
    facts["followed"] = round(followed if one_by_one >= 0.6 else followed * one_by_one, 3)
    if len(pairs) >= FEWEST:
        mine = np.log([units[i].size for i, _ in pairs])
        other = np.log([theirs[j].size for _, j in pairs])
        if mine.std() > 0 and other.std() > 0:
            facts["lengths"] = round(float(np.corrcoef(mine, other)[0, 1]), 3)


def _in_order(one: _Unit, other: _Unit) -> float:
    """The share of the longer sentence's words that both have in the same order."""
    shared, _ = altered(one.words, other.words)
    return shared / max(len(one.words), len(other.words), 1)


def _lengths(units: Sequence[_Unit], theirs: Sequence[_Unit], log_ratio: float) -> Floats:
    """How near the lengths of each two sentences are, from 0 to 1."""
    mine = np.log([unit.size for unit in units])[:, None] + log_ratio
    other = np.log([unit.size for unit in theirs])[None, :]
    near: Floats = np.exp(-((mine - other) ** 2) / (2 * 0.35**2))
    return near


def _marked(units: Sequence[_Unit], theirs: Sequence[_Unit]) -> Floats:
    """Whether each two sentences are both a question, a call, a quotation, or both not."""
    mine = np.array([unit.marks for unit in units])[:, None, :]
    other = np.array([unit.marks for unit in theirs])[None, :, :]
    same: Floats = (mine == other).mean(axis=2) + 0.5 * (mine & other).any(axis=2) - 0.8
    return same


def _numbered(units: Sequence[_Unit], theirs: Sequence[_Unit]) -> Floats:
    """Whether each two sentences have the same numbers, or other ones."""
    score = np.zeros((len(units), len(theirs)))
    where: dict[str, list[int]] = defaultdict(list)
    for j, unit in enumerate(theirs):
        for number in unit.numbers:
            where[number].append(j)
    has = np.array([bool(unit.numbers) for unit in theirs])
    for i, unit in enumerate(units):
        if unit.numbers:
            score[i, has] -= 0.4
            for number in unit.numbers:
                score[i, where.get(number, [])] += 1.2
        else:
            score[i, has] -= 0.2
    return score


def _lexical(units: Sequence[_Unit], theirs: Sequence[_Unit]) -> Floats:
    """The weight that each two sentences share, each word weighed by its rarity."""
    in_sentences = Counter(word for unit in theirs for word in set(unit.words))
    n = len(theirs)

    def weight(word: str) -> float:
        return log(1 + n / (1 + in_sentences.get(word, 0)))

    where: dict[str, list[int]] = defaultdict(list)
    for j, unit in enumerate(theirs):
        for word in set(unit.words):
            where[word].append(j)
    other = np.array([sum(weight(word) for word in set(unit.words)) for unit in theirs])
    score = np.zeros((len(units), n))
    for i, unit in enumerate(units):
        mine = 0.0
        for word in set(unit.words):
            mine += weight(word)
            score[i, where.get(word, [])] += weight(word)
        score[i] = 2 * score[i] / np.maximum(mine + other, 1e-9)
    return score


def _chained(score: Floats, gap: float = GAP, *, path: bool = True) -> _Chain:
    """The pairs of sentences, in the order of both sides, whose scores add up to most.

    A local alignment (Smith & Waterman, 1981): it may begin and end anywhere, and leaving a
    sentence out on either side costs a little.
    """
    n, m = score.shape
    total = np.zeros((n + 1, m + 1))
    along = gap * np.arange(m + 1)
    for i in range(1, n + 1):
        best = total[i - 1] - gap
        best[1:] = np.maximum(best[1:], total[i - 1, :-1] + score[i - 1])
        np.maximum(best, 0.0, out=best)
        total[i] = np.maximum.accumulate(best + along) - along
    if not path:
        return _Chain([], float(total.max()))
    a, b = divmod(int(total.argmax()), m + 1)
    pairs = []
    while a > 0 and b > 0 and total[a, b] > 1e-12:
        if abs(total[a, b] - (total[a - 1, b - 1] + score[a - 1, b - 1])) < 1e-9:
            if score[a - 1, b - 1] > 0:
                pairs.append((a - 1, b - 1))
            a, b = a - 1, b - 1
        elif abs(total[a, b] - (total[a - 1, b] - gap)) < 1e-9:
            a -= 1
        else:
            b -= 1
    pairs.reverse()
    return _Chain(pairs, float(total.max()))
