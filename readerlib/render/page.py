"""A page of turns in reading order: headings, gaps, notices, and how each kind looks."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from typing import Any, NamedTuple

from readerlib.corpus import Corpus, Heading, Run
from readerlib.notices import notice_line
from readerlib.render.marking import SAID, action, covered, day, marked

WINDOW = 1500
"""Turns in one page at most, unless a single conversation is longer."""

TALK = ("speech", "quoted")
"""The kinds of turns that one person says to another."""


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


@dataclass(frozen=True, slots=True)
class Showing:
    """What a page shows besides the selected turns, and what it keeps back.

    Parameters
    ----------
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
    mask : bool
        Whether masked strong language is covered wholly.

    Examples
    --------
    >>> Showing(mask=True).opened
    frozenset()
    """

    opened: frozenset[int] = frozenset()
    veiled: Mapping[int, Sequence[str]] = field(default_factory=dict)
    revealed: Container[int] = ()
    differing: Mapping[str, str] = field(default_factory=dict)
    mask: bool = False

    def shuts(self, run: Run) -> bool:
        """Whether the turns of a run are behind a gap."""
        return run.hidden and run.first not in self.opened

    def said(self, record: Mapping[str, Any]) -> str:
        """The words of a turn, or their summary."""
        said = str(record["text"] if record["text"] is not None else record["gist"] or "")
        return covered(said) if self.mask else said


def page(corpus: Corpus, showing: Showing | None = None, near: int = 0) -> Page:
    """The selected turns in reading order, with headings and gaps.

    Parameters
    ----------
    corpus : Corpus
    showing : Showing, optional
        Left out, all gaps are shut and no turn is kept back.
    near : int
        A row that the page should hold: where there are more turns than fit, the page is
        the conversations around it.
    """
    showing = showing or Showing()
    talks: dict[str, list[Run]] = {}
    for run in corpus.runs():
        talks.setdefault(run.conversation_id, []).append(run)
    names = list(talks)
    first, last = _window(list(talks.values()), showing, near)
    about = {str(row["conversation_id"]): row for row in corpus.conversations.to_dict("records")}
    sources = {str(row["source_id"]): row for row in corpus.sources.to_dict("records")}
    parts = []
    hits = 0
    for name in names[first:last]:
        heading = corpus.headings()[name]
        parts.append(_heading(heading, name, about[name], sources))
        html, marks = _conversation(corpus, heading, talks[name], showing)
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


def _window(talks: Sequence[Sequence[Run]], showing: Showing, near: int) -> tuple[int, int]:
    """The first and the last of the conversations that fit on a page around a row."""
    sizes = [sum(r.last - r.first for r in t if not showing.shuts(r)) for t in talks]
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
    credit = " · ".join(str(part) for part in (heading, *facts[3:], source.get("editing")) if part)
    return (
        f'<li class="heading" data-conversation="{escape(name)}" data-credit="{escape(credit)}">'
        + (f'<p class="above">{above}</p>' if above and heading.own else "")
        + f"<h3>{number}{escape(heading.title or ('' if number else str(heading)))}</h3>"
        + f'<p class="sub">{escape(" · ".join(str(fact) for fact in facts if fact))}</p></li>'
    )


def _conversation(
    corpus: Corpus,
    heading: Heading,
    runs: Sequence[Run],
    showing: Showing,
) -> tuple[list[str], int]:
    """The turns and gaps of one conversation, and how many hits the selected turns have."""
    begin = runs[0].first
    records = corpus.whole.records(begin, runs[-1].last)
    find = corpus.selection.find
    has_gap = any(map(showing.shuts, runs))
    parts = []
    hits = 0
    between: set[object] = set()
    for run in runs:
        if showing.shuts(run):
            parts.append(_gap(run))
            continue
        for is_veiled, group in groupby(range(run.first, run.last), showing.veiled.__contains__):
            rows = list(group)
            place = f"turn {records[rows[0] - begin]['position']} of {len(records)}"
            if is_veiled:
                parts.append(_veil(rows, [records[row - begin] for row in rows], showing, place))
                continue
            for row in rows:
                record = records[row - begin]
                # Who speaks to whom is said once, where a talk between two begins.
                pair = {record["speaker"], record["addressee"]}
                to = record["addressee"] if pair != between and record["kind"] in TALK else None
                if record["kind"] in TALK:
                    between = pair
                words = marked(showing.said(record), find)
                hits += 0 if run.hidden else words.count("<mark>")
                actions = (
                    [action("context", "In context")] if find and has_gap and not run.hidden else []
                )
                actions += [action("veil", "Hide", row=row)] if row in showing.revealed else []
                parts.append(
                    _turn(
                        record,
                        words + "".join(actions),
                        place=f"turn {record['position']} of {len(records)}",
                        side="one" if record["speaker"] in heading.above else "other",
                        to=str(to or ""),
                        beside=run.hidden,
                        differs=showing.differing.get(record["turn_id"], ""),
                    )
                )
    return parts, hits


def _veil(
    rows: Sequence[int],
    records: Sequence[Mapping[str, Any]],
    showing: Showing,
    place: str,
) -> str:
    """The line that stands for turns behind a notice, with the ways to see them."""
    topics = list(dict.fromkeys(topic for row in rows for topic in showing.veiled[row]))
    line = notice_line(records, topics)
    ways = action("reveal-chapter", "Show this chapter", row=rows[0]) + "".join(
        action("reveal-topic", f"Show all on {topic}", topic=topic, row=rows[0]) for topic in topics
    )
    return (
        f'<li><article class="turn veil" tabindex="-1" aria-label="{escape(line)}" '
        f'data-turn="{escape(records[0]["turn_id"])}" data-place="{escape(place)}" '
        f'data-count="{len(rows)}"><p>{escape(line)}</p>'
        f'<button data-do="reveal" data-row="{rows[0]}" data-last="{rows[-1]}">Show</button>'
        '<button data-do="skip">Skip</button>'
        f"<details><summary>More</summary>{ways}</details></article></li>"
    )


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
