"""The evidence ledger as a table that can be filtered, and leads to the turns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget

from readerlib import render
from readerlib.corpus import Corpus
from readerlib.views import cells

_STATIC = Path(__file__).parent / "static"


class Ledger(anywidget.AnyWidget):
    """Every claim of a corpus: who makes it, what is established, what is denied, and where.

    Parameters
    ----------
    corpus : Corpus
    then : callable, optional
        Is given the id of a turn that was chosen: ``reader.go``, say.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> Ledger(load("calls"))
    <Ledger of calls>
    """

    _esm = (_STATIC / "ledger.js").read_text("utf8")
    _css = (_STATIC / "reader.css").read_text("utf8")

    def __init__(self, corpus: Corpus, then: Callable[[str], object] | None = None) -> None:
        self._corpus = corpus
        self._then = then
        super().__init__()
        self.on_msg(self._heard)
        cells.take_over(self)

    def __repr__(self) -> str:
        """Name only."""
        return f"<Ledger of {self._corpus.descriptor.name}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The widget, and for a page without a kernel how to start it."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/plain"] = repr(self)
            data["text/html"] = render.without_kernel("the ledger of claims")
        return bundle

    def close(self) -> None:
        """Close the view, and all that belongs to it."""
        self.layout.close()
        super().close()

    def _heard(self, widget: Any, content: Any, buffers: Any) -> None:
        if content.get("do") == "ready":
            self.send({"frame": render.ledger(self._corpus)})
        elif content.get("do") == "turn" and self._then is not None:
            self._then(str(content["turn"]))
