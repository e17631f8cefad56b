"""What an extractor is told of the reference graph is what the graph says."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode, Quad

from claimgraph.extract.protocol import Known, KnownIncident, KnownName
from claimgraph.model.names import Base
from claimgraph.model.vocabulary import CG, RDF_TYPE, SKOS, XSD_DATE
from claimgraph.store.known import known
from claimgraph.store.reference import Reference


def of(reference: Reference, key: str) -> list[KnownName]:
    """The names of an entity."""
    return [name for name in known(reference).names if name.key == key]


def test_every_name_of_every_entity_is_told(reference: Reference) -> None:
    """Preferred, other and ambiguous names in every language, once each; incidents have none, for nobody writes them."""
    told = known(reference).names
    assert {(name.key, name.surface, name.language) for name in told} == {
        (key, name.value, name.language) for key in reference.entities for name in reference.names(key)
    }
    assert len({(name.key, name.surface, name.language) for name in told}) == len(told)


def test_a_name_is_told_with_what_its_bearer_is(reference: Reference) -> None:
    """Kinds nearest first with their superclasses, the whole it is part of, and whether it is the name shown or one of several bearers'."""
    names = {name.surface: name for name in of(reference, "sinaa-prison")}
    assert names["سجن الصناعة"] == KnownName(
        "sinaa-prison", "سجن الصناعة", "ar", ("Prison", "Facility", "Entity"), "ghweran", ambiguous=False, preferred=True
    )
    assert (names["سجن الحسكة"].ambiguous, names["سجن الحسكة"].preferred) == (True, False)
    assert (names["سجن الثانوية الصناعية"].ambiguous, names["سجن الثانوية الصناعية"].preferred) == (False, False)
    assert {name.part_of for name in of(reference, "sdf-media-center")} == {"sdf"}
    assert {name.part_of for name in of(reference, "sdf")} == {None}
    assert "Actor" in of(reference, "sdf")[0].types


def test_a_name_that_is_shown_may_be_ambiguous(reference: Reference) -> None:
    """A place whose name is an ordinary word is shown by it, and the extractor is told once, that it is not sure."""
    [arabic] = [name for name in of(reference, "al-bab") if name.language == "ar"]
    assert (arabic.surface, arabic.ambiguous, arabic.preferred) == ("الباب", True, True)


def test_incidents_are_told_with_site_and_days(reference: Reference) -> None:
    """Facility by key, first and last day as ISO dates; what the graph does not say is nothing."""
    incidents = {incident.key: incident for incident in known(reference).incidents}
    assert set(incidents) == reference.incidents
    assert incidents["sinaa-2022-01"] == KnownIncident("sinaa-2022-01", "sinaa-prison", None, "2022-01-20", "2022-01-30")


def test_what_is_added_to_the_graph_is_known(reference: Reference, base: Base) -> None:
    """An alias or an incident that a store has beside the bundled ones is told too."""
    alias = Quad(base.entity("sdf"), SKOS.altLabel, Literal("اسم جديد", language="ar"), base.reference)
    node = base.entity("new-2024-05")
    incident = [
        Quad(node, RDF_TYPE, CG.Incident, base.reference),
        Quad(node, CG.place, base.entity("hasakah-city"), base.reference),
        Quad(node, CG.firstDay, Literal("2024-05-01", datatype=NamedNode(XSD_DATE.value)), base.reference),
    ]
    more = known(reference.changed([alias, *incident], []))
    assert "اسم جديد" in {name.surface for name in more.names if name.key == "sdf"}
    assert KnownIncident("new-2024-05", None, "hasakah-city", "2024-05-01", None) in more.incidents


def test_it_is_the_same_for_the_same_graph(reference: Reference, base: Base) -> None:
    """Whatever the order of its statements; and an empty graph knows nothing."""
    again = Reference(sorted(reference.quads, key=str, reverse=True), base)
    assert known(again) == known(reference)
    assert hash(known(again)) == hash(known(reference))
    assert known(Reference((), base)) == Known()
