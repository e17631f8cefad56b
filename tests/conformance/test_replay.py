"""What runs the W3C's tests, tested: requests leave as they are written, and a wrong answer is seen to be wrong."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from conformance_manifests import Content, Entry, Expected, Request, UnknownInManifest, entries
from conformance_replay import Endpoint, complaints, replay
from serving import Answer

OK = (range(200, 300),)
TURTLE = (("content-type", "text/turtle; charset=utf-8"),)
URL = "http://127.0.0.1/graphs/a"
YES = b'{"head": {}, "boolean": true}'
ROWS = b'{"head": {"vars": ["x"]}, "results": {"bindings": []}}'
JSON = "application/sparql-results+json"


def answer(status: int = 200, media_type: str = "text/turtle; charset=UTF-8", body: bytes = b"", **headers: str) -> Answer:
    """An answer as a service might give it."""
    message = Message()
    for name, value in {"content-type": media_type, **headers}.items():
        message[name] = value
    return Answer(status, message, body)


RIGHT = {
    "a class of statuses": (Expected(OK), answer(204)),
    "one of two statuses": (Expected((range(201, 202), range(204, 205))), answer(204)),
    "a truth value": (Expected(OK, boolean=True, format="boolean"), answer(media_type=JSON, body=YES)),
    "rows": (Expected(OK, format="tabular"), answer(media_type=JSON, body=ROWS)),
    "rows as CSV": (Expected(OK, format="tabular"), answer(media_type="text/csv; charset=utf-8", body=b"x\r\n1\r\n")),
    "RDF": (Expected(OK, format="RDF"), answer(body=b"<b> <c> <d> .")),
    "a graph with other names for its blank nodes": (
        Expected(OK, headers=TURTLE, body=Content("[] <http://a/p> [ <http://a/q> 1 ] .", "utf-8")),
        answer(body=b"_:x <http://a/q> 1 . _:y <http://a/p> _:x ."),
    ),
    "a relative IRI": (Expected(OK, headers=TURTLE, body=Content("<b> <c> <d> .", "utf-8")), answer(body=f"<{URL[:-1]}b> <c> <d> .".encode())),
    "a Location": (Expected((range(201, 202),), location="$L$"), answer(201, location="/graphs/1")),
}

WRONG = {
    "another status": (Expected(OK), answer(500), "status is 500"),
    "a status beside a class": (Expected((range(400, 500),)), answer(399), "status is 399"),
    "the other truth value": (Expected(OK, boolean=False, format="boolean"), answer(media_type=JSON, body=YES), "answer is True"),
    "rows for a truth value": (Expected(OK, boolean=True, format="boolean"), answer(media_type=JSON, body=ROWS), "result is of SELECT"),
    "a truth value for rows": (Expected(OK, format="tabular"), answer(media_type=JSON, body=YES), "result is of ASK"),
    "JSON under another name": (Expected(OK, format="boolean"), answer(media_type="text/plain", body=YES), "'text/plain' is none of"),
    "rows for RDF": (Expected(OK, format="RDF"), answer(media_type=JSON, body=ROWS), "cannot be read"),
    "no media type": (Expected(OK, format="RDF"), Answer(200, Message(), b"<b> <c> <d> ."), "cannot be read as ''"),
    "broken RDF": (Expected(OK, format="RDF"), answer(body=b"<b> <c>"), "cannot be read"),
    "broken JSON": (Expected(OK, format="tabular"), answer(media_type=JSON, body=b"{"), "cannot be read"),
    "no charset": (Expected(OK, headers=TURTLE), answer(media_type="text/turtle"), "content-type is 'text/turtle'"),
    "another media type": (Expected(OK, headers=TURTLE), answer(media_type="text/html; charset=utf-8"), "content-type is"),
    "a header that is missing": (Expected(OK, headers=(("etag", "1"),)), answer(), "etag is None"),
    "a triple more": (Expected(OK, headers=TURTLE, body=Content("<b> <c> 1 .", "utf-8")), answer(body=b"<b> <c> 1, 2 ."), "graph is another one"),
    "an empty graph": (Expected(OK, headers=TURTLE, body=Content("<b> <c> 1 .", "utf-8")), answer(), "graph is another one"),
    "no Location": (Expected((range(201, 202),), location="$L$"), answer(201), "no Location"),
}


@pytest.mark.parametrize("case", RIGHT)
def test_a_right_answer_is_right(case: str) -> None:
    """An answer that says what is expected, in whatever words, is not complained of."""
    expected, given = RIGHT[case]
    assert list(complaints(expected, given, URL)) == []


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_answer_is_wrong(case: str) -> None:
    """An answer that is off in one thing is complained of once, for that thing."""
    expected, given, complaint = WRONG[case]
    (found,) = complaints(expected, given, URL)
    assert complaint in found


class Recorder(BaseHTTPRequestHandler):
    """Keeps what it is sent, and calls what it is sent ``/graphs/made``."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, dict[str, str], bytes]]

    def do_POST(self) -> None:
        """Keep a request."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.requestline, {name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(201)
        self.send_header("Location", "/graphs/made")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def recorder() -> Iterator[tuple[Endpoint, list[Any]]]:
    """An endpoint, and what it was sent."""
    handler = type("Fresh", (Recorder,), {"seen": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield Endpoint("127.0.0.1", server.server_port), handler.seen
        finally:
            server.shutdown()
            thread.join()


def post(path: str, body: Content | None = None, headers: tuple[tuple[str, str], ...] = (), location: str | None = None) -> Request:
    """A request of a manifest."""
    return Request("POST", path, headers, body, Expected(OK, location=location))


def test_requests_leave_as_they_are_written(recorder: tuple[Endpoint, list[Any]]) -> None:
    """Percent signs stay, only the prefix of the path is ours, the encoding is the one that is named, and no header is made up."""
    endpoint, seen = recorder
    direct = post("/gsp?graph=http://www.example/%2531/%31&a=%3a", Content("ASK {}", "UTF-16"), (("content-type", "application/sparql-query"),))
    replay(Entry("urn:test", "", (), (direct, post("/sparql/", Content("query=é", "UTF-8")))), endpoint)
    (first, given, body), (second, others, form) = seen
    host = {"host": f"127.0.0.1:{endpoint.port}"}
    assert first == "POST /graphs?graph=http://www.example/%2531/%31&a=%3a HTTP/1.1"
    assert given == host | {"content-type": "application/sparql-query", "content-length": str(len(body))}
    assert body == "ASK {}".encode("UTF-16")
    assert (second, form) == ("POST /sparql/ HTTP/1.1", "query=é".encode())
    assert others == host | {"content-length": str(len(form))}


def test_a_location_stands_for_its_name_afterwards(recorder: tuple[Endpoint, list[Any]]) -> None:
    """What a manifest names by ``$…$`` is the address that the service gave, in paths and in bodies."""
    endpoint, seen = recorder
    named = post("/gsp?graph=$L$", Content("<$L$>", "UTF-8"))
    replay(Entry("urn:test", "", (), (post("/gsp", location="$L$"), named)), endpoint)
    (_, _, _), (line, _, body) = seen
    assert line == f"POST /graphs?graph={endpoint.url}/graphs/made HTTP/1.1"
    assert body == f"<{endpoint.url}/graphs/made>".encode()


MANIFEST = """
@prefix mf: <http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#> .
@prefix ht: <http://www.w3.org/2011/http#> .
@prefix hts: <http://www.w3.org/2011/http-statusCodes#> .
<> mf:entries (<#one>) .
<#one> a mf:ProtocolTest ; mf:name "one" ; mf:action [ ht:requests ([
    ht:methodName "GET" ; ht:httpVersion "1.1" ; ht:absolutePath "/sparql/" ; ht:resp [ mf:expectedStatus hts:OK ] ]) ] .
<#two> a mf:ProtocolTest ; mf:name "two" ; mf:action [ ht:requests () ] .
"""


def test_what_no_list_names_is_run_too(tmp_path: Path) -> None:
    """The W3C describes a test that its list leaves out."""
    path = tmp_path / "manifest.ttl"
    path.write_text(MANIFEST, encoding="utf-8")
    assert [(entry.name, len(entry.requests)) for entry in entries(path)] == [("one", 1), ("two", 0)]


@pytest.mark.parametrize(
    ("told", "changed"),
    [
        ("hts:OK", "hts:OK ; mf:expectedSmell 'none'"),
        ("hts:OK", "hts:NoSuchStatus"),
        ("mf:expectedStatus hts:OK", ""),
        ('"1.1"', '"2"'),
        ("(<#one>)", "(<#one> <#three>)"),
    ],
)
def test_what_is_not_known_is_an_error(told: str, changed: str, tmp_path: Path) -> None:
    """An expectation that nobody here checks does not pass unseen."""
    path = tmp_path / "manifest.ttl"
    path.write_text(re.sub(re.escape(told), changed, MANIFEST, count=1), encoding="utf-8")
    with pytest.raises(UnknownInManifest):
        entries(path)
