"""A reference graph that cannot be relied on is found out, with a sentence that says what to do."""

from __future__ import annotations

import pytest
from pyoxigraph import Quad, RdfFormat, parse

from claimgraph.model.errors import Problem, ResourceError
from claimgraph.model.names import Base
from claimgraph.store import reference as reference_module
from claimgraph.store.reference import bundled
from claimgraph.store.soundness import doubts, faults

PREFIXES = """
@prefix cg: <https://w3id.org/claimgraph/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix id: <https://w3id.org/claimgraph/id/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
SOUND = """
id:a a cg:City ; dcterms:identifier "a" ; skos:prefLabel "ألف"@ar , "A"@en ; cg:partOf id:b .
id:b a cg:Governorate ; dcterms:identifier "b" ; skos:prefLabel "باء"@ar , "B"@en ; cg:partOf id:c .
id:c a cg:Country ; dcterms:identifier "c" ; skos:prefLabel "جيم"@ar , "C"@en .
"""


def graph(text: str, base: Base) -> list[Quad]:
    """Statements as a reference graph has them."""
    return [Quad(q.subject, q.predicate, q.object, base.reference) for q in parse(PREFIXES + text, format=RdfFormat.TURTLE)]


def test_the_bundled_graph_is_sound(base: Base) -> None:
    """What comes with the program has no fault, and no name in it that is not what it looks like or is shared unmarked."""
    assert faults(bundled(base), base) == []
    assert doubts(bundled(base), base) == []
    assert faults(graph(SOUND, base), base) == doubts(graph(SOUND, base), base) == []


@pytest.mark.parametrize(
    ("more", "where", "sentence"),
    [
        ("id:c cg:partOf id:a .", "a", "it is part of itself (a < b < c < a): take one cg:partOf away."),
        ("id:b cg:partOf id:b .", "b", "it is part of itself (b < b): take one cg:partOf away."),
        ("id:a cg:partOf id:z .", "a", "it is part of 'z', which is not there: add that first."),
        ("id:a a cg:Village .", "a", "it has 2 classes"),
        ('id:a dcterms:identifier "aa" .', "a", "it has 2 keys"),
        (
            'id:d a cg:City ; dcterms:identifier "a" .',
            "d",
            "its key is 'a', but its IRI ends in 'd': no two entities have one key, and a key never changes.",
        ),
        ('id:a skos:prefLabel "همزة"@ar .', "a", "it is shown by 2 names in 'ar'"),
        ('id:a skos:altLabel "\\u202e\\u200b"@ar .', "a", "has no letter and no digit: give the name as reports write it."),
    ],
)
def test_what_makes_a_graph_unusable_is_a_fault(base: Base, more: str, where: str, sentence: str) -> None:
    """Circles of wholes, wholes that are not there, two entities under one IRI or with one key, names without a letter: each with its place."""
    found = faults(graph(SOUND + more, base), base)
    assert any(problem.where == where and sentence in problem.message for problem in found), found


def test_everybody_in_a_circle_is_told(base: Base) -> None:
    """Each entity that is part of itself is named; one that hangs below the circle is not."""
    text = SOUND + 'id:c cg:partOf id:b . id:d a cg:Village ; dcterms:identifier "d" ; cg:partOf id:c .'
    assert [problem.where for problem in faults(graph(text, base), base)] == ["b", "c"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ('"ألف\\u200b"@ar', "characters that are not seen (U+200B ZERO WIDTH SPACE)"),
        ('"\\u202eملأ"@ar', "characters that are not seen (U+202E RIGHT-TO-LEFT OVERRIDE)"),
        ('"Аleppo"@en', "mixes letters of Cyrillic and Latin"),
        ('"حلβب"@ar', "mixes letters of Arabic and Greek"),
        ('"حلب کبرى"@ar', "letters of other languages (U+06A9 ARABIC LETTER KEHEH)"),
    ],
)
def test_names_that_are_not_what_they_look_like_are_flagged(base: Base, name: str, sentence: str) -> None:
    """Controls and look-alike letters are no fault, but told by name and number, and the sentence itself shows none of them."""
    [found] = doubts(graph(f"{SOUND} id:a skos:altLabel {name} .", base), base)
    assert found.where == "a"
    assert sentence in found.message
    assert not {"\u200b", "\u202e"} & set(found.message)
    assert faults(graph(f"{SOUND} id:a skos:altLabel {name} .", base), base) == []


def test_a_shared_name_must_be_marked(base: Base) -> None:
    """A name that two bear is told of each who has it as a sure one, however it is spelled, and of nobody once it is ambiguous for both."""
    found = doubts(graph(SOUND + 'id:b skos:altLabel "الف"@ar .', base), base)
    assert found == [
        Problem("'ألف' is a name of b too: make it a cg:ambiguousLabel of each.", "a"),
        Problem("'الف' is a name of a too: make it a cg:ambiguousLabel of each.", "b"),
    ]
    marked = 'id:a cg:ambiguousLabel "ألف"@ar . id:b cg:ambiguousLabel "الف"@ar .'
    assert doubts(graph(SOUND + marked, base), base) == []


def test_a_program_whose_graph_is_unsound_says_so(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a bundled file was damaged, loading it ends with what is wrong, not with answers that rest on it."""
    monkeypatch.setattr(reference_module, "faults", lambda quads, base: faults([*quads, *graph("id:syria cg:partOf id:ghweran .", base)], base))
    with pytest.raises(ResourceError, match=r"not sound: \d+ problems") as caught:
        bundled.__wrapped__(base)
    assert Problem("it is part of itself (ghweran < hasakah-city < hasakah-governorate < syria < ghweran): take one cg:partOf away.", "ghweran") in (
        caught.value.problems
    )
