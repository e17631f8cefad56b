"""rdflib's SPARQLStore and SPARQLUpdateStore: graphs of rdflib whose triples stay with the service."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.error import HTTPError

import pytest
from pyoxigraph import NamedNode, Quad, Store
from rdflib import RDF, SKOS, Dataset, Graph, Literal, Namespace, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

from asking import (
    AWKWARD,
    DENIED_ESCAPES,
    GRAPHS,
    NOT_SPARQL,
    NOTE,
    PREFIXES,
    QUESTIONS,
    SDF,
    SDF_IN_ARABIC,
    counted,
    graph,
    note,
    of_rdflib,
    report_graph,
    rows,
    rows_of_rdflib,
    stored,
    triples,
    triples_of_rdflib,
)
from serving import Service

CG = Namespace(PREFIXES["cg"])
NAMES = {"cg": CG, "skos": SKOS}
OF_SDF, NOTES = URIRef(SDF), URIRef(NOTE)
REPORT = "sample-06-two-hundred"
# Its JSON-LD is read into a class that rdflib itself means to give up.
READS_OLD_STYLE = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
METHODS = ["GET", "POST", "POST_FORM"]


@pytest.fixture
def far(served: Service) -> SPARQLStore:
    """A store of rdflib that reads the samples from the service."""
    return SPARQLStore(f"{served.url}/sparql")


# --- queries --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("form", ["xml", "json"])
def test_select(served: Service, direct: Store, method: str, form: str) -> None:
    """Rows come in their order, Arabic letter by letter, unbound variables left out: by each method, in each format that keeps terms whole."""
    far = SPARQLStore(f"{served.url}/sparql", method=method, returnFormat=form)
    assert rows_of_rdflib(far.query(DENIED_ESCAPES)) == rows(direct, DENIED_ESCAPES)


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_select_as_separated_values(served: Service, direct: Store, form: str) -> None:
    """In the other formats it gets as many rows, with the same claims in the same order."""
    found = SPARQLStore(f"{served.url}/sparql", returnFormat=form).query(DENIED_ESCAPES)
    assert [str(row.claim) for row in found] == [row["claim"].value for row in rows(direct, DENIED_ESCAPES)]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("query", GRAPHS.values(), ids=GRAPHS)
def test_graphs(served: Service, direct: Store, query: str, method: str) -> None:
    """CONSTRUCT and DESCRIBE give the same triples in the format it asks for by itself."""
    found = SPARQLStore(f"{served.url}/sparql", method=method).query(query)
    assert triples_of_rdflib(found.graph) == triples(direct, query)


@READS_OLD_STYLE
@pytest.mark.parametrize("form", ["turtle", "nt", "json-ld"])
def test_graphs_in_another_format(served: Service, direct: Store, form: str) -> None:
    """So they do in others."""
    query = GRAPHS["CONSTRUCT"]
    found = SPARQLStore(f"{served.url}/sparql", returnFormat=form).query(query)
    assert triples_of_rdflib(found.graph) == triples(direct, query)


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize(("question", "answer"), QUESTIONS.items(), ids=["yes", "no"])
def test_ask(served: Service, question: str, answer: bool, form: str) -> None:
    """Questions with yes or no for an answer."""
    assert SPARQLStore(f"{served.url}/sparql", returnFormat=form).query(question).askAnswer is answer


def test_variables_bound_beforehand(far: SPARQLStore, direct: Store) -> None:
    """``initBindings`` narrows a query to an IRI and to a name in Arabic, ``initNs`` spares its prefixes."""
    query = "SELECT ?claim ?who ?name { ?claim cg:claimant ?who ; cg:polarity ?polarity . ?who skos:prefLabel ?name }"
    bound = {"polarity": CG["polarity-denies"], "name": Literal("محمود برخودان", lang="ar")}
    found = far.query(query, initNs=NAMES, initBindings=bound)
    expected = [row for row in rows(direct, DENIED_ESCAPES) if row["name"] == of_rdflib(bound["name"])]
    assert {of_rdflib(row.claim) for row in found} == {row["claim"] for row in expected} != set()


def test_a_query_by_way_of_a_graph(far: SPARQLStore, direct: Store) -> None:
    """A graph of rdflib declares all its prefixes in front of a query: some thirty lines more change no answer."""
    assert rows_of_rdflib(Graph(far).query(DENIED_ESCAPES)) == rows(direct, DENIED_ESCAPES)


def test_a_query_by_way_of_a_dataset(far: SPARQLStore, direct: Store) -> None:
    """A dataset whose default graph is the union asks without naming one, and gets the union."""
    found = Dataset(store=far, default_union=True).query(DENIED_ESCAPES)
    assert rows_of_rdflib(found) == rows(direct, DENIED_ESCAPES)


# --- patterns -------------------------------------------------------------------------------------------------------------


def test_what_is_said_of_an_actor(far: SPARQLStore, direct: Store) -> None:
    """All triples of a subject, among them its names in Arabic; and how many, and whether one of them is there."""
    found = set(Graph(far).triples((OF_SDF, None, None)))
    assert triples_of_rdflib(found) == {quad.triple for quad in direct.quads_for_pattern(NamedNode(SDF), None, None)}
    name = (OF_SDF, SKOS.prefLabel, Literal(SDF_IN_ARABIC, lang="ar"))
    assert name in found
    assert name in Graph(far)
    assert (OF_SDF, SKOS.prefLabel, Literal(SDF_IN_ARABIC, lang="en")) not in Graph(far)


def test_who_is_called_by_a_name_in_arabic(far: SPARQLStore) -> None:
    """A literal in Arabic finds whose name it is."""
    assert list(Graph(far).subjects(SKOS.prefLabel, Literal(SDF_IN_ARABIC, lang="ar"))) == [OF_SDF]


def test_all_claims_in_pages(far: SPARQLStore, direct: Store) -> None:
    """With rdflib's limit and offset, pages of ten together are all claims, none twice."""
    claims, page = Graph(far), 10
    claims.LIMIT, claims.OFFSET = page, 0
    found: list[URIRef] = []
    while part := list(claims.subjects(RDF.type, CG.Claim)):
        found += part
        claims.OFFSET += page
    expected = rows(direct, f"SELECT ?claim {{ ?claim a <{CG.Claim}> }}")
    assert counted({"claim": of_rdflib(claim)} for claim in found) == counted(expected)


