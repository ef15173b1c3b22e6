"""The questions on the calls, and the route: complete, in form, and borne out by other tables."""

import csv
import re
from collections import Counter, defaultdict
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

import pytest

from readerlib import load
from readerlib.questions import judge, questions
from readerlib.text import tokens

DATA = Path(__file__).parent.parent / "data"


def table(name, corpus="calls"):
    with (DATA / corpus / f"{name}.csv").open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))


def options_of(corpus="calls"):
    found = defaultdict(list)
    for row in table("options", corpus):
        found[row["question_id"]].append(row)
    return found


QUESTIONS, OPTIONS, ROUTE = table("questions"), options_of(), table("route")
TURNS = {row["turn_id"]: row for row in table("turns")}
ORDER = {turn_id: at for at, turn_id in enumerate(TURNS)}
ANNOTATIONS = table("annotations")
CLAIMS = {row["claim_id"]: row for row in table("claims")}
CONVERSATIONS = {row["conversation_id"]: row for row in table("conversations")}
CHAPTERS = [name for name, row in CONVERSATIONS.items() if row["chapter"]]
STORIES = ["professor", "artyom", "roman", "andrei"]
KINDS = {"choice", "order", "line", "evidence", "short", "open"}

ONLY_SAID = ("Only said; nobody else bears it out", "Borne out by somebody independent")
WHO_SPEAKS = (
    "Nobody is named who confirmed the speakers",
    "Confirmed by somebody who knows them",
)
RETOLD = ("Says what its source says", "Says something else")
BANDS = {
    ONLY_SAID: {
        "not corroborated": (0, 40),
        "reporters' account": (30, 75),
        "corroborated independently": (65, 100),
    },
    WHO_SPEAKS: {
        "recorded words": (0, 45),
        "speaker confirmed by the publisher": (55, 100),
    },
    RETOLD: {"kept": (0, 30), "changed meaning": (60, 100)},
}
"""Ends of a line → what the annotations or the ledger say → where on the line that can be."""

ABOUT = {
    "leonid-0-q2": "leonid-mother-calm",
    "leonid-1-q5": "leonid-first-fight",
    "leonid-2-q5": "leonid-loots-homes",
    "leonid-3-q6": "leonid-17-year-old",
    "leonid-4-q5": "leonid-return",
    "ivan-3-q6": "ivan-death",
    "maxim-1-q5": "maxim-money-given",
    "maxim-2-q6": "biological-weapons",
    "maxim-3-q5": "maxim-killed-civilians",
    "professor-q3": "professor-children",
    "andrei-q4": "andrei-no-leave",
}
"""Question on a line of what is borne out → the claim of the ledger that it is about."""

THEMES = {
    "intro-2023-02-q3": {"phones and recordings"},
    "leonid-1-q4": {"compassion and doubt"},
    "leonid-2-q3": {"looting", "money and goods"},
    "leonid-4-q3": {"fear and strain"},
    "ivan-1-q3": {"fear and strain"},
    "ivan-2-q4": {"love and longing"},
    "ivan-3-q5": {"killing and death"},
    "maxim-2-q4": {"beliefs about the war"},
    "maxim-3-q4": {"killing and death"},
    "maxim-4-q4": {"fear and strain"},
    "intro-2023-11-q3": {"wish to get out"},
    "artyom-q2": {"wish to get out"},
    "andrei-q2": {"army and orders"},
}
"""Evidence question → the themes that every turn of its key is labelled with."""

WORDED = {
    "leonid-3-q4": r"\b(local|peaceful)\b",  # the mother's own words for those who died
    "maxim-1-q3": r"\b(not tell|asks how)\b",
    "retelling-2023-q2": None,  # by the labels of what a sentence does with its source
}
"""The others → what the summary of each turn of the key, and of no near one, says."""

JUST_THESE = {"leonid-1-q4", "intro-2023-11-q3", "andrei-q2"}
"""Evidence questions whose key is just the turns of the passage that have the theme."""

