"""Raw reports: what is made of bytes and of what is known of them, in a process that may die, with a text that is cut once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from claimgraph.extract import received as received_module
from claimgraph.model.canonical import sha256_hex
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import BadDocument, Misuse, ResourceError, VersionConflict
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import ID_PATTERN, Base
from claimgraph.store import raw as raw_module
from claimgraph.store.commit import Writer, open_writer
from claimgraph.store.examine import Result
from claimgraph.store.metadata import Metadata, Row
from claimgraph.store.place import Place
from claimgraph.store.raw import Raw, RawReader, report_id_of
from claimgraph.store.reference import Reference
from fakes import TEXT

pytestmark = pytest.mark.usefixtures("lines")

PAGE = """<!DOCTYPE html><html lang="ar"><head><title>{title} | الحل نت</title><meta property="og:site_name" content="{site}">
<meta property="article:published_time" content="2022-01-31T10:00:00+03:00"><link rel="canonical" href="https://example.org/1"></head><body>
<nav><a href="/">الرئيسية</a><a href="/2">أخبار</a></nav><article><h1>{title}</h1>{paragraphs}</article>
<footer>جميع الحقوق محفوظة</footer></body></html>"""
PARAGRAPHS = "".join(f"<p>قال سكان من الحي رقم {n} إن الهدوء عاد إلى الشوارع بعد أيام من الاشتباكات المتقطعة قرب السجن.</p>" for n in range(8))


def page(title: str = "هدوء في الحي بعد أيام", site: str = "صحيفة لا يعرفها أحد") -> bytes:
    """A saved page."""
    return PAGE.format(title=title, site=site, paragraphs=PARAGRAPHS).encode()


@pytest.fixture
def reader(reference: Reference) -> RawReader:
    """A reader beside no store."""
    return RawReader(reference, None, named="lines")


@pytest.fixture
def read(reader: RawReader) -> Callable[..., ClaimsDocument]:
    """A function that reads bytes (or a text) under a name, with what is known of the report."""

    def document(data: bytes | str = TEXT, name: str = "r.txt", **fields: str) -> ClaimsDocument:
        return reader.document(Raw(data.encode() if isinstance(data, str) else data, name, {"id": "r1", **fields}))

    return document


Read = Callable[..., ClaimsDocument]


# --- what comes out -------------------------------------------------------------------------------------------------------


def test_every_claim_is_a_candidate(read: Read) -> None:
    """Whatever an extractor says of review, nobody has reviewed what it proposes; the rest of the claim is its own."""
    document = read()
    assert [claim.quote for claim in document.claims] == ["سطر أول.", "فر سجناء."]
    assert all(claim.review and claim.review.model_dump(exclude_none=True) == {"state": "candidate"} for claim in document.claims)
    assert {(claim.rule, claim.confidence) for claim in document.claims} == {("lines-1", 0.5)}
    assert document.claims[1].chain[1].agent == "sdf"


def test_a_plain_text_is_kept_to_the_character(read: Read) -> None:
    """The digest of the bytes and their kind are kept; nothing that nobody said is made up."""
    report = read("\ufeffسطر أول.\r\nسطر ثان.  \n").report
    assert report.text == "\ufeffسطر أول.\r\nسطر ثان.  \n"
    assert report.source_sha256 == sha256_hex("\ufeffسطر أول.\r\nسطر ثان.  \n".encode())
    assert (report.media_type, report.cut_by) == ("text/plain", None)
    told = report.model_dump(exclude_defaults=True)
    assert set(told) == {"id", "text", "sha256", "characters", "media_type", "source_sha256", "language"}


def test_a_page_tells_of_itself(read: Read) -> None:
    """Title, address and date that a page states are kept as stated, its text without what stands around it, and by what it was cut."""
    report = read(page(), "r.html").report
    assert report.title == "هدوء في الحي بعد أيام"
    assert report.url == "https://example.org/1"
    assert (report.published or "")[:10] == "2022-01-31"
    assert report.published_basis == "stated"
    assert (report.media_type, bool(report.cut_by)) == ("text/html", True)
    assert "الرئيسية" not in report.text
    assert "رقم 7" in report.text
    assert (report.publisher, report.publisher_basis) == (None, None)


@pytest.mark.parametrize("site", ["الحل نت", "  الحلّ  نت "])
def test_an_outlet_that_names_itself_is_the_publisher(read: Read, reference: Reference, site: str) -> None:
    """Where the page's own name is that of one outlet of the reference graph, that is who published it."""
    assert "الحل نت" in {name.value for name in reference.names("alhal-net")}
    report = read(page(site=site), "r.html").report
    assert (report.publisher, report.publisher_basis) == ("alhal-net", "stated")


