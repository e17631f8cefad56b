"""From what was read to a claims document: ids, chains, dates carried on, leads that repeat, incidents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from claimgraph.extract.folding import fold
from claimgraph.extract.frames import Frame
from claimgraph.extract.incidents import Incidents
from claimgraph.extract.layout import Layout
from claimgraph.extract.names import Names
from claimgraph.extract.publication import Publication
from claimgraph.extract.sentence import Sentence
from claimgraph.extract.stated import Stated
from claimgraph.extract.times import When
from claimgraph.model.dates import days_of
from claimgraph.model.document import PUBLISHER, Claim, ClaimsDocument, Event, Hop, Report, Review
from claimgraph.model.limits import LIMITS

_UNDETERMINED = "und"  # BCP 47: the rules know Arabic, and guess no other language
_LEADS = 20  # claims of a first paragraph that may be leads: no writer puts more there
_LIKE = 0.45  # share of words from which a lead says a later claim again
_LONG = 3  # letters of a word that tells something
_PUBLISHER, _CANDIDATE = Hop(agent=PUBLISHER), Review(state="candidate")  # frozen, so that all claims can share them
_CARRIED = frozenset(("escape", "release", "riot", "control", "siege", "attack", "transfer", "smuggling", "deployment", "arrest", "killing"))


@dataclass(slots=True)
class Draft:
    """A claim before it is one: the tokens, who states it, what it says, when it was said."""

    sentence: Sentence
    first: int
    last: int
    stated: Stated
    frame: Frame
    said: When | None


def finished(report: Report, page: Layout, publication: Publication, drafts: Sequence[Draft], names: Names, rules: str) -> ClaimsDocument:
    """The claims document of a report's drafts."""
    incidents = Incidents(names.known, publication.published)
    claims: list[Claim] = []
    day: str | None = None
    sentence: Sentence | None = None
    drafts = sorted((draft for draft in drafts if _fits(draft)), key=lambda d: d.sentence.span(d.first, d.last))
    for number, draft in enumerate(drafts, start=1):
        event = _foreseen(_dated(draft, day, publication, same=draft.sentence is sentence), publication)
        if event.time and event.time_wording:
            day, sentence = event.time, draft.sentence
        claims.append(_claim(draft, f"c{number:02}", event, incidents, rules, publication))
    claims = _repeating(claims[: LIMITS.claims_per_report], drafts)
    fields: dict[str, object] = {"proposals": incidents.proposals(claims)[: LIMITS.items_per_list]}
    for field in ("publisher", "publisher_basis", "published", "published_basis"):
        fields[field] = getattr(publication, field)
    if publication.notes:
        fields["published_note"] = "\n".join(publication.notes)
    if report.title is None and page.title and len(page.title.text) <= LIMITS.field_characters:
        fields["title"] = page.title.text
    if report.language is None:
        fields["language"] = "ar" if _is_arabic(report.text) else _UNDETERMINED
    return ClaimsDocument(report=report.model_copy(update=fields), claims=tuple(claims))


def _dated(draft: Draft, day: str | None, publication: Publication, *, same: bool) -> Event:
    """The event with its date.

    What lasts "since" a day lasted until the report appeared. An event without a date takes over the one that the same sentence gave,
    or the day that the report last gave where what happened belongs together.
    """
    event, stated = draft.frame.event, draft.stated
    if event.time and event.time.endswith("/..") and publication.day and not _is_later(event.time, publication):
        return event.model_copy(update={"time": event.time[:-2] + publication.day})
    if event.time or event.time_wording:
        return event
    if draft.frame.standing and publication.day:
        return event.model_copy(update={"time": publication.day})
    if draft.said and draft.said.edtf and stated.rule.endswith("noun"):
        return event.model_copy(update={"time": draft.said.edtf})
    if day and (same or event.type in _CARRIED) and event.status == "happened":
        return event.model_copy(update={"time": day})
    return event


