"""Notifications by the JSON API: one's own list, reading, rules and times."""

from engine import clock
from engine.database import unit_of_work
from processes import complaints, notices, people
from tests.api.conftest import Office
from tests.given_complaints import lost_parcel

LEAD = "u_lead1"


def tell(office: Office, *accounts: str, times: int = 1) -> str:
    """Tell these people that they are mentioned in a new case; gives its number."""
    with unit_of_work(office.database) as session:
        case = complaints.take_over(session, **lost_parcel(clock.now()))
        session.flush()
        for n in range(times):
            by = people.actor_of(session, "u_owner1")
            notices.tell(session, accounts, kind="mention", key=f"{case.reference}-{n}", complaint=case, by=by, text="Look.")
        return case.reference


def test_one_reads_ones_own_page_by_page_and_marks_them(office: Office) -> None:
    reference = tell(office, LEAD, times=3)
    lead = office.person(LEAD)
    first = lead.get("/notifications?limit=2").json
    second = lead.get(f"/notifications?limit=2&cursor={first['page']['next']}").json
    found = first["items"] + second["items"]
    assert len(found) == 3 and second["page"]["next"] is None
    assert {(one["kind"], one["complaint_reference"], one["path"]) for one in found} == {("mention", reference, f"/complaints/{reference}")}
    assert found[0]["title"] == f"Lin Mei mentions you in {reference}" and "Look." in found[0]["text"]
    one = lead.put(f"/notifications/{found[0]['id']}/reading", {"read": True}).json
    assert one["read_at"] is not None
    assert lead.get("/notifications/unread-count").json == {"unread": 2}
    assert {row["id"] for row in lead.get("/notifications?unread=true").json["items"]} == {row["id"] for row in found[1:]}
    assert lead.get(f"/notifications/{found[0]['id']}").json == one
    assert lead.put(f"/notifications/{found[0]['id']}/reading", {"read": False}).json["read_at"] is None
    assert lead.put("/notifications/reading", {"until": "2000-01-01T00:00:00Z"}).json == {"marked": 0}
    assert lead.put("/notifications/reading", {"until": "2100-01-01T00:00:00Z"}).json == {"marked": 3}
    assert lead.get("/notifications?unread=true&kind=mention").json["items"] == []


def test_those_of_others_do_not_exist(office: Office) -> None:
    tell(office, LEAD)
    (mine,) = office.person(LEAD).get("/notifications").json["items"]
    other = office.person("u_lead2")
    assert other.get("/notifications").json["items"] == []
    assert other.get(f"/notifications/{mine['id']}").status_code == 404
    assert other.put(f"/notifications/{mine['id']}/reading", {"read": True}).status_code == 404


def test_the_language_is_that_of_the_reader(office: Office) -> None:
    reference = tell(office, "u_lead2")
    (row,) = office.person("u_lead2").get("/notifications").json["items"]
    assert row["title"] == f"林梅在投诉 {reference} 中提到了您"


def test_when_one_is_told_is_kept_and_what_is_no_time_is_named(office: Office) -> None:
    lead = office.person(LEAD)
    assert lead.get("/notifications/schedule").json == {"digest": "daily", "digest_at": "08:00", "quiet_from": None, "quiet_until": None}
    wanted = {"digest": "hourly", "digest_at": "09:30", "quiet_from": "22:00", "quiet_until": "06:30"}
    assert lead.put("/notifications/schedule", wanted).json == wanted == lead.get("/notifications/schedule").json
    refused = lead.put("/notifications/schedule", wanted | {"quiet_until": None})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/quiet_until")
