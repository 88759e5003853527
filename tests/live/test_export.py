"""`procsearch export`: everything comes out as it is in the index, and a file is whole or as it was."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.build import build
from indexer.documents import DocumentReader
from indexer.snapshots import SnapshotStore
from service.commands.export import COLUMNS
from service.web.exports import cell
from tests.corpus.samples import document_text
from tests.live.server import ROOT


def run(*arguments, **options):
    line = [sys.executable, "-m", "service", "export", *map(str, arguments)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, timeout=120, check=False, **options)


def records_of(data):
    snapshot = SnapshotStore(data).current()
    assert snapshot
    reader = DocumentReader(snapshot.path)
    try:
        return [reader[number] for number in range(len(reader))]
    finally:
        reader.close()


def test_ndjson_gives_every_record_back_whole(documents_data):
    done = run("--format", "ndjson", "--data", documents_data)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row.pop("status") for row in rows] == ["active"] * 12
    assert rows == records_of(documents_data)


def test_csv_gives_back_what_fits_a_table(documents_data, tmp_path):
    path = tmp_path / "codes.csv"
    done = run("--format", "csv", "--output", path, "--data", documents_data)
    assert done.stdout.decode().startswith("12 records of snapshot 0")
    data = path.read_bytes()
    assert data.count(b"\r\n") == 13
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True))
    assert tuple(rows[0]) == COLUMNS
    for row, record in zip(rows, records_of(documents_data), strict=True):
        assert (row["code"], row["title"], row["descriptor"]) == (record["code"], record["title"], record["descriptor"])
        assert row["common_names"].split(";") == record["common_names"]
        assert row["has_document"] == "true"


@pytest.mark.slow
def test_official_codes_come_out_with_their_facts(official_data):
    records = records_of(official_data)
    whole = [json.loads(line) for line in run("--format", "ndjson", "--data", official_data).stdout.splitlines()]
    assert [{**row, "status": ""} for row in whole] == [{**record, "status": ""} for record in records]
    text = run("--format", "csv", "--data", official_data).stdout.decode()
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert [row["code"] for row in rows] == [record["code"] for record in records]
    for row, record in zip(rows, records, strict=True):
        official = record["official"] or {}
        assert row["added"] == official.get("added", "")
        assert row["coverage"] == (official["coverage"]["value"] if "coverage" in official else "")


def test_a_query_and_filters_choose_the_records(documents_data):
    found = run("--format", "ndjson", "--data", documents_data, "iop")
    assert [json.loads(line)["code"] for line in found.stdout.splitlines()] == ["H0015"]
    assert run("--format", "ndjson", "--status", "terminated", "--data", documents_data).stdout == b""
    assert len(run("--format", "csv", "--limit", 3, "--data", documents_data).stdout.splitlines()) == 4
    assert run("--format", "csv", "--section", "ending", "--data", documents_data).returncode == 2


def test_cells_are_harmless_for_spreadsheets(tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "one.txt").write_text(document_text(title="=HYPERLINK(1)"))
    build(tmp_path / "data", [own])
    text = run("--format", "csv", "--data", tmp_path / "data").stdout.decode()
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["title"] == "'=HYPERLINK(1)"


@given(st.lists(st.one_of(st.text(), st.none(), st.booleans(), st.lists(st.text())), min_size=2))
def test_cells_come_back_and_never_begin_a_formula(values):
    text = io.StringIO()
    csv.writer(text).writerow([cell(value) for value in values])
    (row,) = csv.reader(io.StringIO(text.getvalue(), newline=""), strict=True)
    for read, value in zip(row, values, strict=True):
        assert not read.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        if isinstance(value, str):
            assert read in (value, f"'{value}")


def test_a_file_is_replaced_as_a_whole_or_not_at_all(documents_data, tmp_path):
    path = tmp_path / "out.ndjson"
    path.write_text("before")
    failed = run("--format", "ndjson", "--output", path, "--data", tmp_path / "absent")
    assert failed.returncode == 7
    assert path.read_text() == "before"
    assert run("--format", "ndjson", "--output", path, "--data", documents_data).returncode == 0
    assert len(path.read_text().splitlines()) == 12
    assert [each.name for each in tmp_path.iterdir()] == ["out.ndjson"]


def test_a_file_that_cannot_be_written_is_told(documents_data, tmp_path):
    done = run("--format", "csv", "--output", tmp_path / "absent/out.csv", "--data", documents_data)
    assert done.returncode == 1
    assert b"expected a file that can be written" in done.stderr
    os.mkfifo(tmp_path / "pipe")
    done = run("--format", "csv", "--output", tmp_path / "pipe", "--data", documents_data)
    assert done.returncode == 1
    assert b"got a device or pipe" in done.stderr
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_reader_that_leaves_early_is_no_error(documents_data):
    line = [sys.executable, "-m", "service", "export", "--format", "ndjson", "--data", str(documents_data)]
    process = subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    told = process.stderr.read()
    process.stderr.close()
    process.wait(60)
    assert b"Traceback" not in told
