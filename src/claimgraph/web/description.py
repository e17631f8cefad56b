"""What the endpoint says of itself: SPARQL 1.1 Service Description, with VoID for what it holds."""

from __future__ import annotations

from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from claimgraph.model.limits import LIMITS
from claimgraph.model.to_quads import integer
from claimgraph.model.vocabulary import CG, RDF_TYPE

_SD, _VOID, _FORMATS = "http://www.w3.org/ns/sparql-service-description#", "http://rdfs.org/ns/void#", "http://www.w3.org/ns/formats/"
_RESULTS = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "TriG", "N-Triples", "N-Quads", "JSON-LD"),
)
_READ = ("Turtle", "TriG", "N-Triples", "N-Quads", "JSON-LD")


def describe(address: str, counts: dict[str, Any], *, updates: bool) -> list[Triple]:
    """The description of the service at an address; ``counts`` are of the statements and of the entities by class."""
    service, dataset, graph = BlankNode("service"), BlankNode("dataset"), BlankNode("graph")
    facts: list[tuple[NamedNode | BlankNode, NamedNode, NamedNode | BlankNode | Literal]] = [
        (service, RDF_TYPE, _sd("Service")),
        (service, _sd("endpoint"), NamedNode(address)),
        (service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        (service, _sd("feature"), _sd("UnionDefaultGraph")),
        (service, _sd("defaultDataset"), dataset),
        (dataset, RDF_TYPE, _sd("Dataset")),
        (dataset, RDF_TYPE, _void("Dataset")),
        (dataset, _sd("defaultGraph"), graph),
        (dataset, _void("uriSpace"), Literal(LIMITS.base)),
        (dataset, _void("vocabulary"), NamedNode(CG.iri)),
        (graph, RDF_TYPE, _sd("Graph")),
        (graph, RDF_TYPE, _void("Dataset")),
        (graph, _void("triples"), integer(counts["triples"])),
        *((service, _sd("resultFormat"), NamedNode(_FORMATS + name)) for name in _RESULTS),
    ]
    if updates:
        facts.append((service, _sd("supportedLanguage"), _sd("SPARQL11Update")))
        facts += [(service, _sd("inputFormat"), NamedNode(_FORMATS + name)) for name in _READ]
    for number, (kind, count) in enumerate(sorted(counts["entities"].items())):
        part = BlankNode(f"part{number}")
        facts += [(graph, _void("classPartition"), part), (part, _void("class"), NamedNode(kind)), (part, _void("entities"), integer(count))]
    return [Triple(*fact) for fact in facts]


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)


def _void(name: str) -> NamedNode:
    return NamedNode(_VOID + name)
