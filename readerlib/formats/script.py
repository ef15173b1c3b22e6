"""Scripts: plain text or Markdown, with a name and a colon before what each person says.

::

    ## 2 The late frost

    The telephone rings at five in the morning.

    TOMAS TO IRENA: [00:00:47] It is white as far as the road.
    And it is still falling.

    Irena: (sighs) Light the smoke pots.

    [...]

What stands before a colon is a label if it looks like a name and the text uses it as one.
It looks like a name if it is one to four words, each beginning with a capital letter, a
digit or a letter of a script without capitals (small words such as "of" and "von" may stand
between), without the signs of a sentence.  It is used as one if it is written in capitals or
in bold, has a time beside it, stands before two turns at least, or is spoken to in another
label; where half of the paragraphs begin with such labels, a name of two capitals ("Anna
Maria") needs to come only once; and where every paragraph begins with a name, all are labels.
So "He said: nothing" and a single "Remember: be there" stay narration, while a "Note:" that
comes twice is taken for a speaker.  One single label in a text of many paragraphs is none.

Speakers are told apart by their names alone.  If a text calls three people "Mother", they
are one here; give them names of their own before, or make a data package of the text.
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import pandas as pd
import regex

from readerlib.corpus import Corpus
from readerlib.descriptor import Descriptor, Facet
from readerlib.errors import FormatError, Problem
from readerlib.formats.files import beginning, contents, packed
from readerlib.tables import brief
from readerlib.text import count, plain

NARRATOR = "narrator"
"""The speaker of paragraphs without a label, and of cuts."""

_LARGEST = 50_000_000
_LONGEST_TURN = 1_000_000
_FARTHEST_COLON = 120
_LONGEST_HEADING = 120
_CUTS = {"[...]", "[…]", "(...)", "(…)", "***", "* * *"}
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_ANOTHER = regex.compile(
    r"\s*(<[!?/a-zA-Z]|\{\s*[\"}]|\[\s*[\[{\"]|WEBVTT|@(UTF8|Begin)\b|File type ?=|\\rtf|\{\\rtf"
    r"|\d+\s*\n\d\d:\d\d:\d\d,\d+ -->)"
)
_NO_SCRIPT = {".csv", ".tsv", ".json", ".jsonl", ".ipynb", ".html", ".htm", ".xml", ".svg"}

# Days, hours and minutes may be missing; before zero is before the recording.
_CLOCK = r"-?(?:\d{1,3}:){1,3}[0-5]\d(?:[.,]\d{1,3})?"
_STAMP = regex.compile(rf"\s*(?:[\[(]({_CLOCK})[\])])\s*")
_TIME = regex.compile(rf"\s*(?:[\[(]({_CLOCK})[\])]|({_CLOCK})(?=\s|$))\s*(?:[-–—]\s+)?")
_BULLET = regex.compile(r"\s*(?:[-•>]\s+)?")
_COLON = regex.compile("[:：]")
_DIRECTION = regex.compile(r"(.*\S)\s*[(\[]([^()\[\]]+)[)\]]")
_ADDRESSED = regex.compile(r"(.+?)\s+(?:TO|to|→|->)\s+(.+)")
_WORD = regex.compile(r"[(]?[\p{L}\p{N}][\p{L}\p{M}\p{N}'’ʼ׳״\"&/#\u200c\u200d-]*[.]?[)]?")
_SMALL = {"of", "the", "and", "de", "del", "della", "da", "di", "la", "le", "el", "al", "bin"}
_SMALL |= {"von", "van", "der", "den", "und", "et", "y", "e", "i", "a", "и", "й", "та", "і"}
_CAPITALS = regex.compile(r"\p{Lu}\w*")
_SIGNS = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_HIDDEN = regex.compile(r"[\p{Cf}--[\u200c\u200d]]", regex.V1)

_MARKDOWN = regex.compile(r" {0,3}(#{1,6})\s+(.*?)\s*#*\s*")
_UNDERLINE = regex.compile(r"={3,}\s*|-{3,}\s*")
_ORDINALS = {
    word: number
    for number, word in enumerate(
        regex.findall(
            r"\w+",
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
            "fifteen sixteen seventeen eighteen nineteen twenty",
        ),
        1,
    )
}
_PARTS = "part|act|book|volume|teil|akt|partie|acte|parte|acto|část|dějství|часть|акт|частина|дія"
_CHAPTERS = (
    "chapter|scene|section|kapitel|szene|chapitre|scène|capítulo|kapitola|глава|сцена|розділ"
)
_NUMBER = rf"\d{{1,3}}|[IVX]{{1,7}}|(?i:{'|'.join(_ORDINALS)})"
_NUMBERED = regex.compile(
    rf"(?:(?P<kind>(?i:{_PARTS}|{_CHAPTERS}))\s+)?(?P<number>{_NUMBER})"
    r"(?:\s*[.:)](?:\s+|$)|：\s*|\s+[-–—]\s+|(?P<bare>\s+)|$)(?P<title>.*)"
)


def recognises(path: Path) -> bool:
    """Whether the path is that of a text which does not begin like another format.

    Examples
    --------
    >>> recognises(Path(__file__).with_suffix(".xml").parent / "script.py")
    True
    """
    start = beginning(path, path.name)
    if path.suffix.casefold() in _NO_SCRIPT or packed(start):
        return False
    marked = next((m for m in _MARKS if start.startswith(m)), b"")
    return not _ANOTHER.match(start.decode(_MARKS.get(marked, "utf-8"), "ignore"))


def read(path: Path) -> Corpus:
    """The corpus in the script at `path`; the module says how a script is written.

    Headings (``# Title``, ``## 2 The late frost``, ``ONE: Title``, or a line in capitals or
    with a number that stands alone) divide it into conversations.  A paragraph without a
    label is narration, ``[...]`` or ``***`` on a line of its own a cut, and a time such as
    ``[00:00:47]`` beside a label the turn's start.  UTF-8 is read, and UTF-16 with its mark.

    Raises
    ------
    FormatError
        If it is no text, or no line of it begins with a name.

    Examples
    --------
    >>> read(Path("no/such/talk.txt"))
    Traceback (most recent call last):
    readerlib.errors.FormatError: talk.txt: the file is missing.
      There is not even the folder.
      Put it there, or correct the name.
    """
    shown = brief(path.name)
    raw = contents(path, path.name, _LARGEST)
    return _corpus(_text(raw, shown), _clean(path.stem), shown)


def _text(raw: bytes, shown: str) -> str:
    def refused(wrong: str, expected: str, remedy: str, line: int | None = None) -> FormatError:
        return FormatError(Problem(wrong, expected, remedy, path=shown, line=line))

    if packed(raw):
        raise refused(
            f"it is {packed(raw)}, not a text",
            "A script is a plain text.",
            "Open it and save it as plain text, in UTF-8.",
        )
    marked = next((m for m in _MARKS if raw.startswith(m)), b"")
    encoding = _MARKS.get(marked, "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode(encoding, "replace")
        raise refused(
            f"the byte {raw[error.start]:#04x} is not {encoding.removesuffix('-sig').upper()}",
            "The file is cut off or damaged."
            if marked
            else "A script is a text in UTF-8; this looks like an older encoding, such as "
            "windows-1252 or windows-1251.",
            "Open it in an editor and save it as UTF-8.",
            len(_lines(before)),
        ) from None
    if not marked and raw[:1000].count(0) > len(raw[:1000]) // 4:
        raise refused(
            "it is no text, or UTF-16 without its mark",
            "A script is a text in UTF-8.",
            "Open it in an editor and save it as UTF-8.",
        )
    if not text.strip():
        raise refused(
            "the file is empty",
            "A script has a name and a colon before each turn: Tomas: Good morning.",
            "Look whether the right file was saved.",
        )
    return text


def _lines(text: str) -> list[str]:
    """The lines as an editor counts them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@dataclass(frozen=True, slots=True)
