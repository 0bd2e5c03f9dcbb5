"""Reports in a browser: figures with their targets, tables that need no script, the way to the cases, files."""

import csv
import io
import json
import re
import zipfile
from datetime import timedelta

import pytest

from engine import clock, operations
from engine.database import reading, unit_of_work
from engine.paging import Query
from processes.reports.asking import DIMENSIONS
from tests.api.pages.conftest import Desk, words
from tests.api.test_cost import statements
from tests.api.test_reports import fill
from tests.processes.reports.given import Cases

pytestmark = pytest.mark.every_database  # lists and searches


@pytest.fixture
def counted(desk: Desk) -> Desk:
    """A desk with two closed cases."""
    fill(desk.office)
    return desk


def test_a_figure_stands_with_its_target_and_what_it_was_before(counted: Desk) -> None:
    seen = words(counted.visitor("u_cm1").get("/reports"))
    assert "First response within 24 h 50.0 % at least 95% 1 of 2 · 1 answered late, or not yet Aug 26 –" in seen.replace("95 %", "95%")
    assert "Compensation paid ¥12.50 Aug 26 ¥0.00 +¥12.50" in seen
    assert "September 2026 so far" in seen


def test_every_chart_has_its_table_and_its_definition_without_any_script(counted: Desk) -> None:
    page = counted.visitor("u_cm1").get("/reports").text
    charts = page.count("data-chart hidden")
    assert charts == page.count('<details class="numbers" open>') == page.count('<details class="how">') == 10
    assert page.count('<th scope="row">September 2026</th>') == 10
    assert "Those whose first response came at most 24 hours after they were received, nights and weekends included." in words(
        counted.visitor("u_cm1").get("/reports")
    )


def test_targets_are_drawn_as_lines(counted: Desk) -> None:
    page = counted.visitor("u_cm1").get("/reports").text
    charts = [json.loads(one) for one in re.findall(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)]
    drawn = {line["name"] for one in charts for line in one["lines"]}
    assert {"Red line 24 h", "Red line 5 wd", "Red line 95 %", "Aim 98 %", "Red line 90 %", "Red line 5 %"} <= drawn

    assert {one["axis"] for one in charts} == {"{number}", "{number} %", "{number} h", "{number} wd", "¥{number}"}


def test_a_month_is_never_taken_for_a_day(counted: Desk) -> None:
    assert "26年8月 –" in words(counted.visitor("u_cm1", language="zh").get("/reports"))


def test_a_number_leads_to_its_cases_and_the_list_says_what_it_is_narrowed_to(counted: Desk) -> None:
    manager = counted.visitor("u_cm1")
    link = re.search(r'href="(/complaints\?[^"]*figure=first-response[^"]*part=missed[^"]*)"', manager.get("/reports").text)
    assert link is not None
    seen = manager.get(link[1].replace("&amp;", "&"))
    assert len(re.findall(r'href="/complaints/(TS-[\d-]+)"', seen.text)) == 1
    assert "First response within 24 h: answered late, or not yet (September 2026)" in words(seen)
    assert 'name="figure" value="first-response"' in seen.text  # another filter keeps it


def test_cases_are_told_apart_and_a_name_narrows_the_report(counted: Desk) -> None:
    manager = counted.visitor("u_cm1")
    for by in DIMENSIONS:
        assert manager.get(f"/reports/by/{by}").status_code == 200
    seen = manager.get("/reports/by/category?figure=first-response")
    assert "Product quality 1 1 0 0.0 % beyond the red line" in words(seen)
    narrowed = words(manager.get("/reports?category=PQ&level=1&owner=u_owner1&department=QA&cause=none&channel=app"))
    assert "Category: Product quality" in narrowed
    assert "Owner: Lin Mei" in narrowed
    assert "Root cause: not yet known" in narrowed
    assert manager.get("/reports/by/customer").status_code == 404


@pytest.mark.parametrize(
    "query", ["level=9", "level=x", "category=%3Cb%3E,none", "owner=nobody", "cause=RC-99", "period=2017-01-01..2026-09-14"]
)
def test_whatever_stands_in_the_address_is_answered(counted: Desk, query: str) -> None:
    for path in ("/reports", "/reports/by/level"):
        assert counted.visitor("u_cm1").get(f"{path}?{query}").status_code == 200


