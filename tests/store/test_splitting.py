"""Splits and resolved names: what becomes of each mention, what answers say of it, and what an earlier decision is worth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from claimgraph.model.canonical import canonical_nquads
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import BadEntity, NotFound
from claimgraph.model.names import Base
from claimgraph.model.vocabulary import CG
from claimgraph.store.commit import Writer
from claimgraph.store.entities import Alias, Merge, Resolve, Split
from claimgraph.store.splitting import is_settled, label_of_part, mentions, reviewable
from entities import answer, name, new, verified, writing_to

WHY = "because a test says so"
Make = Callable[..., ClaimsDocument]
AIR = new("us-air-force", "سلاح الجو الأمريكي", "US Air Force", kind="military-force", part_of="us-forces")


def means(writer: Writer, key: str) -> set[str]:
    """The parts of reports that mean an entity, as a person names them."""
    return {one.label for one in mentions(writer.index.standing, key)}


def outcome_of(told: tuple[str, ...]) -> dict[str, str]:
    """What was told of each part of a report."""
    return {line.partition("  ")[0]: line.rpartition(": ")[2] for line in told}


def left_open(writer: Writer) -> set[str]:
    """The parts of reports that splits left open, as a person names them."""
    return {label_of_part(part) for part, _ in writer.index.standing.redirects.left_open}


def open_to(writer: Writer, part: str) -> set[str]:
    """The entities that a part is open between."""
    base, found = writer.reference.base, writer.index.standing.redirects.left_open.items()
    return {str(base.key(entity)) for (node, _), entities in found if label_of_part(node) == part for entity in entities}


# --- split ----------------------------------------------------------------------------------------------------------------


def test_a_split_decides_on_every_mention(folder: Path, base: Base) -> None:
    """By the words: those of a name that goes move, those of one that stays stay; each is told, and kept as a reading with the commit."""
    with writing_to(folder, base) as writer:
        before = means(writer, "us-forces")
        done = writer.change_entities(Split(key="us-forces", new=AIR, names=("الطيران الأمريكي",)), reason=WHY)
        told = outcome_of(done.told)
        assert told.keys() == before
        moved = {part for part, what in told.items() if what == "moves to us-air-force"}
        assert moved == {"sample-03-injured-civilians/c05#content", "sample-03-injured-civilians/c05#mention-2"}
        assert (means(writer, "us-air-force"), means(writer, "us-forces")) == (moved, before - moved)
        readings = {q.object for q in writer.index.standing.graph(base.readings) if q.predicate == CG.inPart}
        assert len(readings) == len(before)
        about = {row[0].rpartition("/")[2] for row in answer(writer.index.store, writer.reference, "who-claims-what-about", about="us-air-force")}
        assert about == {"c05"}
        assert {n.value for n in writer.reference.names("us-air-force")} == {"سلاح الجو الأمريكي", "US Air Force", "الطيران الأمريكي"}
        assert "الطيران الأمريكي" not in {n.value for n in writer.reference.names("us-forces")}
    assert verified(folder, base) == ()


def test_what_no_words_decide_is_left_open(folder: Path, base: Base) -> None:
    """A mention without words, or by a name that both bear, stays counted as it was written and is told as open; a review settles it."""
    with writing_to(folder, base) as writer:
        shared = "القوات الأمريكية"
        done = writer.change_entities(Split(key="us-forces", new=AIR, shared=(shared,)), reason=WHY)
        part = "sample-03-injured-civilians/c06#content"
        assert outcome_of(done.told)[part] == "is open between us-forces and us-air-force, and counts as us-forces"
        assert part in means(writer, "us-forces")
        bearing = {key: [q.predicate for q in writer.reference.about(key) if shared in str(q.object)] for key in ("us-forces", "us-air-force")}
        assert bearing == {"us-forces": [CG.ambiguousLabel], "us-air-force": [CG.ambiguousLabel]}
        (one,) = (one for one in reviewable(writer.index.standing) if one.label == part)
        assert not is_settled(one, writer.index.standing)
        writer.change_entities(Resolve(what=part, key="us-air-force"), reason=WHY)
        assert part in means(writer, "us-air-force")
        assert is_settled(one, writer.index.standing)
    assert verified(folder, base) == ()


def test_what_somebody_decides_goes_before_the_words(folder: Path, base: Base) -> None:
    """For a report, a claim or a part of one; the narrowest counts, and a decision about nothing is refused."""
    moved, kept = ("sample-03-injured-civilians", "sample-10-how-many-left-en/c06"), ("sample-03-injured-civilians/c07#mention-2",)
    with writing_to(folder, base) as writer:
        with pytest.raises(BadEntity, match="'sample-05-press-conference-toll' mentions it nowhere"):
            writer.change_entities(Split(key="us-forces", new=AIR, moved=("sample-05-press-conference-toll",)), reason=WHY)
        before = means(writer, "us-forces")
        writer.change_entities(Split(key="us-forces", new=AIR, moved=moved, kept=kept), reason=WHY)
        expected = {part for part in before if part.startswith(moved)} - set(kept)
        assert means(writer, "us-air-force") == expected
        assert len(expected) > 5


def test_what_is_open_is_settled_by_either(folder: Path, base: Base) -> None:
    """By the one that it counts as already too; said again it is nothing new."""
    parts = ("sample-03-injured-civilians/c06#content", "sample-03-injured-civilians/c07#content")
    with writing_to(folder, base) as writer:
        writer.change_entities(Split(key="us-forces", new=AIR, shared=("القوات الأمريكية",)), reason=WHY)
        for part, key in zip(parts, ("us-forces", "us-air-force"), strict=True):
            assert part in left_open(writer)
            writer.change_entities(Resolve(what=part, key=key), reason=WHY)
            assert part in means(writer, key)
            with pytest.raises(BadEntity, match=f"means {key} already"):
                writer.change_entities(Resolve(what=part, key=key), reason=WHY)
        assert not left_open(writer) & set(parts)
    assert verified(folder, base) == ()


def test_a_part_with_several_is_settled_one_by_one(folder: Path, base: Base, make: Make) -> None:
    """What is open to the entity that is named; else what is open at all; and where that is several things it is said which."""
    event = {"type": "airstrike", "actors": ["us-forces"], "targets": ["isis"], "facility": "sinaa-prison"}
    part = "two/c01#content"
    with writing_to(folder, base) as writer:
        writer.commit(make("two", claim={"event": event}))
        writer.change_entities(Split(key="us-forces", new=AIR), reason=WHY)
        writer.change_entities(Split(key="isis", new=new("isis-two", "تنظيم آخر", "Another group", kind="armed-group")), reason=WHY)
        with pytest.raises(BadEntity, match="has isis and us-forces"):
            writer.change_entities(Resolve(what=part, key="coalition"), reason=WHY)
        writer.change_entities(Resolve(what=part, key="us-air-force"), reason=WHY)
        assert (part in means(writer, "us-air-force"), part in means(writer, "isis")) == (True, True)
        assert part in left_open(writer)
        writer.change_entities(Resolve(what=part, key="isis"), reason=WHY)
        assert part not in left_open(writer)
        assert (part in means(writer, "us-air-force"), part in means(writer, "isis")) == (True, True)
    assert verified(folder, base) == ()


def test_what_a_split_left_open_outlives_other_changes(folder: Path, base: Base) -> None:
    """A second split adds to whom it may mean; a merge takes one away, and its undoing gives that back, with what was decided meanwhile."""
    part, other, said = "sample-03-injured-civilians/c06#content", "sample-03-injured-civilians/c07#content", "sample-10-how-many-left-en/c06"
    navy = new("us-navy", "البحرية الأمريكية", "US Navy", kind="military-force")
    with writing_to(folder, base) as writer:
        writer.change_entities(Split(key="us-forces", new=AIR, shared=("القوات الأمريكية",)), reason=WHY)
        writer.change_entities(Resolve(what=other, key="us-air-force"), reason=WHY)
        told = outcome_of(writer.change_entities(Split(key="us-forces", new=navy, kept=(said,)), reason=WHY).told)
        assert told[part] == "is open between us-forces and us-air-force, and counts as us-forces"
        assert open_to(writer, "sample-01-sputnik-transfer/c02#content") == {"us-forces", "us-air-force", "us-navy"}
        assert (told[f"{said}#content"], open_to(writer, f"{said}#content")) == ("stays us-forces", set())
        writer.change_entities(Merge(key="us-forces", into="coalition"), reason=WHY)
        assert open_to(writer, part) == {"coalition", "us-air-force"}
        again = new("us-forces", "القوات الأميركية في سوريا", "US forces in Syria", kind="military-force", part_of="us")
        writer.change_entities(Split(key="coalition", new=again), reason=WHY)
        assert open_to(writer, part) == {"us-forces", "us-air-force"}
        writer.change_entities(Merge(key="us-navy", into="us-air-force"), reason=WHY)
        writer.change_entities(Split(key="us-air-force", new=navy), reason=WHY)
        writer.change_entities(Merge(key="us-air-force", into="us-forces"), reason=WHY)
        assert (open_to(writer, part), other in means(writer, "us-forces")) == (set(), True)
        back = new("us-air-force", "سلاح الجو الأمريكي", "US Air Force", kind="military-force")
        told = outcome_of(writer.change_entities(Split(key="us-forces", new=back), reason=WHY).told)
        assert told[other] == "moves to us-air-force"
    assert verified(folder, base) == ()


def test_the_claimant_goes_with_the_hop_and_the_publisher_with_the_report(folder: Path, base: Base, make: Make) -> None:
    """Who speaks last is who claims, so one decision moves both; the publisher is decided for the whole report."""
    center = new("sdf-press-office", "مكتب صحافة قسد", "SDF press office", part_of="sdf")
    with writing_to(folder, base) as writer:
        spoken = {one for one in means(writer, "sdf-media-center") if "#hop-" in one}
        assert spoken
        writer.change_entities(Split(key="sdf-media-center", new=center, moved=tuple(spoken)), reason=WHY)
        claims = {part.partition("#")[0] for part in spoken}
        found = answer(writer.index.store, writer.reference, "claims-by", claimant="sdf-press-office")
        assert {row[0].partition("/v/")[2].partition("/")[2] for row in found} == claims
        writer.commit(make("published", publisher="syria-tv"))
        writer.change_entities(Split(key="syria-tv", new=new("other-outlet", "وكالة أخرى", "other outlet"), moved=("published",)), reason=WHY)
        (report,) = (one for one in mentions(writer.index.standing, "other-outlet") if one.label == "published")
        for predicate in (CG.publisher, CG.speaker, CG.claimant):
            assert {q.object for q in writer.index.store.quads_for_pattern(None, predicate, None, report.part)} == {base.entity("other-outlet")}
    assert verified(folder, base) == ()


def test_a_merge_is_undone_by_a_split(folder: Path, base: Base) -> None:
    """The key that was merged comes back, and what was written with it is read as it was; a name that is shown must stay with its bearer."""
    with writing_to(folder, base) as writer:
        both = {key: means(writer, key) for key in ("us-forces", "coalition")}
        names = tuple(q.value for q in writer.reference.names("us-forces"))
        writer.change_entities(Merge(key="us-forces", into="coalition"), reason=WHY)
        assert means(writer, "coalition") == both["us-forces"] | both["coalition"]
        again = new("us-forces", "القوات الأميركية في سوريا", "US forces in Syria", kind="military-force", part_of="us")
        stay = tuple(both["coalition"] - both["us-forces"])
        with pytest.raises(BadEntity, match="is the name that coalition is shown by"):
            writer.change_entities(Split(key="coalition", new=again, names=("التحالف الدولي ضد تنظيم الدولة",)), reason=WHY)
        writer.change_entities(Split(key="coalition", new=again, names=names, kept=stay), reason=WHY)
        assert {key: means(writer, key) for key in both} == both
        assert {n.value for n in writer.reference.names("us-forces")} == set(names)
        assert writer.reference.merged == {}
    assert verified(folder, base) == ()


def test_splits_refuse_what_cannot_be(folder: Path, base: Base) -> None:
    """A key that is taken, itself, a name that it does not bear, one mention decided both ways: one sentence each, nothing written."""
    with writing_to(folder, base) as writer:
        head = writer.archive.head()
        for request, sentence in (
            (Split(key="us-forces", new=new("sdf", "ا", "a")), "The key 'sdf' is taken"),
            (Split(key="us-forces", new=new("us-forces", "ا", "a")), "cannot be split from itself"),
            (Split(key="us-forces", new=AIR, names=("قسد",)), "is no name of us-forces"),
            (Split(key="us-forces", new=AIR, moved=("x",), kept=("x",)), "both kept and moved"),
        ):
            with pytest.raises(BadEntity) as refused:
                writer.change_entities(request, reason=WHY)
            assert sentence in str(refused.value)
        assert writer.archive.head() == head


# --- resolve --------------------------------------------------------------------------------------------------------------


def test_a_name_is_resolved_by_review_and_answers_count_it(folder: Path, base: Base, make: Make) -> None:
    """What the graph lacked is read as the entity in its report, which stays as written; its warning goes, and it can be resolved otherwise later."""
    chain = [{"agent": "@publisher"}, {"named": "مركز التنسيق", "surface": "مركز التنسيق"}]
    with writing_to(folder, base) as writer:
        outcome = writer.commit(
            make("named", "قال مركز التنسيق إن الحافلات خرجت.", claim={"chain": chain, "quote": "الحافلات خرجت", "start": 20, "end": 33})
        )
        warned = [finding.rule.name for finding in outcome.findings]
        assert warned == ["NamedPartyUnknown"]
        node = outcome.mapped.name.name("مركز التنسيق")
        done = writer.change_entities(Resolve(what="named/c01#hop-2", key="coalition"), reason=WHY)
        assert [(report, rule) for report, rule, _ in done.vanished] == [("named", "NamedPartyUnknown")]
        assert set(writer.index.store.quads_for_pattern(node, CG.resolvesTo, None, None))
        assert not writer.index.standing.graph(outcome.mapped.name.validation)
        claimed = [row[0] for row in answer(writer.index.store, writer.reference, "claims-by", claimant="coalition")]
        assert outcome.mapped.name.claim("c01").value in claimed
        with pytest.raises(BadEntity, match="means coalition already"):
            writer.change_entities(Resolve(what="named/c01#hop-2", key="coalition"), reason=WHY)
        done = writer.change_entities(Resolve(what="مركز التنسيق", key="sdf"), reason=WHY)
        assert "is sdf; it was coalition" in done.told[0]
        assert {q.object for q in writer.index.store.quads_for_pattern(node, CG.resolvesTo, None, None)} == {base.entity("sdf")}
        kept = writer.archive.current("named")
        assert kept is not None
        assert kept.version == outcome.mapped.name.version
    assert verified(folder, base) == ()


def test_a_resolved_name_that_a_split_left_open_is_settled(folder: Path, base: Base, make: Make) -> None:
    """The split decided on the part, so the review decides on the part too; and the name of a report is not the words of another one."""
    chain = [{"agent": "@publisher"}, {"named": "مركز التنسيق", "surface": "مركز التنسيق"}]
    with writing_to(folder, base) as writer:
        writer.commit(make("named", claim={"chain": chain}, publisher="syria-tv"))
        writer.commit(make("beside", claim={"chain": [{"agent": "@publisher"}, {"named": "named"}]}))
        writer.change_entities(Resolve(what="named/c01#hop-2", key="sdf"), reason=WHY)
        writer.change_entities(Split(key="sdf", new=new("sdf-two", "قوة أخرى", "Another force")), reason=WHY)
        assert open_to(writer, "named/c01#hop-2") == {"sdf", "sdf-two"}
        writer.change_entities(Resolve(what="named/c01#hop-2", key="sdf-two"), reason=WHY)
        assert "named/c01#hop-2" in means(writer, "sdf-two") - left_open(writer)
        writer.change_entities(Split(key="syria-tv", new=new("other-outlet", "وكالة أخرى", "other outlet")), reason=WHY)
        before = means(writer, "nyt")
        writer.change_entities(Resolve(what="named", key="nyt"), reason=WHY)
        assert means(writer, "nyt") - before == {"named"}
    assert verified(folder, base) == ()


def test_a_name_can_be_no_thing_of_another_kind(folder: Path, base: Base, make: Make) -> None:
    """A speaker is no prison: the reports would not hold, which is told with the place, and nothing is written."""
    chain = [{"agent": "@publisher"}, {"named": "مركز التنسيق", "surface": "مركز التنسيق"}]
    with writing_to(folder, base) as writer:
        writer.commit(make("named", "قال مركز التنسيق إن الحافلات خرجت.", claim={"chain": chain, "quote": "الحافلات خرجت", "start": 20, "end": 33}))
        head = writer.archive.head()
        with pytest.raises(BadEntity, match="named/c01#hop-2"):
            writer.change_entities(Resolve(what="مركز التنسيق", key="sinaa-prison"), reason=WHY)
        with pytest.raises(NotFound, match="entity candidates"):
            writer.change_entities(Resolve(what="اسم آخر", key="sdf"), reason=WHY)
        assert writer.archive.head() == head


def test_a_new_name_tells_which_reports_it_may_be_in(folder: Path, base: Base, make: Make) -> None:
    """Adding the name links nothing: the warning of the report changes, and a sentence says where to look; what may be about an incident too."""
    event = {"type": "escape", "facility": "سجن البحوث"}
    with writing_to(folder, base) as writer:
        writer.commit(make("sited", claim={"event": event}, published="2022-01-25"))
        done = writer.change_entities(Alias(key="sinaa-prison", name=name("سجن البحوث")), reason=WHY)
        assert [(report, rule) for report, rule, _ in done.appeared] == [("sited", "NameIsKnown")]
        assert [(report, rule) for report, rule, _ in done.vanished] == [("sited", "NamedPlaceUnknown")]
        (link,) = done.links
        assert link.partition("  ")[0] == "sited"
        assert "may be sinaa-prison" in link
        assert "sited" not in str(means(writer, "sinaa-prison"))
        done = writer.change_entities(Resolve(what="سجن البحوث", key="sinaa-prison"), reason=WHY)
        assert done.links == ("sited/c01  may now be about the incident sinaa-2022-01: look, then say so in the report",)
        assert not [q for q in writer.index.store.quads_for_pattern(None, CG.incident, None, None) if "/sited/" in str(q.subject)]
        before = canonical_nquads(writer.index.store)
    with writing_to(folder, base) as writer:
        assert canonical_nquads(writer.index.store) == before
    assert verified(folder, base) == ()


def test_decisions_hold_for_a_new_version_of_the_same_text(folder: Path, base: Base, make: Make) -> None:
    """A resolved name and the readings of a split are taken over where the same is written in the same part; of another text nothing is."""
    event = {"type": "escape", "facility": "سجن البحوث", "actors": ["us-forces"]}
    with writing_to(folder, base) as writer:
        writer.commit(make("sited", claim={"event": event}))
        writer.change_entities(Resolve(what="سجن البحوث", key="sinaa-prison"), reason=WHY)
        writer.change_entities(Split(key="us-forces", new=AIR, moved=("sited",)), reason=WHY)
        outcome = writer.commit(make("sited", claim={"event": event}, title="عنوان"), revise=True, agent="eva")
        assert (outcome.findings, outcome.remarks) == ((), ())
        assert {key for key in ("sinaa-prison", "us-air-force") if "sited/c01#content" in means(writer, key)} == {"sinaa-prison", "us-air-force"}
        carry, report = writer.archive.commits(after=writer.archive.head() - 2)
        assert (carry.kind, carry.agent, carry.subject) == ("reference", "eva", f"entity carry {report.subject}")
        other = {"event": {**event, "actors": ["isis"]}}
        writer.commit(make("sited", claim=other, title="عنوان"), revise=True)
        assert "sited/c01#content" not in means(writer, "us-air-force")
        assert "sited/c01#content" in means(writer, "sinaa-prison")
        last = writer.commit(make("sited", "خرجت الحافلات من سجن البحوث.", claim=other), revise=True)
        assert [finding.rule.name for finding in last.findings] == ["NamedPlaceUnknown"]
        assert [remark.partition(",")[0] for remark in last.remarks] == ["whom names mean was decided for the version before"]
        (place,) = (q.object for q in writer.index.store.quads_for_pattern(None, CG.facility, None, last.mapped.name.node))
        assert place == last.mapped.name.name("سجن البحوث")
        assert not [q for q in writer.index.store if "sited#redirections" in str(q.graph_name)]
    assert verified(folder, base) == ()
