"""EDTF: the days that a written date covers, equal to the library that knows the whole of the standard."""

from __future__ import annotations

import contextlib
import io
import itertools
import random
from datetime import date

import pytest
from edtf import EDTFParseException, parse_edtf
from edtf.parser.grammar import level0Expression
from hypothesis import given
from hypothesis import strategies as st
from pyparsing import ParseException

from claimgraph.model.dates import Days, days_of
from claimgraph.model.isolation import run_isolated

YEARS = ("0000", "0001", "1900", "2000", "2022", "2024", "9999")
MONTHS = [f"{n:02}" for n in (*range(15), *range(20, 44), 99)]
DAYS_OF_MONTH = ("00", "01", "09", "10", "28", "29", "30", "31", "32", "99")
CLOCKS = ("00:00:00", "09:36:00", "23:59:59", "24:00:00", "23:59:60", "23:60:00", "25:00:00", "24:00:01")
# The library refuses an offset of nothing, which many feeds write for UTC; see test_utc_may_be_written_as_an_offset.
ZONES = ("", "Z", "+02:00", "-11:30", "+13:59", "+14:00", "+14:01", "+14:59", "-15:00", "+23:00", "+02:60")

SEASON = "2022-21"


def by_the_library(edtf: str, *, plain: bool = False) -> Days | None:
    """What the library says of a date, by day: the whole of its grammar, or, ten times as fast, the level 0 that plain dates are."""
    try:
        parsed = level0Expression.parse_string(edtf, parse_all=True)[0] if plain else parse_edtf(edtf)
        first, last = parsed.lower_strict(), parsed.upper_strict()
        return Days(date(*first[:3]), date(*last[:3]))
    except (EDTFParseException, ParseException, ValueError):
        return None


def written_dates() -> list[str]:
    """Full dates and date-times, possible ones and impossible ones, two thousand of them."""
    days = [f"{year}-{month}-{day}" for year, month, day in itertools.product(YEARS, MONTHS[:15], DAYS_OF_MONTH)]
    clocks = [f"{day}T{clock}{zone}" for day, clock, zone in itertools.product(days, CLOCKS, ZONES)]
    return [*days, *random.Random(2022).sample(clocks, 1_000)]  # a sample, the same each time


def test_fast_path_equals_the_library() -> None:
    """Thousands of dates and date-times, half of them impossible, are read as the EDTF library reads them."""
    dates = written_dates()
    assert len(dates) > 2_000
    assert {edtf: found for edtf in dates if (found := days_of(edtf)) != by_the_library(edtf, plain=True)} == {}
    assert 0.2 < sum(days_of(edtf) is None for edtf in dates) / len(dates) < 0.9


def test_fast_path_equals_the_whole_library() -> None:
    """Years, months, seasons and some of the others are what the whole grammar says of them, too."""
    dates = [*YEARS, *(f"{year}-{month}" for year, month in itertools.product(YEARS[-2:], MONTHS)), *written_dates()[::30]]
    assert {edtf: found for edtf in dates if (found := days_of(edtf)) != by_the_library(edtf)} == {}
    assert 0.2 < sum(days_of(edtf) is None for edtf in dates) / len(dates) < 0.9


@pytest.mark.parametrize("edtf", ["2022-01-30T09:36:00+00:00", "2022-01-30T09:36:00-00:00"])
def test_utc_may_be_written_as_an_offset(edtf: str) -> None:
    """An offset of nothing is what feeds write for UTC: it is read, though the library's grammar has no such zone."""
    assert days_of(edtf) == Days(date(2022, 1, 30), date(2022, 1, 30))


