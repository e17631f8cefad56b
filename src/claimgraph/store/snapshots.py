"""Snapshots: copies of the index that any number of readers open while one process writes.

A snapshot is made lazily, when a reader finds that the archive is ahead of the newest one. With no writer at work the reader makes it
itself; otherwise it asks the writer, which answers between two commits and at most every ``snapshot_interval`` seconds. Files are hard links
to the index's own, so that a copy costs milliseconds.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from claimgraph.model.errors import DataFolderError, StoreLocked
from claimgraph.model.limits import LIMITS
from claimgraph.store.archive import Archive
from claimgraph.store.index import Index, stamp
from claimgraph.store.place import Place, writing

_POLL = 0.02
_KEPT = 2


@dataclass(frozen=True)
class Snapshot:
    """A copy of the index as of commit ``sequence``; ``behind`` says how many commits the archive had more when it was taken up."""

    path: Path
    sequence: int
    behind: int = 0


class Photographer:
    """The writer's side: makes a snapshot between commits when a reader has asked for one."""

    def __init__(self, place: Place, index: Index) -> None:
        self.place, self.index = place, index
        self._last = 0.0

    def answer(self) -> None:
        """Make a snapshot if one is wanted and the last is old enough."""
        if self.place.wanted.exists() and time.monotonic() - self._last >= LIMITS.snapshot_interval:
            self.place.wanted.unlink(missing_ok=True)
            with suppress(OSError):  # no room for a copy: readers keep the one they have, and the commit stands
                self.take()
            self._last = time.monotonic()

    def newest(self) -> Snapshot:
        """The newest copy, made now unless it shows everything or is younger than ``snapshot_interval``. Raises :class:`DataFolderError`."""
        found = max(_all(self.place), key=lambda s: s.sequence, default=None)
        if found is None or (found.sequence < self.index.applied() and time.monotonic() - self._last >= LIMITS.snapshot_interval):
            try:
                found = self.take()
            except OSError as error:
                raise DataFolderError(f"There is no room for a copy of the index ({error}): make free space.") from None
            self._last = time.monotonic()
        return found

    def take(self) -> Snapshot:
        """Copy the index as it is now; older copies that nobody reads are removed."""
        sequence = self.index.applied()
        target = _path(self.place, sequence)
        if not target.exists():
            self.place.snapshots.mkdir(exist_ok=True)
            draft = target.with_suffix(f".draft-{os.getpid()}")
            shutil.rmtree(draft, ignore_errors=True)
            try:
                self.index.store.backup(str(draft))
            except OSError:
                self.index.check()
                raise
            draft.rename(target)
        self._prune()
        return Snapshot(target, sequence)

    def _prune(self) -> None:
        ours = sorted(_all(self.place), key=lambda s: s.sequence)
        outdated = [p for p in self.place.snapshots.iterdir() if p.is_dir() and not p.name.startswith(f"{stamp()}-")]
        drafts = [p for p in self.place.snapshots.glob("*.draft-*") if p.is_dir()]
        for path in {*(s.path for s in ours[:-_KEPT]), *outdated, *drafts}:
            _remove(path)


class Hold:
    """A snapshot that is kept from being removed until :meth:`close`. Raises :class:`DataFolderError` if it already has been."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._holding = _held(snapshot.path)
        if not self._holding.__enter__():
            self.close()
            raise DataFolderError(f"The snapshot of commit {snapshot.sequence} is gone: take a newer one.")

    def close(self) -> None:
        """Let it be removed."""
        self._holding.__exit__(None, None, None)


@contextmanager
def reading(place: Place, base: str) -> Iterator[Snapshot]:
    """A snapshot, held as long as it is read.

    It has every commit acknowledged before the call if no writer is at work or the writer answers within ``snapshot_seconds``; else it is
    the newest there is and says how far it is behind. Raises :class:`StoreLocked` if there is none at all, and
    :class:`~claimgraph.model.errors.UnreadableInput` if no store is there.
    """
    place.require()
    archive = Archive(place.archive, base)
    try:
        head = archive.head()
        _make_newer(place, archive, head)
    finally:
        archive.close()
    while True:
        found = max(_all(place), key=lambda s: s.sequence, default=None)
        if found is None and not os.access(place.folder, os.W_OK):
            raise DataFolderError(f"{place.folder} can be read only once somebody who may write there has read it: it holds no snapshot.")
        if found is None:
            raise StoreLocked(f"{place.folder} is being written and has no snapshot yet: try again in a moment.")
        with _held(found.path) as held:
            if held:
                yield Snapshot(found.path, found.sequence, max(0, head - found.sequence))
                return


def _make_newer(place: Place, archive: Archive, head: int) -> None:
    """See to it that a snapshot of commit ``head`` is there, as far as that is possible now."""
    if not os.access(place.folder, os.W_OK):
        return
    place.make()
    deadline = time.monotonic() + LIMITS.snapshot_seconds
    while not any(s.sequence >= head for s in _all(place)):
        try:
            with writing(place, "a reader", "taking a snapshot", seconds=0), closing(Index(place.index(stamp()), archive)) as index:
                Photographer(place, index).take()
        except StoreLocked:
            if time.monotonic() >= deadline:
                return
            place.wanted.touch()
            time.sleep(_POLL)


def drop_all(place: Place) -> None:
    """Remove every snapshot that nobody reads: for a rebuild of the index."""
    for snapshot in _all(place):
        _remove(snapshot.path)


def _path(place: Place, sequence: int) -> Path:
    return place.snapshots / f"{stamp()}-{sequence}"


def _all(place: Place) -> list[Snapshot]:
    prefix = f"{stamp()}-"
    if not place.snapshots.is_dir():
        return []
    numbered = ((path, path.name.removeprefix(prefix)) for path in place.snapshots.iterdir() if path.name.startswith(prefix))
    return [Snapshot(path, int(number)) for path, number in numbered if number.isdigit() and path.is_dir()]


def _lock_of(path: Path) -> Path:
    return path.with_name(path.name + ".lock")


@contextmanager
def _held(path: Path) -> Iterator[bool]:
    """Keep a snapshot from being removed; false if it already has been."""
    try:
        descriptor = os.open(_lock_of(path), os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:  # where we may not write, nobody of ours removes snapshots
        yield path.is_dir()
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield path.is_dir()
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    """Remove a snapshot unless somebody reads it."""
    descriptor = os.open(_lock_of(path), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
        _lock_of(path).unlink(missing_ok=True)
    except BlockingIOError:
        return
    finally:
        os.close(descriptor)
