"""The choosers above a comparison: for each side a row of stock controls, one for each facet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from threading import RLock
from typing import Any

import ipywidgets

from readerlib.alignment import Side, layer_key, layers
from readerlib.corpus import Corpus
from readerlib.descriptor import Facet
from readerlib.search import terms, typed
from readerlib.selection import FIND

OFFERED = 100
"""Facets with more values than this have no chooser."""

USUAL = 6
"""How many facets are offered at first; the others where one is chosen, or on request."""

LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "he": "Hebrew",
    "pl": "Polish",
    "ru": "Russian",
    "uk": "Ukrainian",
    "zh": "Chinese",
}
"""Code of a language and its name; another one is named by its code."""

CORPUS = ""
"""The name of the chooser among several corpora, which no facet can have."""

Choice = tuple[str, ...]
"""The values of a facet that are chosen, none for any; search terms; or the number of a corpus."""

Tell = Callable[[int, str, Choice], None]
"""Takes the number of a side; a facet, ``find``, ``layer`` or :data:`CORPUS`; what was chosen."""


def titled(sides: Sequence[Side]) -> list[str]:
    """Which turns stand on each side, in words.

    Where the sides are of several corpora their titles are said, and where two of these are
    called the same they are counted.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> demo = load("demo")
    >>> titled([Side.parse(demo, "part=Spring&find=bees"), Side(demo)])
    ['Part: Spring · with “bees”', 'all of The late frost']
    """
    wholes = _wholes(sides)
    called = {id(w): name for w, name in zip(wholes, corpora_named(wholes), strict=True)}
    found = []
    for side in sides:
        said = _chosen(side.corpus)
        name = called[id(side.corpus.whole)]
        if said and len(wholes) > 1:
            said = f"{name} · {said}"
        found.append(said or (name if len(wholes) > 1 else f"all of {name}"))
    return found


def _wholes(sides: Sequence[Side]) -> list[Corpus]:
    """The corpora of the sides, each once."""
    return list({id(side.corpus.whole): side.corpus.whole for side in sides}.values())


def corpora_named(wholes: Sequence[Corpus]) -> list[str]:
    """What some corpora are called; where two have the same title they are counted.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> corpora_named([load("demo"), load("calls"), load("demo")])
    ['text 1 of The late frost', 'The calls', 'text 2 of The late frost']
    """
    names = [whole.descriptor.title for whole in wholes]
    return [
        f"text {names[:i].count(name) + 1} of {name}" if names.count(name) > 1 else name
        for i, name in enumerate(names)
    ]


def _chosen(corpus: Corpus) -> str:
    """A selection in words; empty for all turns."""
    labels = {facet.name: facet.label for facet in corpus.descriptor.facets}
    where = corpus.selection.where
    # As the corpus lists them, which is from the wide to the narrow.
    parts = [
        f"{label}: {' or '.join(where[name]) or 'none'}"
        for name, label in labels.items()
        if name in where
    ]
    parts += [f"with “{term}”" for term in corpus.selection.find]
    return " · ".join(parts)


def reading(side: Side) -> str:
    """What one reads on a side, in words.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> reading(Side(load("demo"), "text_en"))
    'in English'
    """
    words, summaries = side.corpus.readings
    if side.layer == "text":
        return "words" if words else "words, which are not attached"
    if side.layer:
        return _called(side.layer)
    if not words:
        return "summaries"
    return "words, or summaries where there are none" if summaries else "words"


def _called(layer: str) -> str:
    """What a text layer is called."""
    if layer.startswith("text_"):
        code = layer.removeprefix("text_")
        return f"in {LANGUAGES.get(code, code)}"
    return {"": "words or summary", "text": "words", "gist": "summaries"}.get(layer, layer)


class Choosers:
    """The rows of choosers, one for each side.

    Parameters
    ----------
    wholes : sequence of Corpus
        All corpora that a side can be of.
    tell : callable
        Is given what was chosen.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> choosers = Choosers([load("demo")], print)
    >>> choosers.show([Side(load("demo"))] * 2)
    >>> choosers.rows[1].controls["part"].value = ("Autumn",)
    1 part ('Autumn',)
    """

    def __init__(self, wholes: Sequence[Corpus], tell: Tell) -> None:
        # JupyterLab has each control's messages handled in a thread of its own: a choice that
        # comes while another one is followed waits until all controls show that one.
        self.lock = RLock()
        self.wholes = wholes
        self.rows: list[ChooserRow] = []
        self.shown = "some"
        self.box = ipywidgets.VBox()
        self.box.add_class("choosers")
        self.box.add_class(self.shown)
        self._tell = tell

    def show(self, sides: Sequence[Side]) -> None:
        """Offer what each side can be narrowed to now, and what it is."""
        with self.lock:
            self._show(sides)

    def _show(self, sides: Sequence[Side]) -> None:
        while len(self.rows) > len(sides):
            gone = self.rows.pop()
            self._put()
            gone.close()
        names = ["Left", "Right"] if len(sides) == 2 else [f"{i + 1}" for i in range(len(sides))]
        for i, side in enumerate(sides):
            if i < len(self.rows) and self.rows[i].fits(side.corpus):
                continue
            row = ChooserRow(side.corpus, i, self.wholes, self._told)
            before, self.rows[i : i + 1] = self.rows[i : i + 1], [row]
            self._put()
            for each in before:
                each.close()
        for row, name, side in zip(self.rows, names, sides, strict=True):
            row.show(name, side)

    def reach(self, shown: str) -> None:
        """Show the usual ones, all or none."""
        for name in ("some", "all", "none"):
            self.box.remove_class(name)
        self.box.add_class(shown)
        self.shown = shown

    def _told(self, row: ChooserRow, name: str, choice: Choice) -> None:
        with self.lock:
            if not row.quiet:
                self._tell(row.number, name, choice)

    def _put(self) -> None:
        self.box.children = [row.box for row in self.rows]

    def close(self) -> None:
        """Close all of it."""
        for row in self.rows:
            row.close()
        _close(self.box)


class ChooserRow:
    """The choosers of one side: one for each facet, for words, and for the text layer.

    Parameters
    ----------
    corpus : Corpus
        Its facets are offered.
    number : int
        Of the side.
    wholes : sequence of Corpus
        All corpora that the side can be of; of several it has a chooser.
    tell : callable
        Is given the row, the name of the chooser and what it was set to, also while the row
        is ``quiet`` because it is being set and nobody chose.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> row = ChooserRow(load("demo"), 0, [], print)
    >>> [label for label, _ in row.controls["layer"].options]
    ['words or summary', 'words', 'in English', 'summaries']
    """

    def __init__(
        self,
        corpus: Corpus,
        number: int,
        wholes: Sequence[Corpus],
        tell: Callable[[ChooserRow, str, Choice], None],
    ) -> None:
        self._whole = corpus.whole
        self.number = number
        self._tell = tell
        self._layout = ipywidgets.Layout(width="auto")
        self.controls: dict[str, ipywidgets.Dropdown | ipywidgets.Text] = {}
        self.quiet = True
        self._shown: str | None = None
        if len(wholes) > 1:
            every = [(name, (str(i),)) for i, name in enumerate(corpora_named(wholes))]
            mine = next(i for i, whole in enumerate(wholes) if whole is self._whole)
            self.controls[CORPUS] = self._dropdown("Corpus", CORPUS, every)
            self.controls[CORPUS].value = (str(mine),)
        self._facets = _offered(self._whole)
        for facet in self._facets:
            self.controls[facet.name] = self._dropdown(facet.label, facet.name)
        self.controls[FIND] = ipywidgets.Text(
            description="Search",
            placeholder="any",
            continuous_update=False,
            layout=self._layout,
        )
        self.controls[FIND].observe(self._searched, "value")
        known = layers(self._whole)
        if "gist" in known and "text" not in known:
            known = ["text", *known]
        self._layer = layer_key(self._whole)
        if len(known) > 1:
            options = [(_called(layer), (layer,) if layer else ()) for layer in ("", *known)]
            self.controls[self._layer] = self._dropdown("Text", self._layer, options)
        self._name = ipywidgets.Label()
        self._name.add_class("side-name")
        self.box = ipywidgets.HBox([self._name, *self.controls.values()])
        self.box.add_class("side-choosers")
        self.quiet = False

    def fits(self, corpus: Corpus) -> bool:
        """Whether it offers what can be chosen of a corpus."""
        return corpus.whole is self._whole

    def show(self, name: str, side: Side) -> None:
        """Offer the values with their numbers of turns now, and show which are chosen."""
        self.quiet = True
        try:
            self._name.value = name
            if str(side.corpus.selection) != self._shown:
                self._offer(side.corpus)
                self._shown = str(side.corpus.selection)
            for facet in self._facets:
                # Also where it was shown already: what was chosen in vain is taken back.
                self.controls[facet.name].value = side.corpus.selection.where.get(facet.name, ())
            self.controls[FIND].value = typed(side.corpus.selection.find)
            if self._layer in self.controls:
                self.controls[self._layer].value = (side.layer,) if side.layer else ()
        finally:
            self.quiet = False

    def _offer(self, corpus: Corpus) -> None:
        """Offer the values of each facet, with their numbers of turns now."""
        counts = corpus.facets()
        for i, facet in enumerate(self._facets):
            chosen: Choice = corpus.selection.where.get(facet.name, ())
            mine = counts[counts["facet"] == facet.name]
            options: list[tuple[str, Choice]] = [("any", ())]
            options += [
                (f"{value} ({turns:,})", (value,))
                for value, turns in zip(mine["value"], mine["turns"], strict=True)
            ]
            if len(chosen) > 1:
                options.append((" or ".join(chosen), chosen))
            control = self.controls[facet.name]
            with control.hold_sync():
                if list(control.options) != options:
                    control.options = options
                control.value = chosen
            far = i >= USUAL and not chosen
            (control.add_class if far else control.remove_class)("further")

    def _dropdown(
        self, label: str, name: str, options: Sequence[tuple[str, Choice]] = (("any", ()),)
    ) -> ipywidgets.Dropdown:
        made = ipywidgets.Dropdown(options=options, description=label, layout=self._layout)
        made.observe(partial(self._heard, name), "value")
        return made

    def _heard(self, name: str, change: Any) -> None:
        self._tell(self, name, tuple(change["new"] or ()))

    def _searched(self, change: Any) -> None:
        self._tell(self, FIND, terms(str(change["new"])))

    def close(self) -> None:
        """Close all of it."""
        for control in self.controls.values():
            control.style.close()
            control.close()
        self._layout.close()
        self._name.style.close()
        _close(self._name)
        _close(self.box)


def _offered(whole: Corpus) -> list[Facet]:
    """The facets that have a chooser: those with several values, and not too many."""
    sizes = Counter(whole.facets()["facet"])
    return [f for f in whole.descriptor.facets if 1 < sizes[f.name] <= OFFERED]


def _close(widget: ipywidgets.Widget) -> None:
    widget.layout.close()
    widget.close()
