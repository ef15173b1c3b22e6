"""Where a note belongs, so that it is found again after the corpus has changed, or given up.

An anchor holds ids, counts of code points and fingerprints, never words.  Beside them it holds
what a list of lost notes can tell: the heading of the conversation and the speaker's name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from readerlib.corpus import Corpus
from readerlib.errors import Problem, SelectionError, listed, quoted
from readerlib.notes.ground import (
    LAYERS,
    Ground,
    Layer,
    Trace,
    ground,
    likeness,
    sketch,
    trace_of,
    window,
)
from readerlib.selection import Place
from readerlib.text import SHORTEST_FINGERPRINT, Token, bare, fingerprint_of, tokens

_ALIKE_ENOUGH = 0.45
"""Share of common words from which a turn in its old place counts as edited, not as another."""

_LONGEST_CONTEXT = 12
_PARTS = 4
"""Turns into which one may have been split, at most."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place as it was when a note was made.

    Attributes
    ----------
    place : Place
    layer : "text" or "gist"
        What was seen there.
    words : str
        Fingerprint of the words that the place held; of fewer than six, of what is known.
    known : tuple of str
        What is known of its first turn, and of its last one where it is several.
    cut : str
        What is known of its stretch, or how many turns it is.
    """

    place: Place
    layer: str
    words: str
    known: tuple[str, ...] = ()
    cut: str = ""

    def as_record(self) -> dict[str, Any]:
        """Everything, for a file.

        Examples
        --------
        >>> Anchor(Place("frost-1-01"), "text", "ab").as_record()
        {'place': 'frost-1-01', 'layer': 'text', 'words': 'ab'}
        """
        told = {"place": str(self.place), "layer": self.layer, "words": self.words}
        known = {"known": list(self.known)} if self.known else {}
        return told | known | ({"cut": self.cut} if self.cut else {})

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Anchor:
        """The anchor that a record holds; of what is known, only what can be read.

        Examples
        --------
        >>> Anchor.of({"place": "frost-1-01", "layer": "text", "words": "ab"}).words
        'ab'
        >>> Anchor.of({"place": "a", "layer": "gist", "words": "ab", "known": 7, "cut": []}).known
        ()
        """
        known, cut = record.get("known"), record.get("cut")
        right = isinstance(known, list | tuple) and all(isinstance(part, str) for part in known)
        return cls(
            Place.parse(record["place"]),
            record["layer"],
            record["words"],
            tuple(known) if right and known else (),
            cut if isinstance(cut, str) else "",
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a note stands now.

    Attributes
    ----------
    state : "anchored", "moved" or "orphan"
    place : Place or None
        Where it is shown; None for an orphan.  A stretch in it is of what there is to read: a
        note on a stretch of the summary stands on the whole turn where the words are shown.
    said : str
        What has changed, in a sentence, and of an orphan what is known; empty if nothing has.
    """

    state: Literal["anchored", "moved", "orphan"]
    place: Place | None
    said: str = ""


class Cut(NamedTuple):
    """A stretch of a turn, counted in words: how many before it, and how many of them it touches.

    ``lead`` and ``trail``: code points from where its first word begins, and from where its
    last one ends; without a word, from where the word before ends.  ``sizes``: those of the
    two words.  ``own``, ``before``, ``after``: digests of its words, of six or more, and of
    them with some words before and after.  ``once``: whether its words stood there once.

    Examples
    --------
    >>> Cut(0, 1, 0, 0, 4, 4, "", 0, 0, "", 0, "", "").many
    1
    """

    first: int
    many: int
    lead: int
    trail: int
    first_size: int
    last_size: int
    own: str
    once: int
    reach_before: int
    before: str
    reach_after: int
    after: str
    signs: str


