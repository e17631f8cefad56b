"""What is asked over HTTP: questions of the catalogue that are quick on a store, look-ups of single claims, and cross products that never end."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from random import Random
from typing import Any, cast

from pyoxigraph import NamedNode

from claimgraph.ask.catalogue import ANY, DAY, Parameter, Question, catalogue
from claimgraph.model.vocabulary import CG, notations
from generate import reference
from load import Target
from served import ask

QUICK = 0.1  # seconds on the peer
FEWEST = 6  # questions that are asked although they take longer: among 10,000 reports nearly every actor has thousands of claims
TRIAL = 30.0  # seconds that are spent on finding the quick ones of one question
TRIES = 100  # values that are tried for one
PER_QUESTION = 20  # values of each question, so that none outweighs the others
LOOK_UPS = 20_000  # different ones, so that hardly any comes twice in one leg
CROSS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
_CLASSES = {"agent": CG.Actor, "outlet": CG.NewsOutlet, "entity": CG.Entity, "incident": CG.Incident, "facility": CG.Facility}


@dataclass(frozen=True)
class Query:
    """A question with values for its parameters; how many rows the peer answered and how long that took."""

    name: str
    values: str
    text: str
    rows: int = 0
    seconds: float = 0.0


@cache
def _keys(kind: str) -> tuple[str, ...]:
    """The reference keys that a parameter of some type takes, in one order."""
    return tuple(sorted(key for key in reference().keys if _CLASSES[kind] in reference().types(key)))


def _values(parameter: Parameter) -> tuple[str, ...]:
    """The values that a parameter takes, one at a time."""
    if parameter.type == DAY:
        return parameter.default
    return (notations(parameter.scheme) if parameter.scheme else _keys(parameter.type)) + ((ANY,) if parameter.default == (ANY,) else ())


def candidates() -> dict[str, list[Query]]:
    """Each question that has parameters, with all their values, in an order that is no order."""
    found = {}
    for name, question in catalogue().items():
        if question.parameters:
            names = [parameter.name for parameter in question.parameters]
            every = list(product(*(_values(parameter) for parameter in question.parameters)))
            Random(name).shuffle(every)
            found[name] = [_query(question, names, values) for values in every]
    return found


def _query(question: Question, names: Sequence[str], values: Sequence[str]) -> Query:
    return Query(question.name, "/".join(values), question.sparql(dict(zip(names, values, strict=True)), reference().base, reference()))


def quick_questions(target: Target, quick: float = QUICK) -> list[Query]:
    """Questions about a single thing that the server answers within ``quick`` seconds, with a row at least; else the quickest. Prints which.

    Each is asked twice and the faster answer counts, so that what is read from disk for the first time does not.
    """
    left_out = [name for name, question in catalogue().items() if not question.parameters]
    print(f"not asked, since they are about the whole store: {', '.join(left_out)}")
    tried = {name: _tried(target, queries, quick) for name, queries in candidates().items()}
    answered = sorted((query for each in tried.values() for query in each if query.rows), key=lambda query: query.seconds)
    taken = [query for number, query in enumerate(answered) if query.seconds <= quick or number < FEWEST]
    for name, each in tried.items():
        ours, rows = [query for query in taken if query.name == name], [query for query in each if query.rows]
        print(f"{name}: {len(ours)} taken of {len(each)} tried ({len(each) - len(rows)} without rows){_span(rows, ours)}", flush=True)
    return taken


def _tried(target: Target, queries: Sequence[Query], quick: float) -> list[Query]:
    """Questions with their rows and times, until enough are quick or it takes too long."""
    tried: list[Query] = []
    end = time.monotonic() + TRIAL
    for query in queries[:TRIES]:
        if sum(one.rows > 0 and one.seconds <= quick for one in tried) == PER_QUESTION or time.monotonic() > end:
            break
        tried.append(timed(target, query, quick))
    return tried


def _span(answered: Sequence[Query], taken: Sequence[Query]) -> str:
    if not answered:
        return ""
    if not taken:
        return f": the quickest took {min(query.seconds for query in answered) * 1e3:.0f} ms"
    seconds, rows = sorted(query.seconds * 1e3 for query in taken), sorted(query.rows for query in taken)
    values = " ".join(query.values for query in taken)
    return f": {seconds[0]:.1f} to {seconds[-1]:.1f} ms, {rows[0]} to {rows[-1]} rows: {values}"


def timed(target: Target, query: Query, quick: float) -> Query:
    """A query with its rows and its time; asked a second time where the first was not hopelessly slow."""
    found: list[float] = []
    while len(found) < 2 and not (found and found[0] > 3 * quick):
        start = time.perf_counter()
        status, body = ask(target, query.text)
        found.append(time.perf_counter() - start)
    return replace(query, rows=len(rows_of(status, body, query.text)), seconds=min(found))


def bindings(target: Target, text: str) -> list[str]:
    """The rows of an answer, each as text, in an order that is the same for the same rows."""
    return sorted(json.dumps(row, sort_keys=True) for row in rows_of(*ask(target, text), text))


def rows_of(status: int, body: bytes, text: str) -> list[dict[str, Any]]:
    """The rows of an answer. Raises :class:`RuntimeError` where it is none."""
    if status != 200:
        raise RuntimeError(f"status {status}: {body[:500].decode(errors='replace')} for {text[-500:]}")
    return cast("list[dict[str, Any]]", json.loads(body)["results"]["bindings"])


def look_ups(target: Target, count: int = LOOK_UPS) -> list[str]:
    """Queries for what is said of one claim each, of claims drawn from the whole store."""
    status, body = ask(target, f"SELECT ?claim WHERE {{ ?claim a {CG.Claim} }}", accept="text/csv")
    if status != 200:
        raise RuntimeError(f"status {status}: {body[:500].decode(errors='replace')}")
    claims = sorted(set(body.decode().split()[1:]))
    return [look_up(claim) for claim in Random(5).sample(claims, min(count, len(claims)))]


def look_up(claim: str) -> str:
    """What is said of a claim."""
    return f"SELECT ?p ?o WHERE {{ {NamedNode(claim)} ?p ?o }}"


def differing(one: Target, other: Target, texts: Sequence[str]) -> Iterator[str]:
    """What is wrong where two servers do not give the same rows."""
    for text in texts:
        ours, theirs = bindings(one, text), bindings(other, text)
        if ours != theirs:
            yield f"{len(ours)} rows against {len(theirs)}{' of other content' if len(ours) == len(theirs) else ''}: {text[-300:]}"
