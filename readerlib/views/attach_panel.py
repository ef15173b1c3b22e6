"""The panel that takes the reader's own copy of an article: a file, pasted text, an address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from readerlib import attach, documents, render
from readerlib.corpus import Corpus
from readerlib.documents.fetch import fetch
from readerlib.views.arriving import Arriving
from readerlib.views.view import View, script


class AttachPanel(View):
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

    _esm = script("files", "attach")
    called = "the panel for your own copy"

    def __init__(self, corpus: Corpus, then: Callable[[Corpus], object] | None = None) -> None:
        self.corpus = corpus
        self.report: attach.AlignmentReport | None = None
        self._then = then
        self._file = Arriving("A copy of an article", self._progress)
        super().__init__()

    def __repr__(self) -> str:
        """Name only, without a word of any copy."""
        return f"<AttachPanel of {self.corpus.descriptor.name}>"

    def _answer(self, content: dict[str, Any], buffers: list[Any]) -> None:
        match content.get("do"):
            case "ready":
                self.send({"frame": render.attach_frame(self.corpus, _addresses(self.corpus))})
                self._tell()
            case "file":
                document = self._file.take(content, buffers)
                if document is not None:
                    self._check(document, None)
            case "paste":
                self._check(documents.pasted(str(content["text"])), None)
            case "fetch":
                source = str(content["source"])
                document = fetch(_addresses(self.corpus)[source], self._part(0, 0.5))
                self._check(document, source, begun=0.5)
            case "forget":
                turns = [t for here in attach.kept(self.corpus).values() for t in here.words]
                attach.forget(self.corpus)
                self.report = None
                self._change(self.corpus.with_text(dict.fromkeys(turns, "")))

    def _check(
        self, document: documents.Document, source: str | None, *, begun: float = 0.1
    ) -> None:
        """Compare the copy, keep what is proven, and tell what was found."""
        progress = self._part(begun, 1)
        self.report = attach.align(self.corpus, document, source_id=source, progress=progress)
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

    def _part(self, first: float, last: float) -> Callable[[float, str], None]:
        """Progress of a part of the work, from one share of the whole to another."""
        return lambda share, what: self._progress(first + share * (last - first), what)

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