def anchor(corpus: Corpus, place: Place | str, layer: str = "") -> Anchor:
    """The anchor of a place in a corpus as it is now.

    Parameters
    ----------
    corpus : Corpus
    place : Place or str
    layer : "text" or "gist", optional
        Left out, the words where the turn has them, or else the summary.

    Raises
    ------
    SelectionError
        If the place is not in the corpus, or its stretch holds nothing.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> anchor(load("demo"), "frost-1-02").layer
    'text'
    """
    place = Place.parse(place) if isinstance(place, str) else place
    if layer and layer not in LAYERS:
        raise SelectionError(
            Problem(
                f"there is no layer {quoted(layer)}",
                f"Layers: {listed(LAYERS)}.",
                "Name one of these, or leave it out.",
            )
        )
    first, last = corpus.span(Place(place.turn_id, last=place.last))
    here = ground(corpus)
    layer = layer or here.shown(first)
    known: tuple[str, ...] = (here.known(first),)
    cut = ""
    if place.end is not None:
        cut, own = _cut_of(here, first, layer, place)
    elif last - first > 1:
        known = (*known, here.known(last - 1))
        cut, own = _spelt([last - first]), _of_range(here, first, last, layer)
    else:
        own = fingerprint_of(here.words(first, layer), here.salt) or ""
        if not here.words(first, layer) and layer == "text":
            own = here.cell(first, "fingerprint")
    return Anchor(place, layer, own or _seal(layer, known, cut), known, cut)


def standing(corpus: Corpus, made: Anchor) -> Standing:
    """Where an anchor stands in a corpus: in its place, moved, or lost.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> standing(load("demo"), anchor(load("demo"), "frost-1-02")).state
    'anchored'
    """
    return _standing(ground(corpus), made)


def standings(corpus: Corpus, made: Iterable[Anchor]) -> list[Standing]:
    """Where each of some anchors stands in a corpus, in their order.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> demo = load("demo")
    >>> [s.state for s in standings(demo, [anchor(demo, "frost-1-02:4-12")])]
    ['anchored']
    """
    here = ground(corpus)
    return [_standing(here, one) for one in made]


def _standing(here: Ground, made: Anchor) -> Standing:
    if not made.known:
        return _bare_standing(here, made)
    row = here.row(made.place.turn_id)
    if not _is_whole(made):
        return Standing("orphan", None, _DAMAGED)
    if made.place.last is None and row is not None and made.known[0].startswith(here.core(row)):
        # Nothing by which the turn is known has changed: no more need be looked at.
        return _on_stretch(here, made, _Found("same", row)) if made.cut else _in_place(made)
    traces = [trace for known in made.known if (trace := trace_of(known)) is not None]
    ends = [made.place.turn_id, made.place.last or made.place.turn_id][: len(made.known)]
    if [trace.turn_id for trace in traces] != ends:
        return Standing("orphan", None, _DAMAGED)
    if made.place.last is not None:
        return _on_range(here, made, traces)
    found = _looked_for(here, traces[0], made.known[0])
    if isinstance(found, str):
        return Standing("orphan", None, f"{found} {_told(traces[0])}")
    if made.place.end is not None:
        return _on_stretch(here, made, found)
    return _on_turn(here, made, traces[0], found)


def _in_place(made: Anchor) -> Standing:
    return Standing("anchored", made.place)


_DAMAGED = "What was kept of its place is damaged."


# One turn --------------------------------------------------------------------


class _Found(NamedTuple):
    """A turn that was found again.

    ``how``: ``same``, ``edited``, ``moved``, ``split`` or ``joined``.  ``last``: the last of its
    parts.  ``layer``: the words by which it was found.  ``before``: how many words of another
    turn stand before its own.
    """

    how: str
    row: int
    last: int = -1
    layer: str = ""
    before: int = 0


def _looked_for(here: Ground, trace: Trace, known: str) -> _Found | str:
    """The turn of a trace; or why it is not found."""
    row = here.row(trace.turn_id)
    if row is not None and (known.startswith(here.core(row)) or _is_same(here, row, trace)):
        return _Found("same", row)
    rows, others = _elsewhere(here, trace)
    if len(rows) == 1:
        return _Found("same" if rows[0] == row else "moved", rows[0])
    if others:
        return "Its words stand in other places now, and it cannot be told which is its own."
    edited = row is not None and _is_edited(here, row, trace)
    found = _split(here, row, trace) or _joined(here, row, trace)
    if found and (not edited or row in (found.row, found.last)):
        return found
    if row is None:
        return "This turn is not in the corpus any more."
    return _Found("edited", row) if edited else "Other words stand at this place now."


def _verdict(here: Ground, row: int, made: Layer, layer: str) -> bool | None:
    """Whether a turn has the words that were there; None if it cannot be told."""
    words, mark = here.words(row, layer), here.mark(row, layer)
    if made.mark:
        return mark == made.mark if mark else (False if words else None)
    if made.pairs == ("", ""):
        # Of words that were not there their number may have been known.
        many = len(words) or (here.published(row) if layer == "text" else 0)
        told = layer == "text" and made.many and (many or mark)
        return False if told and many != made.many else None
    if not words:
        return False if mark else None
    pairs = zip(here.pairs(row, layer), made.pairs, strict=True)
    if any(now and now == then for now, then in pairs):
        return True
    return False if len(words) != made.many else None


