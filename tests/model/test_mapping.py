"""claims <-> quads: nothing is lost, nothing is added, and the same document gives the same bytes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from claimgraph.model import fields
from claimgraph.model.canonical import canonical_nquads, read_nquads, version_of
from claimgraph.model.document import Claim, ClaimsDocument, Event, Hop, Mention, Proposal, Quantity, Report, Review, as_json
from claimgraph.model.errors import BadDocument
from claimgraph.model.from_quads import from_quads
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.model.resources import folder
from claimgraph.model.to_quads import MAPPING_VERSION, MappedReport, decimal, integer, to_quads
from claimgraph.model.vocabulary import CG, DCTERMS, OA, PROV, RDF_TYPE, XSD_DATE, XSD_DECIMAL, concept
from claimgraph.store.reference import Reference
from strategies import documents

Json = dict[str, Any]
Changes = Callable[[Json], Iterator[tuple[tuple[str | int, ...], str, ClaimsDocument]]]
BASE = Base("https://w3id.org/claimgraph/id/")
KNOWN = frozenset(
    {"sdf", "isis", "us", "us-forces", "coalition", "civilians", "hasakah-city", "ghweran", "sinaa-prison", "raqqa", "deir-ez-zor-desert"}
)
# A third of the examples is enough where another property looks at the same documents.
FEWER = settings(max_examples=settings().max_examples // 3)


def _back(mapped: MappedReport, base: Base = BASE) -> ClaimsDocument:
    return from_quads(mapped.quads, mapped.name, base)


def _values(mapped: MappedReport, subject: NamedNode, predicate: NamedNode) -> set[object]:
    return {quad.object for quad in mapped.quads if (quad.subject, quad.predicate) == (subject, predicate)}


# --- there and back -------------------------------------------------------------------------------------------------------


def test_any_document_comes_back(names_in: Callable[[ClaimsDocument], set[str]], all_names: set[str]) -> None:
    """Every document comes back equal, also after a way through canonical N-Quads; and every field of the guidelines is among what was tried."""
    tried: set[str] = set()

    @given(documents())
    def comes_back(document: ClaimsDocument) -> None:
        mapped = to_quads(document, BASE, KNOWN)
        assert _back(mapped) == document
        assert from_quads(read_nquads(canonical_nquads(mapped.quads)), mapped.name, BASE) == document
        tried.update(names_in(document))

    comes_back()
    assert tried == all_names


@FEWER
@given(documents())
def test_quads_are_what_stores_keep(document: ClaimsDocument) -> None:
    """All quads stand in the report's own graph, once, about its own nodes, without blank nodes, in forms that a store does not rewrite."""
    mapped = to_quads(document, BASE, KNOWN)
    assert mapped.name == BASE.report(version_of(document), document.report.id)
    assert len(set(mapped.quads)) == len(mapped.quads)
    for quad in mapped.quads:
        assert quad.graph_name == mapped.name.node
        assert isinstance(quad.subject, NamedNode)
        assert BASE.report_of(quad.subject.value) == mapped.name
        assert isinstance(quad.object, NamedNode | Literal)
    store = Store()
    store.extend(mapped.quads)
    assert set(store) == set(mapped.quads)


@FEWER
@given(documents())
def test_every_node_has_its_place_in_the_document(document: ClaimsDocument) -> None:
    """For each node that is spoken of, the JSON path tells where in the document it comes from."""
    mapped = to_quads(document, BASE, KNOWN)
    assert {quad.subject for quad in mapped.quads} == {NamedNode(iri) for iri in mapped.paths}
    value = as_json(document)
    for path in mapped.paths.values():
        here: Any = value
        for step in re.findall(r"[^.\[\]]+", path):
            here = here[int(step)] if step.isdigit() else here[step]


def test_full_document_comes_back(full: Json) -> None:
    """So does the document that has every field."""
    document = document_of(full)
    assert _back(to_quads(document, BASE, KNOWN)) == document


