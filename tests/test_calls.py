"""The shipped calls: true to their plan, and to the articles where those are at hand."""

import csv
import json
import re
from collections import Counter
from itertools import pairwise
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
LABELS, ANNOTATIONS, CLAIMS = table("labels"), table("annotations"), table("claims")
GLOSSARY, EVENTS = table("glossary"), table("events")

LISTS = ("theme", "notice", "evidence")
SPEAKER_CONFIRMED = "speaker confirmed by the publisher"
RELATIONS = (
    "kept",
    "shortened",
    "strengthened",
    "weakened",
    "moved",
    "merged",
    "added",
    "changed meaning",
)

# Replies that acknowledge, greet, curse, ask for repetition or laugh, and do nothing else.
BARE_REPLIES = {
    *("leonid-3-11", "leonid-3-13", "leonid-3-17", "leonid-4-01", "leonid-4-03", "leonid-4-05"),
    *("ivan-1-01", "ivan-1-02", "ivan-1-03", "ivan-1-14"),
    *("maxim-1-08", "maxim-1-10", "maxim-1-16", "maxim-2-07", "maxim-2-10"),
}

# What the sources allow a turn's status to be: by conversation and speaker, else by publication
# and kind.
CAPS = {
    **{
        (f"leonid-{n}", who): {"relative interviewed", "not corroborated"}
        for n in range(5)
        for who in ("leonid", "leonid-mother")
    },
    **{
        (f"ivan-{n}", who): {SPEAKER_CONFIRMED, "not corroborated"}
        for n in (1, 3)
        for who in ("ivan", "ivan-mother")
    },
    ("ivan-2", "ivan"): {"relative interviewed", "not corroborated"},
    ("ivan-2", "olya"): {"recorded words"},
    **{
        (f"maxim-{n}", who): {"recorded words", "not corroborated"}
        for n in range(5)
        for who in ("maxim", "maxim-wife", "maxim-mother", "maxim-child")
    },
    ("ivan-1", "telegram-message"): {"not corroborated"},
    ("ivan-3", "local-newspaper"): {"reporters' account"},
    ("ap-2023-02", "narration"): {"reporters' account"},
    ("ap-2023-02", "cut"): {"reporters' account"},
    ("ap-2023-11", "narration"): {"reporters' account"},
    ("ap-2023-11", "quoted"): {SPEAKER_CONFIRMED, "not corroborated"},
    ("ap-2023-11", "statement"): {SPEAKER_CONFIRMED, "not corroborated"},
    ("militarynews-2023", "narration"): {"not corroborated"},
}
EXCEPTIONAL = {
    "leonid-0-n03": {"denied"},  # his mother, to the AP: he met no civilians
    "leonid-3-n01": {"denied"},
    "ivan-3-s01": {"not corroborated"},  # his mother, to the AP
    "ivan-3-n02": {"corroborated independently"},  # a local newspaper's notice
    "ivan-3-n04": {SPEAKER_CONFIRMED},  # she recognised the recordings
    "andrei-s01": {"relative interviewed"},  # his mother, to the AP
}

