"""Content notices: which topics are asked about, and what stands for turns kept back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from readerlib.errors import Problem, ReaderError, listed, quoted, suggestion

Notices = Literal["ask", "show"] | Mapping[str, Literal["ask", "show"]]
"""What is done with turns that carry a notice: for all topics, or topic by topic."""


def asked(notices: Notices, topics: Collection[str], shown: Collection[str] = ()) -> frozenset[str]:
    """The topics that are asked about: a turn that carries one of them is kept back.

    Parameters
    ----------
    notices : "ask", "show" or mapping of str to either
        "ask": all topics but those of `shown`.  "show": none.  A mapping says it topic by
        topic; a topic that it leaves out is asked about.
    topics : collection of str
        All that there are.
    shown : collection of str
        Those that are shown unless a mapping asks about them.

    Raises
    ------
    ReaderError
        If the profile speaks of a topic that there is not, or says something else of one.

    Examples
    --------
    >>> sorted(asked("ask", ["killing", "strong language"], ["strong language"]))
    ['killing']
    >>> asked({"killing": "show"}, ["killing"])
    frozenset()
    """
    one_for_all = isinstance(notices, str)
    given = {"every topic": notices} if isinstance(notices, str) else dict(notices)
    problems = [
        Problem(
            f"no notice {quoted(topic)} in this corpus",
            f"Topics: {listed(sorted(topics), 20)}.",
            suggestion(topic, sorted(topics)) or "Name one of these.",
        )
        for topic in given
        if not one_for_all and topic not in topics
    ]
    problems += [
        Problem(
            f"the notices are to be {quoted(value)} for {topic}",
            'They can be "ask" or "show".',
            suggestion(str(value), ["ask", "show"]) or "Write one of the two.",
        )
        for topic, value in given.items()
        if value not in ("ask", "show")
    ]
    if problems:
        raise ReaderError(problems)
    if one_for_all:
        return frozenset(topics if notices == "ask" else ()) - frozenset(shown)
    return frozenset(topic for topic in topics if given.get(topic, "ask") == "ask")


def not_shown(records: Sequence[Mapping[str, Any]], topics: Sequence[str]) -> str:
    """What stands in a text for turns behind a notice, in fifteen words at most.

    Parameters
    ----------
    records, topics
        As in :func:`notice_line`.

    Examples
    --------
    >>> not_shown([{"speaker": "Tomas", "words": 14}], ["an injury"])
    '[Not shown. One turn by Tomas, 14 words: an injury]'
    """
    return f"[Not shown. {notice_line(records, topics, most=13)}]"


def notice_line(
    records: Sequence[Mapping[str, Any]], topics: Sequence[str], *, most: int = 15
) -> str:
    """What stands for turns behind a notice: how many, whose, how long, and on what.

    Where that is too long, first the topics are counted, then the speakers left out, and at
    last only the number of topics is said.

    Parameters
    ----------
    records : sequence of mapping
        The turns, as :meth:`Corpus.records` gives them.
    topics : sequence of str
        What they are kept back for.
    most : int
        How many words at most.

    Examples
    --------
    >>> record = {"speaker": "Tomas", "words": 14}
    >>> notice_line([record], ["an injury"])
    'One turn by Tomas, 14 words: an injury'
    >>> notice_line([record] * 3, ["killing of prisoners", "ill-treatment"])
    '3 turns by Tomas, 42 words: killing of prisoners, ill-treatment'
    """
    size = "One turn" if len(records) == 1 else f"{len(records)} turns"
    words = sum(int(record["words"] or 0) for record in records)
    length = f", {words} word{'s' * (words != 1)}" if words else ""
    names = " and ".join(dict.fromkeys(str(record["speaker"]) for record in records))
    every = ", ".join(topics)
    some = every if len(topics) == 1 else f"{topics[0]} and {len(topics) - 1} more"
    count = f"{len(topics)} notice{'s' * (len(topics) != 1)}"
    for by, on in ((f" by {names}", every), (f" by {names}", some), ("", some), ("", count)):
        line = f"{size}{by}{length}: {on}"
        if len(line.split()) <= most:
            break
    return line
