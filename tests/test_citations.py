"""Citations, held to what the manuals want for articles on the web."""

from __future__ import annotations

import datetime
import io
import json
import re

import pytest
from citeproc.source.bibtex.bibparse import BibTeXParser
from hypothesis import given, settings
from hypothesis import strategies as st

from readerlib.citations import MANUALS, STYLES, bibtex, entry, item, known_style
from readerlib.datasets import load
from readerlib.errors import SelectionError

CALLS = load("calls")
SEEN = datetime.date(2026, 11, 25)
PEARS = {
    "source_id": "pears",
    "title": "What the orchard keeps",
    "author": "Irena Vale",
    "cited_as": "Vale, Irena",
    "publisher": "The Valley Courier",
    "date": "2021-05-07",
    "url": "https://example.org/orchard",
}

# Invented sources, set as the manuals set articles on a web page: Chicago 18, 14.191 and 14.104
# (bibliography); MLA Handbook 9, 5.2–5.99; APA 7, 9.1–9.37 and example 110 to 113.
MANUAL = {
    "one author": (
        {},
        "Vale, Irena. “What the Orchard Keeps.” The Valley Courier, May 7, 2021. "
        "https://example.org/orchard.",
        "Vale, Irena. “What the Orchard Keeps.” The Valley Courier, 7 May 2021, "
        "https://example.org/orchard.",
        "Vale, I. (2021, May 7). What the orchard keeps. The Valley Courier. "
        "https://example.org/orchard",
    ),
    "two authors": (
        {"cited_as": "Vale, Irena; Brandt, Tomas"},
        "Vale, Irena, and Tomas Brandt. “What the Orchard Keeps.” The Valley Courier, "
        "May 7, 2021. https://example.org/orchard.",
        "Vale, Irena, and Tomas Brandt. “What the Orchard Keeps.” The Valley Courier, "
        "7 May 2021, https://example.org/orchard.",
        "Vale, I., & Brandt, T. (2021, May 7). What the orchard keeps. The Valley Courier. "
        "https://example.org/orchard",
    ),
    "three authors": (
        {"cited_as": "Vale, Irena; Brandt, Tomas; Ferro, Lia"},
        "Vale, Irena, Tomas Brandt, and Lia Ferro. “What the Orchard Keeps.” "
        "The Valley Courier, May 7, 2021. https://example.org/orchard.",
        "Vale, Irena, et al. “What the Orchard Keeps.” The Valley Courier, 7 May 2021, "
        "https://example.org/orchard.",
        "Vale, I., Brandt, T., & Ferro, L. (2021, May 7). What the orchard keeps. "
        "The Valley Courier. https://example.org/orchard",
    ),
    "no author": (
        {"author": "", "cited_as": ""},
        "The Valley Courier. “What the Orchard Keeps.” The Valley Courier, May 7, 2021. "
        "https://example.org/orchard.",
        "“What the Orchard Keeps.” The Valley Courier, 7 May 2021, https://example.org/orchard.",
        "What the orchard keeps. (2021, May 7). The Valley Courier. https://example.org/orchard",
    ),
    "a group that is also the publisher": (
        {"author": "The Valley Courier", "cited_as": ""},
        "The Valley Courier. “What the Orchard Keeps.” The Valley Courier, May 7, 2021. "
        "https://example.org/orchard.",
        "The Valley Courier. “What the Orchard Keeps.” The Valley Courier, 7 May 2021, "
        "https://example.org/orchard.",
        "The Valley Courier. (2021, May 7). What the orchard keeps. https://example.org/orchard",
    ),
    "no date": (
        {"date": ""},
        "Vale, Irena. “What the Orchard Keeps.” The Valley Courier. Accessed November 25, 2026. "
        "https://example.org/orchard.",
        "Vale, Irena. “What the Orchard Keeps.” The Valley Courier, "
        "https://example.org/orchard. Accessed 25 Nov. 2026.",
        "Vale, I. (n.d.). What the orchard keeps. The Valley Courier. "
        "Retrieved November 25, 2026, from https://example.org/orchard",
    ),
    "a year alone": (
        {"date": "2021"},
        "Vale, Irena. “What the Orchard Keeps.” The Valley Courier, 2021. "
        "https://example.org/orchard.",
        "Vale, Irena. “What the Orchard Keeps.” The Valley Courier, 2021, "
        "https://example.org/orchard.",
        "Vale, I. (2021). What the orchard keeps. The Valley Courier. https://example.org/orchard",
    ),
    "a title that asks": (
        {"title": "Who picks the pears?"},
        "Vale, Irena. “Who Picks the Pears?” The Valley Courier, May 7, 2021. "
        "https://example.org/orchard.",
        "Vale, Irena. “Who Picks the Pears?” The Valley Courier, 7 May 2021, "
        "https://example.org/orchard.",
        "Vale, I. (2021, May 7). Who picks the pears? The Valley Courier. "
        "https://example.org/orchard",
    ),
    "a title with quotation marks": (
        {"title": "'Never again': The growers’ year"},
        "Vale, Irena. “‘Never Again’: The Growers’ Year.” The Valley Courier, May 7, 2021. "
        "https://example.org/orchard.",
        "Vale, Irena. “‘Never Again’: The Growers’ Year.” The Valley Courier, 7 May 2021, "
        "https://example.org/orchard.",
        "Vale, I. (2021, May 7). ‘Never again’: The growers’ year. The Valley Courier. "
        "https://example.org/orchard",
    ),
    "a title in another script": (
        {"title": "Що зберігає сад", "cited_as": "Вербицька, Ірина"},
        "Вербицька, Ірина. “Що зберігає сад.” The Valley Courier, May 7, 2021. "
        "https://example.org/orchard.",
        "Вербицька, Ірина. “Що зберігає сад.” The Valley Courier, 7 May 2021, "
        "https://example.org/orchard.",
        "Вербицька, І. (2021, May 7). Що зберігає сад. The Valley Courier. "
        "https://example.org/orchard",
    ),
    "a book": (
        {"url": "", "publisher": "Valley Press", "date": "1987"},
        "Vale, Irena. What the Orchard Keeps. Valley Press, 1987.",
        "Vale, Irena. What the Orchard Keeps. Valley Press, 1987.",
        "Vale, I. (1987). What the orchard keeps. Valley Press.",
    ),
}


