"""SPARQL Update on the evidence store: data into graphs of one's own and out again, commits that tell of it, and 403 for everything else."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from pyoxigraph import Literal

from asking import AWKWARD, DECLARED, SDF
from claimgraph.store.archive import Archive
from claimgraph.store.place import Place
from requesting import BASE, CG, Writable, address, asked, refused, rows
from running import Run
from serving import Service

NOTE, TARGET = "http://example.org/note", "http://www.w3.org/ns/oa#hasTarget"
XSD = "http://www.w3.org/2001/XMLSchema#"


def head(writable: Writable) -> int:
    """The last commit of the archive."""
    archive = Archive(Place(writable.data).archive, BASE)
    try:
        return archive.head()
    finally:
        archive.close()


def inserting(graph: str, *statements: str) -> str:
    """An update that inserts statements into a graph."""
    return f"{DECLARED} INSERT DATA {{ GRAPH <{graph}> {{ {' . '.join(statements)} }} }}"


def deleting(graph: str, *statements: str) -> str:
    """One that deletes them."""
    return inserting(graph, *statements).replace("INSERT", "DELETE")


def test_in_and_out_again(writable: Writable) -> None:
    """What is inserted is in its graph and in the union of all; what is deleted is in neither; each is a commit of its own."""
    graph = writable.graph("note")
    statement = f"<{graph}#1> <{NOTE}> {Literal(AWKWARD, language='ar')}"
    commit = writable.update(inserting(graph, statement, f"<{graph}#1> <{TARGET}> id:sdf"))
    assert writable.triples("note", commit) == {(f"{graph}#1", NOTE, AWKWARD), (f"{graph}#1", TARGET, SDF)}
    joined = f"{DECLARED} SELECT ?name {{ ?note <{TARGET}> ?who ; <{NOTE}> ?text . ?who skos:prefLabel ?name FILTER(LANG(?name) = 'en') }}"
    assert rows(writable.service, joined, min_commit=commit) == [{"name": "Syrian Democratic Forces (SDF)"}]
    gone = writable.update(deleting(graph, statement))
    assert gone == commit + 1
    assert writable.triples("note", gone) == {(f"{graph}#1", TARGET, SDF)}
    assert writable.triples("note", writable.update(deleting(graph, f"<{graph}#1> <{TARGET}> id:sdf"))) == set()
    refused(writable.service.send("GET", address("/graphs", graph=graph, min_commit=gone + 1)), 404, "not-found")


def test_as_a_form_too(writable: Writable) -> None:
    """An update in a form does what one in a body does."""
    graph = writable.graph("form")
    body = urlencode({"update": inserting(graph, f"<urn:a> <{NOTE}> 'نعم + لا & %'")})
    answer = writable.send("POST", "/sparql", body, {"Content-Type": "application/x-www-form-urlencoded"})
    assert (answer.status, answer.body) == (204, b"")
    assert writable.triples("form", int(answer.headers["X-Commit"])) == {("urn:a", NOTE, "نعم + لا & %")}


def test_a_sequence_is_one_commit(writable: Writable) -> None:
    """Operations follow one another, with their prefixes, comments and semicolons in strings; together they are one commit, or none."""
    graph = writable.graph("sequence")
    text = f"""# a note; and another
        PREFIX x: <urn:x:> INSERT DATA {{ GRAPH <{graph}> {{ x:a <{NOTE}> "1; 2" , "gone" }} }} ;
        PREFIX y: <urn:y:> DELETE DATA {{ GRAPH <{graph}> {{ x:a <{NOTE}> "gone", "was never there" }} }} ;
        insert data {{ GRAPH <{graph}> {{ y:b <{NOTE}> "}}" }} GRAPH <{graph}-2> {{ y:b <{NOTE}> '''{{;''' }} }} ;"""
    before = head(writable)
    commit = writable.update(text)
    assert (commit, head(writable)) == (before + 1, before + 1)
    assert writable.triples("sequence", commit) == {("urn:x:a", NOTE, "1; 2"), ("urn:y:b", NOTE, "}")}
    assert writable.triples("sequence-2", commit) == {("urn:y:b", NOTE, "{;")}


@pytest.mark.parametrize("wrong", ["CLEAR ALL", "INSERT DATA { GRAPH <urn:x> { <urn:a> <urn:b> <urn:c> } }", "INSERT DATA {{"])
def test_a_sequence_is_whole_or_nothing(writable: Writable, wrong: str) -> None:
    """Where one operation of several is refused, nothing of any is done."""
    before = head(writable)
    assert writable.try_update(f"{inserting(writable.graph('whole'), '<urn:a> <urn:b> <urn:c>')} ; {wrong}").status in (400, 403)
    assert head(writable) == before


def test_the_same_again_is_no_commit(writable: Writable) -> None:
    """An update that changes nothing makes no commit and answers with the last one, so that its sender can go on from there."""
    graph = writable.graph("again")
    text = inserting(graph, "<urn:a> <urn:b> 'c'")
    first = writable.update(text)
    for same in (text, deleting(graph, "<urn:a> <urn:b> 'never there'"), f"{deleting(graph, '<urn:x> <urn:b> 1')} ; {text}", "", "INSERT DATA {}"):
        assert writable.update(same) == first
    assert head(writable) == first
    assert writable.update(f"{deleting(graph, '<urn:a> <urn:b> 1')} ; {inserting(graph, '<urn:a> <urn:b> 2')}") == first + 1


NOTHING = {
    "no word": "",
    "space": " \n",
    "a comment": "# x",
    "a prefix": "PREFIX x: <urn:x:>",
    "a base and a prefix": "BASE <urn:b> PREFIX x: <x>",
    "no data": "INSERT DATA {}",
    "none to delete": "DELETE DATA { }",
    "an empty graph": f"INSERT DATA {{ GRAPH <{BASE}workspace/dana/none> {{}} }}",
    "a sequence": "INSERT DATA {} ; DELETE DATA {} ;",
    "a prefix at the end": "INSERT DATA {} ; PREFIX x: <urn:x:>",
}


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
@pytest.mark.parametrize("form", [False, True], ids=["as a body", "as a form"])
def test_an_update_may_do_nothing(writable: Writable, scratch: Service, text: str, form: bool) -> None:
    """SPARQL 1.1 lets an update be empty, a prologue or no data: it succeeds (204), in a scratch store too, and is no commit."""
    before = head(writable)
    body, kind = (urlencode({"update": text}), "x-www-form-urlencoded") if form else (text, "sparql-update")
    headers = {"Content-Type": f"application/{kind}"}
    answer = writable.send("POST", "/sparql", body, headers)
    assert (answer.status, answer.body, int(answer.headers["X-Commit"]), head(writable)) == (204, b"", before, before)
    assert scratch.send("POST", "/sparql", body.encode(), headers).status == 204


@pytest.mark.parametrize("text", [";", "INSERT DATA {} ;; INSERT DATA {}", "PREFIX x: <urn:x:> ; INSERT DATA {}", "PREFIX x:"])
def test_half_an_update_is_none(writable: Writable, scratch: Service, text: str) -> None:
    """A semicolon that ends no operation, and a prologue that breaks off, are no SPARQL in either store (400)."""
    refused(writable.try_update(text), 400, "bad-query")
    refused(scratch.send("POST", "/sparql", text.encode(), {"Content-Type": "application/sparql-update"}), 400, "bad-query")


def test_graphs_named_in_arabic(writable: Writable) -> None:
    """A graph of one's own may have any name that an IRI can have, and is found by it."""
    graph = writable.graph("ملاحظات")
    commit = writable.update(inserting(graph, f"<{graph}#١> <{NOTE}> 'نعم'"))
    assert writable.triples("ملاحظات", commit) == {(f"{graph}#١", NOTE, "نعم")}
    assert writable.service.send("GET", address("/graphs", graph=graph, min_commit=commit)).status == 200


