"""The reference graph: what it knows under any base, what it offers for a word it does not know, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Triple

from claimgraph.model.document import ClaimsDocument, as_json
from claimgraph.model.errors import UnknownKey
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.model.to_quads import day, to_quads
from claimgraph.model.vocabulary import CG, RDF_TYPE, SKOS
from claimgraph.store.reference import Reference, bundled


def test_the_bundled_graph_is_named_under_the_base(base: Base) -> None:
    """Under another base the graph says the same of the same keys, and nothing keeps the default name."""
    other = Base("https://example.org/kg/")
    here, there = bundled(base), bundled(other)
    assert len(here) == len(there) > 100
    assert {quad.graph_name for quad in there} == {other.reference}
    assert not [quad for quad in there if base.iri in f"{quad.subject} {quad.object}"]
    assert Reference(here, base).keys == Reference(there, other).keys
    assert Reference(there, other).types("sdf") == Reference(here, base).types("sdf")


def test_keys_are_told_from_entities(reference: Reference) -> None:
    """Incidents and loaded wordings are keys, but no party and no place."""
    assert {"sdf", "sinaa-prison", "hasakah-city", "civilians"} <= reference.entities
    assert "sinaa-2022-01" in reference.incidents - reference.entities
    assert "wording-militia" in reference.loaded_wordings - reference.entities
    assert reference.entities | reference.incidents | reference.loaded_wordings == reference.keys


def test_a_loaded_wording_is_told_of_and_names_nothing(reference: Reference, base: Base) -> None:
    """Its words and kind are shown like an entity's, but no name in a report is taken for a name of it."""
    assert Literal("ميليشيا", language="ar") in reference.names("wording-militia")
    assert reference.kind("wording-militia") == "loaded wording"
    named = [Quad(base.entity("x"), CG.surface, Literal("ميليشيا"), base.reference)]
    assert not list(reference.context(named))


def test_types_are_spelled_out(reference: Reference) -> None:
    """An entity's class comes with all its superclasses, so that no rule needs inference."""
    assert reference.types("sdf") == [CG.ArmedGroup, CG.Actor, CG.Entity]
    assert reference.types("sinaa-prison") == [CG.Prison, CG.Facility, CG.Entity]
    assert reference.types("nobody") == []


def test_names_begin_with_the_preferred_ones(reference: Reference) -> None:
    """All names in both languages, the shown ones first, those that others bear too last."""
    names = [name.value for name in reference.names("sinaa-prison")]
    assert set(names[:2]) == {"سجن الصناعة", "al-Sina'a (Ghweran) prison, Hasakah"}
    assert set(names[-2:]) == {"سجن غويران", "سجن الحسكة"}


def test_bearers_are_told_by_the_exact_name(reference: Reference) -> None:
    """All who bear a name are told, sorted; nobody bears what no name is."""
    assert reference.bearers("سجن غويران") == {"hasakah-central-prison", "sinaa-prison"}
    assert reference.bearers("سجن") == frozenset()


def test_wholes_are_followed_upwards(reference: Reference, base: Base) -> None:
    """A prison lies in its neighbourhood, city, governorate and country, the nearest first; a circle that somebody made is walked once."""
    assert list(reference.wholes("sinaa-prison")) == ["ghweran", "hasakah-city", "hasakah-governorate", "syria"]
    circle = reference.changed([Quad(base.entity("syria"), CG.partOf, base.entity("ghweran"), base.reference)], [])
    assert list(circle.wholes("sinaa-prison")) == ["ghweran", "hasakah-city", "hasakah-governorate", "syria"]


def test_a_change_makes_another_graph(reference: Reference, base: Base) -> None:
    """What is added and removed shows in the new graph, and the old one stays as it was."""
    old = next(quad for quad in reference.quads if quad.subject == base.entity("sdf") and quad.object == Literal("قسد", language="ar"))
    new = Quad(base.entity("new-group"), RDF_TYPE, CG.ArmedGroup, base.reference)
    changed = reference.changed([new], [old])
    assert "new-group" in changed.entities
    assert old.object not in changed.names("sdf")
    assert "new-group" not in reference.keys
    assert old.object in reference.names("sdf")


