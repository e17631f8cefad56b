"""What these tests share: services on the samples, of which one is only read, one written to, and one has narrow limits."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Store

from claimgraph.model.names import Base
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading
from claimgraph.store.tokens import Tokens
from requesting import Writable
from rereading import reread
from reviewing import proposals, reviewing
from running import claimgraph, sampled, store
from serving import Serving, bearer, scratch, served, service, serving

__all__ = ["claimgraph", "proposals", "reread", "reviewing", "sampled", "scratch", "served", "serving", "store"]


@pytest.fixture(scope="session")
def direct(sampled: Path, base: Base) -> Store:
    """The samples' graphs in the test's own process."""
    graphs = Store()
    with reading(Place(sampled), base.iri) as snapshot:
        graphs.extend(Store.read_only(str(snapshot.path)))
    return graphs


def _writable(sampled: Path, where: Path, **environment: str) -> Iterator[Writable]:
    data = Path(shutil.copytree(sampled, where / "data"))
    secret = Tokens(data).create("dana", ("read", "write"))
    with service(where, data=data, **environment) as running:
        yield Writable(running, bearer(secret))


@pytest.fixture(scope="session")
def writable(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writable]:
    """The samples' store, to be written to: each test has graphs and reports of its own."""
    yield from _writable(sampled, tmp_path_factory.mktemp("writable"))


@pytest.fixture(scope="session")
def narrow(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writable]:
    """The samples' store with a service that gives five rows, takes 1.5 seconds for a query, and shows a commit only every twenty seconds."""
    limits = {"CLAIMGRAPH_ANSWER_ROWS": "5", "CLAIMGRAPH_QUERY_SECONDS": "1.5", "CLAIMGRAPH_SNAPSHOT_INTERVAL": "20"}
    yield from _writable(sampled, tmp_path_factory.mktemp("narrow"), **limits)


@pytest.fixture
def other(sampled: Path, tmp_path_factory: pytest.TempPathFactory, serving: Serving) -> Writable:
    """A service of the test's own on a copy of the samples' store; a second writer does not wait long there."""
    data = Path(shutil.copytree(sampled, tmp_path_factory.mktemp("other") / "data"))
    secret = Tokens(data).create("dana", ("read", "write"))
    return Writable(serving(data=data, CLAIMGRAPH_LOCK_SECONDS="0.2"), bearer(secret))
