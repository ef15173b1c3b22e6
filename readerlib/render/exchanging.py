"""Notes that leave or come: exactly what is in a file, before it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from types import MappingProxyType

TOLD = 20
"""Problems of a file that are told one by one."""


def exchange_form(
    forms: Mapping[str, str], count: int, pages: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The ways out and in, for the notes that are listed.

    Parameters
    ----------
    forms : mapping of str to str
        Form → what it is called.
    count : int
        How many notes are listed now: these leave.
    pages : mapping of str to str
        Form of the page to take away → what it is called; none if there is nothing for it.

    Examples
    --------
    >>> "Take out 2 notes as" in exchange_form({"csv": "CSV"}, 2)
    True
    """
    notes = f"{count:,} note{'s' * (count != 1)}"
    buttons = "".join(
        f'<button data-do="export" data-form="{escape(form)}">{escape(label)}</button>'
        for form, label in forms.items()
    )
    out = (
        f'<div role="group" aria-label="Take out {notes} as" class="ways-out">'
        f"<span>Take out {notes} as</span>{buttons}</div>"
        if count
        else ""
    )
    away = "".join(
        f'<button data-do="page" data-form="{escape(form)}">{escape(label)}</button>'
        for form, label in pages.items()
    )
    said = "A page of notes, answers and quoted passages, as"
    page = f'<div role="group" aria-label="{said}" class="ways-out"><span>{said}</span>{away}</div>'
    return (
        f'{out}{page if away else ""}<label class="ways-in">Take notes in from a file '
        '<input type="file" accept=".md,.csv,.jsonld,.json,.txt"></label>'
    )


def leaving(summary: str, name: str) -> str:
    """What would leave, to be looked at: the text itself is put in where it is shown.

    Examples
    --------
    >>> "Save as file" in leaving("2 notes.", "notes-demo.csv")
    True
    """
    return (
        '<div class="preview" role="group" tabindex="-1" aria-label="What would leave">'
        f"<p>{escape(summary)}</p><p>It is sent nowhere: you save it as a file of yours.</p>"
        '<textarea readonly rows="12" dir="auto" aria-label="Exactly what would leave"></textarea>'
        f'<div class="do"><button data-do="export-save" class="main" disabled>Save as file</button>'
        f'<button data-do="exchange-close">Close</button><small>{escape(name)}</small></div></div>'
    )


def leaving_page(summary: str, name: str) -> str:
    """The page to take away, to be looked at; put in where it is shown, and nothing in it runs.

    Examples
    --------
    >>> "Save as file" in leaving_page("2 notes.", "portfolio-demo.html")
    True
    """
    return (
        '<div class="preview" role="group" tabindex="-1" aria-label="The page to take away">'
        f"<p>{escape(summary)}</p><p>It is sent nowhere: you save it as a file of yours. Words of "
        "others stand in it where a note is marked to be quoted.</p>"
        '<iframe sandbox="" title="The page to take away"></iframe>'
        '<div class="do"><button data-do="export-save" class="main" disabled>Save as file</button>'
        f'<button data-do="exchange-close">Close</button><small>{escape(name)}</small></div></div>'
    )


def arriving(name: str, counts: Mapping[str, int], problems: Sequence[str]) -> str:
    """What a file holds, before any of it is taken in.

    Parameters
    ----------
    name : str
    counts : mapping of str to int
        "new", "same" and "changed" → how many notes.
    problems : sequence of str
        What could not be read.

    Examples
    --------
    >>> html = arriving("a.csv", {"new": 2, "same": 1, "changed": 0}, [])
    >>> "Take in 2 notes" in html
    True
    """
    every = sum(counts.values())
    wanted = counts["new"] + counts["changed"]
    said = [f"{counts['new']:,} new"]
    said += [f"{counts['same']:,} here already"] if counts["same"] else []
    if counts["changed"]:
        said.append(
            f"{counts['changed']:,} that say something else here: both will be kept, for you to "
            "choose"
        )
    told = "".join(f"<li>{escape(one)}</li>" for one in problems[:TOLD])
    more = f"<li>and {len(problems) - TOLD:,} more</li>" if len(problems) > TOLD else ""
    wrong = f'<p>Not readable:</p><ul class="wrong">{told}{more}</ul>' if problems else ""
    take = (
        f'<button data-do="import-take" class="main">Take in {wanted:,} '
        f"note{'s' * (wanted != 1)}</button>"
        if wanted
        else ""
    )
    return (
        '<div class="preview" role="group" tabindex="-1" aria-label="What would come in">'
        f"<p><b>{escape(name)}</b>: {every:,} note{'s' * (every != 1)}, {escape(', '.join(said))}."
        f'</p>{wrong}<div class="do">{take}<button data-do="exchange-close">Close</button></div>'
        "</div>"
    )
