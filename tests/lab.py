"""A real JupyterLab with the notebooks, and what a browser test does with it."""

from __future__ import annotations

import http.client
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

NOTEBOOK = ".jp-NotebookPanel:not(.lm-mod-hidden)"
FAILED_OUTPUT = ", ".join(
    f'{NOTEBOOK} .jp-OutputArea-output[data-mime-type="application/vnd.jupyter.{kind}"]'
    for kind in ("error", "stderr")
)
SECONDS = 60
"""How long the slowest step, the first page of a cold browser, may take."""

LOOPBACK = re.compile(r"^((https?|wss?)://(127\.0\.0\.1|localhost|\[::1\])[:/]|data:|blob:|about:)")

# Autosave would write into the notebook in the middle of a test.
SETTINGS = {
    "docmanager-extension/plugin": {"autosave": False},
    "completer-extension/manager": {"autoCompletion": False},
}
SERVER = {
    "ServerApp": {"terminals_enabled": False, "iopub_msg_rate_limit": 0, "log_level": "DEBUG"}
}
# The application in the window, whose commands return a promise that tests can await.
APPLICATION = {"LabApp": {"expose_app_in_browser": True}}


def chromium() -> str | None:
    """The browser: the one that CHROMIUM names, or else the machine's Chromium or Chrome."""
    named = os.environ.get("CHROMIUM")
    for name in [named] if named else ["chromium", "chromium-browser", "google-chrome"]:
        found = shutil.which(name)
        if found:
            return found
    return None


@dataclass
class Troubles:
    """What a page reported: errors, and the addresses it asked for beyond this machine."""

    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda message: self.errors.append(message.text) if message.type == "error" else None,
        )
        page.on("request", lambda request: self.note(request.url))
        page.on("websocket", lambda socket: self.note(socket.url))

    def taken(self) -> tuple[list[str], list[str]]:
        """Both lists, which are empty afterwards: the next test has troubles of its own."""
        found = self.errors[:], self.outside[:]
        self.errors.clear()
        self.outside.clear()
        return found

    def note(self, address: str) -> None:
        if not LOOPBACK.match(address):
            self.outside.append(address)


def in_lab(page: Page, script: str, argument: object = None) -> object:
    """What a script in the page gives, or an error: a kernel that died would answer never."""
    return page.evaluate(
        f"""([argument, limit]) => Promise.race([
            ({script})(argument),
            new Promise((_, refuse) =>
                setTimeout(() => refuse(new Error('JupyterLab gave no answer')), limit)),
        ])""",
        [argument, SECONDS * 1000],
    )


def run_afresh(page: Page, code: str) -> None:
    """Make this the notebook's only cell, and run it, in the light theme; it must not fail."""
    in_lab(
        page,
        """async code => {
            const {commands, shell} = window.jupyterapp;
            if (document.body.dataset.jpThemeName !== 'JupyterLab Light')
                await commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'});
            shell.expandLeft();
            const model = shell.currentWidget.content.model.sharedModel;
            model.deleteCellRange(0, model.cells.length);
            model.insertCell(0, {cell_type: 'code', source: code});
            await commands.execute('notebook:run-all-cells');
        }""",
        code,
    )
    assert_no_failure(page)


def assert_no_failure(page: Page) -> None:
    """No cell of the notebook shows an error, or has anything to say on the side."""
    failed = page.locator(FAILED_OUTPUT).all_inner_texts()
    assert not failed, "\n".join(failed)


def run_below(page: Page, code: str) -> None:
    """Type some code into a new cell below and run it."""
    in_lab(
        page,
        """async code => {
            const {commands, shell} = window.jupyterapp;
            await commands.execute('notebook:insert-cell-below');
            shell.currentWidget.content.activeCell.model.sharedModel.setSource(code);
            await commands.execute('notebook:run-cell');
        }""",
        code,
    )


def saved_both_ways(page: Page, path: Path) -> list[str]:
    """A notebook as JupyterLab saves it, with the state of all widgets and without."""
    saved = []
    # A state that was saved before would stay in the notebook.
    forget = "shell.currentWidget.content.model.sharedModel.deleteMetadata('widgets')"
    in_lab(page, f"async () => {{ window.jupyterapp.{forget}; }}")
    for _ in range(2):
        in_lab(page, "() => window.jupyterapp.commands.execute('docmanager:save')")
        saved.append(path.read_text("utf-8"))
        # This setting goes to and fro: the next time the other way, and then as it was.
        command = "@jupyter-widgets/jupyterlab-manager:saveWidgetState"
        in_lab(page, "command => window.jupyterapp.commands.execute(command)", command)
    assert sorted("widget-state" in text for text in saved) == [False, True]
    return saved


