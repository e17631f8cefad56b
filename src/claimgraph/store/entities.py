"""Changes of the reference graph: what is asked for, whether it may be, and the statements that come and go with it.

A change is planned against what stands and written by the one writer (:meth:`claimgraph.store.commit.Writer.change_entities`). Nothing here
touches a report: a merge and a resolved name redirect what is written (:mod:`claimgraph.store.redirects`), a split decides mention by
mention (:mod:`claimgraph.store.splitting`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated
from typing import Literal as OneOf

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pyoxigraph import Literal, NamedNode, Quad

from claimgraph.model.errors import BadEntity, UnknownEntity
from claimgraph.model.text import isolated, shown
from claimgraph.model.vocabulary import CG, DCTERMS, RDF_TYPE, SKOS, WGS84
from claimgraph.store.naming import checked_key, checked_kind, checked_name, checked_source, coordinates, remarks_on
from claimgraph.store.redirects import digest_of
from claimgraph.store.reference import Reference

NAMES = (SKOS.prefLabel, SKOS.altLabel, CG.ambiguousLabel)
_STAYS = (RDF_TYPE, DCTERMS.identifier)  # of an entity that was merged: its key stays known
_BASIC = (CG.Actor, CG.Facility, CG.Place, CG.Population)


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class NameGiven(_Request):
    """A name in a language (``ar``, ``en``), and where it is written so."""

    text: str
    language: OneOf["ar", "en"]
    source: str


class Add(_Request):
    """A new entity: its key, its kind, the name it is shown by in each language, the key of what it is part of, and its coordinates.

    These are latitude and longitude in decimal degrees (WGS 84), of a place or facility. ``ambiguous`` says that names which others bear
    too are meant to be shared.
    """

    verb: OneOf["add"] = "add"
    key: str
    kind: str
    names: tuple[NameGiven, ...]
    part_of: str | None = None
    position: tuple[float, float] | None = None
    ambiguous: bool = False


class Alias(_Request):
    """A further name of an entity; ``ambiguous`` where several bear it."""

    verb: OneOf["alias"] = "alias"
    key: str
    name: NameGiven
    ambiguous: bool = False


class Merge(_Request):
    """An entity that is another one, which stays."""

    verb: OneOf["merge"] = "merge"
    key: str
    into: str


class Split(_Request):
    """An entity that is two: ``new`` is the other one, ``names`` those that go to it, ``shared`` those that both bear.

    ``moved`` and ``kept`` decide mentions, each as ``REPORT``, ``REPORT/CLAIM`` or ``REPORT/CLAIM#PART``; the rest goes by the names.
    """

    verb: OneOf["split"] = "split"
    key: str
    new: Add
    names: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


class Resolve(_Request):
    """A name that the reference graph lacked, or a part of a report that a split left open: whom it means, found by review.

    ``what`` is a part (``REPORT/CLAIM#PART``; ``REPORT`` for its publisher), or a name as written, in all reports that stand or in ``report`` alone.
    """

    verb: OneOf["resolve"] = "resolve"
    what: str
    key: str
    report: str | None = None


Request = Annotated[Add | Alias | Merge | Split | Resolve, Field(discriminator="verb")]
REQUEST: TypeAdapter[Add | Alias | Merge | Split | Resolve] = TypeAdapter(Request)


@dataclass(frozen=True)
class Plan:
    """What a change brings: statements added and removed, the keys and names that it touches.

    Reports that mean one of ``using`` are examined again, and so are those that are read otherwise or have one of ``names``. ``told`` says
    what becomes of mentions, ``remarks`` what a person should look at.
    """

    subject: str
    added: frozenset[Quad] = frozenset()
    removed: frozenset[Quad] = frozenset()
    keys: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    using: frozenset[str] = frozenset()
    told: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def standing(key: str, reference: Reference) -> str:
    """A key that stands for an entity. Raises :class:`UnknownEntity`, or :class:`BadEntity` for one that was merged."""
    if key not in reference.entities:
        nearest = reference.nearest(key, reference.entities)
        offer = f"did you mean {' or '.join(nearest)}?" if nearest else "'claimgraph show' lists them."
        raise UnknownEntity(f"The reference graph has no entity '{shown(key)}': {offer}")
    if (into := reference.merged.get(key)) is not None:
        raise BadEntity(f"'{key}' was merged into '{into}': name that one.")
    return key


def name_quads(key: str, name: NameGiven, predicate: NamedNode, reference: Reference) -> list[Quad]:
    """A name of an entity, and beside it what it rests on."""
    base, form = reference.base, Literal(checked_name(name.text), language=name.language)
    node, source = base.sourced_name(digest_of(key, form)), Literal(checked_source(name.source))
    about: list[tuple[NamedNode, NamedNode | Literal]] = [
        (RDF_TYPE, CG.SourcedName),
        (CG.nameOf, base.entity(key)),
        (CG.nameForm, form),
        (DCTERMS.source, source),
    ]
    return [Quad(base.entity(key), predicate, form, base.reference), *(Quad(node, p, value, base.reference) for p, value in about)]


def form_of(quad: Quad) -> str:
    """The letters of a name, of the statement by which an entity bears it."""
    return quad.object.value if isinstance(quad.object, Literal) else ""


def share(form: str, key: str, reference: Reference, *, ambiguous: bool) -> tuple[list[Quad], list[Quad]]:
    """What comes and goes where a name is already others': it becomes ambiguous for them too. Raises :class:`BadEntity` unless that is meant."""
    others = sorted(reference.bearers(form) - {key})
    if others and not ambiguous:
        raise BadEntity(
            f"{isolated(form)} is a name of {' and '.join(others)}: if it is the same thing, use that key; if several bear the name, say --ambiguous."
        )
    sole = [q for other in others for q in reference.about(other) if q.predicate == SKOS.altLabel and form_of(q) == form]
    return [Quad(q.subject, CG.ambiguousLabel, q.object, q.graph_name) for q in sole], sole


def add_plan(request: Add, reference: Reference, is_report: Callable[[str], bool]) -> Plan:
    """A new entity."""
    key = checked_key(request.key, reference)
    if is_report(key):
        raise BadEntity(f"'{key}' is the id of a report: choose another key.")
    return new_entity(request, reference)


def new_entity(request: Add, reference: Reference) -> Plan:
    """An entity with its names, whatever its key was before."""
    if sorted(name.language for name in request.names) != ["ar", "en"]:
        raise BadEntity("A new entity needs the name that it is shown by in Arabic and in English, one each.")
    base, key, kind = reference.base, request.key, checked_kind(request.kind)
    facts: list[tuple[NamedNode, NamedNode | Literal]] = [
        (RDF_TYPE, CG[kind]),
        (DCTERMS.identifier, Literal(key)),
        *((DCTERMS.source, Literal(source)) for source in sorted({checked_source(name.source) for name in request.names})),
    ]
    if request.part_of is not None:
        facts.append((CG.partOf, base.entity(key if request.part_of == key else standing(request.part_of, reference))))
    if request.position is not None:
        facts += zip((WGS84.lat, WGS84.long), coordinates(*request.position, kind), strict=True)
    added, removed = [Quad(base.entity(key), predicate, value, base.reference) for predicate, value in facts], list[Quad]()
    for name in request.names:
        more, gone = share(checked_name(name.text), key, reference, ambiguous=request.ambiguous)
        added, removed = [*added, *name_quads(key, name, SKOS.prefLabel, reference), *more], [*removed, *gone]
    shown_by = [Literal(checked_name(name.text), language=name.language) for name in request.names]
    names = frozenset(name.value for name in shown_by)
    remarks = tuple(remark for name in shown_by for remark in remarks_on(name, key, reference))
    return Plan(f"entity add {key}", frozenset(added), frozenset(removed), frozenset((key,)), names, remarks=remarks)


def alias_plan(request: Alias, reference: Reference) -> Plan:
    """A further name."""
    key, form = standing(request.key, reference), checked_name(request.name.text)
    if any(name.value == form and name.language == request.name.language for name in reference.names(key)):
        raise BadEntity(f"{isolated(form)} is a name of {key} already.")
    added, removed = share(form, key, reference, ambiguous=request.ambiguous)
    added += name_quads(key, request.name, CG.ambiguousLabel if request.ambiguous else SKOS.altLabel, reference)
    remarks = tuple(remarks_on(Literal(form, language=request.name.language), key, reference))
    others = frozenset(reference.bearers(form))
    return Plan(f"entity alias {key}", frozenset(added), frozenset(removed), frozenset((key,)) | others, frozenset((form,)), remarks=remarks)


def merge_plan(request: Merge, reference: Reference) -> Plan:
    """An entity that is another one: its names go there, what is said of it in the graph is said of that one, and its key redirects."""
    key, into = standing(request.key, reference), standing(request.into, reference)
    if key == into:
        raise BadEntity(f"'{key}' cannot be merged with itself: name two entities.")
    for part, whole in ((key, into), (into, key)):
        if whole in reference.wholes(part):
            raise BadEntity(f"'{part}' is part of '{whole}': a part is another thing than its whole, so they cannot be merged.")
    kinds = [next((kind for kind in _BASIC if kind in reference.types(one)), None) for one in (key, into)]
    if kinds[0] != kinds[1]:
        raise BadEntity(f"'{key}' ({reference.kind(key)}) and '{into}' ({reference.kind(into)}) are different kinds of things: they cannot be one.")
    base, gone = reference.base, [q for q in reference.about(key) if q.predicate not in _STAYS]
    there = {q.object for q in reference.about(into) if q.predicate in NAMES}
    pointing = [q for q in reference.quads if q.object == base.entity(key) and q.predicate != DCTERMS.isReplacedBy]
    added = [
        Quad(base.entity(key), DCTERMS.isReplacedBy, base.entity(into), base.reference),
        *(Quad(q.subject, q.predicate, base.entity(into), q.graph_name) for q in pointing),
        *(Quad(base.entity(into), q.predicate, q.object, q.graph_name) for q in gone if q.predicate == DCTERMS.source),
        *(
            Quad(base.entity(into), _moved_as(q, key, into, reference), q.object, q.graph_name)
            for q in gone
            if q.predicate in NAMES and q.object not in there
        ),
    ]
    alone = [q for q in reference.about(into) if q.predicate == CG.ambiguousLabel and reference.bearers(form_of(q)) == {key, into}]
    added += [Quad(q.subject, SKOS.altLabel, q.object, q.graph_name) for q in alone]
    names = frozenset(form_of(q) for q in gone if q.predicate in NAMES)
    removed = frozenset((*gone, *pointing, *alone))
    return Plan(f"entity merge {key} {into}", frozenset(added), removed, frozenset((key, into)), names, frozenset((key, into)))


def _moved_as(quad: Quad, key: str, into: str, reference: Reference) -> NamedNode:
    """What a merged entity's name is to the one that stays: not ambiguous any more where only these two bore it."""
    shared = quad.predicate == CG.ambiguousLabel and reference.bearers(form_of(quad)) != {key, into}
    return CG.ambiguousLabel if shared else SKOS.altLabel


def refuse_cycles(reference: Reference, keys: Iterable[str]) -> None:
    """Raise :class:`BadEntity` where one of some entities is its own part."""
    for key in sorted(keys):
        if key in reference.wholes(key):
            raise BadEntity(f"'{key}' would be a part of itself: part-of has no circles; name a larger whole, or none.")


def names_of(key: str, reference: Reference) -> Iterator[Quad]:
    """The statements by which an entity bears its names."""
    return (q for q in reference.about(key) if q.predicate in NAMES)


def sourced_names(key: str, reference: Reference) -> dict[object, str]:
    """The nodes that tell where the names of an entity are from, each with the letters of its name."""
    nodes = {q.subject for q in reference.quads if q.predicate == CG.nameOf and q.object == reference.base.entity(key)}
    return {q.subject: form_of(q) for q in reference.quads if q.predicate == CG.nameForm and q.subject in nodes}
