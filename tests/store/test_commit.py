"""The one way to write: what gets in, as which version, what is kept of it, and what is refused without a trace."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse, serialize

from claimgraph.model.canonical import canonical_document, canonical_nquads, sha256_hex, version_of
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import BadDocument, DataFolderError, Misuse, StoreDamaged, UnknownKey, VersionConflict
from claimgraph.model.names import Base, ReportName
from claimgraph.model.to_quads import MAPPING_VERSION, to_quads
from claimgraph.model.vocabulary import CG, DCTERMS, PROV, RDF_TYPE, SH, SKOS
from claimgraph.store import commit as commit_module
from claimgraph.store.archive import Archive, Change
from claimgraph.store.commit import Writer, open_writer
from claimgraph.store.examine import Result
from claimgraph.store.index import stamp
from claimgraph.store.place import Place
from claimgraph.store.reference import bundled
from claimgraph.store.snapshots import Photographer, reading

Make = Callable[..., ClaimsDocument]
Opened = Callable[..., Any]
Edited = Callable[..., ClaimsDocument]

REVIEW = {"state": "accepted", "by": "محرر", "at": "2022-02-03"}
REFUSED: dict[str, Any] = {"retrieved": "2022-01-01", "claim": {"quote": "ليس في النص"}}


def graph(writer: Writer, name: NamedNode) -> set[Quad]:
    """What a named graph of the index holds."""
    return set(writer.index.store.quads_for_pattern(None, None, None, name))


def nodes(quads: Iterable[Quad]) -> set[str]:
    """The IRIs that quads speak of."""
    return {quad.subject.value for quad in quads}


def traces(writer: Writer, name: ReportName) -> list[Quad]:
    """Everything about a report version outside the graph of commits, which tells its history."""
    return [quad for quad in writer.index.store if name.iri in f"{quad.subject} {quad.graph_name}" and quad.graph_name != writer.base.commits]


def everything(writer: Writer) -> dict[str, bytes]:
    """All bytes of the archive and the snapshots, and what the index holds (its engine rearranges its own files as it likes)."""
    files = [
        p for p in writer.place.folder.rglob("*") if p.is_file() and p.name != "writer.lock" and not p.is_relative_to(writer.place.index(stamp()))
    ]
    return {"index": canonical_nquads(writer.index.store)} | {p.name: p.read_bytes() for p in files}


# --- what gets in ---------------------------------------------------------------------------------------------------------


def test_a_report_is_committed(opened: Opened, make: Make, base: Base) -> None:
    """A new report gets the next number, is in the archive as it came, and in the index as it is mapped."""
    document = make()
    with opened() as writer:
        outcome = writer.commit(document, reason="first")
        assert (outcome.result, outcome.sequence, outcome.findings) == (Result.COMMITTED, 2, ())
        name = base.report(version_of(document), "r1")
        assert outcome.mapped.name == name
        assert graph(writer, name.node) == set(to_quads(document, base, writer.reference.entities).quads)
        stored = writer.archive.report(2)
        assert stored is not None
        assert stored.text == document.report.text.encode()
        assert stored.claims_document() == document
        assert (stored.version, stored.mapping) == (name.version, MAPPING_VERSION)
        assert writer.archive.commits()[-1].subject == f"{name.version}/r1"
    with opened() as writer:
        assert writer.archive.head() == 2
        assert graph(writer, name.node)


def test_the_version_is_the_hash_of_the_canonical_document(make: Make) -> None:
    """The name of a version can be computed by anybody from the document."""
    assert version_of(make()) == hashlib.sha256(canonical_document(make())).hexdigest()[:12]


def test_who_when_and_why_stand_in_the_index(opened: Opened, make: Make, base: Base) -> None:
    """Each commit is a node in the graph of commits, with its maker, time, reason and what it brought."""
    before = datetime.now(UTC)
    with opened("محللة") as writer:
        outcome = writer.commit(make(), reason="من الأرشيف")
        facts = {quad.predicate: quad.object for quad in graph(writer, base.commits) if quad.subject == base.commit(outcome.sequence)}
    assert facts[RDF_TYPE] == CG.Commit
    assert facts[CG.sequence].value == "2"
    assert facts[CG.agentName] == Literal("محللة")
    assert facts[CG.reason] == Literal("من الأرشيف")
    assert facts[PROV.generated] == outcome.mapped.name.node
    assert PROV.invalidated not in facts
    assert -1 < (datetime.fromisoformat(facts[PROV.endedAtTime].value) - before).total_seconds() < 60


def test_every_write_is_somebodys(place: Place, base: Base) -> None:
    """Without a name nothing is opened, not even made."""
    with pytest.raises(Misuse, match="--as NAME or CLAIMGRAPH_AGENT"), open_writer(place, base, "  ", "ingest"):
        pass
    assert not place.folder.exists()


def test_a_store_keeps_its_base(opened: Opened, place: Place, make: Make) -> None:
    """A store cannot be written under another base."""
    with opened() as writer:
        writer.commit(make())
    with pytest.raises(DataFolderError, match="CLAIMGRAPH_BASE"), open_writer(place, Base("https://example.org/"), "a", "ingest"):
        pass


def test_a_store_may_have_another_base(place: Place, make: Make) -> None:
    """Everything that a commit writes lies under the store's own base."""
    other = Base("https://example.org/kg/")
    with open_writer(place, other, "a", "ingest") as writer:
        outcome = writer.commit(make(claim={"event": {"type": "escape", "actors": ["مجلس محلي"]}}))
        assert outcome.result is Result.COMMITTED
        assert outcome.mapped.name.iri.startswith(f"{other.iri}v/")
        assert not [quad for quad in writer.index.store if "w3id.org/claimgraph/id" in str(quad)]