DEATH = {
    "killing of civilians",
    "killing of prisoners",
    "killing in combat",
    "death of soldiers",
    "dead bodies",
    "self-harm",
    "threats and calls to kill",
    "wounds",
}
# Topic → the published words that give it away, and the notices of which one must be there.
TRIGGERS = {
    "killing and death": (
        r"\b(kill\w*|shoot\w*|shot|dead|died|die|dying|death|bod(y|ies)|murder\w*|execut\w+|"
        r"wound\w*|bullets?|genocide|knives|funeral|deadl\w+)\b",
        DEATH,
    ),
    "prisoners": (r"\bprisoner|\bimprison", {"killing of prisoners"}),
    "ill-treatment": (r"\bears (were )?cut|\bcut off\b|\btortur", {"ill-treatment"}),
    "conspiracies": (
        r"conspirac|biological|coronavirus|\bbats\b|mastermind",
        {"conspiracy claims"},
    ),
    "children": (
        r"\b(child|children|kids|boy|1[0-7] years old)\b",
        {"harm to children"},
    ),
    "animals": (r"\bpests\b|\bmonkeys\b", {"dehumanising words"}),
}
# Topic → turns whose words only look like it, each with the reason.
NO_NOTICE = {
    "killing and death": {
        "leonid-1-02": "being fired at",
        "leonid-1-03": "being fired at",
        "leonid-1-05": "weapons were fired; at whom is not said",
        "leonid-2-n01": "a city was to be taken without a shot",
        "leonid-4-n05": "bullets as keepsakes",
        "ivan-0-n01": "a game",
        "ivan-2-n01": "what others wish, summed up",
        "maxim-1-n02": "a building was fired at",
        "maxim-1-07": "a building was fired at",
        "intro-2023-11-n02": "what numbers stand for",
        "intro-2023-11-n04": "a battle is named",
        "retelling-2023-n03": "a manner of speaking",
    },
    "children": {
        "leonid-0-s01": "a mother of her grown son",
        "leonid-0-s03": "a mother of her grown son",
        "leonid-4-n05": "children at home",
        "ivan-0-n01": "his own childhood",
        "maxim-1-n03": "money is offered to families",
        "maxim-1-q02": "money is offered to families",
        "maxim-1-q03": "money is offered to families",
        "maxim-1-n05": "his own child at home",
        "maxim-2-08": "families on the road, seen on television",
        "maxim-3-n03": "his own child at home",
        "maxim-3-n06": "his own child at home",
        "maxim-3-q01": "his own child at home",
        "andrei-s01": "a rhetorical question",
    },
}


def header(name):
    with (FOLDER / f"{name}.csv").open(encoding="utf8", newline="") as file:
        return next(csv.reader(file))


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


@pytest.fixture
def published(story):
    """Turn → its published words."""
    found = {}
    for source, paragraphs in story.items():
        rows = iter(
            t
            for t in TURNS
            if t["kind"] != "cut" and CONVERSATIONS[t["conversation_id"]]["source_id"] == source
        )
        for paragraph in paragraphs:
            label = LABEL.match(paragraph)
            rest = paragraph[label.end() :] if label else paragraph
            while words := tokens(rest):
                turn = next(rows)
                size = int(turn["words"])
                end = words[size].start if size < len(words) else len(rest)
                found[turn["turn_id"]], rest = rest[:end], rest[end:]
    return found


def labels_of(layer):
    """Turn → its labels in the layer."""
    found = {turn["turn_id"]: [] for turn in TURNS}
    for row in ANNOTATIONS:
        if row["layer"] == layer:
            found[row["turn_id"]].append(row["value"])
    return found


labels_of_evidence = labels_of("evidence")


def source_of(turn):
    return CONVERSATIONS[turn["conversation_id"]]["source_id"]


def test_the_labels_used_are_those_of_the_closed_lists_and_each_is_used():
    used = {(row["layer"], row["value"]) for row in ANNOTATIONS if row["layer"] in LISTS}
    assert used == {(row["layer"], row["value"]) for row in LABELS}
    assert {row["layer"] for row in ANNOTATIONS} == {
        *LISTS,
        "place",
        "term",
        "claim",
        "event",
        "retells",
    }


def test_the_evidence_ladder_stands_in_its_order():
    assert [row["value"] for row in LABELS if row["layer"] == "evidence"] == [
        "recorded words",
        "speaker confirmed by the publisher",
        "relative interviewed",
        "corroborated independently",
        "not corroborated",
        "denied",
        "reporters' account",
    ]


def test_looting_is_a_theme_and_no_notice():
    assert "looting" in {row["value"] for row in LABELS if row["layer"] == "theme"}
    assert "looting" not in {row["value"] for row in LABELS if row["layer"] == "notice"}


@pytest.mark.parametrize(
    ("layer", "heading"), [("theme", "Themes"), ("notice", "Notices"), ("evidence", "Evidence")]
)
def test_the_readme_prints_the_closed_lists_as_they_are(layer, heading):
    readme = (FOLDER / "README.md").read_text("utf8")
    section = readme.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    printed = re.findall(r"^\| (?!label \|)(.+?) \| (.+) \|$", section, re.MULTILINE)
    assert printed == [(r["value"], r["description"]) for r in LABELS if r["layer"] == layer]


