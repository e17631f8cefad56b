"""EDTF (ISO 8601-2, Library of Congress levels 0 to 2): what was written, and its first and last day."""

from __future__ import annotations

import io
import re
from calendar import monthrange
from contextlib import redirect_stdout
from datetime import MAXYEAR, MINYEAR, date
from functools import lru_cache
from time import struct_time
from typing import NamedTuple

from edtf import EDTFParseException, parse_edtf
from pyparsing import ParserElement

# Full days, months, years and full date-times are nearly all that reports contain. The general parser takes milliseconds
# for each, this expression microseconds; a test holds both equal.
_PLAIN = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2})(?P<clock>T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})?)?)?)?", re.ASCII)
_CLOCK = re.compile(r"T(([01]\d|2[0-3]):[0-5]\d:[0-5]\d|24:00:00)(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)?", re.ASCII)


class Days(NamedTuple):
    """First and last day that an EDTF string covers; ``None`` where it is open to that side."""

    first: date | None
    last: date | None


@lru_cache(maxsize=4096)
def days_of(edtf: str) -> Days | None:
    """The days an EDTF string covers, or ``None`` if it is no EDTF (or says nothing, as ``../..`` does, or leaves years 1 to 9999).

    A date-time counts for the calendar day as written, without turning it into another zone: a report dated
    09:36+02:00 is of that day to its readers. An interval that ends before it begins is given as it stands, for the
    shapes to refuse.
    """
    if "/" in edtf:
        begin, _, end = edtf.partition("/")
        if "/" in end:
            return None
        first, last = _side(begin), _side(end)
        if first is None or last is None:
            return None
        days = Days(first.first, last.last)
        return None if days == (None, None) else days
    return _single(edtf)


def day_of(written: str) -> date | None:
    """The one day that a calendar date says (``2022-01-31``, EDTF level 0), or ``None`` if it says anything else."""
    found = _PLAIN.fullmatch(written)
    days = _single(written) if found and found["day"] and not found["clock"] else None
    return days.first if days else None


def _side(edtf: str) -> Days | None:
    """One side of an interval; an open or unknown side (``..`` or nothing) bounds nothing."""
    return Days(None, None) if edtf in ("", "..") else _single(edtf)


def _single(edtf: str) -> Days | None:
    plain = _PLAIN.fullmatch(edtf)
    if plain is None or (plain["month"] or "") > "12":  # months above are seasons and quarters
        return _general(edtf)
    if plain["clock"] and not _CLOCK.fullmatch(plain["clock"]):
        return None
    year, months = int(plain["year"]), [int(plain["month"])] if plain["month"] else [1, 12]
    try:
        first = date(year, months[0], int(plain["day"] or 1))
        last = date(year, months[-1], int(plain["day"] or monthrange(year, months[-1])[1]))
    except ValueError:
        return None
    return Days(first, last)


_LONGEST = 64


def _general(edtf: str) -> Days | None:
    # Years of more than four digits (Y…) are never a report's, and computing some of them takes for ever.
    if not edtf or len(edtf) > _LONGEST or not edtf.isascii() or edtf != edtf.strip() or "Y" in edtf:
        return None
    try:
        with redirect_stdout(io.StringIO()):  # the parser prints what it tries
            parsed = parse_edtf(edtf)
            first, last = parsed.lower_strict(), parsed.upper_strict()
        return Days(_day(first), _day(last)) if _within(first) and _within(last) else None
    except (EDTFParseException, ValueError, TypeError, AttributeError, OverflowError):
        return None  # the parser raises the others on a few well-formed but meaningless inputs
    finally:
        ParserElement.reset_cache()  # it keeps exceptions, and with them the frames of all who called: an open store among them


def _within(moment: object) -> bool:
    return not isinstance(moment, struct_time) or MINYEAR <= moment.tm_year <= MAXYEAR


def _day(moment: object) -> date | None:
    """The library gives a ``struct_time``, or an infinite float where a set is open."""
    return date(moment.tm_year, moment.tm_mon, moment.tm_mday) if isinstance(moment, struct_time) else None