SPELLINGS = {
    "2000": "2,000",
    "two thousand": "2,000",
    "fifteen": "15",
    "five hundred": "500s",
    "500": "500s",
    "usa": "United States",
    "us": "United States",
    "kiew": "Kyiv",
    "u.s.": "United States",
    "the ukraine": "Ukraine",
    "law office": "law firm",
    "cross yourself": "cross himself",
}
"""Accepted answer → the words of the summary that it stands for, where spelling is not near."""

GRUESOME = (
    r"\b(ears?|brains?|guts|knife|knives|stab\w*|mutilat\w*|tortur\w*|behead\w*|corpses?|blood\w*|"
    r"burn(ed|ing|t)? bod\w+|dead bod\w+|thighs?|wounds? of|execut\w+|rap(e|ed|es)|"
    r"how many (were )?(killed|dead|died))\b"
)
NEVER_SAID = (
    r"\b(well done|correct|incorrect|wrong answer|unfortunately|sorry, |oops|great|good job|score|"
    r"you should have|what would you (have )?do(ne)?|if you were)\b|!"
)


def passage(question):
    first, last = question["turn_id"], question["last_turn_id"] or question["turn_id"]
    return list(TURNS)[ORDER[first] : ORDER[last] + 1]


def of_kind(*kinds):
    return [question for question in QUESTIONS if question["kind"] in kinds]


def named(rows):
    return {"argvalues": rows, "ids": [row["question_id"] for row in rows]}


def keys(question):
    return [row for row in OPTIONS[question["question_id"]] if row["key"]]


def near(question):
    return [row for row in OPTIONS[question["question_id"]] if not row["key"]]


def labels(layer):
    found = defaultdict(set)
    for row in ANNOTATIONS:
        if row["layer"] == layer:
            found[row["turn_id"]].add(row["value"])
    return found


# How many, and of which kinds


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_every_level_several_kinds_and_the_sources_in_sight(chapter):
    mine = [q for q in QUESTIONS if q["conversation_id"] == chapter]
    assert len(CHAPTERS) == 11
    assert len(mine) >= 6
    assert {q["level"] for q in mine} == {"1", "2", "3"}
    assert len({q["kind"] for q in mine}) >= 5
    assert {"evidence", "open"} <= {q["kind"] for q in mine}
    assert [q for q in mine if q["kind"] == "open" and q["level"] == "3"]


@pytest.mark.parametrize("story", STORIES)
def test_a_later_story_has_four_questions_of_every_level(story):
    mine = [q for q in QUESTIONS if q["conversation_id"] == story]
    assert len(mine) >= 4
    assert {q["level"] for q in mine} == {"1", "2", "3"}
    assert len({q["kind"] for q in mine}) >= 4


def test_what_frames_the_stories_is_asked_about_too():
    framing = [q for q in QUESTIONS if not CONVERSATIONS[q["conversation_id"]]["soldier"]]
    assert Counter(q["conversation_id"] for q in framing) == {
        "intro-2023-02": 6,
        "credits-2023-02": 1,
        "intro-2023-11": 3,
        "credits-2023-11": 1,
        "retelling-2023": 7,
    }
    assert sum(q["level"] == "3" for q in framing) >= 10


def test_the_six_kinds_are_well_spread():
    found = Counter(q["kind"] for q in QUESTIONS)
    assert set(found) == KINDS
    assert min(found.values()) >= 8
    assert max(found.values()) <= len(QUESTIONS) // 3
    lines = of_kind("line")
    assert sum(not any(o["option"] == "key" for o in OPTIONS[q["question_id"]]) for q in lines) >= 6


def test_the_conversations_come_in_reading_order_and_questions_count_from_one():
    talks = list(CONVERSATIONS)
    places = [talks.index(q["conversation_id"]) for q in QUESTIONS]
    assert places == sorted(places)
    for talk in talks:
        mine = [q["question_id"] for q in QUESTIONS if q["conversation_id"] == talk]
        assert mine == [f"{talk}-q{n}" for n in range(1, len(mine) + 1)]


# Form


