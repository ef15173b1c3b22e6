"""Notes in the views, without a browser: what is marked, what is sent, what is kept."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerlib import Corpus, Place, Reader, load, render
from readerlib.descriptor import Descriptor
from readerlib.notes import COLOURS, Notes
from readerlib.notes.exchange import export
from readerlib.views import NotesPanel
from readerlib.views.view import STATIC

DEMO = load("demo")
CALLS = load("calls")
CANARY = "canary-7f3a"


class Listened:
    """A view whose messages to the browser can be looked at."""

    def __init__(self, *arguments, **named):
        self.sent = []
        super().__init__(*arguments, **named)

    def send(self, content, buffers=None):
        self.sent.append(json.loads(json.dumps(content)))

    def tell(self, **content):
        """What the browser would say."""
        self._handle_custom_msg(content, [])
        return self.sent[-1] if self.sent else None

    def part(self, name):
        """A part as the page has it now."""
        return next(
            html.unescape(message["parts"][name])
            for message in reversed(self.sent)
            if name in message.get("parts", {})
        )


class Heard(Listened, Reader):
    pass


class Listed(Listened, NotesPanel):
    pass


@pytest.fixture
def notes(tmp_path):
    return Notes(tmp_path / "notes")


@pytest.fixture
def reader(notes):
    made = Heard(DEMO, notices="show", notes=notes)
    made.tell(do="ready")
    yield made
    made.close()


@pytest.fixture
def panel(notes):
    made = Listed(DEMO, notes, then=lambda turn: None)
    yield made
    made.close()


class Parsed(HTMLParser):
    """The text of HTML, and which of its signs stand in which kind of mark."""

    def __init__(self, source):
        super().__init__()
        self.text, self.hit, self.noted, self._open = "", [], [], []
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self._open.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open.pop()[0] == tag

    def handle_data(self, data):
        marks = [named for tag, named in self._open if tag == "mark"]
        for sign in data:
            self.text += sign
            self.hit.append(any("class" not in named for named in marks))
            ids = [named["data-notes"] for named in marks if "class" in named]
            self.noted.append(set(" ".join(ids).split()))


texts = st.text(st.sampled_from("ab <>&\"'🙂éйא\n"), min_size=1, max_size=30)


@st.composite
def painting(draw):
    text = draw(texts)
    spot = st.integers(0, len(text))
    pairs = st.tuples(spot, spot).map(lambda pair: (min(pair), max(pair)))
    ends = sorted(draw(st.lists(spot, unique=True, max_size=8)))
    hits = list(zip(ends[::2], ends[1::2], strict=False))
    noted = [
        render.Stretch(start, end, "blue", f"n{i}")
        for i, (start, end) in enumerate(draw(st.lists(pairs, max_size=5)))
    ]
    return text, hits, noted


class TestPainting:
    @given(painting())
    def test_every_sign_stands_once_and_in_its_own_marks(self, drawn):
        text, hits, noted = drawn
        painted = render.painted(text, hits=hits, noted=noted)
        found = Parsed(painted)
        assert found.text == text
        assert painted.count("<mark>") == len(hits)
        for i in range(len(text)):
            assert found.hit[i] == any(start <= i < end for start, end in hits)
            assert found.noted[i] == {n.note_id for n in noted if n.start <= i < n.end}

    def test_what_is_covered_keeps_its_length_and_is_in_no_attribute(self):
        text = "What the d--- is this, d---?"
        stretch = render.Stretch(11, 16, "rose", "n")
        painted = render.painted(text, noted=[stretch], covered=render.masks(text))
        assert painted == (
            'What the <mark class="noted rose" data-notes="n"><span class="masked" '
            'data-length="4">▒▒▒</span></mark><mark class="noted rose" data-notes="n"> is</mark> '
            'this, <span class="masked" data-length="4">▒▒▒</span>?'
        )

    def test_the_words_to_choose_from_are_the_whole_turn_in_code_points(self):
        said = "«Мама» 🙂 said: don’t, d---!"
        options = re.findall(
            r'data-start="(\d+)" data-end="(\d+)">(.*?)</span>(?=<span role|$)',
            render.word_options(said, "t:7-20"),
        )
        assert html.unescape("".join(text for *_, text in options)) == said
        words = [said[int(start) : int(end)] for start, end, _ in options]
        assert words == ["Мама", "said", "don’t", "d"]
        assert "d---" not in render.word_options(said, mask=True)

    def test_each_colour_is_seen_and_has_a_line_of_its_own(self):
        style = (STATIC / "notes.css").read_text("utf8")
        light, dark = (
            dict(re.findall(r"--([\w-]+): (#\w{6});", tokens))
            for tokens in (style.split("}")[0], (STATIC / "notes-dark.css").read_text("utf8"))
        )
        assert light.keys() == dark.keys()
        reader = (STATIC / "reader.css").read_text("utf8")
        for tokens, paper, number in ((light, "#ffffff", 0), (dark, "#111111", 1)):
            quiet = re.findall(r"--panel: (#\w{6})", reader)[number]
            for colour in COLOURS:
                soft, line = tokens[f"{colour}-soft"], tokens[f"{colour}-line"]
                assert contrast(tokens["noted-ink"], soft) >= 4.5, colour
                for ground in (soft, paper, quiet):
                    assert contrast(line, ground) >= 3, (colour, ground)
        lines = [re.search(rf"\.noted\.{c} {{[^}}]*}}", style)[0] for c in COLOURS]
        kinds = [re.search(r"decoration-style: (\w+)", line) for line in lines]
        assert len({kind and kind[1] for kind in kinds}) == len(COLOURS)


def contrast(one, other):
    """As WCAG defines it."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def written(reader, place, **fields):
    """Write a note as the page does."""
    reader.tell(do="note", place=place)
    key = str(Place(Place.parse(place).turn_id, last=Place.parse(place).last))
    return reader.tell(do="note-save", key=key, place=place, **({"text": "Why?"} | fields))


