"""The catalogue of questions: ``queries/*.rq``, read once, with typed parameters and explained columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from pyoxigraph import Literal, NamedNode
from rapidfuzz import process

from claimgraph.ask.reviewed import faults, reviewed_only
from claimgraph.model.dates import day_of
from claimgraph.model.errors import BadParameter, ResourceError, UnknownEntity, UnknownQuestion
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base, is_key
from claimgraph.model.resources import files
from claimgraph.model.rq import bind, places, read_rq
from claimgraph.model.text import shown
from claimgraph.model.vocabulary import CG, XSD_DATE, concept, notations
from claimgraph.store.reference import Reference

# What a parameter's value must be: a class of the reference graph, a controlled list, or a day.
_CLASSES = {"agent": CG.Actor, "outlet": CG.NewsOutlet, "entity": CG.Entity, "incident": CG.Incident, "facility": CG.Facility}
_LISTS = {"event-types": "event", "origin-kinds": "origin", "day-kinds": "day"}
DAY = "day"
# Which controlled list a column's notations are of, by the column's name.
_SCHEMES = {
    "type": "event",
    "polarity": "polarity",
    "certainty": "certainty",
    "of": "counts",
    "lemma": "distancing",
    "kind": "origin",
    "basis": "day",
}
COLUMN_TYPES = (
    *("claim", "report", "agent", "entity", "incident", "facility", "concept", "text", "integer", "boolean", "date"),
    *("list-of-agents", "list-of-reports", "list-of-wordings", "list-of-texts"),
)
NAMED = (  # of IRIs that have names
    *("report", "agent", "entity", "incident", "facility"),
    *("list-of-agents", "list-of-reports", "list-of-wordings"),
)
ANY = "any"  # of a parameter that may be left open: no restriction


@dataclass(frozen=True)
class Parameter:
    """A parameter of a question.

    Its ``type`` is ``agent``, ``outlet``, ``entity``, ``incident``, ``facility`` (a key or IRI each), ``event-types``, ``origin-kinds``,
    ``day-kinds`` (a list of a controlled list each) or ``day`` (a date, ``2022-01-31``). One whose default is ``any`` may be left open.
    """

    name: str
    type: str
    default: tuple[str, ...]
    label: Mapping[str, str]
    description: Mapping[str, str]

    @property
    def scheme(self) -> str | None:
        """The controlled list that its values are of; ``None`` where they are keys."""
        return _LISTS.get(self.type)

    def takes(self, reference: Reference) -> list[str]:
        """Everything that it may be: the notations of its controlled list, or keys; of days nothing, since there is no end of them."""
        if self.scheme is not None:
            return list(notations(self.scheme))
        if self.type == DAY:
            return []
        return [key for key in reference.keys - reference.merged.keys() if _CLASSES[self.type] in reference.types(key)]

    def terms(self, value: str, base: Base, reference: Reference) -> list[NamedNode | Literal] | None:
        """The terms for a value as typed: keys or IRIs, several separated by commas, or a day; ``None`` for ``any``. Raises :class:`BadParameter`."""
        if (value.strip(),) == self.default == (ANY,):
            return None
        if self.type == DAY:
            if (day := day_of(value.strip())) is None:
                raise BadParameter(f"'{shown(value)}' is no day (parameter {self.name}): write year, month and day, such as {self.default[0]}.")
            return [Literal(day.isoformat(), datatype=XSD_DATE)]
        words = [word.strip() for word in value.split(",")]
        if self.type in _CLASSES and len(words) > 1:
            raise BadParameter(f"The parameter {self.name} takes one {self.type}: name one key or IRI.")
        return [self._term(word, base, reference) for word in words]

    def _term(self, word: str, base: Base, reference: Reference) -> NamedNode:
        if (scheme := self.scheme) is not None:
            notation = word.removeprefix(f"{CG.iri}{scheme}-")
            if notation not in notations(scheme):
                raise BadParameter(f"'{shown(word)}' is none of {', '.join(notations(scheme))} (parameter {self.name}).")
            return concept(scheme, notation)
        key = reference.merged.get(word.removeprefix(base.iri), word.removeprefix(base.iri))
        fitting = self.takes(reference)
        if not is_key(key) or key not in fitting:
            nearest = reference.nearest(word, fitting)
            offer = f"did you mean {' or '.join(nearest)}?" if nearest else f"it has {', '.join(sorted(fitting)[: LIMITS.nearest_keys])} and others."
            raise UnknownEntity(f"The reference graph has no {self.type} '{shown(word)}' (parameter {self.name}): {offer}")
        return base.entity(key)


@dataclass(frozen=True)
class Column:
    """A column of an answer.

    ``ordered`` lists keep the order that the query gives by numbering their items. Where the same is said in a column for each ``language``,
    a table shows the reader's.
    """

    name: str
    type: str
    ordered: bool
    label: Mapping[str, str]
    description: Mapping[str, str]
    language: str | None = None

    @property
    def scheme(self) -> str | None:
        """The controlled list that a column of concepts is of."""
        return _SCHEMES.get(self.name) if self.type == "concept" else None


@dataclass(frozen=True)
class Question:
    """A question of the catalogue."""

    name: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    query: str

    def sparql(self, values: Mapping[str, str], base: Base, reference: Reference, *, without_candidates: bool = False) -> str:
        """The query with values for its parameters, or their defaults. Raises :class:`BadParameter` naming what it does not take.

        ``without_candidates`` leaves out, from the computation itself, what nobody has reviewed.
        """
        known = [parameter.name for parameter in self.parameters]
        for name in values:
            if name not in known:
                takes = f"it takes {', '.join(known)}" if known else "it takes none"
                raise BadParameter(f"The question {self.name} has no parameter '{shown(name)}': {takes}.")
        query = reviewed_only(self.query) if without_candidates else self.query
        return bind(query, self.terms(values, base, reference))

    def terms(self, values: Mapping[str, str], base: Base, reference: Reference) -> dict[str, Sequence[NamedNode | Literal] | None]:
        """The terms of each parameter, or of its default; ``None`` where one is left open.

        Raises :class:`BadParameter` naming what one does not take, and where two days, which are a period in the order of the parameters,
        are the wrong way round.
        """
        terms: dict[str, Sequence[NamedNode | Literal] | None] = {
            p.name: p.terms(values.get(p.name, ",".join(p.default)), base, reference) for p in self.parameters
        }
        days = [(p.name, term.value) for p in self.parameters if p.type == DAY for term in terms[p.name] or ()]
        for (first, begin), (last, end) in pairwise(days):
            if begin > end:
                raise BadParameter(f"No day is from {begin} until {end}: {first} must not be later than {last} (parameter {last}).")
        return terms


@cache
def catalogue() -> Mapping[str, Question]:
    """All questions by name. Raises :class:`ResourceError` if a file does not say what it must."""
    return {path.stem: _question(path.stem, *read_rq(path)) for path in files("queries", ".rq")}


def question(name: str) -> Question:
    """A question by name. Raises :class:`UnknownQuestion` with the nearest names."""
    if name not in catalogue():
        nearest = [found for found, _, _ in process.extract(name, catalogue().keys(), limit=LIMITS.nearest_keys, score_cutoff=50)]
        offer = f"did you mean {' or '.join(nearest)}?" if nearest else "'claimgraph ask' lists them."
        raise UnknownQuestion(f"There is no question '{shown(name)}': {offer}")
    return catalogue()[name]


def question_value(found: Question) -> dict[str, Any]:
    """A question for programs."""
    return {
        "name": found.name,
        "title": dict(found.title),
        "description": dict(found.description),
        "parameters": [{"name": p.name, "type": p.type, "default": ",".join(p.default), "label": dict(p.label)} for p in found.parameters],
        "columns": [{"name": c.name, "type": c.type, "label": dict(c.label)} for c in found.columns],
    }


def _question(name: str, header: Mapping[str, object], query: str) -> Question:
    try:
        parameters = tuple(_parameter(p) for p in header["parameters"])  # type: ignore[attr-defined]  # YAML; a wrong shape is caught below
        columns = tuple(_column(c) for c in header["columns"])  # type: ignore[attr-defined]  # likewise
        found = Question(name, _both(header["title"]), _both(header["description"]), parameters, columns, query)
    except (KeyError, TypeError, AttributeError) as error:
        raise ResourceError(f"queries/{name}.rq: its header lacks or mistypes {error}.") from None
    if places(query) != {p.name for p in parameters}:
        raise ResourceError(f"queries/{name}.rq: its parameters are not its marked places.")
    if wrong := faults(query, (column.name for column in columns if column.type == "claim")):
        raise ResourceError(f"queries/{name}.rq: {'; '.join(wrong)}.")
    return found


def _parameter(entry: Mapping[str, object]) -> Parameter:
    default = entry["default"]
    values: Sequence[object] = default if isinstance(default, list) else [default]
    if entry["type"] not in (*_CLASSES, *_LISTS, DAY):
        raise KeyError(f"type {entry['type']}")
    return Parameter(str(entry["name"]), str(entry["type"]), tuple(map(str, values)), _both(entry["label"]), _both(entry["description"]))


def _column(entry: Mapping[str, object]) -> Column:
    if entry["type"] not in COLUMN_TYPES:
        raise KeyError(f"type {entry['type']}")
    name, kind, label, description = str(entry["name"]), str(entry["type"]), _both(entry["label"]), _both(entry["description"])
    language = entry.get("language")
    if language not in (None, "ar", "en"):
        raise KeyError(f"language {language}")
    return Column(name, kind, bool(entry.get("ordered", False)), label, description, str(language) if language else None)


def _both(entry: object) -> Mapping[str, str]:
    if not isinstance(entry, dict) or set(entry) != {"ar", "en"}:
        raise KeyError("a text in ar and en")
    return {language: str(text).strip() for language, text in entry.items()}
