"""Answers to further questions over the samples, worked out from their JSON in plain Python: no RDF, and nothing shared with the questions."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, Protocol

from claimgraph.model.dates import days_of

Claim = dict[str, Any]
Row = dict[str, Any]
# Words for those who got away, as they stand in the reports here, and which entry of the list each is.
ESCAPEES = {
    **dict.fromkeys(("الفارين", "الفارون", "فارّين"), "فارين"),
    **dict.fromkeys(("الهاربين", "هاربين"), "هاربين"),
    "من هربوا": "من هربوا",
    "escapees": "escapees",
    "who escaped": "who escaped",
}


class Yardstick(Protocol):
    """What these answers are worked out with: the claims, and who is who."""

    claims: list[Claim]

    def is_part(self, one: str | None, whole: str) -> bool:
        """Whether an entity is another one, or part of it at any depth."""

    def top(self, one: str) -> str:
        """The whole that an entity is part of in the end."""

    def chain(self, claim: Claim) -> list[str]:
        """All speakers, outermost first."""

    def origin(self, claim: Claim) -> str:
        """The last speaker."""

    def party(self, claim: Claim) -> str:
        """The side that stands behind a claim."""

    def involved(self, claim: Claim) -> set[str]:
        """Everybody whom a claim's content names."""

    def happened(self, claim: Claim) -> bool:
        """Whether a claim says, for the first time in its report, that something did happen."""

    def said_by(self, claim: Claim, agent: str) -> bool:
        """Whether an agent, a part of it, or one who speaks for these, is a claim's origin."""


def carried_by(y: Yardstick, outlet: str) -> Iterator[Row]:
    """The answer to carried-by."""
    for claim in y.claims:
        speakers = y.chain(claim)
        places = [
            place
            for place, (speaker, hop) in enumerate(zip(speakers, claim["chain"], strict=True))
            if y.is_part(speaker, outlet) or y.is_part(hop.get("speaks_for"), outlet)
        ]
        if places:
            after = [*speakers, None][places[0] + 1]
            row = {"claim": claim["name"], "position": places[0] + 1, "mouths": len(speakers)}
            yield {**row, "source": after, "origin": speakers[-1]}


def _is_asked(claim: Claim, incident: str | None, types: str | None) -> bool:
    return (incident is None or claim.get("incident") == incident) and (types is None or claim["event"]["type"] in types.split(","))


def said_over_time(y: Yardstick, claimant: str, incident: str | None = None, types: str | None = None) -> Iterator[Row]:
    """The answer to said-over-time."""
    for claim in (one for one in y.claims if y.said_by(one, claimant) and _is_asked(one, incident, types)):
        quantity = claim["event"].get("quantity") or {}
        yield {
            "day": _day(claim.get("said") or claim["report"]["published"]).isoformat(),
            "basis": "said" if claim.get("said") else "published",
            "claim": claim["name"],
            "origin": y.origin(claim),
            "polarity": claim["polarity"],
            "type": claim["event"]["type"],
            **{name: quantity.get(name) for name in ("min", "max", "of")},
        }


def _day(edtf: str) -> date:
    """The first day of some time, or the last where the first is open."""
    days = days_of(edtf)
    assert days
    found = days.first or days.last
    assert found
    return found


def reports_on(y: Yardstick, incident: str) -> Iterator[Row]:
    """The answer to reports-on."""
    told: dict[str, list[Claim]] = defaultdict(list)
    for claim in y.claims:
        if claim.get("incident") == incident and "repeats" not in claim:
            told[claim["report"]["id"]].append(claim)
    for name, claims in told.items():
        polarities = [claim["polarity"] for claim in claims]
        yield {
            "report": name,
            "publisher": y.chain(claims[0])[0],
            "published": _day(claims[0]["report"]["published"]).isoformat(),
            "claims": len(claims),
            "affirmed": polarities.count("affirms"),
            "denied": polarities.count("denies"),
            "own": sum(len(claim["chain"]) == 1 for claim in claims),
            "parties": len({y.party(claim) for claim in claims}),
        }


def claims_between(y: Yardstick, period: tuple[str, str], basis: str | None = None, **asked: str | None) -> Iterator[Row]:
    """The answer to claims-between."""
    begin, end = map(date.fromisoformat, period)
    for claim in (one for one in y.claims if _is_asked(one, asked.get("incident"), asked.get("types"))):
        times = {"event": claim["event"].get("time"), "said": claim.get("said"), "published": claim["report"]["published"]}
        dated, time = next((name, time) for name, time in times.items() if time)
        days = days_of(time)
        assert days
        if (days.first or date.min) <= end and (days.last or date.max) >= begin and (basis is None or dated in basis.split(",")):
            first, last = (day.isoformat() if day else None for day in days)
            yield {"claim": claim["name"], "first": first, "last": last, "basis": dated}


