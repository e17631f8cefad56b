"""Committing one new report into a store of many against an empty one.

    python bench/commit.py [--reports 10000] [--commits 200] [--folder DIR]

The stores are made, and written to, by what `claimgraph ingest` uses. Ends with exit code 1 where the median commit into the large store
takes more than 1.5 times as long as the same report's commit into the empty one. ``--reports 300`` is a quick run.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from pyoxigraph import Store

from claimgraph.model.document import ClaimsDocument, as_json
from claimgraph.store.commit import Writer, open_writer
from claimgraph.store.examine import Result
from claimgraph.store.inputs import expand, read
from claimgraph.store.place import Place
from claimgraph.store.snapshots import Photographer, reading
from generate import documents, reference

ALLOWED = 1.5
PER_FILE = 500
WARMING = 20
SNAPSHOTS = 10


def write_files(folder: Path, count: int) -> Path:
    """The reports as JSON Lines, ``PER_FILE`` to a file."""
    folder.mkdir()
    out = None
    for number, document in enumerate(documents(count, seed=1)):
        if number % PER_FILE == 0:
            if out:
                out.close()
            out = (folder / f"{number:06d}.jsonl").open("w", encoding="utf-8")
        if out:
            out.write(json.dumps(as_json(document), ensure_ascii=False) + "\n")
    if out:
        out.close()
    return folder


def build(place: Place, files: Path) -> tuple[list[float], float, float]:
    """Ingest a folder of reports: the seconds each commit took, and the seconds and processor seconds of all, with reading and settling."""
    base, seconds = reference().base, []
    start, processor = time.perf_counter(), time.process_time()
    with open_writer(place, base, "bench", "ingest") as writer:
        for one in read(expand([files]), base, writer.reference.entities):
            if one.document is None:
                raise RuntimeError(f"{one.source}: {one.error}")
            seconds.append(commit(writer, one.document))
    return seconds, time.perf_counter() - start, time.process_time() - processor


def commit(writer: Writer, document: ClaimsDocument) -> float:
    """Commit a report; the seconds until it is acknowledged."""
    start = time.perf_counter()
    outcome = writer.commit(document)
    seconds = time.perf_counter() - start
    if outcome.result is not Result.COMMITTED:
        raise RuntimeError(f"{document.report.id} was {outcome.result.value}: {[f.rule.name for f in outcome.findings]}")
    return seconds


def opened(stack: ExitStack, place: Place) -> tuple[Writer, float]:
    """A store open for writing, and the seconds that took."""
    start = time.perf_counter()
    writer = stack.enter_context(open_writer(place, reference().base, "bench", "ingest"))
    return writer, time.perf_counter() - start


def interleaved(places: dict[str, Place], new: list[ClaimsDocument]) -> dict[str, list[float]]:
    """Seconds of each commit of the same new reports into each store, taking turns at going first."""
    seconds: dict[str, list[float]] = {name: [] for name in places}
    with ExitStack() as stack:
        writers = {}
        for name, place in places.items():
            writers[name], opening = opened(stack, place)
            print(f"open for writing, {name}: {opening * 1e3:.0f} ms")
        for number, document in enumerate(new):
            for name in sorted(writers, reverse=bool(number % 2)):
                seconds[name].append(commit(writers[name], document))
    return seconds


def snapshots(place: Place, new: Iterator[ClaimsDocument]) -> tuple[list[float], list[float]]:
    """Seconds to make a snapshot after each of some commits, and to open one for reading as a question does."""
    taking, opening = [], []
    with ExitStack() as stack:
        writer, _ = opened(stack, place)
        for _, document in zip(range(SNAPSHOTS), new, strict=False):
            commit(writer, document)
            start = time.perf_counter()
            Photographer(place, writer.index).take()
            taking.append(time.perf_counter() - start)
    for _ in range(SNAPSHOTS):
        start = time.perf_counter()
        with reading(place, reference().base.iri) as snapshot:
            Store.read_only(str(snapshot.path))
            opening.append(time.perf_counter() - start)
    return taking, opening


def size(folder: Path) -> float:
    """Bytes below a folder in MB; what is linked twice counts once."""
    files = {(s.st_dev, s.st_ino): s.st_blocks * 512 for p in folder.rglob("*") if p.is_file() and (s := p.stat())}
    return sum(files.values()) / 1e6


def shown(seconds: list[float]) -> str:
    """Median, 95th percentile and most, in milliseconds."""
    ordered = sorted(seconds)
    return f"median {statistics.median(ordered) * 1e3:.1f} ms, p95 {ordered[int(len(ordered) * 0.95)] * 1e3:.1f}, most {ordered[-1] * 1e3:.1f}"


def peak() -> float:
    """The most memory this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Build, measure, print, judge."""
    parser = argparse.ArgumentParser(description="Committing into a large store against an empty one.")
    parser.add_argument("--reports", type=int, default=10_000, help="reports in the large store")
    parser.add_argument("--commits", type=int, default=200, help="commits compared")
    parser.add_argument("--folder", type=Path, help="where the stores are made (default: the system's temporary folder)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        files = write_files(folder / "files", options.reports)
        written = sum(file.stat().st_size for file in files.iterdir()) / 1e6
        print(f"{options.reports} reports, {written:.0f} MB of JSON; peak memory before any store {peak():.0f} MB", flush=True)
        large, empty = Place(folder / "large"), Place(folder / "empty")
        seconds, total, processor = build(large, files)
        tenth = max(1, len(seconds) // 10)
        rate = f"{options.reports / total:.1f} reports/s with reading, {len(seconds) / sum(seconds):.1f} commits/s without"
        print(f"built in {total:.0f} s, {processor:.0f} s of processor time ({rate})")
        print(f"first tenth: {shown(seconds[:tenth])}; last tenth: {shown(seconds[-tenth:])}; peak memory {peak():.0f} MB")
        with open_writer(large, reference().base, "bench", "ingest") as writer:
            print(f"{len(writer.index.store)} quads; archive {size_of(large.archive):.0f} MB, all {size(large.folder):.0f} MB on disk", flush=True)
        new = documents(WARMING + options.commits + SNAPSHOTS, seed=2)
        with open_writer(Place(folder / "warm"), reference().base, "bench", "ingest") as writer:
            for _, document in zip(range(WARMING), new, strict=False):
                commit(writer, document)
        with open_writer(empty, reference().base, "bench", "ingest"):
            pass  # so that both stores were made, closed and opened again
        found = interleaved({"empty": empty, "large": large}, [d for _, d in zip(range(options.commits), new, strict=False)])
        for store, each in found.items():
            print(f"commit, {store}: {shown(each)}")
        taking, opening = snapshots(large, new)
        print(f"snapshot after each commit, large: {shown(taking)}; opened for reading: {shown(opening)}")
        print(f"peak memory {peak():.0f} MB")
    ratio = statistics.median(found["large"]) / statistics.median(found["empty"])
    print(f"ratio of the medians, large to empty: {ratio:.2f} (at most {ALLOWED}){'' if ratio <= ALLOWED else ': FAILED'}")
    return int(ratio > ALLOWED)


def size_of(file: Path) -> float:
    """The size of one file in MB."""
    return file.stat().st_size / 1e6


if __name__ == "__main__":
    sys.exit(main())
