"""A file that the page sends in parts, since no message may be longer than a megabyte."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from readerlib.documents import MOST_BYTES, Document, from_bytes
from readerlib.errors import Problem, ReaderError


class Arriving:
    """What has come of a file so far.

    Parameters
    ----------
    what : str
        What the file is, for a message that refuses it.
    say : callable
        Told how far the work is, from 0 to 1, and what is being done.

    Examples
    --------
    >>> file = Arriving("An account", lambda share, what: None)
    >>> file.take({"name": "a.txt", "size": 10, "first": True}, [b"Come "])
    >>> file.take({"name": "a.txt", "size": 10}, [b"home."]).text
    'Come home.'
    """

    def __init__(self, what: str, say: Callable[[float, str], None]) -> None:
        self._what, self._say = what, say
        self._parts: list[bytes] = []

    def take(self, content: dict[str, Any], buffers: Sequence[Any]) -> Document | None:
        """Take one part; the document, once all parts are here.

        Raises
        ------
        ReaderError
            If the file is too large or cannot be read.
        """
        name, size = str(content["name"]), int(content["size"])
        if content.get("first"):
            # What is left of a file that never arrived whole is no part of this one.
            self._parts = []
        if size > MOST_BYTES:
            raise ReaderError(
                Problem(
                    f"it has {size / 1e6:,.0f} MB",
                    f"{self._what} has {MOST_BYTES / 1e6:,.0f} MB at most.",
                    "Save its own page alone, or paste its text.",
                    path=name,
                )
            )
        self._parts += [bytes(buffer) for buffer in buffers]
        got = sum(map(len, self._parts))
        self._say(0.1 * got / max(1, size), "receiving the file")
        if got < size:
            return None
        data, self._parts = b"".join(self._parts), []
        return from_bytes(data, name)