def _sides(
    here: Ground,
    row: int,
    trace: Trace,
    *,
    own: bool,
    alone: bool = False,
    stays: bool = True,
) -> tuple[str, str]:
    """Whether the neighbours before and after are the same: ``real``, ``edge``, or empty.

    ``own``: the turn has its old id, so that the ids of its neighbours count too.
    ``alone``: no other turn has its words, so that any neighbour will do.  ``stays``: one that
    is not beside it any more will do, too, under its old id.
    """
    found = []
    for side, step in (("before", -1), ("after", 1)):
        thens = [getattr(trace.layer(layer), side) for layer in LAYERS]
        if not any(then[0][1] for then in thens):
            found.append("edge" if thens[0][0][2] == here.to_edge(row, step) else "")
            continue
        agree = any(
            _adjoins(here, row, layer, trace, step, own=own, alone=alone)
            or (own and stays and _stays(here, row, layer, trace, step))
            for layer, then in zip(LAYERS, thens, strict=True)
            if then[0][1]
        )
        found.append("real" if agree else "")
    return found[0], found[1]


def _adjoins(
    here: Ground, row: int, layer: str, trace: Trace, step: int, *, own: bool, alone: bool
) -> bool:
    """Whether the nearest neighbour is the same."""
    made = trace.layer(layer)
    then, now = (made.before if step < 0 else made.after)[0], here.beside(row, layer, step)[0]
    if now[1:] != then[1:] or (then[1] == made.mark and not alone):
        return False
    if alone or (own and now[0] == then[0]):
        return True
    # Of others that say the same one may have come here, unless all ids have been given anew.
    alike = now[0] == then[0] or ("b" if step < 0 else "a") not in made.flags
    return not alike and len(here.having(now[1], layer)) == 1


def _stays(here: Ground, row: int, layer: str, trace: Trace, step: int) -> bool:
    """Whether one of the neighbours is there still, on its side, under its id."""
    talk, made = here.cell(row, "conversation_id"), trace.layer(layer)
    for turn_id, mark, _ in made.before if step < 0 else made.after:
        at = here.row(turn_id)
        if (
            at is not None
            and (at - row) * step > 0
            and here.mark(at, layer) == mark != made.mark
            and here.cell(at, "conversation_id") == talk
        ):
            return True
    return False


def _both(sides: tuple[str, str]) -> bool:
    return all(sides) and "real" in sides


def _is_same(here: Ground, row: int, trace: Trace) -> bool:
    """Whether the turn with the old id is the one that was meant, surely."""
    proven = [name for name in LAYERS if _verdict(here, row, trace.layer(name), name)]
    alone = [layer for layer in proven if "u" in trace.layer(layer).flags]
    if any(here.alone(row, layer) for layer in alone):
        real = "real" in _sides(here, row, trace, own=True, alone=True)
        if real and _is_of_a_piece(here, row, trace):
            return True
        # A few words are nobody's own.
        long = [layer for layer in alone if trace.layer(layer).mark]
        if any(len(_alike(here, row, layer)) == 1 for layer in long):
            return True
    if not proven:
        return _is_silent(here, row, trace)
    if proven == ["gist"] and trace.text.pairs != ("", "") and not here.words(row, "text"):
        # Other turns have such a summary, and its few words cannot be looked at.
        return _is_of_a_piece(here, row, trace) and all(
            here.beside(row, layer, step) == then
            for layer in LAYERS
            for step, then in ((-1, trace.layer(layer).before), (1, trace.layer(layer).after))
        )
    # Where another near says the same, ids that were given anew may have come to it.
    stays = any(
        "t" not in trace.layer(layer).flags and not here.twin(row, layer) for layer in proven
    )
    sides = _sides(here, row, trace, own=True, stays=stays)
    return _both(sides) and _is_of_a_piece(here, row, trace)


