"""The command line as tests run it: inside the test's process, or as a process of its own; and stores to run it on."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from claimgraph.cli import asking, demo, entities, evaluating, extracting, keeping, reviewing, serving, writing  # noqa: F401  # each adds its commands to the app
from claimgraph.cli.app import err, out
from claimgraph.cli.app import run as run_app
from claimgraph.model.document import ClaimsDocument, as_json
from claimgraph.model.names import Base
from claimgraph.model.resources import folder
from claimgraph.store.commit import open_writer
from claimgraph.store.examine import Result
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading

SAMPLES = folder("graph") / "samples"
PROGRAM = (sys.executable, "-c", "from claimgraph.cli import main; main()")


@dataclass(frozen=True)
class Said:
    """What a command gave: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        """Everything it wrote."""
        return self.out + self.err

    @property
    def json(self) -> Any:
        """Its output as JSON."""
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """What it says went wrong, as one line."""
        found = [line for line in self.err.splitlines() if line.startswith(("claimgraph: ", "Error: "))]
        assert len(found) == 1, self.err
        return found[0].partition(": ")[2]


Run = Callable[..., Said]


@pytest.fixture
def claimgraph(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """A function that runs a command in an empty folder and gives what came of it; an error that nobody foresaw fails the test."""
    for name in [name for name in os.environ if name.startswith("CLAIMGRAPH_")]:
        monkeypatch.delenv(name)
    for console in (out, err):
        monkeypatch.setattr(console, "_width", 160)
        monkeypatch.setattr(console, "_color_system", None)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def run(*arguments: object) -> Said:
        capsys.readouterr()
        code = run_app([str(argument) for argument in arguments])
        said = Said(code, *capsys.readouterr())
        return foreseen(said)

    return run


def foreseen(said: Said) -> Said:
    """What a command gave, if it was no traceback and no defect."""
    assert not re.search(r"Traceback|stack backtrace|defect of the program", said.all), said.all
    return said


def start(*arguments: object, cwd: Path, stdout: Any = subprocess.PIPE, stdin: Any = None, **environment: str) -> subprocess.Popen[bytes]:
    """A command as a process of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLAIMGRAPH_", "COLUMNS", "FORCE_COLOR", "NO_COLOR"))}
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.Popen(command, cwd=cwd, env=kept | environment, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes]) -> Said:
    """What became of a process."""
    out, err = process.communicate(timeout=60)
    return foreseen(Said(process.returncode, (out or b"").decode(), err.decode()))


@pytest.fixture(scope="session")
def sampled(tmp_path_factory: pytest.TempPathFactory, samples: dict[str, ClaimsDocument], base: Base) -> Path:
    """The folder of a store of the bundled samples, with a snapshot; not to be written to."""
    made = tmp_path_factory.getbasetemp() / "sampled"
    if not made.exists():  # the fixture is known in several folders of tests, the store is made once
        with open_writer(Place(made), base, "a test", "test") as writer:
            assert all(writer.commit(document, reason="a sample").result is Result.COMMITTED for document in samples.values())
        with reading(Place(made), base.iri):
            pass
    return made


@pytest.fixture
def store(sampled: Path, tmp_path: Path) -> Path:
    """A copy of that store, to be written to."""
    return Path(shutil.copytree(sampled, tmp_path / "store"))


def digest(of: Path) -> dict[str, str]:
    """The files of a folder and what is in them: equal digests mean that nothing was written. SQLite's shared memory is no content."""
    files = (path for path in sorted(of.rglob("*")) if path.is_file() and not path.name.endswith(("-shm", "-wal")))
    return {str(path.relative_to(of)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def value_of(document: ClaimsDocument) -> dict[str, Any]:
    """A document as JSON values that a test may change: without digest and length, which follow from the text."""
    value = json.loads(json.dumps(as_json(document)))
    for field in ("sha256", "characters"):
        del value["report"][field]
    found: dict[str, Any] = value
    return found


def small(text: str = "قال متحدث إن أحداً لم يفر.", report_id: str = "small", **report: Any) -> dict[str, Any]:
    """A claims document of one claim in the outlet's own voice, about the whole text."""
    return {
        "report": {"id": report_id, "language": "ar", "published": "2022-01-31", "published_basis": "stated", "text": text, **report},
        "claims": [
            {
                "id": "c01",
                "start": 0,
                "end": len(text),
                "quote": text,
                "chain": [{"agent": "@publisher"}],
                "polarity": "denies",
                "certainty": "certain",
                "incident": "sinaa-2022-01",
                "event": {"type": "escape", "actors": ["isis"], "facility": "sinaa-prison"},
            }
        ],
    }


def written(where: Path, value: Any) -> Path:
    """A file of a JSON value."""
    where.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return where


# What a line of text may hold beside letters: isolates that begin and end within the line.
_ISOLATED = re.compile("\u2068[^\u2066-\u2069]*\u2069")


def acts_on_the_terminal(text: str) -> list[str]:
    """The characters of an output that would act on what stands around them.

    These are controls, escapes, overrides, isolates left open, and letters that run from right to left outside an isolate.
    """
    rest = [_ISOLATED.sub("", line) for line in text.split("\n")]
    return [c for line in rest for c in line if unicodedata.category(c) in ("Cc", "Cf") or unicodedata.bidirectional(c) in ("R", "AL")]
