"""What every view does alike: answer the page, tell what failed, leave nothing behind."""

from __future__ import annotations

import logging
import threading
import traceback
from pathlib import Path
from typing import Any

import anywidget

from readerlib import render
from readerlib.errors import ReaderError
from readerlib.views import cells

_PROMPT = 66_000
"""Bytes from which a message goes off at once."""

_open: set[str] = set()
"""The ids of the views that are open."""

STATIC = Path(__file__).parent / "static"


def _without_words(record: logging.LogRecord) -> bool:
    """Leave out of a log what a page says to one of our views: it may be what a reader wrote."""
    said = record.args
    if isinstance(said, tuple) and len(said) == 2 and said[0] in _open:
        record.args = (said[0], "left out")
    return True


# At its most talkative it logs all messages, and what is logged may land in a saved notebook.
logging.getLogger("Comm").addFilter(_without_words)


_DARK = """
[data-jp-theme-light="false"] .readerlib, .vscode-dark .readerlib { TOKENS }
@media (prefers-color-scheme: dark) { body:not([data-jp-theme-light]) .readerlib { TOKENS } }
"""


def script(*names: str) -> str:
    """The module of a widget: its own file behind what it shares with others.

    A widget's module cannot import a neighbour, so they are joined into one.

    Examples
    --------
    >>> script("files", "attach").count("export function beginnings")
    1
    """
    return "\n".join((STATIC / f"{name}.js").read_text("utf8") for name in names)


def style(*names: str) -> str:
    """The looks of a widget: those of all views, and those of these files.

    What stands in a file ``name-dark.css`` are tokens, for every way in which it can be dark.

    Examples
    --------
    >>> style("notes").count("--noted-ink: #f3f1ea")
    2
    """
    sheets = [(STATIC / "reader.css").read_text("utf8")]
    for name in names:
        sheets.append((STATIC / f"{name}.css").read_text("utf8"))
        if (dark := STATIC / f"{name}-dark.css").exists():
            sheets.append(_DARK.replace("TOKENS", dark.read_text("utf8")))
    return "\n".join(sheets)


class View(anywidget.AnyWidget):
    """A widget whose text travels in messages only, so that no saved notebook holds it.

    Attributes
    ----------
    called : str
        What opens where the view stands, for a page without a kernel.
    last_error : str
        The traceback of the last failure that was ours, which no notebook shows.
    """

    _css = style()
    called = "the view"

    def __init__(self, *, name: str = "", **traits: Any) -> None:
        self.last_error = ""
        # Messages may come in several threads; what one has shown, another must not undo.
        self._lock = threading.RLock()
        self._name = name or type(self).__name__.lower()
        super().__init__(**traits)
        self.on_msg(self._heard)
        self._id = str(self.model_id)
        _open.add(self._id)
        cells.take_over(self)

    def _answer(self, content: dict[str, Any], buffers: list[Any]) -> None:
        """Do what a message of the page asks."""
        raise NotImplementedError

    def post(self, content: dict[str, Any]) -> None:
        """Send a message that is not held back on its way.

        A server waits some 40 ms for more before it sends what is short; so a short message
        takes zeros along that nobody reads.
        """
        length = sum(map(len, content.get("parts", {}).values()))
        self.send(content, buffers=[bytes(_PROMPT - length)] if length < _PROMPT else None)

    def _heard(self, widget: Any, content: Any, buffers: Any) -> None:
        try:
            with self._lock:
                self._answer(content, buffers)
        except ReaderError as error:
            self.post({"trouble": str(error)})
        except Exception:
            # Jupyter shows no error of a callback anywhere; here it can be looked up.
            self.last_error = traceback.format_exc()
            self.post({"trouble": f"Something went wrong; {self._name}.last_error says what."})

    def set_state(self, sync_data: Any) -> None:
        """Take what the page has changed, as one by one as its messages."""
        with self._lock:
            super().set_state(sync_data)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The widget, and for a page without a kernel how to start it."""
        return with_fallback(super()._repr_mimebundle_(**kwargs), repr(self), self.called)

    def close(self) -> None:
        """Close the view, and all that belongs to it."""
        # Closed twice, or refused when it was made, it has no id any more.
        _open.discard(vars(self).get("_id", ""))
        self.layout.close()
        super().close()


def with_fallback(bundle: Any, name: str, called: str) -> Any:
    """What a widget shows itself as, and for a page without a kernel how to start it.

    Examples
    --------
    >>> sorted(with_fallback({}, "<Reader>", "the Reader"))
    ['text/html', 'text/plain']
    """
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    if data is not None:
        data["text/plain"] = name
        data["text/html"] = render.without_kernel(called)
    return bundle
