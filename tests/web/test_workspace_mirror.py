"""Workspaces as mirrors of evidence: whatever is written into them is refused, or every question is answered as if it had not been.

What is tried are copies of what the samples' graphs state: about the same IRIs, about others that look like them, and about twins of them within a
workspace, which is the most that anybody could do to have notes counted as claims. It goes the way of a request, in this process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, serialize

from claimgraph.ask import lookup
from claimgraph.ask.catalogue import catalogue
from claimgraph.ask.jobs import graph_body, update
from claimgraph.ask.query import evaluate
from claimgraph.ask.worker import Worker
from claimgraph.model.canonical import canonical_nquads, read_nquads
from claimgraph.model.errors import NotAllowed
from claimgraph.model.names import Base
from claimgraph.model.vocabulary import CG, DCTERMS, OA, PROV, RDF_TYPE, SKOS, ontology_quads
from claimgraph.store.reference import Reference
from claimgraph.store.workspace import Edits, refuse_foreign
from requesting import BASE
from requesting import CG as TERMS

ROWS = 100_000
MINE = f"{BASE}workspace/dana/"
OWL, RDFS = "http://www.w3.org/2002/07/owl#", "http://www.w3.org/2000/01/rdf-schema#"
Term = NamedNode | Literal
Answers = dict[str, tuple[tuple[object, ...], ...]]
assert NotAllowed.status == 403  # as which every refusal below is told
# A worker that leaves this process's own descriptors alone.
WORKER = Worker(networked=True, filtered=False)


@pytest.fixture(scope="module")
def ask(base: Base, reference: Reference) -> Callable[[Store], Answers]:
    """A function that gives the answers of all questions, with candidates and without, and the names of what is in them."""
    queries = {name: found.sparql({}, base, reference) for name, found in catalogue().items()}
    queries |= {f"{name}, reviewed": found.sparql({}, base, reference, without_candidates=True) for name, found in catalogue().items()}

    def answers(store: Store) -> Answers:
        found: Answers = {name: evaluate(store, query, rows=ROWS).rows for name, query in queries.items()}
        return {**found, "names": tuple(lookup.names(store, told(found), "en").items())}

    return answers


def told(answers: Answers) -> list[str]:
    """The IRIs in answers."""
    return sorted({term.value for rows in answers.values() for row in rows for term in row if isinstance(term, NamedNode)})


@pytest.fixture(scope="module")
def evidence(direct: Store) -> Store:
    """The samples' graphs, to be written beside."""
    graphs = Store()
    graphs.extend(direct)
    return graphs


@pytest.fixture(scope="module")
def before(evidence: Store, ask: Callable[[Store], Answers]) -> Answers:
    """The answers while there are no workspaces; each question has one, so that something could change."""
    found = ask(evidence)
    assert all(found[name] for name in catalogue())
    return found


@contextmanager
def beside(evidence: Store, quads: Iterable[Quad]) -> Iterator[None]:
    """Statements that stand beside the evidence for a while."""
    new = [quad for quad in quads if quad not in evidence]
    evidence.extend(new)
    yield
    for quad in new:
        evidence.remove(quad)


# --- mirrors --------------------------------------------------------------------------------------------------------------


def twin(iri: str) -> str:
    """An IRI of ours as one within a workspace."""
    return iri.replace(BASE, f"{MINE}mirror/", 1)


# What an IRI may be made into: itself, its twin, and what a reader might take for it.
GUISES: dict[str, Callable[[str], str]] = {
    "itself": str,
    "its twin": twin,
    "its twin, if of a report": lambda iri: twin(iri) if iri.startswith(f"{BASE}v/") else iri,
    "elsewhere": lambda iri: iri.replace("https://w3id.org/", "https://w3id.example/", 1),
    "without TLS": lambda iri: iri.replace("https:", "http:", 1),
    "in capitals": lambda iri: iri.replace("https://w3id.org", "HTTPS://W3ID.ORG", 1),
    "with a port": lambda iri: iri.replace("w3id.org", "w3id.org:443", 1),
    "percent-encoded": lambda iri: iri.replace("/id/", "/%69d/", 1).replace("/ontology#", "/ontolog%79#", 1),
    "by a detour": lambda iri: iri.replace("/id/", "/id/workspace/dana/../../", 1).replace("/ontology#", "/x/../ontology#", 1),
    "with a fragment": lambda iri: f"{iri}#" if "#" not in iri else f"{iri}-",
    "with a query": lambda iri: iri.replace("#", "?#", 1) if "#" in iri else f"{iri}?",
}
# Statements that would make one thing pass for another, or part of another.
LINKS = (
    RDF_TYPE.value,
    *(f"{OWL}{word}" for word in ("sameAs", "equivalentClass", "equivalentProperty", "inverseOf")),
    *(f"{RDFS}{word}" for word in ("subClassOf", "subPropertyOf", "label", "domain", "range")),
    *(SKOS.iri + word for word in ("prefLabel", "altLabel", "hiddenLabel", "notation", "member", "inScheme", "exactMatch", "broader")),
    *(PROV.iri + word for word in ("wasRevisionOf", "invalidated", "specializationOf", "generated", "wasGeneratedBy")),
    *(OA.iri + word for word in ("hasSelector", "hasSource", "exact", "start", "end")),
    *(DCTERMS.iri + word for word in ("identifier", "title", "isReplacedBy")),
)


