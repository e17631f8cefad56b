"""Which answers differ between two snapshots: those and no others, and never silently fewer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from claimgraph.ask import comparison
from claimgraph.ask.catalogue import catalogue
from claimgraph.ask.comparison import Difference, differences
from claimgraph.model.names import Base
from claimgraph.store.commit import open_writer
from claimgraph.store.entities import Merge
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading

Paths = tuple[Path, Path]


@pytest.fixture
def snapshots(store: Path, base: Base) -> Iterator[Paths]:
    """A snapshot from before two entities were merged, and one from after."""
    place = Place(store)
    with reading(place, base.iri) as before:
        with open_writer(place, base, "dana", "test") as writer:
            writer.change_entities(Merge(key="us-forces", into="coalition"), reason="a test")
        with reading(place, base.iri) as after:
            yield before.path, after.path


def test_answers_that_changed_are_told_with_their_rows(snapshots: Paths, base: Base) -> None:
    """By question and parameters: with the defaults, and with each entity touched; what stayed the same is not told."""
    found = {(one.question, one.parameters): (one.gone, one.new) for one in differences(*snapshots, base, ["us-forces", "coalition"])}
    assert found["who-is-said-to-help", ()] == (6, 6)
    assert found["who-claims-what-about", (("about", "us-forces"),)] == (0, 8)
    assert not [question for question, _ in found if question in ("at-facility", "control-timeline", "hedged")]


def test_nothing_differs_from_itself(snapshots: Paths, base: Base) -> None:
    """The same snapshot twice gives no difference, whatever is asked with."""
    assert differences(snapshots[0], snapshots[0], base, ["us-forces", "sinaa-prison"]) == []


def test_what_takes_too_long_is_named(snapshots: Paths, base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the time is over every question is named as not compared: none is passed over in silence."""
    monkeypatch.setattr(comparison, "LIMITS", comparison.LIMITS.model_copy(update={"compare_seconds": 0.0}))
    found = differences(*snapshots, base, [])
    assert found == [Difference(name, (), None, None) for name in catalogue()]
    assert not any(one.is_known for one in found)
