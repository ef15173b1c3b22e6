"""What a retelling quotes and what it claims: quotations and sentences, each with its place.

Quotation marks of any style are understood, whether they come in pairs of two signs or of
one; a quotation that its attribution interrupts, or that goes on in the next paragraph, is
one quotation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

import regex

Kind = Literal["quotation", "claim"]

_CLOSERS = {
    "“": '”"‟',
    "”": "”",
    "„": '“”"‟',
    "«": "»",
    "»": "«",
    "‹": "›",
    "‟": "”",
    "「": "」",
    "『": "』",
    "＂": "＂",
    '"': '"”',
    "‘": "’'",
    "‚": "‘’",
    "'": "'’",
    "`": "'’`",
}
_SINGLE = frozenset("‘‚'`")
_BLANK = regex.compile(r"\n[ \t\u00a0]*(?:\n[ \t\u00a0]*)+")
_LINE = regex.compile(r"\n")
_ENDED = regex.compile(r"[.!?…:;\"”»«’')\]*]\s*$")
LABEL = regex.compile(
    r"^[ \t>*_•#-]*(?P<label>[\p{L}\d][^\n:.!?“”„\"«»()]{0,48}?)\s*(?:\([^()\n]{0,40}\))?[*_]*\s*"
    r"(?::(?!//)|：)[*_]*",
    regex.MULTILINE,
)
"""A name at the beginning of a line, and a colon: who speaks, as scripts write it."""
_SENTENCE_END = regex.compile(
    r"(?:[.!?…。！？؟।]|\.{3})+[\"”»«’')\]]*(?=\s+[\"“„«»‘'(\[¿¡—–]*[\p{Lu}\p{Lt}\p{Lo}\p{N}])|[。！？।]"
    r"|\n+"
)
_ABBREVIATED = regex.compile(
    r"(?:^|[\s(\[“\"])(?:Mr|Mrs|Ms|Dr|Prof|St|Gen|Col|Lt|Sgt|Capt|Maj|Sen|Rep|Gov|Pres|No|vs|etc|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|[\p{Lu}])\.$"
)
_DASH = regex.compile(r"^\s*[—–―]\s*")
_DASHED = regex.compile(r"[,.!?…]\s*[—–―]\s+")
_WORD = regex.compile(r"[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*")


class Part(NamedTuple):
    """A stretch of the retelling, in code points.

    Examples
    --------
    >>> Part(0, 4).end
    4
    """

    start: int
    end: int


@dataclass(frozen=True)
class Passage:
    """A quotation, in one part or several, or the sentence of a claim.

    ``parts`` leave out the quotation marks; ``first`` and ``last`` are where the paragraph
    begins and ends; ``label`` is the name before a line of a script.
    """

    kind: Kind
    parts: tuple[Part, ...]
    first: int
    last: int
    outer: tuple[Part, ...] = ()
    label: str = ""
    speech: bool = False

    @property
    def start(self) -> int:
        """Where its first word stands."""
        return self.parts[0].start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.parts[-1].end


def paragraphs(text: str) -> list[Part]:
    """The paragraphs of a text: parted by blank lines, or by lines where each is whole.

    Examples
    --------
    >>> [text.end for text in paragraphs("One.\\n\\nTwo.")]
    [4, 10]
    """
    found = []
    at = 0
    for gap in [*_BLANK.finditer(text), None]:
        end = gap.start() if gap else len(text)
        found += _lines(text, at, end)
        at = gap.end() if gap else end
    return found


def _lines(text: str, start: int, end: int) -> list[Part]:
    """A block of lines as one paragraph, or as many where every line is a whole one."""
    block = text[start:end]
    lines = []
    at = start
    for piece in block.split("\n"):
        lines.append(Part(at, at + len(piece)))
        at += len(piece) + 1
    inner = [text[line.start : line.end] for line in lines]
    if len(lines) > 1 and not all(line.lstrip().startswith(">") for line in inner if line.strip()):
        closed = sum(1 for line in inner[:-1] if _ENDED.search(line))
        labels = sum(1 for line in inner if LABEL.match(line))
        if closed * 10 < (len(lines) - 1) * 7 and labels < 2:
            lines = [Part(start, end)]
    elif len(lines) > 1:
        lines = [Part(start, end)]
    trimmed = []
    for line in lines:
        said = text[line.start : line.end]
        if said.strip():
            lead = len(said) - len(said.lstrip())
            trimmed.append(Part(line.start + lead, line.start + len(said.rstrip())))
    return trimmed


def quoted(text: str, start: int, end: int) -> list[tuple[Part, bool]]:
    """The stretches between quotation marks in one paragraph, the outermost ones.

    Returns
    -------
    list of (Part, bool)
        Each without its marks, and whether its end is marked.

    Examples
    --------
    >>> text = 'He said, "Come home," and she: ‘I don’t know.’'
    >>> [text[part.start : part.end] for part, closed in quoted(text, 0, len(text))]
    ['Come home,', 'I don’t know.']
    """
    found: list[tuple[Part, bool]] = []
    i = start
    while i < end:
        sign = text[i]
        if sign == "<" and text[i : i + 2] == "<<":
            close = text.find(">>", i + 2, end)
            if close > 0:
                found.append((Part(i + 2, close), True))
                i = close + 2
                continue
        if sign in "`'" and text[i : i + 2] in ("``", "''") and _opens(text, i, start, i + 2, end):
            close = text.find("''", i + 2, end)
            if close > 0:
                found.append((Part(i + 2, close), True))
                i = close + 2
                continue
        if sign not in _CLOSERS or not _opens(text, i, start, i + 1, end):
            i += 1
            continue
        closed = _closing(text, i, end)
        if closed is None:
            if sign not in _SINGLE and sign not in "»”":
                found.append((Part(i + 1, end), False))
                break
            i += 1
            continue
        found.append((Part(i + 1, closed), True))
        i = closed + 1
    return found


def _opens(text: str, i: int, start: int, after: int, end: int) -> bool:
    """Whether the sign can begin a quotation here."""
    sign = text[i]
    before = text[i - 1] if i > start else " "
    follows = text[after] if after < end else " "
    if sign in "“„«‹「『‟＂":
        return True
    if follows.isspace() and not (sign == '"' and before.isspace()):
        return False
    if sign in "»”":
        # Germans and Danes turn the marks round, Finns and Swedes use one for both ends.
        return (before.isspace() or before in "([—–-:") and follows.isalnum()
    if before.isalnum() or before in ".,!?…;%":
        return False
    if sign in "'‘`‚":
        return follows.isalnum() or follows in "([¿¡…."
    return True


def _closing(text: str, i: int, end: int) -> int | None:
    """Where the quotation that opens at `i` is closed; None if it is not."""
    sign = text[i]
    closers = _CLOSERS[sign]
    depth = 0
    first: int | None = None
    j = i + 1
    while j < end:
        here = text[j]
        if sign in _SINGLE:
            before, after = text[j - 1], text[j + 1] if j + 1 < end else " "
            if here in closers and not after.isalnum() and not before.isspace():
                # A plural's apostrophe is not the end where one comes after a full stop.
                if before in ".,!?…;:—–-" or after in ",.;:!?)]":
                    return j
                first = j if first is None else first
            elif here == sign and before.isspace() and (sign == "‘" or first is not None):
                # Another one opens.
                break
        elif here == sign and sign not in '"＂”' and here not in closers:
            depth += 1
        elif here in closers:
            if here == '"' and sign == '"' and not _may_close(text, j, end):
                j += 1
                continue
            if depth == 0:
                return j
            depth -= 1
        j += 1
    return first


def _may_close(text: str, j: int, end: int) -> bool:
    """Whether a straight mark can end a quotation: no word may begin right after it."""
    after = text[j + 1] if j + 1 < end else " "
    return not (after.isalnum() and text[j - 1].isspace())


def sentences(text: str, start: int, end: int) -> Iterator[Part]:
    """The sentences of a stretch, without the white space around them.

    Examples
    --------
    >>> text = "On Feb. 24 it began. “No!” Then Mr. Hill left."
    >>> [text[part.start : part.end] for part in sentences(text, 0, len(text))]
    ['On Feb. 24 it began.', '“No!”', 'Then Mr. Hill left.']
    """
    begun = start
    for stop in _SENTENCE_END.finditer(text, start, end):
        upto = stop.end()
        if _ABBREVIATED.search(text[max(begun, upto - 8) : upto]):
            continue
        yield from _stripped(text, begun, upto)
        begun = upto
    yield from _stripped(text, begun, end)


def _stripped(text: str, start: int, end: int) -> Iterator[Part]:
    said = text[start:end]
    if _WORD.search(said):
        lead = len(said) - len(said.lstrip())
        yield Part(start + lead, start + len(said.rstrip()))


def words_in(said: str) -> int:
    """How many words a stretch has, roughly: enough to tell a heading from a sentence."""
    return len(_WORD.findall(said))


def dashed(text: str, start: int, end: int) -> list[Part]:
    """What is said in a paragraph that a dash opens, as dialogue is set in many languages.

    Every other part belongs to whoever tells it.

    Examples
    --------
    >>> text = "— Come home, — his mother said. — Soon."
    >>> [text[part.start : part.end] for part in dashed(text, 0, len(text))]
    ['Come home,', 'Soon.']
    """
    lead = _DASH.match(text[start:end])
    if not lead:
        return []
    at = start + lead.end()
    cuts = [at]
    for cut in _DASHED.finditer(text, at, end):
        cuts.append(cut.start() + 1)
    cuts.append(end)
    parts = [Part(a, b) for a, b in pairwise(cuts)][::2]
    found = []
    for part in parts:
        said = text[part.start : part.end]
        inner = _DASH.match(said)
        found.append(Part(part.start + (inner.end() if inner else 0), part.end))
    return [part for part in found if _WORD.search(text[part.start : part.end])]
