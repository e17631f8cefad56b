"""The questions as pages: a form of typed fields, the answer of the API beneath, and everything as data."""

from __future__ import annotations

import asyncio
import html
import json
import re
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.requests import Request
from starlette.responses import Response

from claimgraph.ask.catalogue import catalogue
from claimgraph.model.errors import QueryStopped
from claimgraph.web.backend import Answered, EvidenceBackend, Wish
from claimgraph.web.pages import Pages
from claimgraph.web.question_pages import FEW, QuestionPages
from requesting import BASE, PAGE, Writable, address, got, refused
from serving import Service

NAMES = tuple(catalogue())


def links(page: str) -> list[str]:
    """Where the links of a page lead, within the service."""
    return [html.unescape(one) for one in re.findall(r'href="(/[^"]*)"', page)]


def test_the_questions_are_listed(served: Service) -> None:
    """Each with its title in the reader's language and a link; as data too; and the first page leads to them."""
    for language in ("ar", "en"):
        page = got(served, "/questions", language).text
        for name, found in catalogue().items():
            assert f'href="/questions/{name}"' in page
            assert html.escape(found.title[language]).replace("&#x27;", "&#39;") in page
    assert [one["name"] for one in served.send("GET", "/questions.json").json["questions"]] == list(NAMES)
    assert {f"/questions/{name}" for name in NAMES} <= set(links(got(served, "/").text))


@pytest.mark.parametrize("name", NAMES)
def test_a_question_is_answered(served: Service, name: str) -> None:
    """In both languages: as many rows as the API gives, headed by the columns' labels; no column of the other language's words."""
    api = served.send("GET", f"/api/questions/{name}?limit=50").json
    for language in ("ar", "en"):
        page = got(served, f"/questions/{name}", language)
        assert page.status == 200
        head, _, rest = page.text.partition("<tbody>")
        assert rest.partition("</tbody>")[0].count("<tr>") == len(api["rows"])
        heads = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', head)
        assert heads == [one.label[language] for one in catalogue()[name].columns if one.language in (None, language)]
        assert int(page.headers["X-Commit"]) == api["commit"]


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(served: Service, name: str) -> None:
    """To reports, to what an IRI says, to the data and to the query; not to pages of claims, which have tests of their own."""
    page = got(served, f"/questions/{name}").text
    found = {one.partition("#")[0] for one in links(page) if one.startswith(("/reports/", "/id/", "/entities/", "/incidents/", "/api/", "/pages/"))}
    for target in sorted(found)[:40]:
        assert served.send("GET", target, headers=PAGE).status in (200, 303), target


def test_a_claim_is_linked_in_its_report(served: Service) -> None:
    """By the anchor that the report's page has for it."""
    page = got(served, "/questions/hedged").text
    target = next(one for one in links(page) if "#claim-" in one)
    path, _, anchor = target.partition("#")
    assert f'id="{anchor}"' in got(served, path).text


def test_data_and_query_are_those_of_the_form(served: Service) -> None:
    """CSV and JSON by the API with the same parameters; the query by the question's name, or bound as it was asked."""
    page = got(served, "/questions/who-claims-what-about").text
    assert "/pages/sparql?question=who-claims-what-about" in links(page)
    page = got(served, "/questions/who-claims-what-about?about=isis&reviewed=true").text
    target = next(one for one in links(page) if one.startswith("/api/"))
    assert parse_qs(urlsplit(target).query) == {"about": ["isis"], "reviewed": ["true"]}
    as_csv = next(one for one in links(page) if "format=csv" in one)
    assert served.send("GET", as_csv).media_type == "text/csv"
    query = next(one for one in links(page) if one.startswith("/pages/sparql?query="))
    assert f"{BASE}isis" in parse_qs(urlsplit(query).query)["query"][0]
    assert served.send("GET", query, headers=PAGE).status == 200


def test_the_fields_are_typed(served: Service) -> None:
    """Entities are chosen from a list with both names, event types are ticked; what was given is chosen, by key or by IRI, else the default."""
    page = got(served, "/questions/who-claims-what-about").text
    assert '<option value="sdf" selected>' in page
    assert "قوات سوريا الديمقراطية" in page
    for given in ("isis", f"{BASE}isis"):
        assert '<option value="isis" selected>' in got(served, address("/questions/who-claims-what-about", about=given)).text
    page = got(served, "/questions/disputed-quantities?types=escape&types=killing").text
    assert re.findall(r'name="types" value="([\w-]+)" checked', page) == ["escape", "killing"]
    api = served.send("GET", "/api/questions/disputed-quantities?types=escape,killing").json
    assert page.partition("</tbody>")[0].count("<tr>") == len(api["rows"]) + 1
    assert '<option value="">anybody or anything</option>' in got(served, "/questions/distancing").text
    assert got(served, "/questions/distancing?by=&about=").status == 200


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/questions/at-facility?facility=nosuch", 404),
        ("/questions/at-facility?facility=%3Cscript%3E", 404),
        ("/questions/at-facility?facility=sdf", 404),
        ("/questions/disputed-quantities?types=escape,flight", 400),
        ("/questions/who-claims-what-about?about=sdf&about=isis", 400),
    ],
)
def test_what_is_wrong_is_said_at_its_field(served: Service, target: str, status: int) -> None:
    """With the sentence and the status of the API; what was typed is still there, and no answer is shown."""
    page = got(served, target)
    sentence = served.send("GET", f"/api{target.replace('&about', ',').replace(',=', ',')}").json["detail"]
    assert page.status == status
    assert 'aria-invalid="true"' in page.text
    fault = html.unescape(re.sub(r"<[^>]+>", "", re.findall(r'<p class="fault"[^>]*>(.*?)</p>', page.text)[0]))
    assert fault == sentence
    assert "<tbody>" not in page.text
    assert "<script>" not in page.text
    program = served.send("GET", target, headers={"Accept": "application/json"})
    assert (program.status, program.json["detail"]) == (status, sentence)


