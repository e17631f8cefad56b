"""State: the same report twice, two writers, a clock that goes back, a damaged archive or index. Found, said, and never made worse."""

from __future__ import annotations

import gc
import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, tzinfo
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.store import archive as archive_module
from claimgraph.store.index import stamp
from claimgraph.store.place import Place, writing
from running import SAMPLES, Run, digest, finish, small, start, written

# --- the same again -------------------------------------------------------------------------------------------------------


def test_the_same_report_twice_changes_nothing(claimgraph: Run) -> None:
    """Twice in one run, in another run, in another order of fields, or with other words on review: one version, one commit."""
    value = small()
    other = {"claims": [dict(reversed(value["claims"][0].items()))], "report": dict(reversed(value["report"].items()))}
    one, two = written(Path("1.json"), value), written(Path("2.json"), other)
    assert [entry["result"] for entry in claimgraph("ingest", one, one, two, "--format", "json").json] == ["committed", "unchanged", "unchanged"]
    before = digest(Path("claimgraph-data"))["archive.sqlite3"]
    assert [entry["result"] for entry in claimgraph("ingest", two, one, "--format", "json").json] == ["unchanged", "unchanged"]
    assert digest(Path("claimgraph-data"))["archive.sqlite3"] == before


def test_the_same_id_with_another_body_is_refused(claimgraph: Run) -> None:
    """Other words under a known id are a new version only if they name the one that stands; nothing takes its place in silence."""
    first, other, third = small("أول"), small("ثان"), small("ثالث")
    said = claimgraph("ingest", written(Path("1.json"), first), written(Path("2.json"), other), "--format", "json")
    assert [entry["result"] for entry in said.json] == ["committed", "refused"]
    version = said.json[0]["version"]
    assert said.json[1]["code"] == "version-conflict"
    assert version in said.json[1]["problems"][0]["message"]
    other["report"]["revises"] = "0" * 12
    assert claimgraph("ingest", written(Path("2.json"), other)).code == 1
    other["report"]["revises"] = version
    assert claimgraph("ingest", written(Path("2.json"), other)).code == 0
    third["report"]["revises"] = version  # no longer the one that stands
    assert claimgraph("ingest", written(Path("3.json"), third)).code == 1
    texts = claimgraph("query", "SELECT ?t { ?r <https://w3id.org/claimgraph/ontology#text> ?t }", "--format", "csv").out
    assert texts == "t\r\nثان\r\n"
    assert claimgraph("verify").code == 0


# --- writers and clocks ---------------------------------------------------------------------------------------------------


