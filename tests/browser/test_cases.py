"""A complaint by phone, in a browser: registered, looked at, its clocks read; the same by keyboard and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from engine import scheduler
from tests.browser.conftest import Company, Windows
from tests.eventually import eventually

pytestmark = pytest.mark.browser


def fill(page: Page) -> None:
    """What the caller tells."""
    page.locator("#name").fill("王敏")
    page.locator("#phone").fill("13800000001")
    page.locator("#order_no").fill("EC20260301-118")
    page.locator("#content").fill("快递延误三天还没收到货")
    page.locator("#claim_amount").fill("45.00")
    page.locator("#business_type").select_option(label="Goods")
    page.locator("#complained_object").fill("快递")
    page.locator("#demand").fill("赔偿")
    page.locator("#preferred_contact").select_option(label="Phone")
    page.get_by_label("Agrees that we use the data").check()


def goes_on(page: Page, company: Company, shown: str) -> None:
    """Its process goes on until the page shows this: the server's own scheduler and this one take turns."""

    def happen() -> None:
        scheduler.tick(company.database)
        page.reload()

    eventually(page.locator(shown).count, meanwhile=happen)


def acknowledged(page: Page, company: Company) -> None:
    """It is as far as the first letter."""
    goes_on(page, company, "#letters .letters summary")


def test_a_call_is_registered_and_its_case_shows_its_clocks(company: Company, windows: Windows) -> None:
    page = windows.sign_in("u_intake1")
    page.get_by_role("link", name="Complaints").click()
    expect(page.get_by_text("No open cases of yours")).to_be_visible()
    page.get_by_role("link", name="Register a complaint").first.click()
    fill(page)
    page.get_by_role("button", name="Register", exact=True).click()
    page.wait_for_url(re.compile(r"/complaints/TS-\d{8}-\d{5}$"))
    reference = page.url.rsplit("/", 1)[1]
    expect(page.locator(".handed")).to_have_text(re.compile(r"^[0-9A-Z]{10}$"))

    acknowledged(page, company)
    expect(page.locator(".handed")).to_have_count(0)
    clocks = page.locator(".clocks > li")
    first = clocks.filter(has_text="First response")
    expect(first.locator(".badge")).to_contain_text(re.compile(r"\d+ h left"))
    assert first.locator("svg.bar rect.running").bounding_box() is not None
    expect(clocks.filter(has_text="Resolution")).to_contain_text("5 working days")
    page.locator("#letters .letters summary").first.press("Enter")
    expect(page.locator(".letters .letter").first).to_contain_text(reference)

    page.get_by_role("link", name="Complaints").first.click()
    expect(page.locator(".case-table tbody tr")).to_contain_text([reference])
    _reveals(windows.sign_in("u_cm1"), reference)
    _prints(page, reference)


def _reveals(page: Page, reference: str) -> None:
    """Somebody who does not handle the case asks for one field, by keyboard, and is seen by those who read the audit trail."""
    page.goto(f"/complaints/{reference}")
    data = page.locator("#customer")
    expect(data).to_contain_text("138****0001")
    data.get_by_label("Phone").check()
    page.get_by_text("Masked: you do not handle this case").press("Enter")
    data.get_by_label("Why do you need them?").select_option(label="I have to call or write to the customer")
    data.get_by_role("button").press("Enter")
    expect(data).to_contain_text("13800000001")
    expect(data).to_contain_text("then masked again")
    expect(page.locator("h1")).to_contain_text("王*")
    page.get_by_role("navigation", name="Sections of this page").get_by_role("link", name="Deadlines").click()
    expect(page.locator("#deadlines-title")).to_be_in_viewport()


def _prints(page: Page, reference: str) -> None:
    """On paper it is one document: everything open, nothing to press."""
    page.goto(f"/complaints/{reference}")
    letter = page.locator(".letters .letter").first
    expect(letter).to_be_hidden()
    page.emulate_media(media="print")
    expect(letter).to_be_visible()
    for left_out in (".topbar", ".case-nav", ".crumbs", ".acts"):
        expect(page.locator(left_out)).to_be_hidden()
    expect(page.get_by_text("Personal data in it are confidential.")).to_be_visible()
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") >= 2


def test_what_it_may_repeat_appears_while_it_is_typed(company: Company, windows: Windows) -> None:
    page = windows.sign_in("u_intake1")
    for _ in range(2):
        page.goto("/complaints/new")
        fill(page)
        page.locator("#claim_amount").press("Tab")
    expect(page.locator("#related-box")).to_contain_text("No earlier case")
    page.get_by_role("button", name="Register", exact=True).click()
    page.wait_for_url(re.compile(r"/complaints/TS-"))
    page.goto("/complaints/new")
    page.locator("#phone").fill("13800000001")
    page.locator("#phone").press("Tab")
    expect(page.locator("#related-box")).to_contain_text("same customer")


def test_without_scripts_on_a_phone_in_chinese_it_works_too(company: Company, windows: Windows) -> None:
    page = windows.sign_in("u_intake1", language="zh", width=375, scripts=False)
    page.goto("/complaints/new")
    page.locator("#content").fill("快递延误")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("#error-phone")).to_contain_text("请填写手机或邮箱")
    expect(page.locator("#content")).to_have_value("快递延误")
    page.locator("#phone").fill("13800000002")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("h1")).to_contain_text("TS-")
    expect(page.locator(".handed")).to_have_text(re.compile(r"^[0-9A-Z]{10}$"))
    goes_on(page, company, ".clocks")
    expect(page.locator(".clocks")).to_contain_text("首次响应")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