@pytest.mark.parametrize(
    ("target", "status", "code"),
    [
        ("/questions/nosuch", 404, "unknown-question"),
        ("/questions/denials?about=sdf", 400, "bad-parameter"),
        ("/questions/denials?cursor=x", 400, "bad-parameter"),
        ("/questions/denials?limit=0", 400, "bad-parameter"),
        ("/questions/denials?limit=1001", 400, "bad-parameter"),
        ("/questions/denials?reviewed=maybe", 400, "bad-parameter"),
        ("/questions/denials/x", 404, "no-such-address"),
    ],
)
def test_what_is_no_address(served: Service, target: str, status: int, code: str) -> None:
    """Is an error in the one shape, and a page for a browser."""
    refused(served.send("GET", target, headers={"Accept": "application/json"}), status, code)
    page = got(served, target)
    assert (page.status, page.media_type, code in page.text) == (status, "text/html", True)


def test_pages_of_an_answer(served: Service) -> None:
    """By the cursor of the API, each linked from the one before; together they are the whole answer."""
    target, seen, total = "/questions/denials?limit=20", 0, served.send("GET", "/api/questions/denials").json["total"]
    for _ in range(10):
        page = got(served, target).text
        seen += page.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr>")
        found = re.search(r'rel="next" href="([^"]+)"', page)
        if found is None:
            break
        target = "/questions/denials" + html.unescape(found[1])
    assert seen == total
    assert "From the beginning" in page


def test_bars_where_an_answer_counts(served: Service) -> None:
    """A sentence, one bar for each of the largest rows, and the table beneath; no bars where an answer counts nothing by name."""
    page = got(served, "/questions/claims-per-origin").text
    assert "Claims by Origin" in re.sub(r"</?bdi>", "", page)
    assert page.count("<rect") == 20
    assert page.index("<figure") < page.index("<table")
    assert 'rect width="100"' in page
    assert "<rect" in got(served, "/questions/coverage", "ar").text
    assert all("<rect" not in got(served, f"/questions/{name}").text for name in ("denials", "disputed-quantities", "who-calls-whom-what"))


def test_where_the_claims_of_an_answer_are(served: Service) -> None:
    """A page of claims has a map of the governorates that they name, with its table; one that counts has none."""
    text = got(served, "/questions/at-facility").text
    assert 'class="map figure"' in text
    assert "محافظة الحسكة" in text.partition('class="map figure"')[2]
    assert 'class="map figure"' not in got(served, "/questions/claims-per-origin").text


def test_a_question_as_data(served: Service) -> None:
    """By Accept or by ``.json``: the API's answer with names and lines by IRI."""
    value = served.send("GET", "/questions/hedged.json").json
    assert value == served.send("GET", "/questions/hedged", headers={"Accept": "application/json"}).json
    assert set(value["answer"]["lines"]) == {row["claim"] for row in value["answer"]["rows"]}


def test_an_answer_that_was_cut_says_so(narrow: Writable) -> None:
    """And how many rows there are."""
    page = got(narrow.service, "/questions/denials").text
    assert "The answer was cut at" in page
    assert "5" in page


# --- what the samples are too small for ----------------------------------------------------------------------------------


class Slow:
    """A backend that is stopped before it has an answer, and knows more entities than a list to choose from should have."""

    def __init__(self, choices: int) -> None:
        self.choices = choices
        self.asked: list[bool] = []

    async def read_once(self, header: dict[str, Any], wish: Wish) -> Answered:
        """The form without an answer."""
        self.asked.append(header["answers"])
        if header["answers"]:
            raise QueryStopped("The query ran into its deadline of 10 s.")
        choices = [{"key": f"k{n}", "ar": f"اسم {n}", "en": f"Name {n}", "href": f"/id/k{n}"} for n in range(self.choices)]
        value = {"choices": {"about": choices, "by": choices}, "faults": {}, "sparql": None, "answer": None}
        return Answered(json.dumps(value).encode(), {"media": "application/json"}, 7)


def shown(backend: Slow, query: str) -> Response:
    """The page of a question on such a backend."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/questions/distancing",
        "path_params": {"name": "distancing"},
        "headers": [(b"accept", b"text/html"), (b"accept-language", b"en")],
        "query_string": query.encode(),
    }
    return asyncio.run(QuestionPages(cast("EvidenceBackend", backend), Pages()).page(Request(scope)))


def test_a_deadline_is_said_beneath_the_form() -> None:
    """The form stays with what was chosen, and the status is the API's."""
    backend = Slow(3)
    page = shown(backend, "about=k1")
    text = bytes(page.body).decode()
    assert (page.status_code, backend.asked) == (503, [True, False])
    assert "It took longer than it may" in text
    assert '<option value="k1" selected>' in text
    assert "<tbody>" not in text


def test_a_field_of_very_many_choices_is_written_in() -> None:
    """With the choices offered beside it, and the names of what is chosen."""
    text = bytes(shown(Slow(FEW + 1), "about=k1").body).decode()
    assert re.search(r'<input id="field-about" name="about" list="list-about"[^>]* value="k1"', text)
    assert text.count('<option value="k1">') == 2
    assert "Chosen now:" in text
    assert re.search(r'<input id="field-by"[^>]* value=""[^>]* placeholder="anybody or anything"', text)