# --- unchanged ------------------------------------------------------------------------------------------------------------


def test_the_same_again_changes_nothing(opened: Opened, make: Make) -> None:
    """The same document is known, whoever sends it, now or after reopening."""
    with opened() as writer:
        first = writer.commit(make())
        again = writer.commit(make())
        assert (again.result, again.sequence) == (Result.UNCHANGED, None)
        assert again.mapped.name == first.mapped.name
    with opened("another") as writer:
        assert writer.commit(make(), revise=True).result is Result.UNCHANGED
        assert writer.archive.head() == 2


def test_another_review_is_no_new_version(opened: Opened, make: Make) -> None:
    """A review is not part of what a report says."""
    with opened() as writer:
        writer.commit(make())
        assert writer.commit(make(claim={"review": REVIEW})).result is Result.UNCHANGED
        assert writer.archive.head() == 2


def test_a_review_that_is_left_out_is_told(opened: Opened, make: Make) -> None:
    """Where nothing else is new, decisions of review that do not stand yet are told of; candidates and equal decisions are not."""
    with opened() as writer:
        writer.commit(make(claim={"review": {"state": "candidate"}}))
        (remark,) = writer.commit(make(claim={"review": REVIEW})).remarks
        assert "--revise" in remark
        writer.commit(make(claim={"review": REVIEW}), revise=True)
        for review in (REVIEW, {"state": "candidate"}, None):
            outcome = writer.commit(make(claim={"review": review}))
            assert (outcome.result, outcome.remarks) == (Result.UNCHANGED, ())


@pytest.mark.parametrize("how", ["--revise", "revises"])
def test_a_review_replaces_the_candidates(opened: Opened, make: Make, how: str) -> None:
    """A reviewed document of the same content gives its decisions to the version that stands, where it is said to replace it."""
    with opened() as writer:
        first = writer.commit(make(claim={"review": {"state": "candidate"}})).mapped.name
        asked: dict[str, Any] = {"revises": first.version} if how == "revises" else {}
        outcome = writer.commit(make(claim={"review": REVIEW}, **asked), revise=how == "--revise")
        assert outcome.result is Result.COMMITTED
        assert outcome.mapped.name == first
        assert writer.archive.commits()[-1].kind == "review"
        stands = [q.object for q in graph(writer, outcome.mapped.name.node) if q.predicate == CG.reviewState]
        assert stands == [CG["review-accepted"]]


