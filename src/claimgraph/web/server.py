"""Listening: uvicorn, with a clock on clients that send slowly, and an end that tears nothing."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import json
import logging
import signal
import socket
import sys
import termios
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from typing import Any

import uvicorn
import uvloop
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from claimgraph.ask.pool import Pool
from claimgraph.model.errors import BadRequest, ClaimgraphError, Misuse
from claimgraph.model.limits import LIMITS
from claimgraph.web.access import Access
from claimgraph.web.app import application
from claimgraph.web.backend import Backend, EvidenceBackend
from claimgraph.web.errors import MEDIA, HeadTooLarge, problem_value
from claimgraph.web.exchange import too_slow
from claimgraph.web.guard import SECURITY
from claimgraph.web.watch import JsonLog, Watch

_GRACE = 5  # seconds that requests under way have when the service ends
_BACKLOG = 512
_HEAD_BYTES = 64 << 10  # of a request's line and headers
_LEAST_TAKEN = 64 << 10  # bytes of an answer that a client takes within ``receive_seconds``: any line is faster
_ANNOUNCE_BODY = (b"content-length", b"transfer-encoding")


class _Protocol(HttpToolsProtocol):
    """Uvicorn's protocol with bounds: on the time and size of what a client sends around a body, on the time it takes an answer, on connections.

    What is no HTTP, or oversteps a bound, is refused in our shape.
    """

    _clock: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None
    _refusal: ClaimgraphError | None = None
    _in_head = False
    _around = _body = _left = 0  # bytes of the request under way around its body and in it; of the answer, those not taken yet

    def connection_made(self, transport: Any) -> None:
        """Take a connection, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > LIMITS.connections:
            transport.abort()
            return
        self._start_clock()

    def data_received(self, data: bytes) -> None:
        """Take a piece; the clock runs while a head is under way. Chunks may be as long around their bytes as these are, no more."""
        if self._clock is None and (self.cycle is None or self.cycle.response_complete):
            self._start_clock()
        self._around += len(data)
        super().data_received(data)
        if self._around > _HEAD_BYTES + self._body and not self.transport.is_closing():
            self._refuse(_head_too_large())

    def on_message_begin(self) -> None:
        """Another request begins."""
        self._in_head, self._around, self._body = True, 0, 0
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._around -= len(body)
        self._body += len(body)
        super().on_body(body)

    def on_headers_complete(self) -> None:
        """The head is there: from here on the body's own clock holds. Raises what makes uvicorn refuse the request."""
        self._stop_clock()
        self._in_head = False
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > _HEAD_BYTES:
            self._refusal = _head_too_large()
        elif self.parser.should_upgrade() and any(name in _ANNOUNCE_BODY and value != b"0" for name, value in self.headers):
            # The parser takes such a body for something else and drops it: a graph would be replaced by nothing.
            self._refusal = BadRequest("A request with a body asks for another protocol (Upgrade), which is not spoken here: send it without that.")
        if self._refusal is not None:
            raise self._refusal
        super().on_headers_complete()

    def pause_writing(self) -> None:
        """More of an answer waits than the client takes: from now on it must take some of it, or is let go."""
        super().pause_writing()
        self._watch_taking()

    def resume_writing(self) -> None:
        """The client has taken what waited."""
        self._stop_taking()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._stop_clock()
        self._stop_taking()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, or what was found to be wrong with it."""
        self._refuse(self._refusal or BadRequest(f"This is no HTTP request that is understood here ({msg.rstrip('.')})."))

    def _refuse(self, error: ClaimgraphError) -> None:
        body = json.dumps(problem_value(error)).encode()
        headers = {**SECURITY, "Content-Type": MEDIA, "Content-Length": str(len(body)), "Connection": "close"}
        head = "".join(f"{name.lower()}: {value}\r\n" for name, value in headers.items())
        self.transport.write(f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}\r\n{head}\r\n".encode() + body)
        self.transport.close()

    def _start_clock(self) -> None:
        self._clock = self.loop.call_later(LIMITS.receive_seconds, self._too_slow)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _too_slow(self) -> None:
        self._clock = None
        with suppress(OSError):
            self._refuse(too_slow()) if self._in_head else self.transport.close()

    def _watch_taking(self) -> None:
        self._left = self._not_taken()
        self._taking = self.loop.call_later(LIMITS.receive_seconds, self._takes_nothing)

    def _stop_taking(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    def _takes_nothing(self) -> None:
        if self._left - self._not_taken() < _LEAST_TAKEN:
            self.transport.abort()
        else:
            self._watch_taking()

    def _not_taken(self) -> int:
        """Bytes that the client has not taken: those that wait here, and those that wait in the kernel, which can be megabytes."""
        waiting = self.transport.get_write_buffer_size()
        with suppress(OSError):  # where the kernel does not tell, or the connection has just gone
            waiting += int.from_bytes(fcntl.ioctl(self.transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4)), sys.byteorder)
        return waiting


def _head_too_large() -> HeadTooLarge:
    return HeadTooLarge(f"The request has more than {_HEAD_BYTES} bytes around its body: send a shorter address and fewer headers.")


class _Server(uvicorn.Server):
    """Uvicorn's server, which leaves signals to us: it would raise them again and end the process by them."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A socket on an address. Raises :class:`Misuse` where it is taken, or none of this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host.strip("[]"), port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise Misuse(f"{host} port {port} cannot be listened on ({error.strerror or error}): choose another --port or --host.") from None


