"""Workspace graphs are kept like evidence: signed, built again from the archive, and whatever is not as it was signed is found."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import NotAllowed, Problem
from claimgraph.model.names import Base
from claimgraph.model.vocabulary import CG
from claimgraph.store.archive import Archive
from claimgraph.store.commit import open_writer
from claimgraph.store.index import Index, stamp
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading
from claimgraph.store.verify import verify
from claimgraph.store.workspace import Edits

Make = Callable[..., ClaimsDocument]

# Commits of the store below: 1 the reference graph, 2 a report, 3 to 8 of workspaces with another report between them.
ADDED, OTHERS, REPORT, CHANGED, EMPTIED, AGAIN = 3, 4, 5, 6, 7, 8
SAYS = NamedNode("http://x/says")
DIFFERS = "a workspace graph differs between index and archive: run 'claimgraph reindex'"


def note(base: Base, word: str, graph: str = "notes", who: str = "dana") -> Quad:
    """A statement in a workspace graph."""
    return Quad(NamedNode(base.workspace(who) + "n1"), SAYS, Literal(word, language="ar"), NamedNode(base.workspace(who) + graph))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, base: Base, make: Make) -> Place:
    """A store with workspace commits of every kind, which no test changes."""
    place = Place(tmp_path_factory.mktemp("sound") / "data")
    one, two, three, old = (note(base, word) for word in ("واحد", "اثنان", "ثلاثة", "قديم"))
    with open_writer(place, base, "the service", "serve") as writer:
        writer.commit(make("first"))
        edits = [
            ("dana", Edits(frozenset({one, two, old, note(base, "أخرى", "other")}))),
            ("omar", Edits(frozenset({note(base, "عمر", who="omar")}))),
            None,
            ("dana", Edits(frozenset({three}), frozenset({one}))),
            ("dana", Edits(cleared=(f"{base.workspace('dana')}other", f"{base.workspace('dana')}nosuch"))),
            ("dana", Edits(frozenset({one, three}), cleared=(f"{base.workspace('dana')}notes",))),
        ]
        for number, edit in enumerate(edits, start=ADDED):
            if edit is None:
                writer.commit(make("second", "تقرير آخر لا صلة له بالأول في شيء من الأشياء."))
            else:
                assert writer.change_workspace(edit[1], agent=edit[0], reason="سبب") == number
        assert writer.archive.head() == AGAIN
    return place


@pytest.fixture
def place(sound: Place, tmp_path: Path) -> Place:
    """A copy of the store, to be damaged."""
    shutil.copytree(sound.folder, tmp_path / "data")
    return Place(tmp_path / "data")


def verified(place: Place, base: Base) -> tuple[Problem, ...]:
    """What is found wrong with a store, as a reader sees it."""
    with reading(place, base.iri) as snapshot, closing(Archive(place.archive, base.iri)) as archive:
        return verify(archive, Store.read_only(str(snapshot.path)), snapshot.sequence)


def notes(place: Place, base: Base) -> set[Quad]:
    """What stands in workspaces."""
    with reading(place, base.iri) as snapshot:
        return {q for q in Store.read_only(str(snapshot.path)) if isinstance(q.graph_name, NamedNode) and base.workspace_of(q.graph_name.value)}


def standing(base: Base) -> set[Quad]:
    """What must stand there at the end."""
    return {note(base, "واحد"), note(base, "ثلاثة"), note(base, "عمر", who="omar")}


def in_index(place: Place, change: Callable[[Store], object]) -> None:
    """Change the index without a commit."""
    store = Store(str(place.index(stamp())))
    change(store)
    store.flush()


# --- sound stores ---------------------------------------------------------------------------------------------------------


def test_a_store_with_workspaces_is_sound(place: Place, base: Base) -> None:
    """Statements added, removed, replaced and graphs emptied, between reports: all is as it was signed, and stands as it should."""
    assert verified(place, base) == ()
    assert notes(place, base) == standing(base)


def test_it_is_sound_as_of_each_commit(sound: Place, tmp_path: Path, base: Base) -> None:
    """A reader with an older snapshot, while others write on, is not told of damage."""
    first, place = note(base, "0"), Place(tmp_path / "data")
    with open_writer(place, base, "the service", "serve") as writer:
        writer.change_workspace(Edits(frozenset({first})), agent="dana")
    with reading(place, base.iri) as snapshot:
        with open_writer(place, base, "the service", "serve") as writer:
            for number in range(1, 4):
                writer.change_workspace(Edits(frozenset({note(base, str(number))}), frozenset({note(base, str(number - 1))})), agent="dana")
        with closing(Archive(place.archive, base.iri)) as archive:
            assert (snapshot.sequence, archive.head()) == (2, 5)
            assert verify(archive, Store.read_only(str(snapshot.path)), snapshot.sequence) == ()
    assert verified(place, base) == ()


def test_commits_tell_who_changed_which_graphs_and_why(place: Place, base: Base) -> None:
    """The agent is the token's, the subject the graphs, and readers find both in the graph of commits."""
    with closing(Archive(place.archive, base.iri)) as archive:
        found = archive.commits(kind="workspace")
        assert [(c.sequence, c.agent, c.reason) for c in found] == [
            (ADDED, "dana", "سبب"),
            (OTHERS, "omar", "سبب"),
            (CHANGED, "dana", "سبب"),
            (EMPTIED, "dana", "سبب"),
            (AGAIN, "dana", "سبب"),
        ]
        assert found[0].subject == f"{base.workspace('dana')}notes {base.workspace('dana')}other"
    with reading(place, base.iri) as snapshot:
        store = Store.read_only(str(snapshot.path))
        assert [q.object for q in store.quads_for_pattern(base.commit(OTHERS), CG.agentName, None, base.commits)] == [Literal("omar")]


