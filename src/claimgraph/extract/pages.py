"""Web pages: the report's text without the page around it, and what the page states of itself.

The cutting is trafilatura's, which looks at the markup of a page; it fetches nothing here, and its guesser of dates is not asked. Where
it keeps little of what stands on the page as paragraphs (old pages made of tables, pages of a few lines), the page's whole text is taken
instead, and what is no report in it is left to :mod:`claimgraph.extract.layout`.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Any

import trafilatura
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from claimgraph.model.dates import days_of
from claimgraph.model.errors import BadDocument, NoText

# It warns of every page it finds empty; that is said here by an error.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())

CUTTER = f"trafilatura {trafilatura.__version__}, claimgraph 1"

_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|meta|div|p|br|span|article|section|table|h[1-6]|ul|ol|li|a|img|script|style|font)\b[^<>]{0,500}>",
    re.IGNORECASE,
)
_START = re.compile(
    r"[\ufeff\s]*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--(?:(?!-->).){0,2000}-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_SAVED_FROM = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)|page saved with singlefile\s+url:\s*)\s*(https?://[^\s<>]{1,2000}?)(?:\s|-->)", re.IGNORECASE
)
_TAGS, _HEAD = 5, 20_000
_SILENT = frozenset(
    ("script", "style", "noscript", "template", "svg", "math", "head", "iframe", "object", "select", "button", "textarea", "nav", "form")
)
_INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "label", "mark", "q"),
        *("s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
_PARAGRAPH = 12  # words from which a line that ends as a sentence counts as a paragraph of the page
_KEPT = 0.5  # share of the words of such paragraphs that the cut must keep
_ENDED = re.compile(r"[.!?؟:][\"'”“»)\]\s]*$")
_SPACE = re.compile(r"[^\S\n]+")
_ARTICLE_TYPES = ("article", "blogposting", "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "webpage")
_DATE_NAMES = (
    "article:published_time", "og:article:published_time", "og:published_time", "article.published", "datepublished", "publishdate", "publish_date",
    "publish-date", "pubdate", "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date", "date",
)  # fmt: skip
_AUTHOR_NAMES = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author", "twitter:creator")
_ISO = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE | re.ASCII,
)
_LONGEST = 500  # characters of a title or a name: what is longer is neither
_EARLIEST = date(1990, 1, 1)  # before the first web page: such a date is a default value of the software


@dataclass(frozen=True)
class Page:
    """What is cut from a page: the report's text, and what the page states of itself (nothing where it does not)."""

    text: str
    title: str | None = None
    url: str | None = None
    author: str | None = None
    site: str | None = None
    published: str | None = None


def is_page(text: str) -> bool:
    """Whether a text is HTML: by how it begins, or by tags a plain text would not have."""
    if _START.match(text):
        return True
    head = text[:_HEAD].lstrip("\ufeff \t\r\n")
    return len(_TAG.findall(head)) >= (1 if head.startswith("<") else _TAGS)


def cut(markup: str) -> Page:
    """The report of a page. Raises :class:`NoText` if the page shows no text, :class:`BadDocument` if it is nested too deeply to be read."""
    tree = _parsed(markup)
    text = _text_of(tree)
    if not text.strip():
        raise NoText("this page shows no text of its own (its text may come by script or as pictures): save the report as plain text and try again.")
    data = [thing for thing in _linked_data(tree) if _is_article(thing)]
    meta = _meta(tree)
    return Page(
        text=text,
        title=_first(_titles(tree, data, meta)),
        url=_first(_urls(tree, meta, markup)),
        author=_first([*_names(data, "author"), *(meta[n] for n in _AUTHOR_NAMES if n in meta and not meta[n].startswith(("http", "@")))]),
        site=_first([*(meta[n] for n in ("og:site_name", "application-name") if n in meta), *_names(data, "publisher")]),
        published=next(filter(None, map(stated_date, _dates(tree, data, meta))), None),
    )


def _parsed(markup: str) -> HtmlElement:
    # The deepest level the parser can be set to; at its default of 256 an old page with unclosed tags loses its end without a word.
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        tree: HtmlElement = document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        raise NoText("this page holds no text that could be read: save the report as plain text and try again.") from None
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        raise BadDocument("this page is nested deeper than 2,048 elements, and its end cannot be read: save the report as plain text and try again.")
    return tree


def _text_of(tree: HtmlElement) -> str:
    """The report's text: trafilatura's cut if it keeps the page's paragraphs, else all the page shows."""
    whole = shown_text(tree)
    found = trafilatura.extract(tree, include_comments=False, include_tables=False, fast=True) or ""
    if not _keeps(found, whole):
        found = whole
    return "\n".join(line for line in (_SPACE.sub(" ", line).strip() for line in found.splitlines()) if line)


def _keeps(found: str, whole: str) -> bool:
    """Whether the cut has the report whole: most of the page's paragraphs, each on its line, and none missing beside one that is there."""
    kept = {_bare(line) for line in found.splitlines()}
    lines = whole.splitlines()
    there = [_bare(line) in kept for line in lines]
    size = [len(words) if len(words := line.split()) >= _PARAGRAPH and _ENDED.search(line) else 0 for line in lines]
    if not any(size):
        return 2 * len(found.split()) >= len(whole.split())
    beside = any(
        n and not here and (before or after) for n, here, before, after in zip(size, there, [False, *there], [*there[1:], False], strict=False)
    )
    return not beside and sum(n for n, here in zip(size, there, strict=True) if here) >= _KEPT * sum(size)


def _bare(line: str) -> str:
    """A line without its spaces and its bullet, for comparing two ways of reading a page."""
    return "".join(line.split()).removeprefix("-")