def test_the_readme_names_every_column_and_relation():
    readme = (FOLDER / "README.md").read_text("utf8")
    for path in FOLDER.glob("*.csv"):
        assert all(f"`{column}`" in readme for column in header(path.stem)), path.name
    assert all(f"| {relation} |" in readme for relation in RELATIONS)


def test_no_label_is_set_twice():
    keys = [(r["turn_id"], r["start"], r["end"], r["layer"], r["value"]) for r in ANNOTATIONS]
    assert len(set(keys)) == len(keys)


def test_labels_stand_in_reading_order_and_in_the_order_of_the_lists():
    turns = [turn["turn_id"] for turn in TURNS]
    order = {(row["layer"], row["value"]): n for n, row in enumerate(LABELS)}
    places = [turns.index(row["turn_id"]) for row in ANNOTATIONS]
    assert places == sorted(places)
    for layer in LISTS:
        for turn_id, values in labels_of(layer).items():
            assert values == sorted(values, key=lambda v: order[layer, v]), turn_id


def test_every_turn_has_exactly_one_status_with_a_reason():
    assert {turn_id for turn_id, values in labels_of("evidence").items() if len(values) != 1} == (
        set()
    )
    for row in ANNOTATIONS:
        if row["layer"] == "evidence":
            assert row["note"].endswith("."), row["turn_id"]


def test_every_turn_has_one_to_three_themes_unless_there_is_nothing_in_it():
    themes = labels_of("theme")
    without = {turn_id for turn_id, values in themes.items() if not values}
    cuts = {turn["turn_id"] for turn in TURNS if turn["kind"] == "cut"}
    credits = {t["turn_id"] for t in TURNS if t["conversation_id"].startswith("credits")}
    assert without == BARE_REPLIES | cuts | credits
    assert all(len(values) <= 3 for values in themes.values())


def test_a_bare_reply_is_short():
    for turn in TURNS:
        if turn["turn_id"] in BARE_REPLIES:
            assert int(turn["words"]) <= 3, turn["turn_id"]


def test_every_reference_of_a_label_resolves():
    known = {
        "place": {row["place"] for row in EVENTS} - {""},
        "term": {row["term_id"] for row in GLOSSARY},
        "claim": {row["claim_id"] for row in CLAIMS},
        "event": {row["event_id"] for row in EVENTS},
        "retells": {turn["turn_id"] for turn in TURNS},
    }
    turns = {turn["turn_id"]: turn for turn in TURNS}
    for row in ANNOTATIONS:
        assert row["turn_id"] in turns
        assert row["source_id"] == source_of(turns[row["turn_id"]]), row
        if row["layer"] in known:
            assert row["value"] in known[row["layer"]], row
    for layer in ("place", "term", "claim"):
        used = {row["value"] for row in ANNOTATIONS if row["layer"] == layer}
        assert known[layer] == used, layer


def test_every_event_rests_on_a_turn_of_its_source_but_the_publications_themselves():
    labels = [row for row in ANNOTATIONS if row["layer"] == "event"]
    source = {row["event_id"]: row["source_id"] for row in EVENTS}
    assert all(row["source_id"] == source[row["value"]] for row in labels)
    assert source.keys() - {row["value"] for row in labels} == {
        "first-article",
        "second-article",
        "retelling",
    }


def test_every_reference_of_a_claim_a_term_and_an_event_resolves():
    sources = {row["source_id"] for row in table("sources")}
    statuses = {row["value"] for row in LABELS if row["layer"] == "evidence"}
    for claim in CLAIMS:
        assert claim["claimant_id"] in SPEAKERS, claim["claim_id"]
        assert claim["status"] in statuses, claim["claim_id"]
        assert claim["source_id"] in sources, claim["claim_id"]
        assert claim["established"] or claim["not_established"], claim["claim_id"]
    assert {row["source_id"] for row in GLOSSARY} <= {*sources, ""}
    assert {row["source_id"] for row in EVENTS} <= sources


def test_a_label_covers_a_whole_turn_or_a_stretch_that_has_a_length():
    for row in ANNOTATIONS:
        assert bool(row["start"]) == bool(row["end"]), row
        assert not row["start"] or 0 <= int(row["start"]) < int(row["end"]), row


