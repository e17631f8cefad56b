"""Dates: what a text says of when, as EDTF, and what stays open."""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.extract.folding import fold, fold_word
from claimgraph.extract.lexicon import data
from claimgraph.extract.times import WEEKDAYS, Times
from claimgraph.extract.tokens import Token, tokens_of
from claimgraph.model.dates import days_of

TIMES = Times()
PUBLISHED = "2022-01-29"
CASES: list[Any] = yaml.safe_load(Path(__file__).with_name("dates.yaml").read_text(encoding="utf-8"))
ARABIC_WEEKDAYS = ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"]


def tokens_in(text: str) -> list[Token]:
    """The tokens of a text."""
    folded = fold(text)
    return tokens_of(folded, 0, len(folded.plain))


def as_written(text: str, published: str | None) -> list[list[Any]]:
    """The dates of a text in the form of the cases."""
    folded = fold(text)
    tokens = tokens_of(folded, 0, len(folded.plain))
    return [
        [
            text[slice(*folded.span(when.start, tokens[when.last - 1].end))],
            when.edtf,
            when.kind,
            *(["relative"] if when.relative else []),
            *(["conflict"] if when.conflict else []),
        ]
        for when in TIMES.find(tokens, published)
    ]


@pytest.mark.parametrize("case", CASES, ids=[f"{case[0]} {case[2:]}" for case in CASES])
def test_a_sentence_says_when(case: list[Any]) -> None:
    """Wording, EDTF, kind and marks of every date of a sentence are those of the case, and there is no other."""
    text, expected, published = case[0], case[1], case[2] if len(case) > 2 else PUBLISHED
    assert as_written(text, published) == [[str(one[0]), *one[1:]] for one in expected]


def test_there_are_many_cases() -> None:
    """The cases are at least 150, none given twice, and every date that they expect is EDTF."""
    assert len(CASES) >= 150
    assert len({repr(case) for case in CASES}) == len(CASES)
    assert [one for case in CASES for one in case[1] if one[1] is not None and days_of(one[1]) is None] == []


@pytest.mark.parametrize(
    ("line", "edtf"),
    [
        ("2022.01.29 | 09:36 دمشق", "2022-01-29"),
        ("الاثنين، ٢٠ يونيو ٢٠٢٢", "2022-06-20"),
        ("الخميس - 18 أبريل - 2024", "2024-04-18"),
        ("نشر في 3 كانون الأول/ديسمبر 2021 الساعة 10:15", "2021-12-03"),
        ("آخر تحديث: 29/01/2022 - 14:20", "2022-01-29"),
        ("الأحد 30 كانون الثاني 2022", "2022-01-30"),
        ("January 29, 2022", "2022-01-29"),
        ("29 Jan 2022", "2022-01-29"),
        ("2022-01-29T09:36:00+02:00", "2022-01-29T09:36:00+02:00"),
        ("2022-01-29T09:36+0200", "2022-01-29T09:36:00+02:00"),
        ("2022-01-29T09:36:12.345Z", "2022-01-29T09:36:12Z"),
        ("2022-01-29 09:36", "2022-01-29"),
        ("2022-13-29T09:36:00Z", None),
        ("الأربعاء 3/4/2019", "2019-04-03"),
        ("3/4/2019", None),
        ("منذ يومين", None),
        ("أخبار سورية", None),
        ("", None),
    ],
)
def test_a_publication_line_gives_its_date(line: str, edtf: str | None) -> None:
    """The date of a page's date line, in any notation; with its clock only where the line gives its zone; nothing that is not whole."""
    assert TIMES.date_in(line) == edtf


@pytest.mark.parametrize("locale", ["ar", "ar_DZ", "ar_MA", "ar_SY", "ar_IQ", "ar_TN", "ar_EG", "ar_LB", "ar_SA"])
def test_months_are_known_by_their_names_in_every_country(locale: str) -> None:
    """The month names of the Unicode locale data are those of the word list, each for the same month."""
    ours = {fold_word(name): month for month, names in data("dates")["months"].items() for name in names}
    babel = pytest.importorskip("babel.dates")
    theirs = {fold_word(name): month for month, name in babel.get_month_names("wide", locale=locale).items()}
    assert {name: month for name, month in theirs.items() if ours.get(name) != month} == {}


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(0, 6))
def test_weekdays_are_the_last_before_publication(today: date, weekday: int) -> None:
    """A weekday is the last one up to the day of publication, the last one before it with "last", the first one after it with "next"."""
    name = ARABIC_WEEKDAYS[weekday]

    def day_of(text: str) -> date:
        (when,) = TIMES.find(tokens_in(text), today.isoformat())
        assert when.edtf
        return date.fromisoformat(when.edtf)

    plain, last, following = day_of(f"قال {name} ذلك"), day_of(f"قال {name} الماضي ذلك"), day_of(f"يعود {name} المقبل")
    assert {plain.weekday(), last.weekday(), following.weekday()} == {weekday}
    assert today - timedelta(7) < plain <= today
    assert today - timedelta(7) <= last < today < following <= today + timedelta(7)


