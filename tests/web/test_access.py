"""Who may ask for what: the names that a service answers to, tokens and their scopes, and who is told to have written."""

from __future__ import annotations

import json
import shutil
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from claimgraph.store.tokens import Tokens
from requesting import BASE, JSON_BODY, TURTLE_BODY, Writable, address, raw, refused
from running import Run, finish, small, start
from serving import Answer, Service, Serving, bearer, service

READS = (
    address("/sparql", query="ASK {}"),
    address("/graphs", graph=f"{BASE}graph/reference"),
    "/api/questions",
    "/api/questions/denials",
    "/id/sdf",
    "/metrics",
    "/docs",
    "/openapi.json",
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WRITES = (
    ("POST", "/sparql", {"Content-Type": "application/sparql-update"}),
    ("PUT", address("/graphs", graph=f"{BASE}workspace/writer/a"), TURTLE_BODY),
    ("POST", "/graphs", TURTLE_BODY),
    ("DELETE", address("/graphs", graph=f"{BASE}workspace/writer/a"), {}),
    ("POST", "/api/reports", JSON_BODY),
)
# Each name is also the one that its token's writes are recorded under.
SCOPES = {"reader": ("read",), "writer": ("write",), "editor": ("read", "write"), "reviewer": ("review",)}


@dataclass(frozen=True)
class Guarded:
    """A service, and the secrets of its tokens by name."""

    service: Service
    secrets: dict[str, str]

    @property
    def data(self) -> Path:
        """Its folder."""
        assert self.service.data is not None
        return self.service.data

    def get(self, target: str, who: str | None = None) -> Answer:
        """The answer to somebody who reads."""
        return self.service.send("GET", target, headers=bearer(self.secrets[who]) if who else {})


def _guarded(sampled: Path, where: Path, *options: str) -> Iterator[Guarded]:
    data = Path(shutil.copytree(sampled, where / "data"))
    secrets = {name: Tokens(data).create(name, scopes) for name, scopes in SCOPES.items()}
    with service(where, *options, data=data) as running:
        yield Guarded(running, secrets)


@pytest.fixture(scope="module")
def here(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A service on loopback, with a further name."""
    yield from _guarded(sampled, tmp_path_factory.mktemp("here"), "--name", "evidence.example")


@pytest.fixture(scope="module")
def there(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A service on every address of the machine."""
    yield from _guarded(sampled, tmp_path_factory.mktemp("there"), "--host", "0.0.0.0")  # noqa: S104  # that it guards itself there is the test


# --- names ----------------------------------------------------------------------------------------------------------------


def named(service: Service, *hosts: str) -> Answer:
    """The answer to a request with these Host headers."""
    lines = "".join(f"Host: {host}\r\n" for host in hosts)
    return raw(service, f"GET /health HTTP/1.1\r\n{lines}X-Forwarded-Host: localhost\r\nConnection: close\r\n\r\n".encode())


OURS = ("127.0.0.1", "127.0.0.1:9", "localhost", "LocalHost:8000", "[::1]", "[::1]:8000", "evidence.example", "EVIDENCE.example:443")


@pytest.mark.parametrize("host", OURS)
def test_names_that_are_answered(here: Guarded, host: str) -> None:
    """The machine's own names, and those of ``--name``, in any case and with any port: a proxy may listen on another."""
    assert named(here.service, host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:8000", "localhost.evil.example", "evil.localhost", "127.0.0.1.evil.example", "notevidence.example", ""),
        *("127.0.0.2", "0.0.0.0", "[::2]:80", "::1", "localhost:80:80", "localhost@evil.example", "evil.example@localhost", "2130706433"),  # noqa: S104
    ],
)
def test_names_that_are_not_answered(here: Guarded, host: str) -> None:
    """Any other name is refused (421) and told how it is given, whatever a header of a proxy says: a page may have led a browser here by it."""
    assert "--name" in refused(named(here.service, host), 421, "wrong-host")


def test_a_name_is_given_by_its_option_alone(served: Service) -> None:
    """A service that was not told of a name has it not."""
    refused(named(served, "evidence.example"), 421, "wrong-host")


def test_a_service_on_the_newer_protocol(serving: Serving) -> None:
    """On ``::1`` too: the address that it tells is one that it answers to."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    there = serving("--scratch", "--host", "::1")
    assert there.url.startswith("http://[::1]:")
    assert there.send("GET", "/health").status == 200
    refused(named(there, "[::2]"), 421, "wrong-host")


@pytest.mark.parametrize("hosts", [(), ("localhost", "localhost"), ("localhost", "evil.example")])
def test_a_request_has_one_name(here: Guarded, hosts: tuple[str, ...]) -> None:
    """None, or two, are refused (400): whoever stands between might go by the other one."""
    refused(named(here.service, *hosts), 400, "bad-request")


# --- reading --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", READS)
def test_on_loopback_everybody_reads(here: Guarded, target: str) -> None:
    """Without a token, and with any that is known: what everybody may, whoever says who they are may too."""
    assert [here.get(target, who).status for who in (None, *SCOPES)] == [200] * 5


@pytest.mark.parametrize("target", READS)
def test_elsewhere_reading_needs_a_token(there: Guarded, target: str) -> None:
    """On another address a reader presents a token with the scope ``read``; a token without it is known, and refused."""
    anonymous = there.get(target)
    assert "'read'" in refused(anonymous, 401, "not-signed-in")
    assert anonymous.headers["WWW-Authenticate"].startswith("Bearer ")
    assert "'read'" in refused(there.get(target, "writer"), 403, "not-allowed")
    assert [there.get(target, who).status for who in ("reader", "editor")] == [200, 200]


def test_elsewhere_nothing_is_told_to_who_may_not_read(there: Guarded) -> None:
    """That an address is none, or a thing is not there, is for readers too. Whether the service runs is for everybody."""
    for target in ("/nothing", "/id/nobody", "/api/questions/nothing"):
        refused(there.get(target), 401, "not-signed-in")
        assert there.get(target, "reader").status == 404
    assert there.get("/health").status == 200


@pytest.mark.parametrize("tokens", ["none", "revoked"])
def test_elsewhere_no_service_begins_without_tokens(sampled: Path, tmp_path: Path, tokens: str) -> None:
    """``--host 0.0.0.0`` on a folder without a standing token is misuse, and the sentence tells the command that makes one."""
    data = Path(shutil.copytree(sampled, tmp_path / "data"))
    if tokens == "revoked":
        Tokens(data).create("dana", ("read",))
        Tokens(data).revoke("dana")
    said = finish(start("serve", "--host", "0.0.0.0", "--port", "0", "--data", data, cwd=tmp_path))  # noqa: S104  # it must not begin
    assert (said.code, said.out) == (2, "")
    assert "claimgraph token create" in said.sentence


@pytest.mark.parametrize("options", [("--host", "0.0.0.0"), ("--host", "example.org"), ("--data", "data"), ("--service", "http://127.0.0.1/sparql")])  # noqa: S104
def test_a_scratch_store_is_for_this_machine(tmp_path: Path, options: tuple[str, str]) -> None:
    """Anybody may change a scratch store, so it listens on loopback alone, reaches out nowhere and has no folder."""
    said = finish(start("serve", "--scratch", "--port", "0", *options, cwd=tmp_path))
    assert (said.code, said.out) == (2, "")
    assert "--scratch" in said.sentence
    assert not list(tmp_path.iterdir())


# --- writing --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "target", "headers"), WRITES, ids=[f"{method} {target[:12]}" for method, target, _ in WRITES])
def test_writing_needs_its_scope(here: Guarded, method: str, target: str, headers: dict[str, str]) -> None:
    """Without a token 401, with one that lacks the scope 403, both naming it; nothing of the body is looked at before."""
    anonymous = here.service.send(method, target, b"\xff", headers)
    assert "'write'" in refused(anonymous, 401, "not-signed-in")
    assert anonymous.headers["WWW-Authenticate"] == 'Bearer realm="claimgraph"'
    for who in ("reader", "reviewer"):
        answer = here.service.send(method, target, b"\xff", {**headers, **bearer(here.secrets[who])})
        assert "'write'" in refused(answer, 403, "not-allowed")


def test_the_scope_to_write_is_enough(here: Guarded) -> None:
    """On loopback a token of ``write`` alone writes: reading is everybody's there."""
    text = f"INSERT DATA {{ GRAPH <{BASE}workspace/writer/a> {{ <urn:a> <urn:b> <urn:c> }} }}"
    headers = {"Content-Type": "application/sparql-update", **bearer(here.secrets["writer"])}
    assert here.service.send("POST", "/sparql", text.encode(), headers).status == 204


def test_elsewhere_too_the_scope_to_write_is_enough(there: Guarded) -> None:
    """A program that brings things in need not be able to read: its token writes wherever writing is, and reads nothing, by whatever method."""
    headers = bearer(there.secrets["writer"])
    graph = address("/graphs", graph=f"{BASE}workspace/writer/b")
    update = b"update=INSERT DATA {}"
    writes = (
        ("POST", "/sparql", FORM, update, 204),
        ("POST", "/sparql", {"Content-Type": "application/sparql-update"}, b"INSERT DATA {}", 204),
        ("PUT", graph, TURTLE_BODY, b"<urn:a> <urn:b> <urn:c> .", 201),
        ("POST", graph, TURTLE_BODY, b"<urn:a> <urn:b> <urn:d> .", 204),
        ("POST", "/graphs", TURTLE_BODY, b"<urn:a> <urn:b> <urn:c> .", 201),
        ("DELETE", graph, {}, None, 204),
        ("POST", "/api/reports", JSON_BODY, json.dumps(small(report_id="brought")).encode(), 201),
    )
    reads = (
        ("POST", "/sparql", FORM, b"query=ASK {}"),
        ("POST", "/sparql", {"Content-Type": "application/sparql-query"}, b"ASK {}"),
        ("POST", "/api/validate", JSON_BODY, b"{}"),
        ("GET", graph, {}, None),
        ("HEAD", "/sparql", {}, None),
        ("OPTIONS", "/sparql", {}, None),
        ("POST", "/id/sdf", {}, b""),
    )
    for method, target, more, body, status in writes:
        answer = there.service.send(method, target, body, {**headers, **more})
        assert answer.status == status, (method, target, answer.text)
    for method, target, more, body in reads:
        answer = there.service.send(method, target, body, {**headers, **more})
        assert answer.status == 403, (method, target, answer.text)
        assert method == "HEAD" or "'read'" in refused(answer, 403, "not-allowed")


def test_elsewhere_the_scope_to_read_writes_nothing(there: Guarded) -> None:
    """Nor does any other: what is missing is named."""
    for method, target, headers in WRITES:
        assert "'write'" in refused(there.service.send(method, target, b"\xff", {**headers, **bearer(there.secrets["reader"])}), 403, "not-allowed")
        assert "'read'" in refused(there.service.send(method, target, b"\xff", {**headers, **bearer(there.secrets["reviewer"])}), 403, "not-allowed")
        refused(there.service.send(method, target, b"\xff", headers), 401, "not-signed-in")


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer nobody",
        "Bearer cg_",
        "Basic ZGFuYTpkYW5h",
        "Bearer a b",
        "cg_nothing",
        "Bearer \xff\xfe",
        f"Bearer {'x' * 5000}",
    ],
)
@pytest.mark.parametrize("target", ["/health", READS[0]])
def test_a_token_that_is_not_known(here: Guarded, authorization: str, target: str) -> None:
    """Whoever presents one is told so (401), even where none is needed: it may have been revoked, and its bearer believe to be signed in."""
    answer = here.service.send("GET", target, headers={"Authorization": authorization})
    refused(answer, 401, "not-signed-in")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="claimgraph"'


