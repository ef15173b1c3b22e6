"""Copies of an article as they occur, made from the article, with the truth for every turn.

``python tests/variants.py FOLDER [MIXTURES]`` prints what is found of every kind.

A variant changes the story's paragraphs (what a desk does), the labels and the layout (what
a page or a program does), and the text as a whole (what fonts and keyboards do).  Each kind
is one function; a mixture takes several.
"""

from __future__ import annotations

import html
import json
import re
import sys
import textwrap
import time
import unicodedata
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from published import LABEL, paragraphs, parted, texts
from readerlib import Corpus, load
from readerlib.attach import align
from readerlib.documents import pasted
from readerlib.text import bare, tokens

SAME, ALTERED, CUT = "same", "altered", "cut"
NOISE = [
    "Advertisement",
    "A woman waits for a train at the old station. (Photo/Nobody Atall)",
    "Read more: Ten recipes for a rainy autumn weekend in the mountains",
    "Sign up for our newsletter and never miss a story about gardens again.",
    "ADVERTISEMENT",
    "FILE - Two ships lie at anchor in the harbor on a calm evening, Oct. 3, 2020.",
    "Share this article",
    "Mother and child at a museum: the exhibition runs until the end of May.",
]


def said(text: str) -> list[str]:
    """The bare words of a text."""
    return [bare(token.word) for token in tokens(text)]


@dataclass
class Unit:
    """A turn as this copy has it."""

    turn_id: str
    text: str
    truth: str = SAME

    def alter(self, text: str) -> None:
        """Give the turn another text; its truth changes only if its words do."""
        if said(text) != said(self.text):
            self.truth = ALTERED
        self.text = text


@dataclass
class Paragraph:
    """A paragraph of the copy: turns, or a heading, or something that is not the story's."""

    units: list[Unit] = field(default_factory=list)
    label: str = ""
    other: str = ""
    section: str = ""


@dataclass
class Copy:
    """A copy under way: its paragraphs, how it is laid out, what is done to the text."""

    story: list[Paragraph]
    lay: Callable[[list[str], Random], str] = lambda lines, rng: "\n\n".join(lines)
    label: Callable[[str], str] = lambda name: f"{name}: "
    after: list[Callable[[str, Random], str]] = field(default_factory=list)
    loose: bool = False

    def text(self, rng: Random) -> str:
        lines = []
        for paragraph in self.story:
            if paragraph.other:
                lines.append(paragraph.other)
            elif paragraph.units:
                lines.append(
                    (self.label(paragraph.label) if paragraph.label else "")
                    + " ".join(unit.text for unit in paragraph.units)
                )
        made = self.lay(lines, rng)
        for change in self.after:
            made = change(made, rng)
        return made

    def truth(self) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = {}
        for paragraph in self.story:
            for unit in paragraph.units:
                found.setdefault(unit.turn_id, []).append(unit)
        return found


def original(folder: Path, source: str) -> Copy:
    """The article as it is, with headings."""
    story = []
    for inside, text in zip(parted(folder, source), paragraphs(folder, source), strict=True):
        label = LABEL.match(text)
        story.append(
            Paragraph(
                [Unit(turn_id, said) for turn_id, said in inside],
                label[1] if label else "",
                section=inside[0][0].rpartition("-")[0],
            )
        )
    with_headings = []
    before = ""
    for paragraph in story:
        if paragraph.section != before and paragraph.section[-1:].isdigit():
            heading = f"PART {paragraph.section[-1]}: What comes next."
            with_headings.append(Paragraph(other=heading, section=paragraph.section))
        before = paragraph.section
        with_headings.append(paragraph)
    return Copy(with_headings)


# What fonts and keyboards do to the text as a whole.

TEXT: dict[str, Callable[[str, Random], str]] = {}


def of_text(change: Callable[[str, Random], str]) -> Callable[[str, Random], str]:
    TEXT[change.__name__] = change
    return change


