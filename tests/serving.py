"""The service as tests run it: a process of its own on a free port, and requests that reach it exactly as they are written.

A folder of tests takes the fixtures by name in its ``conftest.py``: ``from serving import scratch, served, serving``, and for ``served`` also
``from running import sampled``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest

from running import PROGRAM, Said, finish, foreseen, start

SECONDS_TO_START = 60.0
SECONDS_TO_STOP = 30.0
SECONDS_TO_ANSWER = 60.0

_READY = re.compile(r"^claimgraph is at (http://\S+)/\n", re.MULTILINE)

T = TypeVar("T")


def eventually(look: Callable[[], T], what: str, seconds: float = 10.0) -> T:
    """What ``look`` gives as soon as it is true; a test fails that waits longer."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {seconds} seconds: {what}"
        time.sleep(0.02)
    return found


@dataclass(frozen=True)
class Answer:
    """What came back for a request."""

    status: int
    headers: Message
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type without parameters; empty where the answer names none."""
        return self.headers.get_content_type() if "content-type" in self.headers else ""

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def exchange(connection: HTTPConnection, method: str, target: str, body: bytes | None = None, headers: Iterable[tuple[str, str]] = ()) -> Answer:
    """One request and its answer. The target is sent as it is, percent signs and all; no header is added but Host and Content-Length."""
    connection.putrequest(method, target, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    if body is not None or method in ("POST", "PUT", "PATCH"):
        connection.putheader("Content-Length", str(len(body or b"")))
    connection.endheaders(body)
    response = connection.getresponse()
    return Answer(response.status, response.headers, response.read())


@dataclass
class Service:
    """A running service. ``url`` has no slash at its end; ``data`` is ``None`` for a scratch store."""

    url: str
    process: subprocess.Popen[bytes]
    data: Path | None
    stdout: Path
    stderr: Path
    killed: bool = False

    @property
    def host(self) -> str:
        """The address without the port."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port it listens on."""
        return urlsplit(self.url).port or 0

    @property
    def said(self) -> str:
        """Everything on its standard error so far."""
        return self.stderr.read_text(encoding="utf-8", errors="replace")

    @property
    def log(self) -> list[dict[str, Any]]:
        """Its log: every finished line is JSON."""
        return [json.loads(line) for line in self.said.split("\n")[:-1]]

    def connection(self) -> HTTPConnection:
        """A connection of one's own, for requests that share it."""
        return HTTPConnection(self.host, self.port, timeout=SECONDS_TO_ANSWER)

    def send(self, method: str, target: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer to one request on a new connection."""
        with closing(self.connection()) as connection:
            return exchange(connection, method, target, body, (headers or {}).items())

    def update(self, text: str, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer to a SPARQL Update that must succeed."""
        answer = self.send("POST", "/sparql", text.encode(), {"Content-Type": "application/sparql-update", **(headers or {})})
        assert answer.status in range(200, 300), (answer.status, answer.text)
        return answer

    def stop(self) -> None:
        """End it as an operator does: it must end by itself, cleanly, and nothing it wrote may be a traceback."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            _end_all(self.process)
            pytest.fail(f"the service did not end within {SECONDS_TO_STOP} seconds of SIGTERM:\n{self.said}")
        self.ended()

    def ended(self) -> None:
        """That it ended with exit code 0 and without a traceback."""
        said = foreseen(Said(self.process.returncode, self.stdout.read_text(encoding="utf-8"), self.said))
        assert said.code == 0, f"the service ended with {said.code}:\n{said.err}"

    def kill(self) -> None:
        """End it as a power cut does; nothing is asked of its exit code then."""
        self.killed = True
        self.process.kill()
        self.process.wait()


@contextmanager
def service(where: Path, *options: object, data: Path | None = None, **environment: str) -> Iterator[Service]:
    """A service that runs in a folder until the context ends; without ``data`` and ``--scratch`` its data folder is made there.

    What it writes goes to files in that folder, so that no full pipe ever holds it up. It leads a session of its own: if it has to be killed, its
    workers end with it.
    """
    scratch = "--scratch" in options
    data = None if scratch else data or where / "data"
    command = [*PROGRAM, "serve", "--port", "0", *map(str, options), *(() if scratch else ("--data", str(data)))]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLAIMGRAPH_", "COLUMNS", "FORCE_COLOR", "NO_COLOR"))}
    out, err = where / "stdout", where / "stderr"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            command, cwd=where, env=kept | environment, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, start_new_session=True
        )
    try:
        running = Service(_address(process, out, err), process, data, out, err)
        yield running
        if process.poll() is None:
            running.stop()
        elif not running.killed:
            running.ended()
    finally:
        _end_all(process)


def _end_all(process: subprocess.Popen[bytes]) -> None:
    """Whatever is left of a service is ended, its workers too."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _address(process: subprocess.Popen[bytes], out: Path, err: Path) -> str:
    """The address of a service that has just been started, once it says that it is ready."""

    def look() -> re.Match[str] | None:
        assert process.poll() is None, f"the service ended with {process.returncode} before it was ready:\n{err.read_text(errors='replace')}"
        return _READY.search(out.read_text(encoding="utf-8"))

    try:
        found = eventually(look, "the line with the address", SECONDS_TO_START)
    except AssertionError as why:
        raise AssertionError(f"{why}\nstdout: {out.read_text(errors='replace')}\nstderr: {err.read_text(errors='replace')}") from None
    assert found
    return found[1]


def token(data: Path, name: str = "tester", scopes: Iterable[str] = ("read", "write")) -> str:
    """A token for a data folder, made on the command line."""
    said = finish(start("token", "create", name, *(word for scope in scopes for word in ("--scope", scope)), "--data", data, cwd=data.parent))
    assert said.code == 0, said.all
    return said.out.strip().splitlines()[-1]


def bearer(secret: str) -> dict[str, str]:
    """The header that presents a token."""
    return {"Authorization": f"Bearer {secret}"}


Serving = Callable[..., Service]


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A scratch service, one for each folder of tests; whoever uses it empties it first."""
    with service(tmp_path_factory.mktemp("scratch"), "--scratch") as running:
        yield running


@pytest.fixture(scope="session")
def served(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service on the bundled samples, one for each folder of tests; not to be written to."""
    where = tmp_path_factory.mktemp("served")
    with service(where, data=Path(shutil.copytree(sampled, where / "data"))) as running:
        yield running


@pytest.fixture
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A function that starts services of a test's own: ``serving("--scratch")``, ``serving(data=store, CLAIMGRAPH_QUERY_SECONDS="1")``."""
    with ExitStack() as stack:

        def make(*options: object, data: Path | None = None, **environment: str) -> Service:
            return stack.enter_context(service(tmp_path_factory.mktemp("service"), *options, data=data, **environment))

        yield make
