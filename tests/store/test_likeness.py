"""Whose a name may be: entities by names that are spelled or sound alike, for a person to choose from."""

from __future__ import annotations

from pyoxigraph import Literal, Quad

from claimgraph.model.names import Base
from claimgraph.model.vocabulary import CG, DCTERMS, RDF_TYPE, SKOS
from claimgraph.store.likeness import candidates
from claimgraph.store.reference import Reference


def test_the_likest_come_first_and_each_once(reference: Reference) -> None:
    """Spelled otherwise as newsrooms do, a name is found as texts are matched; no more than asked for are given."""
    found = candidates("قوات سوريا الديموقراطيه", reference, 3)
    assert found[0].key == "sdf"
    assert len(found) <= 3
    assert [one.likeness for one in found] == sorted((one.likeness for one in found), reverse=True)
    assert len({one.key for one in found}) == len(found)


def test_only_persons_are_found_by_sound(reference: Reference, base: Base) -> None:
    """Across scripts a person is offered by sound; a prison of the same name is not, nor is anybody in the same script."""
    person, prison = base.entity("a-person"), base.entity("a-prison")
    name, graph = Literal("فيصل الجربا", language="ar"), base.reference
    more = [Quad(person, RDF_TYPE, CG.Person, graph), Quad(prison, RDF_TYPE, CG.Prison, graph)]
    more += [Quad(node, SKOS.prefLabel, name, graph) for node in (person, prison)]
    found = candidates("Faisal al-Jarba", reference.changed(more, ()), 5)
    assert [(one.key, one.by) for one in found if one.key in ("a-person", "a-prison")] == [("a-person", "sound")]
    again = candidates("فيصل الجربة", reference.changed(more, ()), 5)
    assert {(one.key, one.by) for one in again if one.key.startswith("a-")} == {("a-person", "spelling"), ("a-prison", "spelling")}


def test_what_was_merged_is_not_offered(reference: Reference, base: Base) -> None:
    """The entity that stays is offered instead, for it has the names."""
    merged = reference.changed([Quad(base.entity("sdf"), DCTERMS.isReplacedBy, base.entity("isis"), base.reference)], ())
    assert "sdf" not in {one.key for one in candidates("قسد", merged, 5)}


def test_a_name_like_none_has_no_candidate(reference: Reference) -> None:
    """Nothing is offered by chance."""
    assert candidates("ж", reference, 5) == []