def _is_of_a_piece(here: Ground, row: int, trace: Trace) -> bool:
    """Whether a turn fits in all that is known of it: who speaks, the words and the summary."""
    for layer in LAYERS:
        made, there = trace.layer(layer), here.words(row, layer) or here.mark(row, layer)
        known, verdict = made.mark or made.pairs != ("", ""), _verdict(here, row, made, layer)
        if verdict is False or (known and there and not verdict):
            return False
    return _speaks(here, row, trace)


def _speaks(here: Ground, row: int, trace: Trace) -> bool:
    """Whether the same one speaks, unless who spoke is not there at all under the old id."""
    same = here.cell(row, "speaker_id") == trace.speaker
    return (same or trace.speaker not in here.speakers) and here.cell(row, "kind") == trace.kind


def _alike(here: Ground, row: int, layer: str) -> list[int]:
    """The rows of all turns with the words of one."""
    key = here.mark(row, layer) or window(here.words(row, layer), here.salt)
    return here.having(key, layer)


def _is_silent(here: Ground, row: int, trace: Trace) -> bool:
    """Whether nothing was known of its words, and all else is as it was, its neighbours too."""
    for layer in LAYERS:
        made = trace.layer(layer)
        if made.mark or made.pairs != ("", ""):
            return False
        if _verdict(here, row, made, layer) is False:
            return False
        if (here.words(row, layer) or here.mark(row, layer)) and not made.many:
            return False
    for layer in LAYERS:
        made = trace.layer(layer)
        for then, step in ((made.before, -1), (made.after, 1)):
            if then[0][1:] != here.beside(row, layer, step)[0][1:]:
                return False
    marks = [made.before[0][1] + made.after[0][1] for made in (trace.text, trace.gist)]
    same = here.cell(row, "speaker_id") == trace.speaker
    return any(marks) and same and here.cell(row, "kind") == trace.kind


def _elsewhere(here: Ground, trace: Trace) -> tuple[list[int], bool]:
    """The turn with the same words, wherever it is; and whether there are others with them."""
    several = False
    for layer in LAYERS:
        made = trace.layer(layer)
        rows = here.having(made.mark, layer) if made.mark else _short(here, made, layer)
        if layer == "gist":
            rows = [r for r in rows if _verdict(here, r, trace.text, "text") is not False]
        if made.mark and "u" in made.flags and rows:
            if len(rows) == 1 and _is_likely(here, rows[0], trace):
                return rows, False
            whole = [row for row in rows if _is_of_a_piece(here, row, trace)]
            sides = [_sides(here, row, trace, own=False, alone=True) for row in whole]
            if len(whole) == 1 and "real" in sides[0] and here.row(trace.turn_id) not in rows:
                return whole, False
        # Where others say the same it must be between the same two neighbours.
        fit = [
            row
            for row in rows
            if _sides(here, row, trace, own=False) == ("real", "real")
            and _is_of_a_piece(here, row, trace)
        ]
        if "2" in made.flags and len(fit) == 1:
            return fit, False
        several |= bool(rows) and bool(made.mark)
    return [], several


def _is_likely(here: Ground, row: int, trace: Trace) -> bool:
    """Whether the only turn with the words is not another one in all else."""
    verdicts = [_verdict(here, row, trace.layer(layer), layer) for layer in LAYERS]
    return False not in verdicts or "real" in _sides(here, row, trace, own=False, alone=True)


def _short(here: Ground, made: Layer, layer: str) -> list[int]:
    """The rows where a turn of few words stands beside one of its neighbours."""
    found = set()
    for beside, step in ((made.before, 1), (made.after, -1)):
        for _, mark, between in beside[:1]:
            for at in here.having(mark, layer) if mark else ():
                row = at + step * (between + 1)
                if 0 <= row < here.size and _verdict(here, row, made, layer):
                    found.add(row)
    return sorted(found)


def _is_edited(here: Ground, row: int, trace: Trace) -> bool:
    """Whether the turn with the old id, between its old neighbours, has been edited only."""
    if not _speaks(here, row, trace) or not _both(_sides(here, row, trace, own=True)):
        return False
    alike = []
    for layer in LAYERS:
        made, words = trace.layer(layer), here.words(row, layer)
        if here.mark(row, layer) in {beside[1] for beside in (*made.before, *made.after)} - {""}:
            return False
        if made.sketch and words:
            alike.append(likeness(sketch(words), made.sketch) >= _ALIKE_ENOUGH)
        elif _verdict(here, row, made, layer) is False and layer == "gist":
            alike.append(False)
    return bool(alike) and all(alike)


