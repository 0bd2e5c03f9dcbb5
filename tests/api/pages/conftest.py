"""A browser without a screen: cookies, forms with their token, and the process of the product deployed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api import accounts
from api.pages.door import SESSION_COOKIE
from api.tables import BrowserSession
from engine import clock, user_tasks
from engine.database import reading, unit_of_work
from engine.extensions import Actor
from engine.paging import Query
from processes import compensations, complaints, people
from tests import databases, postgresql
from tests.api.conftest import Office
from tests.given_complaints import lost_parcel

APPROVAL = Path(__file__).parents[3] / "diagrams" / "compensation_approval"


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody at a browser."""

    client: FlaskClient

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open an address."""
        return self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path: str, **form: Any) -> TestResponse:
        """Send a form as the page would: with the token of this browser."""
        return self.client.post(path, data={"csrf_token": self.token(), **form})

    def put(self, path: str, body: Any, *, revision: int = 0) -> TestResponse:
        """Send JSON as a script of ours would, over what it read."""
        return self.client.put(path, json=body, headers={"X-CSRF-Token": self.token(), "If-Match": f'"{revision}"'})

    def token(self) -> str:
        """The token the forms of this browser carry."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/sign-in", follow_redirects=True).text)
        assert found is not None
        return found[1]


def words(response: TestResponse) -> str:
    """What a reader sees of a page: no tags, no scripts, single spaces."""
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", response.text, flags=re.DOTALL)
    return " ".join(unescape(text).split())


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The office, and people at their browsers."""

    office: Office

    def visitor(self, account_id: str | None = None, *, language: str = "en") -> Visitor:
        """This account signed in (a stranger without one), reading this language."""
        client = self.office.app.test_client()
        client.set_cookie("redress_language", language)
        if account_id is not None:
            client.set_cookie(SESSION_COOKIE, self._session(account_id))
        return Visitor(client=client)

    def _session(self, account_id: str) -> str:
        secret, now = f"session-of-{account_id}", clock.elapsed()
        row = BrowserSession(sha256=accounts.digest(secret), account_id=account_id, created_at=now, expires_at=now + timedelta(hours=1))
        with unit_of_work(self.office.database) as session:
            session.merge(row)
        return secret

    def complaint(self, **changes: Any) -> str:
        """The number of a new complaint about a lost parcel."""
        with unit_of_work(self.office.database) as session:
            return complaints.take_over(session, **{**lost_parcel(clock.now()), **changes}).reference

    def ask(self, amount: str = "1500", *, by: str = "u_owner1", **complaint: Any) -> str:
        """A claim for a lost parcel of that price; gives the id of its instance."""
        reference = self.complaint(**complaint)
        with unit_of_work(self.office.database) as session:
            claim = compensations.request(
                session,
                complaint_reference=reference,
                remedy_case="DELIVERY_LOST",
                requested_amount=amount,
                inputs={"price": amount, "freight": "0"},
                actor=people.actor_of(session, by),
            )
        self.office.tick()
        assert claim.instance_id is not None
        return claim.instance_id

    def task(self, instance_id: str) -> str:
        """The id of the open task of an instance."""
        with reading(self.office.database) as session:
            everything = Query(filter={"instance_id": instance_id})
            return user_tasks.search(session, Actor(id="nobody"), everything, scope="open").items[0].id

    def complete(self, task_id: str, by: str, **values: Any) -> None:
        """Do a task behind the pages' back."""
        with unit_of_work(self.office.database) as session:
            user_tasks.complete(session, task_id, values=values, actor=people.actor_of(session, by))
        self.office.tick()


@pytest.fixture
def database_url(tmp_path: Path, delivered: str, postgresql_server: postgresql.Server | None) -> Iterator[str]:
    """A database of this test, with everybody hired and every process deployed."""
    with databases.borrowed(delivered, tmp_path / "redress.db", server=postgresql_server) as url:
        yield url


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office=office)
