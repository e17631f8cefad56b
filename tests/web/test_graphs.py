"""Whole graphs of the evidence store over the Graph Store Protocol: read by parameter and by path, written in a workspace, refused elsewhere."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from pyoxigraph import RdfFormat, Store, Triple, parse

from asking import AWKWARD, NOTE, graph, note, report_graph
from requesting import BASE, CG, TURTLE_BODY, Writable, address, refused, rows
from running import Run
from serving import Answer, Service

ONTOLOGY = CG.removesuffix("#")
N_TRIPLES = {"Accept": "application/n-triples"}
REPORTS = ("sample-01-sputnik-transfer", "sample-06-two-hundred", "sample-10-how-many-left-en")
ONE = f'<urn:a> <{NOTE}> "واحد"@ar .'
TWO = f'<urn:a> <{NOTE}> "اثنان"@ar .'
FORMS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/trig": RdfFormat.TRIG,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/n-quads": RdfFormat.N_QUADS,
    "application/ld+json": RdfFormat.JSON_LD,
}


def triples_of(answer: Answer) -> set[Triple]:
    """The triples of an answer that must be a graph."""
    assert answer.status == 200, answer.text
    form = FORMS[answer.media_type]
    return {quad.triple for quad in parse(answer.body, form)}


# --- reading --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("report_id", REPORTS)
@pytest.mark.parametrize("accept", FORMS)
def test_a_report_in_each_form(served: Service, direct: Store, report_id: str, accept: str) -> None:
    """The graph of a report is the same by its IRI and by its path, in every syntax, text and all."""
    name = report_graph(direct, report_id)
    for target in (address("/graphs", graph=name), f"/graphs/{name.removeprefix(BASE)}"):
        answer = served.send("GET", target, headers={"Accept": accept})
        assert answer.media_type == accept
        assert triples_of(answer) == graph(direct, name)


@pytest.mark.parametrize("name", [f"{BASE}graph/reference", f"{BASE}graph/commits", f"{BASE}graph/shingles", ONTOLOGY])
def test_graphs_that_are_no_reports(served: Service, direct: Store, name: str) -> None:
    """The reference graph, the ontology, the list of commits and that of shingles are graphs too."""
    assert triples_of(served.send("GET", address("/graphs", graph=name), headers=N_TRIPLES)) == graph(direct, name)


def test_how_graphs_are_found(served: Service, direct: Store) -> None:
    """The refusal of one that is not there (404) tells the query that lists those that are, and that query does."""
    sentence = refused(served.send("GET", address("/graphs", graph=f"{ONTOLOGY}/nothing")), 404, "not-found")
    query = sentence[sentence.index("SELECT") : sentence.rindex("}") + 1]
    assert {row["g"] for row in rows(served, query)} == {str(name)[1:-1] for name in direct.named_graphs()}


def test_the_union(served: Service, direct: Store) -> None:
    """The default graph is the union of all graphs: each triple once, in whatever graphs it stands."""
    answer = served.send("GET", "/graphs?default", headers=N_TRIPLES)
    found = {quad.triple for quad in direct}
    assert triples_of(answer) == found
    assert len(answer.text.splitlines()) == len(found)


@pytest.mark.parametrize(
    ("target", "status"),
    [
        *(("/graphs", 400), ("/graphs/", 400), ("/graphs?graph=", 400), ("/graphs?graph=sdf", 400), ("/graphs?graph=%3Ca%3E", 400)),
        *(("/graphs?default&graph=urn:a", 400), ("/graphs/a?default", 400), ("/graphs/a?graph=urn:a", 400), ("/graphs?graph=urn:a&graph=urn:a", 400)),
        ("/graphs?default=false", 400),
        *(("/graphs/a%20b", 404), ("/graphs/a%zz", 400), ("/graphs/%C3", 404), ("/graphs/sdf", 404), ("/graphs//", 404), ("/graphs/../id", 404)),
    ],
)
def test_graphs_that_are_not_named_or_not_there(served: Service, target: str, status: int) -> None:
    """None, two, or what is no absolute IRI is refused (400); whatever could be one is looked for (404)."""
    answer = served.send("GET", target)
    refused(answer, status, "bad-parameter" if "=false" in target else {400: "bad-request", 404: "not-found"}[status])


def test_graphs_that_are_too_large(narrow: Writable) -> None:
    """A graph of more statements than ``CLAIMGRAPH_ANSWER_ROWS`` is refused whole (403), so that no part passes for it; a small one is given."""
    for target in ("/graphs?default", "/graphs/graph/reference", "/graphs/graph/commits"):
        assert "CLAIMGRAPH_ANSWER_ROWS" in refused(narrow.service.send("GET", target), 403, "answer-too-large")
    five = " ".join(f"<urn:{number}> <{NOTE}> 1 ." for number in range(5))
    answer = narrow.send("PUT", address("/graphs", graph=narrow.graph("five")), five, TURTLE_BODY)
    assert answer.status == 201


# --- writing --------------------------------------------------------------------------------------------------------------


def kept(writable: Writable, name: str, commit: int) -> set[Triple]:
    """What stands in a graph of dana's as of a commit."""
    return triples_of(writable.service.send("GET", address("/graphs", graph=writable.graph(name), min_commit=commit), headers=N_TRIPLES))


