"""A retelling beside its source: each quotation and claim with what stands around it there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from readerlib.corpus import Corpus

SIGNS = {
    "verbatim": "=",
    "trimmed": "…",
    "stitched": "+",
    "reordered": "⇄",
    "wrong speaker": "≠",
    "paraphrase": "≈",
    "too short": "?",
    "not found": "∅",
}
"""The sign of each class, beside its name: colour says nothing that these do not."""

MEANINGS = {
    "verbatim": "Whole sentences of a turn, word for word",
    "trimmed": "Words of one turn in their order, and something is left out",
    "stitched": "Put together from several turns, in their order",
    "reordered": "Put together from parts in another order",
    "wrong speaker": "Words of the source, given to somebody who did not say them",
    "paraphrase": "Not the words of the source, but near to them",
    "too short": "Too few words to tell where they are from",
    "not found": "Nothing like it was found in this copy",
}
"""What each class means, without a word of what was compared."""

BESIDE = 4
"""Turns between two quoted ones that are shown; of more, the first and the last."""

LONGEST = 4_000
"""Characters of a quotation or a claim that are shown at most."""

REPORTED = 500_000
"""Characters of a report that a view shows at once."""

BRIEF = 100_000
"""Characters of what a notebook keeps of a report."""

RETOLD_CSS = """
.readerlib-retold{font:inherit;line-height:1.5;max-width:72rem;overflow-wrap:anywhere}
.readerlib-retold ol{list-style:none;margin:0;padding:0;display:block;max-width:none}
.readerlib-retold li.item{display:block;font-size:1em;border:1px solid;
border-color:color-mix(in srgb,currentColor 25%,transparent);border-radius:4px;
padding:.6rem .8rem;margin:.6rem 0;content-visibility:auto;contain-intrinsic-size:auto 9rem}
.readerlib-retold .class{font-weight:700;border:1px solid;border-radius:3px;padding:0 .4em;
margin-inline-end:.5em;display:inline-block}
.readerlib-retold .class i{font-style:normal;font-weight:400;margin-inline-end:.25em}
.readerlib-retold .sides{display:grid;
grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));
gap:.4rem 1.2rem;margin-top:.4rem}
.readerlib-retold h4{margin:.2rem 0;font-size:.85em;font-weight:600}
.readerlib-retold p{margin:.2rem 0;max-width:none}
.readerlib-retold .beside{font-size:.9em;padding-inline-start:.7em;
border-inline-start:3px solid color-mix(in srgb,currentColor 25%,transparent)}
.readerlib-retold .quoted{padding-inline-start:.7em;border-inline-start:3px solid currentColor}
.readerlib-retold .veiled{font-style:italic}
.readerlib-retold table{border-collapse:collapse;margin:.4rem 0}
.readerlib-retold td,.readerlib-retold th{padding:.1rem .8rem .1rem 0;text-align:start;
overflow-wrap:normal}
"""
"""The looks of the report, which needs no other style sheet."""


def retold_page(record: Mapping[str, Any]) -> str:
    """The same as :func:`retold`, as a page that stands alone."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        "<title>A retelling against its source</title>"
        f"<style>:root{{color-scheme:light dark}}body{{margin:1rem}}{RETOLD_CSS}</style></head>"
        f"<body><main><h1>A retelling against its source</h1>{retold(record)}</main></body></html>"
    )


def retold(record: Mapping[str, Any], most: int | None = None) -> str:
    """A report on a retelling: what it is as a whole, the counts, and every item.

    Parameters
    ----------
    record : mapping
        As :meth:`readerlib.compare.Retelling.as_record` gives it: what is kept back is not in
        it.
    most : int, optional
        About how many characters: of items that come to more, the first ones are listed, and
        how many there are.  Left out, all are.
    """
    whole = record["whole"]["says"]
    parts = [
        '<section class="readerlib-retold" aria-label="Every quotation and claim">',
        f"<p><b>{escape(whole)}</b></p>" if whole else "",
        _counts(record),
        *(f"<p>{escape(remark)}</p>" for remark in record["remarks"]),
        _listed(map(_item, record["items"]), len(record["items"]), most),
        f"<footer><p>{escape(record['population'])}.</p></footer></section>",
    ]
    return "".join(parts)


def retold_in_brief(record: Mapping[str, Any]) -> str:
    """The report as a notebook may keep it: no word of the source, of a summary, or of the account.

    Parameters
    ----------
    record : mapping
        As for :func:`retold`.  Of it classes, counts, ids of turns, names of speakers and the
        lines of notices are taken, and nothing else.
    """
    whole = record["whole"]["says"]
    parts = [
        f"<style>{RETOLD_CSS}</style>",
        '<section class="readerlib-retold" aria-label="Every quotation and claim, in brief">',
        f"<p><b>{escape(whole)}</b></p>" if whole else "",
        _counts(record),
        "<p>Words are not shown here, since a notebook keeps what its cells show. To see both "
        "sides of every item: <code>RetellingPanel(corpus, account)</code>, which leaves none in "
        "the notebook, or <code>.html()</code>, which is the full report as a page.</p>",
        _listed(map(_in_brief, record["items"]), len(record["items"]), BRIEF),
        f"<footer><p>{escape(record['population'])}.</p></footer></section>",
    ]
    return "".join(parts)


