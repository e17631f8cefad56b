"""A claim with what stands around it: its words in place, the other side, other numbers, and its statements."""

from __future__ import annotations

import json
from typing import Any

import pytest

from claimgraph.ask import lookup
from claimgraph.ask.claim_contexts import AROUND, claim_view
from claimgraph.ask.incident_views import ways_of_departure
from claimgraph.ask.worker import Worker
from claimgraph.model.errors import NotFound
from claimgraph.model.names import Base
from running import SAMPLES

BASE = Base("https://w3id.org/claimgraph/id/")
DOCUMENTS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(SAMPLES.glob("*.json"))}
CLAIMS = [(report, claim["id"]) for report, document in DOCUMENTS.items() for claim in document["claims"]]


@pytest.fixture
def worker() -> Worker:
    """A worker in this process."""
    return Worker(networked=True, filtered=False)


def seen(worker: Worker, snapshot: str, claim: str, lines: int = 1_000) -> dict[str, Any]:
    """What is shown of a claim."""
    facts, body = claim_view(worker, {"snapshot": snapshot, "claim": claim, "lines": lines, "commit": 11}, b"")
    assert facts == {"media": "application/json"}
    value: dict[str, Any] = json.loads(body)
    return value


@pytest.fixture
def names(worker: Worker, snapshot: str) -> dict[str, str]:
    """Each sample's version, as claims are named by it."""
    found = {report: lookup.standing_version(worker.open_snapshot(snapshot), BASE.series(report)) for report in DOCUMENTS}
    return {report: node.value.removeprefix(f"{BASE.iri}v/") for report, node in found.items() if node is not None}


@pytest.mark.parametrize(("report", "claim"), CLAIMS)
def test_every_claim_is_shown_in_place(worker: Worker, snapshot: str, names: dict[str, str], report: str, claim: str) -> None:
    """Its words are marked among those around them, the other side says the contrary of the same incident, and each statement has its graph."""
    value, text = seen(worker, snapshot, f"{names[report]}/{claim}"), DOCUMENTS[report]["report"]["text"]
    own = value["claim"]
    assert (own["id"], own["report"]["id"]) == (claim, report)
    assert (
        "".join(one["text"] for one in value["context"]["stretches"] if one["claims"] == [claim]) == own["quote"] == text[own["start"] : own["end"]]
    )
    around = "".join(one["text"] for one in value["context"]["stretches"])
    assert around == text[max(0, own["start"] - AROUND) : own["end"] + AROUND]
    assert value["context"]["more_before"] == (own["start"] > AROUND)
    assert value["context"]["more_after"] == (own["end"] + AROUND < len(text))
    for other in value["contrary"]["lines"]:
        assert (other["incident"], other["polarity"] != own["polarity"]) == (own["incident"], True)
    for other in value["alike"]["lines"]:
        assert (other["incident"], other["polarity"]) == (own["incident"], own["polarity"])
        assert other["iri"] != own["iri"]
    assert {one["graph"] for one in value["statements"]} >= {f"<{own['report']['iri']}>"}
    assert {one["subject"] for one in value["statements"]} >= {f"<{own['iri']}>", f"<{own['iri']}#content>"}


def test_the_other_side_answers(worker: Worker, snapshot: str, names: dict[str, str]) -> None:
    """Who is contradicted finds the contradiction, and it finds him; so do those whose numbers differ."""
    views = {value["claim"]["iri"]: value for value in (seen(worker, snapshot, f"{names[report]}/{claim}") for report, claim in CLAIMS)}
    for side in ("contrary", "numbers"):
        pairs = {(iri, other["iri"]) for iri, value in views.items() for other in value[side]["lines"]}
        assert pairs
        assert pairs == {(there, here) for here, there in pairs}


def test_long_lists_are_cut(worker: Worker, snapshot: str, names: dict[str, str]) -> None:
    """No more lines than asked for, and the total of all."""
    for report, claim in CLAIMS[:8]:
        value = seen(worker, snapshot, f"{names[report]}/{claim}", lines=1)
        assert all(len(value[side]["lines"]) == min(1, value[side]["total"]) for side in ("contrary", "alike", "numbers"))


@pytest.mark.parametrize("claim", ["nosuch", "", "000000000000/r/c01", "a b/c", "<x>", "000000000000/r", "../sdf", "x\ny/r/c"])
def test_what_is_no_claim_is_said_so(worker: Worker, snapshot: str, claim: str) -> None:
    """Nothing is shown for what is not there."""
    with pytest.raises(NotFound, match="no claim"):
        seen(worker, snapshot, claim)


def test_ways_of_departure() -> None:
    """They are the ontology's."""
    assert ways_of_departure() == {"escape", "release", "transfer", "smuggling"}
