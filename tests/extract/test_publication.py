"""When and where a report appeared: as given, else as its page tells and then said to be so, never guessed."""

from __future__ import annotations

import pytest

from claimgraph.extract.rules import RuleExtractor
from claimgraph.model.document import Report

HEADLINE = "هجوم على مخفر في البلدة"


def body(weekday: str = "") -> str:
    """A paragraph about an event of yesterday, with the weekday it was."""
    yesterday = f"أمس {weekday}".strip()
    return f"قالت الشرطة في المدينة إن مسلحين مجهولين هاجموا مخفر البلدة مساء {yesterday} وقتلوا ثلاثة من عناصره ثم انسحبوا إلى البادية القريبة."


def page(*lines: str, weekday: str = "") -> str:
    """A page: its headline, lines above the report, and the report."""
    return "\n\n".join([HEADLINE, *lines, body(weekday)]) + "\n"


def read(rules: RuleExtractor, text: str, **known: str | None) -> Report:
    """The report as the extractor gives it back."""
    return rules.extract(Report(id="r", text=text, **known)).report


# --- when -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("30 كانون الثاني 2022", "2022-01-30"),
        ("الأحد 30 كانون الثاني 2022", "2022-01-30"),
        ("30 يناير 2022", "2022-01-30"),
        ("30 كانون الثاني/يناير 2022", "2022-01-30"),
        ("٣٠ كانون الثاني ٢٠٢٢", "2022-01-30"),
        ("30/1/2022", "2022-01-30"),
        ("2022-01-30", "2022-01-30"),
        ("تاريخ النشر: 30 كانون الثاني 2022", "2022-01-30"),
    ],
)
def test_a_dateline_is_taken(rules: RuleExtractor, line: str, expected: str) -> None:
    """The date that a line of the page states is its publication date, said to be stated; relative days count from it."""
    document = rules.extract(Report(id="r", text=page(line)))
    assert (document.report.published, document.report.published_basis, document.report.published_note) == (expected, "stated", None)
    assert document.claims[0].event.time == "2022-01-29"


def test_a_dateline_that_a_weekday_bears_out(rules: RuleExtractor) -> None:
    """A weekday in the text that fits the stated date leaves it as it is, without a note."""
    report = read(rules, page("30 كانون الثاني 2022", weekday="السبت"))
    assert (report.published, report.published_note) == ("2022-01-30", None)


@pytest.mark.parametrize("weekday", ["الجمعة", "الأحد", "الثلاثاء"])
def test_a_dateline_that_a_weekday_contradicts(rules: RuleExtractor, weekday: str) -> None:
    """A stated date that a weekday of the text contradicts is not taken: the note tells both, and relative days stay open."""
    document = rules.extract(Report(id="r", text=page("30 كانون الثاني 2022", weekday=weekday)))
    assert (document.report.published, document.report.published_basis) == (None, None)
    assert document.report.published_note
    assert "2022-01-30" in document.report.published_note
    assert weekday in document.report.published_note
    assert document.claims[0].event.time is None
    assert weekday in str(document.claims[0].event.time_wording)


def test_a_given_date_is_kept(rules: RuleExtractor) -> None:
    """A date that is given stands above what the page states, and its basis stays as it was given."""
    report = read(rules, page("30 كانون الثاني 2022"), published="2022-01-29", published_basis="inferred")
    assert (report.published, report.published_basis) == ("2022-01-29", "inferred")


def test_a_given_date_that_fits(rules: RuleExtractor) -> None:
    """A given date that the text's weekday fits needs no note."""
    assert read(rules, body("السبت"), published="2022-01-30").published_note is None


def test_a_given_date_that_a_weekday_contradicts(rules: RuleExtractor) -> None:
    """A given date is kept also where the text contradicts it: a note tells of it, and the contradicted day stays open."""
    document = rules.extract(Report(id="r", text=body("السبت"), published="2022-02-15"))
    assert document.report.published == "2022-02-15"
    assert "السبت" in str(document.report.published_note)
    assert document.claims[0].event.time is None
    assert document.claims[0].event.time_wording == "مساء أمس السبت"


def test_a_note_that_was_given_is_kept(rules: RuleExtractor) -> None:
    """What people noted of the date stays before what the reading adds."""
    note = read(rules, body("السبت"), published="2022-02-15", published_note="from the page's address").published_note
    assert note
    assert note.startswith("from the page's address\n")
    assert "السبت" in note


def test_a_contradiction_is_told_once(rules: RuleExtractor) -> None:
    """A weekday that the text repeats makes one line of the note."""
    text = body("السبت")
    note = read(rules, f"{text} {text}", published="2022-02-15").published_note
    assert note
    assert note == read(rules, text, published="2022-02-15").published_note


