"""What stands behind the IRIs of an answer, in words: names of entities, and claims as lines that a person reads."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store

from claimgraph.ask.query import Answer, evaluate
from claimgraph.ask.query import run as run_isolated
from claimgraph.ask.remote import Endpoint
from claimgraph.model.canonical import rdf_text
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import last_word
from claimgraph.model.vocabulary import CG, DCTERMS, OA, PROV, SKOS

_CHUNK = 500
_ALL = sys.maxsize - 1  # a chain that is cut short would be another claim
# A snapshot's path, asked in a process of its own; a store that is open here, in a process that may die; or another endpoint.
Where = Path | Store | Endpoint


@dataclass(frozen=True)
class ClaimLine:
    """A claim on one line: who (outermost relay first, origin last), affirms or denies, the words, which report, its state of review."""

    speakers: tuple[str, ...]
    polarity: str
    certainty: str
    quote: str
    report: str
    title: str
    review: str


def names(where: Where, iris: Iterable[str], language: str) -> dict[str, str]:
    """A name for each IRI: of an entity, in ``language`` if it has one; of a source without a name, the report's fullest words for it."""
    labels: dict[str, list[Literal]] = {}
    for answer in _ask(where, iris, f"SELECT ?node ?name WHERE {{ VALUES ?node {{ %s }} ?node {SKOS.prefLabel}|{CG.surface} ?name }}"):
        for node, name in answer.rows:
            if isinstance(name, Literal):
                labels.setdefault(_text(node), []).append(name)
    return {iri: _best(labels.get(iri, []), language) or _unnamed(iri, language) for iri in iris}


def _best(found: list[Literal], language: str) -> str:
    return max(found, key=lambda name: (name.language == language, len(name.value), name.value)).value if found else ""


def _unnamed(iri: str, language: str) -> str:
    """What to call what has no name: a report's unknown publisher, or the last word of the IRI."""
    if iri.endswith("/source/@publisher"):
        return "the report's publisher" if language == "en" else "ناشر التقرير"
    return last_word(iri)


def claim_lines(where: Where, claims: Iterable[str], language: str) -> dict[str, ClaimLine]:
    """The lines of claims, by IRI; what is no claim of the store has none."""
    rows: dict[str, dict[str, str]] = {}
    chains: dict[str, dict[int, tuple[str, str]]] = {}
    for answer in _ask(
        where,
        claims,
        f"""SELECT ?claim ?position ?speaker ?surface ?polarity ?certainty ?quote ?report ?title ?review WHERE {{
          VALUES ?claim {{ %s }}
          ?claim {CG.polarity}/{SKOS.notation} ?polarity ; {CG.certainty}/{SKOS.notation} ?certainty ;
            {CG.report} ?source ; {CG.attribution} ?hop ; {CG.span}/{OA.hasSelector}/{OA.exact} ?quote .
          ?hop {CG.position} ?position ; {CG.speaker} ?speaker .
          OPTIONAL {{ ?speaker a {CG.UnnamedSource} . ?hop {CG.surface} ?surface }}
          ?source {DCTERMS.identifier} ?report . OPTIONAL {{ ?source {DCTERMS.title} ?title }}
          OPTIONAL {{ ?claim {CG.reviewState}/{SKOS.notation} ?review }}
        }}""",
    ):
        for claim, position, speaker, surface, *words in answer.rows:
            iri = _text(claim)
            rows[iri] = dict(zip(("polarity", "certainty", "quote", "report", "title", "review"), map(_text, words), strict=True))
            chains.setdefault(iri, {})[int(_text(position))] = _text(speaker), _text(surface)
    called = names(where, {speaker for chain in chains.values() for speaker, _ in chain.values()}, language)
    return {iri: ClaimLine(tuple(_heard(chains[iri], called)), **row) for iri, row in rows.items()}


def reviews(where: Where, claims: Iterable[str]) -> dict[str, str]:
    """The states of review of claims, by IRI; what has none, or is no claim of the store, is left out."""
    query = f"SELECT ?claim ?state WHERE {{ VALUES ?claim {{ %s }} ?claim {CG.reviewState}/{SKOS.notation} ?state }}"
    return {_text(claim): _text(state) for answer in _ask(where, claims, query) for claim, state in answer.rows}


def has_candidates(where: Where) -> bool:
    """Whether the store holds claims that nobody has reviewed."""
    return bool(run(where, f"ASK {{ ?claim {CG.reviewState} {CG['review-candidate']} }}").boolean)


def _heard(chain: dict[int, tuple[str, str]], called: dict[str, str]) -> list[str]:
    """The speakers of a chain, outermost first; a publisher that is not known is left out where others speak."""
    hops = [(who, words) for _, (who, words) in sorted(chain.items())]
    known = [hop for hop in hops if not hop[0].endswith("/source/@publisher")]
    return [words or called[who] for who, words in known or hops]


def describe(where: Where, node: NamedNode) -> Answer:
    """Everything that is said of a node and, as a claim's or report's own parts, of what hangs on it; with the graph of each statement.

    What is read of another entity than it was written with comes with what it was written as.
    """
    parts = "|".join((*map(str, (CG.content, CG.quantity, CG.breakdown, CG.attribution, CG.span, CG.mention, OA.hasSelector)), f"^{CG.inPart}"))
    return run(
        where,
        f"""SELECT ?graph ?subject ?predicate ?object WHERE {{
          {node} ({parts})* ?subject .
          GRAPH ?graph {{ ?subject ?predicate ?object }}
          FILTER (?predicate NOT IN ({CG.shingle}, {CG.shingleCount}))
        }} ORDER BY ?graph ?subject ?predicate ?object""",
    )


def quads_of(answer: Answer) -> list[Quad]:
    """The statements of a description."""
    return [Quad(subject, predicate, value, graph) for graph, subject, predicate, value in answer.rows]  # type: ignore[arg-type]  # SPARQL gives terms of these kinds


def as_trig(answer: Answer) -> str:
    """A description as TriG, which keeps the graph of each statement."""
    return rdf_text(quads_of(answer), RdfFormat.TRIG)


def claims_of(where: Where, report: NamedNode) -> list[str]:
    """The claims of a report version, in its order."""
    rows = run(where, f"SELECT ?claim WHERE {{ ?claim {CG.report} {report} ; {CG.position} ?position }} ORDER BY ?position").rows
    return [_text(row[0]) for row in rows]


def standing_version(where: Where, series: NamedNode) -> NamedNode | None:
    """The standing version of a report; ``None`` if the store has no such report."""
    rows = run(where, f"SELECT ?version WHERE {{ ?version {PROV.specializationOf} {series} ; a {CG.Report} }}").rows
    return rows[0][0] if rows and isinstance(rows[0][0], NamedNode) else None


def _ask(where: Where, iris: Iterable[str], query: str) -> Iterable[Answer]:
    nodes = [str(NamedNode(iri)) for iri in dict.fromkeys(iris)]
    for start in range(0, len(nodes), _CHUNK):
        yield run(where, query % " ".join(nodes[start : start + _CHUNK]), rows=_ALL)


def run(where: Where, query: str, *, rows: int | None = None) -> Answer:
    """Ask a store one of our own queries."""
    if isinstance(where, Endpoint):
        return where.run(query, rows=rows)
    most = LIMITS.answer_rows if rows is None else rows
    return evaluate(where, query, rows=most) if isinstance(where, Store) else run_isolated(where, query, rows=most)


def _text(term: object) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else ""
