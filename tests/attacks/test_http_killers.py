"""Process killers over HTTP: queries and bodies that take parsers, engines and memory down end in one sentence, and cost nobody else theirs."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from attacking import LIGHT, asking, attacked, below, checking, connected, figure, putting, told, unharmed
from requesting import ENDLESS, JSON_BODY, TURTLE_BODY, Writable
from running import small
from serving import Answer, eventually

LONGEST = 12.0  # seconds within which anything is over: the deadline, and what a busy machine adds
CROSS = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
DEEP = 100_000


@pytest.fixture(scope="module")
def victim(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writable]:
    """The service that is to be brought down; 200 rows are an answer there, three seconds are long, and a gigabyte is a process's memory."""
    limits = {
        "CLAIMGRAPH_ANSWER_ROWS": "200",
        "CLAIMGRAPH_QUERY_SECONDS": "3",
        "CLAIMGRAPH_EXTRACT_SECONDS": "5",
        "CLAIMGRAPH_WORKER_BYTES": "1073741824",
    }
    with attacked(sampled, tmp_path_factory.mktemp("killed"), **limits) as found:
        yield found


def chained(step: str, first: str, times: int) -> str:
    """A variable that grows with every step: ``?x0`` is ``first``, and a step makes ``?x1`` of it, and so on."""
    steps = " ".join(f"BIND({step.replace('?x', f'?x{n}')} AS ?x{n + 1})" for n in range(times))
    return f"SELECT (STRLEN(STR(?x{times})) AS ?n) {{ BIND({first} AS ?x0) {steps} }}"


# Queries that the gate knows before any engine sees them.
GATED = {
    "parentheses": f"SELECT * {{ FILTER({'(' * 5_000}1{')' * 5_000}) }}",
    "braces": f"SELECT * {'{' * 5_000}?s ?p ?o{'}' * 5_000}",
    "path groups": f"SELECT * {{ ?s {'(' * 5_000}<x:p>{')' * 5_000} ?o }}",
    "path steps": f"SELECT * {{ ?s {'/'.join(['<x:p>'] * 5_000)} ?o }}",
    "lists": f"SELECT * {{ ?s ?p {'(' * 5_000}{')' * 5_000} }}",
    "blank nodes": f"SELECT * {{ {'[ <x:p> ' * 5_000}1{']' * 5_000} }}",
    "triple terms": f"SELECT * {{ ?s ?p {'<<( <x:a> <x:b> ' * 5_000}1{' )>>' * 5_000} }}",
    "UNIONs": f"SELECT * {{ {' UNION '.join(['{ ?s ?p ?o }'] * 10_000)} }}",
    "negations": f"SELECT * {{ FILTER({'!' * 10_000}true) }}",
    "minuses": f"SELECT * {{ FILTER({'-' * 10_000}1) }}",
    "disjunctions": f"SELECT * {{ FILTER({'||'.join(['?x'] * 5_000)}) }}",
    "OPTIONALs": f"SELECT * {{ {'OPTIONAL { ?s ?p ?o } ' * 5_000} }}",
    "subqueries": f"{'SELECT * { ' * 5_000}?s ?p ?o{'}' * 5_000}",
    "a million characters": f"ASK {{}} #{'x' * 1_000_000}",
}
# Queries that the engine sees, and that end at the deadline, at the memory's end, or in an answer; a filter must not be run away with.
RUNNING = {
    "CONCAT doubling 40 times": chained("CONCAT(?x, ?x)", "'abcdefgh'", 40),
    "REPLACE doubling 40 times": chained("REPLACE(?x, 'a', 'aaaaaaaaaa')", "'a'", 40),
    "triple terms of triple terms": chained("TRIPLE(<x:a>, <x:b>, ?x)", "1", 900),
    "ORDER BY over a cross product": f"SELECT * {CROSS} ORDER BY ?c ?f ?i",
    "COUNT over a cross product": f"SELECT (COUNT(*) AS ?n) {CROSS}",
    "DISTINCT over a cross product": f"SELECT DISTINCT * {CROSS}",
    "GROUP_CONCAT of everything": f"SELECT (GROUP_CONCAT(?c) AS ?x) {CROSS}",
    "a path of stars": "SELECT (COUNT(*) AS ?n) { ?s (<x:p>*)* ?o }",
    "a path of everything": "SELECT (COUNT(*) AS ?n) { ?s ((!<x:p>)*)* ?o }",
    "a filter that goes back and forth": f"ASK {{ FILTER(REGEX('{'a' * 5_000}!', '^(a+)+$')) }}",
    "a filter that counts": "ASK { FILTER(REGEX('a', '((a{1000}){1000}){1000}')) }",
    "30,000 patterns": f"SELECT * {{ {'?s ?p ?o . ' * 30_000} }}",
    "50,000 objects": f"SELECT * {{ <x:a> <x:b> {'<x:c>, ' * 50_000}<x:c> }}",
    "50,000 members": f"SELECT * {{ <x:a> <x:b> ({'1 ' * 50_000}) }}",
    "100,000 alternatives": f"SELECT * {{ FILTER(1 IN ({'2, ' * 100_000}1)) }}",
    "open quotes": "'''\"\"\"\\" * 60_000,
}


