"""SPARQL on a store: which graphs a query is about, what comes of it, and a process of its own that a deadline can kill.

The default graph is the union of all graphs where neither the query nor the protocol names a dataset.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store, Triple

from claimgraph.ask.gate import UPDATES, Outline, check, undeclared_prefixes
from claimgraph.model.errors import BadQuery, QueryStopped
from claimgraph.model.isolation import Died, TookTooLong, run_isolated
from claimgraph.model.limits import LIMITS
from claimgraph.model.sandbox import few_more_files, forbid_network, no_more_files
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

_KINDS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")

Term = NamedNode | Literal | BlankNode | Triple | None


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


@dataclass(frozen=True)
class Dataset:
    """The graphs that a protocol's parameters name (SPARQL 1.1 Protocol 2.1.4): IRIs. One that names none says nothing."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether any graph is named."""
        return bool(self.default or self.named)


def evaluate(
    store: Store, query: str, *, rows: int, dataset: Dataset | None = None, base: str | None = None, services: Collection[str] = ()
) -> Answer:
    """Run a query in this process, of its answer ``rows`` at most; relative IRIs are resolved against ``base``.

    The dataset is that of the protocol, else that of the query text, else the union of all graphs. ``services`` are the endpoints that
    SERVICE may name. Raises :class:`BadQuery`.
    """
    text = check(query, services)
    options: dict[str, Any] = {"prefixes": PREFIXES, "base_iri": base}
    try:
        if dataset:
            options["default_graph"] = [NamedNode(iri) for iri in dataset.default]
            options["named_graphs"] = [NamedNode(iri) for iri in dataset.named]
        found = store.query(query, use_default_graph_as_union=not (dataset or text.names_dataset), **options)
        match found:
            case QueryBoolean():
                return Answer(boolean=bool(found))
            case QueryTriples():
                triples = tuple(islice(found, rows + 1))
                return Answer(triples=triples[:rows], truncated=len(triples) > rows)
            case QuerySolutions():
                columns = tuple(variable.value for variable in found.variables)
                table = tuple(map(tuple, islice(found, rows + 1)))
                return Answer(columns, table[:rows], truncated=len(table) > rows)
    except SyntaxError as error:
        raise BadQuery(_why_not(query, text, str(error.msg))) from None
    except OSError:  # what the engine says names files of this machine
        raise BadQuery("The query cannot be run: it asks for what this process may not open.") from None
    except (ValueError, RuntimeError) as error:
        raise BadQuery(f"The query cannot be run: {shown(str(error), 300)}.") from None
    raise BadQuery("The query is no SELECT, ASK, CONSTRUCT or DESCRIBE.")


def _why_not(query: str, text: Outline, said: str) -> str:
    """What is wrong with a query that does not parse; the engine's own words can be pages long."""
    if text.first in UPDATES:
        return (
            f"{text.first} would change the store, and queries only read: let reports in with 'claimgraph ingest'; over HTTP send an update as "
            "'update', with a token."
        )
    if "refix not found" in said:
        unknown = [name for name in undeclared_prefixes(query) if name not in PREFIXES]
        which = f"{shown(unknown[0], 100)}: is no prefix" if unknown else "There is a prefix"
        declared = f"PREFIX {shown((unknown or ['name'])[0], 100)}: <…>"
        return f"{which} that the query declares ({declared}); known without declaring are {', '.join(PREFIXES)}."
    if text.first not in _KINDS:
        begins = f"begins with {shown(text.first, 40)}" if text.first else "is empty"
        return f"The query is no SPARQL 1.1: it {begins}, and a query begins with {', '.join(_KINDS)}, behind its PREFIX lines."
    return f"The query is no SPARQL 1.1: {shown(said, 300)}."


def _evaluate(snapshot: Path, query: str, *, rows: int) -> Answer:
    """Runs in a process of its own, which after opening the snapshot can open no socket, and no file but the snapshot's own."""
    filtered = forbid_network()
    store = Store.read_only(str(snapshot))
    few_more_files(len(list(snapshot.iterdir()))) if filtered else no_more_files()
    return evaluate(store, query, rows=rows)
