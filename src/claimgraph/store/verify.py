"""Whether all that was signed is still there, and whether the index says what the archive says."""

from __future__ import annotations

from collections.abc import Iterable

import rfc8785
from pyoxigraph import BlankNode, NamedNode, Quad, Store

from claimgraph.model.canonical import canonical_nquads, read_nquads, sha256_hex
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import Problem, Problems, StoreDamaged
from claimgraph.model.names import Base, ReportName
from claimgraph.model.to_quads import MAPPING_VERSION, to_quads
from claimgraph.model.vocabulary import ONTOLOGY, ontology_quads
from claimgraph.store.archive import Archive, Change, Commit, StoredReport
from claimgraph.store.index import Progress, commit_quads, of_graph, shingle_quads, standing_quads
from claimgraph.store.redirects import Redirects
from claimgraph.store.reference import Reference
from claimgraph.store.reviews import as_reviewed


def verify(archive: Archive, snapshot: Store, upto: int, progress: Progress | None = None) -> tuple[Problem, ...]:
    """Everything that is not as it was signed, as of commit ``upto``, which ``snapshot`` shows; nothing if all is well.

    Checked are SQLite's own structure, the hash chain, the digests of all content, the bytes received, every span against its text,
    every report's canonical N-Quads, and that the index holds exactly what follows from the archive.
    """
    if (said := archive.sound()) is not None:
        return (Problem(f"SQLite finds the file damaged ({said}): restore a backup", str(archive.path)),)
    check = _Verification(archive, snapshot, upto)
    for commit in archive.commits():
        if commit.sequence > upto:
            break
        check.commit(commit)
        if progress:
            progress(commit.sequence, upto)
    if check.sequence < upto:
        check.problems.add(f"commits {check.sequence + 1} to {upto}, which the index knows, are missing: restore a backup", str(archive.path))
    if not check.damaged:  # else the index is right, not the archive
        check.index()
    return tuple(check.problems.found)


