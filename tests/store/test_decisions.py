"""Decisions of reviewers: what becomes of the version that stands, of what is edited, and of two who decide at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Store

from claimgraph.model.canonical import read_nquads, version_of
from claimgraph.model.document import ClaimsDocument, Review, as_json
from claimgraph.model.errors import BadDocument, ClaimgraphError, DecidedOtherwise, NotFound, UnknownKey, VersionConflict
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.to_quads import to_quads
from claimgraph.model.vocabulary import CG, PROV, RDF_TYPE
from claimgraph.store.archive import Archive
from claimgraph.store.commit import Writer, open_writer
from claimgraph.store.decisions import STATES, Decided, Decision
from claimgraph.store.examine import Result
from claimgraph.store.index import stamp
from claimgraph.store.place import Place
from claimgraph.store.reviews import as_reviewed, change_of_reviews, is_decided, with_reviews
from claimgraph.store.snapshots import reading
from claimgraph.store.verify import verify
from strategies import documents

Opened = Callable[..., Any]
WHY = "قرأت النص: «قال» لا «نفى»"
CANDIDATE = {"state": "candidate"}


@pytest.fixture
def three(make: Callable[..., ClaimsDocument]) -> ClaimsDocument:
    """A report of three candidates, of which the last repeats the first, and of an incident proposed for the first."""
    one = make(claim={"review": CANDIDATE, "confidence": 0.9, "rule": "r"}, proposals=[{"key": "wadi-2022", "claims": ["c01"]}])
    (claim,) = one.claims
    second = claim.model_copy(update={"id": "c02", "polarity": "denies", "confidence": 0.5})
    third = claim.model_copy(update={"id": "c03", "repeats": "c01", "confidence": 0.7})
    return one.model_copy(update={"claims": (claim, second, third)})


@pytest.fixture
def standing(opened: Opened, three: ClaimsDocument) -> str:
    """The version under which that report stands."""
    with opened() as writer:
        outcome = writer.commit(three)
        assert outcome.result is Result.COMMITTED
        return str(outcome.mapped.name.version)


def decide(writer: Writer, version: str, do: str, *claims: str, agent: str = "dana", why: str = WHY, **more: Any) -> Decided:
    """What becomes of a decision on claims of the report r1."""
    return writer.decide(Decision("r1", version, do, claims, why, **more), agent=agent)


def states(writer: Writer) -> dict[str, str | None]:
    """The state of review of each claim of r1, as the archive has it."""
    current = writer.archive.current("r1")
    assert current is not None
    return {claim.id: claim.review.state if claim.review else None for claim in as_reviewed(writer.archive, current).claims}


def in_index(writer: Writer) -> set[str]:
    """The ids of the claims that the index has."""
    return {q.subject.value.rpartition("/")[2] for q in writer.index.store.quads_for_pattern(None, RDF_TYPE, CG.Claim, None)}


def sound(place: Place, base: Base) -> None:
    """The store is as it was committed, now and built again from the archive."""
    for _ in range(2):
        with reading(place, base.iri) as snapshot, closing(Archive(place.archive, base.iri)) as archive:
            assert snapshot.sequence == archive.head()
            assert verify(archive, Store.read_only(str(snapshot.path)), snapshot.sequence) == ()
        for folder in (place.index(stamp()), place.snapshots):
            shutil.rmtree(folder)


def test_accepting_keeps_the_version(opened: Opened, standing: str, place: Place, base: Base) -> None:
    """The claim is accepted, with who, when and why; the name of the version stays, and nothing else of it changes."""
    with opened() as writer:
        before = set(writer.index.store)
        found = decide(writer, standing, "accept", "c01")
        assert (found.result, found.version) == (Result.COMMITTED, standing)
        commit = writer.archive.commits()[-1]
        assert (commit.kind, commit.subject, commit.agent, commit.reason) == ("review", f"{standing}/r1", "dana", WHY)
        assert states(writer) == {"c01": "accepted", "c02": "candidate", "c03": "candidate"}
        claim = base.report(standing, "r1").claim("c01")
        came = {(q.predicate, q.object) for q in set(writer.index.store) - before if q.subject == claim}
        assert {(CG.reviewState, CG["review-accepted"]), (CG.reviewedBy, Literal("dana")), (CG.reviewNote, Literal(WHY))} < came
        assert [predicate for predicate, _ in came].count(CG.reviewedAt) == 1
        assert {q.predicate for q in before - set(writer.index.store)} == {CG.reviewState}
    sound(place, base)


def test_a_decision_is_told_as_prov(opened: Opened, standing: str, base: Base) -> None:
    """The commit says which claims it decided on; of a rejected one that is all that the index says."""
    with opened() as writer:
        found = decide(writer, standing, "reject", "c01", "c02")
        used = writer.index.store.quads_for_pattern(base.commit(found.sequence or 0), PROV.used, None, base.commits)
        claims = {base.report(standing, "r1").claim(claim) for claim in ("c01", "c02")}
        assert {quad.object for quad in used} == claims
        about = [q for q in writer.index.store if any(isinstance(t, NamedNode) and t in claims for t in (q.subject, q.object))]
        assert {q.graph_name for q in about} == {base.commits}


def test_a_rejected_claim_is_out_and_comes_back_as_it_was(opened: Opened, standing: str, place: Place, base: Base) -> None:
    """Rejected, a claim and all that is its own leave the index; taken back, they are there again, word for word."""
    with opened() as writer:
        name = base.report(standing, "r1")
        before = {q for q in writer.index.store.quads_for_pattern(None, None, None, name.node) if q.predicate != CG.reviewState}
        decide(writer, standing, "reject", "c02")
        assert in_index(writer) == {"c01", "c03"}
        assert states(writer)["c02"] == "rejected"
        decide(writer, standing, "reopen", "c02")
        assert in_index(writer) == {"c01", "c02", "c03"}
        words = (CG.reviewState, CG.reviewedBy, CG.reviewedAt, CG.reviewNote)
        assert {q for q in writer.index.store.quads_for_pattern(None, None, None, name.node) if q.predicate not in words} == before
        assert states(writer)["c02"] == "candidate"
    sound(place, base)


def test_what_repeats_a_rejected_claim_counts_by_itself(opened: Opened, standing: str, place: Place, base: Base) -> None:
    """A repetition is left out of counts for the sake of what it repeats; once that is rejected, nothing refers to it any more."""
    with opened() as writer:
        assert any(writer.index.store.quads_for_pattern(None, CG.repeats, None, None))
        decide(writer, standing, "reject", "c01")
        assert in_index(writer) == {"c02", "c03"}
        assert not any(writer.index.store.quads_for_pattern(None, CG.repeats, None, None))
        assert not any(writer.index.store.quads_for_pattern(None, RDF_TYPE, CG.ProposedIncident, None))
    sound(place, base)


def test_what_is_edited_is_a_new_version(opened: Opened, standing: str, three: ClaimsDocument, place: Place, base: Base) -> None:
    """It replaces the one that stood; the claim says who edited it, when and why, and the others keep their ids and what was decided on them."""
    said = {**as_json(three)["claims"][0], "polarity": "denies", "incident": "sinaa-2022-01", "id": "other", "review": {"state": "accepted"}}
    with opened() as writer:
        decide(writer, standing, "accept", "c02", agent="sami")
        found = decide(writer, standing, "edit", "c01", edited=said)
        assert found.result is Result.COMMITTED
        assert found.version != standing
        current = writer.archive.current("r1")
        document = as_reviewed(writer.archive, current)
        assert (current.version, document.report.revises, version_of(document)) == (found.version, standing, found.version)
        edited, second, third = document.claims
        assert (edited.id, edited.polarity, edited.incident, edited.review.state, edited.review.by) == (
            "c01",
            "denies",
            "sinaa-2022-01",
            "edited",
            "dana",
        )
        assert (second.id, second.review.state, second.review.by) == ("c02", "accepted", "sami")
        assert third == three.claims[2]
        assert document.report.proposals == ()
        stood = writer.archive.version(standing, "r1")
        assert as_reviewed(writer.archive, stood).claims[1].review == second.review
    sound(place, base)


def test_a_revision_keeps_decisions_on_claims_that_stay_the_same(opened: Opened, standing: str, three: ClaimsDocument) -> None:
    """Another claim is changed and the decision holds; the claim itself is changed, or the publisher, and it is a candidate again."""
    first, second, third = three.claims
    with opened() as writer:
        decide(writer, standing, "reject", "c02")
        writer.commit(three.model_copy(update={"claims": (first.model_copy(update={"certainty": "possible"}), second, third)}), revise=True)
        assert states(writer) == {"c01": "candidate", "c02": "rejected", "c03": "candidate"}
        writer.commit(three.model_copy(update={"claims": (first, second.model_copy(update={"certainty": "possible"}), third)}), revise=True)
        assert states(writer)["c02"] == "candidate"
        current = writer.archive.current("r1")
        decide(writer, current.version, "accept", "c03")
        report = three.report.model_copy(update={"publisher": "alwatan"})
        writer.commit(ClaimsDocument(report=report, claims=three.claims), revise=True)
        assert set(states(writer).values()) == {"candidate"}


def test_a_decision_that_a_document_brings_wins(opened: Opened, standing: str, three: ClaimsDocument) -> None:
    """Where a new version says itself what was decided on a claim, that holds."""
    accepted = with_reviews(three, {"c02": Review(state="accepted", by="sami")})
    changed = accepted.model_copy(update={"claims": (accepted.claims[0].model_copy(update={"certainty": "possible"}), *accepted.claims[1:])})
    with opened() as writer:
        decide(writer, standing, "reject", "c02")
        writer.commit(changed, revise=True)
        assert states(writer)["c02"] == "accepted"


# --- several reviewers ----------------------------------------------------------------------------------------------------


def test_nobody_undoes_a_decision_unseen(opened: Opened, standing: str) -> None:
    """What one reviewer accepted another can reject only after taking that back; none of the claims named with it is decided on either."""
    with opened() as writer:
        decide(writer, standing, "accept", "c01", agent="sami")
        head = writer.archive.head()
        with pytest.raises(DecidedOtherwise, match="accepted by sami"):
            decide(writer, standing, "reject", "c02", "c01")
        assert (writer.archive.head(), states(writer)["c02"]) == (head, "candidate")
        decide(writer, standing, "reopen", "c01")
        decide(writer, standing, "reject", "c02", "c01")
        assert in_index(writer) == {"c03"}


def test_a_rejected_claim_is_not_edited(opened: Opened, standing: str, three: ClaimsDocument) -> None:
    """An edit would bring it back past whoever rejected it."""
    with opened() as writer:
        decide(writer, standing, "reject", "c01")
        with pytest.raises(DecidedOtherwise):
            decide(writer, standing, "edit", "c01", edited={**as_json(three)["claims"][0], "polarity": "denies"})


def test_the_same_decision_again_changes_nothing(opened: Opened, standing: str) -> None:
    """Whoever takes it: the first one's name and reason stay."""
    with opened() as writer:
        first = decide(writer, standing, "accept", "c01", agent="sami")
        again = decide(writer, standing, "accept", "c01", agent="dana")
        assert (again.result, again.version, again.sequence) == (Result.UNCHANGED, standing, None)
        assert writer.archive.head() == first.sequence
        assert decide(writer, standing, "reopen", "c02").result is Result.UNCHANGED


