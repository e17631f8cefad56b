"""Reaching out over HTTP: whatever a request names, nobody is called and nothing is fetched, also where the query gate is switched off."""

from __future__ import annotations

import json
import multiprocessing
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from pyoxigraph import Store

from attacking import Canary, asking, canary, checking, putting, told, unharmed
from claimgraph.ask import jobs, query, update
from claimgraph.ask.gate import Outline
from claimgraph.ask.worker import Worker, work
from claimgraph.model.frames import Frames, call, receive
from claimgraph.model.names import Base
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading
from requesting import CG, Writable
from running import small

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SERVICES = [
    "SELECT * {{ SERVICE <{iri}> {{ ?s ?p ?o }} }}",
    "select * {{ sErViCe SILENT <{iri}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICESILENT<{iri}>{{?s ?p ?o}} }}",
    "SELECT * {{ ?s ?p ?o OPTIONAL {{ SERVICE <{iri}> {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ ?s ?p ?o FILTER NOT EXISTS {{ SERVICE <{iri}> {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ {{ SELECT * {{ SERVICE <{iri}> {{ ?s ?p ?o }} }} }} }}",
    "PREFIX x: <{iri}> SELECT * {{ SERVICE x: {{ ?s ?p ?o }} }}",
    "PREFIX : <{iri}> SELECT * {{ SERVICE: {{ ?s ?p ?o }} }}",
    "PREFIX service: <x:> PREFIX : <{iri}> SELECT * {{ service: {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?where {{ <{iri}> }} SERVICE ?where {{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND(IRI(CONCAT('http://127.0.0.1:', '{port}', '/')) AS ?where) SERVICE ?where {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE # there\n <{iri}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ # here\rSERVICE <{iri}> {{ ?s ?p ?o }} }}",
    'SELECT * {{ VALUES ?x {{"""x"}} SERVICE <{iri}> {{ ?s ?p "c" }} }}',
    "BASE <{iri}> SELECT * {{ SERVICE <> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE <http://[::ffff:127.0.0.1]:{port}/> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE <http://localhost:{port}/> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE <http://2130706433:{port}/> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE <file:///etc/passwd> {{ ?s ?p ?o }} }}",
    "ASK {{ SERVICE <{iri}> {{ }} }}",
    "CONSTRUCT {{ ?s ?p ?o }} {{ SERVICE <{iri}> {{ ?s ?p ?o }} }}",
    "DESCRIBE ?s {{ SERVICE <{iri}> {{ ?s ?p ?o }} }}",
]  # fmt: skip
NAMED = [
    "SELECT * FROM <{iri}> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{iri}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "SELECT * FROM <file:///etc/passwd> {{ ?s ?p ?o }}",
    "SELECT * {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}",
    "DESCRIBE <{iri}>",
]
LOADS = [
    "LOAD <{iri}>",
    "load silent <{iri}> into graph <{mine}>",
    "LOAD <file:///etc/passwd> INTO GRAPH <{mine}>",
    "PREFIX x: <{iri}> LOAD x:",
    "INSERT DATA {{ GRAPH <{mine}> {{ <x:a> <x:b> 1 }} }} ; LOAD SILENT <{iri}>",
    "INSERT {{ GRAPH <{mine}> {{ ?s ?p ?o }} }} WHERE {{ SERVICE <{iri}> {{ ?s ?p ?o }} }}",
    "DELETE {{ GRAPH <{mine}> {{ ?s ?p ?o }} }} WHERE {{ SERVICE SILENT <{iri}> {{ ?s ?p ?o }} }}",
]


def aimed(text: str, at: Canary, victim: Writable) -> str:
    """A text with its holes filled: who is to be called, and a graph of one's own."""
    return text.format(iri=at.iri, port=at.port, mine=victim.graph("fetched"))


@pytest.mark.parametrize("text", SERVICES)
def test_service_is_refused_however_it_is_sent(victim: Writable, text: str) -> None:
    """SERVICE is refused with a sentence of its own: in a body, in a form and in an address."""
    with canary() as at, unharmed(victim):
        aimed_at = aimed(text, at, victim)
        form = urlencode({"query": aimed_at})
        for answer in (
            asking(victim, aimed_at),
            victim.service.send("POST", "/sparql", form.encode(), FORM),
            victim.service.send("GET", f"/sparql?{form}"),
        ):
            assert "SERVICE is switched off" in told(answer, 400)


