"""The rule across reports: a text that repeats another report's is no independent source.

``shapes/store/SyndicatedText.rq`` finds candidates among the indexed shingles; whether most of the text is the same is then decided
on the full texts, so that the sample can only miss a copy, never make one up.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from claimgraph.model.errors import ResourceError
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.resources import folder
from claimgraph.model.rq import bind, read_rq
from claimgraph.model.text import sampled, shingles_of
from claimgraph.model.to_quads import MappedReport, integer
from claimgraph.model.vocabulary import CG, SHAPES
from claimgraph.store.shapes import Finding, Rule

_TEXT = CG.text
_COMPARED = 20  # full texts compared with a new one, at most


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
    rule, _ = syndicated_text()
    return [
        Finding(rule, mapped.name.iri, str(other), "report.text")
        for other in _candidates(sampled(own), base.series(mapped.name.report_id), store)
        if len(own & shingles_of(_text_of(other, store))) / len(own) > LIMITS.shingle_share
    ]


def _candidates(sample: frozenset[int], series: NamedNode, store: Store) -> list[NamedNode]:
    """The reports that share most of the sample, most first.

    One look-up for each shingle, and only so many bearers of each: what stands in every report of an outlet (its furniture) would
    otherwise make every new report as dear as the store is large.
    """
    _, query = syndicated_text()
    shared: Counter[NamedNode] = Counter()
    for value in sorted(sample):
        rows = store.query(bind(query, {"shingle": [integer(value)], "series": [series]}), use_default_graph_as_union=True)
        if not isinstance(rows, QuerySolutions):
            raise ResourceError("The rule SyndicatedText is no SELECT.")
        shared.update(row["report"] for row in rows if isinstance(row["report"], NamedNode))
    # Of a long text only these are indexed; and half of what is asked for will do, because a sample may hold less than the text does.
    comparable = sum(value % LIMITS.shingle_sample == 0 for value in sample)
    enough = comparable * LIMITS.shingle_share / 2
    ranked = sorted(shared.items(), key=lambda item: (-item[1], item[0].value))
    return [report for report, count in ranked if count >= enough][:_COMPARED]


def _text_of(report: NamedNode, store: Store) -> str:
    found = next(store.quads_for_pattern(report, _TEXT, None, report), None)
    return found.object.value if found is not None and isinstance(found.object, Literal) else ""
