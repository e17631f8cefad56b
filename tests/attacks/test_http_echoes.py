"""What a request can have echoed or written elsewhere: in errors, in headers, in the log; and what other sites' pages can have a browser send."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from attacking import QUERY, told, unharmed
from payloads import ECHOED, deceiving
from requesting import JSON_BODY, Writable, refused, rows
from running import Run
from serving import Answer, Service, eventually, service

# --- errors ---------------------------------------------------------------------------------------------------------------


def echoes(service_: Service, payload: str) -> Iterator[Answer]:
    """Refusals of requests that have a payload where it may be echoed."""
    encoded, header = quote(payload, safe=""), re.sub("[^!-~ ]", "", payload)
    for target in (
        f"/{encoded}",
        f"/id/{encoded}",
        f"/graphs/{encoded}",
        f"/api/questions/{encoded}",
        f"/graphs?graph={encoded}",
        f"/sparql?query={encoded}",
    ):
        yield service_.send("GET", target)
    for target in (f"/api/questions/denials?{encoded}=1", f"/api/questions/claims-by?claimant={encoded}", f"/api/questions/denials?limit={encoded}"):
        yield service_.send("GET", target)
    for target in (
        f"/api/questions/denials?format={encoded}",
        f"/api/questions/denials?cursor={encoded}",
        f"/sparql?query=ASK{{}}&timeout={encoded}",
    ):
        yield service_.send("GET", target)
    for query in (
        f"SELECT * {{ ?s ?p {payload} }}",
        f"SELECT * {{ ?s <{payload} ?o }}",
        f"ASK {{ '{payload}' }}",
        f"{payload}: ASK",
        f"ASK {{ x{payload}:y ?p ?o }}",
    ):
        yield service_.send("POST", "/sparql", query.encode(), QUERY)
    for media in (header, f"text/plain; charset={header}", f"application/{header}"):
        yield service_.send("POST", "/api/validate", b"{", {"Content-Type": media})
        yield service_.send("POST", "/sparql", b"x", {"Content-Type": media})
    yield service_.send("GET", "/sparql", headers={"Accept": f"image/{header}"})
    yield service_.send("GET", "/health", headers={"Authorization": f"Bearer {header}"})
    yield service_.send("GET", "/health", headers={"Host": f"{header}"})
    for body in (payload, json.dumps({payload: 1}), json.dumps({"report": {payload: payload}}), json.dumps(payload)):
        yield service_.send("POST", "/api/validate", body.encode(), JSON_BODY)


@pytest.mark.parametrize("payload", ECHOED, ids=ascii)
def test_errors_are_no_stage(victim: Writable, payload: str) -> None:
    """Whatever a refusal echoes, it is problem details in JSON with a short sentence in which nothing acts; no header comes of it."""
    with unharmed(victim):
        for answer in echoes(victim.service, payload):
            sentence = told(answer)
            assert sentence.isprintable()
            assert len(sentence) < 1_000
            assert not re.search("[\u202e\u2066\u200b\x1b\x07\r]", answer.text)
            assert not {"set-cookie", "location", "content-disposition"} & {name.lower() for name in answer.headers}
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


# --- the log --------------------------------------------------------------------------------------------------------------

FORGED = '"}\n{"event": "forged", "status": 200, "x": "'


def test_no_request_forges_a_line(store: Path, tmp_path: Path) -> None:
    """A request is one line of the log, whatever is in its path, parameters, token and headers; of the last three nothing is in it."""
    with service(tmp_path, data=store) as running:  # its own: elsewhere lines of requests whose client did not wait come in between
        lines = logged(running)
    assert all(set(line) <= {"at", "event", "method", "path", "status", "ms", "agent", "commit"} for line in lines)
    assert all("forged" not in json.dumps({**line, "path": ""}) and line["path"].isprintable() for line in lines)
    assert sum("forged" in line["path"] for line in lines) == 5


def logged(running: Service) -> list[dict[str, Any]]:
    """The lines of requests that would forge others, one for each."""
    plain, encoded = FORGED.replace("\n", ""), quote(FORGED, safe="")
    before = len(eventually(lambda: running.log, "the log"))
    requests = [
        *(("GET", target, {}) for target in (f"/{encoded}", f"/id/{encoded}", f"/%0d%0a{encoded}", f"/graphs/{encoded}%0d", f"/%E2%80%A8{encoded}")),
        *(("GET", target, {}) for target in (f"/health?{encoded}", f"/sparql?query={encoded}", f"/api/questions/denials?cursor={encoded}")),
        *(("GET", "/health", {name: plain}) for name in ("User-Agent", "Referer", "Cookie", "X-Forwarded-For", "Origin", "Accept", "If-None-Match")),
        ("GET", "/health", {"Authorization": f"Bearer {plain}"}),
        ("POST", "/sparql", {"Content-Type": plain}),
    ]
    for method, target, headers in requests:
        running.send(method, target, None, headers)
    lines = eventually(lambda: running.log[before:] if len(running.log) >= before + len(requests) else None, "the lines") or []
    assert [(line["event"], line["method"]) for line in lines] == [("request", method) for method, _, _ in requests]
    return lines


# --- other sites ----------------------------------------------------------------------------------------------------------

FORM = "application/x-www-form-urlencoded"
ELSEWHERE = (
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    {"Sec-Fetch-Site": "cross-site", "Cookie": "token=x"},
    {"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site", "Referer": "http://127.0.0.1:1/"},
)
# What a form, an image or a beacon of another page can send without asking before.
SIMPLE = [
    ("POST", "/sparql", FORM, urlencode({"update": "CLEAR ALL"})),
    ("POST", "/sparql?update=CLEAR%20ALL", FORM, ""),
    ("POST", "/sparql", "text/plain", "update=CLEAR ALL"),
    ("POST", "/sparql", "multipart/form-data; boundary=x", '--x\r\nContent-Disposition: form-data; name="update"\r\n\r\nCLEAR ALL\r\n--x--'),
    ("POST", "/api/reports?id=evil&published=2022-01-31", "text/plain", "نفت قسد فرار سجناء من سجن الصناعة."),
    ("POST", "/api/reports", "text/plain", json.dumps(deceiving("evil"))),
    ("POST", "/graphs", "text/plain", "<urn:a> <urn:b> 1 ."),
    ("POST", "/graphs", "multipart/form-data; boundary=x", "--x\r\nContent-Type: text/turtle\r\n\r\n<urn:a> <urn:b> 1 .\r\n--x--"),
    ("GET", "/sparql?update=CLEAR%20ALL", "", ""),
]


@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=lambda headers: " ".join(headers.values())[:50])
@pytest.mark.parametrize(("method", "target", "media", "body"), SIMPLE, ids=lambda value: value[:30])
def test_no_other_page_writes(victim: Writable, elsewhere: dict[str, str], method: str, target: str, media: str, body: str) -> None:
    """What a browser sends for a page of another site has no token, and nothing else counts for one: nothing is written, nobody may read why."""
    with unharmed(victim):
        headers = {**elsewhere, **({"Content-Type": media} if media else {})}
        answer = victim.service.send(method, target, body.encode() if method == "POST" else None, headers)
        told(answer, 400, 401, 415)
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.fixture(scope="module")
def open_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A scratch store, which takes changes without a token."""
    with service(tmp_path_factory.mktemp("open"), "--scratch") as running:
        running.update("INSERT DATA { <urn:a> <urn:b> 1 }")
        yield running


