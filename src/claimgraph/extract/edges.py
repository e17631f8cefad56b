"""What stands in a paragraph before the report's first word and behind its last: datelines, teasers, links, signatures."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from claimgraph.extract.datelines import dateline_end
from claimgraph.extract.furniture import Furniture, words_of

_ADDRESS = r"(?:https?://|pic\.twitter\.com/|t\.co/)\S*"
_LINK = re.compile(rf"\s*{_ADDRESS}(?:\s+{_ADDRESS})*\s*$")
_TWEET = re.compile(r"-+\s?[^@.!?\n]{1,60}\(@\w+\)(?:\s*[a-z]+ \d{1,2}, \d{4})?\s*$")
_NOTHING_BEHIND = re.compile(r"[^)\]][.!?]\"?$")
_STAMP = re.compile(r"\s*date\s+(?=\d{4}-\d\d-\d\d)")
_TAIL = 160  # characters of a paragraph's end in which signatures and links are looked for
_LONGEST_TEASER, _INVITATION = 40, 4  # words


def begin_of(lists: Furniture, plain: str, names: Iterable[str], *, first: bool) -> int:
    """Where a report's words begin in a paragraph; ``names`` are short lines above the report, of which one may be the site's."""
    start = 0
    if (stamp := _STAMP.match(plain)) and (found := lists.date.match(plain, stamp.end())):
        start = found.end() + len(plain[found.end() :]) - len(plain[found.end() :].lstrip())
    start = dateline_end(lists, plain, start, first=first)
    if start:  # "Special || Name of the site ..."
        start += max((len(name) for name in names if plain.startswith(name + " ", start)), default=0)
        start += len(plain[start:]) - len(plain[start:].lstrip())
    return start if start < len(plain) else 0


def end_of(lists: Furniture, plain: str) -> tuple[int, Literal["teaser", "furniture"]]:
    """Where a report's words end in a paragraph, and what follows them."""
    end = len(plain)
    behind: Literal["teaser", "furniture"] = "furniture"
    teaser = lists.teaser_behind(plain)
    closing = lists.closing_behind(plain)
    if teaser and len(words_of(plain[teaser:])) <= _LONGEST_TEASER:
        end, behind = teaser, "teaser"
    elif closing and len(words_of(plain[closing:])) <= _LONGEST_TEASER:
        end = closing
    elif _NOTHING_BEHIND.search(plain, max(0, end - 3)):
        return end, behind
    for pattern in (_LINK, _TWEET, _LINK, lists.label_behind, lists.signature, lists.date_behind):
        if found := pattern.search(plain, max(1, end - _TAIL), end):
            end = found.start()
    return len(plain[:end].rstrip(" |")), behind


def invites(plain: str) -> bool:
    """Whether a teaser names no report itself, so that headlines must follow ("Read also:")."""
    return plain.endswith(":") or len(words_of(plain)) <= _INVITATION
