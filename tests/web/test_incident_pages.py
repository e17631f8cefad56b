"""The page of an incident and what is disputed on the first page, as any client gets them."""

from __future__ import annotations

import csv
import io
import re

import pytest

from requesting import got, refused
from serving import Service

KEY = "sinaa-2022-01"


@pytest.mark.parametrize("language", ["ar", "en"])
def test_an_incident_is_told(served: Service, language: str) -> None:
    """Both its names, its facility, on how much it rests; every part, its figures with their tables; links that lead somewhere."""
    page = got(served, f"/incidents/{KEY}", language)
    assert page.status == 200
    text = page.text
    assert "هجوم سجن الصناعة في الحسكة" in text
    assert "Attack on al-Sina&#39;a prison" in text
    assert set(re.findall(r'<h2 id="([\w-]+)"', text)) == {"numbers", "control", "things", "single", "places"}
    assert text.count("<figure") <= text.count("<table>")
    assert not re.search(r"<script(?![^>]* src=)|style=|\son\w+=", text)
    targets = set(re.findall(r'href="(/(?:reports|incidents|id|assets|questions)[^"#]*)"', text))
    assert {path for path in targets if got(served, path).status != 200} == set()


def test_numbers_are_drawn(served: Service) -> None:
    """An axis with a row for each origin and number: what is denied a cross, what is open an arrow, a nameless source dashed, each said in words."""
    text = got(served, f"/incidents/{KEY}").text
    figure = text.partition("<figure")[2].partition("</figure>")[0]
    assert figure.count('role="img"') == 12
    assert figure.count('aria-label="denies: about 200"') == 1
    assert figure.count('aria-label="affirms: 800 or more"') == 4
    assert figure.count('class="cross"') == 2  # its row, and the key
    assert figure.count('class="bar-line unnamed-mark"') == 4
    assert "unnamed source" in figure


def test_coverage_is_told_in_words(served: Service) -> None:
    """Claims, reports, outlets, parties, and how many of these have no name."""
    text = re.sub(r"<[^>]+>", "", got(served, f"/incidents/{KEY}").text)
    assert "4 claims in 4 reports of 4 outlets, behind which stand 4 parties, 4 of them without a name." in text


def test_an_incident_as_data(served: Service) -> None:
    """JSON by its address or by Accept, CSV alike, with a row for each claim; another form is refused."""
    value = served.send("GET", f"/incidents/{KEY}.json").json
    assert value["incident"]["key"] == KEY
    assert value["ground"]["claims"] == 78
    assert served.send("GET", f"/incidents/{KEY}", headers={"Accept": "application/json"}).json == value
    table = served.send("GET", f"/incidents/{KEY}.csv")
    assert table.media_type == "text/csv"
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert len(rows) == 78
    assert {row["polarity"] for row in rows} == {"affirms", "denies"}
    assert served.send("GET", f"/incidents/{KEY}", headers={"Accept": "text/csv"}).text == table.text
    refused(served.send("GET", f"/incidents/{KEY}", headers={"Accept": "image/png"}), 406, "not-acceptable")


def test_an_incident_nobody_speaks_of_says_what_to_do(served: Service) -> None:
    """It is a page like others, without figures."""
    page = got(served, "/incidents/sinaa-2020-03")
    assert page.status == 200
    assert "claimgraph ingest" in page.text
    assert "<figure" not in page.text


@pytest.mark.parametrize("key", ["nothing", "sdf", "sinaa-2022-01.xml", "sinaa-2022-01.json.json", ".json", "%3Cb%3E", "a%20b"])
def test_what_is_no_incident_is_not_found(served: Service, key: str) -> None:
    """With the sentence that programs get."""
    sentence = refused(served.send("GET", f"/incidents/{key}"), 404, "not-found")
    page = got(served, f"/incidents/{key}")
    assert (page.status, page.media_type) == (404, "text/html")
    assert sentence.replace("'", "&#39;").replace("<", "&lt;").replace(">", "&gt;") in page.text


def test_the_first_page_tells_what_is_disputed(served: Service) -> None:
    """Above the questions, the most disputed first; each row leads to its incident, and every incident is listed with both its names."""
    text = got(served, "/").text
    assert text.index('id="disputed"') < text.index("/questions/denials")
    rows = re.findall(r'<th scope="row"><a href="/incidents/([\w-]+)#([\w-]+)">', text)
    assert rows == [("sinaa-2022-01", "escape"), ("sinaa-2022-01", "control"), ("raqqa-2022-06", "escape")]
    incidents = text.partition('id="incidents"')[2].partition("</section>")[0]
    assert set(re.findall(r'href="/incidents/([\w-]+)"', incidents)) == {"sinaa-2022-01", "raqqa-2022-06", "sinaa-2020-03"}
    assert "تمرد سجن الحسكة" in incidents
    assert served.send("GET", "/home.json").json["disputes"]["disputed_total"] == 3
    for key, kind in rows:
        assert f'id="{kind}"' in got(served, f"/incidents/{key}").text
