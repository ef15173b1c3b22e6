"""All notes on a corpus: the list with its filters, what colours mean, what leaves and comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from readerlib.render.noting import Slip, slip, swatch

STATES = {
    "": "any",
    "moved": "moved with a change of the corpus",
    "orphan": "without a place",
    "conflict": "changed in two windows",
    "unsaved": "not saved yet",
}
"""State of a note and what it is called in the list."""

ORDERS = {"": "newest first", "reading": "as read"}

WITHOUT_TAGS = "without a tag"


def notes_frame(title: str) -> str:
    """What stands still around the list of notes.

    Examples
    --------
    >>> "Your notes" in notes_frame("The calls")
    True
    """
    return (
        '<div class="unsaved" role="alert" data-part="unsaved" hidden></div>'
        f"<header><h2>Your notes <small>on “{escape(title)}”</small></h2>"
        '<span role="status" class="status" data-part="count"></span></header>'
        '<p class="trouble" role="alert" hidden></p>'
        '<div class="choosers"><label>Find <input type="search" data-wish="find"></label>'
        '<div class="more-choosers" data-part="filters"></div></div>'
        '<div aria-live="polite" data-part="said-of-notes"></div>'
        '<p class="states" data-part="states"></p>'
        '<div class="list" data-part="list"></div><div data-part="editor" hidden></div>'
        '<div class="below"><details class="labels"><summary>What the colours mean</summary>'
        '<div data-part="colours"></div></details><div data-part="exchange"></div>'
        '<div data-part="moving"></div></div>'
    )


def notes_filters(
    wishes: Mapping[str, str],
    tags: Sequence[tuple[str, int]],
    colours: Mapping[str, str],
    talks: Sequence[tuple[str, str]],
) -> str:
    """The choosers above the list, each with what is chosen.

    Parameters
    ----------
    wishes : mapping of str to str
        Name of a chooser → its value.
    tags : sequence of (str, int)
        Each with how many notes have it.
    colours : mapping of str to str
        Colour → what it means.
    talks : sequence of (str, str)
        Id and heading of conversations.
    """
    choosers = (
        ("tag", "Tag", [("", "any"), *((tag, f"{tag} ({count})") for tag, count in tags)]),
        ("colour", "Colour", [("", "any"), *colours.items()]),
        ("talk", "Chapter", [("", "all"), *talks]),
        ("state", "State", list(STATES.items())),
        ("order", "Order", list(ORDERS.items())),
    )
    return "".join(
        f'<label>{label} <select data-wish="{name}">'
        + "".join(
            f'<option value="{escape(value)}"{_if(value == wishes.get(name, ""))}>'
            f"{escape(said)}</option>"
            for value, said in options
        )
        + "</select></label>"
        for name, label, options in choosers
        if len(options) > 1
    )


def _if(selected: bool) -> str:
    return " selected" if selected else ""


def notes_counted(shown: int, every: int) -> str:
    """How many notes fit, of how many.

    Examples
    --------
    >>> notes_counted(12, 40), notes_counted(1, 1)
    ('12 of 40 notes', '1 of 1 note')
    """
    return f"{shown:,} of {every:,} note{'s' * (every != 1)}"


def notes_list(
    slips: Sequence[Slip], *, left: int = 0, every: int = 0, here: bool = False, leads: bool = True
) -> str:
    """Notes one below the other; or what to do where there are none.

    Parameters
    ----------
    slips : sequence of Slip
    left : int
        How many more fit and are not listed yet.
    every : int
        How many notes there are in all.
    here : bool
        Whether there is a turn on which one that has lost its place can be put.
    leads : bool
        Whether the list leads to the turns.
    """
    if not every:
        return (
            '<p class="none">No notes yet. One is written beside a turn, under “Your notes”; '
            "or select words of a turn to write on them.</p>"
        )
    if not slips:
        return (
            '<p class="none">No note fits these filters.</p>'
            '<button data-do="notes-all">Show all</button>'
        )
    rows = []
    for one in slips:
        ways = ""
        if one.state == "orphan" and here:
            ways = (
                f'<button data-do="note-put" data-note="{escape(one.note_id)}">'
                "Put it on the turn where I am</button>"
            )
        rows.append(slip(one, place=leads, ways=ways))
    more = (
        f'<button data-do="notes-more">Show {min(left, 100)} more of {left:,}</button>'
        if left
        else ""
    )
    return f'<ul class="notes">{"".join(rows)}</ul>{more}'


def colours_form(labels: Mapping[str, str], first: Mapping[str, str]) -> str:
    """What each colour means to this reader, to be named otherwise.

    Parameters
    ----------
    labels, first : mapping of str to str
        Colour → what it means now, and what it meant at first.
    """
    rows = "".join(
        f'<label>{swatch(colour)} <span class="colour">{escape(colour)}</span>'
        f'<input type="text" maxlength="60" data-colour="{escape(colour)}" '
        f'value="{escape(label)}" placeholder="{escape(first.get(colour, ""))}" '
        f'aria-label="What {escape(colour)} means"></label>'
        for colour, label in labels.items()
    )
    return (
        f'<div class="meanings">{rows}</div>'
        "<p>A name is kept as soon as you leave its field; an empty one brings back the first.</p>"
    )
