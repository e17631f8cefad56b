"""extract: a raw report in, a claims document out that any store takes; nothing is written where nobody asked."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, Quad

from claimgraph.model.document import ClaimsDocument
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.model.vocabulary import SKOS
from claimgraph.store import commit as commit_module
from claimgraph.store.commit import open_writer
from claimgraph.store.place import Place
from claimgraph.store.reference import bundled
from fakes import TEXT
from running import Run, Said, acts_on_the_terminal, digest, finish, start

pytestmark = pytest.mark.usefixtures("lines")


@pytest.fixture
def extract(claimgraph: Run) -> Callable[..., Said]:
    """A function that extracts with the extractor of these tests, beside a text r-1.txt."""
    Path("r-1.txt").write_bytes(TEXT.encode())

    def run(*arguments: object) -> Said:
        return claimgraph("extract", "--extractor", "lines", *arguments)

    return run


Extract = Callable[..., Said]


def document(said: Said) -> ClaimsDocument:
    """What was printed, as a document."""
    assert said.code == 0, said.all
    return document_of(said.json)


def test_a_document_is_printed(extract: Extract) -> None:
    """With its text, its claims as candidates, and an id from the file's name; nothing is stored, not even a folder."""
    said = extract("r-1.txt")
    found = document(said)
    assert (found.report.id, found.report.text, said.err) == ("r-1", TEXT, "")
    assert [claim.quote for claim in found.claims] == ["سطر أول.", "فر سجناء."]
    assert {claim["review"]["state"] for claim in said.json["claims"]} == {"candidate"}
    assert said.out.startswith('{\n "report": {\n')
    assert said.out.endswith("}\n")
    assert [path.name for path in Path.cwd().iterdir()] == ["r-1.txt"]


def test_options_are_what_is_known(extract: Extract) -> None:
    """Each goes into its field, and what is given is stated."""
    options = ["--published", "2022-01-31", "--publisher", "alhal-net", "--url", "https://example.org/1", "--title", "عنوان", "--id", "other"]
    report = extract("r-1.txt", *options).json["report"]
    wanted = {"id": "other", "published": "2022-01-31", "publisher": "alhal-net", "url": "https://example.org/1", "title": "عنوان"}
    assert report | wanted | {"published_basis": "stated", "publisher_basis": "stated"} == report


def test_what_is_printed_can_be_let_in_anywhere(claimgraph: Run, extract: Extract) -> None:
    """Also through a file, from a folder that has not the text."""
    assert extract("r-1.txt", "-o", "out.json", "--published", "2022-01-31").out == ""
    Path("elsewhere").mkdir()
    Path("out.json").rename("elsewhere/out.json")
    Path("r-1.txt").unlink()
    assert claimgraph("ingest", "elsewhere/out.json").code == 0
    assert len(claimgraph("ask", "own-voice", "--format", "json").json) == 1
    assert claimgraph("ask", "own-voice", "--reviewed-only", "--format", "json").json == []


