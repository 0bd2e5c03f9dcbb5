"""The administration in a browser: accounts, groups, roles, deputies."""

import re

import pytest

from api import accounts
from engine import clock, operations
from engine.database import reading, unit_of_work
from engine.paging import Query
from processes import account_changes, account_list, deputies, people
from processes.account_list import Wanted
from processes.tables.people import Account
from tests.api.pages.conftest import Desk, words
from tests.api.test_cost import statements

PASSWORD = "a long enough one"
PLACES = (
    *("/administration/accounts", "/administration/accounts/new", "/administration/accounts/u_lead1", "/administration/groups"),
    *("/administration/groups/team_lead", "/administration/roles", "/administration/deputies"),
)
NEW = {"id": "u_ren", "name": "Ren Jie", "name_zh": "任杰", "email": "ren@redress.example", "locale": "zh", "department": "CS"}


def account(desk: Desk, account_id: str) -> Account:
    """The account as it is kept."""
    with reading(desk.office.database) as session:
        found = account_changes.get(session, account_id)
        session.expunge_all()
        return found


@pytest.mark.parametrize("path", PLACES)
def test_only_an_administrator_comes_in(desk: Desk, path: str) -> None:
    answer = desk.visitor("u_gm1").get(path)
    assert answer.status_code == 403
    assert "Administrator" in words(answer).split("Who can:")[1]
    assert desk.visitor("u_admin1").get(path).status_code == 200
    assert "管理" in words(desk.visitor("u_admin1", language="zh").get(path))


def test_the_administration_is_shown_to_whom_it_is_open(desk: Desk) -> None:
    assert 'href="/administration"' not in desk.visitor("u_lead1").get("/tasks").text
    admin = desk.visitor("u_admin1")
    assert admin.get("/").location == "/administration"
    assert admin.get("/administration").location == "/administration/accounts"
    assert desk.visitor("u_gm1").get("/administration").status_code == 403


def test_accounts_are_found_filtered_and_paged(desk: Desk) -> None:
    admin = desk.visitor("u_admin1")
    first = admin.get("/administration/accounts")
    following = re.search(r'href="([^"]+)" rel="next"', first.text)
    assert following is not None
    assert "Wang Fang" in words(admin.get(following[1].replace("&amp;", "&")))
    assert "Wang Fang" in words(admin.get("/administration/accounts?q=王芳"))
    found = words(admin.get("/administration/accounts?group=team_lead&department=CS"))
    assert "Li Jun" in found and "Chen Jing" not in found
    assert "No account fits these filters" in words(admin.get("/administration/accounts?state=inactive"))


def test_the_list_costs_the_same_however_long_it_is(desk: Desk) -> None:
    admin = desk.visitor("u_admin1")
    with statements(desk.office) as short:
        admin.get("/administration/accounts?q=u_lead1")
    with statements(desk.office) as long:
        admin.get("/administration/accounts")
    assert len(short) == len(long) <= 7, long


def test_a_list_that_is_taken_out_is_written_down(desk: Desk) -> None:
    answer = desk.visitor("u_admin1").post("/administration/accounts/export", q="u_lead1")
    assert answer.text.splitlines()[1].startswith("u_lead1,Wang Fang,u_lead1@redress.example")
    with reading(desk.office.database) as session:
        trail = desk.office.database, account_list.search(session, Wanted(text="u_lead1"), Query())
        assert len(trail[1].items) == 1


def test_groups_roles_deputies_and_letters_are_taken_out_too(desk: Desk) -> None:
    admin = desk.visitor("u_admin1")
    form = {"account": "u_lead1", "deputy": "u_desk1", "first": "2026-09-14", "last": "2026-09-18", "note": "=Training"}
    admin.post("/administration/deputies", **form)
    expected = {
        "groups": "team_lead,Team lead,Role,2",
        "roles": "team_lead,Team lead,2,",
        "deputies": "Wang Fang,u_lead1,Sun Yue,everything,2026-09-14 09:00,2026-09-19 00:00,no,'=Training,Tian Tian",
        "letters": "T-ACK,en,To customers,",
    }
    for name, line in expected.items():
        answer = admin.post(f"/administration/{name}/export")
        assert answer.mimetype == "text/csv" and any(one.startswith(line) for one in answer.text.splitlines()), answer.text[:900]
        assert desk.visitor("u_lead1").post(f"/administration/{name}/export").status_code == 403
    assert "Wang Fang" not in admin.post("/administration/deputies/export", scope="past").text
    with reading(desk.office.database) as session:
        trail = operations.search(session, Query(filter={"kind": "export"})).items
    assert {one.details["table"] for one in trail} == set(expected)


