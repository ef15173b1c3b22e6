"""The Reader: facets, the turns in reading order, and a search, in one widget."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from readerlib import render
from readerlib.corpus import Corpus
from readerlib.errors import ReaderError
from readerlib.search import terms, typed
from readerlib.selection import Selection

_STATIC = Path(__file__).parent / "static"


class Reader(anywidget.AnyWidget):
    """A corpus to read, narrowed by facets and search.

    Rendered text travels in messages only, never in a synced trait, so that a saved
    notebook holds none of it.

    Parameters
    ----------
    corpus : Corpus
    selection : Selection or str, optional
        Left out, the selection that `corpus` has.

    Attributes
    ----------
    selection : str
        The spelling of what is shown; set it and the view follows.
    corpus : Corpus
        What the reader sees.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> reader = Reader(load("calls"), "soldier=Ivan&chapter=2")
    >>> len(reader.corpus.select(speaker="Olya"))
    4
    """

    _esm = (_STATIC / "reader.js").read_text("utf8")
    _css = (_STATIC / "reader.css").read_text("utf8")
    selection = traitlets.Unicode("").tag(sync=True)

    def __init__(self, corpus: Corpus, selection: Selection | str | None = None) -> None:
        self._whole = corpus.whole
        asked = corpus.selection if selection is None else selection
        self.corpus = self._whole.select(asked)
        self.last_error = ""
        self._opened: frozenset[int] = frozenset()
        super().__init__(selection=str(self.corpus.selection))
        self.on_msg(self._heard)

    def __repr__(self) -> str:
        """Name and size, without a word of any turn."""
        return f"<Reader of {self._whole.descriptor.name}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The widget, and for a page without a kernel how to start it."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/plain"] = repr(self)
            data["text/html"] = "<p>Run this cell to open the Reader.</p>"
        return bundle

    @traitlets.validate("selection")
    def _spelt(self, proposal: Any) -> str:
        self.corpus = self._whole.select(str(proposal["value"]))
        return str(self.corpus.selection)

    @traitlets.observe("selection")
    def _moved(self, change: Any) -> None:
        self._opened = frozenset()
        self._show()

    def _heard(self, widget: Any, content: Any, buffers: Any) -> None:
        try:
            self._answer(content)
        except ReaderError as error:
            self.send({"status": str(error)})
        except Exception:
            # Jupyter shows no error of a callback anywhere; here it can be looked up.
            self.last_error = traceback.format_exc()
            self.send({"status": "Something went wrong; see reader.last_error."})

    def _answer(self, content: dict[str, Any]) -> None:
        chosen = self.corpus.selection
        match content.get("type"):
            case "ready":
                self._show()
            case "toggle":
                facet, value = str(content["facet"]), str(content["value"])
                values = set(chosen.where.get(facet, ())) ^ {value}
                self.selection = str(chosen.with_facet(facet, values or None))
            case "find":
                self.selection = str(chosen.with_find(terms(str(content["query"]))))
            case "reset":
                self.selection = ""
            case "open":
                self._opened |= {int(content["row"])}
                self._show()

    def _show(self) -> None:
        about = self._whole.descriptor
        status = f"{len(self.corpus)} of {len(self._whole)} turns"
        find = self.corpus.selection.find
        self.send(
            {
                "title": about.title,
                "find": typed(find),
                "status": status,
                "foot": f"{status}, {about.population}." if about.population else status,
                "parts": {
                    "facets": render.facets(self.corpus),
                    "page": render.page(self.corpus, self._opened),
                },
            }
        )
