"""The table of what is known of raw reports: which rows speak of which report, and every way in which a table is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from claimgraph.model.errors import BadDocument, UnreadableInput
from claimgraph.store.metadata import COLUMNS, Metadata, read_metadata

HEADER = ",".join(COLUMNS)
Read = Callable[..., Metadata]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """A function that reads a table of the given lines, or bytes, beside two reports, a.txt and deeper/b.html."""
    monkeypatch.chdir(tmp_path)
    for name in ("in/a.txt", "in/deeper/b.html"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("x")

    def table(*lines: str, data: bytes | None = None, at: str = "in/meta.csv", given: tuple[str, ...] = ("in",)) -> Metadata:
        Path(at).write_bytes("\r\n".join(lines).encode() if data is None else data)
        inputs = [path for one in map(Path, given) for path in (sorted(one.rglob("*.[th]*")) if one.is_dir() else [one])]
        return read_metadata(Path(at), list(map(Path, given)), inputs)

    return table


def refused(read: Read, *lines: str, data: bytes | None = None) -> str:
    """What is said of a table that is refused, all of it."""
    with pytest.raises(BadDocument) as error:
        read(*lines, data=data)
    return "\n".join([str(error.value), *map(str, error.value.problems)])


# --- what is read ---------------------------------------------------------------------------------------------------------


def test_a_row_has_the_fields_that_have_a_value(read: Read) -> None:
    """Empty cells say nothing; spaces around a value are none of it; the row knows where it stands."""
    table = read(HEADER, "a.txt,r-1, عنوان ,http://x/,alhal-net,2022-01-31,2022-02-01", "deeper/b.html,,,,,,")
    row = table.of(Path("in/a.txt"))
    assert row is not None
    assert (row.source, row.line) == ("in/meta.csv line 2", 2)
    assert row.fields == {
        "id": "r-1",
        "title": "عنوان",
        "url": "http://x/",
        "publisher": "alhal-net",
        "published": "2022-01-31",
        "retrieved": "2022-02-01",
    }
    other = table.of(Path("in/deeper/../deeper/b.html"))
    assert other is not None
    assert other.fields == {}
    assert table.of(Path("in/c.txt")) is None
    assert table.unused == ()


def test_columns_in_any_order_and_only_some(read: Read) -> None:
    """Only ``file`` must be there."""
    row = read("published,file", "2022-01-31,a.txt").of(Path("in/a.txt"))
    assert row is not None
    assert row.fields == {"published": "2022-01-31"}


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a byte-order mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_what_spreadsheets_write_is_read(read: Read, start: bytes, end: str) -> None:
    """With or without a byte-order mark, with every line end, with empty lines and rows of commas alone."""
    lines = ["file,title", "", 'a.txt,"سطر أول, ""وبقية"""', ",", ""]
    row = read(data=start + end.join(lines).encode()).of(Path("in/a.txt"))
    assert row is not None
    assert row.fields == {"title": 'سطر أول, "وبقية"'}


def test_a_cell_may_hold_lines(read: Read) -> None:
    """Lines are counted as an editor counts them, at the row's first."""
    table = read("file,title", 'a.txt,"one\ntwo"', "deeper/b.html,three")
    rows = [table.of(Path(name)) for name in ("in/a.txt", "in/deeper/b.html")]
    assert [(row.line, row.fields["title"]) for row in rows if row] == [(2, "one\ntwo"), (4, "three")]


# --- which report a row means ---------------------------------------------------------------------------------------------


def test_files_are_relative_to_the_table_first(read: Read) -> None:
    """Then to the paths given, be it a folder or a file's folder; an absolute path is itself."""
    assert read("file", "../in/a.txt", at="in/deeper/meta.csv").of(Path("in/a.txt"))
    assert read("file", "in/a.txt", at="meta.csv").of(Path("in/a.txt"))
    assert read("file", "a.txt", at="meta.csv").of(Path("in/a.txt"))
    assert read("file", "b.html", at="meta.csv", given=("in/a.txt", "in/deeper/b.html")).of(Path("in/deeper/b.html"))
    assert read("file", str(Path("in/a.txt").resolve()), at="meta.csv").of(Path("in/a.txt"))


