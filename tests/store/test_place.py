"""One writer at a time: who comes second waits, is told who is first, and is let in when that one is done or dead."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from claimgraph.model.errors import DataFolderError, StoreLocked, UnreadableInput
from claimgraph.store import place as place_module
from claimgraph.store.place import Place, writing

HOLDER = """
import sys
from pathlib import Path
from claimgraph.store.place import Place, writing
with writing(Place(Path(sys.argv[1])), "محلل آخر", "ingest reports"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def made(place: Place) -> Place:
    """A data folder."""
    return place.make()


@contextmanager
def holder(place: Place) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the lock; it lets go when its input ends."""
    command = [sys.executable, "-c", HOLDER, str(place.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_the_folder_says_who_writes(made: Place) -> None:
    """While the lock is held, its file names agent, command and process."""
    with writing(made, "محلل", "ingest a.json"):
        note = json.loads(made.lock.read_bytes())
    assert (note["agent"], note["command"], note["process"]) == ("محلل", "ingest a.json", os.getpid())
    assert note["since"].endswith("+00:00")


def test_a_second_writer_is_told_who_is_first(made: Place, limits: Callable[..., None]) -> None:
    """After ``lock_seconds`` the second writer gives up with the holder's agent, command and process."""
    limits("place", lock_seconds=0.05)
    with holder(made) as first:
        with pytest.raises(StoreLocked) as caught, writing(made, "me", "ingest"):
            pytest.fail("two writers at once")
        message = str(caught.value)
        assert f"'ingest reports' by محلل آخر (process {first.pid}, since 2" in message
        assert "wait until it is done and try again" in message
        assert json.loads(made.lock.read_bytes())["process"] == first.pid


def test_a_second_writer_waits_and_comes_in(made: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes second is let in as soon as the first is done."""
    tried, inside = threading.Event(), threading.Event()
    plain = place_module._locked

    def locked(descriptor: int) -> bool:
        got = plain(descriptor)
        if not got:
            tried.set()
        return got

    def second() -> None:
        with writing(made, "second", "ingest", seconds=30):
            inside.set()

    monkeypatch.setattr(place_module, "_locked", locked)
    thread = threading.Thread(target=second)
    with holder(made) as first:
        thread.start()
        assert tried.wait(30)
        assert not inside.is_set()
        assert first.stdin is not None
        first.stdin.close()
        assert inside.wait(30)
        thread.join(30)
    assert json.loads(made.lock.read_bytes())["agent"] == "second"


def test_the_lock_of_a_killed_process_is_free(made: Place) -> None:
    """The lock ends with its process, however that ends; what it left behind stops nobody."""
    with holder(made) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
        assert json.loads(made.lock.read_bytes())["process"] == process.pid
        with writing(made, "next", "ingest", seconds=0):
            assert json.loads(made.lock.read_bytes())["agent"] == "next"


def test_the_lock_is_given_back_after_an_error(made: Place) -> None:
    """An exception while writing gives the lock back."""
    with pytest.raises(RuntimeError), writing(made, "me", "ingest"):
        raise RuntimeError
    with writing(made, "me", "ingest", seconds=0):
        pass


def test_a_short_note_replaces_a_long_one(made: Place) -> None:
    """The note is always the holder's own, whole."""
    with writing(made, "a" * 500, "b" * 500):
        pass
    with writing(made, "a", "b"):
        assert json.loads(made.lock.read_bytes())["agent"] == "a"


@pytest.mark.parametrize("note", [b"", b"\xff", b"[]", b'{"agent": "x"}'])
def test_an_unreadable_note_is_no_hindrance(made: Place, note: bytes) -> None:
    """Where the holder cannot be told, the lock holds all the same."""
    with writing(made, "first", "ingest"):
        made.lock.write_bytes(note)
        with pytest.raises(StoreLocked, match="by another process"), writing(made, "second", "ingest", seconds=0):
            pass


# --- the folder -----------------------------------------------------------------------------------------------------------


def test_everything_lies_below_the_folder(tmp_path: Path) -> None:
    """A store is one folder, which can be copied and moved."""
    place = Place(tmp_path / "a" / "b")
    for path in (place.archive, place.snapshots, place.wanted, place.lock, place.index("0")):
        assert path.is_relative_to(place.folder)
    place.make()
    place.make()
    assert place.snapshots.is_dir()
    assert not place.exists()


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    """Where a file lies, no store is made, and the file stays."""
    (tmp_path / "data").write_text("mine")
    with pytest.raises(DataFolderError, match=r"cannot be used: .*choose another with --data"):
        Place(tmp_path / "data").make()
    assert (tmp_path / "data").read_text() == "mine"


def test_a_folder_that_is_not_there_cannot_be_locked(tmp_path: Path) -> None:
    """The lock of a folder that is gone is told as a matter of the folder."""
    with pytest.raises(DataFolderError, match="cannot be written"), writing(Place(tmp_path / "gone"), "me", "ingest"):
        pass


def test_where_no_store_is_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    """Reading where nothing is says how to begin."""
    with pytest.raises(UnreadableInput, match="make one with 'claimgraph ingest' or 'claimgraph demo', or name it with --data"):
        Place(tmp_path).require()
