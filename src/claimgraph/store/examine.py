"""What would become of a document: the judgement that checking and committing share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import Enum

from pyoxigraph import NamedNode, Store

from claimgraph.model.canonical import content_digest, version_of
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import UnknownKey, VersionConflict
from claimgraph.model.names import Base
from claimgraph.model.to_quads import MappedReport, to_quads
from claimgraph.store.archive import Archive, StoredReport
from claimgraph.store.copies import syndicated
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference, bundled
from claimgraph.store.reviews import as_reviewed, is_decided, with_reviews
from claimgraph.store.shapes import Finding, gate
from claimgraph.store.snapshots import reading

FLAG = "use --revise"  # what to do about a known report, on the command line
_REVIEW_LEFT = f"its review is not the one that stands, and was left out: to take it, {FLAG}"


class Result(Enum):
    """What became, or would become, of a document."""

    COMMITTED = "committed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Outcome:
    """What became of a document, under which IRI (``mapped.name``), and what the shapes said of it.

    ``content`` is the digest of what it says, ``sequence`` its commit, ``remarks`` are sentences on what a person should look at.
    """

    result: Result
    document: ClaimsDocument
    content: str
    mapped: MappedReport
    findings: tuple[Finding, ...] = ()
    sequence: int | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Surroundings:
    """What a document is examined against: the reference graph, the other reports, and the versions that stand."""

    base: Base
    reference: Reference
    store: Store
    archive: Archive | None

    def current(self, report_id: str) -> StoredReport | None:
        """The standing version of a report."""
        return self.archive.current(report_id) if self.archive else None

    def standing(self, current: StoredReport) -> ClaimsDocument:
        """The document of the standing version, as reviewers left it."""
        return as_reviewed(self.archive, current) if self.archive else current.claims_document()


def examine(document: ClaimsDocument, around: Surroundings, *, revise: bool = False) -> Outcome:
    """Judge a document without writing anything.

    ``UNCHANGED`` where the standing version says the same, ``REFUSED`` where a shape is violated, else ``COMMITTED``. ``revise`` takes
    the standing version as the one the document replaces; where only decisions of review are new, they are taken for that version, whose
    name stays. A new version keeps the decisions on claims that are the same in it (:func:`_keeping`). Raises
    :class:`~claimgraph.model.errors.UnknownKey`, which carries what the shapes found besides, and
    :class:`~claimgraph.model.errors.VersionConflict`.
    """
    unknown = _unknown_keys(document, around)
    current, content = around.current(document.report.id), content_digest(document)
    standing = around.standing(current) if current is not None else None
    if current is not None and standing is not None and current.content == content:
        reviewed = _taking(document, standing)
        if reviewed != standing and (revise or document.report.revises == current.version):
            return examine_reviews(reviewed, current, around)
        name = around.base.report(current.version, current.report_id)
        mapped = to_quads(document, around.base, around.reference.entities, name=name)
        return Outcome(Result.UNCHANGED, document, content, mapped, remarks=(_REVIEW_LEFT,) if reviewed != standing else ())
    if revise and current is not None:
        document = document.model_copy(update={"report": document.report.model_copy(update={"revises": current.version})})
    _check_revision(document, current)
    if standing is not None:
        document = _keeping(document, standing)
    name = around.base.report(version_of(document), document.report.id)
    mapped = to_quads(document, around.base, around.reference.entities, name=name)
    findings = gate(mapped, around.reference) + syndicated(document.report.text, mapped, around.store, around.base)
    if unknown is not None:
        unknown.findings = tuple(finding for finding in findings if not _is_about_a_key(finding, around.base))
        try:
            raise unknown
        finally:
            del unknown  # its traceback has this frame: in a circle they would keep the index open
    result = Result.REFUSED if any(finding.refuses for finding in findings) else Result.COMMITTED
    return Outcome(result, document, content, mapped, tuple(findings))


def examine_reviews(document: ClaimsDocument, current: StoredReport, around: Surroundings) -> Outcome:
    """Judge the version that stands with other reviews of its claims; under its name, since reviews are not part of what it says."""
    mapped = to_quads(document, around.base, around.reference.entities, name=around.base.report(current.version, current.report_id))
    findings = gate(mapped, around.reference)
    result = Result.REFUSED if any(finding.refuses for finding in findings) else Result.COMMITTED
    return Outcome(result, document, current.content, mapped, tuple(findings))


def _taking(document: ClaimsDocument, standing: ClaimsDocument) -> ClaimsDocument:
    """The standing version with the decisions that a document which says the same brings: the same report read once more undoes no review."""
    return with_reviews(standing, {claim.id: claim.review for claim in document.claims if is_decided(claim.review)})


def _keeping(document: ClaimsDocument, standing: ClaimsDocument) -> ClaimsDocument:
    """A new version with the standing decisions on claims that are the same in it, of the same text and publisher, and not decided on there."""
    if (document.report.sha256, document.report.publisher) != (standing.report.sha256, standing.report.publisher):
        return document
    before = {claim.id: claim for claim in standing.claims if is_decided(claim.review)}
    same = (claim for claim in document.claims if not is_decided(claim.review) and claim.id in before)
    kept = {claim.id: before[claim.id].review for claim in same if claim.model_copy(update={"review": before[claim.id].review}) == before[claim.id]}
    return with_reviews(document, kept)


def _unknown_keys(document: ClaimsDocument, around: Surroundings) -> UnknownKey | None:
    try:
        around.reference.check(document)
    except UnknownKey as error:
        return error
    return None


def _is_about_a_key(finding: Finding, base: Base) -> bool:
    """Whether a finding is about an entity's IRI: where keys are unknown, these have been told in better words."""
    return (finding.value or "").startswith("<") and base.key(NamedNode((finding.value or "").strip("<>"))) is not None


def _check_revision(document: ClaimsDocument, current: StoredReport | None) -> None:
    report = document.report
    if current is None:
        return  # also where it revises a version that another store has: a report brings word of its history along
    if report.revises is None:
        raise VersionConflict(
            f"Report {report.id} is known with other content: to replace it, set its 'revises' to \"{current.version}\" (or {FLAG})."
        )
    if report.revises != current.version:
        raise VersionConflict(f"Report {report.id} revises {report.revises}, but {current.version} stands: look at that one first, then name it.")


@contextmanager
def surroundings(place: Place, base: Base) -> Iterator[Surroundings]:
    """What stands in a store, without the right to write; where there is no store yet, what a new one would begin with."""
    if not place.exists():
        yield Surroundings(base, Reference(bundled(base), base), Store(), None)
        return
    with reading(place, base.iri) as snapshot, closing(Archive(place.archive, base.iri)) as archive:
        store = Store.read_only(str(snapshot.path))
        reference = Reference(store.quads_for_pattern(None, None, None, base.reference), base)
        yield Surroundings(base, reference, store, archive)
