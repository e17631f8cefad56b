"""What the clients are asked to ask, and ways to compare their answers, whose terms each has its own classes for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import rdflib
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

from serving import Service

Term = NamedNode | Literal | BlankNode
Row = dict[str, Term]

PREFIXES = {
    "cg": "https://w3id.org/claimgraph/ontology#",
    "dcterms": "http://purl.org/dc/terms/",
    "id": "https://w3id.org/claimgraph/id/",
    "oa": "http://www.w3.org/ns/oa#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
DECLARED = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())

SDF = PREFIXES["id"] + "sdf"
SDF_IN_ARABIC = "قوات سوريا الديمقراطية"
POLARITY, DENIES = PREFIXES["cg"] + "polarity", PREFIXES["cg"] + "polarity-denies"
NOTE = "http://example.org/note"
# Letters of two directions, an isolate, quotes, a backslash, a line break, and a letter beyond the first plane.
AWKWARD = 'قال: «لم يفرّ أحد» \u2068SDF\u2069 "200" \\ \' \n\t\U0001f54a'

# Who denies an escape, by Arabic name, in the report's words, and how many are said not to have fled where a number is denied.
DENIED_ESCAPES = f"""{DECLARED}
SELECT ?claim ?name ?words ?least WHERE {{
  ?claim cg:polarity cg:polarity-denies ;
         cg:content ?event ;
         cg:claimant ?who ;
         cg:span/oa:hasSelector/oa:exact ?words .
  ?event cg:eventType cg:event-escape .
  ?who skos:prefLabel ?name .
  FILTER(LANG(?name) = "ar")
  OPTIONAL {{ ?event cg:quantity/cg:minimum ?least }}
}} ORDER BY ?claim"""

# What a report says of who denies what, as a small graph.
DENIALS_AS_A_GRAPH = f"""{DECLARED}
CONSTRUCT {{ ?who <http://example.org/denied> ?type . ?who skos:prefLabel ?name . ?type skos:prefLabel ?term }} WHERE {{
  ?claim cg:polarity cg:polarity-denies ; cg:claimant ?who ; cg:content/cg:eventType ?type .
  OPTIONAL {{ ?who skos:prefLabel ?name }}
  ?type skos:prefLabel ?term .
}}"""

DESCRIBES_SDF = f"DESCRIBE <{SDF}>"
GRAPHS = {"CONSTRUCT": DENIALS_AS_A_GRAPH, "DESCRIBE": DESCRIBES_SDF}

SOMEBODY_DENIES = f"{DECLARED} ASK {{ ?claim cg:polarity cg:polarity-denies ; cg:claimant id:sdf-general-command }}"
ISIS_DENIES = f"{DECLARED} ASK {{ ?claim cg:polarity cg:polarity-denies ; cg:claimant id:isis }}"
QUESTIONS = {SOMEBODY_DENIES: True, ISIS_DENIES: False}

NOT_SPARQL = "SELECT ?claim WHERE { ?claim لا شيء }"


def rows(graphs: Store, query: str) -> list[Row]:
    """The rows of a SELECT over the union of all graphs, in their order; there are some, since nothing equals nothing too easily."""
    found = graphs.query(query, use_default_graph_as_union=True)
    assert isinstance(found, QuerySolutions)
    return _filled(_bound(found))


def triples(graphs: Store, query: str) -> set[Triple]:
    """The triples of a CONSTRUCT or DESCRIBE over the union of all graphs; there are some."""
    found = graphs.query(query, use_default_graph_as_union=True)
    assert isinstance(found, QueryTriples)
    made = set(found)
    assert made
    return made


def graph(graphs: Store, name: str) -> set[Triple]:
    """The triples of one named graph; there are some."""
    found = {quad.triple for quad in graphs.quads_for_pattern(None, None, None, NamedNode(name))}
    assert found
    return found


def report_graph(graphs: Store, report_id: str) -> str:
    """The name of the graph of a bundled report."""
    (named,) = (name.value for name in graphs.named_graphs() if isinstance(name, NamedNode) and name.value.endswith(f"/{report_id}"))
    return named


def of_results(content: bytes, results_format: QueryResultsFormat) -> list[Row] | bool:
    """Rows or a boolean out of a results document."""
    found = parse_query_results(content, results_format)
    return bool(found) if isinstance(found, QueryBoolean) else _bound(found)


def _bound(found: QuerySolutions) -> list[Row]:
    names = [variable.value for variable in found.variables]
    return [{name: value for name in names if (value := solution[name]) is not None} for solution in found]


def _filled(found: list[Row]) -> list[Row]:
    assert found
    return found


def of_json(value: Mapping[str, str]) -> Term:
    """A term as SPARQL's JSON results write it."""
    if value["type"] == "uri":
        return NamedNode(value["value"])
    if value["type"] == "bnode":
        return BlankNode(value["value"])
    datatype = value.get("datatype")
    return Literal(value["value"], language=value.get("xml:lang"), datatype=NamedNode(datatype) if datatype else None)


