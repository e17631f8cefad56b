"""The pages as any client gets them: addresses, languages, looks, forms, errors; nothing here needs a browser."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import pytest

from claimgraph.ask.catalogue import catalogue
from requesting import JSON_BODY, PAGE, Writable, refused
from running import small
from serving import Answer, Service

ADDRESSES = ("/", "/pages/sparql", "/docs", "/id/sdf", "/id/nobody", "/nothing")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CONTROLS = "a\u202eb\u200bc\u2066d"


def got(service: Service, target: str, **headers: str) -> Answer:
    """A page as a browser asks for it; ``Accept_Language`` is a header's name."""
    return service.send("GET", target, headers={**PAGE, **{name.replace("_", "-"): value for name, value in headers.items()}})


def language(answer: Answer) -> tuple[str, str]:
    """Language and direction of a page."""
    found = re.search(r'<html lang="(\w+)" dir="(\w+)"', answer.text)
    assert found, answer.text[:200]
    return found[1], found[2]


ARABIC, ENGLISH = ("ar", "rtl"), ("en", "ltr")


@pytest.mark.parametrize("target", ADDRESSES)
def test_every_page_speaks_both_languages(served: Service, target: str) -> None:
    """Arabic where nothing else is asked for; what the browser prefers; what the address says, before everything else, and that is remembered."""
    assert language(got(served, target)) == ARABIC
    assert language(got(served, target, Accept_Language="en-GB,en;q=0.9,ar;q=0.5")) == ENGLISH
    assert language(got(served, target, Accept_Language="fr,en;q=0.2,ar;q=0.3")) == ARABIC
    assert language(got(served, target, Accept_Language="fr")) == ARABIC
    chosen = got(served, f"{target}?lang=en", Accept_Language="ar")
    assert language(chosen) == ENGLISH
    cookie = chosen.headers["Set-Cookie"]
    assert {part.strip() for part in cookie.split(";")} >= {"HttpOnly", "SameSite=lax", "Path=/"}
    assert language(got(served, target, Accept_Language="ar", Cookie=cookie.partition(";")[0])) == ENGLISH


def test_a_look_is_chosen_alike(served: Service) -> None:
    """Dark or light by the address, remembered; as the system has it where neither was chosen."""
    assert "data-theme" not in got(served, "/").text
    chosen = got(served, "/?theme=dark")
    assert 'data-theme="dark"' in chosen.text
    assert 'data-theme="dark"' in got(served, "/", Cookie=chosen.headers["Set-Cookie"].partition(";")[0]).text


@pytest.mark.parametrize("odd", ["?lang=xx", "?lang=%22%3E%3Cscript%3E", "?theme=%22onload=", "?lang=en&lang=ar", "?%ff", "?lang=%ff"])
def test_an_odd_choice_is_none(served: Service, odd: str) -> None:
    """Neither does it break the page, nor does it get into it or into a cookie."""
    answer = got(served, f"/id/sdf{odd}")
    assert answer.status in (200, 400)
    assert "onload=" not in answer.text
    assert "<script>" not in answer.text
    assert "%22" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize("target", ADDRESSES)
def test_a_page_may_load_from_here_alone(served: Service, target: str) -> None:
    """The policy names no other origin and no inline script; styles in elements are for the editor's page alone; every address is of this origin."""
    answer = got(served, target)
    (policy,) = answer.headers.get_all("Content-Security-Policy") or [""]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] == "'self'"
    assert "script-src" not in rules
    assert ("'unsafe-inline'" in policy) == (target == "/pages/sparql")
    assert not re.search(r"<script(?![^>]* src=)", answer.text)
    assert not re.search(r"<style|style=|\son\w+=", answer.text)
    loaded = re.findall(r'(?:src|<link[^>]* href)="([^"]*)"', answer.text)
    assert loaded
    assert all(one.startswith("/") and not one.startswith("//") for one in loaded)
    assert all(got(served, one).status == 200 for one in loaded)


def test_who_has_a_page_is_told_so(served: Service) -> None:
    """A page has a tag, which is another in another language; caches are told what it depends on; the policy stays the page's own."""
    answer = got(served, "/")
    same = got(served, "/", If_None_Match=answer.headers["ETag"])
    assert (same.status, same.headers["Content-Security-Policy"]) == (304, answer.headers["Content-Security-Policy"])
    assert got(served, "/?lang=en", If_None_Match=answer.headers["ETag"]).status == 200
    assert {"Accept", "Accept-Language", "Cookie"} <= set(answer.headers["Vary"].split(", "))


