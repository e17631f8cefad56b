"""Killed at any moment: what was acknowledged is there, the store is sound, and the next writer goes on where the last one was.

A process that has loaded everything but opened nothing forks the writers, so that a kill costs a fraction of a second. ``CLAIMGRAPH_KILLS`` says how
many random kills there are (a few dozen in CI; ``make long`` asks for hundreds).
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from pyoxigraph import Store

from claimgraph.model.names import Base
from claimgraph.model.vocabulary import CG, RDF_TYPE
from claimgraph.store.archive import Archive
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading
from claimgraph.store.verify import verify

KILLS = int(os.environ.get("CLAIMGRAPH_KILLS", "36"))
KILLS_PER_STORE = 12
SERIES = 5

NURSERY = """
import json, os, select, signal, sys, time
from pathlib import Path
from claimgraph.model.names import Base
from claimgraph.model.reading import read_claims_file
from claimgraph.model.resources import folder
from claimgraph.store.commit import open_writer
from claimgraph.store.decisions import Decision
from claimgraph.store.place import Place
from claimgraph.model.to_quads import to_quads
from claimgraph.store.reference import Reference, bundled
from claimgraph.store.shapes import gate

SERIES = int(sys.argv[1])
SAMPLES = [one.document for path in sorted((folder("graph") / "samples").glob("*.json")) for one in read_claims_file(path)]
BASE = Base(sys.argv[2])
REFERENCE = Reference(bundled(BASE), BASE)
gate(to_quads(SAMPLES[0], BASE, REFERENCE.entities), REFERENCE)

def document(number):
    "The document of a number: report ids come round, so that all but the first few are revisions."
    plain = SAMPLES[number % len(SAMPLES)]
    return plain.model_copy(update={"report": plain.report.model_copy(update={"id": f"r{number % SERIES}", "note": str(number)})})

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class Dying:
    "Stands for an object, and dies before or after one of its methods does its work."
    def __init__(self, inner, method, when, only=None):
        self.inner, self.method, self.when, self.only = inner, method, when, only
    def __getattr__(self, name):
        inner = getattr(self.inner, name)
        def call(*args, **kwargs):
            if self.only is not None and args[0] != self.only:
                return inner(*args, **kwargs)
            if self.when == "before":
                die()
            if self.when == "within":
                signal.setitimer(signal.ITIMER_REAL, 0.001)  # kills by its default action, wherever the method is by then
            inner(*args, **kwargs)
            die()
        return call if name == self.method else inner
    def __len__(self):
        return len(self.inner)

def arm(writer, point):
    "From here on, the writer dies at a certain point of its next commit."
    if point in ("before COMMIT", "after COMMIT"):
        writer.archive._db = Dying(writer.archive._db, "execute", point.split()[0], "COMMIT")
    elif point == "before apply":
        writer.index.apply = lambda *_: die()
    elif point in ("before extend", "within extend", "after extend"):
        writer.index.store = Dying(writer.index.store, "extend", point.split()[0])
    elif point == "within a snapshot":
        writer.place.wanted.touch()
        Path.rename = lambda self, target: die()

def decide(job):
    "Accept a claim, and reject others: at the second decision the writer dies, if it is to."
    with open_writer(Place(Path(job["folder"])), BASE, "dana", "review") as writer:
        version = writer.archive.current("r0").version
        for do, claims in (("accept", ("c01",)), ("reject", ("c02", "c03"))):
            if do == "reject":
                arm(writer, job["point"])
            found = writer.decide(Decision("r0", version, do, claims, "read"))
            say({"number": do, "result": found.result.value, "subject": BASE.report(found.version, "r0").iri, "sequence": found.sequence})

def work(job):
    if job["decides"]:
        return decide(job)
    with open_writer(Place(Path(job["folder"])), BASE, "analyst", "ingest") as writer:
        for number in range(job["first"], job["first"] + job["count"]):
            if number == job["first"] + job["count"] - 1:
                arm(writer, job["point"])
            outcome = writer.commit(document(number), revise=True)
            say({"number": number, "result": outcome.result.value, "subject": outcome.mapped.name.iri, "sequence": outcome.sequence})

def say(value):
    os.write(SAID, json.dumps(value).encode() + b"\\n")

def watch(pid, heard, job):
    "Pass on what the writer says; some time after so many words, kill it."
    words, deadline = 0, None
    while True:
        if deadline is None and job["delay"] is not None and words >= job["after"]:
            deadline = time.monotonic() + job["delay"]
        wait = None if deadline is None else max(0, deadline - time.monotonic())
        if not select.select([heard], [], [], wait)[0]:
            os.kill(pid, signal.SIGKILL)
            deadline = job["delay"] = None
        elif not (data := os.read(heard, 65536)):
            return
        else:
            os.write(1, data)
            words += data.count(b"\\n")

for line in sys.stdin:
    job = json.loads(line)
    heard, SAID = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            work(job)
        except BaseException as error:
            say({"error": repr(error)})
            os._exit(1)
        os._exit(0)
    os.close(SAID)
    watch(pid, heard, job)
    os.close(heard)
    SAID = 1
    say({"ended": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])})
