"""What the addresses work on: the evidence store with its worker processes, its writer and its snapshots; or a scratch store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol, TypeVar

from claimgraph.ask.pool import Crew, Pool
from claimgraph.ask.query import Dataset
from claimgraph.model.canonical import read_nquads
from claimgraph.model.errors import BadParameter, NotFound
from claimgraph.model.frames import Frame
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.store.decisions import Decision
from claimgraph.store.place import Place
from claimgraph.store.workspace import Edits, refuse_foreign
from claimgraph.store.write_client import Changed, WriteClient, error_from
from claimgraph.web.kept import Kept
from claimgraph.web.shown import Shown
from claimgraph.web.writer import WriterProcess

T = TypeVar("T")
_COUNTED_SECONDS = 60.0


@dataclass(frozen=True)
class Wish:
    """What a reader wants besides the answer: its form (Accept), how long it waits (seconds), the commit it must see."""

    accept: str = ""
    seconds: float = field(default_factory=lambda: LIMITS.query_seconds)
    min_commit: int | None = None


@dataclass(frozen=True)
class Answered:
    """An answer's bytes and what its header tells: ``commit`` is what it is as of, where there are commits."""

    body: bytes
    facts: dict[str, Any]
    commit: int | None = None

    @property
    def media(self) -> str:
        """The value of Content-Type."""
        return str(self.facts["media"])


class Backend(Protocol):
    """What the protocols need of a store."""

    is_scratch: bool
    pool: Pool

    async def start(self) -> None:
        """Be ready to answer."""

    async def close(self) -> None:
        """End every process, with nothing torn."""

    async def query(self, text: bytes, dataset: Dataset, wish: Wish, base: str) -> Answered:
        """Run a query; relative IRIs are resolved against ``base`` where the store has none of its own."""

    async def update(self, text: bytes, dataset: Dataset, wish: Wish, base: str, agent: str) -> int | None:
        """Run an update; the number of its commit."""

    async def graph(self, name: str, wish: Wish) -> Answered:
        """A whole graph; without a name the default graph."""

    async def write_graph(self, method: str, name: str, body: bytes, media: str, wish: Wish, base: str, agent: str) -> tuple[bool, int | None]:
        """Replace (PUT), extend (POST) or remove (DELETE) a graph; whether it was there before, and the commit."""

    async def counts(self, wish: Wish) -> dict[str, Any]:
        """How much the store holds."""


