"""The errors: what a caller, a client and a shell get to know of each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from claimgraph.model.errors import BadDocument, ClaimgraphError, Misuse, Problem, Problems


def _kinds(root: type[ClaimgraphError] = ClaimgraphError) -> Iterator[type[ClaimgraphError]]:
    yield root
    for kind in root.__subclasses__():
        yield from _kinds(kind)


KINDS = sorted(set(_kinds()), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_kind_has_code_status_and_exit_code(kind: type[ClaimgraphError]) -> None:
    """Misuse ends with 2 and a client's status, everything else with 1; each kind says what it is for."""
    assert kind.exit_code == (2 if issubclass(kind, Misuse) else 1)
    assert 400 <= kind.status < 600
    assert not issubclass(kind, Misuse) or kind.status < 500
    assert kind.__doc__
    assert kind.code == kind.code.lower().strip()


def test_misuse_is_what_the_caller_can_set_right() -> None:
    """A file, a name, a parameter, a query or a request that is off ends with 2; what was refused, stopped, locked or damaged ends with 1."""
    misuse = {kind.__name__ for kind in KINDS if kind.exit_code == 2}
    questions = {"UnknownQuestion", "BadParameter", "UnknownEntity", "BadQuery", "NotFound", "Expired", "AnswerTooLarge"}
    requests = {"BadRequest", "WrongMethod", "NotAcceptable", "TooSlow", "TooLarge", "WrongMediaType", "WrongHost", "Busy"}
    assert misuse == {"Misuse", "UnreadableInput", "NotSignedIn", "NotAllowed"} | questions | requests


def test_codes_are_unique() -> None:
    """A code names one kind of error."""
    codes = [kind.code for kind in KINDS]
    assert len(codes) > 10
    assert sorted(set(codes)) == sorted(codes)


def test_error_is_its_sentence_and_carries_its_problems() -> None:
    """What is printed is the sentence alone; the single findings are beside it."""
    problems = (Problem("is missing: add it", "report.id"), Problem("holds nothing"))
    error = BadDocument("two things are wrong", problems=problems)
    assert str(error) == "two things are wrong"
    assert error.problems == problems
    assert BadDocument("one").problems == ()


def test_problem_stands_with_its_place() -> None:
    """A problem is printed with where it is, if it has a place."""
    assert str(Problem("is missing: add it", "report.id")) == "report.id: is missing: add it"
    assert str(Problem("holds nothing")) == "holds nothing"


def test_nothing_collected_raises_nothing() -> None:
    """Without a problem there is no error."""
    Problems().raise_if_any(BadDocument, "this is no claims document")


def test_one_problem_is_the_sentence() -> None:
    """A single problem is told in full, with its place."""
    problems = Problems()
    problems.add("is missing: add it", "report.id")
    with pytest.raises(BadDocument, match=r"^report\.id: is missing: add it$") as caught:
        problems.raise_if_any(BadDocument, "this is no claims document")
    assert caught.value.problems == (Problem("is missing: add it", "report.id"),)


@pytest.mark.parametrize("count", [2, 3])
def test_many_problems_are_counted_and_all_carried(count: int) -> None:
    """Of several problems the sentence tells the number, and the error has all of them in their order."""
    problems = Problems()
    for number in range(count):
        problems.add("is wrong", f"line {number}")
    with pytest.raises(Misuse, match=rf"^summary: {count} problems$") as caught:
        problems.raise_if_any(Misuse, "summary")
    assert [problem.where for problem in caught.value.problems] == [f"line {number}" for number in range(count)]


def test_beyond_the_most_problems_are_only_counted() -> None:
    """A file with a hundred thousand faults is told its first ones and their number, not all of them."""
    problems = Problems(2)
    for number in range(5):
        problems.add("is wrong", f"line {number}")
    with pytest.raises(BadDocument, match=r"^summary: 5 problems$") as caught:
        problems.raise_if_any(BadDocument, "summary")
    assert [problem.where for problem in caught.value.problems] == ["line 0", "line 1"]
