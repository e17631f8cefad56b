"""The claims document: what is one, what is none, and the sentence for each fault."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from claimgraph.model.document import Claim, ClaimsDocument, Event, Hop, Mention, Proposal, Quantity, Report, Review, as_json, json_schema
from claimgraph.model.errors import BadDocument, Problem
from claimgraph.model.limits import LIMITS
from claimgraph.model.reading import document_of
from claimgraph.model.resources import folder
from claimgraph.model.text import sha256_of
from claimgraph.model.vocabulary import notations

Json = dict[str, Any]
Path = tuple[str | int, ...]

# The fields of the annotation guidelines, those that a program may add too.
GUIDELINES: dict[type[BaseModel], str] = {
    Report: "id text sha256 characters title language publisher publisher_basis publisher_note published published_basis published_note note url "
    "archived_url retrieved retrieved_by author media_type source_sha256 cut_by revises proposals schema_version",
    Proposal: "key facility place begin end claims wording",
    Claim: "id start end quote chain polarity certainty said said_wording channel repeats incident event mentions confidence rule review",
    Hop: "agent named anonymous surface kind speaks_for affiliation verb start end",
    Event: "type or status actors targets helpers facility place origin destination time time_wording quantity breakdown",
    Quantity: "min max approximate of counted wording",
    Mention: "key candidates surface start end role",
    Review: "state by at why",
}
REPORT: Path = ("report",)
CLAIM: Path = ("claims", 0)
PROPOSAL: Path = (*REPORT, "proposals", 0)
EVENT: Path = (*CLAIM, "event")
HOP: Path = (*CLAIM, "chain", 3)
QUANTITY: Path = (*EVENT, "quantity")
MENTION: Path = (*CLAIM, "mentions", 0)
OPEN: Path = (*CLAIM, "mentions", 1)
REVIEW: Path = (*CLAIM, "review")

REQUIRED = [
    *((*REPORT, name) for name in ("id", "text")),
    *((*CLAIM, name) for name in ("id", "start", "end", "quote", "chain", "polarity", "certainty", "event")),
    (*EVENT, "type"),
    *((*QUANTITY, name) for name in ("approximate", "of", "wording")),
    *((*MENTION, name) for name in ("surface", "start", "end")),
    (*PROPOSAL, "key"),
    (*REVIEW, "state"),
]
WORDS = [
    *((*REPORT, name) for name in ("title", "publisher_note", "published_note", "note", "url", "archived_url", "retrieved_by", "author")),
    (*PROPOSAL, "wording"),
    *((*CLAIM, name) for name in ("quote", "said_wording")),
    (*EVENT, "time_wording"),
    *((*HOP, name) for name in ("surface", "verb")),
    (*QUANTITY, "wording"),
    (*MENTION, "surface"),
    *((*REVIEW, name) for name in ("by", "why")),
]
NAMES = [
    *((*REPORT, name) for name in ("media_type", "cut_by")),
    *((*PROPOSAL, name) for name in ("facility", "place")),
    (*CLAIM, "rule"),
    (*HOP, "anonymous"),
    (*MENTION, "role"),
    *((*EVENT, name) for name in ("facility", "place", "origin", "destination")),
]
TIMES = [
    *((*REPORT, name) for name in ("published", "retrieved")),
    *((*PROPOSAL, name) for name in ("begin", "end")),
    (*CLAIM, "said"),
    (*EVENT, "time"),
    (*REVIEW, "at"),
]
KEYS = [
    (*REPORT, "publisher"),
    (*CLAIM, "incident"),
    (*HOP, "speaks_for"),
    (*CLAIM, "chain", 4, "affiliation"),
    (*CLAIM, "chain", 1, "agent"),
    (*MENTION, "key"),
    (*PROPOSAL, "key"),
]
SETS = [*((*EVENT, name) for name in ("actors", "targets", "helpers")), (*QUANTITY, "counted")]
NUMBERS = [(*CLAIM, "start"), (*CLAIM, "end"), (*HOP, "start"), (*QUANTITY, "min"), (*QUANTITY, "max"), (*MENTION, "start"), (*REPORT, "characters")]
CONTROLLED = {
    (*REPORT, "publisher_basis"): "basis",
    (*REPORT, "published_basis"): "basis",
    (*CLAIM, "polarity"): "polarity",
    (*CLAIM, "certainty"): "certainty",
    (*CLAIM, "channel"): "channel",
    (*EVENT, "type"): "event",
    (*EVENT, "status"): "status",
    (*QUANTITY, "of"): "counts",
    (*HOP, "kind"): "source",
    (*REVIEW, "state"): "review",
}


def _any(values: list[object]) -> list[object]:
    """Values of any type, as the type checker wants them declared."""
    return values


def _at(document: Json, path: Path) -> Any:
    for step in path:
        document = document[step]  # type: ignore[index]  # JSON values on the way down
    return document


def _put(document: Json, path: Path, value: object) -> Json:
    changed: Json = json.loads(json.dumps(document))
    _at(changed, path[:-1])[path[-1]] = value
    return changed


def _without(document: Json, path: Path) -> Json:
    changed: Json = json.loads(json.dumps(document))
    del _at(changed, path[:-1])[path[-1]]
    return changed


def _written(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _problems(value: object) -> tuple[Problem, ...]:
    """The problems of a document that is none; the sentence is one line, short, and harmless."""
    with pytest.raises(BadDocument) as caught:
        document_of(value)
    sentence = str(caught.value)
    assert sentence.isprintable()
    assert len(sentence) < 600
    assert caught.value.problems
    assert all(str(problem).isprintable() for problem in caught.value.problems)
    return caught.value.problems


def _refused(value: object, path: Path, words: str = "") -> None:
    """Refused for this place alone, in these words."""
    found = _problems(value)
    assert [problem.where for problem in found] == [_written(path)]
    assert words in found[0].message


# --- what is a claims document ------------------------------------------------------------------------------------------


def test_fields_are_those_of_the_guidelines() -> None:
    """The interchange form has exactly the fields of the guidelines, under their names."""
    for model, names in GUIDELINES.items():
        assert {field.alias or name for name, field in model.model_fields.items()} == set(names.split())
    assert set(ClaimsDocument.model_fields) == {"report", "claims"}


def test_every_field_is_kept(full: Json) -> None:
    """A document with every field comes back as it was, but for what the guidelines leave out where it goes without saying."""
    back = as_json(document_of(full))
    expected = json.loads(json.dumps(full))
    expected["report"] |= {"sha256": sha256_of(full["report"]["text"]), "characters": len(full["report"]["text"])}
    del expected["report"]["schema_version"]
    for claim in expected["claims"]:
        for role in ("or", "actors", "targets", "helpers"):
            claim["event"][role].sort()
        for quantity in (claim["event"]["quantity"], *claim["event"]["breakdown"]):
            quantity["counted"].sort()
            quantity.setdefault("min", None)
            quantity.setdefault("max", None)
    assert back == expected


def test_what_goes_without_saying_is_left_out(plain: Json) -> None:
    """A field without a value is not written, nor is ``happened``; what is open is written as such."""
    plain["claims"][0]["event"] |= {"status": "happened", "quantity": {"min": 5, "approximate": False, "of": "persons", "wording": "five"}}
    back = as_json(document_of(plain))
    assert back["report"] == {"id": "r1", "text": "hello world", "sha256": sha256_of("hello world"), "characters": 11, "publisher": None}
    assert set(back["claims"][0]) == {"id", "start", "end", "quote", "chain", "polarity", "certainty", "event", "incident"}
    assert back["claims"][0]["incident"] is None
    assert back["claims"][0]["event"] == {
        "type": "escape",
        "quantity": {"min": 5, "max": None, "approximate": False, "of": "persons", "counted": [], "wording": "five"},
    }


def test_own_json_is_read_again(full: Json, plain: Json) -> None:
    """What is written is a claims document, and the same one."""
    for value in (full, plain):
        document = document_of(value)
        assert document_of(as_json(document)) == document
        assert document_of(json.loads(json.dumps(as_json(document)))) == document


def test_report_without_claims(plain: Json) -> None:
    """A report may say nothing that counts."""
    del plain["claims"]
    assert document_of(plain).claims == ()
    assert as_json(document_of(plain))["claims"] == []


def test_null_is_no_value(full: Json) -> None:
    """A field that may be missing may be null."""
    for path in (*WORDS, *TIMES, (*REPORT, "publisher"), (*CLAIM, "incident"), (*EVENT, "quantity"), (*CLAIM, "review"), (*CLAIM, "confidence")):
        if path not in REQUIRED:
            assert document_of(_put(full, path, None)) == document_of(_without(full, path))


@pytest.mark.parametrize("path", SETS, ids=_written)
def test_sets_have_no_order(full: Json, path: Path) -> None:
    """Whose names stand first says nothing, nor does a name that stands twice."""
    value = _at(full, path)
    for same in (value[::-1], value + value):
        assert document_of(_put(full, path, same)) == document_of(full)
        assert as_json(document_of(_put(full, path, same))) == as_json(document_of(full))


def test_further_types_have_no_order(full: Json) -> None:
    """The types that a text leaves open are a set too."""
    path = (*EVENT, "or")
    assert document_of(_put(full, path, _at(full, path)[::-1])) == document_of(full)


@pytest.mark.parametrize("path", [(*CLAIM, "chain"), (*EVENT, "breakdown"), (*CLAIM, "mentions"), ("claims",)], ids=_written)
def test_sequences_have_an_order(full: Json, path: Path) -> None:
    """Mouths, parts, mentions and claims stand in the order of the text."""
    value = _at(full, path)
    changed = value[:1] + value[1:][::-1] if path[-1] == "chain" else value[::-1]
    assert document_of(_put(full, path, changed)) != document_of(full)


def test_publisher_has_one_name(full: Json) -> None:
    """The first mouth is ``@publisher``, also where its key is written; further in it is the key."""
    keyed = _put(full, (*CLAIM, "chain", 0, "agent"), "syria-tv")
    assert document_of(keyed) == document_of(full)
    further = document_of(_put(full, (*CLAIM, "chain", 1, "agent"), "@publisher"))
    assert further == document_of(_put(full, (*CLAIM, "chain", 1, "agent"), "syria-tv"))
    assert [hop.agent for hop in further.claims[0].chain[:2]] == ["@publisher", "syria-tv"]


def test_unknown_publisher_keeps_its_name(plain: Json) -> None:
    """Where the publisher is not known, it is ``@publisher`` wherever it stands."""
    plain["claims"][0]["chain"] *= 2
    assert [hop.agent for hop in document_of(plain).claims[0].chain] == ["@publisher", "@publisher"]


def test_documents_do_not_change(full: Json) -> None:
    """A document can be handed around: nothing in it can be set."""
    document = document_of(full)
    for part in (document, document.report, document.claims[0], document.claims[0].event, document.claims[0].chain[0]):
        with pytest.raises(ValidationError):
            setattr(part, next(iter(type(part).model_fields)), None)


def test_digest_and_length_follow_from_the_text(plain: Json) -> None:
    """Offsets and lengths count code points of the text as it stands, whatever its letters."""
    plain["report"]["text"] = "e\u0301 ﷺ 😀\r\n"
    report = document_of(plain).report
    assert (report.characters, report.sha256) == (8, sha256_of("e\u0301 ﷺ 😀\r\n"))
    assert report.text == "e\u0301 ﷺ 😀\r\n"


@pytest.mark.parametrize("value", [0, 0.0, 1, 1.0, 0.5, 0.000001, 0.123456])
def test_confidence(full: Json, value: float) -> None:
    """A confidence lies between 0 and 1, with at most six decimals."""
    assert document_of(_put(full, (*CLAIM, "confidence"), value)).claims[0].confidence == value


def test_negative_zero_is_zero(full: Json) -> None:
    """JSON has two zeros, a confidence one."""
    assert str(document_of(_put(full, (*CLAIM, "confidence"), -0.0)).claims[0].confidence) == "0.0"


# --- what is none -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", REQUIRED, ids=_written)
def test_missing_field(full: Json, path: Path) -> None:
    """Every field that a document needs is asked for at its place."""
    found = _problems(_without(full, path))
    assert Problem("is missing: add it", _written(path)) in found


@pytest.mark.parametrize("path", [("report",), ("claims",), *REQUIRED], ids=_written)
def test_null_where_a_value_is_needed(full: Json, path: Path) -> None:
    """Null is no value where one is needed."""
    found = _problems(_put(full, path, None))
    assert _written(path) in {problem.where for problem in found}


@pytest.mark.parametrize("path", [(), REPORT, PROPOSAL, CLAIM, HOP, EVENT, QUANTITY, (*EVENT, "breakdown", 0), MENTION, REVIEW], ids=_written)
def test_unknown_field(full: Json, path: Path) -> None:
    """A field that a document does not have is named at its place, never dropped."""
    for name in ("unknown", "Id", "or_", "يزيد", "a\u202e\n\x1b[31m", "x" * 300):
        found = _problems(_put(full, (*path, name), 1))
        assert len(found) == 1
        assert found[0].message == "is no field of a claims document: remove it or correct its name"
        assert found[0].where.startswith(_written((*path, name[:1])))


@pytest.mark.parametrize("path", NUMBERS, ids=_written)
def test_number_that_is_none(full: Json, path: Path) -> None:
    """A number is a JSON integer within its limits: no string, no boolean, no fraction."""
    for value in _any(["1", "١", True, False, 1.0, 1.5, [1], {}, -1, 10**15]):
        found = _problems(_put(full, path, value))
        assert found[0].where in (_written(path), "report")


def test_confidence_that_is_none(full: Json) -> None:
    """A confidence is a JSON number from 0 to 1."""
    for value in _any(["0.5", True, False, -0.1, 1.1, 0.1234567, float("nan"), float("inf"), [], {}]):
        found = _problems(_put(full, (*CLAIM, "confidence"), value))
        assert found[0].where in ("claims[0].confidence", "claims[0]")


def test_boolean_that_is_none(full: Json) -> None:
    """Approximate or not is a JSON boolean."""
    for value in _any(["true", "false", 0, 1, "", [], {}]):
        _refused(_put(full, (*QUANTITY, "approximate"), value), (*QUANTITY, "approximate"))


@pytest.mark.parametrize("path", [*WORDS, *NAMES, *TIMES, *KEYS, (*REPORT, "id"), (*CLAIM, "id")], ids=_written)
def test_string_that_is_none(full: Json, path: Path) -> None:
    """Words are a JSON string with at least one character."""
    for value in _any([5, True, 1.5, [], ["a"], {}, ""]):
        assert _problems(_put(full, path, value))[0].where == _written(path)


@pytest.mark.parametrize("path", CONTROLLED, ids=_written)
def test_word_that_its_list_lacks(full: Json, path: Path) -> None:
    """A controlled word is one of its list; where a word stands there, the sentence tells the list."""
    for value in _any(["nothing", "", "Affirms", "أكد", 5, True, ["attack"], {}]):
        found = _problems(_put(full, path, value))
        assert found[0].where == _written(path)
        assert not isinstance(value, str) or ", ".join(notations(CONTROLLED[path])) in found[0].message


@pytest.mark.parametrize("word", ["a\u202e\n\x1b[31m", "x" * 100_000], ids=["controls", "long"])
def test_wrong_word_is_shown_without_harm(full: Json, word: str) -> None:
    """What stands in place of a controlled word is shown briefly, and so that it acts on nothing."""
    _refused(_put(full, (*CLAIM, "polarity"), word), (*CLAIM, "polarity"))


def test_further_type_that_is_none(full: Json) -> None:
    """So is each further type."""
    for value in ("nothing", 5, None):
        assert _problems(_put(full, (*EVENT, "or"), ["attack", value]))[0].where == "claims[0].event.or[1]"


@pytest.mark.parametrize("path", [*SETS, (*EVENT, "or"), (*EVENT, "breakdown"), (*CLAIM, "chain"), (*CLAIM, "mentions"), ("claims",)], ids=_written)
def test_list_that_is_none(full: Json, path: Path) -> None:
    """A list is a JSON list, also if it has one item."""
    for value in ("sdf", 5, True, None, {"sdf": 1}, {}):
        assert _problems(_put(full, path, value))[0].where == _written(path)


@pytest.mark.parametrize("path", SETS, ids=_written)
def test_item_that_is_no_name(full: Json, path: Path) -> None:
    """Each party is a word."""
    for item in (5, None, ["sdf"], {"key": "sdf"}, "", "a\0b"):
        assert _problems(_put(full, path, ["sdf", item]))[0].where == _written((*path, 1))


@pytest.mark.parametrize("path", [REPORT, CLAIM, (*CLAIM, "chain", 1), EVENT, QUANTITY, (*EVENT, "breakdown", 1), MENTION, REVIEW], ids=_written)
def test_object_that_is_none(full: Json, path: Path) -> None:
    """An object is a JSON object."""
    for value in _any(["x", 5, True, [], [{}]]):
        assert _written(path) in {problem.where for problem in _problems(_put(full, path, value))}


def test_document_that_is_no_object() -> None:
    """So is the document itself."""
    for value in _any(["x", 5, None, True, [], [{}], 1.5]):
        _refused(value, ())


@pytest.mark.parametrize("path", [REPORT, CLAIM, (*CLAIM, "chain"), (*EVENT, "actors"), EVENT], ids=_written)
def test_sentences_speak_of_json(full: Json, path: Path) -> None:
    """A sentence is for who wrote the JSON: it speaks of lists and objects, not of the program's own types."""
    for value in (5, "x"):
        for problem in _problems(_put(full, path, value)):
            assert not re.search(r"\b(tuple|frozenset|dictionary|instance|Report|Claim|Hop|Event)\b", problem.message)


