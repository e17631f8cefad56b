"""Services for clients to reach, and the same answers without any service between."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Store

from claimgraph.model.names import Base
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading
from npm_clients import scripts
from running import sampled
from serving import Service, scratch, served

__all__ = ["sampled", "scratch", "scripts", "served"]


@pytest.fixture(scope="session")
def direct(sampled: Path, base: Base) -> Store:
    """The bundled samples' graphs in the test's own process: what they answer is what every client must get."""
    graphs = Store()
    with reading(Place(sampled), base.iri) as snapshot:
        graphs.extend(Store.read_only(str(snapshot.path)))
    return graphs


@pytest.fixture
def emptied(scratch: Service) -> Service:
    """The scratch service with nothing in it."""
    scratch.update("DROP ALL")
    return scratch
