"""The command line: the only room that prints.

``readerlib`` opens JupyterLab on the notebooks; ``readerlib show``, ``kwic``, ``facets`` and
``cite`` print a corpus, its hits, its counts and its citations, to be read in the terminal or by
a program; ``readerlib retelling`` compares another account with its source; ``readerlib
attach`` puts the published words in from the reader's own copy, and
``readerlib forget`` deletes them; ``readerlib notes`` lists what a reader wrote, takes it out
and in, and ``readerlib portfolio`` makes a page of it.  Turns that carry a content notice are
kept back, in text and in JSON, until ``--notices show`` asks for them.
"""

from __future__ import annotations

import argparse
import datetime
import errno
import io
import json
import os
import re
import shutil
import sys
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

from readerlib import attach, compare
from readerlib.bench import report
from readerlib.citations import STYLES
from readerlib.corpus import Corpus
from readerlib.datasets import load
from readerlib.documents import Document, from_bytes
from readerlib.documents import read as opened
from readerlib.documents.fetch import fetch
from readerlib.errors import Problem, ReaderError, listed, quoted
from readerlib.formats import read
from readerlib.lab import notebooks_folder, serve
from readerlib.measures import kwic
from readerlib.notes import Note, Notes
from readerlib.notes.exchange import FIELDS, FORMS, Form, arrived, export
from readerlib.notices import not_shown
from readerlib.portfolio import portfolio
from readerlib.questions import questions
from readerlib.render import SAID, SIGNS, by_hand, voices
from readerlib.selection import Place

WIDEST = 88
"""Columns of text at most: longer lines are hard to read on a wide terminal."""

