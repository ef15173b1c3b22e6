"""Where each published turn stands in a copy: found by its fingerprint, never by likeness.

A turn of six words or more proves itself wherever it stands.  A shorter one is proven
together with a longer turn near it.  What only stands where a turn should be is shown as
different; it is never taken for the turn.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import NamedTuple

import regex

from readerlib.attach.copytext import Copy
from readerlib.attach.spelling import Reading, Spellings, masked_otherwise
from readerlib.text import bare, digest, tokens

_FREE, _LABEL, _AGAIN = -1, -2, -3
_MOST_HASHES = 250_000
_MOST_STEPS = 120_000
_MOST_STARTS = 40
_QUOTES = regex.compile(r"[“”„\"«»‟]|<<|>>")
_CLOSING = regex.compile(r"[^\s“„«]*(?:\s?(?:\.{3}|…)\s?)?(?:[“”„‟\"«»]|>>|<<)")
_STOPPED = regex.compile(r"[.!?…]\s*\n")
_CLOSED = regex.compile(r"[()\[\]]")
LONG_COPY = 12_000
"""Words from which on a copy is first looked through at its lines and quotations only."""
_COMMON = (
    "about after been before being could from have into mother said says that their them then "
    "there they this what when where which will with would asks tells ivan leonid maxim"
)
_NOT_TELLING = frozenset(_COMMON.split())


class Check(NamedTuple):
    """Proof of a short turn: the fingerprint of a longer turn's words followed by its own.

    Examples
    --------
    >>> Check(3, b"").anchor
    3
    """

    anchor: int
    proof: bytes


@dataclass(frozen=True)
class Row:
    """A published turn as the corpus describes it, without its words."""

    turn_id: str
    source_id: str
    conversation_id: str
    speaker_id: str
    kind: str
    length: int
    proof: bytes | None
    checks: tuple[Check, ...]
    gist: str
    salt: str = ""

    @cached_property
    def telling(self) -> frozenset[str]:
        """Beginnings of the words in our summary that the turn may share."""
        return telling(bare(token.word) for token in tokens(self.gist))


def telling(words: Iterable[str]) -> frozenset[str]:
    """The first five letters of the words that say what a passage is about."""
    return frozenset(w[:5] for w in words if (len(w) > 3 or w.isdigit()) and w not in _NOT_TELLING)


@dataclass(frozen=True)
class Found:
    """A turn found: its words, proven, and how the copy spells them."""

    start: int
    end: int
    joined: bytes
    respelt: bool
    edits: tuple[tuple[int, int, str], ...] = ()


class Hit(NamedTuple):
    """Words of the copy whose fingerprint is the turn's."""

    row: int
    start: int
    end: int


@dataclass
class Label:
    """A stretch of the copy that names who speaks; ``speakers`` where that is known."""

    start: int
    end: int
    speakers: Counter[str] = field(default_factory=Counter)


def hits(copy: Copy, rows: Sequence[Row], wanted: Iterable[int], salt: str) -> list[Hit]:
    """Where fingerprinted turns stand word for word, looked for where a turn may well begin.

    In a long copy these are lines and quotations, else all that is marked in some way.
    """
    marked = copy.strong if len(copy) > LONG_COPY else copy.edge
    return _hits_from([i for i in range(len(copy)) if marked[i]], copy, rows, wanted, salt)


def hits_elsewhere(copy: Copy, rows: Sequence[Row], wanted: Iterable[int], salt: str) -> list[Hit]:
    """Where fingerprinted turns stand word for word amid a sentence, in a copy not too long."""
    if len(copy) > LONG_COPY:
        return []
    return _hits_from([i for i in range(len(copy)) if not copy.edge[i]], copy, rows, wanted, salt)


def _hits_from(
    starts: Sequence[int], copy: Copy, rows: Sequence[Row], wanted: Iterable[int], salt: str
) -> list[Hit]:
    by_length: dict[int, dict[bytes, int]] = defaultdict(dict)
    for k in wanted:
        proof = rows[k].proof
        if proof:
            by_length[rows[k].length][proof] = k
    found = []
    for length, proofs in by_length.items():
        last = len(copy) - length
        for i in starts:
            if i > last:
                break
            row = proofs.get(digest(copy.joined(i, i + length), salt))
            if row is not None:
                found.append(Hit(row, i, i + length))
    return found


