"""What counting needs to know of the claims about an incident, and which of them contradict each other: as the question ``denials`` has it.

That question asks about the whole store and compares every denial with every claim; here each claim is looked at once, whatever their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from claimgraph.ask.query import evaluate
from claimgraph.model.names import Base
from claimgraph.model.vocabulary import CG, RDF_TYPE, SKOS, notation_of, ontology_quads
from claimgraph.store.reference import Reference

_ALL = 10**8  # rows: of what we ask ourselves nothing is cut
_CLAIMS = f"SELECT ?graph (COUNT(?claim) AS ?claims) WHERE {{ GRAPH ?graph {{ ?claim {CG.incident} %s }} }} GROUP BY ?graph"
# A claim's own part, and by itself each thing that it may have, or have several of: many OPTIONALs at once take three times as long.
_FACTS = f"""?claim {CG.polarity} ?verdict ; {CG.claimant} ?origin ; {CG.attribution} ?hop . FILTER NOT EXISTS {{ ?hop {CG.relays} ?next }}
  ?content {CG.eventType} ?type ; {CG.status} ?status ."""
_NUMBER = f"?content {CG.quantity} ?quantity . ?quantity {CG.countOf} ?kind FILTER(?kind != {CG['counts-vehicles']}) ?quantity"
_PARTS = {
    "unnamed": f"?claim {CG.claimant} ?value . ?value {RDF_TYPE} {CG.UnnamedSource}",
    "spoken_for": f"?claim {CG.attribution} ?hop . ?hop {CG.speaksFor} ?value FILTER NOT EXISTS {{ ?hop {CG.relays} ?next }}",
    "repeats": f"?claim {CG.repeats} ?value",
    "facility": f"?content {CG.facility} ?value",
    "place": f"?content {CG.place}|{CG.origin}|{CG.destination} ?value",
    "actors": f"?content {CG.actor} ?value",
    "counted": f"{_NUMBER} {CG.countOf} ?value",
    "least": f"{_NUMBER} {CG.minimum} ?value",
    "most": f"{_NUMBER} {CG.maximum} ?value",
    "about": f"{_NUMBER} {CG.approximate} ?value",
    "whose": f"{_NUMBER} {CG.counted} ?value",
    "first_day": f"?content {CG.firstDay} ?value",
    "last_day": f"?content {CG.lastDay} ?value",
    "said_first": f"?claim {CG.saidFirstDay} ?value",
    "said_last": f"?claim {CG.saidLastDay} ?value",
}
_DAYS = ("first_day", "last_day", "said_first", "said_last")  # which tells a claim's day, before the days of publication


@dataclass(frozen=True)
class Fact:
    """What counting needs to know of a claim.

    ``origin`` says it; ``voice`` is whoever stands behind it: the origin, or whom an unnamed origin speaks for; ``party`` is the topmost whole of
    that. ``least`` and ``most`` bound a number of people (``counted``), who belong to those in ``whose``. ``day`` is the event's, else that
    of saying or publishing it; ``first`` and ``last`` are those of publication.
    """

    claim: str
    report: str
    outlet: str
    type: str
    denies: bool
    happened: bool
    origin: str
    voice: str
    party: str
    unnamed: bool
    repeats: bool
    facility: str
    places: frozenset[str]
    actors: frozenset[str]
    counted: bool
    least: int | None
    most: int | None
    approximate: bool
    whose: frozenset[str]
    day: str
    first: str
    last: str

    @property
    def number(self) -> tuple[int | None, int | None] | None:
        """The bounds of a number of people; ``None`` where it has none."""
        return (self.least, self.most) if self.counted else None

    @property
    def stands(self) -> bool:
        """Whether it affirms something as having happened, and is not what its report has said already."""
        return not self.denies and self.happened and not self.repeats


@dataclass(frozen=True)
class Carrying:
    """A report that has claims about an incident: its graph, outlet, how many claims, and the first and last day of its publication."""

    graph: str
    outlet: str
    claims: int
    first: str
    last: str


def reports_about(store: Store, base: Base, key: str) -> list[Carrying]:
    """The reports with claims about an incident, the latest first. What each has is asked for by itself: all at once takes ten times as long."""
    claims = evaluate(store, _CLAIMS % base.entity(key), rows=_ALL).rows
    outlets, first, last = (_by_graph(store, predicate) for predicate in (CG.publisher, CG.publishedFirstDay, CG.publishedLastDay))
    found = [
        Carrying(graph, outlets[graph], _whole(count) or 0, first.get(graph, ""), last.get(graph, ""))
        for graph, count in ((_text(term), count) for term, count in claims)
        if graph in outlets
    ]
    return sorted(found, key=lambda one: (one.last, one.graph), reverse=True)


def _by_graph(store: Store, predicate: NamedNode) -> dict[str, str]:
    """What each graph states by a property of which it has one."""
    return {_text(quad.graph_name): _text(quad.object) for quad in store.quads_for_pattern(None, predicate, None, None)}


def latest(reports: Sequence[Carrying], most: int) -> list[Carrying]:
    """The latest of some reports that have so many claims together; one at least."""
    sums = accumulate(report.claims for report in reports)
    return [report for number, (report, claims) in enumerate(zip(reports, sums, strict=True)) if not number or claims <= most]


def facts_about(store: Store, reference: Reference, base: Base, key: str, reports: Sequence[Carrying], *, whole: bool) -> list[Fact]:
    """The claims of some reports about an incident, by report and claim; ``whole`` says that these are all reports about it."""
    within = "" if whole else f"VALUES ?graph {{ {' '.join(str(NamedNode(one.graph)) for one in reports)} }}"

    def rows(columns: str, pattern: str) -> Iterable[tuple[Any, ...]]:
        about = f"?claim {CG.incident} {base.entity(key)} ; {CG.content} ?content ."
        return evaluate(store, f"SELECT {columns} WHERE {{ {within} GRAPH ?graph {{ {about} {pattern} }} }}", rows=_ALL).rows

    parts: dict[str, dict[Any, list[Any]]] = {}
    for name, pattern in _PARTS.items():
        part = parts[name] = {}
        for claim, value in rows("?claim ?value", pattern):
            part.setdefault(claim, []).append(value)
    carrying = {one.graph: one for one in reports}
    topmost = cache(lambda voice: party(reference, base, voice))
    facts: dict[str, Fact] = {}
    for graph, claim, kind, verdict, status, origin in rows("?graph ?claim ?type ?verdict ?status ?origin", _FACTS):
        having = {name: part[claim] for name, part in parts.items() if claim in part}
        one = {name: values[0] for name, values in having.items()}
        several = {name: frozenset(map(_text, having.get(name, ()))) for name in ("actors", "whose", "place")}
        report, voice = carrying[graph.value], one.get("spoken_for", origin)
        facts[claim.value] = Fact(
            claim=claim.value,
            report=report.graph,
            outlet=report.outlet,
            type=notation_of(kind),
            denies=verdict == CG["polarity-denies"],
            happened=status == CG["status-happened"],
            origin=origin.value,
            voice=voice.value,
            party=topmost(voice),
            unnamed="unnamed" in one and "spoken_for" not in one,
            repeats="repeats" in one,
            facility=_text(one.get("facility")),
            places=several["place"] | {_text(facility) for facility in having.get("facility", ())},
            actors=several["actors"],
            counted="counted" in one,
            least=_whole(one.get("least")),
            most=_whole(one.get("most")),
            approximate=_text(one.get("about")) == "true",
            whose=several["whose"],
            day=next((_text(one[name]) for name in _DAYS if name in one), report.first or report.last),
            first=report.first,
            last=report.last,
        )
    return sorted(facts.values(), key=lambda fact: (fact.report.rpartition("/")[2], fact.claim.rpartition("/")[2], fact.claim))


def _text(term: Any) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else ""


def _whole(term: Any) -> int | None:
    return int(term.value) if isinstance(term, Literal) else None


def party(reference: Reference, base: Base, voice: NamedNode) -> str:
    """The topmost whole of whoever speaks, or is spoken for."""
    key, seen = base.key(voice), set[str]()
    while key is not None and key not in seen and (above := reference.key_of(key, CG.partOf)) is not None:
        seen.add(key)
        key = above
    return base.entity(key).value if key is not None else voice.value


# --- contradiction --------------------------------------------------------------------------------------------------------


class _Reach:
    """How far the claims of other parties reach: the two that reach furthest, of different parties."""

    def __init__(self) -> None:
        self._furthest: list[tuple[Any, str]] = []

    def add(self, reach: Any, who: str) -> None:
        """Note how far a claim reaches."""
        both = {who: reach}
        for other, name in self._furthest:
            both[name] = max(other, both[name]) if name in both else other
        self._furthest = sorted(((far, name) for name, far in both.items()), reverse=True)[:2]

    def of_others(self, who: str) -> Any:
        """How far the claims of those reach who are not this party; ``None`` if there are none."""
        return next((reach for reach, name in self._furthest if name != who), None)


_EVER, _NEVER = "~", ""  # before and behind every day as it is written


def contradicting(facts: Iterable[Fact]) -> frozenset[Fact]:
    """The denials and affirmations that contradict each other: the rows of the question ``denials`` of the relations *same* and *general*.

    Both are of the same type, facility and actors and of different parties; the denial names the number that is affirmed, or none. A lasting
    state that is affirmed of a later day than it is denied of is no contradiction.
    """
    groups: dict[Any, list[Fact]] = {}
    for fact in facts:
        if fact.denies or fact.stands:
            groups.setdefault((fact.type, fact.facility, fact.actors), []).append(fact)
    return frozenset(fact for (kind, _, _), group in groups.items() for fact in _contradicting(group, lasts=kind in lasting_states()))


def _contradicting(group: list[Fact], *, lasts: bool) -> Iterator[Fact]:
    denied: dict[Any, _Reach] = {}
    affirmed: dict[Any, _Reach] = {}
    for fact in group:
        if fact.denies:  # it reaches what is affirmed until its day
            denied.setdefault(fact.number, _Reach()).add((fact.day or _EVER) if lasts else _EVER, fact.party)
        else:  # it is reached by what is denied from its day on; days that count down, as the furthest is the earliest
            for named in {fact.number, None}:
                affirmed.setdefault(named, _Reach()).add(_Early((fact.day or _NEVER) if lasts else _NEVER), fact.party)
    for fact in group:
        if fact.denies:
            early = affirmed[fact.number].of_others(fact.party) if fact.number in affirmed else None
            if early is not None and early.day <= ((fact.day or _EVER) if lasts else _EVER):
                yield fact
        elif any(
            (until := denied[named].of_others(fact.party)) is not None and (not lasts or fact.day <= until)
            for named in {fact.number, None}
            if named in denied
        ):
            yield fact


@dataclass(frozen=True, order=False)
class _Early:
    """A day that reaches the further the earlier it is."""

    day: str

    def __lt__(self, other: _Early) -> bool:
        return self.day > other.day


def competing(facts: Iterable[Fact]) -> frozenset[Fact]:
    """The affirmed numbers of the same people that another party's contradicts: the two have nothing in common."""
    groups: dict[frozenset[str], list[Fact]] = {}
    for fact in facts:
        if fact.stands and fact.counted and fact.whose:
            groups.setdefault(fact.whose, []).append(fact)
    return frozenset(fact for group in groups.values() for fact in _competing(group))


