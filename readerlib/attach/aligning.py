"""A corpus and a copy of an article: which source it is, and what it has for every turn."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from readerlib.attach.copytext import Copy
from readerlib.attach.judging import objection
from readerlib.attach.placing import LONG_COPY, Check, Hit, Placing, Row, hits, hits_elsewhere
from readerlib.attach.report import AlignmentReport, Status, TurnReport
from readerlib.corpus import Corpus
from readerlib.documents import Document, pasted, read
from readerlib.errors import Problem, ReaderError, listed, quoted, suggestion
from readerlib.text import bare, fingerprint_of, tokens

Progress = Callable[[float, str], None]
"""Told now and then how far the work is, from 0 to 1, and what is being done."""

MARGIN = 1_500
"""Words before the first and after the last turn found in which others may still stand."""
ANCHORS = 3
"""Longer turns before a short one, and as many after it, with which it can be proven."""


def align(
    corpus: Corpus,
    article: Document | Path | str,
    *,
    source_id: str | None = None,
    progress: Progress | None = None,
) -> AlignmentReport:
    """What the reader's copy of an article has for each published turn; nothing is kept.

    Parameters
    ----------
    corpus : Corpus
    article : Document, path or str
        A path is read as a file; a string that names no file is taken for the text itself.
    source_id : str, optional
        The source that the copy must be; left out, the one it has most of.
    progress : callable, optional
        Called with a share of the work done, from 0 to 1, and what is being done.

    Returns
    -------
    AlignmentReport

    Raises
    ------
    ReaderError
        If the file cannot be read, or `source_id` is none of the corpus's sources.

    Examples
    --------
    >>> from readerlib.formats import read
    >>> report = align(read("data/calls"), "Something else altogether.")
    >>> report.accepted, report.source_id
    (False, None)
    """
    say = progress or (lambda share, what: None)
    say(0.0, "reading")
    document = opened(article)
    rows_of = rows_by_source(corpus)
    _require_source(corpus, rows_of, source_id)
    say(0.1, "looking for the published passages")
    salt = corpus.descriptor.fingerprint_salt
    copy = Copy(document.text)
    if len(copy) > LONG_COPY:
        copy = _narrowed(copy, [r for rows in rows_of.values() for r in rows], salt)
    sources = list(rows_of)
    every = [row for source in sources for row in rows_of[source]]
    found = hits(copy, every, range(len(every)), salt)
    if not found:
        found = hits_elsewhere(copy, every, range(len(every)), salt)
    words_of: dict[str, int] = defaultdict(int)
    for k in {hit.row for hit in found}:
        words_of[every[k].source_id] += every[k].length
    likeliest = max(words_of, key=lambda source: words_of[source]) if words_of else None
    chosen = source_id or likeliest
    titles = _titles(corpus)
    if chosen is None:
        asked = "this corpus" if len(titles) != 1 else quoted(next(iter(titles.values())))
        unlike = f"No passage of any source of {asked} was found in it."
        return AlignmentReport(False, unlike if len(copy) else "The text is empty.", None)
    rows = rows_of[chosen]
    first = next(i for i, row in enumerate(every) if row.source_id == chosen)
    mine = [
        Hit(hit.row - first, hit.start, hit.end)
        for hit in found
        if every[hit.row].source_id == chosen
    ]
    missing = set(range(len(rows))) - {hit.row for hit in mine}
    mine += hits_elsewhere(copy, rows, missing, salt)
    placing = Placing(copy, rows, salt, _names(corpus), say)
    placing.run(mine)
    turns = _reported(copy, rows, placing)
    reason = objection(rows, placing.found, placing.differing)
    if not len(copy):
        reason = "The text is empty."
    elif reason and source_id and likeliest not in (None, source_id):
        reason = (
            f"This is {quoted(titles.get(str(likeliest), likeliest))}, another source of the "
            f"corpus, not {quoted(titles.get(source_id, source_id))}."
        )
    say(1.0, "done")
    return AlignmentReport(reason is None, reason, chosen, titles.get(chosen, ""), tuple(turns))


def _reported(copy: Copy, rows: Sequence[Row], placing: Placing) -> list[TurnReport]:
    """What was found of every turn, in the copy's spelling."""
    turns = []
    for k, row in enumerate(rows):
        status: Status = "missing"
        text: str | None = None
        words: str | None = None
        if k in placing.differing:
            status, text = "differs", copy.shown(*placing.differing[k])
        elif k in placing.found:
            at = placing.found[k]
            status = "respelt" if at.respelt else "exact"
            text = copy.shown(at.start, at.end, at.edits)
            words = at.joined.decode()
        turns.append(TurnReport(row.turn_id, row.kind, status, text, words))
    return turns


def _narrowed(copy: Copy, rows: Sequence[Row], salt: str) -> Copy:
    """The part of a long copy in which published turns stand, with a margin on both sides."""
    # The commonest lengths are enough to see where the story begins and ends.
    lengths = Counter(row.length for row in rows if row.proof)
    common = {length for length, _ in lengths.most_common(16)}
    found = hits(copy, rows, (k for k, row in enumerate(rows) if row.length in common), salt)
    if not found:
        return copy
    first = max(0, min(hit.start for hit in found) - MARGIN)
    last = min(len(copy), max(hit.end for hit in found) + MARGIN)
    return Copy(copy.text[copy.starts[first] : copy.ends[last - 1]])


