"""What the five annotated real reports have (87 claims, 30 quantities), as counts where nothing else is said.

``generate.py`` draws from these, so that generated reports are as long, as deep and as full of numbers as real ones.
"""

from __future__ import annotations

CLAIMS = (11.5, 24.5, 16.2)  # per report: 15, 24, 12, 19, 17, so 17.4 on average; here least, most and mode of a triangle with that mean
CHARACTERS_PER_CLAIM = (127, 204)  # least and most; texts had 2,161 to 3,983 characters
CHARACTERS = (2_100, 4_000)
SPAN_DECILES = (17, 41, 52, 70, 82, 101, 117, 128, 148, 202, 482)  # characters of a claim's span
PUBLISHER_KNOWN, TITLED, PUBLISHED_WITH_TIME = 4 / 5, 4 / 5, 1 / 5
INCIDENT_OF_REPORT = {"sinaa-2022-01": 3, "sinaa-2020-03": 1, "raqqa-2022-06": 1}
HAS_INCIDENT = 77 / 87
HOPS = {1: 13, 2: 57, 3: 17}
ORIGIN_UNNAMED = 41 / 74  # of the origins that are not the publisher; every middle hop (17) was an outlet
ORIGIN_CLASSES = {"Person": 19, "Organization": 10, "ArmedGroup": 2, "Coalition": 2}
SOURCES_PER_REPORT = (1, 2, 3, 3, 5)
SOURCE_KINDS = {"anonymous": 27, "own-reporter": 5, "office": 5, "collective": 3, "document": 1}
SOURCE_TIES: dict[str | None, float] = {None: 28, "speaks_for": 10, "affiliation": 3}
DENIES, SAID, REPEATS, ALTERNATIVE = 5 / 87, 9 / 87, 1 / 87, 1 / 87
CERTAINTIES = {"certain": 78, "probable": 6, "possible": 3}
STATUSES = {"happened": 84, "planned": 1, "intended": 1, "ongoing": 1}
EVENT_TYPES = {"escape": 13, "control": 11, "killing": 9, "transfer": 6, "purpose": 6, "support": 5, "arrest": 5} | {
    **dict.fromkeys(("demand", "smuggling", "siege", "deployment", "accusation"), 3),
    **dict.fromkeys(("attack", "clash", "displacement", "detention", "riot", "injury"), 2),
    **dict.fromkeys(("missing", "appraisal", "airstrike", "shelling", "release"), 1),
}
ROLE_SIZES = {"actors": {0: 17, 1: 66, 2: 4}, "targets": {0: 44, 1: 42, 2: 1}, "helpers": {0: 78, 1: 8, 2: 1}}
ROLE_PARTIES: dict[str, dict[str, float]] = {
    "actors": {"isis": 32, "sdf": 27, "us-forces": 7, "coalition": 4, "firas-allawi": 2, "us": 1, "autonomous-administration": 1},
    "targets": {"isis": 33, "sdf": 7, "coalition": 3, "autonomous-administration": 1},
    "helpers": {"coalition": 5, "us-forces": 3, "sdf": 1, "us": 1},
}
FACILITY, PLACE, ORIGIN, DESTINATION = 60 / 87, 10 / 87, 5 / 87, 6 / 87
TIMES: dict[str | None, float] = {None: 61, "day": 24, "month": 1, "interval": 1}
QUANTITY = 25 / 87
PARTS = {0: 84, 1: 2, 3: 1}  # of a total, given beside it
BOUNDS = {"exact": 17, "about": 7, "tens": 2, "hundreds": 1, "thousands": 1, "more than": 2}
COUNTED_OF = {"detainees": 12, "fighters": 4, "leaders": 4, "civilians": 3} | dict.fromkeys(
    ("vehicles", "bodies", "persons", "staff", "escapees", "foreigners", "children"), 1
)
COUNTED_WHOSE: dict[str | None, float] = {"isis": 19, "civilians": 4, "sdf": 3, None: 4}