def test_a_decision_on_another_version_than_stands_is_refused(opened: Opened, standing: str, three: ClaimsDocument) -> None:
    """It names what it was made on: what came in between is looked at first. Nothing is written."""
    with opened() as writer:
        writer.commit(three.model_copy(update={"claims": three.claims[:2]}), revise=True)
        head = writer.archive.head()
        with pytest.raises(VersionConflict, match=f"made on version {standing}"):
            decide(writer, standing, "accept", "c01")
        assert writer.archive.head() == head


# --- what is no decision --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "why", ["", " \n\t", "س" * (LIMITS.reason_characters + 1), "a\0b", "\ud800"], ids=["none", "blank", "too long", "U+0000", "torn"]
)
def test_a_decision_has_a_reason(opened: Opened, standing: str, why: str) -> None:
    """Without one, or with one that no text holds, nothing is decided."""
    with opened() as writer:
        head = writer.archive.head()
        with pytest.raises(BadDocument, match="Say why"):
            decide(writer, standing, "accept", "c01", why=why)
        assert writer.archive.head() == head


def test_a_reason_is_kept_as_it_was_written(opened: Opened, standing: str, place: Place, base: Base) -> None:
    """Controls, bidirectional marks and quotes are kept, and nothing of them acts on what is signed or stored."""
    why = '\u202eلا\u2066 "\\"\n<script>\u200b\x07'
    with opened() as writer:
        decide(writer, standing, "accept", "c01", why=why)
        assert writer.archive.commits()[-1].reason == why
        assert as_reviewed(writer.archive, writer.archive.current("r1")).claims[0].review.why == why
    sound(place, base)


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"report": "r2"}, NotFound),
        ({"claims": ("c01", "c09")}, NotFound),
        ({"claims": ()}, BadDocument),
        ({"do": "delete"}, BadDocument),
        ({"edited": {}}, BadDocument),
        ({"do": "edit"}, BadDocument),
        ({"do": "edit", "edited": {}, "claims": ("c01", "c02")}, BadDocument),
        ({"do": "edit", "edited": {"quote": "x"}}, BadDocument),
    ],
)
def test_what_is_no_decision_is_refused(opened: Opened, standing: str, changed: dict[str, Any], kind: type[ClaimgraphError]) -> None:
    """An unknown report or claim, no claim, no such decision, an edit without words or of several claims: nothing is written."""
    with opened() as writer:
        head = writer.archive.head()
        with pytest.raises(kind):
            writer.decide(replace(Decision("r1", standing, "accept", ("c01",), WHY), **changed), agent="dana")
        assert writer.archive.head() == head


