"""Characters that act on what stands around them, or are not seen at all: on a page each is a visible mark with its name."""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

_KEPT = "\t\n\r"
_ACTING = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
_SEEN = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u0890\u0891\u08e2"  # signs that go around Arabic numbers: of that category, and plain to see
_UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0e\U000e0100-\U000e01ef"  # letters and marks, and invisible
# A first look that is cheap: what is none of these acts on nothing.
_MAY_ACT = re.compile(
    f"[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\xad\u061c\u070f{_UNSEEN}\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\uf8ff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000110bd-\U0010ffff]"
)
_MARK = "[\u0300-\u036f\u0483-\u0489\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILE = re.compile(f"({_MARK}{{8}}){_MARK}+")  # more marks on a letter than any writing has: they would cover the lines above
_IS_UNSEEN = re.compile(f"[{_UNSEEN}\ufdd0-\ufdef\ufffe\uffff]")  # the last are no characters at all


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


def plainly(text: str) -> str:
    """A text for wherever no element can stand: such characters are written by their numbers, and marks without end are cut."""
    return _MAY_ACT.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩" if acts(found[0]) else found[0], _PILE.sub(r"\1…", text))


def marked(text: object) -> Markup:
    """A text for a page: such characters are marks with their names. What is markup already stays as it is."""
    if isinstance(text, Markup):
        return text
    safe = _PILE.sub(r"\1…", str(escape("" if text is None else str(text))))
    return Markup(_MAY_ACT.sub(_mark, safe))  # noqa: S704  # escaped above; a mark is made of a Unicode name


def _mark(found: re.Match[str]) -> str:
    return f'<span class="control">{name_of(found[0])}</span>' if acts(found[0]) else found[0]
