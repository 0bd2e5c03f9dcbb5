"""The inbox worked through: filters and their counts, filters people keep, many tasks at once, lending, undo, live parts."""

import csv
import io
import re

import pytest

from engine.database import unit_of_work
from engine.tables import UserTaskCandidate
from tests.api.pages.conftest import Desk, Visitor, words
from tests.api.test_cost import statements

pytestmark = pytest.mark.every_database  # lists and searches


def _counts(visitor: Visitor, path: str = "/tasks") -> dict[str, str]:
    """What stands behind each filter."""
    found = re.findall(r'<span class="label">([^<]+)</span><span class="count[^"]*">([^<]+)<', visitor.get(path).text)
    return dict(found)


def _undo(visitor: Visitor, path: str = "/tasks") -> str:
    """The address of the Undo in the toast of that page."""
    found = re.search(r'action="([^"]*/undo[^"]*)"', visitor.get(path).text)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_each_filter_has_its_count_and_standings_are_counted_within_the_chosen_one(desk: Desk) -> None:
    lead, first = desk.visitor("u_lead1"), desk.task(desk.ask())
    desk.ask()
    lead.post(f"/tasks/{first}/claim")
    desk.office.time.advance(days=1, hours=2)
    found = _counts(lead)
    assert [found[name] for name in ("My groups", "Mine", "Unassigned", "Lent to others", "Overdue")] == ["2", "1", "1", "0", "2"]
    assert _counts(lead, "/tasks?scope=mine")["Overdue"] == "1"
    assert "All I may see" not in _counts(desk.visitor("u_fin1"))