def test_samples_come_back(samples: dict[str, ClaimsDocument], base: Base, reference: Reference) -> None:
    """So do the bundled reports."""
    assert len(samples) >= 8
    for document in samples.values():
        assert _back(to_quads(document, base, reference.entities)) == document


@pytest.mark.shared
def test_annotated_reports_come_back(gold: dict[str, ClaimsDocument], base: Base, reference: Reference) -> None:
    """So do the annotated real reports."""
    assert len(gold) == 5
    for document in gold.values():
        mapped = to_quads(document, base, reference.entities)
        assert _back(mapped) == document
        assert from_quads(read_nquads(canonical_nquads(mapped.quads)), mapped.name, base) == document


def test_another_base(full: Json) -> None:
    """A store may name its data elsewhere: the same document, under other IRIs, comes back too."""
    base = Base("http://localhost:8000/a/v/b/")
    mapped = to_quads(document_of(full), base, KNOWN)
    assert _back(mapped, base) == document_of(full)
    assert not any("w3id.org/claimgraph/id" in str(quad) for quad in mapped.quads)


def test_unknown_keys_come_back(full: Json) -> None:
    """What the reference graph knows decides on the nodes, never on the document."""
    document = document_of(full)
    none, all_of_it = to_quads(document, BASE, ()), to_quads(document, BASE, KNOWN)
    assert _back(none) == _back(all_of_it) == document
    assert set(none.quads) != set(all_of_it.quads)


@pytest.mark.parametrize("value", [0, 0.0, -0.0, 1, 1.0, 0.5, 0.1, 0.000001, 0.999999, 0.12])
def test_confidence_comes_back(plain: Json, value: float) -> None:
    """Every confidence comes back as the number it was."""
    plain["claims"][0]["confidence"] = value
    document = document_of(plain)
    assert _back(to_quads(document, BASE, KNOWN)).claims[0].confidence == value


@pytest.mark.parametrize(("value", "written"), [(0.0, "0"), (1.0, "1"), (0.5, "0.5"), (0.000001, "0.000001"), (0.25, "0.25"), (10.0, "10")])
def test_decimals_are_canonical(value: float, written: str) -> None:
    """As XSD 1.1 writes decimals: no exponent, no zeros at the end."""
    assert decimal(value).value == written


def test_long_chains_keep_their_order(plain: Json) -> None:
    """Ten mouths and more stand in their order, not in that of their names; so do mentions, parts and proposals."""
    claim = plain["claims"][0]
    claim["chain"] += [{"named": f"mouth {number}"} for number in range(25)]
    claim["mentions"] = [{"key": "sdf", "surface": f"m{number}", "start": 0, "end": 1} for number in range(25)]
    plain["report"]["proposals"] = [{"key": f"p-{number}", "claims": ["c0"]} for number in range(25)]
    claim["event"]["breakdown"] = [{"min": number, "approximate": False, "of": "persons", "wording": "x"} for number in range(25)]
    plain["claims"] = [{**claim, "id": f"c{number}"} for number in range(12)]
    document = document_of(plain)
    assert _back(to_quads(document, BASE, KNOWN)) == document


# --- every field counts ---------------------------------------------------------------------------------------------------


def test_every_field_changes_the_quads(full: Json, changes: Changes) -> None:
    """Under the same name, another value of any field gives other quads, and comes back: no field is passed over in either direction."""
    document = document_of(full)
    name = BASE.report("0" * 12, "every-field")
    before = set(to_quads(document, BASE, KNOWN, name=name).quads)
    seen: set[str] = set()
    for path, field, changed in changes(full):
        quads = to_quads(changed, BASE, KNOWN, name=name).quads
        assert set(quads) != before, path
        assert from_quads(quads, name, BASE) == changed, path
        seen.add(field)
    assert len(seen) > 60


