"""Changes of the reference graph: what is committed, what answers say afterwards, and what is refused with nothing written."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from claimgraph.model.canonical import canonical_nquads
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import BadEntity, Misuse, UnknownEntity
from claimgraph.model.names import Base
from claimgraph.model.vocabulary import CG, DCTERMS, SKOS, WGS84
from claimgraph.store.archive import Archive
from claimgraph.store.commit import Writer
from claimgraph.store.decisions import Decision
from claimgraph.store.entities import Add, Alias, Merge, Request, Split
from claimgraph.store.examine import Result
from claimgraph.store.index import stamp
from claimgraph.store.known import known
from claimgraph.store.place import Place
from claimgraph.store.splitting import mentions
from entities import answer, answers_of, name, new, verified, writing_to

WHY = "because a test says so"
FORCES, COALITION = "us-forces", "coalition"
MERGES = {FORCES: COALITION, "sdf-media-center": "sdf-general-command", "sinaa-prison": "hasakah-central-prison"}


@pytest.fixture(scope="module")
def open_store(sampled: Path, tmp_path_factory: pytest.TempPathFactory, base: Base) -> Iterator[Writer]:
    """A store of the samples that stays open; what is refused leaves it as it is."""
    folder = shutil.copytree(sampled, tmp_path_factory.mktemp("open") / "store")
    with writing_to(folder, base) as writer:
        yield writer


def archived(folder: Path, base: Base) -> list[tuple[str, bytes, str]]:
    """What the archive signed of each standing report: version, document, digest of its quads."""
    with closing(Archive(Place(folder).archive, base.iri)) as archive:
        found = (archive.report(sequence) for sequence in archive.standing())
        return [(stored.version, stored.document, stored.nquads) for stored in found if stored]


# --- add and alias --------------------------------------------------------------------------------------------------------


def test_an_entity_is_added_with_the_source_of_each_name(folder: Path, base: Base) -> None:
    """Its key, class, names and whole stand in the graph, each name with its source; extraction knows it; who and why is signed."""
    with writing_to(folder, base) as writer:
        city = new("a-city", "مدينة ما", "A City", kind="city", part_of="hasakah-governorate").model_copy(update={"position": (36.5, 40.7412346)})
        writer.change_entities(city, reason=WHY)
        assert [str(value) for p in (WGS84.lat, WGS84.long) for value in writer.reference.values("a-city", p)] == [
            '"36.5"^^<http://www.w3.org/2001/XMLSchema#decimal>',
            '"40.741235"^^<http://www.w3.org/2001/XMLSchema#decimal>',
        ]
        done = writer.change_entities(new("hasakah-media", "مكتب الحسكة الإعلامي", "Hasakah Media Office", part_of="sdf"), reason=WHY)
        commit = writer.archive.commits(newest_first=True, limit=1)[0]
        assert (commit.kind, commit.subject, commit.agent, commit.reason, commit.sequence) == (
            "reference",
            "entity add hasakah-media",
            "dana",
            WHY,
            done.sequence,
        )
        assert writer.reference.types("hasakah-media") == [CG.Organization, CG.Actor, CG.Entity]
        assert writer.reference.key_of("hasakah-media", CG.partOf) == "sdf"
        assert {n.surface for n in known(writer.reference).names if n.key == "hasakah-media"} == {"مكتب الحسكة الإعلامي", "Hasakah Media Office"}
        for named in writer.reference.names("hasakah-media"):
            (node,) = {q.subject for q in writer.reference.quads if q.predicate == CG.nameForm and q.object == named}
            facts = {q.predicate: q.object for q in writer.reference.quads if q.subject == node}
            assert facts[CG.nameOf] == base.entity("hasakah-media")
            assert facts[DCTERMS.source] == Literal("https://example.org/where-it-is-written")
    assert verified(folder, base) == ()


def test_a_name_of_several_is_ambiguous_for_all_of_them(folder: Path, base: Base) -> None:
    """Another's name is refused unless it is said to be shared; then it is an ambiguous name of both, which extraction leaves open."""
    with writing_to(folder, base) as writer:
        with pytest.raises(BadEntity, match="is a name of sdf: if it is the same thing"):
            writer.change_entities(Alias(key="isis", name=name("قسد")), reason=WHY)
        writer.change_entities(Alias(key="isis", name=name("قسد"), ambiguous=True), reason=WHY)
        bearing = {n.key: n.ambiguous for n in known(writer.reference).names if n.surface == "قسد"}
        assert bearing == {"isis": True, "sdf": True}
        assert Quad(base.entity("sdf"), SKOS.altLabel, Literal("قسد", language="ar"), base.reference) not in writer.reference.quads
    assert verified(folder, base) == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("قوات\u202eسوريا", "characters that are not seen (U+202E RIGHT-TO-LEFT OVERRIDE)"),
        ("s\u0443ria", "mixes letters of Latin and Cyrillic that may look alike"),
        ("تنظيم الدوله", "reads like a name of isis and is spelled otherwise"),
        ("اسم\u200bخفي", "characters that are not seen (U+200B ZERO WIDTH SPACE)"),
    ],
)
def test_a_name_that_may_deceive_is_told_of(open_store: Writer, text: str, sentence: str) -> None:
    """Controls, letters of two scripts in one word, look-alikes of another's name: kept as given, and said aloud without acting on the line."""
    done = open_store.change_entities(Alias(key="syrian-army", name=name(text, "en")), reason=WHY)
    assert any(sentence in remark for remark in done.remarks), done.remarks
    assert not any(c in remark for remark in done.remarks for c in "\u202e\u200b")
    assert Literal(text, language="en") in open_store.reference.names("syrian-army")


