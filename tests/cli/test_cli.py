"""The command line: where it reads and writes, who writes, what each command gives in each form, and its exit codes."""

from __future__ import annotations

import csv
import getpass
import io
import json
import os
import re
from datetime import datetime
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from claimgraph.ask.catalogue import catalogue
from claimgraph.cli import main
from claimgraph.model.limits import LIMITS
from running import SAMPLES, Run, digest, finish, small, start, written

SAMPLE = SAMPLES / "sample-06-two-hundred.json"
OTHER = SAMPLES / "sample-03-injured-civilians.json"
ID = "https://w3id.org/claimgraph/id/"
SH = "http://www.w3.org/ns/shacl#"
COMMANDS = ["ask", "query", "show", "demo", "ingest", "validate", "reindex", "evaluate", "extract", "export", "history", "verify", "stats"]
GROUPS = ["serve", "entity", "review", "token"]
ENTITY = [f"entity {verb}" for verb in ("add", "alias", "merge", "split", "resolve", "candidates", "show")]
READING = [["ask", "hedged"], ["query", "ASK {}"], ["show", "sdf"], ["export"], ["history"], ["verify"], ["stats"]]


def table(text: str) -> list[list[str]]:
    """The cells of a table's first lines of each row, without its frame."""
    return [[cell.strip() for cell in re.split("[│┃]", line)[1:-1]] for line in text.splitlines() if line.startswith(("│", "┃"))]


def rows(text: str) -> list[list[str]]:
    """The rows of a CSV text, which has the line ends of RFC 4180."""
    assert text.endswith("\r\n")
    return list(csv.reader(io.StringIO(text, newline="")))


# --- help and misuse ------------------------------------------------------------------------------------------------------


def test_help_names_every_command(claimgraph: Run) -> None:
    """``--help`` lists the commands, ``--version`` gives the version, and nothing at all gives the help and exit code 2."""
    said = claimgraph("--help")
    assert said.code == 0
    assert re.findall(r"^  ([a-z]+)  +[A-Z]", said.out, re.MULTILINE) == COMMANDS + GROUPS
    assert claimgraph("-h") == said
    assert claimgraph().code == 2
    version = claimgraph("--version")
    assert (version.code, bool(re.fullmatch(r"claimgraph \d+\.\d+\.\d+\n", version.out))) == (0, True)


