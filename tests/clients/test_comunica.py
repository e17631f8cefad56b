"""Comunica 4: the service as one of its sources."""

from __future__ import annotations

import pytest
from pyoxigraph import Store

from asking import (
    DECLARED,
    DENIED_ESCAPES,
    GRAPHS,
    NOTE,
    QUESTIONS,
    SDF,
    counted,
    note,
    rows,
    rows_of_json,
    stored,
    triples,
    triples_of_json,
)
from npm_clients import Scripts
from serving import Service


def _source(service: Service) -> dict[str, str]:
    return {"type": "sparql", "value": f"{service.url}/sparql"}


def test_select(scripts: Scripts, served: Service, direct: Store) -> None:
    """FILTER, OPTIONAL and ORDER BY: the same rows in the same order, Arabic letter by letter, unbound variables left out."""
    found = scripts.says("comunica", form="select", sources=[_source(served)], query=DENIED_ESCAPES)
    assert rows_of_json(found) == rows(direct, DENIED_ESCAPES)


def test_a_source_of_which_it_knows_only_the_address(scripts: Scripts, served: Service, direct: Store) -> None:
    """Then it reads the service's description of itself first, and asks as that says."""
    found = scripts.says("comunica", form="select", sources=[f"{served.url}/sparql"], query=DENIED_ESCAPES)
    assert rows_of_json(found) == rows(direct, DENIED_ESCAPES)


def test_a_query_too_long_for_an_address(scripts: Scripts, served: Service, direct: Store) -> None:
    """Long queries it sends as forms: the claims named one by one."""
    claims = " ".join(f"<{row['claim'].value}>" for row in rows(direct, "SELECT ?claim { ?claim a <https://w3id.org/claimgraph/ontology#Claim> }"))
    query = f"{DECLARED} SELECT ?claim ?type {{ VALUES ?claim {{ {claims} }} ?claim cg:content/cg:eventType ?type }}"
    found = scripts.says("comunica", form="select", sources=[_source(served)], query=query)
    assert counted(rows_of_json(found)) == counted(rows(direct, query))


@pytest.mark.parametrize("query", GRAPHS.values(), ids=GRAPHS)
def test_graphs(scripts: Scripts, served: Service, direct: Store, query: str) -> None:
    """CONSTRUCT and DESCRIBE give the same triples."""
    found = scripts.says("comunica", form="construct", sources=[_source(served)], query=query)
    assert triples_of_json(found) == triples(direct, query)


@pytest.mark.parametrize(("question", "answer"), QUESTIONS.items(), ids=["yes", "no"])
def test_ask(scripts: Scripts, served: Service, question: str, answer: bool) -> None:
    """Questions with yes or no for an answer."""
    assert scripts.says("comunica", form="ask", sources=[_source(served)], query=question) is answer


def test_a_join_of_two_queries(scripts: Scripts, served: Service, direct: Store) -> None:
    """A text of its own and two SERVICE clauses that name us: it asks us twice, and joins what it hears itself."""
    claims = [row["claim"].value for row in rows(direct, DENIED_ESCAPES)][:3]
    turtle = {
        "type": "serialized",
        "mediaType": "text/turtle",
        "baseIRI": "http://example.org/",
        "value": "".join(f"{note(it).triple} .\n" for it in claims),
    }
    denials, names = "?claim cg:polarity cg:polarity-denies ; cg:claimant ?who", '?who skos:prefLabel ?name FILTER(LANG(?name) = "ar")'
    apart = f"?claim <{NOTE}> ?note SERVICE <{served.url}/sparql> {{ {denials} }} SERVICE <{served.url}/sparql> {{ {names} }}"
    found = scripts.says("comunica", form="select", sources=[turtle], query=f"{DECLARED} SELECT ?claim ?name {{ {apart} }} ORDER BY ?claim")
    within = f"VALUES ?claim {{ {' '.join(f'<{it}>' for it in claims)} }}"
    assert rows_of_json(found) == rows(direct, f"{DECLARED} SELECT ?claim ?name {{ {within} {denials} . {names} }} ORDER BY ?claim")


def test_a_join_of_two_sources(scripts: Scripts, served: Service, emptied: Service, direct: Store) -> None:
    """A query over two services finds by itself what which of them knows: claims of the one meet notes of the other."""
    (claim, *_) = [row["claim"].value for row in rows(direct, DENIED_ESCAPES)]
    emptied.update(f"INSERT DATA {{ {note(claim).triple} }}")
    query = f"{DECLARED} SELECT ?claim ?who ?note {{ ?claim <{NOTE}> ?note ; cg:polarity cg:polarity-denies ; cg:claimant ?who }}"
    found = scripts.says("comunica", form="select", sources=[_source(served), _source(emptied)], query=query)
    (who,) = rows(direct, f"{DECLARED} SELECT ?who {{ <{claim}> cg:claimant ?who }}")
    assert [{name: row[name] for name in ("who", "note")} for row in rows_of_json(found)] == [who | {"note": note(claim).object}]


def test_update(scripts: Scripts, emptied: Service) -> None:
    """What it inserts is there, awkward letters and all; what it deletes is gone."""
    kept, gone = note(SDF), note(SDF, "لا")
    to = {"sources": [_source(emptied)], "destination": _source(emptied)}
    scripts.says("comunica", form="update", query=f"INSERT DATA {{ {kept.triple} . {gone.triple} }}", **to)
    assert stored(emptied) == {kept, gone}
    scripts.says("comunica", form="update", query=f"DELETE DATA {{ {gone.triple} }}", **to)
    assert stored(emptied) == {kept}


def test_a_refusal_is_seen(scripts: Scripts, served: Service) -> None:
    """An update without a token is an error with its status, and so is another path."""
    to = {"sources": [_source(served)], "destination": _source(served)}
    assert "401" in scripts.complains("comunica", form="update", query=f"INSERT DATA {{ {note(SDF).triple} }}", **to)
    nowhere = {"type": "sparql", "value": f"{served.url}/nothing"}
    assert "404" in scripts.complains("comunica", form="select", sources=[nowhere], query=DENIED_ESCAPES)
