"""Extractors for tests: one that proposes each line as a claim, and ones that misbehave."""

from __future__ import annotations

import os
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from claimgraph.extract import registered
from claimgraph.extract.protocol import Known
from claimgraph.model.document import ClaimsDocument, Report
from claimgraph.model.reading import document_of


class Lines:
    """Proposes each line of a text as a claim of the outlet, and says that it was accepted, which is not for it to say.

    A line with a colon is what the one before the colon says. Lines in capitals make it fail.
    """

    name = "lines"
    version = "1"

    def __init__(self, known: Known) -> None:
        self.known = known

    def extract(self, report: Report) -> ClaimsDocument:
        """The claims of a report."""
        fields: dict[str, Any] = report.model_dump(by_alias=True, exclude_defaults=True)
        claims = []
        for number, line in enumerate(filter(None, report.text.splitlines()), start=1):
            self._misbehave(line, fields)
            claims.append(self._claim(number, line, report.text))
        return document_of({"report": {"language": "ar", **fields}, "claims": claims})

    def _claim(self, number: int, line: str, text: str) -> dict[str, Any]:
        speaker, _, words = line.rpartition(": ")
        chain: list[dict[str, Any]] = [{"agent": "@publisher"}]
        if speaker:
            key = next((name.key for name in self.known.names if name.surface == speaker), None)
            chain.append({"agent": key, "surface": speaker} if key else {"named": speaker})
        start = text.index(line) + len(line) - len(words)
        return {
            "id": f"c{number:02}",
            "start": start,
            "end": start + len(words),
            "quote": words,
            "chain": chain,
            "polarity": "affirms",
            "certainty": "certain",
            "event": {"type": "escape", "facility": "sinaa-prison", **({"time_wording": "أمس"} if "أمس" in words else {})},
            "confidence": 0.5,
            "rule": "lines-1",
            "review": {"state": "accepted", "by": "nobody"},
        }

    @staticmethod
    def _misbehave(line: str, fields: dict[str, Any]) -> None:
        match line:
            case "DIE":
                os._exit(1)
            case "RAISE":
                raise RuntimeError("a defect")
            case "LOOP":
                while True:
                    pass
            case "RENAME":
                fields["id"] = "another"
            case "NOTE":
                fields["published_note"] = "the text says Friday, but 2022-01-31 is a Monday"
                fields["proposals"] = [{"key": "new-incident-2022-01", "place": "الحسكة", "begin": "2022-01-20", "claims": ["c01"]}]


class Wanting:
    """No extractor."""

    def __init__(self, known: Known) -> None:
        pass


ENTRIES = {"lines": "Lines", "wanting": "Wanting", "missing": "Missing", "plain": "TEXT"}
TEXT = "سطر أول.\nقسد: فر سجناء."


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extractors of this module are registered, and no others."""
    found = [EntryPoint(name, f"fakes:{value}", registered.GROUP) for name, value in ENTRIES.items()]
    monkeypatch.setattr(registered, "entry_points", lambda group: found if group == registered.GROUP else [])
