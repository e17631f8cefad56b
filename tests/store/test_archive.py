"""The archive keeps exactly what it was given, signs it, and writes a commit whole or not at all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from claimgraph.model.canonical import sha256_hex
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import DataFolderError, StoreDamaged
from claimgraph.model.reading import document_of
from claimgraph.store.archive import Archive, Change, Commit, StoredReport, document_without_text

BASE = "https://w3id.org/claimgraph/id/"
CHANGE = Change(b"<urn:a> <urn:b> <urn:c> <urn:g> .\n", b"")
FIELDS = {
    "sequence": 9,
    "parent": "0" * 64,
    "kind": "other",
    "subject": "s",
    "at": "2022-01-01T00:00:00.000+00:00",
    "agent": "x",
    "reason": "y",
    "digests": "{}",
}


def stored(report_id: str = "r1", version: str = "0" * 12, text: str = "نص\n", **fields: Any) -> StoredReport:
    """A report as the archive keeps it, with bytes that need to come back as they are."""
    plain = {"content": "c" * 64, "document": b'{"report":{}}', "nquads": "n" * 64, "mapping": 1, "warnings": b""}
    return StoredReport(report_id=report_id, version=version, text=text.encode(), **{**plain, **fields})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the archive lies."""
    return tmp_path / "archive.sqlite3"


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    """An open, empty archive."""
    with closing(Archive(path, BASE)) as one:
        yield one


def test_a_new_archive_is_empty(archive: Archive) -> None:
    """Nothing is in an archive that nobody wrote to."""
    assert archive.head() == 0
    assert archive.commits() == []
    assert archive.standing() == []
    assert (archive.report(1), archive.change(1), archive.current("r1"), archive.predecessor("r1", 1)) == (None, None, None, None)
    assert archive.sound() is None


def test_what_is_appended_comes_back(archive: Archive, path: Path) -> None:
    """Texts, documents and changes come back byte for byte, also when the file is opened anew."""
    report = stored(text="\ufeffسطر\r\nثانٍ ﷺ 😀\t", warnings=b"w")
    first = archive.append("report", "v/r1", "analyst", "new", report)
    second = archive.append("reference", "bundled", "other", "", CHANGE)
    assert archive.report(1) == report
    assert archive.change(1) is None
    assert archive.change(2) == CHANGE
    assert archive.report(2) is None
    with closing(Archive(path, BASE)) as again:
        assert again.commits() == [first, second]
        assert again.report(1) == report
        assert again.head() == 2


def test_commits_tell_who_when_and_why(archive: Archive) -> None:
    """Each commit has its number, its maker, its reason, and a time in UTC."""
    commit = archive.append("report", "v/r1", "محلل", "لأن", stored())
    assert (commit.sequence, commit.kind, commit.subject, commit.agent, commit.reason) == (1, "report", "v/r1", "محلل", "لأن")
    assert commit.at.endswith("Z")
    assert json.loads(commit.digests) == stored().digests()


def test_each_commit_signs_its_predecessor(archive: Archive) -> None:
    """The chain begins with the archive's own format and base, and every commit names the one before it by hash."""
    commits = [archive.append("report", f"v/r{n}", "analyst", "", stored(f"r{n}")) for n in range(3)]
    assert [c.parent for c in commits] == [archive.genesis(), commits[0].hash, commits[1].hash]
    assert all(c.hash == c.signature() for c in commits)
    assert archive.genesis() == sha256_hex(f"claimgraph archive 1 {BASE}".encode())


@pytest.mark.parametrize("field", FIELDS)
def test_a_signature_covers_every_field(archive: Archive, field: str) -> None:
    """Nothing of a commit can be changed without its hash giving that away."""
    commit = archive.append("report", "v/r1", "analyst", "why", stored())
    assert set(FIELDS) == set(vars(commit)) - {"hash"}
    assert replace(commit, **{field: FIELDS[field]}).signature() != commit.hash