@pytest.mark.parametrize(
    "command", [*COMMANDS, "serve", "token create", "token list", "token revoke", "review", "review accept", "review edit", *ENTITY]
)
def test_every_command_explains_itself(claimgraph: Run, command: str) -> None:
    """Each command has a help text with its options, ``--data`` among them, and writes nothing for it."""
    said = claimgraph(*command.split(), "--help")
    assert said.code == 0
    assert f"claimgraph {command}" in said.out
    assert "--data" in said.out
    assert not list(Path.cwd().iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ["nosuch"],
        ["ingest"],
        ["validate"],
        ["--data"],
        ["ask", "hedged", "--format", "xml"],
        ["ingest", SAMPLE, "--format", "csv"],
        ["validate", SAMPLE, "--format", "csv"],
        ["ingest", SAMPLE, "--nosuch"],
        ["ask", "--format", "turtle"],
        ["ask", "nosuch"],
        ["query"],
        ["query", "ASK {}", "--file", "x.rq"],
        ["query", "ASK {}", "--timeout", "0"],
        ["query", "ASK {}", "--timeout", "-1"],
        ["query", "ASK {}", "--timeout", "nan"],
        ["query", "ASK {}", "--timeout", "inf"],
        ["query", "ASK {}", "--timeout", "1e300"],
        ["history", "--limit", "0"],
        ["export", "--format", "xml"],
        ["export", "--everything"],
        ["show"],
        ["--data", "x\0", "stats"],
        ["ingest", "nosuch.json"],
        ["ingest", SAMPLE, "nosuch.json"],
        ["ingest", SAMPLE, "--as", "\udcff"],
        ["ingest", SAMPLE, "--reason", "\udcff"],
    ],
    ids=str,
)
def test_misuse_ends_with_2_and_a_sentence(claimgraph: Run, arguments: list[object]) -> None:
    """What cannot be meant is said in one sentence on the error stream; nothing is written, not even a folder."""
    said = claimgraph(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert said.sentence
    assert not list(Path.cwd().iterdir())


@pytest.mark.parametrize("arguments", [*READING, ["reindex"]], ids=lambda value: value[0])
def test_reading_where_no_store_is(claimgraph: Run, arguments: list[str], tmp_path: Path) -> None:
    """A command that needs a store says where none is and how to make one; it makes none. A file is no store either."""
    for where in ("claimgraph-data", "deep/down"):
        said = claimgraph(*arguments, "--data", where)
        assert (said.code, said.out) == (2, "")
        assert re.fullmatch(rf"There is no store in {where}: make one with .*", said.sentence)
    file = tmp_path / "file"
    file.write_text("x")
    said = claimgraph(*arguments, "--data", file)
    assert (said.code, said.out) == (2, "")
    assert str(file) in said.sentence
    assert not list(Path.cwd().iterdir())
    assert file.read_text() == "x"


def test_writing_where_a_file_is(claimgraph: Run, tmp_path: Path) -> None:
    """A data folder that is a file, or lies below one, is refused; the file stays as it is."""
    file = tmp_path / "file"
    file.write_text("x")
    for where in (file, file / "below"):
        for command in (["ingest", SAMPLE], ["demo"]):
            said = claimgraph("--data", where, *command)
            assert (said.code, said.out) == (1, "")
            assert re.search(rf"data folder {re.escape(str(where))} cannot be used: .*choose another", said.sentence)
    assert file.read_text() == "x"


@pytest.mark.parametrize("command", [["stats"], ["ingest", SAMPLE], ["validate", SAMPLE]], ids=lambda value: value[0])
def test_a_path_that_no_system_takes(claimgraph: Run, command: list[object]) -> None:
    """A name that is too long is an error like any other."""
    said = claimgraph("--data", "x" * 300, *command)
    assert said.code in (1, 2)
    assert "name too long" in said.sentence


# --- where and who --------------------------------------------------------------------------------------------------------


def test_the_data_folder(claimgraph: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the command wins over before it, that over CLAIMGRAPH_DATA, that over ./claimgraph-data; each ingest makes its own."""
    here = Path.cwd()
    assert claimgraph("ingest", SAMPLE).code == 0
    assert sorted(p.name for p in here.iterdir()) == ["claimgraph-data"]
    monkeypatch.setenv("CLAIMGRAPH_DATA", "by-environment")
    assert claimgraph("ingest", SAMPLE).code == 0
    assert (here / "by-environment/archive.sqlite3").exists()
    assert claimgraph("--data", "before", "ingest", SAMPLE).code == 0
    assert (here / "before/archive.sqlite3").exists()
    assert claimgraph("--data", "before", "ingest", OTHER, "--data", "after").code == 0
    assert (here / "after/archive.sqlite3").exists()
    for arguments, report in (
        (["--data", "before", "history"], SAMPLE),
        (["history"], SAMPLE),
        (["--data", "before", "history", "--data", "after"], OTHER),
    ):
        assert json.loads(claimgraph(*arguments, "--format", "json").out)[0]["subject"].endswith(report.stem)


@pytest.mark.parametrize("arguments", READING, ids=lambda value: value[0])
def test_every_reading_command_takes_the_folder_on_both_sides(claimgraph: Run, sampled: Path, arguments: list[str]) -> None:
    """``--data`` before or after the command, or CLAIMGRAPH_DATA: the same answer."""
    before, after = claimgraph("--data", sampled, *arguments), claimgraph(*arguments, "--data", sampled)
    assert (before.code, before.err) == (0, "")
    assert before == after
    assert before.out


def test_who_writes(claimgraph: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the command wins over before it, that over CLAIMGRAPH_AGENT, that over the login name; the reason is kept beside."""
    monkeypatch.setattr(getpass, "getuser", lambda: "login")
    ingest = ["ingest", "--reason", "a reason"]
    claimgraph(*ingest, written(Path("1.json"), small("نص أول", "one")))
    monkeypatch.setenv("CLAIMGRAPH_AGENT", "environment")
    claimgraph(*ingest, written(Path("2.json"), small("نص ثان", "two")))
    claimgraph("--as", "before", *ingest, written(Path("3.json"), small("نص ثالث", "three")))
    claimgraph("--as", "before", *ingest, written(Path("4.json"), small("نص رابع", "four")), "--as", "بعد")
    found = {
        c["subject"].partition("/")[2]: (c["agent"], c["reason"]) for c in claimgraph("history", "--format", "json").json if c["kind"] == "report"
    }
    assert found == {name: (agent, "a reason") for name, agent in (("one", "login"), ("two", "environment"), ("three", "before"), ("four", "بعد"))}


def test_every_write_is_somebodys(claimgraph: Run) -> None:
    """A name of blanks is none: nothing is written for nobody."""
    said = claimgraph("ingest", SAMPLE, "--as", " \t")
    assert (said.code, said.out) == (2, "")
    assert "--as NAME or CLAIMGRAPH_AGENT" in said.sentence
    assert not Path("claimgraph-data/archive.sqlite3").exists()


# --- ingest and validate --------------------------------------------------------------------------------------------------


def test_ingest_tells_what_became_of_each(claimgraph: Run) -> None:
    """Committed, then unchanged, then refused without ``--revise``, then committed as a new version; refused is exit code 1."""
    first = claimgraph("ingest", SAMPLE)
    assert (first.code, first.out.splitlines()) == (0, [f"✓ committed  {SAMPLE}  8 claims", "1 committed, 0 unchanged, 0 refused; 0 warnings"])
    again = claimgraph("ingest", SAMPLE)
    assert (again.code, again.out.splitlines()) == (0, [f"= unchanged  {SAMPLE}", "0 committed, 1 unchanged, 0 refused; 0 warnings"])
    value = json.loads(SAMPLE.read_text(encoding="utf-8"))
    value["report"]["title"] = "عنوان آخر"
    other = written(Path("other.json"), value)
    refused = claimgraph("ingest", other, OTHER)
    assert refused.code == 1
    assert refused.out.splitlines()[0] == "✗ refused  other.json"
    assert "--revise" in refused.out.splitlines()[1]
    assert refused.out.splitlines()[-1].startswith("1 committed, 0 unchanged, 1 refused")
    assert claimgraph("ingest", other, "--revise").out.splitlines()[0] == "✓ committed  other.json  8 claims"
    assert [c["subject"].partition("/")[2] for c in claimgraph("history", SAMPLE.stem, "--format", "json").json] == [SAMPLE.stem] * 2


def test_ingest_for_programs(claimgraph: Run) -> None:
    """JSON has an object for each document, with version, commit, findings by shape, place and both languages."""
    value = small()
    value["claims"][0]["event"]["place"] = "قرية لا يعرفها أحد"
    value["claims"][0]["quote"] += "x"
    said = claimgraph("ingest", SAMPLES / "sample-01-sputnik-transfer.json", written(Path("bad.json"), value), "--format", "json")
    assert said.code == 1
    good, bad = said.json
    assert (good["result"], good["report"], good["claims"], good["commit"], good["problems"]) == ("committed", "sample-01-sputnik-transfer", 8, 2, [])
    assert good["iri"] == f"{ID}v/{good['version']}/sample-01-sputnik-transfer"
    (warning,) = good["findings"]
    assert (warning["severity"], warning["where"], set(warning["message"])) == ("Warning", "claims[6].event.destination", {"ar", "en"})
    assert (bad["result"], bad["commit"]) == ("refused", None)
    assert {"Violation"} <= {finding["severity"] for finding in bad["findings"]}
    assert any(finding["where"] == "claims[0]" for finding in bad["findings"])


@pytest.mark.parametrize("command", ["ingest", "validate"])
def test_findings_as_turtle_are_a_validation_report(claimgraph: Run, command: str) -> None:
    """Turtle is SHACL's own report, one for each document, conforming or not; what never became a report is told in comments."""
    broken = Path("broken.json")
    broken.write_text("{")
    value = small()
    value["claims"][0]["quote"] += "x"
    said = claimgraph(command, SAMPLE, written(Path("bad.json"), value), broken, "--format", "turtle")
    assert said.code == 1
    assert said.out.splitlines()[0].startswith("# broken.json: line 1")
    triples = [quad.triple for quad in parse(said.out, format=RdfFormat.TURTLE)]
    verdicts = {t.subject.value.rpartition("/")[2]: t.object.value for t in triples if t.predicate == NamedNode(SH + "conforms")}  # type: ignore[union-attr]  # named, with literals
    assert verdicts == {f"{SAMPLE.stem}#validation": "true", "small#validation": "false"}
    assert sum(t.predicate == NamedNode(SH + "result") for t in triples) == sum(t.object == NamedNode(SH + "ValidationResult") for t in triples) > 0


@pytest.mark.parametrize("form", ["table", "json", "turtle"])
def test_validate_says_the_same_and_writes_nothing(claimgraph: Run, sampled: Path, form: str) -> None:
    """Exit code and verdicts are those of ingest; where no store is none appears, and one that is there keeps every byte."""
    bad = small()
    bad["claims"][0]["end"] += 1
    files = [SAMPLE, written(Path("bad.json"), bad), written(Path("new.json"), small("نص جديد كل الجدة", "new"))]
    before, here = digest(sampled), sorted(Path.cwd().iterdir())
    said = claimgraph("--data", sampled, "validate", *files, "--format", form)
    assert said.code == 1
    assert digest(sampled) == before
    nowhere = claimgraph("validate", *files, "--format", form)
    assert nowhere.code == 1
    assert sorted(Path.cwd().iterdir()) == here
    if form == "json":
        assert [entry["result"] for entry in said.json] == ["unchanged", "refused", "valid"]
        assert [entry["result"] for entry in nowhere.json] == ["valid", "refused", "valid"]
        assert not any(entry.get("commit") for entry in said.json + nowhere.json)


def test_the_referee_agrees(claimgraph: Run) -> None:
    """``--referee`` asks the second engine too; with a good and with a bad report both say the same."""
    bad = small()
    bad["claims"][0]["quote"] += "x"
    assert claimgraph("validate", SAMPLE, "--referee").code == 0
    said = claimgraph("validate", written(Path("bad.json"), bad), "--referee")
    assert said.code == 1
    assert "differ" not in said.all


def test_a_folder_gives_all_its_files(claimgraph: Run) -> None:
    """A folder is read through, in order of paths, whatever the forms; other files in it are left alone."""
    here = Path.cwd()
    (here / "in/deeper").mkdir(parents=True)
    written(here / "in/b.json", small("نص باء", "b"))
    written(here / "in/deeper/a.JSON", small("نص ألف", "a"))
    (here / "in/c.jsonl").write_text("\n".join(json.dumps(small(f"نص {n}", f"c{n}")) for n in range(2)) + "\n\n", encoding="utf-8")
    (here / "in/notes.md").write_text("{")
    said = claimgraph("ingest", "in", "--format", "json")
    assert [(entry["source"], entry["report"]) for entry in said.json] == [
        ("in/b.json", "b"),
        ("in/c.jsonl line 1", "c0"),
        ("in/c.jsonl line 2", "c1"),
        ("in/deeper/a.JSON", "a"),
    ]


def test_a_document_may_name_its_texts_file(claimgraph: Run) -> None:
    """``file`` is looked for beside the document, wherever the command runs; what is kept is the text itself."""
    value = small("نص في ملف\r\n")
    Path("docs/texts").mkdir(parents=True)
    Path("docs/texts/one.txt").write_bytes(value["report"].pop("text").encode())
    value["report"]["file"] = "texts/one.txt"
    assert claimgraph("ingest", written(Path("docs/one.json"), value)).code == 0
    assert json.loads(claimgraph("export").out)["report"]["text"] == "نص في ملف\r\n"


# --- ask ------------------------------------------------------------------------------------------------------------------


def test_ask_lists_the_questions(claimgraph: Run) -> None:
    """Without a name all questions are listed, without any store, in both languages."""
    listed = claimgraph("ask", "--format", "json").json
    assert [entry["name"] for entry in listed] == list(catalogue())
    assert {"name", "title", "description", "parameters", "columns"} == set(listed[0])
    english, arabic = claimgraph("ask"), claimgraph("ask", "--language", "ar")
    for entry in listed:
        assert f"{entry['name']} " in english.out
        assert entry["title"]["ar"].split()[0] in arabic.out
    assert "claimant=sdf" in english.out
    assert not list(Path.cwd().iterdir())


def test_ask_for_programs(claimgraph: Run, sampled: Path) -> None:
    """JSON is a list of objects with the question's columns and each claim's state of review: IRIs, numbers, booleans, lists, null; CSV too."""
    arguments = ["--data", sampled, "ask", "disputed-quantities", "--param", "types=release,killing", "-p", "incident=sinaa-2022-01"]
    found = claimgraph(*arguments, "--format", "json").json
    columns = ["claim", "origin", "polarity", "type", "min", "max", "approximate", "of", "counted", "wording", "claim_review"]
    assert [list(row) for row in found] == [columns] * len(found)
    row = next(row for row in found if row["claim"].endswith("/sample-02-amaq-freed/c02"))
    assert re.fullmatch(rf"{ID}v/[0-9a-f]{{12}}/sample-02-amaq-freed/c02", row["claim"])
    assert row["origin"] == row["claim"].replace("/c02", "/source/isis-military-source")
    assert [row[c] for c in columns[2:]] == ["affirms", "release", 800, None, False, "detainees", [f"{ID}isis"], row["wording"], None]
    header, *lines = rows(claimgraph(*arguments, "--format", "csv").out)
    assert header == columns
    assert [line[:8] for line in lines] == [
        [
            r["claim"],
            r["origin"],
            r["polarity"],
            r["type"],
            *(str(r[c]) if r[c] is not None else "" for c in ("min", "max")),
            str(r["approximate"]).lower(),
            r["of"],
        ]
        for r in found
    ]
    assert claimgraph(*arguments, "--format", "turtle").code == 2


def test_ask_takes_keys_and_iris(claimgraph: Run, sampled: Path) -> None:
    """A parameter is a key or an IRI, and has a default."""
    asked = ["--data", sampled, "ask", "claims-by", "--format", "json"]
    by_key = claimgraph(*asked, "--param", "claimant=sdf").out
    assert by_key == claimgraph(*asked, "--param", f"claimant={ID}sdf").out == claimgraph(*asked).out
    assert by_key != claimgraph(*asked, "--param", "claimant=us").out


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (["about"], "write NAME=VALUE"),
        (["about="], "write NAME=VALUE"),
        (["=sdf"], "has no parameter ''"),
        (["about=sdf", "about=us"], "given twice"),
        (["whom=sdf"], "has no parameter 'whom': it takes about"),
        (["about=sdff"], "did you mean sdf"),
        (["about=sinaa-prison"], "no agent 'sinaa-prison'"),
        (["about=sdf,us"], "takes one agent"),
        (['about="> } ; DROP ALL #'], "no agent"),
    ],
)
def test_ask_refuses_a_wrong_parameter(claimgraph: Run, sampled: Path, parameters: list[str], sentence: str) -> None:
    """Each is one sentence that says what would do, and exit code 2."""
    said = claimgraph("--data", sampled, "ask", "who-claims-what-about", *(word for one in parameters for word in ("--param", one)))
    assert (said.code, said.out) == (2, "")
    assert sentence in said.sentence