@pytest.mark.parametrize("path", [(*REPORT, "id"), (*CLAIM, "id"), (*CLAIM, "repeats")], ids=_written)
def test_id_that_is_none(full: Json, path: Path) -> None:
    """Ids go into IRIs as they are: letters, digits, dots, dashes and underscores, at most 128."""
    for value in ("a/b", "/", "a#b", "a@b", "@publisher", "a b", ".a", "-a", "_a", "a\n", "\na", "é", "خبر", "a%2Fb", "a?b", "..", "a" * 129):
        _refused(_put(full, path, value), path)


@pytest.mark.parametrize("value", ["a", "A1._-", "1", "a" * 128, "source", "name", "c.01"])
def test_id_that_is_one(full: Json, value: str) -> None:
    """Everything else is an id."""
    assert document_of(_put(full, (*REPORT, "id"), value)).report.id == value
    assert document_of(_put(full, (*CLAIM, "id"), value)).claims[0].id == value


@pytest.mark.parametrize("path", KEYS, ids=_written)
def test_key_that_is_none(full: Json, path: Path) -> None:
    """Keys are small letters, digits and single dashes."""
    for value in ("SDF", "قسد", "a b", "a_b", "a/b", "-a", "a-", "a--b", "a\n", "https://example.org/sdf", "a" * 129, "@publishers", "@PUBLISHER"):
        _refused(_put(full, path, value), path)


