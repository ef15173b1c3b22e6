"""A page of turns in reading order: headings, gaps, notices, and how each kind looks."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from typing import Any, NamedTuple

from readerlib.corpus import Corpus, Run, Talk, Window
from readerlib.notices import notice_line
from readerlib.render.marking import SAID, action, covered, day, masks, painted
from readerlib.render.noting import Noted, marker
from readerlib.search import apart, stretches

WHOLE = 2000
"""Turns of a corpus up to which a page holds all that is shown."""

WINDOW = 100
"""Turns in a page of a larger corpus."""

NEIGHBOURS = 2
"""Turns before and behind a hit that are shown beside it."""

TALK = ("speech", "quoted")
"""The kinds of turns that one person says to another."""


class Page(NamedTuple):
    """A page of turns: its HTML, and where it stands among all that is shown.

    Examples
    --------
    >>> Page("<ol></ol>", hits=0, before=0, after=0).hits
    0
    """

    html: str
    hits: int
    """Marked stretches in the selected turns of this page."""
    before: int
    """Turns that are shown before the page."""
    after: int
    """Turns that are shown after the page."""
    earlier: int | None = None
    """A row of the conversation before, or of the page's first one where that began before."""
    later: int | None = None
    """The first row of the conversation after the page."""


@dataclass(frozen=True, slots=True)
class Showing:
    """What a page shows besides the selected turns, and what it keeps back.

    Parameters
    ----------
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
    noted : mapping of int to Noted
        Row → what the reader noted there; of a turn that is kept back it is not shown.

    Examples
    --------
    >>> Showing(mask=True).said({"text": "What the d--- is this?"})
    'What the ▒▒▒ is this?'
    """

    veiled: Mapping[int, Sequence[str]] = field(default_factory=dict)
    revealed: Container[int] = ()
    differing: Mapping[str, str] = field(default_factory=dict)
    mask: bool = False
    noted: Mapping[int, Noted] = field(default_factory=dict)

    def said(self, record: Mapping[str, Any]) -> str:
        """The words of a turn, or their summary."""
        said = _said(record)
        return covered(said) if self.mask else said

    def marked(
        self, record: Mapping[str, Any], row: int, find: Sequence[str] = ()
    ) -> tuple[str, int]:
        """What is said in a turn as HTML, with hits and noted stretches; and how many hits.

        Examples
        --------
        >>> Showing().marked({"text": "Come home", "gist": ""}, 0, ["home"])
        ('Come <mark>home</mark>', 1)
        """
        said = _said(record)
        hits = apart(stretches(said, find)) if find else []
        html = painted(
            said,
            hits=hits,
            noted=self.noted[row].stretches if row in self.noted else (),
            covered=masks(said) if self.mask else (),
        )
        return html, html.count("<mark>")


def _said(record: Mapping[str, Any]) -> str:
    """The words of a turn, or their summary, as they are."""
    return str(record["text"] if record["text"] is not None else record["gist"] or "")


