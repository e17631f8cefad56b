"""Where and when a report appeared: as given, or as its page and text tell, and then said to be inferred."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from claimgraph.extract.folding import Folded
from claimgraph.extract.layout import Layout
from claimgraph.extract.names import Name, Names
from claimgraph.extract.times import Times
from claimgraph.extract.tokens import Token, rejoined, tokens_of
from claimgraph.model.dates import days_of
from claimgraph.model.document import Report

_OUTLET = "NewsOutlet"
_LABEL = 8  # tokens of a line that may be the outlet's name


@dataclass(frozen=True, slots=True)
class Publication:
    """``publisher`` (key) and ``published`` (EDTF) with their basis, ``notes`` for people."""

    publisher: str | None
    publisher_basis: str | None
    published: str | None
    published_basis: str | None
    notes: tuple[str, ...] = ()

    @property
    def day(self) -> str | None:
        """The first day of publication, as a date alone."""
        days = days_of(self.published) if self.published else None
        return days.first.isoformat() if days and days.first else None


def appeared(report: Report, page: Layout, body: Sequence[Token], folded: Folded, times: Times) -> Publication:
    """When a report appeared: as given, else as a line of its page states, unless a weekday in its text contradicts that."""
    notes = report.published_note.split("\n") if report.published_note else []
    published, basis = report.published, report.published_basis
    stated = next((date for wording in page.dates if (date := times.date_in(wording.text))), None)
    if published is None and stated is not None:
        if times.agrees(body, stated) is False:
            conflicts = dict.fromkeys(times.weekday_conflicts(body, stated, folded))
            notes.append(f"The page bears the date {stated}, which is not taken for the day of publication: {' '.join(conflicts)}")
        else:
            published, basis = stated, "stated"
    elif published is not None and times.agrees(body, published) is False:
        notes += (
            f"The publication date contradicts the text: {conflict}" for conflict in dict.fromkeys(times.weekday_conflicts(body, published, folded))
        )
    return Publication(report.publisher, report.publisher_basis, published, basis, tuple(notes))


def with_publisher(publication: Publication, page: Layout, folded: Folded, names: Names, told: Iterable[Name]) -> Publication:
    """The publication with the outlet that the report's own words show it to be of, where it is not known; ``told`` are the names of its body."""
    if publication.publisher is not None:
        return publication
    publisher = _outlet_of(page, folded, names, told)
    return replace(publication, publisher=publisher, publisher_basis="inferred") if publisher else publication


def _outlet_of(page: Layout, folded: Folded, names: Names, told: Iterable[Name]) -> str | None:
    """The outlet that the report's own words show it to be of: the one that sources speak "to", or that stands on the page's furniture."""
    found = Counter(name.key for name in told if name.key and name.prefix.endswith("ل") and name.is_a(_OUTLET))
    for block in page.blocks:
        if block.kind in ("dateline", "furniture"):
            tokens = tokens_of(folded, bisect_left(folded.at, block.start), bisect_left(folded.at, block.end))
            if len(tokens) <= _LABEL:
                found.update(name.key for name in names.find(rejoined(tokens)) if name.key and name.is_a(_OUTLET))
    best = found.most_common(2)
    if not best or (len(best) > 1 and best[0][1] == best[1][1]):
        return None
    return best[0][0]
