"""A worker process as the service sees it: a channel on which one job at a time is under way, and what the system tells of the process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, cast

from claimgraph.model.errors import ClaimgraphError, QueryStopped
from claimgraph.model.frames import Frame, Frames, pack

LOW = 15  # of 19: behind everybody else, though not without any time
_TICKS = os.sysconf("SC_CLK_TCK")


class WorkerProcess(asyncio.Protocol):
    """A worker as the pool sees it: a process, and a channel on which one job at a time is under way."""

    def __init__(self, process: BaseProcess) -> None:
        self.process, self.is_lowered = process, False
        self.died = False  # by itself, with a job under way
        self._before = -1.0  # processor seconds when the job under way was first looked at
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
            self.fail(_taken_down())
            self.kill()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        """The process is gone, however."""
        self.died = not self.answer.done()
        self.fail(_taken_down())

    def fail(self, error: ClaimgraphError) -> None:
        """End the job under way with an error."""
        if not self.answer.done():
            self.answer.set_exception(error)
            self.answer.exception()  # whether or not anybody waits

    def ask(self, header: Mapping[str, Any], body: bytes) -> asyncio.Future[Frame]:
        """Give the process a job."""
        self.answer = asyncio.get_running_loop().create_future()
        self._before = -1.0
        if self.transport is None or self.transport.is_closing():
            self.connection_lost(None)
        else:
            self.transport.write(pack(header, body))
        return self.answer

    def looked_at(self) -> float:
        """Processor seconds of the job under way since it was first looked at."""
        used = _processor_seconds(self.process.pid or 0)
        if self._before < 0:
            self._before = used
        return used - self._before

    def lower(self) -> None:
        """Give way to everybody else from now on."""
        with contextlib.suppress(OSError):  # it has just ended
            os.setpriority(os.PRIO_PROCESS, self.process.pid or 0, LOW)
        self.is_lowered = True  # for good: only root may take that back

    def kill(self) -> None:
        """End the process and the job under way."""
        self.process.kill()
        if self.transport is not None:
            self.transport.abort()

    @property
    def is_gone(self) -> bool:
        """Whether nothing can be asked of it any more."""
        return self.transport is None or self.transport.is_closing()


def _taken_down() -> QueryStopped:
    return QueryStopped("The work took its process down (too deeply nested, or more memory than allowed): make it simpler or narrower.")


def _processor_seconds(pid: int) -> float:
    """Processor time of a process so far; where the system does not tell, time as such."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return time.monotonic()
    return (int(fields[11]) + int(fields[12])) / _TICKS


async def ended(process: BaseProcess) -> None:
    """Wait until a process is no more, and let go of what the system keeps of it."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(process.sentinel, over.set)
    try:
        await over.wait()
    finally:
        loop.remove_reader(process.sentinel)
    process.join()
