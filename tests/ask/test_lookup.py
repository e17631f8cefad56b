"""What people are shown for IRIs: names, claims on one line, and everything that is said of a thing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from claimgraph.ask.lookup import as_trig, claim_lines, describe, names, standing_version
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base, ReportName
from claimgraph.model.reading import document_of
from claimgraph.model.to_quads import to_quads
from claimgraph.store.commit import open_writer
from claimgraph.store.examine import Result
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference
from claimgraph.store.snapshots import Snapshot, reading
from running import small

ID = "https://w3id.org/claimgraph/id/"


@pytest.fixture(scope="module")
def snapshot(sampled: Path, base: Base) -> Iterator[Snapshot]:
    """The bundled samples."""
    with reading(Place(sampled), base.iri) as found:
        yield found


@pytest.fixture
def named(snapshot: Snapshot, base: Base) -> Callable[[str], ReportName]:
    """A function that gives the standing version of a sample."""

    def name(report_id: str) -> ReportName:
        node = standing_version(snapshot.path, base.series(report_id))
        assert node is not None
        return ReportName(node.value)

    return name


def test_the_standing_version_of_a_report(snapshot: Snapshot, base: Base) -> None:
    """A report is found by its id, a report that is not there is not, and an entity is none."""
    found = standing_version(snapshot.path, base.series("sample-01-sputnik-transfer"))
    assert found is not None
    assert re.fullmatch(rf"{ID}v/[0-9a-f]{{12}}/sample-01-sputnik-transfer", found.value)
    assert standing_version(snapshot.path, base.series("sample-01")) is None
    assert standing_version(snapshot.path, base.entity("sdf")) is None


@pytest.mark.parametrize(
    ("key", "language", "name"),
    [
        ("sdf", "en", "Syrian Democratic Forces (SDF)"),
        ("sdf", "ar", "قوات سوريا الديمقراطية"),
        ("sinaa-2022-01", "en", "Attack on al-Sina'a prison, Hasakah, January 2022"),
        ("civilians", "ar", "مدنيون"),
        ("nobody", "en", "nobody"),
    ],
)
def test_an_entity_has_a_name_in_both_languages(snapshot: Snapshot, key: str, language: str, name: str) -> None:
    """Names come in the language asked for; what has none is called by the end of its IRI."""
    assert names(snapshot.path, [ID + key], language) == {ID + key: name}


def test_a_source_without_a_name_is_called_by_the_reports_words(snapshot: Snapshot, named: Callable[[str], ReportName]) -> None:
    """Not the label of the document but the words for it stand there, in whatever language; the unknown publisher says that it is one."""
    report = named("sample-06-two-hundred")
    source, publisher = report.source("senior-us-official").value, report.unknown_publisher.value
    found = names(snapshot.path, [source, publisher], "en")
    assert re.search(r"[\u0621-\u064a]", found[source])
    assert found[publisher] == "the report's publisher"
    assert names(snapshot.path, [publisher], "ar")[publisher] == "ناشر التقرير"


def test_more_names_than_fit_in_a_query(snapshot: Snapshot) -> None:
    """Thousands of IRIs are looked up in parts, each once; none asked for is none given."""
    iris = [f"{ID}nobody-{n}" for n in range(1_200)] * 2 + [f"{ID}sdf"]
    found = names(snapshot.path, iris, "en")
    assert len(found) == 1_201
    assert found[f"{ID}sdf"] == "Syrian Democratic Forces (SDF)"
    assert names(snapshot.path, [], "en") == {}


def test_a_claim_on_one_line(snapshot: Snapshot, named: Callable[[str], ReportName], samples: dict[str, ClaimsDocument]) -> None:
    """A line names every mouth from the outermost to the origin, what it does to the proposition, how surely, and the words."""
    report, document = named("sample-10-how-many-left-en"), samples["sample-10-how-many-left-en"]
    lines = claim_lines(snapshot.path, [report.claim(claim.id).value for claim in document.claims], "en")
    assert len(lines) == len(document.claims)
    line = lines[report.claim("c02").value]
    assert line.speakers[:2] == ("Al-Hal Net", "The New York Times")
    assert line.speakers[2] == next(c for c in document.claims if c.id == "c02").chain[3].surface
    assert (line.polarity, line.certainty, line.report) == ("affirms", "probable", "sample-10-how-many-left-en")
    for claim in document.claims:
        line = lines[report.claim(claim.id).value]
        heard = max(1, len(claim.chain) - 1)  # the publisher is not known, and left out where others speak
        assert (line.quote, line.title, len(line.speakers)) == (claim.quote, document.report.title or "", heard)


def test_a_short_answer_cuts_no_chain(snapshot: Snapshot, named: Callable[[str], ReportName], monkeypatch: pytest.MonkeyPatch) -> None:
    """However few rows an answer may have, each claim in it is told whole: with all its mouths and their names."""
    claims = [named("sample-01-sputnik-transfer").claim(f"c{n:02}").value for n in range(1, 9)]
    whole = claim_lines(snapshot.path, claims, "en")
    monkeypatch.setitem(vars(LIMITS), "answer_rows", 1)
    assert claim_lines(snapshot.path, claims, "en") == whole
    assert len(whole) == 8


def test_what_is_no_claim_has_no_line(snapshot: Snapshot, named: Callable[[str], ReportName]) -> None:
    """Entities, reports and claims that are not there are left out."""
    report = named("sample-01-sputnik-transfer")
    assert claim_lines(snapshot.path, [f"{ID}sdf", report.iri, report.claim("c99").value], "en") == {}


def test_a_description_of_a_claim_is_all_that_hangs_on_it(
    snapshot: Snapshot, named: Callable[[str], ReportName], samples: dict[str, ClaimsDocument], base: Base, reference: Reference
) -> None:
    """Claim, hops, spans, content and quantity with all their statements and nothing of other claims; TriG keeps the graph of each."""
    report, document = named("sample-01-sputnik-transfer"), samples["sample-01-sputnik-transfer"]
    claim = report.claim("c02")
    own = {claim.value, *(claim.value + "#" + part for part in ("content", "quantity", "span", "hop-1"))}
    wanted = {q for q in to_quads(document, base, reference.entities, name=report).quads if q.subject.value.split("#")[0] == claim.value}  # type: ignore[union-attr]  # all are named
    found = set(parse(as_trig(describe(snapshot.path, claim)), format=RdfFormat.TRIG))
    assert found == wanted
    assert own <= {quad.subject.value for quad in found}  # type: ignore[union-attr]  # likewise


def test_a_description_of_an_entity_is_what_the_reference_graph_says(snapshot: Snapshot, base: Base) -> None:
    """Its names and types, in the reference graph; of what is not there, nothing."""
    rows = describe(snapshot.path, base.entity("sdf")).rows
    assert {row[0] for row in rows} == {base.reference}
    assert Literal("قسد", language="ar") in {row[3] for row in rows}
    assert describe(snapshot.path, base.entity("nobody")).rows == ()


def test_a_longest_chain_comes_in_order(place: Place, base: Base) -> None:
    """Twelve mouths are named in the order in which they speak, the tenth after the ninth."""
    value = small()
    value["claims"][0]["chain"] += [{"named": f"name {n}"} for n in range(2, 13)]
    with open_writer(place, base, "a test", "test") as writer:
        outcome = writer.commit(document_of(value))
    assert outcome.result is Result.COMMITTED
    with reading(place, base.iri) as found:
        (line,) = claim_lines(found.path, [outcome.mapped.name.claim("c01").value], "en").values()
    assert line.speakers == tuple(f"name {n}" for n in range(2, 13))


def test_iris_from_elsewhere_are_harmless(snapshot: Snapshot) -> None:
    """Any IRI may be looked up; it is called by its last word, which is text like any other."""
    odd = NamedNode("http://example.org/a%1B%5B31m%E2%80%AE").value
    assert names(snapshot.path, [odd], "en") == {odd: "a\x1b[31m\u202e"}
