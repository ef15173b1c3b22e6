"""What of a note leaves and comes back, field by field, whatever form the file has.

Every form shows a note so that a person, or another program, can read it, and carries beside
it a record in JSON with the rest: the fields that are not shown, and those of which the shown
form is not exact (a NUL, half a surrogate pair).
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import regex

from readerlib.corpus import Corpus
from readerlib.errors import Problem, ReaderError, quoted, suggestion
from readerlib.notes.anchoring import Anchor, Standing, anchor, standings
from readerlib.notes.ground import LAYERS
from readerlib.notes.notes import COLOURS, Note
from readerlib.selection import Link, Place
from readerlib.text import plain

FIELDS = ("note_id", "corpus", "anchor", "text", "tags", "colour", "quoted", "made", "changed")
"""What of a note leaves: these, and nothing that is not named here."""

DEEPEST = 12
"""How deeply lists and objects may be nested in what comes in."""

MOST = 100_000
"""Notes of one file at most."""

_SIDE = "side"
_UNSEEN = regex.compile(r"[\p{Cc}\p{Cs}\u2028\u2029--[\n\t]]", regex.V1)


class Side(NamedTuple):
    """A note, or what was written of the same note in another window.

    ``number`` counts from 1; ``of`` is how many there are.
    """

    note: Note
    number: int
    of: int


class Where(NamedTuple):
    """Where in a file something stands, as its reader finds it."""

    path: str = ""
    row: int | None = None
    line: int | None = None
    pointer: str = ""

    def problem(self, wrong: str, expected: str = "", remedy: str = "") -> Problem:
        """What is wrong there."""
        wrong = f"{self.pointer}: {wrong}" if self.pointer else wrong
        return Problem(wrong, expected, remedy, self.path, row=self.row, line=self.line)


def sides(notes: Iterable[Note]) -> list[Side]:
    """Every note with all that was written of it, one after another."""
    found = []
    for note in notes:
        every = (replace(note, others=()), *note.others)
        found += [Side(side, number, len(every)) for number, side in enumerate(every, 1)]
    return found


def seen(text: str) -> str:
    """The text as any program shows it: one kind of line end, no sign that steers or breaks.

    Examples
    --------
    >>> seen("a\\r\\nb\\x00")
    'a\\nb�'
    """
    return _UNSEEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def record(side: Side, shown: Mapping[str, object]) -> str:
    """The fields that are not shown, or not exactly, as JSON on one line.

    Parameters
    ----------
    side : Side
    shown : mapping
        Field → what a reader of the file would take it for.

    Notes
    -----
    The JSON is ASCII, and has no ``<``, ``>`` or ``--``, which would end a comment.
    """
    told = fields(side.note)
    kept = {key: value for key, value in told.items() if key not in shown or shown[key] != value}
    if side.number > 1:
        kept[_SIDE] = side.number
    line = json.dumps(kept, separators=(",", ":"))
    for sign, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("--", "\\u002d\\u002d")):
        line = line.replace(sign, escaped)
    return line


def fields(note: Note) -> dict[str, Any]:
    """The fields of a note that leave, as JSON has them."""
    told = {key: getattr(note, key) for key in FIELDS}
    return told | {"anchor": note.anchor.as_record(), "tags": list(note.tags)}


def parsed(text: str, where: Where) -> Any:
    """What JSON says.

    Raises
    ------
    ReaderError
        If it is none, is nested too deeply, or names something twice.
    """
    try:
        told = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        line = error.lineno if where == Where(where.path) else where.line
        raise ReaderError(
            where._replace(line=line).problem(
                f"this is not JSON ({error.msg}, column {error.colno})",
                remedy="Export it again, or restore the line as it was.",
            )
        ) from None
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, _TwiceError) else "it is nested too deeply"
        reason = "a number in it is none" if type(error) is ValueError else reason
        raise ReaderError(where.problem(f"this is not JSON that can be used: {reason}")) from None
    if _depth(told) > DEEPEST:
        raise ReaderError(
            where.problem("this is not JSON that can be used: it is nested too deeply")
        )
    return told


class _TwiceError(ValueError):
    """A name that an object of JSON has twice."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise _TwiceError(f"{quoted(name)} is named twice")
        made[name] = value
    return made


