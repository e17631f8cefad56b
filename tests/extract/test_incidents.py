"""Incidents: a claim is linked to the one that is known at its place and days, and what fits none is proposed, never merged."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.extract.incidents import Incidents
from claimgraph.extract.protocol import Known, KnownIncident, KnownName
from claimgraph.model.document import PUBLISHER, Claim, Event, Hop
from claimgraph.model.limits import LIMITS


def place(key: str, part_of: str | None, *types: str) -> KnownName:
    """An entity and what it lies in."""
    return KnownName(key, key, "ar", types, part_of, ambiguous=False, preferred=True)


KNOWN = Known(
    (
        place("prison", "quarter", "Prison", "Facility"),
        place("school", "quarter", "Facility"),
        place("quarter", "city", "Place"),
        place("city", "province", "Place"),
        place("province", "country", "Place"),
        place("country", None, "Place"),
        place("village", "province", "Place"),
        place("one", "other", "Place"),
        place("other", "one", "Place"),
    ),
    (
        KnownIncident("riot", "prison", None, "2020-03-29", "2020-03-30"),
        KnownIncident("break", "prison", None, "2022-01-20", "2022-01-30"),
        KnownIncident("shelling", None, "city", "2021-06-10", "2021-06-10"),
        KnownIncident("undated", "school", None, None, None),
        KnownIncident("twin-a", None, "village", "2019-05-01", "2019-05-02"),
        KnownIncident("twin-b", None, "village", "2019-05-03", None),
    ),
)
PUBLISHED = "2022-01-29"
WINDOW = timedelta(days=LIMITS.incident_days)


def of(facility: str | None = None, where: str | None = None, time: str | None = None, published: str | None = PUBLISHED) -> str | None:
    """The incident of a claim about a site and a time."""
    return Incidents(KNOWN, published).of(facility, where, time)


def shifted(day: str, by: timedelta) -> str:
    """A day so far from another."""
    return (date.fromisoformat(day) + by).isoformat()


# --- linking --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2022-01-25", "break"),
        ("2022-01-20", "break"),
        ("2022-01", "break"),
        ("2022-01-19/2022-01-21", "break"),
        ("2022-01-28/..", "break"),
        ("../2022-01-28", "break"),
        ("2020-03-29", "riot"),
        ("2020-03", "riot"),
        ("2021-01-25", None),
        ("2014", None),
    ],
)
def test_by_facility_and_days(time: str, expected: str | None) -> None:
    """Of several incidents at a facility, a claim is about the one whose days are near."""
    assert of("prison", time=time) == expected


def test_the_window_around_an_incident() -> None:
    """As many days before and after an incident as the setting says belong to it, and not one more."""
    assert of("prison", time=shifted("2022-01-20", -WINDOW)) == "break"
    assert of("prison", time=shifted("2022-01-20", -WINDOW - timedelta(days=1))) is None
    assert of("prison", time=shifted("2022-01-30", WINDOW)) == "break"
    assert of("prison", time=shifted("2022-01-30", WINDOW + timedelta(days=1))) is None


def test_without_a_time_the_report_s_day_counts() -> None:
    """A claim without a date is placed by when its report appeared, and by nothing where that is not known."""
    assert of("prison") == "break"
    assert of("prison", published="2020-04-01") == "riot"
    assert of("prison", published="2023-04-01") is None
    assert of("prison", published=None) is None
    assert of("prison", time="2022-01-25", published=None) == "break"


def test_a_time_counts_more_than_the_report_s_day() -> None:
    """Background of another year is not about the incident of the day."""
    assert of("prison", time="2020-03-30", published=PUBLISHED) == "riot"


def test_by_place() -> None:
    """An incident known by its place takes claims about that place, what lies in it, and facilities in it."""
    for facility, where in ((None, "city"), (None, "quarter"), ("school", None), ("prison", None)):
        assert of(facility, where, "2021-06-11") == "shelling"
    for facility, where in ((None, "province"), (None, "country"), (None, "village"), ("سجن لا يعرفه أحد", None), (None, "بلدة لا يعرفها أحد")):
        assert of(facility, where, "2021-06-11") is None


def test_a_place_is_no_facility() -> None:
    """A claim about a whole city is not about what happened in its prison."""
    assert of(None, "city", "2022-01-25") is None
    assert of(None, "quarter", "2022-01-25") is None


def test_another_facility_beside_it() -> None:
    """What happened next door is not the incident."""
    assert of("school", None, "2022-01-25") is None


def test_where_two_fit_none_is_taken() -> None:
    """Where two incidents fit, the claim stays without one."""
    assert of(None, "village", "2019-05-02") is None


def test_no_site_no_incident() -> None:
    """A claim that says nowhere is linked to nothing, whatever its day."""
    assert of(None, None, "2022-01-25") is None


def test_an_incident_without_days() -> None:
    """An incident without a first day is linked to nothing."""
    assert of("school", None, "2022-01-25") is None


def test_places_that_lie_in_each_other() -> None:
    """A reference graph that goes round in circles does not hang the reader."""
    assert of(None, "one", "2021-06-10") is None


@given(
    day=st.dates(date(2019, 1, 1), date(2023, 12, 31)),
    site=st.sampled_from(["prison", "school", None]),
    where=st.sampled_from(["city", "village", "country", None]),
)
def test_what_is_linked_is_near(day: date, site: str | None, where: str | None) -> None:
    """Whatever is linked lies within the window around its days."""
    key = of(site, where, day.isoformat())
    if key is not None:
        incident = next(one for one in KNOWN.incidents if one.key == key)
        first, last = date.fromisoformat(str(incident.begin)), date.fromisoformat(str(incident.end or incident.begin))
        assert first - WINDOW <= day <= last + WINDOW


# --- proposing ------------------------------------------------------------------------------------------------------------


def claim(name: str, kind: str = "attack", incident: str | None = None, repeats: str | None = None, **event: Any) -> Claim:
    """A claim that a site was struck."""
    return Claim(
        id=name,
        start=0,
        end=4,
        quote=f"قول {name}",
        chain=(Hop(agent=PUBLISHER),),
        polarity="affirms",
        certainty="certain",
        incident=incident,
        repeats=repeats,
        event=Event(type=kind, **event),
    )


def proposed(*claims: Claim) -> list[tuple[str | None, str | None, str | None, str | None, tuple[str, ...]]]:
    """Site, days and claims of what is proposed."""
    return [(p.facility, p.place, p.begin, p.end, p.claims) for p in Incidents(KNOWN, PUBLISHED).proposals(claims)]


def test_one_for_each_site_and_day() -> None:
    """Claims about one site and day are proposed as one incident, those of another day or site as another."""
    found = proposed(
        claim("c1", facility="school", time="2021-02-03"),
        claim("c2", "killing", facility="school", time="2021-02-03"),
        claim("c3", facility="school", time="2021-02-04"),
        claim("c4", place="village", time="2021-02-03"),
    )
    assert sorted(found, key=str) == sorted(
        [
            ("school", None, "2021-02-03", "2021-02-03", ("c1", "c2")),
            ("school", None, "2021-02-04", "2021-02-04", ("c3",)),
            (None, "village", "2021-02-03", "2021-02-03", ("c4",)),
        ],
        key=str,
    )


@pytest.mark.parametrize(
    "one",
    [
        claim("c1", facility="school"),
        claim("c1", time="2021-02-03"),
        claim("c1", facility="prison", time="2022-01-25", incident="break"),
        claim("c1", facility="school", time="2021-02-03", repeats="c2"),
        claim("c1", "demand", facility="school", time="2021-02-03"),
        claim("c1", "control", facility="school", time="2021-02-03"),
        claim("c1", facility="school", time="../2021-02-03"),
    ],
    ids=["no day", "no site", "linked already", "a lead that repeats", "a demand", "a state of affairs", "no first day"],
)
def test_what_is_not_proposed(one: Claim) -> None:
    """Only an event of its own, dated, at a site, and linked to nothing, is proposed as an incident."""
    assert proposed(one) == []


def test_a_site_that_nobody_knows() -> None:
    """A site as written has a proposal with a key of Latin letters, the site's words, and the words of the claim."""
    (proposal,) = Incidents(KNOWN, PUBLISHED).proposals([claim("c1", place="بلدة لا يعرفها أحد", time="2021-02-03")])
    assert proposal.place == "بلدة لا يعرفها أحد"
    assert proposal.key.isascii()
    assert proposal.key.endswith("2021-02-03")
    assert proposal.wording == "قول c1"


def test_keys_of_proposals_differ() -> None:
    """Two unknown sites of one day have two keys."""
    proposals = Incidents(KNOWN, PUBLISHED).proposals(
        [
            claim("c1", place="بلدة أولى", time="2021-02-03"),
            claim("c2", place="بلدة ثانية", time="2021-02-03"),
            claim("c3", facility="school", time="2021-02-03"),
        ]
    )
    assert len({proposal.key for proposal in proposals}) == 3


def test_the_order_of_claims_does_not_matter() -> None:
    """The same claims in another order give the same sites and days."""
    claims = [
        claim("c1", facility="school", time="2021-02-03"),
        claim("c2", place="village", time="2021-02-05"),
        claim("c3", facility="school", time="2021-02-03"),
    ]
    one, other = Incidents(KNOWN, PUBLISHED).proposals(claims), Incidents(KNOWN, PUBLISHED).proposals(claims[::-1])
    assert [(p.key, p.claims) for p in one] == [(p.key, p.claims) for p in other]


def test_nothing_claimed() -> None:
    """A report without claims proposes nothing."""
    assert proposed() == []
