"""The W3C's tests of the SPARQL 1.1 Protocol and the Graph Store Protocol, run as data from their manifests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from conformance_manifests import KINDS, Entry, entries, files, suites
from conformance_replay import Endpoint, prepare, replay
from serving import Service

pytestmark = pytest.mark.shared

MANIFESTS = [suites() / name / "manifest.ttl" for name in ("protocol", "graph-store-protocol")]
MISSING = f"the W3C's tests are not on this machine: {suites()} (CLAIMGRAPH_SHARED)"

# What cannot be run, by IRI, and why.
EXCLUDED: dict[str, str] = {}


def _present() -> bool:
    """Whether the tests are there; in CI that is not asked, and they fail where they are not."""
    return all(manifest.is_file() for manifest in MANIFESTS)


def _cases() -> list[Entry]:
    return [entry for manifest in MANIFESTS for entry in entries(manifest) if entry.iri not in EXCLUDED] if _present() else []


CASES = _cases()
ABSENT = pytest.param(None, id="missing", marks=[] if os.environ.get("CI") else [pytest.mark.skip(reason=MISSING)])


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry.iri) for entry in CASES] or [ABSENT])
def test_the_service_answers_as_the_w3c_expects(entry: Entry | None, scratch: Service) -> None:
    """Status, media type, truth value and graph of every answer are those of the manifest."""
    assert entry is not None, MISSING
    endpoint = Endpoint(scratch.host, scratch.port)
    prepare(entry, endpoint)
    replay(entry, endpoint)


@pytest.mark.skipif(not _present() and not os.environ.get("CI"), reason=MISSING)
def test_every_test_of_the_manifests_is_run() -> None:
    """As many tests are run as another parser finds in the manifests; each once, each with requests, and none is left out without a reason."""
    run = [entry.iri for entry in CASES]
    assert len(set(run)) == len(run)
    assert set(run) | set(EXCLUDED) == _described()
    assert len(run) + len(EXCLUDED) == len(_described()) > 0
    assert all(entry.requests for entry in CASES)


def _described() -> set[str]:
    """The tests that the manifests describe, and those that they list, as pyoxigraph reads them."""
    quads = [quad for manifest in MANIFESTS for path in files(manifest) for quad in _quads(path)]
    kinds = {NamedNode(str(kind)) for kind in KINDS}
    listed = {quad.object.value for quad in quads if quad.predicate.value.endswith("#first") and _is_test(quad.object)}
    return listed | {quad.subject.value for quad in quads if quad.object in kinds}


def _quads(path: Path) -> list[Quad]:
    return list(parse(path=str(path), format=RdfFormat.TURTLE, base_iri=path.as_uri()))


def _is_test(term: object) -> bool:
    return isinstance(term, NamedNode) and "/manifest#" in term.value
