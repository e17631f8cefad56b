"""The archive: one SQLite file, the truth. Everything else can be built from it again.

Each commit is a row that is signed by a hash over its number, its predecessor's hash, who, when, why and the **digests** of what
it brought, never over the content itself: a text can later be withheld and the chain still holds. A commit is acknowledged when
SQLite has it on disk (WAL, ``synchronous=FULL``).

Where a report came as bytes (a web page, a text file), these are kept beside the text that was cut from them. The cut is made once: when
the same bytes come again under the same report id, the text of their first commit is used (:meth:`Archive.frozen`).
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rfc8785

from claimgraph.model.canonical import sha256_hex
from claimgraph.model.document import ClaimsDocument, as_json
from claimgraph.model.errors import DataFolderError, StoreDamaged
from claimgraph.model.reading import document_of

FORMAT = "3"
# Each format adds to the one before, so that an archive is brought to the newest in place, and an old one can be read as it is.
_FORMAT_1 = """
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
_FORMAT_2 = """
CREATE TABLE sources (sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
ALTER TABLE reports ADD COLUMN source TEXT REFERENCES sources;
"""
_FORMAT_3 = """
CREATE INDEX reviews_by_version ON commits (subject, sequence) WHERE kind = 'review';
"""
_OF_VERSION = "kind = 'review' AND subject = ? AND sequence <= COALESCE(?, sequence)"
_ADDED = {"1": _FORMAT_2 + _FORMAT_3, "2": _FORMAT_3}  # what brings an archive of that format to the newest


@dataclass(frozen=True)
class Commit:
    """A signed row.

    ``kind`` is ``report``, ``review``, ``reference`` or ``workspace``; ``subject`` the report version ``<hash>/<id>``, for the first two, the
    release, or the graphs' IRIs.
    """

    sequence: int
    hash: str
    parent: str
    kind: str
    subject: str
    at: str
    agent: str
    reason: str
    digests: str

    def signature(self) -> str:
        """What ``hash`` must be: SHA-256 over the canonical JSON of everything else."""
        signed = {k: v for k, v in vars(self).items() if k != "hash"}
        return hashlib.sha256(rfc8785.dumps(signed)).hexdigest()


@dataclass(frozen=True)
class StoredReport:
    """What the archive keeps of a report version. ``nquads`` is the digest of its canonical N-Quads under mapping ``mapping``.

    ``source`` is the digest of the bytes that the text was cut from, where the archive has these.
    """

    report_id: str
    version: str
    content: str
    text: bytes
    document: bytes
    nquads: str
    mapping: int
    warnings: bytes
    source: str | None = None

    def digests(self) -> dict[str, str]:
        """The digests that the chain signs; that of the bytes received only where there are any."""
        return {
            **({"source": self.source} if self.source else {}),
            "content": self.content,
            "document": sha256_hex(self.document),
            "mapping": str(self.mapping),
            "nquads": self.nquads,
            "text": sha256_hex(self.text),
            "warnings": sha256_hex(self.warnings),
        }

    def claims_document(self) -> ClaimsDocument:
        """The document, text and review included. Raises :class:`StoreDamaged` if it is none any more."""
        try:
            value = json.loads(self.document)
            return document_of({**value, "report": {**value["report"], "text": self.text.decode("utf-8")}})
        except Exception as error:  # noqa: BLE001  # whatever a flipped byte may cause, the finding is the same
            raise StoreDamaged(f"The archive's copy of report {self.report_id} cannot be read ({type(error).__name__}): restore a backup.") from None


@dataclass(frozen=True)
class Change:
    """What a commit of another kind brought: N-Quads added and removed."""

    added: bytes
    removed: bytes

    def digests(self) -> dict[str, str]:
        """The digests that the chain signs."""
        return {"added": sha256_hex(self.added), "removed": sha256_hex(self.removed)}


