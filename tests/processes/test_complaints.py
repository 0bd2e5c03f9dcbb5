"""A complaint comes in, what is sent about it, and who may send it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, deployments, scheduler
from engine.database import Database, open_database, reading, unit_of_work
from engine.errors import Conflict, ConflictOfInterest, Invalid, NotFound, NotUnique
from engine.extensions import SYSTEM, Actor
from engine.tables import Message, ProcessInstance
from processes import case_messages, case_numbers, cases, complaints, contacts, extensions, letters, people, sla, sla_rows
from processes.case_message_takers import PaymentInProgress
from processes.demo import staff
from processes.ports import LedgerMail
from processes.tables.cases import Compensation, Complaint, Customer
from processes.tables.correspondence import Attachment
from processes.tables.investigation import Proposal
from processes.tables.payments import Payment
from tests import databases, postgresql

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
LATE_PARCEL: dict[str, Any] = {
    "channel": "app",
    "name": "王敏",
    "phone": "138 0000 0001",
    "email": "wm@example.cn",
    "order_no": "EC20260301-118",
    "business_type": "goods",
    "complained_object": "配送",
    "content": "快递延误三天还没收到货",
    "demand": "赔偿",
    "claim_amount": "45.00",
    "preferred_contact": "app",
    "consent_data_use": True,
}


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> deployments.Prepared:
    """Complaint handling and escalation as stand-ins, the watch and the tables as they are."""
    here = Path(__file__).parent / "diagrams"
    files = {f"{path.stem}/{path.name}": path.read_bytes() for path in here.glob("*.bpmn")}
    for folder in ("sla_watch", "escalation"):
        files |= {f"{folder}/{path.name}": path.read_bytes() for path in (ROOT / "diagrams" / folder).glob("*.dmn")}
    files["sla_watch/sla_watch.bpmn"] = (ROOT / "diagrams" / "sla_watch" / "sla_watch.bpmn").read_bytes()
    return deployments.prepare(files, extensions=extensions.build(mail=LedgerMail(tmp_path_factory.mktemp("letters"))))


@pytest.fixture(scope="module")
def noon(
    tmp_path_factory: pytest.TempPathFactory, migrated: str, stand_ins: deployments.Prepared, postgresql_server: postgresql.Server | None
) -> str:
    """The address of a database with these processes and the people of the demonstration."""
    folder = tmp_path_factory.mktemp("noon")
    url = databases.template(migrated, folder / "redress.db", server=postgresql_server)
    with _opened(url, folder) as opened, unit_of_work(opened) as session:
        deployments.deploy(session, stand_ins, SYSTEM)
        staff.hire(session)
    return url


@contextmanager
def _opened(url: str, folder: Path) -> Iterator[Database]:
    built = extensions.build(mail=LedgerMail(folder / "letters"))
    opened = open_database(url, extensions=built, secrets=["of these tests"])
    with clock.use(clock.MovableClock(NOON)):
        yield opened
    opened.close()


@pytest.fixture
def database(tmp_path: Path, noon: str, postgresql_server: postgresql.Server | None) -> Iterator[Database]:
    """The people of the demonstration, at noon."""
    with databases.borrowed(noon, tmp_path / "redress.db", server=postgresql_server) as url, _opened(url, tmp_path) as opened:
        yield opened


def register(database: Database, **changes: Any) -> complaints.Registered:
    with unit_of_work(database) as session:
        values = {name: value for name, value in {**LATE_PARCEL, **changes}.items() if value is not None}
        found = complaints.register(session, values)
    scheduler.tick(database)
    return found


def of(session: Session, registered: complaints.Registered) -> Complaint:
    return cases.get(session, registered.complaint.id)


def send(database: Database, registered: complaints.Registered, name: str, by: str = "", message_id: str = "m1", **payload: Any) -> Message:
    with unit_of_work(database) as session:
        complaint = of(session, registered)
        actor = people.actor_of(session, by) if by else case_messages.complainant(complaint)
        message = case_messages.send(session, complaint, name, payload, message_id=message_id, actor=actor)
    scheduler.tick(database)
    return message


def test_a_complaint_gets_a_number_a_code_and_one_instance(database: Database) -> None:
    first, second = register(database), register(database, order_no="EC-2")
    assert [one.complaint.reference for one in (first, second)] == ["TS-20260310-00001", "TS-20260310-00002"]
    with reading(database) as session:
        started = session.scalars(select(ProcessInstance).where(ProcessInstance.definition_key == "complaint_handling")).all()
        assert {one.business_key for one in started} == {"TS-20260310-00001", "TS-20260310-00002"}
        complaint = of(session, first)
        assert (complaint.status, complaint.claim_amount, complaint.first_inquiry_owner) == ("NEW", Decimal("45.00"), None)
        assert complaint.instance_id in {one.id for one in started}


def test_the_code_opens_its_case_and_is_not_kept(database: Database) -> None:
    one, other = register(database), register(database)
    assert len(one.code) == case_numbers.CODE_LENGTH
    with reading(database) as session:
        kept = of(session, one)
        assert case_numbers.opens(kept, one.code.lower())
        assert not case_numbers.opens(kept, other.code)
        assert one.code not in (kept.secret_hash or "")


def test_the_same_person_is_one_customer_and_what_staff_hears_of_her_is_added(database: Database) -> None:
    register(database, email=None)
    register(database, phone="13800000001", email=None)
    with unit_of_work(database) as session:
        clerk = people.actor_of(session, "u_intake1")
        complaints.register(session, {**LATE_PARCEL, "phone": "13800000001", "email": "new@example.cn"}, actor=clerk)
    with reading(database) as session:
        (customer,) = session.scalars(select(Customer)).all()
        assert (customer.phone, customer.email) == ("13800000001", "new@example.cn")


def test_who_shares_a_mailbox_or_a_telephone_but_not_the_name_is_another_person(database: Database) -> None:
    shared = {"phone": "13800000001", "email": "family@example.cn"}
    register(database, name="Wang Min", **shared)
    with unit_of_work(database) as session:
        clerk = people.actor_of(session, "u_intake1")
        son = {**LATE_PARCEL, "name": "Wang Lei", "phone": "13900000002", "email": "family@example.cn"}
        complaints.register(session, son, actor=clerk)
        complaints.register(session, {**LATE_PARCEL, **shared, "name": "wang  min", "address": "Shanghai"}, actor=clerk)
        complaints.register(session, {name: value for name, value in {**LATE_PARCEL, **shared}.items() if name != "name"}, actor=clerk)
    with reading(database) as session:
        known = session.scalars(select(Customer).order_by(Customer.created_at, Customer.id)).all()
        assert [(one.name.lower().split(), one.phone, one.address) for one in known] == [
            (["wang", "min"], "13800000001", "Shanghai"),
            (["wang", "lei"], "13900000002", None),
            ([], "13800000001", None),
        ]


def test_who_comes_through_the_public_door_changes_nothing_that_is_known_of_a_person(database: Database) -> None:
    register(database, phone="13800000001", email="known@example.cn")
    register(database, phone="13800000001", email="other@example.cn")
    register(database, phone="13800000001", email="known@example.cn", name="Somebody Else")
    with reading(database) as session:
        kept = [(one.name, one.email) for one in session.scalars(select(Customer).order_by(Customer.created_at, Customer.id))]
    assert kept[0][1] == "known@example.cn" and len(kept) == 3


def test_an_open_complaint_of_the_same_person_about_the_same_order_is_a_duplicate(database: Database) -> None:
    first, second, other = register(database), register(database), register(database, order_no="EC-2")
    with reading(database) as session:
        duplicate = complaints.open_duplicate(session, of(session, second))
        assert duplicate is not None
        assert duplicate.id == first.complaint.id
        assert complaints.repeats(session, of(session, second)) == 1
        assert complaints.open_duplicate(session, of(session, first)) is None
        assert complaints.open_duplicate(session, of(session, other)) is None


def test_a_merged_complaint_loses_nothing_it_said_and_touches_no_clock(database: Database) -> None:
    first, second = register(database), register(database, content="耳机坏了,另外包装盒破损")
    with unit_of_work(database) as session:
        cases.merge(session, of(session, second), of(session, first), by="u_intake2", new_facts="包装盒破损")
    with reading(database) as session:
        a, b = of(session, first), of(session, second)
        assert (b.status, b.close_code, b.merged_into) == ("CLOSED", "CLOSED_MERGED", a.id)
        assert a.contacts_count == 2
        assert complaints.repeats(session, a) == 0


def test_what_is_missing_is_named(database: Database) -> None:
    found = register(database, order_no=None, demand=None)
    with reading(database) as session:
        assert complaints.missing(session, of(session, found)) == ["demand", "order_no"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"phone": "12"}, "/phone"),
        ({"channel": "smoke"}, "/channel"),
        ({"claim_amount": "-1"}, "/claim_amount"),
        ({"affected_customers": 0}, "/affected_customers"),
        ({"colour": "red"}, "/colour"),
        ({"received_at": "2026-03-11T00:00"}, "/received_at"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(database: Database, changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refusal:
        register(database, **changes)
    assert [problem.pointer for problem in refusal.value.problems] == [pointer]


def test_a_case_is_handled_by_one_instance_ever(database: Database) -> None:
    found = register(database)
    with pytest.raises(NotUnique), unit_of_work(database) as session:
        complaints._start(session, of(session, found), SYSTEM)


def test_who_is_complained_about_and_the_manager_are_kept_away(database: Database) -> None:
    with unit_of_work(database) as session:
        people.add_account(session, "A117", name="A guide", manager_id="u_mgr_cs")
    found = register(database, complained_object="3F 女装导购 工号 A117")
    with reading(database) as session:
        assert of(session, found).excluded_users == ["staff:A117", "A117", "u_mgr_cs"]


def test_the_owner_is_who_received_it_else_who_has_least_to_do_in_the_order_of_the_group(database: Database) -> None:
    found = register(database)
    with unit_of_work(database) as session:
        complaint = of(session, found)
        assert cases.choose_owner(session, complaint, group="cs_group") == "u_owner1"
        complaints.take_over(
            session, customer_id="x", customer_name="X", level=1, channel="web", content="", received_at=NOON, case_owner="u_owner1"
        )
        session.flush()
        assert cases.choose_owner(session, complaint, group="cs_group") == "u_owner2"
        assert cases.choose_owner(session, complaint, group="cs_group", but_not=["u_owner2"]) == "u_desk1"
        complaint.first_inquiry_owner = "u_desk1"
        assert cases.choose_owner(session, complaint, group="cs_group") == "u_desk1"
        complaint.excluded_users = ["u_desk1", "u_owner1", "u_owner2"]
        assert cases.choose_owner(session, complaint, group="cs_group") is None


def test_a_suspended_case_gets_its_status_back(database: Database) -> None:
    found = register(database)
    with unit_of_work(database) as session:
        cases.set_status(session, of(session, found), "INVESTIGATING")
        sla.start(session, of(session, found), "C-RESOLVE")
    send(database, found, "case.suspend", by="u_cm1", reason="expert opinion")
    with reading(database) as session:
        assert of(session, found).status == "SUSPENDED"
        (row,) = sla_rows.running(session, of(session, found))
        assert row.next_at is None
    send(database, found, "case.resume", by="u_cm1", message_id="m2")
    with reading(database) as session:
        assert of(session, found).status == "INVESTIGATING"


def decided(database: Database, **changes: Any) -> complaints.Registered:
    """A case that waits for the customer's decision about 44.85."""
    found = register(database, **changes)
    with unit_of_work(database) as session:
        complaint = of(session, found)
        claim = Compensation(
            complaint_id=complaint.id, requester="u_owner1", remedy_case="DELIVERY_LATE", requested_amount=Decimal("44.85"), created_at=NOON
        )
        session.add(claim)
        session.flush()
        session.add(Proposal(complaint_id=complaint.id, version=1, created_at=NOON, created_by="u_owner1", compensation_id=claim.id))
        cases.set_status(session, complaint, "WAITING_CUSTOMER_DECISION")
    return found


