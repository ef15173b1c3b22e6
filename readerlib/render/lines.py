"""A concordance: one hit a line, with the words around it and who says them."""

from __future__ import annotations

from collections.abc import Container
from html import escape

import pandas as pd

from readerlib.corpus import Corpus
from readerlib.render.marking import action

LINES = 500
"""Turns of which there are lines at most."""

ORDERS = {"text": "as read", "left": "by what stands before", "right": "by what follows"}
"""Order of the lines and what it is called."""


def lines(corpus: Corpus, found: pd.DataFrame, order: str, veiled: Container[int] = ()) -> str:
    """The hits of a search as a table whose lines lead to their turns.

    Parameters
    ----------
    corpus : Corpus
    found : DataFrame
        As :func:`readerlib.measures.kwic` gives it.
    order : str
        In which order the lines stand: text, left or right.
    veiled : container of int
        Rows of turns behind a notice: counted, and nothing of them is shown.
    """
    rows = {row["turn_id"]: corpus.row(row["turn_id"]) for row in found.to_dict("records")}
    shown = [row for row in found.to_dict("records") if rows[row["turn_id"]] not in veiled]
    behind = len(found) - len(shown)
    headings = {t.conversation_id: t.heading for t in corpus.talks_of(rows.values())}
    buttons = "".join(
        f'<button data-do="lines" data-sort="{key}" aria-pressed="{str(key == order).lower()}">'
        f"{label}</button>"
        for key, label in ORDERS.items()
    )
    where = {key: f"{heading}, turn " for key, heading in headings.items()}
    body = "".join(
        f'<tr><th scope="row">{action("line", row["speaker"], turn=row["turn_id"])}'
        f"<small>{escape(where[row['conversation_id']])}{row['position']}</small></th>"
        f'<td class="left"><bdi>{escape(row["left"])}</bdi></td>'
        f'<td class="hit"><mark>{escape(row["hit"])}</mark></td>'
        f'<td class="right"><bdi>{escape(row["right"])}</bdi></td></tr>'
        for row in shown
    )
    of = sorted({row["of"] for row in shown})
    note = {
        ("summary",): "These are lines of our summaries, not of the published words.",
        ("summary", "words"): "Some lines are of our summaries, not of the published words.",
    }.get(tuple(of), "")
    rest = f"{behind:,} hit{'s' * (behind != 1)} behind a notice." if behind else ""
    if len(corpus) > LINES:
        rest += f" They are of the first {LINES:,} of {len(corpus):,} turns: narrow the search."
    return (
        f'<div class="lines"><p>{len(shown):,} line{"s" * (len(shown) != 1)}. {rest} {note}</p>'
        f'<div role="group" aria-label="Order of the lines">{buttons}'
        f"{action('lines', 'Back to reading', sort='')}</div>"
        f"<table><tbody>{body}</tbody></table></div>"
    )
