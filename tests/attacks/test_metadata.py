"""Tables of metadata as attackers would write them: cells are data, files are only those that were given, and rows do not mix."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from running import Run, Said, acts_on_the_terminal

pytestmark = pytest.mark.usefixtures("lines")
HEADER = "file,id,title,url,publisher,published,retrieved"
OTHERS = "لا يخصكم"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with a report, and a text elsewhere that nobody gave."""
    for where in ("here/shelf/reports", "here/elsewhere"):
        (tmp_path / where).mkdir(parents=True, exist_ok=True)
    (tmp_path / "here/shelf/reports/a.txt").write_text("نص التقرير.", encoding="utf-8")
    (tmp_path / "here/elsewhere/secret.txt").write_text(OTHERS, encoding="utf-8")
    return Path("shelf/reports")


def ingest(claimgraph: Run, shelf: Path, *rows: str | bytes, given: tuple[Path, ...] = ()) -> Said:
    """Let the shelf's reports in with a table of rows beside them."""
    lines = [row if isinstance(row, bytes) else row.encode() for row in (HEADER, *rows)]
    (shelf / "meta.csv").write_bytes(b"\r\n".join(lines))
    return claimgraph("ingest", *(given or (shelf,)), "--metadata", shelf / "meta.csv", "--extractor", "lines")


def report(claimgraph: Run) -> dict[str, Any]:
    """The one report of the store."""
    found: dict[str, Any] = json.loads(claimgraph("export").out)["report"]
    return found


@pytest.mark.parametrize("cell", ["=1+1", '=HYPERLINK("http://x/","y")', "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "'=1"])
def test_a_formula_is_words(claimgraph: Run, shelf: Path, cell: str) -> None:
    """It is kept as it stands, and quoted only where a spreadsheet is written."""
    quoted = '"' + cell.replace('"', '""') + '"'
    assert ingest(claimgraph, shelf, f"a.txt,,{quoted},,,,").code == 0
    assert report(claimgraph)["title"] == cell


@pytest.mark.parametrize("cell", ["=1+1", "javascript:alert(1)", "file:///etc/passwd", "http://x/ y", "> } ; DROP ALL #"])
def test_what_is_no_address_is_refused(claimgraph: Run, shelf: Path, cell: str) -> None:
    """With the line of the table."""
    said = ingest(claimgraph, shelf, f"a.txt,,,{cell},,,")
    assert said.code == 1
    assert "✗ refused  shelf/reports/a.txt (shelf/reports/meta.csv line 2)" in said.out
    assert "ReportUrl" in said.out


@pytest.mark.parametrize("cell", ["<script>alert(1)</script>", "{{7*7}}", "\u202eعنوان", "a\u2066b", "x\x1b[31my", "a\u200bb", '"> } ; DROP ALL #'])
def test_what_deceives_is_kept_and_shown_harmless(claimgraph: Run, shelf: Path, cell: str) -> None:
    """A title is the table's words, whatever they would do elsewhere."""
    quoted = '"' + cell.replace('"', '""') + '"'
    said = ingest(claimgraph, shelf, f"a.txt,,{quoted},,,2022-01-31,")
    assert said.code == 0
    assert report(claimgraph)["title"] == cell
    for shown in (said, claimgraph("show", "a"), claimgraph("ask", "own-voice")):
        assert acts_on_the_terminal(shown.all) == []


ELSEWHERE = [
    "../../elsewhere/secret.txt",
    "{elsewhere}",
    "/etc/passwd",
    "../../../../../../../../etc/passwd",
    "link.txt",
    "linked/secret.txt",
    "a.txt/../../../elsewhere/secret.txt",
]


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_row_does_not_reach_elsewhere(claimgraph: Run, shelf: Path, name: str) -> None:
    """By path, absolute path or link: the table is refused with its line, nothing is read or let in, and no file is quoted."""
    (shelf / "link.txt").symlink_to(Path("elsewhere/secret.txt").resolve())
    (shelf / "linked").symlink_to(Path("elsewhere").resolve())
    said = ingest(claimgraph, shelf, f"{name.format(elsewhere=Path('elsewhere/secret.txt').resolve())},,,,,,", given=(shelf / "a.txt",))
    assert (said.code, said.out) == (1, "")
    assert "line 2: " in said.err
    assert "lies elsewhere: name a file beside the CSV, or below a folder that is given" in said.err
    assert OTHERS not in said.all
    assert not Path("claimgraph-data").exists()


def test_a_row_speaks_of_no_file_that_was_not_given(claimgraph: Run, shelf: Path) -> None:
    """A file that lies where a row may point is still not read for it."""
    (shelf / "b.txt").write_text(OTHERS, encoding="utf-8")
    said = ingest(claimgraph, shelf, "a.txt,,,,,,", "b.txt,,,,,,", given=(shelf / "a.txt",))
    assert said.code == 0
    assert "'b.txt' is none of the raw reports given" in said.err
    assert OTHERS not in claimgraph("export").out


@pytest.mark.parametrize("name", ["a\0.txt", "x" * 5000, "loop.txt", "\udcff".encode("utf-8", "surrogatepass"), "~", "$HOME", "*", "a.txt\u202e"])
def test_a_name_that_no_file_can_have(claimgraph: Run, shelf: Path, name: str | bytes) -> None:
    """Is a row of no report, or refused; it ends nothing."""
    (shelf / "loop.txt").symlink_to("loop.txt")
    row = (name if isinstance(name, bytes) else name.encode()) + b",,,,,,"
    said = ingest(claimgraph, shelf, row, given=(shelf / "a.txt",))
    assert said.code in (0, 1)
    assert "is none of the raw reports given" in said.err or "is not UTF-8" in said.err
    assert acts_on_the_terminal(said.err) == []


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (["a.txt,x,,,,,", "a.txt,y,,,,,"], "line 3: 'a.txt' is the file of line 2 too"),
        (["a.txt,x,,,,,", "./a.txt,y,,,,,"], "line 3: './a.txt' is the file of line 2 too"),
        (["a.txt,x,,,,,", "b.txt,x,,,,,"], "line 3: the id 'x' is that of line 2 too"),
        (["a.txt"], "line 2: it has 1 cells where the header has 7"),
        (["a.txt,x,t,u,p,d,r,more"], "line 2: it has 8 cells where the header has 7"),
        ([",x,,,,,"], "line 2: it names no file"),
        (['a.txt,"x,,,,,'], "line 2: broken CSV"),
    ],
)
def test_rows_that_contradict_or_lack_something(claimgraph: Run, shelf: Path, rows: list[str], sentence: str) -> None:
    """No row wins in silence: the table is refused before anything is read."""
    said = ingest(claimgraph, shelf, *rows)
    assert (said.code, said.out) == (1, "")
    assert sentence in said.err
    assert not Path("claimgraph-data").exists()


