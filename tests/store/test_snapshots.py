"""Snapshots: any number of readers beside the writer, each with a whole and steady state, and none made that nobody asked for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Store

from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import DataFolderError, StoreLocked, UnreadableInput
from claimgraph.model.names import Base
from claimgraph.model.vocabulary import CG, RDF_TYPE
from claimgraph.store import snapshots as snapshots_module
from claimgraph.store.archive import Archive
from claimgraph.store.commit import Writer
from claimgraph.store.index import stamp
from claimgraph.store.place import Place, writing
from claimgraph.store.snapshots import Photographer, Snapshot, drop_all, reading

Make = Callable[..., ClaimsDocument]
Opened = Callable[..., Any]


def made(place: Place) -> list[str]:
    """The snapshots that are there, oldest first."""
    return sorted((p.name for p in place.snapshots.iterdir() if p.is_dir()), key=lambda name: int(name.rpartition("-")[2]))


def reports_in(snapshot: Snapshot) -> int:
    """How many reports a snapshot shows."""
    return len(list(Store.read_only(str(snapshot.path)).quads_for_pattern(None, RDF_TYPE, CG.Report, None)))


def add(writer: Writer, make: Make, *numbers: int) -> None:
    """Commit a report for each number."""
    for number in numbers:
        writer.commit(make(f"r{number}", f"نص رقم {number}."))


@contextmanager
def several(count: int, enter: Callable[[], Any]) -> Iterator[list[Any]]:
    """The same context entered several times."""
    with ExitStack() as stack:
        yield [stack.enter_context(enter()) for _ in range(count)]


# --- lazily ---------------------------------------------------------------------------------------------------------------


def test_nobody_reads_nothing_is_copied(opened: Opened, make: Make, place: Place) -> None:
    """However many commits, no snapshot is made that no reader asked for."""
    for first in (0, 8):
        with opened() as writer:
            add(writer, make, *range(first, first + 8))
        assert made(place) == []


def test_a_reader_sees_every_acknowledged_commit(opened: Opened, make: Make, place: Place, base: Base) -> None:
    """With no writer at work the reader makes the snapshot it needs."""
    with opened() as writer:
        add(writer, make, 0, 1, 2)
    with reading(place, base.iri) as snapshot:
        assert (snapshot.sequence, snapshot.behind) == (4, 0)
        assert reports_in(snapshot) == 3


def test_where_nothing_is_new_the_last_snapshot_serves(opened: Opened, make: Make, place: Place, base: Base) -> None:
    """A snapshot is made once for each state, not once for each reader."""
    with opened() as writer:
        add(writer, make, 0)
    with reading(place, base.iri) as first, reading(place, base.iri) as second:
        assert first == second
    with reading(place, base.iri) as third:
        assert third.path == first.path
    assert made(place) == [f"{stamp()}-2"]


def test_reading_changes_nothing_in_the_archive(opened: Opened, make: Make, place: Place, base: Base) -> None:
    """A reader that makes a snapshot writes no commit."""
    with opened() as writer:
        add(writer, make, 0)
    with reading(place, base.iri), closing(Archive(place.archive, base.iri)) as archive:
        assert archive.head() == 2


# --- beside a writer ------------------------------------------------------------------------------------------------------


def test_the_writer_answers_between_commits(opened: Opened, make: Make, place: Place) -> None:
    """Asked for newer data, the writer makes a snapshot at its next commit, and the wish is granted."""
    with opened() as writer:
        add(writer, make, 0)
        assert made(place) == []
        place.wanted.touch()
        add(writer, make, 1)
        assert made(place) == [f"{stamp()}-3"]
        assert not place.wanted.exists()
        add(writer, make, 2)
        assert made(place) == [f"{stamp()}-3"]


def test_the_writer_answers_also_when_nothing_is_committed(opened: Opened, make: Make, place: Place, limits: Callable[..., None]) -> None:
    """A report that was refused, or known, is an occasion too."""
    limits("snapshots", snapshot_interval=0)
    with opened() as writer:
        add(writer, make, 0)
        place.wanted.touch()
        add(writer, make, 0)
        assert made(place) == [f"{stamp()}-2"]
        place.wanted.touch()
        writer.commit(make("r9", url="nowhere"))
        assert not place.wanted.exists()


@pytest.mark.parametrize(("interval", "number"), [(1_000, 1), (0, 2)])
def test_snapshots_keep_their_interval(opened: Opened, make: Make, place: Place, limits: Callable[..., None], interval: float, number: int) -> None:
    """However often readers ask, at most one snapshot is made in each interval; no more than the last two are kept."""
    limits("snapshots", snapshot_interval=interval)
    with opened() as writer:
        for sequence in range(2, 8):
            place.wanted.touch()
            add(writer, make, sequence)
        assert made(place) == ([f"{stamp()}-2"] if number == 1 else [f"{stamp()}-6", f"{stamp()}-7"])
        assert place.wanted.exists() is (number == 1)


def test_a_reader_is_told_how_far_behind_it_is(opened: Opened, make: Make, place: Place, base: Base, limits: Callable[..., None]) -> None:
    """While a writer does not answer, the last snapshot serves, and says how many commits it lacks."""
    limits("snapshots", snapshot_seconds=0.05)
    with opened() as writer:
        add(writer, make, 0)
    with reading(place, base.iri):
        pass
    with opened() as writer:
        add(writer, make, 1, 2, 3)
        with reading(place, base.iri) as snapshot:
            assert (snapshot.sequence, snapshot.behind) == (2, 3)
            assert reports_in(snapshot) == 1
        assert place.wanted.exists()
        add(writer, make, 4)
        with reading(place, base.iri) as snapshot:
            assert (snapshot.sequence, snapshot.behind) == (6, 0)
            assert reports_in(snapshot) == 5


def test_a_reader_before_the_first_snapshot_is_told_to_come_again(
    opened: Opened, make: Make, place: Place, base: Base, limits: Callable[..., None]
) -> None:
    """Where a writer is at work and there is no snapshot at all, that is said."""
    limits("snapshots", snapshot_seconds=0.05)
    with opened() as writer:
        add(writer, make, 0)
        with pytest.raises(StoreLocked, match="is being written and has no snapshot yet: try again"), reading(place, base.iri):
            pass


READER = """
import json, sys
from pathlib import Path
from pyoxigraph import Store
from claimgraph.model.vocabulary import CG, RDF_TYPE
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading
place = Place(Path(sys.argv[1]))
while True:
    with reading(place, sys.argv[2]) as snapshot:
        store = Store.read_only(str(snapshot.path))
        reports = len(list(store.quads_for_pattern(None, RDF_TYPE, CG.Report, None)))
        versions = len(list(store.quads_for_pattern(None, CG.text, None, None)))
        marks = max(int(q.object.value) for q in store.quads_for_pattern(None, CG.sequence, None, None))
        print(json.dumps([snapshot.sequence, snapshot.behind, reports, versions, marks]), flush=True)
    if sys.stdin.readline() != "again\\n":
        break
