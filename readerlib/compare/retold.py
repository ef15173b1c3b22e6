"""From a text to its report: read, parted, judged, and set beside what stands around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from readerlib import documents
from readerlib.compare.attributing import Attribution, Scope
from readerlib.compare.judging import Found, Judge
from readerlib.compare.matching import Asked, Piece, asked
from readerlib.compare.passages import Told, passages
from readerlib.compare.quoting import Part, Passage
from readerlib.compare.report import Item, Left, Retelling, Span, Voice
from readerlib.compare.source import Source, source_of
from readerlib.compare.wholes import whole_of
from readerlib.corpus import Corpus
from readerlib.documents import Document
from readerlib.errors import Problem, ReaderError, quoted
from readerlib.notices import Notices, notice_line

_EXACT = ("verbatim", "trimmed", "stitched", "reordered")
MOST_CHARACTERS = 500_000
"""How long an account may be: that of a book of three hundred pages, which takes half a minute."""

MOST_ITEMS = 10_000
"""How many quotations and sentences are compared at most."""

_SPOKEN = ("speech", "quoted", "statement")


class _Account(NamedTuple):
    """A retelling: its text, and its passages."""

    text: str
    told: list[Told]
    turns: list[str | None]


def compared(corpus: Corpus, text: str | Path | Document | Corpus, notices: Notices) -> Retelling:
    """As :func:`readerlib.compare.retelling`."""
    topics = corpus.asked(notices)
    own: Sequence[str] = ()
    if isinstance(text, Corpus):
        own = tuple(map(str, text.turns["turn_id"]))
    source = source_of(corpus, own)
    if not len(source):
        raise ReaderError(
            Problem(
                f"nothing of the corpus {quoted(corpus.descriptor.name)} is left to compare with",
                "Turns of a retelling, and those of the account itself, are no source of it.",
                "Select other turns.",
            )
        )
    account = _of_turns(text, source) if isinstance(text, Corpus) else _of_text(_read(text), source)
    judge = Judge(source)
    judged: list[tuple[Passage, Attribution, Found, Asked, str | None]] = []
    for told, turn in zip(account.told, account.turns, strict=True):
        for passage, given, found, quote in _judged(judge, account.text, told):
            judged.append((passage, given, found, quote, turn))
    spoken_of = {
        piece.turn
        for passage, _, found, _, _ in judged
        if passage.kind == "quotation" and found.of in ("words", "fingerprint")
        for piece in found.pieces
    }
    veiled = corpus.veiled(topics)
    rows = _Rows(corpus, source, veiled)
    items = [
        _item(number, rows, account.text, *one, spoken_of) for number, one in enumerate(judged, 1)
    ]
    shown = rows.shown()
    if isinstance(text, Corpus):
        shown |= _own_turns(text, text.veiled(text.asked(notices)))
    about = corpus.descriptor
    population = f"{len(source):,} turns of “{about.title}”"
    population += f", {about.population}" if about.population else ""
    return Retelling(
        tuple(items),
        whole_of(
            source,
            account.text,
            sorted({(told.passage.first, told.passage.last) for told in account.told}),
            found=_share_found(items),
            proven=sum(
                len(quote.every)
                for _, _, found, quote, _ in judged
                if found.of == "fingerprint" and found.wording == "verbatim"
            ),
        ),
        account.text,
        about.title,
        population,
        tuple(_remarks(source)),
        shown,
    )


def _share_found(items: Sequence[Item]) -> float:
    """The share of the items that something was found for."""
    told = [item for item in items if item.verdict != "too short"]
    return sum(item.verdict != "not found" for item in told) / len(told) if told else 0.0


def _remarks(source: Source) -> list[str]:
    """What limits the comparison."""
    without = sum(text is None for text in source.texts)
    if not without:
        return []
    every = "No words are" if without == len(source) else f"Of {without:,} turns no words are"
    return [
        f"{every} attached: there a quotation of a whole turn of six words or more is proven by "
        "its fingerprint, and all else is compared with summaries in our own words and can be a "
        "paraphrase at most. With your own copy of the source attached, every quotation is "
        "compared word for word: trimmed, stitched and reordered ones are found, and wrong "
        "speakers, and what was left out of them is shown."
    ]


def _read(text: str | Path | Document) -> str:
    """The text of an account, as it stands in its file where that is plain text."""
    if isinstance(text, str):
        if "\n" in text or len(text) >= 1024 or not _names_a_file(text):
            if text.count("<") < 3:
                return text
            return documents.pasted(text).text
        text = Path(text)
    if isinstance(text, Document):
        return text.text
    document = documents.read(text)
    raw = _raw(text)
    return raw if raw is not None and _holds(raw, document) else document.text


def _names_a_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False


def _raw(path: Path) -> str | None:
    """The file as text, if it is text."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None


