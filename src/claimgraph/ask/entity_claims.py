"""The claims that have to do with an entity: those it makes, passes on or is named in; counted by report, and read a page at a time.

A store can have ten thousands of them for one actor. So they are counted where they lie, graph by graph, which takes the engine no join over all
claims; a page then reads the claims of a few reports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from claimgraph.ask.over_time import Tally
from claimgraph.ask.query import Term, evaluate
from claimgraph.ask.worker import Worker
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.vocabulary import CG

PARTS = {
    "actor": CG.actor,
    "target": CG.target,
    "helper": CG.helper,
    "facility": CG.facility,
    "place": CG.place,
    "origin": CG.origin,
    "destination": CG.destination,
}
ROLES = (*PARTS, "counted")


@dataclass(frozen=True)
class Kind:
    """A kind of claims: the pattern in which the entity stands as ``%s``, and the variable that is another for each claim.

    ``to_claim`` leads from there to ``?claim`` where it is not that itself: what is counted without it is counted faster.
    """

    pattern: str
    counted: str = "?claim"
    to_claim: str = ""


def _in_content(*patterns: str) -> Kind:
    return Kind(" UNION ".join(f"{{ {pattern} }}" for pattern in patterns), "?content", f"?claim {CG.content} ?content .")


_COUNTED = tuple(f"?quantity {CG.counted} %s . ?content {predicate} ?quantity ." for predicate in (CG.quantity, CG.breakdown))
KINDS = {
    "said": Kind(f"?claim {CG.claimant} %s ."),
    "relayed": Kind(f"?hop {CG.speaker} %s ; {CG.relays} ?next . ?claim {CG.attribution} ?hop ."),
    "spoken": Kind(f"?hop {CG.speaksFor} %s . ?claim {CG.attribution} ?hop . FILTER NOT EXISTS {{ ?hop {CG.relays} ?next }}"),
    "about": _in_content(*(f"?content {predicate} %s ." for predicate in PARTS.values()), *_COUNTED),
    **{name: _in_content(f"?content {predicate} %s .") for name, predicate in PARTS.items()},
    "counted": _in_content(*_COUNTED),
}
_KEPT = 16
_DENIED = f"{CG.polarity} {CG['polarity-denies']}"


def _days_of_reports(store: Store) -> dict[str, date]:
    """The day on which each report was published, as far as it is known."""
    quads = store.quads_for_pattern(None, CG.publishedFirstDay, None, None)
    return {q.subject.value: date.fromisoformat(q.object.value) for q in quads if isinstance(q.subject, NamedNode) and isinstance(q.object, Literal)}


def claims_of(worker: Worker, store: Store, base: Base, key: str) -> EntityClaims:
    """The claims of an entity of the open snapshot; what was counted for the last ones asked for is kept."""

    def made() -> Callable[[str], EntityClaims]:
        days = _days_of_reports(store)
        return lru_cache(_KEPT)(lambda key: EntityClaims(store, base, base.entity(key), days))

    found: Callable[[str], EntityClaims] = worker.keep("claims of entities", made)
    return found(key)


class EntityClaims:
    """The claims of a snapshot that have to do with one entity."""

    def __init__(self, store: Store, base: Base, node: NamedNode, days: Mapping[str, date]) -> None:
        self.store, self.base, self.node, self.days = store, base, node, days
        self._totals: dict[str, dict[str, int]] = {}
        self.tallies = cache(self._tallies)

    def _rows(self, query: str) -> Iterable[tuple[Term, ...]]:
        return evaluate(self.store, query, rows=LIMITS.answer_rows).rows

    def _by_report(self, what: str, pattern: str) -> dict[str, int]:
        """How many of something each report has; what stands in other graphs is no report's."""
        rows = self._rows(f"SELECT ?report (COUNT(DISTINCT {what}) AS ?n) WHERE {{ GRAPH ?report {{ {pattern} }} }} GROUP BY ?report")
        return {report.value: number(count) for report, count in rows if isinstance(report, NamedNode) and self._is_report(report.value)}

    def _is_report(self, graph: str) -> bool:
        return graph.startswith(f"{self.base.iri}v/") and "#" not in graph

    def _pattern(self, name: str) -> str:
        return KINDS[name].pattern.replace("%s", str(self.node))

    def totals(self, name: str) -> dict[str, int]:
        """How many claims of a kind each report has."""
        if name not in self._totals:
            self._totals[name] = self._by_report(KINDS[name].counted, self._pattern(name))
        return self._totals[name]

    def _tallies(self, name: str) -> dict[str, Tally]:
        """How many of them affirm and how many deny, by report."""
        kind, totals = KINDS[name], self.totals(name)
        denied = self._by_report(kind.counted, f"{{ {self._pattern(name)} }} {kind.to_claim} ?claim {_DENIED} .") if totals else {}
        return {report: Tally(total - denied.get(report, 0), denied.get(report, 0)) for report, total in totals.items()}

    def series(self, name: str) -> tuple[dict[date, Tally], Tally]:
        """How many affirm and how many deny, by the day of publication; and those of reports whose day is not known."""
        dated: dict[date, Tally] = {}
        undated = Tally()
        for report, tally in self.tallies(name).items():
            if (day := self.days.get(report)) is None:
                undated += tally
            else:
                dated[day] = dated.get(day, Tally()) + tally
        return dated, undated

    def roles(self) -> dict[str, Tally]:
        """In how many claims the entity has which part."""
        totals = self._by_role("")
        denied = self._by_role(f"?claim {_DENIED} ; {CG.content} ?content .") if totals else Counter()
        found = {name: Tally(totals[predicate] - denied[predicate], denied[predicate]) for name, predicate in PARTS.items()}
        return {**found, "counted": sum(self.tallies("counted").values(), Tally())}

    def _by_role(self, among: str) -> Counter[Term]:
        found: Counter[Term] = Counter()
        query = (
            f"SELECT ?report ?role (COUNT(?content) AS ?n) WHERE {{ GRAPH ?report {{ {among} ?content ?role {self.node} }} }} GROUP BY ?report ?role"
        )
        for report, role, count in self._rows(query):
            if isinstance(report, NamedNode) and self._is_report(report.value):
                found[role] += number(count)
        return found

    def page(self, name: str, page: int, most: int) -> list[str]:
        """The claims on a page, counted from 1, of so many each: those of the latest reports first, in the order of their report."""
        skipped, claims = (page - 1) * most, list[str]()
        totals = self.totals(name)
        for report in sorted(totals, key=lambda one: (-self.days.get(one, date.min).toordinal(), one)):
            if len(claims) >= most:
                break
            if skipped >= totals[report]:
                skipped -= totals[report]
                continue
            claims += self._of_report(name, report)[skipped:]
            skipped = 0
        return claims[:most]

    def _of_report(self, name: str, report: str) -> list[str]:
        pattern = f"{{ {self._pattern(name)} }} {KINDS[name].to_claim} ?claim {CG.position} ?position ."
        rows = self._rows(f"SELECT DISTINCT ?claim ?position WHERE {{ GRAPH <{report}> {{ {pattern} }} }} ORDER BY ?position ?claim")
        return [claim.value for claim, _ in rows if isinstance(claim, NamedNode)]


def number(term: Any) -> int:
    """A count of an answer."""
    return int(term.value)
