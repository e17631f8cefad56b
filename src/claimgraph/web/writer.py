"""The writing process as the service keeps it: started, watched, started again should it die, and ended between two commits."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TypeVar

from claimgraph.ask.processes import ended
from claimgraph.ask.warm import context
from claimgraph.model.errors import ClaimgraphError, DataFolderError, Unavailable
from claimgraph.model.names import Base
from claimgraph.store.place import Place
from claimgraph.store.write_client import WriteClient, error_from
from claimgraph.store.write_service import serve_writer

T = TypeVar("T")
_AGAIN_SECONDS = 1.0
_AGENT = "claimgraph serve"


class WriterProcess:
    """The one process that writes to a folder while the service runs."""

    def __init__(self, place: Place, base: Base) -> None:
        self.place, self.base = place, base
        self.restarts = 0
        self._process: BaseProcess | None = None
        self._line: Connection | None = None
        self._watching: asyncio.Task[None] | None = None
        self._changing, self._ending = threading.Lock(), False
        self._why = ""  # it could not be started again

    async def start(self) -> None:
        """Start it. Raises what opening the store raises, or :class:`Unavailable`."""
        await asyncio.to_thread(self._begin)
        self._watching = asyncio.get_running_loop().create_task(self._watch())

    async def close(self) -> None:
        """End it when it is done with what it does."""
        if self._watching is not None:
            self._watching.cancel()
        await asyncio.to_thread(self._end)

    def call(self, what: Callable[[WriteClient], T]) -> T:
        """Have it do something, in a thread that may wait. Raises what that raises, or :class:`Unavailable`."""
        try:
            client = WriteClient(self.place)
        except OSError:
            raise Unavailable(self._why or "The process that writes to the store is starting: try again in a moment.") from None
        with closing(client):
            return what(client)

    def _begin(self) -> None:
        with self._changing:
            if not self._ending:
                self._start_process()

    def _begin_again(self) -> None:
        if not self.place.exists():  # else an empty one would be made in its place
            raise DataFolderError(f"The archive {self.place.archive} is gone: put it back, or restore a backup.")
        self._begin()

    def _start_process(self) -> None:
        ours, theirs = context().Pipe()
        process = context().Process(target=serve_writer, args=(str(self.place.folder), self.base.iri, _AGENT, theirs, os.getpid()), daemon=True)
        process.start()
        theirs.close()
        try:
            said = json.loads(ours.recv_bytes())
        except (EOFError, OSError):
            raise Unavailable("The process that writes to the store does not start: look at the memory and space that are left.") from None
        if "error" in said:
            process.join()
            raise error_from(said)
        self._process, self._line = process, ours

    def _end(self) -> None:
        with self._changing:  # whatever is being started is there by then, and ends like any other
            self._ending = True
            if self._line is not None:
                self._line.close()  # which tells it to end
            if self._process is not None:
                self._process.join()

    async def _watch(self) -> None:
        """Start it again whenever it dies; every commit that was acknowledged is on disk."""
        while True:
            process = self._process
            if process is None:
                return
            await ended(process)
            self.restarts += 1
            if self._line is not None:
                self._line.close()
            while True:
                try:
                    await asyncio.to_thread(self._begin_again)
                except (ClaimgraphError, OSError, EOFError) as error:  # the last two where no process can be made just now
                    self._why = str(error) if isinstance(error, ClaimgraphError) else ""
                    await asyncio.sleep(_AGAIN_SECONDS)
                else:
                    self._why = ""
                    break
