"""What a worker does on a snapshot: questions in pages that make up the whole, queries, updates and graphs as data, counts."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from claimgraph.ask import jobs
from claimgraph.ask.catalogue import catalogue
from claimgraph.ask.worker import Worker
from claimgraph.model.canonical import read_nquads
from claimgraph.model.errors import (
    AnswerTooLarge,
    BadParameter,
    BadRequest,
    ClaimgraphError,
    Expired,
    NotFound,
    TooLarge,
    UnknownEntity,
    UnknownQuestion,
)
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.model.vocabulary import CG
from claimgraph.store.commit import open_writer
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading
from running import SAMPLES, Run, small

EVERY = pytest.mark.parametrize("name", list(catalogue()))
WORKSPACE = "https://w3id.org/claimgraph/id/workspace/dana/notes"


@pytest.fixture
def worker() -> Worker:
    """A worker in this process, which may open what it wants."""
    return Worker(networked=True, filtered=False)


def header(snapshot: str, **fields: Any) -> dict[str, Any]:
    """The header of a job."""
    usual = {"question": "denials", "parameters": {}, "reviewed": False, "cursor": None, "limit": 1_000, "form": "json", "commit": 11}
    return {"snapshot": snapshot, "default": [], "named": [], "accept": "", "graph": "", "media": "text/turtle", **usual, **fields}


def asked(worker: Worker, snapshot: str, **fields: Any) -> dict[str, Any]:
    """A page of a question's answer."""
    facts, body = jobs.asked(worker, header(snapshot, **fields), b"")
    value: dict[str, Any] = json.loads(body)
    assert facts == {"media": "application/json", "truncated": value["truncated"], "next": value["next"]}
    return value


# --- questions ------------------------------------------------------------------------------------------------------------


@EVERY
@pytest.mark.parametrize("limit", [1, 3, 1_000])
def test_all_pages_together_are_the_whole_answer(worker: Worker, snapshot: str, name: str, limit: int) -> None:
    """From page to page by cursor each row comes once, in order; every page tells the same total, and only the last has no next."""
    whole = asked(worker, snapshot, question=name)
    rows: list[dict[str, Any]] = []
    page: dict[str, Any] = {"next": None}
    while not rows or page["next"]:
        page = asked(worker, snapshot, question=name, limit=limit, cursor=page["next"])
        assert page["total"] == whole["total"]
        assert 0 < len(page["rows"]) <= limit or whole["total"] == 0
        rows += page["rows"]
        if not whole["total"]:
            break
        assert len(rows) <= whole["total"]
    assert rows == whole["rows"]
    assert whole["total"] == len(whole["rows"])


@EVERY
def test_a_question_is_answered_as_on_the_command_line(worker: Worker, snapshot: str, name: str, sampled: Path, claimgraph: Run) -> None:
    """JSON and CSV have the same rows as ``claimgraph ask``, with what the answer is about and as of which commit."""
    value = asked(worker, snapshot, question=name)
    assert value["rows"] == claimgraph("ask", name, "--data", sampled, "--format", "json").json
    assert (value["question"], value["commit"], value["truncated"]) == (name, 11, False)
    assert value["parameters"] == {p.name: ",".join(p.default) for p in catalogue()[name].parameters}
    assert all(list(row) == value["columns"] for row in value["rows"])
    facts, body = jobs.asked(worker, header(snapshot, question=name, form="csv"), b"")
    assert facts == {"media": "text/csv; charset=utf-8", "truncated": False, "next": None}
    assert body.decode() == claimgraph("ask", name, "--data", sampled, "--format", "csv").out
    assert next(csv.reader(io.StringIO(body.decode(), newline=""))) == value["columns"]


def test_a_page_as_csv_has_its_cursor_beside_it(worker: Worker, snapshot: str) -> None:
    """The cursor of one form goes on in the other."""
    facts, body = jobs.asked(worker, header(snapshot, form="csv", limit=2), b"")
    whole = asked(worker, snapshot)
    assert len(list(csv.reader(io.StringIO(body.decode(), newline="")))) == 3
    assert asked(worker, snapshot, cursor=facts["next"])["rows"] == whole["rows"][2:]


def test_a_cursor_is_of_its_own_question(worker: Worker, snapshot: str) -> None:
    """With another question, other parameters, with or without candidates, or as no cursor at all, it is refused."""
    cursor = asked(worker, snapshot, question="who-claims-what-about", parameters={"about": "isis"}, limit=1)["next"]
    assert cursor
    others: list[dict[str, Any]] = [
        {"question": "denials"},
        {"question": "who-claims-what-about", "parameters": {"about": "sdf"}},
        {"question": "who-claims-what-about", "parameters": {"about": "isis"}, "reviewed": True},
        {"question": "who-claims-what-about", "parameters": {"about": "isis"}, "cursor": "_" * 43 + "="},
    ]
    for other in others:
        with pytest.raises(NotFound, match="This cursor is not of this question with these parameters"):
            asked(worker, snapshot, **{"cursor": cursor, **other})
    for wrong in ("", "x", "ص", cursor[:-4], cursor * 2):
        with pytest.raises(BadParameter, match="This is no cursor"):
            asked(worker, snapshot, question="who-claims-what-about", parameters={"about": "isis"}, cursor=wrong)


