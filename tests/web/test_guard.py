"""What every answer has, whatever it is: headers that browsers heed, no origin let in unasked, and one shape for everything that goes wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote

import pytest

from requesting import BASE, ENDLESS, JSON_BODY, Writable, address, asked, raw, refused
from serving import Answer, Service, service

ORIGIN = "https://pages.example"
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
UPDATE = {"Content-Type": "application/sparql-update"}
GRAPH = address("/graphs", graph=f"{BASE}graph/reference")


class Kind(NamedTuple):
    """A request, and the status of its answer; the code too, where it is a refusal."""

    status: int
    method: str
    target: str
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes | None = None
    code: str = ""


GOOD = (
    Kind(200, "GET", "/health"),
    Kind(200, "GET", "/metrics"),
    Kind(200, "GET", "/docs"),
    Kind(200, "GET", "/openapi.json"),
    Kind(200, "GET", "/sparql"),
    Kind(200, "GET", address("/sparql", query="ASK {}")),
    Kind(200, "POST", "/sparql", FORM, b"query=ASK%20%7B%7D"),
    Kind(200, "GET", GRAPH),
    Kind(200, "GET", "/api/questions"),
    Kind(200, "GET", "/api/questions/denials?format=csv"),
    Kind(200, "GET", "/id/sdf"),
    Kind(200, "GET", "/id/sdf", {"Accept": "text/html"}),
    Kind(200, "GET", "/"),
    Kind(200, "GET", "/home.json"),
    Kind(200, "GET", "/assets/icon.svg"),
    Kind(303, "GET", "/sparql", {"Accept": "text/html"}),
    Kind(303, "GET", "/id/sample-06-two-hundred"),
    Kind(204, "OPTIONS", "/sparql"),
    Kind(204, "OPTIONS", "/graphs/person/1"),
)
BAD = (
    Kind(400, "GET", address("/sparql", query="SELECT"), code="bad-query"),
    Kind(400, "GET", address("/sparql", query="ASK {}") + "&query=ASK", code="bad-request"),
    Kind(400, "GET", "/sparql?query=%ff", code="bad-request"),
    Kind(400, "GET", address("/sparql", query="ASK {}", timeout="soon"), code="bad-parameter"),
    Kind(400, "GET", "/graphs", code="bad-request"),
    Kind(400, "GET", "/graphs?graph=relative", code="bad-request"),
    Kind(400, "GET", "/api/questions?x=1", code="bad-parameter"),
    Kind(401, "POST", "/sparql", UPDATE, b"INSERT DATA {}", code="not-signed-in"),
    Kind(401, "GET", "/health", {"Authorization": "Bearer nobody"}, code="not-signed-in"),
    Kind(404, "GET", "/nothing", code="no-such-address"),
    Kind(404, "GET", "/sparql/deeper", code="no-such-address"),
    Kind(404, "GET", "/docs/", code="no-such-address"),
    Kind(404, "GET", "/api", code="no-such-address"),
    Kind(404, "GET", "/%00", code="no-such-address"),
    Kind(404, "GET", "/id/nobody", code="not-found"),
    Kind(404, "GET", "/id/", code="not-found"),
    Kind(404, "GET", address("/graphs", graph="urn:nothing"), code="not-found"),
    Kind(404, "GET", "/api/questions/nothing", code="unknown-question"),
    Kind(405, "DELETE", "/sparql", code="wrong-method"),
    Kind(405, "PATCH", GRAPH, code="wrong-method"),
    Kind(405, "POST", "/docs", code="wrong-method"),
    Kind(405, "PUT", "/api/questions/denials", code="wrong-method"),
    Kind(405, "GET", "/api/reports", code="wrong-method"),
    Kind(405, "DELETE", "/id/sdf", code="wrong-method"),
    Kind(405, "OPTIONS", "/api/questions", code="wrong-method"),
    Kind(406, "GET", address("/sparql", query="ASK {}"), {"Accept": "image/png"}, code="not-acceptable"),
    Kind(406, "GET", "/sparql", {"Accept": "image/png"}, code="not-acceptable"),
    Kind(406, "GET", GRAPH, {"Accept": "text/csv"}, code="not-acceptable"),
    Kind(406, "GET", "/id/sdf", {"Accept": "image/*"}, code="not-acceptable"),
    Kind(406, "GET", "/api/questions/denials", {"Accept": "text/turtle"}, code="not-acceptable"),
    Kind(415, "POST", "/sparql", {"Content-Type": "text/turtle"}, b"x", code="wrong-media-type"),
    Kind(415, "POST", "/sparql", {}, b"ASK {}", code="wrong-media-type"),
    Kind(415, "POST", "/sparql", {"Content-Type": "application/sparql-query; charset=utf-16"}, b"x", code="wrong-media-type"),
    Kind(415, "POST", "/sparql", {"Content-Type": "application/sparql-query", "Content-Encoding": "gzip"}, b"x", code="wrong-media-type"),
    Kind(415, "POST", "/api/validate", {"Content-Type": "application/pdf"}, b"x", code="wrong-media-type"),
    Kind(422, "POST", "/api/validate", JSON_BODY, b"{", code="bad-document"),
)
NO_HTTP = {
    "words": b"Hello there\r\n\r\n",
    "binary": bytes(range(1, 200)) + b"\r\n\r\n",
    "another version": b"GET /health HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "a method that is none": b"FETCH /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a header without a name": b"GET /health HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n",
    "two lengths": b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "a length that is none": b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n",
}


def labels(kinds: tuple[Kind, ...]) -> list[str]:
    """Their names in the list of tests."""
    return [f"{kind.status} {kind.method} {kind.target[:40]} {' '.join(kind.headers.values())}" for kind in kinds]


def sent(service: Service, kind: Kind) -> Answer:
    """The answer to a request, which has the status that it must have."""
    answer = service.send(kind.method, kind.target, kind.body, {"Origin": ORIGIN, **kind.headers})
    assert answer.status == kind.status, answer.text
    return answer


def is_safe(answer: Answer) -> None:
    """That browsers are told to run nothing, to frame nothing, to guess no type and to tell no other site."""
    for name, value in SECURITY.items():
        assert answer.headers.get_all(name) == [value]
    (policy,) = answer.headers.get_all("Content-Security-Policy") or [""]
    allowed = "'self'" if answer.media_type == "text/html" else "'none'"  # a page loads what is ours, and nothing else loads anything
    assert {f"default-src {allowed}", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"} <= set(policy.split("; "))
    assert "unsafe" not in policy
    assert "script" not in policy
    assert "Server" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def allows_nobody(answer: Answer) -> None:
    """That no page of another origin may read an answer."""
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_every_answer_is_described(served: Service) -> None:
    """The description has each of these answers: its status at that address by that method, and its media type."""
    paths = served.send("GET", "/openapi.json").json["paths"]
    looked = 0
    for kind in (*GOOD, *BAD):
        path = kind.target.partition("?")[0]
        named = f"/{path.split('/')[1]}/{{path}}"
        operation = paths.get(path if path in paths else named, {}).get(kind.method.lower())
        if operation is not None:
            answer = sent(served, kind)
            described = operation["responses"][str(kind.status)]
            assert answer.media_type in described.get("content", {"": None}), (kind, described)
            looked += 1
    assert looked > 30


@pytest.mark.parametrize("kind", [*GOOD, *BAD], ids=labels((*GOOD, *BAD)))
def test_every_answer_is_safe(served: Service, kind: Kind) -> None:
    """Security headers are on every kind of answer, and none lets another origin in where none was configured."""
    answer = sent(served, kind)
    is_safe(answer)
    allows_nobody(answer)


def test_an_answer_that_nothing_changed_is_safe(served: Service) -> None:
    """So is one without a body (304)."""
    tag = served.send("GET", "/id/sdf").headers["ETag"]
    answer = sent(served, Kind(304, "GET", "/id/sdf", {"If-None-Match": tag}))
    assert answer.body == b""
    is_safe(answer)
    allows_nobody(answer)


@pytest.mark.parametrize("kind", BAD, ids=labels(BAD))
def test_every_refusal_has_one_shape(served: Service, kind: Kind) -> None:
    """Type, title, status, a sentence and a code, as problem details; what the sentence says is no HTML and no traceback."""
    answer = sent(served, kind)
    sentence = refused(answer, kind.status, kind.code)
    assert len(sentence) < 500
    assert answer.headers["Content-Length"] == str(len(answer.body))
    if kind.status == 405:
        allowed = answer.headers["Allow"].split(", ")
        assert kind.method not in allowed
        assert all(method in sentence for method in allowed if method != "HEAD") or kind.target.startswith("/sparql")
    if kind.status == 401:
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="claimgraph"'


def test_what_is_refused_to_a_writer_has_that_shape_too(writable: Writable) -> None:
    """403 and 409 as well."""
    refused(writable.try_update("CLEAR ALL"), 403, "not-allowed")
    standing = writable.service.send("GET", "/id/sample-06-two-hundred").headers["Location"].rpartition("/")[2]
    document = '{"report": {"id": "%s", "language": "ar", "text": "نص آخر", "published": "2022-01-31"}, "claims": []}'
    refused(writable.send("POST", "/api/reports", document % standing, JSON_BODY), 409, "version-conflict")


def test_what_took_too_long_has_that_shape_too(served: Service) -> None:
    """503 says when to come again."""
    answer = asked(served, ENDLESS, timeout=0.1)
    refused(answer, 503, "query-stopped")
    assert int(answer.headers["Retry-After"]) > 0
    is_safe(answer)


@pytest.mark.parametrize("data", NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http(served: Service, data: bytes) -> None:
    """Is told so in the same shape (400), and the connection ends; the next one is answered."""
    answer = raw(served, data)
    refused(answer, 400, "bad-request")
    is_safe(answer)
    assert answer.headers["Connection"] == "close"
    assert served.send("GET", "/health").status == 200


# --- methods --------------------------------------------------------------------------------------------------------------

READ = (
    "/",
    "/health",
    "/docs",
    "/assets/icon.svg",
    "/home.json",
    "/openapi.json",
    "/sparql",
    address("/sparql", query="ASK {}"),
    GRAPH,
    "/graphs/sdf",
)
READ += (
    "/api/questions",
    "/api/questions/denials?limit=3",
    "/api/questions/nothing",
    "/id/sdf",
    "/id/sample-06-two-hundred",
    "/id/nobody",
    "/nothing",
)


@pytest.mark.parametrize("target", READ)
def test_head_tells_what_get_would(served: Service, target: str) -> None:
    """The same status and headers, of refusals too, and no body."""
    got, head = (served.send(method, target) for method in ("GET", "HEAD"))
    assert (head.status, head.body) == (got.status, b"")
    assert {name: value for name, value in head.headers.items() if name != "date"} == {n: v for n, v in got.headers.items() if n != "date"}


def test_head_of_figures(served: Service) -> None:
    """Of the metrics too, which change from one request to the next."""
    head = served.send("HEAD", "/metrics")
    assert (head.status, head.media_type, head.body) == (200, "text/plain", b"")


@pytest.mark.parametrize("target", ["/sparql", "/sparql/", "/graphs", GRAPH, "/graphs/a/b.ttl"])
def test_options_tells_the_methods(served: Service, target: str) -> None:
    """Each method that it names is one that the address knows, and the body is empty."""
    answer = served.send("OPTIONS", target)
    assert (answer.status, answer.body) == (204, b"")
    methods = answer.headers["Allow"].split(", ")
    assert {"GET", "HEAD", "POST", "OPTIONS"} <= set(methods)
    assert all(served.send(method, target).status != 405 for method in methods)


# --- other origins --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shared_with(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service whose answers pages of one origin may read."""
    with service(tmp_path_factory.mktemp("shared_with"), "--scratch", "--origin", ORIGIN) as running:
        yield running