def _no_log(path: Path) -> None:
    """Refuse a read-only archive with commits in a log beside it, which only a writer could bring in."""
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise DataFolderError(f"{log} holds commits that can be read only where one may write: open the store once where you may, then copy it.")


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file a path leads to, or ``None`` where it leads to none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _now() -> str:
    """The time in UTC, as ``xsd:dateTime`` in the canonical form that stores keep: no zeros at the end, ``Z`` for the zone."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00").rstrip("0").rstrip(".") + "Z"


def document_without_text(document: ClaimsDocument) -> bytes:
    """The document as the archive keeps it beside its text: canonical JSON, review included."""
    value = as_json(document)
    del value["report"]["text"]
    return rfc8785.dumps(value)


class Archive:
    """An open archive. Reading needs no lock; :meth:`append` is for the one writer."""

    def __init__(self, path: Path, base: str, *, make: bool = True) -> None:
        """Open, or unless told otherwise make, the archive of data under ``base``. Raises :class:`DataFolderError`, or :class:`StoreDamaged`."""
        self.path, self.base = path, base
        if not make and not path.exists():
            raise DataFolderError(f"The archive {path} is gone: put it back, or restore a backup.")
        with self._errors():
            if path.exists() and not os.access(path, os.W_OK):  # a copy on a medium that nobody writes
                _no_log(path)
                self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
            else:
                self._db = sqlite3.connect(path, isolation_level=None, timeout=30.0)
                self._db.execute("PRAGMA journal_mode=WAL")
                self._db.execute("PRAGMA synchronous=FULL")
                self._db.execute("PRAGMA foreign_keys=ON")
            self._make(base)
        self._file = _identity(path)

    def close(self) -> None:
        """Close the file; SQLite then folds its log back in."""
        with self._errors():
            self._db.close()

    def _make(self, base: str) -> None:
        if not self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            self._db.execute("BEGIN IMMEDIATE")
            if not self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
                self._run(_FORMAT_1 + _FORMAT_2 + _FORMAT_3)
                self._db.executemany("INSERT INTO meta VALUES (?, ?)", [("format", FORMAT), ("base", base)])
            self._db.execute("COMMIT")
        found = dict(self._db.execute("SELECT name, value FROM meta"))
        if found.get("format") not in (*_ADDED, FORMAT):
            raise DataFolderError(f"{self.path} has format {found.get('format')}, this program writes {FORMAT}: use the version that made it.")
        if found.get("base") != base:
            raise DataFolderError(f"{self.path} names its data under {found.get('base')}: set CLAIMGRAPH_BASE to that, or use another folder.")
        self._format, self._first_format = found["format"], found.get("first_format", found["format"])

    def _run(self, statements: str) -> None:
        for statement in statements.split(";\n"):
            self._db.execute(statement)

    def _bring_up(self) -> None:
        """Within a transaction: bring an older archive to this format. What it holds, and what signs it, stays as it is."""
        found = dict(self._db.execute("SELECT name, value FROM meta"))["format"]
        if found in _ADDED:
            self._run(_ADDED[found])
            self._db.execute("INSERT OR IGNORE INTO meta VALUES ('first_format', ?)", (found,))
            self._db.execute("UPDATE meta SET value = ? WHERE name = 'format'", (FORMAT,))

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            message = f"The archive {self.path} cannot be used ({error})"
            if "malformed" in str(error) or "not a database" in str(error):
                raise StoreDamaged(f"{message}: restore a backup.") from None
            raise DataFolderError(f"{message}: check free space and permissions.") from None

    # --- reading ----------------------------------------------------------------------------------------------------------

    def _rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._errors():
            return self._db.execute(sql, values).fetchall()

    def head(self) -> int:
        """The number of the last commit; 0 in an empty archive."""
        return int(self._rows("SELECT COALESCE(MAX(sequence), 0) FROM commits")[0][0])

    def commits(self, after: int = 0, *, kind: str | None = None, limit: int = -1, newest_first: bool = False) -> list[Commit]:
        """Commits after number ``after``, of one kind or all, in order."""
        order = "DESC" if newest_first else "ASC"
        sql = f"SELECT * FROM commits WHERE sequence > ? AND kind = COALESCE(?, kind) ORDER BY sequence {order} LIMIT ?"  # noqa: S608  # one of two words of ours
        return [Commit(*row) for row in self._rows(sql, after, kind, limit)]

    def report(self, sequence: int) -> StoredReport | None:
        """The report that a commit brought, or ``None``."""
        return self._report("sequence = ?", sequence)

    def current(self, report_id: str) -> StoredReport | None:
        """The standing version of a report, or ``None`` if the id is unknown."""
        return self._report("report_id = ? ORDER BY sequence DESC LIMIT 1", report_id)

    def version(self, version: str, report_id: str) -> StoredReport | None:
        """A version of a report, standing or not; ``None`` if there is none of that name."""
        return self._report("version = ? AND report_id = ?", version, report_id)

    def _report(self, where: str, *values: object) -> StoredReport | None:
        source = "NULL" if self._format == "1" else "source"
        columns = f"report_id, version, content, text, document, nquads, mapping, warnings, {source}"
        rows = self._rows(f"SELECT {columns} FROM reports WHERE {where}", *values)  # noqa: S608  # columns and conditions of ours
        return StoredReport(*rows[0]) if rows else None

    def frozen(self, report_id: str, sha256: str) -> StoredReport | None:
        """The first version of a report that was cut from bytes of this digest, or ``None``: its text is the text of these bytes."""
        return None if self._format == "1" else self._report("report_id = ? AND source = ? ORDER BY sequence LIMIT 1", report_id, sha256)

    def received(self, sha256: str) -> bytes | None:
        """The bytes of this digest that were received, or ``None``."""
        rows = [] if self._format == "1" else self._rows("SELECT bytes FROM sources WHERE sha256 = ?", sha256)
        return bytes(rows[0][0]) if rows else None

    def predecessor(self, report_id: str, sequence: int) -> str | None:
        """The version of a report that a commit replaced, or ``None``."""
        rows = self._rows("SELECT version FROM reports WHERE report_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT 1", report_id, sequence)
        return str(rows[0][0]) if rows else None

    def superseded(self, report_id: str, sequence: int) -> bool:
        """Whether a later version of the report stands."""
        return bool(self._rows("SELECT 1 FROM reports WHERE report_id = ? AND sequence > ? LIMIT 1", report_id, sequence))

    def standing(self, upto: int | None = None) -> list[int]:
        """The commits of all versions that stand, or stood at commit ``upto``, in order."""
        sql = "SELECT MAX(sequence) FROM reports WHERE sequence <= COALESCE(?, sequence) GROUP BY report_id ORDER BY 1"
        return [row[0] for row in self._rows(sql, upto)]

    def change(self, sequence: int) -> Change | None:
        """What a commit of another kind brought, or ``None``."""
        rows = self._rows("SELECT added, removed FROM changes WHERE sequence = ?", sequence)
        return Change(*rows[0]) if rows else None

    def reviews(self, version: str, report_id: str, upto: int | None = None) -> list[Change]:
        """What reviewers changed of the claims of a version, up to commit ``upto`` or so far, in order."""
        sql = f"SELECT added, removed FROM commits JOIN changes USING (sequence) WHERE {_OF_VERSION} ORDER BY sequence"  # noqa: S608  # a condition of ours
        return [Change(*row) for row in self._rows(sql, f"{version}/{report_id}", upto)]

    def last_review(self, version: str, report_id: str, upto: int | None = None) -> int | None:
        """The last commit, up to ``upto`` or so far, by which reviewers changed something of a version; ``None`` if there is none."""
        sql = f"SELECT MAX(sequence) FROM commits WHERE {_OF_VERSION}"  # noqa: S608  # a condition of ours
        found = self._rows(sql, f"{version}/{report_id}", upto)[0][0]
        return None if found is None else int(found)

    def sound(self) -> str | None:
        """SQLite's own check of the file: ``None`` if it is sound, else what it says."""
        try:
            said = str(self._rows("PRAGMA integrity_check(1)")[0][0])
        except StoreDamaged as error:
            return str(error)
        return None if said == "ok" else said

    # --- writing ----------------------------------------------------------------------------------------------------------

    def append(self, kind: str, subject: str, agent: str, reason: str, content: StoredReport | Change, received: bytes | None = None) -> Commit:
        """Add a commit in one transaction; when this returns, it is on disk. ``received`` are the bytes of a report's ``source``.

        An archive of an older format is brought to this one with it. Raises :class:`DataFolderError`, and then nothing is written.
        """
        if _identity(self.path) != self._file:  # what is written to a file that has no name any more is gone with it
            raise DataFolderError(f"The archive {self.path} was removed or replaced while it was open: put it back, or start again with a backup.")
        with self._errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._bring_up()
                commit = self._signed(kind, subject, agent, reason, content)
                self._db.execute("INSERT INTO commits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", tuple(vars(commit).values()))
                if received is not None:
                    self._db.execute("INSERT OR IGNORE INTO sources VALUES (?, ?)", (sha256_hex(received), received))
                table = "reports" if isinstance(content, StoredReport) else "changes"
                values = (commit.sequence, *vars(content).values())
                self._db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608  # one of two tables
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            self._format = FORMAT
        return commit

    def _signed(self, kind: str, subject: str, agent: str, reason: str, content: StoredReport | Change) -> Commit:
        last = self._db.execute("SELECT sequence, hash FROM commits ORDER BY sequence DESC LIMIT 1").fetchone()
        sequence, parent = (last[0] + 1, last[1]) if last else (1, self.genesis())
        digests = rfc8785.dumps(content.digests()).decode()
        unsigned = Commit(sequence, "", parent, kind, subject, _now(), agent, reason, digests)
        return Commit(**{**vars(unsigned), "hash": unsigned.signature()})

    def genesis(self) -> str:
        """What the first commit follows: the base of the archive and the format it was begun in, so that these are signed too."""
        return sha256_hex(f"claimgraph archive {self._first_format} {self.base}".encode())
