"""Leaving candidates out: every question, with candidates in its store, answers as it would without them."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import rdflib
from pyoxigraph import RdfFormat, Store, serialize

from claimgraph.ask.answers import records
from claimgraph.ask.catalogue import catalogue, question
from claimgraph.ask.query import run
from claimgraph.ask.reviewed import faults, reviewed_only
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.store.commit import open_writer
from claimgraph.store.examine import Result
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference
from claimgraph.store.snapshots import reading
from running import value_of

Row = dict[str, Any]
QUESTIONS = list(catalogue())
# Beside the defaults, what else to ask: chosen so that each question has an answer with and one without candidates.
ASKED: dict[str, list[dict[str, str]]] = {
    "at-facility": [{"facility": "raqqa-central-prison"}],
    "carried-by": [{"outlet": "athr-press"}, {"outlet": "nyt"}],
    "claims-between": [{"from": "2022-01-24", "until": "2022-01-31"}, {"basis": "event", "types": "control,attack"}],
    "claims-by": [{"claimant": "isis"}, {"claimant": "us"}, {"claimant": "alhal-net"}],
    "disputed-quantities": [{"types": "killing,injury,arrest"}, {"incident": "raqqa-2022-06"}],
    "presupposes-denied": [{"incident": "sinaa-2022-01"}],
    "reports-on": [{"incident": "raqqa-2022-06"}],
    "resting-on": [{"kind": "named-party,own-voice,document"}, {"incident": "raqqa-2022-06"}],
    "rival-holders": [{"day": "2022-01-26"}, {"day": "2022-01-30"}],
    "said-over-time": [{"types": "escape"}, {"claimant": "us"}],
    "single-party-claims": [{"incident": "raqqa-2022-06"}],
    "who-claims-what-about": [{"about": "us-forces"}, {"about": "isis"}],
    "who-is-said-to-help": [{"helped": "sdf"}],
}
_ORDERED_BY_NAME = ("claims-per-origin", "single-party-claims", "who-calls-whom-what")  # among others by IRIs in which the version stands
CASES = [(name, values) for name in QUESTIONS for values in ({}, *ASKED.get(name, ()))]
EVERY = pytest.mark.parametrize(("name", "values"), CASES, ids=[f"{name} {' '.join(values.values())}".strip() for name, values in CASES])


def with_candidates(document: ClaimsDocument, chosen: set[str]) -> ClaimsDocument:
    """A document in which some claims are candidates and the others accepted, edited or of no review at all."""
    value = value_of(document)
    for number, claim in enumerate(value["claims"]):
        state = "candidate" if claim["id"] in chosen else (None, "accepted", "edited")[number % 3]
        claim["review"] = {"state": state} if state else None
    return document_of(value)


def without(document: ClaimsDocument, chosen: set[str]) -> ClaimsDocument:
    """A document as it would be if nobody had proposed some of its claims."""
    value = value_of(document)
    value["claims"] = [claim for claim in value["claims"] if claim["id"] not in chosen]
    for claim in value["claims"]:
        if claim.get("repeats") in chosen:
            del claim["repeats"]
    return document_of(value)


def with_a_repeated_claim(document: ClaimsDocument) -> ClaimsDocument:
    """A document whose first claim is said again by another one."""
    value = value_of(document)
    first = value["claims"][0]
    first.pop("repeats", None)
    value["claims"].append({**first, "id": "again", "repeats": first["id"]})
    return document_of(value)


@dataclass(frozen=True)
class Asked:
    """A store to ask, without versions in the names of what comes out."""

    folder: Path
    base: Base
    reference: Reference

    def rows(self, name: str, *, reviewed: bool, **values: str) -> list[Row]:
        """An answer, in its order."""
        asked = question(name)
        with reading(Place(self.folder), self.base.iri) as snapshot:
            answer = run(snapshot.path, asked.sparql(values, self.base, self.reference, without_candidates=reviewed))
        return [{column: plain(value) for column, value in row.items()} for row in records(asked, answer)]

    def rows_by_rdflib(self, name: str, *, reviewed: bool, **values: str) -> list[tuple[str | None, ...]]:
        """The same by another engine, as it gives them: terms without their types."""
        found = self.graph.query(question(name).sparql(values, self.base, self.reference, without_candidates=reviewed))
        return sorted(tuple(plain(str(term)) if term is not None else None for term in row) for row in found)  # type: ignore[union-attr,type-var]

    def rows_as_text(self, name: str, *, reviewed: bool, **values: str) -> list[tuple[str | None, ...]]:
        """An answer of ours in the form of the other engine's."""
        query = question(name).sparql(values, self.base, self.reference, without_candidates=reviewed)
        with reading(Place(self.folder), self.base.iri) as snapshot:
            table = run(snapshot.path, query).rows
        return sorted(tuple(plain(term.value) if term is not None else None for term in row) for row in table)  # type: ignore[union-attr,type-var]

    @cached_property
    def graph(self) -> rdflib.Graph:
        """All statements of the store, as one graph."""
        with reading(Place(self.folder), self.base.iri) as snapshot:
            quads = [quad for quad in Store.read_only(str(snapshot.path)) if quad.graph_name != self.base.shingles]
            data = serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES)
        return rdflib.Graph().parse(data=data, format="nt")