def test_example_has_every_field(full: Json, changes: Changes) -> None:
    """The document with every field has every field of every model, and each has another value to be tried: none can be added untested."""
    tried = {field for _, field, _ in changes(full)}
    for model in (Report, Proposal, Claim, Hop, Event, Quantity, Mention, Review):
        for attribute, field in model.model_fields.items():
            name = f"{model.__name__}.{field.alias or attribute}"
            holds_others = name in {
                "Report.proposals", "Claim.chain", "Claim.event", "Claim.mentions", "Claim.review", "Event.quantity", "Event.breakdown"
            }  # fmt: skip
            follows = name in {"Report.sha256", "Report.characters", "Report.schema_version"}
            assert name in tried or holds_others or follows, name


def test_every_optional_part_changes_the_quads(full: Json) -> None:
    """Leaving out a part that holds others gives other quads, and comes back."""
    name = BASE.report("0" * 12, "every-field")
    before = set(to_quads(document_of(full), BASE, KNOWN, name=name).quads)
    for path in (["mentions"], ["review"], ["event", "quantity"], ["event", "breakdown"]):
        value = json.loads(json.dumps(full))
        place = value["claims"][0]
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]
        quads = to_quads(document_of(value), BASE, KNOWN, name=name).quads
        assert set(quads) < before, path
        assert from_quads(quads, name, BASE) == document_of(value), path


def test_tables_name_fields_of_the_models() -> None:
    """The tables that both directions read hold fields that there are, and no property twice in one node."""
    tables_of: dict[type[BaseModel], list[dict[str, Any]]] = {
        Report: [fields.REPORT_WORDS, fields.REPORT_CONCEPTS, fields.REPORT_TIMES],
        Proposal: [fields.PROPOSAL_WORDS, fields.PROPOSAL_PLACES],
        Claim: [fields.CLAIM_CONCEPTS, fields.CLAIM_TIMES, fields.CLAIM_WORDS],
        Review: [fields.REVIEW_WORDS],
        Hop: [fields.HOP_WORDS, fields.HOP_PARTIES],
        Event: [fields.EVENT_CONCEPTS, fields.EVENT_ROLES, fields.EVENT_PLACES, fields.EVENT_TIMES, fields.EVENT_WORDS],
        Quantity: [fields.QUANTITY_COUNTS],
    }
    for model, tables in tables_of.items():
        names = [name for table in tables for name in table]
        assert set(names) <= set(model.model_fields)
        assert len(set(names)) == len(names)
        properties = [found[0] if isinstance(found, tuple) else found for table in tables for found in table.values()]
        assert len(set(properties)) == len(properties)


@FEWER
@given(documents())
def test_generated_documents_differ_in_their_quads(document: ClaimsDocument) -> None:
    """A document that says one thing less has another version, and other quads."""
    if not document.claims:
        return
    less = document_of({**as_json(document), "claims": as_json(document)["claims"][:-1]})
    assert set(to_quads(less, BASE, KNOWN).quads) != set(to_quads(document, BASE, KNOWN).quads)


# --- the same bytes --------------------------------------------------------------------------------------------------------


@FEWER
@given(documents())
def test_same_document_gives_same_bytes(document: ClaimsDocument) -> None:
    """A document read again, its sets in another order, gives the very same canonical N-Quads."""
    again = document_of(json.loads(json.dumps(as_json(document))))
    assert canonical_nquads(to_quads(again, BASE, KNOWN).quads) == canonical_nquads(to_quads(document, BASE, KNOWN).quads)


_PROGRAM = """
import sys
from pathlib import Path
from claimgraph.model.canonical import canonical_nquads, sha256_hex
from claimgraph.model.names import Base
from claimgraph.model.reading import read_claims_file
from claimgraph.model.to_quads import to_quads
for path in sorted(Path(sys.argv[1]).glob("*.json")):
    for one in read_claims_file(path):
        print(sha256_hex(canonical_nquads(to_quads(one.document, Base("https://w3id.org/claimgraph/id/"), {"sdf", "isis"}).quads)))
"""