class TestReader:
    def test_no_file_and_no_folder_is_made_before_the_first_note(self, tmp_path, monkeypatch):
        monkeypatch.setenv("READERLIB_DATA", str(tmp_path / "data"))
        reader = Heard(DEMO)
        reader.tell(do="ready")
        reader.place = "frost-1-02"
        reader.tell(do="note", place="frost-1-02")
        assert not (tmp_path / "data").exists()
        reader.tell(do="note-save", key="frost-1-02", place="frost-1-02", text="Why?")
        assert (tmp_path / "data" / "notes").is_dir()
        assert [note.text for note in reader.notes.select(DEMO)] == ["Why?"]
        reader.close()

    def test_it_can_be_without_notes(self):
        reader = Heard(DEMO, notes=False)
        reader.tell(do="ready")
        (frame,) = [message["frame"] for message in reader.sent if "frame" in message]
        assert reader.notes is None
        assert "Your notes" not in str(reader.sent)
        assert 'data-do="notes"' not in frame
        before = len(reader.sent)
        reader.tell(do="note-save", key="frost-1-02", place="frost-1-02", text="Why?")
        reader.tell(do="notes")
        assert (len(reader.sent), reader.panel) == (before, None)
        reader.close()

    def test_saved_is_said_only_once_it_is(self, reader, notes, monkeypatch):
        reader.tell(do="note", place="frost-1-02")
        assert reader.sent[-1]["write"] == "frost-1-02"
        on_disk = []
        append = notes._segments.append
        monkeypatch.setattr(
            notes._segments,
            "append",
            lambda records: (on_disk.append("Saved." in str(reader.sent)), append(records))[1],
        )
        written(reader, "frost-1-02", tags="second, first,, second", colour="blue")
        assert on_disk == [False]
        assert reader.part("said-of-notes") == '<p role="status" class="said">Saved.</p>'
        (note,) = Notes(notes.path).select(DEMO)
        assert (note.text, note.tags, note.colour) == ("Why?", ("first", "second"), "blue")
        assert reader.part("notes") == "Notes (1)"

    def test_noted_words_are_marked_on_the_page_and_in_nothing_else(self, reader):
        said = DEMO.records(1, 2)[0]["text"]
        start = said.index("bees")
        written(reader, f"frost-1-02:{start}-{start + 4}", colour="green")
        (change,) = [m["noted"] for m in reader.sent if m.get("noted")]
        assert list(change) == ["1"]
        assert '<mark class="noted green"' in change["1"]
        assert re.search(r'data-notes="\w+">bees</mark>', change["1"])
        assert "1 note on this turn" in change["1"]
        assert re.search(r">bees</mark>", reader.tell(do="ready")["parts"]["page"])

    def test_a_stretch_takes_in_whole_words(self, reader):
        said = DEMO.records(1, 2)[0]["text"]
        start = said.index("bees")
        message = reader.tell(do="note", place=f"frost-1-02:{start + 1}-{start + 3}")
        assert f'data-place="frost-1-02:{start}-{start + 4}"' in message["parts"]["editor"]

    def test_hits_and_noted_words_may_overlap_and_are_counted_apart(self, reader):
        said = DEMO.records(1, 2)[0]["text"]
        start = said.index("the bees")
        written(reader, f"frost-1-02:{start}-{start + 8}", colour="rose")
        message = reader.tell(do="find", query='"bees are"')
        assert message["parts"]["status"].startswith("1 hit in 1 of")
        page = Parsed(message["parts"]["page"])
        at = page.text.index("the bees are")
        assert page.hit[at : at + 12] == [False] * 4 + [True] * 8
        assert [bool(ids) for ids in page.noted[at : at + 12]] == [True] * 8 + [False] * 4

    def test_a_note_on_several_turns_stands_beside_each_of_them(self, reader):
        written(reader, "frost-2-01..frost-2-03", text="Belong together.")
        changed = next(m["noted"] for m in reader.sent if m.get("noted"))
        rows = [DEMO.row(f"frost-2-0{i}") for i in (1, 2, 3)]
        assert list(map(int, changed)) == rows
        assert "1 note on these 3 turns" in changed[str(rows[0])]
        for row, where in zip(rows, ("first", "middle", "last"), strict=True):
            assert f"along-notes {where}" in changed[str(row)]
            reader.place = DEMO.turn_id(row)
            assert "Belong together." in reader.part("noting")
        reader.place = "frost-2-04"
        assert "Belong together." not in reader.part("noting")

    def test_a_note_is_edited_deleted_and_brought_back(self, reader, notes):
        reader.place = "frost-1-02"
        written(reader, "frost-1-02")
        (note,) = notes.select(DEMO)
        assert (
            ">Why?</textarea>" in reader.tell(do="note-edit", note=note.note_id)["parts"]["editor"]
        )
        key = f"note:{note.note_id}"
        reader.tell(do="note-save", key=key, place="frost-1-02", text="Why twice?", tags="a")
        assert "Why twice?" in reader.part("noting")
        reader.tell(do="note-delete", note=note.note_id)
        assert "Why twice?" not in reader.part("noting")
        assert 'data-do="note-undo"' in reader.part("said-of-notes")
        reader.place = "frost-1-03"
        assert 'data-do="note-undo"' in reader.part("said-of-notes")
        reader.tell(do="note-undo")
        assert 'data-do="note-undo"' not in reader.part("said-of-notes")
        assert [note.text for note in Notes(notes.path).select(DEMO)] == ["Why twice?"]

    def test_an_empty_note_is_refused_and_a_mere_highlight_is_not(self, reader, notes):
        assert "Write something" in written(reader, "frost-1-02", text=" ")["refused"]
        assert (
            "Choose the words"
            in reader.tell(do="note-save", key="frost-1-02", place="", text="Why?")["refused"]
        )
        assert notes.select(DEMO) == []
        written(reader, "frost-1-02", text="", colour="yellow")
        assert [note.colour for note in notes.select(DEMO)] == ["yellow"]

    def test_what_was_begun_waits_where_it_was_begun(self, reader, notes):
        reader.place = "frost-1-02"
        reader.tell(do="note", place="frost-1-02")
        key = {"key": "frost-1-02", "place": "frost-1-02"}
        reader.tell(do="note-draft", text="Half a th", closed=True, **key)
        assert "Begun, not saved:" in reader.part("noting")
        reader.place = "frost-1-03"
        assert "Half a th" not in reader.part("noting")
        again = Heard(DEMO, notices="show", notes=notes)
        again.place = "frost-1-02"
        again.tell(do="ready")
        assert "Half a th" in again.part("noting")
        assert "Half a th" in again.tell(do="note", place="frost-1-02")["parts"]["editor"]
        again.tell(do="note-cancel", text="Half a th", **key)
        assert "Not kept." in again.part("said-of-notes")
        assert "Half a th" not in again.part("noting")
        again.tell(do="note-undo")
        assert "Half a th" in again.part("noting")
        again.tell(do="note-drop", key="frost-1-02")
        assert "Half a th" not in again.part("noting")
        assert list(notes.path.glob("*")) == []
        again.close()

    def test_both_sides_of_a_conflict_are_shown_and_one_can_be_kept(self, reader, notes):
        reader.place = "frost-1-02"
        written(reader, "frost-1-02")
        (note,) = notes.select(DEMO)
        other = Notes(notes.path)
        other.edit(note.note_id, text="Written there")
        notes.edit(note.note_id, text="Written here")
        notes.refresh()
        reader._noting._looked = 0
        reader.place = "frost-1-01"
        reader.place = "frost-1-02"
        shown = reader.part("noting")
        assert "Written here" in shown
        assert "Written there" in shown
        both = reader.tell(do="note-edit", note=note.note_id)["parts"]["editor"]
        assert "Written here" in both
        assert "Written there" in both
        side = next(
            s
            for s in (notes[note.note_id], *notes[note.note_id].others)
            if s.text == "Written there"
        )
        reader.tell(do="note-keep", note=note.note_id, stamp=side.changed)
        assert "Written here" not in reader.part("noting")
        (kept,) = Notes(notes.path).select(DEMO)
        assert (kept.text, kept.others) == ("Written there", ())

    def test_what_another_window_has_saved_is_shown_beside_the_turn(self, reader, notes):
        Notes(notes.path).write(DEMO, "frost-1-03", "From there")
        reader._noting._looked = 0
        reader.place = "frost-1-03"
        assert "From there" in reader.part("noting")
        # A cell of the notebook writes, too.
        notes.write(DEMO, "frost-1-04", "From a cell")
        reader._noting._looked = 0
        reader.place = "frost-1-04"
        assert "From a cell" in reader.part("noting")
        assert "1 note on this turn" in reader.sent[-1]["noted"]["3"]

    def test_masked_words_stay_covered_beside_the_turn_and_in_the_editor(self, notes):
        corpus = one_turn("What the d--- is this?")
        reader = Heard(corpus, notes=notes)
        reader.display = "mask=1"
        reader.sent.clear()
        reader.tell(do="ready")
        message = reader.tell(do="note", place="t1:9-13")
        assert "d---" not in message["parts"]["editor"]
        reader.tell(do="note-save", key="t1", place="t1:9-13", text="Why?", colour="rose")
        assert "d---" not in str(reader.sent)
        assert "▒▒▒" in reader.part("noting")
        (note,) = notes.select(corpus)
        assert str(note.anchor.place) == "t1:9-13"
        reader.close()

    def test_of_notes_behind_a_notice_only_the_count_is_there(self, notes):
        turn = "leonid-3-14"
        notes.write(CALLS, turn, f"It says {CANARY}", tags=[CANARY])
        reader = Heard(CALLS, "soldier=Leonid&chapter=3", notes=notes)
        reader.tell(do="ready")
        reader.place = turn
        assert "1 note, shown with the turn." in reader.part("noting")
        assert "Write a note" not in reader.part("noting")
        assert "notice" in reader.tell(do="note", place=turn)["trouble"]
        reader.tell(do="notes")
        sent = []
        reader.panel.send = lambda content, buffers=None: sent.append(content)
        reader.panel._handle_custom_msg({"do": "ready"}, [])
        assert "On a turn behind a notice." in str(sent)
        # A tag is in the chooser, as a word of the reader's own.
        assert f"It says {CANARY}" not in str(sent) + str(reader.sent)
        row = CALLS.row(turn)
        reader.tell(do="reveal", row=str(row), last=str(row))
        assert CANARY in reader.part("noting")
        reader.close()

    def test_nothing_of_notes_is_synced_or_shown_without_a_kernel(self, reader, notes):
        reader.place = "frost-1-02"
        written(reader, "frost-1-02", text=CANARY, tags=CANARY)
        reader.tell(do="note", place="frost-1-03")
        reader.tell(do="note-draft", key="frost-1-03", place="frost-1-03", text=CANARY)
        reader.tell(do="notes")
        assert CANARY in str(reader.sent)
        for view in (reader, reader.panel):
            held = [view.get_state(), view._repr_mimebundle_(), repr(view), str(view.layout)]
            assert CANARY not in str(held)

    def test_hostile_words_stay_text(self, reader):
        bad = "</textarea><img src=x onerror=alert(1)>"
        reader.place = "frost-1-02"
        written(reader, "frost-1-02", text=bad, tags=bad)
        reader.tell(do="note", place="frost-1-02")
        reader.tell(do="note-draft", key="frost-1-02", place="frost-1-02", text=bad, closed=True)
        reader.tell(do="notes")
        assert "<img" not in str([m.get("parts") for m in reader.sent])

    def test_a_corpus_with_its_words_attached_shows_no_stretch_of_the_summary_on_them(self, notes):
        reader = Heard(CALLS, "soldier=Ivan&chapter=2", notices="show", notes=notes)
        reader.tell(do="ready")
        written(reader, "ivan-2-02:0-4", text="On the summary", colour="blue")
        reader.show(CALLS.with_text({"ivan-2-02": "These are other words, of our own."}))
        page = reader.part("page")
        assert 'class="noted' not in page
        reader.close()