@of_text
def straight_quotes(text: str, rng: Random) -> str:
    return text.translate(str.maketrans("“”‘’", "\"\"''"))


@of_text
def guillemets(text: str, rng: Random) -> str:
    return text.translate(str.maketrans("“”", "«»"))


@of_text
def angle_quotes(text: str, rng: Random) -> str:
    return text.replace("“", "<<").replace("”", ">>")


@of_text
def mismatched_quotes(text: str, rng: Random) -> str:
    return re.sub("[“”]", lambda m: rng.choice('“”"„‟'), text)


@of_text
def no_quotes(text: str, rng: Random) -> str:
    return re.sub('[“”"]', "", text)


@of_text
def apostrophes(text: str, rng: Random) -> str:
    return re.sub(r"(?<=\w)[’'](?=\w)", lambda m: rng.choice("‘'`´’′"), text)


@of_text
def apostrophes_lost(text: str, rng: Random) -> str:
    return re.sub(r"(?<=\w)[’'](?=\w)", "", text)


@of_text
def apostrophes_spaced(text: str, rng: Random) -> str:
    return re.sub(r"(?<=\w)[’'](?=\w)", " ’", text)


@of_text
def dashes(text: str, rng: Random) -> str:
    return re.sub(r"\s—\s", lambda m: rng.choice([" -- ", " - ", "—", " – "]), text)


@of_text
def ellipses(text: str, rng: Random) -> str:
    return re.sub(r"\.\.\.|…", lambda m: rng.choice(["…", "...", ". . .", "...."]), text)


MASK = re.compile(r"(?<!\w)(motherf|bull|[fFs])[—-]+(less)?")


@of_text
def masks_in_asterisks(text: str, rng: Random) -> str:
    return MASK.sub(lambda m: m[1] + "*" * rng.randint(3, 6) + (m[2] or ""), text)


@of_text
def masks_in_part(text: str, rng: Random) -> str:
    tails = {"f": ["**king", "*ck", "**ked", "-ing"], "s": ["**t", "*it"], "bull": ["s**t"]}
    return MASK.sub(
        lambda m: m[1] + rng.choice(tails.get(m[1].casefold(), ["***ers"])) + (m[2] or ""), text
    )


@of_text
def masks_as_expletive(text: str, rng: Random) -> str:
    word = rng.choice(["[expletive]", "(expletive)", "[expletive deleted]", "[profanity]"])
    return MASK.sub(lambda m: word, text)


@of_text
def masks_in_dots(text: str, rng: Random) -> str:
    return MASK.sub(
        lambda m: m[1] + rng.choice(["...", "____", "-----", "###"]) + (m[2] or ""), text
    )


@of_text
def capitals(text: str, rng: Random) -> str:
    return text.upper()


@of_text
def lower_case(text: str, rng: Random) -> str:
    return text.lower()


@of_text
def odd_spaces(text: str, rng: Random) -> str:
    return re.sub(" ", lambda m: rng.choice([" ", " ", "  ", "\u00a0", "\u2009", " \u200b"]), text)


@of_text
def hidden_signs(text: str, rng: Random) -> str:
    return re.sub(
        r"(?<=[a-z])(?=[a-z])", lambda m: rng.choice(["", "", "", "", "\u00ad", "\u200b"]), text
    )


@of_text
def ligatures(text: str, rng: Random) -> str:
    return text.replace("ffi", "ﬃ").replace("fi", "ﬁ").replace("fl", "ﬂ").replace("ff", "ﬀ")


@of_text
def decomposed(text: str, rng: Random) -> str:
    return unicodedata.normalize("NFD", text.replace("e", "é", 40))


@of_text
def full_width(text: str, rng: Random) -> str:
    return re.sub(r"[A-Za-z0-9]", lambda m: chr(ord(m[0]) + 0xFEE0), text)


@of_text
def entities(text: str, rng: Random) -> str:
    return html.escape(text).encode("ascii", "xmlcharrefreplace").decode()


@of_text
def mojibake(text: str, rng: Random) -> str:
    return text.replace("\u00a0", " ").encode("utf8").decode("latin1")


