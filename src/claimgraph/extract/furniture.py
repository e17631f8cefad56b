"""What stands on a news page beside the report: the phrases of ``lexicon/furniture.yaml`` and the tests of a single line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from claimgraph.extract.folding import fold_word
from claimgraph.extract.lexicon import data, lexicon
from claimgraph.model.errors import ResourceError

_LISTS = (
    *("closing", "related", "teasers", "pointers", "starts", "labels", "anywhere", "words", "agencies", "markers", "cities", "bylines", "endings"),
    *("captions", "dated", "weekdays", "months", "openers"),
)
_WORD = re.compile(r"[^\W_]+")
_ARABIC = re.compile(r"[\u0621-\u064a]")
_LATIN = re.compile(r"[a-z]")
_IMAGE = re.compile(r"\S+\.(?:png|jpe?g|gif|webp|svg|bmp|avif|mp4)\b")
_FINAL = re.compile(r"[.!?:][\"')\]\s]*(?:\([^()]{1,40}\)[.\s]*)?$")  # an agency's name may stand behind
_CUT_OFF = re.compile(r"(?:\.\.+|\[\.*\])[\"')\]\s]*$")
_CLOCK = re.compile(r"\d{1,2}:\d\d(?:\s|[^\W\d_])|\d{1,2}:\d\d$")
_MAY_CREDIT = re.compile(r"\(|\s[-/|:]")  # what a credit begins with: looked for first, as that is far faster
_COLUMNS = re.compile(r" {3,}|\t| \| | • ")
_TWEET = re.compile(r"[-•]{0,2}[^@\n]{1,80}\(@\w+\)(?:\s*[a-z]+ \d{1,2}, \d{4})?\s*$")
_BEHIND = r"(?:(?<=[.!?\"|)\]])|(?<=[.!?\"|)\]]\s)|(?<=\s\s))"  # behind the end of a sentence, or wide space
_AFTER_LABEL = re.compile(r"\s*[:/|\-]")
_NUMBER_DATE = r"\d{4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,2}|\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{4}"
_TIME = r"\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s*(?:am|pm|ص|م|صباحا|مساء|ظهرا))?"
# How long a line may be (words) to be taken for what it looks like, and how many others may stand beside a date.
_CLOSING, _RELATED, _TEASER, _START, _LABEL, _ANYWHERE, _WORDS, _BYLINE, _CAPTION, _BESIDE_DATE = 18, 3, 40, 12, 3, 30, 8, 5, 25, 6
_CLOSING_BEFORE = 4  # words that may stand before a closing phrase: a year, the site's name
_COLUMN_COUNT, _COLUMN_LEAST, _COLUMN_MOST = 5, 2, 22
_LITTLE_ARABIC = 0.3
_AND = ("و", "ف")
_FINITE = ("past", "present", "passive")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the folded text: ``plain`` is what stands at ``[start, end)`` of it, ``words`` its words and numbers."""

    start: int
    end: int
    plain: str
    words: tuple[str, ...]

    @property
    def final(self) -> bool:
        """Whether it ends as a sentence does."""
        return is_final(self.plain)

    @property
    def cut_off(self) -> bool:
        """Whether it ends in dots, as the opening of another report does that is only shown."""
        return bool(_CUT_OFF.search(self.plain[-8:]))


def is_final(plain: str) -> bool:
    """Whether a text ends as a sentence does, and not in dots."""
    return bool(_FINAL.search(plain[-50:])) and not _CUT_OFF.search(plain[-8:])


def words_of(plain: str) -> tuple[str, ...]:
    """The words and numbers of a folded text."""
    return tuple(_WORD.findall(plain))


