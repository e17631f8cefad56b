"""Which field of a claims document is which property: read by both directions of the mapping, so that they cannot drift apart."""

from __future__ import annotations

from claimgraph.model.vocabulary import CG

# field of the report -> property of cg:Report; plain strings as written
REPORT_WORDS = {
    "sha256": CG.sha256,
    "publisher_note": CG.publisherNote,
    "published_note": CG.publishedNote,
    "note": CG.note,
    "url": CG.url,
    "archived_url": CG.archivedUrl,
    "retrieved_by": CG.retrievedBy,
    "author": CG.author,
    "media_type": CG.mediaType,
    "source_sha256": CG.sourceSha256,
    "cut_by": CG.cutBy,
    "schema_version": CG.schemaVersion,
}
REPORT_CONCEPTS = {"publisher_basis": (CG.publisherBasis, "basis"), "published_basis": (CG.publishedBasis, "basis")}

# field with an EDTF string -> as written, first day, last day
REPORT_TIMES = {
    "published": (CG.published, CG.publishedFirstDay, CG.publishedLastDay),
    "retrieved": (CG.retrieved, CG.retrievedFirstDay, CG.retrievedLastDay),
}
CLAIM_TIMES = {"said": (CG.said, CG.saidFirstDay, CG.saidLastDay)}
EVENT_TIMES = {"time": (CG.time, CG.firstDay, CG.lastDay)}

# the text's words for when, kept beside the date or where there is none
CLAIM_WORDS = {"said_wording": CG.saidWording}
EVENT_WORDS = {"time_wording": CG.timeWording}

CLAIM_CONCEPTS = {"polarity": (CG.polarity, "polarity"), "certainty": (CG.certainty, "certainty"), "channel": (CG.channel, "channel")}
REVIEW_WORDS = {"by": CG.reviewedBy, "at": CG.reviewedAt, "why": CG.reviewNote}

HOP_WORDS = {"surface": CG.surface, "verb": CG.verb}
HOP_PARTIES = {"speaks_for": CG.speaksFor, "affiliation": CG.affiliatedWith}

EVENT_CONCEPTS = {"type": (CG.eventType, "event"), "status": (CG.status, "status")}
EVENT_ROLES = {"actors": CG.actor, "targets": CG.target, "helpers": CG.helper}
EVENT_PLACES = {"facility": CG.facility, "place": CG.place, "origin": CG.origin, "destination": CG.destination}

PROPOSAL_WORDS = {"begin": CG.begin, "end": CG.end, "wording": CG.wording}
PROPOSAL_PLACES = {"facility": CG.facility, "place": CG.place}

QUANTITY_COUNTS = {"min": CG.minimum, "max": CG.maximum}
