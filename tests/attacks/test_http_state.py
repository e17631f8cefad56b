"""State over HTTP: processes killed in mid-commit, clocks that go back, commits that are not there, clients and tokens that go in between.

Nearly all of it is done to one service, which must go on by itself. Its last commit is of the year 2099: to whatever it writes, the clock has gone
back.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import shutil
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from attacking import attacked, below, connected, head, received, told, unharmed, writing_process
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import Unavailable
from claimgraph.model.names import Base
from claimgraph.store import archive as archive_module
from claimgraph.store.commit import open_writer
from claimgraph.store.place import Place
from claimgraph.store.tokens import Tokens
from claimgraph.web.access import Access
from claimgraph.web.guard import Guard
from claimgraph.web.pages import Pages
from claimgraph.web.server import _Protocol, _Server, listen
from claimgraph.web.watch import Watch
from harming import post, subjects, write_each_way, writes_again
from pooling import running
from requesting import ENDLESS, JSON_BODY, TURTLE_BODY, Writable, address, asked, history, refused, sound
from running import Run, small
from serving import Answer, bearer, eventually, service

FUTURE = "2099-12-31T23:59:59.999Z"


@pytest.fixture(scope="module")
def ahead(sampled: Path, tmp_path_factory: pytest.TempPathFactory, samples: dict[str, ClaimsDocument], base: Base) -> Path:
    """The samples' store with one more commit, of the year 2099."""
    store = Path(shutil.copytree(sampled, tmp_path_factory.mktemp("ahead") / "data"))
    document = next(iter(samples.values()))
    later = document.model_copy(update={"report": document.report.model_copy(update={"id": "of-2099"})})
    with pytest.MonkeyPatch.context() as patch, open_writer(Place(store), base, "a test", "test") as writer:
        patch.setattr(archive_module, "_now", lambda: FUTURE)
        writer.commit(later)
    return store


@pytest.fixture(scope="module")
def victim(ahead: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writable]:
    """The service to which it is done."""
    with attacked(ahead, tmp_path_factory.mktemp("state")) as found:
        yield found


# --- many at once, and processes that die ---------------------------------------------------------------------------------


def test_what_is_acknowledged_is_there_once(victim: Writable, claimgraph: Run) -> None:
    """Twelve clients post sixty reports while the writer is killed three times in mid-commit: each that was acknowledged is one commit of one chain.

    The others were refused in the usual shape, and are let in when they are sent again.
    """
    before, chance = head(victim.data), random.Random(7)
    names = [f"at-once-{number}" for number in range(60)]
    over = threading.Event()

    def kill() -> None:
        for _ in range(3):
            process = eventually(lambda: _writer(victim), "another writer")
            time.sleep(chance.uniform(0.02, 0.15))
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        over.set()

    killing = threading.Thread(target=kill)
    killing.start()
    with ThreadPoolExecutor(12) as clients:
        answers = dict(zip(names, clients.map(lambda name: _patiently(victim, name, over), names), strict=True))
    killing.join()
    made = {int(answer.headers["X-Commit"]): name for name, answer in answers.items() if answer.status == 201}
    found = subjects(victim, claimgraph)
    assert {sequence: found[sequence] for sequence in made} == made
    assert sorted(name for sequence, name in found.items() if sequence > before) == sorted(names)
    assert sound(victim.data, claimgraph) == before + len(names)


def _writer(victim: Writable) -> int:
    with suppress(OSError):
        return writing_process(victim.data)
    return 0


def _patiently(victim: Writable, name: str, over: threading.Event) -> Answer:
    """The answer to a report that is sent until it is let in; the first answers come from a service whose writer dies."""
    while (answer := post(victim, name)).status not in (200, 201):
        told(answer, 503)
        over.wait(0.1)
    return answer


def test_workers_killed_under_their_queries(victim: Writable) -> None:
    """All processes that answer are killed while they do: each query is answered all the same, or refused in the usual shape."""
    slow = "SELECT (COUNT(*) AS ?n) { { SELECT ?a { ?a ?p ?o } LIMIT 400 } { SELECT ?b { ?b ?p ?o } LIMIT 400 } FILTER(STR(?a) > STR(?b)) }"
    with unharmed(victim), ThreadPoolExecutor(6) as clients:
        answers = [clients.submit(asked, victim.service, slow) for _ in range(6)]
        time.sleep(0.2)
        keep = {writing_process(victim.data), *_parents(victim.service.process.pid)}
        for process in set(below(victim.service.process.pid)) - keep:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        assert all(answer.result().status == 200 or told(answer.result(), 503) for answer in answers)


def _parents(process: int) -> list[int]:
    """The processes that a process has started and that have themselves started some, or that keep watch over what these share."""
    found = set(below(process))
    workers = {one for one in found if not below(one) and b"resource_tracker" not in Path(f"/proc/{one}/cmdline").read_bytes()}
    return sorted(found - workers)


@pytest.fixture
def services() -> Iterator[ExitStack]:
    """Services of a test's own, which end with it."""
    with ExitStack() as stack:
        yield stack