class _Label:
    """What stands before the colon of a line, and what follows it."""

    speaker: str
    addressee: str
    words: str
    start: str
    set_apart: bool


@dataclass(frozen=True, slots=True)
class _Head:
    """A heading: its depth, its number if it has one, and its title."""

    level: int
    number: str
    title: str

    @property
    def whole(self) -> str:
        """Number and title as one text."""
        return " ".join(part for part in (self.number, self.title) if part)


def _seconds(clock: str) -> str:
    """The time of a clock as seconds; days, hours, minutes and seconds, the last two at least.

    >>> _seconds("00:01:07"), _seconds("1:02:03:04.50"), _seconds("-00:00:10")
    ('67', '93784.5', '-10')
    """
    total = 0.0
    for part, unit in zip(
        reversed(clock.lstrip("-").replace(",", ".").split(":")), (1, 60, 3600, 86400), strict=False
    ):
        total += float(part) * unit
    written = f"{total:.3f}".rstrip("0").rstrip(".")
    return f"-{written}" if clock.startswith("-") and total else written


def _timed(text: str, pattern: regex.Pattern[str]) -> tuple[str, str]:
    """The time at the beginning of the text in seconds, or nothing, and what follows it."""
    found = pattern.match(text)
    if not found:
        return "", text
    clock = next(group for group in found.groups() if group)
    return _seconds(clock), text[found.end() :]


