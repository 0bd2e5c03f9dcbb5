"""Reports over the JSON API: the same figures as the pages, for whom, and how each is counted."""

from datetime import timedelta
from typing import Any

import pytest

from engine import clock
from engine.database import unit_of_work
from processes.reports import report
from tests.api.conftest import Office
from tests.processes.reports.given import Cases


def fill(office: Office) -> None:
    """Of this month: one case of logistics, one of quality that was answered late and reopened."""
    now = clock.now()
    with unit_of_work(office.database) as session:
        cases = Cases(session=session)
        good = cases.closed(now - timedelta(days=9), now - timedelta(days=2), days=2.5)
        cases.rate(good, 5, 5)
        cases.pay(good, "12.50", now - timedelta(days=3))
        late = timedelta(hours=30)
        cases.closed(now - timedelta(days=8), now - timedelta(days=1), answered=late, owner_department="QA", category="PQ", reopen_count=1)


def values(figures: list[dict[str, Any]]) -> dict[str, Any]:
    """The values by figure."""
    return {one["figure"]: one["value"] for one in figures}


def test_the_figures_of_a_period_stand_beside_those_it_is_compared_with(office: Office) -> None:
    fill(office)
    found = office.person("u_cm1").get("/reports/figures?period=2026-09").json
    assert (found["period"], found["first"], found["last"], found["ended"]) == ("2026-09", "2026-09-01", "2026-09-30", False)
    got = values(found["figures"])
    assert (got["received"], got["first-response"], got["compensation"], got["handling-days"]) == ("2", "50", "12.5", "2.5")
    assert got["closing"] == "100"
    assert found["before"]["period"] == "2026-08"
    assert values(found["before"]["figures"])["first-response"] is None
    assert found["year_before"]["period"] == "2025-09"
    [response] = [one for one in found["figures"] if one["figure"] == "first-response"]
    assert response == {"figure": "first-response", "value": "50", "numerator": "1", "denominator": "2", "standing": "missed"}


def test_a_year_has_its_months_and_no_year_before_beside_the_period_before(office: Office) -> None:
    fill(office)
    person = office.person("u_cm1")
    assert person.get("/reports/figures?period=2026").json["year_before"] is None
    course = person.get("/reports/course?period=2026").json["items"]
    assert [one["period"] for one in course] == [f"2026-{month:02d}" for month in range(1, 10)]
    assert values(course[-1]["figures"])["received"] == "2"


def test_figures_are_told_apart_and_narrowed(office: Office) -> None:
    fill(office)
    person = office.person("u_cm1")
    found = person.get("/reports/breakdown?by=category").json
    assert {one["value"]: values(one["figures"])["first-response"] for one in found["groups"]} == {"DL": "100", "PQ": "0"}
    narrowed = person.get("/reports/breakdown?by=owner&category=PQ").json
    assert [(one["value"], values(one["figures"])["received"]) for one in narrowed["groups"]] == [("u_owner1", "1")]


def test_every_figure_is_defined_in_both_languages(office: Office) -> None:
    items = office.person("u_qa1").get("/reports/definitions").json["items"]
    assert [one["figure"] for one in items] == list(report.FIGURES)
    [satisfied] = [one for one in items if one["figure"] == "satisfaction"]
    assert (satisfied["name"], satisfied["name_zh"], satisfied["unit"], satisfied["target"]) == ("Satisfied", "满意率", "percent", "90")
    assert "KPI-03" in satisfied["source"]


def test_who_manages_a_department_sees_its_figures_only(office: Office) -> None:
    fill(office)
    manager = office.person("u_mgr_qa")
    assert values(manager.get("/reports/figures").json["figures"])["received"] == "1"
    assert [one["value"] for one in manager.get("/reports/breakdown?by=department").json["groups"]] == ["QA"]
    assert manager.get("/reports/breakdown?by=category&department=LOGISTICS").json["groups"] == []


@pytest.mark.parametrize("path", ["/reports/figures", "/reports/course", "/reports/breakdown?by=level", "/reports/definitions"])
def test_who_leads_nobody_is_told_who_sees_reports(office: Office, path: str) -> None:
    answer = office.person("u_owner1").get(path)
    assert answer.status_code == 403
    assert answer.json["missing"] == ["report:read"]
    assert "complaint_manager" in answer.json["who_can"]


def test_what_is_no_period_or_dimension_is_refused(office: Office) -> None:
    person = office.person("u_cm1")
    answer = person.get("/reports/figures?period=2026-13")
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/period")
    assert person.get("/reports/breakdown?by=customer").status_code == 422
    assert person.get("/reports/breakdown").status_code == 422


def test_the_list_of_cases_finds_those_behind_a_figure(office: Office) -> None:
    fill(office)
    person = office.person("u_cm1")
    behind = "figure=first-response&period=2026-09"
    assert len(person.get(f"/complaints?{behind}").json["items"]) == 2
    [late] = person.get(f"/complaints?{behind}&part=missed").json["items"]
    assert (late["category"], late["status"]) == ("PQ", "CLOSED")
    assert person.get(f"/complaints?{behind}&part=missed&department=LOGISTICS").json["items"] == []
    assert person.get("/complaints?figure=received&part=missed").json["errors"][0]["pointer"] == "/part"
