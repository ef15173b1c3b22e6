"""The panel that takes another account and shows what of it stands in the source."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from readerlib import compare, documents, render
from readerlib.corpus import Corpus
from readerlib.errors import ReaderError
from readerlib.views.arriving import Arriving
from readerlib.views.view import View, script


class RetellingPanel(View):
    """Where a reader gives another account, and is shown every quotation and claim of it.

    A news story, an essay, a page of a textbook: a file, or pasted text.  The report is that of
    :func:`readerlib.compare.retelling`.  Neither the account nor a word of the source is synced
    or saved with the notebook.

    Parameters
    ----------
    corpus : Corpus
        Its selected turns are the source.
    account : str, path, Document or Corpus, optional
        An account that is compared at once, as :func:`readerlib.compare.retelling` takes it.

    Attributes
    ----------
    found : Retelling or None
        What was found of the last account.
    last_error : str
        The traceback of the last failure that was ours.

    Raises
    ------
    ReaderError
        If the account cannot be read, or there is no word in it.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> panel = RetellingPanel(load("calls"))
    >>> panel, panel.found is None
    (<RetellingPanel of calls>, True)
    >>> RetellingPanel(load("demo"), "“Cut it again on the wire,” Tomas said.").found
    <Retelling: 1 quotation and 0 claims; 1 wrong speaker>
    """

    _esm = script("files", "attach")
    _css = f"{View._css}\n{render.RETOLD_CSS}"
    called = "the panel for another account"

    def __init__(
        self, corpus: Corpus, account: str | Path | documents.Document | Corpus | None = None
    ) -> None:
        self.corpus = corpus
        self.found: compare.Retelling | None = None
        # Plain attributes: a trait would be saved with the notebook.
        self._account = account
        self._notices: Literal["ask", "show"] = "ask"
        self._file = Arriving("An account", self._progress)
        if account is not None:
            self.found = compare.retelling(corpus, account, notices=self._notices)
        super().__init__()

    def __repr__(self) -> str:
        """Name only, without a word of any account."""
        return f"<RetellingPanel of {self.corpus.descriptor.name}>"

    def _answer(self, content: dict[str, Any], buffers: list[Any]) -> None:
        match content.get("do"):
            case "ready":
                self.send({"frame": render.retelling_frame(self.corpus)})
                self._tell()
            case "file":
                document = self._file.take(content, buffers)
                if document is not None:
                    self._compare(document)
            case "paste":
                self._compare(documents.pasted(str(content["text"])))
            case "own":
                self._compare(compare.retellings(self.corpus))
            case "show" | "ask" as notices:
                self._notices = notices
                self._compare(self._account)

    def _compare(self, account: str | Path | documents.Document | Corpus | None) -> None:
        """Compare an account and show what was found."""
        if account is not None:
            self._account = account
            self._progress(0.3, "comparing")
            self.found = compare.retelling(self.corpus, account, notices=self._notices)
        self._tell()

    def _progress(self, share: float, what: str) -> None:
        self.send({"progress": share, "what": what})

    def _tell(self) -> None:
        """Send the report of the last account, and what else can be asked for."""
        found = self.found
        kept = sum(bool(turn["notice"]) for turn in found.turns.values()) if found else 0
        try:
            own = bool(len(compare.retellings(self.corpus)))
        except ReaderError:
            own = False
        choices = render.retelling_choices(
            own=own, kept_back=kept, shown=found is not None and self._notices == "show"
        )
        report = render.retold(found.as_record(), render.REPORTED) if found else ""
        self.post(
            {
                "parts": {"sources": choices, "report": report},
                "said": f"Compared: {found.counted}." if found else "",
            }
        )