def one_turn(text):
    return Corpus(
        {
            "turns": pd.DataFrame(
                [
                    {
                        "turn_id": "t1",
                        "conversation_id": "c",
                        "position": "1",
                        "speaker_id": "p",
                        "kind": "speech",
                        "text": text,
                    }
                ]
            ),
            "conversations": pd.DataFrame({"conversation_id": ["c"]}),
            "speakers": pd.DataFrame({"speaker_id": ["p"], "name": ["P"]}),
        },
        Descriptor("one", "One"),
    )


class TestWhatCannotBeSaved:
    @pytest.fixture
    def broken(self, tmp_path):
        (tmp_path / "file").write_text("", "utf8")
        made = Heard(DEMO, notes=Notes(tmp_path / "file" / "notes"))
        made.tell(do="ready")
        made.place = "frost-1-02"
        yield made
        made.close()

    def test_the_banner_stays_until_it_is_saved(self, broken, tmp_path):
        written(broken, "frost-1-02", text="Kept all the same")
        assert "Not saved:" in broken.part("unsaved")
        assert "Saved." not in broken.part("said-of-notes")
        assert "Kept all the same" in broken.part("noting")
        assert "Not saved yet." in broken.part("noting")
        broken.place = "frost-1-03"
        broken.tell(do="notes-try")
        assert "Not saved:" in broken.part("unsaved")
        broken.tell(do="notes-copy")
        assert re.search(r"<textarea[^>]*>[^<]*Kept all the same", broken.part("unsaved"))
        (tmp_path / "file").unlink()
        broken.tell(do="notes-try")
        assert broken.part("unsaved") == ""
        assert "Saved." in broken.part("said-of-notes")
        (note,) = Notes(tmp_path / "file" / "notes").select(DEMO)
        assert note.text == "Kept all the same"

    def test_the_list_has_the_banner_too(self, broken):
        written(broken, "frost-1-02")
        panel = Listed(DEMO, broken.notes)
        assert "Not saved:" in panel.tell(do="ready")["parts"]["unsaved"]
        panel.close()

    def test_nothing_is_lost_by_the_next_thing_that_is_done(self, broken, tmp_path):
        for text in ("one", "two", "three"):
            written(broken, "frost-1-02", text=text)
        (note,) = broken.notes.select(DEMO, find="two")
        broken.tell(do="note-delete", note=note.note_id)
        broken.tell(do="note-undo")
        (tmp_path / "file").unlink()
        written(broken, "frost-1-03", text="four")
        assert broken.part("unsaved") == ""
        kept = {note.text for note in Notes(tmp_path / "file" / "notes").select(DEMO)}
        assert kept == {"one", "two", "three", "four"}


