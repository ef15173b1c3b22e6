"""Notes as annotations of the W3C's Web Annotation Data Model, in JSON-LD.

An annotation says in the model's own words what others can use: the text, the tags, what the
colour means, when it was made, and the place as a link with a count of code points.  A
``readerlib:record`` beside them carries the rest.  It has no words of others: the model's
``TextQuoteSelector`` is read, and never written.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import regex

from readerlib.corpus import Corpus
from readerlib.errors import Problem, ReaderError, SelectionError, quoted
from readerlib.notes.exchange.records import (
    MOST,
    Placed,
    Side,
    Sites,
    Where,
    fresh,
    is_moment,
    parsed,
    record,
    seen,
    side_of,
    sides,
)
from readerlib.selection import SCHEME, Link, Place

MODEL = "http://www.w3.org/ns/anno.jsonld"
"""The context that every annotation names."""

RECORD = "readerlib:record"
"""The key of our own record, whose value is a string of JSON."""

_CONTEXT = [MODEL, {"readerlib": "urn:x-readerlib:"}]
_SPACE = uuid.UUID("6d1b8e0e-6a1c-5f0b-9d43-5f6f1a3f2c11")
_IRI = regex.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]*")
_MOMENT = regex.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")


# Out ----------------------------------------------------------------------------


def written(notes: Sequence[Placed], sites: Sites, labels: Mapping[str, str]) -> str:
    """A collection of one page with an annotation for each note and each side of a conflict."""
    items = [
        _annotation(here, side, sites, labels) for here in notes for side in sides([here.note])
    ]
    whole = " ".join(item["id"] for item in items)
    page = {
        "id": _named("page", whole),
        "type": "AnnotationPage",
        "startIndex": 0,
        "items": items,
    }
    collection = {
        "@context": _CONTEXT,
        "id": _named("collection", sites.name, whole),
        "type": "AnnotationCollection",
        "label": seen(f"Notes on {sites.corpus.descriptor.title}"),
        "total": len(items),
    }
    return (
        json.dumps(collection | ({"first": page} if items else {}), ensure_ascii=False, indent=2)
        + "\n"
    )


def _annotation(
    here: Placed, side: Side, sites: Sites, labels: Mapping[str, str]
) -> dict[str, Any]:
    note = side.note
    text = seen(note.text)
    tags = [seen(tag) for tag in note.tags]
    made: dict[str, Any] = {
        "@context": _CONTEXT,
        "id": _named(note.corpus, note.note_id, str(side.number)),
        "type": "Annotation",
        "motivation": "commenting" if text else "tagging" if tags else "highlighting",
    }
    for key, moment in (("created", note.made), ("modified", note.changed)):
        if _MOMENT.fullmatch(moment):
            made[key] = moment
    body = [_body(text, "commenting")] if text else []
    body += [_body(tag, "tagging") for tag in tags]
    if note.colour:
        body.append(_body(seen(labels.get(note.colour, note.colour)), "classifying"))
    if body:
        made["body"] = body
    made["target"] = _target(here, sites)
    shown = {"text": text, "tags": tags, "made": made.get("created", "")}
    made[RECORD] = record(side, shown | {"changed": made.get("modified", "")})
    return made


def _body(value: str, purpose: str) -> dict[str, str]:
    return {"type": "TextualBody", "value": value, "format": "text/plain", "purpose": purpose}


def _target(here: Placed, sites: Sites) -> str | dict[str, Any]:
    """The link to a turn, or to several; a stretch is a selector in its turn."""
    place = here.place or here.note.anchor.place
    source = sites.link(here, whole=True)
    if place.end is None:
        return source
    at = {"type": "TextPositionSelector", "start": place.start, "end": place.end}
    return {"type": "SpecificResource", "source": source, "selector": at}


def _named(*parts: str) -> str:
    """A name that follows from what it is the name of."""
    return f"urn:uuid:{uuid.uuid5(_SPACE, json.dumps(parts))}"


# In -----------------------------------------------------------------------------


def read(text: str, path: str, corpus: Corpus | None) -> Iterator[tuple[Side, Where] | ReaderError]:
    """The notes of a file, each with a pointer to where it stands, or what is wrong with it."""
    where = Where(path)
    try:
        told = parsed(text, where)
        for item, at, inherited in _items(told, where):
            try:
                yield _note(item, at, inherited, corpus), at
            except ReaderError as error:
                yield error
    except ReaderError as error:
        yield error


def _items(told: Any, where: Where) -> Iterator[tuple[Any, Where, object]]:
    """Every annotation, with a pointer to it, and the context that holds for it."""
    if isinstance(told, list):
        for number, item in enumerate(told[: MOST + 1]):
            yield item, where._replace(pointer=f"/{number}"), None
        return
    if not isinstance(told, dict):
        raise ReaderError(where.problem("there is no annotation in it"))
    kind = _kinds(told)
    if "AnnotationCollection" in kind or "AnnotationPage" in kind:
        page: Any = told
        at = ""
        if "AnnotationPage" not in kind:
            page, at = told.get("first"), "/first"
            if page is None and not told.get("total"):
                return
        if not isinstance(page, dict) or not isinstance(page.get("items"), list):
            raise ReaderError(
                where._replace(pointer=at).problem(
                    "the page of the collection is not in this file",
                    "Pages that lie elsewhere are not fetched.",
                    "Put the annotations into one file.",
                )
            )
        context = page.get("@context", told.get("@context"))
        for number, item in enumerate(page["items"][: MOST + 1]):
            yield item, where._replace(pointer=f"{at}/items/{number}"), context
        if page.get("next"):
            raise ReaderError(
                where._replace(pointer=f"{at}/next").problem(
                    "the collection has more pages, which are not in this file",
                    "Pages that lie elsewhere are not fetched.",
                    "Put the annotations into one file.",
                )
            )
        return
    yield told, where._replace(pointer="/"), None


def _note(item: Any, where: Where, inherited: object, corpus: Corpus | None) -> Side:
    """The note that an annotation is."""
    if not isinstance(item, dict):
        raise ReaderError(where.problem("this is not an annotation but a name or a number"))
    problems = _faults(item, where, inherited)
    if problems:
        raise ReaderError(problems)
    bodies, unread = _bodies(item, where)
    told = {
        "text": "\n\n".join(value for value, purpose in bodies if purpose not in _ASIDE),
        "tags": [value for value, purpose in bodies if purpose == "tagging"],
        "made": item.get("created", ""),
        "changed": item.get("modified", ""),
    }
    if RECORD in item and not unread:
        return _ours(item, told, where)
    try:
        place, layer = _placed(item.get("target"), where, corpus)
    except ReaderError as error:
        raise ReaderError([*unread, *error.problems]) from None
    if unread:
        raise ReaderError(unread)
    return fresh(corpus, place, told | layer, known_as=_id(item), where=where)


_ASIDE = ("tagging", "classifying", "highlighting")


def _ours(item: Mapping[str, Any], told: dict[str, Any], where: Where) -> Side:
    """The note of an annotation that carries a record; its text and tags may have been changed."""
    if not isinstance(item[RECORD], str):
        raise ReaderError(where.problem(f"{RECORD} is not a string"))
    kept = parsed(item[RECORD], where._replace(pointer=f"{where.pointer}/{RECORD}"))
    if isinstance(kept, dict):
        text, tags = kept.get("text", ""), kept.get("tags", [])
        if "text" not in kept or (isinstance(text, str) and seen(text) != told["text"]):
            kept["text"] = told["text"]
        clean = isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)
        if "tags" not in kept or (clean and [seen(tag) for tag in tags] != told["tags"]):
            kept["tags"] = told["tags"]
        kept = {"made": told["made"], "changed": told["changed"]} | kept
    return side_of(kept, where)


def _faults(item: Mapping[str, Any], where: Where, inherited: object) -> list[Problem]:
    """What the model says an annotation must be, and this one is not."""
    context = item.get("@context", inherited)
    contexts = context if isinstance(context, list) else [context]
    name = _id(item)
    checks = [
        (MODEL in contexts, f"its @context does not name {MODEL}"),
        (_is_iri(name), "its id is not one IRI"),
        ("Annotation" in _kinds(item), "its type is not Annotation"),
        (item.get("target") not in (None, [], {}, ""), "it has no target"),
        (not ("body" in item and "bodyValue" in item), "it has both body and bodyValue"),
        (isinstance(item.get("bodyValue", ""), str), "its bodyValue is not one text"),
    ]
    for key in ("created", "modified", "generated"):
        moment = item.get(key, "")
        right = is_moment(moment) and (not moment or bool(_MOMENT.fullmatch(moment)))
        checks.append((right, f"{key} is not one moment with its time zone"))
    for key in ("rights", "via", "canonical"):
        several = item.get(key, [])
        several = several if isinstance(several, list) else [several]
        checks.append((all(map(_is_iri, several)), f"{key} is not an IRI"))
    for key in ("creator", "generator"):
        several = item.get(key, [])
        several = several if isinstance(several, list) else [several]
        right = all(_is_iri(one) or isinstance(one, dict) for one in several)
        checks.append((right, f"{key} is neither an IRI nor a description"))
    return [
        where.problem(
            wrong, "The Web Annotation Data Model asks for it.", "Correct the annotation."
        )
        for right, wrong in checks
        if not right
    ]


def _bodies(item: Mapping[str, Any], where: Where) -> tuple[list[tuple[str, str]], list[Problem]]:
    """The texts of the bodies, each with its purpose; and what of them is not read."""
    if "bodyValue" in item:
        return [(item["bodyValue"], "commenting")], []
    told = item.get("body", [])
    found, unread = [], []
    for number, body in enumerate(told if isinstance(told, list) else [told]):
        at = where._replace(pointer=f"{where.pointer.rstrip('/')}/body/{number}")
        if not isinstance(told, list):
            at = where._replace(pointer=f"{where.pointer.rstrip('/')}/body")
        value = body.get("value") if isinstance(body, dict) else None
        purpose = body.get("purpose", "commenting") if isinstance(body, dict) else ""
        if isinstance(value, str) and isinstance(purpose, str):
            found.append((value, purpose))
            continue
        what = "a resource elsewhere, which is not fetched"
        if isinstance(body, dict) and "items" in body:
            what = "a choice or a set"
        elif isinstance(body, dict) and {"TextualBody", "Text"} & set(_kinds(body)):
            what = "a text without one value"
        unread.append(
            at.problem(
                f"this body is {what}",
                "A note has a text and tags of its own.",
                "Put the text into the annotation, as a TextualBody.",
            )
        )
    return found, unread


def _placed(told: Any, where: Where, corpus: Corpus | None) -> tuple[Place, dict[str, str]]:
    """The place that a target is, and what was seen there if that is known."""
    where = where._replace(pointer=f"{where.pointer.rstrip('/')}/target")
    if isinstance(told, list) and len(told) == 1:
        told = told[0]
    source = told
    if isinstance(told, dict):
        source = told.get("source", told.get("id"))
        source = _id(source) if isinstance(source, dict) else source
    if not isinstance(source, str) or not source.startswith(f"{SCHEME}:"):
        what = "several things" if isinstance(told, list) else quoted(source or "not said")
        raise ReaderError(
            where.problem(
                f"what it is about is {what}",
                f'A note is about a turn of a corpus; its link begins "{SCHEME}:".',
                "Leave this annotation out.",
            )
        )
    try:
        leads = Link.parse(source)
    except SelectionError as error:
        first = error.problems[0]
        raise ReaderError(where.problem(first.wrong, first.expected, first.remedy)) from None
    if leads.place is None or (corpus and leads.corpus != corpus.descriptor.name):
        wrong = "the link names no turn"
        if leads.place:
            wrong = f"it is about another corpus, {quoted(leads.corpus)}"
        raise ReaderError(where.problem(wrong, remedy="Name that corpus, or leave it out."))
    selectors = told.get("selector", []) if isinstance(told, dict) else []
    selectors = selectors if isinstance(selectors, list) else [selectors]
    if isinstance(told, dict) and "state" in told:
        raise ReaderError(where.problem("it is about a state of the resource, which is not read"))
    return _selected(leads.place, selectors, where, corpus)


def _selected(
    place: Place, selectors: Sequence[Any], where: Where, corpus: Corpus | None
) -> tuple[Place, dict[str, str]]:
    """The stretch that selectors of one turn name, if there are any."""
    where = where._replace(pointer=f"{where.pointer}/selector")
    by_kind = {kind: one for one in selectors for kind in _kinds(one)}
    at, words = by_kind.get("TextPositionSelector"), by_kind.get("TextQuoteSelector")
    if not selectors:
        return place, {}
    if at is None and words is None:
        kinds = ", ".join(by_kind) or "a name"
        raise ReaderError(
            where.problem(
                f"the place is said by {kinds}, which is not read",
                "TextPositionSelector and TextQuoteSelector are.",
            )
        )
    if place.last is not None or place.end is not None:
        raise ReaderError(
            where.problem("a stretch is of one turn, and the link names more or less")
        )
    if any("refinedBy" in one for one in (at, words) if one):
        raise ReaderError(where.problem("the selector is refined by another, which is not read"))
    if words is not None and corpus is not None:
        return _quoted(place, words, at, where, corpus)
    start, end = (at or {}).get("start"), (at or {}).get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start <= end:
        raise ReaderError(
            where.problem("start and end are not two counts, the first not after the second")
        )
    return Place(place.turn_id, start, end), {}


def _quoted(
    place: Place,
    words: Mapping[str, Any],
    at: Mapping[str, Any] | None,
    where: Where,
    corpus: Corpus,
) -> tuple[Place, dict[str, str]]:
    """The one stretch of a turn, or of its summary, that has these words."""
    exact, before, after = (words.get(key, "") for key in ("exact", "prefix", "suffix"))
    if not all(isinstance(part, str) for part in (exact, before, after)) or not exact:
        raise ReaderError(where.problem("the words of the TextQuoteSelector are not one text"))
    row = corpus.row(place.turn_id) if _has(corpus, place) else None
    if row is None:
        raise ReaderError(where.problem(f"the turn {quoted(place)} is not in the corpus"))
    turn = corpus.whole.records(row, row + 1)[0]
    layer = "text" if turn["text"] is not None else "gist"
    said = str(turn[layer] or "")
    starts = [m.start() for m in regex.finditer(regex.escape(exact), said, overlapped=True)]
    near = [
        start
        for start in starts
        if said[:start].endswith(before) and said[start + len(exact) :].startswith(after)
    ] or starts
    if at is not None and at.get("start") in near:
        near = [at["start"]]
    if len(near) != 1:
        raise ReaderError(
            where.problem(
                "the words it quotes are not in the turn"
                if not near
                else f"the words it quotes stand {len(near)} times in the turn",
                f"Looked at was {'what is said' if layer == 'text' else 'the summary'}.",
                "Say more of what stands before and after, or leave it out.",
            )
        )
    return Place(place.turn_id, near[0], near[0] + len(exact)), {"layer": layer}


def _has(corpus: Corpus, place: Place) -> bool:
    try:
        corpus.row(place.turn_id)
    except SelectionError:
        return False
    return True


def _kinds(told: Any) -> list[str]:
    """The types of an object."""
    kind = told.get("type", told.get("@type")) if isinstance(told, dict) else None
    kinds = kind if isinstance(kind, list) else [kind]
    return [one for one in kinds if isinstance(one, str)]


def _id(told: Mapping[str, Any]) -> str:
    """The one id of an object; empty if it has none, or several."""
    name = told.get("id", told.get("@id", ""))
    if isinstance(name, list):
        name = name[0] if len(name) == 1 else ""
    return name if isinstance(name, str) else ""


def _is_iri(value: object) -> bool:
    return isinstance(value, str) and bool(_IRI.fullmatch(value))