def test_the_package_loads_with_its_questions_and_each_can_be_answered_by_its_own_key():
    """The judge of the program, on every key and on everything that only looks right."""
    found = {question.question_id: question for question in questions(load("calls"))}
    assert list(found) == [q["question_id"] for q in QUESTIONS]
    for row in of_kind("choice", "evidence"):
        column = "option" if row["kind"] == "choice" else "turn_id"
        asked = found[row["question_id"]]
        assert judge(asked, [key[column] for key in keys(row)]).state == "right"
        for wrong in near(row):
            assert judge(asked, [wrong[column]]).state == "not yet"
    for row in of_kind("order"):
        ranked = sorted(OPTIONS[row["question_id"]], key=lambda option: int(option["key"]))
        asked = found[row["question_id"]]
        assert judge(asked, [option["option"] for option in ranked]).state == "right"
    for row in of_kind("short"):
        for option in OPTIONS[row["question_id"]]:
            state = judge(found[row["question_id"]], f"I think: {option['text']}.").state
            assert state == ("right" if option["key"] else "not yet"), option
    for row in of_kind("open"):
        assert judge(found[row["question_id"]], "I am not sure.").state == "open"


@pytest.mark.parametrize("question", **named(QUESTIONS))
def test_a_passage_lies_in_its_conversation(question):
    turns = passage(question)
    assert turns
    assert {TURNS[turn]["conversation_id"] for turn in turns} == {question["conversation_id"]}
    source = CONVERSATIONS[question["conversation_id"]]["source_id"]
    assert question["source_id"] == source
    assert question["last_turn_id"] != question["turn_id"]


def test_every_option_belongs_to_a_question_and_shows_a_turn():
    known = {q["question_id"]: q["kind"] for q in QUESTIONS}
    for name, options in OPTIONS.items():
        for option in options:
            if known[name] != "line" or option["option"] == "key":
                assert option["turn_id"] in TURNS, option
            assert option["turn_id"] in {*TURNS, ""}
            if known[name] in ("choice", "evidence") or option["option"] == "key":
                assert option["feedback"], option
            if known[name] == "short" and not option["key"]:
                assert option["feedback"], option


def test_cells_are_short_enough_to_be_read_at_a_glance():
    for question in QUESTIONS:
        assert len(question["question"]) <= 240, question["question_id"]
        assert 0 < len(question["feedback"]) <= 320, question["question_id"]
        assert question["question"].endswith(("?", ".")), question["question_id"]
    for options in OPTIONS.values():
        for option in options:
            assert len(option["text"]) <= 160, option
            assert len(option["feedback"]) <= 320, option


def cells():
    for row in [*QUESTIONS, *(o for options in OPTIONS.values() for o in options), *ROUTE]:
        name = row.get("question_id") or row["step_id"]
        for column in ("question", "feedback", "text", "why"):
            if row.get(column):
                yield name, column, row[column]


def test_no_question_asks_for_what_is_gruesome_and_no_feedback_praises_or_scolds():
    for name, column, cell in cells():
        if column != "why":
            assert not re.search(GRUESOME, cell, re.IGNORECASE), (name, cell)
        assert not re.search(NEVER_SAID, cell, re.IGNORECASE), (name, cell)


def test_no_right_option_is_an_act_of_violence():
    violent = r"\b(kill\w*|shoot\w*|shot|attack\w*|ambush\w*|loot\w*|steal\w*|rob\w*)\b"
    for question in of_kind("choice", "order"):
        for option in keys(question):
            assert not re.search(violent, option["text"], re.IGNORECASE), option


def test_names_are_spelt_as_in_the_other_tables():
    """Words with a capital letter that no sentence or clause begins with."""
    stems = ("turns", "conversations", "speakers", "glossary", "events", "sources")
    known = {
        word
        for stem in stems
        for row in table(stem)
        for cell in row.values()
        for word in re.findall(r"[A-Z][a-z]+", cell)
    } | {"English"}
    for name, column, cell in cells():
        if column == "text" and name in {q["question_id"] for q in of_kind("short")}:
            continue
        for found in re.finditer(r"(?<=[a-z,;] )[A-Z][a-z]+", cell):
            assert found[0] in known, (name, found[0])


