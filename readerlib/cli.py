"""The command line: the only room that prints.

``readerlib`` opens JupyterLab on the notebooks; ``readerlib show`` prints a corpus, to be
read in the terminal or by a program; ``readerlib attach`` puts the published words in from
the reader's own copy, and ``readerlib forget`` deletes them.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from readerlib import attach
from readerlib.corpus import Corpus
from readerlib.datasets import load
from readerlib.documents import Document, from_bytes
from readerlib.documents import read as opened
from readerlib.documents.fetch import fetch
from readerlib.errors import Problem, ReaderError, listed
from readerlib.formats import read
from readerlib.lab import notebooks_folder, serve
from readerlib.render import SAID

WIDEST = 88
"""Columns of text at most: longer lines are hard to read on a wide terminal."""


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line asks.

    Returns
    -------
    int
        The exit code: 0 when all went well, 2 for what the person can put right.

    Examples
    --------
    >>> main(["show", "calls", "soldier=Ivan&find=zebra"])
    The calls (calls@1)
    Selection: soldier=Ivan&find=zebra
    <BLANKLINE>
    0 of 258 turns, chosen and edited by the reporters, of about 2,000 recordings.
    0
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Whatever the terminal says of itself; a lone surrogate becomes \udXXX, which
            # is also how JSON writes it.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    args = _arguments().parse_args(argv)
    try:
        code = _COMMANDS[args.command](args)
        sys.stdout.flush()
        return code
    except ReaderError as error:
        print(f"readerlib: {_plain(str(error))}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of the pipe, `head` say, has enough; at exit Python would flush again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _arguments() -> argparse.ArgumentParser:
    """What can be asked."""
    ask = argparse.ArgumentParser(
        prog="readerlib",
        description="Open JupyterLab on the notebooks, on this machine only; or, with a "
        "command, do that.",
    )
    ask.add_argument("--no-browser", action="store_true", help="print the address, open nothing")
    ask.add_argument("--port", type=int, metavar="N", help="serve on this port, not the next free")
    ask.add_argument(
        "--folder", metavar="DIR", help="where the notebooks lie, or are copied to if need be"
    )
    ask.add_argument(
        "--version", action="version", version=f"readerlib {version('jupyter-readerlib')}"
    )
    commands = ask.add_subparsers(dest="command", metavar="COMMAND")
    show = commands.add_parser(
        "show",
        help="print turns, to be read here or by a program",
        description="Print the turns of a corpus in reading order.",
        epilog='Example: readerlib show calls "soldier=Ivan&chapter=2"',
    )
    show.add_argument("corpus", metavar="CORPUS", help="a shipped one such as calls, or a path")
    show.add_argument(
        "selection",
        metavar="SELECTION",
        nargs="?",
        default="",
        help='which turns, such as "speaker=Mother&find=gold"; left out, all of them',
    )
    show.add_argument("--json", action="store_true", help="one JSON object per turn and line")
    words = commands.add_parser(
        "attach",
        help="put the published words in, from your own copy of an article",
        description="Find every published turn in your copy of an article, check it, and keep "
        "its words in your data folder, for you alone.",
        epilog="Example: readerlib attach saved-page.html",
    )
    words.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help="a saved page, PDF, DOCX or text; - for what is piped in",
    )
    words.add_argument(
        "--fetch", action="store_true", help="fetch the address listed for the source instead"
    )
    words.add_argument("--source", metavar="ID", help="the source it is; left out, the likeliest")
    words.add_argument("--corpus", metavar="CORPUS", default="calls", help="calls if left out")
    words.add_argument("--dry-run", action="store_true", help="change nothing, only report")
    words.add_argument("--json", action="store_true", help="the report as one JSON object")
    gone = commands.add_parser(
        "forget",
        help="delete every attached word",
        description="Delete every byte of the words you attached.",
    )
    gone.add_argument("--corpus", metavar="CORPUS", help="of this corpus only")
    return ask


def _attach(args: argparse.Namespace) -> int:
    """The published words, from a copy of the reader's."""
    if (args.file is None) != args.fetch:
        raise ReaderError(
            Problem(
                "no copy is named" if args.file is None else "a file and --fetch are named",
                remedy='Name one file, "-" for what is piped in, or --fetch.',
                path="attach",
            )
        )
    corpus = _corpus(args.corpus)
    code = 0
    for name, source, document in _copies(args, corpus):
        try:
            report = attach.align(corpus, document(), source_id=source, progress=_progress)
        except ReaderError as error:
            if not args.json:
                raise
            report = attach.AlignmentReport(False, _plain(str(error)), source)
        finally:
            _progress(1.0, "")
        if report.accepted and not args.dry_run:
            attach.keep(corpus, report)
        if args.json:
            print(json.dumps(report.as_record(), ensure_ascii=False))
        elif report.accepted:
            for line in _attached(report, dry=args.dry_run):
                print(line)
        else:
            print(f"readerlib: {attach.refused(report, name)}", file=sys.stderr)
        code = code if report.accepted else 2
    return code


