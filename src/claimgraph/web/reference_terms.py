"""The ontology and the shapes as a reader looks them up: every term and every rule with what is said of it, as JSON values.

Everything comes from the files of ``ontology/`` and ``shapes/`` that the program itself reads, so that the reference says what holds.
Texts are ``{"ar", "en"}``; a term is ``{"iri", "name", "href"}``, ours with its anchor on the page of the ontology, others with their IRI.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from claimgraph.ask.query import PREFIXES
from claimgraph.model.resources import folder
from claimgraph.model.vocabulary import CG, RDF_TYPE, ontology_quads
from claimgraph.store.copies import syndicated_text
from claimgraph.store.shapes import Rule, rules, shape_triples

ONTOLOGY_PAGE = "/reference/ontology"
_OWL, _RDF = "http://www.w3.org/2002/07/owl#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS, _SKOS, _SH = "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/2004/02/skos/core#", "http://www.w3.org/ns/shacl#"
# What a part of the page lists, by the types of its terms.
_PARTS = {
    "classes": (f"{_OWL}Class",),
    "properties": (f"{_OWL}ObjectProperty", f"{_OWL}DatatypeProperty", f"{_OWL}AnnotationProperty"),
    "schemes": (f"{_SKOS}ConceptScheme",),
    "collections": (f"{_SKOS}Collection",),
}
# What is told of a term besides its texts: the key of its name, and the property.
_RELATIONS = {
    "above": (f"{_RDFS}subClassOf", f"{_RDFS}subPropertyOf"),
    "domain": (f"{_RDFS}domain",),
    "range": (f"{_RDFS}range",),
    "union": (f"{_OWL}unionOf",),
    "inverse": (f"{_OWL}inverseOf",),
    "same": (f"{_OWL}equivalentClass", f"{_OWL}equivalentProperty"),
    "close": (f"{_SKOS}closeMatch",),
    "members": (f"{_SKOS}member",),
}
_TARGETS = tuple(_SH + name for name in ("targetClass", "targetSubjectsOf", "targetObjectsOf"))
Statements = Mapping[str, Mapping[str, list[object]]]


def term_page(iri: str) -> str | None:
    """Where the reference explains a term of ours; ``None`` for what is none."""
    return f"{ONTOLOGY_PAGE}#{iri.removeprefix(CG.iri)}" if iri.startswith(CG.iri) and iri in _stated() else None


@cache
def _stated() -> Statements:
    """What the ontology states: objects by subject and property, blank nodes by their names."""
    return _by_subject(ontology_quads())


def _by_subject(statements: Iterable[Quad] | Iterable[Triple]) -> Statements:
    found: dict[str, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    for one in statements:
        if isinstance(one.subject, NamedNode | BlankNode):
            found[one.subject.value][one.predicate.value].append(one.object)
    return {subject: dict(facts) for subject, facts in found.items()}


@cache
def ontology() -> dict[str, Any]:
    """Classes, properties, controlled lists with their concepts, collections, and the terms of others as they are used here."""
    examples = json.loads((folder("ontology") / "examples.json").read_text(encoding="utf-8"))
    stated = _stated()
    value: dict[str, Any] = {}
    for part, kinds in _PARTS.items():
        named = sorted(iri for iri in stated if iri.startswith(CG.iri) and _types(iri) & set(kinds))
        value[part] = [_term(iri, examples) for iri in named]
    for scheme in value["schemes"]:
        members = [iri for iri, facts in stated.items() if NamedNode(scheme["iri"]) in facts.get(f"{_SKOS}inScheme", ())]
        scheme["concepts"] = [_term(iri, examples) for iri in members]
    value["others"] = [_term(iri, examples) for iri in sorted(stated) if not iri.startswith(CG.iri) and f"{_RDFS}isDefinedBy" in stated[iri]]
    return value


def _types(iri: str) -> set[str]:
    return {one.value for one in _stated()[iri].get(RDF_TYPE.value, ()) if isinstance(one, NamedNode)}


def _term(iri: str, examples: Mapping[str, list[str]]) -> dict[str, Any]:
    facts = _stated()[iri]
    relations = {name: [_linked(one) for p in properties for one in _members(facts.get(p, ()))] for name, properties in _RELATIONS.items()}
    notation = next((one.value for one in facts.get(f"{_SKOS}notation", ()) if isinstance(one, Literal)), "")
    return {
        "iri": iri,
        "name": _short(iri),
        "anchor": iri.removeprefix(CG.iri) if iri.startswith(CG.iri) else _short(iri),
        "label": _both(facts, f"{_RDFS}label", f"{_SKOS}prefLabel"),
        "comment": _both(facts, f"{_RDFS}comment", f"{_SKOS}definition"),
        "notation": notation,
        "forms": [one.value for one in facts.get(f"{_SKOS}hiddenLabel", ()) if isinstance(one, Literal)],
        "relations": {name: terms for name, terms in relations.items() if terms},
        "example": examples.get(_short(iri)),
    }


def _both(facts: Mapping[str, list[object]], *properties: str) -> dict[str, str]:
    return {str(one.language): one.value for p in properties for one in facts.get(p, ()) if isinstance(one, Literal)}


def _members(objects: Iterable[object]) -> list[str]:
    """The IRIs of some objects; of a list, or of the union that a blank node is, those within."""
    found: list[str] = []
    for one in objects:
        if isinstance(one, NamedNode) and one.value != f"{_RDF}nil":
            found.append(one.value)
        elif isinstance(one, BlankNode):
            facts = _stated()[one.value]
            found += _members([o for p in (f"{_OWL}unionOf", f"{_RDF}first", f"{_RDF}rest") for o in facts.get(p, ())])
    return found


def _linked(iri: str) -> dict[str, str]:
    return {"iri": iri, "name": _short(iri), "href": term_page(iri) or iri}


def _short(iri: str) -> str:
    """A term with the prefix that queries know, or its whole IRI."""
    prefix, start = max(((p, i) for p, i in PREFIXES.items() if iri.startswith(i)), key=lambda one: len(one[1]), default=("", ""))
    return f"{prefix}:{iri.removeprefix(start)}" if prefix else iri


# --- shapes ---------------------------------------------------------------------------------------------------------------


@cache
def shapes() -> list[dict[str, Any]]:
    """Every rule: its name and message, whether it refuses or flags, and the classes and the property that it looks at."""
    stated = _by_subject(shape_triples())
    owners: dict[str, list[str]] = defaultdict(list)
    for iri, facts in stated.items():
        for one in facts.get(f"{_SH}property", ()):
            if isinstance(one, NamedNode):
                owners[one.value].append(iri)
    told = [{**_rule(rule), **_looked_at(iri, stated, owners)} for iri, rule in rules().items()]
    across, _ = syndicated_text()
    return [*sorted(told, key=lambda one: str(one["name"])), {**_rule(across), "at": [_linked(CG.Report.value)], "path": []}]


def _rule(rule: Rule) -> dict[str, Any]:
    return {"iri": rule.iri, "name": rule.name, "severity": rule.severity, "label": dict(rule.names), "message": dict(rule.messages)}


def _looked_at(iri: str, stated: Statements, owners: Mapping[str, list[str]]) -> dict[str, Any]:
    """The classes and properties whose nodes a shape looks at, its own or those of the shapes that it is part of; and its path."""
    seen, waiting, found = {iri}, [iri], []
    while waiting:
        facts = stated[shape := waiting.pop()]
        found += [o.value for p in _TARGETS for o in facts.get(p, ()) if isinstance(o, NamedNode)]
        waiting += [one for one in owners.get(shape, ()) if one not in seen]
        seen.update(waiting)
    return {"at": [_linked(one) for one in dict.fromkeys(found)], "path": [_linked(one) for one in _path(stated[iri].get(f"{_SH}path", ()), stated)]}


def _path(objects: Iterable[object], stated: Statements) -> list[str]:
    """The properties of a path, in their order."""
    found: list[str] = []
    for one in objects:
        if isinstance(one, BlankNode):
            facts = stated[one.value]
            found += _path([o for some in facts.values() for o in some], stated)
        elif isinstance(one, NamedNode) and one.value != f"{_RDF}nil":
            found.append(one.value)
    return found
