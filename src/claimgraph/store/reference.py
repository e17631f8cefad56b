"""The reference graph as the store uses it: which keys are known, what they are, and which names they bear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache, cached_property

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse
from rapidfuzz import fuzz, process

from claimgraph.model.document import PUBLISHER, ClaimsDocument
from claimgraph.model.errors import Problems, ResourceError, UnknownKey
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base, is_key
from claimgraph.model.resources import files
from claimgraph.model.to_quads import day
from claimgraph.model.vocabulary import CG, DCTERMS, RDF_TYPE, SKOS, label_of, superclasses
from claimgraph.store.soundness import faults

_DEFAULT_BASE = "https://w3id.org/claimgraph/id/"
_NAMES = (SKOS.prefLabel, SKOS.altLabel, CG.ambiguousLabel)
_FIRST, _LAST = CG.firstDay, CG.lastDay
_PLAUSIBLE_FIRST, _PLAUSIBLE_LAST = CG.plausibleFirstDay, CG.plausibleLastDay
_ALIKE = 60  # of 100: below, likeness is chance
_INCIDENT, _ACTOR, _FACILITY, _ENTITY, _LOADED = CG.Incident, CG.Actor, CG.Facility, CG.Entity, CG.LoadedWording


@cache
def bundled(base: Base) -> tuple[Quad, ...]:
    """The reference graph that comes with the program, named under the store's base. Raises :class:`ResourceError` where it is not sound."""
    quads = tuple(
        Quad(_moved(q.subject, base), q.predicate, q.object if isinstance(q.object, Literal) else _moved(q.object, base), base.reference)
        for path in files("graph", ".ttl")
        for q in parse(path=str(path), format=RdfFormat.TURTLE)
    )
    problems = Problems()
    for problem in faults(quads, base):
        problems.add(problem.message, problem.where)
    problems.raise_if_any(ResourceError, "the reference graph that comes with the program is not sound")
    return quads


def _moved(term: object, base: Base) -> NamedNode:
    if not isinstance(term, NamedNode):
        raise ResourceError(f"The reference graph holds {term}, which is no IRI.")
    own = term.value.startswith(_DEFAULT_BASE)
    return NamedNode(base.iri + term.value[len(_DEFAULT_BASE) :]) if own else term