BAD: dict[str, tuple[Request, str]] = {
    "a key that is taken": (new("sdf", "اسم", "name"), "The key 'sdf' is taken"),
    "the key of an incident": (new("sinaa-2022-01", "اسم", "name"), "is taken"),
    "the id of a report": (new("sample-06-two-hundred", "اسم", "name"), "is the id of a report"),
    "no key": (new("Sdf Media", "اسم", "name"), "is no key"),
    "a kind that there is not": (new("x", "اسم", "name", kind="planet"), "is no kind of entity"),
    "coordinates of an actor": (new("x", "اسم", "name").model_copy(update={"position": (35.0, 40.0)}), "Only places and facilities"),
    "coordinates of nowhere": (new("x", "اسم", "name", kind="city").model_copy(update={"position": (135.0, 40.0)}), "no place at 135, 40"),
    "coordinates that are no numbers": (new("x", "اسم", "name", kind="city").model_copy(update={"position": (float("nan"), 4.0)}), "no place at nan"),
    "its own part": (new("x", "اسم", "name", part_of="x"), "'x' would be a part of itself"),
    "a name of controls alone": (new("x", "\u202e\u200b", "name"), "is no name: it holds no letter"),
    "a name without a source": (Alias(key="sdf", name=name("اسم", source=" ")), "A name needs its source"),
    "a name that it bears": (Alias(key="sdf", name=name("قسد")), "is a name of sdf already"),
    "one language": (Add(key="x", kind="person", names=(name("اسم"),)), "in Arabic and in English"),
    "itself": (Merge(key="sdf", into="sdf"), "cannot be merged with itself"),
    "its part": (Merge(key="sdf", into="sdf-media-center"), "'sdf-media-center' is part of 'sdf'"),
    "its whole": (Merge(key="sinaa-prison", into="hasakah-governorate"), "'sinaa-prison' is part of"),
    "another kind of thing": (Merge(key="sinaa-prison", into="sdf"), "are different kinds of things"),
}


@pytest.mark.parametrize(("request_", "sentence"), BAD.values(), ids=BAD)
def test_what_would_make_the_graph_wrong_is_refused(open_store: Writer, request_: Request, sentence: str) -> None:
    """With one sentence that says why, and nothing is written."""
    head, before = open_store.archive.head(), set(open_store.index.store)
    with pytest.raises(BadEntity) as refused:
        open_store.change_entities(request_, reason=WHY)
    assert sentence in str(refused.value)
    assert (open_store.archive.head(), set(open_store.index.store)) == (head, before)


def test_a_change_names_what_is_there_and_why(open_store: Writer) -> None:
    """An unknown key is refused with the nearest ones, and a change without a reason is none."""
    with pytest.raises(UnknownEntity, match="did you mean sinaa-prison"):
        open_store.change_entities(Merge(key="sina-prison", into="sdf"), reason=WHY)
    with pytest.raises(Misuse, match="--why"):
        open_store.change_entities(Merge(key=FORCES, into=COALITION), reason=" ")


