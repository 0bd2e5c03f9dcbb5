"""Tasks of complaint handling: the case beside the form, forms of every shape without scripts, and what comes next."""

import re
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from api.pages import plain_forms
from engine import instances
from engine.database import reading
from engine.tables import ProcessInstance, UserTask
from tests.api.pages.cases import Case, register
from tests.api.pages.conftest import Desk, words
from tests.api.test_cost import statements

pytestmark = pytest.mark.every_database  # lists and searches


def task_of(case: Case, element: str) -> str:
    """The id of the open task of this element."""
    with reading(case.desk.office.database) as session:
        mine = select(UserTask.id).where(UserTask.business_key == case.reference, UserTask.element_id == element, UserTask.state == "open")
        return session.scalars(mine).one()


def runs(case: Case, key: str) -> str:
    """The id of the run of this process."""
    with reading(case.desk.office.database) as session:
        found = instances.of_case(session, case.reference)
        return next(one.id for one in found if one.definition_key == key)


def investigated(desk: Desk, **changes: Any) -> Case:
    """A case in which a solution is to be proposed."""
    case = register(desk, **changes)
    case.accept()
    evidence = ["order_record", "contact_record", "delivery_trace"]
    case.do("ut_investigate", facts_found="late by 3 days", evidence=evidence, founded="founded", root_cause="RC-32")
    return case


def test_a_task_of_a_case_is_listed_with_its_level_and_the_time_of_its_deadline(desk: Desk) -> None:
    case = register(desk, level_override=None)
    case.do("ut_triage", "u_intake1", confirm=True)
    case.do("ut_accept_case", accept=True)
    seen = words(desk.visitor(case.owner).get("/tasks"))
    assert f"{case.reference} · 王敏 L1 24 h left Give the first response" in seen
    assert "剩 24 小时" in words(desk.visitor(case.owner, language="zh").get("/tasks"))


def test_a_task_that_waits_for_the_customer_says_so(desk: Desk) -> None:
    case = register(desk)
    case.offer()
    page = desk.visitor(case.owner).get("/tasks")
    assert "Paused: waiting for the customer's answer Record the customer's decision" in words(page)
    assert '<li class="paused"' in page.text


def test_the_case_is_told_in_the_customers_words_with_its_deadlines(desk: Desk) -> None:
    case = register(desk)
    case.do("ut_triage", "u_intake1", confirm=True)
    seen = words(desk.visitor(case.owner).get(f"/tasks/{task_of(case, 'ut_accept_case')}"))
    for expected in (
        "快递延误三天还没收到货",
        "Asked for: 赔偿",
        "¥45.00",
        "First response 24 h left",
        "Resolution 5 wd left",
        "EC20260301-118",
    ):
        assert expected in seen, expected


def test_what_tables_and_colleagues_found_is_shown_where_it_is_decided_by(desk: Desk) -> None:
    case = register(desk)
    triage = words(desk.visitor("u_intake1", language="zh").get(f"/tasks/{task_of(case, 'ut_triage')}"))
    for expected in ("决策表结果", "类别 物流交付", "子类别 延误或丢失", "L1 普通", "督办角色"):
        assert expected in triage, expected
    found = investigated(desk, phone="13800000077", order_no="EC-77")
    proposing = words(desk.visitor(found.owner).get(f"/tasks/{task_of(found, 'ut_propose_solution')}"))
    for expected in ("Finding Founded", "late by 3 days", "Order record, Contact record, Delivery trace", "Logistics 100 %"):
        assert expected in proposing, expected


def test_personal_data_is_shown_only_where_the_customer_is_spoken_to(desk: Desk) -> None:
    case = register(desk)
    assert "13800000001" not in desk.visitor("u_intake1").get(f"/tasks/{task_of(case, 'ut_triage')}").text
    case.do("ut_triage", "u_intake1", confirm=True)
    case.do("ut_accept_case", accept=True)
    assert "13800000001" in desk.visitor(case.owner).get(f"/tasks/{task_of(case, 'ut_first_response')}").text


def test_a_form_opens_with_what_is_recorded(desk: Desk) -> None:
    case = register(desk, demand="", consent_data_use=False)
    page = desk.visitor("u_intake1").get(f"/tasks/{task_of(case, 'ut_register')}").text
    assert re.search(r'name="order_no" type="text" value="EC20260301-118"', page)
    assert re.search(r'name="received_at" type="datetime-local" value="2026-09-14T09:00"', page)
    assert re.search(r'<option value="phone" selected>', page)


def test_after_a_task_one_reads_what_comes_next_and_with_whom(desk: Desk) -> None:
    case = register(desk)
    intake = desk.visitor("u_intake1")
    answer = intake.post(f"/tasks/{task_of(case, 'ut_triage')}/completion", confirm="true")
    assert answer.status_code == 303
    seen = words(intake.get(answer.location))
    assert re.search(r"Done: Confirm category and level\. Next: Accept the case \(.+\)\. Nothing else waits for you\.", seen)


