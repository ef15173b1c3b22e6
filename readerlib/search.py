"""Search terms, and the stretches of a text that they match.

A term is a word or a phrase, taken literally, or a pattern between slashes:
``/come (home|back)/``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from time import monotonic
from typing import Any, NamedTuple

import regex

from readerlib.errors import Problem, SelectionError, quoted
from readerlib.text import Token, plain, tokens

PATTERN_SECONDS = 0.75
"""How long a pattern may look through all texts together; with its error it stays below 1 s."""

LONGEST_PATTERN = 300
"""Characters a pattern may have: a longer one is a program."""

_SLASHES = r"/(?:[^/\\]|\\.)+/"
_PATTERN = regex.compile(_SLASHES, regex.DOTALL)
_PARTS = regex.compile(
    rf"({_SLASHES})(?!\S)" + r'|["“”„«»]([^"“”„«»]*)["“”„«»]?|(\S+)', regex.DOTALL
)
# A pattern that calls itself fills the memory faster than any clock can stop it.
_CALL = regex.compile(r"(?<!\\)(?:\\\\)*\(\?(?:R|\d|&|P>)")
_CLUSTER = regex.compile(r"\X")


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
    """The search terms in what a reader typed: words, “phrases”, and ``/patterns/``.

    Examples
    --------
    >>> terms('gold  "come home" com* /home|back to/')
    ('gold', 'come home', 'com*', '/home|back to/')
    """
    found = (
        plain(next(part for part in m.groups() if part is not None)) for m in _PARTS.finditer(query)
    )
    return tuple(dict.fromkeys(term for term in found if term))


def typed(find: Iterable[str]) -> str:
    """The terms as a reader would type them; :func:`terms` gives them back.

    Examples
    --------
    >>> typed(("come home", "gold"))
    '"come home" gold'
    """
    return " ".join(f'"{term}"' if " " in term and not is_pattern(term) else term for term in find)


def is_pattern(term: str) -> bool:
    """Whether a term is a pattern: between two slashes, with none but ``\\/`` inside.

    Examples
    --------
    >>> [is_pattern(term) for term in ("/hom[ei]/", "and/or", "/usr/bin/", "//")]
    [True, False, False, False]
    """
    return _PATTERN.fullmatch(term) is not None


@lru_cache(maxsize=1024)
def wanted(term: str) -> tuple[Wanted, ...]:
    """The words of a term, in order; none if the term holds no letter and no digit.

    Everything that is not part of a word is passed over, so ``what?`` looks for the word
    *what*; a ``*`` right after a word leaves its ending open, anywhere else it is passed
    over too.  The words of a pattern are none: see :func:`scanned`.

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

    A phrase is one stretch, from its first word to its last.  Words match whole; a
    pattern matches anywhere.

    Raises
    ------
    SelectionError
        If a pattern cannot be read, or takes too long.

    Examples
    --------
    >>> stretches("Come home, Tomas. Coming?", ["come home", "com*", "/s. [a-z]/"])
    [(0, 4), (0, 9), (15, 19), (18, 24)]
    """
    find = list(find)
    said = tokens(text)
    found = {
        (words[0].start, words[-1].end)
        for term in find
        if not is_pattern(term)
        for words in matches(said, wanted(term))
    }
    for spans in scanned([text], filter(is_pattern, find)):
        found.update(*spans)
    return sorted(found)


def apart(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted stretches, so cut that none overlaps another; one that lies in another goes.

    Examples
    --------
    >>> apart([(0, 4), (0, 9), (2, 3), (5, 12)])
    [(0, 4), (4, 9), (9, 12)]
    """
    found: list[tuple[int, int]] = []
    at = 0
    for start, end in spans:
        if end > at:
            found.append((max(start, at), end))
            at = end
    return found