@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=lambda headers: " ".join(headers.values())[:50])
def test_no_other_page_changes_an_open_store(open_store: Service, elsewhere: dict[str, str]) -> None:
    """A page of another site, or of another port, changes no scratch store, whether a browser tells its origin or only that it is another site's."""
    for method, target, media, body in SIMPLE:
        if target.startswith("/api") or method == "GET":
            continue
        refused(open_store.send(method, target, body.encode(), {**elsewhere, "Content-Type": media}), 403, "not-allowed")
    assert rows(open_store, "SELECT ?o { <urn:a> ?p ?o }") == [{"o": "1"}]


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_our_own_page_changes_it(open_store: Service, site: str) -> None:
    """A page of the service's own, and whoever types the address, are no other site."""
    headers = {"Sec-Fetch-Site": site, "Content-Type": "application/sparql-update"}
    assert open_store.send("POST", "/sparql", b"INSERT DATA { <urn:c> <urn:d> 1 }", headers).status == 204


@pytest.mark.parametrize(
    "origin", ["*", "null", "https://*.example", "https://a.example/", "https://A.example", "a.example", "file://", "https://a.example\r\nX: y", ""]
)
def test_origins_that_would_be_everybody(claimgraph: Run, monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    """No service begins that would let every page read: ``*`` and ``null`` are no origins, nor is what no browser ever sends."""
    monkeypatch.setattr("claimgraph.web.server.run", lambda *_: pytest.fail("it serves"))
    said = claimgraph("serve", "--scratch", "--port", "0", "--origin", "https://example.org:8443", "--origin", origin)
    assert said.code == 2
    assert "is no origin" in said.sentence
