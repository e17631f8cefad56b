"""The questions of the catalogue over HTTP: the same answers as on the command line, in pages, and refusals that say what to do."""

from __future__ import annotations

import csv
import io
import json
import re
from itertools import pairwise
from typing import Any

import pytest

from claimgraph.ask.catalogue import catalogue
from requesting import BASE, JSON_BODY, Writable, address, refused
from running import Run, small
from serving import Answer, Service

NAMES = tuple(catalogue())
RAW = "نفت قوات سوريا الديمقراطية اليوم فرار سجناء من سجن الصناعة في الحسكة."
TOLD = {"published": "2022-01-31", "publisher": "syria-tv"}


def pages(service: Service, target: str) -> list[Answer]:
    """The pages of an answer, from one to the next by the header Link until there is none."""
    found = []
    while target:
        found.append(service.send("GET", target))
        assert found[-1].status == 200, found[-1].text
        assert len(found) < 100
        link = re.fullmatch(r'<(/[^>]+)>; rel="next"', found[-1].headers.get("Link", ""))
        assert bool(link) == ("Link" in found[-1].headers)
        target = link[1] if link else ""
    return found


# --- answers --------------------------------------------------------------------------------------------------------------


def test_the_questions_are_listed(served: Service, claimgraph: Run) -> None:
    """With titles, parameters and columns in both languages, as the command line lists them."""
    answer = served.send("GET", "/api/questions")
    assert (answer.status, answer.media_type) == (200, "application/json")
    assert answer.json == claimgraph("ask", "--format", "json").json
    assert [one["name"] for one in answer.json] == list(NAMES)
    assert all(set(part["label"]) == {"ar", "en"} for one in answer.json for part in (*one["parameters"], *one["columns"]))


@pytest.mark.parametrize("name", NAMES)
def test_the_same_answer_as_on_the_command_line(served: Service, claimgraph: Run, name: str) -> None:
    """Row by row as JSON, and letter by letter as CSV."""
    value = served.send("GET", f"/api/questions/{name}").json
    rows = claimgraph("ask", name, "--format", "json", "--data", served.data).json
    assert value["rows"] == rows
    assert (value["question"], value["total"], value["truncated"], value["next"]) == (name, len(rows), False, None)
    assert value["commit"] == int(served.send("GET", f"/api/questions/{name}").headers["X-Commit"])
    assert rows
    assert all(list(row) == list(rows[0]) and set(row) == set(value["columns"]) for row in rows)
    table = served.send("GET", f"/api/questions/{name}?format=csv")
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert table.text == claimgraph("ask", name, "--format", "csv", "--data", served.data).out


def test_parameters(served: Service, claimgraph: Run) -> None:
    """A question's parameters are those of the command line, keys, IRIs and lists; the answer tells which were used, defaults too."""
    for name, parameters in (
        ("who-claims-what-about", {"about": "isis"}),
        ("who-claims-what-about", {"about": f"{BASE}isis"}),
        ("disputed-quantities", {"types": "escape, transfer"}),
        ("who-calls-whom-what", {"by": "any", "about": "sdf"}),
    ):
        value = served.send("GET", address(f"/api/questions/{name}", **parameters)).json
        given = [word for item in parameters.items() for word in ("--param", "=".join(item))]
        assert value["rows"] == claimgraph("ask", name, *given, "--format", "json", "--data", served.data).json
        defaults = {parameter.name: ",".join(parameter.default) for parameter in catalogue()[name].parameters}
        assert value["parameters"] == defaults | parameters
        assert value["rows"]


def test_the_form_follows_the_client(served: Service) -> None:
    """By ``format``, else by Accept."""
    for query, accept, media in (
        ("", "*/*", "application/json"),
        ("", "application/json", "application/json"),
        ("", "text/csv", "text/csv"),
        ("", "text/csv;q=0.2, application/json;q=0.9", "application/json"),
        ("?format=json", "text/csv", "application/json"),
        ("?format=csv", "application/json", "text/csv"),
    ):
        answer = served.send("GET", f"/api/questions/denials{query}", headers={"Accept": accept})
        assert (answer.media_type, answer.headers["Vary"]) == (media, "Accept")


