"""claimgraph review: what waits, by report and by confidence; what is decided, by whom and why; what is refused."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from requesting import history, sound
from reviewing import FIRST, SECOND
from running import Run, Said, acts_on_the_terminal, written
from serving import Serving

WHY = "قرأت النص"


@pytest.fixture
def review(claimgraph: Run, waiting: Path) -> Run:
    """A function that runs ``claimgraph review …`` on a store of candidates, as dana; the options come behind a command's name."""

    def run(*arguments: object) -> Said:
        behind = ("--data", waiting) if not arguments or str(arguments[0]).startswith("-") else ("--data", waiting, "--as", "dana")
        return claimgraph("review", *arguments, *behind)

    return run


def claims(said: Said) -> list[str]:
    """The claims of a list, in its order."""
    return [f"{row['report']}/{row['claim']}" for row in said.json["candidates"]]


def test_what_waits_is_listed(review: Run) -> None:
    """All candidates and nothing else, report by report in the order of their claims, the same in each form."""
    listed = review("--format", "json")
    found = claims(listed)
    assert found == sorted(found)
    assert {name.partition("/")[0] for name in found} == {FIRST, SECOND}
    assert (listed.json["total"], listed.json["next"]) == (len(found), None)
    table = list(csv.DictReader(io.StringIO(review("--format", "csv").out, newline="")))
    assert [f"{row['report']}/{row['claim']}" for row in table] == found
    assert {row["iri"] for row in table} == {row["iri"] for row in listed.json["candidates"]}
    people = review()
    assert [name for name in found if name in people.out] == found
    assert f"{len(found)} candidates" in people.err
    assert acts_on_the_terminal(people.out) == []


def test_by_confidence_and_within_bounds(review: Run) -> None:
    """The most confident first, those that tell none last; bounds leave these out, and one report leaves the others out."""
    listed = review("--by", "confidence", "--format", "json").json["candidates"]
    sure = [-1 if row["confidence"] is None else row["confidence"] for row in listed]
    assert sure == sorted(sure, reverse=True)
    assert {0.95, 0.75, 0.5, -1} == set(sure)
    bounded = review("--least", "0.6", "--most", "0.9", "--report", FIRST, "--format", "json").json
    assert {(row["confidence"], row["report"]) for row in bounded["candidates"]} == {(0.75, FIRST)}
    assert bounded["total"] == len(bounded["candidates"]) > 0


@pytest.mark.parametrize("by", ["report", "confidence"])
def test_a_list_goes_on_behind_its_last_row(review: Run, by: str) -> None:
    """Page by page the whole list, also where claims of the page before were decided on meanwhile."""
    whole = claims(review("--by", by, "--format", "json"))
    found, cursor = [], None
    while True:
        page = review("--by", by, "--limit", 3, *(("--cursor", cursor) if cursor else ()), "--format", "json")
        found += claims(page)
        cursor = page.json["next"]
        if cursor is None:
            break
        review("accept", found[-1], "--why", WHY)
    assert found == whole


def test_decisions_are_commits_of_the_one_who_decides(review: Run, claimgraph: Run, waiting: Path) -> None:
    """Several at once, one commit for each report, with who and why; show and history tell it, and the version stays."""
    before = {row["report"]: row["version"] for row in review("--format", "json").json["candidates"]}
    said = review("accept", f"{FIRST}/c01", f"{FIRST}/c02", f"{SECOND}/c01", "--why", WHY)
    assert (said.code, said.out.count("✓ accepted")) == (0, 3)
    commits = history(waiting, claimgraph)[:2]
    assert {(c["kind"], c["agent"], c["reason"], c["subject"]) for c in commits} == {("review", "dana", WHY, f"{before[r]}/{r}") for r in before}
    shown = claimgraph("show", f"{FIRST}/c01", "--data", waiting)
    assert all(word in shown.out for word in ("review-accepted", "dana", WHY))
    assert history(waiting, claimgraph, FIRST)[0]["kind"] == "review"
    assert sound(waiting, claimgraph) > 0


