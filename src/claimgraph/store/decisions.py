"""Decisions of reviewers: what may be decided on a claim, and what becomes of the report by it.

A claim on which nobody decided (a candidate, or one without a word on its review) is accepted, rejected or edited; what was decided is taken back
before it is decided otherwise, so that two reviewers never undo each other unseen. A decision names the version that it was made on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from claimgraph.model.document import Claim, ClaimsDocument, Review, as_json
from claimgraph.model.errors import BadDocument, DecidedOtherwise, NotFound, VersionConflict
from claimgraph.model.limits import LIMITS
from claimgraph.model.reading import document_of
from claimgraph.model.text import is_torn, shown
from claimgraph.model.to_quads import to_quads
from claimgraph.store.archive import StoredReport
from claimgraph.store.examine import Outcome, Result, Surroundings, examine, examine_reviews
from claimgraph.store.reviews import is_decided, with_reviews
from claimgraph.store.shapes import Finding

STATES = {"accept": "accepted", "reject": "rejected", "reopen": "candidate", "edit": "edited"}


@dataclass(frozen=True)
class Decision:
    """What a reviewer decided on claims of one version of a report.

    ``do`` is a key of :data:`STATES`; ``claims`` are ids; ``why`` is the reviewer's reason. ``edited`` is, for ``edit``, what the one claim
    shall say: its fields as in a claims document, whose id and review are not the reviewer's to write.
    """

    report: str
    version: str
    do: str
    claims: tuple[str, ...]
    why: str
    edited: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Decided:
    """What became of a decision: the version that stands then, its commit where it made one, and what the shapes said."""

    result: Result
    version: str
    sequence: int | None
    findings: tuple[Finding, ...] = ()


def judge(decision: Decision, around: Surroundings, agent: str) -> Outcome:
    """What becomes of a report by a decision of somebody's, made now; nothing is written.

    Raises :class:`~claimgraph.model.errors.NotFound` for a report or claim that there is not, :class:`VersionConflict` where another version
    stands, :class:`DecidedOtherwise`, and :class:`BadDocument` for a reason that is none or an edit that is no claim or changes nothing.
    """
    _refuse_odd(decision)
    current = around.current(decision.report)
    if current is None:
        raise NotFound(f"The store has no report '{shown(decision.report)}': 'claimgraph review' lists what waits for review.")
    if current.version != decision.version:
        raise VersionConflict(
            f"The decision was made on version {shown(decision.version, 20)} of report {current.report_id}, but {current.version} stands: "
            "look at that one first, then decide."
        )
    document = around.standing(current)
    claims = _named(decision, document)
    review = Review(state=STATES[decision.do], by=agent, at=_now(), why=decision.why.strip())
    if decision.do == "edit":
        _refuse_rejected(claims[0])
        return examine(_edited(decision, document, claims[0], review), around, revise=True)
    others = [claim for claim in claims if _changes(decision, claim)]
    if not others:
        return _unchanged(document, current, around)
    return examine_reviews(with_reviews(document, {claim.id: review for claim in others}), current, around)


def _refuse_odd(decision: Decision) -> None:
    if decision.do not in STATES:
        raise BadDocument(f"'{shown(decision.do)}' is no decision: choose one of {', '.join(STATES)}.")
    if not decision.why.strip() or len(decision.why) > LIMITS.reason_characters or "\0" in decision.why or is_torn(decision.why):
        raise BadDocument(f"Say why, in 1 to {LIMITS.reason_characters} characters without U+0000: it is kept with the decision.")
    if not decision.claims or len(decision.claims) > LIMITS.claims_per_report:
        raise BadDocument("Name the claims that are decided on: at least one, and no more than a report may have.")
    if (decision.do == "edit") != (decision.edited is not None) or (decision.do == "edit" and len(decision.claims) != 1):
        raise BadDocument("An edit is of one claim, and says what that shall be; no other decision does.")


def _named(decision: Decision, document: ClaimsDocument) -> list[Claim]:
    known = {claim.id: claim for claim in document.claims}
    if lacking := [claim for claim in decision.claims if claim not in known]:
        raise NotFound(f"Report {document.report.id} has no claim '{shown(lacking[0])}': its page lists those it has.")
    return [known[claim] for claim in dict.fromkeys(decision.claims)]


def _changes(decision: Decision, claim: Claim) -> bool:
    """Whether a claim is not so yet. Raises :class:`DecidedOtherwise`."""
    state = claim.review.state if claim.review is not None else None
    if decision.do == "reopen":
        return is_decided(claim.review)
    if is_decided(claim.review) and state != STATES[decision.do]:
        raise _decided_otherwise(claim)
    return state != STATES[decision.do]


def _refuse_rejected(claim: Claim) -> None:
    if claim.review is not None and claim.review.state == "rejected":
        raise _decided_otherwise(claim)


def _decided_otherwise(claim: Claim) -> DecidedOtherwise:
    review = claim.review or Review(state="candidate")
    who = f" by {shown(review.by)}" if review.by else ""
    return DecidedOtherwise(f"Claim {claim.id} has been {review.state}{who}: take that back first (reopen), with the reason, then decide.")


def _edited(decision: Decision, document: ClaimsDocument, claim: Claim, review: Review) -> ClaimsDocument:
    """The document with the edited claim, which is taken out of the proposals of incidents if it has its incident now."""
    value = as_json(document)
    number = document.claims.index(claim)
    value["claims"][number] = {**(decision.edited or {}), "id": claim.id, "review": review.model_dump(mode="json")}
    edited = document_of(value)
    changed = edited.claims[number]
    if changed.model_copy(update={"review": claim.review}) == claim:
        raise BadDocument(f"The edit leaves claim {claim.id} as it is: accept it, or say what shall be otherwise.")
    if changed.incident is None:
        return edited
    proposals = (one.model_copy(update={"claims": tuple(c for c in one.claims if c != claim.id)}) for one in edited.report.proposals)
    report = edited.report.model_copy(update={"proposals": tuple(one for one in proposals if one.claims)})
    return edited.model_copy(update={"report": report})


def _unchanged(document: ClaimsDocument, current: StoredReport, around: Surroundings) -> Outcome:
    name = around.base.report(current.version, current.report_id)
    return Outcome(Result.UNCHANGED, document, current.content, to_quads(document, around.base, around.reference.entities, name=name))


def _now() -> str:
    """The time in UTC to the second, as EDTF."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
