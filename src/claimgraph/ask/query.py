"""SPARQL on a snapshot: a gate before the engine, and a process of its own that a deadline can kill.

The default graph is the union of all graphs where the query names no dataset. The engine's switch for that overrules ``FROM``, so
whether there is one is found out here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store, Triple

from claimgraph.model.errors import BadQuery, QueryStopped
from claimgraph.model.isolation import Died, TookTooLong, no_more_files, run_isolated
from claimgraph.model.limits import LIMITS
from claimgraph.model.text import shown
from claimgraph.model.vocabulary import CG, DCTERMS, OA, PROV, SKOS, XSD

# What a query may use without declaring it.
PREFIXES = {
    "cg": CG.iri,
    "id": LIMITS.base,
    "dcterms": DCTERMS.iri,
    "oa": OA.iri,
    "prov": PROV.iri,
    "skos": SKOS.iri,
    "xsd": XSD,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}

Term = NamedNode | Literal | BlankNode | Triple | None

_TOKENS = re.compile(
    r"""(?P<skip>\#[^\r\n]*|<[^\s<>"{}|^`]*>|\"{3}(?:"{0,2}(?:\\.|[^"\\]))*+\"{3}|'{3}(?:'{0,2}(?:\\.|[^'\\]))*+'{3}
      |"(?:\\[^\r\n]|[^"\\\r\n])*+"?|'(?:\\[^\r\n]|[^'\\\r\n])*+'?)
      |(?P<name>[?$]\w+|@[\w-]+|(?:\w[\w.-]*+)?:[\w.:%-]*)|(?P<word>\w[\w.-]*)|(?P<brace>[{}])""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Answer:
    """What a query gave: rows under ``columns`` (SELECT), a ``boolean`` (ASK) or ``triples`` (CONSTRUCT, DESCRIBE).

    ``truncated`` says that there was more than ``answer_rows``.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Term, ...], ...] = ()
    boolean: bool | None = None
    triples: tuple[Triple, ...] | None = None
    truncated: bool = False


def words(query: str) -> Iterator[tuple[str, int]]:
    """The bare words of a query in upper case, with the depth of braces they stand at; strings, IRIs, names and comments are none.

    The engine needs no space around a keyword (``SERVICE:x``, ``FROMNAMED<x>``): so a prefix that is not declared is a word, and
    a keyword is looked for within words.
    """
    depth, before, declared = 0, "", set()
    for token in _TOKENS.finditer(query):
        if token["brace"]:
            depth += 1 if token["brace"] == "{" else -1
        elif token["name"]:
            prefix, colon, _ = token["name"].partition(":")
            if before == "PREFIX":
                declared.add(prefix)
            elif colon and prefix not in declared:
                yield prefix.upper(), depth
        elif token["word"]:
            yield token["word"].upper(), depth
        before = (token["word"] or "").upper()


def names_dataset(query: str) -> bool:
    """Whether the query text says which graphs it is about (FROM, FROM NAMED), which only stands outside all braces."""
    return any("FROM" in word and depth == 0 for word, depth in words(query))


def run(snapshot: Path, query: str, *, seconds: float | None = None, rows: int | None = None) -> Answer:
    """Run a query on a snapshot; of its answer ``rows`` at most (default ``answer_rows``).

    Raises :class:`BadQuery` if it does not parse or would reach other services, and :class:`QueryStopped` at its deadline
    (default ``query_seconds``) or if it took down its process.
    """
    seconds = LIMITS.query_seconds if seconds is None else seconds
    try:
        return run_isolated(seconds, _evaluate, snapshot, query, rows=LIMITS.answer_rows if rows is None else rows)
    except TookTooLong:
        raise QueryStopped(f"The query ran into its deadline of {seconds:g} s: make it narrower, or allow more with --timeout.") from None
    except Died:
        raise QueryStopped("The query took its process down (too deeply nested, or more memory than allowed): make it simpler or narrower.") from None


def _why_not(query: str, said: str) -> str:
    """What is wrong with a query that does not parse; the engine's own words can be pages long."""
    first = next((word for word, depth in words(query) if depth == 0 and word not in ("PREFIX", "BASE")), "")
    if first in ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"):
        return f"{first} would change the store, and queries only read: let reports in with 'claimgraph ingest'."
    if "refix not found" in said:
        return f"The query uses a prefix that it does not declare; known without declaring are {', '.join(PREFIXES)}."
    return f"The query is no SPARQL 1.1: {shown(said, 300)}."


def _evaluate(snapshot: Path, query: str, *, rows: int) -> Answer:
    """Runs in a process of its own, which after opening the snapshot can open no file and no socket any more."""
    if any("SERVICE" in word for word, _ in words(query)):
        raise BadQuery("SERVICE is switched off: this store asks no other service. Take that part out of the query.")
    store = Store.read_only(str(snapshot))
    no_more_files()
    try:
        found = store.query(query, prefixes=PREFIXES, use_default_graph_as_union=not names_dataset(query))
        match found:
            case QueryBoolean():
                return Answer(boolean=bool(found))
            case QueryTriples():
                triples = tuple(triple for triple, _ in zip(found, range(rows + 1), strict=False))
                return Answer(triples=triples[:rows], truncated=len(triples) > rows)
            case QuerySolutions():
                columns = tuple(variable.value for variable in found.variables)
                table = tuple(tuple(row) for row, _ in zip(found, range(rows + 1), strict=False))
                return Answer(columns, table[:rows], truncated=len(table) > rows)
    except SyntaxError as error:
        raise BadQuery(_why_not(query, str(error.msg))) from None
    except (ValueError, OSError, RuntimeError) as error:
        raise BadQuery(f"The query cannot be run: {error}.") from None
    raise BadQuery("The query is no SELECT, ASK, CONSTRUCT or DESCRIBE.")
