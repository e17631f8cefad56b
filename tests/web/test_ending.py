"""How a service ends and begins: cleanly at a signal whatever is under way, with nothing torn after a kill, and on a folder where nothing is."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from claimgraph.store.tokens import Tokens
from requesting import ENDLESS, JSON_BODY, Writable, asked, history, refused, sound
from running import Run, finish, small, start, written
from serving import Answer, Service, Serving, bearer, eventually, exchange


def family(process: int) -> list[int]:
    """The processes that a service started: it leads a session of its own, so they all belong to it."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                session = os.getsid(int(entry.name))
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if session == process and state != "Z":
                found.append(int(entry.name))
    return found


def ended(service: Service, number: int) -> None:
    """That a service ends by a signal: with exit code 0, no process and no socket left."""
    process = service.process
    assert len(family(process.pid)) > 2 or not Path("/proc/self").exists()
    process.send_signal(number)
    process.wait(30)
    service.ended()
    eventually(lambda: not family(process.pid), "the end of every process")
    assert service.data is not None
    assert not [path for path in service.data.iterdir() if path.is_socket()]
    assert service.log[-1]["event"] == "ended"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_while_it_writes(other: Writable, claimgraph: Run, number: int) -> None:
    """Reports that are being let in when the signal comes are in whole or not at all; those acknowledged are in."""
    answers: list[Answer] = []

    def write() -> None:
        for report in range(1000):
            try:
                answers.append(other.send("POST", "/api/reports", json.dumps(small(report_id=f"r{report}")), JSON_BODY))
            except OSError:
                return

    writing = threading.Thread(target=write)
    writing.start()
    eventually(lambda: len(answers) > 3, "some reports")
    ended(other.service, number)
    writing.join()
    acknowledged = [int(answer.headers["X-Commit"]) for answer in answers if answer.status == 201]
    assert {answer.status for answer in answers} <= {201, 503}
    assert sound(other.data, claimgraph) in (acknowledged[-1], acknowledged[-1] + 1)


