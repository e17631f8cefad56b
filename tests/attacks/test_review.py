"""Attacks on reviewing: reasons that act, bodies and forms that kill parsers, edits that are no claims; nothing is decided by any of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from attacking import answers_still, head
from attacks.test_http_killers import JSONS
from attacks.test_http_rendering import REVIEWED, WORDS, is_harmless
from requesting import address
from reviewing import FIRST, WHY, Reviewing
from serving import Answer, bearer
from signing import FORM, Reader, signed_in

VERSION = "0" * 12
KILLERS = {name: text for name, text in JSONS.items() if len(text) < 1_000_000}  # what is longer is not read at all
LONGEST = 12.0  # seconds within which anything is over


@pytest.fixture(scope="module")
def dana(reviewing: Reviewing) -> Reader:
    """Dana's browser."""
    return signed_in(reviewing.service, reviewing.tokens["dana"])


def refused(reviewing: Reviewing, attack: Callable[[], Answer], *statuses: int) -> Answer:
    """The answer to an attack, which comes soon, tells a known error, and leaves the store as it was and the service able to answer."""
    before, began = head(reviewing.data), time.monotonic()
    answer = attack()
    assert time.monotonic() - began < LONGEST
    assert answer.status in statuses, (answer.status, answer.text[:500])
    assert head(reviewing.data) == before
    answers_still(reviewing.service)
    return answer


def test_reasons_that_act_are_kept_and_harmless(reviewing: Reviewing, dana: Reader) -> None:
    """Markup, formulas, controls and programs as the reason of a decision: kept as they came, and words on every page that shows them."""
    words = {f"c{n:02}": text for n, text in enumerate((text for text in WORDS.values() if len(text) <= 2000 and text.strip()), start=1)}
    assert len(words) > 30
    version = reviewing.brought("reasons", claims=len(words))
    for number, (claim, text) in enumerate(words.items()):
        answer = reviewing.decide("reasons", version, "reject" if number % 2 else "accept", claim, why=text)
        assert answer.status == 200, (text, answer.text)
    commit = answer.json["commit"]
    value = reviewing.service.send("GET", address("/reports/reasons.json", min_commit=commit)).json
    assert {one["id"]: one["decision"]["why"] for one in (*value["claims"], *value["rejected"])} == {
        claim: text.strip() for claim, text in words.items()
    }
    for reader in (dana, Reader(reviewing.service)):
        is_harmless(reader.get("/reports/reasons"), REVIEWED)
        is_harmless(reader.get("/review"), REVIEWED)
        for claim in words:
            is_harmless(reader.get(f"/review/reasons/{claim}"), REVIEWED)
            is_harmless(reader.get(f"/claims/{version}/reasons/{claim}"), REVIEWED)


@pytest.mark.parametrize("name", KILLERS)
def test_json_that_kills_parsers(reviewing: Reviewing, name: str) -> None:
    """As a decision, and as the claim that an edit makes: an error in one sentence."""
    token = bearer(reviewing.tokens["dana"])
    assert len(refused(reviewing, lambda: reviewing.send(KILLERS[name].encode(), token), 413, 422, 503).body) < 200_000
    edit = {"report": "reasons", "version": VERSION, "decision": "edit", "claims": ["c01"], "why": WHY}
    body = json.dumps(edit).encode()[:-1] + b', "claim": ' + KILLERS[name].encode() + b"}"
    refused(reviewing, lambda: reviewing.send(body, token), 409, 413, 422, 503)


@pytest.mark.parametrize("name", KILLERS)
def test_forms_that_kill_parsers(reviewing: Reviewing, dana: Reader, name: str) -> None:
    """As the claim in the form of a page, too."""
    version = reviewing.brought(f"form-{list(KILLERS).index(name)}")
    target = f"/review/form-{list(KILLERS).index(name)}/c01"
    fields = {"csrf": dana.csrf(), "version": version, "decision": "edit", "why": WHY, "source": KILLERS[name]}
    refused(reviewing, lambda: dana.form(target, fields), 413, 422, 503)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"&" * 100_000,
        b"=".join([b"why"] * 50_000),
        b"why=" + b"%F0%9F" * 10_000,
        b"why=%ff",
        b"\xff\xfe",
        urlencode([("why", "x")] * 500).encode(),
    ],
    ids=["nothing", "ampersands", "equals", "half characters", "no UTF-8", "bytes", "fields"],
)
def test_forms_that_are_none(reviewing: Reviewing, dana: Reader, body: bytes) -> None:
    """What no browser sends is refused as such."""
    refused(reviewing, lambda: dana.post(f"/review/{FIRST}/c01", body, FORM), 400)


@pytest.mark.parametrize(
    "claim",
    [
        {},
        {"start": -1},
        {"start": 0, "end": 10**18, "quote": "x"},
        {"chain": [{"agent": "@publisher"}] * 10_000},
        {"confidence": 1e308},
        {"quote": "\u202e" * 20_001},
        {"id": "c02"},
        {"review": {"state": "accepted", "by": "somebody else"}},
        {"event": {"type": "escape", "targets": ["x" * 600]}},
    ],
    ids=["empty", "negative", "endless", "chain", "number", "quote", "another's id", "another's review", "target"],
)
def test_edits_that_are_no_claims(reviewing: Reviewing, claim: dict[str, object]) -> None:
    """Each is refused with what is wrong; an edit takes no other claim's place, and nobody else's name."""
    report = "edits"
    found = reviewing.service.send("GET", f"/reports/{report}.json")
    version = found.json["report"]["version"] if found.status == 200 else reviewing.brought(report)
    refused(reviewing, lambda: reviewing.decide(report, version, "edit", "c01", claim=claim), 422)
