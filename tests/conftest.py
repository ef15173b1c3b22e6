"""What several tests share: the articles if they are at hand, JupyterLab, and a browser."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from lab import Lab, Troubles, chromium, run_afresh, running_lab
from seen import CELL, WIDE, Seen

NO_BROWSER = """\
NO BROWSER TEST WAS RUN: there is no Chromium on this machine.
Install it (Debian, Ubuntu: apt-get install chromium), or name one with CHROMIUM=/path/to/it."""

SLOWEST_FIRST = [
    "test_access_in_browser",
    "test_browser",
    "test_lab",
    "test_attaching_in_browser",
    "test_noting_in_browser",
    "test_quiz_in_browser",
    "test_route_in_browser",
    "test_what_is_saved_in_browser",
    "test_at_size_in_browser",
    "test_hostile_in_browser",
    "test_attach",
    "test_exchange",
    "test_documents",
    "test_what_is_saved",
    "test_route",
    "test_anchoring",
    "test_portfolio",
    "test_notes_on_disk",
    "test_noting",
    "test_large",
    "test_cli",
    "test_bench",
    "test_corpus",
    "test_formats",
    "test_views",
]
"""The files that take more than some seconds, as ``pytest --durations=0`` tells."""

private = pytest.StashKey[tempfile.TemporaryDirectory[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Keep the settings of the machine's owner out of the kernels that tests start."""
    folder = tempfile.TemporaryDirectory(prefix="readerlib-tests-", ignore_cleanup_errors=True)
    config.stash[private] = folder
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        os.environ[name] = str(Path(folder.name) / name.lower())
    os.environ["READERLIB_CACHE"] = str(Path(folder.name) / "cache")
    # Words that the machine's owner has attached are not for tests, nor theirs to delete.
    os.environ["READERLIB_DATA"] = str(Path(folder.name) / "readerlib_data")
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[private].cleanup()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the notebooks first, see :func:`browser`, and then what takes long.

    The workers take file after file in this order, so that none has a long one left in the
    end, when the others have nothing more to do.
    """
    items.sort(key=lambda item: place(item.path))


def place(path: Path) -> int:
    """Before which other files the tests of a file come."""
    if path.suffix == ".ipynb":
        return 0
    if path.stem in SLOWEST_FIRST:
        return 1 + SLOWEST_FIRST.index(path.stem)
    return 1 + len(SLOWEST_FIRST)


@pytest.fixture(scope="session")
def articles() -> Path:
    """The folder with the published articles, which the project may not contain."""
    named = os.environ.get("READERLIB_ARTICLES")
    if not named:
        pytest.skip("the articles are not at hand; READERLIB_ARTICLES names their folder")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"READERLIB_ARTICLES names no folder: {named}")
    return folder


@pytest.fixture(scope="session")
def chromium_path() -> str:
    found = chromium()
    if found is None:
        if os.environ.get("READERLIB_REQUIRE_BROWSER"):
            pytest.fail(NO_BROWSER)
        pytest.skip(NO_BROWSER)
    return found


@pytest.fixture(scope="session")
def lab(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on a copy of the notebooks; it is not started where no browser can see it."""
    with running_lab(tmp_path_factory.mktemp("lab")) as started:
        yield started


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """Chromium; the notebooks come before it, since Playwright's event loop disturbs theirs."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium_path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield started
        started.close()


@pytest.fixture
def troubles() -> Troubles:
    """What the page reports; a test that provokes an error clears the list afterwards."""
    return Troubles()


@pytest.fixture
def page(browser: Browser, lab: Lab, troubles: Troubles) -> Iterator[Page]:
    """An empty page of 1280 × 800; in the end it must have reported no trouble."""
    others = lab.sessions()
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    troubles.watch(opened)
    yield opened
    # The page goes first: to lose its kernel would be an error that it reports.
    context.close()
    lab.end_kernels(keep=others)
    assert not troubles.errors
    assert not troubles.outside


@pytest.fixture(scope="session")
def opened(browser: Browser, lab: Lab) -> Iterator[tuple[Page, Troubles]]:
    """One notebook for most tests: to open JupyterLab takes longer than they do.

    A test begins with :func:`lab.run_afresh`, or with :func:`seen`, which does.
    """
    page = browser.new_context(viewport=WIDE).new_page()
    troubles = Troubles()
    troubles.watch(page)
    lab.write_notebook("reader.ipynb", [CELL])
    lab.open_notebook(page, "reader.ipynb")
    yield page, troubles
    page.context.close()
    lab.end_kernels()


@pytest.fixture
def notebook(opened: tuple[Page, Troubles]) -> Iterator[Page]:
    """The notebook that is open, for cells of the test's own; it must have reported no trouble."""
    page, troubles = opened
    page.set_viewport_size(WIDE)
    yield page
    errors, outside = troubles.taken()
    assert not errors
    assert not outside


@pytest.fixture
def seen(notebook: Page) -> Seen:
    """A new Reader in the notebook as it was at first."""
    run_afresh(notebook, CELL)
    found = Seen(notebook)
    expect(found.status).to_have_text("258 of 258 turns", timeout=30_000)
    return found


@pytest.fixture
def screenshots(tmp_path: Path) -> Path:
    """Where pictures go: the folder that READERLIB_SCREENSHOTS names, or a temporary one."""
    folder = Path(os.environ.get("READERLIB_SCREENSHOTS") or tmp_path / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