def test_other_processes_give_the_same_bytes() -> None:
    """Nothing depends on the order in which a process happens to hold its sets."""
    said = set()
    for seed in ("1", "2"):
        command = [sys.executable, "-c", _PROGRAM, str(folder("graph") / "samples")]
        done = subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True)
        said.add(done.stdout)
    assert len(said) == 1
    assert len(said.pop().split()) >= 8


SIGNED = """
@prefix cg: <https://w3id.org/claimgraph/ontology#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@base <https://w3id.org/claimgraph/id/v/4022edb950a3/r1> .

<> {
  <> a cg:Report ;
    dcterms:identifier "r1" ; prov:specializationOf <https://w3id.org/claimgraph/id/r1> ; cg:schemaVersion "1" ;
    cg:text "hello world" ; cg:characters 11 ; cg:sha256 "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9" ;
    cg:publisher <r1/source/@publisher> .
  <r1/source/@publisher> a cg:UnknownPublisher .
  <#annotation> a cg:Annotation .
  <r1/c1> a cg:Claim ;
    dcterms:identifier "c1" ; cg:report <> ; cg:position 1 ; prov:wasGeneratedBy <#annotation> ;
    cg:claimant <r1/source/@publisher> ; cg:attribution <r1/c1#hop-1> ; cg:content <r1/c1#content> ; cg:span <r1/c1#span> ;
    cg:polarity cg:polarity-affirms ; cg:certainty cg:certainty-certain .
  <r1/c1#hop-1> a cg:Attribution ; cg:position 1 ; cg:speaker <r1/source/@publisher> .
  <r1/c1#content> a cg:ClaimedEvent ; cg:eventType cg:event-escape ; cg:status cg:status-happened .
  <r1/c1#span> a oa:SpecificResource ; oa:hasSource <> ; oa:hasSelector <r1/c1#span-position>, <r1/c1#span-quote> .
  <r1/c1#span-position> a oa:TextPositionSelector ; oa:start 0 ; oa:end 5 .
  <r1/c1#span-quote> a oa:TextQuoteSelector ; oa:exact "hello" .
}
"""


def test_mapping_does_not_change_between_releases(plain: Json) -> None:
    """What was signed yesterday is what is mapped today: if this fails on purpose, MAPPING_VERSION goes up."""
    mapped = to_quads(document_of(plain), BASE, KNOWN)
    assert canonical_nquads(mapped.quads) == canonical_nquads(parse(SIGNED, format=RdfFormat.TRIG))
    assert MAPPING_VERSION == 1


# --- the model ------------------------------------------------------------------------------------------------------------


def test_claim_in_rdf(full: Json) -> None:
    """A claim is somebody's: its claimant is the origin, its hops relay each other down to it, its content is not asserted."""
    mapped = to_quads(document_of(full), BASE, KNOWN)
    name = mapped.name
    claim = name.claim("c1")
    hops = [NamedNode(f"{claim.value}#hop-{number}") for number in range(1, 6)]
    assert _values(mapped, claim, CG.claimant) == {name.source("officer")}
    assert _values(mapped, claim, CG.attribution) == set(hops)
    for number, hop in enumerate(hops[:-1]):
        assert _values(mapped, hop, CG.relays) == {hops[number + 1]}
    assert not _values(mapped, hops[-1], CG.relays)
    assert [_values(mapped, hop, CG.speaker) for hop in hops] == [
        {BASE.entity("syria-tv")},
        {BASE.entity("sputnik")},
        {name.name("وكالة لا يعرفها المرجع")},
        {name.source("sources")},
        {name.source("officer")},
    ]
    assert _values(mapped, name.source("sources"), CG.speaksFor) == {BASE.entity("sdf")}
    assert _values(mapped, name.source("officer"), CG.affiliatedWith) == {BASE.entity("isis")}
    assert _values(mapped, claim, PROV.wasGeneratedBy) == {name.rule("said-that/خبر")}
    assert _values(mapped, NamedNode(f"{claim.value}#content"), RDF_TYPE) == {CG.ClaimedEvent}


