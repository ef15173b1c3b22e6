"""Where a note belongs, so that it is found again after the corpus has changed, or given up.

An anchor holds ids, counts of code points and fingerprints, never words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from readerlib.corpus import Corpus
from readerlib.errors import SelectionError
from readerlib.selection import Place
from readerlib.text import bare, tokens

LAYERS = ("text", "gist")
"""What the code points of a stretch can count: the words of a turn, or its summary."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place as it was when a note was made.

    Attributes
    ----------
    place : Place
    layer : "text" or "gist"
        What was seen there.
    words : str
        Fingerprint of the words that the place held.
    """

    place: Place
    layer: str
    words: str

    def as_record(self) -> dict[str, Any]:
        """Everything, for a file.

        Examples
        --------
        >>> Anchor(Place("frost-1-01"), "text", "ab").as_record()
        {'place': 'frost-1-01', 'layer': 'text', 'words': 'ab'}
        """
        return {"place": str(self.place), "layer": self.layer, "words": self.words}

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Anchor:
        """The anchor that a record holds.

        Examples
        --------
        >>> Anchor.of({"place": "frost-1-01", "layer": "text", "words": "ab"}).words
        'ab'
        """
        return cls(Place.parse(record["place"]), record["layer"], record["words"])


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a note stands now.

    Attributes
    ----------
    state : "anchored", "moved" or "orphan"
    place : Place or None
        Where it is shown; None for an orphan.
    said : str
        What has changed, in a sentence; empty if nothing has.
    """

    state: Literal["anchored", "moved", "orphan"]
    place: Place | None
    said: str = ""


def anchor(corpus: Corpus, place: Place | str, layer: str = "") -> Anchor:
    """The anchor of a place in a corpus as it is now.

    Parameters
    ----------
    corpus : Corpus
    place : Place or str
    layer : "text" or "gist", optional
        Left out, the words where the turn has them, or else the summary.

    Raises
    ------
    SelectionError
        If the place is not in the corpus.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> anchor(load("demo"), "frost-1-02").layer
    'text'
    """
    place = Place.parse(place) if isinstance(place, str) else place
    first, last = corpus.span(place)
    records = corpus.whole.records(first, last)
    layer = layer or ("text" if records[0]["text"] is not None else "gist")
    said = [str(record[layer] or "") for record in records]
    if place.end is not None:
        said = [said[0][place.start : place.end]]
    return Anchor(place, layer, _fingerprint(said))


def standing(corpus: Corpus, made: Anchor) -> Standing:
    """Where an anchor stands in a corpus: in its place, moved, or lost.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> standing(load("demo"), anchor(load("demo"), "frost-1-02")).state
    'anchored'
    """
    try:
        now = anchor(corpus, made.place, made.layer)
    except SelectionError:
        return Standing("orphan", None, "This turn is not in the corpus any more.")
    if now.words != made.words:
        return Standing("orphan", None, "Other words stand at this place now.")
    return Standing("anchored", made.place)


def _fingerprint(said: list[str]) -> str:
    joined = " ".join(bare(token.word) for part in said for token in tokens(part))
    return hashlib.blake2b(joined.encode(), digest_size=16).hexdigest()