def test_of_two_files_the_one_beside_the_table_is_meant(read: Read) -> None:
    """Where the table lies elsewhere and two folders given have a file of the name, the row is refused, with both."""
    Path("in/deeper/a.txt").write_text("y")
    assert read("file", "a.txt", given=("in/deeper", "in")).of(Path("in/a.txt"))
    with pytest.raises(BadDocument, match=r"'a\.txt' may be .*in/deeper/a\.txt or .*in/a\.txt: name it relative to the CSV"):
        read("file", "a.txt", at="meta.csv", given=("in/deeper", "in"))


def test_rows_of_no_report_are_handed_back(read: Read) -> None:
    """A file that is not among those given, there or not, is no error: a table may speak of more than is ingested now."""
    Path("in/other.json").write_text("{}")
    table = read("file,title", "a.txt,x", "nosuch.txt,y", "other.json,z", given=("in/a.txt",))
    assert [(row.source, row.file) for row in table.unused] == [("in/meta.csv line 3", "nosuch.txt"), ("in/meta.csv line 4", "other.json")]
    assert table.of(Path("in/a.txt"))


# --- what is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], r"in/meta\.csv is empty: its first line names the columns file, id, title, url, publisher, published, retrieved"),
        (["", " , ,"], "is empty"),
        (["file,date,Title"], r"columns that say nothing here: date, Title\. Known are file, id,"),
        (["file,,id"], r"columns that say nothing here: \(no name\)"),
        (["file;id;title"], r"columns that say nothing here: file;id;title\. .* parted by commas"),
        (["a.txt,r1"], r"columns that say nothing here: a\.txt, r1"),
        (["file,id,file,id"], "columns twice: file, id"),
        (["id,title"], "has no column 'file'"),
        (["file,id", "a.txt"], "line 2: it has 1 cells where the header has 2"),
        (["file,title", "a.txt,one, two"], "line 2: it has 3 cells where the header has 2: quote a cell that holds a comma"),
        (["file,id", ",r1"], "line 2: it names no file"),
        (["file,title", "a.txt,x", '"deeper/b.html,y'], r"in/meta\.csv line 3: broken CSV"),
        (["file,title", 'a.txt,"x"y'], r"in/meta\.csv line 2: broken CSV"),
        (["file,title", "a.txt," + "x" * 200_000], r"in/meta\.csv line 2: broken CSV \(field larger"),
        (["file,id", "a.txt,r1", "deeper/b.html,r1"], "line 3: the id 'r1' is that of line 2 too"),
        (["file,id", "a.txt,r1", "nosuch.txt,r1"], "line 3: the id 'r1' is that of line 2 too"),
        (["file,id", "a.txt,r1", "a.txt,r2"], "line 3: 'a.txt' is the file of line 2 too: keep one"),
        (["file", "a.txt", "./deeper/../a.txt"], "line 3: './deeper/../a.txt' is the file of line 2 too"),
    ],
)
def test_a_table_that_is_none(read: Read, lines: list[str], sentence: str) -> None:
    """Each fault is told with its line, or with the columns by name."""
    said = refused(read, *lines)
    assert re.search(sentence, said), said


def test_all_faults_are_told_at_once(read: Read) -> None:
    """Nobody mends a table line by line."""
    with pytest.raises(BadDocument, match=r"in/meta\.csv is no table of metadata: 3 problems") as error:
        read("file,id", "a.txt,r1,x", ",r2", "../../x.txt,r3")
    assert [problem.where for problem in error.value.problems] == ["line 2", "line 3", "line 4"]


def test_a_table_of_another_encoding_is_refused(read: Read) -> None:
    """What is not UTF-8 is not guessed."""
    assert "is not UTF-8: byte 5 (line 1)" in refused(read, data="file,عنوان".encode("cp1256"))
    assert "is not UTF-8" in refused(read, data="file,id".encode("utf-16"))


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    """A missing file, or a folder in its place, is told as for any input."""
    with pytest.raises(UnreadableInput, match="does not exist"):
        read_metadata(tmp_path / "nosuch.csv", [], [])
    with pytest.raises(UnreadableInput, match="is a folder"):
        read_metadata(tmp_path, [], [])
