"""evaluate: figures and misses by report, of files and folders and of what an extractor proposes now; and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from claimgraph.model.reading import document_of
from erring import figures_of_the_tool, mutated
from running import SAMPLES, Run, acts_on_the_terminal, small, written

SAMPLE = SAMPLES / "sample-06-two-hundred.json"
Value = dict[str, Any]


def sample(path: Path = SAMPLE) -> Value:
    """A sample as JSON values."""
    found: Value = json.loads(path.read_text(encoding="utf-8"))
    return found


def folder_of(name: str, *values: Value) -> Path:
    """A folder with a file for each claims document, named after its report."""
    Path(name).mkdir()
    for value in values:
        written(Path(name) / f"{value['report']['id']}.json", value)
    return Path(name)


# --- figures --------------------------------------------------------------------------------------------------------------


def test_the_same_claims_are_right_in_everything(claimgraph: Run) -> None:
    """Annotations measured against themselves have no miss, and nothing is written."""
    found = claimgraph("evaluate", SAMPLES, SAMPLES, "--format", "json", "--misses").json
    assert found["total"]["gold"] == found["total"]["predicted"] == sum(one["gold"] for one in found["reports"]) > 80
    assert {found["total"][level]["f1"] for level in ("span", "attribution", "frame")} == {1.0}
    assert {found["total"][name]["accuracy"] for name in ("chain", "certainty", "quantity", "time", "facility")} == {1.0}
    assert [one["report"] for one in found["reports"]] == sorted(path.stem for path in SAMPLES.glob("*.json"))
    assert all(one["misses"] == {"missed": [], "invented": [], "differing": []} for one in found["reports"])
    assert not list(Path.cwd().iterdir())


def test_misses_for_programs(claimgraph: Run) -> None:
    """What was missed and invented comes with its words, and matched claims with every field in which they differ; only if asked for."""
    value = sample()
    gone, denied, *rest = value["claims"]
    extra = {**gone, "id": "x01", "start": 0, "end": 4, "quote": value["report"]["text"][:4]}
    found = written(Path("found.json"), {**value, "claims": [extra, {**denied, "polarity": "denies", "certainty": "possible"}, *rest]})
    (one,) = claimgraph("evaluate", SAMPLE, found, "--format", "json", "--misses").json["reports"]
    assert one["misses"]["missed"] == [{"claim": "c01", "start": gone["start"], "end": gone["end"], "quote": gone["quote"]}]
    assert one["misses"]["invented"] == [{"claim": "x01", "start": 0, "end": 4, "quote": extra["quote"]}]
    (differing,) = one["misses"]["differing"]
    assert (differing["gold"], differing["predicted"]) == ("c02", "c02")
    assert {d["field"]: (d["gold"], d["predicted"]) for d in differing["differences"]} == {
        "polarity": ("affirms", "denies"),
        "certainty": ("probable", "possible"),
    }
    assert "misses" not in claimgraph("evaluate", SAMPLE, found, "--format", "json").json["reports"][0]


def test_figures_for_people(claimgraph: Run) -> None:
    """Tables by level, by field and by report with the total; then each miss on a line, in which no text acts on the terminal."""
    value = sample()
    value["claims"] = [claim for claim in value["claims"] if claim["id"] != "c01"]
    value["claims"][0]["event"] = {"type": "attack"}
    value["claims"][1]["quote"] = "\u202e"
    said = claimgraph("evaluate", SAMPLE, written(Path("found.json"), value), "--misses")
    assert said.code == 0
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in said.out.splitlines() if line.startswith("│")]
    table = {row[0]: row[1:] for row in cells}
    number = len(sample()["claims"])
    assert table["span"] == ["1.000", f"{(number - 1) / number:.3f}", f"{2 * (number - 1) / (2 * number - 1):.3f}"]
    assert table["certainty"] == ["1.000", str(number - 1)]
    assert table["total"] == table["sample-06-two-hundred"]
    assert table["total"][:2] == [str(number), str(number - 1)]
    misses = [line for line in said.out.splitlines() if line.startswith("sample-06")]
    assert misses[0].startswith("sample-06-two-hundred  missed  c01 [")
    assert misses[1].endswith("type escape / attack; quantity 200..200 / ?..?; facility sinaa-prison / ?")
    assert len(misses) == 2
    assert acts_on_the_terminal(said.out) == []
    assert "missed" not in claimgraph("evaluate", SAMPLE, "found.json").out


def test_folders_go_by_file_names(claimgraph: Run) -> None:
    """Of the annotated folder every claims document counts and nothing else; a proposal of another name does not, a missing one is empty."""
    gold = folder_of("gold", small(report_id="a"), small(report_id="b"))
    written(gold / "answers.json", [{"claims": 1}])
    written(gold / "entities.json", {"sdf": 1})
    (gold / "notes.md").write_text("{")
    folder_of("found", small(report_id="a"), small(report_id="z"))
    said = claimgraph("evaluate", gold, "found", "--format", "json")
    assert [(one["report"], one["span"]["f1"]) for one in said.json["reports"]] == [("a", 1.0), ("b", 0.0)]
    assert (said.json["total"]["gold"], said.json["total"]["predicted"]) == (2, 1)
    assert (said.code, said.sentence) == (0, "there is no found/b.json: it counts as empty.")


def test_parties_go_by_the_names_of_the_reference_graph(claimgraph: Run) -> None:
    """A party that is named as the reference graph names it is the party of that key."""
    gold, found = small(), small()
    gold["claims"][0]["chain"].append({"agent": "sdf"})
    found["claims"][0]["chain"].append({"named": "قسد"})
    arguments = ["evaluate", written(Path("gold.json"), gold), written(Path("found.json"), found), "--format", "json"]
    assert claimgraph(*arguments).json["total"]["attribution"]["f1"] == 1.0
    found["claims"][0]["chain"][1] = {"named": "جماعة"}
    written(Path("found.json"), found)
    assert claimgraph(*arguments).json["total"]["attribution"]["f1"] == 0.0


def test_a_text_beside_the_document_is_read(claimgraph: Run) -> None:
    """Annotations may name their text's file."""
    value = small()
    Path("a.txt").write_text(value["report"].pop("text"), encoding="utf-8")
    value["report"]["file"] = "a.txt"
    gold = written(Path("a.json"), value)
    assert claimgraph("evaluate", gold, gold).code == 0


