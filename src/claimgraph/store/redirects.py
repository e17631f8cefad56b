"""What is written in reports, read of the entity that is meant now: through merges, resolved names and the readings that splits decided.

A report never changes: its document, its digests and its quads as written are those that were signed. The index holds its statements
as they are read, so that every question, page and count groups by the entity that stays without knowing of any of this; and beside
each such statement, in a graph of the report's own, what it was written as. From the two the statements as written follow exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from pyoxigraph import NamedNode, Quad, Store

from claimgraph.model.canonical import sha256_hex
from claimgraph.model.names import Base, ReportName
from claimgraph.model.vocabulary import CG, DCTERMS, RDF_TYPE

_DIGITS = 16


def digest_of(*terms: object) -> str:
    """A short name for some terms together."""
    return sha256_hex("\n".join(map(str, terms)).encode())[:_DIGITS]


def reading_quads(base: Base, part: NamedNode, written: NamedNode, read_as: NamedNode, between: Iterable[NamedNode] = ()) -> list[Quad]:
    """A decision on what is written in a part of a report; ``between`` are those that it is open between."""
    node = base.reading(digest_of(part, written))
    facts = [(RDF_TYPE, CG.Reading), (CG.inPart, part), (CG.writtenAs, written), (CG.readAs, read_as), *((CG.openBetween, one) for one in between)]
    return [Quad(node, predicate, value, base.readings) for predicate, value in facts]


class Redirects:
    """Whom what is written means. Immutable; a commit of the kind ``reference`` makes another one."""

    def __init__(self, quads: Iterable[Quad], base: Base) -> None:
        """Take what counts out of the quads of the reference graph and of the graph of readings."""
        self.base = base
        self.quads = frozenset(q for q in quads if q.graph_name == base.readings or q.predicate == DCTERMS.isReplacedBy)
        self.onward: dict[NamedNode, NamedNode] = {}
        self.readings: dict[tuple[NamedNode, NamedNode], NamedNode] = {}
        self.open_between: dict[tuple[NamedNode, NamedNode], tuple[NamedNode, ...]] = {}
        between: dict[NamedNode, list[NamedNode]] = defaultdict(list)
        facts: dict[NamedNode, dict[str, NamedNode]] = defaultdict(dict)
        for quad in self.quads:
            if not isinstance(quad.subject, NamedNode) or not isinstance(quad.object, NamedNode):
                continue
            if quad.predicate in (DCTERMS.isReplacedBy, CG.resolvesTo):
                self.onward[quad.subject] = quad.object
            elif quad.predicate == CG.openBetween:
                between[quad.subject].append(quad.object)
            else:
                facts[quad.subject][quad.predicate.value] = quad.object
        for node, fact in facts.items():
            about = fact[CG.inPart.value], fact[CG.writtenAs.value]
            self.readings[about] = fact[CG.readAs.value]
            if node in between:
                self.open_between[about] = tuple(between[node])

    @classmethod
    def of(cls, store: Store, base: Base, written: Iterable[tuple[NamedNode, NamedNode]] | None = None) -> Redirects:
        """Those that a store of what stands has: all, or those alone that concern what is ``written`` in some parts."""
        decided: Iterable[NamedNode | None] = (None,)
        if written is not None:
            decided = (node for part, named in written for node in (base.reading(digest_of(part, named)), named))
        merges = store.quads_for_pattern(None, DCTERMS.isReplacedBy, None, base.reference)
        return cls([*merges, *(quad for node in decided for quad in store.quads_for_pattern(node, None, None, base.readings))], base)

    @cached_property
    def left_open(self) -> dict[tuple[NamedNode, NamedNode], tuple[NamedNode, ...]]:
        """What a split left open, and the entities that it is open between: those that are still several, whatever was merged since."""
        several = {about: tuple(sorted({self.final(one) for one in between}, key=str)) for about, between in self.open_between.items()}
        return {about: entities for about, entities in several.items() if len(entities) > 1}

    def __bool__(self) -> bool:
        """Whether anything is read otherwise than it is written."""
        return bool(self.quads)

    def changed(self, added: Iterable[Quad], removed: Iterable[Quad]) -> Redirects:
        """The same after a commit."""
        return Redirects((self.quads - frozenset(removed)) | frozenset(added), self.base)

    def final(self, node: NamedNode) -> NamedNode:
        """The entity that stands for another one, or for a name; the node itself where none does."""
        seen = {node}
        while (onward := self.onward.get(node)) is not None and onward not in seen:
            node = onward
            seen.add(node)
        return node

    def meant(self, part: NamedNode, written: NamedNode) -> NamedNode:
        """The entity meant by what is written in a part of a report."""
        return self.final(self.readings.get((part, written), written))

    def through(self, quads: Iterable[Quad], name: ReportName) -> tuple[list[Quad], list[Quad]]:
        """A report's statements as they are read, and the redirections that tell what they were written as."""
        written = list(quads)
        if not self:
            return written, []
        parts = Parts(written, name)
        read = {quad: self._read(quad, parts.of(quad)) for quad in written}
        moved = {now for quad, now in read.items() if now != quad}
        told = [fact for quad, now in read.items() if now in moved for fact in _redirection(quad, now, name)]
        return list(dict.fromkeys(read.values())), told

    def _read(self, quad: Quad, part: NamedNode) -> Quad:
        if quad.predicate == RDF_TYPE or not isinstance(quad.object, NamedNode):
            return quad
        meant = self.meant(part, quad.object)
        return quad if meant == quad.object else Quad(quad.subject, quad.predicate, meant, quad.graph_name)

    def differing(self, other: Redirects) -> tuple[set[NamedNode], set[NamedNode]]:
        """What means another entity in another state: what is written, wherever it is; and single parts of reports."""
        nodes = {node for node in {*self.onward, *other.onward} if self.final(node) != other.final(node)}
        parts = {part for part, written in {*self.readings, *other.readings} if self.meant(part, written) != other.meant(part, written)}
        return nodes, parts