def _in_brief(item: Mapping[str, Any]) -> str:
    """One quotation or claim: its class and place, the turns, and who is not heard."""
    name = item["class"]
    lines = [f"{MEANINGS[name]}."]
    if name == "wrong speaker" and item["wording"] != "wrong speaker":
        lines.append(f"The wording is {item['wording']}.")
    if item["source"]:
        turns = {span["turn_id"]: span["speaker"] for span in item["source"]}
        listed = "; ".join(f"{speaker} ({turn})" for turn, speaker in turns.items())
        lines.append(f"In the source: {listed}.")
    if item["changed"]:
        counted = ", ".join(
            f"{n} {sort}{'s' * (n != 1)}" for sort, n in Counter(item["changed"]).items()
        )
        lines.append(f"Changed: {counted}.")
    if item["left_out"]:
        counted = ", ".join(
            f"{n} {where}" for where, n in Counter(one["where"] for one in item["left_out"]).items()
        )
        lines.append(f"Stretches of the quoted turns that are left out: {counted}.")
    if item["between"]:
        lines.append(f"Turns between that are left out: {len(item['between'])}.")
    if item["voices_left_out"]:
        lines.append(voices(item))
    if item["notice"]:
        lines.append(f"Not shown: {item['notice']}")
    return (
        f'<li class="item" data-class="{escape(name)}"><p><span class="class">'
        f"<i>{SIGNS[name]}</i> {escape(name)}</span>{escape(item['kind'])} {item['number']}, "
        f"characters {item['start']:,} to {item['end']:,} of the account</p>"
        f"<p>{escape(' '.join(lines))}</p></li>"
    )


def retelling_frame(corpus: Corpus) -> str:
    """The panel for another account: a file, pasted text, or the retelling of the corpus."""
    title = escape(corpus.descriptor.title)
    return (
        "<header><h2>A retelling against its source</h2></header>"
        f"<p>Give another account of “{title}”: a news story, an essay, a page of a textbook. "
        "Every quotation in it and every sentence is looked up in the source; you see what stands "
        "there word for word, what was cut or changed, and who is not heard. Nothing of it is kept "
        'or sent anywhere.</p><div class="working"><progress max="1" value="0" hidden></progress> '
        '<span role="status" data-part="said"></span></div>'
        '<p class="trouble" role="alert" hidden></p>'
        '<div class="ways"><div><h3>A file</h3><p>A saved web page, a PDF, a DOCX or a text. '
        "Choose it, or drop it here.</p>"
        '<input type="file" aria-label="The account" '
        'accept=".html,.htm,.mhtml,.pdf,.docx,.odt,.eml,.txt,.md,text/*,application/pdf"></div>'
        '<div><h3>Pasted text</h3><textarea rows="5" aria-label="The text of the account">'
        '</textarea><button data-do="paste">Compare this text</button></div></div>'
        '<div data-part="sources"></div>'
        '<div data-part="report" role="group" tabindex="-1" aria-label="The report"></div>'
    )


def retelling_choices(*, own: bool, kept_back: int, shown: bool) -> str:
    """What else can be asked for: the corpus's own retelling, and what is kept back."""
    buttons = []
    if own:
        buttons.append('<button data-do="own">Compare the retelling in this corpus</button>')
    if kept_back and not shown:
        buttons.append(
            f'<button data-do="show">Show the {kept_back} turn{"s" * (kept_back != 1)} behind a '
            "notice</button>"
        )
    if shown:
        buttons.append('<button data-do="ask">Keep turns behind a notice back again</button>')
    return f"<p>{' '.join(buttons)}</p>" if buttons else ""


def _listed(items: Iterable[str], every: int, most: int | None) -> str:
    """The list of items, cut where it comes to `most` characters."""
    shown: list[str] = []
    size = 0
    for item in items:
        size += len(item)
        if shown and most is not None and size > most:
            break
        shown.append(item)
    rest = (
        f"<p><b>The first {len(shown):,} of {every:,} quotations and claims are listed; the counts "
        "are of all.</b> Give the account in parts to see the others.</p>"
        if len(shown) < every
        else ""
    )
    return f"<ol>{''.join(shown)}</ol>{rest}"


