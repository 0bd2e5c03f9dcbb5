"""Mediations through the deployed process: consent, who may mediate, sessions, money, signatures, and the ways it can end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.database import new_id, unit_of_work
from engine.errors import Conflict, Invalid
from engine.tables import Job, ProcessInstance
from processes import cases, compensations, contacts, mediations, payments, sla, sla_rows
from processes.sla_time import ZONE
from processes.tables.cases import Compensation, Complaint
from processes.tables.investigation import Investigation
from processes.tables.mediation import Mediation, Settlement
from processes.tables.notifications import Notification
from tests.processes.conftest import Office

SESSION = {
    "attendees": [{"attendee": "冯丽"}],
    "key_moments": "both were heard",
    "common_ground": "repair accepted",
}
DRAFT = {
    "agreement_no": "SA-9",
    "parties": [{"party": "冯丽"}, {"party": "the company"}],
    "facts": "valve defect",
    "obligations": [{"content": "pay 14000"}, {"content": "repair valve"}],
    "performance_due": "2026-09-25",
}
SIGNED = {"signed_customer": True, "signed_company": True, "legal_effect_explained": True, "file": "SA-9.pdf"}
Begin = Callable[..., "Dispute"]


class Dispute:
    """A case in mediation, and the short ways through it."""

    def __init__(self, office: Office, complaint: Complaint, mediation_id: str, root: str) -> None:
        self.office, self.complaint, self.mediation_id, self.root = office, complaint, mediation_id, root

    def do(self, element: str, by: str, **values: Any) -> None:
        self.office.do(self.root, element, by, **values)

    def offer(self) -> None:
        self.do("ut_offer_mediation", "u_owner1", principles_explained=True, alternatives_explained=True)

    def consent(self) -> None:
        self.offer()
        self.office.tell(self.complaint.reference, "customer.mediation_consent", {"consent": True})

    def appoint(self) -> None:
        self.consent()
        self.do("ut_appoint_mediator", "u_cm1", mediator="u_med1", no_conflict=True)
        self.prepare()

    def prepare(self) -> None:
        heard = [{"party": "customer", "text": "too little"}, {"party": "company", "text": "enough"}]
        at = (self.office.time() + timedelta(hours=2)).isoformat()
        self.do("ut_prepare_session", "u_med1", session_at=at, place="room 2", statements=heard, facts_agreed=[{"fact": "valve defect"}])

    def hold(self, outcome: str, **values: Any) -> None:
        if outcome == "continue":
            values["next_session"] = (self.office.time() + timedelta(days=1)).isoformat()
        self.do("ut_hold_session", "u_med1", outcome=outcome, **SESSION, **values)

    def approve(self, amount: str) -> None:
        self.do("ut_legal_opinion", "u_legal1", opinion="support", text="settlement avoids suit")
        for by in ("u_cm1", "u_exec1"):
            self.do("ut_approve", by, vote="approve", approved_amount=amount)
        self.do("ut_finance_check", "u_fin1", result="ok", cost_center="QA", duplicate_checked=True)

    def sign(self) -> None:
        self.do("ut_draft_agreement", "u_med1", **DRAFT)
        self.do("ut_legal_check", "u_legal2", result="ok")
        self.do("ut_sign", "u_med1", **SIGNED)

    @property
    def open(self) -> list[str]:
        return self.office.open(self.root)

    @property
    def row(self) -> Mediation:
        with self.office.reading() as session:
            return mediations.get(session, self.mediation_id)

    def clocks(self) -> dict[str, str]:
        with self.office.reading() as session:
            return {sla_rows.label(one): one.result for one in sla.rows(session, self.complaint)}

    def resolves(self) -> bool:
        """Whether C-RESOLVE goes on, that is, does not stand still."""
        with self.office.reading() as session:
            (row,) = sla_rows.running(session, self.complaint, "C-RESOLVE")
        return all(pause["to"] is not None for pause in row.pauses)


def refused_claim(session: Session, complaint: Complaint, amount: Decimal) -> None:
    """What was approved for the floor, and was not enough for the customer."""
    claim = compensations.open_claim(
        session, complaint, remedy_case="PQ_LOSS", requested_amount=amount, inputs={"loss": amount}, requester="u_owner1"
    )
    claim.state, claim.approved_amount, claim.standard_amount, claim.band = "approved", amount, amount, 2


@pytest.fixture
def begin(office: Office) -> Begin:
    """Begin a mediation of a case in which 9,000 for a floor were approved and refused."""

    def start(route: str = "internal", *, approved: bool = True) -> Dispute:
        with unit_of_work(office.database) as session:
            found = office.register(session, customer_name="冯丽", owner_department="QA", content="冰箱漏水泡坏地板")
            session.flush()
            if approved:
                refused_claim(session, found, Decimal(9000))
            sla.start(session, found, "C-RESOLVE")
            cases.set_status(session, found, "MEDIATION")
            row = Mediation(id=new_id(), complaint_id=found.id, route=route, provider="company mediator", created_at=office.time())
            session.add(row)
        root = office.start("mediation", found, mediation_id=row.id, route=route, provider=row.provider, disputed_amount=Decimal(16000))
        return Dispute(office, found, row.id, root)

    return start


def agreed_above(case: Dispute) -> Compensation:
    """Two sessions, and 14,000 where 9,000 were approved; gives the claim that has to be approved."""
    case.appoint()
    case.hold("continue", session_no=1, gap_amount="6000.00")
    case.office.time.advance(days=1)
    case.hold("agreed", session_no=2, gap_amount="0", agreed_amount="14000.00")
    return case.office.claim(str(case.row.compensation_id))


def test_an_amount_above_what_was_approved_calls_the_approval_with_the_facts_of_the_first_claim(office: Office, begin: Begin) -> None:
    case = begin()
    claim = agreed_above(case)
    with office.reading() as session:
        called = session.scalars(select(ProcessInstance).where(ProcessInstance.parent_id == case.root)).one()
        assert cases.get(session, case.complaint.id).status == "COMP_APPROVAL"
    assert (called.definition_key, called.business_key) == ("compensation_approval", case.complaint.reference)
    assert (claim.label, claim.chain, claim.over_standard, claim.instance_id) == ("B4", ["complaint_manager", "executive"], True, called.id)
    assert claim.standard_amount == Decimal("9000.00")
    case.approve("14000.00")
    assert case.open == ["ut_draft_agreement"]


def settled(case: Dispute) -> Settlement:
    """All the way to the signatures of a settlement."""
    agreed_above(case)
    case.approve("14000.00")
    case.sign()
    case.do("ut_record_result", "u_med1", customer_satisfaction=4, company_satisfaction=4, remarks="thanks")
    with case.office.reading() as session:
        agreement = mediations.settlement(session, case.row)
    assert agreement is not None
    return agreement


def test_a_settlement_is_told_to_both_sides_and_looked_after(office: Office, begin: Begin) -> None:
    agreement = settled(case := begin())
    assert office.end(case.root) == ("terminated", "end_settled")
    assert (case.row.result, case.row.mediator, case.row.opened_at is not None) == ("settled", "u_med1", True)
    assert (agreement.agreement_no, agreement.amount, agreement.customer_satisfaction) == ("SA-9", Decimal("14000.00"), 4)
    with office.reading() as session:
        (letter,) = contacts.of_case(session, case.complaint, template="T-SETTLEMENT")
        told = set(session.scalars(select(Notification.account_id).where(Notification.template == "N-SETTLEMENT")))
        (visit,) = session.scalars(select(Job).where(Job.kind == "start"))
    assert "pay 14000" in letter.text
    assert told == {"u_owner1", "u_med1"}
    assert visit.due_at == datetime(2026, 9, 28, 9, 30, tzinfo=ZONE)  # Friday the 25th is a holiday, and a weekend follows
    assert case.resolves()
    assert {case.clocks()[name] for name in ("C-MED-OPEN", "C-MEDIATE", "C-SIGN")} == {"met"}


def test_a_settlement_is_the_agreement_and_names_the_payee(office: Office, begin: Begin) -> None:
    settled(case := begin())
    with office.reading() as session:
        claim = compensations.get(session, str(case.row.compensation_id))
        assert payments.due(session, claim) == Decimal("14000.00")
        assert not payments.agreement_needed(session, claim)
        assert payments.payee_complete(session, claim)


def test_within_what_was_approved_nobody_is_asked_again(begin: Begin) -> None:
    case = begin()
    case.appoint()
    case.hold("agreed", agreed_amount="8500.00")
    assert case.open == ["ut_draft_agreement"]
    assert case.row.compensation_id is None


def test_a_refused_amount_goes_back_to_the_sessions(office: Office, begin: Begin) -> None:
    case = begin()
    case.appoint()
    case.hold("agreed", agreed_amount="14000.00")
    case.do("ut_legal_opinion", "u_legal1", opinion="support", text="ok")
    case.do("ut_approve", "u_cm1", vote="reject", reason="too much")
    assert case.open == ["ut_prepare_session"]
    with office.reading() as session:
        assert cases.get(session, case.complaint.id).status == "MEDIATION"
    case.prepare()
    case.hold("agreed", agreed_amount="9000.00")
    assert case.open == ["ut_draft_agreement"]


def test_an_offer_tells_the_customer_and_lets_the_deadline_stand_still(office: Office, begin: Begin) -> None:
    case = begin()
    assert case.resolves()
    case.offer()
    with office.reading() as session:
        assert len(contacts.of_case(session, case.complaint, template="T-MEDIATION-OFFER")) == 1
    assert not case.resolves()


def test_without_the_consent_of_the_customer_there_is_no_mediation(office: Office, begin: Begin) -> None:
    case = begin()
    case.offer()
    case.do("ut_record_consent", "u_owner1", consent=False, evidence="call of Monday")
    assert office.end(case.root)[1] == "end_not_consented"
    assert (case.row.result, case.row.consent, case.row.consent_evidence) == ("not_consented", False, "call of Monday")
    assert case.resolves()


def test_three_working_days_of_silence_are_a_no(office: Office, begin: Begin) -> None:
    case = begin()
    case.offer()
    office.wait_until(datetime(2026, 9, 16, 9, 59, tzinfo=UTC))
    assert case.open == ["ut_record_consent"]
    office.wait_until(datetime(2026, 9, 16, 10, 1, tzinfo=UTC))
    assert office.end(case.root)[1] == "end_not_consented"
    assert case.row.consent is False


def test_the_case_owner_may_write_the_consent_down(begin: Begin) -> None:
    case = begin()
    case.offer()
    case.do("ut_record_consent", "u_owner1", consent=True, evidence="letter")
    assert case.open == ["ut_appoint_mediator"]
    assert {"C-MED-OPEN", "C-MEDIATE"} <= set(case.clocks())


def test_an_answer_nobody_waits_for_is_refused(office: Office, begin: Begin) -> None:
    case = begin()
    with pytest.raises(Conflict):
        office.tell(case.complaint.reference, "customer.mediation_consent", {"consent": True})


@pytest.mark.parametrize("mediator", ["u_owner1", "u_owner2", "u_mgr_qa", "u_lead1"])
def test_who_is_not_neutral_does_not_mediate(office: Office, begin: Begin, mediator: str) -> None:
    case = begin()
    with unit_of_work(office.database) as session:
        session.add(Investigation(complaint_id=case.complaint.id, version=1, at=office.time(), by="u_owner2"))
    case.consent()
    with pytest.raises(Invalid) as refused:
        case.do("ut_appoint_mediator", "u_cm1", mediator=mediator, no_conflict=True)
    assert refused.value.problems[0].code == "RECUSAL"


def test_nobody_mediates_without_declaring_to_have_no_conflict(begin: Begin) -> None:
    case = begin()
    case.consent()
    with pytest.raises(Invalid) as refused:
        case.do("ut_appoint_mediator", "u_cm1", mediator="u_med1", no_conflict=False)
    assert refused.value.problems[0].code == "RECUSAL"


def test_the_sessions_belong_to_the_mediator_who_was_appointed(office: Office, begin: Begin) -> None:
    case = begin()
    case.consent()
    case.do("ut_appoint_mediator", "u_cm1", mediator="u_med1", no_conflict=True)
    assert office.task(case.root, "ut_prepare_session").assignee == "u_med1"


def test_there_are_at_most_three_sessions(office: Office, begin: Begin) -> None:
    case = begin()
    case.appoint()
    for number in (1, 2, 3):
        case.hold("continue", session_no=number)
    assert office.end(case.root)[1] == "end_failed"
    assert case.row.result == "failed"
    assert case.resolves()


def test_sessions_are_counted_in_order(begin: Begin) -> None:
    case = begin()
    case.appoint()
    with pytest.raises(Invalid) as refused:
        case.hold("failed", session_no=2)
    assert refused.value.problems[0].code == "SESSION_NO"


def test_the_time_runs_out_once_more_if_both_agreed_to_go_on(office: Office, begin: Begin) -> None:
    case = begin()
    case.appoint()
    case.hold("continue", extension_agreed=True)
    office.wait_until(datetime(2026, 9, 29, 2, tzinfo=UTC))  # ten working days after the 14th, with the holiday on the 25th
    assert case.open == ["ut_prepare_session"]
    assert case.row.extended
    with office.reading() as session:
        (row,) = sla_rows.running(session, case.complaint, "C-MEDIATE")
    assert row.target == "15wd"
    office.wait_until(row.due + timedelta(minutes=1))
    assert office.end(case.root)[1] == "end_timeout"
    assert case.row.result == "timeout"


def test_the_time_runs_out_for_good_if_one_side_would_not_go_on(office: Office, begin: Begin) -> None:
    case = begin()
    case.appoint()
    case.hold("continue")
    office.wait_until(datetime(2026, 9, 29, 2, tzinfo=UTC))
    assert office.end(case.root)[1] == "end_timeout"
    assert case.resolves()


def test_legal_may_ask_for_another_draft(begin: Begin) -> None:
    case = begin()
    case.appoint()
    case.hold("agreed", agreed_amount="9000.00")
    case.do("ut_draft_agreement", "u_med1", **DRAFT)
    case.do("ut_legal_check", "u_legal1", result="change", remark="name the parties in full")
    case.do("ut_draft_agreement", "u_med1", **{**DRAFT, "agreement_no": "SA-9b"})
    case.do("ut_legal_check", "u_legal1", result="ok")
    assert case.open == ["ut_sign"]


def test_a_draft_says_what_was_agreed(begin: Begin) -> None:
    case = begin()
    case.appoint()
    case.hold("agreed", agreed_amount="9000.00")
    with pytest.raises(Invalid) as refused:
        case.do("ut_draft_agreement", "u_med1", **{**DRAFT, "amount": "9500.00", "performance_due": "2026-09-01"})
    assert [one.code for one in refused.value.problems] == ["AMOUNT", "PAST"]


def test_an_agreement_that_is_not_signed_in_time_is_none(office: Office, begin: Begin) -> None:
    case = begin()
    case.appoint()
    case.hold("agreed", agreed_amount="9000.00")
    case.do("ut_draft_agreement", "u_med1", **DRAFT)
    case.do("ut_legal_check", "u_legal1", result="ok")
    office.wait_until(office.time() + timedelta(days=10))
    assert office.end(case.root)[1] == "end_unsigned"
    assert case.row.result == "unsigned"
    assert case.resolves()


def test_an_organisation_outside_says_that_it_failed(office: Office, begin: Begin) -> None:
    case = begin("external", approved=False)
    case.consent()
    case.do("ut_refer_external", "u_cm1", organisation="市消费者协会", file_no="XX-2026-18")
    assert case.clocks()["C-MEDIATE/external"] == "running"
    with office.reading() as session:
        assert [row.target for row in sla.rows(session, case.complaint) if row.key == "external"] == ["45wd"]
    office.tell(case.complaint.reference, "mediation.external_result", {"outcome": "failed"}, groups=("authority",))
    assert office.end(case.root)[1] == "end_failed"
    assert (case.row.organisation, case.row.result) == ("市消费者协会", "failed")
    assert case.clocks()["C-MEDIATE/external"] == "met"


def test_an_organisation_outside_says_that_it_settled_and_how(office: Office, begin: Begin) -> None:
    case = begin("external")
    case.consent()
    case.do("ut_refer_external", "u_cm1", organisation="市消费者协会", file_no="XX-2026-18")
    result = {"outcome": "settled", "agreement_no": "X-7", "amount": "9000.00", "performance_due": "2026-10-09"}
    office.tell(case.complaint.reference, "mediation.external_result", result, groups=("authority",))
    assert office.end(case.root)[1] == "end_settled"
    with office.reading() as session:
        agreement = session.scalars(select(Settlement)).one()
    assert (agreement.agreement_no, agreement.amount) == ("X-7", Decimal("9000.00"))


def test_an_organisation_outside_that_is_silent_is_asked(office: Office, begin: Begin) -> None:
    case = begin("external")
    case.consent()
    case.do("ut_refer_external", "u_cm1", organisation="市消费者协会", file_no="XX-2026-18")
    office.wait_until(office.time() + timedelta(days=75))
    assert case.open == ["ut_refer_external"]


def test_a_result_that_says_nothing_is_refused(office: Office, begin: Begin) -> None:
    case = begin("external")
    case.consent()
    case.do("ut_refer_external", "u_cm1", organisation="市消费者协会", file_no="XX-2026-18")
    with pytest.raises(Invalid):
        office.tell(case.complaint.reference, "mediation.external_result", {"outcome": "perhaps"}, groups=("authority",))