def _near(here: Ground, row: int | None, made: Layer, layer: str) -> list[int]:
    """The rows where a turn that was split or joined may be: its own, and those beside."""
    found = {row} if row is not None else set()
    for beside, step in ((made.before, 1), (made.after, -1)):
        for turn_id, mark, between in beside[:1]:
            at = here.row(turn_id) if turn_id else None
            if at is not None:
                found.add(at)
            for place in here.having(mark, layer)[:3] if mark else ():
                found |= {place + step * k for k in range(between + _PARTS + 1)}
    return sorted(at for at in found if 0 <= at < here.size)


def _split(here: Ground, row: int | None, trace: Trace) -> _Found | None:
    """The turns that together have the words of the one, and no others."""
    for layer in LAYERS:
        made = trace.layer(layer)
        found = set()
        for first in _near(here, row, made, layer) if made.mark else ():
            words: tuple[str, ...] = ()
            for last in range(first, min(first + _PARTS, here.size)):
                if not here.words(last, layer) or (
                    here.cell(last, "conversation_id") != here.cell(first, "conversation_id")
                ):
                    break
                words += here.words(last, layer)
                if len(words) == made.many and window(words, here.salt) == made.mark:
                    found.add((first, last))
                if len(words) >= made.many:
                    break
        if len(found) == 1 and "u" in made.flags:
            first, last = found.pop()
            return _Found("split", first, last, layer)
    return None


def _joined(here: Ground, row: int | None, trace: Trace) -> _Found | None:
    """The turn that has the words of the one and those of its neighbour, and no others."""
    for layer in LAYERS:
        made = trace.layer(layer)
        found = []
        for at in _near(here, row, made, layer) if made.mark else ():
            words = here.words(at, layer)
            if made.many < len(words) < 50_000:
                found += [
                    (at, place)
                    for place in _places(words, made.mark, 0, made.many, here.salt)
                    if _is_joined(here, at, place, trace, layer)
                ]
        if len(found) == 1 and "u" in made.flags:
            return _Found("joined", found[0][0], -1, layer, found[0][1])
    return None


def _is_joined(here: Ground, row: int, place: int, trace: Trace, layer: str) -> bool:
    """Whether the words around those of the turn are its neighbour's."""
    words, made = here.words(row, layer), trace.layer(layer)
    if here.mark(row, layer) in {mark for _, mark, _ in (*made.before, *made.after)}:
        return False
    rests = (words[:place], words[place + made.many :])
    for rest, beside in zip(rests, (made.before, made.after), strict=True):
        long = len(rest) >= SHORTEST_FINGERPRINT
        if long and beside[0][2] == 0 and window(rest, here.salt) == beside[0][1]:
            return True
    if not _speaks(here, row, trace):
        return False
    now = (here.beside(row, layer, step)[0] for step in (-1, 1))
    then = (made.before[0], made.after[0])
    return all(a[1] and a[1] == b[1] for a, b in zip(now, then, strict=True))


def _on_turn(here: Ground, made: Anchor, trace: Trace, found: _Found) -> Standing:
    turn = here.cell(found.row, "turn_id")
    if found.how == "split":
        place = Place(turn, last=here.cell(found.last, "turn_id"))
        return Standing("moved", place, f"Its turn, {made.place}, has been split since.")
    if found.how == "joined":
        said = f"Its turn, {made.place}, has been joined with another since."
        if here.shown(found.row) != found.layer:
            return Standing("moved", Place(turn), said)
        every = here.tokens(found.row, found.layer)
        count = trace.layer(found.layer).many
        start, end = every[found.before].start, every[found.before + count - 1].end
        return Standing("moved", Place(turn, start, end), said)
    if found.how == "moved":
        return Standing("moved", Place(turn), f"It was on {made.place}; its turn is {turn} now.")
    return Standing("anchored", made.place, _edits(here, found.row, trace, made.layer))


def _edits(here: Ground, row: int, trace: Trace, layer: str) -> str:
    """What has been edited of a turn under its own id."""
    text, gist = (_verdict(here, row, trace.layer(name), name) for name in LAYERS)
    if text is False and (layer == "text" or gist is not False):
        return "The words of this turn have been edited since."
    if gist is False and (layer == "gist" or text is None):
        return "The summary of this turn has been edited since."
    return ""