@pytest.mark.parametrize("value", ["01", "+1", "1"])
def test_numbers_go_out_as_they_came_in(writable: Writable, value: str) -> None:
    """A value that the index writes otherwise (``01``) is deleted by the words it was inserted with."""
    statement = f"<urn:{value}> <urn:b> '{value}'^^<{XSD}integer>"
    commit = writable.update(inserting(writable.graph("number"), statement))
    assert len(writable.triples("number", commit)) == 1
    assert writable.triples("number", writable.update(deleting(writable.graph("number"), statement))) == set()


def test_history_tells_of_it(writable: Writable, claimgraph: Run) -> None:
    """A commit names the agent and the graphs that it touched, and is sound."""
    graph = writable.graph("told")
    commit = writable.update(f"{inserting(graph, '<urn:a> <urn:b> 1')} ; {inserting(graph + '/2', '<urn:a> <urn:b> 1')}")
    (entry,) = (one for one in claimgraph("history", "--data", writable.data, "--format", "json").json if one["sequence"] == commit)
    assert (entry["agent"], entry["kind"], entry["subject"].split()) == ("dana", "workspace", [graph, f"{graph}/2"])
    told = f"SELECT ?agent ?at {{ GRAPH <{BASE}graph/commits> {{ <{BASE}commit/{commit}> ?p ?agent FILTER(CONTAINS(STR(?agent), 'dana')) }} }}"
    assert rows(writable.service, told, min_commit=commit)
    assert claimgraph("verify", "--data", writable.data).code == 0


