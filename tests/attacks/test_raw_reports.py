"""Raw reports that break readers: files that are no text, endless and deep pages, text that deceives. Each ends in one sentence or is read.

That an error leaves nothing behind and ends the command as it should is shown in ``tests/cli``.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.extract.layout import layout
from claimgraph.extract.received import receive
from claimgraph.model.errors import BadDocument, ClaimgraphError, NoText, UndecodableText, UnreadableInput
from claimgraph.model.limits import LIMITS

SENTENCE = "قالت الشرطة في بيان إن المهاجمين فروا من المكان بعد إطلاق النار على الدورية مساء أمس."
NEXT = "وأضافت أن الدورية ردت على مصدر النار وأن شرطياً أصيب بجروح طفيفة ونقل إلى المستشفى القريب."
DEEP = 100_000
MEGABYTES_50 = 50 << 20
SECONDS = 20.0  # far above what each takes here, far below what a reader that is not linear would take


def _quickly(work: Callable[[], object]) -> None:
    began = time.perf_counter()
    work()
    assert time.perf_counter() - began < SECONDS


@pytest.mark.parametrize("name", ["empty", "blank", "marks alone"])
def test_nothing_is_said_to_be_nothing(name: str) -> None:
    """An empty file, one of white space and one of a byte-order mark have nothing to read."""
    with pytest.raises(NoText, match="nothing to read"):
        receive({"empty": b"", "blank": b" \n\t\r\n" * 1000, "marks alone": b"\xef\xbb\xbf"}[name], "report.txt")


def test_random_bytes_are_refused() -> None:
    """Noise is refused as what is no text, never read as Arabic in some encoding."""
    noise = random.Random(7)
    for size in (10, 1_000, 100_000):
        with pytest.raises(UndecodableText):
            receive(noise.randbytes(size) + b"\xff", "report.txt")
        arabic_half = bytes(noise.randrange(0xC0, 0x100) for _ in range(size))  # only letters of the older encodings, without sense
        with pytest.raises(UndecodableText):
            receive(arabic_half + b"\xff", "report.txt")


@pytest.mark.parametrize(
    "data",
    [
        ((SENTENCE + "\n").encode() * (MEGABYTES_50 // len(SENTENCE.encode()) + 1))[:MEGABYTES_50].rsplit(b"\n", 1)[0],
        b"<html><body>" + f"<p>{SENTENCE}</p>".encode() * (MEGABYTES_50 // 160),
        b"a" * MEGABYTES_50,
        b"<" * MEGABYTES_50,
    ],
    ids=["lines of text", "a page", "one letter", "open brackets"],
)
def test_fifty_megabytes_are_refused_at_once(data: bytes) -> None:
    """What is far longer than any report is refused by the setting that limits it, before anything is made of it."""
    assert len(data) < LIMITS.document_bytes
    with pytest.raises(BadDocument, match="CLAIMGRAPH_TEXT_CHARACTERS"):
        _quickly(lambda: receive(data, "report"))


def test_more_bytes_than_allowed_are_refused() -> None:
    """Over the limit of bytes nothing is looked at."""
    with pytest.raises(UnreadableInput, match="CLAIMGRAPH_DOCUMENT_BYTES"):
        receive(bytes(LIMITS.document_bytes + 1), "report.txt")


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * DEEP + f"<p>{SENTENCE}</p>" + "</div>" * DEEP,
        "<b>" * DEEP + SENTENCE,
        "<table><tr><td>" * DEEP + SENTENCE,
        "<ul><li>" * DEEP + SENTENCE,
        "<blockquote>" * 3_000 + SENTENCE,
    ],
    ids=["divs", "never closed", "tables", "lists", "just too deep"],
)
def test_nesting_without_end_is_refused(markup: str) -> None:
    """A page nested deeper than its reader goes is refused, as its end would be lost; nothing overflows."""
    with pytest.raises(BadDocument, match=r"nested deeper than 2,048"):
        _quickly(lambda: receive(f"<html><body>{markup}".encode(), "page.html"))


def test_deep_but_readable_nesting_is_read() -> None:
    """A thousand elements in each other, as old editors leave them, lose nothing."""
    assert SENTENCE in receive(f"<html><body>{'<div>' * 1_000}<p>{SENTENCE}</p>".encode(), "page.html").text


@pytest.mark.parametrize(
    "markup",
    [
        '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
        + "]>"
        f"<html><body><p>&i;</p><p>{SENTENCE}</p></body></html>",
        '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + f"<html><body><p>&x;</p><p>{SENTENCE}</p></body></html>",
        f"<html><body><p>{'&#1575;' * 200_000}</p><p>{SENTENCE}</p>",
        f"<html><body><p>{'&amp;' * 200_000}</p><p>{SENTENCE}</p>",
        f"<html><body><p>&#0;&#xD800;&#x110000;&#99999999999;&nosuch;</p><p>{SENTENCE}</p>",
    ],
    ids=["doubling", "a file", "many characters", "many ampersands", "impossible characters"],
)
def test_entities_expand_to_nothing_more(markup: str) -> None:
    """Entities that a page defines itself are not expanded, none reads a file, and the page's own words are there."""
    received: list[str] = []
    _quickly(lambda: received.append(receive(markup.encode(), "page.html").text))
    assert SENTENCE in received[0]
    assert len(received[0]) < len(markup) + 100
    assert "\0" not in received[0]
    received[0].encode()  # no half of a surrogate pair


