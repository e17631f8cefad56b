"""Reports as they arrive: text kept as it is, pages cut, encodings told for certain or refused, and what a page states of itself."""

from __future__ import annotations

import codecs
import hashlib
import socket
import zipfile
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.extract.decoding import arabic_share
from claimgraph.extract.pages import CUTTER, stated_date
from claimgraph.extract.received import Received, receive
from claimgraph.model.errors import BadDocument, NoText, UndecodableText, UnreadableInput
from claimgraph.model.limits import LIMITS

FIRST = "قال مدير مستشفى المدينة إن سبعة أشخاص قتلوا وأصيب نحو عشرين آخرين في انفجار وقع في السوق الشعبي صباح اليوم."
SECOND = 'وأضاف المدير في تصريح للصحفيين أن "معظم المصابين من الباعة"، مشيراً إلى أن ثلاثة منهم في حالة خطرة.'
THIRD = "من جهتها نفت الشرطة أن يكون الانفجار ناجماً عن سيارة مفخخة، وقالت إن أسطوانة غاز انفجرت في أحد المطاعم."
TITLE = "انفجار في سوق المدينة يوقع قتلى وجرحى"
TEXT = f"{TITLE}\n\n{FIRST}\n\n{SECOND}\n\n{THIRD}\n"
ARTICLE = f"<article><h1>{TITLE}</h1><p>{FIRST}</p><p>{SECOND}</p><h2>رواية الشرطة</h2><p>{THIRD}</p></article>"
AROUND = """<header><nav><ul><li><a href="/">الرئيسية</a></li><li><a href="/p">سياسة</a></li></ul></nav></header>{}
<aside><h3>الأكثر قراءة</h3><ul><li><a href="/g">أسعار الذهب تواصل الصعود اليوم</a></li></ul></aside>
<section class="comments" id="comments"><h3>التعليقات</h3><p>رحم الله الضحايا وصبر أهلهم، وحسبنا الله في من أهمل السوق كل هذه السنين.</p></section>
<footer>جميع الحقوق محفوظة لصحيفة الأفق 2021</footer>"""


def _html(body: str = ARTICLE, head: str = "") -> str:
    return f'<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'


def _page(body: str = ARTICLE, head: str = "", **more: Any) -> Received:
    return receive(_html(body, head).encode(), "page.html", **more)


# Plain text


@pytest.mark.parametrize(
    "text", [TEXT, "\ufeff" + TEXT, TEXT.replace("\n", "\r\n"), f"  {FIRST}\u00a0\n\n\n", "\ufefb\u0640\u064b " + FIRST, "English only."]
)
def test_plain_utf8_is_kept_to_the_last_character(text: str) -> None:
    """A mark at the beginning, line ends of other systems, space and presentation forms stay: offsets are over the text as stored."""
    received = receive(text.encode("utf-8"), "report.txt")
    assert received.text == text
    assert (received.media_type, received.encoding, received.cut_by) == ("text/plain", "utf-8", None)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\r\t"), min_size=1))
def test_any_plain_text_comes_back_or_is_blank(text: str) -> None:
    """Whatever plain text there is, exactly it is received, unless nothing can be read in it."""
    try:
        received = receive(text.encode("utf-8"), "report.txt", media_type="text/plain")
    except NoText:
        assert not text.strip("\ufeff \t\r\n\u0085\u00a0\u2028\u2029\u3000")
    except BadDocument as error:
        assert "XML" in str(error) or "MHTML" in str(error)  # noqa: PT017 - or else the text must come back
    else:
        assert received.text == text


def test_digest_is_of_the_bytes_received() -> None:
    """The digest is that of the bytes, not of the text cut from them."""
    data = _html().encode()
    assert receive(data, "x").source_sha256 == hashlib.sha256(data).hexdigest()


# Encodings


@pytest.mark.parametrize("encoding", ["windows-1256", "iso-8859-6"])
def test_older_arabic_encodings_are_recognised_by_their_letters(encoding: str) -> None:
    """Plain Arabic text in Windows-1256 or ISO-8859-6 is converted exactly, and the report says so."""
    text = TEXT.replace('"', "'")
    received = receive(text.encode(encoding), "report.txt")
    assert received.text == text
    assert received.encoding == encoding
    assert received.cut_by == f"claimgraph 1, from {encoding}"


def test_windows_1256_quotation_marks_survive() -> None:
    """The typographic marks of Windows-1256 are converted too."""
    text = f"{FIRST} “{SECOND}” – «{THIRD}»…"
    assert receive(text.encode("windows-1256"), "report.txt").text == text


