"""Whether all that was signed is still there, and whether the index says what the archive says."""

from __future__ import annotations

import rfc8785
from pyoxigraph import NamedNode, Quad, Store

from claimgraph.model.canonical import canonical_nquads, read_nquads, sha256_hex
from claimgraph.model.errors import Problem, Problems, StoreDamaged
from claimgraph.model.names import Base
from claimgraph.model.to_quads import MAPPING_VERSION, to_quads
from claimgraph.model.vocabulary import ontology_quads
from claimgraph.store.archive import Archive, Change, Commit, StoredReport
from claimgraph.store.index import Progress, shingle_quads, standing_quads
from claimgraph.store.reference import Reference


def verify(archive: Archive, snapshot: Store, upto: int, progress: Progress | None = None) -> tuple[Problem, ...]:
    """Everything that is not as it was signed, as of commit ``upto``, which ``snapshot`` shows; nothing if all is well.

    Checked are SQLite's own structure, the hash chain, the digests of all content, every span against its text, every
    report's canonical N-Quads, and that the index holds exactly what follows from the archive.
    """
    check = _Verification(archive, snapshot, upto)
    if (said := archive.sound()) is not None:
        return (Problem(f"SQLite finds the file damaged ({said}): restore a backup", str(archive.path)),)
    for commit in archive.commits(limit=upto):
        check.commit(commit)
        if progress:
            progress(commit.sequence, upto)
    if check.sequence < upto:
        check.problems.add(f"commits {check.sequence + 1} to {upto}, which the index knows, are missing: restore a backup", str(archive.path))
    check.index()
    return tuple(check.problems.found)


class _Verification:
    def __init__(self, archive: Archive, snapshot: Store, upto: int) -> None:
        self.archive, self.snapshot, self.upto = archive, snapshot, upto
        self.base = Base(archive.base)
        self.reference = Reference((), self.base)
        self.standing = {s for s in archive.standing() if s <= upto}
        self.problems = Problems()
        self.expected = len(ontology_quads())
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
        elif isinstance(content, Change):
            self.reference = self.reference.changed(read_nquads(content.added), read_nquads(content.removed))
        else:
            self.report(content, commit, where)

    def report(self, stored: StoredReport, commit: Commit, where: str) -> None:
        name = self.base.report(stored.version, stored.report_id)
        if commit.subject != f"{stored.version}/{stored.report_id}":
            self.problems.add(f"it is signed for {commit.subject} but holds {stored.version}/{stored.report_id}", where)
        try:
            document = stored.claims_document()
        except StoreDamaged as error:
            self.problems.add(str(error), where)
            return
        for claim in document.claims:
            if document.report.text[claim.start : claim.end] != claim.quote:
                self.problems.add(f"claim {claim.id}: its quote does not stand at its span", where)
        if stored.mapping == MAPPING_VERSION:
            mapped = to_quads(document, self.base, self.reference.entities, name=name)
            if sha256_hex(canonical_nquads(mapped.quads)) != stored.nquads:
                self.problems.add("its quads are not those that were signed", where)
        if commit.sequence in self.standing:
            self.same(name.node, standing_quads(document, name, self.base, self.reference), f"report {stored.report_id}")
            self.same(name.validation, read_nquads(stored.warnings), f"warnings of report {stored.report_id}")
            self.expected += len(shingle_quads(document.report.text, name, self.base))

    def same(self, graph: NamedNode, ours: list[Quad] | frozenset[Quad], what: str) -> None:
        """Whether a graph of the index is what follows from the archive."""
        self.expected += len(ours)
        if canonical_nquads(self.snapshot.quads_for_pattern(None, None, None, graph)) != canonical_nquads(ours):
            self.problems.add(f"{what} differs between index and archive: run 'claimgraph reindex'", str(graph.value))

    def index(self) -> None:
        self.same(self.base.reference, self.reference.quads, "the reference graph")
        marks = len(list(self.snapshot.quads_for_pattern(None, None, None, self.base.commits)))
        if len(self.snapshot) != self.expected + marks:
            self.problems.add(
                f"the index holds {len(self.snapshot)} quads where {self.expected + marks} follow from the archive: run 'claimgraph reindex'", "index"
            )
