"""A scratch store: an update's WHERE clauses are about the graphs that the request names, wherever they stand; and jobs on the store itself."""

from __future__ import annotations

from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from claimgraph.ask import scratch_jobs as jobs
from claimgraph.ask.scratch_jobs import using
from claimgraph.ask.worker import Worker
from claimgraph.model.errors import AnswerTooLarge, BadQuery, BadRequest, NotFound
from claimgraph.model.limits import LIMITS

ONE, TWO, OUT = "http://x/1", "http://x/2", "http://x/out"
BASE = "http://x/"
MOVE = f"INSERT {{ GRAPH <{OUT}> {{ ?s ?p ?o }} }}"
ALL = "{ ?s ?p ?o }"


def quad(graph: str | None, text: str) -> Quad:
    """A statement in a graph, or in the default graph."""
    return Quad(NamedNode("http://x/s"), NamedNode("http://x/p"), Literal(text), *([NamedNode(graph)] if graph else []))


def filled() -> Store:
    """A store with a statement in the default graph and one in each of two others."""
    store = Store()
    store.extend([quad(None, "default"), quad(ONE, "one"), quad(TWO, "two")])
    return store


def told(store: Store, graph: str | None = OUT) -> set[str]:
    """The words of a graph."""
    return {q.object.value for q in store if isinstance(q.object, Literal) and q.graph_name == quad(graph, "").graph_name}


def copied(update: str, default: tuple[str, ...] = (ONE,), named: tuple[str, ...] = ()) -> set[str]:
    """The words that an update puts into the graph ``OUT``, its WHERE clauses being about other graphs."""
    store = filled()
    store.update(using(update, default, named))
    return told(store)


# --- USING ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("default", "named", "where", "words"),
    [
        ((ONE,), (), ALL, {"one"}),
        ((ONE, TWO), (), ALL, {"one", "two"}),
        ((), (ONE,), ALL, set()),
        ((), (ONE,), "{ GRAPH ?g { ?s ?p ?o } }", {"one"}),
        ((ONE,), (TWO,), "{ { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", {"one", "two"}),
        ((ONE,), (TWO,), "{ GRAPH ?g { ?s ?p ?o } }", {"two"}),
    ],
)
def test_a_where_clause_is_about_the_graphs_that_are_named(default: tuple[str, ...], named: tuple[str, ...], where: str, words: set[str]) -> None:
    """Default graphs are merged, named ones are found by name, and nothing else is there."""
    assert copied(f"{MOVE} WHERE {where}", default, named) == words


@pytest.mark.parametrize(
    "update",
    [
        f"{MOVE}WHERE{ALL}",
        f"{MOVE} where # WHERE {{\n {ALL} # WHERE",
        f"PREFIX where: <http://x/#where> {MOVE} WHERE {ALL}",
        f"PREFIX e: <http://x/> {MOVE} WHERE {{ e:s e:p ?o . BIND(e:s AS ?s) BIND(e:p AS ?p) FILTER(?o != 'WHERE' && ?o != \"}} WHERE {{\") }}",
        f"{MOVE} WHERE {{ ?s ?p ?o FILTER(?p != <http://x/WHERE>) {{ SELECT ?s WHERE {{ ?s ?q ?r }} }} }}",
        f"{MOVE} WHERE {ALL} ; DELETE DATA {{ <http://x/WHERE> <http://x/where> ' ; DELETE WHERE {{' }}",
        f"INSERT DATA {{ <http://x/s> <http://x/p> ' ; WHERE {{ }} ' }} ; {MOVE} WHERE {ALL}",
        f"{MOVE} WHERE {ALL} ; {MOVE} WHERE {{ GRAPH <{TWO}> {ALL} }} ; CLEAR DEFAULT",
        f"DELETE {{ GRAPH <{ONE}> {ALL} }} {MOVE} WHERE {ALL}",
        f"DELETE # {{\n {{ GRAPH <{ONE}> {ALL} }} {MOVE} WHERE {ALL}",
    ],
)
def test_where_is_found_wherever_it_stands_and_nowhere_else(update: str) -> None:
    """In sequences, behind prologues and comments, in any case; strings, IRIs, names and subqueries that look like it are left as they are."""
    assert copied(update) == {"one"}


