"""IRIs: how reports, claims, their parts and the entities of the reference graph are named.

``BASE v/<hash>/<report id>`` is a report version and its named graph, ``…/<claim id>`` a claim; what belongs to a claim is a
fragment of it, what belongs to the report as a whole lies under ``source/``, ``name/`` or ``proposal/`` or is a fragment of the
report. ``BASE workspace/<agent>/…`` are graphs that somebody writes for themselves, and what they name there. Claim ids
hold neither ``/`` nor ``#`` nor ``@``, so none of these can meet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from pyoxigraph import NamedNode

ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
KEY_PATTERN = r"[a-z0-9]+(-[a-z0-9]+)*"
HASH_PATTERN = r"[0-9a-f]{12}"
LONGEST_KEY = 128
_KEY = re.compile(KEY_PATTERN)


def is_key(word: str) -> bool:
    """Whether a word has the form of a reference key (``sdf-media-center``)."""
    return len(word) <= LONGEST_KEY and _KEY.fullmatch(word) is not None


@dataclass(frozen=True)
class Base:
    """The IRI under which a store's data is named; ends in ``/``."""

    iri: str

    def entity(self, key: str) -> NamedNode:
        """An entity or incident of the reference graph, by key."""
        return NamedNode(self.iri + key)

    def key(self, node: object) -> str | None:
        """The key of a reference entity's IRI, or ``None`` if the node is something else."""
        if not isinstance(node, NamedNode) or not node.value.startswith(self.iri):
            return None
        rest = node.value[len(self.iri) :]
        return rest if is_key(rest) else None

    def series(self, report_id: str) -> NamedNode:
        """The report as a whole, whose versions are specialisations of it."""
        return NamedNode(self.iri + report_id)

    def report(self, version: str, report_id: str) -> ReportName:
        """A version of a report, by hash and id."""
        return ReportName(f"{self.iri}v/{version}/{report_id}")

    def report_of(self, iri: str) -> ReportName | None:
        """The report version an IRI is, or belongs to; ``None`` if it belongs to none."""
        found = re.match(re.escape(self.iri) + rf"v/{HASH_PATTERN}/{ID_PATTERN}(?=$|[/#])", iri)
        return ReportName(found[0]) if found else None

    def workspace(self, agent: str) -> str:
        """What the IRIs of somebody's workspace graphs begin with."""
        return f"{self.iri}workspace/{agent}/"

    def workspace_of(self, iri: str) -> str | None:
        """Whose workspace an IRI is, or lies in; ``None`` if in nobody's."""
        found = re.match(re.escape(self.iri) + rf"workspace/({ID_PATTERN})/[^?#]", iri)
        return found[1] if found else None

    @property
    def reference(self) -> NamedNode:
        """The named graph of the reference graph."""
        return NamedNode(self.iri + "graph/reference")

    @property
    def commits(self) -> NamedNode:
        """The named graph that tells who committed what, when and why; its highest number is what the index holds."""
        return NamedNode(self.iri + "graph/commits")

    @property
    def shingles(self) -> NamedNode:
        """The named graph of the shingles by which copied texts are found."""
        return NamedNode(self.iri + "graph/shingles")

    @property
    def readings(self) -> NamedNode:
        """The named graph of what reviews decided about whom parts of reports mean."""
        return NamedNode(self.iri + "graph/readings")

    def reading(self, digest: str) -> NamedNode:
        """A decision about what is written in a part of a report, by a digest of both."""
        return NamedNode(f"{self.iri}reading/{digest}")

    def sourced_name(self, digest: str) -> NamedNode:
        """A name of an entity with its source, by a digest of both entity and name."""
        return NamedNode(f"{self.iri}name/{digest}")

    def commit(self, sequence: int) -> NamedNode:
        """A commit, by its number."""
        return NamedNode(f"{self.iri}commit/{sequence}")


@dataclass(frozen=True)
class ReportName:
    """The IRI of a report version, and the names of all that belongs to it."""

    iri: str

    @property
    def node(self) -> NamedNode:
        """The report version, also its named graph."""
        return NamedNode(self.iri)

    @property
    def version(self) -> str:
        """The 12 hex digits that name the version."""
        return self.iri.rsplit("/", 2)[1]

    @property
    def report_id(self) -> str:
        """The report's own id."""
        return self.iri.rsplit("/", 1)[1]

    def claim(self, claim_id: str) -> NamedNode:
        """A claim of the report."""
        return NamedNode(f"{self.iri}/{claim_id}")

    def source(self, label: str) -> NamedNode:
        """An unnamed source of the report, by the label its document gives it."""
        return NamedNode(f"{self.iri}/source/{quote(label, safe='')}")

    def name(self, surface: str) -> NamedNode:
        """A name the reference graph lacks, by the words as written."""
        return NamedNode(f"{self.iri}/name/{quote(surface, safe='')}")

    def is_name(self, node: NamedNode) -> bool:
        """Whether a node is such a name."""
        return node.value.startswith(f"{self.iri}/name/")

    def proposal(self, key: str) -> NamedNode:
        """An incident that the report's extractor proposes, by the key it proposes."""
        return NamedNode(f"{self.iri}/proposal/{key}")

    @property
    def unknown_publisher(self) -> NamedNode:
        """The publisher of a report that does not tell its publisher. ``@`` is escaped in labels, so it meets none."""
        return NamedNode(f"{self.iri}/source/@publisher")

    @property
    def annotation(self) -> NamedNode:
        """The activity by which claims without a rule were made: reading by a person."""
        return NamedNode(f"{self.iri}#annotation")

    def rule(self, rule: str) -> NamedNode:
        """The activity by which a rule made claims."""
        return NamedNode(f"{self.iri}#rule-{quote(rule, safe='')}")

    @property
    def validation(self) -> NamedNode:
        """The named graph of the warnings kept with the report."""
        return NamedNode(f"{self.iri}#validation")

    @property
    def redirections(self) -> NamedNode:
        """The named graph of what in the report is read of other entities than it was written with."""
        return NamedNode(f"{self.iri}#redirections")

    def redirection(self, digest: str) -> NamedNode:
        """A statement of the report that is read so, by a digest of it as written."""
        return NamedNode(f"{self.iri}#redirection-{digest}")

    def finding(self, number: int) -> NamedNode:
        """One finding of the shapes about the report, numbered from 1."""
        return NamedNode(f"{self.iri}#finding-{number}")


def part(node: NamedNode, fragment: str) -> NamedNode:
    """A part of a claim (``content``, ``hop-1``) or a part of such a part (``span-quote``)."""
    joint = "-" if "#" in node.value else "#"
    return NamedNode(f"{node.value}{joint}{fragment}")


def last_word(iri: str) -> str:
    """What a short display of an IRI shows: its last path segment or fragment, unescaped."""
    return unquote(re.split(r"[/#]", iri.rstrip("/#"))[-1])
