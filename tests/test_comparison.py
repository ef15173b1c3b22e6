"""A comparison without a browser: its sides, its rows, what it keeps back, what it sends."""

from __future__ import annotations

import json
import re
import time
from html.parser import HTMLParser

import nbclient
import nbformat
import pandas as pd
import pytest
import traitlets
from hypothesis import given, settings
from hypothesis import strategies as st
from ipywidgets.widgets.widget import _instances

import brute
from readerlib import Comparison, Corpus, Reader, Selection, alignment, load, read, render
from readerlib.alignment import Side, layers
from readerlib.bench import archive
from readerlib.descriptor import Descriptor, Facet
from readerlib.errors import ReaderError, SelectionError
from readerlib.views import cells
from readerlib.views.view import STATIC

CALLS = load("calls")
DEMO = load("demo")
TABLES = ("turns", "conversations", "speakers", "sources")
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
NAMES = st.text("<>&\"'/=é😀b", max_size=20).map(lambda name: f"A{name} & Co")


class Heard(Comparison):
    """A comparison whose messages to the browser can be looked at."""

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.sent = []
        self._pane.send = lambda content, buffers=None: self.sent.append(content)
        self.tell(do="ready")

    def tell(self, **content):
        """What the browser would say."""
        self._pane._handle_custom_msg(content, [])
        return self.sent[-1] if self.sent else None

    def choose(self, side, facet, value=None):
        """What a person does with a chooser."""
        self._choosers.rows[side].controls[facet].value = (value,) if value else ()

    def part(self, name):
        """What stands in a part of the page now."""
        return next(m["parts"][name] for m in reversed(self.sent) if name in m.get("parts", {}))

    @property
    def table(self):
        return Table(self.part("page"))


