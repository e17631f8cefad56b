"""The gate: what it finds, where, in which order, and how findings are kept; and the shapes' own validity."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from claimgraph.model.document import ClaimsDocument
from claimgraph.model.names import Base
from claimgraph.model.to_quads import MappedReport, to_quads
from claimgraph.model.vocabulary import CG, RDF_TYPE, SH, SHAPES, XSD_DATE, XSD_INTEGER
from claimgraph.store import shapes
from claimgraph.store.reference import Reference
from claimgraph.store.shapes import Finding, Rule, context_of, gate, report_quads, rules, shape_problems, shape_triples

Make = Callable[..., ClaimsDocument]
Check = Callable[[ClaimsDocument], tuple[list[Finding], MappedReport]]
UNKNOWN_NAME = {"event": {"type": "escape", "actors": ["مجلس محلي"]}}
BOUNDS_CROSSED = {"min": 9, "max": 3, "approximate": False, "of": "persons", "wording": "تسعة"}


@pytest.fixture
def check(base: Base, reference: Reference) -> Check:
    """A function that maps a document and gives what the gate says of it."""

    def run(document: ClaimsDocument) -> tuple[list[Finding], MappedReport]:
        mapped = to_quads(document, base, reference.entities)
        return gate(mapped, reference), mapped

    return run


# --- findings -------------------------------------------------------------------------------------------------------------


def test_a_proper_report_has_no_findings(check: Check, make: Make) -> None:
    """Where nothing is wrong, nothing is said."""
    assert check(make())[0] == []


def test_a_finding_says_what_where_and_what_to_do(check: Check, make: Make, base: Base) -> None:
    """A finding has its rule, the node and value it is about, the place in the document, and a message in both languages."""
    (finding,), mapped = check(make(claim={"event": {"type": "escape", "quantity": BOUNDS_CROSSED}}))
    assert finding.rule.name == "QuantityInOrder"
    assert finding.rule.iri == SHAPES + "QuantityInOrder"
    assert finding.refuses
    assert finding.focus == f"{mapped.name.iri}/c01#quantity"
    assert finding.where == "claims[0].event.quantity"
    assert finding.value == f"<{finding.focus}>"
    assert set(finding.rule.messages) == set(finding.rule.names) == {"ar", "en"}
    assert "minimum is above the maximum" in finding.rule.messages["en"]


def test_every_rule_has_a_name_and_a_message_in_both_languages() -> None:
    """Whatever is found can be told to a reader of Arabic and to one of English, and is either a violation or a warning."""
    assert len(rules()) > 100
    for rule in rules().values():
        assert set(rule.messages) == set(rule.names) == {"ar", "en"}, rule.name
        assert rule.severity in (shapes.VIOLATION, shapes.WARNING), rule.name


def test_a_warning_does_not_refuse(check: Check, make: Make) -> None:
    """A name that the reference graph lacks is told, and lets the report in."""
    (finding,), _ = check(make(claim=UNKNOWN_NAME))
    assert (finding.rule.name, finding.rule.severity, finding.refuses) == ("NamedPartyUnknown", "Warning", False)
    assert finding.where == "claims[0].event.actors"


def test_dates_left_open_are_flagged(check: Check, make: Make) -> None:
    """Words for a date without the date are told, of the saying and of the event alike, and let the report in; resolved they are not."""
    event = {"type": "escape", "time_wording": "قبل أيام"}
    findings, _ = check(make(claim={"said_wording": "أمس", "event": event}))
    assert [(f.rule.name, f.refuses, f.where) for f in findings] == [
        ("OpenDate", False, "claims[0]"),
        ("OpenDate", False, "claims[0].event"),
    ]
    assert not check(make(claim={"said": "2022-01-30", "said_wording": "أمس", "event": {**event, "time": "2022-01"}}))[0]


def test_a_name_may_stand_outside_of_its_claim(check: Check, make: Make) -> None:
    """A mention lies anywhere in the report; only other words than those that stand there are refused, of an open name as of a known one."""
    start = make().report.text.index("السجن")
    claim = {"start": 0, "end": 3, "quote": "قال"}
    for who in ({"key": "sinaa-prison"}, {"candidates": ["sinaa-prison", "hasakah-central-prison"]}):
        mention = {**who, "surface": "السجن", "start": start, "end": start + 5}
        assert not check(make(claim={**claim, "mentions": [mention]}))[0]
        (finding,), _ = check(make(claim={**claim, "mentions": [{**mention, "surface": "السحن"}]}))
        assert finding.rule.name == "MentionReproducesText"


@pytest.mark.parametrize(
    ("proposal", "rule", "refuses"),
    [
        ({"begin": "2022-01-20", "end": "2022-01", "facility": "sinaa-prison", "place": "hasakah-city"}, None, False),
        ({"claims": []}, "ProposalClaim", True),
        ({"claims": ["c01", "c02"]}, "ProposalClaim", True),
        ({"begin": "2022-01-20", "end": "2022-01-19"}, "TimeDaysInOrder", True),
        ({"begin": "soon"}, "ProposalBeginIsEdtf", True),
        ({"facility": "سجن الوادي"}, "NamedPlaceUnknown", False),
    ],
)
def test_what_is_told_of_proposed_incidents(check: Check, make: Make, proposal: dict[str, object], rule: str | None, refuses: bool) -> None:
    """A proposal is for claims of its report, with days in their order; a facility that is not known is told, as everywhere."""
    findings, _ = check(make(proposals=[{"key": "wadi-2022-01", "claims": ["c01"], **proposal}]))
    assert [(f.rule.name, f.refuses) for f in findings] == ([(rule, refuses)] if rule else [])
    assert all(f.where.startswith("report.proposals[0]") for f in findings)


def test_a_proposal_for_a_claim_of_an_incident_is_flagged(check: Check, make: Make) -> None:
    """Where a claim belongs to an incident by now, what was proposed for it is told, and lets the report in."""
    (finding,), _ = check(make(proposals=[{"key": "wadi-2022-01", "claims": ["c01"]}], claim={"incident": "sinaa-2022-01"}))
    assert (finding.rule.name, finding.refuses, finding.where) == ("ProposalSettled", False, "report.proposals[0]")


def test_findings_stand_in_the_order_of_the_document(base: Base, reference: Reference, make: Make) -> None:
    """Violations come first; then what comes first in the document; then by rule."""
    report, claim = make(url="nowhere", retrieved="soon").report, make().claims[0]
    event = make(claim={"event": {"type": "escape", "actors": ["مجلس محلي"], "quantity": BOUNDS_CROSSED}}).claims[0].event
    mentions = make(claim={"mentions": [{"key": "sdf", "surface": "لا", "start": 0, "end": 2}]}).claims[0].mentions
    claims = tuple(claim.model_copy(update={"id": f"c{n}", "event": event, "mentions": mentions}) for n in (1, 2))
    document = ClaimsDocument(report=report, claims=claims)
    mapped = to_quads(document, base, reference.entities)
    findings = gate(mapped, reference)
    places = list(dict.fromkeys(mapped.paths.values()))
    assert [f.refuses for f in findings] == sorted((f.refuses for f in findings), reverse=True)
    for refuses in (True, False):
        keys = [(places.index(f.where), f.rule.name) for f in findings if f.refuses is refuses]
        assert keys == sorted(keys)
    assert {"ReportUrl", "RetrievedIsEdtf", "QuantityInOrder", "MentionReproducesText", "NamedPartyUnknown"} == {f.rule.name for f in findings}
    wrong = [f.where for f in findings if f.rule.name in ("QuantityInOrder", "MentionReproducesText")]
    assert wrong == [f"claims[{n}].{part}" for n in (0, 1) for part in ("event.quantity", "mentions[0]")]


def test_one_finding_for_each_rule_and_place(base: Base, reference: Reference, make: Make) -> None:
    """A node that breaks a rule with several values is told once, but a rule about a report tells each part that breaks it."""
    mapped = to_quads(make(), base, reference.entities)
    graph = mapped.name.node
    mapped.quads += [Quad(graph, NamedNode(f"https://example.org/{n}"), Literal("x"), graph) for n in range(3)]
    assert [f.rule.name for f in gate(mapped, reference)] == ["ReportClosed"]
    mention = {"key": "sdf", "surface": "لا", "start": 0, "end": 2}
    mapped = to_quads(make(claim={"mentions": [mention, mention]}), base, reference.entities)
    findings = gate(mapped, reference)
    assert [f.where for f in findings if f.rule.name == "MentionReproducesText"] == ["claims[0].mentions[0]", "claims[0].mentions[1]"]


def test_findings_are_the_same_every_time(check: Check, make: Make) -> None:
    """The same document gives the same findings in the same order, values included."""
    document = make(url="nowhere", claim={"said": "soon", "event": {"type": "escape", "quantity": BOUNDS_CROSSED}})
    assert check(document)[0] == check(document)[0]


@pytest.mark.parametrize(
    ("predicate", "literal", "rule"),
    [
        ("characters", Literal("many", datatype=XSD_INTEGER), "ReportCharacters"),
        ("publishedFirstDay", Literal("2022-02-30", datatype=XSD_DATE), "PublishedFirstDay"),
        ("publishedLastDay", Literal("soon", datatype=XSD_DATE), "PublishedLastDay"),
    ],
)
def test_a_literal_that_is_none_of_its_datatype_is_refused(
    base: Base, reference: Reference, make: Make, predicate: str, literal: Literal, rule: str
) -> None:
    """A number that is no number and a day that is no day do not pass (the referee breaks down over some of them)."""
    mapped = to_quads(make(), base, reference.entities)
    mapped.quads = [Quad(q.subject, q.predicate, literal, q.graph_name) if q.predicate == CG[predicate] else q for q in mapped.quads]
    assert rule in {f.rule.name for f in gate(mapped, reference)}


def test_the_gate_sees_one_report_and_never_the_store(base: Base, reference: Reference, make: Make) -> None:
    """What is validated is the report and one step into the reference graph: of what it does not name, nothing."""
    mapped = to_quads(make(), base, reference.entities)
    context = list(parse(context_of(mapped, reference), format=RdfFormat.N_TRIPLES))
    ours = {quad.triple for quad in mapped.quads}
    assert ours < {quad.triple for quad in context}
    assert {quad.subject for quad in context if quad.triple not in ours} == {
        base.entity(k) for k in ("us-forces", "isis", "sinaa-prison", "syria-tv")
    }


# --- findings as data -----------------------------------------------------------------------------------------------------


def test_findings_become_validation_results(check: Check, make: Make) -> None:
    """Each finding is a SHACL validation result in the graph beside the report's, with a name of its own and messages in both languages."""
    findings, mapped = check(make(claim={**UNKNOWN_NAME, "incident": None}))
    rule = Rule("Made", "Warning", {"en": "made", "ar": "صنع"}, {"en": "do", "ar": "افعل"})
    findings.append(Finding(rule, mapped.name.iri, f"<{mapped.name.iri}/c01>", "report"))
    quads = report_quads(findings, mapped)
    assert {quad.graph_name for quad in quads} == {mapped.name.validation}
    assert {quad.subject for quad in quads} == {mapped.name.finding(1), mapped.name.finding(2)}
    assert not {quad.graph_name for quad in quads} & {quad.graph_name for quad in mapped.quads}
    second = {(quad.predicate, quad.object) for quad in quads if quad.subject == mapped.name.finding(2)}
    assert second == {
        (RDF_TYPE, SH.ValidationResult),
        (SH.focusNode, mapped.name.node),
        (SH.resultSeverity, SH.Warning),
        (SH.sourceShape, NamedNode(SHAPES + "Made")),
        (SH.resultMessage, Literal("do", language="en")),
        (SH.resultMessage, Literal("افعل", language="ar")),
        (SH.value, NamedNode(f"{mapped.name.iri}/c01")),
    }


