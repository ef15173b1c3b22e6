"""HTML of turns and facets: what goes in comes out as text, and only as text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerlib import render, views
from readerlib.corpus import Corpus
from readerlib.datasets import load
from readerlib.descriptor import Descriptor, Facet
from readerlib.search import stretches

CALLS = load("calls")
text = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60)


class Parsed(HTMLParser):
    """What a parser that shares nothing with us reads out of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._within: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag != "input":
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._within.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self._within):
            self.texts.setdefault(tag, []).append(data)

    def text(self, tag: str) -> str:
        return "".join(self.texts.get(tag, []))


def small(words: list[str], **columns: list[str]) -> Corpus:
    """A corpus of one conversation with these words."""
    n = len(words)
    turns = {
        "turn_id": [f"t{i}" for i in range(n)],
        "conversation_id": ["c"] * n,
        "position": [str(i + 1) for i in range(n)],
        "speaker_id": ["s"] * n,
        "kind": ["speech"] * n,
        "text": words,
    }
    return Corpus(
        {
            "turns": pd.DataFrame(turns | columns),
            "conversations": pd.DataFrame({"conversation_id": ["c"], "title": ["Talk"]}),
            "speakers": pd.DataFrame({"speaker_id": ["s"], "name": ["Irena"]}),
        },
        Descriptor("small", "Small", facets=(Facet("speaker", "Speaker", "speakers.name"),)),
    )


@given(text, st.lists(text, max_size=3))
def test_any_text_comes_back_from_a_parser_as_it_was(words, find):
    parsed = Parsed(f"<p>{render.marked(words, find)}</p>")
    assert parsed.text("p") == words
    assert {tag for tag, _ in parsed.tags} <= {"p", "mark"}


@given(st.text("ab ", max_size=30), st.lists(st.text("ab*", min_size=1, max_size=3), max_size=3))
def test_what_is_marked_is_what_the_search_matches(words, find):
    parsed = Parsed(f"<p>{render.marked(words, find)}</p>")
    covered = {i for start, end in stretches(words, find) for i in range(start, end)}
    assert parsed.text("mark") == "".join(c for i, c in enumerate(words) if i in covered)


@given(st.lists(text.filter(lambda s: s.strip()), min_size=1, max_size=4))
def test_a_page_holds_every_turn_once_in_order_and_as_it_was(words):
    page = render.page(small(words))
    parsed = Parsed(page.html)
    assert parsed.text("p") == "".join(words)
    ids = [attributes["data-turn"] for tag, attributes in parsed.tags if tag == "article"]
    assert ids == [f"t{i}" for i in range(len(words))]


def test_a_hidden_turn_is_not_in_the_page_until_its_gap_is_opened():
    corpus = CALLS.select(speaker="Olya")
    hidden = CALLS.select(soldier="Ivan", chapter="2", speaker="Ivan").records()
    shut = render.page(corpus)
    assert "3 turns hidden by the filter" in shut.html
    assert not [r for r in hidden if r["gist"] in Parsed(shut.html).text("p")]
    gap = next(run for run in corpus.runs() if run.hidden)
    opened = Parsed(render.page(corpus, render.window(corpus, opened=frozenset([gap.first]))).html)
    shown = [a["data-turn"] for tag, a in opened.tags if tag == "article"]
    assert shown[:4] == ["ivan-2-n01", "ivan-2-n02", "ivan-2-01", "ivan-2-02"]
    assert len(shown) == 3 + 4


def test_the_order_of_the_page_is_the_order_of_the_corpus():
    parsed = Parsed(render.page(CALLS).html)
    ids = [attributes["data-turn"] for tag, attributes in parsed.tags if tag == "article"]
    assert ids == list(CALLS.turns["turn_id"])


def test_kinds_look_different_and_a_cut_stands_between_the_turns_it_parts():
    parsed = Parsed(render.page(CALLS.select(soldier="Ivan", chapter="2")).html)
    kinds = [(a["data-turn"], str(a["class"]).split()[1]) for t, a in parsed.tags if t == "article"]
    assert dict(kinds)["ivan-2-x01"] == "cut"
    at = [turn for turn, _ in kinds].index("ivan-2-x01")
    assert [turn for turn, _ in kinds[at - 1 : at + 2]] == ["ivan-2-07", "ivan-2-x01", "ivan-2-08"]
    assert {kind for _, kind in kinds} == {"speech", "narration", "cut"}


def test_a_value_that_no_turn_has_is_there_and_disabled():
    parsed = Parsed(render.facets(CALLS.select(soldier="Roman")))
    boxes = {(a["data-facet"], a["data-value"]): a for tag, a in parsed.tags if "data-facet" in a}
    assert "disabled" in boxes["speaker", "Olya"]
    assert "disabled" not in boxes["soldier", "Ivan"]
    assert "checked" in boxes["soldier", "Roman"]


def test_a_chapter_has_its_title_beside_it_once_only_one_is_meant():
    assert "Love and fear" not in render.facets(CALLS)
    assert "Love and fear" in render.facets(CALLS.select(soldier="Ivan", speaker="Mother"))


def test_a_search_without_hits_says_so_and_offers_the_way_back():
    page = render.page(CALLS.select(find="zebra"))
    assert "No turn fits" in page.html
    assert 'data-do="reset"' in page.html


