"""Datelines: what stands before a report's first word, as in "Damascus - SANA" or "Special ||"."""

from __future__ import annotations

import re

from claimgraph.extract.furniture import Furniture

_OPENING = re.compile(r"[\s\"'(\[*•]*")
_BREAK = re.compile(r"[\s\"'\]]*(\)?)[\s\"']*(\|\||[-/|:_,])?\s*")
_NAME = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){0,3}(?=\s*[-/|:_,)])")
_SEGMENTS, _LONGEST = 6, 90
_STRONG = frozenset(("-", "||", "|", "/", "_"))


def dateline_end(lists: Furniture, plain: str, start: int, *, first: bool) -> int:
    """Where the dateline that begins at ``start`` of a folded paragraph ends (at its first word after it); ``start`` if there is none.

    A dateline is a row of towns, agencies and names, parted by dashes, strokes, colons or brackets. Before a colon a town alone is one
    only in the ``first`` paragraph: later it stands for the government that speaks.
    """
    place, accepted, town, sure = start, start, False, False
    for _ in range(_SEGMENTS):
        place = _OPENING.match(plain, place).end()  # type: ignore[union-attr]  # it may match nothing, but it matches
        bracketed = place > 0 and "(" in plain[max(start, place - 2) : place]
        known = lists.known.match(plain, place)
        found = known or _NAME.match(plain, place)
        if not found or found.end() - start > _LONGEST:
            break
        ended = _BREAK.match(plain, found.end())
        mark = ended[2] if ended else None
        closed = bool(ended and ended[1] and bracketed)
        place = ended.end() if ended else found.end()
        if known is None:
            if not (closed or mark):
                break
            continue
        is_town = lists.is_city(known.group())
        agency_behind = town and not is_town
        town = town or is_town
        if is_town:
            sure = mark in _STRONG or (mark == ":" and first) or place >= len(plain)
        else:
            sure = agency_behind or (closed and mark is not None) or mark in _STRONG or place >= len(plain)
        if sure:
            accepted = place
        if not mark and not closed and not (is_town and _goes_on(lists, plain, place)):
            break
    return accepted


def _goes_on(lists: Furniture, plain: str, place: int) -> bool:
    """Whether an agency follows a town directly or in brackets ("Damascus (Reuters)"), or anything in brackets."""
    at = _OPENING.match(plain, place).end()  # type: ignore[union-attr]  # as above
    known = lists.known.match(plain, at)
    return "(" in plain[max(0, place - 1) : at] or (known is not None and not lists.is_city(known.group()))
