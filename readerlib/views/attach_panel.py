"""The panel that takes the reader's own copy of an article: a file, pasted text, an address."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget

from readerlib import attach, documents, render
from readerlib.corpus import Corpus
from readerlib.documents.fetch import fetch
from readerlib.errors import Problem, ReaderError
from readerlib.views import cells

_STATIC = Path(__file__).parent / "static"


class AttachPanel(anywidget.AnyWidget):
    """Where the reader gives their own copy of an article, and is told what was found of it.

    The copy is compared turn by turn and checked; what is proven is kept in the reader's
    data folder (see :mod:`readerlib.attach`) and put into the corpus.  Nothing is fetched
    but on a click, and no word of the copy is synced or saved with the notebook.

    Parameters
    ----------
    corpus : Corpus
    then : callable, optional
        Is given the corpus each time its words have changed: ``reader.show``, say.

    Attributes
    ----------
    corpus : Corpus
        With the words that are attached.
    report : AlignmentReport or None
        Of the last copy.
    last_error : str
        The traceback of the last failure that was ours.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> panel = AttachPanel(load("calls"))
    >>> panel.report is None
    True
    """

    _esm = (_STATIC / "attach.js").read_text("utf8")
    _css = (_STATIC / "reader.css").read_text("utf8")

    def __init__(self, corpus: Corpus, then: Callable[[Corpus], object] | None = None) -> None:
        self.corpus = corpus
        self.report: attach.AlignmentReport | None = None
        self.last_error = ""
        self._then = then
        self._parts: list[bytes] = []
        super().__init__()
        self.on_msg(self._heard)
        cells.take_over(self)

    def close(self) -> None:
        """Close the panel, and all that belongs to it."""
        self.layout.close()
        super().close()

    def __repr__(self) -> str:
        """Name only, without a word of any copy."""
        return f"<AttachPanel of {self.corpus.descriptor.name}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The widget, and for a page without a kernel how to start it."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/plain"] = repr(self)
            data["text/html"] = render.without_kernel("the panel for your own copy")
        return bundle

    def _heard(self, widget: Any, content: Any, buffers: Any) -> None:
        try:
            self._answer(content, buffers)
        except ReaderError as error:
            self._parts = []
            self.send({"trouble": str(error)})
        except Exception:
            # Jupyter shows no error of a callback anywhere; here it can be looked up.
            self.last_error = traceback.format_exc()
            self.send({"trouble": "Something went wrong; panel.last_error says what."})

    def _answer(self, content: dict[str, Any], buffers: list[Any]) -> None:
        match content.get("do"):
            case "ready":
                self.send({"frame": render.attach_frame(self.corpus, _addresses(self.corpus))})
                self._tell()
            case "file":
                self._receive(str(content["name"]), int(content["size"]), buffers)
            case "paste":
                self._check(documents.pasted(str(content["text"])), None)
            case "fetch":
                source = str(content["source"])
                document = fetch(_addresses(self.corpus)[source], self._progress)
                self._check(document, source)
            case "forget":
                turns = [t for here in attach.kept(self.corpus).values() for t in here.words]
                attach.forget(self.corpus)
                self.report = None
                self._change(self.corpus.with_text(dict.fromkeys(turns, "")))

    def _receive(self, name: str, size: int, buffers: list[Any]) -> None:
        """Take one part of a file; once all are here, look at it."""
        if size > documents.MOST_BYTES:
            raise ReaderError(
                Problem(
                    f"it has {size / 1e6:,.0f} MB",
                    f"A copy of an article has {documents.MOST_BYTES / 1e6:,.0f} MB at most.",
                    "Save the article's own page alone, or paste its text.",
                    path=name,
                )
            )
        self._parts += [bytes(buffer) for buffer in buffers]
        got = sum(map(len, self._parts))
        self._progress(0.1 * got / max(1, size), "receiving the file")
        if got >= size:
            data, self._parts = b"".join(self._parts), []
            self._check(documents.from_bytes(data, name), None)

    def _check(self, document: documents.Document, source: str | None) -> None:
        """Compare the copy, keep what is proven, and tell what was found."""
        self.report = attach.align(self.corpus, document, source_id=source, progress=self._progress)
        if self.report.accepted:
            attach.keep(self.corpus, self.report)
            self._change(attach.attached(self.corpus))
        else:
            self._tell()

    def _change(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self._tell()
        if self._then is not None:
            self._then(corpus)

    def _progress(self, share: float, what: str) -> None:
        self.send({"progress": share, "what": what})

    def _tell(self) -> None:
        """Send the report of the last copy and the state of every source."""
        parts = {"sources": render.attach_sources(self.corpus, _kept(self.corpus)), "report": ""}
        if self.report is not None:
            report = self.report
            parts["report"] = render.attach_report(
                self.corpus,
                summary=report.summary,
                title=report.title,
                accepted=report.accepted,
                turns=report.as_record()["turns"],
            )
        self.send({"parts": parts})


def _addresses(corpus: Corpus) -> dict[str, str]:
    """Source → the address at which a copy was seen, where one is listed."""
    sources = corpus.sources
    if "url" not in sources:
        return {}
    pairs = zip(sources["source_id"], sources["url"], strict=True)
    return {str(source): str(url) for source, url in pairs if url}


def _kept(corpus: Corpus) -> dict[str, int]:
    """Source → how many of its turns have their words attached."""
    return {source: len(here.words) for source, here in attach.kept(corpus).items()}
