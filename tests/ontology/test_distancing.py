"""The distancing verbs of the ontology, by which a question finds them, are those of the extractor's word list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pyoxigraph import Literal

from claimgraph.extract.lexicon import data
from claimgraph.model.vocabulary import concept, notations, ontology_quads

SKOS = "http://www.w3.org/2004/02/skos/core#"
Verb = Mapping[str, Any]


@pytest.fixture(scope="module")
def listed() -> dict[str, Verb]:
    """The verbs of reporting by which the extractor sees a report keep its distance, by lemma."""
    return {verb["lemma"]: verb for verb in data("verbs")["verbs"] if verb["distance"]}


@pytest.fixture(scope="module")
def labels() -> dict[str, dict[tuple[str, str], set[str]]]:
    """The labels of the ontology's distancing verbs by notation, property and language."""
    found: dict[str, dict[tuple[str, str], set[str]]] = {name: defaultdict(set) for name in notations("distancing")}
    nodes = {concept("distancing", name): name for name in found}
    for quad in ontology_quads():
        if quad.subject in nodes and isinstance(quad.object, Literal) and quad.predicate.value.startswith(SKOS):
            found[nodes[quad.subject]][quad.predicate.value.removeprefix(SKOS), quad.object.language or ""].add(quad.object.value)  # type: ignore[index]  # a node
    return found


def forms(value: Any) -> Iterator[str]:
    """All words of a form's entry: one, a list, or by agreement."""
    if isinstance(value, str):
        yield value
    elif value is not None:
        yield from (form for item in (value.values() if isinstance(value, Mapping) else value) for form in forms(item))


def test_the_verbs_are_those_of_the_word_list(listed: dict[str, Verb], labels: dict[str, dict[tuple[str, str], set[str]]]) -> None:
    """Whoever adds a distancing verb to one of the two must add it to the other, under the same words in both languages."""
    assert len(listed) >= 2
    assert {(*one["prefLabel", "ar"], *one["prefLabel", "en"]) for one in labels.values()} == {(lemma, verb["en"]) for lemma, verb in listed.items()}


def test_each_verb_has_all_forms_of_the_word_list(listed: dict[str, Verb], labels: dict[str, dict[tuple[str, str], set[str]]]) -> None:
    """What the extractor reads as a distancing verb, the question finds; and it finds no form that the extractor does not read so."""
    for one in labels.values():
        (lemma,) = one["prefLabel", "ar"]
        wanted = {form for name in ("past", "present", "participle", "passive", "noun") for form in forms(listed[lemma].get(name))}
        assert one["hiddenLabel", "ar"] == wanted - {lemma}


def test_no_form_is_of_two_verbs(labels: dict[str, dict[tuple[str, str], set[str]]]) -> None:
    """A word tells which verb it is."""
    words = [word for one in labels.values() for (name, _), some in one.items() if name in ("prefLabel", "hiddenLabel") for word in some]
    assert len(words) == len(set(words))
