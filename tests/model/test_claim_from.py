"""One claim read from a graph of many: the same as in the document it came with."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError
from pyoxigraph import NamedNode, Store

from claimgraph.model.document import ClaimsDocument
from claimgraph.model.from_quads import claim_from, from_quads
from claimgraph.model.names import Base
from claimgraph.model.to_quads import to_quads
from claimgraph.store.reference import Reference, bundled
from strategies import documents

BASE = Base("https://w3id.org/claimgraph/id/")
REFERENCE = Reference(bundled(BASE), BASE)


@given(documents())
def test_each_claim_is_the_one_of_its_document(document: ClaimsDocument) -> None:
    """Read alone, subject by subject, from the graph that also holds the others."""
    mapped = to_quads(document, BASE, REFERENCE.entities)
    store = Store()
    store.extend(mapped.quads)

    def about(subject: Any) -> dict[NamedNode, list[Any]]:
        found: dict[NamedNode, list[Any]] = defaultdict(list)
        for quad in store.quads_for_pattern(subject, None, None, mapped.name.node) if isinstance(subject, NamedNode) else ():
            found[quad.predicate].append(quad.object)
        return found

    for claim in from_quads(mapped.quads, mapped.name, BASE).claims:
        assert claim_from(about, mapped.name.claim(claim.id), mapped.name, BASE) == claim


def test_what_is_no_claim_is_none() -> None:
    """A claim that nothing is stated of is not made up."""
    name = BASE.report("0" * 12, "r1")
    with pytest.raises(ValidationError):
        claim_from(lambda _: {}, name.claim("c01"), name, BASE)
