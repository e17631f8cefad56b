"""Paths: a document may name a text beside it and nothing else of the reader's machine, and no name of ours is taken for a path."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from running import Run, digest, small, written


def naming(name: str) -> dict[str, Any]:
    """A document whose text is in a file."""
    value = small("نص في ملف")
    del value["report"]["text"]
    value["report"]["file"] = name
    return value


@pytest.fixture
def shelf() -> Path:
    """Folders with a document's place, a text beside it, one in a folder beside its folder, and one elsewhere."""
    for where in ("shelf/documents/texts", "shelf/texts", "elsewhere"):
        Path(where).mkdir(parents=True)
        (Path(where) / "text.txt").write_text("نص في ملف", encoding="utf-8")
    (Path("shelf/documents") / "text.txt").write_text("نص في ملف", encoding="utf-8")
    return Path("shelf/documents").resolve()


@pytest.mark.parametrize("name", ["text.txt", "./text.txt", "texts/text.txt", "../texts/text.txt", "texts/../text.txt"])
def test_a_text_beside_the_document_is_read(claimgraph: Run, shelf: Path, name: str) -> None:
    """Beside the document, below it, or in a folder beside its own, wherever the command is run."""
    document = written(shelf / "in.json", naming(name))
    assert claimgraph("ingest", document).code == 0
    assert json.loads(claimgraph("export").out)["report"]["text"] == "نص في ملف"


ELSEWHERE = ["../../elsewhere/text.txt", "/etc/hostname", "../../../../../../../../etc/passwd", "{elsewhere}", "link.txt", "linked/text.txt"]


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_text_from_elsewhere_is_not(claimgraph: Run, shelf: Path, name: str) -> None:
    """A document from outside cannot have other files made part of a report, by path, absolute path or link; the file is not quoted either."""
    (shelf / "link.txt").symlink_to(Path("elsewhere/text.txt").resolve())
    (shelf / "linked").symlink_to(Path("elsewhere").resolve())
    document = written(shelf / "in.json", naming(name.format(elsewhere=Path("elsewhere/text.txt").resolve())))
    said = claimgraph("ingest", document)
    assert said.code == 1
    assert "lies elsewhere: put the text beside the document" in said.out
    assert "نص" not in said.all
    assert "root:" not in said.all
    assert claimgraph("stats", "--format", "json").json[0] == {"what": "reports", "count": 0}


@pytest.mark.parametrize(
    ("name", "sentence"), [("missing.txt", "does not exist"), ("texts", "is a folder"), ("", "is a folder"), ("pipe", "pipe or a device")]
)
def test_a_text_that_is_not_there(claimgraph: Run, shelf: Path, name: str, sentence: str) -> None:
    """A missing text, a folder or a pipe in its place is one clear sentence; nobody waits for a pipe to speak."""
    os.mkfifo(shelf / "pipe")
    said = claimgraph("ingest", written(shelf / "in.json", naming(name)))
    assert said.code == 1
    assert sentence in said.out


def test_a_pipe_is_no_document(claimgraph: Run, sampled: Path) -> None:
    """A pipe named as a document, or found in a folder, is not waited for."""
    os.mkfifo("pipe.json")
    said = claimgraph("--data", sampled, "validate", "pipe.json")
    assert said.code in (1, 2)
    assert "pipe" in said.all
    assert claimgraph("--data", sampled, "validate", ".").code == 2


def test_links_in_circles_end(claimgraph: Run) -> None:
    """A folder that contains itself by a link is read through once."""
    Path("in").mkdir()
    written(Path("in/in.json"), small())
    Path("in/again").symlink_to(Path("in").resolve())
    Path("in/self.json").symlink_to(Path("in/self.json"))
    said = claimgraph("ingest", "in")
    assert said.out.count("✓ committed") == 1


@pytest.mark.parametrize("word", ["../hedged", "/etc/passwd", "..", "./hedged", "hedged/../hedged", "queries/hedged", "hedged.rq", "~", "$HOME", "*"])
def test_no_name_is_a_path(claimgraph: Run, sampled: Path, word: str) -> None:
    """Questions, reports and things to show are looked up by name; no file is opened for them."""
    before = digest(sampled)
    for arguments in (["ask", word], ["show", word], ["export", word], ["history", word]):
        said = claimgraph("--data", sampled, *arguments)
        assert (said.code, said.out) == (2, "")
        assert said.sentence
    assert digest(sampled) == before
