"""Whatever is not as it was signed is found, and told with its place; and what is sound is called so."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from claimgraph.model.canonical import sha256_hex
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import DataFolderError, Problem
from claimgraph.model.names import Base
from claimgraph.model.to_quads import integer
from claimgraph.model.vocabulary import CG, SKOS
from claimgraph.store.archive import Archive, Commit
from claimgraph.store.commit import open_writer
from claimgraph.store.index import Index, stamp
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading
from claimgraph.store.verify import verify

Make = Callable[..., ClaimsDocument]
Damage = Callable[[sqlite3.Connection], Any]

# Commits of the store below: 1 the reference graph, 2 the first report, 3 one with a warning, 4 a revision of the first, 5 one with a rejected claim.
REFERENCE, FIRST, WARNED, REVISION, REJECTED = 1, 2, 3, 4, 5
DIFFERS = "differs between index and archive: run 'claimgraph reindex'"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, base: Base, make: Make) -> Place:
    """A store with a bit of everything, which no test changes."""
    place = Place(tmp_path_factory.mktemp("sound") / "data")
    rejected = make().claims[0].model_copy(update={"id": "c02"})
    review = make(claim={"review": {"state": "rejected"}}).claims[0].review
    with open_writer(place, base, "analyst", "ingest") as writer:
        writer.commit(make("first", "الأول كما كان في البداية قبل أن يراجعه أحد أو يقرأه."))
        writer.commit(
            make("warned", "الثاني وفيه اسم لا يعرفه المرجع أصلاً ولا سمع به.", claim={"event": {"type": "escape", "actors": ["مجلس محلي"]}})
        )
        writer.commit(make("first", "الأول كما صار بعد المراجعة والتصحيح وإعادة النظر فيه."), revise=True)
        document = make("rejected", "الثالث وفيه ادعاء مرفوض لا يظهر لأحد من القراء.")
        writer.commit(
            ClaimsDocument(
                report=document.report, claims=(*document.claims, rejected.model_copy(update={"review": review, "quote": "ا", "start": 0, "end": 1}))
            )
        )
        assert writer.archive.head() == REJECTED, [c.subject for c in writer.archive.commits()]
    return place


@pytest.fixture
def place(sound: Place, tmp_path: Path) -> Place:
    """A copy of the store, to be damaged."""
    shutil.copytree(sound.folder, tmp_path / "data")
    return Place(tmp_path / "data")


@pytest.fixture
def damage(place: Place) -> Callable[[str], None]:
    """A function that runs SQL on the archive."""

    def run(sql: str) -> None:
        with closing(sqlite3.connect(place.archive, isolation_level=None)) as database:
            assert database.execute(sql).rowcount == 1

    return run


def behind_its_back(place: Place, change: Callable[[Store], Any]) -> None:
    """Change the index without a commit. Its files are let go of when the store has no name any more."""
    store = Store(str(place.index(stamp())))
    change(store)
    store.flush()


def verified(place: Place, base: Base) -> tuple[Problem, ...]:
    """What is found wrong with a store, as a reader sees it."""
    with reading(place, base.iri) as snapshot, closing(Archive(place.archive, base.iri)) as archive:
        return verify(archive, Store.read_only(str(snapshot.path)), snapshot.sequence)


def places(problems: tuple[Problem, ...]) -> set[str]:
    """Where problems are."""
    return {problem.where for problem in problems}


# --- sound stores ---------------------------------------------------------------------------------------------------------


def test_a_store_is_sound(place: Place, base: Base) -> None:
    """Revisions, warnings and rejected claims and all."""
    assert verified(place, base) == ()


def test_a_new_store_is_sound(tmp_path: Path, base: Base) -> None:
    """A store with nothing but the reference graph, too."""
    place = Place(tmp_path / "new")
    with open_writer(place, base, "analyst", "ingest"):
        pass
    assert verified(place, base) == ()


def test_a_store_under_another_base_is_sound(tmp_path: Path, make: Make) -> None:
    """Whatever the base."""
    place, other = Place(tmp_path / "other"), Base("https://example.org/kg/")
    with open_writer(place, other, "analyst", "ingest") as writer:
        writer.commit(make())
    assert verified(place, other) == ()


@pytest.mark.shared
def test_the_annotated_reports_are_sound(tmp_path: Path, base: Base, gold: dict[str, ClaimsDocument]) -> None:
    """The real reports, committed one after the other."""
    place = Place(tmp_path / "gold")
    with open_writer(place, base, "analyst", "ingest") as writer:
        for document in gold.values():
            writer.commit(document)
    assert verified(place, base) == ()


def test_progress_is_told(place: Place, base: Base) -> None:
    """Every commit that was checked is counted."""
    seen: list[tuple[int, int]] = []
    with reading(place, base.iri) as snapshot, closing(Archive(place.archive, base.iri)) as archive:
        verify(archive, Store.read_only(str(snapshot.path)), snapshot.sequence, lambda done, all_: seen.append((done, all_)))
    assert seen == [(n, REJECTED) for n in range(1, REJECTED + 1)]


@pytest.mark.parametrize("revise", [False, True])
def test_a_store_is_sound_as_of_an_older_snapshot(place: Place, base: Base, make: Make, *, revise: bool) -> None:
    """A reader who sees less than the archive has by now, because others write, is not told of damage."""
    with reading(place, base.iri) as snapshot:
        with open_writer(place, base, "analyst", "ingest") as writer:
            writer.commit(make("first" if revise else "newer", "كلام آخر لا صلة له بما سبق من الكلام في هذا الباب."), revise=revise)
        with closing(Archive(place.archive, base.iri)) as archive:
            assert archive.head() == snapshot.sequence + 1
            assert verify(archive, Store.read_only(str(snapshot.path)), snapshot.sequence) == ()


# --- damaged archives -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["text", "document", "warnings"])
@pytest.mark.parametrize("sequence", [FIRST, WARNED])
def test_a_flipped_byte_is_found(place: Place, base: Base, damage: Callable[[str], None], column: str, sequence: int) -> None:
    """Whatever byte of a report's content changes, standing or replaced, its commit is named."""
    flipped = f"CAST(CASE WHEN length({column}) > 9 THEN substr({column}, 1, 8) || x'58' || substr({column}, 10) ELSE x'58' END AS BLOB)"
    damage(f"UPDATE reports SET {column} = {flipped} WHERE sequence = {sequence}")
    problems = verified(place, base)
    assert Problem("its content is not what was signed", f"commit {sequence}") in problems


