"""The fast engine that gates and the proven one that referees give the same verdicts: what the shapes say is not one engine's reading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import rdflib.plugins.sparql.processor as sparql
from hypothesis import Phase, given, settings

from claimgraph.model.document import ClaimsDocument
from claimgraph.model.names import Base
from claimgraph.model.to_quads import MappedReport, to_quads
from claimgraph.store.reference import Reference, bundled
from claimgraph.store.shapes import Finding, gate, referee
from strategies import broken_documents, broken_quads, documents

BASE = Base("https://w3id.org/claimgraph/id/")
REFERENCE = Reference(bundled(BASE), BASE)
KNOWN = REFERENCE.entities
SMALL = documents(most_claims=2)


def examples(share: float) -> int:
    """So many times the examples of the profile, within what ``make long`` has time for."""
    return min(2_000, round(settings().max_examples * share))


# The referee takes a fraction of a second for each report, and hundreds of them to shrink one: what was spoiled is noted instead.
refereed = settings(max_examples=examples(2), phases=[Phase.explicit, Phase.reuse, Phase.generate], report_multiple_bugs=False)


@pytest.fixture(scope="module", autouse=True)
def _queries_parsed_once() -> Iterator[None]:
    """PySHACL has rdflib parse the text of every SPARQL constraint anew for every report, which is nearly all it does; keep what was parsed."""
    parse, translate, prepared = sparql.parseQuery, sparql.translateQuery, {}

    def translated(text: str, *args: Any) -> Any:
        if text not in prepared:
            prepared[text] = translate(parse(text), *args)
        return prepared[text]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sparql, "parseQuery", lambda text: text)
        patch.setattr(sparql, "translateQuery", translated)
        yield


def verdicts(findings: list[Finding]) -> set[tuple[str, str, str]]:
    """What engines must agree on: which shape is broken by which node, and how grave that is."""
    return {(finding.rule.name, finding.focus, finding.rule.severity) for finding in findings}


def assert_agreed(mapped: MappedReport) -> None:
    """Both engines say the same of a report."""
    fast, proven = verdicts(gate(mapped, REFERENCE)), verdicts(referee(mapped, REFERENCE))
    assert not fast - proven, "only the gate finds these"
    assert not proven - fast, "only the referee finds these"


@settings(max_examples=examples(3))
@given(documents())
def test_the_gate_lets_every_proper_report_in(document: ClaimsDocument) -> None:
    """What the guidelines allow, in any combination, is refused by no shape."""
    assert not [finding for finding in gate(to_quads(document, BASE, KNOWN), REFERENCE) if finding.refuses]


@settings(refereed, max_examples=examples(0.25))
@given(SMALL)
def test_the_referee_lets_every_proper_report_in(document: ClaimsDocument) -> None:
    """Of proper reports both engines say the same, warnings included, and neither refuses one."""
    mapped = to_quads(document, BASE, KNOWN)
    assert_agreed(mapped)
    assert not [finding for finding in referee(mapped, REFERENCE) if finding.refuses]


@refereed
@given(broken_documents(SMALL))
def test_both_engines_judge_broken_documents_alike(document: ClaimsDocument) -> None:
    """Of documents that say what a report may not (times that are none, events after the report, quotes that differ), both say the same."""
    assert_agreed(to_quads(document, BASE, KNOWN))


@settings(refereed, max_examples=examples(3))
@given(broken_quads(BASE, KNOWN, SMALL))
def test_both_engines_judge_broken_graphs_alike(mapped: MappedReport) -> None:
    """Of graphs that no document has (gaps, cycles, second values, foreign statements, untyped nodes), both say the same."""
    assert_agreed(mapped)


def test_the_faults_are_faults() -> None:
    """The comparison is worth something: many of the shapes are broken by what it compares."""
    found: set[str] = set()

    @settings(max_examples=300, database=None, derandomize=True, phases=[Phase.generate], deadline=None)
    @given(broken_quads(BASE, KNOWN, SMALL))
    def collect(mapped: MappedReport) -> None:
        found.update(name for name, _, _ in verdicts(gate(mapped, REFERENCE)))

    collect()
    assert len(found) > 70, sorted(found)


def test_both_engines_agree_on_the_samples(samples: dict[str, ClaimsDocument]) -> None:
    """The bundled reports, larger than any generated one, are let in by both, with the same warnings."""
    for document in samples.values():
        mapped = to_quads(document, BASE, KNOWN)
        assert_agreed(mapped)
        assert not [finding for finding in gate(mapped, REFERENCE) if finding.refuses]