def _holds(raw: str, document: Document) -> bool:
    """Whether a file's own text is that of the document, so that places count in the file."""
    if "<" in raw and raw.count("</") > 2:
        return False
    at = 0
    for paragraph in document.paragraphs:
        at = raw.find(paragraph.split("\n")[0][:200], at)
        if at < 0:
            return False
    return True


def _of_text(text: str, source: Source) -> _Account:
    if len(text) > MOST_CHARACTERS:
        raise _too_long(f"{len(text):,} characters", f"{MOST_CHARACTERS:,}")
    told = passages(text, source.people)
    if len(told) > MOST_ITEMS:
        raise _too_long(f"{len(told):,} quotations and sentences", f"{MOST_ITEMS:,}")
    if not any(text[one.passage.start : one.passage.end].strip() for one in told):
        raise ReaderError(
            Problem(
                "there is no sentence and no quotation in the account",
                "It has no words to compare." if not text.strip() else "",
                "Give the text of an article, an essay or a page.",
            )
        )
    return _Account(text, told, [None] * len(told))


def _too_long(found: str, most: str) -> ReaderError:
    return ReaderError(
        Problem(
            f"the account has {found}",
            f"At most {most} are compared at a time.",
            "Give it in parts: a chapter, say.",
        )
    )


def _of_turns(account: Corpus, source: Source) -> _Account:
    """The selected turns of a corpus as an account: a paragraph each."""
    text = ""
    told: list[Told] = []
    turns: list[str | None] = []
    before = ""
    for record in account.records():
        said = record["text"] or record["gist"]
        if record["kind"] == "cut" or not said:
            continue
        text += "\n\n" if text else ""
        first = len(text)
        text += said
        turn = str(record["turn_id"])
        part = Part(first, len(text))
        if record["text"] is None or not _quotes(record):
            whole = Passage("claim", (part,), first, len(text))
            told.append(Told(whole, Attribution(), before))
            turns.append(turn)
            before = said
            if record["text"] is None:
                continue
        if record["kind"] == "speech":
            given = source.people.attribution(
                text, Scope(first, first, part, (part,)), str(record["speaker"])
            )
            passage = Passage("quotation", (part,), first, len(text))
            told.append(Told(passage, replace(given, how="speaker of the turn"), ""))
            turns.append(turn)
        else:
            found = [
                replace(one, passage=_moved(one.passage, first))
                for one in passages(said, source.people)
                if one.passage.kind == "quotation" or _quotes(record)
            ]
            told += found
            turns += [turn] * len(found)
            before = said
    return _Account(text, told, turns)


def _quotes(record: Mapping[str, Any]) -> bool:
    """Whether a turn is what somebody says, and no sentence of an account."""
    return record["kind"] in _SPOKEN


def _moved(passage: Passage, by: int) -> Passage:
    """A passage further on in a longer text."""
    return replace(
        passage,
        parts=tuple(Part(p.start + by, p.end + by) for p in passage.parts),
        outer=tuple(Part(p.start + by, p.end + by) for p in passage.outer),
        first=passage.first + by,
        last=passage.last + by,
    )


