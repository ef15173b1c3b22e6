"""The evidence ledger as a table that can be filtered, and leads to the turns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from readerlib import render
from readerlib.corpus import Corpus
from readerlib.views.view import View, script


class Ledger(View):
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

    _esm = script("ledger")
    called = "the ledger of claims"

    def __init__(self, corpus: Corpus, then: Callable[[str], object] | None = None) -> None:
        self._corpus = corpus
        self._then = then
        super().__init__()

    def __repr__(self) -> str:
        """Name only."""
        return f"<Ledger of {self._corpus.descriptor.name}>"

    def _answer(self, content: dict[str, Any], buffers: list[Any]) -> None:
        if content.get("do") == "ready":
            self.send({"frame": render.ledger(self._corpus)})
        elif content.get("do") == "turn" and self._then is not None:
            self._then(str(content["turn"]))
