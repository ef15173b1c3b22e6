"""Copied text never goes without its speaker, its place and its source."""

from __future__ import annotations

import datetime
import random
import re

import pytest

import brute
from readerlib.corpus import Corpus
from readerlib.datasets import load
from readerlib.errors import SelectionError
from readerlib.excerpts import excerpt
from readerlib.selection import Place
from test_corpus import random_place
from test_measures import talk

CALLS = load("calls")
SEEN = datetime.date(2026, 11, 25)
EDGES = {"[…]", "[The conversation begins.]", "[The conversation ends.]"}


def check(text: str, corpus: Corpus, place: Place) -> None:
    """What holds for every copied text, by a parser that shares nothing with its writer."""
    # A range over several conversations has blank lines of its own; the citation comes last.
    body, _, below = text.rpartition("\n\n")
    lines = body.splitlines()
    assert lines[0] in EDGES
    assert lines[-1] in EDGES
    names = {str(name) for name in corpus.speakers["name"]}
    headings = {str(heading) for heading in corpus.headings().values()}
    for line in lines[1:-1]:
        if line in headings or not line or line.startswith("[Here something is left out"):
            continue
        if line.startswith("[Not shown. "):
            assert len(line.split()) <= 15
            continue
        said = re.match(r"(.+?)(?:, [^(:]+)?(?: \((.+?)\))?:", line)
        assert said, line
        assert said[1] in names
        assert "summary" in (said[2] or "")
    assert place.turn_id in below
    assert place.last is None or place.last in below
    assert f"readerlib:{corpus.descriptor.name}@" in below
    assert "not to be quoted" in below or "cut" in body or "[Here" in body


KEPT, THEIRS = brute.kept_back(lambda has: bool(has - {"strong language", "conspiracy claims"}))
WHOLE = f"{CALLS.turns['turn_id'].iloc[0]}..{CALLS.turns['turn_id'].iloc[-1]}"


def test_nothing_of_a_turn_behind_a_notice_is_copied_and_its_source_stays():
    for place in [WHOLE, *sorted(KEPT)[::4], *(f"{turn_id}:5-30" for turn_id in sorted(KEPT)[::4])]:
        text = excerpt(CALLS, place, accessed=SEEN)
        assert not brute.runs(text) & THEIRS
        assert text.endswith(f"\n\n{CALLS.cite(place, accessed=SEEN)}")
    assert excerpt(CALLS, WHOLE).count("\n[Not shown. One turn") == len(KEPT)


def test_all_of_it_is_copied_when_asked_for():
    assert brute.runs(excerpt(CALLS, WHOLE, notices="show")) >= THEIRS
    assert "Not shown" not in excerpt(CALLS, WHOLE, notices="show")


def test_a_topic_that_is_shown_shows_the_turns_that_carry_no_other():
    text = excerpt(CALLS, WHOLE, notices={"killing of civilians": "show"})
    kept, theirs = brute.kept_back(lambda has: bool(has - {"killing of civilians"}))
    assert text.count("\n[Not shown. ") == len(kept)
    assert not brute.runs(text) & theirs
    assert brute.runs(text) & THEIRS


@pytest.mark.parametrize("seed", range(60))
def test_any_place_of_the_calls_is_copied_with_what_belongs_to_it(seed):
    place = random_place(random.Random(seed))
    text = excerpt(CALLS, place, accessed=SEEN)
    check(text, CALLS, place)
    assert "Accessed 25 November 2026." in text


def test_a_turn_in_the_middle_stands_between_marks_of_what_is_left_out():
    lines = excerpt(CALLS, "ivan-2-03").splitlines()
    assert (lines[0], lines[2]) == ("[…]", "[…]")
    assert lines[1].startswith("Ivan, soldier (summary): ")


def test_the_ends_of_a_conversation_are_said():
    lines = excerpt(talk(["Are the pears ripe?", "Half of them."]), "t0..t1").splitlines()
    assert lines[:4] == [
        "[The conversation begins.]",
        "Irena: Are the pears ripe?",
        "Tomas, son: Half of them.",
        "[The conversation ends.]",
    ]


def test_a_stretch_shows_that_its_turn_goes_on():
    corpus = talk(["Are the pears ripe?"])
    assert "Irena: […] the pears […]" in excerpt(corpus, "t0:4-13")
    assert "Irena: Are the […]" in excerpt(corpus, "t0:0-8")


def test_words_are_not_called_a_summary_and_summaries_are():
    text = excerpt(talk(["Half of them.", ""], ["", "Asks whether they are ripe."]), "t0..t1")
    assert "Irena: Half of them." in text
    assert "Tomas, son (summary): Asks whether they are ripe." in text
    assert "In part a summary" in text


def test_a_place_that_is_not_there_is_refused():
    with pytest.raises(SelectionError):
        excerpt(CALLS, "ivan-9-01")