def _clean(text: str) -> str:
    """The text without hidden signs and superfluous white space."""
    return text if text.isascii() and text.isprintable() else plain(_HIDDEN.sub("", text))


def _label(line: str) -> _Label | None:
    """The label that the line seems to begin with."""
    rest = line[_BULLET.match(line).end() :]  # type: ignore[union-attr]
    start, rest = _timed(rest, _TIME)
    stamp = _STAMP.search(rest[:_FARTHEST_COLON])
    colon = _COLON.search(rest[:_FARTHEST_COLON])
    if colon and stamp and stamp.start() < colon.start() < stamp.end():
        start = start or _seconds(stamp[1])
        rest = f"{rest[: stamp.start()]} {rest[stamp.end() :]}".replace(" :", ":", 1)
        colon = _COLON.search(rest[:_FARTHEST_COLON])
    if not colon:
        return None
    head, words = rest[: colon.start()], rest[colon.end() :]
    if (colon[0] == ":" and words[:1].isdigit()) or words.startswith("//"):
        return None
    head, bold = head.strip(), False
    for mark in ("**", "__", "*", "_"):
        if head.startswith(mark):
            bold = True
            head, closed = head.removeprefix(mark), head.endswith(mark) and len(head) > len(mark)
            head = head.removesuffix(mark)
            words = words if closed else words.lstrip().removeprefix(mark)
            break
    later, words = _timed(words, _STAMP)
    named = _named(plain(_clean(head)))
    if named is None:
        return None
    speaker, addressee, direction = named
    words = " ".join(part for part in (direction, words.strip()) if part)
    start = start or later
    return _Label(speaker, addressee, words, start, bold or bool(start))


def _named(head: str) -> tuple[str, str, str] | None:
    """Speaker, addressee and stage direction of a label, if it looks like one."""
    direction = ""
    found = _DIRECTION.fullmatch(head)
    if found and found[2].lstrip()[:1].islower():
        head, direction = found[1], f"({found[2]})"
    if _is_name(head):
        return head, "", direction
    found = _ADDRESSED.fullmatch(head)
    if found and _is_name(found[1]) and _is_name(found[2]):
        return found[1], found[2], direction
    return None


def _undirected(label: _Label, names: Collection[str]) -> _Label:
    """The label without "(Laughs)", if its speaker has labels without it too."""
    found = _DIRECTION.fullmatch(label.speaker)
    if not found or slug(found[1]) not in names:
        return label
    return replace(label, speaker=found[1], words=f"({found[2]}) {label.words}".strip())


def _is_name(text: str) -> bool:
    """Whether the text is one to four words that look like a name."""
    words = text.split()
    if not 1 <= len(words) <= 4 or {"TO", "to"} & set(words[1:-1]):
        return False
    if not text[0].isalpha() or text[0].islower():
        return False
    for word in words:
        if not _WORD.fullmatch(word) or (word.endswith(".") and len(word) > 6):
            return False
        if word.lstrip("(")[0].islower() and word not in _SMALL:
            return False
    # A script without capitals gives no such sign, so that a short sentence looks like a name.
    cased = text.lower() != text.upper()
    return cased or (len(words) <= 3 and len(text) <= 20)


def _heading_text(text: str, level: int) -> _Head | None:
    """A heading that says its number: "Chapter 2: The late frost", "ONE: Apples"."""
    found = _NUMBERED.fullmatch(text)
    if not found:
        return None
    number = found["number"]
    value = _ORDINALS.get(number.casefold()) or (
        int(number) if number.isdigit() and number.isascii() else _roman(number)
    )
    title = found["title"].strip()
    if found["bare"] and not number.isdigit() and not found["kind"]:
        return None
    if found["kind"]:
        kind = found["kind"].casefold()
        level = level or (1 if regex.fullmatch(_PARTS, kind) else 2)
        title = title or text.rstrip(".:")
        if level == 1:
            title = text.rstrip(".:")
            return _Head(level, "", title)
        return _Head(level, str(value), "" if title == text.rstrip(".:") else title)
    return _Head(level or 2, str(value), title)