def test_a_page_as_data(served: Service) -> None:
    """What the first page shows can be had as JSON, by its address or by Accept; what is neither is refused."""
    value = served.send("GET", "/home.json").json
    assert value["counts"] == {"reports": 11, "claims": 88, "incidents": 3, "candidates": 0, "outlets": 0}
    assert served.send("GET", "/", headers={"Accept": "application/json"}).json == value
    assert [one["name"] for one in value["questions"]] == list(catalogue())
    assert refused(served.send("GET", "/", headers={"Accept": "image/png"}), 406, "not-acceptable")


def test_the_first_page_is_of_now(writable: Writable) -> None:
    """What was kept of the page is not shown once there is more, though nobody has looked at anything else since."""
    before = writable.service.send("GET", "/home.json").json["counts"]
    answer = writable.send("POST", "/api/reports", json.dumps(small("لم يفر أحد", "seen-on-the-first-page")), JSON_BODY)
    assert answer.status == 201
    after = writable.service.send("GET", f"/home.json?min-commit={answer.headers['X-Commit']}")
    assert after.json["counts"] == {**before, "reports": before["reports"] + 1, "claims": before["claims"] + 1}
    assert int(after.headers["X-Commit"]) >= int(answer.headers["X-Commit"])
    assert refused(writable.service.send("GET", "/home.json?min-commit=1000000"), 404, "not-found")


# --- errors ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "status", "code"),
    [
        ("/nothing", 404, "no-such-address"),
        ("/id/nobody", 404, "not-found"),
        ("/assets/nothing.js", 404, "no-such-address"),
        ("/pages/sparql?question=nothing", 404, "unknown-question"),
        ("/pages/sparql?question=denials&query=ASK", 400, "bad-request"),
        ("/?timeout=soon", 400, "bad-parameter"),
    ],
)
def test_what_goes_wrong_is_a_page_for_a_browser(served: Service, target: str, status: int, code: str) -> None:
    """With the same status, sentence and code as the problem details that programs get; an address of programs always gives these."""
    if target.startswith("/?"):
        target = f"/pages/sparql/terms.json{target[1:]}"
    program = served.send("GET", target)
    sentence = refused(program, status, code)
    page = got(served, target)
    assert page.status == status
    if target.startswith("/assets"):
        refused(page, status, code)
        return
    assert page.media_type == "text/html"
    assert sentence.replace("'", "&#39;") in page.text
    assert code in page.text


@pytest.mark.parametrize("target", ["/sparql?query=x", "/graphs", "/api/nothing", "/api/questions/nothing"])
def test_programs_get_problem_details(served: Service, target: str) -> None:
    """Whatever they accept: the addresses of protocols and of the API show no pages."""
    assert got(served, target).media_type == "application/problem+json"


# --- SPARQL without scripts -----------------------------------------------------------------------------------------------


def test_a_browser_that_goes_to_the_endpoint_is_led_to_the_page(served: Service) -> None:
    """Where it asks nothing; programs get the description, and a query its answer, as ever."""
    for accept in ("text/html", "text/html,*/*;q=0.8"):
        answer = served.send("GET", "/sparql", headers={"Accept": accept})
        assert (answer.status, answer.headers["Location"], answer.headers["Vary"]) == (303, "/pages/sparql", "Accept")
    assert served.send("GET", "/sparql").media_type == "text/turtle"
    assert served.send("GET", "/sparql?query=ASK%7B%7D", headers={"Accept": "text/html,*/*;q=0.1"}).media_type == "application/sparql-results+json"


def posted(service: Service, query: str, **fields: str) -> Answer:
    """The page after the form was sent."""
    return service.send("POST", "/pages/sparql", urlencode({"query": query, **fields}).encode(), {**PAGE, **FORM, "Accept-Language": "en"})