# --- pages ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 7, 54, 55, 56])
def test_pages_are_the_whole(served: Service, limit: int) -> None:
    """Following Link, or the cursor in ``next``, gives every row once and in order; only the last page has neither."""
    whole = served.send("GET", "/api/questions/denials").json["rows"]
    found = [page.json for page in pages(served, f"/api/questions/denials?limit={limit}&format=json")]
    assert [row for page in found for row in page["rows"]] == whole
    assert [len(page["rows"]) for page in found[:-1]] == [limit] * (len(found) - 1)
    assert [page["next"] is None for page in found] == [False] * (len(found) - 1) + [True]
    assert {page["total"] for page in found} == {len(whole)} == {55}
    for page, following in pairwise(found[:2]):
        assert served.send("GET", address("/api/questions/denials", limit=limit, cursor=page["next"])).json["rows"] == following["rows"]


def test_pages_as_csv(served: Service) -> None:
    """CSV has pages too, each with its line of names, and no field besides the rows; parameters go along from one to the next."""
    target = "/api/questions/who-claims-what-about?about=isis&limit=5&format=csv"
    tables = [list(csv.reader(io.StringIO(page.text, newline=""))) for page in pages(served, target)]
    whole = list(csv.reader(io.StringIO(served.send("GET", target.replace("limit=5", "limit=1000")).text, newline="")))
    assert len(tables) > 3
    assert [row for table in tables for row in table[1:]] == whole[1:]
    assert {tuple(table[0]) for table in tables} == {tuple(whole[0])}


def test_an_answer_that_was_cut_says_so(narrow: Writable) -> None:
    """Where even all pages together have not everything (``CLAIMGRAPH_ANSWER_ROWS``), each page says so, in its header and, as JSON, in itself."""
    found = pages(narrow.service, "/api/questions/denials?limit=2")
    assert [len(page.json["rows"]) for page in found] == [2, 2, 1]
    assert all(page.json["truncated"] is True and page.headers["X-Truncated"] == "true" for page in found)
    assert narrow.service.send("GET", "/api/questions/denials?limit=2&format=csv").headers["X-Truncated"] == "true"


def test_cursors_of_other_answers(served: Service) -> None:
    """A cursor is of one question with its parameters: to another it leads nowhere (404). What is no cursor is refused (400)."""
    cursor = served.send("GET", "/api/questions/who-claims-what-about?about=isis&limit=1").json["next"]
    for target in ("who-claims-what-about?about=sdf", "denials?limit=1", "who-claims-what-about?about=isis&reviewed=true"):
        sentence = refused(served.send("GET", f"/api/questions/{target}&cursor={cursor}"), 404, "not-found")
        assert "cursor" in sentence
    for wrong in ("", "x", "%D8%B5", "AAAA", cursor[:-1], cursor + "=", f"{cursor}%0A"):
        refused(served.send("GET", f"/api/questions/who-claims-what-about?about=isis&cursor={wrong}"), 400, "bad-parameter")


def test_a_cursor_whose_row_is_gone(writable: Writable) -> None:
    """When the row behind which the next page begins came out of the answer, the cursor is no more (410), and nothing is skipped in silence."""
    first = small(report_id="paged", published="2021-01-01")
    del first["claims"][0]["incident"]
    answer = writable.send("POST", "/api/reports", json.dumps(first), JSON_BODY)
    assert answer.status == 201, answer.text
    target = address("/api/questions/at-facility", limit=1, min_commit=answer.headers["X-Commit"])
    page = writable.service.send("GET", target).json
    assert "/paged/" in page["rows"][0]["claim"]
    following = address("/api/questions/at-facility", limit=1, cursor=page["next"])
    assert writable.service.send("GET", following).status == 200
    again = writable.send("POST", "/api/reports?revise=true", json.dumps({**first, "claims": []}), JSON_BODY)
    assert again.status == 201, again.text
    refused(writable.service.send("GET", f"{following}&min-commit={again.headers['X-Commit']}"), 410, "expired")


# --- candidates -----------------------------------------------------------------------------------------------------------


