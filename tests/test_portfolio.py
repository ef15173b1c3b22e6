"""The page that a reader takes away, as HTML and as DOCX."""

from __future__ import annotations

import datetime
import io
import json
import os
import re
import zipfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import lxml.etree
import lxml.html
import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from readerlib.datasets import load
from readerlib.errors import ReaderError
from readerlib.notes import Anchor, Notes
from readerlib.portfolio import Portfolio, portfolio
from readerlib.selection import Place

DEMO = load("demo")
DAY = datetime.date(2026, 11, 26)


@dataclass
class Option:
    option: str
    text: str


@dataclass
class Question:
    """What a portfolio needs of a question."""

    question_id: str
    kind: str
    text: str
    place: Place
    conversation_id: str
    options: tuple[Option, ...] = ()


QUESTIONS = [
    Question("why", "open", "Why does nobody count?", Place("frost-3-04"), "frost-3"),
    Question(
        "order",
        "order",
        "What comes first?",
        Place("frost-2-02", last="frost-2-06"),
        "frost-2",
        (Option("a", "The telephone rings"), Option("b", "The sun comes")),
    ),
    Question(
        "line",
        "line",
        "How sure is he?",
        Place("frost-2-06"),
        "frost-2",
        (Option("from", "not at all"), Option("to", "wholly"), Option("key", "")),
    ),
    Question("hand", "evidence", "Where is the hand?", Place("frost-2-02"), "frost-2"),
    Question("lost", "choice", "About what is gone?", Place("frost-9-01"), "frost-1"),
]


@pytest.fixture
def kept(tmp_path: Path) -> Notes:
    notes = Notes(tmp_path / "notes")
    notes.write(DEMO, "frost-1-02", "Why the bees?", tags=["sound"], colour="yellow", quoted=True)
    notes.write(DEMO, "frost-1-03", "Only mine.\n\nTwo paragraphs.")
    notes.write(DEMO, "frost-2-03..frost-2-06", "Nothing, he says.", quoted=True)
    notes.write(DEMO, "frost-3-04:0-11", colour="blue", quoted=True)
    lost = notes.write(DEMO, "frost-1-04", "It was here.", tags=["gone"])
    notes.edit(lost.note_id, anchor=Anchor(Place("frost-9-01"), "text", "00"))
    notes.answer(DEMO, "why", "Because they know the frost.")
    notes.answer(DEMO, "order", ["b", "a"])
    notes.answer(DEMO, "line", 62)
    notes.answer(DEMO, "hand", ["frost-2-04", "frost-9-09"])
    notes.answer(DEMO, "lost", ["x"])
    notes.answer(DEMO, "of an older version", ["c"])
    return notes


def made(notes: Notes, **more: Any) -> Portfolio:
    return portfolio(DEMO, notes, questions=QUESTIONS, accessed=DAY, **more)


def in_html(page: str) -> list[tuple[str, str]]:
    """Style and text of every paragraph, as a parser of HTML sees them."""
    main = lxml.html.document_fromstring(page.encode("utf-8")).find(".//main")
    names = {"h1": "Heading 1", "h2": "Heading 2", "h3": "Heading 3", "li": "List Bullet"}
    found = []
    for element in main.iter("h1", "h2", "h3", "p", "li", "figcaption"):
        quoted = any(above.tag == "blockquote" for above in element.iterancestors())
        small = element.tag == "figcaption" or element.get("class", "").startswith("about")
        name = names.get(element.tag) or ("Quote" if quoted else "Caption" if small else "Normal")
        found.append((name, element.text_content()))
    return found


def in_docx(raw: bytes) -> list[tuple[str, str]]:
    """The same, as python-docx sees them."""
    document = docx.Document(io.BytesIO(raw))
    return [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs]


def texts(found: Portfolio, kind: str = "") -> list[str]:
    return [block.whole for block in found.blocks if not kind or block.kind == kind]


