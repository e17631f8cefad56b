"""The endpoint beside `oxigraph serve` on the same reports, both on this machine and asked in turn.

    python bench/serve.py                                  # 10,000 reports, which take ten to twenty minutes to build
    python bench/serve.py --reports 300                    # a quick run
    python bench/serve.py --folder DIR                     # keep the store there, or use the one that is there
    python bench/serve.py --peer-only                      # the peer against itself: what the measurement itself is worth

Ends with exit code 1 where a promise is not kept, an answer differs or a request fails. README.md in this folder says what is counted.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from asked import CROSS, QUICK, differing, look_ups, quick_questions
from load import Group, Paced, Patient, Request, percentile, run
from served import Server, claimgraph, copy_of_index, family, oxigraph, processor_seconds, store_of, taken_by, taken_by_all

CLIENTS = 16
LIGHT, HEAVY = 4, 8  # clients
PACE = 0.1  # seconds between the questions of a paced light client
WARM = 3.0  # seconds before each leg
HEAVY_WARM = 6.0  # seconds until every worker is busy
ENOUGH = 1_000  # answers, below which a 99th percentile is a matter of a few
LONGER = 2  # times as long are legs of catalogue questions, whose answers are few
COMPARED = 25  # answers of each kind that are compared with the peer's
BUSY = 0.05  # of a core, from which on a process counts as at work
WATCHED = 2.0  # seconds
PARTS = ("catalogue", "look-ups", "light")


@dataclass(frozen=True)
class Promise:
    """A ratio to the peer, or to the idle service, that must not be missed."""

    name: str
    value: float
    least: float = 0.0
    most: float = float("inf")

    @property
    def kept(self) -> bool:
        """Whether it is kept."""
        return self.least <= self.value <= self.most

    def __str__(self) -> str:
        """The ratio beside what was promised."""
        bound = f"at least {self.least:g}" if self.least else f"at most {self.most:g}"
        return f"{self.name}: {self.value:.2f} ({bound}){'' if self.kept else ': FAILED'}"


@dataclass
class Legs:
    """The legs of one side, each with the seconds of its answers."""

    rates: list[float] = field(default_factory=list)
    seconds: list[list[float]] = field(default_factory=list)

    def add(self, group: Group) -> None:
        """One more leg."""
        self.rates.append(group.tally.rate)
        self.seconds.append(group.tally.all_seconds())

    @property
    def rate(self) -> float:
        """The middle rate."""
        return statistics.median(self.rates)

    @property
    def p99(self) -> float:
        """The middle 99th percentile of the legs; of all answers together where a leg has too few for one of its own."""
        if min(map(len, self.seconds)) < ENOUGH:
            return percentile([value for each in self.seconds for value in each], 99)
        return statistics.median(percentile(each, 99) for each in self.seconds)

    def __str__(self) -> str:
        """Each leg."""
        rates = " ".join(f"{rate:.{0 if rate > 100 else 1}f}" for rate in self.rates)
        halves, p99s = (" ".join(f"{percentile(each, percent) * 1e3:.1f}" for each in self.seconds) for percent in (50, 99))
        return f"{rates} answers/s, median {halves} ms, p99 {p99s} ms; counted {self.rate:.1f} and {self.p99 * 1e3:.1f} ms"


@dataclass
class Measurement:
    """The two servers, how long each is asked, and what came out so far."""

    ours: Server
    peer: Server
    seconds: float
    legs: int
    quick: float
    promises: list[Promise] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def catalogue(self) -> None:
        """Questions of the catalogue about single things."""
        found = quick_questions(self.peer.target, self.quick)
        if not found:
            raise SystemExit("No question of the catalogue is quick on this store.")
        texts = [query.text for query in found]
        self.compare("catalogue questions", Random(3).sample(texts, min(COMPARED, len(texts))))
        ours, peer = self.beside("catalogue questions", texts, self.seconds * LONGER)
        self.promises += [
            Promise("catalogue questions, our rate to the peer's", ours.rate / peer.rate, least=0.7),
            Promise("catalogue questions, our p99 to the peer's", ours.p99 / peer.p99, most=1.5),
        ]

    def look_ups(self) -> None:
        """Look-ups of single claims."""
        texts = look_ups(self.peer.target)
        print(f"{len(texts)} different look-ups")
        self.compare("look-ups", texts[:COMPARED])
        ours, peer = self.beside("look-ups", texts, self.seconds)
        self.promises.append(Promise("look-ups, our rate to the peer's", ours.rate / peer.rate, least=0.12))
        print(f"look-ups, our p99 to the peer's: {ours.p99 / peer.p99:.2f} (reported)")

    def light(self) -> None:
        """Light queries while every worker is busy against while none is."""
        texts = look_ups(self.peer.target)
        flat_out = self.burdened("light queries, flat out", lambda requests: Group("light", LIGHT, requests, steady=True), texts)
        paced = self.burdened(f"light queries, each client every {PACE * 1e3:.0f} ms", lambda requests: Paced("light", LIGHT, requests, PACE), texts)
        self.promises.append(Promise("light queries, p99 beside cross products to idle", flat_out, most=5.0))
        print(f"paced light queries, p99 beside cross products to idle: {paced:.2f} (reported)")

    def compare(self, kind: str, texts: Sequence[str]) -> None:
        """See that both servers give the same rows."""
        found = list(differing(self.ours.target, self.peer.target, texts))
        print(f"{kind}: {len(texts)} answers compared, {len(found)} differ", flush=True)
        self.errors += found

    def beside(self, kind: str, texts: Sequence[str], seconds: float) -> tuple[Legs, Legs]:
        """Our legs and the peer's, in turn, and in turn at going first."""
        found = {server.name: Legs() for server in (self.ours, self.peer)}
        asked = {server.name: [server.target.query(kind, text) for text in texts] for server in (self.ours, self.peer)}
        for leg in range(self.legs):
            for server in (self.peer, self.ours) if leg % 2 else (self.ours, self.peer):
                requests = Random(leg).sample(asked[server.name], len(texts))  # the same order for both
                group = Group(kind, CLIENTS, requests, steady=True)
                costs = self.leg(server, [group], seconds, WARM)
                found[server.name].add(group)
                print(f"  {server.name}: {one_leg(group)}, {costs}", flush=True)
        for name, legs in found.items():
            print(f"{kind}, {CLIENTS} clients, {name}: {legs}")
        return found[self.ours.name], found[self.peer.name]

    def burdened(self, kind: str, group: Callable[[Sequence[Request]], Group], texts: Sequence[str]) -> float:
        """The ratio of the p99 beside heavy clients to the p99 without, in turn."""
        idle, busy, target = Legs(), Legs(), self.ours.target
        requests = [target.query("light", text) for text in texts]
        for _ in range(self.legs):
            for legs, heavy in ((idle, None), (busy, Patient("heavy", HEAVY, [target.query("heavy", CROSS)]))):
                light = group(requests)
                warm = HEAVY_WARM if heavy else WARM
                at_work = AtWork(self.ours, warm + self.seconds)
                costs = self.leg(self.ours, [light, *([heavy] if heavy else [])], self.seconds, warm)
                legs.add(light)
                told = f", heavy clients saw {dict(heavy.tally.statuses)}, {at_work}" if heavy else ""
                print(f"  {'beside cross products' if heavy else 'idle'}: {one_leg(light)}, {costs}{told}", flush=True)
        print(f"{kind}, idle: {idle}\n{kind}, beside cross products: {busy}")
        return busy.p99 / idle.p99

    def leg(self, server: Server, groups: Sequence[Group], seconds: float, warm: float) -> str:
        """Load one server; whatever failed is kept. How many cores the generator, and what else runs on this machine, took meanwhile."""
        start, before, other_before = time.perf_counter(), self.taken(), taken_by_all()
        own = run(server.target, groups, seconds, warm)
        others = (taken_by_all() - other_before - self.taken() + before) / (time.perf_counter() - start)
        for group in groups:
            if group.tally.wrong:
                self.errors.append(f"{server.name}, {group.name}: {group.tally.told()}")
        return f"generator {own:.2f} cores, others {max(0.0, others):.2f}"

    def taken(self) -> float:
        """Seconds of processor time that this measurement and both servers have taken."""
        return time.process_time() + taken_by(self.ours.process) + taken_by(self.peer.process)


