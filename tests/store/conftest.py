"""What the tests of the store share: small reports, and stores to write to."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from claimgraph.model.document import ClaimsDocument
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.store.commit import Writer, open_writer
from claimgraph.store.place import Place
from entities import folder
from running import sampled

__all__ = ["folder", "sampled"]

WORDS = "قال مصدر في المدينة إن الحافلات خرجت من السجن قبل الفجر وإن أحداً لم يعترض طريقها حتى بلغت أطراف البادية"

Make = Callable[..., ClaimsDocument]


@pytest.fixture(scope="session")
def make() -> Make:
    """A function that gives a small report with one claim; ``claim`` overrides the claim's fields, other keywords the report's."""

    def report(report_id: str = "r1", text: str = f"{WORDS}.", *, claim: dict[str, Any] | None = None, **fields: Any) -> ClaimsDocument:
        proper: dict[str, Any] = {
            "id": "c01",
            "start": 0,
            "end": len(text),
            "quote": text,
            "chain": [{"agent": "@publisher"}],
            "polarity": "affirms",
            "certainty": "certain",
            "event": {"type": "transfer", "actors": ["us-forces"], "targets": ["isis"], "facility": "sinaa-prison"},
        }
        head = {"id": report_id, "text": text, "language": "ar", "published": "2022-01-31", "publisher": "syria-tv", **fields}
        return document_of({"report": head, "claims": [{**proper, **(claim or {})}]})

    return report


@pytest.fixture
def opened(place: Place, base: Base) -> Callable[..., Any]:
    """A function that opens the store for writing, as a context."""

    @contextmanager
    def context(agent: str = "analyst", command: str = "ingest") -> Iterator[Writer]:
        with open_writer(place, base, agent, command) as writer:
            yield writer

    return context


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function that sets limits for one module of the store: ``limits("place", lock_seconds=0.1)``."""

    def put(module: str, **values: float) -> None:
        monkeypatch.setattr(f"claimgraph.store.{module}.LIMITS", LIMITS.model_copy(update=values))

    return put


@pytest.fixture
def in_archive(place: Place) -> Callable[..., list[tuple[Any, ...]]]:
    """A function that runs SQL on the archive behind the store's back."""

    def run(sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(place.archive, isolation_level=None)) as database:
            return database.execute(sql, values).fetchall()

    return run
