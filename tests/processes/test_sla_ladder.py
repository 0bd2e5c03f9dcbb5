"""The escalation ladder of a deadline: what fired, what fires next and on whom, and what a pause or a new level does to it."""

import pytest

from engine.database import unit_of_work
from processes import cases, sla, sla_ladder
from processes.sla_ladder import Rung
from tests.processes.conftest import Office


@pytest.fixture
def reference(office: Office) -> str:
    """A case of level 2 that has to be resolved in five working days."""
    with unit_of_work(office.database) as session:
        complaint = office.register(session)
        session.flush()  # the clock points to the case
        sla.start(session, complaint, "C-RESOLVE")
        return complaint.reference


def ladder(office: Office, reference: str) -> list[Rung]:
    """The ladder of its resolution."""
    with office.reading() as session:
        row = sla.rows(session, cases.by_reference(session, reference))[0]
        return list(sla_ladder.of_clocks(session, [row])[row.id])


def test_the_first_step_is_next_and_the_table_says_whom_it_will_tell(office: Office, reference: str) -> None:
    found = ladder(office, reference)
    assert [one.percent for one in found] == sorted(one.percent for one in found)
    assert [one.state for one in found] == ["next", *["ahead"] * (len(found) - 1)]
    assert (found[0].action, found[0].tier) == ("remind", 0)
    breach = next(one for one in found if one.percent == 100)
    assert (breach.action, breach.tier, breach.supervisor) == ("breach_supervise", 2, "dept_manager")
    assert all(one.at is not None for one in found)


def test_what_is_over_climbs_no_further(office: Office, reference: str) -> None:
    with unit_of_work(office.database) as session:
        sla.stop(session, cases.by_reference(session, reference), "C-RESOLVE")
    assert ladder(office, reference) == []


def test_a_paused_deadline_has_no_time_for_its_next_step(office: Office, reference: str) -> None:
    office.time.advance(hours=1)
    with unit_of_work(office.database) as session:
        sla.pause(session, cases.by_reference(session, reference), "NEED_INFO")
    office.time.advance(days=1)
    assert {one.at for one in ladder(office, reference)} == {None}


def test_a_new_level_passes_by_what_its_shorter_time_had_reached(office: Office, reference: str) -> None:
    office.time.advance(days=3)
    with unit_of_work(office.database) as session:
        complaint = cases.by_reference(session, reference)
        complaint.level = 4
        sla.regrade(session, complaint)
    states = [one.state for one in ladder(office, reference)]
    assert states[0] == "passed"
    assert states.count("next") == 1
