"""The endpoint as readers see it, beyond the W3C's tests: forms of answers, what was left out, how long it takes, which commit is shown."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat, Store, parse

from asking import DENIED_ESCAPES, GRAPHS, NOT_SPARQL, SDF, SOMEBODY_DENIES, of_results, triples
from asking import rows as expected_rows
from requesting import BASE, CG, ENDLESS, ROWS, TURTLE_BODY, Writable, address, asked, refused, rows
from running import Run, small, written
from serving import Answer, Service, eventually

CLAIMS = f"SELECT ?claim WHERE {{ ?claim a <{CG}Claim> }}"

# --- forms ----------------------------------------------------------------------------------------------------------------

ROW_FORMS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "text/tab-separated-values": QueryResultsFormat.TSV,
}
GRAPH_FORMS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/trig": RdfFormat.TRIG,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/n-quads": RdfFormat.N_QUADS,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
# What a client accepts, and what it gets of rows and of graphs; None where it gets neither.
WISHES = {
    "": ("application/sparql-results+json", "text/turtle"),
    "*/*": ("application/sparql-results+json", "text/turtle"),
    "application/json": ("application/sparql-results+json", "application/ld+json"),
    "application/*": ("application/sparql-results+json", "application/trig"),
    "text/*": ("text/csv", "text/turtle"),
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": ("application/sparql-results+xml", "application/rdf+xml"),
    "image/png": (None, None),
    "image/png, */*;q=0.1": ("application/sparql-results+json", "text/turtle"),
    "TEXT/CSV": ("text/csv", None),
    "text/csv;q=0.5, application/sparql-results+xml;q=0.6": ("application/sparql-results+xml", None),
    "text/turtle;q=0, application/n-triples;q=0.2": (None, "application/n-triples"),
    "application/sparql-results+json;q=0": (None, None),
    "text/csv;header=present;q=0.7": ("text/csv", None),
}


@pytest.mark.parametrize("accept", ROW_FORMS)
def test_rows_in_each_form(served: Service, direct: Store, accept: str) -> None:
    """The same rows in the same order, with Arabic, languages and datatypes, in every form that tells terms apart."""
    answer = asked(served, DENIED_ESCAPES, {"Accept": accept})
    assert answer.media_type == accept
    assert of_results(answer.body, ROW_FORMS[accept]) == expected_rows(direct, DENIED_ESCAPES)


def test_rows_as_csv(served: Service, direct: Store) -> None:
    """CSV has the values, with a line of names, lines that end in CR LF, and empty cells for what is unbound."""
    answer = asked(served, DENIED_ESCAPES, {"Accept": "text/csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    head, *lines = csv.reader(io.StringIO(answer.text, newline=""))
    assert lines == [[row[name].value if name in row else "" for name in head] for row in expected_rows(direct, DENIED_ESCAPES)]
    assert answer.text.count("\r\n") == len(lines) + 1
    assert any("" in line for line in lines)


@pytest.mark.parametrize("accept", [*ROW_FORMS, "text/csv"])
def test_yes_or_no_in_each_form(served: Service, accept: str) -> None:
    """A question with yes or no for an answer has one in every form."""
    answer = asked(served, SOMEBODY_DENIES, {"Accept": accept})
    assert (answer.status, answer.media_type) == (200, accept)
    assert "true" in answer.text


@pytest.mark.parametrize("accept", GRAPH_FORMS)
@pytest.mark.parametrize("query", GRAPHS.values(), ids=GRAPHS)
def test_graphs_in_each_form(served: Service, direct: Store, query: str, accept: str) -> None:
    """CONSTRUCT and DESCRIBE give the same triples in every syntax."""
    answer = asked(served, query, {"Accept": accept})
    assert answer.media_type == accept
    assert {quad.triple for quad in parse(answer.body, GRAPH_FORMS[accept])} == triples(direct, query)


@pytest.mark.parametrize("accept", WISHES)
def test_what_a_client_likes_best(served: Service, accept: str) -> None:
    """The form follows Accept, its weights and wildcards; where nothing suits, the refusal (406) names what there is."""
    headers = {"Accept": accept} if accept else {}
    for query, media in zip((CLAIMS, f"DESCRIBE <{SDF}>"), WISHES[accept], strict=True):
        answer = served.send("GET", address("/sparql", query=query), headers=headers)
        if media is None:
            assert "text/" in refused(answer, 406, "not-acceptable")
        else:
            assert (answer.status, answer.media_type) == (200, media)
            assert answer.headers["Vary"] == "Accept"


# --- what was left out ----------------------------------------------------------------------------------------------------


def counted(answer: Answer) -> int:
    """How many rows an answer has."""
    return len(answer.json["results"]["bindings"])


def test_rows_that_were_left_out_are_told_of(narrow: Writable) -> None:
    """An answer of more than ``CLAIMGRAPH_ANSWER_ROWS`` ends there and says so, whatever LIMIT asks for; one of exactly so many does not."""
    for limit, told in (("", True), ("LIMIT 4", False), ("LIMIT 5", False), ("LIMIT 6", True), ("LIMIT 600", True)):
        answer = asked(narrow.service, f"{CLAIMS} {limit}", {"Accept": ROWS})
        assert (answer.headers.get("X-Truncated"), counted(answer)) == ("true" if told else None, min(5, int(limit[6:] or 5)))


@pytest.mark.parametrize("accept", ["text/csv", "application/sparql-results+xml", "text/tab-separated-values"])
def test_so_it_is_in_every_form(narrow: Writable, accept: str) -> None:
    """It is told in a header, so that every form has it."""
    assert asked(narrow.service, CLAIMS, {"Accept": accept}).headers["X-Truncated"] == "true"


def test_triples_that_were_left_out_are_told_of(narrow: Writable) -> None:
    """CONSTRUCT and DESCRIBE end there too."""
    for query in (f"CONSTRUCT {{ ?s ?p ?o }} {{ ?s ?p ?o ; a <{CG}Claim> }}", f"DESCRIBE <{SDF}>"):
        answer = asked(narrow.service, query, {"Accept": "application/n-triples"})
        assert answer.headers["X-Truncated"] == "true"
        assert len(answer.text.splitlines()) == 5


def test_other_answers_are_whole(narrow: Writable, served: Service) -> None:
    """Neither a count nor a boolean is cut, and nothing is said of it; with the usual limit the claims are all there."""
    for query in (f"SELECT (COUNT(*) AS ?n) {{ ?claim a <{CG}Claim> }}", "ASK { ?s ?p ?o }"):
        assert "X-Truncated" not in asked(narrow.service, query).headers
    whole = asked(served, CLAIMS, {"Accept": ROWS})
    assert "X-Truncated" not in whole.headers
    assert counted(whole) == int(rows(narrow.service, f"SELECT (COUNT(*) AS ?n) {{ ?claim a <{CG}Claim> }}")[0]["n"])


# --- time -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("timeout", "seconds"), [("0.3", 0.3), (None, 1.5), ("60", 1.5), ("86400", 1.5)])
def test_how_long_a_query_may_take(narrow: Writable, timeout: str | None, seconds: float) -> None:
    """``timeout`` below the limit is honoured, and none above it: the answer comes then (503), says after how long, and when to come again."""
    began = time.monotonic()
    answer = asked(narrow.service, ENDLESS, **({"timeout": timeout} if timeout else {}))
    took = time.monotonic() - began
    assert f"{seconds:g} s" in refused(answer, 503, "query-stopped")
    assert int(answer.headers["Retry-After"]) > 0
    assert seconds <= took < seconds + 5


def test_a_deadline_costs_only_its_own_query(narrow: Writable) -> None:
    """The next query, on whatever process, is answered; also in a form, and as a body with the time in the address."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for target, body, headers in (
        ("/sparql", address("", query=ENDLESS, timeout=0.1)[1:].encode(), form),
        (address("/sparql", timeout=0.1), ENDLESS.encode(), {"Content-Type": "application/sparql-query"}),
    ):
        assert "0.1 s" in refused(narrow.service.send("POST", target, body, headers), 503, "query-stopped")
        assert counted(asked(narrow.service, f"{CLAIMS} LIMIT 1", {"Accept": ROWS})) == 1