@pytest.mark.parametrize("declaration", ['<meta charset="{}">', '<meta http-equiv="Content-Type" content="text/html; charset={}">'])
@pytest.mark.parametrize("encoding", ["windows-1256", "iso-8859-6"])
def test_declared_encoding_of_a_page_is_followed(encoding: str, declaration: str) -> None:
    """A page that declares one of the older encodings is read in it, short and poor in common words as it may be."""
    names = "هشام فاضل، رنا مطر، ليث حمود، نورا سعد، باسم جابر، جميلة رشيد، في القائمة"
    page = f"<html><head>{declaration.format(encoding)}<title>قائمة</title></head><body><p>{names}</p></body></html>"
    received = receive(page.encode(encoding), "page.html")
    assert received.text == names
    assert received.encoding == encoding
    assert received.cut_by == f"{CUTTER}, from {encoding}"


def test_encoding_that_a_server_states_is_followed() -> None:
    """The media type's charset counts as a declaration."""
    names = "هشام فاضل، رنا مطر، ليث حمود، نورا سعد، باسم جابر، جميلة رشيد، في القائمة"
    assert receive(names.encode("windows-1256"), "x", media_type="text/plain; charset=windows-1256").text == names
    with pytest.raises(UndecodableText):
        receive(names.encode("windows-1256"), "x", media_type="text/plain")


def test_declaration_that_lies_is_not_followed() -> None:
    """UTF-8 is UTF-8 whatever the page says; Arabic in the other of the two encodings is read in that."""
    lying = _html().replace('"utf-8"', '"windows-1256"')
    assert receive(lying.encode("utf-8"), "x").encoding == "utf-8"
    assert FIRST in receive(lying.encode("utf-8"), "x").text
    other = _html(f"<p>{FIRST}</p>").replace('"utf-8"', '"iso-8859-6"')
    assert receive(other.encode("windows-1256"), "x").encoding == "windows-1256"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_marked_utf16_is_read(encoding: str) -> None:
    """UTF-16 and UTF-32 that begin with their mark are converted, and the report says so; text and page alike."""
    received = receive(TEXT.encode(encoding), "report.txt")
    assert (received.text, received.encoding, received.cut_by) == (TEXT, encoding, f"claimgraph 1, from {encoding}")
    assert FIRST in receive(_html().encode(encoding), "page.html").text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (
            "Полиция сообщила, что в результате взрыва на рынке погибли семь человек и ещё двадцать получили ранения, заявил директор больницы.",
            "cp1251",
        ),
        (
            "La police a déclaré que l'explosion survenue au marché a été causée par une bouteille de gaz, a précisé le préfet à la télévision.",
            "cp1252",
        ),
        ("پلیس گفت که در پی انفجار در بازار شهر هفت نفر کشته و بیست نفر زخمی شدند و تحقیقات ادامه دارد و هیچ گروهی مسئولیت آن را نپذیرفت", "cp1256"),
        ("המשטרה מסרה כי שבעה בני אדם נהרגו בפיצוץ בשוק העירוני הבוקר ועשרים נפצעו, מהם שלושה קשה", "cp1255"),
        (FIRST, "mac_arabic"),
        (FIRST, "cp720"),
        (FIRST, "utf-16-le"),
        ("انفجار كبير", "cp1256"),
    ],
)
def test_other_encodings_are_refused(text: str, encoding: str) -> None:
    """What is not UTF-8 and not plainly Arabic in an encoding that is known is refused with a sentence that says what to do."""
    with pytest.raises(UndecodableText, match="UTF-8 and try again"):
        receive(text.encode(encoding, "ignore"), "report.txt")


@given(st.integers(0, len(TEXT.encode()) - 1), st.sampled_from([b"\xff", b"\xc3\x28", b"\x80", b"\xd8", b"\xed\xa0\x80"]))
def test_damaged_utf8_is_never_read_as_something_else(place: int, junk: bytes) -> None:
    """A few wrong bytes anywhere in UTF-8 text end in an error that names the byte, not in mangled text."""
    data = TEXT.encode()
    damaged = data[:place] + junk + data[place:]
    try:
        received = receive(damaged, "report.txt")
    except UndecodableText as error:
        assert "byte" in str(error)  # noqa: PT017 - or else nothing was damaged
    else:
        assert received.text.encode() == damaged