def test_an_answer_for_people(claimgraph: Run, sampled: Path) -> None:
    """The table has names for IRIs and each claim's chain and words, in the language asked for, and says how many rows it has."""
    english = claimgraph("--data", sampled, "ask", "claims-by", "--param", "claimant=sdf-general-command")
    assert english.code == 0
    assert "What an actor claims" in english.out
    assert "sample-10-how-many-left-en/c03" in english.out
    assert re.search(r"Al-Hal Net → SDF General Command {2}✗ denies", english.out)
    assert english.out.endswith("rows\n")
    assert (
        f"\n{len(claimgraph('--data', sampled, 'ask', 'claims-by', '-p', 'claimant=sdf-general-command', '--format', 'json').json)} rows"
        in english.out
    )
    assert "http" not in english.out
    arabic = claimgraph("--data", sampled, "ask", "claims-by", "--param", "claimant=sdf-general-command", "--language", "ar")
    assert "القيادة العامة" in arabic.out
    assert "denies" not in arabic.out


def test_the_language_comes_from_the_environment_too(claimgraph: Run, sampled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CLAIMGRAPH_LANGUAGE is the default of ``--language``."""
    arabic = claimgraph("--data", sampled, "show", "sdf", "--language", "ar").out
    monkeypatch.setenv("CLAIMGRAPH_LANGUAGE", "ar")
    assert claimgraph("--data", sampled, "show", "sdf").out == arabic
    assert claimgraph("--data", sampled, "show", "sdf", "--language", "en").out != arabic


def test_a_cut_answer_is_said_to_be_cut(claimgraph: Run, sampled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More rows than ``answer_rows`` are not given, and that is told on the error stream while the data stay data."""
    monkeypatch.setitem(vars(LIMITS), "answer_rows", 7)
    for arguments in (
        ["ask", "hedged", "--format", "json"],
        ["query", "SELECT ?s { ?s ?p ?o }", "--format", "csv"],
        ["show", "sdf", "--format", "csv"],
    ):
        said = claimgraph("--data", sampled, *arguments)
        assert said.code == 0
        assert "only the first 7 results" in said.sentence
        assert (len(said.json) if "json" in arguments else len(rows(said.out)) - 1) == 7


# --- query ----------------------------------------------------------------------------------------------------------------


def test_query_in_every_form(claimgraph: Run, sampled: Path) -> None:
    """SELECT and ASK come as table, SPARQL JSON or SPARQL CSV, CONSTRUCT as Turtle; a file serves as well as an argument."""
    select = "SELECT ?name ?none { <https://w3id.org/claimgraph/id/isis> <http://purl.org/dc/terms/identifier> ?name }"
    asked = ["--data", sampled, "query"]
    assert claimgraph(*asked, select, "--format", "csv").out == "name,none\r\nisis,\r\n"
    assert claimgraph(*asked, select, "--format", "json").json == {
        "head": {"vars": ["name", "none"]},
        "results": {"bindings": [{"name": {"type": "literal", "value": "isis"}}]},
    }
    assert table(claimgraph(*asked, select).out) == [["name", "none"], ["isis", ""]]
    Path("q.rq").write_text(select)
    assert claimgraph(*asked, "--file", "q.rq").out == claimgraph(*asked, "-f", "q.rq").out == claimgraph(*asked, select).out
    assert claimgraph(*asked, "ASK {}").out == claimgraph(*asked, "ASK {}", "--format", "csv").out == "true\n"
    assert claimgraph(*asked, "ASK {}", "--format", "json").json == {"head": {}, "boolean": True}
    construct = "CONSTRUCT WHERE { <https://w3id.org/claimgraph/id/isis> <http://purl.org/dc/terms/identifier> ?name }"
    triples = '<https://w3id.org/claimgraph/id/isis> <http://purl.org/dc/terms/identifier> "isis" .\n'
    assert claimgraph(*asked, construct, "--format", "turtle").out == claimgraph(*asked, construct).out == triples
    assert claimgraph(*asked, select, "--format", "turtle").code == 2
    assert claimgraph(*asked, construct, "--format", "json").code == 2
    assert claimgraph(*asked, construct, "--format", "csv").code == 2


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["SELECT * {"], 2, "The query is no SPARQL 1.1: error at 1:11"),
        (["SELECT * { SERVICE <http://127.0.0.1/> {} }"], 2, "SERVICE is switched off"),
        (["INSERT DATA { <http://x/> <http://x/> 1 }"], 2, "INSERT would change the store"),
        (["SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "--timeout", "0.2"], 1, "ran into its deadline of 0.2 s"),
        ([f"SELECT * {{ FILTER({'(' * 5_000}1{')' * 5_000}) }}"], 2, "levels of brackets, more than the 200 allowed (CLAIMGRAPH_QUERY_DEPTH)"),
        (["--file", "nosuch.rq"], 2, "nosuch.rq does not exist"),
        (["--file", "."], 2, "is a folder"),
        (["--file", "latin.rq"], 1, "latin.rq is not UTF-8: byte 7 (line 1) is 0xe9"),
    ],
)
def test_a_query_that_fails_says_why(claimgraph: Run, sampled: Path, arguments: list[str], code: int, sentence: str) -> None:
    """Broken, forbidden, endless, too deep and missing queries: one sentence each, 2 where the query is at fault, 1 where it was stopped."""
    Path("latin.rq").write_bytes(b"SELECT \xe9")
    said = claimgraph("--data", sampled, "query", *arguments)
    assert (said.code, said.out) == (code, "")
    assert sentence in said.sentence


