"""What the service says of itself: figures, a log of one JSON object a line that gives nothing away, and descriptions for people and programs."""

from __future__ import annotations

import json
import re
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from prometheus_client.parser import text_string_to_metric_families

from claimgraph.ask.catalogue import catalogue
from requesting import ENDLESS, JSON_BODY, Writable, address, asked, rows
from running import small
from serving import Service, eventually

# --- figures --------------------------------------------------------------------------------------------------------------


def figures(service: Service) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """The figures of a service, by name and labels."""
    answer = service.send("GET", "/metrics")
    assert (answer.status, answer.media_type) == (200, "text/plain")
    families = list(text_string_to_metric_families(answer.text))
    assert families
    assert all(family.documentation and family.name.startswith("claimgraph_") for family in families)
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for family in families for sample in family.samples}


def figure(service: Service, name: str, **labels: str) -> float:
    """One figure; one that has not been counted yet is 0."""
    return figures(service).get((f"claimgraph_{name}", tuple(sorted(labels.items()))), 0.0)


def test_requests_are_counted(writable: Writable) -> None:
    """By address and status, with the time that they took; whatever an address is, it makes no figure of its own."""
    service = writable.service
    counted = [("sparql", "200"), ("sparql", "400"), ("api", "200"), ("id", "404"), ("other", "404")]
    before = [figure(service, "requests_total", address=name, status=status) for name, status in counted]
    took = figure(service, "request_seconds_count", address="sparql")
    for target in (address("/sparql", query="ASK {}"), "/sparql?query=x", "/api/questions", "/id/nobody", "/a", "/b/c", f"/{quote('نفي')}"):
        service.send("GET", target)
    after = [figure(service, "requests_total", address=name, status=status) for name, status in counted]
    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 1, 1, 1, 3]
    assert figure(service, "request_seconds_count", address="sparql") == took + 2
    addresses = {dict(labels).get("address", "") for _, labels in figures(service)}
    assert addresses <= {
        "",
        "sparql",
        "graphs",
        "api",
        "id",
        "pages",
        "reports",
        "claims",
        "incidents",
        "entities",
        "questions",
        "search",
        "check",
        "review",
        "reference",
        "signin",
        "assets",
        "metrics",
        "health",
        "docs",
        "openapi.json",
        "other",
    }


def test_commits_are_counted(writable: Writable) -> None:
    """The last commit of the archive rises with each write, and the one that readers are shown follows."""
    before = figure(writable.service, "commit")
    commit = writable.update(f"INSERT DATA {{ GRAPH <{writable.graph('figures')}> {{ <urn:a> <urn:b> <urn:c> }} }}")
    assert figure(writable.service, "commit") == commit == before + 1
    rows(writable.service, "SELECT * {}", min_commit=commit)
    assert figure(writable.service, "commit_shown") == commit
    assert figure(writable.service, "writer_restarts") == 0


def test_workers_are_counted(writable: Writable) -> None:
    """Those that wait for work, and those that were ended: a query at its deadline ends one."""
    before = figure(writable.service, "workers_killed")
    asked(writable.service, ENDLESS, timeout=0.2)
    assert figure(writable.service, "workers_killed") > before
    eventually(lambda: figure(writable.service, "workers_idle") >= 1, "a worker that waits")
    assert figure(writable.service, "requests_waiting") == figure(writable.service, "queries_long") == 0


@pytest.mark.parametrize("store", ["served", "scratch"])
def test_health(request: pytest.FixtureRequest, store: str) -> None:
    """Whether it runs, and nothing of the store."""
    answer = request.getfixturevalue(store).send("GET", "/health")
    assert (answer.status, answer.json) == (200, {"status": "ok"})


# --- the log --------------------------------------------------------------------------------------------------------------

SECRETS = {
    "query": "OwlsInTheQuery",
    "update": "OwlsInTheUpdate",
    "parameter": "owls-in-the-parameter",
    "report": "بومة في نص التقرير لا يراها أحد",
    "note": "بومة في ملاحظة",
    "title": "OwlsInTheTitle",
    "header": "OwlsInTheHeader",
}


