"""SPARQLWrapper, by which this project itself reaches an endpoint elsewhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from pyoxigraph import QueryResultsFormat, RdfFormat, Store, Triple, parse
from rdflib import Graph
from SPARQLWrapper import CSV, GET, JSON, JSONLD, N3, POST, POSTDIRECTLY, RDFXML, TSV, TURTLE, URLENCODED, XML, SPARQLWrapper, SPARQLWrapper2
from SPARQLWrapper.SPARQLExceptions import EndPointNotFound, QueryBadFormed, Unauthorized

from asking import (
    AWKWARD,
    DENIED_ESCAPES,
    DESCRIBES_SDF,
    GRAPHS,
    NOT_SPARQL,
    NOTE,
    QUESTIONS,
    SDF,
    graph,
    note,
    of_results,
    report_graph,
    rows,
    rows_of_json,
    stored,
    triples,
    triples_of_rdflib,
)
from serving import Service

WAYS = [pytest.param(GET, URLENCODED, id="get"), pytest.param(POST, URLENCODED, id="form"), pytest.param(POST, POSTDIRECTLY, id="direct")]
EVERY_WAY = pytest.mark.parametrize(("method", "encoding"), WAYS)
# It reads RDF into a class that rdflib itself means to give up.
READS_OLD_STYLE = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

Read = Callable[[Any], set[Triple]]


def _asking(service: Service, query: str, form: str, method: str = GET, encoding: str = URLENCODED) -> SPARQLWrapper:
    wrapper = SPARQLWrapper(f"{service.url}/sparql")
    wrapper.setMethod(method)
    wrapper.setRequestMethod(encoding)
    wrapper.setReturnFormat(form)
    wrapper.setTimeout(60)
    wrapper.setQuery(query)
    return wrapper


def _answer(wrapper: SPARQLWrapper) -> Any:
    return wrapper.queryAndConvert()


# --- rows and booleans ----------------------------------------------------------------------------------------------------


@EVERY_WAY
def test_select_as_json(served: Service, direct: Store, method: str, encoding: str) -> None:
    """By GET, by form and by POST of the query itself: the rows come in their order, Arabic letter by letter, unbound variables left out."""
    found = _answer(_asking(served, DENIED_ESCAPES, JSON, method, encoding))
    assert found["head"]["vars"] == ["claim", "name", "words", "least"]
    assert rows_of_json(found["results"]["bindings"]) == rows(direct, DENIED_ESCAPES)


@EVERY_WAY
def test_select_as_xml(served: Service, direct: Store, method: str, encoding: str) -> None:
    """The format it asks for where nobody names one gives the same rows."""
    document = _answer(_asking(served, DENIED_ESCAPES, XML, method, encoding))
    assert of_results(document.toxml("utf-8"), QueryResultsFormat.XML) == rows(direct, DENIED_ESCAPES)


def test_select_as_tsv(served: Service, direct: Store) -> None:
    """Tab-separated values keep every term whole."""
    assert of_results(_answer(_asking(served, DENIED_ESCAPES, TSV)), QueryResultsFormat.TSV) == rows(direct, DENIED_ESCAPES)


def test_select_as_csv(served: Service, direct: Store) -> None:
    """Comma-separated values have a cell for each value, empty where none is bound."""
    found = list(csv.DictReader(io.StringIO(_answer(_asking(served, DENIED_ESCAPES, CSV)).decode(), newline="")))
    names = ("claim", "name", "words", "least")
    assert found == [{name: row[name].value if name in row else "" for name in names} for row in rows(direct, DENIED_ESCAPES)]


def test_its_bindings(served: Service, direct: Store) -> None:
    """Its other face, which gives objects for values, finds kind, language and datatype of each."""
    wrapper = SPARQLWrapper2(f"{served.url}/sparql")
    wrapper.setQuery(DENIED_ESCAPES)
    found = [{name: vars(value) for name, value in row.items()} for row in _answer(wrapper).bindings]
    for values in (value for row in found for value in row.values()):
        values["xml:lang"] = values.pop("lang")
    assert rows_of_json(found) == rows(direct, DENIED_ESCAPES)


@EVERY_WAY
@pytest.mark.parametrize(("question", "answer"), QUESTIONS.items(), ids=["yes", "no"])
def test_ask(served: Service, question: str, answer: bool, method: str, encoding: str) -> None:
    """Questions with yes or no for an answer, in both formats that SPARQL has for them."""
    assert _answer(_asking(served, question, JSON, method, encoding))["boolean"] is answer
    assert of_results(_answer(_asking(served, question, XML, method, encoding)).toxml("utf-8"), QueryResultsFormat.XML) is answer


@pytest.mark.parametrize("form", [JSON, XML, CSV, TSV])
def test_by_content_negotiation_alone(served: Service, form: str) -> None:
    """It also repeats the format it wants in three parameters of its own unless told not to: the answer is the same with and without."""
    with_them, without = (_asking(served, DENIED_ESCAPES, form) for _ in range(2))
    without.setOnlyConneg(True)
    assert without.query().response.read() == with_them.query().response.read() != b""


# --- graphs ---------------------------------------------------------------------------------------------------------------


def _of_graph(found: Graph) -> set[Triple]:
    return triples_of_rdflib(found)


def _of_turtle(content: bytes) -> set[Triple]:
    return {quad.triple for quad in parse(content, RdfFormat.TURTLE)}


@READS_OLD_STYLE
@EVERY_WAY
@pytest.mark.parametrize("query", GRAPHS.values(), ids=GRAPHS)
@pytest.mark.parametrize(
    ("form", "read"),
    [
        pytest.param(XML, _of_graph, id="unsaid"),
        pytest.param(RDFXML, _of_graph, id="rdf-xml"),
        pytest.param(TURTLE, _of_turtle, id="turtle"),
        pytest.param(N3, _of_turtle, id="n3"),
        pytest.param(JSONLD, _of_graph, id="json-ld"),
    ],
)
def test_graphs(served: Service, direct: Store, query: str, form: str, read: Read, method: str, encoding: str) -> None:
    """CONSTRUCT and DESCRIBE in each format that it knows, among them the one it asks for where nobody names one: the same triples."""
    assert read(_answer(_asking(served, query, form, method, encoding))) == triples(direct, query)


def test_a_named_graph_as_the_default(served: Service, direct: Store) -> None:
    """With ``default-graph-uri`` the query is about that graph and no other."""
    name = report_graph(direct, "sample-06-two-hundred")
    wrapper = _asking(served, "CONSTRUCT WHERE { ?s ?p ?o }", TURTLE)
    wrapper.addParameter("default-graph-uri", name)
    assert _of_turtle(_answer(wrapper)) == graph(direct, name)


def test_named_graphs(served: Service, direct: Store) -> None:
    """With ``named-graph-uri``, twice, the query sees these two graphs by their names."""
    names = {report_graph(direct, "sample-06-two-hundred"), report_graph(direct, "sample-09-raqqa-thirty")}
    wrapper = _asking(served, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", JSON)
    for name in names:
        wrapper.addParameter("named-graph-uri", name)
    assert {row["g"].value for row in rows_of_json(_answer(wrapper)["results"]["bindings"])} == names


def test_a_deadline_of_its_own(served: Service, direct: Store) -> None:
    """A parameter ``timeout`` within the limit changes no answer."""
    wrapper = _asking(served, DESCRIBES_SDF, TURTLE)
    wrapper.addParameter("timeout", "5")
    assert _of_turtle(_answer(wrapper)) == triples(direct, DESCRIBES_SDF)


# --- updates --------------------------------------------------------------------------------------------------------------

GRAPH = "http://example.org/notes"
_LITERAL = str(note(SDF).object)


@pytest.mark.parametrize("encoding", [URLENCODED, POSTDIRECTLY])
@pytest.mark.parametrize("form", [XML, JSON])
def test_update(emptied: Service, encoding: str, form: str) -> None:
    """What it inserts is there, awkward letters and all; what it deletes is gone; whichever format it says it wants back."""
    kept, gone = note(SDF, in_graph=GRAPH), note(SDF, "لا", in_graph=GRAPH)
    text = f"INSERT DATA {{ GRAPH <{GRAPH}> {{ {kept.triple} . {gone.triple} }} }}"
    _asking(emptied, text, form, POST, encoding).query()
    assert stored(emptied) == {kept, gone}
    _asking(emptied, f"DELETE WHERE {{ GRAPH <{GRAPH}> {{ ?s <{NOTE}> 'لا'@ar }} }}", form, POST, encoding).query()
    assert stored(emptied) == {kept}
    found = _answer(_asking(emptied, f"SELECT ?text {{ GRAPH <{GRAPH}> {{ ?s <{NOTE}> ?text }} }}", JSON))
    assert [row["text"]["value"] for row in found["results"]["bindings"]] == [AWKWARD]


def test_an_update_of_several_operations(emptied: Service) -> None:
    """Operations of one request follow one another, and blank lines and comments between them do not matter."""
    text = f"""# first
