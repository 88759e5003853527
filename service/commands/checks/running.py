"""Checks of settings, and of the service that should be running with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rapidfuzz import process

from indexer.config_file import VARIABLE
from service.client import AnswerError, Client, ClientError, ConnectionFailed
from service.client.model import Readiness
from service.commands.checks.cluster import searched_cluster
from service.commands.checks.finding import Finding, Setup, ok, problem, warning
from service.config import SETTINGS, ConfigError, load_config

_PREFIX = "PROCSEARCH_"
_SECONDS = 3.0
_ALIKE = 70
#: Addresses that mean all of this machine's, and by which the machine itself reaches them.
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  (nothing is bound)


def settings(setup: Setup) -> Iterator[Finding]:
    """Is every setting in the environment known, and can its value be used?"""
    known = {VARIABLE, *(setting.variable for setting in SETTINGS)}
    given = {name: value for name, value in setup.environment.items() if name.startswith(_PREFIX)}
    wrong = [*_wrong(given), *(_unknown(name, known) for name in sorted(given.keys() - known))]
    yield from wrong
    if not wrong:
        yield ok("settings", f"{len(given)} in the environment, all usable" if given else "defaults")


def _wrong(given: Mapping[str, str]) -> Iterator[Finding]:
    for name, value in given.items():
        try:
            load_config({name: value})
        except ConfigError as error:
            yield problem("settings", str(error), f"Correct {name}, or unset it.")


def _unknown(name: str, known: set[str]) -> Finding:
    alike = process.extractOne(name, sorted(known), score_cutoff=_ALIKE)
    meant = f"Was {alike[0]} meant? " if alike else ""
    return warning(
        "settings", f"{name} is no setting and does nothing", f"{meant}Unset it; docs/operations.md has all."
    )


def service(setup: Setup) -> Iterator[Finding]:
    """Does a service answer at the configured address, and with the snapshot published here?"""
    try:
        url = setup.url or configured_url(setup.environment)
    except ConfigError:
        # Told by the check of settings.
        return
    try:
        with Client(url, timeout=_SECONDS, retries=0) as client:
            yield _judged(url, client.readiness(), setup)
    except ConnectionFailed as error:
        found, remedy = (
            f"nobody answers at {url} ({error})",
            "Start it with 'procsearch serve', or correct the address.",
        )
        yield problem("service", found, remedy) if setup.url else warning("service", found, remedy)
    except AnswerError as error:
        yield problem("service", f"{url} answers with an error: {error}", "Look into the log of the service.")
    except ClientError as error:
        yield problem(
            "service",
            f"another program than procsearch answers at {url}: {error}",
            "Let procsearch listen elsewhere (PROCSEARCH_PORT), or end that program.",
        )
    except ValueError as error:
        yield problem("service", str(error), "Correct PROCSEARCH_HOST, or --url.")


def configured_url(environment: Mapping[str, str]) -> str:
    """Return where a service with these settings listens; ConfigError where they cannot be used."""
    config = load_config(environment)
    host = _EVERYWHERE.get(config.host, config.host)
    return f"http://[{host}]:{config.port}" if ":" in host and host[0] != "[" else f"http://{host}:{config.port}"


def _judged(url: str, served: Readiness, setup: Setup) -> Finding:
    # Whether a cluster holds what is published here is told by its own check.
    here = setup.snapshot.name if setup.snapshot and not searched_cluster(setup.environment) else None
    if served.status == "unavailable":
        return problem("service", f"{url} has nothing to serve", "Run 'procsearch build'; it is served at once.")
    if served.status != "ok" and served.snapshot == served.published:
        return problem(
            "service",
            f"{url} serves {served.snapshot}, whose files were changed or removed meanwhile",
            "Run 'procsearch verify' to see which, then 'procsearch build' before the service is started anew.",
        )
    if served.status != "ok":
        return problem(
            "service",
            f"{url} serves {served.snapshot}, not {served.published}, which is published",
            "Run 'procsearch verify', then 'procsearch build' or 'procsearch rollback'.",
        )
    if here is not None and served.snapshot != here:
        return problem(
            "service",
            f"{url} serves {served.snapshot}; {here} is published in {setup.data}",
            "It runs over another data folder: set --data or PROCSEARCH_DATA to the same for both.",
        )
    return ok("service", f"{url} serves {served.snapshot}")
