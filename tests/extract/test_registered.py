"""Extractors are found by the name they are registered under; what is none, or cannot be made, is told in a sentence."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Any

import pytest

from claimgraph.extract import registered as module
from claimgraph.extract.protocol import Known, KnownName
from claimgraph.extract.registered import DEFAULT, GROUP, entry_of, extractor, registered
from claimgraph.model.errors import Misuse, ResourceError
from fakes import Lines

KNOWN = Known((KnownName("sdf", "قسد", "ar", ("ArmedGroup", "Actor"), None, ambiguous=False, preferred=False),))


def test_the_rules_are_registered_by_the_program_itself() -> None:
    """The installed program has its own extractor under the default name."""
    assert registered()[DEFAULT].value == "claimgraph.extract.rules:RuleExtractor"


def test_an_extractor_is_made_with_what_is_known(lines: None) -> None:
    """Whoever is registered is loaded by name and told the names of the reference graph."""
    made = extractor("lines", KNOWN)
    assert (made.name, made.version) == ("lines", "1")
    assert isinstance(made, Lines)
    assert made.known is KNOWN


def test_listing_loads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """To tell which extractors there are, none of their modules is imported; they come by name."""
    found = [EntryPoint(name, "no_such_module:Extractor", GROUP) for name in ("zeta", "alpha")]
    monkeypatch.setattr(module, "entry_points", lambda **_: found)
    assert list(registered()) == ["alpha", "zeta"]
    assert entry_of("zeta").value == "no_such_module:Extractor"


@pytest.mark.parametrize(
    ("there", "sentence"),
    [
        ([], r"^There is no extractor 'rulez\\u202e': there is none: install claimgraph again\.$"),
        (["rules"], r"there is rules\.$"),
        (["rules", "model"], r"there are model, rules\.$"),
    ],
)
def test_an_unknown_name_says_which_there_are(there: list[str], sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that nobody has registered is misuse, with those that are."""
    monkeypatch.setattr(module, "entry_points", lambda group: [EntryPoint(name, "fakes:Lines", group) for name in there])
    with pytest.raises(Misuse, match=sentence):
        extractor("rulez\u202e", KNOWN)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("missing", r"'missing' \(fakes:Missing\) cannot be used"),
        ("plain", r"'plain' \(fakes:TEXT\) cannot be used: 'str' object is not callable"),
        ("wanting", r"'wanting' \(fakes:Wanting\) has no name, version, extract: it is no extractor"),
    ],
)
def test_what_cannot_be_made_is_a_broken_installation(lines: None, name: str, sentence: str) -> None:
    """An entry point that leads nowhere, or to something else, is named with where it leads."""
    with pytest.raises(ResourceError, match=sentence):
        extractor(name, KNOWN)


def test_a_module_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that was half removed is told of, not raised through."""
    entries: list[Any] = [EntryPoint("gone", "no_such_module:Extractor", GROUP)]
    monkeypatch.setattr(module, "entry_points", lambda **_: entries)
    with pytest.raises(ResourceError, match=r"'gone' .*No module named 'no_such_module'"):
        extractor("gone", KNOWN)
