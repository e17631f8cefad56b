"""Raw reports on the command line: let in with what a table knows of them, their claims candidates, their bytes given back."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from claimgraph.model.limits import LIMITS
from fakes import TEXT
from running import Run, Said, digest, finish, small, start, written

pytestmark = pytest.mark.usefixtures("lines")

HEADER = "file,id,title,url,publisher,published,retrieved"
ROW = "a.txt,first,عنوان,https://example.org/1,alhal-net,2022-01-31,2022-02-01"


@pytest.fixture
def folder() -> Path:
    """A folder with two texts and a table that knows one of them."""
    here = Path("in")
    here.mkdir()
    (here / "a.txt").write_bytes(TEXT.encode())
    (here / "b.txt").write_bytes("قال الاتحاد: نص آخر تمامًا.".encode())
    (here / "meta.csv").write_bytes(f"{HEADER}\r\n{ROW}\r\n".encode())
    return here


@pytest.fixture
def ingest(claimgraph: Run) -> Callable[..., Said]:
    """A function that lets raw reports in with the extractor of these tests."""

    def run(*arguments: object) -> Said:
        gc.collect()  # else an error of the test before, which a parser remembers, may hold the index of the same relative path
        return claimgraph("ingest", "--extractor", "lines", *arguments)

    return run


Ingest = Callable[..., Said]


def exported(claimgraph: Run, *reports: str) -> list[dict[str, Any]]:
    """The claims documents that the store has."""
    return [json.loads(line) for line in claimgraph("export", *reports).out.splitlines()]


# --- letting in -----------------------------------------------------------------------------------------------------------


def test_raw_reports_come_in_as_candidates(claimgraph: Run, ingest: Ingest, folder: Path) -> None:
    """With what the table says of one of them, and of the other nothing but an id from its name."""
    said = ingest(folder, "--metadata", folder / "meta.csv", "--format", "json")
    assert (said.code, said.err) == (0, "")
    assert [(entry["source"], entry["result"], entry["report"], entry["claims"]) for entry in said.json] == [
        ("in/a.txt (in/meta.csv line 2)", "committed", "first", 2),
        ("in/b.txt", "committed", "b", 1),
    ]
    first, other = exported(claimgraph, "first", "b")
    assert first["report"] | {"publisher": "alhal-net", "published": "2022-01-31", "title": "عنوان", "retrieved": "2022-02-01"} == first["report"]
    assert (first["report"]["publisher_basis"], first["report"]["published_basis"]) == ("stated", "stated")
    assert "published" not in other["report"]
    assert other["report"]["publisher"] is None
    assert {json.dumps(claim["review"]) for one in (first, other) for claim in one["claims"]} == {'{"state": "candidate"}'}
    assert claimgraph("verify").code == 0


def test_the_same_again_changes_nothing(claimgraph: Run, ingest: Ingest, folder: Path) -> None:
    """A folder that was read is read again without a new commit; another metadata is a new version, and needs the word for it."""
    arguments = [folder, "--metadata", folder / "meta.csv", "--format", "json"]
    ingest(*arguments)
    before = digest(Path("claimgraph-data"))["archive.sqlite3"]
    assert [entry["result"] for entry in ingest(*arguments).json] == ["unchanged", "unchanged"]
    assert digest(Path("claimgraph-data"))["archive.sqlite3"] == before
    (folder / "meta.csv").write_text(f"{HEADER}\n{ROW.replace('2022-01-31', '2022-01-30')}\n", encoding="utf-8")
    assert [entry.get("code", entry["result"]) for entry in ingest(*arguments).json] == ["version-conflict", "unchanged"]
    assert [entry["result"] for entry in ingest(*arguments, "--revise").json] == ["committed", "unchanged"]


def test_validate_says_what_ingest_would_say(claimgraph: Run, ingest: Ingest, folder: Path) -> None:
    """Without a store and with one, and writes nothing."""
    (folder / "c.txt").write_bytes(b"")
    arguments = ["validate", "--extractor", "lines", folder, "--metadata", folder / "meta.csv", "--format", "json"]
    said = claimgraph(*arguments)
    assert not Path("claimgraph-data").exists()
    assert [entry["result"] for entry in said.json] == ["valid", "valid", "refused"]
    let_in = ingest(*arguments[3:])
    assert said.code == let_in.code == 1
    assert [entry["findings"] for entry in said.json] == [entry["findings"] for entry in let_in.json]
    assert [entry["problems"] for entry in said.json] == [entry["problems"] for entry in let_in.json]
    assert [entry["result"] for entry in claimgraph(*arguments).json] == ["unchanged", "unchanged", "refused"]


def test_a_bad_report_does_not_cost_the_others(claimgraph: Run, ingest: Ingest, folder: Path) -> None:
    """A text that breaks the extractor, one that is empty and one that is binary are refusals among the others."""
    for name, data in {"die.txt": b"DIE", "empty.txt": b"", "binary.html": b"\0\1\2\xff" * 99}.items():
        (folder / name).write_bytes(data)
    said = ingest(folder)
    assert said.code == 1
    assert "2 committed, 0 unchanged, 3 refused" in said.out
    assert "ended its process" in said.out
    assert claimgraph("verify").code == 0


def test_a_report_that_takes_too_long(claimgraph: Run, ingest: Ingest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is refused at the deadline, which the sentence names."""
    monkeypatch.setitem(vars(LIMITS), "extract_seconds", 0.3)
    (folder / "b.txt").write_bytes(b"LOOP")
    said = ingest(folder)
    assert "CLAIMGRAPH_EXTRACT_SECONDS" in said.out
    assert "1 committed" in said.out


