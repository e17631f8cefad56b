"""A load generator for HTTP/1.1 that costs little, since it runs on the machine it measures: one process, one loop, requests made beforehand.

Each client keeps one connection and sends again when its answer is whole. What it sends and when is its group's business: flat out (:class:`Group`),
at a pace (:class:`Paced`), or as patiently as the server asks for (:class:`Patient`). Seconds count from sending to the last byte of the answer.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from typing import cast

import uvloop
from httptools import HttpParserError, HttpResponseParser

JSON = "application/sparql-results+json"
GRACE = 15.0  # seconds that answers may still take once nothing new is sent
RECONNECT = 0.1
TICK = 0.02
HELD = float("inf")
TOLD = 10  # different errors that are kept


@dataclass(frozen=True)
class Target:
    """Where a server listens and answers queries."""

    host: str
    port: int
    path: str

    def query(self, kind: str, text: str, parameters: str = "", accept: str = JSON) -> Request:
        """A SPARQL query, sent directly; ``parameters`` (``?timeout=1``) go into the address."""
        return self.post(kind, self.path + parameters, text.encode(), {"Content-Type": "application/sparql-query", "Accept": accept})

    def post(self, kind: str, path: str, body: bytes, headers: dict[str, str], expected: int = 200) -> Request:
        """Any POST, ready to be sent."""
        lines = [f"POST {path} HTTP/1.1", f"Host: {self.host}:{self.port}", f"Content-Length: {len(body)}"]
        head = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""])
        return Request(kind, head.encode() + body, expected)


@dataclass(frozen=True, eq=False)  # each is itself: two with the same bytes are told apart, and looking one up costs nothing
class Request:
    """The bytes of a request, the kind that it is counted under, and the status that its answer must have."""

    kind: str
    data: bytes
    expected: int = 200


@dataclass
class Tally:
    """What a group saw: seconds of each good answer by kind, how many came within the time measured, and what went wrong."""

    since: float = 0.0
    until: float = float("inf")
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    done: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    def note(self, client: Client, status: int, now: float) -> None:
        """Count an answer: for the rate where it came within the time measured, for the seconds where it was asked for after its begin."""
        request = client.request
        self.statuses[status] += 1
        if status != request.expected:
            self.fail(f"{request.kind}: status {status}")
            return
        self.done += self.since <= now <= self.until
        if client.sent >= self.since:
            self.seconds[request.kind].append(now - client.sent)

    def fail(self, words: str) -> None:
        """Count an error; after a few different ones all others are alike."""
        self.errors[words if words in self.errors or len(self.errors) < TOLD else "others"] += 1

    @property
    def wrong(self) -> int:
        """How many went wrong."""
        return self.errors.total()

    def told(self) -> str:
        """What went wrong, and how often."""
        return "; ".join(f"{words} ({count} times)" for words, count in self.errors.most_common())

    @property
    def rate(self) -> float:
        """Good answers per second of the time measured."""
        return self.done / (self.until - self.since)

    def all_seconds(self) -> list[float]:
        """The seconds of the answers of all kinds."""
        return [value for each in self.seconds.values() for value in each]

    def share(self, percent: float) -> float:
        """The seconds within which so many percent of the answers came; infinite where there were none."""
        return percentile(self.all_seconds(), percent)


def percentile(values: Sequence[float], percent: float) -> float:
    """The least value that so many percent do not exceed; infinite where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else float("inf")


class Group:
    """Clients that do alike: here, send the same requests round and round, flat out.

    ``steady`` holds that the same request gets an answer of the same size each time.
    """

    headers = False  # whether its clients look at headers, which costs time

    def __init__(self, name: str, clients: int, requests: Sequence[Request], *, steady: bool = False) -> None:
        self.name, self.clients, self.tally, self.over = name, clients, Tally(), False
        self.open: set[Client] = set()
        self._requests: Iterator[Request] = cycle(requests)
        self._sizes: dict[Request, int] | None = {} if steady else None

    def begin(self, number: int) -> float:  # noqa: ARG002  # which one it is matters to others
        """The seconds after which one of its clients begins."""
        return 0.0

    def choose(self, client: Client) -> Request:  # noqa: ARG002  # who asks matters to others
        """What a client sends next."""
        return next(self._requests)

    def answered(self, client: Client, status: int, now: float) -> float:
        """Count an answer; the seconds until the client may go on (``HELD``: until somebody else lets it)."""
        self.tally.note(client, status, now)
        if self._sizes is not None and status == 200 and self._sizes.setdefault(client.request, client.size) != client.size:
            self.tally.fail(f"{client.request.kind}: {client.size} bytes, {self._sizes[client.request]} before")
        return 0.0


class Paced(Group):
    """Clients that each send every ``interval`` seconds; one whose answer came late counts from when it should have sent."""

    def __init__(self, name: str, clients: int, requests: Sequence[Request], interval: float) -> None:
        super().__init__(name, clients, requests)
        self.interval, self._due = interval, dict[Client, float]()

    def begin(self, number: int) -> float:
        """One after the other, so that they do not all ask at once."""
        return self.interval * number / self.clients

    def answered(self, client: Client, status: int, now: float) -> float:
        """Count an answer; the seconds until the next is due, none if it is late."""
        super().answered(client, status, now)
        due = self._due.get(client, client.sent) + self.interval
        self._due[client] = due
        client.late_since = due if due < now else None
        return max(0.0, due - now)


