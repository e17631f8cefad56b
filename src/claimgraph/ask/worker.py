"""A process that works on outside input: queries, RDF, reports. It can be killed at any time, and cannot reach out.

It takes a job at a time over a socket, as a frame whose header names the job and the snapshot to work on. It has no network (seccomp, where
there is one), no descriptors to open while it works on a query, an address space that ends, and a clock that kills it should its parent not.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from pyoxigraph import Store

from claimgraph.model.errors import ClaimgraphError, Unavailable
from claimgraph.model.frames import Frames, receive, send
from claimgraph.model.limits import LIMITS
from claimgraph.model.sandbox import confine, end_with_parent, few_more_files, files_again, forbid_network, no_more_files
from claimgraph.store.write_service import error_header

GRACE = 2.0  # seconds after the deadline at which the process ends itself


class Job(Protocol):
    """Something a worker does: takes the worker, the request's header and body, and gives those of the answer."""

    def __call__(self, worker: Worker, header: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """Do it. Raises :class:`ClaimgraphError`."""


class Worker:
    """What a worker has open between two jobs."""

    def __init__(self, *, networked: bool, filtered: bool) -> None:
        self.networked, self.filtered = networked, filtered
        self._path, self._folder, self._store, self._limited = "", 0, Store(), False
        self._kept: dict[str, Any] = {}

    def open_snapshot(self, path: str) -> Store:
        """The snapshot at a path; the one used last is still open. Raises :class:`Unavailable` where it has been removed."""
        try:
            folder = Path(path).stat().st_ino
            if (path, folder) != (self._path, self._folder):
                self.allow_files()
                self._kept.clear()
                self._store, self._path, self._folder = Store.read_only(path), path, folder
        except OSError:
            raise Unavailable("The copy of the store that readers are shown has been removed: another is made, try again in a moment.") from None
        return self._store

    def keep(self, name: str, make: Callable[[], Any]) -> Any:
        """Something made of the open snapshot, as long as that is the same."""
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    def allow_files(self) -> None:
        """Files may be opened again, for a job that needs some of our own."""
        if self._limited:
            files_again()
            self._limited = False

    def forbid_files(self) -> None:
        """No socket can be opened, and no file but the snapshot's own, until a job of ours needs one."""
        if self._limited or self.networked:
            return
        if self.filtered:
            few_more_files(sum(1 for _ in Path(self._path).glob("*")) if self._path else 0)
        else:
            no_more_files()
        self._limited = True


def work(channel: socket.socket, jobs: dict[str, Job], *, networked: bool = False) -> None:
    """Take jobs until the other side hangs up; for a process of its own.

    The first message tells what holds this process: ``network`` (a filter refuses it), ``descriptors`` (a limit does).
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's, meant for the service
    end_with_parent()
    confine(LIMITS.worker_bytes)
    holds = {"network": not networked and forbid_network(), "descriptors": not networked and no_more_files()}
    files_again()
    worker, frames = Worker(networked=networked, filtered=holds["network"]), Frames()
    send(channel, holds)
    while True:
        try:
            header, body = receive(channel, frames)
        except (EOFError, OSError, ValueError):
            return
        signal.setitimer(signal.ITIMER_REAL, header["seconds"] + GRACE)  # its signal is not caught: it kills, whatever runs
        send(channel, *_done(jobs, worker, header, body))
        signal.setitimer(signal.ITIMER_REAL, 0)


def _done(jobs: dict[str, Job], worker: Worker, header: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        return jobs[header["job"]](worker, header, body)
    except ClaimgraphError as error:
        error.problems = error.problems[: LIMITS.problems]  # one body can have millions; the sentence tells how many there are
        return error_header(error), b""
    except (MemoryError, RecursionError):
        os._exit(1)  # as if it had been killed: nothing here can be relied on any more
    except Exception as error:  # noqa: BLE001  # a defect of ours or of a library; the next job must not suffer from it
        return {"error": "error", "message": f"This is a defect of the program ({type(error).__name__}): please report what you asked."}, b""
