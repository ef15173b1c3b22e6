"""What is proven of a whole column, against the check of every cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerlib import columns as readerlib_columns
from readerlib.columns import Column, coded, proven
from readerlib.tables import Table, faults

RIGHT = {
    "turn_id": ["c1-1", "c1-2", "c2-1"],
    "conversation_id": ["c1", "c1", "c2"],
    "position": ["1", "2", "1"],
    "speaker_id": ["anna", "ben", "anna"],
    "addressee_id": ["ben", "", ""],
    "kind": ["speech", "cut", "narration"],
    "mood": ["", "calm", "calm"],
    "words": ["2", "", "9"],
    "fingerprint": ["", "", "0123456789abcdef" * 2],
    "start": ["0.5", "", "1"],
    "end": ["1", "7.25", "1.0"],
    "text": ["Good morning.", "", "Сёстры, 家"],
}
BEFORE = {name: [""] for name in RIGHT} | {
    "turn_id": ["c0-1"],
    "conversation_id": ["c0"],
    "position": ["1"],
    "speaker_id": ["ben"],
    "kind": ["speech"],
}
"""The beginning of a table is looked at cell by cell: here it is this row, and always right."""

KNOWN = {
    "conversation_id": ["c0", "c1", "c2"],
    "speaker_id": ["anna", "ben"],
    "addressee_id": ["anna", "ben"],
}
SHOWN = [("turns", "mood"), ("turns", "kind")]
SPOILT = [
    *["", " ", "c1", "C1-1", "c1-1", "c2-1 ", " c2", "c3", "1", "01", "2", "3", "-1", "1.5", "9"],
    *["anna", "Anna", "anna ", "а", "speech", "Speech", "calm", " calm", "a\0b", "x\u200by"],
    *["0.1", "5e3", "1,5", "f" * 32, "F" * 32, "²", "٣", "\ud7ff", "a\nb", "calm\n"],
]


@pytest.fixture(scope="module", autouse=True)
def _one_row_is_the_beginning():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readerlib_columns, "_HEAD", 1)
        yield


def below(columns: dict[str, list[str]]) -> dict[str, list[str]]:
    """The rows, below the one that is always right."""
    return {name: BEFORE[name] + cells for name, cells in columns.items()}


def found(columns: dict[str, list[str]]) -> bool:
    """Whether a look at every cell finds a fault in the turns."""
    people = Table("speakers.csv", {"speaker_id": ["anna", "ben"], "name": ["A", "B"]}, [2, 3])
    talks = Table("conversations.csv", {"conversation_id": ["c0", "c1", "c2"]}, [2, 3, 4])
    turns = Table("turns.csv", columns, range(2, len(columns["turn_id"]) + 2))
    tables = {"turns": turns, "conversations": talks, "speakers": people}
    return any(problem.path == "turns.csv" for problem in faults(tables, shown=SHOWN))


def test_a_right_table_is_proven():
    assert not found(below(RIGHT))
    assert proven(below(RIGHT), KNOWN, ["mood", "kind"])


@pytest.mark.parametrize("column", RIGHT)
@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize("value", SPOILT)
def test_no_table_with_a_fault_is_proven(column: str, at: int, value: str):
    columns = {name: list(cells) for name, cells in RIGHT.items()}
    columns[column][at] = value
    columns = below(columns)
    if proven(columns, KNOWN, ["mood", "kind"]):
        assert not found(columns)


@given(
    st.lists(
        st.tuples(st.sampled_from(list(RIGHT)), st.integers(0, 2), st.sampled_from(SPOILT)),
        max_size=4,
    ),
    st.permutations(range(3)),
)
def test_no_table_with_several_faults_is_proven(spoilt, order):
    columns = {name: [cells[i] for i in order] for name, cells in RIGHT.items()}
    for column, at, value in spoilt:
        columns[column][at] = value
    columns = below(columns)
    if proven(columns, KNOWN, ["mood", "kind"]):
        assert not found(columns)


@pytest.mark.parametrize("at", [5, 2999])
@pytest.mark.parametrize("column", ["turn_id", "position", "speaker_id", "kind", "text", "mood"])
def test_a_fault_far_down_is_no_less_one(column: str, at: int):
    size = 3000
    columns = {name: [cells[2]] * size for name, cells in RIGHT.items()}
    columns["turn_id"] = [f"t{i}" for i in range(size)]
    columns["position"] = [str(i + 1) for i in range(size)]
    assert proven(columns, KNOWN, ["mood", "kind"])
    columns[column][at] = "T1" if column == "turn_id" else "a\0 \u200b"
    assert found(columns)
    assert not proven(columns, KNOWN, ["mood", "kind"])


def test_a_table_with_a_column_missing_or_misspelt_is_not_proven():
    for name in ("turn_id", "conversation_id", "position", "speaker_id", "kind"):
        assert not proven({n: c for n, c in RIGHT.items() if n != name}, KNOWN)
    assert not proven({**RIGHT, "Gist": ["", "", ""]}, KNOWN)
    assert not proven({name: [] for name in RIGHT}, KNOWN)
    assert not proven(RIGHT, {**KNOWN, "speaker_id": ["anna"]})


@given(st.lists(st.text(alphabet="ab", max_size=2)))
def test_a_column_is_the_list_it_is_made_of(cells):
    column = Column(cells)
    assert (list(column), len(column)) == (cells, len(cells))
    assert [column[i] for i in range(len(cells))] == cells
    codes, values = coded(column[1:])
    assert [values.to_pylist()[code] for code in codes] == cells[1:]