@pytest.mark.parametrize("case", MANUAL)
@pytest.mark.parametrize("style", MANUALS)
@pytest.mark.filterwarnings("error")
def test_an_entry_is_as_the_manual_has_it(case, style):
    changed, *expected = MANUAL[case]
    assert entry(item(PEARS | changed, SEEN), style) == expected[list(MANUALS).index(style)]


def test_an_author_without_a_sorted_form_stands_as_printed():
    made = item(PEARS | {"author": "Lia de la Cruz (named by the editor)", "cited_as": ""}, SEEN)
    assert made["author"] == [{"literal": "Lia de la Cruz"}]


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)


@given(st.fixed_dictionaries(dict.fromkeys(PEARS, words)))
@settings(max_examples=40, deadline=None)
def test_any_source_has_an_entry_in_every_style(source):
    made = item(source, SEEN)
    for style in MANUALS:
        assert isinstance(entry(made, style), str)
    assert bibtex(made).count("\n") < 12


class TestBibTeX:
    def parsed(self, text: str) -> dict[str, dict[str, object]]:
        found = BibTeXParser(io.StringIO(text))
        return {key: {"type": found[key].document_type, **found[key]} for key in found}

    def test_reads_back_with_a_parser(self):
        text = CALLS.cite("ivan-2-02..ivan-2-04", "bibtex", accessed=SEEN)
        (fields,) = self.parsed(text).values()
        assert fields["author"] == "Kinetz, Erika"
        assert (fields["year"], fields["urldate"]) == ("2023", "2026-11-25")
        assert "ivan-2-02 to ivan-2-04" in str(fields["note"])

    def test_gives_every_source_of_the_turns_its_own_entry(self):
        text = CALLS.cite("credits-2023-02-n01..artyom-n01", "bibtex", accessed=SEEN)
        assert set(self.parsed(text)) == {"ap-2023-02", "ap-2023-11"}

    def test_escapes_what_tex_would_obey(self):
        made = item(PEARS | {"title": r"Pears & plums: 5 % of {#} $1_000 ^ ~ \end"}, SEEN)
        title = re.search(r"title = \{\{(.*)\}\},", bibtex(made))
        assert title
        assert title[1] == (
            r"Pears \& plums: 5 \% of \{\#\} \$1\_000 \textasciicircum{} \textasciitilde{} "
            r"\textbackslash{}end"
        )

    @given(words)
    def test_keeps_its_braces_in_pairs(self, text):
        made = bibtex(item(PEARS | {"title": text, "source_id": text, "url": text}, SEEN))
        bare = re.sub(r"\\[{}]", "", made)
        assert bare.count("{") == bare.count("}")
        assert re.match(r"@misc\{[^\s,{}\"#%]+,\n", made)


