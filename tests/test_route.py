"""A way through a corpus: its steps, their lengths, how far they are read, and the view of it."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asked import TURNS, ferry
from readerlib import load
from readerlib.corpus import Corpus
from readerlib.errors import FormatError
from readerlib.formats import read
from readerlib.notes import Notes
from readerlib.route import Step, minutes, opened, progress, route, suggested
from readerlib.selection import Selection
from readerlib.text import tokens
from readerlib.views import Reader, Route
from readerlib.views.reading import SPARINGLY, Reading

DATA = Path(__file__).parent.parent / "data"
CALLS = load("calls")
DEMO = load("demo")
STEPS = route(CALLS)
TALKS = [talk for step in STEPS for talk in step.conversations]


def rows(name: str) -> list[dict[str, str]]:
    """A table of the calls, read without the library."""
    with (DATA / "calls" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class TestSteps:
    def test_they_lead_through_the_eleven_chapters_and_the_four_later_stories(self):
        talks = {row["conversation_id"]: row for row in rows("conversations")}
        chapters = {name for name, row in talks.items() if row["chapter"] and row["soldier"]}
        main = [step.step_id for step in STEPS]
        assert chapters == {name for name in main if name in chapters}
        assert len(chapters) == 11
        assert main[11:15] == ["artyom", "professor", "roman", "andrei"]
        # Nobody's story is begun before another one's is at its end.
        stories = [step.title.split(" · ")[0] for step in STEPS[:11]]
        assert len([1 for i, name in enumerate(stories) if i == 0 or stories[i - 1] != name]) == 3

    def test_their_lengths_are_those_of_the_published_turns_counted_one_by_one(self):
        mine = {talk: step.number for step in STEPS for talk in step.conversations}
        turns = Counter(mine[row["conversation_id"]] for row in rows("turns"))
        words = Counter[int]()
        for row in rows("turns"):
            words[mine[row["conversation_id"]]] += int(row["words"] or 0)
        assert {step.number: step.turns for step in STEPS} == dict(turns)
        assert {step.number: step.words for step in STEPS} == {n: words[n] for n in turns}
        assert sum(turns.values()) == len(CALLS)

    def test_each_turn_is_in_one_step_and_each_step_says_what_to_look_out_for(self):
        assert len(TALKS) == len(set(TALKS))
        assert set(TALKS) == set(CALLS.conversations["conversation_id"])
        assert all(step.why for step in STEPS)

    def test_topics_are_those_of_the_notices_that_a_reader_is_asked_about(self):
        carried: dict[str, set[str]] = {}
        home = {row["turn_id"]: row["conversation_id"] for row in rows("turns")}
        for row in rows("annotations"):
            if row["layer"] == "notice":
                carried.setdefault(home[row["turn_id"]], set()).add(row["value"])
        shown = set(CALLS.descriptor.shown_notices)
        for step in STEPS:
            wanted = set().union(*(carried.get(talk, set()) for talk in step.conversations))
            assert set(step.notices) == wanted - shown

    @given(st.integers(min_value=0, max_value=10**6))
    def test_minutes_are_whole_and_never_fewer_than_two_hundred_words_a_minute(self, words: int):
        assert minutes(words) == max(1, math.ceil(words / 200))

    def test_without_a_table_each_conversation_is_a_step(self):
        plain = ferry()
        assert [step.conversations for step in route(plain)] == [("ferry-1",), ("ferry-2",)]
        # Where no length is told, the words that are there are counted.
        words = Counter[str]()
        for talk, *_, text in TURNS:
            words[talk] += len(tokens(text))
        assert [step.words for step in route(plain)] == [words["ferry-1"], words["ferry-2"]]

    def test_a_selection_changes_nothing(self):
        assert route(CALLS.select("soldier=Ivan")) == STEPS

    @pytest.mark.parametrize("step", STEPS, ids=lambda step: step.step_id)
    def test_opened_a_step_has_exactly_its_turns_and_its_links_lead_anywhere(self, step: Step):
        there = opened(CALLS, step)
        assert sorted(there.turns["conversation_id"].unique()) == sorted(step.conversations)
        assert len(there) == step.turns
        turn = there.turns["turn_id"].iloc[0]
        link = there.link(turn)
        assert "step" not in link
        followed = CALLS.follow(link)
        assert not followed.changes
        assert str(followed.place) == turn


TABLE = """step_id,conversation_id,why
one,frost-1,Because.
two,frost-2,
one,frost-3,
two,frost-9,
three,frost-1,
,frost-3,
"""


def test_every_fault_of_a_route_is_told_with_its_row(tmp_path: Path):
    for file in (DATA / "demo").iterdir():
        if file.suffix in (".csv", ".json"):
            (tmp_path / file.name).write_bytes(file.read_bytes())
    package = json.loads((tmp_path / "datapackage.json").read_text("utf8"))
    package["resources"].append({"name": "route", "path": "route.csv", "encoding": "utf-8"})
    (tmp_path / "datapackage.json").write_text(json.dumps(package), "utf8")
    (tmp_path / "route.csv").write_text(TABLE + f"four,frost-2,{'x' * 1001}\n", "utf8")
    with pytest.raises(FormatError) as caught:
        read(tmp_path)
    told = {(p.row, p.column): p.wrong for p in caught.value.problems if "route" in p.path}
    assert "goes on after another" in told[4, "step_id"]
    assert "frost-9" in told[5, "conversation_id"]
    assert "is in the route twice" in told[6, "conversation_id"]
    assert "empty" in told[7, "step_id"]
    assert "1,001 signs" in told[8, "why"]


class TestHowFar:
    @settings(deadline=None, max_examples=40)
    @given(st.dictionaries(st.sampled_from(TALKS), st.booleans()))
    def test_a_step_is_read_if_all_of_it_is_and_begun_if_any_of_it_was(
        self, done: Mapping[str, bool]
    ):
        kept = {talk: (CALLS.turn_id(first_row(CALLS, talk)), is_) for talk, is_ in done.items()}
        for step, reached in zip(STEPS, progress(CALLS, STEPS, kept), strict=True):
            mine = [done.get(talk) for talk in step.conversations]
            if all(mine):
                assert reached.state == "read"
            elif any(is_ is not None for is_ in mine):
                assert reached.state == "begun"
            else:
                assert reached.state == "not begun"
            talk = CALLS.talk(CALLS.row(reached.turn_id))
            assert talk.conversation_id in step.conversations
            assert 1 <= reached.at <= reached.of == talk.last - talk.first

    @settings(deadline=None, max_examples=40)
    @given(
        st.dictionaries(st.sampled_from(TALKS), st.booleans()),
        st.sets(st.sampled_from([step.step_id for step in STEPS])),
    )
    def test_what_is_suggested_is_unread_and_not_left_out(
        self, done: Mapping[str, bool], out: set[str]
    ):
        kept = {talk: (CALLS.turn_id(first_row(CALLS, talk)), is_) for talk, is_ in done.items()}
        reached = progress(CALLS, STEPS, kept)
        step = suggested(STEPS, reached, out)
        left = [
            s
            for s, r in zip(STEPS, reached, strict=True)
            if r.state != "read" and s.step_id not in out
        ]
        assert (step is None) == (not left)
        assert step is None or step in left

    def test_a_turn_that_is_gone_is_no_place_to_go_on(self):
        [reached] = progress(DEMO, route(DEMO)[:1], {"frost-1": ("frost-1-99", False)})
        assert (reached.state, reached.turn_id) == ("begun", "frost-1-01")

    def test_one_goes_on_behind_what_was_read_last_not_at_what_was_passed_over(self):
        steps = route(DEMO)
        reached = progress(DEMO, steps, {"frost-2": ("frost-2-06", True)})
        assert suggested(steps, reached) == steps[2]


def first_row(corpus: Corpus, talk: str) -> int:
    ids = corpus.whole.turns["conversation_id"]
    return int((ids == talk).to_numpy().argmax())


class TestWhatIsKept:
    def test_nothing_is_written_before_the_reader_has_gone_anywhere(self, tmp_path: Path):
        notes = Notes(tmp_path / "notes")
        reader = Told(CALLS, notes=notes)
        reader.ask("ready")
        reader.place = "ivan-2-04"  # by a cell, not by the reader
        reader.close()
        assert not (tmp_path / "notes").exists()

    def test_a_conversation_that_is_left_is_begun_and_one_whose_end_is_seen_is_read(
        self, tmp_path: Path
    ):
        reader = Told(DEMO, notes=Notes(tmp_path))
        reader.ask("ready")
        reader.go_on_the_page("frost-1-02")
        reader.go_on_the_page("frost-2-03")
        assert reader.notes.progress(DEMO) == {"frost-1": ("frost-1-02", False)}
        reader.ask("seen", row=DEMO.row("frost-2-06"))
        assert reader.notes.progress(DEMO)["frost-2"] == ("frost-2-06", True)
        assert "2 The late frost · read" in reader.sent[-1]["parts"]["contents"]
        # Who reads it again has still read it.
        reader.go_on_the_page("frost-2-02")
        reader.go_on_the_page("frost-3-02")
        assert reader.notes.progress(DEMO)["frost-2"][1]

    def test_the_end_of_what_a_filter_shows_is_not_the_end(self, tmp_path: Path):
        reader = Told(DEMO, "speaker=Irena", notes=Notes(tmp_path))
        reader.ask("ready")
        reader.ask("seen", row=DEMO.row("frost-3-04"))
        assert reader.notes.progress(DEMO) == {}

    def test_little_is_written_on_the_way(self, tmp_path: Path):
        notes = Notes(tmp_path)
        reading = Reading(notes)
        first = CALLS.row("leonid-3-n01")
        last = CALLS.talk(first).last
        for row in range(first, last):
            reading.went(CALLS, row)
        lines = sum(len(f.read_bytes().splitlines()) for f in tmp_path.glob("*.jsonl"))
        assert lines <= 2 + (last - first) // SPARINGLY

    def test_stop_here_keeps_the_place_and_the_next_reader_says_where(self, tmp_path: Path):
        reader = Told(DEMO, notes=Notes(tmp_path))
        reader.ask("ready")
        reader.go_on_the_page("frost-2-03")
        reader.ask("stop")
        assert reader.sent[-1]["stopped"] is True
        assert "The late frost, turn 3" in reader.sent[-1]["parts"]["quiet"]
        later = Told(DEMO, notes=Notes(tmp_path))
        later.ask("ready")
        line = next(s["parts"]["again"] for s in later.sent if "again" in s.get("parts", {}))
        assert "You stopped at Spring · 2 The late frost, turn 3." in line
        assert later.place == "frost-1-01"  # nothing moves by itself
        later.ask("again")
        assert later.place == "frost-2-03"

    def test_without_notes_it_stops_all_the_same_and_keeps_nothing(self):
        reader = Told(DEMO, notes=False)
        reader.ask("ready")
        reader.ask("stop")
        assert "Nothing is kept" in reader.sent[-1]["parts"]["quiet"]

    def test_what_cannot_be_saved_is_told_in_the_banner(self, tmp_path: Path):
        (tmp_path / "file").write_text("", "utf8")
        reader = Told(DEMO, notes=Notes(tmp_path / "file" / "notes"))
        reader.ask("ready")
        reader.go_on_the_page("frost-2-03")
        reader.ask("stop")
        told = [s["parts"] for s in reader.sent if "parts" in s]
        assert any("Not saved" in parts.get("unsaved", "") for parts in told)
        assert "could not be saved yet" in told[-1]["quiet"]

    def test_what_was_read_can_be_forgotten_and_notes_stay(self, tmp_path: Path):
        notes = Notes(tmp_path)
        notes.write(DEMO, "frost-1-02", "Stays.")
        notes.answer(DEMO, "why", "Stays.")
        notes.read_to(DEMO, "frost-1-02", done=True)
        notes.read_to(DEMO, "frost-2-02")
        notes.stop(DEMO, "frost-2-02")
        notes.forget_read(DEMO, ["frost-1"])
        assert set(notes.progress(DEMO)) == {"frost-2"}
        assert notes.stopped(DEMO) is not None
        notes.forget_read(DEMO)
        again = Notes(tmp_path)
        assert again.progress(DEMO) == {}
        assert again.stopped(DEMO) is None
        assert len(again.select()) == len(again.answers(DEMO)) == 1


class Told(Reader):
    """A Reader that remembers what it sent."""

    def __init__(self, *given: Any, **more: Any) -> None:
        self.sent: list[dict[str, Any]] = []
        super().__init__(*given, **more)

    def send(self, content: Any, buffers: Any = None) -> None:
        self.sent.append(content)

    def ask(self, do: str, **more: Any) -> None:
        self._heard(self, {"do": do, **more}, [])
        assert not self.last_error

    def go_on_the_page(self, turn_id: str) -> None:
        """As a click or a key on the page does."""
        self.set_state({"place": turn_id})


class Walked(Route):
    """A way that remembers what it sent."""

    def __init__(self, *given: Any, **more: Any) -> None:
        self.sent: list[dict[str, Any]] = []
        super().__init__(*given, **more)

    def send(self, content: Any, buffers: Any = None) -> None:
        self.sent.append(content)

    def ask(self, do: str, **more: Any) -> dict[str, str]:
        self._heard(self, {"do": do, **more}, [])
        assert not self.last_error
        return self.sent[-1].get("parts", {})


class TestTheView:
    def test_all_steps_are_listed_with_topics_and_minutes_and_one_is_suggested(
        self, tmp_path: Path
    ):
        way = Walked(CALLS, Notes(tmp_path / "notes"))
        parts = way.ask("ready")
        assert parts["list"].count("<li") == 16
        assert parts["list"].count('class="next"') == 1
        for step in STEPS:
            assert f"about {step.minutes} minute" in parts["list"]
        assert "killing of civilians" in parts["list"]
        assert not (tmp_path / "notes").exists()

    def test_a_step_opens_where_it_was_left_and_offers_questions_and_the_next(self, tmp_path: Path):
        notes = Notes(tmp_path)
        notes.read_to(CALLS, "ivan-2-05")
        way = Walked(CALLS, notes)
        way.ask("ready")
        parts = way.ask("open", step=2)
        assert isinstance(way.panel, Reader)
        assert way.panel.place == "ivan-2-05"
        assert len(way.panel.corpus) == STEPS[1].turns
        assert "Next: Ivan · 3" in parts["after"]
        assert "questions on this step" in parts["after"]
        assert "Stop here" in way.ask("ask")["bar"]
        assert {q.conversation_id for q in way.panel.questions} <= set(STEPS[1].conversations)
        way.ask("stop")
        assert str(Notes(tmp_path).stopped(CALLS)) == "ivan-2-05"
        assert way.sent[-1]["stopped"] is True
        way.ask("text")
        assert isinstance(way.panel, Reader)
        parts = way.ask("list")
        assert way.panel is None
        assert "begun, Ivan · 2" in parts["list"]

    def test_a_step_is_left_out_without_being_called_anything_else(self, tmp_path: Path):
        way = Walked(CALLS, Notes(tmp_path))
        way.ask("ready")
        parts = way.ask("leave", step=1)
        assert "left out" in parts["list"]
        first = parts["list"].split("<li")[1]
        assert 'class="next"' not in first
        parts = way.ask("take-in", step=1)
        assert 'class="next"' in parts["list"].split("<li")[1]

    def test_its_reader_says_that_a_step_is_read_or_not(self, tmp_path: Path):
        way = Walked(CALLS, Notes(tmp_path))
        way.ask("ready")
        assert "I have read it" in way.ask("open", step=1)["after"]
        assert "I have read it" not in way.ask("done")["after"]
        kept = Notes(tmp_path).progress(CALLS)
        assert {talk for talk, (_, done) in kept.items() if done} == set(STEPS[0].conversations)
        assert "1 of 16 steps read" in way.ask("list")["status"]
        assert "Not read" in way.sent[-1]["parts"]["list"]
        assert way.ask("not-read", step=1)["status"] == "16 steps"
        assert Notes(tmp_path).progress(CALLS) == {}

    def test_no_step_is_missing_questions_and_no_word_of_it_is_synced(self, tmp_path: Path):
        way = Walked(CALLS, Notes(tmp_path))
        way.ask("ready")
        for step in STEPS:
            parts = way.ask("open", step=step.number)
            assert "questions on this step" in parts["after"], step.title
        assert "Ivan" not in str({k: v for k, v in way.get_state().items() if k[0] != "_"})
        way.close()
        assert way.panel is None

    def test_nothing_counts_days_time_or_how_much_was_borne(self, tmp_path: Path):
        way = Walked(CALLS, Notes(tmp_path))
        notes = way._notes
        for talk in TALKS:
            notes.read_to(CALLS, CALLS.turn_id(first_row(CALLS, talk)), done=True)
        said = way.ask("ready")["list"].lower() + way.ask("list")["status"].lower()
        for word in [
            "%",
            "percent",
            "streak",
            "score",
            "point",
            "congrat",
            "days",
            "badge",
            "level",
        ]:
            assert word not in said
        assert "well done" not in said


def test_a_facet_that_is_put_in_stands_in_no_link_and_counts_like_any_other():
    marked = CALLS.with_facet("part", "Part", {"ivan-1": "a", "ivan-2": "b"})
    both = marked.select(Selection.of({"part": ["a", "b"]}))
    assert len(both) == len(CALLS.select("soldier=Ivan&chapter=1")) + len(
        CALLS.select("soldier=Ivan&chapter=2")
    )
    found = {
        row["value"]: row["turns"]
        for row in marked.facets().to_dict("records")
        if row["facet"] == "part"
    }
    assert found["a"] == len(marked.select(part="a"))
    assert both.select(speaker="Olya").link() == CALLS.select(speaker="Olya").link()