@pytest.mark.parametrize("timeout", ["0", "-1", "nan", "inf", "-inf", "soon", "", "1e9", "1,5"])
def test_times_that_are_none(served: Service, timeout: str) -> None:
    """A time that is no number, or none that a query could take, is refused (400), not taken for the limit."""
    assert "timeout" in refused(asked(served, "ASK {}", timeout=timeout), 400, "bad-parameter")


def test_a_bad_query_is_told_what_is_wrong(served: Service) -> None:
    """What is no SPARQL is told where; an update sent as a query is told what it is."""
    assert "SPARQL" in refused(asked(served, NOT_SPARQL), 400, "bad-query")
    assert "INSERT" in refused(asked(served, "INSERT DATA { <urn:a> <urn:b> <urn:c> }"), 400, "bad-query")
    assert "prefix" in refused(asked(served, "SELECT * { ?s nobody:knows ?o }"), 400, "bad-query")


# --- commits --------------------------------------------------------------------------------------------------------------


def test_a_writer_sees_its_own_commit_at_once(writable: Writable) -> None:
    """Twenty times in a row: what was acknowledged is there for whoever names its commit, and the answer is as of that commit or a later one."""
    last = 0
    for number in range(20):
        commit = writable.update(f"INSERT DATA {{ GRAPH <{writable.graph('own')}> {{ <urn:n> <urn:is> {number} }} }}")
        assert commit > last
        last = commit
        answer = asked(
            writable.service, f"ASK {{ GRAPH <{writable.graph('own')}> {{ <urn:n> <urn:is> {number} }} }}", {"Accept": ROWS}, min_commit=commit
        )
        assert (answer.status, answer.json["boolean"]) == (200, True)
        assert int(answer.headers["X-Commit"]) >= commit


