"""Notes as files: what leaves, what comes back, and what is refused."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import io
import json
import os
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from readerlib.datasets import load
from readerlib.errors import ReaderError
from readerlib.notes import COLOURS, Anchor, Note, Notes, anchor
from readerlib.notes.exchange import FIELDS, FORMS, arrived, export, imported
from readerlib.notes.exchange.records import MOST, record, sides
from readerlib.notes.exchange.table import neutral, restored
from readerlib.selection import Place

DEMO = load("demo")
PLACES = ["frost-1-02", "frost-1-02:3-9", "frost-1-02..frost-2-01", "frost-3-04", "frost-2-04"]
ANCHORS = {place: anchor(DEMO, place) for place in PLACES}
HOSTILE = [
    "<!-- readerlib-note {} -->",
    "-->",
    "<script>alert(1)</script>",
    "```\ncode\n```",
    "~~~",
    "> bar",
    "# heading",
    "    indented",
    "\t",
    "1. one",
    "1) one",
    "---",
    "===",
    "* item",
    "[a]: javascript:alert(1)",
    "![x](y)",
    "\\",
    "a\\\nb",
    "a  \nb",
    "&#92;",
    "&lt;",
    "\r",
    "\r\n",
    "\u2028",
    "\x00",
    "\ud800",
    "\ufeff",
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "'=1",
    "''",
    "＝1",
    '"',
    '","',
    ";",
    "[]",
    "\u202e",
    "$x$",
    "|a|b|",
    " ",
    "\n",
    "\u00a0",
    "é",
    "Два",
    "👩‍🌾",
]


def words() -> st.SearchStrategy[str]:
    """Any text at all, and texts made of what breaks formats."""
    any_sign = st.characters(exclude_categories=())
    return st.one_of(
        st.text(any_sign, max_size=30),
        st.lists(st.sampled_from(HOSTILE), max_size=6).map("".join),
        st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=5)), max_size=6).map(
            "\n".join
        ),
    )


def moments() -> st.SearchStrategy[str]:
    return st.one_of(
        st.just(""), st.datetimes().map(lambda at: f"{at.isoformat(timespec='milliseconds')}+00:00")
    )


@st.composite
def notes_of(draw: st.DrawFn, note_id: str = "") -> Note:
    spelt = draw(st.sampled_from([*PLACES, "gone-1-01", "gone%20%3C-->:1-2"]))
    if spelt in PLACES and draw(st.booleans()):
        at = ANCHORS[spelt]
    else:
        at = Anchor.of(ANCHORS["frost-1-02"].as_record() | {"place": spelt, "words": "00"})
    made = Note(
        note_id or draw(st.text(st.characters(exclude_categories=()), min_size=1, max_size=8)),
        draw(st.sampled_from(["demo", "demo", "calls", "<other> & --> corpus"])),
        at,
        draw(words()),
        tuple(draw(st.lists(words(), max_size=3))),
        draw(st.sampled_from(["", *COLOURS])),
        draw(st.booleans()),
        draw(moments()),
        draw(moments()),
    )
    if not note_id and draw(st.integers(0, 3)) == 0:
        others = draw(st.lists(notes_of(note_id=made.note_id), max_size=2))
        made = replace(made, others=tuple(others))
    return made


def many() -> st.SearchStrategy[list[Note]]:
    return st.lists(notes_of(), max_size=4, unique_by=lambda note: note.note_id)


@pytest.fixture
def kept(tmp_path: Path) -> Notes:
    """Five notes on the demo, of every kind."""
    notes = Notes(tmp_path / "notes")
    notes.write(DEMO, "frost-3-04", "The last word.\n\n  Indented, *starred*.", tags=["end"])
    notes.write(DEMO, "frost-1-02:3-9", colour="blue")
    notes.write(DEMO, "frost-1-02", "=1+1", tags=["a, b", "c"], colour="yellow", quoted=True)
    notes.write(DEMO, "frost-2-02..frost-2-04", "Why twice?")
    notes.write(DEMO, "frost-2-04", "", tags=["hand"])
    return notes


@pytest.mark.parametrize("form", FORMS)
class TestEveryForm:
    @settings(max_examples=40, deadline=None)
    @given(notes=many())
    def test_brings_back_what_left(self, form: Any, notes: list[Note]):
        left = export(notes, DEMO, form)
        back = imported(left.text)
        assert back == list(left.notes)
        assert {note.note_id: note for note in back} == {note.note_id: note for note in notes}

    @settings(max_examples=8, deadline=None)
    @given(notes=many(), seed=st.integers(0, 9))
    def test_is_the_same_bytes_twice_whatever_the_order(
        self, form: Any, notes: list[Note], seed: int
    ):
        mixed = random.Random(seed).sample(notes, len(notes))
        assert export(notes, DEMO, form).text == export(mixed, DEMO, form).text

    @settings(max_examples=5, deadline=None)
    @given(notes=many())
    def test_can_be_written_and_read_as_a_file(
        self, form: Any, notes: list[Note], tmp_path_factory: pytest.TempPathFactory
    ):
        left = export(notes, DEMO, form)
        file = tmp_path_factory.mktemp("out") / left.name
        left.save(file)
        assert file.read_bytes() == left.text.encode("utf-8")
        assert imported(file) == list(left.notes)

    def test_comes_back_through_a_file_of_windows(self, form: Any, kept: Notes):
        left = export(kept.select(DEMO), DEMO, form)
        text = re.sub("\r?\n", "\r\n", left.text)
        assert imported(text) == list(left.notes)

    def test_comes_back_with_the_mark_that_some_editors_set(self, form: Any, kept: Notes):
        left = export(kept.select(DEMO), DEMO, form)
        assert imported("\ufeff" + left.text.removeprefix("\ufeff")) == list(left.notes)

    def test_a_file_that_is_broken_off_gives_no_note_that_was_not_in_it(
        self, form: Any, kept: Notes
    ):
        left = export(kept.select(DEMO), DEMO, form)
        for at in range(0, len(left.text), 7):
            with contextlib.suppress(ReaderError):
                assert set(arrived(left.text[:at], DEMO).notes) <= set(left.notes)

    def test_has_no_words_of_others(self, form: Any, kept: Notes):
        text = export(kept.select(DEMO), DEMO, form).text
        for turn in DEMO.records():
            for said in (turn["text"], turn["gist"]):
                for part in re.findall(r"\w+ \w+ \w+", said or ""):
                    assert part not in text

    def test_says_in_words_what_leaves(self, form: Any, kept: Notes):
        left = export(kept.select(DEMO), DEMO, form)
        assert left.summary.startswith("5 notes on 3 conversations of “The late frost”; ")
        assert f"{len(left.text.encode()):,} bytes" in left.summary
        assert ", ".join(FIELDS) in left.summary
        assert "no words of others" in left.summary

    def test_replaces_no_file_unasked(self, form: Any, kept: Notes, tmp_path: Path):
        left = export(kept.select(DEMO), DEMO, form)
        file = left.save(tmp_path / "x")
        file.write_text("mine", "utf-8")
        with pytest.raises(ReaderError, match="there is such a file already"):
            left.save(file)
        assert file.read_text("utf-8") == "mine"
        left.save(file, replacing=True)
        assert imported(file) == list(left.notes)
        with pytest.raises(ReaderError, match="cannot be written"):
            left.save(tmp_path / "no" / "such" / "x")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["notes", "x"]

    @settings(max_examples=25, deadline=None)
    @given(data=st.data())
    def test_never_ends_in_a_traceback(self, form: Any, data: st.DataObject):
        """Whatever is done to a file: notes, or problems that are told."""
        text = export(data.draw(many()), DEMO, form).text
        at = data.draw(st.integers(0, len(text)))
        to = data.draw(st.integers(at, min(len(text), at + 20)))
        broken = text[:at] + data.draw(st.sampled_from([*HOSTILE, ""])) + text[to:]
        try:
            found = arrived(broken, DEMO)
        except ReaderError:
            return
        assert all(isinstance(note, Note) for note in found.notes)
        assert all(problem.wrong for problem in found.problems)

    def test_tells_all_that_is_wrong_and_where(self, form: Any, kept: Notes):
        text = export(kept.select(DEMO), DEMO, form).text
        broken = re.sub(r'(\\?"+layer\\?"+:\\?"+)(text|gist)', r"\1song", text)
        assert broken != text
        problems = arrived(broken).problems
        assert len(problems) == 5
        for problem in problems:
            assert "anchor" in problem.wrong
            assert problem.row or problem.line or "/first/items/" in problem.wrong
        with pytest.raises(ReaderError) as raised:
            imported(broken)
        assert raised.value.problems == problems


def test_the_fields_that_leave_are_decided_one_by_one():
    """Whoever adds a field to Note decides here whether it may leave."""
    stays = {"saved"}
    sides = {"others"}
    assert {field.name for field in dataclasses.fields(Note)} == set(FIELDS) | stays | sides


@pytest.mark.parametrize("around", ["{}", '{{"type": "AnnotationPage", "items": {}}}'])
def test_notes_beyond_the_most_of_one_file_are_told(around: str):
    found = arrived(around.format(json.dumps([0] * (MOST + 1))))
    assert f"there are more than {MOST:,} notes in it" in found.problems[-1].wrong


def test_what_is_no_file_of_notes_is_refused(tmp_path: Path):
    for text in ("", "Dear diary", "a,b\n1,2", "<html>"):
        with pytest.raises(ReaderError, match="no notes were found"):
            imported(text)
    large = tmp_path / "large.md"
    large.write_bytes(b"x" * 10_000_001)
    with pytest.raises(ReaderError, match="larger than 10 MB"):
        imported(large)
    latin = tmp_path / "latin.csv"
    latin.write_bytes("place,text\nfrost-1-02,caf\xe9\n".encode("latin-1"))
    with pytest.raises(ReaderError, match=r"latin.csv, line 2: this is not UTF-8"):
        imported(latin, DEMO)
    for path in (tmp_path, tmp_path / "none", Path("/dev/zero"), Path("a\0b")):
        with pytest.raises(ReaderError):
            imported(path)


WRONG = {
    "note_id": ["", 5, "x" * 1001],
    "corpus": ["", None],
    "anchor": [5, {}, {"place": "a..", "layer": "text", "words": "0"}, {"place": "a", "layer": 1}],
    "text": [None, ["a"]],
    "tags": ["a", [1], None],
    "colour": ["pink", None],
    "quoted": ["yes", 1],
    "made": ["yesterday", 2026],
    "changed": ["2026-13-01", None],
    "side": [0, True, "2"],
    "saved": [True],
}


@pytest.mark.parametrize("field", WRONG)
def test_a_record_with_a_wrong_field_is_refused_by_its_name(field: str):
    right = json.loads(record(sides([Note("a", "demo", ANCHORS["frost-1-02"], "x")])[0], {}))
    assert arrived(f"<!-- readerlib-note {json.dumps(right)} -->\n\n> x").problems == ()
    for value in WRONG[field]:
        page = f"<!-- readerlib-note {json.dumps(right | {field: value})} -->"
        found = arrived(page)
        assert found.notes == ()
        assert [problem.line for problem in found.problems] == [1]
        assert field in found.problems[0].wrong


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        "[" * 50 + "]" * 50,
        "[1e999, NaN]",
        f"[{'9' * 5000}]",
        json.dumps({f"{number}": 0 for number in range(200_000)})[:-1] + ', "7": 0}',
        '{"type": "Annotation", "type": "Annotation"}',
        '{"@context": "\ud800"}',
    ],
)
def test_json_that_would_do_harm_is_refused(text: str):
    with pytest.raises(ReaderError):
        imported(text, DEMO)


class TestMarkdown:
    def test_reads_well(self, kept: Notes):
        lines = export(kept.select(DEMO), DEMO, "markdown").text.splitlines()
        headings = [line for line in lines if line.startswith("#")]
        assert headings == [
            "# Notes on The late frost",
            "## Spring · 1 White on the slope",
            "### Turn 2 (frost-1-02); speaking: Tomas",
            "### Turn 2 (frost-1-02, characters 3–9 of the words); speaking: Tomas",
            "## Spring · 2 The late frost",
            "### Turns 2–4 (frost-2-02 to frost-2-04); speaking: Neighbour, Tomas",
            "### Turn 4 (frost-2-04); speaking: Neighbour",
            "## Autumn · 3 Two baskets",
            "### Turn 4 (frost-3-04); speaking: Irena",
        ]
        at = lines.index(headings[-1])
        assert lines[at + 2].startswith('<!-- readerlib-note {"note_id":"')
        assert lines[at + 4 : at + 7] == [
            "> The last word.",
            ">",
            "> &#32; Indented, \\*starred\\*.",
        ]
        assert re.match(
            r"tags: end · written 20.* · `readerlib:demo@1~\w+#frost-3-04`", lines[at + 8]
        )

    def test_what_a_person_changes_in_the_text_is_what_comes_back(self, kept: Notes):
        text = export(kept.select(DEMO), DEMO, "markdown").text
        text = text.replace("> Why twice?", "> Why *thrice*?\n> Once\nmore.\n>\n> `End`")
        found = {str(note.anchor.place): note.text for note in imported(text)}
        assert found["frost-2-02..frost-2-04"] == "Why *thrice*?\nOnce\nmore.\n\n`End`"
        assert found["frost-1-02"] == "=1+1"

    def test_a_text_may_be_written_below_a_mere_highlight(self, kept: Notes):
        text = export(kept.select(DEMO), DEMO, "markdown").text
        text = text.replace("\nA question (blue)", "\n> Now with words.\n\nA question (blue)")
        assert "Now with words." in {note.text for note in imported(text)}

    @settings(max_examples=35, deadline=None)
    @given(text=words())
    def test_a_text_stays_behind_its_bar_and_is_text(self, text: str):
        """Read by a parser of CommonMark that is not ours."""
        mistune = pytest.importorskip("mistune")
        note = Note("a", "demo", anchor(DEMO, "frost-1-02"), text)
        page = export([note], DEMO, "markdown").text
        tree = mistune.create_markdown(renderer="ast", plugins=["table", "strikethrough"])(page)
        blocks = [block for block in tree if block["type"] != "blank_line"]
        kinds = [block["type"] for block in blocks]
        bar = ["block_quote"] if text else []
        assert kinds == [
            "heading",
            "paragraph",
            "heading",
            "heading",
            "block_html",
            *bar,
            "paragraph",
        ]
        if text:
            inside = set(_kinds(blocks[5]))
            assert inside <= {
                "block_quote",
                "paragraph",
                "text",
                "linebreak",
                "softbreak",
                "blank_line",
            }

    def test_a_broken_record_is_told_by_its_line(self, kept: Notes):
        text = export(kept.select(DEMO), DEMO, "markdown").text
        lines = text.splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith("<!-- readerlib-note"))
        lines[at] = lines[at][:40]
        found = arrived("\n".join(lines))
        assert [problem.line for problem in found.problems] == [at + 1]
        assert len(found.notes) == 4


def _kinds(block: dict[str, Any]) -> Iterator[str]:
    yield block["type"]
    for child in block.get("children", ()):
        yield from _kinds(child)


class TestCsv:
    @settings(max_examples=60, deadline=None)
    @given(cell=words())
    def test_no_cell_is_a_formula_and_each_is_restored(self, cell: str):
        made = neutral(cell)
        assert restored(made) == cell
        assert not made.lstrip().startswith(("=", "+", "-", "@"))
        assert not made.startswith(("\t", "\r", "\n"))

    def test_has_a_row_for_each_note_and_each_side(self, kept: Notes):
        first, *rest = kept.select(DEMO)
        both = replace(first, others=(replace(first, text="Another"),))
        text = export([both, *rest], DEMO, "csv").text
        assert text.startswith('\ufeff"note_id",')
        rows = list(csv.DictReader(io.StringIO(text[1:], newline="")))
        assert len(rows) == 6
        assert [row["place"] for row in rows][:2] == ["frost-1-02", "frost-1-02:3-9"]
        assert rows[0]["text"] == "'=1+1"
        assert rows[0]["quoted"] == "yes"
        assert rows[0]["meaning"] == "Worth remembering"
        assert "version 2 of 2" in "".join(row["state"] for row in rows)

    def test_what_is_changed_in_a_spreadsheet_comes_back(self, kept: Notes):
        text = export(kept.select(DEMO), DEMO, "csv").text
        rows = list(csv.reader(io.StringIO(text[1:], newline="")))
        columns = rows[0]
        rows[1][columns.index("text")] = "New"
        rows[1][columns.index("tags")] = "x, y"
        rows[1][columns.index("quoted")] = ""
        rows[1][columns.index("colour")] = "rose"
        # Other spreadsheets part by semicolons, and quote only what needs it.
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=";").writerows(rows)
        note = imported(out.getvalue())[0]
        assert (note.text, note.tags, note.quoted, note.colour) == (
            "New",
            ("x", "y"),
            False,
            "rose",
        )
        assert len(imported(out.getvalue())) == 5

    def test_a_table_by_hand_becomes_notes_and_the_same_ones_again(self):
        text = 'place,text,tags,colour\nfrost-1-02,"Why, then?","a, b",Blue\nfrost-1-03,B,,\n'
        first, second = imported(text, DEMO)
        assert (first.text, first.tags, first.colour) == ("Why, then?", ("a", "b"), "blue")
        assert first.anchor == anchor(DEMO, "frost-1-02")
        assert imported(text, DEMO) == [first, second]
        with pytest.raises(ReaderError, match="no corpus is named"):
            imported(text)

    def test_an_apostrophe_by_hand_stays(self):
        (note,) = imported("place,text\nfrost-1-02,'tis\n", DEMO)
        assert note.text == "'tis"

    def test_every_problem_is_told_by_its_row(self):
        text = "place,text,colour\nfrost-9-99,A,\nfrost-1-02,B,bleu\n,C,\n"
        found = arrived(text, DEMO)
        assert [problem.row for problem in found.problems] == [2, 3, 4]
        assert 'Did you mean "blue"?' in found.problems[1].remedy

    def test_a_note_that_stands_twice_with_a_difference_is_told(self, kept: Notes):
        text = export(kept.select(DEMO), DEMO, "csv").text
        rows = list(csv.reader(io.StringIO(text[1:], newline="")))
        again = list(rows[1])
        again[rows[0].index("text")] = "Different"
        out = io.StringIO(newline="")
        csv.writer(out).writerows([*rows, again, rows[2]])
        found = arrived(out.getvalue())
        assert [problem.row for problem in found.problems] == [7]
        assert len(found.notes) == 5


@pytest.fixture(scope="module")
def w3c() -> Path:
    named = os.environ.get("READERLIB_CASES")
    if not named:
        pytest.skip("the cases are not at hand; READERLIB_CASES names their folder")
    return Path(named) / "hostile" / "webannotation"


class Musts:
    """The schemas of every assertion that an annotation must meet, by the W3C's own list."""

    def __init__(self, w3c: Path) -> None:
        registry: Registry[Any] = Registry()
        for file in (w3c / "definitions").glob("*.json"):
            made = Resource(contents=json.loads(file.read_text("utf-8")), specification=DRAFT4)
            registry = registry.with_resource(file.name, made)
        listed = json.loads((w3c / "assertions" / "annotationMusts.test").read_text("utf-8"))
        self.schemas = {}
        for name in listed["assertions"]:
            file = w3c / name.replace("annotations/", "assertions/")
            schema = json.loads(file.read_text("utf-8"))
            assert schema.pop("expectedResult") == "valid"
            # Their ids would make them look for the definitions in other folders.
            schema.pop("id")
            self.schemas[name] = jsonschema.Draft4Validator(
                schema, registry=registry, format_checker=jsonschema.FormatChecker()
            )

    def failed(self, item: Any) -> list[str]:
        """The assertions that an annotation does not meet."""
        return [name for name, schema in self.schemas.items() if not schema.is_valid(item)]


