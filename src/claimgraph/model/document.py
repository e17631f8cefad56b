"""The claims document: the interchange form, as frozen models without any RDF.

Fields and meanings are those of the annotation guidelines (README.md, "Claims documents"); controlled words come from
``ontology/``. These models hold what *is* a claims document: fields, types, ids, one kind of speaker per hop. What a good
report may not say (a quote that is not in the text, a minimum above the maximum) is for the shapes to refuse.

Lists of keys (actors, targets, helpers, counted, or) are sets: their order says nothing, and is not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, StrictBool, StrictInt, WithJsonSchema, model_validator

from claimgraph.model.limits import LIMITS
from claimgraph.model.names import HASH_PATTERN, ID_PATTERN, KEY_PATTERN
from claimgraph.model.text import is_torn, sha256_of, shown
from claimgraph.model.vocabulary import notations

PUBLISHER = "@publisher"
SCHEMA_VERSION = "1"


def _no_control_zero(value: str) -> str:
    if "\0" in value:
        raise ValueError("holds the character U+0000, which no text needs: take it out")
    return value


def _one_of(scheme: str) -> object:
    """A string type whose values are the notations of a controlled list of the ontology."""
    allowed = notations(scheme)

    def check(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"'{shown(value)}' is none of {', '.join(allowed)}")
        return value

    return Annotated[str, AfterValidator(check), WithJsonSchema({"type": "string", "enum": list(allowed)})]


_Checked = AfterValidator(_no_control_zero)
Words = Annotated[str, Field(min_length=1, max_length=LIMITS.field_characters), _Checked]
SourceText = Annotated[str, Field(min_length=1, max_length=LIMITS.text_characters), _Checked]
Edtf = Annotated[str, Field(min_length=1, max_length=100), _Checked]
Identifier = Annotated[str, Field(pattern=f"^{ID_PATTERN}$")]
Key = Annotated[str, Field(pattern=f"^{KEY_PATTERN}$", max_length=128)]
AgentKey = Annotated[str, Field(pattern=f"^({PUBLISHER}|{KEY_PATTERN})$", max_length=128)]
Name = Annotated[str, Field(min_length=1, max_length=500), _Checked]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Version = Annotated[str, Field(pattern=f"^{HASH_PATTERN}$")]
Offset = Annotated[StrictInt, Field(ge=0, le=LIMITS.text_characters)]
Count = Annotated[StrictInt, Field(ge=0, le=LIMITS.largest_count)]
# What the patterns above mean, for messages.
PATTERNS = {
    f"^{ID_PATTERN}$": "id: use 1 to 128 Latin letters, digits, dots, hyphens and underscores, a letter or digit first",
    f"^{KEY_PATTERN}$": "key: keys are lower-case Latin words joined by hyphens, such as sdf-media-center",
    f"^({PUBLISHER}|{KEY_PATTERN})$": f"key: keys are lower-case Latin words joined by hyphens, such as sdf-media-center, or {PUBLISHER}",
    "^[0-9a-f]{64}$": "SHA-256: write its 64 hex digits in lower case",
    f"^{HASH_PATTERN}$": "version: write the 12 hex digits that 'claimgraph history' shows",
    "^[a-z]{2,3}(-[a-z0-9]{2,8})*$": "language tag: write it like ar, en or ar-sy",
}
KeyOrSurface = Annotated[str, Field(min_length=1, max_length=500), _Checked]
# Sets are written in one order, so that the same document has one form.
_Sorted = PlainSerializer(sorted, return_type=list[str], when_used="json")
KeysOrSurfaces = Annotated[frozenset[KeyOrSurface], Field(max_length=LIMITS.items_per_list), _Sorted]
Keys = Annotated[frozenset[Key], Field(max_length=LIMITS.items_per_list), _Sorted]

EventType: Any = _one_of("event")
Polarity: Any = _one_of("polarity")
Certainty: Any = _one_of("certainty")
Status: Any = _one_of("status")
CountedKind: Any = _one_of("counts")
SourceKind: Any = _one_of("source")
Basis: Any = _one_of("basis")
Channel: Any = _one_of("channel")
ReviewState: Any = _one_of("review")


class _Part(BaseModel):
    """Frozen, closed: an unknown field is an error, never dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _Ranged(_Part):
    """Something whose words stand at ``[start, end)`` of the text, in code points; both or neither."""

    start: Offset | None = None
    end: Offset | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> _Ranged:
        if (self.start is None) != (self.end is None):
            raise ValueError("has only one of start and end: give both, or neither")
        return self


