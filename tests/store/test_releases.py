"""A new release of the reference graph that comes with the program: what it brings to a store that was edited, and what it must leave alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from claimgraph.model.canonical import canonical_nquads
from claimgraph.model.names import Base
from claimgraph.model.vocabulary import CG, DCTERMS, RDF_TYPE, SKOS
from claimgraph.store import commit as commit_module
from claimgraph.store.archive import Change
from claimgraph.store.commit import Writer, open_writer
from claimgraph.store.entities import Alias, Merge
from claimgraph.store.place import Place
from entities import name, new, verified

WHY = "because a test says so"
Releases = Callable[..., AbstractContextManager[Writer]]


@pytest.fixture
def says(base: Base) -> Callable[..., Quad]:
    """A function that makes a statement of the reference graph: a key, a property, and a text in Arabic, a class, or another key."""

    def make(key: str, predicate: NamedNode, value: str | NamedNode) -> Quad:
        return Quad(base.entity(key), predicate, value if isinstance(value, NamedNode) else Literal(value, language="ar"), base.reference)

    return make


@pytest.fixture
def plain(base: Base, says: Callable[..., Quad]) -> set[Quad]:
    """A small release: three groups, each with its class, key and names."""
    found = set()
    for key in ("one", "two", "three"):
        found |= {says(key, RDF_TYPE, CG.ArmedGroup), Quad(base.entity(key), DCTERMS.identifier, Literal(key), base.reference)}
        found |= {says(key, SKOS.prefLabel, f"اسم {key}"), says(key, SKOS.altLabel, f"لقب {key}")}
    return found


@pytest.fixture
def release(place: Place, base: Base, monkeypatch: pytest.MonkeyPatch) -> Releases:
    """A function that opens a store with a program that comes with a certain release."""

    @contextmanager
    def opened(quads: set[Quad]) -> Iterator[Writer]:
        monkeypatch.setattr(commit_module, "bundled", lambda _: tuple(quads))
        with open_writer(place, base, "program", "test") as writer:
            yield writer

    return opened


def edit(writer: Writer, added: Iterable[Quad] = (), removed: Iterable[Quad] = ()) -> None:
    """A local edit that no command makes: of any statements."""
    change = Change(canonical_nquads(added), canonical_nquads(removed))
    writer.index.apply(writer.archive.append("reference", "entity edit", "dana", WHY, change))


def test_what_was_removed_here_stays_removed(release: Releases, plain: set[Quad], says: Callable[..., Quad]) -> None:
    """A name of both releases that was removed here does not come back, nor one that a release and a local edit had both added."""
    nickname, both = says("one", SKOS.altLabel, "لقب one"), says("two", SKOS.altLabel, "مشترك")
    with release(plain) as writer:
        edit(writer, removed={nickname})
        edit(writer, added={both})
    with release(plain | {both}) as writer:
        assert both in writer.reference.quads
        edit(writer, removed={both})
    with release(plain | {both, says("three", SKOS.altLabel, "جديد")}) as writer:
        assert not {nickname, both} & writer.reference.quads
        assert says("three", SKOS.altLabel, "جديد") in writer.reference.quads


def test_what_was_added_here_stays(release: Releases, plain: set[Quad], says: Callable[..., Quad], place: Place, base: Base) -> None:
    """A name that a local edit added by itself stays where a later release drops it; what came with a release alone goes with it."""
    ours, theirs = says("one", SKOS.altLabel, "من عندنا"), says("one", SKOS.altLabel, "من عندهم")
    with release(plain) as writer:
        edit(writer, added={ours})
    with release(plain | {ours, theirs}) as writer:
        assert {ours, theirs} <= writer.reference.quads
    with release(plain) as writer:
        assert ours in writer.reference.quads
        assert theirs not in writer.reference.quads
        commits = writer.archive.commits(kind="reference")
        assert [commit.agent for commit in commits] == ["program", "dana", "program", "program"]
    assert verified(place.folder, base) == ()


def test_what_was_changed_here_stays_changed(release: Releases, plain: set[Quad], says: Callable[..., Quad]) -> None:
    """A name that is shown and was changed here is not given a second value by a release that changes it too, and the commit says so."""
    old, ours, theirs = (says("one", SKOS.prefLabel, text) for text in ("اسم one", "اسمنا", "اسمهم"))
    with release(plain) as writer:
        edit(writer, added={ours}, removed={old})
    with release((plain - {old}) | {theirs}) as writer:
        assert [q.value for q in writer.reference.values("one", SKOS.prefLabel) if isinstance(q, Literal)] == ["اسمنا"]
        assert writer.archive.commits(newest_first=True, limit=1)[0].reason.endswith("; 1 of its statements are withheld, against local edits")


def test_a_key_that_was_made_here_is_not_made_another_thing(release: Releases, plain: set[Quad], says: Callable[..., Quad], base: Base) -> None:
    """Two entities with one key: the one that was made here stays what it is, and nothing of the other comes in."""
    theirs = {says("mine", RDF_TYPE, CG.Prison), Quad(base.entity("mine"), DCTERMS.identifier, Literal("mine"), base.reference)}
    theirs |= {says("mine", SKOS.prefLabel, "سجن"), says("mine", SKOS.altLabel, "سجن آخر")}
    with release(plain) as writer:
        writer.change_entities(new("mine", "جهتنا", "ours"), reason=WHY)
        before = writer.reference.about("mine")
    with release(plain | theirs) as writer:
        assert writer.reference.about("mine") == before


def test_what_was_merged_here_stays_merged(release: Releases, plain: set[Quad], says: Callable[..., Quad], place: Place, base: Base) -> None:
    """A further name that a release gives to what was merged here goes to the one that stays, and what it makes part of it is part of that."""
    with release(plain) as writer:
        writer.change_entities(Merge(key="one", into="two"), reason=WHY)
    more = {says("one", SKOS.altLabel, "لقب آخر"), says("three", CG.partOf, base.entity("one"))}
    for _ in range(2):
        with release(plain | more) as writer:
            assert writer.reference.merged == {"one": "two"}
            assert "لقب آخر" in {n.value for n in writer.reference.names("two")}
            assert writer.reference.names("one") == []
            assert writer.reference.key_of("three", CG.partOf) == "two"
        more |= {says("three", SKOS.altLabel, "غير ذلك")}
    assert verified(place.folder, base) == ()


def test_a_release_closes_no_circle(release: Releases, plain: set[Quad], says: Callable[..., Quad], base: Base) -> None:
    """A part-of that would make something its own part, with what was said here, is withheld."""
    with release(plain) as writer:
        edit(writer, added={says("one", CG.partOf, base.entity("two"))})
    with release(plain | {says("two", CG.partOf, base.entity("one"))}) as writer:
        assert "one" not in writer.reference.wholes("one")
        assert writer.reference.key_of("one", CG.partOf) == "two"


def test_a_release_is_taken_up_once(release: Releases, plain: set[Quad], says: Callable[..., Quad]) -> None:
    """The same release again is no commit, whatever was edited between; an edit is not a release."""
    with release(plain) as writer:
        writer.change_entities(Alias(key="one", name=name("من عندنا")), reason=WHY)
        head = writer.archive.head()
    with release(plain) as writer:
        assert writer.archive.head() == head
    with release(plain - {says("one", SKOS.altLabel, "لقب one")}) as writer:
        assert writer.archive.head() == head + 1