def _judged(judge: Judge, text: str, told: Told) -> list[tuple[Passage, Attribution, Found, Asked]]:
    """A passage with its verdict; its parts one by one where they do not belong together."""
    passage, given = told.passage, told.given
    quote = asked(text, passage.parts)
    said = " ".join(text[part.start : part.end] for part in passage.parts)
    if not len(quote):
        return []
    if passage.kind == "claim":
        return [(passage, given, judge.claim(quote, said, told.context), quote)]
    stories = _stories(judge.source, text, passage)
    found = judge.quotation(quote, given, said, stories)
    if len(passage.parts) > 1 and found.wording not in _EXACT:
        alone = []
        for k, part in enumerate(passage.parts):
            one = replace(passage, parts=(part,), outer=passage.outer[k : k + 1])
            words = asked(text, [part])
            if len(words):
                verdict = judge.quotation(words, given, text[part.start : part.end], stories)
                alone.append((one, given, verdict, words))
        if any(verdict.wording in _EXACT for _, _, verdict, _ in alone):
            return alone
    return [(passage, given, found, quote)]


def _stories(source: Source, text: str, passage: Passage) -> set[str]:
    """Whose stories the paragraph speaks of, outside its quotations."""
    known = {story for story in source.stories if story}
    inside = text[passage.first : passage.last]
    return {story for story in known if story in inside}


class _Rows:
    """The turns of the source that a report names, and what can be shown of them."""

    def __init__(self, corpus: Corpus, source: Source, veiled: Mapping[int, Sequence[str]]) -> None:
        self.corpus, self.source, self.veiled = corpus, source, veiled
        self.number = {row: t for t, row in enumerate(source.rows)}
        whole = corpus.whole.tables()["turns"]
        self.ids: list[str] = whole["turn_id"].tolist()
        self.talks: list[str] = whole["conversation_id"].tolist()
        self._named: dict[int, None] = {}
        self._records: dict[int, Mapping[str, Any]] = {}

    def records(self, rows: Sequence[int]) -> list[Mapping[str, Any]]:
        """What the corpus holds of some turns, each looked up once for all items."""
        new = [row for row in rows if row not in self._records]
        if new:
            self._records.update(zip(new, self.corpus.whole.records_of(new), strict=True))
        return [self._records[row] for row in rows]

    def name(self, row: int) -> str:
        """The id of a turn that the report names."""
        self._named.setdefault(row)
        return self.ids[row]

    def beside(self, row: int, step: int) -> int | None:
        """The turn before or after, in the same conversation."""
        other = row + step
        if 0 <= other < len(self.ids) and self.talks[other] == self.talks[row]:
            return other
        return None

    def shown(self) -> dict[str, dict[str, Any]]:
        """What can be shown of every turn named so far."""
        rows = sorted(self._named)
        records = self.corpus.whole.records_of(rows)
        headings = self.corpus.whole.headings()
        return {
            str(record["turn_id"]): _shown(record, self.veiled.get(row), headings)
            for row, record in zip(rows, records, strict=True)
        }


def _shown(
    record: Mapping[str, Any], topics: Sequence[str] | None, headings: Mapping[str, Any]
) -> dict[str, Any]:
    """What can be shown of a turn."""
    text = record["text"] if record["text"] is not None else record["gist"]
    return {
        "speaker": str(record["speaker"]),
        "speaker_id": str(record["speaker_id"]),
        "role": record["role"],
        "kind": str(record["kind"]),
        "where": str(headings.get(record["conversation_id"], "")),
        "of": "words" if record["text"] is not None else "summary",
        "text": None if topics else text,
        "notice": notice_line([record], list(topics)) if topics else None,
    }


def _own_turns(text: Corpus, veiled: Mapping[int, Sequence[str]]) -> dict[str, dict[str, Any]]:
    """The turns of an account that is itself in a corpus."""
    headings = text.whole.headings()
    found = {}
    for row, record in zip(text.rows.tolist(), text.records(), strict=True):
        turn_id, topics = str(record["turn_id"]), veiled.get(row)
        read = [] if topics else text.about(turn_id)["retells"]
        found[turn_id] = {**_shown(record, topics, headings), "retells": read}
    return found