# Keys, against what others have written down


@pytest.mark.parametrize("question", **named(of_kind("choice")))
def test_a_choice_has_three_options_or_more_and_not_all_are_right(question):
    options = OPTIONS[question["question_id"]]
    assert len(options) >= 3
    assert 0 < len(keys(question)) < len(options)
    many = "Choose all" in question["question"]
    assert many == (len(keys(question)) > 1)


def test_neither_place_nor_length_gives_the_right_option_away():
    single = [q for q in of_kind("choice") if len(keys(q)) == 1]
    where = Counter(keys(q)[0]["option"] for q in single)
    assert max(where.values()) <= len(single) / 3
    longest = [
        q
        for q in single
        if len(keys(q)[0]["text"]) == max(len(o["text"]) for o in OPTIONS[q["question_id"]])
    ]
    assert len(longest) <= len(single) / 3


@pytest.mark.parametrize("question", **named(of_kind("evidence")))
def test_evidence_lies_in_the_passage_beside_turns_that_only_look_like_it(question):
    turns = passage(question)
    assert len(turns) >= 3
    chosen = [option["turn_id"] for option in OPTIONS[question["question_id"]]]
    assert set(chosen) <= set(turns)
    assert chosen == sorted(chosen, key=ORDER.__getitem__)
    assert 1 <= len(keys(question)) <= len(turns) / 2
    assert 1 <= len(near(question)) <= 3


@pytest.mark.parametrize("question", **named(of_kind("evidence")))
def test_turns_of_evidence_have_the_theme_in_common_or_the_words(question):
    name = question["question_id"]
    right, only_near = (
        {row["turn_id"] for row in rows} for rows in (keys(question), near(question))
    )
    if name in THEMES:
        themes = labels("theme")
        assert all(themes[turn] >= THEMES[name] for turn in right)
        if name in JUST_THESE:
            labelled = {turn for turn in passage(question) if themes[turn] >= THEMES[name]}
            assert right == labelled
    elif WORDED[name]:
        said = {t for t in passage(question) if re.search(WORDED[name], TURNS[t]["gist"])}
        assert right == said
    else:
        assert all(changes(turn) & {"changed meaning", "added"} for turn in right)
        assert not any(changes(turn) & {"changed meaning", "added"} for turn in only_near)


def changes(turn_id):
    """What a sentence of the retelling does with its source, as it is labelled."""
    return {
        row["note"].partition(":")[0]
        for row in ANNOTATIONS
        if row["layer"] == "retells" and row["turn_id"] == turn_id
    }


def test_every_line_with_a_key_has_ends_of_the_readme():
    readme = (DATA / "calls" / "README.md").read_text("utf8")
    for ends in BANDS:
        assert f"| {ends[0]} | {ends[1]} |" in readme
        for low, high in BANDS[ends].values():
            assert f"{low}–{high}" in readme


@pytest.mark.parametrize("question", **named(of_kind("line")))
def test_a_key_of_a_line_agrees_with_the_ladder_of_evidence(question):
    options = {option["option"]: option for option in OPTIONS[question["question_id"]]}
    ends = options["from"]["text"], options["to"]["text"]
    if "key" not in options:
        assert ends not in BANDS
        assert question["level"] == "2"
        assert question["feedback"].startswith("There is no right place here.")
        return
    assert question["level"] == "3"
    turn = options["key"]["turn_id"]
    low, high = map(int, options["key"]["key"].split("-"))
    if ends == ONLY_SAID:
        claim = ABOUT[question["question_id"]]
        assert claim in labels("claim")[turn]
        status = CLAIMS[claim]["status"]
    elif ends == WHO_SPEAKS:
        [status] = labels("evidence")[turn]
    else:
        [status] = changes(turn) & set(BANDS[RETOLD])
    least, most = BANDS[ends][status]
    assert least <= low < high <= most
    assert 15 <= high - low <= 40


