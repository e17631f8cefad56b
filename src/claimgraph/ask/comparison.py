"""Which answers differ between two snapshots: what a change of the reference graph did to the questions of the catalogue.

Each question is asked with its defaults and, for every parameter that an entity can be, with each entity that the change touched, on the
snapshot before and on the one after.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Store

from claimgraph.ask.answers import records
from claimgraph.ask.catalogue import Question, catalogue
from claimgraph.ask.query import Answer, evaluate
from claimgraph.model.errors import BadParameter
from claimgraph.model.isolation import Died, TookTooLong, run_isolated
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.sandbox import few_more_files, forbid_network, no_more_files
from claimgraph.store.reference import Reference


@dataclass(frozen=True)
class Difference:
    """A question that answers otherwise: with which parameters, how many rows went and came; ``None`` where its time was over."""

    question: str
    parameters: tuple[tuple[str, str], ...]
    gone: int | None
    new: int | None

    @property
    def is_known(self) -> bool:
        """Whether both answers were there in time."""
        return self.gone is not None


_Parameters = dict[str, str]


def differences(before: Path, after: Path, base: Base, keys: Iterable[str]) -> list[Difference]:
    """The questions whose answers differ, each way of asking for itself; and those for which ``compare_seconds`` were too short."""
    deadline = time.monotonic() + LIMITS.compare_seconds
    paths, found = (before, after), list[Difference]()
    references = [_reference(path, base) for path in paths]
    for question in catalogue().values():
        ways = _ways(question, sorted(keys), references[1])
        asked = [[_sparql(question, way, base, reference) for reference in references] for way in ways]
        seconds = max(0.0, min(LIMITS.query_seconds * len(ways) * len(paths), deadline - time.monotonic()))
        try:
            answers = run_isolated(seconds, _answers, paths, asked)
        except (TookTooLong, Died):
            found += [Difference(question.name, tuple(way.items()), None, None) for way in ways]
            continue
        for way, sides in zip(ways, answers, strict=True):
            old, new = (Counter(json.dumps(row, ensure_ascii=False) for row in records(question, side)) if side else Counter() for side in sides)
            if old != new:
                found.append(Difference(question.name, tuple(way.items()), (old - new).total(), (new - old).total()))
    return found


def _reference(path: Path, base: Base) -> Reference:
    return Reference(Store.read_only(str(path)).quads_for_pattern(None, None, None, base.reference), base)


def _ways(question: Question, keys: list[str], reference: Reference) -> list[_Parameters]:
    """A question with its defaults, then with each key in each parameter that it fits."""
    ways: list[_Parameters] = [{}]
    for parameter in question.parameters:
        if parameter.scheme is None:
            fitting = {*parameter.takes(reference), *reference.merged}
            ways += [{parameter.name: key} for key in keys if key in fitting and (key,) != parameter.default]
    return ways


def _sparql(question: Question, parameters: _Parameters, base: Base, reference: Reference) -> str | None:
    """The query of a question; nothing where its parameter is no such thing in this state of the reference graph."""
    try:
        return question.sparql(parameters, base, reference)
    except BadParameter:
        return None


def _answers(paths: tuple[Path, ...], asked: list[list[str | None]]) -> list[list[Answer | None]]:
    """Runs in a process of its own: the answers of each query on its snapshot."""
    filtered = forbid_network()
    stores = [Store.read_only(str(path)) for path in paths]
    few_more_files(sum(len(list(path.iterdir())) for path in paths)) if filtered else no_more_files()
    return [[evaluate(store, query, rows=LIMITS.answer_rows) if query else None for store, query in zip(stores, way, strict=True)] for way in asked]