def test_every_hit_stands_between_its_two_neighbours_on_either_side():
    corpus = CALLS.select(find="gold")
    talks = CALLS.turns["conversation_id"].tolist()
    ids = CALLS.turns["turn_id"].tolist()
    parsed = Parsed(render.page(corpus).html)
    shown = [str(a["data-turn"]) for tag, a in parsed.tags if tag == "article"]
    beside = {
        str(a["data-turn"]) for t, a in parsed.tags if t == "article" and "beside" in a["class"]
    }
    expected = sorted(
        {
            near
            for row in corpus.turns.index
            for near in range(row - 2, row + 3)
            if 0 <= near < len(ids) and talks[near] == talks[row]
        }
    )
    assert shown == [ids[row] for row in expected]
    assert beside == set(shown) - set(corpus.turns["turn_id"])


def test_a_gap_that_is_opened_between_hits_is_opened_wholly():
    corpus = CALLS.select(find="gold")
    gap = next(run for run in render.window(corpus).runs if run.hidden and not run.beside)
    opened = render.rows(render.window(corpus, opened=frozenset([gap.first])))
    assert set(range(gap.first, gap.last)) <= set(opened)


def test_hits_are_counted_in_the_turns_that_are_selected():
    corpus = CALLS.select(find=["gold"])
    by_hand = sum(
        len(re.findall(r"\bgold\b", str(gist).casefold())) for gist in CALLS.turns["gist"]
    )
    assert render.page(corpus).hits == by_hand
    assert f"{by_hand} hits in {len(corpus)} of 258 turns (our summaries)" == render.status(
        corpus, by_hand
    )


def test_pages_of_a_corpus_too_large_for_one_give_every_turn_once_in_order():
    n, each = 40, 100
    turns = pd.DataFrame(
        {
            "turn_id": [f"{c}-{i}" for c in range(n) for i in range(each)],
            "conversation_id": [f"c{c}" for c in range(n) for _ in range(each)],
            "position": [str(i + 1) for _ in range(n) for i in range(each)],
            "speaker_id": "s",
            "kind": "speech",
            "text": "Yes.",
        }
    )
    talks = pd.DataFrame({"conversation_id": [f"c{c}" for c in range(n)]})
    people = pd.DataFrame({"speaker_id": ["s"], "name": ["Irena"]})
    corpus = Corpus(
        {"turns": turns, "conversations": talks, "speakers": people}, Descriptor("big", "Big")
    )
    seen: list[str] = []
    near = 0
    while near < len(corpus):
        window = render.window(corpus, near)
        page = render.page(corpus, window)
        ids = [str(a["data-turn"]) for tag, a in Parsed(page.html).tags if tag == "article"]
        assert len(ids) == render.WINDOW
        assert corpus.turns["turn_id"].iloc[near] in ids
        assert page.before == corpus.row(ids[0])
        assert page.after == len(corpus) - 1 - corpus.row(ids[-1])
        assert (page.earlier is None) == (page.before == 0)
        assert page.later is None or page.later % each == 0
        seen += [turn for turn in ids if turn not in seen]
        near = corpus.row(ids[-1]) + 1
    assert seen == list(turns["turn_id"])


def test_the_line_on_attaching_is_gone_once_every_turn_has_its_words():
    assert 'data-do="attach"' in render.attach_line(CALLS)
    assert render.attach_line(small(["Good morning."])) == ""
    half = small(["Good morning.", ""], gist=["Greets her.", "Greets back."])
    assert "summaries in our own words for 1 turn." in render.attach_line(half)


# Colours: WCAG 2.2, contrast of text 4.5 and of what one must see to act 3.

CSS = Path(views.__file__).parent / "static" / "reader.css"


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def tokens_of(theme: str) -> dict[str, str]:
    """The colours of a theme, with JupyterLab's own where it has the say."""
    from_lab = {"light": ("#ffffff", "#000000"), "dark": ("#212121", "#ffffff")}
    blocks = re.findall(r"([^{}]+)\{([^{}]*--quiet:[^{}]*)\}", CSS.read_text("utf8"))
    light = dict(re.findall(r"--([a-z-]+): ([^;]+);", blocks[0][1]))
    dark = light | dict(re.findall(r"--([a-z-]+): ([^;]+);", blocks[1][1]))
    alone = light | dict(re.findall(r"--([a-z-]+): ([^;]+);", blocks[2][1]))
    found = {"light": light, "dark": dark, "alone dark": alone}[theme]
    if theme in from_lab:
        found["paper"], found["ink"] = from_lab[theme]
    return {name: value for name, value in found.items() if value.startswith("#")}


@pytest.mark.parametrize("theme", ["light", "dark", "alone dark"])
def test_every_pair_of_colours_can_be_read(theme):
    colour = tokens_of(theme)
    for ink in ("ink", "quiet", "one", "other", "accent", "trouble"):
        assert contrast(colour[ink], colour["paper"]) >= 4.5, ink
    for ink in ("ink", "quiet", "accent"):
        assert contrast(colour[ink], colour["panel"]) >= 4.5, ink
        assert contrast(colour[ink], colour["soft"]) >= 4.5, ink
    assert contrast(colour["mark-ink"], colour["mark"]) >= 4.5
