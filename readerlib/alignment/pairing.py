"""Which turns of the sides of a comparison stand in one row."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Any, NamedTuple, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from readerlib.alignment.matching import LIMIT, Group, Matching, Told, rising
from readerlib.alignment.sides import Side
from readerlib.corpus import Corpus
from readerlib.errors import Problem, ReaderError, SelectionError, listed, quoted, suggestion

Array = npt.NDArray[Any]
Links = Mapping[int, Sequence[int]]
"""Turn of one side → the turns of another that belong to it."""

WAYS = ("place", "position", "retells", "match")
"""How rows can be made besides by the values of a facet."""

FACET = "facet:"
"""Stands before the name of a facet that is called like one of the other ways."""

RETELLS = "retells"
"""The layer of annotations that says which turn of a source a turn retells."""

MOST = 4
"""Sides of a comparison."""


class Row(NamedTuple):
    """A row of a comparison: for each side the turns that stand there, none where it has none.

    ``cells`` are rows of each side's whole corpus; ``heading`` says what they share, where
    that is a value of a facet.

    Examples
    --------
    >>> Row(((3,), ())).heading
    ''
    """

    cells: tuple[tuple[int, ...], ...]
    heading: str = ""


class _Columns(Sequence[Row]):
    """Rows that have one turn of each side at most, made when they are asked for."""

    def __init__(self, columns: Sequence[Array]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0])

    @overload
    def __getitem__(self, number: int) -> Row: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Row]: ...
    def __getitem__(self, number: int | slice) -> Row | Sequence[Row]:
        if isinstance(number, slice):
            return _Columns([column[number] for column in self.columns])
        cells = (int(column[number]) for column in self.columns)
        return Row(tuple((row,) if row >= 0 else () for row in cells))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{len(self)} rows>"


def rows(sides: Sequence[Side], by: str) -> Sequence[Row]:
    """The rows of a comparison: each selected turn of each side stands in one, at least.

    Parameters
    ----------
    sides : sequence of Side
        Two to four, of the same corpus or of different ones.
    by : str
        ``place``
            The same turn, by its ``turn_id``, in reading order.  A turn that only some sides
            have stands behind the turn it follows there.
        ``position``
            First beside first, second beside second.
        ``retells``
            Each turn of a retelling beside the turns it retells, as the layer ``retells`` of
            the retelling's annotations says, in the retelling's order.  What it leaves out
            stands in rows of its own, behind the turn that it follows in the source.
            Where nothing is said of the sides, as ``match``.
        ``match``
            What fits best, in the order of both sides; or, where the order of the one is not
            that of the other, the turns of the shorter side in their order, each beside the
            one that is most like it.
        a facet
            One row for each value that some turn has, in the order of the facet's values.  A
            turn with several values stands in several rows; those without one are
            together in the last row, whose heading is empty.  One that is called like a way
            above is written ``facet:place``.

    Returns
    -------
    sequence of Row
        With the sides in another order the same rows, with their cells in that order.

    Raises
    ------
    SelectionError
        If `by` is none of these, or a side's corpus has no such facet.
    ReaderError
        If there are too few or too many sides, or if ``match`` is asked of more turns than
        can be compared: 50 million pairs, some 7,000 turns with as many.

    Notes
    -----
    Where two sides disagree about an order, of turns or of values, that of the corpus whose
    name is first in the alphabet prevails, so that no row depends on which side comes first.

    ``match`` looks for the likeliest way through both texts (dynamic programming; a turn
    beside one or two, or alone), as Gale & Church (1993, *Computational Linguistics* 19) did
    for sentences with nothing but lengths.  Evidence here is a sum of logarithms of likelihood
    ratios.  Lengths: how far two agree.  Speakers: whose turns stand beside whose more often
    than by chance, so that other names do not matter.  Words: spelt alike, alike in sound
    where one side is in Cyrillic letters, or seen together in matched turns more often than by
    chance, each by how rare it is.  What a match teaches of speakers and words goes into the
    next one, five times at most.  Two sides run in parallel unless, of the turns that are most
    like each other in their words, less than two thirds stand in the same order.  Of three or
    four sides, taken for parallel, the longest is matched with each of the others.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> demo = load("demo")
    >>> spring, autumn = Side.parse(demo, "part=Spring"), Side.parse(demo, "part=Autumn")
    >>> rows([spring, autumn], "speaker")[1]
    Row(cells=((1, 3, 6, 9), (12,)), heading='Tomas')
    >>> len(rows([spring, autumn], "position"))
    10
    """
    if not 2 <= len(sides) <= MOST:
        raise ReaderError(
            Problem(
                f"a comparison of {len(sides)} sides",
                f"It has two sides at least and {MOST} at most.",
                "Name each side by its selection.",
            )
        )
    if by not in WAYS:
        _require_facet(sides, by)
    # What is made must not depend on the order of the sides, so it is made in one order of
    # their own, and of sides that are the same only once.
    ranks = _ranks(sides)
    different = [sides[ranks.index(rank)] for rank in range(max(ranks) + 1)]
    made = _made(different, by)
    if isinstance(made, _Columns):
        return _Columns([made.columns[rank] for rank in ranks])
    return [Row(tuple(row.cells[rank] for rank in ranks), row.heading) for row in made]


def fitting(sides: Sequence[Side]) -> str:
    """The way of making rows that fits the sides.

    ``place`` where half of each side's turns stand on the longest too, by their ids: layers of
    one corpus, a selection and parts of it, two versions of one text.  ``retells`` where
    annotations of one say that it retells another.  ``match`` for different corpora, as long
    as they are not too large for it.  ``position`` else: two selections of one corpus that
    have nothing in common.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> demo = load("demo")
    >>> fitting([Side(demo, "text"), Side(demo, "gist")])
    'place'
    >>> fitting([Side.parse(demo, "speaker=Tomas"), Side.parse(demo, "speaker=Irena")])
    'position'
    """
    return ways(sides)[0]


def ways(sides: Sequence[Side]) -> list[str]:
    """Every way of making rows that the sides allow, the fitting one first.

    Facets come last, in the order of the first side's corpus: those that every side's has,
    each as :func:`rows` takes it.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> demo = load("demo")
    >>> ways([Side.parse(demo, "speaker=Tomas"), Side.parse(demo, "speaker=Irena")])
    ['position', 'place', 'match', 'part', 'chapter', 'speaker', 'role', 'kind', 'theme', 'notice']
    """
    sizes = [len(side.corpus) for side in sides]
    feasible = all(a * b <= LIMIT for a, b in _with_longest(sizes))
    fit = "position"
    if _share_turns(sides):
        fit = "place"
    elif _retold(sides):
        fit = RETELLS
    elif feasible and not _one_corpus(sides):
        fit = "match"
    known = [name for name in WAYS if name != "match" or feasible]
    known = [name for name in known if name != RETELLS or fit == RETELLS or _retold(sides)]
    facets = [facet.name for facet in sides[0].corpus.descriptor.facets]
    for side in sides[1:]:
        own = {facet.name for facet in side.corpus.descriptor.facets}
        facets = [name for name in facets if name in own]
    return list(dict.fromkeys([fit, *known, *map(way_of, facets)]))


def way_of(facet: str) -> str:
    """A facet as a way of making rows.

    Examples
    --------
    >>> way_of("theme"), way_of("place")
    ('theme', 'facet:place')
    """
    return FACET + facet if facet in WAYS else facet


def _facet_of(way: str) -> str:
    """The facet that makes the rows."""
    name = way.removeprefix(FACET)
    return name if name in WAYS else way


def _with_longest(sizes: Sequence[int]) -> list[tuple[int, int]]:
    """The largest size with each of the others."""
    longest, *others = sorted(sizes, reverse=True)
    return [(longest, other) for other in others]


def _share_turns(sides: Sequence[Side]) -> bool:
    """Whether of each side half of the turns stand on the longest one."""
    filled = [side for side in sides if len(side.corpus)]
    most = max((len(side.corpus) for side in filled), default=0)
    one = _one_corpus(sides)
    for longest in filled:
        others = [side for side in filled if side is not longest]
        if len(longest.corpus) < most or not others:
            continue
        if one:
            mask = _mask(longest)
            shared = [int(mask[side.corpus.rows].sum()) for side in others]
        else:
            ids = _ids(longest)
            shared = [int(_ids(side).isin(ids).sum()) for side in others]
        if all(n * 2 >= len(side.corpus) for n, side in zip(shared, others, strict=True)):
            return True
    return False


def _require_facet(sides: Sequence[Side], by: str) -> None:
    """Refuse what is no way of making rows and no facet of every side."""
    problems = {}
    for side in sides:
        about = side.corpus.descriptor
        facets = [way_of(facet.name) for facet in about.facets]
        if by not in facets:
            problems[about.name] = Problem(
                f"no way {quoted(by)} of making rows with the corpus {quoted(about.name)}",
                f"Ways: {listed(WAYS)}. Facets: {listed(facets)}.",
                suggestion(by, [*WAYS, *facets]) or "Name one of these.",
            )
    if problems:
        raise SelectionError(problems.values())


def _ranks(sides: Sequence[Side]) -> list[int]:
    """The number of each side in an order that is the sides' own; the same for the same side."""
    keys: list[tuple[str, ...]] = []
    for side in sides:
        about = side.corpus.descriptor
        keys.append((about.name, str(about.version), str(side)))
    wholes: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for key, side in zip(keys, sides, strict=True):
        wholes[key].add(id(side.corpus.whole))
    # Two copies that call themselves the same are told apart by what is in them.
    keys = [
        (*key, _digest(side.corpus)) if len(wholes[key]) > 1 else key
        for key, side in zip(keys, sides, strict=True)
    ]
    order = sorted(set(keys))
    return [order.index(key) for key in keys]


