"""The three tests of the W3C's suite for SPARQL 1.1 Service Description, which gives them names and no data."""

from __future__ import annotations

import pytest
from rdflib import RDF, VOID, XSD, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.term import Node

from conformance_replay import GRAPH_TYPES, graph_of
from serving import Service

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")

SERVED = ("text/turtle", "application/trig", "application/n-triples", "application/n-quads", "application/ld+json")
PATHS = ("/sparql", "/sparql/")

# Every format that the W3C has a name for and that the service writes, with its media type.
WRITTEN = {
    "SPARQL_Results_JSON": "application/sparql-results+json",
    "SPARQL_Results_XML": "application/sparql-results+xml",
    "SPARQL_Results_CSV": "text/csv",
    "SPARQL_Results_TSV": "text/tab-separated-values",
    "Turtle": "text/turtle",
    "TriG": "application/trig",
    "N-Triples": "application/n-triples",
    "N-Quads": "application/n-quads",
    "JSON-LD": "application/ld+json",
}

LANGUAGES = {SD.SPARQL10Query, SD.SPARQL11Query, SD.SPARQL11Update}
FEATURES = {SD.DereferencesURIs, SD.UnionDefaultGraph, SD.RequiresDataset, SD.EmptyGraphs, SD.BasicFederatedQuery}
CLASSES = {SD.Service, SD.Feature, SD.Language, SD.Function, SD.Aggregate, SD.EntailmentRegime, SD.EntailmentProfile}
GRAPHS = {SD.GraphCollection, SD.Dataset, SD.Graph, SD.NamedGraph}
# What has each property, and what its values are, as the vocabulary has it.
DOMAINS = {
    SD.endpoint: {SD.Service},
    SD.feature: {SD.Service},
    SD.defaultEntailmentRegime: {SD.Service},
    SD.defaultSupportedEntailmentProfile: {SD.Service},
    SD.extensionFunction: {SD.Service},
    SD.extensionAggregate: {SD.Service},
    SD.languageExtension: {SD.Service},
    SD.supportedLanguage: {SD.Service},
    SD.propertyFeature: {SD.Service},
    SD.inputFormat: {SD.Service},
    SD.resultFormat: {SD.Service},
    SD.availableGraphs: {SD.Service},
    SD.defaultDataset: {SD.Service},
    SD.entailmentRegime: {SD.NamedGraph},
    SD.supportedEntailmentProfile: {SD.NamedGraph},
    SD.namedGraph: {SD.GraphCollection, SD.Dataset},
    SD.defaultGraph: {SD.Dataset},
    SD.name: {SD.NamedGraph},
    SD.graph: {SD.NamedGraph},
}
RANGES = {
    SD.availableGraphs: SD.GraphCollection,
    SD.defaultDataset: SD.Dataset,
    SD.defaultGraph: SD.Graph,
    SD.namedGraph: SD.NamedGraph,
    SD.graph: SD.Graph,
}


@pytest.fixture(params=["scratch", "served"])
def service(request: pytest.FixtureRequest) -> Service:
    """Each kind of service: on a scratch store and on the evidence store."""
    found: Service = request.getfixturevalue(request.param)
    return found


def description(service: Service, media_type: str = "text/turtle", path: str = "/sparql") -> Graph:
    """The service's description of itself in a syntax."""
    answer = service.send("GET", path, headers={"Accept": media_type})
    assert (answer.status, answer.media_type) == (200, media_type), answer.text
    return graph_of(answer.body, answer.media_type, service.url + path)


def one(graph: Graph, node: Node | None, predicate: URIRef) -> Node:
    """The only value of a property."""
    (found,) = graph.objects(node, predicate)
    return found


def the_service(graph: Graph) -> Node:
    """The only service that is described."""
    (found,) = graph.subjects(RDF.type, SD.Service)
    return found


@pytest.mark.parametrize("media_type", SERVED)
def test_returns_rdf(service: Service, media_type: str) -> None:
    """``GET`` without a query gives RDF in the syntax that is asked for, and says the same in every syntax."""
    found = description(service, media_type)
    assert len(found)
    assert isomorphic(found, description(service))