def test_metadata_has_the_last_word(read: Read) -> None:
    """Over what the page says, field by field; what it gives is stated."""
    known = {"title": "عنوان آخر", "url": "https://example.org/2", "published": "2022-02-01", "publisher": "syria-tv", "retrieved": "2022-02-02"}
    report = read(page(site="الحل نت"), "r.html", **known).report
    assert {name: getattr(report, name) for name in known} == known
    assert (report.published_basis, report.publisher_basis) == ("stated", "stated")
    assert read(page(site="الحل نت"), "r.html", title="عنوان آخر").report.publisher == "alhal-net"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"id": "../r1"}, r"report\.id: '\.\./r1' is no id"),
        ({"publisher": "Al Hal"}, r"report\.publisher: 'Al Hal' is no key"),
        ({"published": "x" * 101}, r"report\.published"),
        ({"title": "a\0b"}, r"report\.title: .*U\+0000"),
    ],
)
def test_what_is_no_value_of_a_field_is_told_with_the_field(read: Read, fields: dict[str, str], sentence: str) -> None:
    """The same sentences as for a claims document."""
    with pytest.raises(BadDocument, match=sentence):
        read(**fields)


@pytest.mark.parametrize("data", [b"", b" \n", b"\0\1\2\3" * 99, "نص".encode("utf-16")[:-1]])
def test_what_is_no_text_is_refused(read: Read, data: bytes) -> None:
    """Empty, blank and binary input is told in a sentence."""
    with pytest.raises(BadDocument):
        read(data)


# --- a process that may die -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("line", "sentence"), [("DIE", "ended its process"), ("RAISE", r"'lines' failed on it \(RuntimeError: a defect\): please")])
def test_an_extractor_that_dies_takes_nobody_with_it(read: Read, line: str, sentence: str) -> None:
    """A process that ends, or a defect in it, is one refusal that says what it can, and the next report is read."""
    with pytest.raises(BadDocument, match=sentence):
        read(f"سطر.\n{line}")
    assert len(read().claims) == 2