def test_a_value_that_is_a_literal_is_not_repeated_as_data(check: Check, make: Make) -> None:
    """The words of the report stand in the report; a finding refers to nodes only."""
    findings, mapped = check(make(claim=UNKNOWN_NAME))
    findings = [Finding(f.rule, f.focus, '"مجلس محلي"', f.where) for f in findings]
    assert not [quad for quad in report_quads(findings, mapped) if quad.predicate == SH.value]


def test_no_findings_are_no_quads(check: Check, make: Make) -> None:
    """A clean report leaves an empty graph beside it."""
    assert report_quads([], check(make())[1]) == []


# --- the shapes themselves ------------------------------------------------------------------------------------------------

PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix shape: <https://w3id.org/claimgraph/shapes#> .
@prefix cg: <https://w3id.org/claimgraph/ontology#> ."""


def _problems(turtle: str) -> list[str]:
    return shape_problems(Triple(q.subject, q.predicate, q.object) for q in parse(PREFIXES + turtle, format=RdfFormat.TURTLE))


def test_the_shapes_are_valid() -> None:
    """No misspelt term and no shape without a name is in them."""
    assert shape_problems(shape_triples()) == []
    assert not [t for t in shape_triples() if isinstance(t.subject, BlankNode) and t.predicate == RDF_TYPE]


@pytest.mark.parametrize(
    ("turtle", "says"),
    [
        ("shape:A a sh:NodeShape ; sh:minCuont 1 .", "sh.*minCuont> is no term of SHACL"),
        ("shape:A a sh:NodeShap .", "NodeShap> is no term of SHACL"),
        ("shape:A a sh:NodeShape ; sh:severity sh:Warnign .", "Warnign> is no term of SHACL"),
        ("shape:A a sh:NodeShape ; sh:property [ sh:path cg:report ; sh:minCount 1 ] .", "has no IRI .*minCount"),
        ("shape:A a sh:NodeShape ; sh:or ( [ sh:class cg:Claim ] shape:B ) .", "has no IRI .*class"),
    ],
)
def test_a_fault_that_engines_pass_over_is_found(turtle: str, says: str) -> None:
    """A misspelt term would switch a rule off in silence, and a shape without an IRI could not be named."""
    (problem,) = _problems(turtle)
    assert re.search(says, problem)


def test_lists_need_no_name() -> None:
    """The cells of an RDF list are the only nodes without an IRI."""
    assert _problems("shape:A a sh:NodeShape ; sh:or ( shape:B shape:C ) ; sh:closed true ; sh:ignoredProperties ( cg:report ) .") == []
