"""A clerk takes a late parcel from triage to the offer, by mouse: the first tasks of case SC-01."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from engine.database import reading, unit_of_work
from processes import cases, complaints
from tests.browser.conftest import Company, Windows
from tests.browser.desk import DRAWN
from tests.eventually import eventually
from tests.given_complaints import LATE_PARCEL

pytestmark = pytest.mark.browser


def complain(company: Company) -> str:
    """Somebody complains about a late parcel; gives the number of the case."""
    with unit_of_work(company.database) as session:
        return complaints.register(session, LATE_PARCEL).complaint.reference


def owner_of(company: Company, reference: str) -> str:
    """Whose case it became."""
    with reading(company.database) as session:
        return cases.by_reference(session, reference).case_owner or ""


def opened(page: Page) -> None:
    """The form is there, drawn by form-js."""
    page.wait_for_selector("[data-task-form][data-ready]")


def field(page: Page, key: str) -> Locator:
    """The input of a field drawn by form-js."""
    return page.locator(f'[data-island] :is(input, textarea)[id$="Field_{key}"]')


def radio(page: Page, key: str, label: str) -> None:
    """Choose one of a few."""
    page.locator(f'.fjs-inline-label:has(input[name$="Field_{key}"])').filter(has_text=re.compile(f"^{label}$")).locator("input").check()


def choose(page: Page, key: str, *options: str) -> None:
    """Choose from a list that opens, one or several."""
    for option in options:
        page.evaluate(DRAWN)
        if not page.locator(".fjs-dropdownlist-item").first.is_visible():
            opener = page.locator(f'[data-island] [id$="Field_{key}-display"], [data-island] input.fjs-taglist-input[id$="Field_{key}"]')
            opener.first.click()
        page.locator(".fjs-dropdownlist-item").filter(has_text=re.compile(f"^{option}$")).click()
    page.locator("#task-name").click()
    expect(page.locator(".fjs-dropdownlist-item")).to_have_count(0)  # a list that is still closing is not the next one


def day(page: Page, key: str, date: str, time: str | None = None) -> None:
    """Type a day, and a time if the field has one."""
    page.locator(f'[data-island] input[id*="Field_{key}"]:not([type=hidden])').first.fill(date)
    page.keyboard.press("Enter")
    if time is not None:
        page.locator(f'[data-island] input[id*="Field_{key}"]:not([type=hidden])').nth(1).fill(time)
    page.locator("#task-name").click()


def done(page: Page, name: str) -> None:
    """Complete the task; the toast says so."""
    page.get_by_role("button", name="Complete").click()
    expect(page.locator("[data-toast]")).to_contain_text(f"Done: {name}.")


def listed(page: Page, pattern: str) -> Locator:
    """The task in the list, looked at again until the scheduler of the server has brought the case there."""
    link = page.get_by_role("link", name=re.compile(pattern, re.DOTALL))
    eventually(link.count, meanwhile=page.reload)
    return link


def triage(page: Page, reference: str) -> None:
    """What the tables suggest is right; what would be asked otherwise is hidden."""
    row = listed(page, reference)
    expect(row).to_contain_text("L1")
    expect(row).to_contain_text(re.compile("[34] h left"))  # less than four as soon as the office is open
    row.click()
    opened(page)
    expect(page.get_by_text("快递延误三天还没收到货")).to_be_visible()
    expect(page.get_by_text("Late or lost")).to_be_visible()
    expect(field(page, "reason")).to_have_count(0)
    radio(page, "confirm", "No")
    expect(field(page, "reason")).to_be_visible()
    radio(page, "confirm", "Yes")
    expect(field(page, "reason")).to_have_count(0)
    done(page, "Confirm category and level")
    expect(page.locator("[data-toast]")).to_contain_text(re.compile(r"Next: Accept the case \(.+\)"))


def accept(page: Page, reference: str) -> None:
    """No is an answer too: the form asks why."""
    listed(page, reference).click()
    opened(page)
    radio(page, "accept", "No")
    page.get_by_role("button", name="Complete").click()
    expect(page.locator(".fjs-form-field-error")).to_contain_text("This is needed.")
    radio(page, "accept", "Yes")
    done(page, "Accept the case")


def respond(page: Page) -> None:
    """One is led here; rows come and go; what is typed is saved meanwhile."""
    expect(page.get_by_role("heading", name="Give the first response")).to_be_visible()
    expect(page.get_by_text("13800000001")).to_be_visible()
    opened(page)
    day(page, "contacted_at", "10/03/2026", "16:20")
    radio(page, "reached", "No")
    page.get_by_role("button", name="Add a row").first.click()
    expect(page.locator(".fjs-repeat-row-container")).to_have_count(1)
    page.get_by_role("button", name="Remove row 1").click()
    radio(page, "reached", "Yes")
    field(page, "demand_confirmed").fill("late-delivery compensation")
    expect(page.locator("[data-saved-at]")).to_have_text(re.compile(r"Saved \d\d:\d\d:\d\d"))
    radio(page, "resolved_on_contact", "No")
    done(page, "Give the first response")


def investigate(page: Page, reference: str) -> None:
    """The server knows which evidence this kind of case needs; nothing typed is lost over it."""
    listed(page, f"{reference}.*Investigate").click()
    opened(page)
    field(page, "facts_found").fill("carrier scan shows 3 days late")
    choose(page, "evidence", "Order record")
    radio(page, "founded", "Founded")
    choose(page, "root_cause", "After-sales: speed, logistics")
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_role("alert")).to_contain_text("Attach Contact record, Delivery trace")
    opened(page)
    expect(field(page, "facts_found")).to_have_value("carrier scan shows 3 days late")
    choose(page, "evidence", "Contact record", "Delivery trace")
    done(page, "Investigate")


def propose(page: Page) -> None:
    """What was found out stands beside the form; the remedy decides which figures are asked."""
    expect(page.get_by_role("heading", name="Propose a solution")).to_be_visible()
    expect(page.get_by_text("carrier scan shows 3 days late")).to_be_visible()
    opened(page)
    page.get_by_label("Compensation", exact=True).check()
    page.get_by_label("Apology", exact=True).check()
    expect(field(page, "days_late")).to_have_count(0)
    choose(page, "remedy_case", "Late delivery")
    field(page, "price").fill("299.00")
    field(page, "days_late").fill("3")
    field(page, "requested_amount").fill("44.85")
    field(page, "rationale").fill("company rule DL-1")
    done(page, "Propose a solution")


def tell(page: Page, reference: str) -> None:
    """The offer goes out; the case waits for the customer."""
    listed(page, f"{reference}.*Tell the customer the solution").click()
    expect(page.get_by_text("¥44.85").first).to_be_visible()
    opened(page)
    field(page, "offer_text").fill("44.85 元补偿")
    page.get_by_label(re.compile("I explained the reasons and options")).check()
    done(page, "Tell the customer the solution")
    page.goto("/tasks")
    waiting = listed(page, f"{reference}.*Record the customer")
    expect(waiting).to_contain_text("Paused: waiting for the customer's answer")


def test_a_clerk_takes_a_late_parcel_from_triage_to_the_offer(company: Company, windows: Windows) -> None:
    reference = complain(company)
    triage(windows.sign_in("u_intake1"), reference)
    page = windows.sign_in(owner_of(company, reference))
    accept(page, reference)
    respond(page)
    investigate(page, reference)
    propose(page)
    page.goto("/tasks")
    tell(page, reference)


def test_a_list_of_a_form_is_filled_in_without_scripts(company: Company, windows: Windows) -> None:
    reference = complain(company)
    intake = windows.sign_in("u_intake1", scripts=False)
    listed(intake, reference).click()
    intake.get_by_label("Yes", exact=True).first.check()
    intake.get_by_role("button", name="Complete").click()
    expect(intake.get_by_text("Done: Confirm category and level.")).to_be_visible()
    page = windows.sign_in(owner_of(company, reference), scripts=False)
    listed(page, reference).click()
    page.get_by_label("Yes", exact=True).check()
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_role("heading", name="Give the first response")).to_be_visible()
    page.locator('input[name="contacted_at"]').fill("2026-03-10T16:20")
    page.locator('input[name="reached"][value="false"]').check()
    page.locator('input[name="attempts.0.at"]').fill("2026-03-10T16:20")
    page.locator('select[name="attempts.0.channel"]').select_option("phone")
    page.locator('button[value="add:attempts"]').click()
    expect(page.locator('input[name="attempts.0.at"]')).to_have_value("2026-03-10T16:20")
    expect(page.locator('input[name="attempts.2.at"]')).to_be_visible()
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_role("alert")).to_contain_text("attempts on 2 different days count as a response")
