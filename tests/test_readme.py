"""What the README shows is what the program does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from claimgraph.ask.answers import records
from claimgraph.ask.catalogue import catalogue, question
from claimgraph.ask.query import run
from claimgraph.cli import entities, main, serving  # noqa: F401  # the groups add themselves to the app
from claimgraph.cli.app import app
from claimgraph.model.document import ClaimsDocument, json_schema
from claimgraph.model.limits import Limits
from claimgraph.model.names import Base, last_word
from claimgraph.model.reading import document_of
from claimgraph.model.resources import folder
from claimgraph.store.commit import open_writer
from claimgraph.store.examine import Result
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference
from claimgraph.store.snapshots import reading

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")


def _table(heading: str) -> list[list[str]]:
    """The rows of the first table under a line of the README."""
    lines = README.split(heading, 1)[1].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|---"))
    rows = []
    for line in lines[start + 1 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().replace("`", "") for cell in line.strip("|").split("|")])
    return rows


def test_the_answer_shown_first_is_the_samples_answer(samples: dict[str, ClaimsDocument], base: Base, reference: Reference, place: Place) -> None:
    """The table at the top is what the question gives over the bundled samples, row by row."""
    with open_writer(place, base, "a test", "test") as writer:
        for document in samples.values():
            writer.commit(document)
    asked = question("disputed-quantities")
    with reading(place, base.iri) as snapshot:
        rows = records(asked, run(snapshot.path, asked.sparql({}, base, reference)))
    shown = []
    for row in rows:
        least, most = row["min"], row["max"]
        number = f"{'about ' if row['approximate'] else ''}{least if least == most else f'at least {least}'}"
        unnamed = "an unnamed source, " if "/source/" in row["origin"] else ""
        claim = "/".join(row["claim"].split("/")[-2:])
        shown.append([claim, unnamed + last_word(row["origin"]), row["polarity"], row["type"], number, row["wording"]])
    assert _table("claimgraph ask disputed-quantities --param") == shown


def test_every_setting_is_in_the_table() -> None:
    """Names and defaults of the settings are those of the program, and each has its reason."""
    rows = _table("## Settings")
    assert [row[:2] for row in rows] == [[f"CLAIMGRAPH_{name.upper()}", str(f.default)] for name, f in Limits.model_fields.items()]
    assert [row[2] for row in rows] == [f.description for f in Limits.model_fields.values()]


def test_every_question_is_in_the_table() -> None:
    """Names, titles and parameters of the questions are those of the catalogue."""
    wanted = [
        [q.name, f"{q.title['en']} · {q.title['ar']}", " ".join(f"{p.name}={','.join(p.default)}" for p in q.parameters)]
        for q in catalogue().values()
    ]
    assert _table("## Questions") == wanted


def test_the_claims_document_shown_is_accepted(base: Base, place: Place) -> None:
    """Who copies the example of a claims document has one that the store lets in."""
    found = re.search(r"```json\n(.*?)```", README, re.DOTALL)
    assert found
    with open_writer(place, base, "a test", "test") as writer:
        assert writer.commit(document_of(json.loads(found[1]))).result is Result.COMMITTED


GROUPS = {group.name for group in app.registered_groups}
_BLOCKS = "\n".join(re.findall(r"```\n(.*?)```", README, re.DOTALL))


@pytest.mark.parametrize("line", re.findall(r"^claimgraph (.+?)(?: +#.*)?$", _BLOCKS, re.MULTILINE))
def test_every_command_shown_exists(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command line of the README names a command and options that there are."""
    words = line.split()
    with pytest.raises(SystemExit) as ended:
        main([*words[: 2 if words[0] in GROUPS and words[1:] else 1], "--help"])
    assert ended.value.code == 0
    usage = capsys.readouterr().out
    assert all(option in usage for option in re.findall(r"(--[a-z-]+)", line))


def test_the_published_schema_is_the_models() -> None:
    """The JSON Schema in ``ontology/`` is the one that the document models give."""
    published = json.loads((folder("ontology") / "claims-document.schema.json").read_text(encoding="utf-8"))
    assert published == json_schema()
