"""The notebooks of the user's, and JupyterLab opened on them."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from lab import Lab, environment, run_afresh, running_lab
from readerlib.errors import ReaderError
from readerlib.lab import START, bring_up_to_date, notebooks_folder, serve

CHECKOUT = Path(__file__).parent.parent


def notebook(source: str, **cell: object) -> str:
    made = {"cell_type": "code", "metadata": {}, "source": [source], "outputs": []} | cell
    return json.dumps({"cells": [made], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    folder = tmp_path / "shipped"
    (folder / "lessons").mkdir(parents=True)
    (folder / START).write_text(notebook("first"))
    (folder / "lessons" / "one.ipynb").write_text(notebook("lesson"))
    (folder / "picture.svg").write_text("<svg/>")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / START).write_text("a checkpoint")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "theirs"


class TestCopies:
    def test_are_all_that_is_shipped_and_no_checkpoints(self, shipped: Path, folder: Path):
        assert bring_up_to_date(shipped, folder, "1") == [f"Put 3 files into {folder}"]
        assert (folder / START).read_text() == notebook("first")
        assert (folder / "lessons" / "one.ipynb").is_file()
        assert not (folder / ".ipynb_checkpoints").exists()

    def test_are_left_alone_when_there_is_nothing_new(self, shipped: Path, folder: Path):
        bring_up_to_date(shipped, folder, "1")
        before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
        assert bring_up_to_date(shipped, folder, "1") == []
        assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before

    def test_follow_the_release_where_nobody_changed_them(self, shipped: Path, folder: Path):
        bring_up_to_date(shipped, folder, "1")
        (shipped / START).write_text(notebook("second"))
        assert bring_up_to_date(shipped, folder, "2") == [f"Brought up to date: {START}"]
        assert (folder / START).read_text() == notebook("second")

    def test_that_were_only_run_count_as_unchanged(self, shipped: Path, folder: Path):
        bring_up_to_date(shipped, folder, "1")
        ran = json.loads(notebook("first", outputs=[{"text": "1"}], execution_count=3, id="x"))
        ran["metadata"] = {"kernelspec": {"name": "python3"}}
        ran["cells"][0]["source"] = "first"
        (folder / START).write_text(json.dumps(ran, indent=1))
        assert bring_up_to_date(shipped, folder, "1") == []
        assert json.loads((folder / START).read_text()) == ran
        (shipped / START).write_text(notebook("second"))
        bring_up_to_date(shipped, folder, "2")
        assert (folder / START).read_text() == notebook("second")

    def test_that_were_changed_stay_and_the_new_version_is_put_beside(
        self, shipped: Path, folder: Path
    ):
        bring_up_to_date(shipped, folder, "1")
        (folder / START).write_text(notebook("mine"))
        assert bring_up_to_date(shipped, folder, "1") == []
        (shipped / START).write_text(notebook("second"))
        beside = "00_start_here (readerlib 2).ipynb"
        assert bring_up_to_date(shipped, folder, "2") == [
            f"Kept your own {START}; the new version is beside it: {beside}"
        ]
        assert (folder / START).read_text() == notebook("mine")
        assert (folder / beside).read_text() == notebook("second")
        assert bring_up_to_date(shipped, folder, "2") == []

    def test_that_were_put_beside_are_never_overwritten(self, shipped: Path, folder: Path):
        bring_up_to_date(shipped, folder, "1")
        (folder / START).write_text(notebook("mine"))
        (folder / "00_start_here (readerlib 2).ipynb").write_text(notebook("mine too"))
        (shipped / START).write_text(notebook("second"))
        bring_up_to_date(shipped, folder, "2")
        assert (folder / "00_start_here (readerlib 2).ipynb").read_text() == notebook("mine too")
        beside = folder / "00_start_here (readerlib 2, 2).ipynb"
        assert beside.read_text() == notebook("second")

    def test_that_were_deleted_come_back(self, shipped: Path, folder: Path):
        bring_up_to_date(shipped, folder, "1")
        (folder / START).unlink()
        assert bring_up_to_date(shipped, folder, "1") == [f"Put 1 file into {folder}"]
        assert (folder / START).is_file()

    def test_are_not_lost_with_their_record(self, shipped: Path, folder: Path):
        bring_up_to_date(shipped, folder, "1")
        (folder / START).write_text(notebook("mine"))
        (folder / ".readerlib.json").write_text("{ broken")
        (shipped / START).write_text(notebook("second"))
        bring_up_to_date(shipped, folder, "2")
        assert (folder / START).read_text() == notebook("mine")

    def test_spare_a_file_of_the_user_that_was_there_before(self, shipped: Path, folder: Path):
        folder.mkdir()
        (folder / START).write_text("my own thing")
        bring_up_to_date(shipped, folder, "1")
        assert (folder / START).read_text() == "my own thing"

    @settings(
        max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        steps=st.lists(
            st.tuples(st.sampled_from(["release", "edit", "delete", "run"]), st.integers(0, 3)),
            max_size=8,
        )
    )
    def test_lose_nothing_that_a_person_wrote(
        self, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
    ):
        root = tmp_path_factory.mktemp("law")
        shipped, theirs = root / "shipped", root / "theirs"
        shipped.mkdir()
        (shipped / START).write_text(notebook("release 0"))
        bring_up_to_date(shipped, theirs, "0")
        mine, before = None, "release 0"
        for number, (step, value) in enumerate(steps):
            if step == "release":
                (shipped / START).write_text(notebook(f"release {value}"))
            elif step == "edit":
                mine = f"mine {number}"
                (theirs / START).write_text(notebook(mine))
            elif step == "delete":
                mine = None
                (theirs / START).unlink()
            else:
                ran = json.loads((theirs / START).read_text())
                ran["cells"][0]["outputs"] = [{"text": str(value)}]
                (theirs / START).write_text(json.dumps(ran))
            bring_up_to_date(shipped, theirs, str(number))
            source = "".join(json.loads((theirs / START).read_text())["cells"][0]["source"])
            current = "".join(json.loads((shipped / START).read_text())["cells"][0]["source"])
            assert source == (mine if mine is not None else current)
            if step == "release" and current != before:
                # Whoever keeps an own version finds every new one beside it.
                assert current in {
                    "".join(json.loads(path.read_text())["cells"][0]["source"])
                    for path in theirs.glob("*.ipynb")
                }
            before = current


class TestNotebooksFolder:
    def test_is_the_notebooks_themselves_in_a_checkout(self):
        assert notebooks_folder() == CHECKOUT / "notebooks"

    def test_that_cannot_be_made_is_an_error_that_names_it(self, tmp_path: Path):
        (tmp_path / "file").write_text("")
        with pytest.raises(ReaderError, match="the notebooks cannot be put here") as caught:
            notebooks_folder(tmp_path / "file")
        assert str(tmp_path / "file") in str(caught.value)
        assert "--folder" in str(caught.value)


class TestServeRefuses:
    @pytest.fixture
    def taken(self) -> Iterator[int]:
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            yield holder.getsockname()[1]

    def test_a_port_that_is_taken(self, shipped: Path, taken: int):
        with pytest.raises(ReaderError) as caught:
            serve(shipped, port=taken, browser=False)
        assert str(caught.value).splitlines() == [
            f"--port: port {taken} is not to be had on 127.0.0.1 (Address already in use).",
            "  Perhaps another JupyterLab is still running there.",
            "  Stop it, name another port, or leave --port out to have a free one found.",
        ]

    @pytest.mark.parametrize("port", [0, -1, 65536])
    def test_a_port_that_cannot_be(self, shipped: Path, port: int):
        with pytest.raises(ReaderError, match=f"there is no port {port}"):
            serve(shipped, port=port, browser=False)

    def test_a_folder_without_the_first_notebook(self, tmp_path: Path):
        with pytest.raises(ReaderError, match=f"there is no {START}"):
            serve(tmp_path, browser=False)


class Started:
    """``python -m readerlib --no-browser`` and what it has said so far."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port
        self.said: list[str] = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self) -> None:
        assert self.process.stdout is not None
        self.said.extend(self.process.stdout)

    def token(self) -> str:
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            found = re.search(r"token=(\w+)", "".join(self.said))
            if found:
                return found[1]
            time.sleep(0.05)
        raise AssertionError("no address:\n" + "".join(self.said))

    def status(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()


@pytest.fixture
def started(shipped: Path, folder: Path, tmp_path: Path) -> Iterator[Started]:
    bring_up_to_date(shipped, folder, "1")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = environment(tmp_path / "home")
    # What a user may have set for good, and what must not open the server all the same.
    (tmp_path / "home" / "config").mkdir(parents=True)
    (tmp_path / "home" / "config" / "jupyter_server_config.json").write_text(
        json.dumps({"IdentityProvider": {"token": ""}, "ServerApp": {"ip": "0.0.0.0"}})
    )
    command = [sys.executable, "-c", RUN, str(folder), str(port)]
    process = subprocess.Popen(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    try:
        yield Started(process, port)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(30)


RUN = """
import sys
from pathlib import Path
from readerlib import cli, lab
cli.notebooks_folder = lambda target, say: target
sys.exit(cli.main(["--no-browser", "--folder", sys.argv[1], "--port", sys.argv[2]]))
"""
"""The command line itself, on a folder of the test's instead of the shipped notebooks."""


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX has them")
def test_the_server_is_for_this_user_and_machine_only_and_stops_cleanly(started: Started):
    token = started.token()
    address = f"http://127.0.0.1:{started.port}/lab/tree/{START}?token={token}"
    assert f"JupyterLab: {address}\n" in started.said
    assert started.status(f"/lab/tree/{START}?token={token}") in {200, 302}
    assert started.status("/api/contents") == 403
    assert started.status(f"/api/contents?token={'0' * 48}") == 403
    assert started.status("/api/contents?token=") == 403

    listening = subprocess.run(
        [sys.executable, "-c", LISTENING, str(started.port)], capture_output=True, text=True
    )
    assert listening.stdout.split() == ["127.0.0.1"], listening.stderr
    arguments = Path("/proc").glob("[0-9]*/cmdline")
    assert not [path for path in arguments if token in shown(path)]

    started.process.send_signal(signal.SIGINT)
    assert started.process.wait(30) == 0
    started.reader.join(10)
    assert started.said[-1] == "JupyterLab has stopped.\n"
    assert "Traceback" not in "".join(started.said)
    with pytest.raises(ConnectionRefusedError):
        started.status("/")


LISTENING = """
import psutil, sys
for connection in psutil.net_connections("inet"):
    if connection.status == "LISTEN" and connection.laddr.port == int(sys.argv[1]):
        print(connection.laddr.ip)
"""


def shown(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def test_several_that_start_at_the_same_moment_each_find_a_port(tmp_path: Path):
    together = threading.Barrier(2)
    found: list[str] = []

    def start(number: int) -> None:
        together.wait()
        with running_lab(tmp_path / str(number)) as started:
            found.append(started.origin)
            # None ends before all have started.
            together.wait(60)

    threads = [threading.Thread(target=start, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(set(found)) == 2


class TestInTheBrowser:
    def test_the_first_notebook_runs_and_asks_nothing_of_the_network(self, lab: Lab, page: Page):
        notebook = lab.open_notebook(page, START)
        lab.run_all(page)
        expect(notebook.locator(".jp-OutputArea-output").first).to_be_visible()
        # No question about news, no other notification.
        shown = page.locator(".Toastify__toast, .jp-Dialog").all_inner_texts()
        assert not shown

    def test_a_kernel_has_the_same_python_as_the_command(self, notebook: Page):
        run_afresh(notebook, "import sys; print('[' + sys.prefix + ']')")
        expect(notebook.locator(".jp-OutputArea-output")).to_have_text(f"[{sys.prefix}]")

    def test_a_stock_widget_draws(self, notebook: Page):
        run_afresh(notebook, "import ipywidgets; ipywidgets.IntSlider(3, description='how many')")
        expect(notebook.locator(".widget-readout")).to_have_text("3")