def shown_text(tree: HtmlElement) -> str:
    """All text that a page shows, a line for each block; menus of links, scripts, styles and forms left out."""
    pieces: list[str] = []
    skipped: etree._Element | None = None
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if skipped is None and event == "start" and (element.tag in _SILENT or _is_menu(element)):
            skipped = element
        if event == "end":
            if element is skipped:
                skipped = None
            if element.tag not in _INLINE:
                pieces.append("\n")
            if skipped is None and element.tail:
                pieces.append(_SPACE.sub(" ", element.tail.replace("\n", " ")))
        elif skipped is None:
            if element.tag not in _INLINE:
                pieces.append("\n")
            if element.text:
                pieces.append(_SPACE.sub(" ", element.text.replace("\n", " ")))
    lines = (line.strip() for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _is_menu(element: etree._Element) -> bool:
    """Whether a list holds links and nothing else."""
    if element.tag not in ("ul", "ol", "menu"):
        return False
    links = sum(len(text) for a in element.iter("a") for text in a.itertext())
    return 0 < links >= 0.9 * sum(len(text.strip()) for text in element.itertext())


def _meta(tree: HtmlElement) -> dict[str, str]:
    """The page's meta elements by name, in lower case; the first of a name counts."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
        content = (element.get("content") or "").strip()
        if name and content:
            found.setdefault(name, content)
    return found


def _linked_data(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """All objects of the page's JSON-LD, outermost first; what is no JSON is passed over."""
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            level = [json.loads(script.text or "", strict=False)]
        except (ValueError, RecursionError):
            continue
        while level:
            things = [thing for one in level for thing in (one if isinstance(one, list) else [one])]
            yield from (thing for thing in things if isinstance(thing, dict))
            level = [value for thing in things if isinstance(thing, dict) for value in thing.values() if isinstance(value, dict | list)]


def _is_article(thing: dict[str, Any]) -> bool:
    kinds = thing.get("@type")
    return any(isinstance(kind, str) and kind.lower().endswith(_ARTICLE_TYPES) for kind in (kinds if isinstance(kinds, list) else [kinds]))


def _strings(things: Iterable[dict[str, Any]], field: str) -> list[str]:
    return [value for thing in things if isinstance(value := thing.get(field), str)]


def _names(things: Iterable[dict[str, Any]], field: str) -> Iterator[str]:
    """The names of the persons or bodies in a field: a string, an object with a name, or a list of them."""
    for thing in things:
        for one in value if isinstance(value := thing.get(field), list) else [value]:
            if isinstance(one, str):
                yield one
            elif isinstance(one, dict) and isinstance(one.get("name"), str):
                yield one["name"]


def _titles(tree: HtmlElement, data: list[dict[str, Any]], meta: dict[str, str]) -> Iterator[str]:
    """The headline, best first: a heading that the page's own title repeats, then what is stated, then the title with the site's name."""
    stated = [*_strings(data, "headline"), *(meta[n] for n in ("og:title", "twitter:title") if n in meta)]
    title = next((t for element in tree.iter("title") if (t := _clean("".join(element.itertext())))), "")
    headings = [h for element in tree.iter("h1") if (h := _clean("".join(element.itertext())))]
    yield from (h for h in headings if any(h in other for other in (*map(_clean, stated), title)))
    yield from stated
    yield from headings if len(headings) == 1 else ()
    yield title


def _urls(tree: HtmlElement, meta: dict[str, str], markup: str) -> Iterator[str]:
    links = [e.get("href") or "" for e in tree.iter("link") if (e.get("rel") or "").lower() == "canonical"]
    saved = _SAVED_FROM.search(markup[:_HEAD])
    yield from (u for u in (*links, meta.get("og:url", ""), saved[1] if saved else "") if re.match(r"https?://[^\s/]", u))


def _dates(tree: HtmlElement, data: list[dict[str, Any]], meta: dict[str, str]) -> Iterator[str]:
    """What the page states as its day of publication, the surest first."""
    yield from _strings(data, "datePublished")
    yield from (meta[name] for name in _DATE_NAMES if name in meta)
    times = [e for e in tree.iter("time") if e.get("datetime")]
    marked = [e for e in times if "datepublished" in (e.get("itemprop") or "").lower() or e.get("pubdate") is not None]
    yield from (e.get("datetime", "") for e in marked)
    if len({(stated_date(e.get("datetime", "")) or "")[:10] for e in times}) == 1:  # several days would be those of other reports and comments
        yield times[0].get("datetime", "")


def stated_date(value: str) -> str | None:
    """A date as pages state it (ISO 8601, RFC 5322) as EDTF; nothing for any other form and for dates that cannot be."""
    found = _ISO.fullmatch(value.strip())
    if found:
        day = f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
        edtf = day + (_clock(found) if found[4] else "")
    else:
        try:
            edtf = parsedate_to_datetime(value).isoformat(timespec="seconds")
        except (TypeError, ValueError, IndexError, OverflowError):
            return None
    days = days_of(edtf)
    return edtf if days and days.first and days.first >= _EARLIEST else None


def _clock(found: re.Match[str]) -> str:
    zone = (found[7] or "").upper()
    if zone in ("UTC", "GMT"):
        zone = "Z"
    elif zone and zone != "Z":
        zone = f"{zone[:3]}:{zone[-2:]}"
    return f"T{int(found[4]):02}:{found[5]}:{found[6] or '00'}{zone}"


def _clean(value: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def _first(values: Iterable[str]) -> str | None:
    return next((v for v in map(_clean, values) if 0 < len(v) <= _LONGEST), None)
