"""Claims over time: spans that follow each other, none left out, and no more of them than a figure can show."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.ask.over_time import Tally, over_time
from claimgraph.model.dates import days_of

TALLIES = st.builds(Tally, st.integers(0, 1000), st.integers(0, 1000))


@given(st.dictionaries(st.dates(), TALLIES, max_size=30))
def test_every_claim_is_in_one_span(days: dict[date, Tally]) -> None:
    """The spans' numbers add up to those of the days; each span begins on the day after the one before it; there are few enough to draw."""
    value = over_time(days)
    spans = value["spans"]
    assert sum(span["affirms"] for span in spans) == sum(tally.affirms for tally in days.values())
    assert sum(span["denies"] for span in spans) == sum(tally.denies for tally in days.values())
    assert all(span["total"] == span["affirms"] + span["denies"] for span in spans)
    assert len(spans) <= 48
    covered = [days_of(span["when"]) for span in spans]
    assert None not in covered
    for before, after in pairwise(covered):
        assert before is not None
        assert after is not None
        assert before.last is not None
        assert after.first == before.last + timedelta(days=1)


@pytest.mark.parametrize(
    ("last", "unit", "first_span", "count"),
    [
        (date(2022, 1, 20), "day", "2022-01-20", 1),
        (date(2022, 2, 2), "day", "2022-01-20", 14),
        (date(2022, 6, 19), "month", "2022-01", 6),
        (date(2041, 6, 19), "year", "2022", 20),
        (date(2141, 6, 19), "year", "2022/2024", 40),
    ],
)
def test_the_unit_follows_from_the_days(last: date, unit: str, first_span: str, count: int) -> None:
    """Days within weeks, months within years, then years, and several of these where there are many."""
    value = over_time({date(2022, 1, 20): Tally(1, 0), last: Tally(0, 1)})
    assert (value["unit"], value["spans"][0]["when"], len(value["spans"])) == (unit, first_span, count)


def test_nothing_is_nothing() -> None:
    """No days, no spans."""
    assert over_time({}) == {"unit": "day", "spans": []}