def test_who_does_the_next_task_is_led_to_it(desk: Desk) -> None:
    case = register(desk)
    case.do("ut_triage", "u_intake1", confirm=True)
    answer = desk.visitor(case.owner).post(f"/tasks/{task_of(case, 'ut_accept_case')}/completion", accept="true")
    assert answer.location == f"/tasks/{task_of(case, 'ut_first_response')}"


def test_without_scripts_a_list_is_filled_in_row_by_row(desk: Desk) -> None:
    case = investigated(desk)
    task, owner = task_of(case, "ut_propose_solution"), desk.visitor(case.owner)
    typed = {"measures": ["compensation", "apology"], "remedy_case": "DELIVERY_LATE", "price": "299.00", "days_late": "3"}
    action = {"actions.0.type": "apology", "actions.0.owner": case.owner, "actions.0.due": "2026-09-20T18:00", "actions.0.text": "by phone"}
    answer = owner.post(f"/tasks/{task}/completion", then="add:actions", **typed, **action)
    page = owner.get(answer.location).text
    assert 'name="actions.0.text" type="text" value="by phone"' in page
    assert 'name="actions.2.owner"' in page
    money = {"requested_amount": "44.85", "rationale": "company rule DL-1"}
    answer = owner.post(f"/tasks/{task}/completion", **typed, **money, **action, **{"actions.1.owner": "u_nobody"})
    assert answer.status_code == 422
    assert 'href="#field-actions.1.type"' in answer.text
    assert 'id="error-actions.1.due"' in answer.text
    answer = owner.post(f"/tasks/{task}/completion", **typed, **money, **action)
    assert answer.status_code == 303
    desk.office.tick()
    case.do("ut_communicate_solution", channel="phone", offer_text="44.85", explained=True, answer_until="2026-12-31")


def test_choices_that_are_no_texts_arrive_as_what_they_are() -> None:
    schema = {
        "components": [
            {"type": "radio", "key": "accept", "values": [{"value": True}, {"value": False}]},
            {"type": "select", "key": "score", "values": [{"value": 1}, {"value": 2}]},
            {"type": "taglist", "key": "asked", "values": [{"value": "QA"}, {"value": "CS"}]},
            {
                "type": "dynamiclist",
                "path": "rows",
                "components": [{"type": "textfield", "key": "text"}, {"type": "checkbox", "key": "sure"}],
            },
        ]
    }
    form = MultiDict(
        [("accept", "false"), ("score", "2"), ("asked", "QA"), ("asked", "CS"), ("rows.0.text", "one"), ("rows.3.sure", "true")]
    )
    found = plain_forms.posted(form, schema)
    assert found == {"accept": False, "score": 2, "asked": ["QA", "CS"], "rows": [{"text": "one", "sure": False}]}


def test_a_run_leads_to_the_process_it_called_and_back(desk: Desk) -> None:
    case = register(desk)
    case.offer()
    case.tell("customer.decision", decision="reject", wants_mediation=True)
    owner = desk.visitor("u_po1")
    main, called = runs(case, "complaint_handling"), runs(case, "mediation")
    page = owner.get(f"/instances/{main}")
    assert "Mediate: a process of its own runs for it" in words(page)
    assert f'href="/instances/{called}"' in page.text
    assert '"kind": "called"' in page.text
    back = owner.get(f"/instances/{called}")
    assert "called by Complaint handling" in words(back)
    assert f'href="/instances/{main}"' in back.text
    assert "Deadline watch" in words(back)


def test_a_process_page_costs_the_same_however_much_runs(desk: Desk) -> None:
    owner = desk.visitor("u_po1")
    register(desk)
    owner.get("/processes/complaint_handling")  # fills the caches of the definition
    with statements(desk.office) as one:
        assert owner.get("/processes/complaint_handling").status_code == 200
    for number in range(4):
        register(desk, phone=f"1380000002{number}", order_no=f"EC-{number}")
    with statements(desk.office) as five:
        page = owner.get("/processes/complaint_handling")
    assert page.text.count("Confirm category and level") >= 5
    assert len(five) == len(one) <= 20, "\n".join(five)


def test_a_list_of_tasks_costs_the_same_however_long(desk: Desk) -> None:
    visitor = desk.visitor("u_intake1")
    register(desk)
    visitor.get("/tasks")
    with statements(desk.office) as one:
        visitor.get("/tasks")
    for number in range(4):
        register(desk, phone=f"1380000002{number}", order_no=f"EC-{number}")
    with statements(desk.office) as five:
        assert words(visitor.get("/tasks")).count("Confirm category and level") == 5
    assert len(five) == len(one) <= 11, "\n".join(five)


def test_a_case_concerns_its_instance_rows(desk: Desk) -> None:
    case = register(desk)
    case.offer()
    with reading(desk.office.database) as session:
        called = session.scalars(select(ProcessInstance).where(ProcessInstance.parent_id.is_not(None))).all()
        assert {one.called_from for one in called} == {"ca_p4"}
