"""Turns and facets as HTML: the only place that escapes, and the only one that marks."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Container, Iterable, Mapping, Sequence
from html import escape
from itertools import groupby
from types import MappingProxyType
from typing import Any, NamedTuple

from readerlib.corpus import Corpus, Facet, Heading, Run
from readerlib.search import stretches
from readerlib.selection import Selection

WINDOW = 1500
"""Turns in one page at most, unless a single conversation is longer."""

OPEN_FACETS = 3
"""How many facets stand open at first; the others open at a click."""

SAID = {
    "quoted": "quoted",
    "statement": "to the reporters",
    "document": "document",
    "narration": "account",
    "cut": "cut",
}
"""How a turn that is no speech came to be said."""


TALK = ("speech", "quoted")
"""The kinds of turns that one person says to another."""


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

KEYS_HELP = (
    ("Tab", "from the filters to the turns and on"),
    ("↓ ↑", "next and previous turn"),
    ("Page Down, Page Up", "ten turns on or back"),
    ("Home, End", "first and last turn of the page"),
    ("Enter", "in the search: find; on a hit: read it in context"),
    ("Esc", "leave the turns; empty the search"),
)
"""Key and what it does, as the help lists them."""


class Page(NamedTuple):
    """A page of turns: its HTML, and what a view says about it.

    Examples
    --------
    >>> Page("<ol></ol>", hits=0, earlier="", later="").hits
    0
    """

    html: str
    hits: int
    """Marked stretches in the selected turns of this page."""
    earlier: str
    """The conversation before the page, where the page does not begin with the first."""
    later: str
    """The conversation after the page, where the page does not end with the last."""


def marked(text: str, find: Iterable[str] = ()) -> str:
    """`text` escaped, with what the search terms match in ``<mark>``.

    Examples
    --------
    >>> marked("<b>Come home</b>", ["home"])
    '&lt;b&gt;Come <mark>home</mark>&lt;/b&gt;'
    """
    parts: list[str] = []
    at = 0
    for start, end in stretches(text, find):
        if end <= at:
            continue
        start = max(start, at)
        parts += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
        at = end
    return "".join([*parts, escape(text[at:])])


def day(date: str) -> str:
    """A date of the form year-month-day, or its beginning, in words; another text as it is.

    Examples
    --------
    >>> day("2022-03-05"), day("2022-03"), day("2022")
    ('5 March 2022', 'March 2022', '2022')
    """
    found = re.fullmatch(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(\d\d))?)?", date, re.ASCII)
    if not found or not found[2]:
        return date
    named = f"{month_name[int(found[2])]} {found[1]}"
    return f"{int(found[3])} {named}" if found[3] else named


def frame(corpus: Corpus) -> str:
    """What stands still around the page: title, search, chooser of conversations, help."""
    title = escape(corpus.descriptor.title)
    keys = "".join(
        f"<dt><kbd>{escape(key)}</kbd></dt><dd>{escape(does)}</dd>" for key, does in KEYS_HELP
    )
    return (
        f'<header><h2>{title}</h2><div class="tools">'
        '<input type="search" class="search" aria-label="Search words" '
        'placeholder="Search: gold, “come home”, com*">'
        '<span role="status" class="status" data-part="status"></span>'
        '<span class="hits" hidden><button data-do="hit" data-step="-1" aria-label="Previous hit">'
        '↑</button><button data-do="hit" data-step="1" aria-label="Next hit">↓</button></span>'
        '<button class="filters" data-do="filters" aria-expanded="false">Filters</button>'
        '<button class="notices" data-do="notices" data-part="notices" hidden></button>'
        '<button class="info" data-do="about" aria-label="About this turn" '
        'title="About this turn">ⓘ</button>'
        '<button class="size" data-do="size" aria-label="Text size" title="Text size">Aa</button>'
        '<button class="ask" data-do="help" aria-expanded="false" aria-label="Help" title="Help">?'
        "</button></div></header>"
        '<nav class="chapters" aria-label="Chapters">'
        '<button data-do="chapter" data-step="-1" aria-label="Previous chapter">‹ '
        "<span>Previous</span></button>"
        '<select aria-label="Chapter" data-part="contents"></select>'
        '<button data-do="chapter" data-step="1" aria-label="Next chapter"><span>Next</span> ›'
        '</button><span class="where" data-part="where"></span></nav>'
        f'<div class="help" hidden><dl>{keys}</dl></div>'
        '<p class="trouble" role="alert" hidden></p><div class="slot" hidden>'
        '<button data-do="attach">Close</button><div></div></div>'
        '<div class="cols"><div class="side"><div role="group" aria-label="Filters" '
        'data-part="facets"></div>'
        f'<button data-do="reset">Show all {len(corpus.whole)}</button></div>'
        '<div class="page"><div data-part="attach"></div><div data-part="page"></div></div>'
        '<aside class="about" aria-label="About this turn" data-part="about"></aside></div>'
        '<footer><span data-part="foot"></span>'
        '<button data-do="attach">Published words…</button></footer>'
    )


def attach_line(corpus: Corpus) -> str:
    """The line on summaries and words; empty where every turn has its words."""
    turns = corpus.whole.turns
    words = turns["text"].ne("") if "text" in turns else turns["kind"].eq("")
    summaries = (turns["gist"].ne("") if "gist" in turns else turns["kind"].eq("")) & ~words
    summaries &= turns["kind"].ne("cut")
    if not summaries.any():
        return ""
    which = "summaries in our own words"
    if words.any():
        count = int(summaries.sum())
        which = f"the published words, and {which} for {count} turn{'s' * (count != 1)}"
    return (
        f'<div class="attach"><p>You are reading {which}. With your own copy of an article you '
        'read it as published.</p><button data-do="attach">Attach the published words…</button>'
        "</div>"
    )


def without_kernel(what: str) -> str:
    """What a page shows in the place of a view while no kernel runs.

    Examples
    --------
    >>> without_kernel("the Reader")[:30]
    '<p><b>Here the Reader opens.</'
    """
    return (
        f"<p><b>Here {escape(what)} opens.</b> It needs a running kernel: open the notebook "
        "in JupyterLab and run its cells (Run menu, Run All Cells).</p>"
    )


def attach_frame(corpus: Corpus, addresses: Mapping[str, str]) -> str:
    """The panel for the reader's own copy: a file, pasted text, or an address."""
    titles = _source_titles(corpus)
    fetches = "".join(
        f'<li><button data-do="fetch" data-source="{escape(source)}">Fetch</button> '
        f"<span>{escape(titles.get(source, source))}<br><small>{escape(url)}</small></span></li>"
        for source, url in addresses.items()
    )
    by_address = (
        "<details><summary>Or fetch it from its address</summary><p>A click asks the address for "
        f"the page, as a browser does; nothing is asked before.</p><ul>{fetches}</ul></details>"
    )
    return (
        "<header><h2>Attach the published words</h2></header>"
        "<p>Give your own copy of an article. It is compared turn by turn and checked; what is "
        "proven to be the published words stands in the Reader from then on. The words are kept "
        "in your own data folder on this machine, readable by you alone, and never in a "
        'notebook.</p><div class="working"><progress max="1" value="0" hidden></progress> '
        '<span role="status" data-part="said"></span></div>'
        '<p class="trouble" role="alert" hidden></p>'
        '<div data-part="report" role="status"></div>'
        '<div class="ways"><div><h3>A file</h3><p>A saved web page, a PDF, a DOCX or a text. '
        "Choose it, or drop it here.</p>"
        '<input type="file" aria-label="Your copy of the article" '
        'accept=".html,.htm,.mhtml,.pdf,.docx,.odt,.eml,.txt,.md,text/*,application/pdf"></div>'
        '<div><h3>Pasted text</h3><textarea rows="3" aria-label="The text of the article">'
        '</textarea><button data-do="paste">Check this text</button></div></div>'
        f"{by_address if fetches else ''}"
        '<div data-part="sources"></div>'
    )


