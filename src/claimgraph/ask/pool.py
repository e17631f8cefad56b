"""Worker processes for a service: a few that are always ready for what is short, and a bounded number that go on with what is long.

A query that runs longer than ``long_after`` goes on at the lowest priority and no longer counts among the ready ones, so that another process
takes its place; when ``long_queries`` of these run already, it is refused. So no number of long queries keeps a short one waiting. Whoever
waits, waits in a bounded queue; a deadline, a client that went, or the death of a process end the work itself and not only the waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from typing import Any, cast

from claimgraph.ask.warm import start_worker
from claimgraph.model.errors import Busy, ClaimgraphError, QueryStopped, Unavailable
from claimgraph.model.frames import Frame, Frames, pack
from claimgraph.model.limits import LIMITS

_START_SECONDS = 60.0
_AGAIN_SECONDS = 1.0
_LOWEST = 19


@dataclass(frozen=True)
class Crew:
    """What a pool is for: which ``jobs`` its workers do, how many are ``ready``, how many may go on ``long``, and whether they have a network."""

    jobs: str
    ready: int
    long: int = 0
    long_after: float | None = None
    networked: bool = False


class _Process(asyncio.Protocol):
    """A worker as the pool sees it: a process, and a channel on which one job at a time is under way."""

    def __init__(self, process: BaseProcess) -> None:
        self.process, self.ready = process, True
        self.transport: asyncio.Transport | None = None
        self.answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._frames = Frames()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the channel."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        """Take what the process says."""
        try:
            for frame in self._frames.feed(data):
                if not self.answer.done():
                    self.answer.set_result(frame)
        except ValueError:
            self.kill()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        """The process is gone, however."""
        self.fail(QueryStopped("The work took its process down (too deeply nested, or more memory than allowed): make it simpler or narrower."))

    def fail(self, error: ClaimgraphError) -> None:
        """End the job under way with an error."""
        if not self.answer.done():
            self.answer.set_exception(error)
            self.answer.exception()  # whether or not anybody waits

    def ask(self, header: Mapping[str, Any], body: bytes) -> asyncio.Future[Frame]:
        """Give the process a job."""
        self.answer = asyncio.get_running_loop().create_future()
        if self.transport is None or self.transport.is_closing():
            self.connection_lost(None)
        else:
            self.transport.write(pack(header, body))
        return self.answer

    def lower(self) -> None:
        """Give way to everybody else from now on."""
        with contextlib.suppress(OSError):  # it has just ended
            os.setpriority(os.PRIO_PROCESS, self.process.pid or 0, _LOWEST)

    def kill(self) -> None:
        """End the process and the job under way."""
        self.process.kill()
        if self.transport is not None:
            self.transport.abort()

    @property
    def is_gone(self) -> bool:
        """Whether nothing can be asked of it any more."""
        return self.transport is None or self.transport.is_closing()


class Pool:
    """Workers of one kind. Make it in a running event loop and :meth:`start` it."""

    def __init__(self, crew: Crew) -> None:
        self.crew = crew
        self.holds: dict[str, bool] = {}
        self.killed = 0
        self._idle: list[_Process] = []
        self._ready = 0  # ready workers that are there or being made
        self._long: set[_Process] = set()
        self._all: set[_Process] = set()
        self._waiting: deque[asyncio.Future[_Process]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    async def start(self) -> None:
        """Make the first worker, to see that it is confined, then the others. Raises :class:`Unavailable` if it is not, or cannot be made."""
        if self.crew.ready:
            self._ready += 1
            self._put_back(await self._make())
        for _ in range(self.crew.ready - 1):
            self._hire()

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
        await asyncio.gather(*(_reap(process.process) for process in list(self._all)))

    @property
    def figures(self) -> dict[str, int]:
        """For the metrics: ready workers that wait for work, long queries, requests that wait, workers ended by force."""
        return {"idle": len(self._idle), "long": len(self._long), "waiting": len(self._waiting), "killed": self.killed}

    async def run(self, header: Mapping[str, Any], body: bytes, *, seconds: float) -> Frame:
        """Have a job done, waiting for a worker included, within ``seconds``; cancelled, it is not done any further.

        Raises what the job raises, :class:`Busy`, and :class:`QueryStopped`.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        process = await self._take(deadline, seconds)
        answer = process.ask({**header, "seconds": max(0.0, deadline - loop.time())}, body)
        timers = [loop.call_at(deadline, self._stop, process, _too_long(seconds))]
        if self.crew.long_after is not None:
            timers.append(loop.call_later(self.crew.long_after, self._becomes_long, process))
        try:
            return await answer
        except asyncio.CancelledError:
            self._end(process)
            raise
        finally:
            for timer in timers:
                timer.cancel()
            self._put_back(process)

    async def _take(self, deadline: float, seconds: float) -> _Process:
        while self._idle:
            process = self._idle.pop()
            if not process.is_gone:
                return process
            self._forget(process)
        if len(self._waiting) >= LIMITS.queue or self._closed:
            raise Busy("The service has more to do than it takes on (CLAIMGRAPH_QUEUE): try again in a moment.")
        if not self._ready:  # a crew that is made when it is first needed
            self._hire()
        waiting: asyncio.Future[_Process] = asyncio.get_running_loop().create_future()
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

    def _put_back(self, process: _Process) -> None:
        """Take a worker back from a job: for whoever waits, else for later. One that went on for long, or is gone, is replaced."""
        if not process.ready:
            self._long.discard(process)
            self._end(process)
        elif process.is_gone or self._closed:
            self._forget(process)
        else:
            waiting = next((one for one in iter(self._next_waiting, None) if not one.done()), None)
            if waiting is not None:
                waiting.set_result(process)
            else:
                self._idle.append(process)

    def _next_waiting(self) -> asyncio.Future[_Process] | None:
        return self._waiting.popleft() if self._waiting else None

    def _becomes_long(self, process: _Process) -> None:
        if len(self._long) >= self.crew.long:
            self._stop(
                process,
                Busy(f"{self.crew.long} long queries run already (CLAIMGRAPH_LONG_QUERIES): make this one narrower, or try again in a moment."),
            )
            return
        process.lower()
        process.ready = False
        self._long.add(process)
        self._ready -= 1
        self._hire()

    def _stop(self, process: _Process, error: ClaimgraphError) -> None:
        process.fail(error)
        self._end(process)

    def _end(self, process: _Process) -> None:
        self.killed += not process.is_gone
        process.kill()
        self._all.discard(process)
        self._later(_reap(process.process))

    def _forget(self, process: _Process) -> None:
        """A ready worker is gone: make another."""
        self._all.discard(process)
        self._later(_reap(process.process))
        self._ready -= 1
        self._hire()

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
            except (Unavailable, OSError):
                await asyncio.sleep(_AGAIN_SECONDS)
            else:
                return

    async def _make(self) -> _Process:
        """A new worker that has told what holds it. Raises :class:`Unavailable` if nothing does, or it does not start."""
        here, there = socket.socketpair()
        try:
            started = await asyncio.to_thread(start_worker, there, self.crew.jobs, networked=self.crew.networked)
        finally:
            there.close()
        here.setblocking(False)  # noqa: FBT003  # the socket's own signature
        _, process = await asyncio.get_running_loop().create_connection(lambda: _Process(started), sock=here)
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


async def _reap(process: BaseProcess) -> None:
    await asyncio.to_thread(process.join, 5)


def _give_up(waiting: asyncio.Future[_Process], error: ClaimgraphError) -> None:
    if not waiting.done():
        waiting.set_exception(error)


def _too_long(seconds: float) -> QueryStopped:
    return QueryStopped(f"The query ran into its deadline of {seconds:g} s: make it narrower, or allow more with timeout.")
