"""Is what was said enough to pay? Facts by hand, as a diagram that leaves something out would leave them."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine import clock
from engine.database import unit_of_work
from processes import approvals
from processes.tables.cases import Approval, Compensation
from tests.processes.conftest import Office

Said = list[tuple[str, str | None, str, str | None]]
WHOLE: Said = [
    ("ut_approve", "team_lead", "u_lead1", "5000.00"),
    ("ut_approve", "dept_manager", "u_mgr_log", "4800.00"),
    ("ut_finance_check", None, "u_fin1", None),
]


def claim_with(office: Office, session: Session, said: Said, **changes: Any) -> Compensation:
    """A claim in band B2, with these facts changed and this said."""
    claim = Compensation(
        complaint=office.register(session),
        requester="u_owner2",
        remedy_case="TXN_ERROR",
        requested_amount=Decimal("5000.00"),
        standard_amount=Decimal("5000.00"),
        statutory=False,
        band=2,
        chain=["team_lead", "dept_manager"],
        state="in_approval",
        revisions=0,
        created_at=clock.now(),
    )
    for name, value in changes.items():
        setattr(claim, name, value)
    session.add(claim)
    session.flush()
    for step, role, account, amount in said:
        row = approvals.record(session, claim, step=step, role=role, account=account, vote="ok" if role is None else "approve")
        row.approved_amount = Decimal(amount) if amount else None
    session.flush()
    return claim


def outcome(office: Office, said: Said, **changes: Any) -> str:
    """The amount that may be paid, or the sentence that says what is missing."""
    with unit_of_work(office.database) as session:
        claim = claim_with(office, session, said, **changes)
        try:
            return str(approvals.approved_amount(session, claim))
        except ValueError as missing:
            return str(missing)


def test_the_last_approver_names_the_amount(office: Office) -> None:
    assert outcome(office, WHOLE) == "4800.00"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (WHOLE[:1] + WHOLE[2:], "the approval of dept_manager is missing"),
        (WHOLE[:2], "the finance check is missing"),
        ([WHOLE[0], ("ut_approve", "dept_manager", "u_lead1", "5000.00"), WHOLE[2]], "one person holds two of"),
        ([WHOLE[0], WHOLE[1], ("ut_finance_check", None, "u_lead1", None)], "one person holds two of"),
        ([("ut_approve", "team_lead", "u_owner1", "5000.00"), *WHOLE[1:]], "one person holds two of"),
        ([("ut_approve", "team_lead", "u_owner2", "5000.00"), *WHOLE[1:]], "one person holds two of"),
        ([WHOLE[0], ("ut_approve", "dept_manager", "u_mgr_log", "5000.01"), WHOLE[2]], "5000.01 was approved, only 5000.00 requested"),
    ],
)
def test_what_is_missing_is_said(office: Office, said: Said, sentence: str) -> None:
    assert outcome(office, said).startswith(sentence)


def test_votes_on_an_earlier_version_of_the_claim_do_not_count(office: Office) -> None:
    with unit_of_work(office.database) as session:
        claim = claim_with(office, session, WHOLE)
        claim.revisions = 1
        with pytest.raises(ValueError, match="the approval of team_lead, dept_manager is missing"):
            approvals.approved_amount(session, claim)


def test_a_statutory_claim_is_not_paid_below_the_standard(office: Office) -> None:
    assert outcome(office, WHOLE, statutory=True) == "4800.00 is below the statutory 5000.00"


def test_a_chain_that_was_emptied_approves_nothing(office: Office) -> None:
    assert outcome(office, WHOLE, chain=[]) == "the claim needs approvers, and no chain of approvers is recorded"


def test_no_money_means_none(office: Office) -> None:
    assert outcome(office, [], band=-1) == "the band says no money, the claim says 5000.00"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"band": 1, "label": "B1"}, "the claim is in band B1; only B0 is approved without a person"),
        ({"standard_amount": Decimal("4999.99")}, "5000.00 is above the standard of 4999.99; a person has to approve it"),
        ({"state": "approved"}, "the claim is approved, not in approval"),
    ],
)
def test_money_without_a_person_stays_within_the_standard(office: Office, changes: dict[str, Any], sentence: str) -> None:
    with unit_of_work(office.database) as session:
        claim = claim_with(office, session, [], **{"band": 0} | changes)
        with pytest.raises(ValueError, match=sentence):
            approvals.must_be_automatic(claim)


def test_an_automatic_approval_must_have_happened(office: Office) -> None:
    assert outcome(office, [], band=0) == "nobody approved an amount"


def test_an_approval_row_remembers_the_round(office: Office) -> None:
    with unit_of_work(office.database) as session:
        claim = claim_with(office, session, WHOLE, revisions=2)
        rows = approvals.of_round(session, claim)
        assert [isinstance(row, Approval) and row.round for row in rows] == [3, 3, 3]
