"""The one writer as a process of its own: whoever asks it gets what a writer here would say, word for word, and it ends between two requests."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from claimgraph.ask.warm import context
from claimgraph.model.canonical import sha256_hex
from claimgraph.model.document import ClaimsDocument, as_json
from claimgraph.model.errors import BadDocument, BadEntity, ClaimgraphError, NotAllowed, Unavailable, UnknownKey, VersionConflict
from claimgraph.model.frames import Frames, pack, receive
from claimgraph.model.names import Base
from claimgraph.store.archive import Archive
from claimgraph.store.commit import Writer, open_writer
from claimgraph.store.entities import Merge
from claimgraph.store.examine import Outcome, Result
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading
from claimgraph.store.verdicts import entry_of_outcome
from claimgraph.store.verify import verify
from claimgraph.store.workspace import Edits
from claimgraph.store.write_client import RemoteWriter, WriteClient, connected, error_from, open_any_writer
from claimgraph.store.write_service import serve_writer

Make = Callable[..., ClaimsDocument]
PATIENCE = 30.0


@dataclass
class Service:
    """A writing process, the line that keeps it, and what it said when it began."""

    process: BaseProcess
    line: Connection
    said: dict[str, Any]

    def end(self) -> None:
        """Let it end: it must, by itself."""
        self.line.close()
        self.process.join(PATIENCE)
        assert self.process.exitcode == 0


@contextmanager
def service(place: Place, base: Base, agent: str = "the service") -> Iterator[Service]:
    """A process that writes to a folder for others."""
    ours, theirs = context().Pipe()
    process = context().Process(target=serve_writer, args=(str(place.folder), base.iri, agent, theirs, os.getpid()), daemon=True)
    process.start()
    theirs.close()
    running = Service(process, ours, json.loads(ours.recv_bytes()))
    try:
        yield running
        running.end()
    finally:
        process.kill()
        process.join()
        ours.close()


@pytest.fixture
def served(place: Place, base: Base) -> Iterator[Service]:
    """A service on a new store."""
    with service(place, base) as running:
        assert running.said == {}
        yield running


@contextmanager
def calling(place: Place) -> Iterator[WriteClient]:
    """A connection to it."""
    with closing(WriteClient(place)) as client:
        yield client


def head(place: Place, base: Base) -> int:
    """The last commit."""
    with closing(Archive(place.archive, base.iri)) as archive:
        return archive.head()


def told(attempt: Callable[[], object]) -> tuple[object, ...]:
    """What came of an attempt, without the time: an outcome in all its parts, or an error in all of its."""
    try:
        found = attempt()
    except ClaimgraphError as error:
        return type(error), str(error), error.problems, getattr(error, "findings", ())
    if isinstance(found, Outcome):
        return found.result, found.document, found.content, found.mapped.name, set(found.mapped.quads), found.findings, found.remarks, found.sequence
    return (found,)


# --- the same as a writer here --------------------------------------------------------------------------------------------


def _attempts(make: Make, samples: dict[str, ClaimsDocument]) -> list[tuple[ClaimsDocument, dict[str, Any]]]:
    """Reports that are let in, are known, revise, conflict, warn and are refused, with the options they come with."""
    first, other = make(), make(text="قال مصدر آخر في المدينة شيئاً آخر تماماً عن الحافلات كلها.")
    text = make("copy").report.text
    return [
        *((document, {}) for document in list(samples.values())[:3]),
        (first, {"reason": "سبب"}),
        (first, {}),
        (other, {}),
        (other, {"revise": True}),
        (make("copy", text), {}),
        (make("party", claim={"event": {"type": "escape", "actors": ["مجلس محلي"]}}), {}),
        (make("unknown", claim={"event": {"type": "escape", "actors": ["isis"], "facility": "no-prison"}}), {}),
        (make("refused", claim={"quote": "كلام آخر"}), {}),
        (make("bytes", source_sha256="0" * 64), {"received": b"other bytes"}),
    ]


def test_what_it_says_is_what_a_writer_here_says(
    served: Service, place: Place, tmp_path: Path, base: Base, make: Make, samples: dict[str, ClaimsDocument]
) -> None:
    """Commits, conflicts, refusals and warnings: the same result with all findings and remarks, or the same error with all its problems."""
    seen = set()
    with open_writer(Place(tmp_path / "alone"), base, "dana", "test") as alone, open_any_writer(place, base, "dana", "test") as beside:
        assert isinstance(alone, Writer)
        assert isinstance(beside, RemoteWriter)
        assert beside.reference.quads == alone.reference.quads
        for document, options in _attempts(make, samples):
            ours, theirs = (told(partial(writer.commit, document, **options)) for writer in (alone, beside))
            assert ours == theirs
            seen.add(ours[0])
            if isinstance(ours[0], Result):
                found = [writer.commit(document, **options) for writer in (alone, beside)]
                assert entry_of_outcome("x", found[0], "committed") == entry_of_outcome("x", found[1], "committed")
    assert seen == {*Result, UnknownKey, VersionConflict, BadDocument}


def test_a_commit_is_of_who_brought_it(served: Service, place: Place, base: Base, make: Make) -> None:
    """Its agent and reason are the caller's, not the service's; the bytes received are kept."""
    raw = make().report.text.encode()
    sha256 = sha256_hex(raw)
    with calling(place) as client:
        document = json.dumps(as_json(make(source_sha256=sha256))).encode()
        found = client.commit(document, raw, agent="omar", reason="سبب")
    with closing(Archive(place.archive, base.iri)) as archive:
        commit = archive.commits(kind="report")[0]
        assert (commit.sequence, commit.agent, commit.reason) == (found["sequence"], "omar", "سبب")
        assert found["head"] == archive.head() == 2
        assert archive.received(sha256) == raw


# --- workspaces and snapshots ---------------------------------------------------------------------------------------------


def note(base: Base, word: str, who: str = "dana") -> Quad:
    """A statement in somebody's workspace."""
    return Quad(NamedNode(base.workspace(who) + "n1"), NamedNode("http://x/says"), Literal(word), NamedNode(base.workspace(who) + "notes"))


