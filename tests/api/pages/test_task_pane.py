"""The pane of a task: the strip, its tabs with addresses of their own, and what each costs."""

import re
from typing import Any

import pytest

from tests.api.pages.cases import Case, register
from tests.api.pages.conftest import Desk, words
from tests.api.pages.test_case_tasks import task_of
from tests.api.test_cost import statements

TABS = ("conversation", "timeline", "diagram", "related")


def triaged(desk: Desk, **changes: Any) -> Case:
    """A case that is to be accepted by its owner."""
    case = register(desk, **changes)
    case.do("ut_triage", "u_intake1", confirm=True)
    return case


def test_the_strip_says_whose_case_it_is_what_is_left_and_what_comes_next(desk: Desk) -> None:
    case = triaged(desk, vulnerable=True)
    page = desk.visitor(case.owner).get(f"/tasks/{task_of(case, 'ut_accept_case')}")
    strip = words(page).partition("Stands at")[0]
    for expected in (case.reference, "王敏", "Phone", "Vulnerable customer", "Acceptance", "at risk from", "Next: "):
        assert expected in strip, expected
    assert 'aria-label="Escalation ladder"' in page.text
    assert 'class="warn"' in page.text and 'class="due"' in page.text and 'class="now"' in page.text


def test_what_was_late_stands_on_the_ladder_with_who_supervises(desk: Desk) -> None:
    case = triaged(desk)
    desk.office.time.advance(days=1, hours=2)
    desk.office.tick()
    seen = words(desk.visitor(case.owner).get(f"/tasks/{task_of(case, 'ut_accept_case')}"))
    assert "100 %: Team lead supervises (since " in seen
    assert "Team lead supervises since " in seen


def test_every_tab_has_an_address_and_comes_alone_when_a_script_asks(desk: Desk) -> None:
    case = triaged(desk)
    owner, path = desk.visitor(case.owner), f"/tasks/{task_of(case, 'ut_accept_case')}"
    for tab in (*TABS, "no-such-tab"):
        page = owner.get(f"{path}?tab={tab}").text
        assert page.count('aria-current="page"') >= 1
        assert "data-task-form" in page  # what is typed stays, whatever is looked at
        part = owner.get(f"{path}?tab={tab}", HX_Request="true").text
        assert "<html" not in part and "data-task-form" not in part
        assert 'id="task-tabs"' in part and 'hx-swap-oob="true"' in part


def test_beside_a_task_that_can_be_claimed_writing_is_not_the_first_thing_to_do(desk: Desk) -> None:
    case = register(desk)
    intake, path = desk.visitor("u_intake1"), f"/tasks/{task_of(case, 'ut_triage')}?tab=conversation"
    for page in (intake.get(path), intake.get(path, HX_Request="true")):
        assert re.search(r"<button>Send</button>", page.text)
    shown = intake.get(path).text.partition('<section class="form-part')[0].partition('<article class="task"')[2]
    assert re.findall(r'<button class="primary"[^>]*>([^<]+)', shown) == ["Claim"]
    assert '<button class="primary">Send</button>' in intake.get(f"/complaints/{case.reference}/conversation").text


def test_the_timeline_tells_who_took_and_who_did_what(desk: Desk) -> None:
    case = triaged(desk)
    owner, path = desk.visitor(case.owner), f"/tasks/{task_of(case, 'ut_accept_case')}"
    owner.post(f"{path}/claim")
    owner.post(f"{path}/unclaim")
    whole = words(owner.get(f"{path}?tab=timeline"))
    for expected in ("gave “Accept the case” back to its group.", "took “Accept the case”.", "did “Confirm category and level”."):
        assert expected in whole, expected
    alone = words(owner.get(f"{path}?tab=timeline&of=task"))
    assert "took “Accept the case”." in alone and "Confirm category and level" not in alone


def test_of_one_instant_the_timeline_tells_taking_a_task_before_doing_it(desk: Desk) -> None:
    case = register(desk)
    intake, triage = desk.visitor("u_intake1"), f"/tasks/{task_of(case, 'ut_triage')}"
    intake.post(f"{triage}/claim")
    intake.post(f"{triage}/completion", confirm="true")
    owner, path = desk.visitor(case.owner), f"/tasks/{task_of(case, 'ut_accept_case')}"
    owner.post(f"{path}/claim")
    told = words(owner.get(f"{path}?tab=timeline"))
    newest_first = ["took “Accept the case”.", "did “Confirm category and level”.", "took “Confirm category and level”."]
    assert [told.index(one) for one in newest_first] == sorted(told.index(one) for one in newest_first)


