"""What stands where in a corpus, as fingerprints by which a turn is known again.

No digest here is of fewer than six words where more can be had: a shorter turn is taken
together with a neighbour's words, or it could be guessed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import islice, pairwise
from numbers import Integral
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, ref

import numpy as np
import pyarrow.compute as pc

from readerlib.columns import Column
from readerlib.corpus import Corpus
from readerlib.errors import SelectionError
from readerlib.text import SHORTEST_FINGERPRINT, Token, bare, digest, fingerprint_of, plain, tokens

LAYERS = ("text", "gist")
"""What the code points of a stretch can count: the words of a turn, or its summary."""

FAR = 60
"""Turns between a turn and a neighbour by which it is known, at most."""

_FEW = 20_000
"""Turns that are all looked through when one note is made: in more it would take seconds."""

_ALIKE = 300
"""Turns with the same words that are told apart by their neighbours, at most."""

_CLOSE = 8
"""Turns around one in which another with its words can be taken for it."""

_NEAR = 200
"""Turns around one among which another with its words is looked for where there are very many."""

_SIZE = 16
"""Hexadecimal digits that are kept of a digest."""

_BITS = 128
_SEEDS = np.array(
    [
        int.from_bytes(hashlib.blake2b(b"sketch %d" % i, digest_size=8).digest(), "big") | 1
        for i in range(2 * _BITS)
    ],
    np.uint64,
)

Beside = tuple[str, str, int]
"""A neighbour: its id, its mark, and how many turns stand between; no id where there is none."""


class Layer(NamedTuple):
    """What is known of a turn's words, or of its summary.

    ``mark``: digest of six words or more.  ``before``, ``after``: the nearest neighbours that
    have a mark, two at most.  ``pairs``: of fewer words, digests together with the words of
    the one before and of the one after.  ``many``: how many words.

    Examples
    --------
    >>> Layer("ab").pairs
    ('', '')
    """

    mark: str = ""
    before: tuple[Beside, ...] = ()
    after: tuple[Beside, ...] = ()
    pairs: tuple[str, str] = ("", "")
    many: int = 0
    sketch: str = ""
    flags: str = ""


class Trace(NamedTuple):
    """What is known of a turn, without its words.

    ``flags`` of a layer: ``u`` if no other turn had the same words; ``2`` if none had them
    between the same neighbours; ``b`` and ``a`` if the neighbour before and after was the only
    one with its words; ``t`` if another turn near had its words.

    Examples
    --------
    >>> Trace("t1", "c", "s", "cut", Layer(), Layer(), "", "", 0).kind
    'cut'
    """

    turn_id: str
    talk: str
    speaker: str
    kind: str
    text: Layer
    gist: Layer
    heading: str
    name: str
    words: int

    def layer(self, name: str) -> Layer:
        """One of the two layers."""
        return self.gist if name == "gist" else self.text


@lru_cache(maxsize=1 << 14)
def trace_of(known: str) -> Trace | None:
    """The trace that a text of :meth:`Ground.known` holds; None if it is none.

    Examples
    --------
    >>> trace_of("from a later version") is None
    True
    """
    try:
        core, end = json.JSONDecoder().raw_decode(known)
        extra = json.loads(known[end:])
        layers = []
        for told, more in zip(core[4:6], extra[:2], strict=True):
            before, after = (tuple((str(i), str(m), int(g)) for i, m, g in s) for s in told[1:3])
            pairs = (str(told[3]), str(told[4]))
            layers.append(
                Layer(str(told[0]), before, after, pairs, int(more[0]), str(more[1]), str(more[2]))
            )
        first = [str(part) for part in core[:4]]
        return Trace(*first, *layers, str(extra[2]), str(extra[3]), int(extra[4]))  # type: ignore[call-arg, arg-type]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None


def window(words: Sequence[str], salt: str) -> str:
    """The digest of some words that follow each other.

    Examples
    --------
    >>> window(["one", "two"], "x") == window(["one", "two"], "y")
    False
    """
    return digest(" ".join(words).encode("utf-8", "surrogatepass"), salt).hex()[:_SIZE]


def sketch(words: Sequence[str]) -> str:
    """Signs by which the likeness of two texts can be told, and nothing else.

    One bit of each of 128 smallest hashes over the different words (Li and König 2010,
    *b-Bit Minwise Hashing*): fewer bits than would spell the words.
    """
    if len(words) < SHORTEST_FINGERPRINT:
        return ""
    with np.errstate(over="ignore"):
        hashed = np.array([_hashed(word) for word in set(words)], np.uint64)
        mixed = hashed[:, None] * _SEEDS[None, :_BITS] + _SEEDS[None, _BITS:]
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(32)
    bits = (mixed.min(axis=0) & np.uint64(1)).astype(np.uint8)
    return np.packbits(bits).tobytes().hex()


@lru_cache(maxsize=1 << 16)
def _hashed(word: str) -> int:
    raw = word.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "big")


def likeness(one: str, other: str) -> float:
    """The share of different words that two texts have in common, as their sketches tell it.

    Examples
    --------
    >>> words = "the boat was found in the evening behind the lighthouse".split()
    >>> likeness(sketch(words), sketch([*words, "again"])) > 0.6
    True
    >>> likeness(sketch(words), "")
    0.0
    """
    try:
        apart = (int(one, 16) ^ int(other, 16)).bit_count()
    except ValueError:
        return 0.0
    return max(0.0, 1 - 2 * apart / _BITS) if len(one) == len(other) else 0.0


class Ground:
    """One corpus, looked at turn by turn, and as a whole only when that is needed.

    :func:`ground` gives the one of a corpus.
    """

    def __init__(self, corpus: Corpus) -> None:
        whole = corpus.whole
        self._corpus = ref(whole)
        turns = whole.tables()["turns"]
        self.salt = whole.descriptor.fingerprint_salt
        self.size = len(turns)
        self._cells: dict[str, Sequence[str]] = {}
        for name in ("turn_id", "conversation_id", "speaker_id", "kind", *LAYERS, "fingerprint"):
            if name in turns:
                column = Column(turns[name])
                self._cells[name] = column if self.size > _FEW else list(column)
        self._cores: dict[int, str] = {}
        self._said: dict[tuple[int, str], tuple[str, ...]] = {}
        self._marks: dict[tuple[int, str], str] = {}
        self._rows: dict[str, int | None] = {}
        self._tokens: dict[tuple[int, str], list[Token]] = {}
        self._headings: dict[str, str] = {}
        self._names: dict[str, str] | None = None

    @property
    def corpus(self) -> Corpus:
        """The corpus, which must still be there."""
        corpus = self._corpus()
        if corpus is None:
            raise RuntimeError("the corpus is gone")
        return corpus

    def cell(self, row: int, column: str) -> str:
        """A cell of the turns; empty if there is no such column."""
        return self._cells[column][row] if column in self._cells else ""

    def row(self, turn_id: str) -> int | None:
        """The row of a turn; None if there is none."""
        if self.size <= _FEW:
            return self._few_rows.get(turn_id)
        if turn_id not in self._rows:
            try:
                self._rows[turn_id] = self.corpus.row(turn_id)
            except SelectionError:
                self._rows[turn_id] = None
        return self._rows[turn_id]

    @cached_property
    def _few_rows(self) -> dict[str, int]:
        return {turn_id: row for row, turn_id in enumerate(self._cells["turn_id"])}

    @cached_property
    def speakers(self) -> frozenset[str]:
        """The ids of all who speak."""
        return frozenset(self.corpus.tables()["speakers"]["speaker_id"])

    def shown(self, row: int) -> str:
        """The layer that there is to read of a turn."""
        return "text" if self.cell(row, "text") else "gist"

    def tokens(self, row: int, layer: str) -> list[Token]:
        """The words of a turn, with their places."""
        found = self._tokens.get((row, layer))
        if found is None:
            if len(self._tokens) > _FEW:
                self._tokens.clear()
            found = self._tokens[row, layer] = tokens(self.cell(row, layer))
        return found

    def words(self, row: int, layer: str) -> tuple[str, ...]:
        """The words of a turn as fingerprints count them; its signs, if it has no word."""
        found = self._said.get((row, layer))
        if found is None:
            text = self.cell(row, layer)
            found = bare_words(text)
            if len(self._said) > 4 * _FEW:
                self._said.clear()
            self._said[row, layer] = found
        return found

    def mark(self, row: int, layer: str) -> str:
        """The digest of a turn of six words or more; where they are missing, the published one."""
        found = self._marks.get((row, layer))
        if found is None:
            words = self.words(row, layer)
            found = (fingerprint_of(words, self.salt) or "")[:_SIZE]
            if not words and layer == "text":
                found = self.cell(row, "fingerprint")[:_SIZE]
            self._marks[row, layer] = found
        return found

    def beside(self, row: int, layer: str, step: int) -> tuple[Beside, ...]:
        """The nearest two turns of the conversation that have a mark, on one side."""
        found = islice(self._marked(row, layer, step, self.cell(row, "conversation_id")), 2)
        beside = tuple(
            (self.cell(at, "turn_id"), self.mark(at, layer), abs(at - row) - 1) for at in found
        )
        return beside or (("", "", self.to_edge(row, step)),)

    def to_edge(self, row: int, step: int) -> int:
        """How many turns of its conversation there are on one side of a turn; not above 60."""
        talk = self.cell(row, "conversation_id")
        at, many = row + step, 0
        while many < FAR and 0 <= at < self.size and self.cell(at, "conversation_id") == talk:
            at, many = at + step, many + 1
        return many

    def _marked(self, row: int, layer: str, step: int, talk: str | None) -> Iterator[int]:
        for at in range(row + step, row + step * (FAR + 1), step):
            if not 0 <= at < self.size:
                return
            if talk is not None and self.cell(at, "conversation_id") != talk:
                return
            if self.mark(at, layer):
                yield at

    def pairs(self, row: int, layer: str) -> tuple[str, str]:
        """Digests of a turn of less than six words, each with a neighbour's words."""
        words = self.words(row, layer)
        if not words or len(words) >= SHORTEST_FINGERPRINT:
            return "", ""
        talk: str | None = self.cell(row, "conversation_id")
        found = [next(self._marked(row, layer, step, talk), None) for step in (-1, 1)]
        if found == [None, None]:
            # A conversation of a few words: those of the next ones help.
            found = [next(self._marked(row, layer, step, None), None) for step in (-1, 1)]
        if found == [None, None]:
            return window(["alone", *words], self.salt), ""
        made = ["", ""]
        for side, at in enumerate(found):
            if at is not None and (others := self.words(at, layer)):
                made[side] = window([*words, f"<{side}>", *others], self.salt)
        return made[0], made[1]

    def core(self, row: int) -> str:
        """All by which a turn is known to be unchanged, between the same neighbours."""
        found = self._cores.get(row)
        if found is None:
            layers = [
                [
                    self.mark(row, layer),
                    self.beside(row, layer, -1),
                    self.beside(row, layer, 1),
                    *self.pairs(row, layer),
                ]
                for layer in LAYERS
            ]
            names = ("turn_id", "conversation_id", "speaker_id", "kind")
            facts = [self.cell(row, name) for name in names]
            found = _spelt([*facts, *layers, self.published(row)])
            self._cores[row] = found
        return found

    def known(self, row: int) -> str:
        """All that an anchor keeps of a turn, as one text; it begins with :meth:`core`."""
        count = self.published(row)
        layers = []
        for layer in LAYERS:
            words = self.words(row, layer)
            many = len(words) or (count if layer == "text" else 0)
            layers.append([many, sketch(words), self._flags(row, layer)])
        told = [*self._facts(row), count or layers[0][0]]
        return self.core(row) + _spelt([*layers, *told])

    def published(self, row: int) -> int:
        """The length of a published turn in words; 0 if it is not told."""
        turns = self.corpus.tables()["turns"]
        many = turns["words"].iat[row] if "words" in turns else None
        return int(many) if isinstance(many, Integral) else 0

    def _facts(self, row: int) -> tuple[str, str]:
        """The heading of the conversation, and the name of who speaks."""
        talk, speaker = self.cell(row, "conversation_id"), self.cell(row, "speaker_id")
        if talk not in self._headings:
            self._headings[talk] = _cut(str(self.corpus.talk(row).heading), 80)
        if self._names is None:
            speakers = self.corpus.tables()["speakers"]
            names = speakers["name"] if "name" in speakers else speakers["speaker_id"]
            self._names = dict(zip(speakers["speaker_id"], names, strict=True))
        return self._headings[talk], _cut(str(self._names.get(speaker, "")), 60)

    def _flags(self, row: int, layer: str) -> str:
        alike = self._alike(row, layer)
        if alike is None or len(alike) > _ALIKE:
            return "t" if self.twin(row, layer) else ""
        here = self._between(row, layer)
        flags = "" if alike else "u"
        flags += "2" if all(self._between(at, layer) != here for at in alike) else ""
        flags += "t" if self.twin(row, layer) else ""
        if self.size <= _FEW or layer in self._index:
            for flag, step in (("b", -1), ("a", 1)):
                mark = self.beside(row, layer, step)[0][1]
                flags += flag if mark and len(self.having(mark, layer)) == 1 else ""
        return flags

    def twin(self, row: int, layer: str) -> bool:
        """Whether a turn with the same words stands within a few turns of one."""
        words, mark = self.words(row, layer), self.mark(row, layer)
        near = range(max(row - _CLOSE, 0), min(row + _CLOSE + 1, self.size))
        return any(
            at != row and self.words(at, layer) == words and self.mark(at, layer) == mark
            for at in near
        )

    def _between(self, row: int, layer: str) -> tuple[tuple[str, int], ...]:
        return tuple(self.beside(row, layer, step)[0][1:] for step in (-1, 1))

    def _alike(self, row: int, layer: str) -> list[int] | None:
        """The other turns with the same words; None if that would take too long to find out."""
        words, mark = self.words(row, layer), self.mark(row, layer)
        if not words and not mark:
            return None
        if self.size <= _FEW or layer in self._index:
            key = mark or window(words, self.salt)
            return [at for at in self.having(key, layer) if at != row]
        if not mark:
            return None
        column, value = (layer, self.cell(row, layer)) if words else ("fingerprint", None)
        cells = self._cells[column]
        assert isinstance(cells, Column)
        same = pc.equal(cells.cells, value or self.cell(row, column))
        rows: list[int] = np.flatnonzero(same.to_numpy(zero_copy_only=False)).tolist()
        return [at for at in rows if at != row]

    @cached_property
    def _index(self) -> dict[str, tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]:
        return {}

    def having(self, mark: str, layer: str) -> list[int]:
        """The rows of the turns that have a mark; of the whole corpus, so it may take a while."""
        if layer not in self._index:
            told = (
                self._keys(layer)
                if self.size > _FEW
                else (self._key(row, layer) for row in range(self.size))
            )
            keys = np.fromiter((int(key or "0", 16) for key in told), np.uint64, self.size)
            order = np.argsort(keys, kind="stable")
            self._index[layer] = (keys[order], order)
        keys, order = self._index[layer]
        try:
            wanted = np.uint64(int(mark, 16))
        except (ValueError, OverflowError):
            return []
        if not wanted:
            return []
        begin, end = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
        return sorted(order[begin:end].tolist())

    def alone(self, row: int, layer: str) -> bool:
        """Whether no other turn has the words of one; of very many, none that is near."""
        key = self.mark(row, layer) or window(self.words(row, layer), self.salt)
        if self.size <= _FEW or layer in self._index:
            return len(self.having(key, layer)) == 1
        words = self.words(row, layer)
        near = range(max(row - _NEAR, 0), min(row + _NEAR + 1, self.size))
        return not any(at != row and self.words(at, layer) == words for at in near)

    def _key(self, row: int, layer: str) -> str:
        words = self.words(row, layer)
        return self.mark(row, layer) or (window(words, self.salt) if words else "")

    def _keys(self, layer: str) -> Iterator[str]:
        """The keys of very many turns, by the index of words as far as it goes."""
        words = self.corpus.word_index.arrays
        letters, spelt = words["letters"].tobytes(), words["spelt"].tolist()
        vocabulary = [letters[i:j].decode("utf-8", "surrogatepass") for i, j in pairwise(spelt)]
        plain_words = ["", *map(bare, vocabulary)]
        begun = words["begun"]
        for row in range(self.size):
            said: Sequence[str] = ()
            if self.shown(row) == layer:
                numbers = words["said"][int(begun[row]) : int(begun[row + 1]) - 1].tolist()
                said = [plain_words[number] for number in numbers]
            said = said or bare_words(self.cell(row, layer))
            if said:
                yield window(said, self.salt)
            else:
                yield self.cell(row, "fingerprint")[:_SIZE] if layer == "text" else ""


_grounds: WeakKeyDictionary[Corpus, Ground] = WeakKeyDictionary()


def ground(corpus: Corpus) -> Ground:
    """What stands where in a corpus; made once.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> demo = load("demo")
    >>> ground(demo) is ground(demo.select(speaker="Irena"))
    True
    """
    whole = corpus.whole
    found = _grounds.get(whole)
    if found is None:
        found = _grounds[whole] = Ground(whole)
    return found


def bare_words(text: str) -> tuple[str, ...]:
    """The words of a text as fingerprints count them; its signs, if it has no word.

    Examples
    --------
    >>> bare_words("Don't!"), bare_words(" … ")
    (('dont',), ('…',))
    """
    words = tuple(bare(token.word) for token in tokens(text))
    signs = "" if words else plain(text)
    return (signs,) if signs else words


def _spelt(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _cut(text: str, size: int) -> str:
    return text if len(text) <= size else f"{text[: size - 1]}…"