def attach_sources(corpus: Corpus, kept: Mapping[str, int]) -> str:
    """What is attached of each source, and the way to forget it."""
    titles = _source_titles(corpus)
    turns = corpus.whole.records()
    rows = []
    for source, title in titles.items():
        mine = [t for t in turns if t["source_id"] == source and t["kind"] != "cut"]
        state = f"{kept[source]} of {len(mine)} turns" if kept.get(source) else "not attached"
        rows.append(f"<tr><td>{escape(title)}</td><td>{state}</td></tr>")
    forget = (
        '<p><button data-do="forget">Forget all attached words</button> '
        "Every byte of them is deleted.</p>"
    )
    return (
        f"<h3>What is attached</h3><table><tbody>{''.join(rows)}</tbody></table>"
        f"{forget if any(kept.values()) else ''}"
    )


def attach_report(
    corpus: Corpus,
    *,
    summary: str,
    title: str,
    accepted: bool,
    turns: Sequence[Mapping[str, Any]],
) -> str:
    """What was found of a copy: in plain words, then every turn that is not exact."""
    state = "accepted" if accepted else "refused"
    parts = [
        f'<div class="report {state}"><p><b>{escape(title)}</b></p>'
        if title
        else f'<div class="report {state}">',
        f"<p>{escape(summary)}</p>",
    ]
    speakers = {record["turn_id"]: record["speaker"] for record in corpus.whole.records()}
    said = {
        "differs": "Where your copy differs: shown as different, never as the turn",
        "missing": "What your copy does not have",
        "respelt": "The same words in another spelling",
    }
    for status, heading in said.items() if accepted else ():
        mine = [turn for turn in turns if turn["status"] == status]
        rows = "".join(
            f"<tr><td>{escape(turn['turn_id'])}</td><td>{escape(str(speakers[turn['turn_id']]))}"
            f"</td><td>{escape(turn['text'] or '')}</td></tr>"
            for turn in mine
        )
        if mine:
            parts.append(
                f"<details><summary>{heading} ({len(mine)})</summary>"
                f"<table><tbody>{rows}</tbody></table></details>"
            )
    return "".join([*parts, "</div>"])