def test_a_decision_leaves_the_payee_with_the_claim_and_tells_the_process_two_words(database: Database) -> None:
    found = decided(database)
    message = send(
        database,
        found,
        "customer.decision",
        decision="accept",
        payee_name="王敏",
        method="alipay",
        account="13800000001",
        counter_amount=1.5,
    )
    assert message.payload == {"decision": "accept", "wants_mediation": False}
    with reading(database) as session:
        claim = session.scalars(select(Compensation)).one()
        assert (claim.payee_name, claim.payee_method, claim.payee_account) == ("王敏", "alipay", "13800000001")
        assert session.scalars(select(Proposal)).one().counter_amount == Decimal("1.50")
        instance = session.get_one(ProcessInstance, of(session, found).instance_id)
        assert (instance.state, instance.variables["decision"]) == ("terminated", "accept")


def test_the_same_message_again_changes_nothing(database: Database) -> None:
    found = decided(database)
    send(database, found, "customer.decision", decision="accept", payee_name="王敏")
    again = send(database, found, "customer.decision", decision="reject", payee_name="别人")
    assert again.payload["decision"] == "accept"
    with reading(database) as session:
        assert session.scalars(select(Compensation)).one().payee_name == "王敏"


def test_a_decision_nobody_waits_for_is_refused(database: Database) -> None:
    with pytest.raises(Conflict, match="does not wait"):
        send(database, register(database), "customer.decision", decision="accept")


