"""Whom the parts of a report mean where that was for a review to say: what is read otherwise than it is written, and what a split left open.

Reports stay as they were written (:mod:`claimgraph.store.redirects`); this tells what they are read as, of a claim at a time and from its own
statements, so that it costs the same in a large store. Values are JSON.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from pyoxigraph import NamedNode, Quad, Store

from claimgraph.model.names import Base, ReportName
from claimgraph.model.vocabulary import CG, RDF_TYPE
from claimgraph.store.redirects import Parts, Redirects, as_written
from claimgraph.store.reference import Reference
from claimgraph.store.splitting import Words, label_of_part
from claimgraph.store.standing import Standing


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
        stated = dict.fromkeys((parts.of(q), q.object) for q in written if q.predicate not in (RDF_TYPE, CG.candidate))
        named = [(part, node) for part, node in stated if isinstance(node, NamedNode) and (self.base.key(node) is not None or name.is_name(node))]
        redirects = Redirects.of(self.store, self.base, named)
        alike: dict[tuple[Any, ...], list[NamedNode]] = defaultdict(list)
        for part, node in named:
            read_as, between = redirects.meant(part, node), redirects.left_open.get((part, node), ())
            if between or read_as != node:
                alike[words.of(part, node), node, read_as, between].append(part)
        return [
            {
                "words": list(called),
                "written": self.base.key(node),
                "read_as": self._entity(read_as),
                "between": [self._entity(one) for one in sorted(between, key=lambda one: (one != read_as, one.value))],
                "where": sorted(map(label_of_part, found)),
            }
            for (called, node, read_as, between), found in sorted(alike.items(), key=lambda item: min(map(str, item[1])))
        ]

    def open_to(self, key: str) -> list[NamedNode]:
        """The parts of what stands of which it is open whether they mean an entity or others, in the order of reports."""
        if not self.exist:
            return []
        return sorted(Standing(self.store, self.base, self.reference, Redirects.of(self.store, self.base)).open_to(key), key=label_of_part)

    @cached_property
    def exist(self) -> bool:
        """Whether anything in the snapshot may be read otherwise than it is written, or be open."""
        return bool(self.reference.merged) or any(True for _ in self.store.quads_for_pattern(None, None, None, self.base.readings))

    def _written(self, name: ReportName, read: list[Quad]) -> list[Quad]:
        """Statements of a report as they were written."""
        subjects = {quad.subject for quad in read if isinstance(quad.subject, NamedNode)}
        told = (fact.subject for one in subjects for fact in self.store.quads_for_pattern(None, CG.inPart, one, name.redirections))
        return as_written(read, (fact for node in told for fact in self.store.quads_for_pattern(node, None, None, name.redirections)), name)

    def _entity(self, node: NamedNode) -> dict[str, Any]:
        return self.told(self.base.key(node) or node.value)