@pytest.mark.parametrize("path", [path for path in KEYS if path[-1] != "agent"], ids=_written)
def test_only_a_hop_may_name_the_publisher_so(full: Json, path: Path) -> None:
    """``@publisher`` is no key."""
    _refused(_put(full, path, "@publisher"), path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((*REPORT, "sha256"), "A" * 64),
        ((*REPORT, "sha256"), "a" * 63),
        ((*REPORT, "source_sha256"), "g" * 64),
        ((*REPORT, "source_sha256"), "0" * 65),
        ((*REPORT, "revises"), "0" * 11),
        ((*REPORT, "revises"), "0" * 13),
        ((*REPORT, "revises"), "0" * 11 + "A"),
        ((*REPORT, "schema_version"), "2"),
        ((*REPORT, "schema_version"), 1),
        ((*REPORT, "language"), "Arabic"),
        ((*REPORT, "language"), "AR"),
        ((*REPORT, "language"), "ar_SY"),
        ((*REPORT, "language"), "ar-"),
        ((*REPORT, "language"), "a"),
    ],
)
def test_pattern(full: Json, path: Path, value: object) -> None:
    """Digests, versions and languages have their forms."""
    found = _problems(_put(full, path, value))
    assert found[0].where == _written(path)


@pytest.mark.parametrize("name", ["id", "c1"])
def test_claim_ids_are_given_once(full: Json, name: str) -> None:
    """The second claim with an id is named."""
    value = _put(_put(full, ("claims", 0, "id"), name), ("claims", 1, "id"), name)
    found = _problems(value)
    assert len(found) == 1
    assert str(found[0]).startswith(f"claims[1].id: '{name}' is the id of an earlier claim too")