def _digest(corpus: Corpus) -> str:
    """A hash of all tables of a corpus."""
    found = hashlib.blake2b(digest_size=16)
    for name, table in sorted(corpus.tables().items()):
        found.update(f"{name} {[*table.columns]} ".encode())
        found.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
    return found.hexdigest()


def _made(sides: Sequence[Side], by: str) -> Sequence[Row]:
    """The rows of different sides in their own order."""
    if by == "place":
        return _by_place(sides)
    if by == "position":
        columns = [side.corpus.rows for side in sides]
        length = max(map(len, columns))
        return _Columns(
            [np.pad(column, (0, length - len(column)), constant_values=-1) for column in columns]
        )
    if by == RETELLS and (retold := _retold(sides)):
        return _led(sides, *retold)
    if by in WAYS:
        return _by_match(sides)
    return _by_facet(sides, _facet_of(by))


def _ids(side: Side) -> pd.Index[str]:
    """The ids of a side's turns."""
    ids = side.corpus.tables()["turns"]["turn_id"]
    found: pd.Index[str] = pd.Index(ids.iloc[side.corpus.rows])
    return found


def _mask(side: Side) -> Array:
    """Which turns of the whole corpus are the side's."""
    mask = np.zeros(len(side.corpus.whole), bool)
    mask[side.corpus.rows] = True
    return mask


