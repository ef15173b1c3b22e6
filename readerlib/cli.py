"""The command line: the only room that prints."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from readerlib.errors import ReaderError
from readerlib.lab import notebooks_folder, serve


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0 when all went well, 2 for what the person can put right.

    Examples
    --------
    >>> main(["--folder", ""])
    2
    """
    ask = argparse.ArgumentParser(
        prog="readerlib", description="Open JupyterLab on the notebooks, on this machine only."
    )
    ask.add_argument("--no-browser", action="store_true", help="print the address, open nothing")
    ask.add_argument("--port", type=int, help="the port to serve on; else the next free one")
    ask.add_argument("--folder", help="where the notebooks lie or are copied to")
    ask.add_argument(
        "--version", action="version", version=f"readerlib {version('jupyter-readerlib')}"
    )
    args = ask.parse_args(argv)
    if args.folder == "":
        print("readerlib: --folder: the name is empty.\n  Name a folder.", file=sys.stderr)
        return 2
    try:
        folder = notebooks_folder(Path(args.folder) if args.folder else None, say=_say)
        return serve(folder, port=args.port, browser=not args.no_browser, say=_say)
    except ReaderError as error:
        print(f"readerlib: {error}", file=sys.stderr)
        return 2


def _say(line: str) -> None:
    print(line, flush=True)
