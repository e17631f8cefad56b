"""What a person should look at in an extracted document."""

from __future__ import annotations

from typing import Any

from claimgraph.extract.remarks import open_dates, remarks
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.reading import document_of
from running import small


def document(*, event: dict[str, Any] | None = None, claim: dict[str, Any] | None = None, **report: Any) -> ClaimsDocument:
    """A small document with other fields."""
    value = small(**report)
    value["claims"][0] |= claim or {}
    value["claims"][0]["event"] |= event or {}
    return document_of(value)


def test_nothing_to_say() -> None:
    """A document without doubts gives no sentence."""
    assert remarks(document()) == open_dates(document()) == ()


def test_the_note_on_the_date_of_publication_is_told() -> None:
    """What the reading found against the date of publication comes first, harmless to the terminal."""
    proposed = [{"key": "x-2022-01", "claims": ["c01"]}]
    found = remarks(document(published_note="the text says Friday,\u202e not Monday", proposals=proposed))
    assert found[0] == "the text says Friday,\\u202e not Monday"
    assert found[1].startswith("an incident that the reference graph lacks is proposed, x-2022-01")


def test_a_proposed_incident_is_told_with_its_place_days_and_claims() -> None:
    """Each proposal is a sentence; what it does not name is said not to be named."""
    full = {"key": "x-2022-01", "facility": "sinaa-prison", "begin": "2022-01-20", "end": "2022-01-26", "claims": ["c01"]}
    day = {"key": "y-2022-01", "place": "الحسكة", "begin": "2022-01-20", "end": "2022-01-20"}
    start = "an incident that the reference graph lacks is proposed, "
    assert remarks(document(proposals=[full, day, {"key": "z"}])) == (
        f"{start}x-2022-01 (sinaa-prison, 2022-01-20 to 2022-01-26), for c01",
        f"{start}y-2022-01 (الحسكة, 2022-01-20), for no claim",
        f"{start}z (no place named, no day named), for no claim",
    )


def test_open_dates_are_told_with_the_words_and_the_reason() -> None:
    """Words for a date without a date are told, of the event and of the saying; the reason only where it is one."""
    both: dict[str, Any] = {"event": {"time_wording": "أمس"}, "claim": {"said_wording": "الجمعة"}}
    assert open_dates(document(**both)) == ("claim c01: «أمس» stays without a date", "claim c01: «الجمعة» stays without a date")
    (told,) = open_dates(document(event={"time_wording": "أمس"}, published=None, published_basis=None))
    assert told == "claim c01: «أمس» stays without a date, because it is not known when the report was published"


def test_dates_that_are_resolved_are_not_told() -> None:
    """Words beside their date say nothing open."""
    event = {"time_wording": "أمس", "time": "2022-01-30"}
    assert open_dates(document(event=event, claim={"said_wording": "اليوم", "said": "2022-01-31"})) == ()
