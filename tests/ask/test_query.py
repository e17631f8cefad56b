"""Queries: what is a keyword in them, which graphs they are about, and that nothing they do reaches out of their process or ends it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from claimgraph.ask import query as engine
from claimgraph.ask.gate import Outline, names_dataset, words
from claimgraph.ask.query import Answer, run
from claimgraph.model.errors import BadQuery, QueryStopped
from claimgraph.model.limits import LIMITS

ONE, TWO = "http://x/1", "http://x/2"
EVERYTHING = "SELECT ?s ?o WHERE { ?s ?p ?o } ORDER BY ?o"
CROSS = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two named graphs with one statement each, and a hundred more in the first."""
    path = tmp_path_factory.mktemp("store") / "index"
    store = Store(str(path))
    says = NamedNode("http://example.org/says")
    store.extend(Quad(NamedNode(graph), says, Literal(word), NamedNode(graph)) for graph, word in ((ONE, "one"), (TWO, "two")))
    store.extend(Quad(NamedNode(ONE), NamedNode(f"http://example.org/p{n}"), NamedNode(TWO), NamedNode(ONE)) for n in range(100))
    store.flush()
    del store
    return path


def values(answer: Answer) -> set[str]:
    """The literals of an answer."""
    return {term.value for row in answer.rows for term in row if isinstance(term, Literal)}


@contextlib.contextmanager
def limited(monkeypatch: pytest.MonkeyPatch, **limits: float) -> Iterator[None]:
    """Other limits than the default ones."""
    with monkeypatch.context() as patch:
        for name, value in limits.items():
            patch.setitem(vars(LIMITS), name, value)
        yield


# --- words and datasets ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * { ?s ?p ?o }", [("SELECT", 0)]),
        ("select ?service where { { ask } }", [("SELECT", 0), ("WHERE", 0), ("ASK", 2)]),
        ("ASK { ?s ?p 'FROM { } SERVICE' , \"it's FROM\" , '''a'\\'b''FROM''' , \"\"\"a\"\\\"b\"\"FROM\"\"\" }", [("ASK", 0)]),
        ("ASK # FROM {\n{ ?s <http://x/#FROM> <http://x/\\u0041#SERVICE> }", [("ASK", 0)]),
        ("ASK # it's\r{ ?s ?p SERVICE }", [("ASK", 0), ("SERVICE", 1)]),
        ("PREFIX from: <http://x/> ASK { from:service from:from ?from, 'x'@from }", [("PREFIX", 0), ("ASK", 0)]),
        ("PREFIX a.service: <http://x/> ASK { a.service:b ?p $service }", [("PREFIX", 0), ("ASK", 0)]),
    ],
)
def test_words_are_keywords_only(query: str, expected: list[tuple[str, int]]) -> None:
    """Bare words come in upper case with their depth; strings, IRIs, comments, variables, language tags and declared prefixes are none."""
    assert list(words(query)) == expected


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <http://x/1> { ?s ?p ?o }",
        "select * from <http://x/1> where { ?s ?p ?o }",
        "SELECT*FROM<http://x/1>{?s ?p ?o}",
        "SELECT * fRoM nAmEd <http://x/1> { GRAPH ?g { ?s ?p ?o } }",
        "SELECT * FROMNAMED<http://x/1> { GRAPH ?g { ?s ?p ?o } }",
        "SELECT * # that's it\r\nFROM <http://x/1> { ?s ?p ?o }",
        "SELECT * # old line ends\rFROM <http://x/1> { ?s ?p ?o }",
        "SELECT (EXISTS { ?s ?p ?o } AS ?x) ('}' AS ?y) FROM <http://x/1> { ?s ?p ?o }",
        "SELECT ('''it's''' AS ?x) FROM <http://x/1> { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p ?o } FROM <http://x/1> WHERE { ?s ?p ?o }",
        "CONSTRUCT FROM <http://x/1> WHERE { ?s ?p ?o }",
        "DESCRIBE <http://x/1> FROM <http://x/1>",
        "ASKFROM<http://x/1>{ ?s ?p ?o }",
        "PREFIX e: <http://x/1> SELECT * FROM e: { ?s ?p ?o }",
        "PREFIX : <http://x/1> SELECT * FROM: { ?s ?p ?o }",
    ],
)
def test_a_query_that_names_its_graphs_gets_these_alone(snapshot: Path, query: str) -> None:
    """FROM is seen wherever the engine sees it, and then the other graph is not in the answer."""
    assert names_dataset(query)
    answer = run(snapshot, query)
    assert "two" not in values(answer)
    assert '"two"' not in str(answer.triples)
    assert answer.boolean is not False