# --- nearest keys ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("sinaa-prisn", "sinaa-prison"),
        ("spuntik", "sputnik"),
        ("Raqqa Central Prision", "raqqa-central-prison"),
        ("Islamic State", "isis"),
        ("سجن الصناعه", "sinaa-prison"),
        ("قوات سوريا الديموقراطية", "sdf"),
        ("قوات التحالف الدولي", "coalition"),
        ("unicorn-prison", "sinaa-prison"),
    ],
)
def test_the_nearest_key_is_the_one_meant(reference: Reference, word: str, key: str) -> None:
    """A word that was mistyped, or a name in either language, leads to its key."""
    assert reference.nearest(word)[0] == key


def test_few_keys_are_offered_and_each_once(reference: Reference) -> None:
    """No more than ``nearest_keys`` are offered, however many names are alike."""
    nearest = reference.nearest("prison")
    assert len(nearest) == LIMITS.nearest_keys
    assert len(set(nearest)) == len(nearest)


def test_only_keys_asked_for_are_offered(reference: Reference) -> None:
    """Where an incident is meant, incidents are offered."""
    incidents = reference.keys - reference.entities
    assert set(reference.nearest("sinaa-2022", incidents)) <= incidents
    assert reference.nearest("sinaa-2022", incidents)[0] == "sinaa-2022-01"


def test_nothing_is_offered_for_what_is_like_nothing(reference: Reference) -> None:
    """A word that resembles no key and no name gets no offer."""
    assert reference.nearest("ж") == []


# --- context --------------------------------------------------------------------------------------------------------------


def test_the_context_is_one_step(reference: Reference, base: Base, make: Callable[..., ClaimsDocument]) -> None:
    """What shapes see of the reference graph are the classes of the entities that the report names, not their names, not their neighbours."""
    mapped = to_quads(make(), base, reference.entities)
    context = list(reference.context(mapped.quads))
    assert {t.subject for t in context} == {base.entity(key) for key in ("us-forces", "isis", "sinaa-prison", "syria-tv")}
    assert {t.predicate for t in context} == {RDF_TYPE}
    assert Triple(base.entity("us-forces"), RDF_TYPE, CG.Actor) in context


def test_the_context_has_the_bearers_of_a_name(reference: Reference, base: Base, make: Callable[..., ClaimsDocument]) -> None:
    """Where a party is given by a name, all entities that bear it are there with their names."""
    mapped = to_quads(make(claim={"event": {"type": "escape", "place": "سجن غويران"}}), base, reference.entities)
    bearers = {t.subject for t in reference.context(mapped.quads) if t.predicate in (SKOS.prefLabel, SKOS.altLabel, CG.ambiguousLabel)}
    assert bearers == {base.entity("sinaa-prison"), base.entity("hasakah-central-prison")}


def test_an_incident_comes_with_its_plausible_days(
    reference: Reference, base: Base, make: Callable[..., ClaimsDocument], limits: Callable[..., None]
) -> None:
    """An incident's days are widened by the setting ``incident_days`` on both sides."""
    mapped = to_quads(make(claim={"incident": "sinaa-2022-01"}), base, reference.entities)
    node, first, last = base.entity("sinaa-2022-01"), date(2022, 1, 20), date(2022, 1, 30)
    for days in (LIMITS.incident_days, 3):
        limits("reference", incident_days=days)
        context = set(reference.context(mapped.quads))
        assert Triple(node, CG.plausibleFirstDay, day(first - timedelta(days))) in context
        assert Triple(node, CG.plausibleLastDay, day(last + timedelta(days))) in context


# --- keys of a document ---------------------------------------------------------------------------------------------------


def _at(value: Any, *path: str | int) -> Any:
    for step in path:
        value = value[step]
    return value


def _with(document: ClaimsDocument, path: tuple[str | int, ...], new: Any) -> ClaimsDocument:
    value = deepcopy(as_json(document))
    _at(value, *path[:-1])[path[-1]] = new
    return document_of(value)


QUANTITY = {"min": 3, "approximate": False, "of": "persons", "wording": "ثلاثة"}
CLAIM, HOP = ("claims", 0), ("claims", 0, "chain", 1)
UNNAMED = {"anonymous": "a", "surface": "مصدر", "kind": "office"}


