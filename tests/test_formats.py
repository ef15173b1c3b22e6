"""Reading: what is read as it is, and what is refused with an answer a person can use."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readerlib.corpus import Corpus
from readerlib.datasets import load
from readerlib.errors import SHOWN, FormatError, Problem, ReaderError, written
from readerlib.formats import FORMATS, datapackage, files, read

DATA = Path(__file__).parent.parent / "data"
DEMO = DATA / "demo"
CASES = Path(__file__).parent / "cases"
SCRIPTS = sorted(path for path in (CASES / "script").iterdir() if path.suffix != ".csv")
PACKAGES = sorted(DATA.glob("*/datapackage.json"))

Change = Callable[[bytes], bytes]


def put(old: str, new: str | bytes) -> Change:
    """The change that puts something in the place of a piece that has to be there."""

    def changed(raw: bytes) -> bytes:
        assert old.encode() in raw, old
        return raw.replace(old.encode(), new.encode() if isinstance(new, str) else new, 1)

    return changed


def about(**new: object) -> Change:
    """The change of the description's own keys."""
    return lambda raw: json.dumps({**json.loads(raw), **new}).encode()


def ours(**new: object) -> Change:
    """The change of what the description says under "readerlib"."""

    def changed(raw: bytes) -> bytes:
        whole = json.loads(raw)
        whole["readerlib"].update(new)
        return json.dumps(whole).encode()

    return changed


def turns(**new: object) -> Change:
    """The change of the resource "turns"."""

    def changed(raw: bytes) -> bytes:
        whole = json.loads(raw)
        whole["resources"][0].update(new)
        return json.dumps(whole).encode()

    return changed


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the demo corpus, to be spoilt."""
    return Path(shutil.copytree(DEMO, tmp_path / "demo"))


def planted(package: Path, file: str, change: Change) -> FormatError:
    """The error that the package gives after the change of one file."""
    (package / file).write_bytes(change((package / file).read_bytes()))
    with pytest.raises(FormatError) as caught:
        read(package)
    well_told(caught.value.problems)
    return caught.value


def well_told(problems: Sequence[Problem]) -> None:
    """Check that every problem says where, what is wrong, what was expected and what to do."""
    for problem in problems:
        assert problem.path
        assert problem.wrong
        assert problem.expected.endswith((".", "?", "”")), problem
        assert problem.remedy.endswith((".", "?", "}")), problem
        assert str(problem).replace("\n", "").isprintable(), problem
        assert len(str(problem)) < 1000
    assert len(written(problems).splitlines()) <= 3 * SHOWN + 1


TOLD = {
    "a missing column": (
        "turns.csv",
        put("turn_id,", "Turn_ID,"),
        """
turns.csv, row 1, column "turn_id": the column is missing.
  Columns found: "Turn_ID", "conversation_id", "position", "speaker_id", "addressee_id", "kind", \
"lang", "text", "text_en", "gist", "words", "fingerprint" and 2 more.
  Did you mean "Turn_ID"? Then rename it.""",
    ),
    "an identifier that stands twice": (
        "turns.csv",
        put("frost-1-03,", "frost-1-01,"),
        """
turns.csv, row 4, column "turn_id": "frost-1-01" stands twice.
  It names row 2 already, and an identifier belongs to one row.
  Give one of the two another one.
annotations.csv, row 3, column "turn_id": "frost-1-03" is not in turns.csv.
  It should be a turn_id of turns.csv.
  Did you mean "frost-3-03"?""",
    ),
    "identifiers that differ by capitals": (
        "speakers.csv",
        lambda raw: raw + b"IRENA,Another,\n",
        """
speakers.csv, row 7, column "speaker_id": "IRENA" looks like "irena" of row 4.
  They differ only by capital letters.
  Give one of the two another identifier, or make them one row.""",
    ),
    "a speaker who is nobody": (
        "turns.csv",
        put(",tomas,irena,", ",tomsa,irena,"),
        """
turns.csv, row 3, column "speaker_id": "tomsa" is not in speakers.csv.
  It should be a speaker_id of speakers.csv.
  Did you mean "tomas"?""",
    ),
    "a speaker in other letters": (
        "turns.csv",
        put(",tomas,irena,", ",tоmas,irena,"),
        """
turns.csv, row 3, column "speaker_id": "tоmas" is not in speakers.csv.
  speakers.csv has "tomas", which looks the same and is written with other characters.
  Copy it from speakers.csv.""",
    ),
    "a hidden sign in a reference": (
        "turns.csv",
        put(",tomas,irena,", ",tomas\u200b,irena,"),
        r"""
turns.csv, row 3, column "speaker_id": "tomas\u200b" is not in speakers.csv.
  speakers.csv has "tomas", which looks the same and is written with other characters.
  Copy it from speakers.csv.""",
    ),
    "no speaker": (
        "turns.csv",
        put(",tomas,irena,", ",,irena,"),
        """
turns.csv, row 3, column "speaker_id": the cell is empty.
  Every turn needs a speaker; this one is of "frost-1".
  If the speaker is not known, write "unknown", and add that row to the speakers.""",
    ),
    "white space in place of a speaker": (
        "turns.csv",
        put(",tomas,irena,", ",\u00a0 ,irena,"),
        """
turns.csv, row 3, column "speaker_id": the cell holds nothing but white space.
  Every turn needs a speaker; this one is of "frost-1".
  If the speaker is not known, write "unknown", and add that row to the speakers.""",
    ),
    "a position out of order": (
        "turns.csv",
        put("frost-1,2,", "frost-1,7,"),
        """
turns.csv, row 3, column "position": the position is "7".
  Row by row, the positions of "frost-1" count from 1; here 2 is next.
  Put the rows in reading order and number them.""",
    ),
    "a position that is no number": (
        "turns.csv",
        put("frost-1,2,", "frost-1,2.0,"),
        """
turns.csv, row 3, column "position": the position is "2.0".
  Row by row, the positions of "frost-1" count from 1; here 2 is next.
  Write 2, if the rows stand in reading order.""",
    ),
    "an unknown kind": (
        "turns.csv",
        put(",speech,", ",speach,"),
        """
turns.csv, row 3, column "kind": the kind "speach" is unknown.
  Kinds: speech, quoted, statement, document, narration, cut.
  Did you mean "speech"?""",
    ),
    "an empty file": (
        "turns.csv",
        lambda raw: b"\xef\xbb\xbf",
        """
turns.csv: the file is empty.
  Row 1 names the columns, and the rows follow below it.
  Look whether the right file was saved.""",
    ),
    "names of columns and nothing else": (
        "turns.csv",
        lambda raw: raw.split(b"\n")[0] + b"\n",
        """
turns.csv: the table has no rows.
  Row 1 names the columns; a corpus has at least one row of turns below it.
  Add the rows, or look whether the right file was saved.""",
    ),
    "semicolons": (
        "speakers.csv",
        lambda raw: raw.replace(b",", b";"),
        """
speakers.csv, row 1: the table looks separated by ";".
  Tables are separated by commas, unless the resource names another sign; row 1 is \
"speaker_id;name;role".
  Save it again with the right sign, or write this for the resource: \
"dialect": {"delimiter": ";"}.""",
    ),
    "tabs": (
        "speakers.csv",
        lambda raw: raw.replace(b",", b"\t"),
        r"""
speakers.csv, row 1: the table looks separated by a tab.
  Tables are separated by commas, unless the resource names another sign; row 1 is \
"speaker_id\tname\trole".
  Save it again with the right sign, or write this for the resource: \
"dialect": {"delimiter": "\t"}.""".replace("\\\n", ""),
    ),
    "an older encoding": (
        "turns.csv",
        lambda raw: raw.decode().encode("cp1252", "replace"),
        """
turns.csv, row 4, column "text": the byte 0x92 (and 7 more) is not UTF-8.
  Tables are UTF-8; this looks like an older encoding, such as windows-1252 or windows-1251.
  Save the table as "CSV UTF-8".""",
    ),
    "UTF-16": (
        "turns.csv",
        lambda raw: raw.decode().encode("utf-16"),
        """
turns.csv: it is UTF-16 or UTF-32, as some programs save what they call Unicode.
  Tables are UTF-8, unless the resource names another encoding.
  Save the table as "CSV UTF-8".""",
    ),
    "a zero character": (
        "turns.csv",
        put("(laughs) One basket, and forty years of hearing about it.", "(lau\0ghs)"),
        r"""
