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
import rfc8785

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
    assert archive.genesis() == sha256_hex(f"claimgraph archive 3 {BASE}".encode())


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
        database.execute("UPDATE meta SET value = '4' WHERE name = 'format'")
        database.commit()
    with pytest.raises(DataFolderError, match="has format 4, this program writes 3"):
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


# --- bytes received -------------------------------------------------------------------------------------------------------

BYTES = b"\xff\xfe<html>\r\n\0 of any kind"


def received(report_id: str = "r1", version: str = "0" * 12, data: bytes = BYTES, text: str = "نص") -> StoredReport:
    """A report whose text was cut from bytes."""
    return stored(report_id, version, text, source=sha256_hex(data))


def test_the_bytes_received_come_back(archive: Archive, path: Path) -> None:
    """They are kept exactly, found by their digest, and what nobody received is not there."""
    archive.append("report", "v/r1", "analyst", "", received(), BYTES)
    archive.append("report", "v/r2", "analyst", "", stored("r2"))
    with closing(Archive(path, BASE)) as again:
        found = again.current("r1")
        assert found == received()
        assert again.received(str(found.source if found else None)) == BYTES
        assert again.received("0" * 64) is None
        assert again.current("r2") == stored("r2")


def test_the_digest_of_the_bytes_is_signed_where_there_are_any() -> None:
    """It is a digest of its own; a report without bytes is signed as it always was."""
    assert received().digests() == {**stored(text="نص").digests(), "source": sha256_hex(BYTES)}
    assert "source" not in stored().digests()


def test_bytes_are_kept_once(archive: Archive) -> None:
    """However many versions and reports were cut from the same bytes."""
    for number, report_id in enumerate(("r1", "r1", "r2")):
        archive.append("report", f"v/{report_id}", "analyst", "", received(report_id, f"{number:012}"), BYTES)
    assert archive._db.execute("SELECT COUNT(*) FROM sources").fetchone() == (1,)


def test_a_cut_is_frozen_at_the_first_commit(archive: Archive) -> None:
    """The text of bytes is that of the first version cut from them, under the same report id; other bytes have their own."""
    first, other = received(text="أول"), received(version="b" * 12, data=b"other", text="ثالث")
    for one, data in ((first, BYTES), (received(version="a" * 12, text="ثان"), BYTES), (other, b"other"), (stored("r1", "c" * 12), None)):
        archive.append("report", f"v/{one.report_id}", "analyst", "", one, data)
    assert archive.frozen("r1", sha256_hex(BYTES)) == first
    assert archive.frozen("r1", sha256_hex(b"other")) == other
    assert archive.frozen("r2", sha256_hex(BYTES)) is None
    assert archive.frozen("r1", "0" * 64) is None


def test_a_report_does_not_name_bytes_that_are_not_there(archive: Archive) -> None:
    """The archive itself refuses a digest without its bytes, and then writes nothing."""
    with pytest.raises(DataFolderError, match="FOREIGN KEY"):
        archive.append("report", "v/r1", "analyst", "", received())
    assert archive.commits() == []


# --- archives of format 1 -------------------------------------------------------------------------------------------------

