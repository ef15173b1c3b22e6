"""What stands beside a turn: how far it is known, claims, terms, and how its words came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from readerlib.corpus import Corpus
from readerlib.render.marking import SAID, action, day

STYLES = {
    "chicago": "Chicago",
    "mla": "MLA",
    "apa": "APA",
    "bibtex": "BibTeX",
    "csl-json": "CSL-JSON",
}
"""Style of a citation and what it is called."""

COPIES = {
    "exact": "The words are those of your copy, checked.",
    "respelt": "The words are those of your copy, checked; some are spelt in another way.",
    "differs": "Your copy differs here; what it says is not the published turn.",
}
"""How the words of a turn stand to the published ones."""

LEDGER = {
    "established": "Established",
    "not_established": "Not established",
    "denied": "Denied",
}
"""Column of a claim and what it is called."""


def about_title(turn_id: str, kind: str) -> str:
    """The heading of what stands beside a turn: its id, and how it came to be said.

    Examples
    --------
    >>> about_title("frost-1-02", "speech")
    '<h4>frost-1-02 · on the phone</h4>'
    """
    return f"<h4>{escape(turn_id)} · {escape(SAID.get(kind, 'on the phone'))}</h4>"


def about(corpus: Corpus, turn_id: str, *, veiled: bool = False, copy: str = "") -> str:
    """What is known about a turn besides its words: evidence, claims, terms, source.

    Of a turn behind a notice only what says nothing of its words.
    """
    known = corpus.about(turn_id)
    turn, source = known["turn"], known["source"]
    parts = []
    styles = "".join(f'<option value="{key}">{label}</option>' for key, label in STYLES.items())
    parts.append(
        '<p class="take"><button data-do="copy" data-what="excerpt">Copy with source</button> '
        '<button data-do="copy" data-what="link">Link</button> '
        f'<select aria-label="Style of the citation">{styles}</select> '
        '<button data-do="copy" data-what="cite">Cite</button></p>'
        '<div class="taken" hidden><p role="status"></p>'
        '<textarea readonly rows="5" aria-label="What was copied"></textarea></div>'
    )
    length = f"{turn['words']} words as published" if turn["words"] else ""
    by = [turn["speaker"], f"to {turn['addressee']}" if turn["addressee"] else "", length]
    parts.append(f"<p>{escape(' · '.join(str(part) for part in by if part))}</p>")
    if copy in COPIES:
        parts.append(f"<p>{COPIES[copy]}</p>")
    if turn["notices"]:
        parts.append(f"<p>Notice: {escape(', '.join(turn['notices']))}</p>")
    if known["evidence"]:
        evidence = known["evidence"]
        parts.append(f'<h4>How far it is known</h4><p class="chip">{escape(evidence["value"])}</p>')
        notes = [evidence["description"], "" if veiled else evidence["note"]]
        parts += [f"<p>{escape(note)}</p>" for note in notes if note]
    if veiled:
        parts.append("<p>This turn stands behind a notice. Show it to read what rests on it.</p>")
    else:
        parts += _claims(known["claims"]) + _terms(known["terms"]) + _retelling(known)
    if source:
        title = str(source.get("title") or source["source_id"])
        facts = [source.get("author"), source.get("publisher"), day(str(source.get("date") or ""))]
        parts += [
            "<h4>How these words reached you</h4>",
            f"<p>{escape(str(source.get('way') or ''))}</p>" if source.get("way") else "",
            f"<details><summary>{escape(title)}</summary>",
            f"<p>{escape('. '.join(str(fact) for fact in facts if fact))}.</p>",
            f"<p>{escape(str(source.get('method') or ''))}</p>",
            f"<p>{escape(str(source.get('rights') or ''))}</p></details>",
        ]
    return "".join(parts)


def _claims(claims: Sequence[Mapping[Any, Any]]) -> list[str]:
    """The claims that rest on a turn, each with what speaks for it and against it."""
    parts = ["<h4>What is claimed</h4>"] if claims else []
    for claim in claims:
        parts.append(
            f"<p><b>{escape(claim['claim'])}</b> {escape(claim.get('status', ''))}</p><dl>"
        )
        for column, label in LEDGER.items():
            if claim.get(column):
                parts.append(f"<dt>{label}</dt><dd>{escape(claim[column])}</dd>")
        parts.append("</dl>")
    return parts


def _terms(terms: Sequence[Mapping[Any, Any]]) -> list[str]:
    """The terms that a turn uses, explained."""
    if not terms:
        return []
    listed = "".join(
        f"<dt>{escape(term['term'])}</dt><dd>{escape(term.get('explanation', ''))}</dd>"
        for term in terms
    )
    return [f"<h4>Terms</h4><dl>{listed}</dl>"]


def _retelling(known: Mapping[str, Any]) -> list[str]:
    """Which turns a turn retells, and which retell it, with what differs."""
    parts = []
    for key, title in (("retells", "It retells"), ("retold_by", "Retold in")):
        if known[key]:
            rows = "".join(
                f"<dt>{action('to', turn_id, turn=turn_id)}</dt><dd>{escape(note)}</dd>"
                for turn_id, note in known[key]
            )
            parts.append(f"<h4>{title}</h4><dl>{rows}</dl>")
    return parts