def _one_corpus(sides: Sequence[Side]) -> bool:
    """Whether all sides are of the same corpus in memory."""
    return len({id(side.corpus.whole) for side in sides}) == 1


def _by_place(sides: Sequence[Side]) -> Sequence[Row]:
    """The same turns beside each other."""
    if _one_corpus(sides):
        masks = [_mask(side) for side in sides]
        every = np.flatnonzero(np.logical_or.reduce(masks))
        return _Columns([np.where(mask[every], every, -1) for mask in masks])
    columns = [side.corpus.rows for side in sides]
    ids = [_ids(side) for side in sides]
    merged = _merged(ids)
    found = []
    for own, column in zip(ids, columns, strict=True):
        at = own.get_indexer(merged)
        found.append(np.where(at >= 0, np.append(column, -1)[at], -1))
    return _Columns(found)


def _merged(orders: Sequence[pd.Index[str]]) -> pd.Index[str]:
    """One order of all that stands in some orders; the first ones prevail.

    What only a later order has stands before the next thing that both have in the same
    order, behind what only the earlier ones have there.
    """
    merged: pd.Index[str] = orders[0]
    for order in orders[1:]:
        at = merged.get_indexer(order)
        common = np.flatnonzero(at >= 0)
        anchors = common[rising(at[common])]
        new = np.flatnonzero(at < 0)
        before = np.append(at[anchors], len(merged))[np.searchsorted(anchors, new)]
        merged = pd.Index(
            np.insert(merged.to_numpy(object), before, order.to_numpy(object)[new]), dtype=str
        )
    return merged


