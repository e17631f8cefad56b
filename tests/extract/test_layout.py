"""The parts of a page's text: what is body, what is the page around it, and where each stands."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.extract.folding import fold
from claimgraph.extract.furniture import Line, furniture, words_of
from claimgraph.extract.layout import Block, Layout, layout
from claimgraph.extract.lexicon import data
from claimgraph.extract.lines import KINDS

PAGES = Path(__file__).parent / "data" / "pages.txt"
PARAGRAPH = "قالت الشرطة في بيان إنها أوقفت ثلاثة أشخاص يشتبه في ضلوعهم في تهريب الوقود قرب الحدود الشرقية مساء أمس."
SECOND = "وأضاف بيان الشرطة أن التحقيق مع الثلاثة ما زال مستمراً، وأن كمية الوقود المصادرة بلغت عشرين ألف لتر."


def _pages() -> dict[str, tuple[str, list[Block]]]:
    """The pages of the data file: name -> text and the blocks it should have."""
    pages: dict[str, tuple[str, list[Block]]] = {}
    name = ""
    for line in PAGES.read_text(encoding="utf-8").split("\n"):
        if line.startswith("=== "):
            name = line.removeprefix("=== ")
            pages[name] = ("", [])
        elif name:
            text, blocks = pages[name]
            kind, _, words = line.partition("\t")
            if kind.startswith("+"):
                text = text.removesuffix("\n") + " "
            if words:
                blocks.append(Block(kind.removeprefix("+"), len(text), len(text) + len(words)))  # type: ignore[arg-type]
            pages[name] = (text + words + "\n", blocks)
    return pages


OWN = _pages()


def _kinds(found: Layout, text: str) -> list[tuple[str, str]]:
    return [(block.kind, text[block.start : block.end]) for block in found.blocks]


@pytest.mark.parametrize("name", OWN)
def test_page_is_read_as_an_editor_would(name: str) -> None:
    """Every line of the page is what the data file says it is, to the character."""
    text, expected = OWN[name]
    assert _kinds(layout(text), text) == [(block.kind, text[block.start : block.end]) for block in expected]
    assert list(layout(text).blocks) == expected


def test_data_holds_every_kind() -> None:
    """The pages above show each kind of line at least once."""
    assert {block.kind for _, blocks in OWN.values() for block in blocks} == set(KINDS)


@pytest.mark.parametrize("name", OWN)
def test_vowels_and_line_ends_change_nothing(name: str) -> None:
    """A page re-typed with vowel signs, tatweel and other line ends has the same parts."""
    text, expected = OWN[name]
    retyped = re.sub(r"(?<=[بتثجحخسشصضعغفقلمنهي])(?=[ء-ي])", "\u0652", text).replace("\n", "\r\n")
    assert [block.kind for block in layout(retyped).blocks] == [block.kind for block in expected]


def test_title_is_given_with_its_place() -> None:
    """The headline is told with its words where it first stands, also where it stands twice."""
    text, _ = OWN["the title printed twice, another report's headlines above"]
    title = layout(text).title
    assert title is not None
    assert title.text == "غارة تستهدف مستودعاً قرب المطار القديم"
    assert text[title.start : title.end] == title.text
    assert text.index(title.text) == title.start


def test_no_title_is_made_up() -> None:
    """A text that begins with its first paragraph has no title."""
    assert layout(f"{PARAGRAPH}\n{SECOND}\n").title is None


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("2022.01.29 | 09:36 دمشق", "2022.01.29 | 09:36"),
        ("الاثنين، ٢٠ يونيو ٢٠٢٢", "الاثنين، ٢٠ يونيو ٢٠٢٢"),
        ("الخميس - 18 أبريل - 2024", "الخميس - 18 أبريل - 2024"),
        ("نشر في: 21 - 09 - 2016", "21 - 09 - 2016"),
        ("آخر تحديث: 02 آذار/مارس 2020 - 18:30", "02 آذار/مارس 2020 - 18:30"),
        ("سمر حداد - 4 كانون الثاني 2021", "4 كانون الثاني 2021"),
        ("Published: March 4, 2021", "March 4, 2021"),
        ("١٢ جمادى الأولى ١٤٤٣ هـ", "١٢ جمادى الأولى ١٤٤٣"),
        ("14 جويلية 2019", "14 جويلية 2019"),
    ],
)
def test_date_of_the_page_is_found_as_written(line: str, date: str) -> None:
    """A line that dates the page gives its date's own words and their place, whatever the calendar and the digits."""
    text = f"الشرطة توقف ثلاثة من مهربي الوقود\n{line}\n{PARAGRAPH}\n"
    found = layout(text)
    assert [d.text for d in found.dates] == [date]
    assert text[found.dates[0].start : found.dates[0].end] == date
    assert ("dateline", line) in _kinds(found, text)


