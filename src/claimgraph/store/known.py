"""What an extractor is told of the reference graph: its names and incidents, as plain values."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode

from claimgraph.extract.protocol import Known, KnownIncident, KnownName
from claimgraph.model.vocabulary import CG, SKOS
from claimgraph.store.reference import Reference


def known(reference: Reference) -> Known:
    """The names of all entities and the incidents, by key; the same for the same graph."""
    names = [name for key in sorted(reference.entities) for name in _names(key, reference)]
    incidents = (
        KnownIncident(
            key,
            facility=reference.key_of(key, CG.facility),
            place=reference.key_of(key, CG.place),
            begin=_text(reference, key, CG.firstDay),
            end=_text(reference, key, CG.lastDay),
        )
        for key in sorted(reference.incidents)
    )
    return Known(tuple(dict.fromkeys(names)), tuple(incidents))


def _names(key: str, reference: Reference) -> list[KnownName]:
    types = tuple(kind.value.removeprefix(CG.iri) for kind in reference.types(key))
    part_of = reference.key_of(key, CG.partOf)
    unsure = {name.value for name in reference.values(key, CG.ambiguousLabel) if isinstance(name, Literal)}
    shown = set(reference.values(key, SKOS.prefLabel))
    return [
        KnownName(key, name.value, name.language or "", types, part_of, ambiguous=name.value in unsure, preferred=name in shown)
        for name in _by_use(key, reference)
    ]


def _by_use(key: str, reference: Reference) -> list[Literal]:
    """The names of an entity, each once: the preferred, then the other, then the ambiguous ones, each sorted."""
    predicates = (SKOS.prefLabel, SKOS.altLabel, CG.ambiguousLabel)
    found = (name for predicate in predicates for name in sorted(reference.values(key, predicate), key=str))
    return [name for name in dict.fromkeys(found) if isinstance(name, Literal)]


def _text(reference: Reference, key: str, predicate: NamedNode) -> str | None:
    return next((value.value for value in reference.values(key, predicate) if isinstance(value, Literal)), None)