# --- what is off ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["evaluate", SAMPLE], "PREDICTED, or --extract"),
        (["evaluate", SAMPLE, SAMPLE, "--extract"], "one of the two"),
        (["evaluate", SAMPLE, SAMPLE, "--format", "csv"], "table or json"),
        (["evaluate", SAMPLE, SAMPLE, "--format", "turtle"], "table or json"),
        (["evaluate", "nosuch.json", SAMPLE], "nosuch.json does not exist"),
        (["evaluate", SAMPLE, "nosuch.json"], "nosuch.json does not exist"),
        (["evaluate", SAMPLES, SAMPLE], "two files, or two folders"),
        (["evaluate", SAMPLE, SAMPLES], "two files, or two folders"),
        (["evaluate", ".", "."], "holds no claims document"),
        (["evaluate", SAMPLE, "--extract", "--extractor", "nosuch"], "no extractor 'nosuch'"),
        (["evaluate", SAMPLE, SAMPLE, "--data", "nosuch"], "There is no store in nosuch"),
    ],
    ids=str,
)
def test_misuse_is_a_sentence(claimgraph: Run, lines: None, arguments: list[object], sentence: str) -> None:
    """What cannot be meant ends with 2 and says what would do; there are no figures."""
    said = claimgraph(*arguments)
    assert (said.code, said.out) == (2, "")
    assert sentence in said.sentence


@pytest.mark.parametrize("broken", ["{", '{"report": {}, "claims": []}', "[]", '[{"report": {}}, {"report": {}}]'])
def test_a_broken_proposal_counts_as_empty_and_is_told(claimgraph: Run, broken: str) -> None:
    """One proposal that is no claims document costs the others nothing, but the command ends with 1 and names the file."""
    gold = folder_of("gold", small(report_id="a"), small(report_id="b"))
    (folder_of("found", small(report_id="b")) / "a.json").write_text(broken)
    said = claimgraph("evaluate", gold, "found", "--format", "json")
    assert said.code == 1
    assert [one["predicted"] for one in said.json["reports"]] == [0, 1]
    assert "found/a.json" in said.err.replace("\n", "")


@pytest.mark.parametrize("broken", ["{", '{"report": {}, "claims": []}'])
def test_a_broken_annotation_is_refused(claimgraph: Run, broken: str) -> None:
    """Figures against half of the annotations would be wrong: one that cannot be read ends the command, with its name."""
    gold = folder_of("gold", small(report_id="b"))
    (gold / "a.json").write_text(broken)
    said = claimgraph("evaluate", gold, gold)
    assert (said.code, said.out) == (1, "")
    assert "gold/a.json" in said.err


