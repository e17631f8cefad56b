"""Pools as tests run them: real workers on the samples' snapshot, the processes that there are of them, and queries of three lengths."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest

from claimgraph.ask.pool import Crew, Pool
from claimgraph.model.frames import Frame
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading

PATIENCE = 30.0
SHORT = b"ASK { ?report a cg:Report }"
ENDLESS = b"SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
MIDDLING = b"SELECT (COUNT(*) AS ?n) { { SELECT ?a { ?a ?p ?o } LIMIT 1000 } { SELECT ?b { ?b ?p ?o } LIMIT 1000 } FILTER(STR(?a) > STR(?b)) }"


@pytest.fixture(scope="module")
def snapshot(sampled: Path, base: Base) -> str:
    """The samples' snapshot."""
    with reading(Place(sampled), base.iri) as found:
        return str(found.path)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function that sets settings for one test; a query is long here after a fifth of a second."""

    def put(**values: float) -> None:
        for name, value in values.items():
            monkeypatch.setitem(vars(LIMITS), name, value)

    put(spare_after=0.05, long_after=0.2)
    return put


def workers() -> set[int]:
    """The processes of all pools: the fork server's children that still run."""
    server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    found = {int(pid) for pid in Path(f"/proc/{server}/task/{server}/children").read_text().split()} if server else set()
    return {pid for pid in found if running(pid)}


def running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def until(look: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait until something is so; a test fails that waits longer."""
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, f"not within {seconds} seconds: {what}"
        await asyncio.sleep(0.01)


class Asking:
    """A pool, and queries on the samples' snapshot."""

    def __init__(self, pool: Pool, snapshot: str) -> None:
        self.pool, self.snapshot = pool, snapshot

    async def ask(self, query: bytes = SHORT, seconds: float = PATIENCE, **more: float) -> Frame:
        """The answer to a query."""
        header = {"job": "query", "snapshot": self.snapshot, "accept": "text/csv", "default": [], "named": []}
        return await self.pool.run(header, query, seconds=seconds, **more)

    def begin(self, query: bytes = ENDLESS, seconds: float = PATIENCE) -> asyncio.Task[Frame]:
        """A query under way."""
        return asyncio.get_running_loop().create_task(self.ask(query, seconds))

    async def is_answered(self) -> None:
        """A short query is answered, and soon."""
        async with asyncio.timeout(10):
            assert (await self.ask())[1] == b"true"

    @property
    def busy(self) -> set[int]:
        """The processes that have a job."""
        return {one.process.pid or 0 for one in self.pool._all if not one.answer.done()}


@contextlib.asynccontextmanager
async def pool(snapshot: str, ready: int = 1, long: int = 0, **more: Any) -> AsyncIterator[Asking]:
    """A pool that has started, and is closed with nothing left of it."""
    made = Pool(Crew("evidence", ready, long, **more))
    await made.start()
    try:
        yield Asking(made, snapshot)
    finally:
        await made.close()
        await until(lambda: not workers(), "all workers are gone")


def through(test: Callable[[], Awaitable[None]]) -> None:
    """Run a test in an event loop of its own."""

    async def run() -> None:
        async with asyncio.timeout(120):
            await test()

    asyncio.run(run())


async def cancelled(*tasks: asyncio.Task[Frame]) -> None:
    """End queries as a client does that goes."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
