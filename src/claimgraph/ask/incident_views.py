"""An incident as the pages show it: what is said to have happened, who affirms and who denies it, which numbers compete, on how much they rest.

Counting follows the questions ``coverage``, ``denials`` and ``disputed-quantities``, for one incident at a time: those ask about the whole store.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from claimgraph.ask.answers import cell
from claimgraph.ask.claim_views import Lines, Telling, names_in
from claimgraph.ask.incident_facts import (
    Carrying,
    Fact,
    competing,
    contradicting,
    coverage,
    facts_about,
    ground,
    is_disputed,
    latest,
    reports_about,
    ways_of_departure,
)
from claimgraph.ask.jobs import Done, reference_of, within
from claimgraph.ask.places import by_governorate
from claimgraph.ask.worker import Worker
from claimgraph.model.errors import NotFound
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.text import shown
from claimgraph.model.vocabulary import CG, label
from claimgraph.store.reference import Reference

_CSV = ("claim", "report", "outlet", "type", "polarity", "happened", "repeats", "origin", "party", "facility", "day", "first", "last", "disputed")
_CSV_NUMBER = ("min", "max", "approximate")


def incident_view(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """The incident of the key ``incident``, with at most ``lines`` claims of each kind; as CSV its claims. Raises :class:`NotFound`."""
    store, base = worker.open_snapshot(header["snapshot"]), Base(LIMITS.base)
    worker.forbid_files()
    reference = reference_of(worker, store)
    key = header["incident"]
    if key not in reference.incidents:
        raise NotFound(f"The reference graph has no incident {shown(key, 200)}: the first page lists those it has.")
    incident = incident_of(worker, store, reference, base, key)
    if header.get("form") == "csv":
        return {"media": "text/csv; charset=utf-8"}, within(incident.csv().encode("utf-8"))
    data = json.dumps({**incident.view(header["lines"]), "commit": header["commit"]}, ensure_ascii=False).encode("utf-8")
    return {"media": "application/json"}, within(data)


def incident_of(worker: Worker, store: Store, reference: Reference, base: Base, key: str) -> Incident:
    """An incident of the open snapshot, whose claims are read once."""
    found: Incident = worker.keep(f"incident {key}", lambda: Incident(store, reference, base, key))
    return found


class Incident:
    """One incident of a snapshot."""

    def __init__(self, store: Store, reference: Reference, base: Base, key: str) -> None:
        self.store, self.reference, self.base, self.key = store, reference, base, key
        self.lines, self.telling = Lines(store, reference, base), Telling(names_in(reference))
        self.line = cache(self.lines.line)  # a claim stands in several lists

    @cached_property
    def reports(self) -> list[Carrying]:
        """All reports with claims about the incident, the latest first."""
        return reports_about(self.store, self.base, self.key)

    @cached_property
    def compared(self) -> list[Carrying]:
        """Those of them whose claims are looked at: the latest."""
        return latest(self.reports, LIMITS.incident_claims)

    @cached_property
    def facts(self) -> list[Fact]:
        """The claims about the incident that are looked at, by report and claim."""
        return facts_about(self.store, self.reference, self.base, self.key, self.reports if self.whole else self.compared, whole=self.whole)

    @property
    def whole(self) -> bool:
        """Whether all claims about the incident are looked at."""
        return len(self.compared) == len(self.reports)

    @cached_property
    def disputed(self) -> frozenset[Fact]:
        """Those that contradict each other: what is affirmed and denied, and numbers of one type of event that cannot both be right."""
        kinds = sorted({fact.type for fact in self.facts})
        numbers = (competing(fact for fact in self.facts if fact.type == kind) for kind in kinds)
        return contradicting(self.facts).union(*numbers)

    def fact(self, iri: str) -> Fact | None:
        """A claim about the incident, which may be older than those that are looked at."""
        found = next((fact for fact in self.facts if fact.claim == iri), None)
        if found is None and not self.whole and (name := self.base.report_of(iri)) is not None:
            its = [report for report in self.reports if report.graph == name.iri]
            facts = facts_about(self.store, self.reference, self.base, self.key, its, whole=False)
            found = next((fact for fact in facts if fact.claim == iri), None)
        return found

    def view(self, most: int) -> dict[str, Any]:
        """Everything that the page shows, at most so many claims of each kind."""
        return {
            "incident": self.told(),
            "ground": self.ground(),
            "compared": None if self.whole else {"claims": len(self.facts), "reports": len(self.compared)},
            "things": sorted(self.things(most), key=lambda thing: (not thing["disputed"], -thing["affirmed"]["total"], thing["type"])),
            "numbers": [group for group in self.numbers(most) if group["rows"]],
            "control": self.control(most),
            "places": self.places(),
        }

    def ground(self) -> dict[str, Any]:
        """On how much all that is said about the incident rests, whatever is looked at."""
        days = [day for report in self.reports for day in (report.first, report.last) if day]
        return {
            "claims": sum(report.claims for report in self.reports),
            "reports": len(self.reports),
            "outlets": len({report.outlet for report in self.reports}),
            "first": min(days, default=None),
            "last": max(days, default=None),
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
        """For each type of event, who affirms and who denies it, and on how much that rests; first those who contradict each other.

        There are dozens of types, so that of each a quarter of ``most`` is shown.
        """
        few = max(1, most // 4)
        for kind in sorted({fact.type for fact in self.facts}):
            facts = sorted((fact for fact in self.facts if fact.type == kind), key=lambda fact: fact not in self.disputed)
            affirmed = [fact for fact in facts if not fact.denies]
            yield {
                "type": kind,
                "label": labels(kind),
                "affirmed": self.side(affirmed, few),
                "denied": self.side([fact for fact in facts if fact.denies], few),
                "disputed": any(fact in self.disputed for fact in facts),
                "coverage": coverage(affirmed),
                "ground": ground(facts),
            }

    def side(self, facts: list[Fact], most: int) -> dict[str, Any]:
        """Those who say one thing."""
        return {"total": len(facts), "lines": [self.line(fact.claim) for fact in facts[:most]]}

    # --- numbers ----------------------------------------------------------------------------------------------------------

    def numbers(self, most: int) -> Iterator[dict[str, Any]]:
        """Competing numbers of people, along the number line; the ways in which detainees come to be gone stand together."""
        gone = ways_of_departure()
        kinds = sorted({fact.type for fact in self.facts if fact.counted})
        for group in [[kind for kind in kinds if kind in gone], *([kind] for kind in kinds if kind not in gone)]:
            rows = sorted((fact for fact in self.facts if fact.counted and fact.type in group), key=_on_the_line)
            origins = list(self.origins(rows))
            yield {
                "types": group,
                "labels": [labels(kind) for kind in group],
                "ground": ground(rows),
                "parties": len({fact.party for fact in rows}),
                "unnamed": len({fact.party for fact in rows if fact.unnamed and fact.party == fact.voice}),
                "disputed": is_disputed(rows),
                "total": len(rows),
                "rows": [self.numbered(fact) for fact in rows[:most]],
                "origins_total": len(origins),
                "origins": [self.origin(facts, most) for facts in origins[:most]],
            }

    def numbered(self, fact: Fact) -> dict[str, Any]:
        """A claim with its number."""
        return {"min": fact.least, "max": fact.most, "approximate": fact.approximate, "claim": self.line(fact.claim)}

    def origins(self, rows: Iterable[Fact]) -> Iterator[list[Fact]]:
        """Claims that are one on the axis: of one origin, about one type of event and the same people, with the same number, all affirmed or denied.

        A source without a name is another in each report.
        """
        found: dict[Any, list[Fact]] = {}
        for fact in rows:
            found.setdefault((fact.origin, fact.type, fact.denies, fact.number, fact.approximate, fact.whose), []).append(fact)
        yield from found.values()

    def origin(self, facts: list[Fact], most: int) -> dict[str, Any]:
        """A row of the axis: a number, who says it, through whom it came, in how many reports."""
        lines = [self.line(fact.claim) for fact in facts[:most]]
        through = {json.dumps(hop["who"]): hop for line in lines for hop in line["chain"][1:-1] if hop["who"] is not None}
        return {
            "min": facts[0].least,
            "max": facts[0].most,
            "approximate": facts[0].approximate,
            "polarity": lines[0]["polarity"],
            "label": labels(facts[0].type),
            "of": [self.telling.entity(key) for whose in sorted(facts[0].whose) if (key := self.base.key(NamedNode(whose))) is not None],
            "claims": len(facts),
            "reports": len({fact.report for fact in facts}),
            "unnamed": lines[0]["chain"][-1]["unnamed"],
            "candidate": all(line["review"] == "candidate" for line in lines),
            "via": list(through.values()),
            "line": lines[0],
        }

    # --- who was in control, and where it was -----------------------------------------------------------------------------

    def control(self, most: int) -> dict[str, Any] | None:
        """Who is said to have held the incident's facility, in order of time, as the question ``control-timeline`` has it."""
        facility = self.reference.key_of(self.key, CG.facility)
        node = self.base.entity(facility).value if facility else None
        facts = sorted((fact for fact in self.facts if fact.type == "control" and fact.facility == node), key=lambda fact: fact.day)
        if facility is None or not facts:
            return None
        return {
            "facility": self.telling.entity(facility),
            "facility_key": facility,
            "ground": ground(facts),
            "disputed": any(fact in self.disputed for fact in facts),
            "total": len(facts),
            "rows": [
                {
                    "day": fact.day,
                    "holders": [self.telling.entity(key) for one in sorted(fact.actors) if (key := self.base.key(NamedNode(one))) is not None],
                    "claim": self.line(fact.claim),
                }
                for fact in facts[:most]
            ],
        }

    def places(self) -> list[dict[str, Any]]:
        """The governorates in which the places lie that claims name, the most named first."""
        named = (
            (fact.claim, fact.report, key) for fact in self.facts for place in fact.places if (key := self.base.key(NamedNode(place))) is not None
        )
        return by_governorate(self.reference, self.telling.entity, named)

    # --- data -------------------------------------------------------------------------------------------------------------

    def csv(self) -> str:
        """The claims that are looked at, for a spreadsheet."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow((*_CSV, *_CSV_NUMBER))
        for fact in self.facts:
            told = {**vars(fact), "polarity": "denies" if fact.denies else "affirms", "disputed": fact in self.disputed}
            number = (fact.least, fact.most, fact.approximate) if fact.counted else (None, None, None)
            writer.writerow([cell(value) for value in (*(told[name] for name in _CSV), *number)])
        return out.getvalue()


def labels(kind: str) -> dict[str, str]:
    """The name of a type of event in both languages."""
    return {language: label("event", kind, language) for language in ("ar", "en")}


def _on_the_line(fact: Fact) -> tuple[float, float, bool, str]:
    least = fact.least if fact.least is not None else fact.most
    most = fact.most if fact.most is not None else fact.least
    return (least or 0, most or 0, fact.denies, fact.report.rpartition("/")[2] + fact.claim)
