"""The reference: every term, rule and question is explained in both languages, under its own anchor, with examples that the samples answer."""

from __future__ import annotations

import html
import re
import shlex
from pathlib import Path

import pytest

from claimgraph.ask.catalogue import catalogue
from claimgraph.model.resources import folder
from claimgraph.model.vocabulary import CG, ontology_quads
from claimgraph.store.shapes import rules
from exampling import question_examples, sample_statements, term_examples, written
from requesting import PAGE, got
from running import Run
from serving import Answer, Service

PARTS = ("ontology", "shapes", "questions")


def there(service: Service, target: str, language: str = "en") -> Answer:
    """A page that is there."""
    found = got(service, target, language)
    assert found.status == 200, target
    return found


def anchors(page: str) -> list[str]:
    """The anchors of a page, in its order."""
    return [html.unescape(one) for one in re.findall(r' id="([^"]+)"', page)]


def test_the_examples_are_what_the_samples_say(sampled: Path) -> None:
    """Each statement stands in the samples, and each question answers so; ``python tests/exampling.py`` writes them anew."""
    assert (folder("ontology") / "examples.json").read_text(encoding="utf-8") == written(term_examples(sample_statements(sampled)))
    assert (folder("queries") / "examples.json").read_text(encoding="utf-8") == written(question_examples(sampled))


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_term_has_its_place(served: Service, language: str) -> None:
    """Every term of ours has an anchor of its name, once, with its label and its comment in both languages."""
    page = there(served, "/reference/ontology", language).text
    named = {q.subject.value.removeprefix(CG.iri) for q in ontology_quads() if str(q.subject).startswith(f"<{CG.iri}")}
    places = anchors(page)
    assert named <= set(places)
    assert len(places) == len(set(places))
    for word in ("Whoever may act, be acted upon", "كل من يصح أن يفعل أو يُفعل به"):
        assert word in page


def test_every_rule_has_its_place(served: Service) -> None:
    """Every rule of the shapes with its message, whether it refuses or flags, and what it looks at."""
    page = there(served, "/reference/shapes").text
    assert {rule.name for rule in rules().values()} | {"SyndicatedText"} <= set(anchors(page))
    told = served.send("GET", "/reference/shapes.json").json["rules"]
    (polarity,) = (one for one in told if one["name"] == "ClaimPolarity")
    assert [one["name"] for one in polarity["at"]] == ["cg:Claim"]
    assert [one["href"] for one in polarity["path"]] == ["/reference/ontology#polarity"]
    assert all(one["at"] for one in told if one["severity"] == "Violation" and one["path"]), "a rule that looks at nothing"


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_question_has_its_place(served: Service, language: str) -> None:
    """Every question with its parameters and columns, and an example whose link asks it; of none is the example empty."""
    page = there(served, "/reference/questions", language).text
    assert set(catalogue()) <= set(anchors(page))
    for found in served.send("GET", "/reference/questions.json").json["questions"]:
        assert found["example"]["rows"], found["name"]
        assert all(len(row) == len(found["columns"]) for row in found["example"]["rows"])
        assert html.escape(found["example"]["command"]) in page
        assert there(served, found["example"]["href"], language)


def test_the_commands_shown_give_the_rows_shown(served: Service, claimgraph: Run, sampled: Path) -> None:
    """As many as the command prints over the samples, and as the service answers."""
    for found in served.send("GET", "/reference/questions.json").json["questions"]:
        api = served.send("GET", found["example"]["href"].replace("/questions/", "/api/questions/")).json
        assert api["total"] == found["example"]["total"]
        assert len(found["example"]["rows"]) == min(3, api["total"])
        program, *words = shlex.split(found["example"]["command"])
        assert program == "claimgraph"
        assert len(claimgraph(*words, "--data", sampled, "--format", "json").json) == api["total"], words


def test_the_reference_is_reached_from_every_page(served: Service) -> None:
    """The foot of a page leads to it, it leads to its parts, and each part has its data."""
    assert 'href="/reference"' in there(served, "/reports").text
    index = there(served, "/reference").text
    for part in PARTS:
        assert f'href="/reference/{part}"' in index
        assert f'href="/reference/{part}.json"' in there(served, f"/reference/{part}").text
        assert served.send("GET", f"/reference/{part}", headers={"Accept": "application/json"}).json
    assert served.send("GET", "/reference.json").json["questions"] == len(catalogue())


def test_links_within_lead_to_anchors(served: Service) -> None:
    """Every term that a page of the reference names as ours is explained under the anchor that it leads to."""
    places = set(anchors(there(served, "/reference/ontology").text))
    for part in PARTS:
        page = there(served, f"/reference/{part}").text
        aims = {html.unescape(one) for one in re.findall(r'href="/reference/ontology#([^"]+)"', page)}
        assert aims <= places
        assert part == "questions" or aims


def test_terms_on_other_pages_lead_here(served: Service) -> None:
    """On the page of an IRI a term of ours leads to where it is explained, and not away."""
    page = there(served, "/id/sdf").text
    assert 'href="/reference/ontology#ArmedGroup"' in page
    assert 'href="https://w3id.org/claimgraph/ontology#ArmedGroup"' not in page


def test_another_address_is_none(served: Service) -> None:
    """What is no part of the reference is not found."""
    assert served.send("GET", "/reference/nothing", headers=PAGE).status == 404