class Table(HTMLParser):
    """The rows of a page, as a parser reads them that shares nothing with us."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[dict]] = []
        self.groups: list[str] = []
        self.heads: list[str] = []
        self._within: list[tuple[str, dict]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append((tag, found))
        if tag in ("br", "img", "input"):
            return
        self._within.append((tag, found))
        name = found.get("class") or ""
        if name == "row":
            self.rows.append([])
        elif name.split()[:1] == ["cell"]:
            self.rows[-1].append({"turns": [], "text": "", "label": found.get("aria-label")})
        elif name == "head":
            self.heads.append("")
        elif tag == "article":
            turn = {"id": found["data-turn"], "words": "", "lang": None, "marks": [], **found}
            self.rows[-1][-1]["turns"].append(turn)
        elif tag == "p" and name.startswith("words"):
            self.rows[-1][-1]["turns"][-1] |= {"lang": found.get("lang"), "form": name}
        elif tag == "mark" and self.rows:
            self.rows[-1][-1]["turns"][-1]["marks"].append("")
        elif tag == "h3":
            self.groups.append("")

    def handle_endtag(self, tag):
        assert self._within.pop()[0] == tag

    def handle_data(self, data):
        inside = [(tag, found.get("class") or "") for tag, found in self._within]
        if ("div", "head") in inside:
            self.heads[-1] += data
        if any(tag == "h3" for tag, _ in inside):
            self.groups[-1] += data
        if any(name.split()[:1] == ["cell"] for _, name in inside):
            cell = self.rows[-1][-1]
            cell["text"] += data
            if any(name.startswith("words") for _, name in inside) and inside[-1][0] != "button":
                cell["turns"][-1]["words"] += data
            if inside[-1][0] == "mark" and self.rows:
                cell["turns"][-1]["marks"][-1] += data

    def ids(self):
        return [[[turn["id"] for turn in cell["turns"]] for cell in row] for row in self.rows]

    def words(self, side):
        return {t["id"]: t["words"] for row in self.rows for t in row[side]["turns"]}


@pytest.fixture
def make():
    made = []

    def made_of(*arguments, **named):
        made.append(Heard(*arguments, **named))
        return made[-1]

    yield made_of
    for each in made:
        each.close()


ids = brute.selected


class TestTheRows:
    def test_hold_the_turns_of_both_sides_first_beside_first(self, make):
        seen = make(CALLS, "chapter=2&soldier=Ivan", "chapter=3&soldier=Leonid", by="position")
        left = ids({"soldier": ["Ivan"], "chapter": ["2"]})
        right = ids({"soldier": ["Leonid"], "chapter": ["3"]})
        assert len(left) < len(right)
        padded = [[name] for name in left] + [[]] * (len(right) - len(left))
        assert seen.table.ids() == [[a, [b]] for a, b in zip(padded, right, strict=True)]

    def test_say_of_an_empty_cell_that_there_is_nothing(self, make):
        seen = make(CALLS, "chapter=2&soldier=Ivan", "chapter=3&soldier=Leonid", by="position")
        empty = [row[0] for row in seen.table.rows if not row[0]["turns"]]
        assert len(empty) == 7
        assert {cell["label"] for cell in empty} == {"Nothing here, left"}
        assert {cell["text"] for cell in empty} == {"Soldier: Ivan · Chapter: 2–"}
        assert seen.part("status") == "21 rows, 7 of them with an empty cell"

    def test_stand_under_the_value_that_they_share(self, make):
        seen = make(CALLS, "soldier=Leonid", "soldier=Ivan", "soldier=Maxim", by="theme")
        table = seen.table
        themes = {f"Theme {t}" for _, about in brute.TURNS for t in about.get("theme", [])}
        assert set(table.groups[:-1]) <= themes
        assert "Theme looting" in table.groups
        # Those without a theme stand last, and not under the one before them.
        assert table.groups[-1] == "Theme none"
        row = next(r for r in seen.rows if r.heading == "looting")
        on = [[CALLS.turn_id(turn) for turn in cell] for cell in row.cells]
        for cell, soldier in zip(on, ["Leonid", "Ivan", "Maxim"], strict=True):
            assert cell == ids({"soldier": [soldier], "theme": ["looting"]})

    def test_of_the_same_side_twice_are_the_same_twice(self, make):
        table = make(CALLS, "soldier=Roman", "soldier=Roman").table
        assert table.ids() == [[[name], [name]] for name in ids({"soldier": ["Roman"]})]

    def test_of_a_side_without_a_turn_say_so_and_how_to_go_on(self, make):
        seen = make(CALLS, "soldier=Roman&speaker=Olya", "soldier=Roman")
        assert "No turn fits these choices." in seen.table.heads[0]
        assert all(not row[0]["turns"] for row in seen.table.rows)
        seen.tell(do="reset", side="0")
        assert seen.sides == ["", "soldier=Roman"]

    def test_of_two_sides_without_a_turn_say_so(self, make):
        seen = make(CALLS, "soldier=Roman&speaker=Olya", "soldier=Ivan&speaker=Wife")
        assert seen.table.rows == []
        assert "nothing to set side by side" in seen.part("page")


class TestSwapping:
    KINDS = (
        (CALLS, ("soldier=Ivan", "soldier=Leonid"), "theme"),
        (CALLS, ("soldier=Ivan&chapter=2", "soldier=Leonid&chapter=3"), "position"),
        (CALLS, ("source=ap-2023-02", "source=militarynews-2023"), "retells"),
        (DEMO, ("layer=text", "layer=text_en"), "place"),
        (DEMO, ("layer=gist", "part=Spring", "speaker=Tomas"), "place"),
        (DEMO, ("part=Spring", "part=Autumn"), "speaker"),
    )

    @pytest.mark.parametrize(("corpus", "sides", "by"), KINDS)
    def test_twice_shows_what_was_shown_before(self, make, corpus, sides, by):
        seen = make(corpus, *sides, by=by)
        before = seen.part("page")
        seen.swap()
        assert seen.part("page") != before
        assert seen.sides == [str(Side.parse(corpus, side)) for side in reversed(sides)]
        seen.swap()
        assert seen.part("page") == before

    @pytest.mark.parametrize(("corpus", "sides", "by"), KINDS)
    def test_shows_each_row_mirrored(self, make, corpus, sides, by):
        seen = make(corpus, *sides, by=by)
        seen.marks = "different"

        def shown():
            return [
                [
                    [
                        (t["id"], t["words"], t.get("form"), t["lang"], t["marks"])
                        for t in c["turns"]
                    ]
                    for c in row
                ]
                for row in seen.table.rows
            ]

        before, heads = shown(), seen.table.heads
        seen.tell(do="swap")
        assert [[*reversed(row)] for row in shown()] == before
        assert [head.replace("✕", "") for head in reversed(seen.table.heads)] == [
            head.replace("✕", "") for head in heads
        ]

    @settings(max_examples=12, deadline=None)
    @given(
        st.lists(
            st.sampled_from(
                ["", "part=Spring", "speaker=Tomas", "layer=text_en", "theme=family&layer=gist"]
            ),
            min_size=2,
            max_size=4,
        ),
        st.sampled_from(["", "place", "position", "match", "theme"]),
    )
    def test_is_its_own_inverse_whatever_stands_on_the_sides(self, sides, by):
        seen = Heard(DEMO, *sides, by=by)
        try:
            before = seen.table.ids()
            seen.swap()
            assert [[*reversed(row)] for row in seen.table.ids()] == before
            shown = [turn for row in before for cell in row for turn in cell]
            assert len(shown) >= sum(len(Side.parse(DEMO, side).corpus) for side in sides)
        finally:
            seen.close()


class TestTheSides:
    def test_are_spelt_in_their_one_way_and_move_the_view_from_code(self, make):
        seen = make(CALLS, "soldier=Ivan&chapter=2", Selection(soldier="Leonid"))
        assert seen.sides == ["chapter=2&soldier=Ivan", "soldier=Leonid"]
        seen.sides = ["soldier=Roman", "layer=gist&soldier=Artyom", "soldier=Andrei"]
        assert seen.sides == ["soldier=Roman", "soldier=Artyom&layer=gist", "soldier=Andrei"]
        assert [head.split("✕")[0] for head in seen.table.heads] == [
            "Soldier: Roman 2 turns summaries",
            "Soldier: Artyom 3 turns summaries",
            "Soldier: Andrei 7 turns summaries",
        ]

    def test_that_are_wrong_are_refused_with_a_suggestion_and_change_nothing(self, make):
        seen = make(CALLS, "soldier=Ivan", "soldier=Leonid")
        before = seen.part("page")
        for wrong, match in (
            (["soldier=Maxm", ""], 'Did you mean "Maxim"'),
            (["layer=txt", ""], "Text layers: gist"),
            (["soldier=Ivan"], "It has 2 to 4"),
            ([""] * 5, "It has 2 to 4"),
        ):
            with pytest.raises(ReaderError, match=match):
                seen.sides = wrong
            assert seen.sides == ["soldier=Ivan", "soldier=Leonid"]
        with pytest.raises(SelectionError, match='Did you mean "theme"'):
            seen.by = "themes"
        with pytest.raises(ReaderError, match='Did you mean "shared"'):
            seen.marks = "share"
        with pytest.raises(SelectionError):
            seen.place = "no-such-turn"
        assert (seen.by, seen.marks, seen.part("page")) == ("", "", before)

    def test_of_a_narrowed_corpus_are_of_its_turns(self, make):
        seen = make(CALLS.select(kind="speech"), "soldier=Ivan", "soldier=Leonid")
        assert seen.sides == ["kind=speech&soldier=Ivan", "kind=speech&soldier=Leonid"]

    def test_can_be_another_corpus_with_its_selection(self, make):
        copy = DEMO.with_text({"frost-1-02": "Other words."})
        seen = make(DEMO, DEMO.select(part="Spring"), copy.select(part="Spring"))
        assert seen.table.words(0)["frost-1-02"].startswith("Oh, you should")
        assert seen.table.words(1)["frost-1-02"] == "Other words."
        assert [head[:35] for head in seen.table.heads] == [
            "text 1 of The late frost · Part: Sp",
            "text 2 of The late frost · Part: Sp",
        ]
        seen.swap()
        assert seen.table.words(0)["frost-1-02"] == "Other words."

    def test_are_added_and_taken_away(self, make):
        seen = make(CALLS, "soldier=Ivan", "soldier=Leonid")
        seen.tell(do="add")
        assert seen.sides == ["soldier=Ivan", "soldier=Leonid", "soldier=Leonid"]
        seen.tell(do="remove", side="0")
        assert seen.sides == ["soldier=Leonid"] * 2
        seen.tell(do="add")
        seen.tell(do="add")
        assert "It has 2 to 4" in seen.tell(do="add")["trouble"]
        assert len(seen.sides) == 4


class TestALayer:
    def test_shows_its_own_text_and_never_another_one(self, make):
        seen = make(DEMO, "layer=text_en", "layer=text", by="place")
        texts = {row["turn_id"]: row for row in DEMO.turns.to_dict("records")}
        for side, layer in enumerate(["text_en", "text"]):
            for turn, words in seen.table.words(side).items():
                if words:
                    assert words == (texts[turn][layer] or "No text in this layer.")
        assert "No text in this layer." in seen.table.words(0)["frost-1-01"]

    def test_says_in_which_language_it_is_where_that_is_known(self, make):
        table = make(DEMO, "layer=text_en", "layer=text", "layer=gist", by="place").table
        last = table.rows[-1]
        assert [cell["turns"][0]["lang"] for cell in last] == ["en", "uk", None]

    def test_of_words_that_are_not_attached_says_how_to_attach_them(self, make):
        artyom = "soldier=Artyom&layer="
        seen = make(CALLS, artyom + "gist", artyom + "text", notices="show")
        assert set(seen.table.words(1).values()) == {"No text in this layer."}
        assert "words, which are not attached" in seen.table.heads[1]
        assert "Attach the published words" in seen.part("attach")
        seen.tell(do="attach")
        assert seen.panel in seen.children
        given = {name: f"Words of {name}." for name in ids({"soldier": ["Artyom"]})}
        seen._attached(CALLS.with_text(given))
        assert seen.table.words(1) == given
        seen.tell(do="attach")
        assert seen.panel is None

    def test_is_marked_as_a_summary_where_it_is_one(self, make):
        table = make(DEMO, "layer=gist", "layer=text", by="place").table
        forms = [{t.get("form") for row in table.rows for t in row[i]["turns"]} for i in (0, 1)]
        assert forms == [{"words gist", None}, {"words", None}]


def behind_notices():
    """Every turn of the calls that is kept back at first, with its gist."""
    asked = CALLS.asked("ask")
    rows = CALLS.veiled(asked)
    return {r["turn_id"]: r["gist"] for r in CALLS.records_of(rows)}


class TestNotices:
    @pytest.mark.parametrize("by", ["position", "theme", "match", "soldier"])
    def test_nothing_of_a_turn_that_is_kept_back_is_sent_on_any_side(self, make, by):
        back = behind_notices()
        assert len(back) > 50
        seen = make(CALLS, "role=soldier", "role=mother&layer=gist", "role=wife", by=by)
        for marks in ("shared", "different"):
            seen.marks = marks
        seen.swap()
        sent = json.dumps(seen.sent, ensure_ascii=False, default=str)
        plain = re.sub(r"<[^>]+>", "", sent)
        for gist in back.values():
            assert json.dumps(gist[:30], ensure_ascii=False)[1:-1] not in plain
        shown = {t for side in range(3) for t, words in seen.table.words(side).items() if words}
        assert not shown & back.keys()

    def test_the_line_names_topic_speaker_and_length(self, make):
        page = make(CALLS, "soldier=Leonid", "soldier=Leonid&layer=gist").part("page")
        assert page.count("One turn by Leonid, 33 words: killing of prisoners") >= 2

    def test_a_turn_that_is_shown_is_shown_on_every_side_and_can_be_hidden(self, make):
        seen = make(CALLS, "soldier=Leonid&chapter=3", "soldier=Leonid&chapter=3&layer=gist")
        gist = behind_notices()["leonid-3-14"]
        rows = [row for row in seen.table.rows if row[0]["turns"][0]["id"] == "leonid-3-14"]
        assert rows[0][0]["turns"][0]["words"] == ""
        number = seen.table.rows.index(rows[0])
        row = CALLS.row("leonid-3-14")
        asked = {"side": 1, "number": str(number), "turn": "leonid-3-14", "focus": True}
        message = seen.tell(do="reveal", row=str(row), last=str(row), **asked)
        assert (message["side"], message["turn"], message["focus"]) == (1, "leonid-3-14", True)
        words = [seen.table.words(side)["leonid-3-14"].strip() for side in (0, 1)]
        assert words == [gist, gist]
        seen.tell(do="veil", **asked)
        assert gist not in seen.part("page")

    def test_can_be_switched_off_and_on(self, make):
        seen = make(CALLS, "soldier=Leonid", "soldier=Ivan")
        assert seen.part("notices") == "Notices: ask"
        assert 'class="turn veil"' in seen.part("page")
        seen.tell(do="notices")
        assert 'class="turn veil"' not in seen.part("page")
        seen.tell(do="notices")
        assert 'class="turn veil"' in seen.part("page")
        assert 'class="turn veil"' not in make(CALLS, "", "", notices="show").part("page")

    def test_a_profile_says_it_topic_by_topic(self, make):
        topics = sorted(CALLS.asked({}))
        seen = make(CALLS, "", "", notices=dict.fromkeys(topics[1:], "show"))
        lines = re.findall(r"<p>(?:One turn|\d+ turns)[^<]*: ([^<]+)</p>", seen.part("page"))
        assert set(lines) <= {topics[0]}
        with pytest.raises(ReaderError, match="no notice"):
            Comparison(CALLS, "", "", notices={"no such topic": "show"})

    def test_hold_for_the_same_turn_of_a_version_that_has_none(self, make):
        tables = {name: DEMO.table(name) for name in TABLES}
        tables["turns"] = tables["turns"].astype(str).replace("<NA>", "")
        facets = (Facet("speaker", "Speaker", "speakers.name"),)
        plain = Corpus(tables, Descriptor("plain", "Plain", facets=facets))
        seen = make(DEMO, DEMO, plain, by="place")
        assert "It bleeds" not in seen.part("page")
        assert seen.table.words(1)["frost-2-04"] == ""


class TestMarks:
    def test_are_of_the_words_that_stand_on_both_sides(self, make):
        copy = DEMO.with_text({"frost-1-02": "Oh, you MUST see it. The slope is white."})
        seen = make(DEMO, DEMO, copy)
        assert "<mark" not in seen.part("page")
        seen.marks = "different"
        marks = [cell["turns"][0]["marks"] for cell in seen.table.rows[1]]
        assert marks == [
            ["should", "whole", "and the bees are so loud that I hear them in the kitchen"],
            ["MUST"],
        ]
        assert sum(len(t["marks"]) for r in seen.table.rows for c in r for t in c["turns"]) == 4
        seen.marks = "shared"
        marks = [cell["turns"][0]["marks"] for cell in seen.table.rows[1]]
        assert marks[1] == ["Oh, you", "see it. The slope is white"]
        assert 'class="shared"' in seen.part("legend")

    def test_of_summaries_are_said_to_be_of_our_words(self, make):
        seen = make(DEMO, "layer=gist", "layer=text")
        assert seen.part("legend") == ""
        seen.tell(do="set", name="marks", value="shared")
        assert "says nothing of what was said" in seen.part("legend")
        seen.sides = ["layer=text", "part=Spring&layer=text"]
        assert "summaries" not in seen.part("legend")

    def test_are_none_where_a_turn_stands_alone(self, make):
        seen = make(DEMO, "part=Spring", "part=Autumn", by="position")
        seen.marks = "different"
        alone = [row for row in seen.table.rows if not row[1]["turns"]]
        assert alone
        assert not [mark for row in alone for turn in row[0]["turns"] for mark in turn["marks"]]

    def test_of_a_search_are_those_of_the_reader(self, make):
        seen = make(DEMO, "find=basket&layer=text", "")
        assert [m for r in seen.table.rows for t in r[0]["turns"] for m in t["marks"]] == [
            "basket"
        ] * 3

    def test_do_not_run_from_one_turn_of_a_cell_into_the_next(self, make):
        seen = make(DEMO, "part=Spring", "part=Spring&layer=text", by="speaker")
        seen.marks = "shared"
        for row in seen.table.rows:
            for cell in row:
                for turn in cell["turns"]:
                    assert all(mark in turn["words"] for mark in turn["marks"])


class TestChoosers:
    def test_offer_each_facet_with_the_number_of_turns_now(self, make):
        seen = make(CALLS, "soldier=Ivan", "")
        controls = seen._choosers.rows[0].controls
        facets = [facet.name for facet in CALLS.descriptor.facets]
        assert list(controls) == [*facets, "find", "layer"]
        offered = dict(controls["speaker"].options)
        counts = {
            f"{row.value} ({row.turns})"
            for row in CALLS.select(soldier="Ivan").facets().itertuples()
            if row.facet == "speaker"
        }
        assert set(offered) == {"any"} | counts
        assert "Olya (4)" in offered
        assert controls["soldier"].label == "Ivan (49)"

    def test_move_their_side_and_follow_it(self, make):
        seen = make(CALLS, "soldier=Ivan", "soldier=Leonid")
        seen.choose(0, "chapter", "2")
        seen.choose(0, "speaker", "Olya")
        assert seen.sides == ["chapter=2&soldier=Ivan&speaker=Olya", "soldier=Leonid"]
        seen.choose(0, "speaker")
        assert seen.sides[0] == "chapter=2&soldier=Ivan"
        seen.choose(1, "layer", "gist")
        assert seen.sides[1] == "soldier=Leonid&layer=gist"
        seen.sides = ["role=mother", "role=mother&role=wife"]
        controls = [row.controls["role"].label for row in seen._choosers.rows]
        assert controls == ["mother (50)", "mother or wife"]
        seen.swap()
        assert seen._choosers.rows[1].controls["role"].value == ("mother",)

    def test_take_words_to_look_for_on_their_side(self, make):
        seen = make(CALLS, "soldier=Ivan", "soldier=Leonid")
        fields = [row.controls["find"] for row in seen._choosers.rows]
        fields[1].value = 'war "come home"'
        assert seen.sides == ["soldier=Ivan", "soldier=Leonid&find=come+home&find=war"]
        fields[1].value = "gold"
        assert seen.sides[1] == "soldier=Leonid&find=gold"
        seen.swap()
        assert [field.value for field in fields] == ["gold", ""]
        fields[0].value = "/(/"
        assert any("trouble" in sent for sent in seen.sent)
        assert fields[0].value == "gold"
        fields[0].value = ""
        assert seen.sides == ["soldier=Leonid", "soldier=Ivan"]

    def test_of_what_cannot_be_shown_tell_it_in_place_and_go_back(self, make):
        other = Corpus(
            {
                "turns": pd.DataFrame(
                    {
                        "turn_id": ["a", "b"],
                        "conversation_id": ["c", "c"],
                        "position": ["1", "2"],
                        "speaker_id": ["s", "r"],
                        "kind": ["speech"] * 2,
                        "text": ["Good morning.", "Good evening."],
                    }
                ),
                "conversations": pd.DataFrame({"conversation_id": ["c"]}),
                "speakers": pd.DataFrame({"speaker_id": ["s", "r"], "name": ["Ann", "Bob"]}),
            },
            Descriptor("small", "Small", facets=(Facet("speaker", "Speaker", "speakers.name"),)),
        )
        seen = make(DEMO, DEMO, DEMO.select(part="Spring"), by="theme")
        seen._corpora.append(other)
        trouble = seen.tell(do="choose", side=1, facet="", values=("1",))["trouble"]
        assert 'no way "theme"' in trouble
        assert "Traceback" not in trouble
        assert seen.sides == ["", "part=Spring"]

    def test_of_several_corpora_choose_which_one(self, make):
        copy = DEMO.with_text({"frost-1-02": "Other words."})
        seen = make(DEMO, DEMO.select(part="Spring"), copy)
        seen.choose(0, "", "1")
        assert seen.table.words(0)["frost-1-02"] == "Other words."
        assert seen.sides == ["part=Spring", ""]

    def test_have_no_word_of_a_turn_in_them(self, make):
        seen = make(DEMO, "layer=gist", "layer=text")
        seen.tell(do="ready")
        kept = json.dumps(states(seen), default=str)
        for row in DEMO.turns.to_dict("records"):
            for layer in layers(DEMO):
                assert not row[layer] or row[layer][:25] not in kept


def states(widget):
    """What is synced of a widget and of all that is in it."""
    code = {"_esm", "_css", "_anywidget_id"}
    found = [{k: v for k, v in widget.get_state().items() if k not in code}]
    for child in getattr(widget, "children", ()):
        found += states(child)
    return found


class TestTheView:
    def test_keeps_its_own_failures_to_be_looked_up(self, make, monkeypatch):
        seen = make(DEMO, "", "part=Spring")
        monkeypatch.setattr("readerlib.render.compared", lambda *a, **k: 1 / 0)
        assert "comparison.last_error" in seen.tell(do="swap")["trouble"]
        assert "ZeroDivisionError" in seen.last_error

    @pytest.mark.parametrize(
        "nonsense",
        [
            {"do": "set", "name": "by", "value": "nothing"},
            {"do": "set", "name": "marks", "value": "nothing"},
            {"do": "set", "name": "size", "value": "9"},
            {"do": "choose", "side": 0, "facet": "speaker", "values": ["Nobody"]},
            {"do": "remove"},
            {"do": "reveal", "side": 0, "number": "9999", "row": "0", "last": "0"},
        ],
    )
    def test_answers_what_cannot_be_followed_in_words(self, make, nonsense):
        seen = make(DEMO, "", "part=Spring")
        message = seen.tell(**nonsense)
        assert message["trouble"]
        assert "Traceback" not in message["trouble"]
        assert seen.sides == ["", "part=Spring"]

    def test_passes_over_what_means_nothing(self, make):
        seen = make(DEMO, "", "part=Spring")
        before = len(seen.sent)
        seen.tell(do="dance")
        seen.tell()
        assert len(seen.sent) == before

    def test_without_a_kernel_says_how_to_open_it_and_has_a_stable_name(self, make):
        seen = make(DEMO, "", "part=Spring")
        bundle = seen._repr_mimebundle_()
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        assert "Here the comparison opens." in data["text/html"]
        assert data["text/plain"] == repr(seen) == "<Comparison in demo: 14 beside 10 turns>"
        assert len(json.dumps(states(seen)[0], default=str)) < 4096

    def test_says_what_its_numbers_are_numbers_of(self, make):
        foot = make(CALLS, "soldier=Ivan", "soldier=Leonid").part("foot")
        assert foot.startswith("49 and 80 of 258 turns, chosen and edited by the reporters")

    def test_goes_to_a_place_from_code_and_says_where_it_is(self, make):
        sources = ("source=ap-2023-02", "source=militarynews-2023")
        seen = make(CALLS, *sources, by="retells", notices="show")
        seen.place = "maxim-3-04"
        assert any("maxim-3-04" in row[0] for row in seen.table.ids())
        seen.by = "position"
        assert any("maxim-3-04" in row[0] for row in seen.table.ids())
        seen.sides = ["soldier=Ivan", "soldier=Leonid"]
        seen.place = "maxim-3-05"
        assert "is in none of these rows" in seen.sent[-1]["trouble"]

    def test_stays_at_its_place_when_the_sides_change_unless_it_is_at_the_beginning(self, make):
        seen = make(CALLS, "source=ap-2023-02", "kind=speech", by="position", notices="show")
        seen.place = seen.table.ids()[0][0][0]
        seen.sides = ["soldier=Maxim", "source=ap-2023-02"]
        assert seen.sent[-1]["number"] == 0
        seen.place = "maxim-3-04"
        seen.tell(do="swap")
        number = seen.sent[-1]["number"]
        assert ["maxim-3-04"] in seen.table.ids()[number - seen.sent[-1]["first"]]
        assert number > 0

    def test_follows_a_reader_and_leads_into_it(self, make):
        reader = Reader(CALLS)
        seen = make(CALLS, "soldier=Ivan", "soldier=Leonid", then=reader.go)
        assert "In the Reader" in seen.part("page")
        seen.tell(do="turn", turn="leonid-3-04")
        assert reader.place == "leonid-3-04"
        both = traitlets.link((reader, "place"), (seen, "place"))
        reader.place = "ivan-2-03"
        assert seen.place == "ivan-2-03"
        seen.place = "leonid-4-02"
        assert reader.place == "leonid-4-02"
        both.unlink()
        assert "In the Reader" not in make(CALLS, "", "").part("page")
        reader.close()

    def test_has_the_text_in_sizes_and_covers_strong_language(self, make):
        copy = DEMO.with_text({"frost-1-02": "What the d--- is this?"})
        seen = make(copy, "part=Spring", "")
        seen.tell(do="set", name="size", value="2")
        seen.tell(do="set", name="size", value="3")
        assert seen.display == "size=3"
        seen.display = "mask=1"
        assert seen.table.words(0)["frost-1-02"] == "What the ▒▒▒ is this?"

    def test_leaves_no_widget_behind_when_it_is_closed(self):
        before = len(_instances)
        seen = Comparison(DEMO, "", "part=Spring", "layer=gist")
        seen.tell = seen._pane._handle_custom_msg
        seen.tell({"do": "attach"}, [])
        seen.tell({"do": "remove", "side": 2}, [])
        assert len(_instances) > before
        seen.close()
        assert len(_instances) == before

    def test_is_closed_when_its_cell_runs_again(self):
        before = len(_instances)
        for message in ("one", "two", "three"):
            view = Comparison(DEMO, "", "part=Spring")
            cells.take_over(view, lambda message=message: ("a comparison's cell", message))
        assert len(_instances) > before
        view.close()
        assert len(_instances) == before


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> Corpus:
    return read(archive.write(8_000, tmp_path_factory.mktemp("archive")))


class TestManyRows:
    def test_are_shown_in_parts_of_at_most_500_turns(self, make, many):
        for by in ("position", "theme", "place"):
            seen = make(many, "role=mother", "role=soldier", "role=wife", "", by=by)
            assert seen.part("page").count("<article") <= 500
            assert seen.sent[-1]["of"] == len(seen.rows)

    def test_are_all_reached_one_part_after_the_other(self, make, many):
        seen = make(many, "role=mother", "role=soldier", by="theme")
        shown: list[list[list[str]]] = []
        number = 0
        while number < len(seen.rows):
            message = seen.tell(do="window", number=number)
            assert message["first"] <= number
            shown += seen.table.ids()[len(shown) - message["first"] :]
            number = message["first"] + len(seen.table.ids())
        mothers = [turn for row in shown for turn in row[0]]
        assert set(mothers) == set(many.select(role="mother").turns["turn_id"])

    def test_lead_from_a_place_to_its_row(self, make, many):
        seen = make(many, "role=mother", "role=soldier", by="position")
        far = many.turn_id(many.select(role="soldier").nth(900))
        seen.place = far
        assert any(far in row[1] for row in seen.table.ids())
        assert seen.sent[-1]["number"] == 900

    @pytest.mark.parametrize("by", ["position", "place", "theme"])
    def test_hold_every_turn_in_the_row_that_is_said_to_hold_it(self, make, many, by):
        seen = make(many, "role=mother", "role=soldier", by=by)
        for side in (0, 1):
            for number in (0, 7, 311, len(seen._sides[side].corpus) - 1):
                turn = many.turn_id(seen._sides[side].corpus.nth(number))
                row = seen.rows[seen._row_of(turn)]
                assert many.row(turn) in row.cells[side]
        assert seen._row_of(many.turn_id(many.select(role="reporter").nth(0))) is None

    def test_open_in_less_than_a_second(self, make, many):
        begun = time.perf_counter()
        make(many, "role=mother", "role=soldier", by="position")
        assert time.perf_counter() - begun < 1


@settings(max_examples=30, deadline=None)
@given(st.lists(WORDS.filter(str.strip), min_size=1, max_size=4), NAMES, NAMES, st.booleans())
def test_any_text_and_any_name_come_back_as_they_were(words, name, title, marking):
    n = len(words)
    corpus = Corpus(
        {
            "turns": pd.DataFrame(
                {
                    "turn_id": [f"t{i}" for i in range(n)],
                    "conversation_id": ["c"] * n,
                    "position": [str(i + 1) for i in range(n)],
                    "speaker_id": ["s"] * n,
                    "kind": ["speech"] * n,
                    "text": words,
                    "lang": title,
                }
            ),
            "conversations": pd.DataFrame({"conversation_id": ["c"], "title": [title]}),
            "speakers": pd.DataFrame({"speaker_id": ["s"], "name": [name]}),
        },
        Descriptor(
            "small", title, population=title, facets=(Facet("speaker", title, "speakers.name"),)
        ),
    )
    seen = Heard(corpus, "", "layer=text")
    try:
        if marking:
            seen.marks = "shared"
        table = seen.table
        assert [t["words"] for row in table.rows for t in row[1]["turns"]] == words
        known = {"div", "article", "p", "b", "i", "span", "small", "mark", "button", "h3"}
        assert {tag for tag, _ in table.tags} <= known
        for part in ("foot", "ways", "legend", "status"):
            Table(seen.part(part))
    finally:
        seen.close()


def test_a_saved_notebook_holds_no_word_of_a_turn(tmp_path):
    code = """from readerlib import Comparison, load
