"""Rendering: no text forges a line, a cell, a link or a colour. What letters do to directions is in ``test_deceptive_text.py``."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from payloads import FORMULAS, LINES, MARKUP, PROGRAMS
from running import Run, Said, finish, small, start, written

TITLES = "SELECT ?o { ?s a <https://w3id.org/claimgraph/ontology#Report> ; <http://purl.org/dc/terms/title> ?o }"


def saying(words: str, number: int = 0) -> dict[str, object]:
    """A document that says words where answers show them: speaker, quote, number's wording, place."""
    value = small(words, f"r{number}", title=words)
    claim = value["claims"][0]
    claim["chain"].append({"named": words})
    claim["polarity"], claim["certainty"] = "affirms", "possible"
    claim["event"] |= {"place": words, "quantity": {"min": 1, "approximate": False, "of": "persons", "wording": words}}
    return value


def ingested(claimgraph: Run, texts: list[str]) -> list[Said]:
    """What ``ingest`` said of a report for each text, written by that text and for that reason."""
    said = []
    for number, words in enumerate(texts):
        said.append(claimgraph("ingest", written(Path("in.json"), saying(words, number)), "--as", f"who {words}", "--reason", words))
        assert said[-1].code == 0
    return said


def test_markup_is_words(claimgraph: Run) -> None:
    """Brackets and colons are shown as they are written, in every table, in findings and in errors; nothing is coloured or linked."""
    said = ingested(claimgraph, MARKUP)
    shown = [claimgraph("ask", "hedged"), claimgraph("history"), claimgraph("ask", "disputed-quantities"), claimgraph("query", TITLES)]
    for number, words in enumerate(MARKUP):
        for one in (said[number], *shown):
            assert words in one.out
            assert "\x1b" not in one.out
        for wrong in (["show", f"x{words}"], ["ask", words], ["ask", "hedged", "--param", f"{words}=x"]):
            assert words.partition("=")[0] in claimgraph(*wrong).err
    assert MARKUP[0] in claimgraph("show", "r0").out


def test_colours_are_ours_alone(tmp_path: Path) -> None:
    """Where the terminal has colours, escapes in the output are the table's; those of the text are shown by number."""
    file = written(tmp_path / "in.json", saying("\x1b[31mred\x1b[0m"))
    terminal = {"FORCE_COLOR": "1", "TERM": "xterm-256color"}
    assert finish(start("--data", "d", "ingest", file, cwd=tmp_path, **terminal)).code == 0
    said = finish(start("--data", "d", "ask", "hedged", cwd=tmp_path, **terminal))
    assert "\x1b[" in said.out
    assert "\x1b[31m" not in said.out
    assert r"\u001b[31mred\u001b[0m" in re.sub("\x1b\\[[0-9;]*m", "", said.out)


def test_no_text_forges_a_line(claimgraph: Run) -> None:
    """A line end in a text ends no line of the output: what ingest, the history and the answers list has one entry for one thing."""
    for said in ingested(claimgraph, LINES):
        assert sum(line.startswith("✓") for line in said.out.splitlines()) == 1
    history = claimgraph("history").out.splitlines()
    assert sum(bool(re.match(r"│\d+ ", line)) for line in history) == len(LINES) + 1
    for answer in (history, claimgraph("ask", "hedged").out.splitlines(), claimgraph("ask", "disputed-quantities").out.splitlines()):
        assert not any(line.startswith(("✓", "forged", "0 refused", "│ a │ b")) for line in answer)


@pytest.mark.parametrize("name", ["bad\n✓ committed  forged.json", "bad\r✓", "bad\x1b[2K", "bad\u2028x"], ids=ascii)
def test_no_file_name_forges_a_line(claimgraph: Run, name: str) -> None:
    """The same holds for the names of files, in lists and in errors."""
    Path("in").mkdir()
    (Path("in") / f"{name}.json").write_text("{")
    said = claimgraph("validate", "in")
    assert said.code == 1
    assert said.out.startswith("✗")
    assert sum(line.startswith(("✗", "✓")) for line in said.out.splitlines()) == 1
    missing = claimgraph("ingest", f"{name}.json")
    assert len(missing.err.splitlines()) == 1
    turtle = claimgraph("validate", "in", "--format", "turtle").out
    assert all(line.startswith(("#", "@")) for line in turtle.splitlines() if line)


def test_no_cell_is_a_formula(claimgraph: Run) -> None:
    """CSV that is made for spreadsheets (answers, history) has no cell that begins as a formula does; JSON has the words themselves."""
    ingested(claimgraph, FORMULAS)
    for arguments in (["ask", "disputed-quantities"], ["history"]):
        text = claimgraph(*arguments, "--format", "csv").out
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        assert {f"'{words}" for words in FORMULAS} <= set(cells)
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert {row["wording"] for row in claimgraph("ask", "disputed-quantities", "--format", "json").json} == set(FORMULAS)


def test_programs_get_the_words(claimgraph: Run) -> None:
    """JSON, SPARQL JSON, CSV and claims documents quote what needs quoting; nothing is lost and nothing ends early."""
    ingested(claimgraph, PROGRAMS)
    bindings = claimgraph("query", TITLES, "--format", "json").json["results"]["bindings"]
    assert {binding["o"]["value"] for binding in bindings} == set(PROGRAMS)
    rows = list(csv.reader(io.StringIO(claimgraph("query", TITLES, "--format", "csv").out, newline="")))
    assert {cell for row in rows[1:] for cell in row} == set(PROGRAMS)
    exported = [json.loads(line)["report"]["title"] for line in claimgraph("export").out.split("\n") if line]
    assert exported == PROGRAMS
    assert claimgraph("verify").code == 0