@pytest.mark.parametrize("name", GATED)
def test_what_the_gate_knows(victim: Writable, name: str) -> None:
    """Queries that are too deep, too wide or too long are refused at once, naming the setting; an update of that kind as well."""
    began = time.monotonic()
    with unharmed(victim):
        assert "CLAIMGRAPH_QUERY_" in told(asking(victim, GATED[name]), 400)
        told(victim.try_update(f"DELETE {{ ?s ?p ?o }} WHERE {{ {{ {GATED[name]} }} }}"), 400)
    assert time.monotonic() - began < LONGEST


@pytest.mark.parametrize("name", RUNNING)
def test_what_the_engine_sees(victim: Writable, name: str) -> None:
    """Queries that eat time or memory are answered, refused, or stopped in time."""
    began = time.monotonic()
    with unharmed(victim):
        answer = asking(victim, RUNNING[name])
        assert answer.status == 200 or told(answer, 400, 403, 406, 503)
    assert time.monotonic() - began < LONGEST


def test_dumps_say_that_they_are_cut(victim: Writable) -> None:
    """The whole store by CONSTRUCT, DESCRIBE or SELECT ends at the row limit and says so; as one graph it is refused."""
    with unharmed(victim):
        for text in ("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "DESCRIBE ?s { ?s ?p ?o }", "SELECT * { ?s ?p ?o }", f"SELECT * {CROSS}"):
            answer = asking(victim, text, "application/n-triples, text/csv", timeout=3)
            assert (answer.status, answer.headers["X-Truncated"]) == (200, "true")
            assert sum(1 for _ in csv.reader(io.StringIO(answer.text, newline=""))) in (200, 201)  # with a head, or without
        told(victim.service.send("GET", "/graphs?default"), 403)


def test_killers_cost_nobody_else_theirs(victim: Writable) -> None:
    """While more cross products run than there are processes, light queries are answered, and the surplus is told to come again.

    How soon, the measurements tell; here the machine may be busy with other things.
    """
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(asking(victim, ENDLESS))) for _ in range(12)]
    with unharmed(victim):
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        eventually(lambda: victim.service.send("GET", LIGHT).status == 200, "a light query's answer", LONGEST)
        for thread in threads:
            thread.join()
    assert {answer.status for answer in answers} <= {429, 503}
    assert all(answer.headers["Retry-After"] for answer in answers)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes as Linux shows them")
def test_a_client_that_goes_takes_its_query_along(victim: Writable) -> None:
    """Where a client hangs up in mid-query, the process that worked for it is killed at once, and no processor goes on with it."""
    killed = figure(victim.service, "claimgraph_workers_killed")
    with unharmed(victim):
        with connected(victim.service) as channel:
            channel.sendall(_request(victim, ENDLESS, timeout=60))
            time.sleep(0.5)
        eventually(lambda: figure(victim.service, "claimgraph_workers_killed") > killed, "the worker's end", 2.0)
        spent = _ticks(victim)
        time.sleep(0.5)
        assert _ticks(victim) - spent < 20


