"""The turns that a retelling is compared with, made ready to be searched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from weakref import WeakKeyDictionary

from readerlib.compare.attributing import People
from readerlib.compare.likeness import Likeness
from readerlib.compare.matching import Piece, Stream, Words, read
from readerlib.corpus import Corpus

RETELLS = "retells"
"""The layer of annotations whose turns are a retelling of others, and no source themselves."""


class Source:
    """The selected turns of a corpus without cuts and without those of a retelling.

    Turns are numbered from 0 in reading order; ``rows`` are their rows in the whole corpus.
    """

    def __init__(self, corpus: Corpus, but: frozenset[str]) -> None:
        whole = corpus.whole
        retellers = retelling_sources(corpus)
        records = [
            (int(row), record)
            for row, record in zip(corpus.turns.index, corpus.records(), strict=True)
            if record["kind"] != "cut"
            and (record["source_id"] is None or record["source_id"] not in retellers)
            and record["turn_id"] not in but
        ]
        self.rows = [row for row, _ in records]
        self.ids = [str(record["turn_id"]) for _, record in records]
        self.kinds = [str(record["kind"]) for _, record in records]
        self.speakers = [str(record["speaker_id"]) for _, record in records]
        self.names = [str(record["speaker"]) for _, record in records]
        self.talks = [str(record["conversation_id"]) for _, record in records]
        self.texts: list[str | None] = [record["text"] for _, record in records]
        self.gists: list[str | None] = [record["gist"] for _, record in records]
        self.sizes = [int(record["words"] or 0) for _, record in records]
        self.salt = whole.descriptor.fingerprint_salt
        self.people = People(corpus, self.rows)
        self.stories: list[str] = []
        headings = whole.headings()
        self._around = []
        for _, record in records:
            story = [str(record[facet]) for facet in corpus.descriptor.path[:1] if record[facet]]
            self.stories.append(story[0] if story else "")
            known = [record["speaker"], record["role"], record["addressee"], *story]
            heading = headings.get(record["conversation_id"])
            known += [heading.title] if heading else []
            self._around.append(" ".join(str(part) for part in known if part))
        self.with_words = sum(text is not None for text in self.texts)
        number = {name: i for i, name in enumerate(dict.fromkeys(self.talks))}
        self.talk_of = [number[talk] for talk in self.talks]
        turns = whole.tables()["turns"]
        self._runs: dict[int, frozenset[tuple[str, ...]]] = {}
        self.proofs: dict[int, dict[bytes, int]] = defaultdict(dict)
        if "fingerprint" in turns:
            for t, row in enumerate(self.rows):
                proof = str(turns["fingerprint"].iat[row])
                if proof and self.texts[t] is None and self.sizes[t]:
                    self.proofs[self.sizes[t]].setdefault(bytes.fromhex(proof), t)

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def turns(self) -> list[Words]:
        """The words of each turn; none where they are not attached."""
        return [
            read(text or "", account=kind in ("quoted", "statement", "narration", "document"))
            for text, kind in zip(self.texts, self.kinds, strict=True)
        ]

    @cached_property
    def said(self) -> Stream:
        """What the speakers say, without directions and the account around it."""
        return Stream(self.turns, asides=False)

    @cached_property
    def full(self) -> Stream:
        """All words of all turns."""
        return Stream(self.turns, asides=True)

    @cached_property
    def likeness(self) -> Likeness:
        """The turns by words and summaries."""
        pairs = zip(self.texts, self.gists, strict=True)
        return Likeness([[part for part in pair if part] for pair in pairs], self._around)

    def runs(self, size: int) -> frozenset[tuple[str, ...]]:
        """Every run of so many words of the source, also across the turns of a conversation."""
        if size not in self._runs:
            found: set[tuple[str, ...]] = set()
            talk: list[str] = []
            for t, turn in enumerate(self.turns):
                if t and self.talks[t] != self.talks[t - 1]:
                    talk = []
                talk = [*talk[1 - size :], *turn.words]
                found.update(tuple(talk[i : i + size]) for i in range(len(talk) - size + 1))
            self._runs[size] = frozenset(found)
        return self._runs[size]

    @cached_property
    def proper(self) -> frozenset[str]:
        """Names of speakers and stories, as single bare words."""
        return frozenset(word for name in self.people.names for word in name if word != "the")

    def speaker_of(self, piece: Piece) -> str | None:
        """Who says these words; None where the speaker quotes somebody else."""
        turn = self.turns[piece.turn] if self.texts[piece.turn] is not None else None
        if turn and turn.words and all(turn.inner[piece.begin : piece.end]):
            return None
        return self.speakers[piece.turn]


def retelling_sources(corpus: Corpus) -> frozenset[str]:
    """The sources that retell others, as the layer ``retells`` says.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> sorted(retelling_sources(load("calls")))
    ['militarynews-2023']
    """
    labels = corpus.whole.tables().get("annotations")
    if labels is None or not len(labels):
        return frozenset()
    retelling = set(labels.loc[labels["layer"] == RETELLS, "turn_id"])
    if not retelling:
        return frozenset()
    rows = [corpus.whole.row(str(turn)) for turn in retelling]
    found = {record["source_id"] for record in corpus.whole.records_of(sorted(rows))}
    return frozenset(str(source) for source in found if source)


_MADE: WeakKeyDictionary[Corpus, dict[frozenset[str], Source]] = WeakKeyDictionary()


def source_of(corpus: Corpus, but: Sequence[str] = ()) -> Source:
    """The source that a corpus is, made once for as long as the corpus is there."""
    made = _MADE.setdefault(corpus, {})
    key = frozenset(but)
    if key not in made:
        made[key] = Source(corpus, key)
    return made[key]
