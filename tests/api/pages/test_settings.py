"""What people decide for themselves."""

import re
from datetime import timedelta

import pytest

from api import accounts
from engine import clock
from engine.database import reading, unit_of_work
from processes import deputies, deputy_entries, notification_rules, notification_schedules, people
from processes.deputy_entries import Entry
from processes.notification_schedules import Schedule
from tests.api.pages.conftest import Desk, words
from tests.api.test_cost import statements

PASSWORD, NEXT = "a long enough one", "quite another long one"


@pytest.fixture
def known(desk: Desk) -> Desk:
    """The office; u_lead1 has a password."""
    password_hash = accounts.hashed(PASSWORD)
    with unit_of_work(desk.office.database) as session:
        accounts.set_password(session, "u_lead1", password_hash=password_hash)
    return desk


def test_everybody_who_is_signed_in_has_settings_and_nobody_else(desk: Desk) -> None:
    assert desk.visitor().get("/settings").status_code == 303
    seen = desk.visitor("u_pr1").get("/settings")
    assert "Ai Xin · u_pr1" in words(seen)
    assert 'href="/settings"' in seen.text


def test_language_zone_and_appearance_are_kept_for_the_person(desk: Desk) -> None:
    lead = desk.visitor("u_lead1")
    answer = lead.post("/settings/reading", locale="zh", time_zone="Europe/Berlin", theme="dark")
    assert answer.location == "/settings#reading"
    elsewhere = desk.visitor("u_lead1", language="")
    seen = elsewhere.get("/settings")
    assert "设置" in words(seen) and 'data-theme="dark"' in seen.text
    desk.complaint(case_owner="u_lead1")
    assert "03:00" in words(elsewhere.get("/complaints"))  # 09:00 in Shanghai
    assert lead.post("/settings/reading", locale="zh", time_zone="Mars/Olympus").status_code == 422


def test_an_absence_names_a_substitute_and_is_taken_back(desk: Desk) -> None:
    lead = desk.visitor("u_lead1")
    assert lead.post("/settings/absences", first="2026-09-14", last="2026-09-20", deputy="u_lead2", note="Leave").status_code == 303
    assert "Li Jun stands in · Leave" in words(lead.get("/settings"))
    assert "You stand in for others" in words(desk.visitor("u_lead2").get("/settings"))
    with reading(desk.office.database) as session:
        (entry,) = deputies.absent(session, ["u_lead1"]).values()
    assert desk.visitor("u_lead2").post(f"/settings/absences/{entry.id}/end").status_code == 404
    lead.post(f"/settings/absences/{entry.id}/end")
    with reading(desk.office.database) as session:
        assert deputies.absent(session, ["u_lead1"]) == {}


def test_a_substitute_is_chosen_among_colleagues_only(desk: Desk) -> None:
    lead = desk.visitor("u_lead1")
    answer = lead.post("/settings/absences", first="2026-09-14", last="2026-09-20", deputy="u_fin2")
    assert answer.status_code == 422 and 'id="error-deputy"' in answer.text
    assert '<option value="u_fin2">' not in answer.text and '<option value="u_mgr_cs">' in answer.text


def test_a_new_password_signs_out_everywhere_but_here(known: Desk) -> None:
    lead, token = known.visitor("u_lead1"), known.office.person("u_lead1")
    answer = lead.post("/settings/password", current_password=PASSWORD, password=NEXT, again=NEXT)
    assert answer.status_code == 303
    assert lead.get("/settings").status_code == 200
    assert token.get("/accounts/me").status_code == 401
    assert known.visitor().post("/sign-in", account="u_lead1", password=PASSWORD).status_code == 401
    assert known.visitor().post("/sign-in", account="u_lead1", password=NEXT).status_code == 303


