"""The published words: aligned with copies of all kinds, kept for the reader, forgotten."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pandas as pd
import pytest

import published
import variants
from readerlib import Corpus, load
from readerlib.attach import align, attach, attached, checks, folder, forget, keep, kept
from readerlib.descriptor import Descriptor, Facet
from readerlib.documents import Document, pasted
from readerlib.errors import AlignmentError, ReaderError
from readerlib.text import count, fingerprint

# An invented story, so that these tests need no article: two people and a boat.
STORY = [
    ("n01", "reporter", "narration", "Anna keeps a small boat at the end of the northern pier."),
    ("01", "anna", "speech", "“Did you tie the boat to the second ring last night?”"),
    ("02", "tomas", "speech", "“I think so.”"),
    ("03", "anna", "speech", "“You think so, or do you know it for certain, Tomas?”"),
    ("04", "tomas", "speech", "“Mhm.”"),
    ("05", "anna", "speech", "“Then where the f——— is it now, if you know so much about ropes?”"),
    ("06", "tomas", "speech", "“Gone.” (laughs)"),
    ("07", "anna", "speech", "“Thirty years it has been lying there, and you laugh about it!”"),
    ("08", "tomas", "speech", "“Mhm.”"),
    ("09", "anna", "speech", "“The harbor master came by at 7,500 kroner an hour, more or less.”"),
    ("10", "tomas", "speech", "“Holy s—-.”"),
    ("q01", "anna", "quoted", "“Some people should never own a rope,” Anna tells her sister."),
    (
        "n02",
        "reporter",
        "narration",
        "The boat was found in the evening, behind the gray lighthouse.",
    ),
    ("11", "anna", "speech", "“It is back, and there is a gull asleep in it.”"),
    ("12", "tomas", "speech", "“You see?”"),
    ("13", "anna", "speech", "“I see a gull that ties better knots than you ever did.”"),
]
OTHER = [
    ("r01", "reporter", "narration", "A boat that had gone missing turned up again on Monday."),
    (
        "r02",
        "reporter",
        "narration",
        "Its owner blames a friend who had moored it the night before.",
    ),
    (
        "r03",
        "reporter",
        "narration",
        "The friend says he has nothing to add, and the gull is fine.",
    ),
]
NAMES = {"anna": "Anna", "tomas": "Tomas", "reporter": "The reporter"}
WORDS = {f"boat-{turn}": text for turn, _, _, text in STORY} | {
    f"short-{turn}": text for turn, _, _, text in OTHER
}


def made(texts: dict[str, str], checked: pd.DataFrame | None) -> Corpus:
    """The corpus of the story as one would ship it: without its words."""
    rows = [("boat", *row) for row in STORY] + [("short", *row) for row in OTHER]
    last: dict[str, int] = {}
    turns = []
    for talk, turn, speaker, kind, _ in rows:
        last[talk] = last.get(talk, 0) + 1
        text = texts[f"{talk}-{turn}"]
        turns.append(
            {
                "turn_id": f"{talk}-{turn}",
                "conversation_id": talk,
                "position": str(last[talk]),
                "speaker_id": speaker,
                "kind": kind,
                "gist": "Speaks of the boat, the rope and the gull, and of the harbor master.",
                "words": str(count(text)),
                "fingerprint": fingerprint(text, "pier") or "",
            }
        )
    tables = {
        "turns": pd.DataFrame(turns),
        "conversations": pd.DataFrame(
            {"conversation_id": ["boat", "short"], "source_id": ["pier-news", "retelling"]}
        ),
        "speakers": pd.DataFrame({"speaker_id": list(NAMES), "name": list(NAMES.values())}),
        "sources": pd.DataFrame(
            {"source_id": ["pier-news", "retelling"], "title": ["The boat", "Boat is back"]}
        ),
    }
    if checked is not None:
        tables["checks"] = checked
    return Corpus(tables, PIER_ABOUT)


PIER_ABOUT = Descriptor(
    "pier", "The pier", fingerprint_salt="pier", facets=(Facet("kind", "Kind", "turns.kind"),)
)
BARE = made(WORDS, None)
PIER = made(WORDS, checks(BARE, WORDS))


def written(changed: dict[str, str] | None = None, label: str = "{}: ", gap: str = "\n\n") -> str:
    """The story as an article prints it; a turn changed to an empty text is left out."""
    lines = []
    for turn, speaker, kind, text in STORY:
        text = (changed or {}).get(turn, text)
        if text:
            lines.append((label.format(NAMES[speaker]) if kind == "speech" else "") + text)
    return gap.join(lines)


def statuses(text: str, **options: str) -> dict[str, str]:
    report = align(PIER, pasted(text), **options)
    return {turn.turn_id.removeprefix("boat-"): turn.status for turn in report.turns}


def others(found: dict[str, str], *but: str) -> set[str]:
    return {status for turn, status in found.items() if turn not in but}


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of this test's own."""
    monkeypatch.setenv("READERLIB_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


class TestAligning:
    def test_an_unchanged_copy_is_exact_and_gives_the_words_back(self):
        report = align(PIER, pasted(written()))
        assert report.accepted
        assert report.source_id == "pier-news"
        assert report.reason is None
        assert {t.turn_id: t.text for t in report.turns} == {
            f"boat-{turn}": text for turn, _, _, text in STORY
        }
        assert report.count("exact") == len(STORY)
        assert (
            report.summary == "13 of 13 labelled turns and 3 of 3 other passages found and checked."
        )

    @pytest.mark.parametrize(
        ("turn", "text"),
        [
            ("05", "“Then where the f**king is it now, if you know so much about ropes?”"),
            ("05", "“Then where the [expletive] is it now, if you know so much about ropes?”"),
            ("05", "“Then where the fuck is it now, if you know so much about ropes?”"),
            ("09", "“The harbour master came by at 7 500 kroner an hour, more or less.”"),
            ("n02", "The boat was found in the evening, behind the grey lighthouse."),
            ("10", "“Holy s***.”"),
            ("10", "“Holy [expletive].”"),
            ("03", "“You think so, or do you know it for cert ain, Tomas?”"),
        ],
    )
    def test_the_same_words_in_another_spelling_are_proven_by_the_fingerprint(self, turn, text):
        found = statuses(written({turn: text}))
        assert found[turn] == "respelt"
        assert others(found, turn) == {"exact"}

    @pytest.mark.parametrize(
        ("turn", "text"),
        [
            ("03", "“You think so, or do you know it for sure, Tomas?”"),
            ("07", "“Thirty years it has been lying there!”"),
            ("07", "“Thirty years it has been lying there, and you laugh about it! Out.”"),
            ("02", "“I doubt it.”"),
            ("04", "“No.”"),
            ("12", "“You know?”"),
            ("06", "“Gone.”"),
        ],
    )
    def test_a_changed_turn_differs_and_is_not_put_in(self, turn, text):
        report = align(PIER, pasted(written({turn: text})))
        found = {t.turn_id.removeprefix("boat-"): t for t in report.turns}
        assert found[turn].status == "differs"
        assert found[turn].text == text
        assert found[turn].words is None
        assert f"boat-{turn}" not in report.texts
        assert others({k: t.status for k, t in found.items()}, turn) == {"exact"}

    @pytest.mark.parametrize("turn", ["n01", "02", "04", "05", "08", "q01", "12", "13"])
    def test_a_turn_that_is_cut_is_missing_though_another_may_say_the_same(self, turn):
        found = statuses(written({turn: ""}))
        assert found[turn] == "missing"
        assert others(found, turn) == {"exact"}

    def test_a_turn_is_not_pieced_together_from_another_ones_words(self):
        # What is missing of 03 stands at the end of a later turn.
        found = statuses(
            written(
                {
                    "03": "“You think so, or do you know it.”",
                    "07": "“Thirty years it has been lying there for certain, Tomas?”",
                }
            )
        )
        assert found["03"] == found["07"] == "differs"

    def test_of_two_turns_that_say_the_same_the_changed_one_is_told(self):
        assert statuses(written({"04": "“Yes.”"}))["04"] == "differs"
        assert statuses(written({"04": "“Yes.”"}))["08"] == "exact"

    @pytest.mark.parametrize(
        "label",
        ["{} (by the water): ", "**{}:** ", "{}\n", "[00:12:05] {}: ", "{} | ", "{} — ", ""],
    )
    @pytest.mark.parametrize("gap", ["\n\n", "\n", " "])
    def test_labels_and_layout_do_not_matter(self, label: str, gap: str):
        if "\n" in label and gap == " ":
            label = "{}: "
        assert others(statuses(written(label=label, gap=gap))) == {"exact"}

    def test_words_that_a_page_puts_into_a_turn_are_left_out(self):
        text = "“Thirty years it has been\n\nAdvertisement\n\nlying there, and you laugh about it!”"
        report = align(PIER, pasted(written({"07": text})))
        assert report.texts["boat-07"] == WORDS["boat-07"]

    def test_progress_rises_to_one(self):
        told: list[float] = []
        align(PIER, pasted(written()), progress=lambda share, what: told.append(share))
        assert told == sorted(told)
        assert (told[0], told[-1]) == (0.0, 1.0)

    def test_a_path_a_document_and_a_text_are_all_articles(self, tmp_path: Path):
        file = tmp_path / "boat.txt"
        file.write_text(written(), "utf-8")
        for article in (file, str(file), written(), Document((written(),))):
            assert align(PIER, article).accepted

    def test_without_checks_a_short_turn_is_never_taken_for_proven(self):
        report = align(BARE, pasted(written()))
        short = [t for t in report.turns if count(WORDS[t.turn_id]) < 6]
        assert not any(turn.found for turn in short)


class TestRefusing:
    def test_another_source_of_the_corpus_is_known_as_itself_and_refused_as_this(self):
        retold = "\n\n".join(text for *_, text in OTHER)
        assert align(PIER, pasted(retold)).source_id == "retelling"
        report = align(PIER, pasted(retold), source_id="pier-news")
        assert not report.accepted
        assert "Boat is back" in str(report.reason)
        assert {turn.status for turn in report.turns} == {"missing"}

    @pytest.mark.parametrize("text", ["", " \n ", "Something else. " * 50])
    def test_an_empty_or_unrelated_text_is_refused(self, text: str):
        report = align(PIER, pasted(text))
        assert not report.accepted
        assert report.source_id is None
        assert report.turns == ()

    def test_a_teaser_is_refused(self):
        report = align(PIER, pasted(written()[:120] + " Subscribe to read on."))
        assert not report.accepted
        assert "teaser" in str(report.reason)

    def test_a_reworded_version_is_refused(self):
        swapped = written()
        for here, there in [
            ("boat", "vessel"),
            ("you", "thou"),
            ("rope", "cord"),
            (" it ", " that "),
        ]:
            swapped = swapped.replace(here, there)
        report = align(PIER, pasted(swapped))
        assert not report.accepted

    def test_an_unknown_source_is_an_error_with_a_suggestion(self):
        with pytest.raises(ReaderError, match='Did you mean "pier-news"'):
            align(PIER, pasted("x"), source_id="pier-new")

    def test_a_corpus_without_fingerprints_has_nothing_to_attach(self):
        turns = pd.DataFrame(
            {
                "turn_id": ["a"],
                "conversation_id": ["c"],
                "position": ["1"],
                "speaker_id": ["s"],
                "kind": ["speech"],
            }
        )
        tables = {
            "turns": turns,
            "conversations": pd.DataFrame({"conversation_id": ["c"]}),
            "speakers": pd.DataFrame({"speaker_id": ["s"], "name": ["Irena"]}),
        }
        with pytest.raises(ReaderError, match="no published words to attach"):
            align(Corpus(tables, Descriptor("own", "Own")), pasted("x"))


class TestReport:
    def test_it_shows_no_word_of_the_copy_unless_asked(self):
        report = align(PIER, pasted(written()))
        shown = f"{report!r} {report.summary} {report.turns[1]!r}"
        assert "boat to the second" not in shown
        assert "exact" in shown

    def test_its_record_is_what_the_command_line_prints(self):
        record = align(PIER, pasted(written({"12": ""}))).as_record()
        assert list(record) == ["accepted", "reason", "source_id", "turns"]
        assert list(record["turns"][0]) == ["turn_id", "status", "text"]
        assert {t["turn_id"] for t in record["turns"] if t["text"] is None} == {"boat-12"}


def every_byte(where: Path) -> bytes:
    return b"".join(file.read_bytes() for file in where.rglob("*") if file.is_file())


class TestKeeping:
    def test_what_is_attached_is_there_the_next_time(self):
        corpus = attach(PIER, written())
        assert list(corpus.turns["text"][:16]) == [text for *_, text in STORY]
        assert list(attached(PIER).turns["text"]) == list(corpus.turns["text"])
        assert "text" not in PIER.turns

    def test_a_selection_stays(self):
        corpus = attached(PIER)
        assert corpus is PIER
        attach(PIER, written())
        assert len(attached(PIER).select(find="better knots")) == 1
        spoken = attached(PIER.select(kind="speech"))
        assert (len(spoken), len(spoken.whole)) == (13, 19)

    @pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
    def test_nobody_else_may_read_it(self):
        attach(PIER, written())
        (file,) = folder().iterdir()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder().stat().st_mode) == 0o700

    def test_a_refused_copy_is_not_kept_and_the_error_holds_none_of_it(self, data: Path):
        text = "The harbor lies still, and nobody asks about ropes. " * 20
        with pytest.raises(AlignmentError) as told:
            attach(PIER, text)
        assert "harbor lies" not in str(told.value)
        assert not data.exists()

    def test_differing_words_are_kept_apart_and_never_put_in(self):
        attach(PIER, written({"03": "“You think so, or do you know it for sure, Tomas?”"}))
        (here,) = kept(PIER).values()
        assert list(here.differing) == ["boat-03"]
        assert "boat-03" not in here.words
        turns = attached(PIER).turns.set_index("turn_id")
        assert turns.loc["boat-03", "text"] == ""

    def test_a_second_copy_adds_what_the_first_one_lacks(self):
        attach(PIER, written({"03": "", "05": STORY[5][3].replace("———", "***")}))
        attach(PIER, written({"07": ""}))
        (here,) = kept(PIER).values()
        assert len(here.words) == len(STORY)
        assert here.words["boat-05"].status == "exact"
        attach(PIER, written({"05": STORY[5][3].replace("———", "***")}))
        assert kept(PIER)["pier-news"].words["boat-05"].status == "exact"

    def test_words_that_no_longer_fit_are_left_out(self):
        attach(PIER, written())
        changed = made(
            {**WORDS, "boat-07": "“Forty years it has been lying there, more or less.”"}, None
        )
        words = kept(changed)["pier-news"].words
        assert "boat-07" not in words
        assert "boat-05" in words
        assert "boat-04" not in words

    @pytest.mark.parametrize("hand", ["cut off", "edited", "not ours"])
    def test_a_damaged_file_counts_as_not_attached(self, hand: str):
        attach(PIER, written())
        (file,) = folder().iterdir()
        text = file.read_text("utf-8")
        file.write_text(
            {"cut off": text[:300], "edited": text.replace("gull", "duck"), "not ours": "[]"}[hand],
            "utf-8",
        )
        assert kept(PIER) == {}
        assert attached(PIER) is PIER

    def test_forgetting_leaves_no_byte(self, data: Path):
        attach(PIER, written())
        attach(PIER, "\n\n".join(text for *_, text in OTHER))
        (folder() / ".pier@1--pier-news.json.0f.part").write_text("lying there", "utf-8")
        assert b"lying there" in every_byte(data)
        assert forget(PIER) == 3
        assert every_byte(data) == b""
        assert not folder().exists()
        assert forget() == 0

    def test_forgetting_one_corpus_leaves_the_others(self):
        attach(PIER, written())
        assert forget(load("calls", attached=False)) == 0
        assert kept(PIER)

    def test_a_folder_that_cannot_be_written_is_named(self, data: Path):
        data.write_text("a file in the way", "utf-8")
        with pytest.raises(ReaderError, match="READERLIB_DATA"):
            attach(PIER, written())

    @pytest.mark.skipif(os.name != "posix", reason="signals are of POSIX")
    def test_a_process_killed_while_writing_leaves_the_old_words_or_the_new(self, data: Path):
        keep(PIER, align(PIER, written()))
        shown = {"LOUD": written().upper(), "soft": written()}
        rng = random.Random(7)
        seen = set()
        for _ in range(8):
            child = subprocess.Popen(
                [sys.executable, "-c", WRITER],
                stdout=subprocess.PIPE,
                env=dict(os.environ, PYTHONPATH=str(Path(__file__).parent)),
            )
            assert child.stdout
            assert child.stdout.readline() == b"writing\n"
            time.sleep(rng.random() * 0.05)
            child.send_signal(signal.SIGKILL)
            child.wait()
            child.stdout.close()
            words = kept(PIER)["pier-news"].words
            texts = [words[f"boat-{turn}"].text for turn, *_ in STORY]
            loud = {text == text.upper() for text in texts if re.search("[a-z]", text.lower())}
            assert len(texts) == len(STORY)
            assert len(loud) == 1
            seen |= loud
        assert shown
        assert forget(PIER) >= 1
        assert every_byte(data) == b""


