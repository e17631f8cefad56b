"""Marks that overlap, on one text: nothing of the text is lost, and each code point bears exactly its marks."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from claimgraph.ask.marks import Stretch, stretches

SPANS = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.tuples(st.integers(-3, 40), st.integers(-3, 40)), max_size=6)


@given(st.integers(1, 30), SPANS)
def test_each_code_point_bears_its_marks(characters: int, marks: dict[str, tuple[int, int]]) -> None:
    """Stretches follow each other over the whole text, no two neighbours are alike, and each code point has the marks that cover it."""
    found = stretches(characters, marks)
    assert [place for one in found for place in range(one.start, one.end)] == list(range(characters))
    assert all(one.marks != other.marks for one, other in pairwise(found))
    for one in found:
        for place in range(one.start, one.end):
            assert one.marks == tuple(name for name, (start, end) in marks.items() if start <= place < end)


def test_a_mark_within_a_mark() -> None:
    """The outer one is cut in three."""
    assert stretches(9, {"outer": (1, 8), "inner": (3, 5)}) == [
        Stretch(0, 1, ()),
        Stretch(1, 3, ("outer",)),
        Stretch(3, 5, ("outer", "inner")),
        Stretch(5, 8, ("outer",)),
        Stretch(8, 9, ()),
    ]


def test_a_text_of_nothing_has_no_stretches() -> None:
    """Nothing is cut out of nothing."""
    assert stretches(0, {"a": (0, 1)}) == []
