"""Where the notebooks are on this machine, and JupyterLab opened on them.

In a checkout the notebooks are worked on where they lie.  Installed from a wheel they are
shipped inside the package, where nobody looks and nothing should be edited, and are copied
into a folder of the user's own.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import FrameType

from readerlib.errors import Problem, ReaderError, quoted

START = "00_start_here.ipynb"
"""The notebook that JupyterLab opens."""

_ATTEMPTS = 5

USUAL_PORT = 8888
"""Where the search for a free port begins: Jupyter's own habit."""

PATIENCE = 90.0
"""Seconds that JupyterLab may take to answer; a slow disk needs half of them."""

_PACKAGE = Path(__file__).resolve().parent
_RECORD = ".readerlib.json"

Say = Callable[[str], None]
"""Takes one line for the person at the terminal; only the command line prints."""


def notebooks_folder(target: Path | None = None, *, say: Say | None = None) -> Path:
    """The folder with the notebooks, made or brought up to date where it is a copy.

    Parameters
    ----------
    target : Path, optional
        Where the copies go.  Left out, it is the checkout's own ``notebooks/``, or
        ``readerlib-notebooks`` in the home folder if readerlib was installed.
    say : callable, optional
        Is given each line that tells what was done.

    Returns
    -------
    Path
        Absolute.

    Raises
    ------
    ReaderError
        If the notebooks are not there, or the copies cannot be written.

    Examples
    --------
    >>> notebooks_folder().name in {"notebooks", "readerlib-notebooks"}
    True
    """
    beside, inside = _PACKAGE.parent / "notebooks", _PACKAGE / "notebooks"
    checkout = (_PACKAGE.parent / "pyproject.toml").is_file() and beside.is_dir()
    if checkout and target is None:
        return beside
    shipped = beside if checkout else inside
    if not shipped.is_dir():
        raise ReaderError(
            Problem(
                "the notebooks that belong to readerlib are not there",
                "They are installed together with it.",
                "Install jupyter-readerlib again.",
                path=str(shipped),
            )
        )
    folder = (target or Path.home() / "readerlib-notebooks").expanduser().absolute()
    try:
        lines = bring_up_to_date(shipped, folder, version("jupyter-readerlib"))
    except OSError as error:
        raise ReaderError(
            Problem(
                f"the notebooks cannot be put here ({error.strerror or error})",
                "It has to be a folder that you may write to.",
                "Name another one: readerlib --folder DIR.",
                path=str(folder),
            )
        ) from error
    for line in lines if say else []:
        say(line)  # type: ignore[misc]  # `lines` is empty unless there is someone to tell
    return folder


