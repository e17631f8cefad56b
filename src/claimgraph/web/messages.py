"""What the pages say in Arabic and English: texts from ``messages.yaml``, with plurals, days and values set apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup, escape

from claimgraph.model.errors import ResourceError
from claimgraph.model.text import FIRST_STRONG_ISOLATE, POP_ISOLATE
from claimgraph.web.deceiving import marked, plainly

LANGUAGES = ("ar", "en")
DIRECTIONS = {"ar": "rtl", "en": "ltr"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_CODE = re.compile(r"`([^`]+)`")
_VALUE = re.compile(r"\{(\w+)\}")
Text = str | dict[str, str]


@cache
def texts() -> Mapping[str, Mapping[str, Text]]:
    """All texts, by key (``home.title``) and language; one that counts is a dictionary of its plural forms."""
    found: dict[str, Mapping[str, Text]] = {}

    def walk(entry: Mapping[str, Any], path: str) -> None:
        if set(entry) <= set(LANGUAGES):
            found[path] = entry
            return
        for name, below in entry.items():
            walk(below, f"{path}.{name}" if path else str(name))

    text = (Path(__file__).parent / "messages.yaml").read_text(encoding="utf-8")
    walk(yaml.load(text, Loader=yaml.BaseLoader), "")  # noqa: S506  # which makes nothing but strings, of "on" and "no" too
    return found


def plural(language: str, number: int) -> str:
    """The plural form of a number (Unicode CLDR): ``zero`` to ``other``."""
    if language == "en":
        return "one" if number == 1 else "other"
    if number <= 2:  # noqa: PLR2004  # Arabic has a form for each of these
        return ("zero", "one", "two")[number]
    rest = number % 100
    return "few" if 3 <= rest <= 10 else "many" if rest >= 11 else "other"  # noqa: PLR2004  # the bounds that CLDR gives


def grouped(number: int) -> str:
    """A number as it is shown: its thousands apart, in digits that both languages read."""
    return f"{number:,}".replace(",", "\u202f")


@dataclass(frozen=True)
class Messages:
    """The texts in one language. Calling it gives a text for a page, :meth:`plain` one for an attribute."""

    language: str

    def __call__(self, key: str, **values: object) -> Markup:
        """A text, its values each isolated (``bdi``), its `code` as such."""
        return self._filled(self._text(key), values)

    def count(self, key: str, number: int, **values: object) -> Markup:
        """The text for a number of things, which it may name as ``{n}``."""
        return self._filled(self._form(key, number), {"n": grouped(number), **values})

    def unit(self, key: str, number: int) -> Markup:
        """The word for a number of things, without the number."""
        return escape(self._form(key, number))

    def plain(self, key: str, **values: object) -> Markup:
        """A text without elements, for attributes and titles; its values are isolated by characters."""
        text = self._text(key).replace("`", "")
        return escape(_VALUE.sub(lambda found: f"{FIRST_STRONG_ISOLATE}{plainly(str(values[found[1]]))}{POP_ISOLATE}", text))

    def beside(self, *names: str) -> Markup:
        """Names beside each other where no element can stand, such as an option; what is empty or said already is left out."""
        return escape(" · ".join(f"{FIRST_STRONG_ISOLATE}{plainly(name)}{POP_ISOLATE}" for name in dict.fromkeys(filter(None, names))))

    def group(self, prefix: str) -> dict[str, Text]:
        """The texts under a prefix by the rest of their keys, for a script."""
        return {key.removeprefix(f"{prefix}."): text[self.language] for key, text in texts().items() if key.startswith(f"{prefix}.")}

    def counted(self, key: str, number: int) -> Markup:
        """The text for a number of things, to be a value of another text."""
        return self.count(key, number)

    def edtf(self, written: str) -> Markup:
        """A time as a report gives it (EDTF): a day, a month or an interval of days in words, anything else as it was written."""
        first, slash, last = written.partition("/")
        if slash and first and last and ".." not in (first, last):
            return self("days.between", first=self.edtf(first), last=self.edtf(last))
        if _MONTH.fullmatch(written):
            month = self._text("days.months").split("|")[int(written[5:]) - 1]
            return Markup('<time datetime="{}">{} {}</time>').format(written, month, written[:4])
        return self.day(written) if _DAY.fullmatch(written) else Markup('<bdi dir="ltr">{}</bdi>').format(plainly(written))

    def day(self, iso: str) -> Markup:
        """A day in words; what is no day stays as it is."""
        try:
            found = date.fromisoformat(iso)
        except ValueError:
            return escape(plainly(iso))
        month = self._text("days.months").split("|")[found.month - 1]
        return Markup('<time datetime="{}">{} {} {}</time>').format(iso, found.day, month, found.year)

    def days(self, first: str, last: str) -> Markup:
        """The days from one to another, in words."""
        if first == last:
            return self("days.on", first=self.day(first))
        return self("days.between", first=self.day(first), last=self.day(last))

    def _text(self, key: str) -> str:
        text = texts()[key][self.language]
        if not isinstance(text, str):
            raise ResourceError(f"messages.yaml: {key} counts something: ask for it with its number.")
        return text

    def _form(self, key: str, number: int) -> str:
        forms = texts()[key][self.language]
        return forms if isinstance(forms, str) else forms.get(plural(self.language, number), forms["other"])

    @staticmethod
    def _filled(text: str, values: Mapping[str, object]) -> Markup:
        marked = _CODE.sub(r"<code>\1</code>", str(escape(text)))
        return Markup(_VALUE.sub(lambda found: f"<bdi>{_shown(values[found[1]])}</bdi>", marked))  # noqa: S704  # escaped piece by piece


def _shown(value: object) -> str:
    return str(marked(value))
