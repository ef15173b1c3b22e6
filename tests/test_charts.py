"""Charts: every number that is drawn is computed again from the exported table.

The functions here read the drawing and the CSV file with no help of what made them.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import defaultdict
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

import brute
from readerlib import charts, render
from readerlib.charts import Chart
from readerlib.charts.events import span
from readerlib.charts.places import view
from readerlib.corpus import Corpus
from readerlib.datasets import load
from readerlib.descriptor import Descriptor, Facet
from readerlib.errors import ReaderError, TextMissing
from readerlib.render.outlines import Frame, outlines
from readerlib.selection import Selection
from readerlib.views import ChartView, Reader

CSS = (Path(render.__file__).parent / "chart.css").read_text("utf8")
CALLS, DEMO = load("calls"), load("demo")
SVG = "{http://www.w3.org/2000/svg}"
WIDTHS = (0, 1)
"""The drawing for a wide page, and that for a narrow one."""


def exported(chart: Chart) -> list[dict[str, str]]:
    """The table as somebody else reads it: a file of text."""
    return list(csv.DictReader(io.StringIO(chart.table.to_csv(index=False))))


class Sheet:
    """A drawing as its file says it."""

    def __init__(self, chart: Chart, width: int) -> None:
        text = render.standalone(chart.drawings[width], chart.title, chart.alt)
        self.root = etree.fromstring(text.encode())
        found = self.root.findall(f".//{SVG}g[@data-mark]")
        self.marks = sorted(found, key=lambda mark: int(mark.get("data-mark")))

    def of(self, kind: str, within: etree._Element | None = None) -> list[etree._Element]:
        """The shapes that have all classes of `kind`."""
        wanted = set(kind.split())
        found = (self.root if within is None else within).iter()
        return [shape for shape in found if wanted <= set(shape.get("class", "").split())]

    def texts(self, within: etree._Element | None = None) -> list[str]:
        found = (self.root if within is None else within).iter(f"{SVG}text")
        return ["".join(text.itertext()) for text in found]


def at(shape: etree._Element, *names: str) -> list[float]:
    return [float(shape.get(name)) for name in names]


def points(shape: etree._Element) -> list[tuple[float, float]]:
    """The corners of a path of absolute moves and lines."""
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", shape.get("d"))]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def numbers_in(text: str) -> list[int]:
    return [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", text)]


def words_of(*voices: tuple[str, str, int], plays: int = 30) -> Corpus:
    """A corpus in which each speaker says a word so many times, beside common words."""
    turns, n = [], 0
    for name, word, often in voices:
        for i in range(plays):
            said = f"{word} " * (often if i % 2 else 0) + "the weather and the road again today"
            turns.append((f"t{n}", name, said))
            n += 1
    return corpus_of(turns)


def corpus_of(turns: list[tuple[str, str, str]], **tables: pd.DataFrame) -> Corpus:
    names = list(dict.fromkeys(name for _, name, _ in turns))
    made = {
        "turns": pd.DataFrame(
            {
                "turn_id": [t for t, _, _ in turns],
                "conversation_id": ["c"] * len(turns),
                "position": [str(i + 1) for i in range(len(turns))],
                "speaker_id": [f"s{names.index(name)}" for _, name, _ in turns],
                "kind": ["speech"] * len(turns),
                "text": [said for _, _, said in turns],
            }
        ),
        "conversations": pd.DataFrame({"conversation_id": ["c"], "title": ["Talk"]}),
        "speakers": pd.DataFrame(
            {"speaker_id": [f"s{i}" for i in range(len(names))], "name": names}
        ),
    }
    facets = (Facet("speaker", "Speaker", "speakers.name"),)
    return Corpus({**made, **tables}, Descriptor("made", "Made", facets=facets))


KEYED = words_of(("Anna", "harbour", 4), ("Boris", "saddle", 5))


def every_chart() -> list[Chart]:
    return [
        charts.speech_share(CALLS),
        charts.dispersion(CALLS, "mother*"),
        charts.ribbon(CALLS),
        charts.themes(CALLS),
        charts.keyness(KEYED.select(speaker="Anna"), KEYED.select(speaker="Boris")),
        charts.timeline(CALLS),
        charts.places(CALLS),
    ]


EVERY = every_chart()
each_chart = pytest.mark.parametrize("chart", EVERY, ids=lambda chart: chart.name.split()[0])


class TestSpeechShare:
    @pytest.mark.parametrize("width", WIDTHS)
    @pytest.mark.parametrize("by", ["speaker", "role", "conversation_id"])
    def test_bars_and_labels_follow_from_the_table(self, width: int, by: str):
        chart = charts.speech_share(CALLS, by)
        rows, sheet = exported(chart)[:30], Sheet(chart, width)
        turns, words = (sum(int(r[k]) for r in exported(chart)) for k in ("turns", "words"))
        assert len(sheet.marks) == len(rows)
        scales = []
        for row, mark in zip(rows, sheet.marks, strict=True):
            for kind, share, whole, what in (
                ("fill s0", int(row["turns"]), turns, "turn"),
                ("fill s1", int(row["words"]), words, "word"),
            ):
                [bar] = sheet.of(kind, mark)
                assert float(row[f"{what}_share"]) == pytest.approx(share / whole)
                scales.append((at(bar, "width")[0], share / whole))
                part = share / whole
                percent = f"{part:.1%}" if 0 < part < 0.01 else f"{part:.0%}"
                assert f"{counted(share, what)} · {percent}" in sheet.texts(mark)
        longest = max(scales)
        for wide, share in scales:
            assert wide == pytest.approx(share / longest[1] * longest[0], abs=0.01)

    def test_the_table_is_what_the_files_say(self):
        rows = {row["speaker"]: row for row in exported(charts.speech_share(CALLS))}
        people = {row["speaker_id"]: row["name"] for row in brute.table("speakers")}
        turns: dict[str, int] = defaultdict(int)
        words: dict[str, int] = defaultdict(int)
        for turn in brute.table("turns"):
            if turn["kind"] != "cut":
                turns[people[turn["speaker_id"]]] += 1
                words[people[turn["speaker_id"]]] += int(turn["words"])
        assert {n: (int(r["turns"]), int(r["words"])) for n, r in rows.items()} == {
            n: (turns[n], words[n]) for n in turns
        }

    def test_a_mark_selects_exactly_the_turns_that_were_counted(self):
        """Cuts are not counted, and the narrator has some."""
        for corpus in (CALLS, CALLS.select(soldier="Ivan"), DEMO):
            chart = charts.speech_share(corpus)
            for row, mark in zip(exported(chart), chart.marks, strict=True):
                assert len(corpus.whole.select(mark.selection)) == int(row["turns"]), mark

    def test_one_speaker_alone_is_told_not_to_be_comparable(self):
        chart = charts.speech_share(CALLS.select(speaker="Olya"))
        assert chart.notes == ("There is only one bar, so nothing can be compared.",)

    def test_the_gist_is_of_the_same_numbers(self):
        chart = charts.speech_share(CALLS)
        rows = exported(chart)
        told = [int(row[k]) for row in rows[:4] for k in ("turns", "words")]
        told += [len(rows) - 4]
        told += [round(100 * float(rows[0][k])) for k in ("turn_share", "word_share")]
        assert numbers_in(chart.alt) == told


class TestDispersion:
    @pytest.mark.parametrize("width", WIDTHS)
    @pytest.mark.parametrize("corpus", [CALLS, DEMO, CALLS.select(soldier="Maxim")])
    @pytest.mark.parametrize("term", ["mother*", "the", "never-said"])
    def test_lines_and_ticks_follow_from_the_table(self, corpus: Corpus, width: int, term: str):
        chart = charts.dispersion(corpus, term)
        rows, sheet = exported(chart), Sheet(chart, width)
        parts: dict[str, list[dict[str, str]]] = {}
        for row in rows:
            parts.setdefault(row["conversation_id"], []).append(row)
        lines = sheet.of("track")
        assert len(lines) == len(parts)
        longest = max(int(row["of"]) for row in rows)
        full = max(at(line, "width")[0] for line in lines)
        hits = []
        for line, (name, mine) in zip(lines, parts.items(), strict=True):
            x, wide = at(line, "x", "width")
            assert wide == pytest.approx(max(int(mine[0]["of"]) / longest * full, 1), abs=0.01)
            found = [row for row in mine if row["turn_id"]]
            assert counted(len(found), "hit") in sheet.texts(), name
            hits += [(row, x + int(row["at"]) / longest * full) for row in found]
        ticks = sheet.of("tick")
        assert len(ticks) == len(hits) == len(chart.marks)
        for tick, mark, (row, x), place in zip(ticks, sheet.marks, hits, chart.marks, strict=True):
            assert points(tick)[0][0] == pytest.approx(x, abs=0.01)
            said = f"{row['turn_id']} · word {int(row['at']) + 1:,} of {int(row['of']):,}"
            assert mark.findtext(f"{SVG}title") == said
            assert place.place == row["turn_id"]
        assert [int(n) for n in numbers_in(chart.alt)[:3]] == [
            len(hits),
            sum(any(row["turn_id"] for row in mine) for mine in parts.values()),
            len(parts),
        ]

    def test_words_and_hits_are_those_of_a_count_by_hand(self):
        rows = exported(charts.dispersion(DEMO, "basket"))
        assert [(r["turn_id"], r["at"], r["of"]) for r in rows] == [
            ("frost-1-03", "60", "71"),
            ("frost-1-04", "63", "71"),
            ("", "", "90"),
            ("frost-3-01", "17", "56"),
        ]

    def test_of_very_many_hits_the_parts_are_chosen(self):
        corpus = words_of(("Anna", "harbour", 60), ("Boris", "saddle", 1))
        chart = charts.dispersion(corpus, "harbour", by="speaker")
        rows = exported(chart)
        assert [mark.selection for mark in chart.marks] == ["speaker=Anna&find=harbour", ""]
        for width in WIDTHS:
            sheet = Sheet(chart, width)
            [tick] = sheet.of("tick")
            line, _ = sheet.of("track")
            x, wide = at(line, "x", "width")
            ticks = [float(n) for n in re.findall(r"M([\d.]+)", tick.get("d"))]
            hits = [x + int(r["at"]) / int(r["of"]) * wide for r in rows if r["turn_id"]]
            # Ticks that nobody could tell apart are drawn once.
            assert len(hits) >= len(ticks) > 100
            assert all(min(abs(hit - tick) for tick in ticks) < 0.14 for hit in hits)
            assert all(min(abs(hit - tick) for hit in hits) < 0.14 for tick in ticks)


class TestRibbon:
    @pytest.mark.parametrize("width", WIDTHS)
    @pytest.mark.parametrize(
        "selection", ["", "soldier=Leonid&chapter=3", "speaker=Mother", "chapter=2&kind=speech"]
    )
    def test_pieces_follow_from_the_table(self, selection: str, width: int):
        chart = charts.ribbon(CALLS.select(selection))
        rows, sheet = exported(chart), Sheet(chart, width)
        assert len(sheet.marks) == len(rows) == len(CALLS.select(selection))
        assert [m.place for m in chart.marks] == [row["turn_id"] for row in rows]
        lengths = []
        for row, mark in zip(rows, sheet.marks, strict=True):
            kept = sheet.of("kept", mark)
            assert bool(kept) == bool(row["notice"]), row
            if row["kind"] == "cut":
                assert sheet.of("cut", mark)
                continue
            pieces = sheet.of("account", mark) or sheet.of("fill", mark)
            wide = sum(at(piece, "width")[0] for piece in pieces)
            lengths.append((int(row["words"]), wide))
            if row["pattern"] in ("solid", "hollow", "account"):
                assert not sheet.of("hatch", mark)
            else:
                assert sheet.of(f"hatch {row['pattern']}", mark)
            assert row["pattern"] == "account" or row["kind"] != "narration"
        most = max(lengths)
        for words, wide in lengths:
            assert wide == pytest.approx(max(words / most[0] * most[1], 5), abs=0.05), words

    def test_speakers_of_a_call_differ_and_the_legend_names_them(self):
        for chapter, soldier in (("3", "Leonid"), ("2", "Ivan"), ("1", "Maxim")):
            chart = charts.ribbon(CALLS.select(soldier=soldier, chapter=chapter))
            said = {r["speaker"]: r["pattern"] for r in exported(chart) if r["kind"] == "speech"}
            assert len(set(said.values())) == len(said) == 2
            assert set(said) <= set(Sheet(chart, 1).texts())

    def test_words_and_notices_are_those_of_the_files(self):
        rows = exported(charts.ribbon(CALLS, notices={}))
        lengths = {turn["turn_id"]: turn["words"] for turn in brute.table("turns")}
        assert {row["turn_id"]: row["words"] for row in rows} == lengths
        kept, _ = brute.kept_back(bool)
        assert {row["turn_id"] for row in rows if row["notice"]} == kept
        shown = exported(charts.ribbon(CALLS, notices="show"))
        assert not [row for row in shown if row["notice"]]

    def test_turns_that_are_not_selected_leave_a_gap(self):
        chart = charts.ribbon(CALLS.select(soldier="Leonid", chapter="3", speaker="Mother"))
        assert len(Sheet(chart, 0).of("gap")) > 3
        assert "Only one speaker is selected, so nothing can be compared." in chart.notes


class TestThemes:
    @pytest.mark.parametrize("width", WIDTHS)
    @pytest.mark.parametrize("corpus", [CALLS, DEMO, CALLS.select(speaker="Mother")])
    def test_each_cell_holds_the_number_of_its_theme_and_chapter(self, corpus: Corpus, width: int):
        chart = charts.themes(corpus)
        rows, sheet = exported(chart), Sheet(chart, width)
        labels = {row["label"] for row in rows}
        chapters = list(dict.fromkeys(row["conversation_id"] for row in rows))
        headings = {row["conversation_id"]: row["heading"] for row in rows}
        assert len(sheet.of("cell")) == len(labels) * len(chapters)
        heads = []
        for text in sheet.root.iter(f"{SVG}text"):
            if turned := re.match(r"translate\(([\d.]+) ([\d.]+)\)", text.get("transform", "")):
                heads.append((float(turned[1]), float(turned[2]), "".join(text.itertext())))
        assert len(heads) == len(chapters)
        for (_, _, said), chapter in zip(heads, chapters, strict=True):
            assert headings[chapter].startswith(said.rstrip("…"))
        most = max(int(row["turns"]) for row in rows)
        for row, mark in zip(rows, sheet.marks, strict=True):
            [cell] = sheet.of("cell", mark)
            x, y, wide, high = at(cell, "x", "y", "width", "height")
            turns = int(row["turns"])
            assert sheet.texts(mark) == [str(turns)]
            assert f"m{math.ceil(turns * 4 / most)}" in cell.get("class").split()
            # Its column is the next heading above it, its row the label at its height.
            above = [h for h in heads if x < h[0] < x + wide and h[1] < y]
            column = max(above, key=lambda head: head[1])
            assert headings[row["conversation_id"]].startswith(column[2].rstrip("…"))
            beside = [
                "".join(text.itertext())
                for text in sheet.root.iter(f"{SVG}text")
                if text.get("x") == "0" and y < float(text.get("y")) < y + high
            ]
            assert " ".join(beside) == row["label"]

    def test_the_numbers_are_those_of_the_files_and_a_mark_selects_so_many(self):
        chart = charts.themes(CALLS)
        talks = {turn["turn_id"]: turn["conversation_id"] for turn in brute.table("turns")}
        found: dict[tuple[str, str], int] = defaultdict(int)
        for turn_id, label in {
            (r["turn_id"], r["value"]) for r in brute.table("annotations") if r["layer"] == "theme"
        }:
            found[talks[turn_id], label] += 1
        rows = exported(chart)
        assert {(r["conversation_id"], r["label"]): int(r["turns"]) for r in rows} == found
        placed = 0
        for row, mark in zip(rows, chart.marks, strict=True):
            if mark.selection:
                assert len(CALLS.select(mark.selection)) == int(row["turns"]), mark
            else:
                placed += 1
                assert talks[mark.place] == row["conversation_id"]
        assert 0 < placed < len(rows) / 2


class TestKeyness:
    @pytest.mark.parametrize("width", WIDTHS)
    def test_bars_and_counts_follow_from_the_table(self, width: int):
        chart = EVERY[4]
        rows, sheet = exported(chart), Sheet(chart, width)
        ratios = [float(row["log_ratio"]) for row in rows]
        assert ratios == sorted(ratios, reverse=True)
        [axis] = sheet.of("axis")
        middle = points(axis)[0][0]
        most = max(map(abs, ratios))
        full = max(at(bar, "width")[0] for bar in sheet.of("fill"))
        for row, mark in zip(rows, sheet.marks, strict=True):
            [bar] = sheet.of("fill", mark)
            x, wide = at(bar, "x", "width")
            ratio = float(row["log_ratio"])
            assert wide == pytest.approx(abs(ratio) / most * full, abs=0.02)
            assert (x if ratio >= 0 else x + wide) == pytest.approx(middle, abs=0.02)
            kinds = set(bar.get("class").split())
            assert ("s8" in kinds) == (row["stands_out"] == "False")
            if row["stands_out"] == "True":
                assert ("s0" in kinds) == (ratio >= 0)
            said = f"{int(row['target']):,} : {int(row['reference']):,}"
            assert sheet.texts(mark) == [row["word"], said]

    def test_the_planted_words_stand_out_and_lead_to_the_turns_that_hold_them(self):
        chart = EVERY[4]
        out = {row["word"]: row for row in exported(chart) if row["stands_out"] == "True"}
        assert set(out) == {"harbour", "saddle"}
        assert (out["harbour"]["target"], out["saddle"]["reference"]) == ("60", "75")
        marks = dict(zip((r["word"] for r in exported(chart)), chart.marks, strict=True))
        assert marks["harbour"].selection == "speaker=Anna&find=harbour"
        assert marks["saddle"].selection == "speaker=Boris&find=saddle"
        assert len(KEYED.select(marks["saddle"].selection)) == 15

    def test_names_each_side_by_what_the_other_does_not_share(self):
        spring = load("demo").select(part="Spring")
        chart = charts.keyness(spring.select(speaker="Tomas"), spring.select(speaker="Irena"))
        assert chart.title.startswith("Words of Speaker: Tomas against Speaker: Irena:")
        assert "Part: Spring" in chart.population

    def test_where_nothing_stands_out_nothing_is_emphasised_and_it_says_so(self):
        same = words_of(("Anna", "road", 1), ("Boris", "road", 1))
        chart = charts.keyness(same.select(speaker="Anna"), same.select(speaker="Boris"))
        assert chart.notes[0] == "No word stands out: differences like these can come by chance."
        assert chart.alt == chart.notes[0]
        assert not Sheet(chart, 0).of("fill s0")

    def test_where_every_word_is_rare_it_says_so(self):
        few = corpus_of([("a", "Anna", "good morning"), ("b", "Boris", "good night")])
        chart = charts.keyness(few.select(speaker="Anna"), few.select(speaker="Boris"))
        assert "No word is frequent enough" in chart.alt
        assert "<svg" not in chart.figure()

    def test_summaries_are_no_words(self):
        with pytest.raises(TextMissing):
            charts.keyness(CALLS.select(speaker="Mother"), CALLS.select(speaker="Leonid"))


class TestTimeline:
    @pytest.mark.parametrize("width", WIDTHS)
    @pytest.mark.parametrize("corpus", [CALLS, CALLS.select(soldier="Maxim")])
    def test_spans_are_as_long_as_the_date_is_open(self, corpus: Corpus, width: int):
        chart = charts.timeline(corpus)
        rows, sheet = exported(chart), Sheet(chart, width)
        dated = [row for row in rows if row["date"]]
        assert rows[: len(dated)] == dated
        first = min(date.fromisoformat(row["first"]) for row in dated)
        last = max(date.fromisoformat(row["last"]) for row in dated) + timedelta(days=1)
        places = []
        for row, mark in zip(rows, sheet.marks, strict=True):
            spans = sheet.of("fill", mark)
            if not row["date"]:
                assert not spans
                continue
            [shape] = spans
            begin = (date.fromisoformat(row["first"]) - first).days
            end = (date.fromisoformat(row["last"]) - first).days + 1
            if row["precision"] == "day":
                places.append((points_of_diamond(shape), (begin + end) / 2))
            else:
                x, wide = at(shape, "x", "width")
                places += [(x, begin), (x + wide, end)]
        whole = (last - first).days
        low, high = min(places), max(places)
        scale = (high[0] - low[0]) / (high[1] - low[1])
        for x, day in places:
            assert x == pytest.approx(low[0] + (day - low[1]) * scale, abs=0.05)
        assert all(0 <= day <= whole for _, day in places)
        # The years and months that are ruled stand where they are.
        for text in sheet.root.iter(f"{SVG}text"):
            said = "".join(text.itertext())
            if re.fullmatch(r"[A-Z][a-z]{2} \d{4}", said) and "quiet" in text.get("class", ""):
                month = pd.Timestamp(f"1 {said}").date()
                day = max((month - first).days, 0)
                assert float(text.get("x")) == pytest.approx(
                    low[0] + (day - low[1]) * scale, abs=0.05
                )

    def test_a_date_is_as_precise_as_it_was_written(self):
        for row in exported(charts.timeline(CALLS)):
            written = row["date"]
            first, last = row["first"], row["last"]
            expected = {0: "", 4: "year", 7: "month", 10: "day"}[len(written)]
            assert row["precision"] == expected
            if not written:
                continue
            assert first.startswith(written)
            assert last.startswith(written)
            after = date.fromisoformat(last) + timedelta(days=1)
            assert not after.isoformat().startswith(written)
            before = date.fromisoformat(first) - timedelta(days=1)
            assert not before.isoformat().startswith(written)

    def test_every_event_of_the_table_is_there_once_and_undated_ones_stand_below(self):
        rows = exported(charts.timeline(CALLS))
        events = {row["event_id"]: row for row in brute.table("events")}
        assert sorted(row["event_id"] for row in rows) == sorted(events)
        assert all(row["date"] == events[row["event_id"]]["date"] for row in rows)
        for width in WIDTHS:
            texts = Sheet(charts.timeline(CALLS), width).texts()
            assert "Without a date" in texts

    def test_an_event_that_rests_on_a_turn_behind_a_notice_is_not_described(self):
        rows = {row["event_id"]: row for row in exported(charts.timeline(CALLS))}
        kept, _ = brute.kept_back(lambda has: bool(has - set(CALLS.descriptor.shown_notices)))
        described = {row["event_id"]: row["event"] for row in brute.table("events")}
        behind = {
            row["value"]
            for row in brute.table("annotations")
            if row["layer"] == "event" and row["turn_id"] in kept
        }
        assert behind == {event for event, row in rows.items() if row["notice"]}
        assert len(behind) > 4
        for event, row in rows.items():
            assert row["event"] == ("" if event in behind else described[event])
        page = charts.timeline(CALLS).html()
        assert not [event for event in behind if described[event][:40] in page]
        shown = exported(charts.timeline(CALLS, notices="show"))
        assert {row["event_id"]: row["event"] for row in shown} == described

    def test_a_mark_selects_the_turns_on_which_its_event_rests(self):
        chart = charts.timeline(CALLS)
        for row, mark in zip(exported(chart), chart.marks, strict=True):
            turns = {
                r["turn_id"]
                for r in brute.table("annotations")
                if r["layer"] == "event" and r["value"] == row["event_id"]
            }
            assert set(row["turn_ids"].split()) == turns
            assert int(row["turns"]) == len(turns)
            if turns:
                found = CALLS.select(mark.selection)
                assert set(found.turns["turn_id"]) == turns

    def test_a_selection_leaves_the_events_that_its_turns_tell(self):
        rows = exported(charts.timeline(CALLS.select(soldier="Leonid")))
        assert {row["event_id"] for row in rows} == {
            "crossing",
            "chernobyl-fire",
            "kyiv-plan",
            "leonid-near-bucha",
            "leonid-return",
            "mothers-interviewed",
        }

    @given(st.dates(min_value=date(1, 1, 1), max_value=date(9999, 12, 31)))
    def test_a_year_and_a_month_are_whole(self, day: date):
        for written, unit in (
            (f"{day.year:04}", "year"),
            (f"{day.year:04}-{day.month:02}", "month"),
            (day.isoformat(), "day"),
        ):
            found = span(written)
            assert found.precision == unit
            assert found.first <= day <= found.last
            assert found.first.isoformat().startswith(written)
            assert found.last.isoformat().startswith(written)

    @pytest.mark.parametrize(
        "written", ["", "spring", "2022-13", "2022-02-30", "22", "0000", "२०२२"]
    )
    def test_what_is_no_date_has_no_span(self, written: str):
        assert span(written) is None


def points_of_diamond(shape: etree._Element) -> float:
    """Where the upper corner of a diamond is: above its middle."""
    return float(re.match(r"M(-?[\d.]+)", shape.get("d"))[1])


class TestPlaces:
    @pytest.mark.parametrize("width", WIDTHS)
    def test_pins_and_the_scale_follow_from_the_coordinates(self, width: int):
        chart = charts.places(CALLS)
        rows, sheet = exported(chart), Sheet(chart, width)
        located = [row for row in rows if row["latitude"]]
        pins = [at(pin, "cx", "cy") for pin in sheet.of("pin")]
        assert len(pins) == len(located) == 4
        where = [(float(row["longitude"]), float(row["latitude"])) for row in located]
        # From the two that are furthest apart, for a pin is told to a tenth of a pixel.
        ends = where.index(min(where)), where.index(max(where))
        (x1, y1), (x2, y2) = (pins[end] for end in ends)
        (east1, north1), (east2, north2) = (where[end] for end in ends)
        across, down = (x2 - x1) / (east2 - east1), (y1 - y2) / (north2 - north1)
        for (x, y), (east, north) in zip(pins, where, strict=True):
            assert x == pytest.approx(x1 + (east - east1) * across, abs=0.1)
            assert y == pytest.approx(y1 - (north - north1) * down, abs=0.1)
        # A degree of longitude is shorter by the cosine of the latitude at the map's middle.
        [sea] = sheet.of("sea")
        middle = north1 + (y1 - at(sea, "height")[0] / 2) / down
        assert across / down == pytest.approx(math.cos(math.radians(middle)), rel=0.01)
        [bar] = sheet.of("scale")
        wide = float(re.search(r"h([\d.]+)", bar.get("d"))[1])
        [said] = [text for text in sheet.texts() if text.endswith(" km")]
        assert wide / down * 111.32 == pytest.approx(numbers_in(said)[0], rel=0.01)

    def test_bucha_is_as_far_from_kyiv_as_it_is(self):
        """23.7 km between the coordinates, by the haversine."""
        chart = charts.places(CALLS)
        rows = {row["place"]: row for row in exported(chart)}
        sheet = Sheet(chart, 0)
        [bar] = sheet.of("scale")
        pixels = float(re.search(r"h([\d.]+)", bar.get("d"))[1])
        kilometres = numbers_in(next(t for t in sheet.texts() if t.endswith(" km")))[0]
        pins = dict(zip(rows, (at(p, "cx", "cy") for p in sheet.of("pin")), strict=False))
        apart = math.dist(pins["Bucha"], pins["Kyiv"]) * kilometres / pixels
        assert apart == pytest.approx(23.7, rel=0.05)

    @pytest.mark.parametrize("width", WIDTHS)
    def test_counts_are_those_of_the_files(self, width: int):
        chart = charts.places(CALLS)
        found: dict[str, int] = defaultdict(int)
        for event in brute.table("events"):
            found[event["place"]] += 1
        rows, sheet = exported(chart), Sheet(chart, width)
        assert {row["place"]: int(row["events"]) for row in rows} == found
        for row, mark, made in zip(rows, sheet.marks, chart.marks, strict=True):
            name = row["place"] or "No place told"
            said = row["events"] if row["latitude"] else counted(int(row["events"]), "event")
            assert f"{name} · {said}" in sheet.texts(mark)
            assert len(CALLS.select(made.selection)) == int(row["turns"])

    @pytest.mark.parametrize("width", WIDTHS)
    def test_no_label_covers_a_pin_or_another_label(self, width: int):
        sheet = Sheet(charts.places(CALLS), width)
        boxes = []
        for mark in sheet.marks[:4]:
            [hit] = sheet.of("hit", mark)
            x, y, wide, high = at(hit, "x", "y", "width", "height")
            boxes.append((x, y, x + wide, y + high))
        pins = [at(pin, "cx", "cy") for pin in sheet.of("pin")]
        for one, other in combinations(boxes, 2):
            apart = one[2] <= other[0] or other[2] <= one[0]
            assert apart or one[3] <= other[1] or other[3] <= one[1]
        for x1, y1, x2, y2 in boxes:
            assert not [p for p in pins if x1 < p[0] < x2 and y1 < p[1] < y2]

    def test_the_line_across_the_isthmus_of_perekop_is_not_drawn(self):
        found = outlines(Frame(31, 43, 38, 48))
        near = [
            point
            for line in found.borders
            for point in line.tolist()
            if 33 < point[0] < 36 and 45.5 < point[1] < 46.5
        ]
        assert not near
        crimea = [
            (name, point)
            for name, places in found.names.items()
            for point in places.tolist()
            if 32.3 < point[0] < 36.7 and 44.2 < point[1] < 46
        ]
        assert not crimea
        assert "Crimea is drawn as part of Ukraine" in " ".join(charts.places(CALLS).notes)

    @given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=6))
    @settings(max_examples=60, deadline=None)
    def test_every_place_on_earth_is_within_its_map(self, where: list[tuple[float, float]]):
        for width in (720, 260):
            seen = view(where, width)
            assert 0 < seen.height < 3 * width
            for longitude, latitude in where:
                turn = (longitude - seen.frame.west) % 360 + seen.frame.west
                x, y = seen.at(turn, latitude)
                assert -0.5 <= x <= width + 0.5
                assert -0.5 <= y <= seen.height + 0.5

    @pytest.mark.parametrize("width", WIDTHS)
    def test_the_map_of_the_calls_shows_where_in_the_world_it_is(self, width: int):
        texts = Sheet(charts.places(CALLS), width).texts()
        assert {"Belarus", "Russia", "Ukraine"} <= set(texts)
        rows = [row for row in exported(charts.places(CALLS)) if row["latitude"]]
        where = [(float(row["longitude"]), float(row["latitude"])) for row in rows]
        # The mouth of the Dnieper, where the Black Sea begins.
        seen = view(where, (720, 260)[width])
        assert seen.frame.south < 46
        assert seen.frame.west < 31 < seen.frame.east
        # A single place has as much around it.
        alone = view(where[:1], 720).frame
        assert alone.north - alone.south >= 6

    def test_a_map_across_the_line_of_dates_holds_both_sides(self):
        found = outlines(Frame(170, -25, 190, -10))
        assert max(ring[:, 0].max() for ring in found.land) > 180
        assert min(ring[:, 0].min() for ring in found.land) < 180

    def test_no_outline_leaps_over_the_map(self):
        """Where the line of dates is crossed, one side would else be joined to the other."""
        found = outlines(Frame(-180, -90, 180, 90))
        assert len(found.land) > 1000
        whole = [line for line in found.land if abs(line[:, 1]).max() < 88]
        for line in whole + found.borders:
            leaps = abs(line[1:, 0] - line[:-1, 0])
            # Along the edge of the frame an outline may run as far as it was cut.
            edge = abs(abs(line[1:, 0]) - 180) < 1e-6
            # The longest true one is the border along the 49th parallel.
            assert leaps[~edge].max(initial=0) < 30

    def test_what_is_drawn_lies_in_the_frame(self):
        frame = Frame(20, 44, 42, 56)
        found = outlines(frame)
        for line in found.land + found.borders:
            assert line[:, 0].min() >= frame.west - 1e-9
            assert line[:, 0].max() <= frame.east + 1e-9
            assert line[:, 1].min() >= frame.south - 1e-9
            assert line[:, 1].max() <= frame.north + 1e-9
        assert {"Ukraine", "Belarus", "Poland"} <= set(found.names)


class TestEveryChart:
    @each_chart
    def test_says_what_is_counted_of_what(self, chart: Chart):
        assert len(chart.title) > 15
        of = "60 turns" if "made" in chart.name else "258 of 258 turns, 122 of them speech, chosen"
        assert of in chart.population
        assert "Counted are" in chart.population
        assert re.search(r"[a-z]\.$", chart.alt)
        page = html.fromstring(chart.html())
        caption = page.find(".//figcaption")
        assert caption.text_content() == chart.title + chart.population
        for drawing in page.iter("svg"):
            assert drawing.get("role") == "img"
            assert drawing.get("aria-label") == chart.title
            assert drawing.findtext("title") == chart.title
            assert drawing.findtext("desc") == chart.alt

    @each_chart
    def test_needs_nothing_from_elsewhere(self, chart: Chart):
        for text in (chart.html(), chart.svg):
            assert not re.search(
                r"<script|href|url\(|@import|@font-face|<image|<use|\son\w+=", text
            )
            addresses = set(re.findall(r"\w+://[^\"' <]+", text))
            assert addresses <= {"http://www.w3.org/2000/svg"}

    @each_chart
    def test_the_page_holds_the_exported_table(self, chart: Chart):
        page = html.fromstring(chart.html())
        rows = page.findall(".//tbody/tr")
        table = exported(chart)
        assert len(rows) == min(len(table), 500)
        heads = [head.text_content() for head in page.findall(".//thead/tr/th")]
        assert heads == list(table[0])
        for row, told in zip(rows, table, strict=False):
            for cell, value in zip(row, told.values(), strict=True):
                said = cell.text_content()
                if re.fullmatch(r"-?\d+\.\d+(e-\d+)?", value):
                    assert float(said) == pytest.approx(float(value), abs=0.000501)
                else:
                    assert said == value.removesuffix(".0")

    @each_chart
    def test_cannot_be_changed(self, chart: Chart):
        with pytest.raises(AttributeError):
            chart.title = "another"  # type: ignore[misc]
        before = chart.table
        before.iloc[:, 0] = "changed"
        assert not (chart.table.iloc[:, 0].astype(str) == "changed").any()

    @each_chart
    def test_shows_its_name_and_size_and_no_word_as_plain_text(self, chart: Chart):
        rows = len(chart.table)
        assert repr(chart) == f"<Chart {chart.name}: {rows} row{'s' * (rows != 1)}>"
        assert set(chart._repr_mimebundle_()) == {"text/plain", "text/html"}

    @each_chart
    def test_its_marks_are_numbered_and_told_alike_in_both_drawings(self, chart: Chart):
        labels = [mark.label for mark in chart.marks]
        for width in WIDTHS:
            marks = Sheet(chart, width).marks
            numbers = [int(mark.get("data-mark")) for mark in marks]
            assert numbers == list(range(len(labels)))
            assert [mark.findtext(f"{SVG}title") for mark in marks] == labels

    @each_chart
    def test_nothing_stands_beyond_its_sheet(self, chart: Chart):
        for width, drawing in enumerate(chart.drawings):
            for shape in Sheet(chart, width).root.iter(f"{SVG}rect"):
                x, y, wide, high = at(shape, "x", "y", "width", "height")
                assert wide >= 0
                assert high >= 0
                assert x >= -1
                assert x + wide <= drawing.width + 1
                assert y + high <= drawing.height + 1

    def test_is_made_alike_each_time(self):
        for chart, again in zip(EVERY, every_chart(), strict=True):
            assert again.html() == chart.html()

    def test_the_gists_are_of_the_same_numbers(self):
        _, hits, ribbon, themes, keyness, timeline, places = EVERY
        rows = exported(hits)
        by_part: dict[str, int] = defaultdict(int)
        for row in rows:
            by_part[row["heading"]] += bool(row["turn_id"])
        some = [n for n in by_part.values() if n]
        assert numbers_in(hits.alt)[:4] == [sum(some), len(some), 23, max(some)]

        rows = exported(ribbon)
        lengths = {row["turn_id"]: int(row["words"]) for row in rows}
        said: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            if row["kind"] not in ("narration", "cut"):
                said[row["speaker"]].append(int(row["words"]))
        most = sorted(said.values(), key=sum, reverse=True)
        expected = [len(rows), len({row["conversation_id"] for row in rows})]
        expected += [n for mine in most[:3] for n in (len(mine), sum(mine))] + [len(most) - 3]
        expected += [sum(row["kind"] == "narration" for row in rows)]
        longest = max(lengths, key=lengths.__getitem__)
        assert numbers_in(ribbon.alt) == [*expected, *numbers_in(longest), lengths[longest]]

        rows = exported(themes)
        labels: dict[str, int] = defaultdict(int)
        for row in rows:
            labels[row["label"]] += int(row["turns"])
        fullest = max(rows, key=lambda row: int(row["turns"]))
        assert numbers_in(themes.alt) == [
            len(labels),
            len({row["conversation_id"] for row in rows}),
            max(labels.values()),
            *numbers_in(fullest["heading"]),
            int(fullest["turns"]),
        ]

        assert (
            keyness.alt == "Typical of Speaker: Anna: harbour; typical of Speaker: Boris: saddle."
        )
        rows = exported(timeline)
        units = [sum(row["precision"] == unit for row in rows) for unit in ("day", "month", "year")]
        assert numbers_in(timeline.alt) == [
            sum(units),
            2022,
            26,
            2023,
            *units,
            len(rows) - sum(units),
        ]
        assert numbers_in(timeline.population)[-1] == numbers_in(places.population)[-1] == len(rows)
        rows = exported(places)
        assert sum(int(row["events"]) for row in rows) == len(exported(timeline))
        located = [row for row in rows if row["latitude"]]
        assert numbers_in(places.alt) == [
            len(located),
            max(int(row["events"]) for row in located),
            sum(bool(row["place"]) for row in rows) - len(located),
        ]

    def test_of_no_turn_is_a_sentence_and_no_picture(self):
        none = CALLS.select(soldier="Ivan", speaker="Wife")
        assert len(none) == 0
        for chart in (
            charts.speech_share(none),
            charts.dispersion(none, "mother"),
            charts.ribbon(none),
            charts.themes(none),
            charts.timeline(none),
            charts.places(none),
            charts.timeline(KEYED),
            charts.places(KEYED),
        ):
            page = html.fromstring(chart.html())
            assert not list(page.iter("svg"))
            assert page.find_class("nothing")[0].text_content() == chart.alt
            assert len(chart.alt) > 15
            assert etree.fromstring(chart.svg.encode()).tag == f"{SVG}svg"
            assert len(chart.table) == 0
            assert chart.marks == ()

    def test_of_one_turn_says_that_nothing_can_be_compared(self):
        one = CALLS.select(soldier="Ivan", chapter="1", kind="document")
        assert len(one) == 1
        for chart in (charts.speech_share(one), charts.ribbon(one), charts.themes(one)):
            assert any("nothing can be compared" in note for note in chart.notes), chart.name
        assert any("nothing" in note for note in charts.dispersion(one, "war").notes)

    def test_holds_nothing_of_what_a_notice_keeps_back(self):
        shown = set(CALLS.descriptor.shown_notices)
        _, said = brute.kept_back(lambda has: bool(has - shown))
        assert len(said) > 500
        # What is said of an event that no notice keeps back may be said in the same words.
        rows = exported(charts.timeline(CALLS))
        said -= set().union(*(brute.runs(row["event"]) for row in rows))
        assert len(said) > 500
        for chart in EVERY[:4] + EVERY[5:]:
            told = brute.runs(html.fromstring(chart.figure()).text_content())
            assert not told & said, chart.name

    def test_holds_no_word_of_a_turn_but_the_words_that_it_counts(self):
        canary = {turn: f"canarybird{i} sings" for i, turn in enumerate(CALLS.turns["turn_id"])}
        told = CALLS.with_text(canary)
        for chart in (
            charts.speech_share(told),
            charts.dispersion(told, "mother"),
            charts.ribbon(told),
            charts.themes(told),
            charts.timeline(told),
            charts.places(told),
        ):
            assert "canarybird" not in chart.html() + repr(chart)

    def test_a_mistake_is_told_with_a_suggestion(self):
        for make in (
            lambda: charts.speech_share(CALLS, "speakr"),
            lambda: charts.dispersion(CALLS, "mother", by="speakr"),
            lambda: charts.dispersion(CALLS, "/m.*/"),
            lambda: charts.themes(CALLS, "thema"),
            lambda: charts.ribbon(CALLS, notices={"wound": "show"}),
            lambda: charts.timeline(CALLS, notices="shw"),
        ):
            with pytest.raises(ReaderError):
                make()


HOSTILE = [
    "<script>alert(1)</script>",
    '" onload="alert(1)',
    "</title></svg><img src=x onerror=alert(1)>",
    "&lt;b&gt; &amp; ]]> <!--",
    "רות אמרה שלום",
    "x" * 2000,
    "👩‍👩‍👧 family 🏳️‍🌈",
    "a b:c#d%e&f=g",
]


def hostile(bad: str) -> Corpus:
    """A corpus whose every name is the same bad one."""
    # An identifier and a label hold no sign that joins unseen.
    code = bad.replace("\u200d", "")
    events = pd.DataFrame(
        {
            "event_id": [code, "undated"],
            "date": ["2022-03", bad],
            "place": [bad, "Nowhere"],
            "latitude": ["50.45", ""],
            "longitude": ["30.52", ""],
            "event": [bad, bad],
        }
    )
    labels = pd.DataFrame(
        {"turn_id": ["t0", "t0", "t1"], "layer": ["theme", "event", "theme"], "value": [code] * 3}
    )
    turns = [("t0", bad, f"{bad} come home"), ("t1", "Anna", "come home soon")]
    made = dict(corpus_of(turns, events=events, annotations=labels).tables())
    made["conversations"] = pd.DataFrame({"conversation_id": ["c"], "title": [bad]})
    facets = (
        Facet("speaker", bad, "speakers.name"),
        Facet("theme", bad, "annotations.theme"),
        Facet("event", bad, "annotations.event"),
    )
    return Corpus(made, Descriptor("bad", bad, population=bad, facets=facets))


@pytest.mark.parametrize("bad", HOSTILE, ids=lambda bad: ascii(bad[:12]))
def test_a_hostile_name_stays_text_everywhere(bad: str):
    corpus = hostile(bad)
    made = [
        charts.speech_share(corpus),
        charts.dispersion(corpus, "home"),
        charts.dispersion(corpus, bad.replace("/", "") if re.search(r"\w", bad) else "home"),
        charts.ribbon(corpus),
        charts.themes(corpus),
        charts.timeline(corpus),
        charts.places(corpus),
        charts.keyness(corpus.select(speaker=bad), corpus.select(speaker="Anna")),
    ]
    for chart in made:
        page = html.fragment_fromstring(chart.html(), create_parent="div")
        assert {element.tag for element in page.iter() if isinstance(element.tag, str)} <= {
            *("div", "style", "figure", "figcaption", "strong", "span", "svg", "title", "desc"),
            *("g", "rect", "path", "circle", "text", "p", "details", "summary", "table", "thead"),
            *("tbody", "tr", "th", "td"),
        }
        for element in page.iter():
            assert not [name for name in element.attrib if name.startswith("on")]
        etree.fromstring(chart.svg.encode())
        assert chart.population in page.text_content()
        for mark in chart.marks:
            if mark.selection:
                assert len(corpus.select(mark.selection)) > 0
            elif mark.place:
                corpus.span(mark.place)


@given(st.text(min_size=1, max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_comes_out_of_a_drawing_as_it_went_in(text: str):
    allowed = "".join(
        c for c in text if re.match("[\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", c)
    )
    shapes = render.text(1, 2, text) + render.mark(0, text, render.rect(0, 0, 1, 1, "x"), (0,) * 4)
    sheet = render.Drawing(10, 10, shapes)
    root = etree.fromstring(render.standalone(sheet, text, text).encode("utf8"))
    same = re.sub("\r\n?", "\n", allowed)
    assert root.findtext(f"{SVG}text") == same
    assert root.findtext(f"{SVG}title") == same
    assert root.findtext(f"{SVG}g/{SVG}title") == same
    # In an attribute XML makes each break a space.
    assert root.get("aria-label") == re.sub("[\t\n]", " ", same)


@given(st.text(max_size=200), st.integers(20, 300), st.integers(1, 4))
@settings(max_examples=200, deadline=None)
def test_text_that_wraps_fits_and_loses_nothing_but_what_it_says(text: str, width: int, most: int):
    lines = render.wrapped(text, width, 12, most)
    assert 1 <= len(lines) <= most
    for line in lines:
        assert render.breadth(line, 12) <= width or len(line) <= 1
    if not lines[-1].endswith("…"):
        assert "".join(lines).replace(" ", "") == "".join(text.split())


class TestColours:
    """Computed from the tokens, as WCAG says."""

    @pytest.mark.parametrize("paper", ["#ffffff"])
    def test_on_light_paper(self, paper: str):
        contrasts(tokens(0) | {"paper": paper, "ink": "#1c1b19"})

    @pytest.mark.parametrize("paper", ["#16181a", "#111111", "#212121"])
    def test_on_dark_paper(self, paper: str):
        contrasts(tokens(1) | {"paper": paper, "ink": "#eceae4"})

    def test_the_two_dark_themes_are_one(self):
        assert {k: v for k, v in tokens(1).items() if k not in ("paper", "ink")} == {
            k: v for k, v in tokens(2).items() if k not in ("paper", "ink")
        }

    @pytest.mark.parametrize("theme", [0, 1])
    def test_neighbours_differ_in_pattern_or_lightness_without_colour(self, theme: int):
        found = tokens(theme) | {"paper": ["#ffffff", "#16181a"][theme]}
        styles = [*render.STYLES, render.OTHERS]
        for one, other in combinations(styles, 2):
            greys = [lightness(found, f"f{style.fill[1:]}") for style in (one, other)]
            assert one.pattern != other.pattern or abs(greys[0] - greys[1]) > 20
        # The cells of a matrix grow darker, or lighter, step by step.
        steps = [lightness(found, f"m{i}") for i in range(5)]
        assert steps == sorted(steps, reverse=not theme)
        assert min(abs(a - b) for a, b in combinations(steps, 2)) > 3


def tokens(block: int) -> dict[str, str]:
    """The colours of the light theme, the dark one, and the dark one of a plain page."""
    blocks = re.findall(r"\{([^{}]*--m0:[^{}]*)\}", CSS)
    assert len(blocks) == 3
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", blocks[block]))


def luminance(found: dict[str, str], name: str) -> float:
    value = found[name]
    while named := re.match(r"var\(--([\w-]+)", value):
        value = found[named[1]]
    digits = value.lstrip("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def lightness(found: dict[str, str], name: str) -> float:
    """From 0 to 100, as an eye sees grey."""
    y = luminance(found, name)
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def contrast(found: dict[str, str], one: str, other: str) -> float:
    low, high = sorted([luminance(found, one), luminance(found, other)])
    return (high + 0.05) / (low + 0.05)


def contrasts(found: dict[str, str]) -> None:
    for text in ("ink", "quiet"):
        for ground in ("paper", "land"):
            assert contrast(found, text, ground) >= 4.5, (text, ground)
    for i in range(5):
        assert contrast(found, f"over{i}", f"m{i}") >= 4.5, i
    for i in range(9):
        assert contrast(found, f"e{i}", "paper") >= 3, i
    for i in range(1, 8):
        assert contrast(found, f"e{i}", f"f{i}") >= 3, i
    assert contrast(found, "focus", "paper") >= 3
    assert contrast(found, "e1", "land") >= 3
    # A tick on its track, and the edge of the track.
    assert contrast(found, "e1", "m1") >= 3
    assert contrast(found, "quiet", "paper") >= 3


class TestView:
    def test_sends_its_figure_as_a_message_and_keeps_it_out_of_what_is_saved(self):
        reader = Reader(CALLS)
        shown = ChartView(EVERY[0], reader)
        sent: list[dict[str, object]] = []
        shown.send = lambda content, buffers=None: sent.append(content)
        shown._heard(shown, {"do": "ready"}, [])
        assert sent[0]["frame"] == EVERY[0].figure()
        assert sent[0]["live"] == list(range(15))
        assert "svg" not in str(shown.get_state({"_model_name"}))
        assert not [k for k, v in shown.get_state().items() if "<figure" in str(v)]

    def test_a_page_without_a_kernel_shows_the_figure_standing_still(self):
        bundle = ChartView(EVERY[5])._repr_mimebundle_()
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        assert data["text/html"] == EVERY[5].html()
        assert data["text/plain"] == "<ChartView timeline of calls: 26 rows>"

    def test_a_place_goes_to_its_turn_and_takes_off_a_filter_that_hides_it(self):
        reader = Reader(CALLS, "soldier=Maxim")
        shown = ChartView(charts.ribbon(CALLS), reader)
        number = [m.place for m in charts.ribbon(CALLS).marks].index("ivan-2-01")
        assert shown.choose(number) == "Gone to in the Reader: ivan-2-01 · Ivan · 120 words."
        assert reader.place == "ivan-2-01"
        assert reader.selection == ""

    def test_follows_what_the_reader_selects_and_where_it_goes(self):
        reader = Reader(CALLS)
        shown = ChartView(EVERY[0], reader)
        sent: list[dict[str, object]] = []
        shown.send = lambda content, buffers=None: sent.append(content)
        reader.selection = Selection(speaker="Ivan")
        labels = [EVERY[0].marks[n].selection for n in sent[-1]["chosen"]]
        assert labels == ["speaker=Ivan"]
        reader.selection = ""
        assert sent[-1]["chosen"] == []
        shown.close()
        heard = len(sent)
        reader.selection = "speaker=Olya"
        assert len(sent) == heard

    def test_says_so_where_its_reader_is_closed(self):
        reader = Reader(CALLS)
        shown = ChartView(EVERY[0], reader)
        reader.close()
        assert shown.choose(1).startswith("The Reader of this chart is closed.")
        shown.close()

    def test_without_a_reader_says_that_there_is_none_and_not_that_there_are_no_turns(self):
        seen = ChartView(charts.speech_share(DEMO))
        assert "No Reader is linked" in seen.choose(0)
        assert "stands behind" not in seen.choose(0)

    def test_tells_when_the_reader_shows_another_corpus(self):
        shown = ChartView(EVERY[0], Reader(DEMO))
        sent: list[dict[str, object]] = []
        shown.send = lambda content, buffers=None: sent.append(content)
        shown._heard(shown, {"do": "mark", "mark": 1}, [])
        assert "Mother" in str(sent[-1]["trouble"])
        assert shown.last_error == ""