@pytest.mark.parametrize(
    "query",
    [
        EVERYTHING,
        "# FROM <http://x/1>\n" + EVERYTHING,
        "SELECT ?from { ?s ?p ?from }",
        "PREFIX from: <http://example.org/> SELECT * { ?s from:says ?o }",
        "PREFIX from: <http://example.org/> SELECT ?s ?o (from:says AS ?x) { ?s ?from ?o }",
        "SELECT ('FROM' AS ?x) (\"FROM\" AS ?y) ('x'@from AS ?z) ?o { ?s ?p ?o }",
        "SELECT ?o { ?s ?p ?o FILTER NOT EXISTS { ?s <http://example.org/FROM> ?o } }",
        "SELECT ?o { { SELECT ?o { ?s ?p ?o } } }",
    ],
)
def test_without_from_a_query_is_about_all_graphs(snapshot: Path, query: str) -> None:
    """The default graph is the union of all graphs, whatever else in the query is spelt like FROM."""
    assert not names_dataset(query)
    assert {"one", "two"} <= values(run(snapshot, query))


def test_from_named_bounds_graph_and_leaves_the_default_graph_empty(snapshot: Path) -> None:
    """With FROM NAMED alone only that graph is there by name, and nothing by default."""
    query = "SELECT ?o FROM NAMED <http://x/1> { { ?s ?p ?o FILTER(isLiteral(?o)) } UNION { GRAPH ?g { ?s <http://example.org/says> ?o } } }"
    assert values(run(snapshot, query)) == {"one"}
    assert run(snapshot, "SELECT * FROM NAMED <http://x/1> { ?s ?p ?o }").rows == ()


# --- reaching out ---------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def canary() -> Iterator[socket.socket]:
    """A server on loopback that takes no call: whoever calls is seen by its call waiting."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0)
        yield listening


def called(listening: socket.socket) -> bool:
    """Whether somebody called."""
    try:
        listening.accept()[0].close()
    except BlockingIOError:
        return False
    return True


SERVICES = [
    "SELECT * {{ SERVICE <{iri}> {{ ?s ?p ?o }} }}",
    "select * {{ service <{iri}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ sErViCe SILENT <{iri}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICESILENT<{iri}>{{?s ?p ?o}} }}",
    "SELECT * {{ ?s ?p ?o OPTIONAL {{ SERVICE <{iri}> {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ ?s ?p ?o FILTER NOT EXISTS {{ SERVICE <{iri}> {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ {{ SELECT * {{ SERVICE <{iri}> {{ ?s ?p ?o }} }} }} }}",
    "PREFIX x: <{iri}> SELECT * {{ SERVICE x: {{ ?s ?p ?o }} }}",
    "PREFIX : <{iri}> SELECT * {{ SERVICE: {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?where {{ <{iri}> }} SERVICE ?where {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE # there\n <{iri}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ # here\rSERVICE <{iri}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND('''a'\\'b'c''' AS ?x) SERVICE <{iri}> {{ ?s ?p 'c' }} }}",
    'SELECT * {{ BIND("""a"\\"b"c""" AS ?x) SERVICE <{iri}> {{ ?s ?p "c" }} }}',
    'SELECT * {{ VALUES ?x {{"""x"}} SERVICE <{iri}> {{ ?s ?p "c" }} }}',
    "SELECT * {{ BIND(<http://x/\\u0041#> AS ?x) SERVICE <{iri}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ {{ ?s ?p true}}SERVICE <{iri}> {{ ?s ?p ?o }} }}",
    "ASK {{ SERVICE <{iri}> {{ }} }}",
    "CONSTRUCT {{ ?s ?p ?o }} {{ SERVICE <{iri}> {{ ?s ?p ?o }} }}",
]
OTHERS = [
    "SELECT * FROM <{iri}> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{iri}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "SELECT * {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}",
    "DESCRIBE <{iri}>",
    "LOAD <{iri}>",
    "LOAD SILENT <{iri}> INTO GRAPH <http://x/>",
    "INSERT DATA {{ <http://x/> <http://x/> 1 }} ; LOAD SILENT <{iri}>",
    "LOAD <file:///etc/passwd>",
    "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{iri}> {{ ?s ?p ?o }} }}",
]


