"""The frame around every page in a real browser: a bell that rings, keys, search, a drawer on a phone, a way back."""

import re

import pytest
from playwright.sync_api import Page, expect

from engine import user_tasks
from engine.database import unit_of_work
from processes import people
from tests.browser.conftest import Company, Windows
from tests.browser.desk import lead_to

pytestmark = pytest.mark.browser
LEAD = "u_lead1"


def assign(company: Company, account: str = LEAD) -> str:
    """The manager gives this person an approval; gives the number of its case."""
    reference = company.ask()
    task_id = company.task_of(reference)
    with unit_of_work(company.database) as session:
        user_tasks.assign(session, task_id, assignee=people.actor_of(session, account), actor=people.actor_of(session, "u_mgr_cs"))
    return reference


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


SAYS = """
window.said = [];
window.Notification = class extends EventTarget {
  static permission = "granted";
  constructor(title) { super(); said.push(title); }
};
"""
CLOSED_AND_TYPED_AT_ONCE = """() => {
    document.getElementById("keys").close();
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "/", bubbles: true, cancelable: true }));
}"""


def test_the_bell_rings_the_browser_says_it_and_what_is_opened_is_read(company: Company, windows: Windows) -> None:
    lead = windows.sign_in(LEAD)
    lead.add_init_script(SAYS)
    lead.goto("/complaints")
    bell = lead.locator("[data-bell]")
    expect(bell).to_have_accessible_name("Notifications")
    reference = assign(company)
    expect(bell).to_have_accessible_name("Notifications, 1 unread")
    expect(bell.locator("[data-count]")).to_have_text("1")
    lead.wait_for_function("said.length > 0")
    assert lead.evaluate("said") == [f"Approve the compensation is assigned to you: {reference}"]
    lead_to(lead, re.compile("/notifications$"), "g", "n")
    press(lead, "r")
    toast = lead.locator("[data-toasts] [data-toast]")
    expect(toast).to_contain_text("One notification is marked as read.")
    toast.get_by_role("button", name="Undo").click()
    expect(bell).to_have_accessible_name("Notifications, 1 unread")
    lead.get_by_role("link", name=re.compile("is assigned to you")).click()
    expect(lead.locator("h1")).to_contain_text("Approve the compensation")
    expect(bell).to_have_accessible_name("Notifications")


def test_a_bell_whose_reader_is_signed_out_asks_on_without_a_complaint(windows: Windows) -> None:
    lead = windows.sign_in(LEAD)
    lead.goto("/complaints")
    lead.context.clear_cookies()
    with lead.expect_response(lambda answer: "/notifications/bell" in answer.url and answer.status == 303):
        lead.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as if looked at again


def test_keys_go_everywhere_and_rest_while_somebody_types_or_wants_none(windows: Windows) -> None:
    lead = windows.sign_in(LEAD)
    lead.goto("/complaints")
    press(lead, "?")
    dialog = lead.get_by_role("dialog", name="Keys")
    expect(dialog.locator("dl > div").filter(has_text="Notifications")).to_contain_text("gn")
    press(lead, "g", "t", "Escape")
    expect(dialog).to_be_hidden()
    assert lead.url.endswith("/complaints")
    press(lead, "/")
    expect(lead.locator("#search-words")).to_be_focused()
    press(lead, "g", "t", "?")
    expect(lead.locator("#search-words")).to_have_value("gt?")
    lead.locator("#search-words").fill("parcel")
    press(lead, "Enter")
    lead.wait_for_url(re.compile(r"/search\?q=parcel$"))
    press(lead, "Shift+G", "t")
    lead_to(lead, re.compile("/settings$"), "g", "s")
    lead.get_by_label("Single keys act").uncheck()
    lead.locator("#reading button.primary").click()
    expect(lead.locator("[data-toasts]")).to_contain_text("Saved.")
    press(lead, "g", "t", "?")
    expect(dialog).to_be_hidden()
    assert "/settings" in lead.url


def test_a_dialog_that_was_just_closed_keeps_no_keys(windows: Windows) -> None:
    lead = windows.sign_in(LEAD)
    lead.goto("/complaints")
    press(lead, "?")
    expect(lead.get_by_role("dialog", name="Keys")).to_be_visible()
    lead.evaluate(CLOSED_AND_TYPED_AT_ONCE)
    expect(lead.locator("#search-words")).to_be_focused()


def test_on_a_phone_the_places_are_in_a_drawer_and_the_search_a_tap_away(company: Company, windows: Windows) -> None:
    lead = windows.sign_in("u_lead2", language="zh", width=375)
    assert lead.evaluate("document.documentElement.scrollWidth <= innerWidth")
    places = lead.get_by_role("navigation", name="主导航")
    expect(places).to_be_hidden()
    lead.get_by_role("button", name="菜单").click()
    places.get_by_role("link", name="投诉").click()
    lead.wait_for_url("**/complaints")
    lead.get_by_role("button", name="搜索").click()
    expect(lead.locator("#search-words")).to_be_visible()
    press(lead, "Escape")
    expect(lead.locator("#search-words")).to_be_hidden()
    lead.locator(".menu > summary").click()
    lead.get_by_role("button", name="English").click()
    expect(lead.locator("h1")).to_have_text("Complaints")