def resting_on(y: Yardstick, kinds: str, incident: str | None = None) -> Iterator[Row]:
    """The answer to resting-on."""
    for claim in (one for one in y.claims if _is_asked(one, incident, None)):
        last, speakers = claim["chain"][-1], y.chain(claim)
        kind = last.get("kind") or ("own-voice" if len(speakers) == 1 else "named-party")
        if kind in kinds.split(","):
            row = {"claim": claim["name"], "kind": kind, "source": speakers[-1], "words": last.get("surface")}
            row |= {"speaks_for": last.get("speaks_for"), "belongs_to": last.get("affiliation")}
            yield {**row, "through": speakers[-2] if len(speakers) > 1 else None}


def single_party_claims(y: Yardstick, incident: str) -> Iterator[Row]:
    """The answer to single-party-claims."""
    told = [claim for claim in y.claims if y.happened(claim) and claim.get("incident") == incident]
    for claim in told:
        if all(y.party(other) == y.party(claim) or not _goes_with(y, claim, other) for other in told):
            interested = any(y.is_part(one, y.party(claim)) for one in y.involved(claim))
            yield {"claim": claim["name"], "party": y.party(claim), "type": claim["event"]["type"], "interested": interested}


def _goes_with(y: Yardstick, one: Claim, other: Claim) -> bool:
    """Whether two claims may speak of the same event, as far as both say what it was."""
    if one["event"]["type"] != other["event"]["type"]:
        return False
    for role in ("actors", "targets"):
        mine, theirs = ({y.top(key) for key in claim["event"].get(role, ())} for claim in (one, other))
        if mine and theirs and not mine & theirs:
            return False
    here, there = (claim["event"].get("facility") for claim in (one, other))
    return not here or not there or bool(here == there)


def rival_holders(y: Yardstick, facility: str, day: str) -> Iterator[Row]:
    """The answer to rival-holders."""
    asked = date.fromisoformat(day)
    told = [claim for claim in y.claims if claim["event"]["type"] == "control" and claim["event"].get("facility") == facility]
    told = [claim for claim in told if "repeats" not in claim and claim["event"].get("status", "happened") in ("happened", "ongoing")]
    holding = [claim for claim in told if _holds(claim, asked)]
    latest = {party: max(min(_since(claim), asked) for claim in holding if y.party(claim) == party) for party in map(y.party, holding)}
    standing = [claim for claim in holding if min(_since(claim), asked) == latest[y.party(claim)]]
    for claim in standing:
        yield {
            "claim": claim["name"],
            "party": y.party(claim),
            "since": _since(claim).isoformat(),
            "polarity": claim["polarity"],
            "holders": sorted(claim["event"].get("actors", ())),
            "against": sorted({y.party(other) for other in standing if y.party(other) != y.party(claim) and _are_rivals(y, claim, other)}),
        }


def _since(claim: Claim) -> date:
    return _day(claim["event"].get("time") or claim.get("said") or claim["report"]["published"])


def _holds(claim: Claim, asked: date) -> bool:
    """Whether a state that is claimed holds on a day: on its own days, and for a month from the first unless it names an end before."""
    time, since = claim["event"].get("time"), _since(claim)
    days = days_of(time) if time else None
    if since > asked:
        return bool(days and not days.first)
    months = 12 * (asked.year - since.year) + asked.month - since.month
    is_recent = 31 * months + asked.day - since.day <= 31
    return is_recent and not (days and "/" in time and days.last and days.last < asked)


def _are_rivals(y: Yardstick, one: Claim, other: Claim) -> bool:
    mine, theirs = ({y.top(key) for key in claim["event"].get("actors", ())} for claim in (one, other))
    if one["polarity"] != other["polarity"]:
        return bool(mine & theirs)
    return one["polarity"] == "affirms" and bool(mine and theirs) and not mine & theirs


def presupposes_denied(y: Yardstick, claimant: str, incident: str | None = None) -> Iterator[Row]:
    """The answer to presupposes-denied."""
    own = [claim for claim in y.claims if y.said_by(claim, claimant) and claim.get("incident") and _is_asked(claim, incident, None)]
    denials = [claim for claim in own if claim["event"]["type"] == "escape" and claim["polarity"] == "denies"]
    for claim in (one for one in own if one not in denials and "repeats" not in one):
        met = [denial for denial in denials if denial["incident"] == claim["incident"]]
        event = claim["event"]
        quantities = [q for q in (event.get("quantity"), *event.get("breakdown", ())) if q]
        counted = any(q["of"] == "escapees" for q in quantities)
        words = [word for word in ESCAPEES if re.search(rf"\b{word}\b", unicodedata.normalize("NFC", claim["quote"]))]
        affirmed = event["type"] == "escape" and event.get("status", "happened") == "happened"
        if met and (words or counted or affirmed):
            first = min(met, key=lambda one: (bool(one["event"].get("quantity")), one["report"]["published"], one["name"]))
            row = {"claim": claim["name"], "type": event["type"], "word": max((ESCAPEES[word] for word in words), default=None), "counted": counted}
            yield {**row, "denial": first["name"], "number_only": bool(first["event"].get("quantity")), "denials": len(met)}