class TestWhatStandsInIt:
    def test_conversations_stand_in_the_order_of_reading_and_what_is_lost_below(self, kept: Notes):
        assert texts(made(kept), "h2") == [
            "Spring · 1 White on the slope",
            "Spring · 2 The late frost",
            "Autumn · 3 Two baskets",
            "Notes whose place was not found",
            "Answers to questions that are not here",
            "Sources",
        ]

    def test_a_note_has_its_place_its_words_and_what_the_reader_said_of_it(self, kept: Notes):
        kept.label("yellow", "To ask")
        every = texts(made(kept))
        at = every.index("Turn 2 (frost-1-02); speaking: Tomas")
        assert every[at + 5] == "Why the bees?"
        assert every[at + 6].startswith("To ask (yellow) · Tags: sound · Written ")
        assert every[at + 7] == "Turn 3 (frost-1-03); speaking: Irena"
        assert every[at + 8] == "Only mine.\n\nTwo paragraphs."

    def test_a_quoted_passage_has_speakers_gaps_notice_and_source(self, kept: Notes):
        every = [(b.kind, b.who or b.text) for b in made(kept).blocks]
        at = every.index(("h3", "Turns 3–6 (frost-2-03 to frost-2-06); speaking: Tomas, Neighbour"))
        kinds = [kind for kind, _ in every[at + 1 : at + 9]]
        assert kinds == ["notice", "gap", "said", "said", "gap", "said", "gap", "source"]
        assert every[at + 1][1] == "Content notice. One turn by Neighbour, 14 words: injury"
        assert every[at + 2][1] == "[…]"
        assert every[at + 5][1] == "[Here something is left out by the publisher.]"
        assert every[at + 7][1] == "[The conversation ends.]"
        assert every[at + 8][1].startswith("From “The late frost”: Spring · 2 The late frost, ")
        assert DEMO.link("frost-2-03..frost-2-06") in every[at + 8][1]

    def test_a_stretch_is_quoted_with_its_gap(self, kept: Notes):
        said = next(b for b in made(kept).blocks if b.who.startswith("Irena"))
        assert said.text == "Два кошики, […]"
        assert said.lang == "uk"

    def test_answers_are_in_words(self, kept: Notes):
        every = texts(made(kept))
        assert every[every.index("Question: Why does nobody count?") + 2] == (
            "Because they know the frost."
        )
        assert every[every.index("Question: What comes first?") + 2] == (
            "1. The sun comes\n2. The telephone rings"
        )
        assert every[every.index("Question: How sure is he?") + 2] == (
            "62 of 100, from “not at all” to “wholly”"
        )
        assert every[every.index("Question: Where is the hand?") + 2] == (
            "Spring · 2 The late frost, turn 4 (frost-2-04); speaking: Neighbour\n"
            "frost-9-09, which is not in the corpus any more"
        )
        assert every[every.index("Question: About what is gone?") + 1] == "x"
        assert every[every.index("Question of an older version") + 1] == "c"

    def test_a_note_without_a_place_is_listed_with_what_is_known(self, kept: Notes):
        every = texts(made(kept))
        at = every.index("It stood at frost-9-01")
        assert every[at + 1] == "It was here."
        assert every[at + 2].startswith("Tags: gone · Written")
        assert "not in the corpus any more" in every[at + 3]

    def test_both_sides_of_a_conflict_are_there(self, tmp_path: Path):
        here = Notes(tmp_path)
        note = here.write(DEMO, "frost-1-02", "Before")
        there = Notes(tmp_path)
        here.edit(note.note_id, text="One side")
        there.edit(note.note_id, text="The other side")
        here.refresh()
        every = texts(made(here))
        assert {"One side", "The other side"} <= set(every)
        assert any("Another version of this note" in text for text in every)

    def test_each_source_stands_once_with_the_date_of_access(self, tmp_path: Path):
        calls, notes = load("calls"), Notes(tmp_path)
        for place in ("leonid-1-01", "leonid-1-02", "ivan-2-01..ivan-2-03"):
            notes.write(calls, place, "x", quoted=True)
        found = portfolio(calls, notes, accessed=DAY)
        entries = texts(found, "item")
        assert entries == [calls.cite("leonid-1-01", accessed=DAY).split("\n")[0]]
        assert texts(found)[-1] == "Seen on 26 November 2026."
        # What is shown is a summary, so each passage says how its words came to be.
        assert all("not to be quoted" in text for text in texts(found, "source"))
        assert all("(summary)" in text for text in texts(found, "said"))

    def test_nobody_is_named_unasked(self, kept: Notes):
        assert not any(text.startswith("By ") for text in texts(made(kept)))
        assert texts(made(kept, name="Olena"))[1] == "By Olena."

    def test_only_the_parts_that_are_wanted_are_there(self, kept: Notes):
        assert not texts(made(kept, parts=["notes"]), "said")
        assert not any(t.startswith("Question") for t in texts(made(kept, parts=["notes"])))
        passages = made(kept, parts=["passages"])
        assert not texts(passages, "own")
        assert len(texts(passages, "source")) == 3
        answers = made(kept, parts=["answers"])
        assert "Why the bees?" not in texts(answers)
        with pytest.raises(ReaderError, match='no part "note"'):
            made(kept, parts=["note"])

    def test_nothing_kept_is_a_page_that_says_so(self, tmp_path: Path):
        found = made(Notes(tmp_path))
        assert texts(found)[0] == "Notes on The late frost"
        assert "Nothing yet" in texts(found)[1]
        assert len(found.blocks) == 2


