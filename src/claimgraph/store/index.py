"""The index: what stands now, for SPARQL. It can be thrown away and built again from the archive.

Every commit ends with its own node in the graph of commits, in the same write as its last quads; so the highest number there says what
the index holds. A commit is applied by taking out what it replaces and then adding, in one atomic unit, what it brings: killed
between the two, the index says that the commit is still to come, and applying it again gives the same. Readers never see the
state between, because they open snapshots.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Store

from claimgraph.model.canonical import read_nquads
from claimgraph.model.document import Claim, ClaimsDocument
from claimgraph.model.errors import DataFolderError
from claimgraph.model.names import Base, ReportName
from claimgraph.model.resources import files
from claimgraph.model.text import sampled, shingles_of
from claimgraph.model.to_quads import MAPPING_VERSION, integer, to_quads
from claimgraph.model.vocabulary import CG, PROV, RDF_TYPE, XSD_DATE_TIME, ontology_quads
from claimgraph.store.archive import Archive, Commit, StoredReport
from claimgraph.store.redirects import Redirects
from claimgraph.store.reference import Reference
from claimgraph.store.reviews import as_reviewed, decided_on
from claimgraph.store.standing import Standing

_INDEX_FORMAT = 2
_OPTIMIZE_AFTER = 1_000
_FLUSH_EVERY = 100  # else what is not flushed grows to gigabytes of memory in a bulk load
Progress = Callable[[int, int], None]


@cache
def stamp() -> str:
    """What an index depends on besides the archive: mapping, ontology, its own layout. Another stamp is another index."""
    # The files and not their quads: their lists have blank nodes, which are called otherwise in every process.
    parts = f"{_INDEX_FORMAT} {MAPPING_VERSION} ".encode() + b"".join(path.read_bytes() for path in files("ontology", ".ttl"))
    return hashlib.sha256(parts).hexdigest()[:8]


def rejected(claim: Claim) -> bool:
    """Whether review rejected a claim: it stays in the archive and answers nothing."""
    return claim.review is not None and claim.review.state == "rejected"


def standing_quads(document: ClaimsDocument, name: ReportName, base: Base, reference: Reference) -> list[Quad]:
    """A report's quads as they stand in the index: without the claims that review rejected, and without what refers to these."""
    return to_quads(_standing(document), base, reference.entities, name=name).quads


def _standing(document: ClaimsDocument) -> ClaimsDocument:
    """A claim that repeats a rejected one is no repetition any more: else it would be counted as little as that one."""
    out = {claim.id for claim in document.claims if rejected(claim)}
    if not out:
        return document
    kept = tuple(claim.model_copy(update={"repeats": None}) if claim.repeats in out else claim for claim in document.claims if claim.id not in out)
    proposals = (one.model_copy(update={"claims": tuple(claim for claim in one.claims if claim not in out)}) for one in document.report.proposals)
    report = document.report.model_copy(update={"proposals": tuple(one for one in proposals if one.claims)})
    return document.model_copy(update={"report": report, "claims": kept})


def of_graph(quads: Iterable[Quad], graph: NamedNode) -> list[Quad]:
    """Those of some quads that are in one graph."""
    return [quad for quad in quads if quad.graph_name == graph]


def shingle_quads(text: str, name: ReportName, base: Base) -> list[Quad]:
    """The sampled shingles of a report's text, in the graph of shingles."""
    found = sampled(shingles_of(text))
    return [
        Quad(name.node, CG.shingleCount, integer(len(found)), base.shingles),
        *(Quad(name.node, CG.shingle, integer(value), base.shingles) for value in sorted(found)),
    ]


def commit_quads(commit: Commit, base: Base, archive: Archive) -> list[Quad]:
    """A commit as PROV: who, when, why, and what came and went. Its number marks what the index holds."""
    node, graph = base.commit(commit.sequence), base.commits
    facts: list[tuple[NamedNode, NamedNode | Literal]] = [
        (RDF_TYPE, CG.Commit),
        (CG.sequence, integer(commit.sequence)),
        (PROV.endedAtTime, Literal(commit.at, datatype=XSD_DATE_TIME)),
        (CG.agentName, Literal(commit.agent)),
        (CG.reason, Literal(commit.reason)),
    ]
    if commit.kind == "review":
        facts += [(PROV.used, claim) for claim in sorted(decided_on(archive.change(commit.sequence)), key=str)]
    if commit.kind == "report":
        version, report_id = commit.subject.split("/")
        facts.append((PROV.generated, base.report(version, report_id).node))
        older = archive.predecessor(report_id, commit.sequence)
        if older is not None:
            facts.append((PROV.invalidated, base.report(older, report_id).node))
    return [Quad(node, predicate, value, graph) for predicate, value in facts]