def _fits(draft: Draft) -> bool:
    """Whether a claim's words are within what a field may hold."""
    start, end = draft.sentence.span(draft.first, draft.last)
    return end - start <= LIMITS.field_characters


def _is_arabic(text: str) -> bool:
    """Whether most of a text's letters are Arabic."""
    letters = [c for c in text if c.isalpha()]
    return sum("\u0600" <= c <= "\u06ff" for c in letters) * 2 > len(letters)


def _foreseen(event: Event, publication: Publication) -> Event:
    """What has its day after the report appeared has not happened: it is planned."""
    return event.model_copy(update={"status": "planned"}) if event.status in ("happened", "ongoing") and _is_later(event.time, publication) else event


def _is_later(edtf: str | None, publication: Publication) -> bool:
    """Whether a date begins after the report appeared."""
    days, published = days_of(edtf) if edtf else None, days_of(publication.published) if publication.published else None
    return bool(days and published and days.first and published.last and days.first > published.last)


def _claim(draft: Draft, name: str, event: Event, incidents: Incidents, rules: str, publication: Publication) -> Claim:
    s, stated, frame = draft.sentence, draft.stated, draft.frame
    start, end = s.span(draft.first, draft.last)
    said = draft.said
    polarity = stated.polarity
    if frame.denied:
        polarity = "affirms" if polarity == "denies" else "denies"
    return Claim(
        id=name,
        start=start,
        end=end,
        quote=s.folded.text[start:end],
        chain=(_PUBLISHER, *_hops(s, stated)),
        polarity=polarity,
        certainty=frame.certainty,
        said=said.edtf if said and not _is_later(said.edtf, publication) else None,
        said_wording=s.wording(said.start, s.tokens[said.last - 1].end) if said else None,
        channel=stated.speaker.channel if stated.speaker else None,
        incident=incidents.of(event.facility, event.place, event.time),
        event=event,
        mentions=tuple(frame.mentions[: LIMITS.items_per_list]),
        confidence=round(min(0.99, max(0.05, stated.confidence * (0.5 + frame.confidence / 2))), 2),
        rule=f"{rules}:{stated.rule}",
        review=_CANDIDATE,
    )


def _hops(s: Sentence, stated: Stated) -> tuple[Hop, ...]:
    """The speakers' hops; the last bears the verb."""
    if stated.speaker is None:
        return ()
    hops = stated.speaker.hops
    if stated.verb is None:
        return hops
    return (*hops[:-1], hops[-1].model_copy(update={"verb": s.surface(*stated.verb)}))


def _repeating(claims: list[Claim], drafts: Sequence[Draft]) -> list[Claim]:
    """Leads marked: a claim of the first paragraph that a later one says again, with its source."""
    if not claims:
        return claims
    first_block = min(d.sentence.block for d in drafts)
    blocks = [draft.sentence.block for draft in drafts]
    out = list(claims)
    for place, claim in enumerate(claims):
        if blocks[place] != first_block or place >= _LEADS:
            break
        for later in claims[place + 1 :]:
            if _says_again(claim, later):
                out[place] = claim.model_copy(update={"repeats": later.id})
                break
    return out


def _says_again(lead: Claim, later: Claim) -> bool:
    if lead.event.type != later.event.type or lead.polarity != later.polarity or len(later.chain) <= len(lead.chain):
        return False
    if [h.agent or h.anonymous or h.named for h in later.chain[: len(lead.chain)]] != [h.agent or h.anonymous or h.named for h in lead.chain]:
        return False
    if lead.event.actors and later.event.actors and not lead.event.actors & later.event.actors:
        return False
    mine, theirs = _telling(lead.quote), _telling(later.quote)
    return bool(mine and theirs) and len(mine & theirs) >= _LIKE * min(len(mine), len(theirs))


@lru_cache(maxsize=256)
def _telling(text: str) -> frozenset[str]:
    """The words of a quote that tell something."""
    return frozenset(w for w in fold(text).plain.split() if len(w) > _LONG)
