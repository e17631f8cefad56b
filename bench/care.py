"""What care costs: reviewers' decisions and changes of the reference graph, beside committing the reports that they are about.

    python bench/care.py [--reports 300]

The store is made of generated reports whose claims are all candidates. Ends with exit code 1 where accepting a claim takes longer than
committing a report (medians); correcting one commits a new version, and is told beside it. Of a change of the reference graph it tells how
long it takes for each report that it examines again.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from claimgraph.ask.candidates import ORDERS, Wanted, candidates
from claimgraph.model.document import ClaimsDocument, Review, as_json
from claimgraph.model.errors import BadEntity
from claimgraph.model.limits import LIMITS
from claimgraph.store.commit import Writer, open_writer
from claimgraph.store.decisions import Decision
from claimgraph.store.entities import Alias, Merge, NameGiven
from claimgraph.store.entity_commit import Changed
from claimgraph.store.examine import Result
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading
from commit import commit
from generate import documents, reference

ALLOWED = 1.0  # accepting a claim to committing a report
DECISIONS = 100
ROUNDS = 5


def proposed(document: ClaimsDocument, number: int) -> ClaimsDocument:
    """A report as an extractor brings it: nobody has reviewed its claims."""
    waits = Review(state="candidate")
    claims = tuple(
        claim.model_copy(update={"review": waits, "confidence": (number + place) % 100 / 100}) for place, claim in enumerate(document.claims)
    )
    return document.model_copy(update={"claims": claims})


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """The seconds that something takes, and what comes of it."""
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def decided(writer: Writer, chosen: Iterable[tuple[ClaimsDocument, str]], edits: bool) -> Iterator[float]:
    """The seconds of a decision on the first claim of each report: it is accepted, or its certainty corrected."""
    for document, version in chosen:
        claim = as_json(document)["claims"][0]
        said = {name: part for name, part in claim.items() if name not in ("id", "review")}
        other = {**said, "certainty": "certain" if claim["certainty"] == "possible" else "possible"}
        do, edited = ("edit", other) if edits else ("accept", None)
        decision = Decision(document.report.id, version, do, (claim["id"],), "bench", edited)
        spent, found = timed(partial(writer.decide, decision))
        yield spent
        if found.result is not Result.COMMITTED:
            raise RuntimeError(f"{document.report.id}: {found.result.value}")


def most_named(made: list[ClaimsDocument]) -> list[str]:
    """The actors of the reference graph that the most reports have among those who act, the most named first."""
    found = Counter(key for document in made for key in {key for claim in document.claims for key in claim.event.actors} & reference().actors)
    return [key for key, _ in found.most_common()]


def merged(writer: Writer, keys: list[str]) -> tuple[str, float, Changed]:
    """The first two of some entities that can be one are made one: what that is, its seconds and what became of it."""
    for key in keys:
        for into in keys:
            try:
                spent, changed = timed(partial(writer.change_entities, Merge(key=key, into=into), reason="bench"))
            except BadEntity:
                continue
            return f"{key} merged into {into}", spent, changed
    raise RuntimeError("No two of the entities can be one.")


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=300)
    count = parser.parse_args().reports
    made = [proposed(document, number) for number, document in enumerate(documents(count, seed=1, copied=0))]
    with tempfile.TemporaryDirectory() as folder:
        place, base = Place(Path(folder)), reference().base
        with open_writer(place, base, "bench", "ingest") as writer:
            committed = statistics.median([commit(writer, document) for document in made])
            stored = [(document, writer.archive.current(document.report.id).version) for document in made]
            half = min(DECISIONS, count // 2)
            accepted = statistics.median(decided(writer, stored[:half], edits=False))
            corrected = statistics.median(decided(writer, stored[-half:], edits=True))
            keys = most_named(made)
            alias = Alias(key=keys[0], name=NameGiven(text="اسم لم يذكره أحد", language="ar", source="https://example.org/"))
            changes = [("a name that no report has", *timed(lambda: writer.change_entities(alias, reason="bench"))), merged(writer, keys)]
        print(f"committing a report, median of {count}: {1000 * committed:.1f} ms")
        for name, median in (("accepting a claim", accepted), ("correcting a claim", corrected)):
            print(f"{name}, median of {half}: {1000 * median:.1f} ms; to committing a report: {median / committed:.2f}")
        for name, spent, changed in changes:
            each = (
                f"; {1000 * spent / len(changed.reports):.1f} ms each, {spent / len(changed.reports) / committed:.2f} of a commit"
                if changed.reports
                else ""
            )
            print(f"{name}: {spent:.2f} s, {len(changed.reports)} reports examined again{each}")
        with reading(place, base.iri) as snapshot:
            for by in ORDERS:
                asked = partial(candidates, snapshot.path, base, Wanted(by=by), limit=LIMITS.page_claims)
                median = statistics.median(timed(asked)[0] for _ in range(ROUNDS))
                print(f"a page of {LIMITS.page_claims} of {asked().total} candidates by {by}: {1000 * median:.0f} ms")
    return 0 if accepted <= ALLOWED * committed else 1


if __name__ == "__main__":
    sys.exit(main())
