"""Text that deceives: it comes back from the store as the same bytes, with the same offsets, and acts on no table or line around it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from claimgraph.ask.catalogue import catalogue
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.store.commit import open_writer
from claimgraph.store.examine import Result
from claimgraph.store.place import Place
from payloads import TEXTS, deceiving, sets_sorted
from running import Run, Said, acts_on_the_terminal, small, written


@pytest.fixture(scope="module")
def deceived(tmp_path_factory: pytest.TempPathFactory, base: Base) -> Path:
    """A store with a report for each text, which also came with that text as who wrote it and why."""
    place = Place(tmp_path_factory.mktemp("deceived"))
    for number, text in enumerate(TEXTS.values()):
        with open_writer(place, base, text[:50], "test") as writer:
            assert writer.commit(document_of(deceiving(text, number)), reason=text).result is Result.COMMITTED
    return place.folder


def test_they_come_back_as_the_same_bytes(claimgraph: Run, deceived: Path) -> None:
    """Into the store, out as JSON and as RDF, and in again: every word as it was written, no letter folded, no offset moved."""
    exported = claimgraph("--data", deceived, "export").out
    found = [json.loads(line) for line in exported.split("\n") if line]
    for number, (text, document) in enumerate(zip(TEXTS.values(), found, strict=True)):
        value = deceiving(text, number)
        assert {key: document["report"][key] for key in value["report"]} == value["report"]
        assert sets_sorted(document["claims"]) == sets_sorted(value["claims"])
        (claim,) = document["claims"]
        assert document["report"]["text"][claim["start"] : claim["end"]] == claim["quote"] == text
    Path("back.jsonl").write_bytes(exported.encode())
    for form, suffix in (("trig", "trig"), ("nquads", "nq")):
        Path(f"back.{suffix}").write_bytes(claimgraph("--data", deceived, "export", "--format", form).out.encode())
    said = claimgraph("--data", deceived, "ingest", "back.jsonl", "back.trig", "back.nq")
    assert said.out.splitlines()[-1] == f"0 committed, {3 * len(TEXTS)} unchanged, 0 refused; 0 warnings"
    assert claimgraph("--data", deceived, "verify").code == 0


def harmless(said: Said) -> None:
    """Whether an output for people has no control that acts and nothing from right to left outside an isolate, in frames that are straight."""
    assert (said.code, said.err) == (0, "")
    assert acts_on_the_terminal(said.out) == [], said.out
    assert len({cell_len(line) for line in said.out.split("\n") if line.startswith(("┏", "┡", "└", "│"))}) <= 1


@pytest.mark.parametrize("number", range(len(TEXTS)), ids=TEXTS)
def test_it_acts_on_nothing_around_it(claimgraph: Run, deceived: Path, number: int) -> None:
    """Where a claim is shown, controls are seen and not obeyed, and what runs from right to left is isolated on every line."""
    said = claimgraph("--data", deceived, "show", f"r{number}/c01")
    harmless(said)
    assert f"r{number}/c01#hop-3" in said.out


@pytest.mark.parametrize("name", ["an override", "unclosed isolates", "escapes of the terminal"])
def test_a_report_acts_on_nothing_around_it(claimgraph: Run, deceived: Path, name: str) -> None:
    """The same holds where a report is shown, with its title, its author and its text."""
    said = claimgraph("--data", deceived, "show", f"r{list(TEXTS).index(name)}")
    harmless(said)
    assert re.search(r"\\u(202e|2066|001b)", said.out)


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_answers_are_harmless(claimgraph: Run, deceived: Path, name: str) -> None:
    """The same holds where questions are answered."""
    harmless(claimgraph("--data", deceived, "ask", name))


def test_lists_are_harmless(claimgraph: Run, deceived: Path) -> None:
    """The same holds in the history, which has the names of who wrote and why, and in tables of queries."""
    history = claimgraph("--data", deceived, "history", "--limit", "100")
    harmless(history)
    assert "\\u202e" in history.out
    harmless(
        claimgraph(
            "--data", deceived, "query", "SELECT ?s ?o { ?s ?p ?o FILTER(isLiteral(?o) && STRSTARTS(STR(?s), 'https://w3id.org/claimgraph/id/v/')) }"
        )
    )
    harmless(claimgraph("--data", deceived, "query", "SELECT (1 AS ?\u0645\u062a\u063a\u064a\u0631) {}"))


def test_triples_for_people_are_harmless(claimgraph: Run, deceived: Path) -> None:
    """CONSTRUCT as a table writes what would act by its number, in lines that are Turtle still; as Turtle it is data, untouched."""
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(STRSTARTS(STR(?s), 'https://w3id.org/claimgraph/id/v/')) }"
    people, data = (claimgraph("--data", deceived, "query", query, "--format", form).out for form in ("table", "turtle"))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069]", people)
    assert "\u202e" in data


def test_a_thousand_diacritics_stay_in_their_cell(claimgraph: Run) -> None:
    """A letter with a thousand marks is cut like any long text, so that it cannot cover the lines above and below."""
    claimgraph("ingest", written(Path("in.json"), deceiving(TEXTS["a thousand diacritics"])))
    for arguments in (["ask", "hedged"], ["show", "r0"]):
        assert all(len(run) <= 300 for run in re.findall("[\u064b\u0651\u0670\u0654]+", claimgraph(*arguments).out))


@pytest.mark.parametrize("name", ["an override", "unclosed isolates", "zero width", "controls", "escapes of the terminal", "line ends of all kinds"])
def test_names_of_files_are_shown_and_not_obeyed(claimgraph: Run, name: str) -> None:
    """A file's name is text from outside too, in the lines of ingest and in errors."""
    odd = TEXTS[name].replace("/", "")[:40]
    folder = Path("folder")
    folder.mkdir()
    written(folder / f"{odd}.json", small())
    (folder / f"{odd}bad.json").write_text("{")
    (folder / f"{odd}.ttl").write_text("{")
    for arguments in (["ingest", folder], ["validate", folder], ["ingest", f"{odd}.missing"], ["query", "--file", folder / f"{odd}.missing"]):
        said = claimgraph(*arguments)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2066\u2067]", said.all)
        assert len(said.err.splitlines()) <= 1


