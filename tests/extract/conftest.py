"""The extractor as it comes with the program, made once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from claimgraph.extract.rules import RuleExtractor
from claimgraph.store.known import known
from claimgraph.store.reference import Reference

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def rules(reference: Reference) -> RuleExtractor:
    """The default extractor, knowing the bundled reference graph."""
    return RuleExtractor(known(reference))