def run(backend: Backend, access: Access, listening: socket.socket, ready: Callable[[str], None], origins: Iterable[str] = ()) -> None:
    """Serve until SIGINT or SIGTERM. ``ready`` is told the address once requests are taken. Raises what starting the backend raises."""
    watch = Watch()
    _log_as_json(watch)
    _measure(backend, watch)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(backend, application(backend, access, watch, origins), watch, listening, ready))


async def _serve(backend: Backend, app: ASGIApp, watch: Watch, listening: socket.socket, ready: Callable[[str], None]) -> None:
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE,
        backlog=_BACKLOG,
    )
    server = _Server(config)

    def end() -> None:
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end)
    try:
        await backend.start()
    except BaseException:
        await backend.close()  # the writer would be waited for as long as nobody ends it
        raise
    gc.freeze()  # what is there now stays; looking through it again and again would cost requests their time
    watch.event("started", workers=LIMITS.workers, **{f"no_{name}": holds for name, holds in backend.pool.holds.items()})
    ready(_address(listening))  # it listens already: whoever comes now waits for a moment
    try:
        await server.serve(sockets=[listening])
    finally:
        await backend.close()
        watch.event("ended")


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def _log_as_json(watch: Watch) -> None:
    root = logging.getLogger()
    root.handlers[:] = [JsonLog(watch)]
    root.setLevel(logging.WARNING)


def _measure(backend: Backend, watch: Watch) -> None:
    """Figures of the workers, the writer and the commits."""
    pools = {"": backend.pool}
    if isinstance(backend, EvidenceBackend):
        pools["documents_"] = backend.documents
        watch.gauge("commit", "The last commit of the archive.", lambda: backend.shown.head)
        watch.gauge("commit_shown", "The commit that readers are shown.", lambda: backend.shown.commit)
        watch.gauge("writer_restarts", "How often the writing process died and was started again.", lambda: backend.writer.restarts)
    for name, pool in pools.items():
        watch.gauge(f"{name}workers_idle", "Workers that wait for work.", partial(_figure, pool, "idle"))
        watch.gauge(f"{name}queries_long", "Long queries that run.", partial(_figure, pool, "long"))
        watch.gauge(f"{name}requests_waiting", "Requests that wait for a worker.", partial(_figure, pool, "waiting"))
        watch.gauge(f"{name}workers_killed", "Workers that a deadline, a client that went or the service ended.", partial(_figure, pool, "killed"))


def _figure(pool: Pool, name: str) -> float:
    return pool.figures[name]