class TestExchange:
    """What would leave is shown as it would, and what comes is counted before it is taken."""

    @pytest.mark.parametrize("form", ["markdown", "csv", "jsonld"])
    def test_what_is_listed_leaves_and_comes_back(self, form, tmp_path):
        here, there = Notes(tmp_path / "here"), Notes(tmp_path / "there")
        here.write(DEMO, "frost-1-02:4-9", "=Why?\r\nTwice", tags=["a"], colour="blue")
        here.write(DEMO, "frost-1-03..frost-1-04", "Other", tags=["b"], quoted=True)
        panel, other = Listed(DEMO, here), Listed(DEMO, there)
        panel.tell(do="ready")
        panel.tell(do="wish", wishes={"tag": "a"})
        assert "Take out 1 note as" in panel.part("exchange")
        panel.tell(do="wish", wishes={"tag": ""})
        message = panel.tell(do="export", form=form)
        assert message["file"]["text"] == export(here.select(DEMO), DEMO, form).text
        assert html.unescape(message["parts"]["moving"]).count("2 notes on 1 conversation") == 1
        other.tell(do="ready")
        raw = message["file"]["text"].encode()
        for at in range(0, len(raw), 100):
            said = {"do": "import", "name": "a", "size": len(raw), "first": at == 0}
            other._handle_custom_msg(said, [memoryview(raw[at : at + 100])])
        assert there.select(DEMO) == []
        assert "Take in 2 notes" in other.part("moving")
        other.tell(do="import-take")
        assert there.select(DEMO) == here.select(DEMO)
        assert other.part("count") == "2 of 2 notes"
        said = {"do": "import", "name": "a", "size": len(raw), "first": True}
        other._handle_custom_msg(said, [raw])
        assert "2 here already" in other.part("moving")
        assert "import-take" not in other.part("moving")
        panel.close()
        other.close()

    def test_a_long_text_goes_in_messages_of_less_than_a_megabyte(self, notes, panel):
        for number in range(12):
            notes.write(DEMO, "frost-1-02", "я" * 90_000 + str(number))
        panel.tell(do="ready")
        begin = len(panel.sent)
        panel.tell(do="export", form="csv")
        parts = panel.sent[begin:]
        assert max(len(json.dumps(p, ensure_ascii=False).encode()) for p in parts) < 1_000_000
        whole = export(notes.select(DEMO), DEMO, "csv").text
        assert "".join(part["file"]["text"] for part in parts) == whole
        assert [part["first"] for part in parts] == [True] + [False] * (len(parts) - 1)

    @pytest.mark.parametrize("raw", [b"", b"\xff\xff\x00", b"Dear diary", b"[" * 9_999])
    def test_what_is_no_file_of_notes_is_answered_in_words(self, panel, raw):
        panel.tell(do="ready")
        panel._handle_custom_msg(
            {"do": "import", "name": "a.csv", "size": len(raw), "first": True}, [raw]
        )
        assert panel.sent[-1].get("trouble") or "Not readable" in panel.part("moving")
        assert not panel.last_error
        assert panel.tell(do="import", name="b", size=10**9, first=True)["trouble"]


