"""The index follows from the archive: built at once or commit by commit, by this program or anew, it holds the same."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import BlankNode, DefaultGraph, Quad, Store

from claimgraph.model.canonical import canonical_nquads
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import DataFolderError
from claimgraph.model.names import Base
from claimgraph.model.resources import files
from claimgraph.model.vocabulary import CG, ONTOLOGY, ontology_quads
from claimgraph.store import index as index_module
from claimgraph.store.archive import Archive
from claimgraph.store.commit import Writer
from claimgraph.store.examine import Result
from claimgraph.store.index import Index, shingle_quads, stamp, standing_quads
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference

Make = Callable[..., ClaimsDocument]
Opened = Callable[..., Any]


def built_anew(place: Place, base: Base, folder: Path, **how: Any) -> bytes:
    """What an index holds that is built from the archive at once."""
    folder.mkdir()
    with closing(Archive(place.archive, base.iri)) as archive, closing(Index(folder / f"index-{stamp()}", archive, **how)) as index:
        return canonical_nquads(index.store)


def _history(writer: Writer, make: Make, samples: list[ClaimsDocument], seed: int) -> int:
    """Random commits of every kind: new, again, revised, reverted, refused, with rejected claims, with and without warnings."""
    chance, committed = random.Random(seed), 0
    for _ in range(14):
        kind, report_id = chance.choice(["new", "sample", "rejected", "again", "broken"]), f"r{chance.randrange(3)}"
        text = f"{chance.choice('أبجد')} نص من نصوص قليلة يعاد بعضها كما هو ويغيّر بعضها عن بعض."
        if kind == "sample":
            document = chance.choice(samples)
        elif kind == "rejected":
            document = make(report_id, text, claim={"review": {"state": "rejected"}, "event": {"type": "escape", "actors": ["مجلس محلي"]}})
        else:
            document = make(report_id, text, note=chance.choice("أبج"), retrieved="2021-01-01" if kind == "broken" else "2022-03-01")
        committed += writer.commit(document, revise=True).result is Result.COMMITTED
    return committed


@pytest.mark.parametrize("seed", range(3))
def test_built_at_once_or_step_by_step_it_is_the_same(
    opened: Opened, make: Make, place: Place, base: Base, samples: dict[str, ClaimsDocument], tmp_path: Path, seed: int
) -> None:
    """An index that grew with the store holds, quad for quad, what one built from the archive holds, and so does one that stopped half-way."""
    with opened() as writer:
        committed = _history(writer, make, list(samples.values()), seed)
        assert 4 < committed < 14
        half = tmp_path / f"index-{stamp()}"
        writer.index.store.backup(str(half))
        _history(writer, make, list(samples.values()), seed + 100)
        grown = canonical_nquads(writer.index.store)
        head = writer.archive.head()
    assert built_anew(place, base, tmp_path / "new") == grown
    with closing(Archive(place.archive, base.iri)) as archive, closing(Index(half, archive)) as index:
        assert index.applied() == head
        assert canonical_nquads(index.store) == grown
        assert Reference(index.store.quads_for_pattern(None, None, None, base.reference), base).quads == index.reference.quads


def test_every_statement_is_in_a_named_graph(opened: Opened, base: Base, samples: dict[str, ClaimsDocument]) -> None:
    """Nothing is in the default graph, nothing but the ontology has blank nodes, and the graphs are those that the model names."""
    with opened() as writer:
        iris = {writer.commit(document).mapped.name.iri for document in samples.values()}
        quads = list(writer.index.store)
    assert not [q for q in quads if q.graph_name == DefaultGraph()]
    assert not [q for q in quads if q.graph_name != ONTOLOGY and BlankNode in (type(q.subject), type(q.object))]
    graphs = {q.graph_name.value.removesuffix("#validation") for q in quads}
    assert graphs == iris | {ONTOLOGY.value, base.reference.value, base.commits.value, base.shingles.value}
    assert {q for q in quads if q.graph_name == ONTOLOGY} == set(ontology_quads())


def test_applying_a_commit_again_changes_nothing(opened: Opened, make: Make) -> None:
    """A commit that was applied before the process died, but not noted, can be applied again."""
    with opened() as writer:
        writer.commit(make())
        writer.commit(make(note="ب", claim={"event": {"type": "escape", "actors": ["مجلس محلي"]}}), revise=True)
        before = set(writer.index.store)
        for commit in writer.archive.commits():
            writer.index.apply(commit)
        assert set(writer.index.store) == before


def test_a_commit_killed_half_way_is_applied_whole(opened: Opened, make: Make, place: Place, base: Base, tmp_path: Path) -> None:
    """Where the old version was taken out and the new one not yet put in, opening finishes the commit."""
    with opened() as writer:
        old = writer.commit(make()).mapped.name
        half = tmp_path / f"index-{stamp()}"
        writer.index.store.backup(str(half))
        writer.commit(make(note="ب"), revise=True)
        whole = canonical_nquads(writer.index.store)
    _take_out(half, old.node)
    with closing(Archive(place.archive, base.iri)) as archive, closing(Index(half, archive)) as index:
        assert canonical_nquads(index.store) == whole


def _take_out(path: Path, graph: Any) -> None:
    store = Store(str(path))
    store.remove_graph(graph)
    store.flush()


def test_the_index_says_how_far_it_is(opened: Opened, make: Make, base: Base) -> None:
    """The number of the last commit stands in the index itself, written with the commit."""
    with opened() as writer:
        for number in range(3):
            outcome = writer.commit(make(f"r{number}", f"نص رقم {number}."))
            numbers = [int(q.object.value) for q in writer.index.store.quads_for_pattern(None, CG.sequence, None, base.commits)]
            assert writer.index.applied() == max(numbers) == outcome.sequence == number + 2
            assert sorted(numbers) == list(range(1, number + 3))


def test_only_the_standing_version_is_mapped(
    opened: Opened, make: Make, place: Place, base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Building anew maps each report once, however many versions it had, and tells how far it is."""
    with opened() as writer:
        for note in "أبجد":
            writer.commit(make(note=note), revise=True)
    mapped, seen = [], []
    monkeypatch.setattr(
        index_module, "standing_quads", lambda document, *rest: mapped.append(document.report.note) or standing_quads(document, *rest)
    )
    built_anew(place, base, tmp_path / "new", progress=lambda done, all_: seen.append((done, all_)))
    assert mapped == ["د"]
    assert seen == [(n, 5) for n in range(1, 6)]


