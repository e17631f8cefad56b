"""Where things stand on an axis, in percent of its width: numbers as intervals, days in a row. What draws them is ``templates/figures.html``."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from claimgraph.ask.sentences import number
from claimgraph.web.messages import LANGUAGES, grouped

_FIRST, _LAST = 3.0, 84.0  # the rest is for arrows and for what stands beside a mark
_WIDE = 40  # the largest number is so many times the smallest: then the axis is logarithmic
_TICKS = 4
_APART = 24.0  # between the names of two days
_TURN = 55.0  # marks behind it have their number before them


@dataclass(frozen=True)
class Scale:
    """A number line from nought to the largest number."""

    largest: float
    logarithmic: bool

    @classmethod
    def of(cls, numbers: Iterable[int]) -> Scale:
        """The scale for some numbers; logarithmic where they are far apart."""
        found = sorted(set(numbers)) or [1]
        least = next((one for one in found if one > 0), 1)
        return cls(max(found[-1], 1), found[-1] / least > _WIDE)

    def at(self, value: float) -> float:
        """Where a number stands."""
        share = math.log1p(value) / math.log1p(self.largest) if self.logarithmic else value / self.largest
        return round(_FIRST + share * (_LAST - _FIRST), 2)

    def ticks(self) -> list[dict[str, Any]]:
        """Round numbers along the line."""
        if self.logarithmic:
            powers = range(int(math.log10(self.largest)) + 1)
            every = math.ceil(len(powers) / (_TICKS + 1))
            numbers = [0, *(10**power for power in powers[every - 1 if every > 1 else 1 :: every])]
        else:
            step = _round_step(self.largest / _TICKS)
            numbers = list(range(0, int(self.largest) + 1, step))
        return [{"at": self.at(one), "text": grouped(one)} for one in numbers]


def _round_step(least: float) -> int:
    power = 10 ** max(0, math.floor(math.log10(max(least, 1))))
    return int(next(times * power for times in (1, 2, 5, 10) if times * power >= least))


def intervals(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Rows with ``min``, ``max`` and ``approximate`` on one axis: where each begins and ends, which ends are open, and its number in words."""
    scale = Scale.of(bound for row in rows for bound in (row["min"], row["max"]) if bound is not None)
    return {
        "logarithmic": scale.logarithmic,
        "ticks": scale.ticks(),
        "rows": [{**row, **_interval(row["min"], row["max"], scale), **_told(row)} for row in rows],
    }


def _interval(least: int | None, most: int | None, scale: Scale) -> dict[str, Any]:
    known = [bound for bound in (least, most) if bound is not None]
    if not known:
        return {"from": None, "to": None, "open_below": True, "open_above": True, "before": False}
    first, last = scale.at(min(known)), scale.at(max(known))
    return {"from": first, "to": last, "open_below": least is None, "open_above": most is None, "before": last > _TURN}


def _told(row: dict[str, Any]) -> dict[str, Any]:
    words = {language: number(row["min"], row["max"], approximate=row["approximate"], language=language) for language in LANGUAGES}
    return {"number": words, "sign": _sign(row["min"], row["max"], approximate=row["approximate"])}


def _sign(least: int | None, most: int | None, *, approximate: bool) -> str:
    """A number in signs that both languages read."""
    about = "~" if approximate else ""
    if least is None or most is None:
        return "?" if least is most else f"≤ {about}{grouped(most or 0)}" if least is None else f"≥ {about}{grouped(least)}"
    return about + (grouped(least) if least == most else f"{grouped(least)}–{grouped(most)}")


def in_time(rows: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Rows with ``day``, ``holders`` and ``claim`` as lanes, one for those who hold together, with a mark for each day and stance.

    ``None`` where no row has a day.
    """
    dated = [row for row in rows if _day(row["day"]) is not None]
    if not dated:
        return None
    days = sorted({row["day"] for row in dated})
    first, last = (date.fromisoformat(day).toordinal() for day in (days[0], days[-1]))

    def at(day: str) -> float:
        share = (date.fromisoformat(day).toordinal() - first) / (last - first) if last > first else 0.5
        return round(6 + share * 88, 2)

    lanes: dict[str, dict[str, Any]] = {}
    for row in dated:
        lane = lanes.setdefault(str(row["holders"]), {"holders": row["holders"], "marks": {}})
        mark = lane["marks"].setdefault(
            (row["day"], row["claim"]["polarity"]), {"at": at(row["day"]), "day": row["day"], "polarity": row["claim"]["polarity"], "claims": 0}
        )
        mark["claims"] += 1
    return {"lanes": [{**lane, "marks": list(lane["marks"].values())} for lane in lanes.values()], "ticks": _apart(days, at)}


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _apart(days: Sequence[str], at: Callable[[str], float]) -> list[dict[str, Any]]:
    """The days that are named: the first, the last, and those between that leave room."""
    named = [days[0]]
    for day in days[1:-1]:
        if at(day) - at(named[-1]) >= _APART and at(days[-1]) - at(day) >= _APART:
            named.append(day)
    if days[-1] != days[0]:
        named.append(days[-1])
    return [{"at": at(day), "day": day} for day in named]
