"""Which snapshot readers are shown: the newest there is, taken lazily, and kept as long as somebody reads it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from claimgraph.model.errors import ClaimgraphError, NotFound, NotYet
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.store.archive import Archive
from claimgraph.store.place import Place
from claimgraph.store.snapshots import Hold, Snapshot
from claimgraph.web.writer import WriterProcess

_POLL = 0.02


class _Held:
    """A snapshot and how many read it; let go when it is no longer the newest and nobody does."""

    def __init__(self, hold: Hold) -> None:
        self.hold, self.readers, self.is_newest = hold, 0, True

    @property
    def is_gone(self) -> bool:
        """Whether somebody removed it."""
        return not self.hold.snapshot.path.is_dir()

    def settle(self) -> None:
        if not self.is_newest and not self.readers:
            self.hold.close()


class Shown:
    """The snapshots of one service."""

    def __init__(self, place: Place, base: Base, writer: WriterProcess) -> None:
        self._place, self._base, self._writer = place, base, writer
        self._newest: _Held | None = None
        self._archive: Archive | None = None
        self._looked = 0.0
        self._refreshing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take the first snapshot."""
        self._archive = Archive(self._place.archive, self._base.iri)
        await self._refresh()

    async def close(self) -> None:
        """Let go of everything."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.gather(self._refreshing, return_exceptions=True)
        if self._newest is not None:
            self._newest.hold.close()
        if self._archive is not None:
            self._archive.close()

    @property
    def head(self) -> int:
        """The last commit of the archive."""
        return self._archive.head() if self._archive is not None else 0

    @property
    def commit(self) -> int:
        """The commit that readers are shown."""
        return self._newest.hold.snapshot.sequence if self._newest is not None else 0

    def stale(self) -> None:
        """Something was written: the next reader looks whether a newer snapshot is due, and waits for it."""
        self._looked = 0.0

    @asynccontextmanager
    async def at(self, min_commit: int | None, deadline: float) -> AsyncIterator[tuple[str, int]]:
        """A snapshot's path and commit, kept while it is read; of ``min_commit`` at least, which may take until ``deadline``.

        Raises :class:`NotFound` for a commit that there is not, and :class:`NotYet` where it could not be shown in time.
        """
        if (refreshing := self._look()) is not None:
            left = deadline - asyncio.get_running_loop().time()
            await asyncio.wait({refreshing}, timeout=max(0.0, min(left, LIMITS.snapshot_seconds)))
        if min_commit is not None and min_commit > self.commit:
            await self._wait_for(min_commit, deadline)
        held = self._newest
        if held is None:
            raise NotYet("The store has no snapshot yet: try again in a moment.")
        held.readers += 1
        try:
            yield str(held.hold.snapshot.path), held.hold.snapshot.sequence
        finally:
            held.readers -= 1
            held.settle()

    def _look(self) -> asyncio.Task[None] | None:
        """See now and then, not at every request, whether the archive is ahead, and then have a snapshot taken while reading goes on.

        Where nobody has looked for a while, or since the last write, it is given back to be waited for: what is ahead may have been so for long.
        """
        now = asyncio.get_running_loop().time()
        if self._refreshing is not None or now - self._looked < LIMITS.snapshot_interval:
            return None
        is_long_ago = now - self._looked > 2 * LIMITS.snapshot_interval
        self._looked = now
        if self._is_behind():
            self._refreshing = asyncio.get_running_loop().create_task(self._refresh_once())
        return self._refreshing if is_long_ago else None

    def _is_behind(self) -> bool:
        """Whether the archive has more than is shown, or what is shown was removed. An archive that cannot be read has no more to show."""
        with contextlib.suppress(ClaimgraphError):
            if self.head > self.commit:
                return True
        return self._newest is not None and self._newest.is_gone

    async def _wait_for(self, commit: int, deadline: float) -> None:
        loop = asyncio.get_running_loop()
        if commit > self.head:
            raise NotFound(f"There is no commit {commit}: the last one is {self.head}.")
        while self.commit < commit:
            if loop.time() >= deadline:
                raise NotYet(f"Commit {commit} is not shown yet (the newest shown is {self.commit}): try again in a moment.")
            self._looked = 0.0
            self._look()
            await asyncio.sleep(_POLL)

    async def _refresh_once(self) -> None:
        try:
            await self._refresh()
        except (ClaimgraphError, OSError):  # the writer is starting again, or has no room: readers keep what they have
            return
        finally:
            self._refreshing = None

    async def _refresh(self) -> None:
        path, sequence = await asyncio.to_thread(self._writer.call, lambda client: client.snapshot())
        before = self._newest
        if before is not None and before.hold.snapshot.sequence >= sequence and not before.is_gone:
            return
        self._newest = _Held(Hold(Snapshot(Path(path), sequence)))
        if before is not None:
            before.is_newest = False
            with contextlib.suppress(OSError):
                before.settle()