def test_no_status_is_stronger_than_its_source_allows():
    for turn in TURNS:
        turn_id = turn["turn_id"]
        allowed = EXCEPTIONAL.get(turn_id) or (
            CAPS.get((turn["conversation_id"], turn["speaker_id"]))
            or CAPS[source_of(turn), turn["kind"]]
        )
        [status] = labels_of_evidence[turn_id]
        assert status in allowed, turn_id


def test_nobody_of_maxims_story_counts_as_confirmed_or_interviewed():
    for turn in TURNS:
        if turn["conversation_id"].startswith("maxim"):
            assert labels_of_evidence[turn["turn_id"]][0] in {
                "recorded words",
                "not corroborated",
                "reporters' account",
            }, turn["turn_id"]


def test_no_event_told_on_a_call_is_corroborated():
    corroborated = {i for i, s in labels_of_evidence.items() if s == ["corroborated independently"]}
    assert corroborated == {"ivan-3-n02"}
    assert {c["claim_id"] for c in CLAIMS if c["status"] == "corroborated independently"} == {
        "presence-in-areas",
        "ivan-death",
        "roman-law-firm",
    }


def test_a_confirmed_speaker_is_no_confirmed_event():
    assert {c["claim_id"] for c in CLAIMS if c["status"] == SPEAKER_CONFIRMED} == {
        "ivan-mother-calls",
        "identities-2023-11",
    }
    words_of_whom = {"recorded words", "relative interviewed"}
    assert not [c["claim_id"] for c in CLAIMS if c["status"] in words_of_whom]


def test_a_turn_that_asserts_a_claim_has_the_status_of_that_claim():
    """Narration keeps its own status; a claim that reporters tell too leaves that of the words."""
    status = {claim["claim_id"]: claim["status"] for claim in CLAIMS}
    claims = labels_of("claim")
    for turn in TURNS:
        if turn["kind"] in {"speech", "quoted", "statement"}:
            found = {status[claim] for claim in claims[turn["turn_id"]]} - {"reporters' account"}
            [own] = labels_of_evidence[turn["turn_id"]]
            assert found <= {own}, turn["turn_id"]
            assert (own == "not corroborated") == bool(found), turn["turn_id"]


def test_a_denied_claim_says_who_denies_it():
    denied = {claim["claim_id"] for claim in CLAIMS if claim["status"] == "denied"}
    assert denied == {"leonid-contact-civilians"}
    assert all(claim["denied"] for claim in CLAIMS if claim["claim_id"] in denied)


def test_every_sentence_of_the_retelling_is_linked_to_what_it_retells():
    kinds = {turn["turn_id"]: turn["kind"] for turn in TURNS}
    links = [row for row in ANNOTATIONS if row["layer"] == "retells"]
    retelling = {t["turn_id"] for t in TURNS if t["conversation_id"] == "retelling-2023"}
    assert len(retelling) == 27
    assert {row["turn_id"] for row in links} == retelling
    for row in links:
        assert row["value"].startswith(("intro-2023-02", "leonid", "ivan", "maxim")), row
        assert kinds[row["value"]] != "cut", row
        relation, _, how = row["note"].partition(": ")
        assert relation in RELATIONS, row
        assert how, row


def test_coordinates_are_on_earth_and_one_place_has_one_pair():
    where = {}
    for event in EVENTS:
        pair = (event["latitude"], event["longitude"])
        assert bool(pair[0]) == bool(pair[1]), event["event_id"]
        assert not pair[0] or event["place"], event["event_id"]
        if pair[0]:
            assert all(re.fullmatch(r"\d+\.\d{2,3}", number) for number in pair)
            assert 44 < float(pair[0]) < 53, event["event_id"]
            assert 22 < float(pair[1]) < 41, event["event_id"]
        if event["place"]:
            assert where.setdefault(event["place"], pair) == pair, event["event_id"]
    assert {place for place, pair in where.items() if not pair[0]} == {"Belarus", "Siberia"}
    assert {row["place"] for row in CONVERSATIONS.values()} <= {*where, ""}