def _told(trace: Trace) -> str:
    """What is known of a turn that is lost."""
    said = f"It was on turn {trace.turn_id}"
    said += f" of {trace.heading}" if trace.heading else ""
    said += f", spoken by {trace.name}" if trace.name and trace.kind != "cut" else ""
    if trace.words:
        said += f"; {trace.words} word{'s' if trace.words > 1 else ''}"
    return f"{said}."


# Several turns ---------------------------------------------------------------


def _on_range(here: Ground, made: Anchor, traces: list[Trace]) -> Standing:
    ends = [_looked_for(here, *end) for end in zip(traces, made.known, strict=True)]
    rows = []
    for number, end in enumerate(ends):
        if isinstance(end, _Found):
            rows.append(end.last if end.how == "split" and number else end.row)
    if not rows:
        return Standing("orphan", None, f"{ends[0]} {_told(traces[0])}")
    many = _numbers(made.cut, 1)
    if len(rows) == 2 and many:
        talks = [here.cell(row, "conversation_id") for row in rows]
        same_talk = (talks[0] == talks[1]) or traces[0].talk != traces[1].talk
        if rows[0] <= rows[1] and same_talk and rows[1] - rows[0] < 2 * many[0] + 2:
            place = Place(here.cell(rows[0], "turn_id"), last=here.cell(rows[1], "turn_id"))
            if place == made.place:
                words = _of_range(here, rows[0], rows[1] + 1, made.layer)
                changed = rows[1] - rows[0] + 1 != many[0] or words != made.words
                said = "Some of these turns have changed since." if changed else ""
                return Standing("anchored", place, said)
            return Standing("moved", place, f"It was on {made.place}.")
        said = f"It was on {made.place}, and these turns are apart now; it stands on the first."
        return Standing("moved", Place(here.cell(rows[0], "turn_id")), said)
    lost, left = ("first", "last") if isinstance(ends[0], str) else ("last", "first")
    said = f"It was on {made.place}; the {lost} turn is lost, and it stands on the {left}."
    return Standing("moved", Place(here.cell(rows[0], "turn_id")), said)


def _of_range(here: Ground, first: int, last: int, layer: str) -> str:
    """A digest of all that stands in a range."""
    parts = [
        here.mark(row, layer) or " ".join(here.words(row, layer)) for row in range(first, last)
    ]
    if sum(len(here.words(row, layer)) for row in range(first, last)) < SHORTEST_FINGERPRINT:
        parts = [here.mark(row, layer) for row in range(first, last)]
    return window(parts, here.salt)


# A stretch of a turn ---------------------------------------------------------


def _cut_of(here: Ground, row: int, layer: str, place: Place) -> tuple[str, str]:
    """What is kept of a stretch; and the fingerprint of its words, of six or more."""
    text = here.cell(row, layer)
    start, end = place.start or 0, place.end or 0
    if end > len(text) or start >= end:
        of = "summary" if layer == "gist" else "words"
        raise SelectionError(
            Problem(
                f"the place {quoted(place)} "
                + ("goes beyond its turn" if end > len(text) else "holds nothing"),
                f"The {of} of the turn have {len(text)} characters."
                if of == "words"
                else f"The summary of the turn has {len(text)} characters.",
                "Choose a stretch of it, or name the turn alone.",
            )
        )
    every = tokens(text)
    words = [bare(token.word) for token in every]
    inside = [i for i, t in enumerate(every) if t.end > start and t.start < end]
    if inside:
        first, many = inside[0], len(inside)
        head, tail = every[first], every[inside[-1]]
        told = [start - head.start, end - tail.end, head.end - head.start, tail.end - tail.start]
        signs = ""
    else:
        first, many = sum(t.end <= start for t in every), 0
        base = every[first - 1].end if first else 0
        told = [start - base, end - base, 0, 0]
        signs = window([text[start:end]], here.salt)[:8]
    own = words[first : first + many]
    long = many >= SHORTEST_FINGERPRINT
    digest = window(own, here.salt) if long else ""
    once = int(long and len(list(_places(words, digest, 0, many, here.salt))) == 1)
    before = _context(words, first, many, -1, here.salt)
    after = _context(words, first, many, 1, here.salt)
    lead, trail, head_size, tail_size = told
    cut = Cut(first, many, lead, trail, head_size, tail_size, digest, once, *before, *after, signs)
    return _spelt(list(cut)), fingerprint_of(own, here.salt) or ""


