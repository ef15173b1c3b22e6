"""What a corpus says of itself, against its tables."""

from __future__ import annotations

import pandas as pd
import pytest

from readerlib import Corpus, load
from readerlib.descriptor import Descriptor, Facet, facet_columns, faults
from readerlib.errors import FormatError

TURNS = pd.DataFrame(
    {
        "turn_id": ["a", "b"],
        "conversation_id": ["c", "c"],
        "position": ["1", "2"],
        "speaker_id": ["s", "s"],
        "kind": ["speech", "speech"],
        "text": ["Good morning.", "Good night."],
    }
)
TABLES = {
    "turns": TURNS,
    "conversations": pd.DataFrame({"conversation_id": ["c"]}),
    "speakers": pd.DataFrame({"speaker_id": ["s"], "name": ["Irena"]}),
}


def test_tables_that_bear_it_out_have_no_fault():
    assert (
        faults(TABLES, Descriptor("a", "A", facets=(Facet("who", "Who", "speakers.name"),))) == []
    )


def test_all_that_is_wrong_with_facets_path_and_notices_is_told_at_once():
    about = Descriptor(
        "a",
        "A",
        facets=(
            Facet("who", "Who", "speakers.nam"),
            Facet("find", "Find", "turns.kind"),
            Facet("kind", "Kind", "turns.kind"),
            Facet("kind", "Kind", "turns.kind"),
        ),
        path=("kid",),
        shown_notices=("strong language",),
    )
    told = "\n".join(map(str, faults(TABLES, about)))
    assert 'the facet "who" cannot be made of "speakers.nam"' in told
    assert 'the facet "find" cannot be made of "turns.kind"' in told
    assert 'the facet "kind" stands twice' in told
    assert 'the path names "kid", which is no facet' in told
    assert 'Did you mean "kind"?' in told
    assert '"strong language" of the shown notices is no notice' in told
    with pytest.raises(FormatError):
        Corpus(TABLES, about)


def test_a_column_that_stands_twice_is_told_and_the_rest_is_still_looked_at():
    twice = pd.concat([TABLES["speakers"], TABLES["speakers"][["name"]]], axis=1)
    wrong = {**TABLES, "speakers": twice, "turns": TURNS.assign(kind=["speech", "song"])}
    told = "\n".join(map(str, faults(wrong, Descriptor("a", "A"))))
    assert "two columns have one name" in told
    assert '"song"' in told


@pytest.mark.parametrize("cell", ["", "x", "2"])
def test_many_turns_are_held_to_the_same_rules_as_few(cell):
    def grown(n: int) -> dict[str, pd.DataFrame]:
        numbers = [str(i + 1) for i in range(n)]
        turns = pd.DataFrame({"turn_id": [f"t{i}" for i in numbers], "position": numbers})
        turns = turns.assign(conversation_id="c", speaker_id="s", kind="speech", text="Yes.")
        turns.loc[4, "position"] = cell
        return {**TABLES, "turns": turns.astype("str")}

    few, many = (faults(grown(n), Descriptor("a", "A")) for n in (10, 6_000))
    assert few
    assert str(few[0]) == str(many[0])


def test_each_facet_of_the_calls_is_made_of_a_column_that_is_there():
    corpus = load("calls")
    for table, column in facet_columns(corpus.descriptor):
        if table == "annotations":
            assert column in set(corpus.table("annotations")["layer"])
        else:
            assert column in corpus.table(table)
