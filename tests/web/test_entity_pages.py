"""The pages of single claims and of entities, as any client gets them."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import quote

import pytest
import rdflib

from requesting import JSON_BODY, Writable, got, refused
from running import small
from serving import Answer, Service

CLAIM = "sample-06-two-hundred/c04"
LISTS = ("said", "relayed", "spoken", "about", "actor", "target", "helper", "facility", "place", "origin", "destination", "counted")


@pytest.fixture(scope="module")
def claim(served: Service) -> str:
    """The address of a claim of a version that stands."""
    return str(got(served, f"/claims/{CLAIM}").headers["Location"])


def text_of(answer: Answer) -> str:
    """What can be read on a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", answer.text.partition("<main")[2])).split())


# --- claims ---------------------------------------------------------------------------------------------------------------


def test_a_claim_is_a_sentence_with_its_words_and_its_way(served: Service, claim: str) -> None:
    """Its heading is made from its frame; the words are marked in context; each mouth stands with both names and its verb, origin first."""
    page = got(served, claim)
    assert page.status == 200
    heading = html.unescape(re.sub(r"<[^>]*>", "", page.text.partition("<h1")[2].partition(">")[2].partition("</h1>")[0]))
    assert re.search(r"SDF General Command\s+⊘ denies:\s+escape of ", heading)
    assert re.search(r'<mark class="denies">[^<]*هروب نحو مئتي عنصر', page.text)
    way = page.text.partition('<ol class="way"')[2].partition("</ol>")[0]
    assert way.count("<li") == 4
    assert way.index("SDF General Command") < way.index("Al-Hal Net") < way.index("unknown publisher") < way.index(">you<")
    assert "القيادة العامة لقوات سوريا الديمقراطية" in way
    assert "نفت" in way
    told = text_of(page)
    assert "4 claims say the contrary" in told
    assert "8 claims give another number" in told
    assert "<details" in page.text
    assert 'href="/id/v/' in page.text


def test_a_claim_in_arabic(served: Service, claim: str) -> None:
    """The same in the other language."""
    told = text_of(got(served, claim, "ar"))
    assert "ينفي" in told
    assert "تخالفه 4 ادعاءات" in told


def test_a_claim_as_data(served: Service, claim: str) -> None:
    """As JSON by its address or by Accept, and as Turtle by a plain link that a browser can follow."""
    value = served.send("GET", f"{claim}.json").json
    assert value == served.send("GET", claim, headers={"Accept": "application/json"}).json
    assert (value["claim"]["id"], value["stands"]) == ("c04", True)
    (link,) = re.findall(r'<link rel="alternate" type="text/turtle[^"]*" href="([^"]*)"', got(served, claim).text)
    turtle = got(served, html.unescape(link))
    assert (turtle.status, turtle.media_type) == (200, "text/turtle")
    graph = rdflib.Graph().parse(data=turtle.text, format="turtle")
    assert {str(subject) for subject in graph.subjects()} >= {value["claim"]["iri"], f"{value['claim']['iri']}#content"}


def test_a_claim_is_found_by_its_report(served: Service, claim: str) -> None:
    """Without a version it leads to the one that stands, as data too."""
    assert got(served, f"/claims/{CLAIM}").status == 303
    assert re.fullmatch(rf"/claims/[0-9a-f]{{12}}/{CLAIM}", claim)
    assert got(served, f"/claims/{CLAIM}.json").headers["Location"] == f"{claim}.json"


def test_a_claim_of_a_replaced_version_says_so(writable: Writable) -> None:
    """With a link to that version's report and to the one that stands; a claim that it did not have is not there."""
    texts = ("قال متحدث إن أحداً لم يفر.", "قال متحدث آخر إن كثيرين فروا.")
    headers = [writable.send("POST", "/api/reports?revise=true", json.dumps(small(text, report_id="outdated")), JSON_BODY).headers for text in texts]
    old, commit = headers[0]["Location"].replace("/id/v/", "/claims/"), headers[1]["X-Commit"]
    page = got(writable.service, f"{old}/c01?min-commit={commit}")
    assert page.status == 200
    assert "another one replaced" in page.text
    assert f'href="{old.replace("/claims/", "/reports/")}"' in page.text
    assert 'href="/reports/outdated"' in page.text
    assert "أحداً لم يفر" in page.text
    turtle = got(writable.service, f"{old}/c01.ttl?min-commit={commit}")
    assert (turtle.status, turtle.media_type, texts[0] in turtle.text) == (200, "text/turtle", True)
    assert "another one replaced" not in got(writable.service, f"{headers[1]['Location'].replace('/id/v/', '/claims/')}/c01?min-commit={commit}").text
    refused(writable.service.send("GET", f"{old}/c99?min-commit={commit}"), 404, "not-found")


@pytest.mark.parametrize("path", ["", "nothing", "a/b", "0123456789ab/sample-06-two-hundred/c04", "0123456789ab/r", "%3Cscript%3E", "a/b/c/d", "sdf"])
def test_what_is_no_claim(served: Service, path: str) -> None:
    """A page that says so (404), and problem details for programs."""
    refused(served.send("GET", f"/claims/{path}"), 404, "not-found")
    page = got(served, f"/claims/{path}")
    assert (page.status, page.media_type, "<script>" in page.text) == (404, "text/html", False)


# --- entities -------------------------------------------------------------------------------------------------------------