def test_every_address_takes_a_commit(writable: Writable) -> None:
    """So do graphs, questions, resources and checks: each answer is as of the commit that was named, or a later one."""
    name = writable.graph("taken")
    commit = writable.update(f"INSERT DATA {{ GRAPH <{name}> {{ <{name}#a> <urn:b> 'ج'@ar }} }}")
    for target in (
        address("/graphs", graph=name, min_commit=commit),
        address("/api/questions/denials", min_commit=commit),
        address(f"/id/workspace/dana/{name.rpartition('/')[2]}", min_commit=commit),
    ):
        answer = writable.service.send("GET", target)
        assert (answer.status, int(answer.headers["X-Commit"]) >= commit) == (200, True)


def test_the_first_who_reads_after_a_write_sees_it(writable: Writable) -> None:
    """Though it names no commit: whether it reads at once or after a while in which nobody did, by whatever address."""
    for pause in (0.5, 0.5, 2.0):
        time.sleep(pause)  # two snapshots are not taken within a quarter of a second
        name = writable.graph(f"first-{time.monotonic_ns()}")
        assert writable.send("PUT", address("/graphs", graph=name), "<urn:a> <urn:b> <urn:c> .", TURTLE_BODY).status == 201
        assert writable.service.send("GET", address("/graphs", graph=name)).status == 200


def test_what_the_command_line_writes_is_seen_by_the_first_who_reads_later(writable: Writable, claimgraph: Run, tmp_path: Path) -> None:
    """Nobody told the service of it, and nobody has read meanwhile."""
    document = written(tmp_path / "beside.json", small("كتب سطر الأوامر هذا.", "beside-the-service"))
    assert claimgraph("ingest", document, "--data", writable.data).code == 0
    time.sleep(1)
    assert writable.service.send("GET", "/id/beside-the-service").status == 303


def test_readers_who_never_stop_come_to_see_it_soon(writable: Writable) -> None:
    """Nobody among many who read waits, and a moment later they are shown the newest."""
    commit = writable.update(f"INSERT DATA {{ GRAPH <{writable.graph('soon')}> {{ <urn:a> <urn:b> <urn:c> }} }}")
    eventually(lambda: int(asked(writable.service, "ASK {}").headers["X-Commit"]) >= commit, "the new commit")


@pytest.mark.parametrize("commit", ["-1", "x", "", "1.5", "٣", "9" * 40])
def test_commits_that_are_none(served: Service, commit: str) -> None:
    """A commit that there is not yet is not found (404), and what is no number is refused (400): nobody waits for what may never come."""
    assert "commit" in refused(asked(served, "ASK {}", min_commit=commit), 400, "bad-parameter")
    assert "commit" in refused(asked(served, "ASK {}", min_commit=999_999), 404, "not-found")


def test_a_scratch_store_has_no_commits(scratch: Service) -> None:
    """Nor does it pretend: it tells none and takes none."""
    answer = asked(scratch, "ASK {}")
    assert (answer.status, "X-Commit" in answer.headers) == (200, False)
    refused(asked(scratch, "ASK {}", min_commit=0), 400, "bad-parameter")


def test_a_commit_that_cannot_be_shown_in_time(narrow: Writable) -> None:
    """Who waits for a commit waits as long as for a query, then is told which one is shown (503); who does not wait is answered."""
    for number in range(3):  # the first may be shown at once; within twenty seconds no other is
        commit = narrow.update(f"INSERT DATA {{ GRAPH <{narrow.graph('late')}> {{ <urn:n> <urn:is> {number} }} }}")
        answer = asked(narrow.service, "ASK {}", min_commit=commit, timeout=0.3)
        if answer.status != 200:
            break
    assert str(commit) in refused(answer, 503, "not-yet")
    assert int(answer.headers["Retry-After"]) > 0
    assert int(asked(narrow.service, "ASK {}").headers["X-Commit"]) < commit


# --- the store's own words ------------------------------------------------------------------------------------------------


def test_prefixes_that_need_no_declaring(served: Service) -> None:
    """The prefixes of the command line are known here too, and a declaration overrules them."""
    assert rows(served, "SELECT ?n { id:sdf skos:prefLabel ?n FILTER(LANG(?n) = 'en') }") == [{"n": "Syrian Democratic Forces (SDF)"}]
    assert rows(served, "PREFIX id: <urn:> SELECT ?n { id:sdf skos:prefLabel ?n }") == []


def test_relative_iris_are_the_stores(served: Service, direct: Store) -> None:
    """Relative IRIs are resolved against the base of the data, whatever name the service was reached by."""
    (row,) = rows(served, "SELECT (COUNT(*) AS ?n) { <sdf> ?p ?o }")
    assert int(row["n"]) == len(list(direct.quads_for_pattern(NamedNode(f"{BASE}sdf"), None, None)))
