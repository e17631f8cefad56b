"""An entity as the pages show it: every number is that of the reports themselves, and its lists have all of them."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode, Quad, Store

from claimgraph.ask.answers import records
from claimgraph.ask.catalogue import question
from claimgraph.ask.entity_claims import KINDS, PARTS, ROLES, EntityClaims
from claimgraph.ask.entity_views import entity_view
from claimgraph.ask.query import evaluate
from claimgraph.ask.worker import Worker
from claimgraph.model.errors import BadParameter, NotFound
from claimgraph.model.names import Base
from claimgraph.model.vocabulary import CG
from claimgraph.store.reference import Reference, bundled
from running import SAMPLES

BASE = Base("https://w3id.org/claimgraph/id/")
REFERENCE = Reference(bundled(BASE), BASE)
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(SAMPLES.glob("*.json"))}
DOCUMENTS = {name: json.loads(text) for name, text in TEXTS.items()}
USED = {key for key in REFERENCE.entities if any(f'"{key}"' in text for text in TEXTS.values())}
KEYS = [*sorted(USED), *sorted(REFERENCE.entities - USED)[::40]]  # those of the samples, and some of whom nothing is said


@pytest.fixture(scope="module")
def worker() -> Worker:
    """A worker in this process."""
    return Worker(networked=True, filtered=False)


def seen(worker: Worker, snapshot: str, key: str, lines: int = 1_000, chosen: str | None = None, page: int = 1) -> dict[str, Any]:
    """What is shown of an entity."""
    header = {"snapshot": snapshot, "entity": key, "lines": lines, "list": chosen, "page": page, "commit": 11}
    facts, body = entity_view(worker, header, b"")
    assert facts == {"media": "application/json"}
    value: dict[str, Any] = json.loads(body)
    return value


def expected() -> dict[tuple[str, str], dict[str, str]]:
    """For each kind of claims and each entity the claims as the documents have them, with their polarity."""
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for report, document in DOCUMENTS.items():
        publisher = document["report"].get("publisher")
        for claim in document["claims"]:
            name, polarity, event = f"{report}/{claim['id']}", claim["polarity"], claim["event"]
            speakers = [publisher if hop.get("agent") == "@publisher" else hop.get("agent") for hop in claim["chain"]]
            found["said", speakers[-1]][name] = polarity
            for speaker in speakers[:-1]:
                found["relayed", speaker][name] = polarity
            found["spoken", claim["chain"][-1].get("speaks_for")][name] = polarity
            roles = {role: [event[role]] for role in ("facility", "place", "origin", "destination") if event.get(role)}
            roles |= {role: event.get(f"{role}s") or [] for role in ("actor", "target", "helper")}
            quantities = [*filter(None, [event.get("quantity")]), *event.get("breakdown", [])]
            roles["counted"] = [word for quantity in quantities for word in quantity.get("counted", [])]
            for role, words in roles.items():
                for word in words:
                    found[role, word][name] = found["about", word][name] = polarity
    return found


EXPECTED = expected()


def ids(lines: list[dict[str, Any]]) -> list[str]:
    """Claims as report and id."""
    return [line["iri"].removeprefix(f"{BASE.iri}v/").partition("/")[2] for line in lines]


@pytest.mark.parametrize("key", KEYS)
def test_every_number_is_that_of_the_reports(worker: Worker, snapshot: str, key: str) -> None:
    """What an entity says, passes on, is said to say and is named in: as many as the documents have, affirmed and denied, and the same over time."""
    value = seen(worker, snapshot, key)
    for kind in ("said", "relayed", "spoken", "about"):
        wanted = EXPECTED[kind, key]
        assert (kind, value[kind]["total"], set(ids(value[kind]["lines"]))) == (kind, len(wanted), set(wanted))
        assert value[kind]["denies"] == list(wanted.values()).count("denies")
        assert sum(span["total"] for span in value[kind]["time"]["spans"]) + value[kind]["undated"] == len(wanted)
    roles = {one["role"]: (one["total"], one["denies"]) for one in value["roles"]}
    assert roles == {role: (len(found), list(found.values()).count("denies")) for role in ROLES if (found := EXPECTED[role, key])}
    assert value["published"]["total"] == sum(document["report"].get("publisher") == key for document in DOCUMENTS.values())
    assert len(value["published"]["latest"]) == value["published"]["total"]


@pytest.mark.parametrize("chosen", KINDS)
def test_a_list_is_read_a_page_at_a_time(worker: Worker, snapshot: str, chosen: str) -> None:
    """The pages together have each claim once, those of the latest reports first; there is no page behind the last."""
    for key in ("isis", "sdf", "alhal-net", "sinaa-prison", "hasakah-city"):
        whole = seen(worker, snapshot, key, chosen=chosen)["list"]
        first = seen(worker, snapshot, key, 7, chosen)["list"]
        pages = [seen(worker, snapshot, key, 7, chosen, page)["list"] for page in range(1, first["pages"] + 1)]
        lines = [line for page in pages for line in page["lines"]]
        assert ids(lines) == ids(whole["lines"])
        assert set(ids(lines)) == set(EXPECTED[chosen, key])
        assert len(lines) == whole["total"] == len(EXPECTED[chosen, key])
        days = [line["report"]["published"] or "" for line in lines]
        assert [day[:7] for day in days] == sorted((day[:7] for day in days), reverse=True)
        with pytest.raises(NotFound, match="there is no page"):
            seen(worker, snapshot, key, 7, chosen, first["pages"] + 1)


@pytest.mark.parametrize("key", KEYS)
def test_names_are_those_of_the_question(worker: Worker, snapshot: str, key: str) -> None:
    """Which words stand for it, in how many reports, in whose words, and which are loaded: as ``who-calls-whom-what`` answers."""
    store, asked = worker.open_snapshot(snapshot), question("who-calls-whom-what")
    answer = evaluate(store, asked.sparql({"about": key}, BASE, REFERENCE, without_candidates=False), rows=10_000)
    reports: dict[str, set[str]] = defaultdict(set)
    callers: dict[str, dict[str | None, set[str]]] = defaultdict(lambda: defaultdict(set))
    loaded: dict[str, list[str]] = {}
    for row in records(asked, answer):
        if row["called"] == BASE.entity(key).value:
            reports[row["words"]] |= set(row["reports"])
            callers[row["words"]][BASE.key(NamedNode(row["caller"]))] |= set(row["reports"])
            loaded[row["words"]] = [iri.removeprefix(BASE.iri) for iri in row["loaded"]]
    names = [one for one in seen(worker, snapshot, key)["called"]["names"] if not one["open"]]
    assert {one["words"]: one["reports"] for one in names} == {words: len(found) for words, found in reports.items()}
    assert {one["words"]: [wording["key"] for wording in one["loaded"]] for one in names} == loaded
    for one in names:
        told = {caller["who"]["ar"][0]["key"] if caller["who"] else None: caller["reports"] for caller in one["callers"]}
        assert told == {caller: len(found) for caller, found in callers[one["words"]].items()}
        assert all(f"{BASE.iri}v/{caller['report']}" in reports[one["words"]] for caller in one["callers"])


def test_a_name_that_several_bear_is_marked(worker: Worker, snapshot: str) -> None:
    """With who else bears it; what the entity lies in and what happened there stand beside it."""
    told = seen(worker, snapshot, "sinaa-prison", 1)["entity"]
    assert {one["text"]: [bearer["ar"][0]["key"] for bearer in one["bearers"]] for one in told["ambiguous"]} == {
        "سجن غويران": ["hasakah-central-prison"],
        "سجن الحسكة": ["hasakah-central-prison"],
    }
    assert [one["en"][0]["key"] for one in told["within"]] == ["ghweran", "hasakah-city", "hasakah-governorate", "syria"]
    assert [one["en"][0]["key"] for one in told["incidents"]] == ["sinaa-2020-03", "sinaa-2022-01"]
    assert "sdf-media-center" in [one["en"][0]["key"] for one in seen(worker, snapshot, "sdf", 1)["entity"]["parts"]]
    governorate = seen(worker, snapshot, "hasakah-governorate", 1)["entity"]
    assert "sinaa-2022-01" in [one["en"][0]["key"] for one in governorate["incidents"]]


def test_who_has_many_mentions_is_not_read_through(worker: Worker, snapshot: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In whose words its names stand is left to the question then; how many reports have them is still told."""
    whole = seen(worker, snapshot, "sdf")["called"]
    monkeypatch.setattr("claimgraph.ask.entity_names._READ", 3)
    cut = seen(worker, snapshot, "sdf")["called"]
    assert (whole["has_callers"], cut["has_callers"]) == (True, False)
    assert [(one["words"], one["reports"]) for one in cut["names"]] == [(one["words"], one["reports"]) for one in whole["names"]]