def test_the_log_gives_nothing_away(writable: Writable) -> None:
    """Each line is a JSON object with a time and an event; no text of a report, no query, no parameter, no token is in any, refused or not."""
    service = writable.service
    graph = writable.graph("log")
    started = len(service.log)
    document = small(SECRETS["report"] + ".", report_id="log", title=SECRETS["title"])
    asked(service, f"SELECT * {{ ?s ?p '{SECRETS['query']}' }}")
    asked(service, f"SELECT {SECRETS['query']}")
    asked(service, f"{ENDLESS} # {SECRETS['query']}", timeout=0.1)
    writable.update(f"INSERT DATA {{ GRAPH <{graph}> {{ <urn:a> <urn:b> '{SECRETS['update']}', '{SECRETS['note']}' }} }}")
    writable.try_update(f"INSERT DATA {{ {SECRETS['update']} }}")
    service.send("GET", address("/api/questions/who-claims-what-about", about=SECRETS["parameter"]))
    writable.send("POST", address("/api/reports", reason=SECRETS["title"]), json.dumps(document), JSON_BODY)
    writable.send("POST", "/api/reports", json.dumps(document | {"claims": [{"id": SECRETS["report"]}]}), JSON_BODY)
    writable.send("POST", "/api/validate?id=log", SECRETS["report"], {"Content-Type": "text/plain"})
    for name in ("User-Agent", "Cookie", "Referer", "Origin", "Authorization"):
        service.send("GET", "/health", headers={name: f"Bearer {SECRETS['header']}"})
    lines = eventually(lambda: service.log if len(service.log) > started + 10 else None, "the log") or []
    written = service.said
    for what, secret in (*SECRETS.items(), ("token", writable.headers["Authorization"].split()[1])):
        for form in (secret, quote(secret), json.dumps(secret)[1:-1], secret.encode().hex()):
            assert form not in written, what
    for line in lines:
        assert line["event"] in ("started", "addresses", "request", "log")
        assert line["event"] == "addresses" or datetime.fromisoformat(line["at"]).tzinfo is not None


def test_what_the_log_tells(writable: Writable) -> None:
    """Of each request the method, the path, the status, the time, who it was and which commit: enough to see what goes on."""
    commit = writable.update(f"INSERT DATA {{ GRAPH <{writable.graph('told')}> {{ <urn:a> <urn:b> <urn:c> }} }}")
    writable.service.send("GET", "/told/by/the/log?x=1")

    def look() -> list[dict[str, Any]]:
        return [line for line in writable.service.log if line.get("path") == "/told/by/the/log"]

    (line,) = eventually(look, "the line of the request")
    assert (line["method"], line["status"], line["event"]) == ("GET", 404, "request")
    assert line["ms"] >= 0
    assert "agent" not in line
    (line,) = (line for line in writable.service.log if line.get("commit") == str(commit) and line["method"] == "POST")
    assert (line["agent"], line["path"], line["status"]) == ("dana", "/sparql", 204)


@pytest.mark.parametrize("path", ["/a%0A%7B%22event%22:%22forged%22%7D", "/%1b[2J", "/%E2%80%AE", "/%00", "/" + "x" * 5000])
def test_a_path_forges_no_line(served: Service, path: str) -> None:
    """Whatever a path holds, its line is one line, in plain ASCII, of bounded length."""
    served.send("GET", "/health")  # once this is answered, what was asked before it is in the log
    before = served.said.count("\n")
    served.send("GET", path)

    def look() -> list[str]:
        return [line for line in served.said.split("\n")[before:-1] if '"/health"' not in line]

    (line,) = eventually(look, "the line of the request")
    assert json.loads(line)["event"] == "request"
    assert line.isascii()
    assert line.isprintable()
    assert len(line) < 3000


