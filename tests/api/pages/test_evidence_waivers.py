"""What a case still needs as evidence, on its page: a team lead does without a piece and says why."""

from typing import Any

from engine.database import unit_of_work
from processes import cases as processes_cases
from processes import evidence, people
from tests.api.pages import cases
from tests.api.pages.cases import Case
from tests.api.pages.conftest import Desk, words
from tests.api.pages.test_case_tasks import task_of

PARTLY: dict[str, Any] = {
    "facts_found": "late by 3 days",
    "evidence": ["order_record", "contact_record"],
    "founded": "founded",
    "root_cause": "RC-32",
}
FORM = '/evidence-waivers#evidence"'


def investigating(desk: Desk) -> Case:
    case = cases.register(desk)
    case.accept()
    return case


def test_a_team_lead_does_without_a_piece_and_the_investigation_completes(desk: Desk) -> None:
    case = investigating(desk)
    lead, page = desk.visitor("u_lead1"), f"/complaints/{case.reference}"
    assert lead.get(page).text.count(FORM) == 3
    answer = lead.post(f"{page}/evidence-waivers", type="delivery_trace", reason="The carrier lost its records.")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{page}#evidence")
    seen = lead.get(page)
    assert "The case goes on without this: Delivery trace." in words(seen)
    assert "Delivery trace waived" in words(seen)
    assert "The carrier lost its records. Still needed" in words(seen)
    assert seen.text.count(FORM) == 2
    assert "decided that the case goes on without this evidence: Delivery trace." in words(seen)
    timeline = desk.visitor("u_lead1", language="zh").get(f"/tasks/{task_of(case, 'ut_investigate')}?tab=timeline")
    assert "决定本案免除这项证据：配送轨迹。" in words(timeline)
    case.do("ut_investigate", **PARTLY)
    assert FORM not in lead.get(page).text


def test_a_case_owner_sees_what_is_missing_and_who_decides_and_is_refused(desk: Desk) -> None:
    case = investigating(desk)
    owner, page = desk.visitor(case.owner), f"/complaints/{case.reference}"
    seen = owner.get(page)
    assert "Still needed" in words(seen)
    assert "A team lead decides that a case goes on without a piece of evidence." in words(seen)
    assert FORM not in seen.text
    assert owner.post(f"{page}/evidence-waivers", type="delivery_trace", reason="I have no time.").status_code == 403


def test_a_reason_is_asked_for_at_its_field(desk: Desk) -> None:
    case = investigating(desk)
    lead, path = desk.visitor("u_lead1"), f"/complaints/{case.reference}/evidence-waivers"
    answer = lead.post(path, type="delivery_trace", reason="  ")
    assert answer.status_code == 422
    assert answer.text.count('<details class="ask without" open>') == 1
    assert 'aria-describedby="error-without-delivery_trace"' in answer.text
    assert "Say in 1 to 500 characters why the case goes on without it." in words(answer)
    chinese = desk.visitor("u_lead1", language="zh").post(path, type="delivery_trace", reason="")
    assert "请用 1 至 500 个字说明为什么豁免这项证据。" in words(chinese)


def test_a_type_that_is_there_already_is_refused(desk: Desk) -> None:
    case = investigating(desk)
    case.do("ut_investigate", **{**PARTLY, "evidence": [*PARTLY["evidence"], "delivery_trace"]})
    answer = desk.visitor("u_lead1").post(f"/complaints/{case.reference}/evidence-waivers", type="delivery_trace", reason="It is late.")
    assert answer.status_code == 422
    assert "This is there already; nobody has to do without it." in words(answer)


def test_the_refusal_of_the_task_says_in_chinese_too_where_it_is_done(desk: Desk) -> None:
    case = investigating(desk)
    with unit_of_work(desk.office.database) as session:
        row, lead = processes_cases.by_reference(session, case.reference), people.actor_of(session, "u_lead1")
        evidence.waive(session, row, "contact_record", reason="Nobody called.", actor=lead)
    owner = desk.visitor(case.owner, language="zh")
    answer = owner.post(f"/tasks/{task_of(case, 'ut_investigate')}/completion", **{**PARTLY, "evidence": ["order_record"]})
    assert "可由客服主管在案件页面的“证据”一栏说明理由后豁免" in words(answer)
