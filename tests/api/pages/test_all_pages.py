"""The list of all pages is complete, every page answers, and none asks the database more the more there is."""

from pathlib import Path

import pytest

from engine.database import unit_of_work
from tests import furnished
from tests.all_pages import NO_PAGES, PAGES, PARTS, Shown, endpoints
from tests.api.conftest import Office
from tests.api.pages.conftest import Desk
from tests.api.test_cost import statements
from tests.processes.conftest import Bank
from tests.processes.conftest import Office as Processes
from tests.visitors import cookies

pytestmark = pytest.mark.every_database  # every page, once

HANDFUL = 25  # statements: the page of a case reads some thirty kinds of records, most pages take less than ten


@pytest.fixture
def company(desk: Desk) -> Processes:
    """The office of these pages, for those who handle its cases."""
    office = desk.office
    return Processes(database=office.database, time=office.time, letters=Path("letters"), bank=Bank())


def test_every_page_is_in_the_list(office: Office) -> None:
    listed = {shown.endpoint for shown in (*PAGES, *PARTS)}
    assert endpoints(office.app) - listed - set(NO_PAGES) == set(), "add these to tests/all_pages.py"
    assert (listed | set(NO_PAGES)) - endpoints(office.app) == set(), "these are gone: take them out of tests/all_pages.py"
    names = [shown.name for shown in (*PAGES, *PARTS)]
    assert len(set(names)) == len(names)


def test_no_page_makes_more_statements_than_a_handful_nor_more_with_more_rows(desk: Desk, company: Processes) -> None:
    with unit_of_work(desk.office.database) as session:
        furnished.arrange_house(session)
    furnished.furnish(company, rows=1)
    few = {shown.name: asked(desk, shown) for shown in (*PAGES, *PARTS)}
    assert {name: sent for name, sent in few.items() if len(sent) > HANDFUL} == {}
    furnished.furnish(company, rows=2, first=1)
    many = {shown.name: asked(desk, shown) for shown in (*PAGES, *PARTS)}
    assert {name: (few[name], sent) for name, sent in many.items() if len(sent) > len(few[name])} == {}


def asked(desk: Desk, shown: Shown) -> list[str]:
    """The statements with which this page is made; caches of definitions are filled before."""
    with unit_of_work(desk.office.database) as session:
        path, who = shown.visit(session)
        given = cookies(desk.office.app, session, who)
    client = desk.office.app.test_client()
    for cookie in given:
        client.set_cookie(cookie.name, cookie.value, path=cookie.path)
    assert client.get(path).status_code == shown.status, f"{shown.name}: {path}"
    with statements(desk.office) as sent:
        client.get(path)
    return sent