def _by_facet(sides: Sequence[Side], facet: str) -> list[Row]:
    """The turns that have the same value beside each other."""
    cells: list[dict[str, tuple[int, ...]]] = []
    orders = []
    for side in sides:
        names, turns, codes = side.corpus.valued(facet)
        # Few values sort faster as small numbers.
        order = np.argsort(codes.astype(np.min_scalar_type(len(names))), kind="stable")
        codes, by_value = codes[order], turns[order]
        begun = np.searchsorted(codes, np.arange(len(names) + 1))
        bare = _mask(side)
        bare[turns] = False
        without = np.flatnonzero(bare)
        own = {
            name: tuple(by_value[first:last].tolist())
            for name, first, last in zip(names, begun[:-1], begun[1:], strict=True)
            if first < last
        }
        cells.append({**own, "": tuple(without.tolist())} if len(without) else own)
        orders.append(pd.Index(names, dtype=str))
    named = [*_merged(orders).tolist(), ""] if orders else []
    return [
        Row(tuple(own.get(value, ()) for own in cells), value)
        for value in named
        if any(own.get(value) for own in cells)
    ]


def _retold(sides: Sequence[Side]) -> tuple[int, dict[int, Links]] | None:
    """Which side retells the others by its annotations: its number, and its links to each."""
    found: dict[int, dict[int, Links]] = defaultdict(dict)
    layers = [_links(side) for side in sides]
    if not any(map(len, layers)):
        return None
    at = [dict(zip(_ids(side).tolist(), side.corpus.rows.tolist(), strict=True)) for side in sides]
    for one, other in permutations(range(len(sides)), 2):
        links: dict[int, list[int]] = defaultdict(list)
        for teller, told in layers[one]:
            if teller in at[one] and told in at[other]:
                links[at[one][teller]].append(at[other][told])
        if links:
            found[one][other] = links
    if not found:
        return None
    sizes = {
        one: sum(len(t) for ls in to.values() for t in ls.values()) for one, to in found.items()
    }
    one = min(sizes, key=lambda number: (-sizes[number], number))
    return one, found[one]


def _links(side: Side) -> list[tuple[str, str]]:
    """The turns that retell and the turns they retell, as a side's corpus says."""
    labels = side.corpus.tables().get("annotations")
    if labels is None:
        return []
    labels = labels[labels["layer"] == RETELLS]
    return list(zip(labels["turn_id"], labels["value"], strict=True))


