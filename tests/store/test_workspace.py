"""Workspace graphs: what edits come to against what stands, whose they may be, and that none passes for evidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from claimgraph.model.canonical import canonical_nquads, read_nquads
from claimgraph.model.errors import NotAllowed
from claimgraph.model.names import Base
from claimgraph.model.vocabulary import CG, OA, RDF_TYPE, SKOS
from claimgraph.store.workspace import Edits, net, refuse_foreign

BASE = Base("https://w3id.org/claimgraph/id/")
MINE = BASE.workspace("dana")
A, B, OTHER = f"{MINE}a", f"{MINE}b", "http://x/other"
NOTE, SAYS = NamedNode(f"{MINE}note-1"), NamedNode("http://x/says")


def quad(word: str, graph: str = A) -> Quad:
    """A statement in a graph."""
    return Quad(NOTE, SAYS, Literal(word), NamedNode(graph))


def applied(store: Store, edits: Edits) -> set[Quad]:
    """What stands after a change of edits; what it adds did not stand, what it removes did, and nothing is in both."""
    change = edits.change(store)
    added, removed = set(read_nquads(change.added)), set(read_nquads(change.removed))
    before = set(store)
    assert not added & before
    assert removed <= before
    assert not added & removed
    assert (change.added, change.removed) == (canonical_nquads(added), canonical_nquads(removed))
    return (before - removed) | added


def filled(*quads: Quad) -> Store:
    """A store of some statements."""
    store = Store()
    store.extend(quads)
    return store


# --- what comes and goes --------------------------------------------------------------------------------------------------

_QUADS = st.frozensets(st.builds(quad, st.sampled_from("ابج"), st.sampled_from([A, B, OTHER])), max_size=6)


@given(_QUADS, _QUADS, _QUADS, st.sets(st.sampled_from([A, B])).map(sorted).map(tuple))
def test_edits_clear_then_remove_then_add(
    standing: frozenset[Quad], added: frozenset[Quad], removed: frozenset[Quad], cleared: tuple[str, ...]
) -> None:
    """Whatever stands, what results is as if the graphs were emptied first, then statements taken out, then others put in."""
    wanted = {q for q in standing if q.graph_name.value not in cleared} - removed | added  # type: ignore[union-attr]
    assert applied(filled(*standing), Edits(added, removed, cleared)) == wanted


def test_what_stands_already_is_no_change() -> None:
    """Adding what is there, removing what is not, and replacing a graph with itself write nothing."""
    store = filled(quad("x"), quad("y", B))
    for edits in (
        Edits(),
        Edits(added=frozenset({quad("x")})),
        Edits(removed=frozenset({quad("z")})),
        Edits(added=frozenset({quad("x")}), cleared=(A,)),
        Edits(added=frozenset({quad("x")}), removed=frozenset({quad("x")})),
        Edits(cleared=(f"{MINE}nosuch",)),
    ):
        change = edits.change(store)
        assert (change.added, change.removed) == (b"", b"")


def test_replacing_a_graph_changes_the_difference() -> None:
    """Of a graph that is put anew only what is new and what is gone is written; other graphs are left alone."""
    store = filled(quad("x"), quad("y"), quad("x", B))
    change = Edits(added=frozenset({quad("y"), quad("z")}), cleared=(A,)).change(store)
    assert read_nquads(change.added) == [quad("z")]
    assert read_nquads(change.removed) == [quad("x")]


def test_edits_know_the_graphs_that_they_touch() -> None:
    """Those of statements added and removed, and those that are emptied, each once and in order."""
    edits = Edits(frozenset({quad("x", B)}), frozenset({quad("x", A), quad("y", B)}), (OTHER, A))
    assert edits.graphs == tuple(sorted([A, B, OTHER]))
    assert Edits().graphs == ()


@given(st.lists(st.tuples(st.booleans(), st.lists(st.builds(quad, st.sampled_from("ابج")), max_size=3)), max_size=6), _QUADS)
def test_steps_in_their_order_are_one_edit(steps: list[tuple[bool, list[Quad]]], standing: frozenset[Quad]) -> None:
    """The result is that of doing one step after the other; the last word on a statement counts."""
    wanted = set(standing)
    for adds, quads in steps:
        wanted = wanted | set(quads) if adds else wanted - set(quads)
    edits = net(steps)
    assert not edits.added & edits.removed
    assert applied(filled(*standing), edits) == wanted


# --- whose they may be ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "graph",
    [
        BASE.workspace("omar") + "a",
        BASE.workspace("dana-2") + "a",
        BASE.workspace("dan") + "a",
        BASE.workspace("DANA") + "a",
        BASE.workspace("dana"),
        BASE.workspace("dana").rstrip("/"),
        BASE.workspace("dana") + "#a",
        BASE.workspace("dana") + "?a",
        f"{BASE.iri}workspace/%64ana/a",
        f"{BASE.iri}workspace//dana/a",
        f"{BASE.iri}Workspace/dana/a",
        f"{BASE.iri}v/0123456789ab/r1",
        f"{BASE.iri}graph/reference",
        f"{BASE.iri}sdf",
        "https://example.org/id/workspace/dana/a",
        "http://w3id.org/claimgraph/id/workspace/dana/a",
        "urn:x:" + MINE,
        CG.iri,
    ],
)
def test_who_writes_elsewhere_than_in_their_own_workspace_is_refused(graph: str) -> None:
    """Adding, removing and emptying are for graphs below the agent's own name, and for no graph that looks like one."""
    for edits in (Edits(frozenset({quad("x", graph)})), Edits(removed=frozenset({quad("x", graph)})), Edits(cleared=(graph,))):
        with pytest.raises(NotAllowed, match=r"is no workspace graph of yours: write to graphs whose names begin with .*workspace/dana/"):
            refuse_foreign(edits, "dana", BASE)
    with pytest.raises(NotAllowed):
        refuse_foreign(Edits(frozenset({quad("x"), quad("x", graph)})), "dana", BASE)


