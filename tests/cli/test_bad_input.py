"""Bad input: one clear sentence with its file and its line or JSON path, exit code 1 or 2, nothing written, no traceback.

The bad files all go through ``ingest`` and ``validate`` once, together, so that each is also shown not to disturb the others.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat

from claimgraph.ask.query import run
from claimgraph.model.canonical import rdf_text
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.model.to_quads import to_quads
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference
from claimgraph.store.snapshots import reading
from running import SAMPLES, Run, Said, digest, finish, small, start

Value = dict[str, Any]
Change = Callable[[Value], object]
Rewrite = Callable[[str], str]


@dataclass(frozen=True)
class Verdict:
    """What was said of one file: an object for programs, and the lines for people."""

    entry: dict[str, Any]
    lines: list[str]

    @property
    def problems(self) -> list[str]:
        """The lines that say what is wrong, for a file that never became a report."""
        assert self.entry["result"] == "refused"
        found = [line.strip() for line in takewhile(lambda line: not re.match("    [✗!] ", line), self.lines)]
        assert 0 < len(found) <= min(len(self.entry["problems"]), 101)
        assert all(line.isprintable() for line in found)
        return found


@dataclass(frozen=True)
class Verdicts:
    """What ``ingest`` and ``validate`` said of all bad files at once, each as a process of its own, and the store before and after."""

    ingest: Said
    people: Said
    validate: Said
    before: dict[str, str]
    between: dict[str, str]
    after: dict[str, str]
    store: Path

    def of(self, name: str) -> Verdict:
        """What was said of a file."""
        (entry,) = (entry for entry in self.ingest.json if entry["source"].startswith(f"bad/{name}"))
        lines = self.people.out.splitlines()
        start = lines.index(f"✗ refused  {entry['source']}")
        return Verdict(entry, list(takewhile(lambda line: line.startswith("    "), lines[start + 1 :])))


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory, sampled: Path, turtle: str) -> Verdicts:
    """All bad files of this module, tried on a store of the samples."""
    here = tmp_path_factory.mktemp("bad-input")
    (here / "bad").mkdir()
    for name, data in bad_files(turtle).items():
        (here / "bad" / name).write_bytes(data)
    store = Path(shutil.copytree(sampled, here / "store"))
    before = digest(store)
    ingest = finish(start("--data", store, "ingest", "bad", "--format", "json", cwd=here))
    between = digest(store)
    validate = finish(start("--data", store, "validate", "bad", "--format", "json", cwd=here))
    after = digest(store)
    people = finish(start("validate", "bad", cwd=here))
    assert sorted(path.name for path in here.iterdir()) == ["bad", "store"]
    return Verdicts(ingest, people, validate, before, between, after, store)


def bad_files(turtle: str) -> dict[str, bytes]:
    """Every bad file, by name: its group and number."""
    files: dict[str, bytes] = {}
    for group, cases in (("fields", FIELDS), ("shaped", SHAPED)):
        for number, (_, change, *_) in enumerate(cases):
            value = small()
            change(value)
            files[f"{group}-{number:03}.json"] = json.dumps(value).encode()
    files |= {f"json-{number:03}.json": text.encode() for number, (_, text, _) in enumerate(JSON)}
    files |= {f"bytes-{number:03}.json": data for number, (_, data, _) in enumerate(BYTES)}
    files |= {f"turtle-{number:03}.ttl": rewrite(turtle).encode() for number, (_, rewrite, *_) in enumerate(TURTLE)}
    files |= {f"octets-{number:03}{suffix}": data for number, (suffix, data) in enumerate(OCTETS)}
    return files


def each(cases: list[Any]) -> pytest.MarkDecorator:
    """One test for each case: its number and what is expected of it."""
    return pytest.mark.parametrize(("number", "case"), list(enumerate(cases)), ids=[str(case[0]) for case in cases])


def refused(claimgraph: Run, sampled: Path, *arguments: object, code: int = 1) -> Said:
    """What ``validate`` says, with and without a store; neither wrote anything."""
    before, here = digest(sampled), digest(Path.cwd())
    said = claimgraph("--data", sampled, "validate", *arguments)
    assert said.code == code
    assert digest(sampled) == before
    assert claimgraph("validate", *arguments).code == code
    assert digest(Path.cwd()) == here
    return said


def problems(said: Said) -> list[str]:
    """The lines that say what is wrong with the one file that was refused."""
    first, *lines, last = said.out.splitlines()
    assert re.fullmatch(r"✗ refused  .*", first), said.out
    assert last == "0 valid, 0 unchanged, 1 refused; 0 warnings"
    return [line.strip() for line in lines]


def claim(value: Value) -> Value:
    """The document's claim."""
    found: Value = value["claims"][0]
    return found


