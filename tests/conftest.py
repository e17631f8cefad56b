"""What tests share: where things are, and stores to try things on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from claimgraph.model.document import ClaimsDocument
from claimgraph.model.names import Base
from claimgraph.model.reading import read_claims_file
from claimgraph.model.resources import folder
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference, bundled
from fakes import lines

__all__ = ["lines"]

# Examples are the same in every run, so that a red test is red again; the nightly profile looks for new ones.
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("CLAIMGRAPH_HYPOTHESIS", "ci"))

TESTS = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the annotated real reports; tests that use it are marked ``shared`` and skipped on a stranger's machine."""
    return _shared_folder()


def _shared_folder() -> Path:
    named = os.environ.get("CLAIMGRAPH_SHARED")
    return Path(named) if named else TESTS.parent.parent / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the annotated reports where they are not; in CI they must be there."""
    if _shared_folder().is_dir() or os.environ.get("CI"):
        return
    reason = pytest.mark.skip(reason="the annotated real reports are not on this machine (CLAIMGRAPH_SHARED)")
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(reason)


@pytest.fixture(scope="session")
def base() -> Base:
    """The default base IRI."""
    return Base("https://w3id.org/claimgraph/id/")


@pytest.fixture(scope="session")
def reference(base: Base) -> Reference:
    """The bundled reference graph."""
    return Reference(bundled(base), base)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A data folder that does not exist yet."""
    return Place(tmp_path / "data")


@pytest.fixture(scope="session")
def samples() -> dict[str, ClaimsDocument]:
    """The bundled sample reports by id."""
    return _documents(folder("graph") / "samples")


@pytest.fixture(scope="session")
def gold(shared: Path) -> dict[str, ClaimsDocument]:
    """The annotated real reports by id."""
    return _documents(shared / "gold", "0*.json")


def _documents(where: Path, pattern: str = "*.json") -> dict[str, ClaimsDocument]:
    found = [one for path in sorted(where.glob(pattern)) for one in read_claims_file(path)]
    assert found, f"{where} holds no documents"
    assert not [one.error for one in found if one.error]
    return {one.document.report.id: one.document for one in found if one.document}


@pytest.fixture
def sample(samples: dict[str, ClaimsDocument]) -> ClaimsDocument:
    """One bundled report: eight claims, relayed through up to four mouths."""
    return samples["sample-01-sputnik-transfer"]


@pytest.fixture
def edited() -> Callable[..., ClaimsDocument]:
    """A function that gives a document with some of its report's fields changed."""

    def edit(document: ClaimsDocument, **fields: object) -> ClaimsDocument:
        return document.model_copy(update={"report": document.report.model_copy(update=fields)})

    return edit
