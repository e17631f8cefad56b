"""Hostile texts through the extractor: it ends, in time proportional to length, and what it gives stands in the text."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from claimgraph.extract.rules import RuleExtractor
from claimgraph.model.document import ClaimsDocument, Report
from claimgraph.model.limits import LIMITS
from claimgraph.store.known import known
from claimgraph.store.reference import Reference

Made = Callable[[int], str]

CLAIM = "قال مصدر أمني إن خمسة سجناء فروا من سجن الصناعة أمس."
GROWTH = 3.0  # of the time when a text is doubled: 2 is in proportion, 4 is quadratic
FEWEST_SECONDS = 0.05  # a shorter measure says nothing
RUNS = 3


@pytest.fixture(scope="module")
def rules(reference: Reference) -> RuleExtractor:
    """The default extractor, knowing the bundled reference graph."""
    return RuleExtractor(known(reference))


def read(rules: RuleExtractor, text: str) -> ClaimsDocument:
    """What the rules make of a text."""
    return rules.extract(Report(id="r", text=text, published="2022-01-29"))


def exact(document: ClaimsDocument) -> None:
    """Every claim's words, and every name's, stand in the text where it says; so do the words of speakers, numbers and dates."""
    text = document.report.text
    for claim in document.claims:
        assert 0 <= claim.start < claim.end <= len(text)
        assert text[claim.start : claim.end] == claim.quote
        for mention in claim.mentions:
            assert text[mention.start : mention.end] == mention.surface
        for hop in claim.chain[1:]:
            assert hop.surface
            assert hop.surface in text
        for quantity in (claim.event.quantity, *claim.event.breakdown):
            assert quantity is None or quantity.wording in text
        for words in (claim.event.time_wording, claim.said_wording):
            assert words is None or words in text


def seconds(rules: RuleExtractor, text: str) -> float:
    """The least processor time of a few readings."""
    best = float("inf")
    for _ in range(RUNS):
        begun = time.process_time()
        read(rules, text)
        best = min(best, time.process_time() - begun)
    return best


# --- time in proportion to length -------------------------------------------------------------------------------------------

LONG: dict[str, Made] = {
    "the verb of saying again and again": lambda n: "قال إن " * n,
    "saying within saying": lambda n: "قال مصدر إن الوزير قال إن " * n,
    "openers of quotations": lambda n: "«قال «إن " * n,
    "quotations in quotations": lambda n: "قال: " + "«قال إن سجينا فر " * n + "»" * n,
    "only quotation marks": lambda n: '"' * n,
    "only quotation marks, parted": lambda n: "« » " * n,
    "pairs around each word": lambda n: "«سجين» " * n,
    "no full stop": lambda n: "خمسة سجناء فروا من السجن وقتل ثلاثة حراس " * n,
    "no full stop, with commas": lambda n: "خمسة سجناء فروا، " * n,
    "one paragraph of sentences": lambda n: (CLAIM + " ") * n,
    "many paragraphs": lambda n: (CLAIM + "\n\n") * n,
    "leads that all could repeat": lambda n: "فر خمسة سجناء من سجن الصناعة أمس. " * n + "\n\n" + CLAIM,
    "names without end": lambda n: "قسد وداعش والتحالف الدولي " * n,
    "a name that begins again and again": lambda n: "تنظيم " * n,
    "a name torn by marks": lambda n: "قوات " + '"' * n + " سوريا الديمقراطية فرت. " + CLAIM,
    "an ambiguous name": lambda n: "فر سجين من سجن الحسكة. " * n,
    "people without end": lambda n: "قال الناشط أحمد سالم محمد خالد " * n,
    "relays of relays": lambda n: "نقلا عن مصدر " * n + "إن سجينا فر.",
    "according to": lambda n: "وفق ما قال مصدر، بحسب ما ذكر آخر، " * n,
    "anaphora": lambda n: CLAIM + " وأضاف أن سجينا قتل." * n,
    "the sources": lambda n: "قالت مصادر إن سجينا فر. وأضافت المصادر أن جنديا قتل. " * n,
    "numbers": lambda n: "خمسة آلاف وثلاثمئة وخمسة وعشرين و" * n + "سجين فروا.",
    "digits": lambda n: "1,2.3 " * n,
    "a number without end": lambda n: "1" * n + " سجين فروا.",
    "dates": lambda n: "أمس الجمعة 28 كانون الثاني 2022 " * n,
    "since and until": lambda n: "منذ حتى بين من إلى " * n,
    "negations": lambda n: "لم لا لن ليس ما لم " * n + "يفر أحد.",
    "hedges": lambda n: "ربما قد من المحتمل أن " * n + "يفر أحد.",
    "relatives": lambda n: "الذي قال التي قالت " * n,
    "conjunctions alone": lambda n: "و " * n,
    "commas": lambda n: "، " * n,
    "hyphens": lambda n: "قسد-" * n,
    "colons": lambda n: "قال: " * n,
    "brackets": lambda n: "(" * n + "قال مصدر إن سجينا فر" + ")" * n,
    "full stops": lambda n: ". " * n,
    "ellipses": lambda n: "…" * n,
    "diacritics on one letter": lambda n: "ق" + "\u064b" * n + "ال مصدر إن سجينا فر.",
    "diacritics on each letter": lambda n: "".join(letter + "\u0651\u064b" * 20 for letter in CLAIM) * (n // 500 + 1),
    "a ligature of many letters": lambda n: "ﷺ" * n,
    "alternating scripts": lambda n: "قالa1٢۳б" * n,
    "tatweel": lambda n: "ق" + "ـ" * n + "ال مصدر إن سجينا فر.",
    "controls": lambda n: "\u202e\u2066" * n + CLAIM,
    "only new lines": lambda n: "\n" * n,
    "lines of one word": lambda n: "سجن\n" * n,
    "spaces": lambda n: "قال" + " " * n + "مصدر إن سجينا فر.",
    "a word without end": lambda n: "س" * n,
    "clitics without end": lambda n: "و" * n + "قال مصدر إن سجينا فر.",
    "astral letters": lambda n: "😀𐎠 " * n,
}
# How often each is said for the smaller measure: longer where a repetition is a single letter.
TIMES = {name: 5_000 if len(made(10)) <= 80 else 400 for name, made in LONG.items()}


@pytest.mark.parametrize("name", LONG)
def test_time_grows_with_length(rules: RuleExtractor, name: str) -> None:
    """Twice the text takes about twice the time, whatever is said again and again: nothing in the rules is quadratic."""
    made, n = LONG[name], TIMES[name]
    once, twice = made(n), made(2 * n)
    short, long = seconds(rules, once), seconds(rules, twice)
    if short < FEWEST_SECONDS:
        assert long < FEWEST_SECONDS * GROWTH
    else:
        assert long < short * GROWTH, f"{short:.3f} s, then {long:.3f} s"


# --- exact evidence -------------------------------------------------------------------------------------------------------

ODD: dict[str, str] = {
    **{name: made(60) for name, made in LONG.items()},
    "a hundred quotations deep": "قال: " + "«" * 100 + "سجين فر من السجن ليلا" + "»" * 100,
    "a quotation closed before it opens": "قال مصدر: »فر خمسة سجناء من السجن« أمس",
    "reversed and crossed marks": "قال ”مصدر «أمني” إن» خمسة “سجناء» فروا",
    "a lone combining mark": "\u0651",
    "a lone combining mark before words": "\u0651\u064b" + CLAIM,
    "marks before each word": CLAIM.replace(" ", " \u0651"),
    "overrides": CLAIM.replace("إن", "\u202eإن\u202c").replace("خمسة", "\u2067خمسة"),
    "an unclosed isolate": "\u2066" + CLAIM,
    "zero width in each word": "\u200b".join(CLAIM),
    "joiners in each word": "\u200d".join(CLAIM),
    "stretched": "ـ".join(CLAIM).replace("ـ ـ", " "),
    "presentation forms": CLAIM.replace("ا", "\ufe8e").replace("س", "\ufeb3"),
    "Persian letters": CLAIM.replace("ي", "ی").replace("ة", "ۃ"),
    "no-break spaces": CLAIM.replace(" ", "\u00a0"),
    "lines for spaces": CLAIM.replace(" ", "\n"),
    "carriage returns": (CLAIM + "\r\n") * 3,
    "separators of lines": CLAIM + "\u2028" + CLAIM + "\u2029" + CLAIM + "\x85" + CLAIM + "\x0b\x0c" + CLAIM,
    "astral letters before": "😀𐎠\U0001f1f8\U0001f1fe " + CLAIM,
    "astral letters within": CLAIM.replace("سجناء", "سج😀ناء"),
    "what is no letter": "\ufffe\uffff\U0001ffff " + CLAIM,
    "letters of nobody": "\ue000\uf8ff " + CLAIM,
    "controls of old": CLAIM.replace(" ", " \x01\x07\x1b[31m"),
    "a dotted capital": "İ " + CLAIM,
    "markup": f"<script>alert(1)</script> <b>{CLAIM}</b> &amp;",
    "one letter": "و",
    "one space": " ",
    "a verb alone": "قال",
    "a verb and its that": "قال إن",
    "a that alone": "أن",
    "a relay alone": "وفق",
    "a colon alone": "قال:",
    "numbers in three scripts": "قال مصدر إن 1٢۳ سجينا فروا.",
    "a thousand zeros": f"قال مصدر إن 1{'0' * 1_000} سجين فروا.",
    "four thousand digits": f"قال مصدر إن {'9' * 4_000} سجين فروا.",
    "an impossible date": "قال مصدر إن سجينا فر في 31 شباط 2022 وفي 99/99/9999.",
    "far years": "قال مصدر إن سجينا فر عام 0 وعام 999999999999 قبل مليار سنة.",
    "many years ago": "قال مصدر إن سجينا فر قبل 99999 عاما وبعد 4000000 يوم.",
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_found_stands_in_the_text(rules: RuleExtractor, name: str) -> None:
    """A text that deceives eye or matcher is read to its end, and every quote is the text's own words where it says."""
    exact(read(rules, ODD[name]))