class TestCslJson:
    NAME = ({"family", "given"}, {"literal"})

    @pytest.mark.parametrize(
        "place", ["leonid-3-04", "retelling-2023-n01", "credits-2023-02-n01..artyom-n01"]
    )
    def test_is_a_list_of_items_by_the_rules_of_the_format(self, place):
        items = json.loads(CALLS.cite(place, "csl-json", accessed=SEEN))
        assert items
        for each in items:
            assert {"id", "type", "title", "note"} <= set(each)
            assert each["type"] in {"webpage", "book"}
            assert all(set(name) in self.NAME for name in each.get("author", []))
            for date in (each["issued"], each["accessed"]):
                (parts,) = date["date-parts"]
                assert all(isinstance(part, int) for part in parts)
                datetime.date(*[*parts, 1, 1][:3])
            strings = {k: v for k, v in each.items() if k not in {"author", "issued", "accessed"}}
            assert all(isinstance(value, str) for value in strings.values())


class TestCite:
    @pytest.mark.parametrize("style", STYLES)
    def test_names_source_place_speakers_editing_summary_day_and_link(self, style):
        text = CALLS.cite("ivan-2-02..ivan-2-04", style, accessed=SEEN)
        link = CALLS.link("ivan-2-02..ivan-2-04")
        if style == "bibtex":
            link = link.replace("~", r"\textasciitilde{}").replace("#", r"\#")
        for told in (
            "Kinetz",
            "The Associated Press",
            "2023",
            "https://uk.news.yahoo.com/",
            "Ivan · 2 Love and fear, turns 4–6 (ivan-2-02 to ivan-2-04)",
            "speaking: Olya, Ivan",
            "The author is named by Reveal.",
            "Edited for length and clarity by the publisher.",
            "not to be quoted",
            "Accessed 25 November 2026.",
            link,
        ):
            assert told in text

    def test_says_the_day_once_and_leaves_the_selection_out(self):
        text = CALLS.select(speaker="Olya").cite("ivan-2-02", "mla", accessed=SEEN)
        assert text.count("2026") == 1
        assert text.endswith(CALLS.link("ivan-2-02"))

    def test_takes_today_if_no_day_is_given(self):
        today = datetime.date.today()
        assert f"Accessed {today.day} " in CALLS.cite("ivan-2-02")

    def test_tells_a_stretch_and_a_turn_of_another_conversation(self):
        assert "(ivan-2-02, characters 0–4 of the summary)" in CALLS.cite("ivan-2-02:0-4")
        told = CALLS.cite("ivan-2-10..ivan-3-01")
        assert "turn 13 (ivan-2-10), to Ivan · 3 The end, turn" in told

    def test_of_every_turn_says_that_it_is_a_summary(self):
        for row in CALLS.turns.itertuples():
            if row.kind != "cut":
                assert "A summary by “The calls”" in " ".join(CALLS.provenance(row.turn_id))

    def test_refuses_an_unknown_style_with_a_suggestion(self):
        with pytest.raises(SelectionError, match='Did you mean "chicago"'):
            CALLS.cite("ivan-2-02", "chicgo")
        assert known_style("APA") == "apa"