def test_a_token_is_known_by_its_whole(here: Guarded) -> None:
    """A letter more or less, another case, or its digest are no token; the kind's name has no case."""
    secret = here.secrets["reader"]
    kept = next(token.digest for token in Tokens(here.data).all() if token.name == "reader")
    for wrong in (secret[:-1], secret + "a", secret.swapcase(), kept):
        refused(here.service.send("GET", "/health", headers=bearer(wrong)), 401, "not-signed-in")
    assert here.service.send("GET", "/health", headers={"Authorization": f"bEARER {secret}"}).status == 200


# --- making and revoking --------------------------------------------------------------------------------------------------


def test_a_running_service_sees_tokens_come_and_go(here: Guarded, claimgraph: Run) -> None:
    """A token works from the moment it is made, and no longer once it is revoked; a new one of that name is another one."""
    secrets = []
    for _ in range(3):
        made = claimgraph("token", "create", "guest", "--scope", "write", "--data", here.data)
        secrets.append(made.out.strip())
        assert "once" in made.err
        answers = [here.service.send("GET", "/health", headers=bearer(secret)).status for secret in secrets]
        assert answers == [401] * (len(secrets) - 1) + [200]
        assert claimgraph("token", "revoke", "guest", "--data", here.data).code == 0
        refused(here.service.send("GET", "/health", headers=bearer(secrets[-1])), 401, "not-signed-in")
    assert len(set(secrets)) == 3


