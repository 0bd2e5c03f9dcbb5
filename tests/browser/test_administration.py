"""An administrator at work in a real browser: what scripts add to the pages, and a newcomer's first minutes."""

import pytest
from playwright.sync_api import Page, expect

from engine.database import unit_of_work
from processes import cases, sla
from tests.browser.conftest import Company, Windows
from tests.browser.desk import DRAWN
from tests.browser.test_task_pane import end_sessions

pytestmark = pytest.mark.browser
PASSWORD = "four words to remember"


def creates_an_account(admin: Page) -> str:
    """With the manager found while typing; gives the link the newcomer chooses a password with."""
    admin.goto("/administration/accounts/new")
    admin.locator("#manager_id").press_sequentially("wang f")
    expect(admin.locator("#manager_id-people option")).to_have_count(1)
    for field, value in {"id": "u_ren", "name": "Ren Jie", "email": "ren@redress.example", "manager_id": "Wang Fang (u_lead1)"}.items():
        admin.locator(f"#{field}").fill(value)
    admin.get_by_label("Intake agent").check()
    admin.locator("#department").select_option("CS")
    admin.locator("#locale").select_option("en")
    admin.get_by_role("button", name="Create the account").click()
    return admin.get_by_label("Link for a password").input_value()


def test_a_newcomer_gets_an_account_chooses_a_password_and_goes_away_again(windows: Windows) -> None:
    admin = windows.sign_in("u_admin1")
    newcomer = windows.open(width=375)
    newcomer.goto(creates_an_account(admin))
    newcomer.locator("#password").fill(PASSWORD)
    newcomer.locator("#again").fill(PASSWORD)
    newcomer.get_by_role("button", name="Keep the password").click()
    newcomer.wait_for_url(lambda url: "/sign-in" in url)  # where there is a #password as well
    newcomer.locator("#password").fill(PASSWORD)
    newcomer.locator("main button.primary").click()
    newcomer.wait_for_url(lambda url: "/sign-in" not in url)
    newcomer.goto("/settings")
    newcomer.get_by_text("Enter an absence").click()
    newcomer.locator("#last").fill("2099-01-01")
    newcomer.get_by_role("button", name="Write down").click()
    expect(newcomer.locator("#error-last")).to_have_text("At most two years; enter a longer one again.")
    admin.goto("/administration/accounts/u_ren")
    expect(admin.locator("#manager_id")).to_have_value("Wang Fang (u_lead1)")
    admin.get_by_text("Deactivate the account").click()
    admin.locator("#reason").fill("Left.")
    admin.locator("button.danger").click()
    expect(admin.locator(".page-head .badge")).to_have_text("inactive")
    newcomer.goto("/settings")
    expect(newcomer.locator("h1")).to_have_text("Sign in")


def test_a_click_on_a_day_is_tried_before_it_holds_and_a_letter_is_seen_while_it_is_typed(company: Company, windows: Windows) -> None:
    reference = company.ask()
    with unit_of_work(company.database) as session:
        clock = sla.start(session, cases.by_reference(session, reference), "C-RESOLVE", target="5wd")
        assert clock is not None
        year, day = clock.due.year, f"{clock.due.date()}"
    admin = windows.sign_in("u_admin1")
    admin.goto(f"/administration/calendar/{year}")
    admin.locator(f"[data-day='{day}']").click()
    admin.locator("form[data-year] button[name=try]").click()
    expect(admin.locator("#effect")).to_contain_text(reference)
    expect(admin.locator("#effect")).to_be_focused()
    admin.get_by_role("button", name="Let it hold").click()
    expect(admin.locator(".page-head")).to_contain_text("changed by Tian Tian")
    admin.goto("/administration/letters/T-WITHDRAWN/en")
    admin.locator("#text").fill("Withdrawn: {{ reference }}\n\n{{ nobody }}\n")
    expect(admin.locator("#preview")).to_contain_text("Line 3: there is no value 'nobody' in this letter")
    admin.locator("#text").fill("Withdrawn: {{ reference }}\n\nDear {{ name }}\n")
    expect(admin.locator("#preview h3")).to_have_text("Withdrawn: TS-20260310-00042")
    end_sessions(company)
    with admin.expect_response("**/preview"):
        admin.locator("#text").fill("Withdrawn: {{ reference }}\n\nDear {{ name }},\n")
    admin.evaluate(DRAWN)
    expect(admin.locator("#preview h3")).to_have_text("Withdrawn: TS-20260310-00042")  # and not the page to sign in


def test_on_a_phone_the_current_tab_is_in_sight(windows: Windows) -> None:
    admin = windows.sign_in("u_admin1", width=375)
    admin.goto("/administration/calendar/2026")
    expect(admin.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=1)