def test_reading_once_more_undoes_no_review(opened: Opened, make: Make) -> None:
    """Candidates of the same content leave decisions as they are, even where they are meant to revise."""
    with opened() as writer:
        writer.commit(make(claim={"review": {"state": "candidate"}}))
        writer.commit(make(claim={"review": {**REVIEW, "state": "rejected"}}), revise=True)
        head = writer.archive.head()
        assert writer.commit(make(claim={"review": {"state": "candidate"}}), revise=True).result is Result.UNCHANGED
        assert writer.archive.head() == head


def test_the_standing_version_is_known_without_its_revises(opened: Opened, make: Make) -> None:
    """After a revision, the new content sent again is unchanged, whatever it says it revises."""
    with opened() as writer:
        first = writer.commit(make()).mapped.name
        second = writer.commit(make(note="جديد", revises=first.version))
        assert second.result is Result.COMMITTED
        for document in (make(note="جديد"), make(note="جديد", revises=first.version), make(note="جديد", revises="0" * 12)):
            outcome = writer.commit(document)
            assert outcome.result is Result.UNCHANGED
            assert outcome.mapped.name == second.mapped.name


# --- versions -------------------------------------------------------------------------------------------------------------


def test_other_content_under_a_known_id_is_refused(opened: Opened, make: Make) -> None:
    """A known id with other content and no word on what it replaces is a conflict that names the standing version."""
    with opened() as writer:
        version = writer.commit(make()).mapped.name.version
        with pytest.raises(VersionConflict, match=f"set its 'revises' to \"{version}\""):
            writer.commit(make(note="جديد"))
        assert writer.archive.head() == 2


def test_a_revision_replaces_the_version_it_names(opened: Opened, make: Make, base: Base) -> None:
    """The new version stands, the old one is gone from the index but not from the archive, and the commit tells both."""
    with opened() as writer:
        old = writer.commit(make(claim={"event": {"type": "escape", "actors": ["مجلس محلي"]}})).mapped.name
        assert traces(writer, old)
        outcome = writer.commit(make(text="نص جديد كل الجدة لا يشبه ما كان قبله في شيء البتة.", revises=old.version))
        new = outcome.mapped.name
        assert (outcome.result, outcome.sequence) == (Result.COMMITTED, 3)
        assert Quad(new.node, PROV.wasRevisionOf, old.node, new.node) in graph(writer, new.node)
        assert traces(writer, old) == []
        assert graph(writer, old.validation) == set()
        assert {quad.subject for quad in graph(writer, base.shingles)} == {new.node}
        facts = {quad.predicate: quad.object for quad in graph(writer, base.commits) if quad.subject == base.commit(3)}
        assert (facts[PROV.generated], facts[PROV.invalidated]) == (new.node, old.node)
        kept = writer.archive.report(2)
        assert kept is not None
        assert kept.version == old.version


def test_a_stale_revision_is_refused(opened: Opened, make: Make) -> None:
    """Who revises a version that no longer stands has not seen the one that does."""
    with opened() as writer:
        first = writer.commit(make()).mapped.name.version
        second = writer.commit(make(note="ب", revises=first)).mapped.name.version
        with pytest.raises(VersionConflict, match=f"revises {first}, but {second} stands"):
            writer.commit(make(note="ج", revises=first))
        with pytest.raises(VersionConflict, match=f"but {second} stands"):
            writer.commit(make(note="ج", revises="0" * 12))
        assert writer.archive.head() == 3


@pytest.mark.parametrize("revise", [False, True])
def test_a_revision_from_elsewhere_is_taken_with_its_history(opened: Opened, make: Make, *, revise: bool) -> None:
    """A report that comes from another store keeps the word on what it replaced there."""
    with opened() as writer:
        outcome = writer.commit(make(revises="0" * 12), revise=revise)
        assert outcome.result is Result.COMMITTED
        assert outcome.document.report.revises == "0" * 12