INSERT DATA {{ <{SDF}> <{NOTE}> "1" }} ;

# then
DELETE {{ ?s <{NOTE}> "1" }} INSERT {{ ?s <{NOTE}> "2" }} WHERE {{ ?s <{NOTE}> "1" }}"""
    _asking(emptied, text, JSON, POST).query()
    assert stored(emptied) == {note(SDF, "2", None)}
    _asking(emptied, f"COPY DEFAULT TO <{GRAPH}> ; CLEAR DEFAULT", JSON, POST).query()
    assert stored(emptied) == {note(SDF, "2", None, GRAPH)}


# --- what goes wrong ------------------------------------------------------------------------------------------------------


@EVERY_WAY
def test_a_bad_query(served: Service, method: str, encoding: str) -> None:
    """A query that is no SPARQL is its ``QueryBadFormed``, which carries what the service says is wrong."""
    with pytest.raises(QueryBadFormed) as raised:
        _asking(served, NOT_SPARQL, JSON, method, encoding).query()
    assert "SPARQL" in str(raised.value)


@pytest.mark.parametrize("encoding", [URLENCODED, POSTDIRECTLY])
def test_a_bad_update(emptied: Service, encoding: str) -> None:
    """So is an update, and it leaves everything as it was."""
    with pytest.raises(QueryBadFormed):
        _asking(emptied, f"INSERT DATA {{ <{SDF}> <{NOTE}> 'a' }} ; INSERT DATA {{ ?s ?p ?o }}", JSON, POST, encoding).query()
    assert stored(emptied) == set()


def test_an_address_where_nothing_is(served: Service) -> None:
    """Another path is its ``EndPointNotFound``."""
    wrapper = SPARQLWrapper(f"{served.url}/nothing")
    wrapper.setQuery(DESCRIBES_SDF)
    with pytest.raises(EndPointNotFound):
        wrapper.query()


def test_an_update_without_a_token(served: Service) -> None:
    """An update of the evidence store that presents no token is its ``Unauthorized``."""
    with pytest.raises(Unauthorized):
        _asking(served, f"INSERT DATA {{ GRAPH <{GRAPH}> {{ <{SDF}> <{NOTE}> {_LITERAL} }} }}", JSON, POST).query()
