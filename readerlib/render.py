"""Turns and facets as HTML: the only place that escapes, and the only one that marks."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from readerlib.corpus import Corpus
from readerlib.search import stretches


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


def facets(corpus: Corpus) -> str:
    """The facets with their live counts, as fieldsets of checkboxes.

    A value that no turn would have is disabled, not left out.
    """
    table = corpus.facets()
    parts = []
    for facet in corpus.descriptor.facets:
        rows = table[table["facet"] == facet.name]
        parts.append(f"<fieldset><legend>{escape(facet.label)}</legend>")
        for value, turns, chosen in zip(rows["value"], rows["turns"], rows["chosen"], strict=True):
            state = " checked" if chosen else " disabled" if not turns else ""
            dim = ' class="zero"' if not turns else ""
            parts.append(
                f'<label{dim}><input type="checkbox" data-facet="{escape(facet.name)}" '
                f'data-value="{escape(value)}"{state}> <span>{escape(value)}</span> '
                f'<span class="n">{turns}</span></label>'
            )
        parts.append("</fieldset>")
    return "".join(parts)


def page(corpus: Corpus, opened: frozenset[int] = frozenset()) -> str:
    """The selected turns in reading order, with headings and gaps.

    Parameters
    ----------
    corpus : Corpus
    opened : frozenset of int
        First rows of the gaps that are shown all the same.
    """
    whole = corpus.whole
    records = whole.records()
    talks = {r["conversation_id"]: r for r in corpus.conversations.to_dict("records")}
    find = corpus.selection.find
    parts = ["<ol>"]
    shown = None
    for run in corpus.runs():
        if run.conversation_id != shown:
            shown = run.conversation_id
            names = [
                str(records[run.first][f]) for f in corpus.descriptor.path if records[run.first][f]
            ]
            title = str(talks[shown].get("title") or shown)
            parts.append(
                f'<li class="heading"><h3>{escape(title)}</h3>'
                f'<p class="sub">{escape(" · ".join(names))}</p></li>'
            )
        if run.hidden and run.first not in opened:
            count = run.last - run.first
            noun = "turn" if count == 1 else "turns"
            parts.append(
                f'<li class="gap"><span>⋯ {count} {noun} hidden by the filter</span> '
                f'<button data-open="{run.first}">Show</button></li>'
            )
            continue
        parts += [
            _turn(records[row], find, corpus.descriptor.path) for row in range(run.first, run.last)
        ]
    if shown is None:
        parts.append('<li class="none">No turn fits these filters and this search.</li>')
    return "".join([*parts, "</ol>"])


def _turn(record: dict[str, object], find: Iterable[str], path: Iterable[str]) -> str:
    named = [record[facet] for facet in path]
    words = marked(str(record["text"] or record["gist"] or ""), find)
    form = "words" if record["text"] else "words gist"
    kind = escape(str(record["kind"]))
    said_where = "" if kind == "speech" else f"<small>{kind}</small>"
    side = "one" if record["speaker"] in named else "other"
    return (
        f'<li><article class="turn {kind} {side}" tabindex="-1" '
        f'data-turn="{escape(str(record["turn_id"]))}">'
        f'<div class="who">{escape(str(record["speaker"]))}{said_where}</div>'
        f'<p class="{form}">{words}</p></article></li>'
    )
