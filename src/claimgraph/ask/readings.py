"""Whom the parts of a report mean where that was for a review to say: what is read otherwise than it is written, and what a split left open.

Reports stay as they were written (:mod:`claimgraph.store.redirects`); this tells what they are read as, of a claim at a time and from its own
statements, so that it costs the same in any store. Values are JSON.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache, cached_property
from typing import Any

from pyoxigraph import NamedNode, Quad, Store

from claimgraph.model.names import Base, ReportName
from claimgraph.model.vocabulary import CG, RDF_TYPE
from claimgraph.store.redirects import Parts, as_written, digest_of
from claimgraph.store.reference import Reference
from claimgraph.store.splitting import Words, label_of_part
from claimgraph.store.standing import stands_in


class Readings:
    """What a snapshot has of them; ``told`` tells of an entity by its key."""

    def __init__(self, store: Store, reference: Reference, base: Base, told: Callable[[str], dict[str, Any]]) -> None:
        self.store, self.reference, self.base, self.told = store, reference, base, told

    def of(self, name: ReportName, quads: Iterable[Quad]) -> list[dict[str, Any]]:
        """Those of a part of a report that stands: of a claim and its publisher, or of the publisher alone; ``quads`` state it as it is read.

        ``words`` are the report's own, ``written`` is the key that stands there (``None`` for a name without one), ``read_as`` the entity that
        it is counted with, ``between`` those that it is open between, ``where`` the parts, as ``claimgraph entity resolve`` takes them.
        """
        if not self.exist:
            return []
        written = self._written(name, list(quads))
        parts, words = Parts(written, name), Words(written)
        alike: dict[tuple[Any, ...], list[NamedNode]] = defaultdict(list)
        for part, node in dict.fromkeys((parts.of(q), q.object) for q in written if q.predicate not in (RDF_TYPE, CG.candidate)):
            if isinstance(node, NamedNode) and (self.base.key(node) is not None or self._is_name(node, name)):
                read_as, between = self._meant(part, node)
                if between or read_as != node:
                    alike[words.of(part, node), node, read_as, between].append(part)
        return [
            {
                "words": list(called),
                "written": self.base.key(node),
                "read_as": self._entity(read_as),
                "between": [self._entity(one) for one in between],
                "where": sorted(map(label_of_part, found)),
            }
            for (called, node, read_as, between), found in sorted(alike.items(), key=lambda item: min(map(str, item[1])))
        ]

    def open_parts(self, key: str) -> dict[NamedNode, ReportName]:
        """The parts of what stands of which it is open whether they mean an entity or others, in the order of reports."""
        entity, between, final = self.base.entity(key), defaultdict[Any, set[NamedNode]](set), cache(self._final)
        for quad in self.store.quads_for_pattern(None, CG.openBetween, None, self.base.readings):
            if isinstance(quad.object, NamedNode):
                between[quad.subject].add(final(quad.object))
        found: dict[NamedNode, ReportName] = {}
        standing: dict[str, bool] = {}
        for quad in self.store.quads_for_pattern(None, CG.inPart, None, self.base.readings) if between else ():
            part, entities = quad.object, between.get(quad.subject, set())
            if isinstance(part, NamedNode) and entity in entities and len(entities) > 1 and (name := self.base.report_of(part.value)) is not None:
                whole = part.value.partition("#")[0]
                if whole not in standing:
                    standing[whole] = stands_in(self.store, self.base, NamedNode(whole))
                if standing[whole]:
                    found[part] = name
        return dict(sorted(found.items(), key=lambda item: label_of_part(item[0])))

    @cached_property
    def exist(self) -> bool:
        """Whether anything in the snapshot may be read otherwise than it is written, or be open."""
        return bool(self.reference.merged) or any(True for _ in self.store.quads_for_pattern(None, None, None, self.base.readings))

    def _written(self, name: ReportName, read: list[Quad]) -> list[Quad]:
        """Statements of a report as they were written."""
        subjects = {quad.subject for quad in read if isinstance(quad.subject, NamedNode)}
        told = (fact.subject for one in subjects for fact in self.store.quads_for_pattern(None, CG.inPart, one, name.redirections))
        return as_written(read, (fact for node in told for fact in self.store.quads_for_pattern(node, None, None, name.redirections)), name)

    def _meant(self, part: NamedNode, written: NamedNode) -> tuple[NamedNode, tuple[NamedNode, ...]]:
        """The entity that a part is counted with, and those that it is open between, that one first."""
        node = self.base.reading(digest_of(part, written))
        decided = self._one(node, CG.readAs)
        read_as = self._final(decided or written)
        return read_as, self._between(node, read_as) if decided is not None else ()

    def _between(self, reading: NamedNode, first: NamedNode) -> tuple[NamedNode, ...]:
        """The entities that a reading is open between, as far as they are still several."""
        entities = {self._final(one) for one in self._all(reading, CG.openBetween)}
        return tuple(sorted(entities, key=lambda one: (one != first, one.value))) if len(entities) > 1 else ()

    def _final(self, node: NamedNode) -> NamedNode:
        """The entity that stands for another one, or for a name; the node itself where none does."""
        key = self.base.key(node)
        if key is None:
            resolved = self._one(node, CG.resolvesTo)
            return self._final(resolved) if resolved is not None else node
        into = self.reference.merged.get(key)
        return self.base.entity(into) if into is not None else node

    @staticmethod
    def _is_name(node: NamedNode, name: ReportName) -> bool:
        return node.value.startswith(f"{name.iri}/name/")

    def _one(self, node: NamedNode, predicate: NamedNode) -> NamedNode | None:
        return next(self._all(node, predicate), None)

    def _all(self, node: NamedNode, predicate: NamedNode) -> Iterator[NamedNode]:
        found = self.store.quads_for_pattern(node, predicate, None, self.base.readings)
        return (quad.object for quad in found if isinstance(quad.object, NamedNode))

    def _entity(self, node: NamedNode) -> dict[str, Any]:
        return self.told(self.base.key(node) or node.value)
