"""The working calendar in a browser, and over the JSON API."""

import re

import pytest

from engine.database import reading, unit_of_work
from processes import cases, sla, sla_rows
from tests.api.pages.conftest import Desk, Visitor, words
from tests.api.test_cost import statements

PATH = "/administration/calendar/2026"


@pytest.fixture
def admin(desk: Desk) -> Visitor:
    """The administrator; one case is due in five working days."""
    reference = desk.complaint()
    with unit_of_work(desk.office.database) as session:
        sla.start(session, cases.by_reference(session, reference), "C-RESOLVE", target="5wd")
    return desk.visitor("u_admin1")


def fields(page: str) -> dict[str, str]:
    """What stands in the fields of the year."""
    lists = {name: re.findall(rf'<textarea id="{name}"[^>]*>([^<]*)', page)[0] for name in ("days_off", "working_days")}
    return {**lists, "source": re.findall(r'name="source" value="([^"]*)"', page)[0]}


def due(desk: Desk) -> str:
    """When the case is due."""
    with reading(desk.office.database) as session:
        (row,) = sla_rows.running(session, cases.by_reference(session, "TS-20260914-00001"), "C-RESOLVE")
        return row.due.isoformat()


def test_a_year_shows_its_days_and_whether_they_are_official(desk: Desk, admin: Visitor) -> None:
    assert admin.get("/administration/calendar").location == PATH
    page = admin.get(PATH)
    assert "official General Office of the State Council" in words(page)
    assert 'class="day off" title="Thursday, 1 January 2026: day off"' in page.text
    assert 'class="day moved" title="Sunday, 4 January 2026: moved working day"' in page.text
    assert "2026-10-01 - 2026-10-07" in fields(page.text)["days_off"]
    assert "正式 国务院办公厅" in words(desk.visitor("u_admin1", language="zh").get(PATH))
    assert "provisional No notice of this year is here yet" in words(admin.get("/administration/calendar/2031"))
    assert admin.get("/administration/calendar/1999").status_code == 422


def test_a_change_is_tried_and_shows_which_deadlines_move_before_it_holds(desk: Desk, admin: Visitor) -> None:
    form = fields(admin.get(PATH).text)
    form |= {"days_off": form["days_off"] + "\n2026-09-15", "revision": "0"}
    before = due(desk)
    tried = admin.post(PATH, **form, **{"try": "1"})
    assert "One deadline would move" in words(tried) and "TS-20260914-00001 Resolution" in words(tried)
    assert 'class="day off changed" title="Tuesday, 15 September 2026: day off"' in tried.text
    assert due(desk) == before
    assert admin.post(PATH, **form).status_code == 303
    for _ in range(3):
        desk.office.tick()
    assert due(desk) > before
    assert "changed by Tian Tian" in words(admin.get(PATH))
    late = admin.post(PATH, **form)
    assert late.status_code == 409 and "2026-09-15" in late.text


def test_what_is_no_day_is_said_at_its_field(admin: Visitor) -> None:
    answer = admin.post(PATH, days_off="2026-01-01\nChristmas", working_days="", source="x", revision="0")
    assert answer.status_code == 422
    assert "'Christmas' is neither a day nor a span of days" in words(answer) and "Christmas</textarea>" in answer.text
    for wrong in ("2026-13-01", "2026-02-01 - 2026-01-01", "2026-01-01 - 2026-12-31"):
        assert admin.post(PATH, days_off=wrong, working_days="", source="x", revision="0").status_code == 422


def test_hours_are_tried_and_changed(desk: Desk, admin: Visitor) -> None:
    hours = {f"weekly.{number}": "08:00-12:00 13:00-20:00" if number < 5 else "" for number in range(7)} | {"moved": "9:00-17:00"}
    tried = admin.post(f"{PATH}/hours", **hours, revision="0", **{"try": "1"})
    assert "One deadline would move" in words(tried)
    assert admin.post(f"{PATH}/hours", **hours, revision="0").status_code == 303
    for _ in range(3):
        desk.office.tick()
    assert due(desk) == "2026-09-17T09:00:00+00:00"
    assert 'value="09:00-17:00"' in admin.get(PATH).text
    wrong = admin.post(f"{PATH}/hours", **(hours | {"weekly.2": "all day"}), revision="1")
    assert wrong.status_code == 422 and 'id="error-weekly.2"' in wrong.text


def test_only_who_may_change_calendars_sees_them(desk: Desk) -> None:
    manager = desk.visitor("u_cm1")
    assert manager.get(PATH).status_code == manager.post(PATH, days_off="").status_code == 403
    assert desk.office.person("u_cm1").get("/calendars/years/2026").status_code == 403


def test_a_year_costs_the_same_however_many_cases_there_are(desk: Desk, admin: Visitor) -> None:
    with statements(desk.office) as sent:
        admin.get(PATH)
    assert len(sent) <= 6, sent


def test_calendars_are_changed_over_json(desk: Desk, admin: Visitor) -> None:
    person = desk.office.person("u_admin1")
    year = person.get("/calendars/years/2026")
    assert (year.headers["ETag"], year.json["official"]) == ('"0"', True)
    wanted = {name: year.json[name] for name in ("days_off", "working_days", "source")}
    wanted["days_off"] = [*wanted["days_off"], "2026-09-15"]
    would = person.put("/calendars/years/2026?dry_run=true", wanted, If_Match='"0"')
    assert (would.json["moved"], would.json["moves"][0]["clock"]) == (1, "C-RESOLVE")
    assert person.put("/calendars/years/2026", wanted).status_code == 428
    assert person.put("/calendars/years/2026", wanted, If_Match='"0"').headers["ETag"] == '"1"'
    assert person.put("/calendars/years/2026", wanted, If_Match='"0"').status_code == 412
    assert person.put("/calendars/years/2026", wanted | {"days_off": ["2027-01-01"]}, If_Match='"1"').status_code == 422
    assert person.get("/calendars/years/1999").status_code == 422
    hours = person.get("/calendars/hours").json
    assert hours["weekly"][0]["hours"][0] == {"opens": "09:00", "closes": "12:00"}
    given = {"weekly": hours["weekly"], "moved": [{"opens": "10:00", "closes": "16:00"}]}
    assert person.put("/calendars/hours?dry_run=true", given, If_Match='"0"').json["moved"] == 1  # it passes Sunday the 20th
    assert person.put("/calendars/hours", given, If_Match='"0"').json["moved"] == given["moved"]