def test_an_entity_has_its_names_and_numbers(served: Service) -> None:
    """Both names, what it is, other names, its parts, and how much it says and is said about it, each number leading to its claims."""
    page = got(served, "/entities/sdf")
    assert page.status == 200
    told = text_of(page)
    for words in (
        "Syrian Democratic Forces (SDF) قوات سوريا الديمقراطية",
        "armed group",
        "ميليشيا “قسد”",
        "Mazloum Abdi",
        "32 claims: 30 affirm and 2 deny.",
    ):
        assert words in told, words
    assert 'href="/entities/sdf?list=actor">23</a>' in page.text
    assert 'href="/id/sdf"' in page.text
    assert page.text.count('<svg class="figure bars" role="img"') == 2
    assert "<caption><bdi>What it says</bdi>, by date of publication</caption>" in page.text


def test_a_name_that_may_mean_another_is_marked(served: Service) -> None:
    """With who else bears it."""
    page = got(served, "/entities/sinaa-prison")
    assert re.search(r'class="open-name" lang="ar">سجن غويران</bdi> <span class="flag">also borne by', page.text)
    assert 'href="/entities/hasakah-central-prison"' in page.text
    assert 'href="/incidents/sinaa-2022-01"' in page.text


@pytest.mark.parametrize("chosen", LISTS)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_list_has_a_page(served: Service, chosen: str, language: str) -> None:
    """And a query that gives as many claims; an empty one says so."""
    page = got(served, f"/entities/isis?list={chosen}", language)
    assert page.status == 200
    total = served.send("GET", f"/entities/isis.json?list={chosen}").json["list"]["total"]
    assert page.text.count('<article class="claim-line') == min(total, 20)
    (query,) = re.findall(r'href="/pages/sparql\?query=([^"]*)"', page.text)
    answer = served.send("GET", f"/sparql?query={html.unescape(query)}", headers={"Accept": "application/sparql-results+json"})
    assert answer.status == 200, answer.text
    assert len(answer.json["results"]["bindings"]) == total


def test_a_list_goes_on(served: Service) -> None:
    """By links to the page before and after; each claim stands on one page."""
    first = got(served, "/entities/isis?list=about")
    assert 'rel="next" href="/entities/isis?list=about&amp;page=2"' in first.text
    assert 'rel="prev"' not in first.text
    second = got(served, "/entities/isis?list=about&page=2")
    assert 'rel="prev" href="/entities/isis?list=about&amp;page=1"' in second.text
    shown = [set(re.findall(r'href="/claims/([^"]*)"', page.text)) for page in (first, second)]
    assert len(shown[0]) == 20
    assert not shown[0] & shown[1]


def test_an_entity_as_data(served: Service) -> None:
    """By its address or by Accept."""
    value = served.send("GET", "/entities/sdf.json").json
    assert value == served.send("GET", "/entities/sdf", headers={"Accept": "application/json"}).json
    assert (value["entity"]["key"], value["about"]["total"], value["list"]) == ("sdf", 32, None)
    turtle = got(served, "/entities/sdf.ttl")
    assert (turtle.status, turtle.media_type, "قوات سوريا الديمقراطية" in turtle.text) == (200, "text/turtle", True)


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("sinaa-2022-01", "/incidents/sinaa-2022-01"),
        ("sinaa-2022-01.json", "/incidents/sinaa-2022-01.json"),
        ("wording-militia", "/id/wording-militia"),
    ],
)
def test_what_is_no_entity_leads_on(served: Service, key: str, place: str) -> None:
    """An incident's key leads to the incident, a wording's to what is stated of it."""
    answer = got(served, f"/entities/{key}")
    assert (answer.status, answer.headers["Location"]) == (303, place)


@pytest.mark.parametrize(
    ("target", "status", "code"),
    [
        ("nobody", 404, "not-found"),
        ("", 404, "not-found"),
        ("sdf/x", 404, "not-found"),
        ("nobody.ttl", 404, "not-found"),
        (quote("قسد"), 404, "not-found"),
        ("%3Cscript%3E", 404, "not-found"),
        ("sdf?list=said&page=99", 404, "not-found"),
        ("sdf?list=everything", 400, "bad-parameter"),
        ("sdf?list=said&page=0", 400, "bad-parameter"),
        ("sdf?list=said&page=x", 400, "bad-parameter"),
        ("sdf?list=said&list=about", 400, "bad-request"),
    ],
)
def test_what_is_not_there(served: Service, target: str, status: int, code: str) -> None:
    """Is told so in the one shape, and to a browser as a page."""
    refused(served.send("GET", f"/entities/{target}"), status, code)
    page = got(served, f"/entities/{target}")
    assert (page.status, page.media_type, "<script>" in page.text) == (status, "text/html", False)


def test_what_is_stated_leads_to_the_page_for_reading(served: Service, claim: str) -> None:
    """From an IRI's own page to that of the entity, the incident, the report and the claim; from a part of a claim to none."""
    report = claim.rpartition("/")[0]
    leads = {
        "sdf": "/entities/sdf",
        "sinaa-2022-01": "/incidents/sinaa-2022-01",
        claim.replace("/claims/", "v/"): claim,
        report.replace("/claims/", "v/"): report.replace("/claims/", "/reports/"),
    }
    for name, address in leads.items():
        assert f'<a href="{address}">Its page for reading</a>' in got(served, f"/id/{name}").text, name
    assert "Its page for reading" not in got(served, "/id/wording-militia").text