def test_tokens_are_listed(claimgraph: Run) -> None:
    """With name, scopes and times, also those taken back; never with what they are known by."""
    secret = claimgraph("token", "create", "dana", "--scope", "write", "--scope", "read", "--data", "data").out.strip()
    claimgraph("token", "create", "omar", "--scope", "review", "--data", "data")
    claimgraph("token", "revoke", "omar", "--data", "data")
    listed = claimgraph("token", "list", "--data", "data", "--format", "json").json
    assert [(one["name"], one["scopes"], one["revoked"] is None) for one in listed] == [
        ("dana", ["read", "write"], True),
        ("omar", ["review"], False),
    ]
    assert secret not in claimgraph("token", "list", "--data", "data").out


@pytest.mark.parametrize(
    "command",
    [
        *(("create", "dana", "--scope", "read"), ("create", "other", "--scope", "all"), ("create", "../other", "--scope", "read")),
        *(("create", "عمر", "--scope", "read"), ("create", "", "--scope", "read"), ("create", "other"), ("revoke", "other"), ("revoke", "gone")),
    ],
)
def test_tokens_that_cannot_be(claimgraph: Run, command: tuple[str, ...]) -> None:
    """A name that is taken, is no name or is nobody's, and a scope that is none, are misuse; nothing changes by them."""
    for name in ("dana", "gone"):
        claimgraph("token", "create", name, "--scope", "read", "--data", "data")
    claimgraph("token", "revoke", "gone", "--data", "data")
    before = Path("data/tokens.json").read_bytes()
    assert claimgraph("token", *command, "--data", "data").code == 2
    assert Path("data/tokens.json").read_bytes() == before


