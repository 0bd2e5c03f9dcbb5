"""A manager reads the reports: charts are drawn under the strict policy, tables open, a number leads to its cases."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from engine import clock
from engine.database import unit_of_work
from tests.browser.conftest import Company, Windows
from tests.processes.reports.given import Cases

pytestmark = pytest.mark.browser


def fill(company: Company) -> None:
    """Three cases closed last week, one of them answered late."""
    now = clock.now()
    with unit_of_work(company.database) as session:
        cases = Cases(session=session)
        for hours in (1, 2, 30):
            begun = now - timedelta(days=9)
            closed = cases.closed(
                begun, now - timedelta(days=2), answered=timedelta(hours=hours), days=3, resolved_at=now - timedelta(days=3)
            )
            cases.rate(closed, 5, 4)


def is_drawn(page: Page, chart: str) -> None:
    """Something is painted, and not nothing."""
    page.wait_for_function(
        """(chart) => {
            const canvas = document.querySelector(`${chart} canvas`);
            const pixels = canvas.width && canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            return pixels && pixels.some((value) => value !== 0);
        }""",
        arg=chart,
    )


def days() -> str:
    """The address of the last two weeks."""
    today = clock.now()
    return f"/reports?from={today - timedelta(days=13):%Y-%m-%d}&to={today:%Y-%m-%d}"


def test_charts_are_drawn_and_a_number_leads_to_its_cases(company: Company, windows: Windows) -> None:
    fill(company)
    page = windows.sign_in("u_cm1")
    page.get_by_role("link", name="Reports").click()
    page.wait_for_url("**/reports")
    page.goto(days())
    for chart in ("#volume", "#response", "#compensation"):
        expect(page.locator(f"{chart} canvas")).to_be_visible()
        is_drawn(page, chart)
    numbers = page.locator("#response details.numbers")
    expect(numbers.locator("table")).to_be_hidden()
    numbers.locator("summary").press("Enter")
    expect(numbers.locator("tbody tr")).to_have_count(14)
    page.get_by_role("link", name="1 answered late, or not yet").click()
    expect(page.locator(".case-table tbody tr")).to_have_count(1)
    expect(page.locator(".chips")).to_contain_text("First response within 24 h: answered late, or not yet")
    page.locator(".chips a").first.click()
    expect(page.locator(".chips")).to_have_count(0)


def test_on_paper_a_dark_report_is_light_and_its_tables_are_open(company: Company, windows: Windows) -> None:
    fill(company)
    page = windows.sign_in("u_cm1")
    page.emulate_media(color_scheme="dark")
    page.goto(days())
    expect(page.locator("#volume canvas")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#volume table")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#volume table")).to_be_hidden()


def test_without_scripts_on_a_phone_in_chinese_the_tables_say_it(company: Company, windows: Windows) -> None:
    fill(company)
    page = windows.sign_in("u_cm1", language="zh", width=375, scripts=False)
    page.goto(days())
    expect(page.locator("#response canvas")).to_be_hidden()
    expect(page.locator("#response table")).to_contain_text("66.7%")
    page.get_by_role("link", name="类别").click()
    expect(page.locator(".breakdown tbody tr")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