def test_a_rejected_claim_answers_nothing(review: Run, claimgraph: Run, waiting: Path) -> None:
    """No question, count, show or query knows it; show says who rejected it and why, and export still has it. Taken back, it answers again."""

    def known() -> list[bool]:
        answered = claimgraph("ask", "claims-by", "--param", "claimant=sdf", "--format", "json", "--data", waiting).out
        counted = claimgraph("query", "SELECT ?c { ?c a cg:Claim }", "--format", "csv", "--data", waiting).out
        return [f"{FIRST}/c04" in answered, f"{FIRST}/c04" in counted]

    assert known() == [True, True]
    assert review("reject", f"{FIRST}/c04", "--why", WHY).code == 0
    assert known() == [False, False]
    assert not any(name.endswith(f"{FIRST}/c04") for name in claims(review("--format", "json")))
    said = claimgraph("show", f"{FIRST}/c04", "--data", waiting)
    assert said.code == 2
    assert all(word in said.sentence for word in ("rejected", "dana", WHY))
    (document,) = map(json.loads, claimgraph("export", FIRST, "--data", waiting).out.splitlines())
    (claim,) = [claim for claim in document["claims"] if claim["id"] == "c04"]
    assert (claim["review"]["state"], claim["review"]["by"], claim["review"]["why"]) == ("rejected", "dana", WHY)
    assert claimgraph("reindex", "--data", waiting).code == 0
    assert known() == [False, False]
    assert review("reopen", f"{FIRST}/c04", "--why", WHY).code == 0
    assert known() == [True, True]


def test_many_at_once_are_counted_first(review: Run, claimgraph: Run, waiting: Path) -> None:
    """What --report, --least and --most choose is decided on only with --yes; before, it is said how much that is."""
    said = review("reject", "--report", FIRST, "--least", "0.7", "--why", WHY)
    chosen = claims(review("--report", FIRST, "--least", "0.7", "--format", "json"))
    assert said.code == 2
    assert f"reject {len(chosen)} candidates of 1 report" in said.sentence
    assert len(history(waiting, claimgraph)) == 4
    done = review("reject", "--report", FIRST, "--least", "0.7", "--why", WHY, "--yes", "--format", "json")
    ((entry,), left) = done.json, claims(review("--format", "json"))
    assert [f"{FIRST}/{claim}" for claim in entry["claims"]] == chosen
    assert not set(left) & set(chosen)
    assert len(history(waiting, claimgraph)) == 5


def test_an_edit_is_a_new_version(review: Run, claimgraph: Run, waiting: Path) -> None:
    """Field by field, the quotation following from its place; the claim says that it was edited, and by whom."""
    (row,) = [r for r in review("--format", "json").json["candidates"] if (r["report"], r["claim"]) == (FIRST, "c04")]
    (document,) = map(json.loads, claimgraph("export", FIRST, "--data", waiting).out.splitlines())
    (claim,) = [one for one in document["claims"] if one["id"] == "c04"]
    text, end = document["report"]["text"], claim["end"] - 3
    fields = ("--set", "polarity=affirms", "--set", "event.status=planned", "--set", f"end={end}", "--set", "incident=null")
    said = review("edit", f"{FIRST}/c04", *fields, "--why", WHY, "--format", "json")
    assert (said.code, said.json[0]["result"]) == (0, "committed")
    assert said.json[0]["version"] != row["version"]
    (document,) = map(json.loads, claimgraph("export", FIRST, "--data", waiting).out.splitlines())
    (edited,) = [one for one in document["claims"] if one["id"] == "c04"]
    assert (edited["polarity"], edited["event"]["status"], edited["incident"]) == ("affirms", "planned", None)
    assert edited["quote"] == text[claim["start"] : end]
    assert (edited["review"]["state"], edited["review"]["by"], document["report"]["revises"]) == ("edited", "dana", row["version"])
    file = written(waiting.parent / "claim.json", {**claim, "certainty": "possible"})
    assert review("edit", f"{FIRST}/c04", "--from", file, "--why", WHY).code == 0
    assert sound(waiting, claimgraph) == 6


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["accept", f"{FIRST}/c01"], 2, "--why"),
        (["accept", "--why", WHY], 2, "one of the two"),
        (["accept", f"{FIRST}/c01", "--report", FIRST, "--why", WHY], 2, "one of the two"),
        (["accept", "c01", "--why", WHY], 2, "names no claim"),
        (["accept", "nothing/c01", "--why", WHY], 2, "no report 'nothing'"),
        (["accept", f"{FIRST}/c99", "--why", WHY], 2, "no claim 'c99'"),
        (["accept", f"000000000000/{FIRST}/c01", "--why", WHY], 1, "made on version 000000000000"),
        (["accept", f"{FIRST}/c01", "--why", " "], 1, "Say why"),
        (["accept", f"{FIRST}/c01", "--why", WHY, "--format", "csv"], 2, "table or json"),
        (["accept", "--least", "2", "--why", WHY], 2, "from 0 to 1"),
        (["accept", "--report", "a b", "--why", WHY], 2, "no id of a report"),
        (["edit", f"{FIRST}/c01", "--why", WHY], 2, "what shall be otherwise"),
        (["edit", f"{FIRST}/c01", "--why", WHY, "--set", "polarity"], 2, "sets nothing"),
        (["edit", f"{FIRST}/c01", "--why", WHY, "--set", "polarity=maybe"], 1, "'maybe' is none of"),
        (["edit", f"{FIRST}/c01", "--why", WHY, "--set", "chain[9].verb=x"], 1, "leads nowhere"),
        (["edit", f"{FIRST}/c01", "--why", WHY, "--set", "Polarity=affirms"], 1, "names no field"),
        (["edit", f"{FIRST}/c01", "--why", WHY, "--set", "event={"], 1, "is no JSON"),
        (["edit", f"{FIRST}/c01", "--why", WHY, "--set", "polarity=affirms"], 1, "leaves claim c01 as it is"),
        (["edit", f"{FIRST}/c99", "--why", WHY, "--set", "polarity=affirms"], 2, "no claim"),
        (["edit", f"{FIRST}/c01", "--why", WHY, "--set", "incident=no-such"], 1, "no-such"),
        (["--cursor", "0.5;DROP"], 2, "cursor is none"),
        (["--by", "age"], 2, "is no order"),
        (["--format", "turtle"], 2, "table, json or csv"),
    ],
)
def test_what_is_off_is_told_and_nothing_is_written(
    review: Run, claimgraph: Run, waiting: Path, arguments: list[str], code: int, sentence: str
) -> None:
    """Each with a sentence that says what to do."""
    said = review(*arguments)
    assert said.code == code
    assert sentence in said.err
    assert len(history(waiting, claimgraph)) == 4