def of(*statements: str) -> set[Triple]:
    """The triples of statements."""
    return {quad.triple for quad in parse("\n".join(statements).encode(), RdfFormat.TURTLE)}


def commit_of(answer: Answer, status: int) -> int:
    """The commit of an answer that must have this status, and no body."""
    assert (answer.status, answer.body) == (status, b""), answer.text
    return int(answer.headers["X-Commit"])


@pytest.mark.parametrize("direct_path", [False, True], ids=["indirect", "direct"])
def test_the_life_of_a_graph(writable: Writable, direct_path: bool) -> None:
    """PUT makes it (201, with Location) and then replaces it (204), POST adds to it, DELETE removes it; each is a commit."""
    name = f"life-{direct_path}"
    target = f"/graphs/workspace/dana/{name}" if direct_path else address("/graphs", graph=writable.graph(name))
    made = writable.send("PUT", target, ONE, TURTLE_BODY)
    first = commit_of(made, 201)
    assert made.headers["Location"] == writable.graph(name)
    assert kept(writable, name, first) == of(ONE)
    assert kept(writable, name, commit_of(writable.send("PUT", target, TWO, TURTLE_BODY), 204)) == of(TWO)
    assert kept(writable, name, commit_of(writable.send("POST", target, ONE, TURTLE_BODY), 204)) == of(ONE, TWO)
    gone = commit_of(writable.send("DELETE", target), 204)
    assert gone == first + 3
    refused(writable.send("GET", f"{target}{'?' if direct_path else '&'}min-commit={gone}"), 404, "not-found")
    refused(writable.send("DELETE", target), 404, "not-found")
    assert commit_of(writable.send("POST", target, TWO, TURTLE_BODY), 201) == gone + 1


def test_the_same_again_is_no_commit(writable: Writable) -> None:
    """What says what is there already changes nothing, and answers with the last commit."""
    target = address("/graphs", graph=writable.graph("same"))
    first = commit_of(writable.send("PUT", target, f"{ONE} {TWO}", TURTLE_BODY), 201)
    for method, body in (("PUT", f"{TWO} {ONE}"), ("POST", ONE), ("POST", "")):
        assert commit_of(writable.send(method, target, body, TURTLE_BODY), 204) == first


def test_a_graph_of_nothing(writable: Writable) -> None:
    """The evidence store has no empty graphs: putting nothing where nothing is makes none (204), where something is it empties it."""
    for method, target in (("PUT", address("/graphs", graph=writable.graph("nothing"))), ("POST", "/graphs")):
        answer = writable.send(method, target, "", TURTLE_BODY)
        commit_of(answer, 204)
        assert "Location" not in answer.headers
    target = address("/graphs", graph=writable.graph("emptied"))
    commit_of(writable.send("PUT", target, ONE, TURTLE_BODY), 201)
    commit = commit_of(writable.send("PUT", target, "", TURTLE_BODY), 204)
    refused(writable.service.send("GET", address("/graphs", graph=writable.graph("emptied"), min_commit=commit)), 404, "not-found")


def test_a_graph_whose_name_the_service_makes(writable: Writable) -> None:
    """POST to ``/graphs`` makes a graph with a new name in the workspace of whoever sends it; Location tells it, and it can be read there."""
    names = []
    for _ in range(2):
        answer = writable.send("POST", "/graphs", ONE, TURTLE_BODY)
        commit = commit_of(answer, 201)
        names.append(answer.headers["Location"])
        assert names[-1].startswith(f"{BASE}workspace/dana/")
        assert triples_of(writable.service.send("GET", address("/graphs", graph=names[-1], min_commit=commit))) == of(ONE)
    assert len(set(names)) == 2


@pytest.mark.parametrize("media", FORMS)
def test_a_graph_in_each_form(writable: Writable, media: str) -> None:
    """Bodies are read in every syntax, with awkward letters and relative IRIs, which are the graph's."""
    name = f"form-{media.rpartition('/')[2]}"
    triple = note(f"{writable.graph(name)}#1").triple
    body = {
        "text/turtle": f"<#1> <{NOTE}> {triple.object} .",
        "application/ld+json": json.dumps({"@id": "#1", NOTE: {"@value": AWKWARD, "@language": "ar"}}),
    }.get(media, f"{triple} .")
    answer = writable.send("PUT", address("/graphs", graph=writable.graph(name)), body, {"Content-Type": f"{media}; charset=utf-8"})
    assert kept(writable, name, commit_of(answer, 201)) == {triple}


