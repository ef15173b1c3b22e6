"""What a comparison with a source found: every quotation and claim, and the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from readerlib.compare.judging import VERDICTS, Verdict
from readerlib.compare.quoting import Kind
from readerlib.compare.wholes import Whole
from readerlib.render import retold_in_brief, retold_page

COLUMNS = (
    "number",
    "kind",
    "class",
    "wording",
    "start",
    "end",
    "text",
    "attributed",
    "attributed_how",
    "attributed_to",
    "turns",
    "source",
    "contiguous",
    "left_out",
    "changes",
    "before",
    "after",
    "between",
    "voices",
    "elsewhere",
    "likest",
    "share",
    "says",
    "notice",
)
"""The columns of the table of items."""


class Span(NamedTuple):
    """A stretch of a turn of the source, in code points of its words.

    ``start`` and ``end`` are None where only the turn can be named: its words are not
    attached.  ``of`` is ``words``, ``fingerprint`` or ``summary``.

    Examples
    --------
    >>> Span("frost-1-03", 0, 27, "words").turn_id
    'frost-1-03'
    """

    turn_id: str
    start: int | None
    end: int | None
    of: str


class Left(NamedTuple):
    """Words of a quoted turn that the quotation leaves out: where they stand.

    ``where`` is ``before``, ``inside`` or ``after`` what is quoted of the turn.

    Examples
    --------
    >>> Left("frost-1-03", 27, 60, "after").where
    'after'
    """

    turn_id: str
    start: int
    end: int
    where: str


class Voice(NamedTuple):
    """Somebody who speaks beside the quoted words and is not quoted there.

    Examples
    --------
    >>> Voice("irena", "Irena", ("frost-1-03",)).speaker
    'Irena'
    """

    speaker_id: str
    speaker: str
    turn_ids: tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """One quotation or claim of a retelling, and what the source has for it.

    Attributes
    ----------
    number : int
        From 1, in the order of the retelling.
    kind : str
        ``quotation``, or ``claim``: a sentence outside quotation marks.
    verdict : str
        ``verbatim``, ``trimmed``, ``stitched``, ``reordered``, ``wrong speaker``,
        ``paraphrase``, ``too short`` or ``not found``; :func:`retelling` defines them.
    wording : str
        The verdict without regard to the speaker.
    start, end : int
        Its place in the retelling, in code points, without quotation marks.
    parts : tuple of (int, int)
        The same for each part of a quotation that its attribution interrupts.
    attributed, attributed_how : str
        To whom the retelling gives it, as written there, and how that was found: ``label``,
        ``before``, ``after``, ``pronoun``, or nothing.
    attributed_to : tuple of str
        The speakers who may be meant; none where the name is nobody's, or says nothing.
    spans : tuple of Span
        Where it stands in the source, in the order of the retelling.
    contiguous : bool
        Whether its words stand together in one turn.
    left_out : tuple of Left
    changes : tuple of str
        What differs: ``left out``, ``added``, or the source's words and the retelling's.
    sorts : tuple of str
        For each change whether it touches a ``negation``, a ``number``, a ``name`` or a
        ``word``.
    before, after : str or None
        The turns before the first span and after the last, in the same conversation.
    between : tuple of str
        The turns between the spans that are not quoted.
    voices : tuple of Voice
        Whose voice is left out: they speak before, between or after, and are not quoted there.
    elsewhere : tuple of str
        Other turns in which the same words stand.
    likest : tuple of str
        The turns it is most like, the likest first.
    share : float
        How much of the sentence's weight the likest turn has, for a paraphrase.
    says : str
        The verdict in a sentence.
    """

    number: int
    kind: Kind
    verdict: Verdict
    wording: Verdict
    start: int
    end: int
    parts: tuple[tuple[int, int], ...]
    attributed: str
    attributed_how: str
    attributed_to: tuple[str, ...]
    spans: tuple[Span, ...]
    contiguous: bool
    left_out: tuple[Left, ...]
    changes: tuple[str, ...]
    sorts: tuple[str, ...]
    before: str | None
    after: str | None
    between: tuple[str, ...]
    voices: tuple[Voice, ...]
    elsewhere: tuple[str, ...]
    likest: tuple[str, ...]
    share: float
    says: str
    retold_turn: str | None = None

    @property
    def turn_ids(self) -> tuple[str, ...]:
        """The turns it stands in, each once, in the order of the retelling."""
        return tuple(dict.fromkeys(span.turn_id for span in self.spans))

    def __repr__(self) -> str:
        """Number, kind and verdict, without a word of it."""
        where = f" at {', '.join(self.turn_ids)}" if self.spans else ""
        return f"<{self.kind} {self.number}: {self.verdict}{where}>"


@dataclass(frozen=True, repr=False)
class Retelling:
    """Every quotation and claim of an account, compared with its source.

    What is kept back by a content notice is not in it: of such a turn there is a line with
    topic, speaker and length in the place of the words.  What a cell shows is saved with its
    notebook, so a cell shows classes, counts and turns, and no word of the source or of the
    account; :class:`readerlib.RetellingPanel` shows both sides and leaves nothing behind, and
    :meth:`html` is a page for one's own use.

    Attributes
    ----------
    items : tuple of Item
        In the order of the retelling.
    whole : Whole
        What the text is as a whole.
    text : str
        The retelling as it was read; the places of the items count its code points.
    title : str
        What it was compared with.
    population : str
        What the numbers are numbers of.
    remarks : tuple of str
        What limits the comparison: words that are not attached, say.
    turns : mapping
        Turn → what can be shown of it: ``speaker``, ``speaker_id``, ``role``, ``kind``,
        ``where``, ``of``, ``text``, ``notice``.

    Examples
    --------
    >>> from readerlib import compare, load
    >>> found = compare.retelling(load("demo"), "Irena: “Don’t count the apples yet.”")
    >>> found, found.items[0].verdict, found.items[0].after
    (<Retelling: 1 quotation and 0 claims; 1 verbatim>, 'verbatim', 'frost-1-04')
    """

    items: tuple[Item, ...]
    whole: Whole
    text: str
    title: str
    population: str
    remarks: tuple[str, ...]
    turns: Mapping[str, Mapping[str, Any]]

    def __repr__(self) -> str:
        """How many of each, without a word of them."""
        return f"<Retelling: {self.counted}>"

    def _repr_html_(self) -> str:
        """What a notebook may keep: classes, counts, turns and speakers, without a word."""
        return retold_in_brief(self.as_record())

    def html(self) -> str:
        """The full report as a page of its own, both sides beside each other.

        It holds words of the source: where these are a publisher's, it is not to be passed on.

        Examples
        --------
        >>> from readerlib import compare, load
        >>> found = compare.retelling(load("demo"), "Irena: “Don’t count the apples yet.”")
        >>> "apples" in found.html(), "apples" in found._repr_html_()
        (True, False)
        """
        return retold_page(self.as_record())

    @property
    def counted(self) -> str:
        """How many quotations and claims, and how many of each class."""
        kinds = Counter(item.kind for item in self.items)
        said = " and ".join(
            f"{kinds[kind]} {kind}{'s' * (kinds[kind] != 1)}" for kind in ("quotation", "claim")
        )
        classes = self.counts()
        parts = [f"{count} {verdict}" for verdict, count in classes.items() if count]
        return "; ".join([said, ", ".join(parts)]) if parts else said

    def counts(self, kind: str = "") -> dict[str, int]:
        """How many items of each class; of one kind, if one is named."""
        found = Counter(item.verdict for item in self.items if kind in ("", item.kind))
        return {verdict: found[verdict] for verdict in VERDICTS}

    def said(self, item: Item) -> str | None:
        """The words of an item in the retelling; None where they are kept back."""
        if item.retold_turn is not None and self.turns[item.retold_turn]["notice"]:
            return None
        return " […] ".join(self.text[start:end] for start, end in item.parts)

    def shown(self, span: Span) -> str | None:
        """The words of a span, or the summary of its turn; None where there is nothing to show."""
        turn = self.turns[span.turn_id]
        if turn["notice"] or turn["text"] is None:
            return None
        text = str(turn["text"])
        return text if span.start is None else text[span.start : span.end]

    def read(self, item: Item) -> list[tuple[str, str]]:
        """What somebody who read both has written down of an item's turn.

        Returns
        -------
        list of (str, str)
            Turns that it retells, each with a note on what differs: the layer ``retells`` of
            an account that is in a corpus.  Of any other account there is none.
        """
        own = self.turns[item.retold_turn] if item.retold_turn is not None else {}
        return [(str(turn_id), str(note)) for turn_id, note in own.get("retells", ())]

    def notice(self, item: Item) -> str | None:
        """The line that stands for the turns of an item that are kept back."""
        lines = [str(self.turns[t]["notice"]) for t in item.turn_ids if self.turns[t]["notice"]]
        return " ".join(dict.fromkeys(lines)) or None

    def frame(self) -> pd.DataFrame:
        """The items as a table.

        Returns
        -------
        DataFrame
            One row per item.  ``number`` : int; ``kind``, ``class``, ``wording`` : str;
            ``start``, ``end`` : int, code points of the retelling; ``text`` : str, its words;
            ``attributed``, ``attributed_how``, ``attributed_to`` : str; ``turns`` : str, ids
            parted by spaces; ``source`` : str, what stands there; ``contiguous`` : bool;
            ``left_out`` : str, the words left out of the quoted turns; ``changes``, ``before``,
            ``after``, ``between``, ``voices``, ``elsewhere``, ``likest`` : str; ``share`` :
            float; ``says`` : str; ``notice`` : str, or missing.  What is not there is missing.
        """
        rows = []
        for item in self.items:
            shown = [self.shown(span) for span in item.spans]
            left = [self.shown(Span(*one[:3], "words")) for one in item.left_out]
            rows.append(
                {
                    "number": item.number,
                    "kind": item.kind,
                    "class": item.verdict,
                    "wording": item.wording,
                    "start": item.start,
                    "end": item.end,
                    "text": self.said(item),
                    "attributed": item.attributed or None,
                    "attributed_how": item.attributed_how or None,
                    "attributed_to": " ".join(item.attributed_to) or None,
                    "turns": " ".join(item.turn_ids) or None,
                    "source": " […] ".join(part for part in shown if part) or None,
                    "contiguous": item.contiguous,
                    "left_out": " […] ".join(part for part in left if part) or None,
                    "changes": "; ".join(item.changes) or None,
                    "before": item.before,
                    "after": item.after,
                    "between": " ".join(item.between) or None,
                    "voices": "; ".join(voice.speaker for voice in item.voices) or None,
                    "elsewhere": " ".join(item.elsewhere) or None,
                    "likest": " ".join(item.likest) or None,
                    "share": item.share,
                    "says": item.says,
                    "notice": self.notice(item),
                }
            )
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def as_record(self) -> dict[str, Any]:
        """All of it as plain values, to be written as JSON."""
        return {
            "source": self.title,
            "population": self.population,
            "remarks": list(self.remarks),
            "whole": {
                "sort": self.whole.sort,
                "says": self.whole.says,
                "facts": dict(self.whole.facts),
            },
            "counts": self.counts(),
            "items": [self._record(item) for item in self.items],
        }

    def _record(self, item: Item) -> dict[str, Any]:
        """An item as plain values, with the words that can be shown."""
        return {
            "number": item.number,
            "kind": item.kind,
            "class": item.verdict,
            "wording": item.wording,
            "says": item.says,
            "start": item.start,
            "end": item.end,
            "parts": [list(part) for part in item.parts],
            "text": self.said(item),
            "attributed": item.attributed or None,
            "attributed_how": item.attributed_how or None,
            "attributed_to": list(item.attributed_to),
            "source": [
                {
                    "turn_id": span.turn_id,
                    "start": span.start,
                    "end": span.end,
                    "of": span.of,
                    "text": self.shown(span),
                }
                | {
                    key: self.turns[span.turn_id][key]
                    for key in ("speaker", "speaker_id", "where", "notice")
                }
                for span in item.spans
            ],
            "contiguous": item.contiguous,
            "left_out": [
                {
                    "turn_id": one.turn_id,
                    "start": one.start,
                    "end": one.end,
                    "where": one.where,
                    "text": self.shown(Span(one.turn_id, one.start, one.end, "words")),
                }
                for one in item.left_out
            ],
            "changes": list(item.changes),
            "changed": list(item.sorts),
            "before": self._turn(item.before),
            "after": self._turn(item.after),
            "between": [self._turn(turn_id) for turn_id in item.between],
            "voices_left_out": [
                {
                    "speaker_id": voice.speaker_id,
                    "speaker": voice.speaker,
                    "turn_ids": list(voice.turn_ids),
                }
                for voice in item.voices
            ],
            "elsewhere": list(item.elsewhere),
            "likest": list(item.likest),
            "share": item.share,
            "read": [{"turn_id": turn_id, "note": note} for turn_id, note in self.read(item)],
            "notice": self.notice(item),
        }

    def _turn(self, turn_id: str | None) -> dict[str, Any] | None:
        """A turn beside the quoted words, as plain values."""
        return None if turn_id is None else {"turn_id": turn_id, **self.turns[turn_id]}
