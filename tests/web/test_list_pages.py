"""The list of reports and search over HTTP."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest

from requesting import address, got, refused
from serving import Service


def rows(page: str) -> int:
    """How many rows the table of a page has."""
    return page.partition("<tbody>")[2].count("<tr>")


def test_the_list_of_reports(served: Service) -> None:
    """All that stand, each with a link; the same as data and as CSV; the first page has the latest ten."""
    page = got(served, "/reports")
    value = served.send("GET", "/reports.json").json
    assert (page.status, rows(page.text), value["total"]) == (200, 11, 11)
    assert served.send("GET", "/reports", headers={"Accept": "application/json"}).json == value
    for one in value["reports"]:
        assert f'href="/reports/{one["id"]}"' in page.text
    table = served.send("GET", "/reports.csv")
    assert table.media_type == "text/csv"
    assert [row["id"] for row in csv.DictReader(io.StringIO(table.text))] == [one["id"] for one in value["reports"]]
    assert served.send("GET", "/reports", headers={"Accept": "text/csv"}).body == table.body
    home = served.send("GET", "/home.json").json
    assert home["latest"] == value["reports"][:10]
    first_page = got(served, "/").text
    assert all(f'href="/reports/{one["id"]}"' in first_page for one in home["latest"])


def test_a_title_is_in_its_own_language(served: Service) -> None:
    """Whatever language the page is in."""
    page = got(served, "/reports", "ar").text
    assert re.search(r'<bdi dir="auto" lang="en">Who held', page)
    assert re.search(r'<bdi dir="auto" lang="ar">[\u0600-\u06ff]', got(served, "/reports").text)


def test_the_list_is_narrowed(served: Service) -> None:
    """By a month that is offered in words; what was chosen stays chosen, and holds for the data."""
    page = got(served, "/reports?month=2022-02&outlet=").text
    assert rows(page) == served.send("GET", "/reports.json?month=2022-02").json["total"] < 11
    assert '<option value="2022-02" selected>February 2022</option>' in page
    assert "/reports.csv?month=2022-02" in html.unescape(page)
    nothing = got(served, "/reports?month=1999-01")
    assert (nothing.status, "<tbody>" in nothing.text, 'href="/reports"' in nothing.text) == (200, False, True)
    assert "unknown publisher" in got(served, "/reports?outlet=unknown").text


@pytest.mark.parametrize(
    ("target", "status", "code"),
    [
        ("/reports?outlet=nosuch", 404, "not-found"),
        ("/reports?page=2", 404, "not-found"),
        ("/reports?page=0", 400, "bad-parameter"),
        ("/reports?month=soon", 400, "bad-parameter"),
        ("/reports?month=2022-01&month=2022-02", 400, "bad-request"),
        (f"/search?q={'x' * 201}", 400, "bad-parameter"),
        ("/search?q=a&q=b", 400, "bad-request"),
    ],
)
def test_what_is_no_address(served: Service, target: str, status: int, code: str) -> None:
    """Is an error in the one shape, and a page for a browser."""
    refused(served.send("GET", target), status, code)
    assert (got(served, target).status, got(served, target).media_type) == (status, "text/html")


def test_search(served: Service) -> None:
    """What is found is linked, by group, with both names; the words stay in the field; the same as data."""
    target = address("/search", q="قسد")
    for language in ("ar", "en"):
        page = got(served, target, language).text
        assert 'href="/entities/sdf"' in page
        assert "قوات سوريا الديمقراطية" in page
        assert "Syrian Democratic Forces (SDF)" in page
        assert 'value="قسد"' in page
    value = served.send("GET", address("/search.json", q="قسد")).json
    assert value["groups"]["entities"]["items"][0]["key"] == "sdf"


def test_a_search_for_nothing_says_what_to_do(served: Service) -> None:
    """Neither is an error: without words there is the form, and where nothing is found there are the lists."""
    empty = got(served, "/search")
    assert (empty.status, "<h2" in empty.text) == (200, False)
    nothing = got(served, "/search?q=zzzzzzz")
    assert (nothing.status, "Try a shorter word" in nothing.text, 'href="/reports"' in nothing.text) == (200, True, True)
    assert "comes nearest" in got(served, "/search?q=democrattic").text


def test_every_page_has_the_search(served: Service) -> None:
    """In its head, but where it is the page itself."""
    for target in ("/", "/reports", "/nothing", "/docs"):
        assert got(served, target).text.count('role="search"') == 1
    assert got(served, "/search").text.count('role="search"') == 1


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a\u202eb", "{{ 7*7 }}", "%00", "\ud800"])
def test_words_stay_words(served: Service, words: str) -> None:
    """Whatever is searched for is shown as text, without what would act on the text around it."""
    page = got(served, "/search?q=" + "".join(f"%{byte:02X}" for byte in words.encode("utf-8", "surrogatepass")))
    assert page.status in (200, 400)
    assert not re.search(r"<script>|<img|49|\u202e", page.text.partition("<main")[2])