def test_the_standard_input_is_read(extract: Extract, monkeypatch: pytest.MonkeyPatch) -> None:
    """With - for a file; its bytes are told apart as text or page by what they are."""
    for data, kind in ((TEXT.encode(), "text/plain"), (f"<!DOCTYPE html><html><body><p>{TEXT}</p></body></html>".encode(), "text/html")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        found = document(extract("-"))
        assert (found.report.id, found.report.media_type) == ("stdin", kind)


def test_too_much_input_is_not_read(extract: Extract, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither from a file nor from the standard input; the setting is named."""
    monkeypatch.setitem(vars(LIMITS), "document_bytes", 10)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x" * 11)))
    for file in ("-", "r-1.txt"):
        said = extract(file)
        assert (said.code, said.out) == (2, "")
        assert "more than the 10 bytes allowed (CLAIMGRAPH_DOCUMENT_BYTES)" in said.sentence


def test_what_to_look_at_is_told(extract: Extract) -> None:
    """On the error stream, a sentence each, harmless to a terminal; the output stays JSON."""
    Path("note.txt").write_bytes("NOTE\nفر سجناء أمس\u202e.".encode())
    said = extract("note.txt")
    assert document(said)
    first, second, third = said.err.splitlines()
    assert first == "claimgraph: the text says Friday, but 2022-01-31 is a Monday."
    assert "an incident that the reference graph lacks is proposed, new-incident-2022-01 (الحسكة, 2022-01-20), for c01" in second
    assert "claim c02: «أمس» stays without a date, because it is not known when the report was published" in third
    assert acts_on_the_terminal(said.err) == []
    assert "not known when" not in extract("note.txt", "--published", "2022-01-31").err


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["nosuch.txt"], 2, "nosuch.txt does not exist"),
        (["."], 2, "is a folder"),
        (["empty.txt"], 1, "empty.txt: this is empty"),
        (["binary.txt"], 1, "binary.txt: "),
        (["die.txt"], 1, "die.txt: reading it ended its process"),
        (["r-1.txt", "--publisher", "alhal"], 1, "report.publisher: 'alhal' is no key of the reference graph here: did you mean alhal-net"),
        (["r-1.txt", "--publisher", "Al Hal"], 1, "report.publisher: 'Al Hal' is no key"),
        (["r-1.txt", "--id", "../x"], 1, "report.id: '../x' is no id"),
        (["r-1.txt", "--id", "sdf"], 1, "the id 'sdf' is the key of an entity"),
        (["r-1.txt", "--extractor", "nosuch"], 2, "There is no extractor 'nosuch': there are lines, missing, plain, wanting."),
        (["r-1.txt", "--extractor", "wanting"], 1, "it is no extractor"),
        (["r-1.txt", "-o", "nowhere/out.json"], 2, "nowhere/out.json cannot be written"),
        (["r-1.txt", "--title", "\udcff"], 2, "--title says is not UTF-8"),
        (["r-1.txt", "--data", "r-1.txt"], 2, "There is no store in r-1.txt"),
        (["r-1.txt", "--data", "nosuch"], 2, "There is no store in nosuch"),
    ],
)
def test_what_cannot_be_done(extract: Extract, arguments: list[str], code: int, sentence: str) -> None:
    """One sentence that says why, the exit code of its kind, and no output."""
    for name, data in {"empty.txt": b"", "binary.txt": b"\0\1\2\xff" * 99, "die.txt": b"DIE"}.items():
        Path(name).write_bytes(data)
    before = digest(Path.cwd())
    said = extract(*arguments)
    assert (said.code, said.out) == (code, "")
    assert sentence in said.sentence
    assert digest(Path.cwd()) == before


def test_a_store_tells_what_it_knows(extract: Extract, base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a data folder the names are those of its reference graph; without, those that come with the program."""
    alias = Quad(base.entity("sdf"), SKOS.altLabel, Literal("اسم جديد", language="ar"), base.reference)
    monkeypatch.setattr(commit_module, "bundled", lambda _: (*bundled(base), alias))
    with open_writer(Place(Path("d")), base, "analyst", "ingest"):
        pass
    Path("named.txt").write_bytes("اسم جديد: فر سجناء.".encode())
    assert document(extract("named.txt")).claims[0].chain[1].agent is None
    assert document(extract("named.txt", "--data", "d")).claims[0].chain[1].agent == "sdf"


def test_a_report_that_the_store_has_keeps_its_text(claimgraph: Run, extract: Extract, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes under the same id have the text that the store has of them, so that what is printed can revise it."""
    from claimgraph.extract import received  # noqa: PLC0415  # to be changed below

    assert claimgraph("ingest", "r-1.txt", "--extractor", "lines").code == 0
    cut = received.receive
    monkeypatch.setattr(received, "receive", lambda data, name: received.Received(**{**vars(cut(data, name)), "text": "غير ذلك"}))
    assert document(extract("r-1.txt")).report.text == TEXT
    assert document(extract("r-1.txt", "--id", "another")).report.text == "غير ذلك"


def test_the_rules_are_the_default(tmp_path: Path) -> None:
    """As a process of its own, from a pipe: the program's own extractor reads Arabic news text."""
    process = start("extract", "-", "--published", "2022-01-31", cwd=tmp_path, stdin=subprocess.PIPE)
    text = "قالت قوات سوريا الديمقراطية إن مئتي سجين فروا من سجن الصناعة أمس.\n"
    out, err = process.communicate(text.encode(), timeout=60)
    assert process.returncode == 0, err
    value: Any = json.loads(out)
    found = document_of(value)
    assert found.report.text == text
    assert all(text[claim.start : claim.end] == claim.quote for claim in found.claims)
    assert found.claims[0].chain[-1].agent == "sdf"


def test_an_unknown_extractor_names_the_rules(tmp_path: Path) -> None:
    """The installed program knows its own."""
    said = finish(start("extract", "x.txt", "--extractor", "nosuch", cwd=tmp_path))
    assert (said.code, said.sentence) == (2, "There is no extractor 'nosuch': there is rules.")