# --- merge ----------------------------------------------------------------------------------------------------------------


def test_a_merge_changes_no_claim_and_every_answer(folder: Path, base: Base) -> None:
    """Documents, versions and signed digests stay to the letter, and every question answers as if the claims had been written with the other key."""
    signed = archived(folder, base)
    with writing_to(folder, base) as writer:
        quads, was = list(writer.index.store), answers_of(writer.index.store, writer.reference)
        for key, into in MERGES.items():
            writer.change_entities(Merge(key=key, into=into), reason=WHY)
            quads = written_otherwise(quads, base.entity(key), base.entity(into))
        as_if = Store()
        as_if.extend(q for q in quads if q.graph_name != base.reference)
        as_if.extend(writer.reference.quads)
        now = answers_of(writer.index.store, writer.reference)
        assert now == answers_of(as_if, writer.reference)
        assert not any(base.entity(key).value in row for key in MERGES for rows in now.values() for row in rows)
        changed = {name for name in was if was[name] != now[name]}
        about = answer(writer.index.store, writer.reference, "who-claims-what-about", about=COALITION)
        assert sorted(about) == sorted(answer(as_if, writer.reference, "who-claims-what-about", about=COALITION))
    assert len(changed) >= 4, changed
    assert archived(folder, base) == signed
    assert verified(folder, base) == ()


def written_otherwise(quads: list[Quad], key: NamedNode, other: NamedNode) -> list[Quad]:
    """Statements with another entity in an entity's place."""
    return [Quad(q.subject, q.predicate, other if q.object == key else q.object, q.graph_name) for q in quads]


def test_what_is_redirected_tells_what_was_written(folder: Path, base: Base) -> None:
    """Beside a statement that is read of another entity stands what it was written as, in a graph of its own; the merge told from the key."""
    with writing_to(folder, base) as writer:
        entity = base.entity(FORCES)
        written = {(q.subject, q.predicate) for q in writer.index.store.quads_for_pattern(None, None, entity, None) if q.graph_name != base.reference}
        writer.change_entities(Merge(key=FORCES, into=COALITION), reason=WHY)
        nodes = [q.subject for q in writer.index.store.quads_for_pattern(None, CG.writtenAs, entity, None)]
        facts = [{q.predicate: q.object for q in writer.index.store.quads_for_pattern(node, None, None, None)} for node in nodes]
        assert {(fact[CG.inPart], fact[CG.byProperty]) for fact in facts} == written
        assert {fact[CG.readAs] for fact in facts} == {base.entity(COALITION)}
        assert all(
            str(q.graph_name).endswith("#redirections>") for node in nodes for q in writer.index.store.quads_for_pattern(node, None, None, None)
        )


def test_names_parts_and_sites_go_to_the_one_that_stays(folder: Path, base: Base) -> None:
    """Extraction reads its names as the other's, what was its part is the other's part, and it has no page of its own among the known."""
    with writing_to(folder, base) as writer:
        borne = {n.value for n in writer.reference.names("sinaa-prison")}
        writer.change_entities(Merge(key="sinaa-prison", into="hasakah-central-prison"), reason=WHY)
        reference = writer.reference
        assert borne <= {n.value for n in reference.names("hasakah-central-prison")}
        assert reference.names("sinaa-prison") == []
        assert {n.key for n in known(reference).names if n.surface in borne} == {"hasakah-central-prison"}
        assert not any(n.ambiguous for n in known(reference).names if n.surface == "سجن الحسكة")
        assert reference.key_of("sinaa-2022-01", CG.facility) == "hasakah-central-prison"
        assert reference.merged == {"sinaa-prison": "hasakah-central-prison"}
        assert "sinaa-prison" not in reference.nearest("sinaa-prison")
        with pytest.raises(BadEntity, match="was merged into 'hasakah-central-prison': name that one"):
            writer.change_entities(Merge(key="sinaa-prison", into="raqqa-central-prison"), reason=WHY)
    assert verified(folder, base) == ()