WRITER = """
from test_attach import PIER, align, keep, written
reports = [align(PIER, written().upper()), align(PIER, written())]
print("writing", flush=True)
while True:
    for report in reports:
        keep(PIER, report)
"""


# From here on the articles must be at hand.


@pytest.fixture(scope="module")
def calls() -> Corpus:
    return load("calls", attached=False)


@pytest.fixture(scope="module")
def words(articles: Path) -> dict[str, str]:
    return published.texts(articles)


@pytest.fixture(scope="module")
def bases(articles: Path) -> dict[str, variants.Copy]:
    return {s: variants.original(articles, s) for s in ("ap-2023-02", "ap-2023-11")}


def file_of(articles: Path, source: str) -> Path:
    return articles / published.ARTICLES[source][0]


@pytest.mark.parametrize("source", list(published.ARTICLES))
def test_every_published_turn_is_exact_and_has_its_own_words(source, articles, calls, words):
    report = align(calls, file_of(articles, source))
    assert report.accepted
    assert report.source_id == source
    assert report.count("exact") == len(report.turns)
    for turn in report.turns:
        assert turn.text == " ".join(words[turn.turn_id].split()), turn.turn_id


def test_the_labelled_turns_are_122(articles, calls):
    report = align(calls, file_of(articles, "ap-2023-02"))
    assert report.summary == (
        "122 of 122 labelled turns and 85 of 85 other passages found and checked."
    )