turns.csv, row 5, column "text": the cell "(lau\x00ghs)" holds the zero character (U+0000).
  That is no text; a program or a broken disk left it there.
  Delete it, or take the cell from the original again.""",
    ),
    "a quotation mark that is never closed": (
        "turns.csv",
        lambda raw: raw + b'frost-3-05,"frost-3\n5,,\n',
        r"""
turns.csv, row 16: a quotation mark opens a cell in this row and is never closed.
  The cell begins "frost-3\n5,,\n", and the rest of the file would be part of it.
  Correct the row, or open the table in a spreadsheet and save it as CSV again.""",
    ),
    "a quotation mark that is closed far below": (
        "turns.csv",
        put('home one basket."', "home one basket."),
        """
turns.csv, row 4: the quotation marks of this row do not match.
  A quotation mark inside a quoted cell is written twice: "He said ""no""\"; this row begins \
with "frost-1-03".
  Correct the row, or open the table in a spreadsheet and save it as CSV again.""",
    ),
    "a short row": (
        "turns.csv",
        put("frost-1-02,frost-1,", "frost-1-02,"),
        """
turns.csv, row 3: the row has 13 cells.
  Row 1 names 14 columns; this row begins with "frost-1-02".
  Look for a separator too few; put text that has one in it in quotation marks.""",
    ),
    "a long row": (
        "turns.csv",
        put("frost-1-02,frost-1,", "frost-1-02,oh, frost-1,"),
        """
turns.csv, row 3: the row has more than 14 cells.
  Row 1 names 14 columns; this row begins with "frost-1-02".
  Look for a separator too many; put text that has one in it in quotation marks.""",
    ),
    "a column that stands twice": (
        "turns.csv",
        put("gist", "text"),
        """
turns.csv, row 1, column "text": the column "text" stands twice.
  Columns have different names.
  Rename one.""",
    ),
    "a column without a name": (
        "speakers.csv",
        put("role", ""),
        """
datapackage.json: the facet "role" cannot be made of "speakers.role".
  A facet has a column, written "table.column", of turns, conversations or speakers, or a layer, \
written "annotations.layer"; and another name than "find".
  Correct the facet, or add the column.
speakers.csv, row 2: "narrator" stands in a column without a name.
  Row 1 names every column; the name of column 3 is empty.
  Name the column, or empty it.""",
    ),
    "an end before its start": (
        "turns.csv",
        put(",4,11\n", ",11.5,4\n"),
        """
turns.csv, row 3, column "end": the turn ends at 4, before it starts at 11.5.
  Both are seconds from the beginning of the recording.
  Correct one of the two, or leave both empty.""",
    ),
    "a start that is no number": (
        "turns.csv",
        put(",4,11\n", ',"4,5",11\n'),
        """
turns.csv, row 3, column "start": the start is "4,5".
  Seconds stand here, with a point before the decimals: 47.5.
  Correct the cell, or leave it empty if it is not known.""",
    ),
    "a hidden sign in a name": (
        "speakers.csv",
        put("Irena", "\u200bIrena"),
        r"""
speakers.csv, row 4, column "name": "\u200bIrena" holds a sign that one cannot see: U+200B, \
zero width space.
  A name is made of signs that one can see; otherwise nobody finds it again.
  Delete the cell and type it anew.""".replace("\\\n", ""),
    ),
    "a no-break space in a name": (
        "speakers.csv",
        put("Irena", "Irena\u00a0K."),
        r"""
speakers.csv, row 4, column "name": "Irena\xa0K." holds a sign that one cannot see: U+00A0, \
no-break space.
  A name is made of signs that one can see; otherwise nobody finds it again.
  Delete the cell and type it anew.""".replace("\\\n", ""),
    ),
    "a name of two alphabets": (
        "speakers.csv",
        put("Irena", "Irеna"),
        """
speakers.csv, row 4, column "name": "Irеna" mixes Latin and Cyrillic letters.
  "е" is Cyrillic and looks like a Latin letter; the same name typed anew would be another one.
  Delete the word and type it anew, with one keyboard.""",
    ),
    "two names that look the same": (
        "speakers.csv",
        lambda raw: raw + "eva-1,ЕВА,\neva-2,EBA,\n".encode(),
        """
speakers.csv, row 8, column "name": "EBA" looks like the name of row 7.
  The two are written with different letters that look the same, so that they would stand in \
the list as two people of one name.
  Write both with the letters of one alphabet.""",
    ),
    "an annotation of no turn": (
        "annotations.csv",
        put("frost-1-02", "frost-1-92"),
        """
annotations.csv, row 2, column "turn_id": "frost-1-92" is not in turns.csv.
  It should be a turn_id of turns.csv.
  Did you mean "frost-1-02"?""",
    ),
    "half a stretch": (
        "annotations.csv",
        put("21,44", "21,"),
        """
annotations.csv, row 5, column "end": there is a start and no end.
  A stretch has both; the whole turn has neither.
  Fill both in, or leave both empty.""",
    ),
    "a stretch beyond the text": (
        "annotations.csv",
        put("21,44", "21,71"),
        """
annotations.csv, row 5, column "end": the stretch ends at 71, beyond the text.
  The text of "frost-2-02" has 70 characters.
  Correct the stretch, or leave both ends empty for the whole turn.""",
    ),
    "a stretch that runs backwards": (
        "annotations.csv",
        put("21,44", "44,21"),
        """
annotations.csv, row 5, column "end": the stretch from 44 to 21 holds no character.
  The end is the count of characters up to it, so it is greater than the start.
  Correct one of the two, or leave both empty for the whole turn.""",
    ),
    "a label that is not listed": (
        "annotations.csv",
        put("theme,weather", "theme,wether"),
        """
annotations.csv, row 2, column "value": "wether" is not a label of the layer "theme".
  labels.csv lists: "weather", "work", "family".
  Did you mean "weather"?""",
    ),
    "a layer in capitals": (
        "annotations.csv",
        put("theme,weather", "Theme,weather"),
        """
annotations.csv, row 2, column "layer": the layer "Theme" is called "theme" in labels.csv.
  A layer has one spelling.
  Write "theme".""",
    ),
    "a fingerprint in another form": (
        "turns.csv",
        put("c0c83e37f4b61df8b0dc0b94a0e44324", "C0C8"),
        """
turns.csv, row 15, column "fingerprint": the fingerprint is "C0C8".
  A fingerprint is 32 signs, each of 0 to 9 or a to f, as readerlib makes it.
  Correct the cell, or leave it empty if it is not known.""",
    ),
    "a source that is not there": (
        "glossary.csv",
        put("orchard-calls", "orchard-cals"),
        """
glossary.csv, row 2, column "source_id": "orchard-cals" is not in sources.csv.
  It should be a source_id of sources.csv.
  Did you mean "orchard-calls"?""",
    ),
    "a claim of nobody": (
        "claims.csv",
        put("tomas", "thomas"),
        """
claims.csv, row 2, column "claimant_id": "thomas" is not in speakers.csv.
  It should be a speaker_id of speakers.csv.
  Did you mean "tomas"?""",
    ),
    "a place beyond the pole": (
        "events.csv",
        put("50.08", "500.8"),
        """
events.csv, row 2, column "latitude": the latitude is "500.8".
  Degrees from -90 to 90 stand here, with a point before the decimals: 50.45.
  Correct the cell, or leave it empty if it is not known.""",
    ),
    "JSON that is none": (
        "datapackage.json",
        put('"title"', "title"),
        """
datapackage.json, line 3: it is not JSON in UTF-8.
  Something else should stand there (Expecting property name enclosed in double quotes).
  Correct the line, or save the file as UTF-8.""",
    ),
    "NaN": (
        "datapackage.json",
        put('"version": "1"', '"version": NaN'),
        """
datapackage.json: it is not JSON in UTF-8.
  NaN is no number of JSON.
  Correct the file.""",
    ),
    "a key that stands twice": (
        "datapackage.json",
        put('"version": "1"', '"version": "1", "version": "2"'),
        """
datapackage.json: the key "version" stands twice in one object.
  Only one of the two could count.
  Take one of them out.""",
    ),
    "half a character": (
        "datapackage.json",
        put("The late", r"The \ud800 late"),
        r"""
