"""Input that kills parsers and engines: it ends in one sentence, nothing is written, and the same process goes on answering.

What queries alone can do is in ``tests/ask/test_query.py``.
"""

from __future__ import annotations

import json
import multiprocessing
import time
from pathlib import Path
from typing import Any

import pytest

from claimgraph.model.limits import LIMITS
from running import Run, digest, small, start, written

DEEP = 100_000
RDF = {
    "triple terms in Turtle": ("ttl", "<x:a> <x:b> " + "<<( <x:a> <x:b> " * DEEP),
    "triple terms, closed": ("ttl", "<x:a> <x:b> " + "<<( <x:a> <x:b> " * DEEP + "<x:c>" + " )>>" * DEEP + " ."),
    "triple terms in TriG": ("trig", "<x:g> { <x:a> <x:b> " + "<<( <x:a> <x:b> " * DEEP + "<x:c>" + " )>>" * DEEP + " }"),
    "triple terms in N-Triples": ("nt", "<x:a> <x:b> " + "<<( <x:a> <x:b> " * DEEP + "<x:c>" + " )>>" * DEEP + " ."),
    "triple terms in N-Quads": ("nq", "<x:a> <x:b> " + "<<( <x:a> <x:b> " * DEEP + "<x:c>" + " )>>" * DEEP + " <x:g> ."),
    "reified triples": ("ttl", "<< " * DEEP),
    "blank nodes": ("ttl", "<x:a> <x:b> " + "[ <x:b> " * DEEP),
    "open graphs": ("trig", "<x:g> { " * DEEP),
    "a line without an end": ("nt", "<x:" + "a" * 20_000_000),
    "an endless string": ("ttl", '<x:a> <x:b> """' + '\\"' * 1_000_000),
    "prefixes of prefixes": ("ttl", "".join(f"@prefix p{n}: <x:{n}> .\n" for n in range(50_000)) + "p1:a p2:b p3:"),
}  # fmt: skip
JSON = {
    "lists": "[" * DEEP,
    "lists, closed": "[" * DEEP + "]" * DEEP,
    "objects": '{"report":' * DEEP + "1" + "}" * DEEP,
    "a string without an end": '{"report": "' + "a" * 20_000_000,
    "a number without an end": '{"report": ' + "1" * 1_000_000 + "}",
    "a fraction without an end": '{"report": 0.' + "1" * 1_000_000 + "}",
    "an exponent": '{"report": 1e' + "9" * 1_000 + "}",
    "escapes": '{"report": "' + "\\u0000" * 1_000_000 + '"}',
    "many keys": "{" + ",".join(f'"k{n}": {n}' for n in range(200_000)) + "}",
}


def refused_in_time(claimgraph: Run, sampled: Path, name: str, text: str, seconds: float = 20) -> None:
    """Whether a file is refused in few lines and little time, and the process lives on with the store as it was."""
    Path(name).write_text(text, encoding="utf-8")
    before, began = digest(sampled), time.monotonic()
    said = claimgraph("--data", sampled, "validate", name)
    assert time.monotonic() - began < seconds
    assert said.code == 1
    assert said.out.startswith(f"✗ refused  {name}\n")
    assert 3 <= len(said.out.splitlines()) <= 103
    assert len(said.out) < 120_000
    assert said.err == ""
    assert digest(sampled) == before
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("name", RDF)
def test_rdf_that_kills_parsers(claimgraph: Run, sampled: Path, name: str) -> None:
    """Deep, long and endless RDF is refused in every syntax."""
    suffix, text = RDF[name]
    refused_in_time(claimgraph, sampled, f"bad.{suffix}", text)


@pytest.mark.parametrize("name", JSON)
def test_json_that_kills_parsers(claimgraph: Run, sampled: Path, name: str) -> None:
    """Deep, long and endless JSON is refused."""
    refused_in_time(claimgraph, sampled, "bad.json", JSON[name])