def test_killed_with_requests_under_way(sampled: Path, tmp_path_factory: pytest.TempPathFactory, services: ExitStack, claimgraph: Run) -> None:
    """The whole service is killed in the midst of writing, asking and an upload: nothing of it is left, and nothing acknowledged is lost.

    A second service, which had been waiting for the first to let go of the folder, then has it and shows all that.
    """
    data = Path(shutil.copytree(sampled, tmp_path_factory.mktemp("killed") / "data"))
    headers = bearer(Tokens(data).create("dana", ("read", "write")))
    first = Writable(services.enter_context(service(tmp_path_factory.mktemp("first"), data=data)), headers)
    answers: list[Answer] = []
    work = [
        lambda: asked(first.service, ENDLESS),
        lambda: [answers.append(post(first, f"r{number}")) for number in range(1000)],
        lambda: [answers.append(post(first, f"s{number}")) for number in range(1000)],
    ]
    process = first.service.process
    with ThreadPoolExecutor(4) as clients, connected(first.service) as upload:
        upload.sendall(b"POST /api/reports HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n")
        upload.sendall(f"Authorization: {headers['Authorization']}\r\n\r\n{{".encode())
        doing = [clients.submit(_until_gone, what) for what in work]
        eventually(lambda: len(answers) > 3, "some reports")
        waiting = clients.submit(services.enter_context, service(tmp_path_factory.mktemp("second"), data=data))
        time.sleep(1)
        family = [process.pid, *below(process.pid)]
        first.service.kill()
        eventually(lambda: not any(map(running, family)), "the end of every process", 5)
        assert all(one.result() for one in doing)
        second = Writable(waiting.result(), headers)
    acknowledged = {int(answer.headers["X-Commit"]) for answer in answers}
    assert {answer.status for answer in answers} == {201}
    assert acknowledged <= set(subjects(second, claimgraph))
    assert sound(data, claimgraph) in (max(acknowledged), max(acknowledged) + 1, max(acknowledged) + 2)
    assert asked(second.service, "ASK {}", min_commit=max(acknowledged)).status == 200
    writes_again(second, "after")


def _until_gone(what: Callable[[], object]) -> bool:
    """Whether something came to its end because the other side was gone."""
    try:
        what()
    except (OSError, http.client.HTTPException):
        return True
    return False


# --- clocks, commits and clients ------------------------------------------------------------------------------------------


def test_a_clock_that_has_gone_back(victim: Writable, claimgraph: Run) -> None:
    """What is written after a commit of 2099 comes after it, and replaces what that brought; nobody waits until then."""
    document = small(report_id="of-2099")
    refused(victim.send("POST", "/api/reports", json.dumps(document), JSON_BODY), 409, "version-conflict")
    answer = victim.send("POST", "/api/reports?revise=true", json.dumps(document), JSON_BODY)
    assert answer.status == 201, answer.text
    commit = int(answer.headers["X-Commit"])
    seen = victim.service.send("GET", f"/id/of-2099?min-commit={commit}")
    assert (seen.status, seen.headers["Location"]) == (303, answer.headers["Location"])
    new, old = history(victim.data, claimgraph, "of-2099")
    assert (new["sequence"], new["at"] < old["at"] == FUTURE) == (commit, True)
    assert sound(victim.data, claimgraph) == commit


@pytest.mark.parametrize("target", ["/sparql?query=ASK%7B%7D&", "/graphs?default&", "/id/sdf?", "/api/questions/denials?", "/sparql?"])
def test_reading_a_commit_that_is_not_there(victim: Writable, target: str) -> None:
    """Whoever names one that is still to come is told at once which is the last (404)."""
    with unharmed(victim):
        last = head(victim.data)
        assert f"the last one is {last}" in refused(victim.service.send("GET", f"{target}min-commit={last + 1}"), 404, "not-found")


@pytest.mark.parametrize("path", ["/api/validate", "/api/reports"])
def test_a_report_beside_a_commit_that_is_not_there(victim: Writable, path: str) -> None:
    """A report is not judged beside commits that there are not, and not let in."""
    with unharmed(victim):
        answer = victim.send("POST", address(path, min_commit=head(victim.data) + 1), json.dumps(small(report_id="checked")), JSON_BODY)
        refused(answer, 404, "not-found")


WRITES = {
    "a report": ("POST /api/reports", JSON_BODY, json.dumps(small(report_id="checked"))),
    "an update": ("POST /sparql", {"Content-Type": "application/sparql-update"}, "INSERT DATA {{ GRAPH <{0}> {{ <urn:a> <urn:b> 1 }} }}"),
    "a graph": ("PUT /graphs?graph={0}", TURTLE_BODY, "<urn:a> <urn:b> 1 . " + "# and so on " * 50),
}


