"""The evidence ledger: every claim with who makes it, what is known of it, and where it is said."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from readerlib.corpus import Corpus
from readerlib.render.beside import LEDGER
from readerlib.render.marking import action


def ledger(corpus: Corpus) -> str:
    """The claims of a corpus as a table with its filters; a sentence where there are none."""
    claims = corpus.claims().to_dict("records")
    if not claims:
        return "<p>This corpus has no table of claims.</p>"
    choosers = "".join(
        f'<label>{label} <select data-column="{column}"><option value="">all</option>{options}'
        "</select></label>"
        for column, label, options in (
            ("status", "Status", _options(row["status"] for row in claims)),
            ("claimant", "Who says so", _options(row["claimant"] for row in claims)),
            ("story", "Story", _options(row["story"] for row in claims)),
        )
    )
    heads = "".join(
        f'<th scope="col">{label}</th>'
        for label in ("What is said to have happened", "Who says so", "Status", "What is known", "")
    )
    rows = []
    for row in claims:
        known = "".join(
            f"<p><b>{label}:</b> {escape(str(row[column]))}</p>"
            for column, label in LEDGER.items()
            if row.get(column)
        )
        turns = " ".join(action("turn", turn_id, turn=turn_id) for turn_id in row["turns"].split())
        rows.append(
            f'<tr data-status="{escape(row["status"])}" data-claimant="{escape(row["claimant"])}" '
            f'data-story="{escape(row["story"])}"><th scope="row">{escape(row["claim"])}</th>'
            f"<td>{escape(row['claimant'])}</td><td>{escape(row['status'])}</td>"
            f"<td>{known}</td><td>{turns}</td></tr>"
        )
    population = corpus.descriptor.population
    return (
        f'<header><h2>What is claimed</h2><div class="choosers">{choosers}'
        '<label>Find <input type="search" data-column="text"></label></div>'
        f'<span role="status" class="status">{len(claims)} of {len(claims)} claims</span></header>'
        f'<div class="claims"><table><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody>'
        f"</table></div><footer>Claims in what was published{': ' if population else ''}"
        f"{escape(population)}. That something was said is recorded; whether it happened is what "
        "the status speaks of.</footer>"
    )


def _options(values: Iterable[str]) -> str:
    """The values as options, each once, in their order."""
    return "".join(f"<option>{escape(value)}</option>" for value in dict.fromkeys(values) if value)
