"""The shipped calls: true to their plan, and to the articles where those are at hand."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from readerlib.text import fingerprint, tokens

FOLDER = Path(__file__).parent.parent / "data" / "calls"


def table(name):
    with (FOLDER / f"{name}.csv").open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))


TURNS = table("turns")
SPEAKERS = {row["speaker_id"]: row for row in table("speakers")}
CONVERSATIONS = {row["conversation_id"]: row for row in table("conversations")}


def test_the_labelled_turns_are_as_many_as_the_article_has():
    spoken = [t for t in TURNS if t["kind"] == "speech"]
    assert len(spoken) == 122
    assert Counter(SPEAKERS[t["speaker_id"]]["name"] for t in spoken) == {
        "Mother": 43,
        "Leonid": 24,
        "Maxim": 18,
        "Ivan": 17,
        "Wife": 16,
        "Olya": 4,
    }
    chapters = [t["conversation_id"] for t in spoken]
    assert list(Counter(chapters).values()) == [12, 7, 17, 13, 16, 10, 7, 18, 10, 7, 5]


def test_ids_are_unique_and_every_reference_resolves():
    assert len({t["turn_id"] for t in TURNS}) == len(TURNS)
    for turn in TURNS:
        assert turn["conversation_id"] in CONVERSATIONS
        assert turn["speaker_id"] in SPEAKERS
        assert turn["addressee_id"] in {*SPEAKERS, ""}
    sources = {row["source_id"] for row in table("sources")}
    assert {row["source_id"] for row in CONVERSATIONS.values()} == sources


def test_positions_run_from_one_in_each_conversation():
    last = Counter()
    for turn in TURNS:
        last[turn["conversation_id"]] += 1
        assert int(turn["position"]) == last[turn["conversation_id"]]


def test_every_turn_has_a_summary_that_is_no_quotation():
    for turn in TURNS:
        assert turn["gist"].endswith("."), turn["turn_id"]
        assert not set('"“”«»') & set(turn["gist"]), turn["turn_id"]


def test_a_turn_of_six_words_or_more_has_a_fingerprint_and_no_shorter_one_has():
    for turn in TURNS:
        assert bool(turn["fingerprint"]) == (int(turn["words"]) >= 6), turn["turn_id"]


@pytest.fixture
def story(articles):
    """The words of each article that are the story's own, paragraph by paragraph."""

    def paragraphs(name, begin, end, furniture):
        text = (articles / name).read_text("utf8")
        text = text[text.index(begin) : text.index(end) if end else None]
        kept = (p.strip() for p in re.split(r"\n\s*\n", text))
        return [p for p in kept if p and not re.match(furniture, p)]

    return {
        "ap-2023-02": paragraphs(
            "ap-2023-02-never-saw-such-hell.txt",
            "KYIV, Ukraine",
            "Follow the AP",
            r"(ONE|TWO|THREE|FOUR): ",
        ),
        "ap-2023-11": paragraphs(
            "ap-2023-11-die-in-this-pit.txt",
            "Secretly recorded",
            "More AP coverage",
            r"___|[A-Z ]+$",
        ),
        "militarynews-2023": paragraphs(
            "militarynews-2023-retelling.txt",
            "Like any deployed",
            None,
            r"Russian troops\n|ukranian tanks",
        ),
    }


LABEL = re.compile(r"(Mother|Leonid|Ivan|Olya|Maxim|Wife): ")


@pytest.mark.parametrize("source", ["ap-2023-02", "ap-2023-11", "militarynews-2023"])
def test_every_paragraph_is_accounted_for_word_by_word(story, source):
    """Each paragraph's words are used up by whole turns, with label and fingerprint right."""
    rows = iter(
        t
        for t in TURNS
        if t["kind"] != "cut" and CONVERSATIONS[t["conversation_id"]]["source_id"] == source
    )
    for paragraph in story[source]:
        label = LABEL.match(paragraph)
        rest = paragraph[label.end() :] if label else paragraph
        while words := tokens(rest):
            turn = next(rows)
            size = int(turn["words"])
            assert size <= len(words), turn["turn_id"]
            if label:
                assert turn["kind"] == "speech", turn["turn_id"]
                assert SPEAKERS[turn["speaker_id"]]["name"] == label[1], turn["turn_id"]
                assert size == len(words), turn["turn_id"]
            else:
                assert turn["kind"] != "speech", turn["turn_id"]
            piece = rest[: words[size - 1].end]
            assert (fingerprint(piece, "calls") or "") == turn["fingerprint"], turn["turn_id"]
            rest = rest[len(piece) :]
    assert next(rows, None) is None