def test_what_to_look_at_is_told(ingest: Ingest, folder: Path) -> None:
    """Remarks of the extractor and open dates stand under the report, count as warnings, and are there for programs."""
    (folder / "b.txt").write_bytes("NOTE\nفر سجناء أمس.".encode())
    said = ingest(folder / "b.txt")
    assert "! the text says Friday" in said.out
    assert "! \u2068an incident that the reference graph lacks is proposed, new-incident-2022-01 (الحسكة" in said.out
    assert "OpenDate" in said.out
    other = ingest(folder / "b.txt", "--data", "other", "--format", "json").json
    assert [remark[:8] for remark in other[0]["remarks"]] == ["the text", "an incid"]


# --- metadata -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("a.txt,,,,nosuch-outlet,,", "report.publisher: 'nosuch-outlet' is no key of the reference graph here"),
        ("a.txt,,,,sinaa-prison,,", "'sinaa-prison' (prison) cannot stand here"),
        ("a.txt,,,,Al Hal,,", "report.publisher: 'Al Hal' is no key: keys are lower-case"),
        ("a.txt,a b,,,,,", "report.id: 'a b' is no id"),
        ("a.txt,sdf,,,,,", "the id 'sdf' is the key of an entity"),
        ("a.txt,,,,,31/1/2022,", "PublishedIsEdtf"),
        ("a.txt,,,,,,2022-13-01", "RetrievedIsEdtf"),
        ("a.txt,,,,,2022-02-01,2022-01-01", "PublishedBeforeRetrieved"),
    ],
)
def test_a_value_that_is_none_is_told_with_its_line(ingest: Ingest, folder: Path, row: str, sentence: str) -> None:
    """In the words that a claims document gets, under the table's line."""
    (folder / "meta.csv").write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    said = ingest(folder / "a.txt", "--metadata", folder / "meta.csv")
    assert said.code == 1
    assert "✗ refused  in/a.txt (in/meta.csv line 2)" in said.out
    assert sentence in said.out


def test_rows_of_no_report_are_told_of(ingest: Ingest, folder: Path) -> None:
    """A row whose file is not among those given is a warning on the error stream, with its line; of very many the first."""
    (folder / "meta.csv").write_text("file\na.txt\nnosuch.txt", encoding="utf-8")
    said = ingest(folder, "--metadata", folder / "meta.csv")
    assert said.code == 0
    assert said.sentence == "in/meta.csv line 3: 'nosuch.txt' is none of the raw reports given; the row is not used."
    (folder / "meta.csv").write_text("\n".join(["file", *(f"no{n}.txt" for n in range(50))]), encoding="utf-8")
    said = ingest(folder, "--metadata", folder / "meta.csv")
    assert said.err.count("is none of the raw reports") == 20
    assert said.err.endswith("so it is with 30 more rows.\n")