@pytest.mark.parametrize(
    "body",
    [
        "<script>" + "var a = 'قالت الشرطة';" * 50_000 + "</script>",
        "<style>p{}</style>" * 10_000,
        "<!--" + SENTENCE * 10_000 + "-->",
        "<!--" * 20_000 + SENTENCE,
        "<iframe src=x></iframe>" * 1_000,
    ],
    ids=["scripts", "styles", "comments", "an open comment", "frames"],
)
def test_page_of_scripts_has_no_text(body: str) -> None:
    """A page that shows nothing without a browser is refused as that, large as it may be."""
    with pytest.raises(NoText):
        _quickly(lambda: receive(f"<html><head><title>x</title></head><body>{body}</body></html>".encode(), "page.html"))


@pytest.mark.parametrize(
    "head",
    [
        '<script type="application/ld+json">' + "[" * DEEP + "</script>",
        '<script type="application/ld+json">' + '{"@graph":' * 900 + "1" + "}" * 900 + "</script>",
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": {"a": 1}, "author": [1, null], "datePublished": []}</script>',
        '<script type="application/ld+json">"\\ud800"</script>',
        '<script type="application/ld+json">[1e999, NaN, {"@type": "NewsArticle", "headline": "\\ud800", "datePublished": "2021-99-99"}]</script>',
        '<meta property="og:title">' * 1_000,
        '<meta property="article:published_time" content="' + "2021-03-04" * 10_000 + '">',
        "<!---->" * 20_000 + "<p",
    ],
    ids=["lists", "graphs", "wrong types", "half a pair", "numbers", "no content", "a long date", "comments"],
)
def test_particulars_that_are_wrong_are_left_out(head: str) -> None:
    """What a page states wrongly or without end is not taken, and the report is read all the same."""
    article = f"<article><p>{SENTENCE}</p><p>{NEXT}</p></article>"
    received = receive(f"<html><head><title>عنوان</title>{head}</head><body>{article}</body></html>".encode(), "page.html")
    assert NEXT in received.text
    assert received.published is None
    for value in (received.title, received.author, received.url, received.site):
        assert value is None or value.encode()


def test_windows_1256_is_read_or_refused() -> None:
    """Arabic in Windows-1256 comes out as it was written; a few words in it, which could be anything, are refused."""
    text = f"{SENTENCE}\n{NEXT}\n"
    assert receive(text.encode("windows-1256"), "report.txt").text == text
    for little in ("قتيل", "سوريا حلب", "3 قتلى"):
        with pytest.raises(UndecodableText, match="convert the file to UTF-8"):
            receive(little.encode("windows-1256"), "report.txt")


@given(st.binary(min_size=1, max_size=400))
def test_any_bytes_are_read_exactly_or_refused(data: bytes) -> None:
    """Whatever the bytes: an error of the program's own, or a text that can be written out again."""
    try:
        received = receive(data, "report")
    except ClaimgraphError:
        return
    assert received.text.encode() == data or received.cut_by is not None


