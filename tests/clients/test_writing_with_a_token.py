"""Writing into a workspace of the evidence store, by each client that writes: the token goes in a header that the client is given."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError

import pytest
from pyoxigraph import QueryResultsFormat, Triple
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLUpdateStore
from SPARQLWrapper import JSON, POST, QueryResult, SPARQLWrapper

from asking import AWKWARD, NOTE, PREFIXES, SDF, note, of_results, rows_of_json
from npm_clients import Scripts
from serving import Service, bearer, eventually, service, token

WORKSPACE = f"{PREFIXES['id']}workspace/dana/"
REMARK = f"{WORKSPACE}remarks/1"  # what is noted has an IRI of its own: a workspace says nothing about evidence itself


@dataclass(frozen=True)
class Writable:
    """An evidence store that is served, and a token to write into it."""

    service: Service
    secret: str

    @property
    def endpoint(self) -> str:
        """Where it takes queries and updates."""
        return f"{self.service.url}/sparql"

    def holds(self, graph: str, expected: set[Triple]) -> bool:
        """Whether a graph comes to have these triples and no others: who does not name the commit may be shown an older one for a while."""
        return eventually(lambda: self._triples(graph) == expected, f"{len(expected)} triples in {graph}")

    def _triples(self, graph: str) -> set[Triple]:
        headers = {"Content-Type": "application/sparql-query", "Accept": QueryResultsFormat.JSON.media_type}
        answer = self.service.send("POST", "/sparql", f"SELECT * {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}".encode(), headers)
        found = of_results(answer.body, QueryResultsFormat.JSON)
        assert isinstance(found, list)
        return {Triple(row["s"], row["p"], row["o"]) for row in found}


@pytest.fixture(scope="module")
def writable(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writable]:
    """The samples' store, and dana's token."""
    where = tmp_path_factory.mktemp("writable")
    data = Path(shutil.copytree(sampled, where / "data"))
    secret = token(data, "dana")
    with service(where, data=data) as running:
        yield Writable(running, secret)


def _sent(writable: Writable, text: str, **parameters: str) -> QueryResult:
    wrapper = SPARQLWrapper(writable.endpoint)
    wrapper.addCustomHttpHeader("Authorization", bearer(writable.secret)["Authorization"])
    wrapper.setMethod(POST)
    wrapper.setReturnFormat(JSON)
    wrapper.setQuery(text)
    for name, value in parameters.items():
        wrapper.addParameter(name, value)
    return wrapper.query()


def test_sparqlwrapper(writable: Writable) -> None:
    """It inserts and deletes data, and sees what it wrote at once where it names the commit that the answer told it."""
    graph, remark = f"{WORKSPACE}wrapper", note(REMARK).triple
    commit = _sent(writable, f"INSERT DATA {{ GRAPH <{graph}> {{ {remark} }} }}").info()["x-commit"]
    found = _sent(writable, f"SELECT ?text {{ GRAPH <{graph}> {{ ?s <{NOTE}> ?text }} }}", **{"min-commit": commit}).convert()
    assert rows_of_json(found["results"]["bindings"]) == [{"text": remark.object}]
    _sent(writable, f"DELETE DATA {{ GRAPH <{graph}> {{ {remark} }} }}")
    assert writable.holds(graph, set())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"INSERT DATA {{ GRAPH <{PREFIXES['id']}workspace/other/a> {{ {note(REMARK).triple} }} }}", id="another-workspace"),
        pytest.param(f"INSERT DATA {{ {note(REMARK).triple} }}", id="default-graph"),
        pytest.param(f"INSERT DATA {{ GRAPH <{WORKSPACE}wrapper> {{ {note(SDF).triple} }} }}", id="about-evidence"),
        pytest.param(f"DELETE WHERE {{ GRAPH <{WORKSPACE}wrapper> {{ ?s ?p ?o }} }}", id="pattern"),
        pytest.param("DROP ALL", id="drop"),
    ],
)
def test_what_a_token_does_not_allow(writable: Writable, text: str) -> None:
    """Others' graphs, statements about evidence and updates of other than data are refused to a client as to anyone: 403, with what to do instead."""
    with pytest.raises(HTTPError) as raised:
        _sent(writable, text)
    with raised.value as answer:
        assert answer.code == 403


def test_rdflib(writable: Writable) -> None:
    """Triples added to a graph of rdflib are in the workspace; to remove them by pattern, as it always does, is refused."""
    near = SPARQLUpdateStore(writable.endpoint, writable.endpoint, headers=bearer(writable.secret))
    notes = Graph(near, identifier=URIRef(f"{WORKSPACE}rdflib"))
    remark = (URIRef(REMARK), URIRef(NOTE), Literal(AWKWARD, lang="ar"))
    notes.add(remark)
    assert writable.holds(f"{WORKSPACE}rdflib", {note(REMARK).triple})
    with pytest.raises(HTTPError) as raised:
        notes.remove(remark)
    with raised.value as answer:
        assert answer.code == 403


def test_sparql_http_client(writable: Writable, scripts: Scripts) -> None:
    """Its updates reach the workspace."""
    graph, remark = f"{WORKSPACE}http-client", note(REMARK).triple
    how = {"form": "update", "endpoint": writable.endpoint, "headers": bearer(writable.secret)}
    scripts.says("sparql-http-client", query=f"INSERT DATA {{ GRAPH <{graph}> {{ {remark} }} }}", **how)
    assert writable.holds(graph, {remark})
    scripts.says("sparql-http-client", query=f"DELETE DATA {{ GRAPH <{graph}> {{ {remark} }} }}", **how)
    assert writable.holds(graph, set())