class Placing:
    """The state of one alignment: which words of the copy belong to which turn."""

    def __init__(
        self,
        copy: Copy,
        rows: Sequence[Row],
        salt: str,
        names: dict[tuple[str, ...], set[str]],
        progress: Callable[[float, str], None] = lambda share, what: None,
    ) -> None:
        self.copy = copy
        self.rows = rows
        self.salt = salt
        self.names = names
        self.progress = progress
        self.found: dict[int, Found] = {}
        self.differing: dict[int, tuple[int, int]] = {}
        self.owner = [_FREE] * len(copy)
        self.labels: list[Label] = []
        self._label_ends: dict[int, Label] = {}
        self._label_starts: set[int] = set()
        self._hashes = 0
        self._labelled_share = 0.0

    def run(self, found: Iterable[Hit]) -> None:
        """Place every turn that can be placed."""
        self._claim(list(found))
        self.progress(0.4, "comparing spellings")
        self._settle(strict=True)
        if any(k not in self.found for k in range(len(self.rows))) and self.found:
            self._respelt()
        self.progress(0.8, "placing short turns")
        self._settle(strict=True)
        self._settle(strict=False)
        self._moved()
        self._labels()
        self._extended()
        self._differing()

    # What is certain: whole turns by their fingerprint.

    def _claim(self, found: list[Hit]) -> None:
        """Give the hits to their turns; a piece of a longer turn is not a turn."""
        longer = sorted(found, key=lambda hit: hit.start - hit.end)
        covered = [0] * len(self.copy)
        kept: dict[int, list[Hit]] = defaultdict(list)
        for hit in longer:
            if not any(covered[hit.start : hit.end]):
                covered[hit.start : hit.end] = [1] * (hit.end - hit.start)
                kept[hit.row].append(hit)
        for k, places in kept.items():
            if len(places) == 1:
                self._take(k, Found(*self._as_found(places[0])))
        last = 0
        for k in range(len(self.rows)):
            if len(kept.get(k, ())) > 1:
                best = min(kept[k], key=lambda hit: (hit.start < last, abs(hit.start - last)))
                self._take(k, Found(*self._as_found(best)))
                for hit in kept[k]:
                    if hit is not best:
                        self._mark(hit.start, hit.end, _AGAIN)
            if k in self.found:
                last = self.found[k].end

    def _as_found(self, hit: Hit) -> tuple[int, int, bytes, bool]:
        shown = self.copy.shown(hit.start, hit.end)
        return hit.start, hit.end, self.copy.joined(hit.start, hit.end), masked_otherwise(shown)

    def _take(self, k: int, found: Found) -> None:
        self.found[k] = found
        self._mark(found.start, found.end, k)

    def _mark(self, start: int, end: int, owner: int) -> None:
        self.owner[start:end] = [owner] * (end - start)

    def _free(self, start: int, end: int) -> bool:
        return all(owner in (_FREE, _LABEL) for owner in self.owner[start:end])

    def _is(self, k: int, joined: bytes) -> bool:
        """Whether these words are the turn's, as its fingerprint or a check says."""
        row = self.rows[k]
        self._hashes += 1
        if row.proof:
            return digest(joined, self.salt) == row.proof
        return any(
            digest(self.found[check.anchor].joined + b" " + joined, self.salt) == check.proof
            for check in row.checks
            if check.anchor in self.found
        )

    # Who speaks: labels as this copy writes them, learned from what is certain.

    def _labels(self) -> None:
        """Learn how the copy names the speakers, and find every such name."""
        copy = self.copy
        learned: dict[tuple[tuple[str, ...], bool], Counter[str]] = defaultdict(Counter)
        spoken = 0
        for k, found in self.found.items():
            row = self.rows[k]
            if row.kind != "speech":
                continue
            spoken += 1
            label = self._label_before(found.start)
            if label:
                learned[label][row.speaker_id] += 1
        named = sum(sum(c.values()) for label, c in learned.items() if sum(c.values()) > 1)
        self._labelled_share = named / spoken if spoken else 0.0
        forms = {label: self._telling_apart(c) for label, c in learned.items() if c.total() > 1}
        for name, speakers in self.names.items():
            forms.setdefault((name, True), Counter(dict.fromkeys(speakers, 1)))
            if copy.unpunctuated or any(not colon for _, colon in forms):
                forms.setdefault((name, False), Counter(dict.fromkeys(speakers, 1)))
        by_first: dict[str, list[tuple[tuple[str, ...], bool]]] = defaultdict(list)
        for label in sorted(forms, key=lambda label: -len(label[0])):
            by_first[label[0][0]].append(label)
        self.owner = [_FREE if owner == _LABEL else owner for owner in self.owner]
        self.labels = []
        i = 0
        while i < len(copy):
            for words, colon in by_first.get(copy.words[i], ()):
                j = i + len(words)
                if (
                    tuple(copy.words[i:j]) == words
                    and (copy.edge[i] or copy.words[i - 1].isdigit())
                    and self._free(i, j)
                    and (_label_mark(copy.before(j), colon) or copy.unpunctuated)
                    and (colon or copy.line[i] or copy.unpunctuated)
                ):
                    start = i
                    while (
                        start and self.owner[start - 1] == _FREE and copy.words[start - 1].isdigit()
                    ):
                        # The time at which it was said belongs to the label.
                        start -= 1
                    self.labels.append(Label(start, j, forms[words, colon]))
                    self._mark(start, j, _LABEL)
                    i = j - 1
                    break
            i += 1
        self._label_ends = {label.end: label for label in self.labels}
        self._label_starts = {label.start for label in self.labels}

    def _telling_apart(self, speakers: Counter[str]) -> Counter[str]:
        """The speakers of a label; none if it stands for both sides of one conversation."""
        together: dict[str, set[str]] = defaultdict(set)
        for row in self.rows:
            if row.kind == "speech" and row.speaker_id in speakers:
                together[row.conversation_id].add(row.speaker_id)
        return Counter() if any(len(s) > 1 for s in together.values()) else speakers

    def _label_before(self, start: int) -> tuple[tuple[str, ...], bool] | None:
        """The words before a turn that look like a speaker's label, and whether marked so."""
        copy = self.copy
        if copy.unpunctuated:
            named = start > 0 and self.owner[start - 1] < 0
            return ((copy.words[start - 1],), False) if named else None
        gap = copy.before(start)
        colon = _label_mark(gap, True)
        if not colon and "\n" not in gap:
            return None
        k = start
        while k and start - k < 7:
            k -= 1
            if self.owner[k] >= 0:
                return None
            inner = copy.before(k)
            if copy.edge[k] and inner.strip(" \t") not in ("(", "[", "-", "–"):
                break
        else:
            return None
        if not colon and not copy.line[k]:
            return None
        while k < start and copy.words[k].isdigit():
            k += 1
        return (tuple(copy.words[k:start]), colon) if k < start else None

    # Short turns: between their neighbours, proven with a longer one.

    def _settle(self, *, strict: bool) -> None:
        """Place short turns until nothing more follows from what is placed.

        Strictly, a short turn touches the turn before it or the one after it.
        """
        before = -1
        while before != len(self.found):
            before = len(self.found)
            self._labels()
            for k, row in enumerate(self.rows):
                if k not in self.found and row.proof is None and row.checks:
                    self._short(k, strict)

    def _short(self, k: int, strict: bool) -> None:
        for start, end in self._regions(k):
            for i in range(start, end):
                if self.owner[i] != _FREE or not (i == start or self._begins(i)):
                    continue
                chain = self._chain(k, i, start, end)
                if not chain or self._doubtful(chain):
                    continue
                if self._touches(chain) if strict else self._named(k, i):
                    for row, found in chain:
                        self._take(row, found)
                    return

    def _doubtful(self, chain: list[tuple[int, Found]]) -> bool:
        """Whether these words may as well be another turn's, which says the same nearby.

        Where there are as many places as such turns, each has its own, in their order.
        """
        for k, found in chain:
            named = self._label_ends.get(found.start)
            others = [
                j
                for j in self._between(k)
                if (not named or self._may_say(j, named)) and self._is(j, found.joined)
            ]
            if not others:
                continue
            start, end = self._run(found.start, -1), self._run(found.end, 1)
            places = sum(
                self.copy.joined(i, i + self.rows[k].length) == found.joined
                and (not named or self._may_say(k, self._label_ends.get(i)))
                for i in range(start, end - self.rows[k].length + 1)
            )
            if places <= len(others) and not self._in_its_slot(k, found.start, start, end):
                return True
        return False

    def _in_its_slot(self, k: int, at: int, start: int, end: int) -> bool:
        """Whether there are as many labels as turns between the neighbours, and this is k's."""
        first, last = k, k
        while first - 1 >= 0 and first - 1 not in self.found:
            first -= 1
        while last + 1 < len(self.rows) and last + 1 not in self.found:
            last += 1
        before, after = self.found.get(first - 1), self.found.get(last + 1)
        slots = [label.end for label in self.labels if start <= label.start and label.end <= end]
        return (
            before is not None
            and after is not None
            and (before.end, after.start) == (start, end)
            and all(self.rows[j].kind == "speech" for j in range(first, last + 1))
            and len(slots) in (last + 1 - first, last + 2 - first)
            and slots.index(at) == k - first
            if at in slots
            else False
        )

    def _between(self, k: int) -> Iterator[int]:
        """The other short turns not placed between the turns placed before and after `k`."""
        for step in (-1, 1):
            j = k + step
            while 0 <= j < len(self.rows) and j not in self.found:
                if self.rows[j].proof is None and self.rows[j].checks:
                    yield j
                j += step

    def _touches(self, chain: list[tuple[int, Found]]) -> bool:
        """Whether only labels lie between these turns and one that is placed beside them."""
        (first, begin), (last, finish) = chain[0], chain[-1]
        before, after = self.found.get(first - 1), self.found.get(last + 1)
        return (
            before is not None
            and before.end <= begin.start
            and all(owner == _LABEL for owner in self.owner[before.end : begin.start])
        ) or (
            after is not None
            and finish.end <= after.start
            and all(owner == _LABEL for owner in self.owner[finish.end : after.start])
        )

    def _named(self, k: int, i: int) -> bool:
        """Whether the speaker's label stands here, where the copy has labels."""
        if self.rows[k].kind != "speech" or self._labelled_share < 0.5:
            return True
        return self._may_say(k, self._label_ends.get(i))

    def _may_say(self, k: int, label: Label | None) -> bool:
        """Whether a label is there and names the turn's speaker, or nobody in particular."""
        return label is not None and (
            not label.speakers or self.rows[k].speaker_id in label.speakers
        )

    def _chain(self, k: int, i: int, start: int, end: int) -> list[tuple[int, Found]] | None:
        """The turn from `i` on, and its followers if they alone reach an edge."""
        if k >= len(self.rows) or k in self.found or self.rows[k].proof or not self.rows[k].checks:
            return None
        label = self._label_ends.get(i)
        if label and self.rows[k].kind == "speech" and not self._may_say(k, label):
            return None
        for reading in self._short_readings(k, i, end):
            if not self._is(k, reading.joined):
                continue
            found = self._found(reading)
            if reading.end == end or self._ends(reading.end) or self._whole(reading):
                return [(k, found)]
            rest = self._chain(k + 1, reading.end, start, end)
            if rest:
                return [(k, found), *rest]
        return None

    def _short_readings(self, k: int, i: int, end: int) -> Iterator[Reading]:
        length = self.rows[k].length
        if i + length <= end and self._free(i, i + length):
            yield Reading(i, i + length, self.copy.joined(i, i + length), False, ())
        for cost in range(3):
            for reading in self._spellings.readings(i, length, cost, {end}):
                if reading.end <= end and self._one_piece(k, reading):
                    yield reading

    def _found(self, reading: Reading) -> Found:
        shown = self.copy.shown(reading.start, reading.end, reading.edits)
        respelt = reading.respelt or masked_otherwise(shown)
        return Found(reading.start, reading.end, reading.joined, respelt, reading.edits)

    def _whole(self, reading: Reading) -> bool:
        """Whether the words are a sentence of some length, or a remark in brackets."""
        before = self.copy.before(reading.start).rstrip()
        after = self.copy.before(reading.end).lstrip()
        return (reading.end - reading.start > 2 and after.startswith((".", "!", "?", "…"))) or (
            before.endswith(("(", "[")) and after.startswith((")", "]"))
        )

    def _begins(self, i: int) -> bool:
        return self.copy.strong[i] or i in self._label_ends

    def _ends(self, i: int) -> bool:
        return i >= len(self.copy) or self.copy.strong[i] or i in self._label_starts

    def _regions(self, k: int) -> list[tuple[int, int]]:
        """Where a turn can stand: right after the one before it, or right before the next."""
        before = next((j for j in range(k - 1, -1, -1) if j in self.found), None)
        after = next((j for j in range(k + 1, len(self.rows)) if j in self.found), None)
        regions = []
        if before is not None:
            start = self.found[before].end
            regions.append((start, self._run(start, 1)))
        if after is not None:
            end = self.found[after].start
            regions.append((self._run(end, -1), end))
        return [r for r in dict.fromkeys(regions) if r[0] < r[1]]

    def _run(self, at: int, step: int) -> int:
        """The end of the words that belong to no turn, forward or back from `at`."""
        while 0 <= at - (step < 0) < len(self.copy) and self.owner[at - (step < 0)] < 0:
            at += step
        return at

    def _moved(self) -> None:
        """Short turns that stand elsewhere, if no other turn says the same.

        Two words are looked for in their own conversation only, more of them anywhere.
        """
        self._labels()
        waiting = [
            k
            for k, row in enumerate(self.rows)
            if k not in self.found and row.proof is None and row.checks
        ]
        if not waiting:
            return
        begins = [i for i, o in enumerate(self.owner) if o == _FREE and self._begins(i)]
        for k in waiting:
            start, end = self._reach(k)
            places = []
            for i in begins:
                j = i + self.rows[k].length
                if (
                    start <= i
                    and j <= end
                    and self._ends(j)
                    and all(o == _FREE for o in self.owner[i:j])
                    and self._named(k, i)
                    and self._is(k, self.copy.joined(i, j))
                ):
                    places.append(Reading(i, j, self.copy.joined(i, j), False, ()))
            if len(places) == 1 and not self._said_twice(k, places[0].joined):
                self._take(k, self._found(places[0]))

    def _said_twice(self, k: int, joined: bytes) -> bool:
        """Whether another short turn says the same, as far as that can be known."""
        return any(
            self.found[j].joined == joined if j in self.found else self._is(j, joined)
            for j, row in enumerate(self.rows)
            if j != k and row.proof is None and row.checks
        )

    def _reach(self, k: int) -> tuple[int, int]:
        """Between which words a turn may have been moved."""
        row = self.rows[k]
        if row.length > 2:
            return 0, len(self.copy)
        near = [
            f for j, f in self.found.items() if self.rows[j].conversation_id == row.conversation_id
        ]
        start, end = min((f.start for f in near), default=0), max((f.end for f in near), default=0)
        return (start, end) if end - start < 2500 else (0, 0)

    # Other spellings of long turns.

    @cached_property
    def _spellings(self) -> Spellings:
        return Spellings(self.copy)

    def _respelt(self) -> None:
        self._preferred()
        tries: list[Callable[[int], Iterator[Reading]]] = [
            *(partial(self._candidates, cost=cost) for cost in (0, 1, 2)),
            self._mended,
            *(partial(self._candidates, cost=cost) for cost in (3, 4)),
        ]
        for readings in tries:
            self._settle(strict=True)
            for k in self._missing():
                for reading in readings(k):
                    if self._one_piece(k, reading) and self._is(k, reading.joined):
                        self._take(k, self._found(reading))
                        break

    def _one_piece(self, k: int, reading: Reading) -> bool:
        """Whether the words can be one turn: nobody else is named or quoted among them."""
        if any(owner != _FREE for owner in self.owner[reading.start : reading.end]):
            return False
        return self.rows[k].kind != "speech" or not any(
            instead == " " and _QUOTES.search(self.copy.text, start, end)
            for start, end, instead in reading.edits
        )

    def _spent(self) -> bool:
        """Whether as much has been tried as a reader will wait for."""
        return self._hashes > _MOST_HASHES or self._spellings.steps > _MOST_STEPS

    def _missing(self) -> list[int]:
        if self._spent():
            return []
        return [k for k, row in enumerate(self.rows) if k not in self.found and row.proof]

    def _preferred(self) -> None:
        """Long turns in the copy as it most likely reads, wherever they stand."""
        read = self._spellings.preferred
        by_length: dict[int, dict[bytes, int]] = defaultdict(dict)
        for k in self._missing():
            proof = self.rows[k].proof
            if proof:
                by_length[self.rows[k].length][proof] = k
        # A window in which nothing is read otherwise was looked at before.
        changed, last = [], -1
        for s, step in enumerate(read.steps):
            if step.respelt or step.edit or step.words != (self.copy.words[step.at],):
                last = s
            changed.append(last)
        taken = [self.owner[step.at] >= 0 for step in read.steps]
        for length, proofs in sorted(by_length.items(), reverse=True):
            for i in range(len(read.words) - length + 1):
                first, last = read.origin[i], read.origin[i + length - 1]
                if changed[last] < first or taken[first] or taken[last]:
                    continue
                if not self.copy.edge[read.steps[first].at]:
                    continue
                self._hashes += 1
                said = read.joined(i, i + length)
                k = proofs.get(digest(said, self.salt), -1)
                if k >= 0 and k not in self.found:
                    reading = read.reading(i, i + length, said, False)
                    if self._one_piece(k, reading):
                        self._take(k, self._found(reading))

    def _candidates(self, k: int, cost: int) -> Iterator[Reading]:
        for start, end in self._regions(k):
            stops = {end, *self._label_starts}
            for i in self._beginnings(start, end):
                readings = self._spellings.readings(i, self.rows[k].length, cost, stops)
                for tried, reading in enumerate(readings):
                    if tried > 600 or self._spent():
                        break
                    if reading.end <= end:
                        yield reading

    def _mended(self, k: int) -> Iterator[Reading]:
        for start, end in self._regions(k):
            for i in self._beginnings(start, end)[:12]:
                for reading in self._spellings.mended(i, self.rows[k].length, end):
                    if self._spent():
                        return
                    if reading.end <= end:
                        yield reading

    def _beginnings(self, start: int, end: int) -> list[int]:
        """Words of a region where a turn may begin, the likelier ones first."""
        likely = [
            i
            for i in range(start, end)
            if self.owner[i] == _FREE and (i == start or self.copy.edge[i])
        ]
        return sorted(likely, key=lambda i: not (i == start or self._begins(i)))[:_MOST_STARTS]

    # What is not the turn, but stands where it should.

    def _extended(self) -> None:
        """Labelled turns to which the copy adds words inside the same quotation marks."""
        copy = self.copy
        said = [f for k, f in self.found.items() if self.rows[k].kind == "speech"]
        in_quotes = sum(bool(_QUOTES.search(copy.before(f.start))) for f in said) * 2 > len(said)
        apart = len(copy.lines) * 3 > len(self.rows)
        for k, found in self.found.items():
            if self.rows[k].kind != "speech" or not (in_quotes or apart):
                continue
            end = found.end
            while not self._stops(end, in_quotes, found.end):
                end += 1
            start = found.start
            while not self._stops(start, in_quotes, found.start) and start not in self._label_ends:
                start -= 1
            if in_quotes and not _CLOSING.match(copy.before(end)):
                end = found.end
            if in_quotes and not _QUOTES.search(copy.before(start)):
                start = found.start
            if (start, end) != (found.start, found.end):
                self.differing[k] = (start, end)

    def _stops(self, i: int, in_quotes: bool, edge: int) -> bool:
        """Whether a turn's words can reach no further than `i`."""
        copy = self.copy
        apart = copy.blank if in_quotes else copy.paragraph
        if i in (0, len(copy)) or apart[i] or i in self._label_starts:
            return True
        # In wrapped lines without quotation marks, a line after a full stop is another matter.
        if not in_quotes and copy.line[i] and _STOPPED.search(copy.before(i)):
            return True
        beyond = i if i >= edge else i - 1
        return (
            self.owner[beyond] != _FREE
            or (in_quotes and bool(_QUOTES.search(copy.before(i))))
            or (i == edge and bool(_CLOSED.search(copy.before(i))))
            or (i == edge and not in_quotes and self._spellings.noise(i))
        )

    def _differing(self) -> None:
        """For every turn not found: what stands in its place, if it can only be that turn."""
        open_rows = [k for k in range(len(self.rows)) if k not in self.found]
        groups: dict[tuple[int, int], list[int]] = defaultdict(list)
        for k in open_rows:
            for region in self._regions(k):
                groups[region].append(k)
        for (start, end), turns in groups.items():
            parts = list(self._parts(start, end))
            waiting = [k for k in turns if k not in self.differing]
            for k, (i, j) in self._matched(waiting, parts):
                self.differing[k] = (i, j)

    def _parts(self, start: int, end: int) -> Iterator[tuple[int, int, Label | None]]:
        """The free words of a region, parted at labels and paragraphs."""
        copy = self.copy
        unnamed = self._labelled_share < 0.5
        for i, j in copy.spans([o == _FREE for o in self.owner[start:end]]):
            begun = start + i
            label = None if copy.blank[begun] else self._label_ends.get(begun)
            for at in range(begun + 1, start + j + 1):
                if (
                    at == start + j
                    or copy.paragraph[at]
                    or at in self._label_starts
                    or (unnamed and _QUOTES.search(copy.before(at)))
                ):
                    yield begun, at, label
                    begun, label = at, self._label_ends.get(at)

    def _matched(
        self, turns: list[int], parts: list[tuple[int, int, Label | None]]
    ) -> list[tuple[int, tuple[int, int]]]:
        """Turns and parts in the same order, the most likely pairs; the doubtful are left out."""
        if not turns or not parts or len(turns) * len(parts) > 20_000:
            return []
        best: list[list[float]] = [[0.0] * (len(parts) + 1) for _ in range(len(turns) + 1)]
        step: dict[tuple[int, int], int] = {}
        for a in range(len(turns) - 1, -1, -1):
            for b in range(len(parts) - 1, -1, -1):
                best[a][b], width = best[a + 1][b], 0
                if best[a][b + 1] > best[a][b]:
                    best[a][b], width = best[a][b + 1], -1
                for more in range(1, 5):
                    if b + more > len(parts) or (more > 1 and parts[b + more - 1][2]):
                        break
                    likely = self._likeness(turns[a], parts[b : b + more])
                    if likely > 0 and likely + best[a + 1][b + more] > best[a][b]:
                        best[a][b], width = likely + best[a + 1][b + more], more
                step[a, b] = width
        pairs = []
        a = b = 0
        while a < len(turns) and b < len(parts):
            width = step[a, b]
            if width > 0:
                pairs.append((turns[a], (parts[b][0], parts[b + width - 1][1])))
                a, b = a + 1, b + width
            elif width == 0:
                a += 1
            else:
                b += 1
        return pairs

    def _likeness(self, k: int, parts: list[tuple[int, int, Label | None]]) -> float:
        """How likely the parts are the turn, altered; 0 where that is not to be said."""
        row = self.rows[k]
        start, end, label = parts[0][0], parts[-1][1], parts[0][2]
        length = end - start
        ratio = min(length, row.length) / max(length, row.length)
        said = self.copy.joined(start, end)
        if row.proof is None and any(self._is(j, said) for j in (k, *self._between(k))):
            # The words of a short turn, but whether of this one cannot be told.
            return 0.0
        shared, both = 0.0, 0
        if row.telling:
            both = len(row.telling & telling(self.copy.words[start:end]))
            shared = both / len(row.telling)
        if label is not None and label.speakers:
            if row.kind != "speech" or not self._may_say(k, label):
                return 0.0
            if length > 2 * row.length + 8:
                return 0.0
            return 1.0 + ratio + shared
        if row.kind == "speech" and self._labelled_share > 0.5 and label is None:
            return 0.0
        before, after = self.found.get(k - 1), self.found.get(k + 1)
        enclosed = (
            before is not None
            and after is not None
            and self._run(start, -1) == before.end
            and self._run(end, 1) == after.start
        )
        # One word in common with our summary is little, but for all that stands there.
        alone = (
            before is not None and after is not None and (before.end, after.start) == (start, end)
        )
        if (
            ratio < 0.3
            or (both < 2 and not (alone and ratio > 0.7))
            or shared < (0.05 if enclosed else 0.2)
        ):
            return 0.0
        return ratio + shared


_AROUND = r"[\s\u200b*_)\]]*+"
_MARK = regex.compile(
    r"(?P<colon>[^\S\n\t]*+\t"
    rf"|{_AROUND}\.?{_AROUND}[:|：►]|{_AROUND}>(?!>)|{_AROUND}(?:--|—|–\s)(?!.*\n))"
    r"|[^\S\n]*+[\u200b*_)\]]*+[^\S\n]*+\n"
)


def _label_mark(gap: str, colon: bool) -> bool:
    """Whether `gap` is what stands between a label and the words."""
    mark = _MARK.match(gap)
    return mark is not None and (mark["colon"] is not None) == colon
