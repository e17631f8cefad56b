"""The terms: every IRI comes from the ontology, and a misspelt one is found at import."""

from __future__ import annotations

import copy
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from claimgraph.model.errors import ResourceError
from claimgraph.model.vocabulary import CG, DCTERMS, OA, ONTOLOGY, PROV, SH, SKOS, concept, notation_of, notations, ontology_quads, superclasses

# The controlled words of the annotation guidelines.
LISTS = {
    "event": "attack clash airstrike shelling killing injury damage escape transfer smuggling arrest abduction detention release control siege riot "
    "displacement missing support deployment negotiation affiliation purpose threat investigation accusation appraisal demand other",
    "polarity": "affirms denies",
    "certainty": "certain probable possible",
    "status": "happened ongoing attempted planned intended",
    "counts": "persons detainees escapees fighters leaders staff civilians children bodies foreigners vehicles",
    "source": "anonymous collective office own-reporter document",
    "basis": "stated inferred",
    "channel": "press-conference statement social-media to-this-outlet document",
    "review": "candidate accepted edited rejected",
}


def test_term_by_attribute_and_by_item() -> None:
    """A declared term is its IRI, however it is asked for."""
    assert CG.Claim == CG["Claim"] == NamedNode("https://w3id.org/claimgraph/ontology#Claim")
    assert concept("event", "escape") == CG["event-escape"]
    assert DCTERMS.identifier.value == "http://purl.org/dc/terms/identifier"
    assert PROV.wasRevisionOf.value == "http://www.w3.org/ns/prov#wasRevisionOf"


@pytest.mark.parametrize("prefix", [CG, DCTERMS, OA, PROV, SH, SKOS], ids=lambda prefix: prefix.iri)
@pytest.mark.parametrize("name", ["Clam", "claim ", "", "Claim>", "شخص"])
def test_undeclared_term_fails(prefix: object, name: str) -> None:
    """What the ontology does not declare is no term, in any namespace."""
    with pytest.raises(ResourceError, match="does not declare"):
        prefix[name]  # type: ignore[index]  # a Prefix, as the parameters have it
    if name.isidentifier():
        with pytest.raises(ResourceError, match="does not declare"):
            getattr(prefix, name)


def test_misspelt_term_fails_at_import(tmp_path: Path) -> None:
    """A module that names its terms at its top cannot even be imported with a wrong one."""
    (tmp_path / "misspelt.py").write_text("from claimgraph.model.vocabulary import CG\nTERM = CG.publishr\n")
    done = subprocess.run([sys.executable, "-c", "import misspelt"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "does not declare https://w3id.org/claimgraph/ontology#publishr" in done.stderr


def test_prefix_can_be_copied() -> None:
    """Python's own protocols look for names of theirs, which are attributes that are not there and no terms."""
    assert not hasattr(CG, "__nothing__")
    assert copy.copy(CG).Claim == CG.Claim


@pytest.mark.parametrize("scheme", LISTS)
def test_controlled_lists_are_those_of_the_guidelines(scheme: str) -> None:
    """Each list has exactly the words that the guidelines allow."""
    assert notations(scheme) == tuple(sorted(LISTS[scheme].split()))


@pytest.mark.parametrize("scheme", LISTS)
def test_notation_and_concept_are_inverse(scheme: str) -> None:
    """A word leads to its concept, and the concept back to the word."""
    assert [notation_of(concept(scheme, notation)) for notation in notations(scheme)] == list(notations(scheme))


def test_unknown_list_and_unknown_word_fail() -> None:
    """A list that is none, and a word that its list lacks, are broken installations; a node that is no concept is a KeyError."""
    with pytest.raises(ResourceError, match="no concepts cg:nothing-…"):
        notations("nothing")
    with pytest.raises(ResourceError, match="does not declare"):
        concept("polarity", "doubts")
    with pytest.raises(KeyError):
        notation_of(CG.Claim)


def test_superclasses_nearest_first() -> None:
    """A class, then what it is a kind of, within the ontology."""
    assert superclasses(CG.ArmedGroup.value) == (CG.ArmedGroup, CG.Actor, CG.Entity)
    assert superclasses(CG.Entity.value) == (CG.Entity,)
    assert superclasses("http://example.org/nothing") == ()


def test_ontology_is_one_graph_without_blank_subjects() -> None:
    """All statements of the ontology stand in its own graph."""
    assert len(ontology_quads()) > 1_000
    assert {quad.graph_name for quad in ontology_quads()} == {ONTOLOGY}
