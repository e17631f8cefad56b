"""Extracting claims from one report: the default extractor against reading and normalising the file alone, in the same run.

    python bench/extract.py                   # time per report
    python bench/extract.py --memory 10000    # and memory while so many reports are read

Reading is what tells the report from what arrived: taking in the bytes, and finding title, body and furniture. The ratio to taking in
and normalising alone is printed beside it and not judged. Ends with exit code 1 where extracting takes more than twenty times as long as
reading and normalising, or memory goes on growing. README.md in this folder says what is counted.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import NamedTuple

from claimgraph.extract.folding import fold
from claimgraph.extract.layout import layout
from claimgraph.extract.protocol import Extractor
from claimgraph.extract.received import receive
from claimgraph.extract.registered import DEFAULT, extractor
from claimgraph.model.document import Report
from claimgraph.model.reading import read_claims_file
from claimgraph.model.resources import folder
from claimgraph.model.text import decode, read_bytes
from claimgraph.store.known import known
from generate import documents, reference

ALLOWED = 20.0
GROWTH = 1.1  # of memory after a tenth of the reports
BASE_RUNS = 5  # of which the median counts: one run is short enough for a neighbour on the machine to double it
OTHERS = 30  # reports read before, as a process has that reads more than one
PUBLISHED = "2022-01-31"
INVENTED = 1 / 30  # of the words while memory is watched: real reports go on bringing new ones
_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"


class Timing(NamedTuple):
    """Seconds of processor time for one report, which what else runs on the machine changes least.

    ``bare`` for taking in and normalising, ``base`` for finding the report in it as well, ``extract`` for everything up to the claims.
    """

    bare: float
    base: float
    extract: float
    claims: int


def samples() -> Iterator[str]:
    """The texts of the bundled sample reports."""
    for path in sorted((folder("graph") / "samples").glob("*.json")):
        yield from (one.document.report.text for one in read_claims_file(path) if one.document)


def generated(count: int, seed: int) -> Iterator[str]:
    """Texts as long and as full of attributions as real ones, and of no sense."""
    return (document.report.text for document in documents(count, seed=seed, copied=0))


def read(path: Path) -> Report:
    """A report of a text file."""
    return Report(id=path.stem, text=decode(read_bytes(path), path.name), published=PUBLISHED)


def measure(texts: list[str], by: Extractor, where: Path) -> list[Timing]:
    """The time for each text, which the extractor has not seen before, from the file to the claims."""
    found = []
    for number, text in enumerate(texts):
        path = where / f"report-{number}.txt"
        path.write_text(text, encoding="utf-8")
        start = time.process_time()
        document = by.extract(read(path))
        spent = time.process_time() - start
        bare, base = (statistics.median(of(path) for _ in range(BASE_RUNS)) for of in (taken_in, found_in))
        found.append(Timing(bare, base, spent, len(document.claims)))
    return found


def taken_in(path: Path) -> float:
    """Seconds for taking in a file and normalising it."""
    start = time.process_time()
    fold(receive(read_bytes(path), path.name).text)
    return time.process_time() - start


def found_in(path: Path) -> float:
    """Seconds for reading and normalising a file: the bytes taken in, and the report found in them."""
    start = time.process_time()
    layout(fold(receive(read_bytes(path), path.name).text))
    return time.process_time() - start


def ratio(timings: list[Timing]) -> float:
    """How much longer extracting takes than reading and normalising, over all reports."""
    return sum(t.extract for t in timings) / sum(t.base for t in timings)


def bare_ratio(timings: list[Timing]) -> float:
    """How much longer extracting takes than taking in and normalising alone, over all reports."""
    return sum(t.extract for t in timings) / sum(t.bare for t in timings)


def resident() -> float:
    """Memory that this process holds now, in MB (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def invented(text: str, random: Random) -> str:
    """A text with some words that no other has."""
    words = text.split(" ")
    return " ".join("".join(random.choices(_LETTERS, k=random.randint(4, 8))) if random.random() < INVENTED else word for word in words)


def watch(by: Extractor, count: int) -> dict[int, float]:
    """Memory after each tenth of ``count`` reports."""
    random, texts, found = Random(1), list(generated(200, seed=7)), {}
    for number in range(1, count + 1):
        by.extract(Report(id=f"r-{number}", text=invented(texts[number % len(texts)], random), published=PUBLISHED))
        if number % (count // 10) == 0:
            gc.collect()
            found[number] = resident()
    return found


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description="Extracting claims from one report against reading and normalising it alone.")
    parser.add_argument("--reports", type=int, default=50, help="generated reports, beside the samples")
    parser.add_argument("--memory", type=int, default=0, metavar="COUNT", help="watch memory while so many reports are read (at least 10)")
    options = parser.parse_args()
    start = time.perf_counter()
    by = extractor(DEFAULT, known(reference()))
    made = time.perf_counter() - start
    start = time.perf_counter()
    by.extract(Report(id="first", text=next(samples()), published=PUBLISHED))
    print(f"extractor {by.name} {by.version}: made in {made:.2f} s, first report {time.perf_counter() - start:.2f} s")
    for text in generated(OTHERS, seed=8):
        by.extract(Report(id="other", text=text, published=PUBLISHED))
    gc.collect()
    gc.freeze()  # what the extractor knows stays: no collection need look through it, as in a service after its start
    failed = []
    with ExitStack() as stack:
        where = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name, texts in (("samples", list(samples())), ("generated", list(generated(options.reports, seed=9)))):
            timings = measure(texts, by, where)
            base, extract = (statistics.mean(getattr(t, one) for t in timings) * 1e3 for one in ("base", "extract"))
            print(f"{name}: {len(texts)} reports of {statistics.mean(map(len, texts)):.0f} characters, ", end="")
            print(
                f"{statistics.mean(t.claims for t in timings):.1f} claims; reading and normalising {base:.2f} ms, extracting {extract:.2f} ms, ",
                end="",
            )
            print(f"ratio {ratio(timings):.1f} (worst report {max(t.extract / t.base for t in timings):.1f}); ", end="")
            print(f"to taking in and normalising alone {bare_ratio(timings):.1f}", flush=True)
            failed += [f"the ratio of {name} is above {ALLOWED:g}"] if ratio(timings) > ALLOWED else []
    if options.memory:
        held = watch(by, options.memory)
        print("memory in MB after reports:", ", ".join(f"{number} {size:.0f}" for number, size in held.items()))
        first, last = min(held), max(held)
        failed += [f"memory grew by more than {GROWTH - 1:.0%} from {first} to {last} reports"] if held[last] > GROWTH * held[first] else []
    if failed:
        print(f"FAILED: {'; '.join(failed)}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