@pytest.mark.parametrize(("column", "value"), [("content", "0" * 64), ("nquads", "0" * 64)])
def test_a_changed_digest_is_found(place: Place, base: Base, damage: Callable[[str], None], column: str, value: str) -> None:
    """The digests beside the content are signed too."""
    damage(f"UPDATE reports SET {column} = '{value}' WHERE sequence = {WARNED}")
    assert Problem("its content is not what was signed", f"commit {WARNED}") in verified(place, base)


@pytest.mark.parametrize(("column", "value"), [("report_id", "other"), ("version", "0" * 12)])
def test_a_renamed_report_is_found(place: Place, base: Base, damage: Callable[[str], None], column: str, value: str) -> None:
    """A commit is signed for one version of one report."""
    damage(f"UPDATE reports SET {column} = '{value}' WHERE sequence = {WARNED}")
    problems = verified(place, base)
    assert [p for p in problems if p.where == f"commit {WARNED}" and "it is signed for" in p.message]


@pytest.mark.parametrize("column", ["added", "removed"])
def test_a_changed_change_is_found(place: Place, base: Base, damage: Callable[[str], None], column: str) -> None:
    """What a commit added to the reference graph, or took from it, is signed."""
    damage(f"UPDATE changes SET {column} = x'0a' WHERE sequence = {REFERENCE}")
    assert Problem("its content is not what was signed", f"commit {REFERENCE}") in verified(place, base)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("agent", "somebody"),
        ("at", "2020-01-01T00:00:00.000+00:00"),
        ("reason", "x"),
        ("subject", "x/y"),
        ("kind", "x"),
        ("digests", "{}"),
        ("hash", "0"),
        ("parent", "0"),
    ],
)
def test_a_changed_commit_is_found(place: Place, base: Base, damage: Callable[[str], None], column: str, value: str) -> None:
    """Nobody can be made the author of what somebody else wrote, and nothing can be dated back."""
    damage(f"UPDATE commits SET {column} = '{value}' WHERE sequence = {WARNED}")
    assert [p for p in verified(place, base) if p.where == f"commit {WARNED}" and "hash chain is broken" in p.message]


