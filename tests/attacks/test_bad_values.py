"""Bad values: numbers that are none, offsets inside letters, chains in circles, names that meet. What JSON alone can do wrong is in ``tests/cli``."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from claimgraph.model.canonical import rdf_text
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.model.to_quads import to_quads
from claimgraph.store.reference import Reference
from running import Run, digest, small, written

CG = "https://w3id.org/claimgraph/ontology#"
OA = "http://www.w3.org/ns/oa#"
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def triples(base: Base, reference: Reference) -> list[str]:
    """A report of ours with two mouths and a number, a statement a line."""
    value = small("قال متحدث إن نحو مئتي سجين فرّوا.", published="2022-01-31")
    claim = value["claims"][0]
    claim["chain"] += [{"agent": "alhal-net"}, {"anonymous": "x", "surface": "متحدث", "kind": "anonymous", "start": 4, "end": 9}]
    claim["event"]["quantity"] = {"min": 200, "max": 200, "approximate": True, "of": "detainees", "counted": ["isis"], "wording": "نحو مئتي"}
    claim["event"]["time"] = "2022-01-20"
    claim["confidence"] = 0.5
    return rdf_text((quad.triple for quad in to_quads(document_of(value), base, reference.entities).quads), RdfFormat.N_TRIPLES).splitlines()


def integer(text: str) -> str:
    """A literal that says it is a number."""
    return f'"{text}"^^<{XSD}integer>'


# What one statement's value becomes, by property.
VALUES = [
    (f"{OA}start", integer("abc")),
    (f"{OA}start", integer("-1")),
    (f"{OA}start", integer("+0")),
    (f"{OA}start", integer("00")),
    (f"{OA}start", integer("٠")),
    (f"{OA}start", integer("9" * 4_000)),
    (f"{OA}start", integer("99999999999999999999")),
    (f"{OA}start", '"0"'),
    (f"{OA}start", f'"0.0"^^<{XSD}decimal>'),
    (f"{OA}start", f'"0"^^<{XSD}byte>'),
    (f"{CG}minimum", integer("1e2")),
    (f"{CG}minimum", integer("1000000000001")),
    (f"{CG}minimum", f'"NaN"^^<{XSD}double>'),
    (f"{CG}approximate", f'"1"^^<{XSD}boolean>'),
    (f"{CG}approximate", f'"TRUE"^^<{XSD}boolean>'),
    (f"{CG}approximate", '"true"'),
    (f"{CG}confidence", f'"0.50"^^<{XSD}decimal>'),
    (f"{CG}confidence", f'"INF"^^<{XSD}double>'),
    (f"{CG}confidence", f'"1e999"^^<{XSD}double>'),
    (f"{CG}firstDay", f'"2022-02-30"^^<{XSD}date>'),
    (f"{CG}firstDay", f'"2022-01-19"^^<{XSD}date>'),
    (f"{CG}firstDay", f'"2022-01-20Z"^^<{XSD}date>'),
    (f"{CG}firstDay", '"2022-01-20"'),
    (f"{CG}characters", integer("999")),
    (f"{CG}sha256", '"' + "0" * 64 + '"'),
    (f"{CG}text", '"another text"'),
    (f"{CG}text", '"قال متحدث إن نحو مئتي سجين فرّوا."@ar'),
    (f"{CG}polarity", f"<{CG}certainty-certain>"),
    (f"{CG}polarity", '"affirms"'),
    (f"{CG}polarity", "<http://example.org/affirms>"),
    (f"{CG}eventType", f"<{CG}event-flight>"),
    (f"{CG}claimant", "<https://w3id.org/claimgraph/id/sdf>"),
    (f"{CG}incident", "<https://w3id.org/claimgraph/id/sdf>"),
    (f"{CG}incident", "<https://w3id.org/claimgraph/id/nothing>"),
    ("http://purl.org/dc/terms/identifier", '"other"'),
    ("http://www.w3.org/ns/prov#specializationOf", "<https://w3id.org/claimgraph/id/other>"),
]


def spoilt(triples: list[str], predicate: str, value: str) -> tuple[str, int]:
    """The report with another value for a property, and the line of it."""
    number = next(n for n, line in enumerate(triples) if f" <{predicate}> " in line)
    subject = triples[number].split(" ")[0]
    return "\n".join([*triples[:number], f"{subject} <{predicate}> {value} .", *triples[number + 1 :]]) + "\n", number + 1


@pytest.mark.parametrize(("predicate", "value"), VALUES, ids=[f"{p.split('#')[-1].split('/')[-1]} {v[:30]}" for p, v in VALUES])
def test_a_value_that_is_none_of_ours(claimgraph: Run, sampled: Path, triples: list[str], predicate: str, value: str) -> None:
    """A value of another form, kind or thing is refused with the line it stands on, or with what it makes wrong; nothing is rounded to fit."""
    text, line = spoilt(triples, predicate, value)
    Path("bad.nt").write_text(text, encoding="utf-8")
    said = claimgraph("--data", sampled, "validate", "bad.nt")
    assert said.code == 1
    assert re.search(rf"line {line}\b|claims\[0\]|report\b|identifier", said.out)
    assert "Infinity" not in said.out


def test_the_report_that_is_spoilt_is_good(claimgraph: Run, sampled: Path, triples: list[str]) -> None:
    """What the values above are put into passes as it is, in any order of lines."""
    for lines in (triples, triples[::-1], sorted(triples)):
        Path("good.nt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        assert claimgraph("--data", sampled, "validate", "good.nt").code == 0


@pytest.mark.parametrize(("relaying", "relayed"), [(1, 1), (2, 1), (3, 1), (3, 2), (3, 3)])
def test_chains_in_circles(claimgraph: Run, sampled: Path, triples: list[str], relaying: int, relayed: int) -> None:
    """A mouth that relays an earlier one, or itself, is refused; nobody walks in circles."""
    hop = next(line.split(" ")[0] for line in triples if "#hop-1>" in line.split(" ")[0])[:-2]
    Path("bad.nt").write_text("\n".join([*triples, f"{hop}{relaying}> <{CG}relays> {hop}{relayed}> ."]) + "\n", encoding="utf-8")
    said = claimgraph("--data", sampled, "validate", "bad.nt")
    assert said.code == 1
    assert f"line {len(triples) + 1}: " in said.out


def test_claims_that_repeat_in_circles(claimgraph: Run, sampled: Path) -> None:
    """Two claims that repeat each other are refused."""
    value = small()
    value["claims"].append({**value["claims"][0], "id": "c02", "repeats": "c01"})
    assert claimgraph("--data", sampled, "validate", written(Path("in.json"), value)).code == 0
    value["claims"][0]["repeats"] = "c02"
    said = claimgraph("--data", sampled, "validate", written(Path("in.json"), value))
    assert said.code == 1
    assert "RepeatsWithoutCycles" in said.out


@pytest.mark.parametrize(("start", "end"), [(1, 2), (0, 1), (2, 3), (1, 3)])
def test_a_letter_beyond_the_plane_is_one_letter(claimgraph: Run, sampled: Path, start: int, end: int) -> None:
    """No offset can stand inside a surrogate pair: what others count as two units is one, and a half is no text."""
    text = "a😀b"
    value = small(text)
    value["claims"][0] |= {"start": start, "end": end, "quote": text[start:end]}
    assert claimgraph("--data", sampled, "validate", written(Path("in.json"), value)).code == 0
    half = text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le", errors="surrogatepass")
    value["claims"][0]["quote"] = half
    Path("in.json").write_text(json.dumps(value), encoding="utf-8")
    assert claimgraph("--data", sampled, "validate", "in.json").code == (0 if half == text[start:end] else 1)


def test_names_of_two_reports_never_meet(claimgraph: Run) -> None:
    """The same labels, names and claim ids in two reports are different things; so are a source, a name and a claim of one word."""
    for number in (1, 2):
        value = small(f"قال متحدث رقم {number}", f"report-{number}")
        claim = value["claims"][0]
        claim["id"] = "source"
        claim["chain"].append({"anonymous": "source", "surface": "متحدث", "kind": "anonymous"})
        value["claims"].append({**claim, "id": "name", "chain": [{"agent": "@publisher"}, {"named": "source"}]})
        value["claims"].append(
            {**claim, "id": "c", "chain": [{"agent": "@publisher"}, {"anonymous": "@publisher", "surface": "x", "kind": "anonymous"}]}
        )
        value["claims"].append(
            {**claim, "id": "hop-1", "chain": [{"agent": "@publisher"}, {"anonymous": "a/b#c", "surface": "x", "kind": "anonymous"}]}
        )
        said = claimgraph("ingest", written(Path("in.json"), value))
        assert said.code == 0, said.out
    origins = {row["origin"]: row["claims"] for row in claimgraph("ask", "claims-per-origin", "--format", "json").json}
    assert sorted(origins.values()) == [1] * 8
    assert len({re.sub("v/[0-9a-f]{12}/report-[12]/", "", origin) for origin in origins}) == 4
    assert claimgraph("verify").code == 0
    Path("back.nq").write_text(claimgraph("export", "--format", "nquads").out, encoding="utf-8")
    assert claimgraph("ingest", "back.nq").out.count("= unchanged") == 2


def test_a_report_of_ours_cannot_write_elsewhere(claimgraph: Run, store: Path, base: Base) -> None:
    """Reports of several versions, other reports' claims and the store's own graphs in one file: only what is one report's own comes in."""
    everything = claimgraph("--data", store, "export", "--everything", "--format", "nquads").out
    Path("all.nq").write_text(everything, encoding="utf-8")
    before = digest(store)["archive.sqlite3"]
    said = claimgraph("--data", store, "ingest", "all.nq")
    assert said.code == 1
    assert digest(store)["archive.sqlite3"] == before
    assert {quad.graph_name for quad in parse(everything, format=RdfFormat.N_QUADS)} > {base.reference, base.commits}


@pytest.mark.parametrize(
    "report_id", ["graph", "v", "commit", "reference", "civilians", "sinaa-2022-01", "index", "con", "nul", "...", "-x", "a" * 129]
)
def test_ids_that_mean_something_else(claimgraph: Run, report_id: str) -> None:
    """An id that is an entity's key, or no id, is refused; one that only looks like a path of ours stays apart from it."""
    said = claimgraph("ingest", written(Path("in.json"), small(report_id=report_id)))
    taken = report_id in ("civilians", "sinaa-2022-01") or not re.fullmatch("[A-Za-z0-9][A-Za-z0-9._-]{0,127}", report_id)
    assert said.code == (1 if taken else 0)
    assert claimgraph("verify").code == 0
    assert claimgraph("show", "civilians", "--format", "json").json[0]["subject"].endswith("/civilians")