def _source_titles(corpus: Corpus) -> dict[str, str]:
    """Source → its title, publisher and date."""
    return {
        str(row["source_id"]): ", ".join(
            str(part)
            for part in (
                row.get("title") or row["source_id"],
                row.get("publisher"),
                day(str(row.get("date") or "")),
            )
            if part
        )
        for row in corpus.sources.to_dict("records")
    }


def about(corpus: Corpus, turn_id: str, *, veiled: bool = False, copy: str = "") -> str:
    """What is known about a turn besides its words: evidence, claims, terms, source.

    Of a turn behind a notice only what says nothing of its words.
    """
    known = corpus.about(turn_id)
    turn, source = known["turn"], known["source"]
    parts = [f"<h4>{escape(turn_id)} · {escape(SAID.get(turn['kind'], 'on the phone'))}</h4>"]
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
                f"<dt>{_do('to', turn_id, turn=turn_id)}</dt><dd>{escape(note)}</dd>"
                for turn_id, note in known[key]
            )
            parts.append(f"<h4>{title}</h4><dl>{rows}</dl>")
    return parts


def notices(corpus: Corpus, *, asking: bool) -> str:
    """What the switch for notices says; empty where the corpus has none."""
    if not corpus.noticed():
        return ""
    return "Notices: ask" if asking else "Notices: off"


def status(corpus: Corpus, hits: int, veiled: Iterable[int] = ()) -> str:
    """How many turns are selected, and with a search how many hits can be seen in them."""
    turns = f"{len(corpus)} of {len(corpus.whole)} turns"
    if not corpus.selection.find:
        return turns
    behind = len(set(corpus.turns.index) & set(veiled))
    rest = f", {behind} of them behind a notice" if behind else ""
    return f"{hits} hit{'s' * (hits != 1)} in {turns}{rest}"


def foot(corpus: Corpus) -> str:
    """What the numbers are numbers of."""
    kinds = corpus.turns["kind"].value_counts()
    spoken = int(kinds.get("speech", 0))
    population = corpus.descriptor.population
    parts = [f"{len(corpus)} of {len(corpus.whole)} turns, {spoken} of them speech"]
    parts += [escape(population)] if population else []
    return ", ".join(parts) + "."


