"""The command line: the only room that prints.

``readerlib`` opens JupyterLab on the notebooks; ``readerlib show`` prints a corpus, to be
read in the terminal or by a program.
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
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from readerlib.bench import report
from readerlib.corpus import Corpus
from readerlib.datasets import load
from readerlib.errors import Problem, ReaderError
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
        commands = {"show": _show, "bench": _bench}
        code = commands.get(args.command, _open)(args)
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
    bench = commands.add_parser(
        "bench",
        help="measure this library at size, beside others",
        description="Invent an archive and measure this library, numpy, pandas, DuckDB, SQLite "
        "FTS5 and ConvoKit on it, each where it is installed.",
        epilog="Example: readerlib bench --turns 400000",
    )
    bench.add_argument(
        "--turns",
        type=int,
        action="append",
        metavar="N",
        help="how many turns, from 1,000 on; more than once for several sizes (400000 and 4000000)",
    )
    bench.add_argument("--json", action="store_true", help="print the measurements as JSON")
    bench.add_argument(
        "--out",
        metavar="DIR",
        help="where benchmarks.md and benchmarks.svg go; in a checkout docs/, else nowhere",
    )
    return ask


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


def _bench(args: argparse.Namespace) -> int:
    """Measurements at size, and the page of them."""
    sizes = args.turns or [400_000, 4_000_000]
    if min(sizes) < 1000:
        raise ReaderError(
            Problem(
                f"{min(sizes)} turns are too few to measure",
                "From 1,000 turns on the counts mean something.",
                "Write --turns 400000.",
                path="--turns",
            )
        )
    docs = Path(__file__).parent.parent / "docs"
    out = Path(args.out) if args.out else docs if docs.is_dir() else None
    say = (lambda line: None) if args.json else _say
    found = [report.measured(turns, say) for turns in sizes]
    if args.json:
        print(json.dumps({"machine": report.machine(), "measured": found}))
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "benchmarks.md").write_text(report.page(found), "utf-8")
        (out / "benchmarks.svg").write_text(report.picture(found), "utf-8")
        say(f"Written: {out / 'benchmarks.md'} and its picture.")
    elif not args.json:
        print(report.page(found))
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