PREFLIGHT = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}
STRANGERS = ("https://evil.example", "http://pages.example", f"{ORIGIN}.evil.example", f"{ORIGIN}:444", "https://PAGES.example", "null", "*", "")


@pytest.mark.parametrize("kind", [Kind(200, "GET", "/health"), Kind(404, "GET", "/nothing"), Kind(400, "GET", f"/sparql?query={quote('?')}")])
def test_a_configured_origin_may_read(shared_with: Service, kind: Kind) -> None:
    """Pages of the origin may read every answer, refusals too, and the headers that tell them something; no cookie goes with it."""
    answer = sent(shared_with, kind)
    assert answer.headers.get_all("Access-Control-Allow-Origin") == [ORIGIN]
    assert {"X-Commit", "Link", "ETag"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_configured_origin_may_ask_before(shared_with: Service) -> None:
    """A browser that asks before it writes is told which methods and headers it may send, a token among them."""
    answer = shared_with.send("OPTIONS", GRAPH, headers={"Origin": ORIGIN, **PREFLIGHT})
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert {"GET", "HEAD", "POST", "PUT", "DELETE"} <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))
    assert {"Authorization", "Content-Type", "Accept"} <= set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    assert int(answer.headers["Access-Control-Max-Age"]) <= 7200


@pytest.mark.parametrize("origin", STRANGERS)
def test_no_other_origin_may_read_or_ask(shared_with: Service, origin: str) -> None:
    """Any other origin, however near its name, is told nothing that lets it in; caches are told that this depends on the origin."""
    for method, headers in (("GET", {}), ("OPTIONS", PREFLIGHT)):
        answer = shared_with.send(method, GRAPH, headers={"Origin": origin, **headers})
        allows_nobody(answer)
        assert "Origin" in answer.headers["Vary"]
        is_safe(answer)


def test_nobody_may_ask_where_no_origin_is_configured(served: Service) -> None:
    """Without ``--origin`` a browser that asks before it writes gets no leave."""
    allows_nobody(served.send("OPTIONS", GRAPH, headers={"Origin": ORIGIN, **PREFLIGHT}))


@pytest.mark.parametrize("origin", STRANGERS)
def test_no_other_page_changes_a_scratch_store(shared_with: Service, origin: str) -> None:
    """A scratch store takes changes without a token, but not from a page of another origin (403), which needs no leave to send a form."""
    changes = (
        ("POST", "/sparql", b"update=CLEAR%20ALL", FORM),
        ("PUT", "/graphs?default", b"", {"Content-Type": "text/turtle"}),
        ("DELETE", "/graphs?default", None, {}),
    )
    for method, target, body, headers in changes:
        refused(shared_with.send(method, target, body, {"Origin": origin, **headers}), 403, "not-allowed")
        for ours in (ORIGIN, shared_with.url, None):
            assert shared_with.send(method, target, body, headers | ({"Origin": ours} if ours else {})).status in (200, 201, 204)
