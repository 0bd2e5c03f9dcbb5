"""Case SC-01, a late parcel, through a clerk's days: by mouse, by keyboard alone, in Chinese, and on a phone."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from engine import clock
from tests.browser.conftest import Windows
from tests.browser.desk import Desk, Hands, Keyboard, Mouse, pressing
from tests.given_complaints import LATE_PARCEL
from tests.processes.conftest import Office
from tests.processes.handling import Handling, local, registered

pytestmark = pytest.mark.browser


@pytest.fixture
def time() -> clock.MovableClock:
    return clock.MovableClock(local("2026-03-10T14:05"))


@dataclass(kw_only=True)
class Day:
    """The case as its clerks meet it: a desk, and what it is called there."""

    case: Handling
    desk: Desk
    done: str = ""

    @property
    def reference(self) -> str:
        """The number of the case."""
        return self.case.complaint().reference

    def begin(self, element: str, at: str) -> Desk:
        """What fell due until then has happened; the open task of this element is on the desk."""
        self.case.office.wait_until(local(at))
        task = self.case.open(element)
        self.done = (task.name_zh or task.name) if self.desk.language == "zh" else task.name
        self.desk.open(self.reference, self.done)
        return self.desk

    def finish(self, status: str) -> None:
        """Send it; the case goes on to this status."""
        self.desk.complete(self.done)
        self.case.office.wait_until(self.case.office.time())
        assert self.case.complaint().status == status


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a clerk works: with which hands, in which language, at a window of which width (pixels)."""

    hands: Hands
    language: str = "en"
    width: int = 1280

    def sit_down(self, windows: Windows, account: str) -> Desk:
        """A desk of one's own."""
        page = windows.open(language=self.language, width=self.width)
        windows.speak(page, self.language)
        return Desk(page=page, hands=self.hands, language=self.language).sign_in(account)


