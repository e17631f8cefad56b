"""What became of documents, for programs: as JSON values, and as a SHACL validation report."""

from __future__ import annotations

import re
from typing import Any

from pyoxigraph import NamedNode, Quad

from claimgraph.model.errors import ClaimgraphError
from claimgraph.model.text import isolated
from claimgraph.model.to_quads import boolean
from claimgraph.model.vocabulary import RDF_TYPE, SH
from claimgraph.store.examine import Outcome, Result
from claimgraph.store.shapes import Finding, report_quads

# Prefixes of a validation report.
PREFIXES = {"sh": "http://www.w3.org/ns/shacl#", "shape": "https://w3id.org/claimgraph/shapes#", "xsd": "http://www.w3.org/2001/XMLSchema#"}


def entry_of_outcome(source: str, outcome: Outcome, accepted: str) -> dict[str, Any]:
    """An outcome for programs; ``accepted`` is what it is called where nothing refuses it: committed, or valid where nothing is written."""
    return {
        "source": source,
        "result": accepted if outcome.result is Result.COMMITTED else outcome.result.value,
        "report": outcome.document.report.id,
        "iri": outcome.mapped.name.iri,
        "version": outcome.mapped.name.version,
        "claims": len(outcome.document.claims),
        "commit": outcome.sequence,
        "problems": [],
        "findings": [finding_value(finding, _hint(finding, outcome)) for finding in outcome.findings],
        "remarks": list(outcome.remarks),
    }


def entry_of_error(source: str, error: ClaimgraphError) -> dict[str, Any]:
    """A refusal that came before the shapes, for programs."""
    problems = [{"where": p.where, "message": p.message} for p in error.problems] or [{"where": "", "message": str(error)}]
    findings = [finding_value(finding) for finding in getattr(error, "findings", ())]
    return {"source": source, "result": "refused", "code": error.code, "problems": problems, "findings": findings, "remarks": []}


def finding_value(finding: Finding, hint: str = "") -> dict[str, Any]:
    """What a shape found, for programs; ``hint`` is what helps to mend it."""
    return {
        "shape": finding.rule.iri,
        "severity": finding.rule.severity,
        "where": finding.where,
        "focus": finding.focus,
        "value": finding.value,
        "hint": hint,
        "message": dict(finding.rule.messages),
    }


def _hint(finding: Finding, outcome: Outcome) -> str:
    """For a quotation that is not at its span: what stands there, and where the quotation does stand."""
    number = re.fullmatch(r"claims\[(\d+)\]", finding.where)
    if finding.rule.name != "SpanReproducesText" or number is None:
        return ""
    claim, text = outcome.document.claims[int(number[1])], outcome.document.report.text
    there = f"text[{claim.start}:{claim.end}] is «{isolated(text[claim.start : claim.end], 120)}»"
    start = text.find(claim.quote)
    return (
        f"{there}; the quotation stands at {start} to {start + len(claim.quote)}"
        if start >= 0
        else f"{there}; the quotation stands nowhere in the text"
    )


def validation_report(outcome: Outcome) -> list[Quad]:
    """An outcome as a ``sh:ValidationReport`` (SHACL 3.6), every node with an IRI.

    Warnings alone do not keep a report out, but the standard's ``sh:conforms`` is true only without any result.
    """
    graph = outcome.mapped.name.validation
    quads = report_quads(outcome.findings, outcome.mapped)
    results = [q.subject for q in quads if q.predicate == RDF_TYPE]
    return [
        Quad(graph, RDF_TYPE, SH.ValidationReport, graph),
        Quad(graph, SH.conforms, boolean(not results), graph),
        *(Quad(graph, SH.result, node, graph) for node in results if isinstance(node, NamedNode)),
        *quads,
    ]
