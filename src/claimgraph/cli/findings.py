"""What became of documents: as lines, as JSON, as a SHACL validation report."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pyoxigraph import Quad, RdfFormat

from claimgraph.cli.app import Format, ReaderGone, err, out, silence, write
from claimgraph.model.canonical import rdf_text
from claimgraph.model.errors import ClaimgraphError
from claimgraph.model.text import isolated, shown
from claimgraph.store.examine import Outcome
from claimgraph.store.verdicts import PREFIXES, entry_of_error, entry_of_outcome, validation_report

_MOST = 100
_SIGNS = {"committed": "✓", "valid": "✓", "unchanged": "=", "refused": "✗", "Violation": "✗", "Warning": "!"}


_SHOWN = 20  # problems of one document told to people


class EnginesDiffer(ClaimgraphError):
    """The gate and the referee do not judge alike: a defect of an engine, or of ours."""

    code = "engines-differ"
    status = 500


def problem_lines(entry: dict[str, Any]) -> Iterator[str]:
    """The problems of a refusal that came before the shapes, each on a line; of very many the first ones."""
    for problem in entry["problems"][:_MOST]:
        yield shown(f"{problem['where']}: {problem['message']}" if problem["where"] else problem["message"], 1000)
    if (more := len(entry["problems"]) - _MOST) > 0:
        yield f"… and {more} more"


def lines(entry: dict[str, Any]) -> Iterator[str]:
    """An entry for people: what became of it, then each problem or finding in both languages with its place."""
    claims = f"  {counted(entry['claims'], 'claim')}" if entry["result"] in ("committed", "valid") else ""
    yield f"{_SIGNS[entry['result']]} {entry['result']}  {shown(entry['source'], 1000)}{claims}"
    problems = list(problem_lines(entry))
    yield from (f"    {problem}" for problem in problems[:_SHOWN])
    if len(problems) > _SHOWN:
        yield f"    … and {len(problems) - _SHOWN} more (--format json has them)"
    yield from (f"    ! {isolated(remark, 1000)}" for remark in entry["remarks"])
    for finding in entry["findings"]:
        yield from finding_lines(finding)


def finding_lines(finding: dict[str, Any]) -> Iterator[str]:
    """What a shape found, for people: where, and what it says in both languages."""
    value = f"  {isolated(finding['value'], 120)}" if finding["value"] and not finding["value"].startswith("<") else ""
    yield f"    {_SIGNS[finding['severity']]} {finding['shape'].rpartition('#')[2]}  {finding['where'] or finding['focus']}{value}"
    yield from (f"      {text}" for text in (finding["message"].get("en"), finding["message"].get("ar"), finding["hint"]) if text)


def counted(number: int, what: str) -> str:
    """So many of something, in words."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


class Telling:
    """What became of a series of documents, told as it comes or, for programs, at the end.

    That nobody listens any more, or that the output cannot be written, does not stop the work: then only the end is told, on the error
    stream.
    """

    def __init__(self, form: Format, accepted: str) -> None:
        self.form, self.accepted, self.code, self.heard = form, accepted, 0, True
        self.counts: Counter[str] = Counter()
        self.entries: list[dict[str, Any]] = []
        self.quads: list[Quad] = []

    def outcome(self, source: str, outcome: Outcome) -> None:
        """Tell of a document that was judged."""
        if self.form is Format.TURTLE:
            self.quads += validation_report(outcome)
        self._entry(entry_of_outcome(source, outcome, self.accepted))

    def error(self, source: str, error: ClaimgraphError) -> None:
        """Tell of a document that could not be judged."""
        self._entry(entry_of_error(source, error))

    def _entry(self, entry: dict[str, Any]) -> None:
        self.counts[entry["result"]] += 1
        self.counts["warning"] += sum(finding["severity"] == "Warning" for finding in entry["findings"]) + len(entry["remarks"])
        self.code = max(self.code, 1 if entry["result"] == "refused" else 0)
        if self.form is Format.TABLE:
            self._say(*lines(entry))
        elif self.form is Format.JSON or entry["problems"]:
            self.entries.append(entry)

    def _say(self, *told: str) -> None:
        try:
            for line in told if self.heard else ():
                out.print(line)
        except (ReaderGone, OSError):
            self.heard = False
            silence()

    def end(self) -> int:
        """Tell the rest, and give the exit code."""
        if self.form is Format.JSON:
            write(json.dumps(self.entries, ensure_ascii=False, indent=1) + "\n")
        elif self.form is Format.TURTLE:
            comments = [f"# {shown(entry['source'], 1000)}: {problem}" for entry in self.entries for problem in problem_lines(entry)]
            write("\n".join([*comments, rdf_text((q.triple for q in self.quads), RdfFormat.TURTLE, PREFIXES)]))
        else:
            told = ", ".join(f"{self.counts[result]} {result}" for result in (self.accepted, "unchanged", "refused"))
            self._say(f"{told}; {counted(self.counts['warning'], 'warning')}")
            if not self.heard:
                err.print(f"claimgraph: the output was cut short, the work was not: {told}.")
        return self.code