def plain(value: Any) -> Any:
    """A value whose IRIs do not tell the version; lists in an order of their own."""
    if isinstance(value, list):
        return sorted(plain(one) for one in value)
    return "\n".join(sorted(re.sub(r"/v/[0-9a-f]{12}/", "/v/", value).split("\n"))) if isinstance(value, str) else value


def pair(samples: list[ClaimsDocument], folder: Path, base: Base, reference: Reference) -> tuple[Asked, Asked]:
    """Samples with candidates among their claims, and without these; among the candidates one that is said again."""
    chance = random.Random(7)
    first, *others = samples
    chosen = {one.report.id: {claim.id for claim in one.claims if chance.random() < 0.5} for one in others}
    chosen[first.report.id] = {first.claims[0].id, first.claims[3].id}
    folders = [folder / "candidates", folder / "reviewed"]
    for where, made in zip(folders, (with_candidates, without), strict=True):
        with open_writer(Place(where), base, "a test", "test") as writer:
            for document in (with_a_repeated_claim(first), *others):
                assert writer.commit(made(document, chosen[document.report.id])).result is Result.COMMITTED
    return Asked(folders[0], base, reference), Asked(folders[1], base, reference)


@pytest.fixture(scope="module")
def stores(samples: dict[str, ClaimsDocument], base: Base, reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> tuple[Asked, Asked]:
    """All samples, with and without candidates."""
    return pair(list(samples.values()), tmp_path_factory.mktemp("stores"), base, reference)


@pytest.fixture(scope="module")
def few(samples: dict[str, ClaimsDocument], base: Base, reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> tuple[Asked, Asked]:
    """Some of them, for an engine that takes its time."""
    return pair([one for name, one in samples.items() if re.search("-(02|04|06|10)-", name)], tmp_path_factory.mktemp("few"), base, reference)


# --- the proof ------------------------------------------------------------------------------------------------------------


@EVERY
def test_an_answer_without_candidates_is_that_of_a_store_without_them(stores: tuple[Asked, Asked], name: str, values: dict[str, str]) -> None:
    """Row by row and in the same order, as if nobody had ever proposed them."""
    mixed, bare = stores
    found, wanted = mixed.rows(name, reviewed=True, **values), bare.rows(name, reviewed=False, **values)
    if name in _ORDERED_BY_NAME:
        found, wanted = (sorted(rows, key=str) for rows in (found, wanted))
    assert found == wanted


def test_the_stores_differ(stores: tuple[Asked, Asked]) -> None:
    """The proof above proves something of each question: somewhere it has rows, and candidates make a difference to it."""
    mixed, bare = stores
    for name in QUESTIONS:
        asked = [values for other, values in CASES if other == name]
        assert any(bare.rows(name, reviewed=False, **values) for values in asked), name
        assert any(mixed.rows(name, reviewed=False, **values) != bare.rows(name, reviewed=False, **values) for values in asked), name


@EVERY
def test_where_all_are_candidates_nothing_is_left(all_candidates: Asked, name: str, values: dict[str, str]) -> None:
    """And without being asked to leave them out, a question answers with them."""
    assert all_candidates.rows(name, reviewed=True, **values) == []


@pytest.fixture(scope="module")
def all_candidates(samples: dict[str, ClaimsDocument], base: Base, reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """The samples as if an extractor had proposed all they claim."""
    folder = tmp_path_factory.mktemp("all") / "store"
    with open_writer(Place(folder), base, "a test", "test") as writer:
        for document in samples.values():
            writer.commit(with_candidates(document, {claim.id for claim in document.claims}))
    asked = Asked(folder, base, reference)
    assert asked.rows("claims-per-origin", reviewed=False)
    return asked


@pytest.mark.parametrize("name", QUESTIONS)
def test_another_engine_gives_the_same(few: tuple[Asked, Asked], name: str) -> None:
    """The filters mean to rdflib what they mean to the engine inside."""
    mixed, bare = few
    theirs = mixed.rows_by_rdflib(name, reviewed=True)
    assert theirs == mixed.rows_as_text(name, reviewed=True)
    assert theirs == bare.rows_as_text(name, reviewed=False)


def test_where_nothing_is_a_candidate_nothing_is_left_out(sampled: Path, base: Base, reference: Reference) -> None:
    """Claims of no review, which a person annotated, are no candidates."""
    asked = Asked(sampled, base, reference)
    for name, values in CASES:
        assert asked.rows(name, reviewed=True, **values) == asked.rows(name, reviewed=False, **values)


# --- the places -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_place_can_be_forgotten(name: str) -> None:
    """Without any one of its places a question is found to be at fault."""
    asked = question(name)
    claims = [column.name for column in asked.columns if column.type == "claim"]
    places = [line for line in asked.query.splitlines(keepends=True) if "# reviewed" in line]
    assert places
    assert faults(asked.query, claims) == []
    for number in range(len(places)):
        parts = re.split(r"^[ \t]*# reviewed \?\w+[ \t]*\n", asked.query, flags=re.MULTILINE)
        kept = [line for place, line in enumerate(places) if place != number]
        text = parts[0]
        for place, part in enumerate(parts[1:]):
            text += (places[place] if place != number else "") + part
        assert text.count("# reviewed") == len(kept)
        assert faults(text, claims), f"{name}: place {number}"


def test_places_are_filters_or_nothing() -> None:
    """Left alone, a question is what it was; each place becomes one filter on its line."""
    for asked in catalogue().values():
        before, after = asked.query.splitlines(), reviewed_only(asked.query).splitlines()
        differing = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
        assert [old for old, _ in differing] == [line for line in before if "# reviewed" in line]
        assert all(new.strip().startswith("FILTER NOT EXISTS { ?") for _, new in differing)
        assert faults(reviewed_only(asked.query), ())


P = "PREFIX cg: <https://w3id.org/claimgraph/ontology#>\n"
LACKS, STRAY = "?c has no place '# reviewed ?c' in a group that binds it", "'# reviewed ?c' stands where no claim ?c is bound"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("SELECT ?c { ?c cg:claimant ?o .\n# reviewed ?c\n}", []),
        ("SELECT ?c { ?c cg:claimant ?o }", [LACKS]),
        ("SELECT ?c { ?c a cg:Claim }", [LACKS]),
        ("SELECT ?o { ?x cg:repeats ?c .\n# reviewed ?x\n}", [LACKS]),
        ("SELECT ?c { ?c ( cg:polarity | cg:certainty ) ?o }", [LACKS]),
        ("SELECT ?c { FILTER(1 < 2) ?c cg:claimant ?o }", [LACKS]),
        ("SELECT ?c { ?x cg:position 1 ; cg:speaker ?c }", []),
        ('SELECT ?c { ?x cg:surface "?c cg:claimant ?o" } # ?c cg:claimant ?o', []),
        ("SELECT ?o { OPTIONAL { ?c cg:claimant ?o .\n# reviewed ?c\n} }", []),
        ("SELECT ?o { ?c cg:position 1 . OPTIONAL { ?c cg:claimant ?o .\n# reviewed ?c\n} }", [LACKS]),
        ("SELECT ?o { ?c cg:polarity ?p .\n# reviewed ?c\n OPTIONAL { ?c cg:claimant ?o } FILTER EXISTS { ?c cg:said ?s } }", []),
        ("SELECT ?o { { SELECT ?c { ?c cg:claimant ?o .\n# reviewed ?c\n} } FILTER EXISTS { ?c cg:said ?s } }", []),
        ("SELECT ?o { ?c cg:said ?s .\n# reviewed ?c\n { SELECT (COUNT(?c) AS ?n) { ?c cg:claimant ?o } } }", [LACKS]),
        ("SELECT ?o { ?c cg:said ?s OPTIONAL { SELECT ?c { ?c cg:claimant ?o .\n# reviewed ?c\n} } }", [LACKS]),
        ("SELECT ?o { ?c cg:said ?s { SELECT ?c { ?c cg:claimant ?o .\n# reviewed ?c\n} } UNION { } }", [LACKS]),
        ("SELECT ?o { ?x cg:position 1 .\n# reviewed ?c\n { ?c cg:claimant ?o } }", [STRAY]),
        ("SELECT ?o { ?x cg:position 1 .\n# reviewed ?c\n FILTER NOT EXISTS { ?x cg:repeats ?c } }", [STRAY]),
        ("SELECT ?o { ?x cg:position ?c .\n# reviewed ?c\n}", [STRAY]),
    ],
)
def test_faults_are_found(query: str, found: list[str]) -> None:
    """A claim without a place where it is bound, and a place that would filter nothing or too much; by what only claims have, whatever their name."""
    assert [fault for fault in faults(P + query, ()) if "?c" in fault] == found


def test_a_column_of_claims_is_one_whatever_is_said_of_it() -> None:
    """Where the query has only what others have too, the header tells."""
    query = P + "SELECT ?c { ?c cg:position 1 }"
    assert faults(query, ()) == []
    assert faults(query, ["c"]) == [LACKS]
