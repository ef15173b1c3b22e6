"""Where attached words lie: in the reader's own data folder, for nobody else to read.

One file for each source of a corpus.  It is written beside its place, flushed, and moved
there in one step, so that a process killed at any moment leaves the old file or the new.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import platformdirs

from readerlib.attach.aligning import rows_by_source
from readerlib.attach.placing import Row
from readerlib.attach.report import AlignmentReport
from readerlib.corpus import Corpus
from readerlib.errors import AlignmentError, Problem, ReaderError, quoted
from readerlib.text import bare, digest, tokens

FORMAT = 1
"""Version of the files' own format; another one is not read."""

_OLD_LEFTOVER = 3600.0


@dataclass(frozen=True, slots=True)
class Words:
    """The attached words of one turn: as the copy spells them, and bare, for checking.

    Examples
    --------
    >>> Words("exact", "“Come home.”", "come home")
    <Words: exact>
    """

    status: str
    text: str
    bare: str

    def __repr__(self) -> str:
        """How they were found, without the words."""
        return f"<Words: {self.status}>"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is attached of one source.

    Attributes
    ----------
    words : mapping of str to Words
        Turn → its published words, every one checked against its fingerprint.
    differing : mapping of str to str
        Turn → what a copy has in its place: to be shown as different, never as the turn.
    """

    source_id: str
    words: Mapping[str, Words]
    differing: Mapping[str, str]

    def __repr__(self) -> str:
        """How much there is, without a word of it."""
        return f"<Kept {self.source_id}: {len(self.words)} turns>"


def folder() -> Path:
    """The folder of the attached words; ``READERLIB_DATA`` may name another place for it.

    Examples
    --------
    >>> folder().name
    'attached'
    """
    named = os.environ.get("READERLIB_DATA")
    home = Path(named) if named else platformdirs.user_data_path("readerlib", appauthor=False)
    return home / "attached"


def kept(corpus: Corpus) -> dict[str, Kept]:
    """What is attached of each source of `corpus`, checked again.

    Words that no longer fit their fingerprint are left out, and so is a file that is
    damaged: it counts as not attached.

    Examples
    --------
    >>> from readerlib.formats import read
    >>> kept(read("data/calls"))
    {}
    """
    found = {}
    files = [file for file in _files(corpus) if file.suffix == ".json"]
    if files:
        rows_of = rows_by_source(corpus)
        for file in files:
            source = unquote(file.stem.rpartition("--")[2])
            if source in rows_of:
                here = _checked(source, rows_of[source], _opened(file, corpus))
                if here.words:
                    found[source] = here
    return found


def attached(corpus: Corpus) -> Corpus:
    """`corpus` with the words that the reader attached; the same corpus if there are none.

    Examples
    --------
    >>> from readerlib.formats import read
    >>> corpus = read("data/calls")
    >>> attached(corpus) is corpus
    True
    """
    texts = {
        turn: words.text for here in kept(corpus).values() for turn, words in here.words.items()
    }
    return corpus.with_text(texts) if texts else corpus


def keep(corpus: Corpus, report: AlignmentReport) -> None:
    """Keep the words of an accepted report for this reader.

    Words that were attached before and are not in this copy stay; an exact text is not
    replaced by one in another spelling.

    Raises
    ------
    AlignmentError
        If the report's copy was not accepted.
    ReaderError
        If the reader's data folder cannot be written.
    """
    if not report.accepted or report.source_id is None:
        raise refused(report)
    before = kept(corpus).get(report.source_id)
    words = dict(before.words) if before else {}
    differing = dict(before.differing) if before else {}
    for turn in report.turns:
        if turn.found and turn.text and turn.words:
            had = words.get(turn.turn_id)
            if had is None or turn.status == "exact" or had.status != "exact":
                words[turn.turn_id] = Words(turn.status, turn.text, turn.words)
            differing.pop(turn.turn_id, None)
        elif turn.text and turn.turn_id not in words:
            differing[turn.turn_id] = turn.text
    about = corpus.descriptor
    content = {
        "words": {turn: [w.status, w.text, w.bare] for turn, w in words.items()},
        "differing": differing,
    }
    _write(
        folder() / f"{_prefix(corpus)}{quote(report.source_id, safe='')}.json",
        {
            "format": FORMAT,
            "corpus": about.name,
            "version": about.version,
            "digest": _digest(content),
            **content,
        },
    )


def forget(corpus: Corpus | None = None) -> int:
    """Delete every byte of the attached words of `corpus`, or of all corpora.

    Returns
    -------
    int
        How many files were deleted, what a killed process left behind among them.

    Examples
    --------
    >>> from readerlib.formats import read
    >>> forget(read("data/calls"))
    0
    """
    here = folder()
    gone = 0
    for file in _files(corpus):
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise _not_writable(here, error) from None
        gone += 1
    if here.is_dir() and not any(here.iterdir()):
        here.rmdir()
    return gone


def refused(report: AlignmentReport, name: str = "") -> AlignmentError:
    """The error that says why a copy is not attached."""
    return AlignmentError(
        Problem(
            "this copy is not attached",
            report.reason or "It was not accepted.",
            "Nothing was changed. align(corpus, article) tells what was found of every turn.",
            path=name,
        )
    )


def _prefix(corpus: Corpus) -> str:
    about = corpus.descriptor
    return f"{quote(about.name, safe='')}@{about.version}--"


def _files(corpus: Corpus | None) -> list[Path]:
    """The files of a corpus, or of all, what a killed process left behind among them."""
    here = folder()
    if not here.is_dir():
        return []
    prefix = _prefix(corpus) if corpus is not None else ""
    return sorted(
        file
        for file in here.iterdir()
        if file.name.lstrip(".").startswith(prefix) and file.suffix in (".json", ".part")
    )


def _opened(file: Path, corpus: Corpus) -> dict[str, Any]:
    """The content of a file, or nothing if it is not what we wrote."""
    try:
        about = json.loads(file.read_text("utf-8"))
        content = {"words": about["words"], "differing": about["differing"]}
        ours = (
            about["format"] == FORMAT
            and about["corpus"] == corpus.descriptor.name
            and about["digest"] == _digest(content)
        )
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return content if ours else {}


def _digest(content: Mapping[str, Any]) -> str:
    raw = json.dumps(content, sort_keys=True, ensure_ascii=True).encode()
    return hashlib.blake2b(raw, digest_size=16).hexdigest()


def _checked(source: str, rows: Iterable[Row], content: Mapping[str, Any]) -> Kept:
    """The words that still fit the corpus's fingerprints."""
    members = list(rows)
    given = content.get("words", {})
    good: dict[str, Words] = {}
    said: dict[int, bytes] = {}
    for proven_alone in (True, False):
        for k, row in enumerate(members):
            if row.turn_id not in given or (row.proof is not None) != proven_alone:
                continue
            words = Words(*map(str, given[row.turn_id]))
            joined = words.bare.encode()
            if words.status == "exact" and _bare(words.text) != words.bare:
                continue
            if row.proof:
                fits = digest(joined, row.salt) == row.proof
            else:
                fits = any(
                    digest(said[check.anchor] + b" " + joined, row.salt) == check.proof
                    for check in row.checks
                    if check.anchor in said
                )
            if fits:
                good[row.turn_id] = words
                said[k] = joined
    known = {row.turn_id for row in members}
    differing = {
        str(turn): str(text)
        for turn, text in content.get("differing", {}).items()
        if turn in known and turn not in good
    }
    return Kept(source, good, differing)


