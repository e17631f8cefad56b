"""What waits for review: the claims that an extractor proposes and nobody has decided on, by report or by confidence, page by page.

A page goes on behind the last row of the one before, whatever was decided meanwhile: its cursor is that row's place in the order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode

from claimgraph.ask.lookup import Where, run
from claimgraph.model.errors import BadParameter
from claimgraph.model.names import ID_PATTERN, Base
from claimgraph.model.text import shown
from claimgraph.model.vocabulary import CG, DCTERMS, OA, PROV, SKOS

ORDERS = ("report", "confidence")
CURSOR_PATTERN = rf"(?:[01](?:\.[0-9]{{1,6}})?)?,{ID_PATTERN},[0-9]{{1,5}}"
_CURSOR = re.compile(CURSOR_PATTERN)
_NUMBER = "http://www.w3.org/2001/XMLSchema#decimal"
_CHUNK = 500
_LEAST = -1  # what stands for the confidence of a claim that tells none: it comes last


@dataclass(frozen=True)
class Wanted:
    """Which candidates: of one ``report`` or all, with a confidence from ``least`` to ``most`` (0 to 1), ``by`` one of the :data:`ORDERS`."""

    report: str | None = None
    least: float | None = None
    most: float | None = None
    by: str = "report"

    def __post_init__(self) -> None:
        """Raise :class:`BadParameter` for what is no report's id, no confidence or no order."""
        if self.report is not None and not re.fullmatch(ID_PATTERN, self.report):
            raise BadParameter(f"'{shown(self.report)}' is no id of a report: 'claimgraph review' and 'claimgraph history' show them.")
        if any(number is not None and not 0 <= number <= 1 for number in (self.least, self.most)):
            raise BadParameter("A confidence is a number from 0 to 1.")
        if self.by not in ORDERS:
            raise BadParameter(f"'{shown(self.by)}' is no order: choose {' or '.join(ORDERS)}.")


@dataclass(frozen=True)
class Waiting:
    """A page of candidates: the rows, where the next page begins (``None`` after the last), and how many there are on all pages."""

    rows: list[dict[str, Any]]
    next: str | None
    total: int


def candidates(where: Where, base: Base, wanted: Wanted, *, limit: int, cursor: str | None = None) -> Waiting:
    """A page of at most ``limit`` candidates, after ``cursor``. Confidence falls; within a report its own order holds.

    Raises :class:`BadParameter` for a cursor that is none.
    """
    total = run(where, f"SELECT (COUNT(*) AS ?n) WHERE {{ {_pattern(wanted)} }}").rows[0][0]
    order = "DESC(?sure) ?report ?position" if wanted.by == "confidence" else "?report ?position"
    behind = _behind(cursor, wanted.by) if cursor is not None else ""
    found = run(where, f"SELECT ?claim WHERE {{ {_pattern(wanted)} {behind} }} ORDER BY {order} LIMIT {limit + 1}", rows=limit + 1).rows
    told = _told(where, base, [row[0].value for row in found[:limit] if isinstance(row[0], NamedNode)])
    more = _cursor(told[-1]) if len(found) > limit else None
    return Waiting([{name: value for name, value in row.items() if name != "position"} for row in told], more, int(_text(total)))


def _pattern(wanted: Wanted) -> str:
    of_one = f"{DCTERMS.identifier} {Literal(wanted.report)} . BIND ({Literal(wanted.report)} AS ?report)" if wanted.report is not None else ""
    bounds = [f"FILTER (?sure {sign} {_decimal(value)})" for sign, value in ((">=", wanted.least), ("<=", wanted.most)) if value is not None]
    told = "FILTER (?sure >= 0)" if bounds else ""
    return f"""?version {of_one or f"{DCTERMS.identifier} ?report ."}
      ?claim {CG.report} ?version ; {CG.reviewState} {CG["review-candidate"]} ; {CG.position} ?position .
      OPTIONAL {{ ?claim {CG.confidence} ?confidence }} BIND (COALESCE(?confidence, {_LEAST}) AS ?sure) {told} {" ".join(bounds)}"""


def _behind(cursor: str, by: str) -> str:
    if not _CURSOR.fullmatch(cursor):
        raise BadParameter("The cursor is none of this list: begin again without it.")
    sure, report, position = cursor.split(",")
    within = f"?report > {Literal(report)} || (?report = {Literal(report)} && ?position > {int(position)})"
    if by == "report":
        return f"FILTER ({within})"
    last = _decimal(float(sure)) if sure else str(_LEAST)
    return f"FILTER (?sure < {last} || (?sure = {last} && ({within})))"


def _cursor(row: dict[str, Any]) -> str:
    sure = "" if row["confidence"] is None else f"{row['confidence']:.6f}".rstrip("0").rstrip(".")
    return f"{sure},{row['report']},{row['position']}"


def _decimal(value: float) -> str:
    return f'"{value:.6f}"^^<{_NUMBER}>'


def _told(where: Where, base: Base, claims: Iterable[str]) -> list[dict[str, Any]]:
    """What a list says of claims, in their order."""
    rows: dict[str, Any] = {}
    nodes = [str(NamedNode(claim)) for claim in claims]
    for start in range(0, len(nodes), _CHUNK):
        some = nodes[start : start + _CHUNK]
        found = run(
            where,
            f"""SELECT ?claim ?position ?confidence ?rule ?polarity ?type ?quote WHERE {{
              VALUES ?claim {{ {" ".join(some)} }}
              ?claim {CG.position} ?position ; {CG.polarity}/{SKOS.notation} ?polarity ; {CG.content}/{CG.eventType}/{SKOS.notation} ?type ;
                {CG.span}/{OA.hasSelector}/{OA.exact} ?quote .
              OPTIONAL {{ ?claim {CG.confidence} ?confidence }} OPTIONAL {{ ?claim {PROV.wasGeneratedBy}/{CG.rule} ?rule }}
            }}""",
            rows=len(some),
        ).rows
        rows |= {str(row[0]): row for row in found}
    return [_row(base, rows[node]) for node in nodes if node in rows]


def _row(base: Base, row: Any) -> dict[str, Any]:
    iri, position, confidence, rule, polarity, kind, quote = map(_text, row)
    name = base.report_of(iri)
    return {
        "report": name.report_id if name else "",
        "claim": iri.rpartition("/")[2],
        "version": name.version if name else "",
        "iri": iri,
        "confidence": float(confidence) if confidence else None,
        "rule": rule or None,
        "polarity": polarity,
        "type": kind,
        "quote": quote,
        "position": int(position),
    }


def _text(term: object) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else ""