@pytest.mark.parametrize("number", ["٢٠٠", "۲۰۰", "２００", "²"])
def test_numbers_in_other_digits_are_words(claimgraph: Run, number: str) -> None:
    """A count is a JSON number: digits of other scripts are refused where a number or a date must stand, and kept in words."""
    value = small(f"فرّ {number} سجين")
    value["claims"][0]["event"]["quantity"] = {"min": number, "max": 200, "approximate": False, "of": "detainees", "wording": f"{number} سجين"}
    said = claimgraph("validate", written(Path("in.json"), value))
    assert said.code == 1
    assert "claims[0].event.quantity.min: " in said.out
    value["claims"][0]["event"]["quantity"]["min"] = 200
    assert claimgraph("validate", written(Path("in.json"), value)).code == 0
    value["claims"][0]["event"]["time"] = f"{number}0-01-20"
    assert "TimeIsEdtf" in claimgraph("validate", written(Path("in.json"), value)).out


def test_offsets_are_code_points(claimgraph: Run) -> None:
    """Offsets as other programs count them (UTF-16 units, bytes, letters after normalisation) are found to be off."""
    text = "😀 قال متحدّث إن é"
    good = small(text)
    good["claims"][0] |= {"start": 2, "quote": text[2:]}
    assert claimgraph("validate", written(Path("in.json"), good)).code == 0
    for start, end in ((3, len(text) + 1), (5, len(text.encode())), (2, len(text) - 1)):
        good["claims"][0] |= {"start": start, "end": end}
        said = claimgraph("validate", written(Path("in.json"), good))
        assert said.code == 1
        assert re.search("SpanInText|SpanReproducesText", said.out)


@pytest.mark.parametrize("key", ["sd\u200bf", "s\u0440f", "sdf\u200f", "SDF", "sdf ", "ѕdf", "sd\u0307f"])
def test_a_key_that_looks_like_another_is_none(claimgraph: Run, key: str) -> None:
    """Look-alikes of a key are no keys, as speaker, parameter or word to show; nothing is folded in silence."""
    value = small()
    value["claims"][0]["chain"].append({"agent": key})
    said = claimgraph("ingest", written(Path("in.json"), value))
    assert said.code == 1
    assert "claims[0].chain[1].agent: " in said.out
    assert claimgraph("show", key).code == 2
    if key.strip() == key:
        assert claimgraph("ask", "claims-by", "--param", f"claimant={key}").code == 2


def test_json_output_is_one_document_whatever_it_holds(claimgraph: Run, deceived: Path) -> None:
    """JSON for programs has all these letters as they are, and nothing in it ends a line or a string early."""
    found = claimgraph("--data", deceived, "ask", "disputed-quantities", "--format", "json").json
    assert {row["wording"] for row in found} == set(TEXTS.values())
    commits = claimgraph("--data", deceived, "history", "--format", "json", "--limit", "100").json
    assert [commit["reason"] for commit in reversed(commits) if commit["kind"] == "report"] == list(TEXTS.values())
