"""Turtle from outside: our own comes back, and whatever else it states is refused with its line."""

from __future__ import annotations

import multiprocessing
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, serialize

from claimgraph.model import turtle
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import BadDocument, UnreadableInput
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.reading import Input, document_of
from claimgraph.model.to_quads import MappedReport, to_quads
from claimgraph.model.turtle import FORMATS, read_turtle_file
from claimgraph.model.vocabulary import CG
from claimgraph.store.reference import Reference
from strategies import documents

Json = dict[str, Any]
BASE = Base("https://w3id.org/claimgraph/id/")
KNOWN = frozenset({"sdf", "isis", "us-forces", "civilians", "hasakah-city", "ghweran", "sinaa-prison", "deir-ez-zor-desert"})
PREFIXES = {"cg": "https://w3id.org/claimgraph/ontology#", "oa": "http://www.w3.org/ns/oa#", "xsd": "http://www.w3.org/2001/XMLSchema#"}
OTHER = "<http://example.org/other>"
DEEP = 100_000


def _write(path: Path, quads: Iterable[Quad]) -> Path:
    """Quads in the format that the file's name says."""
    form = FORMATS[path.suffix]
    triples = [quad.triple for quad in quads] if path.suffix in (".ttl", ".nt") else list(quads)
    serialize(triples, str(path), format=form, prefixes=PREFIXES if path.suffix in (".ttl", ".trig") else None)
    return path


def _read(path: Path) -> list[Input]:
    return read_turtle_file(path, BASE, KNOWN)


def _refused(path: Path) -> tuple[str, list[str]]:
    """The sentence of a refused file or report, and the lines that are named: no process is left, and nothing acts on the terminal."""
    try:
        (found,) = _read(path)
        error = found.error
    except BadDocument as whole:
        error = whole
    assert isinstance(error, BadDocument)
    assert multiprocessing.active_children() == []
    assert str(error).isprintable()
    return str(error), [problem.where for problem in error.problems]


@pytest.fixture
def mapped(full: Json) -> MappedReport:
    """The quads of the document that has every field."""
    return to_quads(document_of(full), BASE, KNOWN)


@pytest.fixture
def lines(mapped: MappedReport, tmp_path: Path) -> list[str]:
    """The same as N-Triples, a statement a line."""
    return _write(tmp_path / "own.nt", mapped.quads).read_text(encoding="utf-8").splitlines()


def _changed(tmp_path: Path, lines: list[str], number: int, *instead: str) -> Path:
    """A file with other lines in place of one (numbered from 1)."""
    path = tmp_path / "changed.nt"
    path.write_text("\n".join([*lines[: number - 1], *instead, *lines[number:]]) + "\n", encoding="utf-8")
    return path


def _place(lines: list[str], node: str, name: str) -> int:
    """The number of the first line that states a property of a node, named by the end of its IRI."""
    return next(number for number, line in enumerate(lines, start=1) if re.match(rf"<[^>]*{re.escape(node)}> <[^>]*[#/]{name}> ", line))


# --- our own ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_sample_comes_back(samples: dict[str, ClaimsDocument], reference: Reference, base: Base, tmp_path: Path, suffix: str) -> None:
    """What the program writes of a report, in any format, is read back as the same document."""
    for name, document in samples.items():
        path = _write(tmp_path / f"{name}{suffix}", to_quads(document, base, reference.entities).quads)
        assert read_turtle_file(path, base, reference.entities) == [Input(f"{path} {name}", document=document)]


@pytest.mark.shared
@pytest.mark.parametrize("suffix", FORMATS)
def test_annotated_reports_come_back(gold: dict[str, ClaimsDocument], reference: Reference, base: Base, tmp_path: Path, suffix: str) -> None:
    """So are the annotated real reports, whose texts are longer."""
    for name, document in gold.items():
        path = _write(tmp_path / f"{name}{suffix}", to_quads(document, base, reference.entities).quads)
        assert [one.document for one in read_turtle_file(path, base, reference.entities)] == [document]


