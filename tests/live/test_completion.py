"""Completion in a real bash: the printed script is loaded, and bash is asked what Tab would offer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from tests.live.server import ROOT

BASH = shutil.which("bash")


@pytest.fixture
def program(tmp_path):
    """A `procsearch` on the path, as an installation puts one there."""
    path = tmp_path / "bin/procsearch"
    path.parent.mkdir()
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from service.launcher import main; main()"
    path.write_text(f"#!{sys.executable}\n{start}\n")
    path.chmod(0o755)
    return path


def offered(program, line, shell="bash", **environment):
    """Return what bash offers for the last word of ``line``."""
    script = f"""
eval "$(procsearch completion {shell})"
read -r _ _ function <<<"$(complete -p procsearch | sed 's/.*-F \\([^ ]*\\) .*/x x \\1/')"
COMP_WORDS=({line})
[[ "$1" == end ]] && COMP_WORDS+=("")
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
"$function" procsearch "${{COMP_WORDS[COMP_CWORD]}}" ""
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(BASH), "-c", script, "bash", "end" if line.endswith(" ") else "word"],
        env={**os.environ, "PATH": path, **environment},
        cwd=program.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.skipif(BASH is None, reason="bash is not installed")
def test_bash_completes_commands_options_and_codes(program, documents_data):
    data = {"PROCSEARCH_DATA": str(documents_data)}
    assert offered(program, "procsearch do", **data) == ["doctor"]
    assert "--explain" in offered(program, "procsearch search --ex", **data)
    assert offered(program, "procsearch search --status ", **data) == ["active", "terminated"]
    codes = offered(program, "procsearch show h00", **data)
    assert "H0015" in codes
    assert all(code.startswith("H00") for code in codes)
    assert offered(program, f"procsearch show --data {documents_data} H0015") == ["H0015"]
    assert offered(program, "procsearch completion ", **data) == ["bash", "zsh", "fish"]


@pytest.mark.skipif(BASH is None, reason="bash is not installed")
def test_bash_offers_no_code_where_there_is_no_index(program, tmp_path):
    assert offered(program, "procsearch show H0", PROCSEARCH_DATA=str(tmp_path)) == []
    (tmp_path / "CURRENT").write_text("nonsense")
    assert offered(program, "procsearch show H0", PROCSEARCH_DATA=str(tmp_path)) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_gets_a_script_that_it_can_read(program, shell, tmp_path):
    done = subprocess.run([program, "completion", shell], capture_output=True, text=True, timeout=60, check=True)
    assert "_PROCSEARCH_COMPLETE" in done.stdout
    reader = shutil.which(shell)
    if reader:
        script = tmp_path / "script"
        script.write_text(done.stdout)
        subprocess.run([reader, "-n", str(script)], check=True, timeout=60)
