"""What names cost: extracting from the same reports with 300 and with 30,000 names known, and loading the bundled reference graph.

    python bench/names.py

The names are those of the bundled graph, cut or filled up. Those that fill up begin with a word of the reports and go on with one that no
report has: each is looked for wherever its first word stands, and the claims that come out stay the same, so that nothing but the looking
is compared. Ends with exit code 1 where extracting takes more than twice as long with 30,000 names as with 300, or other claims come out.
README.md in this folder says what is counted.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from pyoxigraph import RdfFormat, parse

from claimgraph.extract.protocol import Extractor, Known, KnownName
from claimgraph.extract.registered import DEFAULT, extractor
from claimgraph.model.document import Report, as_json
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.resources import files
from claimgraph.store.known import known
from claimgraph.store.reference import Reference, bundled
from extract import PUBLISHED, generated, samples

ALLOWED = 2.0
FEW, MANY = 300, 30_000
ROUNDS = 7  # of which the median counts
REPORTS = 30  # generated ones, beside the samples
LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
KINDS = (("City", "Place", "Entity"), ("Organization", "Actor", "Entity"), ("Person", "Actor", "Entity"))


def filled(names: Known, count: int, texts: list[str], seed: int) -> Known:
    """Names cut to ``count``, or filled up to it with made-up ones of two words, the first of them a word of the texts."""
    random = Random(seed)
    firsts = sorted({word for text in texts for word in text.split() if word.isalpha()})
    made: list[KnownName] = []
    while len(names.names) + len(made) < count:
        surface = f"{random.choice(firsts)} {''.join(random.choices(LETTERS, k=7))}"
        made.append(KnownName(f"made-{len(made)}", surface, "ar", random.choice(KINDS), None, ambiguous=False, preferred=True))
    return Known((*names.names[:count], *made), names.incidents)


def seconds(by: Extractor, reports: list[Report]) -> float:
    """Processor time for reading all reports once."""
    start = time.process_time()
    for report in reports:
        by.extract(report)
    return time.process_time() - start


def loading() -> Iterator[tuple[str, float]]:
    """Processor time for each step of loading the bundled graph, in milliseconds."""
    base = Base(LIMITS.base)

    def timed(step: str, work: Callable[[], object]) -> tuple[str, float]:
        found = []
        for _ in range(ROUNDS):
            start = time.process_time()
            work()
            found.append(1000 * (time.process_time() - start))
        return step, statistics.median(found)

    quads = bundled(base)
    reference = Reference(quads, base)
    yield timed("reading the files", lambda: [quad for path in files("graph", ".ttl") for quad in parse(path=str(path), format=RdfFormat.TURTLE)])
    yield timed("reading and examining them", lambda: bundled.__wrapped__(base))
    yield timed("making the reference graph of them", lambda: Reference(quads, base))
    yield timed("making an extractor that knows its names", lambda: extractor(DEFAULT, known(reference)))
    print(
        f"bundled: {len(quads)} statements, {len(reference.entities)} entities, {len(known(reference).names)} names, {_megabytes():.1f} MB of Turtle"
    )


def _megabytes() -> float:
    return sum(Path(path).stat().st_size for path in files("graph", ".ttl")) / 1e6


def main() -> int:
    """Measure, print, judge."""
    base = Base(LIMITS.base)
    texts = [*samples(), *generated(REPORTS, seed=11)]
    reports = [Report(id=f"report-{number}", text=text, published=PUBLISHED) for number, text in enumerate(texts)]
    for step, milliseconds in loading():
        print(f"{step}: {milliseconds:.0f} ms")
    names = known(Reference(bundled(base), base))
    few = filled(names, FEW, texts, seed=1)
    many = filled(few, MANY, texts, seed=2)
    readers = [extractor(DEFAULT, one) for one in (few, many)]
    different = sum(as_json(readers[0].extract(report)) != as_json(readers[1].extract(report)) for report in reports)
    gc.collect()
    gc.freeze()  # what both know stays: no collection need look through it, as in a service after its start
    spent = [[seconds(by, reports) for by in readers] for _ in range(ROUNDS)]
    medians = [1000 * statistics.median(one[side] for one in spent) / len(reports) for side in (0, 1)]
    ratio = statistics.median(after / before for before, after in spent)
    print(f"a report with {FEW} names: {medians[0]:.2f} ms; with {MANY} names: {medians[1]:.2f} ms; ratio {ratio:.2f}, allowed {ALLOWED}")
    print(f"reports whose claims differ: {different} of {len(reports)}")
    return 0 if ratio <= ALLOWED and not different else 1


if __name__ == "__main__":
    sys.exit(main())
