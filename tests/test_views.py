"""The Reader without a browser: what it is told, what it keeps, what it sends."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import ipywidgets
import pandas as pd
import pytest
from ipywidgets.widgets.widget import _instances

import brute
from readerlib import (
    AttachPanel,
    Corpus,
    Ledger,
    Place,
    Reader,
    RetellingPanel,
    Selection,
    kwic,
    load,
    read,
    render,
)
from readerlib.bench import archive
from readerlib.descriptor import Descriptor, Facet
from readerlib.errors import ReaderError, SelectionError
from readerlib.search import apart, stretches
from readerlib.views import cells

CALLS = load("calls")


class Heard(Reader):
    """A Reader whose messages to the browser can be looked at."""

    def __init__(self, *arguments, **named):
        self.sent = []
        super().__init__(*arguments, **named)

    def send(self, content, buffers=None):
        self.sent.append(content)

    def tell(self, **content):
        """What the browser would say."""
        self._handle_custom_msg(content, [])
        return self.sent[-1] if self.sent else None


@pytest.fixture
def reader():
    made = Heard(CALLS, notices="show")
    yield made
    made.close()


def test_a_selection_set_from_code_moves_what_is_seen(reader):
    reader.selection = Selection(soldier="Ivan", chapter="2")
    assert reader.selection == "chapter=2&soldier=Ivan"
    assert len(reader.corpus) == 14
    assert reader.place == "ivan-2-n01"
    assert reader.sent[-1]["turn"] == "ivan-2-n01"
    assert "ivan-2-01" in reader.sent[-1]["parts"]["page"]


def test_a_selection_is_spelt_in_its_one_way(reader):
    reader.selection = "soldier=Ivan&chapter=2&soldier=Ivan"
    assert reader.selection == "chapter=2&soldier=Ivan"


def test_a_wrong_selection_is_refused_with_a_suggestion_and_changes_nothing(reader):
    reader.selection = "soldier=Ivan"
    with pytest.raises(SelectionError, match='Did you mean "Maxim"'):
        reader.selection = "soldier=Maxm"
    assert reader.selection == "soldier=Ivan"
    assert len(reader.corpus) == 49
    with pytest.raises(SelectionError, match='Did you mean "ivan-2-10"'):
        reader.place = "ivan-2-1"
    assert reader.place == "ivan-0-n01"


def test_clicks_narrow_and_widen_again(reader):
    reader.tell(do="toggle", facet="soldier", value="Ivan")
    reader.tell(do="toggle", facet="chapter", value="2")
    reader.tell(do="toggle", facet="speaker", value="Olya")
    assert reader.selection == "chapter=2&soldier=Ivan&speaker=Olya"
    assert [r["turn_id"] for r in reader.corpus.records()] == [
        "ivan-2-02",
        "ivan-2-04",
        "ivan-2-06",
        "ivan-2-09",
    ]
    reader.tell(do="toggle", facet="speaker", value="Olya")
    assert reader.selection == "chapter=2&soldier=Ivan"
    reader.tell(do="reset")
    assert reader.selection == ""


def test_the_place_is_kept_when_the_filters_change_and_else_the_next_turn_is_taken(reader):
    reader.place = "ivan-2-03"
    reader.tell(do="toggle", facet="soldier", value="Ivan")
    assert reader.place == "ivan-2-03"
    reader.tell(do="toggle", facet="speaker", value="Olya")
    assert reader.place == "ivan-2-04"
    reader.selection = "soldier=Leonid"
    assert reader.place == "leonid-4-n07"


def test_a_search_is_typed_as_words_and_phrases(reader):
    message = reader.tell(do="find", query='gold "a gram of"')
    assert reader.corpus.selection.find == ("a gram of", "gold")
    assert [r["turn_id"] for r in reader.corpus.records()] == ["maxim-1-01"]
    assert (
        "2 hits in 1 of 258 turns" in message["parts"]["status"]
        or "1 hit in 1 of" in (message["parts"]["status"])
    )
    reader.tell(do="find", query="")
    assert reader.selection == ""


@pytest.mark.parametrize("query", ["(", "*", "\\", "?" * 50, "a" * 10_000, "%00", "<b>", "&", "#"])
def test_no_query_is_too_strange(reader, query):
    message = reader.tell(do="find", query=query)
    assert "trouble" not in message
    assert "<b>" not in message["parts"]["page"]


def test_a_gap_opens_alone_and_closes_with_the_next_filter(reader):
    reader.selection = "chapter=2&soldier=Ivan&speaker=Olya"
    gaps = [run for run in reader.corpus.runs() if run.hidden]
    page = reader.tell(do="open", row=str(gaps[0].first))["parts"]["page"]
    assert page.count('class="gap"') == len(gaps) - 1
    assert page.count("<article") == 4 + gaps[0].last - gaps[0].first
    assert reader.sent[-1]["focus"] is True
    reader.tell(do="toggle", facet="speaker", value="Ivan")
    assert reader.sent[-1]["parts"]["page"].count("<article") == len(reader.corpus)


def test_a_hit_opens_its_whole_conversation_around_it(reader):
    reader.tell(do="find", query="gold")
    page = reader.tell(do="context", turn="maxim-1-01")["parts"]["page"]
    assert page.count('data-turn="maxim-1-') == 26
    assert reader.sent[-1]["turn"] == "maxim-1-01"


def test_a_place_that_a_filter_hides_is_shown_by_opening_its_gap(reader):
    reader.selection = "speaker=Olya"
    reader.place = Place("ivan-2-01")
    assert reader.selection == "speaker=Olya"
    assert 'data-turn="ivan-2-01"' in reader.sent[-1]["parts"]["page"]


def test_a_chapter_is_gone_to_at_its_beginning(reader):
    message = reader.tell(do="go", row=CALLS.row("maxim-3-04"))
    assert (message["heading"], message["turn"]) == ("maxim-3", "maxim-3-n01")


@pytest.mark.parametrize(
    "nonsense",
    [
        {"do": "toggle", "facet": "speaker", "value": "Nobody"},
        {"do": "toggle"},
        {"do": "open", "row": "x"},
        {"do": "context", "turn": "no-such-turn"},
        {"do": "go", "conversation": "none"},
    ],
)
def test_a_message_that_cannot_be_followed_is_answered_in_words(reader, nonsense):
    message = reader.tell(**nonsense)
    assert message["trouble"]
    assert "Traceback" not in message["trouble"]
    assert reader.selection == ""


def test_messages_that_mean_nothing_are_passed_over(reader):
    before = len(reader.sent)
    reader.tell(do="dance")
    reader.tell()
    assert len(reader.sent) == before


def test_our_own_failure_can_be_looked_up(reader, monkeypatch):
    monkeypatch.setattr("readerlib.render.facets", lambda corpus: 1 / 0)
    assert "last_error" in reader.tell(do="ready")["trouble"]
    assert "ZeroDivisionError" in reader.last_error


def test_nothing_that_is_synced_or_shown_without_a_kernel_holds_a_word_of_a_turn(reader):
    reader.selection = "soldier=Ivan"
    reader.tell(do="ready")
    code = {"_esm", "_css", "_anywidget_id"}
    state = {k: v for k, v in reader.get_state().items() if k not in code}
    bundle = reader._repr_mimebundle_()
    kept = json.dumps([state, bundle, repr(reader)], default=str)
    assert len(json.dumps(state, default=str)) < 4096
    for gist in CALLS.turns["gist"]:
        assert gist[:40] not in kept


def test_a_page_without_a_kernel_says_how_to_open_the_reader(reader):
    bundle = reader._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "run its cells" in data["text/html"]
    assert data["text/plain"] == "<Reader of calls: 258 turns>"


def test_a_stock_control_moves_the_view_and_follows_it(reader):
    chooser = ipywidgets.Dropdown(options={"everyone": "", "mothers": "role=mother"})
    link = ipywidgets.link((chooser, "value"), (reader, "selection"))
    chooser.value = "role=mother"
    assert {r["role"] for r in reader.corpus.records()} == {"mother"}
    reader.selection = ""
    assert chooser.value == ""
    link.unlink()


def test_a_reader_opens_on_the_selection_of_its_corpus_or_on_another_one():
    assert Reader(CALLS.select(soldier="Roman")).selection == "soldier=Roman"
    assert Reader(CALLS.select(soldier="Roman"), "soldier=Artyom").selection == "soldier=Artyom"


def test_about_a_turn_says_how_far_it_is_known_and_how_its_words_came(reader):
    reader.place = "leonid-3-14"
    about = html.unescape(reader.sent[-1]["parts"]["about"])
    (claim,) = [c for c in brute.table("claims") if c["claim_id"] == "leonid-prisoner-killed"]
    (evidence,) = dict(brute.TURNS)["leonid-3-14"]["evidence"]
    source = next(s for s in brute.table("sources") if s["source_id"] == "ap-2023-02")
    for said in (evidence, claim["claim"], claim["not_established"], source["way"], "33 words"):
        assert said in about


def test_about_a_retelling_leads_to_what_it_retells(reader):
    reader.place = "retelling-2023-n17"
    about = reader.sent[-1]["parts"]["about"]
    told = [
        row["value"]
        for row in brute.table("annotations")
        if (row["turn_id"], row["layer"]) == ("retelling-2023-n17", "retells")
    ]
    assert told
    for turn_id in told:
        assert f'data-turn="{turn_id}"' in about
    reader.selection = "source=militarynews-2023"
    message = reader.tell(do="to", turn=told[0])
    assert (reader.selection, message["turn"]) == ("", told[0])


def test_the_display_has_one_spelling_and_refuses_what_is_no_setting(reader):
    reader.display = "size=2&letters=serif&projector=1"
    assert reader.display == "projector=1&size=2"
    with pytest.raises(ReaderError, match='Did you mean "letters"'):
        reader.display = "leters=sans"
    with pytest.raises(ReaderError, match='"size" cannot be "9"'):
        reader.display = "size=9"
    assert reader.display == "projector=1&size=2"


def test_the_way_back_leads_through_the_selections_there_have_been(reader):
    reader.selection = "soldier=Ivan"
    reader.tell(do="find", query="gold")
    reader.tell(do="step", step="-1")
    assert reader.selection == "soldier=Ivan"
    reader.tell(do="step", step="-1")
    assert reader.selection == ""
    reader.tell(do="step", step="-1")
    assert reader.selection == ""
    reader.tell(do="step", step="1")
    assert reader.selection == "soldier=Ivan"
    reader.selection = "soldier=Maxim"
    reader.tell(do="step", step="1")
    assert reader.selection == "soldier=Maxim"


def test_a_cell_run_again_closes_what_its_former_run_made_and_nothing_else():
    one, two, other, again = (Reader(CALLS) for _ in range(4))
    cells.take_over(one, lambda: ("cell", "first"))
    cells.take_over(two, lambda: ("cell", "first"))
    cells.take_over(other, lambda: ("another cell", "second"))
    cells.take_over(again, lambda: ("cell", "third"))
    assert [view.comm is None for view in (one, two, other, again)] == [True, True, False, False]
    other.close()
    again.close()


def test_a_closed_reader_leaves_no_widget_behind():
    before = len(_instances)
    reader = Reader(CALLS)
    reader._handle_custom_msg({"do": "attach"}, [])
    assert len(_instances) > before
    reader.close()
    assert len(_instances) == before


def test_several_turns_are_copied_with_their_source_and_cut_marks(reader):
    reader.place = Place("ivan-2-02", last="ivan-2-04")
    copied = reader.tell(do="copy", what="excerpt")["copy"]
    assert copied.startswith("[…]\nOlya, girlfriend (summary): ")
    assert "Edited for length and clarity by the publisher." in copied
    assert reader.tell(do="copy", what="link")["copy"].endswith("#ivan-2-02..ivan-2-04")
    assert "Associated Press" in reader.tell(do="copy", what="apa")["copy"]
    assert reader.tell(do="copy", what="bibtex")["copy"].startswith("@")
    assert "trouble" in reader.tell(do="copy", what="harvard")


def test_a_link_that_is_pasted_into_the_search_is_followed(reader):
    link = CALLS.select(soldier="Ivan", chapter="2").link("ivan-2-03")
    reader.tell(do="find", query=f" {link} ")
    assert (reader.selection, reader.place) == ("chapter=2&soldier=Ivan", "ivan-2-03")
    assert "trouble" in reader.tell(do="find", query="readerlib:other@1#x")
    assert reader.selection == "chapter=2&soldier=Ivan"


def test_a_concordance_has_one_line_a_hit_and_leads_to_the_turn(reader):
    reader.tell(do="find", query="gold")
    message = reader.tell(do="lines", sort="left")
    lines = kwic(CALLS, "gold", sort="left")
    page = html.unescape(message["parts"]["page"])
    assert page.count("<tr>") == len(lines) == 4
    assert re.findall(r'data-do="line" data-turn="([^"]+)"', page) == list(lines["turn_id"])
    message = reader.tell(do="line", turn="maxim-1-01")
    assert message["turn"] == "maxim-1-01"
    assert message["parts"]["page"].count('data-turn="maxim-1-') == 26


def test_going_to_a_place_takes_off_a_filter_that_does_not_show_it(reader):
    reader.selection = "soldier=Ivan"
    reader.go("ivan-2-03")
    assert (reader.selection, reader.place) == ("soldier=Ivan", "ivan-2-03")
    reader.go(Place("maxim-1-01", last="maxim-1-03"))
    assert (reader.selection, reader.place) == ("", "maxim-1-01..maxim-1-03")


def test_the_ledger_names_every_claim_and_leads_to_its_turns():
    seen = []
    ledger = Ledger(CALLS, then=seen.append)
    sent = []
    ledger.send = sent.append
    ledger._handle_custom_msg({"do": "ready"}, [])
    page = html.unescape(sent[0]["frame"])
    for row in brute.table("claims"):
        assert row["claim"] in page
        for column in ("established", "not_established", "denied"):
            assert row[column] in page
    rests = [r for r in brute.table("annotations") if r["layer"] == "claim"]
    assert sorted(re.findall(r'data-do="turn" data-turn="([^"]+)"', page)) == sorted(
        r["turn_id"] for r in rests
    )
    ledger._handle_custom_msg({"do": "turn", "turn": "leonid-3-14"}, [])
    assert seen == ["leonid-3-14"]
    ledger.close()


class TestNotices:
    """What carries a notice is not in the page until it is asked for."""

    PRISONER = "leonid-3-14"

    @pytest.fixture
    def asking(self):
        made = Heard(CALLS, "soldier=Leonid&chapter=3")
        yield made
        made.close()

    @staticmethod
    def gist(turn_id):
        return CALLS.records(row := CALLS.row(turn_id), row + 1)[0]["gist"]

    def page(self, reader):
        return html.unescape(reader.tell(do="ready")["parts"]["page"])

    def veil_of(self, reader, turn_id):
        """Row numbers of the line that stands for the turn."""
        row = CALLS.row(turn_id)
        found = re.findall(
            r'data-do="reveal" data-row="(\d+)" data-last="(\d+)"', self.page(reader)
        )
        return next((int(a), int(b)) for a, b in found if int(a) <= row <= int(b))

    def test_no_word_of_a_noticed_turn_is_in_any_message(self):
        reader = Heard(CALLS)
        reader.tell(do="ready")
        reader.tell(do="find", query="kill*")
        reader.tell(do="find", query="ears")
        said = html.unescape(json.dumps(reader.sent, ensure_ascii=False))
        shown = CALLS.descriptor.shown_notices
        for row, topics in CALLS.noticed().items():
            if set(topics) - set(shown):
                record = CALLS.records(row, row + 1)[0]
                assert json.dumps(record["gist"], ensure_ascii=False)[1:-1] not in said, record
        reader.close()

    def test_the_line_names_topic_speaker_and_length_in_fifteen_words(self, asking):
        page = self.page(asking)
        lines = re.findall(r'class="turn veil"[^>]*><p>([^<]*)</p>', page)
        assert lines
        for line in lines:
            assert len(line.split()) <= 15, line
            assert re.match(r"(One turn|\d+ turns)( by [\w ]+)?, \d+ words?: \w", line), line

    def test_what_is_said_about_a_veiled_turn_holds_no_claim_and_no_term(self, asking):
        asking.place = self.PRISONER
        about = html.unescape(asking.sent[-1]["parts"]["about"])
        claims = {row["claim_id"]: row["claim"] for row in brute.table("claims")}
        assert claims["leonid-prisoner-killed"] not in about
        assert "killing of prisoners" in about
        first, last = self.veil_of(asking, self.PRISONER)
        message = asking.tell(do="reveal", row=str(first), last=str(last))
        assert claims["leonid-prisoner-killed"] in html.unescape(message["parts"]["about"])

    def test_one_line_can_be_shown_and_hidden_again(self, asking):
        first, last = self.veil_of(asking, self.PRISONER)
        message = asking.tell(do="reveal", row=str(first), last=str(last))
        assert self.gist(self.PRISONER) in html.unescape(message["parts"]["page"])
        assert message["turn"] == CALLS.turn_id(first)
        row = CALLS.row(self.PRISONER)
        message = asking.tell(do="veil", row=str(row))
        assert self.gist(self.PRISONER) not in html.unescape(message["parts"]["page"])
        assert message["turn"] == self.PRISONER

    def test_a_chapter_can_be_shown_and_no_other(self, asking):
        asking.selection = "soldier=Leonid"
        asking.tell(do="reveal-chapter", row=str(CALLS.row(self.PRISONER)))
        page = self.page(asking)
        assert self.gist(self.PRISONER) in page
        assert self.gist("leonid-1-12") not in page

    def test_a_topic_can_be_shown_everywhere(self, asking):
        asking.selection = ""
        topic = "self-harm"
        asking.tell(do="reveal-topic", topic=topic, row=str(CALLS.row("leonid-4-04")))
        page = self.page(asking)
        for turn_id, values in brute.TURNS:
            if topic in values["notice"]:
                assert self.gist(turn_id) in page
        assert self.gist(self.PRISONER) not in page

    def test_one_switch_shows_everything_and_back(self, asking):
        message = asking.tell(do="notices")
        assert "veil" not in message["parts"]["page"]
        assert message["parts"]["notices"] == "Notices: off"
        message = asking.tell(do="notices")
        assert self.gist(self.PRISONER) not in html.unescape(message["parts"]["page"])

    def test_hits_behind_a_notice_are_counted_without_their_words(self, asking):
        message = asking.tell(do="find", query="ears")
        assert (
            message["parts"]["status"]
            == "0 hits in 1 of 258 turns, 1 of them behind a notice (our summaries)"
        )
        assert "<mark>" not in message["parts"]["page"]
        message = asking.tell(do="notices")
        assert message["parts"]["status"] == "1 hit in 1 of 258 turns (our summaries)"

    def test_neither_the_concordance_nor_the_clipboard_shows_what_was_not_revealed(self, asking):
        asking.selection = Selection(find="ears")
        page = asking.tell(do="lines", sort="text")["parts"]["page"]
        assert "2 hits behind a notice" in page
        assert "<mark>" not in page
        asking.tell(do="lines", sort="")
        asking.place = self.PRISONER
        message = asking.tell(do="copy", what="excerpt")
        assert "behind a notice" in message["trouble"]
        assert "copy" not in message
        asking.tell(do="notices")
        assert self.gist(self.PRISONER) in asking.tell(do="copy", what="excerpt")["copy"]

    def test_a_profile_says_it_topic_by_topic(self):
        reader = Heard(CALLS, notices={"killing of prisoners": "show", "ill-treatment": "show"})
        page = self.page(reader)
        assert self.gist("leonid-3-16") in page
        assert self.gist("leonid-1-12") not in page
        reader.close()

    def test_a_topic_that_is_none_is_refused_with_a_suggestion(self):
        with pytest.raises(ReaderError, match='Did you mean "self-harm"'):
            Reader(CALLS, notices={"self harm": "show"})
        with pytest.raises(ReaderError, match='"ask" or "show"'):
            Reader(CALLS, notices="shwo")


def told(panel):
    """The panel, with what it sends kept in order, and a way to tell it what the page would."""

    class Told(panel):
        def __init__(self, *arguments, **named):
            self.sent = []
            super().__init__(*arguments, **named)

        def send(self, content, buffers=None):
            self.sent.append(content)

        def tell(self, *parts, **content):
            self._handle_custom_msg(content, list(parts))
            return self.sent[-1]

    return Told


class TestPanel:
    """The panel for the reader's own copy, without a browser."""

    @pytest.fixture(autouse=True)
    def own_folder(self, tmp_path, monkeypatch):
        monkeypatch.setenv("READERLIB_DATA", str(tmp_path))

    @pytest.fixture
    def panel(self):
        made = told(AttachPanel)(load("calls"))
        yield made
        made.close()

    def test_it_says_what_is_attached_and_how_to_give_a_copy(self, panel):
        message = panel.tell(do="ready")
        frame = panel.sent[0]["frame"]
        assert 'type="file"' in frame
        assert "<textarea" in frame
        assert frame.count('data-do="fetch"') == 3
        assert message["parts"]["sources"].count("not attached") == 3

    @pytest.mark.parametrize("text", ["", "Something else altogether. " * 50])
    def test_what_is_no_article_is_refused_in_words_and_changes_nothing(self, panel, text):
        before = panel.corpus
        message = panel.tell(do="paste", text=text)
        said = message.get("trouble") or message["parts"]["report"]
        assert said
        assert panel.corpus is before

    def test_a_file_that_cannot_be_read_is_answered_in_words(self, panel):
        message = panel.tell(b"%PDF-1.7 but not really", do="file", name="a.pdf", size=23)
        assert message["trouble"].startswith("a.pdf")
        message = panel.tell(do="file", name="huge.html", size=10**12)
        assert "MB at most" in message["trouble"]

    def test_an_article_is_attached_from_its_text_and_forgotten(self, panel, articles, tmp_path):
        seen = []
        panel._then = seen.append
        text = (articles / "ap-2023-02-never-saw-such-hell.txt").read_text("utf8")
        message = panel.tell(do="paste", text=text)
        assert "122 of 122 labelled turns" in message["parts"]["report"]
        assert panel.report.count("exact") == len(panel.report.turns)
        assert seen == [panel.corpus]
        assert all(r["text"] for r in panel.corpus.select(kind="speech").records())
        assert any(path.is_file() for path in tmp_path.rglob("*"))
        message = panel.tell(do="forget")
        assert not any(path.is_file() for path in tmp_path.rglob("*"))
        assert not [r for r in panel.corpus.records() if r["text"]]
        assert message["parts"]["sources"].count("not attached") == 3

    def test_a_file_arrives_in_parts(self, panel, articles):
        data = (articles / "ap-2023-11-die-in-this-pit.txt").read_bytes()
        panel.tell(b"cut off", do="file", name="other.txt", size=99, first=True)
        for at in range(0, len(data), 3000):
            message = panel.tell(
                memoryview(data[at : at + 3000]),
                do="file",
                name="pit.txt",
                size=len(data),
                first=at == 0,
            )
        assert panel.report.accepted
        assert panel.report.source_id == "ap-2023-11"
        assert "found and checked" in message["parts"]["report"]

    def test_no_word_of_a_copy_is_synced(self, panel, articles):
        text = (articles / "ap-2023-02-never-saw-such-hell.txt").read_text("utf8")
        panel.tell(do="paste", text=text)
        code = {"_esm", "_css", "_anywidget_id"}
        state = {k: v for k, v in panel.get_state().items() if k not in code}
        kept = json.dumps([state, panel._repr_mimebundle_(), repr(panel)], default=str)
        for turn in panel.report.turns:
            assert turn.text[:30] not in kept or len(turn.text) < 12

    def test_the_reader_follows_what_its_panel_attaches_and_forgets(self, articles):
        reader = Heard(load("calls"), "soldier=Ivan&chapter=2", notices="show")
        reader.tell(do="attach")
        text = (articles / "ap-2023-02-never-saw-such-hell.txt").read_text("utf8")
        reader.panel._handle_custom_msg({"do": "paste", "text": text}, [])
        page = reader.sent[-1]["parts"]["page"]
        assert 'class="words"' in page
        assert 'class="words gist"' not in page.replace('class="turn cut', "")[: page.index("cut")]
        assert "checked" in reader.sent[-1]["parts"]["about"]
        reader.panel._handle_custom_msg({"do": "forget"}, [])
        assert 'class="words"' not in reader.sent[-1]["parts"]["page"]
        reader.tell(do="attach")
        assert reader.panel is None
        reader.close()

    def test_what_differs_in_a_copy_is_shown_as_different_and_never_as_the_turn(self, articles):
        reader = Heard(load("calls"), "soldier=Ivan&chapter=2", notices="show")
        reader.tell(do="attach")
        text = (articles / "ap-2023-02-never-saw-such-hell.txt").read_text("utf8")
        published = next(
            line for line in text.splitlines() if line.startswith("Ivan: ") and "deal" in line
        )
        altered = published.replace("deal", "bargain").replace("entire", "whole")
        reader.panel._handle_custom_msg(
            {"do": "paste", "text": text.replace(published, altered)}, []
        )
        report = {turn.turn_id: turn.status for turn in reader.panel.report.turns}
        assert report["ivan-2-03"] == "differs"
        assert list(report.values()).count("exact") == len(report) - 1
        page = html.unescape(reader.sent[-1]["parts"]["page"])
        start = page.index('data-turn="ivan-2-03"')
        turn = page[start : page.index("</article>", start)]
        assert 'class="words gist"' in turn
        assert "Your copy differs here:" in turn
        assert "bargain" in turn.partition("Your copy differs here:")[2]
        row = reader.corpus.row("ivan-2-03")
        assert reader._whole.records(row, row + 1)[0]["text"] is None
        reader.panel._handle_custom_msg({"do": "forget"}, [])
        assert "bargain" not in html.unescape(reader.sent[-1]["parts"]["page"])
        reader.close()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return read(archive.write(8_000, tmp_path_factory.mktemp("archive")))