def test_what_changes_nothing_is_no_commit(place: Place, base: Base) -> None:
    """Saying again what stands, and taking out what does not, leaves the archive as it is; a refused edit too."""
    with open_writer(place, base, "the service", "serve") as writer:
        for edits in (Edits(frozenset(standing(base) - {note(base, "عمر", who="omar")})), Edits(removed=frozenset({note(base, "قديم")})), Edits()):
            assert writer.change_workspace(edits, agent="dana") == AGAIN
        with pytest.raises(NotAllowed):
            writer.change_workspace(Edits(removed=frozenset({note(base, "عمر", who="omar")})), agent="dana")
        assert writer.archive.head() == AGAIN
    assert notes(place, base) == standing(base)


def test_reindex_brings_workspaces_back(place: Place, base: Base) -> None:
    """From the archive alone the same graphs come out, and no statement that was taken out."""
    shutil.rmtree(place.index(stamp()))
    shutil.rmtree(place.snapshots)
    place.make()
    with closing(Archive(place.archive, base.iri)) as archive, closing(Index(place.index(stamp()), archive)):
        pass
    assert notes(place, base) == standing(base)
    assert verified(place, base) == ()


def test_a_new_release_of_the_reference_graph_leaves_workspaces_alone(place: Place, base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is noted stands, whatever comes into the reference graph."""
    from claimgraph.store import commit, reference  # noqa: PLC0415

    more = Quad(base.entity("sdf"), NamedNode("http://x/p"), Literal("x"), base.reference)
    monkeypatch.setattr(commit, "bundled", lambda of: [*reference.bundled(of), more])
    with open_writer(place, base, "the service", "serve") as writer:
        assert writer.archive.head() == AGAIN + 1
    assert notes(place, base) == standing(base)
    assert verified(place, base) == ()


# --- damage ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sequence", [ADDED, OTHERS, CHANGED, AGAIN])
@pytest.mark.parametrize("column", ["added", "removed"])
@pytest.mark.parametrize("data", [b"", b"no quads \xff", b"<http://x/s> <http://x/p> <http://x/o> <http://x/g> .\n"])
def test_a_changed_note_is_found(place: Place, base: Base, data: bytes, column: str, sequence: int) -> None:
    """Nobody can put words into somebody's workspace, or take them out, behind the chain's back."""
    with closing(sqlite3.connect(place.archive, isolation_level=None)) as database:
        before = database.execute(f"SELECT {column} FROM changes WHERE sequence = ?", (sequence,)).fetchone()[0]
        database.execute(f"UPDATE changes SET {column} = ? WHERE sequence = ?", (data if data != before else b"\n", sequence))
    assert Problem("its content is not what was signed", f"commit {sequence}") in verified(place, base)


@pytest.mark.parametrize(("column", "value"), [("agent", "dana"), ("subject", "x"), ("kind", "reference"), ("reason", "")])
def test_a_changed_commit_is_found(place: Place, base: Base, column: str, value: str) -> None:
    """Nobody can be made the author of another's note, nor a note a part of the reference graph."""
    with closing(sqlite3.connect(place.archive, isolation_level=None)) as database:
        database.execute(f"UPDATE commits SET {column} = ? WHERE sequence = ?", (value, OTHERS))
    assert [p for p in verified(place, base) if p.where == f"commit {OTHERS}" and "hash chain is broken" in p.message]


def test_a_missing_note_is_found(place: Place, base: Base) -> None:
    """A commit whose content is gone is named."""
    with closing(sqlite3.connect(place.archive, isolation_level=None)) as database:
        database.execute("DELETE FROM changes WHERE sequence = ?", (CHANGED,))
    assert Problem("its content is missing", f"commit {CHANGED}") in verified(place, base)


@pytest.mark.parametrize("how", ["changed", "added", "removed"])
@pytest.mark.parametrize("who", ["dana", "omar"])
def test_a_workspace_that_differs_in_the_index_is_found(place: Place, base: Base, who: str, how: str) -> None:
    """A statement more, less or other than the archive has is told with its graph, and what mends it."""
    old, new = note(base, "واحد" if who == "dana" else "عمر", who=who), note(base, "غير ذلك", who=who)

    def change(store: Store) -> None:
        if how in ("changed", "removed"):
            store.remove(old)
        if how in ("changed", "added"):
            store.add(new)

    in_index(place, change)
    problems = verified(place, base)
    assert Problem(DIFFERS, old.graph_name.value) in problems  # type: ignore[union-attr]
    assert all("run 'claimgraph reindex'" in problem.message for problem in problems)


@pytest.mark.parametrize("graph", ["other", "nosuch"])
def test_a_workspace_that_lingers_in_the_index_is_found(place: Place, base: Base, graph: str) -> None:
    """A graph that was emptied, or never written, is no more in the index than in the archive."""
    in_index(place, lambda store: store.add(note(base, "أخرى", graph)))
    (problem,) = verified(place, base)
    assert "run 'claimgraph reindex'" in problem.message
