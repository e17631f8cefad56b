"""Where a finding is: the claim, the field of the form, and the words of the text that it is about. Offsets are code points."""

from __future__ import annotations

import re
from typing import Any

from claimgraph.ask.marks import stretches
from claimgraph.model.document import Claim, ClaimsDocument
from claimgraph.model.vocabulary import SHAPES

_WHERE = re.compile(r"claims\[(\d{1,9})\](.*)", re.DOTALL)
_PART = re.compile(r"\.(chain|mentions|event\.breakdown)\[(\d{1,9})\]|\.event\.(quantity)\b")
# The field of the form that a rule about a report as a whole is about, by a part of the rule's name.
_FIELDS = (
    *(("ReportIdentifier", "id"), ("Title", "title"), ("ReportUrl", "url"), ("Publisher", "publisher"), ("Retrieved", "retrieved")),
    *(("Published", "published"), ("ReportWithoutDate", "published"), ("ReportText", "text"), ("ReportWithoutClaims", "text")),
)
_OF_TIME = ("Time", "Date", "Day", "EventBefore")
NOWHERE: dict[str, Any] = {"claim": None, "field": None, "words": None, "finding": None}
_MARK = "!"  # which no id of a claim begins with


class Finder:
    """Finds the places of one document's findings, and marks those of its text that are not a claim's own."""

    def __init__(self, document: ClaimsDocument) -> None:
        self.document, self.text = document, document.report.text
        self._numbers: dict[tuple[int, int], int] = {}

    def place(self, where: str, shape: str) -> dict[str, Any]:
        """What a finding leads to: ``claim`` (its id), ``field`` of the form, ``words`` of the text, in ``finding`` the number of its mark."""
        told = dict(NOWHERE)
        found = _WHERE.match(where)
        if found is None or int(found[1]) >= len(self.document.claims):
            return {**told, "field": _field(where, shape.removeprefix(SHAPES))}
        claim = self.document.claims[int(found[1])]
        told["claim"] = claim.id
        span = self._span(claim, found[2], shape.removeprefix(SHAPES))
        if span is None or not 0 <= span[0] < span[1] <= len(self.text):
            return told
        told["words"] = self.text[span[0] : span[1]]
        if span != (claim.start, claim.end):
            told["finding"] = self._numbers.setdefault(span, len(self._numbers) + 1)
        return told

    def stretches(self) -> list[dict[str, Any]]:
        """The text cut where claims and findings begin and end: of each stretch the claims, the findings, and which of these begin there."""
        spans: dict[str, tuple[int, int]] = {claim.id: (claim.start, claim.end) for claim in self.document.claims}
        spans |= {f"{_MARK}{number}": span for span, number in self._numbers.items()}
        begun: set[int] = set()
        told = []
        for one in stretches(len(self.text), spans):
            issues = [int(mark[1:]) for mark in one.marks if mark.startswith(_MARK)]
            claims = [mark for mark in one.marks if not mark.startswith(_MARK)]
            opens = [number for number in issues if number not in begun]
            begun.update(opens)
            told.append({"text": self.text[one.start : one.end], "claims": claims, "issues": issues, "opens": opens})
        return told

    def _span(self, claim: Claim, part: str, rule: str) -> tuple[int, int] | None:
        """The words that a part of a claim is about: its own where the document gives them, else the claim's."""
        found = _PART.match(part)
        if found is not None and found[1] in ("chain", "mentions"):
            parts = claim.chain if found[1] == "chain" else claim.mentions
            at = parts[int(found[2])] if int(found[2]) < len(parts) else None
            if at is not None and at.start is not None and at.end is not None:
                return at.start, at.end
        wording = None
        if found is not None and found[3]:
            wording = claim.event.quantity.wording if claim.event.quantity else None
        elif found is not None and found[1] == "event.breakdown" and int(found[2]) < len(claim.event.breakdown):
            wording = claim.event.breakdown[int(found[2])].wording
        elif "Said" in rule:
            wording = claim.said_wording
        elif any(word in rule for word in _OF_TIME):
            wording = claim.event.time_wording
        return self._of_words(claim, wording) or (claim.start, claim.end)

    def _of_words(self, claim: Claim, wording: str | None) -> tuple[int, int] | None:
        """Where words stand in the text, within the claim if they do there."""
        if not wording:
            return None
        at = self.text.find(wording, max(0, claim.start), max(0, claim.end))
        at = at if at >= 0 else self.text.find(wording)
        return (at, at + len(wording)) if at >= 0 else None


def _field(where: str, rule: str) -> str | None:
    named = where.removeprefix("report.") if where.startswith("report.") else ""
    if named in dict(_FIELDS).values():
        return named
    return next((field for part, field in _FIELDS if part in rule), None) if rule else None