def _roman(number: str) -> int:
    """The value of a roman number up to 39.

    >>> _roman("XIV")
    14
    """
    values = [{"I": 1, "V": 5, "X": 10}.get(sign, 0) for sign in number]
    after = [*values[1:], 0]
    return sum(-v if v < a else v for v, a in zip(values, after, strict=True))


def _headings(lines: list[str], repeated: frozenset[str]) -> dict[int, _Head | None]:
    """The lines that are headings; None marks a line that only underlines one."""
    found: dict[int, _Head | None] = {}
    lines = [_clean(line) if len(line) <= _LONGEST_HEADING else line for line in lines]
    for at, line in enumerate(lines):
        if len(line) > _LONGEST_HEADING:
            continue
        hashes = _MARKDOWN.fullmatch(line)
        if hashes and hashes[2]:
            level = len(hashes[1])
            found[at] = _heading_text(hashes[2], level) or _Head(level, "", hashes[2])
        elif at and _UNDERLINE.fullmatch(line) and at - 1 not in found:
            above = "".join(lines[max(at - 2, 0) : at - 1]).strip()
            if above or not 0 < len(lines[at - 1].strip()) <= _LONGEST_HEADING:
                continue
            title, level = lines[at - 1], 1 if line[0] == "=" else 2
            found[at - 1] = _heading_text(title, level) or _Head(level, "", title)
            found[at] = None
    if found:
        return found
    for at, line in enumerate(lines):
        alone = not "".join(lines[max(at - 1, 0) : at] + lines[at + 1 : at + 2]).strip()
        if alone and line.strip():
            head = _plain_heading(line.strip(), repeated)
            if head:
                found[at] = head
    return found


def _plain_heading(line: str, repeated: frozenset[str]) -> _Head | None:
    """A heading by its number or its capitals, of a line that stands alone."""
    if len(line) > _LONGEST_HEADING or line in _CUTS:
        return None
    label = _label(line)
    if label and (slug(label.speaker) in repeated):
        return None
    numbered = _heading_text(line, 0)
    if numbered:
        found = _NUMBERED.fullmatch(line)
        bare = found is not None and found["bare"] and not found["kind"]
        single = found is not None and regex.fullmatch("[IVX]", found["number"]) and label
        sentence = line.endswith((".", "!", "?")) and len(line.split()) > 8
        named = numbered.title and not numbered.title[0].islower()
        if (named or (found and found["kind"])) and not (bare or single or sentence):
            return numbered
    short = len(line.split()) <= 10 and not line.endswith(("!", "?", "…", ",", ";", ":"))
    if label is None and line.isupper() and short and line[0].isalnum() and len(line) > 1:
        return _Head(2, "", line.rstrip("."))
    return None


@dataclass(slots=True)
class _Turn:
    """A turn while it is being read."""

    line: int
    speaker: str
    kind: str
    addressee: str = ""
    start: str = ""
    words: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Section:
    """A heading and the turns under it."""

    head: _Head | None
    line: int = 1
    turns: list[_Turn] = field(default_factory=list)


def _corpus(text: str, stem: str, shown: str) -> Corpus:
    """The corpus of a script's text."""
    lines = _lines(text)
    labels = {at: label for at, line in enumerate(lines) if (label := _label(line))}
    alone = {slug(label.speaker) for label in labels.values()}
    labels = {at: _undirected(label, alone) for at, label in labels.items()}
    uses = Counter(slug(label.speaker) for label in labels.values())
    headings = _headings(lines, frozenset(name for name, n in uses.items() if n > 1))
    labels = {at: label for at, label in labels.items() if at not in headings}
    used = _used(lines, labels, headings, uses)
    if not used:
        raise FormatError(_unlabelled(lines, shown))
    sections = _sections(lines, used, headings)
    overlong = [
        Problem(
            f"the turn is longer than {_LONGEST_TURN:,} characters",
            "Nobody says that much at once.",
            "Look whether the names before the turns below it are written as they should be.",
            path=shown,
            line=turn.line,
        )
        for section in sections
        for turn in section.turns
        if sum(map(len, turn.words)) > _LONGEST_TURN
    ]
    if overlong:
        raise FormatError(overlong)
    return _checked(sections, stem, shown)