def test_what_stands_in_other_graphs_is_no_claim(worker: Worker, snapshot: str) -> None:
    """Neither somebody's workspace nor the reference graph adds to the numbers."""
    store, node = Store(), BASE.entity("sdf")
    store.extend(worker.open_snapshot(snapshot))
    before = EntityClaims(store, BASE, node, {})
    for graph in (f"{BASE.workspace('dana')}notes", BASE.reference.value, f"{BASE.iri}v/0123456789ab/r#validation"):
        for predicate in (*PARTS.values(), CG.claimant, CG.speaker):
            store.add(Quad(NamedNode(f"{BASE.iri}v/0123456789ab/r/c01#content"), predicate, node, NamedNode(graph)))
    after = EntityClaims(store, BASE, node, {})
    assert after.roles() == before.roles()
    assert all(after.series(kind) == before.series(kind) for kind in KINDS)


@pytest.mark.parametrize(("key", "see"), [("sinaa-2022-01", "/incidents/sinaa-2022-01"), ("wording-militia", "/id/wording-militia")])
def test_what_is_no_entity_leads_to_its_page(worker: Worker, snapshot: str, key: str, see: str) -> None:
    """An incident to the incident's, a loaded wording to what is stated of it."""
    header = {"snapshot": snapshot, "entity": key, "lines": 1, "list": None, "page": 1, "commit": 11}
    assert entity_view(worker, header, b"") == ({"media": "application/json", "see": see}, b"")


@pytest.mark.parametrize("key", ["nobody", "", "../sdf", "SDF", "<x>", "sdf/x", "x" * 500])
def test_what_has_no_key_is_not_there(worker: Worker, snapshot: str, key: str) -> None:
    """Nothing is shown for it, and a list that there is not is refused."""
    with pytest.raises(NotFound, match="no actor"):
        seen(worker, snapshot, key)
    with pytest.raises(BadParameter, match="said, relayed"):
        seen(worker, snapshot, "sdf", chosen="everything")


def test_samples_are_looked_at() -> None:
    """The documents that the numbers are compared with are all there, and say something of every kind."""
    assert len(DOCUMENTS) == len(list(Path(SAMPLES).glob("*.json"))) > 5
    assert {kind for (kind, _), found in EXPECTED.items() if found} >= {"said", "relayed", "spoken", "about", "actor", "target", "facility"}