def test_share_of_arabic_tells_right_from_wrong_decoding() -> None:
    """Newspaper Arabic is far above both thresholds; the same bytes decoded as anything else are at nought."""
    assert arabic_share(TEXT) > 0.3
    for wrote, read in (("cp1256", "iso8859_6"), ("iso8859_6", "cp1256"), ("utf-8", "cp1256"), ("utf-8", "cp1252")):
        assert arabic_share(TEXT.encode(wrote, "replace").decode(read, "replace")) == 0


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "image"),
        (b"\xff\xd8\xff\xe0", "image"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "office"),
        (codecs.BOM_UTF8 + "نص".encode() + b"\0", "no text has"),
        (bytes(range(1, 32)) * 50, "no text has"),
        (codecs.BOM_UTF16_LE + b"\x00", "damaged"),
        (codecs.BOM_UTF16_LE + b"\x28\x06\x00\x00", "U\\+0000"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n<html>", "MHTML"),
    ],
)
def test_what_is_no_text_is_refused_by_its_kind(data: bytes, kind: str) -> None:
    """Documents, images, archives and damaged files are refused with a sentence that names what they are."""
    with pytest.raises(UndecodableText, match=kind):
        receive(data, "report.txt")


def test_office_document_is_refused() -> None:
    """A word processor's file is an archive, and is refused as such whatever its name."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", f"<w>{FIRST}</w>")
    with pytest.raises(UndecodableText, match="office document"):
        receive(packed.getvalue(), "report.txt")


@pytest.mark.parametrize("data", [b"", b" \r\n\t ", codecs.BOM_UTF8, "\u00a0\u2028".encode(), codecs.BOM_UTF16_BE])
def test_nothing_to_read_is_said(data: bytes) -> None:
    """Empty and blank files are refused as that."""
    with pytest.raises(NoText, match="nothing to read"):
        receive(data, "report.txt")


@pytest.mark.parametrize("text", ['<?xml version="1.0"?><rss><channel><title>x</title></channel></rss>', "<urlset></urlset>"])
def test_feed_is_no_report(text: str) -> None:
    """XML that is no page is refused."""
    with pytest.raises(BadDocument, match="XML"):
        receive(text.encode(), "feed.xml")


# Pages


def test_page_is_cut_to_the_report() -> None:
    """Headline, paragraphs and headings stay, each on its line; menu, sidebar, comments and footer go."""
    received = _page(AROUND.format(ARTICLE))
    assert received.text.split("\n") == [TITLE, FIRST, SECOND, "رواية الشرطة", THIRD]
    assert (received.media_type, received.cut_by) == ("text/html", CUTTER)
    assert received.cut_by is not None
    assert received.cut_by.startswith("trafilatura 2.3.")


def test_page_is_told_by_its_content() -> None:
    """A page is a page under any name, a text a text; what a server says counts where the content leaves it open."""
    assert receive(_html().encode(), "page.txt").media_type == "text/html"
    assert receive(TEXT.encode(), "page.html").media_type == "text/plain"
    assert receive(TEXT.encode(), "x", media_type="text/html; charset=utf-8").text == TEXT
    assert receive(f"<p>{FIRST}</p>".encode(), "x").text == FIRST
    assert receive(f"<center>{FIRST}</center>".encode(), "x", media_type="text/html").text == FIRST
    assert receive(f"<!-- saved --><HTML><body><p>{FIRST}".encode(), "x").text == FIRST
    quoted = f"{FIRST} وجاء في الصفحة <p> ثم <b>."
    assert receive(quoted.encode(), "x").text == quoted
    assert receive(_html().encode(), "x", media_type="text/plain").text == _html()


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{FIRST}<p>{SECOND}<p>{THIRD}",
        f"<div>{FIRST}<br><br>{SECOND}<br/>{THIRD}</div>",
        f"<table><tr><td><font>{FIRST}<p>{SECOND}<p>{THIRD}</font></td></tr></table>",
        f"<div><span>{FIRST}</span></div><div><div>{SECOND}</div></div><div>{THIRD}</div>",
        f"<p><b>{FIRST}</p><p>{SECOND}</b></p></div></div><p>{THIRD}</html>",
        f"<center><table><tr><td>{FIRST}<tr><td>{SECOND}<tr><td>{THIRD}</table>",
        f"<a name=x><font><i><p>{FIRST}" * 200 + f"<p>{SECOND}<p>{THIRD}",
    ],
    ids=["unclosed", "breaks", "table", "divs", "crossed", "rows", "never closed"],
)
def test_every_paragraph_is_kept_whatever_the_markup(body: str) -> None:
    """Old, broken and table-made pages lose no paragraph and glue none together."""
    lines = receive(f"<html><body>{body}".encode(), "page.html").text.split("\n")
    for paragraph in (FIRST, SECOND, THIRD):
        assert paragraph in lines


@given(st.lists(st.sampled_from([FIRST, SECOND, THIRD]), min_size=1, max_size=4, unique=True), st.data())
def test_paragraphs_survive_random_wrapping(paragraphs: list[str], data: st.DataObject) -> None:
    """Paragraphs in any nest of blocks come out whole and in order."""
    tags = st.sampled_from(["p", "div", "section", "blockquote", "li", "td"])
    body = "".join(f"<{tag}>{p}</{tag}>" for p in paragraphs for tag in [data.draw(tags)])
    outer = data.draw(st.sampled_from(["article", "main", "div", "body", "center"]))
    lines = receive(f"<html><body><{outer}>{body}</{outer}></body></html>".encode(), "x").text.split("\n")
    assert [line.removeprefix("- ") for line in lines if line.removeprefix("- ") in paragraphs] == paragraphs


def test_page_of_one_line_is_enough() -> None:
    """A page with little text gives that text."""
    assert _page("<div><b>عاجل</b><br>إغلاق المعبر الشمالي</div>").text.split("\n") == ["عاجل", "إغلاق المعبر الشمالي"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<script>document.write('قالت الشرطة إن المعبر مغلق')</script>",
        "<img src=a.png>",
        "<style>p{}</style><noscript></noscript>",
        "<form><input></form>",
    ],
)
def test_page_without_text_is_refused(body: str) -> None:
    """A page whose text would come by script or as pictures has nothing to read."""
    with pytest.raises(NoText, match=r"shows no text|no text that could be read"):
        _page(body)


def test_cut_is_the_same_every_time() -> None:
    """Nothing of one page changes how another is cut, and the same page gives the same text."""
    pages = [_html(AROUND.format(ARTICLE)), _html(f"<div>{FIRST}</div>"), _html(f"<p>{SECOND}</p>" * 3)]
    once = [receive(page.encode(), "x") for page in pages]
    assert [receive(page.encode(), "x") for page in reversed(pages)] == once[::-1]


def test_cutting_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that a page names is fetched: pictures, scripts, frames, schemas."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    head = '<base href="http://example.org/"><link rel="canonical" href="http://example.org/x"><script src="http://example.org/s.js"></script>'
    _page(f'<iframe src="http://example.org/f"></iframe><img src="http://example.org/i.png">{ARTICLE}', head)


# What the page states


def test_page_states_its_particulars() -> None:
    """Title, address, writer, site and date are taken from what the page says of itself."""
    head = f"""<title>{TITLE} | صحيفة الأفق</title><link rel="canonical" href="https://alufuq.example/1">
    <meta property="og:site_name" content="صحيفة الأفق"><meta name="author" content="سلمى الحداد">
    <meta property="article:published_time" content="2021-03-04T10:15:00+03:00">"""
    received = _page(head=head)
    told = (received.title, received.url, received.author, received.site, received.published, received.published_basis)
    assert told == (TITLE, "https://alufuq.example/1", "سلمى الحداد", "صحيفة الأفق", "2021-03-04T10:15:00+03:00", "stated")


def test_linked_data_states_them_too() -> None:
    """JSON-LD of an article, alone or in a graph, tells headline, writers and date."""
    data = """[{"@type": "WebSite", "name": "الأفق"}, {"@context": "https://schema.org", "@graph": [{"@type": ["NewsArticle"], "headline": "%s",
    "datePublished": "2021-03-04", "dateModified": "2022-01-01",
    "author": [{"@type": "Person", "name": "سلمى الحداد"}], "publisher": {"name": "الأفق"}}]}]"""
    received = _page(f"<p>{FIRST}</p>", f'<script type="application/ld+json">{data % TITLE}</script>')
    assert (received.title, received.author, received.site, received.published) == (TITLE, "سلمى الحداد", "الأفق", "2021-03-04")


@pytest.mark.parametrize(
    "head",
    [
        "",
        '<meta property="article:modified_time" content="2021-03-04">',
        '<meta property="article:published_time" content="أمس">',
        '<meta property="article:published_time" content="0001-01-01T00:00:00">',
        '<meta property="article:published_time" content="1970-01-01">',
        '<meta property="article:published_time" content="2021-02-30">',
        '<meta name="date" content="04/03/2021">',
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": 20210304}</script>',
        '<script type="application/ld+json">{"@type": "Event", "datePublished": "2021-03-04"}</script>',
        '<script type="application/ld+json">{broken</script>',
    ],
)
def test_no_date_is_guessed(head: str) -> None:
    """A day of change, a default value, an impossible or ambiguous day and dates in the text are no statement of publication."""
    received = _page(f"<p>{FIRST}</p><p>نشر بتاريخ 4 آذار 2021 على موقع الصحيفة.</p><footer>© 2021</footer>", head)
    assert received.published is None
    assert received.published_basis is None


def test_time_elements_count_where_they_agree() -> None:
    """One day in the page's time elements, or the one marked as the day of publication, is a statement; several days are none."""
    day, other = '<time datetime="2021-03-04T10:15:00Z">4 آذار</time>', '<time datetime="2019-01-01">قديم</time>'
    assert _page(f"{day}{ARTICLE}").published == "2021-03-04T10:15:00Z"
    assert _page(f"{day}{other}{ARTICLE}").published is None
    assert _page(f'{other}<time itemprop="datePublished" datetime="2021-03-04">4 آذار</time>{ARTICLE}').published == "2021-03-04"


