"""What stands around a page of turns: head, facets, chips, counts, help."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from itertools import accumulate

import pandas as pd

from readerlib.corpus import Corpus
from readerlib.descriptor import Facet
from readerlib.selection import Selection
from readerlib.text import fold

OPEN_FACETS = 3
"""How many facets stand open at first; the others open at a click."""

LONG = 12
"""A facet with more values than this can be searched in."""

LISTED = 100
"""Values of one facet that are listed at most; the others are found by typing."""

TALKS = 300
"""A chooser lists all conversations up to so many, or else those around the place."""

NEAR = 20
"""How many it lists around the place."""

LOOKS = (
    ("size", "Text", {"0": "as here", "1": "larger", "2": "large", "3": "for the back row"}),
    ("width", "Lines", {"normal": "normal", "narrow": "narrow", "wide": "wide"}),
    (
        "letters",
        "Letters",
        {"serif": "with serifs", "sans": "without", "easy": "easy to tell apart"},
    ),
)
"""Setting of the display, what it is called, and its values with their labels."""

KEYS_HELP = (
    ("Tab", "from the filters to the turns and on"),
    ("↓ ↑", "next and previous turn"),
    ("Page Down, Page Up", "ten turns on or back"),
    ("Home, End", "first and last turn of the page"),
    ("Enter", "in the search: find; on a hit: read it in context"),
    ("Shift with ↓ ↑, or with a click", "several turns, to copy, cite or link"),
    ("Tab, at a turn", "to its Note button and its notes"),
    ("Ctrl with Enter", "in a note: save it"),
    ("Esc", "leave a note, the turns, or the projector"),
    ("Tab, behind the chapters", "to Stop here"),
)
"""Key and what it does, as the help lists them."""


UNSAVED = '<div class="unsaved" role="alert" data-part="unsaved" hidden></div>'
"""Where it is said, as long as it holds, that something could not be saved."""

QUIET = '<div class="rest" data-part="quiet" tabindex="-1"></div>'
"""The page that stands there alone once the reader has stopped."""

OPEN_NOTES = (
    '<button class="notes-open" data-do="notes" data-part="notes" aria-expanded="false">Notes'
    "</button>"
)

NOTING = (
    '<div class="noting"><div data-part="noting"></div>'
    '<div aria-live="polite" data-part="said-of-notes"></div><div data-part="editor"></div></div>'
)
"""Where the notes on a turn stand, and where one is written."""


def frame(corpus: Corpus, *, notes: bool = False) -> str:
    """What stands still around the page: title, search, chooser of conversations, help.

    With `notes`, there is room for what the reader writes.
    """
    title = escape(corpus.descriptor.title)
    keys = "".join(
        f"<dt><kbd>{escape(key)}</kbd></dt><dd>{escape(does)}</dd>" for key, does in KEYS_HELP
    )
    return (
        f'{UNSAVED if notes else ""}{QUIET}<header><h2>{title}</h2><div class="tools">'
        '<input type="search" class="search" aria-label="Search words" '
        'placeholder="Search: gold, “come home”, com*">'
        '<span role="status" class="status" data-part="status"></span>'
        '<span class="hits" hidden><button data-do="hit" data-step="-1" aria-label="Previous hit">'
        '↑</button><button data-do="hit" data-step="1" aria-label="Next hit">↓</button>'
        '<button data-do="lines" data-sort="text">Lines</button></span>'
        '<button class="filters" data-do="filters" aria-expanded="false">Filters</button>'
        '<button class="notices" data-do="notices" data-part="notices" hidden></button>'
        f"{OPEN_NOTES if notes else ''}"
        '<button class="info" data-do="about" aria-label="About this turn" '
        'title="About this turn">ⓘ</button>'
        '<button class="size" data-do="looks" aria-expanded="false" aria-label="Display" '
        'title="Display">Aa</button>'
        '<button class="ask" data-do="help" aria-expanded="false" aria-label="Help" title="Help">?'
        "</button></div></header>"
        '<div class="chapters" role="group" aria-label="Chapters">'
        '<button data-do="chapter" data-step="-1" aria-label="Previous chapter">‹ '
        "<span>Previous</span></button>"
        '<select aria-label="Chapter" data-part="contents"></select>'
        '<button data-do="chapter" data-step="1" aria-label="Next chapter"><span>Next</span> ›'
        '</button><span class="where" data-part="where"></span>'
        '<button data-do="stop" class="stop">Stop here</button>'
        '<label class="along" hidden><input type="range" class="rail" min="0" step="1" '
        'aria-label="Where in all turns"><span></span></label></div>'
        '<div class="resume" data-part="again"></div><div class="chips" data-part="chips"></div>'
        f'<div class="help" hidden><dl>{keys}</dl></div><div class="looks" hidden>{_looks()}</div>'
        '<p class="trouble" role="alert" hidden></p><div class="slot" hidden>'
        '<button data-do="close">Close</button><div></div></div>'
        '<div class="cols"><div class="side"><div role="group" aria-label="Filters" '
        'data-part="facets"></div>'
        f'<button data-do="reset">Show all {len(corpus.whole):,}</button></div>'
        '<div class="page"><div data-part="attach"></div><div data-part="page"></div></div>'
        '<div class="steps"><button data-do="turn" data-step="-1">‹ Previous turn</button>'
        '<button data-do="turn" data-step="1">Next turn ›</button>'
        '<button data-do="leave">Leave the projector</button></div>'
        '<aside class="about" aria-label="About this turn"><div data-part="title"></div>'
        f'{NOTING if notes else ""}<div data-part="about"></div></aside></div>'
        '<footer><span data-part="foot"></span>'
        '<button data-do="attach">Published words…</button></footer>'
    )


def _looks() -> str:
    """The settings of the display, as groups of radio buttons and switches."""
    groups = "".join(
        f"<fieldset><legend>{legend}</legend>"
        + "".join(
            f'<label><input type="radio" name="{name}" data-display="{name}" value="{value}"'
            f"{' checked' if i == 0 else ''}> {label}</label>"
            for i, (value, label) in enumerate(values.items())
        )
        + "</fieldset>"
        for name, legend, values in LOOKS
    )
    return (
        f"{groups}<fieldset><legend>Also</legend>"
        '<label><input type="checkbox" data-display="mask" value="1"> cover strong language '
        "wholly</label>"
        '<label><input type="checkbox" data-display="projector" value="1"> one turn at a time, '
        "for a projector</label></fieldset>"
    )


def stopped(where: str, kept: str) -> str:
    """The quiet page once the reader has stopped: where, and the way to go on.

    `kept` says what has become of it.
    """
    return (
        f"<p><b>You stopped at {escape(where)}.</b></p><p>{escape(kept)}</p>"
        '<p><button data-do="go-on" class="main">Go on reading</button></p>'
    )


def again(where: str) -> str:
    """The line that leads back to where the reader stopped the last time."""
    return (
        f"<p>You stopped at {escape(where)}.</p>"
        '<button data-do="again">Go on there</button>'
        '<button data-do="again-close" aria-label="Close this line">✕</button>'
    )


def chips(corpus: Corpus, *, back: bool = False, forward: bool = False) -> str:
    """What is chosen, each with the way to leave it out, and the way back and forward."""
    selection = corpus.selection
    labels = {facet.name: facet.label for facet in corpus.descriptor.facets}
    parts = [
        f'<button class="chip" data-do="unchip" data-facet="{escape(name)}" '
        f'data-value="{escape(value)}" aria-label="Without {escape(labels[name])}: '
        f'{escape(value)}">{escape(labels[name])}: {escape(value)} ✕</button>'
        for name, values in selection.where.items()
        for value in values
    ]
    parts += [
        f'<button class="chip" data-do="without" data-term="{escape(term)}" '
        f'aria-label="Without the search for {escape(term)}">{escape(term)} ✕</button>'
        for term in selection.find
    ]
    if parts or back or forward:
        steps = (
            (-1, "↶", "Back to the selection before", back),
            (1, "↷", "Forward again", forward),
        )
        parts = [
            f'<button data-do="step" data-step="{step}" aria-label="{label}" title="{label}"'
            f"{'' if can else ' disabled'}>{sign}</button>"
            for step, sign, label, can in steps
        ] + parts
    return "".join(parts)


def facets(corpus: Corpus) -> str:
    """The facets with their live counts, each as a group of checkboxes.

    A value that no turn would have is disabled, not left out.
    """
    table = corpus.facets()
    names = [facet.name for facet in corpus.descriptor.facets]
    # Values of one facet stand together, in the facets' order.
    sizes = table["facet"].value_counts()
    begins = list(accumulate((int(sizes.get(name, 0)) for name in names), initial=0))
    parts = []
    for i, facet in enumerate(corpus.descriptor.facets):
        mine = table[begins[i] : begins[i + 1]]
        chosen = int(mine["chosen"].sum())
        begun = " open" if i < OPEN_FACETS or chosen else ""
        said = f' <span class="n">{chosen} chosen</span>' if chosen else ""
        label = escape(facet.label)
        parts.append(
            f'<details data-group="{escape(facet.name)}"{begun}><summary>{label}{said}</summary>'
            f'<div role="group" aria-label="{label}">'
        )
        if len(mine) > LONG:
            more = ' data-more="1"' if len(mine) > LISTED else ""
            parts.append(
                f'<input type="search" class="narrow" placeholder="Find {label.lower()}" '
                f'aria-label="Find {label.lower()}"{more}>'
            )
        parts += [f'<div data-part="values {escape(facet.name)}">', _values(corpus, facet, mine)]
        parts.append("</div></div></details>")
    return "".join(parts)


def values(corpus: Corpus, name: str, typed: str = "") -> str:
    """The values of one facet that hold what was typed, case aside."""
    table = corpus.facets()
    facet = next(facet for facet in corpus.descriptor.facets if facet.name == name)
    return _values(corpus, facet, table[table["facet"] == name], typed)


def _values(corpus: Corpus, facet: Facet, table: pd.DataFrame, typed: str = "") -> str:
    """Values of a facet as checkboxes; of many, the chosen ones and the first that turns have."""
    sought = fold(typed)
    if sought:
        table = table[[sought in fold(value) for value in table["value"]]]
    left = ""
    if len(table) > LISTED:
        # Sorting by whether a value counts, and not by how much, keeps the corpus's order.
        first = table.assign(none=table["turns"] == 0).sort_values(
            ["chosen", "none"], ascending=[False, True], kind="stable"
        )[:LISTED]
        left = f'<p class="left">{len(table) - LISTED:,} more: type to find them.</p>'
        table = first.sort_index()
    titles = _titles_of_values(corpus, facet)
    parts = []
    for value, turns, on in zip(table["value"], table["turns"], table["chosen"], strict=True):
        state = " checked" if on else "" if turns else " disabled"
        title = titles.get(value, "")
        label = f"{escape(value)} <i>{escape(title)}</i>" if title else escape(value)
        parts.append(
            f"<label{'' if turns else ' class=zero'}>"
            f'<input type="checkbox" data-facet="{escape(facet.name)}" '
            f'data-value="{escape(value)}"{state}> <span>{label}</span> '
            f'<span class="n">{turns}</span></label>'
        )
    return "".join([*parts, left])


def _titles_of_values(corpus: Corpus, facet: Facet) -> dict[str, str]:
    """The titles of the conversations that a value of the path's last facet names alone.

    "Chapter 2" of three stories has three titles, and none is shown; of one story, one.
    """
    path = corpus.descriptor.path
    if not path or facet.name != path[-1] or _many_talks(corpus):
        return {}
    chosen = corpus.selection.where
    above = {name: chosen[name] for name in path[:-1] if name in chosen}
    found: dict[str, set[str]] = {}
    for talk in corpus.whole.select(Selection.of(above)).talks(size=TALKS):
        if talk.heading.number:
            found.setdefault(talk.heading.number, set()).add(talk.heading.title)
    return {value: titles.pop() for value, titles in found.items() if len(titles) == 1}


def _many_talks(corpus: Corpus) -> bool:
    """Whether there are more conversations than can be listed."""
    return len(corpus.tables()["conversations"]) > TALKS


def contents(corpus: Corpus, near: int = 0, marks: Mapping[str, str] | None = None) -> str:
    """The conversations as options of a chooser.

    A conversation of which no turn is selected is disabled.  Of many conversations only
    those with selected turns around a row are listed.  `marks` are said behind their names.
    """
    marks = marks or {}
    if _many_talks(corpus):
        talks = shown = corpus.talks(near, NEAR)
    else:
        talks, shown = corpus.whole.talks(size=TALKS), corpus.talks(size=TALKS)
    some = {talk.number for talk in shown}
    return "".join(
        f'<option value="{escape(talk.conversation_id)}" data-row="{talk.first}"'
        f"{'' if talk.number in some else ' disabled'}>{escape(str(talk.heading))}"
        f"{f' · {escape(mark)}' if (mark := marks.get(talk.conversation_id)) else ''}</option>"
        for talk in talks
    )


def notices(corpus: Corpus, *, asking: bool) -> str:
    """What the switch for notices says; empty where the corpus has none."""
    # An empty profile asks about every topic that there is.
    if not corpus.asked({}):
        return ""
    return "Notices: ask" if asking else "Notices: off"


def status(corpus: Corpus, hits: int | None, behind: int = 0) -> str:
    """How many turns are selected, and with a search how many hits can be seen in them.

    Parameters
    ----------
    corpus : Corpus
    hits : int or None
        None while they are being counted.
    behind : int
        How many of the selected turns stand behind a notice.
    """
    turns = f"{len(corpus):,} of {len(corpus.whole):,} turns"
    if not corpus.selection.find:
        return turns
    rest = f", {behind:,} of them behind a notice" if behind else ""
    where = "" if corpus.readings.words else " (our summaries)"
    found = "Hits" if hits is None else f"{hits:,} hit{'s' * (hits != 1)}"
    return f"{found} in {turns}{rest}{where}"


def foot(corpus: Corpus) -> str:
    """What the numbers are numbers of."""
    population = corpus.descriptor.population
    parts = [f"{len(corpus):,} of {len(corpus.whole):,} turns, {corpus.spoken():,} of them speech"]
    parts += [escape(population)] if population else []
    return ", ".join(parts) + "."


def attach_line(corpus: Corpus) -> str:
    """The line on summaries and words; empty where every turn has its words."""
    words, count = corpus.readings
    if not count:
        return ""
    which = "summaries in our own words"
    if words:
        which = f"the published words, and {which} for {count:,} turn{'s' * (count != 1)}"
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
