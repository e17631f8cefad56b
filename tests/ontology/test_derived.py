"""The places and countries of the reference graph: what their sources give, each with its source, and the map's governorates among them."""

from __future__ import annotations

import importlib.util
import re
from collections import Counter, defaultdict
from pathlib import Path
from types import ModuleType

import pytest
from pyoxigraph import Literal, RdfFormat, parse

from claimgraph.model.names import Base
from claimgraph.model.resources import folder
from claimgraph.model.vocabulary import CG, DCTERMS, SKOS
from claimgraph.store.reference import Reference, bundled

ROOT = Path(__file__).parents[2]
WGS84 = "http://www.w3.org/2003/01/geo/wgs84_pos#"
SOURCE = re.compile(r"https?://[^\s/]+/\S+|(?:ISO 3166-2|GeoNames|Unicode CLDR): .*[A-Z]{2}.*|.+, \d{1,2} [A-Z][a-z]+ \d{4}")
LATITUDE, LONGITUDE = (32.3, 37.4), (35.6, 42.4)  # what Syria lies within


@pytest.fixture(scope="module")
def made() -> ModuleType:
    """The script that derives the files."""
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def reference() -> Reference:
    """The bundled reference graph."""
    base = Base("https://w3id.org/claimgraph/id/")
    return Reference(bundled(base), base)


def test_the_files_are_what_their_sources_give(made: ModuleType) -> None:
    """Places and countries, derived anew from GeoNames and CLDR, are character for character those that are bundled."""
    texts = {path.name: text for path, text in made.files().items()}
    assert texts.keys() == {"places-syria.ttl", "countries.ttl"}
    for name, text in texts.items():
        assert (folder("graph") / name).read_text(encoding="utf-8") == text, f"make reference: {name}"


def test_keys_are_kept(made: ModuleType, tmp_path: Path) -> None:
    """A key once given stays the place's, whatever would be made of its name today."""
    text = (folder("graph") / "places-syria.ttl").read_text(encoding="utf-8")
    given = made.given_keys(folder("graph") / "places-syria.ttl", re.compile(r"sws\.geonames\.org/(\d+)/"))
    assert (given["170063"], given["173811"]) == ("aleppo", "hasakah-city")
    kept = tmp_path / "places.ttl"
    kept.write_text(text.replace("id:aleppo a ", "id:haleb a "), encoding="utf-8")
    assert made.given_keys(kept, re.compile(r"sws\.geonames\.org/(\d+)/"))["170063"] == "haleb"


def test_names_are_taken_once_and_in_arabic_letters(made: ModuleType) -> None:
    """Names in the letters of other languages are left out, and so are spellings of a name that differ in hamza, article or marks."""
    names = ["إدلب", "ادلب", "حسکه", "الباب", "باب", "Idlib", "مجدل شمس.\u200e", "مجدل شمس", "ڕەققە"]
    assert made.arabic_names(names, ()) == ["إدلب", "الباب", "مجدل شمس"]
    assert made.arabic_names(names, ["إدلب", "ادلب"]) == ["الباب", "مجدل شمس"]


def test_every_place_of_syria_says_where_it_is_and_who_says_so(reference: Reference) -> None:
    """Each of more than 300 places lies in Syria, in one of the 14 governorates, and names its entry in GeoNames; none is named twice."""
    derived = [q.triple for q in parse(path=str(folder("graph") / "places-syria.ttl"), format=RdfFormat.TURTLE)]
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in derived:
        said[subject.value.rpartition("/")[2]][predicate.value].append(value.value)
    governorates = {key for key in reference.entities if reference.types(key)[0] == CG.Governorate}
    assert len(governorates) == 14
    places = said.keys() - governorates
    assert len(places) > 300
    for key in sorted(places):
        [latitude], [longitude] = said[key][WGS84 + "lat"], said[key][WGS84 + "long"]
        assert LATITUDE[0] < float(latitude) < LATITUDE[1], key
        assert LONGITUDE[0] < float(longitude) < LONGITUDE[1], key
        assert len(governorates.intersection(reference.wholes(key))) == 1, key
    sources = [one for key in places for one in said[key][DCTERMS.source.value] if "geonames" in one]
    assert all(re.fullmatch(r"https://sws\.geonames\.org/\d+/", one) for one in sources)
    assert Counter(sources).most_common(1)[0][1] == 1
    assert len(sources) == len(places)