@pytest.fixture(scope="module")
def many() -> Corpus:
    ids = [f"t{n}" for n in range(1_000)]
    people = [f"p{n}" for n in range(1_000)]
    turns = pd.DataFrame({"turn_id": ids, "conversation_id": "c", "speaker_id": people})
    turns["position"] = [str(n + 1) for n in range(1_000)]
    names = pd.DataFrame({"speaker_id": people, "name": [f"Person {n}" for n in range(1_000)]})
    return Corpus(
        {
            "turns": turns.assign(kind="speech", text="Yes."),
            "conversations": pd.DataFrame({"conversation_id": ["c"]}),
            "speakers": names,
        },
        Descriptor("many", "Many", facets=(Facet("speaker", "Speaker", "speakers.name"),)),
    )


class TestAtSize:
    """A corpus that does not fit on one page."""

    @pytest.fixture
    def reader(self, large):
        made = Heard(large)
        made.tell(do="ready")
        yield made
        made.close()

    @staticmethod
    def rows(message) -> list[int]:
        found = re.findall(r'<article [^>]*data-row="(\d+)"', message["parts"]["page"])
        return list(map(int, found))

    def test_a_page_has_at_most_500_turns_and_says_how_many_are_beyond(self, reader):
        message = reader.sent[-1]
        rows = self.rows(message)
        assert 0 < len(rows) <= 500
        assert (message["before"], message["after"]) == (0, 8_000 - len(rows))

    def test_pages_that_follow_each_other_leave_no_turn_out(self, reader):
        seen = self.rows(reader.sent[-1])
        while reader.sent[-1]["after"]:
            message = reader.tell(do="window", row=seen[-1], number=reader.sent[-1]["number"])
            assert message["hold"]
            rows = self.rows(message)
            assert seen[-1] in rows
            seen += [row for row in rows if row > seen[-1]]
        assert seen == list(range(8_000))

    def test_a_place_set_from_code_beyond_the_page_brings_the_page_there(self, reader):
        reader.place = "t0005000"
        assert reader.sent[-1]["turn"] == "t0005000"
        assert 5_000 in self.rows(reader.sent[-1])

    def test_what_a_page_tells_late_does_not_undo_a_jump(self, reader):
        first = reader.sent[-1]
        reader.set_state({"place": "t0000060"})
        message = reader.tell(do="nth", number=5_000)
        told = len(reader.sent)
        # Asked and told on the first page, before the second one was there.
        reader.tell(do="window", row=60, number=first["number"])
        reader.set_state({"place": "t0000090"})
        assert len(reader.sent) == told
        assert reader.place == "t0000060"
        reader.set_state({"place": message["turn"]})
        assert {"about", "page"} & set(reader.sent[-1]["parts"]) == {"about"}
        assert reader.place == "t0005000"

    def test_a_place_from_another_view_leads_there_though_the_page_tells_it(self, reader):
        reader.tell(do="nth", number=5_000)
        reader.set_state({"place": "t0007000"})
        assert reader.sent[-1]["turn"] == "t0007000"

    def test_a_range_that_began_on_another_page_leaves_the_page_where_it_is(self, reader):
        message = reader.tell(do="nth", number=5_000)
        first, last = self.rows(message)[0] - 2, self.rows(message)[3]
        reader.set_state({"place": f"t{first:07}..t{last:07}"})
        assert {"about", "page"} & set(reader.sent[-1]["parts"]) == {"about"}
        assert reader.place == f"t{first:07}..t{last:07}"

    def test_a_neighbour_of_a_hit_can_be_the_place_and_its_gap_stays_shut(self, reader):
        reader.selection = "find=kenu"
        # The page, and after it how many hits there are in all.
        rows = self.rows(reader.sent[-2])
        hits = set(reader.corpus.turns.index)
        neighbour = next(row for row in rows if row not in hits)
        reader.place = f"t{neighbour:07}"
        assert {"about", "page"} & set(reader.sent[-1]["parts"]) == {"about"}

    def test_a_jump_leads_to_the_turn_of_that_number_among_the_selected(self, reader, large):
        reader.selection = "theme=food"
        chosen = large.select(theme="food")
        message = reader.tell(do="nth", number=len(chosen) // 2)
        assert message["turn"] == chosen.turns["turn_id"].iloc[len(chosen) // 2]
        assert message["go"]
        assert reader.tell(do="nth", number=10**9)["turn"] == chosen.turns["turn_id"].iloc[-1]

    def test_the_way_on_at_the_end_of_a_page_leads_to_the_next_selected_turn(self, reader):
        rows = self.rows(reader.sent[-1])
        message = reader.tell(do="beyond", row=rows[-1], step=1)
        assert message["turn"] == f"t{rows[-1] + 1:07}"
        first = self.rows(message)[0]
        message = reader.tell(do="beyond", row=first, step=-1)
        assert message["turn"] == f"t{first - 1:07}"

    def test_all_hits_are_counted_and_the_next_one_is_found_beyond_the_page(self, reader, large):
        reader.tell(do="find", query="ba ke*")
        chosen = large.select(find=["ba", "ke*"])
        every = sum(
            len(apart(stretches(text, ["ba", "ke*"]))) for text in chosen.turns["text"].tolist()
        )
        assert len(chosen) > 500
        assert reader.sent[-1]["parts"]["status"].startswith(f"{every:,} hits in ")
        last = self.rows(reader.sent[-2])[-1]
        message = reader.tell(do="hit", row=last + 1, step=1)
        after = [row for row in chosen.turns.index if row > last]
        assert message["turn"] == f"t{after[0]:07}"
        assert message["hit"] == 1

    def test_hits_of_a_choice_are_counted_as_they_are_marked(self, large):
        for selection in (
            "find=ba&role=wife",
            "find=ba+ke&find=ke",
            "find=ba&find=ke&role=wife",
            "find=%2Fba.k%2F",
            "find=%28",
        ):
            chosen = large.select(selection)
            find = chosen.selection.find
            texts = chosen.turns["text"].tolist()
            assert chosen.hits() == sum(len(apart(stretches(said, find))) for said in texts)
            some = chosen.turns.index[::3]
            rest = [said for i, said in enumerate(texts) if i % 3]
            assert chosen.hits(but=some) == sum(len(apart(stretches(s, find))) for s in rest)

    def test_no_message_is_larger_than_a_megabyte(self, reader):
        reader.tell(do="find", query="ba")
        reader.tell(do="nth", number=500)
        assert max(len(json.dumps(message)) for message in reader.sent) < 1_000_000

    def test_what_the_page_has_is_not_sent_again(self, reader):
        message = reader.tell(do="nth", number=3_000)
        assert "facets" not in message["parts"]
        assert "page" in message["parts"]
        reader.tell(do="ready")
        assert "facets" in reader.sent[-1]["parts"]

    def test_of_many_conversations_the_chooser_lists_those_around_the_place(self, large):
        near = large.talks(3_000, 20)
        html = render.contents(large, 3_000)
        listed = re.findall(r'value="(c\d+)"', html)
        assert listed == [talk.conversation_id for talk in near]
        assert large.talk(3_000).conversation_id in listed

    def test_of_many_values_the_first_are_listed_and_others_found_by_typing(self, many):
        html = render.facets(many)
        assert html.count('data-facet="speaker"') == render.LISTED
        assert "900 more: type to find them." in html
        typed = render.values(many, "speaker", "person 99")
        assert set(re.findall(r'data-value="([^"]*)"', typed)) == {
            "Person 99",
            *(f"Person {n}" for n in range(990, 1000)),
        }

    def test_a_chosen_value_is_listed_wherever_it_stands(self, many):
        html = render.facets(many.select(speaker="Person 999"))
        assert re.search(r'data-value="Person 999" checked', html)


class TestRetellingPanel:
    """The panel for another account, without a browser."""

    ACCOUNT = "Irena: “Don’t count the apples yet.”\n\nThe neighbour: “It bleeds a little.”"

    @pytest.fixture
    def panel(self):
        made = told(RetellingPanel)(load("demo"))
        yield made
        made.close()

    def test_it_takes_a_pasted_text_and_shows_every_quotation(self, panel):
        message = panel.tell(do="ready")
        assert "<textarea" in panel.sent[0]["frame"]
        assert message["parts"]["report"] == ""
        report = panel.tell(do="paste", text=self.ACCOUNT)["parts"]["report"]
        assert report.count('class="item"') == 2
        assert "Not heard here: Tomas" in report
        assert "<style" not in report

    def test_a_file_arrives_in_parts(self, panel):
        data = self.ACCOUNT.encode()
        panel.tell(data[:20], do="file", name="a.txt", size=len(data), first=True)
        message = panel.tell(data[20:], do="file", name="a.txt", size=len(data), first=False)
        assert message["parts"]["report"].count('class="item"') == 2

    def test_what_is_kept_back_is_shown_on_a_click_and_hidden_again(self, panel):
        parts = panel.tell(do="paste", text=self.ACCOUNT)["parts"]
        assert "Cut it again" not in parts["report"]
        assert 'data-do="show"' in parts["sources"]
        parts = panel.tell(do="show")["parts"]
        assert "Cut it again" in parts["report"]
        assert 'data-do="ask"' in parts["sources"]
        assert "Cut it again" not in panel.tell(do="ask")["parts"]["report"]

    def test_a_text_without_words_and_a_broken_file_are_answered_in_words(self, panel):
        assert "no sentence" in panel.tell(do="paste", text=" ")["trouble"]
        message = panel.tell(b"%PDF-1.7 but no", do="file", name="a.pdf", size=15, first=True)
        assert message["trouble"].startswith("a.pdf")
        message = panel.tell(do="file", name="huge.html", size=10**12, first=True)
        assert "MB at most" in message["trouble"]

    def test_no_word_is_in_what_a_saved_notebook_holds(self, panel):
        panel.tell(do="paste", text=self.ACCOUNT)
        held = f"{panel!r} {panel.get_state()} {panel._repr_mimebundle_()}"
        assert "apples" not in held
        assert "bleeds" not in held

    @pytest.mark.parametrize("kind", ["text", "file"])
    def test_an_account_that_is_given_at_once_is_shown_by_message_alone(
        self, panel, kind, tmp_path
    ):
        account = self.ACCOUNT
        if kind == "file":
            account = tmp_path / "essay.txt"
            account.write_text(self.ACCOUNT, "utf8")
        made = type(panel)(load("demo"), account)
        report = made.tell(do="ready")["parts"]["report"]
        assert report.count('class="item"') == 2
        assert "Cut it again" in made.tell(do="show")["parts"]["report"]
        held = f"{made!r} {made.get_state()} {made._repr_mimebundle_()}"
        assert "apples" not in held
        made.close()

    def test_an_account_that_cannot_be_read_is_told_where_it_is_given(self):
        with pytest.raises(ReaderError, match="no sentence"):
            RetellingPanel(load("demo"), "…")
        with pytest.raises(ReaderError, match="there is no such file"):
            RetellingPanel(load("demo"), Path("no-such-essay.txt"))

    def test_no_message_of_a_long_account_is_longer_than_a_megabyte(self, panel, monkeypatch):
        assert render.REPORTED < 1_000_000
        monkeypatch.setattr(render, "REPORTED", 20_000)
        report = panel.tell(do="paste", text="“All of it is another’s words.”\n\n" * 100)
        assert "of 100 quotations and claims are listed" in report["parts"]["report"]
        assert len(report["parts"]["report"]) < 25_000
        report = panel.tell(do="paste", text="word " * 60_000)["parts"]["report"]
        assert "more characters" in report
        assert len(report) < 10_000
        assert "At most 500,000" in panel.tell(do="paste", text="word " * 101_000)["trouble"]

    def test_the_retelling_of_the_corpus_itself_is_one_click(self):
        panel = told(RetellingPanel)(load("calls").select(source="ap-2023-02"))
        assert 'data-do="own"' in panel.tell(do="ready")["parts"]["sources"]
        assert panel.tell(do="own")["parts"]["report"].count('class="item"') == 27
        assert len(panel.found.items) == 27
        panel.close()