def test_span_in_rdf(full: Json) -> None:
    """A span has its position in code points, and of a claim the very words."""
    mapped = to_quads(document_of(full), BASE, KNOWN)
    claim = mapped.name.claim("c1").value
    assert _values(mapped, NamedNode(f"{claim}#span"), OA.hasSource) == {mapped.name.node}
    assert _values(mapped, NamedNode(f"{claim}#span-position"), OA.end) == {integer(15)}
    assert _values(mapped, NamedNode(f"{claim}#span-quote"), OA.exact) == {Literal(full["claims"][0]["quote"])}
    assert _values(mapped, NamedNode(f"{claim}#hop-2-span-position"), OA.start) == {integer(0)}
    assert not _values(mapped, NamedNode(f"{claim}#hop-2-span-quote"), OA.exact)


def test_unnamed_source_gathers_what_its_hops_say(plain: Json) -> None:
    """A source without a name is one node in a report: it has every wording, and each hop what is said there."""
    claim = plain["claims"][0]
    hops = [{"anonymous": "x", "surface": "مصادر", "kind": "anonymous"}, {"anonymous": "x", "surface": "المصادر نفسها", "speaks_for": "sdf"}]
    plain["claims"] = [{**claim, "id": f"c{number}", "chain": [*claim["chain"], hop]} for number, hop in enumerate(hops)]
    mapped = to_quads(document_of(plain), BASE, KNOWN)
    source = mapped.name.source("x")
    assert _values(mapped, source, CG.surface) == {Literal("مصادر"), Literal("المصادر نفسها")}
    assert _values(mapped, source, CG.sourceKind) == {concept("source", "anonymous")}
    assert _values(mapped, source, CG.speaksFor) == {BASE.entity("sdf")}
    assert not _values(mapped, NamedNode(mapped.name.claim("c0").value + "#hop-2"), CG.speaksFor)
    assert _back(mapped) == document_of(plain)


def test_unknown_publisher_is_one_of_the_report(plain: Json) -> None:
    """Who publishes is never left out: where it is not known, the report has an unknown publisher of its own."""
    mapped = to_quads(document_of(plain), BASE, KNOWN)
    assert _values(mapped, mapped.name.node, CG.publisher) == {mapped.name.unknown_publisher}
    assert _values(mapped, mapped.name.unknown_publisher, RDF_TYPE) == {CG.UnknownPublisher}
    assert _values(mapped, mapped.name.claim("c1"), CG.claimant) == {mapped.name.unknown_publisher}


def test_times_are_as_written_and_in_days(full: Json) -> None:
    """What was written stays, and the days that it covers stand beside it; what is no date has none."""
    mapped = to_quads(document_of(full), BASE, KNOWN)
    event = NamedNode(mapped.name.claim("c1").value + "#content")
    assert _values(mapped, event, CG.time) == {Literal("2022-01-20/2022-01-21")}
    assert _values(mapped, event, CG.firstDay) == {Literal("2022-01-20", datatype=XSD_DATE)}
    assert _values(mapped, event, CG.lastDay) == {Literal("2022-01-21", datatype=XSD_DATE)}
    full["claims"][0]["event"]["time"] = "yesterday"
    mapped = to_quads(document_of(full), BASE, KNOWN)
    event = NamedNode(mapped.name.claim("c1").value + "#content")
    assert _values(mapped, event, CG.time) == {Literal("yesterday")}
    assert not _values(mapped, event, CG.firstDay) | _values(mapped, event, CG.lastDay)