"""


def _reader(place: Place, base: Base) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", READER, str(place.folder), base.iri]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _answers(reader: subprocess.Popen[str], times: int) -> list[list[int]]:
    """What a reader sees that looks so many times."""
    assert reader.stdin is not None
    assert reader.stdout is not None
    seen: list[list[int]] = []
    for _ in range(times):
        seen.append(json.loads(reader.stdout.readline()))
        if len(seen) < times:
            reader.stdin.write("again\n")
            reader.stdin.flush()
    return seen


def test_many_processes_read_while_one_writes(opened: Opened, make: Make, place: Place, base: Base) -> None:
    """Readers in processes of their own see whole states only, each no older than the last, and none of them stops the writer."""
    with opened() as writer:
        add(writer, make, 0)
    with several(3, lambda: _reader(place, base)) as readers, ThreadPoolExecutor(3) as threads, opened() as writer:
        looking = [threads.submit(_answers, reader, 6) for reader in readers]
        number = 0
        while not all(answers.done() for answers in looking) and number < 5_000:
            number += 1
            add(writer, make, number)
        for reader in readers:
            assert reader.communicate("stop\n", timeout=30) == ("", None)
    for seen in (answers.result() for answers in looking):
        assert [answer[0] for answer in seen] == sorted(answer[0] for answer in seen)
        assert seen[-1][0] > seen[0][0]
        assert all(reports == versions == sequence - 1 == marks - 1 for sequence, _, reports, versions, marks in seen)
        assert all(behind >= 0 for _, behind, *_ in seen)
    with reading(place, base.iri) as snapshot:
        assert (snapshot.sequence, snapshot.behind, reports_in(snapshot)) == (number + 2, 0, number + 1)


def test_many_readers_of_an_idle_store_agree(opened: Opened, make: Make, place: Place, base: Base) -> None:
    """Several processes that come at once to a store without a snapshot all get the same one."""
    with opened() as writer:
        add(writer, make, 0, 1)
    with several(3, lambda: _reader(place, base)) as processes:
        outputs = [process.communicate("stop\n", timeout=60)[0] for process in processes]
    assert [json.loads(output) for output in outputs] == [[3, 0, 2, 2, 3]] * 3
    assert made(place) == [f"{stamp()}-3"]


# --- pruning --------------------------------------------------------------------------------------------------------------


def test_a_snapshot_that_is_read_is_kept(opened: Opened, make: Make, place: Place, base: Base, limits: Callable[..., None]) -> None:
    """Old snapshots go when newer ones come, but never under a reader."""
    limits("snapshots", snapshot_interval=0, snapshot_seconds=0)
    with opened() as writer:
        add(writer, make, 0)
    with reading(place, base.iri) as held:
        store = Store.read_only(str(held.path))
        with opened() as writer:
            for number in range(1, 6):
                place.wanted.touch()
                add(writer, make, number)
            assert made(place) == [f"{stamp()}-{n}" for n in (2, 6, 7)]
            assert reports_in(held) == 1
            assert len(list(store)) > 1_000
    with opened() as writer:
        place.wanted.touch()
        add(writer, make, 6)
        assert made(place) == [f"{stamp()}-{n}" for n in (7, 8)]


def test_what_is_removed_leaves_nothing_behind(opened: Opened, make: Make, place: Place, limits: Callable[..., None]) -> None:
    """No lock file outlives its snapshot."""
    limits("snapshots", snapshot_interval=0)
    with opened() as writer:
        for number in range(6):
            place.wanted.touch()
            add(writer, make, number)
    kept = set(made(place))
    assert {p.name.removesuffix(".lock") for p in place.snapshots.iterdir()} <= kept


def test_copies_of_other_programs_and_broken_ones_are_removed(opened: Opened, make: Make, place: Place, base: Base) -> None:
    """Snapshots with another stamp, and drafts of a process that died, make room; foreign files are let be."""
    with opened() as writer:
        add(writer, make, 0)
    other, draft, note = place.snapshots / "0ther000-99", place.snapshots / f"{stamp()}-9.draft-1", place.snapshots / "notes.txt"
    for folder in (other, draft):
        folder.mkdir()
        (folder / "file").write_text("x")
    note.write_text("mine")
    with reading(place, base.iri) as snapshot:
        assert (snapshot.sequence, snapshot.path.name) == (2, f"{stamp()}-2")
    assert made(place) == [f"{stamp()}-2"]
    assert note.read_text() == "mine"


def test_another_version_of_the_program_builds_its_own(opened: Opened, make: Make, place: Place, base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an upgrade readers get the new program's index, and index and snapshots of the old one are gone."""
    with opened() as writer:
        add(writer, make, 0, 1)
    with reading(place, base.iri):
        pass
    for module in ("commit", "index", "snapshots"):
        monkeypatch.setattr(f"claimgraph.store.{module}.stamp", lambda: "newer000")
    with reading(place, base.iri) as snapshot:
        assert snapshot.path.name == "newer000-3"
        assert reports_in(snapshot) == 2
    assert made(place) == ["newer000-3"]
    assert [path.name for path in place.folder.glob("index-*")] == ["index-newer000"]