@of_text
def mojibake_of_windows(text: str, rng: Random) -> str:
    return re.sub("[“’‘—…]", lambda m: m[0].encode("utf8").decode("cp1252", "replace"), text)


@of_text
def british(text: str, rng: Random) -> str:
    pairs = [("color", "colour"), ("kilometers", "kilometres"), ("meters", "metres")]
    pairs += [("gray", "grey"), ("jewelry", "jewellery"), ("civilized", "civilised")]
    pairs += [("realize", "realise"), ("defense", "defence"), ("harbor", "harbour")]
    for here, there in pairs:
        text = text.replace(here, there)
    return text


@of_text
def names_and_numbers(text: str, rng: Random) -> str:
    text = text.replace("Zelenskyy", rng.choice(["Zelensky", "Zelenskiy"])).replace("Kyiv", "Kiev")
    text = re.sub(r"\bOK\b", rng.choice(["okay", "O.K.", "Ok"]), text).replace("U.S.", "US")
    text = text.replace("1½", rng.choice(["1 1/2", "1.5", "1-1/2"])).replace("Feb.", "February")
    return re.sub(r"(\d),(\d{3})", rng.choice([r"\1 \2", r"\1.\2", r"\1\2"]), text)


@of_text
def hyphens(text: str, rng: Random) -> str:
    text = text.replace("T-shirts", "T shirts").replace("30-40", "30–40")
    return re.sub(r"(?<=[a-z])-(?=[a-z])", rng.choice([" ", "‑", "–"]), text)


@of_text
def emoji(text: str, rng: Random) -> str:
    return re.sub(r"(?<=[.!?]) ", lambda m: rng.choice([" ", " 😀 ", " ⚠️ "]), text)


@of_text
def escaped_for_json(text: str, rng: Random) -> str:
    return json.dumps(text)


@of_text
def markdown(text: str, rng: Random) -> str:
    return re.sub(r"(?m)^(\w+):", r"**\1:**", re.sub(r"([*_])", r"\\\1", text))


@of_text
def references(text: str, rng: Random) -> str:
    return re.sub(r"(?<=[a-z]) (?=[a-z])", lambda m: rng.choice([" "] * 60 + ["[3] "]), text)


# How labels are written.

LABELS: dict[str, Callable[[Copy, Random], None]] = {}


def of_labels(change: Callable[[Copy, Random], None]) -> Callable[[Copy, Random], None]:
    LABELS[change.__name__] = change
    return change


@of_labels
def labels_in_capitals(copy: Copy, rng: Random) -> None:
    copy.label = lambda name: f"{name.upper()}: "


@of_labels
def labels_to_whom(copy: Copy, rng: Random) -> None:
    copy.label = lambda name: f"SERGEY TO {name.upper()}: " if name != "Leonid" else "SERGEY: "


@of_labels
def labels_with_remarks(copy: Copy, rng: Random) -> None:
    copy.label = lambda name: f"{name} (on the phone): "


@of_labels
def labels_bold(copy: Copy, rng: Random) -> None:
    copy.label = lambda name: f"**{name}:** "


@of_labels
def labels_dropped(copy: Copy, rng: Random) -> None:
    copy.label = lambda name: ""


@of_labels
def labels_translated(copy: Copy, rng: Random) -> None:
    words = {"Mother": "Мать", "Wife": "Жена", "Leonid": "Леонид", "Ivan": "Иван"}
    copy.label = lambda name: f"{words.get(name, name)}: "


@of_labels
def labels_otherwise(copy: Copy, rng: Random) -> None:
    words = {"Mother": "Mom", "Wife": "Spouse", "Leonid": "L.", "Ivan": "Vanya"}
    copy.label = lambda name: f"{words.get(name, name)}: "


@of_labels
def labels_above(copy: Copy, rng: Random) -> None:
    copy.label = lambda name: f"{name}\n"