def test_a_query_that_eats_all_memory_says_so(claimgraph: Run, sampled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A query that takes its process down ends with 1 and one sentence."""
    monkeypatch.setitem(vars(LIMITS), "worker_bytes", 600 << 20)
    said = claimgraph("--data", sampled, "query", "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?c ?f ?i", "--timeout", "60")
    assert (said.code, said.out) == (1, "")
    assert "took its process down" in said.sentence


# --- show -----------------------------------------------------------------------------------------------------------------


def test_show_knows_everything_by_name(claimgraph: Run, sampled: Path) -> None:
    """A key, an incident, a report id, a claim of a report, and any IRI of the store show what is said of them, graph by graph."""
    asked = ["--data", sampled, "show"]
    report = claimgraph(*asked, "sample-01-sputnik-transfer", "--format", "json").json
    iri = next(row["graph"] for row in report if row["predicate"].endswith("#text"))
    for word, subject in (
        ("sdf", ID + "sdf"),
        (ID + "sdf", ID + "sdf"),
        ("sinaa-2022-01", ID + "sinaa-2022-01"),
        ("sample-01-sputnik-transfer", iri),
        (iri, iri),
        ("sample-01-sputnik-transfer/c02", iri + "/c02"),
        (iri + "/c02", iri + "/c02"),
        (iri + "/c02#content", iri + "/c02#content"),
    ):
        found = claimgraph(*asked, word, "--format", "json")
        assert found.code == 0
        assert {"graph", "subject", "predicate", "object"} == set(found.json[0])
        assert subject in {row["subject"] for row in found.json}


def test_show_in_every_form(claimgraph: Run, sampled: Path) -> None:
    """Table, JSON, CSV and TriG hold the same statements."""
    asked = ["--data", sampled, "show", "sample-01-sputnik-transfer/c02"]
    found = claimgraph(*asked, "--format", "json").json
    assert rows(claimgraph(*asked, "--format", "csv").out) == [["graph", "subject", "predicate", "object"], *([*row.values()] for row in found)]
    quads = list(parse(claimgraph(*asked, "--format", "turtle").out, format=RdfFormat.TRIG))
    assert sorted((q.subject.value, q.predicate.value, q.object.value) for q in quads) == sorted(  # type: ignore[union-attr]  # nodes and literals have values
        (row["subject"], row["predicate"], row["object"]) for row in found
    )
    people = claimgraph(*asked)
    assert len([cells for cells in table(people.out) if cells[0]]) >= len(found)
    assert re.search("Syria TV → Sputnik → .*✓ affirms", people.out)


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("sdff", "did you mean sdf or"),
        ("قسد", "did you mean sdf or"),
        (ID + "sdff", "did you mean sdf or"),
        ("sample-01-sputnik-transfr", "did you mean sample-01-sputnik-transfer?"),
        ("sample-01-sputnik-transfer/c99", "nothing called 'sample-01-sputnik-transfer/c99'"),
        ("sdf/c01", "no report 'sdf'"),
        ("nosuch", "nothing called 'nosuch'"),
        ("http://example.org/a b", "is no IRI"),
        ("http://example.org/", "nothing called"),
        ("", "'' is neither a key"),
        ("../../etc/passwd", "is neither a key"),
        ("a> } ; DROP ALL #", "is neither a key"),
        ("sdf\n", r"'sdf\u000a' is neither a key"),
    ],
)
def test_show_of_what_is_not_there(claimgraph: Run, sampled: Path, word: str, sentence: str) -> None:
    """An unknown word gets what is like it, reports and entities by any of their names."""
    said = claimgraph("--data", sampled, "show", word)
    assert (said.code, said.out) == (2, "")
    assert sentence in said.sentence


# --- export and back ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "suffix"), [("json", ".jsonl"), ("trig", ".trig"), ("nquads", ".nq")])
def test_what_is_exported_comes_back_unchanged(claimgraph: Run, sampled: Path, store: Path, form: str, suffix: str) -> None:
    """All reports, written out and read again, are unchanged in the store they come from, and the same in a new one."""
    file = Path(f"all{suffix}")
    said = claimgraph("--data", sampled, "export", "--format", form, "--output", file)
    assert (said.code, said.out, said.err) == (0, "", "")
    assert claimgraph("--data", store, "ingest", file).out.splitlines()[-1] == "0 committed, 11 unchanged, 0 refused; 0 warnings"
    assert claimgraph("--data", "new", "ingest", file).out.splitlines()[-1].startswith("11 committed, 0 unchanged, 0 refused")
    again = claimgraph("--data", "new", "export", "--format", form).out
    assert sorted(again.splitlines()) == sorted(file.read_text(encoding="utf-8").splitlines())


def test_one_report_as_turtle_comes_back_unchanged(claimgraph: Run, sampled: Path, store: Path) -> None:
    """Turtle has no graphs; a report's own statements name it all the same."""
    for number in (1, 6, 10):
        name = next(path.stem for path in SAMPLES.glob(f"sample-{number:02}-*"))
        file = Path(f"{name}.ttl")
        file.write_text(claimgraph("--data", sampled, "export", name, "--format", "turtle").out, encoding="utf-8")
        assert claimgraph("--data", store, "ingest", file).out.splitlines()[0] == f"= unchanged  {file} {name}"


def test_export_takes_reports_and_everything(claimgraph: Run, sampled: Path) -> None:
    """Reports named come in the order named; ``--everything`` is the whole index; a report that is not there is said so."""
    names = ["sample-09-raqqa-thirty", "sample-02-amaq-freed"]
    found = claimgraph("--data", sampled, "export", *names).out.splitlines()
    assert [json.loads(line)["report"]["id"] for line in found] == names
    quads = set(parse(claimgraph("--data", sampled, "export", "--everything", "--format", "nquads").out, format=RdfFormat.N_QUADS))
    counts = {row["what"]: row["count"] for row in claimgraph("--data", sampled, "stats", "--format", "json").json}
    assert len(quads) == counts["quads"]
    assert quads == set(parse(claimgraph("--data", sampled, "export", "--everything", "--format", "trig").out, format=RdfFormat.TRIG))
    said = claimgraph("--data", sampled, "export", "nosuch")
    assert (said.code, said.out) == (2, "")
    assert "no report 'nosuch'" in said.sentence


@pytest.mark.parametrize("where", ["nosuch/file.json", "."])
def test_export_to_where_nothing_can_be(claimgraph: Run, sampled: Path, where: str) -> None:
    """A file that cannot be written is one sentence."""
    said = claimgraph("--data", sampled, "export", "--output", where)
    assert (said.code, said.out) == (2, "")
    assert f"{where} cannot be written" in said.sentence


# --- history, verify, reindex, stats --------------------------------------------------------------------------------------


def test_history(claimgraph: Run, sampled: Path) -> None:
    """Commits come newest first, all or of one report, as many as asked for, in every form."""
    asked = ["--data", sampled, "history"]
    found = claimgraph(*asked, "--format", "json").json
    assert [commit["sequence"] for commit in found] == list(range(12, 0, -1))
    assert (found[-1]["kind"], found[0]["kind"]) == ("reference", "report")
    assert {(commit["agent"], commit["reason"]) for commit in found[:-1]} == {("a test", "a sample")}
    assert all(re.fullmatch("[0-9a-f]{64}", commit["hash"]) for commit in found)
    times = [datetime.fromisoformat(commit["at"]) for commit in found]  # the canonical form drops zeros: as texts they have no order
    assert times == sorted(times, reverse=True)
    header, *lines = rows(claimgraph(*asked, "--format", "csv").out)
    assert [dict(zip(header, line, strict=True)) for line in lines] == [{k: str(v) for k, v in commit.items()} for commit in found]
    assert len(claimgraph(*asked, "--limit", "3", "--format", "json").json) == 3
    (one,) = claimgraph(*asked, "sample-02-amaq-freed", "--format", "json").json
    assert one in found
    assert [cells[0] for cells in table(claimgraph(*asked).out) if cells[0]] == ["sequence", *(str(n) for n in range(12, 0, -1))]
    for arguments, sentence in ((["nosuch"], "no report 'nosuch'"), (["--format", "turtle"], "graph/commits")):
        said = claimgraph(*asked, *arguments)
        assert (said.code, said.out) == (2, "")
        assert sentence in said.sentence


def test_verify(claimgraph: Run, sampled: Path) -> None:
    """A store that is as it was signed is said to be, with what was looked at; exit code 0."""
    found = claimgraph("--data", sampled, "verify", "--format", "json")
    assert (found.code, found.json["sound"], found.json["problems"]) == (0, True, [])
    checked = found.json["checked"]
    assert (checked["commits"], checked["reports"]) == (12, 11)
    people = claimgraph("--data", sampled, "verify")
    assert people.out == f"12 commits, 11 reports, {checked['quads']} quads: all is as it was committed.\n"
    assert claimgraph("--data", sampled, "verify", "--format", "csv").code == 2


def test_reindex(claimgraph: Run, store: Path) -> None:
    """The index comes back the same from the archive alone, also where it was lost."""
    before = claimgraph("--data", store, "export", "--everything", "--format", "nquads").out
    said = claimgraph("--data", store, "reindex", "--as", "somebody")
    assert (said.code, said.out) == (0, "The index holds all 12 commits again.\n")
    assert sorted(claimgraph("--data", store, "export", "--everything", "--format", "nquads").out.splitlines()) == sorted(before.splitlines())
    assert claimgraph("--data", store, "verify").code == 0


def test_stats(claimgraph: Run, sampled: Path) -> None:
    """The counts are those of the samples, in every form."""
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in SAMPLES.glob("*.json")]
    claims = [claim for document in documents for claim in document["claims"]]
    counts = {row["what"]: row["count"] for row in claimgraph("--data", sampled, "stats", "--format", "json").json}
    assert counts["reports"] == len(documents)
    assert counts["claims"] == len(claims)
    assert counts["denials"] == sum(claim["polarity"] == "denies" for claim in claims)
    assert counts["affirmations"] + counts["denials"] == counts["claims"]
    assert counts["quantities"] == sum(("quantity" in c["event"]) + len(c["event"].get("breakdown", ())) for c in claims)
    assert counts["incidents spoken of"] == len({c.get("incident") for c in claims} - {None})
    assert counts["commits"] == 12
    assert counts["bytes of the archive"] == (sampled / "archive.sqlite3").stat().st_size
    assert {what: int(count) for what, count in rows(claimgraph("--data", sampled, "stats", "--format", "csv").out)[1:]} == counts
    assert {what: int(count) for what, count in table(claimgraph("--data", sampled, "stats").out)[1:]} == counts
    assert claimgraph("--data", sampled, "stats", "--format", "turtle").code == 2