def window(corpus: Corpus, near: int = 0, opened: frozenset[int] = frozenset()) -> Window:
    """The turns that a page holds: all that are shown, or of a large corpus those around a row.

    With a search, the turns next to a hit are shown beside it.

    Parameters
    ----------
    corpus : Corpus
    near : int
        A row that is to be on the page.
    opened : frozenset of int
        First rows of the gaps that are shown all the same.
    """
    find = corpus.selection.find
    # A hit brings its neighbours along, so that fewer fit.
    size = WINDOW // 4 if find else WINDOW
    if len(corpus.whole) <= WHOLE:
        found = corpus.window(0, WHOLE, opened=opened)
    else:
        found = corpus.window(near, size, before=size * 2 // 5, opened=opened)
    return found._replace(runs=tuple(_with_neighbours(found.runs))) if find else found


def _with_neighbours(runs: Sequence[Run]) -> Iterator[Run]:
    """The runs, with the ends of a gap shown that stand next to a hit."""
    for i, run in enumerate(runs):
        if not run.hidden or run.beside:
            yield run
            continue
        before, after = (
            0 <= k < len(runs)
            and runs[k].conversation_id == run.conversation_id
            and not runs[k].hidden
            for k in (i - 1, i + 1)
        )
        begin = min(run.first + NEIGHBOURS * before, run.last)
        end = max(run.last - NEIGHBOURS * after, begin)
        for first, last, beside in (
            (run.first, begin, True),
            (begin, end, False),
            (end, run.last, True),
        ):
            if first < last:
                yield run._replace(first=first, last=last, beside=beside)


def rows(turns: Window) -> list[int]:
    """The rows of the turns that a window shows, in order."""
    return [
        row
        for run in turns.runs
        if run.beside or not run.hidden
        for row in range(run.first, run.last)
    ]


def page(corpus: Corpus, turns: Window | None = None, showing: Showing | None = None) -> Page:
    """Turns in reading order, with headings and gaps.

    Parameters
    ----------
    corpus : Corpus
    turns : Window, optional
        Which turns; left out, those of :func:`window` from the beginning.
    showing : Showing, optional
        Left out, no turn is kept back.
    """
    showing = showing or Showing()
    turns = turns or window(corpus)
    shown = rows(turns)
    records = dict(zip(shown, corpus.whole.records_of(shown), strict=True))
    sources = {str(row["source_id"]): row for row in corpus.sources.to_dict("records")}
    talks = corpus.talks_of(run.first for run in turns.runs)
    by_talk: dict[str, list[Run]] = {}
    for run in turns.runs:
        by_talk.setdefault(run.conversation_id, []).append(run)
    parts = []
    hits = 0
    for talk in talks:
        parts.append(_heading(talk, sources))
        html, marks = _conversation(corpus, talk, by_talk[talk.conversation_id], records, showing)
        parts += html
        hits += marks
    if not talks:
        parts.append(
            '<li class="none"><p>No turn fits these filters and this search.</p>'
            '<button data-do="reset">Show all</button></li>'
        )
    behind = corpus.before(talks[-1].last) if talks else 0
    return Page(
        f"<ol>{''.join(parts)}</ol>",
        hits,
        turns.before,
        turns.after,
        corpus.nth(max(corpus.before(turns.runs[0].first) - 1, 0)) if turns.before else None,
        corpus.nth(behind) if behind < len(corpus) else None,
    )


def _heading(talk: Talk, sources: Mapping[str, Mapping[Any, Any]]) -> str:
    """The head of a conversation: what it is called, then when, where, how and by whom."""
    heading, about = talk.heading, talk.about
    source = sources.get(str(about.get("source_id")), {})
    facts = [about.get("channel"), day(str(about.get("date") or "")), about.get("place")]
    facts.append(_published(source))
    above = escape(" · ".join(heading.above))
    number = f'<span class="number">{escape(heading.number)}</span> ' if heading.number else ""
    return (
        f'<li class="heading" data-conversation="{escape(talk.conversation_id)}" '
        f'data-row="{talk.first}" data-credit="{escape(credited(talk, source))}">'
        + (f'<p class="above">{above}</p>' if above and heading.own else "")
        + f"<h3>{number}{escape(heading.title or ('' if number else str(heading)))}</h3>"
        + f'<p class="sub">{escape(" · ".join(str(fact) for fact in facts if fact))}</p></li>'
    )


def credited(talk: Talk, source: Mapping[Any, Any]) -> str:
    """What goes along with words that are copied: conversation, publication, how edited."""
    parts = (talk.heading, _published(source), source.get("editing"))
    return " · ".join(str(part) for part in parts if part)


def _published(source: Mapping[Any, Any]) -> str:
    """Who published a source, and when."""
    if not source.get("publisher"):
        return ""
    return f"{source['publisher']}, {day(str(source.get('date') or ''))}".strip(", ")


def _conversation(
    corpus: Corpus,
    talk: Talk,
    runs: Sequence[Run],
    records: Mapping[int, Mapping[str, Any]],
    showing: Showing,
) -> tuple[list[str], int]:
    """The turns and gaps of one conversation, and how many hits the selected turns have."""
    find = corpus.selection.find
    size = talk.last - talk.first
    has_gap = any(run.hidden and not run.beside for run in runs)
    parts = []
    hits = 0
    between: set[object] = set()
    for run in runs:
        if run.hidden and not run.beside:
            parts.append(_gap(run))
            continue
        for is_veiled, group in groupby(range(run.first, run.last), showing.veiled.__contains__):
            rows = list(group)
            place = f"turn {records[rows[0]]['position']} of {size}"
            if is_veiled:
                told = [records[row] for row in rows]
                topics = list(dict.fromkeys(t for row in rows for t in showing.veiled[row]))
                box = veil(rows, told, topics, place=place, beside=run.hidden)
                parts.append(f"<li>{box}</li>")
                continue
            for row in rows:
                record = records[row]
                # Who speaks to whom is said once, where a talk between two begins.
                pair = {record["speaker"], record["addressee"]}
                to = record["addressee"] if pair != between and record["kind"] in TALK else None
                if record["kind"] in TALK:
                    between = pair
                context = bool(find) and has_gap and not run.hidden
                words, marks = _words(record, row, find, showing, context=context)
                hits += 0 if run.hidden else marks
                box = turn(
                    record,
                    words,
                    row=row,
                    place=f"turn {record['position']} of {size}",
                    side="one" if record["speaker"] in talk.heading.above else "other",
                    to=str(to or ""),
                    gist=record["text"] is None,
                    beside=run.hidden,
                    differs=showing.differing.get(record["turn_id"], ""),
                )
                parts.append(f"<li>{box}</li>")
    return parts, hits


def _words(
    record: Mapping[str, Any],
    row: int,
    find: Sequence[str],
    showing: Showing,
    *,
    context: bool,
) -> tuple[str, int]:
    """What is said in a turn, with what can be done there; and how many hits it has."""
    words, marks = showing.marked(record, row, find)
    actions = [action("context", "In context")] if context else []
    actions += [action("veil", "Hide", row=row)] if row in showing.revealed else []
    actions += [marker(showing.noted[row])] if row in showing.noted else []
    return words + "".join(actions), marks


def words(
    corpus: Corpus, turns: Window, wanted: Container[int], showing: Showing
) -> dict[int, str]:
    """Row → what is said in it as the page shows it, for some turns of a page.

    A turn that is kept back, or not on the page, is left out.

    Parameters
    ----------
    corpus : Corpus
    turns : Window
        What the page shows.
    wanted : container of int
    showing : Showing

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> demo = load("demo")
    >>> list(words(demo, window(demo), {0, 1}, Showing()))
    [0, 1]
    """
    find = corpus.selection.find
    gaps = {run.conversation_id for run in turns.runs if run.hidden and not run.beside}
    shown = [
        (row, run)
        for run in turns.runs
        if run.beside or not run.hidden
        for row in range(run.first, run.last)
        if row in wanted and row not in showing.veiled
    ]
    records = corpus.whole.records_of([row for row, _ in shown])
    return {
        row: _words(
            record,
            row,
            find,
            showing,
            context=bool(find) and run.conversation_id in gaps and not run.hidden,
        )[0]
        for (row, run), record in zip(shown, records, strict=True)
    }


def veil(
    rows: Sequence[int],
    records: Sequence[Mapping[str, Any]],
    topics: Sequence[str],
    *,
    place: str,
    beside: bool = False,
    ways: bool = True,
    where: str = "",
) -> str:
    """The line that stands for turns behind a notice, with the ways to see them.

    Parameters
    ----------
    rows, records
        The turns, one after the other.
    topics : sequence of str
        What they are kept back for.
    place : str
        Where the first one stands, in words.
    beside : bool
        Whether they are shown beside a hit and not for themselves.
    ways : bool
        Whether it can be passed over, and others shown along with it.
    where : str
        In which column it stands, for who does not see the columns.
    """
    line = notice_line(records, topics)
    more = action("reveal-chapter", "Show this chapter", row=rows[0]) + "".join(
        action("reveal-topic", f"Show all on {topic}", topic=topic, row=rows[0]) for topic in topics
    )
    more = (
        f'<button data-do="skip">Skip</button><details><summary>More</summary>{more}</details>'
        if ways
        else ""
    )
    return (
        f'<article class="turn veil{" beside" * beside}" tabindex="-1" '
        f'aria-label="{escape(", ".join(filter(None, [line, where])))}" '
        f'data-turn="{escape(records[0]["turn_id"])}" '
        f'data-row="{rows[0]}" data-place="{escape(place)}" '
        f'data-count="{len(rows)}"><p>{escape(line)}</p>'
        f'<button data-do="reveal" data-row="{rows[0]}" data-last="{rows[-1]}">Show</button>'
        f"{more}</article>"
    )


def _gap(run: Run) -> str:
    """The line that stands for turns that the filter hides."""
    size = run.last - run.first
    return (
        f'<li class="gap"><span>⋯ {size} turn{"s" * (size != 1)} hidden by the filter</span> '
        f'<button data-do="open" data-row="{run.first}">Show</button></li>'
    )


def turn(
    record: Mapping[str, Any],
    words: str,
    *,
    row: int,
    place: str,
    gist: bool,
    side: str = "other",
    to: str = "",
    beside: bool = False,
    differs: str = "",
    lang: str = "",
    where: str = "",
    at: str = "",
    credit: str = "",
) -> str:
    """One turn: who speaks and how, then the words or their summary.

    Parameters
    ----------
    record : mapping
        As :meth:`Corpus.records` gives it.
    words : str
        What is said, as HTML.
    row : int
    place : str
        Where it stands, in words.
    gist : bool
        Whether the words are a summary.
    side : "one" or "other"
        Whether it is the one that the conversation is named after who speaks.
    to : str
        To whom, where that is said.
    beside : bool
        Whether it is shown beside a hit and not for itself.
    differs : str
        What the reader's copy says in its place.
    lang : str
        The language of the words, where it is known.
    where : str
        In which column it stands, for who does not see the columns.
    at : str
        Where it stands, in the fewest words: shown beside the name.
    credit : str
        What goes along with words that are copied by hand.
    """
    kind, speaker = str(record["kind"]), str(record["speaker"] or "")
    how = [SAID[kind]] if kind in SAID else []
    how += [f"to {to}"] if to else []
    small = f"<small>{escape(' · '.join(how))}</small>" if how else ""
    small += f'<span class="at">{escape(at)}</span>' if at else ""
    form = "words gist" if gist else "words"
    name = ", ".join(filter(None, [speaker, *how, where]))
    of = f' lang="{escape(lang)}"' if lang else ""
    by = ", ".join([speaker, *how])
    taken = f' data-by="{escape(by)}" data-credit="{escape(credit)}"' if credit else ""
    other = (
        f'<p class="differs" dir="auto"><b>Your copy differs here:</b> {escape(differs)}</p>'
        if differs
        else ""
    )
    return (
        f'<article class="turn {kind} {side}{" beside" * beside}" tabindex="-1" '
        f'aria-label="{escape(name)}" data-turn="{escape(record["turn_id"])}" '
        f'data-row="{row}" data-place="{escape(place)}"{taken}>'
        f'<div class="who">{escape(speaker)}{small}</div>'
        f'<div><p class="{form}" dir="auto"{of}>{words}</p>{other}</div></article>'
    )