FORMAT_1 = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE commits (
  sequence INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, parent TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
  at TEXT NOT NULL, agent TEXT NOT NULL, reason TEXT NOT NULL, digests TEXT NOT NULL
) STRICT;
CREATE TABLE reports (
  sequence INTEGER PRIMARY KEY REFERENCES commits, report_id TEXT NOT NULL, version TEXT NOT NULL, content TEXT NOT NULL,
  text BLOB NOT NULL, document BLOB NOT NULL, nquads TEXT NOT NULL, mapping INTEGER NOT NULL, warnings BLOB NOT NULL
) STRICT;
CREATE INDEX reports_by_id ON reports (report_id, sequence);
CREATE TABLE changes (sequence INTEGER PRIMARY KEY REFERENCES commits, added BLOB NOT NULL, removed BLOB NOT NULL) STRICT;
"""


@pytest.fixture
def old(path: Path) -> Commit:
    """An archive as the program of format 1 left it, with a report; its commit."""
    report = stored()
    unsigned = Commit(1, "", sha256_hex(f"claimgraph archive 1 {BASE}".encode()), "report", "v/r1", "2022-01-31T00:00:00Z", "analyst", "", "")
    unsigned = replace(unsigned, digests=rfc8785.dumps(report.digests()).decode())
    commit = replace(unsigned, hash=unsigned.signature())
    with closing(sqlite3.connect(path)) as database:
        database.executescript(FORMAT_1)
        database.executemany("INSERT INTO meta VALUES (?, ?)", [("format", "1"), ("base", BASE)])
        database.execute("INSERT INTO commits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", tuple(vars(commit).values()))
        database.execute("INSERT INTO reports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (1, *list(vars(report).values())[:-1]))
        database.commit()
    return commit


def _tables(path: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(path)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: database.execute(f"SELECT * FROM {name}").fetchall() for name in names}


def test_an_old_archive_is_read_as_it_is(old: Commit, path: Path) -> None:
    """Reading changes nothing in it: so a copy on a read-only medium stays readable."""
    before = _tables(path)
    with closing(Archive(path, BASE)) as archive:
        assert archive.commits() == [old]
        assert old.parent == archive.genesis()
        assert archive.report(1) == archive.current("r1") == archive.version("0" * 12, "r1") == stored()
        assert archive.frozen("r1", sha256_hex(BYTES)) is None
        assert archive.received(sha256_hex(BYTES)) is None
        assert archive.sound() is None
    assert _tables(path) == before


def test_an_old_archive_is_brought_up_with_the_first_commit(old: Commit, path: Path) -> None:
    """In place and only by adding: what it had is there as it was, signed as it was, and now it takes bytes."""
    before = _tables(path)
    with closing(Archive(path, BASE)) as archive:
        new = archive.append("report", "v/r2", "analyst", "", received("r2"), BYTES)
        assert (new.sequence, new.parent) == (2, old.hash)
        assert archive.current("r2") == received("r2")
    after = _tables(path)
    assert after["commits"][:1] == before["commits"]
    assert [row[:-1] for row in after["reports"][:1]] == before["reports"]
    assert dict(after["meta"]) == {"format": "3", "first_format": "1", "base": BASE}
    with closing(Archive(path, BASE)) as again:
        assert again.commits() == [old, new]
        assert old.parent == again.genesis()
        assert again.received(sha256_hex(BYTES)) == BYTES
        again.append("report", "v/r3", "analyst", "", stored("r3"))
    assert dict(_tables(path)["meta"])["first_format"] == "1"


def test_archives_of_both_origins_are_built_alike(old: Commit, path: Path, tmp_path: Path) -> None:
    """A new archive has the tables that an old one has after it was brought up."""
    with closing(Archive(path, BASE)) as archive, closing(Archive(tmp_path / "new.sqlite3", BASE)) as new:
        archive.append("reference", "x", "analyst", "", CHANGE)
        columns = "SELECT m.name, c.name, c.type, c.pk FROM sqlite_master m, pragma_table_info(m.name) c ORDER BY 1, c.cid"
        assert archive._db.execute(columns).fetchall() == new._db.execute(columns).fetchall()


def test_an_archive_of_format_2_is_brought_up_with_the_first_commit(path: Path) -> None:
    """What was begun in format 2 keeps its beginning, and takes reviews from then on."""
    genesis = sha256_hex(f"claimgraph archive 2 {BASE}".encode())
    with closing(Archive(path, BASE)), closing(sqlite3.connect(path)) as database:
        database.executescript("DROP INDEX reviews_by_version; UPDATE meta SET value = '2' WHERE name = 'format';")
    with closing(Archive(path, BASE)) as archive:
        assert archive.append("review", "v/r1", "analyst", "", CHANGE).parent == genesis
        assert (archive.reviews("v", "r1"), archive.last_review("v", "r1")) == ([CHANGE], 1)
    with closing(Archive(path, BASE)) as again:
        assert again.genesis() == genesis
    assert dict(_tables(path)["meta"]) == {"format": "3", "first_format": "2", "base": BASE}


def test_reviews_are_found_by_their_version(archive: Archive) -> None:
    """Those of one version, in order, up to a commit; those of other versions and reports are not among them."""
    for subject in ("v/r1", "v/r2", "w/r1", "v/r1"):
        archive.append("review", subject, subject, "", CHANGE)
    assert archive.reviews("v", "r1") == [CHANGE, CHANGE]
    assert archive.reviews("v", "r1", upto=3) == [CHANGE]
    assert (archive.last_review("v", "r1"), archive.last_review("v", "r1", upto=3), archive.last_review("x", "r1")) == (4, 1, None)


@pytest.mark.parametrize("broken", [_full, _second_half_fails])
def test_a_commit_that_fails_leaves_an_old_archive_old(old: Commit, path: Path, broken: Callable[[Archive], None]) -> None:
    """Bringing it up and the commit are one: where the one cannot be written, the other is not."""
    before = _tables(path)
    with closing(Archive(path, BASE)) as archive:
        broken(archive)
        with pytest.raises(DataFolderError):
            archive.append("report", "v/r2", "analyst", "", received("r2", text="س" * 200_000), BYTES)
        assert archive.commits() == [old]
        assert archive.report(1) == stored()
    assert _tables(path) == before


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
