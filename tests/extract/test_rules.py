"""What the rules find, measured, and what they promise of every text whatsoever."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import corpus
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.extract.folding import fold
from claimgraph.extract.rules import RuleExtractor
from claimgraph.extract.scoring import Names, Tally, compare, figures, overlap, tally
from claimgraph.model.document import PUBLISHER, Claim, ClaimsDocument, Report
from claimgraph.model.names import Base
from claimgraph.store.examine import Result, examine, surroundings
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference


@dataclass
class Measured:
    """Figures over several reports: F1 by level, share by field."""

    span: float
    attribution: float
    frame: float
    quantity: float
    time: float


def measured(rules: RuleExtractor, documents: Iterable[ClaimsDocument], names: Names) -> Measured:
    """Read the texts of annotated reports, publication dates given, and compare."""
    total = Tally()
    for gold in documents:
        report = Report(id=gold.report.id, text=gold.report.text, published=gold.report.published)
        total.add(tally(compare(gold, rules.extract(report), names)))
    found = figures(total)
    return Measured(*(found[level]["f1"] for level in ("span", "attribution", "frame")), *(found[f]["accuracy"] for f in ("quantity", "time")))


@pytest.fixture(scope="module")
def names(reference: Reference) -> Names:
    """What the keys of the reference graph are called."""
    return {key: [name.value for name in reference.names(key)] for key in reference.keys}


def read(rules: RuleExtractor, text: str, published: str | None = "2022-01-29", **known: str) -> ClaimsDocument:
    """What the rules make of a text."""
    return rules.extract(Report(id="r", text=text, published=published, **known))


# --- figures --------------------------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_the_annotated_reports(rules: RuleExtractor, gold: dict[str, ClaimsDocument], names: Names) -> None:
    """The annotated reports are read as well as was promised."""
    found = measured(rules, gold.values(), names)
    assert found.attribution >= 0.88
    assert found.frame >= 0.80
    assert found.quantity >= 0.95
    assert found.time >= 0.90


def test_reports_that_nobody_looked_at(rules: RuleExtractor, names: Names) -> None:
    """Reports that the rules were not written with are read as well as was promised."""
    found = measured(rules, corpus.unseen(), names)
    assert found.span >= 0.75
    assert found.attribution >= 0.60
    assert found.frame >= 0.45


def test_reports_of_many_kinds(rules: RuleExtractor, names: Names) -> None:
    """Hard reports of many outlets do not get worse: the figures that were reached are kept."""
    found = measured(rules, corpus.reports(), names)
    assert found.span >= 0.77
    assert found.attribution >= 0.60
    assert found.frame >= 0.43
    assert found.quantity >= 0.72


def test_sentences_by_construction(rules: RuleExtractor) -> None:
    """Of the single sentences' claims, these shares are found, given to the right mouth, and read with the right type."""
    total = found = attributed = typed = 0
    for sentence in corpus.sentences():
        claims = read(rules, sentence.text, sentence.published or "2022-01-29").claims
        for wanted in sentence.claims:
            total += 1
            match = _match(sentence.text, wanted["quote"], claims)
            if match is None:
                continue
            found += 1
            attributed += _said_by(match, wanted)
            typed += match.event.type == wanted["type"]
    assert total > 500
    assert found / total >= SENTENCES_FOUND
    assert attributed / total >= SENTENCES_ATTRIBUTED
    assert typed / total >= SENTENCES_TYPED


def _match(text: str, quote: str, claims: Iterable[Claim]) -> Claim | None:
    start = text.index(quote)
    ranked = sorted(claims, key=lambda claim: -overlap(claim, _At(start, start + len(quote))))  # type: ignore[arg-type]
    return ranked[0] if ranked and overlap(ranked[0], _At(start, start + len(quote))) >= 0.5 else None  # type: ignore[arg-type]


@dataclass
class _At:
    start: int
    end: int


def _said_by(claim: Claim, wanted: dict[str, object]) -> bool:
    origin = claim.chain[-1]
    if claim.polarity != wanted["polarity"]:
        return False
    if wanted["by"] == PUBLISHER:
        return origin.agent == PUBLISHER
    mine, theirs = _words(origin.surface or ""), _words(str(wanted["by"]))
    return 2 * len(mine & theirs) >= min(len(mine), len(theirs)) > 0


def _words(text: str) -> set[str]:
    return {word.removeprefix("ال") for word in fold(text).plain.replace('"', " ").split()}


SENTENCES_FOUND, SENTENCES_ATTRIBUTED, SENTENCES_TYPED = 0.84, 0.78, 0.63


# --- promises of every text -----------------------------------------------------------------------------------------------

_NOISE = (
    "\u064b",
    "\u0651",
    "\u0640",
    "\u00a0",
    "\u200f",
    "\u202b",
    "\u061c",
    "\ufeff",
    "\u200c",
    "\u0301",
    "“",
    "”",
    "«",
    "»",
    '"',
    "\ufefb",
    "ى",
    "ة",
    "،",
    ".",
    "\n",
    " ",
    "🔴",
    "7",
    "٧",
)