@pytest.mark.parametrize("offered", list(published.ARTICLES))
@pytest.mark.parametrize("as_source", list(published.ARTICLES))
def test_each_article_offered_as_another_is_refused(offered, as_source, articles, calls):
    report = align(calls, file_of(articles, offered), source_id=as_source)
    assert report.accepted == (offered == as_source)
    if offered != as_source:
        assert {turn.status for turn in report.turns} == {"missing"}
        assert "another source of the corpus" in str(report.reason)


def test_the_checks_of_short_turns_are_made_from_the_articles(words, calls):
    made_anew = checks(calls, words)
    assert made_anew.equals(calls.table("checks"))
    short = calls.turns[(calls.turns["fingerprint"] == "") & (calls.turns["kind"] != "cut")]
    assert set(made_anew["turn_id"]) == set(short["turn_id"])


@pytest.mark.parametrize("kind", list(variants.KINDS))
def test_of_every_kind_of_copy_each_unchanged_turn_is_found(kind, bases, calls, words):
    for source, base in bases.items():
        if source == "ap-2023-11" and kind in variants.LABELS:
            continue
        rng = Random(kind)
        copy = variants.variant(base, kind, rng)
        result = variants.score(calls, copy, [kind], source, rng, words)
        assert not result.wrong
        assert not result.unnoticed
        assert not result.lost
        assert result.accepted, kind
        assert result.missing == result.cut
        assert result.differs >= 0.8 * result.altered