def test_a_start_tells_what_holds_the_workers(served: Service) -> None:
    """When it starts, the service says whether queries are kept from the network, and by what."""
    (line,) = (line for line in served.log if line["event"] == "started")
    assert line["workers"] >= 1
    assert line["no_network"] or line["no_descriptors"]


# --- descriptions ---------------------------------------------------------------------------------------------------------


class _Tags(HTMLParser):
    """The tags of a page, and every address in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "action", "srcset", "data")]
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]


@pytest.mark.parametrize("store", ["served", "scratch"])
def test_the_page_of_the_api(request: pytest.FixtureRequest, store: str) -> None:
    """``/docs`` is a page that loads nothing from elsewhere; it tells of every address that the description has."""
    service: Service = request.getfixturevalue(store)
    answer = service.send("GET", "/docs")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    page = _Tags(answer.text)
    assert not page.tags & {"style", "iframe", "img", "object", "embed", "base"}
    assert "/openapi.json" in page.addresses
    assert all(one.startswith(("/", "?", "#")) and not one.startswith("//") for one in page.addresses)
    assert "http://" not in answer.text
    assert "https://" not in answer.text
    for path, methods in service.send("GET", "/openapi.json").json["paths"].items():
        assert all(f"{method.upper()} {path}" in answer.text for method in methods)


METHODS = {"get", "put", "post", "delete", "head", "options", "patch"}
PROTOCOLS, OTHERS = {"/sparql", "/graphs", "/graphs/{path}"}, {"/health", "/metrics", "/openapi.json", "/docs"}


def test_the_description_for_programs(served: Service) -> None:
    """``/openapi.json`` is OpenAPI 3.1: valid by its own schema, each operation with a summary, parameters and answers that are described."""
    answer = served.send("GET", "/openapi.json")
    assert (answer.status, answer.media_type) == (200, "application/json")
    description = answer.json
    assert description["openapi"].startswith("3.1.")
    schemathesis.openapi.from_dict(description).validate()
    questions = {f"/api/questions/{name}" for name in catalogue()}
    api = {"/id/{path}", "/api/questions", "/api/validate", "/api/reports", "/api/review"}
    assert set(description["paths"]) == PROTOCOLS | OTHERS | api | questions
    names = []
    for path, methods in description["paths"].items():
        assert set(methods) <= METHODS
        for operation in methods.values():
            assert operation["summary"]
            names += [operation["operationId"]] if "operationId" in operation else []
            described = [(parameter["name"], parameter["in"]) for parameter in operation.get("parameters", ())]
            assert len(set(described)) == len(described)
            assert set(re.findall(r"\{(\w+)\}", path)) == {name for name, place in described if place == "path"}
            for status, one in operation["responses"].items():
                assert one["description"]
                assert int(status) < 400 or one["content"]["application/problem+json"] == {"schema": {"$ref": "#/components/schemas/Problem"}}
    assert len(set(names)) == len(names)


def test_every_address_of_the_description_is_there(served: Service) -> None:
    """Each path answers by each method that is described, with a status that is described; what needs a token says which scheme."""
    description = served.send("GET", "/openapi.json").json
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            answer = served.send(method.upper(), path.replace("{path}", "graph/reference"))
            assert str(answer.status) in operation["responses"], (method, path, answer.text)
            assert answer.status not in (404, 405)
            if "security" in operation:
                assert answer.status == 401
                assert operation["security"] == [{scheme: []} for scheme in description["components"]["securitySchemes"]]


def test_a_scratch_store_describes_what_it_has(scratch: Service) -> None:
    """Which is the two protocols, without tokens, and no questions or reports."""
    description = scratch.send("GET", "/openapi.json").json
    assert set(description["paths"]) == PROTOCOLS | OTHERS
    assert not [operation for methods in description["paths"].values() for operation in methods.values() if "security" in operation]
    for target in ("/api/questions", "/id/sdf"):
        assert scratch.send("GET", target).status == 404
