"""A store's folder: what lies where in it, and the lock of its one writer."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from claimgraph.model.errors import DataFolderError, StoreLocked, UnreadableInput
from claimgraph.model.limits import LIMITS

_POLL = 0.02


@dataclass(frozen=True)
class Place:
    """The files of one store below ``folder``."""

    folder: Path

    @property
    def archive(self) -> Path:
        """The SQLite file that is the truth."""
        return self.folder / "archive.sqlite3"

    @property
    def snapshots(self) -> Path:
        """Copies of the index that readers open."""
        return self.folder / "snapshots"

    @property
    def wanted(self) -> Path:
        """A file that a reader leaves to ask the writer for a newer snapshot."""
        return self.snapshots / "wanted"

    @property
    def lock(self) -> Path:
        """The file whose lock is the right to write, and whose text says who has it."""
        return self.folder / "writer.lock"

    @property
    def socket(self) -> Path:
        """Where a running service takes what others of its user want to write."""
        return self.folder / "writer.sock"

    def index(self, stamp: str) -> Path:
        """The index that this version of the program builds; another version's lies elsewhere and is never misread."""
        return self.folder / f"index-{stamp}"

    def exists(self) -> bool:
        """Whether a store is here."""
        return self.archive.is_file()

    def require(self) -> Place:
        """This place, if a store is here. Raises :class:`UnreadableInput` saying how to make one."""
        if not self.exists():
            raise UnreadableInput(
                f"There is no store in {self.folder}: make one with 'claimgraph ingest' or 'claimgraph demo', or name it with --data."
            )
        return self

    def make(self) -> Place:
        """Create the folders. Raises :class:`DataFolderError` if that is not possible."""
        try:
            self.snapshots.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataFolderError(f"The data folder {self.folder} cannot be used: {error.strerror or error}; choose another with --data.") from None
        return self


@contextmanager
def writing(place: Place, agent: str, command: str, *, seconds: float | None = None, service: int | None = None) -> Iterator[None]:
    """Hold the right to write. Waits up to ``seconds`` (default ``lock_seconds``), then raises :class:`StoreLocked` naming the holder.

    ``service`` is the process that this one works for, which others are told of.

    The lock is the kernel's (``flock``), so that it ends with its process however that dies; the text beside it only tells who it is.
    """
    seconds = LIMITS.lock_seconds if seconds is None else seconds
    try:
        descriptor = os.open(place.lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DataFolderError(f"The data folder {place.folder} cannot be written: {error.strerror or error}.") from None
    try:
        deadline = time.monotonic() + seconds
        while not _locked(descriptor):
            if time.monotonic() >= deadline:
                raise StoreLocked(_who(place))
            time.sleep(_POLL)
        note = {"agent": agent, "command": command, "process": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
        note |= {"service": service} if service is not None else {}
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(note, ensure_ascii=False).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _who(place: Place) -> str:
    try:
        note = json.loads(place.lock.read_bytes())
        if "service" in note:
            return f"{place.folder} is in use by 'claimgraph serve' (process {note['service']}, since {note['since']}): stop that, and try again."
        holder = f"'{note['command']}' by {note['agent']} (process {note['process']}, since {note['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        holder = "another process"
    return f"{place.folder} is being written by {holder}: wait until it is done and try again."