def test_the_history_of_superseded_versions_is_kept(opened: Opened, make: Make, place: Place, base: Base, tmp_path: Path) -> None:
    """Who brought and replaced which version is in the index, though the versions are not."""
    with opened() as writer:
        names = [writer.commit(make(note=note), revise=True).mapped.name for note in "أبج"]
    anew = built_anew(place, base, tmp_path / "new").decode()
    for name in names:
        assert f"<http://www.w3.org/ns/prov#generated> <{name.iri}>" in anew
    assert f"<{names[0].iri}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>" not in anew


# --- other programs, broken files -----------------------------------------------------------------------------------------


def test_the_stamp_depends_on_what_an_index_depends_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another mapping, ontology or layout is another index."""
    stamps = {stamp()}
    for name, value in (("MAPPING_VERSION", 99), ("_INDEX_FORMAT", 99), ("files", lambda *where: files(*where)[1:])):
        with monkeypatch.context() as patch:
            patch.setattr(index_module, name, value)
            stamps.add(stamp.__wrapped__())
    assert len(stamps) == 4


def test_the_stamp_is_the_same_in_every_process() -> None:
    """All processes of one program share an index and its snapshots."""
    command = [sys.executable, "-c", "from claimgraph.store.index import stamp; print(stamp())"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == stamp()


def test_the_index_of_another_program_is_removed_and_built_anew(opened: Opened, make: Make, place: Place, base: Base) -> None:
    """An index with another stamp is never read: it makes room for one of our own, with all that the archive has."""
    with opened() as writer:
        outcome = writer.commit(make())
        before = set(writer.index.store)
    other = place.folder / "index-0ther000"
    place.index(stamp()).rename(other)
    with opened() as writer:
        assert set(writer.index.store) == before
        assert writer.commit(make()).result is Result.UNCHANGED
        assert outcome.mapped.name
    assert not other.exists()
    assert [path.name for path in place.folder.glob("index-*")] == [f"index-{stamp()}"]


def test_an_index_that_is_lost_is_built_anew(opened: Opened, make: Make, place: Place) -> None:
    """The index can be thrown away."""
    with opened() as writer:
        writer.commit(make())
        before = set(writer.index.store)
    shutil.rmtree(place.index(stamp()))
    with opened() as writer:
        assert set(writer.index.store) == before


def test_an_index_that_cannot_be_opened_is_told_with_what_to_do(opened: Opened, place: Place) -> None:
    """Broken files of the index are no loss, and the message says so."""
    with opened():
        pass
    (place.index(stamp()) / "CURRENT").write_text("nonsense\n")
    with pytest.raises(DataFolderError, match="delete that folder, it is built again from the archive"), opened():
        pass


# --- what stands ----------------------------------------------------------------------------------------------------------


def test_what_is_shown_of_a_document(make: Make, base: Base, reference: Reference) -> None:
    """Only rejection hides a claim; every other state of review, and none, shows it."""
    states = ("accepted", "rejected", "candidate", "edited", None)
    template = make().claims[0]
    claims = []
    for number, state in enumerate(states):
        review = make(claim={"review": {"state": state}}).claims[0].review if state else None
        claims.append(template.model_copy(update={"id": f"c{number}", "review": review}))
    document = ClaimsDocument(report=make().report, claims=tuple(claims))
    name = base.report("0" * 12, "r1")
    shown = {q.subject for q in standing_quads(document, name, base, reference) if q.object == CG.Claim}
    assert shown == {name.claim(f"c{number}") for number, state in enumerate(states) if state != "rejected"}


def test_shingles_lie_beside_the_report(base: Base) -> None:
    """What is compared across reports is not among what a report says."""
    name = base.report("0" * 12, "r1")
    quads = shingle_quads("كلمة " * 3 + "واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة", name, base)
    assert {q.graph_name for q in quads} == {base.shingles}
    assert {q.subject for q in quads} == {name.node}
    assert all(isinstance(q, Quad) for q in quads)