def test_a_commit_that_was_signed_anew_is_found_at_the_next(place: Place, base: Base) -> None:
    """Who changes a commit and its hash breaks the chain at its successor."""
    with closing(Archive(place.archive, base.iri)) as archive:
        forged = archive.commits()[WARNED - 1].__class__(**{**vars(archive.commits()[WARNED - 1]), "agent": "somebody"})
        archive._db.execute("UPDATE commits SET agent = ?, hash = ? WHERE sequence = ?", (forged.agent, forged.signature(), WARNED))
    assert [p.where for p in verified(place, base) if "hash chain is broken" in p.message] == [f"commit {REVISION}"]


def test_a_missing_commit_is_found(place: Place, base: Base) -> None:
    """A commit taken out of the middle leaves a gap in the numbers and in the chain."""
    with closing(sqlite3.connect(place.archive, isolation_level=None)) as database:
        database.execute("DELETE FROM reports WHERE sequence = ?", (WARNED,))
        database.execute("DELETE FROM commits WHERE sequence = ?", (WARNED,))
    problems = verified(place, base)
    assert Problem("commits 3 to 3 are missing", f"commit {REVISION}") in problems
    assert [p for p in problems if p.where == f"commit {REVISION}" and "hash chain is broken" in p.message]


def test_missing_content_is_found(place: Place, base: Base, damage: Callable[[str], None]) -> None:
    """A commit whose report is gone is named."""
    damage(f"DELETE FROM reports WHERE sequence = {WARNED}")
    assert Problem("its content is missing", f"commit {WARNED}") in verified(place, base)


def test_a_removed_last_commit_is_found(place: Place, base: Base) -> None:
    """A chain does not show what was cut off its end, but the index still knows: it is ahead of the archive."""
    with reading(place, base.iri):
        pass  # there is a snapshot now
    with closing(sqlite3.connect(place.archive, isolation_level=None)) as database:
        database.execute("DELETE FROM reports WHERE sequence = ?", (REJECTED,))
        database.execute("DELETE FROM commits WHERE sequence = ?", (REJECTED,))
    problems = verified(place, base)
    assert [p for p in problems if "missing" in p.message and str(REJECTED) in f"{p}"], problems


def test_a_removed_last_commit_is_found_without_a_snapshot(place: Place, base: Base) -> None:
    """Where there is no snapshot yet, opening the index says so."""
    with closing(sqlite3.connect(place.archive, isolation_level=None)) as database:
        database.execute("DELETE FROM reports WHERE sequence >= ?", (REVISION,))
        database.execute("DELETE FROM commits WHERE sequence >= ?", (REVISION,))
    shutil.rmtree(place.snapshots)
    place.make()
    with pytest.raises(DataFolderError, match=r"The index is ahead of the archive \(commit 5, archive 3\)"):
        verified(place, base)


def test_a_file_that_sqlite_finds_damaged_is_told_first(place: Place, base: Base) -> None:
    """Where pages are overwritten, that alone is told, with the file."""
    with reading(place, base.iri) as snapshot, closing(Archive(place.archive, base.iri)) as archive:
        archive._db.execute("PRAGMA writable_schema = ON")
        root = archive._db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'reports_by_id'").fetchone()[0]
        size = archive._db.execute("PRAGMA page_size").fetchone()[0]
        archive.close()
        with place.archive.open("r+b") as file:
            file.seek((root - 1) * size)
            file.write(b"\xff" * 64)
        with closing(Archive(place.archive, base.iri)) as again:
            (problem,) = verify(again, Store.read_only(str(snapshot.path)), snapshot.sequence)
    assert "SQLite finds the file damaged" in problem.message
    assert problem.where == str(place.archive)