datapackage.json: it is not JSON in UTF-8.
  It holds half a character (as in \ud800).
  Correct the file.""",
    ),
    "a version in points": (
        "datapackage.json",
        about(version="1.0.0"),
        """
datapackage.json: the "version" is "1.0.0".
  It is a whole number from 1, as a text or a number, since links name it.
  Write "version": "1", and count it up when turns change.""",
    ),
    "a path of a facet that is none": (
        "datapackage.json",
        ours(path=["prt"]),
        """
datapackage.json: the path names "prt", which is no facet.
  Facets: "part", "chapter", "speaker", "role", "kind", "theme", "notice".
  Did you mean "part"?""",
    ),
    "a table that is not named": (
        "datapackage.json",
        turns(name="turn"),
        """
datapackage.json: no resource is called "turns".
  A corpus has the tables turns, conversations and speakers.
  Did you mean "turn"?""",
    ),
    "two files in one resource": (
        "datapackage.json",
        turns(path=["turns.csv", "more.csv"]),
        """
datapackage.json: the resource "turns" has a list as its path.
  A resource is one file inside the package's own folder.
  Join the files into one, and name it: "path": "turns.csv".""",
    ),
    "an address": (
        "datapackage.json",
        turns(path="https://example.org/turns.csv"),
        """
datapackage.json: the resource "turns" lies at "https://example.org/turns.csv".
  A resource is one file inside the package's own folder; this is an address.
  Copy the file into the package and name it there; nothing is fetched.""",
    ),
    "data in the description": (
        "datapackage.json",
        turns(path=None, data=[{"turn_id": "a"}]),
        """
datapackage.json: the resource "turns" holds its data in datapackage.json.
  A table is a CSV file beside it, so that a spreadsheet can open it.
  Save the data as a CSV file, and name it as "path".""",
    ),
    "a missing file": (
        "datapackage.json",
        turns(path="Turns.csv"),
        """
Turns.csv: the file is missing.
  Did you mean "turns.csv"?
  Put it there, or correct the name.""",
    ),
    "a packed table": (
        "turns.csv",
        lambda raw: b"PK\x03\x04" + raw,
        """
