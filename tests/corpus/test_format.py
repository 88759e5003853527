"""The document format by example: every rule has a bad input, all problems come in one run, `FORMAT.md` is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corpus import format as document_format
from corpus.errors import FormatError
from corpus.format import examine, normalise, parse, render
from corpus.grammar import SectionName
from tests.corpus.samples import HEADER, document_text

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT.parent / "shared/data/H0015.txt"
GOOD = document_text()


def _with(before, after, text=GOOD):
    assert before in text
    return text.replace(before, after, 1)


# rule -> (bad text, severity, line, column)
BAD = {
    "empty": ("", "error", 1, 1),
    "not-a-document": ("Dear all,\nsee you on Monday.\n", "error", 1, 1),
    "too-large": ("a\n" * 6000, "error", 1, 1),
    "forbidden-character": (_with("Thread", "Thr\x00ead"), "error", None, None),
    "byte-order-mark": ("\ufeff" + GOOD, "warning", 1, 1),
    "line-ends": (GOOD.replace("\n", "\r\n"), "warning", 1, 1),
    "no-descriptor": (GOOD.partition("\n")[2], "error", 1, 1),
    "descriptor-cut": (_with("example, each", "example..."), "warning", 1, 1),
    "broken-descriptor": (_with("worn example", "worn\nexample"), "error", 2, 1),
    "no-code-system": (_with("HCPCS code", "Some code"), "error", 2, 1),
    "no-title": (_with("Example Repair (A9999)\n", ""), "error", 3, 1),
    "no-code": (_with(" (A9999)", ""), "error", 3, 1),
    "code-shape": (_with("(A9999)", "(a 9999)"), "error", 3, 17),
    "no-names": (_with("- Common Names: Example Repair (EXR), Mending\n", ""), "error", 4, 1),
    "unknown-name-line": (_with("- Technical", "- Nicknames: Old one\n- Technical"), "error", 6, 1),
    "repeated-names": (_with("- Technical", "- Common Names: Other\n- Technical"), "error", 6, 1),
    "empty-name": (_with("(EXR), Mending", "(EXR), , Mending"), "error", 5, 1),
    "open-bracket": (_with("(EXR)", "(EXR"), "error", 5, 1),
    "unknown-section": (_with("Benefits\n", "Benefit\n"), "error", 32, 1),
    "missing-section": (_with("Duration\nSome text about duration.\n", ""), "error", None, 1),
    "repeated-section": (_with("Setting\n", "Duration\nAgain.\nSetting\n"), "error", None, 1),
    "empty-section": (_with("Duration\nSome text about duration.\n", "Duration\n"), "error", None, 1),
    "section-order": (
        _with("Duration\nSome text about duration.\n", "", _with("Personnel\n", "Duration\nNow.\nPersonnel\n")),
        "warning",
        None,
        1,
    ),
    "missing-label": (_with("- Goals: To make them whole.\n", ""), "warning", 9, 1),
    "open-sentence": (
        _with("Some text about duration.", "Some text about duration that goes on and on and on but does not end"),
        "error",
        None,
        1,
    ),
    "empty-item": (_with("- Tools/Equipment: Thread.", "- Tools/Equipment:"), "error", None, 1),
}
#: Rules of `corpus.store` and of builds; test_store and test_records have their cases.
ELSEWHERE = {"duplicate-code", "link-outside", "linked-folder", "unreadable", "encoding"}
OF_BUILDS = {"unknown-code", "descriptor-differs"}


@pytest.mark.parametrize("rule", BAD)
def test_each_rule_finds_its_fault_where_it_is(rule):
    text, severity, line, column = BAD[rule]
    document, problems = examine(text, "x.txt")
    found = [problem for problem in problems if problem.rule == rule]
    assert found, problems
    first = found[0]
    assert first.severity == severity
    assert (document is None) == any(problem.severity == "error" for problem in problems)
    assert first.path == "x.txt"
    assert line is None or first.line == line
    assert column is None or first.column == column
    assert all((first.expected, first.got, first.remedy))
    assert str(first).startswith(f"x.txt:{first.line}:{first.column}: {severity}: {rule}: expected ")


def test_no_rule_is_without_a_case_and_none_is_undocumented():
    source = "".join((ROOT / f"corpus/{name}.py").read_text() for name in ("parser", "format", "store"))
    rules = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source)) | {"empty", "encoding", "unreadable"}
    rules -= {"utf-8"}
    assert rules == set(BAD) | ELSEWHERE
    page = (ROOT / "corpus/FORMAT.md").read_text()
    for rule in rules | OF_BUILDS:
        assert f"| `{rule}` |" in page, rule


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


def test_all_problems_come_in_one_run_in_the_order_of_lines():
    text = _with("(A9999)", "(9999A)", _with("Benefits\n", "Benefit\n", _with("- Goals: To make them whole.\n", "")))
    _, problems = examine(text)
    rules = ["code-shape", "missing-label", "unknown-section", "missing-section"]
    assert [problem.rule for problem in problems] == rules
    with pytest.raises(FormatError) as caught:
        parse(text)
    assert caught.value.problems == problems


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


def test_a_cut_descriptor_keeps_its_mark():
    document = parse(_with("example, each", "example …"))
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
