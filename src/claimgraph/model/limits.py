"""Every limit and setting, with its default and its reason, in one place.

Each is read once from the environment (``CLAIMGRAPH_<NAME>``, e.g. ``CLAIMGRAPH_QUERY_SECONDS=30``). README.md lists them;
a test holds that list and this class equal.
"""

from __future__ import annotations

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from claimgraph.model.errors import Misuse


class Limits(BaseSettings):
    """The settings of one process. Sizes are bytes, times seconds, lengths code points, unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="CLAIMGRAPH_", frozen=True)

    base: str = Field(
        "https://w3id.org/claimgraph/id/",
        pattern=r"^https?://[^\s<>\"{}|\\^`]+/$",
        description="Data IRIs are minted under it; a store keeps the one it was made with.",
    )
    document_bytes: int = Field(
        64 << 20, gt=0, description="Largest claims document, text or Turtle file read: far above any report, far below memory."
    )
    text_characters: int = Field(2_000_000, gt=0, description="Longest report text: a 700-page book; spans are checked against it in one pass.")
    field_characters: int = Field(20_000, gt=0, description="Longest other string (quote, title, note): a page of text.")
    claims_per_report: int = Field(5_000, gt=0, description="A report has tens of claims; thousands are a fault of the producer.")
    items_per_list: int = Field(200, gt=0, description="Longest chain, list of actors or breakdown: longer ones are no reporting.")
    largest_count: int = Field(10**12, gt=0, lt=2**53, description="Largest number a quantity may state: more than people ever lived.")
    json_depth: int = Field(64, gt=0, description="Deepest nesting read from JSON; a claims document needs seven.")
    sentence_tokens: int = Field(
        400, gt=0, description="Words of a sentence that the extractor reads as one: no writer's is longer, and its rules look at pairs of words."
    )
    parse_seconds: float = Field(60.0, gt=0, le=86_400, description="Time for reading one Turtle file in its own process.")
    extract_seconds: float = Field(
        60.0,
        gt=0,
        le=86_400,
        description="Time for reading one raw report in its own process: a page takes milliseconds, a book seconds.",
    )
    query_seconds: float = Field(10.0, gt=0, le=86_400, description="Time for one query or question: those of one claim or event take milliseconds.")
    deadline_seconds: float = Field(
        0.1, gt=0, le=86_400, description="Shortest deadline that a request may name: making anew the process that it ends takes as long."
    )
    query_characters: int = Field(500_000, gt=0, description="Longest query: a federating client's VALUES may be long, a person's query is not.")
    query_depth: int = Field(200, gt=0, description="Deepest nesting of brackets in a query: some 5,000 overflow the engine's stack.")
    query_unions: int = Field(500, gt=0, description="Most UNIONs in a query: 10,000 overflow the engine's stack.")
    query_operators: int = Field(
        1_000, gt=0, description="Most operators, path steps, OPTIONALs, BINDs and the like in a query: each is a level of the engine's plan."
    )
    worker_bytes: int = Field(
        2 << 30, gt=0, description="Memory that a process may take to run a query or read Turtle: an ORDER BY over a cross product ends there."
    )
    answer_rows: int = Field(100_000, gt=0, description="Rows of one answer; the answer says so when there were more.")
    answer_bytes: int = Field(64 << 20, gt=0, description="Bytes of one answer over HTTP, which the service holds while the client takes them.")
    page_rows: int = Field(1_000, gt=0, description="Rows of one page of a question's answer, where the request names no other number.")
    page_claims: int = Field(20, gt=0, description="Claims of one list on a page: more are read on pages of their own, or asked for.")
    reason_characters: int = Field(
        2_000, gt=0, description="Characters of a reason that comes over HTTP or with a reviewer's decision: a page of text."
    )
    decision_bytes: int = Field(1 << 20, gt=0, description="Bytes of a reviewer's decision over HTTP: what a claim says takes a few thousand.")
    form_hops: int = Field(8, gt=0, le=100, description="Mouths of a chain that a form has fields for: longer ones are corrected as JSON.")
    page_bytes: int = Field(
        32 << 20, gt=0, description="Bytes of what pages show that the service keeps until something is stored: counting it anew may take seconds."
    )
    incident_claims: int = Field(
        2_000,
        gt=0,
        description="Claims about one incident that its page compares, those of the latest reports: reading one takes a quarter of a millisecond.",
    )
    list_rows: int = Field(50, gt=0, description="Rows of one page of a list that people look through; the rest is a page further on.")
    workers: int = Field(3, gt=0, le=64, description="Processes that are ready for short queries: one more than a small machine has cores.")
    spare_after: float = Field(
        0.1,
        gt=0,
        le=60,
        description="Seconds of a query after which another process is made ready in its place; one whose process dies sooner is tried once more.",
    )
    long_after: float = Field(
        0.5, gt=0, le=60, description="Seconds of processor time after which a query counts as long and goes on at low priority."
    )
    long_queries: int = Field(
        4, gt=0, le=64, description="Long queries at a time, each of which may take all its memory; one more is refused and told to come again."
    )
    queue: int = Field(64, ge=0, description="Requests that wait for a process; one more is told to come again.")
    receive_seconds: float = Field(30.0, gt=0, le=3_600, description="Time a client has for sending a request: a slow one holds memory.")
    connections: int = Field(1_000, gt=0, description="Open connections at a time: each costs a descriptor.")
    signin_seconds: float = Field(
        600.0, gt=0, le=86_400, description="How long the one-time address that 'serve' prints signs somebody in: to open, not to find."
    )
    session_seconds: float = Field(28_800.0, gt=0, le=31_536_000, description="How long somebody stays signed in with a browser: a working day.")
    compare_seconds: float = Field(
        30.0,
        ge=0,
        le=86_400,
        description="Time for asking every question before and after a change of the reference graph, to say which answers changed.",
    )
    lock_seconds: float = Field(30.0, ge=0, le=86_400, description="How long a second writer waits before it says who is writing.")
    snapshot_seconds: float = Field(
        5.0, ge=0, le=86_400, description="How long a reader waits for the writer to show newer data before it takes the last snapshot."
    )
    snapshot_interval: float = Field(0.25, ge=0, le=86_400, description="Least time between two snapshots made for readers during writing.")
    incident_days: int = Field(
        30, ge=0, description="How far a claim's event may lie from its incident's days: aftermath counts, another year does not."
    )
    shingle_share: float = Field(0.5, gt=0, lt=1, description="Share of 8-word shingles from which a text counts as another's copy.")
    shingle_words: int = Field(8, gt=1, description="Words in a shingle: shorter ones are shared by chance.")
    shingle_sample: int = Field(8, gt=0, description="Of a long text one shingle in so many is indexed, to keep the index small.")
    shingle_all: int = Field(64, ge=0, description="Texts of up to so many shingles are indexed whole: too few to sample.")
    problems: int = Field(200, gt=0, description="Most problems told of one input: who mends these will see the rest.")
    nearest_keys: int = Field(3, gt=0, description="How many similar keys are offered for an unknown one.")


def read_limits() -> Limits:
    """The settings from the environment. Raises :class:`Misuse` naming the variable that has no valid value."""
    try:
        return Limits()
    except ValidationError as error:
        first = error.errors()[0]
        name = "CLAIMGRAPH_" + str(first["loc"][0]).upper()
        raise Misuse(f"The environment variable {name} has no usable value: {first['msg']}.") from None


LIMITS = read_limits()
