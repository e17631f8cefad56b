"""The rule across reports: a text that repeats another report's is no independent source.

``shapes/store/SyndicatedText.rq`` finds candidates among the indexed shingles; whether most of the text is the same is then decided
on the full texts, so that the sample can only miss a copy, never make one up.
"""

from __future__ import annotations

from functools import cache

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.resources import folder
from claimgraph.model.rq import bind, read_rq
from claimgraph.model.text import sampled, shingles_of
from claimgraph.model.to_quads import MappedReport, integer
from claimgraph.model.vocabulary import CG, SHAPES
from claimgraph.store.shapes import Finding, Rule

_TEXT = CG.text


@cache
def syndicated_text() -> tuple[Rule, str]:
    """The rule and its query."""
    header, query = read_rq(folder("shapes") / "store" / "SyndicatedText.rq")
    return Rule(header["shape"].removeprefix(SHAPES), header["severity"], header["name"], header["message"]), query


def syndicated(text: str, mapped: MappedReport, store: Store, base: Base) -> list[Finding]:
    """A warning for each report of the store, other than older versions of this one, that has most of the text's shingles."""
    own = shingles_of(text)
    if not own:
        return []
    rule, query = syndicated_text()
    values: dict[str, list[NamedNode | Literal]] = {
        "shingles": [integer(value) for value in sorted(sampled(own))],
        "series": [base.series(mapped.name.report_id)],
    }
    rows = store.query(bind(query, values), use_default_graph_as_union=True)
    if not isinstance(rows, QuerySolutions):
        raise TypeError("the rule is no SELECT")
    others = [row["report"] for row in rows]
    return [
        Finding(rule, mapped.name.iri, str(other), "report.text")
        for other in others
        if isinstance(other, NamedNode) and len(own & shingles_of(_text_of(other, store))) / len(own) > LIMITS.shingle_share
    ]


def _text_of(report: NamedNode, store: Store) -> str:
    found = next(store.quads_for_pattern(report, _TEXT, None, report), None)
    return found.object.value if found is not None and isinstance(found.object, Literal) else ""
