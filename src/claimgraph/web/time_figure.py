"""Where the bars of a figure over time stand: how many claims were published when, those affirmed below and those denied upon them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

WIDTH, HEIGHT = 720, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 12, 26
_WIDEST = 40
_LABEL = 84  # units that a label takes


def time_figure(spans: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The places of bars, lines and labels for spans of time; empty where there are not two of them to compare."""
    if len(spans) <= 1:
        return {}
    highest = _rounded(max(span["total"] for span in spans))
    step = (WIDTH - _LEFT - _RIGHT) / len(spans)
    width = min(step * 0.72, _WIDEST)
    deep = HEIGHT - _TOP - _BOTTOM

    def height(count: int) -> float:
        return round(count / highest * deep, 2)

    bars = []
    for number, span in enumerate(spans):
        centre = _LEFT + step * (number + 0.5)
        affirmed, denied = height(span["affirms"]), height(span["denies"])
        base = HEIGHT - _BOTTOM
        bars.append(
            {
                "x": round(centre - width / 2, 2),
                "width": round(width, 2),
                "affirms": {"y": round(base - affirmed, 2), "height": affirmed},
                "denies": {"y": round(base - affirmed - denied, 2), "height": denied},
            }
        )
    every = max(1, round(_LABEL / step + 0.499))
    labels = [{"x": round(_LEFT + step * (number + 0.5), 2), "text": spans[number]["when"]} for number in range(0, len(spans), every)]
    lines = [{"y": round(HEIGHT - _BOTTOM - height(count), 2), "count": count} for count in sorted({0, highest // 2, highest})]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": _LEFT,
        "right": WIDTH - _RIGHT,
        "base": HEIGHT - _BOTTOM + 18,
        "bars": bars,
        "labels": labels,
        "lines": lines,
    }


def _rounded(number: int) -> int:
    """The next even number of one or two digits and noughts, for the end of an axis."""
    unit = int(10 ** max(0, len(str(number)) - 2))
    steps = -(-number // unit)
    return (steps + steps % 2) * unit