def _context(words: Sequence[str], first: int, many: int, step: int, salt: str) -> tuple[int, str]:
    """How many words beside a stretch make it stand out in its turn; and the digest with them."""
    there = first if step < 0 else len(words) - first - many
    for reach in range(max(SHORTEST_FINGERPRINT - many, 3), _LONGEST_CONTEXT + 1):
        if reach > there:
            break
        begin, size = (first - reach if step < 0 else first), reach + many
        found = window(words[begin : begin + size], salt)
        if len(list(_places(words, found, 0, size, salt))) == 1:
            return reach, found
    return 0, ""


def _places(words: Sequence[str], digest: str, ahead: int, size: int, salt: str) -> Iterator[int]:
    """Where words with this digest begin, `ahead` words on."""
    for at in range(len(words) - size + 1):
        if window(words[at : at + size], salt) == digest:
            yield at + ahead


def _again(words: Sequence[str], cut: Cut, salt: str) -> int | None:
    """How many words now stand before a stretch whose turn has changed; None if it is lost."""
    if cut.once:
        found = set(_places(words, cut.own, 0, cut.many, salt))
        if len(found) == 1:
            return found.pop()
    found = set()
    if cut.before:
        size = cut.reach_before + cut.many
        found |= set(_places(words, cut.before, cut.reach_before, size, salt))
    if cut.after:
        found |= set(_places(words, cut.after, 0, cut.reach_after + cut.many, salt))
    return found.pop() if len(found) == 1 else None


def _points(text: str, every: Sequence[Token], cut: Cut, salt: str) -> tuple[int, int] | None:
    """The code points of a stretch, by the words that it touches."""
    last = cut.first + cut.many
    low = every[cut.first - 1].end if cut.first else 0
    high = every[last].start if last < len(every) else len(text)
    if not cut.many:
        start, end = low + cut.lead, low + cut.trail
        right = 0 <= start < end <= high and window([text[start:end]], salt)[:8] == cut.signs
        return (start, end) if right else None
    head, tail = every[cut.first], every[last - 1]
    lead = cut.lead if cut.lead <= 0 or head.end - head.start == cut.first_size else 0
    trail = cut.trail if cut.trail >= 0 or tail.end - tail.start == cut.last_size else 0
    start, end = max(head.start + lead, low), min(tail.end + trail, high)
    inside = start < head.end and end > tail.start and start < end
    return (start, end) if inside else (head.start, tail.end)


@lru_cache(maxsize=1 << 14)
def _cut_in(spelt: str) -> Cut | None:
    try:
        told = json.loads(spelt)
        cut = Cut(*told)
    except (ValueError, TypeError, RecursionError):
        return None
    kinds = [type(part) for part in cut]
    right = kinds == [int] * 6 + [str, int, int, str, int, str, str]
    return cut if right and cut.first >= 0 and cut.many >= 0 else None


def _on_stretch(here: Ground, made: Anchor, found: _Found) -> Standing:
    cut, trace, layer = _cut_in(made.cut), trace_of(made.known[0]), made.layer
    if cut is None or trace is None:
        return Standing("orphan", None, _DAMAGED)
    row, turn = found.row, here.cell(found.row, "turn_id")
    state: Literal["anchored", "moved"] = "moved" if found.how != "same" else "anchored"
    if found.how == "edited":
        state = "anchored"
    was = f"It was on {made.place}."
    if here.shown(row) != layer:
        of = (
            "the summary, and here the words are shown"
            if layer == "gist"
            else ("the words, which are not attached here")
        )
        said = f"It marks a part of {of}; it stands on the whole turn."
        return Standing(state, Place(turn), said)
    parts = _parts(here, found, trace, layer)
    if parts is None:
        words = here.words(row, layer)
        every = here.tokens(row, layer)
        at = _again(words, cut, here.salt) if every else None
        moved = None if at is None else (row, cut._replace(first=at))
    else:
        moved = _carried(parts, cut)
        if moved is None and found.how == "split" and cut.many:
            return _over_parts(here, parts, cut, was)
    if moved is not None:
        row, cut = moved
        turn = here.cell(row, "turn_id")
        points = _points(here.cell(row, layer), here.tokens(row, layer), cut, here.salt)
        if points is not None:
            place = Place(turn, *points)
            said = "" if place == made.place else was
            return Standing("anchored" if place == made.place else "moved", place, said)
    lost = "The words that it marked are not there any more; it stands on the whole turn."
    return Standing("moved", Place(turn), f"{was} {lost}")