def test_the_diagram_has_the_way_here_also_in_words(desk: Desk) -> None:
    case = triaged(desk)
    page = desk.visitor(case.owner, language="zh").get(f"/tasks/{task_of(case, 'ut_accept_case')}?tab=diagram")
    seen = words(page)
    assert "当前位置" in seen and "分类定级确认" in seen
    flows = re.search(r'"flows": \[([^\]]*)\]', page.text)
    assert flows is not None and flows[1].count('"') > 10


def test_related_are_other_cases_of_the_customer_and_other_tasks_of_the_case(desk: Desk) -> None:
    other = register(desk, order_no="EC-OTHER")
    case = triaged(desk)
    seen = words(desk.visitor(case.owner).get(f"/tasks/{task_of(case, 'ut_accept_case')}?tab=related"))
    assert other.reference in seen and "same customer" in seen


def test_who_does_one_task_of_a_case_does_not_read_the_whole_case(desk: Desk) -> None:
    instance_id = desk.ask("1500")
    task_id = desk.task(instance_id)
    desk.complete(task_id, "u_lead1", vote="approve", approved_amount="1500")
    clerk, path = desk.visitor("u_fin1"), f"/tasks/{desk.task(instance_id)}"
    timeline = words(clerk.get(f"{path}?tab=timeline", HX_Request="true"))
    assert "The task “Check the finances” was opened." in timeline
    assert "Approve the compensation" not in timeline
    assert "did “Approve the compensation”." in words(desk.visitor("u_cm1").get(f"{path}?tab=timeline", HX_Request="true"))
    assert "You see this task, but not the whole case." in words(clerk.get(f"{path}?tab=related"))


def test_who_does_not_talk_to_customers_reads_the_name_in_the_strip_masked(desk: Desk) -> None:
    case = triaged(desk)
    seen = words(desk.visitor("u_cm1").get(f"/tasks/{task_of(case, 'ut_accept_case')}")).partition("Stands at")[0]
    assert "王*" in seen
    assert "王敏" not in seen


def test_the_next_task_is_a_link_only_for_those_who_may_open_it(desk: Desk) -> None:
    case = register(desk)
    intake = desk.visitor("u_intake1")
    answer = intake.post(f"/tasks/{task_of(case, 'ut_triage')}/completion", confirm="true")
    assert f'href="/tasks/{task_of(case, "ut_accept_case")}"' not in intake.get(answer.location).text
    owner = desk.visitor(case.owner)
    answer = owner.post(f"/tasks/{task_of(case, 'ut_accept_case')}/completion", accept="true")
    page = owner.get(answer.location).text
    assert re.search(rf'Next: <a href="/tasks/{task_of(case, "ut_first_response")}">Give the first response', page)


def test_an_address_a_form_of_the_task_was_sent_to_leads_back_to_the_task(desk: Desk) -> None:
    task_id, lead = desk.task(desk.ask()), desk.visitor("u_lead1")
    rules = [
        rule.rule for rule in desk.office.app.url_map.iter_rules() if "POST" in (rule.methods or ()) and rule.endpoint.startswith("pages.")
    ]
    sent_to = [rule.replace("<task_id>", task_id) for rule in rules if rule.startswith("/tasks/<task_id>/") and not rule.endswith("/draft")]
    assert f"/tasks/{task_id}/completion" in sent_to
    for path in sent_to:
        answer = lead.get(f"{path}?scope=mine")
        assert (answer.status_code, answer.location) == (303, f"/tasks/{task_id}?scope=mine"), path
    assert desk.visitor().get(f"/tasks/{task_id}/completion").location.startswith("/sign-in?next=")


@pytest.mark.parametrize("tab", ["form", *TABS])
def test_a_tab_costs_the_same_however_much_happened(desk: Desk, tab: str) -> None:
    case = triaged(desk)
    owner, path = desk.visitor(case.owner), f"/tasks/{task_of(case, 'ut_accept_case')}"
    asked = f"{path}?tab={tab}"
    owner.get(asked)  # fills the caches of the definition
    with statements(desk.office) as little:
        owner.get(asked)
    for number in range(3):
        register(desk, order_no=f"EC-{number}")
        owner.post(f"{path}/claim")
        owner.post(f"{path}/unclaim")
    with statements(desk.office) as much:
        assert owner.get(asked).status_code == 200
    assert len(much) <= len(little) + 1, "\n".join(sorted(set(much) - set(little)))