STEERING = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What a terminal obeys though JSON lets it stand: more controls, other directions."""


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line asks.

    Returns
    -------
    int
        The exit code: 0 when all went well, 2 for what the person can put right.

    Examples
    --------
    >>> main(["show", "demo", "part=Autumn&find=zebra"])
    The late frost (demo@1)
    Selection: part=Autumn&find=zebra
    <BLANKLINE>
    0 of 14 turns, all turns of three invented calls.
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
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print("readerlib: the disk is full, and not all could be written.", file=sys.stderr)
        return 2
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
    _ask_notices(show)
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
    _ask_kwic(commands)
    _ask_facets(commands)
    _ask_cite(commands)
    _ask_retelling(commands)
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
    _ask_notices(words)
    gone = commands.add_parser(
        "forget",
        help="delete every attached word",
        description="Delete every byte of the words you attached.",
    )
    gone.add_argument("--corpus", metavar="CORPUS", help="of this corpus only")
    _ask_notes(commands)
    _ask_portfolio(commands)
    return ask


def _ask_notices(command: argparse.ArgumentParser) -> None:
    """What a command that prints words takes besides."""
    command.add_argument(
        "--notices",
        metavar="ask|show",
        default="ask",
        help="show: also the words of turns that carry a content notice; left out, only a line "
        "with topic, speaker and length",
    )


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
    veiled = _veiled(corpus, corpus.asked(args.notices))
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
            record = report.as_record()
            for turn in record["turns"]:
                turn["notice"] = veiled.get(turn["turn_id"])
                turn["text"] = None if turn["notice"] else turn["text"]
            print(_json(record))
            _tell_kept_back(sum(turn["notice"] is not None for turn in record["turns"]))
        elif report.accepted:
            for line in _attached(report, dry=args.dry_run):
                print(line)
        else:
            print(f"readerlib: {_plain(str(attach.refused(report, name)))}", file=sys.stderr)
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
    yield _plain(report.summary)
    for status in ("differs", "missing"):
        some = [turn.turn_id for turn in report.turns if turn.status == status]
        if some:
            yield _plain(f"  {status}: {listed(some)}")
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
    topics = corpus.asked(args.notices)
    records = _records(corpus, topics)
    kept = sum(record["notice"] is not None for record in records)
    if args.json:
        for record in records:
            print(_json(record))
        _tell_kept_back(kept)
    else:
        width = max(40, min(WIDEST, shutil.get_terminal_size().columns))
        for line in _lines(corpus, records, topics, width):
            print(line)
        for line in _kept_back(kept, width):
            print(line)
    return 0


def _ask_kwic(commands: Any) -> None:
    """What ``kwic`` takes."""
    ask = commands.add_parser(
        "kwic",
        help="print every hit of a search with the words around it",
        description="Print every hit of a search with the words around it: a concordance.",
        epilog="Example: readerlib kwic calls gold --sort right; "
        'a pattern: readerlib kwic calls "/kill(s|ed)?/"',
    )
    ask.add_argument("corpus", metavar="CORPUS", help="a shipped one such as calls, or a path")
    ask.add_argument(
        "query", metavar="QUERY", help='a word, a phrase, a beginning "com*", or a "/pattern/"'
    )
    ask.add_argument("selection", metavar="SELECTION", nargs="?", default="", help="in which turns")
    ask.add_argument(
        "--sort", metavar="ORDER", default="text", help="text (as read), left or right context"
    )
    ask.add_argument("--window", metavar="N", type=int, default=8, help="words on either side (8)")
    ask.add_argument("--json", action="store_true", help="one JSON object per hit and line")
    _ask_notices(ask)


def _kwic(args: argparse.Namespace) -> int:
    """Every hit of a search with the words around it."""
    if args.window < 0:
        raise ReaderError(
            Problem(
                f"{args.window} words are no context",
                remedy="Give a number from 0 on.",
                path="--window",
            )
        )
    corpus = _corpus(args.corpus).select(args.selection)
    lines = kwic(
        corpus, args.query, window=args.window, sort=args.sort, notices=args.notices
    ).astype(object)
    records = [
        {str(key): value for key, value in record.items()}
        for record in lines.where(lines.notna(), None).to_dict("records")
    ]
    kept = len({record["turn_id"] for record in records if record["notice"] is not None})
    if args.json:
        for record in records:
            print(_json(record))
        _tell_kept_back(kept)
        return 0
    about = corpus.descriptor
    print(_plain(f"{about.title} ({about.name}@{about.version})"))
    if corpus.selection:
        print(f"Selection: {corpus.selection}")
    if records and all(record["of"] == "summary" for record in records):
        print("Hits in summaries in our own words; the published words are not attached.")
    elif any(record["of"] == "summary" for record in records):
        print("Hits in the words where they are attached; else in a summary, marked S.")
    if records:
        print()
    width = max(60, min(WIDEST, shutil.get_terminal_size().columns))
    for line in _concordance(records, width):
        print(line)
    turns = len({record["turn_id"] for record in records})
    counted = f"{len(records)} hit{'s' * (len(records) != 1)} for {quoted(args.query)} in {turns} "
    counted += f"of {len(corpus)} turn{'s' * (len(corpus) != 1)}"
    counted = f"{counted}, {about.population}." if about.population else f"{counted}."
    print()
    for line in textwrap.wrap(_plain(counted), width, break_on_hyphens=False):
        print(line)
    for line in _kept_back(kept, width):
        print(line)
    return 0


def _concordance(records: Sequence[dict[str, Any]], width: int) -> Iterator[str]:
    """The hits one below the other, each with its turn and its speaker."""
    if not records:
        return
    mixed = len({record["of"] for record in records}) > 1
    ids = min(max(_columns(record["turn_id"]) for record in records), width // 4)
    names = min(max(_columns(record["speaker"]) for record in records), width // 5)
    rest = width - ids - names - 3 - 2 * mixed
    read = [record for record in records if record["notice"] is None]
    hit = min(max((_columns(_flat(record["hit"])) for record in read), default=0), rest // 2)
    side = max((rest - hit - 4) // 2, 0)
    behind = Counter(record["turn_id"] for record in records if record["notice"] is not None)
    for record in records:
        mark = ("S " if record["of"] == "summary" else "  ") if mixed else ""
        told = f"{_padded(record['turn_id'], ids)}  {_padded(record['speaker'], names)} {mark}"
        if record["notice"] is not None:
            # Once for all hits of the turn, which stand together.
            if hits := behind.pop(record["turn_id"], 0):
                line = f"{hits} hit{'s' * (hits != 1)} not shown: {record['notice']}"
                yield f"{told}{_padded(line, rest)}".rstrip()
            continue
        left = _fitting(_flat(record["left"]).split(), side, from_end=True)
        right = _fitting(_flat(record["right"]).split(), side, from_end=False)
        # A hit may begin or end inside a word, or beside a sign: no space then.
        left += " " if record["left"][-1:].isspace() or not record["left"] else ""
        right = (" " if record["right"][:1].isspace() else "") + right
        found = _flat(record["hit"])
        found = found if _columns(found) <= hit else f"{_cut(found, hit - 1)}…"
        yield f"{told}{' ' * (side + 1 - _columns(left))}{left}[{found}]{right}".rstrip()


def _fitting(words: Sequence[str], width: int, *, from_end: bool) -> str:
    """As many of the words nearest to the hit as fit."""
    kept: list[str] = []
    for word in reversed(words) if from_end else words:
        tried = [word, *kept] if from_end else [*kept, word]
        if _columns(" ".join(tried)) > width:
            break
        kept = tried
    return " ".join(kept)


def _flat(text: str) -> str:
    """The text on one line."""
    return _plain(text).replace("\n", " ")


def _columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(
        0
        if unicodedata.combining(c) or unicodedata.category(c) in {"Mn", "Me", "Cf"}
        else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )


def _cut(text: str, width: int) -> str:
    """The beginning of the text that fits."""
    while text and _columns(text) > width:
        text = text[:-1]
    return text


def _padded(text: str, width: int) -> str:
    """The text in exactly so many columns."""
    text = _flat(text)
    text = text if _columns(text) <= width else f"{_cut(text, width - 1)}…"
    return text + " " * (width - _columns(text))


def _ask_facets(commands: Any) -> None:
    """What ``facets`` takes."""
    ask = commands.add_parser(
        "facets",
        help="print by what one can narrow, with counts",
        description="Print every value of every facet with the number of its turns under the "
        "selection, leaving out the selection's own choice in that facet.",
        epilog='Example: readerlib facets calls "soldier=Ivan"',
    )
    ask.add_argument("corpus", metavar="CORPUS", help="a shipped one such as calls, or a path")
    ask.add_argument(
        "selection", metavar="SELECTION", nargs="?", default="", help="under which selection"
    )
    ask.add_argument("--json", action="store_true", help="one JSON object per value and line")


def _facets(args: argparse.Namespace) -> int:
    """Every value of every facet with its count."""
    corpus = _corpus(args.corpus).select(args.selection)
    values = corpus.facets().astype(object).to_dict("records")
    if args.json:
        for value in values:
            print(_json(value))
        return 0
    about = corpus.descriptor
    print(_plain(f"{about.title} ({about.name}@{about.version})"))
    if corpus.selection:
        print(f"Selection: {corpus.selection}")
    width = max(40, min(WIDEST, shutil.get_terminal_size().columns))
    size = len(str(max((value["turns"] for value in values), default=0)))
    for facet in about.facets:
        print(_plain(f"\n{facet.label} ({facet.name}=…)"))
        for value in values:
            if value["facet"] == facet.name:
                mark = "x" if value["chosen"] else " "
                name = _padded(value["value"], width - size - 5).rstrip()
                print(f"  {mark} {value['turns']:>{size}} {name}")
    counted = f"{len(corpus)} of {len(corpus.whole)} turns"
    print(_plain(f"\n{counted}, {about.population}." if about.population else f"\n{counted}."))
    return 0


def _ask_cite(commands: Any) -> None:
    """What ``cite`` takes."""
    ask = commands.add_parser(
        "cite",
        help="print a citation of a turn or several",
        description="Print a citation: the source, and where in it, by whom and how edited.",
        epilog="Example: readerlib cite calls ivan-2-01..ivan-2-05 --style mla",
    )
    ask.add_argument("corpus", metavar="CORPUS", help="a shipped one such as calls, or a path")
    ask.add_argument(
        "place", metavar="PLACE", help="a turn, a stretch turn:0-12, or several turn..turn"
    )
    ask.add_argument("--style", default="chicago", help=f"{', '.join(STYLES)}")
    ask.add_argument("--accessed", metavar="DATE", help="when you saw it (2026-11-25); else today")


def _cite(args: argparse.Namespace) -> int:
    """A citation of a place."""
    try:
        seen = datetime.date.fromisoformat(args.accessed) if args.accessed is not None else None
    except ValueError:
        raise ReaderError(
            Problem(
                f"{quoted(args.accessed)} is no date",
                "A date is written year-month-day.",
                "For example: 2026-11-25.",
                path="--accessed",
            )
        ) from None
    print(_plain(_corpus(args.corpus).cite(args.place, args.style, accessed=seen)))
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


def _ask_retelling(commands: Any) -> None:
    """What ``retelling`` takes."""
    ask = commands.add_parser(
        "retelling",
        help="compare another account with its source",
        description="Print every quotation and claim of another account with what stands in the "
        "source: verbatim, trimmed, stitched, reordered, given to the wrong speaker, paraphrased, "
        "or not found in this copy.",
        epilog="Example: readerlib retelling essay.docx; without a file, the retelling that the "
        "corpus holds itself.",
    )
    ask.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help="a saved page, PDF, DOCX or text; - for what is piped in",
    )
    ask.add_argument("--corpus", metavar="CORPUS", default="calls", help="calls if left out")
    ask.add_argument(
        "--source",
        metavar="SELECTION",
        default="",
        help='the turns to compare with, such as "source=ap-2023-02"; left out, all of them',
    )
    ask.add_argument("--json", action="store_true", help="the report as one JSON object")
    _ask_notices(ask)


def _retelling(args: argparse.Namespace) -> int:
    """Another account, against its source."""
    corpus = _corpus(args.corpus)
    account: Document | Path | Corpus
    if args.file is None:
        account = compare.retellings(corpus)
    elif args.file == "-":
        account = from_bytes(sys.stdin.buffer.read(), "-")
    else:
        account = Path(args.file)
    found = compare.retelling(corpus.select(args.source), account, notices=args.notices)
    record = found.as_record()
    if args.json:
        print(_json(record))
    else:
        width = max(40, min(WIDEST, shutil.get_terminal_size().columns))
        for line in _retold(record, width):
            print(line)
    kept = sum(turn["notice"] is not None for turn in found.turns.values())
    if args.json:
        _tell_kept_back(kept)
    else:
        for line in _kept_back(kept, width):
            print(line)
    return 0


def _retold(record: Mapping[str, Any], width: int) -> Iterator[str]:
    """The report on a retelling as it is read in a terminal."""

    def wrapped(text: str, margin: str = "", later: str | None = None) -> Iterator[str]:
        for line in _plain(text).splitlines() or [""]:
            yield from textwrap.wrap(
                line,
                width,
                initial_indent=margin,
                subsequent_indent=margin if later is None else later,
                break_on_hyphens=False,
                break_long_words=False,
            )

    yield from wrapped(f"Compared with {record['source']}")
    for remark in record["remarks"]:
        yield from wrapped(remark)
    for item in record["items"]:
        given = f", given to {item['attributed']}" if item["attributed"] else ""
        yield ""
        yield from wrapped(
            f"{SIGNS[item['class']]} {item['class'].upper()}  "
            f"{item['kind']} {item['number']}{given}"
        )
        yield from wrapped(item["says"], "    ")
        own = "[not shown: a turn behind a notice]" if item["text"] is None else item["text"]
        yield from wrapped(f"retelling: {own}", "    ", "      ")
        if item["before"]:
            yield from wrapped(f"before:    {_turn_beside(item['before'])}", "    ", "      ")
        for span in item["source"]:
            yield from wrapped(f"source:    {_turn_beside(span)}", "    ", "      ")
        for turn in item["between"][:4]:
            yield from wrapped(f"between:   {_turn_beside(turn)}", "    ", "      ")
        if len(item["between"]) > 4:
            yield from wrapped(f"between:   {len(item['between']) - 4} more turns", "    ")
        if item["after"]:
            yield from wrapped(f"after:     {_turn_beside(item['after'])}", "    ", "      ")
        for left in item["left_out"]:
            if left["text"]:
                yield from wrapped(f"left out {left['where']}: {left['text']}", "    ", "      ")
        if item["changes"]:
            yield from wrapped(f"changed:   {'; '.join(item['changes'])}", "    ", "      ")
        if item["voices_left_out"]:
            yield from wrapped(voices(item), "    ", "      ")
        if item["read"]:
            yield from wrapped(by_hand(item), "    ", "      ")
    yield ""
    kinds = Counter(item["kind"] for item in record["items"])
    told = " and ".join(
        f"{kinds[kind]} {kind}{'s' * (kinds[kind] != 1)}" for kind in ("quotation", "claim")
    )
    counts = ", ".join(f"{count} {name}" for name, count in record["counts"].items() if count)
    yield from wrapped(f"{told}: {counts}." if counts else f"{told}.")
    if record["whole"]["says"]:
        yield from wrapped(f"As a whole: {record['whole']['says']}")
    yield from wrapped(f"{record['population']}.")


def _turn_beside(turn: Mapping[str, Any]) -> str:
    """A turn of a report on one line: who, which, and what there is to show."""
    who = f"{turn['speaker']} ({turn['turn_id']})"
    if turn["notice"]:
        return f"{who}: [Not shown. {turn['notice']}]"
    if turn["text"] is None:
        return f"{who}: [its words are not attached]"
    return f"{who}{', summary' if turn['of'] == 'summary' else ''}: {turn['text']}"


def _ask_notes(commands: Any) -> None:
    """What ``notes`` takes."""
    ask = commands.add_parser(
        "notes",
        help="list what you wrote; take it out, or in",
        usage="readerlib notes [CORPUS] | notes export OUT | notes import FILE",
        description="List your notes on a corpus; export them as Markdown (.md), CSV (.csv) or "
        "Web Annotations (.jsonld), without any words of others; import them from such a file.",
        epilog="Example: readerlib notes export mine.md --dry-run",
    )
    ask.add_argument(
        "what",
        metavar="CORPUS | export OUT | import FILE",
        nargs="*",
        help="a corpus, calls if left out; or export and where to; or import and from where",
    )
    ask.add_argument("--corpus", metavar="CORPUS", help="what the notes are on; calls if left out")
    ask.add_argument("--find", metavar="WORDS", default="", help="only notes that have these words")
    ask.add_argument("--json", action="store_true", help="one JSON object per note and line")
    ask.add_argument(
        "--dry-run",
        action="store_true",
        help="export: print exactly what would leave; import: say what would come; change nothing",
    )
    ask.add_argument("--partly", action="store_true", help="import what can be read of a file")
    _ask_folder_and_force(ask)


def _ask_folder_and_force(ask: argparse.ArgumentParser) -> None:
    """Where notes lie, and whether a file may be replaced."""
    ask.add_argument("--notes", metavar="DIR", help="the folder of the notes; else your own")
    ask.add_argument("--force", action="store_true", help="replace the file if it is there")


def _notes(args: argparse.Namespace) -> int:
    """Notes as a list; out; or in."""
    match args.what:
        case ["export", out]:
            return _export(args, Path(out))
        case ["import", file]:
            return _import(args, Path(file))
        case ["export" | "import" as doing, *_]:
            raise ReaderError(
                Problem(
                    "one file is wanted",
                    remedy=f"Write readerlib notes {doing} mine.md.",
                    path=f"notes {doing}",
                )
            )
        case [] | [_]:
            return _list_notes(args, *args.what)
    raise ReaderError(
        Problem(
            f"{quoted(' '.join(args.what))} is more than one corpus",
            "Notes are listed for one corpus; or exported, or imported.",
            "Name one corpus, or write export OUT or import FILE.",
            path="notes",
        )
    )


def _kept(args: argparse.Namespace) -> Notes:
    """The notes of the folder that was named; what in it could not be read is told."""
    notes = Notes(args.notes)
    for trouble in notes.troubles:
        print(f"readerlib: {_plain(trouble)}", file=sys.stderr)
    return notes


def _list_notes(args: argparse.Namespace, named: str = "") -> int:
    """The notes on a corpus, in the order in which it is read."""
    corpus = _corpus(named or args.corpus or "calls")
    notes = _kept(args)
    chosen = notes.select(corpus, find=args.find)
    standings = notes.standings(corpus)
    rows = {note.note_id: _row(corpus, standings[note.note_id].place) for note in chosen}
    chosen.sort(key=lambda note: (rows[note.note_id], note.made, note.note_id))
    for note in chosen:
        place, said = standings[note.note_id].place, standings[note.note_id].said
        if args.json:
            print(_json(_told(note, standings[note.note_id].state, str(place or ""))))
            continue
        width = max(40, min(WIDEST, shutil.get_terminal_size().columns))
        where = corpus.whereabouts(place) if place else f"{note.anchor.place}"
        for line in _note_lines(note, where, said, notes.labels, width):
            print(line)
    if not args.json:
        among = " with these words" if args.find else ""
        print(f"{len(chosen)} note{'s' * (len(chosen) != 1)}{among}, in {notes.path}.")
    return 0


def _row(corpus: Corpus, place: Place | None) -> tuple[int, int]:
    """What sorts a place as it is read, and what has none to the end."""
    if place is None:
        return len(corpus.whole), 0
    return corpus.row(place.turn_id), place.start or 0


def _told(note: Note, state: str, place: str) -> dict[str, Any]:
    """A note as a program gets it."""
    told = {name: getattr(note, name) for name in FIELDS if name != "anchor"}
    others = [{"text": other.text, "changed": other.changed} for other in note.others]
    return told | {"place": place, "state": state, "others": others}


def _note_lines(
    note: Note, where: str, said: str, labels: Mapping[str, str], width: int
) -> Iterator[str]:
    """A note as it is read in a terminal."""
    yield from textwrap.wrap(_plain(where), width, subsequent_indent="  ", break_on_hyphens=False)
    for number, side in enumerate((note, *note.others)):
        if number:
            yield "  (another version, from another window)"
        for line in _plain(side.text).splitlines():
            yield from textwrap.wrap(
                line,
                width,
                initial_indent="    ",
                subsequent_indent="    ",
                break_on_hyphens=False,
                break_long_words=False,
            )
        about = [f"{labels.get(side.colour, '')} ({side.colour})"] if side.colour else []
        about += [f"tags: {', '.join(side.tags)}"] if side.tags else []
        about += [side.changed[:16].replace("T", " ")]
        yield _plain(f"    [{'; '.join(about)}]")
    if said:
        yield f"    {_plain(said)}"
    yield ""


def _export(args: argparse.Namespace, out: Path) -> int:
    """Notes as a file; with --dry-run exactly what it would hold."""
    forms: dict[str, Form] = {ending: form for form, (ending, *_) in FORMS.items()}
    form = forms.get(out.suffix.casefold())
    if form is None:
        raise ReaderError(
            Problem(
                f"{quoted(out.suffix)} is no ending of exported notes",
                f"They are {', '.join(f'{form} ({ending})' for ending, form in forms.items())}.",
                "Give the file one of these endings.",
                path=str(out),
            )
        )
    corpus = _corpus(args.corpus or "calls")
    notes = _kept(args)
    made = export(notes.select(corpus, find=args.find), corpus, form, labels=notes.labels)
    if args.dry_run:
        print(_plain(made.text), end="")
        sys.stdout.flush()
        print(f"Nothing has left. This would: {_plain(made.summary)}", file=sys.stderr)
        return 0
    made.save(out, replacing=args.force)
    print(f"{out}: {_plain(made.summary)}")
    return 0


def _import(args: argparse.Namespace, file: Path) -> int:
    """Notes from a file: all of it, or with --partly what can be read."""
    corpus = _corpus(args.corpus or "calls")
    found = arrived(file, corpus)
    if found.problems and not args.partly:
        raise ReaderError(found.problems)
    notes = _kept(args)
    taken = notes.compared(found.notes) if args.dry_run else notes.take(found.notes)
    counts = f"{len(taken.new)} new, {len(taken.same)} that are here already, "
    counts += f"{len(taken.changed)} that say something else here"
    print(f"{file}: {len(found.notes)} note{'s' * (len(found.notes) != 1)}: {counts}.")
    if taken.changed:
        print("Of those that differ both versions are kept.")
    elsewhere = sorted({note.corpus for note in found.notes} - {corpus.descriptor.name})
    if elsewhere:
        print(f"There are notes on another corpus among them: {_plain(listed(elsewhere))}.")
    print("Nothing was taken in: this was a trial." if args.dry_run else f"Kept in {notes.path}.")
    if found.problems:
        print(f"readerlib: {_plain(str(ReaderError(found.problems)))}", file=sys.stderr)
    return 2 if found.problems else 0


def _ask_portfolio(commands: Any) -> None:
    """What ``portfolio`` takes."""
    ask = commands.add_parser(
        "portfolio",
        help="make a page of your notes, answers and chosen passages",
        description="Make a page of your notes, answers and the passages you chose to quote, with "
        "citations, as HTML or DOCX.",
        epilog="Example: readerlib portfolio mine.docx",
    )
    ask.add_argument("out", metavar="OUT", help="the file: .html or .docx")
    ask.add_argument("--corpus", metavar="CORPUS", default="calls", help="calls if left out")
    ask.add_argument("--title", metavar="TITLE", default="", help="the heading of the page")
    ask.add_argument(
        "--name", metavar="NAME", default="", help="who wrote it; else nobody is named"
    )
    _ask_folder_and_force(ask)


def _portfolio(args: argparse.Namespace) -> int:
    """A page to take away."""
    corpus = _corpus(args.corpus)
    made = portfolio(
        corpus,
        _kept(args),
        title=args.title,
        name=args.name,
        questions=questions(corpus),
    )
    print(f"Written: {made.save(args.out, replacing=args.force)}")
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


def _records(corpus: Corpus, topics: Container[str]) -> list[dict[str, Any]]:
    """The selected turns as a program gets them: what the path says already is left out.

    What carries one of the topics comes without its words, and ``notice`` says why.
    """
    left_out = {"conversation_id", "addressee"}
    records = []
    for record in corpus.records():
        told = {key: value for key, value in record.items() if key not in left_out}
        kept = [topic for topic in record["notices"] if topic in topics]
        told |= {"gist": None, "text": None} if kept else {}
        records.append(told | {"notice": ", ".join(kept) if kept else None})
    return records


def _veiled(corpus: Corpus, topics: Container[str]) -> dict[str, str]:
    """The turns that carry some of the topics: turn_id → which."""
    ids = corpus.table("turns")["turn_id"]
    return {str(ids[row]): ", ".join(has) for row, has in corpus.veiled(topics).items()}


def _kept_back(turns: int, width: int = WIDEST) -> list[str]:
    """How many turns were kept back, and the way to see them; nothing where none was."""
    if not turns:
        return []
    told = f"{turns} turn{'s' * (turns != 1)} not shown because of a content notice; "
    told += f"--notices show prints {'them' if turns != 1 else 'it'}."
    return textwrap.wrap(told, width, break_on_hyphens=False)


def _tell_kept_back(turns: int) -> None:
    """The same beside JSON, where it is no object and must not stand between them."""
    sys.stdout.flush()
    for line in _kept_back(turns):
        print(line, file=sys.stderr)


def _json(record: Mapping[Any, Any]) -> str:
    """The record on one line, in every script, and nothing that would steer a terminal."""
    line = json.dumps(record, ensure_ascii=False)
    return STEERING.sub(lambda sign: f"\\u{ord(sign[0]):04x}", line)


def _lines(
    corpus: Corpus, records: Sequence[dict[str, Any]], topics: Container[str], width: int
) -> Iterator[str]:
    """The selected turns as they are read in a terminal, gaps included."""
    turns = dict(zip(corpus.turns.index, records, strict=True))
    about = corpus.descriptor
    yield _plain(f"{about.title} ({about.name}@{about.version})")
    if str(corpus.selection):
        yield f"Selection: {corpus.selection}"
    read = [turn for turn in records if turn["notice"] is None]
    with_text = sum(turn["text"] is not None for turn in read)
    with_gist = sum(turn["gist"] is not None for turn in read)
    if with_gist > with_text == 0:
        yield "Summaries in our own words; the published words are not attached."
    elif with_gist and with_text < len(read):
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
        here = (turns[row] for row in range(run.first, run.last))
        for kept, group in groupby(here, key=lambda turn: turn["notice"] is not None):
            if kept:
                yield from ("", *_behind(list(group), topics, width))
                continue
            for turn in group:
                yield from ("", *_turn(turn, width, mark_gist=with_text > 0))
    counted = f"{len(turns)} of {len(corpus.whole)} turns"
    yield from (
        "",
        f"{counted}, {_plain(about.population)}." if about.population else f"{counted}.",
    )


def _behind(turns: Sequence[dict[str, Any]], topics: Container[str], width: int) -> Iterator[str]:
    """The line that stands for turns behind a notice."""
    carried = dict.fromkeys(t for turn in turns for t in turn["notices"] if t in topics)
    line = _plain(not_shown(turns, list(carried)))
    yield from textwrap.wrap(line, width, break_on_hyphens=False)


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
    text = re.sub("\r\n|[\u2028\u2029]", "\n", text).replace("\t", " ")
    return "".join(
        c
        if c == "\n" or not (unicodedata.category(c) in {"Cc", "Cs"} or STEERING.match(c))
        else "\ufffd"
        for c in text
    )


def _say(line: str) -> None:
    """One line at once: a program that waits for the address must not wait for a buffer."""
    print(line, flush=True)


_COMMANDS: dict[str | None, Callable[[argparse.Namespace], int]] = {
    None: _open,
    "show": _show,
    "kwic": _kwic,
    "facets": _facets,
    "cite": _cite,
    "retelling": _retelling,
    "attach": _attach,
    "forget": _forget,
    "notes": _notes,
    "portfolio": _portfolio,
    "bench": _bench,
}
