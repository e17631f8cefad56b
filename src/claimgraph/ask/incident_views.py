"""An incident as the pages show it: what is said to have happened, who affirms and who denies it, which numbers compete, on how much they rest.

Counting follows the questions ``coverage`` and ``disputed-quantities``, for one incident at a time: those ask about the whole store.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from claimgraph.ask.claim_views import Lines, Telling, names_in
from claimgraph.ask.jobs import Done, reference_of, within
from claimgraph.ask.query import evaluate
from claimgraph.ask.worker import Worker
from claimgraph.model.errors import NotFound
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.text import shown
from claimgraph.model.vocabulary import CG, SKOS, label, notation_of, ontology_quads
from claimgraph.store.reference import Reference

_FACTS = f"""SELECT ?claim ?report ?outlet ?type ?verdict ?status ?origin ?spokenFor ?unnamed ?repeats ?min ?max ?counted ?whose ?first ?last WHERE {{
  ?claim {CG.incident} %s ; {CG.polarity} ?verdict ; {CG.report} ?report ; {CG.content} ?content ; {CG.claimant} ?origin ; {CG.attribution} ?hop .
  FILTER NOT EXISTS {{ ?hop {CG.relays} ?next }}
  OPTIONAL {{ ?hop {CG.speaksFor} ?spokenFor }}
  ?content {CG.eventType} ?type ; {CG.status} ?status .
  ?report {CG.publisher} ?outlet .
  OPTIONAL {{ ?claim {CG.repeats} ?repeats }}
  BIND(EXISTS {{ ?origin a {CG.UnnamedSource} }} AS ?unnamed)
  OPTIONAL {{
    ?content {CG.quantity} ?quantity . ?quantity {CG.countOf} ?kind .
    FILTER(?kind != {CG["counts-vehicles"]})
    OPTIONAL {{ ?quantity {CG.minimum} ?min }} OPTIONAL {{ ?quantity {CG.maximum} ?max }}
    OPTIONAL {{ ?quantity {CG.counted} ?whose }}
    BIND(true AS ?counted)
  }}
  OPTIONAL {{ ?report {CG.publishedFirstDay} ?first }} OPTIONAL {{ ?report {CG.publishedLastDay} ?last }}
}}"""


@dataclass(frozen=True)
class Fact:
    """What counting needs to know of a claim.

    ``voice`` is whoever stands behind it: the origin, or whom an unnamed origin speaks for. ``least`` and ``most`` bound a number of people
    (``counted``), who belong to those in ``whose``.
    """

    claim: str
    report: str
    outlet: str
    type: str
    denies: bool
    happened: bool
    voice: NamedNode
    unnamed: bool
    repeats: bool
    least: int | None
    most: int | None
    counted: bool
    whose: frozenset[str]
    first: str
    last: str


def incident_view(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """The incident of the key ``incident``, with at most ``lines`` claims of each kind. Raises :class:`NotFound`."""
    store, base = worker.open_snapshot(header["snapshot"]), Base(LIMITS.base)
    worker.forbid_files()
    reference = reference_of(worker, store)
    key = header["incident"]
    if key not in reference.incidents:
        raise NotFound(f"The reference graph has no incident {shown(key, 200)}: the first page lists those it has.")
    value = Incident(store, reference, base, key).view(header["lines"])
    data = json.dumps({**value, "commit": header["commit"]}, ensure_ascii=False).encode("utf-8")
    return {"media": "application/json"}, within(data)


class Incident:
    """One incident of a snapshot."""

    def __init__(self, store: Store, reference: Reference, base: Base, key: str) -> None:
        self.store, self.reference, self.base, self.key = store, reference, base, key
        self.lines, self.telling = Lines(store, reference, base), Telling(names_in(reference))

    @cached_property
    def facts(self) -> list[Fact]:
        """All claims about the incident, by report and claim."""
        answer = evaluate(self.store, _FACTS % self.base.entity(self.key), rows=LIMITS.answer_rows)
        rows: dict[Any, list[dict[str, Any]]] = {}
        for row in answer.rows:
            rows.setdefault(row[0], []).append(dict(zip(answer.columns, row, strict=True)))
        return sorted(map(_fact, rows.values()), key=lambda fact: (fact.report.rpartition("/")[2], fact.claim.rpartition("/")[2], fact.claim))

    def view(self, most: int) -> dict[str, Any]:
        """Everything that the page shows, at most so many claims of each kind."""
        return {
            "incident": self.told(),
            "ground": ground(self.facts),
            "things": sorted(self.things(most), key=lambda thing: (not thing["disputed"], -thing["affirmed"]["total"], thing["type"])),
            "numbers": [group for group in self.numbers(most) if group["rows"]],
        }

    def told(self) -> dict[str, Any]:
        """The incident itself."""

        def value(predicate: NamedNode) -> str | None:
            return next((node.value for node in self.reference.values(self.key, predicate) if isinstance(node, Literal)), None)

        where = {part: self.reference.key_of(self.key, predicate) for part, predicate in (("facility", CG.facility), ("place", CG.place))}
        return {
            "key": self.key,
            "iri": self.base.entity(self.key).value,
            "name": self.telling.entity(self.key),
            "first_day": value(CG.firstDay),
            "last_day": value(CG.lastDay),
            **{part: self.telling.entity(key) if key else None for part, key in where.items()},
            "facility_key": where["facility"],
        }

    # --- what happened ----------------------------------------------------------------------------------------------------

    def things(self, most: int) -> Iterator[dict[str, Any]]:
        """For each type of event, who affirms and who denies it, and on how much that rests."""
        for kind in sorted({fact.type for fact in self.facts}):
            affirmed = [fact for fact in self.facts if fact.type == kind and not fact.denies]
            denied = [fact for fact in self.facts if fact.type == kind and fact.denies]
            yield {
                "type": kind,
                "label": {language: label("event", kind, language) for language in ("ar", "en")},
                "affirmed": self.side(affirmed, most),
                "denied": self.side(denied, most),
                "disputed": bool(affirmed and denied),
                "coverage": self.coverage(affirmed),
            }

    def side(self, facts: list[Fact], most: int) -> dict[str, Any]:
        """Those who say one thing."""
        return {"total": len(facts), "lines": [self.lines.line(fact.claim) for fact in facts[:most]]}

    def coverage(self, facts: Iterable[Fact]) -> dict[str, int] | None:
        """Reports, outlets and parties behind what is affirmed as having happened, not counting what a report says twice."""
        counted = [fact for fact in facts if fact.happened and not fact.repeats]
        if not counted:
            return None
        parties = {self.party(fact): fact.unnamed and self.party(fact) == fact.voice for fact in counted}
        return {
            "claims": len(counted),
            "reports": len({fact.report for fact in counted}),
            "outlets": len({fact.outlet for fact in counted}),
            "parties": len(parties),
            "unnamed": sum(parties.values()),
        }

    def party(self, fact: Fact) -> NamedNode:
        """The topmost whole of whoever speaks, or is spoken for."""
        key, seen = self.base.key(fact.voice), set[str]()
        while key is not None and key not in seen and (above := self.reference.key_of(key, CG.partOf)) is not None:
            seen.add(key)
            key = above
        return self.base.entity(key) if key is not None else fact.voice

    # --- numbers ----------------------------------------------------------------------------------------------------------

    def numbers(self, most: int) -> Iterator[dict[str, Any]]:
        """Competing numbers of people, along the number line; the ways in which detainees come to be gone stand together."""
        gone = ways_of_departure()
        kinds = sorted({fact.type for fact in self.facts if fact.counted})
        for group in [[kind for kind in kinds if kind in gone], *([kind] for kind in kinds if kind not in gone)]:
            rows = sorted((fact for fact in self.facts if fact.counted and fact.type in group), key=_on_the_line)
            yield {
                "types": group,
                "labels": [{language: label("event", kind, language) for language in ("ar", "en")} for kind in group],
                "ground": ground(rows),
                "disputed": is_disputed(rows),
                "total": len(rows),
                "rows": [{"min": fact.least, "max": fact.most, "claim": self.lines.line(fact.claim)} for fact in rows[:most]],
            }


def ground(facts: Iterable[Fact]) -> dict[str, Any]:
    """What a figure rests on: claims, reports, outlets, and the first and last day of publication."""
    counted = list(facts)
    days = [day for fact in counted for day in (fact.first, fact.last) if day]
    return {
        "claims": len(counted),
        "reports": len({fact.report for fact in counted}),
        "outlets": len({fact.outlet for fact in counted}),
        "first": min(days, default=None),
        "last": max(days, default=None),
    }


def is_disputed(facts: Iterable[Fact]) -> bool:
    """Whether a number is denied, or two that are affirmed of the same people cannot both be right."""
    counted = list(facts)
    affirmed: dict[frozenset[str], list[tuple[float, float]]] = {}
    for fact in counted:
        if not fact.denies:
            affirmed.setdefault(fact.whose, []).append(_range(fact))
    apart = (max(low for low, _ in ranges) > min(high for _, high in ranges) for ranges in affirmed.values())
    return any(fact.denies for fact in counted) or any(apart)


def _range(fact: Fact) -> tuple[float, float]:
    return (float("-inf") if fact.least is None else fact.least, float("inf") if fact.most is None else fact.most)


def _on_the_line(fact: Fact) -> tuple[float, float, str]:
    least = fact.least if fact.least is not None else fact.most
    most = fact.most if fact.most is not None else fact.least
    return (least or 0, most or 0, fact.report.rpartition("/")[2] + fact.claim)


def _fact(rows: Sequence[Mapping[str, Any]]) -> Fact:
    """A claim's rows, which differ in whom its number counts."""
    row = rows[0]

    def whole(node: Any) -> int | None:
        return int(node.value) if isinstance(node, Literal) else None

    return Fact(
        claim=row["claim"].value,
        report=row["report"].value,
        outlet=row["outlet"].value,
        type=notation_of(row["type"]),
        denies=row["verdict"] == CG["polarity-denies"],
        happened=row["status"] == CG["status-happened"],
        voice=row["spokenFor"] or row["origin"],
        unnamed=row["spokenFor"] is None and row["unnamed"].value == "true",
        repeats=row["repeats"] is not None,
        least=whole(row["min"]),
        most=whole(row["max"]),
        counted=row["counted"] is not None,
        whose=frozenset(one["whose"].value for one in rows if one["whose"]),
        first=row["first"].value if row["first"] else "",
        last=row["last"].value if row["last"] else "",
    )


@cache
def ways_of_departure() -> frozenset[str]:
    """The types of event by which detainees come to be gone."""
    found = (q.object for q in ontology_quads() if q.subject == CG.WaysOfDeparture and q.predicate == SKOS.member)
    return frozenset(node.value.rpartition("event-")[2] for node in found if isinstance(node, NamedNode))
