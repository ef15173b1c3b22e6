"""A chart whose marks lead to the turns behind them."""

from __future__ import annotations

from typing import Any

from readerlib import render
from readerlib.charts import Chart
from readerlib.views.reader import Reader
from readerlib.views.view import View, script


class ChartView(View):
    """A chart in a notebook: a click on a mark selects its turns in a Reader.

    Parameters
    ----------
    chart : Chart
        As the functions of :mod:`readerlib.charts` make it.
    reader : Reader, optional
        Where the turns are selected, or gone to.  Without one nothing can be clicked.

    Examples
    --------
    >>> from readerlib.charts import speech_share
    >>> from readerlib.datasets import load
    >>> demo = load("demo")
    >>> reader = Reader(demo)
    >>> view = ChartView(speech_share(demo), reader)
    >>> view
    <ChartView speech_share of demo: 4 rows>
    >>> view.choose(0)
    'Selected in the Reader: Tomas: 5 turns, 81 words.'
    >>> reader.selection
    'speaker=Tomas'
    """

    _esm = script("chart")
    _css = View._css + render.CHART_CSS
    called = "the chart"

    def __init__(self, chart: Chart, reader: Reader | None = None) -> None:
        self._chart = chart
        self._reader = reader
        super().__init__()
        if reader is not None:
            reader.observe(self._followed, ["selection", "place"])

    def __repr__(self) -> str:
        """Name and size, without a word of any turn."""
        return repr(self._chart).replace("<Chart", "<ChartView", 1)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The widget, and for a page without a kernel the same figure, which stands still."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/html"] = self._chart.html()
        return bundle

    def choose(self, number: int) -> str:
        """Select the turns behind a mark in the Reader, and say what was selected.

        Raises
        ------
        SelectionError
            If the Reader shows a corpus that has no such turns.
        """
        mark, reader = self._chart.marks[number], self._reader
        if not (mark.selection or mark.place):
            return f"{mark.label}. No turn of the corpus stands behind this mark."
        if reader is None:
            return f"{mark.label}. No Reader is linked with this chart that could show its turns."
        if reader.comm is None:
            return "The Reader of this chart is closed. Run this cell again to link it anew."
        if mark.selection:
            reader.selection = mark.selection
            return f"Selected in the Reader: {mark.label}."
        # The focus stays here, so that the keys go on from mark to mark.
        row, _ = reader.corpus.whole.span(mark.place)
        if not reader.corpus.talk(row).turns:
            reader.selection = ""
        reader.place = mark.place
        return f"Gone to in the Reader: {mark.label}."

    def close(self) -> None:
        """Close the view; the Reader stays."""
        if self._reader is not None:
            self._reader.unobserve(self._followed, ["selection", "place"])
            self._reader = None
        super().close()

    def _answer(self, content: dict[str, Any], buffers: list[Any]) -> None:
        match content.get("do"):
            case "ready":
                self.post({"frame": self._chart.figure(), "live": self._live(), **self._chosen()})
            case "mark":
                self.post({"said": self.choose(int(content["mark"])), **self._chosen()})

    def _live(self) -> list[int]:
        """The marks behind which there are turns."""
        if self._reader is None:
            return []
        marks = enumerate(self._chart.marks)
        return [number for number, mark in marks if mark.selection or mark.place]

    def _chosen(self) -> dict[str, list[int]]:
        """The marks whose turns the Reader shows, or where it is."""
        reader = self._reader
        if reader is None:
            return {"chosen": []}
        return {
            "chosen": [
                number
                for number, mark in enumerate(self._chart.marks)
                if (mark.selection and mark.selection == reader.selection)
                or (mark.place and mark.place == reader.place)
            ]
        }

    def _followed(self, change: Any) -> None:
        self.post(self._chosen())
