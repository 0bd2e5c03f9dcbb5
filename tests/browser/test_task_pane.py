"""The pane of a task under adverse conditions: nothing typed is lost, nothing is overwritten, and the keyboard is enough."""

import re

import pytest
from playwright.sync_api import Page, expect

from api.tables import BrowserSession
from engine.database import unit_of_work
from tests.browser.conftest import PASSWORD, Company, Windows
from tests.browser.test_case_work import opened, radio

pytestmark = pytest.mark.browser
SAVED = re.compile(r"Saved \d\d:\d\d:\d\d")


def end_sessions(company: Company) -> None:
    """Everybody's session is over, as after a night."""
    with unit_of_work(company.database) as session:
        session.query(BrowserSession).delete()


def typed(page: Page, text: str) -> None:
    """Type a comment, as a person does."""
    comment = page.get_by_label("Comment for the file", exact=True)
    comment.fill("")
    comment.press_sequentially(text)


def opened_task(windows: Windows) -> Page:
    """The task of a team lead about ¥1,500, its form drawn."""
    page = windows.sign_in("u_lead1")
    page.locator(".task-list a").filter(has_text="¥1,500.00").click()
    opened(page)
    return page


def leaves_here(page: Page, *texts: str) -> None:
    """This window keeps that much because the server has not got it."""
    page.wait_for_function(
        """(texts) => {
            const kept = Object.keys(sessionStorage).filter((key) => key.startsWith("redress:")).map((key) => sessionStorage[key]);
            return kept.length === texts.length && kept.every((one, at) => one.includes(texts[at]));
        }""",
        arg=list(texts),
    )


def sign_in_elsewhere(page: Page) -> None:
    """Another window of the same browser: the same person signs in there."""
    other = page.context.new_page()
    other.goto("/sign-in")
    other.locator("#account").fill("u_lead1")
    other.locator("#password").fill(PASSWORD)
    other.locator("main button.primary").click()
    other.wait_for_url(lambda url: "/sign-in" not in url)


def test_a_session_that_ends_while_typing_loses_nothing(company: Company, windows: Windows) -> None:
    company.ask("1500")
    page = opened_task(windows)
    dialog, saved = page.get_by_role("dialog", name="Sign in again"), page.locator("[data-saved-at]")
    radio(page, "vote", "Reject")
    typed(page, "before the night")
    expect(saved).to_have_text(SAVED)

    end_sessions(company)
    typed(page, "after the night")
    expect(page.get_by_text("You have been signed out.")).to_be_visible()
    sign_in_elsewhere(page)
    expect(saved).to_have_text(SAVED)
    expect(page.get_by_text("You have been signed out.")).to_be_hidden()

    end_sessions(company)
    typed(page, "and once more")
    expect(page.get_by_text("You have been signed out.")).to_be_visible()
    page.get_by_role("button", name="Sign in again").click()
    dialog.get_by_label("Password").fill("wrong")
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    expect(dialog.get_by_role("alert")).to_have_text("Account or password is wrong.")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(saved).to_have_text(SAVED)
    leaves_here(page)
    page.reload()
    opened(page)
    expect(page.get_by_label("Comment for the file", exact=True)).to_have_value("and once more")


def test_a_form_that_is_sent_after_the_session_ended_is_sent_after_signing_in(company: Company, windows: Windows) -> None:
    company.ask("1500")
    page = opened_task(windows)
    radio(page, "vote", "Approve")
    page.get_by_label("Approved amount").fill("1500")
    end_sessions(company)
    page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="Sign in again")
    dialog.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("[data-toast]")).to_contain_text("Done: Approve the compensation.")


def test_without_a_connection_the_window_keeps_what_is_typed_and_two_windows_are_compared(company: Company, windows: Windows) -> None:
    windows.are_cut_off()
    company.ask("1500")
    page = opened_task(windows)
    second = page.context.new_page()
    second.goto(page.url)
    opened(second)

    page.route("**/draft", lambda route: route.abort())
    radio(page, "vote", "Approve")
    typed(page, "on the train")
    expect(page.get_by_text("the server cannot be reached")).to_be_visible()
    leaves_here(page, "on the train")

    radio(second, "vote", "Reject")
    typed(second, "at the desk")
    expect(second.locator("[data-saved-at]")).to_have_text(SAVED)

    page.unroute("**/draft")
    page.evaluate("dispatchEvent(new Event('online'))")
    dialog = page.get_by_role("dialog", name="You typed two things into this form")
    row = dialog.get_by_role("row").filter(has_text="Comment")
    expect(row).to_contain_text("on the train")
    expect(row).to_contain_text("at the desk")
    row.get_by_role("radio").first.check()
    dialog.get_by_role("row").filter(has_text="Your vote").get_by_role("radio").last.check()
    dialog.get_by_role("button", name="Keep what is chosen").click()
    expect(dialog).to_be_hidden()
    opened(page)
    expect(page.get_by_label("Comment for the file", exact=True)).to_have_value("on the train")
    expect(page.get_by_label("Reject", exact=True)).to_be_checked()


def test_the_keyboard_walks_through_the_tabs_and_nothing_half_typed_is_lost(company: Company, windows: Windows) -> None:
    company.ask("1500")
    page = opened_task(windows)
    panel, aside = page.locator("#task-panel"), page.locator("#task-name")
    page.keyboard.press("c")
    expect(page.get_by_role("button", name="Give back")).to_be_visible()
    opened(page)
    typed(page, "typed before looking elsewhere")
    aside.click()
    page.keyboard.press("m")
    composer = page.get_by_label("Comment for colleagues")
    composer.fill("half a thought")
    aside.click()
    page.keyboard.press("3")
    expect(panel).to_contain_text("took “Approve the compensation”")
    expect(page).to_have_url(re.compile("tab=timeline"))
    page.keyboard.press("4")
    page.wait_for_selector("[data-diagram][data-drawn]")
    expect(panel).to_contain_text("You are here")
    page.keyboard.press("m")
    expect(composer).to_have_value("half a thought")
    aside.click()
    page.keyboard.press("1")
    expect(page.get_by_label("Comment for the file", exact=True)).to_have_value("typed before looking elsewhere")


def test_ctrl_enter_completes_and_goes_on_with_the_next_task(company: Company, windows: Windows) -> None:
    for amount in ("1500", "1600"):
        company.task_of(company.ask(amount))
    page = opened_task(windows)
    first = page.url
    page.get_by_label("Approve", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".fjs-form-field-error")).to_contain_text("This is needed.")
    expect(page.get_by_label("Approved amount")).to_be_focused()
    page.keyboard.type("1500")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-toast]")).to_contain_text("Next: Check the finances (Finance clerk)")
    expect(page).not_to_have_url(first)
    expect(page.locator(".task-list [aria-current]")).to_contain_text("¥1,600.00")
