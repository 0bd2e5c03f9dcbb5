"""Operations: what does not move, why, and the button that helps."""

import re

import pytest

from engine.database import unit_of_work
from processes import people
from tests.api.pages.conftest import Desk, words

pytestmark = pytest.mark.every_database  # lists and searches


def broken(desk: Desk) -> None:
    """An approved claim whose letter cannot be sent, because nobody knows where to."""
    with unit_of_work(desk.office.database) as session:
        people.get(session, "u_owner1").email = None
    instance_id = desk.ask("1500")
    desk.complete(desk.task(instance_id), "u_lead1", vote="approve", approved_amount="1500")
    desk.complete(desk.task(instance_id), "u_fin1", result="ok", cost_center="LOGISTICS", duplicate_checked=True)
    desk.office.tick()


def job_of(text: str) -> str:
    """The job that the first retry button of the page is for."""
    found = re.search(r"/operations/jobs/(\w+)/retry", text)
    assert found is not None
    return found[1]


def test_everything_moves(desk: Desk) -> None:
    desk.ask()
    assert "Everything moves" in words(desk.visitor("u_ops1").get("/operations"))


def test_an_incident_is_shown_in_words_and_a_retry_after_the_repair_lets_it_end(desk: Desk) -> None:
    broken(desk)
    ops = desk.visitor("u_ops1")
    page = ops.get("/operations")
    assert "One thing waits for help" in words(page)
    assert "has no e-mail address" in words(page)
    with unit_of_work(desk.office.database) as session:
        people.get(session, "u_owner1").email = "u_owner1@redress.example"
    ops.post(f"/operations/jobs/{job_of(page.text)}/retry", reason="address entered")
    assert "being tried" in words(ops.get("/operations"))
    desk.office.tick()
    seen = words(ops.get("/operations"))
    assert "Everything moves" in seen
    assert "Retried TS-20260914-00001 Zhu Jie address entered went through" in seen


def test_the_page_of_the_run_says_that_a_job_without_tries_left_waits_for_somebody(desk: Desk) -> None:
    broken(desk)
    ops = desk.visitor("u_ops1")
    found = re.search(r'href="(/instances/\w+)"', ops.get("/operations").text)
    assert found is not None
    seen = words(ops.get(found[1]))
    assert "its tries are used up; it waits for somebody" in seen
    assert "next try" not in seen


def test_a_retry_that_fails_again_is_an_incident_again(desk: Desk) -> None:
    broken(desk)
    ops = desk.visitor("u_ops1")
    ops.post(f"/operations/jobs/{job_of(ops.get('/operations').text)}/retry", reason="hope")
    desk.office.tick()
    assert "hope failed again" in words(ops.get("/operations"))


def test_a_retry_needs_a_reason(desk: Desk) -> None:
    broken(desk)
    ops = desk.visitor("u_ops1")
    ops.post(f"/operations/jobs/{job_of(ops.get('/operations').text)}/retry", reason="  ")
    seen = words(ops.get("/operations"))
    assert "Say why it should go better now" in seen
    assert "One thing waits for help" in seen


def test_who_comes_second_reads_that_it_is_repaired(desk: Desk) -> None:
    ops = desk.visitor("u_ops1")
    ops.post("/operations/jobs/gone/retry", reason="late")
    assert "This was repaired in the meantime." in words(ops.get("/operations"))


def test_the_live_part_is_sent_again_only_when_it_changed(desk: Desk) -> None:
    ops = desk.visitor("u_ops1")
    first = ops.get("/operations/stuck")
    assert ops.get("/operations/stuck", If_None_Match=first.headers["ETag"]).status_code == 304
    broken(desk)
    changed = ops.get("/operations/stuck", If_None_Match=first.headers["ETag"])
    assert changed.status_code == 200
    assert "<html" not in changed.text
    assert "has no e-mail address" in words(changed)


def test_a_task_nobody_may_do_is_given_to_somebody(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    with unit_of_work(desk.office.database) as session:
        for account_id in people.members(session, ["team_lead"])["team_lead"]:
            people.get(session, account_id).active = False
    ops = desk.visitor("u_ops1")
    page = ops.get("/operations")
    assert "Nobody may do Approve the compensation: nobody active and free of conflicts is in Team lead." in words(page)
    assert "u_owner1" not in page.text.split("<select")[1].split("</select>")[0]  # the requester: four eyes
    ops.post(f"/operations/tasks/{task_id}/assignment", assignee="u_cm1", reason="stands in")
    assert "Everything moves" in words(ops.get("/operations"))
    assert task_id in desk.visitor("u_cm1").get("/tasks?scope=mine").text


def test_reasons_are_said_in_the_persons_language(desk: Desk) -> None:
    desk.ask()
    with unit_of_work(desk.office.database) as session:
        for account_id in people.members(session, ["team_lead"])["team_lead"]:
            people.get(session, account_id).active = False
    seen = words(desk.visitor("u_ops1", language="zh").get("/operations"))
    assert "没有人可以处理“赔付审批”：客服主管中没有在职且无利益冲突的人。" in seen


def test_who_may_see_but_not_repair_reads_who_can(desk: Desk) -> None:
    broken(desk)
    page = desk.visitor("u_po1").get("/operations")
    assert "Who can: Operations" in words(page)
    assert "/retry" not in page.text


def test_the_list_is_filtered_by_reason_and_process_and_taken_along_as_csv(desk: Desk) -> None:
    broken(desk)
    ops = desk.visitor("u_ops1")
    assert "Nothing fits this filter" in words(ops.get("/operations?reason=STUCK-TIMER"))
    assert "has no e-mail address" in words(ops.get("/operations?reason=STUCK-INCIDENT&process=compensation_approval"))
    assert "has no e-mail address" not in words(ops.get("/operations?process=mediation"))
    rows = ops.post("/operations/export", reason="STUCK-INCIDENT").text.splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["TS-20260914-00001"]
    assert len(ops.post("/operations/export", reason="STUCK-TIMER").text.splitlines()) == 1


def test_who_gets_a_task_is_chosen_on_a_page_of_its_own(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    desk.office.time.advance(days=3)
    ops = desk.visitor("u_ops1")
    assert "Nobody has taken “Approve the compensation”" in words(ops.get("/operations"))
    page = ops.get(f"/operations/tasks/{task_id}/assignment?next=/operations%3Freason=STUCK-UNCLAIMED")
    assert "It is offered to them" in page.text
    answer = ops.post(
        f"/operations/tasks/{task_id}/assignment", assignee="u_lead1", reason="first", next="/operations?reason=STUCK-UNCLAIMED"
    )
    assert answer.location.endswith("/operations?reason=STUCK-UNCLAIMED")
    assert "Nobody has taken" not in words(ops.get("/operations"))


def test_what_is_overdue_is_run_by_hand(desk: Desk) -> None:
    desk.ask()
    desk.office.time.advance(days=3)  # nobody rings: the scheduler is down
    ops = desk.visitor("u_ops1")
    page = ops.get("/operations?reason=STUCK-TIMER")
    assert "was due and has not run" in words(page)
    found = re.search(r"/operations/jobs/(\w+)/firing", page.text)
    assert found is not None
    ops.post(f"/operations/jobs/{found[1]}/firing", reason="the scheduler is being repaired")
    assert "the scheduler is being repaired went through" in words(ops.get("/operations"))
    assert found[1] not in ops.get("/operations?reason=STUCK-TIMER").text
