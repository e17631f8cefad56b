"""A text cut where marks begin and end, so that marks which overlap can be shown, each in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Stretch:
    """A stretch ``[start, end)`` of a text, in code points, and the names of the marks that lie on all of it, in the order they were given."""

    start: int
    end: int
    marks: tuple[str, ...]


def stretches(characters: int, marks: Mapping[str, tuple[int, int]]) -> list[Stretch]:
    """All of a text of so many code points, cut at each boundary of a mark; no two neighbours bear the same marks.

    What of a mark lies outside the text is left out, and a mark of nothing altogether.
    """
    spans = {name: (max(start, 0), min(end, characters)) for name, (start, end) in marks.items()}
    spans = {name: span for name, span in spans.items() if span[0] < span[1]}
    cuts = sorted({0, characters, *(place for span in spans.values() for place in span)})
    begins: dict[int, list[str]] = {}
    for name, (start, _) in spans.items():
        begins.setdefault(start, []).append(name)
    order = {name: number for number, name in enumerate(marks)}
    open_: list[str] = []
    found: list[Stretch] = []
    for start, end in pairwise(cuts):
        open_ = sorted([*(name for name in open_ if spans[name][1] > start), *begins.get(start, ())], key=order.__getitem__)
        if found and found[-1].marks == tuple(open_):
            found[-1] = Stretch(found[-1].start, end, tuple(open_))
        else:
            found.append(Stretch(start, end, tuple(open_)))
    return found