def test_who_does_not_know_the_password_changes_nothing_and_waits(known: Desk) -> None:
    lead = known.visitor("u_lead1")
    for _ in range(5):
        assert lead.post("/settings/password", current_password="guess", password=NEXT, again=NEXT).status_code == 422
    blocked = lead.post("/settings/password", current_password=PASSWORD, password=NEXT, again=NEXT)
    assert blocked.status_code == 429 and "Too many failed attempts" in words(blocked)
    assert lead.post("/settings/tokens", current_password=PASSWORD, name="script").status_code == 429


def test_a_short_password_or_one_typed_differently_is_refused(known: Desk) -> None:
    lead = known.visitor("u_lead1")
    assert "The two are not the same." in words(lead.post("/settings/password", current_password=PASSWORD, password=NEXT, again="x"))
    short = lead.post("/settings/password", current_password=PASSWORD, password="short", again="short")
    assert "A password has 10 to 200 characters." in words(short)


def test_a_token_is_shown_once_and_revoked(known: Desk) -> None:
    lead = known.visitor("u_lead1")
    made = lead.post("/settings/tokens", current_password=PASSWORD, name="nightly script", days="30")
    assert made.status_code == 201
    secret = re.findall(r'id="secret"[^>]* value="([^"]+)"', made.text)[0]
    header = {"Authorization": f"Bearer {secret}"}
    assert known.office.stranger().get("/accounts/me", **header).json["id"] == "u_lead1"
    page = lead.get("/settings")
    assert secret not in page.text and "nightly script" in words(page)
    token_id = re.findall(r"/settings/tokens/([^/]+)/revocation", page.text)[0]
    assert known.visitor("u_lead2").post(f"/settings/tokens/{token_id}/revocation").status_code == 404
    lead.post(f"/settings/tokens/{token_id}/revocation")
    assert known.office.stranger().get("/accounts/me", **header).status_code == 401


def test_how_and_when_one_is_told_is_kept(desk: Desk) -> None:
    lead = desk.visitor("u_lead1")
    form = {
        "mention.screen": "1",
        "mention.mail": "digest",
        "escalated.browser": "1",
        "escalated.deputy": "1",
        "escalated.mail": "nonsense",
    }
    times = {"digest": "daily", "digest_at": "07:30", "quiet_from": "22:00", "quiet_until": "06:00"}
    assert lead.post("/settings/notifications", **form, **times).location == "/settings#notifications"
    with reading(desk.office.database) as session:
        rules = notification_rules.of(session, "u_lead1")
        assert rules["mention"] == notification_rules.Rule(screen=True, browser=False, mail="digest", deputy=False)
        assert rules["escalated"] == notification_rules.Rule(screen=False, browser=True, mail="off", deputy=True)
        assert rules["incident"] == notification_rules.USUAL["incident"]  # told to those who repair, so not asked of others
        assert notification_rules.of(session, "u_lead2") == notification_rules.USUAL
        assert notification_schedules.of(session, "u_lead1") == Schedule(digest_at="07:30", quiet_from="22:00", quiet_until="06:00")
    halved = lead.post("/settings/notifications", digest="daily", quiet_from="22:00")
    assert halved.status_code == 422 and 'id="error-quiet_until"' in halved.text
    assert "A case does not go on" in words(desk.visitor("u_ops1").get("/settings"))
    assert "A case does not go on" not in words(lead.get("/settings"))


def test_settings_cost_the_same_however_much_there_is(desk: Desk) -> None:
    lead = desk.visitor("u_lead1")
    with statements(desk.office) as short:
        lead.get("/settings")
    with unit_of_work(desk.office.database) as session:
        actor, now = people.actor_of(session, "u_lead1"), clock.now()
        for week in range(3):
            starts = now + timedelta(days=7 * week)
            entry = Entry(account_id="u_lead1", deputy_id="u_lead2", absent=True, starts_at=starts, ends_at=starts + timedelta(days=7))
            deputy_entries.add(session, entry, actor=actor)
    with statements(desk.office) as long:
        lead.get("/settings")
    assert len(long) <= len(short) + 3 <= 13, long  # the frame says who is away, and the names of those who stand in
