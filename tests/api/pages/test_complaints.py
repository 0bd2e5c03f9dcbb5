"""The list of cases in a browser: who sees which, in what order, how much of it, and what can be taken out of it."""

import csv
import io
import re

import pytest

from engine import operations
from engine.database import reading
from engine.paging import Query
from tests.api.pages import cases
from tests.api.pages.conftest import Desk, Visitor, words
from tests.api.test_cost import statements

pytestmark = pytest.mark.every_database  # lists and searches


def numbers(visitor: Visitor, query: str = "") -> list[str]:
    """The numbers of the cases on a page, in order."""
    return re.findall(r'href="/complaints/(TS-[\d-]+)"', visitor.get(f"/complaints{query}").text)


def test_a_case_is_listed_with_its_most_urgent_deadline_in_working_time(desk: Desk) -> None:
    case = cases.register(desk)
    seen = words(desk.visitor("u_lead1").get("/complaints"))
    assert f"{case.reference} 王敏 4 h left Triage L1 L1 ordinary Delivery Triage nobody yet 09:00" in seen
    desk.office.time.advance(days=1)
    desk.office.tick()
    seen = words(desk.visitor("u_lead1").get("/complaints"))
    assert f"{case.reference} 王敏 4 h over Triage" in seen


def test_the_most_urgent_comes_first_and_what_has_no_deadline_last(desk: Desk) -> None:
    handed_over = desk.complaint()
    late = cases.register(desk, order_no="A-1").reference
    desk.office.time.advance(hours=2)
    urgent = cases.register(desk, order_no="A-2", claim_amount="60000", phone="13800000002", email="a@example.cn").reference
    later = cases.register(desk, order_no="A-3", phone="13800000003", email="b@example.cn").reference
    assert numbers(desk.visitor("u_cm1")) == [urgent, late, later, handed_over]
    assert numbers(desk.visitor("u_cm1"), "?sort=received")[:2] == [later, urgent]


def test_filters_are_in_the_address(desk: Desk) -> None:
    first = cases.register(desk, order_no="A-1").reference
    second = cases.register(desk, order_no="A-2", claim_amount="60000", name="李雷", phone="13800000002", email="a@example.cn").reference
    closed, mine = desk.complaint(status="CLOSED"), desk.complaint(case_owner="u_lead1")
    lead = desk.visitor("u_lead1")
    assert set(numbers(lead)) == {first, second, mine}
    assert numbers(lead, "?status=closed") == [closed]
    assert set(numbers(lead, "?status=TRIAGE")) == {first, second}
    assert numbers(lead, "?level=3") == [second]
    assert numbers(lead, "?mine=1") == [mine]
    assert numbers(lead, "?q=李") == [second]
    assert numbers(lead, f"?q={first.lower()}") == [first]
    assert numbers(lead, "?due=overdue") == []
    desk.office.time.advance(minutes=50)  # of the hour a case of level 3 has for its triage
    assert numbers(lead, "?due=at-risk") == [second]
    desk.office.time.advance(minutes=15)
    assert numbers(lead, "?due=overdue") == [second]


def test_a_case_that_waits_for_its_customer_is_listed_as_paused(desk: Desk) -> None:
    case = cases.register(desk)
    case.offer()
    assert numbers(desk.visitor("u_lead1"), "?due=paused") == [case.reference]
    assert f"{case.reference} 王敏 Paused: waiting for the customer's answer" in words(desk.visitor("u_lead1").get("/complaints"))


def test_whom_a_case_concerns_does_not_find_it(desk: Desk) -> None:
    hidden = desk.complaint(excluded_users=["u_lead1"])
    assert numbers(desk.visitor("u_lead1"), "?status=all") == []
    assert numbers(desk.visitor("u_cm1"), "?status=all") == [hidden]
    assert desk.visitor("u_lead1").get(f"/complaints/{hidden}").status_code == 403


def test_an_owner_sees_own_cases_and_intake_what_it_registered(desk: Desk) -> None:
    registered = cases.register(desk, by="u_intake1").reference
    own = desk.complaint(case_owner="u_owner1")
    assert numbers(desk.visitor("u_owner1")) == [own]
    assert numbers(desk.visitor("u_intake1")) == [registered]
    seen = words(desk.visitor("u_owner2").get("/complaints"))
    assert "No open cases of yours" in seen
    assert "When one is assigned to you, it appears here." in seen
    assert desk.visitor("u_owner2").get(f"/complaints/{own}").status_code == 403


def test_names_are_masked_for_who_does_not_handle_cases_and_cannot_be_searched_for(desk: Desk) -> None:
    reference = cases.register(desk).reference
    assert "王敏" not in words(desk.visitor("u_cm1").get("/complaints"))
    assert "王*" in words(desk.visitor("u_cm1").get("/complaints"))
    assert numbers(desk.visitor("u_cm1"), "?q=王敏") == []
    assert numbers(desk.visitor("u_lead1"), "?q=王敏") == [reference]


def test_a_long_list_is_read_page_by_page(desk: Desk) -> None:
    made = {desk.complaint() for _ in range(30)}
    lead = desk.visitor("u_lead1")
    first = numbers(lead)
    link = re.search(r'href="(/complaints\?[^"]*cursor=[^"]*)"', lead.get("/complaints").text)
    assert link is not None
    second = re.findall(r'href="/complaints/(TS-[\d-]+)"', lead.get(link[1].replace("&amp;", "&")).text)
    assert len(first) == 25
    assert {*first, *second} == made
    assert len(first) + len(second) == 30


def test_the_list_takes_the_same_few_statements_however_long_it_is(desk: Desk) -> None:
    lead = desk.visitor("u_lead1")
    counts = []
    for _ in range(2):
        for number in range(6):
            cases.register(desk, order_no=f"N-{number}")
        with statements(desk.office) as sent:
            assert lead.get("/complaints").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 5, sent


def test_the_export_holds_the_filtered_cases_and_is_written_down(desk: Desk) -> None:
    for _ in range(3):
        desk.complaint(level=1)
    high = desk.complaint(level=4, customer_name="=HYPERLINK(1)")
    answer = desk.visitor("u_lead1").post("/complaints/export", level="4")
    assert answer.mimetype == "text/csv"
    assert ".csv" in answer.headers["Content-Disposition"]
    head, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert head[:2] == ["Number", "Customer"]
    assert [row[:2] for row in rows] == [[high, "'=HYPERLINK(1)"]]
    with reading(desk.office.database) as session:
        [found] = operations.search(session, Query(filter={"kind": "export"})).items
    assert (found.by, found.details) == ("u_lead1", {"table": "complaint", "level": 4})


def test_an_export_is_no_page_of_the_list_but_all_of_it(desk: Desk) -> None:
    made = {desk.complaint() for _ in range(30)}
    answer = desk.visitor("u_lead1").post("/complaints/export", sort="received")
    assert {row[0] for row in csv.reader(io.StringIO(answer.text)) if row[0].startswith("TS-")} == made


def test_what_no_case_fits_says_so_and_what_next(desk: Desk) -> None:
    seen = words(desk.visitor("u_lead1").get("/complaints?level=4"))
    assert "No case fits these filters" in seen
    assert "Show all cases" in seen
    assert "没有未结案件" in words(desk.visitor("u_lead1", language="zh").get("/complaints"))


@pytest.mark.parametrize("query", ["?level=9", "?status=NONSENSE", "?due=soon", "?sort=random"])
def test_a_filter_that_is_none_of_ours_is_left_out(desk: Desk, query: str) -> None:
    reference = desk.complaint()
    assert numbers(desk.visitor("u_lead1"), query) == [reference]
