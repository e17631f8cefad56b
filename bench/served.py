"""What is measured over HTTP: a store of generated reports, `claimgraph serve` on it, `oxigraph serve` on a copy of its index, and what /proc says.

(Linux, for the last of these.)
"""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from claimgraph.store.commit import open_writer
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading
from commit import commit
from generate import documents, reference
from load import Target

HOST = "127.0.0.1"
READY_SECONDS = 120.0
END_SECONDS = 30.0
BIN = Path(sys.executable).parent
_TICKS = os.sysconf("SC_CLK_TCK")


# --- the store --------------------------------------------------------------------------------------------------------------


def stored(place: Place) -> int:
    """How many reports a store holds; none where there is no store."""
    if not place.exists():
        return 0
    with closing(sqlite3.connect(f"{place.archive.absolute().as_uri()}?mode=ro", uri=True)) as archive:
        return int(archive.execute("SELECT COUNT(DISTINCT report_id) FROM reports").fetchone()[0])


def store_of(folder: Path, reports: int) -> Place:
    """The store of so many generated reports in a folder, made with what ``claimgraph ingest`` uses, or as far as it is not there yet."""
    place = Place(folder / "store")
    have = stored(place)
    if have > reports:
        raise SystemExit(f"{place.folder} holds {have} reports, more than {reports}: name another folder, or --reports {have}.")
    start = time.perf_counter()
    with open_writer(place, reference().base, "bench", "ingest") as writer:
        for document in islice(documents(reports if have < reports else 0, seed=1), have, None):
            commit(writer, document)
        quads = len(writer.index.store)
    print(f"store: {reports} reports, {quads} quads; {have} were there, the others took {time.perf_counter() - start:.0f} s", flush=True)
    return place


def copy_of_index(place: Place, folder: Path) -> Path:
    """A copy of the index that shares no file with it, for the peer to open; one made before of the same commit is used again."""
    with reading(place, reference().base.iri) as snapshot:
        target = folder / f"peer-{snapshot.path.name}"
        if not target.exists():
            for older in folder.glob("peer-*"):
                shutil.rmtree(older)
            draft = folder / "peer-draft"
            shutil.copytree(snapshot.path, draft)
            draft.rename(target)
    return target


def copy_of_store(place: Place, folder: Path) -> Place:
    """A copy of a whole store, to be written to."""
    shutil.copytree(place.folder, folder, ignore=shutil.ignore_patterns("snapshots", "*.sock"))
    return Place(folder)


# --- the servers ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Server:
    """A server at work; how it ended, where not as it should, is added to ``faults``."""

    name: str
    target: Target
    process: int
    faults: list[str] = field(default_factory=list)


@contextmanager
def claimgraph(place: Place, logs: Path) -> Iterator[Server]:
    """``claimgraph serve`` on a store. What it says goes into files in ``logs``; at the end it must stop cleanly."""
    said = logs / "claimgraph.out"
    with _started([str(BIN / "claimgraph"), "serve", "--data", str(place.folder), "--host", HOST, "--port", "0"], said) as process:
        address = _wait(process, said, lambda: _address(said))
        server = Server("claimgraph", Target(HOST, int(address.rstrip("/").rsplit(":", 1)[1]), "/sparql"), process.pid)
        yield server
        if process.poll() is not None:
            server.faults.append(f"claimgraph serve ended by itself: {_last_words(said)}")
    if process.returncode:
        server.faults.append(f"claimgraph serve ended with {process.returncode}: {_last_words(said)}")


@contextmanager
def oxigraph(location: Path, logs: Path, name: str = "oxigraph") -> Iterator[Server]:
    """``oxigraph serve-read-only`` on a copy of the index, with the union of all graphs as the default graph, as ours has it."""
    port, said = _free_port(), logs / f"{name}.out"
    command = [str(BIN / "oxigraph"), "serve-read-only", "--location", str(location), "--bind", f"{HOST}:{port}", "--union-default-graph"]
    with _started(command, said) as process:
        _wait(process, said, lambda: _listens(port))
        yield Server(name, Target(HOST, port, "/query"), process.pid)


@contextmanager
def _started(command: list[str], said: Path) -> Iterator[subprocess.Popen[bytes]]:
    with said.open("wb") as out, said.with_suffix(".err").open("wb") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err)  # noqa: S603  # programs of our own environment
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], said: Path, found: Callable[[], str | None]) -> str:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if value := found():
            return value
        time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} is not ready: {_last_words(said)}")


def _last_words(said: Path) -> str:
    """The end of what a server wrote on standard error."""
    return said.with_suffix(".err").read_text(encoding="utf-8", errors="replace")[-2000:]


def _address(said: Path) -> str | None:
    """The address in the line by which the service says that it is ready."""
    whole = said.read_text(encoding="utf-8").rpartition("\n")[0]
    return next((line.split()[-1] for line in whole.splitlines() if " is at http://" in line), None)


def _listens(port: int) -> str | None:
    try:
        with closing(socket.create_connection((HOST, port), timeout=1)):
            return str(port)
    except OSError:
        return None


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def ask(target: Target, query: str, parameters: str = "", accept: str = "application/sparql-results+json") -> tuple[int, bytes]:
    """One query over a connection of its own, outside what is measured: status and body."""
    with closing(http.client.HTTPConnection(target.host, target.port, timeout=READY_SECONDS)) as connection:
        headers = {"Content-Type": "application/sparql-query", "Accept": accept}
        connection.request("POST", target.path + parameters, query.encode(), headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


# --- what /proc says --------------------------------------------------------------------------------------------------------


def family(process: int) -> list[int]:
    """A process and all that descend from it, itself first."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents[int(entry.name)] = int(fields[1])
    found = [process]
    for member in found:  # grows while it is walked
        found += [pid for pid, parent in parents.items() if parent == member]
    return found


def _stat(process: int) -> list[str]:
    """The fields of a process from its state on; nothing where it has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def processor_seconds(process: int) -> float:
    """Seconds of processor time that a process has taken."""
    fields = _stat(process)
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0


def taken_by(process: int) -> float:
    """Seconds of processor time that a process and its family have taken, with those of it that have ended."""
    every = [fields for pid in family(process) if (fields := _stat(pid))]
    return sum(int(ticks) for fields in every for ticks in fields[11:15]) / _TICKS


def taken_by_all() -> float:
    """Seconds of processor time that anything on this machine has taken."""
    user, nice, system, _idle, _waiting, interrupts, soft = map(int, Path("/proc/stat").read_text(encoding="utf-8").split()[1:8])
    return (user + nice + system + interrupts + soft) / _TICKS


def resident(process: int) -> float:
    """Memory that a process holds now, in MB; none where it has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0) / 1024


def descriptors(process: int) -> int:
    """How many files and sockets a process has open; none where it has ended."""
    try:
        return len(os.listdir(f"/proc/{process}/fd"))  # noqa: PTH208  # a name for each is all that is counted
    except OSError:
        return 0


def settled(sample: Callable[[], int], still: float, most: float = 90.0) -> int:
    """A number once it has been the same for ``still`` seconds, or after ``most``."""
    start = since = time.monotonic()
    seen = sample()
    while time.monotonic() - since < still and time.monotonic() - start < most:
        time.sleep(0.1)
        now = sample()
        if now != seen:
            seen, since = now, time.monotonic()
    return seen