@of_labels
def labels_with_times(copy: Copy, rng: Random) -> None:
    copy.label = lambda name: f"[00:{rng.randint(10, 59)}:{rng.randint(10, 59)}] {name}: "


@of_labels
def labels_in_a_table(copy: Copy, rng: Random) -> None:
    copy.label = lambda name: f"{name} | "


@of_labels
def labels_before_dashes(copy: Copy, rng: Random) -> None:
    copy.label = lambda name: f"{name} — "


# How the page is laid out.

LAYOUTS: dict[str, Callable[[list[str], Random], str]] = {}


def of_layout(lay: Callable[[list[str], Random], str]) -> Callable[[list[str], Random], str]:
    LAYOUTS[lay.__name__] = lay
    return lay


@of_layout
def one_paragraph(lines: list[str], rng: Random) -> str:
    return " ".join(line.replace("\n", " ") for line in lines)


@of_layout
def one_line_each(lines: list[str], rng: Random) -> str:
    return "\n".join(lines)


@of_layout
def one_sentence_a_line(lines: list[str], rng: Random) -> str:
    return "\n".join(re.sub(r"(?<=[.!?]) ", "\n", line) for line in lines)


@of_layout
def hard_breaks(lines: list[str], rng: Random) -> str:
    return "\n\n".join(textwrap.fill(line, rng.choice([40, 60, 72])) for line in lines)


def hyphenated(line: str, width: int, hyphen: str = "-") -> list[str]:
    """The line wrapped at `width`, long words broken as a typesetter does."""
    rows, row = [], ""
    for word in line.split():
        if row and len(row) + 1 + len(word) > width:
            room = width - len(row) - 2
            if (
                room > 2
                and re.fullmatch(r"\w{3,}", word[room : room + 3])
                and word[:room].isalpha()
            ):
                rows.append(f"{row} {word[:room]}{hyphen}")
                row = word[room:]
                continue
            rows.append(row)
            row = word
        else:
            row = f"{row} {word}" if row else word
    return [*rows, row]


@of_layout
def typeset(lines: list[str], rng: Random) -> str:
    return "\n\n".join("\n".join(hyphenated(line, 45)) for line in lines)


@of_layout
def typeset_tight(lines: list[str], rng: Random) -> str:
    return "\n".join("\n".join(hyphenated(line, 38, rng.choice("-\u00ad"))) for line in lines)


@of_layout
def pages(lines: list[str], rng: Random) -> str:
    rows = [row for line in lines for row in hyphenated(line, 70)]
    out = []
    for number, at in enumerate(range(0, len(rows), 37), 1):
        out += [*rows[at : at + 37], f"The Daily Copy, page {number} of 9", "", "25/11/2026, 09:41"]
        out.append("Calls from the front - The Daily Copy")
    return "\n".join(out)


@of_layout
def quoted_mail(lines: list[str], rng: Random) -> str:
    return "\n>\n".join("\n".join(f"> {r}" for r in textwrap.wrap(line, 64)) for line in lines)


@of_layout
def numbered_lines(lines: list[str], rng: Random) -> str:
    rows = [row for line in lines for row in textwrap.wrap(line, 80)]
    return "\n".join(f"{n:4}  {row}" for n, row in enumerate(rows, 1))


@of_layout
def bullets(lines: list[str], rng: Random) -> str:
    return "\n".join(f"• {line}" for line in lines)


@of_layout
def double_spaced(lines: list[str], rng: Random) -> str:
    return "\r\n\r\n\r\n\r\n".join(lines)


# What a desk, a page, or a careless hand does to the story.

STORY: dict[str, Callable[[Copy, Random], None]] = {}


def of_story(change: Callable[[Copy, Random], None]) -> Callable[[Copy, Random], None]:
    STORY[change.__name__] = change
    return change


@of_story
def headings_dropped(copy: Copy, rng: Random) -> None:
    copy.story = [p for p in copy.story if not (p.other and p.section)]