def facets(corpus: Corpus) -> str:
    """The facets with their live counts, each as a group of checkboxes.

    A value that no turn would have is disabled, not left out.
    """
    table = corpus.facets()
    parts = []
    for i, facet in enumerate(corpus.descriptor.facets):
        rows = table[table["facet"] == facet.name]
        titles = _titles_of_values(corpus, facet)
        chosen = int(rows["chosen"].sum())
        begun = " open" if i < OPEN_FACETS or chosen else ""
        said = f' <span class="n">{chosen} chosen</span>' if chosen else ""
        parts.append(
            f'<details data-group="{escape(facet.name)}"{begun}>'
            f"<summary>{escape(facet.label)}{said}</summary>"
            f'<div role="group" aria-label="{escape(facet.label)}">'
        )
        for value, turns, on in zip(rows["value"], rows["turns"], rows["chosen"], strict=True):
            state = " checked" if on else "" if turns else " disabled"
            title = titles.get(value, "")
            label = f"{escape(value)} <i>{escape(title)}</i>" if title else escape(value)
            parts.append(
                f"<label{'' if turns else ' class=zero'}>"
                f'<input type="checkbox" data-facet="{escape(facet.name)}" '
                f'data-value="{escape(value)}"{state}> <span>{label}</span> '
                f'<span class="n">{turns}</span></label>'
            )
        parts.append("</div></details>")
    return "".join(parts)


def contents(corpus: Corpus) -> str:
    """The conversations as options of a chooser.

    A conversation of which no turn is selected is disabled.
    """
    shown = {run.conversation_id for run in corpus.runs()}
    return "".join(
        f'<option value="{escape(name)}"{"" if name in shown else " disabled"}>'
        f"{escape(str(heading))}</option>"
        for name, heading in corpus.headings().items()
    )


def page(
    corpus: Corpus,
    opened: frozenset[int] = frozenset(),
    near: int = 0,
    veiled: Mapping[int, Sequence[str]] = MappingProxyType({}),
    revealed: Container[int] = (),
    differing: Mapping[str, str] = MappingProxyType({}),
) -> Page:
    """The selected turns in reading order, with headings and gaps.

    Parameters
    ----------
    corpus : Corpus
    opened : frozenset of int
        First rows of the gaps that are shown all the same.
    veiled : mapping of int to sequence of str
        Rows of turns that are not to be seen until they are asked for, and their topics:
        a line stands for them that names topics, speakers and length, and nothing of them
        is in the page.
    revealed : container of int
        Rows of turns that were asked for and can be hidden again.
    differing : mapping of str to str
        Turn → what the reader's copy says in its place: shown below the turn, as different.
    near : int
        A row that the page should hold: where there are more turns than fit, the page is
        the conversations around it.
    """
    talks: dict[str, list[Run]] = {}
    for run in corpus.runs():
        talks.setdefault(run.conversation_id, []).append(run)
    names = list(talks)
    first, last = _window(list(talks.values()), opened, near)
    about = {str(row["conversation_id"]): row for row in corpus.conversations.to_dict("records")}
    sources = {str(row["source_id"]): row for row in corpus.sources.to_dict("records")}
    parts = []
    hits = 0
    for name in names[first:last]:
        heading = corpus.headings()[name]
        parts.append(_heading(heading, name, about[name], sources))
        html, marks = _conversation(
            corpus, heading, talks[name], opened, veiled, revealed, differing
        )
        parts += html
        hits += marks
    if not names:
        parts.append(
            '<li class="none"><p>No turn fits these filters and this search.</p>'
            '<button data-do="reset">Show all</button></li>'
        )
    return Page(
        f"<ol>{''.join(parts)}</ol>",
        hits,
        names[first - 1] if first else "",
        names[last] if last < len(names) else "",
    )


