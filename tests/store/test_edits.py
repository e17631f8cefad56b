"""Corrections of a claim field by field: where a path leads, and what its value is."""

from __future__ import annotations

from typing import Any

import pytest

from claimgraph.model.errors import BadDocument
from claimgraph.store.edits import corrected

TEXT = "نفت قسد فرار سجناء."
CLAIM: dict[str, Any] = {
    "start": 8,
    "end": 18,
    "quote": TEXT[8:18],
    "chain": [{"agent": "@publisher"}, {"agent": "sdf"}],
    "incident": "sinaa-2022-01",
    "event": {"type": "escape", "targets": []},
}


@pytest.mark.parametrize(
    ("path", "word", "expected"),
    [
        ("polarity", "denies", {"polarity": "denies"}),
        ("said", "2022", {"said": "2022"}),
        ("incident", "null", {"incident": None}),
        ("confidence", "0.5", {"confidence": 0.5}),
        ("chain[1].verb", "نفت", {"chain": [{"agent": "@publisher"}, {"agent": "sdf", "verb": "نفت"}]}),
        ("chain[2].named", "فلان", {"chain": [{"agent": "@publisher"}, {"agent": "sdf"}, {"named": "فلان"}]}),
        ("chain", "[]", {"chain": []}),
        ("event.targets", "isis, sdf", {"event": {"type": "escape", "targets": ["isis", "sdf"]}}),
        ("event.quantity.min", "200", {"event": {"type": "escape", "targets": [], "quantity": {"min": 200}}}),
        ("event.quantity.max", "٢٥٠", {"event": {"type": "escape", "targets": [], "quantity": {"max": 250}}}),
        ("event.targets", "isis، sdf", {"event": {"type": "escape", "targets": ["isis", "sdf"]}}),
        ("event.breakdown[0].of", "persons", {"event": {"type": "escape", "targets": [], "breakdown": [{"of": "persons"}]}}),
        ("end", "12", {"end": 12, "quote": TEXT[8:12]}),
    ],
)
def test_a_field_is_set(path: str, word: str, expected: dict[str, Any]) -> None:
    """Where its path leads, also where nothing is there yet, to what its kind makes of the word; the claim that was given stays as it was."""
    before = repr(CLAIM)
    assert corrected(CLAIM, TEXT, [(path, word)]) == {**CLAIM, **expected}
    assert repr(CLAIM) == before


def test_a_quotation_of_ones_own_is_kept() -> None:
    """Whoever says what is quoted is taken at their word; whether it stands there is for the shapes."""
    assert corrected(CLAIM, TEXT, [("end", "12"), ("quote", "x")])["quote"] == "x"


@pytest.mark.parametrize(("path", "word"), [("chain[3].verb", "x"), ("incident.x", "y"), ("event[0]", "x"), ("", "x"), ("a b", "x"), ("event", "{")])
def test_what_leads_nowhere_is_refused(path: str, word: str) -> None:
    """A path past the end of a list, into a word, with signs of its own, or a value that is broken JSON."""
    with pytest.raises(BadDocument):
        corrected(CLAIM, TEXT, [(path, word)])
