"""Which graphs a query is asked of: all of them only where neither its text nor the protocol names a dataset, and the protocol has the last word.

There are three graphs with one triple each, ``a``, ``b`` and ``c``, and one in the default graph, ``d``. One query tells what it finds outside
``GRAPH`` and what inside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import pytest

from conformance_replay import graph_of
from serving import Answer, Service

NAME = "http://example.org/"
DATA = f"PREFIX : <{NAME}> INSERT DATA {{ :d :is 'd' " + " ".join(f"GRAPH :{one} {{ :{one} :is '{one}' }}" for one in "abc") + " }"
PATTERN = """{ { ?s :is ?letter BIND("default" AS ?where) } UNION { GRAPH ?g { ?s :is ?letter } BIND(REPLACE(STR(?g), "^.*/", "") AS ?where) } }"""

JSON = "application/sparql-results+json"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": JSON}
DIRECT = {"Content-Type": "application/sparql-query", "Accept": JSON}


class Dataset(NamedTuple):
    """The graphs, by letter, of which the default graph is made, and the named ones; ``x`` is a graph that is not there."""

    default: str = ""
    named: str = ""

    @property
    def clauses(self) -> str:
        """It as clauses of a query."""
        return " ".join([*(f"FROM <{NAME}{one}>" for one in self.default), *(f"FROM NAMED <{NAME}{one}>" for one in self.named)])

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """It as parameters of a request."""
        return [*(("default-graph-uri", NAME + one) for one in self.default), *(("named-graph-uri", NAME + one) for one in self.named)]


ALL = Dataset("abcd", "abc")
NONE = Dataset()
DATASETS = (
    NONE,
    Dataset("a"),
    Dataset("ab"),
    Dataset("", "b"),
    Dataset("", "ac"),
    Dataset("a", "b"),
    Dataset("bc", "bc"),
    Dataset("x"),
    Dataset("", "x"),
)

Send = Callable[[Service, str, list[tuple[str, str]]], Answer]


def by_get(service: Service, query: str, parameters: list[tuple[str, str]]) -> Answer:
    """Everything in the address."""
    return service.send("GET", "/sparql?" + urlencode([("query", query), *parameters]), headers={"Accept": JSON})


def by_form(service: Service, query: str, parameters: list[tuple[str, str]]) -> Answer:
    """Everything in a form."""
    return service.send("POST", "/sparql", urlencode([("query", query), *parameters]).encode(), FORM)


def by_form_and_address(service: Service, query: str, parameters: list[tuple[str, str]]) -> Answer:
    """The query in a form, the dataset in the address, as the W3C's tests send it."""
    return service.send("POST", "/sparql?" + urlencode(parameters), urlencode([("query", query)]).encode(), FORM)


def by_body(service: Service, query: str, parameters: list[tuple[str, str]]) -> Answer:
    """The query as the body, the dataset in the address."""
    return service.send("POST", "/sparql?" + urlencode(parameters), query.encode(), DIRECT)


SENDERS: tuple[Send, ...] = (by_get, by_form, by_form_and_address, by_body)


@pytest.fixture(scope="module")
def lettered(scratch: Service) -> Service:
    """The scratch service with the three graphs."""
    scratch.update("DROP ALL")
    scratch.update(DATA)
    return scratch


def found(answer: Answer) -> set[tuple[str, str]]:
    """Where each letter was found."""
    assert answer.status == 200, answer.text
    rows: list[dict[str, Any]] = answer.json["results"]["bindings"]
    pairs = [(row["where"]["value"], row["letter"]["value"]) for row in rows]
    assert len(set(pairs)) == len(pairs)
    return set(pairs)


def expected(dataset: Dataset) -> set[tuple[str, str]]:
    """Where each letter must be found."""
    return {("default", one) for one in dataset.default if one != "x"} | {(one, one) for one in dataset.named if one != "x"}


