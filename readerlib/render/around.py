"""What stands around a page of turns: head, facets, chips, counts, help."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from readerlib.corpus import Corpus, Facet
from readerlib.selection import Selection

OPEN_FACETS = 3
"""How many facets stand open at first; the others open at a click."""

LONG = 12
"""A facet with more values than this can be searched in."""

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
    ("Esc", "leave the turns, or the projector"),
)
"""Key and what it does, as the help lists them."""


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
        '↑</button><button data-do="hit" data-step="1" aria-label="Next hit">↓</button>'
        '<button data-do="lines" data-sort="text">Lines</button></span>'
        '<button class="filters" data-do="filters" aria-expanded="false">Filters</button>'
        '<button class="notices" data-do="notices" data-part="notices" hidden></button>'
        '<button class="info" data-do="about" aria-label="About this turn" '
        'title="About this turn">ⓘ</button>'
        '<button class="size" data-do="looks" aria-expanded="false" aria-label="Display" '
        'title="Display">Aa</button>'
        '<button class="ask" data-do="help" aria-expanded="false" aria-label="Help" title="Help">?'
        "</button></div></header>"
        '<nav class="chapters" aria-label="Chapters">'
        '<button data-do="chapter" data-step="-1" aria-label="Previous chapter">‹ '
        "<span>Previous</span></button>"
        '<select aria-label="Chapter" data-part="contents"></select>'
        '<button data-do="chapter" data-step="1" aria-label="Next chapter"><span>Next</span> ›'
        '</button><span class="where" data-part="where"></span></nav>'
        '<div class="chips" data-part="chips"></div>'
        f'<div class="help" hidden><dl>{keys}</dl></div><div class="looks" hidden>{_looks()}</div>'
        '<p class="trouble" role="alert" hidden></p><div class="slot" hidden>'
        '<button data-do="attach">Close</button><div></div></div>'
        '<div class="cols"><div class="side"><div role="group" aria-label="Filters" '
        'data-part="facets"></div>'
        f'<button data-do="reset">Show all {len(corpus.whole)}</button></div>'
        '<div class="page"><div data-part="attach"></div><div data-part="page"></div></div>'
        '<div class="steps"><button data-do="turn" data-step="-1">‹ Previous turn</button>'
        '<button data-do="turn" data-step="1">Next turn ›</button>'
        '<button data-do="leave">Leave the projector</button></div>'
        '<aside class="about" aria-label="About this turn" data-part="about"></aside></div>'
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
        if len(rows) > LONG:
            label = escape(facet.label.lower())
            parts.append(
                f'<input type="search" class="narrow" placeholder="Find {label}" '
                f'aria-label="Find {label}">'
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
    whole = corpus.whole.turns
    has_words = "text" in whole and bool(whole["text"].ne("").any())
    where = "" if has_words else " (our summaries)"
    return f"{hits} hit{'s' * (hits != 1)} in {turns}{rest}{where}"


def foot(corpus: Corpus) -> str:
    """What the numbers are numbers of."""
    kinds = corpus.turns["kind"].value_counts()
    spoken = int(kinds.get("speech", 0))
    population = corpus.descriptor.population
    parts = [f"{len(corpus)} of {len(corpus.whole)} turns, {spoken} of them speech"]
    parts += [escape(population)] if population else []
    return ", ".join(parts) + "."


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
