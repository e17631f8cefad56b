"""sparql-http-client: streams of rows and of quads, and a graph store."""

from __future__ import annotations

import pytest
from pyoxigraph import Quad, Store

from asking import (
    DENIED_ESCAPES,
    GRAPHS,
    NOT_SPARQL,
    QUESTIONS,
    SDF,
    json_of,
    note,
    rows,
    rows_of_json,
    stored,
    triples,
    triples_of_json,
)
from npm_clients import Scripts
from serving import Service

NAME = "sparql-http-client"
OPERATIONS = ["get", "postUrlencoded", "postDirect"]
GRAPH = "http://example.org/notes"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_select(scripts: Scripts, served: Service, direct: Store, operation: str) -> None:
    """A stream of rows in their order, Arabic letter by letter, unbound variables left out: by each operation of the protocol."""
    found = scripts.says(NAME, form="select", endpoint=f"{served.url}/sparql", operation=operation, query=DENIED_ESCAPES)
    assert rows_of_json(found) == rows(direct, DENIED_ESCAPES)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("query", GRAPHS.values(), ids=GRAPHS)
def test_graphs(scripts: Scripts, served: Service, direct: Store, query: str, operation: str) -> None:
    """CONSTRUCT and DESCRIBE are streams of the same triples."""
    found = scripts.says(NAME, form="construct", endpoint=f"{served.url}/sparql", operation=operation, query=query)
    assert triples_of_json(found) == triples(direct, query)


@pytest.mark.parametrize(("question", "answer"), QUESTIONS.items(), ids=["yes", "no"])
def test_ask(scripts: Scripts, served: Service, question: str, answer: bool) -> None:
    """Questions with yes or no for an answer."""
    assert scripts.says(NAME, form="ask", endpoint=f"{served.url}/sparql", query=question) is answer


@pytest.mark.parametrize(
    ("operation", "headers"),
    [
        pytest.param("postUrlencoded", {}, id="form"),
        # Left to itself it calls an update that it posts directly a query.
        pytest.param("postDirect", {"content-type": "application/sparql-update"}, id="direct"),
    ],
)
def test_update(scripts: Scripts, emptied: Service, operation: str, headers: dict[str, str]) -> None:
    """What it inserts is there, awkward letters and all; what it deletes is gone."""
    kept, gone = note(SDF, in_graph=GRAPH), note(SDF, "لا", in_graph=GRAPH)
    how = {"form": "update", "endpoint": f"{emptied.url}/sparql", "operation": operation, "headers": headers}
    scripts.says(NAME, query=f"INSERT DATA {{ GRAPH <{GRAPH}> {{ {kept.triple} . {gone.triple} }} }}", **how)
    assert stored(emptied) == {kept, gone}
    scripts.says(NAME, query=f"DELETE DATA {{ GRAPH <{GRAPH}> {{ {gone.triple} }} }}", **how)
    assert stored(emptied) == {kept}


@pytest.mark.parametrize("graph", [GRAPH, None], ids=["named", "default"])
def test_a_graph_store(scripts: Scripts, emptied: Service, graph: str | None) -> None:
    """A graph that is put is there as it was sent, one that is posted to has both, one that is put again has the last alone."""
    first, second, third = (note(SDF, text, in_graph=graph) for text in (note(SDF).object.value, "ثانية", "ثالثة"))
    where = {"store": f"{emptied.url}/graphs", "graph": graph}

    def send(form: str, quad: Quad) -> None:
        scripts.says(NAME, form=form, triples=[[json_of(term) for term in quad.triple]], **where)

    send("put", first)
    assert stored(emptied) == {first}
    send("post", second)
    assert stored(emptied) == {first, second}
    assert triples_of_json(scripts.says(NAME, form="fetch", **where)) == {first.triple, second.triple}
    send("put", third)
    assert stored(emptied) == {third}


def test_a_graph_of_thousands(scripts: Scripts, emptied: Service) -> None:
    """A graph whose length it does not say beforehand arrives whole, and comes back whole."""
    quads = {note(SDF, f"{number} سجين", in_graph=GRAPH) for number in range(2_000)}
    where = {"store": f"{emptied.url}/graphs", "graph": GRAPH}
    scripts.says(NAME, form="put", triples=[[json_of(term) for term in quad.triple] for quad in sorted(quads, key=str)], **where)
    assert stored(emptied) == quads
    assert triples_of_json(scripts.says(NAME, form="fetch", **where)) == {quad.triple for quad in quads}


def test_what_goes_wrong_is_seen(scripts: Scripts, served: Service, emptied: Service) -> None:
    """A query that is no SPARQL, an update without a token and a graph that is not there are errors with their statuses."""
    endpoint = f"{served.url}/sparql"
    assert "(400)" in scripts.complains(NAME, form="select", endpoint=endpoint, query=NOT_SPARQL)
    assert "(401)" in scripts.complains(NAME, form="update", endpoint=endpoint, query=f"INSERT DATA {{ {note(SDF).triple} }}")
    assert "(404)" in scripts.complains(NAME, form="fetch", store=f"{emptied.url}/graphs", graph=GRAPH)
