"""From normalised lines to a document, or to every problem that keeps them from being one."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field

from corpus import grammar
from corpus.codes import CODE_SYSTEMS, CodeSystem, normalise_code, system_of_line
from corpus.errors import Problem, Severity
from corpus.grammar import SectionName
from corpus.lines import Line
from corpus.model import Block, Item, Paragraph, Procedure, Section, Subheading

_LONGEST_HEADING = 60
_SHOWN = 60


@dataclass(slots=True)
class _OpenSection:
    """A section while its lines are being read."""

    name: SectionName
    heading: Line
    blocks: list[Block] = field(default_factory=list)
    broken: bool = False


class DocumentParser:
    """One pass over the lines of one document.

    After `run`, every error and warning has been collected; nothing is raised for bad text.
    """

    def __init__(self, path: str, lines: list[Line]) -> None:
        self._path = path
        self._lines = lines
        self._at = 0
        self._problems: list[Problem] = []
        self._end = lines[-1] if lines else Line(1, 1, "")

    def run(self) -> tuple[Procedure | None, list[Problem]]:
        """Return the document, or None where an error was found, and all problems."""
        if not self._lines:
            whole = Line(1, 1, "")
            self._error(whole, "empty", "a document", "a file without text", "Write one, or delete the file.")
            return None, self._problems
        if not self._resembles_document():
            first = self._lines[0]
            expected = "a procedure document: descriptor, code system, title with code, names, sections"
            remedy = "See corpus/FORMAT.md, or move the file out of the corpus folder."
            self._error(first, "not-a-document", expected, _quote(first.text), remedy)
            return None, self._problems
        descriptor, cut = self._descriptor()
        system = self._system()
        title, code = self._title(system)
        names = self._names()
        sections = self._sections()
        if any(problem.severity == "error" for problem in self._problems) or system is None:
            return None, self._problems
        common, technical = names[grammar.COMMON_NAMES], names[grammar.TECHNICAL_TERMS]
        document = Procedure(descriptor, system.name, code, title, common, technical, sections, cut)
        return document, self._problems

    def _resembles_document(self) -> bool:
        return any(
            system_of_line(line.text) or grammar.section_of(line.text) or self._is_name_heading(line)
            for line in self._lines
        )

    # -- header ---------------------------------------------------------------------------------------

    def _descriptor(self) -> tuple[str, bool]:
        system_at = next((at for at, line in enumerate(self._lines[:6]) if system_of_line(line.text)), None)
        if system_at == 0:
            got = f"the code system line {self._lines[0].text!r}"
            self._no_descriptor(self._lines[0], got)
            return "", False
        line = self._next()
        text, cut = grammar.split_cut(line.text)
        if not text or grammar.canonical_line(text) == grammar.NAME_HEADING:
            self._no_descriptor(line, _quote(line.text))
        if cut:
            remedy = "Write it out, or import the official code file, which supplies it."
            self._warn(line, "descriptor-cut", "the whole official descriptor", "one cut with '...'", remedy)
        if system_at is not None and system_at > 1:
            self._broken_descriptor(system_at)
        return text, cut

    def _no_descriptor(self, line: Line, got: str) -> None:
        expected, remedy = "the official descriptor on the first line", "Put the official descriptor there."
        self._error(line, "no-descriptor", expected, got, remedy)

    def _broken_descriptor(self, system_at: int) -> None:
        expected = "the descriptor on one line and the code system on the next"
        got = f"{system_at} lines before {self._lines[system_at].text!r}"
        self._error(self._lines[1], "broken-descriptor", expected, got, "Join the descriptor into one line.")
        self._at = system_at

    def _system(self) -> CodeSystem | None:
        line = self._peek()
        system = system_of_line(line.text)
        if system and self._at < len(self._lines):
            self._at += 1
            return system
        known = ", ".join(repr(each.line) for each in CODE_SYSTEMS)
        remedy = "Put the code system on the line below the descriptor."
        self._error(line, "no-code-system", f"one of {known}", self._here(), remedy)
        if line.text.casefold().endswith(" code"):
            self._at += 1
        return None

    def _title(self, system: CodeSystem | None) -> tuple[str, str]:
        line = self._peek()
        ended = self._at >= len(self._lines)
        if ended or self._is_name_heading(line) or grammar.section_of(grammar.canonical_line(line.text)):
            remedy = "Put 'Title (CODE)' on the line below the code system."
            self._error(line, "no-title", "the title with its code", self._here(), remedy)
            return "", ""
        self._at += 1
        split = grammar.split_title(line.text)
        if split is None or not split[1]:
            remedy = "Put the code in round brackets at the end of the title."
            self._error(line, "no-code", "a title ending in its code in brackets", _quote(line.text), remedy)
            return line.text, ""
        if system and not system.accepts(split[1]):
            self._wrong_code(line, system, split[1])
        return split

    def _wrong_code(self, line: Line, system: CodeSystem, code: str) -> None:
        fixed = normalise_code(code)
        remedy = f"Write {fixed}." if system.accepts(fixed) else "Correct the code or the code system line."
        expected = f"a code of {system.name}: {system.shape}"
        inside = line.raw[line.raw.rfind("(") + 1 :].lstrip()
        offset = len(line.raw) - len(inside) + 1 - line.column
        self._error(line, "code-shape", expected, repr(code), remedy, offset)

    # -- names ----------------------------------------------------------------------------------------

    def _names(self) -> dict[str, tuple[str, ...]]:
        heading = self._peek()
        if self._is_name_heading(heading):
            self._at += 1
        else:
            remedy = f"Put {grammar.NAME_HEADING!r} below the title."
            self._error(heading, "no-names", repr(grammar.NAME_HEADING), self._here(), remedy)
        names: dict[str, tuple[str, ...]] = {}
        while self._at < len(self._lines) and grammar.is_item(self._peek().text):
            self._name_line(self._next(), names)
        for label in (grammar.COMMON_NAMES, grammar.TECHNICAL_TERMS):
            if label not in names:
                remedy = f"Add '- {label}: ...' below {grammar.NAME_HEADING!r}."
                self._error(heading, "no-names", f"an item {label!r}", "none", remedy)
        return names

    def _name_line(self, line: Line, names: dict[str, tuple[str, ...]]) -> None:
        label, text = grammar.split_label(line.text.removeprefix("- "))
        if label not in (grammar.COMMON_NAMES, grammar.TECHNICAL_TERMS):
            expected = f"'- {grammar.COMMON_NAMES}: ...', '- {grammar.TECHNICAL_TERMS}: ...' or a section heading"
            remedy = "Move this text into a section, or correct the label."
            self._error(line, "unknown-name-line", expected, _quote(line.text), remedy)
            return
        if label in names:
            remedy = "Join the two lines into one."
            self._error(line, "repeated-names", f"{label!r} once", "it again", remedy)
            return
        names[label] = grammar.split_names(text)
        if not all(names[label]):
            remedy = "Remove the comma that has no name beside it."
            self._error(line, "empty-name", "a name between two commas", "nothing", remedy)
        elif not grammar.brackets_balanced(text):
            remedy = "Close every bracket; commas inside brackets do not separate names."
            self._error(line, "open-bracket", "each bracket closed again", _quote(text), remedy)

    # -- sections -------------------------------------------------------------------------------------

    def _sections(self) -> tuple[Section, ...]:
        read: dict[SectionName, _OpenSection] = {}
        current: _OpenSection | None = None
        while self._at < len(self._lines):
            line = self._next()
            name = grammar.section_of(line.text)
            if name:
                current = self._open_section(name, line, read)
            elif current:
                self._block(line, current)
            else:
                self._unknown_line(line)
                # What follows belongs to the section whose heading could not be read.
                current = _OpenSection(SectionName.SUMMARY, line)
        self._check_complete(read)
        self._check_order(read)
        for section in read.values():
            self._check_labels(section)
        return tuple(Section(each.name, tuple(each.blocks)) for each in read.values() if each.blocks)

    def _open_section(self, name: SectionName, line: Line, read: dict[SectionName, _OpenSection]) -> _OpenSection:
        section = _OpenSection(name, line)
        if name in read:
            got = f"it again (first on line {read[name].heading.number})"
            self._error(line, "repeated-section", f"{name.value!r} once", got, "Join the two sections.")
        else:
            read[name] = section
        return section

    def _block(self, line: Line, section: _OpenSection) -> None:
        text = line.text
        if grammar.is_item(text):
            self._item(line, section)
        elif grammar.is_subheading(text):
            section.blocks.append(Subheading(text[:-1].rstrip()))
        elif grammar.is_sentence(text):
            section.blocks.append(Paragraph(text))
        else:
            section.broken = True
            self._unknown_line(line)

    def _item(self, line: Line, section: _OpenSection) -> None:
        label, text = grammar.split_label(line.text[2:])
        if not text or (text.endswith(":") and label is None):
            section.broken = True
            remedy = "Write the text behind it, or remove the line."
            self._error(line, "empty-item", "text in a list item", _quote(line.text), remedy)
        else:
            section.blocks.append(Item(text, label))

    def _unknown_line(self, line: Line) -> None:
        if len(line.text) > _LONGEST_HEADING:
            remedy = "End the paragraph with a full stop, or start an item with '- '."
            got = f"a line ending in {line.text[-20:]!r}"
            self._error(line, "open-sentence", "a paragraph ending in . ! or ?", got, remedy)
            return
        headings = [section.value for section in SectionName]
        near = difflib.get_close_matches(line.text.title(), headings, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        remedy = f"{hint}A paragraph ends in . ! or ?, an item starts with '- ', a sub-heading ends in a colon."
        expected = f"one of the sections {', '.join(headings)}"
        self._error(line, "unknown-section", expected, _quote(line.text), remedy)

    def _check_complete(self, read: dict[SectionName, _OpenSection]) -> None:
        for name in SectionName:
            section = read.get(name)
            if section is None:
                remedy = f"Add a line {name.value!r} and the text of the section below it."
                self._error(self._end, "missing-section", f"a section {name.value!r}", "none", remedy)
            elif not section.blocks and not section.broken:
                remedy = "Write the section; no document may be without it."
                self._error(section.heading, "empty-section", f"text in {name.value!r}", "none", remedy)

    def _check_order(self, read: dict[SectionName, _OpenSection]) -> None:
        usual = [name for name in SectionName if name in read]
        for section, name in zip(read.values(), usual, strict=True):
            if section.name is not name:
                got = repr(section.name.value)
                remedy = "Put the sections in their usual order."
                self._warn(section.heading, "section-order", f"{name.value!r} here", got, remedy)
                return

    def _check_labels(self, section: _OpenSection) -> None:
        labels = {block.label.casefold() for block in section.blocks if isinstance(block, Item) and block.label}
        for label in grammar.EXPECTED_LABELS.get(section.name, ()):
            if label.casefold() not in labels and section.blocks:
                expected = f"an item {label!r} in {section.name.value!r}"
                remedy = f"Add '- {label}: ...'."
                self._warn(section.heading, "missing-label", expected, "none", remedy)

    # -- the cursor and the findings ------------------------------------------------------------------

    def _peek(self) -> Line:
        return self._lines[self._at] if self._at < len(self._lines) else self._end

    def _here(self) -> str:
        return _quote(self._peek().text) if self._at < len(self._lines) else "the end of the file"

    def _next(self) -> Line:
        line = self._peek()
        self._at += 1
        return line

    @staticmethod
    def _is_name_heading(line: Line) -> bool:
        return grammar.canonical_line(line.text) == grammar.NAME_HEADING

    def _error(self, line: Line, rule: str, expected: str, got: str, remedy: str, offset: int = 0) -> None:
        self._report("error", line, rule, expected, got, remedy, offset)

    def _warn(self, line: Line, rule: str, expected: str, got: str, remedy: str) -> None:
        self._report("warning", line, rule, expected, got, remedy, 0)

    def _report(
        self, severity: Severity, line: Line, rule: str, expected: str, got: str, remedy: str, offset: int
    ) -> None:
        column = line.column + max(0, offset)
        self._problems.append(Problem(self._path, line.number, column, severity, rule, expected, got, remedy))


def _quote(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