@pytest.mark.parametrize(
    "name",
    [
        "marks before each word",
        "overrides",
        "an unclosed isolate",
        "zero width in each word",
        "joiners in each word",
        "stretched",
        "presentation forms",
        "Persian letters",
        "no-break spaces",
        "astral letters before",
        "a lone combining mark before words",
        "what is no letter",
    ],
)
def test_what_deceives_hides_nothing(rules: RuleExtractor, name: str) -> None:
    """The claim of a plain sentence is found with its number, facility and date, however the sentence is disguised."""
    (plain,) = read(rules, CLAIM).claims
    (claim,) = read(rules, ODD[name]).claims
    assert claim.chain[-1].kind == plain.chain[-1].kind == "anonymous"
    assert (claim.event.type, claim.event.facility, claim.event.time) == (plain.event.type, plain.event.facility, plain.event.time)
    assert claim.event.quantity
    assert plain.event.quantity
    assert (claim.event.quantity.min, claim.event.quantity.of) == (plain.event.quantity.min, plain.event.quantity.of) == (5, "detainees")
    assert claim.incident == plain.incident == "sinaa-2022-01"


def test_look_alikes_change_who_it_is(rules: RuleExtractor) -> None:
    """A name with a letter of another script is not the known name: the claim is not given to it."""
    (plain,) = read(rules, "قالت قسد إن خمسة سجناء فروا.").claims
    assert plain.chain[-1].agent == "sdf"
    for claim in read(rules, "قالت قсد إن خمسة سجناء فروا.").claims:
        assert "sdf" not in {hop.agent for hop in claim.chain}