class _Verification:
    def __init__(self, archive: Archive, snapshot: Store, upto: int) -> None:
        self.archive, self.snapshot, self.upto = archive, snapshot, upto
        self.base = Base(archive.base)
        self.reference = Reference((), self.base)
        self.standing = set(archive.standing(upto))
        self.versions: set[tuple[str, str]] = set()  # those that stand
        self.problems = Problems()
        self.expected = 0
        self.shingles: list[Quad] = []
        self.workspaces: set[Quad] = set()
        self.marks: list[Quad] = []
        self.later = _Later(archive, upto)
        self.parent, self.sequence = archive.genesis(), 0

    def commit(self, commit: Commit) -> None:
        where = f"commit {commit.sequence}"
        if commit.sequence != self.sequence + 1:
            self.problems.add(f"commits {self.sequence + 1} to {commit.sequence - 1} are missing", where)
        if commit.parent != self.parent or commit.hash != commit.signature():
            self.problems.add("the hash chain is broken here: this commit or its predecessor was changed", where)
        self.parent, self.sequence = commit.hash, commit.sequence
        content: StoredReport | Change | None = self.archive.report(commit.sequence) or self.archive.change(commit.sequence)
        if content is None:
            self.problems.add("its content is missing", where)
        elif rfc8785.dumps(content.digests()).decode() != commit.digests:
            self.problems.add("its content is not what was signed", where)
        elif commit.kind == "review":
            self.review(commit)
        elif isinstance(content, Change):
            self.change(commit, read_nquads(content.added), read_nquads(content.removed))
        else:
            self.report(content, commit, where)
        if not self.damaged:
            self.marks += commit_quads(commit, self.base, self.archive)

    def report(self, stored: StoredReport, commit: Commit, where: str) -> None:
        name = self.base.report(stored.version, stored.report_id)
        if commit.subject != f"{stored.version}/{stored.report_id}":
            self.problems.add(f"it is signed for {commit.subject} but holds {stored.version}/{stored.report_id}", where)
        try:
            document = stored.claims_document()
        except StoreDamaged as error:
            self.problems.add(str(error), where)
            return
        self.received(stored, document, where)
        for claim in document.claims:
            if document.report.text[claim.start : claim.end] != claim.quote:
                self.problems.add(f"claim {claim.id}: its quote does not stand at its span", where)
        if stored.mapping == MAPPING_VERSION:
            mapped = to_quads(document, self.base, self.reference.entities, name=name)
            if sha256_hex(canonical_nquads(mapped.quads)) != stored.nquads:
                self.problems.add("its quads are not those that were signed", where)
        if commit.sequence in self.standing:
            self.versions.add((stored.version, stored.report_id))
            if self.archive.last_review(stored.version, stored.report_id, self.upto) is None:
                self.stands(name, document)
            self.same(name.validation, self.later.warnings(name.validation, read_nquads(stored.warnings)), f"warnings of report {stored.report_id}")
            self.shingles += shingle_quads(document.report.text, name, self.base)

    def stands(self, name: ReportName, document: ClaimsDocument) -> None:
        """Whether a version stands in the index as reviewers left it."""
        read, redirected = self.later.redirects.through(standing_quads(document, name, self.base, self.reference), name)
        self.same(name.node, read, f"report {name.report_id}")
        self.same(name.redirections, redirected, f"redirections of report {name.report_id}")

    def review(self, commit: Commit) -> None:
        """A change of reviews; the last one of a version that stands says what of it is in the index."""
        version, _, report_id = commit.subject.partition("/")
        stored = self.archive.version(version, report_id)
        is_last = self.archive.last_review(version, report_id, self.upto) == commit.sequence
        if stored is None:
            self.problems.add(f"it reviews {commit.subject}, which is missing", f"commit {commit.sequence}")
        elif is_last and (version, report_id) in self.versions and not self.damaged:
            self.stands(self.base.report(version, report_id), as_reviewed(self.archive, stored, self.upto))

    @property
    def damaged(self) -> bool:
        """Whether a commit was found to be otherwise than it was signed."""
        return any(problem.where.startswith("commit ") for problem in self.problems.found)

    def received(self, stored: StoredReport, document: ClaimsDocument, where: str) -> None:
        """Whether the bytes that the text was cut from are there as they came."""
        if stored.source is None:
            return
        data = self.archive.received(stored.source)
        if data is None:
            self.problems.add("the bytes received are missing", where)
        elif sha256_hex(data) != stored.source:
            self.problems.add("the bytes received are not what was signed", where)
        if document.report.source_sha256 != stored.source:
            self.problems.add("its document names other bytes than those that were signed", where)

    def change(self, commit: Commit, added: list[Quad], removed: list[Quad]) -> None:
        """A change of the reference graph, or of workspace graphs."""
        if commit.kind == "reference":
            self.reference = self.reference.changed(*(of_graph(quads, self.base.reference) for quads in (added, removed)))
        else:
            for quad in removed:
                self.workspaces.discard(quad)
            self.workspaces |= set(added)

    def same(self, graph: NamedNode, ours: list[Quad] | frozenset[Quad], what: str) -> None:
        """Whether a graph of the index is what follows from the archive."""
        self.expected += len(ours)
        if canonical_nquads(self.snapshot.quads_for_pattern(None, None, None, graph)) != canonical_nquads(ours):
            self.problems.add(f"{what} differs between index and archive: run 'claimgraph reindex'", str(graph.value))

    def index(self) -> None:
        """The graphs that are not of one report, and that there is nothing besides."""
        self.same(self.base.reference, self.reference.quads, "the reference graph")
        self.same(self.base.readings, of_graph(self.later.redirects.quads, self.base.readings), "the graph of readings")
        self.same(self.base.shingles, self.shingles, "the graph of shingles")
        self.same(self.base.commits, self.marks, "the graph of commits")
        for graph in {quad.graph_name for quad in self.workspaces}:
            if isinstance(graph, NamedNode):
                self.same(graph, [quad for quad in self.workspaces if quad.graph_name == graph], "a workspace graph")
        # Lists of the ontology have blank nodes, which are called otherwise in every process: they are only counted.
        found = list(self.snapshot.quads_for_pattern(None, None, None, ONTOLOGY))
        if len(found) != len(ontology_quads()) or _named(found) != _named(ontology_quads()):
            self.problems.add("the ontology in the index is not the program's: run 'claimgraph reindex'", ONTOLOGY.value)
        self.expected += len(found)
        if len(self.snapshot) != self.expected:
            self.problems.add(
                f"the index holds {len(self.snapshot)} quads where {self.expected} follow from the archive: run 'claimgraph reindex'", "index"
            )


class _Later:
    """What changes of the reference graph did to reports that came before them: whom these mean now, and which warnings they have."""

    def __init__(self, archive: Archive, upto: int) -> None:
        base = Base(archive.base)
        self.redirects = Redirects((), base)
        self._warnings: dict[object, list[tuple[list[Quad], list[Quad]]]] = {}
        for commit in archive.commits(kind="reference"):
            change = archive.change(commit.sequence) if commit.sequence <= upto else None
            if change is None or rfc8785.dumps(change.digests()).decode() != commit.digests:
                continue  # told of where the commit itself is checked
            added, removed = read_nquads(change.added), read_nquads(change.removed)
            self.redirects = self.redirects.changed(added, removed)
            for graph in {quad.graph_name for quad in (*added, *removed)} - {base.reference, base.readings}:
                if isinstance(graph, NamedNode):
                    self._warnings.setdefault(graph, []).append((of_graph(added, graph), of_graph(removed, graph)))

    def warnings(self, graph: NamedNode, signed: list[Quad]) -> list[Quad]:
        """The warnings of a report, from those that were signed with it."""
        found = set(signed)
        for added, removed in self._warnings.get(graph, ()):
            found = (found - set(removed)) | set(added)
        return list(found)


def _named(quads: Iterable[Quad]) -> set[Quad]:
    return {quad for quad in quads if not isinstance(quad.subject, BlankNode) and not isinstance(quad.object, BlankNode)}
