"""Which codes a value set holds: that of all codes of a system, or one that a client composed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np

from service.search.codelist import SELECTABLE, Bools, CodeList, Edition
from service.web.fhir.identity import Canonical, System, named, system_at, value_set_at
from service.web.fhir.outcome import NOTHING, FhirError, invalid, unprocessable
from service.web.fhir.parameters import text_of

MAX_INCLUDES = 50
MAX_FILTERS = 50
_OPERATORS = ("=", "in", "not-in")


@dataclass(frozen=True, slots=True)
class When:
    """What picks an edition: versions by code system, where a client named some, a date that was asked for, and today.

    ``forced`` versions win over what a value set says, ``checked`` ones are to be those that are used.
    """

    today: datetime.date
    date: datetime.date | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    forced: Mapping[str, str] = field(default_factory=dict)
    checked: Mapping[str, str] = field(default_factory=dict)

    def edition(self, codes: CodeList, system: str, version: str | None) -> Edition:
        """Return the edition of ``system``; FhirError or BadRequest where there is none that is right."""
        wanted = self.forced.get(system) or version or self.versions.get(system)
        edition = codes.edition(system, wanted, self.date, self.today)
        checked = self.checked.get(system)
        if checked and checked != edition.label:
            raise invalid("check-system-version", f"version {edition.label}, the one used", checked)
        return edition


@dataclass(slots=True)
class Selection:
    """The codes of a value set: one truth value a record, the edition of each code system that it draws from, and
    displays that the value set gives in place of the system's."""

    mask: Bools
    editions: dict[str, Edition] = field(default_factory=dict)
    displays: dict[str, str] = field(default_factory=dict)

    @property
    def day(self) -> datetime.date:
        """The day on which codes are in use or not."""
        return max(edition.day for edition in self.editions.values())


def known_system(codes: CodeList, canonical: str, where: str) -> Canonical:
    """Return the code system that is named so, FhirError where the service has none of its codes."""
    found = system_at(canonical)
    if found is None or found.system.system not in codes.systems:
        raise FhirError("not_found", f"{where}: expected {_urls(codes)}; got {canonical[:200]!r}.")
    return found


def known_value_set(codes: CodeList, canonical: str, where: str) -> Canonical:
    """Return the system whose codes the value set of this address holds, FhirError where there is none."""
    found = value_set_at(canonical)
    if found is None or found.system.system not in codes.systems:
        urls = " or ".join(named(name).value_set for name in codes.systems)
        raise FhirError("not_found", f"{where}: expected {urls}; got {canonical[:200]!r}.")
    return found


def all_codes(codes: CodeList, system: System, version: str | None, when: When) -> Selection:
    """Return the codes of a whole system."""
    edition = when.edition(codes, system.system, version)
    return Selection(codes.members(system.system, edition.release), {system.system: edition})


def composed(codes: CodeList, value_set: Mapping[str, Any], when: When) -> Selection:
    """Return the codes that the ``compose`` of a ValueSet resource selects; FhirError for whatever cannot be done.

    Of an include that lists codes, one that its code system never had is an error, one that it had later or not yet is
    left out.
    """
    compose = value_set.get("compose")
    if not isinstance(compose, dict) or not compose.get("include"):
        raise unprocessable("ValueSet.compose", "a compose with at least one include", NOTHING, "required")
    selection = Selection(np.zeros(codes.count, bool))
    work = _Work(codes, selection, when)
    for where, part in _parts(compose, "include"):
        selection.mask = selection.mask | work.mask_of(part, where, included=True)
    for where, part in _parts(compose, "exclude"):
        selection.mask = selection.mask & ~work.mask_of(part, where, included=False)
    if compose.get("inactive") is False:
        selection.mask = selection.mask & codes.active(selection.day)
    return selection