@of_story
def headings_replaced(copy: Copy, rng: Random) -> None:
    for paragraph in copy.story:
        if paragraph.other and paragraph.section:
            paragraph.other = paragraph.section.split("-")[0].upper()


@of_story
def noise_between(copy: Copy, rng: Random) -> None:
    out = []
    for paragraph in copy.story:
        if rng.random() < 0.15:
            out.append(Paragraph(other=rng.choice(NOISE)))
        out.append(paragraph)
    copy.story = out


@of_story
def noise_inside(copy: Copy, rng: Random) -> None:
    """An advertisement or a caption parts a paragraph, or a turn itself."""
    for paragraph in copy.story:
        for unit in paragraph.units:
            words = unit.text.split(" ")
            if len(words) > 12 and rng.random() < 0.15:
                at = rng.randrange(4, len(words) - 4)
                noise = rng.choice(NOISE)
                unit.text = f"{' '.join(words[:at])}\n\n{noise}\n\n{' '.join(words[at:])}"


def sections(copy: Copy) -> list[list[Paragraph]]:
    groups: list[list[Paragraph]] = []
    for paragraph in copy.story:
        if groups and (paragraph.section or groups[-1][0].section) == groups[-1][0].section:
            groups[-1].append(paragraph)
        else:
            groups.append([paragraph])
    return groups


@of_story
def sections_reordered(copy: Copy, rng: Random) -> None:
    groups = sections(copy)
    rng.shuffle(groups)
    copy.story = [p for group in groups for p in group]


@of_story
def sections_doubled(copy: Copy, rng: Random) -> None:
    groups = sections(copy)
    groups.insert(rng.randrange(len(groups)), deepcopy(rng.choice(groups)))
    copy.story = [p for group in groups for p in group]