def _window(talks: Sequence[Sequence[Run]], opened: frozenset[int], near: int) -> tuple[int, int]:
    """The first and the last of the conversations that fit on a page around a row."""
    sizes = [sum(r.last - r.first for r in t if not r.hidden or r.first in opened) for t in talks]
    first = next((i for i, runs in enumerate(talks) if runs[-1].last > near), len(talks) - 1)
    first = max(first, 0)
    last, size = first, 0
    while last < len(talks) and (last == first or size + sizes[last] <= WINDOW):
        size += sizes[last]
        last += 1
    while first > 0 and size + sizes[first - 1] <= WINDOW:
        first -= 1
        size += sizes[first]
    return first, last


def _heading(
    heading: Heading, name: str, about: Mapping[Any, Any], sources: Mapping[str, Mapping[Any, Any]]
) -> str:
    """The head of a conversation: what it is called, then when, where, how and by whom."""
    source = sources.get(str(about.get("source_id")), {})
    facts = [about.get("channel"), day(str(about.get("date") or "")), about.get("place")]
    if source.get("publisher"):
        facts.append(f"{source['publisher']}, {day(str(source.get('date') or ''))}".strip(", "))
    above = escape(" · ".join(heading.above))
    number = f'<span class="number">{escape(heading.number)}</span> ' if heading.number else ""
    return (
        f'<li class="heading" data-conversation="{escape(name)}">'
        + (f'<p class="above">{above}</p>' if above and heading.own else "")
        + f"<h3>{number}{escape(heading.title or ('' if number else str(heading)))}</h3>"
        + f'<p class="sub">{escape(" · ".join(str(fact) for fact in facts if fact))}</p></li>'
    )


def _conversation(
    corpus: Corpus,
    heading: Heading,
    runs: Sequence[Run],
    opened: frozenset[int],
    veiled: Mapping[int, Sequence[str]],
    revealed: Container[int],
    differing: Mapping[str, str],
) -> tuple[list[str], int]:
    """The turns and gaps of one conversation, and how many hits the selected turns have."""
    begin = runs[0].first
    records = corpus.whole.records(begin, runs[-1].last)
    find = corpus.selection.find
    has_gap = any(run.hidden and run.first not in opened for run in runs)
    parts = []
    hits = 0
    between: set[object] = set()
    for run in runs:
        if run.hidden and run.first not in opened:
            parts.append(_gap(run))
            continue
        for is_veiled, group in groupby(range(run.first, run.last), veiled.__contains__):
            rows = list(group)
            place = f"turn {records[rows[0] - begin]['position']} of {len(records)}"
            if is_veiled:
                parts.append(_veil(rows, [records[row - begin] for row in rows], veiled, place))
                continue
            for row in rows:
                record = records[row - begin]
                # Who speaks to whom is said once, where a talk between two begins.
                pair = {record["speaker"], record["addressee"]}
                to = record["addressee"] if pair != between and record["kind"] in TALK else None
                if record["kind"] in TALK:
                    between = pair
                said = record["text"] if record["text"] is not None else record["gist"]
                words = marked(str(said or ""), find)
                hits += 0 if run.hidden else words.count("<mark>")
                actions = (
                    [_do("context", "In context")] if find and has_gap and not run.hidden else []
                )
                actions += [_do("veil", "Hide", row=row)] if row in revealed else []
                parts.append(
                    _turn(
                        record,
                        words + "".join(actions),
                        place=f"turn {record['position']} of {len(records)}",
                        side="one" if record["speaker"] in heading.above else "other",
                        to=str(to or ""),
                        beside=run.hidden,
                        differs=differing.get(record["turn_id"], ""),
                    )
                )
    return parts, hits


def _do(what: str, label: str, **data: object) -> str:
    """A small button beside a turn."""
    more = "".join(f' data-{name}="{escape(str(value))}"' for name, value in data.items())
    return f' <button class="more" data-do="{what}"{more}>{escape(label)}</button>'


