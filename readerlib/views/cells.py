"""Which cell a view was made in: run again, the cell's former views are closed.

A widget that nobody shows any more stays alive in the kernel and in the page; a cell run two
hundred times would leave two hundred of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import ipywidgets
from IPython.core.getipython import get_ipython


class _Run(NamedTuple):
    """One run of a cell, and the views it made."""

    message: str
    views: list[ipywidgets.Widget]


_runs: dict[str, _Run] = {}


def running() -> tuple[str, str] | None:
    """The cell that runs now and the message that runs it; None outside of a notebook.

    Examples
    --------
    >>> running() is None
    True
    """
    kernel: Any = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return None
    parent = kernel.get_parent() or {}
    cell = parent.get("metadata", {}).get("cellId")
    message = parent.get("header", {}).get("msg_id")
    return (str(cell), str(message)) if cell and message else None


def take_over(view: ipywidgets.Widget, now: Callable[[], tuple[str, str] | None] = running) -> None:
    """Note that `view` belongs to the cell that runs; close what an earlier run of it made."""
    place = now()
    if place is None:
        return
    cell, message = place
    former = _runs.get(cell)
    if former is None or former.message != message:
        for old in former.views if former else ():
            old.close()
        _runs[cell] = former = _Run(message, [])
    former.views.append(view)
