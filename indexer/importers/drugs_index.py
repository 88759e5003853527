"""Which rows of a Table of Drugs a reference means.

References are written loosely ("Promethazine HCl" for "Promethazine HCl, IVection" and "..., oral"), and the row they
mean may have been dropped. A wrong code is worse than none: another salt, another strength or a combination of which
the table has one part is not taken for the drug that is named.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from rapidfuzz.distance import OSA

from indexer.importers.drugs_table import DrugEntry

Words = tuple[str, ...]

LONGEST_CHAIN = 8
_NOISE = re.compile(r"[^a-z0-9]+")
_DIGITS = re.compile(r"\d+")
_NON = re.compile(r"\bnon-\s*")
# The four letters behind a biosimilar's name are part of it: Infliximab-dyyb is not Infliximab.
_BIOSIMILAR = re.compile(r"([a-z]{6,})-\s*([a-z]{4})\b")
_PRINTED_CODE = re.compile(r"\(([A-Z]\d{4})\)")
_SPELLINGS = {"hydrochloride": "hcl", "hci": "hcl"}
_STOP = frozenset("and with or of in the".split())
#: "IVection" is what the tables print for "injection".
_FORMS = frozenset("injection ivection inj nos etc".split())
#: Words of a reference that its row may lack.
_LOOSE = frozenset("complex compounded lyophilized intravenous human".split())
_SALTS = frozenset("calcium chloride hcl potassium sodium".split())
#: Signs of a row for a combination of drugs.
_COMBINED = re.compile(r"/|&|\band\b")
#: From this length on two spellings of a word, or of a name, may differ by one and by two letters.
_LONG_WORD, _LONG_NAME, _SHORTEST = 10, 10, 7


def words(name: str) -> Words:
    """Return the words of a name in lower case: ``("promethazine", "hcl")``."""
    text = _BIOSIMILAR.sub(r"\1\2", _NON.sub("non", name.lower().replace("&", " and ")))
    return tuple(word for word in _NOISE.split(text) if word)


class Index:
    """Finds rows and codes for the references of one table."""

    def __init__(self, entries: Sequence[DrugEntry]) -> None:
        self._by_name: dict[str, list[DrugEntry]] = defaultdict(list)
        for entry in entries:
            self._by_name["".join(words(entry.name))].append(entry)
        self._coded = [(_content(entry.name), entry) for entry in entries if entry.codes]

    def codes_of(self, entry: DrugEntry, depth: int = 0) -> tuple[str, ...]:
        """Return the codes of a row, or of the rows that its references lead to."""
        if entry.codes or depth > LONGEST_CHAIN:
            return entry.codes
        meant = [other for target in entry.see for other in self.rows(target) if other is not entry]
        rows = self._under_its_name(entry, meant) or meant
        return tuple(dict.fromkeys(code for other in rows for code in self._codes(other, entry, depth)))

    def _codes(self, row: DrugEntry, entry: DrugEntry, depth: int) -> tuple[str, ...]:
        printed = [code for target in entry.see for code in _PRINTED_CODE.findall(target)]
        codes = self.codes_of(row, depth + 1)
        return tuple(code for code in codes if code in printed) if printed else codes

    def _under_its_name(self, entry: DrugEntry, meant: Sequence[DrugEntry]) -> list[DrugEntry]:
        """Rows with the brand in their name: "Hizentra, see Immune globulin" is "Immune globulin Hizentra" alone."""
        name = _content(entry.name)
        own = [row for found, row in self._coded if found[: len(name)] == name]
        return own or [row for row in meant if row.codes and set(name) <= set(_content(row.name))]

    def rows(self, target: str) -> list[DrugEntry]:
        """Return the rows that a reference means, or none."""
        same = self._by_name.get("".join(words(target)))
        wanted = _content(_PRINTED_CODE.sub("", target))
        if same or not wanted:
            return same or []
        ways: tuple[Callable[[Words], list[DrugEntry]], ...] = (
            self._beginning_with,
            self._containing,
            self._without_extras,
            self._without_salts,
            self._resembling,
        )
        return next((found for way in ways if (found := way(wanted))), []) or self._each_of(target)

    def _beginning_with(self, wanted: Words) -> list[DrugEntry]:
        """Rows that add to the reference; combinations with its drug ("Piperacillin/Tazobactam") where no other is."""
        rows = [row for found, row in self._coded if _begins(found, wanted)]
        return [row for row in rows if not _COMBINED.search(row.name)] or rows

    def _containing(self, wanted: Words) -> list[DrugEntry]:
        """Rows with the first word and all others: "BCG live" is "BCG (Bacillus ...), live instillation"."""
        return [row for found, row in self._coded if found[:1] == wanted[:1] and Counter(wanted) <= Counter(found)]

    def _without_extras(self, wanted: Words) -> list[DrugEntry]:
        fewer = tuple(word for word in wanted if word not in _LOOSE)
        if fewer in ((), wanted):
            return []
        same = [row for found, row in self._coded if found == fewer]
        return same or self._beginning_with(fewer) or self._without_salts(fewer)

    def _without_salts(self, wanted: Words) -> list[DrugEntry]:
        """Rows that name no salt, for a reference that does: "Albuterol sulfate" is "Albuterol"."""
        fewer = tuple(word for word in wanted if not _is_salt(word))
        if fewer in ((), wanted):
            return []
        others = (pair for pair in self._coded if "oral" not in pair[0] and not any(map(_is_salt, pair[0])))
        return [row for found, row in others if _begins(found, fewer)]

    def _resembling(self, wanted: Words) -> list[DrugEntry]:
        """Rows of a name that begins nearly so: the tables have "Rilanocept" for rilonacept."""
        name = "".join(wanted)
        if len(name) < _SHORTEST:
            return []
        limit = 2 if len(name) >= _LONG_NAME else 1
        distances = [
            (min(_distance(name, "".join(each), limit) for each in (found, found[: len(wanted)])), row)
            for found, row in self._coded
        ]
        best = min((distance for distance, _ in distances), default=limit + 1)
        return [row for distance, row in distances if distance == best <= limit]

    def _each_of(self, target: str) -> list[DrugEntry]:
        """Rows of "Etoposide and Etoposide, oral"; of two salts, which are one product, none."""
        parts = re.split(r"\s+and\s+", target)
        named = [_content(part) for part in parts]
        last = {name[-1:] for name in named}
        alike = len({name[:1] for name in named}) == 1 or (len(last) == 1 and not any(_is_salt(*word) for word in last))
        if len(parts) == 1 or not alike:
            return []
        # "Gamma globulin and Immune globulin" has one row of its name, and one group of 17 codes.
        known = [part for part in parts if "".join(words(part)) in self._by_name]
        return [row for part in known or parts for row in self.rows(part)]


def _content(name: str) -> Words:
    spelled = (_SPELLINGS.get(word, word) for word in words(name))
    return tuple(word for word in spelled if word not in _STOP and word not in _FORMS)


def _is_salt(word: str = "") -> bool:
    return word in _SALTS or word.endswith("ate")


def _begins(found: Words, wanted: Words) -> bool:
    return len(found) >= len(wanted) and all(map(_same_word, found, wanted))


def _same_word(one: str, other: str) -> bool:
    """Say whether two words are one, or long ones that differ in a letter: the tables have "Aminolevalinic"."""
    return one == other or (min(len(one), len(other)) >= _LONG_WORD and _distance(one, other, 1) == 1)


def _distance(one: str, other: str, limit: int) -> int:
    """Return the number of slips between two names, above ``limit`` where a number differs."""
    if _DIGITS.findall(one) != _DIGITS.findall(other):
        return limit + 1
    return OSA.distance(one, other, score_cutoff=limit)
