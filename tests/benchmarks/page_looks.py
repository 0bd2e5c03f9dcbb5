"""What the benchmarks of pages share: somebody who is signed in, the time of one look, and a planner that knows the tables."""

import time
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import text

from api import accounts
from api.pages.door import SESSION_COOKIE
from api.tables import BrowserSession
from engine import clock, planner
from engine.database import Database, unit_of_work


def browser(app: Flask, account_id: str) -> Any:
    """The browser of this account, signed in."""
    secret, now = f"the session of {account_id}", clock.elapsed()
    with unit_of_work(app.extensions["redress"].database) as session:
        session.add(
            BrowserSession(sha256=accounts.digest(secret), account_id=account_id, created_at=now, expires_at=now + timedelta(hours=1))
        )
    client = app.test_client()
    client.set_cookie(SESSION_COOKIE, secret)
    return client


def look(client: Any, path: str, **asked: str) -> float:
    """Seconds until the page is there."""
    started = time.perf_counter()
    answer = client.get(path, query_string=asked or None)
    taken = time.perf_counter() - started
    if answer.status_code not in (200, 302):  # a search that finds exactly one case leads there
        raise SystemExit(f"{path} answered {answer.status_code}")
    return taken


def let_the_planner_look(database: Database) -> None:
    """What the hourly tidying and autovacuum do in a database that grew up."""
    planner.learn(database)
    if not database.is_sqlite:
        with database.asked.connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