def scanned(texts: Iterable[str], patterns: Iterable[str]) -> Iterator[list[list[tuple[int, int]]]]:
    """Where each pattern matches in each of the texts: start and end in code points.

    A pattern is one of the `regex` package (its version 1): ``\\w`` and ``\\b`` know
    every script, upper and lower case are alike, accents count.  It meets the text in NFC,
    so that it does not matter how an accent is written, and what it matches is told in code
    points of the text as given.  Empty matches are left out.  As in every term, a run of
    white space in a pattern is one space.

    Raises
    ------
    SelectionError
        If a pattern cannot be read, or if all of them in all texts together take longer
        than :data:`PATTERN_SECONDS`.  Nothing hangs.

    Examples
    --------
    >>> list(scanned(["Home or back?", "No."], ["/home|back/"]))
    [[[(0, 4), (8, 12)]], [[]]]
    """
    compiled = [(term, pattern(term)) for term in patterns]
    if not compiled:
        return
    end = monotonic() + PATTERN_SECONDS
    for text in texts:
        composed, places = _composed(text)
        found = []
        for term, each in compiled:
            try:
                spans = [
                    match.span()
                    for match in each.finditer(composed, timeout=max(end - monotonic(), 1e-6))
                    if match.end() > match.start()
                ]
            except (TimeoutError, MemoryError):
                raise SelectionError(
                    Problem(
                        f"the pattern {quoted(term)} takes too long",
                        f"A search may take {PATTERN_SECONDS:g} s; repeats inside repeats, such as "
                        "(a+)+, try too many ways.",
                        "Write it with fewer repeats, or search for words instead.",
                    )
                ) from None
            found.append([(places[a][0], places[b - 1][1]) for a, b in spans] if places else spans)
        yield found


def _composed(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text in NFC, and which stretch of `text` each of its signs is.

    No stretches where nothing had to be composed.
    """
    if unicodedata.is_normalized("NFC", text):
        return text, []
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    for match in _CLUSTER.finditer(text):
        start, end = match.span()
        part = unicodedata.normalize("NFC", match[0])
        parts.append(part)
        whole = part != match[0]
        places += [(start, end) if whole else (start + i, start + i + 1) for i in range(len(part))]
    return "".join(parts), places


@lru_cache(maxsize=64)
def pattern(term: str) -> regex.Pattern[str]:
    """The compiled pattern of a term between slashes.

    Raises
    ------
    SelectionError
        If it cannot be read, with the place in it.

    Examples
    --------
    >>> pattern("/home(/")
    Traceback (most recent call last):
    readerlib.errors.SelectionError: the pattern "/home(/" cannot be read: missing ).
      It goes wrong at its sign 6, after "home(".
      Correct it, or write the words without slashes to search for them as they are.
    """
    inner = term[1:-1]
    remedy = "Correct it, or write the words without slashes to search for them as they are."
    if len(inner) > LONGEST_PATTERN:
        raise SelectionError(
            Problem(
                f"the pattern {quoted(term)} is {len(inner)} characters long",
                f"A pattern has {LONGEST_PATTERN} at most.",
                "Search for several shorter ones.",
            )
        )
    if _CALL.search(inner):
        raise SelectionError(
            Problem(f"the pattern {quoted(term)} calls itself", "That may never end.", remedy)
        )
    try:
        return regex.compile(inner, regex.IGNORECASE | regex.V1)
    except (regex.error, ValueError, OverflowError, RecursionError, KeyError) as error:
        at: Any = getattr(error, "pos", None)
        before = f", after {quoted(inner[:at])}" if at else ""
        where = "" if at is None else f"It goes wrong at its sign {at + 1}{before}."
        raise SelectionError(
            Problem(
                f"the pattern {quoted(term)} cannot be read: "
                f"{getattr(error, 'msg', None) or 'it asks for what is not there'}",
                where,
                remedy,
            )
        ) from None


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
    """Whether every term, none of them a pattern, matches somewhere in the words `said`.

    Examples
    --------
    >>> holds(tokens("Come home soon"), ["soon", "come home"])
    True
    >>> holds(tokens("Come home soon"), ["("])
    False
    """
    return all(any(True for _ in matches(said, wanted(term))) for term in find)
