"""Reports that wait for review: the bundled samples as an extractor would have proposed them. Take the fixtures by name in ``conftest.py``."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from claimgraph.model.document import ClaimsDocument, Review
from claimgraph.model.names import Base
from claimgraph.store.commit import open_writer
from claimgraph.store.examine import Result
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading
from claimgraph.store.tokens import Tokens
from requesting import JSON_BODY, address
from running import small
from serving import Answer, Service, bearer, service

FIRST, SECOND = "sample-06-two-hundred", "sample-10-how-many-left-en"  # two reports on one incident
WHY = "قرأت النص"
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


@dataclass(frozen=True)
class Reviewing:
    """A service on reports that wait for review, and the tokens of who may do what: by name, as ``SCOPES`` has them."""

    service: Service
    tokens: dict[str, str]

    @property
    def data(self) -> Path:
        """Its folder."""
        assert self.service.data is not None
        return self.service.data

    def brought(self, report_id: str, *words: str, claims: int = 3) -> str:
        """The version of a report of a test's own, with candidates about its whole text; ``words`` are put in front of the text."""
        value = small(" ".join([*words, "قال متحدث إن أحداً لم يفر."]), report_id, publisher="syria-tv")
        (claim,) = value["claims"]
        value["claims"] = [{**claim, "id": f"c{n:02}", "review": {"state": "candidate"}, "confidence": n / 1000} for n in range(1, claims + 1)]
        answer = self.service.send("POST", "/api/reports", json.dumps(value).encode(), {**JSON_BODY, **bearer(self.tokens["writer"])})
        assert answer.status == 201, answer.text
        shown = self.service.send("GET", address("/sparql", query="ASK {}", min_commit=answer.headers["X-Commit"]))
        assert shown.status == 200
        return str(answer.json["version"])

    def decide(self, report: str, version: str, do: str, *claims: str, who: str = "dana", why: str = WHY, **more: Any) -> Answer:
        """The answer to a decision."""
        body = {"report": report, "version": version, "decision": do, "claims": list(claims), "why": why, **more}
        return self.send(body, bearer(self.tokens[who]))

    def send(self, body: Any, headers: dict[str, str]) -> Answer:
        """The answer to a body that may be a decision."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.service.send("POST", "/api/review", data, {**JSON_BODY, **headers})

    def states(self, report: str, commit: object = None) -> dict[str, str]:
        """The states of review of a report's claims, as its page tells them."""
        more = {"min-commit": commit} if commit is not None else {}
        value = self.service.send("GET", address(f"/reports/{report}.json", **more)).json
        return {claim["id"]: claim["review"] for claim in (*value["claims"], *value["rejected"])}


SCOPES = {"dana": ("read", "review"), "sami": ("review",), "writer": ("read", "write"), "reader": ("read",)}


@pytest.fixture(scope="module")
def reviewing(proposals: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reviewing]:
    """A service that reviewers use, one for a module of tests: each brings reports of its own."""
    where = tmp_path_factory.mktemp("reviewing")
    data = Path(shutil.copytree(proposals, where / "data"))
    tokens = {name: Tokens(data).create(name, scopes) for name, scopes in SCOPES.items()}
    with service(where, data=data) as running:
        yield Reviewing(running, tokens)