@pytest.mark.parametrize("query", SERVICES)
def test_service_is_refused_however_it_is_spelt(snapshot: Path, query: str) -> None:
    """SERVICE is refused with a sentence of its own, in any case, glued to what follows, inside any group, after any string; nobody is called."""
    with canary() as listening:
        with pytest.raises(BadQuery, match="SERVICE is switched off"):
            run(snapshot, query.format(iri=f"http://127.0.0.1:{listening.getsockname()[1]}/"))
        assert not called(listening)


@pytest.mark.parametrize("query", SERVICES + OTHERS)
def test_no_packet_leaves_even_without_the_gate(snapshot: Path, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the gate switched off the process itself cannot call anybody, nor open a file: not one call arrives."""
    monkeypatch.setattr(engine, "check", lambda _, __: Outline())
    with canary() as listening:
        try:
            answer = run(snapshot, query.format(iri=f"http://127.0.0.1:{listening.getsockname()[1]}/"), seconds=5)
        except BadQuery as error:
            assert str(error).startswith(("The query is no SPARQL 1.1", "The query cannot be run"))  # noqa: PT017  # some are answered, empty
        else:
            assert "root" not in str(answer)
        assert not called(listening)


def test_the_canary_would_sing(snapshot: Path) -> None:
    """Without the process around it the engine does call: the two tests above can fail."""
    with canary() as listening:
        port = listening.getsockname()[1]
        child = multiprocessing.get_context("fork").Process(
            target=_ask_openly, args=(str(snapshot), SERVICES[0].format(iri=f"http://127.0.0.1:{port}/"))
        )
        child.start()
        deadline = time.monotonic() + 20
        while not (heard := called(listening)) and time.monotonic() < deadline:
            os.sched_yield()
        child.kill()
        child.join()
        assert heard


def _ask_openly(snapshot: str, query: str) -> None:
    list(Store.read_only(snapshot).query(query))  # type: ignore[arg-type]  # a SELECT gives solutions


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ('SERVICE <http://x/> {}' AS ?x) {}",
        'SELECT ("""SERVICE""" AS ?x) ("\\"SERVICE" AS ?y) {}',
        "PREFIX service: <http://x/> SELECT * { service:a service:SERVICE ?service }",
        "PREFIX x: <http://x/> SELECT * { x:service x:SERVICE $SERVICE , 'x'@service }",
        "SELECT * { ?s <http://x/SERVICE#SERVICE> ?o } # SERVICE <http://x/> {}",
    ],
)
def test_service_as_a_name_or_a_string_is_no_service(snapshot: Path, query: str) -> None:
    """Strings, prefixes, local names, variables, language tags and comments may be called SERVICE."""
    run(snapshot, query)


# --- limits ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rows", "truncated"), [(1, True), (101, True), (102, False), (103, False)])
def test_an_answer_says_when_there_was_more(snapshot: Path, rows: int, truncated: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """SELECT and CONSTRUCT give as many results as ``answer_rows`` lets, and say whether there were more; 102 are there."""
    with limited(monkeypatch, answer_rows=rows):
        select = run(snapshot, EVERYTHING)
        construct = run(snapshot, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    assert (len(select.rows), select.truncated) == (min(rows, 102), truncated)
    assert construct.triples is not None
    assert (len(construct.triples), construct.truncated) == (min(rows, 102), truncated)


def test_the_kinds_of_queries(snapshot: Path) -> None:
    """SELECT gives columns and rows, ASK a boolean, CONSTRUCT and DESCRIBE triples; what is unbound is ``None``."""
    select = run(snapshot, "SELECT ?o ?none { <http://x/2> ?p ?o }")
    assert (select.columns, select.rows, select.boolean, select.triples) == (("o", "none"), ((Literal("two"), None),), None, None)
    assert run(snapshot, "ASK { <http://x/2> ?p ?o }") == Answer(boolean=True)
    assert run(snapshot, "ASK { <http://x/2> ?p 'three' }") == Answer(boolean=False)
    for query in ("DESCRIBE <http://x/2>", "CONSTRUCT WHERE { <http://x/2> ?p ?o }"):
        triples = run(snapshot, query).triples
        assert triples is not None
        assert [t.object for t in triples] == [Literal("two")]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "The query is no SPARQL 1.1"),
        ("SELECT * WHERE { ?s ?p ?o", "error at 1:26"),
        ("SELECT * {\n  ?s ?p }", "error at 2:10"),
        ("SELECT * { ?s ?p <relative> }", "The query is no SPARQL 1.1"),
        ("INSERT DATA { <http://x/> <http://x/> 1 }", "INSERT would change the store"),
        ("DROP ALL", "DROP would change the store"),
        ("SELECT * { ?s ?p '\ud800' }", "The query cannot be run"),
        ("SELECT (<http://example.org/f>(1) AS ?x) {}", "The query cannot be run"),
    ],
)
def test_what_is_no_query_is_said_so(snapshot: Path, query: str, sentence: str) -> None:
    """Broken queries, updates and unknown functions give one sentence, broken ones with line and column."""
    with pytest.raises(BadQuery, match=sentence):
        run(snapshot, query)


def test_a_query_ends_at_its_deadline_and_leaves_no_process(snapshot: Path) -> None:
    """A cross product is stopped when its time is over; nothing of it goes on."""
    began, before = time.monotonic(), children()
    with pytest.raises(QueryStopped, match=r"deadline of 0\.3 s"):
        run(snapshot, f"SELECT (COUNT(*) AS ?n) {CROSS}", seconds=0.3)
    assert time.monotonic() - began < 5
    assert multiprocessing.active_children() == []
    assert children() <= before


def children() -> set[str]:
    """The processes that this one has started and not yet let go of, zombies too; other tests keep a fork server."""
    return {child for task in Path("/proc/self/task").glob("*/children") for child in task.read_text().split()}


def doubling(times: int) -> str:
    """CONCAT of a word with itself, again and again."""
    steps = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(times))
    return f"SELECT (STRLEN(?x{times}) AS ?n) {{ BIND('abcdefgh' AS ?x0) {steps} }}"


KILLERS = {
    "5,000 nested parentheses": f"SELECT * {{ FILTER({'(' * 5_000}1{')' * 5_000}) }}",
    "5,000 nested braces": f"SELECT * {'{' * 5_000}?s ?p ?o{'}' * 5_000}",
    "10,000 UNIONs": f"SELECT * {{ {' UNION '.join(['{ ?s ?p ?o }'] * 10_000)} }}",
    "10,000 negations": f"SELECT * {{ FILTER({'!' * 10_000}true) }}",
    "10,000 minuses": f"SELECT * {{ FILTER({'-' * 10_000}1) }}",
    "CONCAT doubling 40 times": doubling(40),
    "ORDER BY over a cross product": f"SELECT * {CROSS} ORDER BY ?c ?f ?i",
    "GROUP_CONCAT of everything": f"SELECT (GROUP_CONCAT(?c) AS ?x) {CROSS}",
    "DISTINCT over a cross product": f"SELECT DISTINCT * {CROSS}",
    "a megabyte of open quotes": "'''\"\"\"\\" * 150_000,
}


NO_GATE = dict.fromkeys(("query_characters", "query_depth", "query_unions", "query_operators"), 10**9)


@pytest.mark.parametrize("gate", [{}, NO_GATE], ids=["gate", "no gate"])
@pytest.mark.parametrize("name", KILLERS)
def test_what_kills_an_engine_is_one_sentence(snapshot: Path, name: str, gate: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nested or endless queries and queries that eat all memory end in an error that says so; the next query is answered as before.

    So it is also where the gate lets everything pass: then the process ends.
    """
    with limited(monkeypatch, worker_bytes=600 << 20, **gate), pytest.raises((QueryStopped, BadQuery)) as stopped:
        run(snapshot, KILLERS[name], seconds=2)
    assert str(stopped.value).endswith(".")
    assert multiprocessing.active_children() == []
    assert run(snapshot, "ASK { ?s ?p ?o }").boolean is True


def test_a_query_may_nest_as_people_do(snapshot: Path) -> None:
    """A hundred parentheses, UNIONs and doublings by ten are nothing."""
    assert run(snapshot, f"ASK {{ FILTER({'(' * 100}true{')' * 100}) }}").boolean
    assert run(snapshot, f"ASK {{ {' UNION '.join(['{ ?s ?p ?o }'] * 100)} }}").boolean
    assert run(snapshot, doubling(10)).rows[0][0] == Literal(8 * 2**10)


def test_a_deeply_nested_path_ends(snapshot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """5,000 parentheses in a path are answered or stopped, in time, even where so many are allowed."""
    with limited(monkeypatch, query_depth=10_000), contextlib.suppress(QueryStopped):
        assert run(snapshot, f"SELECT * {{ ?s {'(' * 5_000}<http://x/>{')' * 5_000} ?o }}", seconds=2).rows == ()


def test_a_path_through_a_cycle_ends(tmp_path: Path) -> None:
    """``(p*)*`` on a cycle gives each pair once."""
    store = Store(str(tmp_path / "index"))
    nodes = [NamedNode(f"http://example.org/{n}") for n in range(3)]
    store.extend(Quad(a, NamedNode("http://example.org/next"), b, NamedNode(ONE)) for a, b in zip(nodes, nodes[1:] + nodes[:1], strict=True))
    store.flush()
    del store
    assert len(run(tmp_path / "index", f"SELECT * {{ <{nodes[0].value}> (<http://example.org/next>*)* ?x }}").rows) == 3


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("SELECT * { ?a foaf:name ?b ; cg:text ?c }", "foaf: is no prefix that the query declares (PREFIX foaf: <…>)"),
        ("PREFIX a: <urn:a> SELECT * { ?s a:b عربي:x }", "عربي: is no prefix that the query declares"),
        ("SELEC ?x { }", "it begins with SELEC, and a query begins with SELECT, ASK, CONSTRUCT, DESCRIBE"),
        ("", "it is empty"),
        ("PREFIX a: <urn:a>", "it is empty"),
        ("INSERT DATA { }", "over HTTP send an update as 'update'"),
    ],
)
def test_a_mistake_that_many_make_is_named(snapshot: Path, query: str, sentence: str) -> None:
    """By what to do about it, in the query's own words."""
    with pytest.raises(BadQuery, match=re.escape(sentence)):
        run(snapshot, query)
