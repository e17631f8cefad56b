"""The writing process as the service keeps it: it ends with the service at whatever moment that ends, and comes back after whatever ended it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from claimgraph.model.errors import DataFolderError, Unavailable
from claimgraph.model.names import Base
from claimgraph.store.place import Place, writing
from claimgraph.store.write_client import connected
from claimgraph.web import writer as writer_module
from claimgraph.web.writer import WriterProcess
from pooling import PATIENCE, running, through, until
from running import finish, start


@pytest.fixture
def here(store: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A copy of the samples' store, where a writer that could not be started is soon tried again."""
    monkeypatch.setattr(writer_module, "_AGAIN_SECONDS", 0.05)
    return Place(store)


@asynccontextmanager
async def writer(place: Place, base: Base) -> AsyncIterator[WriterProcess]:
    """A writer that has begun; nothing of it is left, whatever a test does."""
    made = WriterProcess(place, base)
    await made.start()
    try:
        yield made
    finally:
        if not made._ending:
            await made.close()
        left = made._process
        if left is not None and left.is_alive():
            left.kill()
            left.join()


def process_of(kept: WriterProcess) -> int:
    """The process that writes."""
    assert kept._process is not None
    assert kept._process.pid
    return kept._process.pid


def nobody_writes(place: Place) -> bool:
    """Whether the right to write is free, and nobody listens."""
    with writing(place, "a test", "looking", seconds=0):
        return connected(place) is None


def refusal(kept: WriterProcess) -> str:
    """What somebody is told who wants to write, or nothing where they may."""
    try:
        kept.call(lambda client: client.snapshot())
    except Unavailable as error:
        return str(error)
    return ""


@pytest.mark.parametrize("moment", ["_begin", "_start_process"])
def test_a_service_that_ends_while_its_writer_is_being_started(here: Place, base: Base, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """Told to end just before, or just while, another process takes a dead one's place, it ends, and no process is left that may write."""

    async def run() -> None:
        async with writer(here, base) as kept:
            reached, go_on = threading.Event(), threading.Event()
            monkeypatch.setattr(kept, moment, held(getattr(kept, moment), reached, go_on))
            os.kill(process_of(kept), signal.SIGKILL)
            assert await asyncio.to_thread(reached.wait, PATIENCE)
            closing = asyncio.create_task(kept.close())
            await asyncio.sleep(0.2)  # it has come as far as it can
            go_on.set()
            async with asyncio.timeout(PATIENCE):
                await closing
                await asyncio.get_running_loop().shutdown_default_executor()
            assert nobody_writes(here)
            assert not running(process_of(kept))

    through(run)


def held(what: Callable[[], None], reached: threading.Event, go_on: threading.Event) -> Callable[[], None]:
    """Something that says when it is reached, and does nothing until it may go on."""

    def wait() -> None:
        reached.set()
        assert go_on.wait(PATIENCE)
        what()

    return wait


@pytest.mark.parametrize(
    "error", [OSError("no process can be made"), EOFError(), Unavailable("it does not start"), DataFolderError("no room")], ids=repr
)
def test_a_writer_that_cannot_be_started_is_tried_again(here: Place, base: Base, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Whatever keeps another process from taking a dead one's place, it is tried again, and who wants to write meanwhile is told why."""

    async def run() -> None:
        async with writer(here, base) as kept:
            begin, tried = kept._start_process, threading.Event()

            def fail() -> None:
                tried.set()
                raise error

            monkeypatch.setattr(kept, "_start_process", fail)
            os.kill(process_of(kept), signal.SIGKILL)
            await until(
                lambda: tried.is_set() and bool(said := refusal(kept)) and (isinstance(error, OSError | EOFError) or said == str(error)), "why"
            )
            monkeypatch.setattr(kept, "_start_process", begin)
            await until(lambda: refusal(kept) == "", "another writer")

    through(run)


def test_no_archive_is_made_in_place_of_one_that_is_gone(here: Place, base: Base, tmp_path: Path) -> None:
    """A writer that dies while its archive is away does not come back with an empty one: it waits, says so, and goes on once that is back."""

    async def run() -> None:
        async with writer(here, base) as kept:
            os.kill(process_of(kept), signal.SIGKILL)
            kept._process.join()  # type: ignore[union-attr]  # it has one
            aside = {path: tmp_path / path.name for path in here.folder.glob("archive.sqlite3*")}
            for path, other in aside.items():
                path.rename(other)
            await until(lambda: "put it back" in refusal(kept), "what is missing")
            assert not here.exists()
            for path, other in aside.items():
                other.rename(path)
            await until(lambda: refusal(kept) == "", "another writer")

    through(run)


def test_a_service_that_cannot_begin_ends(store: Path) -> None:
    """Where something else than the writer keeps a service from beginning, it says what, and its writer ends with it."""
    (snapshot,) = (path for path in Place(store).snapshots.iterdir() if path.is_dir())
    shutil.rmtree(snapshot)
    snapshot.touch()
    said = finish(start("serve", "--port", "0", "--data", store, cwd=store.parent))
    assert (said.code, said.out) == (1, "")
    assert "snapshot" in said.sentence
    assert nobody_writes(Place(store))