def _used(
    lines: Sequence[str],
    labels: dict[int, _Label],
    headings: dict[int, _Head | None],
    uses: Counter[str],
) -> dict[int, _Label]:
    """The labels that the text uses as such; the module says which."""
    begins = [
        at
        for at, line in enumerate(lines)
        if line.strip()
        and (at == 0 or not lines[at - 1].strip())
        and at not in headings
        and line.strip() not in _CUTS
        and not _is_time(line)
    ]
    if all(at in labels for at in begins):
        return labels
    sure = {NARRATOR} | {
        slug(label.speaker)
        for label in labels.values()
        if label.speaker.isupper() or label.set_apart or uses[slug(label.speaker)] > 1
    }
    sure |= {slug(label.addressee) for label in labels.values() if slug(label.speaker) in sure}
    used = {at: label for at, label in labels.items() if slug(label.speaker) in sure}
    if 2 * sum(at in used for at in begins) >= len(begins):
        used = {
            at: label
            for at, label in labels.items()
            if at in used or len(_CAPITALS.findall(label.speaker)) > 1
        }
    return used if len(used) > 1 else {}


def _is_time(line: str) -> bool:
    found = _TIME.match(line)
    return found is not None and found.end() == len(line)


def _unlabelled(lines: Sequence[str], shown: str) -> Problem:
    """What to say of a text in which nobody speaks."""
    first = next(at for at, line in enumerate(lines, 1) if line.strip())
    near = [str(at) for at, line in enumerate(lines, 1) if _COLON.search(line[:_FARTHEST_COLON])]
    seen = (
        f"{'Line' if len(near) == 1 else 'Lines'} {', '.join(near[:5])}"
        f"{' and others' if len(near) > 5 else ''} with a colon did not look like it: a name is "
        "one to four words with capitals, and stands before two turns or is all in capitals."
        if near
        else "No line has a colon near its beginning."
    )
    return Problem(
        "no line begins with the name of a speaker",
        "A turn begins with a name and a colon, as in “Tomas: Good morning.” or “TOMAS: Good "
        f"morning.” {seen}",
        "Write the names before the turns, each on a line of its own.",
        path=shown,
        line=first,
    )


def _sections(
    lines: Sequence[str], labels: dict[int, _Label], headings: dict[int, _Head | None]
) -> list[_Section]:
    """The turns of the text under their headings."""
    sections = [_Section(None)]
    turn: _Turn | None = None
    start = ""
    for at, line in enumerate(lines):
        stripped = line.strip()
        if at in headings:
            head = headings[at]
            turn, start = None, ""
            if head is not None:
                sections.append(_Section(head, at + 1))
        elif not stripped:
            # A label that stands alone waits for its words, beyond the blank line too.
            turn = turn if turn and not turn.words else None
        elif stripped in _CUTS:
            sections[-1].turns.append(_Turn(at + 1, "", "cut"))
            turn = None
        elif at in labels:
            label = labels[at]
            kind = "narration" if slug(label.speaker) == NARRATOR else "speech"
            turn = _Turn(at + 1, label.speaker, kind, label.addressee, label.start or start)
            turn.words += [label.words] if label.words else []
            start = ""
            sections[-1].turns.append(turn)
        elif _is_time(line):
            start, _ = _timed(line, _TIME)
            turn = None
        else:
            if turn is None:
                stamped, stripped = _timed(stripped, _STAMP)
                turn = _Turn(at + 1, "", "narration", start=stamped or start)
                start = ""
                sections[-1].turns.append(turn)
            turn.words.append(stripped)
    return sections if sections[0].turns else sections[1:]


@lru_cache(maxsize=1 << 12)
def slug(name: str) -> str:
    """The name as an identifier: small letters and digits of any script, joined by hyphens.

    Examples
    --------
    >>> slug("Dawn 1 (Kamanin)"), slug("МАМА")
    ('dawn-1-kamanin', 'мама')
    """
    return "-".join(_SIGNS.findall(name.casefold()))[:60].rstrip("-")