class EvidenceBackend:
    """A data folder, its one writer, and workers on its snapshots."""

    is_scratch = False

    def __init__(self, place: Place, base: Base, services: tuple[str, ...] = ()) -> None:
        self.place, self.base, self.services = place, base, services
        self.writer = WriterProcess(place, base)
        self.pool = Pool(Crew("evidence", LIMITS.workers, LIMITS.long_queries))
        self.documents = Pool(Crew("evidence", 0))
        self.networked = Pool(Crew("evidence", 0, networked=True))
        self.shown = Shown(place, base, self.writer)
        self._counted: tuple[float, dict[str, Any]] | None = None
        self._kept = Kept[Answered](LIMITS.page_bytes)

    async def start(self) -> None:
        """Open the store for writing, take a snapshot, make the workers. Raises what opening raises, or :class:`Unavailable`."""
        await self.writer.start()
        await self.shown.start()
        await self.pool.start()

    async def close(self) -> None:
        """End the workers, then the writer between two commits."""
        await asyncio.gather(self.pool.close(), self.documents.close(), self.networked.close())
        await self.shown.close()
        await self.writer.close()

    async def query(self, text: bytes, dataset: Dataset, wish: Wish, base: str) -> Answered:  # noqa: ARG002  # the store's own base
        """Run a query on a snapshot; one that asks listed services in a process that has a network."""
        header = {"job": "query", "accept": wish.accept, "default": dataset.default, "named": dataset.named, "services": self.services}
        found = await self.read(header, text, wish)
        return await self.read(header, text, wish, self.networked) if found.facts.get("elsewhere") else found

    async def update(self, text: bytes, dataset: Dataset, wish: Wish, base: str, agent: str) -> int | None:  # noqa: ARG002  # data has no WHERE
        """Change workspace graphs of the agent's."""
        facts, body = told(await self.pool.run({"job": "update"}, text, seconds=wish.seconds))
        edits = _edits(body, facts["added"])
        refuse_foreign(edits, agent, self.base)
        return (await self._change(edits, agent)).sequence

    async def graph(self, name: str, wish: Wish) -> Answered:
        """A whole graph of a snapshot."""
        return await self.read({"job": "graph", "graph": name, "accept": wish.accept}, b"", wish)

    async def write_graph(self, method: str, name: str, body: bytes, media: str, wish: Wish, base: str, agent: str) -> tuple[bool, int | None]:  # noqa: ARG002  # one signature for both
        """Change a workspace graph of the agent's."""
        cleared = (name,) if method in ("PUT", "DELETE") else ()
        refuse_foreign(Edits(cleared=(name or "the default graph",)), agent, self.base)
        added: frozenset[Any] = frozenset()
        if method != "DELETE":
            _, data = told(await self.pool.run({"job": "graph_body", "media": media, "graph": name}, body, seconds=wish.seconds))
            added = frozenset(read_nquads(data))
        changed = await self._change(Edits(added=added, cleared=cleared), agent)
        there = changed.there.get(name, False)
        if method == "DELETE" and not there:
            raise NotFound("There is no such graph.")
        return there or not added, changed.sequence  # of nothing no graph is made

    async def counts(self, wish: Wish) -> dict[str, Any]:
        """How much the store holds, counted once in a while: it takes seconds where there are millions of statements."""
        now = asyncio.get_running_loop().time()
        if self._counted is None or now - self._counted[0] > _COUNTED_SECONDS:
            self._counted = now, (await self.read({"job": "counts"}, b"", wish)).facts
        return self._counted[1]

    async def read(self, header: dict[str, Any], body: bytes, wish: Wish, pool: Pool | None = None) -> Answered:
        """Have a worker do something on a snapshot that shows what the reader wants to see."""
        began = asyncio.get_running_loop().time()
        async with self.shown.at(wish.min_commit, began + wish.seconds) as (path, commit):
            about = {**header, "snapshot": path, "commit": commit, "folder": str(self.place.folder)}
            facts, data = told(await (pool or self.pool).run(about, body, seconds=wish.seconds, since=began))
        return Answered(data, facts, commit)

    async def read_once(self, header: dict[str, Any], wish: Wish) -> Answered:
        """What a job says that reads nothing but the snapshot: as it was said before, as long as nothing newer is to be shown."""
        async with self.shown.at(wish.min_commit, asyncio.get_running_loop().time() + wish.seconds) as (_, commit):
            made = partial(self.read, header, b"", replace(wish, min_commit=commit))
            return await self._kept.of(json.dumps(header, sort_keys=True), commit, wish.seconds, made)

    async def commit(self, document: bytes, received: bytes | None, *, agent: str, reason: str, revise: bool) -> dict[str, Any]:
        """Have the writer let a report in."""
        return await self._written(lambda client: client.commit(document, received, agent=agent, reason=reason, revise=revise))

    async def decide(self, decision: Decision, *, agent: str) -> dict[str, Any]:
        """Have the writer take a reviewer's decision."""
        return await self._written(lambda client: client.decide(decision, agent=agent))

    async def _change(self, edits: Edits, agent: str) -> Changed:
        return await self._written(lambda client: client.change_workspace(edits, agent=agent))

    async def _written(self, what: Callable[[WriteClient], T]) -> T:
        """Have the writer do something. What it has begun it ends, whether or not anybody still waits."""
        found = await asyncio.shield(asyncio.to_thread(self.writer.call, what))
        self.shown.stale()
        return found


class ScratchBackend:
    """A store in the memory of one worker, which forgets everything when a deadline or its memory ends it."""

    is_scratch = True

    def __init__(self) -> None:
        self.pool = Pool(Crew("scratch", 1, repeats=False))

    async def start(self) -> None:
        """Make the worker."""
        await self.pool.start()

    async def close(self) -> None:
        """End it."""
        await self.pool.close()

    async def query(self, text: bytes, dataset: Dataset, wish: Wish, base: str) -> Answered:
        """Run a query."""
        header = {"job": "query", "accept": wish.accept, "default": dataset.default, "named": dataset.named, "base": base}
        return await self._done(header, text, wish)

    async def update(self, text: bytes, dataset: Dataset, wish: Wish, base: str, agent: str) -> int | None:  # noqa: ARG002  # anybody may
        """Run an update."""
        await self._done({"job": "update", "default": dataset.default, "named": dataset.named, "base": base}, text, wish)
        return None

    async def graph(self, name: str, wish: Wish) -> Answered:
        """A whole graph."""
        return await self._done({"job": "graph", "graph": name, "accept": wish.accept}, b"", wish)

    async def write_graph(self, method: str, name: str, body: bytes, media: str, wish: Wish, base: str, agent: str) -> tuple[bool, int | None]:  # noqa: ARG002  # one signature for both
        """Change any graph."""
        found = await self._done({"job": "write", "method": method, "graph": name, "media": media, "base": base}, body, wish)
        return found.facts["there"], None

    async def counts(self, wish: Wish) -> dict[str, Any]:
        """How much the store holds now."""
        return (await self._done({"job": "counts"}, b"", wish)).facts

    async def _done(self, header: dict[str, Any], body: bytes, wish: Wish) -> Answered:
        if wish.min_commit is not None:
            raise BadParameter("A scratch store has no commits: leave min-commit out.")
        facts, data = told(await self.pool.run(header, body, seconds=wish.seconds))
        return Answered(data, facts)


def told(frame: Frame) -> Frame:
    """What a worker says. Raises the error that it tells of."""
    if "error" in frame[0]:
        raise error_from(frame[0])
    return frame


def _edits(body: bytes, length: int) -> Edits:
    return Edits(frozenset(read_nquads(body[:length])), frozenset(read_nquads(body[length:])))
