"""What became of documents: as lines, as JSON, as a SHACL validation report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from pyoxigraph import NamedNode, Quad

from claimgraph.cli.tables import isolated
from claimgraph.model.errors import ClaimgraphError
from claimgraph.model.text import shown
from claimgraph.model.to_quads import boolean
from claimgraph.model.vocabulary import RDF_TYPE, SH
from claimgraph.store.examine import Outcome
from claimgraph.store.shapes import Finding, report_quads

PREFIXES = {"sh": "http://www.w3.org/ns/shacl#", "shape": "https://w3id.org/claimgraph/shapes#", "xsd": "http://www.w3.org/2001/XMLSchema#"}
_MOST = 100
_SIGNS = {"committed": "✓", "unchanged": "=", "refused": "✗", "Violation": "✗", "Warning": "!"}


class EnginesDiffer(ClaimgraphError):
    """The gate and the referee do not judge alike: a defect of an engine, or of ours."""

    code = "engines-differ"
    status = 500


def entry_of_outcome(source: str, outcome: Outcome) -> dict[str, Any]:
    """An outcome for programs."""
    return {
        "source": source,
        "result": outcome.result.value,
        "report": outcome.document.report.id,
        "iri": outcome.mapped.name.iri,
        "version": outcome.mapped.name.version,
        "claims": len(outcome.document.claims),
        "commit": outcome.sequence,
        "problems": [],
        "findings": [_finding(finding) for finding in outcome.findings],
    }


def entry_of_error(source: str, error: ClaimgraphError) -> dict[str, Any]:
    """A refusal that came before the shapes, for programs."""
    problems = [{"where": p.where, "message": p.message} for p in error.problems] or [{"where": "", "message": str(error)}]
    findings = [_finding(finding) for finding in getattr(error, "findings", ())]
    return {"source": source, "result": "refused", "code": error.code, "problems": problems, "findings": findings}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "shape": finding.rule.iri,
        "severity": finding.rule.severity,
        "where": finding.where,
        "focus": finding.focus,
        "value": finding.value,
        "message": dict(finding.rule.messages),
    }


def problem_lines(entry: dict[str, Any]) -> Iterator[str]:
    """The problems of a refusal that came before the shapes, each on a line; of very many the first ones."""
    for problem in entry["problems"][:_MOST]:
        yield shown(f"{problem['where']}: {problem['message']}" if problem["where"] else problem["message"], 1000)
    if (more := len(entry["problems"]) - _MOST) > 0:
        yield f"… and {more} more"


def lines(entry: dict[str, Any]) -> Iterator[str]:
    """An entry for people: what became of it, then each problem or finding in both languages with its place."""
    claims = f"  {entry['claims']} claims" if entry["result"] == "committed" else ""
    yield f"{_SIGNS[entry['result']]} {entry['result']}  {shown(entry['source'], 1000)}{claims}"
    for problem in problem_lines(entry):
        yield f"    {problem}"
    for finding in entry["findings"]:
        value = f" ({isolated(finding['value'], 120)})" if finding["value"] else ""
        yield f"    {_SIGNS[finding['severity']]} {finding['shape'].rpartition('#')[2]}  {finding['where'] or finding['focus']}{value}"
        yield f"      {finding['message'].get('en', '')}"
        yield f"      {finding['message'].get('ar', '')}"


def summary(entries: list[dict[str, Any]]) -> str:
    """How many of each."""
    counts = Counter(entry["result"] for entry in entries)
    warnings = sum(finding["severity"] == "Warning" for entry in entries for finding in entry["findings"])
    return ", ".join(f"{counts[result]} {result}" for result in ("committed", "unchanged", "refused")) + f"; {warnings} warnings"


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