@given(
    st.lists(
        st.sampled_from(
            [SENTENCE, NEXT, "<p>", "</p>", "<div class='x'>", "<table>", "<td", "&", "<!--", "-->", "<script>", "]]>", "\n", "<a href="]
        ),
        max_size=30,
    )
)
def test_any_markup_is_read_or_refused(pieces: list[str]) -> None:
    """Whatever the markup: an error of the program's own, or a text."""
    try:
        received = receive(f"<html><body>{''.join(pieces)}".encode(), "page.html")
    except BadDocument:
        return
    assert received.text.strip()


# What stands in a text


@pytest.mark.parametrize(
    "text",
    [
        "Nothing here is written in Arabic.\nNot this line either, long as it is, with its full stop at the end of it all.\n",
        "الرئيسية\nأخبار\nمشاركة\nطباعة\n+A\n-A\nجميع الحقوق محفوظة\n",
        "اقرأ أيضاً\nمقالات ذات صلة\nاترك تعليقاً\n",
        "12\n34\n---\n***\n2020-01-01\n",
        "\u200f\u200f\n\u202e\u202c\n\u0640\u0640\n",
    ],
    ids=["no Arabic", "only furniture", "only closing lines", "only numbers", "only controls"],
)
def test_text_without_a_report_has_no_body(text: str) -> None:
    """A text in which nothing is reported is received as it is, and has no body to read claims from."""
    assert receive(text.encode(), "report.txt").text == text
    assert layout(text).body == ()


@pytest.mark.parametrize(
    "paragraph",
    [
        SENTENCE.replace("الشرطة", "\u202eالشرطة").replace("إن", "police said إن \u2067left\u2069"),
        SENTENCE.replace("قالت", "ق" + "\u064b" * 1_000 + "الت"),
        SENTENCE.replace("بيان", '"بيان «و' * 3),
        SENTENCE.replace("بيان", "بيـــ\u200dــان\u200f").replace("قالت", "\ufeff\u200bقالت"),
        "".join(chr(0xFE8E) if c == "ا" else c for c in SENTENCE),
        SENTENCE.replace(" ", "\u00a0"),
        SENTENCE.replace("ي", "ی").replace("ك", "ک"),
    ],
    ids=[
        "mixed directions",
        "a thousand diacritics",
        "unpaired quotes",
        "invisible characters",
        "presentation forms",
        "no-break spaces",
        "Persian letters",
    ],
)
def test_deceptive_text_keeps_its_paragraphs(paragraph: str) -> None:
    """Characters that deceive the eye or a matcher neither hide a paragraph nor move where it stands."""
    text = f"{paragraph}\n{NEXT}\n"
    blocks = layout(text).body
    assert len(blocks) == 2
    assert text[blocks[0].start : blocks[0].end].strip("\ufeff\u200b") == paragraph.strip("\ufeff\u200b")
    assert text[blocks[1].start : blocks[1].end] == NEXT


@pytest.mark.parametrize(
    "text",
    [
        "اب\n" * 100_000,
        SENTENCE + "\n" + "خبر قصير جدا هنا\n" * 20_000,
        f"{SENTENCE}\nاقرأ أيضا:\n" + "عنوان خبر آخر من الموقع\n" * 20_000,
        f"{SENTENCE}\nمقالات ذات صلة\n" + f"{NEXT}\n" * 5_000,
        (SENTENCE + " ") * 20_000,
        SENTENCE + "(" * 1_000_000,
        SENTENCE + " " * 1_000_000 + ".",
        SENTENCE + "http://" * 200_000,
        '"' * 1_000_000,
        "1" * 1_000_000,
        "2020-01-01 " * 90_000,
        "دمشق - " * 150_000,
        "ب" + "\u064b" * 1_000_000,
        "\u202e" * 1_000_000,
    ],
    ids=[
        *(
            "short lines",
            "lines behind",
            "teasers",
            "related",
            "one line",
            "brackets",
            "spaces",
            "addresses",
            "quotes",
            "digits",
            "dates",
            "datelines",
        ),
        *("diacritics", "controls"),
    ],
)
def test_long_texts_take_time_in_proportion(text: str) -> None:
    """No text makes the reading of its parts slow: hundreds of thousands of lines or characters take seconds."""
    _quickly(lambda: layout(text))
