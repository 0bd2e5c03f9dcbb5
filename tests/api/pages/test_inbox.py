"""Tasks: found, claimed, filled in, refused, completed."""

import pytest

from api.pages import plain_forms
from tests.api.conftest import DIAGRAMS
from tests.api.pages.conftest import Desk, words
from tests.api.walks import start, task

pytestmark = pytest.mark.every_database  # lists and searches


def test_a_task_is_listed_with_its_case_and_its_due_time_in_working_hours(desk: Desk) -> None:
    desk.ask("1500")
    seen = words(desk.visitor("u_lead1").get("/tasks"))
    assert "曹磊" in seen
    assert "Approve the compensation" in seen
    assert "¥1,500.00" in seen
    assert "1 wd left" in seen


def test_what_is_overdue_says_so_in_both_languages(desk: Desk) -> None:
    desk.ask()
    desk.office.time.advance(days=1, hours=2)
    assert "2 h over" in words(desk.visitor("u_lead1").get("/tasks"))
    assert "超 2 小时" in words(desk.visitor("u_lead1", language="zh").get("/tasks"))


def test_what_is_shown_at_risk_is_what_the_filter_of_that_name_finds_and_counts(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    lead = desk.visitor("u_lead1")
    assert task_id not in lead.get("/tasks?standing=at_risk").text
    desk.office.time.advance(hours=8)  # an hour of a working day is left
    found = lead.get("/tasks?standing=at_risk")
    assert task_id in found.text
    assert 'class="badge at-risk"' in found.text
    assert "At risk 1" in words(found)


def test_filters_are_in_the_address(desk: Desk) -> None:
    lead = desk.visitor("u_lead1")
    task_id = desk.task(desk.ask())
    assert task_id in lead.get("/tasks?scope=unassigned").text
    assert task_id not in lead.get("/tasks?scope=mine").text
    lead.post(f"/tasks/{task_id}/claim")
    assert task_id in lead.get("/tasks?scope=mine").text
    assert task_id not in lead.get("/tasks?scope=unassigned").text


def test_lists_are_paged_and_the_next_page_goes_on_where_this_one_ends(desk: Desk) -> None:
    for _ in range(26):
        desk.ask()
    first = desk.visitor("u_lead1").get("/tasks")
    following = first.text.split('rel="next"')[0].rpartition('href="')[2].split('"')[0]
    second = desk.visitor("u_lead1").get(following.replace("&amp;", "&"))
    assert first.text.count('<span class="name">') == 25
    assert second.text.count('<span class="name">') == 1


def test_only_who_may_see_others_tasks_is_offered_all_of_them(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    assert task_id not in desk.visitor("u_fin1").get("/tasks?scope=open").text
    assert task_id in desk.visitor("u_cm1").get("/tasks?scope=open").text


def test_who_claims_second_reads_who_has_the_task(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    desk.visitor("u_lead1").post(f"/tasks/{task_id}/claim")
    second = desk.visitor("u_lead2")
    second.post(f"/tasks/{task_id}/claim")
    assert "This task was taken by Wang Fang" in words(second.get(f"/tasks/{task_id}"))


def test_what_somebody_cannot_claim_stays_greyed_with_the_reason_and_who_can(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    page = desk.visitor("u_cm1").get(f"/tasks/{task_id}")
    reason = "This task belongs to Team lead; you are not one of them."
    assert f'<button type="button" aria-disabled="true" title="{reason}">' in page.text
    assert "Who can: Team lead" in words(page)
    assert f'action="/tasks/{task_id}/claim' not in page.text


def test_the_case_is_shown_above_the_form(desk: Desk) -> None:
    task_id = desk.task(desk.ask("1500"))
    seen = words(desk.visitor("u_lead1", language="zh").get(f"/tasks/{task_id}"))
    for expected in ("曹磊", "L2 重要", "¥1,500.00", "B1", "配送丢失", "林梅", "法定标准"):
        assert expected in seen


def test_the_deployed_form_is_there_in_the_persons_language_also_without_scripts(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    english, chinese = (desk.visitor("u_lead1", language=one).get(f"/tasks/{task_id}").text for one in ("en", "zh"))
    assert '<legend>Your vote <span class="required"' in english
    assert '<legend>您的表决 <span class="required"' in chinese


def test_a_refused_form_keeps_what_was_typed_and_names_each_field(desk: Desk) -> None:
    task_id = desk.task(desk.ask("1500"))
    lead = desk.visitor("u_lead1")
    answer = lead.post(f"/tasks/{task_id}/completion", vote="approve", approved_amount="9999", comment="as agreed by phone")
    assert answer.status_code == 422
    assert "Approve at most the 1,500.00 that were requested." in words(answer)
    assert 'href="#field-approved_amount"' in answer.text
    assert "as agreed by phone" in answer.text
    assert "as agreed by phone" in lead.get(f"/tasks/{task_id}").text  # and it is a draft now


def test_what_is_wrong_with_a_form_is_said_in_the_persons_language(desk: Desk) -> None:
    task_id = desk.task(desk.ask("1500"))
    lead = desk.visitor("u_lead1", language="zh")
    assert "请填写“您的表决”。" in words(lead.post(f"/tasks/{task_id}/completion", comment="x"))
    above = lead.post(f"/tasks/{task_id}/completion", values='{"vote": "approve", "approved_amount": "9999"}')
    assert "批准金额不得超过申请的 1,500.00 元。" in words(above)


def test_completing_a_task_leads_to_the_next_one(desk: Desk) -> None:
    first, second = desk.task(desk.ask()), desk.task(desk.ask())
    lead = desk.visitor("u_lead1")
    answer = lead.post(f"/tasks/{first}/completion", values='{"vote": "approve", "approved_amount": "1500"}')
    assert answer.location == f"/tasks/{second}"
    assert "Done: Approve the compensation. Next: Check the finances (Finance clerk)." in words(lead.get(answer.location))
    answer = lead.post(f"/tasks/{second}/completion", vote="approve", approved_amount="1500")
    assert answer.location == "/tasks"
    assert "Nothing else waits for you." in words(lead.get("/tasks"))


def test_who_completes_second_reads_who_was_first_and_keeps_the_input(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    desk.complete(task_id, "u_lead2", vote="approve", approved_amount="1500")
    lead = desk.visitor("u_lead1")
    answer = lead.post(f"/tasks/{task_id}/completion", vote="reject", reason="the parcel was found")
    assert answer.status_code == 409
    seen = words(answer)
    assert "This task was already finished by" in seen
    assert "the parcel was found" in seen


def test_of_a_cancelled_task_only_who_typed_something_reads_that_it_is_kept(desk: Desk) -> None:
    instance_id = desk.ask()
    task_id = desk.task(instance_id)
    lead, other = desk.visitor("u_lead1"), desk.visitor("u_lead2")
    lead.post(f"/tasks/{task_id}/claim")
    lead.put(f"/tasks/{task_id}/draft", {"vote": "reject", "reason": "the parcel was found"})
    cancelled = desk.office.person("u_ops1").post(f"/process-instances/{instance_id}/cancellation", {"reason": "entered twice"})
    assert cancelled.status_code == 200, cancelled.json
    idle, typed = (words(one.get(f"/tasks/{task_id}")) for one in (other, lead))
    assert "This task was already finished by the process" in idle and "draft" not in idle and "kept" not in idle
    assert "This task was already finished by the process" in typed
    assert "What you typed is kept:" in typed and "the parcel was found" in typed
    late = other.post(f"/tasks/{task_id}/completion")
    assert late.status_code == 409 and "draft" not in words(late)


def test_who_finished_a_task_oneself_reads_that_and_not_ones_own_name(desk: Desk) -> None:
    task_id, lead = desk.task(desk.ask()), desk.visitor("u_lead1")
    desk.complete(task_id, "u_lead1", vote="approve", approved_amount="1500")
    again = lead.post(f"/tasks/{task_id}/completion", vote="approve", approved_amount="1500")
    assert again.status_code == 409
    for page in (lead.get(f"/tasks/{task_id}"), again):
        assert "You have finished this task already, at 09:00." in words(page)
        assert "already finished by" not in words(page) and "your draft" not in words(page)


def test_four_eyes_stay_visible_and_greyed_with_the_reason(desk: Desk) -> None:
    task_id = desk.task(desk.ask("1500", by="u_lead1"))
    lead = desk.visitor("u_lead1")
    page = lead.get(f"/tasks/{task_id}")
    assert "This task needs a second pair of eyes" in words(page)
    assert "Who can: Team lead" in words(page)
    assert "data-complete" not in page.text
    answer = lead.post(f"/tasks/{task_id}/completion", vote="approve", approved_amount="1500")
    assert answer.status_code == 403
    assert "This was not sent" in words(answer)


def test_whom_a_case_concerns_sees_nothing_of_it(desk: Desk) -> None:
    instance_id = desk.ask(excluded_users=["u_lead1"])
    lead, task_id = desk.visitor("u_lead1"), desk.task(instance_id)
    assert task_id not in lead.get("/tasks").text
    for path in (f"/tasks/{task_id}", f"/instances/{instance_id}"):
        answer = lead.get(path)
        assert answer.status_code == 403
        assert "This case concerns you or someone close to you" in words(answer)


def test_a_task_given_back_is_open_to_the_group_again(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    lead = desk.visitor("u_lead1")
    lead.post(f"/tasks/{task_id}/claim")
    lead.post(f"/tasks/{task_id}/unclaim")
    assert task_id in desk.visitor("u_lead2").get("/tasks?scope=unassigned").text


def test_an_answer_behind_which_the_step_failed_is_kept_and_can_be_taken_back(desk: Desk) -> None:
    desk.office.deploy(DIAGRAMS / "errand.bpmn", DIAGRAMS / "errand.form")
    start(desk.office)
    task_id, lead = task(desk.office)["id"], desk.visitor("u_lead1")
    answer = lead.post(f"/tasks/{task_id}/completion", values='{"parts": 0, "remark": "divide it"}')
    assert answer.location == f"/tasks/{task_id}"
    page = words(lead.get(answer.location))
    assert "Your answer is kept, but the step after it failed." in page
    assert "The answer is kept; the step after it failed Wang Fang completed this task 09:00." in page
    lead.post(f"/tasks/{task_id}/withdrawal")
    assert "divide it" in lead.get(f"/tasks/{task_id}").text


def test_a_form_shows_the_data_of_its_instance_but_no_earlier_answers() -> None:
    schema = {"components": [{"key": "price", "type": "number", "readonly": True}, {"key": "vote", "type": "radio"}]}
    assert plain_forms.shown(schema, {"price": 5, "vote": "reject", "other": 1}) == {"price": 5}