def test_a_rebuild_drops_what_nobody_reads(opened: Opened, make: Make, place: Place, base: Base) -> None:
    """Before the index is built anew its snapshots go, but for those that are read."""
    with opened() as writer:
        add(writer, make, 0)
    with reading(place, base.iri):
        drop_all(place)
        assert made(place) == [f"{stamp()}-2"]
    drop_all(place)
    assert made(place) == []


def test_a_snapshot_that_goes_while_it_is_taken_up_is_not_used(
    opened: Opened, make: Make, place: Place, base: Base, limits: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that found a snapshot which is pruned before it could hold it takes the next."""
    limits("snapshots", snapshot_interval=0)
    with opened() as writer:
        for number in (0, 1):
            place.wanted.touch()
            add(writer, make, number)
    plain, stolen = snapshots_module._held, []

    def late(path: Path) -> Any:
        if not stolen:
            stolen.append(path)
            shutil.rmtree(path)
        return plain(path)

    monkeypatch.setattr(snapshots_module, "_held", late)
    with reading(place, base.iri) as snapshot:
        assert stolen == [place.snapshots / f"{stamp()}-3"]
        assert snapshot.sequence == 2
        assert reports_in(snapshot) == 1


# --- refusals -------------------------------------------------------------------------------------------------------------


def test_where_no_store_is_nothing_is_read(place: Place, base: Base) -> None:
    """Reading makes no store."""
    with pytest.raises(UnreadableInput, match="There is no store in"), reading(place, base.iri):
        pass
    assert not place.folder.exists()


def test_a_folder_that_may_only_be_read_serves_its_last_snapshot(
    opened: Opened, make: Make, place: Place, base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody may write, what is there is read; where there is no snapshot yet, that is said."""
    with opened() as writer:
        add(writer, make, 0)
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
        with pytest.raises(DataFolderError, match="it holds no snapshot"), reading(place, base.iri):
            pass
    with reading(place, base.iri):
        pass
    with opened() as writer:
        add(writer, make, 1)
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
        with reading(place, base.iri) as snapshot:
            assert (snapshot.sequence, snapshot.behind, reports_in(snapshot)) == (2, 1, 1)
    assert made(place) == [f"{stamp()}-2"]


def test_reading_under_another_base_is_refused(opened: Opened, place: Place) -> None:
    """A reader names data as the store does, or is told."""
    with opened():
        pass
    with pytest.raises(DataFolderError, match="CLAIMGRAPH_BASE"), reading(place, "https://example.org/"):
        pass


def test_a_lock_without_a_store_does_not_keep_readers_waiting_for_ever(
    opened: Opened, make: Make, place: Place, base: Base, limits: Callable[..., None]
) -> None:
    """A writer that is busy with one long thing keeps a reader no longer than ``snapshot_seconds``."""
    with opened() as writer:
        add(writer, make, 0)
        writer._photographer.take()
        add(writer, make, 1)
    limits("snapshots", snapshot_seconds=0.05)
    with writing(place, "another", "reindex"), reading(place, base.iri) as snapshot:
        assert (snapshot.sequence, snapshot.behind) == (2, 1)


def test_a_photograph_is_taken_once_for_each_state(opened: Opened, make: Make, place: Place) -> None:
    """Taking a snapshot of a state that has one is no error."""
    with opened() as writer:
        add(writer, make, 0)
        photographer = Photographer(place, writer.index)
        photographer.take()
        photographer.take()
    assert made(place) == [f"{stamp()}-2"]