@of_story
def sections_cut(copy: Copy, rng: Random) -> None:
    groups = sections(copy)
    for _ in range(max(1, len(groups) // 5)):
        groups.pop(rng.randrange(len(groups)))
    copy.story = [p for group in groups for p in group]


def some(copy: Copy, rng: Random, share: float, least: int) -> list[tuple[Paragraph, Unit]]:
    return [
        (paragraph, unit)
        for paragraph in copy.story
        for unit in paragraph.units
        if len(unit.text.split()) >= least and unit.truth == SAME and rng.random() < share
    ]


@of_story
def turns_cut(copy: Copy, rng: Random) -> None:
    for paragraph, unit in some(copy, rng, 0.08, 1):
        paragraph.units = [u for u in paragraph.units if u is not unit]


@of_story
def turns_shortened(copy: Copy, rng: Random) -> None:
    for _, unit in some(copy, rng, 0.15, 10):
        words = unit.text.split(" ")
        keep = rng.randint(len(words) // 2, len(words) - 2)
        unit.alter(" ".join(words[:keep]).rstrip(",;") + ".”")


@of_story
def words_changed(copy: Copy, rng: Random) -> None:
    for _, unit in some(copy, rng, 0.1, 4):
        words = unit.text.split(" ")
        at = rng.choice([i for i, w in enumerate(words) if w.isalpha()] or [0])
        words[at] = "pumpkin" if words[at] != "not" else "seldom"
        unit.alter(" ".join(words))


@of_story
def words_missing(copy: Copy, rng: Random) -> None:
    """Link texts that a program left out."""
    for _, unit in some(copy, rng, 0.1, 12):
        words = unit.text.split(" ")
        at = rng.randrange(2, len(words) - 4)
        unit.alter(" ".join(words[:at] + words[at + 2 :]))


@of_story
def words_inserted(copy: Copy, rng: Random) -> None:
    for _, unit in some(copy, rng, 0.1, 8):
        words = unit.text.split(" ")
        at = rng.randrange(2, len(words) - 1)
        more = rng.choice(["indeed", "by the way,", "you see,", "frankly"])
        unit.alter(" ".join([*words[:at], more, *words[at:]]))


@of_story
def turns_extended(copy: Copy, rng: Random) -> None:
    for paragraph, unit in some(copy, rng, 0.1, 5):
        if paragraph.label and unit.text[0] == "“" and unit.text[-1] in '”"':
            what = rng.choice(["slept", "ate", "sang", "wept", "spoke", "came", "knew", "wrote"])
            more = f"{rng.choice(['Nobody', 'Everyone', 'Somebody'])} {what} that night."
            unit.text, unit.truth = f"{unit.text[:-1]} {more}”", ALTERED


@of_story
def short_turns_changed(copy: Copy, rng: Random) -> None:
    for paragraph, unit in some(copy, rng, 0.3, 1):
        if paragraph.label and len(unit.text.split()) < 5:
            unit.text = rng.choice(["“Never.”", "“Not really, no.”", "“Perhaps.”", "“Why not?”"])
            unit.truth = ALTERED


@of_story
def a_paragraph_moved(copy: Copy, rng: Random) -> None:
    at = rng.randrange(len(copy.story) - 1)
    copy.story[at], copy.story[at + 1] = copy.story[at + 1], copy.story[at]
    # A short turn is known by its place: away from it, it may be shown as missing.
    for paragraph in copy.story[at : at + 2]:
        for unit in paragraph.units:
            if len(unit.text.split()) < 8:
                copy.loose = True


@of_story
def labels_forgotten(copy: Copy, rng: Random) -> None:
    for paragraph in copy.story:
        if rng.random() < 0.1:
            paragraph.label = ""


@of_story
def remarks_in_brackets(copy: Copy, rng: Random) -> None:
    for _, unit in some(copy, rng, 1.0, 1):
        unit.text = re.sub(r"\((\w+)\)", r"[\1]", unit.text)


Kind = tuple[str, Callable[..., object]]
KINDS: dict[str, Kind | None] = {
    "unchanged": None,
    **{name: ("story", change) for name, change in STORY.items()},
    **{name: ("labels", change) for name, change in LABELS.items()},
    **{name: ("layout", lay) for name, lay in LAYOUTS.items()},
    **{name: ("text", change) for name, change in TEXT.items()},
}


def variant(base: Copy, kind: str, rng: Random) -> Copy:
    """The article with one kind of change."""
    copy = deepcopy(base)
    apply(copy, kind, rng)
    return copy


def apply(copy: Copy, kind: str, rng: Random) -> None:
    if kind == "unchanged":
        return
    family, change = KINDS[kind]
    if family == "text":
        copy.after.append(change)
    elif family == "layout":
        copy.lay = change
    else:
        change(copy, rng)


TOGETHER_NEVER = {
    "mojibake_of_windows",
    "full_width",
    "escaped_for_json",
    "markdown",
    "hidden_signs",
    "mojibake",
    "entities",
}
"""Kinds that swallow what another kind wrote; a mixture has one of them at most, and last."""


def mixture(base: Copy, rng: Random) -> tuple[Copy, list[str]]:
    """The article with several kinds of change at once."""
    kinds = rng.sample(list(STORY), rng.randint(0, 4))
    # What parts a turn comes last, or another kind would change the advertisement.
    kinds.sort(key=lambda kind: kind.startswith("noise"))
    kinds += rng.sample(list(LABELS), rng.randint(0, 1)) + rng.sample(
        list(LAYOUTS), rng.randint(0, 1)
    )
    texts = rng.sample(list(TEXT), rng.randint(0, 3))
    kinds += [k for k in texts if k not in TOGETHER_NEVER]
    kinds += [k for k in texts if k in TOGETHER_NEVER][:1]
    copy = deepcopy(base)
    for kind in kinds:
        apply(copy, kind, rng)
    return copy, kinds


@dataclass
class Score:
    """What an alignment made of a copy, held against the truth."""

    kinds: list[str]
    accepted: bool
    seconds: float
    unchanged: int = 0
    found: int = 0
    altered: int = 0
    differs: int = 0
    cut: int = 0
    missing: int = 0
    wrong: list[str] = field(default_factory=list)
    """Turns with words that are not theirs: the one thing that must not happen."""
    unnoticed: list[str] = field(default_factory=list)
    """Turns given in their published words though the copy goes on after them."""
    lost: list[str] = field(default_factory=list)
    """Unchanged turns that were not found."""

    def line(self) -> str:
        return (
            f"{'+'.join(self.kinds) or 'unchanged':40} unchanged {self.found}/{self.unchanged}"
            f"  altered {self.differs}/{self.altered}  cut {self.missing}/{self.cut}"
            f"  wrong {len(self.wrong)}  unnoticed {len(self.unnoticed)}  {self.seconds:.2f} s"
        )


def shared(one: str, other: str) -> float:
    """How many of the different words of the shorter text stand in the longer one."""
    a, b = set(said(one)), set(said(other))
    return len(a & b) / max(1, min(len(a), len(b)))


def has(unit: Unit, published: str) -> bool:
    """Whether the copy has the published words and more."""
    return f" {' '.join(said(published))} " in f" {' '.join(said(unit.text))} "


def score(
    corpus: Corpus,
    copy: Copy,
    kinds: list[str],
    source: str,
    rng: Random,
    published: dict[str, str],
) -> Score:
    """Align a copy, and hold every turn against its truth."""
    text = copy.text(rng)
    begun = time.process_time()
    report = align(corpus, pasted(text), source_id=source)
    result = Score(kinds, report.accepted, time.process_time() - begun)
    truth = copy.truth()
    for turn in report.turns:
        units = truth.get(turn.turn_id, [])
        if turn.found and turn.words != " ".join(said(published[turn.turn_id])):
            result.wrong.append(f"{turn.turn_id}: other words")
        if any(unit.truth == SAME for unit in units):
            result.unchanged += 1
            result.found += turn.found
            if not turn.found:
                result.lost.append(turn.turn_id)
        elif units:
            result.altered += 1
            result.differs += turn.status == "differs"
            if turn.found and any(has(unit, published[turn.turn_id]) for unit in units):
                result.unnoticed.append(turn.turn_id)
            elif turn.found:
                result.wrong.append(f"{turn.turn_id}: altered, found as {turn.status}")
            elif turn.text and not any(shared(turn.text, u.text) > 0.45 for u in units):
                result.wrong.append(f"{turn.turn_id}: differs with other words")
        else:
            result.cut += 1
            result.missing += turn.status == "missing"
            if turn.found:
                result.wrong.append(f"{turn.turn_id}: cut, found as {turn.status}")
    return result


def main(folder: Path, mixtures: int) -> None:
    """Print the table of kinds, and of so many mixtures."""
    corpus, published = load("calls", attached=False), texts(folder)
    say = sys.stdout.write
    for source in ("ap-2023-02", "ap-2023-11"):
        say(f"{source}\n")
        base = original(folder, source)
        for kind in KINDS:
            rng = Random(kind)
            result = score(corpus, variant(base, kind, rng), [kind], source, rng, published)
            say(f"  {result.line()}{'' if result.accepted else '  REFUSED'}\n")
    bases = {source: original(folder, source) for source in ("ap-2023-02", "ap-2023-11")}
    total = Score(["all mixtures"], True, 0.0)
    slowest = 0.0
    for seed in range(mixtures):
        rng = Random(seed)
        source = "ap-2023-11" if seed % 5 == 0 else "ap-2023-02"
        copy, kinds = mixture(bases[source], rng)
        result = score(corpus, copy, kinds, source, rng, published)
        for name in ("unchanged", "found", "altered", "differs", "cut", "missing", "seconds"):
            setattr(total, name, getattr(total, name) + getattr(result, name))
        total.wrong += result.wrong
        total.unnoticed += result.unnoticed
        slowest = max(slowest, result.seconds)
        if result.wrong or result.unnoticed:
            say(f"  {seed} {result.line()} {result.wrong} {result.unnoticed}\n")
    say(f"{mixtures} mixtures: {total.line()}; the slowest {slowest:.2f} s\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