def opened(article: Document | Path | str) -> Document:
    """The article as a document: read from a file, or the text itself.

    Examples
    --------
    >>> opened("Anna: “Come home.”").paragraphs
    ('Anna: “Come home.”',)
    """
    if isinstance(article, Document):
        return article
    if isinstance(article, Path):
        return read(article)
    if "\n" not in article and len(article) < 1024 and _names_a_file(article):
        return read(Path(article))
    return pasted(article)


def _names_a_file(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):
        return False


def rows_by_source(corpus: Corpus) -> dict[str, list[Row]]:
    """The turns that have published words, by source, in reading order."""
    whole = corpus.whole
    turns = whole.turns
    if "words" not in turns or "fingerprint" not in turns:
        raise ReaderError(
            Problem(
                f"the corpus {quoted(corpus.descriptor.name)} has no published words to attach",
                "Such a corpus has the columns words and fingerprint in its turns.",
                "If it has its text already, there is nothing to do.",
            )
        )
    talks = whole.conversations
    source_of = (
        dict(zip(talks["conversation_id"], talks["source_id"], strict=True))
        if "source_id" in talks
        else {}
    )
    checks = whole.table("checks")
    proofs: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    if not checks.empty:
        for turn, anchor, proof in zip(
            checks["turn_id"], checks["anchor_id"], checks["fingerprint"], strict=True
        ):
            proofs[str(turn)].append((str(anchor), bytes.fromhex(proof)))
    grouped: dict[str, list[dict[Hashable, Any]]] = defaultdict(list)
    for turn in turns.to_dict("records"):
        if turn["kind"] != "cut" and not pd.isna(turn["words"]) and turn["words"] > 0:
            grouped[str(source_of.get(turn["conversation_id"], ""))].append(turn)
    found = {}
    for source, members in grouped.items():
        index = {str(turn["turn_id"]): k for k, turn in enumerate(members)}
        found[source] = [
            Row(
                turn_id=str(turn["turn_id"]),
                source_id=source,
                conversation_id=str(turn["conversation_id"]),
                speaker_id=str(turn["speaker_id"]),
                kind=str(turn["kind"]),
                length=int(turn["words"]),
                proof=bytes.fromhex(turn["fingerprint"]) if turn["fingerprint"] else None,
                checks=tuple(
                    Check(index[anchor], proof)
                    for anchor, proof in proofs[str(turn["turn_id"])]
                    if anchor in index
                ),
                gist=str(turn.get("gist", "")),
                salt=whole.descriptor.fingerprint_salt,
            )
            for turn in members
        ]
    return found


def checks(corpus: Corpus, texts: Mapping[str, str]) -> pd.DataFrame:
    """The proofs of the short turns, made from the published words.

    A turn of fewer than six words could be guessed from its own hash.  Its proof is the
    fingerprint of a longer turn's words followed by its own, for each of the three longer
    turns before it and the three after it in the same source.

    Parameters
    ----------
    corpus : Corpus
    texts : mapping of str to str
        The published words of every turn.

    Returns
    -------
    DataFrame
        ``turn_id``, ``anchor_id``, ``fingerprint`` : str

    Examples
    --------
    >>> from readerlib.formats import read
    >>> list(checks(read("data/calls"), {}).columns)
    ['turn_id', 'anchor_id', 'fingerprint']
    """
    made = []
    for rows in rows_by_source(corpus).values():
        for k, row in enumerate(rows):
            if row.proof or row.turn_id not in texts:
                continue
            before = [r for r in rows[:k] if r.proof][-ANCHORS:]
            after = [r for r in rows[k + 1 :] if r.proof][:ANCHORS]
            for anchor in (*before, *after):
                if anchor.turn_id in texts:
                    said = f"{texts[anchor.turn_id]}\n{texts[row.turn_id]}"
                    words = [token.word for token in tokens(said)]
                    proof = fingerprint_of(words, corpus.descriptor.fingerprint_salt)
                    made.append((row.turn_id, anchor.turn_id, str(proof)))
    return pd.DataFrame(made, columns=["turn_id", "anchor_id", "fingerprint"], dtype=str)


def _require_source(corpus: Corpus, known: Iterable[str], source_id: str | None) -> None:
    names = list(known)
    if source_id is not None and source_id not in names:
        raise ReaderError(
            Problem(
                f"the corpus {quoted(corpus.descriptor.name)} has no source {quoted(source_id)}",
                f"Sources: {listed(names)}.",
                suggestion(source_id, names) or "Name one of these.",
            )
        )


def _titles(corpus: Corpus) -> dict[str, str]:
    sources = corpus.whole.table("sources")
    if sources.empty or "title" not in sources:
        return {}
    return dict(zip(sources["source_id"], sources["title"], strict=True))


def _names(corpus: Corpus) -> dict[tuple[str, ...], set[str]]:
    """Names as they may stand in a label → who may be meant."""
    found: dict[tuple[str, ...], set[str]] = defaultdict(set)
    people = corpus.whole.speakers
    for speaker, name in zip(people["speaker_id"], people["name"], strict=True):
        words = tuple(bare(token.word) for token in tokens(str(name)))
        if words:
            found[words].add(str(speaker))
    return dict(found)
