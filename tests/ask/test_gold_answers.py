"""The catalogue over the annotated real reports, against answers worked out from the annotations without any RDF."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from claimgraph.ask.answers import records
from claimgraph.ask.catalogue import catalogue, question
from claimgraph.ask.query import run
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.names import Base
from claimgraph.store.commit import open_writer
from claimgraph.store.examine import Result
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference
from claimgraph.store.snapshots import Snapshot, reading

pytestmark = pytest.mark.shared

# A question's answers in the yardstick: the parameter that a key stands for, and the one column of plain lists.
_ABOUT = {
    "who-claims-what-about": "about",
    "claims-by": "claimant",
    "who-is-said-to-help": "helped",
    "control-timeline": "facility",
    "at-facility": "facility",
}


@pytest.fixture(scope="module")
def expected(shared: Path) -> dict[str, Any]:
    """The yardstick."""
    found: dict[str, Any] = json.loads((shared / "gold" / "answers.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def snapshot(gold: dict[str, ClaimsDocument], base: Base, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """A store of the five annotated reports."""
    place = Place(tmp_path_factory.mktemp("gold"))
    with open_writer(place, base, "a test", "test") as writer:
        assert all(writer.commit(document).result is Result.COMMITTED for document in gold.values())
    with reading(place, base.iri) as found:
        yield found


def _name(value: Any, base: Base) -> Any:
    """An IRI of ours by the yardstick's name: ``001``, ``001/c07``, a key, ``unnamed:001/label``, ``publisher-of:004``."""
    if isinstance(value, list):
        return [_name(one, base) for one in value]
    if not isinstance(value, str) or not value.startswith(base.iri):
        return value
    report = base.report_of(value)
    if report is None:
        return value.removeprefix(base.iri)
    number, rest = report.report_id[:3], value.removeprefix(report.iri).removeprefix("/")
    if not rest:
        return number
    if rest == "source/@publisher":
        return f"publisher-of:{number}"
    return f"unnamed:{number}/{rest.removeprefix('source/')}" if rest.startswith("source/") else f"{number}/{rest}"


def _ask(name: str, values: dict[str, str], snapshot: Snapshot, base: Base, reference: Reference) -> list[dict[str, Any]]:
    asked = question(name)
    rows = records(asked, run(snapshot.path, asked.sparql(values, base, reference)))
    return [{column: _name(value, base) for column, value in row.items()} for row in rows]


def _cases(expected: dict[str, Any]) -> Iterator[tuple[str, dict[str, str], list[dict[str, Any]], bool]]:
    """Every question with every parameter set of the yardstick, its rows as objects, and whether their order is part of the answer."""
    for name, answer in expected.items():
        if name == "disputed-quantities":
            for key, rows in answer.items():
                incident, types = key.split()
                yield name, {"incident": incident, "types": types}, rows, False
        elif name in _ABOUT:
            for key, rows in answer.items():
                yield name, {_ABOUT[name]: key}, [row if isinstance(row, dict) else {"claim": row} for row in rows], name == "control-timeline"
        elif isinstance(answer, dict):
            columns = [column.name for column in question(name).columns]
            yield name, {}, [dict(zip(columns, pair, strict=True)) for pair in answer.items()], False
        else:
            yield name, {}, [row if isinstance(row, dict) else {"claim": row} for row in answer], False


def _sorted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


# --- by hand --------------------------------------------------------------------------------------------------------------

BY_HAND: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "gold_by_hand.yaml").read_text(encoding="utf-8"))
_ORDERED_BY_NAME = ("single-party-claims",)  # by IRIs in which the version stands


@pytest.mark.parametrize("case", BY_HAND, ids=lambda case: " ".join((case["question"], *case["parameters"].values())))
def test_a_question_answers_what_was_worked_out_by_hand(case: dict[str, Any], snapshot: Snapshot, base: Base, reference: Reference) -> None:
    """Row by row, in its order, as the reasoning beside the answer says."""
    got = _ask(case["question"], case["parameters"], snapshot, base, reference)
    rows = [{column: row[column] for column in case["columns"]} for row in got]
    wanted = [dict(zip(case["columns"], row, strict=True)) for row in case["rows"]]
    if case["question"] in _ORDERED_BY_NAME:
        rows, wanted = _sorted(rows), _sorted(wanted)
    assert [_unordered(row) for row in rows] == [_unordered(row) for row in wanted]
    assert set(case["columns"]) == {column.name for column in question(case["question"]).columns} - {"words"}


def _unordered(row: dict[str, Any]) -> dict[str, Any]:
    return {column: sorted(value) if isinstance(value, list) else value for column, value in row.items()}


def test_the_words_for_a_source_are_those_of_the_annotation(
    gold: dict[str, ClaimsDocument], snapshot: Snapshot, base: Base, reference: Reference
) -> None:
    """The answer has the report's words for an origin as the claim's last hop gives them, whether or not it has a name; none where it gives none."""
    kinds = "anonymous,collective,document,named-party,office,own-reporter,own-voice"
    found = {row["claim"]: row["words"] for row in _ask("resting-on", {"kind": kinds}, snapshot, base, reference)}
    assert found == {f"{name[:3]}/{claim.id}": claim.chain[-1].surface for name, document in gold.items() for claim in document.claims}


def test_everything_is_worked_out_somewhere(expected: dict[str, Any]) -> None:
    """Each question of the catalogue is in one of the two yardsticks, but for those on words, whose answers are in the samples' tests."""
    assert {case["question"] for case in BY_HAND} | set(expected) | {"distancing", "who-calls-whom-what"} == set(catalogue())


def test_every_question_answers_what_the_annotations_say(expected: dict[str, Any], snapshot: Snapshot, base: Base, reference: Reference) -> None:
    """Every row and every column of all questions, with every parameter the yardstick has, are equal."""
    compared = set()
    for name, values, wanted, ordered in _cases(expected):
        got = _ask(name, values, snapshot, base, reference)
        if not ordered:
            got = _sorted(got)
        columns = [column.name for column in question(name).columns]
        assert all(set(row) == set(columns) for row in wanted), f"{name}: the yardstick has other columns"
        assert got == (wanted if ordered else _sorted(wanted)), f"{name} {values}"
        compared.add(name)
    assert compared == set(catalogue()) & set(expected)
    assert set(expected) <= set(catalogue())
