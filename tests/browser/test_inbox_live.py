"""Two clerks in two windows: what one does the other sees within seconds, and both work by keys."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Company, Windows

pytestmark = pytest.mark.browser


def claims(page: Page) -> None:
    """By key; the toast is read, and stays for as long."""
    page.keyboard.press("c")
    expect(page.get_by_role("button", name="Give back")).to_be_visible()
    page.locator("[data-toast]").hover()


def test_what_a_colleague_claims_is_seen_at_once_and_nothing_chosen_is_lost(company: Company, windows: Windows) -> None:
    first, second = company.ask("1500"), company.ask("900")
    for reference in (first, second):
        company.task_of(reference)
    mine, theirs = windows.sign_in("u_lead1"), windows.sign_in("u_lead2")
    theirs.get_by_role("link", name=re.compile(first)).click()
    theirs.wait_for_selector("[data-task-form][data-ready]")
    row = mine.locator(".task-list li").filter(has_text=first)

    mine.keyboard.press("j")
    expect(mine.locator(".task-list a").first).to_be_focused()
    kept = mine.locator(".task-list li").filter(has_text=second)
    kept.locator("a").focus()
    mine.keyboard.press("x")
    expect(mine.locator("[data-chosen]")).to_have_text("1 chosen")
    row.locator("a").focus()
    counts = mine.locator(".filters .count")
    expect(counts.nth(2)).to_have_text("2")

    claims(theirs)
    expect(row).to_have_count(0)  # it is nobody else's to take any more
    expect(counts.nth(2)).to_have_text("1")
    expect(mine.locator("[data-said]")).to_have_text("List updated")
    expect(kept.locator("[name=ids]")).to_be_checked()
    expect(kept.locator("a")).to_be_focused()  # the row that had the focus is gone: the one beside it has it

    theirs.get_by_role("button", name="Undo").click()
    expect(theirs.get_by_role("button", name="Claim")).to_be_visible()
    expect(row).to_have_count(1)
    row.locator("a").focus()
    mine.keyboard.press("c")
    expect(mine.locator("[data-toast]")).to_contain_text("The task is yours.")
    expect(row.locator("a")).to_be_focused()
    expect(theirs.locator("[data-live=head]")).to_contain_text("Somebody else has this task")


def test_take_next_lend_and_return_by_hand(company: Company, windows: Windows) -> None:
    company.task_of(company.ask("1500"))
    owner, helper = windows.sign_in("u_lead1"), windows.sign_in("u_legal1")
    owner.keyboard.press("n")
    expect(owner.locator("#task-name")).to_have_text("Approve the compensation")
    owner.get_by_text("Pass on", exact=True).click()
    owner.get_by_label("To whom").select_option("u_legal1")
    owner.get_by_label("What for").fill("Is that lawful?")
    owner.get_by_role("button", name="Lend for a piece of work").click()
    expect(owner.locator("[data-toast]")).to_contain_text("works on it and gives it back to you.")
    link = helper.get_by_role("link", name=re.compile("Approve the compensation"))
    expect(link).to_be_visible()  # nobody touched the page
    link.click()
    expect(helper.get_by_text("Wang Fang asks: Is that lawful?")).to_be_visible()
    helper.locator("summary").filter(has_text="Back to").click()
    helper.get_by_label("What you did").fill("It is.")
    helper.get_by_role("button", name="Give back", exact=True).click()
    expect(owner.get_by_text("gave it back: It is.")).to_be_visible()