def json_of(term: Term) -> dict[str, str]:
    """The same the other way round."""
    if isinstance(term, Literal):
        return {"type": "literal", "value": term.value, **({"xml:lang": term.language} if term.language else {"datatype": term.datatype.value})}
    return {"type": "uri" if isinstance(term, NamedNode) else "bnode", "value": term.value}


def rows_of_json(values: Iterable[Mapping[str, Mapping[str, str]]]) -> list[Row]:
    """Rows as SPARQL's JSON results write them."""
    return [{name: of_json(term) for name, term in row.items()} for row in values]


def triples_of_json(values: Iterable[Iterable[Mapping[str, str]]]) -> set[Triple]:
    """Triples of three such terms each."""
    return {Triple(*map(of_json, terms)) for terms in values}


def of_rdflib(term: rdflib.term.Node) -> Term:
    """A term of rdflib."""
    match term:
        case rdflib.URIRef():
            return NamedNode(str(term))
        case rdflib.BNode():
            return BlankNode(str(term))
        case rdflib.Literal():
            return Literal(str(term), language=term.language, datatype=NamedNode(str(term.datatype)) if term.datatype else None)
    raise AssertionError(repr(term))


def rows_of_rdflib(result: rdflib.query.Result) -> list[Row]:
    """The rows of a result of rdflib."""
    return [{str(name): of_rdflib(term) for name, term in row.items()} for row in result.bindings]


def triples_of_rdflib(found: Iterable[tuple[rdflib.term.Node, ...]]) -> set[Triple]:
    """The triples of a graph of rdflib, or of a part of one."""
    return {Triple(*map(of_rdflib, terms)) for terms in found}


def counted(found: Iterable[Row]) -> Counter[frozenset[tuple[str, Term]]]:
    """Rows whose order says nothing: each with how often it occurs."""
    return Counter(frozenset(row.items()) for row in found)


def note(about: str, text: str = AWKWARD, language: str | None = "ar", in_graph: str | None = None) -> Quad:
    """A remark about something, as tests write it into a scratch store."""
    where = (NamedNode(in_graph),) if in_graph else ()
    return Quad(NamedNode(about), NamedNode(NOTE), Literal(text, language=language), *where)


def stored(service: Service) -> set[Quad]:
    """Everything in a store, asked for without any client."""
    named = service.send(
        "POST", "/sparql", b"SELECT * { GRAPH ?g { ?s ?p ?o } }", {"Content-Type": "application/sparql-query", "Accept": _ROWS.media_type}
    )
    default = service.send("GET", "/graphs?default", None, {"Accept": RdfFormat.N_TRIPLES.media_type})
    assert (named.status, default.status) == (200, 200), (named.text, default.text)
    found = parse_query_results(named.body, _ROWS)
    assert isinstance(found, QuerySolutions)
    quads = {Quad(row["s"], row["p"], row["o"], row["g"]) for row in _bound(found)}
    return quads | set(parse(default.body, RdfFormat.N_TRIPLES))


_ROWS = QueryResultsFormat.JSON