def disguised(term: object, guise: str) -> Term | None:
    """A term in a guise; ``None`` for a node that has no name."""
    if isinstance(term, NamedNode):
        return NamedNode(GUISES[guise](term.value))
    return term if isinstance(term, Literal) else None


def mirrored(quad: Quad, graph: str, subject: str, predicate: str = "itself", value: str = "itself") -> Quad | None:
    """A statement again, in another graph, each of its terms in a guise."""
    terms = disguised(quad.subject, subject), disguised(quad.predicate, predicate), disguised(quad.object, value)
    if isinstance(terms[0], NamedNode) and isinstance(terms[1], NamedNode) and terms[2] is not None:
        return Quad(terms[0], terms[1], terms[2], NamedNode(graph))
    return None


@cache
def letting_in(base: Base) -> Callable[[Quad], bool]:
    """A function that says whether dana may write a statement."""

    def may(quad: Quad) -> bool:
        try:
            refuse_foreign(Edits(frozenset({quad})), "dana", base)
        except NotAllowed:
            return False
        return True

    return may


def test_twins_would_be_counted(evidence: Store, before: Answers, ask: Callable[[Store], Answers]) -> None:
    """If reports could be copied whole into a workspace, every question would be answered otherwise: this is what is refused below."""
    as_twin = "its twin, if of a report"
    copies = [mirrored(quad, f"{MINE}copy", as_twin, value=as_twin) for quad in evidence if _is_of_a_report(quad)]
    with beside(evidence, filter(None, copies)):
        after = ask(evidence)
    named = {name for name in catalogue() if after[name] != before[name]}
    assert named == set(catalogue())
    assert ask(evidence) == before


def _is_of_a_report(quad: Quad) -> bool:
    return isinstance(quad.graph_name, NamedNode) and quad.graph_name.value.startswith(f"{BASE}v/")


def test_all_that_is_let_in_changes_no_answer(evidence: Store, before: Answers, ask: Callable[[Store], Answers], base: Base) -> None:
    """Of everything that is stated, and of its links to its twins, in every guise, what may be written changes no answer, all of it together."""
    may = letting_in(base)
    quads = sorted((quad for quad in evidence if quad.graph_name != base.shingles), key=str)
    tried = [mirrored(quad, f"{MINE}mirror", "its twin", value=value) for quad in quads for value in ("itself", "its twin")]
    tried += [mirrored(quad, f"{MINE}mirror", guise, value=value) for quad in quads[::20] for guise in GUISES for value in ("itself", "its twin")]
    tried += [mirrored(quad, f"{MINE}mirror", "its twin", guise) for quad in quads[::20] for guise in GUISES]
    nodes = {term for quad in quads for term in (quad.subject, quad.predicate, quad.object) if isinstance(term, NamedNode)}
    some = [node for number, node in enumerate(sorted(nodes, key=str)) if node.value.startswith(TERMS) or number % 50 == 0]
    tried += [Quad(NamedNode(twin(node.value)), NamedNode(link), node, NamedNode(f"{MINE}links")) for node in some for link in LINKS]
    tried += [Quad(NamedNode(f"{MINE}one"), NamedNode(link), node, NamedNode(f"{MINE}links")) for node in some for link in LINKS]
    let_in = [quad for quad in set(filter(None, tried)) if may(quad)]
    assert len(let_in) > 10_000
    assert not [quad for quad in let_in if quad.predicate.value.startswith(TERMS)]
    lines = lookup.claim_lines(evidence, told(before), "ar")
    with beside(evidence, let_in):
        after = ask(evidence)
        assert lookup.claim_lines(evidence, told(before), "ar") == lines
    assert {name for name in after if after[name] != before[name]} == set()


