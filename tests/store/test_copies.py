"""A text that stands in another report too is told as no independent source: copies are found, chance is not."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from itertools import count

import pytest
from pyoxigraph import Literal, Store

from claimgraph.model.document import ClaimsDocument
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.text import sampled, shingles_of, words_of
from claimgraph.model.to_quads import to_quads
from claimgraph.store.copies import syndicated, syndicated_text
from claimgraph.store.index import shingle_quads
from claimgraph.store.reference import Reference
from claimgraph.store.shapes import Finding

Add = Callable[..., str]
Ask = Callable[..., list[Finding]]
_STEMS = [a + b + c for a in "كتبحسنمقرع" for b in "ادولينرفش" for c in "بتمسقةهيكل"]


def words(seed: int, number: int) -> list[str]:
    """So many words; those of two seeds have no eight in a row in common."""
    return random.Random(seed).choices(_STEMS, k=number)


def text(*parts: list[str]) -> str:
    """Words as a text."""
    return " ".join(word for part in parts for word in part) + "."


@pytest.fixture
def store() -> Store:
    """An index that holds nothing."""
    return Store()


@pytest.fixture
def add(store: Store, base: Base, reference: Reference, make: Callable[..., ClaimsDocument]) -> Add:
    """A function that puts a report into the index and gives its IRI."""
    number = count(1)

    def put(body: str, report_id: str = "") -> str:
        mapped = to_quads(make(report_id or f"other-{next(number)}", body), base, reference.entities)
        store.extend([*mapped.quads, *shingle_quads(body, mapped.name, base)])
        return mapped.name.iri

    return put


@pytest.fixture
def ask(store: Store, base: Base, reference: Reference, make: Callable[..., ClaimsDocument]) -> Ask:
    """A function that gives what the rule says of a new report."""

    def run(body: str, report_id: str = "new") -> list[Finding]:
        return syndicated(body, to_quads(make(report_id, body), base, reference.entities), store, base)

    return run


def others(findings: list[Finding]) -> set[str]:
    """The reports that findings name."""
    return {(finding.value or "").strip("<>") for finding in findings}


@pytest.mark.parametrize("length", [30, 60, 300, 3000])
def test_a_copy_is_told_with_the_report_it_copies(add: Add, ask: Ask, length: int) -> None:
    """The same text under another id is a warning that names the other report, whether its shingles are indexed whole or sampled."""
    body = text(words(1, length))
    original, _ = add(body), add(text(words(2, length)))
    (finding,) = ask(body)
    assert finding.value == f"<{original}>"
    assert (finding.rule.name, finding.rule.severity, finding.refuses) == ("SyndicatedText", "Warning", False)
    assert set(finding.rule.messages) == {"ar", "en"}
    assert finding.where == "report.text"
    assert finding.focus.endswith("/new")


def test_every_copy_is_told(add: Add, ask: Ask) -> None:
    """A text that went through many outlets gives one warning for each that the store has."""
    body = text(words(1, 200))
    assert others(ask(body)) == set()
    known = {add(body), add(text(words(1, 200), words(3, 20))), add(text(words(4, 15), words(1, 200)))}
    assert others(ask(body)) == known


@pytest.mark.parametrize(("kept", "told"), [(0.9, True), (0.6, True), (0.4, False), (0.1, False)])
@pytest.mark.parametrize("length", [60, 1000])
def test_the_greater_part_decides(add: Add, ask: Ask, length: int, kept: float, told: bool) -> None:
    """A text of which most stands in the other is its copy; one with a common quotation is not."""
    common = words(1, int(length * kept))
    original = add(text(common, words(2, length - len(common))))
    assert (others(ask(text(common, words(3, length - len(common))))) == {original}) is told


def test_exactly_half_is_not_most(add: Add, ask: Ask, limits: Callable[..., None]) -> None:
    """The share must be exceeded; it is a setting."""
    common, mine = words(1, 107), words(2, 100)
    add(text(common))
    body = text(common, mine)
    share = len(shingles_of(body) & shingles_of(text(common))) / len(shingles_of(body))
    assert share == 0.5
    assert ask(body) == []
    limits("copies", shingle_share=0.49)
    assert len(ask(body)) == 1


def test_a_text_within_a_longer_one_is_a_copy_but_not_the_other_way(add: Add, ask: Ask) -> None:
    """What counts is how much of the new text is known: an extract of a long report is no independent source, the long report is more."""
    short, rest = words(1, 120), words(2, 1200)
    long_text = text(rest[:600], short, rest[600:])
    original = add(long_text)
    assert others(ask(text(short))) == {original}
    add(text(words(1, 120)), "short")
    assert others(ask(long_text, "new")) == {original}


def test_a_short_text_within_a_sampled_one_is_found(add: Add, ask: Ask) -> None:
    """Of a long text a sample is indexed, of a short one every shingle looks for it: most copied passages still meet the sample."""
    body = words(1, 2000)
    original = add(text(body))
    assert len(sampled(shingles_of(text(body)))) < len(shingles_of(text(body))) / 4
    found = [others(ask(text(body[at : at + 60]))) == {original} for at in range(0, 1900, 60)]
    assert sum(found) >= len(found) - 2


def _vowelled(body: str) -> str:
    return "".join(c + "\u064e" if c.isalpha() else c for c in body)


@pytest.mark.parametrize(
    "retyped",
    [
        _vowelled,
        lambda body: body.replace("ا", "اـ"),
        lambda body: body.replace("ي", "ى").replace("ة", "ه").replace("ك", "ک"),
        lambda body: unicodedata.normalize("NFD", body),
        lambda body: body.replace(" ", " \u200f"),
        lambda body: body.replace(" ", "،\n« "),
        lambda body: "\ufeff" + body.upper(),
    ],
    ids=["vowelled", "tatweel", "look-alikes", "decomposed", "controls", "punctuation", "marked"],
)
def test_a_copy_typed_anew_is_a_copy(add: Add, ask: Ask, retyped: Callable[[str], str]) -> None:
    """Vowels, stretching, look-alike letters, controls and punctuation do not hide a copy."""
    body = text(words(1, 100)).replace("ب", "أ").replace("م", "é")
    assert retyped(body) != body
    original = add(body)
    assert others(ask(retyped(body))) == {original}


def test_an_older_version_is_no_other_report(add: Add, ask: Ask) -> None:
    """A report is not the copy of its own older version."""
    body = text(words(1, 100))
    add(body, "mine")
    assert ask(body, "mine") == []
    assert len(ask(body, "yours")) == 1


@pytest.mark.parametrize("length", [1, 7])
def test_a_text_too_short_to_compare_is_let_be(add: Add, ask: Ask, length: int) -> None:
    """Fewer words than a shingle has say nothing about where a text comes from."""
    body = text(words(1, length))
    assert length < LIMITS.shingle_words
    add(body)
    assert ask(body) == []


def test_a_text_of_one_shingle_is_compared(add: Add, ask: Ask) -> None:
    """Eight words are enough."""
    original = add(text(words(1, 8)))
    assert others(ask(text(words(1, 8)))) == {original}
    assert ask(text(words(2, 8))) == []


def test_a_text_that_repeats_itself_is_compared_like_any(add: Add, ask: Ask) -> None:
    """Shingles are a set: a refrain counts once."""
    original = add(text(words(1, 10) * 40))
    assert others(ask(text(words(1, 10) * 3))) == {original}


def test_a_sample_with_nothing_in_common_finds_nothing(
    store: Store, ask: Ask, base: Base, reference: Reference, make: Callable[..., ClaimsDocument]
) -> None:
    """Full texts decide: a candidate whose shingles collide with the text's but whose text differs is no copy."""
    mapped = to_quads(make("liar", text(words(2, 100))), base, reference.entities)
    body = text(words(1, 100))
    store.extend([*mapped.quads, *shingle_quads(body, mapped.name, base)])
    assert ask(body) == []


def test_the_rule_has_its_words_in_both_languages() -> None:
    """The rule across reports is told like the others."""
    rule, query = syndicated_text()
    assert set(rule.names) == set(rule.messages) == {"ar", "en"}
    assert "# parameter shingle" in query


def test_how_many_shingles_are_indexed_is_told(base: Base, reference: Reference, make: Callable[..., ClaimsDocument]) -> None:
    """The index says of each report how many of its shingles it holds."""
    for length in (5, 50, 500):
        body = text(words(1, length))
        name = to_quads(make("r", body), base, reference.entities).name
        first, *rest = shingle_quads(body, name, base)
        assert isinstance(first.object, Literal)
        assert first.object.value == str(len(rest)) == str(len(sampled(shingles_of(body))))
        assert {quad.graph_name for quad in rest} <= {base.shingles}


def test_words_of_the_tests_are_words() -> None:
    """What the tests above compare is not emptied by the comparison itself."""
    assert len(words_of(text(words(1, 100)))) == 100
    assert not shingles_of(text(words(1, 3000))) & shingles_of(text(words(2, 3000)))