def test_a_second_writer_is_told_who_writes(claimgraph: Run, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody writes, another one waits and then says who it is; readers go on; afterwards all is as it was."""
    monkeypatch.setitem(vars(LIMITS), "lock_seconds", 0.05)
    before = digest(store)["archive.sqlite3"]
    new = written(Path("new.json"), small())
    with writing(Place(store), "سلمى \u202e", "ingest"):
        for command in (["ingest", new], ["reindex"], ["demo"]):
            said = claimgraph("--data", store, *command)
            assert (said.code, said.out) == (1, "")
            assert re.search(r"is being written by 'ingest' by سلمى \\u202e \(process \d+, since 20", said.sentence)
        assert claimgraph("--data", store, "stats").code == 0
        assert claimgraph("--data", store, "validate", new).code == 0
    assert digest(store)["archive.sqlite3"] == before
    assert claimgraph("--data", store, "ingest", new).code == 0


def test_two_writers_at_once_both_finish(tmp_path: Path) -> None:
    """Two processes that write to one folder take turns: both end well, and every report of both is there."""
    writers = []
    for name in ("a", "b"):
        files = [written(tmp_path / f"{name}{n}.json", small(f"تقرير {name} رقم {n}", f"{name}{n}")) for n in range(10)]
        writers.append(start("--data", "d", "ingest", *files, "--as", name, cwd=tmp_path))
    for writer in writers:
        said = finish(writer)
        assert said.code == 0
        assert said.out.splitlines()[-1].startswith("10 committed")
    history = json.loads(finish(start("--data", "d", "history", "--format", "json", cwd=tmp_path)).out)
    assert [commit["sequence"] for commit in history] == list(range(21, 0, -1))
    assert {commit["subject"].partition("/")[2] for commit in history} >= {f"{name}{n}" for name in "ab" for n in range(10)}
    assert "all is as it was committed" in finish(start("--data", "d", "verify", cwd=tmp_path)).out


def test_the_clock_going_back_changes_no_order(claimgraph: Run, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commits are in the order in which they came, also where the clock says otherwise; what stands is the latest."""

    class Past(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Past:
            return cls.fromtimestamp(0, tz)

    with monkeypatch.context() as patch:
        patch.setattr(archive_module, "datetime", Past)
        assert claimgraph("--data", store, "ingest", written(Path("new.json"), small("أول"))).code == 0
    assert claimgraph("--data", store, "ingest", written(Path("new.json"), small("ثان")), "--revise").code == 0
    found = claimgraph("--data", store, "history", "--format", "json", "--limit", "3").json
    assert [commit["sequence"] for commit in found] == [14, 13, 12]
    latest, past, before = (datetime.fromisoformat(commit["at"]) for commit in found)
    assert past < before < latest
    assert json.loads(claimgraph("--data", store, "export", "small").out)["report"]["text"] == "ثان"
    assert claimgraph("--data", store, "verify").code == 0


@pytest.mark.parametrize("fault", ["an approximate date", "a date that is none", "an unknown key", "a quote that differs", "broken JSON"])
def test_a_command_lets_go_of_the_store(claimgraph: Run, fault: str) -> None:
    """Whatever a command met, nothing that outlives it (a parser's cache, an error) keeps the index from the next one of the same process."""
    value = small()
    claim = value["claims"][0]
    if fault.endswith(("date", "none")):
        claim["event"]["time"] = "2022-01-20~" if fault == "an approximate date" else "2022-01-20?~x"
    claim["chain"] += [{"agent": "nobody-at-all"}] if fault == "an unknown key" else []
    claim["quote"] += "x" if fault == "a quote that differs" else ""
    written(Path("in.json"), value)
    if fault == "broken JSON":
        Path("in.json").write_text("{")
    assert claimgraph("ingest", "in.json").code == (0 if fault == "an approximate date" else 1)
    gc.collect()
    assert claimgraph("ingest", written(Path("next.json"), small("نص آخر", "next"))).code == 0
    gc.collect()
    assert claimgraph("verify").code == 0


# --- damage ---------------------------------------------------------------------------------------------------------------


def sql(statement: str) -> Callable[[Path], None]:
    """A damage done behind the program's back."""

    def damage(store: Path) -> None:
        with closing(sqlite3.connect(store / "archive.sqlite3", isolation_level=None)) as database:
            database.execute("PRAGMA foreign_keys=OFF")
            assert database.execute(statement).rowcount > 0

    return damage


FLIPPED = "substr({0}, 1, 9) || char(unicode(substr({0}, 10, 1)) + 1) || substr({0}, 11)"
DAMAGES = {
    "a byte of a text": sql(f"UPDATE reports SET text = CAST({FLIPPED.format('CAST(text AS TEXT)')} AS BLOB) WHERE sequence = 5"),
    "a byte of a document": sql(f"UPDATE reports SET document = CAST({FLIPPED.format('CAST(document AS TEXT)')} AS BLOB) WHERE sequence = 5"),
    "a document that is none": sql("UPDATE reports SET document = X'7B' WHERE sequence = 5"),
    "a document of another": sql("UPDATE reports SET document = (SELECT document FROM reports WHERE sequence = 6) WHERE sequence = 5"),
    "a warning": sql("UPDATE reports SET warnings = X'' WHERE sequence = 2"),
    "a digest of quads": sql(f"UPDATE reports SET nquads = {FLIPPED.format('nquads')} WHERE sequence = 5"),
    "a version": sql("UPDATE reports SET version = '000000000000' WHERE sequence = 5"),
    "who it was": sql("UPDATE commits SET agent = 'somebody else' WHERE sequence = 5"),
    "when it was": sql("UPDATE commits SET at = '2020-01-01T00:00:00.000+00:00' WHERE sequence = 5"),
    "why it was": sql("UPDATE commits SET reason = 'none' WHERE sequence = 5"),
    "a hash": sql(f"UPDATE commits SET hash = {FLIPPED.format('hash')} WHERE sequence = 5"),
    "a parent": sql(f"UPDATE commits SET parent = {FLIPPED.format('parent')} WHERE sequence = 5"),
    "digests": sql(f"UPDATE commits SET digests = {FLIPPED.format('digests')} WHERE sequence = 5"),
    "a missing content": sql("DELETE FROM reports WHERE sequence = 5"),
    "a missing commit": sql("DELETE FROM commits WHERE sequence = 5"),
    "a missing reference graph": sql("DELETE FROM changes WHERE sequence = 1"),
    "the reference graph": sql("UPDATE changes SET added = X'' WHERE sequence = 1"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_verify_finds_what_was_changed_in_the_archive(claimgraph: Run, store: Path, name: str) -> None:
    """Whatever was changed, removed or exchanged behind the program's back is found, with its commit; exit code 1; nothing is repaired."""
    DAMAGES[name](store)
    before = digest(store)["archive.sqlite3"]
    said = claimgraph("--data", store, "verify")
    assert said.code == 1
    sequence = re.search(r"WHERE sequence = (\d+)$", next(cell.cell_contents for cell in DAMAGES[name].__closure__ or ()))
    assert sequence
    assert f"commit {int(sequence[1]) + (name == 'a missing commit')}" in said.err or "index" in said.err
    assert re.search(r"quads: \d+ problems\.$", said.out.strip())
    found = claimgraph("--data", store, "verify", "--format", "json")
    assert (found.code, found.json["sound"]) == (1, False)
    assert found.json["problems"]
    assert digest(store)["archive.sqlite3"] == before


def contents(path: Path) -> list[str] | None:
    """All that an archive says, or nothing if SQLite cannot read it."""
    try:
        with closing(sqlite3.connect(path)) as database:
            return list(database.iterdump())
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return None


@pytest.mark.parametrize("part", range(8))
def test_a_flipped_byte_is_found_or_harmless(claimgraph: Run, sampled: Path, tmp_path: Path, part: int) -> None:
    """One byte is flipped, at places all over the file: verify finds it, unless the file says the same as before; no command breaks."""
    size = (sampled / "archive.sqlite3").stat().st_size
    unhurt = contents(sampled / "archive.sqlite3")
    for place in range(part * size // 8 + 37, (part + 1) * size // 8, size // 24):
        store = Path(shutil.copytree(sampled, tmp_path / f"flipped-{place}"))
        data = bytearray((store / "archive.sqlite3").read_bytes())
        data[place] ^= 0x11
        (store / "archive.sqlite3").write_bytes(data)
        same = contents(store / "archive.sqlite3") == unhurt
        said = claimgraph("--data", store, "verify")
        assert said.code in ((0, 1) if same else (1,)), place
        assert claimgraph("--data", store, "export").code in (0, 1)
        shutil.rmtree(store)


@pytest.mark.parametrize("data", [b"", b"not a database, but long enough to be taken for one" * 100, b"SQLite format 3\0" + b"\0" * 4_080], ids=len)
def test_an_archive_that_is_none(claimgraph: Run, store: Path, data: bytes) -> None:
    """A file that is no archive is said to be none; it is left as it is, and not made into one over an index that knows better."""
    (store / "archive.sqlite3").write_bytes(data)
    for command in (["verify"], ["ingest", SAMPLES]):
        said = claimgraph("--data", store, *command)
        assert said.code == 1, command
        assert re.search("archive.*restore", said.err)
    if data:
        assert (store / "archive.sqlite3").read_bytes() == data


def test_an_index_that_says_otherwise_is_found_and_rebuilt(claimgraph: Run, store: Path, base: Base) -> None:
    """A statement too many, or one too few, in the index: verify finds it and says what to do, and reindex mends it."""
    index = Store(str(Place(store).index(stamp())))
    text = NamedNode("https://w3id.org/claimgraph/ontology#text")
    quad = next(index.quads_for_pattern(None, text, None, None))
    index.add(Quad(quad.subject, text, Literal("x"), quad.graph_name))
    index.remove(quad)
    index.add(Quad(base.entity("sdf"), text, Literal("x"), NamedNode("https://example.org/graph")))
    index.flush()
    del index
    for snapshot in Place(store).snapshots.iterdir():
        shutil.rmtree(snapshot) if snapshot.is_dir() else snapshot.unlink()
    said = claimgraph("--data", store, "verify")
    assert said.code == 1
    assert "run 'claimgraph reindex'" in said.err
    assert claimgraph("--data", store, "reindex").code == 0
    assert claimgraph("--data", store, "verify").code == 0


def test_a_lost_index_is_built_again(claimgraph: Run, store: Path, sampled: Path) -> None:
    """Without index and snapshots everything is answered as before, from the archive alone."""
    for path in store.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
    asked = ["ask", "claims-per-origin", "--format", "json"]
    assert claimgraph("--data", store, *asked).json == claimgraph("--data", sampled, *asked).json
    assert claimgraph("--data", store, "verify").code == 0


def test_an_archive_that_lost_commits_is_not_written_to(claimgraph: Run, store: Path) -> None:
    """Where the index knows commits that the archive has no more, no new ones take their numbers."""
    sql("DELETE FROM reports WHERE sequence > 6")(store)
    sql("DELETE FROM commits WHERE sequence > 6")(store)
    said = claimgraph("--data", store, "ingest", written(Path("new.json"), small()))
    assert (said.code, said.out) == (1, "")
    assert "ahead of the archive" in said.sentence
    assert claimgraph("--data", store, "history", "--format", "json").json[0]["sequence"] == 6
    verified = claimgraph("--data", store, "verify")
    assert verified.code == 1
    assert "commits 7 to 12, which the index knows, are missing" in verified.err


def test_another_base_is_another_store(tmp_path: Path) -> None:
    """A store keeps the base it was made with: with another setting it is refused, and says which one would do."""
    new = written(tmp_path / "new.json", small())
    base = {"CLAIMGRAPH_BASE": "https://example.org/data/"}
    assert finish(start("--data", "d", "ingest", new, cwd=tmp_path, **base)).code == 0
    answer = finish(start("--data", "d", "ask", "own-voice", "--format", "json", cwd=tmp_path, **base))
    assert [re.sub("[0-9a-f]{12}", "…", row["claim"]) for row in json.loads(answer.out)] == ["https://example.org/data/v/…/small/c01"]
    said = finish(start("--data", "d", "stats", cwd=tmp_path))
    assert said.code == 1
    assert "names its data under https://example.org/data/: set CLAIMGRAPH_BASE" in said.sentence
