"""What is disputed, for the first page: types of event of an incident that are affirmed and denied, or whose numbers compete; and the incidents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from claimgraph.ask.incident_facts import Fact, competing, contradicting, ground
from claimgraph.ask.incident_views import Incident, incident_of, labels
from claimgraph.ask.jobs import Done, reference_of, within
from claimgraph.ask.worker import Worker
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base


def disputes(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """The ``lines`` incidents of the latest reports, and as many disputes: those behind which most parties stand.

    So many incidents are compared as have ``incident_claims`` thrice; what is named of each, with the number of its claims, holds for all of them.
    """
    store, base = worker.open_snapshot(header["snapshot"]), Base(LIMITS.base)
    worker.forbid_files()
    reference = reference_of(worker, store)
    incidents = [incident_of(worker, store, reference, base, key) for key in sorted(reference.incidents)]
    grounds = {incident.key: incident.ground() for incident in incidents}
    by_report = sorted(incidents, key=lambda incident: grounds[incident.key]["last"] or "", reverse=True)
    looked, rows = 0, list[dict[str, Any]]()
    for incident in by_report:
        if looked < 3 * LIMITS.incident_claims:
            looked += sum(report.claims for report in incident.compared)
            rows += disputed_in(incident)
    rows.sort(key=lambda row: row["incident"]["key"] + row["type"])
    rows.sort(key=lambda row: (row["parties"], row["ground"]["last"] or ""), reverse=True)
    value = {
        "incidents": [{**incident.told(), "ground": grounds[incident.key]} for incident in by_report[: header["lines"]]],
        "incidents_total": len(by_report),
        "disputed": rows[: header["lines"]],
        "disputed_total": len(rows),
        "compared": None if looked == sum(one["claims"] for one in grounds.values()) else looked,
    }
    return {"media": "application/json"}, within(json.dumps(value, ensure_ascii=False).encode("utf-8"))


def disputed_in(incident: Incident) -> Iterator[dict[str, Any]]:
    """For each type of event of an incident that is disputed: whether it is denied, how many numbers compete, and on how much that rests."""
    contrary = contradicting(incident.facts)
    for kind in sorted({fact.type for fact in incident.facts}):
        denied = {fact for fact in contrary if fact.type == kind}
        numbers = competing(fact for fact in incident.facts if fact.type == kind)
        involved: set[Fact] = denied | numbers
        if involved:
            yield {
                "incident": incident.told(),
                "type": kind,
                "label": labels(kind),
                "affirmed": sum(not fact.denies for fact in denied),
                "denied": sum(fact.denies for fact in denied),
                "numbers": len({fact.number for fact in numbers}),
                "parties": len({fact.party for fact in involved}),
                "ground": ground(involved),
            }