def at(value: Value, path: str) -> tuple[Any, str]:
    """What holds the last step of a path such as ``claims.0.event.type``, and that step."""
    *steps, last = path.split(".")
    target: Any = value
    for step in steps:
        target = target[int(step)] if isinstance(target, list) else target[step]
    return target, last


def put(path: str, what: Any) -> Change:
    """A change that puts a value at a path."""

    def change(value: Value) -> None:
        target, last = at(value, path)
        target[last] = what

    return change


def drop(path: str) -> Change:
    """A change that takes a field away."""

    def change(value: Value) -> None:
        target, last = at(value, path)
        del target[last]

    return change


def then(**hop: Any) -> Change:
    """A change that adds a mouth to the chain."""
    return lambda value: claim(value)["chain"].append(hop)


QUANTITY = {"min": 1, "max": 2, "approximate": False, "of": "detainees", "counted": ["isis"], "wording": "قال"}

# A change to a whole document, where it shows, and what is said.
FIELDS: list[tuple[str, Change, str, str]] = [
    # missing
    ("no report", drop("report"), "report", "is missing: add it"),
    ("no text", drop("report.text"), "report.text", "is missing: add it"),
    ("no report id", drop("report.id"), "report.id", "is missing: add it"),
    ("no claim id", drop("claims.0.id"), "claims[0].id", "is missing: add it"),
    ("no start", drop("claims.0.start"), "claims[0].start", "is missing: add it"),
    ("no quote", drop("claims.0.quote"), "claims[0].quote", "is missing: add it"),
    ("no chain", drop("claims.0.chain"), "claims[0].chain", "is missing: add it"),
    ("an empty chain", put("claims.0.chain", []), "claims[0].chain", "must not be empty"),
    ("no polarity", drop("claims.0.polarity"), "claims[0].polarity", "is missing: add it"),
    ("no certainty", drop("claims.0.certainty"), "claims[0].certainty", "is missing: add it"),
    ("no event", drop("claims.0.event"), "claims[0].event", "is missing: add it"),
    ("no event type", drop("claims.0.event.type"), "claims[0].event.type", "is missing: add it"),
    ("a quantity of nothing", put("claims.0.event.quantity", {}), "claims[0].event.quantity.approximate", "is missing: add it"),
    ("a hop of nobody", put("claims.0.chain", [{}]), "claims[0].chain[0]", "needs exactly one of agent, named and anonymous"),
    ("a hop of two", put("claims.0.chain", [{"agent": "sdf", "named": "x"}]), "claims[0].chain[0]", "needs exactly one of agent, named"),
    ("half a span", put("claims.0.chain.0.start", 0), "claims[0].chain[0]", "give both, or neither"),
    # wrong types
    ("a list for a report", put("report", []), "report", "a list"),
    ("a number for an id", put("report.id", 5), "report.id", "this is 5"),
    ("a number for a text", put("report.text", 5), "report.text", "this is 5"),
    ("null for a text", put("report.text", None), "report.text", "null"),
    ("an object for claims", put("claims", {}), "claims", "an object"),
    ("a word for a claim", put("claims", ["c01"]), "claims[0]", "'c01'"),
    ("a word for an offset", put("claims.0.start", "0"), "claims[0].start", "'0'"),
    ("a fraction for an offset", put("claims.0.end", 5.5), "claims[0].end", "5.5"),
    ("true for an offset", put("claims.0.start", what=True), "claims[0].start", "true"),
    ("a negative offset", put("claims.0.start", -1), "claims[0].start", "-1"),
    ("a word for actors", put("claims.0.event.actors", "isis"), "claims[0].event.actors", "'isis'"),
    ("a number among actors", put("claims.0.event.actors", [5]), "claims[0].event.actors[0]", "this is 5"),
    ("a word for a number", put("claims.0.event.quantity", QUANTITY | {"min": "1"}), "claims[0].event.quantity.min", "'1'"),
    ("a word for a boolean", put("claims.0.event.quantity", QUANTITY | {"approximate": "no"}), "claims[0].event.quantity.approximate", "'no'"),
    ("a confidence above one", put("claims.0.confidence", 1.5), "claims[0].confidence", "1.5"),
    ("a confidence of NaN decimals", put("claims.0.confidence", 0.12345678), "claims[0]", "more than six decimals"),
    # wrong words
    ("an unknown event type", put("claims.0.event.type", "flight"), "claims[0].event.type", "'flight' is none of abduction, "),
    ("an unknown polarity", put("claims.0.polarity", "maybe"), "claims[0].polarity", "'maybe' is none of affirms, denies"),
    ("an unknown certainty", put("claims.0.certainty", "sure"), "claims[0].certainty", "'sure' is none of certain, possible, probable"),
    ("an unknown kind", then(anonymous="x", surface="x", kind="secret"), "claims[0].chain[1].kind", "'secret' is none of"),
    ("an id with a slash", put("report.id", "a/b"), "report.id", "'a/b'"),
    ("an id of dots", put("report.id", ".."), "report.id", "'..'"),
    ("an id of a path", put("report.id", "../../etc/passwd"), "report.id", "'../../etc/passwd'"),
    ("an empty id", put("report.id", ""), "report.id", "''"),
    ("an id with a line end", put("report.id", "small\n"), "report.id", r"'small\u000a'"),
    ("a claim id with a hash", put("claims.0.id", "c#1"), "claims[0].id", "'c#1'"),
    ("an Arabic claim id", put("claims.0.id", "خ١"), "claims[0].id", "'خ١'"),
    ("a language in capitals", put("report.language", "AR"), "report.language", "'AR'"),
    ("an empty title", put("report.title", ""), "report.title", "at least 1 character"),
    ("an endless title", put("report.title", "x" * 20_001), "report.title", "at most 20000 characters"),
    ("a digest of another text", put("report.sha256", "0" * 64), "report", "sha256 or characters differ"),
    ("a length of another text", put("report.characters", 3), "report", "sha256 or characters differ"),
    ("another schema version", put("report.schema_version", "2"), "report.schema_version", "'2'"),
    ("NUL in a text", put("report.text", "a\0b"), "report.text", "U+0000"),
    ("NUL in a name", then(named="a\0b"), "claims[0].chain[1].named", "U+0000"),
    ("half a letter in a text", put("report.text", "a\ud800b"), "", r"half a surrogate pair (\ud800) is no character"),
    ("half a letter in a title", put("report.title", "\udfff"), "", r"half a surrogate pair (\udfff) is no character"),
    # unknown fields
    ("an unknown field", put("colour", "red"), "colour", "is no field of a claims document"),
    ("an unknown field of the report", put("report.colour", "red"), "report.colour", "is no field of a claims document"),
    ("an unknown field of a claim", put("claims.0.colour", "red"), "claims[0].colour", "is no field of a claims document"),
    ("an unknown field of an event", put("claims.0.event.colour", "red"), "claims[0].event.colour", "is no field of a claims document"),
    ("a mistyped field", put("report.publishd", "2022"), "report.publishd", "remove it or correct its name"),
    ("a field with controls", put("report.\u202ered\x1b", 1), r"report.\u202ered\u001b", "is no field of a claims document"),
    # ids and keys
    ("an id twice", lambda value: value["claims"].append(claim(value)), "claims[1].id", "'c01' is the id of an earlier claim too"),
    ("an unknown agent", then(agent="sdff"), "claims[0].chain[1].agent", "'sdff' is no key of the reference graph here: did you mean sdf"),
    ("a prison that speaks", then(agent="sinaa-prison"), "claims[0].chain[1].agent", "'sinaa-prison' (prison) cannot stand here"),
    ("an unknown publisher", put("report.publisher", "syria-tvv"), "report.publisher", "did you mean syria-tv"),
    ("an unknown incident", put("claims.0.incident", "sinaa-2022-02"), "claims[0].incident", "did you mean sinaa-2022-01"),
    ("an unknown actor", put("claims.0.event.actors", ["isiss"]), "claims[0].event.actors", "did you mean isis"),
    ("an unknown facility", put("claims.0.event.facility", "sina-prison"), "claims[0].event.facility", "did you mean sinaa-prison"),
    ("unknown people", put("claims.0.event.quantity", QUANTITY | {"counted": ["civilian"]}), "claims[0].event.quantity.counted", "mean civilians"),
    ("a mention", put("claims.0.mentions", [{"key": "sdff", "surface": "x", "start": 0, "end": 3}]), "claims[0].mentions[0].key", "mean sdf "),
    ("no such affiliation", then(anonymous="x", surface="x", kind="anonymous", affiliation="uss"), "claims[0].chain[1].affiliation", "is no key"),
    ("the id of an entity", put("report.id", "sdf"), "report.id", "'sdf' is the key of an entity"),
]  # fmt: skip