@given(
    st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.sampled_from(["{d} {name} {y}", "{d} من {name} {y}", "{y}-{m:02}-{d:02}", "{y}.{m:02}.{d:02}"])
)
def test_full_dates_are_read_back(day: date, form: str) -> None:
    """Every day is read back from every way to write it in full, whatever the month's name, and whenever published."""
    for name in data("dates")["months"][day.month]:
        text = form.format(d=day.day, m=day.month, y=day.year, name=name)
        assert [(when.edtf, when.kind) for when in TIMES.find(tokens_in(f"في {text} حدث ذلك"), PUBLISHED)] == [(day.isoformat(), "day")], text


def date_soup() -> st.SearchStrategy[str]:
    """Words of the lexicon, numbers and marks in any order."""
    held = data("dates")
    words = [name for table in ("months", "weekdays", "days", "ordinals") for names in held[table].values() for name in names]
    words += [
        word
        for name in ("hijri", "clock", "this", "last", "next", "ago", "since", "stretches", "year_words", "day_words", "now", "earlier", "before")
        for word in held[name]
    ]
    words += [form for forms in held["units"].values() for some in forms.values() for form in some]
    words += ["ال" + form for forms in held["units"].values() for some in forms.values() for form in some]
    words += [
        "من",
        "و",
        "إلى",
        "بين",
        "ال",
        "/",
        "-",
        ",",
        "(",
        ")",
        "1",
        "20",
        "31",
        "2022",
        "9999",
        "2022.01.29",
        "3/4/2019",
        "999999",
        "آخر",
        "عدة",
        "ثلاثة",
        "مليون",
    ]
    return st.lists(st.sampled_from(words), max_size=25).map(" ".join)


@given(date_soup() | st.text(max_size=80), st.sampled_from([None, PUBLISHED, "0001-01-01", "9999-12-31", "2022-01", "2020/2021", "no date"]))
def test_any_text_can_be_read(text: str, published: str | None) -> None:
    """Whatever the words, reading ends without an error, ranges follow each other, and what is given is EDTF."""
    tokens = tokens_in(text)
    place = 0
    for when in TIMES.find(tokens, published):
        assert place <= when.first < when.last <= len(tokens)
        assert tokens[when.first].start <= when.start < tokens[when.last - 1].end
        assert when.edtf is None or days_of(when.edtf) is not None, when
        place = when.last
    TIMES.weekday_conflicts(tokens, published)
    TIMES.agrees(tokens, published)
    TIMES.date_in(text)


@pytest.mark.parametrize("words", ["منذ ", "قبل ", "في ", "يوم ", "من ", "السبت ", "أمس ، ", "3 و", "1/", "مطلع ", "في وقت سابق من ", "بعد قبل "])
def test_long_input_takes_linear_time(words: str) -> None:
    """Ten times the words take about ten times as long, also where each could begin or continue a date."""

    def seconds(times: int) -> float:
        tokens = tokens_in(words * times)
        best = 9.0
        for _ in range(3):
            begin = time.perf_counter()
            TIMES.find(tokens, PUBLISHED)
            best = min(best, time.perf_counter() - begin)
        return best

    assert seconds(2_000) < 40 * max(seconds(200), 0.0005)


def test_a_weekday_that_contradicts_the_date_is_told() -> None:
    """A weekday that is not that of the day meant gives a sentence with the text's words, the weekday it is, and the publication date."""
    text = "وقعت غارات مساء أمس السبت على المدينة"
    folded = fold(text)
    tokens = tokens_of(folded, 0, len(folded.plain))
    (sentence,) = TIMES.weekday_conflicts(tokens, "2024-04-18", folded)
    assert "مساء أمس السبت" in sentence
    assert "Wednesday" in sentence
    assert "2024-04-18" in sentence
    assert TIMES.weekday_conflicts(tokens, "2022-01-23") == []
    assert TIMES.weekday_conflicts(tokens, None) == []
    assert TIMES.agrees(tokens, "2022-01-23") is True
    assert TIMES.agrees(tokens, "2024-04-18") is False
    assert TIMES.agrees(tokens, None) is None
    assert TIMES.agrees(tokens_in("وقعت غارات أمس"), "2022-01-23") is None
    assert TIMES.implied(tokens) == ["Sunday"]
    assert TIMES.implied(tokens_in("قال اليوم الخميس ثم عاد غدا الجمعة")) == ["Thursday", "Thursday"]


def test_a_weekday_that_contradicts_a_full_date_is_told() -> None:
    """Where a full date stands beside a wrong weekday, the date holds and the sentence names the weekday that it has."""
    (sentence,) = TIMES.weekday_conflicts(tokens_in("الخميس 26 كانون الثاني 2022"), None)
    assert "2022-01-26" in sentence
    assert "Wednesday" in sentence


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(0, 6))
def test_the_weekday_beside_yesterday_tells_of_the_publication(today: date, weekday: int) -> None:
    """A weekday beside "yesterday" agrees with publication on Sundays alone; otherwise the date stays open and the conflict names both days."""
    yesterday = today - timedelta(1)
    tokens = tokens_in(f"وقع ذلك أمس {ARABIC_WEEKDAYS[weekday]}")
    (when,) = TIMES.find(tokens, today.isoformat())
    fits = yesterday.weekday() == weekday
    assert (when.edtf, when.conflict) == ((yesterday.isoformat(), None) if fits else (None, (WEEKDAYS[weekday], WEEKDAYS[yesterday.weekday()])))
    assert TIMES.agrees(tokens, today.isoformat()) is fits
