"""The parts of a page's text: title, body, headings, datelines, captions, teasers of other reports, furniture.

A report arrives as the text of a page, with the page around it. What a line is follows from its words (``lexicon/furniture.yaml``),
its length, how it ends, where it stands, and whether it speaks of what the paragraphs speak of. In doubt a line is body: a claim that
is lost is worse than a heading read as one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from claimgraph.extract.edges import begin_of
from claimgraph.extract.folding import Folded, fold
from claimgraph.extract.furniture import Line, furniture, words_of
from claimgraph.extract.lines import Kind, Lines

_BREAKS = ("\n", "\r\n", "\r")
_FULL_STOPS = (".", "!", "؟", "?", ":", '"', "”", "»", ")")
_PAIRS, _NARROW, _WIDE = 4, 40, 130  # breaks, and characters of the longest line, by which a text counts as broken at a fixed width
_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the text as stored, ``[start, end)`` in code points, and what it is."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Wording:
    """Words of the text and where they stand."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What a text is made of, in order; blocks never overlap, and hold all but white space and invisible characters.

    ``title`` is the headline where it first stands. ``dates`` are the dates in lines that date the page: wording, not yet read; such a
    line may date the page's saving instead.
    """

    blocks: tuple[Block, ...]
    title: Wording | None
    dates: tuple[Wording, ...]

    @property
    def body(self) -> tuple[Block, ...]:
        """The blocks that carry the report."""
        return tuple(b for b in self.blocks if b.kind == "body")


def layout(text: str | Folded) -> Layout:
    """The blocks of a text, given as stored or already folded."""
    folded = fold(text) if isinstance(text, str) else text
    lines = Lines(list(_lines(folded)), furniture())
    pieces = [piece for place, kind in enumerate(lines.kinds()) for piece in _pieces(lines, place, kind)]
    title = next(((start, end) for kind, start, end in pieces if kind == "title"), None)
    dates = (lines.lists.date.search(folded.plain, start, end) for kind, start, end in pieces if kind == "dateline")
    return Layout(
        tuple(Block(kind, *folded.span(start, end)) for kind, start, end in pieces),
        _wording(folded, *title) if title else None,
        tuple(_wording(folded, *found.span()) for found in dates if found),
    )


def _wording(folded: Folded, start: int, end: int) -> Wording:
    first, last = folded.span(start, end)
    return Wording(folded.text[first:last], first, last)


def _lines(folded: Folded) -> Iterator[Line]:
    """The lines that hold anything visible, without the space around them."""
    for first, last in _ranges(folded.text):
        start, end = bisect_left(folded.at, first), bisect_left(folded.at, last)
        plain = folded.plain[start:end]
        start += len(plain) - len(plain.lstrip())
        if plain := plain.strip():
            yield Line(start, start + len(plain), plain, words_of(plain))


def _ranges(text: str) -> Iterator[tuple[int, int]]:
    """Where the text's lines stand; if the text was broken at a fixed width, where its paragraphs stand."""
    rows: list[list[tuple[int, int]]] = []
    for found in _LINE.finditer(text):
        if rows and text[rows[-1][-1][1] : found.start()] in _BREAKS:
            rows[-1].append(found.span())
        else:
            rows.append([found.span()])
    whole = _is_broken([[text[start:end].rstrip() for start, end in row] for row in rows if len(row) > 1])
    return ((row[0][0], row[-1][1]) for row in rows) if whole else (line for row in rows for line in row)


def _is_broken(rows: list[list[str]]) -> bool:
    """Whether lines were broken at a width: the first word below each would not have fitted it; few end a sentence, most rows do."""
    pairs = [(line, below.split(maxsplit=1)) for row in rows for line, below in pairwise(row)]
    if len(pairs) < _PAIRS:
        return False
    width = max(len(line) for row in rows for line in row)
    if not _NARROW <= width <= _WIDE or not all(below and len(line) + 1 + len(below[0]) > width for line, below in pairs):
        return False
    within, ends = sum(line.endswith(_FULL_STOPS) for line, _ in pairs), sum(row[-1].endswith(_FULL_STOPS) for row in rows)
    return 2 * within <= len(pairs) and 2 * ends >= len(rows)


def _pieces(lines: Lines, place: int, kind: Kind) -> Iterator[tuple[Kind, int, int]]:
    """A line's blocks, as ranges of the folded text: before a body paragraph's own words and behind them others may stand."""
    line = lines.lines[place]
    if kind != "body":
        yield kind, line.start, line.end
        return
    start = begin_of(lines.lists, line.plain, lines.names, first=place == lines.first)
    end, behind = lines.end(line)
    if start:
        yield "dateline", line.start, line.start + len(line.plain[:start].rstrip())
    if start < end:
        yield "body", line.start + start, line.start + end
    if end < len(line.plain):
        tail = line.plain[max(start, end) :]
        yield behind, line.end - len(tail.lstrip()), line.end