@pytest.mark.parametrize(
    ("edtf", "first", "last"),
    [
        ("2022-01-24", "2022-01-24", "2022-01-24"),
        ("2022-01", "2022-01-01", "2022-01-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2022", "2022-01-01", "2022-12-31"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("9999-12-31", "9999-12-31", "9999-12-31"),
        ("2022-01-31T23:59:59-11:00", "2022-01-31", "2022-01-31"),
        ("2022-01-21/2022-01-22", "2022-01-21", "2022-01-22"),
        ("2022-01/2022-02", "2022-01-01", "2022-02-28"),
        ("2021/2022-01-05", "2021-01-01", "2022-01-05"),
        ("../2022-01-23", None, "2022-01-23"),
        ("/2022-01-23", None, "2022-01-23"),
        ("2022-01-23/..", "2022-01-23", None),
        ("2022-01-23/", "2022-01-23", None),
        ("2022-01-25/2022-01-20", "2022-01-25", "2022-01-20"),
        ("2022-01~/2022-02-03?", "2022-01-01", "2022-02-03"),
        (SEASON, "2022-03-01", "2022-05-31"),
        ("2022-33", "2022-01-01", "2022-03-31"),
        ("2022-41", "2022-07-01", "2022-12-31"),
        ("2022-01-24~", "2022-01-24", "2022-01-24"),
        ("2022?", "2022-01-01", "2022-12-31"),
        ("2022-01%", "2022-01-01", "2022-01-31"),
        ("2022-~01-24", "2022-01-24", "2022-01-24"),
        ("201X", "2010-01-01", "2019-12-31"),
        ("2022-01-XX", "2022-01-01", "2022-01-31"),
        ("[2022-01-03,2022-01-05]", "2022-01-03", "2022-01-05"),
        ("[..2022-01]", None, "2022-01-31"),
        ("[2022-01..]", "2022-01-01", None),
    ],
)
def test_days_covered(edtf: str, first: str | None, last: str | None) -> None:
    """Every form of the standard that reports need gives its first and last day; an open side gives none."""
    assert days_of(edtf) == Days(date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None)


@pytest.mark.parametrize(
    "edtf",
    [
        "",
        " ",
        "..",
        "/",
        "../..",
        "../",
        "/..",
        "yesterday",
        "أمس",
        "٢٠٢٢",
        "٢٠٢٢-٠١-٢٤",
        "2022-٠١-24",
        "2022-01-24T٠٩:36:00",
        "2022-01-24T09:36:00+٠٢:00",
        "２０２２",
        " 2022",
        "2022 ",
        "2022\n",
        "2022-1-3",
        "22-01-03",
        "20220124",
        "2022-01-24T09:36",
        "2022-01-24T09:36:00.5Z",
        "2022-01-24t09:36:00z",
        "2022-01-24 09:36:00",
        "2022-02-30",
        "2022-02-29~",
        "2022-~02-29",
        "2022-13",
        "2022-00-10",
        "2022-02-30/2022-03-01",
        "2022-01-01/2022-02-29?",
        "2022-01-01/yesterday",
        "2022/2023/2024",
        "2022//2023",
        "../2022/..",
        "unknown/2022",
        "2022/open",
        "0000",
        "-0001",
        "Y20222",
        "2022" * 20,
        "[" * 60,
        "{" * 60 + "2022",
    ],
)
def test_no_date_is_none(edtf: str) -> None:
    """What is no EDTF, an impossible day, digits of another script, or outside the years 1 to 9999 covers no days."""
    assert days_of(edtf) is None


def test_huge_exponents_are_answered_at_once() -> None:
    """A year with ten digits of exponent is a few letters of input, and must not be calculated."""
    for edtf in ("Y1E9999999999", "Y1E999999999999999999S3", "Y-1E9999999999", "../Y9E9999999999", "[2022,Y1E9999999999]"):
        assert run_isolated(5.0, days_of, edtf) is None


edtf_like = st.one_of(
    st.text("0123456789-/.?~%XYES[]{},^T:Z+ ", max_size=24),
    st.lists(
        st.sampled_from(["2022", "02", "29", "30", "1X", "XX", "-", "-", "/", "..", "~", "?", "[", "]", "{", "}", ",", "T10:00:00Z"]), max_size=9
    ).map("".join),
    st.text(max_size=12),
)


@given(edtf_like)
def test_anything_else_is_read_or_none(text: str) -> None:
    """Whatever a report calls a date, the answer is days or none: no error, and nothing on standard output."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        found = days_of(text)
    assert said.getvalue() == ""
    assert found is None or found != (None, None)


@pytest.mark.parametrize("edtf", ["2022-1X", "2022-1X/2023", "[2022-1X,2023]"])
def test_the_library_keeps_quiet(edtf: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The library prints when one of its own classes fails: standard output is for answers, so nothing of that is seen."""
    days_of(edtf)
    assert capsys.readouterr().out == ""
