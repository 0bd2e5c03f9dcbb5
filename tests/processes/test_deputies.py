"""Who stands in for whom: tasks that open while somebody is away or has a deputy."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import clock, user_tasks
from engine.database import reading, unit_of_work
from engine.errors import Conflict, Invalid
from engine.extensions import Actor
from engine.tables import Operation
from processes import case_owners, deputies, deputy_entries, people
from processes.deputy_entries import Entry
from processes.tables.people import Deputy
from tests.processes.conftest import Office

ADMIN = Actor(id="u_admin1", name="Tian Tian", groups=frozenset({"admin"}))


def entered(office: Office, account: str, deputy: str | None, *, by: str = "u_admin1", **changes: Any) -> Deputy:
    """An entry that begins now and lasts a week."""
    now = clock.now()
    given = {"account_id": account, "deputy_id": deputy, "starts_at": now, "ends_at": now + timedelta(days=7)} | changes
    with unit_of_work(office.database) as session:
        return deputy_entries.add(session, Entry(**given), actor=people.actor_of(session, by))


def offered(office: Office, claim_id: str) -> set[str]:
    """The people an approval is offered to by name."""
    return {row.name for row in office.open_task(claim_id).candidates if row.kind == "user"}


def test_a_deputy_may_do_what_is_offered_to_the_group_of_the_absent(office: Office) -> None:
    entered(office, "u_lead1", "u_desk1", absent=True)
    claim = office.ask("DELIVERY_LOST", "300", {"price": "300", "freight": "0"})
    assert offered(office, claim) == {"u_desk1"}
    office.complete(claim, "u_desk1", vote="approve", approved_amount="300.00")
    assert [row.account for row in office.said(claim)] == ["u_desk1"]


def test_a_deputy_for_a_role_gets_the_tasks_of_that_role_only(office: Office) -> None:
    entered(office, "u_lead1", "u_desk1", role="team_lead")
    entered(office, "u_lead2", "u_owner2", role="dept_manager")
    assert offered(office, office.ask("DELIVERY_LOST", "300", {"price": "300", "freight": "0"})) == {"u_desk1"}


def test_four_eyes_hold_for_deputies(office: Office) -> None:
    entered(office, "u_lead1", "u_owner1", absent=True)
    assert offered(office, office.ask("DELIVERY_LOST", "300", {"price": "300", "freight": "0"}, by="u_owner1")) == set()


def test_nothing_comes_to_a_deputy_through_somebody_who_may_not_do_it(office: Office) -> None:
    entered(office, "u_lead1", "u_desk1", absent=True)
    assert offered(office, office.ask("DELIVERY_LOST", "300", {"price": "300", "freight": "0"}, by="u_lead1")) == set()


def test_whom_the_case_concerns_gets_it_through_nobody(office: Office) -> None:
    entered(office, "u_lead1", "u_desk1", absent=True)
    assert offered(office, office.ask("DELIVERY_LOST", "300", {"price": "300", "freight": "0"}, excluded_users=["u_desk1"])) == set()


def test_a_deputy_who_is_away_passes_it_on(office: Office) -> None:
    entered(office, "u_lead1", "u_lead2")
    entered(office, "u_lead2", "u_desk1", absent=True)
    assert offered(office, office.ask("DELIVERY_LOST", "300", {"price": "300", "freight": "0"})) == {"u_desk1"}


def test_two_who_stand_in_for_each_other_and_are_away_come_to_an_end(office: Office) -> None:
    week = timedelta(days=7)
    entered(office, "u_lead1", "u_lead2", absent=True)
    with unit_of_work(office.database) as session:
        now = clock.now()
        both = {"account_id": "u_lead2", "deputy_id": "u_lead1", "absent": True, "starts_at": now, "ends_at": now + week}
        session.add(Deputy(**both, created_by="u_admin1", created_at=now))
    assert offered(office, office.ask("DELIVERY_LOST", "300", {"price": "300", "freight": "0"})) == set()


def test_before_and_after_its_time_an_entry_does_nothing(office: Office) -> None:
    later = clock.now() + timedelta(days=1)
    entered(office, "u_lead1", "u_desk1", starts_at=later)
    assert offered(office, office.ask("DELIVERY_LOST", "300", {"price": "300", "freight": "0"})) == set()
    office.time.advance(days=8)
    assert offered(office, office.ask("DELIVERY_LOST", "300", {"price": "300", "freight": "0"})) == set()


def test_who_is_away_is_given_no_case(office: Office) -> None:
    with unit_of_work(office.database) as session:
        first = case_owners.choose(session, office.register(session))
    assert first is not None
    entered(office, first, None, absent=True)
    with unit_of_work(office.database) as session:
        assert case_owners.choose(session, office.register(session)) not in (first, None)
        assert deputies.present(session, [first, "u_owner2"]) == [one for one in ("u_owner2",) if one != first]


def test_the_substitute_of_the_owner_does_the_owners_tasks(office: Office) -> None:
    entered(office, "u_owner1", "u_owner2", absent=True)
    with reading(office.database) as session:
        standing = deputies.in_force(session)
    assert [(one.account_id, one.deputy_id, "case_owner" in one.groups) for one in standing] == [("u_owner1", "u_owner2", True)]
    assert standing[0].takes(named=True, lanes=["case_owner"], offered=["duty"])
    assert not standing[0].takes(named=False, lanes=["case_owner"], offered=["duty"])


def test_open_tasks_are_handed_over_but_for_those_the_deputy_may_not_do(office: Office) -> None:
    claims = [office.ask("DELIVERY_LOST", "300", {"price": "300", "freight": "0"}, by=by) for by in ("u_owner1", "u_desk1")]
    with unit_of_work(office.database) as session:
        for claim in claims:
            user_tasks.claim(session, office.open_task(claim).id, actor=people.actor_of(session, "u_lead1"))
    entry = entered(office, "u_lead1", "u_desk1", absent=True)
    with unit_of_work(office.database) as session:
        assert deputies.hand_over(session, entry, actor=people.actor_of(session, "u_lead1")) == (1, 1)
    assert [office.open_task(claim).assignee for claim in claims] == ["u_desk1", "u_lead1"]
    with unit_of_work(office.database) as session:
        user_tasks.unclaim(session, office.open_task(claims[0]).id, actor=people.actor_of(session, "u_desk1"))
    assert offered(office, claims[0]) == {"u_desk1"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"deputy_id": "u_lead1"}, "Nobody stands in for himself."),
        ({"deputy_id": "u_nobody"}, "There is no active account 'u_nobody'."),
        ({"deputy_id": None, "absent": False}, "Say who stands in."),
        ({"days": 0}, "The end lies after the beginning."),
        ({"days": 800}, "At most two years; enter a longer one again."),
        (
            {"by": "u_lead1", "deputy_id": "u_fin1"},
            "Choose a colleague of your department or with your role; for others ask an administrator.",
        ),
    ],
)
def test_what_cannot_be_entered_is_said(office: Office, changes: dict[str, Any], sentence: str) -> None:
    given: dict[str, Any] = {"deputy_id": "u_lead2", "absent": True, "by": "u_admin1", "days": 7} | changes
    ends = clock.now() + timedelta(days=given.pop("days"))
    with pytest.raises(Invalid) as refused:
        entered(office, "u_lead1", given.pop("deputy_id"), ends_at=ends, **given)
    assert [one.message for one in refused.value.problems] == [sentence]


def test_somebody_who_is_away_cannot_be_named_as_deputy(office: Office) -> None:
    entered(office, "u_lead2", "u_mgr_cs", absent=True)
    with pytest.raises(Invalid, match=r"each problem names its place"):
        entered(office, "u_lead1", "u_lead2")


def test_an_entry_is_ended_once_and_stays_written_down(office: Office) -> None:
    entry = entered(office, "u_lead1", "u_lead2", absent=True)
    office.time.advance(hours=1)
    with unit_of_work(office.database) as session:
        deputy_entries.end(session, entry.id, actor=ADMIN)
    with unit_of_work(office.database) as session, pytest.raises(Conflict):
        deputy_entries.end(session, entry.id, actor=ADMIN)
    with reading(office.database) as session:
        kinds = session.scalars(select(Operation.kind).where(Operation.subject_id == entry.id).order_by(Operation.at, Operation.id)).all()
        assert list(kinds) == ["deputy_add", "deputy_end"]
        assert deputy_entries.not_over(session, "u_lead1") == []