@pytest.mark.parametrize(
    ("changed", "kind"),
    [({}, BadDocument), ({"quote": "ليس في النص"}, None), ({"incident": "no-such"}, UnknownKey), ({"polarity": "x"}, BadDocument)],
)
def test_an_edit_is_judged_like_any_report(
    opened: Opened, standing: str, three: ClaimsDocument, changed: dict[str, Any], kind: type[ClaimgraphError] | None
) -> None:
    """An edit that changes nothing, breaks a shape, names what nobody knows or is no claim leaves the version that stands."""
    said = {**as_json(three)["claims"][0], **changed}
    with opened() as writer:
        if kind is None:
            found = decide(writer, standing, "edit", "c01", edited=said)
            assert (found.result, [f.rule.name for f in found.findings]) == (Result.REFUSED, ["SpanReproducesText"])
        else:
            with pytest.raises(kind):
                decide(writer, standing, "edit", "c01", edited=said)
        assert writer.archive.current("r1").version == standing


# --- whatever the report --------------------------------------------------------------------------------------------------


@given(document=documents(), drawn=st.data())
def test_reviews_never_change_a_hash_and_are_read_back(document: ClaimsDocument, drawn: st.DataObject, base: Base) -> None:
    """Whatever is decided on whichever claims of whatever report: its version stays, and the change that is kept gives the same reviews again."""
    reviews = {
        claim.id: Review(state=drawn.draw(st.sampled_from([*STATES.values()])), by=drawn.draw(st.sampled_from(["دانا", "a\u202eb"])), why="و")
        for claim in document.claims
        if drawn.draw(st.booleans())
    }
    after = with_reviews(document, dict(reviews))
    name = base.report(version_of(document), document.report.id)
    assert version_of(after) == name.version
    change = change_of_reviews(document, after, name)
    was, became = (set(to_quads(one, base, (), name=name).quads) for one in (document, after))
    assert became == (was - set(read_nquads(change.removed))) | set(read_nquads(change.added))


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["accept", "reject", "reopen"]), st.sets(st.sampled_from(["c01", "c02", "c03"]), min_size=1)), max_size=6
    )
)
def test_any_series_of_decisions_leaves_a_sound_store(
    three: ClaimsDocument, base: Base, tmp_path_factory: pytest.TempPathFactory, steps: Any
) -> None:
    """Decided or refused, step by step: the index is what the archive says, the version is the first one, and rejected claims are out."""
    place = Place(tmp_path_factory.mktemp("series") / "data")
    with open_writer(place, base, "analyst", "test") as writer:
        version = writer.commit(three).mapped.name.version
        for do, claims in steps:
            with suppress(DecidedOtherwise):
                assert decide(writer, version, do, *sorted(claims)).version == version
        assert in_index(writer) == {claim for claim, state in states(writer).items() if state != "rejected"}
    sound(place, base)