def test_a_killer_does_not_cost_the_others(claimgraph: Run) -> None:
    """In one run the good reports before and after a deadly file go in."""
    written(Path("1.json"), small("نص أول", "one"))
    Path("2.ttl").write_text(RDF["triple terms, closed"][1])
    Path("3.json").write_text(JSON["lists"])
    written(Path("4.json"), small("نص ثان", "two"))
    found = claimgraph("ingest", ".", "--format", "json")
    assert [(entry["source"], entry["result"]) for entry in found.json] == [
        ("1.json", "committed"),
        ("2.ttl", "refused"),
        ("3.json", "refused"),
        ("4.json", "committed"),
    ]
    assert claimgraph("verify").code == 0


def test_reading_rdf_has_a_deadline_and_a_cap(claimgraph: Run, sampled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that takes too long or too much memory is stopped, with the name of the setting."""
    slow = "".join(f"<x:{n}> <x:b> <x:c> .\n" for n in range(200_000))
    monkeypatch.setitem(vars(LIMITS), "parse_seconds", 0.05)
    Path("slow.nt").write_text(slow)
    assert "took more than 0.05 s to read: split it (CLAIMGRAPH_PARSE_SECONDS)" in claimgraph("--data", sampled, "validate", "slow.nt").out
    assert multiprocessing.active_children() == []


def with_claim(**fields: Any) -> dict[str, Any]:
    """A document with other fields of its claim."""
    value = small()
    value["claims"][0] |= fields
    return value


LIMITED = {
    "a text of more than 2,000,000 letters": (small("ن" * 2_000_001), "report.text: string should have at most 2000000 characters"),
    "a quote of more than 20,000": (small("ن" * 20_001), "claims[0].quote: string should have at most 20000 characters"),
    "5,001 claims": ({**small(), "claims": small()["claims"] * 5_001}, "claims: "),
    "201 mouths": (with_claim(chain=[{"agent": "@publisher"}] * 201), "claims[0].chain: "),
    "201 actors": (with_claim(event={"type": "escape", "actors": [f"x {n}" for n in range(201)]}), "claims[0].event.actors: "),
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITED)
def test_more_than_any_report_has(claimgraph: Run, sampled: Path, name: str) -> None:
    """Lengths and numbers have limits; what is above them is refused with its place."""
    value, sentence = LIMITED[name]
    Path("bad.json").write_text(json.dumps(value))
    said = claimgraph("--data", sampled, "validate", "bad.json")
    assert said.code == 1
    assert any(line.strip().startswith(sentence) for line in said.out.splitlines()), said.out[:500]


def test_the_longest_report_is_fine(claimgraph: Run) -> None:
    """Two hundred mouths, five hundred claims and a text of a hundred thousand letters are no attack."""
    words = "قال متحدث إن أحداً لم يفر. " * 4_000
    value = small(words[:20_000], "long")
    value["report"]["text"] = words
    value["claims"][0]["chain"] += [{"named": f"متحدث {n}"} for n in range(199)]
    one = small("قال")["claims"][0]
    value["claims"] += [{**one, "id": f"c{n:03}", "start": 27 * n, "end": 27 * n + 3} for n in range(2, 500)]
    said = claimgraph("ingest", written(Path("long.json"), value))
    assert said.code == 0, said.out
    (row,) = (row for row in claimgraph("ask", "relayed-twice-or-more", "--format", "json").json if row["claim"].endswith("/c01"))
    assert [chain.rpartition("%20")[2] for chain in row["chain"][1:]] == [str(n) for n in range(199)]


def test_what_kills_an_engine_from_the_command_line(sampled: Path, tmp_path: Path) -> None:
    """A query that dies of its memory says so in one sentence: no word of the allocator, no backtrace, no dump."""
    everything = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f"
    process = start("--data", sampled, "query", everything, cwd=tmp_path, CLAIMGRAPH_WORKER_BYTES=str(600 << 20), PYTHONFAULTHANDLER="1")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out == b""
    assert err.decode().splitlines() == [
        "claimgraph: The query took its process down (too deeply nested, or more memory than allowed): make it simpler or narrower."
    ]
