"""A claim as the fields of a form and back: what is left alone stays, what is typed is changed, and what cannot be typed has no field."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from claimgraph.ask.corrections import PATHS, as_typed, choices_of, fields_of, readable
from claimgraph.model.document import ClaimsDocument, as_json
from claimgraph.model.errors import BadDocument
from claimgraph.model.limits import LIMITS
from claimgraph.model.reading import parse_json

TEXT = "نقل تلفزيون سوريا عن مصدر أن نحو مئتي سجين فروا."
CLAIM: dict[str, Any] = {
    "start": 0,
    "end": 10,
    "quote": TEXT[:10],
    "chain": [
        {"agent": "@publisher"},
        {"anonymous": "a-source", "surface": "مصدر", "start": 21, "end": 25, "kind": "anonymous", "speaks_for": "sdf"},
    ],
    "polarity": "affirms",
    "certainty": "certain",
    "event": {"type": "escape", "actors": ["isis"]},
}


def typed(claim: dict[str, Any] = CLAIM, **words: str) -> dict[str, Any]:
    """A claim after somebody typed; ``chain__1__verb`` stands for ``chain[1].verb``, other ``__`` for dots."""
    return as_typed(claim, claim, TEXT, {_path(name): word for name, word in words.items()})


def _path(name: str) -> str:
    steps = name.split("__")
    return f"chain[{steps[1]}].{steps[2]}" if steps[0] == "chain" else ".".join(steps)


def test_what_is_left_alone_stays(samples: dict[str, ClaimsDocument]) -> None:
    """Every claim of the samples comes back as it was from its own fields, and from its JSON."""
    claims = [(document, claim) for document in samples.values() for claim in as_json(document)["claims"]]
    assert len(claims) > 30
    for document, claim in claims:
        fields = fields_of(claim)
        assert set(fields) <= set(PATHS)
        assert "chain[0].who" in fields
        assert as_typed(claim, claim, document.report.text, fields) == claim
        assert all(fields[path] in allowed for path, allowed in choices_of(fields).items())
        assert parse_json(readable(claim)) == claim


def test_a_number_is_given_changed_and_taken_out() -> None:
    """In Arabic digits too, with what it needs; the fields that are left alone stay, and with nothing left there is none."""
    given = typed(
        event__quantity__min="٢٠٠", event__quantity__approximate="true", event__quantity__of="detainees", event__quantity__wording="نحو مئتي سجين"
    )
    quantity = {"min": 200, "approximate": True, "of": "detainees", "wording": "نحو مئتي سجين"}
    assert given["event"] == {"type": "escape", "actors": ["isis"], "quantity": quantity}
    more = typed(given, event__quantity__max="250", event__quantity__counted="isis، sdf")
    assert more["event"]["quantity"] == {**quantity, "max": 250, "counted": ["isis", "sdf"]}
    fewer = typed(more, event__quantity__max="", event__quantity__counted="")
    assert fewer["event"]["quantity"] == {**quantity, "max": None, "counted": []}
    gone = typed(more, **{f"event__quantity__{name}": "" for name in ("min", "max", "of", "counted", "wording")})
    assert gone["event"]["quantity"] is None
    assert typed()["event"] == CLAIM["event"]


def test_a_mouth_is_changed_taken_out_and_added() -> None:
    """Its words in the text stay with it; what only a source without a name has goes when it gets one, unless it was typed."""
    named = typed(chain__1__as="agent", chain__1__who="sdf-media-center", chain__1__verb="قال")["chain"]
    assert named == [{"agent": "@publisher"}, {"agent": "sdf-media-center", "surface": "مصدر", "start": 21, "end": 25, "verb": "قال"}]
    meant = typed(chain__1__as="agent", chain__1__who="sdf-media-center", chain__1__speaks_for="isis")["chain"]
    assert meant[1]["speaks_for"] == "isis", "for the model to refuse: it was typed"
    assert typed(chain__1__who="")["chain"] == [{"agent": "@publisher"}]
    added = typed(chain__2__as="named", chain__2__who="فلان")["chain"]
    assert added == [*CLAIM["chain"], {"named": "فلان"}]
    assert typed(chain__2__verb="قال")["chain"][2] == {"verb": "قال"}, "for the model to refuse: nobody is named"
    assert CLAIM["chain"][1]["speaks_for"] == "sdf"


def test_lists_are_typed_with_commas_of_either_kind() -> None:
    """And emptied."""
    assert typed(event__actors="isis، sdf", event__targets="us-forces, sdf")["event"] == {
        "type": "escape",
        "actors": ["isis", "sdf"],
        "targets": ["us-forces", "sdf"],
    }
    assert typed(event__actors="")["event"]["actors"] == []


@pytest.mark.parametrize(
    ("part", "absent"),
    [
        ({"incident": "a\u202eb"}, ["incident"]),
        ({"event": {"type": "escape", "actors": ["one, and more"]}}, ["event.actors"]),
        ({"chain": [{"named": "a\u200bb"}]}, ["chain[0].who", "chain[0].verb"]),
        ({"event": {"type": "escape", "quantity": {"approximate": False, "wording": "\u2067"}}}, ["event.quantity.wording", "event.quantity.min"]),
        ({"chain": [{"agent": "sdf"}] * (LIMITS.form_hops + 1)}, ["chain[0].who"]),
    ],
    ids=["control", "comma", "mouth", "number", "many mouths"],
)
def test_what_cannot_be_typed_has_no_field(part: dict[str, Any], absent: list[str]) -> None:
    """So that whoever changes something else does not change it; as JSON it is all there, in characters that act on nothing."""
    claim = {**copy.deepcopy(CLAIM), **part}
    fields = fields_of(claim)
    assert not set(absent) & set(fields)
    assert {"polarity", "start"} <= set(fields)
    assert as_typed(claim, claim, TEXT, {**dict.fromkeys(absent, "x"), "polarity": "denies"}) == {**claim, "polarity": "denies"}
    assert not set("\u202e\u200b\u2067") & set(readable(claim))


@pytest.mark.parametrize("word", ['"قال"', "[كذا]", "{", "null", "true"])
def test_a_text_is_no_json(word: str) -> None:
    """Whatever it begins with, and whatever JSON would make of it."""
    assert typed(event__place=word)["event"]["place"] == word
    quantity = typed(event__quantity__min="2", event__quantity__wording=word)["event"]["quantity"]
    assert (quantity["min"], quantity["wording"]) == (2, word)


def test_a_full_chain_has_no_room_for_another() -> None:
    """As many mouths as the form has fields for."""
    full = fields_of({**CLAIM, "chain": [{"agent": "sdf"}] * LIMITS.form_hops})
    assert sum(path.endswith("].who") for path in full) == LIMITS.form_hops
    assert all(full[path] for path in full if path.endswith("].who"))


def test_the_chain_is_changed_in_one_place() -> None:
    """In its fields or in the JSON; both at once would lose one."""
    value = {**CLAIM, "chain": [{"agent": "@publisher"}]}
    assert as_typed(CLAIM, value, TEXT, {"polarity": "denies"})["chain"] == [{"agent": "@publisher"}]
    with pytest.raises(BadDocument, match="both"):
        as_typed(CLAIM, value, TEXT, {"chain[1].verb": "قال"})