def one_leg(group: Group) -> str:
    """What a group saw in one leg."""
    tally = group.tally
    return f"{tally.rate:.1f} answers/s, median {tally.share(50) * 1e3:.1f} ms, p99 {tally.share(99) * 1e3:.1f} ms, {tally.wrong} failed"


class AtWork(threading.Thread):
    """Which processes of a server are busy in the last of so many seconds, counted by another thread while this one loads it."""

    def __init__(self, server: Server, seconds: float) -> None:
        super().__init__(daemon=True)
        self.server, self.seconds, self.shares = server, seconds, list[float]()
        self.start()

    def run(self) -> None:
        """Wait, and look twice."""
        time.sleep(max(0.0, self.seconds - 2 * WATCHED))
        start, before = time.perf_counter(), {pid: processor_seconds(pid) for pid in family(self.server.process)}
        time.sleep(WATCHED)
        spent = time.perf_counter() - start
        self.shares = sorted(((processor_seconds(pid) - already) / spent for pid, already in before.items()), reverse=True)

    def __str__(self) -> str:
        """How many were busy, and with how much of a core."""
        self.join()
        busy = " ".join(f"{share:.0%}" for share in self.shares if share >= BUSY)
        return f"{len(self.shares)} processes, those at work took {busy or 'nothing'} of a core"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="The endpoint beside `oxigraph serve` on the same reports.")
    parser.add_argument("--reports", type=int, default=10_000, help="reports in the store")
    parser.add_argument("--folder", type=Path, help="where the store is, or is made and kept (default: a temporary folder)")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each leg (twice that for catalogue questions)")
    parser.add_argument("--legs", type=int, default=5, help="for each side")
    parser.add_argument("--quick", type=float, default=QUICK, help="seconds within which the peer alone answers the questions that are asked")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what is measured")
    parser.add_argument("--peer-only", action="store_true", help="the peer against itself, without the promises about heavy queries")
    return parser.parse_args()


def measure(folder: Path, logs: Path, options: argparse.Namespace) -> Measurement:
    """Start both servers and measure what was asked for."""
    place = store_of(folder, options.reports)
    location = copy_of_index(place, folder)
    with ExitStack() as stack:
        peer = stack.enter_context(oxigraph(location, logs))
        ours = stack.enter_context(oxigraph(location, logs, "oxigraph too") if options.peer_only else claimgraph(place, logs))
        measurement = Measurement(ours, peer, options.seconds, options.legs, options.quick)
        if "catalogue" in options.parts:
            measurement.catalogue()
        if "look-ups" in options.parts:
            measurement.look_ups()
        if "light" in options.parts and not options.peer_only:
            measurement.light()
    measurement.errors += ours.faults
    return measurement


def main() -> int:
    """Build, measure, print, judge."""
    options = arguments()
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        found = measure(folder, logs, options)
    print("\n".join([*map(str, found.promises), *(f"FAILED: {error}" for error in found.errors)]))
    return int(bool(found.errors) or not all(promise.kept for promise in found.promises))


if __name__ == "__main__":
    sys.exit(main())
