"""A real Chromium in front of a real server: threads, scheduler and a SQLite file of the test's own."""

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from sqlalchemy import select
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from api import accounts, demo
from api import app as application
from api.pages.language import LANGUAGE_COOKIE
from api.settings import Settings
from engine import clock, deployments, scheduler, user_tasks
from engine.database import Database, reading, unit_of_work
from engine.extensions import SYSTEM, Actor
from engine.paging import Query
from processes import compensations, complaints, extensions, people
from processes.demo import staff
from processes.ports import LedgerMail
from processes.tables.people import Account
from tests.all_pages import Shown
from tests.browser import chrome
from tests.eventually import eventually
from tests.given_complaints import lost_parcel
from tests.processes.conftest import Bank, Office
from tests.visitors import Cookie, cookies

DIAGRAMS = Path(__file__).parents[2] / "diagrams"
PASSWORD = "a long enough one"
WAIT = 60_000  # milliseconds; a busy machine is slow, a broken page never gets there
REFUSED = "Failed to load resource: the server responded with a status of 4"  # a refusal is an answer
CUT_OFF = "Failed to load resource: net::ERR_FAILED"
expect.set_options(timeout=WAIT)


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """The walks speak for themselves."""


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all walks; each has a context of its own."""
    executable = chrome.program()
    if executable is None:
        pytest.skip("there is no Chromium on this machine")
    with chrome.launched(executable) as browser:
        yield browser


@pytest.fixture(scope="package")
def staffed(tmp_path_factory: pytest.TempPathFactory, migrated: str) -> Path:
    """A database file with everybody hired, one password, and every process deployed."""
    file = tmp_path_factory.mktemp("staffed") / "redress.db"
    shutil.copyfile(migrated.removeprefix("sqlite:///"), file)
    settings = Settings(database_url=f"sqlite:///{file}", mail_url=str(file.parent / "letters"))
    database = application.open_product_database(settings)
    password_hash = accounts.hashed(PASSWORD)
    outside = extensions.build(mail=LedgerMail(file.parent / "letters"))
    prepared = deployments.prepare(demo.everything(), extensions=outside)
    with unit_of_work(database) as session:
        staff.hire(session)
        deployments.deploy(session, prepared, SYSTEM, note="As delivered")
    with unit_of_work(database) as session:
        for account_id in session.scalars(select(Account.id)):
            accounts.set_password(session, account_id, password_hash=password_hash)
    database.close()
    return file


@dataclass(frozen=True, kw_only=True)
class Company:
    """The running product, and what happens in it without a browser."""

    url: str
    app: Flask
    letters: Path

    @property
    def database(self) -> Database:
        """The database of the running server."""
        found: Database = self.app.extensions["redress"].database
        return found

    def ask(self, amount: str = "1500", *, by: str = "u_owner1") -> str:
        """A claim for a lost parcel of that price: gives the number of its complaint."""
        with unit_of_work(self.database) as session:
            complaint = complaints.take_over(session, **{**lost_parcel(clock.now()), "level": 1})
            session.flush()
            compensations.request(
                session,
                complaint_reference=complaint.reference,
                remedy_case="DELIVERY_LOST",
                requested_amount=amount,
                inputs={"price": amount, "freight": "0"},
                actor=people.actor_of(session, by),
            )
            return complaint.reference

    def complete(self, reference: str, by: str, **values: Any) -> None:
        """Do the open task of a case as somebody else."""
        task_id = self.task_of(reference)
        with unit_of_work(self.database) as session:
            user_tasks.complete(session, task_id, values=values, actor=people.actor_of(session, by))

    def task_of(self, reference: str) -> str:
        """The id of the open task of a case, once what leads to it has been done: here, or by the scheduler of the server."""
        return eventually(lambda: self._open_task(reference), meanwhile=lambda: scheduler.tick(self.database))

    def _open_task(self, reference: str) -> str | None:
        with reading(self.database) as session:
            found = user_tasks.search(session, Actor(id="nobody"), Query(filter={"business_key": reference}), scope="open").items
        return found[0].id if found else None


@pytest.fixture
def time() -> clock.MovableClock | None:
    """The clock of the product where a test moves it; without one time goes on by itself."""
    return None


@pytest.fixture
def company(tmp_path: Path, staffed: Path, time: clock.MovableClock | None) -> Iterator[Company]:
    with _running(tmp_path, staffed) if time is None else standing_still(tmp_path, staffed, time) as opened:
        yield opened


@pytest.fixture
def office(company: Company, time: clock.MovableClock) -> Office:
    return office_of(company, time)


@contextmanager
def standing_still(tmp_path: Path, staffed: Path, time: clock.MovableClock) -> Iterator[Company]:
    """The product with a clock that is moved, and nothing due before the test says so."""
    with _running(tmp_path, staffed, scheduler=False, clock=time) as opened:
        yield opened
    clock.set_process_clock(None)


@contextmanager
def _running(tmp_path: Path, staffed: Path, **given: Any) -> Iterator[Company]:
    shutil.copyfile(staffed, tmp_path / "redress.db")
    letters = tmp_path / "letters"
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'redress.db'}",
        secret_key="of these walks",
        mail_url=str(letters),
        payment_url=str(tmp_path / "payments"),
        files_folder=str(tmp_path / "files"),
    )
    with served(application.create_app(settings=settings, **given), letters) as opened:
        yield opened


def office_of(company: Company, time: clock.MovableClock) -> Office:
    """The same company for the people who handle its cases."""
    return Office(database=company.database, time=time, letters=company.letters, bank=Bank())


def _read_first(app: Flask) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """The application, its answers read and closed before they are sent.

    The server of werkzeug forgets to close the file it was sending when the browser has left the page.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        parts: Any = app(environ, start_response)
        with closing(parts):
            return list(parts)

    return answer