@pytest.mark.parametrize("accept", [None, "*/*", "text/turtle;q=0.5, application/n-triples"])
def test_returns_rdf_to_whoever_does_not_mind(service: Service, accept: str | None) -> None:
    """Where nothing is asked for, or anything is welcome, the description is RDF too."""
    answer = service.send("GET", "/sparql", headers={"Accept": accept} if accept else {})
    assert answer.status == 200
    assert answer.media_type in GRAPH_TYPES
    assert "accept" in answer.headers.get("vary", "").lower()
    assert len(graph_of(answer.body, answer.media_type, service.url))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("media_type", SERVED)
def test_has_endpoint_triple(service: Service, media_type: str, path: str) -> None:
    """The endpoint of the only service described is the address that was asked."""
    found = description(service, media_type, path)
    assert one(found, the_service(found), SD.endpoint) == URIRef(service.url + path)


def test_conforms_to_schema(service: Service) -> None:
    """Only terms of the vocabulary are used, each where it belongs, and every node that the vocabulary speaks of says what it is."""
    found = description(service)
    used = {term for triple in found for term in triple if isinstance(term, URIRef) and term.startswith(str(SD))}
    assert used <= {*DOMAINS, *LANGUAGES, *FEATURES, *CLASSES, *GRAPHS}
    for subject, predicate, value in found:
        assert predicate not in DOMAINS or DOMAINS[predicate] & set(found.objects(subject, RDF.type)), (subject, predicate)
        assert predicate not in RANGES or (value, RDF.type, RANGES[predicate]) in found, (predicate, value)
    for graph in found.subjects(RDF.type, SD.NamedGraph):
        assert isinstance(one(found, graph, SD.name), URIRef)
    assert set(found.objects(None, SD.supportedLanguage)) <= LANGUAGES
    assert set(found.objects(None, SD.feature)) <= FEATURES


def test_says_what_the_service_can(service: Service) -> None:
    """It speaks SPARQL 1.1, joins all graphs where no dataset is named, and asks no other service."""
    found = description(service)
    about = the_service(found)
    assert SD.SPARQL11Query in set(found.objects(about, SD.supportedLanguage))
    assert SD.UnionDefaultGraph in set(found.objects(about, SD.feature))
    assert SD.BasicFederatedQuery not in set(found.objects(about, SD.feature))
    default = one(found, one(found, about, SD.defaultDataset), SD.defaultGraph)
    assert (default, RDF.type, SD.Graph) in found


def test_a_scratch_store_takes_any_update(scratch: Service) -> None:
    """The scratch store's description says that it speaks SPARQL 1.1 Update."""
    found = description(scratch)
    assert SD.SPARQL11Update in set(found.objects(the_service(found), SD.supportedLanguage))


def test_names_the_formats_it_writes(service: Service) -> None:
    """The formats of results are those that the service writes, by the names the W3C gave them, and each is written when asked for."""
    found = description(service)
    assert set(found.objects(the_service(found), SD.resultFormat)) == {FORMATS[name] for name in WRITTEN}
    for name, media_type in WRITTEN.items():
        query = "SELECT%20(1%20AS%20%3Fx)%20%7B%7D" if name.startswith("SPARQL") else "CONSTRUCT%20%7B%7D%20%7B%7D"
        answer = service.send("GET", f"/sparql?query={query}", headers={"Accept": media_type})
        assert (answer.status, answer.media_type) == (200, media_type)


@pytest.mark.parametrize("data", ["", "<urn:a> <urn:p> 1 GRAPH <urn:g> { <urn:b> <urn:p> 1 . <urn:c> <urn:p> 1 }"])
def test_counts_what_is_there(scratch: Service, data: str) -> None:
    """VoID says how many triples there are now: those of the default graph and of all others."""
    scratch.update("DROP ALL")
    scratch.update(f"INSERT DATA {{ {data} }}")
    assert triples(scratch) == (3 if data else 0)


def test_counts_the_evidence(served: Service) -> None:
    """VoID's number of triples in the evidence store is the one that a query counts."""
    answer = served.send("GET", "/sparql?query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%3Fs%20%3Fp%20%3Fo%7D")
    assert triples(served) == int(answer.json["results"]["bindings"][0]["n"]["value"]) > 0


def triples(service: Service) -> int:
    """The number of triples that a service says it has, as an integer of its default dataset's default graph."""
    found = description(service)
    number = one(found, one(found, one(found, the_service(found), SD.defaultDataset), SD.defaultGraph), VOID.triples)
    assert isinstance(number, Literal)
    assert number.datatype == XSD.integer
    return int(number)
