"""The index of a corpus: which words stand where, and which values go together.

Both parts are arrays of numbers, made once, in memory or wherever `Make` puts them, and read
without being loaded: a search or a count touches what it needs.  Words are those of
:func:`readerlib.text.tokens`, terms those of :mod:`readerlib.search`, so that the index finds
what a scan of the texts would.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain, pairwise
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from readerlib.columns import Column
from readerlib.search import Wanted, wanted
from readerlib.text import tokens

Array = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

Make = Callable[[str, tuple[int, ...], Any], Array]
"""Makes the array of a name, a shape and a type, to be filled."""

CHUNK = 1 << 16
"""Turns that are taken into the index at a time."""

_MANY = 10_000
_KEPT_PIECE = 40
_KEPT_PIECES = 1_000_000


def in_memory(name: str, shape: tuple[int, ...], kind: Any) -> Array:
    """An empty array in memory.

    Examples
    --------
    >>> in_memory("rows", (2,), np.uint32).shape
    (2,)
    """
    return np.empty(shape, kind)


class Words:
    """Where each word stands: sorted arrays of numbers.

    Every word of every turn has a place, counted through the whole corpus; behind the last
    word of a turn one place is left free, so that no phrase reaches into the next turn.

    Parameters
    ----------
    arrays : mapping of str to array
        ``letters`` and ``spelt``: the vocabulary in UTF-8, sorted, and where each word begins
        in it.  ``said``: the number of the word at each place, from 1; 0 is the free one.
        ``begun``: the place where each turn begins, and one after the last.  ``places`` and
        ``placed``: for each word, one after the other, all its places in order; and where
        the ones of a word begin.  ``rows`` and ``rowed``: the same with rows of turns.

    Examples
    --------
    >>> words = Words.of([["Come home.", "Home, come!", "coming"]])
    >>> words.mask(["come home"]).tolist(), words.mask(["com*"]).tolist()
    ([True, False, False], [True, True, True])
    """

    NAMES = ("letters", "spelt", "said", "begun", "places", "placed", "rows", "rowed")

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self.arrays = {name: arrays[name] for name in self.NAMES}
        self._letters, self._spelt, self._said, self._begun = (
            self.arrays[name] for name in self.NAMES[:4]
        )
        self._places, self._placed, self._rows, self._rowed = (
            self.arrays[name] for name in self.NAMES[4:]
        )

    @classmethod
    def of(
        cls,
        texts: Iterable[Any],
        make: Make = in_memory,
        progress: Callable[[int], object] = lambda turns: None,
    ) -> Self:
        """The index of texts.

        Parameters
        ----------
        texts : iterable of sequences of str
            One text for each turn, some of them at a time: at most 65,536.
        make : callable
            Makes the arrays that grow with the texts.
        progress : callable
            Called with the number of turns since the last call; in all, twice their number.
        """
        numbers: dict[str, int] = {}
        pieces: dict[str, tuple[int, ...]] = {}
        chunks: list[Array] = []
        sizes: list[Array] = []
        for part in texts:
            said, size = _numbered(part, numbers, pieces)
            chunks.append(said)
            sizes.append(size)
            progress(len(size))
        del pieces
        vocabulary = sorted(numbers)
        rank = np.zeros(len(numbers) + 1, np.int64)
        rank[[numbers[word] for word in vocabulary]] = np.arange(1, len(vocabulary) + 1)
        spelt = [word.encode("utf-8", "surrogatepass") for word in vocabulary]
        arrays = {
            "letters": _filled(make, "letters", np.frombuffer(b"".join(spelt), np.uint8)),
            "spelt": _filled(make, "spelt", _sums([len(word) for word in spelt])),
        }
        begun = _sums(np.concatenate([*sizes, np.empty(0, np.int64)]) + 1)
        kind = _smallest(int(begun[-1]))
        arrays["begun"] = _filled(make, "begun", begun.astype(kind))
        every = arrays["said"] = make("said", (int(begun[-1]),), _smallest(len(vocabulary)))
        place_counts = np.zeros(len(rank), np.int64)
        row_counts = np.zeros(len(rank), np.int64)
        at = 0
        for size in sizes:
            said = rank[chunks.pop(0)].astype(every.dtype)
            every[at : at + len(said)] = said
            at += len(said)
            word, _, _, new = _sorted(said, size)
            place_counts += np.bincount(word, minlength=len(rank))
            row_counts += np.bincount(word[new], minlength=len(rank))
        arrays["placed"] = _filled(make, "placed", _sums(place_counts[1:]))
        arrays["rowed"] = _filled(make, "rowed", _sums(row_counts[1:]))
        arrays["places"] = make("places", (int(arrays["placed"][-1]),), kind)
        arrays["rows"] = make("rows", (int(arrays["rowed"][-1]),), _smallest(len(begun)))
        place_at, row_at = arrays["placed"] - 0, arrays["rowed"] - 0
        at = row = 0
        for size in sizes:
            said = every[at : at + int(size.sum()) + len(size)]
            word, place, of, new = _sorted(said, size)
            _dealt(arrays["places"], place_at, word - 1, place + at)
            _dealt(arrays["rows"], row_at, word[new] - 1, of[new] + row)
            at += len(said)
            row += len(size)
            progress(len(size))
        return cls(arrays)

    def __len__(self) -> int:
        """How many turns there are."""
        return len(self._begun) - 1

    def mask(self, find: Iterable[str]) -> Mask:
        """Which turns hold every one of the terms, as :func:`readerlib.search.holds` says."""
        found: Mask | None = None
        for term in find:
            held = np.zeros(len(self), bool)
            held[self.rows(term)] = True
            found = held if found is None else found & held
        return np.ones(len(self), bool) if found is None else found

    def rows(self, term: str) -> Array:
        """The rows of the turns that hold the term; in no order, and some perhaps twice."""
        spans = [self._span(word) for word in wanted(term)]
        if len(spans) == 1:
            first, last = spans[0]
            return self._rows[self._rowed[first] : self._rowed[last]]
        return self.hits(term)[0]

    def count(self, term: str) -> int:
        """How often a term matches in all the turns."""
        spans = [self._span(word) for word in wanted(term)]
        if len(spans) == 1:
            first, last = spans[0]
            return int(self._placed[last]) - int(self._placed[first])
        return len(self.hits(term)[0])

    def marks(self, find: Iterable[str], among: Mask) -> int:
        """How many stretches the terms match in some turns, as :func:`readerlib.search.apart` says.

        Parameters
        ----------
        find : iterable of str
        among : mask of turns
        """
        terms = [[self._span(word) for word in wanted(term)] for term in find]
        spans = sorted(span for term in terms for span in term)
        size = sum(int(self._placed[last]) - int(self._placed[first]) for first, last in spans)
        apart = all(one[1] <= other[0] for one, other in pairwise(spans))
        if size > _MANY and apart and all(len(term) == 1 for term in terms):
            # Single words of which none is another cannot overlap: counting them is enough.
            among_places = np.repeat(among, np.diff(self._begun))
            return sum(
                int(among_places[self._places[self._placed[first] : self._placed[last]]].sum())
                for first, last in spans
            )
        every = [(*self.hits(term), len(wanted(term))) for term in find]
        rows, starts = (np.concatenate([hit[k] for hit in every]) for k in (0, 1))
        ends = starts + np.repeat([hit[2] for hit in every], [len(hit[0]) for hit in every])
        kept = among[rows]
        rows, starts, ends = rows[kept], starts[kept], ends[kept]
        order = np.lexsort((ends, starts, rows))
        # Turns are set so far apart that no stretch of one reaches into the next.
        far = (int(ends.max(initial=0)) + 1) * rows[order]
        reach = np.maximum.accumulate(far + ends[order])
        return int(np.count_nonzero(np.diff(reach, prepend=-1)))

    def hits(self, term: str) -> tuple[Array, Array]:
        """Where a term matches: the rows of turns, and the number of its first word in each.

        Words of a turn are counted from 0, as :func:`readerlib.text.tokens` gives them.
        In the order of the words that match, not of the turns, where an ending is open.
        """
        spans = [self._span(word) for word in wanted(term)]
        if not spans or any(first == last for first, last in spans):
            return np.empty(0, np.intp), np.empty(0, np.intp)
        counts = [int(self._placed[last]) - int(self._placed[first]) for first, last in spans]
        rarest = counts.index(min(counts))
        first, last = spans[rarest]
        starts = self._places[self._placed[first] : self._placed[last]].astype(np.int64) - rarest
        starts = starts[(starts >= 0) & (starts + len(spans) <= len(self._said))]
        for i in sorted(range(len(spans)), key=counts.__getitem__):
            if i != rarest:
                said = self._said[starts + i]
                low, high = spans[i]
                # Numbers of words count from 1 at a place.
                starts = starts[(said > low) & (said <= high)]
        begun = self._begun
        rows = np.searchsorted(begun, starts.astype(begun.dtype), side="right") - 1
        return rows, starts - begun[rows]

    def counts(self, among: Mask) -> tuple[Array, Array]:
        """How often each word is said in some turns, and in how many of these, by its number.

        Examples
        --------
        >>> words = Words.of([["Come home.", "Home, sweet home!"]])
        >>> [counted.tolist() for counted in words.counts(np.array([False, True]))]
        [[0, 2, 1], [0, 1, 1]]
        >>> words.vocabulary([1, 2])
        ['home', 'sweet']
        """
        size = len(self._spelt)
        every = self._said if among.all() else self._said[np.repeat(among, np.diff(self._begun))]
        # Number 0 is the free place behind a turn.
        counts = np.bincount(every, minlength=size)[1:]
        # Every word has a row, so that no stretch of them is empty.
        held = among[self._rows]
        turns = np.add.reduceat(held, self._rowed[:-1], dtype=np.int64) if len(held) else counts
        return counts, turns

    def pairs(self, among: Mask) -> tuple[Array, Array, Array]:
        """Every word that is said in some turns with each turn that holds it, and how often.

        Returns
        -------
        tuple
            The number of the word in the vocabulary, the row of the turn, and how often it is
            said there; in the order of words, those of one word in the order of turns.

        Examples
        --------
        >>> words = Words.of([["Come home.", "Home, sweet home!"]])
        >>> [part.tolist() for part in words.pairs(np.array([True, True]))]
        [[0, 1, 1, 2], [0, 0, 1, 1], [1, 1, 2, 1]]
        """
        pairs, times = self._repeated
        counts = np.ones(len(self._rows), np.int32)
        counts[pairs] = times
        words = np.repeat(np.arange(len(self._rowed) - 1, dtype=np.int32), np.diff(self._rowed))
        rows = np.asarray(self._rows)
        if among.all():
            return words, rows, counts
        kept = among[rows]
        return words[kept], rows[kept], counts[kept]

    def surplus(self, among: Mask) -> Array:
        """For each word how much larger the sum of its squared counts in turns is than its count.

        Counted are some turns.  A word that no turn says twice has none.

        Examples
        --------
        >>> words = Words.of([["Come home.", "Home, sweet home!"]])
        >>> words.surplus(np.array([True, True])).tolist()
        [0, 2, 0]
        """
        pairs, times = self._repeated
        kept = among[self._rows[pairs]]
        pairs, times = pairs[kept], times[kept]
        words = np.searchsorted(self._rowed, pairs, side="right") - 1
        size = len(self._rowed) - 1
        return np.bincount(words, times * (times - 1), minlength=size).astype(np.int64)

    def beside(self, among: Mask) -> Array:
        """For each word the lengths of the turns in which it is said, added up each time.

        Counted are some turns.

        Examples
        --------
        >>> words = Words.of([["Come home.", "Home, sweet home!"]])
        >>> words.beside(np.array([True, True])).tolist()
        [2, 8, 3]
        """
        lengths = self.sizes()[among].astype(float)
        every = self._said[np.repeat(among, np.diff(self._begun))]
        places = np.repeat(lengths, lengths.astype(np.int64) + 1)
        return np.bincount(every, places, minlength=len(self._spelt))[1:].astype(np.int64)

    @cached_property
    def _repeated(self) -> tuple[Array, Array]:
        """Which of ``rows`` a word is said in more than once, and how often."""
        of = np.repeat(np.arange(len(self), dtype=self._rows.dtype), np.diff(self._begun))
        at = of[self._places]
        again = np.zeros(len(at), bool)
        np.equal(at[1:], at[:-1], out=again[1:])
        again[self._placed[:-1]] = False
        # Each one that stands in the row of the one before has no place of its own in ``rows``.
        behind = np.flatnonzero(again)
        behind -= np.arange(1, len(behind) + 1)
        first = np.flatnonzero(np.diff(behind, prepend=-1))
        return behind[first], np.diff(first, append=len(behind)) + 1

    def sizes(self) -> Array:
        """How many words there are to read of each turn.

        Examples
        --------
        >>> Words.of([["Come home.", ""]]).sizes().tolist()
        [2, 0]
        """
        sizes: Array = np.diff(self._begun.astype(np.int64)) - 1
        return sizes

    def vocabulary(self, numbers: Iterable[int]) -> list[str]:
        """The words of these numbers, which count from 0 in the order of code points."""
        letters, spelt = self._letters.tobytes(), self._spelt.tolist()
        return [letters[spelt[n] : spelt[n + 1]].decode("utf-8", "surrogatepass") for n in numbers]

    def _span(self, word: Wanted) -> tuple[int, int]:
        """The words that are wanted: from a number in the vocabulary up to another."""
        sought = word.word.encode("utf-8", "surrogatepass")
        every = range(len(self._spelt) - 1)
        first = bisect_left(every, sought, key=self._word)
        if word.open_ended:
            length = len(sought)
            last = bisect_left(every, True, first, key=lambda n: self._word(n)[:length] > sought)
        else:
            last = first + (first < len(every) and self._word(first) == sought)
        return first, last

    def _word(self, number: int) -> bytes:
        """The word of a number."""
        return bytes(self._letters[self._spelt[number] : self._spelt[number + 1]])


def _numbered(
    texts: Any, numbers: dict[str, int], pieces: dict[str, tuple[int, ...]]
) -> tuple[Array, Array]:
    """The words of the texts as numbers, 0 behind each text; and how many words each has.

    No word holds white space, so a text's words are those of its pieces between white space,
    and a piece that comes again has the same ones.
    """
    split = pc.ascii_split_whitespace(Column(texts).cells)
    bounds = split.offsets.to_numpy()
    coded = split.values.slice(bounds[0], bounds[-1] - bounds[0]).dictionary_encode()
    codes = coded.indices.to_numpy()
    words: list[tuple[int, ...]] = []
    for piece in coded.dictionary.to_pylist():
        known = pieces.get(piece)
        if known is None:
            known = tuple(numbers.setdefault(t.word, len(numbers) + 1) for t in tokens(piece))
            if len(piece) <= _KEPT_PIECE and len(pieces) < _KEPT_PIECES:
                pieces[piece] = known
        words.append(known)
    lengths = np.array([len(word) for word in words], np.int64)
    every = np.fromiter(chain.from_iterable(words), np.int64, int(lengths.sum()))
    counts = lengths[codes]
    total = _sums(counts)
    said = every[_ranges((_sums(lengths)[:-1])[codes], counts)]
    sizes = np.diff(total[bounds - bounds[0]])
    apart = np.zeros(len(said) + len(sizes), np.int32 if len(numbers) < 2**31 else np.int64)
    apart[np.arange(len(said)) + np.repeat(np.arange(len(sizes)), sizes)] = said
    return apart, sizes


def _sorted(said: Array, sizes: Array) -> tuple[Array, Array, Array, Mask]:
    """The words of some turns, sorted by number and place.

    Returns
    -------
    tuple
        Number, place and row of each, and whether it is the first of its number in its row.
    """
    place = np.flatnonzero(said)
    both = (said[place].astype(np.int64) << 32) | place
    both.sort()
    word, place = both >> 32, both & 0xFFFFFFFF
    of = np.repeat(np.arange(len(sizes)), sizes + 1)[place]
    new = np.ones(len(word), bool)
    new[1:] = (word[1:] != word[:-1]) | (of[1:] != of[:-1])
    return word, place, of, new


def _dealt(into: Array, at: Array, numbers: Array, values: Array) -> None:
    """Put values behind the ones that their numbers have already; numbers are sorted."""
    counts = np.bincount(numbers, minlength=len(at))
    before = _sums(counts)[:-1]
    into[(at - before)[numbers] + np.arange(len(numbers))] = values
    at += counts


def _ranges(starts: Array, counts: Array) -> Array:
    """The numbers from each start on, as many as its count, one after the other."""
    before = _sums(counts)
    return np.repeat(starts - before[:-1], counts) + np.arange(int(before[-1]))


def _sums(counts: Sequence[int] | Array) -> Array:
    """How much there is before each, and in the end the whole."""
    total = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=total[1:])
    return total


def _smallest(most: int) -> Any:
    """The smallest type that holds the number."""
    return next(kind for kind in (np.uint16, np.uint32, np.uint64) if most <= np.iinfo(kind).max)


def _filled(make: Make, name: str, values: Array) -> Array:
    made = make(name, values.shape, values.dtype)
    made[...] = values
    return made


class Cells:
    """Which values go together: turns that agree in every column are one cell.

    There are far fewer cells than turns, and a choice of values is a choice of cells.

    Parameters
    ----------
    arrays : mapping of str to array
        ``cell``: the cell of each turn.  ``codes``: for each column, the code of each cell,
        from 1; 0 where it has none.  ``sizes``: how many turns each cell has.

    Examples
    --------
    >>> cells = Cells.of([np.array([0, 0, 1]), np.array([0, 0, -1])], 3)
    >>> cells.cell.tolist(), cells.codes.tolist(), cells.sizes.tolist()
    ([0, 0, 1], [[1, 2], [1, 0]], [2, 1])
    """

    NAMES = ("cell", "codes", "sizes")

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self.arrays = {name: arrays[name] for name in self.NAMES}
        self.cell, self.codes, self.sizes = (self.arrays[name] for name in self.NAMES)

    def __len__(self) -> int:
        """How many cells there are."""
        return len(self.sizes)

    @classmethod
    def of(cls, columns: Iterable[Array], size: int, make: Make = in_memory) -> Self:
        """The cells of columns of codes from 0, each as long as `size`; -1 for none."""
        columns = list(columns)
        cell = np.zeros(size, np.int64)
        for codes in columns:
            joint = cell * (int(codes.max(initial=0)) + 2) + codes + 1
            cell = pa.array(joint).dictionary_encode().indices.to_numpy().astype(np.int64)
        sizes = np.bincount(cell)
        example = np.zeros(len(sizes), np.int64)
        example[cell[::-1]] = np.arange(size - 1, -1, -1)
        codes = np.array([column[example] + 1 for column in columns], np.intp)
        return cls(
            {
                "cell": _filled(make, "cell", cell.astype(np.intp)),
                "codes": _filled(make, "codes", codes.reshape(len(columns), len(sizes))),
                "sizes": _filled(make, "sizes", sizes.astype(np.int64)),
            }
        )

    def having(self, column: int, numbers: Sequence[int]) -> Mask:
        """The cells that have one of these codes, from 0, in a column."""
        codes = self.codes[column]
        wanted = np.zeros(int(codes.max(initial=0)) + 1, bool)
        wanted[[number + 1 for number in numbers]] = True
        having: Mask = wanted[codes]
        return having

    def counts(self, column: int, kept: Mask | None, sizes: Array, values: int) -> Array:
        """How many turns have each value of a column, of the turns in some of the cells.

        Parameters
        ----------
        column : int
        kept : mask of cells, or None for all of them
        sizes : array
            How many turns of each cell count.
        values : int
            How many values there are.
        """
        codes = self.codes[column]
        if kept is not None:
            some = np.flatnonzero(kept)
            codes, sizes = codes[some], sizes[some]
        return np.bincount(codes, sizes, values + 1)[1:]
