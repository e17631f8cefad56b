"""SERVICE: switched off, or for the endpoints alone that whoever started the service listed; another service of ours stands for them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from asking import DECLARED, SDF
from claimgraph.store.tokens import Tokens
from requesting import Writable, asked, refused, rows
from serving import Service, bearer, service


@pytest.fixture(scope="module")
def federating(sampled: Path, scratch: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writable]:
    """A service on the samples that may ask the scratch service, and the scratch service with a note about the SDF."""
    where = tmp_path_factory.mktemp("federating")
    data = Path(shutil.copytree(sampled, where / "data"))
    secret = Tokens(data).create("dana", ("read", "write"))
    scratch.update(f"DROP ALL; INSERT DATA {{ <{SDF}> <urn:note> 'ملاحظة'@ar }}")
    with service(where, "--service", f"{scratch.url}/sparql", data=data) as running:
        yield Writable(running, bearer(secret))


def calling(iri: str, silent: str = "") -> str:
    """A query that puts what another service knows beside what is here."""
    there = f"SERVICE {silent} <{iri}> {{ ?who <urn:note> ?note }}"
    return f"{DECLARED} SELECT ?note ?name {{ {there} ?who skos:prefLabel ?name FILTER(LANG(?name) = 'en') }}"


def test_a_listed_service_is_asked(federating: Writable, scratch: Service) -> None:
    """With ``--service`` a query may put its rows beside ours; queries without it are answered as ever, as of the same commit."""
    for silent in ("", "SILENT"):
        found = rows(federating.service, calling(f"{scratch.url}/sparql", silent))
        assert found == [{"note": "ملاحظة", "name": "Syrian Democratic Forces (SDF)"}]
    plain, calls = (asked(federating.service, query) for query in ("ASK {}", calling(f"{scratch.url}/sparql")))
    assert plain.headers["X-Commit"] == calls.headers["X-Commit"]


@pytest.mark.parametrize("other", ["/sparql/", "/sparql?x", "/graphs", "/SPARQL"])
def test_an_unlisted_service_is_not(federating: Writable, scratch: Service, other: str) -> None:
    """Any other IRI, however near, is refused (400), also beside one that is listed; and so is a variable."""
    before = requests(scratch)
    listed = f"<{scratch.url}/sparql>"
    for query in (
        calling(scratch.url + other),
        calling(scratch.url + other, "SILENT"),
        f"SELECT * {{ SERVICE {listed} {{ ?a ?b ?c }} SERVICE <{scratch.url}{other}> {{ ?d ?e ?f }} }}",
        f"SELECT * {{ VALUES ?s {{ {listed} }} SERVICE ?s {{ ?a ?b ?c }} }}",
    ):
        assert "SERVICE" in refused(asked(federating.service, query), 400, "bad-query")
    assert requests(scratch) == before


def test_without_a_list_nobody_is_asked(served: Service, scratch: Service) -> None:
    """SERVICE is switched off where none was listed, and so is LOAD; no request leaves."""
    before = requests(scratch)
    for silent in ("", "SILENT"):
        assert "SERVICE" in refused(asked(served, calling(f"{scratch.url}/sparql", silent)), 400, "bad-query")
    for word in ("sErViCe", "SERVICE\n#\n"):
        refused(asked(served, f"ASK {{ {word} <{scratch.url}/sparql> {{ ?a ?b ?c }} }}"), 400, "bad-query")
    refused(scratch.send("POST", "/sparql", f"LOAD <{scratch.url}/graphs>".encode(), {"Content-Type": "application/sparql-update"}), 400, "bad-query")
    assert len(requests(scratch)) == len(before) + 1  # the one that asked it to load


def requests(service: Service) -> list[str]:
    """The requests that a service has seen, which it logs when they are answered; other than for its figures."""
    service.send("GET", "/metrics")
    return [line["path"] for line in service.log if line["event"] == "request" and line["path"] != "/metrics"]


def test_a_query_with_a_listed_service_has_a_deadline_too(federating: Writable, scratch: Service) -> None:
    """It is stopped as any other is."""
    query = f"SELECT (COUNT(*) AS ?n) {{ SERVICE <{scratch.url}/sparql> {{ ?x <urn:note> ?y }} ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }}"
    refused(asked(federating.service, query, timeout=1), 503, "query-stopped")
