"""Which turns, and where in one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerlib.errors import SelectionError
from readerlib.selection import Place, Selection

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


@given(names, st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)))
def test_a_place_comes_back_from_its_spelling(turn_id, stretch):
    start, end = sorted(stretch)
    for place in (Place(turn_id), Place(turn_id, start, end)):
        assert Place.parse(str(place)) == place


@pytest.mark.parametrize("bad", ["", "a:1", "a:2-1", "a:x-y", "a:-1-2", "a:²-³"])
def test_what_is_no_place_is_refused_in_words(bad):
    with pytest.raises(SelectionError):
        Place.parse(bad)