# --- bytes received -------------------------------------------------------------------------------------------------------

RAW = REJECTED + 1
BYTES = "صفحة وفيها نص".encode("utf-16")


@pytest.fixture
def with_bytes(place: Place, base: Base, make: Make) -> Place:
    """The store, with one more report whose text was cut from bytes."""
    with open_writer(place, base, "analyst", "ingest") as writer:
        outcome = writer.commit(make("raw", "نص اقتطع من صفحة وصلت إلينا.", source_sha256=sha256_hex(BYTES), cut_by="a cutter 1"), received=BYTES)
        assert outcome.sequence == RAW
    return place


def test_a_store_with_bytes_is_sound(with_bytes: Place, base: Base) -> None:
    """Bytes as they came are as they were signed."""
    assert verified(with_bytes, base) == ()


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("UPDATE sources SET bytes = CAST(bytes || x'00' AS BLOB)", "the bytes received are not what was signed"),
        ("UPDATE sources SET bytes = CAST('' AS BLOB)", "the bytes received are not what was signed"),
        ("DELETE FROM sources", "the bytes received are missing"),
        (f"UPDATE reports SET source = NULL WHERE sequence = {RAW}", "its content is not what was signed"),
        (f"UPDATE reports SET source = '{'0' * 64}' WHERE sequence = {RAW}", "its content is not what was signed"),
        (f"UPDATE reports SET source = '{'0' * 64}' WHERE sequence = {FIRST}", "its content is not what was signed"),
    ],
)
def test_damage_to_the_bytes_is_found(with_bytes: Place, base: Base, damage: Callable[[str], None], sql: str, message: str) -> None:
    """A byte changed, bytes gone, and a report made to name others, or none, are told with the commit."""
    damage(sql)
    (problem,) = (p for p in verified(with_bytes, base) if p.where.startswith("commit"))
    assert problem == Problem(message, f"commit {FIRST if f'sequence = {FIRST}' in sql else RAW}")


def test_a_document_and_its_bytes_belong_together(place: Place, base: Base, make: Make) -> None:
    """Bytes that were signed for a document which names others are found, whoever wrote that."""
    with open_writer(place, base, "analyst", "ingest") as writer:
        outcome = writer.commit(make("raw", "نص اقتطع من صفحة وصلت إلينا.", source_sha256="0" * 64))
        stored = writer.archive.report(outcome.sequence)
        assert stored is not None
        forged = replace(stored, source=sha256_hex(BYTES))
        commit = writer.archive.append("report", f"{stored.version}/raw", "analyst", "", forged, BYTES)
        writer.index.apply(commit)
    assert verified(place, base) == (Problem("its document names other bytes than those that were signed", f"commit {RAW + 1}"),)


def test_an_archive_of_format_1_is_sound_before_and_after(place: Place, base: Base, make: Make) -> None:
    """What the older program signed stays as it was signed, also when the archive takes bytes now."""
    _as_format_1(place.archive, base)
    assert verified(place, base) == ()
    with open_writer(place, base, "analyst", "ingest") as writer:
        writer.commit(make("raw", "نص اقتطع من صفحة وصلت إلينا.", source_sha256=sha256_hex(BYTES), cut_by="a cutter 1"), received=BYTES)
    with closing(Archive(place.archive, base.iri)) as archive:
        assert archive.received(sha256_hex(BYTES)) == BYTES
        assert archive.commits()[0].parent == sha256_hex(f"claimgraph archive 1 {base.iri}".encode())
    assert verified(place, base) == ()


def _as_format_1(path: Path, base: Base) -> None:
    """Make an archive what the program of format 1 would have made of the same commits."""
    parent = sha256_hex(f"claimgraph archive 1 {base.iri}".encode())
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for row in database.execute("SELECT * FROM commits ORDER BY sequence").fetchall():
            commit = replace(Commit(*row), parent=parent)
            parent = commit.signature()
            database.execute("UPDATE commits SET hash = ?, parent = ? WHERE sequence = ?", (parent, commit.parent, commit.sequence))
        database.executescript("ALTER TABLE reports DROP COLUMN source; DROP TABLE sources; DROP INDEX reviews_by_version;")
        database.execute("UPDATE meta SET value = '1' WHERE name = 'format'")