@pytest.mark.parametrize(
    "hop",
    [
        {},
        {"verb": "قال"},
        {"agent": "sdf", "named": "قسد"},
        {"agent": "sdf", "anonymous": "a"},
        {"named": "قسد", "anonymous": "a"},
        {"agent": "sdf", "named": "قسد", "anonymous": "a"},
        {"agent": None},
    ],
    ids=str,
)
def test_hop_has_one_speaker(full: Json, hop: Json) -> None:
    """A mouth is a known party, a name, or a source without one: exactly one of them."""
    _refused(_put(full, (*CLAIM, "chain", 1), hop), (*CLAIM, "chain", 1), "exactly one of agent, named and anonymous")


@pytest.mark.parametrize("more", [{"kind": "office"}, {"speaks_for": "sdf"}, {"affiliation": "sdf"}], ids=str)
@pytest.mark.parametrize("who", [{"agent": "sdf"}, {"named": "قسد"}], ids=str)
def test_only_a_source_without_a_name_is_described(full: Json, who: Json, more: Json) -> None:
    """Kind, authority and affiliation describe a source that has no name."""
    _refused(_put(full, (*CLAIM, "chain", 1), who | more), (*CLAIM, "chain", 1), "only a source without a name")


@pytest.mark.parametrize("path", [HOP, (*CLAIM, "chain", 1)], ids=_written)
@pytest.mark.parametrize("name", ["start", "end"])
def test_range_with_one_end(full: Json, path: Path, name: str) -> None:
    """Words that stand somewhere begin and end."""
    _refused(_without(full, (*path, name)), path, "only one of start and end")


