"""The bell, the list of notifications, and what the frame of every page says about absences."""

import re
from datetime import timedelta

from engine import clock, user_tasks
from engine.database import reading, unit_of_work
from engine.paging import Query
from processes import deputy_entries, notices, notifications, people
from processes.deputy_entries import Entry
from processes.notice_letters import path
from tests.api.pages.conftest import Desk, words
from tests.api.test_cost import statements

LEAD = "u_lead1"


def given(desk: Desk, *, by: str = "u_mgr_cs", **complaint: str) -> str:
    """A new approval is given to the team lead by the manager; gives the id of the task."""
    task_id = desk.task(desk.ask("1500", **complaint))
    with unit_of_work(desk.office.database) as session:
        user_tasks.assign(session, task_id, assignee=people.actor_of(session, LEAD), actor=people.actor_of(session, by))
    desk.office.tick()
    return task_id


def mentioned(desk: Desk, times: int) -> None:
    """So many mentions."""
    with unit_of_work(desk.office.database) as session:
        for n in range(times):
            notices.tell(session, [LEAD], kind="absence", key=f"n{n}", event="back", person="", deputy=None, until=None, role=None)


def test_a_task_that_is_given_rings_and_leads_there(desk: Desk) -> None:
    task_id = given(desk)
    lead = desk.visitor(LEAD)
    page = lead.get("/notifications")
    assert 'aria-label="Notifications, 1 unread"' in page.text and f'href="/tasks/{task_id}"' in page.text
    assert "is assigned to you: TS-" in words(page) and "is assigned to you by " in words(page)
    (id_,) = re.findall(r'data-read="/notifications/([^/]+)/reading"', page.text)
    assert lead.post(f"/notifications/{id_}/reading").location == "/notifications"
    assert "Notifications, 1 unread" not in lead.get("/tasks").text
    assert "All read" in words(lead.get("/notifications?unread=1"))
    assert "is assigned to you" in words(lead.get("/notifications?kind=assigned"))
    assert "is assigned to you" not in words(lead.get("/notifications?kind=mention"))
    assert desk.visitor("u_lead2").post(f"/notifications/{id_}/reading").status_code == 404
    assert "已分派给您" in words(desk.visitor(LEAD, language="zh").get("/notifications"))


def test_all_are_read_at_once_and_an_undo_brings_back_these_and_no_others(desk: Desk) -> None:
    mentioned(desk, 3)
    lead = desk.visitor(LEAD)
    with reading(desk.office.database) as session:
        first = notifications.search(session, LEAD, Query()).items[0].id
    lead.post(f"/notifications/{first}/reading")
    desk.office.time.move_to(clock.now() + timedelta(minutes=1))
    until = re.findall(r'name="until" value="([^"]+)"', lead.get("/notifications").text)[0]
    lead.post("/notifications/reading", until=until)
    said = lead.get("/tasks")
    assert "2 notifications are marked as read." in words(said)
    read_at = re.findall(r'name="read_at" value="([^"]+)"', said.text)[0]
    assert lead.post("/notifications/unreading", read_at=read_at, next="/tasks").location == "/tasks"
    assert "Notifications, 2 unread" in lead.get("/tasks").text
    assert lead.post("/notifications/reading", until="yesterday").status_code == 400


def test_the_bell_is_one_statement_and_says_nothing_while_nothing_has_changed(desk: Desk) -> None:
    mentioned(desk, 2)
    lead = desk.visitor(LEAD)
    page = lead.get("/tasks").text
    etag, newest = re.findall(r'data-etag="([^"]+)" data-newest="([^"]+)"', page)[0]
    with statements(desk.office) as sent:
        assert lead.get(f"/notifications/bell?after={newest}", If_None_Match=f'"{etag}"').status_code == 304
    assert len(sent) == 1, sent
    desk.office.time.move_to(clock.now() + timedelta(minutes=1))
    task_id = given(desk)
    answer = lead.get(f"/notifications/bell?after={newest}", If_None_Match=f'"{etag}"')
    assert answer.status_code == 200 and answer.json is not None
    assert (answer.json["unread"], answer.json["label"]) == (3, "Notifications, 3 unread")
    assert [one["url"] for one in answer.json["pop"]] == [f"/tasks/{task_id}"]
    opened = lead.get("/notifications/bell").json
    assert opened is not None and opened["pop"] == []  # a page that has just been opened does not repeat what is old
    assert desk.visitor().get("/notifications/bell").status_code == 303


def test_the_list_costs_the_same_however_long_and_is_read_page_by_page(desk: Desk) -> None:
    lead = desk.visitor(LEAD)
    mentioned(desk, 1)
    with statements(desk.office) as short:
        lead.get("/notifications")
    mentioned(desk, 104)
    with statements(desk.office) as long:
        page = lead.get("/notifications")
    assert len(long) == len(short) <= 3, long
    assert ">99+</span>" in page.text and 'aria-label="Notifications, 99+ unread"' in page.text
    following = re.findall(r'href="(/notifications\?cursor=[^"]+)" rel="next"', page.text)[0]
    assert page.text.count('class="unread ') == lead.get(following).text.count('class="unread ') == 30


def test_who_is_away_is_told_on_every_page_and_can_come_back_there(desk: Desk) -> None:
    now = clock.now()
    with unit_of_work(desk.office.database) as session:
        entry = Entry(account_id=LEAD, deputy_id="u_lead2", absent=True, starts_at=now, ends_at=now + timedelta(days=3))
        row = deputy_entries.add(session, entry, actor=people.actor_of(session, LEAD))
    desk.office.tick()
    lead, other = desk.visitor(LEAD), desk.visitor("u_lead2")
    seen = lead.get("/complaints")
    assert "You are away until 17 Sept, 09:00. New tasks of yours are offered to Li Jun, too." in words(seen)
    assert "Li Jun stands in for you" in words(seen)
    assert "You stand in for Wang Fang until 17 Sept, 09:00" in words(other.get("/tasks")) and "You are away" not in words(
        other.get("/tasks")
    )
    assert lead.post(f"/settings/absences/{row.id}/end", next="/complaints").location == "/complaints"
    assert "You are away" not in words(lead.get("/complaints"))


def test_keys_can_be_switched_off(desk: Desk) -> None:
    lead = desk.visitor(LEAD)
    assert '<body data-keys="on">' in lead.get("/tasks").text
    lead.post("/settings/reading", locale="en", time_zone="", theme="")
    seen = lead.get("/tasks")
    assert '<body data-keys="off">' in seen.text and "Single keys are switched off." in words(seen)


def test_what_a_notice_leads_to_is_a_page(desk: Desk) -> None:
    reference = desk.complaint(case_owner="u_owner1")
    ops, owner = desk.visitor("u_ops1"), desk.visitor("u_owner1")
    assert ops.get(path("incident", task_id=None, reference=reference)).status_code == 200
    assert owner.get(path("case", task_id=None, reference=reference)).status_code == 200
    assert owner.get(path("absence", task_id=None, reference=None).partition("#")[0]).status_code == 200