@pytest.mark.parametrize("suffix", FORMATS)
def test_document_with_every_field_comes_back(full: Json, mapped: MappedReport, tmp_path: Path, suffix: str) -> None:
    """So is the document that has every field; the suffix may be written large."""
    path = _write(tmp_path / f"a{suffix}", mapped.quads)
    large = path.rename(tmp_path / f"a{suffix.upper()}")
    assert [one.document for one in _read(large)] == [document_of(full)]


@settings(max_examples=settings().max_examples // 6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(document=documents(), suffix=st.sampled_from(sorted(FORMATS)))
def test_any_document_comes_back(document: ClaimsDocument, suffix: str, tmp_path: Path) -> None:
    """So is any other, whatever letters it holds."""
    path = _write(tmp_path / f"a{suffix}", to_quads(document, BASE, KNOWN).quads)
    assert [one.document for one in _read(path)] == [document]


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("size", [2_000, 4_095, 4_096, 5_000, 70_000, 1_990_000])
def test_long_text_comes_back(tmp_path: Path, suffix: str, size: int) -> None:
    """A text is one line of the file, however long: nothing of it is cut off."""
    document = document_of({"report": {"id": "long", "text": "س" * size + "\nend"}})
    path = _write(tmp_path / f"a{suffix}", to_quads(document, BASE, KNOWN).quads)
    assert [one.document == document for one in _read(path)] == [True]


def test_several_reports_in_one_file(samples: dict[str, ClaimsDocument], reference: Reference, base: Base, tmp_path: Path) -> None:
    """A file may state several reports: each is read for itself, in order of appearance, and a bad one does not cost the others."""
    one, two = list(samples.values())[:2]
    bad = Quad(base.report("0" * 12, "bad").node, CG.note, Literal("no report"), base.report("0" * 12, "bad").node)
    quads = [*to_quads(two, base, reference.entities).quads, bad, *to_quads(one, base, reference.entities).quads]
    found = read_turtle_file(_write(tmp_path / "a.nq", quads), base, reference.entities)
    assert [entry.document for entry in found] == [two, None, one]
    assert "report.text: is missing: add it" in [str(problem) for problem in found[1].error.problems] if found[1].error else False


def test_order_layout_and_repetition_say_nothing(full: Json, lines: list[str], tmp_path: Path) -> None:
    """Statements in any order, twice, with comments and empty lines between, are the same report."""
    path = tmp_path / "a.nt"
    path.write_text("\r\n\r\n# a comment\r\n".join([*lines[::-1], *lines]), encoding="utf-8")
    assert [one.document for one in _read(path)] == [document_of(full)]


def test_review_may_be_added(mapped: MappedReport, full: Json, tmp_path: Path) -> None:
    """The review is no part of a version: it can be given in Turtle under the same name."""
    full["claims"][0]["review"] = {"state": "rejected", "by": "another"}
    document = document_of(full)
    path = _write(tmp_path / "a.ttl", to_quads(document, BASE, KNOWN, name=mapped.name).quads)
    assert [one.document for one in _read(path)] == [document]


# --- what is refused, with its line ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("position", [0, 1, 40, -1], ids=["first", "second", "within", "last"])
def test_foreign_statement_about_the_report(mapped: MappedReport, lines: list[str], tmp_path: Path, position: int) -> None:
    """A property that the mapping does not write is refused, wherever it stands."""
    number = position % (len(lines) + 1) + 1
    path = tmp_path / "a.nt"
    path.write_text("\n".join([*lines[: number - 1], f'<{mapped.name.iri}> <http://example.org/p> "x" .', *lines[number - 1 :]]), encoding="utf-8")
    sentence, where = _refused(path)
    assert where == [f"line {number}"]
    assert "does not come back" in sentence
    assert "http://example.org/p" in sentence


@pytest.mark.parametrize(
    "subject",
    [
        "<https://w3id.org/claimgraph/id/sdf>",
        "<https://w3id.org/claimgraph/id/every-field>",
        "<https://w3id.org/claimgraph/id/graph/commits>",
        "<https://w3id.org/claimgraph/ontology#Claim>",
        OTHER,
    ],
)
def test_statement_about_something_else(lines: list[str], tmp_path: Path, subject: str) -> None:
    """A report says nothing of entities, of other graphs, of the ontology."""
    path = _changed(tmp_path, lines, 7, f'{subject} <http://www.w3.org/2004/02/skos/core#altLabel> "x" .', lines[6])
    sentence, where = _refused(path)
    assert where == ["line 7"]
    assert "is not the report's own" in sentence


def test_statement_that_its_own_node_does_not_make(mapped: MappedReport, lines: list[str], tmp_path: Path) -> None:
    """Nodes under the report's name that the document does not give are not its own either."""
    path = _changed(tmp_path, lines, 3, lines[2], f"<{mapped.name.iri}/no-claim#content> <{CG.eventType.value}> <{CG['event-attack'].value}> .")
    assert _refused(path)[1] == ["line 4"]


@pytest.mark.parametrize(
    ("node", "name", "old", "new"),
    [
        ("/every-field", "characters", '"70"', '"070"'),
        ("/every-field", "characters", "#integer", "#int"),
        ("/every-field", "publishedFirstDay", '"2022-01-31"', '"2022-01-31Z"'),
        ("/every-field", "publishedFirstDay", '"2022-01-31"', '"2022-01-30"'),
        ("/every-field", "title", "@ar", "@en"),
        ("/every-field", "title", "@ar", ""),
        ("/every-field", "specializationOf", "/every-field>", "/another>"),
        ("/every-field", "wasRevisionOf", "/every-field>", "/another>"),
        ("/every-field/c1", "identifier", '"c1"', '"c1"@en'),
        ("/every-field/c1", "confidence", '"0.75"', '"0.750"'),
        ("/every-field/c1", "confidence", '"0.75"', '"00.75"'),
        ("/every-field/c1", "claimant", "officer", "sources"),
        ("/every-field/c2", "repeats", "/c1>", "/name/c1>"),
        ("c1#hop-1", "position", '"1"', '"-7"'),
        ("c1#hop-2", "relays", "#hop-3>", "#hop-4>"),
        ("c1#hop-4", "sourceKind", "source-anonymous", "channel-document"),
        ("c1#quantity", "minimum", '"700"', '"0700"'),
        ("c1#quantity", "minimum", '"700"', '"+700"'),
        ("c1#quantity", "minimum", '"700"', '"007"'),
    ],
)
def test_changed_form_of_a_value(lines: list[str], tmp_path: Path, node: str, name: str, old: str, new: str) -> None:
    """A value in another form than the mapping gives, or one that contradicts what it follows from, is refused with its line."""
    number = _place(lines, node, name)
    head, found, tail = lines[number - 1].rpartition(old)
    assert found, lines[number - 1]
    sentence, where = _refused(_changed(tmp_path, lines, number, head + new + tail))
    assert f"line {number}" in where, sentence


@pytest.mark.parametrize(
    ("node", "name", "old", "new", "path"),
    [
        ("c1#quantity", "approximate", '"true"', '"1"', "claims[0].event.quantity.approximate"),
        ("c1#content", "eventType", "event-transfer", "event-transfers", "claims[0].event.type"),
        ("c1#span-position", "start", '"0"', '"zero"', "claims[0].start"),
        ("/every-field/c1", "polarity", "<https://w3id.org/claimgraph/ontology#polarity-affirms>", '"affirms"', "claims[0].polarity"),
        ("/every-field/c1", "polarity", "polarity-affirms", "certainty-certain", "claims[0].polarity"),
        ("/every-field", "characters", '"70"', '"71"', "report"),
        ("/every-field", "identifier", '"every-field"', '"every/field"', "report.id"),
    ],
)
def test_value_that_is_none(lines: list[str], tmp_path: Path, node: str, name: str, old: str, new: str, path: str) -> None:
    """What is no value of a claims document at all is named by its place in the document."""
    number = _place(lines, node, name)
    changed = lines[number - 1].replace(old, new)
    assert changed != lines[number - 1]
    assert path in _refused(_changed(tmp_path, lines, number, changed))[1]


@pytest.mark.parametrize(
    ("node", "name", "old", "new"),
    [
        ("/every-field", "note", '"note"', '"another note"'),
        ("/every-field/c1", "polarity", "affirms", "denies"),
        ("/every-field/c1", "position", '"1"', '"3"'),
        ("c1#quantity", "maximum", '"750"', '"751"'),
        ("c1#hop-1", "verb", '"نقل"', '"نفى"'),
        ("c1#content", "time", "2022-01-20", "2022-01-19"),
        ("c1#content", "facility", "sinaa-prison", "isis"),
        ("/every-field/c1", "wasGeneratedBy", "rule-", "rule-a"),
    ],
)
def test_second_value(lines: list[str], tmp_path: Path, node: str, name: str, old: str, new: str) -> None:
    """Of two values where one is due, one is refused, with its line."""
    number = _place(lines, node, name)
    second = lines[number - 1].replace(old, new)
    assert second != lines[number - 1]
    sentence, where = _refused(_changed(tmp_path, lines, number, lines[number - 1], second))
    assert {f"line {number}", f"line {number + 1}"} & set(where), sentence


def test_second_text(lines: list[str], tmp_path: Path) -> None:
    """A report with two texts is refused, whichever is taken for it."""
    number = _place(lines, "/every-field", "text")
    second = lines[number - 1].replace("Who says so", "Nobody says so")
    assert _refused(_changed(tmp_path, lines, number, lines[number - 1], second))[1]


@pytest.mark.parametrize(
    ("suffix", "statement"),
    [
        (".ttl", "<R> <http://example.org/p> [] ."),
        (".ttl", "[] <http://example.org/p> 1 ."),
        (".ttl", "<R> <http://example.org/p> (1 2) ."),
        (".nt", '_:a <http://example.org/p> "x" .'),
        (".nq", '<R> <http://example.org/p> "x" _:g .'),
        (".trig", "_:g { <R> <http://example.org/p> 1 . }"),
        (".ttl", "<R> <http://example.org/p> <<( <R> <http://example.org/p> 1 )>> ."),
        (".ttl", "<< <R> <http://example.org/p> 1 >> <http://example.org/p> 1 ."),
        (".ttl", "<R> <http://example.org/p> 1 {| <http://example.org/q> 2 |} ."),
    ],
)
def test_blank_nodes_and_quoted_triples(mapped: MappedReport, tmp_path: Path, suffix: str, statement: str) -> None:
    """Every node has an IRI: blank nodes, lists and statements about statements are refused."""
    path = _write(tmp_path / f"a{suffix}", mapped.quads)
    before = path.read_text(encoding="utf-8").rstrip("\n")
    path.write_text(f"{before}\n{statement.replace('<R>', f'<{mapped.name.iri}>')}\n", encoding="utf-8")
    sentence, where = _refused(path)
    assert set(where) == {f"line {before.count(chr(10)) + 2}"}
    assert "blank nodes and quoted triples" in sentence or "problems" in sentence


@pytest.mark.parametrize(
    "graph", [OTHER, "<https://w3id.org/claimgraph/id/graph/reference>", "<https://w3id.org/claimgraph/id/v/000000000000/every-field>"]
)
def test_statement_in_another_graph(mapped: MappedReport, tmp_path: Path, graph: str) -> None:
    """What a report says stands in its own graph, or in none."""
    path = _write(tmp_path / "a.nq", mapped.quads)
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[4] = lines[4].replace(f" <{mapped.name.iri}> .", f" {graph} .")
    path.write_text("\n".join(lines), encoding="utf-8")
    sentence, where = _refused(path)
    assert where == ["line 5"]
    assert "stands in another graph" in sentence


def test_id_that_is_not_in_its_name(mapped: MappedReport, full: Json, tmp_path: Path) -> None:
    """A report that goes by another id than its IRI has is not what it says it is."""
    full["report"]["id"] = "another"
    path = _write(tmp_path / "a.nt", to_quads(document_of(full), BASE, KNOWN, name=mapped.name).quads)
    assert _refused(path)[0]


@pytest.mark.parametrize(
    ("node", "name", "path"),
    [
        ("/every-field", "text", "report.text"),
        ("/every-field", "identifier", "report.id"),
        ("/every-field/c1", "identifier", "claims[0].id"),
        ("/every-field/c1", "polarity", "claims[0].polarity"),
        ("c1#content", "eventType", "claims[0].event.type"),
        ("c1#span-position", "start", "claims[0].start"),
        ("c1#quantity", "wording", "claims[0].event.quantity.wording"),
    ],
)
def test_missing_statement(lines: list[str], tmp_path: Path, node: str, name: str, path: str) -> None:
    """A graph that states less than a document needs is refused, with the place of what is missing."""
    sentence, where = _refused(_changed(tmp_path, lines, _place(lines, node, name)))
    assert path in where
    assert "is missing: add it" in sentence


@pytest.mark.parametrize("suffix", [".ttl", ".trig"])
@pytest.mark.parametrize("position", [0, 5, 20, 100, -1])
def test_line_of_a_statement_in_turtle(mapped: MappedReport, tmp_path: Path, suffix: str, position: int) -> None:
    """In Turtle, where a statement goes over several lines, the line is that of the property."""
    path = _write(tmp_path / f"a{suffix}", mapped.quads)
    lines = path.read_text(encoding="utf-8").splitlines()
    places = [number for number, line in enumerate(lines) if line.endswith(" ;")]
    place = places[position]
    path.write_text("\n".join([*lines[: place + 1], "<http://example.org/p> 1 ;", *lines[place + 1 :]]), encoding="utf-8")
    assert _refused(path)[1] == [f"line {place + 2}"]


def test_several_problems_are_all_told(mapped: MappedReport, lines: list[str], tmp_path: Path) -> None:
    """Every foreign statement is told with its line, not only the first."""
    foreign = f'<{mapped.name.iri}> <http://example.org/p> "x" .'
    path = _changed(tmp_path, lines, 10, foreign, lines[9], foreign.replace("/p>", "/q>"))
    sentence, where = _refused(path)
    assert where == ["line 10", "line 12"]
    assert "2 problems" in sentence


# --- what is no file of ours ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "\ufeff"], ids=["empty", "lines", "comment", "mark"])
def test_file_without_a_report(tmp_path: Path, suffix: str, text: str) -> None:
    """A file that states no report says so, and what one looks like."""
    (tmp_path / f"a{suffix}").write_text(text, encoding="utf-8")
    sentence, _ = _refused(tmp_path / f"a{suffix}")
    expected = (
        "line 1: broken syntax"
        if text == "\ufeff"
        else "no report is stated here: expected an IRI like https://w3id.org/claimgraph/id/v/<hash>/<report id>"
    )
    assert expected in sentence


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("place", [1, 50, -1])
def test_broken_syntax(mapped: MappedReport, tmp_path: Path, suffix: str, place: int) -> None:
    """Broken syntax is told with its line, and nothing else is said."""
    path = _write(tmp_path / f"a{suffix}", mapped.quads)
    lines = path.read_text(encoding="utf-8").splitlines()
    after = [number for number, line in enumerate(lines, 1) if line.endswith(" .")][place]
    for broken in (
        "this is no turtle",
        "<a b> <c> <d> .",
        '<http://example.org/a> <http://example.org/b> "open .',
        "<relative> <http://example.org/b> 1 .",
    ):
        path.write_text("\n".join([*lines[:after], broken, *lines[after:], ""]), encoding="utf-8")
        sentence, where = _refused(path)
        assert "broken syntax" in sentence
        assert where == [f"line {after + 1}"]


@pytest.mark.parametrize("suffix", FORMATS)
def test_bytes_that_are_no_utf8(mapped: MappedReport, tmp_path: Path, suffix: str) -> None:
    """Bytes that are no UTF-8 are broken syntax, with their line."""
    path = tmp_path / f"a{suffix}"
    path.write_bytes(f'# one\n<{mapped.name.iri}> <http://example.org/p> "'.encode() + b'\xe3\xe4" .\n')
    sentence, where = _refused(path)
    assert "broken syntax" in sentence
    assert "line 2" in where


def test_missing_file_and_folder(tmp_path: Path) -> None:
    """A file that is not there, or is a folder, is misuse."""
    for path in (tmp_path / "none.ttl", tmp_path):
        with pytest.raises(UnreadableInput):
            _read(path)


# --- what is made to kill ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opened", "inner", "closed"),
    [
        ("<<( <http://example.org/a> <http://example.org/b> ", "1", " )>>"),
        ("<< <http://example.org/a> <http://example.org/b> ", "1", " >>"),
        ("(", "1", ")"),
        ("[ <http://example.org/p> ", "1", " ]"),
        ("(", "", ""),
        ("[ <http://example.org/p> ", "", ""),
        ("<http://example.org/g> { ", "", ""),
    ],
    ids=["triple terms", "quoted triples", "lists", "blank nodes", "open lists", "open blank nodes", "graphs"],
)
@pytest.mark.parametrize("joint", ["", "\n"], ids=["one line", "many lines"])
def test_deep_nesting(mapped: MappedReport, tmp_path: Path, opened: str, inner: str, closed: str, joint: str) -> None:
    """A hundred thousand nested terms kill a child at most: here they are a sentence, and the next file is read as ever."""
    path = tmp_path / "a.ttl"
    path.write_text(f"<{mapped.name.iri}> <http://example.org/p> {(joint + opened) * DEEP}{inner}{(closed + joint) * DEEP} .\n", encoding="utf-8")
    sentence, where = _refused(path)
    assert len(sentence) < 1_000
    assert len(where) <= 1_000
    good = _write(tmp_path / "good.nt", mapped.quads)
    assert [bool(one.document) for one in _read(good)] == [True]


