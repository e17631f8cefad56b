"""A report as the pages show it: all of its text, each claim in its place, and what a reader must know of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from claimgraph.ask.claim_views import Telling, names_in
from claimgraph.ask.report_views import report_view, view
from claimgraph.ask.worker import Worker
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import NotFound
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.store.commit import open_writer
from claimgraph.store.examine import Result
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference, bundled
from claimgraph.store.snapshots import reading
from running import SAMPLES, small
from strategies import documents

ARABIC = sorted(SAMPLES.glob("*.json"))


@pytest.fixture
def worker() -> Worker:
    """A worker in this process."""
    return Worker(networked=True, filtered=False)


def seen(worker: Worker, snapshot: str, report: str, folder: Path | None = None) -> dict[str, Any]:
    """What is shown of a report."""
    facts, body = report_view(worker, {"snapshot": snapshot, "folder": str(folder or Path(snapshot).parents[1]), "report": report, "commit": 11}, b"")
    assert facts == {"media": "application/json"}
    value: dict[str, Any] = json.loads(body)
    return value


@pytest.mark.parametrize("path", ARABIC, ids=lambda path: path.stem)
def test_the_samples_are_shown_as_they_are(worker: Worker, snapshot: str, path: Path) -> None:
    """The stretches together are the text, each claim's are its quote, and every claim tells its chain and what it says in both languages."""
    document = json.loads(path.read_text(encoding="utf-8"))
    value = seen(worker, snapshot, document["report"]["id"])
    assert "".join(one["text"] for one in value["stretches"]) == document["report"]["text"]
    assert value["report"]["stands"]
    assert [claim["id"] for claim in value["claims"]] == [claim["id"] for claim in document["claims"]]
    for claim, given_one in zip(value["claims"], document["claims"], strict=True):
        assert "".join(one["text"] for one in value["stretches"] if claim["id"] in one["claims"]) == given_one["quote"] == claim["quote"]
        assert (claim["polarity"], claim["certainty"]) == (given_one["polarity"], given_one["certainty"])
        assert len(claim["chain"]) == len(given_one["chain"])
        assert claim["who"] == claim["chain"][-1]["who"]
        assert all(claim["content"][language] for language in ("ar", "en"))


@given(documents())
def test_any_document_is_shown(document: ClaimsDocument) -> None:
    """Whatever its claims' places: the text is whole, and every claim has its place and its sentence."""
    base = Base("https://w3id.org/claimgraph/id/")
    value = view(document, base.report("0" * 12, document.report.id), Telling(names_in(Reference(bundled(base), base))))
    text = document.report.text
    assert "".join(one["text"] for one in value["stretches"]) == text
    for claim, shown in zip(document.claims, value["claims"], strict=True):
        marked = "".join(one["text"] for one in value["stretches"] if claim.id in one["claims"])
        assert marked == text[claim.start : claim.end]
        assert [hop["unnamed"] for hop in shown["chain"]] == [hop.anonymous is not None for hop in claim.chain]
    json.dumps(value)


def test_a_version_that_was_replaced_is_shown_from_the_archive(worker: Worker, tmp_path: Path, base: Base) -> None:
    """By its hash and id; the id alone names the version that stands."""
    place = Place(tmp_path)
    versions = []
    with open_writer(place, base, "tester", "ingest") as writer:
        for text in ("قال المتحدث إن السجن آمن.", "قال المتحدث إن السجن آمن الآن."):
            outcome = writer.commit(document_of(small(text, "r1")), revise=True)
            assert outcome.result is Result.COMMITTED
            versions.append(outcome.mapped.name.version)
    old_version, new_version = versions
    with reading(place, base.iri) as found:
        old = seen(worker, str(found.path), f"{old_version}/r1", tmp_path)
        assert (old["report"]["stands"], old["report"]["version"]) == (False, old_version)
        assert "".join(one["text"] for one in old["stretches"]) == "قال المتحدث إن السجن آمن."
        new = seen(worker, str(found.path), "r1", tmp_path)
        assert (new["report"]["stands"], new["report"]["version"]) == (True, new_version)
        with pytest.raises(NotFound, match="no version"):
            seen(worker, str(found.path), "000000000000/r1", tmp_path)


@pytest.mark.parametrize("report", ["nosuch", "", "sdf", "../x", "a/b", "000000000000/", "000000000000/a#b", "x\ny", "é", "<", "v/000000000000/a"])
def test_what_is_no_report_is_said_so(worker: Worker, snapshot: str, report: str) -> None:
    """Nothing of the kind is shown for what is not there."""
    with pytest.raises(NotFound, match="no report"):
        seen(worker, snapshot, report)