def test_dates_are_iso_dates_as_far_as_they_go_and_events_follow_each_other():
    shape = re.compile(r"20\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
    rows = [*EVENTS, *CONVERSATIONS.values(), *table("sources")]
    assert all(shape.fullmatch(row["date"]) for row in rows if row["date"])
    dated = [row["date"] for row in EVENTS if row["date"]]
    for earlier, later in pairwise(dated):
        size = min(len(earlier), len(later))
        assert earlier[:size] <= later[:size]


def test_a_call_has_a_month_and_what_only_reporters_tell_has_none():
    for conversation in CONVERSATIONS.values():
        assert bool(conversation["channel"]) == bool(conversation["date"])
        assert conversation["channel"] in {"phone call", "interview", ""}
    spoken = {t["conversation_id"] for t in TURNS if t["kind"] in {"speech", "quoted"}}
    calls = {c["conversation_id"] for c in CONVERSATIONS.values() if c["channel"] == "phone call"}
    assert calls == spoken


def test_no_cell_quotes_speech_runs_as_a_formula_or_hides_a_list():
    for path in FOLDER.glob("*.csv"):
        raw = path.read_bytes()
        assert not raw.startswith(b"\xef\xbb\xbf"), path.name
        assert b"\r" not in raw, path.name
        for row in table(path.stem):
            for column, cell in row.items():
                assert not cell.startswith(("=", "+", "-", "@")), (path.name, cell)
                assert cell == cell.strip(), (path.name, cell)
                assert "\n" not in cell, (path.name, cell)
                if column.endswith("_id") or column in {"value", "status", "layer"}:
                    assert not set(",;|") & set(cell), (path.name, cell)
                if column != "title":
                    assert not set('"“”«»') & set(cell), (path.name, cell)


def test_keys_name_one_row_each_and_the_package_describes_every_column():
    package = json.loads((FOLDER / "datapackage.json").read_text("utf8"))
    resources = {resource["name"]: resource["schema"] for resource in package["resources"]}
    assert set(resources) == {path.stem for path in FOLDER.glob("*.csv")}
    for name, schema in resources.items():
        assert [field["name"] for field in schema["fields"]] == header(name)
        assert all(field["type"] and field["description"] for field in schema["fields"])
        if name != "annotations":
            key = schema["primaryKey"]
            columns = [key] if isinstance(key, str) else key
            rows = [tuple(row[column] for column in columns) for row in table(name)]
            assert len(set(rows)) == len(rows), name
            assert all(all(row) for row in rows), name


def test_the_notice_of_strong_language_stands_where_the_article_has_it(published):
    """Masked words, and the two plain ones that count."""
    plain = {"ivan-3-05", "maxim-1-10"}
    masked = {i for i, words in published.items() if re.search(r"\w[—–-]{2,}", words)}
    assert len(masked) == 15
    noticed = {i for i, values in labels_of("notice").items() if "strong language" in values}
    assert noticed == masked | plain


@pytest.mark.parametrize("topic", sorted(TRIGGERS))
def test_a_turn_whose_words_hold_a_topic_has_a_notice_for_it(published, topic):
    pattern, fitting = TRIGGERS[topic]
    notices = labels_of("notice")
    found = {i for i, words in published.items() if re.search(pattern, words, re.IGNORECASE)}
    missing = {i for i in found if not fitting & set(notices[i])}
    assert missing == set(NO_NOTICE.get(topic, {}))


def test_a_place_label_stands_where_the_published_words_name_the_place(published):
    places = {row["place"] for row in EVENTS} - {""}
    labels = labels_of("place")
    for turn_id, words in published.items():
        named = {p for p in places if re.search(rf"\b{p}\b", words, re.IGNORECASE)}
        assert named == set(labels[turn_id]), turn_id


def test_a_term_label_stands_where_the_published_words_have_the_term(published):
    labels = labels_of("term")
    for term in GLOSSARY:
        if term["term_id"] in {"reveal", "dots", "edited", "editors-gloss"}:
            continue
        for word in term["term"].split(", "):
            pattern = re.compile(rf"\b{re.escape(word)}s?\b", re.IGNORECASE)
            for turn_id, words in published.items():
                if pattern.search(words):
                    assert term["term_id"] in labels[turn_id], (turn_id, word)


def test_dots_are_labelled_where_the_article_has_them(published):
    dotted = {i for i, words in published.items() if re.search(r"\.\.\.|…", words)}
    assert dotted == {i for i, terms in labels_of("term").items() if "dots" in terms}