def test_revise_names_the_standing_version(opened: Opened, make: Make) -> None:
    """Asked to revise, the store fills in what stands, over whatever the document says; a report that is new stays as it is."""
    with opened() as writer:
        first = writer.commit(make(), revise=True)
        assert first.document == make()
        second = writer.commit(make(note="ب"), revise=True)
        third = writer.commit(make(note="ج", revises="0" * 12), revise=True)
        assert [o.result for o in (first, second, third)] == [Result.COMMITTED] * 3
        assert second.document.report.revises == first.mapped.name.version
        assert third.document.report.revises == second.mapped.name.version


def test_a_report_can_go_back_to_what_it_said_first(opened: Opened, make: Make) -> None:
    """Content of an older version is a new version again; each has a name of its own."""
    with opened() as writer:
        names = [writer.commit(make(note=note) if note else make(), revise=True).mapped.name for note in (None, "ب", None, "ب", None)]
        assert len({name.iri for name in names}) == 5
        assert [traces(writer, name) != [] for name in names] == [False] * 4 + [True]
        assert writer.archive.head() == 6


# --- refused --------------------------------------------------------------------------------------------------------------


def test_a_refused_report_leaves_no_trace(opened: Opened, make: Make, place: Place, base: Base) -> None:
    """What violates a shape is refused whole with all findings, and not a byte of archive, index or snapshots changes."""
    with opened() as writer:
        writer.commit(make())
    with reading(place, base.iri):
        pass  # a reader has a snapshot made
    with opened() as writer:
        before = everything(writer)
        outcome = writer.commit(make("r2", **REFUSED))
        assert (outcome.result, outcome.sequence) == (Result.REFUSED, None)
        assert {f.rule.name for f in outcome.findings} >= {"SpanReproducesText", "PublishedBeforeRetrieved"}
        assert everything(writer) == before
        assert "archive.sqlite3" in before
        assert len(before) > 4
    with opened() as writer:
        assert writer.archive.head() == 2
        assert traces(writer, outcome.mapped.name) == []


def test_a_refused_revision_leaves_the_old_version(opened: Opened, make: Make) -> None:
    """A revision that is refused replaces nothing."""
    with opened() as writer:
        name = writer.commit(make()).mapped.name
        before = graph(writer, name.node)
        assert writer.commit(make(**REFUSED), revise=True).result is Result.REFUSED
        assert graph(writer, name.node) == before


def test_an_unknown_key_is_refused_before_anything_is_written(opened: Opened, make: Make) -> None:
    """A party that the reference graph lacks is refused with the nearest keys."""
    with opened() as writer:
        before = everything(writer)
        with pytest.raises(UnknownKey, match="did you mean sputnik"):
            writer.commit(make(claim={"chain": [{"agent": "@publisher"}, {"agent": "sputnk"}]}))
        assert everything(writer) == before


def test_a_disk_that_fails_leaves_archive_and_index_as_they_were(opened: Opened, make: Make) -> None:
    """A commit that the archive cannot write is not in the index either, and the next one is as if it had not been tried."""
    with opened() as writer:
        writer.archive._db.execute("PRAGMA query_only = ON")
        before = set(writer.index.store)
        with pytest.raises(DataFolderError):
            writer.commit(make())
        assert set(writer.index.store) == before
        writer.archive._db.execute("PRAGMA query_only = OFF")
        assert writer.commit(make()).sequence == 2


class _Failing:
    """An index's store whose disk is full for one write."""

    def __init__(self, store: Any) -> None:
        self.store, self.full = store, True

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def extend(self, quads: Iterable[Quad]) -> None:
        """Fail once."""
        if self.full:
            self.full = False
            raise OSError(28, "No space left on device")
        self.store.extend(quads)


