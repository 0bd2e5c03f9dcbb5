"""A customer's way through the pages for customers, from the complaint to the rating."""

import re

import pytest
from playwright.sync_api import Page, expect

from engine import clock
from processes import cases
from tests.browser.conftest import Windows
from tests.processes.conftest import MONDAY, Office
from tests.processes.handling import OFFER, Handling

pytestmark = pytest.mark.browser


@pytest.fixture
def time() -> clock.MovableClock:
    return clock.MovableClock(MONDAY)


def write_complaint(page: Page) -> None:
    """Fill in the form, in English."""
    page.get_by_label("Something I bought").check()
    page.get_by_label("Product, service or place").fill("快递")
    page.get_by_label("Order number").fill("EC20260301-118")
    page.get_by_label("What happened?").fill("快递延误三天还没收到货")
    page.get_by_label("What would you like us to do?").fill("赔偿")
    page.get_by_label("Your name").fill("王敏")
    page.get_by_label("Mobile number").fill("13800000001")
    page.get_by_label("Phone call").check()


def case_of(office: Office, reference: str) -> Handling:
    """What became of the complaint with this number."""
    with office.reading() as session:
        return Handling(office=office, complaint_id=cases.by_reference(session, reference).id)


def tick(office: Office) -> None:
    """Let happen what is due."""
    office.wait_until(office.time())


def enter(page: Page, code: str) -> None:
    """From the receipt to the status page."""
    page.get_by_role("link", name="To the status page").click()
    page.get_by_label("Your secret code").fill(code)
    page.get_by_role("button", name="Show my complaint").click()


def fits(page: Page) -> None:
    """Nothing is wider than the window."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (375, False)])
def test_a_customer_complains_adds_evidence_accepts_and_rates(office: Office, windows: Windows, width: int, scripts: bool) -> None:
    page = windows.open(width=width, scripts=scripts)
    case = complains(page, office)
    adds_evidence(page, office)
    is_offered_something(case)
    accepts(page, office)
    case.tell("payment.confirmed", {"voucher_no": "PV-1"}, groups=("payment_provider",))
    case.finish()
    rates(page)
    page.get_by_role("button", name="Close this page").click()
    expect(page.get_by_role("heading", name="How far is my complaint?")).to_be_visible()


def complains(page: Page, office: Office) -> Handling:
    """First without the consent, then with it; clicked twice. Then the status page, with the code."""
    page.goto("/complain")
    write_complaint(page)
    page.get_by_role("button", name="Send the complaint").last.click()
    expect(page.get_by_role("alert")).to_contain_text("please agree")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Your name")).to_have_value("王敏")
    page.get_by_label("I agree that my details are used").check()
    page.get_by_role("button", name="Send the complaint").last.dblclick()
    expect(page.get_by_role("heading", name="We have your complaint")).to_be_visible()
    reference, code = (page.locator(f"[data-{name}]").inner_text() for name in ("reference", "code"))
    expect(page.locator(".promises")).to_contain_text("by Friday, 18 September 2026, 18:00 (within 5 working days)")
    fits(page)
    tick(office)
    enter(page, code)
    expect(page.get_by_role("heading", level=1)).to_have_text("Being read and graded")
    assert reference == "TS-20260914-00001"
    return case_of(office, reference)


def adds_evidence(page: Page, office: Office) -> None:
    """In words."""
    page.get_by_label("What we should know as well").fill("The neighbour saw the van leave.")
    page.get_by_role("button", name="Add to my complaint").click()
    expect(page.get_by_role("status")).to_contain_text("we have added it to your complaint")
    tick(office)


def is_offered_something(case: Handling) -> None:
    """The company reads, assesses, investigates and proposes."""
    case.accept()
    case.complete("ut_assess_evidence", "u_lead1", affects_outcome=False, handling="file")
    case.propose()
    case.complete("ut_communicate_solution", case.owner(), **OFFER)


def accepts(page: Page, office: Office) -> None:
    """With the way to be paid; it is asked for only by who accepts."""
    page.reload()
    expect(page.get_by_role("heading", name="Our proposal")).to_be_visible()
    expect(page.get_by_label("Bank transfer")).to_be_hidden()
    page.get_by_label("I accept").check()
    page.get_by_label("Alipay", exact=True).check()
    page.get_by_label("Account").fill("13800000001")
    fits(page)
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("status")).to_contain_text("Thank you, we have your answer.")
    tick(office)


def rates(page: Page) -> None:
    """Both questions, and whether it is settled."""
    page.reload()
    rating = page.locator("form[action$=survey]")
    for question, answer in (("the way we handled it", "5 very"), ("with the result", "4"), ("Is the matter settled?", "Yes")):
        rating.get_by_role("radiogroup", name=re.compile(question)).get_by_label(answer, exact=True).check()
    page.get_by_role("button", name="Send my rating").click()
    expect(page.get_by_text("Your rating: handling 5 of 5, result 4 of 5.")).to_be_visible()
    fits(page)


def test_the_language_changes_and_nothing_typed_is_lost(windows: Windows) -> None:
    page = windows.open()
    page.goto("/complain")
    write_complaint(page)
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("我要投诉")
    expect(page.get_by_label("您的姓名")).to_have_value("王敏")
    page.get_by_label("您的姓名").press("Enter")  # sends the form: it is not the language button that Enter presses
    expect(page.get_by_role("alert")).to_contain_text("请勾选同意")
