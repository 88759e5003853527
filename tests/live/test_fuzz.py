"""Schemathesis asks the real server what the OpenAPI document allows, and what it forbids: no answer is a fault of the
server, and none is another than the document says. `make fuzz-api` does the same for ten minutes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.server import ROOT, running
from tests.service.admin import token_for

pytestmark = pytest.mark.slow

CONFIG = Path(__file__).with_name("schemathesis.toml")
SECONDS = int(os.environ.get("FUZZ_SECONDS", "45"))
#: The same requests on every short run, so that a failure can be repeated; a long run looks for new ones.
SEED = ["--seed=20200131"] if SECONDS <= 60 else []


#: No header is required but that of a token, and where no token is configured 403 tells how to make one.
NO_HEADER = "--exclude-checks=missing_required_header"
#: A cancelled task is told of as before, and many wrong tokens are answered with 429.
NOT_OF_CHANGES = "use_after_free,ignored_auth"
#: With `wait=true` an answer may take 25 seconds.
PATIENCE = ("--max-response-time=40", "--request-timeout=60")


def test_no_request_is_answered_otherwise_than_described(live_server, tmp_path):
    _ask_everything(live_server, tmp_path, NO_HEADER)


@pytest.mark.skipif(SECONDS <= 60, reason="only with make fuzz-api")
def test_no_change_is_answered_otherwise_than_described(documents_data, twelve_documents, tmp_path):
    data = shutil.copytree(documents_data, tmp_path / "data")
    settings = {"PROCSEARCH_CORPUS": str(twelve_documents), "PROCSEARCH_SHIPPED": "off", "PROCSEARCH_ANALYTICS": "on"}
    # Builds take the machine's time, and requests that are turned away then are not what is looked for.
    settings["PROCSEARCH_WAIT_LIMIT_MS"] = "0"
    with running(data, settings=settings) as server:
        token = f"Authorization: Bearer {token_for(data)}"
        _ask_everything(server, tmp_path, "--header", token, f"{NO_HEADER},{NOT_OF_CHANGES}", *PATIENCE)


def _ask_everything(server, tmp_path, *more):
    command = [sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", str(CONFIG), "run"]
    options = [f"--max-time={SECONDS}", "--checks=all", "--request-timeout=20", *SEED, *more]
    done = subprocess.run(
        [*command, *options, f"{server.url}/api/v1/openapi.json"],
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
    assert server.process.poll() is None
