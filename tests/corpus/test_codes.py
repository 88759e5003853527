"""Code systems: the shape of each one's codes, and what a typed code is taken for."""

from __future__ import annotations

import pytest

from corpus.codes import (
    CODE_SYSTEMS,
    looks_like_code,
    looks_like_code_prefix,
    looks_like_modifier,
    normalise_code,
    system_named,
    system_of_line,
)

HCPCS, CPT, CDT, PCS = "HCPCS", "CPT", "CDT", "ICD-10-PCS"


# The codes show a shape only; that one of them exists is chance.
@pytest.mark.parametrize(
    ("code", "systems"),
    [
        ("A0000", [HCPCS]),
        ("V9999", [HCPCS]),
        ("C1234", [HCPCS]),
        ("E1234", [HCPCS]),
        ("D1234", [CDT]),
        ("W1234", []),
        ("Z9999", []),
        ("00000", [CPT]),
        ("0000F", [CPT]),
        ("000FF", []),
        ("0B0000Z", [PCS]),
        ("0123456", [PCS]),
        ("0B0000I", []),
        ("0B0000O", []),
        ("0B0000", []),
        ("0B00000Z", []),
        ("a0000", []),
        ("A000", []),
        ("A00000", []),
        ("A0000 ", []),
        ("A0000\n", []),
        ("A000\u0660", []),
        ("", []),
    ],
)
def test_a_code_has_the_shape_of_its_system_only(code, systems):
    assert [system.name for system in CODE_SYSTEMS if system.accepts(code)] == systems


def test_dental_codes_are_not_hcpcs():
    hcpcs, dental = system_named(HCPCS), system_named(CDT)
    codes = [f"D{number:04}" for number in range(0, 10_000, 37)]
    assert not any(hcpcs.accepts(code) for code in codes)
    assert all(dental.accepts(code) for code in codes)


@pytest.mark.parametrize("system", CODE_SYSTEMS, ids=lambda system: system.name)
def test_a_system_is_found_by_its_name_and_by_its_line(system):
    assert system_named(system.name) is system_named(system.name.lower()) is system
    assert system_of_line(system.line) is system_of_line(f"  {system.line.upper().replace(' ', '  ')} ") is system
    assert system_named(system.line) is system_of_line(system.name) is None
    assert system.shape


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("H0015", "H0015"),
        ("h 0015", "H0015"),
        ("H-00.15", "H0015"),
        ("\th_0015\n", "H0015"),
        ("h\u00a00015", "H0015"),
        ("aa", "AA"),
        (" .-_ ", ""),
        ("", ""),
    ],
)
def test_codes_are_normalised(typed, code):
    assert normalise_code(typed) == code
    assert normalise_code(code) == code


CODE, PREFIX, MODIFIER = looks_like_code, looks_like_code_prefix, looks_like_modifier


@pytest.mark.parametrize(
    ("typed", "shapes"),
    [
        ("e0784", {CODE}),
        ("E 07-84", {CODE}),
        ("d0120", {CODE}),
        ("12345", {CODE}),
        ("1234f", {CODE}),
        ("e078", {PREFIX}),
        ("e07", {PREFIX}),
        ("a1", {PREFIX, MODIFIER}),
        ("1a", {MODIFIER}),
        ("aa", {MODIFIER}),
        ("12", set()),
        ("e", set()),
        ("e07841", set()),
        ("0b0000z", set()),
        ("insulin", set()),
        ("", set()),
    ],
)
def test_what_a_typed_word_looks_like(typed, shapes):
    assert {look for look in (CODE, PREFIX, MODIFIER) if look(typed)} == shapes
