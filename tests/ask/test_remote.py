"""Another endpoint: the same question gives the same answer there, and what goes wrong there is a sentence here."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from claimgraph.ask.query import run
from claimgraph.ask.remote import Endpoint
from claimgraph.model.errors import BadQuery, Misuse, QueryStopped, Unavailable
from claimgraph.model.names import Base
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading
from running import Run
from serving import Service, Serving

QUERIES = {
    "rows": "SELECT ?claim ?words WHERE { ?claim a cg:Claim ; cg:content/cg:quantity/cg:wording ?words } ORDER BY ?claim",
    "nothing": "SELECT ?x WHERE { ?x a <http://example.org/nothing> }",
    "unbound": "SELECT ?x ?y WHERE { VALUES (?x ?y) { (1 UNDEF) (UNDEF 'ب'@ar) } }",
    "yes": "ASK { ?claim cg:polarity cg:polarity-denies }",
    "no": "ASK { ?claim cg:polarity cg:nothing }",
    "triples": "CONSTRUCT { ?claim cg:polarity ?polarity } WHERE { ?claim cg:polarity ?polarity }",
    "a description": "PREFIX : <https://w3id.org/claimgraph/id/> DESCRIBE :sdf",
}


@pytest.fixture(scope="module")
def endpoint(served: Service) -> Endpoint:
    """The samples, served."""
    return Endpoint(f"{served.url}/sparql")


@pytest.mark.parametrize("name", QUERIES)
def test_the_same_answer_as_here(name: str, endpoint: Endpoint, sampled: Path, base: Base) -> None:
    """Rows, booleans and triples come back as the terms that a snapshot gives, prefixes known without declaring included."""
    with reading(Place(sampled), base.iri) as snapshot:
        here = run(snapshot.path, QUERIES[name])
    there = endpoint.run(QUERIES[name])
    assert (there.columns, there.rows, there.boolean) == (here.columns, here.rows, here.boolean)
    assert set(there.triples or ()) == set(here.triples or ())
    assert there.truncated is here.truncated is False


def test_fewer_rows_are_said(endpoint: Endpoint) -> None:
    """An answer cut short here says so."""
    found = endpoint.run(QUERIES["rows"], rows=2)
    assert (len(found.rows), found.truncated) == (2, True)


def test_more_rows_there_are_said(serving: Serving, store: Path) -> None:
    """An answer that the endpoint cut short is known to be."""
    one = serving(data=store, CLAIMGRAPH_ANSWER_ROWS="3")
    found = Endpoint(f"{one.url}/sparql").run(QUERIES["rows"])
    assert (len(found.rows), found.truncated) == (3, True)


def test_what_goes_wrong_there_is_told_in_its_words(endpoint: Endpoint) -> None:
    """A query that does not parse, or runs into the endpoint's deadline, is told with what the endpoint says."""
    with pytest.raises(BadQuery, match=r"no SPARQL 1.1: error at 1:"):
        endpoint.run("SELECT * { ?s ")
    with pytest.raises(BadQuery, match="SERVICE is switched off"):
        endpoint.run("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")


class _Odd(BaseHTTPRequestHandler):
    """An address that is no endpoint; what it says is named by the path."""

    ANSWERS = {  # noqa: RUF012  # a table
        "/text": (200, b"hello"),
        "/other": (200, json.dumps({"results": 1}).encode()),
        "/stopped": (503, b'{"detail": "came too far."}'),
        "/html": (500, b"<h1>\xd8\xae\xd8\xb7\xd8\xa3</h1>"),
    }

    def do_POST(self) -> None:
        """Answer."""
        status, body = self.ANSWERS[self.path.partition("?")[0]]
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def odd() -> Iterator[str]:
    """The address of a server that answers oddly."""
    with HTTPServer(("127.0.0.1", 0), _Odd) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "kind", "sentence"),
    [
        ("/text", Unavailable, "is no SPARQL result"),
        ("/other", Unavailable, "is no SPARQL result"),
        ("/stopped", QueryStopped, "does not answer the query: came too far"),
        ("/html", QueryStopped, "<h1>خطأ</h1>"),
    ],
)
def test_an_address_that_is_no_endpoint(odd: str, path: str, kind: type[Exception], sentence: str) -> None:
    """Whatever answers there, one sentence comes of it."""
    with pytest.raises(kind, match=sentence):
        Endpoint(odd + path).run("ASK {}")


def test_nobody_there() -> None:
    """An address where nobody listens is told as such."""
    with pytest.raises(Unavailable, match="cannot be reached"):
        Endpoint("http://127.0.0.1:1/sparql").run("ASK {}")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", "127.0.0.1:8000/sparql", "http://127.0.0.1/ x", ""])
def test_what_is_no_address(url: str) -> None:
    """Only addresses of the web are asked: no file, no other scheme."""
    with pytest.raises(Misuse, match="is no address of an endpoint"):
        Endpoint(url)


def test_the_command_line_asks_an_endpoint(claimgraph: Run, served: Service, sampled: Path) -> None:
    """``ask`` and ``query`` say of an endpoint what they say of a data folder, names and claims in words included."""
    at = ("--endpoint", f"{served.url}/sparql")
    for form in ("table", "json", "csv"):
        asked = ("ask", "disputed-quantities", "--format", form)
        assert claimgraph(*asked, *at).out == claimgraph(*asked, "--data", sampled).out
    assert claimgraph("query", QUERIES["rows"], *at).out == claimgraph("query", QUERIES["rows"], "--data", sampled).out
    assert claimgraph("query", "ASK {}", *at, "--data", sampled).code == 2
