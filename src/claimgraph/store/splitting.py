"""Splits and resolved names: for each mention in the reports that stand a decision on whom it means, kept with the commit.

A split cannot tell by itself which of two entities a report meant. It goes by the words: a mention whose words are names of one of the two
is that one's, any other is left open and counted with the entity that it was written with, until a review says. What somebody decides
for a report, a claim or a part of a claim goes before the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pyoxigraph import Literal, NamedNode, Quad

from claimgraph.extract.folding import fold_word
from claimgraph.model.errors import BadEntity, NotFound
from claimgraph.model.names import ReportName
from claimgraph.model.text import isolated, shown
from claimgraph.model.vocabulary import CG, DCTERMS, RDF_TYPE, SKOS
from claimgraph.store.entities import NAMES, Plan, Resolve, Split, form_of, names_of, new_entity, sourced_names
from claimgraph.store.entities import standing as checked
from claimgraph.store.naming import checked_key, checked_name
from claimgraph.store.redirects import Parts, digest_of, reading_quads
from claimgraph.store.reference import Reference
from claimgraph.store.standing import Standing

STAYS, MOVES, OPEN = "stays", "moves", "is open"


@dataclass(frozen=True)
class Mentioned:
    """A part of a standing report that means an entity: what is written there, and the report's words for it."""

    part: NamedNode
    written: NamedNode
    words: tuple[str, ...]

    @property
    def label(self) -> str:
        """The part as a person names it: ``REPORT``, ``REPORT/CLAIM``, ``REPORT/CLAIM#PART``."""
        return label_of_part(self.part)


def label_of_part(part: NamedNode) -> str:
    """A part of a report as a person names it."""
    return part.value.partition("/v/")[2].partition("/")[2]


def mentions(standing: Standing, key: str) -> list[Mentioned]:
    """Every part of a standing report that means an entity now, each once."""
    entity = standing.base.entity(key)
    return [one for name in standing.using([entity]) for one in _mentions_in(standing, name, entity)]


def _mentions_in(standing: Standing, name: ReportName, entity: NamedNode) -> Iterator[Mentioned]:
    written = standing.written(name)
    parts = Parts(written, name)
    found = {
        (parts.of(q), q.object)
        for q in written
        if isinstance(q.object, NamedNode) and q.predicate != RDF_TYPE and standing.redirects.meant(parts.of(q), q.object) == entity
    }
    words = Words(written)
    for part, node in sorted(found, key=str):
        yield Mentioned(part, node, words.of(part, node))


class Words:
    """The words by which a report's parts name whom they mean."""

    def __init__(self, written: Iterable[Quad]) -> None:
        """Take them out of the report's statements as written."""
        self._surfaces: dict[str, list[str]] = {}
        self._named: dict[tuple[str, str], list[str]] = {}
        refers: dict[str, str] = {}
        for quad in written:
            if quad.predicate == CG.surface and isinstance(quad.object, Literal) and isinstance(quad.subject, NamedNode):
                self._surfaces.setdefault(quad.subject.value, []).append(quad.object.value)
            elif quad.predicate == CG.refersTo and isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
                refers[quad.subject.value] = quad.object.value
        for mention, entity in refers.items():
            self._named.setdefault((mention.partition("#")[0], entity), []).extend(self._surfaces.get(mention, []))

    def of(self, part: NamedNode, written: NamedNode) -> tuple[str, ...]:
        """Those of the part itself, of the name that is written there, else of the names by which its claim mentions the entity."""
        own = [*self._surfaces.get(part.value, ()), *self._surfaces.get(written.value, ())]
        return tuple(dict.fromkeys(own or self._named.get((part.value.partition("#")[0], written.value), [])))


def split_plan(request: Split, standing: Standing) -> Plan:
    """An entity that is two: the other one with its names, and what becomes of each mention."""
    reference, base = standing.reference, standing.base
    key, new = checked(request.key, reference), request.new.key
    if key == new:
        raise BadEntity(f"'{key}' cannot be split from itself: give the other one a key of its own.")
    again = reference.merged.get(new) == key
    if not again:
        checked_key(new, reference)
    plan, names = _new_names(request, key, reference)
    back = [q for q in reference.about(new) if q.predicate == DCTERMS.isReplacedBy or (again and q.predicate == RDF_TYPE)]
    shared = {checked_name(name) for name in request.shared}
    decided = _Decisions(request, names, {form_of(q) for q in names_of(key, reference)} - names - shared)
    added, removed, told = set(plan.added), {*plan.removed, *back} - plan.added, []
    for one in mentions(standing, key):
        back_again = again and base.entity(new) in (one.written, standing.redirects.readings.get((one.part, one.written)))
        what = MOVES if back_again else decided.on(one)
        between = _open_between(one, what, base.entity(key), base.entity(new), standing, said=decided.is_said(one))
        added |= set(reading_quads(base, one.part, one.written, base.entity(new if what == MOVES else key), between))
        removed |= set(standing.store.quads_for_pattern(base.reading(digest_of(one.part, one.written)), None, None, base.readings))
        told.append(_sentence(one, what, key, new, (base.key(entity) or "" for entity in between)))
    decided.refuse_unused()
    keys = frozenset((key, new))
    return replace(
        plan, subject=f"entity split {key} {new}", added=frozenset(added), removed=frozenset(removed - added), keys=keys, using=keys, told=tuple(told)
    )


