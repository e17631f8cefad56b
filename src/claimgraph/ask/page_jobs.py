"""What a worker does for pages: each job gives a page's data as JSON, of which the service renders a template.

A job for a page is a function like those here, named in :data:`JOBS`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from claimgraph.ask.check_jobs import blank, checked
from claimgraph.ask.claim_contexts import claim_view
from claimgraph.ask.disputes import disputes
from claimgraph.ask.entity_views import entity_view
from claimgraph.ask.incident_views import incident_view
from claimgraph.ask.jobs import Done, decoded, reference_of, within
from claimgraph.ask.places import place_of
from claimgraph.ask.query import PREFIXES, Answer, evaluate
from claimgraph.ask.question_views import question_view
from claimgraph.ask.report_lists import report_list
from claimgraph.ask.report_views import report_view
from claimgraph.ask.resource_jobs import term_value
from claimgraph.ask.search import searched
from claimgraph.ask.worker import Job, Worker
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.vocabulary import CG, RDF_TYPE, ontology_quads
from claimgraph.store.reference import Reference

_OWL = "http://www.w3.org/2002/07/owl#"
_CLASSES = ("Class",)
_PROPERTIES = ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")
_LOOKED_AT = 50_000  # statements of the store from which terms are offered besides the ontology's: the first ones have all kinds


def page_data(value: Mapping[str, Any], **facts: Any) -> Done:
    """A page's data as a job gives it."""
    return {"media": "application/json", **facts}, within(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def home(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """What the store holds, in figures, and when its reports were published."""
    store = worker.open_snapshot(header["snapshot"])
    worker.forbid_files()
    days = sorted(q.object.value for q in store.quads_for_pattern(None, CG.publishedFirstDay, None, None) if isinstance(q.object, Literal))
    unknown = {q.subject for q in store.quads_for_pattern(None, RDF_TYPE, CG.UnknownPublisher, None)}
    outlets = {q.object for q in store.quads_for_pattern(None, CG.publisher, None, None)} - unknown
    counts = {
        "reports": _instances(store, CG.Report),
        "claims": _instances(store, CG.Claim),
        "incidents": _instances(store, CG.Incident),
        "candidates": sum(1 for _ in store.quads_for_pattern(None, CG.reviewState, CG["review-candidate"], None)),
        "outlets": len(outlets),
    }
    return page_data({"counts": counts, "published": {"first": days[0] if days else "", "last": days[-1] if days else ""}})


def _instances(store: Store, kind: NamedNode) -> int:
    return sum(1 for _ in store.quads_for_pattern(None, RDF_TYPE, kind, None))


# --- SPARQL ---------------------------------------------------------------------------------------------------------------


def terms(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """What a query may name, for completion: prefixes, classes and properties with their labels; and the places of a map."""
    store = worker.open_snapshot(header["snapshot"])
    worker.forbid_files()
    value: dict[str, Any] = worker.keep("terms", lambda: _terms(store, reference_of(worker, store)))
    return page_data(value)


def _terms(store: Store, reference: Reference) -> dict[str, Any]:
    classes, properties = _declared(_CLASSES), _declared(_PROPERTIES)
    for quad in islice(store.quads_for_pattern(None, None, None, None), _LOOKED_AT):
        properties.setdefault(quad.predicate.value, {})
        if quad.predicate == RDF_TYPE and isinstance(quad.object, NamedNode):
            classes.setdefault(quad.object.value, {})
    return {
        "prefixes": PREFIXES,
        "classes": [{"iri": iri, **labels} for iri, labels in sorted(classes.items())],
        "properties": [{"iri": iri, **labels} for iri, labels in sorted(properties.items())],
        "places": {reference.base.entity(key).value: found for key in reference.entities if (found := place_of(reference, key))},
    }


def _declared(kinds: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """The terms of these kinds that the ontology declares, with their labels by language."""
    nodes = {NamedNode(_OWL + kind) for kind in kinds}
    found: dict[str, dict[str, str]] = {q.subject.value: {} for q in ontology_quads() if q.object in nodes and isinstance(q.subject, NamedNode)}
    for quad in ontology_quads():
        if isinstance(quad.subject, NamedNode) and quad.subject.value in found and quad.predicate.value.endswith("rdf-schema#label"):
            found[quad.subject.value][str(getattr(quad.object, "language", ""))] = str(getattr(quad.object, "value", ""))
    return found


def queried(worker: Worker, header: dict[str, Any], body: bytes) -> Done:
    """A query's answer as a page shows it without scripts: a table of terms, of many rows the first."""
    store, text = worker.open_snapshot(header["snapshot"]), decoded(body, "The query")
    worker.forbid_files()
    answer = evaluate(store, text, rows=LIMITS.page_rows, base=LIMITS.base)
    return page_data(answer_value(answer, Base(LIMITS.base)))


def answer_value(answer: Answer, base: Base) -> dict[str, Any]:
    """An answer for a template: ``boolean``, or ``columns`` and ``rows`` of terms; of triples their three parts."""
    rows = answer.rows if answer.triples is None else [(t.subject, t.predicate, t.object) for t in answer.triples]
    return {
        "boolean": answer.boolean,
        "columns": list(answer.columns) if answer.triples is None else ["subject", "predicate", "object"],
        "rows": [[term_value(term, base) for term in row] for row in rows],
        "truncated": answer.truncated,
    }


JOBS: dict[str, Job] = {
    "home": home,
    "terms": terms,
    "queried": queried,
    "report": report_view,
    "incident": incident_view,
    "disputes": disputes,
    "claim": claim_view,
    "entity": entity_view,
    "question": question_view,
    "reports": report_list,
    "searched": searched,
    "check_form": blank,
    "checked": checked,
}
