"""The one way to write: read, map, validate, archive, index. A report is one atomic commit, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from pyoxigraph import NamedNode

from claimgraph.model.canonical import canonical_nquads, sha256_hex
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import BadDocument, Misuse
from claimgraph.model.names import Base
from claimgraph.model.to_quads import MAPPING_VERSION
from claimgraph.store.archive import Archive, Change, StoredReport, document_without_text
from claimgraph.store.carrying import carried
from claimgraph.store.decisions import Decided, Decision, judge
from claimgraph.store.entities import Request
from claimgraph.store.entity_commit import Changed, change_of
from claimgraph.store.examine import Outcome, Result, Surroundings, examine
from claimgraph.store.index import Index, Progress, rejected, stamp
from claimgraph.store.place import Place, writing
from claimgraph.store.reference import Reference, bundled
from claimgraph.store.releases import History, last_release, release_change, release_name
from claimgraph.store.reviews import as_reviewed, change_of_reviews
from claimgraph.store.shapes import report_quads
from claimgraph.store.snapshots import Photographer, Snapshot
from claimgraph.store.workspace import Edits, refuse_foreign


class Writer:
    """A store open for writing. Make it with :func:`open_writer`."""

    def __init__(self, place: Place, archive: Archive, index: Index, agent: str) -> None:
        self.place, self.archive, self.index, self.agent = place, archive, index, agent
        self.base = index.base
        self._photographer = Photographer(place, index)

    @property
    def reference(self) -> Reference:
        """The reference graph as it stands."""
        return self.index.reference

    @property
    def surroundings(self) -> Surroundings:
        """What a document is examined against."""
        return Surroundings(self.base, self.reference, self.index.store, self.archive)

    def commit(
        self, document: ClaimsDocument, *, reason: str = "", revise: bool = False, received: bytes | None = None, agent: str | None = None
    ) -> Outcome:
        """Let a report in, or refuse it whole. ``received`` are the bytes that its text was cut from, where it came as such.

        ``agent`` is who brings it, where that is another than whose writer this is.

        The outcome is ``UNCHANGED`` where the standing version says the same, ``REFUSED`` where a shape is violated, else
        ``COMMITTED``: on disk when this returns. ``revise`` takes the standing version as the one the document replaces.
        Raises :class:`~claimgraph.model.errors.UnknownKey`, :class:`~claimgraph.model.errors.VersionConflict`,
        :class:`~claimgraph.model.errors.BadDocument` where the bytes are not those that the document names, and
        :class:`~claimgraph.model.errors.DataFolderError`, with nothing written.
        """
        if received is not None and sha256_hex(received) != document.report.source_sha256:
            raise BadDocument("report.source_sha256: this is not the digest of the bytes received: correct it.")
        self._catch_up()
        outcome = self._keep(examine(document, self.surroundings, revise=revise), agent or self.agent, reason, received)
        self._photographer.answer()
        return outcome

    def decide(self, decision: Decision, *, agent: str | None = None) -> Decided:
        """Take a reviewer's decision on claims of a report that stands, whole or not at all.

        Accepting, rejecting and taking back are a commit of kind ``review`` on the version that stands, whose name stays; what is edited is a
        new version. It is ``UNCHANGED`` where all of it had been decided so, ``REFUSED`` where a shape is violated. Raises what
        :func:`~claimgraph.store.decisions.judge` and :func:`~claimgraph.store.examine.examine` raise, with nothing written.
        """
        self._catch_up()
        who = agent or self.agent
        outcome = self._keep(judge(decision, self.surroundings, who), who, decision.why.strip())
        self._photographer.answer()
        return Decided(outcome.result, outcome.mapped.name.version, outcome.sequence, outcome.findings)

    def _keep(self, outcome: Outcome, agent: str, reason: str, received: bytes | None = None) -> Outcome:
        """Archive and index what may come in: a version, or other reviews of the one that stands."""
        if outcome.result is not Result.COMMITTED:
            return outcome
        name, document = outcome.mapped.name, outcome.document
        subject, current = f"{name.version}/{name.report_id}", self.archive.current(name.report_id)
        if current is not None and current.version == name.version:
            change = change_of_reviews(as_reviewed(self.archive, current), document, name)
            commit = self.archive.append("review", subject, agent, reason, change)
            self.index.apply(commit)
        else:
            outcome = self._carry(outcome, current, agent) if current is not None else outcome
            commit = self.archive.append("report", subject, agent, reason, self._stored(outcome, received), received)
            whole = not any(rejected(claim) for claim in document.claims)
            self.index.apply(commit, outcome.mapped.quads if whole else None)
        return replace(outcome, sequence=commit.sequence)

    def _carry(self, outcome: Outcome, current: StoredReport, agent: str) -> Outcome:
        """Before a new version comes: let the decisions on whom names mean hold for it that hold where its text is the same."""
        older, same = self.base.report(current.version, current.report_id), current.text == outcome.document.report.text.encode("utf-8")
        found = carried(self.index.redirects, older, outcome.mapped, same_text=same)
        if added := {quad for quad in found.added if quad not in self.index.store}:
            name, change = outcome.mapped.name, Change(canonical_nquads(added), b"")
            why = "what was decided of the version before, of the same text"
            self.index.apply(self.archive.append("reference", f"entity carry {name.version}/{name.report_id}", agent, why, change))
        findings = tuple(finding for finding in outcome.findings if finding.refuses or finding.focus not in found.settled)
        return replace(outcome, findings=findings, remarks=(*outcome.remarks, *found.remarks))

    def change_workspace(self, edits: Edits, *, agent: str, reason: str = "") -> int:
        """Apply edits to workspace graphs; the number of the commit, or of the last one where nothing changes.

        Raises :class:`~claimgraph.model.errors.NotAllowed` where an edit is not the agent's to make, with nothing written.
        """
        self._catch_up()
        refuse_foreign(edits, agent, self.base)
        change = edits.change(self.index.store)
        if not (change.added or change.removed):
            return self.archive.head()
        commit = self.archive.append("workspace", " ".join(edits.graphs), agent, reason, change)
        self.index.apply(commit)
        self._photographer.answer()
        return commit.sequence

    def change_entities(self, request: Request, *, reason: str, agent: str | None = None) -> Changed:
        """Change the reference graph as asked for, and say what that does to the reports that use what is touched.

        Raises :class:`Misuse` without a reason, :class:`~claimgraph.model.errors.UnknownEntity`, :class:`~claimgraph.model.errors.NotFound`,
        and :class:`~claimgraph.model.errors.BadEntity` for what would make the graph or a report wrong, with nothing written.
        """
        if not reason.strip():
            raise Misuse("A change of the reference graph needs its reason: say it with --why.")
        self._catch_up()
        plan, examined, change = change_of(request, self.index.standing, self.archive)
        commit = self.archive.append("reference", plan.subject, agent or self.agent, reason, change)
        self.index.apply(commit)
        self._photographer.answer()
        return Changed.of(commit.sequence, plan, examined)

    def holds(self, graph: str) -> bool:
        """Whether a graph has any statement."""
        return any(True for _ in self.index.store.quads_for_pattern(None, None, None, NamedNode(graph)))

    def snapshot(self) -> Snapshot:
        """The newest snapshot, made now unless the last one is younger than ``snapshot_interval``."""
        return self._photographer.newest()

    def answer_readers(self) -> None:
        """Make a snapshot if a reader has asked for one; to be called now and then while nothing is written."""
        self._photographer.answer()

    def _catch_up(self) -> None:
        if self.index.applied() != self.archive.head():  # the last commit found no room in the index, or the archive lost some
            self.index.catch_up()

    def _stored(self, outcome: Outcome, received: bytes | None) -> StoredReport:
        document = outcome.document
        source = document.report.source_sha256
        kept = source is not None and (received is not None or self.archive.frozen(document.report.id, source) is not None)
        return StoredReport(
            report_id=document.report.id,
            version=outcome.mapped.name.version,
            content=outcome.content,
            text=document.report.text.encode("utf-8"),
            document=document_without_text(document),
            nquads=sha256_hex(canonical_nquads(outcome.mapped.quads)),
            mapping=MAPPING_VERSION,
            warnings=canonical_nquads(report_quads((f for f in outcome.findings if not f.refuses), outcome.mapped)),
            source=source if kept else None,
        )

    def bring_reference(self) -> None:
        """Commit the reference graph that comes with the program, if the store has not this release of it yet.

        Only what changed between two releases is added and removed, and nothing against local edits.
        """
        release = bundled(self.base)
        if (name := release_name(release)) == last_release(self.archive):
            return
        change, withheld = release_change(release, History(self.archive), self.reference)
        against = f"; {withheld} of its statements are withheld, against local edits" if withheld else ""
        commit = self.archive.append("reference", name, self.agent, f"the reference graph that comes with the program{against}", change)
        self.index.apply(commit)


@contextmanager
def open_writer(
    place: Place, base: Base, agent: str, command: str, progress: Progress | None = None, *, service: int | None = None
) -> Iterator[Writer]:
    """A store open for writing, made if it is not there; ``service`` is the process that this one works for.

    Raises :class:`~claimgraph.model.errors.StoreLocked` naming who else writes.
    """
    if not agent.strip():
        raise Misuse("Every write is somebody's: name yourself with --as NAME or CLAIMGRAPH_AGENT.")
    place.make()
    with (
        writing(place, agent, command, service=service),
        closing(Archive(place.archive, base.iri)) as archive,
        closing(Index(place.index(stamp()), archive, progress)) as index,
    ):
        writer = Writer(place, archive, index, agent)
        writer.bring_reference()
        yield writer
        index.settle()