@pytest.fixture(scope="module")
def musts(w3c: Path) -> Musts:
    return Musts(w3c)


class TestJsonLd:
    def test_meets_every_must_of_the_w3c(self, musts: Musts, kept: Notes):
        lost = Note("x", "demo", Anchor(Place("gone ü"), "text", "00"), "Gone", ("t",), "rose")
        every = [*kept.select(DEMO), lost, replace(lost, note_id="y", corpus="ü <b>")]
        every[0] = replace(every[0], others=(replace(every[0], text="Other"),))
        told = json.loads(export(every, DEMO, "jsonld").text)
        assert told["total"] == len(told["first"]["items"]) == 8
        assert len(musts.schemas) == 54
        for item in told["first"]["items"]:
            assert musts.failed(item) == []

    @settings(max_examples=8, deadline=None)
    @given(notes=many())
    def test_meets_them_whatever_the_notes(self, musts: Musts, notes: list[Note]):
        told = json.loads(export(notes, DEMO, "jsonld").text)
        for item in told.get("first", {}).get("items", []):
            assert musts.failed(item) == []

    def test_the_schemas_tell_right_from_wrong(self, musts: Musts, w3c: Path):
        """So that to meet them means something."""
        for file in (w3c / "correct").glob("anno*.json"):
            # Of sets of targets, which the recommendation dropped, the schemas know nothing.
            if file.stem not in ("anno11", "anno12", "anno13"):
                assert musts.failed(json.loads(file.read_text("utf-8"))) == [], file.name
        for name in ("anno3", "anno6", "anno9", "anno28"):
            item = json.loads((w3c / "incorrect" / f"{name}.json").read_text("utf-8"))
            assert musts.failed(item), name

    def test_says_the_place_in_the_models_words(self, kept: Notes):
        items = json.loads(export(kept.select(DEMO), DEMO, "jsonld").text)["first"]["items"]
        stretch = next(item for item in items if isinstance(item["target"], dict))
        assert stretch["target"]["selector"] == {
            "type": "TextPositionSelector",
            "start": 3,
            "end": 9,
        }
        assert DEMO.follow(stretch["target"]["source"]).place == Place("frost-1-02")
        assert stretch["motivation"] == "highlighting"
        assert "TextQuoteSelector" not in json.dumps(items)
        assert not {"creator", "generator"} & {key for item in items for key in item}

    def test_no_correct_annotation_of_the_w3c_is_taken_for_a_note(self, w3c: Path):
        """They are about pages of the web: each is refused, with a reason that names why."""
        files = sorted((w3c / "correct").glob("*.json"))
        assert len(files) == 45
        for file in files:
            found = arrived(file, DEMO)
            assert found.notes == (), file.name
            assert found.problems, file.name
            for problem in found.problems:
                assert re.search(
                    r"is not read|not fetched|it is about is|a choice or a set|not in this file",
                    f"{problem.wrong} {problem.expected}",
                ), problem

    def test_correct_annotations_are_read_once_they_are_about_a_turn(self, w3c: Path):
        """The same bodies, on a link of ours: text and tags come, what cannot be read is told."""
        link = DEMO.link("frost-1-02")
        texts, refused = {}, {}
        for file in sorted((w3c / "correct").glob("anno*.json")):
            item = json.loads(file.read_text("utf-8")) | {"target": link}
            found = arrived(json.dumps(item), DEMO)
            if found.problems:
                refused[file.stem] = found.problems[0].wrong
            else:
                texts[file.stem] = found.notes[0]
        assert texts["anno5"].text == "<p>j'adore !</p>"
        assert texts["anno6"].text == "Comment text"
        assert all("body" in wrong for wrong in refused.values()), refused
        assert len(texts) + len(refused) == len(list((w3c / "correct").glob("anno*.json")))

    def test_every_incorrect_one_is_refused_with_its_fault(self, w3c: Path):
        files = sorted((w3c / "incorrect").glob("*.json"))
        assert len(files) == 39
        for file in files:
            if file.stem == "anno1":
                with pytest.raises(ReaderError, match="no notes were found"):
                    arrived(file, DEMO)
                continue
            found = arrived(file, DEMO)
            assert found.notes == ()
            assert found.problems, file.name

    @pytest.mark.parametrize("name", ["anno10", "anno17", "anno20", "anno28", "anno34", "anno37"])
    def test_the_fault_is_found_when_nothing_else_is_wrong(self, w3c: Path, name: str):
        text = (w3c / "incorrect" / f"{name}.json").read_text("utf-8")
        item = json.loads(re.sub(r",\s*}", "}", text))
        item["id"] = "http://example.org/1"
        if name not in ("anno10", "anno37"):
            item["target"] = DEMO.link("frost-1-02")
        said = {
            "anno10": "no target",
            "anno17": "a text without one value",
            "anno20": "bodyValue is not one text",
            "anno28": "created is not one moment",
            "anno34": "rights is not an IRI",
            "anno37": "what it is about is",
        }
        problems = arrived(json.dumps(item), DEMO).problems
        assert any(said[name] in problem.wrong for problem in problems)


