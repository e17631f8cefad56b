"""What tests of attacks over HTTP share: a service to attack, what must hold during and after each attack, and a server that must not be called."""

from __future__ import annotations

import shutil
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import pytest

from claimgraph.store.archive import Archive
from claimgraph.store.place import Place
from claimgraph.store.tokens import Tokens
from requesting import BASE, Writable, refused
from serving import Answer, Service, bearer, service

T = TypeVar("T")
QUERY = {"Content-Type": "application/sparql-query"}
LIGHT = "/sparql?query=" + quote("ASK { ?s a <https://w3id.org/claimgraph/ontology#Report> }")


@contextmanager
def attacked(sampled: Path, where: Path, *options: str, **environment: str) -> Iterator[Writable]:
    """A service on a copy of the samples' store that ends cleanly however it was attacked; each line of its log is JSON, and none tells of a 500."""
    data = Path(shutil.copytree(sampled, where / "data"))
    secret = Tokens(data).create("dana", ("read", "write"))
    with service(where, *options, data=data, **environment) as running:
        yield Writable(running, bearer(secret))
        assert not [line for line in running.log if line["event"] == "defect" or line.get("status", 0) in range(500, 503)]


def head(data: Path) -> int:
    """The last commit of an archive."""
    with closing(Archive(Place(data).archive, BASE)) as archive:
        return archive.head()


@contextmanager
def unharmed(victim: Writable, seconds: float = 10.0) -> Iterator[None]:
    """That what is done within writes nothing, and that the same process answers a light query right after, within ``seconds``."""
    before = head(victim.data)
    yield
    answers_still(victim.service, seconds)
    assert head(victim.data) == before


def answers_still(running: Service, seconds: float = 10.0) -> None:
    """That the process which was started is there and answers."""
    assert running.process.poll() is None
    began = time.monotonic()
    answer = running.send("GET", LIGHT)
    assert (answer.status, answer.json) == (200, {"head": {}, "boolean": True}), (answer.status, answer.text)
    assert time.monotonic() - began < seconds


def told(answer: Answer, *statuses: int) -> str:
    """The sentence of a refusal in the one shape: with one of these statuses, else any 4xx or 503."""
    assert answer.status in statuses if statuses else answer.status in range(400, 500) or answer.status == 503, (answer.status, answer.text)
    assert answer.media_type == "application/problem+json", answer.text
    return refused(answer, answer.status, answer.json["code"])


def asking(victim: Writable, query: str | bytes, accept: str = "*/*", **parameters: object) -> Answer:
    """The answer to a query in a body, whatever it is; half surrogates are sent as they are."""
    given = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in parameters.items())
    body = query if isinstance(query, bytes) else query.encode("utf-8", "surrogatepass")
    return victim.service.send("POST", f"/sparql?{given}", body, {**QUERY, "Accept": accept})


def putting(victim: Writable, name: str, body: str | bytes, media: str = "text/turtle") -> Answer:
    """The answer to a graph of dana's that is put."""
    data = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    return victim.service.send("PUT", f"/graphs?graph={quote(victim.graph(name), safe='')}", data, {**victim.headers, "Content-Type": media})


def checking(victim: Writable, body: str | bytes, media: str = "application/json", parameters: str = "") -> Answer:
    """The answer to a report that is checked."""
    data = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    return victim.service.send("POST", f"/api/validate?{parameters}", data, {"Content-Type": media})


def figure(running: Service, name: str) -> float:
    """One of the figures for Prometheus."""
    lines = running.send("GET", "/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.split()[0] == name)


class Canary:
    """A server on loopback that takes no call: whoever calls is seen by its call waiting."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self.port: int = listening.getsockname()[1]
        self.iri = f"http://127.0.0.1:{self.port}/"

    @property
    def heard(self) -> bool:
        """Whether somebody called."""
        try:
            self._listening.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@contextmanager
def canary() -> Iterator[Canary]:
    """A canary that must not have been called when the context ends."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0)
        found = Canary(listening)
        yield found
        assert not found.heard


# --- the wire and the processes -------------------------------------------------------------------------------------------


@contextmanager
def connected(running: Service, receive: int | None = None) -> Iterator[socket.socket]:
    """A connection whose every byte is the test's; ``receive`` is the size of its buffer."""
    with closing(socket.socket()) as channel:
        if receive is not None:
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        channel.settimeout(30)
        channel.connect((running.host, running.port))
        yield channel


def sent(running: Service, data: bytes) -> bytes:
    """Everything that comes back for some bytes until the other side closes; it may do so before it has taken all."""
    with connected(running) as channel:
        return ignoring(lambda: channel.sendall(data), None) or received(channel)


def received(channel: socket.socket) -> bytes:
    """What comes until the other side closes."""
    found = b""
    while piece := ignoring(lambda: channel.recv(1 << 16), b""):
        found += piece
    return found


def ignoring(what: Callable[[], T], otherwise: T) -> T:
    """What something gives, or something else where the other side has closed the connection."""
    try:
        return what()
    except ConnectionError:
        return otherwise


def writing_process(data: Path) -> int:
    """The process that writes to a folder: the one that listens at its socket."""
    with closing(socket.socket(socket.AF_UNIX)) as channel:
        channel.connect(str(Place(data).socket))
        process: int = struct.unpack("3i", channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        return process


def below(process: int) -> list[int]:
    """The processes that a process has started, and those that these have."""
    found = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, ignoring_gone(task).split()):
            found += [child, *below(child)]
    return found


def ignoring_gone(file: Path) -> str:
    """A file of ``/proc``; empty where its process has just ended."""
    try:
        return file.read_text()
    except OSError:
        return ""


@pytest.fixture(scope="module")
def victim(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writable]:
    """The service that a module of attacks is made on, and the writer in whose name."""
    with attacked(sampled, tmp_path_factory.mktemp("victim")) as found:
        yield found
