"""The parsers, each as a function that takes any bytes and may raise nothing, with seeds that it understands.

A target allows the errors that its parser promises. Where a parser gives back what it read, the target also checks that
this can be written and read again.
"""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson

from corpus import format as document_format
from corpus.store import read as read_document
from indexer.archived import read_contents, read_files
from indexer.backup import back_up
from indexer.errors import BackupRefused, DataError, ImportRefused, VocabularyRefused
from indexer.importers.drugs import DrugTable, names_by_code, unresolved
from indexer.importers.drugs_pdf import page_lines
from indexer.importers.drugs_table import read_entries
from indexer.importers.hcpcs import read_release
from indexer.imports import ImportStore
from indexer.vocabularies import read_file
from service.app import create_app
from service.config import load_config
from service.search.errors import BadRequest
from service.search.model import SearchRequest
from service.search.query.parser import parse_query
from service.search.searcher import Searcher
from service.web import cursor, render
from tests.corpus.samples import document_text
from tests.indexer.hcpcs_files import sample_codes, text_file, workbook, zip_file
from tests.indexer.pdf_files import pdf
from tests.service import fhir_data

_FHIR_JSON = "application/fhir+json"


@dataclass(frozen=True, slots=True)
class Target:
    """A parser: what feeds it one input, and sound inputs to begin with.

    ``longest`` is how many bytes an input may have; ``quick`` how many inputs a run of the usual tests makes.
    """

    feed: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]
    longest: int = 4096
    quick: int = 300


@cache
def _folder() -> Path:
    """A folder in memory, where there is one: inputs are read from files, as people give them."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="procsearch-fuzz-", dir=memory if os.access(memory, os.W_OK) else None))


def _file(name: str, data: bytes) -> Path:
    path = _folder() / name
    path.write_bytes(data)
    return path


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


# -- documents and imports ---------------------------------------------------------------------------------------------


def _document(data: bytes) -> None:
    stored, _ = read_document(_file("document.txt", data))
    if stored:
        again = document_format.parse(document_format.render(stored.document))
        assert again == stored.document


def _documents() -> list[bytes]:
    return [document_text().encode(), document_text("0ABCDEF").replace("HCPCS", "ICD-10-PCS").encode()]


def _release(data: bytes) -> None:
    with suppress(ImportRefused):
        release = read_release(_file("HCPC2020_ANWEB.any", data))
        store = ImportStore(_folder() / "data")
        store.save(release, replace=True)
        assert store.load(release.system, release.label).codes == release.codes


def _texts() -> list[bytes]:
    return [text_file(sample_codes()), text_file(sample_codes()[:2], pad=False)]


def _zips() -> list[bytes]:
    text = text_file(sample_codes()[:3])
    return [
        zip_file({"HCPC2020_ANWEB.txt": text}),
        zip_file({"HCPC2020_ANWEB.txt": text, "readme.txt": b"x"}, zipfile.ZIP_STORED),
        workbook(sample_codes()[:3]),
    ]


@cache
def _parts() -> dict[str, bytes]:
    """The files in a workbook."""
    with zipfile.ZipFile(io.BytesIO(workbook(sample_codes()))) as archive:
        return {name: archive.read(name) for name in sorted(archive.namelist())}


def _workbook(data: bytes) -> None:
    """The first byte chooses the file of a workbook that the others take the place of."""
    if data:
        parts = _parts()
        name = list(parts)[data[0] % len(parts)]
        _release(zip_file({**parts, name: data[1:]}, zipfile.ZIP_STORED))


def _workbooks() -> list[bytes]:
    return [bytes([at]) + content for at, content in enumerate(_parts().values())]


def _drug_lines(data: bytes) -> None:
    pages = [page.split("\n") for page in _text(data).split("\f")]
    with suppress(ImportRefused):
        table = DrugTable("2020", "table.pdf", "", tuple(read_entries(pages, "table.pdf")))
        names_by_code(table)
        unresolved(table)


_DRUGS = """\
A
Abimol        10 mg       IV, IM       J0001
              per dose    ORAL         J0002
