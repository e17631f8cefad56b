"""The parts that pages are made of: messages in both languages, files with hashed names, templates, characters that deceive."""

from __future__ import annotations

import asyncio
import gzip
import importlib
import json
import pkgutil
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from markupsafe import Markup
from starlette.requests import Request

import claimgraph.web
from claimgraph.model.errors import ClaimgraphError
from claimgraph.web.assets import ADDRESS, FOLDER, Assets
from claimgraph.web.deceiving import acts, marked, names, plainly
from claimgraph.web.errors import NothingHere
from claimgraph.web.messages import LANGUAGES, Messages, grouped, plural, texts
from claimgraph.web.pages import Pages

WEB = Path(claimgraph.web.__file__).parent
ROOT = Path(__file__).resolve().parents[2]
PLURALS = {"ar": {"one", "two", "few", "many", "other"}, "en": {"one", "other"}}


# --- messages -------------------------------------------------------------------------------------------------------------


def test_every_text_is_there_in_both_languages() -> None:
    """With the same values in it, and with all plural forms where it counts; Arabic is written in Arabic letters."""
    for key, entry in texts().items():
        assert set(entry) == set(LANGUAGES), key
        values = []
        for language in LANGUAGES:
            text = entry[language]
            forms = list(text.values()) if isinstance(text, dict) else [text]
            assert all(isinstance(form, str) and form.strip() == form and form for form in forms), key
            if isinstance(text, dict):
                assert set(text) >= PLURALS[language], key
            values.append({name for form in forms for name in re.findall(r"\{(\w+)\}", form)} - {"n"})
        assert values[0] == values[1], key
        if key not in ("site.name", "site.language", "nav.sparql"):
            assert re.search("[\u0600-\u06ff]", str(entry["ar"])), key


def _sources() -> str:
    files = [*WEB.glob("*.py"), *WEB.glob("templates/*.html")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_no_text_is_unused_and_none_is_missing() -> None:
    """Every key is written somewhere in a template, the code or a script; every key that one of these writes is there."""
    written = _sources()
    groups = set(re.findall(r"t\.group\(['\"]([\w-]+)['\"]\)", written))
    computed = {"error"}  # by status, and by code
    said = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "web" / "src").rglob("*.ts"))
    for key in texts():
        first, _, rest = key.partition(".")
        if first in groups:
            assert re.search(rf"""["'`]{re.escape(rest)}["'`]""", said), key
        elif first not in computed:
            assert re.search(rf"""["']{re.escape(key)}["']""", written), key
    keys = set(re.findall(r"""\bt(?:\.\w+)?\(\s*["']([\w-]+\.[\w.-]+)["']""", written))
    assert keys
    assert keys <= set(texts())
    asked = set(re.findall(r"""\bsay(?:\.\w+)?\(\s*["']([\w-]+)["']""", said))
    assert {key for key in asked if not any(f"{group}.{key}" in texts() for group in groups)} == set()