def _item(
    number: int,
    rows: _Rows,
    text: str,
    passage: Passage,
    given: Attribution,
    found: Found,
    quote: Asked,
    retold: str | None,
    spoken_of: set[int],
) -> Item:
    """A judged passage with what stands around it in the source."""
    source = rows.source
    spans = tuple(_span(rows, piece, found) for piece in found.pieces)
    used = [source.rows[piece.turn] for piece in found.pieces]
    before = after = None
    between: list[int] = []
    if used:
        before, after = rows.beside(min(used), -1), rows.beside(max(used), 1)
        between = [row for row in range(min(used) + 1, max(used)) if row not in set(used)]
    near = [row for row in (before, *between, after) if row is not None]
    voices = _voices(rows, used, near, spoken_of)
    hidden = any(row in rows.veiled for row in used) and found.of == "words"
    changes = tuple(
        _veiled_change(change.sort) if hidden else change.said for change in found.changes
    )
    item = Item(
        number=number,
        kind=passage.kind,
        verdict=found.verdict,
        wording=found.wording,
        start=passage.start,
        end=passage.end,
        parts=tuple((part.start, part.end) for part in passage.parts),
        attributed=given.name,
        attributed_how=given.how,
        attributed_to=tuple(sorted(given.ids or ())),
        spans=spans,
        contiguous=found.contiguous,
        left_out=tuple(_left_out(rows, found)),
        changes=changes,
        sorts=tuple(change.sort for change in found.changes),
        before=None if before is None else rows.name(before),
        after=None if after is None else rows.name(after),
        between=tuple(rows.name(row) for row in between),
        voices=voices,
        elsewhere=tuple(rows.name(source.rows[t]) for t in found.elsewhere),
        likest=tuple(rows.name(source.rows[t]) for t in found.likest),
        share=found.share,
        says="",
        retold_turn=retold,
    )
    return replace(item, says=_says(rows, item, given, found))


def _veiled_change(sort: str) -> str:
    return f"a {sort} differs"


def _span(rows: _Rows, piece: Piece, found: Found) -> Span:
    """A piece as a stretch of its turn."""
    source = rows.source
    turn_id = rows.name(source.rows[piece.turn])
    turn = source.turns[piece.turn]
    if found.of in ("fingerprint", "summary") or not turn.words:
        return Span(turn_id, None, None, found.of)
    if piece.end - piece.begin == len(turn.words):
        return Span(turn_id, 0, len(source.texts[piece.turn] or ""), found.of)
    text = source.texts[piece.turn] or ""
    return Span(
        turn_id, turn.starts[piece.begin], _closed(text, turn.ends_at[piece.end - 1]), "words"
    )


def _closed(text: str, end: int) -> int:
    """Where the last word ends, with the full stop that belongs to it."""
    while end < len(text) and text[end] in ".!?…,;":
        end += 1
    return end


def _left_out(rows: _Rows, found: Found) -> Iterable[Left]:
    """The stretches of the quoted turns that are not quoted."""
    if found.of != "words" or found.wording not in (*_EXACT, "paraphrase", "too short"):
        return
    if found.wording == "paraphrase" and found.pieces[0].first == found.pieces[0].last:
        return
    source = rows.source
    by_turn: dict[int, list[Piece]] = {}
    for piece in found.pieces:
        by_turn.setdefault(piece.turn, []).append(piece)
    for t, pieces in by_turn.items():
        turn, text = source.turns[t], source.texts[t] or ""
        kept: set[int] = set()
        for piece in pieces:
            kept.update(range(piece.begin, piece.end))
        first, last = min(kept), max(kept)
        missing = [i for i in range(len(turn.words)) if i not in kept and not turn.aside[i]]
        run: list[int] = []
        for i in [*missing, None]:
            broken = run and (
                i is None
                or (run[-1] < first) != (i < first)
                or (run[-1] > last) != (i > last)
                or any(j in kept for j in range(run[-1] + 1, i))
            )
            if broken:
                where = "before" if run[-1] < first else "after" if run[0] > last else "inside"
                turn_id = rows.name(source.rows[t])
                yield Left(
                    turn_id, turn.starts[run[0]], _closed(text, turn.ends_at[run[-1]]), where
                )
                run = []
            if i is not None:
                run.append(i)