demo = load("demo")
seen = Comparison(demo, "layer=text", "layer=gist", notices="show")
seen.marks = "shared"
seen._pane._handle_custom_msg({"do": "ready"}, [])
seen"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    saved = json.dumps(notebook, ensure_ascii=False)
    assert "widget-state" in saved
    assert "Here the comparison opens." in saved
    assert "layer=gist" in saved
    for row in DEMO.turns.to_dict("records"):
        for layer in layers(DEMO):
            assert not row[layer] or row[layer][:25] not in saved


def test_the_rows_are_drawn_by_the_one_renderer():
    """A turn in a comparison is the turn of the Reader, and what stands around it differs."""
    inside = re.search(r'<p class="words gist"[^>]*>(.*?)</p>', render.page(CALLS).html)
    assert inside is not None
    seen = Heard(CALLS, "", "layer=gist", notices="show")
    assert inside[0] in seen.part("page")
    seen.close()


@pytest.mark.parametrize("name", ["layer", "position", "match", "place"])
def test_a_facet_called_like_something_else_is_offered_beside_it(name: str):
    tables = {
        "turns": pd.DataFrame(
            {
                "turn_id": ["a", "b", "c"],
                "conversation_id": "talk",
                "position": ["1", "2", "3"],
                "speaker_id": "anna",
                "kind": "speech",
                "text": ["It snows.", "It thaws.", "It rains."],
                "gist": ["Snow is told of.", "Thaw is told of.", "Rain is told of."],
                "where": ["hill", "brook", "hill"],
            },
            dtype=str,
        ),
        "conversations": pd.DataFrame({"conversation_id": ["talk"]}, dtype=str),
        "speakers": pd.DataFrame({"speaker_id": ["anna"], "name": ["Anna"]}, dtype=str),
    }
    facet = Facet(name, name.capitalize(), "turns.where")
    corpus = Corpus(tables, Descriptor("weather", "Weather", facets=(facet,)))
    seen = Comparison(corpus, Side(corpus.select(Selection.of({name: "hill"})), "gist"), "")
    # What it spells is read as the same again.
    again = Comparison(corpus, *seen.sides)
    assert [(len(side.corpus), side.layer) for side in again._sides] == [(2, "gist"), (3, "")]
    # Both are among the choosers of a side, and among the ways of making rows.
    controls = seen._choosers.rows[1].controls
    assert {"Text", name.capitalize()} <= {each.description for each in controls.values()}
    next(each for each in controls.values() if each.description == "Text").value = ("text",)
    assert seen._sides[1].layer == "text"
    ways = seen._ways()
    assert len(set(ways.values())) == len(ways)
    for way, rows in {"position": 3, "place": 3, alignment.way_of(name): 2}.items():
        seen.by = way
        assert len(seen.rows) == rows
    with pytest.raises(SelectionError, match="2 text layers on one side"):
        Side.parse(DEMO, "layer=text&layer=gist")


def test_its_looks_hold_whichever_view_brings_its_own_last():
    rules = re.sub(
        r"/\*.*?\*/", "", (STATIC / "comparison.css").read_text("utf-8"), flags=re.DOTALL
    )
    selectors = [part for head in re.findall(r"([^{}]+)\{", rules) for part in head.split(",")]
    ours = [part.strip() for part in selectors if ".readerlib" in part]
    assert len(ours) > 50
    # With the same weight as the Reader's rules the last style sheet of the page would win.
    assert [part for part in ours if not re.search(r"\.readerlib\.compar(ing|ison)\b", part)] == []