"""


@dataclass
class Written:
    """What a writer acknowledged before it ended, and how it ended."""

    acknowledged: list[dict[str, Any]]
    ended: int


Write = Callable[..., Written]


@pytest.fixture(scope="module")
def nursery(base: Base) -> Iterator[Write]:
    """A function that lets a process of its own write, and die."""
    command = [sys.executable, "-c", NURSERY, str(SERIES), base.iri]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def write(
            place: Place, first: int, count: int, *, point: str | None = None, after: int = 0, delay: float | None = None, decides: bool = False
        ) -> Written:
            assert process.stdin is not None
            assert process.stdout is not None
            job = {"folder": str(place.folder), "first": first, "count": count, "point": point, "after": after, "delay": delay, "decides": decides}
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            said = []
            for line in process.stdout:
                said.append(json.loads(line))
                if "ended" in said[-1]:
                    assert not [one for one in said if "error" in one]
                    return Written(said[:-1], said[-1]["ended"])
            pytest.fail("the nursery died")

        yield write
        process.kill()


def check(place: Place, base: Base, acknowledged: list[dict[str, Any]]) -> None:
    """Every acknowledged commit is in the archive under its number, the store is sound, and the index shows each report once."""
    with reading(place, base.iri) as snapshot, closing(Archive(place.archive, base.iri)) as archive:
        store = Store.read_only(str(snapshot.path))
        assert (snapshot.sequence, snapshot.behind) == (archive.head(), 0)
        assert verify(archive, store, snapshot.sequence) == ()
        subjects = {commit.sequence: commit.subject for commit in archive.commits()}
        for one in acknowledged:
            if one["sequence"] is not None:
                assert one["subject"].endswith(f"v/{subjects[one['sequence']]}")
        shown = {quad.subject.value for quad in store.quads_for_pattern(None, RDF_TYPE, CG.Report, None)}
        current = [report for sequence in archive.standing() if (report := archive.report(sequence))]
        assert shown == {base.report(report.version, report.report_id).iri for report in current}


POINTS = {
    "before COMMIT": False,
    "after COMMIT": True,
    "before apply": True,
    "before extend": True,
    "within extend": True,
    "after extend": True,
    "within a snapshot": True,
}


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("before", [0, SERIES + 1], ids=["new", "revision"])
def test_killed_at_a_point_of_a_commit(place: Place, base: Base, nursery: Write, point: str, before: int) -> None:
    """Killed before the archive has it a commit never was; after that it is there on reopening, and sent again it is known."""
    written = nursery(place, 0, before + 1, point=point)
    assert written.ended in (-signal.SIGKILL, -signal.SIGALRM)
    assert [one["number"] for one in written.acknowledged] == list(range(before))
    check(place, base, written.acknowledged)
    again = nursery(place, before, 2)
    assert again.ended == 0
    assert [one["result"] for one in again.acknowledged] == ["unchanged" if POINTS[point] else "committed", "committed"]
    check(place, base, written.acknowledged + again.acknowledged)
    assert not list(place.snapshots.glob("*.draft-*"))


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_point_of_a_decision(place: Place, base: Base, nursery: Write, point: str) -> None:
    """A decision is kept whole or not at all, too: what it rejects is out of the index once it is in the archive, and taken again it is known."""
    assert nursery(place, 0, 1).ended == 0
    written = nursery(place, 0, 0, point=point, decides=True)
    assert written.ended in (-signal.SIGKILL, -signal.SIGALRM)
    assert [one["number"] for one in written.acknowledged] == ["accept"]
    check(place, base, written.acknowledged)
    again = nursery(place, 0, 0, decides=True)
    assert [one["result"] for one in again.acknowledged] == ["unchanged", "unchanged" if POINTS[point] else "committed"]
    check(place, base, written.acknowledged)
    with reading(place, base.iri) as snapshot:
        left = {q.subject.value.rpartition("/")[2] for q in Store.read_only(str(snapshot.path)).quads_for_pattern(None, RDF_TYPE, CG.Claim, None)}
    assert left & {"c01", "c02", "c03"} == {"c01"}


@pytest.mark.parametrize("batch", range(-(-KILLS // KILLS_PER_STORE)))
def test_killed_at_any_moment(place: Place, base: Base, nursery: Write, batch: int) -> None:
    """Killed again and again, at random moments of opening, replaying, committing and copying, the store loses nothing and goes on."""
    chance = random.Random(batch)
    acknowledged: list[dict[str, Any]] = []
    following = 0
    for kill in range(min(KILLS_PER_STORE, KILLS - batch * KILLS_PER_STORE)):
        if place.snapshots.is_dir():
            place.wanted.touch()
        after = chance.choice([0, 1, 1, 2, 3])
        written = nursery(place, following, 10_000, after=after, delay=chance.uniform(0, 0.05 if after else 0.3))
        assert written.ended == -signal.SIGKILL
        assert [one["number"] for one in written.acknowledged] == list(range(following, following + len(written.acknowledged)))
        assert all(one["result"] == "committed" for one in written.acknowledged[1:])
        acknowledged += written.acknowledged
        following += len(written.acknowledged)
        if place.exists() and kill % 3 == 2:  # in between, kills pile up
            check(place, base, acknowledged)
    assert following > 0
    final = nursery(place, max(0, following - SERIES), SERIES + 1)
    assert final.ended == 0
    assert {one["result"] for one in final.acknowledged} <= {"committed", "unchanged"}
    check(place, base, acknowledged + final.acknowledged)
