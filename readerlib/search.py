"""Search terms, and the stretches of a text that they match."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import regex

from readerlib.text import Token, plain, tokens

_PARTS = regex.compile(r'["“”„«»]([^"“”„«»]*)["“”„«»]?|(\S+)')


class Wanted(NamedTuple):
    """One word of a term: its folded form, and whether any ending may follow.

    Examples
    --------
    >>> Wanted("com", True).fits("coming")
    True
    """

    word: str
    open_ended: bool

    def fits(self, word: str) -> bool:
        """Whether the folded `word` is wanted."""
        return word.startswith(self.word) if self.open_ended else word == self.word


def terms(query: str) -> tuple[str, ...]:
    """The search terms in what a reader typed: words, and phrases in quotation marks.

    Examples
    --------
    >>> terms('gold  "come home" com*')
    ('gold', 'come home', 'com*')
    """
    found = (plain(m[1] if m[1] is not None else m[2]) for m in _PARTS.finditer(query))
    return tuple(dict.fromkeys(term for term in found if term))


def typed(find: Iterable[str]) -> str:
    """The terms as a reader would type them; :func:`terms` gives them back.

    Examples
    --------
    >>> typed(("come home", "gold"))
    '"come home" gold'
    """
    return " ".join(f'"{term}"' if " " in term else term for term in find)


@lru_cache(maxsize=1024)
def wanted(term: str) -> tuple[Wanted, ...]:
    """The words of a term, in order; none if the term holds no letter and no digit.

    Everything that is not part of a word is passed over, so ``what?`` looks for the word
    *what*; a ``*`` right after a word leaves its ending open, anywhere else it is passed
    over too.  A term is never a pattern.

    Examples
    --------
    >>> wanted("Com* home?")
    (Wanted(word='com', open_ended=True), Wanted(word='home', open_ended=False))
    >>> wanted("(*")
    ()
    """
    return tuple(
        Wanted(token.word, term[token.end : token.end + 1] == "*") for token in tokens(term)
    )


def stretches(text: str, find: Iterable[str]) -> list[tuple[int, int]]:
    """Where the terms match in `text`: start and end in code points, in order.

    A phrase is one stretch, from its first word to its last.  Words match whole.

    Examples
    --------
    >>> stretches("Come home, Tomas. Coming?", ["come home", "com*"])
    [(0, 4), (0, 9), (18, 24)]
    """
    return sorted(
        {
            (words[0].start, words[-1].end)
            for term in find
            for words in matches(tokens(text), wanted(term))
        }
    )


def matches(said: Sequence[Token], term: Sequence[Wanted]) -> Iterable[Sequence[Token]]:
    """The runs of words in `said` that fit the words of one term, one by one.

    Examples
    --------
    >>> [run[0].start for run in matches(tokens("no, no"), wanted("no"))]
    [0, 4]
    """
    width = len(term)
    if not width:
        return
    first = term[0]
    for i in range(len(said) - width + 1):
        if first.fits(said[i].word) and all(
            term[k].fits(said[i + k].word) for k in range(1, width)
        ):
            yield said[i : i + width]


def holds(said: Sequence[Token], find: Iterable[str]) -> bool:
    """Whether every term matches somewhere in the words `said`.

    Examples
    --------
    >>> holds(tokens("Come home soon"), ["soon", "come home"])
    True
    >>> holds(tokens("Come home soon"), ["("])
    False
    """
    return all(any(True for _ in matches(said, wanted(term))) for term in find)
