"""Rejected claims answer nothing: every question answers as if nobody had ever claimed them."""

from __future__ import annotations

import random

import pytest

from ask.test_reviewed import EVERY, Asked, with_a_repeated_claim, without
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.names import Base
from claimgraph.store.commit import open_writer
from claimgraph.store.decisions import Decision
from claimgraph.store.examine import Result
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference


@pytest.fixture(scope="module")
def stores(samples: dict[str, ClaimsDocument], base: Base, reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> tuple[Asked, Asked]:
    """The samples with half of their claims rejected, also one that is said again; and without these."""
    chance, folder = random.Random(11), tmp_path_factory.mktemp("rejected")
    first, *others = samples.values()
    documents = (with_a_repeated_claim(first), *others)
    chosen = {one.report.id: {claim.id for claim in one.claims if chance.random() < 0.5} for one in documents}
    chosen[first.report.id] = {first.claims[0].id, first.claims[3].id}
    with (
        open_writer(Place(folder / "rejected"), base, "a test", "test") as decided,
        open_writer(Place(folder / "bare"), base, "a test", "test") as bare,
    ):
        for document in documents:
            report = document.report.id
            version = decided.commit(document).mapped.name.version
            if out := chosen[report]:
                assert decided.decide(Decision(report, version, "reject", tuple(out), "read"), agent="dana").result is Result.COMMITTED
            assert bare.commit(without(document, chosen[report])).result is Result.COMMITTED
    return Asked(folder / "rejected", base, reference), Asked(folder / "bare", base, reference)


@EVERY
def test_what_was_rejected_is_not_there_for_any_question(stores: tuple[Asked, Asked], name: str, values: dict[str, str]) -> None:
    """Neither itself, nor in a count, nor by what repeats it or is compared with it."""
    rejected, bare = stores
    assert sorted(map(repr, rejected.rows(name, reviewed=False, **values))) == sorted(map(repr, bare.rows(name, reviewed=False, **values)))