def test_many_foreign_statements_are_a_short_answer(mapped: MappedReport, tmp_path: Path) -> None:
    """Whoever feeds the wrong file with a hundred thousand statements gets no hundred thousand lines."""
    path = tmp_path / "a.nt"
    path.write_text("".join(f'<http://example.org/{number}> <http://example.org/p> "x" .\n' for number in range(DEEP)), encoding="utf-8")
    _, where = _refused(path)
    assert where[0] == "line 1"
    assert len(where) <= 1_000


def test_time_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading ends at the deadline, and the sentence names the setting."""
    monkeypatch.setattr(turtle, "LIMITS", LIMITS.model_copy(update={"parse_seconds": 0.01}))
    path = tmp_path / "a.nt"
    path.write_text('<https://w3id.org/claimgraph/id/v/000000000000/r> <http://example.org/p> "x" .\n' * 200_000, encoding="utf-8")
    started = time.monotonic()
    sentence, _ = _refused(path)
    assert sentence == f"{path} took more than 0.01 s to read: split it (CLAIMGRAPH_PARSE_SECONDS)."
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("name", ["\\u202E", "\\u001B", "\\u000A"])
def test_sentence_shows_foreign_terms_without_harm(mapped: MappedReport, lines: list[str], tmp_path: Path, name: str) -> None:
    """What a foreign statement holds may not act on the terminal that shows it."""
    path = _changed(tmp_path, lines, 3, lines[2], f'<{mapped.name.iri}> <http://example.org/p> "a{name}[31mb" .')
    sentence, where = _refused(path)
    assert where == ["line 4"]
    assert sentence.isprintable()


def test_iris_of_others_under_the_base(mapped: MappedReport, lines: list[str], tmp_path: Path) -> None:
    """A node that only looks like one of the report's belongs to none: other hash, other id, no id."""
    for iri in (mapped.name.iri + "x/c1", BASE.iri + "v/000000000000/every-field/c1", BASE.iri + "v/0/every-field"):
        found = Quad(NamedNode(iri), CG.note, Literal("x"), mapped.name.node)
        path = _write(tmp_path / "a.nq", [*mapped.quads, found])
        sentence, where = _refused(path)
        assert where == [f"line {len(lines) + 1}"], sentence