@each(FIELDS)
def test_a_fault_in_a_document(verdicts: Verdicts, number: int, case: tuple[str, Change, str, str]) -> None:
    """A fault is said with the JSON path at which it stands, before what may follow from it."""
    _, _, where, sentence = case
    found = verdicts.of(f"fields-{number:03}").problems
    assert found[0].startswith(f"{where}: " if where else "")
    assert sentence in found[0]


def test_all_faults_are_said_at_once(claimgraph: Run, sampled: Path) -> None:
    """A document with several faults is refused with all of them."""
    value = small()
    del value["report"]["id"]
    claim(value)["polarity"] = "maybe"
    claim(value)["colour"] = "red"
    Path("bad.json").write_text(json.dumps(value), encoding="utf-8")
    assert [line.split(":")[0] for line in problems(refused(claimgraph, sampled, "bad.json"))] == [
        "report.id",
        "claims[0].polarity",
        "claims[0].colour",
    ]


# --- what the shapes refuse -----------------------------------------------------------------------------------------------

SHAPED: list[tuple[str, Change, str]] = [
    ("start one later", put("claims.0.start", 1), "claims[0]"),
    ("end one earlier", put("claims.0.end", 25), "claims[0]"),
    ("end past the text", put("claims.0.end", 27), "claims[0]"),
    ("end far past the text", put("claims.0.end", 1_000_000), "claims[0]"),
    ("start after end", lambda value: claim(value).update(start=26, end=0), "claims[0]"),
    ("a quote that differs", put("claims.0.quote", "قال متحدث إن أحداً فرّ."), "claims[0]"),
    ("a quote in other normal form", put("claims.0.quote", "قال متحدث إن أحدًا لم يفر."), "claims[0]"),
    ("another mouth first", put("claims.0.chain", [{"agent": "sdf"}]), "claims[0]"),
    ("min above max", put("claims.0.event.quantity", QUANTITY | {"min": 3}), "claims[0].event.quantity"),
    ("no bound at all", put("claims.0.event.quantity", QUANTITY | {"min": None, "max": None}), "claims[0].event.quantity"),
    ("a date that is none", put("claims.0.event.time", "2022-02-30"), "claims[0].event"),
    ("a date in words", put("report.published", "24/1/2022"), "report"),
    ("an event after its report", put("claims.0.event.time", "2022-06-01"), "claims[0]"),
    ("Arabic digits in a date", put("claims.0.event.time", "٢٠٢٢-٠١-٢٤"), "claims[0].event"),
    ("an unnamed source without words", then(anonymous="x", kind="anonymous"), "claims[0].chain[1]"),
    ("a claim that repeats itself", put("claims.0.repeats", "c01"), "claims[0]"),
    ("a claim that repeats none", put("claims.0.repeats", "c99"), "claims[0]"),
    ("a URL that is a script", put("report.url", "javascript:alert(1)"), "report"),
    ("a URL that is a file", put("report.archived_url", "file:///etc/passwd"), "report"),
]  # fmt: skip