class TestList:
    @pytest.fixture
    def many(self, notes):
        notes.write(DEMO, "frost-1-02", "Élan vital", tags=["place", "listening"], colour="blue")
        notes.write(DEMO, "frost-2-03", "Second", tags=["place"])
        notes.write(DEMO, "frost-3-01", "Third", colour="rose")
        lost = notes.write(DEMO, "frost-1-03", "Lost")
        notes.edit(lost.note_id, anchor=replace(lost.anchor, words="0" * 32))
        return notes

    @staticmethod
    def texts(panel):
        return re.findall(r'class="text" dir="auto">([^<]*)<', panel.part("list"))

    def test_it_counts_all_and_what_fits(self, many, panel):
        panel.tell(do="ready")
        assert panel.part("count") == "4 of 4 notes"
        assert self.texts(panel) == ["Lost", "Third", "Second", "Élan vital"]
        assert "1 without a place" in panel.part("states")
        for wishes, found in (
            ({"find": "elan"}, ["Élan vital"]),
            ({"find": "PLAC"}, ["Second", "Élan vital"]),
            ({"tag": "place"}, ["Second", "Élan vital"]),
            ({"colour": "rose"}, ["Third"]),
            ({"talk": "frost-2"}, ["Second"]),
            ({"state": "orphan"}, ["Lost"]),
            ({"state": "conflict"}, []),
            ({"order": "reading", "tag": "place"}, ["Élan vital", "Second"]),
        ):
            empty = dict.fromkeys(("find", "tag", "colour", "talk", "state", "order"), "")
            panel.tell(do="wish", wishes=empty | wishes)
            assert self.texts(panel) == found, wishes
            assert panel.part("count") == f"{len(found)} of 4 notes"
        panel.tell(do="wish", wishes=empty | {"state": "conflict"})
        assert "No note fits" in panel.part("list")
        panel.tell(do="notes-all")
        assert len(self.texts(panel)) == 4

    def test_a_note_leads_to_its_turn(self, many):
        seen = []
        panel = Listed(DEMO, many, then=seen.append)
        panel.tell(do="ready")
        turns = re.findall(r'data-do="note-go" data-turn="([^"]+)"', panel.part("list"))
        assert turns == ["frost-3-01", "frost-2-03", "frost-1-02"]
        panel.tell(do="note-go", turn=turns[0])
        assert seen == ["frost-3-01"]
        panel.close()

    def test_in_the_reader_it_leads_through_a_filter(self, many):
        reader = Heard(DEMO, "chapter=1", notices="show", notes=many)
        reader.tell(do="ready")
        reader.tell(do="notes")
        reader.panel._handle_custom_msg({"do": "note-go", "turn": "frost-3-01"}, [])
        assert (reader.selection, reader.place) == ("", "frost-3-01")
        assert reader.sent[-1]["focus"]
        reader.tell(do="close")
        assert reader.panel is None
        reader.close()

    def test_what_is_done_in_the_list_is_seen_in_the_reader_and_the_other_way(self, many):
        reader = Heard(DEMO, notices="show", notes=many)
        reader.tell(do="ready")
        reader.place = "frost-2-03"
        reader.tell(do="notes")
        sent = []
        reader.panel.send = lambda content, buffers=None: sent.append(content)
        reader.panel._handle_custom_msg({"do": "ready"}, [])
        (note,) = many.select(DEMO, find="second")
        reader.panel._handle_custom_msg({"do": "note-delete", "note": note.note_id}, [])
        assert "Second" not in reader.part("noting")
        assert "3 of 3 notes" in str(sent[-1])
        written(reader, "frost-2-03", text="Written beside")
        assert "Written beside" in str(sent[-1])
        reader.close()

    def test_one_that_has_lost_its_place_can_be_put_on_the_turn_where_one_is(self, many):
        reader = Heard(DEMO, notices="show", notes=many)
        reader.tell(do="ready")
        reader.place = "frost-1-04"
        reader.tell(do="notes")
        sent = []
        reader.panel.send = lambda content, buffers=None: sent.append(content)
        reader.panel._handle_custom_msg({"do": "ready"}, [])
        (lost,) = many.select(DEMO, find="lost")
        assert f'data-do="note-put" data-note="{lost.note_id}"' in str(sent)
        reader.panel._handle_custom_msg({"do": "note-put", "note": lost.note_id}, [])
        assert str(many[lost.note_id].anchor.place) == "frost-1-04"
        assert "Lost" in reader.part("noting")
        reader.close()

    def test_a_colour_can_be_named_otherwise_and_named_back(self, many, panel):
        panel.tell(do="ready")
        panel.tell(do="note-label", colour="blue", meaning="Ask Irena")
        assert "Ask Irena" in panel.part("list")
        assert Notes(many.path).labels["blue"] == "Ask Irena"
        panel.tell(do="note-label", colour="blue", meaning="")
        assert Notes(many.path).labels == COLOURS

    def test_a_hundred_are_listed_and_more_on_a_click(self, notes, panel, monkeypatch):
        monkeypatch.setattr(notes._segments, "append", lambda records: None)
        for number in range(250):
            notes.write(DEMO, DEMO.turn_id(number % 14), f"Note {number}", tags=[f"t{number}"])
        message = panel.tell(do="ready")
        listed = re.compile('<li class="note')
        assert len(listed.findall(panel.part("list"))) == 100
        assert panel.part("count") == "250 of 250 notes"
        assert "Show 100 more of 150" in panel.part("list")
        panel.tell(do="notes-more")
        assert len(listed.findall(panel.part("list"))) == 200
        assert len(json.dumps(message)) < 1_000_000

    def test_it_says_how_a_first_note_is_written(self, panel):
        panel.tell(do="ready")
        assert "No notes yet." in panel.part("list")
        assert panel.part("count") == "0 of 0 notes"


def test_the_styles_of_notes_are_scoped():
    style = re.sub(r"/\*.*?\*/", "", Path(STATIC / "notes.css").read_text("utf8"), flags=re.S)
    for rule in re.findall(r"([^{}]+){", style):
        for one in re.sub(r"\([^()]*\)", "", rule).split(","):
            assert ".readerlib" in one or one.strip().startswith("@"), one
