"""The beginning of an improvement: where it comes from, and why the matter happened."""

from sqlalchemy import select

from engine import scheduler
from engine.database import unit_of_work
from processes import cases, improvements
from processes.tables.supervision import ImprovementAction
from tests.processes.conftest import Office
from tests.processes.desk import Desk, on_desk


def actions(desk: Desk) -> list[ImprovementAction]:
    """The improvements of a case."""
    with desk.office.reading() as session:
        return list(session.scalars(select(ImprovementAction).where(ImprovementAction.complaint_id == desk.complaint_id)))


def test_a_case_asks_for_an_improvement_and_its_cause_is_found(office: Office) -> None:
    desk = on_desk(office, level=3)
    with unit_of_work(office.database) as session:
        improvements.request(session, cases.get(session, desk.complaint_id), title="seller licence check")
    scheduler.tick(office.database)
    (row,) = actions(desk)
    assert (row.source, row.level, row.title, row.state) == ("case", 3, "seller licence check", "open")
    assert row.instance_id == desk.instance("improvement_action").id
    assert desk.candidates("ut_root_cause") == {"capa_owner"}
    desk.complete("ut_root_cause", "u_capa1", method="fishbone", root_cause="RC-42", text="licences expire unseen")
    (row,) = actions(desk)
    assert (row.method, row.root_cause, row.text, row.state) == ("fishbone", "RC-42", "licences expire unseen", "analysed")
    assert desk.instance("improvement_action").end_element_id == "end_analysed"


def test_every_request_is_an_improvement_of_its_own(office: Office) -> None:
    desk = on_desk(office)
    with unit_of_work(office.database) as session:
        for source in ("case", "warning"):
            improvements.request(session, cases.get(session, desk.complaint_id), source=source)
    scheduler.tick(office.database)
    assert sorted(one.source for one in actions(desk)) == ["case", "warning"]
    assert desk.open_tasks() == ["ut_root_cause", "ut_root_cause"]
