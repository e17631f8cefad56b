"""What a person should look at in an extracted document, a sentence each."""

from __future__ import annotations

from claimgraph.model.document import ClaimsDocument, Proposal
from claimgraph.model.text import shown


def remarks(document: ClaimsDocument) -> tuple[str, ...]:
    """What the extractor says of the date of publication, and the incidents that it proposes."""
    noted = document.report.published_note
    return (*([shown(noted, 500)] if noted else []), *map(_proposed, document.report.proposals))


def open_dates(document: ClaimsDocument) -> tuple[str, ...]:
    """The dates that stay open; once a report is let in, its shapes tell of them."""
    why = "" if document.report.published else ", because it is not known when the report was published"
    return tuple(
        f"claim {claim.id}: «{shown(words, 100)}» stays without a date{why}"
        for claim in document.claims
        for words, date in ((claim.event.time_wording, claim.event.time), (claim.said_wording, claim.said))
        if words and date is None
    )


def _proposed(proposal: Proposal) -> str:
    where = shown(proposal.facility or proposal.place or "no place named", 100)
    days = " to ".join(dict.fromkeys(day for day in (proposal.begin, proposal.end) if day)) or "no day named"
    return f"an incident that the reference graph lacks is proposed, {proposal.key} ({where}, {days}), for {', '.join(proposal.claims) or 'no claim'}"