def test_a_graph_in_parts(writable: Writable) -> None:
    """A form of several files (multipart/form-data) is one graph of all of them."""
    parts = (("text/turtle", ONE), ("application/n-triples", TWO))
    head = '--x\r\nContent-Disposition: form-data; name="f"\r\nContent-Type: '
    body = "".join(f"{head}{media}\r\n\r\n{text}\r\n" for media, text in parts) + "--x--\r\n"
    answer = writable.send("POST", address("/graphs", graph=writable.graph("parts")), body, {"Content-Type": "multipart/form-data; boundary=x"})
    assert kept(writable, "parts", commit_of(answer, 201)) == of(ONE, TWO)


def test_a_name_keeps_its_percent_signs(writable: Writable) -> None:
    """A graph's IRI is what was sent, letter by letter, by path and by parameter: nothing is decoded that is part of it."""
    encoded = quote("ملاحظة/1", safe="")
    commit = commit_of(writable.send("PUT", f"/graphs/workspace/dana/{encoded}", ONE, TURTLE_BODY), 201)
    assert kept(writable, encoded, commit) == of(ONE)
    assert rows(writable.service, f"SELECT ?g {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STR(?g) = '{BASE}workspace/dana/{encoded}') }}", min_commit=commit)


# --- what is not possible -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize(
    "target",
    [
        *("/graphs?default", "/graphs/graph/reference", "/graphs/graph/commits", "/graphs/v/0123456789ab/r", "/graphs/sdf", "/graphs/workspace/dana"),
        *("/graphs/workspace/omar/a", "/graphs/workspace/dana2/a", "/graphs/workspace/dana/", "/graphs?graph=http://example.org/a"),
    ],
)
def test_graphs_that_are_not_ones_own(writable: Writable, method: str, target: str) -> None:
    """The union, evidence, other people's workspaces and the rest of the world are refused (403), with what to do instead, whatever is sent."""
    for body in (ONE, "no Turtle"):
        assert "workspace/dana/" in refused(writable.send(method, target, body, TURTLE_BODY), 403, "not-allowed")


@pytest.mark.parametrize(
    "statement",
    [
        *(f"<{BASE}sdf> <{NOTE}> 1 .", f"<urn:a> <{CG}claimant> <{BASE}sdf> .", f"<urn:a> a <{CG}Claim> .", f"[] <{NOTE}> 1 ."),
    ],
)
def test_statements_that_would_pass_for_evidence(writable: Writable, statement: str) -> None:
    """A note says nothing about what is evidence, nor in its words, and has no blank nodes; whatever it likes may be its object."""
    target = address("/graphs", graph=writable.graph("passing-for-evidence"))
    refused(writable.send("PUT", target, statement, TURTLE_BODY), 403, "not-allowed")
    commit_of(writable.send("PUT", target, f"<urn:a> <{NOTE}> <{BASE}sdf> .", TURTLE_BODY), 201)
    commit_of(writable.send("DELETE", target), 204)


@pytest.mark.parametrize(
    ("media", "body", "status", "code"),
    [
        ("text/turtle", "<urn:a> <urn:b>", 400, "bad-request"),
        ("application/n-triples", "<urn:a> <urn:b> 1 .", 400, "bad-request"),
        ("application/ld+json", "{", 400, "bad-request"),
        ("application/ld+json", '{"@context": "http://127.0.0.1:9/context", "a": 1}', 400, "bad-request"),
        ("application/trig", f"<urn:g> {{ {ONE} }}", 400, "bad-request"),
        ("multipart/form-data; boundary=x", "nothing", 400, "bad-request"),
        ("application/rdf+xml", "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>", 415, "wrong-media-type"),
        ("text/html", "<p>", 415, "wrong-media-type"),
        ("", ONE, 415, "wrong-media-type"),
        ("text/turtle; charset=windows-1256", ONE, 415, "wrong-media-type"),
    ],
)
def test_bodies_that_are_no_graph(writable: Writable, media: str, body: str, status: int, code: str) -> None:
    """What cannot be read, or names graphs of its own, is refused; what is read is named. The graph stays as it was."""
    target = address("/graphs", graph=writable.graph("body"))
    before = writable.send("PUT", target, ONE, TURTLE_BODY).headers["X-Commit"]
    refused(writable.send("PUT", target, body, {"Content-Type": media} if media else {}), status, code)
    assert writable.send("PUT", target, ONE, TURTLE_BODY).headers["X-Commit"] == before


def test_history_tells_of_it(writable: Writable, claimgraph: Run) -> None:
    """What was written so is in the archive, with whose it is, and everything is sound."""
    commit = commit_of(writable.send("PUT", address("/graphs", graph=writable.graph("history")), ONE, TURTLE_BODY), 201)
    told = {one["sequence"]: one for one in claimgraph("history", "--data", writable.data, "--format", "json").json}[commit]
    assert (told["agent"], told["kind"], told["subject"]) == ("dana", "workspace", writable.graph("history"))
    assert claimgraph("verify", "--data", writable.data).code == 0