def _competing(group: list[Fact]) -> Iterator[Fact]:
    above, below = _Reach(), _Reach()
    for fact in group:
        low, high = bounds(fact)
        above.add(low, fact.party)
        below.add(-high, fact.party)
    for fact in group:
        low, high = bounds(fact)
        highest, lowest = above.of_others(fact.party), below.of_others(fact.party)
        if highest is not None and (highest > high or -lowest < low):
            yield fact


def bounds(fact: Fact) -> tuple[float, float]:
    """The bounds of a number; an open end is infinite."""
    return (float("-inf") if fact.least is None else fact.least, float("inf") if fact.most is None else fact.most)


def is_disputed(facts: Iterable[Fact]) -> bool:
    """Whether a number is denied, or two that parties affirm of the same people cannot both be right."""
    counted = list(facts)
    return any(fact.denies for fact in counted) or bool(competing(counted))


# --- counting -------------------------------------------------------------------------------------------------------------


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


def coverage(facts: Iterable[Fact]) -> dict[str, int] | None:
    """Reports, outlets and parties behind what is affirmed as having happened, not counting what a report says twice."""
    counted = [fact for fact in facts if fact.stands]
    if not counted:
        return None
    parties = {fact.party: fact.unnamed and fact.party == fact.voice for fact in counted}
    return {
        "claims": len(counted),
        "reports": len({fact.report for fact in counted}),
        "outlets": len({fact.outlet for fact in counted}),
        "parties": len(parties),
        "unnamed": sum(parties.values()),
    }


def _members(collection: NamedNode) -> frozenset[str]:
    found = (q.object for q in ontology_quads() if q.subject == collection and q.predicate == SKOS.member)
    return frozenset(node.value.rpartition("event-")[2] for node in found if isinstance(node, NamedNode))


@cache
def ways_of_departure() -> frozenset[str]:
    """The types of event by which detainees come to be gone."""
    return _members(CG.WaysOfDeparture)


@cache
def lasting_states() -> frozenset[str]:
    """The types of event that hold for a while: affirmed of one day and denied of another, they do not contradict each other."""
    return _members(CG.LastingStates)