def _voices(
    rows: _Rows, used: Sequence[int], near: Sequence[int], spoken_of: set[int]
) -> tuple[Voice, ...]:
    """Who speaks beside the quoted words and is quoted nowhere there."""
    records = rows.records([*sorted(set(used)), *near])
    heard = {str(record["speaker_id"]) for record in records[: len(set(used))]}
    # Between parts of two conversations stand whole others, which are not cut here.
    talks = {rows.talks[row] for row in used}
    found: dict[str, tuple[str, list[str]]] = {}
    for row, record in zip(near, records[len(set(used)) :], strict=True):
        one = str(record["speaker_id"])
        apart = rows.talks[row] not in talks
        if one in heard or apart or record["kind"] not in _SPOKEN:
            continue
        if rows.number.get(row) in spoken_of:
            continue
        found.setdefault(one, (str(record["speaker"]), []))[1].append(rows.name(row))
    return tuple(Voice(one, name, tuple(turns)) for one, (name, turns) in found.items())


def _says(rows: _Rows, item: Item, given: Attribution, found: Found) -> str:
    """The verdict in a sentence or two."""
    source = rows.source
    where = ", ".join(item.turn_ids[:4])
    turns = list(dict.fromkeys(piece.turn for piece in found.pieces))
    who = " and ".join(dict.fromkeys(source.names[t] for t in turns))
    is_claim = item.kind == "claim"
    told = "Said without quotation marks: " if is_claim and item.verdict in _EXACT else ""
    more = f" It stands in {len(item.elsewhere)} other turn{'s' * (len(item.elsewhere) != 1)}, too."
    more = more if item.elsewhere else ""
    proven = " (proven by the turn's fingerprint)" if found.of == "fingerprint" else ""
    match item.verdict:
        case "verbatim":
            whole = not item.left_out
            what = "all that this turn says" if whole else "whole sentences of this turn"
            return f"{told}Word for word {what}: {who} ({where}){proven}.{more}"
        case "trimmed":
            inside = sum(1 for left in item.left_out if left.where == "inside")
            ends = len(item.left_out) - inside
            parts = []
            if inside:
                parts.append(f"inside it, in {inside} place{'s' * (inside != 1)}")
            if ends and not inside:
                parts.append("because it begins or ends amid a sentence")
            if any(change.sort == "negation" and not change.quoted for change in found.changes):
                parts.append("a denial with it")
            left = f"something is left out {', '.join(parts)}" if parts else ""
            if any(change.quoted for change in found.changes):
                left += f"{' and ' if left else ''}words are added in brackets"
            return f"{told}Words of {who} ({where}), in their order; {left}.{more}"
        case "stitched":
            gap = len(item.between)
            between = f", {gap} turn{'s' * (gap != 1)} between them left out" if gap else ""
            said = f"{told}Put together from {len(turns)} turns of {who} ({where}){between}."
            return f"{said}{_partly(rows, given, turns)}"
        case "reordered":
            what = "of this turn" if len(turns) == 1 else f"of {len(turns)} turns"
            said = f"{told}Put together from parts {what} in another order: {who} ({where})."
            return f"{said}{_partly(rows, given, turns)}"
        case "wrong speaker":
            to = given.name.strip(' “”"')
            unknown = "" if given.ids else ", whom this copy does not name"
            return (
                f"The words stand in this copy and are those of {who} ({where}){proven}, "
                f"not of {to}{unknown}."
            )
        case "paraphrase":
            if found.of == "words" and (item.changes or found.pieces[0].last):
                what = "; ".join(item.changes[:6]) or "the order of its words"
                return f"Not the words of the source: near to {who} ({where}), changed: {what}."
            of = "our summary of " if found.of == "summary" else ""
            account = bool(turns) and source.kinds[turns[0]] == "narration"
            what = f"the account of {who}" if account else f"what {who} says"
            named = "In other words" if is_claim else "Not found as a quotation in this copy"
            return f"{named}: nearest to {of}{what} ({where})."
        case "too short":
            at = f" Such words are in {where}." if where else ""
            return f"Too few words to tell where they are from.{at}{more}"
        case _:
            if is_claim:
                return "Not found in this copy: no turn is like it."
            return "Not found in this copy: these words are in no turn, nor others like them."


def _partly(rows: _Rows, given: Attribution, turns: Sequence[int]) -> str:
    """That some of the words are not those of the person named, where it is so."""
    if given.ids is None or all(rows.source.speakers[t] in given.ids for t in turns):
        return ""
    return f" Not all of it is said by {given.name.strip()}."