@pytest.mark.parametrize("question", **named(of_kind("order")))
def test_an_order_is_that_of_the_turns_or_of_the_events(question):
    options = OPTIONS[question["question_id"]]
    ranks = [int(option["key"]) for option in options]
    assert ranks != sorted(ranks)
    assert sorted(set(ranks)) == list(range(1, max(ranks) + 1))
    ranked = sorted(options, key=lambda option: int(option["key"]))
    if {TURNS[o["turn_id"]]["conversation_id"] for o in ranked} == {question["conversation_id"]}:
        places = [ORDER[option["turn_id"]] for option in ranked]
        assert places == sorted(places)
        return
    days = {row["event_id"]: at for at, row in enumerate(table("events"))}
    events = {
        "ivan-3-q3": [
            "telegram-message",
            "crossing",
            "calls-of-march",
            "ivan-funeral-notice",
            "mothers-interviewed",
        ],
        # The call, its interception, choice and editing (of one rank), article, retelling.
        "intro-2023-02-q4": ["calls-of-march", "first-article", "retelling"],
    }[question["question_id"]]
    assert [days[event] for event in events] == sorted(days[event] for event in events)
    labelled = labels("event")
    if question["question_id"] == "ivan-3-q3":
        for option, event in zip(ranked, events, strict=True):
            shown = labelled[option["turn_id"]]
            assert event in shown or option["turn_id"] == "ivan-3-02", option
    else:
        way = next(s["way"] for s in table("sources") if s["source_id"] == "ap-2023-02")
        stations = ["Phone call", "interception", "recordings", "choice", "editing", "article"]
        assert [way.index(s) for s in stations] == sorted(way.index(s) for s in stations)


@pytest.mark.parametrize("question", **named(of_kind("short")))
def test_a_short_answer_stands_in_the_passage_or_is_a_spelling_of_one_that_does(question):
    accepted = keys(question)
    first = accepted[0]
    assert first["turn_id"] in passage(question)
    gist = {turn: [t.word for t in tokens(TURNS[turn]["gist"])] for turn in TURNS}
    for option in accepted:
        text = SPELLINGS.get(option["text"].casefold(), option["text"])
        words = [token.word for token in tokens(text)]
        there = gist[option["turn_id"]]
        if any(there[at : at + len(words)] == words for at in range(len(there))):
            continue
        assert len(words) == 1 or text.startswith("crossing"), option
        nearest = max(SequenceMatcher(None, words[0], word).ratio() for word in there)
        assert nearest >= 0.6, option
    right = {o["text"].casefold() for o in accepted}
    assert not right & {o["text"].casefold() for o in near(question)}
    assert all(option["feedback"] for option in near(question))


def test_a_short_answer_is_right_by_the_published_words_too(articles):
    """Its first form stands in the article, told apart only by case and the like."""
    text = {
        "ap-2023-02": (articles / "ap-2023-02-never-saw-such-hell.txt").read_text("utf8"),
        "ap-2023-11": (articles / "ap-2023-11-die-in-this-pit.txt").read_text("utf8"),
    }
    for question in of_kind("short"):
        there = [token.word for token in tokens(text[question["source_id"]])]
        found = []
        for option in keys(question):
            words = [token.word for token in tokens(option["text"])]
            found += [at for at in range(len(there)) if there[at : at + len(words)] == words]
        assert found, question["question_id"]


@pytest.mark.parametrize("corpus", ["calls", "demo"])
def test_no_cell_has_eight_words_of_an_article_in_a_row(articles, corpus):
    def runs(text):
        words = [token.word for token in tokens(text)]
        return {tuple(words[at : at + 8]) for at in range(len(words) - 7)}

    published = set().union(*(runs(path.read_text("utf8")) for path in articles.glob("*.txt")))
    assert len(published) > 3_000
    for name in ("questions", "options", "route"):
        if (DATA / corpus / f"{name}.csv").exists():
            for row in table(name, corpus):
                for cell in row.values():
                    assert not runs(cell) & published, row


# The way through the chapters


def steps():
    found = {}
    for row in ROUTE:
        found.setdefault(row["step_id"], []).append(row)
    return found