def test_workspaces_change_and_tell_what_was_there(served: Service, place: Place, base: Base) -> None:
    """The commit's number, whether anything changed, which graphs were there; another's graphs are refused, and then nothing is written."""
    graph = base.workspace("dana") + "notes"
    with calling(place) as client:
        first = client.change_workspace(Edits(frozenset({note(base, "one"), note(base, "two")})), agent="dana")
        again = client.change_workspace(Edits(frozenset({note(base, "one")})), agent="dana")
        put = client.change_workspace(Edits(frozenset({note(base, "ثلاثة")}), cleared=(graph,)), agent="dana", reason="سبب")
        gone = client.change_workspace(Edits(cleared=(graph,)), agent="dana")
        assert [(one.sequence, one.changed, one.there[graph]) for one in (first, again, put, gone)] == [
            (2, True, False),
            (2, False, True),
            (3, True, True),
            (4, True, True),
        ]
        for edits in (Edits(frozenset({note(base, "x", "omar")})), Edits(frozenset({note(base, "x"), note(base, "x", "omar")}))):
            with pytest.raises(NotAllowed, match="is no workspace graph of yours"):
                client.change_workspace(edits, agent="dana")
    assert head(place, base) == 4


def test_a_reader_sees_what_was_written_while_nothing_is_written(served: Service, place: Place, base: Base, make: Make) -> None:
    """Whoever reads the folder itself, as the command line does, has a snapshot with the last commit soon, though the writer only waits."""
    with calling(place) as client:
        for number in range(3):
            sequence = client.commit(json.dumps(as_json(make(f"r{number}"))).encode(), None, agent="dana")["sequence"]
            began = time.monotonic()
            with reading(place, base.iri) as snapshot:
                assert (snapshot.sequence, snapshot.behind) == (sequence, 0)
                assert base.series(f"r{number}") in {q.object for q in Store.read_only(str(snapshot.path))}
            assert time.monotonic() - began < 4  # it would take an older one after five seconds


def test_the_newest_snapshot_is_told(served: Service, place: Place, base: Base, make: Make) -> None:
    """Its path and its commit; it shows a new commit as soon as the last one is old enough."""
    with calling(place) as client:
        path, sequence = client.snapshot()
        assert sequence == 1
        client.commit(json.dumps(as_json(make())).encode(), None, agent="dana")
        deadline = time.monotonic() + PATIENCE
        while client.snapshot()[1] < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        newer, sequence = client.snapshot()
        assert sequence == 2
        assert newer != path
        assert base.series("r1") in {q.object for q in Store.read_only(newer)}


# --- the socket -----------------------------------------------------------------------------------------------------------


def test_the_socket_is_its_users_alone(place: Place, base: Base) -> None:
    """Whatever the umask, nobody else may connect; a socket that a killed service left behind is replaced."""
    before = os.umask(0)
    try:
        for _ in range(2):
            with service(place, base) as running:
                assert stat.S_IMODE(place.socket.stat().st_mode) == 0o600
                assert running.process.pid
                os.kill(running.process.pid, signal.SIGKILL)
                running.process.join()
                assert place.socket.exists()
                assert connected(place) is None
                running.end = lambda: None  # type: ignore[method-assign]
    finally:
        os.umask(before)
    with open_any_writer(place, base, "dana", "test") as writer:
        assert isinstance(writer, Writer)


