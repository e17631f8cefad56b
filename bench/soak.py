"""The endpoint under long load: a thousand queries killed in a row, then half an hour of reading with commits among it.

    python bench/soak.py                                  # 1,000 kills and 30 minutes, on 1,000 reports
    python bench/soak.py --kills 100 --minutes 2 --reports 100

Ends with exit code 1 where memory, processes or files are left behind, a request fails, or the parent's memory goes on growing.
README.md in this folder says what is counted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from asked import CROSS, look_ups, quick_questions
from claimgraph.model.document import as_json
from generate import documents
from load import HELD, Client, Group, Paced, Request, Tally, percentile, retry_after, run
from served import BIN, Server, claimgraph, copy_of_store, descriptors, family, resident, settled, store_of

KILL_SECONDS = 0.2  # what each killed query is allowed
KILLERS = 2  # clients whose queries are killed
WARMING_KILLS = 50
STILL = 25.0  # seconds without a process that begins or ends: workers that nobody needs end after some
WAKING_SECONDS = 3.0  # of light queries, so that every worker has opened the store before files are counted
ROUNDS, TOGETHER = 20, 8  # rounds in which so many queries are killed at once
LIGHT_SECONDS = 10.0
READERS = 16
COMMITS = 1 / 19  # a commit for so many choices: each is followed by a look-up of its own, so that one request in twenty is one
PACE = 20.0  # requests a second, one of them a commit: the store grows, and questions with it; more is more than two cores can do at the end
CATALOGUE = 0.2  # share of the reads that are questions of the catalogue; the others look up a claim
WARM_MINUTES = 3.0
SAMPLE_SECONDS = 5.0
GROWTH = 1.05  # of memory
FILES = 50  # descriptors that may come and go: pipes to processes that have ended stay open until garbage is collected


# --- what a service holds ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """What a service holds when nothing is asked of it: MB of the parent and of all its processes, processes, files."""

    parent: float
    memory: float
    processes: int
    files: int

    def __str__(self) -> str:
        """In one line."""
        return f"parent {self.parent:.0f} MB, all {self.memory:.0f} MB, {self.processes} processes, {self.files} files and sockets"


def held(server: Server, light: Sequence[Request]) -> Held:
    """What it holds, once killed workers have been replaced, those it no longer needs have ended, and the others have the store open."""
    settled(lambda: len(family(server.process)), STILL)
    run(server.target, [Group("waking", READERS, light)], WAKING_SECONDS)
    settled(lambda: sum(map(descriptors, family(server.process))), 2.0)
    pids = family(server.process)
    return Held(resident(server.process), sum(map(resident, pids)), len(pids), sum(map(descriptors, pids)))


def leaks(before: Held, after: Held) -> Iterator[str]:
    """What one thousand kills left behind."""
    if after.parent > before.parent * GROWTH:
        yield f"the parent's memory grew from {before.parent:.0f} to {after.parent:.0f} MB"
    if after.memory > before.memory * GROWTH:
        yield f"the memory of all grew from {before.memory:.0f} to {after.memory:.0f} MB"
    if after.processes > before.processes:
        yield f"{after.processes} processes, {before.processes} before"
    if after.files > before.files + FILES:
        yield f"{after.files} files and sockets, {before.files} before"


# --- killing ----------------------------------------------------------------------------------------------------------------


class Killers(Group):
    """Clients whose query runs into its deadline (503); each then asks a light one at once, and only that must succeed.

    One that is refused because too many long queries run (429) waits as long as it is told.
    """

    headers = True

    def __init__(self, clients: int, killed: Request, light: Sequence[Request], kills: int) -> None:
        super().__init__("killers", clients, light)
        self.killed, self.kills = killed, kills
        self.seen: Counter[int] = Counter()
        self.overrun: list[float] = []  # seconds from the deadline to the 503
        self._just_killed: set[Client] = set()

    def choose(self, client: Client) -> Request:
        """A light query after a kill, else one to be killed."""
        if client in self._just_killed:
            self._just_killed.discard(client)
            return super().choose(client)
        return self.killed

    def answered(self, client: Client, status: int, now: float) -> float:
        """Count kills; the last ends the run."""
        if client.request is not self.killed:
            return super().answered(client, status, now)
        self.seen[status] += 1
        if status == 503:
            self._just_killed.add(client)
            self.overrun.append(now - client.sent - KILL_SECONDS)
            self.over |= self.seen[503] >= self.kills
        elif status != 429:
            self.tally.fail(f"a query to be killed: status {status}")
        return retry_after(client) if status == 429 else 0.0


class Together(Group):
    """Clients that send queries to be killed all at once; when the last was, one of them asks a light one, and then the next round begins."""

    headers = True

    def __init__(self, clients: int, killed: Request, light: Sequence[Request], rounds: int) -> None:
        super().__init__("together", clients, light)
        self.killed, self.rounds = killed, rounds
        self._waiting: list[Client] = []
        self._ask_light = False

    def choose(self, client: Client) -> Request:
        """The light query where every other one is answered, else one to be killed."""
        light, self._ask_light = self._ask_light, False
        return super().choose(client) if light else self.killed

    def answered(self, client: Client, status: int, now: float) -> float:
        """Hold the client back until all have their answer."""
        if client.request is not self.killed:
            super().answered(client, status, now)
            self.rounds -= 1
            self.over |= self.rounds <= 0
            released, self._waiting = self._waiting, []
            for other in released:
                other.send()
            return 0.0
        if status not in (429, 503):
            self.tally.fail(f"a query to be killed: status {status}")
        if len(self._waiting) + 1 < self.clients:
            self._waiting.append(client)
            return HELD
        self._ask_light = True
        return 0.0


def killing(server: Server, kills: int) -> list[str]:
    """Kill queries, and see what is left of them."""
    target = server.target
    light = [target.query("light", text) for text in look_ups(target, 1_000)]
    killed = target.query("killed", CROSS, f"?timeout={KILL_SECONDS}")
    most = 60 + kills * 2.0  # seconds; a bound, not an expectation
    idle = Group("idle", KILLERS, light)
    run(target, [idle], LIGHT_SECONDS)
    run(target, [Killers(KILLERS, killed, light, min(WARMING_KILLS, kills))], most, 0.0)
    before = held(server, light)
    print(f"before {kills} kills: {before}", flush=True)
    start, killers = time.perf_counter(), Killers(KILLERS, killed, light, kills)
    run(target, [killers], most, 0.0)
    spent = time.perf_counter() - start
    after = held(server, light)
    print(f"after: {after}; killed {killers.seen[503]} in {spent:.0f} s, refused {killers.seen[429]}")
    together = Together(TOGETHER, killed, light, ROUNDS)
    run(target, [together], 60 + ROUNDS * 10.0, 0.0)
    print(f"from the deadline to the 503: {shown(killers.overrun)}")
    print(f"light query, idle: {light_ones(idle.tally)}\nlight query right after a kill: {light_ones(killers.tally)}")
    print(f"light query after {TOGETHER} at once were killed or refused: {light_ones(together.tally)}", flush=True)
    wrong = [f"{len(killers.overrun)} of {kills} were killed in {most:.0f} s"] if killers.seen[503] < kills else []
    return [*wrong, *leaks(before, after), *failed(idle), *failed(killers), *failed(together)]


def shown(seconds: Sequence[float]) -> str:
    """Median, 99th percentile and most."""
    return ", ".join(f"{name} {percentile(seconds, percent) * 1e3:.1f} ms" for name, percent in (("median", 50), ("p99", 99), ("most", 100)))


def light_ones(tally: Tally) -> str:
    """How long light queries took, and how many there were."""
    seconds = tally.seconds["light"]
    return f"{shown(seconds)} ({len(seconds)})"


def failed(group: Group) -> list[str]:
    """What failed for a group."""
    return [f"{group.name}: {group.tally.told()}"] if group.tally.wrong else []


# --- half an hour -----------------------------------------------------------------------------------------------------------


class Mixed(Paced):
    """Clients that read at a pace, and now and then commit a new report; who has committed reads next what must be as new as that."""

    headers = True

    def __init__(self, clients: int, reads: Mapping[str, Sequence[Request]], commits: Sequence[Request], newer: dict[str, str]) -> None:
        super().__init__("mixed", clients, reads["look-up"], clients / PACE)
        self._reads, self._commits, self._random = reads, iter(commits), Random(11)
        self._own: dict[Client, str] = {}  # the commit that a client saw acknowledged
        self._newer = newer

    def choose(self, client: Client) -> Request:
        """A read of its own commit, a new report, or any read."""
        if client in self._own:
            return self._after(self._own.pop(client))
        if self._random.random() < COMMITS and (new := next(self._commits, None)):
            return new
        return self._random.choice(self._reads["catalogue" if self._random.random() < CATALOGUE else "look-up"])

    def _after(self, commit: str) -> Request:
        return Request("look-up after one's own commit", self._newer["data"].replace("COMMIT", commit).encode())

    def answered(self, client: Client, status: int, now: float) -> float:
        """Count; remember a commit."""
        if client.request.kind == "commit" and (commit := client.header.get(b"x-commit")):
            self._own[client] = commit.decode()
        return super().answered(client, status, now)


class Watch:
    """Memory of a service, sampled while others load it."""

    def __init__(self, server: Server) -> None:
        self.server, self.samples = server, list[tuple[float, float, float, int]]()
        self._end, self._start = threading.Event(), time.monotonic()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Sample in a thread of its own."""
        thread = threading.Thread(target=self._watch)
        thread.start()
        try:
            yield
        finally:
            self._end.set()
            thread.join()

    def _watch(self) -> None:
        while not self._end.wait(SAMPLE_SECONDS):
            pids = family(self.server.process)
            self.samples.append((time.monotonic() - self._start, resident(self.server.process), sum(map(resident, pids)), len(pids)))

    def parent(self, since: float, until: float) -> float:
        """The middle of the parent's memory within some seconds, in MB."""
        return statistics.median([memory for at, memory, _, _ in self.samples if since <= at <= until])

    def series(self) -> Iterator[str]:
        """Each minute, at its first sample."""
        seen = -1
        for at, parent, memory, processes in self.samples:
            if int(at / 60) > seen:
                seen = int(at / 60)
                yield f"minute {seen}: parent {parent:.0f} MB, all {memory:.0f} MB, {processes} processes"