def test_names_that_the_reference_graph_lacks(full: Json) -> None:
    """A word that is no known key is a name as written, even if it looks like a key; one name is one node."""
    full["claims"][0]["event"]["actors"] = ["sdf", "looks-like-a-key", "قسد"]
    full["claims"][0]["chain"][2] = {"named": "قسد"}
    mapped = to_quads(document_of(full), BASE, KNOWN)
    event = NamedNode(mapped.name.claim("c1").value + "#content")
    assert _values(mapped, event, CG.actor) == {BASE.entity("sdf"), mapped.name.name("looks-like-a-key"), mapped.name.name("قسد")}
    assert _values(mapped, NamedNode(mapped.name.claim("c1").value + "#hop-3"), CG.speaker) == {mapped.name.name("قسد")}


def test_an_open_date_is_its_words(full: Json) -> None:
    """A date that is not resolved is there by the text's words alone: no day is made up for it."""
    claim = full["claims"][0]
    del claim["said"], claim["event"]["time"]
    mapped = to_quads(document_of(full), BASE, KNOWN)
    node = mapped.name.claim("c1")
    event = NamedNode(node.value + "#content")
    assert _values(mapped, node, CG.saidWording) == {Literal("أمس")}
    assert _values(mapped, event, CG.timeWording) == {Literal("بين أول من أمس وأمس")}
    assert not _values(mapped, node, CG.saidFirstDay) | _values(mapped, event, CG.time) | _values(mapped, event, CG.firstDay)
    assert _back(mapped) == document_of(full)


def test_an_ambiguous_name_has_candidates(full: Json) -> None:
    """A name that stays open is tied to every entity that may be meant, and refers to none."""
    mapped = to_quads(document_of(full), BASE, KNOWN)
    known, open_ = (NamedNode(f"{mapped.name.claim('c1').value}#mention-{number}") for number in (1, 2))
    assert _values(mapped, known, CG.refersTo) == {BASE.entity("sdf")}
    assert not _values(mapped, known, CG.candidate)
    assert _values(mapped, open_, CG.candidate) == {BASE.entity("isis"), BASE.entity("sdf")}
    assert not _values(mapped, open_, CG.refersTo)


def test_a_proposed_incident_is_the_reports_own(full: Json) -> None:
    """It is a node under the report, of a class of its own and never an incident; its claims are linked from it, and have no incident by it."""
    for claim in full["claims"]:
        del claim["incident"]
    mapped = to_quads(document_of(full), BASE, KNOWN | {"an-incident"})
    node = mapped.name.proposal("an-incident")
    assert _values(mapped, mapped.name.node, CG.proposal) == {node}
    assert _values(mapped, node, RDF_TYPE) == {CG.ProposedIncident}
    assert _values(mapped, node, CG.proposedFor) == {mapped.name.claim("c1"), mapped.name.claim("c2")}
    assert _values(mapped, node, CG.facility) == {mapped.name.name("سجن لا يعرفه المرجع")}
    assert _values(mapped, node, CG.place) == {BASE.entity("hasakah-city")}
    assert _values(mapped, node, CG.firstDay) == {Literal("2022-01-20", datatype=XSD_DATE)}
    assert _values(mapped, node, CG.lastDay) == {Literal("2022-01-31", datatype=XSD_DATE)}
    assert not [quad for quad in mapped.quads if quad.predicate == CG.incident or quad.object in (CG.Incident, BASE.entity("an-incident"))]


@pytest.mark.parametrize(("begin", "end"), [("soon", "later"), ("../2022-01", "2022-01/.."), (None, None)])
def test_a_proposed_incident_has_only_the_days_it_has(full: Json, begin: str | None, end: str | None) -> None:
    """What is no date, or open at that end, gives no day; what was written stays and comes back."""
    full["report"]["proposals"] = [{"key": "p", "claims": ["c1"], **{k: v for k, v in (("begin", begin), ("end", end)) if v}}]
    mapped = to_quads(document_of(full), BASE, KNOWN)
    node = mapped.name.proposal("p")
    assert not _values(mapped, node, CG.firstDay) | _values(mapped, node, CG.lastDay)
    assert _values(mapped, node, CG.begin) == ({Literal(begin)} if begin else set())
    assert _back(mapped) == document_of(full)