def test_a_cursor_stands_behind_its_row_even_if_others_come_and_go(worker: Worker, snapshot: str, store: Path, base: Base) -> None:
    """In a newer snapshot the next page goes on behind the same row, wherever that is now; where that row is gone the cursor has expired."""
    about: dict[str, Any] = {"question": "at-facility", "parameters": {"facility": "sinaa-prison"}}
    before = asked(worker, snapshot, **about)["rows"]
    cursors = [asked(worker, snapshot, **about, limit=place)["next"] for place in range(1, len(before))]
    gone = before[len(before) // 2]["claim"]
    value = json.loads((SAMPLES / f"{Base(base.iri).report_of(gone).report_id}.json").read_text())  # type: ignore[union-attr]
    next(one for one in value["claims"] if gone.endswith(f"/{one['id']}"))["review"] = {"state": "rejected", "by": "dana"}
    with open_writer(Place(store), base, "dana", "test") as writer:
        writer.commit(document_of(value), revise=True)
        writer.commit(document_of(small()))
    with reading(Place(store), base.iri) as newer:
        after = asked(worker, str(newer.path), **about)["rows"]
        for row, cursor in zip(before, cursors, strict=False):
            if row in after:
                assert asked(worker, str(newer.path), **about, cursor=cursor)["rows"] == after[after.index(row) + 1 :]
                continue
            with pytest.raises(Expired, match="no longer in the answer: begin again"):
                asked(worker, str(newer.path), **about, cursor=cursor)
    assert 0 < len([row for row in before if row in after]) < len(before)
    assert [row for row in after if row not in before]


def test_without_candidates_an_answer_has_none(worker: Worker, store: Path, base: Base) -> None:
    """What nobody has reviewed is told so beside it, or left out of rows and total."""
    value = small()
    value["claims"][0]["review"] = {"state": "candidate"}
    with open_writer(Place(store), base, "dana", "test") as writer:
        writer.commit(document_of(value))
    with reading(Place(store), base.iri) as newer:
        every, reviewed = (asked(worker, str(newer.path), reviewed=reviewed) for reviewed in (False, True))
    candidates = [row for row in every["rows"] if row["denial_review"] == "candidate"]
    assert {row["denial"].rpartition("/v/")[2].partition("/")[2] for row in candidates} == {"small/c01"}
    assert reviewed["rows"] == [row for row in every["rows"] if row not in candidates]
    assert reviewed["total"] == every["total"] - len(candidates)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"question": "nosuch"}, UnknownQuestion),
        ({"question": "at-facility", "parameters": {"facility": "nosuch"}}, UnknownEntity),
        ({"question": "at-facility", "parameters": {"nosuch": "sdf"}}, BadParameter),
    ],
)
def test_what_cannot_be_asked_is_refused(worker: Worker, snapshot: str, fields: dict[str, Any], kind: type[ClaimgraphError]) -> None:
    """An unknown question or parameter, and an entity that is not there: each its own error."""
    with pytest.raises(kind) as caught:
        asked(worker, snapshot, **fields)
    assert type(caught.value) is kind


# --- queries, updates, graphs ---------------------------------------------------------------------------------------------


def test_a_query_is_answered_in_the_form_that_suits(worker: Worker, snapshot: str) -> None:
    """Rows, and that there were more; a dataset of the request; bytes that are no UTF-8 are refused."""
    query = b"SELECT ?id { ?r a cg:Report ; dcterms:identifier ?id } ORDER BY ?id"
    facts, body = jobs.query(worker, header(snapshot, accept="text/csv"), query)
    assert facts == {"media": "text/csv; charset=utf-8", "truncated": False}
    assert len(body.split()) == 12
    assert jobs.query(worker, header(snapshot, accept="text/csv", named=["http://x/"]), query)[1] == b"id\r\n"
    with pytest.raises(BadRequest, match=r"The query is not UTF-8 \(byte 5\)"):
        jobs.query(worker, header(snapshot), b"ASK { \xff }"[:5] + b"\xff")


def test_a_query_for_a_listed_service_is_for_another_process(snapshot: str) -> None:
    """Who has no network says so and does nothing; a service that is on no list is refused there and then."""
    listed = header(snapshot, services=["http://x/sparql"])

    class Confined(Worker):
        """A worker without network, which does not confine this process."""

        def forbid_files(self) -> None:
            """Nothing: the test goes on."""

    confined = Confined(networked=False, filtered=True)
    assert jobs.query(confined, listed, b"SELECT * { SERVICE <http://x/sparql> { ?s ?p ?o } }") == ({"elsewhere": True}, b"")
    assert jobs.query(confined, listed, b"ASK { }")[0]["media"]
    for query in (b"SELECT * { SERVICE <http://y/sparql> { } }", b"SELECT * { SERVICE ?x { } }"):
        with pytest.raises(ClaimgraphError, match="SERVICE is switched off"):
            jobs.query(confined, listed, query)