def test_a_report_written_with_the_merged_key_is_let_in_and_read_as_the_other(folder: Path, base: Base, make: Callable[..., ClaimsDocument]) -> None:
    """Whoever still writes the old key is understood, on the way in and after the index was built again."""
    with writing_to(folder, base) as writer:
        writer.change_entities(Merge(key=FORCES, into=COALITION), reason=WHY)
        outcome = writer.commit(make("late"))
        assert (outcome.mapped.name.claim("c01"), base.entity(COALITION)) in {
            (NamedNode(q.subject.value.partition("#")[0]), q.object)
            for q in writer.index.store.quads_for_pattern(None, CG.actor, None, outcome.mapped.name.node)
            if isinstance(q.subject, NamedNode)
        }
        kept = canonical_nquads(writer.index.store)
    shutil.rmtree(Place(folder).index(stamp()))
    with writing_to(folder, base) as writer:
        assert canonical_nquads(writer.index.store) == kept
    assert verified(folder, base) == ()


def test_merges_follow_each_other(folder: Path, base: Base) -> None:
    """What was merged into something that is merged in its turn is read as the last one; a merge back into its own end is refused."""
    with writing_to(folder, base) as writer:
        first = {q.subject for q in writer.index.store.quads_for_pattern(None, CG.actor, base.entity(FORCES), None)}
        writer.change_entities(Merge(key=FORCES, into=COALITION), reason=WHY)
        writer.change_entities(Merge(key=COALITION, into="syrian-army"), reason=WHY)
        last = {q.subject for q in writer.index.store.quads_for_pattern(None, CG.actor, base.entity("syrian-army"), None)}
        assert first <= last
        with pytest.raises(BadEntity, match="was merged into 'syrian-army'"):
            writer.change_entities(Merge(key="syrian-army", into=FORCES), reason=WHY)
    assert verified(folder, base) == ()


# --- verify ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("graph", ["a report", "its redirections", "the readings"])
def test_what_was_tampered_with_is_found(folder: Path, base: Base, graph: str) -> None:
    """A report read otherwise than the redirects say, a redirection or a reading taken away behind the store's back: verify names the graph."""
    with writing_to(folder, base) as writer:
        writer.change_entities(Merge(key=FORCES, into=COALITION), reason=WHY)
        writer.change_entities(Split(key="sdf", new=new("sdf-other", "قسد الأخرى", "other SDF"), moved=("sample-06-two-hundred",)), reason=WHY)
    store = Store(str(Place(folder).index(stamp())))
    names = {"a report": "/v/", "its redirections": "#redirections", "the readings": "graph/readings"}
    quad = next(q for q in store.quads_for_pattern(None, None, base.entity(COALITION), None) if names["a report"] in str(q.graph_name))
    if graph != "a report":
        quad = next(q for q in store if str(q.graph_name).endswith(f"{names[graph]}>"))
    store.remove(quad)
    store.flush()
    del store
    assert any(str(quad.graph_name)[1:-1] in problem.where for problem in verified(folder, base))


# --- beside reviews -------------------------------------------------------------------------------------------------------


def test_reviews_and_redirects_go_together(folder: Path, base: Base) -> None:
    """A claim that is rejected and taken back between a merge and its undoing is read as the others are, and an index built anew says the same."""
    again = new(FORCES, "القوات الأميركية في سوريا", "US forces in Syria", kind="military-force", part_of="us")
    with writing_to(folder, base) as writer:

        def decide(what: str) -> None:
            current = writer.archive.current("sample-06-two-hundred")
            assert current is not None
            done = writer.decide(Decision("sample-06-two-hundred", current.version, what, ("c07",), WHY))
            assert done.result is Result.COMMITTED

        def meaning(key: str) -> set[str]:
            return {one.label for one in mentions(writer.index.standing, key) if "sample-06-two-hundred/c07#" in one.label}

        before = meaning(FORCES)
        writer.change_entities(Merge(key=FORCES, into=COALITION), reason=WHY)
        decide("reject")
        assert meaning(COALITION) == set() != before
        decide("reopen")
        assert meaning(COALITION) == before
        decide("reject")
        writer.change_entities(Split(key=COALITION, new=again, kept=("sample-08-coalition-support",)), reason=WHY)
        decide("reopen")
        assert meaning(FORCES) == before
        kept = canonical_nquads(writer.index.store)
    assert verified(folder, base) == ()
    shutil.rmtree(Place(folder).index(stamp()))
    with writing_to(folder, base) as writer:
        assert canonical_nquads(writer.index.store) == kept