def test_empty_chain(full: Json) -> None:
    """A claim without any mouth is nobody's."""
    _refused(_put(full, (*CLAIM, "chain"), []), (*CLAIM, "chain"), "must not be empty")


@pytest.mark.parametrize(("name", "value"), [("sha256", "0" * 64), ("characters", 3)])
def test_text_that_is_not_the_one_annotated(full: Json, name: str, value: object) -> None:
    """Digest and length must be those of the text, or offsets mean nothing."""
    _refused(_put(full, (*REPORT, name), value), REPORT, "this is not the text that was annotated")


@pytest.mark.parametrize("path", [*WORDS, *NAMES, *TIMES, (*REPORT, "text")], ids=_written)
def test_zero_character(full: Json, path: Path) -> None:
    """U+0000 is refused everywhere: stores and terminals take it for an end."""
    found = _problems(_put(full, path, "a\0b"))
    assert Problem("holds the character U+0000, which no text needs: take it out", _written(path)) in found


@pytest.mark.parametrize("path", [*WORDS, *NAMES, *TIMES, *KEYS, *CONTROLLED, (*REPORT, "text"), (*REPORT, "id"), (*CLAIM, "id")], ids=_written)
def test_half_a_surrogate_pair(full: Json, path: Path) -> None:
    """Half a pair is no character: it has no UTF-8, and cannot be stored."""
    found = _problems(_put(full, path, "a\ud800b"))
    assert found[0].where == _written(path)


