"""What administrators do to accounts: what is refused, and what stays written down."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from engine.database import reading, unit_of_work
from engine.errors import Conflict, Invalid, NotFound, Refused, RevisionChanged
from engine.extensions import Actor
from engine.paging import Query
from engine.tables import Operation
from processes import account_changes, account_fields, account_list, people
from processes.account_fields import Person
from processes.account_list import Wanted
from processes.tables.people import Account
from tests.processes.conftest import Office

ADMIN = Actor(id="u_admin1", name="Tian Tian", groups=frozenset({"admin"}))


def changed(office: Office, account_id: str, *, actor: Actor = ADMIN, **changes: Any) -> Account:
    """The account with these fields written anew."""
    with unit_of_work(office.database) as session:
        account = account_changes.get(session, account_id)
        wanted = replace(account_fields.of(account), **changes)
        return account_changes.change(session, account_id, wanted, revision=account.revision, actor=actor)


def operations(office: Office, subject: str) -> list[Operation]:
    """What is written down about an account."""
    with office.reading() as session:
        return list(session.scalars(select(Operation).where(Operation.subject_id == subject).order_by(Operation.at, Operation.id)))


def found(office: Office, **wanted: Any) -> list[str]:
    """The ids of the accounts a search gives."""
    with reading(office.database) as session:
        return [one.id for one in account_list.search(session, Wanted(**wanted), Query(sort="id", limit=200)).items]


def test_a_new_account_is_in_its_groups_and_written_down(office: Office) -> None:
    with unit_of_work(office.database) as session:
        new = Person(name="Ren Jie", name_zh="任杰", email="ren@redress.example", department="CS", groups=frozenset({"intake_agent"}))
        account_changes.create(session, "u_ren", new, actor=ADMIN)
    with reading(office.database) as session:
        assert people.actor_of(session, "u_ren").groups == {"intake_agent"}
    (operation,) = operations(office, "u_ren")
    assert (operation.kind, operation.by, operation.details["after"]["groups"]) == ("account_create", "u_admin1", ["intake_agent"])


@pytest.mark.parametrize(
    ("account_id", "changes", "pointers"),
    [
        ("U Ren", {}, ["/id"]),
        ("u_lead1", {}, ["/id"]),
        ("u_ren", {"name": " ", "email": "ren", "locale": "fr"}, ["/name", "/email", "/locale"]),
        ("u_ren", {"department": "NOWHERE", "manager_id": "u_nobody"}, ["/department", "/manager_id"]),
        ("u_ren", {"groups": frozenset({"Team Lead"})}, ["/groups"]),
    ],
)
def test_what_cannot_be_an_account_is_said_at_its_place(
    office: Office, account_id: str, changes: dict[str, Any], pointers: Collection[str]
) -> None:
    with pytest.raises(Invalid) as refused, unit_of_work(office.database) as session:
        account_changes.create(session, account_id, replace(Person(name="Ren Jie"), **changes), actor=ADMIN)
    assert [one.pointer for one in refused.value.problems] == pointers


def test_a_change_says_what_was_before_and_after_and_what_stays_is_not_written(office: Office) -> None:
    changed(office, "u_lead1", name="Wang Fangfang", groups=frozenset({"team_lead", "duty"}))
    changed(office, "u_lead1")
    (operation,) = operations(office, "u_lead1")
    assert operation.details == {
        "before": {"name": "Wang Fang", "groups": ["team_lead"]},
        "after": {"name": "Wang Fangfang", "groups": ["duty", "team_lead"]},
    }


def test_who_comes_into_a_group_comes_last_in_it(office: Office) -> None:
    with unit_of_work(office.database) as session:
        account_changes.add_member(session, "cs_group", "u_intake1", actor=ADMIN)
    with reading(office.database) as session:
        account = account_changes.get(session, "u_intake1")
        assert {row.group: row.position for row in account.memberships} == {"intake_agent": 0, "cs_group": 3}


def test_who_changes_what_somebody_else_changed_meanwhile_is_told(office: Office) -> None:
    changed(office, "u_lead1", name="Wang Fangfang")
    with pytest.raises(RevisionChanged), unit_of_work(office.database) as session:
        account_changes.change(session, "u_lead1", Person(name="Wang"), revision=0, actor=ADMIN)


def test_nobody_is_his_own_manager_also_not_by_way_of_others(office: Office) -> None:
    with pytest.raises(Invalid):
        changed(office, "u_gm1", manager_id="u_lead1")


def test_the_last_administrator_stays_one(office: Office) -> None:
    with pytest.raises(Conflict, match="u_admin1 is the last administrator"):
        changed(office, "u_admin1", groups=frozenset())
    with pytest.raises(Conflict, match="last administrator"), unit_of_work(office.database) as session:
        account_changes.set_active(session, "u_admin1", active=False, reason=None, actor=ADMIN)
    with unit_of_work(office.database) as session:
        account_changes.add_member(session, "admin", "u_ops1", actor=ADMIN)
        account_changes.remove_member(session, "admin", "u_admin1", actor=ADMIN)


def test_an_administrator_gives_no_roles_to_himself(office: Office) -> None:
    with pytest.raises(Refused, match="Nobody gives roles to himself"):
        changed(office, "u_admin1", groups=frozenset({"admin", "finance_checker"}))


def test_who_left_can_be_given_nothing_and_comes_back_as_before(office: Office) -> None:
    with unit_of_work(office.database) as session:
        account_changes.set_active(session, "u_lead1", active=False, reason="Left the company.", actor=ADMIN)
        assert people.active(session, ["u_lead1"]) == []
    with unit_of_work(office.database) as session, pytest.raises(Conflict):
        account_changes.set_active(session, "u_lead1", active=False, reason=None, actor=ADMIN)
    with unit_of_work(office.database) as session:
        assert account_changes.set_active(session, "u_lead1", active=True, reason=None, actor=ADMIN).revision == 2
    assert [one.reason for one in operations(office, "u_lead1")] == ["Left the company.", None]


def test_nobody_is_taken_out_of_a_group_he_is_not_in(office: Office) -> None:
    with unit_of_work(office.database) as session, pytest.raises(NotFound):
        account_changes.remove_member(session, "team_lead", "u_ops1", actor=ADMIN)


def test_accounts_are_found_by_any_of_their_names(office: Office) -> None:
    assert found(office, text="王芳") == found(office, text="wang f") == found(office, text="u_lead1@") == ["u_lead1"]
    assert found(office, text="u_lead_") == []
    assert found(office, group="team_lead") == ["u_lead1", "u_lead2"]
    assert found(office, department="LEGAL", active=True) == ["u_legal1", "u_legal2", "u_med1", "u_mgr_legal"]
    assert found(office, active=False) == []


def test_groups_are_counted_also_those_nobody_described(office: Office) -> None:
    with unit_of_work(office.database) as session:
        account_changes.add_member(session, "night_watch", "u_lead1", actor=ADMIN)
    with reading(office.database) as session:
        sizes = {one.code: one.members for one in account_list.groups(session)}
        assert (sizes["team_lead"], sizes["privacy_group"], sizes["night_watch"]) == (2, 0, 1)
        assert account_list.holdings(session, "u_lead1") == account_list.Holdings(tasks=0, cases=0)