def _new_names(request: Split, key: str, reference: Reference) -> tuple[Plan, set[str]]:
    """The new entity, and the names of the old one that go to it alone; shared ones become ambiguous names of both."""
    going = {checked_name(name) for name in (*request.names, *(given.text for given in request.new.names))}
    sharing = {checked_name(name) for name in request.shared}
    borne = {form_of(q): q for q in names_of(key, reference)}
    for name in sorted({*map(checked_name, request.names), *sharing} - borne.keys()):
        raise BadEntity(f"{isolated(name)} is no name of {key}: 'claimgraph entity show {key}' lists them.")
    leaving = [q for q in names_of(key, reference) if form_of(q) in going | sharing]
    for quad in leaving:
        if quad.predicate == SKOS.prefLabel:
            raise BadEntity(f"{isolated(form_of(quad))} is the name that {key} is shown by: it stays; give {request.new.key} another name.")
    rest = Reference(reference.quads - set(leaving), reference.base)
    plan = new_entity(request.new, rest)
    node, sourced = reference.base.entity(request.new.key), sourced_names(key, reference)
    own = {form_of(q) for q in plan.added if q.subject == node and q.predicate in NAMES}
    added = {
        *plan.added,
        *(Quad(node, SKOS.altLabel, q.object, q.graph_name) for q in leaving if form_of(q) in going - sharing - own),
        *(Quad(one, CG.ambiguousLabel, q.object, q.graph_name) for q in leaving if form_of(q) in sharing for one in (node, q.subject)),
    }
    sources = [q for q in reference.quads if q.predicate == CG.nameOf and sourced.get(q.subject) in going - sharing]
    added |= {Quad(q.subject, CG.nameOf, node, q.graph_name) for q in sources}
    removed = {*plan.removed, *leaving, *sources} - added
    return replace(plan, added=frozenset(added), removed=frozenset(removed), names=plan.names | going | sharing), going - sharing


class _Decisions:
    """What becomes of mentions: as somebody decided, else by their words."""

    def __init__(self, request: Split, going: set[str], staying: set[str]) -> None:
        self._said = {**dict.fromkeys(request.kept, STAYS), **dict.fromkeys(request.moved, MOVES)}
        for twice in sorted(set(request.kept) & set(request.moved)):
            raise BadEntity(f"'{shown(twice)}' is both kept and moved: decide for one.")
        self._going, self._staying = ({fold_word(name) for name in names} for names in (going, staying))
        self._used: set[str] = set()

    def is_said(self, one: Mentioned) -> bool:
        """Whether somebody decided on a mention."""
        return any(wide in self._said for wide in _widening(one))

    def on(self, one: Mentioned) -> str:
        """What becomes of a mention. The narrowest decision counts."""
        for wide in _widening(one):
            if wide in self._said:
                self._used.add(wide)
                return self._said[wide]
        words = {fold_word(word) for word in one.words}
        if words and words <= self._going - self._staying:
            return MOVES
        return STAYS if words and words <= self._staying - self._going else OPEN

    def refuse_unused(self) -> None:
        """Raise :class:`BadEntity` for what somebody decided about no mention."""
        for said in sorted(self._said.keys() - self._used):
            raise BadEntity(f"'{shown(said)}' mentions it nowhere: name a report, a claim or a part of one as 'claimgraph entity show' lists them.")


def _widening(one: Mentioned) -> tuple[str, str, str]:
    """What names a mention: itself, its claim, its report."""
    return one.label, one.label.partition("#")[0], one.label.partition("/")[0]


def _open_between(one: Mentioned, what: str, old: NamedNode, other: NamedNode, standing: Standing, *, said: bool) -> set[NamedNode]:
    """The entities that a mention is open between after a split.

    What an earlier one left open stays so, unless somebody has ``said`` whom it means.
    """
    before = set() if said else set(standing.redirects.left_open.get((one.part, one.written), ()))
    if what == OPEN:
        return before | {old, other}
    return {other if entity == old else entity for entity in before} if what == MOVES else before