def _checked(sections: list[_Section], stem: str, shown: str) -> Corpus:
    """The corpus of these sections; what the checks of tables find is told by line."""
    name = slug(plain(stem)) or "script"
    title, sections = _titled(sections)
    talks, turns, people = _rows(sections, name)
    lines: dict[str, list[int]] = {
        "turns.csv": [turn.line for section in sections for turn in section.turns],
        "conversations.csv": [int(talk.pop("line")) for talk in talks],
        "speakers.csv": [int(person.pop("line")) for person in people],
    }
    frames = {
        "turns": pd.DataFrame(turns, dtype=str),
        "conversations": pd.DataFrame(talks, dtype=str),
        "speakers": pd.DataFrame(people, dtype=str),
    }
    try:
        return Corpus(frames, _descriptor(name, title or plain(stem) or name, talks))
    except FormatError as error:
        raise FormatError(
            replace(
                problem,
                path=shown,
                row=None,
                column=None,
                line=lines[problem.path][problem.row - 2]
                if problem.row and problem.path in lines
                else None,
            )
            for problem in error.problems
        ) from None


def _descriptor(name: str, title: str, talks: list[dict[str, str]]) -> Descriptor:
    places = [
        Facet(column, column.capitalize(), f"conversations.{column}")
        for column in ("part", "chapter")
        if any(talk[column] for talk in talks)
    ]
    return Descriptor(
        name,
        title,
        facets=(
            *places,
            Facet("speaker", "Speaker", "speakers.name"),
            Facet("kind", "Kind", "turns.kind"),
        ),
        path=tuple(facet.name for facet in places),
    )


def _titled(sections: list[_Section]) -> tuple[str, list[_Section]]:
    """The title of the whole, which is a first heading over other headings, and the rest."""
    first = sections[0].head
    after = sections[1].head if len(sections) > 1 else None
    if first is None or after is None:
        return "", sections
    peers = sum(s.head is not None and s.head.level == first.level for s in sections)
    if after.level > first.level and peers == 1:
        untitled = [replace(sections[0], head=None)] if sections[0].turns else []
        return first.whole, [*untitled, *sections[1:]]
    if after.level == first.level and not first.number and not sections[0].turns:
        return first.whole, sections[1:]
    return "", sections


def _rows(
    sections: list[_Section], name: str
) -> tuple[list[dict[str, str]], list[dict[str, str]], list[dict[str, str]]]:
    """The rows of conversations, turns and speakers."""
    placed = list(_placed(sections))
    headed = [(part, s.head.number) for part, chapter, s in placed if s.head and chapter]
    numbered = all(number for _, number in headed) and len(set(headed)) == len(headed)
    talks, turns = [], []
    people: dict[str, dict[str, str]] = {}

    def person(spoken: str, line: int) -> str:
        key = slug(spoken) or NARRATOR
        known = people.setdefault(
            key, {"speaker_id": key, "name": spoken or "Narrator", "line": str(line)}
        )
        if known["name"].isupper() and not spoken.isupper() and spoken:
            known["name"] = spoken
        return key

    unheaded = placed[0][2].head is None
    alone = len(placed) == 1 and unheaded
    for at, (part, chapter, section) in enumerate(placed, 0 if unheaded else 1):
        talk = name if alone else f"{name}-{at}"
        head = section.head
        heading = "" if head is None else plain(head.title or head.whole)
        if head is not None and chapter and not numbered:
            chapter = plain(head.whole)
        talks.append(
            {
                "conversation_id": talk,
                "part": part,
                "chapter": chapter,
                "title": heading,
                "line": str(section.line),
            }
        )
        for position, turn in enumerate(section.turns, 1):
            text = "\n".join(turn.words)
            turns.append(
                {
                    "turn_id": f"{talk}-{position:02}",
                    "conversation_id": talk,
                    "position": str(position),
                    "speaker_id": person(turn.speaker, turn.line),
                    "addressee_id": person(turn.addressee, turn.line) if turn.addressee else "",
                    "kind": turn.kind,
                    "text": text,
                    "words": str(count(text)),
                    "start": turn.start,
                }
            )
    return talks, turns, list(people.values())


def _placed(sections: Sequence[_Section]) -> Iterator[tuple[str, str, _Section]]:
    """Each section that is a conversation, with the part and the number it has.

    A heading over deeper ones is a part; what stands under it before the first of them is a
    conversation without a number.
    """
    above: list[_Head] = []
    for section, after in zip(sections, [*sections[1:], None], strict=True):
        head = section.head
        if head is None:
            yield "", "", section
            continue
        above = [*(h for h in above if h.level < head.level), head]
        is_part = after is not None and after.head is not None and after.head.level > head.level
        if is_part and not section.turns:
            continue
        part = plain(above[0].whole) if is_part or len(above) > 1 else ""
        yield part, "" if is_part else plain(head.number or head.whole), section
