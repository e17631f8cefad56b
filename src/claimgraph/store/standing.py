"""What stands, for those who look at whom reports mean: the statements as read, the reference graph, and the redirects between the two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad, Store

from claimgraph.model.names import Base, ReportName
from claimgraph.model.vocabulary import CG, RDF_TYPE
from claimgraph.store.redirects import Redirects, as_written
from claimgraph.store.reference import Reference


@dataclass(frozen=True)
class Standing:
    """A store of what stands: an index, or a snapshot of one."""

    store: Store
    base: Base
    reference: Reference
    redirects: Redirects

    @classmethod
    def of(cls, store: Store, base: Base) -> Standing:
        """Read the reference graph and the redirects of a store."""
        reference = Reference(store.quads_for_pattern(None, None, None, base.reference), base)
        return cls(store, base, reference, Redirects.of(store, base))

    def graph(self, name: NamedNode) -> list[Quad]:
        """What a named graph holds."""
        return list(self.store.quads_for_pattern(None, None, None, name))

    def written(self, name: ReportName) -> list[Quad]:
        """The statements of a report as it was written."""
        return as_written(self.graph(name.node), self.graph(name.redirections), name)

    def stands(self, part: NamedNode) -> bool:
        """Whether a report, a claim or a part of one stands: no other version has replaced it, and no review rejected the claim."""
        name = self.base.report_of(part.value)
        return name is not None and any(True for _ in self.store.quads_for_pattern(part, None, None, name.node))

    def open_to(self, key: str) -> set[NamedNode]:
        """The parts of what stands of which it is open whether they mean an entity or others."""
        entity = self.base.entity(key)
        return {part for (part, _), between in self.redirects.left_open.items() if entity in between and self.stands(part)}

    def reports_among(self, iris: Iterable[str]) -> list[ReportName]:
        """The report versions that stand among those that some IRIs are, or belong to, by the reports' ids."""
        names = {name for iri in iris if (name := self.base.report_of(iri)) is not None}
        found = (name for name in names if any(True for _ in self.store.quads_for_pattern(name.node, RDF_TYPE, CG.Report, None)))
        return sorted(found, key=lambda name: name.report_id)

    def using(self, nodes: Iterable[NamedNode]) -> list[ReportName]:
        """The report versions that stand and name one of some nodes, as they are read or as they were written."""
        graphs = (quad.graph_name for node in nodes for quad in self.store.quads_for_pattern(None, None, node, None))
        return self.reports_among(graph.value for graph in graphs if isinstance(graph, NamedNode))

    def read_otherwise(self, redirects: Redirects) -> list[ReportName]:
        """The report versions that stand in which something means another entity by other redirects."""
        nodes, parts = redirects.differing(self.redirects)
        return self.reports_among(name.iri for found in (self.using(nodes), self.reports_among(part.value for part in parts)) for name in found)
