"""Reports that wait for review: the bundled samples as an extractor would have proposed them. Take the fixtures by name in ``conftest.py``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from claimgraph.model.document import ClaimsDocument, Review
from claimgraph.model.names import Base
from claimgraph.store.commit import open_writer
from claimgraph.store.examine import Result
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading

FIRST, SECOND = "sample-06-two-hundred", "sample-10-how-many-left-en"  # two reports on one incident
SURE = (0.95, 0.5, 0.75, None)  # the confidences of the claims, in turn


def proposed(document: ClaimsDocument) -> ClaimsDocument:
    """A document whose claims are candidates."""
    claims = tuple(
        claim.model_copy(update={"review": Review(state="candidate"), "rule": "r", "confidence": SURE[number % len(SURE)]})
        for number, claim in enumerate(document.claims)
    )
    return document.model_copy(update={"claims": claims})


@pytest.fixture(scope="session")
def proposals(tmp_path_factory: pytest.TempPathFactory, samples: dict[str, ClaimsDocument], base: Base) -> Path:
    """The folder of a store of two reports that wait for review, and one that does not; not to be written to."""
    made = tmp_path_factory.getbasetemp() / "proposals"
    if not made.exists():
        with open_writer(Place(made), base, "extractor", "test") as writer:
            for document in (proposed(samples[FIRST]), proposed(samples[SECOND]), samples["sample-02-amaq-freed"]):
                assert writer.commit(document).result is Result.COMMITTED
        with reading(Place(made), base.iri):
            pass
    return made


@pytest.fixture
def waiting(proposals: Path, tmp_path: Path) -> Path:
    """A copy of that store, to be written to."""
    return Path(shutil.copytree(proposals, tmp_path / "waiting"))
