"""Workspace graphs: what people and programs note down beside the evidence, in graphs of their own.

A workspace graph is named ``BASE workspace/<agent>/…`` and only that agent writes there. What it says is part of the union that queries
see, so it must not be able to pass for evidence: it says nothing *about* a report, claim, entity or term of ours (a note names them as its
object, as in Web Annotation), and uses none of the ontology's properties and classes, by which every question finds what it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store, Triple

from claimgraph.model.canonical import canonical_nquads
from claimgraph.model.errors import NotAllowed
from claimgraph.model.names import Base
from claimgraph.model.text import shown
from claimgraph.model.vocabulary import CG, RDF_TYPE, SKOS
from claimgraph.store.archive import Change

# By these something becomes one of the things that a term of ours stands for: of a class, of a list of verbs or words.
_JOINS = (RDF_TYPE, SKOS.inScheme, NamedNode(f"{SKOS.iri}topConceptOf"))
_DOTS = re.compile(r"/(\.|%2e){1,2}(?=[/?#]|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Edits:
    """What shall become of workspace graphs: first ``cleared`` are emptied, then ``removed`` go, then ``added`` come."""

    added: frozenset[Quad] = frozenset()
    removed: frozenset[Quad] = frozenset()
    cleared: tuple[str, ...] = ()
    graphs: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Name the graphs that are touched."""
        touched = {quad.graph_name.value for quad in self.added | self.removed if isinstance(quad.graph_name, NamedNode)}
        object.__setattr__(self, "graphs", tuple(sorted(touched | set(self.cleared))))

    def change(self, store: Store) -> Change:
        """What really comes and goes, against what stands."""
        standing = {quad for graph in self.cleared for quad in store.quads_for_pattern(None, None, None, NamedNode(graph))}
        standing |= {quad for quad in self.added | self.removed if quad in store}
        wanted = (standing - self.removed - {q for q in standing if _graph(q) in self.cleared}) | self.added
        return Change(canonical_nquads(wanted - standing), canonical_nquads(standing - wanted))


def _graph(quad: Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""


def refuse_foreign(edits: Edits, agent: str, base: Base) -> None:
    """Raise :class:`NotAllowed` for an edit outside the agent's own workspace, or one by which a workspace would pass for evidence."""
    for graph in edits.graphs:
        if base.workspace_of(graph) != agent or _leads_elsewhere(graph):
            raise _not_yours(graph, agent, base)
    for quad in edits.added | edits.removed:
        if isinstance(quad.graph_name, DefaultGraph):
            raise _not_yours("the default graph", agent, base)
    for quad in edits.added:
        _refuse_evidence(quad, base)


def _not_yours(graph: str, agent: str, base: Base) -> NotAllowed:
    return NotAllowed(
        f"{shown(graph, 200)} is no workspace graph of yours: write to graphs whose names begin with {base.workspace(agent)} "
        "and go on with a name of your choice, and let reports in with POST /api/reports."
    )


def _leads_elsewhere(iri: str) -> bool:
    """Whether an IRI becomes another one where it is resolved (``x/../y``): to readers who resolve it, it would be evidence or another's."""
    return _DOTS.search(re.split("[?#]", iri, maxsplit=1)[0]) is not None


def _refuse_evidence(quad: Quad, base: Base) -> None:
    subject = quad.subject
    if any(isinstance(term, BlankNode | Triple) for term in (subject, quad.object)):
        raise NotAllowed("Blank nodes and quoted triples are not accepted: give every node an IRI.")
    value = subject.value if isinstance(subject, NamedNode) else ""
    kind = quad.object.value if quad.predicate == RDF_TYPE and isinstance(quad.object, NamedNode) else ""
    if found := next(filter(_leads_elsewhere, (value, quad.predicate.value, kind)), None):
        raise NotAllowed(f"{shown(found, 200)} is another IRI to whoever resolves it: write it without the segments '.' and '..'.")
    if value.startswith(CG.iri) or (value.startswith(base.iri) and base.workspace_of(value) is None):
        raise NotAllowed(
            f"A workspace says nothing about {shown(value, 200)}, which is evidence or a term of ours: give your note an IRI of its own and name "
            "that one as its object (oa:hasTarget)."
        )
    if quad.predicate.value.startswith(CG.iri) or (quad.predicate in _JOINS and _is_term(quad.object)):
        raise NotAllowed(f"A workspace does not use {shown(str(quad.predicate), 200)} {shown(str(quad.object), 200)}: it would pass for evidence.")


def _is_term(node: object) -> bool:
    return isinstance(node, NamedNode) and node.value.startswith(CG.iri)


def net(steps: Iterable[tuple[bool, Iterable[Quad]]]) -> Edits:
    """Steps in their order (whether they add, and what) as one edit."""
    added: set[Quad] = set()
    removed: set[Quad] = set()
    for adds, quads in steps:
        for quad in quads:
            (added if adds else removed).add(quad)
            (removed if adds else added).discard(quad)
    return Edits(frozenset(added), frozenset(removed))
