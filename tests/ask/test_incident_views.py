"""An incident as the pages show it: its counts are those of the catalogue's questions, and every claim about it has its place."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from pyoxigraph import Store

from claimgraph.ask import answers
from claimgraph.ask.catalogue import question
from claimgraph.ask.incident_facts import Fact, ground, is_disputed
from claimgraph.ask.incident_views import incident_view
from claimgraph.ask.query import evaluate
from claimgraph.ask.worker import Worker
from claimgraph.model.errors import NotFound
from claimgraph.model.names import Base
from claimgraph.model.vocabulary import notations
from claimgraph.store.reference import Reference

INCIDENTS = ["sinaa-2022-01", "raqqa-2022-06"]


@pytest.fixture
def worker() -> Worker:
    """A worker in this process."""
    return Worker(networked=True, filtered=False)


def seen(worker: Worker, snapshot: str, key: str, lines: int = 1_000) -> dict[str, Any]:
    """What is shown of an incident."""
    facts, body = incident_view(worker, {"snapshot": snapshot, "incident": key, "lines": lines, "commit": 11}, b"")
    assert facts == {"media": "application/json"}
    value: dict[str, Any] = json.loads(body)
    return value


def asked(snapshot: str, base: Base, name: str, **parameters: str) -> list[dict[str, Any]]:
    """The rows of a question of the catalogue."""
    store, found = Store.read_only(snapshot), question(name)
    reference = Reference(store.quads_for_pattern(None, None, None, base.reference), base)
    return answers.records(found, evaluate(store, found.sparql(parameters, base, reference), rows=10_000))


@pytest.mark.parametrize("key", INCIDENTS)
def test_counts_are_those_of_the_question(worker: Worker, snapshot: str, base: Base, key: str) -> None:
    """Claims, reports, outlets and parties of each type, as 'coverage' counts them."""
    rows = {row["type"]: row for row in asked(snapshot, base, "coverage") if row["incident"] == base.entity(key).value}
    things = {thing["type"]: thing["coverage"] for thing in seen(worker, snapshot, key)["things"] if thing["coverage"]}
    assert rows.keys() == things.keys()
    for kind, row in rows.items():
        assert things[kind] == {name: row[name] for name in ("claims", "reports", "outlets", "parties", "unnamed")}, kind


@pytest.mark.parametrize("key", INCIDENTS)
def test_numbers_are_those_of_the_question(worker: Worker, snapshot: str, base: Base, key: str) -> None:
    """Every number of people about the incident stands once, with its bounds, in the order of the number line."""
    rows = asked(snapshot, base, "disputed-quantities", incident=key, types=",".join(notations("event")))
    shown = [row for group in seen(worker, snapshot, key)["numbers"] for row in group["rows"]]
    assert sorted((row["claim"]["iri"], row["min"], row["max"]) for row in shown) == sorted((row["claim"], row["min"], row["max"]) for row in rows)


@pytest.mark.parametrize("key", INCIDENTS)
def test_every_claim_has_its_side(worker: Worker, snapshot: str, key: str) -> None:
    """Each claim about the incident stands once, among those who affirm or those who deny its thing; what is disputed stands first."""
    value = seen(worker, snapshot, key)
    sides = [(thing, side, line) for thing in value["things"] for side in ("affirmed", "denied") for line in thing[side]["lines"]]
    assert all(line["polarity"] == {"affirmed": "affirms", "denied": "denies"}[side] for _, side, line in sides)
    claims = [line["iri"] for _, _, line in sides]
    assert len(set(claims)) == len(claims) == value["ground"]["claims"]
    disputed = [thing["disputed"] for thing in value["things"]]
    assert disputed == sorted(disputed, reverse=True)
    assert {line["report"]["id"] for _, _, line in sides} == {line["report"]["iri"].rpartition("/")[2] for _, _, line in sides}


def test_long_lists_are_cut_and_say_so(worker: Worker, snapshot: str) -> None:
    """No more lines than asked for; the totals are those of all."""
    whole, cut = seen(worker, snapshot, "sinaa-2022-01"), seen(worker, snapshot, "sinaa-2022-01", lines=1)
    assert [thing["affirmed"]["total"] for thing in cut["things"]] == [thing["affirmed"]["total"] for thing in whole["things"]]
    assert all(len(group["origins"]) == 1 <= group["origins_total"] for group in cut["numbers"])
    assert all(len(thing[side]["lines"]) <= 1 for thing in cut["things"] for side in ("affirmed", "denied"))
    assert all(len(group["rows"]) == 1 for group in cut["numbers"])
    assert whole["ground"] == cut["ground"]


def test_the_incident_is_told(worker: Worker, snapshot: str) -> None:
    """Its names, days and facility; the prison break has competing numbers, which are denied too."""
    value = seen(worker, snapshot, "sinaa-2022-01")
    told = value["incident"]
    assert (told["first_day"], told["last_day"], told["facility_key"]) == ("2022-01-20", "2022-01-30", "sinaa-prison")
    assert told["facility"]["ar"] == [
        {"text": "سجن الصناعة", "kind": "entity", "key": "sinaa-prison", "other": "al-Sina'a (Ghweran) prison, Hasakah"}
    ]
    gone = value["numbers"][0]
    assert set(gone["types"]) <= {"escape", "release", "transfer", "smuggling"}
    assert gone["disputed"]
    assert value["ground"]["first"] < value["ground"]["last"]


def test_an_incident_nobody_speaks_of_is_empty(worker: Worker, snapshot: str) -> None:
    """It has its names, and no claims."""
    value = seen(worker, snapshot, "sinaa-2020-03")
    assert (value["things"], value["numbers"]) == ([], [])
    assert value["ground"] == {"claims": 0, "reports": 0, "outlets": 0, "first": None, "last": None}


@pytest.mark.parametrize("key", ["sdf", "nosuch", "", "a b", "<x>", "../x"])
def test_what_is_no_incident_is_said_so(worker: Worker, snapshot: str, key: str) -> None:
    """Nothing is shown for what is not there."""
    with pytest.raises(NotFound, match="no incident"):
        seen(worker, snapshot, key)


FACT = Fact("c", "r", "o", "escape", denies=False, happened=True, origin="urn:v", voice="urn:v", party="urn:v", unnamed=False, repeats=False,
            facility="", places=frozenset(), actors=frozenset(), counted=True, least=200, most=200, approximate=False, whose=frozenset({"isis"}),
            day="2022-01-30", first="2022-01-30", last="2022-01-31")  # fmt: skip
OTHER = replace(FACT, party="urn:w")


@pytest.mark.parametrize(
    ("other", "disputed"),
    [
        (OTHER, False),
        (replace(OTHER, least=750, most=750), True),
        (replace(FACT, least=750, most=750), False),
        (replace(OTHER, least=750, most=750, whose=frozenset({"sdf"})), False),
        (replace(OTHER, least=750, most=750, happened=False), False),
        (replace(OTHER, least=750, most=750, repeats=True), False),
        (replace(OTHER, least=100, most=None), False),
        (replace(OTHER, least=201, most=None), True),
        (replace(OTHER, least=None, most=199), True),
        (replace(OTHER, denies=True), True),
    ],
    ids=["same", "apart", "same-party", "other-people", "planned", "repeated", "open-above", "above", "below", "denied"],
)
def test_numbers_that_cannot_both_be_right_are_disputed(other: Fact, *, disputed: bool) -> None:
    """Those of the same people that two parties name and that have nothing in common, and those that are denied."""
    assert is_disputed([FACT, other]) is is_disputed([other, FACT]) is disputed


def test_the_ground_of_nothing() -> None:
    """Nothing rests on nothing."""
    assert not is_disputed([])
    assert ground([])["first"] is None
    assert ground([FACT, replace(FACT, report="r2", last="2022-02-03")]) == {
        "claims": 2,
        "reports": 2,
        "outlets": 1,
        "first": "2022-01-30",
        "last": "2022-02-03",
    }