def test_no_words_of_others_are_in_it_unless_they_were_chosen(kept: Notes):
    """Of every turn that is not quoted, and of every summary, no three words in a row."""
    quoted = {"frost-1-02", *(f"frost-2-0{n}" for n in range(3, 7)), "frost-3-04"}
    document = " ".join(text for _, text in in_docx(made(kept).as_docx()))
    chosen = " ".join(r["text"] or "" for r in DEMO.records() if r["turn_id"] in quoted)
    for found in (made(kept).as_html(), document):
        for record in DEMO.records():
            said = "" if record["turn_id"] in quoted else record["text"] or ""
            for part in re.findall(r"\w+ \w+ \w+", f"{said} \n{record['gist']}"):
                assert part not in found or part in chosen
        assert "bees are so loud" in found


class TestBothForms:
    def test_say_the_same_section_by_section(self, kept: Notes):
        found = made(kept)
        assert in_html(found.as_html()) == in_docx(found.as_docx())

    @settings(
        max_examples=8,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(text=st.text(st.characters(exclude_categories=()), max_size=40), tag=st.text(max_size=8))
    def test_hold_any_text(self, text: str, tag: str, tmp_path_factory: pytest.TempPathFactory):
        notes = Notes(tmp_path_factory.mktemp("notes"))
        notes.write(DEMO, "frost-1-02", text, tags=[tag])
        found = made(notes, title=text, name=text)
        document = found.as_docx()
        for name in zipfile.ZipFile(io.BytesIO(document)).namelist():
            if name.endswith((".xml", ".rels")):
                lxml.etree.fromstring(zipfile.ZipFile(io.BytesIO(document)).read(name))
        shown = [(style, text.strip()) for style, text in in_html(found.as_html())]
        assert shown == [(style, text.strip()) for style, text in in_docx(document)]

    def test_are_the_same_bytes_on_the_same_day(self, kept: Notes, monkeypatch: Any):
        first = (made(kept).as_html(), made(kept).as_docx())
        monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
        assert (made(kept).as_html(), made(kept).as_docx()) == first

    def test_are_saved_by_their_ending(self, kept: Notes, tmp_path: Path):
        found = made(kept)
        page = found.save(tmp_path / "mine.html")
        assert page.read_text("utf-8") == found.as_html()
        assert (found.save(tmp_path / "mine.DOCX")).read_bytes() == found.as_docx()
        with pytest.raises(ReaderError, match=r"\.pdf"):
            found.save(tmp_path / "mine.pdf")
        with pytest.raises(ReaderError, match="such a file already"):
            found.save(page)
        found.save(page, replacing=True)


def test_the_document_hides_nothing(kept: Notes):
    with zipfile.ZipFile(io.BytesIO(made(kept).as_docx())) as package:
        names = package.namelist()
        assert names[0] == "[Content_Types].xml"
        assert not [name for name in names if "thumbnail" in name or "comment" in name]
        assert {entry.date_time[0] for entry in package.infolist()} == {1980}
        core = package.read("docProps/core.xml").decode()
        everything = b"".join(map(package.read, names)).decode("utf-8", "replace")
    about = docx.Document(io.BytesIO(made(kept).as_docx())).core_properties
    assert (about.author, about.last_modified_by, about.comments) == ("", "", "")
    assert about.created == about.modified == datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
    assert "python-docx" not in core
    assert os.environ.get("USER", "nobody at all") not in everything or os.environ["USER"] == "root"


def test_the_page_needs_nothing_and_says_its_language(kept: Notes):
    page = made(kept).as_html()
    root = lxml.html.document_fromstring(page.encode("utf-8"))
    assert root.get("lang") == "en"
    assert not root.xpath("//script|//link|//img|//iframe|//@src|//@href|//@onclick")
    policy = root.xpath("//meta[@http-equiv]/@content")[0]
    assert policy.startswith("default-src 'none'")
    levels = [int(element.tag[1]) for element in root.iter("h1", "h2", "h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def hostile_strings() -> list[str]:
    named = os.environ.get("READERLIB_CASES")
    if not named:
        return [
            "<script>ran()</script>",
            "<img src=x onerror=ran()>",
            "--></style><svg onload=ran()>",
        ]
    folder = Path(named) / "hostile"
    found = json.loads((folder / "unicode" / "blns" / "blns.json").read_text("utf-8"))
    for name in ("IntrudersXSS", "RSNAKE_XSS", "XSS_Polyglots", "BRUTELOGIC-XSS-STRINGS"):
        file = folder / "xss" / "intruders" / f"{name}.txt"
        found += file.read_text("utf-8", "replace").split("\n")
    return [text for text in dict.fromkeys(found) if text.strip()]


class TestInABrowser:
    def test_nothing_hostile_runs(self, browser: Browser, tmp_path: Path):
        """Every string as a note's text, tag, label, title, name, question and answer."""
        notes = Notes(tmp_path / "notes")
        texts = hostile_strings()
        step = max(len(texts) // 60, 1)
        for at in range(0, len(texts), step):
            some = texts[at : at + step]
            notes.write(
                DEMO,
                "frost-1-02",
                "\n".join(some),
                tags=[tag[:100] for tag in some[:3]],
                colour="rose",
            )
        notes.label("rose", texts[-1])
        notes.answer(DEMO, "hostile", "\n".join(texts[:50]))
        asked = Question("hostile", "open", " ".join(texts[:50]), Place("frost-1-02"), "frost-1")
        found = portfolio(
            DEMO, notes, title=texts[0], name=" ".join(texts), questions=[asked], accessed=DAY
        )
        # Without its policy, which would stop them too: it is escaping that is looked at.
        page_text = re.sub("<meta http-equiv[^>]*>", "", found.as_html())
        file = tmp_path / "hostile.html"
        file.write_text(page_text, "utf-8")
        context = browser.new_context()
        page = context.new_page()
        seen: list[str] = []
        page.on("dialog", lambda dialog: (seen.append("dialog"), dialog.dismiss()))
        page.on("request", lambda request: seen.append(request.url))
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.goto(file.as_uri())
        page.wait_for_timeout(300)
        assert seen == [file.as_uri()]
        tags = page.evaluate(
            "[...new Set([...document.querySelectorAll('*')].map(e => e.localName))]"
        )
        allowed = "html head meta title style body main h1 h2 h3 p ul li b span"
        assert set(tags) <= {*allowed.split(), "figure", "blockquote", "figcaption"}
        context.close()

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_axe_finds_no_fault_and_nothing_moves_sideways(
        self, browser: Browser, kept: Notes, tmp_path: Path, screenshots: Path, scheme: Any
    ):
        kept.write(DEMO, "frost-1-03", "Long" * 200)
        file = made(kept).save(tmp_path / "mine.html")
        context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        page.goto(file.as_uri())
        assert Axe().run(page).response["violations"] == []
        for width in (1280, 400, 320):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if "READERLIB_SCREENSHOTS" in os.environ:
                name = f"portfolio-{width}-{scheme}.png"
                page.screenshot(path=screenshots / name, full_page=True)
        context.close()
