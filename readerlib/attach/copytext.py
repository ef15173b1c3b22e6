"""A reader's copy as words: cleaned of what machines left in it, with its edges and lines."""

from __future__ import annotations

import html
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

import regex

from readerlib.text import bare, tokens

# An apostrophe that some keyboard or program put between the letters of a word.
_APOSTROPHE = regex.compile(r"(?<=\p{L})[´`′ʹ‛ʻʽˈ](?=\p{L})")
# pdfium writes U+FFFE, older versions U+0002, where a line ended in a hyphen of its own.
_HYPHEN_OF_LAYOUT = regex.compile(r"(?:[\ufffe\x02]|\u00ad)[ \t]*(?:\r?\n)?[ \t]*")
_ENTITY = regex.compile(r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[a-zA-Z]{2,10});")
_ESCAPE = regex.compile(r"""\\(?:u([0-9a-fA-F]{4})|([nrt])|(["'/\\]))""")
_MARKDOWN_ESCAPE = regex.compile(r"""\\([\\`*_{}\[\]()#+.!|>~"'-])""")
_MARKDOWN_LINK = regex.compile(r"\[([^\[\]\n]{1,200})\]\((?:https?://|/|#)[^()\s]*\)")
_MOJIBAKE = regex.compile(r"[ÂÃâ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ\ufffd]{1,3}")
_SPACES = regex.compile(r"[^\S\n\t]+(?:\u200b[^\S\n\t]*)*")
_QUOTED_MAIL = regex.compile(r"(?m)^[ \t]*(?:>[ \t]?)+")
_NUMBERED = regex.compile(r"(?m)^[ \t>]*[\[(]?(\d{1,5})[\])]?[.:]?(?:[ \t]+|$)")
_FULL_WIDTH = {sign: sign - 0xFEE0 for sign in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_LINE_ENDS = regex.compile(r"\r\n?|\u2028|\v|\f")
_PARAGRAPHS = regex.compile(r"\u2029")
_HIDDEN = regex.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")

_EDGE = regex.compile(r"[\n.!?…:;|>()\[\]{}“”„\"«»‹›‘*—–/\\]|(?<!\S)'|-{2}")
_STRONG = regex.compile(r"[\n“”„‟\"«»‹›|]|<<|>>")
_BLANK = regex.compile(r"\n[ \t>]*\n")
_LEAD = regex.compile(r"(?:[(\[{“„«‹‘\"'¿¡]|(?:\.\s?){3}|…\s?)+\Z")
_TRAIL = regex.compile(
    r"\A(?:[*_#•]{2,})?(?:\s?…|(?:\s?\.){3}|[^\s(\[{“„«‹<>|*_#\\•~^])*(?:(?<=…|\.)\s?[”»\"](?=\s|\Z))?"
)


def cleaned(text: str) -> str:
    """`text` without what programs leave in copies: entities, escapes, layout hyphens.

    Words stay as they are; nothing is guessed.

    Examples
    --------
    >>> cleaned("It&rsquo;s co\\u00ad\\nming \\u00e2\\u20ac\\u0153home")
    'It’s coming “home'
    """
    text = _PARAGRAPHS.sub("\n\n", _LINE_ENDS.sub("\n", text))
    if len(regex.findall(r"\\u[0-9a-fA-F]{4}|\\n|\\\"", text)) > 5:
        text = _ESCAPE.sub(_unescaped, text)
    for _ in range(2):
        if _ENTITY.search(text):
            text = _ENTITY.sub(lambda m: html.unescape(m[0]), text)
    for _ in range(2):
        if _MOJIBAKE.search(text):
            text = _MOJIBAKE.sub(_unmixed, text)
    if len(_QUOTED_MAIL.findall(text)) * 3 > len(text.split("\n")):
        text = _QUOTED_MAIL.sub("", text)
    text = _SPACES.sub(" ", text.translate(_FULL_WIDTH))
    text = _HYPHEN_OF_LAYOUT.sub("", text)
    text = _MARKDOWN_LINK.sub(r"\1", text)
    text = _MARKDOWN_ESCAPE.sub(r"\1", text)
    return _APOSTROPHE.sub("’", _unnumbered(text))


def _unnumbered(text: str) -> str:
    """The text without line numbers, if most of its lines have one and they count up."""
    numbers = [int(n) for n in _NUMBERED.findall(text)]
    lines = sum(1 for line in text.split("\n") if line.strip())
    rising = sum(a < b <= a + 5 for a, b in pairwise(numbers))
    return _NUMBERED.sub("", text) if len(numbers) > 5 and rising * 2 > lines else text


def _unescaped(found: regex.Match[str]) -> str:
    if found[1]:
        return chr(int(found[1], 16))
    return {"n": "\n", "r": "\n", "t": "\t"}.get(found[2] or "", found[3] or "")


def _unmixed(found: regex.Match[str]) -> str:
    """UTF-8 that was once read as Windows-1252, read right."""
    raw = bytearray()
    for sign in found[0]:
        try:
            raw += sign.encode("cp1252")
        except UnicodeEncodeError:
            if ord(sign) > 255:
                return "”" + found[0][3:] if found[0].startswith("â€") else found[0]
            raw.append(ord(sign))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        # A closing quotation mark: its last byte has no sign in Windows-1252.
        return "”" + found[0][3:] if found[0].startswith("â€") else found[0]


class Marks(NamedTuple):
    """What stands between two words: any mark or line break, a strong one, lines, a sign.

    Examples
    --------
    >>> _marks(".”\\n").line, _marks(" ").edge
    (True, False)
    """

    edge: bool
    strong: bool
    line: bool
    blank: bool
    sign: bool


@lru_cache(maxsize=1 << 12)
def _marks(gap: str) -> Marks:
    return Marks(
        bool(_EDGE.search(gap)),
        bool(_STRONG.search(gap)),
        "\n" in gap,
        bool(_BLANK.search(gap)),
        bool(_EDGE.search(gap.replace("\n", " "))),
    )


class Copy:
    """The words of a copy, each with its place and with what stands before it.

    Attributes
    ----------
    text : str
        The cleaned text.
    words : list of str
        Bare words, as fingerprints count them.
    starts, ends : list of int
        Where each word stands in `text`.
    edge, strong, line, blank : list of bool
        Whether before the word, or at the end, there is any mark; a line break or quotation
        mark; a line break; a blank line.
    unpunctuated : bool
        Whether the copy has hardly any marks.

    Examples
    --------
    >>> copy = Copy("Anna: “Come home.”\\n\\nTomas: “Soon.”")
    >>> copy.words, copy.before(1), copy.strong[1], copy.shown(1, 3)
    (['anna', 'come', 'home', 'tomas', 'soon'], ': “', True, '“Come home.”')
    """

    def __init__(self, text: str) -> None:
        self.text = cleaned(text)
        found = tokens(self.text)
        self.words = [bare(token.word) for token in found]
        self.starts = [token.start for token in found]
        self.ends = [token.end for token in found]
        self._joined = " ".join(self.words).encode()
        self._offsets = [0]
        for word in self.words:
            self._offsets.append(self._offsets[-1] + len(word.encode()) + 1)
        marks = [_marks(self.before(i)) for i in range(len(found) + 1)]
        marks[0] = marks[-1] = Marks(True, True, True, True, False)
        self.edge = [mark.edge for mark in marks]
        self.strong = [mark.strong for mark in marks]
        self.line = [mark.line for mark in marks]
        self.blank = [mark.blank for mark in marks]
        # Where hardly anything is punctuated, a turn may begin at any word.
        self.unpunctuated = sum(mark.sign for mark in marks) * 25 < len(found)
        if self.unpunctuated:
            self.edge = [True] * len(marks)

    def __len__(self) -> int:
        return len(self.words)

    def before(self, i: int) -> str:
        """What stands between the word before `i` and the word `i`."""
        start = self.ends[i - 1] if i else 0
        return self.text[start : self.starts[i] if i < len(self.starts) else len(self.text)]

    def joined(self, i: int, j: int) -> bytes:
        """The bare words from `i` to `j`, joined by spaces."""
        return self._joined[self._offsets[i] : max(self._offsets[i], self._offsets[j] - 1)]

    @cached_property
    def lines(self) -> list[tuple[int, int]]:
        """First word and last (excluded) of every line that has words."""
        firsts = [i for i, begins in enumerate(self.line[:-1]) if begins]
        return [*pairwise([*firsts, len(self)])]

    @cached_property
    def paragraph(self) -> list[bool]:
        """Whether a paragraph begins at the word: a blank line, or a line where none is wrapped."""
        inner = self.lines[:-1]
        closed = sum(1 for _, j in inner if _EDGE.search(self.before(j).split("\n", 1)[0]))
        blanks = sum(self.blank) - 2
        by_line = blanks < 3 and closed * 2 > len(inner)
        return self.line if by_line else self.blank

    def shown(self, i: int, j: int, edits: tuple[tuple[int, int, str], ...] = ()) -> str:
        """The words from `i` to `j` as a reader sees them, with the marks that belong to them.

        Parameters
        ----------
        i, j : int
        edits : tuple of (int, int, str)
            Stretches of the text to show otherwise: what a page put between the words.
        """
        first, last = self.starts[i], self.ends[j - 1]
        lead, trail = _LEAD.search(self.before(i)), _TRAIL.match(self.before(j))
        parts = [lead[0] if lead else ""]
        at = first
        for start, end, instead in sorted(edits):
            parts += [self.text[at:start], instead]
            at = end
        parts += [self.text[at:last], trail[0] if trail else ""]
        return " ".join(_HIDDEN.sub("", "".join(parts)).split())

    def spans(self, free: list[bool]) -> Iterator[tuple[int, int]]:
        """The runs of words for which `free` holds."""
        begun = None
        for i, is_free in enumerate([*free, False]):
            if is_free and begun is None:
                begun = i
            elif not is_free and begun is not None:
                yield begun, i
                begun = None
