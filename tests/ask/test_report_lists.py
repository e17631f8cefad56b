"""The list of reports: all that stand, newest first, narrowed and paged; and as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from claimgraph.ask.report_lists import report_list
from claimgraph.ask.worker import Worker
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import BadParameter, NotFound
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.store.commit import open_writer
from claimgraph.store.examine import Result
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading
from running import small


@pytest.fixture
def worker() -> Worker:
    """A worker in this process."""
    return Worker(networked=True, filtered=False)


def got(worker: Worker, snapshot: str, **given: Any) -> tuple[dict[str, Any], bytes]:
    """What the job gives."""
    return report_list(worker, {"snapshot": snapshot, "outlet": "", "month": "", "page": 1, "limit": 50, "form": "json", **given}, b"")


def listed(worker: Worker, snapshot: str, **given: Any) -> dict[str, Any]:
    """A page of the list."""
    value: dict[str, Any] = json.loads(got(worker, snapshot, **given)[1])
    return value


def test_every_report_is_listed_once(worker: Worker, snapshot: str, samples: dict[str, ClaimsDocument]) -> None:
    """Newest first, each with its title, its outlet and how many claims it has."""
    value = listed(worker, snapshot)
    documents = {one.report.id: one for one in samples.values()}
    assert sorted(one["id"] for one in value["reports"]) == sorted(documents)
    assert [one["published"] for one in value["reports"]] == sorted((one["published"] for one in value["reports"]), reverse=True)
    for one in value["reports"]:
        document = documents[one["id"]]
        assert (one["title"], one["language"]) == (document.report.title or "", document.report.language or "")
        assert one["claims"] == len(document.claims)
        assert (one["outlet"] or {"key": None})["key"] == document.report.publisher
        assert one["published_basis"] == document.report.published_basis
    assert sum(one["reports"] for one in value["outlets"]) == value["total"] == len(documents)


def test_pages(worker: Worker, snapshot: str) -> None:
    """Together they are the whole list, and none is beyond the last."""
    whole = [one["id"] for one in listed(worker, snapshot)["reports"]]
    pages = [listed(worker, snapshot, limit=4, page=number) for number in (1, 2, 3)]
    assert [one["id"] for page in pages for one in page["reports"]] == whole
    assert {page["pages"] for page in pages} == {3}
    with pytest.raises(NotFound, match="no page 4"):
        listed(worker, snapshot, limit=4, page=4)


def test_one_outlet_and_one_month(worker: Worker, tmp_path: Path, base: Base) -> None:
    """Each narrows the list; reports without a publisher are found by 'unknown'; candidates are counted; without a date a report comes last."""
    place = Place(tmp_path)
    told = (
        small(report_id="a", publisher="alwatan", published="2022-01-20", title="=خبر"),
        small(report_id="b", publisher="alwatan", published="2022-02"),
        small(report_id="c", published="2022-02-03", published_basis="inferred"),
        {**small(report_id="d")},
    )
    del told[3]["report"]["published"], told[3]["report"]["published_basis"]
    told[2]["claims"][0] |= {"rule": "r1", "review": {"state": "candidate"}}
    with open_writer(place, base, "tester", "ingest") as writer:
        for value in told:
            assert writer.commit(document_of(value)).result is Result.COMMITTED
    with reading(place, base.iri) as found:
        snapshot = str(found.path)
        assert [one["id"] for one in listed(worker, snapshot)["reports"]] == ["c", "b", "a", "d"]
        assert [one["id"] for one in listed(worker, snapshot, outlet="alwatan")["reports"]] == ["b", "a"]
        assert [one["id"] for one in listed(worker, snapshot, outlet="alwatan", month="2022-02")["reports"]] == ["b"]
        unknown = listed(worker, snapshot, outlet="unknown")
        assert [(one["id"], one["published_basis"], one["candidates"]) for one in unknown["reports"]] == [("c", "inferred", 1), ("d", None, 0)]
        assert listed(worker, snapshot, outlet="sdf") | {"outlets": None} == listed(worker, snapshot, outlet="sdf", month="") | {"outlets": None}
        assert listed(worker, snapshot, outlet="sdf")["reports"] == []
        assert unknown["months"] == ["2022-02", "2022-01"]
        facts, data = got(worker, snapshot, form="csv", outlet="alwatan")
        rows = list(csv.DictReader(io.StringIO(data.decode())))
        assert facts == {"media": "text/csv; charset=utf-8", "truncated": False}
        assert [(row["id"], row["claims"], row["title"]) for row in rows] == [("b", "1", ""), ("a", "1", "'=خبر")]


@pytest.mark.parametrize("outlet", ["nosuch", "sinaa-prison", "\u202e", "sinaa-2022-01"])
def test_who_is_no_outlet(worker: Worker, snapshot: str, outlet: str) -> None:
    """Whoever cannot publish is refused."""
    with pytest.raises(NotFound):
        listed(worker, snapshot, outlet=outlet)


@pytest.mark.parametrize("month", ["2022", "2022-13", "2022-01-01", "x", "٢٠٢٢-٠١"])
def test_what_is_no_month(worker: Worker, snapshot: str, month: str) -> None:
    """A month is a year and a month in ASCII digits."""
    with pytest.raises(BadParameter):
        listed(worker, snapshot, month=month)