def test_each_operation_of_a_sequence_is_about_the_same_graphs() -> None:
    """Every WHERE of a request has the request's graphs."""
    third = MOVE.replace(OUT, "http://x/3")
    store = filled()
    store.update(using(f"{MOVE} WHERE {ALL} ;\n{third} WHERE {ALL}", (TWO,), ()))
    assert told(store) == told(store, "http://x/3") == {"two"}


@pytest.mark.parametrize(
    "update",
    [
        "DELETE WHERE { GRAPH <http://x/1> { ?s ?p ?o } }",
        "delete where { GRAPH <http://x/1> { ?s ?p ?o } } # all of it",
        "DELETEWHERE{GRAPH<http://x/1>{?s ?p ?o}}",
        "PREFIX e: <http://x/#> DELETE WHERE { GRAPH <http://x/1> { ?s ?p ?o } } ; INSERT DATA { e:a e:b 1 }",
        "DELETE # {\nWHERE { GRAPH <http://x/1> { ?s ?p ?o } # }\n } ; # the end",
        "INSERT DATA { <http://x/a> <http://x/b> 1 } ; DELETE\nWHERE { GRAPH <http://x/1> { ?s ?p ?o } }",
    ],
)
def test_delete_where_deletes_what_it_finds_in_the_named_graphs(update: str) -> None:
    """The short form deletes what its pattern finds where the request says, and nothing where it says otherwise."""
    for named, left in (((ONE,), set()), ((TWO,), {"one"})):
        store = filled()
        store.update(using(update, (), named))
        assert told(store, ONE) == left
        assert told(store, TWO) == {"two"}


@pytest.mark.parametrize("clause", ["USING <http://x/2>", "using named <http://x/2>", "USING\n<http://x/2> # x\n"])
def test_a_request_that_names_graphs_may_not_be_at_odds_with_its_update(clause: str) -> None:
    """Where the update says itself what it is about, one of the two must go (SPARQL 1.1 Protocol 2.2.3)."""
    for update in (f"{MOVE} {clause} WHERE {ALL}", f"CLEAR DEFAULT ; {MOVE} {clause} WHERE {ALL}"):
        with pytest.raises(BadQuery, match="The update says USING, and the request using-graph-uri"):
            using(update, (ONE,), ())
    with pytest.raises(BadQuery, match="The update says WITH"):
        using(f"WITH <{ONE}> DELETE {ALL} WHERE {ALL}", (ONE,), ())


def test_words_that_are_no_clause_are_no_conflict() -> None:
    """USING and WITH in strings, IRIs, names and comments say nothing."""
    update = f"PREFIX using: <http://x/WITH#> {MOVE} WHERE {{ ?s ?p ?o FILTER(?o != 'USING <http://x/>' && ?p != using:with) }} # WITH <http://x/>"
    assert copied(update) == {"one"}


# --- jobs -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def worker() -> Worker:
    """A worker in this process, which may open what it wants, with a filled store."""
    made = Worker(networked=True, filtered=False)
    made.keep("scratch", filled)
    return made


def store_of(worker: Worker) -> Store:
    """The worker's store."""
    found: Store = worker.keep("scratch", Store)
    return found


def asked(**fields: Any) -> dict[str, Any]:
    """The header of a job."""
    return {"default": [], "named": [], "base": BASE, "accept": "", "graph": "", "media": "text/turtle", **fields}