def test_the_list_is_narrowed_by_the_address_and_chips_take_it_back(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    lead = desk.visitor("u_lead1")
    for shown in (
        "q=曹磊",
        "level=2",
        "process=compensation_approval",
        "where=requested_amount.gte.1000",
        "where=level.eq.4&where=level.eq.2&any=1",
    ):
        assert f'data-id="{task_id}"' in lead.get(f"/tasks?{shown}").text, shown
    for hidden in ("q=nobody", "level=4", "process=mediation", "where=requested_amount.gte.2000", "standing=breached"):
        page = lead.get(f"/tasks?{hidden}")
        assert f'data-id="{task_id}"' not in page.text, hidden
        assert "No task fits these filters" in words(page)
    assert "Requested amount at least 2000" in words(lead.get("/tasks?where=requested_amount.gte.2000"))
    assert task_id in lead.get("/tasks?where=1;drop&level=many&sort=colour&scope=theirs&standing=lost").text


def test_names_are_not_looked_for_by_those_who_read_them_masked(desk: Desk) -> None:
    desk.ask()
    legal = desk.visitor("u_cm1")
    assert "曹磊" not in legal.get("/tasks?scope=open").text
    assert "No task fits these filters" in words(legal.get("/tasks?scope=open&q=曹磊"))


def test_a_filter_is_kept_shared_recoloured_and_deleted(desk: Desk) -> None:
    desk.ask()
    lead, colleague = desk.visitor("u_lead1"), desk.visitor("u_lead2")
    lead.post("/tasks/saved-filters?level=2&where=requested_amount.gte.1000", name="Dear ones", colour="red", shared_with="team_lead")
    assert _counts(colleague)["Dear ones"] == "1"
    page = colleague.get("/tasks").text
    found = re.search(r'<a href="([^"]+)"[^>]*><span class="dot red">', page)
    assert found is not None and "level=2" in found[1] and "where=requested_amount.gte.1000" in found[1]
    changed = re.search(r'action="(/tasks/saved-filters/[0-9a-f]+)', lead.get("/tasks").text)
    assert changed is not None and changed[1] not in page  # only its owner is offered to change it
    lead.post(changed[1], name="Expensive", colour="purple", revision="1")
    assert _counts(lead)["Expensive"] == "1" and "Expensive" not in _counts(colleague)
    assert colleague.post(f"{changed[1]}/removal").status_code == 404
    lead.post(f"{changed[1]}/removal")
    assert "Expensive" not in _counts(lead)
    lead.post("/tasks/saved-filters", name=" ", colour="red")
    assert "Give the filter a name of at most 60 characters." in words(lead.get("/tasks"))


def test_many_are_claimed_at_once_and_what_is_not_is_said_with_its_reason(desk: Desk) -> None:
    mine, theirs = desk.task(desk.ask()), desk.task(desk.ask())
    desk.visitor("u_lead2").post(f"/tasks/{theirs}/claim")
    lead = desk.visitor("u_lead1")
    answer = lead.post("/tasks/bulk", ids=[mine, theirs], act="claim")
    seen = words(answer)
    assert 'data-key="g t" aria-current="page"' in answer.text
    assert "One task is yours." in seen and "One task stayed as it was" in seen and "This task was taken by Li Jun at" in seen
    assigned = lead.post("/tasks/bulk", ids=[mine], act="assign", assignee="u_lead2")
    assert "One task is assigned." in words(assigned)
    assert desk.visitor("u_fin1").post("/tasks/bulk", ids=[mine], act="assign", assignee="u_fin1").status_code == 403
    lead.post("/tasks/bulk")
    assert "Choose tasks first." in words(lead.get("/tasks"))


def test_a_small_form_that_all_chosen_tasks_have_is_filled_in_once(desk: Desk) -> None:
    first, second, taken = (desk.task(desk.ask()) for _ in range(3))
    desk.visitor("u_lead2").post(f"/tasks/{taken}/claim")
    lead, chosen = desk.visitor("u_lead1"), [first, second, taken]
    asked = lead.post("/tasks/bulk", ids=chosen, act="complete")
    assert "One answer for the 3 tasks you chose." in words(asked) and asked.text.count('type="hidden" name="ids"') == 3
    assert lead.post("/tasks/bulk", ids=[first], act="complete").location == f"/tasks/{first}"
    wrong = lead.post("/tasks/bulk", ids=chosen, act="answer", vote="approve")
    assert wrong.status_code == 422 and "One thing needs correction" in words(wrong)
    assert '"revision":0' in lead.get(f"/tasks/{first}/draft").text
    told = words(lead.post("/tasks/bulk", ids=chosen, act="answer", vote="approve", approved_amount="1500"))
    assert "2 tasks are done." in told and "One task stayed as it was" in told and "This task was taken by Li Jun at" in told


def test_of_tasks_with_one_answer_each_is_checked_by_its_own_rules_and_no_draft_is_sent_over(desk: Desk) -> None:
    dear, cheap, begun = desk.task(desk.ask("1500")), desk.task(desk.ask("900")), desk.task(desk.ask("1500"))
    lead = desk.visitor("u_lead1")
    lead.post(f"/tasks/{begun}/claim")
    lead.put(f"/tasks/{begun}/draft", {"vote": "reject"})
    told = words(lead.post("/tasks/bulk", ids=[dear, cheap, begun], act="answer", vote="approve", approved_amount="1500"))
    assert "One task is done." in told and "2 tasks stayed as they were" in told
    assert "You have typed something else into the form of this task" in told and "900" in told
    assert '"revision":1' in lead.get(f"/tasks/{begun}/draft").text


def test_addresses_that_only_take_a_form_about_the_list_lead_to_it(desk: Desk) -> None:
    lead = desk.visitor("u_lead1")
    for sent_to in ("next", "bulk", "export", "saved-filters"):
        back = lead.get(f"/tasks/{sent_to}?scope=mine")
        assert (back.status_code, back.location) == (303, "/tasks?scope=mine"), sent_to


def test_take_next_opens_the_most_urgent_task_and_says_when_there_is_none(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    lead = desk.visitor("u_lead1")
    taken = lead.post("/tasks/next")
    assert taken.location == f"/tasks/{task_id}"
    assert "The task is yours." in words(lead.get(taken.location))
    lead.post("/tasks/next")
    assert "Nothing you may do waits for somebody to take it." in words(lead.get("/tasks"))


def test_a_claim_is_undone_from_its_toast_and_not_twice(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    lead = desk.visitor("u_lead1")
    lead.post(f"/tasks/{task_id}/claim")
    undo = _undo(lead, f"/tasks/{task_id}")
    lead.post(undo)
    assert "Undone." in words(lead.get(f"/tasks/{task_id}"))
    assert task_id in lead.get("/tasks?scope=unassigned").text
    lead.post(undo)
    assert "This cannot be undone any more" in words(lead.get("/tasks"))


def test_a_task_is_lent_with_a_question_and_comes_back_with_an_answer(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    lead, legal = desk.visitor("u_lead1"), desk.visitor("u_legal1")
    lead.post(f"/tasks/{task_id}/claim")
    lead.post(f"/tasks/{task_id}/delegation", to="u_legal1", note="Is that lawful?")
    page = words(legal.get(f"/tasks/{task_id}"))
    assert "Wang Fang asks: Is that lawful?" in page
    assert "data-complete" not in legal.get(f"/tasks/{task_id}").text
    assert task_id in lead.get("/tasks?scope=delegated").text
    legal.post(f"/tasks/{task_id}/return", note=" ")
    assert "Say in a sentence what you did" in words(legal.get("/tasks"))
    assert legal.post(f"/tasks/{task_id}/return", note="It is.").location.startswith("/tasks?") is False
    assert "gave it back: It is." in words(lead.get(f"/tasks/{task_id}"))


def test_a_follow_up_is_seen_in_the_list_from_its_day_on(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    lead = desk.visitor("u_lead1")
    lead.post(f"/tasks/{task_id}/follow-up", day="2026-09-15")
    assert "Follow up 15 Sep" in words(lead.get(f"/tasks/{task_id}"))
    assert _counts(lead)["To follow up"] == "0"
    desk.office.time.advance(days=1)
    assert _counts(lead)["To follow up"] == "1"
    lead.post(f"/tasks/{task_id}/follow-up", day="tomorrow")
    assert "A day is written like 2026-09-14." in words(lead.get("/tasks"))
    lead.post(f"/tasks/{task_id}/follow-up", day="")
    assert _counts(lead)["To follow up"] == "0"


def test_a_priority_is_changed_by_hand_shown_sorted_by_and_told(desk: Desk) -> None:
    older, newer = desk.task(desk.ask()), desk.task(desk.ask())
    lead = desk.visitor("u_lead1")
    assert lead.post(f"/tasks/{newer}/priority", priority="75", note="The press asks.").status_code == 303
    page = lead.get(f"/tasks/{newer}")
    assert "The priority is High now." in words(page) and "Priority: High" in words(page)
    rows = re.findall(r'data-id="([^"]+)"', lead.get("/tasks?sort=-priority").text)
    assert rows == [newer, older] and "↑ High" in words(lead.get("/tasks"))
    story = words(lead.get(f"/tasks/{newer}?tab=timeline"))
    assert "Wang Fang changed the priority of “Approve the compensation” to High." in story and "The press asks." in story
    for wrong in ("101", "very"):
        lead.post(f"/tasks/{newer}/priority", priority=wrong)
        assert "A priority is a whole number from 0 to 100." in words(lead.get(f"/tasks/{newer}")), wrong
    clerk = desk.visitor("u_owner1")
    assert clerk.post(f"/tasks/{newer}/priority", priority="25").status_code == 403
    assert lead.get(f"/tasks/{newer}/priority").location == f"/tasks/{newer}"


def test_people_a_task_is_offered_to_are_named_first_and_whom_it_concerns_is_not(desk: Desk) -> None:
    task_id, lead = desk.task(desk.ask()), desk.visitor("u_lead1")
    barred = UserTaskCandidate(user_task_id=task_id, kind="excluded", name="u_lead2", code="CONFLICT_OF_INTEREST")

    def named(path: str, field: str) -> tuple[list[str], list[str]]:
        found = re.search(rf'<select[^>]* name="{field}".*?</select>', lead.get(path).text, re.DOTALL)
        assert found is not None
        first, _, others = found[0].partition('<optgroup label="Others">')
        return re.findall(r'value="([^"]+)"', first), re.findall(r'value="([^"]+)"', others)

    for path, field in ((f"/tasks/{task_id}", "to"), ("/tasks", "assignee")):
        first, others = named(path, field)
        assert "u_lead2" in first and "u_fin1" in others and not {"u_owner1"} & {*first}, path
    with unit_of_work(desk.office.database) as session:
        session.add(barred)
    for path, field in ((f"/tasks/{task_id}", "to"), ("/tasks", "assignee")):
        assert "u_lead2" not in [one for half in named(path, field) for one in half], path


def test_the_priority_of_many_is_changed_at_once_by_those_who_may(desk: Desk) -> None:
    first, second, closed = (desk.task(desk.ask()) for _ in range(3))
    desk.complete(closed, "u_lead2", vote="approve", approved_amount="1500")
    lead = desk.visitor("u_lead1")
    seen = words(lead.post("/tasks/bulk", ids=[first, second, closed], act="prioritise", priority="75"))
    assert "The priority of 2 tasks is changed." in seen and "One task stayed as it was" in seen and "finished by Li Jun" in seen
    assert words(lead.get("/tasks")).count("↑ High") == 2
    for wrong in ("101", "much"):
        answer = words(lead.post("/tasks/bulk", ids=[first], act="prioritise", priority=wrong))
        assert "A priority is a whole number from 0 to 100." in answer, wrong
    clerk = desk.visitor("u_fin1")
    assert 'value="prioritise"' in lead.get("/tasks").text and 'value="prioritise"' not in clerk.get("/tasks").text
    assert clerk.post("/tasks/bulk", ids=[first], act="prioritise", priority="25").status_code == 403


def test_the_list_is_sorted_by_what_cases_say_of_themselves_page_and_api_alike(desk: Desk) -> None:
    amounts = {desk.task(desk.ask(amount)): float(amount) for amount in ("900", "1500", "600", "1200")}
    lead, program = desk.visitor("u_lead1", language="zh"), desk.office.person("u_lead1")
    for sort, downwards in (("attributes.requested_amount", False), ("-attributes.requested_amount", True)):
        expected = sorted(amounts, key=lambda one: amounts[one], reverse=downwards)
        page = lead.get(f"/tasks?sort={sort}")
        assert re.findall(r'<li class="[^"]*" data-id="([^"]+)"', page.text) == expected
        assert f'<option value="{sort}" selected>申请金额：' in page.text
        told: list[str] = []
        address = f"/user-tasks?limit=3&sort={sort}"
        while address:
            answer = program.get(address).json
            told += [one["id"] for one in answer["items"]]
            address = f"/user-tasks?limit=3&sort={sort}&cursor={answer['page']['next']}" if answer["page"]["next"] else ""
        assert told == expected
        assert [one["id"] for one in program.post("/user-tasks/search", {"sort": sort}).json["items"]] == expected
    assert program.get("/user-tasks?sort=attributes.colour").status_code == 422
    assert lead.get("/tasks?sort=attributes.colour").status_code == 200
    rows = list(csv.reader(io.StringIO(lead.post("/tasks/export?sort=-attributes.requested_amount").text.lstrip("\ufeff"))))
    assert len(rows) == 5


def test_the_filtered_list_is_exported_and_that_is_written_down(desk: Desk) -> None:
    desk.ask("1500")
    desk.ask("900")
    answer = desk.visitor("u_lead1").post("/tasks/export?where=requested_amount.gte.1000")
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert rows[0][:4] == ["Number", "Customer", "Level", "Task"]
    assert [row[3] for row in rows[1:]] == ["Approve the compensation"]
    trail = desk.office.person("u_ops1").get("/operations?kind=export").json["items"]
    assert trail[0]["details"]["table"] == "user_task"


def test_live_parts_are_fetched_only_when_they_differ_and_changes_name_no_case(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    lead = desk.visitor("u_lead1")
    page = lead.get(f"/tasks/{task_id}").text
    after, parts = re.search(r'data-after="([^"]+)"', page), re.findall(r'data-live[^>]* hx-get="([^"]+)"', page)
    assert after is not None and len(parts) == 3
    tags = [lead.get(part.replace("&amp;", "&")).headers["ETag"] for part in parts]
    assert lead.get(f"/changes?after={after[1]}").status_code == 304
    desk.visitor("u_lead2").post(f"/tasks/{task_id}/claim")
    told = lead.get(f"/changes?after={after[1]}")
    assert told.json == {"after": told.headers["ETag"].strip('"'), "everything": False, "tasks": [task_id]}
    fresh = [lead.get(part.replace("&amp;", "&"), If_None_Match=tag) for part, tag in zip(parts, tags, strict=True)]
    assert [one.status_code for one in fresh] == [200, 200, 200]
    assert "Li Jun" in words(fresh[2]) and "Somebody else has this task" in words(fresh[2])
    again = [lead.get(part.replace("&amp;", "&"), If_None_Match=one.headers["ETag"]) for part, one in zip(parts, fresh, strict=True)]
    assert [one.status_code for one in again] == [304, 304, 304]


def test_the_inbox_asks_a_handful_of_questions_however_many_tasks_and_filters_there_are(desk: Desk) -> None:
    lead = desk.visitor("u_lead1")

    def asked() -> int:
        lead.get("/tasks")  # fills the caches
        with statements(desk.office) as sent:
            lead.get("/tasks")
        return len(sent)

    desk.ask()
    few = asked()
    for number in range(4):
        desk.ask()
        lead.post(f"/tasks/saved-filters?level={number % 4 + 1}", name=f"Filter {number}", colour="blue")
    assert asked() <= few + 1
    assert few <= 20
