"""What is disputed: as the question ``denials`` has it, of each incident by itself; where an incident is large, of its latest reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

from claimgraph.ask import answers
from claimgraph.ask.catalogue import question
from claimgraph.ask.disputes import disputes
from claimgraph.ask.incident_facts import Fact, bounds, competing, contradicting, facts_about, lasting_states, latest, reports_about
from claimgraph.ask.incident_views import Incident, incident_view
from claimgraph.ask.query import evaluate
from claimgraph.ask.worker import Worker
from claimgraph.model.names import Base
from claimgraph.model.vocabulary import CG
from claimgraph.store.reference import Reference


@pytest.fixture
def worker() -> Worker:
    """A worker in this process."""
    return Worker(networked=True, filtered=False)


def seen(worker: Worker, snapshot: str, lines: int = 100) -> dict[str, Any]:
    """What is disputed in the samples."""
    facts, body = disputes(worker, {"snapshot": snapshot, "lines": lines, "commit": 11}, b"")
    assert facts == {"media": "application/json"}
    value: dict[str, Any] = json.loads(body)
    return value


def asked(store: Store, base: Base) -> set[str]:
    """The claims of the rows of ``denials`` in which the same is affirmed, or what is denied whatever its number."""
    found = question("denials")
    reference = Reference(store.quads_for_pattern(None, None, None, base.reference), base)
    rows = answers.records(found, evaluate(store, found.sparql({}, base, reference), rows=100_000))
    return {row[column] for row in rows if row["relation"] in ("same", "general") for column in ("denial", "affirmed")}


def told(store: Store, base: Base) -> set[str]:
    """The claims that are told to contradict each other."""
    reference = Reference(store.quads_for_pattern(None, None, None, base.reference), base)
    incidents = [facts_about(store, reference, base, key, reports_about(store, base, key), whole=True) for key in reference.incidents]
    return {fact.claim for facts in incidents for fact in contradicting(facts)}


def test_contradictions_are_those_of_the_question(snapshot: str, base: Base) -> None:
    """Of the samples: each claim of a row, and no other."""
    store = Store.read_only(snapshot)
    assert asked(store, base) == told(store, base) != set()


@given(st.data())
def test_contradictions_are_those_of_the_question_whatever_is_changed(changeable: tuple[list[Quad], Base], data: st.DataObject) -> None:
    """Claims of the samples with other stances, types, facilities, actors, numbers, days: the two agree on all of them."""
    quads, base = changeable
    store = Store()
    store.extend(quads)
    contents = sorted((q for q in quads if q.predicate == CG.content), key=str)
    for quad in data.draw(st.lists(st.sampled_from(contents), min_size=4, max_size=12, unique=True)):
        content, claim, graph = quad.object, quad.subject, quad.graph_name
        assert isinstance(content, NamedNode)
        assert isinstance(claim, NamedNode)
        for node, predicate, values in (
            (claim, CG.polarity, [CG["polarity-denies"], CG["polarity-affirms"]]),
            (content, CG.eventType, [CG["event-escape"], CG["event-control"]]),
            (content, CG.facility, [None, base.entity("sinaa-prison")]),
            (content, CG.actor, [None, base.entity("isis")]),
            (content, CG.quantity, [None, "keep"]),
            (content, CG.firstDay, [None, "2022-01-25", "2022-01-29"]),
        ):
            value = data.draw(st.sampled_from(values))
            if value == "keep":
                continue
            for old in list(store.quads_for_pattern(node, predicate, None, graph)):
                store.remove(old)
            if isinstance(value, str):
                store.add(Quad(node, predicate, Literal(value, datatype=NamedNode("http://www.w3.org/2001/XMLSchema#date")), graph))
            elif isinstance(value, NamedNode):
                store.add(Quad(node, predicate, value, graph))
    assert asked(store, base) == told(store, base)


@pytest.fixture(scope="module")
def changeable(snapshot: str, base: Base) -> tuple[list[Quad], Base]:
    """The statements of the samples."""
    return list(Store.read_only(snapshot)), base


FACT = Fact("c", "r", "o", "escape", denies=False, happened=True, origin="v", voice="v", party="v", unnamed=False, repeats=False, facility="",
            places=frozenset(), actors=frozenset(), counted=True, least=1, most=1, approximate=False, whose=frozenset({"isis"}), day="2022-01-30",
            first="2022-01-30", last="2022-01-30")  # fmt: skip


@st.composite
def some_facts(draw: st.DrawFn) -> list[Fact]:
    """Claims that have much in common."""
    numbers = st.none() | st.integers(0, 4)
    made = []
    for number in range(draw(st.integers(0, 8))):
        least, most = draw(numbers), draw(numbers)
        if least is not None and most is not None and least > most:
            least, most = most, least
        made.append(
            replace(
                FACT,
                claim=f"c{number}",
                type=draw(st.sampled_from(["escape", "control"])),
                denies=draw(st.booleans()),
                party=draw(st.sampled_from(["a", "b", "c"])),
                counted=draw(st.booleans()),
                least=least,
                most=most,
                day=draw(st.sampled_from(["", "2022-01-25", "2022-01-29"])),
            )
        )
    return [fact if fact.counted else replace(fact, least=None, most=None) for fact in made]


@given(some_facts())
def test_looking_once_finds_what_comparing_all_does(facts: list[Fact]) -> None:
    """Each claim with each: the same contradictions, the same competing numbers."""

    def contrary(denial: Fact, other: Fact) -> bool:
        later = denial.type in lasting_states() and bool(denial.day) and bool(other.day) and other.day > denial.day
        same = denial.type == other.type and denial.number in (None, other.number)
        return denial.denies and other.stands and same and denial.party != other.party and not later

    def apart(one: Fact, other: Fact) -> bool:
        both = one.stands and other.stands and one.counted and other.counted and one.party != other.party
        return both and (bounds(one)[1] < bounds(other)[0] or bounds(other)[1] < bounds(one)[0])

    assert contradicting(facts) == {one for one in facts if any(contrary(one, other) or contrary(other, one) for other in facts)}
    assert competing(facts) == {one for one in facts if any(apart(one, other) for other in facts)}


def test_the_samples_disputes(worker: Worker, snapshot: str) -> None:
    """The prison breaks first, behind which most parties stand; each row names its incident, and on how much it rests."""
    value = seen(worker, snapshot)
    rows = value["disputed"]
    assert [(row["incident"]["key"], row["type"]) for row in rows] == [
        ("sinaa-2022-01", "escape"),
        ("sinaa-2022-01", "control"),
        ("raqqa-2022-06", "escape"),
    ]
    assert [row["parties"] for row in rows] == sorted((row["parties"] for row in rows), reverse=True)
    assert all(row["affirmed"] and row["denied"] and row["ground"]["claims"] == row["affirmed"] + row["denied"] for row in rows)
    assert value["disputed_total"] == 3
    assert value["compared"] is None


def test_the_incidents_are_listed(worker: Worker, snapshot: str) -> None:
    """All of them, the latest spoken of first, with the number of claims; that nobody speaks of one is no reason to leave it out."""
    value = seen(worker, snapshot)
    assert [(one["key"], one["ground"]["claims"]) for one in value["incidents"]] == [
        ("raqqa-2022-06", 6),
        ("sinaa-2022-01", 78),
        ("sinaa-2020-03", 0),
    ]
    assert all(one["name"][language] for one in value["incidents"] for language in ("ar", "en"))


def test_long_lists_are_cut_and_say_so(worker: Worker, snapshot: str) -> None:
    """No more rows than asked for; the totals are those of all."""
    value = seen(worker, snapshot, lines=1)
    assert (len(value["disputed"]), value["disputed_total"], len(value["incidents"]), value["incidents_total"]) == (1, 3, 1, 3)


def test_of_a_large_incident_the_latest_reports_are_compared(worker: Worker, snapshot: str, settings: Callable[..., None], base: Base) -> None:
    """As many claims as the setting allows; what the incident rests on is counted whole, and the page and the first page say what was compared."""
    settings(incident_claims=20)
    _, body = incident_view(worker, {"snapshot": snapshot, "incident": "sinaa-2022-01", "lines": 100, "commit": 11}, b"")
    value = json.loads(body)
    assert value["ground"]["claims"] == 78
    compared = value["compared"]
    assert 0 < compared["claims"] <= 20
    assert sum(thing["affirmed"]["total"] + thing["denied"]["total"] for thing in value["things"]) == compared["claims"]
    assert seen(worker, snapshot)["compared"] == 6 + compared["claims"]
    reports = reports_about(Store.read_only(snapshot), base, "sinaa-2022-01")
    assert [one.last for one in reports] == sorted((one.last for one in reports), reverse=True)
    assert latest(reports, 0) == reports[:1]
    assert latest([], 10) == []


def test_a_claim_that_is_not_compared_is_found(worker: Worker, snapshot: str, settings: Callable[..., None], base: Base) -> None:
    """By its page, which shows it beside those that are."""
    store = Store.read_only(snapshot)
    reference = Reference(store.quads_for_pattern(None, None, None, base.reference), base)
    whole = Incident(store, reference, base, "sinaa-2022-01").facts
    settings(incident_claims=8)
    cut = Incident(store, reference, base, "sinaa-2022-01")
    assert len(cut.facts) < len(whole)
    assert [cut.fact(fact.claim) for fact in whole] == whole
    assert cut.fact("urn:nothing") is None


def test_as_csv(worker: Worker, snapshot: str) -> None:
    """A row for each claim, with what it is counted by."""
    facts, body = incident_view(worker, {"snapshot": snapshot, "incident": "raqqa-2022-06", "lines": 1, "form": "csv", "commit": 11}, b"")
    assert facts == {"media": "text/csv; charset=utf-8"}
    head, *rows = body.decode().splitlines()
    assert head.startswith("claim,report,outlet,type,polarity,happened")
    assert len(rows) == 6
    assert sum(",denies," in row for row in rows) == 2