def test_a_withdrawal_ends_the_clocks_at_once(database: Database) -> None:
    found = register(database)
    with unit_of_work(database) as session:
        sla.start(session, of(session, found), "C-RESOLVE")
    send(database, found, "customer.withdraw", reason="已理解资费规则")
    with reading(database) as session:
        (row,) = sla.rows(session, of(session, found))
        assert (row.result, row.stop) == ("cancelled", NOON)
        assert of(session, found).procedure_ended_at == NOON


def test_no_withdrawal_after_money_was_released(database: Database) -> None:
    found = decided(database)
    with unit_of_work(database) as session:
        claim = session.scalars(select(Compensation)).one()
        released: dict[str, Any] = {
            "amount": Decimal(1),
            "prepared_by": "u_fin1",
            "released_by": "u_fin2",
            "released_at": NOON,
            "state": "released",
        }
        session.add(Payment(compensation_id=claim.id, complaint_id=claim.complaint_id, attempt=1, idempotency_key="k", **released))
    with pytest.raises(PaymentInProgress) as refusal:
        send(database, found, "customer.withdraw")
    assert refusal.value.code == "PAYMENT_IN_PROGRESS"
    with reading(database) as session:
        assert session.scalars(select(Message)).all() == []


def test_evidence_is_kept_and_told_by_its_id(database: Database) -> None:
    found = register(database)
    message = send(database, found, "evidence.added", type="customer_evidence", file="bill.jpg")
    with reading(database) as session:
        kept = session.scalars(select(Attachment)).one()
        assert (kept.file_name, kept.type, kept.source) == ("bill.jpg", "customer_evidence", "customer")
        assert message.payload == {"complaint_id": found.complaint.id, "evidence_id": kept.id}