class Hop(_Ranged):
    """One mouth a claim came through: a known party (``agent``), a name (``named``) or a source without one (``anonymous``)."""

    agent: AgentKey | None = None
    named: Name | None = None
    anonymous: Name | None = None
    surface: Words | None = None
    kind: SourceKind | None = None
    speaks_for: Key | None = None
    affiliation: Key | None = None
    verb: Words | None = None

    @model_validator(mode="after")
    def _one_speaker(self) -> Hop:
        if sum(x is not None for x in (self.agent, self.named, self.anonymous)) != 1:
            raise ValueError("needs exactly one of agent, named and anonymous")
        if self.anonymous is None and (self.kind or self.speaks_for or self.affiliation):
            raise ValueError("has kind, speaks_for or affiliation, which only a source without a name (anonymous) has")
        return self


class Quantity(_Part):
    """A number as claimed: ``min`` to ``max`` (``None`` is open), of what, and whose."""

    min: Count | None = None
    max: Count | None = None
    approximate: StrictBool
    of: CountedKind
    counted: KeysOrSurfaces = frozenset()
    wording: Words


class Event(_Part):
    """What a claim says; never asserted as having happened."""

    type: EventType
    or_: Annotated[frozenset[EventType], Field(alias="or", max_length=LIMITS.items_per_list), _Sorted] = frozenset()
    status: Status = "happened"
    actors: KeysOrSurfaces = frozenset()
    targets: KeysOrSurfaces = frozenset()
    helpers: KeysOrSurfaces = frozenset()
    facility: KeyOrSurface | None = None
    place: KeyOrSurface | None = None
    origin: KeyOrSurface | None = None
    destination: KeyOrSurface | None = None
    time: Edtf | None = None
    time_wording: Words | None = None  # the text's words for when; without ``time`` the date is open
    quantity: Quantity | None = None
    breakdown: Annotated[tuple[Quantity, ...], Field(max_length=LIMITS.items_per_list)] = ()


class Mention(_Part):
    """A name that the claim goes by, anywhere in the report, and the entity it stands for (``key``).

    A name that several entities bear and nothing in the report decides stays open, with those it may stand for (``candidates``).
    The usual values of ``role``: speaker, actor, target, helper, facility, place, origin, destination, counted.
    """

    key: Key | None = None
    candidates: Keys = frozenset()
    surface: Words
    start: Offset
    end: Offset
    role: Name | None = None

    @model_validator(mode="after")
    def _known_or_open(self) -> Mention:
        if (self.key is None) != bool(self.candidates):
            raise ValueError("needs exactly one of key and candidates (which may not be empty)")
        return self


class Review(_Part):
    """What a reviewer decided, who, when (EDTF) and why. Not part of a version's hash."""

    state: ReviewState
    by: Words | None = None
    at: Edtf | None = None
    why: Words | None = None


class Claim(_Part):
    """One thing somebody is reported to say about the world."""

    id: Identifier
    start: Offset
    end: Offset
    quote: Words
    chain: Annotated[tuple[Hop, ...], Field(min_length=1, max_length=LIMITS.items_per_list)]
    polarity: Polarity
    certainty: Certainty
    said: Edtf | None = None
    said_wording: Words | None = None  # the text's words for when it was said; without ``said`` the date is open
    channel: Channel | None = None
    repeats: Identifier | None = None
    incident: Key | None = None
    event: Event
    mentions: Annotated[tuple[Mention, ...], Field(max_length=LIMITS.items_per_list)] = ()
    confidence: Annotated[float, Field(ge=0, le=1, strict=True), AfterValidator(lambda number: number + 0.0)] | None = None  # no -0.0
    rule: Name | None = None
    review: Review | None = None

    @model_validator(mode="after")
    def _few_decimals(self) -> Claim:
        if self.confidence is not None and round(self.confidence, 6) != self.confidence:
            raise ValueError("confidence has more than six decimals: round it")
        return self


class Proposal(_Part):
    """An incident that an extractor proposes for claims of the report and nobody has accepted: the ``incident`` of these stays empty."""

    key: Key
    facility: KeyOrSurface | None = None
    place: KeyOrSurface | None = None
    begin: Edtf | None = None
    end: Edtf | None = None
    claims: Annotated[tuple[Identifier, ...], Field(max_length=LIMITS.claims_per_report), AfterValidator(lambda ids: tuple(sorted(set(ids))))] = ()
    wording: Words | None = None


def _as_written(schema: dict[str, Any]) -> None:
    """The published schema tells what may be written: the text or the file that holds it; what follows from the text may be left out."""
    schema["required"] = ["id"]
    schema["properties"]["file"] = {"type": "string", "description": "the text's file, relative to the document"}
    schema["anyOf"] = [{"required": ["text"]}, {"required": ["file"]}]


