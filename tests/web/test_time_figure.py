"""The bars of a figure over time: within the figure, side by side, as high as their numbers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.web.time_figure import HEIGHT, WIDTH, time_figure

COUNTS = st.integers(0, 10**7)
SPANS = st.lists(
    st.tuples(COUNTS, COUNTS).map(lambda pair: {"when": "2022-01", "affirms": pair[0], "denies": pair[1], "total": sum(pair)}),
    min_size=2,
    max_size=48,
)


@given(SPANS.filter(lambda spans: any(span["total"] for span in spans)))
def test_bars_stand_within_the_figure(spans: list[dict[str, int]]) -> None:
    """None over another, what is denied upon what is affirmed, each in proportion to its number."""
    figure = time_figure(spans)
    assert len(figure["bars"]) == len(spans)
    for bar, span in zip(figure["bars"], spans, strict=True):
        affirmed, denied = bar["affirms"], bar["denies"]
        assert bar["x"] >= 0
        assert bar["x"] + bar["width"] <= WIDTH
        assert denied["y"] >= 0
        assert affirmed["y"] + affirmed["height"] <= HEIGHT
        assert denied["y"] + denied["height"] == pytest.approx(affirmed["y"], abs=0.02)
        if affirmed["height"] > 1 and denied["height"] > 1:
            assert denied["height"] / affirmed["height"] == pytest.approx(span["denies"] / span["affirms"], rel=0.05)
    ends = [(bar["x"], bar["x"] + bar["width"]) for bar in figure["bars"]]
    assert all(before[1] < after[0] for before, after in pairwise(ends))
    assert max(line["count"] for line in figure["lines"]) >= max(span["total"] for span in spans)


def test_one_span_is_no_figure() -> None:
    """There is nothing to compare."""
    assert time_figure([]) == {}
    assert time_figure([{"when": "2022", "affirms": 3, "denies": 0, "total": 3}]) == {}