turns.csv: it is a ZIP archive, as spreadsheets (.xlsx) and documents (.docx) are, not a table.
  A table is a plain CSV file.
  Unpack it, or open it in a spreadsheet and save it as "CSV UTF-8".""",
    ),
}


@pytest.mark.parametrize(("file", "change", "message"), TOLD.values(), ids=TOLD.keys())
def test_a_planted_fault_is_told_word_for_word(package, file, change, message):
    assert str(planted(package, file, change)) == message.strip()


IN_PART = [
    # file, change, where the first problem is, a piece of its message
    (
        "datapackage.json",
        put("annotations.theme", "annotations.thema"),
        "datapackage.json",
        "layer",
    ),
    ("datapackage.json", ours(shown_notices="injury"), "datapackage.json", "no list of texts"),
    ("datapackage.json", ours(shown_notices=["injry"]), "datapackage.json", 'mean "injury"?'),
    ("labels.csv", put("description", "meaning"), 'row 1, column "description"', "missing"),
    ("labels.csv", put("Mother and son.", ""), 'row 4, column "description"', "is empty"),
    ("turns.csv", put(",text,", ",Text,"), 'row 1, column "Text"', 'called "text"'),
    ("turns.csv", put(",addressee_id", ",Addressee ID"), "row 1", 'called "addressee_id"'),
    ("datapackage.json", ours(path=["part", "part"]), "datapackage.json", "a facet twice"),
    ("datapackage.json", ours(facets=[{}] * 101), "datapackage.json", "101 facets"),
    ("turns.csv", put("position,", ""), "row 1", "every row below has another number of cells"),
    ("turns.csv", put("frost-1-02,", "frost-1\x07-02,"), 'row 3, column "turn_id"', "U+0007"),
    ("turns.csv", put("frost-1-02,", "frost-1-02 ,"), 'row 3, column "turn_id"', "with a space"),
    ("turns.csv", put("frost-1-02,", ","), 'row 3, column "turn_id"', "is empty"),
    (
        "turns.csv",
        put("frost-1-02,frost-1,", "frost-1-02,,"),
        'row 3, column "conversa',
        "is empty",
    ),
    ("turns.csv", put(",speech,", ",speech ,"), 'row 3, column "kind"', '"speech "'),
    ("turns.csv", put(",speech,", ",sрeech,"), 'row 3, column "kind"', '"speech"'),
    ("turns.csv", put("frost-1,2,", "frost-1,-2,"), 'row 3, column "position"', '"-2"'),
    ("turns.csv", put("frost-1,2,", "frost-1,٢,"), 'row 3, column "position"', "2 is next"),
    ("turns.csv", put("frost-1,2,", "frost-1,02,"), 'row 3, column "position"', '"02"'),
    ("turns.csv", put("frost-1,2,", "frost-1,,"), 'row 3, column "position"', "is empty"),
    ("turns.csv", put("-03,frost-1,3,", "-03,frost-2,3,"), 'row 4, column "position"', "1 is next"),
    ("turns.csv", put(",4,11\n", ",1e999,11\n"), 'row 3, column "start"', "1e999"),
    ("turns.csv", put(",4,11\n", ",nan,11\n"), 'row 3, column "start"', "nan"),
    ("turns.csv", put(",4,11\n", ",0x4,11\n"), 'row 3, column "start"', "0x4"),
    ("turns.csv", lambda raw: b"\n" + raw, "row 1", "the row is empty"),
    ("turns.csv", lambda raw: b"\n \n", "turns.csv", "the file is empty"),
    ("turns.csv", lambda raw: b"sep=;\n" + raw.replace(b",", b";"), "row 1", "separated by"),
    ("turns.csv", lambda raw: b"sep=,\n" + raw, "row 1", "Take the line out"),
    ("turns.csv", lambda raw: raw.replace(b",", b"|"), "row 1", "separated by"),
    ("turns.csv", lambda raw: raw.decode().encode("utf-16-le"), "turns.csv", "UTF-16"),
    ("turns.csv", lambda raw: raw.decode().encode("utf-16-be"), "turns.csv", "UTF-16"),
    ("turns.csv", lambda raw: raw.decode().encode("utf-32"), "turns.csv", "UTF-32"),
    ("turns.csv", lambda raw: raw.decode().encode("cp1251", "replace"), "row 4", "not UTF-8"),
    ("turns.csv", put("kitchen", b"kitch\xed\xa0\x80n"), 'row 3, column "text"', "0xed"),
    ("turns.csv", put("kitchen", b"kitch\xff"), 'row 3, column "text"', "0xff"),
    ("turns.csv", put("gist", "gi\u200bst"), 'row 1, column "gi', "cannot see"),
    ("turns.csv", lambda raw: b"\x1f\x8b\x08" + raw, "turns.csv", "gzip"),
    ("turns.csv", lambda raw: b"<!DOCTYPE html><html>" + raw, "row 1", "is missing"),
    ("turns.csv", lambda raw: b"a," * 2000 + b"\n", "row 1", "2,001 columns"),
    ("turns.csv", lambda raw: raw + b'"' + b"x" * 1_000_001, "row 16", "longer than"),
    ("speakers.csv", put("speaker_id", "speaker"), 'row 1, column "speaker_id"', "missing"),
    ("speakers.csv", put("irena,", "Tomas,"), 'row 4, column "speaker_id"', "capital letters"),
    ("speakers.csv", put("irena,", "tоmas,"), 'row 4, column "speaker_id"', "mixes"),
    ("speakers.csv", put("Irena", ""), 'row 4, column "name"', "is empty"),
    ("speakers.csv", put("Irena", "\u3164"), 'row 4, column "name"', "U+3164"),
    ("speakers.csv", put("Irena", "Ire\u00adna"), 'row 4, column "name"', "soft hyphen"),
    ("speakers.csv", put("Irena", "Ire\u202ena"), 'row 4, column "name"', "U+202E"),
    ("speakers.csv", put("Irena", '"Ire\nna"'), 'row 4, column "name"', "U+000A"),
    ("speakers.csv", put("Irena", " Irena"), 'row 4, column "name"', "with a space"),
    ("speakers.csv", put("Irena", "Ire\0na"), 'row 4, column "name"', "zero character"),
    ("speakers.csv", put("mother", "mo\u200bther"), 'row 4, column "role"', "cannot see"),
    ("conversations.csv", put("Spring", "Sрring"), 'row 2, column "part"', "mixes"),
    ("conversations.csv", put("frost-2,", "frost-1,"), 'row 3, column "conversa', "twice"),
    ("conversations.csv", put("orchard-calls", "x"), 'row 2, column "source_id"', '"x" is not'),
    ("annotations.csv", put("21,44", "-1,44"), 'row 5, column "start"', '"-1"'),
    ("annotations.csv", put("21,44", "2.5,44"), 'row 5, column "start"', '"2.5"'),
    ("annotations.csv", put("21,44", ",44"), 'row 5, column "start"', "no start"),
    ("annotations.csv", put("21,44", "21,21"), 'row 5, column "end"', "no character"),
    ("annotations.csv", put("theme,weather", "theme,"), 'row 2, column "value"', "is empty"),
    ("annotations.csv", put("theme,weather", ",weather"), 'row 2, column "layer"', "is empty"),
    ("annotations.csv", put("theme,weather", "themе,weather"), 'row 2, column "layer"', "called"),
    ("annotations.csv", put("orchard-calls", "x"), 'row 2, column "source_id"', "not in"),
    ("labels.csv", put("theme,work", "theme,weather"), "labels.csv, row 3", "stands twice"),
    ("labels.csv", put("theme,work", "theme,wrk"), "annotations.csv, row 6", "not a label"),
    ("labels.csv", put("value,", "values,"), 'row 1, column "value"', '"values"'),
    ("sources.csv", put("orchard-calls,", ","), "conversations.csv, row 2", "not in"),
    ("sources.csv", put("source_id", "id"), 'row 1, column "source_id"', '"id"'),
    ("claims.csv", put("half-saved", ""), 'row 2, column "claim_id"', "is empty"),
    ("claims.csv", put("orchard-calls", "x"), 'row 2, column "source_id"', "not in"),
    ("claims.csv", put("frost-2-06", "frost-2-66"), 'row 2, column "turn_id"', "frost-2-06"),
    ("glossary.csv", put("term,", "word,"), 'row 1, column "term"', "missing"),
    ("events.csv", put("14.42", "181"), 'row 2, column "longitude"', '"181"'),
    ("events.csv", put("14.42", '"14,42"'), 'row 2, column "longitude"', "14,42"),
    ("events.csv", put("orchard-calls", "x"), 'row 2, column "source_id"', "not in"),
    ("events.csv", lambda raw: raw + raw.split(b"\n")[1], 'row 3, column "event_id"', "twice"),
    ("questions.csv", put("frost-3-04", "x"), 'row 2, column "turn_id"', "not in"),
    ("questions.csv", put("orchard-calls", "x"), 'row 2, column "source_id"', "not in"),
    ("datapackage.json", lambda raw: b"", "line 1", "not JSON"),
    ("datapackage.json", lambda raw: b"[1", "line 1", "not JSON"),
    ("datapackage.json", lambda raw: b"[]", "datapackage.json", "a list"),
    ("datapackage.json", lambda raw: b"null", "datapackage.json", "nothing"),
    ("datapackage.json", lambda raw: b"{}", "datapackage.json", '"resources" is no list'),
    ("datapackage.json", lambda raw: raw.decode().encode("utf-16"), "line 1", "0xff"),
    ("datapackage.json", lambda raw: b"[" * 100_000, "datapackage.json", "nested too deep"),
    ("datapackage.json", put('"1"', "1" * 5000), "datapackage.json", "too many digits"),
    ("datapackage.json", put('"1"', "1e999"), "datapackage.json", '"version" is "inf"'),
    ("datapackage.json", about(resources={}), "datapackage.json", "here is an object"),
    ("datapackage.json", about(resources=None), "datapackage.json", "here is nothing"),
    ("datapackage.json", about(resources=[]), "datapackage.json", '"conversations"'),
    ("datapackage.json", about(resources=[1]), "datapackage.json", "resource 1 is a number"),
    ("datapackage.json", about(resources=[{}]), "datapackage.json", "resource 1 has no name"),
    ("datapackage.json", about(version=True), "datapackage.json", '"version"'),
    ("datapackage.json", about(version=0), "datapackage.json", '"version"'),
    ("datapackage.json", about(version=1.5), "datapackage.json", '"version"'),
    ("datapackage.json", about(version=["1"]), "datapackage.json", '"version"'),
    ("datapackage.json", about(version="one"), "datapackage.json", "whole number"),
    ("datapackage.json", about(name=""), "datapackage.json", '"name" is empty'),
    ("datapackage.json", about(name=None), "datapackage.json", '"name" is nothing'),
    ("datapackage.json", about(name="two words"), "datapackage.json", '"two words"'),
    ("datapackage.json", about(title=5), "datapackage.json", '"title" is a number'),
    ("datapackage.json", about(readerlib=[]), "datapackage.json", '"readerlib" is a list'),
    ("datapackage.json", ours(path="part"), "datapackage.json", "no list of texts"),
    ("datapackage.json", ours(population=3), "datapackage.json", '"population" is a number'),
    ("datapackage.json", ours(facets={}), "datapackage.json", '"facets" is an object'),
    ("datapackage.json", ours(facets=[1]), "datapackage.json", "facet 1 has no name"),
    ("datapackage.json", ours(facets=[{"name": "x"}]), "datapackage.json", "no column"),
    ("datapackage.json", turns(name=None), "datapackage.json", "resource 1 has no name"),
    ("datapackage.json", turns(name="Turns"), "datapackage.json", '"Turns"'),
    ("datapackage.json", turns(path="speakers.csv"), "datapackage.json", "1 and 3, lie at"),
    ("datapackage.json", about(resources=[{}] * 101), "datapackage.json", "101 resources"),
    ("sources.csv", put(",2026,,", ",2026,javascript:x,"), 'row 2, column "url"', "javascript"),
    ("speakers.csv", put("Irena", "x" * 99_999 + "х"), 'row 4, column "name"', "mixes"),
    ("datapackage.json", turns(name="speakers"), "datapackage.json", "two resources, 1 and 3"),
    ("datapackage.json", turns(path="http://a/t.csv"), "datapackage.json", "an address"),
    ("datapackage.json", turns(path="file:///etc/passwd"), "datapackage.json", "an address"),
    ("datapackage.json", turns(path="//a/t.csv"), "datapackage.json", "an address"),
    ("datapackage.json", turns(path="data:,turn_id"), "datapackage.json", "an address"),
    ("datapackage.json", turns(path="/etc/passwd"), "datapackage.json", "root of a disk"),
    ("datapackage.json", turns(path="C:/turns.csv"), "datapackage.json", "root of a disk"),
    ("datapackage.json", turns(path="../turns.csv"), "datapackage.json", "leads up"),
    ("datapackage.json", turns(path="a/../turns.csv"), "datapackage.json", "leads up"),
    ("datapackage.json", turns(path="data\\turns.csv"), "datapackage.json", "backslash"),
    ("datapackage.json", turns(path="turns.csv\0"), "datapackage.json", "no name of a file"),
    ("datapackage.json", turns(path=""), "datapackage.json", "empty path"),
    ("datapackage.json", turns(path=5), "datapackage.json", "a number as its path"),
    ("datapackage.json", turns(path="t" * 5000), "tttt", "too long"),
    ("datapackage.json", turns(path="t/" * 5000), "t/t/", "too long"),
    ("datapackage.json", turns(path="."), ".", "a folder"),
    ("datapackage.json", turns(path="turns.csv/t.csv"), "turns.csv/t.csv", "missing"),
    ("datapackage.json", turns(compression="gz"), "datapackage.json", "compressed"),
    ("datapackage.json", turns(encoding="utf-9"), "datapackage.json", '"utf-9"'),
    ("datapackage.json", turns(encoding="rot13"), "datapackage.json", '"rot13"'),
    ("datapackage.json", turns(encoding="../x"), "datapackage.json", '"../x"'),
    ("datapackage.json", turns(encoding=8), "datapackage.json", '"8"'),
    ("datapackage.json", turns(encoding="ascii"), "row 4", "says that it is ASCII"),
    ("datapackage.json", turns(encoding="utf-16"), "turns.csv", "UTF-16"),
    ("datapackage.json", turns(dialect="https://a/b"), "datapackage.json", "is a text"),
    ("datapackage.json", turns(dialect={"delimiter": ";"}), "row 1", "separated by commas"),
    ("datapackage.json", turns(dialect={"delimiter": ";;"}), "datapackage.json", ";;"),
    ("datapackage.json", turns(dialect={"delimiter": '"'}), "datapackage.json", "two things"),
    ("datapackage.json", turns(dialect={"header": False}), "datapackage.json", "header"),
    ("datapackage.json", turns(dialect={"commentChar": "#"}), "datapackage.json", "commentChar"),
]


@pytest.mark.parametrize(
    ("file", "change", "where", "piece"),
    IN_PART,
    ids=[f"{file}: {where}: {piece}" for file, _, where, piece in IN_PART],
)
def test_a_planted_fault_is_told_in_its_place(package, file, change, where, piece):
    error = planted(package, file, change)
    assert any(where in p.where and piece in str(p) for p in error.problems), str(error)


def test_a_link_out_of_the_folder_is_not_followed(package, tmp_path):
    outside = tmp_path / "outside.csv"
    (package / "turns.csv").rename(outside)
    (package / "turns.csv").symlink_to(outside)
    with pytest.raises(FormatError, match="a link that leads out of it"):
        read(package)


def test_a_folder_that_is_a_link_out_is_not_followed(package, tmp_path):
    (tmp_path / "outside").mkdir()
    (package / "turns.csv").rename(tmp_path / "outside" / "turns.csv")
    (package / "data").symlink_to(tmp_path / "outside")
    change = turns(path="data/turns.csv")
    assert "a link that leads out of it" in str(planted(package, "datapackage.json", change))


def test_a_description_that_is_a_link_out_is_not_followed(package, tmp_path):
    (package / "datapackage.json").rename(tmp_path / "outside.json")
    (package / "datapackage.json").symlink_to(tmp_path / "outside.json")
    with pytest.raises(FormatError, match="a link to a file outside"):
        read(package)


def test_a_link_inside_the_folder_is_followed(package):
    (package / "turns.csv").rename(package / "real.csv")
    (package / "turns.csv").symlink_to("real.csv")
    assert len(read(package)) == 14


def test_a_link_to_the_folder_itself_is_followed(package, tmp_path):
    (tmp_path / "link").symlink_to(package)
    assert len(read(tmp_path / "link")) == 14


def test_links_in_a_circle_are_told(package):
    (package / "turns.csv").unlink()
    (package / "turns.csv").symlink_to("other.csv")
    (package / "other.csv").symlink_to("turns.csv")
    with pytest.raises(FormatError, match=r"turns\.csv: it cannot be opened \(too many levels"):
        read(package)


posix = pytest.mark.skipif(os.name != "posix", reason="pipes are otherwise elsewhere")


@posix
def test_a_pipe_and_a_socket_are_not_waited_for(package):
    (package / "turns.csv").unlink()
    os.mkfifo(package / "turns.csv")
    (package / "speakers.csv").unlink()
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(os.path.relpath(package / "speakers.csv"))
        with pytest.raises(FormatError) as caught:
            read(package)
    wrong = "it is no ordinary file but a device or a pipe"
    assert [p.wrong for p in caught.value.problems] == [wrong, wrong]
    well_told(caught.value.problems)


@posix
def test_a_pipe_in_place_of_a_script_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "talk.txt")
    with pytest.raises(FormatError, match="a device or a pipe"):
        read(tmp_path / "talk.txt")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no /dev/zero here")
def test_a_device_is_not_read():
    with pytest.raises(FormatError, match="a device or a pipe"):
        read("/dev/zero")


def test_a_folder_in_place_of_a_file_is_told(package):
    (package / "turns.csv").unlink()
    (package / "turns.csv").mkdir()
    with pytest.raises(FormatError, match=r"turns\.csv: it is a folder, not a file"):
        read(package)


def test_a_description_that_is_a_folder_is_told(tmp_path):
    (tmp_path / "datapackage.json").mkdir()
    with pytest.raises(FormatError, match=r"datapackage\.json: it is a folder"):
        read(tmp_path)


def test_a_file_without_the_right_to_read_it_is_told(package, monkeypatch):
    # The owner of the machine may read every file, so the refusal is played.
    really_open = Path.open

    def refused(self, *args, **options):
        if self.name == "turns.csv":
            raise PermissionError(13, "Permission denied", str(self))
        return really_open(self, *args, **options)

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(FormatError) as caught:
        read(package)
    assert str(caught.value) == (
        "turns.csv: it cannot be opened (permission denied).\n"
        "  The file has to be there, and you need the right to read it.\n"
        "  Copy it to a folder of yours under a plain, short name."
    )


def test_a_file_too_large_is_told_and_not_read(package):
    with (package / "turns.csv").open("r+b") as opened:
        opened.truncate(files.LARGEST + 1)
    with pytest.raises(FormatError, match=r"turns\.csv: it is larger than 200 MB"):
        read(package)


def test_rows_beyond_what_a_spreadsheet_shows_are_told(package, monkeypatch):
    monkeypatch.setattr(datapackage, "_MOST_ROWS", 10)
    with pytest.raises(FormatError, match="it has more than 10 rows"):
        read(package)


def test_nothing_is_fetched(package, monkeypatch):
    def refused(*args, **options):
        raise AssertionError("the network was asked for something")

    monkeypatch.setattr(socket, "getaddrinfo", refused)
    monkeypatch.setattr(socket, "socket", refused)
    far = "https://example.org/x.json"
    changed = turns(schema=far, profile=far, dialect={"$schema": far})
    raw = changed((package / "datapackage.json").read_bytes())
    (package / "datapackage.json").write_bytes(about(profile=far, **{"$schema": far})(raw))
    assert len(read(package)) == 14


def test_the_problems_of_all_files_come_at_once_and_in_order(package):
    for file, change in {
        "datapackage.json": about(version="x"),
        "turns.csv": lambda raw: raw.replace(b",speech,", b",speach,").replace(b"-03,", b"-02,"),
        "speakers.csv": put("Irena", ""),
        "claims.csv": put("tomas", "nobody"),
        "annotations.csv": lambda raw: b"",
    }.items():
        (package / file).write_bytes(change((package / file).read_bytes()))
    with pytest.raises(FormatError) as caught:
        read(package)
    well_told(caught.value.problems)
    places = [(p.path, p.row or 0) for p in caught.value.problems]
    names = ["datapackage.json", "turns.csv", "speakers.csv", "annotations.csv", "claims.csv"]
    names.append("options.csv")
    assert sorted(places, key=lambda place: (names.index(place[0]), place[1])) == places
    assert {path for path, _ in places} == set(names)


def test_twenty_are_shown_and_the_rest_counted(package):
    (package / "turns.csv").write_bytes(
        (package / "turns.csv").read_bytes()
        + b"".join(b"x%d,c,9,s,,k,,,,,,,,\n" % i for i in range(30))
    )
    with pytest.raises(FormatError) as caught:
        read(package)
    found = len(caught.value.problems)
    assert found > 30
    assert str(caught.value).endswith(f"\nand {found - 20} more problems of {found}.")


def test_a_table_of_nothing_but_faults_is_told_in_seconds(package):
    rows = b"".join(b"t%d,c%d,x,s%d,,k,,,,,y,z,a,b\n" % (i, i, i) for i in range(20_000))
    (package / "turns.csv").write_bytes((package / "turns.csv").read_bytes() + rows)
    with pytest.raises(FormatError) as caught:
        read(package)
    assert len(caught.value.problems) < 11_000
    assert "there are more than 10,000 problems in this table" in str(caught.value)


def test_what_points_at_a_broken_table_is_not_called_dangling(package):
    (package / "speakers.csv").write_bytes(b"\xff")
    (package / "sources.csv").write_bytes(b"")
    with pytest.raises(FormatError) as caught:
        read(package)
    assert [p.path for p in caught.value.problems] == ["speakers.csv", "sources.csv"]


def test_a_fingerprint_that_could_be_guessed_is_told(package):
    (package / "annotations.csv").write_text("turn_id,layer,value\n", "utf-8")

    def change(raw: bytes) -> bytes:
        rows = list(csv.reader(raw.decode().splitlines()))
        rows[2][7], rows[2][10] = "", "3"
        return "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode()

    error = planted(package, "turns.csv", change)
    assert str(error) == (
        'turns.csv, row 3, column "fingerprint": a turn of 3 words has a fingerprint.\n'
        "  The words of a turn shorter than 6 words could be guessed from it.\n"
        "  Empty the cell."
    )


def test_nothing_is_said_of_the_cells_of_a_short_row(package):
    error = planted(package, "turns.csv", put("frost-2-01,frost-2,1,", "frost-2-01,"))
    assert [p.row for p in error.problems] == [6]


def test_one_row_in_the_wrong_place_is_not_told_for_each_row_below(package):
    error = planted(package, "turns.csv", put("-03,frost-1,3,", "-03,frost-2,3,"))
    assert len(error.problems) <= 4


def test_rows_are_counted_as_a_spreadsheet_shows_them(package):
    first, *rest = (package / "turns.csv").read_bytes().split(b"\n")
    raw = b"\n".join([first, b"", b",,,,,,,,,,,,,", *rest])
    raw = put("(laughs) One basket,", '(laughs)\n\nOne ""basket"",')(raw)
    (package / "turns.csv").write_bytes(raw)
    assert read(package).turns["text"][3].startswith('(laughs)\n\nOne "basket", and')
    error = planted(package, "turns.csv", put("frost-2-01,frost-2,1,", "frost-2-01,frost-2,9,"))
    assert error.row == 8


def test_the_place_has_the_name_that_the_file_has(package):
    (package / "data").mkdir()
    (package / "turns.csv").rename(package / "data" / "calls 1.csv")
    spoilt = put(",speech,", ",speach,")((package / "data" / "calls 1.csv").read_bytes())
    (package / "data" / "calls 1.csv").write_bytes(spoilt)
    error = planted(package, "datapackage.json", turns(path="data/calls 1.csv"))
    assert (error.path, error.row, error.column) == ("data/calls 1.csv", 3, "kind")


ACCEPTED: dict[str, Change] = {
    "a byte-order mark": lambda raw: b"\xef\xbb\xbf" + raw,
    "two byte-order marks": lambda raw: b"\xef\xbb\xbf\xef\xbb\xbf" + raw,
    "Windows line ends": lambda raw: raw.replace(b"\n", b"\r\n"),
    "old Macintosh line ends": lambda raw: raw.replace(b"\n", b"\r"),
    "no line end at the end": lambda raw: raw.removesuffix(b"\n"),
    "empty lines at the end": lambda raw: raw + b"\n\n\r\n",
    "empty columns at the right": lambda raw: b"".join(line + b",,\n" for line in raw.splitlines()),
    "spaces around the names of columns": lambda raw: raw.replace(b"_id,", b"_id ,", 1),
}


@pytest.mark.parametrize("change", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_a_spreadsheet_saves_is_read_as_it_is(package, change):
    before = read(package)
    for table in package.glob("*.csv"):
        table.write_bytes(change(table.read_bytes()))
    assert read(package).turns.equals(before.turns)
    assert read(package).records() == before.records()


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-u", "utf-16", "utf-16-le", "UTF-8"])
def test_a_declared_encoding_is_respected(package, encoding):
    text = (package / "speakers.csv").read_text("utf-8").replace("Irena", "Ирина")
    (package / "speakers.csv").write_bytes(text.encode(encoding))
    raw = json.loads((package / "datapackage.json").read_bytes())
    raw["resources"][2]["encoding"] = encoding
    (package / "datapackage.json").write_text(json.dumps(raw))
    assert "Ирина" in set(read(package).speakers["name"])


def test_a_declared_dialect_is_respected(package):
    for name in ("turns", "speakers", "annotations"):
        raw = (package / f"{name}.csv").read_bytes()
        (package / f"{name}.csv").write_bytes(raw.replace(b",", b"\t"))
    (package / "speakers.csv").rename(package / "speakers.tsv")
    whole = json.loads((package / "datapackage.json").read_bytes())
    whole["resources"][0]["dialect"] = {"delimiter": "\t", "quoteChar": '"', "doubleQuote": True}
    whole["resources"][2]["path"] = "speakers.tsv"
    whole["resources"][4]["dialect"] = {"delimiter": "\t", "lineTerminator": "\n", "header": True}
    (package / "datapackage.json").write_text(json.dumps(whole))
    assert len(read(package)) == 14


def test_a_turn_of_200_kilobytes_is_a_turn(package):
    words = ("Apples. " * 25_000).strip()
    raw = put("(laughs) One basket", words)((package / "turns.csv").read_bytes())
    (package / "turns.csv").write_bytes(raw)
    assert len(read(package).turns["text"][3]) > 200_000


MARKUP = "<script>alert(1)</script> & \"'><img src=x onerror=alert(1)> {{7*7}} $(x) =1+1 `x`"


def test_markup_in_every_field_is_text(tmp_path):
    quoted = '"' + MARKUP.replace('"', '""') + '"'
    tables = {
        "turns": f"turn_id,conversation_id,position,speaker_id,kind,text,gist\n"
        f"{quoted},{quoted},1,{quoted},speech,{quoted},{quoted}\n",
        "conversations": f"conversation_id,title,{quoted}\n{quoted},{quoted},{quoted}\n",
        "speakers": f"speaker_id,name,role\n{quoted},{quoted},{quoted}\n",
    }
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    whole = {
        "name": "markup",
        "title": MARKUP,
        "resources": [{"name": name, "path": f"{name}.csv"} for name in tables],
        "readerlib": {"facets": [{"name": MARKUP, "label": MARKUP, "column": "speakers.name"}]},
    }
    (tmp_path / "datapackage.json").write_text(json.dumps(whole), "utf-8")
    corpus = read(tmp_path)
    assert corpus.turns["text"][0] == corpus.turns["turn_id"][0] == MARKUP
    assert set(corpus.facets()["value"]) == {MARKUP}


def test_names_of_every_script_are_names(package):
    names = [
        "山田　太郎",
        "می‌خواهم",
        "क्‍ष",
        "Олена",
        "Ὀδυσσεύς",
        "שרה",
        "O’Brien",
        "Ёлка",
        "Ana María",
    ]
    rows = "".join(f"p{i},{name},\n" for i, name in enumerate(names))
    with (package / "speakers.csv").open("a", encoding="utf-8") as opened:
        opened.write(rows)
    assert set(names) <= set(read(package).speakers["name"])


def test_two_people_may_have_one_name(package):
    speakers = read(package).speakers
    assert list(speakers["name"]).count("Neighbour") == 2


def test_an_unknown_table_is_kept_and_another_file_left_alone(package):
    (package / "weather.csv").write_text("day,degrees\n1,-4\n1,-4\n", "utf-8")
    whole = json.loads((package / "datapackage.json").read_bytes())
    whole["resources"] += [
        {"name": "weather", "path": "weather.csv"},
        {"name": "picture", "path": "blossom.jpg"},
    ]
    (package / "datapackage.json").write_text(json.dumps(whole), "utf-8")
    assert len(read(package)) == 14


def test_the_description_may_be_named_itself(package):
    assert len(read(package / "datapackage.json")) == len(read(str(package))) == 14


ALL = {file.name: file.read_bytes() for file in sorted(DEMO.iterdir()) if file.suffix != ".md"}
PIECES = [
    b"",
    b",",
    b'"',
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"{",
    b"]",
    b"null",
    b"1e999",
]


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, bytes]:
    """The files of the demo corpus with a few bytes changed, cut or repeated."""
    found = dict(ALL)
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(["datapackage.json", "turns.csv", *ALL]))
        raw = found[name]
        start = draw(st.integers(0, len(raw)))
        end = min(len(raw), start + draw(st.integers(0, 12)))
        new = draw(st.sampled_from(PIECES) | st.binary(max_size=4) | st.just(raw[:start][-30:]))
        found[name] = raw[:start] + new + raw[end:]
    return found


VALUES = [None, True, -1, 1.5, 10**30, "", "x", "\u200b", "../x", "turns", "turns.kind", [], {}]
VALUES += [[[]], {"a": {}}, "http://a/b", "annotations.x", "find", "utf-16", "n" * 300]


def places(node: object) -> list[tuple[object, object]]:
    """Every container and key in a JSON value."""
    inner = node.items() if isinstance(node, dict) else enumerate(node)  # type: ignore[arg-type]
    found = [(node, key) for key, _ in inner]
    children = list(node.values()) if isinstance(node, dict) else node
    deeper = [child for child in children if isinstance(child, dict | list)]  # type: ignore
    return found + [place for child in deeper for place in places(child)]


@st.composite
def redescribed(draw: st.DrawFn) -> dict[str, bytes]:
    """The files of the demo corpus with a value or two of its description replaced."""
    whole = json.loads(ALL["datapackage.json"])
    for _ in range(draw(st.integers(1, 2))):
        container, key = draw(st.sampled_from(places(whole)))
        container[key] = draw(st.sampled_from(VALUES))
    return {**ALL, "datapackage.json": json.dumps(whole).encode()}


CELLS = ["", " ", "\u00a0", "\u200b", "x", "0", "-1", "1.5", "2", "irena", "IRENA", "irеna", "\0"]
CELLS += ["e\u0301", "9" * 30, "nan", "theme", "frost-1", "frost-1-01", "a\nb", "١", "２", "\x1b"]


@st.composite
def retyped(draw: st.DrawFn) -> dict[str, bytes]:
    """The files of the demo corpus with cells, rows or columns of its tables changed."""
    found = dict(ALL)
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from([name for name in ALL if name.endswith(".csv")]))
        rows = list(csv.reader(io.StringIO(found[name].decode(), newline="")))
        row = draw(st.integers(0, len(rows) - 1))
        column = draw(st.integers(0, len(rows[0]) - 1))
        match draw(st.sampled_from(["cell", "cell", "row", "rows", "column"])):
            case "cell":
                rows[row][column : column + 1] = [draw(st.sampled_from(CELLS))]
            case "row":
                rows[row] = list(rows[draw(st.integers(0, len(rows) - 1))])
            case "rows":
                rows = draw(st.permutations(rows))
            case "column":
                rows = [cells[:column] + cells[column + 1 :] for cells in rows]
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(rows)
        found[name] = text.getvalue().encode()
    return found


@settings(deadline=None, max_examples=250)
@given(mutated() | redescribed() | retyped())
def test_whatever_is_changed_there_is_a_corpus_or_an_answer(tmp_path_factory, changed):
    folder = tmp_path_factory.mktemp("changed")
    for name, raw in changed.items():
        (folder / name).write_bytes(raw)
    try:
        corpus = read(folder)
    except ReaderError as error:
        problems: tuple[Problem, ...] = error.problems
    else:
        problems = ()
        assert len(corpus.records()) == len(corpus)
        corpus.facets()
        corpus.headings()
        list(corpus.runs())
    well_told(problems)


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.parent.name)
def test_a_shipped_package_is_one_by_the_specification(path):
    """By the rules of https://specs.frictionlessdata.io/data-package/ that need no library."""
    whole = json.loads(path.read_text("utf-8"))
    assert re.fullmatch(r"[a-z0-9._-]+", whole["name"])
    assert all("name" in one or "path" in one for one in whole["licenses"])
    names = [resource["name"] for resource in whole["resources"]]
    assert len(set(names)) == len(names) > 0
    for resource in whole["resources"]:
        assert re.fullmatch(r"[a-z0-9._-]+", resource["name"])
        assert re.fullmatch(r"[a-z0-9_][A-Za-z0-9._/-]*", resource["path"])
        assert "://" not in json.dumps(resource.get("schema", {}).get("foreignKeys", []))
        assert ".." not in resource["path"]
        assert (path.parent / resource["path"]).is_file()
        assert resource["encoding"] == "utf-8"
        header = (path.parent / resource["path"]).read_text("utf-8").split("\n")[0].split(",")
        assert all(re.fullmatch(r"[a-z][a-z_]*", column) for column in header)
    tables = {p.name for p in path.parent.glob("*.csv")}
    assert tables == {resource["path"] for resource in whole["resources"]}


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.parent.name)
def test_a_shipped_package_is_read(path):
    assert load(path.parent.name).turns.equals(read(path).turns)