def _veil(
    rows: Sequence[int],
    records: Sequence[Mapping[str, Any]],
    veiled: Mapping[int, Sequence[str]],
    place: str,
) -> str:
    """The line that stands for turns behind a notice, with the ways to see them."""
    topics = list(dict.fromkeys(topic for row in rows for topic in veiled[row]))
    line = notice_line(records, topics)
    ways = _do("reveal-chapter", "Show this chapter", row=rows[0]) + "".join(
        _do("reveal-topic", f"Show all on {topic}", topic=topic, row=rows[0]) for topic in topics
    )
    return (
        f'<li><article class="turn veil" tabindex="-1" aria-label="{escape(line)}" '
        f'data-turn="{escape(records[0]["turn_id"])}" data-place="{escape(place)}" '
        f'data-count="{len(rows)}"><p>{escape(line)}</p>'
        f'<button data-do="reveal" data-row="{rows[0]}" data-last="{rows[-1]}">Show</button>'
        '<button data-do="skip">Skip</button>'
        f"<details><summary>More</summary>{ways}</details></article></li>"
    )


def notice_line(records: Sequence[Mapping[str, Any]], topics: Sequence[str]) -> str:
    """What stands for turns behind a notice: how many, whose, how long, and on what.

    Fifteen words at most: where they would be more, topics are counted and then speakers
    left out.

    Examples
    --------
    >>> record = {"speaker": "Tomas", "words": 14}
    >>> notice_line([record], ["an injury"])
    'One turn by Tomas, 14 words: an injury'
    >>> notice_line([record] * 3, ["killing of prisoners", "ill-treatment"])
    '3 turns by Tomas, 42 words: killing of prisoners, ill-treatment'
    """
    size = "One turn" if len(records) == 1 else f"{len(records)} turns"
    words = sum(int(record["words"] or 0) for record in records)
    length = f", {words} word{'s' * (words != 1)}" if words else ""
    names = " and ".join(dict.fromkeys(str(record["speaker"]) for record in records))
    some = f"{topics[0]} and {len(topics) - 1} more"
    for by, on in ((f" by {names}", ", ".join(topics)), (f" by {names}", some), ("", some)):
        line = f"{size}{by}{length}: {on}"
        if len(line.split()) <= 15:
            break
    return line


def _gap(run: Run) -> str:
    """The line that stands for turns that the filter hides."""
    size = run.last - run.first
    return (
        f'<li class="gap"><span>⋯ {size} turn{"s" * (size != 1)} hidden by the filter</span> '
        f'<button data-do="open" data-row="{run.first}">Show</button></li>'
    )


def _turn(
    record: Mapping[str, Any],
    words: str,
    *,
    place: str,
    side: str,
    to: str,
    beside: bool,
    differs: str,
) -> str:
    """One turn: who speaks and how, then the words or their summary."""
    kind, speaker = str(record["kind"]), str(record["speaker"] or "")
    how = [SAID[kind]] if kind in SAID else []
    how += [f"to {to}"] if to else []
    small = f"<small>{escape(' · '.join(how))}</small>" if how else ""
    form = "words" if record["text"] is not None else "words gist"
    name = ", ".join([speaker, *how])
    other = (
        f'<p class="differs" dir="auto"><b>Your copy differs here:</b> {escape(differs)}</p>'
        if differs
        else ""
    )
    return (
        f'<li><article class="turn {kind} {side}{" beside" * beside}" tabindex="-1" '
        f'aria-label="{escape(name)}" data-turn="{escape(record["turn_id"])}" '
        f'data-place="{escape(place)}">'
        f'<div class="who">{escape(speaker)}{small}</div>'
        f'<div><p class="{form}" dir="auto">{words}</p>{other}</div></article></li>'
    )


def _titles_of_values(corpus: Corpus, facet: Facet) -> dict[str, str]:
    """The titles of the conversations that a value of the path's last facet names alone.

    "Chapter 2" of three stories has three titles, and none is shown; of one story, one.
    """
    if not corpus.descriptor.path or facet.name != corpus.descriptor.path[-1]:
        return {}
    chosen = corpus.selection.where
    above = {name: chosen[name] for name in corpus.descriptor.path[:-1] if name in chosen}
    rest = corpus.whole.select(Selection.of(above))
    found: dict[str, set[str]] = {}
    for run in rest.runs():
        heading = corpus.headings()[run.conversation_id]
        if heading.number:
            found.setdefault(heading.number, set()).add(heading.title)
    return {value: titles.pop() for value, titles in found.items() if len(titles) == 1}