def test_a_new_account_chooses_its_password_by_a_link_that_works_once(desk: Desk) -> None:
    made = desk.visitor("u_admin1").post("/administration/accounts/new", **NEW, groups=["intake_agent", "cs_group"])
    assert made.status_code == 201
    link = re.search(r'value="http://[^"/]+(/password/[^"]+)"', made.text)
    assert link is not None
    stranger = desk.visitor()
    assert "For Ren Jie, account u_ren." in words(stranger.get(link[1]))
    assert "The two are not the same." in words(stranger.post(link[1], password=PASSWORD, again="another"))
    assert "A password has 10 to 200 characters." in words(stranger.post(link[1], password="short", again="short"))
    chosen = stranger.post(link[1], password=PASSWORD, again=PASSWORD)
    assert chosen.location == "/sign-in?account=u_ren"
    assert stranger.get(link[1]).status_code == 409
    assert stranger.post("/sign-in", account="u_ren", password=PASSWORD).status_code == 303
    assert "Tasks" in words(stranger.get("/tasks"))


def test_a_link_is_over_after_a_day_and_when_another_one_is_made(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = desk.visitor("u_admin1")
    links = [
        re.findall(r'value="http://[^"/]+(/password/[^"]+)"', admin.post("/administration/accounts/u_lead1/password-link").text)[0]
        for _ in range(2)
    ]
    assert [desk.visitor().get(link).status_code for link in links] == [409, 200]
    later = clock.elapsed() + clock.elapsed().resolution * 86_400_000_001
    monkeypatch.setattr(clock, "elapsed", lambda: later)
    assert desk.visitor().get(links[1]).status_code == 409


def test_making_a_link_ends_the_password_and_everything_signed_in(desk: Desk) -> None:
    password_hash = accounts.hashed(PASSWORD)
    with unit_of_work(desk.office.database) as session:
        accounts.set_password(session, "u_lead1", password_hash=password_hash)
    lead, token = desk.visitor("u_lead1"), desk.office.person("u_lead1")
    desk.visitor("u_admin1").post("/administration/accounts/u_lead1/password-link")
    assert lead.get("/tasks").status_code == 303
    assert token.get("/accounts/me").status_code == 401
    assert desk.visitor().post("/sign-in", account="u_lead1", password=PASSWORD).status_code == 401


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    answer = desk.visitor("u_admin1").post("/administration/accounts/new", **(NEW | {"email": "ren", "id": "Ren!"}), groups="duty")
    assert answer.status_code == 422
    assert "An account begins with a letter" in words(answer)
    changed = desk.visitor("u_admin1").post("/administration/accounts/u_lead1", name="Wang", email="ren", revision=0, groups="duty")
    assert (changed.status_code, 'id="error-email"' in changed.text, 'value="ren"' in changed.text) == (422, True, True)
    assert re.search(r'value="duty" checked', changed.text) and not re.search(r'value="team_lead" checked', changed.text)


def test_a_change_is_kept_and_its_story_told(desk: Desk) -> None:
    admin = desk.visitor("u_admin1")
    form = {
        "name": "Wang Fang",
        "name_zh": "王芳",
        "email": "wf@redress.example",
        "locale": "en",
        "department": "QA",
        "manager_id": "u_mgr_qa",
    }
    answer = admin.post("/administration/accounts/u_lead1", **form, groups=["team_lead", "duty"], revision=0)
    assert answer.status_code == 303
    kept = account(desk, "u_lead1")
    assert (kept.email, kept.department, [row.group for row in kept.memberships]) == ("wf@redress.example", "QA", ["duty", "team_lead"])
    story = words(admin.get("/administration/accounts/u_lead1"))
    assert "Account changed · Tian Tian" in story
    assert "Department: CS → QA" in story
    late = admin.post("/administration/accounts/u_lead1", **form, groups=["team_lead"], revision=0)
    assert late.status_code == 409 and "changed by someone else" in words(late)


def test_who_is_deactivated_is_out_at_once_and_does_not_come_back_with_an_old_session(desk: Desk) -> None:
    admin, lead = desk.visitor("u_admin1"), desk.visitor("u_lead1")
    admin.post("/administration/accounts/u_lead1/activity", active="no", reason="Left.")
    assert lead.get("/tasks").status_code == 303
    assert "inactive" in words(admin.get("/administration/accounts?state=inactive&q=u_lead1"))
    admin.post("/administration/accounts/u_lead1/activity", active="yes", reason="Came back.")
    assert lead.get("/tasks").status_code == 303
    assert "Came back." in words(admin.get("/administration/accounts/u_lead1"))


def test_the_last_administrator_cannot_lock_everybody_out(desk: Desk) -> None:
    admin = desk.visitor("u_admin1")
    answer = admin.post("/administration/accounts/u_admin1", name="Tian Tian", locale="zh", revision=0)
    assert answer.status_code == 409 and "Tian Tian is the last administrator" not in words(answer)
    assert "is the last administrator; make somebody else one first." in words(answer)
    admin.post("/administration/accounts/u_admin1/activity", active="no", reason="Tired.")
    assert account(desk, "u_admin1").active
    assert admin.post("/administration/accounts/u_admin1/password-link").status_code == 403


def test_somebody_is_signed_out_everywhere_and_one_token_revoked(desk: Desk) -> None:
    admin, lead, token = desk.visitor("u_admin1"), desk.visitor("u_lead1"), desk.office.person("u_lead1")
    assert admin.post("/administration/accounts/u_lead2/tokens/u_lead1/revocation").status_code == 404
    admin.post("/administration/accounts/u_lead1/tokens/u_lead1/revocation")
    assert token.get("/accounts/me").status_code == 401
    assert lead.get("/tasks").status_code == 200
    admin.post("/administration/accounts/u_lead1/sign-out")
    assert lead.get("/tasks").status_code == 303


def test_nothing_is_changed_without_the_token_of_the_form(desk: Desk) -> None:
    admin = desk.visitor("u_admin1")
    for path in ("activity", "password-link", "sign-out"):
        assert admin.client.post(f"/administration/accounts/u_lead1/{path}", data={"active": "no"}).status_code == 403
    assert admin.client.post("/administration/groups/admin/members", data={"account": "u_lead1"}).status_code == 403
    assert account(desk, "u_lead1").active


def test_nobody_else_changes_accounts(desk: Desk) -> None:
    lead = desk.visitor("u_lead1")
    for path in (
        "accounts/u_lead2/activity",
        "accounts/u_lead2/password-link",
        "accounts/u_lead2/sign-out",
        "groups/admin/members",
        "deputies",
    ):
        assert lead.post(f"/administration/{path}", account="u_lead1", active="no").status_code == 403


def test_people_are_put_into_groups_and_taken_out(desk: Desk) -> None:
    admin = desk.visitor("u_admin1")
    admin.post("/administration/groups/night_watch/members", account="u_lead1")
    assert "Wang Fang is in the group now." in words(admin.get("/administration/groups/night_watch"))
    assert "night_watch night_watch one person" in words(admin.get("/administration/groups"))
    admin.post("/administration/groups/night_watch/members/u_lead1/removal")
    assert "Nobody is in this group" in words(admin.get("/administration/groups/night_watch"))
    admin.post("/administration/groups/night_watch/members", account="u_nobody")
    assert "There is no account with the id u_nobody." in words(admin.get("/administration/groups/night_watch"))
    assert admin.get("/administration/groups/Night%20Watch").status_code == 404
    assert admin.get("/administration/groups?code=night_watch").location == "/administration/groups/night_watch"


def test_somebody_is_named_by_name_or_account_and_who_fits_is_offered(desk: Desk) -> None:
    admin = desk.visitor("u_admin1")
    assert admin.get("/administration/people?text=wang").json == ["Wang Fang (u_lead1)"]
    assert desk.visitor("u_admin1", language="zh").get("/administration/people?text=王芳").json == ["王芳 (u_lead1)"]
    assert desk.visitor("u_lead1").get("/administration/people?text=wang").status_code == 403
    for typed in ("王芳 (u_lead1)", "Wang Fang（u_lead1）", "wang fang", "王芳", " u_lead1 "):
        admin.post("/administration/groups/night_watch/members", account=typed)
        assert "Wang Fang is in the group now." in words(admin.get("/administration/groups/night_watch")), typed
        admin.post("/administration/groups/night_watch/members/u_lead1/removal")
    assert 'value="Zheng Yu (u_mgr_cs)"' in admin.get("/administration/accounts/u_lead1").text
    admin.post("/administration/accounts/new", id="u_wang", name="Wang Fang", locale="en")
    answer = admin.post("/administration/deputies", account="Wang Fang", deputy="Li Jun", first="2026-09-14", last="2026-09-18")
    assert answer.status_code == 422 and "Several people are called 'Wang Fang'" in words(answer)
    named = admin.post("/administration/deputies", account="Wang Fang (u_wang)", deputy="Li Jun", first="2026-09-14", last="2026-09-18")
    assert named.status_code == 303
    assert "Wang Fang Li Jun everything" in words(admin.get("/administration/deputies"))


def test_a_field_for_somebody_lists_a_few_however_many_there_are(desk: Desk) -> None:
    with unit_of_work(desk.office.database) as session:
        for number in range(60):
            people.add_account(session, f"u_many{number}", name=f"A person {number}")
    for path in ("groups/team_lead", "deputies", "accounts/u_lead1"):
        page = desk.visitor("u_admin1").get(f"/administration/{path}").text
        listed = re.findall(r"<datalist.*?</datalist>", page, re.DOTALL)
        assert listed and max(one.count("<option") for one in listed) == 50, path


def test_roles_say_what_they_allow(desk: Desk) -> None:
    seen = words(desk.visitor("u_admin1").get("/administration/roles"))
    assert "Complaint manager one person read every case" in seen
    assert "deploy diagrams that move money" in seen
    assert "看护" not in seen


def test_a_deputy_is_named_with_days_and_ended(desk: Desk) -> None:
    admin = desk.visitor("u_admin1")
    form = {"account": "u_lead1", "deputy": "u_desk1", "first": "2026-09-14", "last": "2026-09-18", "absent": "1", "note": "Training"}
    assert admin.post("/administration/deputies", **form).status_code == 303
    seen = words(admin.get("/administration/deputies"))
    assert "Wang Fang Training Sun Yue everything" in seen
    with reading(desk.office.database) as session:
        (entry,) = deputies.absent(session, ["u_lead1"]).values()
    assert (entry.starts_at, entry.ends_at.isoformat()) == (clock.now(), "2026-09-18T16:00:00+00:00")
    admin.post(f"/administration/deputies/{entry.id}/end")
    assert "Everybody is here" in words(admin.get("/administration/deputies"))
    assert "Wang Fang" in words(admin.get("/administration/deputies?scope=past"))


def test_open_tasks_go_with_an_absence_that_begins_today(desk: Desk) -> None:
    lead, task_id = desk.visitor("u_lead1"), desk.task(desk.ask("300"))
    lead.post(f"/tasks/{task_id}/claim")
    admin = desk.visitor("u_admin1")
    form = {"account": "u_lead1", "deputy": "u_desk1", "first": "2026-09-14", "last": "2026-09-18", "absent": "1", "hand_over": "1"}
    admin.post("/administration/deputies", **form)
    assert "Open tasks handed over: 1." in words(admin.get("/administration/deputies"))
    assert desk.visitor("u_desk1").get(f"/tasks/{task_id}").status_code == 200


def test_what_is_wrong_with_a_deputy_is_said_at_its_field(desk: Desk) -> None:
    answer = desk.visitor("u_admin1").post("/administration/deputies", account="u_lead1", first="2026-09-14", last="tomorrow")
    assert answer.status_code == 422
    assert 'id="error-last"' in answer.text and 'value="u_lead1"' in answer.text
    again = desk.visitor("u_admin1").post("/administration/deputies", account="u_lead1", first="2026-09-14", last="2026-09-10")
    assert "The end lies after the beginning." in words(again) and "Say who stands in." in words(again)


def test_an_account_is_seen_with_what_it_would_leave_behind(desk: Desk) -> None:
    task_id = desk.task(desk.ask("300"))
    desk.visitor("u_lead1").post(f"/tasks/{task_id}/claim")
    assert "One open task, 0 open cases." in words(desk.visitor("u_admin1").get("/administration/accounts/u_lead1"))
    with reading(desk.office.database) as session:
        assert people.get(session, "u_lead1").active