def half_of(victim: Writable, name: str) -> tuple[bytes, bytes]:
    """A request that writes, up to the middle of its body, and the rest."""
    line, headers, body = WRITES[name]
    graph = victim.graph("half")
    data = (body.format(graph) if name == "an update" else body).encode()
    fields = {"Host": "localhost", "Content-Length": str(len(data)), **victim.headers, **headers}
    begun = f"{line.format(graph)} HTTP/1.1\r\n" + "".join(f"{field}: {value}\r\n" for field, value in fields.items()) + "\r\n"
    return begun.encode() + data[: len(data) // 2], data[len(data) // 2 :]


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("reset", [True, False], ids=["reset", "closed"])
def test_a_client_that_goes_in_mid_upload(victim: Writable, name: str, reset: bool) -> None:
    """Half a body is no body, also where what arrived of it would do by itself: nothing is written."""
    with unharmed(victim), connected(victim.service) as channel:
        channel.sendall(half_of(victim, name)[0])
        if reset:
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_client_that_goes_before_it_is_told(victim: Writable, claimgraph: Run) -> None:
    """Clients that go as soon as they have sent their reports leave each of them in whole or not at all, and the store sound."""
    before, names = head(victim.data), {f"gone-{number}" for number in range(8)}
    for name in names:
        with connected(victim.service) as channel:
            data = json.dumps(small(report_id=name)).encode()
            token = victim.headers["Authorization"]
            begun = f"POST /api/reports HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\nContent-Type: application/json\r\n"
            channel.sendall(f"{begun}Content-Length: {len(data)}\r\n\r\n".encode() + data)
    after = writes_again(victim, "gone-last")
    brought = [name for sequence, name in subjects(victim, claimgraph).items() if sequence > before]
    assert set(brought) <= {*names, "gone-last"}
    assert len(set(brought)) == len(brought) == after - before
    assert sound(victim.data, claimgraph) == after


# --- an error after the headers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [RuntimeError("a defect"), Unavailable("the store is ending")], ids=repr)
def test_an_error_after_the_headers(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    """An answer that has begun and cannot be ended breaks off, so that nobody takes it for whole; no second head follows, and others are answered."""

    async def breaking(scope: Scope, receive: Receive, send: Send) -> None:
        whole = scope["path"] == "/whole"
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"10")]})
        await send({"type": "http.response.body", "body": b"12345", "more_body": True})
        if not whole:
            raise error
        await send({"type": "http.response.body", "body": b"67890"})

    with answering(Guard(breaking, Access("127.0.0.1"), Watch(), Pages())) as port:
        for path, body in (("/broken", b"12345"), ("/whole", b"1234567890")):
            with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as channel:
                channel.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                found = received(channel)
            assert (found.partition(b"\r\n\r\n")[2], found.count(b"HTTP/1.1 ")) == (body, 1)
    events = [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()]
    assert events.count("defect") == isinstance(error, RuntimeError)
    assert events.count("request") == 2


@contextmanager
def answering(app: ASGIApp) -> Iterator[int]:
    """The port of an application that the service's own server serves here."""
    listening = listen("127.0.0.1", 0)
    server = _Server(uvicorn.Config(app, http=_Protocol, lifespan="off", log_config=None, timeout_graceful_shutdown=5))
    serving = threading.Thread(target=server.run, args=([listening],))
    serving.start()
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        serving.join(30)
        assert not serving.is_alive()


# --- tokens ---------------------------------------------------------------------------------------------------------------


def test_a_token_that_is_revoked_on_an_open_connection(victim: Writable) -> None:
    """From the next request on it is refused on every way to write, also on a connection that it has just been used on; nothing is written."""
    tokens = Tokens(victim.data)
    guest = Writable(victim.service, bearer(tokens.create("guest", ("read", "write"))))
    with closing(victim.service.connection()) as kept, unharmed(victim):
        for status in (200, 401):
            kept.request("GET", "/health", headers=guest.headers)
            answer = kept.getresponse()
            assert (answer.status, bool(answer.read())) == (status, True)
            if status == 200:
                tokens.revoke("guest")
        for refusal in write_each_way(guest, "revoked"):
            assert "revoked" in refused(refusal, 401, "not-signed-in")


def test_a_token_of_another_store(victim: Writable, tmp_path: Path) -> None:
    """A token that another folder made, with every scope and the same name, is none here."""
    other = Writable(victim.service, bearer(Tokens(tmp_path / "other").create("dana", ("read", "write", "review"))))
    with unharmed(victim):
        for answer in write_each_way(other, "other-store"):
            refused(answer, 401, "not-signed-in")


@pytest.mark.parametrize("text", ["{", "[1]", None], ids=["broken", "other", "gone"])
def test_tokens_that_cannot_be_read(victim: Writable, text: str | None) -> None:
    """Where the file of tokens is damaged or gone nobody is let in by mistake, whoever needs none goes on, and mended it works at once."""
    path = victim.data / "tokens.json"
    kept = path.read_bytes()
    with unharmed(victim):
        path.unlink() if text is None else path.write_text(text)
        for answer in write_each_way(victim, "no-tokens"):
            assert refused(answer, 401, "not-signed-in") if text is None else "tokens.json" in refused(answer, 507, "data-folder")
        assert asked(victim.service, "ASK {}").status == 200
        path.write_bytes(kept)
        assert victim.send("GET", "/health").status == 200
