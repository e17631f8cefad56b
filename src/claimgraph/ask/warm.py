"""What every process of a service has loaded before it begins: the fork server imports this module, and its children begin as copies of it."""

from __future__ import annotations

import multiprocessing
import socket
import time
from multiprocessing.process import BaseProcess
from typing import Any

import claimgraph.extract.received
import claimgraph.extract.rules  # noqa: F401  # what reading raw reports needs
from claimgraph.ask import document_jobs, jobs, page_jobs, resource_jobs, review_jobs, review_views, scratch_jobs
from claimgraph.ask.catalogue import catalogue
from claimgraph.ask.worker import Job, work
from claimgraph.store.copies import syndicated_text
from claimgraph.store.shapes import rules

KINDS: dict[str, dict[str, Job]] = {
    "evidence": {
        "query": jobs.query,
        "update": jobs.update,
        "graph": jobs.graph,
        "graph_body": jobs.graph_body,
        "counts": jobs.counts,
        "asked": jobs.asked,
        "resource": resource_jobs.resource,
        "judge": document_jobs.judge,
        **page_jobs.JOBS,
        **review_jobs.JOBS,
        **review_views.JOBS,
    },
    "scratch": {
        "query": scratch_jobs.query,
        "update": scratch_jobs.update,
        "graph": scratch_jobs.graph,
        "write": scratch_jobs.write,
        "counts": scratch_jobs.counts,
    },
}

_TRIES = 3
_ENDING = 0.05  # seconds that a process may take to end once it takes no connection any more


catalogue(), rules(), syndicated_text()  # read from files once, for all children


def context() -> Any:
    """Where the processes of a service come from: a fork server, which has loaded what they need and runs nothing else."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload([__name__])
    return found


def start_worker(channel: socket.socket, kind: str, *, networked: bool) -> BaseProcess:
    """Start a worker that takes jobs of a kind from a channel. A fork server that is just ending is waited for, and another asked."""
    for left in reversed(range(_TRIES)):
        process: BaseProcess = context().Process(target=_main, args=(channel, kind, networked), daemon=True)
        try:
            process.start()
        except ConnectionRefusedError:
            if not left:
                raise
            time.sleep(_ENDING)
        else:
            break
    return process


def _main(channel: socket.socket, kind: str, networked: bool) -> None:  # multiprocessing passes by position
    work(channel, KINDS[kind], networked=networked)