@pytest.mark.parametrize("send", SENDERS, ids=lambda send: send.__name__)
@pytest.mark.parametrize("protocol", DATASETS, ids=lambda dataset: "protocol " + (":".join(dataset) if any(dataset) else "none"))
@pytest.mark.parametrize("text", DATASETS, ids=lambda dataset: "text " + (":".join(dataset) if any(dataset) else "none"))
def test_the_same_question_of_every_dataset(lettered: Service, text: Dataset, protocol: Dataset, send: Send) -> None:
    """The protocol's dataset, else the text's, else all graphs. ``FROM NAMED`` alone leaves the default graph empty."""
    query = f"PREFIX : <{NAME}> SELECT ?where ?letter {text.clauses} WHERE {PATTERN}"
    asked = next((one for one in (protocol, text) if any(one)), ALL)
    assert found(send(lettered, query, protocol.parameters)) == expected(asked)


@pytest.mark.parametrize("send", SENDERS, ids=lambda send: send.__name__)
def test_truth_depends_on_the_dataset_too(lettered: Service, send: Send) -> None:
    """``ASK`` is asked of the same graphs as ``SELECT``."""

    def true(text: str, protocol: Dataset) -> bool:
        answer = send(lettered, f"ASK {text} {{ ?s <{NAME}is> 'b' }}", protocol.parameters)
        assert answer.status == 200, answer.text
        return answer.json["boolean"] is True

    assert true("", NONE)
    assert not true(f"FROM <{NAME}a>", NONE)
    assert not true(f"FROM NAMED <{NAME}b>", NONE)
    assert not true("", Dataset("a"))
    assert not true("", Dataset("", "b"))
    assert not true(f"FROM <{NAME}b>", Dataset("a"))
    assert true(f"FROM <{NAME}a>", Dataset("b"))


@pytest.mark.parametrize(
    "form", ["CONSTRUCT { ?s ?p ?o } %s WHERE { ?s ?p ?o }", "CONSTRUCT %s WHERE { ?s ?p ?o }", "DESCRIBE ?s %s WHERE { ?s ?p ?o }"]
)
@pytest.mark.parametrize(
    ("text", "protocol"), [(NONE, NONE), (Dataset("a"), NONE), (NONE, Dataset("ab")), (Dataset("a"), Dataset("bc")), (NONE, Dataset("", "a"))]
)
def test_graphs_depend_on_the_dataset_too(lettered: Service, form: str, text: Dataset, protocol: Dataset) -> None:
    """``CONSTRUCT`` and ``DESCRIBE`` take from the same graphs as ``SELECT``."""
    query = urlencode([("query", form % text.clauses), *protocol.parameters])
    answer = lettered.send("GET", f"/sparql?{query}", headers={"Accept": "application/n-triples"})
    assert answer.status == 200, answer.text
    asked = next((one for one in (protocol, text) if any(one)), ALL)
    assert {str(letter) for letter in graph_of(answer.body, answer.media_type, NAME).objects()} == set(asked.default)


def test_the_evidence_is_asked_the_same_way(served: Service) -> None:
    """On the evidence store a report's graph alone has its own claims, by text or by protocol, and all graphs together have everybody's."""
    claim = "?claim a <https://w3id.org/claimgraph/ontology#Claim>"

    def counts(query: str, parameters: str = "") -> list[dict[str, Any]]:
        answer = served.send("GET", f"/sparql?query={quote(query)}{parameters}", headers={"Accept": JSON})
        assert answer.status == 200, answer.text
        return [{name: term["value"] for name, term in row.items()} for row in answer.json["results"]["bindings"]]

    by_graph = {row["g"]: row["n"] for row in counts(f"SELECT ?g (COUNT(*) AS ?n) {{ GRAPH ?g {{ {claim} }} }} GROUP BY ?g")}
    assert len(by_graph) > 1
    assert counts(f"SELECT (COUNT(*) AS ?n) {{ {claim} }}") == [{"n": str(sum(map(int, by_graph.values())))}]
    first, second = sorted(by_graph)[:2]
    assert counts(f"SELECT (COUNT(*) AS ?n) FROM <{first}> {{ {claim} }}") == [{"n": by_graph[first]}]
    assert counts(f"SELECT (COUNT(*) AS ?n) FROM <{first}> {{ {claim} }}", f"&default-graph-uri={quote(second, safe='')}") == [
        {"n": by_graph[second]}
    ]
