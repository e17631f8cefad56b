"""What tests of the service send again and again, and the one shape of everything that goes wrong."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from asking import PREFIXES
from running import Run
from serving import SECONDS_TO_ANSWER, Answer, Service

BASE, CG = PREFIXES["id"], PREFIXES["cg"]
ROWS = "application/sparql-results+json"
TURTLE = "text/turtle"
JSON_BODY = {"Content-Type": "application/json"}
TURTLE_BODY = {"Content-Type": TURTLE}
PAGE = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
# What no deadline of a test is long enough for: all triples beside all triples beside all triples.
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def address(path: str, **parameters: object) -> str:
    """An address with parameters; ``min_commit`` stands for ``min-commit``, and so on."""
    named = [(name.replace("_", "-"), str(value)) for name, value in parameters.items()]
    return f"{path}?{urlencode(named)}" if named else path


def asked(service: Service, query: str, headers: Mapping[str, str] | None = None, **parameters: object) -> Answer:
    """The answer to a query, whatever it is."""
    return service.send("GET", address("/sparql", query=query, **parameters), headers={"Accept": "*/*", **(headers or {})})


def got(service: Service, target: str, language: str = "en", **headers: str) -> Answer:
    """A page as a browser of somebody who reads that language asks for it."""
    return service.send("GET", target, headers={**PAGE, "Accept-Language": language, **headers})


def rows(service: Service, query: str, headers: Mapping[str, str] | None = None, **parameters: object) -> list[dict[str, str]]:
    """The rows of a query that must succeed, each value without its RDF syntax."""
    answer = asked(service, query, {"Accept": ROWS, **(headers or {})}, **parameters)
    assert answer.status == 200, answer.text
    return [{name: term["value"] for name, term in row.items()} for row in answer.json["results"]["bindings"]]


def refused(answer: Answer, status: int, code: str) -> str:
    """The sentence of a refusal, which has this status and code and the shape that all have (RFC 9457)."""
    assert answer.status == status, (answer.status, answer.text)
    assert answer.media_type == "application/problem+json"
    value: dict[str, Any] = answer.json
    assert value | {"type": f"https://w3id.org/claimgraph/errors#{code}", "title": HTTPStatus(status).phrase, "status": status, "code": code} == value
    sentence = value["detail"]
    assert isinstance(sentence, str)
    assert sentence.strip()
    assert "Traceback" not in answer.text
    return sentence


def raw(service: Service, data: bytes, method: str = "GET") -> Answer:
    """What comes back for bytes as they are."""
    with socket.create_connection((service.host, service.port), timeout=SECONDS_TO_ANSWER) as connection:
        connection.sendall(data)
        response = HTTPResponse(connection, method=method)
        response.begin()
        return Answer(response.status, response.headers, response.read())


@dataclass(frozen=True)
class Writable:
    """An evidence store that is served, and the header of dana, who may write there."""

    service: Service
    headers: dict[str, str]

    @property
    def data(self) -> Path:
        """Its folder."""
        assert self.service.data is not None
        return self.service.data

    def graph(self, name: str) -> str:
        """A graph of dana's."""
        return f"{BASE}workspace/dana/{name}"

    def send(self, method: str, target: str, body: bytes | str | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer to a request of dana's."""
        return self.service.send(method, target, body.encode() if isinstance(body, str) else body, {**self.headers, **(headers or {})})

    def try_update(self, text: str) -> Answer:
        """The answer to an update of dana's, whatever it is."""
        return self.send("POST", "/sparql", text, {"Content-Type": "application/sparql-update"})

    def update(self, text: str) -> int:
        """The commit of an update of dana's that must succeed."""
        answer = self.try_update(text)
        assert answer.status == 204, answer.text
        return int(answer.headers["X-Commit"])

    def triples(self, name: str, commit: int) -> set[tuple[str, str, str]]:
        """What stands in a graph of dana's as of a commit, or a later one."""
        found = rows(self.service, f"SELECT * {{ GRAPH <{self.graph(name)}> {{ ?s ?p ?o }} }}", min_commit=commit)
        return {(row["s"], row["p"], row["o"]) for row in found}


def history(data: Path, claimgraph: Run, *report: str) -> list[dict[str, Any]]:
    """The commits of a store, or those of one report, newest first."""
    found: list[dict[str, Any]] = claimgraph("history", *report, "--limit", "1000", "--data", data, "--format", "json").json
    return found


def sound(data: Path, claimgraph: Run) -> int:
    """How many commits a store has, which must be sound; nobody else may be writing to it."""
    found = claimgraph("verify", "--data", data, "--format", "json")
    assert (found.code, found.json["sound"]) == (0, True), found.all
    return int(found.json["checked"]["commits"])
