"""Personal names across scripts: what is left of a name when only the sounds that all spellings agree on are kept.

Standards of transliteration (ISO 233, ALA-LC) tell one right spelling, and reports use others: Mazloum, Mazlum and Mathloum are one name. So
names are compared by their consonants, in both scripts reduced to the same sounds; whoever compares decides how much must agree.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from claimgraph.extract.folding import fold_word
from claimgraph.extract.lexicon import data

_WORD = re.compile(r"[^\W\d_]+")
_ARABIC = re.compile(r"[\u0621-\u06d3]")
_TWICE = re.compile(r"(.)\1+")
_SILENT = ("ah", "eh")  # how Latin spellings end what ends in ة


def is_arabic(name: str) -> bool:
    """Whether a name is written in Arabic letters."""
    return _ARABIC.search(name) is not None


def skeleton(name: str) -> str:
    """The sounds of a name in Arabic or Latin letters, word by word: those of ``مظلوم عبدي`` and ``Mazloum Abdi`` are both ``mzlm bd``."""
    words = (_sounds(word) for word in _WORD.findall(_plain(name)))
    return " ".join(word for word in words if word)


def _plain(name: str) -> str:
    """Letters without marks, in the form that texts are matched in; hyphens and apostrophes join nothing."""
    decomposed = unicodedata.normalize("NFKD", name) if not is_arabic(name) else name
    return fold_word("".join(c for c in decomposed if not unicodedata.combining(c) and c not in "'\u2019\u02bc\u02bf\u02be"))


def _sounds(word: str) -> str:
    table = data("transliteration")
    if word in _articles():
        return ""
    if is_arabic(word):
        word = word[2:] if word.startswith("ال") and len(word) > len("الا") else word
        return "".join(table["arabic"].get(letter, "") for letter in (word[:-1] if _ends_silent(word) else word))
    word = _TWICE.sub(r"\1", word[:-1] if word.endswith(_SILENT) else word)
    return "".join(table["latin"].get(found, "") for found in _latin().findall(word))


def _ends_silent(word: str) -> bool:
    """Whether an Arabic word ends in what was teh marbuta, which folding makes a heh."""
    return word.endswith("ه") and len(word) > len("اسم")


@cache
def _articles() -> frozenset[str]:
    return frozenset(data("transliteration")["articles"])


@cache
def _latin() -> re.Pattern[str]:
    return re.compile("|".join(sorted(data("transliteration")["latin"], key=len, reverse=True)))
