"""What short texts are read as: one behaviour of the rules each, in ``readings.yaml``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from claimgraph.extract.rules import RuleExtractor
from claimgraph.model.document import PUBLISHER, Claim, ClaimsDocument, Event, Hop, Quantity, Report

Reading = dict[str, Any]

HERE = Path(__file__).parent
PUBLISHED = "2022-01-29"
OF_CLAIM = ("certainty", "polarity", "said", "said_wording", "channel", "repeats", "incident")
OF_EVENT = ("type", "status", "facility", "place", "origin", "destination", "time", "time_wording")
PARTIES = ("actors", "targets", "helpers")
FIELDS = {"quote", "by", "quantity", "parts", "mentions", *OF_CLAIM, *OF_EVENT, *PARTIES}


def readings() -> list[Reading]:
    """The texts with what they must give."""
    return list(yaml.load((HERE / "readings.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader))  # noqa: S506  # dates stay words


READINGS = readings()


def read(rules: RuleExtractor, reading: Reading) -> ClaimsDocument:
    """What the rules make of a text."""
    published = word(reading.get("published", PUBLISHED))
    return rules.extract(Report(id="r", text=reading["text"], published=published, publisher=reading.get("publisher")))


def shown(hop: Hop) -> str | None:
    """What a hop names: a key, a name, or the words of an unnamed source."""
    return hop.agent or hop.named or hop.anonymous


def differs(wanted: dict[str, Any], claim: Claim) -> list[str]:
    """In which fields a claim is not as wanted."""
    event, wrong = claim.event, []
    wanted = {"polarity": "affirms", "certainty": "certain", **wanted}
    found = {
        **{name: getattr(claim, name) for name in OF_CLAIM},
        **{name: getattr(event, name) for name in OF_EVENT},
    }
    wrong += [f"{name}: {found[name]}" for name in found if name in wanted and found[name] != word(wanted[name])]
    wrong += [f"{name}: {sorted(getattr(event, name))}" for name in PARTIES if name in wanted and getattr(event, name) != set(wanted[name])]
    wrong += chain_differs(wanted["by"], claim.chain)
    wrong += counts_differ(wanted, event)
    mentions = [[mention.key or sorted(mention.candidates), mention.surface, mention.role] for mention in claim.mentions]
    wrong += [f"mentions: {mentions}" for one in wanted.get("mentions", ()) if one not in mentions]
    return wrong


def word(value: str) -> str | None:
    """A value of a field that may be empty."""
    return None if value == "null" else value


def chain_differs(wanted: list[Any], chain: tuple[Hop, ...]) -> list[str]:
    """Whether the hops after the publisher's are others."""
    hops = chain[1:]
    alike = len(hops) == len(wanted) and all(
        all(getattr(hop, field) == word(value) for field, value in one.items()) if isinstance(one, dict) else shown(hop) == one
        for one, hop in zip(wanted, hops, strict=True)
    )
    return [] if alike and chain[0].agent == PUBLISHER else [f"by: {[hop.model_dump(exclude_none=True) for hop in hops]}"]


def counts_differ(wanted: dict[str, Any], event: Event) -> list[str]:
    """Whether the quantity or its parts are others."""
    wrong = []
    if "quantity" in wanted and counted(event.quantity) != (None if wanted["quantity"] == "null" else wanted["quantity"]):
        wrong.append(f"quantity: {counted(event.quantity)}")
    if "parts" in wanted and [counted(part) for part in event.breakdown] != wanted["parts"]:
        wrong.append(f"parts: {[counted(part) for part in event.breakdown]}")
    return wrong


def counted(quantity: Quantity | None) -> list[str] | None:
    """A quantity as the file writes it."""
    if quantity is None:
        return None
    bounds = ["null" if bound is None else str(bound) for bound in (quantity.min, quantity.max)]
    return [*bounds, quantity.of, *(["about"] if quantity.approximate else [])]


@pytest.mark.parametrize("reading", READINGS, ids=[reading["about"] for reading in READINGS])
def test_a_text_is_read_as_it_must_be(rules: RuleExtractor, reading: Reading) -> None:
    """A short text gives the claims that a reader takes from it, with the fields that are its point, and no others."""
    document = read(rules, reading)
    claims = document.claims
    for wanted in reading["claims"]:
        alike = [claim for claim in claims if claim.quote == wanted["quote"]]
        assert alike, f"no claim «{wanted['quote']}» among {[claim.quote for claim in claims]}"
        assert min((differs(wanted, claim) for claim in alike), key=len) == []
    if "others" not in reading:
        assert len(claims) == len(reading["claims"]), [claim.quote for claim in claims]
    for words in reading.get("none", ()):
        assert not [claim.quote for claim in claims if words in claim.quote]
    if "proposals" in reading:
        assert [proposal.key for proposal in document.report.proposals] == reading["proposals"]


def test_the_file_of_readings_is_sound() -> None:
    """Every entry has its own name, uses fields that are looked at, and quotes words of its text."""
    assert len(READINGS) >= 80
    assert [name for name, count in Counter(reading["about"] for reading in READINGS).items() if count > 1] == []
    for reading in READINGS:
        assert reading.keys() <= {"about", "text", "published", "publisher", "claims", "others", "none", "proposals"}, reading["about"]
        for wanted in reading["claims"]:
            assert wanted.keys() <= FIELDS, reading["about"]
            assert wanted["quote"] in reading["text"], reading["about"]
