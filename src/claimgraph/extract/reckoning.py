"""Reckoning: the days, months, years and stretches that words about time stand for, as EDTF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

_WEEK, _MONTHS = 7, 12
YEARS = range(1900, 2101)
YEAR_DIGITS = 4
_FUTURE = 6  # a date without year is rather past than to come: a day ahead counts as so many days back
_HOURS, _SOON = 24, 12
_FARTHEST = 999  # no report counts more years, days or hours from its publication
WEEKDAY, DAY, DATED, FULL = 1, 2, 3, 4  # how much a date says


class Part(NamedTuple):
    """A date as words say it, up to token ``last``, with the fields of :class:`~claimgraph.extract.times.When`.

    ``rank`` is how much it says (weekday alone 1, day counted from publication 2, date without year 3, full date 4), ``day`` the day if it is one,
    ``weekday`` the one said (Monday is 0), ``away`` how many days from publication, ``ago`` marks a stretch back from it, and ``cut`` is the
    length of a clitic before it.
    """

    last: int
    kind: str
    edtf: str | None
    rank: int = 0
    day: date | None = None
    weekday: int | None = None
    away: int | None = None
    relative: bool = False
    ago: bool = False
    cut: int = 0


class Year(NamedTuple):
    """The year said beside a month, or how it is shifted ("last"), and where that ends."""

    last: int
    year: int | None = None
    shift: str | None = None
    of_year: bool = False


def readings_of(numbers: Sequence[str]) -> list[date]:
    """The days that three numbers may be: year first, or day and month before the year in either order."""
    a, b, c = map(int, numbers)
    if len(numbers[0]) == YEAR_DIGITS:
        found = [a_day(a, b, c) or a_day(a, c, b)]
    elif len(numbers[2]) == YEAR_DIGITS:
        found = list(dict.fromkeys((a_day(c, b, a), a_day(c, a, b))))
    else:
        return []
    return [day for day in found if day]


def a_day(year: int, month: int, day: int) -> date | None:
    """The day, if the calendar has it and reports can be about it."""
    try:
        return date(year, month, day) if year in YEARS else None
    except ValueError:
        return None


def moved(day: date | None, days: int) -> date | None:
    """So many days later."""
    return day + timedelta(days) if day else None


def month_text(year: int, month: int) -> str:
    """A month as EDTF."""
    return f"{year:04}-{month:02}"


def shifted(year: int, month: int, months: int) -> tuple[int, int]:
    """The month so many months later."""
    index = year * _MONTHS + month - 1 + months
    return index // _MONTHS, index % _MONTHS + 1


def dated(month: int, day: int, year: Year, today: date | None, weekday: int | None) -> Part | None:
    """A day and month with the year said, or the year that the publication date makes likely."""
    if a_day(2000, month, day) is None:  # a leap year
        return None
    full = year.year is not None and not year.of_year
    if year.year is not None:
        found = a_day(year.year, month, day)
    elif today is None or year.of_year:
        found = None
    else:
        found = _nearest(month, day, year.shift, today, weekday)
    rank = FULL if full else DATED
    return Part(year.last, "day", found.isoformat() if found else None, rank, found, relative=not full)


def _nearest(month: int, day: int, shift: str | None, today: date, weekday: int | None) -> date | None:
    if shift == "this":
        return a_day(today.year, month, day)
    days = [d for y in (today.year - 1, today.year, today.year + 1) if (d := a_day(y, month, day))]
    days = [d for d in days if (shift != "last" or d < today) and (shift != "next" or d > today)]
    fitting = [d for d in days if weekday is None or d.weekday() == weekday] or days
    return min(fitting, key=lambda d: (today - d).days if d <= today else _FUTURE * (d - today).days, default=None)


def month_of(month: int, year: Year, today: date | None) -> tuple[int, int] | None:
    """Year and month of a month whose year is said, or made likely by the publication date."""
    if year.year is not None:
        return year.year, month
    if today is None or year.of_year:
        return None
    if year.shift == "this":
        return today.year, month
    here = today.year * _MONTHS + today.month - 1
    months = [y * _MONTHS + month - 1 for y in (today.year - 1, today.year, today.year + 1)]
    months = [m for m in months if (year.shift != "last" or m < here) and (year.shift != "next" or m > here)]
    best = min(months, key=lambda m: here - m if m <= here else _FUTURE * (m - here), default=None)
    return None if best is None else (best // _MONTHS, month)


def weekday_near(weekday: int, shift: str | None, today: date | None) -> date | None:
    """The last such day up to publication; with "last" before it, with "next" after it."""
    if today is None:
        return None
    back = (today.weekday() - weekday) % _WEEK
    if shift == "next":
        return moved(today, _WEEK - back)
    return moved(today, -(back or (_WEEK if shift == "last" else 0)))


def precision(unit: str) -> str:
    """The kind of date that so many of a unit ago gives."""
    return unit if unit in ("month", "year") else "day"


def back(today: date | None, unit: str, number: int) -> str | None:
    """So many units before the day of publication, as exactly as the unit is."""
    if today is None or number > _FARTHEST:
        return None
    if unit == "year":
        return f"{today.year - number:04}"
    if unit == "month":
        return month_text(*shifted(today.year, today.month, -number))
    days = {"hour": (number + _SOON) // _HOURS if number >= _SOON else 0, "day": number, "week": _WEEK * number}[unit]
    return (today - timedelta(days)).isoformat()


def span(today: date | None, unit: str, number: int, shift: str) -> str | None:
    """The stretch of so many units before, around or after the day of publication; ``None`` without a number, except of hours."""
    if today is None or (not number and unit != "hour") or number > _FARTHEST:
        return None
    if unit == "hour":
        days = max(1, (number + _HOURS - 1) // _HOURS)
        ends = (-days, 0) if shift != "next" else (0, days)
    else:
        days = number * (_WEEK if unit == "week" else 1)
        ends = {"last": (-days, -1), "this": (1 - days, 0), "next": (1, days)}[shift]
    if unit == "year":
        texts = [f"{today.year + n:04}" for n in ends]
    elif unit == "month":
        texts = [month_text(*shifted(today.year, today.month, n)) for n in ends]
    else:
        texts = [(today + timedelta(n)).isoformat() for n in ends]
    return texts[0] if texts[0] == texts[1] else "/".join(texts)
