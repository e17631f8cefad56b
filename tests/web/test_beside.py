"""The command line beside a running service on the same folder: it reads snapshots, and writes through the service."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from requesting import JSON_BODY, Writable, asked, history, sound
from running import Run, finish, small, start, written
from serving import Service, service

RAW = "نفت قوات سوريا الديمقراطية اليوم فرار سجناء من سجن الصناعة في الحسكة.\n"


@pytest.fixture(scope="module")
def alike(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """Two copies of the samples' store, of which a service has the first; what is done to one is done to the other."""
    where = tmp_path_factory.mktemp("alike")
    beside, alone = (Path(shutil.copytree(sampled, where / name)) for name in ("beside", "alone"))
    with service(where, data=beside):
        yield beside, alone


# --- reading beside it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        *(("ask", "denials"), ("ask", "claims-by", "--format", "json"), ("query", "SELECT (COUNT(*) AS ?n) { ?c a cg:Claim }", "--format", "csv")),
        *(("show", "sdf"), ("show", "sample-06-two-hundred/c04", "--format", "turtle"), ("verify",), ("stats", "--format", "json"), ("history",)),
        *(("export", "sample-06-two-hundred"), ("export", "--everything", "--format", "nquads"), ("validate", "--format", "json")),
    ],
)
def test_reading(served: Service, sampled: Path, claimgraph: Run, command: tuple[str, ...]) -> None:
    """Commands that read say beside a service what they say without one."""
    assert served.data is not None
    new = [written(Path("new.json"), small(report_id="new"))] if command[0] == "validate" else []
    beside, without = (claimgraph(*command, *new, "--data", data) for data in (served.data, sampled))
    assert (beside.code, beside.err) == (0, "")
    assert beside == without


def test_readers_see_what_the_service_wrote(writable: Writable, claimgraph: Run) -> None:
    """What a service acknowledged, the command line sees at once, and the other way round; a write under way is no obstacle."""
    for number in range(3):
        commit = writable.update(f"INSERT DATA {{ GRAPH <{writable.graph('beside')}> {{ <urn:n> <urn:is> {number} }} }}")
        found = claimgraph("query", f"ASK {{ GRAPH <{writable.graph('beside')}> {{ <urn:n> <urn:is> {number} }} }}", "--data", writable.data)
        assert (found.out.strip(), found.err) == ("true", "")
        assert claimgraph("history", "--limit", "1", "--data", writable.data, "--format", "json").json[0]["sequence"] == commit
    said = claimgraph("ingest", written(Path("beside.json"), small(report_id="beside")), "--data", writable.data, "--as", "omar", "--format", "json")
    (entry,) = said.json
    path = entry["iri"].replace("https://w3id.org/claimgraph", "")
    assert writable.service.send("GET", f"{path}?min-commit={entry['commit']}").status == 200


# --- writing through it ---------------------------------------------------------------------------------------------------


def reports(of: str) -> list[object]:
    """What ``ingest`` is given: reports that are let in, one of them raw and one with a warning, and four that are refused."""
    folder = Path(of)
    folder.mkdir()
    broken, unknown, warned = (small(report_id=f"{of}-{name}") for name in ("broken", "unknown", "warned"))
    broken["claims"][0]["quote"] = "كلام آخر"
    unknown["claims"][0]["event"]["facility"] = "no-prison"
    del warned["report"]["published"], warned["report"]["published_basis"]
    first, known = small(report_id=f"{of}-first", publisher="syria-tv"), small(report_id="sample-06-two-hundred", title=of)
    for number, document in enumerate((first, broken, unknown, warned, known)):
        written(folder / f"{number}.json", document)
    (folder / "raw.txt").write_text(RAW, encoding="utf-8")
    (folder / "none.json").write_text("{", encoding="utf-8")
    (folder / "meta.csv").write_text(f"file,id,publisher,published\nraw.txt,{of}-raw,alhal-net,2022-01-31\n", encoding="utf-8")
    return [folder, "--metadata", folder / "meta.csv"]


@pytest.mark.parametrize("form", ["json", "table", "turtle"])
def test_ingest_says_the_same_beside_a_service(alike: tuple[Path, Path], claimgraph: Run, form: str) -> None:
    """Claims documents and raw reports, let in, unchanged, revised and refused: output and exit code are those without a service."""
    given = [*reports(form), "--as", "omar", "--format", form]
    for options in ((), (), ("--revise", "--reason", "سبب")):
        beside, alone = (claimgraph("ingest", *given, *options, "--data", data) for data in alike)
        assert beside == alone
        assert beside.code == 1
        assert f"{form}-first" in beside.out or form == "table"