def test_candidates_are_marked_or_left_out(writable: Writable, claimgraph: Run) -> None:
    """What nobody has reviewed is marked in each row, and ``reviewed=true`` leaves it out of the computation, as on the command line."""
    answer = writable.send("POST", address("/api/reports", id="unreviewed", **TOLD), RAW, {"Content-Type": "text/plain"})
    assert answer.status == 201, answer.text
    target = address("/api/questions/claims-by", claimant="sdf", min_commit=answer.headers["X-Commit"])
    marked = {row["claim_review"] for row in writable.service.send("GET", target).json["rows"] if "/unreviewed/" in row["claim"]}
    assert marked == {"candidate"}
    left = writable.service.send("GET", f"{target}&reviewed=true").json["rows"]
    assert left
    assert left == claimgraph("ask", "claims-by", "--reviewed-only", "--format", "json", "--data", writable.data).json
    assert not [row for row in left if "/unreviewed/" in row["claim"]]


# --- what is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "status", "code", "word"),
    [
        ("denial", 404, "unknown-question", "denials"),
        ("claims-per-orign", 404, "unknown-question", "claims-per-origin"),
        ("Denials", 404, "unknown-question", "denials"),
        ("xyz", 404, "unknown-question", "xyz"),
        ("%D9%86%D9%81%D9%8A", 404, "unknown-question", "نفي"),
        ("denials?about=sdf", 400, "bad-parameter", "about"),
        ("who-claims-what-about?abuot=sdf", 400, "bad-parameter", "it takes about"),
        ("who-claims-what-about?about=sfd", 404, "unknown-entity", "sdf"),
        ("who-claims-what-about?about=sinaa-prison", 404, "unknown-entity", "agent"),
        ("who-claims-what-about?about=", 404, "unknown-entity", "about"),
        ("who-claims-what-about?about=sdf,isis", 400, "bad-parameter", "one agent"),
        ("who-claims-what-about?about=sdf&about=isis", 400, "bad-request", "about"),
        ("who-claims-what-about?about=%3Curn:a%3E%7D", 404, "unknown-entity", "about"),
        ("disputed-quantities?types=escape,flight", 400, "bad-parameter", "escape"),
        ("denials?limit=0", 400, "bad-parameter", "limit"),
        ("denials?limit=-1", 400, "bad-parameter", "limit"),
        ("denials?limit=ten", 400, "bad-parameter", "limit"),
        ("denials?limit=100001", 400, "bad-parameter", "100000"),
        ("denials?format=xml", 400, "bad-parameter", "csv"),
        ("denials?reviewed=yes", 400, "bad-parameter", "true or false"),
        ("denials?timeout=never", 400, "bad-parameter", "timeout"),
        ("denials?min-commit=999999", 404, "not-found", "commit"),
        ("denials?min-commit=-1", 400, "bad-parameter", "min-commit"),
        ("denials?timeout=0.09", 400, "bad-parameter", "timeout"),
    ],
)
def test_questions_that_cannot_be_asked(served: Service, target: str, status: int, code: str, word: str) -> None:
    """An unknown question is told the nearest, an unknown parameter those that there are, an unknown entity the nearest keys."""
    assert word in refused(served.send("GET", f"/api/questions/{target}"), status, code)


def test_questions_below_a_question(served: Service) -> None:
    """Nothing is below a question, nor beside its name."""
    for target in ("/api/questions/", "/api/questions/denials/", "/api/questions/denials/1", "/api/questions/denials%2F1"):
        assert served.send("GET", target).status == 404


def test_values_are_no_formulas(writable: Writable) -> None:
    """A text that a spreadsheet would take for a formula is quoted in CSV, and is what it is in JSON."""
    text = '=HYPERLINK("http://evil.example") قال المتحدث'
    document: dict[str, Any] = small(report_id="formula", text=text, title="=1+1")
    document["claims"][0]["event"] |= {"quantity": {"min": 3, "max": 3, "approximate": False, "of": "persons", "wording": text[:12]}}
    answer = writable.send("POST", "/api/reports", json.dumps(document), JSON_BODY)
    assert answer.status == 201, answer.text
    target = address("/api/questions/disputed-quantities", min_commit=answer.headers["X-Commit"])
    (row,) = (row for row in writable.service.send("GET", target).json["rows"] if "/formula/" in row["claim"])
    assert row["wording"] == text[:12]
    (line,) = (row for row in csv.DictReader(io.StringIO(writable.service.send("GET", f"{target}&format=csv").text)) if "/formula/" in row["claim"])
    assert line["wording"] == f"'{text[:12]}"
