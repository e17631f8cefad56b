"""Raw reports: from bytes and what is known of them to a claims document of candidates.

Cutting and extracting run in a process of their own, which a deadline can kill. The text of bytes that the archive has had before is the
one that was cut then, so that spans and reviews go on fitting it whatever a later program would cut.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claimgraph.extract.folding import fold
from claimgraph.extract.protocol import Extractor
from claimgraph.extract.registered import DEFAULT, extractor
from claimgraph.extract.remarks import remarks
from claimgraph.model.canonical import sha256_hex
from claimgraph.model.document import Claim, ClaimsDocument, Report, Review, as_json
from claimgraph.model.errors import BadDocument, ClaimgraphError
from claimgraph.model.isolation import Died, TookTooLong, run_isolated
from claimgraph.model.limits import LIMITS
from claimgraph.model.reading import Input, document_of, read_claims_file
from claimgraph.model.resources import folder
from claimgraph.model.text import read_bytes, shown
from claimgraph.store.archive import Archive, StoredReport
from claimgraph.store.known import known
from claimgraph.store.metadata import Metadata
from claimgraph.store.reference import Reference

SUFFIXES = (".txt", ".html", ".htm")
_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_ID = 128
_OWN = "sample-01-sputnik-transfer.json"
_CANDIDATE = Review(state="candidate")


@dataclass(frozen=True)
class Raw:
    """A report as it arrived: its bytes, the name they came under, and what is known of it from elsewhere (fields of a report)."""

    data: bytes
    name: str
    fields: Mapping[str, str]


class RawReader:
    """Reads raw reports with one extractor, against what a store knows and has."""

    def __init__(
        self, reference: Reference, archive: Archive | None, metadata: Metadata | None = None, named: str = DEFAULT, *, isolated: bool = True
    ) -> None:
        """Read for a store; not ``isolated`` in a process that may die itself."""
        self.reference, self.archive, self.metadata, self.named = reference, archive, metadata or Metadata(), named
        self.isolated = isolated
        self._by: Extractor | None = None
        self._outlets: dict[str, str] = {}
        self._paths: dict[str, Path] = {}

    def prepare(self) -> Extractor:
        """The extractor, made at the first call. Raises what :func:`extractor` raises.

        It reads one of our own reports then, so that what it loads when it first needs it is there for every child, which begins as a copy
        of this process.
        """
        if self._by is None:
            import claimgraph.extract.received  # noqa: F401, PLC0415  # here once rather than in every child, and only where a report is raw

            of_graph = known(self.reference)
            self._by = extractor(self.named, of_graph)
            for one in read_claims_file(folder("graph") / "samples" / _OWN):
                if one.document is not None:
                    self._by.extract(one.document.report)
            self._outlets = {_plain(name.surface): name.key for name in of_graph.names if "NewsOutlet" in name.types and not name.ambiguous}
        return self._by

    def file(self, path: Path) -> Input:
        """The report of a file; what cannot be read comes with its error. The source names the line of metadata too."""
        row = self.metadata.of(path)
        source = f"{path} ({row.source})" if row else str(path)
        try:
            fields = {"id": report_id_of(path.stem), **(row.fields if row else {})}
            if (other := self._paths.setdefault(fields["id"], path.resolve())) != path.resolve():
                raise BadDocument(
                    f"report.id: '{shown(fields['id'])}' is the id of {shown(str(other), 300)} too: give one of them another (--metadata)."
                )
            raw = Raw(read_bytes(path), path.name, fields)
            document = self.document(raw)
        except ClaimgraphError as error:
            return Input(source, error=error)
        return Input(source, document, received=raw.data, remarks=remarks(document))

    def document(self, raw: Raw) -> ClaimsDocument:
        """The claims document of a raw report, every claim a candidate. Raises :class:`BadDocument`, and what :meth:`prepare` raises."""
        by, digest = self.prepare(), sha256_hex(raw.data)
        frozen = self.archive.frozen(raw.fields["id"], digest) if self.archive else None
        if not self.isolated:
            return _extracted(raw, digest, _cut_of(frozen), self._outlets, by)
        try:
            return run_isolated(LIMITS.extract_seconds, _extracted, raw, digest, _cut_of(frozen), self._outlets, by)
        except Died:
            raise BadDocument("reading it ended its process (too deeply nested, too large, or a defect there): simplify the page.") from None
        except TookTooLong:
            raise BadDocument(f"it took more than {LIMITS.extract_seconds:g} s to read (CLAIMGRAPH_EXTRACT_SECONDS): shorten it.") from None


def report_id_of(stem: str) -> str:
    """A valid report id for a file's name without suffix: the name itself where it is one, else what is left of it and a digest."""
    plain = _NOT_IN_AN_ID.sub("-", stem).strip("._-")
    if plain and plain == stem and len(plain) <= _LONGEST_ID:
        return plain
    digest = hashlib.sha256(stem.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{plain[: _LONGEST_ID - 9] or 'report'}-{digest}"


def _cut_of(frozen: StoredReport | None) -> dict[str, Any]:
    """The cut that a stored version keeps: its text, by what it was cut, and as what."""
    if frozen is None:
        return {}
    report = frozen.claims_document().report
    return {"text": report.text, "cut_by": report.cut_by, "media_type": report.media_type}


def _extracted(raw: Raw, digest: str, frozen: Mapping[str, Any], outlets: Mapping[str, str], by: Extractor) -> ClaimsDocument:
    """Cut, put together what is known, and extract. Runs in a process of its own."""
    from claimgraph.extract.received import receive  # noqa: PLC0415  # see RawReader.prepare

    received = receive(raw.data, raw.name)
    told = {name: value for name in ("title", "url", "author", "published") if (value := getattr(received, name))}
    if key := outlets.get(_plain(received.site or "")):
        told["publisher"] = key
    cut = {"text": received.text, "cut_by": received.cut_by, "media_type": received.media_type, **frozen}
    stated = {f"{name}_basis": "stated" for name in ("published", "publisher") if name in told or name in raw.fields}
    report = document_of({"report": {**told, **stated, **raw.fields, **cut, "source_sha256": digest}, "claims": []}).report
    try:
        found = by.extract(report)
    except (ClaimgraphError, MemoryError):
        raise
    except Exception as error:
        why = f"{type(error).__name__}: {shown(str(error), 200)}"
        raise BadDocument(f"the extractor '{shown(by.name)}' failed on it ({why}): please report that with the file.") from error
    found = document_of(as_json(found))  # whoever made it: the archive keeps only what it can read back
    if changed := [name for name in Report.model_fields if (was := getattr(report, name)) and getattr(found.report, name) != was]:
        raise BadDocument(f"the extractor '{shown(by.name)}' changed the report's {', '.join(changed)}, which are not its to change: mend it.")
    return found.model_copy(update={"claims": tuple(map(_candidate, found.claims))})


def _plain(name: str) -> str:
    """A name for comparing with others: folded, spaces alike."""
    return " ".join(fold(name).plain.split())


def _candidate(claim: Claim) -> Claim:
    return claim if claim.review == _CANDIDATE else claim.model_copy(update={"review": _CANDIDATE})