def foreign(**told: Any) -> str:
    item = {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": "http://example.org/1",
        "type": "Annotation",
        "created": "2026-11-26T10:00:00Z",
        "body": [
            {"type": "TextualBody", "value": "Said elsewhere"},
            {"type": "TextualBody", "value": "work", "purpose": "tagging"},
        ],
        "target": {"source": "readerlib:demo@1#frost-1-02"},
    }
    return json.dumps(item | told)


class TestAnnotationsOfOtherPrograms:
    def test_are_anchored_by_a_link_or_a_position(self):
        (note,) = imported(foreign(), DEMO)
        assert (note.text, note.tags, note.made) == (
            "Said elsewhere",
            ("work",),
            "2026-11-26T10:00:00Z",
        )
        assert note.anchor == anchor(DEMO, "frost-1-02")
        selector = {"type": "TextPositionSelector", "start": 3, "end": 9}
        target = {"source": "readerlib:demo@1#frost-1-02", "selector": selector}
        (note,) = imported(foreign(target=target), DEMO)
        assert note.anchor == anchor(DEMO, "frost-1-02:3-9")

    def quoting(self, turn: str, **selector: str) -> str:
        told = {"type": "TextQuoteSelector", **selector}
        return foreign(target={"source": f"readerlib:demo@1#{turn}", "selector": told})

    def test_are_anchored_by_the_words_they_quote_where_these_stand_once(self):
        (note,) = imported(self.quoting("frost-1-04", exact="forty years"), DEMO)
        assert note.anchor == anchor(DEMO, "frost-1-04:25-36")
        said = str(DEMO.turns["text"].iloc[9])
        at = said.rindex("Half of them") if said.count("Half of them") else said.rindex("of them")
        (note,) = imported(self.quoting("frost-2-06", exact="of them.", prefix="half "), DEMO)
        place = note.anchor.place
        assert said[place.start : place.end] == "of them."
        assert place.start >= at

    @pytest.mark.parametrize(
        ("turn", "selector", "said"),
        [
            ("frost-1-04", {"exact": "fifty years"}, "are not in the turn"),
            ("frost-1-02", {"exact": "the"}, "stand 3 times in the turn"),
            ("frost-9-99", {"exact": "the"}, "is not in the corpus"),
            ("frost-1-02", {}, "not one text"),
        ],
    )
    def test_are_told_where_they_cannot(self, turn: str, selector: dict[str, str], said: str):
        found = arrived(self.quoting(turn, **selector), DEMO)
        assert found.notes == ()
        assert said in found.problems[0].wrong

    def test_are_the_same_note_when_they_come_again(self):
        assert imported(foreign(), DEMO) == imported(foreign(), DEMO)
        (other,) = imported(foreign(id="http://example.org/2"), DEMO)
        assert other.note_id != imported(foreign(), DEMO)[0].note_id

    def test_on_another_corpus_are_told(self):
        found = arrived(foreign(target="readerlib:calls@1#leonid-1-01"), DEMO)
        assert "another corpus" in found.problems[0].wrong


def hostile_strings() -> list[str]:
    named = os.environ.get("READERLIB_CASES")
    if not named:
        return []
    folder = Path(named) / "hostile"
    found = json.loads((folder / "unicode" / "blns" / "blns.json").read_text("utf-8"))
    for file in sorted((folder / "xss" / "intruders").glob("*.txt")):
        found += file.read_text("utf-8", "replace").split("\n")
    return [text for text in dict.fromkeys(found) if text]


@pytest.mark.parametrize("form", FORMS)
def test_known_hostile_strings_come_back_as_they_were(form: Any):
    texts = hostile_strings()
    if not texts:
        pytest.skip("READERLIB_CASES names no folder")
    at = anchor(DEMO, "frost-1-02")
    notes = [
        Note(f"{number:05}", "demo", at, text, (text[:50],)) for number, text in enumerate(texts)
    ]
    assert len(notes) > 1000
    left = export(notes, DEMO, form)
    assert imported(left.text) == list(left.notes) == notes
    if form == "markdown":
        outside = [line for line in left.text.split("\n") if not line.startswith(">")]
        assert not [
            line for line in outside if re.search(r"(?<!\\)<(?!!-- readerlib-note)(?!!--`)", line)
        ]
