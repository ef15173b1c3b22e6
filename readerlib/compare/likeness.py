"""What in the source a sentence is most like, when its words do not stand there.

Words are weighed by how rare they are in the source, so that a name or a number tells much
and a common word next to nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from math import log
from typing import NamedTuple

import regex

from readerlib.text import bare, tokens

_STEM = 6
"""Letters at the beginning of a word that stand for it: an ending changes little."""

_NEGATIONS_LIST = (
    "not no never none nothing nobody nowhere neither nor cannot without hardly не нет ни "
    "никто ничего никогда без немає ні ніхто нічого ніколи nicht kein keine keinen nie "
    "niemand ne pas jamais rien sans"
)
_NEGATIONS = frozenset(_NEGATIONS_LIST.split())
_NUMBER_WORDS_LIST = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
    "ninety hundred hundreds thousand thousands million millions dozen dozens half"
)
_NUMBER_WORDS = frozenset(_NUMBER_WORDS_LIST.split())
_DIGIT = regex.compile(r"\p{N}")


class Change(NamedTuple):
    """What stands in the quotation and what in its place in the source; either may be empty.

    Examples
    --------
    >>> Change("200", "300", "number").sort
    'number'
    """

    quoted: str
    source: str
    sort: str

    @property
    def said(self) -> str:
        """The change as a reader sees it."""
        if not self.source:
            return f"added: {self.quoted}"
        if not self.quoted:
            return f"left out: {self.source}"
        return f"{self.source} → {self.quoted}"


def is_negation(word: str) -> bool:
    """Whether a word denies: a negation or a contraction with one.

    Examples
    --------
    >>> is_negation("don't"), is_negation("never"), is_negation("note")
    (True, True, False)
    """
    return word in _NEGATIONS or word.endswith("n't") or word in _BARE_CONTRACTIONS


_BARE_CONTRACTIONS_LIST = (
    "dont doesnt didnt isnt arent wasnt werent wont cant couldnt wouldnt shouldnt havent "
    "hasnt hadnt aint mustnt neednt"
)
_BARE_CONTRACTIONS = frozenset(_BARE_CONTRACTIONS_LIST.split())


def is_number(word: str) -> bool:
    """Whether a word is a number, in digits or letters.

    Examples
    --------
    >>> is_number("17"), is_number("hundred"), is_number("ice")
    (True, True, False)
    """
    return bool(_DIGIT.search(word)) or word in _NUMBER_WORDS


def altered(
    quote: Sequence[str], turn: Sequence[str]
) -> tuple[int, list[tuple[int, int, int, int]]]:
    """How many words the two share in order, and where they differ.

    Returns
    -------
    (int, list of (int, int, int, int))
        Words in common; for each difference, first and last (excluded) word of both.
    """
    matcher = SequenceMatcher(None, quote, turn, autojunk=False)
    shared = 0
    differences = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            shared += b - a
        else:
            differences.append((a, b, c, d))
    return shared, differences


def sort_of(words: Iterable[str], names: Iterable[str]) -> str:
    """What kind of word a change touches: a negation, a number, a name, or another word."""
    given = list(words)
    known = set(names)
    if any(is_negation(word) for word in given):
        return "negation"
    if any(is_number(word) for word in given):
        return "number"
    if any(word in known for word in given):
        return "name"
    return "word"


class Likest(NamedTuple):
    """A turn that a sentence is like: how much of the sentence's weight the two share.

    ``share`` is between 0 and 1; ``words`` counts different words in common, ``rare`` those of
    them that stand in few turns; ``weighs`` is what all of them tell, a word that stands
    nowhere else being 1.
    """

    turn: int
    share: float
    words: int
    rare: int
    weighs: float


class Likeness:
    """The turns of a source, to be searched for what a sentence may come from.

    Parameters
    ----------
    texts : sequence of sequence of str
        For each turn what there is to read of it: words, summary.
    around : sequence of str
        For each turn what is known of it besides: who speaks to whom, in whose story.
    """

    def __init__(self, texts: Sequence[Sequence[str]], around: Sequence[str]) -> None:
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._around: dict[str, list[int]] = defaultdict(list)
        self._n = max(len(texts), 1)
        lengths = []
        for t, layers in enumerate(texts):
            strengths: Counter[str] = Counter()
            for layer in layers:
                for stem, times in Counter(stems(layer)).items():
                    strengths[stem] = max(strengths[stem], times)
            for stem, times in strengths.items():
                self._postings[stem].append((t, float(times)))
            for stem in set(stems(around[t])):
                self._around[stem].append(t)
            lengths.append(sum(strengths.values()))
        self._lengths = lengths
        # Half of what a word tells that stands in one turn alone.
        self._rare = 0.5 * log(1 + (self._n - 0.5) / 1.5)
        self._mean = sum(lengths) / self._n or 1.0

    def weight(self, stem: str) -> float:
        """How much a word tells: the rarer in the source, the more; nothing if it is not there."""
        known = max(len(self._postings.get(stem, ())), len(self._around.get(stem, ())) // 3)
        if not known:
            return log(1 + self._n)
        return log(1 + (self._n - known + 0.5) / (known + 0.5))

    def like(self, sentence: str, most: int = 5, context: str = "") -> list[Likest]:
        """The turns most like a sentence, the likest first.

        Parameters
        ----------
        sentence : str
        most : int
        context : str
            The sentence before it, whose names it may take up by a pronoun.
        """
        asked = Counter(stems(sentence))
        before = set(stems(context)) - set(asked)
        scores: dict[int, float] = defaultdict(float)
        shared: dict[int, float] = defaultdict(float)
        words: Counter[int] = Counter()
        rare: Counter[int] = Counter()
        total = 0.0
        for stem in asked:
            weight = self.weight(stem)
            total += weight
            hit = set()
            for t, times in self._postings.get(stem, ()):
                size = 0.35 + 0.65 * self._lengths[t] / self._mean
                scores[t] += weight * times * 2.0 / (times + 1.0 * size)
                shared[t] += weight
                words[t] += 1
                rare[t] += weight > self._rare
                hit.add(t)
            for t in self._around.get(stem, ()):
                if t not in hit:
                    scores[t] += 0.3 * weight
                    shared[t] += 0.5 * weight
        for stem in before:
            weight = self.weight(stem)
            for t in self._around.get(stem, ()):
                if t in scores:
                    scores[t] += 0.25 * weight
        best = sorted(scores, key=lambda t: (-scores[t], t))[:most]
        once = log(1 + self._n)
        return [
            Likest(t, shared[t] / total if total else 0.0, words[t], rare[t], shared[t] / once)
            for t in best
        ]


def stems(text: str) -> list[str]:
    """The beginnings of the words of a text; a number as it is.

    Examples
    --------
    >>> stems("Soldiers’ mothers, 2,000")
    ['soldie', 'mother', '2000']
    """
    found = []
    for token in tokens(text):
        word = token.word
        word = bare(word[:-2] if word.endswith("'s") else word)
        found.append(word if word.isdigit() else word[:_STEM])
    return found
