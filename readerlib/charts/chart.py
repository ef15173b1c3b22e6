"""What a chart is: what is counted, of what, the drawing, and every number in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from readerlib import render
from readerlib.corpus import Corpus
from readerlib.selection import Selection

WIDE, NARROW = 720.0, 260.0
"""For which widths a chart is drawn, in pixels; a page shows the one that fits."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that is drawn, and the turns behind it.

    Attributes
    ----------
    label : str
        What it says when it is pointed at: names and counts, no word of a turn.
    selection : str
        The spelling of the selection of its turns; empty if it has none.
    place : str
        The spelling of the place of its turn; empty if it stands for several, or for none.

    Examples
    --------
    >>> Mark("Irena: 5 turns", selection="speaker=Irena").place
    ''
    """

    label: str
    selection: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Chart:
    """A figure of a corpus, drawn without a script, a font or a network.

    It is made by the functions of this room.  As the last value of a cell it draws itself;
    :class:`readerlib.views.ChartView` shows it so that its marks lead to their turns.

    Attributes
    ----------
    name : str
        Which chart it is, of which corpus.
    title : str
        What is counted.
    population : str
        Of how many turns, chosen by whom, and whether words or summaries were counted.
    alt : str
        The gist of the figure in words.
    notes : tuple of str
        Sentences below the drawing.
    marks : tuple of Mark
        What is drawn, and which turns stand behind it.

    Examples
    --------
    >>> from readerlib.charts import ribbon
    >>> from readerlib.datasets import load
    >>> chart = ribbon(load("demo"))
    >>> chart
    <Chart ribbon of demo: 14 rows>
    >>> chart.svg.startswith("<svg")
    True
    """

    name: str
    title: str
    population: str
    alt: str
    drawings: tuple[render.Drawing, ...]
    marks: tuple[Mark, ...]
    notes: tuple[str, ...]
    numbers: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """Every number that is drawn: ``chart.table.to_csv("figure.csv", index=False)``."""
        return self.numbers.copy()

    @property
    def svg(self) -> str:
        """The drawing as an SVG file of its own; where nothing is drawn, a sentence in one."""
        if self.drawings:
            return render.standalone(self.drawings[0], self.title, self.alt)
        lines = render.wrapped(self.alt, WIDE - 20, 13, 6)
        body = "".join(render.text(10, 24 + 18 * i, line) for i, line in enumerate(lines))
        sheet = render.Drawing(WIDE, 20 + 18 * len(lines), body)
        return render.standalone(sheet, self.title, self.alt)

    def figure(self) -> str:
        """The figure for a page that has the looks of charts already."""
        told = (self.title, self.population, self.alt)
        return render.figure(self.drawings, told, self.notes, self.numbers)

    def html(self) -> str:
        """The figure as HTML that needs nothing else: title, population, drawing, numbers."""
        return render.styled(self.figure())

    def __repr__(self) -> str:
        """Name and size, without a word of any turn."""
        rows = len(self.numbers)
        return f"<Chart {self.name}: {rows} row{'s' * (rows != 1)}>"

    def _repr_html_(self) -> str:
        return self.html()

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self.html()}


def population(corpus: Corpus, counted: str) -> str:
    """Of what a chart's numbers are numbers.

    Parameters
    ----------
    corpus : Corpus
    counted : str
        What was counted, as a sentence.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> print(population(load("demo").select(speaker="Irena"), "Counted are turns."))
    2 of 14 turns, 2 of them speech (Speaker: Irena), all turns of three invented calls. Counted
    are turns.
    """
    turns = f"{len(corpus):,} of {len(corpus.whole):,} turns, {corpus.spoken():,} of them speech"
    chosen = spoken(corpus)
    told = corpus.descriptor.population
    return f"{turns}{f' ({chosen})' if chosen else ''}{f', {told}' if told else ''}. {counted}"


def spoken(corpus: Corpus) -> str:
    """The selection of a corpus in words; empty if it has none.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> spoken(load("demo").select(speaker=["Irena", "Tomas"], find="frost"))
    'Speaker: Irena or Tomas; with frost'
    """
    labels = {facet.name: facet.label for facet in corpus.descriptor.facets}
    parts = [
        f"{labels.get(name, name)}: {' or '.join(values) or 'none'}"
        for name, values in corpus.selection.where.items()
    ]
    if corpus.selection.find:
        parts.append(f"with {', '.join(corpus.selection.find)}")
    return "; ".join(parts)


def narrowed_by(selection: Selection, where: Mapping[str, str | Iterable[str]]) -> str:
    """The spelling of a selection with other values for some facets.

    Examples
    --------
    >>> narrowed_by(Selection(find="frost", part="Spring"), {"part": "Autumn"})
    'part=Autumn&find=frost'
    """
    for name, values in where.items():
        selection = selection.with_facet(name, values)
    return str(selection)


def empty(corpus: Corpus, chart: str, title: str, sentence: str) -> Chart:
    """A chart that says why there is nothing to draw."""
    return Chart(
        name=f"{chart} of {corpus.descriptor.name}",
        title=title,
        population=population(corpus, ""),
        alt=sentence,
        drawings=(),
        marks=(),
        notes=(),
        numbers=pd.DataFrame(),
    )