def _copies(
    args: argparse.Namespace, corpus: Corpus
) -> Iterator[tuple[str, str | None, Callable[[], Document]]]:
    """What is to be aligned: a name for messages, the source it must be, how to open it."""
    if args.file == "-":
        yield "what is piped in", args.source, lambda: from_bytes(sys.stdin.buffer.read(), "-")
        return
    if args.file is not None:
        yield Path(args.file).name, args.source, lambda: opened(Path(args.file))
        return
    sources = corpus.table("sources")
    named = [] if "url" not in sources else sources[sources["url"] != ""].to_dict("records")
    chosen = [row for row in named if args.source in (None, row["source_id"])]
    if not chosen or (args.json and len(chosen) > 1):
        raise ReaderError(
            Problem(
                "no address is listed for it" if not chosen else "--json reports on one source",
                f"Sources with an address: {listed(str(row['source_id']) for row in named)}.",
                "Name one of these with --source.",
                path="attach --fetch",
            )
        )
    for row in chosen:
        url = str(row["url"])
        yield url, str(row["source_id"]), partial(fetch, url, _progress)


def _attached(report: attach.AlignmentReport, *, dry: bool) -> Iterator[str]:
    """The report as it is read in a terminal."""
    yield f"{_plain(report.title or report.source_id or '')}"
    yield report.summary
    for status in ("differs", "missing"):
        some = [turn.turn_id for turn in report.turns if turn.status == status]
        if some:
            yield f"  {status}: {listed(some)}"
    yield (
        "Nothing was kept: this was a trial."
        if dry
        else f"Kept for you alone in {attach.folder()}; readerlib forget deletes it."
    )


def _forget(args: argparse.Namespace) -> int:
    """Every attached word, deleted."""
    gone = attach.forget(_corpus(args.corpus) if args.corpus else None)
    print(
        f"Deleted {gone} file{'s' * (gone != 1)} of attached words."
        if gone
        else "There were no attached words."
    )
    return 0


def _progress(share: float, what: str) -> None:
    """How far the work is, on one line of a terminal; nothing where nobody looks on."""
    if sys.stderr.isatty():
        print(
            f"\r\x1b[K{f'{share:4.0%} {what}' if what else ''}", end="", file=sys.stderr, flush=True
        )


def _open(args: argparse.Namespace) -> int:
    """JupyterLab on the notebooks."""
    if args.folder == "":
        raise ReaderError(
            Problem("the name is empty", remedy="Name a folder, or leave it out.", path="--folder")
        )
    target = Path(args.folder) if args.folder else None
    folder = notebooks_folder(target, say=_say)
    return serve(folder, port=args.port, browser=not args.no_browser, say=_say)


