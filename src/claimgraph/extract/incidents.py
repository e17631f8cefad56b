"""Which incident a claim is about: by facility or place and days. What fits none is proposed, never merged silently."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from claimgraph.extract.protocol import Known, KnownIncident
from claimgraph.model.dates import days_of
from claimgraph.model.document import Claim, Proposal
from claimgraph.model.limits import LIMITS

_OWN_EVENT = frozenset(("attack", "clash", "airstrike", "shelling", "killing", "escape", "riot", "siege", "abduction"))


@dataclass(frozen=True, slots=True)
class _Site:
    facility: str | None
    place: str | None


class Incidents:
    """Links claims of one report to the incidents that are known, and proposes those that are not."""

    def __init__(self, known: Known, published: str | None) -> None:
        self._known = known.incidents
        self._part_of = known.wholes
        days = days_of(published) if published else None
        self._published = days.first if days else None

    def of(self, facility: str | None, place: str | None, time: str | None) -> str | None:
        """The one known incident at this facility or place whose days are near; nothing where several or none fit."""
        fitting = [i for i in self._known if self._at(i, facility, place) and self._when(i, time)]
        return fitting[0].key if len(fitting) == 1 else None

    def _at(self, incident: KnownIncident, facility: str | None, place: str | None) -> bool:
        if facility:
            return facility == incident.facility or (incident.facility is None and self._lies_in(facility, incident.place))
        return bool(place) and incident.facility is None and self._lies_in(str(place), incident.place)

    def _lies_in(self, key: str, whole: str | None) -> bool:
        """Whether one is the other, or a part of it."""
        seen: set[str] = set()
        step: str | None = key
        while step and step not in seen:
            if step == whole:
                return True
            seen.add(step)
            step = self._part_of.get(step)
        return False

    def _when(self, incident: KnownIncident, time: str | None) -> bool:
        """Whether a claim's time, or failing that its report's day, falls into the incident's days, widened by ``incident_days``."""
        days = days_of(time) if time else None
        first = days.first or days.last if days else self._published
        last = days.last or days.first if days else self._published
        if first is None or last is None or not incident.begin:
            return False
        margin = timedelta(days=LIMITS.incident_days)
        begin, end = date.fromisoformat(incident.begin), date.fromisoformat(incident.end or incident.begin)
        return first <= end + margin and last >= begin - margin

    def proposals(self, claims: Sequence[Claim]) -> tuple[Proposal, ...]:
        """New incidents: a dated event at a site where no incident is known, one for each site and day."""
        groups: dict[tuple[str, str, date], list[Claim]] = defaultdict(list)
        for claim in claims:
            event = claim.event
            days = days_of(event.time) if event.time else None
            if claim.incident or event.type not in _OWN_EVENT or claim.repeats or days is None or days.first is None:
                continue
            if (site := event.facility) is not None:
                groups["facility", site, days.first].append(claim)
            elif event.place is not None:
                groups["place", event.place, days.first].append(claim)
        return tuple(_proposal(kind, site, day, some) for (kind, site, day), some in sorted(groups.items(), key=lambda item: item[0]))


def _proposal(kind: str, site: str, day: date, claims: Sequence[Claim]) -> Proposal:
    first = claims[0]
    site_key = "".join(c if c.isascii() and (c.isalnum() or c == "-") else "" for c in site.lower()).strip("-") or f"{first.event.type}-{first.id}"
    return Proposal(
        key=f"{site_key}-{day.isoformat()}",
        facility=site if kind == "facility" else None,
        place=site if kind == "place" else None,
        begin=day.isoformat(),
        end=day.isoformat(),
        claims=tuple(claim.id for claim in claims),
        wording=first.quote,
    )
