"""What stands on one side of a comparison: turns of a corpus, in one of their text layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

import numpy as np

from readerlib.corpus import Corpus
from readerlib.errors import Problem, SelectionError, listed, quoted, suggestion
from readerlib.index import Array
from readerlib.selection import Selection

LAYER = "layer"
"""The key that names a side's text layer, beside the facets of its selection."""


def layer_key(corpus: Corpus) -> str:
    """The key that names a side's text layer; another one where a facet is called ``layer``.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> layer_key(load("demo"))
    'layer'
    """
    taken = any(facet.name == LAYER for facet in corpus.descriptor.facets)
    return f"text:{LAYER}" if taken else LAYER


def layers(corpus: Corpus) -> list[str]:
    """The text layers that a corpus has something of: ``text``, ``text_…`` by language, ``gist``.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> layers(load("demo"))
    ['text', 'text_en', 'gist']
    """
    turns = corpus.tables()["turns"]
    named = [name for name in turns if name in ("text", "gist") or str(name).startswith("text_")]
    return [str(name) for name in sorted(named, key="gist".__eq__) if (turns[name] != "").any()]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: some turns of a corpus, in one of their text layers.

    Parameters
    ----------
    corpus : Corpus
        Its selected turns are the side's.
    layer : str
        A column of :func:`layers`.  Empty: the words, or the summary of a turn that comes
        without them, as in the Reader.

    Raises
    ------
    SelectionError
        If the corpus has no such layer.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> side = Side.parse(load("demo"), "part=Autumn&layer=text_en")
    >>> str(side), len(side.corpus)
    ('part=Autumn&layer=text_en', 4)
    """

    corpus: Corpus
    layer: str = ""

    def __post_init__(self) -> None:
        known = layers(self.corpus)
        # Words that nobody has attached yet can be asked for: each turn then has none.
        if self.layer and self.layer not in ("text", *known):
            raise SelectionError(
                Problem(
                    f"no text layer {quoted(self.layer)} in the corpus "
                    f"{quoted(self.corpus.descriptor.name)}",
                    f"Text layers: {listed(known)}.",
                    suggestion(self.layer, known) or "Name one of these, or none.",
                )
            )

    @classmethod
    def parse(cls, corpus: Corpus, spelling: str) -> Side:
        """The side that a selection's spelling says, with ``layer=…`` for its text layer.

        In a corpus that has a facet of this name it is ``text:layer=…``.

        Raises
        ------
        SelectionError
            If the selection or the layer is not one of the corpus, or two layers are named.
        """
        key = layer_key(corpus)
        pairs = parse_qsl(spelling.strip().removeprefix("?"), keep_blank_values=True)
        named = list(dict.fromkeys(value for name, value in pairs if name == key))
        if len(named) > 1:
            raise SelectionError(
                Problem(
                    f"{len(named)} text layers on one side",
                    f"Named are {listed(map(quoted, named))}.",
                    "Name one of them; a side of its own can have the other.",
                )
            )
        if named:
            spelling = urlencode([pair for pair in pairs if pair[0] != key])
        return cls(corpus.select(Selection.parse(spelling)), *named)

    def __str__(self) -> str:
        """Its one spelling."""
        chosen = str(self.corpus.selection)
        layer = self.layer and urlencode({layer_key(self.corpus): self.layer}, safe=":")
        return "&".join(filter(None, [chosen, layer]))

    def texts(self, rows: Sequence[int] | Array) -> list[str | None]:
        """What stands on this side for turns of the whole corpus; None where nothing does."""
        turns = self.corpus.tables()["turns"].iloc[np.asarray(rows, np.intp)]
        columns = [self.layer] if self.layer else ["text", "gist"]
        nothing = [""] * len(turns)
        cells = [turns.get(column, nothing) for column in columns]
        return [next((str(cell) for cell in row if cell), None) for row in zip(*cells, strict=True)]