def _led(sides: Sequence[Side], lead: int, links: Mapping[int, Links]) -> list[Row]:
    """The turns of one side in their order, each with the turns of the others linked to it.

    The others' turns that are linked to none stand in rows of their own, behind the first
    row in which the linked turn stands that comes before them.
    """
    leads = sides[lead].corpus.rows.tolist()
    nothing: tuple[tuple[int, ...], ...] = ((),) * len(sides)
    found = []
    left: dict[int, list[Row]] = defaultdict(list)
    for row in leads:
        cells = [tuple(sorted(set(links.get(k, {}).get(row, ())))) for k in range(len(sides))]
        cells[lead] = (row,)
        found.append(Row(tuple(cells)))
    for k, side in enumerate(sides):
        if k == lead:
            continue
        first: dict[int, int] = {}
        for number, row in enumerate(found):
            for turn in row.cells[k]:
                first.setdefault(turn, number)
        behind = -1
        for turn in side.corpus.rows.tolist():
            if turn in first:
                behind = first[turn]
            else:
                left[behind].append(Row((*nothing[:k], (turn,), *nothing[k + 1 :])))
    return [*left[-1], *(r for number, row in enumerate(found) for r in (row, *left[number]))]


def _by_match(sides: Sequence[Side]) -> list[Row]:
    """What fits best beside each other."""
    told = [_told(side) for side in sides]
    numbers = [side.corpus.rows.tolist() for side in sides]
    sizes = [len(side.texts) for side in told]
    for size, other in _with_longest(sizes) if len(sides) > 1 else ():
        if size * other > LIMIT:
            raise ReaderError(
                Problem(
                    f"too many turns to find what fits best: {size:,} and {other:,}",
                    f"At most {LIMIT // 1_000_000} million pairs are compared.",
                    'Narrow the sides, or make the rows by "position" or by a facet.',
                )
            )
    longest = min(range(len(sides)), key=lambda k: (-sizes[k], k))
    others = [k for k in range(len(sides)) if k != longest]
    paths: dict[int, list[Group]] = {}
    for k in others:
        matching = Matching(told[k], told[longest])
        if len(sides) == 2 and not matching.in_order:
            at = numbers[longest]
            links = {numbers[k][i]: [at[j]] for i, j in matching.nearest().items()}
            return _led(sides, k, {longest: links})
        paths[k] = [(own, other) for other, own in matching.groups()]
    return _woven(numbers, longest, paths)


def _told(side: Side) -> Told:
    """What is known of a side's turns."""
    tables, shown = side.corpus.tables(), side.corpus.rows
    people = tables["speakers"]
    names = dict(zip(people["speaker_id"], people["name"], strict=True))
    texts = [text or "" for text in side.texts(shown)]
    speakers = [str(names.get(who) or who) for who in tables["turns"]["speaker_id"].iloc[shown]]
    return Told(texts, speakers)


def _woven(numbers: Sequence[list[int]], lead: int, paths: Mapping[int, list[Group]]) -> list[Row]:
    """The rows of one side and of the others that are each matched with it.

    Turns of the lead that stand together beside one of the others stand together throughout.
    """
    size = len(numbers[lead])
    cut = np.ones(size + 1, bool)
    for groups in paths.values():
        for own, _ in groups:
            cut[[k + 1 for k in own[:-1]]] = False
    begins = np.flatnonzero(cut).tolist()
    of = np.searchsorted(begins, np.arange(size), side="right") - 1
    inside: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    before: dict[int, list[Row]] = defaultdict(list)
    nothing: tuple[tuple[int, ...], ...] = ((),) * len(numbers)
    for k, groups in sorted(paths.items()):
        at = 0
        for own, others in groups:
            turns = [numbers[k][j] for j in others]
            if own:
                inside[int(of[own[0]])][k] += turns
                at = own[-1] + 1
            else:
                slot = bisect_left(begins, at)
                before[slot] += [Row((*nothing[:k], (turn,), *nothing[k + 1 :])) for turn in turns]
    found = []
    for number, begin in enumerate(begins):
        found += before[number]
        if begin < size:
            cells = [tuple(inside[number][k]) for k in range(len(numbers))]
            cells[lead] = tuple(numbers[lead][begin : begins[number + 1]])
            found.append(Row(tuple(cells)))
    return found