def test_title_has_the_language_of_its_report(full: Json) -> None:
    """A title is in the report's language; without one it is a plain string."""
    mapped = to_quads(document_of(full), BASE, KNOWN)
    assert _values(mapped, mapped.name.node, DCTERMS.title) == {Literal("عنوان “الخبر”", language="ar")}
    del full["report"]["language"]
    mapped = to_quads(document_of(full), BASE, KNOWN)
    assert _values(mapped, mapped.name.node, DCTERMS.title) == {Literal("عنوان “الخبر”")}
    assert _back(mapped) == document_of(full)


# --- quads of others --------------------------------------------------------------------------------------------------------


def _tampered(mapped: MappedReport, subject: NamedNode, predicate: NamedNode, *values: NamedNode | Literal) -> list[Quad]:
    """The quads with other values of one property."""
    kept = [quad for quad in mapped.quads if (quad.subject, quad.predicate) != (subject, predicate)]
    return [*kept, *(Quad(subject, predicate, value, mapped.name.node) for value in values)]


def _read_or_refused(quads: list[Quad], mapped: MappedReport) -> ClaimsDocument | BadDocument:
    try:
        return from_quads(quads, mapped.name, BASE)
    except BadDocument as error:
        return error


@pytest.mark.parametrize("broken", ["007x", "", "-", "٣", "1e3", "9" * 30, "0x10", "1_000", " 1", "-5"])
def test_numbers_of_others(full: Json, broken: str) -> None:
    """What is no number where a number is due is asked for by name: nothing crashes."""
    mapped = to_quads(document_of(full), BASE, KNOWN)
    position = NamedNode(mapped.name.claim("c1").value + "#span-position")
    with pytest.raises(BadDocument, match=r"claims\[0\]\.start: "):
        from_quads(_tampered(mapped, position, OA.start, Literal(broken)), mapped.name, BASE)


@pytest.mark.parametrize("broken", ["NaN", "INF", "-1", "1e-1", "2", "0.1234567", "٠.٥", "9" * 40, ".", ""])
def test_confidence_of_others(full: Json, broken: str) -> None:
    """What is no confidence is refused or left out, and then does not come back."""
    mapped = to_quads(document_of(full), BASE, KNOWN)
    quads = _tampered(mapped, mapped.name.claim("c1"), CG.confidence, Literal(broken, datatype=XSD_DECIMAL))
    found = _read_or_refused(quads, mapped)
    assert found.claims[0].confidence is None if isinstance(found, ClaimsDocument) else "confidence" in str(found)


@FEWER
@given(documents(), st.data())
def test_any_statement_may_be_missing(document: ClaimsDocument, data: st.DataObject) -> None:
    """Whatever statements of a report are left out, what remains is read as a document or refused with its places."""
    mapped = to_quads(document, BASE, KNOWN)
    kept = data.draw(st.lists(st.sampled_from(mapped.quads), unique=True))
    for quads in (kept, [quad for quad in mapped.quads if quad not in kept[:3]]):
        found = _read_or_refused(quads, mapped)
        assert isinstance(found, ClaimsDocument) or found.problems


@FEWER
@given(documents(), st.data())
def test_any_object_may_be_another(document: ClaimsDocument, data: st.DataObject) -> None:
    """Whatever stands in place of a value (a node for a word, a word for a node), it is read or refused: nothing crashes."""
    mapped = to_quads(document, BASE, KNOWN)
    quad = data.draw(st.sampled_from(mapped.quads))
    other = data.draw(st.sampled_from([Literal("x"), Literal("1"), Literal("true"), BASE.entity("sdf"), mapped.name.node, CG.Claim, quad.subject]))
    quads = [Quad(q.subject, q.predicate, other, q.graph_name) if q == quad else q for q in mapped.quads]
    found = _read_or_refused(quads, mapped)
    assert isinstance(found, ClaimsDocument) or found.problems