@pytest.mark.parametrize("text", NAMED)
def test_a_graph_that_is_named_is_not_fetched(victim: Writable, text: str) -> None:
    """FROM, GRAPH and DESCRIBE name what the store has, and an address of the web it has not: the answer is empty."""
    with canary() as at, unharmed(victim):
        answer = asking(victim, aimed(text, at, victim), "text/csv, text/turtle")
        assert answer.status == 200
        assert "root:" not in answer.text
        assert len(answer.text.splitlines()) == 1 or answer.media_type == "text/turtle"


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_a_graph_of_the_protocol_is_not_fetched(victim: Writable, name: str) -> None:
    """Nor are those that the protocol's parameters name."""
    with canary() as at, unharmed(victim):
        for iri in (at.iri, "file:///etc/passwd"):
            answer = victim.service.send("GET", "/sparql?" + urlencode({"query": "SELECT * { ?s ?p ?o }", name: iri}), headers={"Accept": "text/csv"})
            assert (answer.status, len(answer.text.splitlines())) == (200, 1)
        told(victim.service.send("GET", "/graphs?" + urlencode({"graph": at.iri})), 404)


@pytest.mark.parametrize("text", LOADS)
def test_load_is_refused(victim: Writable, text: str) -> None:
    """LOAD, and an update that would ask another service, are refused as a whole: what stands before them is not written either."""
    with canary() as at, unharmed(victim):
        told(victim.try_update(aimed(text, at, victim)), 400, 403)
        using = urlencode({"update": aimed(text, at, victim), "using-graph-uri": at.iri})
        told(victim.send("POST", "/sparql", using, FORM), 400, 403)


CONTEXTS: list[Any] = [
    {"@context": "{iri}", "@id": "x:a", "b": 1},
    {"@context": ["{iri}", {"b": "x:b"}], "@id": "x:a", "b": 1},
    {"@context": {"@import": "{iri}"}, "@id": "x:a", "b": 1},
    {"@context": {"b": {"@id": "x:b", "@context": "{iri}"}}, "@id": "x:a", "b": {"c": 1}},
    {"@context": "file:///etc/passwd", "@id": "x:a", "b": 1},
    {"@context": "//127.0.0.1:{port}/", "@id": "x:a", "b": 1},
    {"@context": "context.jsonld", "@id": "x:a", "b": 1},
]


@pytest.mark.parametrize("document", CONTEXTS, ids=[json.dumps(document["@context"])[:40] for document in CONTEXTS])
def test_no_context_is_fetched(victim: Writable, document: Any) -> None:
    """JSON-LD whose context lies elsewhere, or in a file, is refused as a graph; as a report it is none."""
    with canary() as at, unharmed(victim):
        text = json.dumps(document).replace("{iri}", at.iri).replace("{port}", str(at.port))
        sentence = told(putting(victim, "context", text, "application/ld+json"), 400)
        assert "ld+json" in sentence
        assert "root:" not in sentence
        told(checking(victim, text, "application/ld+json"), 415)
        told(checking(victim, text), 422)


def test_imports_are_statements(victim: Writable) -> None:
    """owl:imports in Turtle is no instruction: a workspace keeps it as it is, a report has none."""
    with canary() as at:
        statement = f"<x:a> <http://www.w3.org/2002/07/owl#imports> <{at.iri}> , <file:///etc/passwd> ."
        assert putting(victim, "imports", statement).status in (201, 204)
        with unharmed(victim):
            told(checking(victim, statement, "text/turtle"), 422)
            answer = victim.service.send("GET", f"/id/{victim.graph('imports').partition('/id/')[2]}", headers={"Accept": "text/turtle"})
            assert "root:" not in answer.text


PAGES = [
    '<!DOCTYPE html SYSTEM "{iri}"><p>قال متحدث إن أحداً لم يفر.</p>',
    '<!DOCTYPE x [<!ENTITY a SYSTEM "{iri}"><!ENTITY b SYSTEM "file:///etc/passwd">]><html><body><p>قال &a; &b; إن أحداً لم يفر.</p></body></html>',
    '<?xml-stylesheet href="{iri}"?><html xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{iri}"/><p>قال إن أحداً لم يفر.</p></html>',
    '<base href="{iri}"><link rel=stylesheet href="{iri}"><img src="{iri}"><iframe src="{iri}"></iframe><script src="{iri}"></script><p>قال ذلك.</p>',
    '<meta http-equiv=refresh content="0;url={iri}"><link rel=canonical href="{iri}"><link rel=amphtml href="{iri}"><p>قال متحدث ذلك.</p>',
]


@pytest.mark.parametrize("page", PAGES, ids=[page[:20] for page in PAGES])
@pytest.mark.parametrize("media", ["text/html", "application/xhtml+xml"])
def test_a_page_is_read_alone(victim: Writable, page: str, media: str) -> None:
    """Of a page nothing else is fetched: no document type, entity, frame, image or address that it names itself."""
    with canary() as at, unharmed(victim):
        answer = checking(victim, page.replace("{iri}", at.iri), media, "id=page")
        assert answer.status == 200 or told(answer, 422)
        assert "root:" not in answer.text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "vbscript:x", "ftp://127.0.0.1/", "//127.0.0.1/"])