def test_stopped_while_a_command_writes(other: Writable, tmp_path: Path, claimgraph: Run) -> None:
    """A command that lets reports in through the service is told when that ends; what it was told to be in is in."""
    folder = tmp_path / "many"
    folder.mkdir()
    for report in range(400):
        written(folder / f"r{report:03}.json", small(report_id=f"r{report:03}"))
    before = sound(other.data, claimgraph)
    command = start("ingest", folder, "--data", other.data, "--as", "omar", "--format", "json", cwd=tmp_path)
    eventually(lambda: len(history(other.data, claimgraph)) > before + 3, "some reports")
    ended(other.service, signal.SIGTERM)
    said = finish(command)
    results = [entry["result"] for entry in json.loads(said.out)]
    assert said.code == 1
    assert sound(other.data, claimgraph) in (before + results.count("committed"), before + results.count("committed") + 1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_while_it_answers(other: Writable, claimgraph: Run, number: int) -> None:
    """A query that runs on when the signal comes is ended after some seconds, and whoever waits is told so in the usual shape (503)."""
    answers: list[Answer] = []
    asking = threading.Thread(target=lambda: answers.append(asked(other.service, ENDLESS)))
    asking.start()
    eventually(lambda: _figure(other.service, "claimgraph_queries_long") == 1, "a query that runs")
    began = time.monotonic()
    ended(other.service, number)
    assert time.monotonic() - began < 9
    asking.join()
    refused(answers[0], 503, "unavailable")
    assert sound(other.data, claimgraph) == 12


def _figure(service: Service, name: str) -> float:
    (line,) = (line for line in service.send("GET", "/metrics").text.splitlines() if line.startswith(f"{name} "))
    return float(line.split()[1])


def test_killed_and_started_again(other: Writable, claimgraph: Run, serving: Serving) -> None:
    """Killed without warning, no process stays behind; what was acknowledged is there, the command line writes, and another service starts."""
    commit = other.update(f"INSERT DATA {{ GRAPH <{other.graph('killed')}> {{ <urn:a> <urn:b> <urn:c> }} }}")
    process = other.service.process
    other.service.kill()
    eventually(lambda: not family(process.pid), "the end of every process")
    assert sound(other.data, claimgraph) == commit
    said = claimgraph("ingest", written(Path("after.json"), small(report_id="after")), "--data", other.data, "--as", "omar")
    assert (said.code, "1 committed" in said.out) == (0, True)
    again = Writable(serving(data=other.data), other.headers)
    assert again.triples("killed", commit) == {("urn:a", "urn:b", "urn:c")}
    assert again.update(f"DELETE DATA {{ GRAPH <{other.graph('killed')}> {{ <urn:a> <urn:b> <urn:c> }} }}") == commit + 2


def test_a_folder_without_a_store(tmp_path: Path, serving: Serving, claimgraph: Run) -> None:
    """A service makes the store that is not there, with the reference graph; reports can be let in at once."""
    assert serving(data=tmp_path / "new" / "store").send("GET", "/id/sdf").status == 200
    said = claimgraph("ingest", written(Path("first.json"), small()), "--data", tmp_path / "new" / "store", "--as", "omar")
    assert said.code == 0
    assert claimgraph("verify", "--data", tmp_path / "new" / "store").code == 0


def test_who_only_listens_does_not_hold_it_up(other: Writable) -> None:
    """Connections that are kept for later, and requests that have been begun and are not finished, do not keep a service from ending."""
    with closing(other.service.connection()) as kept, closing(other.service.connection()) as begun:
        assert exchange(kept, "GET", "/health").status == 200
        begun.connect()
        begun.sock.sendall(b"GET /health HTT")
        began = time.monotonic()
        ended(other.service, signal.SIGTERM)
        assert time.monotonic() - began < 4


def test_processes_that_die_are_replaced(other: Writable, claimgraph: Run) -> None:
    """The process that writes, and those that answer, may be killed at any time: others take their place, and nothing is lost."""
    commit = other.update(f"INSERT DATA {{ GRAPH <{other.graph('kept')}> {{ <urn:a> <urn:b> <urn:c> }} }}")
    writer = json.loads((other.data / "writer.lock").read_bytes())["process"]
    os.kill(writer, signal.SIGKILL)
    text = f"DELETE DATA {{ GRAPH <{other.graph('kept')}> {{ <urn:a> <urn:b> <urn:c> }} }}"
    answers: list[Answer] = []
    eventually(lambda: answers.append(other.try_update(text)) or answers[-1].status == 204, "another writer")
    assert {answer.status for answer in answers} <= {204, 503}
    assert _figure(other.service, "claimgraph_writer_restarts") == 1
    assert other.triples("kept", commit + 1) == set()
    for process in family(other.service.process.pid):
        if process != other.service.process.pid:
            os.kill(process, signal.SIGKILL)
    eventually(lambda: asked(other.service, "ASK {}").status == 200, "another worker")
    eventually(lambda: other.try_update("INSERT DATA {}").status == 204, "another writer")
    assert sound(other.data, claimgraph) == commit + 1


def test_a_folder_with_a_long_name(sampled: Path, tmp_path: Path, serving: Serving, claimgraph: Run) -> None:
    """A path that is longer than the address of a socket may be, in whatever letters, is a folder like any other."""
    data = Path(shutil.copytree(sampled, tmp_path / f"مجلد {'x' * 100}" / ("y" * 100) / "data"))
    there = Writable(serving(data=data), bearer(Tokens(data).create("dana", ("write",))))
    commit = there.update(f"INSERT DATA {{ GRAPH <{there.graph('long')}> {{ <urn:a> <urn:b> <urn:c> }} }}")
    assert there.triples("long", commit)
    assert claimgraph("ingest", written(Path("one.json"), small()), "--data", data, "--as", "omar").code == 0
    assert history(data, claimgraph)[0]["sequence"] == commit + 1
    assert "serve" in (data / "writer.lock").read_text()