@pytest.mark.parametrize(
    ("paths", "longest"),
    [(WORDS, LIMITS.field_characters), (NAMES, 500), (TIMES, 100), ([(*EVENT, "actors", 0), (*QUANTITY, "counted", 0)], 500)],
    ids=["words", "names", "times", "parties"],
)
def test_too_long(full: Json, paths: list[Path], longest: int) -> None:
    """Every string has a longest form; one more is refused, and the sentence does not repeat it all."""
    for path in paths:
        document_of(_put(full, path, "س" * longest))
        _refused(_put(full, path, "س" * (longest + 1)), path, "at most")


def test_text_too_long(plain: Json) -> None:
    """So has the text."""
    text = "س" * LIMITS.text_characters
    assert document_of(_put(plain, (*REPORT, "text"), text)).report.characters == LIMITS.text_characters
    _refused(_put(plain, (*REPORT, "text"), text + "س"), (*REPORT, "text"), "at most")


@pytest.mark.parametrize(
    ("path", "most"),
    [
        *((path, LIMITS.items_per_list) for path in SETS),
        ((*CLAIM, "chain"), LIMITS.items_per_list),
        ((*EVENT, "breakdown"), LIMITS.items_per_list),
        ((*CLAIM, "mentions"), LIMITS.items_per_list),
    ],
    ids=str,
)
def test_too_many_items(full: Json, path: Path, most: int) -> None:
    """Every list has a longest form."""

    def items(count: int) -> list[object]:
        return [f"k{number}" for number in range(count)] if path in SETS else [_at(full, path)[1]] * count

    document_of(_put(full, path, items(most)))
    _refused(_put(full, path, items(most + 1)), path, "at most")


