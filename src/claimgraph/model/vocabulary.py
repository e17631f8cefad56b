"""The terms: every IRI the program uses, read from ``ontology/``, so that one that is not declared there fails at import.

A prefix object gives terms as attributes or items (``CG.Claim``, ``CG["Claim"]``); :func:`concept` gives the members of the
controlled lists by scheme prefix and notation (``concept("event", "escape")`` is ``cg:event-escape``).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from claimgraph.model.errors import ResourceError
from claimgraph.model.resources import files

ONTOLOGY = NamedNode("https://w3id.org/claimgraph/ontology")
SHAPES = "https://w3id.org/claimgraph/shapes#"


@cache
def ontology_quads() -> tuple[Quad, ...]:
    """All statements of ``ontology/``, each in the ontology's own named graph."""
    return tuple(
        Quad(q.subject, q.predicate, q.object, ONTOLOGY) for path in files("ontology", ".ttl") for q in parse(path=str(path), format=RdfFormat.TURTLE)
    )


@cache
def _declared() -> frozenset[str]:
    """Everything ``ontology/`` says something about."""
    return frozenset(q.subject.value for q in ontology_quads() if isinstance(q.subject, NamedNode))


def is_declared(iri: str) -> bool:
    """Whether ``ontology/`` says something about an IRI."""
    return iri in _declared()


class Prefix:
    """A namespace whose terms are those that ``ontology/`` declares. Raises :class:`ResourceError` for any other."""

    def __init__(self, iri: str) -> None:
        self.iri = iri

    def __getitem__(self, name: str) -> NamedNode:
        """The term of this local name."""
        if self.iri + name not in _declared():
            raise ResourceError(f"The ontology does not declare {self.iri}{name}.")
        return NamedNode(self.iri + name)

    def __getattr__(self, name: str) -> NamedNode:
        """The same, for names that Python can write."""
        if name.startswith("__"):
            raise AttributeError(name)
        term = self.__dict__[name] = self[name]  # found by Python itself from now on
        return term


CG = Prefix("https://w3id.org/claimgraph/ontology#")
DCTERMS = Prefix("http://purl.org/dc/terms/")
OA = Prefix("http://www.w3.org/ns/oa#")
PROV = Prefix("http://www.w3.org/ns/prov#")
SH = Prefix("http://www.w3.org/ns/shacl#")
SKOS = Prefix("http://www.w3.org/2004/02/skos/core#")
WGS84 = Prefix("http://www.w3.org/2003/01/geo/wgs84_pos#")
RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
RDFS_LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
RDFS_SUBCLASS = NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
XSD = "http://www.w3.org/2001/XMLSchema#"
XSD_DATE = NamedNode(XSD + "date")
XSD_DATE_TIME = NamedNode(XSD + "dateTime")
XSD_DECIMAL = NamedNode(XSD + "decimal")
XSD_INTEGER = NamedNode(XSD + "integer")
XSD_BOOLEAN = NamedNode(XSD + "boolean")


@cache
def notations(scheme: str) -> tuple[str, ...]:
    """The notations of a controlled list, sorted: ``notations("polarity") == ("affirms", "denies")``."""
    found = tuple(sorted(iri for iri in _notations() if iri.startswith(f"{CG.iri}{scheme}-")))
    if not found:
        raise ResourceError(f"The ontology has no concepts cg:{scheme}-….")
    return tuple(_notations()[iri] for iri in found)


@cache
def _notations() -> dict[str, str]:
    return {
        q.subject.value: q.object.value
        for q in ontology_quads()
        if q.predicate == SKOS.notation and isinstance(q.subject, NamedNode) and isinstance(q.object, Literal)
    }


@cache
def concept(scheme: str, notation: str) -> NamedNode:
    """The concept of a controlled list. Raises :class:`ResourceError` if the list lacks it."""
    return CG[f"{scheme}-{notation}"]


def notation_of(node: NamedNode) -> str:
    """The notation of a concept: the word that stands for it in claims documents. Raises ``KeyError`` for anything else."""
    return _notations()[node.value]


@cache
def label_of(term: NamedNode, language: str) -> str:
    """The label of a class or property in a language; its IRI if it has none."""
    found = (q.object for q in ontology_quads() if q.subject == term and q.predicate == RDFS_LABEL)
    return next((one.value for one in found if isinstance(one, Literal) and one.language == language), term.value)


@cache
def label(scheme: str, notation: str, language: str) -> str:
    """The name of a concept in a language (``ar`` or ``en``)."""
    node, wanted = concept(scheme, notation), SKOS.prefLabel
    found = (q.object for q in ontology_quads() if q.subject == node and q.predicate == wanted)
    return next((one.value for one in found if isinstance(one, Literal) and one.language == language), notation)


@cache
def superclasses(iri: str) -> tuple[NamedNode, ...]:
    """A class and all its superclasses within the ontology's own namespace, nearest first."""

    def walk(one: str) -> Iterator[str]:
        yield one
        for q in ontology_quads():
            if q.predicate == RDFS_SUBCLASS and q.subject == NamedNode(one) and isinstance(q.object, NamedNode):
                yield from walk(q.object.value)

    return tuple(NamedNode(i) for i in dict.fromkeys(walk(iri)) if i.startswith(CG.iri))