def mixed(server: Server, token: str, minutes: float) -> list[str]:
    """Read and commit for so long."""
    seconds, target = minutes * 60, server.target
    print("reports to commit are being written …", flush=True)
    commits = [_commit(server, token, body) for body in bodies(int(seconds * PACE * COMMITS * 1.2) + 20)]
    lookups = look_ups(target, 5_000)
    reads = {
        "look-up": [target.query("look-up", text) for text in lookups],
        "catalogue": [target.query("catalogue question", query.text) for query in quick_questions(target)],
    }
    newer = {"data": target.query("", lookups[0], "?min-commit=COMMIT").data.decode()}
    group, watch = Mixed(READERS, reads, commits, newer), Watch(server)
    with watch.watching():
        own = run(target, [group], seconds, 0.0)
    tally = group.tally
    print(f"{minutes:g} minutes, {READERS} clients: {tally.rate:.1f} answers/s of {PACE:.0f} wanted, {tally.wrong} failed, generator {own:.0%}")
    for kind, each in sorted(tally.seconds.items()):
        print(f"  {kind}: {len(each)} ({len(each) / tally.done:.1%}), {shown(each)}")
    print("\n".join(watch.series()))
    warm = min(WARM_MINUTES, minutes / 3) * 60
    span = min(60.0, (seconds - warm) / 2)
    first, last = watch.parent(warm, warm + span), watch.parent(seconds - span, seconds)
    medians = f"{span:.0f} s after minute {warm / 60:.1f} and of the last: {first:.1f} and {last:.1f} MB, {last / first:.3f} times"
    print(f"parent's memory, medians of the {medians}")
    grew = [f"the parent's memory went from {first:.1f} to {last:.1f} MB"] if not 1 / GROWTH <= last / first <= GROWTH else []
    return [*grew, *failed(group)]


