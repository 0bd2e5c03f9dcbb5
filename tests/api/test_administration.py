"""Accounts, groups, deputies and one's own settings over the JSON API."""

from typing import Any

import pytest

from api import accounts
from engine.database import reading, unit_of_work
from processes import deputies
from tests.api.conftest import Office
from tests.api.test_cost import statements

PASSWORD, NEXT = "a long enough one", "quite another long one"
REN = {"id": "u_ren", "name": "Ren Jie", "email": "ren@redress.example", "department": "CS", "groups": ["intake_agent"]}
WEEK = {"starts_at": "2026-09-14T09:00:00+08:00", "ends_at": "2026-09-21T00:00:00+08:00"}


@pytest.fixture
def known(office: Office) -> Office:
    """The office; u_lead1 has a password."""
    with unit_of_work(office.database) as session:
        accounts.set_password(session, "u_lead1", password_hash=accounts.hashed(PASSWORD))
    return office


def test_an_account_is_made_read_changed_and_closed(office: Office) -> None:
    admin = office.person("u_admin1")
    made = admin.post("/accounts", REN, Idempotency_Key="one")
    assert (made.status_code, made.headers["Location"], made.headers["ETag"]) == (201, "/api/v1/accounts/u_ren", '"0"')
    assert admin.post("/accounts", REN, Idempotency_Key="one").headers["Idempotency-Replayed"] == "true"
    assert [one["code"] for one in admin.post("/accounts", REN).json["errors"]] == ["TAKEN"]
    wanted = {"name": "Ren Jie", "locale": "en", "groups": ["intake_agent", "duty"]}
    assert admin.put("/accounts/u_ren", wanted).status_code == 428
    changed = admin.put("/accounts/u_ren", wanted, If_Match='"0"')
    assert (changed.json["groups"], changed.json["email"], changed.headers["ETag"]) == (["duty", "intake_agent"], None, '"1"')
    assert admin.put("/accounts/u_ren", wanted, If_Match='"0"').status_code == 412
    closed = admin.put("/accounts/u_ren/activity", {"active": False, "reason": "Left."}).json
    assert {one["name"]: one["allowed"] for one in closed["actions"]} == {
        "change": True,
        "deactivate": False,
        "reactivate": True,
        "password_link": False,
        "sign_out": True,
    }
    assert admin.put("/accounts/u_ren/password-link").status_code == 409


def test_accounts_are_listed_by_filter_and_cursor(office: Office) -> None:
    admin = office.person("u_admin1")
    assert [one["id"] for one in admin.get("/accounts?group=team_lead&sort=-id").json["items"]] == ["u_lead2", "u_lead1"]
    assert [one["id"] for one in admin.get("/accounts?q=王芳").json["items"]] == ["u_lead1"]
    with statements(office) as sent:
        first = admin.get("/accounts?limit=20").json
    assert len(sent) <= 3, sent
    second = admin.get(f"/accounts?limit=20&cursor={first['page']['next']}").json
    assert len(second["items"]) == 20 and first["items"][-1]["name"] <= second["items"][0]["name"]
    assert admin.get("/accounts?colour=red").status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/accounts", None),
        ("POST", "/accounts", REN),
        ("GET", "/accounts/u_lead2", None),
        ("PUT", "/accounts/u_lead2", {"name": "Li"}),
        ("PUT", "/accounts/u_lead2/activity", {"active": False, "reason": "x"}),
        ("PUT", "/accounts/u_lead2/password-link", None),
        ("DELETE", "/accounts/u_lead2/sessions", None),
        ("GET", "/accounts/u_lead2/tokens", None),
        ("DELETE", "/accounts/u_lead2/tokens/x", None),
        ("GET", "/groups", None),
        ("GET", "/groups/admin/members", None),
        ("PUT", "/groups/admin/members/u_lead1", None),
        ("DELETE", "/groups/admin/members/u_admin1", None),
        ("GET", "/deputies", None),
        ("GET", "/deputies?account_id=u_lead2", None),
        ("POST", "/deputies", {"account_id": "u_lead2", "deputy_id": "u_lead1", **WEEK}),
        ("POST", "/deputies", {"deputy_id": "u_lead2", "role": "team_lead", **WEEK}),
    ],
)
def test_what_is_an_administrators_is_refused_to_others(office: Office, method: str, path: str, body: Any) -> None:
    answer = office.person("u_lead1").send(method, path, {"If-Match": '"0"'}, json=body)
    assert (answer.status_code, answer.json["missing"], answer.json["who_can"]) == (403, ["account:manage"], ["admin"])


def test_one_sees_and_ends_ones_own_but_not_that_of_others(office: Office) -> None:
    lead = office.person("u_lead1")
    assert lead.get("/accounts/u_lead1").json["id"] == "u_lead1"
    assert [one["name"] for one in lead.get("/accounts/me/tokens").json["items"]] == ["test"]
    office.person("u_lead2")
    assert lead.delete("/accounts/me/tokens/u_lead2").status_code == 404
    assert lead.delete("/accounts/me/tokens/u_lead1").status_code == 204
    assert lead.get("/accounts/me").status_code == 401


