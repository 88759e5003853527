"""Folders of documents: whatever lies in them is read or refused with a clear problem, and nothing hangs."""

from __future__ import annotations

import os
import time

import pytest

from corpus.errors import StoreError
from corpus.store import SHIPPED, load, read
from tests.corpus.samples import document_text

GOOD = document_text()


def _problem(folder, name="one.txt"):
    corpus = load([folder])
    (problem,) = [each for each in corpus.problems if each.severity == "error"]
    assert corpus.rejected == [str(folder / name)]
    return problem


@pytest.mark.parametrize(
    ("data", "rule", "line", "column"),
    [
        (b"", "empty", 1, 1),
        (GOOD.encode().replace(b"Thread", b"Caf\xe9 thread"), "encoding", 21, 23),
        (GOOD.replace("\n", "\r\n").encode().replace(b"Calm.", "é".encode() + b"\x92"), "encoding", 42, 22),
        (b"\xef\xbb\xbfRepair \xe9", "encoding", 1, 8),
        (GOOD.replace("\n", "\r").encode().replace(b"Calm", b"\x80alm"), "encoding", 42, 21),
        (GOOD.encode("utf-16"), "encoding", 1, 1),
        (b"\xfe\xff" + GOOD.encode("utf-16-be"), "encoding", 1, 1),
        (b"x" * 10_000_000, "too-large", 1, 1),
        (GOOD.encode().replace(b"Calm", b"Ca\x00lm"), "forbidden-character", 42, 23),
    ],
    ids=["empty", "cp1252", "crlf", "mark", "cr", "utf-16", "utf-16-be", "large", "nul"],
)
def test_what_cannot_be_read_is_refused_where_it_is_wrong(tmp_path, data, rule, line, column):
    (tmp_path / "one.txt").write_bytes(data)
    started = time.monotonic()
    problem = _problem(tmp_path)
    assert (problem.rule, problem.line, problem.column) == (rule, line, column)
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("data", [b"\x00" * 100, GOOD.encode("utf-16-le")])
def test_a_binary_file_is_refused_at_its_first_nul(tmp_path, data):
    (tmp_path / "one.txt").write_bytes(data)
    problem = load([tmp_path]).problems[0]
    assert (problem.rule, problem.line, problem.column) == ("forbidden-character", 1, 1 + data.index(0))


def test_no_more_of_a_large_file_is_read_than_the_limit_and_a_byte(tmp_path):
    with open(tmp_path / "one.txt", "wb") as stream:
        stream.truncate(1 << 40)  # a terabyte of nothing: to read it all would end in MemoryError
    started = time.monotonic()
    problem = _problem(tmp_path)
    assert problem.rule == "too-large"
    assert "1,099,511,627,776" in problem.got
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n").encode()])
def test_a_mark_and_other_line_ends_are_read_with_a_warning(tmp_path, data):
    (tmp_path / "one.txt").write_bytes(data)
    corpus = load([tmp_path])
    assert list(corpus.documents) == ["A9999"]
    assert [problem.severity for problem in corpus.problems] == ["warning"]


def test_two_documents_of_one_code_keep_the_first_and_name_both(tmp_path):
    (tmp_path / "a.txt").write_text(GOOD)
    (tmp_path / "b.txt").write_text(document_text(title="Other"))
    problem = _problem(tmp_path, "b.txt")
    assert problem.rule == "duplicate-code"
    assert str(tmp_path / "a.txt") in problem.got
    assert load([tmp_path]).documents["A9999"].document.title == "Example Repair"