def test_a_query_is_about_the_default_graph(worker: Worker) -> None:
    """Without a dataset queries see the union, with one what it names; relative IRIs are of the request's base."""

    def words(query: str, **fields: Any) -> set[str]:
        facts, body = jobs.query(worker, asked(accept="text/csv", **fields), query.encode())
        assert facts == {"media": "text/csv; charset=utf-8", "truncated": False}
        return set(body.decode().split("\r\n")[1:-1])

    assert words("SELECT ?o { <s> <p> ?o }") == {"default", "one", "two"}
    assert words("SELECT ?o { ?s ?p ?o }", default=[TWO]) == {"two"}
    assert words("SELECT ?o { GRAPH ?g { ?s ?p ?o } }", named=[ONE]) == {"one"}


def test_an_update_is_run_or_refused_in_a_sentence(worker: Worker) -> None:
    """What parses is done; what does not, reaches out or is no UTF-8 is refused, and nothing of it is done."""
    assert jobs.update(worker, asked(), b"CLEAR DEFAULT ; INSERT DATA { GRAPH <1> { <s> <p> 'more' } }") == ({}, b"")
    assert (told(store_of(worker), None), told(store_of(worker), ONE)) == (set(), {"one", "more"})
    before = set(store_of(worker))
    for update, kind in (
        (b"CLEAR ALL ; nonsense", BadQuery),
        (b"CLEAR ALL ; LOAD <http://x/>", BadQuery),
        (b"DELETE { ?s ?p ?o } WHERE { SERVICE <http://x/> { } }", BadQuery),
        (b"CLEAR GRAPH <http://x/nosuch>", BadQuery),
        (b"CLEAR ALL # \xff", BadRequest),
    ):
        with pytest.raises(kind):
            jobs.update(worker, asked(), update)
    assert set(store_of(worker)) == before


@pytest.mark.parametrize("graph", ["", ONE, OUT])
def test_a_graph_is_replaced_extended_and_removed(worker: Worker, graph: str) -> None:
    """PUT, POST and DELETE change that graph alone, and tell whether it was there before; relative IRIs are of the graph's own address."""
    others, there = {q for q in store_of(worker) if q.graph_name != quad(graph or None, "").graph_name}, graph != OUT
    more, other = b"</s> </p> 'more' .", b"</s> </p> 'other' ."
    assert jobs.write(worker, asked(graph=graph, method="PUT"), more) == ({"there": there}, b"")
    assert told(store_of(worker), graph or None) == {"more"}
    assert jobs.write(worker, asked(graph=graph, method="POST"), other) == ({"there": True}, b"")
    facts, body = jobs.graph(worker, asked(graph=graph, accept="application/n-triples"), b"")
    assert facts == {"media": "application/n-triples"}
    assert {q.object.value for q in parse(body, format=RdfFormat.N_TRIPLES)} == {"more", "other"}  # type: ignore[union-attr]
    with pytest.raises(BadRequest):
        jobs.write(worker, asked(graph=graph, method="PUT"), b"no turtle")
    assert told(store_of(worker), graph or None) == {"more", "other"}
    assert jobs.write(worker, asked(graph=graph, method="DELETE"), b"") == ({"there": True}, b"")
    assert {q for q in store_of(worker) if q.graph_name != quad(graph or None, "").graph_name} == others
    if graph:
        for job in (jobs.graph, jobs.write):
            with pytest.raises(NotFound):
                job(worker, asked(graph=graph, method="DELETE"), b"")


def test_counts_and_limits_of_a_whole_graph(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of statements is told; a graph of more than the rows allowed is refused whole."""
    assert jobs.counts(worker, asked(), b"") == ({"triples": 3, "entities": {}}, b"")
    store_of(worker).add(quad(ONE, "more"))
    monkeypatch.setitem(vars(LIMITS), "answer_rows", 2)
    assert jobs.graph(worker, asked(graph=ONE), b"")[1]
    monkeypatch.setitem(vars(LIMITS), "answer_rows", 1)
    with pytest.raises(AnswerTooLarge, match="more than 1 statements"):
        jobs.graph(worker, asked(graph=ONE), b"")
