"""Where the program's own files are found: in a checkout, in a wheel, and what is said where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from claimgraph.model import resources
from claimgraph.model.errors import ResourceError
from claimgraph.model.resources import FOLDERS, files, folder


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package without any resources, in an empty folder."""
    package = tmp_path / "src" / "claimgraph"
    package.mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", package)
    return package


@pytest.mark.parametrize("name", FOLDERS)
def test_folders_are_there(name: str) -> None:
    """The installation that runs the tests has all of the program's folders, and none is empty."""
    assert folder(name).is_dir()
    assert any(folder(name).iterdir())


def test_checkout_is_found(package: Path, tmp_path: Path) -> None:
    """A checkout, also an editable install, has the folders at its top."""
    (tmp_path / "ontology").mkdir()
    assert folder("ontology") == tmp_path / "ontology"


def test_wheel_goes_first(package: Path, tmp_path: Path) -> None:
    """What the package carries is what it was built with; a folder that happens to lie above it is not read."""
    (tmp_path / "ontology").mkdir()
    (package / "resources" / "ontology").mkdir(parents=True)
    assert folder("ontology") == package / "resources" / "ontology"


def test_missing_folder_is_a_broken_installation(package: Path) -> None:
    """Where a folder is in neither place, the sentence says which one and what to do."""
    with pytest.raises(ResourceError, match="'shapes': install claimgraph again"):
        folder("shapes")


def test_file_instead_of_a_folder_is_missing(package: Path, tmp_path: Path) -> None:
    """A file of that name is not the folder."""
    (tmp_path / "shapes").write_text("no folder")
    with pytest.raises(ResourceError, match="'shapes'"):
        folder("shapes")


@pytest.mark.parametrize("name", ["src", "", "..", "ontology/..", "/etc"])
def test_other_folders_are_not_given(name: str) -> None:
    """Only the program's own folders are resources."""
    with pytest.raises(ResourceError, match="none of the program's folders"):
        folder(name)


def test_files_are_sorted_and_from_all_depths(package: Path, tmp_path: Path) -> None:
    """The order of files does not depend on the file system."""
    for name in ("b.ttl", "a.ttl", "deep/er/c.ttl", "note.txt"):
        path = tmp_path / "graph" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    assert files("graph", ".ttl") == tuple(tmp_path / "graph" / name for name in ("a.ttl", "b.ttl", "deep/er/c.ttl"))


def test_no_file_is_a_broken_installation(package: Path, tmp_path: Path) -> None:
    """An empty folder is as bad as none."""
    (tmp_path / "queries").mkdir()
    with pytest.raises(ResourceError, match=r"'queries' holds no \.rq file"):
        files("queries", ".rq")
