"""What comes back from the process that writes: every error as what it was."""

from __future__ import annotations

import json

import pytest

from claimgraph.model.errors import ClaimgraphError, Problem, UnknownKey
from claimgraph.store.copies import syndicated_text
from claimgraph.store.shapes import Finding, rules
from claimgraph.store.write_client import error_from
from claimgraph.store.write_service import error_header

LISTED = [ClaimgraphError]
for _kind in LISTED:
    LISTED += _kind.__subclasses__()


def arrived(sent: ClaimgraphError) -> ClaimgraphError:
    """An error as another process has it."""
    return error_from(json.loads(json.dumps(error_header(sent))))


@pytest.mark.parametrize("kind", LISTED, ids=lambda kind: kind.__name__)
def test_every_error_arrives_as_itself(kind: type[ClaimgraphError]) -> None:
    """Class, sentence and problems of an error survive the way between two processes, as JSON."""
    sent = kind("سبب \ud800: try again.")
    sent.problems = (Problem("is missing", "claims[0]"), Problem("two"))
    assert type(arrived(sent)) is kind
    assert (str(arrived(sent)), arrived(sent).problems) == (str(sent), sent.problems)


def test_what_the_shapes_found_arrives_too() -> None:
    """Findings of every rule, also of the one across reports, are findings of the same rule."""
    sent = UnknownKey("no such key")
    every = [*rules().values(), syndicated_text()[0]]
    sent.findings = tuple(Finding(rule, "http://x/f", value, "claims[0]") for rule in every for value in (None, '"قال"@ar'))
    found = arrived(sent)
    assert isinstance(found, UnknownKey)
    assert found.findings == sent.findings


def test_an_error_that_is_not_known_here_is_one_all_the_same() -> None:
    """A code of another release becomes the root of all errors."""
    assert type(error_from({"error": "of-tomorrow", "message": "x"})) is ClaimgraphError