@each(SHAPED)
def test_what_a_good_report_may_not_say(verdicts: Verdicts, number: int, case: tuple[str, Change, str]) -> None:
    """What the shapes refuse is refused with the shape, the JSON path, and a sentence in both languages."""
    verdict = verdicts.of(f"shaped-{number:03}")
    assert (verdict.entry["result"], verdict.entry["problems"]) == ("refused", [])
    found = [finding for finding in verdict.entry["findings"] if finding["severity"] == "Violation"]
    assert any(finding["where"].startswith(case[2]) for finding in found), found
    assert all(re.search("[a-z]", finding["message"]["en"]) and re.search("[\u0621-\u064a]", finding["message"]["ar"]) for finding in found)
    assert all(any(finding["message"]["en"] in line for line in verdict.lines) for finding in found)


# --- JSON -----------------------------------------------------------------------------------------------------------------

WHOLE = json.dumps(small(), ensure_ascii=False)
JSON: list[tuple[str, str, str]] = [
    ("nothing", "", "line 1, column 1: broken JSON"),
    ("blanks", " \n\t\n", "broken JSON"),
    ("a word", "claims", "line 1, column 1: broken JSON"),
    ("cut short", WHOLE[:-20], "line 1, column "),
    ("a comma too many", '{\n "report": {},\n}', "broken JSON"),
    ("a comment", "{ // no\n}", "line 1, column 3: broken JSON"),
    ("two documents", WHOLE + WHOLE, "broken JSON (Extra data)"),
    ("single quotes", "{'report': 1}", "line 1, column 2: broken JSON"),
    ("a line end in a string", WHOLE.replace("قال متحدث", "قال\nمتحدث"), "broken JSON"),
    ("a key twice", '{"report": {}, "report": {}}', "the key 'report' stands twice"),
    ("NaN", '{"report": NaN}', "NaN is no JSON number"),
    ("Infinity", '{"report": -Infinity}', "-Infinity is no JSON number"),
    ("1e999", '{"report": 1e999}', "the number 1e999 is out of range"),
    ("4,000 digits", '{"report": ' + "9" * 4_000 + "}", "a number of 4000 digits"),
    ("100,000 lists", "[" * 100_000 + "]" * 100_000, "JSON nested more than 64 deep"),
    ("100,000 open lists", "[" * 100_000, "JSON nested more than 64 deep"),
    ("65 objects", '{"a":' * 65 + "1" + "}" * 65, "JSON nested more than 64 deep"),
    ("null", "null", "null"),
    ("a number", "5", "5"),
    ("a string", '"report"', "'report'"),
    ("no document", "{}", "report: is missing"),
    ("a file named twice", '{"report": {"file": 5, "id": "x"}, "claims": []}', "report.file"),
]  # fmt: skip