class Index:
    """The embedded index (Oxigraph), open for its one writer."""

    def __init__(self, path: Path, archive: Archive, progress: Progress | None = None) -> None:
        """Open, and apply every commit that the archive has and the index lacks. Raises :class:`DataFolderError`."""
        self.path, self.archive, self.base = path, archive, Base(archive.base)
        for other in path.parent.glob("index-*"):
            if other != path:
                shutil.rmtree(other, ignore_errors=True)
        try:
            self.store = Store(str(path))
        except (OSError, RuntimeError) as error:
            raise DataFolderError(f"The index {path} cannot be opened ({error}): delete that folder, it is built again from the archive.") from None
        found = Standing.of(self.store, self.base)
        self.reference, self.redirects = found.reference, found.redirects
        self._applied = 0
        self._bulk = 0
        self.failed = False  # the engine keeps an error of the disk until it is opened anew
        self.catch_up(progress)

    @property
    def standing(self) -> Standing:
        """What the index holds, for those who look at whom reports mean."""
        return Standing(self.store, self.base, self.reference, self.redirects)

    def close(self) -> None:
        """Let go of the files, so that another process can open them."""
        with suppress(OSError):  # what is not flushed is taken up again from the archive
            self.store.flush()
        del self.store

    def applied(self) -> int:
        """The number of the last commit the index holds; 0 where it is new."""
        if not self._applied:
            found = self.store.quads_for_pattern(None, CG.sequence, None, self.base.commits)
            self._applied = max((int(q.object.value) for q in found if isinstance(q.object, Literal)), default=0)
        return self._applied

    def catch_up(self, progress: Progress | None = None) -> None:
        """Apply what is missing. Of a report only the version that stands at the end is mapped."""
        head, at = self.archive.head(), self.applied()
        if head < at:
            raise DataFolderError(
                f"The index is ahead of the archive (commit {at}, archive {head}): the archive lost commits; restore it from a backup."
            )
        if at == 0:
            self.store.extend(ontology_quads())
        for commit in self.archive.commits(after=at):
            self.apply(commit)
            if progress:
                progress(commit.sequence, head)
        self.settle()

    def check(self) -> None:
        """Note in ``failed`` whether the engine can write no more: its disk was full, or its folder was removed."""
        try:
            self.store.flush()
        except OSError:
            self.failed = True
        self.failed = self.failed or not (self.path / "CURRENT").exists()

    def settle(self) -> None:
        """End a bulk load: compact, so that the next snapshot is quick."""
        if self._bulk >= _OPTIMIZE_AFTER:
            self.store.optimize()
        self._bulk = 0

    def apply(self, commit: Commit, standing: list[Quad] | None = None) -> None:
        """Bring the index from the commit before to this one. ``standing`` are the report's quads, where the caller has them at hand."""
        stored = self.archive.report(commit.sequence)
        try:
            quads = self._report(commit, stored, standing) if stored else self._change(commit)
            self.store.extend([*quads, *commit_quads(commit, self.base, self.archive)])
        except OSError as error:
            self.failed = True
            raise DataFolderError(
                f"The archive has commit {commit.sequence}, but the index could not take it ({error}): make free space; the next command takes it up."
            ) from None
        self._applied = commit.sequence
        self._bulk += 1
        if self._bulk % _FLUSH_EVERY == 0:
            self.store.flush()

    def _report(self, commit: Commit, stored: StoredReport, standing: list[Quad] | None) -> Iterable[Quad]:
        name = self.base.report(stored.version, stored.report_id)
        older = self.archive.predecessor(stored.report_id, commit.sequence)
        if older is not None:
            self._take_out(self.base.report(older, stored.report_id))
        if self.archive.superseded(stored.report_id, commit.sequence):
            return []
        if standing is None:
            standing = standing_quads(stored.claims_document(), name, self.base, self.reference)
        read, redirected = self.redirects.through(standing, name)
        return [*read, *redirected, *read_nquads(stored.warnings), *shingle_quads(stored.text.decode("utf-8"), name, self.base)]

    def _review(self, commit: Commit) -> Iterable[Quad]:
        """Bring a version that stands to what reviewers made of it; of several reviews the last one does it for all."""
        version, report_id = commit.subject.split("/")
        stored = self.archive.version(version, report_id)
        later = self.archive.superseded(report_id, commit.sequence) or self.archive.last_review(version, report_id) != commit.sequence
        if stored is None or later:
            return []
        name = self.base.report(version, report_id)
        written = standing_quads(as_reviewed(self.archive, stored), name, self.base, self.reference)
        read, redirected = self.redirects.through(written, name)
        before, after = {*self.standing.graph(name.node), *self.standing.graph(name.redirections)}, {*read, *redirected}
        for quad in before - after:
            self.store.remove(quad)
        return after - before

    def _take_out(self, name: ReportName) -> None:
        for quad in list(self.store.quads_for_pattern(name.node, None, None, self.base.shingles)):
            self.store.remove(quad)
        self.store.remove_graph(name.validation)
        self.store.remove_graph(name.redirections)
        self.store.remove_graph(name.node)

    def _change(self, commit: Commit) -> Iterable[Quad]:
        if commit.kind == "review":
            return self._review(commit)
        change = self.archive.change(commit.sequence)
        if change is None:
            return []
        added, removed = read_nquads(change.added), read_nquads(change.removed)
        if commit.kind == "reference":
            self._follow(self.redirects.changed(added, removed))
            self.reference = self.reference.changed(*(of_graph(quads, self.base.reference) for quads in (added, removed)))
        for quad in removed:
            self.store.remove(quad)
        return added

    def _follow(self, redirects: Redirects) -> None:
        """Read the reports that are concerned as other redirects have it: each in one update, and before what brings that about is marked."""
        now = self.standing
        for name in now.read_otherwise(redirects):
            read, redirected = redirects.through(now.written(name), name)
            before, after = {*now.graph(name.node), *now.graph(name.redirections)}, {*read, *redirected}
            gone, new = (" ".join(f"GRAPH {q.graph_name} {{ {q.triple} }}" for q in quads) for quads in (before - after, after - before))
            self.store.update(f"DELETE DATA {{ {gone} }} ; INSERT DATA {{ {new} }}")
        self.redirects = redirects