# --- damage ---------------------------------------------------------------------------------------------------------------


def test_a_commit_that_the_index_lacks_is_taken_up(opened: Opened, standing: str, place: Place, base: Base) -> None:
    """Killed between archive and index, before or after the statements that go: on opening, the decision stands."""
    name = base.report(standing, "r1")
    for half in (False, True):
        with opened() as writer:
            current = writer.archive.current("r1")
            document = as_reviewed(writer.archive, current)
            after = with_reviews(document, {"c03" if half else "c02": Review(state="rejected", by="dana", why=WHY)})
            writer.archive.append("review", f"{standing}/r1", "dana", WHY, change_of_reviews(document, after, name))
            if half:
                for quad in list(writer.index.store.quads_for_pattern(name.claim("c03"), None, None, name.node)):
                    writer.index.store.remove(quad)
        with opened() as writer:
            assert in_index(writer) == ({"c01"} if half else {"c01", "c03"})
    sound(place, base)


@pytest.mark.parametrize("damage", ["added = x'00ff'", "removed = added", "added = x''"])
def test_a_review_that_was_changed_is_found(opened: Opened, standing: str, place: Place, base: Base, in_archive: Any, damage: str) -> None:
    """Reviews are signed like everything else: whatever becomes of their statements, verify names the commit, and no more than that."""
    with opened() as writer:
        found = decide(writer, standing, "reject", "c02")
    with reading(place, base.iri) as snapshot, closing(Archive(place.archive, base.iri)) as archive:
        in_archive(f"UPDATE changes SET {damage} WHERE sequence = ?", found.sequence)
        problems = verify(archive, Store.read_only(str(snapshot.path)), snapshot.sequence)
    assert [(problem.where, problem.message) for problem in problems] == [(f"commit {found.sequence}", "its content is not what was signed")]