def _show(args: argparse.Namespace) -> int:
    """The turns of a corpus."""
    corpus = _corpus(args.corpus).select(args.selection)
    if args.json:
        for record in _records(corpus):
            print(json.dumps(record, ensure_ascii=False))
    else:
        width = max(40, min(WIDEST, shutil.get_terminal_size().columns))
        for line in _lines(corpus, width):
            print(line)
    return 0


def _corpus(named: str) -> Corpus:
    """The shipped corpus of this name, or the one at this path."""
    if not {".", "/", os.sep}.isdisjoint(named):
        return read(named)
    try:
        return load(named)
    except ReaderError:
        if not Path(named).exists():
            raise
    return read(named)


def _records(corpus: Corpus) -> list[dict[str, Any]]:
    """The selected turns as a program gets them: what the path says already is left out."""
    left_out = {"conversation_id", "addressee"}
    return [{k: v for k, v in r.items() if k not in left_out} for r in corpus.records()]


def _lines(corpus: Corpus, width: int) -> Iterator[str]:
    """The selected turns as they are read in a terminal, gaps included."""
    turns = dict(zip(corpus.turns.index, _records(corpus), strict=True))
    about = corpus.descriptor
    yield _plain(f"{about.title} ({about.name}@{about.version})")
    if str(corpus.selection):
        yield f"Selection: {corpus.selection}"
    with_text = sum(turn["text"] is not None for turn in turns.values())
    with_gist = sum(turn["gist"] is not None for turn in turns.values())
    if with_gist > with_text == 0:
        yield "Summaries in our own words; the published words are not attached."
    elif with_gist and with_text < len(turns):
        yield "The words where they are attached; else a summary of ours, marked so."
    headings = corpus.headings()
    begun = None
    for run in corpus.runs():
        if run.conversation_id != begun:
            begun = run.conversation_id
            heading = _plain(str(headings[begun]))
            yield from ("", "", heading, "=" * min(width, len(heading)))
        if run.hidden:
            missing = run.last - run.first
            yield from ("", f"... {missing} turn{'s' * (missing != 1)} hidden by the selection")
            continue
        for row in range(run.first, run.last):
            yield from ("", *_turn(turns[row], width, mark_gist=with_text > 0))
    counted = f"{len(turns)} of {len(corpus.whole)} turns"
    yield from (
        "",
        f"{counted}, {_plain(about.population)}." if about.population else f"{counted}.",
    )


def _turn(turn: dict[str, Any], width: int, *, mark_gist: bool) -> Iterator[str]:
    """One turn: who speaks and how, then the words or their summary."""
    kind = turn["kind"]
    if kind == "cut":
        yield "[cut: what was said between these turns is not published]"
        return
    speaker, role = _plain(turn["speaker"]), _plain(turn["role"] or "")
    label = f"{speaker}, {role}" if role and role.casefold() != speaker.casefold() else speaker
    if kind in SAID:
        label = f"{label} [{SAID[kind]}]"
    # The account stands apart from what people say, by its bar as well as by its label.
    margin = "  | " if kind == "narration" else "    "
    yield label
    said = turn["text"]
    if said is None:
        said = ("Summary: " if mark_gist else "") + (turn["gist"] or "[no words, no summary]")
    for line in _plain(said).splitlines() or [""]:
        yield from textwrap.wrap(
            line,
            width,
            initial_indent=margin,
            subsequent_indent=margin,
            break_on_hyphens=False,
            break_long_words=False,
        ) or [margin.rstrip()]


def _plain(text: str) -> str:
    """The text without what would steer a terminal instead of being read."""
    return "".join(
        c if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"} else "\ufffd"
        for c in text.replace("\r\n", "\n").replace("\t", " ")
    )


def _say(line: str) -> None:
    """One line at once: a program that waits for the address must not wait for a buffer."""
    print(line, flush=True)


_COMMANDS: dict[str | None, Callable[[argparse.Namespace], int]] = {
    None: _open,
    "show": _show,
    "attach": _attach,
    "forget": _forget,
}