@contextmanager
def served(app: Flask, letters: Path) -> Iterator[Company]:
    """The application behind a real server, until the walk is over."""
    server: BaseWSGIServer = make_server("127.0.0.1", 0, _read_first(app), threaded=True, request_handler=_Silent)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield Company(url=f"http://127.0.0.1:{server.port}", app=app, letters=letters)
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
        application.close(app)


def visit(company: Company, page: Page, shown: Shown, *, language: str = "en") -> None:
    """Open a page of `tests.all_pages` as the one who looks at it, without typing a password."""
    with unit_of_work(company.database) as session:
        path, who = shown.visit(session)
        given = [Cookie(name=LANGUAGE_COOKIE, value=language), *cookies(company.app, session, who)]
    page.context.clear_cookies()
    page.context.add_cookies([{"name": one.name, "value": one.value, "domain": "127.0.0.1", "path": one.path} for one in given])
    answer = page.goto(path)
    assert answer is not None and answer.status == shown.status, (shown.name, path, answer)


@dataclass(kw_only=True)
class Windows:
    """Browser windows of a walk: one for each person, and everything their pages complained about."""

    browser: Browser
    company: Company
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = (REFUSED,)

    def open(self, *, language: str = "en", width: int = 1280, scripts: bool = True) -> Page:
        """A fresh window that nobody has signed in to."""
        context = self.browser.new_context(
            base_url=self.company.url,
            locale="zh-CN" if language == "zh" else "en-GB",
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(WAIT)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        return page

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not said.text.startswith(self.expected):
            self.complaints.append(f"{said.text} ({said.location['url']}, on {said.page.url if said.page else 'no page'})")

    def are_cut_off(self) -> None:
        """From here on, what pages ask for may come to nothing; the browser says so by itself, whenever it notices."""
        self.expected += (CUT_OFF,)

    def speak(self, page: Page, language: str) -> None:
        """As if its reader had switched to this language."""
        page.context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language, "url": self.company.url}])

    def sign_in(self, account: str, *, language: str = "en", **window: Any) -> Page:
        """A window in which this person has signed in by hand."""
        page = self.open(language=language, **window)
        self.speak(page, language)
        page.goto("/sign-in")
        page.locator("#account").fill(account)
        page.locator("#password").fill(PASSWORD)
        page.locator("main button.primary").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page


@pytest.fixture
def windows(chromium: Browser, company: Company) -> Iterator[Windows]:
    opened = Windows(browser=chromium, company=company)
    yield opened
    for context in opened.contexts:
        context.close()
    assert opened.complaints == []
