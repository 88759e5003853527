"""The document format by example: every rule has a bad input, all problems come in one run, `FORMAT.md` is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corpus import format as document_format
from corpus.errors import FormatError
from corpus.format import examine, normalise, parse, render
from corpus.grammar import SectionName
from corpus.store import load
from tests.corpus.samples import HEADER, document_text

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT.parent / "shared/data/H0015.txt"
GOOD = document_text()


def _with(before, after, text=GOOD):
    assert before in text
    return text.replace(before, after, 1)


def _moved(lines, before):
    return _with(before, lines + before, _with(lines, ""))


# (rule, bad text, severity, line, column); the first finding of the rule is compared.
BAD = [
    ("empty", "", "error", 1, 1),
    ("empty", "\ufeff \r\n\t\n", "error", 1, 1),
    ("not-a-document", "\n  Dear all,\nsee you on Monday.\n", "error", 2, 3),
    ("too-large", "a\n" * 6000, "error", 1, 1),
    ("too-large", GOOD + "x" * document_format.MAX_BYTES, "error", 1, 1),
    ("forbidden-character", _with("Thread", "Thr\x00ead"), "error", 21, 23),
    ("forbidden-character", _with("Thread", "\u202eThread\u202c"), "error", 21, 20),
    ("byte-order-mark", "\ufeff" + GOOD, "warning", 1, 1),
    ("line-ends", GOOD.replace("\n", "\r\n"), "warning", 1, 1),
    ("line-ends", _with("Summary\n", "Summary\r"), "warning", 7, 1),
    ("no-descriptor", GOOD.partition("\n")[2], "error", 1, 1),
    ("no-descriptor", "Search all medical codes\n" + GOOD.partition("\n")[2], "error", 2, 1),
    ("no-descriptor", _with("Repair of a worn example, each", "…"), "error", 1, 1),
    ("no-descriptor", _with("Repair of a worn example, each", "Name of the procedure"), "error", 1, 1),
    ("descriptor-cut", _with("example, each", "example..."), "warning", 1, 1),
    ("broken-descriptor", _with("worn example", "worn\nexample"), "error", 2, 1),
    ("no-code-system", _with("HCPCS code", "Some code"), "error", 2, 1),
    ("no-code-system", _with("HCPCS code\n", ""), "error", 2, 1),
    ("no-title", _with("Example Repair (A9999)\n", ""), "error", 3, 1),
    ("no-title", "Repair of a worn example, each\nHCPCS code\n", "error", 2, 1),
    ("no-code", _with(" (A9999)", ""), "error", 3, 1),
    ("no-code", _with("(A9999)", "()"), "error", 3, 1),
    ("code-shape", _with("(A9999)", "(a 9999)"), "error", 3, 17),
    ("code-shape", _with("(A9999)", "(D0120)"), "error", 3, 17),
    # The column is that of the file, not that of the line once its blanks are normalised.
    ("code-shape", _with("Example Repair (A9999)", "  Example   Repair ( a  9999)"), "error", 3, 22),
    ("code-shape", _with("Example Repair (A9999)", "Example Repair(a9999)"), "error", 3, 16),
    ("no-names", _with("- Common Names: Example Repair (EXR), Mending\n", ""), "error", 4, 1),
    ("no-names", _with("Name of the Procedure:\n", ""), "error", 4, 1),
    ("unknown-name-line", _with("- Technical", "- Nicknames: Old one\n- Technical"), "error", 6, 1),
    ("repeated-names", _with("- Technical", "- Common Names: Other\n- Technical"), "error", 6, 1),
    ("empty-name", _with("(EXR), Mending", "(EXR), , Mending"), "error", 5, 1),
    ("open-bracket", _with("(EXR)", "(EXR"), "error", 5, 1),
    ("unknown-section", _with("Benefits\n", "Benefit\n"), "error", 32, 1),
    ("unknown-section", _with("Summary\n", "   Overview\n"), "error", 7, 4),
    ("missing-section", _with("Duration\nSome text about duration.\n", ""), "error", 41, 1),
    ("repeated-section", _with("Setting\n", "Duration\nAgain.\nSetting\n"), "error", 25, 1),
    ("empty-section", _with("Some text about duration.\n", ""), "error", 23, 1),
    ("section-order", _moved("Duration\nSome text about duration.\n", "Personnel\n"), "warning", 23, 1),
    ("missing-label", _with("- Goals: To make them whole.\n", ""), "warning", 9, 1),
    (
        "open-sentence",
        _with("about duration.", "about duration that goes on and on and on but ends nowhere"),
        "error",
        24,
        1,
    ),
    ("empty-item", _with("- Tools/Equipment: Thread.", "- Tools/Equipment:"), "error", 21, 1),
    ("empty-item", _with("- Tools/Equipment: Thread.", "-"), "error", 21, 1),
]


def _twice(folder):
    (folder / "a.txt").write_text(GOOD)
    (folder / "one.txt").write_text(GOOD)


def _link_out(folder):
    (folder / "one.txt").symlink_to(ROOT / "LICENSE")


def _link_to_folder(folder):
    (folder / "one.txt").symlink_to(ROOT / "tests")


# (rule, what to put into a folder, severity, line, column); the finding is of the file one.txt.
BAD_FILES = [
    ("encoding", lambda folder: (folder / "one.txt").write_bytes(GOOD.encode("cp1252") + b"\xe9"), "error", 44, 1),
    ("too-large", lambda folder: (folder / "one.txt").write_bytes(b"x" * 2_000_000), "error", 1, 1),
    ("unreadable", lambda folder: (folder / "one.txt").symlink_to("nowhere"), "error", 1, 1),
    ("link-outside", _link_out, "error", 1, 1),
    ("linked-folder", _link_to_folder, "warning", 1, 1),
    ("duplicate-code", _twice, "error", 1, 1),
]

#: Reported by builds, explained in FORMAT.md; test_build and test_records have their cases.
OF_BUILDS = {"unknown-code", "descriptor-differs"}
_REPORTED = (
    r'(?:_error|_warn)\([^")]*"([a-z-]+)"',
    r'"(?:error|warning)", "([a-z-]+)"',
    r'refuse\("([a-z-]+)"',
    r'\brule = "([a-z-]+)"',
    r'"([a-z]+(?:-[a-z]+)+)"',  # however else a rule is reported: most have a dash
)


def _check(problem, path, rule, severity, line, column):
    assert (problem.path, problem.rule, problem.severity) == (path, rule, severity)
    assert (problem.line, problem.column) == (line, column)
    assert all((problem.expected, problem.got, problem.remedy))
    assert str(problem).startswith(f"{path}:{line}:{column}: {severity}: {rule}: expected ")


@pytest.mark.parametrize(("rule", "text", "severity", "line", "column"), BAD, ids=[case[0] for case in BAD])
def test_each_rule_finds_its_fault_where_it_is(rule, text, severity, line, column):
    document, problems = examine(text, "x.txt")
    found = [problem for problem in problems if problem.rule == rule]
    assert found, problems
    _check(found[0], "x.txt", rule, severity, line, column)
    assert (document is None) == any(problem.severity == "error" for problem in problems)
    if severity == "warning":
        assert document is not None, "a warning alone keeps the document"


@pytest.mark.parametrize(("rule", "make", "severity", "line", "column"), BAD_FILES, ids=[case[0] for case in BAD_FILES])
def test_each_rule_of_the_store_names_its_file(tmp_path, rule, make, severity, line, column):
    make(tmp_path)
    (problem,) = load([tmp_path]).problems
    _check(problem, str(tmp_path / "one.txt"), rule, severity, line, column)


def test_no_rule_is_without_a_case_and_none_is_undocumented():
    source = "".join((ROOT / f"corpus/{name}.py").read_text() for name in ("parser", "format", "store"))
    rules = {rule for pattern in _REPORTED for rule in re.findall(pattern, source)} - {"utf-8", "utf-8-sig"}
    assert {"empty", "encoding", "unreadable", "forbidden-character"} <= rules, "the patterns still find rules"
    assert rules == {case[0] for case in [*BAD, *BAD_FILES]} | {"file-name"}, "test_store has the case of file-name"
    page = (ROOT / "corpus/FORMAT.md").read_text()
    for rule in rules | OF_BUILDS:
        assert f"| `{rule}` |" in page, rule
    severities = {case[0]: case[2] for case in [*BAD, *BAD_FILES]}
    assert all(f"| `{rule}` | {severity} |" in page for rule, severity in severities.items())


def test_the_example_of_the_format_page_is_a_document_without_problems():
    page = (ROOT / "corpus/FORMAT.md").read_text()
    example = re.search(r"```text\n(.*?)```", page, re.DOTALL)[1]
    document, problems = examine(example)
    assert problems == ()
    assert render(document) == example
    for name, labels in document_format.grammar.EXPECTED_LABELS.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| {name.value} |"))
        assert all(label in row for label in labels)
    assert all(f"| {name.value} |" in page for name in SectionName)


def test_the_format_page_states_the_limits_as_they_are():
    page = (ROOT / "corpus/FORMAT.md").read_text()
    assert document_format.MAX_BYTES == 1 << 20
    assert "at most 1 MiB and 5,000 lines" in page
    assert document_format.MAX_LINES == 5_000
    assert f"at most {document_format.grammar.MAX_LABEL_CHARS} characters" in page


def test_all_problems_come_in_one_run_in_the_order_of_lines():
    text = _with("(A9999)", "(9999A)", _with("Benefits\n", "Benefit\n", _with("- Goals: To make them whole.\n", "")))
    _, problems = examine(text)
    rules = ["code-shape", "missing-label", "unknown-section", "missing-section"]
    assert [problem.rule for problem in problems] == rules
    with pytest.raises(FormatError) as caught:
        parse(text)
    assert caught.value.problems == problems


def test_the_limit_of_lines_counts_each_line_end_once():
    more = "More.\r\n" * (document_format.MAX_LINES - GOOD.count("\n"))
    document, _ = examine(GOOD.replace("\n", "\r\n").replace("Setting\r\n", "Setting\r\n" + more))
    assert document is not None


def test_a_good_document_has_no_problem():
    assert examine(GOOD)[1] == ()
    assert render(parse(GOOD)) == GOOD


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        GOOD.replace("\n", "\n\n"),
        GOOD.replace(" ", "\u00a0\t "),
        GOOD.replace("- ", "• "),
        GOOD.replace("- ", "* "),
        GOOD.replace("- ", "–  "),
        GOOD.replace("- ", "‣ "),
        GOOD.replace("- ", "1. "),
        GOOD.replace("- ", "12) "),
        GOOD.replace("Name of the Procedure:", "name of the procedure"),
        GOOD.replace("Summary\n", "  Summary :  \n"),
        GOOD.replace("Summary\n", "summary:\n").replace("Risks and", "RISKS AND"),
        GOOD.replace("HCPCS code", "hcpcs CODE"),
        GOOD.replace("Common Names:", "common names :"),
        GOOD.replace(", Mending", ",  Mending,"),
        GOOD.replace("Repair (A9999)", "Repair(A9999)"),
        "Search all medical codes\n" + GOOD,
        GOOD.rstrip("\n"),
    ],
)
def test_spelling_that_does_not_matter_is_normalised(text):
    assert normalise(text) == GOOD
    assert parse(text) == parse(GOOD)


@pytest.mark.parametrize("mark", ["...", "…", " …", "....", "... …"])
def test_a_cut_descriptor_keeps_its_mark(mark):
    document = parse(_with(" example, each", f" example{mark}"))
    assert (document.descriptor, document.descriptor_cut) == ("Repair of a worn example", True)
    assert render(document).startswith("Repair of a worn example...\n")


def test_a_comma_inside_brackets_or_a_number_does_not_separate_names():
    text = HEADER.replace("(EXR), Mending", "(by hand, by machine), 1,000 mcg shot") + GOOD[len(HEADER) :]
    assert parse(text).common_names == ("Example Repair (by hand, by machine)", "1,000 mcg shot")


def test_the_given_page():
    if not PAGE.exists():
        pytest.skip(f"{PAGE} is not there: the page that the user gave stays outside the project")
    text = PAGE.read_text("utf-8")
    document, problems = examine(text)
    assert [problem.rule for problem in problems] == ["descriptor-cut"]
    assert text.startswith("Search all medical codes\n")
    assert (document.code_system, document.code) == ("HCPCS", "H0015")
    assert document.title == "Intensive Outpatient Program for Alcohol and Drug Services"
    assert [name[-4:-1] for name in document.common_names] == ["IOP", "IOT"]
    assert len(document.technical_terms) == 1
    assert [section.name for section in document.sections] == list(SectionName)
    assert document.descriptor_cut
    assert render(document) == normalise(text)
    assert parse(render(document)) == document


def test_a_blank_before_the_colon_of_a_label_is_left_out():
    spaced = document_text().replace("- Opening: ", "- Opening : ")
    assert parse(spaced) == parse(document_text())


@pytest.mark.parametrize("item", ["* Opening: It is lifted.", "1. It is lifted.", "– It is lifted."])
def test_items_below_a_section_are_items_though_title_and_code_system_are_missing(item):
    document, problems = examine(f"Repair of an example\nAlternatives\n{item}\n")
    assert document is None
    rules = {problem.rule for problem in problems}
    assert {"no-code-system", "no-title"} <= rules
    assert not rules & {"unknown-section", "empty-section"}


@pytest.mark.parametrize("names", [",", ", ,", "one, , two", ", one"])
def test_names_that_are_missing_between_commas_are_told_wherever_the_line_stands(names):
    line = f"- Technical/Medical Terms: {names}"
    assert normalise(normalise(line)) == normalise(line)
    among_names = document_text().replace("- Technical/Medical Terms: ", f"{line} , ")
    assert "empty-name" in {problem.rule for problem in examine(among_names)[1]}
    in_a_section = document_text().replace("Preparation\n", f"Preparation\n{line}\n")
    assert examine(in_a_section)[0] is not None
