"""What a word is: the one place that splits, folds and fingerprints text.

Search, measures, highlights and fingerprints all use :func:`tokens`, so that a hit,
a count and a mark on the page can never disagree.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import regex

SHORTEST_FINGERPRINT = 6
"""Words a turn needs to carry a fingerprint: a shorter one could be guessed from it."""

# Each sign of a script that writes no spaces is a word of its own, as in Unicode's UAX 29;
# a phrase search then finds words of several signs.  Signs that only join or hide
# (soft hyphen, zero-width joiners, bidi marks) may stand inside a word.
_HIDDEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_SIGN = r"[\p{Han}\p{Hiragana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_LETTER = rf"(?:(?!{_SIGN})[\p{{L}}\p{{N}}])"
_REST = rf"[\p{{M}}{_HIDDEN}]*"
_RUN = rf"{_LETTER}{_REST}(?:{_LETTER}{_REST})*"
_WORD = regex.compile(
    rf"{_SIGN}{_REST}"
    rf"|\p{{Nd}}+(?:[.,]\p{{Nd}}+)+(?![\p{{L}}\p{{N}}])"
    rf"|{_RUN}(?:['’‘ʼ＇]{_RUN})*"
)
_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ＇"), "'")
_DROPPED = regex.compile(rf"[{_HIDDEN}]")
_NOT_WORD = regex.compile(r"[^\p{L}\p{M}\p{N}]+")


def plain(value: str) -> str:
    """`value` with its accents composed and every run of white space one space.

    Names and facet values are compared in this form.

    Examples
    --------
    >>> plain("  Anna\\n Maria ")
    'Anna Maria'
    """
    return " ".join(unicodedata.normalize("NFC", value).split())


class Token(NamedTuple):
    """A word of a text: its folded form and where it stands.

    ``start`` and ``end`` count code points of the text as given.

    Examples
    --------
    >>> Token("come", 0, 4).word
    'come'
    """

    word: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The words of `text`, folded, each with its place.

    A word is a run of letters, digits and their combining marks; an apostrophe between
    letters belongs to it (``don’t``), a hyphen does not; a number keeps its inner points
    and commas (``30,000``).  Signs of scripts without spaces count one by one.  The dashes
    or asterisks that mask strong language are not part of a word: ``f———`` is ``f``.

    Returns
    -------
    list of Token
        In the order of the text.

    Examples
    --------
    >>> [t.word for t in tokens("“Don’t!” — 30,000 Сёстры")]
    ["don't", '30,000', 'сестры']
    >>> tokens("Oh, Tomas")[1]
    Token(word='tomas', start=4, end=9)
    """
    return [Token(fold(m[0]), m.start(), m.end()) for m in _WORD.finditer(text)]


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """`word` without case, accents and hidden signs, so that its spellings compare equal.

    Compatibility forms are resolved (``ﬁ``, full-width letters), apostrophes made alike.
    A mark that makes another letter stays: Cyrillic й, ў and ї (ё becomes е), the vowel
    signs of Indic scripts, the voicing marks of Japanese.

    Examples
    --------
    >>> fold("Élan"), fold("ЁЖ"), fold("мой") == fold("мои")
    ('elan', 'еж', False)
    """
    if word.isascii():
        return word.lower()
    word = _DROPPED.sub("", word.translate(_APOSTROPHES))
    # Folding twice, as Unicode's toNFKC_Casefold does: one pass can make new composites.
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    kept: list[str] = []
    base = ""
    for sign in flat:
        kind = unicodedata.combining(sign)
        if kind == 0:
            base = sign
        elif _is_letter_mark(base, sign):
            pass
        elif kind == 1 or 10 <= kind <= 36 or kind >= 200:
            continue
        kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_APOSTROPHES)


def _is_letter_mark(base: str, mark: str) -> bool:
    """Whether the mark makes a letter of its own with a Cyrillic base."""
    if not "\u0400" <= base <= "\u052f":
        return False
    return mark == "\u0306" or (mark == "\u0308" and base != "е")


def count(text: str) -> int:
    """How many words `text` has.

    Examples
    --------
    >>> count("Half of them. (laughs)")
    4
    """
    return sum(1 for _ in _WORD.finditer(text))


def fingerprint(text: str, salt: str) -> str | None:
    """A salted hash of the words of `text`, or None if it has fewer than six.

    Equal for copies that differ in quotation marks, dashes, case, accents, spacing or in
    how strong language is masked; different as soon as a word differs.  BLAKE2b, 16 bytes,
    in hexadecimal.

    Parameters
    ----------
    text : str
    salt : str
        The corpus's own (``fingerprint_salt`` of its descriptor).

    Examples
    --------
    >>> a = fingerprint("You know the f——— fog, it’s back again", "demo")
    >>> a == fingerprint('"you know the f*** fog -- it\\'s BACK again"', "demo")
    True
    >>> fingerprint("Yes, of course.", "demo") is None
    True
    """
    return fingerprint_of((token.word for token in tokens(text)), salt)


def fingerprint_of(words: Iterable[str], salt: str) -> str | None:
    """The fingerprint of words that :func:`tokens` has already folded.

    Examples
    --------
    >>> words = [t.word for t in tokens("one two three four five six")]
    >>> fingerprint_of(words, "x") == fingerprint("One, two, three, four, five, six!", "x")
    True
    """
    kept = [bare(word) for word in words]
    if len(kept) < SHORTEST_FINGERPRINT:
        return None
    return digest(" ".join(kept).encode(), salt).hex()


@lru_cache(maxsize=1 << 16)
def bare(word: str) -> str:
    """A folded word as a fingerprint counts it: its letters and digits only.

    Examples
    --------
    >>> bare("don't"), bare("30,000")
    ('dont', '30000')
    """
    return word if word.isalpha() else _NOT_WORD.sub("", word)


def digest(joined: bytes, salt: str) -> bytes:
    """The fingerprint of bare words, joined by single spaces, as its 16 bytes.

    Examples
    --------
    >>> digest(b"one two three four five six", "x").hex() == fingerprint(
    ...     "One, two, three, four, five, six!", "x")
    True
    """
    return hashlib.blake2b(joined, digest_size=16, key=salt.encode()[:64]).digest()