def test_date_in_a_sentence_does_not_date_the_page() -> None:
    """A paragraph that speaks of a day is body, and its date is not the page's."""
    text = f"{PARAGRAPH}\nوكانت الشرطة أوقفت في 3 أيار 2019 اثنين.\n{SECOND}\n"
    found = layout(text)
    assert not found.dates
    assert {block.kind for block in found.blocks} == {"body"}


@pytest.mark.parametrize(
    "dateline",
    [
        *("دمشق - سانا", "بغداد ـ أ.ف.ب", "بيروت (رويترز) -", "(د ب أ) -", "غزة/ الأناضول", "القاهرة – «الشرق الأوسط»", "صنعاء - خاص", "خاص||"),
        *("رام الله- معا-", "عدن: متابعات -", "المكلا ( صوت الساحل ) وكالات :"),
    ],
)
def test_dateline_is_cut_from_the_first_paragraph(dateline: str) -> None:
    """Town, agency and brackets before the first word are no part of the sentence that follows."""
    text = f"{dateline} {PARAGRAPH}\n{SECOND}\n"
    assert _kinds(layout(text), text) == [("dateline", dateline), ("body", PARAGRAPH), ("body", SECOND)]


@pytest.mark.parametrize(
    "opening",
    [
        "دمشق مدينة قديمة،",
        "رويترز: قالت",
        "في بغداد،",
        "سانا نقلت عن",
        "التحالف - بقيادة واشنطن - يقول إن",
        "العراق وسوريا:",
        "القيادي - وهو من حلب - قال:",
    ],
)
def test_what_only_resembles_a_dateline_stays(opening: str) -> None:
    """A sentence may begin with a town or name an agency as its source: nothing of it is lost."""
    text = f"{opening} {PARAGRAPH}\n{SECOND}\n"
    assert _kinds(layout(text), text) == [("body", f"{opening} {PARAGRAPH}"), ("body", SECOND)]


@pytest.mark.parametrize(
    ("behind", "kind"),
    [
        ("(رويترز)", "furniture"),
        ("المصدر: وكالات", "furniture"),
        ("اقرأ أيضاً: افتتاح معرض الزهور في الحديقة العامة", "teaser"),
        ("https://t.co/Ab12cd pic.twitter.com/xyz", "furniture"),
        ("— مرصد القرية (@qarya) March 3, 2021", "furniture"),
        ("11.08.2025, سبوتنيك عربي", "furniture"),
        ("انتهى", "furniture"),
    ],
)
def test_what_follows_the_last_sentence_is_cut_off(behind: str, kind: str) -> None:
    """Signatures, sources, links and pointers to other reports glued behind a paragraph are not its words."""
    text = f"{PARAGRAPH} {behind}\n{SECOND}\n"
    assert _kinds(layout(text), text) == [("body", PARAGRAPH), (kind, behind), ("body", SECOND)]


@pytest.mark.parametrize("width", [50, 72, 80])
def test_text_broken_at_a_width_is_joined(width: int) -> None:
    """Paragraphs of a text that was broken at a fixed width are one block each, line ends and all."""
    paragraphs = [textwrap.fill(f"{PARAGRAPH} {SECOND}", width), textwrap.fill(f"{SECOND} {PARAGRAPH}", width)]
    text = "\n\n".join(paragraphs)
    assert _kinds(layout(text), text) == [("body", paragraph) for paragraph in paragraphs]


def test_short_items_of_like_length_are_not_joined() -> None:
    """Headlines below each other that happen to be as long stay apart."""
    items = [
        "قتل عامل في انفجار قرب المطار القديم شمالي المدينة",
        "أعلن الوزير وفداً من رجال الأعمال في مكتبه اليوم",
        "أوقفت الشرطة سائقاً هارباً بعد حادث سير مروع أمس",
    ]
    text = "\n".join([*items, *items[:2]])
    assert [block.kind for block in layout(text).blocks] == ["body"] * 5


