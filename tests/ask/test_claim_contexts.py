"""A claim with what stands around it: its words in place, the other side, other numbers, and its statements."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from claimgraph.ask import lookup
from claimgraph.ask.claim_contexts import AROUND, claim_view
from claimgraph.ask.incident_facts import ways_of_departure
from claimgraph.ask.worker import Worker
from claimgraph.model.errors import NotFound
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.store.commit import open_writer
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading
from running import SAMPLES, small

BASE = Base("https://w3id.org/claimgraph/id/")
DOCUMENTS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(SAMPLES.glob("*.json"))}
CLAIMS = [(report, claim["id"]) for report, document in DOCUMENTS.items() for claim in document["claims"]]


@pytest.fixture
def worker() -> Worker:
    """A worker in this process."""
    return Worker(networked=True, filtered=False)


def seen(worker: Worker, snapshot: str, claim: str, lines: int = 1_000, folder: Path | None = None) -> dict[str, Any]:
    """What is shown of a claim."""
    facts, body = claim_view(
        worker, {"snapshot": snapshot, "claim": claim, "lines": lines, "folder": str(folder or Path(snapshot).parents[1]), "commit": 11}, b""
    )
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
    assert value["stands"]
    assert {one["graph"]["iri"] for one in value["statements"]} >= {own["report"]["iri"]}
    assert {one["subject"]["iri"] for one in value["statements"]} >= {own["iri"], f"{own['iri']}#content"}


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
def test_what_is_no_claim_is_said_so(worker: Worker, snapshot: str, sampled: Path, claim: str) -> None:
    """Nothing is shown for what is not there."""
    with pytest.raises(NotFound, match="no claim"):
        seen(worker, snapshot, claim, folder=sampled)


def test_a_claim_without_a_version_is_one_of_that_which_stands(worker: Worker, snapshot: str, names: dict[str, str]) -> None:
    """It leads to the address of the standing version's claim."""
    report, claim = CLAIMS[0]
    facts, _ = claim_view(worker, {"snapshot": snapshot, "claim": f"{report}/{claim}", "lines": 1, "folder": "", "commit": 11}, b"")
    assert facts["see"] == f"/claims/{names[report]}/{claim}"


def test_a_claim_of_a_replaced_version_is_shown_as_it_was(worker: Worker, tmp_path: Path) -> None:
    """From the archive, with its words in place and nothing compared; a claim that version did not have is not there."""
    place, texts = Place(tmp_path), ("قال المتحدث إن السجن آمن.", "قال المتحدث إن السجن آمن الآن.")
    with open_writer(place, BASE, "tester", "ingest") as writer:
        versions = [writer.commit(document_of(small(text, "r1")), revise=True).mapped.name.version for text in texts]
    with reading(place, BASE.iri) as found:
        old = seen(worker, str(found.path), f"{versions[0]}/r1/c01", folder=tmp_path)
        assert (old["stands"], old["statements"], old["contrary"]["total"]) == (False, [], 0)
        assert (old["claim"]["report"]["version"], old["claim"]["id"]) == (versions[0], "c01")
        assert "".join(one["text"] for one in old["context"]["stretches"]) == texts[0]
        assert seen(worker, str(found.path), f"{versions[1]}/r1/c01", folder=tmp_path)["stands"]
        for version in versions:
            with pytest.raises(NotFound, match="no claim"):
                seen(worker, str(found.path), f"{version}/r1/c99", folder=tmp_path)


def test_ways_of_departure() -> None:
    """They are the ontology's."""
    assert ways_of_departure() == {"escape", "release", "transfer", "smuggling"}
