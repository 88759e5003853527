"""The server that runs the workers: how it starts, how it stops without failing anyone, and how it takes new settings.

SIGTERM drains: `/readyz` says 503 for the seconds that the settings give, all else is answered; then no connection is
taken any more, requests in flight are answered, and the workers end. A second signal, or SIGINT, does without the wait.
SIGHUP replaces the workers one by one by new ones under the settings that hold then.
"""

from __future__ import annotations

import logging
import os
import resource
import secrets
import signal
import threading
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from service import draining
from service.app import SHARED_FOLDER
from service.config import Config, ConfigError, load_config
from service.respawns import Respawns
from service.web import logs, shedding
from service.web.admin.analytics import KEY_VARIABLE

_log = logging.getLogger(__name__)


_BACKLOG = 1024
#: Connections that a worker holds at a time; each takes a file descriptor.
_CONNECTIONS = 2048


class DrainingServer(Server):  # type: ignore[misc, valid-type]
    """Granian's server, which waits before it stops, and takes no settings that cannot be used."""

    def __init__(self, config: Config, shared: Path, **options: Any) -> None:
        super().__init__(
            "service.app:create_worker_app",
            address=config.host,
            port=config.port,
            interface=Interfaces.WSGI,
            factory=True,
            workers=config.workers,
            # Python runs one request at a time in a process, and the more threads wait for their turn, the longer a
            # switch takes; they are for clients that send their bodies slowly.
            blocking_threads=config.threads,
            workers_kill_timeout=config.stop_seconds,
            websockets=False,
            backlog=_BACKLOG,
            backpressure=_CONNECTIONS,
            http1_settings=HTTP1Settings(
                header_read_timeout=config.header_seconds * 1000, max_buffer_size=config.max_header_bytes
            ),
            respawn_failed_workers=True,
            log_access=False,
            log_dictconfig=logs.setup(config.log),
            **options,
        )
        self.respawned_wrks = Respawns(lambda: self.interrupt_signal)
        self._config, self._shared = config, shared
        self._draining = False

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """Stop at once, or where a first SIGTERM says so after the wait."""
        if args[:1] == (signal.SIGTERM,) and self._config.drain_seconds and not self._draining:
            self._draining = True
            draining.begin(self._shared)
            _log.info("draining for %s s: /readyz says 503, everything else is answered", self._config.drain_seconds)
            wait = threading.Timer(self._config.drain_seconds, super().signal_handler_interrupt)
            wait.daemon = True
            wait.start()
            return
        super().signal_handler_interrupt(*args, **kwargs)

    def signal_handler_reload(self, *args: Any, **kwargs: Any) -> None:
        """Replace the workers where the settings can be used; else go on with those that are."""
        try:
            load_config(os.environ)
        except ConfigError as error:
            _log.error("settings not taken over, the workers go on: %s", error)
            return
        super().signal_handler_reload(*args, **kwargs)


def serve(config: Config) -> None:
    """Serve until a signal comes."""
    _allow_open_files()
    with TemporaryDirectory(prefix="procsearch-metrics-") as folder:
        os.environ[SHARED_FOLDER] = folder
        os.environ[shedding.SECRET] = shedding.new_secret()
        # Known to the workers of this server and to nobody else.
        os.environ[KEY_VARIABLE] = secrets.token_hex(32)
        DrainingServer(config, Path(folder)).serve()


def _allow_open_files() -> None:
    """Raise the soft limit of open files as far as it may be: every connection takes one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _CONNECTIONS * 2 if hard == resource.RLIM_INFINITY else min(_CONNECTIONS * 2, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