class Report(_Part):
    """A report: its text, exactly, and what is known of where it comes from. ``sha256`` and ``characters`` follow from the text."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_as_written)

    id: Identifier
    text: SourceText
    sha256: Digest
    characters: StrictInt
    title: Words | None = None
    language: Annotated[str, Field(pattern="^[a-z]{2,3}(-[a-z0-9]{2,8})*$")] | None = None
    publisher: Key | None = None
    publisher_basis: Basis | None = None
    publisher_note: Words | None = None
    published: Edtf | None = None
    published_basis: Basis | None = None
    published_note: Words | None = None
    note: Words | None = None
    url: Words | None = None
    archived_url: Words | None = None
    retrieved: Edtf | None = None
    retrieved_by: Words | None = None
    author: Words | None = None
    media_type: Name | None = None
    source_sha256: Digest | None = None
    cut_by: Name | None = None  # the program that cut the text from the bytes received, with its version
    revises: Version | None = None
    proposals: Annotated[tuple[Proposal, ...], Field(max_length=LIMITS.items_per_list)] = ()
    schema_version: Annotated[str, Field(pattern=f"^{SCHEMA_VERSION}$")] = SCHEMA_VERSION

    @model_validator(mode="before")
    @classmethod
    def _fill_from_text(cls, data: Any) -> Any:
        text = data.get("text") if isinstance(data, Mapping) else None
        return {"sha256": sha256_of(text), "characters": len(text), **data} if isinstance(text, str) and not is_torn(text) else data

    @model_validator(mode="after")
    def _is_this_text(self) -> Report:
        if self.sha256 != sha256_of(self.text) or self.characters != len(self.text):
            raise ValueError("sha256 or characters differ from those of the text: this is not the text that was annotated")
        return self

    @model_validator(mode="after")
    def _proposed_once(self) -> Report:
        seen: set[str] = set()
        for number, proposal in enumerate(self.proposals):
            if proposal.key in seen:
                raise ValueError(f"proposals[{number}].key: '{proposal.key}' is the key of an earlier proposal too: give each its own")
            seen.add(proposal.key)
        return self


class ClaimsDocument(_Part):
    """A report and its claims, in the order of the document."""

    report: Report
    claims: Annotated[tuple[Claim, ...], Field(max_length=LIMITS.claims_per_report)] = ()

    @model_validator(mode="before")
    @classmethod
    def _one_name_for_the_publisher(cls, data: Any) -> Any:
        """The publisher is ``@publisher`` as the first hop, its key further in: one form for each, so that it comes back the same."""
        match data:
            case {"report": {"publisher": str(key)}, "claims": [*claims]}:
                return {**data, "claims": [_with_publisher(claim, key) for claim in claims]}
        return data

    @model_validator(mode="after")
    def _ids_once(self) -> ClaimsDocument:
        seen: set[str] = set()
        for number, claim in enumerate(self.claims):
            if claim.id in seen:
                raise ValueError(f"claims[{number}].id: '{claim.id}' is the id of an earlier claim too: give each claim its own")
            seen.add(claim.id)
        return self


def _with_publisher(claim: Any, key: str) -> Any:
    match claim:
        case {"chain": [first, *rest]}:
            chain = [_renamed(first, key, PUBLISHER), *(_renamed(hop, PUBLISHER, key) for hop in rest)]
            return {**claim, "chain": chain}
    return claim


def _renamed(hop: Any, old: str, new: str) -> Any:
    return {**hop, "agent": new} if isinstance(hop, Mapping) and hop.get("agent") == old else hop


def as_json(document: ClaimsDocument) -> dict[str, Any]:
    """The document as JSON values.

    A field without a value is left out, and so is ``happened``; but a report's publisher, a claim's incident and a quantity's bounds are
    written also where they are open (``null``), because that they are open is part of what is said.
    """
    value: dict[str, Any] = document.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    value["report"].setdefault("publisher", None)
    return {"report": value["report"], "claims": [_with_open_ends(claim) for claim in value.get("claims", [])]}


def _with_open_ends(claim: dict[str, Any]) -> dict[str, Any]:
    claim.setdefault("incident", None)
    quantity = claim["event"].get("quantity")
    for open_ended in [*([quantity] if quantity else []), *claim["event"].get("breakdown", [])]:
        open_ended.setdefault("min", None)
        open_ended.setdefault("max", None)
        open_ended.setdefault("counted", [])
    return claim


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of claims documents, as published in ``ontology/claims-document.schema.json``."""
    schema = ClaimsDocument.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://w3id.org/claimgraph/claims-document.schema.json",
        **schema,
    }