class Reference:
    """What the reference graph knows, read from its quads. Immutable; a change of the graph makes another one."""

    def __init__(self, quads: Iterable[Quad], base: Base) -> None:
        self.quads, self.base = frozenset(quads), base
        self._about: dict[str, list[Quad]] = defaultdict(list)
        self._bearers: dict[str, list[str]] = defaultdict(list)
        for quad in sorted(self.quads, key=str):
            key = base.key(quad.subject)
            if key is None:
                continue
            self._about[key].append(quad)
            if quad.predicate in _NAMES and isinstance(quad.object, Literal):
                self._bearers[quad.object.value].append(key)

    def changed(self, added: Iterable[Quad], removed: Iterable[Quad]) -> Reference:
        """The reference graph after a commit."""
        return Reference((self.quads - frozenset(removed)) | frozenset(added), self.base)

    @cached_property
    def keys(self) -> frozenset[str]:
        """All keys: of entities, of incidents and of loaded wordings."""
        return frozenset(self._about)

    @cached_property
    def incidents(self) -> frozenset[str]:
        """The keys of incidents."""
        return frozenset(key for key in self._about if _INCIDENT in self.types(key))

    @cached_property
    def actors(self) -> frozenset[str]:
        """The keys of those who can say or do something."""
        return frozenset(key for key in self._about if _ACTOR in self.types(key))

    @cached_property
    def facilities(self) -> frozenset[str]:
        """The keys of prisons, camps, crossings and other sites."""
        return frozenset(key for key in self._about if _FACILITY in self.types(key))

    @cached_property
    def entities(self) -> frozenset[str]:
        """The keys that may stand among an event's parties and places."""
        return frozenset(key for key in self._about if _ENTITY in self.types(key))

    @cached_property
    def loaded_wordings(self) -> frozenset[str]:
        """The keys of wordings that carry a judgement: no entities, and no name of one."""
        return frozenset(key for key in self._about if _LOADED in self.types(key))

    @cached_property
    def merged(self) -> dict[str, str]:
        """The keys that were merged into others, each with the one that stands for it now. They stay known, and bear no name."""
        onward = {key: into for key in self._about if (into := self.key_of(key, DCTERMS.isReplacedBy)) is not None}
        return {key: _end(key, onward) for key in onward}

    def wholes(self, key: str) -> list[str]:
        """Everything that an entity is part of, at any depth, the nearest first; itself only where somebody made it its own part."""
        found: dict[str, None] = {}
        above = [key]
        while above:
            parts = (self.base.key(value) for one in above for value in self.values(one, CG.partOf))
            above = [whole for whole in dict.fromkeys(parts) if whole is not None and whole not in found]
            found |= dict.fromkeys(above)
        return list(found)

    def bearers(self, name: str) -> frozenset[str]:
        """The keys of the entities that bear a name, letter for letter."""
        return frozenset(self._bearers.get(name, ()))

    def types(self, key: str) -> list[NamedNode]:
        """The classes of an entity with all their superclasses."""
        direct = [q.object for q in self._about.get(key, ()) if q.predicate == RDF_TYPE and isinstance(q.object, NamedNode)]
        return list(dict.fromkeys(s for kind in direct for s in superclasses(kind.value)))

    def names(self, key: str) -> list[Literal]:
        """All names of an entity, each once, the preferred ones first; of a loaded wording its words."""
        found = (q.object for p in (*_NAMES, CG.wording) for q in self._about.get(key, ()) if q.predicate == p)
        return [name for name in dict.fromkeys(found) if isinstance(name, Literal)]

    def about(self, key: str) -> list[Quad]:
        """Everything that the graph says of an entity, in one order."""
        return list(self._about.get(key, ()))

    def values(self, key: str, predicate: NamedNode) -> list[object]:
        """What the graph says of an entity by one property, in one order."""
        return [q.object for q in self._about.get(key, ()) if q.predicate == predicate]

    def key_of(self, key: str, predicate: NamedNode) -> str | None:
        """The key of the entity that another one names by a property, or ``None``; of several the first."""
        return next((found for value in self.values(key, predicate) if (found := self.base.key(value)) is not None), None)

    def kind(self, key: str) -> str:
        """What an entity is, in a word: its class's label in English."""
        return next((label_of(kind, "en") for kind in self.types(key)), "nothing known")

    def nearest(self, word: str, keys: Iterable[str] | None = None) -> list[str]:
        """The keys most like a word, by key or by any name of at least half its length: one of a few letters is found within many words."""
        wanted = sorted((self.keys if keys is None else set(keys)) - self.merged.keys())
        forms = [(key, form) for key in wanted for form in (key, *(n.value for n in self.names(key))) if 2 * len(form) >= len(word)]
        found = process.extract(word, [form for _, form in forms], scorer=fuzz.WRatio, limit=None, score_cutoff=_ALIKE)
        best: dict[str, tuple[float, int]] = {}
        for form, score, place in found:
            rank = (-score, abs(len(form) - len(word)))
            best[forms[place][0]] = min(best.get(forms[place][0], rank), rank)
        return sorted(best, key=lambda key: (best[key], key))[: LIMITS.nearest_keys]

    def context(self, quads: Iterable[Quad]) -> Iterator[Triple]:
        """One step into the reference graph from a report: what its shapes need to know of the entities and names it uses."""
        mentioned: set[str] = set()
        surfaces: set[str] = set()
        for quad in quads:
            if (key := self.base.key(quad.object)) in self._about:
                mentioned.add(str(key))
            elif quad.predicate == CG.surface and isinstance(quad.object, Literal):
                surfaces.add(quad.object.value)
        bearers = {key for surface in surfaces for key in self._bearers.get(surface, ())}
        for key in sorted(mentioned | bearers):
            node = self.base.entity(key)
            yield from (Triple(node, RDF_TYPE, kind) for kind in self.types(key))
            if key in bearers:
                yield from (Triple(node, q.predicate, q.object) for q in self._about[key] if q.predicate in _NAMES)
            yield from self._plausible_days(key, node)

    def _plausible_days(self, key: str, node: NamedNode) -> Iterator[Triple]:
        """An incident's days, widened by ``incident_days``: engines differ in date arithmetic, so it is done here."""
        margin = timedelta(days=LIMITS.incident_days)
        for quad in self._about[key]:
            if quad.predicate in (_FIRST, _LAST) and isinstance(quad.object, Literal) and _INCIDENT in self.types(key):
                predicate, step = (_PLAUSIBLE_FIRST, -margin) if quad.predicate == _FIRST else (_PLAUSIBLE_LAST, margin)
                yield Triple(node, predicate, day(date.fromisoformat(quad.object.value) + step))

    # --- keys of a document -----------------------------------------------------------------------------------------------

    def check(self, document: ClaimsDocument) -> None:
        """Refuse a document that names what is not there. Raises :class:`UnknownKey` with the nearest keys of each.

        A party or place of an event may also be a name as written; a word of a key's form that the text does not have is taken for a
        mistyped key.
        """
        problems = Problems()
        allowed_keys = {"agent": self.actors, "incident": self.incidents, "entity": self.entities}
        if document.report.id in self.keys:
            problems.add(f"the id '{document.report.id}' is the key of an entity: give the report another id", "report.id")
        for number, proposal in enumerate(document.report.proposals):
            if proposal.key in self.keys - self.incidents:  # that of an incident: it was accepted since
                problems.add(f"'{proposal.key}' ({self.kind(proposal.key)}) is no incident: propose another key", f"report.proposals[{number}].key")
        for where, key, allowed in _keys(document):
            known = allowed_keys[allowed]
            if key not in known:
                problems.add(self._unknown(key, known), where)
        for where, word in _words(document):
            if word not in self.entities and is_key(word) and word not in document.report.text:
                problems.add(self._unknown(word, self.entities), where)
        problems.raise_if_any(UnknownKey, "the reference graph does not know what the document names")

    def _unknown(self, key: str, known: Iterable[str]) -> str:
        if key in self.keys:
            return f"'{key}' ({self.kind(key)}) cannot stand here: name something of another kind."
        nearest = self.nearest(key, known)
        offer = f"did you mean {' or '.join(nearest)}?" if nearest else "give its name with 'named' instead."
        return f"'{key}' is no key of the reference graph here: {offer}"