def test_too_many_claims(plain: Json) -> None:
    """So has the list of claims."""
    claim = plain["claims"][0]
    claims = [{**claim, "id": f"c{number}"} for number in range(LIMITS.claims_per_report)]
    assert len(document_of({**plain, "claims": claims}).claims) == LIMITS.claims_per_report
    _refused({**plain, "claims": [*claims, {**claim, "id": "one-more"}]}, ("claims",), "at most")


@pytest.mark.parametrize(
    ("path", "most"),
    [((*CLAIM, "start"), LIMITS.text_characters), ((*HOP, "end"), LIMITS.text_characters), ((*QUANTITY, "max"), LIMITS.largest_count)],
    ids=str,
)
def test_too_large(full: Json, path: Path, most: int) -> None:
    """Offsets end with the longest text, counts with the largest number of people."""
    document_of(_put(full, path, most))
    _refused(_put(full, path, most + 1), path, "less than or equal")


def test_every_fault_is_told_at_once(full: Json) -> None:
    """Who corrects a document gets all of it in one go, each fault with its place."""
    value = full
    for path, wrong in [
        ((*REPORT, "id"), "/"),
        ((*CLAIM, "start"), "0"),
        ((*EVENT, "type"), "nothing"),
        ((*MENTION, "key"), "NO"),
        (("claims", 1, "polarity"), 5),
    ]:
        value = _put(value, path, wrong)
    with pytest.raises(BadDocument, match=r"^this is no claims document: 5 problems, the first report\.id: ") as caught:
        document_of(value)
    assert [problem.where for problem in caught.value.problems] == [
        "report.id",
        "claims[0].start",
        "claims[0].event.type",
        "claims[0].mentions[0].key",
        "claims[1].polarity",
    ]