def test_the_demo_corpus_shows_what_a_corpus_can_hold():
    demo = load("demo")
    assert set(demo.turns["kind"]) == {"speech", "narration", "cut"}
    assert set(demo.conversations["part"]) == {"Spring", "Autumn"}
    assert demo.turns["gist"].all()
    assert not demo.turns["text"].map(str.isascii).all()


def test_every_format_has_a_name_of_its_own():
    names = [format.name for format in FORMATS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z]+", name) for name in names)


def test_an_unknown_format_is_told_with_a_suggestion():
    with pytest.raises(ReaderError) as caught:
        read(DEMO, format="scrip")
    assert str(caught.value) == (
        'there is no format "scrip".\n  Formats: datapackage, script.\n  Did you mean "script"?'
    )


def test_a_format_can_be_named(package):
    assert len(read(package, format="datapackage")) == 14
    with pytest.raises(FormatError, match="it is a folder"):
        read(package, format="script")


@pytest.mark.parametrize("name", ["no/such", "a\0b", "x" * 5000, "\ud800", "no/such.txt"])
def test_a_path_that_is_not_there_is_told(name):
    for format in (None, "datapackage", "script"):
        with pytest.raises(FormatError) as caught:
            read(name, format=format)
        well_told(caught.value.problems)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("turns.csv", b"turn_id,text\n"),
        ("page.txt", b"<!DOCTYPE html><p>Tomas: Hello</p>"),
        ("calls.txt", b'{"turns": []}'),
        ("calls.txt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Tomas>Hello"),
        ("calls.docx", b"PK\x03\x04"),
        ("calls.pdf", b"%PDF-1.7"),
    ],
)
def test_a_file_of_another_format_is_told(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FormatError) as caught:
        read(tmp_path / name)
    assert f"{name}: it is in no format that can be read" in str(caught.value)
    well_told(caught.value.problems)


