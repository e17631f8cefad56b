"""A question as a page asks and answers it: what its parameters may be, the rows as the API gives them, and what stands behind their IRIs.

Values are JSON. Names of entities come in both languages, claims as lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from claimgraph.ask import lookup
from claimgraph.ask.catalogue import DAY, NAMED, Parameter, Question, question
from claimgraph.ask.claim_views import Lines, Telling, names_in
from claimgraph.ask.jobs import Done, asked, reference_of, within
from claimgraph.ask.places import by_governorate
from claimgraph.ask.query import evaluate
from claimgraph.ask.report_lists import both_names, named_keys
from claimgraph.ask.worker import Worker
from claimgraph.model.errors import BadParameter, NotFound
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.vocabulary import CG, DCTERMS, label
from claimgraph.store.reference import Reference


def question_view(worker: Worker, header: dict[str, Any], body: bytes) -> Done:
    """A question's ``choices`` by parameter, the ``faults`` of the values that are given, and its answer where ``answers`` says so and none is wrong.

    The answer is that of the API with the same ``parameters``, ``reviewed``, ``limit`` and ``cursor``, with ``names``, ``lines`` (claims) by IRI, and
    the query itself. Raises what the catalogue and the API raise.
    """
    store, found, base = worker.open_snapshot(header["snapshot"]), question(header["question"]), Base(LIMITS.base)
    worker.forbid_files()
    reference, given = reference_of(worker, store), header["parameters"]
    value: dict[str, Any] = {
        "choices": {one.name: _choices(one, reference) for one in found.parameters},
        "faults": _faults(found, given, base, reference),
        "sparql": None,
        "answer": None,
    }
    if header["answers"] and not value["faults"]:
        value["sparql"] = found.sparql(given, base, reference, without_candidates=header["reviewed"])
        _, data = asked(worker, {**header, "form": "json"}, body)
        answer = json.loads(data)
        value["answer"] = answer | _behind(found, answer["rows"], store, reference, base)
    return {"media": "application/json"}, within(json.dumps(value, ensure_ascii=False).encode("utf-8"))


def _choices(parameter: Parameter, reference: Reference) -> list[dict[str, str]]:
    """What a parameter may be, each with its names: the terms of a controlled list, or keys; of very many keys the first."""
    if parameter.scheme is not None:
        return [{"key": one, **{language: label(parameter.scheme, one, language) for language in ("ar", "en")}} for one in parameter.takes(reference)]
    return named_keys(parameter.takes(reference), reference)


def _faults(found: Question, given: dict[str, str], base: Base, reference: Reference) -> dict[str, dict[str, Any]]:
    """What is wrong with the values of parameters, by name; of a period that ends before it begins, the end."""
    wrong: dict[str, dict[str, Any]] = {}
    for parameter in found.parameters:
        try:
            parameter.terms(given.get(parameter.name, ",".join(parameter.default)), base, reference)
        except BadParameter as error:
            wrong[parameter.name] = _fault(error)
    if not wrong:
        try:
            found.terms(given, base, reference)
        except BadParameter as error:
            wrong[[one.name for one in found.parameters if one.type == DAY][-1]] = _fault(error)
    return wrong


def _fault(error: BadParameter) -> dict[str, Any]:
    return {"detail": str(error), "status": error.status, "code": error.code}


def _behind(found: Question, rows: list[dict[str, Any]], store: Store, reference: Reference, base: Base) -> dict[str, Any]:
    """The names of the entities of some rows, and the lines of their claims, by IRI."""
    claims = [row[column.name] for row in rows for column in found.columns if column.type == "claim" and row[column.name]]
    cells = [row[column.name] for row in rows for column in found.columns if column.type in NAMED]
    iris = {iri for one in cells for iri in (one if isinstance(one, list) else [one]) if iri}
    lines = Lines(store, reference, base)
    known = {iri: line for iri in dict.fromkeys(claims) if (line := _line(lines, iri))}
    telling = Telling(names_in(reference)).entity
    return {
        "names": _names(store, iris, reference, base),
        "lines": known,
        "places": by_governorate(reference, telling, _places(store, list(known), base)),
    }


def _places(store: Store, claims: list[str], base: Base) -> Iterator[tuple[str, str, str]]:
    """The places and facilities that claims name: each claim with its report and the key."""
    named = " ".join(str(NamedNode(claim)) for claim in claims)
    query = f"""SELECT ?claim ?report ?place WHERE {{ VALUES ?claim {{ {named} }}
      ?claim {CG.report} ?report ; {CG.content} ?content . ?content {CG.facility}|{CG.place}|{CG.origin}|{CG.destination} ?place }}"""
    for claim, report, place in evaluate(store, query, rows=LIMITS.answer_rows).rows:
        if (key := base.key(place)) is not None and isinstance(claim, NamedNode) and isinstance(report, NamedNode):
            yield claim.value, report.value, key


def _line(lines: Lines, iri: str) -> dict[str, Any] | None:
    """The line of a claim; what somebody's own graph calls a claim has none."""
    try:
        return lines.line(iri)
    except (NotFound, ValueError):
        return None


def _names(store: Store, iris: Iterable[str], reference: Reference, base: Base) -> dict[str, dict[str, Any]]:
    """What to call each IRI: an entity by both names, what only a report names by its words, a report by its title."""
    named: dict[str, dict[str, Any]] = {}
    others = []
    for iri in iris:
        node, report = _node(iri), base.report_of(iri)
        key = base.key(node)
        if key is not None and key in reference.keys:
            kind = "wording" if key in reference.loaded_wordings else "entity"
            named[iri] = {"kind": kind, **(_wording(key, reference) if kind == "wording" else both_names(key, reference))}
        elif report is not None and report.iri == iri:
            titles = (q.object.value for q in store.quads_for_pattern(report.node, DCTERMS.title, None, report.node) if isinstance(q.object, Literal))
            named[iri] = {"kind": "report", "text": next(titles, "") or report.report_id, "href": f"/reports/{report.report_id}"}
        elif report is not None and iri == report.unknown_publisher.value:
            named[iri] = {"kind": "publisher", "text": "", "href": f"/reports/{report.report_id}"}
        elif node is not None:
            others.append(iri)
        else:  # somebody's own graph may say anything
            named[iri] = {"kind": "written", "text": iri, "href": ""}
    words = lookup.names(store, others, "ar")
    for iri in others:
        href = f"/id/{iri.removeprefix(base.iri)}" if iri.startswith(base.iri) else ""
        named[iri] = {"kind": "source" if "/source/" in iri else "written", "text": words[iri] or iri, "href": href}
    return named


def _node(iri: str) -> NamedNode | None:
    try:
        return NamedNode(iri)
    except ValueError:
        return None


def _wording(key: str, reference: Reference) -> dict[str, str]:
    """A wording that carries a judgement, by one of its words in each language that it has."""
    words = {name.language: name.value for name in reversed(reference.names(key)) if name.language}
    return {"ar": words.get("ar", ""), "en": words.get("en", "") or ("" if "ar" in words else key), "href": f"/id/{key}"}