def test_other_columns_are_refused_by_name(claimgraph: Run, shelf: Path) -> None:
    """A column that says nothing here is not passed over, and its name does nothing to the terminal."""
    (shelf / "meta.csv").write_text("file,text,\u202ereview\na.txt,x,accepted\n", encoding="utf-8")
    said = claimgraph("ingest", shelf, "--metadata", shelf / "meta.csv", "--extractor", "lines")
    assert said.code == 1
    assert r"columns that say nothing here: text, \u202ereview." in said.sentence


def test_a_pipe_is_no_table(claimgraph: Run, shelf: Path) -> None:
    """It is not waited for; neither is one among the reports."""
    os.mkfifo(shelf / "pipe.csv")
    os.mkfifo(shelf / "pipe.txt")
    said = claimgraph("ingest", shelf / "a.txt", "--metadata", shelf / "pipe.csv", "--extractor", "lines")
    assert (said.code, "pipe or a device" in said.sentence) == (2, True)
    assert "pipe or a device" in claimgraph("ingest", shelf / "pipe.txt", "--extractor", "lines").out
    assert claimgraph("ingest", shelf, "--extractor", "lines").out.count("✓ committed") == 1


def test_very_many_rows_take_their_time_only(claimgraph: Run, shelf: Path) -> None:
    """A table of a large archive serves for one report of it, in seconds, and does not drown what is said."""
    said = ingest(claimgraph, shelf, *(f"n{number}.txt,,,,,," for number in range(20_000)), "a.txt,last,,,,,")
    assert said.code == 0
    assert report(claimgraph)["id"] == "last"
    assert len(said.err.splitlines()) == 21
