"""How long the service takes for each of its pages, with many reports stored and with the bundled samples alone.

    python bench/pages.py                                  # 10,000 reports, which take ten to twenty minutes to build
    python bench/pages.py --reports 300                    # a quick run
    python bench/pages.py --folder DIR                     # keep the store there, or use the one that is there; what is committed goes into a copy

Ends with exit code 1 where a page fails. README.md in this folder says what is counted.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from pyoxigraph import NamedNode

from claimgraph.ask.catalogue import catalogue
from claimgraph.model.document import as_json
from claimgraph.model.vocabulary import CG
from claimgraph.store.place import Place
from generate import documents, reference
from served import BIN, HOST, READY_SECONDS, Server, claimgraph, copy_of_store, store_of
from soak import token_for

AGAIN = 5  # views after the first; their median counts
WARM = 3  # views of the first page before anything counts
MOST_USED = """PREFIX cg: <https://w3id.org/claimgraph/ontology#>
SELECT ?thing (COUNT(?claim) AS ?claims) WHERE { GRAPH ?graph { ?claim %s ?thing } } GROUP BY ?thing ORDER BY DESC(?claims) ?thing LIMIT 200"""
ABOUT = {
    "incident": ("cg:incident", CG.Incident),
    "actor": ("cg:claimant", CG.Actor),
    "facility": ("cg:content/cg:facility", CG.Facility),
    "place": ("cg:content/cg:place", CG.Place),
    "outlet": ("cg:report/cg:publisher", CG.NewsOutlet),
}


@dataclass(frozen=True)
class View:
    """A page: its name, its address, and how long it took the first time and again, in seconds; or that it was ``stopped``."""

    name: str
    target: str
    first: float
    again: float
    stopped: bool = False

    def __str__(self) -> str:
        """The two times; where a question runs into its deadline, which its page says and which is asked once only, that."""
        return "stopped at its deadline | |" if self.stopped else f"{self.first * 1e3:,.0f} ms | {self.again * 1e3:,.0f} ms |"


class Reader:
    """A client of one service with a kept connection, that can also let in a report."""

    def __init__(self, server: Server, token: str) -> None:
        self.server, self.token, self.faults = server, token, list[str]()
        self._new = documents(1_000, seed=5)
        self._connection = http.client.HTTPConnection(HOST, server.target.port, timeout=READY_SECONDS)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def send(self, method: str, target: str, body: bytes = b"", **headers: str) -> tuple[float, int, http.client.HTTPMessage, bytes]:
        """Seconds from sending a request to the end of its answer, the status, the headers and the answer."""
        start = time.perf_counter()
        self._connection.request(method, target, body or None, {"Accept": "text/html", "Accept-Language": "ar", **headers})
        answer = self._connection.getresponse()
        said = answer.read()
        return time.perf_counter() - start, answer.status, answer.headers, said

    def commit(self) -> str:
        """The number of the commit that brings one more report: what workers had made ready is then of an older state."""
        body = json.dumps(as_json(next(self._new)), ensure_ascii=False).encode()
        sending = {"Content-Type": "application/json", "Accept": "application/json", "Authorization": f"Bearer {self.token}"}
        _, status, headers, said = self.send("POST", "/api/reports", body, **sending)
        if status != http.client.CREATED:
            raise SystemExit(f"A new report was not let in ({status}): {said.decode()[:500]}")
        return headers["X-Commit"]

    def view(self, name: str, target: str) -> View:
        """A page looked at right after a commit, and again."""
        sign = "&" if "?" in target else "?"
        first, status = self._looked_at(f"{target}{sign}min-commit={self.commit()}")
        stopped = status == http.client.SERVICE_UNAVAILABLE and target.startswith("/questions/")
        again = [self._looked_at(target) for _ in range(0 if stopped else AGAIN)]
        for each in {status, *(status for _, status in again)} - {http.client.OK} if not stopped else ():
            self.faults.append(f"{target}: status {each}")
        view = View(name, target, first, statistics.median(seconds for seconds, _ in again) if again else first, stopped)
        print(f"| {name} | {view}", flush=True)
        return view

    def _looked_at(self, target: str) -> tuple[float, int]:
        seconds, status, headers, _ = self.send("GET", target, Accept="*/*" if "." in target else "text/html")
        if status == http.client.SEE_OTHER:  # to the version that stands
            more, status = self._looked_at(headers["Location"])
            seconds += more
        return seconds, status

    def most_used(self, what: str) -> str:
        """The key of the incident, actor, … that most claims are about or by; any where none is."""
        path, kind = ABOUT[what]
        sending = {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"}
        _, status, _, said = self.send("POST", "/sparql?timeout=60", (MOST_USED % path).encode(), **sending)
        if status != http.client.OK:
            raise SystemExit(f"What is most used was not told ({status}): {said.decode()[:500]}")
        keys = (reference().base.key(NamedNode(row["thing"]["value"])) for row in json.loads(said)["results"]["bindings"])
        used = (key for key in keys if key is not None and kind in reference().types(key))
        return next(used, None) or min(key for key in reference().keys if kind in reference().types(key))

    def pages(self, report: str, claim: str) -> Iterator[tuple[str, str]]:
        """Every kind of page, of what is most used where it is about something."""
        key = {what: self.most_used(what) for what in ABOUT}
        addresses = {
            "home": "/",
            "search for a name": f"/search?{urlencode({'q': 'سجن'})}",
            "reports": "/reports",
            "report": f"/reports/{report}",
            "report, as JSON": f"/reports/{report}.json",
            "claim": f"/claims/{report}/{claim}",
            "incident": f"/incidents/{key['incident']}",
            "incident, as CSV": f"/incidents/{key['incident']}.csv",
            **{f"entity: {what}": f"/entities/{key[what]}" for what in ("actor", "facility", "place", "outlet")},
            "entity: all claims by an actor": f"/entities/{key['actor']}?list=said",
            "resource": f"/id/{key['actor']}",
            "questions": "/questions",
            "SPARQL": "/pages/sparql",
            "check": "/check",
            "review": "/review",
            "review of a claim": f"/review/{report}/{claim}",
            "reference": "/reference",
            **{f"reference: {what}": f"/reference/{what}" for what in ("ontology", "shapes", "questions")},
            "sign in": "/signin",
            "API": "/docs",
        }
        yield from addresses.items()
        yield from ((f"question: {name}", f"/questions/{name}") for name in sorted(catalogue()))


def viewed(server: Server, token: str, report: str, claim: str) -> tuple[dict[str, View], list[str]]:
    """Every page of a service, and what failed."""
    with closing(Reader(server, token)) as reader:
        for _ in range(WARM):
            reader.send("GET", "/")
        views = {name: reader.view(name, target) for name, target in reader.pages(report, claim)}
        return views, reader.faults


def store_of_samples(folder: Path) -> tuple[Place, str, str]:
    """A store of the bundled samples, and one of its reports with one of its claims."""
    command = [str(BIN / "claimgraph"), "demo", "--data", str(folder), "--as", "bench"]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # our own program
    return Place(folder), "sample-06-two-hundred", "c04"


def told(many: dict[str, View], samples: dict[str, View]) -> Iterator[str]:
    """The table for the README."""
    yield "| page | first view after a commit | again | of the samples: first | again | again, ratio |"
    yield "|---|---|---|---|---|---|"
    for name, view in many.items():
        peer = samples[name]
        ratio = "" if view.stopped else f"{view.again / peer.again:.1f}"
        yield f"| {name} | {view} {peer} {ratio} |"


def main() -> int:
    """Build, look, print."""
    parser = argparse.ArgumentParser(description="Server time of every page, with many reports and with the samples.")
    parser.add_argument("--reports", type=int, default=10_000, help="reports in the large store")
    parser.add_argument("--folder", type=Path, help="where the large store is, or is made and kept")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder)))
        large = copy_of_store(store_of(folder, options.reports), work / "store")
        first = next(documents(1, seed=1))
        views, wrong = list[dict[str, View]](), list[str]()
        for place, report, claim in ((large, first.report.id, first.claims[0].id), store_of_samples(work / "samples")):
            token = token_for(place.folder)
            logs = work / f"logs-{place.folder.name}"
            logs.mkdir()
            with claimgraph(place, logs) as server:
                found, faults = viewed(server, token, report, claim)
            views.append(found)
            wrong += faults + server.faults
    print("\n".join(told(*views)))
    print("\n".join([*(f"FAILED: {each}" for each in wrong), f"{len(wrong)} pages failed" if wrong else "every page was there"]))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