@dataclass
class Lab:
    """JupyterLab as ``readerlib`` starts it, on a copy of the notebooks."""

    origin: str
    token: str
    folder: Path

    def write_notebook(self, name: str, cells: Sequence[str]) -> Path:
        """A notebook with these code cells in the folder that is served."""
        notebook = {
            "cells": [
                {
                    "cell_type": "code",
                    "execution_count": None,
                    "id": f"cell-{number}",
                    "metadata": {},
                    "outputs": [],
                    "source": source,
                }
                for number, source in enumerate(cells)
            ],
            "metadata": {
                "kernelspec": {
                    "display_name": "Python 3",
                    "language": "python",
                    "name": "python3",
                }
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook, indent=1), "utf-8")
        return path

    def open_notebook(self, page: Page, name: str) -> Locator:
        """Open it in a workspace of its own, and wait until its kernel can work."""
        workspace = secrets.token_hex(4)
        page.goto(
            f"{self.origin}/lab/workspaces/{workspace}/tree/{name}?token={self.token}",
            timeout=SECONDS * 1000,
        )
        page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=SECONDS * 1000)
        notebook = page.locator(NOTEBOOK)
        notebook.wait_for(timeout=SECONDS * 1000)
        # The dot in the toolbar says idle before there is a session; a "run all" is lost then.
        expect(page.locator("#jp-main-statusbar")).to_contain_text(
            re.compile(r"\| Idle"), timeout=SECONDS * 1000
        )
        return notebook

    def run_all(self, page: Page) -> None:
        """Run every cell, until all replies are in; a cell that fails, fails the test."""
        in_lab(page, "() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        assert_no_failure(page)

    def sessions(self) -> set[str]:
        """The notebooks that have a kernel now."""
        return {session["id"] for session in json.loads(self.ask("GET", "/api/sessions"))}

    def end_kernels(self, keep: Set[str] = frozenset()) -> None:
        """End those of other sessions, so that tests do not pile up processes."""
        for session in self.sessions() - keep:
            self.ask("DELETE", f"/api/sessions/{session}")

    def ask(self, method: str, path: str) -> bytes:
        connection = http.client.HTTPConnection(self.origin.removeprefix("http://"), timeout=30)
        try:
            connection.request(method, path, headers={"Authorization": f"token {self.token}"})
            return connection.getresponse().read()
        finally:
            connection.close()


@contextmanager
def running_lab(home: Path) -> Iterator[Lab]:
    """``readerlib --no-browser`` as a user would start it, with an empty home folder."""
    folder, config = home / "notebooks", home / "config"
    write_json(config / "jupyter_server_config.json", SERVER)
    write_json(config / "jupyter_lab_config.json", APPLICATION)
    for plugin, setting in SETTINGS.items():
        write_json(home / f"settings/@jupyterlab/{plugin}.jupyterlab-settings", setting)
    server = subprocess.Popen(
        [sys.executable, "-m", "readerlib", "--no-browser", "--folder", str(folder)],
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    try:
        origin, token = address(server)
        yield Lab(origin, token, folder)
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def lab_in_browser() -> Iterator[tuple[Lab, Browser]]:
    """JupyterLab in a home of its own, and Chromium, for what is measured without pytest."""
    with (
        tempfile.TemporaryDirectory() as home,
        running_lab(Path(home)) as lab,
        sync_playwright() as playwright,
    ):
        yield (
            lab,
            playwright.chromium.launch(
                executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
            ),
        )


def environment(home: Path) -> dict[str, str]:
    """This process's environment, but with everything of Jupyter's and its logs below `home`."""
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    return dict(
        os.environ,
        HOME=str(home),
        TMPDIR=str(home / "tmp"),
        JUPYTER_CONFIG_DIR=str(home / "config"),
        JUPYTER_DATA_DIR=str(home / "data"),
        JUPYTER_RUNTIME_DIR=str(home / "runtime"),
        IPYTHONDIR=str(home / "ipython"),
        JUPYTERLAB_SETTINGS_DIR=str(home / "settings"),
        JUPYTERLAB_WORKSPACES_DIR=str(home / "workspaces"),
        PYDEVD_DISABLE_FILE_VALIDATION="1",
    )


def address(server: subprocess.Popen[str]) -> tuple[str, str]:
    """Origin and token in what ``readerlib`` prints, once it prints them."""
    assert server.stdout is not None
    # Reading blocks; a server that says nothing must not hang the tests.
    watchdog = threading.Timer(2 * SECONDS, server.kill)
    watchdog.start()
    said = []
    try:
        for line in server.stdout:
            said.append(line)
            found = re.search(r"(http://127\.0\.0\.1:\d+)/lab/tree/\S+\?token=(\w+)", line)
            if found:
                return found[1], found[2]
    finally:
        watchdog.cancel()
    raise AssertionError("readerlib gave no address:\n" + "".join(said))


def write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), "utf-8")