def test_the_chain_signs_digests_and_never_content(archive: Archive, path: Path) -> None:
    """A text can be withheld later: no commit's signature depends on the bytes themselves."""
    archive.append("report", "v/r1", "analyst", "", stored())
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE reports SET text = x''")
        database.commit()
    commit = archive.commits()[0]
    assert commit.hash == commit.signature()


@pytest.mark.parametrize(
    ("field", "value", "digest"),
    [
        ("text", b"other", "text"),
        ("document", b"{}", "document"),
        ("warnings", b"other", "warnings"),
        ("nquads", "0" * 64, "nquads"),
        ("content", "0" * 64, "content"),
    ],
)
def test_digests_tell_what_changed(field: str, value: Any, digest: str) -> None:
    """Each part of a report has a digest of its own, and only that one changes with it."""
    before, after = stored().digests(), replace(stored(), **{field: value}).digests()
    assert [name for name in before if before[name] != after[name]] == [digest]


def test_the_digests_of_a_change_are_those_of_its_bytes() -> None:
    """What a change added and removed is signed by SHA-256."""
    assert CHANGE.digests() == {"added": sha256_hex(CHANGE.added), "removed": sha256_hex(b"")}


def test_versions_of_a_report(archive: Archive) -> None:
    """The last version of a report stands; which one it replaced, and whether it was replaced, can be asked."""
    archive.append("report", "a/r1", "analyst", "", stored("r1", "a" * 12))
    archive.append("report", "b/r2", "analyst", "", stored("r2", "b" * 12))
    archive.append("report", "c/r1", "analyst", "", stored("r1", "c" * 12))
    current = archive.current("r1")
    assert current is not None
    assert current.version == "c" * 12
    assert archive.standing() == [2, 3]
    assert archive.predecessor("r1", 3) == "a" * 12
    assert archive.predecessor("r1", 1) is None
    assert archive.superseded("r1", 1)
    assert not archive.superseded("r1", 3)
    assert not archive.superseded("r2", 2)


def test_commits_can_be_chosen(archive: Archive) -> None:
    """By number, by kind, the first so many, and from the end."""
    for number in range(4):
        archive.append("reference" if number % 2 else "report", str(number), "analyst", "", CHANGE if number % 2 else stored())

    def numbers(**how: Any) -> list[int]:
        return [c.sequence for c in archive.commits(**how)]

    assert numbers() == [1, 2, 3, 4]
    assert numbers(after=2) == [3, 4]
    assert numbers(kind="reference") == [2, 4]
    assert numbers(limit=2) == [1, 2]
    assert numbers(limit=1, newest_first=True) == [4]


def test_another_connection_sees_an_acknowledged_commit_at_once(archive: Archive, path: Path) -> None:
    """Readers need no lock, and see a commit as soon as it is acknowledged."""
    with closing(Archive(path, BASE)) as reader:
        assert reader.head() == 0
        archive.append("report", "v/r1", "analyst", "", stored())
        assert reader.head() == 1


def test_a_commit_is_on_disk_when_it_is_acknowledged(archive: Archive) -> None:
    """SQLite syncs its log at each commit (WAL, synchronous=FULL)."""
    assert archive._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert archive._db.execute("PRAGMA synchronous").fetchone() == (2,)


# --- refusals -------------------------------------------------------------------------------------------------------------


def test_another_base_is_refused(archive: Archive, path: Path) -> None:
    """An archive keeps the base it was made with, and says how to name it."""
    with pytest.raises(DataFolderError, match=r"under https://w3id.org/claimgraph/id/: set CLAIMGRAPH_BASE"):
        Archive(path, "https://example.org/")


