"""A claim with what stands around it: its words in the report, what contradicts it or competes with its number, and its statements with their graphs.

Values are JSON; offsets are code points.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from claimgraph.ask import lookup
from claimgraph.ask.claim_views import Telling
from claimgraph.ask.incident_facts import Fact, ways_of_departure
from claimgraph.ask.incident_views import Incident, incident_of
from claimgraph.ask.jobs import Done, reference_of, within
from claimgraph.ask.marks import stretches
from claimgraph.ask.report_views import document_at
from claimgraph.ask.resource_jobs import term_value
from claimgraph.ask.worker import Worker
from claimgraph.model.document import Claim, ClaimsDocument
from claimgraph.model.errors import NotFound
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import ID_PATTERN, Base, ReportName
from claimgraph.model.text import shown
from claimgraph.model.vocabulary import CG, RDF_TYPE

AROUND = 240  # code points of the report's text shown before and after a claim


def claim_view(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """The claim ``claim`` (``HASH/REPORT/CLAIM``), with at most ``lines`` others on each side. Raises :class:`NotFound`.

    One of a version that stands no longer, or that review rejected, is read from the archive and shown alone: it is compared with nothing. Named
    without a version (``REPORT/CLAIM``) it is found in the one that stands: ``see`` in the answer's header is its address.
    """
    store, base = worker.open_snapshot(header["snapshot"]), Base(LIMITS.base)
    worker.forbid_files()
    if (standing := _standing(store, base, header["claim"])) is not None:
        return {"media": "application/json", "see": f"/claims/{standing}"}, b""
    reference = reference_of(worker, store)
    iri = _valid(f"{base.iri}v/{header['claim']}")
    incident = Incident(store, reference, base, "")
    if (archived := _archived(worker, header, store, iri)) is not None:
        value = _as_it_was(*archived, iri, incident)
    else:
        line = incident.lines.line(iri)
        if line["incident"]:
            incident = incident_of(worker, store, reference, base, line["incident"]["key"])
        value = {
            "claim": line,
            "stands": True,
            "context": context_of(_text_of(store, line), line),
            **_others(incident, iri, header["lines"]),
            "statements": _statements(store, NamedNode(iri), base),
        }
    return {"media": "application/json"}, within(json.dumps({**value, "commit": header["commit"]}, ensure_ascii=False).encode("utf-8"))


def _standing(store: Store, base: Base, wanted: str) -> str | None:
    """A claim that is named by its report and its id, as one of the version that stands."""
    if not re.fullmatch(f"{ID_PATTERN}/{ID_PATTERN}", wanted):
        return None
    report, _, claim = wanted.partition("/")
    found = lookup.standing_version(store, base.series(report))
    return f"{found.value.removeprefix(base.iri + 'v/')}/{claim}" if found is not None else None


def _archived(worker: Worker, header: dict[str, Any], store: Store, iri: str) -> tuple[ClaimsDocument, bool] | None:
    """The document of a claim's report and whether it stands, where the index has not the claim: another version stands, or review rejected it."""
    name = Base(LIMITS.base).report_of(iri)
    if name is None or not iri.startswith(f"{name.iri}/") or any(store.quads_for_pattern(NamedNode(iri), RDF_TYPE, CG.Claim, name.node)):
        return None
    try:
        return document_at(worker, header, store, name)
    except NotFound:
        return None


def _as_it_was(document: ClaimsDocument, stands: bool, iri: str, incident: Incident) -> dict[str, Any]:
    """A claim that is only in the archive."""
    name = incident.base.report_of(iri)
    claim = next((one for one in document.claims if name is not None and name.claim(one.id).value == iri), None)
    if name is None or claim is None:
        raise NotFound(f"That version of the report has no claim {shown(iri, 300)}: the report's page lists its claims.")
    line = line_of(document, claim, name, incident.lines.telling)
    return {"claim": line, "stands": stands, "context": context_of(document.report.text, line), **_others(incident, iri, 0), "statements": []}


def line_of(document: ClaimsDocument, claim: Claim, name: ReportName, telling: Telling) -> dict[str, Any]:
    """A claim of a document, and its report in short, as :meth:`claimgraph.ask.claim_views.Lines.line` tells them of what is in the index."""
    report = document.report
    return {
        **telling.claim(claim, name, report.publisher),
        "report": {
            "id": report.id,
            "iri": name.iri,
            "version": name.version,
            "title": report.title,
            "language": report.language,
            "published": report.published,
            "publisher_key": report.publisher,
            "publisher": telling.entity(report.publisher) if report.publisher else None,
        },
    }


def _valid(iri: str) -> str:
    try:
        NamedNode(iri)
    except ValueError:
        raise NotFound(f"The store has no claim {shown(iri, 300)}: the report's page lists its claims.") from None
    return iri


def _text_of(store: Store, line: dict[str, Any]) -> str:
    report = NamedNode(line["report"]["iri"])
    return next((q.object.value for q in store.quads_for_pattern(report, CG.text, None, report) if isinstance(q.object, Literal)), "")


def context_of(text: str, line: dict[str, Any]) -> dict[str, Any]:
    """The words around a claim, and whether the text goes on before and after them."""
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
    own = incident.fact(iri) if incident.key else None
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


def _statements(store: Store, node: NamedNode, base: Base) -> list[dict[str, Any]]:
    """The statements about a claim and its parts, each with its graph, as terms of a page."""
    rows = lookup.describe(store, node).rows
    return [{part: term_value(term, base) for part, term in zip(("graph", "subject", "predicate", "object"), row, strict=True)} for row in rows]