def test_the_form_runs_a_query(served: Service) -> None:
    """The answer is a table: rows and their number, names that lead to their pages, Arabic as it is; the query stays in the form."""
    query = "SELECT ?who ?name WHERE { ?who a cg:ArmedGroup ; skos:prefLabel ?name FILTER (lang(?name) = 'ar') } ORDER BY ?who"
    answer = posted(served, query, timeout="")
    assert answer.status == 200
    assert 'href="/id/sdf"' in answer.text
    assert 'dir="auto" lang="ar">قوات سوريا الديمقراطية<' in answer.text
    assert re.search(r"<bdi>\d+</bdi> rows", answer.text)
    assert "?who a cg:ArmedGroup" in answer.text
    assert int(answer.headers["X-Commit"]) == 12


@pytest.mark.parametrize(
    ("query", "shown"), [("ASK {}", "Yes"), ("ASK { ?s a <urn:x> }", "No"), ("SELECT * { ?s a <urn:x> }", "Nothing in the store")]
)
def test_other_answers_are_said(served: Service, query: str, shown: str) -> None:
    """Yes, no, and nothing."""
    assert shown in posted(served, query).text


def test_triples_are_a_table_too(served: Service) -> None:
    """Of CONSTRUCT and DESCRIBE."""
    assert '<th scope="col">predicate</th>' in posted(served, "CONSTRUCT WHERE { ?s a cg:Incident }").text


def test_a_table_that_was_cut_says_so(served: Service) -> None:
    """Of many rows the first are shown, and that there are more."""
    answer = posted(served, "SELECT * { ?s ?p ?o }")
    assert "Only the first" in answer.text
    assert answer.text.count("<tr>") == 1001


def test_what_is_wrong_with_a_query_is_said_beside_it(served: Service) -> None:
    """With its status; so is a deadline, and the query is still there."""
    answer = posted(served, "SELECT ?x WHERE {")
    assert (answer.status, "no SPARQL" in answer.text, "SELECT ?x WHERE {" in answer.text) == (400, True, True)
    answer = posted(served, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", timeout="0.1")
    assert (answer.status, "deadline" in answer.text) == (503, True)


def test_an_address_fills_the_form_and_runs_nothing_unasked(served: Service) -> None:
    """``query`` fills it in, ``run`` runs it; a question comes with what it answers."""
    filled = urlencode({"query": "SELECT (1 AS ?one) {}"})
    assert "<table>" not in got(served, f"/pages/sparql?{filled}").text
    assert "<table>" in got(served, f"/pages/sparql?{filled}&run=true").text
    page = got(served, "/pages/sparql?question=denials&lang=ar").text
    assert "?denial" in page
    assert "ما يُنفى ومن يُثبته" in page


def test_a_form_of_another_kind_is_refused(served: Service) -> None:
    """This address takes its own form and nothing else."""
    refused(served.send("POST", "/pages/sparql", b"ASK {}", {"Content-Type": "application/sparql-query"}), 415, "wrong-media-type")


def test_terms_for_completion(served: Service) -> None:
    """Prefixes, classes and properties of the graph with their labels in both languages, places within governorates, and names of what is unseen."""
    value = served.send("GET", "/pages/sparql/terms.json").json
    assert value["prefixes"]["cg"] == "https://w3id.org/claimgraph/ontology#"
    classes = {one["iri"]: one for one in value["classes"]}
    assert classes["https://w3id.org/claimgraph/ontology#Claim"] == {
        "iri": "https://w3id.org/claimgraph/ontology#Claim",
        "ar": "ادعاء",
        "en": "claim",
    }
    assert {"https://w3id.org/claimgraph/ontology#polarity", "http://www.w3.org/2004/02/skos/core#prefLabel"} <= {
        one["iri"] for one in value["properties"]
    }
    assert value["places"]["https://w3id.org/claimgraph/id/sinaa-prison"]["governorate"] == "hasakah-governorate"
    assert value["unseen"]["202E"] == "RIGHT-TO-LEFT OVERRIDE"


def test_characters_that_deceive_are_named(served: Service) -> None:
    """What would turn the text around it, or is not seen, is a mark with its name; in a title, too, none of them stays."""
    answer = posted(served, f'SELECT ("{CONTROLS}" AS ?x) {{}}')
    table = answer.text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in table
    assert "U+200B ZERO WIDTH SPACE" in table
    assert not set(CONTROLS[1::2]) & set(table)
    page = got(served, "/id/a%E2%80%AEb")
    assert "\u202e" not in page.text