def test_folded_text_gives_the_same() -> None:
    """The parts are the same whether the text is given or its folded copy."""
    for text, _ in OWN.values():
        assert layout(fold(text)) == layout(text)


_LETTERS = st.sampled_from('ابتثنيةىأإ ءلم،.؟:"«»()-–|/\n\n\r\t\u00a0ـ\u064b\u0652\u200f\u202e\ufeff\u2028١٢30aB#@{}\ufefb\U0001f600')
_PHRASES = st.sampled_from(
    [PARAGRAPH, SECOND, "اقرأ أيضاً", "مقالات ذات صلة", "اترك تعليقاً", "دمشق - سانا", "2020-01-01", "المصدر:", "قد يهمك:", "\n", " "]
)


@given(st.lists(st.one_of(_LETTERS, _PHRASES, st.text(max_size=5)), max_size=40).map("".join))
def test_blocks_hold_everything_visible_in_order(text: str) -> None:
    """Whatever the text: blocks follow each other without overlap, begin and end with what can be seen, and nothing visible is outside."""
    blocks = layout(text).blocks
    at = 0
    for block in blocks:
        assert at <= block.start < block.end <= len(text)
        assert not fold(text[at : block.start]).plain.strip(" |\n")
        assert block.kind in KINDS
        at = block.end
    assert not fold(text[at:]).plain.strip(" |\n")


@given(st.lists(st.sampled_from([PARAGRAPH, SECOND]), min_size=1, max_size=6), st.sampled_from(["\n", "\n\n", "\r\n \r\n", "\u2029"]))
def test_paragraphs_are_never_lost(paragraphs: list[str], between: str) -> None:
    """A text of paragraphs alone is body alone, each with exactly its own words."""
    text = between.join(paragraphs)
    kinds = _kinds(layout(text), text)
    # A paragraph that stands twice in a row at the beginning may be taken for a headline and its copy; here they are too alike to tell.
    assert [words for _, words in kinds] == paragraphs
    if len(set(paragraphs[:4])) == len(paragraphs[:4]):
        assert {kind for kind, _ in kinds} == {"body"}


def test_word_lists_hold_phrases_once() -> None:
    """Each list of furniture.yaml holds words, none twice and none empty once folded."""
    for name, phrases in data("furniture").items():
        folded = [words_of(fold(phrase).plain) for phrase in phrases]
        assert all(folded), name
        assert len(set(phrases)) == len(phrases), (name, sorted(p for p in phrases if phrases.count(p) > 1))


@pytest.mark.parametrize(
    ("text", "look"),
    [
        ("اترك تعليقا", "closing"),
        ("جميع الحقوق محفوظة لموقع الساحل 2020", "closing"),
        ("أخبار ذات صلة", "related"),
        ("اقرأ أيضا : حريق في مخزن", "teaser"),
        ("حجم الخط", "furniture"),
        ("+A", "furniture"),
        ("12", "furniture"),
        ("photo_2020.jpg", "furniture"),
        ("Share on Facebook", "furniture"),
        ("بقلم سمر حداد", "furniture"),
        ("الوسوم: سوريا، حلب", "furniture"),
        ("المصدر لفت إلى أن العملية مستمرة", ""),
        ("انضم إلى التنظيم قبل عامين", ""),
        ("المصادر أكدت ذلك", ""),
        ("كتب على صفحته أن المعبر مغلق", ""),
        ("صورة من الموقع بعد الغارة", "caption"),
        ("عناصر من الشرطة قرب المبنى (أ ف ب)", "caption"),
        ("سانا", "signature"),
        ("(رويترز)", "signature"),
    ],
)
def test_line_looks_like_what_it_is(text: str, look: str) -> None:
    """A line alone is told by its words: phrases of the page, but no sentence that happens to begin like one."""
    plain = fold(text).plain
    assert furniture().look(Line(0, len(plain), plain, words_of(plain))) == look


@pytest.mark.shared
def test_no_annotated_claim_lies_outside_the_body(shared: Path) -> None:
    """On the real reports every annotated claim lies within one body block, and the titles are found."""
    read = 0
    for path in sorted((shared / "gold").glob("0*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        text = (path.parent / document["report"]["file"]).read_bytes().decode("utf-8")
        found = layout(text)
        for claim in document["claims"]:
            assert any(b.start <= claim["start"] and claim["end"] <= b.end for b in found.body), (path.name, claim["quote"])
        assert (found.title.text if found.title else None) == document["report"].get("title")
        read += 1
    assert read == 5