def _parts(
    here: Ground, found: _Found, trace: Trace, layer: str
) -> list[tuple[int, int, int]] | None:
    """Where the words of a turn are: row, how many of its own words, how many others before.

    None if its words have changed.
    """
    made = trace.layer(layer)
    if found.how in ("split", "joined"):
        if found.layer != layer:
            return None
        rows = range(found.row, max(found.last, found.row) + 1)
        many = [len(here.words(row, layer)) for row in rows]
        return [
            (row, made.many if found.how == "joined" else size, found.before)
            for row, size in zip(rows, many, strict=True)
        ]
    if _verdict(here, found.row, made, layer) is True:
        return [(found.row, made.many, 0)]
    return None


def _carried(parts: list[tuple[int, int, int]], cut: Cut) -> tuple[int, Cut] | None:
    """The part that holds a stretch, and the stretch counted from its beginning."""
    at = cut.first
    for row, many, before in parts:
        if at >= 0 and at + cut.many <= many and (cut.many or 0 < at < many or len(parts) == 1):
            return row, cut._replace(first=at + before)
        at -= many
    return None


def _over_parts(here: Ground, parts: list[tuple[int, int, int]], cut: Cut, was: str) -> Standing:
    """The parts of a split turn that a stretch touches."""
    rows, at = [], 0
    for row, many, _ in parts:
        if at < cut.first + cut.many and cut.first < at + many:
            rows.append(row)
        at += many
    place = Place(here.cell(rows[0], "turn_id"), last=here.cell(rows[-1], "turn_id"))
    return Standing("moved", place, f"{was} Its turn has been split since.")


# Whole and bare anchors ------------------------------------------------------


def _is_whole(made: Anchor) -> bool:
    """Whether what an anchor says fits together."""
    several, stretch = made.place.last is not None, made.place.end is not None
    if len(made.known) != 1 + several or (several or stretch) != bool(made.cut):
        return False
    if several:
        return bool(_numbers(made.cut, 1))
    if made.words == _seal(made.layer, made.known, made.cut):
        return True
    if stretch:
        cut = _cut_in(made.cut)
        return cut is not None and bool(cut.own) and made.words.startswith(cut.own)
    trace = trace_of(made.known[0])
    mark = trace.layer(made.layer).mark if trace else ""
    return bool(mark) and made.words.startswith(mark)


def _bare_standing(here: Ground, made: Anchor) -> Standing:
    """Where an anchor stands that knows the words of its place only."""
    rows = [here.row(turn) for turn in (made.place.turn_id, made.place.last or made.place.turn_id)]
    first, last = rows
    if first is None or last is None or last < first or made.layer not in LAYERS:
        return Standing("orphan", None, f"{_GONE} It was on {made.place}.")
    said = [here.cell(row, made.layer) for row in range(first, last + 1)]
    if made.place.end is not None:
        said = [said[0][made.place.start : made.place.end]]
    words = [bare(token.word) for part in said for token in tokens(part)]
    if _unsalted(words) != made.words:
        return Standing("orphan", None, f"Other words stand at {made.place} now.")
    if len(words) < SHORTEST_FINGERPRINT:
        # Such words stand in many places, and of this one no more is known.
        return Standing("orphan", None, f"Too little was kept of its place, {made.place}.")
    hidden = made.place.end is not None and here.shown(first) != made.layer
    return Standing("anchored", Place(made.place.turn_id) if hidden else made.place)


_GONE = "This turn is not in the corpus any more."


def _unsalted(words: Sequence[str]) -> str:
    return hashlib.blake2b(
        " ".join(words).encode("utf-8", "surrogatepass"), digest_size=16
    ).hexdigest()


def _seal(layer: str, known: Sequence[str], cut: str) -> str:
    """A fingerprint of all that an anchor knows."""
    told = _spelt([layer, list(known), cut]).encode("ascii")
    return hashlib.blake2b(told, digest_size=16).hexdigest()


def _numbers(spelt: str, many: int) -> list[int]:
    """Some whole numbers, as JSON has them; none if it is something else."""
    try:
        told = json.loads(spelt)
    except (ValueError, RecursionError):
        return []
    right = isinstance(told, list) and len(told) == many and all(type(n) is int for n in told)
    return told if right else []


def _spelt(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
