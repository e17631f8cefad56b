"""Where things stand on an axis: in order, within it, with what is open and about said; and days in a row."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.web.axis import Scale, in_time, intervals

numbers = st.none() | st.integers(0, 10**12)


def row(least: int | None, most: int | None, *, approximate: bool = False) -> dict[str, Any]:
    """A row of an axis."""
    return {"min": least, "max": most, "approximate": approximate}


def ordered(both: tuple[int | None, int | None]) -> tuple[int | None, int | None]:
    """Two bounds, the lower one first."""
    one, other = both
    return (other, one) if one is not None and other is not None and one > other else both


@given(st.lists(st.tuples(numbers, numbers).map(ordered)))
def test_every_interval_stands_on_the_axis(bounds: list[tuple[int | None, int | None]]) -> None:
    """Whatever the numbers: within the width, the larger no further left, with round numbers along it that do not crowd."""
    axis = intervals([row(*one) for one in bounds])
    for one in axis["rows"]:
        if one["min"] is None and one["max"] is None:
            assert one["from"] is None
            continue
        assert 0 <= one["from"] <= one["to"] <= 100
        assert (one["open_below"], one["open_above"]) == (one["min"] is None, one["max"] is None)
        assert all(one["number"].values())
    known = sorted((one["min"], one["from"]) for one in axis["rows"] if one["min"] is not None)
    assert [at for _, at in known] == sorted(at for _, at in known)
    ticks = [tick["at"] for tick in axis["ticks"]]
    assert ticks == sorted(set(ticks))
    assert 1 <= len(ticks) <= 7
    assert all(0 <= tick <= 100 for tick in ticks)


@pytest.mark.parametrize(("largest", "logarithmic"), [(800, False), (8_001, True)])
def test_far_numbers_are_on_a_logarithmic_axis(largest: int, *, logarithmic: bool) -> None:
    """Else the small ones would all stand at nought; the page says so."""
    assert intervals([row(200, 200), row(largest, None)])["logarithmic"] is logarithmic
    assert Scale.of([]).ticks()[0]["text"] == "0"


@pytest.mark.parametrize(
    ("least", "most", "approximate", "sign"),
    [
        (200, 200, True, "~200"),
        (800, None, False, "≥ 800"),
        (None, 30, True, "≤ ~30"),
        (20, 99, False, "20–99"),
        (None, None, False, "?"),
        (1_200, 1_200, False, "1\u202f200"),
    ],
)
def test_a_number_has_a_sign_that_both_languages_read(least: int | None, most: int | None, sign: str, *, approximate: bool) -> None:
    """Beside its words in each."""
    assert intervals([row(least, most, approximate=approximate)])["rows"][0]["sign"] == sign


def control(day: str, holder: str, polarity: str = "affirms") -> dict[str, Any]:
    """A claim on who held something."""
    return {"day": day, "holders": [holder], "claim": {"polarity": polarity}}


def test_days_stand_in_lanes() -> None:
    """One for each holder; claims of a day and stance are one mark, which says how many they are; what has no day is in the table alone."""
    rows = [
        control("2022-01-20", "a"),
        control("2022-01-30", "b"),
        control("2022-01-30", "b"),
        control("2022-01-30", "b", "denies"),
        control("", "c"),
    ]
    time = in_time(rows)
    assert time is not None
    assert [(lane["holders"], [(mark["polarity"], mark["claims"]) for mark in lane["marks"]]) for lane in time["lanes"]] == [
        (["a"], [("affirms", 1)]),
        (["b"], [("affirms", 2), ("denies", 1)]),
    ]
    assert [tick["day"] for tick in time["ticks"]] == ["2022-01-20", "2022-01-30"]
    assert time["ticks"][0]["at"] < time["ticks"][1]["at"]


def test_one_day_stands_in_the_middle() -> None:
    """And nothing at all is no axis."""
    time = in_time([control("2022-01-20", "a")])
    assert time is not None
    assert [tick["at"] for tick in time["ticks"]] == [50]
    assert in_time([control("", "a"), control("soon", "a")]) is None


def test_days_that_leave_no_room_have_no_name() -> None:
    """Their marks stand there nevertheless."""
    time = in_time([control(f"2022-01-{day:02d}", "a") for day in range(1, 29)])
    assert time is not None
    assert len(time["lanes"][0]["marks"]) == 28
    assert 2 <= len(time["ticks"]) <= 5
