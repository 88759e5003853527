"""`create_app`: the only way to an application; importing this module makes none."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from service import memory
from service.config import Config, load_config
from service.opening import open_embedded, open_searcher
from service.search.searcher import Searcher
from service.web import (
    answers,
    arguments,
    batch,
    compare,
    context,
    cors,
    docs,
    errors,
    express,
    health,
    json,
    logs,
    metrics,
    nlm,
    observer,
    openapi,
    pages,
    rates,
    search_v1,
    shedding,
)
from service.web.admin import analytics, builds, bulk, desk, documents, synonyms
from service.web.bodies import Bodies
from service.web.fhir import views as fhir
from service.web.gauges import Gauges
from service.web.logs import RequestLog
from service.web.metrics import Meters
from service.web.proxies import Proxies
from service.web.shedding import Probe, ProbeAnswers, Shedder
from service.web.shield import Shield

__all__ = ["create_app", "create_worker_app", "open_embedded"]

#: The variable by which `procsearch serve` names the folder that its processes share; no setting for people.
SHARED_FOLDER = "PROCSEARCH_METRICS_FOLDER"


def create_app(
    config: Config | None = None,
    log: RequestLog | None = None,
    shared: Path | None = None,
    probe: Probe | None = None,
    *,
    alone: bool = False,
) -> Flask:
    """Return the web application that serves what is published, by default as the environment says.

    It starts one thread, which follows the pointer to the published snapshot. Without a snapshot it starts all the
    same and answers 503 until one is published. Requests are logged to ``log``; metrics and rates are those of all
    processes that were given the same folder ``shared``. With a ``probe``, which it does not start, requests are
    refused where they would wait too long. ``alone`` says that the process serves nothing else, so that its garbage
    collector may be set.
    """
    config = config or load_config(os.environ)
    app = Flask("service", root_path=os.path.dirname(__file__))
    app.config["MAX_CONTENT_LENGTH"] = config.max_body_bytes
    app.config[batch.TIME_LIMIT] = config.batch_time_limit_ms
    searcher = open_searcher(config, config.time_limit_ms)
    context.attach(app, searcher)
    health.install(app, shared)
    json.install(app)
    kept = answers.install(app, config.answer_bytes)
    errors.install(app)
    rates.install(app, config.rate_limit, shared)
    arguments.install(app)
    desk.install(app, config)
    analytics.install(app, config)
    pages.install(app)
    admin = (builds, bulk, documents, synonyms, analytics)
    blueprints = (search_v1, batch, openapi, docs, nlm, fhir, health, pages, compare, *admin)
    for blueprint in (each.blueprint for each in blueprints):
        app.register_blueprint(blueprint)
    meters = metrics.install(app, shared) if config.metrics == "on" else None
    if not (config.rate_limit or config.cors_origins or config.analytics == "on"):
        # These have hooks of the framework look at every request.
        express.install(app, searcher, kept, meters)
    streamed = frozenset((bulk.PATH,))
    app.wsgi_app = Bodies(app.wsgi_app, config.max_body_bytes, config.threads, streamed)  # type: ignore[method-assign]
    cors.install(app, config.cors_origins)
    if probe:
        app.wsgi_app = Shedder(app, config.wait_limit_ms / 1000, probe.wait)  # type: ignore[method-assign]
    app.wsgi_app = Shield(app.wsgi_app)  # type: ignore[method-assign]
    observer.install(app, meters, log)
    _add_outer_layers(app, config, probe)
    if meters:
        meters.watch(Gauges(meters, searcher, kept, log).refresh, lambda: searcher.status.serving)
    _follow(searcher, meters, alone=alone)
    return app


def _follow(searcher: Searcher, meters: Meters | None, *, alone: bool) -> None:
    """Follow what is published; look after memory and metrics at every turn."""
    chores = [] if meters is None else [meters.refresh]
    if alone:
        settled = memory.Settled(lambda: searcher.status.serving)
        settled.settle()
        chores.append(settled.settle)

    def do_all() -> None:
        for chore in chores:
            chore()

    searcher.follow(do_all)


def _add_outer_layers(app: Flask, config: Config, probe: Probe | None) -> None:
    """Add what comes before requests are counted: who asks has to be known, and probes are no requests."""
    if config.trusted_proxies:
        app.wsgi_app = Proxies(app.wsgi_app, config.trusted_proxies)  # type: ignore[method-assign]
    if probe:
        app.wsgi_app = ProbeAnswers(app.wsgi_app, probe)  # type: ignore[method-assign]


def create_worker_app() -> Flask:
    """Return the application of one server process, which also sets up its log."""
    memory.share_among_threads()
    config = load_config(os.environ)
    logs.setup(config.log)
    folder, secret = os.environ.get(SHARED_FOLDER), os.environ.get(shedding.SECRET)
    probe = Probe(config.host, config.port, secret, config.threads) if secret and config.wait_limit_ms else None
    app = create_app(config, logs.request_log(config.log), Path(folder) if folder else None, probe, alone=True)
    if probe:
        probe.start()
    return app
