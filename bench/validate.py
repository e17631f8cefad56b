"""Validating one new report: the gate (`shacl`) against the referee (pySHACL), same shapes, same context, same run.

    python bench/validate.py [--reports 20] [--broken 6] [--stored 1000]

Ends with exit code 1 where the two verdicts differ for any report, or the gate takes more than a twentieth of the referee's time in
any of the three comparisons. README.md in this folder says what each of them counts.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pyshacl
import shacl
from pyoxigraph import RdfFormat, serialize
from pyshacl.graph_abstraction import DataGraph
from pyshacl.validator import Validator
from rdflib import RDF, SH, Graph
from rdflib.plugins.sparql import prepareQuery, processor

from claimgraph.model.document import ClaimsDocument, as_json
from claimgraph.model.reading import document_of
from claimgraph.model.to_quads import MappedReport, to_quads
from claimgraph.store.commit import open_writer
from claimgraph.store.examine import Surroundings, examine
from claimgraph.store.place import Place
from claimgraph.store.shapes import context_of, gate, referee, shape_triples
from generate import documents, reference

ALLOWED = 1 / 20
GATE_RUNS = 5  # of which the median counts: one run is short enough for a neighbour on the machine to double it


class Timing(NamedTuple):
    """Seconds for one report, by the gate and by the referee."""

    gate: float
    referee: float


@dataclass
class Comparison:
    """Timings by what is counted, where the verdicts differ (nowhere, it is hoped), and how often each shape was broken."""

    timings: dict[str, list[Timing]] = field(default_factory=lambda: defaultdict(list))
    differences: list[str] = field(default_factory=list)
    broken: Counter[str] = field(default_factory=Counter)


def broken(document: ClaimsDocument, fault: int) -> ClaimsDocument:
    """A report with one of several faults (and one with names that the reference graph lacks, which is only a warning)."""
    value = as_json(document)
    claim, other = value["claims"][0], value["claims"][1]

    def quote() -> None:
        claim["quote"] = claim["quote"][1:]

    def bounds() -> None:
        claim["event"]["quantity"] = {"min": 9, "max": 8, "approximate": False, "of": "persons", "wording": "8 أو 9"}

    def dates() -> None:
        claim["event"]["time"], other["event"]["time"], claim["said"] = "في الشتاء", "2031-01-01", "2031-01-01"
        claim["event"]["status"] = other["event"]["status"] = "happened"

    def chain() -> None:
        claim["chain"] = [{"agent": "sdf"}, {"anonymous": "someone"}]

    def places() -> None:
        claim["event"]["facility"], other["event"]["destination"] = "isis", "sinaa-2022-01"

    def names() -> None:
        claim["chain"] = [{"agent": "@publisher"}, {"named": "جمعية لا يعرفها المرجع"}]
        other["event"]["place"] = "قرية لا يعرفها المرجع"

    (quote, bounds, dates, chain, places, names)[fault % 6]()
    return document_of(value)


def mapped_reports(count: int, faulty: int) -> list[MappedReport]:
    """Generated reports as quads, the last ``faulty`` of them with faults."""
    found = list(documents(count + faulty, seed=2, copied=0))
    found[count:] = [broken(document, number) for number, document in enumerate(found[count:])]
    return [to_quads(document, reference().base, reference().entities) for document in found]


def compare(reports: list[MappedReport]) -> Comparison:
    """Judge every report both ways, in turn, with shapes parsed and compiled beforehand on both sides."""
    text = (serialize(shape_triples(), format=RdfFormat.N_TRIPLES) or b"").decode()
    compiled, parsed = shacl.Shapes.from_text(text, format="ntriples"), Graph().parse(data=text, format="nt")
    favoured, out = _favoured(parsed), Comparison()
    gate(reports[0], reference())
    referee(reports[0], reference())
    for mapped in reports:
        ours, gate_seconds = timed(GATE_RUNS, gate, mapped, reference())
        theirs, referee_seconds = timed(1, referee, mapped, reference())
        out.timings["end to end"].append(Timing(gate_seconds, referee_seconds))
        mine, yours = ({(finding.rule.name, finding.focus) for finding in found} for found in (ours, theirs))
        if mine != yours:
            out.differences.append(f"{mapped.name.report_id}: only one of them found {sorted(mine ^ yours)}")
        out.broken.update(name for name, _ in yours)
        data = context_of(mapped, reference())
        graph = Graph().parse(data=data, format="nt")
        _, engine = timed(GATE_RUNS, compiled.validate_text, data, format="ntriples")
        plain, peer = timed(1, pyshacl.validate, graph, shacl_graph=parsed, inference="none")
        quick, best = timed(1, favoured, graph)
        if _results(plain[1]) != _results(quick[1]):
            raise RuntimeError("pySHACL judges otherwise when favoured: that comparison is worth nothing.")
        out.timings["engine"].append(Timing(engine, peer))
        out.timings["engine, peer favoured"].append(Timing(engine, best))
    return out


def _results(report: Graph) -> Counter[tuple[Any, Any, Any]]:
    return Counter(
        (report.value(r, SH.sourceShape), report.value(r, SH.focusNode), report.value(r, SH.value))
        for r in report.subjects(RDF.type, SH.ValidationResult)
    )


def _favoured(shapes: Graph) -> Callable[[Graph], Any]:
    """PySHACL with what its interface has no switch for: shapes harvested once, and each SPARQL constraint parsed once."""
    harvested = Validator(DataGraph.from_rdflib(Graph()), shacl_graph=shapes, options={"inference": "none"}).shacl_graph
    prepared: dict[str, Any] = {}
    plain = processor.SPARQLProcessor.query

    def query(self: Any, text: str, bindings: Any = None, namespaces: Any = None, *rest: Any) -> Any:
        if text not in prepared:
            prepared[text] = prepareQuery(text, namespaces)
        return plain(self, prepared[text], bindings, namespaces, *rest)

    def run(graph: Graph) -> Any:
        validator = Validator(DataGraph.from_rdflib(graph), shacl_graph=shapes, options={"inference": "none"})
        validator.shacl_graph = harvested
        with patch.object(processor.SPARQLProcessor, "query", query):
            return validator.run()  # type: ignore[no-untyped-call]

    return run


def timed(runs: int, work: Callable[..., Any], *arguments: Any, **options: Any) -> tuple[Any, float]:
    """What a call gives, and the median of its seconds."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        result = work(*arguments, **options)
        seconds.append(time.perf_counter() - start)
    return result, statistics.median(seconds)