MINE = f"{BASE}workspace/dana/refused"
EXAMPLE = "<urn:a> <urn:b> <urn:c>"
# What is refused, and a word of what to do instead.
REFUSED = {
    "the default graph": (f"INSERT DATA {{ {EXAMPLE} }}", "workspace/dana/"),
    "a graph of the web": (inserting("http://example.org/g", EXAMPLE), "workspace/dana/"),
    "a report": (inserting(f"{BASE}v/0123456789ab/r", EXAMPLE), "/api/reports"),
    "the reference graph": (inserting(f"{BASE}graph/reference", EXAMPLE), "workspace/dana/"),
    "the commits": (deleting(f"{BASE}graph/commits", EXAMPLE), "workspace/dana/"),
    "another's workspace": (inserting(f"{BASE}workspace/omar/a", EXAMPLE), "workspace/dana/"),
    "a longer name": (inserting(f"{BASE}workspace/dana2/a", EXAMPLE), "workspace/dana/"),
    "a shorter name": (inserting(f"{BASE}workspace/dan/a", EXAMPLE), "workspace/dana/"),
    "no name within the workspace": (inserting(f"{BASE}workspace/dana/", EXAMPLE), "workspace/dana/"),
    "the workspace by another case": (inserting(f"{BASE}workspace/Dana/a", EXAMPLE), "workspace/dana/"),
    "deleting from another's": (deleting(f"{BASE}workspace/omar/a", EXAMPLE), "workspace/dana/"),
    "a statement about an entity": (inserting(MINE, "id:sdf <urn:b> 1"), "oa:hasTarget"),
    "a statement about a claim": (inserting(MINE, "<v/0123456789ab/r/c01> <urn:b> 1"), "oa:hasTarget"),
    "a statement about a term": (inserting(MINE, "cg:Claim <urn:b> 1"), "oa:hasTarget"),
    "one of our properties": (inserting(MINE, "<urn:a> cg:polarity <urn:c>"), "evidence"),
    "one of our classes": (inserting(MINE, "<urn:a> a cg:Claim"), "evidence"),
    "a blank node": (inserting(MINE, "[] <urn:b> 1"), "IRI"),
    "a collection": (inserting(MINE, "<urn:a> <urn:b> (1 2)"), "IRI"),
    "DELETE WHERE": (f"DELETE WHERE {{ GRAPH <{MINE}> {{ ?s ?p ?o }} }}", "INSERT DATA"),
    "a pattern": (f"DELETE {{ GRAPH <{MINE}> {{ ?s ?p ?o }} }} INSERT {{ GRAPH <{MINE}> {{ ?s ?p 1 }} }} WHERE {{ ?s ?p ?o }}", "INSERT DATA"),
    "WITH": (f"WITH <{MINE}> INSERT {{ {EXAMPLE} }} WHERE {{}}", "INSERT DATA"),
    **{word: (f"{word} <{MINE}>", "INSERT DATA") for word in ("CLEAR GRAPH", "DROP SILENT GRAPH", "CREATE GRAPH")},
    **{word: (f"{word} <{MINE}> TO <{MINE}2>", "INSERT DATA") for word in ("ADD", "MOVE", "COPY SILENT")},
    "LOAD": ("LOAD <urn:x>", "INSERT DATA"),
    "LOAD into a graph": (f"PREFIX x: <urn:x:> LOAD SILENT x:a INTO GRAPH <{MINE}>", "INSERT DATA"),
    "LOAD behind data": (f"{inserting(MINE, EXAMPLE)} ; load <file:///etc/passwd>", "INSERT DATA"),
    "CLEAR ALL": ("clear all", "INSERT DATA"),
    "DROP DEFAULT": ("DROP DEFAULT", "INSERT DATA"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_allowed(writable: Writable, what: str) -> None:
    """Other graphs, other operations, and statements by which a note would pass for evidence: 403, with what to do instead, and no commit."""
    text, instead = REFUSED[what]
    before = head(writable)
    assert instead in refused(writable.try_update(text), 403, "not-allowed")
    assert head(writable) == before


@pytest.mark.parametrize(
    "text",
    [
        *("INSERT DATA", "INSERT DATA {", "INSERT DATA { GRAPH <a b> { <urn:a> <urn:b> 1 } }", f"INSERT DATA {{ GRAPH <{MINE}> {{ ?s ?p ?o }} }}"),
        *(f"DELETE DATA {{ GRAPH <{MINE}> {{ [] <urn:b> 1 }} }}", f"INSERT DATA {{ GRAPH ?g {{ {EXAMPLE} }} }}"),
        *(f"INSERT DATA {{ GRAPH <{MINE}> {{ {EXAMPLE} }} }} ; {tail}" for tail in ("'garbage'", "<urn:x>", "PREFIX x:", "# end\n}")),
        *(f"INSERT DATA {{ GRAPH <{MINE}> {{ {EXAMPLE} }} }} garbage", f"INSERT DATA {{ GRAPH <{MINE}> {{ <urn:a> nobody:b 1 }} }}"),
    ],
)
def test_what_is_no_update(writable: Writable, text: str) -> None:
    """What is no SPARQL is refused (400), and no commit."""
    before = head(writable)
    refused(writable.try_update(text), 400, "bad-query")
    assert head(writable) == before


def test_updates_are_posted(writable: Writable) -> None:
    """An update in an address is refused (400): a link that somebody follows changes nothing. One beside a query is refused too."""
    before = head(writable)
    update = inserting(writable.graph("posted"), EXAMPLE)
    refused(writable.send("GET", address("/sparql", update=update)), 400, "bad-request")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    refused(writable.send("POST", "/sparql", urlencode({"update": update, "query": "ASK {}"}), form), 400, "bad-request")
    refused(writable.send("POST", "/sparql", urlencode([("update", update), ("update", update)]), form), 400, "bad-request")
    refused(asked(writable.service, update), 400, "bad-query")
    assert head(writable) == before


def test_notes_are_not_counted_as_evidence(writable: Writable) -> None:
    """However much is noted down, the questions' answers stay as they are."""
    before = writable.service.send("GET", "/api/questions/claims-per-origin").json["rows"]
    graph = writable.graph("evidence")
    commit = writable.update(inserting(graph, f"<{graph}#claim> <{TARGET}> id:sdf", f"<{graph}#claim> skos:prefLabel 'SDF'@en"))
    after = writable.service.send("GET", address("/api/questions/claims-per-origin", min_commit=commit)).json
    assert (after["rows"], after["commit"] >= commit) == (before, True)
    assert f"{CG}Claim" not in str(writable.triples("evidence", commit))