def _request(victim: Writable, query: str, **parameters: object) -> bytes:
    target = "/sparql?" + "&".join(f"{name}={value}" for name, value in parameters.items())
    lines = (f"POST {target} HTTP/1.1", f"Host: {victim.service.host}", "Content-Type: application/sparql-query", f"Content-Length: {len(query)}")
    return "\r\n".join([*lines, "", query]).encode()


def _ticks(victim: Writable) -> int:
    """The processor's time that the service has had, in hundredths of a second."""
    total = 0
    for process in below(victim.service.process.pid):
        with closing(Path(f"/proc/{process}/stat").open()) as file:
            fields = file.read().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total * 100 // os.sysconf("SC_CLK_TCK")


# --- bodies ---------------------------------------------------------------------------------------------------------------

TRIPLES = "<<( <x:a> <x:b> "
BODIES = {
    "triple terms in Turtle": ("text/turtle", f"<x:a> <x:b> {TRIPLES * DEEP}<x:c>{' )>>' * DEEP} ."),
    "fewer triple terms in Turtle": ("text/turtle", f"<x:a> <x:b> {TRIPLES * 9_000}<x:c>{' )>>' * 9_000} ."),
    "triple terms in TriG": ("application/trig", f"{{ <x:a> <x:b> {TRIPLES * DEEP}<x:c>{' )>>' * DEEP} }}"),
    "triple terms in N-Triples": ("application/n-triples", f"<x:a> <x:b> {TRIPLES * DEEP}<x:c>{' )>>' * DEEP} ."),
    "triple terms in N-Quads": ("application/n-quads", f"<x:a> <x:b> {TRIPLES * DEEP}<x:c>{' )>>' * DEEP} ."),
    "triple terms, open": ("text/turtle", f"<x:a> <x:b> {TRIPLES * DEEP}"),
    "reified triples": ("text/turtle", "<< " * DEEP),
    "lists": ("text/turtle", f"<x:a> <x:b> {'( ' * 20_000}{') ' * 20_000}."),
    "blank nodes": ("text/turtle", f"<x:a> <x:b> {'[ <x:b> ' * DEEP}"),
    "open graphs": ("application/trig", "<x:g> { " * DEEP),
    "an endless IRI": ("application/n-triples", f"<x:{'a' * 5_000_000}"),
    "an endless string": ("text/turtle", '<x:a> <x:b> """' + '\\"' * 1_000_000),
    "prefixes": ("text/turtle", "".join(f"@prefix p{n}: <x:{n}> .\n" for n in range(50_000)) + "p1:a p2:b p3:"),
}  # fmt: skip
LINKED = {
    "lists": "[" * DEEP,
    "closed lists": '{"@id":"x:a","x:b":' + '{"@list":[' * 20_000 + "]}" * 20_000 + "}",
    "objects": '{"x:b":' * 20_000 + "1" + "}" * 20_000,
    "contexts": '{"@context":' * 20_000 + "{}" + "}" * 20_000,
    "a context of itself": '{"@context":{"a":"b:x","b":"c:x","c":"a:x"},"a":1}',
    "keys": "{" + ",".join(f'"x:{n}":1' for n in range(100_000)) + "}",
}
JSONS = {
    "lists": "[" * DEEP,
    "closed lists": "[" * DEEP + "]" * DEEP,
    "objects": '{"report":' * DEEP + "1" + "}" * DEEP,
    "an endless string": '{"report": "' + "a" * 5_000_000,
    "an endless number": '{"report": ' + "1" * 1_000_000 + "}",
    "an endless fraction": '{"report": 0.' + "1" * 1_000_000 + "}",
    "escapes": '{"report": "' + "\\u0000" * 500_000 + '"}',
    "keys": "{" + ",".join(f'"k{n}": {n}' for n in range(100_000)) + "}",
    "claims": json.dumps({**small(), "claims": small()["claims"] * 6_000}),
}
PAGES = {
    "divisions": "<div>" * DEEP + "قال",
    "tables": "<table><tr><td>" * 20_000,
    "comments": "<!--" * DEEP,
    "entities": '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><p>&j;</p>",
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(DEEP)) + ">قال</p>",
    "an endless word": "<p>" + "قال" * 300_000 + "</p>",
    "diacritics": "<p>ق" + "\u0651" * 100_000 + "ال</p>",
}