def test_without_any_date(rules: RuleExtractor) -> None:
    """Where nothing dates a report, it stays undated, and what counts from it stays open."""
    document = rules.extract(Report(id="r", text=body("السبت")))
    assert (document.report.published, document.report.published_basis, document.report.published_note) == (None, None, None)
    assert [claim.event.time for claim in document.claims if claim.event.time_wording] == [None]


def test_a_date_in_the_report_is_not_the_page_s(rules: RuleExtractor) -> None:
    """The date of an event, told in a paragraph, is not taken for that of publication."""
    text = "قالت الشرطة إن مسلحين مجهولين هاجموا مخفر البلدة في 12 كانون الثاني 2022 وقتلوا ثلاثة من عناصره ثم انسحبوا إلى البادية القريبة."
    assert read(rules, text).published is None


# --- by whom ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("قال مصدر أمني لـ«الوطن» إن ثلاثة سجناء فروا.", "alwatan"),
        ('قال مصدر أمني لـ"الوطن" إن ثلاثة سجناء فروا.', "alwatan"),
        ("قال مصدر أمني لـ الوطن إن ثلاثة سجناء فروا.", "alwatan"),
        ("وأوضح قائد الشرطة لتلفزيون سوريا أن ثلاثة سجناء فروا.", "syria-tv"),
        ("وأشارت مصادر لـ«أثر» إلى أن الاشتباكات مستمرة في الحي.", "athr-press"),
    ],
)
def test_whom_sources_speak_to(rules: RuleExtractor, text: str, expected: str) -> None:
    """The outlet that sources speak to is the publisher, said to be inferred."""
    report = read(rules, text)
    assert (report.publisher, report.publisher_basis) == (expected, "inferred")


@pytest.mark.parametrize(
    "text",
    [
        f"تلفزيون سوريا\n{HEADLINE}\n\n{body()}",
        f"{HEADLINE}\n\nتلفزيون سوريا - الرقة\n\n{body()}",
        f"{HEADLINE}\n\n{body()}\n\nتلفزيون سوريا\n",
        f"{HEADLINE}\n\n{body()}\n\nجميع الحقوق محفوظة تلفزيون سوريا\n",
    ],
    ids=["above the headline", "a dateline", "a signature", "the foot of the page"],
)
def test_whose_page_it_is(rules: RuleExtractor, text: str) -> None:
    """The outlet that the page's own lines name is the publisher, said to be inferred."""
    report = read(rules, text)
    assert (report.publisher, report.publisher_basis) == ("syria-tv", "inferred")


@pytest.mark.parametrize(
    "text",
    [
        "قال مصدر أمني لـ«الوطن» إن ثلاثة سجناء فروا. وقال حارس لتلفزيون سوريا إن أحدا لم يفر.",
        f"تلفزيون سوريا\n{HEADLINE}\n\n{body()}\n\nالحل نت\n",
        f"الحل نت\n{HEADLINE}\n\n{body()} وقال حارس لتلفزيون سوريا إن أحدا لم يقتل.\n",
    ],
    ids=["two spoken to", "two on the page", "one on the page, one spoken to"],
)
def test_nothing_is_guessed_between_two(rules: RuleExtractor, text: str) -> None:
    """Where two outlets compete, neither is taken."""
    report = read(rules, text)
    assert (report.publisher, report.publisher_basis) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "قالت وكالة سبوتنيك إن ثلاثة سجناء فروا.",
        "نقل تلفزيون سوريا عن حارس أن ثلاثة سجناء فروا.",
        "فر ثلاثة سجناء من السجن، بحسب تلفزيون سوريا.",
        body(),
    ],
    ids=["a speaker", "a relay", "according to", "no outlet"],
)
def test_an_outlet_that_only_speaks_is_not_the_publisher(rules: RuleExtractor, text: str) -> None:
    """An outlet that the report quotes is a source, not where it appeared."""
    assert read(rules, text).publisher is None


def test_a_body_that_is_no_outlet_is_not_the_publisher(rules: RuleExtractor) -> None:
    """To whom something was handed over is no publisher, if it is no outlet."""
    assert read(rules, "قال القائد إن المسلحين سلموا أنفسهم لقوات سوريا الديمقراطية.").publisher is None


def test_a_publisher_that_is_given_is_kept(rules: RuleExtractor) -> None:
    """A publisher that is given stays, whomever sources speak to, and its basis is not made up."""
    report = read(rules, "قال مصدر أمني لـ«الوطن» إن ثلاثة سجناء فروا.", publisher="athr-press")
    assert (report.publisher, report.publisher_basis) == ("athr-press", None)
    stated = read(rules, "قال مصدر أمني لـ«الوطن» إن ثلاثة سجناء فروا.", publisher="athr-press", publisher_basis="stated")
    assert (stated.publisher, stated.publisher_basis) == ("athr-press", "stated")
