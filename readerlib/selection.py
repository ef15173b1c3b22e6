"""Which turns, and where in one: plain values with one text form each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Self
from urllib.parse import parse_qsl, quote, unquote, urlencode

from readerlib.errors import Problem, SelectionError, quoted
from readerlib.text import plain

FIND = "find"
"""The key of the search terms; no facet can have this name."""


def _values(given: object, facet: str) -> tuple[str, ...]:
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, Iterable):
        raise TypeError(f"{facet}: expected a string or several, found {type(given).__name__}")
    every = list(given)
    for value in every:
        if not isinstance(value, str):
            raise TypeError(f"{facet}: expected strings, found {type(value).__name__}")
    return tuple(sorted({plain(value) for value in every if isinstance(value, str)} - {""}))


class Selection:
    """Which turns of a corpus: a value that can be compared, kept, sent and read aloud.

    A selection names facets and search terms; it holds no turns.  Apply it with
    :meth:`Corpus.select`.  Values of one facet are alternatives; different facets, and
    different search terms, must all hold.  Nothing else can be said, on purpose: what can
    be said is closed under ``&``.

    Parameters
    ----------
    find : str or iterable of str
        Words or phrases that a turn must all contain; each string is one phrase.  A ``*``
        at the end of a word stands for any ending (``"com* home"``).  Case and accents do
        not matter.  A string between slashes is a pattern, a regular expression
        (``"/come (home|back)/"``); everything else is taken literally.
    **where : str or iterable of str
        Facet name → accepted values.  An empty iterable accepts no turn.

    Notes
    -----
    ``str(selection)`` is the one spelling of a selection: a URL query string with facets,
    values and terms in sorted order.  Equality and hash follow from it.  ``a & b`` accepts
    what both accept: of a facet that both name, the values they share.

    Examples
    --------
    >>> s = Selection(speaker=["mother", "soldier"], find="come home")
    >>> print(s)
    speaker=mother&speaker=soldier&find=come+home
    >>> Selection.parse(str(s)) == s
    True
    >>> print(s & Selection(speaker="mother", chapter="3"))
    chapter=3&speaker=mother&find=come+home
    """

    __slots__ = ("_find", "_spelling", "_where")

    _where: dict[str, tuple[str, ...]]
    _find: tuple[str, ...]
    _spelling: str

    def __init__(self, find: str | Iterable[str] = (), **where: str | Iterable[str]) -> None:
        self._fill(where, find)

    @classmethod
    def of(cls, where: Mapping[str, str | Iterable[str]], find: str | Iterable[str] = ()) -> Self:
        """The selection with these facets, for names that Python's call syntax cannot say.

        Examples
        --------
        >>> print(Selection.of({"Akt/Szene": "1"}))
        Akt%2FSzene=1
        """
        made = cls.__new__(cls)
        made._fill(where, find)
        return made

    def _fill(self, where: Mapping[str, str | Iterable[str]], find: str | Iterable[str]) -> None:
        self._where = {plain(facet): _values(where[facet], facet) for facet in sorted(where)}
        self._find = _values(find, FIND)
        pairs = [
            (facet, value)
            for facet, values in sorted(self._where.items())
            for value in values or ("",)
        ]
        pairs += [(FIND, term) for term in self._find]
        self._spelling = urlencode(pairs, errors="surrogatepass")

    @property
    def where(self) -> Mapping[str, tuple[str, ...]]:
        """Facet name → accepted values, both sorted; read-only."""
        return MappingProxyType(self._where)

    @property
    def find(self) -> tuple[str, ...]:
        """The search terms, sorted."""
        return self._find

    @classmethod
    def parse(cls, spelling: str) -> Selection:
        """The selection that `spelling` says: ``"soldier=Ivan&chapter=2"``.

        Order and repetition do not matter; a leading ``?`` is allowed.

        Raises
        ------
        SelectionError
            If a part is not of the form ``facet=value``.

        Examples
        --------
        >>> Selection.parse("?chapter=2&speaker=mother&chapter=2") == Selection(
        ...     speaker="mother", chapter="2")
        True
        """
        try:
            pairs = parse_qsl(
                spelling.strip().removeprefix("?"),
                keep_blank_values=True,
                strict_parsing=bool(spelling.strip().removeprefix("?")),
                errors="surrogatepass",
            )
        except ValueError:
            bad = next((p for p in spelling.split("&") if "=" not in p), spelling)
            raise SelectionError(
                Problem(
                    f"the selection cannot be read at {quoted(bad)}",
                    'A selection is written as "facet=value", joined by "&".',
                    'For example: soldier=Ivan&chapter=2. Write "find=word" to search.',
                )
            ) from None
        where: dict[str, list[str]] = {}
        find: list[str] = []
        for facet, value in pairs:
            if facet == FIND:
                find.append(value)
            elif not facet.strip():
                raise SelectionError(
                    Problem(
                        f"a value without a facet: {quoted(value)}",
                        'A selection is written as "facet=value", joined by "&".',
                        "Name the facet before the equals sign.",
                    )
                )
            else:
                where.setdefault(facet, []).append(value)
        return cls.of(where, find)

    def with_facet(self, facet: str, values: str | Iterable[str] | None) -> Selection:
        """This selection with other values for one facet; None leaves the facet free.

        Examples
        --------
        >>> print(Selection(speaker="mother", chapter="3").with_facet("chapter", None))
        speaker=mother
        """
        where: dict[str, str | Iterable[str]] = {k: v for k, v in self._where.items() if k != facet}
        if values is not None:
            where[facet] = values
        return Selection.of(where, self._find)

    def with_find(self, find: str | Iterable[str]) -> Selection:
        """This selection with other search terms.

        Examples
        --------
        >>> print(Selection(chapter="3").with_find("gold"))
        chapter=3&find=gold
        """
        return Selection.of(self._where, find)

    def __and__(self, other: object) -> Selection:
        """What both accept."""
        if not isinstance(other, Selection):
            return NotImplemented
        where = dict(self._where)
        for facet, values in other._where.items():
            mine = where.get(facet)
            where[facet] = values if mine is None else tuple(set(mine) & set(values))
        return Selection.of(where, {*self._find, *other._find})

    def __bool__(self) -> bool:
        """Whether the selection narrows anything."""
        return bool(self._spelling)

    def __eq__(self, other: object) -> bool:
        """Equal if spelt the same."""
        return self._spelling == other._spelling if isinstance(other, Selection) else NotImplemented

    def __hash__(self) -> int:
        """Hash of the spelling."""
        return hash(self._spelling)

    def __str__(self) -> str:
        """The one spelling."""
        return self._spelling

    def __repr__(self) -> str:
        """The call that makes this selection again, by its spelling."""
        return f"Selection.parse({self._spelling!r})"


class Place:
    """Where in a corpus: a turn, or a stretch of it in code points.

    Parameters
    ----------
    turn_id : str
    start, end : int, optional
        Both or neither; ``0 <= start <= end``.

    Examples
    --------
    >>> print(Place("leonid-3-04", 0, 12))
    leonid-3-04:0-12
    >>> Place.parse("leonid-3-04") == Place("leonid-3-04")
    True
    """

    __slots__ = ("_spelling", "end", "start", "turn_id")

    def __init__(self, turn_id: str, start: int | None = None, end: int | None = None) -> None:
        if not turn_id:
            raise SelectionError(Problem("the place names no turn", remedy="Give a turn id."))
        if (start is None) != (end is None) or (
            start is not None and end is not None and not 0 <= start <= end
        ):
            raise SelectionError(
                Problem(
                    f"the stretch {start}-{end} is not one",
                    "A stretch is two counts of characters, the first not after the second.",
                    f"For example: {turn_id[:60]}:0-12.",
                )
            )
        self.turn_id = turn_id
        self.start = start
        self.end = end
        plain = quote(turn_id, safe="", errors="surrogatepass")
        self._spelling = plain if start is None else f"{plain}:{start}-{end}"

    @classmethod
    def parse(cls, spelling: str) -> Place:
        """The place that `spelling` says; a leading ``#`` is allowed.

        Raises
        ------
        SelectionError
            If it is not ``turn`` or ``turn:start-end``.

        Examples
        --------
        >>> Place.parse("#ivan-2-01:3-9").end
        9
        """
        turn, colon, stretch = spelling.strip().removeprefix("#").partition(":")
        start, dash, end = stretch.partition("-")
        numbers = start.isascii() and end.isascii() and start.isdigit() and end.isdigit()
        if colon and not (dash and numbers and max(len(start), len(end)) < 16):
            raise SelectionError(
                Problem(
                    f"the place {quoted(spelling)} cannot be read",
                    'A place is a turn id, or "turn:start-end" with two counts of characters.',
                    "For example: leonid-3-04:0-12.",
                )
            )
        turn_id = unquote(turn, errors="surrogatepass")
        return cls(turn_id, int(start), int(end)) if colon else cls(turn_id)

    def __eq__(self, other: object) -> bool:
        """Equal if spelt the same."""
        return self._spelling == other._spelling if isinstance(other, Place) else NotImplemented

    def __hash__(self) -> int:
        """Hash of the spelling."""
        return hash(self._spelling)

    def __str__(self) -> str:
        """The one spelling."""
        return self._spelling

    def __repr__(self) -> str:
        """The call that makes this place again, by its spelling."""
        return f"Place.parse({self._spelling!r})"