Abrand, see Abimol Acbrand, see
Acimol
Acimol, oral or parenteral    1 g    INH    J0003 - J0005
                                                      2
\fB
Bonimol (see also Abimol)      <5 mg   OTH   J0011
B-brand, see Bonimol, oral     Bcbrand, see Bonimol
"""


def _pdf(data: bytes) -> None:
    with suppress(ImportRefused):
        page_lines(data, "table.pdf")


def _pdfs() -> list[bytes]:
    return [pdf([["A", ["Abimol", "10 mg", "IV", "J0001"]], ["B", "Bbrand, see Abimol"]])]


def _imported(data: bytes) -> None:
    store = ImportStore(_folder() / "data")
    path = _folder() / "data/imports/hcpcs/2020.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    with suppress(DataError):
        store.load("HCPCS", "2020")


def _imports() -> list[bytes]:
    _release(_texts()[0])
    return [(_folder() / "data/imports/hcpcs/2020.jsonl").read_bytes()]


def _synonyms(data: bytes) -> None:
    with suppress(VocabularyRefused):
        read_file("synonyms", _file("words.txt", data))


def _abbreviations(data: bytes) -> None:
    with suppress(VocabularyRefused):
        read_file("abbreviations", _file("words.txt", data))


def _backup(data: bytes) -> None:
    stream = io.BytesIO(data)
    with suppress(BackupRefused):
        for _, pieces in read_files(stream, read_contents(stream, "backup"), "backup"):
            for _ in pieces:
                pass


def _backups() -> list[bytes]:
    target = _folder() / "backup.tar"
    back_up(_data(), target)
    whole = target.read_bytes()
    return [whole[:8192], whole[: len(whole) // 2]]


# -- what people and programs ask --------------------------------------------------------------------------------------


@cache
def _data() -> Path:
    return fhir_data.write(_folder() / "served", _folder() / "documents")


@cache
def _app():  # type: ignore[no-untyped-def]
    return create_app(load_config({"PROCSEARCH_METRICS": "off"}, data=_data()))


def _searcher() -> Searcher:
    found: Searcher = _app().extensions["procsearch"]
    return found


def _query(data: bytes) -> None:
    """What compiled code reads and writes is what Python does."""
    request = SearchRequest(_text(data), limit=3)
    with _searcher().reading() as reading:
        result, ready = reading.search(request), reading.search(request, ready=True)
        if result.partial or ready.partial:
            # Time was up: the fuzzer shares its processor with others.
            return
        assert result.total == ready.total >= len(result.hits)
        assert render.hits(result) == render.hits(ready), (render.hits(result), render.hits(ready))
        read, parsed = reading.matches(request), reading.engine.search(request, parse_query(request.q))
        if parsed.strict:
            assert (read.matches, read.total, read.last) == (parsed.matches, parsed.total, parsed.last)
    orjson.loads(_searcher().suggest(request.q, 5)[0])


_QUERIES = (
    b'insulin "pump with dial" -cane',
    b"title:(pump OR cane) AND NOT code:E0001..E0004",
    b"E0001 added:2019..2020-03 pum*",
    b"what is the cost of an insulin pump?",
    "Röntgen, naïve ½ cup".encode(),
)


def _asked(path: str, **arguments: str | bytes) -> None:
    response = _app().test_client().get(path, query_string=arguments)
    assert response.status_code in (200, 400), response.get_data(as_text=True)


def _constraint(data: bytes) -> None:
    """What stands before the first line end is typed into the form; the rest constrains."""
    terms, _, constraint = _text(data).partition("\n")
    _asked("/api/hcpcs/v3/search", terms=terms, q=constraint, df="code,display", ef="code:c")


_CONSTRAINTS = (
    b"pump ins\nobsolete:false AND (short_desc:(pump OR bed) OR code:E0*)",
    b'E000\nadd_dt:[20190101 TO 2020} -long_desc:wh??l +"insulin pump"^2',
    b"\n_exists_:term_dt || !code:>=E0002 && *:*",
)


def _cursor(data: bytes) -> None:
    """After a first byte below 128 the rest is the text of a cursor, else the key inside one of the right search."""
    request = SearchRequest("pump")
    if data[:1] >= b"\x80":
        with suppress(ValueError):
            key = orjson.loads(data[1:])
            made = cursor.encode(request, tuple(key)) if isinstance(key, list) and key else None
            _page(request, made)
    else:
        _page(request, _text(data[1:]))


def _page(request: SearchRequest, made: str | None) -> None:
    with suppress(BadRequest):
        _searcher().search(cursor.placed(request, made))


def _cursors() -> list[bytes]:
    key = (-5.0, -0.25, 0.0, "E0001")
    made = cursor.encode(SearchRequest("pump"), key)
    assert made is not None
    return [b" " + made.encode(), b"\xff" + orjson.dumps(key), b"\xff" + b'[1,2,"A"]', b"\xff[]"]


_OPERATIONS = (
    "ValueSet/$expand",
    "CodeSystem/$lookup",
    "CodeSystem/$validate-code",
    "ValueSet/$validate-code",
    "CodeSystem/$subsumes",
)


def _fhir(data: bytes) -> None:
    """The first byte chooses operation and method, the rest is the query string or the body."""
    if not data:
        return
    path = f"/fhir/{_OPERATIONS[data[0] // 2 % len(_OPERATIONS)]}"
    client = _app().test_client()
    if data[0] % 2:
        response = client.get(path, query_string=data[1:].decode("latin-1"))
    else:
        response = client.post(path, data=data[1:], content_type=_FHIR_JSON)
    assert response.status_code < 500, response.get_data(as_text=True)
    assert response.json["resourceType"]


def _fhirs() -> list[bytes]:
    system, values = fhir_data.HCPCS, fhir_data.ALL_HCPCS
    coding = {"system": system, "code": "E0001"}
    include = {"system": system, "filter": [{"property": "code", "op": "regex", "value": "E.*"}]}
    value_set = {"resourceType": "ValueSet", "compose": {"include": [include, {"system": system, "concept": [coding]}]}}
    given = [{"name": "coding", "valueCoding": coding}, {"name": "date", "valueDate": "2020-01"}]
    parameters = {"resourceType": "Parameters", "parameter": given}
    return [
        b"\x01" + f"url={values}&filter=pump&count=2&offset=1&activeOnly=true".encode(),
        b"\x03" + f"system={system}&code=E0001&property=betos&date=2020-06-01".encode(),
        b"\x05" + f"url={system}&code=E0001&display=Invented".encode(),
        b"\x07" + f"url={values}&code=E0002&system={system}|2020".encode(),
        b"\x09" + f"system={system}&codeA=E0001&codeB=E0002".encode(),
        b"\x00" + orjson.dumps(value_set),
        b"\x02" + orjson.dumps(parameters),
        b"\x06" + orjson.dumps({**parameters, "parameter": [*given, {"name": "valueSet", "resource": value_set}]}),
    ]


def _given(*seeds: bytes) -> Callable[[], Sequence[bytes]]:
    return lambda: seeds


TARGETS: dict[str, Target] = {
    "document": Target(_document, _documents),
    "official-text": Target(_release, _texts, longest=8192),
    "zip": Target(_release, _zips, longest=16384),
    "workbook": Target(_workbook, _workbooks, longest=16384, quick=60),
    "drug-lines": Target(_drug_lines, _given(_DRUGS.encode())),
    "pdf": Target(_pdf, _pdfs, quick=100),
    "imported-release": Target(_imported, _imports),
    "synonyms": Target(_synonyms, _given(b"# own\nheart attack = myocardial infarction\nrollator, frame => walker\n")),
    "abbreviations": Target(
        _abbreviations, _given(b"# own\nMS : multiple sclerosis | morphine sulfate\nIOP: pressure\n")
    ),
    "backup": Target(_backup, _backups, longest=1 << 16),
    "query": Target(_query, _given(*_QUERIES), longest=1024),
    "constraint": Target(_constraint, _given(*_CONSTRAINTS), longest=1024, quick=200),
    "cursor": Target(_cursor, _cursors, longest=512),
    "fhir": Target(_fhir, _fhirs, quick=200),
}
