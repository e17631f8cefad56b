"""The rules over one report: for each, a case that keeps it and one that breaks it and nothing else, in both SHACL engines."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pyshacl
import pytest
import shacl
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, SH
from rdflib.plugins.sparql import prepareQuery

from claimgraph.model.resources import folder

SHAPE = "https://w3id.org/claimgraph/shapes#"
SHAPES = "\n".join(file.read_text(encoding="utf-8") for file in sorted(folder("shapes").joinpath("report").glob("*.ttl")))
GRAPH = Graph().parse(data=SHAPES, format="turtle")
RULES = {str(rule).removeprefix(SHAPE) for rule in GRAPH.subjects(SH.message)}
KINDS = ("valid", "invalid")

Findings = set[tuple[str, str, str]]
prepare = functools.cache(prepareQuery)


class PreparedGraph(Graph):
    """A graph that parses each query once: parsing is most of what the referee does."""

    def query(self, query_object: Any, *args: Any, **kwargs: Any) -> Any:
        """As any graph answers, but for the parsing."""
        return super().query(prepare(query_object), *args, **kwargs)


@pytest.fixture(scope="module")
def compiled() -> shacl.Shapes:
    """The shapes in the engine that gates."""
    return shacl.Shapes.from_text(SHAPES)


@pytest.fixture(scope="module")
def parsed() -> Graph:
    """The shapes for the engine that referees, which adds statements of its own to them."""
    return Graph().parse(data=SHAPES, format="turtle")


def _cases(kind: str) -> dict[str, str]:
    return {file.stem: file.read_text(encoding="utf-8") for file in sorted(Path(__file__).with_name(kind).glob("*.ttl"))}


def _finding(focus: str, shape: str, severity: str) -> tuple[str, str, str]:
    """What the engines must agree on; blank nodes they name as they like."""
    return ("_:" if focus.startswith("_:") else focus, shape.removeprefix(SHAPE), severity)


def _gate(shapes: shacl.Shapes, turtle: str) -> Findings:
    results = shapes.validate_text(turtle, format="turtle").results
    return {_finding(result.focus_node, (result.source_shape or "").strip("<>"), result.severity) for result in results}


def _referee(shapes: Graph, turtle: str) -> Findings:
    data = PreparedGraph().parse(data=turtle, format="turtle")
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    assert isinstance(report, Graph)
    found = set()
    for result in report.objects(None, SH.result):
        focus, shape, severity = (report.value(result, term) for term in (SH.focusNode, SH.sourceShape, SH.resultSeverity))
        assert focus is not None
        found.add(_finding(focus.n3(), str(shape), str(severity).removeprefix(str(SH))))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_rule_has_its_case(kind: str) -> None:
    """No rule is without its case, and no case outlives its rule."""
    assert _cases(kind).keys() == RULES


@pytest.mark.parametrize("name", _cases("valid"))
def test_valid_cases_break_nothing(name: str, compiled: shacl.Shapes, parsed: Graph) -> None:
    """What just keeps a rule draws no result at all, not even a warning."""
    turtle = _cases("valid")[name]
    assert _gate(compiled, turtle) == set()
    assert _referee(parsed, turtle) == set()


@pytest.mark.parametrize("name", _cases("invalid"))
def test_invalid_cases_break_their_rule_alone(name: str, compiled: shacl.Shapes, parsed: Graph) -> None:
    """What breaks a rule is found under its name and severity and under no other, at the same nodes by both engines."""
    turtle = _cases("invalid")[name]
    found = _gate(compiled, turtle)
    severity = str(GRAPH.value(URIRef(SHAPE + name), SH.severity)).removeprefix(str(SH))
    assert {(shape, level) for _, shape, level in found} == {(name, severity)}
    assert found == _referee(parsed, turtle)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_rules_speak_arabic_and_english(rule: str) -> None:
    """A rule has one short name and one message in either language, and says how grave it is."""
    shape = URIRef(SHAPE + rule)
    for term in (SH.name, SH.message):
        assert sorted(str(one.language) for one in GRAPH.objects(shape, term) if isinstance(one, Literal)) == ["ar", "en"]
    assert [*GRAPH.objects(shape, SH.severity)] in ([SH.Violation], [SH.Warning])


def test_what_can_be_broken_is_a_rule() -> None:
    """A shape that engines look at for itself, not within a rule, has a message: its results would say nothing without one."""
    targets = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
    aimed = {shape for term in targets for shape in GRAPH.subjects(term)}
    listed = {shape for closed in GRAPH.subjects(SH.closed) for shape in GRAPH.objects(closed, SH.property)}
    assert {str(shape).removeprefix(SHAPE) for shape in aimed | listed} == RULES


def test_shapes_have_names() -> None:
    """Blank are the cells of lists alone, and every other node is one of the shapes' own."""
    for node in GRAPH.subjects():
        if isinstance(node, BNode):
            assert set(GRAPH.predicates(node)) == {RDF.first, RDF.rest}
        else:
            assert str(node).startswith(SHAPE) or str(node) == SHAPE.removesuffix("#")