@pytest.mark.parametrize(("table", "code"), [("file,colour\na.txt,red\n", 1), (None, 2)])
def test_a_table_that_cannot_be_read_stops_everything(ingest: Ingest, folder: Path, table: str | None, code: int) -> None:
    """Before a report is read or a store is made: the error names the unknown column, or the file."""
    (folder / "meta.csv").write_text(table, encoding="utf-8") if table else (folder / "meta.csv").unlink()
    said = ingest(folder, "--metadata", folder / "meta.csv")
    assert (said.code, said.out) == (code, "")
    assert "columns that say nothing here: colour" in said.sentence if table else "does not exist" in said.sentence
    assert not Path("claimgraph-data").exists()


@pytest.mark.parametrize(
    ("named", "code", "sentence"), [("nosuch", 2, "there are lines, missing, plain, wanting"), ("wanting", 1, "is no extractor")]
)
def test_an_extractor_that_cannot_be_had(claimgraph: Run, folder: Path, named: str, code: int, sentence: str) -> None:
    """Is told once, and only where there is something for it to read."""
    for command in ("ingest", "validate"):
        said = claimgraph(command, folder, "--extractor", named)
        assert (said.code, said.out) == (code, "")
        assert sentence in said.sentence
    assert claimgraph("ingest", written(Path("doc.json"), small()), "--extractor", named).code == 0


# --- review ---------------------------------------------------------------------------------------------------------------


def test_a_reviewed_document_replaces_the_candidates(claimgraph: Run, ingest: Ingest, folder: Path) -> None:
    """Exported, decided upon and let in with --revise; the raw report read again leaves it as it is."""
    ingest(folder / "a.txt")
    (document,) = exported(claimgraph)
    for claim in document["claims"]:
        claim["review"] = {"state": "accepted", "by": "dana"}
    reviewed = written(Path("reviewed.json"), document)
    left = claimgraph("ingest", reviewed)
    assert "= unchanged" in left.out
    assert "its review is not the one that stands, and was left out: to take it, use --revise" in left.out
    assert claimgraph("ask", "own-voice", "--reviewed-only", "--format", "json").json == []
    assert "✓ committed" in claimgraph("ingest", reviewed, "--revise").out
    for arguments in ([], ["--revise"]):
        assert "= unchanged" in ingest(folder / "a.txt", *arguments).out
    assert len(claimgraph("ask", "own-voice", "--reviewed-only", "--format", "json").json) == 1
    assert claimgraph("export", "--received", "a").out == TEXT
    assert claimgraph("verify").code == 0


# --- answers --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def mixed(claimgraph: Run, ingest: Ingest, folder: Path) -> Run:
    """A store of a raw report and of one that a person annotated."""
    assert ingest(folder / "a.txt").code == 0
    assert claimgraph("ingest", written(Path("doc.json"), small())).code == 0
    return claimgraph


def test_answers_mark_candidates(mixed: Run) -> None:
    """In a table by a word in the reader's language, for programs in a field of each claim's state of review."""
    table = mixed("ask", "own-voice").out
    assert "a/c01 (candidate)" in table
    assert "small/c01 " in table
    assert table.count("(candidate)") == 1
    assert "(مرشّح)" in mixed("ask", "own-voice", "--language", "ar").out
    states = {row["claim"].split("/")[-2]: row["claim_review"] for row in mixed("ask", "own-voice", "--format", "json").json}
    assert states == {"a": "candidate", "small": None}
    lines = mixed("ask", "own-voice", "--format", "csv").out.splitlines()
    assert lines[0] == "claim,claim_review"
    assert sorted(line.split(",")[1] for line in lines[1:]) == ["", "candidate"]


def test_each_column_of_claims_has_its_state(mixed: Run) -> None:
    """Where an answer has two claims in a row."""
    row = mixed("ask", "denials", "--format", "json").json[0]
    assert list(row) == ["denial", "affirmed", "relation", "denial_review", "affirmed_review"]
    assert "field affirmed_review (json, csv)" in mixed("ask", "denials", "--describe").out