# --- damaged indexes ------------------------------------------------------------------------------------------------------


def _graphs(base: Base, place: Place) -> dict[str, NamedNode]:
    with closing(Archive(place.archive, base.iri)) as archive:
        names = {r.report_id: base.report(r.version, r.report_id) for s in archive.standing() if (r := archive.report(s))}
    return {
        "report": names["first"].node,
        "warnings": names["warned"].validation,
        "reference": base.reference,
        "shingles": base.shingles,
        "commits": base.commits,
        "ontology": NamedNode("https://w3id.org/claimgraph/ontology"),
    }


def _spoiled(store: Store, graph: NamedNode, how: str) -> None:
    quads = sorted(store.quads_for_pattern(None, None, None, graph), key=str)
    old = next(q for q in quads if isinstance(q.object, Literal) and q.predicate != CG.sequence)
    new = Quad(old.subject, old.predicate, integer(7) if old.predicate in (CG.shingle, CG.shingleCount) else Literal("غير ذلك"), graph)
    if how == "emptied":
        store.remove_graph(graph)
        store.extend(q for q in quads if q.predicate == CG.sequence)  # what marks how far the index is: without it all would be applied again
    if how in ("changed", "removed"):
        store.remove(old)
    if how in ("changed", "added"):
        store.add(new)


@pytest.mark.parametrize("what", ["report", "warnings", "reference", "shingles", "commits", "ontology"])
@pytest.mark.parametrize("how", ["changed", "added", "removed", "emptied"])
def test_an_index_that_differs_is_found(place: Place, base: Base, what: str, how: str) -> None:
    """A statement changed, added or removed behind the archive's back, or a whole graph gone: it is told where, and what mends it."""
    graph = _graphs(base, place)[what]
    behind_its_back(place, lambda store: _spoiled(store, graph, how))
    problems = verified(place, base)
    assert problems
    assert all("run 'claimgraph reindex'" in problem.message for problem in problems)
    if what in ("report", "warnings", "reference"):
        assert [p for p in problems if p.where == graph.value and DIFFERS in p.message]


def test_an_index_that_differs_is_mended_by_building_it_again(place: Place, base: Base) -> None:
    """Whatever was done to the index, the archive has what it needs."""
    for graph in _graphs(base, place).values():
        behind_its_back(place, lambda store, graph=graph: _spoiled(store, graph, "changed"))
    assert len(verified(place, base)) >= 3
    shutil.rmtree(place.index(stamp()))
    shutil.rmtree(place.snapshots)
    place.make()
    with closing(Archive(place.archive, base.iri)) as archive, closing(Index(place.index(stamp()), archive)):
        pass
    assert verified(place, base) == ()


@pytest.mark.parametrize("graph", ["", "https://example.org/graph"])
def test_a_foreign_graph_is_found(place: Place, base: Base, graph: str) -> None:
    """Statements in the default graph or in a graph of their own are found too."""
    node = NamedNode("https://example.org/x")
    quad = Quad(node, SKOS.prefLabel, Literal("x"), NamedNode(graph)) if graph else Quad(node, SKOS.prefLabel, Literal("x"))
    behind_its_back(place, lambda store: store.add(quad))
    (problem,) = verified(place, base)
    assert "run 'claimgraph reindex'" in problem.message


def test_a_superseded_version_that_lingers_is_found(place: Place, base: Base) -> None:
    """A version that should have left the index is told."""
    with closing(Archive(place.archive, base.iri)) as archive:
        old = archive.report(FIRST)
        assert old is not None
        name = base.report(old.version, old.report_id)
    behind_its_back(place, lambda store: store.add(Quad(name.node, CG.text, Literal("x"), name.node)))
    assert verified(place, base)