@cache
def _texts() -> tuple[tuple[str, str | None], ...]:
    return tuple(corpus.texts())


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A report or sentence with letters taken out, doubled, or noise put between them."""
    text = draw(st.sampled_from(_texts()))[0]
    letters = list(text)
    for _ in range(draw(st.integers(1, 25))):
        place = draw(st.integers(0, len(letters)))
        match draw(st.sampled_from(("insert", "delete", "cut", "double"))):
            case "insert":
                letters.insert(place, draw(st.sampled_from(_NOISE)) * draw(st.sampled_from((1, 1, 3))))
            case "delete":
                del letters[place : place + draw(st.integers(1, 3))]
            case "cut":
                letters = letters[place:] if place < len(letters) // 2 else letters[:place]
            case "double":
                letters[place:place] = letters[place : place + 12]
    return "".join(letters) or "؟"


def exact(document: ClaimsDocument) -> None:
    """Every claim's words, and every name's, stand in the text where it says."""
    text = document.report.text
    for claim in document.claims:
        assert text[claim.start : claim.end] == claim.quote
        assert claim.quote == claim.quote.strip()
        for mention in claim.mentions:
            assert text[mention.start : mention.end] == mention.surface
        for hop in claim.chain[1:]:
            assert hop.surface
            assert hop.surface in text
        for quantity in (claim.event.quantity, *claim.event.breakdown):
            assert quantity is None or quantity.wording in text
        assert claim.event.time_wording is None or claim.event.time_wording in text
        assert claim.said_wording is None or claim.said_wording in text


@given(text=mutated())
def test_offsets_are_exact_however_a_text_is_written(rules: RuleExtractor, text: str) -> None:
    """text[start:end] is the evidence, also where diacritics, tatweel, controls and odd quotation marks stand between the letters."""
    exact(read(rules, text))


@given(text=st.text(min_size=1, max_size=300))
def test_any_text_is_read(rules: RuleExtractor, text: str) -> None:
    """Whatever characters a text is made of, reading it ends and gives exact evidence."""
    exact(read(rules, text.replace("\0", "") or " "))


@given(
    words=st.lists(
        st.sampled_from(
            [
                "وقال",
                "قالت",
                "إن",
                "أن",
                "“",
                "”",
                ":",
                "،",
                ".",
                "نفت",
                "أعلن",
                "عن",
                "وفق",
                "بحسب",
                "ما",
                "التي",
                "مصادر",
                "المصادر",
                "قسد",
                "سجن",
                "الصناعة",
                "أمس",
                "فرار",
                "30",
                "عشرات",
                "لم",
                "قد",
                "كما",
                "وأضاف",
                "نقلت",
                "مشيرا",
                "إلى",
            ]
        ),
        max_size=60,
    )
)
def test_any_heap_of_function_words_is_read(rules: RuleExtractor, words: list[str]) -> None:
    """The words that rules hang on may come in any order."""
    exact(read(rules, " ".join(words) or "و"))


def test_what_is_found_passes_the_shapes(rules: RuleExtractor, place: Place, base: Base) -> None:
    """No claim that the rules propose is refused by the shapes, whatever they warn of."""
    with surroundings(place, base) as around:
        for text, published in _texts():
            outcome = examine(read(rules, text, published), around)
            assert outcome.result is not Result.REFUSED, [f for f in outcome.findings if f.refuses]


def test_every_claim_says_how_it_was_found(rules: RuleExtractor) -> None:
    """Each claim names its rule and how sure it is, and waits for review."""
    for document in (read(rules, text, published) for text, published in _texts()[:60]):
        for claim in document.claims:
            assert claim.rule
            assert claim.rule.startswith("rules-")
            assert claim.confidence
            assert 0 < claim.confidence < 1
            assert claim.review
            assert claim.review.state == "candidate"
            assert claim.chain[0].agent == PUBLISHER


def test_the_same_text_gives_the_same_claims(rules: RuleExtractor) -> None:
    """What was read before changes nothing."""
    text = corpus.reports()[0].report.text
    first = read(rules, text)
    read(rules, corpus.reports()[1].report.text)
    assert read(rules, text) == first


def test_what_is_known_of_a_report_comes_back(rules: RuleExtractor) -> None:
    """Text, id and provenance are not the extractor's to change."""
    given_ = Report(
        id="r",
        text="قالت مصادر محلية إن أربعة فروا.",
        published="2022-01-29",
        publisher="syria-tv",
        publisher_basis="stated",
        url="https://example.org/1",
    )
    back = rules.extract(given_).report
    for name in ("id", "text", "sha256", "published", "publisher", "publisher_basis", "url"):
        assert getattr(back, name) == getattr(given_, name)


def test_a_text_without_arabic(rules: RuleExtractor) -> None:
    """A text without Arabic has no claims, and that is no error."""
    assert read(rules, "The general said that nobody had left the building.").claims == ()