@pytest.mark.parametrize(
    ("written", "edtf"),
    [
        ("2021-03-04", "2021-03-04"),
        ("2021-03-04T10:15:00+03:00", "2021-03-04T10:15:00+03:00"),
        ("2021-03-04T10:15:00.000Z", "2021-03-04T10:15:00Z"),
        ("2021-03-04T10:15+0300", "2021-03-04T10:15:00+03:00"),
        ("2021-03-04 10:15:30", "2021-03-04T10:15:30"),
        ("2021/3/4", "2021-03-04"),
        ("2021-03-04 10:15 UTC", "2021-03-04T10:15:00Z"),
        ("Thu, 04 Mar 2021 10:15:00 +0300", "2021-03-04T10:15:00+03:00"),
        ("2021-13-04", None),
        ("2021-03-04T25:00:00", None),
        ("04/03/2021", None),
        ("4 آذار 2021", None),
        ("", None),
    ],
)
def test_stated_dates_become_edtf(written: str, edtf: str | None) -> None:
    """The two forms in which pages state a date are understood, all else is left alone."""
    assert stated_date(written) == edtf


@given(st.text(max_size=40))
def test_no_statement_of_a_date_breaks_the_reader(written: str) -> None:
    """Whatever stands where a date should, it is a date or nothing."""
    assert stated_date(written) is None or len(stated_date(written) or "") >= 10


