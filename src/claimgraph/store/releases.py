"""A new release of the reference graph that comes with the program, as a commit that overwrites no local edit.

A release brings what is new in it and takes what it dropped, seen from the release before. What somebody here removed stays removed, what
somebody here added stays, what somebody here changed stays as it was changed, and what was merged here stays merged.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Quad

from claimgraph.model.canonical import canonical_nquads, read_nquads, sha256_hex
from claimgraph.model.vocabulary import CG, DCTERMS, RDF_TYPE, SKOS, WGS84
from claimgraph.store.archive import Archive, Change, Commit
from claimgraph.store.reference import Reference

_BUNDLED = "bundled-"
# Of these a thing has one value (a name: one in each language), so that another value would be a second opinion.
_ONE = (RDF_TYPE, DCTERMS.identifier, SKOS.prefLabel, CG.partOf, CG.facility, CG.place, CG.firstDay, CG.lastDay, WGS84.lat, WGS84.long)
_FURTHER = (SKOS.altLabel, CG.ambiguousLabel)
_Slot = tuple[object, NamedNode, str | None]


class History:
    """What came with releases and what was edited here, out of the commits of a store."""

    def __init__(self, archive: Archive) -> None:
        self.released: set[Quad] = set()
        self.added: set[Quad] = set()
        self.removed: set[Quad] = set()
        for commit in archive.commits(kind="reference"):
            change = archive.change(commit.sequence)
            if change is not None:
                self._take(commit, set(read_nquads(change.added)), set(read_nquads(change.removed)))

    def _take(self, commit: Commit, added: set[Quad], removed: set[Quad]) -> None:
        if commit.subject.startswith(_BUNDLED):
            self.released = (self.released - removed) | added
        else:
            self.added, self.removed = (self.added - removed) | added, (self.removed - added) | removed


def release_name(release: Iterable[Quad]) -> str:
    """What a release is called: by what it holds."""
    return f"{_BUNDLED}{sha256_hex(canonical_nquads(release))[:12]}"


def last_release(archive: Archive) -> str | None:
    """The release that a store took up last, or ``None``."""
    found = [commit.subject for commit in archive.commits(kind="reference") if commit.subject.startswith(_BUNDLED)]
    return found[-1] if found else None


def release_change(release: Iterable[Quad], history: History, reference: Reference) -> tuple[Change, int]:
    """What a release changes in a store, and how many of its new statements are withheld because local edits stand against them."""
    now = set(release)
    edited = {_slot(quad) for quad in history.added | history.removed}
    own = {quad.subject for quad in history.added - now if quad.predicate == DCTERMS.identifier}
    own |= {quad.subject for quad in history.added & now if quad.predicate == DCTERMS.identifier and quad not in history.released}
    added, withheld = set[Quad](), 0
    for quad in sorted(now - history.released, key=str):
        moved = _moved(quad, reference)
        if moved is None or moved.subject in own or moved in history.removed or (moved.predicate in _ONE and _slot(moved) in edited):
            withheld += quad not in reference.quads
        elif moved not in reference.quads and (moved == quad or not _borne(moved, reference)):
            added.add(moved)
    said = now | {_moved(quad, reference) for quad in now}
    removed = {quad for quad in history.released - said if quad in reference.quads and quad not in history.added}
    circular = _closing_circles(reference.changed(added, removed), added)
    return Change(canonical_nquads(added - circular), canonical_nquads(removed)), withheld + len(circular)


def _slot(quad: Quad) -> _Slot:
    return quad.subject, quad.predicate, quad.object.language if isinstance(quad.object, Literal) else None


def _moved(quad: Quad, reference: Reference) -> Quad | None:
    """A statement of a release as it is to be said here, where some of its entities were merged; ``None`` where nothing is left to say."""
    base, merged = reference.base, reference.merged
    if not merged:
        return quad
    subject, value = quad.subject, quad.object
    if isinstance(value, NamedNode) and (into := merged.get(base.key(value) or "")) is not None:
        value = base.entity(into)
    if (into := merged.get(base.key(subject) or "")) is not None:
        if quad.predicate not in _FURTHER:
            return None
        subject = base.entity(into)
    return None if subject == value else Quad(subject, quad.predicate, value, quad.graph_name)


def _borne(quad: Quad, reference: Reference) -> bool:
    """Whether an entity bears a name already, as whatever kind of name."""
    return quad.object in reference.names(reference.base.key(quad.subject) or "")


def _closing_circles(after: Reference, added: set[Quad]) -> set[Quad]:
    """The new statements that would make something a part of itself."""
    parts = {quad: after.base.key(quad.subject) for quad in added if quad.predicate == CG.partOf}
    return {quad for quad, key in parts.items() if key is not None and key in after.wholes(key)}