class _Phrases:
    """Phrases found by their first word, so that a line is compared with few of them."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        for phrase in phrases:
            words = words_of(phrase)
            self._by_first.setdefault(words[0], []).append(words)
        for entries in self._by_first.values():
            entries.sort(key=len, reverse=True)

    def at(self, words: Sequence[str], place: int = 0) -> int:
        """How many words the longest phrase has that stands at ``place``; 0 if none does."""
        for phrase in self._by_first.get(words[place], ()) if place < len(words) else ():
            if tuple(words[place : place + len(phrase)]) == phrase:
                return len(phrase)
        return 0

    def within(self, words: Sequence[str]) -> bool:
        """Whether one of them stands anywhere."""
        return not self._by_first.keys().isdisjoint(words) and any(self.at(words, place) for place in range(len(words)))


def _any_of(phrases: Iterable[str]) -> str:
    """A pattern of whole phrases, the longest first; a space in them may be any run of spaces."""
    return "|".join(re.escape(p).replace(r"\ ", r"\s+") for p in sorted(set(phrases), key=lambda p: (-len(p), p)))


def _is_verb(word: str) -> bool:
    words = lexicon()
    return any(form.how in _FINITE for table in (words.reporting, words.events, words.light) for form in table.verbs(word))


def _beginnings(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({" ".join(words_of(phrase)[:2]) for phrase in phrases}))


def _found(plain: str, beginnings: Iterable[str], pattern: re.Pattern[str]) -> int:
    for beginning in beginnings:
        if beginning in plain:
            found = pattern.search(plain, 1)
            return found.start() if found else 0
    return 0


class Furniture:
    """The lists of ``furniture.yaml``, ready for matching folded text."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self.closing, self.related, self.teasers = _Phrases(lists["closing"]), _Phrases(lists["related"]), _Phrases(lists["teasers"])
        self.starts, self.labels, self.anywhere = _Phrases(lists["starts"]), _Phrases(lists["labels"]), _Phrases(lists["anywhere"])
        self.bylines, self.captions = _Phrases(lists["bylines"]), _Phrases(lists["captions"])
        self._openers = frozenset(lists["openers"])
        self._dated = frozenset(w for name in ("dated", "weekdays", "months") for phrase in lists[name] for w in words_of(phrase))
        self._menu = frozenset(lists["words"]) | self._dated
        self._cities = frozenset(lists["cities"])
        weekday, month = _any_of(lists["weekdays"]), _any_of(lists["months"])
        named = rf"\d{{1,2}}(?:st|nd|rd|th)?[\s,-]*(?:من\s+)?(?:{month})(?:\s?/\s?(?:{month}))?[\s,-]*\d{{4}}|(?:{month})\s+\d{{1,2}},?\s+\d{{4}}"
        self.date = re.compile(
            rf"(?<!\w)(?:(?:{weekday})[\s,/-]+)?(?:{_TIME}\s+)?(?:{_NUMBER_DATE}|{named})(?!\d)(?:[\s,|/-]*(?:(?:الساعه|at)\s+)?{_TIME}(?!\w))?"
        )
        self.label_behind = re.compile(rf"(?<=[.!?\"])\s*(?:{_any_of(lists['labels'])})\s*:[^.\n]{{1,60}}$")
        self.date_behind = re.compile(rf"(?<=[.!?\"])\s*(?:{_NUMBER_DATE})[\s,|-]*(?:[^\W\d_]+\s*){{0,3}}$")
        known = _any_of((*lists["agencies"], *lists["markers"], *lists["cities"]))
        self.known = re.compile(rf"(?:{known})(?!\w)")
        agency = _any_of(lists["agencies"])
        self._credit = re.compile(
            rf"(?<![.!?])(?<![.!?]\s)(?:\([^()\n]{{0,60}}?(?<!\w)(?:{agency})(?!\w)[^()\n]{{0,40}}\)|\s[-/|:]\s?\(?(?:{agency})\)?)[\s.]*$"
        )
        self.signature = re.compile(rf"(?<=[.!?\"])\s*[(/\[]?\s*(?:{agency}|{_any_of(lists['endings'])})\s*[)/\]]?[.\s]*$")
        self._alone = re.compile(rf"[(/\[\s]*(?:{agency}|{_any_of(lists['endings'])})[)/\]\s.]*$")
        # The beginnings are looked for first, as that is far faster than the pattern; "قد يهمك" is one, "قد" would be too common.
        self._teaser_starts = _beginnings(lists["teasers"])
        self._closing_starts = _beginnings(lists["closing"])
        teaser, pointer, closing = (_any_of(lists[name]) for name in ("teasers", "pointers", "closing"))
        self._teaser_behind = re.compile(rf"{_BEHIND}(?:{teaser})(?!\w)|(?<!\w)(?:(?:{teaser})\s*:|(?:{pointer})(?!\w))")
        self._closing_behind = re.compile(rf"{_BEHIND}(?:{closing})(?!\w)")

    def teaser_behind(self, plain: str) -> int:
        """Where in a paragraph the pointer to another report begins, behind the end of a sentence or with a colon; 0 if there is none."""
        return _found(plain, self._teaser_starts, self._teaser_behind)

    def closing_behind(self, plain: str) -> int:
        """Where in a paragraph the page's own closing words begin, behind the end of a sentence; 0 if there are none."""
        return _found(plain, self._closing_starts, self._closing_behind)

    def is_city(self, name: str) -> bool:
        """Whether datelines begin with this place."""
        return name in self._cities

    def opens_with_verb(self, words: Sequence[str]) -> bool:
        """Whether a line begins as a news item of one line does: with a verb, after "and" or the hour if need be."""
        first = next((w for w in words if not w[0].isdigit()), "")
        return first in self._openers or (first[:1] in _AND and first[1:] in self._openers) or _is_verb(first)

    def look(self, line: Line) -> str:
        """What a line looks like by itself: closing, related, teaser, furniture, date, signature, caption, clock, or "" (text)."""
        words = line.words[:_TEASER]
        if not self._is_arabic(line.plain, words):
            return "date" if self._is_date(line) else "furniture"
        if len(line.words) > _TEASER:
            return "furniture" if self._in_columns(line) else ""
        if self._is_date(line):
            return "date"
        if _IMAGE.fullmatch(line.plain) or _TWEET.fullmatch(line.plain):
            return "furniture"
        if self._closes(line):
            return "closing"
        return self._by_phrase(line) or self._by_form(line)

    @staticmethod
    def _is_arabic(plain: str, words: Sequence[str]) -> bool:
        """Whether enough of the words are Arabic for the line to be of the report."""
        if not _ARABIC.search(plain):
            return False
        if not _LATIN.search(plain):
            return True
        return sum(1 for w in words if _ARABIC.match(w)) >= _LITTLE_ARABIC * sum(1 for w in words if not w[0].isdigit())

    def _closes(self, line: Line) -> bool:
        """Whether a line is one of those that end a report: a phrase of theirs near its beginning, and no sentence around it."""
        words = line.words
        if len(words) > _CLOSING or (line.final and self.opens_with_verb(words)):
            return False
        return any(self.closing.at(words, place) for place in range(_CLOSING_BEFORE + 1))

    def _by_phrase(self, line: Line) -> str:
        words, count = line.words, len(line.words)
        if (n := self.related.at(words)) and count <= n + _RELATED:
            return "related"
        if self.teasers.at(words) and count <= _TEASER:
            return "teaser"
        n = self.labels.at(words)
        is_furniture = (
            (count <= _START and self.starts.at(words) > 0)
            or (count <= _ANYWHERE and self.anywhere.within(words))
            or (n > 0 and (count <= min(n + 1, _LABEL) or self._labels(line, n)))
            or (0 < self.bylines.at(words) < count <= _BYLINE and not line.final)
            or (count <= _WORDS and self._is_menu(words))
        )
        return "furniture" if is_furniture else ""

    def _is_menu(self, words: Sequence[str]) -> bool:
        """Whether a line is made of menu words, or is an hour in a town's time."""
        others = [w for w in words if not w[0].isdigit() and w not in self._menu]
        return not others or (all(w in self._cities for w in others) and any(w[0].isdigit() for w in words))

    def _by_form(self, line: Line) -> str:
        count = len(line.words)
        if self._alone.match(line.plain):
            return "signature"
        if (self.captions.at(line.words) and count <= _CAPTION and not line.final) or (
            count <= _TEASER and _MAY_CREDIT.search(line.plain) and self._credit.search(line.plain)
        ):
            return "caption"
        if self._in_columns(line):
            return "furniture"
        if _CLOCK.match(line.plain.lstrip(" -*•.")) and not line.final:
            return "clock"
        return ""

    def _in_columns(self, line: Line) -> bool:
        """Whether headlines or menu entries stand side by side in the line, parted by wide space or strokes."""
        columns = [c for c in _COLUMNS.split(line.plain) if c.strip()]
        ended = sum(c.rstrip().endswith(".") for c in columns)
        return len(columns) >= _COLUMN_COUNT and ended <= 1 and _COLUMN_LEAST <= len(line.words) / len(columns) <= _COLUMN_MOST

    def _is_date(self, line: Line) -> bool:
        """Whether a line says when the page was published: a full date and little else, and no sentence."""
        found = self.date.search(line.plain) if len(line.words) <= 4 * _BESIDE_DATE else None
        if not found:
            return False
        beside = words_of(line.plain[: found.start()] + " " + line.plain[found.end() :])
        others = sum(1 for w in beside if w not in self._dated and w not in self._cities and not w[0].isdigit())
        return others <= _BESIDE_DATE // 2 or (others <= _BESIDE_DATE and not line.final and not self.opens_with_verb(line.words))

    def _labels(self, line: Line, count: int) -> bool:
        """Whether a colon or dash follows the first ``count`` words, and little follows it."""
        place = 0
        for word in line.words[:count]:
            place = line.plain.index(word, place) + len(word)
        return bool(_AFTER_LABEL.match(line.plain, place)) and len(line.words) <= _START


@cache
def furniture() -> Furniture:
    """The lists of the program's own file. Raises :class:`ResourceError` if it is missing or no list of phrases each."""
    held = data("furniture")
    try:
        return Furniture({name: tuple(fold_word(phrase).strip() for phrase in held[name]) for name in _LISTS})
    except (KeyError, TypeError, IndexError) as error:
        raise ResourceError(
            f"The extractor's word list furniture.yaml is not whole ({type(error).__name__}: {error}): install claimgraph again."
        ) from None