def _end(key: str, onward: dict[str, str]) -> str:
    seen = {key}
    while (further := onward.get(key)) is not None and further not in seen:
        key = further
        seen.add(key)
    return key


def _keys(document: ClaimsDocument) -> Iterator[tuple[str, str, str]]:
    """Every key of a document that must be known, with its JSON path and what it must be."""
    report = document.report
    if report.publisher:
        yield "report.publisher", report.publisher, "agent"
    for number, claim in enumerate(document.claims):
        path = f"claims[{number}]"
        if claim.incident:
            yield f"{path}.incident", claim.incident, "incident"
        for place, hop in enumerate(claim.chain):
            for attribute in ("agent", "speaks_for", "affiliation"):
                key = getattr(hop, attribute)
                if key and key != PUBLISHER:
                    yield f"{path}.chain[{place}].{attribute}", key, "agent"
        for place, mention in enumerate(claim.mentions):
            if mention.key:
                yield f"{path}.mentions[{place}].key", mention.key, "entity"
            yield from ((f"{path}.mentions[{place}].candidates", key, "entity") for key in sorted(mention.candidates))


def _words(document: ClaimsDocument) -> Iterator[tuple[str, str]]:
    """Every party and place of a document's events and proposed incidents, with its JSON path."""
    for number, proposal in enumerate(document.report.proposals):
        for attribute in ("facility", "place"):
            if word := getattr(proposal, attribute):
                yield f"report.proposals[{number}].{attribute}", word
    for number, claim in enumerate(document.claims):
        event, path = claim.event, f"claims[{number}].event"
        for attribute in ("actors", "targets", "helpers"):
            yield from ((f"{path}.{attribute}", word) for word in sorted(getattr(event, attribute)))
        for attribute in ("facility", "place", "origin", "destination"):
            if word := getattr(event, attribute):
                yield f"{path}.{attribute}", word
        for where, quantity in (("quantity", event.quantity), *((f"breakdown[{i}]", q) for i, q in enumerate(event.breakdown))):
            if quantity is not None:
                yield from ((f"{path}.{where}.counted", word) for word in sorted(quantity.counted))
