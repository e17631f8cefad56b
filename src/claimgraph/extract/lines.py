"""What each line of a page is, from how it looks and what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Literal, get_args

from claimgraph.extract.datelines import dateline_end
from claimgraph.extract.edges import end_of, invites
from claimgraph.extract.furniture import Furniture, Line, is_final, words_of

Kind = Literal["title", "body", "heading", "dateline", "caption", "teaser", "furniture"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_ENTRY = re.compile(r"[-*•\"'(]|\d{1,2}\s?[-.)/]")
_HOUR = re.compile(r"\d{1,2}:\d\d")
_STEM = re.compile(r"(?:وال|بال|كال|فال|لل|ال|[وفبلك])?(\w{3,4})")
_STEMMED = 3  # letters that a word must have more of: shorter ones are of all texts
# In words: a paragraph whether or not it ends as a sentence; one that does; a sentence; a headline at most; a summary under it; a heading
# at most; a name at most; a paragraph of the report behind headlines of others.
_LONG, _PARAGRAPH, _SENTENCE, _TITLE, _SUMMARY, _HEADING, _NAME, _RESUMED = 22, 12, 4, 30, 12, 11, 3, 20
_KIN = 0.25  # share of a line's words that the report's paragraphs have too, from which it speaks of the same
_NEARLY = 0.7  # of the best candidate's share: the first so good is the headline, as pictures and summaries follow it
_CLOCKS, _ROW = 3, 3  # lines that begin with a time, or headlines one below the other, that make a list
_NAMES = 40  # short lines above the report of which one may be the site's name
_CLOSES = 4  # a comment form ends the report if at least one in so many of its words stand before it


class Lines:
    """The lines of a text with what each looks like; :meth:`kinds` says what each is among the others."""

    def __init__(self, lines: Sequence[Line], lists: Furniture) -> None:
        self.lines, self.lists = lines, lists
        self._ends: dict[int, tuple[int, Kind]] = {}
        self.looks = [self._look(line) for line in lines]
        clocks = [self._has_verb_first(line) for line, look in zip(lines, self.looks, strict=True) if look == "clock"]
        if len(clocks) < _CLOCKS or 2 * sum(clocks) >= len(clocks):  # too few for a list of headlines, or the report's own news by the hour
            self.looks = ["" if look == "clock" else look for look in self.looks]
        self.paragraphs = [not look and self._is_paragraph(line) for line, look in zip(lines, self.looks, strict=True)]
        if not any(self.paragraphs):  # a page of short items: what would be a caption elsewhere may be one of them
            self.looks = ["" if look == "caption" else look for look in self.looks]
            self.paragraphs = [not look and self._is_item(line) for line, look in zip(lines, self.looks, strict=True)]
        self._by_the_hour = self._mark_items_by_the_hour()
        self.first = self._first()
        self.names = frozenset([line.plain for line in lines[: self.first] if len(line.words) <= _NAME][-_NAMES:])

    def kinds(self) -> list[Kind]:
        """What each line is."""
        if self.first == len(self.lines):
            return self._without_paragraphs()
        title = self._title()
        kinds: list[Kind] = [self._before(place, title) for place in range(self.first)]
        kinds += self._after()
        if title is not None:
            headline = self.lines[title].plain
            kinds = ["title" if line.plain == headline else kind for line, kind in zip(self.lines, kinds, strict=True)]
        return kinds

    def end(self, line: Line) -> tuple[int, Kind]:
        """Where the report's words end in a paragraph (from its beginning), and what follows them."""
        if line.start not in self._ends:
            self._ends[line.start] = end_of(self.lists, line.plain)
        return self._ends[line.start]

    def _look(self, line: Line) -> str:
        """What a line looks like; a short paragraph is not judged by the page's words that are glued to its end."""
        look = self.lists.look(line)
        if look in ("closing", "furniture") and (end := self.end(line)[0]) < len(line.plain):
            own = Line(line.start, line.start + end, line.plain[:end], words_of(line.plain[:end]))
            if self._is_item(own) and self._has_verb_first(own) and not self.lists.look(own):
                return ""
        return look

    def _mark_items_by_the_hour(self) -> bool:
        """Take every line below a bare hour for a paragraph, if most paragraphs stand so: the page follows events as they happen."""
        below = [i for i, line in enumerate(self.lines[1:], 1) if _HOUR.fullmatch(self.lines[i - 1].plain)]
        if len(below) < _CLOCKS or 2 * sum(self.paragraphs[i] for i in below) < sum(self.paragraphs):
            return False
        for place in below:
            self.paragraphs[place] = not self.looks[place] and len(self.lines[place].words) >= _SENTENCE
        return True

    def _is_paragraph(self, line: Line) -> bool:
        count = len(line.words)
        return count >= _LONG or (count >= _PARAGRAPH and (line.final or is_final(line.plain[: self.end(line)[0]])))

    def _is_item(self, line: Line) -> bool:
        return len(line.words) >= _SENTENCE and (line.final or self._has_verb_first(line))

    def _has_verb_first(self, line: Line) -> bool:
        return self.lists.opens_with_verb(line.words)

    def _is_lead(self, line: Line) -> bool:
        return self._has_verb_first(line) or dateline_end(self.lists, line.plain, 0, first=True) > 0

    def _is_repeated(self, place: int) -> bool:
        return any(other.plain == self.lines[place].plain for other in self.lines[place + 1 : place + 4])

    def _first(self) -> int:
        """Where the report's first paragraph stands; behind the last line if there is none.

        A long line without an end, before all that have one, is a headline, unless it begins as a lead does; so is a line printed twice.
        """
        last_ended = max((i for i, line in enumerate(self.lines) if self.paragraphs[i] and line.final), default=-1)
        for place, line in enumerate(self.lines):
            if not self.paragraphs[place]:
                continue
            headline = len(line.words) <= _TITLE and ((not line.final and not self._is_lead(line)) or self._is_repeated(place))
            if not headline or last_ended <= place or self._by_the_hour:
                return place
            self.paragraphs[place] = False
        return len(self.lines)

    def _by_look(self, place: int) -> Kind | None:
        """The kind of a line that says by itself what it is."""
        look = self.looks[place]
        if look == "date" or (look in ("", "caption") and self._is_dateline(self.lines[place])):
            return "dateline"
        if look in ("closing", "related", "signature", "furniture", "clock"):
            return "furniture"
        return look or None  # type: ignore[return-value]  # teaser or caption

    def _is_dateline(self, line: Line) -> bool:
        if len(line.words) > _HEADING or (line.final and line.plain[-1] != ":"):
            return False
        ended = dateline_end(self.lists, line.plain, 0, first=True)
        if ended and len(words_of(line.plain[ended:])) <= _NAME:
            return True
        return len(line.words) <= _NAME and line.plain[-1] in "|/"

    def _without_paragraphs(self) -> list[Kind]:
        """A text of short lines only: the first of several is its title, the others are body where they say anything."""
        kinds: list[Kind] = []
        for place, line in enumerate(self.lines):
            kinds.append(self._by_look(place) or ("body" if len(line.words) >= _SENTENCE else "furniture"))
        bodies = [i for i, kind in enumerate(kinds) if kind == "body"]
        if len(bodies) > 1:
            kinds[bodies[0]] = "title"
        return kinds

    def _title(self) -> int | None:
        """The first line above the paragraphs that speaks of what they speak of; a line printed twice before any other."""
        candidates = [
            i for i, line in enumerate(self.lines[: self.first])
            if not self.looks[i] and _NAME <= len(line.words) <= _TITLE and not self._is_dateline(line)
        ]  # fmt: skip
        repeated = next((i for i in candidates if len(self.lines[i].words) > _NAME and self._is_repeated(i)), None)
        if repeated is not None:
            return repeated
        kin = {i: self._kin(i) for i in candidates}
        # A headline of three words is believed only where there is no longer one.
        candidates = [i for i in candidates if len(self.lines[i].words) > _NAME] or [i for i in candidates if kin[i] >= _NEARLY]
        best = max((kin[i] for i in candidates), default=0.0)
        if not best and len(candidates) != 1:
            return None
        return next(i for i in candidates if kin[i] >= best * _NEARLY)

    @cached_property
    def _vocabulary(self) -> set[str]:
        return stems([w for line, is_one in zip(self.lines, self.paragraphs, strict=True) if is_one for w in line.words])

    def _kin(self, place: int) -> float:
        return _share(self.lines[place].words, self._vocabulary)

    def _before(self, place: int, title: int | None) -> Kind:
        """A line above the first paragraph."""
        line = self.lines[place]
        if kind := self._by_look(place):
            return kind
        if len(line.words) <= _NAME and place != title:
            return "furniture"
        if title is None or place < title:
            return "teaser"
        if line.final or len(line.words) >= _SUMMARY:
            return "body"
        return "heading" if self._kin(place) >= _KIN else "caption"

    def _after(self) -> Iterator[Kind]:
        """The lines from the first paragraph on. Headlines of other reports may interrupt it; a comment form ends it."""
        state, said, closed = "", _Said(), False
        all_words = sum(len(line.words) for line, is_one in zip(self.lines, self.paragraphs, strict=True) if is_one)
        for place in range(self.first, len(self.lines)):
            line, look = self.lines[place], self.looks[place]
            if closed or (look == "closing" and len(said.words) * _CLOSES >= all_words):
                break
            if look == "related" or (look == "teaser" and invites(line.plain)):
                state = "related" if "related" in (look, state) else "teaser"
            elif state and self._resumes(place, state, said):
                state = ""
            if look == "caption" and self._is_item(line) and self._has_verb_first(line):
                self.looks[place] = ""  # an item of news that its agency signs
            kind = self._by_look(place) or ("teaser" if state else self._within(place))
            if kind == "body":
                said.words += line.words
                end, behind = self.end(line)
                if behind == "teaser" and invites(line.plain[end:]):
                    state = "teaser"
                closed = behind == "furniture" and self.lists.closing.at(words_of(line.plain[end:])) > 0
            yield kind
        else:
            return
        for _ in range(place, len(self.lines)):
            yield "furniture"

    def _resumes(self, place: int, state: str, said: _Said) -> bool:
        """Whether a line behind headlines of other reports belongs to this one: it is a paragraph, and speaks of what was said before."""
        line = self.lines[place]
        if line.cut_off:
            return False
        if state == "teaser" and self._is_item(line) and line.final and self._has_verb_first(line):
            return True
        if not self.paragraphs[place] or (state == "related" and not (line.final and len(line.words) >= _RESUMED)):
            return False
        return len(said.words) < _LONG or _share(line.words, said.stems()) >= _KIN  # too little said is no measure

    @cached_property
    def _last(self) -> int:
        """The place of the last paragraph before a comment form."""
        ends = next((i for i in range(self.first + 1, len(self.lines)) if self.looks[i] == "closing"), len(self.lines))
        return max((i for i in range(self.first, ends) if self.paragraphs[i]), default=self.first)

    def _within(self, place: int) -> Kind:
        line, count = self.lines[place], len(self.lines[place].words)
        if self.paragraphs[place] or (count >= _SENTENCE and line.final):
            return "body"
        if place > self._last:
            return self._trailing(place)
        if line.final or (count >= _SENTENCE and (self._has_verb_first(line) or _ENTRY.match(line.plain))):
            return "body"
        return "heading" if count <= _HEADING else "body"

    def _trailing(self, place: int) -> Kind:
        """A line without an end behind the last paragraph: headlines of other reports come in rows, the report's own end does not."""
        line = self.lines[place]
        if len(line.words) <= _NAME:
            return "furniture"
        alone = self._row < _ROW and (self._has_verb_first(line) or len(line.words) > _HEADING or _ENTRY.match(line.plain))
        return "body" if alone or self._mostly_unended else "teaser"

    @cached_property
    def _row(self) -> int:
        """How many lines without an end stand behind the last paragraph."""
        return sum(
            1 for line, look in zip(self.lines[self._last + 1 :], self.looks[self._last + 1 :], strict=True)
            if not look and len(line.words) > _NAME and not line.final
        )  # fmt: skip

    @cached_property
    def _mostly_unended(self) -> bool:
        """Whether the report writes no full stops, so that their lack says nothing."""
        ended = [line.final for line, is_one in zip(self.lines, self.paragraphs, strict=True) if is_one]
        return 2 * sum(ended) < len(ended)


class _Said:
    """The words of the report so far, and their stems when asked for."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._stems: set[str] = set()
        self._read = 0

    def stems(self) -> set[str]:
        self._stems |= stems(self.words[self._read :])
        self._read = len(self.words)
        return self._stems


def stems(words: Sequence[str]) -> set[str]:
    """The beginnings of the words without article and one-letter prefixes: enough to see that two lines speak of the same."""
    return {m[1] for w in words if len(w) > _STEMMED and (m := _STEM.match(w))}


def _share(words: Sequence[str], known: set[str]) -> float:
    found = stems(words)
    return len(found & known) / len(found) if found else 0.0