def test_one_fault_is_the_sentence(full: Json) -> None:
    """A single fault is told in full."""
    with pytest.raises(BadDocument, match=r"^claims\[0\]\.start: must be a whole number, but this is '0'$"):
        document_of(_put(full, (*CLAIM, "start"), "0"))


# --- what is open, and what is only proposed ------------------------------------------------------------------------------


def test_a_mention_is_known_or_open(full: Json) -> None:
    """A name stands for one entity, or stays open among some; both at once, neither, and no candidates at all are refused."""
    words = "needs exactly one of key and candidates"
    _refused(_without(full, (*MENTION, "key")), MENTION, words)
    _refused(_put(full, (*MENTION, "candidates"), ["isis"]), MENTION, words)
    _refused(_put(full, (*OPEN, "candidates"), []), OPEN, words)
    _refused(_put(full, (*OPEN, "candidates"), ["SDF"]), (*OPEN, "candidates", 0), "is no key")
    assert document_of(_put(full, (*OPEN, "candidates"), ["sdf"])).claims[0].mentions[1].candidates == {"sdf"}


def test_candidates_and_claims_of_a_proposal_are_sets(full: Json) -> None:
    """Their order and repetition say nothing: they are written in one order, once."""
    changed = _put(full, (*OPEN, "candidates"), ["sdf", "isis", "sdf"])
    changed = _put(changed, (*PROPOSAL, "claims"), ["c2", "c1", "c2"])
    assert document_of(changed) == document_of(full)
    assert as_json(document_of(changed)) == as_json(document_of(full))


def test_an_incident_is_proposed_once(full: Json) -> None:
    """Two proposals under one key would be one: refused, with the second's place."""
    again = _put(full, (*REPORT, "proposals"), [{"key": "p"}, {"key": "q"}, {"key": "p"}])
    _refused(again, REPORT, "proposals[2].key: 'p' is the key of an earlier proposal too")


def test_what_is_not_said_is_not_written(plain: Json) -> None:
    """A document without cutter, proposals, wordings of dates and candidates is written as before there were any, so that its hash stands."""
    assert as_json(document_of(plain)) == {
        "report": {
            **plain["report"],
            "sha256": "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
            "characters": 11,
            "publisher": None,
        },
        "claims": [{**plain["claims"][0], "incident": None}],
    }


# --- the schema -----------------------------------------------------------------------------------------------------------


def test_json_schema_says_what_is_a_document() -> None:
    """The schema names every field and every controlled word, and closes every object."""
    schema = ClaimsDocument.model_json_schema()
    assert json.loads(json.dumps(schema)) == schema
    assert schema["required"] == ["report"]
    for model, names in GUIDELINES.items():
        part = schema["$defs"][model.__name__]
        assert set(part["properties"]) == set(names.split()) | ({"file"} if model is Report else set())
        assert part["additionalProperties"] is False
    assert schema["$defs"]["Claim"]["properties"]["polarity"]["enum"] == list(notations("polarity"))
    assert schema["$defs"]["Event"]["properties"]["type"]["enum"] == list(notations("event"))
    assert schema["$defs"]["Claim"]["required"] == ["id", "start", "end", "quote", "chain", "polarity", "certainty", "event"]


def test_published_schema_is_the_models() -> None:
    """The file that is published is what the models give, so that neither can change alone."""
    published = json.loads((folder("ontology") / "claims-document.schema.json").read_text(encoding="utf-8"))
    assert published == json_schema()