def test_a_link_chooses_a_password_once(office: Office) -> None:
    admin, stranger = office.person("u_admin1"), office.stranger()
    admin.post("/accounts", REN)
    link = admin.put("/accounts/u_ren/password-link").json
    assert link["path"] == f"/password/{link['secret']}"
    assert stranger.post("/password-links/redemption", {"secret": link["secret"], "password": "short"}).status_code == 422
    chosen = stranger.post("/password-links/redemption", {"secret": link["secret"], "password": NEXT})
    assert (chosen.status_code, chosen.json) == (200, {"account": "u_ren"})
    again = stranger.post("/password-links/redemption", {"secret": link["secret"], "password": NEXT})
    assert (again.status_code, again.json["code"]) == (409, "LINK_OVER")
    token = stranger.post("/tokens", {"account": "u_ren", "password": NEXT, "name": "script", "hours": 720}).json
    assert token["expires_at"] > "2026"
    assert admin.put("/accounts/u_admin1/password-link").status_code == 403


def test_a_password_is_changed_by_who_knows_it(known: Office) -> None:
    lead = known.person("u_lead1")
    wrong = lead.put("/accounts/me/password", {"current_password": "guess", "password": NEXT})
    assert (wrong.status_code, [one["pointer"] for one in wrong.json["errors"]]) == (422, ["/current_password"])
    assert lead.put("/accounts/me/password", {"current_password": PASSWORD, "password": "short"}).status_code == 422
    assert lead.put("/accounts/me/password", {"current_password": PASSWORD, "password": NEXT}).status_code == 204
    assert lead.get("/accounts/me").status_code == 401
    assert known.stranger().post("/tokens", {"account": "u_lead1", "password": NEXT}).status_code == 201


def test_guessing_the_current_password_is_throttled_as_at_the_door(known: Office) -> None:
    lead = known.person("u_lead1")
    answers = [lead.put("/accounts/me/password", {"current_password": "guess", "password": NEXT}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert known.stranger().post("/tokens", {"account": "u_lead1", "password": PASSWORD}).status_code == 429


def test_settings_and_rules_are_kept(office: Office) -> None:
    lead = office.person("u_lead1")
    assert lead.get("/accounts/me/settings").json == {"locale": "en", "time_zone": None, "theme": None, "keyboard": True}
    wanted = {"locale": "zh", "time_zone": "Europe/Berlin", "theme": "dark", "keyboard": False}
    kept = lead.put("/accounts/me/settings", wanted, If_Match='"0"')
    assert (kept.json, kept.headers["ETag"]) == (wanted, '"1"')
    assert lead.put("/accounts/me/settings", wanted, If_Match='"0"').status_code == 412
    assert lead.put("/accounts/me/settings", wanted | {"time_zone": "Mars"}, If_Match='"1"').status_code == 422
    rule = {"kind": "mention", "screen": False, "browser": False, "mail": "digest", "deputy": True}
    rules = lead.put("/notifications/rules", {"items": [rule]}).json["items"]
    assert rule in rules and len(rules) == 11
    assert rules == lead.get("/notifications/rules").json["items"]


def test_groups_say_what_they_allow_and_take_members(office: Office) -> None:
    admin = office.person("u_admin1")
    groups = {one["code"]: one for one in admin.get("/groups").json["items"]}
    assert groups["team_lead"]["name_zh"] == "客服主管"
    assert "task:assign" in groups["team_lead"]["permissions"] and "case.regrade" in groups["team_lead"]["messages"]
    assert "duty" in admin.put("/groups/duty/members/u_lead1").json["groups"]
    assert [one["id"] for one in admin.get("/groups/duty/members").json["items"]][-1] == "u_lead1"
    assert admin.delete("/groups/duty/members/u_lead1").json["groups"] == ["team_lead"]
    assert admin.delete("/groups/duty/members/u_lead1").status_code == 404
    last = admin.delete("/groups/admin/members/u_admin1")
    assert (last.status_code, last.json["code"]) == (409, "LAST_ADMINISTRATOR")


def test_an_absence_is_entered_for_oneself_seen_by_both_and_ended(office: Office) -> None:
    lead = office.person("u_lead1")
    made = lead.post("/deputies", {"deputy_id": "u_lead2", "note": "Leave", "hand_over": True, **WEEK})
    assert made.status_code == 201 and (made.json["handed_over"], made.json["kept"]) == (0, 0)
    where = f"/deputies/{made.json['id']}"
    assert office.person("u_lead2").get(where).json["actions"][0]["allowed"] is False
    assert office.person("u_owner1").get(where).status_code == 403
    assert office.person("u_lead2").delete(where).status_code == 403
    assert [one["id"] for one in lead.get("/deputies?account_id=u_lead1").json["items"]] == [made.json["id"]]
    with reading(office.database) as session:
        assert deputies.present(session, ["u_lead1"]) == []
    assert lead.delete(where).json["ends_at"] == "2026-09-14T01:00:00Z"
    assert lead.delete(where).status_code == 409
    assert lead.post("/deputies", {"deputy_id": "u_fin2", **WEEK}).json["errors"][0]["pointer"] == "/deputy_id"


def test_an_administrator_names_a_deputy_for_one_role(office: Office) -> None:
    admin = office.person("u_admin1")
    made = admin.post("/deputies", {"account_id": "u_lead1", "deputy_id": "u_fin2", "role": "team_lead", "absent": False, **WEEK})
    assert made.status_code == 201
    assert len(admin.get("/deputies").json["items"]) == 1
    assert admin.get("/deputies/nothing").status_code == 404
