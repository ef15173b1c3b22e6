"""The rooms of DESIGN: what may look where, and who may open files, print, or use what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "readerlib"

FLOORS = {
    0: {"errors", "text"},
    1: {"selection", "search", "tables", "citations", "notices"},
    # Arrow's columns and arrays of numbers, below the corpus: no pandas, and no file is opened.
    1.3: {"columns"},
    1.6: {"index"},
    2: {"descriptor"},
    2.5: {"corpus"},
    3: {
        "measures",
        "alignment",
        "formats",
        "documents",
        "notes",
        "questions",
        "render",
        "excerpts",
    },
    # Figures, of what is measured and drawn by what renders; a retelling against its source;
    # a way through a corpus and how far it has been read; what a reader takes away.
    3.5: {"charts", "compare", "portfolio", "route"},
    4: {"attach"},
    5: {"datasets", "lessons", "views", "lab", "bench"},
    6: {"cli", "__main__"},
}
FLOOR = {room: floor for floor, rooms in FLOORS.items() for room in rooms}
DOOR = "__init__"
"""Says what is public, so it looks into every room."""

VAGUE = {"utils", "util", "helpers", "common", "core", "base", "misc", "manager"}
OPENERS = {
    "open",
    "fdopen",
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
    "read_csv",
    "to_csv",
    "read_json",
    "to_json",
    "unlink",
    "mkdir",
}

MODULES = sorted(PACKAGE.rglob("*.py"))
ROOMS = [path for path in MODULES if path.parent != PACKAGE or path.stem != DOOR]


def room(path: Path) -> str:
    """The room a module belongs to: its own name, or the folder's."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Dotted names of all that a module imports, relative imports resolved."""
    package = ["readerlib", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{module}.{name.name}" for name in node.names)


def called(path: Path) -> set[str]:
    """Last names of all that a module calls."""
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    names.add(name)
    return names


def ours(path: Path) -> set[str]:
    """The rooms that a module looks into."""
    split = (name.split(".") for name in imports(path))
    return {parts[1] if len(parts) > 1 else DOOR for parts in split if parts[0] == "readerlib"}


def test_there_are_modules_to_look_at():
    assert len(MODULES) > 5


@pytest.mark.parametrize("path", ROOMS, ids=lambda path: path.relative_to(PACKAGE).as_posix())
class TestEveryModule:
    def test_has_a_floor(self, path: Path):
        assert room(path) in FLOOR, f"{room(path)} is on no floor: give it one in FLOORS"

    def test_looks_only_at_lower_floors(self, path: Path):
        mine = FLOOR[room(path)]
        # ``import readerlib`` from inside is the door: everything, so a way upwards.
        allowed = {name for name, floor in FLOOR.items() if floor < mine}
        # Modules of one room (formats/, views/) may know each other; __main__ opens the cli.
        allowed |= {room(path)} | ({"cli"} if path.stem == "__main__" else set())
        assert ours(path) <= allowed

    def test_opens_no_file_below_floor_three(self, path: Path):
        if FLOOR[room(path)] < 3:
            assert not called(path) & OPENERS

    def test_prints_only_if_it_is_the_command_line(self, path: Path):
        if room(path) != "cli":
            assert "print" not in called(path)
            assert not {name for name in imports(path) if name.startswith("sys.std")}

    def test_uses_arrays_only_above_floor_one_and_pandas_only_from_floor_two(self, path: Path):
        found = {name.split(".")[0] for name in imports(path)}
        if FLOOR[room(path)] < 2:
            assert "pandas" not in found
        if FLOOR[room(path)] <= 1:
            assert not found & {"numpy", "pyarrow"}

    def test_uses_widgets_only_in_the_views(self, path: Path):
        if room(path) != "views":
            found = {name.split(".")[0] for name in imports(path)}
            assert not found & {"anywidget", "ipywidgets", "IPython", "traitlets"}

    def test_has_a_name_that_says_something(self, path: Path):
        assert not VAGUE & set(path.relative_to(PACKAGE).with_suffix("").parts)

    def test_imports_nothing_inside_a_function(self, path: Path):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
                assert not inner, f"line {inner[0].lineno}: an import inside {node.name}"

    def test_imports_no_star(self, path: Path):
        assert not [name for name in imports(path) if name.endswith(".*")]