def test_options_before_the_decision_are_not_lost(claimgraph: Run, waiting: Path) -> None:
    """What is said before the decision would be of the list: it is refused, not passed over."""
    said = claimgraph("review", "--report", FIRST, "accept", f"{SECOND}/c01", "--why", WHY, "--data", waiting)
    assert (said.code, "written behind it" in said.err) == (2, True)


def test_an_edit_that_the_shapes_refuse_says_why(review: Run, claimgraph: Run, waiting: Path) -> None:
    """What they found is told in both languages, and the version that stood stands."""
    said = review("edit", f"{FIRST}/c01", "--set", "quote=ليس في النص", "--why", WHY)
    assert said.code == 1
    assert "SpanReproducesText" in said.out
    assert len(history(waiting, claimgraph)) == 4


def test_a_refusal_among_many_stops_none_of_the_others(review: Run) -> None:
    """Reports are decided on each for itself: what cannot be decided is told, the rest is done."""
    review("accept", f"{FIRST}/c01", "--why", WHY)
    said = review("reject", f"{FIRST}/c01", f"{SECOND}/c01", "--why", WHY, "--format", "json")
    entries: dict[str, Any] = {entry["report"]: entry for entry in said.json}
    assert said.code == 1
    assert (entries[FIRST]["code"], entries[SECOND]["result"]) == ("decided-otherwise", "committed")
    people = review("reject", f"{FIRST}/c01", f"{SECOND}/c02", "--why", WHY)
    assert ("✗ refused" in people.out, "✓ rejected" in people.out) == (True, True)


def test_it_goes_through_the_service_that_runs(review: Run, waiting: Path, claimgraph: Run, serving: Serving) -> None:
    """While a service holds the folder, its writer takes the decisions, edits too, and refuses what it would refuse."""
    running = serving(data=waiting)
    assert review("reject", f"{FIRST}/c04", "--why", WHY).code == 0
    assert review("edit", f"{FIRST}/c02", "--set", "polarity=denies", "--why", WHY).code == 0
    assert review("accept", f"{FIRST}/c04", "--why", WHY).code == 1
    refused = review("edit", f"{FIRST}/c01", "--set", "quote=ليس في النص", "--why", WHY)
    assert (refused.code, "SpanReproducesText" in refused.out) == (1, True)
    assert [commit["kind"] for commit in history(waiting, claimgraph)[:2]] == ["report", "review"]
    assert (
        running.send("GET", f"/api/questions/claims-by?claimant=sdf&min-commit={len(history(waiting, claimgraph))}").text.count(f"{FIRST}/c04") == 0
    )