def _kinds(kind: type[ClaimgraphError]) -> Iterator[type[ClaimgraphError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _kinds(below)


def test_every_kind_of_error_is_explained() -> None:
    """What each is and what to do, in the reader's language; nothing is explained that there is not."""
    for module in pkgutil.walk_packages(claimgraph.__path__, "claimgraph."):
        importlib.import_module(module.name)
    codes = {kind.code for kind in _kinds(ClaimgraphError) if not kind.__module__.startswith("claimgraph.cli")}
    assert {key.removeprefix("error.means.") for key in texts() if key.startswith("error.means.")} == codes


def test_values_are_set_apart() -> None:
    """A value is isolated and escaped, in an element or by characters where none can stand; `code` is code."""
    t = Messages("en")
    assert t("site.as-of", commit="<b>\u202e") == 'As of commit <bdi>&lt;b&gt;<span class="control">U+202E RIGHT-TO-LEFT OVERRIDE</span></bdi>'
    assert t.plain("site.as-of", commit='"x"') == "As of commit \u2068&#34;x&#34;\u2069"
    assert "<code>claimgraph demo</code>" in t("home.empty")


@pytest.mark.parametrize(
    ("number", "form"),
    [
        (0, "zero"),
        (1, "one"),
        (2, "two"),
        (3, "few"),
        (10, "few"),
        (11, "many"),
        (99, "many"),
        (100, "other"),
        (102, "other"),
        (103, "few"),
        (111, "many"),
    ],
)
def test_plurals_of_arabic(number: int, form: str) -> None:
    """The six forms of the Unicode rules."""
    assert plural("ar", number) == form
    assert plural("en", number) == ("one" if number == 1 else "other")


def test_numbers_and_days() -> None:
    """Thousands apart; days with the months of the Levant; what is no day as it is."""
    assert grouped(1234567) == "1\u202f234\u202f567"
    assert "20 كانون الثاني 2022" in Messages("ar").day("2022-01-20")
    assert Messages("en").day("2022-1") == "2022-1"
    assert str(Messages("en").days("2022-01-20", "2022-01-20")).startswith("on ")


# --- characters that deceive ----------------------------------------------------------------------------------------------


def test_every_character_that_acts_is_marked() -> None:
    """The cheap first look misses none: every control, format and separator character of Unicode, but what ends lines."""
    acting = [chr(code) for code in range(0x110000) if acts(chr(code))]
    assert len(acting) > 6000
    for character in acting:
        assert character not in plainly(f"a{character}b")
        assert "control" in marked(f"a{character}b")
    for harmless in "\t\n\u0640\u0601é🙂ق\u064b":
        assert plainly(harmless) == harmless == marked(harmless)


def test_a_mark_names_the_character() -> None:
    """By number and name; markup stays markup, and text is escaped."""
    assert marked("<\u2067") == '&lt;<span class="control">U+2067 RIGHT-TO-LEFT ISOLATE</span>'
    assert marked(Markup("<b>")) == "<b>"
    assert unicodedata.name("\u2067") in marked("\u2067")
    assert plainly("a\u2067") == "a⟨U+2067 RIGHT-TO-LEFT ISOLATE⟩"
    assert plainly("\U0001fffe") == "⟨U+1FFFE WITHOUT A NAME⟩"
    assert names()["2067"] == "RIGHT-TO-LEFT ISOLATE"
    assert set(names()) == {f"{code:04X}" for code in range(0x110000) if unicodedata.name(chr(code), "") and (acts(chr(code)) or code == 0xFE0F)}


def test_what_makes_a_picture_is_seen_behind_a_letter() -> None:
    """Behind a sign it shows what it does; behind a letter it would hide there."""
    assert marked("❤\ufe0f 1\ufe0f\u20e3") == plainly("❤\ufe0f 1\ufe0f\u20e3") == "❤\ufe0f 1\ufe0f\u20e3"
    assert marked("ق\ufe0f") == 'ق<span class="control">U+FE0F VARIATION SELECTOR-16</span>'


# --- files ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of a small build."""
    manifest = {
        "src/site.ts": {
            "file": "site-1.js",
            "name": "site",
            "isEntry": True,
            "css": ["site-1.css"],
            "assets": ["f-1.woff2"],
            "imports": ["_shared.js"],
        },
        "_shared.js": {"file": "shared-1.js", "css": ["shared-1.css"]},
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    for name in ("site-1.js", "site-1.css", "shared-1.js", "shared-1.css", "f-1.woff2", "built-of"):
        (tmp_path / name).write_text(name)
    (tmp_path / "site-1.js.gz").write_bytes(gzip.compress(b"site-1.js"))
    return tmp_path


def _request(path: str, encoding: str = "gzip") -> Request:
    return Request({"type": "http", "method": "GET", "path": path, "headers": [(b"accept-encoding", encoding.encode())], "query_string": b""})


def test_an_entry_s_elements(folder: Path) -> None:
    """Its font, its styles and those of what it imports, and its script; none where nothing was built."""
    tags = Assets(folder).tags("site").split("\n")
    assert [tag.split()[0] + " " + tag.partition("/assets/")[2].partition('"')[0] for tag in tags] == [
        "<link f-1.woff2",
        "<link shared-1.css",
        "<link site-1.css",
        "<link shared-1.js",
        "<script site-1.js",
    ]
    assert 'rel="preload"' in tags[0]
    assert 'rel="modulepreload"' in tags[3]
    assert not Assets(folder / "none").built
    assert not Assets(folder / "none").tags("site")


def test_a_file_is_kept_for_good_and_packed(folder: Path) -> None:
    """Its name changes with its content, so that it may be kept; the packed form goes to who takes it."""
    assets = Assets(folder)
    packed = asyncio.run(assets.file(_request("/assets/site-1.js")))
    assert (packed.headers["content-encoding"], gzip.decompress(packed.body), packed.headers["vary"]) == ("gzip", b"site-1.js", "Accept-Encoding")
    assert "immutable" in packed.headers["cache-control"]
    for encoding in ("", "br", "gzip;q=0", "identity"):
        plain = asyncio.run(assets.file(_request("/assets/site-1.js", encoding)))
        assert ("content-encoding" in plain.headers, plain.body) == (False, b"site-1.js")


@pytest.mark.parametrize("name", ["", "x.js", "site-1.js.gz", "manifest.json", "built-of", "../assets.py", "..%2fassets.py", "/etc/passwd", "."])
def test_nothing_else_is_a_file(folder: Path, name: str) -> None:
    """Neither what is not there, nor what the build needs itself, nor anything outside the folder."""
    with pytest.raises(NothingHere):
        asyncio.run(Assets(folder).file(_request(f"{ADDRESS}{name}")))


def test_the_pages_are_built() -> None:
    """What is installed carries them: the entries, the font, packed copies, the licences of what is in them, all of them permissive."""
    assets = Assets()
    assert assets.built
    assert all(assets.tags(entry) for entry in ("site", "sparql"))
    assert list(FOLDER.glob("*.woff2"))
    assert len(list(FOLDER.glob("*.gz"))) > 4
    found = re.findall(r"^(\S+ \d\S*): (.+)$", (FOLDER / "licences.txt").read_text(encoding="utf-8"), re.MULTILINE)
    permissive = {
        "MIT",
        "ISC",
        "0BSD",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "Apache-2.0",
        "OFL-1.1",
        "(MPL-2.0 OR Apache-2.0)",
        "(CC-BY-4.0 AND MIT)",
        "Unlicense",
    }
    assert len(found) > 1
    assert {package: terms for package, terms in found if terms not in permissive} == {}


# --- templates ------------------------------------------------------------------------------------------------------------


def _templates() -> list[str]:
    return sorted(path.name for path in (WEB / "templates").glob("*.html"))


@pytest.mark.parametrize("name", _templates())
def test_a_template_runs_nothing_and_loads_nothing_itself(name: str) -> None:
    """No script, style or handler stands in it; what a page loads comes from the manifest; no text is written in it that is not in the messages."""
    text = (WEB / "templates" / name).read_text(encoding="utf-8")
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|\|\s*safe\b|autoescape", text)
    assert not re.search("[\u0600-\u06ff]", text)


def test_what_a_template_writes_is_text(tmp_path: Path) -> None:
    """Escaped, without what acts on the text around it, and never left out unseen."""
    environment = Pages()._templates
    assert environment.from_string("{{ x }}").render(x="<\u202e>") == "&lt;⟨U+202E RIGHT-TO-LEFT OVERRIDE⟩&gt;"
    assert environment.from_string("{{ x|marked }}").render(x="\u200b") == '<span class="control">U+200B ZERO WIDTH SPACE</span>'
    with pytest.raises(jinja2.UndefinedError):
        environment.from_string("{{ missing }}").render()


def test_a_page_without_its_files_says_how_to_build_them(folder: Path) -> None:
    """And is still a page."""
    pages = Pages(Assets(folder / "none"))
    request = Request({"type": "http", "method": "GET", "path": "/x", "headers": [], "query_string": b"lang=en"})
    text = pages.render(request, "error.html", {"problem": {"status": 404, "detail": "No.", "code": "not-found"}, "commit": None})
    assert "python hatch_build.py" in text
    assert "/assets/" not in text


def test_both_names_of_an_entity() -> None:
    """The reader's first, the other beside it, each in its language; what has one name shows one."""
    macro = '{% from "parts.html" import name with context %}{{ name(entity) }}'
    render = Pages()._templates.from_string(macro).render
    both = render(entity={"ar": "قسد", "en": "SDF", "href": "/id/sdf"}, lang="ar", other="en", t=Messages("ar"))
    assert both == '<a href="/id/sdf"><bdi lang="ar">قسد</bdi></a> <bdi class="other-name" lang="en">SDF</bdi>'
    assert render(entity={"ar": "قسد", "en": "", "href": ""}, lang="en", other="ar", t=Messages("en")) == '<bdi lang="ar">قسد</bdi>'