def test_a_review_that_is_not_in_the_index_is_found(opened: Opened, standing: str, place: Place, base: Base) -> None:
    """A rejected claim that somebody put back into the index behind the archive's back is found."""
    with opened() as writer:
        claim = set(writer.index.store.quads_for_pattern(base.report(standing, "r1").claim("c02"), None, None, None))
        decide(writer, standing, "reject", "c02")
        writer.index.store.extend(claim)
        path = writer.index.path.parent / "photographed"
        writer.index.store.backup(str(path))
        problems = verify(writer.archive, Store.read_only(str(path)), writer.archive.head())
    assert [problem.message for problem in problems][:1] == ["report r1 differs between index and archive: run 'claimgraph reindex'"]


def test_verify_looks_at_what_stood_at_a_commit(opened: Opened, standing: str, place: Place, base: Base) -> None:
    """As of a snapshot from before a decision the store is sound, too."""
    with opened() as writer:
        decide(writer, standing, "reject", "c02")
        path = writer.index.path.parent / "photographed"
        writer.index.store.backup(str(path))
        before = writer.archive.head()
        decide(writer, standing, "reopen", "c02")
        assert verify(writer.archive, Store.read_only(str(path)), before) == ()


def test_an_export_has_the_reviews(opened: Opened, standing: str, three: ClaimsDocument, tmp_path: Any, base: Base) -> None:
    """What stands, given to another store, has the decisions with who, when and why, under the same name."""
    with opened() as writer:
        decide(writer, standing, "reject", "c02")
        value = json.loads(json.dumps(as_json(as_reviewed(writer.archive, writer.archive.current("r1")))))
    with open_writer(Place(tmp_path / "other"), base, "x", "test") as other:
        outcome = other.commit(ClaimsDocument.model_validate(value))
        assert outcome.mapped.name.version == standing
        assert in_index(other) == {"c01", "c03"}
        kept = as_reviewed(other.archive, other.archive.current("r1")).claims[1].review
        assert (kept.by, kept.why, is_decided(kept)) == ("dana", WHY, True)