def test_reviewed_only_leaves_candidates_out(mixed: Run) -> None:
    """Of rows and of counts; where they are counted, that is told, and no longer where they are left out."""
    assert [row["claim"].split("/")[-2] for row in mixed("ask", "own-voice", "--reviewed-only", "--format", "json").json] == ["small"]
    said = mixed("ask", "claims-per-origin", "--format", "json")
    assert sum(row["claims"] for row in said.json) == 3
    assert said.sentence == "candidates, which nobody has reviewed, are counted too; --reviewed-only leaves them out."
    left = mixed("ask", "claims-per-origin", "--reviewed-only", "--format", "json")
    assert (sum(row["claims"] for row in left.json), left.err) == (1, "")


def test_nothing_is_said_of_candidates_where_there_are_none(claimgraph: Run, sampled: Path) -> None:
    """Counts over annotated reports are told without a word on the error stream."""
    assert claimgraph("--data", sampled, "ask", "claims-per-origin").err == ""
    assert "candidate" not in claimgraph("--data", sampled, "ask", "own-voice").out


def test_show_marks_candidates(mixed: Run) -> None:
    """A claim and a report's list of claims."""
    assert "c01 (candidate)  " in mixed("show", "a").out
    assert "c01 (candidate)  " in mixed("show", "a/c01").out
    assert "(candidate)" not in mixed("show", "small").out
    (state,) = (row["object"] for row in mixed("show", "a/c01", "--format", "json").json if row["predicate"].endswith("#reviewState"))
    assert state.endswith("#review-candidate")


# --- giving back ----------------------------------------------------------------------------------------------------------


def test_the_bytes_received_are_given_back(claimgraph: Run, ingest: Ingest, folder: Path, tmp_path: Path) -> None:
    """Exactly, to a file or to a program, of the standing version or an older one."""
    data = "\ufeffسطر أول.\r\nسطر ثان.".encode()
    (folder / "b.txt").write_bytes(data)
    version = ingest(folder, "--format", "json").json[1]["version"]
    assert claimgraph("export", "--received", "b", "-o", tmp_path / "b").code == 0
    assert (tmp_path / "b").read_bytes() == data
    assert claimgraph("export", "--received", "b").out.encode() == data
    (folder / "b.txt").write_bytes(b"other words")
    assert ingest(folder / "b.txt", "--revise").code == 0
    assert claimgraph("export", "--received", "b").out == "other words"
    assert claimgraph("export", "--received", f"{version}/b").out.encode() == data


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "name one report"),
        (["a", "small"], "name one report"),
        (["nosuch"], "has no report 'nosuch'"),
        (["small"], "has no bytes of report 'small': it came as a claims document"),
        (["a", "--format", "trig"], "--received gives bytes as they came"),
        (["a", "--everything"], "--received gives bytes as they came"),
        (["a", "-o", "nowhere/a"], "nowhere/a cannot be written"),
    ],
)
def test_bytes_that_cannot_be_given_back(mixed: Run, arguments: list[str], sentence: str) -> None:
    """Each is misuse, in a sentence."""
    said = mixed("export", "--received", *arguments)
    assert (said.code, said.out) == (2, "")
    assert sentence in said.sentence


def test_bytes_are_not_written_to_a_terminal(mixed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came from outside could act on it."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    said = mixed("export", "--received", "a")
    assert (said.code, said.out) == (2, "")
    assert "name a file with -o" in said.sentence


# --- the program as it is installed ---------------------------------------------------------------------------------------


def test_the_rules_read_raw_reports(tmp_path: Path) -> None:
    """As processes of their own: a text goes in by the default extractor, and an answer comes out."""
    (tmp_path / "r.txt").write_text(f"{'قالت قوات سوريا الديمقراطية إن ' * 1}مئتي سجين فروا من سجن الصناعة.\n", encoding="utf-8")
    said = finish(start("ingest", "r.txt", "--format", "json", cwd=tmp_path))
    assert (said.code, said.json[0]["result"]) == (0, "committed")
    assert said.json[0]["claims"] >= 1
    found = finish(start("ask", "claims-by", "-p", "claimant=sdf", "--format", "json", cwd=tmp_path))
    assert [row["claim_review"] for row in found.json] == ["candidate"] * said.json[0]["claims"]
