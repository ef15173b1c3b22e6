"""Which turns, and where in one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readerlib.errors import SelectionError
from readerlib.selection import Link, Place, Selection

names = st.text(min_size=1, max_size=8).filter(lambda s: s.strip() and s != "find")
selections = st.builds(
    Selection.of,
    st.dictionaries(names, st.lists(names, max_size=3), max_size=3),
    st.lists(names, max_size=3),
)


@given(selections)
def test_a_selection_comes_back_from_its_spelling(s):
    assert Selection.parse(str(s)) == s
    assert hash(Selection.parse(str(s))) == hash(s)


@given(selections, selections, selections)
def test_and_commutes_associates_and_is_idempotent(a, b, c):
    assert a & b == b & a
    assert (a & b) & c == a & (b & c)
    assert a & a == a
    assert a & Selection() == a


@given(st.text())
def test_any_text_is_a_selection_or_a_selection_error(text):
    try:
        selection = Selection.parse(text)
    except SelectionError:
        return
    assert Selection.parse(str(selection)) == selection


ids = st.text(max_size=10).filter(bool) | st.text("a.~:#%-", min_size=1, max_size=6)
stretches = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)).map(sorted)
places = (
    st.builds(Place, ids)
    | st.builds(lambda turn, stretch: Place(turn, *stretch), ids, stretches)
    | st.builds(lambda first, last: Place(first, last=last), ids, ids)
)
links = st.builds(
    Link,
    ids.filter(lambda name: not name.isspace()),
    st.integers(0, 10**9 - 1),
    selections,
    st.none() | places,
    st.sampled_from(["", "ab12cd"]),
    st.sampled_from(["", "34ef56"]),
)


@given(places)
def test_a_place_comes_back_from_its_spelling(place):
    assert Place.parse(str(place)) == place
    assert Place.parse(f"#{place}") == place
    parts = (place.turn_id, place.start, place.end, place.last)
    back = Place.parse(str(place))
    assert (back.turn_id, back.start, back.end, back.last) == parts


@given(ids, ids)
def test_a_range_of_one_turn_is_that_turn(first, last):
    assert (Place(first, last=last) == Place(first)) == (first == last)


@settings(max_examples=1000)
@given(links)
def test_a_link_comes_back_from_its_spelling(link):
    assert Link.parse(str(link)) == link
    assert str(Link.parse(str(link))) == str(link)


@given(st.text())
def test_any_text_is_a_link_or_a_selection_error(text):
    for spelling in (text, f"readerlib:{text}", f"readerlib:calls@1{text}"):
        try:
            link = Link.parse(spelling)
        except SelectionError:
            continue
        assert Link.parse(str(link)) == link


def test_the_spelling_of_a_link_is_that_of_the_plan():
    spelling = "readerlib:calls@1?chapter=3&speaker=Mother&find=gold#leonid-3-04:0-12"
    link = Link(
        "calls", 1, Selection("gold", speaker="Mother", chapter="3"), Place("leonid-3-04", 0, 12)
    )
    assert str(link) == spelling
    assert Link.parse(spelling) == link


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "a:1",
        "a:2-1",
        "a:x-y",
        "a:-1-2",
        "a:²-³",
        "..a",
        "a..",
        "a..b..c",
        "a:0-1..b",
        "a..b:0-1",
    ],
)
def test_what_is_no_place_is_refused_in_words(bad):
    with pytest.raises(SelectionError):
        Place.parse(bad)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "calls@1",
        "readerlib:calls",
        "readerlib:@1",
        "readerlib:calls@one",
        "http://calls@1",
        "readerlib:calls@1?speaker",
        "readerlib:calls@1#a:2-1",
        "readerlib:calls@1~XY",
        "readerlib:calls@1 and more",
    ],
)
def test_what_is_no_link_is_refused_in_words(bad):
    with pytest.raises(SelectionError):
        Link.parse(bad)
