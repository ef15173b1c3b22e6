"""The panel for the reader's own copy of an article, and the report of what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from readerlib.corpus import Corpus
from readerlib.render.marking import day


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