def test_an_update_becomes_quads_added_and_removed(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last word on a statement counts; the graphs are told; more statements than one commit should hold are refused."""
    text = f"INSERT DATA {{ GRAPH <{WORKSPACE}> {{ <a> <b> 1, 2 }} }} ; DELETE DATA {{ GRAPH <{WORKSPACE}> {{ <a> <b> 1, 3 }} }}".encode()
    facts, body = jobs.update(worker, header(""), text)
    added, removed = read_nquads(body[: facts["added"]]), read_nquads(body[facts["added"] :])
    assert facts["graphs"] == [WORKSPACE]
    assert sorted(q.object.value for q in added) == ["2"]  # type: ignore[union-attr]
    assert sorted(q.object.value for q in removed) == ["1", "3"]  # type: ignore[union-attr]
    monkeypatch.setitem(vars(LIMITS), "answer_rows", 2)
    with pytest.raises(TooLarge, match="These are 3 statements, more than the 2"):
        jobs.update(worker, header(""), text)
    with pytest.raises(BadRequest, match="The update is not UTF-8"):
        jobs.update(worker, header(""), b"\xff")


def test_a_body_of_rdf_becomes_quads_of_its_graph(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """All its statements stand in the graph of the address, against which relative IRIs are resolved."""
    facts, body = jobs.graph_body(worker, header("", graph=WORKSPACE), b"<n1> <#p> 1 , 2 .")
    assert facts == {}
    quads = read_nquads(body)
    assert {(q.subject, q.graph_name) for q in quads} == {(NamedNode(WORKSPACE.replace("notes", "n1")), NamedNode(WORKSPACE))}
    monkeypatch.setitem(vars(LIMITS), "answer_rows", 1)
    with pytest.raises(TooLarge):
        jobs.graph_body(worker, header("", graph=WORKSPACE), b"<n1> <#p> 1 , 2 .")


def test_a_whole_graph_is_whole_or_refused(worker: Worker, snapshot: str, base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """A named graph, or the union of all; a graph that is not there is told so, one of too many statements is not cut short."""
    reference = {q.triple for q in Store.read_only(snapshot).quads_for_pattern(None, None, None, base.reference)}
    facts, body = jobs.graph(worker, header(snapshot, graph=base.reference.value, accept="application/n-triples"), b"")
    assert facts == {"media": "application/n-triples"}
    assert {q.triple for q in parse(body, format=RdfFormat.N_TRIPLES)} == reference
    with pytest.raises(NotFound):
        jobs.graph(worker, header(snapshot, graph="http://x/nosuch"), b"")
    monkeypatch.setitem(vars(LIMITS), "answer_rows", len(reference))
    assert jobs.graph(worker, header(snapshot, graph=base.reference.value), b"")
    with pytest.raises(AnswerTooLarge):
        jobs.graph(worker, header(snapshot), b"")
    monkeypatch.setitem(vars(LIMITS), "answer_rows", len(reference) - 1)
    with pytest.raises(AnswerTooLarge, match=f"more than {len(reference) - 1} statements"):
        jobs.graph(worker, header(snapshot, graph=base.reference.value), b"")


def test_statements_that_stand_in_several_graphs_count_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The union of graphs that say the same is one statement for each, and whole."""
    store, say = Store(), NamedNode("http://x/says")
    store.extend(Quad(say, say, Literal(str(n)), NamedNode(f"http://x/{graph}")) for n in range(4) for graph in range(5))
    monkeypatch.setitem(vars(LIMITS), "answer_rows", 4)
    assert len(list(parse(jobs.whole_graph(store, "", "application/n-triples")[1], format=RdfFormat.N_TRIPLES))) == 4
    monkeypatch.setitem(vars(LIMITS), "answer_rows", 3)
    with pytest.raises(AnswerTooLarge):
        jobs.whole_graph(store, "", "application/n-triples")


def test_no_answer_is_longer_than_allowed(worker: Worker, snapshot: str, base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever job made it, an answer of more bytes than allowed is refused; at the limit it passes."""
    pages = [
        (jobs.asked, header(snapshot), b""),
        (jobs.query, header(snapshot), b"SELECT * { ?s a cg:Claim }"),
        (jobs.graph, header(snapshot, graph=base.reference.value), b""),
    ]
    for job, about, text in pages:
        length = len(job(worker, about, text)[1])
        with monkeypatch.context() as patch:
            patch.setitem(vars(LIMITS), "answer_bytes", length)
            assert len(job(worker, about, text)[1]) == length
            patch.setitem(vars(LIMITS), "answer_bytes", length - 1)
            with pytest.raises(AnswerTooLarge, match="CLAIMGRAPH_ANSWER_BYTES"):
                job(worker, about, text)


def test_counts_are_those_of_the_snapshot(worker: Worker, snapshot: str) -> None:
    """Statements, reports and claims."""
    facts, _ = jobs.counts(worker, header(snapshot), b"")
    assert facts["triples"] == len(Store.read_only(snapshot))
    assert facts["entities"][CG.Report.value] == len(list(SAMPLES.glob("*.json")))
    assert facts["entities"][CG.Claim.value] == sum(len(json.loads(path.read_text())["claims"]) for path in SAMPLES.glob("*.json"))
