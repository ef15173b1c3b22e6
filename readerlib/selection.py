"""Which turns, where in them, and both as a link: plain values with one text form each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self
from urllib.parse import parse_qsl, quote, unquote, urlencode

import regex

from readerlib.errors import Problem, SelectionError, quoted
from readerlib.text import plain

FIND = "find"
"""The key of the search terms; no facet can have this name."""

SCHEME = "readerlib"
"""How a link begins."""

_LINK = regex.compile(
    rf"{SCHEME}:(?P<corpus>[^@?#~\s]+)@(?P<version>[0-9]{{1,9}})"
    r"(?:~(?P<seen>[0-9a-f]*)(?:~(?P<shown>[0-9a-f]*))?)?"
    r"(?:\?(?P<selection>[^#\s]*))?(?:\#(?P<place>\S*))?"
)


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
        if not (self and other):
            return self or other
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
    """Where in a corpus: a turn, a stretch of it in code points, or turns one after another.

    Parameters
    ----------
    turn_id : str
    start, end : int, optional
        Both or neither; ``0 <= start <= end``.
    last : str, optional
        The last turn, where the place is several turns; these have no stretch.

    Examples
    --------
    >>> print(Place("leonid-3-04", 0, 12))
    leonid-3-04:0-12
    >>> print(Place("ivan-2-01", last="ivan-2-05"))
    ivan-2-01..ivan-2-05
    >>> Place.parse("leonid-3-04") == Place("leonid-3-04", last="leonid-3-04")
    True
    """

    __slots__ = ("_spelling", "end", "last", "start", "turn_id")

    def __init__(
        self,
        turn_id: str,
        start: int | None = None,
        end: int | None = None,
        *,
        last: str | None = None,
    ) -> None:
        if not turn_id or last == "":
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
        self.last = None if last == turn_id else last
        if self.last is not None and start is not None:
            raise SelectionError(
                Problem(
                    "the place has a stretch and a last turn",
                    "A stretch is of one turn; several turns are whole.",
                    f"Write {quoted(f'{turn_id}:{start}-{end}')} or "
                    f"{quoted(f'{turn_id}..{self.last}')}.",
                )
            )
        self._spelling = _escaped(turn_id)
        if self.last is not None:
            self._spelling += f"..{_escaped(self.last)}"
        elif start is not None:
            self._spelling += f":{start}-{end}"

    @classmethod
    def parse(cls, spelling: str) -> Place:
        """The place that `spelling` says; a leading ``#`` is allowed.

        Raises
        ------
        SelectionError
            If it is not ``turn``, ``turn:start-end`` or ``turn..turn``.

        Examples
        --------
        >>> Place.parse("#ivan-2-01:3-9").end
        9
        >>> Place.parse("ivan-2-01..ivan-2-05").last
        'ivan-2-05'
        """
        first, dots, last = spelling.strip().removeprefix("#").partition("..")
        turn, colon, stretch = first.partition(":")
        start, dash, end = stretch.partition("-")
        numbers = start.isascii() and end.isascii() and start.isdigit() and end.isdigit()
        right = dash and numbers and max(len(start), len(end)) < 16 if colon else True
        if not right or (dots and (":" in first + last or not last or ".." in last)):
            raise SelectionError(
                Problem(
                    f"the place {quoted(spelling)} cannot be read",
                    'A place is a turn id, "turn:start-end" with two counts of characters, or '
                    '"turn..turn".',
                    "For example: leonid-3-04, leonid-3-04:0-12 or ivan-2-01..ivan-2-05.",
                )
            )
        turn_id = unquote(turn, errors="surrogatepass")
        if dots:
            return cls(turn_id, last=unquote(last, errors="surrogatepass"))
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


def _escaped(turn_id: str) -> str:
    """The id as it stands in a place, where two dots part the first turn from the last."""
    escaped = quote(turn_id, safe="", errors="surrogatepass")
    ambiguous = ".." in escaped or escaped.startswith(".") or escaped.endswith(".")
    return escaped.replace(".", "%2E") if ambiguous else escaped


@dataclass(frozen=True, slots=True)
class Link:
    """A corpus, which of its turns, and where in it: what can be pasted into a text.

    Parameters
    ----------
    corpus : str
        Its name.
    version : int
    selection : Selection
    place : Place or None
    seen, shown : str
        Marks of what stood at the place and of which turns the selection showed, by which
        :meth:`Corpus.follow` notices what has changed.  A link works without them.

    Notes
    -----
    The one spelling is ``readerlib:name@version~seen~shown?selection#place``; what is empty
    is left out together with its sign.

    Examples
    --------
    >>> link = Link.parse("readerlib:calls@1?chapter=3&speaker=Mother#leonid-3-04:0-12")
    >>> link.version, link.place
    (1, Place.parse('leonid-3-04:0-12'))
    >>> print(link)
    readerlib:calls@1?chapter=3&speaker=Mother#leonid-3-04:0-12
    """

    corpus: str
    version: int
    selection: Selection = field(default_factory=Selection)
    place: Place | None = None
    seen: str = ""
    shown: str = ""

    @classmethod
    def parse(cls, spelling: str) -> Link:
        """The link that `spelling` says.

        Raises
        ------
        SelectionError
            If it is none, with what is wrong.

        Examples
        --------
        >>> Link.parse("calls@1")
        Traceback (most recent call last):
        readerlib.errors.SelectionError: the link "calls@1" cannot be read.
          A link is written as "readerlib:name@version?selection#place".
          For example: readerlib:calls@1?chapter=3#leonid-3-04. Copy it again, whole.
        """
        found = _LINK.fullmatch(spelling.strip())
        if not found:
            raise SelectionError(
                Problem(
                    f"the link {quoted(spelling)} cannot be read",
                    'A link is written as "readerlib:name@version?selection#place".',
                    "For example: readerlib:calls@1?chapter=3#leonid-3-04. Copy it again, whole.",
                )
            )
        return cls(
            unquote(found["corpus"], errors="surrogatepass"),
            int(found["version"]),
            Selection.parse(found["selection"] or ""),
            Place.parse(found["place"]) if found["place"] else None,
            found["seen"] or "",
            found["shown"] or "",
        )

    def __str__(self) -> str:
        """The one spelling."""
        marks = f"~{self.seen}" if self.seen or self.shown else ""
        marks += f"~{self.shown}" if self.shown else ""
        name = quote(self.corpus, safe="", errors="surrogatepass").replace("~", "%7E")
        spelling = f"{SCHEME}:{name}@{self.version}"
        spelling += f"{marks}?{self.selection}" if self.selection else marks
        return f"{spelling}#{self.place}" if self.place else spelling
