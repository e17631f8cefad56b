"""A claim with what stands around it: its words in the report, what contradicts it or competes with its number, and its statements with their graphs.

Values are JSON; offsets are code points.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from claimgraph.ask import lookup
from claimgraph.ask.incident_views import Fact, Incident, ways_of_departure
from claimgraph.ask.jobs import Done, reference_of, within
from claimgraph.ask.marks import stretches
from claimgraph.ask.worker import Worker
from claimgraph.model.errors import NotFound
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.text import shown
from claimgraph.model.vocabulary import CG

AROUND = 240  # code points of the report's text shown before and after a claim


def claim_view(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """The claim ``claim`` (``HASH/REPORT/CLAIM``) of a version that stands, with at most ``lines`` others on each side. Raises :class:`NotFound`."""
    store, base = worker.open_snapshot(header["snapshot"]), Base(LIMITS.base)
    worker.forbid_files()
    reference = reference_of(worker, store)
    iri = f"{base.iri}v/{header['claim']}"
    incident = Incident(store, reference, base, "")
    line = incident.lines.line(_valid(iri))
    if line["incident"]:
        incident = Incident(store, reference, base, line["incident"]["key"])
    value = {
        "claim": line,
        "context": _context(store, line),
        **_others(incident, iri, header["lines"]),
        "statements": _statements(store, NamedNode(iri)),
        "commit": header["commit"],
    }
    return {"media": "application/json"}, within(json.dumps(value, ensure_ascii=False).encode("utf-8"))


def _valid(iri: str) -> str:
    try:
        NamedNode(iri)
    except ValueError:
        raise NotFound(f"The store has no claim {shown(iri, 300)}: the report's page lists its claims.") from None
    return iri


def _context(store: Store, line: dict[str, Any]) -> dict[str, Any]:
    """The words around a claim, and whether the text goes on before and after them."""
    report = NamedNode(line["report"]["iri"])
    text = next((q.object.value for q in store.quads_for_pattern(report, CG.text, None, report) if isinstance(q.object, Literal)), "")
    first, last = max(0, line["start"] - AROUND), min(len(text), line["end"] + AROUND)
    part = text[first:last]
    marked = stretches(len(part), {line["id"]: (line["start"] - first, line["end"] - first)})
    return {
        "stretches": [{"text": part[one.start : one.end], "claims": list(one.marks)} for one in marked],
        "more_before": first > 0,
        "more_after": last < len(text),
    }


def _others(incident: Incident, iri: str, most: int) -> dict[str, Any]:
    """Claims of the same incident and kind that say the contrary, those that say the same, and those that name another number."""
    own = next((fact for fact in incident.facts if fact.claim == iri), None) if incident.key else None
    if own is None:
        return {"contrary": _side(incident, (), most), "alike": _side(incident, (), most), "numbers": _side(incident, (), most)}
    kin = ways_of_departure() if own.type in ways_of_departure() else {own.type}
    others = [fact for fact in incident.facts if fact.claim != iri]
    return {
        "contrary": _side(incident, (fact for fact in others if fact.type == own.type and fact.denies != own.denies), most),
        "alike": _side(incident, (fact for fact in others if fact.type == own.type and fact.denies == own.denies), most),
        "numbers": _side(incident, (fact for fact in others if own.counted and fact.counted and fact.type in kin and _apart(own, fact)), most),
    }


def _apart(own: Fact, other: Fact) -> bool:
    return (own.least, own.most) != (other.least, other.most)


def _side(incident: Incident, facts: Iterable[Fact], most: int) -> dict[str, Any]:
    return incident.side(list(facts), most)


def _statements(store: Store, node: NamedNode) -> list[dict[str, str]]:
    """The statements about a claim and its parts, each with its graph, as N-Triples terms."""
    answer = lookup.describe(store, node)
    return [dict(zip(("graph", "subject", "predicate", "object"), map(str, row), strict=True)) for row in answer.rows]