def test_another_format_is_refused(archive: Archive, path: Path) -> None:
    """An archive of a later program is not touched."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE meta SET value = '2' WHERE name = 'format'")
        database.commit()
    with pytest.raises(DataFolderError, match="has format 2, this program writes 1"):
        Archive(path, BASE)


def test_what_is_no_database_is_called_damaged(path: Path) -> None:
    """A file that is no SQLite file is told with what to do."""
    path.write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(StoreDamaged, match="restore a backup"):
        Archive(path, BASE)


def test_a_folder_that_is_not_there_is_a_matter_of_the_data_folder(tmp_path: Path) -> None:
    """An archive that cannot be made is told with what to look at."""
    with pytest.raises(DataFolderError, match="check free space and permissions"):
        Archive(tmp_path / "nowhere" / "archive.sqlite3", BASE)


def test_sqlite_tells_of_damaged_pages(archive: Archive, path: Path) -> None:
    """Overwritten pages are found by SQLite's own check, without an exception."""
    for number in range(50):
        archive.append("report", f"v/r{number}", "analyst", "", stored(f"r{number}", text="س" * 3000))
    archive.close()
    data = bytearray(path.read_bytes())
    for page in range(4096 * 4, len(data), 4096):
        data[page : page + 64] = b"\xff" * 64
    path.write_bytes(data)
    with closing(Archive(path, BASE)) as damaged:
        assert damaged.sound() is not None


# --- failing disks --------------------------------------------------------------------------------------------------------


def _full(archive: Archive) -> None:
    pages = archive._db.execute("PRAGMA page_count").fetchone()[0]
    archive._db.execute(f"PRAGMA max_page_count = {pages}")


def _read_only(archive: Archive) -> None:
    archive._db.execute("PRAGMA query_only = ON")


def _second_half_fails(archive: Archive) -> None:
    archive._db.execute("CREATE TEMP TRIGGER stop BEFORE INSERT ON reports BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END")


@pytest.mark.parametrize("broken", [_full, _read_only, _second_half_fails])
def test_a_disk_that_fails_leaves_nothing_written(archive: Archive, path: Path, broken: Callable[[Archive], None]) -> None:
    """A commit that cannot be written raises, and no part of it is there, in this connection or another."""
    kept = archive.append("report", "v/r1", "analyst", "", stored())
    broken(archive)
    with pytest.raises(DataFolderError, match="check free space and permissions"):
        archive.append("report", "v/r2", "analyst", "", stored("r2", text="س" * 200_000))
    assert archive.commits() == [kept]
    assert archive.current("r2") is None
    assert not archive._db.in_transaction
    with closing(Archive(path, BASE)) as other:
        assert other.commits() == [kept]
        following = other.append("report", "v/r2", "analyst", "", stored("r2"))
        assert (following.sequence, following.parent) == (2, kept.hash)


# --- documents ------------------------------------------------------------------------------------------------------------


def test_a_stored_document_comes_back_with_its_text_and_review(make: Callable[..., ClaimsDocument]) -> None:
    """The document is kept beside its text, not with it, and comes back equal, review included."""
    document = make(claim={"review": {"state": "edited", "by": "محرر", "at": "2022-02-03", "why": "خطأ"}})
    report = stored(text=document.report.text, document=document_without_text(document))
    assert "text" not in json.loads(report.document)["report"]
    assert report.claims_document() == document


@pytest.mark.parametrize("damage", [{"text": b"\xff"}, {"text": b"another text"}, {"document": b"{"}, {"document": b"[]"}, {"document": b"\xff\xfe"}])
def test_a_stored_document_that_was_changed_is_called_damaged(make: Callable[..., ClaimsDocument], damage: dict[str, bytes]) -> None:
    """Whatever was overwritten, reading says that the archive is damaged, with the report's name."""
    document = make("the-report")
    report = stored("the-report", text=document.report.text, document=document_without_text(document))
    with pytest.raises(StoreDamaged, match=r"report the-report .*restore a backup"):
        replace(report, **damage).claims_document()


def test_a_document_has_one_stored_form(samples: dict[str, ClaimsDocument]) -> None:
    """Reading a document back and storing it again gives the same bytes."""
    for document in samples.values():
        once = document_without_text(document)
        value = json.loads(once)
        again = document_of({**value, "report": {**value["report"], "text": document.report.text}})
        assert document_without_text(again) == once


def test_commit_rows_are_read_as_they_are_written(archive: Archive) -> None:
    """Columns and fields stand in one order."""
    archive.append("report", "v/r1", "analyst", "why", stored())
    columns = [row[1] for row in archive._db.execute("PRAGMA table_info(commits)")]
    assert columns == list(Commit.__dataclass_fields__)
