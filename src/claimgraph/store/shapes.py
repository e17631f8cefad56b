"""The shapes: a fast engine that gates, a second one that referees, and the shapes' own validity.

Both engines get the same two graphs (one report with its context, and ``shapes/report/``) and must give the same findings; a property
test holds them to it. Messages are looked up by shape, so that they are the same whoever found something.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import shacl
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from claimgraph.model.canonical import rdf_text
from claimgraph.model.errors import ResourceError
from claimgraph.model.resources import files
from claimgraph.model.to_quads import MappedReport
from claimgraph.model.vocabulary import RDF_TYPE, SH, SHAPES
from claimgraph.store.reference import Reference

if TYPE_CHECKING:
    from rdflib import Graph

VIOLATION, WARNING = "Violation", "Warning"
_SHACL = "http://www.w3.org/ns/shacl#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_MESSAGE, _NAME, _SEVERITY = (NamedNode(_SHACL + n) for n in ("message", "name", "severity"))


@dataclass(frozen=True)
class Rule:
    """A shape that can be broken: its IRI's local name, severity, and its name and message by language."""

    name: str
    severity: str
    names: Mapping[str, str]
    messages: Mapping[str, str]

    @property
    def iri(self) -> str:
        """The shape's IRI."""
        return SHAPES + self.name


@dataclass(frozen=True)
class Finding:
    """What a shape found. ``focus`` is an IRI, ``value`` a term in N-Triples form, ``where`` the place in the claims document."""

    rule: Rule
    focus: str
    value: str | None = None
    where: str = ""

    @property
    def refuses(self) -> bool:
        """Whether this keeps the report out: a violation does, a warning is kept with it as data."""
        return self.rule.severity == VIOLATION


def shape_files() -> tuple[str, ...]:
    """The sources of the shapes over one report, each Turtle."""
    return tuple(path.read_text(encoding="utf-8") for path in files("shapes", ".ttl"))


@cache
def shape_triples() -> tuple[Triple, ...]:
    """All shapes, checked: every ``sh:`` term is SHACL's own. Raises :class:`ResourceError` naming any other."""
    triples = tuple(Triple(q.subject, q.predicate, q.object) for text in shape_files() for q in parse(text, format=RdfFormat.TURTLE))
    if problems := shape_problems(triples):
        raise ResourceError(f"The shapes are not valid: {problems[0]}")
    return triples


def shape_problems(triples: Iterable[Triple]) -> list[str]:
    """What is wrong with shapes that engines would pass over in silence: a misspelt term, a rule that nobody can refer to."""
    from rdflib import SH as KNOWN  # noqa: PLC0415  # the only need for rdflib here; loading it takes longer than a validation

    problems, nodes = [], defaultdict(set)
    for triple in triples:
        unknown = [term for term in (triple.predicate, triple.object) if isinstance(term, NamedNode) and _misspelt(term, KNOWN)]
        problems += [f"{term} is no term of SHACL (in {triple.subject})" for term in unknown]
        nodes[triple.subject].add(triple.predicate.value)
    for node, predicates in nodes.items():
        if isinstance(node, BlankNode) and not predicates <= {_RDF + "first", _RDF + "rest"}:
            problems.append(f"a shape or constraint has no IRI (it has {', '.join(sorted(predicates))})")
    return problems


def _misspelt(term: NamedNode, known: Any) -> bool:
    return term.value.startswith(_SHACL) and term.value.removeprefix(_SHACL) not in known


@cache
def rules() -> dict[str, Rule]:
    """The rules over one report, by shape IRI."""
    about: dict[str, dict[NamedNode, list[object]]] = defaultdict(lambda: defaultdict(list))
    for triple in shape_triples():
        if isinstance(triple.subject, NamedNode):
            about[triple.subject.value][triple.predicate].append(triple.object)
    return {
        iri: Rule(iri.removeprefix(SHAPES), _severity(facts[_SEVERITY]), _by_language(facts[_NAME]), _by_language(facts[_MESSAGE]))
        for iri, facts in about.items()
        if facts[_MESSAGE] and NamedNode(_SHACL + "SPARQLConstraint") not in facts[RDF_TYPE]
    }


def _severity(found: list[object]) -> str:
    return found[0].value[len(_SHACL) :] if found and isinstance(found[0], NamedNode) else VIOLATION