def test_two_hundred_thousand_characters_without_a_full_stop(rules: RuleExtractor) -> None:
    """A sentence as long as a book is read, and the limits of a document are kept."""
    text = "قال مصدر أمني إن خمسة سجناء فروا من السجن وأضاف أن ثلاثة حراس قتلوا " * 3_000
    assert len(text) > 200_000
    document = read(rules, text)
    assert document.claims
    exact(document)


def test_more_claims_than_a_document_may_hold(rules: RuleExtractor) -> None:
    """A text with more claims than a claims document may have is read without an error, and gives no more than may be."""
    document = read(rules, " ".join([CLAIM] * (LIMITS.claims_per_report + 500)))
    assert 0 < len(document.claims) <= LIMITS.claims_per_report
    exact(document)


def test_ten_thousand_names(rules: RuleExtractor) -> None:
    """A claim with ten thousand names in it is read, and its lists stay within what a document may hold."""
    document = read(rules, "قال مصدر أمني إن " + "قسد وداعش والتحالف الدولي وسجن الصناعة و" * 2_500 + "غيرها هاجموا القرية.")
    for claim in document.claims:
        assert len(claim.mentions) <= LIMITS.items_per_list
    exact(document)


def test_a_quote_longer_than_a_field(rules: RuleExtractor) -> None:
    """A claim whose words would be longer than a field may be is no error, and what is given is within the limit."""
    document = read(rules, "قال مصدر أمني إن خمسة سجناء فروا من السجن " + "الكبير " * LIMITS.field_characters)
    assert all(len(claim.quote) <= LIMITS.field_characters for claim in document.claims)
    exact(document)


@pytest.mark.parametrize("many", [10, 10_000, 1_000_000])
def test_a_text_of_new_lines_claims_nothing(rules: RuleExtractor, many: int) -> None:
    """A text without words has no claims, however long."""
    assert read(rules, "\n" * many).claims == ()


def test_one_text_does_not_change_another(rules: RuleExtractor) -> None:
    """What a hostile text was read as leaves nothing behind: a plain one is read as before."""
    before = read(rules, CLAIM)
    for text in ODD.values():
        read(rules, text)
    assert read(rules, CLAIM) == before