# --- demo -----------------------------------------------------------------------------------------------------------------


def test_demo(claimgraph: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The samples go into ./claimgraph-demo and are asked about; the second time they are unchanged; the user's own folder is not touched."""
    monkeypatch.setenv("CLAIMGRAPH_DATA", "my-own")
    first = claimgraph("demo")
    assert (first.code, first.err) == (0, "")
    assert [path.name for path in Path.cwd().iterdir()] == ["claimgraph-demo"]
    assert first.out.count("committed ") == 11
    asked = re.findall(r"^\$ claimgraph (--data claimgraph-demo ask .*)$", first.out, re.MULTILINE)
    assert len(asked) >= 3
    for line in asked:
        answer = claimgraph(*line.split())
        assert answer.code == 0
        assert answer.out in first.out
    second = claimgraph("demo")
    assert second.out == re.sub("^committed (.*claims).*$", r"unchanged \1", first.out, flags=re.MULTILINE)
    assert claimgraph("--data", "claimgraph-demo", "history", "--format", "json").json[0]["sequence"] == 12


# --- as a process ---------------------------------------------------------------------------------------------------------


def test_a_reader_that_goes_is_no_error(sampled: Path, tmp_path: Path) -> None:
    """``| head -1`` ends the command in silence, for tables, for JSON and for long exports."""
    for arguments in (["export"], ["ask", "who-claims-what-about"], ["show", "sdf", "--format", "json"]):
        reading, writing = os.pipe()
        os.close(reading)
        process = start("--data", sampled, *arguments, cwd=tmp_path, stdout=writing)
        os.close(writing)
        said = finish(process)
        assert (said.code, said.err) == (0, "")


def test_work_goes_on_when_its_reader_goes(tmp_path: Path) -> None:
    """``claimgraph ingest … | head -1`` lets all reports in and says on the error stream that it did."""
    files = [written(tmp_path / f"{n}.json", small(f"تقرير رقم {n}", f"r{n}")) for n in range(5)]
    reading, writing = os.pipe()
    os.close(reading)
    process = start("--data", "d", "ingest", *files, cwd=tmp_path, stdout=writing)
    os.close(writing)
    said = finish(process)
    assert said.code == 0
    assert "the work was not: 5 committed" in said.sentence


def test_output_is_utf_8_whatever_the_terminal(sampled: Path, tmp_path: Path) -> None:
    """Data for programs is UTF-8 also where the locale is not; nothing is lost and nothing fails."""
    said = finish(start("--data", sampled, "ask", "hedged", "--format", "json", cwd=tmp_path, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0"))
    assert said.code == 0
    assert json.loads(said.out)
    listed = finish(start("ask", "--format", "json", cwd=tmp_path, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0"))
    assert re.search("[\u0621-\u064a]", listed.out)


def test_main_ends_with_the_exit_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The program's entry point ends the process with the code of the command."""
    monkeypatch.setattr("sys.argv", ["claimgraph", "ask", "nosuch"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2


def test_a_setting_without_a_usable_value(tmp_path: Path) -> None:
    """A variable of the environment that makes no sense is named, at once."""
    said = finish(start("stats", cwd=tmp_path, CLAIMGRAPH_QUERY_SECONDS="soon"))
    assert said.code == 2
    assert "CLAIMGRAPH_QUERY_SECONDS" in said.sentence


def test_readers_during_an_ingest(tmp_path: Path) -> None:
    """Several readers at once, while reports come in, all answer, each with whole reports; afterwards all is there and sound."""
    many = tmp_path / "many.jsonl"
    many.write_text("\n".join(json.dumps(small(f"التقرير {n} يقول شيئاً", f"r{n}")) for n in range(150)) + "\n", encoding="utf-8")
    first = written(tmp_path / "first.json", small("أول تقرير", "first"))
    assert finish(start("--data", "d", "ingest", first, cwd=tmp_path)).code == 0
    writer = start("--data", "d", "ingest", many, cwd=tmp_path)
    count = "SELECT (COUNT(?report) AS ?n) { ?report <https://w3id.org/claimgraph/ontology#text> ?text }"
    readers = [start("--data", "d", "query", count, "--format", "csv", cwd=tmp_path) for _ in range(2)]
    readers.append(start("--data", "d", "verify", cwd=tmp_path))
    said = [finish(reader) for reader in readers]
    assert [one.code for one in said] == [0, 0, 0]
    for one in said[:2]:
        reports = int(rows(one.out)[1][0])
        assert 1 <= reports <= 151
        assert not one.err or "a write is under way" in one.err
    ingested = finish(writer)
    assert ingested.out.splitlines()[-1].startswith("150 committed, 0 unchanged, 0 refused")
    assert "151 reports" in finish(start("--data", "d", "verify", cwd=tmp_path)).out
