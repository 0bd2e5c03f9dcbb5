"""What comes by itself does not move a page under a hand: click and key meet what was aimed at."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from engine import user_tasks
from engine.database import unit_of_work
from processes import cases, comments, people
from tests.browser.conftest import Company, Windows
from tests.browser.desk import DRAWN, pressing
from tests.eventually import eventually

pytestmark = pytest.mark.browser
PEOPLE, ROWS, SAID = re.compile("/people[?]"), re.compile("/tasks/list"), re.compile(r"/conversation(\?.*)?$")
MOVES = "performance.now = () => 0, document.dispatchEvent(new PointerEvent('pointermove', { pointerType: 'mouse' }))"
RESTS = "delete performance.now"


def claims(company: Company, reference: str) -> None:
    """A colleague takes the task of this case."""
    task_id = company.task_of(reference)
    with unit_of_work(company.database) as session:
        user_tasks.claim(session, task_id, actor=people.actor_of(session, "u_lead2"))


def comment(company: Company, reference: str, text: str) -> None:
    """A colleague says something about the case."""
    with unit_of_work(company.database) as session:
        comments.add(session, cases.by_reference(session, reference), text, actor=people.actor_of(session, "u_lead2"))


def held_back(page: Page, what: re.Pattern[str]) -> list[Route]:
    """What the page asks for from now on, until it is let through."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(what, hold)
    return held


def test_a_row_does_not_slide_away_under_a_press(company: Company, windows: Windows) -> None:
    for amount in ("1500", "1600", "1700"):
        company.task_of(company.ask(amount))
    page = windows.sign_in("u_lead1")
    rows = page.locator(".task-list .case .numbers")
    expect(rows).to_have_count(3)
    first, _, last = rows.all_inner_texts()
    with pressing(rows.last), page.expect_response(ROWS):
        claims(company, first)
    expect(page.locator(".task")).to_contain_text(last)
    expect(page.locator(".task-list li").filter(has_text=first)).to_have_count(0)


def test_what_colleagues_say_does_not_move_what_is_pressed(company: Company, windows: Windows) -> None:
    reference = company.ask()
    comment(company, reference, "The carrier has answered.")
    page = windows.sign_in("u_lead1")
    page.goto(f"/complaints/{reference}/conversation")
    on_the_way = held_back(page, SAID)
    comment(company, reference, "Found at the depot.")
    eventually(lambda: on_the_way, meanwhile=lambda: page.evaluate(DRAWN))
    with pressing(page.locator(".said .when").first), page.expect_response(SAID):
        on_the_way.pop().continue_()
    expect(page).to_have_url(re.compile("#said-"))


def test_a_list_waits_for_a_hand_that_moves(company: Company, windows: Windows) -> None:
    reference = company.ask()
    company.task_of(reference)
    page = windows.sign_in("u_lead1")
    row = page.locator(".task-list li").filter(has_text=reference)
    row.hover()
    page.evaluate(MOVES)
    with page.expect_response(ROWS):
        claims(company, reference)
    page.evaluate(DRAWN)
    expect(row).to_be_visible()
    page.evaluate(RESTS)
    expect(row).to_have_count(0)


def test_enter_takes_who_was_typed_though_the_list_is_behind(company: Company, windows: Windows) -> None:
    reference = company.ask()
    page = windows.sign_in("u_lead1")
    page.goto(f"/complaints/{reference}/conversation")
    field = page.get_by_label("Comment for colleagues")
    field.click()
    with page.expect_response(PEOPLE):
        page.keyboard.insert_text("@l")
    first = page.locator(".mention-list [aria-selected=true]")
    expect(first).to_be_visible()
    expect(first).not_to_contain_text("Liang Hui")
    on_the_way = held_back(page, PEOPLE)
    page.keyboard.insert_text("iang")
    page.keyboard.press("Enter")
    eventually(lambda: on_the_way, meanwhile=lambda: page.evaluate(DRAWN))
    on_the_way.pop().continue_()
    expect(field).to_have_value("@Liang Hui ")
