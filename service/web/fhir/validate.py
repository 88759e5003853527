"""``$validate-code``: is this a code of the system or value set, in use on the day, and called so?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from service.search.codelist import CodeList, Edition
from service.search.reading import Reading
from service.web.fhir import concepts, media
from service.web.fhir.identity import System, named, system_at
from service.web.fhir.lookup import parameters
from service.web.fhir.operations import when
from service.web.fhir.outcome import NOTHING, Quoted, invalid
from service.web.fhir.parameters import Given, text_of
from service.web.fhir.selection import Selection, When

MAX_CODINGS = 20


class Asked(NamedTuple):
    """A code that is asked about; system and version are None where it came without."""

    system: str | None
    version: str | None
    code: str | None
    display: str | None


class Verdict(NamedTuple):
    """Whether a code is right, what is to be said of it, and its display where it exists."""

    result: bool
    message: str | None = None
    display: str | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """The verdict as a Parameters resource."""
        parts: list[dict[str, Any]] = [{"name": "result", "valueBoolean": self.result}]
        for name, text in (("message", self.message), ("display", self.display)):
            if text:
                parts.append({"name": name, "valueString": media.plain(text)})
        return parameters(parts)


def in_system(reading: Reading, codes: CodeList, system: System, version: str | None, given: Given) -> dict[str, Any]:
    """Answer ``$validate-code`` for a code system."""
    moment = when(given)

    def verdict(asked: Asked) -> Verdict:
        if asked.system is not None and not _is_of(asked.system, system):
            return Verdict(False, f"The code system {asked.system} is not {system.url}.")
        edition = moment.edition(codes, system.system, given.get("version") or asked.version or version)
        return _judged(reading, codes, edition, asked)

    return _best(map(verdict, _asked(given, None))).parameters


def in_selection(reading: Reading, codes: CodeList, selection: Selection, given: Given) -> dict[str, Any]:
    """Answer ``$validate-code`` for a value set."""
    moment = when(given)
    return _best(
        _member(reading, codes, selection, moment, each) for each in _asked(given, given.get("system"))
    ).parameters


def _member(reading: Reading, codes: CodeList, selection: Selection, moment: When, asked: Asked) -> Verdict:
    if asked.system is None:
        if len(selection.editions) > 1:
            raise invalid("system", "the code system of the code", NOTHING, "required")
        system = named(next(iter(selection.editions)))
        version = asked.version
    else:
        found = system_at(asked.system)
        if found is None or found.system.system not in selection.editions:
            return Verdict(False, f"The value set holds no codes of the system {asked.system}.")
        system, version = found.system, asked.version or found.version
    edition = selection.editions[system.system]
    if version and version != edition.label:
        edition = moment.edition(codes, system.system, version)
    verdict = _judged(reading, codes, edition, asked, selection.displays)
    number = codes.numbers.get(asked.code or "")
    if verdict.result and (number is None or not selection.mask[number]):
        return Verdict(False, f"The code {asked.code} is not in the value set.", verdict.display)
    return verdict


def _judged(
    reading: Reading, codes: CodeList, edition: Edition, asked: Asked, displays: dict[str, str] | None = None
) -> Verdict:
    """Return the verdict on a code in an edition of its system; ``displays`` are right beside the system's own."""
    title = named(edition.system).title + (f", version {edition.label}" if edition.label else "")
    number = codes.find(asked.code, edition) if asked.code else None
    if number is None:
        return Verdict(False, f"{_quoted(asked.code)} is not a code of {title}{_how_much_is_here(codes, edition)}.")
    card = reading.engine.card(number)
    display = concepts.display(codes, number, card, edition)
    in_use = bool(codes.active(edition.day)[number])
    unused = f"The code {asked.code} is not in use on {edition.day.isoformat()}."
    if edition.dated and not in_use:
        return Verdict(False, unused, display)
    names = [display, *concepts.synonyms(codes, number, card, edition), (displays or {}).get(card["code"], display)]
    if asked.display and _folded(asked.display) not in map(_folded, names):
        return Verdict(False, f"{_quoted(asked.display)} is no name of the code {asked.code}.", display)
    return Verdict(True, None if in_use else unused, display)


def _how_much_is_here(codes: CodeList, edition: Edition) -> str:
    """Return the reservation that has to be made where the codes are not those of an official release."""
    return "" if edition.label else f", of which {int(codes.ever(edition.system).sum())} codes and no release are here"


def _best(verdicts: Iterator[Verdict]) -> Verdict:
    """Return the first verdict that a code is right, else the first of all."""
    found = list(verdicts)
    return next((each for each in found if each.result), found[0])


def _asked(given: Given, system: str | None) -> list[Asked]:
    """Return the codes that are asked about; a concept may hold several. FhirError where none or too much is given."""
    ways = [name for name in ("code", "coding", "codeableConcept") if name in given]
    if len(ways) != 1:
        got = Quoted(" and ".join(ways)) if ways else NOTHING
        raise invalid("code", "one of code, coding and codeableConcept", got, "required")
    if ways == ["code"]:
        version = given.get("systemVersion")
        return [Asked(system, version, given["code"], given.get("display"))]
    if ways == ["coding"]:
        return [_of_coding(given["coding"], "coding")]
    codings = given["codeableConcept"].get("coding")
    fits = isinstance(codings, list) and 0 < len(codings) <= MAX_CODINGS
    if not fits or not all(isinstance(each, dict) for each in codings):
        raise invalid("codeableConcept.coding", f"1 to {MAX_CODINGS} codings", Quoted("another value"), "structure")
    return [_of_coding(each, f"codeableConcept.coding[{at}]") for at, each in enumerate(codings)]


def _of_coding(coding: dict[str, Any], where: str) -> Asked:
    code = text_of(coding, "code", where, "code")
    if code is None:
        raise invalid(f"{where}.code", "a code", NOTHING, "required")
    system, version = text_of(coding, "system", where, "uri"), text_of(coding, "version", where)
    return Asked(system, version, code, text_of(coding, "display", where))


def _is_of(canonical: str, system: System) -> bool:
    found = system_at(canonical)
    return found is not None and found.system == system


def _folded(text: str) -> str:
    return media.plain(text).casefold()


def _quoted(text: str | None) -> str:
    return repr((text or "")[:60])