class Patient(Group):
    """Clients that get refusals and wait as long as ``Retry-After`` says: no status is an error."""

    headers = True

    def answered(self, client: Client, status: int, now: float) -> float:
        """Count a status; the seconds to wait."""
        self.tally.statuses[status] += 1
        if status == 200:
            self.tally.seconds[client.request.kind].append(now - client.sent)
        return retry_after(client) if status == 429 else 0.0


def retry_after(client: Client) -> float:
    """The seconds that a refusal asks to wait, with or without the header no less than a tenth, so that nobody hammers."""
    value = client.header.get(b"retry-after", b"")
    return max(0.1, float(value)) if value.isdigit() else 0.1


class Client(asyncio.Protocol):
    """One kept connection: sends, waits until the answer is whole, asks its group what to do next."""

    transport: asyncio.Transport
    parser: HttpResponseParser
    request: Request
    sent = 0.0
    size = 0
    waiting = False
    late_since: float | None = None
    header: dict[bytes, bytes]

    def __init__(self, group: Group) -> None:
        self.group, self.header = group, {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = cast("asyncio.Transport", transport)
        self.parser = HttpResponseParser(self)
        self.send()

    def send(self) -> None:
        """Send what comes next, over a new connection where the server has closed this one, unless the time is over."""
        if self.group.over:
            return
        if self.transport.is_closing():
            self.reconnect()
            return
        self.request, self.size, self.waiting = self.group.choose(self), 0, True
        self.sent = self.late_since or time.perf_counter()
        self.transport.write(self.request.data)

    def data_received(self, data: bytes) -> None:
        """Read some of an answer."""
        try:
            self.parser.feed_data(data)
        except HttpParserError as error:
            self.group.tally.fail(f"{self.request.kind}: no HTTP ({error})")
            self.transport.abort()

    def on_body(self, body: bytes) -> None:
        """Count the bytes of an answer."""
        self.size += len(body)

    def on_message_complete(self) -> None:
        """An answer is whole."""
        self.waiting = False
        pause = self.group.answered(self, self.parser.get_status_code(), time.perf_counter())
        if not self.parser.should_keep_alive():
            self.transport.close()
            pause = max(pause, RECONNECT)
        if not pause:
            self.send()
        elif pause != HELD:
            asyncio.get_running_loop().call_later(pause, self.send)

    def connection_lost(self, exc: Exception | None) -> None:
        """That an answer was still to come is an error; an idle connection is opened again when it is needed."""
        self.group.open.discard(self)
        if self.waiting and not self.group.over:
            self.group.tally.fail(f"{self.request.kind}: the connection was lost ({exc})")
            asyncio.get_running_loop().call_later(RECONNECT, self.reconnect)
        self.waiting = False

    def reconnect(self) -> None:
        """Set by :func:`run`: open this client's next connection."""


class HeaderClient(Client):
    """A client that looks at headers."""

    def on_message_begin(self) -> None:
        """Forget the headers of the answer before."""
        self.header = {}

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header."""
        self.header[name.lower()] = value


class _Loop:
    """Groups at work against a server."""

    def __init__(self, target: Target, groups: Sequence[Group]) -> None:
        self.target, self.groups, self.tasks = target, groups, set[asyncio.Task[None]]()

    def connect(self, group: Group, client: Client) -> None:
        """Open a connection in the background."""
        task = asyncio.get_running_loop().create_task(self._connect(group, client))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _connect(self, group: Group, client: Client) -> None:
        client.reconnect = partial(self.connect, group, client)  # type: ignore[method-assign]
        try:
            await asyncio.get_running_loop().create_connection(lambda: client, self.target.host, self.target.port)
            group.open.add(client)
        except OSError as error:
            if not group.over:
                group.tally.fail(f"{group.name}: no connection ({error})")
                asyncio.get_running_loop().call_later(RECONNECT, client.reconnect)

    async def run(self, seconds: float, warm: float) -> None:
        """Load the server for so long after warming up, or until every group says that it is over; let what is under way end."""
        start = time.perf_counter() + warm
        for group in self.groups:
            group.tally.since, group.tally.until = start, start + seconds
            for number in range(group.clients):
                client = (HeaderClient if group.headers else Client)(group)
                asyncio.get_running_loop().call_later(group.begin(number), partial(self.connect, group, client))
        while time.perf_counter() < start + seconds and not all(group.over for group in self.groups):  # noqa: ASYNC110  # callbacks set it
            await asyncio.sleep(TICK)
        for group in self.groups:
            group.over, group.tally.until = True, min(group.tally.until, time.perf_counter())
        await self._quiet()
        for group in self.groups:
            for client in list(group.open):
                client.transport.abort()
        await asyncio.sleep(RECONNECT)

    async def _quiet(self) -> None:
        """Wait for answers under way; those that a patient client waits for nobody misses."""
        deadline = time.perf_counter() + GRACE
        counted = [group for group in self.groups if not isinstance(group, Patient)]
        while late := [(group, client) for group in counted for client in group.open if client.waiting]:
            if time.perf_counter() > deadline:
                for group, client in late:
                    group.tally.fail(f"{client.request.kind}: no answer in {GRACE:g} s")
                return
            await asyncio.sleep(TICK)


def run(target: Target, groups: Sequence[Group], seconds: float, warm: float = 1.0) -> float:
    """Load a server with groups of clients; the share of one core that the generator itself took. Each group's tally has the rest."""
    gc.collect()
    gc.freeze()  # requests by the thousand stay: no collection need look through them
    clock, processor = time.perf_counter(), time.process_time()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_Loop(target, groups).run(seconds, warm))
    return (time.process_time() - processor) / (time.perf_counter() - clock)