def test_no_customer_is_named_in_a_report(counted: Desk) -> None:
    manager = counted.visitor("u_cm1")
    for path in ("/reports", "/reports/by/owner", "/reports/by/cause"):
        assert "曹磊" not in manager.get(path).text


def test_who_manages_a_department_reads_of_it_and_finds_its_cases_only(counted: Desk) -> None:
    manager = counted.visitor("u_mgr_qa")
    page = manager.get("/reports")
    assert "What the records hold so far, of Quality." in words(page)
    assert "Received 1" in words(page)
    link = re.search(r'href="(/complaints\?[^"]*figure=received[^"]*)"', page.text)
    assert link is not None and "department=QA" in link[1]
    assert "Nothing to count" in words(manager.get("/reports/by/category?department=LOGISTICS"))


def test_who_may_not_read_all_cases_gets_numbers_without_links(counted: Desk) -> None:
    page = counted.visitor("u_qa1").get("/reports").text
    assert "answered late, or not yet" in page
    assert "/complaints?" not in page


def test_who_leads_nobody_has_no_reports(desk: Desk) -> None:
    owner = desk.visitor("u_owner1")
    assert owner.get("/reports").status_code == 403
    assert 'href="/reports"' not in owner.get("/tasks").text
    assert 'href="/reports"' in desk.visitor("u_lead1").get("/tasks").text


def test_free_days_are_a_period_and_what_is_none_says_so(counted: Desk) -> None:
    manager = counted.visitor("u_cm1")
    assert "1 Sept 2026 to 14 Sept 2026" in words(manager.get("/reports?from=2026-09-01&to=2026-09-14"))
    seen = words(manager.get("/reports?from=2026-09-14&to=2026-09-01"))
    assert "The first must not come after the last" in seen
    assert "September 2026" in seen
    assert "2026年9月" in words(counted.visitor("u_cm1", language="zh").get("/reports"))


def test_the_figures_are_taken_out_as_csv_and_that_is_written_down(counted: Desk) -> None:
    answer = counted.visitor("u_cm1").post("/reports/export", period="2026-09", format="csv")
    head, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert head == ["Figure", "September 2026", "August 2026", "September 2025", "Counted", "Of", "Red line"]
    assert ["First response within 24 h", "50.0", "", "", "1", "2", "95"] in rows
    with reading(counted.office.database) as session:
        [found] = operations.search(session, Query(filter={"kind": "export"})).items
    assert found.details == {"table": "report", "report": "overview", "format": "csv", "period": "2026-09"}


def test_a_table_told_apart_is_taken_out_as_it_stands(counted: Desk) -> None:
    answer = counted.visitor("u_mgr_qa").post("/reports/export", period="2026-09", by="category", format="csv")
    head, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert (head[0], [row[:2] for row in rows]) == ("Category", [["Product quality", "1"]])


def test_the_workbook_has_a_sheet_for_each_table_with_numbers_as_numbers(counted: Desk) -> None:
    answer = counted.visitor("u_cm1").post("/reports/export", period="2026-09", format="xlsx")
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        first = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    assert names == ["Figures", "Over time", "Category", "Level", "Channel", "Department", "Owner", "Root cause", "How it is counted"]
    assert "<v>50</v>" in first
    assert "<f>" not in first
    assert "Those whose first response came at most 24 hours" in texts


def test_a_report_takes_the_same_few_statements_however_many_cases(desk: Desk) -> None:
    manager, counts = desk.visitor("u_cm1"), []
    for number in range(2):
        with unit_of_work(desk.office.database) as session:
            cases = Cases(session=session, number=100 * number)
            for _ in range(5):
                cases.closed(clock.now() - timedelta(days=5), clock.now() - timedelta(days=1), case_owner=f"u_owner{number + 1}")
        taken = []
        for path in ("/reports", "/reports/by/owner"):
            with statements(desk.office) as sent:
                assert manager.get(path).status_code == 200
            taken.append(len(sent))
        counts.append(taken)
    assert counts[0] == counts[1] == [8, 9]  # who is it, seven counts, and the names of owners