def test_the_route_has_a_step_for_each_chapter_and_story_and_one_more():
    found = steps()
    assert set(found) == {*CHAPTERS, *STORIES, "retelling-2023"}
    assert len(found) == 16
    assert list(found)[-1] == "retelling-2023"
    read = [row["conversation_id"] for row in ROUTE]
    assert sorted(read) == sorted(CONVERSATIONS)
    for step_id, rows in found.items():
        assert rows[-1]["conversation_id"] == step_id
    assert [row["step_id"] for row in ROUTE] == [s for s in found for _ in found[s]]


def test_the_introductions_come_first_of_their_articles_and_a_prelude_before_its_chapters():
    rows = [(row["step_id"], row["conversation_id"]) for row in ROUTE]
    assert rows[0][1] == "intro-2023-02"
    assert list(steps()).index("artyom") == 11
    assert rows[[step for step, _ in rows].index("artyom")][1] == "intro-2023-11"
    for prelude in ("ivan-0", "leonid-0", "maxim-0"):
        at = [talk for _, talk in rows].index(prelude)
        assert rows[at] == (f"{prelude[:-1]}1", prelude)
        assert rows[at + 1][1] == f"{prelude[:-1]}1"


def test_a_story_is_kept_together_and_in_its_own_order():
    order = list(steps())
    for soldier in ("ivan", "leonid", "maxim"):
        mine = [step for step in order if step.startswith(soldier)]
        assert mine == sorted(mine)
        at = order.index(mine[0])
        assert order[at : at + len(mine)] == mine


def test_the_heaviest_chapters_say_so_and_are_neither_first_nor_last_of_their_story():
    """The chapters in which the killing of civilians is told in several turns."""
    noticed = labels("notice")
    told = Counter(
        TURNS[turn]["conversation_id"]
        for turn, topics in noticed.items()
        if "killing of civilians" in topics
    )
    heavy = {chapter for chapter in CHAPTERS if told[chapter] >= 2}
    assert heavy == {"leonid-3", "maxim-3"}
    order = list(steps())
    for chapter in heavy:
        at = order.index(chapter)
        story = chapter[:-2]
        assert order[at - 1].startswith(story)
        assert order[at + 1].startswith(story)
        assert steps()[chapter][0]["why"].startswith("Heavy: ")
    whys = {step: rows[0]["why"] for step, rows in steps().items()}
    assert {step for step, why in whys.items() if "eavy in parts" in why} == {"ivan-3", "roman"}


def test_the_reason_of_a_step_stands_once_and_in_two_sentences_at_most():
    for rows in steps().values():
        assert all(bool(row["why"]) == (at == 0) for at, row in enumerate(rows))
        assert len(re.findall(r"[.?](?: |$)", rows[0]["why"])) <= 2, rows[0]["why"]
        assert len(rows[0]["why"]) <= 320


# The readme, and the demo


def test_the_readme_says_of_the_kinds_and_levels_what_holds():
    readme = (DATA / "calls" / "README.md").read_text("utf8")
    section = readme.split("\n## Questions\n")[1].split("\n## ")[0]
    for kind in KINDS:
        assert f"\n| {kind} | " in section
    for level in "123":
        assert f"\n| {level} | " in section


def test_the_demo_has_a_question_of_every_kind():
    asked = table("questions", "demo")
    assert sorted(q["kind"] for q in asked) == sorted(KINDS)
    assert {q["level"] for q in asked} == {"1", "2", "3"}
    turns = [row["turn_id"] for row in table("turns", "demo")]
    for option in table("options", "demo"):
        assert option["turn_id"] in {*turns, ""}
    assert [question.question_id for question in questions(load("demo"))] == [
        *(q["question_id"] for q in asked if q["conversation_id"] == "frost-2"),
        *(q["question_id"] for q in asked if q["conversation_id"] == "frost-3"),
    ]


def test_rows_of_a_question_stand_together_in_the_order_of_the_questions():
    order = [row["question_id"] for row in table("options")]
    runs = [order[0], *(after for before, after in pairwise(order) if after != before)]
    assert runs == [q["question_id"] for q in QUESTIONS if q["kind"] != "open"]