@pytest.mark.parametrize(
    ("name", "by"),
    [
        ("payment.confirmed", "u_owner1"),
        ("payment.confirmed", ""),
        ("case.suspend", "u_owner1"),
        ("case.regrade", "u_owner1"),
        ("external.proceeding_started", "u_owner1"),
        ("responsibility.appeal", "u_lead1"),
        ("case.rework", "u_cm1"),
        ("case.reopen", "u_exec1"),
        ("sla.cleared", "u_cm1"),
        ("visit.settlement_done", "u_med1"),
        ("customer.withdraw", "u_fin1"),
    ],
)
def test_who_may_not_send_a_message_is_told_who_may(database: Database, name: str, by: str) -> None:
    found = register(database)
    with pytest.raises(case_messages.MayNotSend) as refusal:
        send(database, found, name, by=by)
    assert name in str(refusal.value)


def test_the_complainant_speaks_for_her_own_case_only(database: Database) -> None:
    mine, other = register(database), register(database, phone="13800000009", email="other@example.cn")
    with unit_of_work(database) as session:
        stranger = case_messages.complainant(of(session, other))
        with pytest.raises(case_messages.MayNotSend):
            case_messages.demand_sender(of(session, mine), "customer.withdraw", stranger)


def test_whom_the_case_is_about_may_send_nothing(database: Database) -> None:
    found = register(database, complained_user="u_lead1")
    with pytest.raises(ConflictOfInterest):
        send(database, found, "case.regrade", by="u_lead1")