def _parts(compose: Mapping[str, Any], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    parts = _elements(compose, name, "ValueSet.compose", MAX_INCLUDES)
    yield from ((f"ValueSet.compose.{name}[{at}]", part) for at, part in enumerate(parts))


def _elements(value: Mapping[str, Any], name: str, where: str, most: int) -> list[dict[str, Any]]:
    given = value.get(name, [])
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise invalid(f"{where}.{name}", "a list of objects", given, "structure")
    if len(given) > most:
        raise unprocessable(f"{where}.{name}", f"at most {most}", len(given), "too-costly")
    return given


@dataclass(frozen=True, slots=True)
class _Work:
    """The evaluation of one value set."""

    codes: CodeList
    selection: Selection
    when: When

    def mask_of(self, part: Mapping[str, Any], where: str, *, included: bool) -> Bools:
        """Return the codes of one include or exclude."""
        masks = []
        canonical = text_of(part, "system", where, "uri")
        if canonical is not None:
            masks.append(self._of_system(part, canonical, where, included=included))
        elif part.get("concept") or part.get("filter"):
            raise unprocessable(f"{where}.system", "the code system of concept or filter", NOTHING, "required")
        masks += self._of_value_sets(part, where)
        if not masks:
            raise unprocessable(where, "a system or a valueSet", NOTHING, "required")
        return reduce(np.logical_and, masks)

    def _of_system(self, part: Mapping[str, Any], canonical: str, where: str, *, included: bool) -> Bools:
        system, version = known_system(self.codes, canonical, f"{where}.system")
        version = text_of(part, "version", where) or version
        edition = self._edition(system, version, where)
        mask = self.codes.members(system.system, edition.release)
        if part.get("concept"):
            mask = mask & self._of_concepts(part, system, where, included=included)
        for at, each in enumerate(_elements(part, "filter", where, MAX_FILTERS)):
            mask = mask & self._of_filter(each, edition, f"{where}.filter[{at}]")
        return mask

    def _edition(self, system: System, version: str | None, where: str) -> Edition:
        edition = self.when.edition(self.codes, system.system, version)
        other = self.selection.editions.setdefault(system.system, edition)
        if other != edition:
            raise unprocessable(f"{where}.version", f"one version of a code system, here {other.label}", edition.label)
        return edition

    def _of_concepts(self, part: Mapping[str, Any], system: System, where: str, *, included: bool) -> Bools:
        mask, known = np.zeros(self.codes.count, bool), self.codes.ever(system.system)
        for at, concept in enumerate(_elements(part, "concept", where, self.codes.count)):
            place = f"{where}.concept[{at}]"
            code = text_of(concept, "code", place, "code")
            number = self.codes.numbers.get(code or "")
            if code is None or number is None or not known[number]:
                raise unprocessable(f"{place}.code", f"a code of {system.title}", code or NOTHING, "code-invalid")
            mask[number] = True
            named_so = text_of(concept, "display", place)
            if named_so and included:
                self.selection.displays[code] = named_so.strip()
        return mask

    def _of_filter(self, part: Mapping[str, Any], edition: Edition, where: str) -> Bools:
        name, operator, value = (text_of(part, key, where) for key in ("property", "op", "value"))
        if operator not in _OPERATORS:
            raise unprocessable(f"{where}.op", f"one of {', '.join(_OPERATORS)}", operator or NOTHING)
        if name not in (*SELECTABLE, "inactive") or value is None:
            known = f"one of {', '.join(SELECTABLE)} or inactive, with a value"
            raise unprocessable(f"{where}.property", known, name or NOTHING)
        values = (value,) if operator == "=" else tuple(each.strip() for each in value.split(","))
        mask = self._inactive(values, edition) if name == "inactive" else self.codes.having(name, values)
        return ~mask if operator == "not-in" else mask

    def _inactive(self, values: tuple[str, ...], edition: Edition) -> Bools:
        active = self.codes.active(edition.day)
        return (active & ("false" in values)) | (~active & ("true" in values))

    def _of_value_sets(self, part: Mapping[str, Any], where: str) -> Iterator[Bools]:
        given = part.get("valueSet", [])
        if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
            raise invalid(f"{where}.valueSet", "a list of addresses", given, "structure")
        if len(given) > MAX_INCLUDES:
            raise unprocessable(f"{where}.valueSet", f"at most {MAX_INCLUDES}", len(given), "too-costly")
        for at, canonical in enumerate(given):
            system, version = known_value_set(self.codes, canonical, f"{where}.valueSet[{at}]")
            edition = self._edition(system, version, where)
            yield self.codes.members(system.system, edition.release)


def _urls(codes: CodeList) -> str:
    return " or ".join(named(name).url for name in codes.systems)