@pytest.mark.parametrize("name", BODIES)
def test_rdf_that_kills_parsers(victim: Writable, name: str) -> None:
    """Deep, long and endless RDF is refused as a graph and as a report; nothing of it comes near the process that writes."""
    media, text = BODIES[name]
    with unharmed(victim):
        told(putting(victim, "deep", text, media), 400, 403, 413, 503)
        told(victim.send("POST", "/api/reports", text, {"Content-Type": media}), 403, 413, 422, 503)


@pytest.mark.parametrize("name", LINKED)
def test_json_ld_that_kills_parsers(victim: Writable, name: str) -> None:
    """So is JSON-LD."""
    with unharmed(victim):
        told(putting(victim, "deep", LINKED[name], "application/ld+json"), 400, 403, 413, 503)


@pytest.mark.parametrize("name", JSONS)
def test_json_that_kills_parsers(victim: Writable, name: str) -> None:
    """So is what is no claims document; the sentence stays short."""
    with unharmed(victim):
        answer = victim.send("POST", "/api/reports", JSONS[name], JSON_BODY)
        told(answer, 413, 422, 503)
        assert len(answer.body) < 200_000


@pytest.mark.parametrize("name", PAGES)
def test_pages_that_kill_readers(victim: Writable, name: str) -> None:
    """A page is read, or it is refused, in time."""
    began = time.monotonic()
    with unharmed(victim):
        answer = checking(victim, PAGES[name], "text/html", "id=page")
        assert answer.status == 200 or told(answer, 403, 422, 503)
    assert time.monotonic() - began < LONGEST


def test_an_update_that_is_too_deep_or_too_long(victim: Writable) -> None:
    """Nested triple terms in INSERT DATA are refused by the gate, and more statements than one commit should hold by their number."""
    mine = victim.graph("deep")
    with unharmed(victim):
        for text in (f"<x:a> <x:b> {TRIPLES * 5_000}1{' )>>' * 5_000}", f"<x:a> <x:b> {'( ' * 5_000}{') ' * 5_000}"):
            told(victim.try_update(f"INSERT DATA {{ GRAPH <{mine}> {{ {text} }} }}"), 400)
        many = " ".join(f"<x:{n}> <x:b> 1 ." for n in range(201))
        assert "201 statements" in told(victim.try_update(f"INSERT DATA {{ GRAPH <{mine}> {{ {many} }} }}"), 413)
        assert "201 statements" in told(victim.send("PUT", f"/graphs?graph={mine}", many, TURTLE_BODY), 413)


@pytest.mark.parametrize("packing", ["gzip", "x-gzip", "deflate", "br", "zstd", "compress", "identity, gzip", "gzip, gzip", "nonsense"])
def test_packed_bodies_are_not_unpacked(victim: Writable, packing: str) -> None:
    """A body that says to be packed is refused unread (415), so that none unpacks to gigabytes."""
    bomb = gzip.compress(b"\0" * 10_000_000)
    with unharmed(victim):
        for target, headers in (("/api/validate", JSON_BODY), ("/api/reports", JSON_BODY), (f"/graphs?graph={victim.graph('bomb')}", TURTLE_BODY)):
            assert "Content-Encoding" in told(
                victim.service.send("POST", target, bomb, {**victim.headers, **headers, "Content-Encoding": packing}), 415
            )
        form = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": packing}
        told(victim.service.send("POST", "/sparql", bomb, form), 415)
