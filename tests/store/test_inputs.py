"""From paths to documents: which files are read, in which order, and which texts are no reports by themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from claimgraph.model.errors import UnreadableInput
from claimgraph.model.names import Base
from claimgraph.model.reading import Input
from claimgraph.store.inputs import expand, is_raw, read
from running import small


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with claims documents, their texts and raw reports."""
    monkeypatch.chdir(tmp_path)
    for name in ("in/a.txt", "in/b.HTML", "in/deeper/c.htm", "in/texts/d.txt", "in/notes.md", "in/table.csv"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("نص في ملف", encoding="utf-8")
    document(Path("in/d.json"), "texts/d.txt")
    return Path("in")


def document(where: Path, file: str, **report: Any) -> None:
    """A claims document whose text is in a file."""
    value = small("نص في ملف", where.stem, **report)
    del value["report"]["text"]
    value["report"]["file"] = file
    where.write_text(json.dumps(value), encoding="utf-8")


def raw(path: Path) -> Input:
    """What stands for reading a raw report."""
    return Input(f"raw {path}")


def sources(paths: list[str], base: Base) -> list[str]:
    """Where what is read comes from, in order."""
    given = [Path(path) for path in paths]
    return [one.source for one in read(expand(given), base, frozenset(), raw, given)]


def test_a_folder_gives_documents_and_raw_reports(here: Path, base: Base) -> None:
    """Raw reports are found by their suffix, whatever its case; they come after the documents, in order; other files are left alone."""
    assert sources(["in"], base) == ["in/d.json", "raw in/a.txt", "raw in/b.HTML", "raw in/deeper/c.htm"]
    assert [is_raw(Path(name)) for name in ("x.txt", "x.HTM", "x.json", "x.txt.json")] == [True, True, False, False]


def test_the_text_of_a_document_is_no_report_by_itself(here: Path, base: Base) -> None:
    """Unless the user names it; also where the document is refused, or names its text in a roundabout way."""
    assert "raw in/texts/d.txt" not in sources(["in", "in/texts"], base)
    assert "raw in/texts/d.txt" in sources(["in", "in/texts/d.txt"], base)
    document(Path("in/d.json"), "deeper/../texts/d.txt", language="not a tag")
    assert "raw in/texts/d.txt" not in sources(["in"], base)
    document(Path("in/d.json"), "../../texts/d.txt\0")
    assert "raw in/texts/d.txt" in sources(["in"], base)


def test_a_text_inline_hides_no_file(here: Path, base: Base) -> None:
    """A document that has its text itself names none."""
    Path("in/d.json").write_text(json.dumps(small("نص")), encoding="utf-8")
    assert "raw in/texts/d.txt" in sources(["in"], base)


def test_a_file_of_another_kind_is_refused(here: Path) -> None:
    """With the suffixes that there are."""
    with pytest.raises(UnreadableInput, match=r"in/notes\.md is none of \.json, .*\.txt, \.html, \.htm: .*or a raw report"):
        expand([Path("in/notes.md")])
    Path("empty").mkdir()
    with pytest.raises(UnreadableInput, match=r"The folder empty holds no \.json, .*\.htm file"):
        expand([Path("empty")])