def as_rows(corpus: Corpus) -> list[dict[str, str]]:
    """The turns as the mirrors of the cases have them."""
    names = dict(zip(corpus.speakers["speaker_id"], corpus.speakers["name"], strict=True))
    talks = corpus.conversations.set_index("conversation_id")
    return [
        {
            "turn_id": turn.turn_id,
            **talks.loc[turn.conversation_id, ["part", "chapter", "title"]],
            "speaker": names[turn.speaker_id],
            "addressee": names.get(turn.addressee_id, ""),
            "kind": turn.kind,
            "start": turn.start,
            "text": turn.text,
        }
        for turn in corpus.turns.itertuples()
    ]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_gives_the_turns_of_its_mirror(path):
    with path.with_suffix(".csv").open(encoding="utf-8", newline="") as mirror:
        assert as_rows(read(path)) == list(csv.DictReader(mirror))


def script(tmp_path: Path, text: str | bytes, name: str = "talk.txt") -> Corpus:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(tmp_path / name)


def test_a_script_has_its_facets_and_its_path(tmp_path):
    corpus = script(tmp_path, "# 1 One\nTomas: Yes.\nTomas: No.\n# 2 Two\nIRENA: Well.\n")
    assert [f.name for f in corpus.descriptor.facets] == ["chapter", "speaker", "kind"]
    assert corpus.descriptor.path == ("chapter",)
    assert list(corpus.select(chapter="2").turns["text"]) == ["Well."]
    assert corpus.descriptor.name == corpus.descriptor.title == "talk"


