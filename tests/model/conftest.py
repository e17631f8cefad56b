"""What the tests of the model share: a small document, a document with every field set, and every single change of one."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from claimgraph.model.document import Claim, ClaimsDocument, Event, Hop, Mention, Proposal, Quantity, Report, Review
from claimgraph.model.reading import document_of

Json = dict[str, Any]
Path = tuple[str | int, ...]

PARTS = (Report, Proposal, Claim, Hop, Event, Quantity, Mention, Review)
TEXT = "قالت مصادر خاصة إن 750 سجيناً نُقلوا، ونفت “قسد” ذلك.\nWho says so? — 😀"

# For every field another value than `full` has. `DERIVED` fields follow from others and have no other valid value.
DERIVED = {"Report.sha256", "Report.characters", "Report.schema_version"}
OTHER: dict[str, Any] = {
    "Report.id": "other",
    "Report.text": TEXT + " more",
    "Report.title": "title of another",
    "Report.language": "en",
    "Report.publisher": "alwatan",
    "Report.publisher_basis": "inferred",
    "Report.publisher_note": "another publisher note",
    "Report.published": "2022-01-30",
    "Report.published_basis": "inferred",
    "Report.published_note": "another published note",
    "Report.note": "another note",
    "Report.url": "https://example.org/other",
    "Report.archived_url": "https://example.org/archive/other",
    "Report.retrieved": "2022-02-03",
    "Report.retrieved_by": "somebody else",
    "Report.author": "another author",
    "Report.media_type": "text/plain",
    "Report.source_sha256": "1" * 64,
    "Report.cut_by": "another cutter 9",
    "Report.revises": "1" * 12,
    "Proposal.key": "another-incident",
    "Proposal.facility": "katiba-prison",
    "Proposal.place": "قرية أخرى",
    "Proposal.begin": "2022-01-19",
    "Proposal.end": "2022-01-25",
    "Proposal.claims": ["c2"],
    "Proposal.wording": "another wording",
    "Claim.id": "c9",
    "Claim.start": 1,
    "Claim.end": 17,
    "Claim.quote": "another quote",
    "Claim.polarity": "denies",
    "Claim.certainty": "possible",
    "Claim.said": "2022-01-27",
    "Claim.said_wording": "another day",
    "Claim.channel": "statement",
    "Claim.repeats": "c2",
    "Claim.incident": "other-2022",
    "Claim.confidence": 0.25,
    "Claim.rule": "another/rule",
    "Hop.agent": "nyt",
    "Hop.named": "another name",
    "Hop.anonymous": "another-label",
    "Hop.surface": "other words",
    "Hop.kind": "document",
    "Hop.speaks_for": "us",
    "Hop.affiliation": "us-forces",
    "Hop.verb": "another verb",
    "Hop.start": 2,
    "Hop.end": 12,
    "Event.type": "attack",
    "Event.or": ["siege"],
    "Event.status": "attempted",
    "Event.actors": ["coalition"],
    "Event.targets": ["مجلس آخر"],
    "Event.helpers": ["us"],
    "Event.facility": "raqqa-central-prison",
    "Event.place": "raqqa",
    "Event.origin": "قرية أخرى",
    "Event.destination": "ghweran",
    "Event.time": "2022-01-22",
    "Event.time_wording": "another time",
    "Quantity.min": 10,
    "Quantity.max": 1_000,
    "Quantity.approximate": False,
    "Quantity.of": "bodies",
    "Quantity.counted": ["nyt"],
    "Quantity.wording": "other wording",
    "Mention.key": "coalition",
    "Mention.candidates": ["coalition"],
    "Mention.surface": "another surface",
    "Mention.start": 3,
    "Mention.end": 11,
    "Mention.role": "another role",
    "Review.state": "rejected",
    "Review.by": "another reviewer",
    "Review.at": "2022-03-02",
    "Review.why": "another reason",
}


def json_names(model: type[BaseModel]) -> dict[str, str]:
    """The fields of a model: attribute -> name in JSON."""
    return {name: field.alias or name for name, field in model.model_fields.items()}


def quantity(low: int | None, high: int | None, wording: str) -> Json:
    """A number as claimed, with every field but the bounds that are open."""
    bounds = {name: value for name, value in (("min", low), ("max", high)) if value is not None}
    return {**bounds, "approximate": True, "of": "detainees", "counted": ["isis", "قوم لا يعرفهم المرجع"], "wording": wording}


@pytest.fixture
def plain() -> Json:
    """The least that is a claims document with a claim."""
    return {
        "report": {"id": "r1", "text": "hello world"},
        "claims": [
            {
                "id": "c1",
                "start": 0,
                "end": 5,
                "quote": "hello",
                "chain": [{"agent": "@publisher"}],
                "polarity": "affirms",
                "certainty": "certain",
                "event": {"type": "escape"},
            }
        ],
    }


@pytest.fixture
def full() -> Json:
    """A claims document in which every field of the guidelines has a value."""
    event = {
        "type": "transfer",
        "or": ["release", "escape"],
        "status": "planned",
        "actors": ["us-forces", "مجلس لا يعرفه المرجع"],
        "targets": ["isis", "civilians"],
        "helpers": ["sdf"],
        "facility": "sinaa-prison",
        "place": "hasakah-city",
        "origin": "ghweran",
        "destination": "deir-ez-zor-desert",
        "time": "2022-01-20/2022-01-21",
        "time_wording": "بين أول من أمس وأمس",
        "quantity": quantity(700, 750, "750 سجيناً"),
        "breakdown": [quantity(5, None, "خمسة"), quantity(None, 9, "أقل من عشرة")],
    }
    chain = [
        {"agent": "@publisher", "verb": "نقل", "surface": "الموقع"},
        {"agent": "sputnik", "verb": "قالت", "surface": "الوكالة", "start": 0, "end": 4},
        {"named": "وكالة لا يعرفها المرجع"},
        {"anonymous": "sources", "surface": "مصادر خاصة", "kind": "anonymous", "speaks_for": "sdf", "verb": "أفادت", "start": 5, "end": 15},
        {"anonymous": "officer", "surface": "ضابط", "kind": "office", "affiliation": "isis"},
    ]
    first = {
        "id": "c1",
        "start": 0,
        "end": 15,
        "quote": TEXT[:15],
        "chain": chain,
        "polarity": "affirms",
        "certainty": "probable",
        "said": "2022-01-29",
        "said_wording": "أمس",
        "channel": "press-conference",
        "incident": "sinaa-2022-01",
        "event": event,
        "mentions": [
            {"key": "sdf", "surface": "قسد", "start": 42, "end": 45, "role": "origin"},
            {"candidates": ["isis", "sdf"], "surface": "سجيناً", "start": 23, "end": 29, "role": "targets"},
        ],
        "confidence": 0.75,
        "rule": "said-that/خبر",
        "review": {"state": "accepted", "by": "a reviewer", "at": "2022-03-01", "why": "it says so"},
    }
    second = {**copy.deepcopy(first), "id": "c2", "repeats": "c1", "chain": [{"agent": "@publisher"}]}
    return {
        "report": {
            "id": "every-field",
            "text": TEXT,
            "title": "عنوان “الخبر”",
            "language": "ar",
            "publisher": "syria-tv",
            "publisher_basis": "stated",
            "publisher_note": "publisher note",
            "published": "2022-01-31T09:36:00+02:00",
            "published_basis": "stated",
            "published_note": "published note",
            "note": "note",
            "url": "https://example.org/a?b=c#d",
            "archived_url": "https://example.org/archive/a",
            "retrieved": "2022-02-01T10:00:00Z",
            "retrieved_by": "a crawler",
            "author": "an author",
            "media_type": "text/html",
            "source_sha256": "0" * 64,
            "cut_by": "a cutter 1.0",
            "revises": "0" * 12,
            "proposals": [
                {
                    "key": "an-incident",
                    "facility": "سجن لا يعرفه المرجع",
                    "place": "hasakah-city",
                    "begin": "2022-01-20",
                    "end": "2022-01",
                    "claims": ["c1", "c2"],
                    "wording": "نقل السجناء",
                },
            ],
            "schema_version": "1",
        },
        "claims": [first, second],
    }


def fields_of(value: BaseModel, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every field of a document that has a value: its path in JSON, and its name (``Event.time``)."""
    for attribute, name in json_names(type(value)).items():
        here = getattr(value, attribute)
        if isinstance(here, BaseModel):
            yield from fields_of(here, (*path, name))
        elif isinstance(here, tuple) and here and isinstance(here[0], BaseModel):
            for number, item in enumerate(here):
                yield from fields_of(item, (*path, name, number))
        elif here is not None and here not in (frozenset(), ()):
            yield (*path, name), f"{type(value).__name__}.{name}"


@pytest.fixture(scope="session")
def names_in() -> Callable[[ClaimsDocument], set[str]]:
    """A function that gives the names of all fields that have a value in a document (``Event.time``)."""
    return lambda document: {name for _, name in fields_of(document)}


@pytest.fixture(scope="session")
def all_names() -> set[str]:
    """The names of all fields that hold a value, and no other part."""
    return set(OTHER) | DERIVED


def put(document: Json, path: Path, value: object) -> Json:
    """A copy of a JSON value with another value at a path."""
    changed = copy.deepcopy(document)
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


@pytest.fixture(scope="session")
def changes() -> Callable[[Json], Iterator[tuple[Path, str, ClaimsDocument]]]:
    """A function that gives every document that differs from a given one in one field: path, name of the field, document."""

    def each(value: Json) -> Iterator[tuple[Path, str, ClaimsDocument]]:
        for path, name in fields_of(document_of(value)):
            if name not in DERIVED:
                changed = put(value, path, OTHER[name])
                if name == "Report.text":
                    changed["report"].pop("sha256", None)
                    changed["report"].pop("characters", None)
                yield path, name, document_of(changed)

    return each
