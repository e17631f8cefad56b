"""Characters that act on what stands around them, or are not seen at all: on a page each is a visible mark with its name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from markupsafe import Markup, escape

_KEPT = "\t\n\r"
_ACTING = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
_SEEN = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u0890\u0891\u08e2"  # signs that go around Arabic numbers: of that category, and plain to see
# Letters and marks, and invisible; and what has no letter in it, of which Unicode says that it is not to be seen.
_UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\uffa0\ufe00-\ufe0e\ufff0-\ufff8\U00013439-\U0001345f\U000e0000-\U000e0fff"
_NEVER = "\ufdd0-\ufdef" + "".join(chr(plane << 16 | code) for plane in range(17) for code in (0xFFFE, 0xFFFF))  # no characters at all
# A first look that is cheap: what is none of these acts on nothing.
_MAY_ACT = re.compile(
    f"[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\xad\u061c\u070f{_UNSEEN}\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\uf8ff\ufdd0-\ufdef\ufe0f\ufeff\ufff0-\uffff"
    "\U000110bd-\U0010ffff]"
)
_MARK = "[\u0300-\u036f\u0483-\u0489\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILE = re.compile(f"({_MARK}{{8}}){_MARK}+")  # more marks on a letter than any writing has: they would cover the lines above
_IS_UNSEEN = re.compile(f"[{_UNSEEN}{_NEVER}]")
_EMOJI = "\ufe0f"  # makes a picture of a sign; behind a letter it is not seen


def acts(character: str) -> bool:
    """Whether a character acts on others or is not seen; line ends and tabulators are what they are."""
    if character in _KEPT or character in _SEEN:
        return False
    return unicodedata.category(character) in _ACTING or _IS_UNSEEN.match(character) is not None


def name_of(character: str) -> str:
    """A character's number and name: ``U+202E RIGHT-TO-LEFT OVERRIDE``."""
    code = ord(character)
    fallback = "CONTROL" if code < 0xA0 else "HALF SURROGATE" if 0xD800 <= code <= 0xDFFF else "WITHOUT A NAME"  # noqa: PLR2004  # of Unicode
    return f"U+{code:04X} {unicodedata.name(character, fallback)}"


@cache
def names() -> Mapping[str, str]:
    """The names of all such characters that have one, by their numbers in hex digits (``202E``): for scripts, which know none."""
    named = ((code, unicodedata.name(chr(code), "")) for code in (*range(0x20000), *range(0xE0000, 0xE1000)) if _MAY_ACT.match(chr(code)))
    return {f"{code:04X}": name for code, name in named if name and (acts(chr(code)) or chr(code) == _EMOJI)}


def plainly(text: str) -> str:
    """A text for wherever no element can stand: such characters are written by number and name, and marks without end are cut."""
    return _MAY_ACT.sub(lambda found: f"⟨{name_of(found[0])}⟩" if _acts_there(found) else found[0], _PILE.sub(r"\1…", text))


def marked(text: object) -> Markup:
    """A text for a page: such characters are marks with their names. What is markup already stays as it is."""
    if isinstance(text, Markup):
        return text
    safe = _PILE.sub(r"\1…", str(escape("" if text is None else str(text))))
    return Markup(_MAY_ACT.sub(_mark, safe))  # noqa: S704  # escaped above; a mark is made of a Unicode name


def _mark(found: re.Match[str]) -> str:
    return f'<span class="control">{name_of(found[0])}</span>' if _acts_there(found) else found[0]


def _acts_there(found: re.Match[str]) -> bool:
    return acts(found[0]) or (found[0] == _EMOJI and found.string[found.start() - 1 : found.start()].isalpha())