class Parts:
    """Which part of a report decides whom a statement means.

    That of a statement is its subject; but the claimant of a claim is whoever speaks in its last hop, and the speaker of a first hop is the
    report's publisher.
    """

    def __init__(self, quads: Iterable[Quad], name: ReportName) -> None:
        self.report = name.node
        self._hops: dict[object, list[object]] = defaultdict(list)
        self._relaying: dict[object, object] = {}
        for quad in quads:
            if quad.predicate == CG.attribution:
                self._hops[quad.subject].append(quad.object)
            elif quad.predicate == CG.relays:
                self._relaying[quad.subject] = quad.object
        self._relayed = set(self._relaying.values())

    def of(self, quad: Quad) -> NamedNode:
        """The part that decides whom a statement means."""
        part: object = quad.subject
        if quad.predicate == CG.claimant:
            part = next((hop for hop in self._hops[part] if hop not in self._relaying), part)
        if quad.predicate in (CG.claimant, CG.speaker) and part not in self._relayed:
            return self.report
        return part if isinstance(part, NamedNode) else self.report


def _redirection(written: Quad, read: Quad, name: ReportName) -> Iterator[Quad]:
    node = name.redirection(digest_of(written.subject, written.predicate, written.object))
    for predicate, value in (
        (RDF_TYPE, CG.Redirection),
        (CG.inPart, written.subject),
        (CG.byProperty, written.predicate),
        (CG.writtenAs, written.object),
        (CG.readAs, read.object),
    ):
        yield Quad(node, predicate, value, name.redirections)


def as_written(read: Iterable[Quad], redirections: Iterable[Quad], name: ReportName) -> list[Quad]:
    """A report's statements as written, from those as read and its redirections."""
    facts: dict[object, dict[str, NamedNode]] = defaultdict(dict)
    for quad in redirections:
        if isinstance(quad.object, NamedNode):
            facts[quad.subject][quad.predicate.value] = quad.object
    both = [(Quad(f[_IN], f[_BY], f[_AS], name.node), Quad(f[_IN], f[_BY], f[_READ], name.node)) for f in facts.values()]
    taken = {now for _, now in both}
    return list(dict.fromkeys([*(quad for quad in read if quad not in taken), *(before for before, _ in both)]))


_IN, _BY, _AS, _READ = (term.value for term in (CG.inPart, CG.byProperty, CG.writtenAs, CG.readAs))