def test_a_commit_that_the_index_could_not_take_is_made_good_by_the_next(opened: Opened, make: Make) -> None:
    """What the archive has is acknowledged: if the index's disk is full just then, that is told, and the next commit brings both in."""
    with opened() as writer:
        plain = writer.index.store
        writer.index.store = _Failing(plain)
        with pytest.raises(DataFolderError, match="free space"):
            writer.commit(make("r1"))
        writer.index.store = plain
        assert writer.archive.head() == 2
        assert writer.commit(make("r2", "نص آخر.")).sequence == 3
        shown = {quad.object.value for quad in plain.quads_for_pattern(None, DCTERMS.identifier, None, None)}
        assert {"r1", "r2"} <= shown
        assert writer.commit(make("r1")).result is Result.UNCHANGED


def test_a_snapshot_that_cannot_be_made_does_not_undo_a_commit(opened: Opened, make: Make, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers that wait for newer data are no reason to report a commit as failed."""

    def full(_self: Photographer) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Photographer, "take", full)
    with opened() as writer:
        place.wanted.touch()
        assert writer.commit(make()).result is Result.COMMITTED


def test_one_refusal_does_not_stop_the_next(opened: Opened, make: Make) -> None:
    """Refusals of any kind leave the writer as it was."""
    with opened() as writer:
        writer.commit(make("r2", **REFUSED))
        with pytest.raises(UnknownKey):
            writer.commit(make("r3", publisher="nobody"))
        assert writer.commit(make("r4")).sequence == 2


# --- what is kept ---------------------------------------------------------------------------------------------------------


def test_warnings_are_kept_as_data_beside_the_report(opened: Opened, make: Make) -> None:
    """A warning lets the report in and stands in a graph of its own, never in the report's; the archive signs it."""
    with opened() as writer:
        outcome = writer.commit(make(claim={"event": {"type": "escape", "actors": ["مجلس محلي"]}}))
        (finding,) = outcome.findings
        name = outcome.mapped.name
        kept = graph(writer, name.validation)
        assert {quad.object for quad in kept if quad.predicate == SH.sourceShape} == {NamedNode(finding.rule.iri)}
        assert {quad.object for quad in kept if quad.predicate == SH.focusNode} == {NamedNode(finding.focus)}
        assert {quad.object.language for quad in kept if quad.predicate == SH.resultMessage} == {"ar", "en"}
        assert graph(writer, name.node) == set(outcome.mapped.quads)
        stored = writer.archive.report(outcome.sequence)
        assert set(parse(stored.warnings, format=RdfFormat.N_QUADS)) == kept
        assert json.loads(writer.archive.commits()[-1].digests)["warnings"] == sha256_hex(stored.warnings)


def test_a_syndicated_text_is_kept_with_a_warning(opened: Opened, make: Make) -> None:
    """A text that another report has too comes in, and is told to be no independent source."""
    with opened() as writer:
        original = writer.commit(make("r1")).mapped.name
        outcome = writer.commit(make("r2"))
        assert outcome.result is Result.COMMITTED
        assert [(f.rule.name, f.value) for f in outcome.findings] == [("SyndicatedText", f"<{original.iri}>")]
        assert {q.object for q in graph(writer, outcome.mapped.name.validation) if q.predicate == SH.value} == {original.node}


def test_a_revision_is_compared_with_other_reports_only(opened: Opened, make: Make) -> None:
    """A new version is no copy of the old one."""
    with opened() as writer:
        writer.commit(make())
        assert writer.commit(make(note="ب"), revise=True).findings == ()


def test_rejected_claims_are_kept_but_not_shown(opened: Opened, make: Make) -> None:
    """What a reviewer rejected stays in the archive, signed, and is not in the index; what belongs to it alone goes with it."""
    kept, rejected = make().claims[0], make(claim={"review": {**REVIEW, "state": "rejected"}, "rule": "r"}).claims[0].model_copy(update={"id": "c02"})
    document = ClaimsDocument(report=make().report, claims=(kept, rejected))
    with opened() as writer:
        outcome = writer.commit(document)
        name = outcome.mapped.name
        shown = nodes(graph(writer, name.node))
        assert name.claim("c01").value in shown
        assert not [iri for iri in shown if iri.startswith(name.claim("c02").value) or iri == name.rule("r").value]
        stored = writer.archive.report(outcome.sequence)
        assert stored.claims_document() == document
        assert name.claim("c02").value in nodes(outcome.mapped.quads)


# --- bytes received -------------------------------------------------------------------------------------------------------

BYTES = b"<html>\xff\0</html>"
CUT = {"source_sha256": sha256_hex(BYTES), "cut_by": "a cutter 1"}


def test_the_bytes_that_came_are_kept(opened: Opened, make: Make) -> None:
    """Beside the text, exactly, in the same commit."""
    with opened() as writer:
        outcome = writer.commit(make(**CUT), received=BYTES)
        stored = writer.archive.report(outcome.sequence)
        assert stored.source == sha256_hex(BYTES)
        assert writer.archive.received(stored.source) == BYTES
        assert json.loads(writer.archive.commits()[-1].digests)["source"] == stored.source


@pytest.mark.parametrize("fields", [{}, {"source_sha256": "0" * 64}], ids=["none", "other"])
def test_other_bytes_than_the_document_names_are_refused(opened: Opened, make: Make, fields: dict[str, str]) -> None:
    """A document and its bytes must belong together; nothing is written otherwise."""
    with opened() as writer:
        before = everything(writer)
        with pytest.raises(BadDocument, match="source_sha256"):
            writer.commit(make(**fields), received=BYTES)
        assert everything(writer) == before


def test_a_corrected_document_keeps_its_bytes(opened: Opened, make: Make) -> None:
    """A new version of the same report that names the same bytes has them, though it came without."""
    with opened() as writer:
        writer.commit(make(**CUT), received=BYTES)
        outcome = writer.commit(make(note="جديد", **CUT), revise=True)
        assert writer.archive.report(outcome.sequence).source == sha256_hex(BYTES)
        without = writer.commit(make(note="أجدّ"), revise=True)
        assert writer.archive.report(without.sequence).source is None


def test_a_document_does_not_get_bytes_by_naming_them(opened: Opened, make: Make) -> None:
    """Who names the digest of another report's bytes, or of none, has none: what it says of them was never shown."""
    with opened() as writer:
        writer.commit(make(**CUT), received=BYTES)
        for number, digest in enumerate((sha256_hex(BYTES), "0" * 64)):
            outcome = writer.commit(make(f"other-{number}", f"نص آخر {number} لا صلة له بغيره من النصوص.", source_sha256=digest))
            assert writer.archive.report(outcome.sequence).source is None


# --- the reference graph --------------------------------------------------------------------------------------------------


def test_the_reference_graph_is_brought_once(opened: Opened, base: Base) -> None:
    """A new store begins with the bundled graph as its first commit; opening it again brings nothing."""
    for _ in range(3):
        with opened() as writer:
            (commit,) = writer.archive.commits()
            assert (commit.kind, commit.subject[:8]) == ("reference", "bundled-")
            assert graph(writer, base.reference) == set(bundled(base)) == set(writer.reference.quads)


OLD, NEW = "قسد", "اسم جديد"


@pytest.fixture
def releases(base: Base, monkeypatch: pytest.MonkeyPatch) -> Callable[[set[Quad], set[Quad]], None]:
    """A function that makes the bundled graph one with and without some quads."""

    def release(added: set[Quad], removed: set[Quad]) -> None:
        monkeypatch.setattr(commit_module, "bundled", lambda _base: tuple((set(bundled(base)) - removed) | added))

    return release


def _label(base: Base, key: str, name: str) -> Quad:
    return Quad(base.entity(key), SKOS.altLabel, Literal(name, language="ar"), base.reference)


def _edit(writer: Writer, added: set[Quad], removed: set[Quad]) -> None:
    """A local edit of the reference graph."""
    blobs = [serialize(sorted(quads, key=str), format=RdfFormat.N_QUADS) for quads in (added, removed)]
    writer.index.apply(writer.archive.append("reference", "a name", "editor", "", Change(*blobs)))


def test_a_new_release_changes_only_its_difference(opened: Opened, base: Base, releases: Callable[..., None]) -> None:
    """A changed release adds and removes what it has more and less than the last, and is committed once."""
    old, new = _label(base, "sdf", OLD), _label(base, "sdf", NEW)
    with opened():
        pass
    releases({new}, {old})
    for _ in range(2):
        with opened() as writer:
            assert writer.archive.head() == 2
            change = writer.archive.change(2)
            assert set(parse(change.added, format=RdfFormat.N_QUADS)) == {new}
            assert set(parse(change.removed, format=RdfFormat.N_QUADS)) == {old}
            assert graph(writer, base.reference) == (set(bundled(base)) - {old}) | {new} == set(writer.reference.quads)


def test_a_release_may_bring_back_what_an_earlier_one_took(opened: Opened, base: Base, releases: Callable[..., None]) -> None:
    """Three releases: with a name, without it, with it again."""
    old = _label(base, "sdf", OLD)
    for removed, there in ((set(), True), ({old}, False), (set(), True)):
        releases(set(), removed)
        with opened() as writer:
            assert (old in graph(writer, base.reference)) is there
    with opened() as writer:
        assert writer.archive.head() == 3


def test_local_additions_outlive_a_release(opened: Opened, base: Base, releases: Callable[..., None]) -> None:
    """A name that was added here stays when the bundled graph changes elsewhere."""
    local = _label(base, "sdf", "اسم محلي")
    with opened() as writer:
        _edit(writer, {local}, set())
        assert local in writer.reference.quads
    releases({_label(base, "isis", NEW)}, {_label(base, "sdf", OLD)})
    with opened() as writer:
        assert local in graph(writer, base.reference)
        assert _label(base, "isis", NEW) in graph(writer, base.reference)
        assert _label(base, "sdf", OLD) not in graph(writer, base.reference)


def test_local_removals_outlive_a_release(opened: Opened, base: Base, releases: Callable[..., None]) -> None:
    """A name that was taken out here is not brought back by a release that says nothing new of it."""
    gone = _label(base, "sdf", OLD)
    with opened() as writer:
        _edit(writer, set(), {gone})
    releases({_label(base, "isis", NEW)}, set())
    with opened() as writer:
        assert gone not in graph(writer, base.reference)
        assert _label(base, "isis", NEW) in graph(writer, base.reference)


def test_a_name_added_to_the_reference_graph_is_known_to_the_next_report(opened: Opened, make: Make, base: Base) -> None:
    """Edits of the reference graph count at once, for keys and for names."""
    document = make(claim={"event": {"type": "escape", "actors": ["مجلس محلي"]}})
    with opened() as writer:
        assert [f.rule.name for f in writer.commit(document).findings] == ["NamedPartyUnknown"]
        _edit(writer, {_label(base, "sdf", "مجلس محلي")}, set())
        assert [f.rule.name for f in writer.commit(make("r2", "نص آخر.", claim={"event": {"type": "escape", "actors": ["مجلس محلي"]}})).findings] == [
            "NameIsKnown"
        ]


# --- damage ---------------------------------------------------------------------------------------------------------------


def test_a_damaged_archive_is_not_written_to(opened: Opened, make: Make, place: Place) -> None:
    """Where the archive is no database any more, opening says so."""
    with opened() as writer:
        writer.commit(make())
    place.archive.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreDamaged, match="restore a backup"), opened():
        pass


def test_an_archive_that_lost_commits_is_not_written_to(opened: Opened, make: Make, place: Place) -> None:
    """An index that is ahead of its archive means that acknowledged commits are gone: nothing is written over that."""
    with opened() as writer:
        writer.commit(make())
    for path in place.folder.glob("archive.sqlite3*"):
        path.unlink()
    with closing(Archive(place.archive, "https://w3id.org/claimgraph/id/")):
        pass
    with pytest.raises(DataFolderError, match="restore it from a backup"), opened():
        pass