def test_a_verb_of_ones_own_joins_no_list_of_ours(evidence: Store, before: Answers, ask: Callable[[Store], Answers], base: Base) -> None:
    """A note that puts a verb among the distancing ones would add rows to the answer, so it is refused; in a list of its own it adds none."""
    verb = NamedNode(f"{MINE}verb")
    words = {NamedNode(f"{SKOS.iri}notation"): "forged", SKOS.prefLabel: "أعلنت"}
    about = [Quad(verb, predicate, Literal(word), NamedNode(f"{MINE}verbs")) for predicate, word in words.items()]
    joined, apart = (
        [*about, Quad(verb, SKOS.inScheme, scheme, NamedNode(f"{MINE}verbs"))] for scheme in (CG.DistancingVerbs, NamedNode(f"{MINE}verbs-of-mine"))
    )
    with beside(evidence, joined):
        assert set(ask(evidence)["distancing"]) > set(before["distancing"])
    with pytest.raises(NotAllowed, match="it would pass for evidence"):
        refuse_foreign(as_update(joined), "dana", base)
    refuse_foreign(as_update(apart), "dana", base)
    with beside(evidence, apart):
        assert ask(evidence) == before


# --- as requests ----------------------------------------------------------------------------------------------------------

_PLACES = st.one_of(
    st.sampled_from([f"{MINE}a", f"{MINE}mirror/v/0123456789ab/r", f"{MINE}a#b"]),
    st.sampled_from([f"{BASE}workspace/omar/a", f"{BASE}workspace/dana", f"{MINE}../../graph/reference", f"{BASE}graph/commits", "https://x/g"]),
    st.none(),
)
_GUISES = st.sampled_from(sorted(GUISES))


@st.composite
def statements(draw: st.DrawFn, known: tuple[Quad, ...], places: st.SearchStrategy[str | None]) -> Quad:
    """A statement whose terms are those of evidence, each perhaps in a guise, in a graph of some kind; mostly it is nearly a true copy."""
    quad = draw(st.sampled_from(known))
    other = draw(st.sampled_from(known)) if draw(st.booleans()) else quad
    found = mirrored(quad, MINE, draw(_GUISES), draw(st.one_of(st.just("itself"), _GUISES)))
    assert found
    predicate = NamedNode(draw(st.sampled_from(LINKS))) if draw(st.booleans()) else found.predicate
    value = disguised(draw(st.sampled_from([other.subject, other.object, CG.Claim, CG.Actor])), draw(_GUISES))
    place = draw(st.one_of(st.just(f"{MINE}a"), places))
    return Quad(found.subject, predicate, value or found.subject, DefaultGraph() if place is None else NamedNode(place))


@pytest.fixture(scope="module")
def known(evidence: Store) -> tuple[Quad, ...]:
    """What is stated by the samples, the reference graph, the commits and the ontology, without nodes that have no name."""
    quads = {quad for quad in (*evidence, *ontology_quads()) if not isinstance(quad.subject, BlankNode) and not isinstance(quad.object, BlankNode)}
    return tuple(sorted(quads, key=str))


def as_update(quads: list[Quad]) -> Edits:
    """What an update comes to that inserts statements."""
    graphs = {quad.graph_name for quad in quads}
    blocks = {graph: " ".join(f"{quad.triple} ." for quad in quads if quad.graph_name == graph) for graph in graphs}
    body = " ".join(f"GRAPH {graph} {{ {block} }}" if isinstance(graph, NamedNode) else block for graph, block in blocks.items())
    facts, data = update(WORKER, {}, f"INSERT DATA {{ {body} }}".encode())
    return Edits(frozenset(read_nquads(data[: facts["added"]])), frozenset(read_nquads(data[facts["added"] :])))


def as_graph(quads: list[Quad]) -> Edits:
    """What the replacement of a graph comes to."""
    graph = quads[0].graph_name
    name = graph.value if isinstance(graph, NamedNode) else ""
    body = serialize((quad.triple for quad in quads), format=RdfFormat.TURTLE)
    _, data = graph_body(WORKER, {"media": "text/turtle", "graph": name}, body)
    return Edits(frozenset(read_nquads(data)), cleared=(name or "the default graph",))


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.differing_executors])
@given(data=st.data(), way=st.sampled_from([as_update, as_graph]))
def test_no_write_changes_an_answer(
    evidence: Store,
    before: Answers,
    known: tuple[Quad, ...],
    ask: Callable[[Store], Answers],
    base: Base,
    data: st.DataObject,
    way: Callable[[list[Quad]], Edits],
) -> None:
    """Whatever copies of evidence an update inserts, or a graph is replaced by, it is refused whole (403), or all answers stay what they were."""
    quads = data.draw(st.lists(statements(known, _PLACES), min_size=1, max_size=12))
    if data.draw(st.booleans()):  # the part of it that is allowed by itself, so that something is let in
        quads = [quad for quad in quads if letting_in(base)(quad)] or quads
    edits = way(quads)
    try:
        refuse_foreign(edits, "dana", base)
    except NotAllowed:
        event("refused")
        return
    event("let in")
    change = edits.change(evidence)
    assert set(read_nquads(change.added)) == {quad for quad in edits.added if quad not in evidence}
    assert change.removed == canonical_nquads(())
    with beside(evidence, edits.added):
        assert ask(evidence) == before