def test_a_later_folder_replaces_a_document_of_an_earlier_one(tmp_path):
    for name, title in (("one", "First"), ("two", "Second")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.txt").write_text(document_text(title=title))
    corpus = load([tmp_path / "one", tmp_path / "two"])
    assert corpus.documents["A9999"].document.title == "Second"
    assert corpus.replaced == [("A9999", str(tmp_path / "one/x.txt"), str(tmp_path / "two/x.txt"))]
    assert corpus.problems == []


def test_links_are_followed_only_inside_the_folder(tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_text(document_text("A9998"))
    (inside / "real.md").write_text(GOOD)
    (inside / "linked.txt").symlink_to("real.md")
    (inside / "escape.txt").symlink_to(outside / "secret.txt")
    (inside / "folder").symlink_to(outside)
    (inside / "broken.txt").symlink_to("nowhere")
    corpus = load([inside])
    assert list(corpus.documents) == ["A9999"]
    rules = {os.path.basename(problem.path): (problem.rule, problem.severity) for problem in corpus.problems}
    assert rules == {
        "escape.txt": ("link-outside", "error"),
        "folder": ("linked-folder", "warning"),
        "broken.txt": ("unreadable", "error"),
    }


def test_links_in_a_circle_are_refused(tmp_path):
    (tmp_path / "one.txt").symlink_to("one.txt")
    (tmp_path / "two.txt").write_text(GOOD)
    assert _problem(tmp_path).rule == "unreadable"
    assert list(load([tmp_path]).documents) == ["A9999"]


def test_a_corpus_folder_may_itself_be_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real/one.txt").write_text(GOOD)
    (tmp_path / "link").symlink_to("real")
    assert load([tmp_path / "link"]).documents["A9999"].path == str(tmp_path / "link/one.txt")


def test_a_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "one.txt")
    assert _problem(tmp_path).rule == "unreadable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_rights_is_told(tmp_path):
    (tmp_path / "one.txt").write_text(GOOD)
    (tmp_path / "one.txt").chmod(0)
    assert _problem(tmp_path).rule == "unreadable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_rights_is_an_error(tmp_path):
    (tmp_path / "closed").mkdir(mode=0)
    with pytest.raises(StoreError, match="closed: expected a readable folder; got Permission denied"):
        load([tmp_path])


@pytest.mark.parametrize("name", ["absent", "one.txt", "loop", "x" * 300])
def test_a_folder_that_is_none_is_an_error(tmp_path, name):
    (tmp_path / "one.txt").write_text(GOOD)
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(StoreError, match=f"{name}: expected a folder of documents"):
        load([tmp_path / name])


def test_other_and_hidden_files_are_passed_over_and_depth_does_not_matter(tmp_path):
    (tmp_path / "deep/er").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / "deep/er/one.TXT").write_text(GOOD)
    for name in ("notes.md", ".hidden.txt", "one.txt~", ".git/x.txt"):
        (tmp_path / name).write_text("not a document")
    corpus = load([tmp_path])
    assert (corpus.files, list(corpus.documents), corpus.problems) == (1, ["A9999"], [])


def test_the_hash_is_of_the_normal_form(tmp_path):
    (tmp_path / "a.txt").write_text(GOOD)
    (tmp_path / "b.txt").write_text(GOOD.replace("\n", "\n\n"))
    (one, _), (two, _) = read(tmp_path / "a.txt"), read(tmp_path / "b.txt")
    assert one.sha256 == two.sha256


def test_the_order_is_that_of_the_paths_however_the_folder_lists_them(tmp_path, monkeypatch):
    names = ["a.txt", "b/a.txt", "b/c.txt", "c.txt", "z/z.txt"]
    for number, name in enumerate(reversed(names)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(document_text(f"A{number:04}"))
    (tmp_path / "y.txt").write_text("no document")
    (tmp_path / "b/b.txt").write_text("no document")
    walk = os.walk

    def backwards(*args, **options):
        for current, folders, files in walk(*args, **options):
            folders.sort(reverse=True)
            yield current, folders, sorted(files, reverse=True)

    first = load([tmp_path])
    monkeypatch.setattr("os.walk", backwards)
    second = load([tmp_path])
    assert first == second
    paths = [os.path.relpath(stored.path, tmp_path) for stored in second.documents.values()]
    # Files of a folder come before its folders.
    assert paths == ["a.txt", "c.txt", "b/a.txt", "b/c.txt", "z/z.txt"]
    assert [os.path.relpath(path, tmp_path) for path in second.rejected] == ["y.txt", "b/b.txt"]


def test_the_shipped_documents_come_in_the_order_of_their_codes():
    assert list(load([SHIPPED]).documents) == sorted(load([SHIPPED]).documents)


@pytest.mark.parametrize("name", [b"r_\xff.txt", b"line\nbreak.txt"])
def test_a_file_name_that_cannot_be_printed_is_refused(tmp_path, name):
    with open(os.path.join(os.fsencode(tmp_path), name), "w") as stream:
        stream.write(GOOD)
    (problem,) = load([tmp_path]).problems
    assert (problem.rule, problem.severity) == ("file-name", "error")
    assert str(problem).isprintable()
