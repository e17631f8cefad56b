"""Search over names and titles, however they are spelled."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pyoxigraph import Quad

from claimgraph.ask.report_lists import Listed
from claimgraph.ask.search import LONGEST, index_of, searched
from claimgraph.ask.worker import Worker
from claimgraph.model.errors import BadParameter
from claimgraph.model.names import Base
from claimgraph.model.vocabulary import DCTERMS
from claimgraph.store.reference import Reference, bundled

BASE = Base("https://w3id.org/claimgraph/id/")


@pytest.fixture
def worker() -> Worker:
    """A worker in this process."""
    return Worker(networked=True, filtered=False)


def found(worker: Worker, snapshot: str, sought: str, limit: int = 50) -> dict[str, Any]:
    """What a search gives."""
    _, body = searched(worker, {"snapshot": snapshot, "sought": sought, "limit": limit}, b"")
    value: dict[str, Any] = json.loads(body)
    return value


def keys(value: dict[str, Any], group: str = "entities") -> list[str]:
    """What is found in a group."""
    return [one.get("key") or one["id"] for one in value["groups"][group]["items"]]


@pytest.mark.parametrize(
    "sought",
    [
        "قوات سوريا الديمقراطية",
        "قسد",
        "قَسَد",
        "وقسد",
        "«قسد»",
        "Syrian Democratic Forces",
        "syrian DEMOCRATIC",
        "sdf",
        "قوات سورية الديموقراطية",
        "قـسـد",
    ],
)
def test_an_actor_is_found_however_it_is_written(worker: Worker, snapshot: str, sought: str) -> None:
    """By any of its names in either language, by its key, with diacritics, tatweel, quotation marks or a conjunction; and it comes first."""
    value = found(worker, snapshot, sought)
    assert keys(value)[0] == "sdf"
    first = value["groups"]["entities"]["items"][0]
    assert (first["name"]["ar"], first["name"]["en"]) == ("قوات سوريا الديمقراطية", "Syrian Democratic Forces (SDF)")
    assert all(first["kind"].values())


def test_the_name_it_was_found_by_is_told(worker: Worker, snapshot: str) -> None:
    """Where it is none of those that are shown."""
    assert found(worker, snapshot, "قسد")["groups"]["entities"]["items"][0]["also"] == "«قسد»"
    assert found(worker, snapshot, "قوات سوريا الديمقراطية")["groups"]["entities"]["items"][0]["also"] == ""


@pytest.mark.parametrize("sought", ["سجن الصناعة", "السجن", "بالسجن", "سجن الصناعه", "prison", "Sina'a"])
def test_facilities_and_incidents_are_found(worker: Worker, snapshot: str, sought: str) -> None:
    """With or without the article, and whatever is written together with it."""
    value = found(worker, snapshot, sought)
    assert "sinaa-prison" in keys(value)
    assert not value["near"]


def test_reports_are_found_by_title_and_id(worker: Worker, snapshot: str) -> None:
    """And told as the list tells them."""
    value = found(worker, snapshot, "sample-06-two-hundred")
    assert keys(value, "reports") == ["sample-06-two-hundred"]
    title = value["groups"]["reports"]["items"][0]["title"]
    assert "sample-06-two-hundred" in keys(found(worker, snapshot, title[:12]), "reports")


@pytest.mark.parametrize("sought", ["democrattic", "الديموقراطيه", "قوات سوريا الوهمية"])
def test_what_is_nearly_so_called_is_offered(worker: Worker, snapshot: str, sought: str) -> None:
    """And said to be near only: a letter off, or one word of several."""
    value = found(worker, snapshot, sought)
    assert "sdf" in keys(value)
    assert value["near"]


def test_what_is_only_near_goes_by_its_first_name(worker: Worker, snapshot: str) -> None:
    """No other name is said to have been found."""
    assert found(worker, snapshot, "democrattic")["groups"]["entities"]["items"][0]["also"] == ""


@pytest.mark.parametrize("sought", ["", " ", "...", "zzzzzzzz", "غغغغغغ", "\u202e\u200b", "؟", "%", "_"])
def test_nothing_is_found_for_nothing(worker: Worker, snapshot: str, sought: str) -> None:
    """Neither for what is no word nor for what nothing is called."""
    value = found(worker, snapshot, sought)
    assert value["total"] == 0
    assert all(group == {"total": 0, "items": []} for group in value["groups"].values())


def test_a_group_is_cut_and_says_so(worker: Worker, snapshot: str) -> None:
    """The total tells how many there are."""
    whole = found(worker, snapshot, "s")
    cut = found(worker, snapshot, "s", limit=2)
    assert cut["groups"]["entities"]["total"] == whole["groups"]["entities"]["total"] > 2
    assert keys(cut) == keys(whole)[:2]


def test_what_is_too_long_is_refused(worker: Worker, snapshot: str) -> None:
    """A name is shorter than that."""
    assert found(worker, snapshot, "س" * LONGEST)["total"] == 0
    with pytest.raises(BadParameter, match="search for"):
        found(worker, snapshot, "س" * (LONGEST + 1))


def test_the_newest_of_many_comes_first() -> None:
    """Among ten thousand titles the one sought is found by its number; of those that are called alike the newest stands first."""
    words = ["هروب", "سجناء", "من", "سجن", "في", "الحسكة", "بعد", "هجوم", "داعش", "على", "القوات", "والمدنيين", "قرب", "الحدود"]
    reports = [titled(f"r{n}", " ".join(words[(n + m) % len(words)] for m in range(9)) + f" {n}") for n in range(10_000)]
    index = index_of(Reference(bundled(BASE), BASE), reports)
    (entry, name), *_ = index.found("r4711")[0]
    assert (entry.report, name) == (reports[4711], "r4711")
    assert [entry.report for entry, _ in index.found("4711")[0]] == [reports[4711]]
    alike = [titled(f"r{n}", "هجوم على السجن") for n in range(5)]
    assert [entry.report for entry, _ in index_of(Reference((), BASE), alike).found("هجوم السجن")[0]] == alike


def test_a_merged_key_finds_what_stands_for_it() -> None:
    """What was merged is no entry of its own any more: its key leads to the entity that stays, which has its names."""
    merged = Quad(BASE.entity("us-forces"), DCTERMS.isReplacedBy, BASE.entity("coalition"), BASE.reference)
    reference = Reference(bundled(BASE), BASE).changed([merged], ())
    (entry, _), *more = index_of(reference, []).found("us-forces")[0]
    assert entry.key == "coalition"
    assert "us-forces" not in {other.key for other, _ in more}


def test_the_best_fit_comes_first() -> None:
    """Who is called exactly so, then whose name begins so, then who has it within a name, then who has the words apart."""
    titles = ["سجن كبير فيه مئة", "حصار سجن مئة رجل", "سجن مئة رجل", "سجن مئة"]
    index = index_of(Reference((), BASE), [titled(f"r{n}", title) for n, title in enumerate(titles)])
    assert [name for _, name in index.found("سجن مئة")[0]] == titles[::-1]


def titled(report_id: str, title: str) -> Listed:
    """A report as a list has it, of which only the title matters."""
    return Listed(BASE.report("0" * 12, report_id), title, "ar", "", "", "", inferred=False)
