"""Whom reports mean where that was decided after they were written: on the pages of reports, claims, entities and lists."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.store.decisions import Decision
from claimgraph.store.entities import Merge, Resolve, Split
from entities import new, writing_to
from requesting import got
from rereading import AIR, MOVED, NAMED, OPEN, OTHER, REPORT, named
from reviewing import WHY
from running import Run, small
from serving import Service, service

TWO = new("isis-two", "تنظيم آخر", "Another group", kind="armed-group")


def claim_of(told: dict[str, Any], claim: str) -> dict[str, Any]:
    """A claim of a report as data."""
    found: dict[str, Any] = next(one for one in told["claims"] if one["id"] == claim)
    return found


def keys(pieces: dict[str, Any]) -> set[str]:
    """The entities that are named in a sentence."""
    return {piece["key"] for piece in pieces["en"] if piece["kind"] == "entity"}


def item(page: str, claim: str) -> str:
    """What a report's page says of a claim in its list."""
    return page.partition(f'id="claim-{claim}"')[2].partition("<li id=")[0]


def test_a_report_is_shown_as_it_is_read(reread: Service) -> None:
    """Its page names whom a claim means now, as the claim's own page and every question do, and says what is written there."""
    told = got(reread, f"/reports/{REPORT}.json").json
    claim = claim_of(told, "c05")
    assert keys(claim["content"]) & {"us-forces", AIR.key} == {AIR.key}
    (reading,) = claim["readings"]
    assert (reading["written"], reading["words"], reading["between"]) == ("us-forces", [MOVED], [])
    assert keys(reading["read_as"]) == {"us-air-force"}
    line = got(reread, f"/claims/{REPORT}/c05.json")
    alone = got(reread, line.headers["Location"]).json["claim"] if line.status == 303 else line.json["claim"]
    assert (alone["content"], alone["readings"]) == (claim["content"], claim["readings"])
    page = item(got(reread, f"/reports/{REPORT}").text, "c05")
    assert "/entities/us-air-force" in page
    assert MOVED in page.partition("written as")[0].rpartition("<p")[2]


@pytest.mark.parametrize(("language", "words"), [("en", "not settled which is meant"), ("ar", "لم يُحسم من المقصود")])
def test_what_a_split_left_open_is_marked_everywhere(reread: Service, language: str, words: str) -> None:
    """On the pages of the report and of the claim, with all whom it may mean; that of the claim says what settles it."""
    for target in (f"/reports/{REPORT}", f"/claims/{REPORT}/c06"):
        answer = got(reread, target, language)
        page = got(reread, answer.headers["Location"], language).text if answer.status == 303 else answer.text
        part = item(page, "c06") if target.startswith("/reports") else page
        flag = part.partition('class="flag">')[2].partition("</p>")[0]
        assert OPEN in flag
        assert {"us-forces", AIR.key} <= set(linked(flag))
        assert words in part
        assert (f"claimgraph entity resolve {REPORT}/c06#content KEY" in part) == target.startswith("/claims")
    told = claim_of(got(reread, f"/reports/{REPORT}.json").json, "c06")
    assert keys(told["content"]) & {"us-forces", "us-air-force"} == {"us-forces"}
    (opened,) = told["readings"]
    assert [keys(one) for one in opened["between"]] == [{"us-forces"}, {"us-air-force"}], "whom it counts as comes first"


def linked(page: str) -> list[str]:
    """The entities that a part of a page leads to."""
    return [part.partition('"')[0] for part in page.split('href="/entities/')[1:]]


def test_an_entity_lists_where_another_may_be_meant(reread: Service) -> None:
    """The pages of both list the claims that are open between them, and lead to each."""
    found = {key: got(reread, f"/entities/{key}.json").json["open"] for key in ("us-forces", "us-air-force", "sdf")}
    assert found["us-forces"] == found["us-air-force"]
    assert found["sdf"] == {"total": 0, "more": 0, "places": []}
    places = found["us-forces"]["places"]
    assert len(places) == found["us-forces"]["total"] > 0
    assert f"{REPORT}/c06#content" in [label for one in places for label in one["where"]]
    page = got(reread, "/entities/us-forces").text
    for one in places:
        assert one["address"] in page
        assert got(reread, one["address"]).status == 200
    assert "Where another may be meant" in page
    assert "Where another may be meant" not in got(reread, "/entities/sdf").text


def test_a_resolved_name_and_an_open_outlet(reread: Service) -> None:
    """A name that the graph lacked is shown as whom review found; an outlet that may be two is marked on its report, and on its claims."""
    told = got(reread, "/reports/named.json").json
    (claim,) = told["claims"]
    assert keys(claim["who"]) == {"sdf"}
    assert {(reading["written"], *reading["words"]) for reading in claim["readings"] if not reading["between"]} == {(None, NAMED)}
    (publisher,) = told["report"]["readings"]
    assert {key for one in publisher["between"] for key in keys(one)} == {"syria-tv", "other-outlet"}
    assert publisher in claim["readings"]
    page = got(reread, "/reports/named").text
    assert "not settled which is meant" in page.partition("<dl")[2].partition("</dl>")[0]
    assert "read as" in item(page, "c01")