def test_every_governorate_and_country_names_its_source(reference: Reference) -> None:
    """Governorates have the codes of ISO 3166-2 and GeoNames, all different; countries those of CLDR."""
    for kind, pattern, count in ((CG.Governorate, r"ISO 3166-2: SY-[A-Z]{2}", 14), (CG.Country, r"Unicode CLDR: territory [A-Z]{2}", 249)):
        keys = [key for key in sorted(reference.entities) if reference.types(key)[0] == kind and key != "syria"]
        codes = [value.value for key in keys for value in reference.values(key, DCTERMS.source) if isinstance(value, Literal)]
        assert len({code for code in codes if re.fullmatch(pattern, code)}) == len(keys) == count


def test_the_map_shades_governorates_that_are_there(reference: Reference) -> None:
    """Each of the map's 14 regions is a governorate of the graph, by the code of ISO 3166-2 that both have."""
    script = (ROOT / "web" / "src" / "sparql" / "map.ts").read_text(encoding="utf-8")
    regions = dict(re.findall(r'"SY\.([A-Z]{2})": "([\w-]+)"', script))
    codes = {
        value.value.removeprefix("ISO 3166-2: SY-"): key
        for key in reference.entities
        for value in reference.values(key, DCTERMS.source)
        if isinstance(value, Literal) and value.value.startswith("ISO 3166-2: SY-")
    }
    assert regions == codes


def test_ordinary_words_are_no_sure_names(reference: Reference) -> None:
    """A place whose name is a word of the language is shown by it and has it as an ambiguous label; one that is no word is sure."""
    for key, name in (("al-bab", "الباب"), ("salamiyah", "السلمية"), ("sadad", "صدد"), ("turkiye", "تركيا")):
        label = Literal(name, language="ar")
        assert label in reference.values(key, SKOS.prefLabel)
        assert label in reference.values(key, CG.ambiguousLabel)
        assert reference.names(key).count(label) == 1
    assert reference.values("aleppo", CG.ambiguousLabel) == []


def test_two_places_of_one_name_are_told_apart(reference: Reference) -> None:
    """The two Surans bear the name as an ambiguous one and are shown with their governorates."""
    assert reference.bearers("صوران") == {"suran-aleppo", "suran-hama"}
    for key, governorate in (("suran-aleppo", "محافظة حلب"), ("suran-hama", "محافظة حماة")):
        assert Literal(f"صوران ({governorate})", language="ar") in reference.values(key, SKOS.prefLabel)
        assert reference.values(key, CG.ambiguousLabel) == [Literal("صوران", language="ar")]


def test_no_country_takes_the_name_of_a_state(reference: Reference) -> None:
    """The United States that acts is sure by its name; the country of that name is another entity and does not bear it."""
    assert reference.bearers("الولايات المتحدة") == {"us"}
    assert reference.types("united-states")[0] == CG.Country


def test_every_entity_names_the_source_of_its_names(reference: Reference) -> None:
    """Each, at least 60 actors, outlets and facilities among them, says where its names stand: a web address, a code, or a report with its day."""
    assert len([key for key in reference.entities if {CG.Actor, CG.Facility} & set(reference.types(key))]) >= 60
    for key in sorted(reference.entities - {"civilians"}):
        sources = [str(getattr(value, "value", "")) for value in reference.values(key, DCTERMS.source)]
        assert sources, key
        assert all(SOURCE.fullmatch(source) for source in sources), (key, sources)


def test_every_facility_lies_somewhere(reference: Reference) -> None:
    """Each facility is part of a place in Syria."""
    for key in sorted(reference.entities):
        if CG.Facility in reference.types(key):
            assert "syria" in reference.wholes(key), key