@each(JSON)
def test_what_is_no_json_document(verdicts: Verdicts, number: int, case: tuple[str, str, str]) -> None:
    """Broken JSON is said with line and column; what is JSON and no document, with what is missing."""
    assert any(case[2] in line for line in verdicts.of(f"json-{number:03}").problems)


def test_a_bad_line_does_not_cost_the_others(claimgraph: Run, store: Path) -> None:
    """Of JSON Lines and of an array the good ones go in, the bad ones are named by line or place."""
    good, other = json.dumps(small("نص أول", "one"), ensure_ascii=False), json.dumps(small("نص ثان", "two"), ensure_ascii=False)
    Path("some.jsonl").write_text(f"{good}\n{{\n\n{WHOLE[:-1]}\n{other}", encoding="utf-8")
    Path("some.json").write_text(f'[{good}, {{"report": 5}}, {other}]', encoding="utf-8")
    said = claimgraph("--data", store, "ingest", "some.jsonl", "some.json", "--format", "json")
    assert said.code == 1
    assert [(entry["source"], entry["result"]) for entry in said.json] == [
        ("some.jsonl line 1", "committed"),
        ("some.jsonl line 2", "refused"),
        ("some.jsonl line 4", "refused"),
        ("some.jsonl line 5", "committed"),
        ("some.json [0]", "unchanged"),
        ("some.json [1]", "refused"),
        ("some.json [2]", "unchanged"),
    ]