def test_the_length_of_a_graph(far: SPARQLStore, direct: Store) -> None:
    """Without a name a graph is as long as the union, with one as long as that graph."""
    (row,) = rows(direct, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert len(Graph(far)) == int(row["n"].value)
    name = report_graph(direct, REPORT)
    assert len(Graph(far, identifier=URIRef(name))) == len(graph(direct, name))


def test_a_named_graph(far: SPARQLStore, direct: Store) -> None:
    """A graph with a report version's name has that version's triples and no others, also in a query; a name that nobody knows has none."""
    name = report_graph(direct, REPORT)
    report = Graph(far, identifier=URIRef(name))
    # Times are left out: rdflib writes the same moment in letters of its own.
    timed = {
        triple for triple in graph(direct, name) if getattr(triple.object, "datatype", None) == NamedNode("http://www.w3.org/2001/XMLSchema#dateTime")
    }
    expected = graph(direct, name) - timed
    assert triples_of_rdflib(report) >= expected
    assert len(triples_of_rdflib(report)) == len(expected) + len(timed)
    assert rows_of_rdflib(report.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"))[0]["n"].value == str(len(expected) + len(timed))
    assert list(Graph(far, identifier=URIRef(f"{name}/none"))) == []


def test_contexts(far: SPARQLStore, direct: Store) -> None:
    """It finds all graphs by name, and those in which a triple stands."""
    assert {of_rdflib(name) for name in far.contexts()} == set(direct.named_graphs())
    denied = (None, CG.polarity, CG["polarity-denies"])
    found = {of_rdflib(name) for name in far.contexts(denied)}
    pattern = direct.quads_for_pattern(None, NamedNode(CG.polarity), NamedNode(CG["polarity-denies"]))
    assert found == {quad.graph_name for quad in pattern}


@pytest.mark.parametrize("method", METHODS)
def test_a_bad_query(served: Service, method: str) -> None:
    """It raises an error or gives the status, as its way is: never rows."""
    far = SPARQLStore(f"{served.url}/sparql", method=method)
    if method == "GET":
        with pytest.raises(ValueError, match="You did something wrong"):
            far.query(NOT_SPARQL)
    else:
        assert far.query(NOT_SPARQL)[0] == 400


# --- writing --------------------------------------------------------------------------------------------------------------

GRAPH = "http://example.org/notes"


@pytest.fixture
def writable(emptied: Service) -> Iterator[SPARQLUpdateStore]:
    """A store of rdflib over an empty scratch service."""
    near = SPARQLUpdateStore(f"{emptied.url}/sparql", f"{emptied.url}/sparql")
    yield near
    near.close()


def _said(text: str, language: str | None = "ar") -> tuple[URIRef, URIRef, Literal]:
    return OF_SDF, NOTES, Literal(text, lang=language)


def test_adding_and_removing(emptied: Service, writable: SPARQLUpdateStore) -> None:
    """Triples of a named graph, awkward letters and all, come, are found again, and go one by one or by pattern."""
    notes = Graph(writable, identifier=URIRef(GRAPH))
    notes.add(_said(AWKWARD)).add(_said("ثانية")).add(_said("third", None))
    kept, second, third = note(SDF, in_graph=GRAPH), note(SDF, "ثانية", in_graph=GRAPH), note(SDF, "third", None, GRAPH)
    assert stored(emptied) == {kept, second, third}
    assert set(notes) == {_said(AWKWARD), _said("ثانية"), _said("third", None)}
    notes.remove(_said("ثانية"))
    assert stored(emptied) == {kept, third}
    notes.set((OF_SDF, RDF.type, CG.ArmedGroup))
    notes.remove((None, NOTES, None))
    assert len(notes) == 1
    assert stored(emptied) == {Quad(NamedNode(SDF), NamedNode(RDF.type), NamedNode(CG.ArmedGroup), NamedNode(GRAPH))}


def test_the_default_graph(emptied: Service, writable: SPARQLUpdateStore) -> None:
    """What is added without naming a graph is in the default graph, and removed from there."""
    writable.add(_said(AWKWARD))
    assert stored(emptied) == {note(SDF)}
    writable.remove(_said(AWKWARD), None)
    assert stored(emptied) == set()


def test_many_at_once(emptied: Service, writable: SPARQLUpdateStore) -> None:
    """Quads of two graphs, hundreds of them, go in one request, and a graph is dropped with all it has."""
    one, other = (Graph(writable, identifier=URIRef(f"{GRAPH}/{number}")) for number in (1, 2))
    writable.addN([(*_said(f"{AWKWARD} {number}"), context) for number in range(300) for context in (one, other)])
    notes = [{note(SDF, f"{AWKWARD} {number}", in_graph=str(context.identifier)) for number in range(300)} for context in (one, other)]
    assert stored(emptied) == notes[0] | notes[1]
    writable.remove_graph(one)
    assert stored(emptied) == notes[1]


def test_an_update_with_bound_variables(emptied: Service, writable: SPARQLUpdateStore) -> None:
    """An update in a graph's name stays in that graph, with ``initBindings`` in its WHERE clause; backslashes rdflib itself would spoil."""
    notes = Graph(writable, identifier=URIRef(GRAPH))
    notes.add(_said("أولى")).add(_said("ثانية"))
    text = "DELETE { ?who ?says ?old } INSERT { ?who ?says ?new } WHERE { ?who ?says ?old }"
    notes.update(text, initBindings={"old": Literal("أولى", lang="ar"), "new": Literal(SDF_IN_ARABIC, lang="ar")})
    assert stored(emptied) == {note(SDF, SDF_IN_ARABIC, in_graph=GRAPH), note(SDF, "ثانية", in_graph=GRAPH)}


def test_a_transaction(emptied: Service) -> None:
    """Without autocommit nothing arrives before a commit, everything with it in one request, and nothing after a rollback."""
    near = SPARQLUpdateStore(f"{emptied.url}/sparql", f"{emptied.url}/sparql", autocommit=False)
    notes = Graph(near, identifier=URIRef(GRAPH))
    notes.add(_said("أولى")).add(_said("ثانية"))
    notes.remove(_said("أولى"))
    assert stored(emptied) == set()
    notes.commit()
    assert stored(emptied) == {note(SDF, "ثانية", in_graph=GRAPH)}
    notes.add(_said("ثالثة"))
    notes.rollback()
    assert len(notes) == 1


def test_a_bad_update(emptied: Service, writable: SPARQLUpdateStore) -> None:
    """What cannot be read raises an error with the status, and nothing of it happens."""
    with pytest.raises(HTTPError) as raised:
        writable.update("INSERT DATA { <http://example.org/a> <http://example.org/b> 1 } ; INSERT DATA { ?s ?p ?o }")
    with raised.value as answer:
        assert answer.code == 400
    assert stored(emptied) == set()