def alone(engine: str, count: int) -> dict[str, float]:
    """What ``alone.py`` says of an engine."""
    script = Path(__file__).with_name("alone.py")
    out = subprocess.run([sys.executable, str(script), engine, str(count)], check=True, capture_output=True, text=True)  # noqa: S603  # our own script
    found: dict[str, float] = json.loads(out.stdout)
    return found


@contextmanager
def stores(sizes: list[int]) -> Iterator[dict[int, Surroundings]]:
    """What a document is examined against, for stores of several sizes."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        found = {}
        for size in sizes:
            writer = stack.enter_context(open_writer(Place(Path(folder) / str(size)), reference().base, "bench", "bench"))
            for document in documents(size):
                writer.commit(document)
            writer.index.store.optimize()
            found[size] = writer.surroundings
        yield found


def by_size(sizes: list[int], count: int) -> dict[int, dict[str, float]]:
    """Median seconds of the gate alone and of the whole examination, against stores of several sizes, in turn."""
    seconds: dict[int, dict[str, list[float]]] = {size: {"gate": [], "examine": []} for size in sizes}
    with stores(sizes) as around:
        for document in documents(count, seed=3, copied=0):
            mapped = to_quads(document, reference().base, reference().entities)
            for size in random.Random(document.report.id).sample(sizes, len(sizes)):
                seconds[size]["gate"].append(timed(GATE_RUNS, gate, mapped, around[size].reference)[1])
                seconds[size]["examine"].append(timed(GATE_RUNS, examine, document, around[size])[1])
    return {size: {name: statistics.median(each) for name, each in found.items()} for size, found in seconds.items()}


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description="Validating one new report: the gate against pySHACL.")
    parser.add_argument("--reports", type=int, default=20)
    parser.add_argument("--broken", type=int, default=6, help="further reports, with faults")
    parser.add_argument("--stored", type=int, default=1_000, help="size of the larger store that a new report is examined against")
    options = parser.parse_args()
    reports = mapped_reports(options.reports, options.broken)
    print(f"{len(reports)} reports, {options.broken} of them with faults; {statistics.mean(len(m.quads) for m in reports):.0f} quads each")
    found, worst = compare(reports), 0.0
    print(f"verdicts: {'; '.join(found.differences) or 'the same for every report'}; found {dict(sorted(found.broken.items()))}")
    for name, timings in found.timings.items():
        ours, theirs = statistics.median(t.gate for t in timings), statistics.median(t.referee for t in timings)
        worst = max(worst, ours / theirs)
        print(f"warm, {name}: gate {ours * 1e3:.1f} ms, pySHACL {theirs * 1e3:.0f} ms, ratio 1/{theirs / ours:.0f}", flush=True)
    for engine in ("gate", "referee"):
        each = alone(engine, options.reports)
        print(f"{engine} in a new process: first verdict after {each['first']:.2f} s; memory {each['before']:.0f} MB before, ", end="")
        print(f"{each['peak']:.0f} MB at most after {options.reports} reports", flush=True)
    for size, medians in by_size([0, options.stored // 10, options.stored], options.reports).items():
        print(f"beside {size} stored reports: gate {medians['gate'] * 1e3:.1f} ms, whole examination {medians['examine'] * 1e3:.1f} ms")
    if found.differences or worst > ALLOWED:
        print(f"FAILED: the verdicts differ, or the worst ratio ({worst:.4f}) is above {ALLOWED}")
    return int(bool(found.differences) or worst > ALLOWED)


if __name__ == "__main__":
    sys.exit(main())