@pytest.mark.parametrize("length", [60, 200])
def test_a_folder_may_lie_as_deep_as_it_likes(tmp_path: Path, base: Base, make: Make, length: int) -> None:
    """A path beyond the 108 bytes of a socket's address, Arabic letters and all, is written to like any other."""
    place = Place(tmp_path / ("مجلد" * (length // 8)) / ("x" * length) / "data")
    with service(place, base), open_any_writer(place, base, "dana", "test") as writer:
        assert isinstance(writer, RemoteWriter)
        assert writer.commit(make()).result is Result.COMMITTED
        assert stat.S_IMODE(place.socket.stat().st_mode) == 0o600


def test_where_none_runs_the_store_is_opened_here(place: Place, base: Base, make: Make) -> None:
    """Without a service nobody is asked, and who has no name is refused before anybody is."""
    assert connected(place) is None
    with open_any_writer(place, base, "dana", "test") as writer:
        assert isinstance(writer, Writer)
    with service(place, base), pytest.raises(ClaimgraphError, match="name yourself with --as"), open_any_writer(place, base, " ", "test"):
        pass


def test_the_reference_graph_is_changed_through_the_service(served: Service, place: Place, base: Base) -> None:
    """By whoever asks, under that name; what comes back is what a writer here would say, errors too."""
    with open_any_writer(place, base, "eva", "test") as writer:
        assert isinstance(writer, RemoteWriter)
        done = writer.change_entities(Merge(key="us-forces", into="coalition"), reason="the same")
        assert (done.sequence, done.keys, done.reports) == (2, ("coalition", "us-forces"), ())
        with pytest.raises(BadEntity, match="was merged into 'coalition'"):
            writer.change_entities(Merge(key="us-forces", into="coalition"), reason="again")
    with closing(Archive(place.archive, base.iri)) as archive:
        (commit,) = archive.commits(after=1)
        assert (commit.agent, commit.reason, commit.subject) == ("eva", "the same", "entity merge us-forces coalition")


@pytest.mark.parametrize("said", [b"\xff" * 12, pack({"do": "nosuch"}), pack({}), pack({"do": "commit"}, b"{}"), b"half"])
def test_nonsense_ends_its_own_connection_and_no_other(served: Service, place: Place, said: bytes) -> None:
    """What no process of ours says is not answered; everybody else is."""
    with calling(place) as other:
        with closing(socket.socket(socket.AF_UNIX)) as channel:
            channel.settimeout(PATIENCE)
            channel.connect(str(place.socket))
            channel.sendall(said)
            channel.shutdown(socket.SHUT_WR)
            with pytest.raises(EOFError):
                receive(channel, Frames())
        assert other.snapshot()[1] == 1


# --- the end --------------------------------------------------------------------------------------------------------------


def test_it_ends_when_its_line_is_closed(place: Place, base: Base) -> None:
    """By itself, with the right to write free at once and no socket left; signals meant for the service as a whole do not end it."""
    with service(place, base) as running:
        for number in (signal.SIGINT, signal.SIGTERM):
            assert running.process.pid
            os.kill(running.process.pid, number)
        with calling(place) as client:
            assert client.snapshot()[1] == 1
            running.end()
            with pytest.raises(Unavailable, match="does not answer: try again"):
                client.snapshot()
        assert not place.socket.exists()
        with open_writer(place, base, "dana", "test") as writer:
            assert writer.archive.head() == 1


def test_it_ends_between_two_requests(place: Place, base: Base, make: Make) -> None:
    """Closed while commits come in, it ends with none torn: every one that was acknowledged is there, and the store is sound."""
    acknowledged: list[int] = []

    def write() -> None:
        with calling(place) as client, suppress(Unavailable):
            for document in (as_json(make(f"r{number}")) for number in range(10_000)):
                acknowledged.append(client.commit(json.dumps(document).encode(), None, agent="dana")["sequence"])  # noqa: PERF401  # one by one

    with service(place, base) as running:
        writing = threading.Thread(target=write)
        writing.start()
        deadline = time.monotonic() + PATIENCE
        while len(acknowledged) < 5 and time.monotonic() < deadline:
            time.sleep(0.01)
        running.end()
        writing.join()
    assert 5 <= len(acknowledged) < 10_000
    with closing(Archive(place.archive, base.iri)) as archive, reading(place, base.iri) as snapshot:
        assert archive.head() in (acknowledged[-1], acknowledged[-1] + 1)
        assert verify(archive, Store.read_only(str(snapshot.path)), snapshot.sequence) == ()


def test_a_service_that_cannot_write_says_why(place: Place, base: Base) -> None:
    """Another base, or nobody's name: the error comes through the line, and the process ends."""
    with open_writer(place, base, "dana", "test"):
        pass
    for other, agent, sentence in ((Base("https://example.org/kg/"), "x", "names its data under"), (base, " ", "name yourself")):
        with service(place, other, agent) as running:
            assert sentence in str(error_from(running.said))
            running.process.join(PATIENCE)
        assert not place.socket.exists()