@pytest.mark.parametrize(
    "graph", [A, *(MINE + name for name in ("a/b/c", "0", "a#b", "%D9%82", "a?x=1", "~a", "قسد", "é", "😀/a", "-", "(a)", "@", ":"))]
)
def test_ones_own_graphs_may_be_written(graph: str) -> None:
    """Any graph below the agent's name, however it goes on."""
    refuse_foreign(Edits(frozenset({quad("x", graph)}), frozenset({quad("y", graph)}), (graph,)), "dana", BASE)


def test_the_default_graph_is_nobodys() -> None:
    """A statement without a graph is neither added nor removed."""
    nowhere = Quad(NOTE, SAYS, NOTE, DefaultGraph())
    for edits in (Edits(frozenset({nowhere})), Edits(removed=frozenset({nowhere, quad("x")}))):
        with pytest.raises(NotAllowed, match="the default graph is no workspace graph of yours"):
            refuse_foreign(edits, "dana", BASE)


# --- what passes for evidence ---------------------------------------------------------------------------------------------


def note(subject: object, predicate: NamedNode = SAYS, value: object = NOTE) -> Edits:
    """A note of one statement."""
    return Edits(frozenset({Quad(subject, predicate, value, NamedNode(A))}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "subject",
    [
        f"{BASE.iri}sdf",
        f"{BASE.iri}v/0123456789ab/r1",
        f"{BASE.iri}v/0123456789ab/r1/c01",
        f"{BASE.iri}r1",
        f"{BASE.iri}graph/reference",
        f"{BASE.iri}commit/1",
        f"{BASE.iri}workspace/dana",
        BASE.iri,
        CG.iri,
        CG.Claim.value,
    ],
)
def test_nothing_is_said_about_evidence_or_terms(subject: str) -> None:
    """A report, a claim, an entity, a commit or a term of ours is no subject, whatever is said of it; as an object anything may be named."""
    for predicate in (SAYS, SKOS.prefLabel, RDF_TYPE, OA.hasTarget):
        with pytest.raises(NotAllowed, match=r"says nothing about .*: give your note an IRI of its own .*oa:hasTarget"):
            refuse_foreign(note(NamedNode(subject), predicate), "dana", BASE)
    refuse_foreign(note(NOTE, OA.hasTarget, NamedNode(subject)), "dana", BASE)
    refuse_foreign(Edits(removed=note(NamedNode(subject)).added), "dana", BASE)  # what cannot be there may be said to go


@pytest.mark.parametrize(
    ("predicate", "value"),
    [
        (CG.polarity, NOTE),
        (NamedNode(CG.iri + "anything"), Literal("x")),
        (RDF_TYPE, CG.Claim),
        (RDF_TYPE, NamedNode(CG.iri + "Anything")),
        (SKOS.inScheme, CG.DistancingVerbs),
        (NamedNode(f"{SKOS.iri}topConceptOf"), CG.DistancingVerbs),
    ],
)
def test_no_property_class_or_list_of_the_ontology_is_used(predicate: NamedNode, value: object) -> None:
    """By these the questions find what they count, so a note has none of them; lists of its own it may have."""
    with pytest.raises(NotAllowed, match="it would pass for evidence"):
        refuse_foreign(note(NOTE, predicate, value), "dana", BASE)
    refuse_foreign(note(NOTE, SKOS.inScheme, NamedNode(f"{MINE}verbs")), "dana", BASE)


@pytest.mark.parametrize(("subject", "value"), [(BlankNode("b"), NOTE), (NOTE, BlankNode("b")), (NOTE, Triple(NOTE, SAYS, NOTE))])
def test_every_node_has_a_name(subject: object, value: object) -> None:
    """Blank nodes and quoted triples have no canonical form by which they could be signed and taken out again."""
    with pytest.raises(NotAllowed, match="give every node an IRI"):
        refuse_foreign(note(subject, SAYS, value), "dana", BASE)


@pytest.mark.parametrize("subject", [NOTE.value, "http://x/note", "urn:uuid:0c5c1bc8-ef0f-4ecb-a36d-1b4d3a1f3f9f", "https://w3id.org/claimgraph/idx"])
def test_notes_may_say_what_they_like_of_themselves(subject: str) -> None:
    """Of an IRI of one's own, or of elsewhere, with any vocabulary but ours."""
    for predicate, value in ((SAYS, Literal("قال", language="ar")), (RDF_TYPE, OA.Annotation), (OA.hasTarget, NamedNode(f"{BASE.iri}sdf"))):
        refuse_foreign(note(NamedNode(subject), predicate, value), "dana", BASE)