def _no_number(name: str) -> float:
    raise ValueError(name)


def _depth(told: object) -> int:
    """How deeply lists and objects are nested; one more than :data:`DEEPEST` is enough."""
    level, depth = [told], 0
    while level and depth <= DEEPEST:
        inner: list[object] = []
        for part in level:
            if isinstance(part, dict):
                inner += part.values()
            elif isinstance(part, list):
                inner += part
        level, depth = inner, depth + 1
    return depth


def side_of(told: object, where: Where) -> Side:
    """The note, or the side of one, that a record says.

    Raises
    ------
    ReaderError
        With everything that is wrong with it.
    """
    if not isinstance(told, dict):
        raise ReaderError(where.problem("the record of the note is not an object of JSON"))
    problems = [
        where.problem(
            f"the note has no {name}" if name not in told else f"{name} is {quoted(told[name])}",
            f"It has to be {expected}.",
            "Export it again, or restore the record as it was.",
        )
        for name, (right, expected) in _RIGHT.items()
        if name not in told or not right(told[name])
    ]
    problems += [
        where.problem(
            f"a note has no field {quoted(name)}",
            "It may come from a newer version.",
            suggestion(name, FIELDS) or "Take it out, or use that version.",
        )
        for name in told
        if name not in FIELDS and name != _SIDE
    ]
    number = told.get(_SIDE, 1)
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= MOST:
        problems.append(where.problem(f"side is {quoted(number)}", "It is a number from 1 on."))
    if problems:
        raise ReaderError(problems)
    made = told | {"anchor": Anchor.of(told["anchor"]), "tags": tuple(told["tags"])}
    return Side(Note(**{key: made[key] for key in FIELDS}), number, 1)


def _is_anchor(value: object) -> bool:
    """Whether it is the record of an anchor, with nothing in it that an anchor does not keep."""
    if not isinstance(value, dict):
        return False
    try:
        made = Anchor.of(value)
        hash(made)
        told = json.loads(json.dumps(made.as_record()))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return False
    kept = set(value) <= set(told) and told == told | value
    return kept and made.layer in LAYERS and isinstance(told.get("words", ""), str)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 1000


def is_moment(value: object) -> bool:
    """Whether it is a moment as ISO 8601 writes it, or empty."""
    if not isinstance(value, str) or len(value) > 40:
        return False
    try:
        return not value or bool(datetime.datetime.fromisoformat(value))
    except ValueError:
        return False


def _are_tags(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(tag, str) for tag in value)


_MOMENT = "a moment such as 2026-11-26T10:00:00+00:00, or empty"
_RIGHT = {
    "note_id": (_is_name, "a name of at most 1,000 characters"),
    "corpus": (_is_name, "the name of a corpus"),
    "anchor": (_is_anchor, "an anchor: a place, what was seen there, and its fingerprint"),
    "text": (_is_text, "a text"),
    "tags": (_are_tags, "a list of texts"),
    "colour": (
        lambda value: value == "" or value in list(COLOURS),
        f"{', '.join(COLOURS)}, or empty",
    ),
    "quoted": (lambda value: isinstance(value, bool), "true or false"),
    "made": (is_moment, _MOMENT),
    "changed": (is_moment, _MOMENT),
}


def regrouped(found: Sequence[tuple[Side, Where]]) -> tuple[list[Note], list[Problem]]:
    """The notes with all their sides, in the order in which each is met first."""
    by_id: dict[str, dict[int, Note]] = {}
    problems = []
    for side, where in found:
        known = by_id.setdefault(side.note.note_id, {})
        if known.get(side.number, side.note) != side.note:
            problems.append(
                where.problem(
                    f"the note {quoted(side.note.note_id)} stands twice, with a difference",
                    "A note stands once, or once for each side of a conflict.",
                    "Delete the one that is not wanted.",
                )
            )
        known[side.number] = side.note
    notes = []
    for known in by_id.values():
        first, *others = [known[number] for number in sorted(known)]
        notes.append(replace(first, others=tuple(others)))
    return notes, problems