def test_an_extractor_that_does_not_end_is_stopped(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """At ``extract_seconds``, which the sentence names."""
    monkeypatch.setattr(raw_module, "LIMITS", LIMITS.model_copy(update={"extract_seconds": 0.3}))
    with pytest.raises(BadDocument, match=r"more than 0\.3 s to read \(CLAIMGRAPH_EXTRACT_SECONDS\)"):
        read("سطر.\nLOOP")


def test_an_extractor_may_add_to_a_report_but_change_nothing(read: Read) -> None:
    """What is known of a report stays; what reading adds, such as its language, is taken."""
    assert read().report.language == "ar"
    assert read("NOTE").report.proposals[0].key == "new-incident-2022-01"
    with pytest.raises(BadDocument, match="'lines' changed the report's id,"):
        read("RENAME")


@pytest.mark.parametrize(("named", "kind"), [("nosuch", Misuse), ("missing", ResourceError), ("wanting", ResourceError)])
def test_an_extractor_that_cannot_be_had(reference: Reference, named: str, kind: type[Exception]) -> None:
    """It is told when the reader is made ready, before any report is read."""
    with pytest.raises(kind):
        RawReader(reference, None, named=named).prepare()


# --- ids ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stem", ["001_83e4d0b447c2e189", "a", "A.b-c_d", "x" * 128])
def test_a_name_that_is_an_id_is_the_id(stem: str) -> None:
    """Nothing is changed without need."""
    assert report_id_of(stem) == stem


@pytest.mark.parametrize("stem", ["", "تقرير", "تقرير 1", "خبر 1", "a b", "a/b", "-a", "a.", ".", "..", "x" * 129, "é", "a\u202eb", "\udcff", "a\nb"])
def test_any_other_name_gives_a_valid_id(stem: str) -> None:
    """The same one each time, and another one for another name."""
    found = report_id_of(stem)
    assert re.fullmatch(ID_PATTERN, found)
    assert found == report_id_of(stem)
    assert found not in {report_id_of(other) for other in ("تقرير 2", "a  b", "a-b", "x" * 130, "a")}


# --- files ----------------------------------------------------------------------------------------------------------------


def file(where: Path, text: str = TEXT) -> Path:
    """A file of a text."""
    where.parent.mkdir(parents=True, exist_ok=True)
    where.write_bytes(text.encode())
    return where


def test_a_file_brings_its_bytes_and_what_to_look_at(reader: RawReader, tmp_path: Path) -> None:
    """The id is from its name, nothing else is known of it; remarks of the extractor come with it."""
    one = reader.file(file(tmp_path / "r-1.txt", "NOTE"))
    assert (one.source, one.received, one.error) == (str(tmp_path / "r-1.txt"), b"NOTE", None)
    assert one.document
    assert one.document.report.id == "r-1"
    assert [remark.partition(",")[0] for remark in one.remarks] == ["the text says Friday", "an incident that the reference graph lacks is proposed"]


def test_a_row_is_named_with_whatever_is_said_of_its_report(reference: Reference, tmp_path: Path) -> None:
    """The source of a report, and of its refusal, has the line of the table."""
    good, bad = file(tmp_path / "good.txt"), file(tmp_path / "bad.txt")
    rows = {good.resolve(): Row("m.csv line 2", 2, "good.txt", {"id": "g", "title": "ع"}), bad.resolve(): Row("m.csv line 3", 3, "x", {"id": "!"})}
    reader = RawReader(reference, None, Metadata(rows), "lines")
    found = reader.file(good)
    assert found.source == f"{good} (m.csv line 2)"
    assert found.document
    assert (found.document.report.id, found.document.report.title) == ("g", "ع")
    refused = reader.file(bad)
    assert refused.source == f"{bad} (m.csv line 3)"
    assert "'!' is no id" in str(refused.error)
    assert (refused.document, refused.received) == (None, None)


def test_two_files_of_one_id_do_not_replace_each_other(reader: RawReader, tmp_path: Path) -> None:
    """The second is refused with the path of the first; the same file again is the same report."""
    first, second = file(tmp_path / "a" / "r.txt"), file(tmp_path / "b" / "r.html", "نص آخر")
    assert reader.file(first).error is None
    assert f"'r' is the id of {first} too" in str(reader.file(second).error)
    assert reader.file(tmp_path / "b" / ".." / "a" / "r.txt").error is None


def test_a_file_that_cannot_be_read_is_one_refusal(reader: RawReader, tmp_path: Path) -> None:
    """Whatever is wrong with a file comes as its error, and is not raised."""
    assert "does not exist" in str(reader.file(tmp_path / "nosuch.txt").error)
    assert reader.file(file(tmp_path / "empty.txt", "")).error is not None


# --- the cut is frozen ----------------------------------------------------------------------------------------------------


@pytest.fixture
def writer(place: Place, base: Base) -> Iterator[Writer]:
    """A store open for writing."""
    with open_writer(place, base, "analyst", "ingest") as found:
        yield found


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A function after which a newer cutter cuts otherwise."""
    cut = received_module.receive

    def receive(data: bytes, name: str) -> Any:
        found = cut(data, name)
        return received_module.Received(**{**vars(found), "text": f"{found.text}\nزيادة", "cut_by": "a newer cutter 2"})

    return lambda: monkeypatch.setattr(received_module, "receive", receive)


def commit(writer: Writer, data: bytes, report_id: str = "r1", **how: Any) -> Any:
    """Read bytes and let the report in."""
    document = RawReader(writer.reference, writer.archive, named="lines").document(Raw(data, "r.html", {"id": report_id}))
    return writer.commit(document, received=data, **how)


def test_the_same_bytes_have_the_text_of_their_first_commit(writer: Writer, newer: Callable[[], None]) -> None:
    """Also where the cutter has changed since, so that the same page again is the same report."""
    first = commit(writer, page())
    newer()
    assert "زيادة" not in first.document.report.text
    again = commit(writer, page())
    assert again.result is Result.UNCHANGED
    assert again.document.report.text == first.document.report.text
    assert again.document.report.cut_by == first.document.report.cut_by
    other, elsewhere = commit(writer, page("عنوان آخر للصفحة ذاتها"), revise=True), commit(writer, page(), "r2")
    assert [one.document.report.cut_by for one in (other, elsewhere)] == ["a newer cutter 2"] * 2
    assert all(one.document.report.text.endswith("زيادة") for one in (other, elsewhere))
    assert commit(writer, page(), revise=True).document.report.text == first.document.report.text


def test_a_reviewed_document_replaces_the_candidates(writer: Writer) -> None:
    """What an analyst corrected goes on the page's bytes, and reading the page again does not undo it."""
    data = page()
    first = commit(writer, data)
    claims = [claim.model_copy(update={"review": claim.review.model_copy(update={"state": "accepted"})}) for claim in first.document.claims[1:]]
    reviewed = first.document.model_copy(update={"claims": tuple(claims)})
    outcome = writer.commit(reviewed, revise=True)
    assert outcome.result is Result.COMMITTED
    stored = writer.archive.current("r1")
    assert stored is not None
    assert stored.source == sha256_hex(data)
    assert writer.archive.received(stored.source) == data
    with pytest.raises(VersionConflict, match="is known with other content"):
        commit(writer, data)
