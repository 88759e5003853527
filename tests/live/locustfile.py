"""What clients ask in a soak: searches, typing, pages, codes, exports, batches, NLM's service and FHIR; see `soak`.

Locust runs this file in a process of its own. Every answer is held to its status and to one snapshot.
"""

from __future__ import annotations

import itertools
import random
import re
from typing import Any

from locust import FastHttpUser, constant_throughput, task

_WORDS = (
    "insulin pump, wheelchair, oxygen, iop, colonoscopy, ambulance, cpap mask, walker, knee brace, blood transfusion, "
    "vitamin b12, diabetes training, hearing aid, lens implant, prenatal visit, injection, screening mammogram, cane, "
    "hospital bed, glucose monitor, flu shot, nebulizer, prosthetic leg, infusion, catheter, repair of a fracture"
).split(", ")
_CODES = ("A0430", "E0601", "G0108", "G0121", "H0015", "J3420", "L1902", "P9016", "Q0091", "T1019", "V2632")
_SYSTEM = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
_ALL = "http://terminology.hl7.org/ValueSet/v3-HealthCareCommonProcedureCodingSystem"
_SNAPSHOT = re.compile(r"\b\d{6}-[0-9a-f]{12}\b")
_numbers = itertools.count()


class Client(FastHttpUser):
    """One client; half of its questions were never asked before, so that kept answers do not answer them all."""

    wait_time = constant_throughput(20)

    def ask(self, path: str, name: str, **options: Any) -> None:
        """Ask, and count as failed what is no 200 or tells of two snapshots."""
        method = "POST" if "data" in options else "GET"
        with self.client.request(method, path, name=name, catch_response=True, **options) as response:
            if response.status_code != 200:
                response.failure(f"status {response.status_code}")
            elif len(set(_SNAPSHOT.findall(response.text))) > 1:
                response.failure("two snapshots in one answer")
            else:
                response.success()

    def words(self) -> str:
        """Return words to search for."""
        text = random.choice(_WORDS)
        return text if random.random() < 0.5 else f"{text} {next(_numbers)}"

    @task(10)
    def search(self) -> None:
        self.ask(f"/api/v1/search?q={self.words()}", "search")

    @task(3)
    def search_with_facets(self) -> None:
        self.ask(f"/api/v1/search?q={self.words()}&facets=family,coverage&limit=50&explain=true", "search, facets")

    @task(10)
    def suggest(self) -> None:
        self.ask(f"/api/v1/suggest?q={self.words()[: random.randint(1, 8)]}", "suggest")

    @task(5)
    def page(self) -> None:
        self.ask(f"/?q={self.words()}", "page")

    @task(4)
    def code(self) -> None:
        self.ask(f"/codes/{random.choice(_CODES)}", "code page")
        self.ask(f"/api/v1/documents/{random.choice(_CODES)}", "document")

    @task(4)
    def lookup(self) -> None:
        self.ask(f"/api/hcpcs/v3/search?terms={self.words()}&df=code,display", "NLM")

    @task(3)
    def expand(self) -> None:
        self.ask(f"/fhir/ValueSet/$expand?url={_ALL}&filter={self.words()}&count=20", "FHIR expand")

    @task(3)
    def validate(self) -> None:
        path = f"/fhir/CodeSystem/$validate-code?url={_SYSTEM}&code={random.choice(_CODES)}"
        self.ask(path, "FHIR validate-code")

    @task(1)
    def export(self) -> None:
        self.ask(f"/api/v1/search?q={random.choice(_WORDS)}&format=csv", "export")

    @task(1)
    def batch(self) -> None:
        lines = {"codes": list(_CODES)}
        self.ask("/api/v1/batch", "batch", data=_json(lines), headers={"Content-Type": "application/json"})


def _json(value: Any) -> bytes:
    import json

    return json.dumps(value).encode()
