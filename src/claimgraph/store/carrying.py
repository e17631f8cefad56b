"""What was decided on a version of a report, carried over to the next: it holds where the text, and what is written there, are the same."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from claimgraph.model.names import ReportName
from claimgraph.model.to_quads import MappedReport
from claimgraph.model.vocabulary import CG
from claimgraph.store.redirects import Parts, Redirects, reading_quads


@dataclass(frozen=True)
class Carried:
    """Decisions taken over: their statements, the names that are settled by them (IRIs), and sentences on what a person should look at."""

    added: frozenset[Quad] = frozenset()
    settled: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()


def carried(redirects: Redirects, older: ReportName, newer: MappedReport, *, same_text: bool) -> Carried:
    """The decisions on an older version that hold for a newer one, which says so of the same words in the same part.

    Where the text is another one none is taken over: who is meant there is for a review to say again.
    """
    resolved = {node: entity for node, entity in redirects.onward.items() if _is_of(node, older)}
    readings = {about: entity for about, entity in redirects.readings.items() if _is_of(about[0], older)}
    if not (resolved or readings):
        return Carried()
    if not same_text:
        return Carried(
            remarks=("whom names mean was decided for the version before, of another text: 'claimgraph entity candidates' lists what is open",)
        )
    base, parts = redirects.base, Parts(newer.quads, newer.name)
    there = {(parts.of(quad), quad.object) for quad in newer.quads if isinstance(quad.object, NamedNode)}
    names = {_in(node, older, newer.name): entity for node, entity in resolved.items()}
    settled = {node: entity for node, entity in names.items() if node in {written for _, written in there}}
    added = {Quad(node, CG.resolvesTo, entity, base.readings) for node, entity in settled.items()}
    for (part, written), entity in readings.items():
        about = _in(part, older, newer.name), _in(written, older, newer.name)
        if about in there:
            added |= set(reading_quads(base, *about, entity, redirects.open_between.get((part, written), ())))
    return Carried(frozenset(added), frozenset(node.value for node in settled))


def _is_of(node: NamedNode, name: ReportName) -> bool:
    return node == name.node or node.value.startswith(f"{name.iri}/")


def _in(node: NamedNode, older: ReportName, newer: ReportName) -> NamedNode:
    """What a node of the older version is called in the newer one; what is no part of the report is itself."""
    return NamedNode(newer.iri + node.value[len(older.iri) :]) if _is_of(node, older) else node