def test_the_address_of_a_report_is_one_of_the_web(victim: Writable, url: str) -> None:
    """A report whose address is none of the web is refused, whether a document or a parameter says it."""
    with unharmed(victim):
        answer = victim.send("POST", "/api/reports", json.dumps(small(url=url)), {"Content-Type": "application/json"})
        told(answer, 422)
        given = urlencode({"id": "raw", "url": url})
        told(victim.send("POST", f"/api/reports?{given}", "قال متحدث إن أحداً لم يفر.", {"Content-Type": "text/plain"}), 422)


def test_the_address_of_a_report_is_not_visited(victim: Writable) -> None:
    """One of the web is kept, and never looked at."""
    with canary() as at, unharmed(victim):
        assert checking(victim, json.dumps(small(url=at.iri))).json["conforms"]


# --- with the gate switched off -------------------------------------------------------------------------------------------


def _reach(_: Worker, header: dict[str, Any], __: bytes) -> tuple[dict[str, Any], bytes]:
    """What comes of the ways out of a process, tried by hand."""

    def connect() -> object:
        return socket.create_connection(("127.0.0.1", header["port"]), 2)

    def datagram() -> object:
        return socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", header["port"]))

    def program() -> object:
        return os.posix_spawn("/bin/sh", ["sh", "-c", "exit 7"], {})

    return {"out": [_refusal(way) for way in (connect, datagram, program)]}, b""


def _refusal(way: Callable[[], object]) -> str:
    try:
        way()
    except OSError as error:
        return type(error).__name__
    return "got out"


def _ungated(channel: socket.socket, parents: socket.socket) -> None:
    """A worker whose gate lets everything through: for a process of its own."""
    parents.close()
    for module in (query, update):
        module.check = lambda *_: Outline()  # type: ignore[attr-defined]
    jobs.outline = lambda _: Outline()
    work(channel, {"query": jobs.query, "update": _updating, "reach": _reach})


def _updating(worker: Worker, header: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """An update that is simply run."""
    worker.forbid_files()
    store = Store()
    try:
        store.update(body.decode())
    except (OSError, RuntimeError, SyntaxError, ValueError):
        return {"loaded": 0}, b""
    return {"loaded": len(store)}, b""


@pytest.fixture(scope="module")
def ungated() -> Iterator[socket.socket]:
    """A channel to such a worker."""
    here, there = socket.socketpair()
    process = multiprocessing.get_context("fork").Process(target=_ungated, args=(there, here), daemon=True)
    process.start()
    there.close()
    with here:
        here.settimeout(30)
        holds, _ = receive(here, Frames())
        assert any(holds.values())
        yield here
    process.join(10)
    assert process.exitcode == 0


def header(job: str, snapshot: Path, **more: object) -> dict[str, object]:
    """What a worker is asked to do."""
    return {"job": job, "seconds": 20, "snapshot": str(snapshot), "accept": "*/*", "default": [], "named": [], **more}


@pytest.mark.parametrize("text", SERVICES + NAMED)
def test_no_worker_calls_anybody(ungated: socket.socket, victim: Writable, sampled: Path, base: Base, text: str) -> None:
    """A worker whose gate lets everything through cannot call anybody all the same, and answers the next query."""
    with canary() as at, reading(Place(sampled), base.iri) as snapshot:
        facts, _ = call(ungated, Frames(), header("query", snapshot.path), aimed(text, at, victim).encode())
        assert facts.get("error", "bad-query") in ("bad-query", "not-found"), facts
        _, body = call(ungated, Frames(), header("query", snapshot.path), f"ASK {{ ?s a <{CG}Report> }}".encode())
        assert json.loads(body)["boolean"] is True


@pytest.mark.parametrize(
    "text", ["LOAD <{iri}>", "LOAD SILENT <{iri}>", "LOAD <file:///etc/passwd>", "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{iri}> {{ ?s ?p ?o }} }}"]
)
def test_no_worker_loads_anything(ungated: socket.socket, victim: Writable, sampled: Path, text: str) -> None:
    """Nor does an update bring anything in."""
    with canary() as at:
        assert call(ungated, Frames(), header("update", sampled), aimed(text, at, victim).encode())[0] == {"loaded": 0}


def test_no_way_out_of_a_worker(ungated: socket.socket, sampled: Path) -> None:
    """Connections, datagrams and other programs are refused by the system, whatever runs in the process."""
    with canary() as at:
        facts, _ = call(ungated, Frames(), header("reach", sampled, port=at.port))
        assert facts["out"] == ["PermissionError"] * 3