def bodies(count: int) -> Iterator[bytes]:
    """New reports as they are posted."""
    for document in documents(count, seed=3):
        yield json.dumps(as_json(document), ensure_ascii=False).encode()


def _commit(server: Server, token: str, body: bytes) -> Request:
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Authorization": f"Bearer {token}"}
    return server.target.post("commit", "/api/reports", body, headers, expected=201)


def token_for(data: Path) -> str:
    """A token that may write."""
    command = [str(BIN / "claimgraph"), "token", "create", "bench", "--scope", "read", "--scope", "write", "--data", str(data)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]  # noqa: S603  # our own program


def main() -> int:
    """Kill, load, print, judge."""
    parser = argparse.ArgumentParser(description="The endpoint under long load: killed queries, then reading with commits among it.")
    parser.add_argument("--reports", type=int, default=1_000, help="reports in the store at first")
    parser.add_argument("--folder", type=Path, help="where the store is, or is made and kept; what is committed goes into a copy")
    parser.add_argument("--kills", type=int, default=1_000, help="killed queries; 0 for none")
    parser.add_argument("--minutes", type=float, default=30.0, help="of mixed load; 0 for none")
    options = parser.parse_args()
    wrong: list[str] = []
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder)))
        place = copy_of_store(store_of(folder, options.reports), work / "store")
        token = token_for(place.folder)
        with claimgraph(place, work) as server:
            print(f"{server.name} is process {server.process}, run by {os.getpid()}", flush=True)
            wrong += killing(server, options.kills) if options.kills else []
            wrong += mixed(server, token, options.minutes) if options.minutes else []
        wrong += server.faults
    print("\n".join([*(f"FAILED: {each}" for each in wrong), f"{len(wrong)} promises broken" if wrong else "every promise kept"]))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
