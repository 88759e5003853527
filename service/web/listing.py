"""What a page of results asks for, and what stands around the hits: facets, chosen filters, other pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from service.search.model import SearchResult
from service.web import facts

PAGE_SIZE = 10
_LAST_PAGE = 1_000
#: Values of a facet that are always shown, and how many more can be unfolded.
_SHOWN_VALUES = 6
_MORE_VALUES = 40

#: Facets whose values are counted beside the hits: name -> heading.
FACETS = {
    "family": "Family",
    "coverage": "Medicare coverage",
    "type_of_service": "Type of service",
    "has_document": "Description",
}
#: Choices of one value each: name -> (heading, value -> what the page calls it); the first is what goes without saying.
CHOICES: dict[str, tuple[str, dict[str, str]]] = {
    "kind": ("Show", {"": "Procedures and modifiers", "procedure": "Procedures", "modifier": "Modifiers"}),
    "status": ("In use", {"": "Now or in the past", "active": "Now", "terminated": "No longer"}),
    "sort": ("Order", {"": "Best match first", "code": "By code", "added": "Newest first"}),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a page of results says.

    ``choices`` holds a value or "" for each of `CHOICES`, ``facets`` the chosen values of each of `FACETS`.
    """

    q: str
    choices: Mapping[str, str]
    facets: Mapping[str, tuple[str, ...]]
    page: int = 1
    explain: bool = False

    @property
    def anything(self) -> bool:
        """Whether there is something to search or to browse for."""
        return bool(self.q.strip()) or self.filtered

    @property
    def filtered(self) -> bool:
        """Whether any filter is set."""
        return any(self.facets.values()) or any(self.choices[name] for name in ("kind", "status"))

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of the search, as `to_request` takes them."""
        given: dict[str, Any] = {name: value for name, value in self.choices.items() if value}
        given |= {name: ",".join(values) for name, values in self.facets.items() if values}
        place = {"limit": PAGE_SIZE, "offset": (self.page - 1) * PAGE_SIZE}
        return {"q": self.q, **place, **given, "facets": ",".join(FACETS), "explain": str(self.explain).lower()}

    def address(self) -> str:
        """Return the address that says this."""
        pairs = [("q", self.q), *self.choices.items()]
        pairs += [(name, value) for name, values in self.facets.items() for value in values]
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        if self.explain:
            pairs.append(("explain", "true"))
        query = urlencode([(name, value) for name, value in pairs if value])
        return f"{url_for('pages.search')}?{query}" if query else url_for("pages.search")

    def without(self, name: str, value: str) -> Asked:
        """Return the same without one filter, from its first page."""
        if name in self.choices:
            return replace(self, choices={**self.choices, name: ""}, page=1)
        kept = tuple(each for each in self.facets[name] if each != value)
        return replace(self, facets={**self.facets, name: kept}, page=1)

    def first_page(self) -> Asked:
        """Return the same from its first page."""
        return replace(self, page=1)

    def explained(self) -> Asked:
        """Return the same with the parts of each score."""
        return replace(self, explain=True)

    def unfiltered(self) -> Asked:
        """Return the same without any filter."""
        choices = {**self.choices, "kind": "", "status": ""}
        return replace(self, choices=choices, facets=dict.fromkeys(FACETS, ()), page=1)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value that hits can be narrowed to: what the search takes, what a person reads, its count, if it is chosen."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with the values to show at once and those to unfold."""

    name: str
    heading: str
    values: list[FacetValue]
    more: list[FacetValue] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter that is set: what it is about, its value in words, and the address without it."""

    heading: str
    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Paging:
    """Which of how many pages is shown, and the addresses of its neighbours (None at the ends)."""

    page: int
    pages: int
    previous: str | None
    following: str | None


def asked(given: MultiDict[str, str]) -> Asked:
    """Read the query string of a page of results; values of one facet may be repeated or separated by commas."""
    return Asked(
        q=given.get("q", ""),
        choices={name: given.get(name, "") for name in CHOICES},
        facets={name: _values(given.getlist(name)) for name in FACETS},
        page=_page_number(given.get("page", "1")),
        explain=given.get("explain") == "true",
    )


def facets(asked: Asked, result: SearchResult) -> list[Facet]:
    """Return the facets that tell hits apart, or that are chosen from."""
    made = [_facet(name, heading, asked, result) for name, heading in FACETS.items()]
    return [facet for facet in made if len(facet.values) > 1 or any(value.chosen for value in facet.values)]


def chosen(asked: Asked) -> list[Chosen]:
    """Return the filters that are set, in the order of the page."""
    found = [
        Chosen(heading, labels.get(value, value), asked.without(name, value).address())
        for name, (heading, labels) in CHOICES.items()
        if name != "sort" and (value := asked.choices[name])
    ]
    for name, heading in FACETS.items():
        for value in asked.facets[name]:
            found.append(Chosen(heading, _label(name, value), asked.without(name, value).address()))
    return found


def paging(asked: Asked, total: int) -> Paging:
    """Return where the page stands among all pages."""
    pages = min(max(1, -(-total // PAGE_SIZE)), _LAST_PAGE)
    page = asked.page
    return Paging(
        page,
        pages,
        replace(asked, page=page - 1).address() if page > 1 else None,
        replace(asked, page=page + 1).address() if page < pages else None,
    )


def _facet(name: str, heading: str, asked: Asked, result: SearchResult) -> Facet:
    counts = {**dict.fromkeys(asked.facets[name], 0), **result.facets[name]}
    values = [
        FacetValue(value, _label(name, value), count, value in asked.facets[name]) for value, count in counts.items()
    ]
    values.sort(key=lambda each: (not each.chosen, -each.count))
    shown = max(_SHOWN_VALUES, len(asked.facets[name]))
    return Facet(name, heading, values[:shown], values[shown : shown + _MORE_VALUES])


def _label(name: str, value: str) -> str:
    if name == "has_document":
        return {"true": "Full description", "false": "Official record only"}.get(value, value)
    (labelled,) = facts.facet_values(name, {value: 0})
    label = str(labelled["label"])
    return label[:1].upper() + label[1:]


def _values(given: list[str]) -> tuple[str, ...]:
    values = (value.strip() for each in given for value in each.split(","))
    return tuple(dict.fromkeys(value for value in values if value))


def _page_number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 1
    return max(1, min(number, _LAST_PAGE))
