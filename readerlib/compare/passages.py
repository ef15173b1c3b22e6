"""A retelling as its passages: every quotation with whom it is given to, every sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from readerlib.compare.attributing import KEYS_OF_SPEAKERS, SPEECH, Attribution, People, Scope
from readerlib.compare.quoting import (
    LABEL,
    Part,
    Passage,
    dashed,
    paragraphs,
    quoted,
    sentences,
    words_in,
)
from readerlib.text import tokens

_HEADING = 12
"""A line of so many words at most, without a full stop, is a heading or a caption."""
_ATTRIBUTION = 8
"""Words beside a quotation that only say who speaks."""
_ENDED = regex.compile(r"[.!?…。！？:;\"”»’')\]]\s*$")
_BLOCK = regex.compile(r"^[ \t]*>", regex.MULTILINE)


@dataclass(frozen=True)
class Told:
    """A passage with its attribution, and what stands around it in its paragraph.

    ``alone`` holds the same for each part of an interrupted quotation, should the parts not
    belong together.
    """

    passage: Passage
    given: Attribution
    context: str = ""


def passages(text: str, people: People) -> list[Told]:
    """The quotations and claims of a text, in its order."""
    found: list[Told] = []
    parts = paragraphs(text)
    scripted = _is_script(text, parts, people)
    parts = _joined(text, parts, people)
    i = 0
    before = ""
    while i < len(parts):
        part = parts[i]
        inner = quoted(text, part.start, part.end)
        j = i
        # A quotation that is not closed goes on where the next paragraph opens one again.
        while (
            inner
            and not inner[-1][1]
            and j + 1 < len(parts)
            and _goes_on(text, parts[j + 1], inner)
        ):
            j += 1
            more = quoted(text, parts[j].start, parts[j].end)
            inner += more
        whole = Part(part.start, parts[j].end)
        if inner and j + 1 < len(parts) and _signs(text, parts[j + 1], people):
            # Who said it stands below, after a dash.
            j += 1
            whole = Part(whole.start, parts[j].end)
        found += _paragraph(text, whole, inner, people, scripted, len(parts), before)
        before = text[whole.start : whole.end]
        i = j + 1
    found.sort(key=lambda told: (told.passage.start, told.passage.kind == "claim"))
    return found


def _joined(text: str, parts: Sequence[Part], people: People) -> list[Part]:
    """The paragraphs; one that only names a speaker goes with the quotation below it."""
    joined: list[Part] = []
    begun: int | None = None
    for n, part in enumerate(parts):
        below = parts[n + 1] if n + 1 < len(parts) else None
        if begun is None and below and _names(text, part, people) and _opens(text, below):
            begun = part.start
            continue
        joined.append(Part(part.start if begun is None else begun, part.end))
        begun = None
    return joined


def _names(text: str, part: Part, people: People) -> bool:
    """Whether a paragraph does nothing but name a speaker."""
    said = text[part.start : part.end]
    if words_in(said) > 6 or said[:1] in '—–-―“"„«‘' or said[-1:] in ".?!":
        return False
    key = LABEL.match(said)
    if key and key["label"].casefold() in KEYS_OF_SPEAKERS:
        return people.alone(text, part.start + key.end(), part.end) is not None
    return people.alone(text, part.start, part.end) is not None


def _opens(text: str, part: Part) -> bool:
    """Whether a paragraph begins with a quotation."""
    said = text[part.start : part.end]
    label = LABEL.match(said)
    rest = said[label.end() :].lstrip() if label and words_in(label["label"]) == 1 else said
    return rest[:1] in ("“", '"', "„", "«", "»", "‘", "'", "‹", "「")


def _signs(text: str, part: Part, people: People) -> bool:
    """Whether a paragraph names the speaker of the quotation above it, after a dash."""
    said = text[part.start : part.end]
    return (
        said[:1] in "—–-―~"
        and words_in(said) <= 8
        and people.alone(text, part.start, part.end) is not None
    )


def _goes_on(text: str, part: Part, inner: Sequence[tuple[Part, bool]]) -> bool:
    """Whether a paragraph takes up the quotation that the one before it left open."""
    opener = text[inner[-1][0].start - 1]
    return text[part.start] == opener


def _is_script(text: str, parts: Sequence[Part], people: People) -> bool:
    """Whether lines begin with the names of speakers, as in a play."""
    labels = [LABEL.match(text[part.start : part.end]) for part in parts]
    return sum(1 for label in labels if label) >= 2


def _paragraph(
    text: str,
    part: Part,
    inner: list[tuple[Part, bool]],
    people: People,
    scripted: bool,
    among: int,
    before: str,
) -> Iterator[Told]:
    said = text[part.start : part.end]
    lines = [line for line in said.split("\n") if line.strip()]
    if not inner and lines and all(_BLOCK.match(line) for line in lines):
        given = _led_to(before, people)
        yield Told(Passage("quotation", (part,), part.start, part.end), given)
        return
    label = LABEL.match(said)
    if label and not inner:
        given = people.attribution(text, Scope(part.start, part.end, part, (part,)), label["label"])
        rest = Part(part.start + label.end(), part.end)
        known = given.ids is not None and people.is_label(label["label"])
        if words_in(said[label.end() :]) and (
            known or (scripted and people.may_be_label(label["label"]))
        ):
            yield Told(Passage("quotation", (rest,), part.start, part.end), given)
            return
    if not inner:
        spoken = dashed(text, part.start, part.end)
        if spoken:
            given = people.attribution(text, Scope(part.start, part.end, part, tuple(spoken)))
            if given.how or len(spoken) == 1:
                yield Told(Passage("quotation", tuple(spoken), part.start, part.end), given)
                return
    groups = _groups(text, part, inner)
    for n, group in enumerate(groups):
        first = _outer(groups[n - 1][-1]).end if n else part.start
        last = _outer(groups[n + 1][0]).start if n + 1 < len(groups) else part.end
        outer = [_outer(one) for one in group]
        given = people.attribution(text, Scope(first, last, part, tuple(outer)))
        if not given.how and not n and not text[part.start : outer[0].start].strip():
            given = _led_to(before, people)
        yield Told(
            Passage(
                "quotation",
                tuple(p for p, _ in group),
                part.start,
                part.end,
                tuple(outer),
            ),
            given,
            said,
        )
    yield from _claims(text, part, inner, among, before)


def _led_to(before: str, people: People) -> Attribution:
    """To whom the paragraph before gives what comes, if a colon ends it."""
    end = len(before.rstrip())
    if not before[:end].endswith((":", "：")):
        return Attribution()
    start = before.rfind("\n", 0, end) + 1
    line = before[start:end]
    after = Part(len(line), len(line))
    given = people.attribution(line, Scope(0, len(line), Part(0, len(line)), (after,)))
    # What only looks like a label, "Three things:", names nobody.
    return Attribution() if given.how == "label" and given.ids is None else given


def _outer(one: tuple[Part, bool]) -> Part:
    """A quotation with its marks."""
    part, closed = one
    return Part(part.start - 1, part.end + closed)


def _groups(
    text: str, part: Part, inner: Sequence[tuple[Part, bool]]
) -> list[list[tuple[Part, bool]]]:
    """Quotations, each with the parts into which its attribution divides it."""
    groups: list[list[tuple[Part, bool]]] = []
    for n, one in enumerate(inner):
        if n and _same(text, part, inner, n):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _same(text: str, part: Part, inner: Sequence[tuple[Part, bool]], n: int) -> bool:
    """Whether a quotation goes on with what the one before it began."""
    (before, closed), (here, _) = inner[n - 1], inner[n]
    if not closed:
        return True
    gap = text[before.end + 1 : here.start - 1]
    if "\n" in gap:
        return False
    clean = gap.strip(" \t,.—–-")
    words = tokens(clean)
    verbs = [word for word in words if SPEECH.fullmatch(word.word)]
    if not verbs or len(words) > _ATTRIBUTION + 2 or len(verbs) > 1:
        return False
    if regex.search(r"[.!?;:]", clean) or gap.rstrip().endswith((":", "：")):
        return False
    if any(word.word in ("and", "but", "while", "whereupon", "и", "und", "et") for word in words):
        return False
    ended = text[before.end - 1 : before.end]
    full_stop = ended == "." and text[before.end - 3 : before.end] != "..."
    if full_stop and gap.rstrip().endswith(","):
        # “A.” His mother replied, “B.”: the words in between lead up to the second.
        return False
    if full_stop and gap.strip()[:1].isupper() and not gap.rstrip().endswith("."):
        return False
    if gap.rstrip()[-1:] not in (".", ","):
        return False
    follows = inner[n + 1][0].start - 1 if n + 1 < len(inner) else part.end
    after = text[here.end + 1 : follows]
    stop = regex.search(r"[.!?;:\n]", after)
    clause = after[: stop.start()] if stop else after
    owns = any(SPEECH.fullmatch(word.word) for word in tokens(clause)[:6])
    # “A,” he said. “B,” she said: the second has an attribution of its own.  But in “A,” he
    # said. “B.” She said, “C” the words after the second lead up to the third.
    leads_on = n + 1 < len(inner) and stop is None and text[here.end - 1 : here.end] == "."
    return not (owns and not leads_on and gap.rstrip().endswith("."))


def _claims(
    text: str, part: Part, inner: Sequence[tuple[Part, bool]], among: int, before: str
) -> Iterator[Told]:
    """The sentences of a paragraph that say something besides what is quoted."""
    said = text[part.start : part.end]
    if (
        not inner
        and among >= 4
        and "\n" not in said
        and not _ENDED.search(said)
        and words_in(said) <= _HEADING
    ):
        return
    masked = list(text[part.start : part.end])
    for one, _ in inner:
        for k in range(one.start, one.end - 1):
            masked[k - part.start] = "x"
        if text[one.start : one.start + 1].isupper() and one.start < one.end - 1:
            # As a sentence may end before a quotation that begins one.
            masked[one.start - part.start] = "X"
    covered = "".join(masked)
    context = before
    for sentence in sentences(covered, 0, len(covered)):
        place = Part(part.start + sentence.start, part.start + sentence.end)
        outside = _outside(text, place, inner)
        words = [token.word for token in tokens(outside)]
        touched = any(one.start < place.end and place.start < one.end for one, _ in inner)
        if not words:
            continue
        # What a colon ends leads to the words that follow, also where they stand on a new line.
        ends_line = covered[sentence.end :].lstrip(" \t\r")[:1] in ("", "\n")
        touched = touched or (ends_line and _leads(outside))
        if inner and len(words) == 1 and not touched:
            continue
        if touched and len(words) <= _ATTRIBUTION and any(map(SPEECH.fullmatch, words)):
            continue
        if touched and (len(words) < 3 or (_leads(outside) and len(words) < 5)):
            continue
        yield Told(Passage("claim", (place,), part.start, part.end), Attribution(), context)
        context = text[place.start : place.end]


def _leads(said: str) -> bool:
    """Whether a colon ends what is said, before a quotation."""
    return said.rstrip(' “"‘«„').endswith((":", "："))


def _outside(text: str, place: Part, inner: Sequence[tuple[Part, bool]]) -> str:
    """What of a sentence stands outside quotation marks."""
    kept = []
    at = place.start
    for one, _ in inner:
        if one.end <= place.start or one.start >= place.end:
            continue
        kept.append(text[at : max(at, one.start)])
        at = max(at, one.end)
    kept.append(text[at : max(at, place.end)])
    return " ".join(kept)