def _counts(record: Mapping[str, Any]) -> str:
    """How many of each class, quotations and claims apart."""
    rows = []
    for name, sign in SIGNS.items():
        kinds = [item["kind"] for item in record["items"] if item["class"] == name]
        if kinds:
            rows.append(
                f'<tr><th scope="row">{sign} {escape(name)}</th>'
                f"<td>{kinds.count('quotation')}</td><td>{kinds.count('claim')}</td></tr>"
            )
    return (
        '<table><thead><tr><th scope="col">Class</th><th scope="col">Quotations</th>'
        f'<th scope="col">Claims</th></tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )


def _item(item: Mapping[str, Any]) -> str:
    """One quotation or claim: its class, both sides, and who is not heard."""
    name = item["class"]
    given = (
        f' <span class="given">given to <bdi>{escape(item["attributed"])}</bdi></span>'
        if item["attributed"]
        else ""
    )
    own = item["text"]
    if own is None:
        mine = '<p class="veiled">Not shown: a turn behind a notice.</p>'
    else:
        over = len(own) - LONGEST
        cut = f" … ({over:,} more characters)" if over > 0 else ""
        mine = f'<p class="quoted" dir="auto">{escape(own[:LONGEST])}{cut}</p>'
    sides = [f"<div><h4>In the retelling</h4>{mine}</div>"]
    if item["source"]:
        sides.append(f"<div><h4>In the source</h4>{''.join(_source(item))}</div>")
    more = []
    if item["changes"]:
        more.append(f"<p>Changed: {escape('; '.join(item['changes']))}.</p>")
    left = [one for one in item["left_out"] if one["text"]]
    if left:
        listed = "; ".join(f"{one['where']}: {one['text']}" for one in left)
        more.append(f"<p>Left out of the quoted turns: {escape(listed)}</p>")
    if item["voices_left_out"]:
        more.append(f"<p>{escape(voices(item))}</p>")
    if item["read"]:
        more.append(f"<p>{escape(by_hand(item))}</p>")
    return (
        f'<li class="item" data-class="{escape(name)}"><p><span class="class">'
        f"<i>{SIGNS[name]}</i> {escape(name)}</span>{escape(item['kind'])} {item['number']}"
        f"{given}</p>"
        f"<p>{escape(item['says'])}</p>"
        f'<div class="sides">{"".join(sides)}</div>{"".join(more)}</li>'
    )


def _source(item: Mapping[str, Any]) -> Sequence[str]:
    """The turns before, the quoted ones with what stands between them, and the one after."""
    shown = []
    if item["before"]:
        shown.append(_beside(item["before"], "before"))
    shown += [_quoted(span) for span in item["source"]]
    between = item["between"]
    if between:
        first = between if len(between) <= BESIDE else between[: BESIDE // 2]
        shown += [_beside(turn, "between, left out") for turn in first]
        if len(between) > BESIDE:
            shown.append(f'<p class="beside">… {len(between) - BESIDE} more turns between …</p>')
            shown += [_beside(turn, "between, left out") for turn in between[-(BESIDE // 2) :]]
    if item["after"]:
        shown.append(_beside(item["after"], "after"))
    return shown


def _quoted(span: Mapping[str, Any]) -> str:
    """What is quoted of a turn."""
    who = f"<b>{escape(span['speaker'])}</b> <small>{escape(span['turn_id'])}</small>"
    if span["notice"]:
        return f'<p class="quoted veiled">{who} Not shown. {escape(span["notice"])}</p>'
    if span["text"] is None:
        return f'<p class="quoted">{who} (its words are not attached)</p>'
    of = " (summary)" if span["of"] == "summary" else ""
    return f'<p class="quoted">{who}{of}: <bdi>{escape(span["text"])}</bdi></p>'


def _beside(turn: Mapping[str, Any], where: str) -> str:
    """A turn beside the quoted words."""
    who = f"{escape(turn['speaker'])} <small>{escape(turn['turn_id'])}, {where}</small>"
    if turn["notice"]:
        return f'<p class="beside veiled">{who} Not shown. {escape(turn["notice"])}</p>'
    of = " (summary)" if turn["of"] == "summary" else ""
    said = escape(turn["text"] or "no words, no summary")
    return f'<p class="beside">{who}{of}: <bdi>{said}</bdi></p>'


def by_hand(item: Mapping[str, Any]) -> str:
    """What somebody who read both found, in a sentence.

    Examples
    --------
    >>> by_hand({"read": [{"turn_id": "frost-2-06", "note": "half became all"}]})
    'Read by us, it retells frost-2-06: half became all.'
    """
    told = "; ".join(
        f"{one['turn_id']}: {one['note'].rstrip('.')}" if one["note"] else one["turn_id"]
        for one in item["read"]
    )
    return f"Read by us, it retells {told}."


def voices(item: Mapping[str, Any]) -> str:
    """Whose voice is left out beside the quoted words, in a sentence.

    Examples
    --------
    >>> voices({"voices_left_out": [{"speaker": "Irena", "turn_ids": ["frost-1-03"]}]})
    'Not heard here: Irena (frost-1-03).'
    """
    told = (
        f"{voice['speaker']} ({', '.join(voice['turn_ids'][:3])}"
        f"{', …' if len(voice['turn_ids']) > 3 else ''})"
        for voice in item["voices_left_out"]
    )
    return f"Not heard here: {', '.join(told)}."
