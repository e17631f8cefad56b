"""What the service says of itself holds: schemathesis sends what its description allows and forbids, with a token and without."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import schemathesis_bodies
from claimgraph.store.tokens import Tokens
from requesting import BASE, Writable
from running import Run
from serving import Service, bearer, service

PROFILE = settings()
EXAMPLES = PROFILE.max_examples // 10  # of each address; behind them stands what schemathesis covers in any case
SECONDS = 100.0 * EXAMPLES
ACCEPTED = ("2xx", "3xx", "401", "403", "404", "409", "429", "5xx")  # what schemathesis takes for an answer to what the description allows
# A query, a graph's name and a report are texts in languages of their own, which no schema describes; nor that one day must not be before another.
CONFIGURATION = f"""
hooks = {json.dumps(schemathesis_bodies.__file__)}
continue-on-failure = true
generation.max-examples = {EXAMPLES}
generation.deterministic = {json.dumps(PROFILE.derandomize)}

[dictionaries]
commits = {{ values = [0, 1, 12] }}
graphs = {{ values = ["{BASE}workspace/dana/a", "{BASE}workspace/dana/b", "{BASE}graph/reference"] }}

[parameters]
"query.min-commit" = {{ dictionary = "commits", probability = 0.8 }}
"query.graph" = {{ dictionary = "graphs", probability = 0.8 }}

[[operations]]
include-path = ["/sparql", "/graphs", "/graphs/{{path}}"]
checks.positive_data_acceptance.expected-statuses = {json.dumps([*ACCEPTED, "400"])}

[[operations]]
include-path = ["/api/validate", "/api/reports", "/api/review"]
checks.positive_data_acceptance.expected-statuses = {json.dumps([*ACCEPTED, "422"])}

[[operations]]
include-path = ["/api/questions/claims-between"]
checks.positive_data_acceptance.expected-statuses = {json.dumps([*ACCEPTED, "400"])}

[phases.stateful.generation]
max-examples = {5 * EXAMPLES}
"""
BEARER = '\n[auth.openapi.token]\nbearer = "{}"\n'


@dataclass(frozen=True)
class Judged:
    """What schemathesis says of a service: for people, and for programs."""

    code: int
    text: str
    report: dict[str, Any]

    def accepted(self, operation: str) -> int:
        """How many requests of an operation were answered as they wished."""
        return sum(phase["accepted"] for phase in self.report["valid_rates"].get(operation, {}).values())


def started(service: Service, where: Path, secret: str | None) -> subprocess.Popen[str]:
    """Schemathesis at work on a service, in a folder of its own. It reads the description from a file, else it leaves that address out."""
    where.mkdir()
    (where / "openapi.json").write_bytes(service.send("GET", "/openapi.json").body)
    (where / "schemathesis.toml").write_text(CONFIGURATION + (BEARER.format(secret) if secret else ""), encoding="utf-8")
    command = (sys.executable, "-m", "schemathesis.cli", "run", "openapi.json", "--url", service.url, "--no-color")
    report = ("--report", "json", "--report-json-path", "report.json")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCHEMATHESIS_", "COLUMNS"))}
    return subprocess.Popen([*command, *report], cwd=where, env=kept, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8")


@pytest.fixture(scope="module")
def target(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writable]:
    """A service on the samples, in which no deadline that a request may name is too short for them."""
    where = tmp_path_factory.mktemp("schemathesis")
    data = Path(shutil.copytree(sampled, where / "data"))
    secret = Tokens(data).create("dana", ("read", "write", "review"))
    with service(where, data=data, CLAIMGRAPH_DEADLINE_SECONDS="5") as running:
        yield Writable(running, bearer(secret))


@pytest.fixture(scope="module")
def tested(target: Writable, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Judged]:
    """What schemathesis says of it, with a token and without one; both go to work at the same time."""
    where = tmp_path_factory.mktemp("runs")
    secrets = {"with a token": target.headers["Authorization"].removeprefix("Bearer "), "without a token": None}
    running = {who: started(target.service, where / who.replace(" ", "-"), secret) for who, secret in secrets.items()}
    try:
        texts = {who: process.communicate(timeout=SECONDS)[0] for who, process in running.items()}
    finally:
        for process in running.values():
            process.kill()
    reports = {who: where / who.replace(" ", "-") / "report.json" for who in secrets}
    assert all(path.exists() for path in reports.values()), texts
    return {who: Judged(running[who].returncode, texts[who], json.loads(path.read_bytes())) for who, path in reports.items()}


@pytest.mark.parametrize("who", ["with a token", "without a token"])
def test_nothing_is_found(target: Writable, tested: dict[str, Judged], who: str) -> None:
    """In every phase, at every address, each answer is one that the description has: status, headers, media type and body."""
    found = tested[who]
    assert (found.report["failures"], found.report["errors"], found.code) == ([], [], 0), found.text
    described = target.service.send("GET", "/openapi.json").json["paths"].values()
    operations = found.report["operations"]
    assert operations["tested"] == operations["total"] == sum(map(len, described))
    assert {name: phase["status"] for name, phase in found.report["phases"].items()} == dict.fromkeys(
        ("examples", "coverage", "fuzzing", "stateful"), "success"
    )
    assert found.report["test_cases"]["generated"] > 100 * operations["total"]


def test_nothing_is_left_out(tested: dict[str, Judged]) -> None:
    """Schemathesis understands the whole description: every reference, every form of an answer, every token."""
    for found in tested.values():
        warnings = found.report["warnings"]
        assert not [kind for kind in ("unresolvable_reference", "unsupported_regex", "missing_deserializer", "unused_openapi_auth") if warnings[kind]]


def test_what_is_described_can_be_had(tested: dict[str, Judged]) -> None:
    """More than refusals was looked at: with a token reports and graphs were written, without one all was read and nothing written."""
    writes = {"POST /api/reports", "POST /sparql", "PUT /graphs", "POST /graphs", "DELETE /graphs"}
    reads = {"GET /sparql", "POST /sparql", "GET /graphs", "GET /id/{path}", "GET /api/questions/denials", "POST /api/validate", "GET /api/review"}
    assert not {operation for operation in writes | reads if not tested["with a token"].accepted(operation)}
    assert not {operation for operation in reads if not tested["without a token"].accepted(operation)}
    assert not {operation for operation in writes - reads if tested["without a token"].accepted(operation)}


def test_the_service_goes_on(target: Writable, tested: dict[str, Judged], claimgraph: Run) -> None:
    """After all that it answers, nothing in its log is a defect, and the store that was written to is sound."""
    assert target.service.send("GET", "/health").status == 200
    assert not [entry for entry in target.service.log if entry.get("status", 0) >= 500 or entry["event"] == "defect"]
    assert claimgraph("verify", "--data", target.data).code == 0
