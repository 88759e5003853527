"""A set-up whose documents and builds can be changed over HTTP, for the tests of administration."""

from __future__ import annotations

import time

from service.admin.tokens import SCOPES, Tokens


class Operator:
    """A client of an application, or of a real server, that sends a token with every request."""

    def __init__(self, client, token):
        self.client, self.token = client, token

    def ask(self, method, path, headers=None, **options):
        given = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        return self.client.open(path, method=method, headers=given, **options)

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def post(self, path, **options):
        return self.ask("POST", path, **options)

    def put(self, path, text, **options):
        return self.ask("PUT", path, data=text.encode(), content_type="text/plain", **options)

    def delete(self, path, **options):
        return self.ask("DELETE", path, **options)

    def ended(self, task_id, seconds=60):
        """Return a task once it is over."""
        until = time.monotonic() + seconds
        while (task := self.get(f"/api/v1/tasks/{task_id}").json)["state"] in ("queued", "running"):
            assert time.monotonic() < until, task
            time.sleep(0.05)
        return task


def token_for(data, *scopes):
    """Return a new token with these scopes, by default all."""
    scopes = scopes or tuple(SCOPES)
    return Tokens(data).create("-".join(scopes), scopes)
