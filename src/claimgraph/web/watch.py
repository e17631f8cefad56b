"""What the service says of itself: a line of JSON for each request, and figures for Prometheus. Never a text, a query or a token."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from claimgraph.model.text import shown

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_SIGNING_IN = "/signin/"  # what comes behind it signs somebody in
_ADDRESSES = (
    *("sparql", "graphs", "api", "id", "metrics", "health", "docs", "openapi.json"),
    *("pages", "reports", "claims", "incidents", "entities", "questions", "search", "check", "review", "reference", "signin", "assets"),
)


class Watch:
    """Figures and log of one service."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter("claimgraph_requests", "Requests by address and status.", ("address", "status"), registry=self.registry)
        self._seconds = Histogram(
            "claimgraph_request_seconds",
            "Time from a request's head to the end of its answer.",
            ("address",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._children: dict[tuple[str, int], Any] = {}

    def gauge(self, name: str, what: str, value: Callable[[], float]) -> None:
        """A figure that is read when somebody asks for it."""
        Gauge(f"claimgraph_{name}", what, registry=self.registry).set_function(value)

    def request(self, method: str, path: str, status: int, seconds: float, agent: str, commit: str) -> None:
        """Note a request that was answered; 499 is one whose client went."""
        first = path.split("/", 2)[1] if path.startswith("/") else ""
        address = first if first in _ADDRESSES else "other"
        found = self._children.get((address, status))
        if found is None:
            found = self._requests.labels(address, str(status)), self._seconds.labels(address)
            self._children[address, status] = found
        found[0].inc()
        found[1].observe(seconds)
        path = f"{_SIGNING_IN}…" if path.startswith(_SIGNING_IN) else shown(path, 300)
        self.event("request", method=method, path=path, status=status, ms=round(seconds * 1000, 2), agent=agent, commit=commit)

    def defect(self, error: BaseException) -> None:
        """Note what no layer foresaw, with where it came from and without what it was about."""
        places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
        self.event("defect", error=type(error).__name__, places=places[-12:])

    def event(self, event: str, **facts: Any) -> None:
        """Write a line; JSON escapes whatever would begin another one."""
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **{k: v for k, v in facts.items() if v not in ("", None)}}
        sys.stderr.write(json.dumps(line, ensure_ascii=True) + "\n")

    def exposition(self) -> bytes:
        """The figures as Prometheus reads them."""
        return generate_latest(self.registry)


class JsonLog(logging.Handler):
    """What libraries log, as lines of the same kind."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(logging.WARNING)
        self._watch = watch

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record's message; of an exception its kind alone."""
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        self._watch.event("log", logger=record.name, level=record.levelname, message=shown(record.getMessage(), 300), error=kind)