def fresh(
    corpus: Corpus | None,
    place: Place | str,
    told: Mapping[str, Any],
    *,
    known_as: str,
    where: Where,
) -> Side:
    """A note that no record describes: from another program, or written by hand.

    Its id follows from what it is, so that it is the same note when it comes again.

    Parameters
    ----------
    corpus : Corpus or None
    place : Place or str
    told : mapping
        Of text, tags, colour, quoted, made and changed what is known; layer.
    known_as : str
        Its id elsewhere, or all that is said of it.
    where : Where

    Raises
    ------
    ReaderError
        If it cannot be anchored.
    """
    if corpus is None:
        raise ReaderError(
            where.problem(
                "this note was not made by readerlib, and no corpus is named",
                "It can only be anchored in a corpus.",
                "Name the corpus that it is about.",
            )
        )
    try:
        at = anchor(corpus, place, told.get("layer", ""))
    except ReaderError as error:
        raise ReaderError(
            [where.problem(p.wrong, p.expected, p.remedy) for p in error.problems]
        ) from None
    name = corpus.descriptor.name
    known = json.dumps([name, known_as]).encode()
    made = {
        "note_id": hashlib.blake2b(known, digest_size=8).hexdigest(),
        "corpus": name,
        "anchor": at.as_record(),
        "text": told.get("text", ""),
        "tags": sorted({plain(tag) for tag in told.get("tags", ())} - {""}),
        "colour": told.get("colour", ""),
        "quoted": told.get("quoted", False),
        "made": told.get("made", ""),
        "changed": told.get("changed", "") or told.get("made", ""),
    }
    return side_of(made, where)


class Placed(NamedTuple):
    """A note with where it stands now: None where it stands nowhere, and what to say of that."""

    note: Note
    place: Place | None
    said: str


class Sites:
    """A corpus and what it tells of places, each asked for once however many notes are there."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.name = corpus.descriptor.name
        self._standings: dict[Anchor, Standing] = {}
        self._wheres: dict[Place, str] = {}
        self._links: dict[Place, str] = {}
        self._headings: dict[str, str] = {}

    def _look_up(self, notes: Iterable[Note]) -> None:
        made = {note.anchor: None for note in notes if note.corpus == self.name}
        new = [one for one in made if one not in self._standings]
        self._standings.update(zip(new, standings(self.corpus, new), strict=True))

    def placed(self, notes: Iterable[Note]) -> list[Placed]:
        """The notes in the order of reading; then those without a place; then on other corpora."""
        found = []
        chosen = list(notes)
        self._look_up(chosen)
        for note in chosen:
            place, said = None, f"This is a note on another corpus, {quoted(note.corpus)}."
            if note.corpus == self.name:
                stands = self._standings[note.anchor]
                place, said = stands.place, stands.said
            if place:
                key = (0, self.corpus.row(place.turn_id), place.start or 0, "")
            else:
                key = (1 + (note.corpus != self.name), 0, 0, f"{note.corpus} {note.anchor.place}")
            found.append((key, note.made, note.note_id, Placed(note, place, said)))
        return [here for *_, here in sorted(found, key=lambda each: each[:3])]

    def where(self, place: Place) -> str:
        """The place in words."""
        if place not in self._wheres:
            self._wheres[place] = self.corpus.whereabouts(place)
        return self._wheres[place]

    def heading(self, here: Placed) -> str:
        """What the notes beside which it stands are called together."""
        if not here.place:
            on = here.note.corpus
            return "Notes without a place" if on == self.name else f"Notes on {on}"
        turn = here.place.turn_id
        if turn not in self._headings:
            self._headings[turn] = str(self.corpus.talk(self.corpus.row(turn)).heading)
        return self._headings[turn]

    def link(self, here: Placed, *, whole: bool = False) -> str:
        """The link to where a note stands; of one that stands nowhere here, to where it stood.

        With `whole` it leads to the turn, or the turns, and not to a stretch of it.
        """
        place = here.place or here.note.anchor.place
        place = Place(place.turn_id, last=place.last) if whole else place
        if here.place:
            if place not in self._links:
                self._links[place] = self.corpus.whole.link(place)
            return self._links[place]
        version = self.corpus.descriptor.version if here.note.corpus == self.name else 0
        return str(Link(here.note.corpus, version, place=place))