@pytest.mark.parametrize(
    ("path", "value", "where", "offer"),
    [
        (("report", "publisher"), "sputnk", "report.publisher", "sputnik"),
        (("report", "publisher"), "sinaa-prison", "report.publisher", None),
        ((*HOP, "agent"), "sputnk", "claims[0].chain[1].agent", "sputnik"),
        ((*HOP, "agent"), "sinaa-prison", "claims[0].chain[1].agent", None),
        ((*HOP, "agent"), "civilians", "claims[0].chain[1].agent", None),
        ((*HOP, "agent"), "sinaa-2022-01", "claims[0].chain[1].agent", None),
        (HOP, {**UNNAMED, "speaks_for": "sfd"}, "claims[0].chain[1].speaks_for", "sdf"),
        (HOP, {**UNNAMED, "affiliation": "raqqa"}, "claims[0].chain[1].affiliation", None),
        ((*CLAIM, "incident"), "sinaa-2022-02", "claims[0].incident", "sinaa-2022-01"),
        ((*CLAIM, "incident"), "sdf", "claims[0].incident", None),
        ((*CLAIM, "mentions"), [{"key": "isiss", "surface": "س", "start": 0, "end": 1}], "claims[0].mentions[0].key", "isis"),
        ((*CLAIM, "mentions"), [{"key": "sinaa-2022-01", "surface": "س", "start": 0, "end": 1}], "claims[0].mentions[0].key", None),
        ((*CLAIM, "mentions"), [{"candidates": ["isis", "sfd"], "surface": "س", "start": 0, "end": 1}], "claims[0].mentions[0].candidates", "sdf"),
        (
            (*CLAIM, "mentions"),
            [{"candidates": ["sinaa-2022-01"], "surface": "س", "start": 0, "end": 1}],
            "claims[0].mentions[0].candidates",
            None,
        ),
        ((*HOP, "agent"), "wording-militia", "claims[0].chain[1].agent", None),
        ((*CLAIM, "event", "targets"), ["wording-militia"], "claims[0].event.targets", None),
        (("report", "proposals"), [{"key": "p", "claims": ["c01"], "facility": "sina-prison"}], "report.proposals[0].facility", "sinaa-prison"),
        (("report", "proposals"), [{"key": "p", "claims": ["c01"], "place": "gweran"}], "report.proposals[0].place", "ghweran"),
        ((*CLAIM, "event", "actors"), ["isis", "us-force"], "claims[0].event.actors", "us-forces"),
        ((*CLAIM, "event", "targets"), ["civilian"], "claims[0].event.targets", "civilians"),
        ((*CLAIM, "event", "helpers"), ["sinaa-2022-01"], "claims[0].event.helpers", None),
        ((*CLAIM, "event", "facility"), "sina-prison", "claims[0].event.facility", "sinaa-prison"),
        ((*CLAIM, "event", "place"), "gweran", "claims[0].event.place", "ghweran"),
        ((*CLAIM, "event", "origin"), "raqa", "claims[0].event.origin", "raqqa"),
        ((*CLAIM, "event", "destination"), "deir-ez-zor-desrt", "claims[0].event.destination", "deir-ez-zor-desert"),
        ((*CLAIM, "event", "quantity"), {**QUANTITY, "counted": ["isiss"]}, "claims[0].event.quantity.counted", "isis"),
        (
            (*CLAIM, "event", "breakdown"),
            [{**QUANTITY, "counted": []}, {**QUANTITY, "counted": ["isiss"]}],
            "claims[0].event.breakdown[1].counted",
            "isis",
        ),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest(
    reference: Reference, make: Callable[..., ClaimsDocument], path: tuple[str | int, ...], value: Any, where: str, offer: str | None
) -> None:
    """Wherever a key stands, one that the graph lacks, or of the wrong kind, is refused with its JSON path, and keys that fit are offered."""
    document = make(claim={"chain": [{"agent": "@publisher"}, {"agent": "sputnik"}]})
    reference.check(document)
    with pytest.raises(UnknownKey, match=r"is no key of the reference graph here|cannot stand here") as caught:
        reference.check(_with(document, path, value))
    (problem,) = caught.value.problems
    assert problem.where == where
    if offer is not None:
        assert f"did you mean {offer}" in problem.message


def test_offers_are_of_the_kind_that_fits(reference: Reference, make: Callable[..., ClaimsDocument]) -> None:
    """For a speaker actors are offered, for an incident incidents."""
    actors = {key for key in reference.entities if CG.Actor in reference.types(key)}
    with pytest.raises(UnknownKey) as caught:
        reference.check(make(publisher="raqqa-central", claim={"incident": "raqqa"}))
    for problem, allowed in zip(caught.value.problems, (actors, reference.keys - reference.entities), strict=True):
        offered = problem.message.partition("did you mean ")[2].rstrip("?").split(" or ")
        assert set(offered) - {""} <= allowed


def test_all_unknown_keys_are_told_at_once(reference: Reference, make: Callable[..., ClaimsDocument]) -> None:
    """A document is refused with every key that is wrong, not with the first."""
    document = make(publisher="nobody", claim={"incident": "nothing", "event": {"type": "escape", "actors": ["xx", "yy"]}})
    with pytest.raises(UnknownKey, match="4 problems") as caught:
        reference.check(document)
    assert [p.where for p in caught.value.problems] == ["report.publisher", "claims[0].incident", "claims[0].event.actors", "claims[0].event.actors"]


@pytest.mark.parametrize("surface", ["abu-salem", "jfs"])
def test_a_word_of_the_text_is_a_name_and_no_mistyped_key(reference: Reference, make: Callable[..., ClaimsDocument], surface: str) -> None:
    """What has a key's form but stands in the text is a name as written, and let in; the same word without the text is refused."""
    event = {"type": "escape", "actors": [surface], "facility": surface}
    reference.check(make(text=f"Fighters of {surface} escaped.", claim={"event": event}))
    with pytest.raises(UnknownKey):
        reference.check(make(text="Fighters escaped.", claim={"event": event}))


def test_a_name_in_arabic_needs_no_key(reference: Reference, make: Callable[..., ClaimsDocument]) -> None:
    """Names that have no key's form are names, whether the text has them or not."""
    reference.check(make(claim={"event": {"type": "escape", "actors": ["مجلس محلي"], "place": "Al-Hol camp"}}))


@pytest.mark.parametrize("key", ["sdf", "wording-militia"])
def test_an_incident_is_not_proposed_under_the_key_of_something_else(reference: Reference, make: Callable[..., ClaimsDocument], key: str) -> None:
    """A proposed key is a new one; or that of an incident, which has been accepted since."""
    for free in ("wadi-prison-2022-01", "sinaa-2022-01"):
        reference.check(make(proposals=[{"key": free, "claims": ["c01"]}]))
    with pytest.raises(UnknownKey, match=f"'{key}' .* is no incident: propose another key") as caught:
        reference.check(make(proposals=[{"key": key, "claims": ["c01"]}]))
    assert caught.value.problems[0].where == "report.proposals[0].key"


@pytest.mark.parametrize("key", ["sdf", "sinaa-2022-01"])
def test_a_report_is_not_named_like_an_entity(reference: Reference, make: Callable[..., ClaimsDocument], key: str) -> None:
    """A report whose id is a key would be that entity: it is refused."""
    with pytest.raises(UnknownKey, match=f"the id '{key}' is the key of an entity") as caught:
        reference.check(make(key))
    assert caught.value.problems[0].where == "report.id"


def test_the_samples_name_what_is_known(reference: Reference, samples: dict[str, ClaimsDocument]) -> None:
    """The bundled reports use no key that the bundled graph lacks."""
    for document in samples.values():
        reference.check(document)


@pytest.mark.shared
def test_the_annotated_reports_name_what_is_known(reference: Reference, gold: dict[str, ClaimsDocument]) -> None:
    """The annotated reports use no key that the bundled graph lacks."""
    for document in gold.values():
        reference.check(document)


def test_only_iris_and_literals_are_moved(base: Base) -> None:
    """Every node of the bundled graph is an IRI."""
    assert all(isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal) for quad in bundled(base))
