"""Accounts, groups, managers; and the numbers of complaints."""

from datetime import UTC, datetime

import pytest

from engine.database import reading, unit_of_work
from engine.errors import NotFound
from processes import complaints, people
from tests.processes.conftest import Office


def test_an_actor_has_the_groups_of_the_account(office: Office) -> None:
    with reading(office.database) as session:
        actor = people.actor_of(session, "u_desk1")
    assert (actor.name, sorted(actor.groups)) == ("Sun Yue", ["case_owner", "cs_group", "intake_agent"])


def test_an_unknown_account_is_said_by_its_id(office: Office) -> None:
    with reading(office.database) as session, pytest.raises(NotFound, match="no account with the id u_nobody"):
        people.actor_of(session, "u_nobody")


def test_members_are_active_and_an_empty_group_is_named(office: Office) -> None:
    with unit_of_work(office.database) as session:
        people.get(session, "u_lead2").active = False
    with reading(office.database) as session:
        assert people.members(session, ["team_lead", "astronaut"]) == {"team_lead": ["u_lead1"], "astronaut": []}


def test_deputies_stand_in_for_the_manager_who_comes_first(office: Office) -> None:
    with reading(office.database) as session:
        assert people.managers(session, ["LOGISTICS"]) == ["u_mgr_log", "u_mgr_log2", "u_mgr_log3"]
        assert people.managers(session, ["COMPLIANCE"]) == []


def test_complaints_are_numbered_by_the_local_day(office: Office) -> None:
    evening, night = datetime(2026, 9, 14, 15, 59, tzinfo=UTC), datetime(2026, 9, 14, 16, 0, tzinfo=UTC)
    with unit_of_work(office.database) as session:
        made = [
            complaints.take_over(
                session, customer_id="c", customer_name="王伟", level=1, channel="web", content="…", received_at=at
            ).reference
            for at in (evening, evening, night)
        ]
    assert made == ["TS-20260914-00001", "TS-20260914-00002", "TS-20260915-00001"]