def _bare(text: str) -> str:
    return " ".join(bare(token.word) for token in tokens(text))


def _write(file: Path, content: Mapping[str, Any]) -> None:
    here = file.parent
    try:
        here.mkdir(mode=0o700, parents=True, exist_ok=True)
        here.chmod(0o700)
        for leftover in here.glob(".*.part"):
            if time.time() - leftover.stat().st_mtime > _OLD_LEFTOVER:
                leftover.unlink(missing_ok=True)
        part = here / f".{file.name}.{secrets.token_hex(6)}.part"
        # The mode is the file's from its first moment; nobody can open it in between.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        opened = os.open(part, flags, 0o600)
        try:
            with os.fdopen(opened, "wb") as stream:
                stream.write(json.dumps(content, ensure_ascii=False).encode("utf-8"))
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(file)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        if os.name == "posix":
            at = os.open(here, os.O_RDONLY)
            try:
                os.fsync(at)
            finally:
                os.close(at)
    except OSError as error:
        raise _not_writable(here, error) from None


def _not_writable(here: Path, error: OSError) -> ReaderError:
    return ReaderError(
        Problem(
            f"the folder {quoted(here)} cannot be written ({error.strerror or error})",
            "Attached words lie in the reader's own data folder.",
            "Make room there, or name another folder in READERLIB_DATA.",
        )
    )
