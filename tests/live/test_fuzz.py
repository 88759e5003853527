"""Schemathesis asks the real server what the OpenAPI document allows, and what it forbids: no answer is a fault of the
server, and none is another than the document says. `make fuzz-api` does the same for ten minutes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.server import ROOT

pytestmark = pytest.mark.slow

CONFIG = Path(__file__).with_name("schemathesis.toml")
SECONDS = int(os.environ.get("FUZZ_SECONDS", "45"))
#: The same requests on every short run, so that a failure can be repeated; a long run looks for new ones.
SEED = ["--seed=20200131"] if SECONDS <= 60 else []


def test_no_request_is_answered_otherwise_than_described(live_server, tmp_path):
    command = [sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", str(CONFIG), "run"]
    options = [f"--max-time={SECONDS}", "--checks=all", "--request-timeout=20", *SEED]
    done = subprocess.run(
        [*command, *options, f"{live_server.url}/api/v1/openapi.json"],
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.live.schemathesis_hooks", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=SECONDS * 2 + 120,
        check=False,
    )
    said = "\n".join(line[:600] for line in done.stdout.splitlines())
    assert done.returncode == 0, said[-12_000:] + done.stderr[-2_000:]
    assert "Operations:" in said
    assert live_server.process.poll() is None
