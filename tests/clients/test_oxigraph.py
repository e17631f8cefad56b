"""``oxigraph query``, the program from PyPI, which reaches the service with SERVICE from a store of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import QueryResultsFormat, RdfFormat, Store, parse

from asking import AWKWARD, DECLARED, DENIED_ESCAPES, GRAPHS, NOTE, QUESTIONS, note, of_results, rows, triples
from serving import Service

PROGRAM = Path(sys.executable).with_name("oxigraph")
HEAD, BODY = DENIED_ESCAPES.removeprefix(DECLARED).removesuffix(" ORDER BY ?claim").split("WHERE", 1)


def _done(near: Path, query: str, *options: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([PROGRAM, "query", "--location", near, "--query", query, *options], check=False, capture_output=True, timeout=60)


def _answer(near: Path, query: str, media_type: str = QueryResultsFormat.JSON.media_type) -> bytes:
    done = _done(near, query, "--results-format", media_type)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.fixture
def near(tmp_path: Path, direct: Store) -> Path:
    """A store of one's own, with a note about each claim that denies an escape in English."""
    claims = [row["claim"].value for row in rows(direct, DENIED_ESCAPES) if row["claim"].value.split("/")[-2].endswith("-en")]
    assert claims
    notes = Store(tmp_path / "near")
    notes.extend(note(claim) for claim in claims)
    notes.flush()
    del notes  # its lock is given up
    return tmp_path / "near"


def test_select(near: Path, served: Service, direct: Store) -> None:
    """Its rows from the service are the service's rows: FILTER and OPTIONAL are evaluated over there."""
    query = f"{DECLARED}{HEAD} WHERE {{ SERVICE <{served.url}/sparql> {BODY} }} ORDER BY ?claim"
    assert of_results(_answer(near, query), QueryResultsFormat.JSON) == rows(direct, DENIED_ESCAPES)


def test_a_join_of_both_stores(near: Path, served: Service, direct: Store) -> None:
    """Notes of the near store and claims of the service come together in a row."""
    query = f"{DECLARED}{HEAD} ?note WHERE {{ ?claim <{NOTE}> ?note SERVICE <{served.url}/sparql> {BODY} }} ORDER BY ?claim"
    expected = [row for row in rows(direct, DENIED_ESCAPES) if row["claim"].value.split("/")[-2].endswith("-en")]
    assert of_results(_answer(near, query), QueryResultsFormat.JSON) == [row | {"note": note("urn:x", AWKWARD).object} for row in expected]


def test_a_join_of_two_services(near: Path, served: Service, emptied: Service, direct: Store) -> None:
    """So do claims of one service and notes of another."""
    claim = rows(direct, DENIED_ESCAPES)[0]["claim"].value
    emptied.update(f"INSERT DATA {{ {note(claim).triple} }}")
    query = f"""SELECT ?who ?note WHERE {{
      SERVICE <{emptied.url}/sparql> {{ ?claim <{NOTE}> ?note }} SERVICE <{served.url}/sparql> {{ ?claim <{_CLAIMANT}> ?who }}
    }}"""
    (found,) = rows(direct, f"SELECT ?who {{ <{claim}> <{_CLAIMANT}> ?who }}")
    assert of_results(_answer(near, query), QueryResultsFormat.JSON) == [found | {"note": note(claim).object}]


_CLAIMANT = "https://w3id.org/claimgraph/ontology#claimant"


def test_graphs_of_the_service(near: Path, served: Service, direct: Store) -> None:
    """Names of graphs are seen through SERVICE as they are without it."""
    counting = "SELECT ?g (COUNT(*) AS ?n) { %s } GROUP BY ?g"
    pattern = "GRAPH ?g { ?claim a <https://w3id.org/claimgraph/ontology#Claim> }"
    found = of_results(_answer(near, counting % f"SERVICE <{served.url}/sparql> {{ {pattern} }}"), QueryResultsFormat.JSON)
    assert isinstance(found, list)
    assert {row["g"]: row["n"] for row in found} == {row["g"]: row["n"] for row in rows(direct, counting % pattern)}


@pytest.mark.parametrize(("question", "answer"), QUESTIONS.items(), ids=["yes", "no"])
def test_ask(near: Path, served: Service, question: str, answer: bool) -> None:
    """Questions with yes or no for an answer."""
    body = question.removeprefix(DECLARED).split("ASK", 1)[1]
    found = _answer(near, f"{DECLARED} ASK {{ SERVICE <{served.url}/sparql> {body} }}")
    assert of_results(found, QueryResultsFormat.JSON) is answer


def test_construct(near: Path, served: Service, direct: Store) -> None:
    """A graph made of what the service answers."""
    head, body = GRAPHS["CONSTRUCT"].split("WHERE", 1)
    found = _answer(near, f"{head} WHERE {{ SERVICE <{served.url}/sparql> {body} }}", RdfFormat.N_TRIPLES.media_type)
    assert {quad.triple for quad in parse(found, RdfFormat.N_TRIPLES)} == triples(direct, GRAPHS["CONSTRUCT"])


def test_a_refusal_is_seen(near: Path, served: Service) -> None:
    """What the service refuses, here to ask yet another service, is an error of the program that names the reason, and no empty answer."""
    inner = f"SERVICE <{served.url}/sparql> {{ ?s ?p ?o }}"
    done = _done(near, f"SELECT * {{ SERVICE <{served.url}/sparql> {{ {inner} }} }}", "--results-format", "json")
    assert done.returncode != 0
    assert "SERVICE" in done.stderr.decode()
