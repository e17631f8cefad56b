"""A question as a page asks it: the answer of the API, with everything in it called by name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from claimgraph.ask.catalogue import catalogue
from claimgraph.ask.jobs import asked
from claimgraph.ask.question_views import question_view
from claimgraph.ask.worker import Worker
from claimgraph.model.errors import BadParameter, UnknownQuestion
from requesting import BASE

QUESTIONS = tuple(catalogue())


@pytest.fixture
def worker() -> Worker:
    """A worker in this process."""
    return Worker(networked=True, filtered=False)


def header(snapshot: str, name: str, **given: Any) -> dict[str, Any]:
    """What the page sends."""
    told = {"snapshot": snapshot, "question": name, "parameters": {}, "reviewed": False, "cursor": None, "limit": 50, "commit": 11, "answers": True}
    return told | given


def seen(worker: Worker, snapshot: str, name: str, **given: Any) -> dict[str, Any]:
    """What is shown of a question."""
    facts, body = question_view(worker, header(snapshot, name, **given), b"")
    assert facts == {"media": "application/json"}
    value: dict[str, Any] = json.loads(body)
    return value


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_answer_is_that_of_the_api(worker: Worker, snapshot: str, name: str) -> None:
    """Row by row, with its cursor; every claim in it has a line, every other IRI a name."""
    value = seen(worker, snapshot, name)
    _, body = asked(worker, header(snapshot, name, form="json"), b"")
    api = json.loads(body)
    answer = value["answer"]
    assert {field: answer[field] for field in api} == api
    assert answer["rows"]
    for column in catalogue()[name].columns:
        for row in answer["rows"]:
            cell = row[column.name]
            for iri in cell if isinstance(cell, list) else [cell]:
                if isinstance(iri, str) and iri.startswith(BASE):
                    assert iri in answer["lines" if column.type == "claim" else "names"]
    assert all(one["text"] or one["kind"] == "publisher" for one in answer["names"].values() if "text" in one)
    assert "SELECT" in value["sparql"]


def test_claims_are_found_on_the_map(worker: Worker, snapshot: str) -> None:
    """For each governorate how many of the claims on the page, of how many reports, name it or something in it; an answer without claims has none."""
    answer = seen(worker, snapshot, "at-facility")["answer"]
    row = answer["places"][0]
    assert (row["key"], row["claims"]) == ("hasakah-governorate", len(answer["rows"]))
    assert row["reports"] == len({line["report"]["id"] for line in answer["lines"].values()})
    assert "sinaa-prison" in json.dumps(row["places"])
    assert seen(worker, snapshot, "claims-per-origin")["answer"]["places"] == []


def test_names_say_what_kind_of_thing_they_name(worker: Worker, snapshot: str) -> None:
    """An entity has both names, a source without a name the report's words, a report its title, a loaded wording one of its words."""
    names = seen(worker, snapshot, "who-calls-whom-what", limit=1000)["answer"]["names"]
    assert {one["kind"] for one in names.values()} == {"entity", "wording", "source", "publisher", "report", "written"} - {"written"}
    assert names[f"{BASE}sdf"] == {
        "kind": "entity",
        "ar": "قوات سوريا الديمقراطية",
        "en": "Syrian Democratic Forces (SDF)",
        "href": "/entities/sdf",
    }
    assert all(one["href"].startswith("/reports/") for one in names.values() if one["kind"] in ("report", "publisher"))


def test_what_may_be_chosen(worker: Worker, snapshot: str) -> None:
    """Entities of the kind with both names, and the terms of a controlled list by their labels."""
    choices = seen(worker, snapshot, "disputed-quantities")["choices"]
    assert {one["key"] for one in choices["incident"]} >= {"sinaa-2022-01"}
    assert all(one["ar"] and one["en"] for one in choices["incident"])
    assert {"key": "escape", "ar": "فرار", "en": "escape"} in choices["types"]
    assert {one["key"] for one in seen(worker, snapshot, "at-facility")["choices"]["facility"]} >= {"sinaa-prison"}


@pytest.mark.parametrize(
    ("name", "parameters", "at", "status"),
    [
        ("at-facility", {"facility": "nosuch"}, "facility", 404),
        ("at-facility", {"facility": "sdf"}, "facility", 404),
        ("at-facility", {"facility": "a,b"}, "facility", 400),
        ("disputed-quantities", {"types": "escape,flight"}, "types", 400),
    ],
)
def test_what_is_wrong_is_told_of_its_parameter(worker: Worker, snapshot: str, name: str, parameters: dict[str, str], at: str, status: int) -> None:
    """With the sentence and the status of the API, and nothing is asked."""
    value = seen(worker, snapshot, name, parameters=parameters)
    with pytest.raises(BadParameter) as raised:
        asked(worker, header(snapshot, name, parameters=parameters, form="json"), b"")
    assert value["faults"] == {at: {"detail": str(raised.value), "status": status, "code": raised.value.code}}
    assert raised.value.status == status
    assert value["answer"] is None
    assert value["choices"][at]


def test_nothing_is_asked_where_no_answer_is_wanted(worker: Worker, snapshot: str) -> None:
    """The form alone takes no query."""
    value = seen(worker, snapshot, "denials", answers=False)
    assert (value["answer"], value["sparql"], value["faults"]) == (None, None, {})


def test_what_the_catalogue_lacks(worker: Worker, snapshot: str) -> None:
    """A question or a parameter that is not there is refused as everywhere."""
    with pytest.raises(UnknownQuestion):
        seen(worker, snapshot, "nosuch")
    with pytest.raises(BadParameter, match="has no parameter"):
        seen(worker, snapshot, "denials", parameters={"about": "sdf"})
