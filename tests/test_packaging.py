"""How the pages get into what is installed: pinned packages from npm, and a Node for whoever has none."""

from __future__ import annotations

import importlib.util
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]


def _hook(root: Path) -> Any:
    """The build's hook over a checkout."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PagesHook(str(root), {}, None, None, str(root), "wheel")


def test_packages_from_npm_are_pinned_by_their_digests() -> None:
    """Each with a version and a digest, and no word of where from: that is the business of whoever installs."""
    locked = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: one for name, one in locked["packages"].items() if name}
    assert len(packages) > 100
    assert {name for name, one in packages.items() if not one.get("integrity", "").startswith("sha512-") or "resolved" in one} == set()


def test_a_machine_without_node_gets_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An isolated build asks for it, by the requirement that the build group has; one whose pages are built asks for nothing."""
    sources = tmp_path / "web"
    sources.mkdir()
    (sources / "package.json").write_text("{}")
    monkeypatch.setenv("PATH", str(tmp_path))
    hook = _hook(tmp_path)
    (asked,) = hook.dependencies()
    assert asked in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]["build"]
    built = tmp_path / "src" / "claimgraph" / "web" / "static"
    built.mkdir(parents=True)
    for text, wanted in (("another", [asked]), (_digest_of(hook), [])):
        (built / "built-of").write_text(text)
        assert hook.dependencies() == wanted


def _digest_of(hook: Any) -> str:
    module = hook._is_built.__globals__
    digest: str = module["_digest"](module["_files"](hook._sources))
    return digest