def test_headline_is_preferred_to_the_title_with_the_sites_name() -> None:
    """The heading that the page's title repeats is the headline; of several headings none is picked by chance."""
    assert _page(f"<h1>{TITLE}</h1><p>{FIRST}</p>", f"<title>{TITLE} - الأفق</title>").title == TITLE
    assert _page(f"<h1>الأفق</h1><h1>{TITLE}</h1><p>{FIRST}</p>", f'<meta property="og:title" content="{TITLE}">').title == TITLE
    assert _page(f"<p>{FIRST}</p>", f"<title>{TITLE}</title>").title == TITLE
    assert _page(f"<p>{FIRST}</p>").title is None


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "//alufuq.example/1", "/1", "https://", "http:// x"])
def test_address_that_is_none_is_left_out(address: str) -> None:
    """Only addresses of the web are taken for the page's."""
    assert _page(head=f'<link rel="canonical" href="{address}"><meta property="og:url" content="{address}">').url is None


def test_browser_notes_where_it_saved_a_page_from() -> None:
    """The comment that browsers write into a saved page gives its address where the page does not."""
    page = f"<!-- saved from url=(0026)https://alufuq.example/1 -->\n{_html()}"
    assert receive(page.encode(), "x").url == "https://alufuq.example/1"


def test_particulars_hold_no_controls() -> None:
    """Bidirectional controls and line ends in what a page states are taken out; what is too long to be a title is none."""
    head = f'<meta property="og:title" content="{TITLE[:10]}\u202e\n{TITLE[10:]}"><meta name="author" content="{"ا" * 600}">'
    received = _page(f"<p>{FIRST}</p>", head)
    assert received.title is not None
    assert received.title.isprintable()
    assert received.author is None


# Limits


def test_limits_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too large is refused by the setting that says so: bytes, characters of a text, of a page, of a page's text."""
    for name, value, setting in (("document_bytes", 100, "DOCUMENT_BYTES"), ("text_characters", 100, "TEXT_CHARACTERS")):
        small = LIMITS.model_copy(update={name: value})
        monkeypatch.setattr("claimgraph.extract.received.LIMITS", small)
        for data in (TEXT.encode(), _html().encode(), _html(f"<p>{FIRST}</p>").encode()):
            with pytest.raises((UnreadableInput, BadDocument), match=setting):
                receive(data, "report")