WAYS = {
    "mouse": Way(hands=Mouse()),
    "keyboard": Way(hands=Keyboard()),
    "chinese": Way(hands=Mouse(), language="zh"),
    "phone": Way(hands=Mouse(), width=375),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_clerk_takes_a_late_parcel_from_triage_to_the_file(office: Office, windows: Windows, way: Way) -> None:
    case = registered(office, **LATE_PARCEL)
    is_triaged(Day(case=case, desk=way.sit_down(windows, "u_intake1")))
    day = Day(case=case, desk=way.sit_down(windows, case.owner()))
    is_accepted_and_answered(day)
    is_investigated(day)
    is_offered_something(day)
    case.tell("customer.decision", {"decision": "accept", "payee_name": "王敏", "method": "alipay", "account": "13800000001"})
    office.wait_until(local("2026-03-11T15:00"))
    case.tell("payment.confirmed", {"voucher_no": "PV-1"}, groups=("payment_provider",))
    is_carried_out(day)
    office.wait_until(local("2026-03-12T10:00"))
    case.complete("ut_visit_attempt", "u_rv1", visit_type="complaint", method="survey_link", reached=False)
    case.tell("survey.submitted", {"process": 5, "result": 5, "solved": True})
    is_filed(day)
    assert case.complaint().close_code == "CLOSED_SATISFIED"


def is_triaged(day: Day) -> None:
    """Taken, and found right as the tables suggest it."""
    desk = day.begin("ut_triage", at="2026-03-10T14:30")
    expect(desk.page.get_by_text("快递延误三天还没收到货").first).to_be_visible()
    desk.claim()
    desk.mark("confirm", "Yes | 是")
    day.finish("ASSIGNED")


def is_accepted_and_answered(day: Day) -> None:
    """The owner takes it over and calls back."""
    desk = day.begin("ut_accept_case", at="2026-03-10T15:10")
    desk.mark("accept", "Yes | 是")
    day.finish("ACCEPTED")
    desk = day.begin("ut_first_response", at="2026-03-10T16:20")
    desk.day("contacted_at", "2026-03-10", "16:20")
    desk.mark("reached", "Yes | 是")
    desk.write("demand_confirmed", "late-delivery compensation")
    desk.mark("resolved_on_contact", "No | 否")
    day.finish("INVESTIGATING")


def is_investigated(day: Day) -> None:
    """With the evidence this kind of case needs."""
    desk = day.begin("ut_investigate", at="2026-03-10T17:30")
    desk.write("facts_found", "carrier scan shows 3 days late")
    desk.pick("evidence", "Order record | 订单记录", "Contact record | 联系记录", "Delivery trace | 配送轨迹")
    desk.mark("founded", "Founded | 属实")
    desk.pick("root_cause", "After-sales: speed, logistics | 售后：时效、物流")
    day.finish("PROPOSING")


def is_offered_something(day: Day) -> None:
    """What the standard says; approved by itself; told to the customer."""
    desk = day.begin("ut_propose_solution", at="2026-03-11T09:20")
    desk.mark("measures", "Apology | 致歉")
    desk.mark("measures", "Compensation | 赔偿")
    desk.pick("remedy_case", "Late delivery | 延迟交付")
    desk.write("price", "299.00")
    desk.write("days_late", "3")
    desk.write("requested_amount", "44.85")
    desk.write("rationale", "company rule DL-1")
    day.finish("COMMUNICATING")
    desk = day.begin("ut_communicate_solution", at="2026-03-11T09:40")
    desk.write("offer_text", "44.85 元补偿")
    desk.tick("explained")
    day.finish("WAITING_CUSTOMER_DECISION")


def is_carried_out(day: Day) -> None:
    """Paid, verified, and the customer is told."""
    desk = day.begin("ut_verify_execution", at="2026-03-11T15:20")
    desk.tick("all_done")
    day.finish("RESOLVED")
    desk = day.begin("ut_result_feedback", at="2026-03-11T16:00")
    desk.write("process", "We asked the carrier.")
    desk.write("result", "44.85 yuan were paid.")
    desk.write("improvement", "The carrier was reminded.")
    day.finish("FEEDBACK_SENT")


def is_filed(day: Day) -> None:
    """Nothing is left to do for it."""
    desk = day.begin("ut_close_archive", at="2026-03-13T09:30")
    desk.write("lessons", "Tell of delays before they happen.")
    desk.mark("capa_needed", "No | 否")
    day.finish("CLOSED")
    desk.hands.go_to_tasks(desk.page)
    expect(desk.page.locator(".task-list").get_by_text(day.reference)).to_have_count(0)


def hears_nothing(page: Page) -> None:
    """What colleagues do does not reach this window any more."""
    unchanged = {"status": 304, "headers": {"ETag": '"0"'}}
    with page.expect_response("**/changes?after=*"):
        page.route("**/changes?after=*", lambda route: route.fulfill(**unchanged))


def test_of_two_clerks_at_one_task_the_second_is_told_who_was_first(office: Office, windows: Windows) -> None:
    case = registered(office, **LATE_PARCEL)
    task = case.open("ut_triage")
    first, second = (WAYS["mouse"].sit_down(windows, account) for account in ("u_intake1", "u_intake2"))
    for desk in (first, second):
        desk.open(case.complaint().reference, task.name)
    hears_nothing(second.page)
    first.claim()
    second.hands.claim(second.page)
    expect(second.page.get_by_text("Chen Jing").first).to_be_visible()
    expect(second.page.locator("[data-key=u]")).to_have_count(0)
    first.mark("confirm", "Yes | 是")
    first.complete(task.name)
    assert case.complaint().status == "ASSIGNED"


def presses_slowly(page: Page, key: str) -> None:
    """The first choice of a question, while what was left by it is looked at."""
    choice = page.locator(f'[data-island] input[name$="Field_{key}"]').first
    with pressing(choice):
        pass
    expect(choice).to_be_checked()


def test_the_form_does_not_move_under_a_press(office: Office, windows: Windows) -> None:
    case = registered(office, **LATE_PARCEL)
    is_triaged(Day(case=case, desk=WAYS["mouse"].sit_down(windows, "u_intake1")))
    day = Day(case=case, desk=WAYS["mouse"].sit_down(windows, case.owner()))
    desk = day.begin("ut_accept_case", at="2026-03-10T15:10")
    desk.mark("accept", "Yes | 是")
    day.finish("ACCEPTED")
    desk = day.begin("ut_first_response", at="2026-03-10T16:20")

    said_of = desk.page.locator("[data-island] .fjs-form-field-error")
    desk.field("demand_confirmed").focus()
    presses_slowly(desk.page, "resolved_on_contact")
    expect(said_of).to_have_count(1)

    desk.field("contacted_at").fill("10/03/2026")
    desk.page.locator('[data-island] input[id*="Field_contacted_at"]:not([type=hidden])').nth(1).fill("16:20")
    presses_slowly(desk.page, "reached")
    expect(said_of).to_have_count(1)