def bring_up_to_date(shipped: Path, folder: Path, release: str) -> list[str]:
    """Copy what is shipped into `folder`, leaving alone whatever its owner has changed.

    A file that its owner has not changed follows the release.  A changed one stays as it
    is; where the release brings a new version, that is put beside it, once.  A file that
    is missing comes back, so that deleting one is the way to begin it afresh.  Having run
    a notebook does not count as changing it: its cells do, their outputs do not.

    Parameters
    ----------
    shipped, folder : Path
        From where, and where to.
    release : str
        The version, which the name of a file put beside another one tells.

    Returns
    -------
    list of str
        What was done, in lines for a person; empty if there was nothing to do.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = _recorded(folder)
    record, copied, renewed, beside = dict(known), 0, list[str](), list[str]()
    for source in _files(shipped):
        name = source.relative_to(shipped).as_posix()
        path, content = folder / name, source.read_bytes()
        new = _content_mark(name, content)
        here = _content_mark(name, path.read_bytes()) if path.exists() else None
        if here is None:
            _put(path, content)
            copied += 1
        elif here == new:
            pass
        elif here == known.get(name):
            _put(path, content)
            renewed.append(name)
        elif new != known.get(name):
            other = _free_name(path, release, content)
            _put(other, content)
            beside.append(f"Kept your own {name}; the new version is beside it: {other.name}")
        record[name] = new
    if record != known:
        _put(folder / _RECORD, json.dumps(record, indent=1, sort_keys=True).encode())
    lines = [f"Put {copied} file{'s' * (copied != 1)} into {folder}"] if copied else []
    if renewed:
        lines.append(f"Brought up to date: {', '.join(renewed)}")
    return lines + beside


def serve(
    folder: Path, *, port: int | None = None, browser: bool = True, say: Say | None = None
) -> int:
    """Run JupyterLab on `folder` until it is stopped, for this machine only.

    It listens on the loopback address, asks for its token, and fetches neither news nor
    updates nor extensions.  Ctrl-C, or the end of the terminal, stops it and its kernels.
    Call it from the main thread, since it listens to signals.

    Parameters
    ----------
    folder : Path
        Holds :data:`START`.
    port : int, optional
        Left out, the first free one from :data:`USUAL_PORT` on.
    browser : bool
        Whether the browser is opened.
    say : callable, optional
        Is given each line for the person at the terminal: the address first.

    Returns
    -------
    int
        0, the exit code.

    Raises
    ------
    ReaderError
        If the port is taken, or JupyterLab does not start, ends by itself with a failure,
        or lets somebody in without the token.
    """
    tell = say or (lambda line: None)
    if not (folder / START).is_file():
        raise ReaderError(
            Problem(
                f"there is no {START}",
                "JupyterLab is opened on the folder that holds it.",
                "Name a folder with the notebooks, or a new one: readerlib --folder DIR.",
                path=str(folder),
            )
        )
    named = port
    token = secrets.token_hex(24)
    with (
        tempfile.TemporaryDirectory(prefix="readerlib-", ignore_cleanup_errors=True) as name,
        _stop_signals() as stopped,
    ):
        for attempt in range(_ATTEMPTS):
            port = _free_port(named)
            private = Path(name) / str(attempt)
            private.mkdir()
            with _running(folder, port, token, browser, private) as server:
                answers = _await_answer(server, port, token, stopped)
                if answers:
                    tell(f"Notebooks: {folder}")
                    tell(f"JupyterLab: http://127.0.0.1:{port}/lab/tree/{START}?token={token}")
                    tell("Stop it with Ctrl-C.")
                while server.poll() is None and answers and not stopped:
                    # A plain short sleep: an Event set from a signal handler can deadlock.
                    time.sleep(0.2)
                ended = server.poll()
            # Whoever starts at the same moment may have been faster to take the port.
            if answers or stopped or named or not _refusal(port):
                break
        if not stopped and (ended is None or ended != 0 or not answers):
            raise _failed(ended, private)
    tell("JupyterLab has stopped.")
    return 0


def _files(folder: Path) -> Iterator[Path]:
    """Every file that is shipped: not the hidden ones, such as checkpoints."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts):
            yield path


