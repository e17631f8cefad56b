"""What reviewers said of the claims of a report version: kept as commits of their own, by which no version and no hash changes.

Such a commit (kind ``review``, subject the version) has the statements of review that came and went, as N-Quads in the graph of the report. A version
as it stands is its document with the reviews of these commits, in their order.
"""

from __future__ import annotations

from pyoxigraph import NamedNode, Quad

from claimgraph.model.canonical import canonical_nquads, read_nquads
from claimgraph.model.document import ClaimsDocument, Review
from claimgraph.model.from_quads import reviews_from
from claimgraph.model.names import Base, ReportName
from claimgraph.model.to_quads import review_quads
from claimgraph.store.archive import Archive, Change, StoredReport

_DECIDED = ("accepted", "edited", "rejected")


def is_decided(review: Review | None) -> bool:
    """Whether somebody decided on a claim: that it is a candidate, or that nothing is said of its review, decides nothing."""
    return review is not None and review.state in _DECIDED


def with_reviews(document: ClaimsDocument, reviews: dict[str, Review | None]) -> ClaimsDocument:
    """The document with other reviews of some claims, by their ids."""
    claims = tuple(claim.model_copy(update={"review": reviews[claim.id]}) if claim.id in reviews else claim for claim in document.claims)
    return document.model_copy(update={"claims": claims})


def change_of_reviews(before: ClaimsDocument, after: ClaimsDocument, name: ReportName) -> Change:
    """What comes and goes where the reviews of ``before`` become those of ``after``; both are the same version."""
    pairs = [(old, new) for old, new in zip(before.claims, after.claims, strict=True) if old.review != new.review]
    added = [quad for _, new in pairs if new.review is not None for quad in review_quads(name, new.id, new.review)]
    removed = [quad for old, _ in pairs if old.review is not None for quad in review_quads(name, old.id, old.review)]
    return Change(canonical_nquads(added), canonical_nquads(removed))


def decided_on(change: Change | None) -> set[NamedNode]:
    """The claims that a change of reviews is about."""
    return {quad.subject for quad in _all_of(change) if isinstance(quad.subject, NamedNode)} if change else set()


def as_reviewed(archive: Archive, stored: StoredReport, upto: int | None = None) -> ClaimsDocument:
    """The document of a version as reviewers left it at commit ``upto``, or now. Raises :class:`~claimgraph.model.errors.StoreDamaged`."""
    document = stored.claims_document()
    base = Base(archive.base)
    name = base.report(stored.version, stored.report_id)
    reviews: dict[str, Review | None] = {}
    for change in archive.reviews(stored.version, stored.report_id, upto):
        reviews |= dict.fromkeys(reviews_from(read_nquads(change.removed), name, base))
        reviews |= reviews_from(read_nquads(change.added), name, base)
    return with_reviews(document, reviews)


def _all_of(change: Change) -> list[Quad]:
    return read_nquads(change.added) + read_nquads(change.removed)