def test_the_words_of_a_turn_are_counted(tmp_path):
    corpus = script(tmp_path, "TOMAS: One, two.\nTOMAS: f--- three\n")
    assert list(corpus.turns["words"]) == [2, 2]


@pytest.mark.parametrize(
    "sentence",
    [
        "He said: nothing is lost.",
        "Then one thing became clear: the frost was over.",
        "Remember: it was April.",
        "At 4:30 she rang.",
        "See http://example.org for more.",
        "What she meant, he said: Tomas.",
        "Well! Tomas: he was late.",
        "The list: apples, pears.",
        "— Tomas: that was all.",
        "Он сказал: ничего.",
        "Five People Of The Town: they came.",
    ],
)
def test_a_sentence_with_a_colon_is_no_label(tmp_path, sentence):
    corpus = script(tmp_path, f"TOMAS: Yes.\n\nTOMAS: No.\n\n{sentence}\n\nIt was quiet.\n")
    assert list(corpus.turns["kind"]) == ["speech", "speech", "narration", "narration"]
    assert corpus.turns["text"][2] == sentence


@pytest.mark.parametrize(
    ("line", "speaker", "addressee", "words", "start"),
    [
        ("TOMAS: Yes.", "TOMAS", "", "Yes.", ""),
        ("TOMAS:Yes.", "TOMAS", "", "Yes.", ""),
        ("TOMAS： Yes.", "TOMAS", "", "Yes.", ""),
        ("SERGEY TO MOTHER: Yes.", "SERGEY", "MOTHER", "Yes.", ""),
        ("**Tomas:** Yes.", "Tomas", "", "Yes.", ""),
        ("**Tomas**: Yes.", "Tomas", "", "Yes.", ""),
        ("- TOMAS: Yes.", "TOMAS", "", "Yes.", ""),
        ("[00:00:47] TOMAS: Yes.", "TOMAS", "", "Yes.", "47"),
        ("(1:02:03.5) TOMAS: Yes.", "TOMAS", "", "Yes.", "3723.5"),
        ("00:47 - Tomas: Yes.", "Tomas", "", "Yes.", "47"),
        ("Tomas [00:47]: Yes.", "Tomas", "", "Yes.", "47"),
        ("Tomas: [00:47] Yes.", "Tomas", "", "Yes.", "47"),
        ("TOMAS (laughs): Yes.", "TOMAS", "", "(laughs) Yes.", ""),
        ("TOMAS: (laughs) Yes: so it is.", "TOMAS", "", "(laughs) Yes: so it is.", ""),
        ("DAWN 1 (KAMANIN): Yes.", "DAWN 1 (KAMANIN)", "", "Yes.", ""),
        ("МАМА: Да.", "МАМА", "", "Да.", ""),
        ("DR. O’BRIEN-HALE: Yes.", "DR. O’BRIEN-HALE", "", "Yes.", ""),
        ("MARIA DE LA CRUZ: Yes.", "MARIA DE LA CRUZ", "", "Yes.", ""),
        ("TO\u200bMAS: Yes.", "TOMAS", "", "Yes.", ""),
        ("ANNA\u00a0MARIA: Yes.", "ANNA MARIA", "", "Yes.", ""),
    ],
)
def test_a_label_is_read_in_its_many_forms(tmp_path, line, speaker, addressee, words, start):
    corpus = script(tmp_path, f"{line}\n\nNEIGHBOUR: No.\n\nIt was quiet.\n")
    first = as_rows_of_any(corpus)[0]
    assert first == (speaker, addressee, words, start, "speech")