BYTES: list[tuple[str, bytes, str]] = [
    ("Latin letters", b'{"report": "caf\xe9"}', "is not UTF-8: byte 15 (line 1) is 0xe9; convert the file to UTF-8"),
    ("on the third line", b'{\n\n"x": "\xff"}', "byte 9 (line 3) is 0xff"),
    ("UTF-16", WHOLE.encode("utf-16"), "is not UTF-8: byte 0 (line 1) is 0xff"),
    ("UTF-32", WHOLE.encode("utf-32-be"), "broken JSON"),
    ("cut in a letter", WHOLE.encode()[: WHOLE.encode().index("ق".encode()) + 1], "is not UTF-8"),
    ("half a letter", b'{"report": "\xed\xa0\x80"}', "is not UTF-8: byte 12"),
    ("an overlong slash", b'{"report": "\xc0\xaf"}', "is not UTF-8: byte 12 (line 1) is 0xc0"),
    ("zeros", b"\0" * 100, "broken JSON"),
]


@each(BYTES)
def test_bytes_that_are_no_text(verdicts: Verdicts, number: int, case: tuple[str, bytes, str]) -> None:
    """Evidence is never guessed from a damaged file: the byte is named, and its line."""
    (found,) = verdicts.of(f"bytes-{number:03}").problems
    assert case[2] in found


def test_a_byte_order_mark_is_no_fault(claimgraph: Run, sampled: Path) -> None:
    """Editors put one before JSON; it is no part of it."""
    Path("good.json").write_bytes(b"\xef\xbb\xbf" + WHOLE.encode())
    assert claimgraph("--data", sampled, "validate", "good.json").code == 0


@pytest.mark.parametrize("name", ["missing.txt", "folder", "latin.txt", "\0", "x" * 300 + ".txt"], ids=ascii)
def test_a_text_that_cannot_be_read(claimgraph: Run, sampled: Path, name: str) -> None:
    """A document's text that is missing, a folder, no UTF-8 or no path is said with the path."""
    Path("folder").mkdir()
    Path("latin.txt").write_bytes(b"\xe9")
    value = small()
    del value["report"]["text"]
    value["report"]["file"] = name
    Path("bad.json").write_text(json.dumps(value), encoding="utf-8")
    (found,) = problems(refused(claimgraph, sampled, "bad.json"))
    assert found.startswith(name.replace("\0", r"\u0000")[:250])


# --- paths ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("nosuch.json", "nosuch.json does not exist"),
        ("empty", "The folder empty holds no .json"),
        ("notes.md", "notes.md is none of .json"),
        ("noname", "noname is none of .json"),
        ("", "The folder . holds no .json"),
        ("empty/..", "The folder empty/.. holds no .json"),
    ],
)
def test_a_path_that_gives_nothing(claimgraph: Run, sampled: Path, path: str, sentence: str) -> None:
    """What is not there, an empty folder and a file of another kind are misuse, found before anything is read."""
    Path("empty").mkdir()
    Path("notes.md").write_text("x")
    Path("noname").write_text("x")
    said = refused(claimgraph, sampled, path, code=2)
    assert said.out == ""
    assert sentence in said.sentence


@pytest.mark.parametrize("name", ["folder.json", "folder.jsonl", "folder.ttl", "folder.trig"])
def test_a_folder_where_a_file_was_meant(claimgraph: Run, sampled: Path, name: str) -> None:
    """A folder named like a file is a folder: it is looked into, and holds nothing."""
    Path(name).mkdir()
    assert f"The folder {name} holds no .json" in refused(claimgraph, sampled, name, code=2).sentence


