"""Review over HTTP: what waits, who may decide, what becomes of it, and what no decision is."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from requesting import address, history, raw, refused, sound
from reviewing import FIRST, SECOND, WHY, Reviewing
from running import Run
from serving import bearer


def test_what_waits_is_listed_page_by_page(reviewing: Reviewing) -> None:
    """The same rows as on the command line; Link and 'next' lead through all of them, whatever is decided meanwhile."""
    whole = reviewing.service.send("GET", address("/api/review", by="confidence", least=0.6)).json
    found: list[Any] = []
    target = address("/api/review", by="confidence", least=0.6, limit=3)
    while target:
        answer = reviewing.service.send("GET", target)
        found += answer.json["candidates"]
        link = answer.headers.get("Link")
        assert bool(link) == bool(answer.json["next"])
        target = link.partition(">")[0].removeprefix("<") if link else ""
    assert found == whole["candidates"]
    assert {row["report"] for row in found} >= {FIRST, SECOND}
    assert whole["total"] == len(found)
    sure = [row["confidence"] for row in found]
    assert sure == sorted(sure, reverse=True)
    assert min(sure) >= 0.6


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"by": "age"}, "bad-parameter"),
        ({"least": "2"}, "bad-parameter"),
        ({"limit": "0"}, "bad-parameter"),
        ({"report": "a b"}, "bad-parameter"),
        ({"cursor": '1,a,1" } DROP ALL'}, "bad-parameter"),
        ({"state": "candidate"}, "bad-parameter"),
    ],
)
def test_a_list_that_is_asked_for_wrongly(reviewing: Reviewing, parameters: dict[str, str], code: str) -> None:
    """Each parameter says what it may be."""
    refused(reviewing.service.send("GET", address("/api/review", **parameters)), 400, code)


def test_a_decision_is_taken_in_the_name_of_the_token(reviewing: Reviewing, claimgraph: Run) -> None:
    """One commit, with who and why; the answer tells it, a reader who waits for it sees it, and the version stays."""
    version = reviewing.brought("taken")
    answer = reviewing.decide("taken", version, "accept", "c01", "c02")
    assert (answer.status, answer.json["version"], answer.json["result"]) == (200, version, "committed")
    assert answer.json["commit"] == int(answer.headers["X-Commit"])
    assert reviewing.states("taken", answer.json["commit"]) == {"c01": "accepted", "c02": "accepted", "c03": "candidate"}
    (commit,) = [one for one in history(reviewing.data, claimgraph, "taken") if one["kind"] == "review"]
    assert (commit["agent"], commit["reason"], commit["sequence"]) == ("dana", WHY, answer.json["commit"])
    again = reviewing.decide("taken", version, "accept", "c01", who="sami")
    assert (again.status, again.json["result"], again.json["commit"]) == (200, "unchanged", None)
    assert int(again.headers["X-Commit"]) >= answer.json["commit"]


def test_a_rejected_claim_answers_nothing_over_http(reviewing: Reviewing) -> None:
    """No query, question, resource, claim list or search has it; taken back, it is there again."""
    version = reviewing.brought("silenced")
    commit = reviewing.decide("silenced", version, "reject", "c01", "c03").json["commit"]
    claims = "SELECT ?c { ?c a cg:Claim ; cg:report/dcterms:identifier 'silenced' }"
    wish = {"min-commit": commit}
    found = reviewing.service.send("GET", address("/sparql", query=claims, **wish), headers={"Accept": "text/csv"}).text.split()
    assert [iri.rpartition("/")[2] for iri in found[1:]] == ["c02"]
    answered = reviewing.service.send("GET", address("/api/questions/own-voice", **wish)).text
    assert ("silenced/c02" in answered, "silenced/c01" in answered) == (True, False)
    assert reviewing.service.send("GET", address("/id/silenced/c01", **wish), headers={"Accept": "text/turtle"}).status == 404
    archived = reviewing.service.send("GET", address(f"/id/v/{version}/silenced/c01", **wish), headers={"Accept": "text/turtle"})
    assert all(word in archived.text for word in ("review-rejected", "dana", WHY))
    assert "silenced/c01" not in reviewing.service.send("GET", address("/api/review", report="silenced", **wish)).text
    commit = reviewing.decide("silenced", version, "reopen", "c01", who="sami").json["commit"]
    assert reviewing.service.send("GET", address("/id/silenced/c01", **{"min-commit": commit}), headers={"Accept": "text/turtle"}).status in (
        200,
        303,
    )
    assert reviewing.states("silenced", commit) == {"c01": "candidate", "c02": "candidate", "c03": "rejected"}


def test_an_edit_makes_a_version(reviewing: Reviewing) -> None:
    """201 with where it is; the claim says who edited it, and the others keep what was decided on them."""
    version = reviewing.brought("corrected")
    reviewing.decide("corrected", version, "accept", "c02")
    claim = {"start": 0, "end": 3, "quote": "قال", "chain": [{"agent": "@publisher"}], "polarity": "denies", "certainty": "certain"}
    edited = {**claim, "event": {"type": "escape", "targets": ["isis"]}}
    answer = reviewing.decide("corrected", version, "edit", "c01", claim=edited)
    assert answer.status == 201, answer.text
    assert answer.headers["Location"] == f"/id/v/{answer.json['version']}/corrected"
    assert answer.json["version"] != version
    value = reviewing.service.send("GET", address("/reports/corrected.json", **{"min-commit": answer.json["commit"]})).json
    assert {one["id"]: one["review"] for one in value["claims"]} == {"c01": "edited", "c02": "accepted", "c03": "candidate"}
    assert (value["claims"][0]["quote"], value["report"]["revises"]) == ("قال", version)
    refused(reviewing.decide("corrected", version, "accept", "c03"), 409, "version-conflict")
    broken = reviewing.decide("corrected", answer.json["version"], "edit", "c01", claim={**edited, "quote": "نفى"})
    assert (broken.status, broken.json["code"], broken.json["findings"][0]["shape"].rpartition("#")[2]) == (422, "refused", "SpanReproducesText")
    unknown = reviewing.decide("corrected", answer.json["version"], "edit", "c01", claim={**edited, "incident": "no-such"})
    refused(unknown, 422, "unknown-key")


def test_two_reviewers_at_once(reviewing: Reviewing, claimgraph: Run) -> None:
    """Of an acceptance and a rejection that are sent together one is taken, the other is told who was first; nothing is lost."""
    version = reviewing.brought("contested")
    with ThreadPoolExecutor(8) as pool:
        sent = [(do, who) for do, who in (("accept", "dana"), ("reject", "sami")) for _ in range(4)]
        answers = list(pool.map(lambda one: reviewing.decide("contested", version, one[0], "c01", who=one[1]), sent))
    taken = [answer for answer in answers if answer.status == 200 and answer.json["result"] == "committed"]
    assert len(taken) == 1
    assert {answer.status for answer in answers} == {200, 409}
    assert {answer.json["code"] for answer in answers if answer.status == 409} == {"decided-otherwise"}
    assert len([one for one in history(reviewing.data, claimgraph, "contested") if one["kind"] == "review"]) == 1


@pytest.mark.parametrize(("who", "status", "code"), [("writer", 403, "not-allowed"), ("reader", 403, "not-allowed"), (None, 401, "not-signed-in")])
def test_deciding_takes_its_own_scope(reviewing: Reviewing, who: str | None, status: int, code: str) -> None:
    """Neither reading nor writing is reviewing; and a token that may only review may nothing else."""
    headers = bearer(reviewing.tokens[who]) if who else {}
    body = {"report": FIRST, "version": "0" * 12, "decision": "accept", "claims": ["c01"], "why": WHY}
    refused(reviewing.send(body, headers), status, code)
    refused(
        reviewing.service.send("POST", "/api/reports", b"{}", {"Content-Type": "application/json", **bearer(reviewing.tokens["sami"])}),
        403,
        "not-allowed",
    )


VALID = {"report": FIRST, "version": "0" * 12, "decision": "accept", "claims": ["c01"], "why": WHY}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (b"\xff", 422),
        (b"[" * 100_000, 422),
        ({}, 422),
        ({**VALID, "more": 1}, 422),
        ({**VALID, "why": ""}, 422),
        ({**VALID, "why": "س" * 2001}, 422),
        ({**VALID, "why": "a\0b"}, 422),
        (json.dumps(VALID).replace(json.dumps(WHY), '"\\ud800"').encode(), 422),
        ({**VALID, "claims": []}, 422),
        ({**VALID, "claims": "c01"}, 422),
        ({**VALID, "claims": ["../c01"]}, 422),
        ({**VALID, "claims": ["c01"] * 5001}, 422),
        ({**VALID, "decision": "delete"}, 422),
        ({**VALID, "decision": "edit"}, 422),
        ({**VALID, "claim": {}}, 422),
        ({**VALID, "version": "0"}, 422),
        ({**VALID, "report": "nothing"}, 404),
        (VALID, 409),
    ],
    ids=str,
)
def test_what_is_no_decision(reviewing: Reviewing, claimgraph: Run, body: Any, status: int) -> None:
    """Broken, foreign, too large, of a report or version that is not there: told, and nothing is written."""
    before = len(history(reviewing.data, claimgraph))
    answer = reviewing.send(body, bearer(reviewing.tokens["dana"]))
    assert (answer.status, answer.media_type) == (status, "application/problem+json"), answer.text[:500]
    assert len(history(reviewing.data, claimgraph)) == before


def test_a_body_that_is_too_large_is_not_read(reviewing: Reviewing) -> None:
    """It is refused by what it is said to be."""
    head = f"POST /api/review HTTP/1.1\r\nHost: {reviewing.service.host}:{reviewing.service.port}\r\nContent-Type: application/json\r\n"
    head += f"Authorization: Bearer {reviewing.tokens['dana']}\r\nContent-Length: {2 << 20}\r\n\r\n"
    refused(raw(reviewing.service, head.encode(), "POST"), 413, "too-large")


def test_another_type_or_parameter_is_refused(reviewing: Reviewing) -> None:
    """A form is no decision here: pages of other sites could send one."""
    token = bearer(reviewing.tokens["dana"])
    form = reviewing.service.send("POST", "/api/review", b"report=a", {"Content-Type": "application/x-www-form-urlencoded", **token})
    refused(form, 415, "wrong-media-type")
    refused(reviewing.service.send("POST", "/api/review?why=x", b"{}", {"Content-Type": "application/json", **token}), 400, "bad-parameter")


def test_after_all_that_the_store_is_sound(reviewing: Reviewing, claimgraph: Run) -> None:
    """Every decision is signed, and the index says what the archive says."""
    assert sound(reviewing.data, claimgraph) > 4