def test_what_was_ingested_beside_it_is_the_same(alike: tuple[Path, Path], claimgraph: Run) -> None:
    """The reports, their bytes and who brought them are kept as they are without a service."""
    kept = []
    given = reports("kept")
    for data in alike:
        assert claimgraph("ingest", *given, "--data", data, "--as", "omar", "--reason", "سبب").code == 1
        documents = claimgraph("export", "kept-first", "kept-warned", "kept-raw", "--data", data).out
        assert claimgraph("export", "--received", "kept-raw", "-o", "raw", "--data", data).code == 0
        (entry, *_) = history(data, claimgraph, "kept-raw")
        kept.append((documents, Path("raw").read_bytes(), entry["agent"], entry["reason"], entry["subject"]))
        sound(data, claimgraph)
    assert kept[0] == kept[1]
    assert kept[0][1:4] == (RAW.encode(), "omar", "سبب")


def test_several_write_at_once(writable: Writable, tmp_path: Path, claimgraph: Run) -> None:
    """Two commands and the service's own writers take turns; every report is there, and each has the name of who brought it."""
    commands = []
    for who in ("omar", "lina"):
        folder = tmp_path / who
        folder.mkdir()
        for number in range(5):
            written(folder / f"{who}-{number}.json", small(report_id=f"{who}-{number}"))
        commands.append(start("ingest", folder, "--data", writable.data, "--as", who, cwd=tmp_path))
    for number in range(5):
        answer = writable.send("POST", "/api/reports", json.dumps(small(report_id=f"dana-{number}")), JSON_BODY)
        assert answer.status == 201, answer.text
    assert [finish(command).code for command in commands] == [0, 0]
    brought = {entry["subject"].partition("/")[2]: entry["agent"] for entry in history(writable.data, claimgraph)}
    for who in ("omar", "lina", "dana"):
        assert [brought[f"{who}-{number}"] for number in range(5)] == [who] * 5
    assert claimgraph("verify", "--data", writable.data).code == 0


def test_ingest_needs_a_name_beside_a_service_too(writable: Writable, claimgraph: Run) -> None:
    """Every write is somebody's, also through the service."""
    said = claimgraph("ingest", written(Path("a.json"), small(report_id="nobodys")), "--data", writable.data, "--as", " ")
    assert (said.code, "--as" in said.sentence) == (2, True)


def test_the_socket_is_its_users_alone(writable: Writable) -> None:
    """Others of the machine cannot write through it."""
    (found,) = (path for path in writable.data.iterdir() if path.is_socket())
    assert stat.S_IMODE(found.stat().st_mode) == 0o600


# --- what cannot be done beside it ----------------------------------------------------------------------------------------


def test_reindex_is_refused(other: Writable, claimgraph: Run) -> None:
    """The index is not built anew under a service: the sentence says who holds the folder; the service goes on."""
    said = finish(start("reindex", "--data", other.data, cwd=other.data.parent, CLAIMGRAPH_LOCK_SECONDS="0.2", CLAIMGRAPH_AGENT="omar"))
    assert said.code == 1
    assert f"in use by 'claimgraph serve' (process {other.service.process.pid}, since " in said.sentence
    assert asked(other.service, "ASK {}").status == 200
    assert claimgraph("verify", "--data", other.data).code == 0


def test_a_second_service_is_refused(other: Writable) -> None:
    """One folder has one service: another ends with a sentence that says who holds the folder, and disturbs nothing."""
    said = finish(start("serve", "--port", "0", "--data", other.data, cwd=other.data.parent, CLAIMGRAPH_LOCK_SECONDS="0.2"))
    assert (said.code, said.out) == (1, "")
    assert f"in use by 'claimgraph serve' (process {other.service.process.pid}, since " in said.sentence
    assert other.update("INSERT DATA {}") > 0


def test_a_port_that_is_taken(served: Service, tmp_path: Path) -> None:
    """A second service on the same port is misuse, said in a sentence."""
    said = finish(start("serve", "--port", served.port, "--data", "data", cwd=tmp_path))
    assert (said.code, said.out) == (2, "")
    assert "--port" in said.sentence


# --- the reference graph --------------------------------------------------------------------------------------------------


def test_the_reference_graph_is_cared_for_beside_it(other: Writable, claimgraph: Run) -> None:
    """A merge goes through the service; its pages lead from the merged key to the one that stays, and its answers are those of that one."""
    said = claimgraph("entity", "merge", "us-forces", "coalition", "--why", "the same", "--as", "omar", "--data", other.data, "--format", "json")
    assert said.json["sequence"] == 13
    assert {one["question"] for one in said.json["answers"]} >= {"who-claims-what-about", "who-is-said-to-help"}
    page = other.service.send("GET", "/entities/us-forces?min-commit=13", headers={"Accept": "text/html"})
    assert (page.status, page.headers["Location"]) == (303, "/entities/coalition")
    about, merged = (
        other.service.send("GET", f"/api/questions/who-claims-what-about?about={key}&min-commit=13").json for key in ("coalition", "us-forces")
    )
    assert about["rows"] == merged["rows"] != []
    shown = claimgraph("show", "sample-06-two-hundred/c07", "--format", "turtle", "--data", other.data)
    assert "writtenAs> <https://w3id.org/claimgraph/id/us-forces>" in shown.out
    assert history(other.data, claimgraph)[0]["agent"] == "omar"
    assert sound(other.data, claimgraph) == 13
