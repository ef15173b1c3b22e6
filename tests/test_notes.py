"""What a reader keeps: written, edited, deleted, undone, found, taken in; and by two at once."""

from __future__ import annotations

import datetime
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from readerlib.datasets import load
from readerlib.errors import ReaderError, SelectionError
from readerlib.notes import COLOURS, Note, Notes, anchor
from readerlib.selection import Place

DEMO = load("demo")
TURN = "frost-1-02"


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    return Notes(tmp_path / "notes")


def again(notes: Notes) -> Notes:
    return Notes(notes.path)


class TestNotes:
    def test_come_back_with_all_their_parts(self, notes: Notes):
        note = notes.write(
            DEMO, f"{TURN}:0-4", "Why?", tags=["b", " a  c ", "b"], colour="rose", quoted=True
        )
        assert (note.tags, note.colour, note.quoted) == (("a c", "b"), "rose", True)
        assert note.saved
        assert again(notes).select(DEMO) == [note]

    def test_stay_where_they_are_if_the_working_folder_changes(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.chdir(tmp_path)
        notes = Notes("notes")
        (tmp_path / "other").mkdir()
        monkeypatch.chdir(tmp_path / "other")
        notes.write(DEMO, TURN, "Why?")
        assert len(Notes(tmp_path / "notes").select()) == 1

    def test_lie_in_the_data_folder_that_is_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setenv("READERLIB_DATA", str(tmp_path))
        assert Notes().path == tmp_path / "notes"

    def test_are_refused_off_the_corpus_and_in_no_colour(self, notes: Notes):
        with pytest.raises(SelectionError):
            notes.write(DEMO, "frost-9-99", "Why?")
        with pytest.raises(ReaderError, match="no colour"):
            notes.write(DEMO, TURN, "Why?", colour="mauve")
        assert notes.select() == []
        assert not notes.path.exists()

    def test_are_refused_with_too_much_of_something(self, notes: Notes):
        with pytest.raises(ReaderError, match="100,001 signs"):
            notes.write(DEMO, TURN, "x" * 100_001)
        with pytest.raises(ReaderError, match="51 tags"):
            notes.write(DEMO, TURN, tags=map(str, range(51)))
        with pytest.raises(ReaderError, match="a tag has 101 signs"):
            notes.write(DEMO, TURN, tags=["x" * 101])
        with pytest.raises(TypeError):
            notes.write(DEMO, TURN, 5)  # type: ignore[arg-type]
        assert notes.write(DEMO, TURN, "x" * 100_000, tags="one").tags == ("one",)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(text=st.text(st.characters()), tags=st.lists(st.text(st.characters(), max_size=20)))
    def test_hold_any_text_there_is(self, text: str, tags: list[str]):
        with tempfile.TemporaryDirectory() as folder:
            notes = Notes(folder)
            note = notes.write(DEMO, TURN, text, tags=tags)
            assert note.text == text
            assert again(notes).select() == [note]

    def test_hold_lone_surrogates_and_nul(self, notes: Notes):
        note = notes.write(DEMO, TURN, "a\ud800\x00\n\r\u2028", tags=["\udfff"])
        assert again(notes).select() == [note]

    def test_say_no_word_in_a_repr(self, notes: Notes):
        notes.write(DEMO, TURN, "canary", tags=["canary"])
        answer = notes.answer(DEMO, "q1", "canary")
        every = [notes, *notes.select(), answer, *notes.answers(DEMO).values()]
        every += [r for thing in notes._things.values() for r in thing.known.values()]
        assert "canary" not in repr(every) + str(notes.unsaved)

    def test_are_in_a_table(self, notes: Notes):
        notes.write(DEMO, TURN, "Why?", tags=["a", "b"])
        (row,) = notes.table(DEMO).to_dict("records")
        assert (row["state"], row["place"], row["tags"]) == ("anchored", TURN, "a, b")


class TestSelecting:
    def test_is_by_the_beginnings_of_all_words_case_and_accents_aside(self, notes: Notes):
        notes.write(DEMO, TURN, "Warum fragt sie, Élan?", tags=["Frage"])
        for find in ("élan", "ELA", "sie fra", "frage warum", "", "  ", "?"):
            assert len(notes.select(find=find)) == 1
        for find in ("lan", "sie nicht", "!"):
            assert notes.select(find=find) == []

    def test_is_by_tag_colour_corpus_and_newest_first(self, notes: Notes):
        one = notes.write(DEMO, TURN, "one", tags=["t"], colour="blue")
        two = notes.write(DEMO, TURN, "two", tags=["t"])
        notes.edit(one.note_id, text="one again")
        assert [note.text for note in notes.select(DEMO, tag="t")] == ["one again", "two"]
        assert [note.note_id for note in notes.select(colour="blue")] == [one.note_id]
        assert notes.select(load("calls"), tag="t") == []
        assert two.note_id in {note.note_id for note in notes.select()}

    def test_has_the_newest_first_within_one_tick_of_the_clock(
        self, notes: Notes, monkeypatch: pytest.MonkeyPatch
    ):
        class Stopped(datetime.datetime):
            @classmethod
            def now(cls, tz: datetime.tzinfo | None = None) -> Stopped:
                return cls(2031, 5, 1, tzinfo=tz)

        monkeypatch.setattr("readerlib.notes.notes.datetime.datetime", Stopped)
        ids = [notes.write(DEMO, TURN, str(number)).note_id for number in range(9)]
        notes.edit(ids[4], text="again")
        for held in (notes, again(notes)):
            assert "".join(note.text[0] for note in held.select()) == "a87653210"
        assert notes[ids[0]].made == notes[ids[0]].changed

    def test_is_by_the_turns_that_a_note_touches(self, notes: Notes):
        notes.write(DEMO, "frost-1-02..frost-1-04", "range")
        notes.write(DEMO, "frost-1-03:2-5", "stretch")
        notes.write(DEMO, "frost-2-01", "turn")

        def on(place: Place | str) -> set[str]:
            return {note.text for note in notes.select(DEMO, on=place)}

        assert on("frost-1-03") == {"range", "stretch"}
        assert on(Place("frost-1-04", last="frost-2-02")) == {"range", "turn"}
        assert on("frost-3-01") == set()
        assert {note.text for note in notes.select(on="frost-1-02")} == {"range"}

    def test_finds_a_note_by_either_side_of_a_conflict(self, notes: Notes):
        note = notes.write(DEMO, TURN, "draft")
        other = again(notes)
        notes.edit(note.note_id, text="apple", colour="blue")
        other.edit(note.note_id, text="pear", tags=["t"])
        notes.refresh()
        for wanted in ({"find": "apple"}, {"find": "pear"}, {"tag": "t"}, {"colour": "blue"}):
            assert len(notes.select(**wanted)) == 1  # type: ignore[arg-type]


class TestChanging:
    def test_leaves_what_is_left_out(self, notes: Notes):
        note = notes.write(DEMO, TURN, "Why?", tags=["t"], colour="blue")
        notes.edit(note.note_id, text="")
        (back,) = again(notes).select()
        assert (back.text, back.tags, back.colour, back.made) == ("", ("t",), "blue", note.made)

    def test_can_be_undone_deletion_by_deletion(self, notes: Notes):
        ids = [notes.write(DEMO, TURN, text).note_id for text in "abc"]
        for note_id in ids:
            notes.delete(note_id)
        with pytest.raises(ReaderError, match="there is no note"):
            notes[ids[0]]
        back = [notes.undo() for _ in range(4)]
        assert [note and note.text for note in back] == ["c", "b", "a", None]
        assert len(again(notes).select()) == 3

    def test_brings_both_sides_of_a_conflict_back(self, notes: Notes):
        note_id = notes.write(DEMO, TURN, "draft").note_id
        other = again(notes)
        notes.edit(note_id, text="one")
        other.edit(note_id, text="two")
        notes.refresh()
        notes.delete(note_id)
        assert again(notes).select() == []
        back = notes.undo()
        assert back is not None
        assert {back.text, back.others[0].text} == {"one", "two"}
        assert again(notes)[note_id].others

    def test_of_both_sides_of_a_conflict_at_once_replaces_both(self, notes: Notes):
        note_id = notes.write(DEMO, TURN, "draft").note_id
        other = again(notes)
        notes.edit(note_id, text="one")
        other.edit(note_id, text="two")
        notes.refresh()
        assert len(notes[note_id].others) == 1
        notes.edit(note_id, text="both")
        assert again(notes)[note_id].others == ()

    def test_beats_a_deletion_that_did_not_know_of_it(self, notes: Notes):
        note_id = notes.write(DEMO, TURN, "draft").note_id
        other = again(notes)
        notes.delete(note_id)
        other.edit(note_id, text="kept")
        assert again(notes)[note_id].text == "kept"
        notes.refresh()
        undone = notes.undo()
        assert undone is not None
        assert {side.text for side in (undone, *undone.others)} == {"draft", "kept"}


class TestTaking:
    def test_in_makes_new_notes_once_with_their_ids_and_moments(self, notes: Notes):
        there = notes.write(DEMO, TURN, "Why?", tags=["t"])
        here = Notes(notes.path.parent / "here")
        taken = here.take([there])
        assert (taken.new, taken.same, taken.changed) == ((there.note_id,), (), ())
        assert here.select() == [there]
        assert here.take([there, there]).same == (there.note_id,)
        assert again(here).select() == [there]

    def test_in_keeps_what_says_something_else_beside_what_is_here(self, notes: Notes):
        note = notes.write(DEMO, TURN, "here")
        foreign = replace(note, text="there")
        assert notes.compared([foreign]).changed == (note.note_id,)
        assert notes[note.note_id].others == ()
        assert notes.take([foreign]).changed == (note.note_id,)
        both = again(notes)[note.note_id]
        assert {both.text, both.others[0].text} == {"here", "there"}
        assert notes.take([foreign]).same == (note.note_id,)

    def test_in_brings_back_what_was_deleted_even_twice(self, notes: Notes):
        note = notes.write(DEMO, TURN, "Why?")
        for _ in range(3):
            notes.delete(note.note_id)
            assert notes.take([note]).new == (note.note_id,)
            assert again(notes)[note.note_id].text == "Why?"

    def test_in_takes_the_other_sides_too(self, notes: Notes):
        note = notes.write(DEMO, TURN, "one")
        notes.take([replace(note, text="two")])
        here = Notes(notes.path.parent / "here")
        here.take(notes.select())
        assert len(here[note.note_id].others) == 1

    def test_in_by_two_windows_is_no_conflict(self, notes: Notes):
        note = notes.write(DEMO, TURN, "Why?")
        one = Notes(notes.path.parent / "here")
        two = Notes(notes.path.parent / "here")
        one.take([note])
        two.take([note])
        assert again(one)[note.note_id].others == ()

    @pytest.mark.parametrize(
        "wrong",
        [{"colour": "mauve"}, {"note_id": ""}, {"text": "x" * 100_001}, {"made": "yesterday"}],
    )
    def test_in_takes_nothing_if_one_of_them_is_wrong(self, notes: Notes, wrong: dict[str, str]):
        right = Note("ab", "demo", anchor(DEMO, TURN), "Why?")
        with pytest.raises(ReaderError):
            notes.take([right, replace(right, **wrong)])  # type: ignore[arg-type]
        assert notes.select() == []

    def test_in_counts_moments_in_utc(self, notes: Notes):
        note = Note("ab", "demo", anchor(DEMO, TURN), "Why?", made="2026-11-26T10:00:00+02:00")
        notes.take([note])
        assert notes["ab"].made == "2026-11-26T08:00:00.000+00:00"


class TestAnswers:
    @pytest.mark.parametrize("value", ["text", ["a", "b"], 60, 0, "", []])
    def test_come_back(self, notes: Notes, value: object):
        answer = notes.answer(DEMO, "q/1", value)
        assert answer is not None
        assert answer.saved
        assert again(notes).answers(DEMO) == {"q/1": answer}

    def test_are_taken_back_by_none(self, notes: Notes):
        notes.answer(DEMO, "q", "text")
        assert notes.answer(DEMO, "q", None) is None
        assert again(notes).answers(DEMO) == {}

    def test_of_two_windows_are_both_kept(self, notes: Notes):
        other = again(notes)
        notes.answer(DEMO, "q", "one")
        other.answer(DEMO, "q", "two")
        answer = again(notes).answers(DEMO)["q"]
        assert {answer.value, answer.others[0].value} == {"one", "two"}

    def test_are_refused_if_they_cannot_be_written(self, notes: Notes):
        with pytest.raises(ReaderError, match="cannot be kept"):
            notes.answer(DEMO, "q", {1, 2})
        with pytest.raises(ReaderError, match="cannot be kept"):
            notes.answer(DEMO, "q", float("nan"))
        with pytest.raises(ReaderError, match="the id"):
            notes.answer(DEMO, "", "text")


class TestProgress:
    def test_is_kept_and_not_written_twice(self, notes: Notes):
        notes.read_to(DEMO, "frost-1-02")
        notes.read_to(DEMO, "frost-1-02")
        notes.read_to(DEMO, "frost-2-02", done=True)
        assert again(notes).progress(DEMO) == {
            "frost-1": ("frost-1-02", False),
            "frost-2": ("frost-2-02", True),
        }
        (file,) = notes.path.glob("*.jsonl")
        assert len(file.read_bytes().splitlines()) == 2

    def test_is_done_if_either_window_says_so(self, notes: Notes):
        other = again(notes)
        notes.read_to(DEMO, "frost-1-04", done=True)
        other.read_to(DEMO, "frost-1-02")
        assert again(notes).progress(DEMO)["frost-1"][1]

    def test_knows_where_one_stopped_while_that_is_there(self, notes: Notes):
        assert notes.stopped(DEMO) is None
        notes.stop(DEMO, "frost-2-02")
        assert again(notes).stopped(DEMO) == Place("frost-2-02")
        notes._put("stopped:demo", "demo", {"place": "frost-9-99"})
        assert again(notes).stopped(DEMO) is None


def test_colours_mean_what_the_reader_says(notes: Notes):
    notes.label("blue", " To  ask ")
    assert again(notes).labels == {**COLOURS, "blue": "To ask"}
    notes.label("blue", "")
    assert again(notes).labels == COLOURS
    with pytest.raises(ReaderError):
        notes.label("mauve", "x")


class Windows(RuleBasedStateMachine):
    """Two windows on one folder, against plain sets of who wrote what after seeing what."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.windows = [Notes(self.folder), Notes(self.folder)]
        # State → note, text (None: deleted), the states that its writer replaced.
        self.states: dict[int, tuple[str, str | None, frozenset[int]]] = {}
        self.seen: list[set[int]] = [set(), set()]
        self.deletions: list[list[tuple[str, list[str], int]]] = [[], []]

    def heads(self, which: int, note_id: str) -> frozenset[int]:
        mine = {s for s in self.seen[which] if self.states[s][0] == note_id}
        return frozenset(s for s in mine if not any(s in self.states[t][2] for t in mine))

    def shown(self, which: int) -> dict[str, list[str]]:
        found = {}
        for note_id in {self.states[s][0] for s in self.seen[which]}:
            said = [self.states[s][1] for s in self.heads(which, note_id)]
            texts = sorted(text for text in said if text is not None)
            if texts:
                found[note_id] = texts
        return found

    def add(self, which: int, note_id: str, text: str | None, after: frozenset[int]) -> int:
        number = len(self.states)
        self.states[number] = (note_id, text, after)
        self.seen[which].add(number)
        return number

    @rule(which=st.integers(0, 1), text=st.text("ab", max_size=3))
    def write(self, which: int, text: str) -> None:
        note = self.windows[which].write(DEMO, TURN, text)
        self.add(which, note.note_id, text, frozenset())

    @precondition(lambda self: self.shown(0) or self.shown(1))
    @rule(which=st.integers(0, 1), text=st.text("ab", max_size=3), data=st.data())
    def edit(self, which: int, text: str, data: st.DataObject) -> None:
        if there := sorted(self.shown(which)):
            note_id = data.draw(st.sampled_from(there))
            self.windows[which].edit(note_id, text=text)
            self.add(which, note_id, text, self.heads(which, note_id))

    @precondition(lambda self: self.shown(0) or self.shown(1))
    @rule(which=st.integers(0, 1), data=st.data())
    def delete(self, which: int, data: st.DataObject) -> None:
        if there := sorted(self.shown(which)):
            note_id = data.draw(st.sampled_from(there))
            texts = self.shown(which)[note_id]
            self.windows[which].delete(note_id)
            number = self.add(which, note_id, None, self.heads(which, note_id))
            self.deletions[which].append((note_id, texts, number))

    @rule(which=st.integers(0, 1))
    def undo(self, which: int) -> None:
        undone = self.windows[which].undo()
        while self.deletions[which]:
            note_id, texts, number = self.deletions[which].pop()
            if number in self.heads(which, note_id):
                for text in texts:
                    self.add(which, note_id, text, frozenset({number}))
                assert undone is not None
                assert undone.note_id == note_id
                return
        assert undone is None

    @rule(which=st.integers(0, 1))
    def refresh(self, which: int) -> None:
        news = self.windows[which].refresh()
        assert news == (self.seen[which] != set(self.states))
        self.seen[which] = set(self.states)

    @rule(which=st.integers(0, 1))
    def open_again(self, which: int) -> None:
        self.windows[which] = Notes(self.folder)
        self.seen[which] = set(self.states)
        self.deletions[which] = []

    @invariant()
    def both_show_what_they_should(self) -> None:
        for which, notes in enumerate(self.windows):
            found = {
                note.note_id: sorted(side.text for side in (note, *note.others))
                for note in notes.select()
            }
            assert found == self.shown(which)

    def teardown(self) -> None:
        assert Notes(self.folder).troubles == ()
        shutil.rmtree(self.folder)


TestTwoWindows = Windows.TestCase
TestTwoWindows.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