def test_no_turn_of_a_mixture_has_other_words(bases, calls, words):
    for seed in range(int(os.environ.get("READERLIB_MIXTURES", "15"))):
        rng = Random(seed)
        source = "ap-2023-11" if seed % 5 == 0 else "ap-2023-02"
        copy, kinds = variants.mixture(bases[source], rng)
        result = variants.score(calls, copy, kinds, source, rng, words)
        assert not result.wrong, (seed, kinds)


@pytest.mark.parametrize("soldier", ["leonid", "ivan", "maxim"])
def test_an_edition_with_one_story_is_accepted_and_says_how_much_it_has(soldier, bases, calls):
    copy = variants.deepcopy(bases["ap-2023-02"])
    copy.story = [p for p in copy.story if p.section.startswith(soldier)]
    report = align(calls, pasted(copy.text(Random(0))))
    assert report.accepted
    assert report.count("differs") == 0
    assert report.count("exact") == len(copy.truth())


@pytest.mark.parametrize("source", ["ap-2023-02", "ap-2023-11"])
@pytest.mark.parametrize("paragraphs", [2, 4])
def test_the_beginning_alone_is_refused_as_a_teaser(source, paragraphs, bases, calls):
    text = bases[source].text(Random(0)).split("\n\n")
    report = align(calls, pasted("\n\n".join(text[: paragraphs + 1])))
    assert not report.accepted
    assert "teaser" in str(report.reason)