def test_a_secret_is_kept_nowhere(here: Guarded) -> None:
    """Only its owner may read the file of tokens, which holds digests; no file of the folder and no line of the log has a secret."""
    assert stat.S_IMODE((here.data / "tokens.json").stat().st_mode) == 0o600
    for who, secret in here.secrets.items():
        here.get("/id/sdf", who)
        here.service.send("GET", f"/sparql?query={secret}", headers=bearer(secret + "x"))
    files = [path.read_bytes() for path in here.data.rglob("*") if path.is_file()]
    assert len(files) > 5
    for secret in here.secrets.values():
        assert not any(secret.encode() in data for data in files)
        assert secret not in here.service.said


# --- who wrote ------------------------------------------------------------------------------------------------------------


def test_every_write_is_somebodys(writable: Writable, claimgraph: Run) -> None:
    """Commits bear the name of the token that brought them, whatever the document or a parameter says."""
    answers = [
        writable.try_update(f"INSERT DATA {{ GRAPH <{writable.graph('whose')}> {{ <urn:a> <urn:b> <urn:c> }} }}"),
        writable.send("PUT", address("/graphs", graph=writable.graph("whose-too")), "<urn:a> <urn:b> <urn:c> .", TURTLE_BODY),
        writable.send("POST", "/api/reports", json.dumps(small(report_id="whose")), JSON_BODY),
    ]
    commits = {int(answer.headers["X-Commit"]): answer.status for answer in answers}
    assert list(commits.values()) == [204, 201, 201]
    told = {entry["sequence"]: entry for entry in claimgraph("history", "--data", writable.data, "--format", "json").json}
    assert [(told[commit]["agent"], told[commit]["kind"]) for commit in commits] == [("dana", "workspace"), ("dana", "workspace"), ("dana", "report")]