def test_what_was_merged_says_what_is_written(reread: Service) -> None:
    """A claim written with the key of a merged entity is shown as that of the one that stays."""
    told = got(reread, "/reports/sample-06-two-hundred.json").json
    merged = [reading for claim in told["claims"] for reading in claim["readings"]]
    assert merged
    assert {(reading["written"], *keys(reading["read_as"])) for reading in merged} == {("nyt", "sputnik")}


def test_a_replaced_version_is_as_it_was_written(sampled: Path, tmp_path: Path, base: Base) -> None:
    """What was decided later is told of the version that stands alone."""
    data = Path(shutil.copytree(sampled, tmp_path / "data"))
    with writing_to(data, base) as writer:
        first = writer.commit(document_of(named())).mapped.name.version
        writer.change_entities(Resolve(what="named/c01#hop-2", key="sdf"), reason=WHY)
        value = named()
        value["report"] |= {"title": "صياغة ثانية", "revises": first}
        writer.commit(document_of(value))
    with service(tmp_path, data=data) as running:
        old, now = (got(running, target).json for target in (f"/reports/{first}/named.json", "/reports/named.json"))
    assert (old["report"]["stands"], old["claims"][0]["readings"]) == (False, [])
    assert old["claims"][0]["who"]["en"][0]["text"] == NAMED
    assert keys(now["claims"][0]["who"]) == {"sdf"}


def test_what_changed_since_a_split(claimgraph: Run, sampled: Path, tmp_path: Path, base: Base) -> None:
    """Each part is told once, as it is now: merged with a third, rejected, of a source, of a name that is open; what is rejected is open no more."""
    data = Path(shutil.copytree(sampled, tmp_path / "data"))
    unsure = small(report_id="unsure")
    unsure["claims"][0]["mentions"] = [{"surface": "متحدث", "start": 4, "end": 9, "candidates": ["us-forces", "coalition"]}]
    with writing_to(data, base) as writer:
        writer.commit(document_of(named()))
        writer.commit(document_of(unsure))
        writer.commit(document_of(small(report_id="moved", publisher="syria-tv")))
        writer.change_entities(Split(key="syria-tv", new=OTHER, moved=("moved",)), reason=WHY)
        writer.change_entities(Merge(key="syria-tv", into="nyt"), reason=WHY)
        writer.change_entities(Split(key="isis", new=TWO), reason=WHY)
        standing = writer.archive.current(REPORT)
        assert standing is not None
        writer.decide(Decision(REPORT, standing.version, "reject", ("c06",), WHY))
        writer.change_entities(Merge(key="us-forces", into="coalition"), reason=WHY)
    with service(tmp_path, data=data, CLAIMGRAPH_PAGE_CLAIMS="200") as running:
        (publisher,) = got(running, "/reports/named.json").json["report"]["readings"]
        assert (publisher["written"], keys(publisher["read_as"])) == ("syria-tv", {"nyt"})
        assert [keys(one) for one in publisher["between"]] == [{"nyt"}, {"other-outlet"}]
        moved = got(running, "/reports/moved.json").json
        assert keys(moved["report"]["publisher"]) == keys(moved["claims"][0]["who"]) == {"other-outlet"}
        told = got(running, "/reports/unsure.json").json["claims"][0]["readings"]
        assert [(one["written"], bool(one["between"])) for one in told] == [("isis", True)]
        found = got(running, "/entities/isis-two.json").json["open"]
        places, labels = found["places"], {label for one in found["places"] for label in one["where"]}
        assert found["total"] == len({label.partition("#")[0] for label in labels})
        assert labels == set(claimgraph("entity", "show", "isis-two", "--format", "json", "--data", data).json["open"])
        addresses = {one["where"][0]: one["address"] for one in places}
        assert addresses["sample-02-amaq-freed/source/isis-military-source"] == "/reports/sample-02-amaq-freed"
        assert all(got(running, address).status == 200 for address in set(addresses.values()))
        assert f"{REPORT}/c05#content" in addresses
        assert not [label for label in addresses if label.startswith(f"{REPORT}/c06")]
        assert "claimgraph entity resolve" not in got(running, f"/review/{REPORT}/c06").text
        assert "claimgraph entity resolve" in got(running, f"/review/{REPORT}/c05").text


def test_the_page_of_review_says_who_is_meant(reread: Service) -> None:
    """Its heading is that of the claim's own page; the form beneath has what is written."""
    page = got(reread, "/review/named/c01").text
    assert "/entities/sdf" in page.partition("<h1")[2].partition("</h1>")[0]
    assert NAMED in page


def test_nothing_is_said_where_nothing_was_decided(served: Service) -> None:
    """A report whose words were never read otherwise has no readings."""
    told = got(served, f"/reports/{REPORT}.json").json
    assert told["report"]["readings"] == [reading for claim in told["claims"] for reading in claim["readings"]] == []
    assert "written as" not in got(served, f"/reports/{REPORT}").text