def test_a_file_that_is_too_large(claimgraph: Run, sampled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file above ``document_bytes`` is not read; the setting is named."""
    monkeypatch.setitem(vars(LIMITS), "document_bytes", 1_000)
    for name in ("large.json", "large.ttl"):
        Path(name).write_text(" " * 1_001)
        (found,) = problems(refused(claimgraph, sampled, name))
        assert found == f"{name} has more than the 1000 bytes allowed (CLAIMGRAPH_DOCUMENT_BYTES)."


# --- Turtle ---------------------------------------------------------------------------------------------------------------

CG = "https://w3id.org/claimgraph/ontology#"


@pytest.fixture(scope="module")
def turtle(samples: dict[str, ClaimsDocument], base: Base, reference: Reference) -> str:
    """A small report of ours in Turtle, a statement a line, as another program may write it."""
    mapped = to_quads(document_of(small()), base, reference.entities)
    return rdf_text((quad.triple for quad in mapped.quads), RdfFormat.N_TRIPLES)


def line(text: str, *parts: str) -> int:
    """The number of the first line that has all parts."""
    return next(number for number, one in enumerate(text.splitlines(), start=1) if all(part in one for part in parts))


def instead(part: str, old: str, new: str) -> Rewrite:
    """A rewriting of the first line that has a part."""

    def rewrite(text: str) -> str:
        lines = text.splitlines()
        number = line(text, part, old) - 1
        lines[number] = lines[number].replace(old, new, 1)
        return "\n".join(lines) + "\n"

    return rewrite


def added(statement: str) -> Rewrite:
    """A rewriting that adds a statement at the end; ``{report}`` is the report."""

    def rewrite(text: str) -> str:
        report = re.search(r"<([^>]*/v/[0-9a-f]{12}/small)>", text)
        assert report
        return text + statement.replace("{report}", report[1]) + "\n"

    return rewrite


TURTLE: list[tuple[str, Rewrite, str, str]] = [
    ("broken syntax", instead("#polarity>", " .", " "), "next", "broken syntax"),
    ("an unclosed string", instead("#text>", '" .', " ."), "", "broken syntax"),
    ("an unknown prefix", added("cg:x cg:y cg:z ."), "last", "broken syntax"),
    ("a relative IRI", added("<x> <y> <z> ."), "last", "broken syntax"),
    ("a blank node", added(f"_:b <{CG}text> <{{report}}> ."), "last", "blank nodes and quoted triples are not accepted"),
    ("a blank value", added(f"<{{report}}> <{CG}note> [] ."), "last", "blank nodes and quoted triples are not accepted"),
    ("a list", added(f"<{{report}}> <{CG}note> (1 2) ."), "last", "blank nodes and quoted triples are not accepted"),
    ("about an entity", added(f'<https://w3id.org/claimgraph/id/sdf> <{CG}note> "x" .'), "last", "is not the report's own"),
    ("about the ontology", added(f'<{CG}Claim> <{CG}note> "x" .'), "last", "is not the report's own"),
    ("about something else", added(f'<http://example.org/> <{CG}note> "x" .'), "last", "is not the report's own"),
    ("an import", added("<{report}> <http://www.w3.org/2002/07/owl#imports> <http://127.0.0.1:9/> ."), "last", "does not come back"),
    ("a foreign property", added('<{report}> <http://example.org/p> "x" .'), "last", "does not come back"),
    ("a second text", added(f'<{{report}}> <{CG}text> "x" .'), "", ""),
    ("a second note", added(f'<{{report}}> <{CG}note> "x" . <{{report}}> <{CG}note> "y" .'), "last", "does not come back"),
    (
        "a class of another",
        added("<{report}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://example.org/C> ."),
        "last",
        "does not come back",
    ),
    ("a number in another form", instead("oa#start>", '"0"', '"00"'), "", ""),
    ("a number that is none", instead("oa#start>", '"0"', '"abc"'), "", ""),
    ("nothing at all", lambda _: "", "", "no report is stated here"),
    ("a comment only", lambda _: "# nothing\n", "", "no report is stated here"),
    ("100,000 nested triple terms", lambda _: "<<( <x:a> <x:b> " * 100_000, "", ""),
    ("30,000 nested lists", lambda _: "<x:a> <x:b> " + "( " * 30_000, "", ""),
    ("100,000 nested properties", lambda _: "<x:a> <x:b> " + "[ <x:b> " * 100_000, "", ""),
]


@each(TURTLE)
def test_turtle_that_is_not_ours(verdicts: Verdicts, turtle: str, number: int, case: tuple[str, Rewrite, str, str]) -> None:
    """Broken Turtle, blank nodes and statements that are not the report's own are refused with their line."""
    _, rewrite, where, sentence = case
    found = verdicts.of(f"turtle-{number:03}").problems
    last = rewrite(turtle).rstrip("\n").count("\n") + 1
    assert any(sentence in one for one in found), found
    if where == "last":
        assert all(f"line {last}" in one for one in found), found
    if where == "next":
        assert f"line {line(turtle, '#polarity>') + 1}" in found[0]
    assert all(len(one) < 1_100 for one in found)


def test_turtle_that_is_ours(claimgraph: Run, sampled: Path, turtle: str) -> None:
    """The file that the tests above spoil is fine as it is."""
    Path("good.ttl").write_text(turtle, encoding="utf-8")
    assert claimgraph("--data", sampled, "validate", "good.ttl").code == 0


def test_statements_in_the_graph_of_another(claimgraph: Run, sampled: Path) -> None:
    """A report may not write into another report's graph, nor into the graphs of the store."""
    quads = claimgraph("--data", sampled, "export", "sample-01-sputnik-transfer", "--format", "nquads").out
    other = json.loads(claimgraph("--data", sampled, "show", "sample-02-amaq-freed", "--format", "json").out)[-1]["graph"]
    own = re.search(r"<([^>]*/v/[0-9a-f]{12}/sample-01-sputnik-transfer)>", quads)
    assert own
    for graph in (other, own[1] + "#validation", "https://w3id.org/claimgraph/id/graph/reference", "https://w3id.org/claimgraph/id/graph/commits"):
        Path("bad.nq").write_text(f'{quads}<{own[1]}> <{CG}note> "x" <{graph}> .\n', encoding="utf-8")
        (found,) = problems(refused(claimgraph, sampled, "bad.nq"))
        assert f"line {quads.count(chr(10)) + 1}: " in found
        assert "stands in another graph than its report's" in found


OCTETS: list[tuple[str, bytes]] = [(".ttl", b'<x:a> <x:b> "\xff" .'), (".nq", b"\xff\xfe<\0"), (".trig", b"\0\0"), (".nt", b"caf\xe9")]


@each(OCTETS)
def test_bytes_that_are_no_turtle(verdicts: Verdicts, number: int, case: tuple[str, bytes]) -> None:
    """Bytes that are no UTF-8 are refused in RDF files too, with their line."""
    assert any("line 1" in one for one in verdicts.of(f"octets-{number:03}{case[0]}").problems)


# --- all of them ----------------------------------------------------------------------------------------------------------


def test_nothing_is_written(verdicts: Verdicts, sampled: Path, base: Base) -> None:
    """After all these the archive has the bytes it had, and the index the quads; to validate changes no byte of anything."""
    assert (verdicts.ingest.code, verdicts.validate.code, verdicts.people.code) == (1, 1, 1)
    assert verdicts.between["archive.sqlite3"] == verdicts.before["archive.sqlite3"]
    assert verdicts.after == verdicts.between
    with reading(Place(verdicts.store), base.iri) as now, reading(Place(sampled), base.iri) as then_:
        everything = "SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o FILTER(!isBlank(?s) && !isBlank(?o)) } }"
        assert set(run(now.path, everything).rows) == set(run(then_.path, everything).rows)


def test_all_commands_say_the_same(verdicts: Verdicts) -> None:
    """With and without a store, to write or to look, each bad file is refused for the same reasons; nothing goes to the error stream."""
    assert verdicts.ingest.json == verdicts.validate.json
    assert verdicts.people.out.splitlines()[-1].startswith(f"0 valid, 0 unchanged, {len(verdicts.ingest.json)} refused")
    assert verdicts.ingest.err == verdicts.validate.err == verdicts.people.err == ""
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]", verdicts.people.out)


def test_the_samples_are_good_input(claimgraph: Run) -> None:
    """What the cases above are measured against: the bundled samples pass, with two warnings."""
    said = claimgraph("validate", SAMPLES)
    assert said.code == 0
    assert said.out.splitlines()[-1].startswith("11 valid, 0 unchanged, 0 refused")