def _recorded(folder: Path) -> dict[str, str]:
    """What was put into the folder last time: name and mark of its content."""
    try:
        record = json.loads((folder / _RECORD).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        # Without a readable record every file counts as the user's, which loses nothing.
        return {}
    return record if isinstance(record, dict) else {}


def _content_mark(name: str, content: bytes) -> str:
    """A hash of what a person wrote: of a notebook the cells without what running them left."""
    if name.endswith(".ipynb"):
        try:
            cells = [
                [
                    cell["cell_type"],
                    "".join(cell["source"]),
                    cell.get("metadata", {}),
                    cell.get("attachments", {}),
                ]
                for cell in json.loads(content)["cells"]
            ]
        except (ValueError, KeyError, TypeError, AttributeError):
            pass  # Not a notebook any more: then its bytes are what counts.
        else:
            content = json.dumps(cells, sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()


def _put(path: Path, content: bytes) -> None:
    """Write the whole file or nothing, so that a full disk cannot cost an older version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)


def _free_name(path: Path, release: str, content: bytes) -> Path:
    """A name beside `path` that says which release it is of and is nobody's yet."""
    number = 1
    while True:
        again = f", {number}" if number > 1 else ""
        other = path.with_name(f"{path.stem} (readerlib {release}{again}){path.suffix}")
        if not other.exists() or other.read_bytes() == content:
            return other
        number += 1


def _refusal(port: int) -> OSError | None:
    """Why a port cannot be had now; None if it can."""
    with socket.socket() as probe:
        if os.name == "posix":
            # As the server does: a port whose last user has just left is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error
    return None


def _free_port(wanted: int | None) -> int:
    """The port to listen on, looked at just before it is used."""
    if wanted is not None and not 1 <= wanted <= 65535:
        raise ReaderError(
            Problem(
                f"there is no port {wanted}",
                "Ports are numbered from 1 to 65535.",
                "Leave --port out to have a free one found.",
                path="--port",
            )
        )
    last = OSError()
    for port in [wanted] if wanted else range(USUAL_PORT, USUAL_PORT + 100):
        refused = _refusal(port)
        if refused is None:
            return port
        last = refused
    span = f"port {wanted} is" if wanted else f"ports {USUAL_PORT} to {USUAL_PORT + 99} are"
    raise ReaderError(
        Problem(
            f"{span} not to be had on 127.0.0.1 ({last.strerror})",
            "Perhaps another JupyterLab is still running there.",
            "Stop it, name another port, or leave --port out to have a free one found."
            if wanted
            else "Stop it, or name a port: readerlib --port N.",
            path="--port",
        )
    ) from last


@contextmanager
def _stop_signals() -> Iterator[list[int]]:
    """A list that is no longer empty once the user wants to stop, for as long as this lasts."""
    seen = list[int]()

    def note(number: int, frame: FrameType | None) -> None:
        seen.append(number)

    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {getattr(signal, name): signal.signal(getattr(signal, name), note) for name in names}
    try:
        yield seen
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _running(
    folder: Path, port: int, token: str, browser: bool, private: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """The server, started, and stopped in the end with all its kernels."""
    # The token goes by a file that only this user reads: the arguments of a program are
    # shown to everyone on the machine.  The file comes before the user's own settings.
    settings = {
        "IdentityProvider": {"token": token},
        "PasswordIdentityProvider": {"hashed_password": "", "password_required": False},
        "ServerApp": {"base_url": "/", "certfile": "", "keyfile": "", "sock": ""},
    }
    (private / "jupyter_server_config.json").write_text(json.dumps(settings), "utf-8")
    # JupyterLab 4 asks whether to fetch its news even where there is none to fetch.
    page = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (private / "labconfig").mkdir()
    (private / "labconfig" / "page_config.json").write_text(json.dumps(page), "utf-8")
    paths = [str(private), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    environment = dict(
        os.environ,
        JUPYTER_CONFIG_PATH=os.pathsep.join(filter(None, paths)),
        # A kernel called python3 in the home folder would hide the one that has readerlib.
        JUPYTER_PREFER_ENV_PATH="1",
    )
    with (private / "server.log").open("wb") as log:
        server = subprocess.Popen(
            _command(folder, port, browser),
            # Not the notebooks' folder: Python would import the modules that lie there.
            cwd=private,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C reaches this process only, which then asks the server to stop.
            start_new_session=True,
        )
        try:
            yield server
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _command(folder: Path, port: int, browser: bool) -> Sequence[str]:
    """What starts JupyterLab; what stands here is stronger than the user's own settings."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.allow_remote_access=False",
        "--ServerApp.answer_yes=True",
        f"--ServerApp.allow_root={root}",
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.open_browser={browser}",
        f"--LabApp.default_url=/lab/tree/{START}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]


def _status(port: int, token: str | None) -> int | None:
    """The status with which the server answers a request for its contents, or None."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        header = {"Authorization": f"token {token}"} if token else {}
        connection.request("GET", "/api/contents?content=0", headers=header)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _await_answer(
    server: subprocess.Popen[bytes], port: int, token: str, stopped: list[int]
) -> bool:
    """Wait until the server answers; False if it has ended, takes too long or is to stop."""
    end = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < end and not stopped:
        if _status(port, token) == 200:
            if _status(port, None) == 200:
                raise ReaderError(
                    Problem(
                        "it lets everybody in without the token, so it was stopped",
                        "A setting of your own for Jupyter switches the token off.",
                        "Look for it with: jupyter --paths.",
                        path="JupyterLab",
                    )
                )
            return True
        time.sleep(0.1)
    return False


def _failed(code: int | None, private: Path) -> ReaderError:
    """Why JupyterLab is not there, in the words of the end of its log."""
    log = (private / "server.log").read_text("utf-8", "replace").strip().splitlines()
    how = f"ended with code {code}" if code is not None else f"gave no answer in {PATIENCE:.0f} s"
    last = "Its last line: " + quoted(log[-1].strip()) if log else "It wrote no log."
    return ReaderError(
        Problem(
            f"it {how}",
            last,
            f"Try to start it alone: {Path(sys.executable).name} -m jupyterlab.",
            path="JupyterLab",
        )
    )