def as_rows_of_any(corpus: Corpus) -> list[tuple[str, ...]]:
    return [
        tuple(row[k] for k in ("speaker", "addressee", "text", "start", "kind"))
        for row in as_rows(corpus)
    ]


def test_capitals_and_small_letters_are_one_speaker(tmp_path):
    corpus = script(tmp_path, "TOMAS: Yes.\nTomas: No.\nIrena to Tomas: Well.\nIRENA: Well.\n")
    assert list(corpus.speakers["name"]) == ["Tomas", "Irena"]
    assert list(corpus.turns["addressee_id"]) == ["", "", "tomas", ""]


def test_a_direction_in_capitals_is_none_of_the_name(tmp_path):
    corpus = script(tmp_path, "TOMAS: Yes.\nTOMAS (Laughs): No.\nDAWN 1 (EAST): Well.\n")
    assert list(corpus.speakers["name"]) == ["TOMAS", "DAWN 1 (EAST)"]
    assert corpus.turns["text"][1] == "(Laughs) No."


def test_a_title_may_have_an_introduction(tmp_path):
    text = "# The orchard\n\nIt was April.\n\n## 1 Snow\n\nTOMAS: Yes.\nTOMAS: No.\n"
    corpus = script(tmp_path, text)
    assert corpus.descriptor.title == "The orchard"
    assert list(corpus.conversations["chapter"]) == ["", "1"]
    assert list(corpus.turns["turn_id"]) == ["talk-0-01", "talk-1-01", "talk-1-02"]


def test_hidden_signs_of_a_heading_are_dropped(tmp_path):
    corpus = script(tmp_path, "# 1 Sn\u200bow\u00a0white\nTOMAS: Yes.\nTOMAS: No.\n")
    assert list(corpus.conversations["title"]) == ["Snow white"]


UNREAD = {
    "nobody speaks": (
        b"It was April.\n\nHe said: nothing.\n",
        """
talk.txt, line 1: no line begins with the name of a speaker.
  A turn begins with a name and a colon, as in “Tomas: Good morning.” or “TOMAS: Good morning.” \
Line 3 with a colon did not look like it: a name is one to four words with capitals, and stands \
before two turns or is all in capitals.
  Write the names before the turns, each on a line of its own.""",
    ),
    "there is nothing": (
        b"\xef\xbb\xbf \n\n",
        """
talk.txt: the file is empty.
  A script has a name and a colon before each turn: Tomas: Good morning.
  Look whether the right file was saved.""",
    ),
    "it is in an older encoding": (
        "Anna: Ja.\nJörg: Nein.\n".encode("cp1252"),
        """
talk.txt, line 2: the byte 0xf6 is not UTF-8.
  A script is a text in UTF-8; this looks like an older encoding, such as windows-1252 or \
windows-1251.
  Open it in an editor and save it as UTF-8.""",
    ),
    "it is UTF-16 without its mark": (
        "TOMAS: Yes.\n".encode("utf-16-le"),
        """
talk.txt: it is no text, or UTF-16 without its mark.
  A script is a text in UTF-8.
  Open it in an editor and save it as UTF-8.""",
    ),
    "half of it is UTF-16": (
        "TOMAS: Yes.\n".encode("utf-16")[:-1],
        """
talk.txt, line 1: the byte 0x0a is not UTF-16.
  The file is cut off or damaged.
  Open it in an editor and save it as UTF-8.""",
    ),
    "it has a zero character": (
        b"TOMAS: Yes.\nAnd\nso on.\n\nIRENA: N\0o.\n",
        r"""
talk.txt, line 5: the cell "N\x00o." holds the zero character (U+0000).
  That is no text; a program or a broken disk left it there.
  Delete it, or take the cell from the original again.""",
    ),
    "a turn has no end": (
        b"TOMAS: Yes.\nIRENA: No.\n" + b"so on and on\n" * 100_000,
        "talk.txt, line 2: the turn is longer than 1,000,000 characters",
    ),
    "a heading mixes two alphabets": (
        "TOMAS: Yes.\n\n# Арril\n\nTOMAS: No.\n".encode(),
        "talk.txt, line 3: ",
    ),
    "two names look the same": (
        "TOMAS: Yes.\n\nTOMАS: No.\n".encode(),
        "talk.txt, line 3",
    ),
}


@pytest.mark.parametrize(("raw", "message"), UNREAD.values(), ids=UNREAD.keys())
def test_a_script_that_cannot_be_read_is_told(tmp_path, raw, message):
    with pytest.raises(FormatError) as caught:
        script(tmp_path, raw)
    well_told(caught.value.problems)
    message = message.strip().replace("\\\n", "")
    assert str(caught.value) == message or ("\n" not in message and message in str(caught.value))


LINES = [
    "TOMAS: Yes.",
    "Irena: No.",
    "Tomas to Irena: Well.",
    "[...]",
    "# A",
    "## 2 B",
    "ONE: C",
    "PART TWO",
    "===",
    "[00:01]",
    "**Anna:** So.",
    "It was quiet.",
    "Irena:",
    "",
    "",
]


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(LINES) | st.text(max_size=30), max_size=30))
def test_any_text_is_a_script_or_gets_an_answer(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("script") / "talk.txt"
    path.write_bytes("\n".join(lines).encode("utf-8"))
    try:
        corpus = read(path, format="script")
    except FormatError as error:
        problems: tuple[Problem, ...] = error.problems
    else:
        problems = ()
        assert len(corpus.records()) == len(corpus) > 0
        assert set(corpus.facets()["facet"]) <= {"part", "chapter", "speaker", "kind"}
    well_told(problems)
    assert {problem.path for problem in problems} <= {"talk.txt"}


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=30))
def test_no_word_of_a_script_is_lost(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("script") / "talk.txt"
    path.write_text("\n".join([*lines, "TOMAS: Yes.", "TOMAS: No."]), "utf-8")
    corpus = read(path)
    shown = " ".join(
        [
            corpus.descriptor.title,
            *(
                f"{talk.part} {talk.chapter} {talk.title}"
                for talk in corpus.conversations.itertuples()
            ),
            *corpus.turns["text"],
        ]
    )
    for word in ("Well.", "So.", "quiet.", "No."):
        assert shown.count(word) >= "\n".join(lines).count(word)