def test_other_texts_are_told(claimgraph: Run) -> None:
    """Places in one text mean nothing in another: it is said where the two reports have not the same text."""
    found = written(Path("found.json"), small("قال متحدث إن أحدًا لم يفر."))
    said = claimgraph("evaluate", written(Path("gold.json"), small()), found)
    assert (said.code, "the two texts differ" in said.sentence) == (0, True)


# --- with an extractor ----------------------------------------------------------------------------------------------------


def test_an_extractor_is_measured_on_the_annotated_texts(claimgraph: Run, lines: None) -> None:
    """The extractor of that name reads the texts, with the names of the reference graph; nothing is stored."""
    value = small("فر سجناء.\nقسد: لم يفر أحد.", publisher="alwatan")
    first, second = dict(value["claims"][0]), dict(value["claims"][0])
    first |= {"start": 0, "end": 9, "quote": "فر سجناء.", "polarity": "affirms"}
    second |= {"id": "c02", "start": 15, "end": 26, "quote": "لم يفر أحد.", "chain": [{"agent": "@publisher"}, {"agent": "sdf"}]}
    value["claims"] = [first, second]
    gold = written(Path("gold.json"), value)
    found = claimgraph("evaluate", gold, "--extract", "--extractor", "lines", "--format", "json", "--misses").json["reports"][0]
    assert [found[level]["f1"] for level in ("span", "attribution")] == [1.0, 0.5]
    assert found["chain"] == {"accuracy": 1.0, "of": 2}
    assert [d["field"] for d in found["misses"]["differing"][0]["differences"]] == ["polarity"]
    assert [path.name for path in Path.cwd().iterdir()] == ["gold.json"]


def test_the_default_extractor_is_measured_on_the_samples(claimgraph: Run) -> None:
    """Without a name it is the rules that are measured; they find most of what the Arabic samples say."""
    arabic = folder_of("gold", *(sample(path) for path in sorted(SAMPLES.glob("*.json")) if not path.stem.endswith("-en")))
    said = claimgraph("evaluate", arabic, "--extract", "--format", "json")
    assert said.code == 0
    assert said.json["total"]["span"]["f1"] > 0.6


def test_an_extractor_is_told_when_and_by_whom_it_was_published(claimgraph: Run, lines: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the annotation it learns the publisher and the date of publication with their bases, and nothing else."""
    told: list[Value] = []
    monkeypatch.setattr("claimgraph.cli.evaluating.run_isolated", lambda _, extract, report: told.append(report) or extract(report))
    value = small(publisher="alwatan", title="عنوان", note="a note", url="https://example.org/1")
    claimgraph("evaluate", written(Path("gold.json"), value), "--extract", "--extractor", "lines")
    (report,) = told
    expected = {"id": "small", "published": "2022-01-31", "published_basis": "stated", "publisher": "alwatan", "text": value["report"]["text"]}
    assert report.model_dump(exclude_defaults=True, exclude={"sha256", "characters"}) == expected  # type: ignore[attr-defined]  # a report


@pytest.mark.parametrize(
    ("text", "sentence"), [("DIE", "ended the extractor's process"), ("RAISE", "ended the extractor's process"), ("LOOP", "1 s")]
)
def test_an_extractor_that_fails_costs_one_report(claimgraph: Run, lines: None, monkeypatch: pytest.MonkeyPatch, text: str, sentence: str) -> None:
    """A text on which the extractor dies or does not end counts as empty, is told, and ends the command with 1."""
    monkeypatch.setattr("claimgraph.cli.evaluating.LIMITS", type("Limits", (), {"extract_seconds": 1.0}))
    gold = folder_of("gold", small(text, "a"), small(report_id="b"))
    said = claimgraph("evaluate", gold, "--extract", "--extractor", "lines", "--format", "json")
    assert said.code == 1
    assert [one["predicted"] for one in said.json["reports"]] == [0, 1]
    assert sentence in said.sentence


# --- the annotators' tool -------------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_the_total_is_that_of_the_annotators_tool(claimgraph: Run, shared: Path) -> None:
    """The command's figures of the annotated folder, which holds other files too, are the tool's; a report without proposal as well."""
    random = Random(7)
    gold = [path for path in sorted((shared / "gold").glob("0*.json")) if path.name[:3] != "002"]
    Path("found").mkdir()
    for path in gold:
        value = json.loads(path.read_text(encoding="utf-8"))
        value["report"]["text"] = (path.parent / value["report"].pop("file")).read_bytes().decode()
        written(Path("found") / path.name, mutated(document_of(value), random))
    found = claimgraph("evaluate", shared / "gold", "found", "--format", "json").json["total"]
    assert found == figures_of_the_tool(shared, shared / "gold", Path("found").resolve())