def test_an_unknown_message_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        send(database, register(database), "customer.sings")


def test_a_letter_is_a_record_and_one_mail_however_often_it_is_asked_for(database: Database, tmp_path: Path) -> None:
    found = register(database)
    for _ in range(2):
        with unit_of_work(database) as session:
            sla.start(session, of(session, found), "C-RESOLVE")
            contacts.send(session, of(session, found), "T-ACK", key="once")
    scheduler.tick(database)
    with reading(database) as session:
        (row,) = contacts.of_case(session, of(session, found))
        assert (row.direction, row.channel, row.address, row.template) == ("out", "email", "wm@example.cn", "T-ACK")
        assert "2026年3月17日（星期二）12:00" in row.text
    assert len(list((tmp_path / "letters").glob("*.eml"))) == 1


def test_who_has_no_address_has_the_record(database: Database, tmp_path: Path) -> None:
    found = register(database, email=None)
    with unit_of_work(database) as session:
        contacts.send(session, of(session, found), "T-WITHDRAWN")
    scheduler.tick(database)
    with reading(database) as session:
        (row,) = contacts.of_case(session, of(session, found))
        assert row.channel == "app"
    assert list((tmp_path / "letters").glob("*.eml")) == []


TEMPLATES = sorted(path.name.removesuffix(".en.txt") for path in Path(letters.__file__).parent.glob("T-*.en.txt"))
FULL: dict[str, Any] = {
    "items": ["serial photo"],
    "answer_until": NOON + timedelta(days=10),
    "reason": "NOT_OUR_BUSINESS",
    "remedies": ["regulator", "court"],
    "into": "TS-20260310-00009",
    "text": "The carrier was late.",
    "next_date": NOON.date(),
    "new_date": NOON,
    "provider": "company mediator",
    "agreement_no": "SA-9",
    "obligations": ["pay 14000"],
    "amount": Decimal("14000.00"),
    "performance_due": NOON.date(),
    "voucher_no": "PV-9",
    "method": "bank",
    "process": "asked the carrier",
    "result": "44.85",
    "improvement": "another carrier",
    "external_no": "12315-1",
}


@pytest.mark.parametrize("locale", letters.LANGUAGES)
@pytest.mark.parametrize("template", [name for name in TEMPLATES if name != "T-COMP-RESULT"])
def test_every_letter_can_be_written_in_both_languages_with_much_and_with_little(database: Database, template: str, locale: str) -> None:
    found = register(database, locale=locale)
    with unit_of_work(database) as session:
        full = contacts.send(session, of(session, found), template, **FULL)
        short = contacts.send(session, of(session, found), template, **{name: FULL[name] for name in contacts.NEEDED.get(template, ())})
    for row in (full, short):
        assert found.complaint.reference in f"{row.subject} {row.text}"
        assert "None" not in row.text
        assert "\n\n\n" not in row.text.strip()


def test_a_stranger_cannot_break_a_subject_line(database: Database) -> None:
    found = register(database)
    with unit_of_work(database) as session:
        row = contacts.send(session, of(session, found), "T-SETTLEMENT", agreement_no="SA\nBcc: all@example.cn")
    assert "\n" not in (row.subject or "")


def test_service_accounts_of_the_provider_may_confirm_payments(database: Database) -> None:
    provider = Actor(id="payments", groups=frozenset({"payment_provider"}))
    found = register(database)
    with reading(database) as session:
        case_messages.demand_sender(of(session, found), "payment.confirmed", provider)
