"""Worker processes for a service: a few that are always ready for what is short, and a bounded number that go on with what is long.

A query that is not done after ``spare_after`` no longer counts among the ready ones: another process takes its place, as long as fewer than
``long_queries`` are replaced so. After ``long_after`` of processor time it is long, and goes on at low priority. When only long ones stand
where it would be replaced, it is refused: so no number of long queries keeps short ones waiting, and no number of middling ones is refused.
Whoever waits, waits in a bounded queue; a deadline, a client that went, or the death of a process end the work itself and not only the waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from claimgraph.ask.processes import WorkerProcess, ended
from claimgraph.ask.warm import start_worker
from claimgraph.model.errors import Busy, ClaimgraphError, QueryStopped, Unavailable
from claimgraph.model.frames import Frame
from claimgraph.model.limits import LIMITS

_START_SECONDS = 60.0
_AGAIN_SECONDS = 1.0
_SWEEP_SECONDS = 10.0
_STARTING = ThreadPoolExecutor(2, "starting")  # threads of its own: whoever waits for the writer must not keep workers from being made


@dataclass(frozen=True)
class Crew:
    """What a pool is for: which ``jobs`` its workers do, how many are ``ready``, whether they have a network, and whether a job may be done twice.

    ``long`` is how many may be busy for long besides, with the settings ``spare_after`` and ``long_after``; none where jobs take as long as they
    take.
    """

    jobs: str
    ready: int
    long: int = 0
    networked: bool = False
    repeats: bool = True


class Pool:
    """Workers of one kind. Make it in a running event loop and :meth:`start` it."""

    def __init__(self, crew: Crew) -> None:
        self.crew = crew
        self.holds: dict[str, bool] = {}
        self.killed = 0
        self._idle: list[WorkerProcess] = []
        self._ready = 0  # workers for short work that are there or being made
        self._long: set[WorkerProcess] = set()  # busy for long, and replaced among the ready ones
        self._surplus = 0  # idle workers that nobody needed since the last sweep
        self._all: set[WorkerProcess] = set()
        self._waiting: deque[asyncio.Future[WorkerProcess]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    async def start(self) -> None:
        """Make the first worker, to see that it is confined, then the others. Raises :class:`Unavailable` if it is not, or cannot be made."""
        if self.crew.ready:
            self._ready += 1
            self._put_back(await self._make())
        for _ in range(self.crew.ready - 1):
            self._hire()
        if self.crew.long:
            self._later(self._sweep())

    async def close(self) -> None:
        """End every worker."""
        self._closed = True
        for waiting in self._waiting:
            waiting.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for process in list(self._all):
            process.kill()
        await asyncio.gather(*(ended(process.process) for process in list(self._all)))

    @property
    def figures(self) -> dict[str, int]:
        """For the metrics: ready workers that wait for work, long queries, requests that wait, workers ended by force."""
        return {"idle": len(self._idle), "long": len(self._long), "waiting": len(self._waiting), "killed": self.killed}

    async def run(self, header: Mapping[str, Any], body: bytes, *, seconds: float, since: float | None = None) -> Frame:
        """Have a job done within ``seconds``, counted from ``since`` (loop time; default now), waiting for a worker included.

        Cancelled, it is not done any further. Raises what the job raises, :class:`Busy`, and :class:`QueryStopped`.
        """
        loop = asyncio.get_running_loop()
        deadline = (loop.time() if since is None else since) + seconds
        process = await self._take(deadline, seconds)
        began = loop.time()
        try:
            return await self._done(process, header, body, deadline, seconds)
        except QueryStopped:
            if not (self.crew.repeats and process.died and loop.time() - began < LIMITS.spare_after):
                raise
        # It died at once, which may be the doing of the job before: once more, in another one.
        return await self._done(await self._take(deadline, seconds), header, body, deadline, seconds)

    async def _done(self, process: WorkerProcess, header: Mapping[str, Any], body: bytes, deadline: float, seconds: float) -> Frame:
        """Have a worker do a job until the deadline, and take it back."""
        loop = asyncio.get_running_loop()
        answer = process.ask({**header, "seconds": max(0.0, deadline - loop.time())}, body)
        end = loop.call_at(deadline, self._stop, process, _too_long(seconds))
        look = loop.call_later(LIMITS.spare_after, self._look_at, process, answer) if self.crew.long else None
        try:
            return await answer
        except asyncio.CancelledError:
            self._end(process)
            raise
        finally:
            end.cancel()
            if look is not None:
                look.cancel()
            self._put_back(process)

    async def _take(self, deadline: float, seconds: float) -> WorkerProcess:
        while self._idle:
            process = self._idle.pop()
            self._surplus = min(self._surplus, len(self._idle))
            if not process.is_gone:
                return process
            self._forget(process)
        if len(self._waiting) >= LIMITS.queue or self._closed:
            raise Busy("The service has more to do than it takes on (CLAIMGRAPH_QUEUE): try again in a moment.")
        if not self._ready:  # a crew that is made when it is first needed
            self._hire()
        waiting: asyncio.Future[WorkerProcess] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        timer = asyncio.get_running_loop().call_at(deadline, _give_up, waiting, _too_long(seconds))
        try:
            return await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled() and not waiting.exception():
                self._put_back(waiting.result())
            raise
        finally:
            timer.cancel()
            with contextlib.suppress(ValueError):
                self._waiting.remove(waiting)

    def _put_back(self, process: WorkerProcess) -> None:
        """Take a worker back from a job: for whoever waits, else for later. One that is gone is replaced, unless it has been."""
        was_replaced = process in self._long
        self._long.discard(process)
        if was_replaced and not (process.is_lowered or process.is_gone):
            self._ready += 1
        elif was_replaced:
            self._end(process)
            return
        if process.is_gone or self._closed:
            self._forget(process)
            return
        waiting = next((one for one in iter(self._next_waiting, None) if not one.done()), None)
        if waiting is not None:
            waiting.set_result(process)
        else:
            self._idle.append(process)

    def _next_waiting(self) -> asyncio.Future[WorkerProcess] | None:
        return self._waiting.popleft() if self._waiting else None

    def _look_at(self, process: WorkerProcess, answer: asyncio.Future[Frame]) -> None:
        """See what becomes of a job that is not done yet: replaced among the ready ones, lowered, or refused; and look again in a while."""
        if answer.done():
            return
        used = process.looked_at()
        if process in self._long:
            if used >= LIMITS.long_after and not process.is_lowered:
                process.lower()
        elif len(self._long) < self.crew.long:
            self._long.add(process)
            self._ready -= 1
            self._hire()
        elif used >= LIMITS.spare_after and all(other.is_lowered for other in self._long):
            most = f"{self.crew.long} long queries run already (CLAIMGRAPH_LONG_QUERIES)"
            self._stop(process, Busy(f"{most}: make this one narrower, or try again in a moment."))
            return
        asyncio.get_running_loop().call_later(LIMITS.spare_after, self._look_at, process, answer)

    async def _sweep(self) -> None:
        """Now and then let go of workers that were made in the place of others and that nobody has needed since."""
        while True:
            self._surplus = len(self._idle)
            await asyncio.sleep(_SWEEP_SECONDS)
            for process in self._idle[: max(0, min(self._surplus, self._ready - self.crew.ready))]:
                self._idle.remove(process)
                self._ready -= 1
                self._end(process)

    def _stop(self, process: WorkerProcess, error: ClaimgraphError) -> None:
        process.fail(error)
        self._end(process)

    def _end(self, process: WorkerProcess) -> None:
        self.killed += not process.is_gone
        process.kill()
        self._bury(process)

    def _forget(self, process: WorkerProcess) -> None:
        """A ready worker is gone: make another."""
        self._bury(process)
        self._ready -= 1
        self._hire()

    def _bury(self, process: WorkerProcess) -> None:
        if process in self._all:
            self._all.discard(process)
            self._later(ended(process.process))

    def _hire(self) -> None:
        if not self._closed and self._ready < max(1, self.crew.ready):
            self._ready += 1
            self._later(self._made())

    def _later(self, work: Any) -> None:
        if self._closed:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _made(self) -> None:
        while True:
            try:
                self._put_back(await self._make())
            except (Unavailable, OSError, EOFError):  # the last where the fork server died meanwhile
                await asyncio.sleep(_AGAIN_SECONDS)
            else:
                return

    async def _make(self) -> WorkerProcess:
        """A new worker that has told what holds it. Raises :class:`Unavailable` if nothing does, or it does not start."""
        here, there = socket.socketpair()
        try:
            start = partial(start_worker, there, self.crew.jobs, networked=self.crew.networked)
            started = await asyncio.get_running_loop().run_in_executor(_STARTING, start)
        except BaseException:
            here.close()
            raise
        finally:
            there.close()
        here.setblocking(False)  # noqa: FBT003  # the socket's own signature
        _, process = await asyncio.get_running_loop().create_connection(lambda: WorkerProcess(started), sock=here)
        self._all.add(process)
        try:
            async with asyncio.timeout(_START_SECONDS):
                holds, _ = await process.answer
        except (TimeoutError, ClaimgraphError):
            self._end(process)
            raise Unavailable("A worker process does not start: look at the memory that is left.") from None
        if not self.crew.networked and not any(holds.values()):
            self._end(process)
            raise Unavailable("Neither seccomp nor a limit of descriptors holds on this system: queries could reach out, so none is run.")
        self.holds = holds
        return process


def _give_up(waiting: asyncio.Future[WorkerProcess], error: ClaimgraphError) -> None:
    if not waiting.done():
        waiting.set_exception(error)


def _too_long(seconds: float) -> QueryStopped:
    if seconds >= LIMITS.query_seconds:
        return QueryStopped(f"The query ran into its deadline of {seconds:g} s, the most there is here (CLAIMGRAPH_QUERY_SECONDS): make it narrower.")
    return QueryStopped(f"The query ran into its deadline of {seconds:g} s: make it narrower, or allow more with timeout.")