def _sentence(one: Mentioned, what: str, key: str, new: str, between: Iterable[str]) -> str:
    words, counted = " ".join(map(isolated, one.words)) or "no words of its own", new if what == MOVES else key
    others = sorted(set(between) - {counted})
    if others:
        return f"{one.label}  {words}: is open between {' and '.join((counted, *others))}, and counts as {counted}"
    return f"{one.label}  {words}: {what} {'to ' if what == MOVES else ''}{counted}"


def resolve_plan(request: Resolve, standing: Standing) -> Plan:
    """A name, or an open part, whose entity a review found."""
    key = checked(request.key, standing.reference)
    entity, base = standing.base.entity(key), standing.base
    added, removed, told, names = set[Quad](), set[Quad](), list[str](), set[str]()
    for one in _asked(request, entity, standing):
        if one.words:
            names |= set(one.words)
        before = standing.redirects.meant(one.part, one.written)
        if _is_name(one.written, standing) and (one.part, one.written) not in standing.redirects.readings:
            removed |= set(standing.store.quads_for_pattern(one.written, CG.resolvesTo, None, base.readings))
            added.add(Quad(one.written, CG.resolvesTo, entity, base.readings))
        else:
            removed |= set(standing.store.quads_for_pattern(base.reading(digest_of(one.part, one.written)), None, None, base.readings))
            added |= set(reading_quads(base, one.part, one.written, entity))
        was = f"; it was {base.key(before)}" if base.key(before) not in (None, key) else ""
        told.append(f"{one.label}  {' '.join(map(isolated, one.words))}: is {key}{was}")
    if added == removed:
        raise BadEntity(f"'{shown(request.what)}' means {key} already.")
    subject = f"entity resolve {' '.join(request.what.split())} {key}"
    return Plan(subject, frozenset(added - removed), frozenset(removed - added), frozenset((key,)), frozenset(names), told=tuple(told))


def _is_name(node: NamedNode, standing: Standing) -> bool:
    return any(True for _ in standing.store.quads_for_pattern(node, RDF_TYPE, CG.NamedMention, None))


def _asked(request: Resolve, entity: NamedNode, standing: Standing) -> list[Mentioned]:
    """What a request is about: a part by its name, else every one by its words.

    What is open goes before what is settled, and what is open to the entity before both. Raises :class:`NotFound`, and :class:`BadEntity` for
    a part that has several things which the request may be about.
    """
    of = request.report or (request.what.partition("/")[0] if "#" in request.what else None)
    there = list(reviewable(standing, of))
    found = [one for one in there if one.label == request.what] or [one for one in there if request.what in one.words]
    if not found:
        raise NotFound(
            f"No report that stands has '{shown(request.what)}' as a name that the reference graph lacks or as a part left open: "
            "'claimgraph entity candidates' lists them."
        )
    unsettled = [one for one in found if not is_settled(one, standing)]
    offered = [one for one in unsettled if entity in standing.redirects.left_open.get((one.part, one.written), ())]
    chosen = offered or unsettled or found
    several = {standing.base.key(one.written) or shown(" ".join(one.words)) for one in chosen if one.label == request.what}
    if len(several) > 1:
        raise BadEntity(
            f"'{shown(request.what)}' has {' and '.join(sorted(several))}: name one by its words, or an entity that one of them is open to."
        )
    return chosen


def reviewable(standing: Standing, report: str | None = None) -> list[Mentioned]:
    """Every part of the standing reports, or of one, that review settles: with a name that the graph lacked, or decided on by a split."""
    decided = standing.redirects.readings.keys()
    named = (q.subject for q in standing.store.quads_for_pattern(None, RDF_TYPE, CG.NamedMention, None))
    iris = {*(part.value for part, _ in decided), *(node.value for node in named if isinstance(node, NamedNode))}
    names = [name for name in standing.reports_among(iris) if report in (None, name.report_id)]
    return [one for name in names for one in _reviewable_in(standing, name)]


def _reviewable_in(standing: Standing, name: ReportName) -> Iterator[Mentioned]:
    written = standing.written(name)
    parts, words = Parts(written, name), Words(written)
    here = {(parts.of(q), q.object) for q in written if isinstance(q.object, NamedNode)}
    for part, node in sorted(here, key=str):
        if name.is_name(node) or (part, node) in standing.redirects.readings:
            yield Mentioned(part, node, words.of(part, node))


def is_settled(one: Mentioned, standing: Standing) -> bool:
    """Whether a review, or a split that left it not open, has said whom a part means."""
    about, redirects = (one.part, one.written), standing.redirects
    return about not in redirects.left_open and (about in redirects.readings or redirects.meant(*about) != one.written)