SYNONYMS = {
    "mother": "mom",
    "said": "stated",
    "says": "states",
    "told": "informed",
    "tells": "informs",
    "soldiers": "troops",
    "people": "folks",
    "war": "conflict",
    "know": "understand",
    "want": "wish",
    "going": "heading",
    "just": "merely",
    "here": "around",
    "there": "yonder",
    "so": "thus",
    "is": "remains",
    "they": "those men",
    "like": "akin to",
}


@pytest.mark.parametrize("source", ["ap-2023-02", "ap-2023-11"])
@pytest.mark.parametrize("share", [0.5, 1.0])
def test_a_version_with_swapped_synonyms_is_refused(source, share, bases, calls):
    rng = Random(source)
    text = re.sub(
        r"[A-Za-z]+",
        lambda m: SYNONYMS.get(m[0].lower(), m[0]) if rng.random() < share else m[0],
        bases[source].text(rng),
    )
    report = align(calls, pasted(text))
    assert not report.accepted
    assert "reworded" in str(report.reason)


def test_the_command_line_reports_and_changes_nothing_on_a_trial(articles, data: Path):
    command = [sys.executable, "-m", "readerlib", "attach"]
    file = str(file_of(articles, "ap-2023-11"))
    done = subprocess.run([*command, file, "--dry-run", "--json"], capture_output=True)
    assert done.returncode == 0
    # Turns behind a notice are told of, beside the record and not in it.
    assert b"--notices show" in done.stderr
    record = json.loads(done.stdout)
    assert record["accepted"] is True
    assert record["source_id"] == "ap-2023-11"
    assert {turn["status"] for turn in record["turns"]} == {"exact"}
    assert not data.exists()
