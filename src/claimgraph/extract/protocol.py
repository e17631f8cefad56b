"""What an extractor is given, and what it gives back: the seam behind which rules, or anything else, can stand.

An extractor is made with what the reference graph knows (:class:`Known`) and reads one report at a time. Others are added by an entry
point of the group ``claimgraph.extractors`` (:mod:`claimgraph.extract.registered`), without touching the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from claimgraph.model.document import ClaimsDocument, Report


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name that an entity of the reference graph bears.

    ``types`` are the local names of its classes, nearest first, superclasses included (``Prison``, ``Facility``). ``part_of`` is the key
    of the whole it belongs to. ``ambiguous`` names are those that several entities bear; ``preferred`` ones those it is shown by.
    """

    key: str
    surface: str
    language: str
    types: tuple[str, ...]
    part_of: str | None
    ambiguous: bool
    preferred: bool


@dataclass(frozen=True, slots=True)
class KnownIncident:
    """An incident of the reference graph: keys of its facility and place, and its first and last day (ISO dates)."""

    key: str
    facility: str | None
    place: str | None
    begin: str | None
    end: str | None


@dataclass(frozen=True)
class Known:
    """What the reference graph knows, as an extractor needs it: plain values, sorted, the same for the same graph."""

    names: tuple[KnownName, ...] = ()
    incidents: tuple[KnownIncident, ...] = ()

    @cached_property
    def wholes(self) -> dict[str, str | None]:
        """By the key of each entity the key of what it is part of, made once for all reports: with many names it takes as long as reading one."""
        return {name.key: name.part_of for name in self.names}


class Extractor(Protocol):
    """Reads a report and proposes claims. It is a function of the report and of what it was made with: no clock, no network."""

    name: str
    version: str

    def extract(self, report: Report) -> ClaimsDocument:
        """The report, with the claims found in its text: each with ``confidence``, ``rule`` and the review state ``candidate``.

        ``report`` has the text and what is known of where it comes from. Text, id and provenance come back as they were; what the reading
        adds to the report (``language``, ``published_note``, ``proposals``) may differ.
        """
        ...


Maker = Callable[[Known], Extractor]
