"""Claims over time: how many were published when, by day, month or years, whichever gives a figure that can be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from typing import Any

_MOST_DAYS, _MOST_MONTHS, _MOST_SPANS = 45, 48, 40


@dataclass(frozen=True)
class Tally:
    """How many claims affirm and how many deny."""

    affirms: int = 0
    denies: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(self.affirms + other.affirms, self.denies + other.denies)

    @property
    def total(self) -> int:
        """All of them."""
        return self.affirms + self.denies

    def as_json(self) -> dict[str, int]:
        """The three numbers."""
        return {"total": self.total, "affirms": self.affirms, "denies": self.denies}


def over_time(days: Mapping[date, Tally]) -> dict[str, Any]:
    """Days with their tallies as spans of time that follow each other, none left out: each named (EDTF), with its numbers."""
    if not days:
        return {"unit": "day", "spans": []}
    calendar = _Calendar.of(min(days), max(days))
    tallies = dict.fromkeys(calendar.names(), Tally())
    for day, tally in days.items():
        tallies[calendar.name(day)] += tally
    return {"unit": calendar.unit, "spans": [{"when": when, **tally.as_json()} for when, tally in tallies.items()]}


@dataclass(frozen=True)
class _Calendar:
    """The spans from one day to another, each a ``unit`` long: a day, a month, or ``step`` years."""

    first: date
    last: date
    unit: str
    step: int

    @classmethod
    def of(cls, first: date, last: date) -> _Calendar:
        """Spans of which there are not too many."""
        step = (last.year - first.year) // _MOST_SPANS + 1
        if (last - first).days < _MOST_DAYS:
            return cls(first, last, "day", step)
        return cls(first, last, "month" if _month(last) - _month(first) < _MOST_MONTHS else "year", step)

    def name(self, day: date) -> str:
        """The span that a day lies in."""
        if self.unit != "year":
            return day.isoformat()[: 10 if self.unit == "day" else 7]
        begin = day.year - (day.year - self.first.year) % self.step
        return f"{begin:04}" if self.step == 1 else f"{begin:04}/{min(begin + self.step - 1, MAXYEAR):04}"

    def names(self) -> Iterator[str]:
        """All spans, in order."""
        if self.unit == "day":
            yield from (self.name(self.first + timedelta(days=number)) for number in range((self.last - self.first).days + 1))
        elif self.unit == "month":
            yield from (self.name(date(month // 12, month % 12 + 1, 1)) for month in range(_month(self.first), _month(self.last) + 1))
        else:
            yield from (self.name(date(year, 1, 1)) for year in range(self.first.year, self.last.year + 1, self.step))


def _month(day: date) -> int:
    """A month's number, counted from the first month of year nought."""
    return day.year * 12 + day.month - 1