def _by_language(literals: list[object]) -> dict[str, str]:
    return {str(one.language): one.value for one in literals if isinstance(one, Literal)}


def context_of(mapped: MappedReport, reference: Reference) -> str:
    """What the shapes are run on, as N-Triples: the report and one step into the reference graph, never the whole store."""
    own = (Triple(quad.subject, quad.predicate, quad.object) for quad in mapped.quads)
    return rdf_text(dict.fromkeys([*own, *reference.context(mapped.quads)]), RdfFormat.N_TRIPLES)


@cache
def _gate() -> shacl.Shapes:
    return shacl.Shapes.from_text(rdf_text(shape_triples(), RdfFormat.N_TRIPLES), format="ntriples")


def gate(mapped: MappedReport, reference: Reference) -> list[Finding]:
    """What the shapes say about a report, by the fast engine; in the order of the document."""
    report = _gate().validate_text(context_of(mapped, reference), format="ntriples")
    raw = ((r.source_shape or "", r.focus_node, r.value) for r in report.results)
    return _findings(((shape.strip("<>"), focus.strip("<>"), value) for shape, focus, value in raw), mapped)


def referee(mapped: MappedReport, reference: Reference) -> list[Finding]:
    """The same by pySHACL, the slow and well-proven one."""
    import pyshacl  # noqa: PLC0415  # only where a second opinion is asked for
    from rdflib import Graph  # noqa: PLC0415
    from rdflib.namespace import SH as R  # noqa: PLC0415

    data = Graph().parse(data=context_of(mapped, reference), format="nt")
    _, found, _ = pyshacl.validate(data, shacl_graph=_referee_shapes(), inference="none", advanced=False, meta_shacl=False)
    if not isinstance(found, Graph):
        raise ResourceError(f"pySHACL could not run the shapes: {found}")
    raw = [
        (str(found.value(r, R.sourceShape)), str(found.value(r, R.focusNode)), v.n3() if (v := found.value(r, R.value)) is not None else None)
        for r in found.objects(None, R.result)
    ]
    return _findings(raw, mapped)


@cache
def _referee_shapes() -> Graph:
    from rdflib import Graph  # noqa: PLC0415

    return Graph().parse(data=rdf_text(shape_triples(), RdfFormat.N_TRIPLES), format="nt")


def _findings(raw: Iterable[tuple[str, str, str | None]], mapped: MappedReport) -> list[Finding]:
    """One finding for each rule, node and, where a rule is about several parts of a report, the part that broke it."""
    found: dict[tuple[str, str, str], Finding] = {}
    for shape, focus, value in sorted(raw, key=str):
        if (rule := rules().get(shape)) is None:
            raise ResourceError(f"The shape {shape} was broken but has no message.")
        part = (value or "").strip("<>")
        where = mapped.paths.get(part) or mapped.paths.get(focus, "")
        found.setdefault((shape, focus, where), Finding(rule, focus, value, where))
    order = {path: number for number, path in enumerate(dict.fromkeys(mapped.paths.values()))}
    return sorted(found.values(), key=lambda f: (not f.refuses, order.get(f.where, len(order)), f.rule.name))


def report_quads(findings: Iterable[Finding], mapped: MappedReport, *, first: int = 1) -> list[Quad]:
    """Findings as SHACL validation results numbered from ``first``, in a graph of their own beside the report's (never mixed with what it says)."""
    quads, graph = [], mapped.name.validation
    for number, finding in enumerate(findings, start=first):
        node = mapped.name.finding(number)
        facts: list[tuple[NamedNode, NamedNode | Literal]] = [
            (RDF_TYPE, SH.ValidationResult),
            (SH.focusNode, NamedNode(finding.focus)),
            (SH.resultSeverity, SH[finding.rule.severity]),
            (SH.sourceShape, NamedNode(finding.rule.iri)),
            *((SH.resultMessage, Literal(text, language=language)) for language, text in sorted(finding.rule.messages.items())),
        ]
        if finding.value is not None and finding.value.startswith("<"):
            facts.append((SH.value, NamedNode(finding.value.strip("<>"))))
        quads += [Quad(node, predicate, value, graph) for predicate, value in facts]
    return quads
