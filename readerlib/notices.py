"""Content notices: which topics are asked about before their turns are shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

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
