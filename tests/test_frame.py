"""The project's frame: what is declared agrees, and what is installed is whole."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from readerlib.lab import START

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

CONDA_NAMES = {"playwright": "playwright-python"}
"""Where conda-forge calls a package something else."""
CONDA_ONLY = {"python", "pip"}


def named(requirement: str) -> tuple[str, str]:
    """Name and version bound of a requirement."""
    found = re.fullmatch(r"([A-Za-z0-9._-]+)\s*(.*)", requirement.strip())
    assert found, requirement
    return found[1], found[2]


class TestDeclarations:
    def test_pyproject_and_environment_name_the_same_dependencies(self):
        lines = (ROOT / "environment.yml").read_text("utf-8").splitlines()
        below_heading = lines[lines.index("dependencies:") + 1 :]
        listed = [line.strip()[2:] for line in below_heading if re.match(" +- ", line)]
        conda = dict(map(named, listed))
        project = PROJECT["project"]
        wanted = project["dependencies"] + project["optional-dependencies"]["test"]
        pip = {CONDA_NAMES.get(name, name): bound for name, bound in map(named, wanted)}
        assert {name: conda[name] for name in conda.keys() - CONDA_ONLY} == pip
        assert conda["python"] == project["requires-python"]

    def test_environment_takes_its_packages_from_conda_forge_alone(self):
        text = (ROOT / "environment.yml").read_text("utf-8")
        assert "channels:\n  - conda-forge\n  - nodefaults\n" in text

    def test_the_version_is_the_newest_in_the_changelog(self):
        headings = re.findall(
            r"^## (\d+\.\d+\.\d+) — \d{4}-\d{2}-\d{2}$",
            (ROOT / "CHANGELOG.md").read_text("utf-8"),
            re.MULTILINE,
        )
        assert headings[0] == PROJECT["project"]["version"]

    def test_the_readme_begins_with_the_two_commands(self):
        text = (ROOT / "README.md").read_text("utf-8")
        first, second = "pip install -e . && readerlib", 'pip install -e ".[test]" && pytest'
        assert 0 < text.index(first) < text.index(second) < 2000


def tracked() -> list[Path]:
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout, so nobody knows which files are tracked")
    listed = subprocess.run(
        # A checkout of somebody else's, as CI has it, is none to mistrust for listing files.
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


# Written in two parts, so that this file does not name what it looks for.
MACHINES = ["/" + place + "/" for place in ("home", "root", "work", "Users")]
HOSTS = [
    name + "." + end
    for name, end in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb.debian", "org"),
        ("anaconda", "org"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
    ]
]


class TestTrackedFiles:
    @pytest.mark.parametrize("unwanted", [*MACHINES, *HOSTS])
    def test_name_no_folder_of_a_machine_and_no_registry(self, unwanted: str):
        found = [
            path.relative_to(ROOT).as_posix()
            for path in tracked()
            if unwanted.encode() in path.read_bytes()
        ]
        assert not found

    def test_hold_no_outputs_in_the_notebooks(self):
        for path in tracked():
            if path.suffix == ".ipynb":
                text = path.read_text("utf-8")
                assert '"output_type"' not in text, path
                assert not re.search(r'"execution_count": \d', text), path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it is built, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the installed wheel and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    pip("install", "--target", str(folder), str(wheel))
    return folder


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", *arguments, "--no-deps", "--no-index", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def run(installed: Path, home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python on the installed package, far from the checkout."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=home,
        env=dict(os.environ, PYTHONPATH=str(installed), HOME=str(home)),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def below(folder: Path) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.parts)
    }


class TestWheel:
    def test_holds_data_notebooks_license_and_types(self, wheel: Path):
        names = set(zipfile.ZipFile(wheel).namelist())
        shipped = {f"readerlib/{name}" for name in below(Path("data")) | below(Path("notebooks"))}
        assert f"readerlib/notebooks/{START}" in shipped
        assert shipped <= names
        assert "readerlib/py.typed" in names
        assert {name for name in names if name.endswith(".csl")}
        assert [name for name in names if name.endswith("/LICENSE")]

    def test_holds_nothing_else(self, wheel: Path):
        for name in zipfile.ZipFile(wheel).namelist():
            assert (
                name.split("/")[0]
                .removesuffix(".dist-info")
                .startswith(("readerlib", "jupyter_readerlib"))
            )
            assert not re.search(r"/\.|__pycache__|/tests/", name), name

    def test_puts_its_notebooks_into_the_home_folder(self, installed: Path, tmp_path: Path):
        code = "from readerlib.lab import notebooks_folder; notebooks_folder(say=print)"
        done = run(installed, tmp_path, "-c", code)
        assert done.stderr == ""
        assert (tmp_path / "readerlib-notebooks" / START).is_file()
        assert done.stdout.startswith("Put ")

    def test_answers_the_command_line(self, installed: Path, tmp_path: Path):
        done = run(installed, tmp_path, "-m", "readerlib", "--version")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"readerlib {PROJECT['project']['version']}\n"
